//! Use of other bodies' databases (112-R c.6(7)): each look-up is for an incident and a purpose, by a named person,
//! and is written down. What the answer said is not kept here, only which fields were given.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::decision::{By, Refusal};
use super::ids::{AccountName, IncidentId};
use crate::domain::missing::Missing;
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

/// What a look-up came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case", deny_unknown_fields)]
pub enum LookupOutcome {
    /// Something was found.
    Found {
        /// The names of the fields that were given, never their values.
        #[schema(min_items = 1, max_items = 100)]
        fields: Vec<String>,
    },
    /// Nothing was found.
    Nothing,
    /// The database did not answer.
    Failed {
        /// How.
        #[schema(max_length = 2000)]
        fault: String,
    },
}

/// What became of a look-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LookupAnswer {
    /// What it came to.
    #[serde(flatten)]
    pub outcome: LookupOutcome,
    /// Who wrote it down.
    pub by: AccountName,
    /// When.
    pub at: Timestamp,
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

impl LookupEvent {
    /// The look-up that it is about.
    #[must_use]
    pub fn lookup(&self) -> Uuid {
        match self {
            Self::Asked { lookup } => lookup.id,
            Self::Answered { lookup, .. } => *lookup,
        }
    }
}

/// What is asked of look-ups, by a named person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookupCommand {
    /// Look something up.
    Ask {
        /// What, where and why.
        lookup: NewLookup,
    },
    /// Write down what became of it.
    Answer {
        /// Which look-up.
        lookup: Uuid,
        /// What it came to.
        outcome: LookupOutcome,
    },
}

/// A look-up to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLookup {
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
    /// without a purpose or a question.
    pub fn ask(
        &self,
        new: NewLookup,
        id: Uuid,
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
        let (asked, purpose) = (text("asked", &new.asked)?, text("purpose", &new.purpose)?);
        let lookup = Lookup {
            id,
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

    /// Takes a look-up as the store has it.
    pub fn adopt(&mut self, lookup: Lookup) {
        self.0.insert(lookup.id, lookup);
    }

    /// Writes down what became of a look-up, once.
    ///
    /// # Errors
    /// [`Refusal::PersonNeeded`]; [`Refusal::NotFound`] for a look-up never made; [`Refusal::Invalid`] for too many
    /// fields or no words.
    pub fn answer(
        &self,
        id: Uuid,
        outcome: LookupOutcome,
        now: Timestamp,
        by: &By,
    ) -> Result<Vec<LookupEvent>, Refusal> {
        let by = by.person().ok_or(Refusal::PersonNeeded)?.clone();
        let found = self.get(id).ok_or_else(|| Refusal::not_found(Missing::Lookup, id))?;
        let outcome = match outcome {
            LookupOutcome::Found { fields } if fields.is_empty() || fields.len() > MOST_FIELDS => {
                return Err(Refusal::invalid(
                    "fields",
                    said!("give the names of 1 to {most} fields", most = MOST_FIELDS),
                ));
            }
            LookupOutcome::Found { fields } => LookupOutcome::Found {
                fields: fields.iter().map(|name| text("fields", name)).collect::<Result<_, _>>()?,
            },
            LookupOutcome::Failed { fault } => LookupOutcome::Failed { fault: text("fault", &fault)? },
            LookupOutcome::Nothing => LookupOutcome::Nothing,
        };
        if found.answer.is_some() {
            return Ok(Vec::new());
        }
        Ok(vec![LookupEvent::Answered { lookup: id, answer: LookupAnswer { outcome, by, at: now } }])
    }

    /// Lets go from memory of look-ups answered that were made before a moment; the journal keeps them.
    pub fn retire(&mut self, before: Timestamp) {
        self.0.retain(|_, l| l.answer.is_none() || l.at >= before);
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

    const ID: Uuid = Uuid::from_u128(1);

    fn new(purpose: &str) -> NewLookup {
        NewLookup {
            incident: IncidentId(Uuid::from_u128(2)),
            database: Database::TelecomOperators,
            asked: "+77011234567".into(),
            purpose: purpose.into(),
        }
    }

    #[test]
    fn nobody_looks_without_a_purpose_an_open_incident_and_a_name() {
        let lookups = Lookups::default();
        assert_eq!(
            lookups.ask(new("silent call"), ID, true, at(), &By::rule("r")),
            Err(Refusal::PersonNeeded)
        );
        assert!(matches!(
            lookups.ask(new("silent call"), ID, false, at(), &officer()),
            Err(Refusal::Forbidden(_))
        ));
        assert!(matches!(
            lookups.ask(new(" "), ID, true, at(), &officer()),
            Err(Refusal::Invalid { field: "purpose", .. })
        ));
    }

    #[test]
    fn every_look_is_written_down_with_who_what_and_why_and_only_the_names_of_what_was_given() {
        let mut lookups = Lookups::default();
        let mut log = lookups.ask(new("silent call"), ID, true, at(), &officer()).unwrap();
        log.iter().for_each(|e| lookups.apply(e));
        let found = LookupOutcome::Found { fields: vec![" place ".into()] };
        let answer = |lookups: &Lookups, id, outcome| lookups.answer(id, outcome, at(), &officer());
        let answered = answer(&lookups, ID, found.clone()).unwrap();
        answered.iter().for_each(|e| lookups.apply(e));
        log.extend(answered);
        assert_eq!(answer(&lookups, ID, LookupOutcome::Nothing), Ok(vec![]), "once");
        assert!(matches!(answer(&lookups, Uuid::from_u128(9), found), Err(Refusal::NotFound { .. })));
        let kept = lookups.get(ID).unwrap();
        assert_eq!((kept.by.as_str(), kept.purpose.as_str()), ("asel", "silent call"));
        let given = LookupOutcome::Found { fields: vec!["place".into()] };
        assert_eq!(kept.answer.as_ref().map(|a| (&a.outcome, a.by.as_str())), Some((&given, "asel")));
        let mut replayed = Lookups::default();
        for event in &log {
            replayed.apply(&serde_json::from_str(&serde_json::to_string(event).unwrap()).unwrap());
        }
        assert_eq!(replayed, lookups);
    }
}
