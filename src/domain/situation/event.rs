//! What is asked of the situation and what happens to it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::readiness::Counted;
use super::report::{Origin, Report, Summary};
use super::source::{NewSource, SourceKey};
use crate::domain::envelope::{Measurement, Nature, Place, SituationReport};
use crate::domain::ids::{AccountName, DistributionId, MessageId, ReportId, ServiceKey, ZoneId};

/// What is asked of the situation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum SituationCommand {
    /// Register a source, or change what is known of it.
    RegisterSource {
        /// The source.
        source: NewSource,
    },
    /// A source is no longer one.
    RemoveSource {
        /// Which.
        source: SourceKey,
        /// Why.
        reason: String,
    },
    /// A source shows that it is there, without news.
    Hear {
        /// Which.
        source: SourceKey,
    },
    /// Take in a report.
    Report {
        /// Its identity.
        report: ReportId,
        /// Who told it.
        origin: Origin,
        /// Radiation, chemical, biological, ecological, fire or other.
        nature: Nature,
        /// What is so.
        text: String,
        /// The degree of danger, 1 to 5.
        #[serde(default)]
        degree: Option<u8>,
        /// Where.
        #[serde(default)]
        place: Option<Place>,
        /// In which zone.
        #[serde(default)]
        zone: Option<ZoneId>,
        /// Measured values.
        #[serde(default)]
        measurements: Vec<Measurement>,
        /// When it was observed.
        observed_at: Timestamp,
        /// Why the officer does not have it passed on; absent: it is passed on.
        #[serde(default)]
        suppress: Option<String>,
        /// Part of an exercise.
        #[serde(default)]
        exercise: bool,
    },
    /// Tell the services that a report is a threat of an emergency (c.5(2)¶4).
    TellThreat {
        /// Which report.
        report: ReportId,
    },
    /// Make a summary (c.5(2)¶1).
    Summarise {
        /// Its identity.
        summary: ReportId,
        /// The summary itself.
        text: String,
        /// The reports it rests on.
        reports: Vec<ReportId>,
    },
    /// The officer has seen an emergency that a service forwarded (c.5(1)¶4).
    AcknowledgeForwarding {
        /// The message.
        message: MessageId,
    },
}

impl SituationCommand {
    /// A change that a service reports of its speciality (c.5(2)¶3).
    #[must_use]
    pub fn from_agency(report: ReportId, service: ServiceKey, told: SituationReport, exercise: bool) -> Self {
        Self::Report {
            report,
            origin: Origin::Service { service },
            nature: told.nature,
            text: told.text,
            degree: None,
            place: told.place,
            zone: None,
            measurements: told.measurements,
            observed_at: told.observed_at,
            suppress: None,
            exercise,
        }
    }
}

/// What happens to the situation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SituationEvent {
    /// A source was registered or changed.
    SourceRegistered {
        /// The source.
        source: NewSource,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// A source is no longer one.
    SourceRemoved {
        /// Which.
        source: SourceKey,
        /// Why.
        reason: String,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// A source was heard.
    SourceHeard {
        /// Which.
        source: SourceKey,
        /// When.
        at: Timestamp,
    },
    /// A source has been silent for too long.
    SourceFellSilent {
        /// Which.
        source: SourceKey,
        /// When that was found.
        at: Timestamp,
    },
    /// A report was taken in.
    Reported {
        /// The report.
        report: Box<Report>,
    },
    /// A report was passed to services of the profile (c.5(2)¶2).
    Passed {
        /// Which report.
        report: ReportId,
        /// To whom.
        services: Vec<ServiceKey>,
        /// When.
        at: Timestamp,
    },
    /// A named person had a report not passed on.
    Suppressed {
        /// Which report.
        report: ReportId,
        /// Why.
        reason: String,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// A service acknowledged a report.
    PassingAcknowledged {
        /// Which report.
        report: ReportId,
        /// Which service.
        service: ServiceKey,
        /// When.
        at: Timestamp,
    },
    /// Services were told of a change in a zone.
    ZoneTold {
        /// Which zone.
        zone: ZoneId,
        /// Its version.
        version: u32,
        /// The message that tells of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        distribution: Option<DistributionId>,
        /// To whom.
        services: Vec<ServiceKey>,
        /// When.
        at: Timestamp,
    },
    /// A service acknowledged a change in a zone.
    ZoneAcknowledged {
        /// Which zone.
        zone: ZoneId,
        /// Its version.
        version: u32,
        /// Which service.
        service: ServiceKey,
        /// When.
        at: Timestamp,
    },
    /// Services were told of a threat of an emergency.
    ThreatTold {
        /// The report that it rests on.
        report: ReportId,
        /// To whom.
        services: Vec<ServiceKey>,
        /// Part of an exercise: it obliges nobody to real readiness.
        #[serde(default)]
        exercise: bool,
        /// When.
        at: Timestamp,
    },
    /// A service reported its readiness (c.5(2)¶4).
    ReadinessTaken {
        /// Which service.
        service: ServiceKey,
        /// Its composition counted.
        counted: Counted,
        /// Whether all of it is ready and its composition given.
        ready: bool,
        /// As of when it says so; absent in what was written before it was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        as_of: Option<Timestamp>,
        /// When.
        at: Timestamp,
    },
    /// A composition has grown old: the service is asked again.
    ReadinessAskedAgain {
        /// Which service.
        service: ServiceKey,
        /// The period of the mode.
        period: u32,
        /// Which asking in the region, from 2: the declaration of the mode was the first.
        round: u32,
        /// When.
        at: Timestamp,
    },
    /// A summary was made.
    Summarised {
        /// The summary.
        summary: Box<Summary>,
        /// Which summary of its period, from 1.
        round: u32,
    },
    /// A service forwarded an emergency that it had learnt of itself.
    Forwarded {
        /// The hub's message.
        message: MessageId,
        /// Which service.
        service: ServiceKey,
        /// When the service had it.
        learnt_at: Timestamp,
        /// When the hub had it.
        at: Timestamp,
    },
    /// The officer has seen it.
    ForwardingAcknowledged {
        /// The hub's message.
        message: MessageId,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
}
