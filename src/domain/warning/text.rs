//! What is told to whom: event and instruction, in Kazakh **and** Russian (Order 945 c.26).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::decision::Refusal;
use crate::domain::ids::{DistrictCode, ZoneId};
use crate::domain::said::said;

/// What five minutes of speech hold at the most, characters (Order 945 c.26).
const LONGEST: usize = 4_000;

/// The warning in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// What happens or threatens.
    #[schema(max_length = 4000)]
    pub event: String,
    /// What to do.
    #[schema(max_length = 4000)]
    pub instruction: String,
}

/// The warning in its languages: Kazakh and Russian always, English besides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WarningText {
    /// Kazakh.
    pub kk: Words,
    /// Russian.
    pub ru: Words,
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<Words>,
}

impl WarningText {
    /// # Errors
    /// [`Refusal::Invalid`] when a language is missing or repeats another, or when it is longer than five minutes
    /// of speech.
    pub fn check(&self) -> Result<(), Refusal> {
        let languages =
            [("text.kk", Some(&self.kk)), ("text.ru", Some(&self.ru)), ("text.en", self.en.as_ref())];
        for (field, words) in languages.into_iter().filter_map(|(f, w)| w.map(|w| (f, w))) {
            if words.event.trim().is_empty() || words.instruction.trim().is_empty() {
                return Err(Refusal::invalid(
                    field,
                    said!("say in this language what happens and what to do"),
                ));
            }
            if words.event.chars().count() + words.instruction.chars().count() > LONGEST {
                return Err(Refusal::invalid(
                    field,
                    said!(
                        "a warning has at most {most} characters, five minutes of speech; shorten it",
                        most = LONGEST
                    ),
                ));
            }
        }
        if self.kk == self.ru {
            return Err(Refusal::invalid(
                "text.kk",
                said!("the Kazakh text repeats the Russian; write it in Kazakh"),
            ));
        }
        Ok(())
    }
}

/// Whom a warning is for (c.6(4): natural **and** legal persons).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Audience {
    /// Natural persons.
    pub persons: bool,
    /// Organisations.
    pub organisations: bool,
    /// Those in a zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<ZoneId>,
    /// Those in districts.
    #[schema(value_type = Vec<DistrictCode>)]
    pub districts: BTreeSet<DistrictCode>,
    /// Those in the whole region.
    pub whole_region: bool,
}

impl Audience {
    /// # Errors
    /// [`Refusal::Invalid`] when it is for nobody or for nowhere.
    pub fn check(&self) -> Result<(), Refusal> {
        if !self.persons && !self.organisations {
            return Err(Refusal::invalid("audience", said!("choose persons, organisations or both")));
        }
        if self.zone.is_none() && self.districts.is_empty() && !self.whole_region {
            return Err(Refusal::invalid("audience", said!("choose a zone, districts or the whole region")));
        }
        Ok(())
    }

    /// Whether its districts are among those known: nobody is warned in one that does not exist. Geography is looked up
    /// outside, for a region's state holds none.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] names the first that is not known.
    pub fn lies_in(&self, known: &BTreeSet<DistrictCode>) -> Result<(), Refusal> {
        let Some(unknown) = self.districts.iter().find(|district| !known.contains(*district)) else {
            return Ok(());
        };
        let why = if known.is_empty() {
            said!("no districts are known here; draw a zone or take the whole region")
        } else {
            said!("{district} is no district of this region; choose one of its own", district = unknown)
        };
        Err(Refusal::invalid("audience.districts", why))
    }
}
