//! Use of other bodies' databases (112-R c.6(7)): each look-up is for an incident and a purpose, by a named person,
//! and is written down. What the answer said is not kept here, only which fields were given.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::decision::{By, Refusal};
use super::ids::{AccountName, IncidentId};
use crate::domain::said::said;

/// Longest purpose or question, characters.
const LONGEST_TEXT: usize = 2_000;
/// Most fields of one answer.
const MOST_FIELDS: usize = 100;

/// Whose database (c.6(7)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Database {
    /// Emergency services.
    EmergencyServices,
    /// Emergency repair services.
    RepairServices,
    /// Telecom operators.
    TelecomOperators,
    /// Local executive bodies.
    LocalExecutiveBodies,
    /// Other state bodies.
    StateBodies,
    /// Civil protection services.
    CivilProtectionServices,
}

/// What became of a look-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum LookupAnswer {
    /// Something was found.
    Found {
        /// The names of the fields that were given, never their values.
        fields: Vec<String>,
        /// When.
        at: Timestamp,
    },
    /// Nothing was found.
    Nothing {
        /// When.
        at: Timestamp,
    },
    /// The database did not answer.
    Failed {
        /// How.
        fault: String,
        /// When.
        at: Timestamp,
    },
}

/// One look-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lookup {
    /// Identity.
    pub id: Uuid,
    /// For which incident.
    pub incident: IncidentId,
    /// In whose database.
    pub database: Database,
    /// By what it was searched for: a number, an address, a site.
    pub asked: String,
    /// Why it was needed.
    pub purpose: String,
    /// Who looked.
    pub by: AccountName,
    /// When.
    pub at: Timestamp,
    /// What became of it; absent while there is no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<LookupAnswer>,
}

/// What happens to look-ups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LookupEvent {
    /// Somebody looked.
    Asked {
        /// The look-up.
        lookup: Box<Lookup>,
    },
    /// It was answered.
    Answered {
        /// Which look-up.
        lookup: Uuid,
        /// What became of it.
        answer: LookupAnswer,
    },
}

/// A look-up to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLookup {
    /// Identity.
    pub id: Uuid,
    /// For which incident.
    pub incident: IncidentId,
    /// In whose database.
    pub database: Database,
    /// By what it is searched for.
    pub asked: String,
    /// Why it is needed.
    pub purpose: String,
}

/// The look-ups of one region that are in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lookups(BTreeMap<Uuid, Lookup>);

impl Lookups {
    /// A look-up.
    #[must_use]
    pub fn get(&self, id: Uuid) -> Option<&Lookup> {
        self.0.get(&id)
    }

    /// All in memory.
    pub fn iter(&self) -> impl Iterator<Item = &Lookup> {
        self.0.values()
    }

    /// Whether a look-up may be made: by a named person, for an incident that is open, for a stated purpose. Nothing
    /// is asked of a database before the event that follows is durable.
    ///
    /// # Errors
    /// [`Refusal::PersonNeeded`], [`Refusal::Forbidden`] when the incident is not open, [`Refusal::Invalid`]
    /// without a purpose or a question, [`Refusal::Conflict`] when the identity was used.
    pub fn ask(
        &self,
        new: NewLookup,
        incident_is_open: bool,
        now: Timestamp,
        by: &By,
    ) -> Result<Vec<LookupEvent>, Refusal> {
        let by = by.person().ok_or(Refusal::PersonNeeded)?.clone();
        if !incident_is_open {
            return Err(Refusal::Forbidden(said!(
                "databases are used for an open incident only (c.6(7)); open the card again first"
            )));
        }
        if self.0.contains_key(&new.id) {
            return Err(Refusal::conflict(said!(
                "there is a look-up of this identity already; take a new identity"
            )));
        }
        let (asked, purpose) = (text("asked", &new.asked)?, text("purpose", &new.purpose)?);
        let lookup = Lookup {
            id: new.id,
            incident: new.incident,
            database: new.database,
            asked,
            purpose,
            by,
            at: now,
            answer: None,
        };
        Ok(vec![LookupEvent::Asked { lookup: Box::new(lookup) }])
    }

    /// Writes down what became of a look-up, once.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for a look-up never made; [`Refusal::Invalid`] for too many fields.
    pub fn answer(&self, id: Uuid, answer: LookupAnswer) -> Result<Vec<LookupEvent>, Refusal> {
        let found = self.get(id).ok_or_else(|| Refusal::not_found(said!("look-up"), id))?;
        if matches!(&answer, LookupAnswer::Found { fields, .. } if fields.is_empty() || fields.len() > MOST_FIELDS)
        {
            return Err(Refusal::invalid(
                "fields",
                said!("give the names of 1 to {most} fields", most = MOST_FIELDS),
            ));
        }
        if found.answer.is_some() {
            return Ok(Vec::new());
        }
        Ok(vec![LookupEvent::Answered { lookup: id, answer }])
    }

    /// Lets go from memory of look-ups made before a moment; the journal keeps them.
    pub fn retire(&mut self, before: Timestamp) {
        self.0.retain(|_, l| l.at >= before);
    }

    /// Applies one event.
    pub fn apply(&mut self, event: &LookupEvent) {
        match event {
            LookupEvent::Asked { lookup } => {
                self.0.insert(lookup.id, lookup.as_ref().clone());
            }
            LookupEvent::Answered { lookup, answer } => {
                if let Some(found) = self.0.get_mut(lookup) {
                    found.answer.get_or_insert_with(|| answer.clone());
                }
            }
        }
    }
}

fn text(field: &'static str, given: &str) -> Result<String, Refusal> {
    let given = given.trim();
    if given.is_empty() || given.chars().count() > LONGEST_TEXT {
        return Err(Refusal::invalid(field, said!("write 1 to {most} characters here", most = LONGEST_TEXT)));
    }
    Ok(given.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Timestamp {
        Timestamp::from_second(1_760_000_000).unwrap()
    }

    fn officer() -> By {
        By::Person { account: AccountName::new("asel").unwrap() }
    }

    fn new(purpose: &str) -> NewLookup {
        NewLookup {
            id: Uuid::from_u128(1),
            incident: IncidentId(Uuid::from_u128(2)),
            database: Database::TelecomOperators,
            asked: "+77011234567".into(),
            purpose: purpose.into(),
        }
    }

    #[test]
    fn nobody_looks_without_a_purpose_an_open_incident_and_a_name() {
        let lookups = Lookups::default();
        assert_eq!(lookups.ask(new("silent call"), true, at(), &By::rule("r")), Err(Refusal::PersonNeeded));
        assert!(matches!(
            lookups.ask(new("silent call"), false, at(), &officer()),
            Err(Refusal::Forbidden(_))
        ));
        assert!(matches!(
            lookups.ask(new(" "), true, at(), &officer()),
            Err(Refusal::Invalid { field: "purpose", .. })
        ));
    }

    #[test]
    fn every_look_is_written_down_with_who_what_and_why_and_only_the_names_of_what_was_given() {
        let mut lookups = Lookups::default();
        let mut log = lookups.ask(new("silent call"), true, at(), &officer()).unwrap();
        log.iter().for_each(|e| lookups.apply(e));
        assert!(matches!(lookups.ask(new("again"), true, at(), &officer()), Err(Refusal::Conflict(_))));
        let found = LookupAnswer::Found { fields: vec!["place".into()], at: at() };
        let answered = lookups.answer(Uuid::from_u128(1), found.clone()).unwrap();
        answered.iter().for_each(|e| lookups.apply(e));
        log.extend(answered);
        assert_eq!(lookups.answer(Uuid::from_u128(1), LookupAnswer::Nothing { at: at() }), Ok(vec![]));
        assert!(matches!(lookups.answer(Uuid::from_u128(9), found.clone()), Err(Refusal::NotFound { .. })));
        let kept = lookups.get(Uuid::from_u128(1)).unwrap();
        assert_eq!(
            (kept.by.as_str(), kept.purpose.as_str(), &kept.answer),
            ("asel", "silent call", &Some(found))
        );
        let mut replayed = Lookups::default();
        for event in &log {
            replayed.apply(&serde_json::from_str(&serde_json::to_string(event).unwrap()).unwrap());
        }
        assert_eq!(replayed, lookups);
    }
}
