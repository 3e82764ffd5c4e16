//! What every decision needs from outside, given as arguments: who, when, and a seed for new identities.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::ids::{AccountName, RegionCode, ServiceKey};
use super::missing::Missing;
use super::said::{Said, said};
use super::unit::Taken;

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum By {
    /// A named person.
    Person {
        /// The account.
        account: AccountName,
    },
    /// A duty-dispatch service.
    Service {
        /// Of which region.
        region: RegionCode,
        /// Which.
        service: ServiceKey,
    },
    /// A rule of the hub that a person switched on.
    Rule {
        /// Which rule.
        rule: String,
    },
}

impl By {
    /// The hub's rule of this name.
    #[must_use]
    pub fn rule(name: &str) -> Self {
        Self::Rule { rule: name.to_owned() }
    }

    /// The person, when one acts.
    #[must_use]
    pub fn person(&self) -> Option<&AccountName> {
        match self {
            Self::Person { account } => Some(account),
            _ => None,
        }
    }

    /// One short text for the journal's `by` column.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Person { account } => account.to_string(),
            Self::Service { region, service } => format!("{region}.{service}"),
            Self::Rule { rule } => format!("hub:{rule}"),
        }
    }
}

/// New identities, all derived from one seed: the same command decided again gives the same identities.
#[derive(Debug, Clone)]
pub struct Ids {
    seed: u128,
    given: u16,
}

impl Ids {
    /// From a time-ordered UUID (version 7) that the caller made.
    #[must_use]
    pub fn new(seed: Uuid) -> Self {
        Self { seed: seed.as_u128(), given: 0 }
    }

    /// The next identity. The first is the seed itself.
    pub fn next_id(&mut self) -> Uuid {
        // The low 48 bits of a version 7 UUID are chance: counting in them keeps version, variant and time.
        let low = 0xFFFF_FFFF_FFFF_u128;
        let step = u128::from(self.given).wrapping_mul(0x9E37_79B9_7F4B);
        self.given = self.given.wrapping_add(1);
        Uuid::from_u128((self.seed & !low) | (self.seed.wrapping_add(step) & low))
    }
}

/// The circumstances of one decision.
#[derive(Debug, Clone)]
pub struct Context {
    /// The hub's time.
    pub now: Timestamp,
    /// Who acts.
    pub by: By,
    /// Identities for what the decision creates.
    pub ids: Ids,
}

/// Why a command is refused. Nothing is changed by a refused command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such thing here.
    NotFound {
        /// Kind of thing.
        what: Missing,
        /// As asked for.
        id: String,
    },
    /// What is asked does not fit the present state.
    Conflict(Said),
    /// What is asked is not permitted to the one who asks.
    Forbidden(Said),
    /// A value is out of bounds.
    Invalid {
        /// Which field.
        field: &'static str,
        /// What is wrong and what would be right.
        reason: Said,
        /// How it is out of bounds, for those who tell it in codes.
        fault: Fault,
    },
    /// A unit that is wanted is held or engaged under another request.
    Taken(Box<Taken>),
    /// A named person must act here, not a rule or a system.
    PersonNeeded,
    /// What is to be changed is not as the one who asks saw it.
    Stale {
        /// As the caller saw it.
        expected: Expected,
        /// The version that it has now; none when there is no such thing.
        actual: Option<u64>,
    },
}

/// How a value is out of bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fault {
    /// By itself.
    #[default]
    Value,
    /// It is a time that has not come yet.
    Ahead,
    /// It contradicts what came before it: an answer before the question, an arrival before the departure.
    OutOfOrder,
    /// It is a reason, which the act needs and does not have.
    NoReason,
}

/// For which version of a thing a change is meant: two who change the same do not overwrite each other unseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// There is none yet.
    Absent,
    /// There is one, whatever its version.
    Present,
    /// There is one of this version.
    Version(u64),
}

impl Expected {
    /// Passes when the thing is as expected.
    ///
    /// # Errors
    /// [`Refusal::Stale`].
    pub fn met_by(self, actual: Option<u64>) -> Result<(), Refusal> {
        let met = match self {
            Self::Absent => actual.is_none(),
            Self::Present => actual.is_some(),
            Self::Version(version) => actual == Some(version),
        };
        if met { Ok(()) } else { Err(Refusal::Stale { expected: self, actual }) }
    }
}

impl Refusal {
    /// A value is out of bounds.
    pub fn invalid(field: &'static str, reason: Said) -> Self {
        Self::Invalid { field, reason, fault: Fault::Value }
    }

    /// A time lies in the future.
    pub fn ahead(field: &'static str, reason: Said) -> Self {
        Self::Invalid { field, reason, fault: Fault::Ahead }
    }

    /// A value contradicts what came before it.
    pub fn out_of_order(field: &'static str, reason: Said) -> Self {
        Self::Invalid { field, reason, fault: Fault::OutOfOrder }
    }

    /// The act needs a reason and has none.
    pub fn no_reason(reason: Said) -> Self {
        Self::Invalid { field: "reason", reason, fault: Fault::NoReason }
    }

    /// There is no such thing.
    pub fn not_found(what: Missing, id: impl ToString) -> Self {
        Self::NotFound { what, id: id.to_string() }
    }

    /// It does not fit the present state.
    pub fn conflict(reason: Said) -> Self {
        Self::Conflict(reason)
    }

    /// What is wrong and what to do. The field at fault, where there is one, is not in it.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::NotFound { what, id } => said!(
                "there is no {what} {id} here; read again what there is",
                what => what.said(),
                id = id
            ),
            Self::Conflict(reason) | Self::Forbidden(reason) | Self::Invalid { reason, .. } => reason.clone(),
            Self::Taken(taken) => taken.said(),
            Self::PersonNeeded => said!("a named person must decide this; sign in as one"),
            Self::Stale { actual: None, .. } => {
                said!("there is no such thing any more; read again what there is")
            }
            Self::Stale { expected: Expected::Version(expected), actual: Some(actual) } => said!(
                "it is at version {actual}, not {expected}; read it again and decide anew",
                actual = actual,
                expected = expected
            ),
            Self::Stale { actual: Some(actual), .. } => {
                said!("it is there already, at version {actual}; read it and change that", actual = actual)
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Invalid { field, .. } = self {
            write!(f, "{field}: ")?;
        }
        self.said().fmt(f)
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn identities_from_one_seed_differ_and_repeat() {
        let seed = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
        let mut a = Ids::new(seed);
        let mut b = Ids::new(seed);
        let first: Vec<_> = (0..2000).map(|_| a.next_id()).collect();
        assert_eq!(first[0], seed);
        assert!(first.iter().all(|id| *id == b.next_id() && id.get_version_num() == 7));
        assert_eq!(first.iter().collect::<HashSet<_>>().len(), 2000);
    }
}
