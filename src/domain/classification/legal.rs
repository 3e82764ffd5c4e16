//! Event or emergency: a decision of its own, with a named person, a basis and a time (c.5(3)¶1; R175 c.3(10)).

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::order240::{Nature, TypeId};
use crate::domain::decision::Refusal;
use crate::domain::ids::{AccountName, DistrictCode};
use crate::domain::moment::not_ahead;
use crate::domain::said::said;

/// What the law calls an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// An extraordinary event, below an emergency (ЧП, төтенше оқиға): most of what a hub handles.
    Event,
    /// An emergency (ЧС, төтенше жағдай; c.2(4)).
    Emergency,
    /// Burning that is not counted as a fire (R175 c.16).
    IgnitionNotCounted,
}

/// A declaration of an emergency by an akim or the Prime Minister (LAW art. 48): it has its own number and date, and
/// its start may lie before its signing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// Number of the decision.
    pub number: String,
    /// Signed.
    pub signed_at: Timestamp,
    /// In force from; not after the signing.
    pub starts_at: Timestamp,
    /// Districts declared.
    pub territories: Vec<DistrictCode>,
    /// Leader of the response that it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leader: Option<String>,
    /// Who declares: office and name.
    pub by: String,
}

/// What a person decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Identification {
    /// Event, emergency, or not counted.
    pub standing: Standing,
    /// On what it rests, in words.
    pub basis: String,
    /// Clause or act, where one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// Natural or technogenic; an emergency needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nature: Option<Nature>,
    /// Type of R175 c.4 by the project's own id; an emergency needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_id: Option<TypeId>,
    /// The declaration, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declaration: Option<Declaration>,
}

/// The record of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LegalStatus {
    /// What was decided.
    #[serde(flatten)]
    pub identification: Identification,
    /// Who decided.
    pub by: AccountName,
    /// When.
    pub at: Timestamp,
}

impl LegalStatus {
    /// Whether it is an emergency.
    #[must_use]
    pub fn is_emergency(&self) -> bool {
        self.identification.standing == Standing::Emergency
    }
}

/// Most characters of a clause, an office or a name.
const LONGEST_NAME: usize = 500;
/// Most characters of a decision's number.
const LONGEST_NUMBER: usize = 100;
/// Most territories of a declaration.
const MOST_TERRITORIES: usize = 100;

/// A text that may be left out has words of a length that a card can carry.
fn fits(field: &'static str, text: Option<&str>, most: usize) -> Result<(), Refusal> {
    match text {
        Some(text) if text.chars().count() > most => {
            Err(Refusal::invalid(field, said!("write 1 to {most} characters here", most = most)))
        }
        _ => Ok(()),
    }
}

impl Declaration {
    /// What every version of the card and every notice carries stays short, and no territory stands there twice.
    fn check_bounds(&self) -> Result<(), Refusal> {
        fits("declaration.number", Some(&self.number), LONGEST_NUMBER)?;
        fits("declaration.by", Some(&self.by), LONGEST_NAME)?;
        fits("declaration.leader", self.leader.as_deref(), LONGEST_NAME)?;
        let once: BTreeSet<_> = self.territories.iter().collect();
        if self.territories.len() > MOST_TERRITORIES || once.len() < self.territories.len() {
            return Err(Refusal::invalid(
                "declaration.territories",
                said!(
                    "a declaration names at most {most} territories, each once; correct the list",
                    most = MOST_TERRITORIES
                ),
            ));
        }
        Ok(())
    }

    /// Checks that its territories are districts of the region, where the region's districts are known.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] names the first that is not known.
    pub fn lies_in(&self, known: &BTreeSet<DistrictCode>) -> Result<(), Refusal> {
        match self.territories.iter().find(|district| !known.contains(*district)) {
            Some(unknown) if !known.is_empty() => Err(Refusal::invalid(
                "declaration.territories",
                said!("{district} is no district of this region; choose one of its own", district = unknown),
            )),
            _ => Ok(()),
        }
    }
}

impl Identification {
    /// Checks what the types alone do not.
    ///
    /// # Errors
    /// [`Refusal::Invalid`]: no basis, an emergency without nature or type, a type of the other nature, a
    /// declaration of what is no emergency, that is signed in the future or starts after its signing.
    pub fn check(&self, now: Timestamp) -> Result<(), Refusal> {
        let basis = self.basis.trim();
        if basis.is_empty() || basis.chars().count() > 4_000 {
            return Err(Refusal::invalid(
                "basis",
                said!("say on what the decision rests, in 1 to {most} characters", most = 4_000),
            ));
        }
        fits("clause", self.clause.as_deref(), LONGEST_NAME)?;
        let emergency = self.standing == Standing::Emergency;
        if emergency && (self.nature.is_none() || self.type_id.is_none()) {
            return Err(Refusal::invalid(
                "type_id",
                said!("an emergency is identified with nature and type (Order 240); name both"),
            ));
        }
        if let (Some(nature), Some(id)) = (self.nature, &self.type_id)
            && id.nature() != nature
        {
            return Err(Refusal::invalid(
                "nature",
                said!("the type {id} is not of this nature; choose a type of it", id = id),
            ));
        }
        if let Some(d) = &self.declaration {
            if !emergency {
                return Err(Refusal::invalid(
                    "declaration",
                    said!("only an emergency is declared; identify it as one, or leave the declaration out"),
                ));
            }
            d.check_bounds()?;
            not_ahead("declaration.signed_at", d.signed_at, now)?;
            if d.starts_at > d.signed_at {
                return Err(Refusal::invalid(
                    "declaration.starts_at",
                    said!("the declaration begins after its signing; correct one of the times"),
                ));
            }
            if d.number.trim().is_empty() || d.by.trim().is_empty() || d.territories.is_empty() {
                return Err(Refusal::invalid(
                    "declaration",
                    said!("a declaration needs a number, who declares, and at least one territory; add them"),
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_of_a_decision_are_short_and_its_territories_are_known_and_stand_once() {
        let now: Timestamp = "2026-11-29T12:00:00Z".parse().unwrap();
        let districts = |codes: &[&str]| codes.iter().map(|c| c.parse().unwrap()).collect::<Vec<_>>();
        let declared = |territories: Vec<DistrictCode>, number: &str| Identification {
            standing: Standing::Emergency,
            basis: "паводок".into(),
            clause: Some("ст. 48".into()),
            nature: Some(TypeId::try_from("T03a".to_owned()).unwrap().nature()),
            type_id: Some(TypeId::try_from("T03a".to_owned()).unwrap()),
            declaration: Some(Declaration {
                number: number.into(),
                signed_at: now,
                starts_at: now,
                territories,
                leader: None,
                by: "Аким".into(),
            }),
        };
        let field = |of: Result<(), Refusal>| match of.unwrap_err() {
            Refusal::Invalid { field, .. } => field,
            other => panic!("{other:?}"),
        };
        let sound = declared(districts(&["751110000", "751710000"]), "7");
        assert_eq!(sound.check(now), Ok(()));
        let long = Identification { clause: Some("с".repeat(501)), ..sound.clone() };
        assert_eq!(field(long.check(now)), "clause");
        let twice = declared(districts(&["751110000", "751110000"]), "7");
        assert_eq!(field(twice.check(now)), "declaration.territories");
        assert_eq!(
            field(declared(districts(&["751110000"]), &"7".repeat(101)).check(now)),
            "declaration.number"
        );
        let declaration = sound.declaration.unwrap();
        let known = |codes: &[&str]| districts(codes).into_iter().collect();
        assert_eq!(declaration.lies_in(&known(&["751110000", "751710000"])), Ok(()));
        assert_eq!(
            declaration.lies_in(&known(&[])),
            Ok(()),
            "where no districts are known none can be wrong"
        );
        assert_eq!(field(declaration.lies_in(&known(&["751110000"]))), "declaration.territories");
    }
}
