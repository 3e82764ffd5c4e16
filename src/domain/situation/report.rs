//! Reports of the situation, to whom they were passed, summaries, and emergencies forwarded by services.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::source::{Freshness, SourceKey};
use crate::domain::envelope::{Measurement, Nature, Place};
use crate::domain::ids::{AccountName, DistributionId, MessageId, ReportId, ServiceKey, ZoneId};

/// Who told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "origin", rename_all = "snake_case")]
pub enum Origin {
    /// A monitoring source (c.5(2)¶1).
    Source {
        /// Which.
        source: SourceKey,
    },
    /// A duty-dispatch service, of its speciality (c.5(2)¶3).
    Service {
        /// Which.
        service: ServiceKey,
    },
    /// The hub's officer.
    Officer {
        /// Who.
        account: AccountName,
    },
}

impl Origin {
    /// The service, where one told it.
    #[must_use]
    pub fn service(&self) -> Option<&ServiceKey> {
        match self {
            Self::Service { service } => Some(service),
            _ => None,
        }
    }
}

/// A service that something was passed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Passed {
    /// Which.
    pub service: ServiceKey,
    /// When it was told.
    pub told_at: Timestamp,
    /// When it acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Timestamp>,
}

/// That an officer did not have a report passed on. The Kazakh text of c.5(2)¶2 says "when necessary", the Russian
/// has no condition: everything is passed unless a named person says why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Suppressed {
    /// Why.
    pub reason: String,
    /// Who.
    pub by: AccountName,
    /// When.
    pub at: Timestamp,
}

/// A report of the situation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// Identity.
    pub id: ReportId,
    /// Who told it.
    #[serde(flatten)]
    pub origin: Origin,
    /// Radiation, chemical, biological, ecological, fire or other.
    pub nature: Nature,
    /// What is so.
    pub text: String,
    /// The degree of danger, 1 to 5, where the source gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub degree: Option<u8>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// In which zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<ZoneId>,
    /// Measured values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measurements: Vec<Measurement>,
    /// When it was observed.
    pub observed_at: Timestamp,
    /// When the hub had it.
    pub received_at: Timestamp,
    /// To whom it was passed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed: Vec<Passed>,
    /// That it was not passed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<Suppressed>,
    /// When services were told that it is a threat of an emergency (c.5(2)¶4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threat_told_at: Option<Timestamp>,
    /// Part of an exercise.
    #[serde(default)]
    pub exercise: bool,
}

impl Report {
    /// Whether a service that was told has not acknowledged yet.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.passed.iter().any(|p| p.acknowledged_at.is_none())
    }
}

/// A source as it was when a summary was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceThen {
    /// Which.
    pub source: SourceKey,
    /// Fresh, silent or awaited.
    pub freshness: Freshness,
    /// When it was last heard.
    pub heard_at: Option<Timestamp>,
}

/// What the officer makes of the reports (c.5(2)¶1): a document with a time and an author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Summary {
    /// Identity.
    pub id: ReportId,
    /// The summary itself.
    pub text: String,
    /// The reports it rests on.
    pub reports: Vec<ReportId>,
    /// Every source as it was then: a silent one is said.
    pub sources: Vec<SourceThen>,
    /// The period of the mode it was made in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<u32>,
    /// Who made it.
    pub author: AccountName,
    /// When.
    pub at: Timestamp,
}

/// A change of a zone and who was told of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ZoneNews {
    /// The version of the zone.
    pub version: u32,
    /// Who was told.
    pub passed: Vec<Passed>,
    /// The messages that told of each version; an acknowledgement names its message.
    #[serde(default)]
    pub messages: Vec<(DistributionId, u32)>,
    /// Versions of which services were told and have not acknowledged; with a later one a service has these too.
    #[serde(default)]
    pub waiting: Vec<(u32, ServiceKey)>,
}

/// An emergency that a service learnt of itself (c.5(1)¶4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Forwarding {
    /// The hub's message.
    pub message: MessageId,
    /// Which service.
    pub service: ServiceKey,
    /// When the service itself had it.
    pub learnt_at: Timestamp,
    /// When the hub had it.
    pub received_at: Timestamp,
    /// The officer who acknowledged it, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<(AccountName, Timestamp)>,
}

impl Forwarding {
    /// How long the service kept it: the service's lateness, not the hub's.
    #[must_use]
    pub fn kept_for(&self) -> SignedDuration {
        self.received_at.duration_since(self.learnt_at).max(SignedDuration::ZERO)
    }
}
