//! The check list of a shift: built from the registry of services and their contacts, a result for each line.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::contact::{ContactBook, Means};
use crate::domain::ids::{AccountName, ServiceKey};
use crate::domain::obligation::Datum;
use crate::domain::service_kind::{self, ServiceClause};

/// One line of the check list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(tag = "item", rename_all = "snake_case", deny_unknown_fields)]
pub enum CheckItem {
    /// The link to a service's system: a message there and back.
    Link {
        /// Which service.
        service: ServiceKey,
    },
    /// The contact data of a service's duty officer.
    Contacts {
        /// Which service.
        service: ServiceKey,
    },
    /// One means of communication of a service, or of the hub itself.
    Channel {
        /// Whose.
        service: ServiceKey,
        /// Which means.
        #[schema(value_type = String)]
        means: Means,
        /// Its number, frequency or address.
        number: String,
    },
}

impl CheckItem {
    /// Whose line it is.
    #[must_use]
    pub fn service(&self) -> &ServiceKey {
        match self {
            Self::Link { service } | Self::Contacts { service } | Self::Channel { service, .. } => service,
        }
    }

    /// A fault of it, as an obligation names it.
    pub(super) fn fault(&self, number: u32) -> Datum {
        Datum::Channel { of: Some(self.service().clone()), channel: self.channel(), fault: number }
    }

    /// The same, for people.
    pub(super) fn datum_text(&self) -> String {
        format!("{} {}", self.service(), self.channel())
    }

    fn channel(&self) -> String {
        match self {
            Self::Link { .. } => "link".to_owned(),
            Self::Contacts { .. } => "contacts".to_owned(),
            Self::Channel { means, number, .. } => format!("{means} {number}"),
        }
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case", deny_unknown_fields)]
pub enum CheckOutcome {
    /// It works; contact data are right.
    Works {
        /// Time there and back, milliseconds, where it was measured.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        round_trip_ms: Option<u32>,
    },
    /// It does not work.
    Fails {
        /// How.
        note: String,
    },
    /// Nobody answered.
    NoAnswer,
    /// A named person leaves it out.
    Skipped {
        /// Why.
        reason: String,
    },
}

impl CheckOutcome {
    /// A fault that survives into the shift.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        matches!(self, Self::Fails { .. } | Self::NoAnswer)
    }
}

/// Who made a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Checker {
    /// A named person.
    Person {
        /// Who.
        account: AccountName,
    },
    /// The hub's own message there and back.
    Heartbeat,
}

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckResult {
    /// What was found.
    pub outcome: CheckOutcome,
    /// By whom.
    pub by: Checker,
    /// When.
    pub at: Timestamp,
}

/// A line with its results, the last of which counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Check {
    /// The line.
    pub item: CheckItem,
    /// Every result, from the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<CheckResult>,
}

impl Check {
    /// A line without a result.
    #[must_use]
    pub fn new(item: CheckItem) -> Self {
        Self { item, results: Vec::new() }
    }

    /// The result that counts.
    #[must_use]
    pub fn last(&self) -> Option<&CheckResult> {
        self.results.last()
    }
}

/// The lines that a shift must answer: for **all** services, security and telecom among them (c.5(1)¶1 states no
/// exception), the link, the contact data and each means of communication; for the hub its own means.
#[must_use]
pub fn check_list(services: &[ServiceKey], contacts: &ContactBook) -> Vec<CheckItem> {
    services.iter().flat_map(|service| lines_of(service, contacts)).collect()
}

/// The lines of one service.
pub(super) fn lines_of(service: &ServiceKey, contacts: &ContactBook) -> Vec<CheckItem> {
    let is_hub = service_kind::find(service).is_some_and(|k| k.clause == ServiceClause::C3_1);
    let mut lines = Vec::new();
    if !is_hub {
        lines.push(CheckItem::Link { service: service.clone() });
    }
    lines.push(CheckItem::Contacts { service: service.clone() });
    lines.extend(contacts.of(service).iter().map(|c| CheckItem::Channel {
        service: service.clone(),
        means: c.means.clone(),
        number: c.number.clone(),
    }));
    lines
}
