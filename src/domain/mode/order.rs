//! What a named person orders of the mode of a region, and on which basis.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Mode;
use crate::domain::decision::Refusal;
use crate::domain::ids::{DistrictCode, ZoneId};
use crate::domain::said::said;

/// Longest text of a reason or a reference, characters.
const LONGEST_TEXT: usize = 2_000;
/// How far back a declaration may begin: akims declare emergencies from the day the event began.
const FURTHEST_BACK: SignedDuration = SignedDuration::from_hours(366 * 24);

/// A part of the territory or of the state system: the Law on Civil Protection (art. 4(5)) lets a mode apply to
/// subsystems, and akims name districts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = ModePart)]
pub struct Part {
    /// Districts.
    #[schema(value_type = Vec<DistrictCode>)]
    pub districts: BTreeSet<DistrictCode>,
    /// A territorial or sector subsystem.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subsystem: Option<String>,
}

impl Part {
    pub(super) fn is_empty(&self) -> bool {
        self.districts.is_empty() && self.subsystem.as_ref().is_none_or(|s| s.trim().is_empty())
    }
}

/// What a declaration of a mode says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModeOrder {
    /// Why.
    #[schema(max_length = 2000)]
    pub reason: String,
    /// The decision or the norm that it rests on, as an akim's decision with number and date.
    #[schema(max_length = 2000)]
    pub legal_reference: String,
    /// Office and name of who ordered it, when that is not the one who enters it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered_by: Option<String>,
    /// From when; absent: from now. May lie before the signing, never after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Until when, where the declaration says so. What is real does not end by itself: its end is then proposed. An exercise
    /// ends then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The zone of the possible emergency, or of the emergency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<ZoneId>,
    /// The part for which it is declared; absent: the whole region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// An exercise: what the mode obliges to is rehearsed, and everything that is told of it says so. It is declared only
    /// while no graver mode is really in force, and the next real one replaces it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exercise: bool,
}

impl ModeOrder {
    pub(super) fn check(&self, now: Timestamp) -> Result<(), Refusal> {
        text("reason", &self.reason)?;
        text("legal_reference", &self.legal_reference)?;
        if self.part.as_ref().is_some_and(Part::is_empty) {
            return Err(Refusal::invalid(
                "part",
                said!("name districts or a subsystem, or leave the part out"),
            ));
        }
        let from = self.from.unwrap_or(now);
        if from > now {
            return Err(Refusal::invalid(
                "from",
                said!("a mode is declared when it begins, not before; give a time that has come"),
            ));
        }
        if now.duration_since(from) > FURTHEST_BACK {
            return Err(Refusal::invalid(
                "from",
                said!("the time lies more than {most} days back; give a later one", most = 366),
            ));
        }
        if self.until.is_some_and(|until| until <= now) {
            return Err(Refusal::invalid("until", said!("the end must lie ahead; give a later one")));
        }
        Ok(())
    }
}

/// What is asked of the mode of a region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum ModeCommand {
    /// A named person declares a mode.
    Declare {
        /// Which.
        mode: Mode,
        /// On which basis.
        order: ModeOrder,
    },
    /// A named person confirms what the hub proposed.
    Confirm {
        /// The proposal's number.
        proposal: u32,
        /// On which basis.
        order: ModeOrder,
    },
    /// A named person declines what the hub proposed.
    Decline {
        /// The proposal's number.
        proposal: u32,
        /// Why.
        reason: String,
    },
    /// The zone or the end of a mode in force changes.
    Amend {
        /// The period's number.
        period: u32,
        /// The zone from now on; absent: as it is.
        zone: Option<ZoneId>,
        /// Its end from now on; absent: as it is.
        until: Option<Timestamp>,
        /// Why.
        reason: String,
    },
}

/// What a person wrote, where it is there and not too long.
pub(super) fn text(field: &'static str, given: &str) -> Result<String, Refusal> {
    let given = given.trim();
    if given.is_empty() || given.chars().count() > LONGEST_TEXT {
        return Err(Refusal::invalid(field, said!("write 1 to {most} characters here", most = LONGEST_TEXT)));
    }
    Ok(given.to_owned())
}
