//! What became of a warning outside the hub: which message told which services of it, what the operators report, and
//! whether it is late that nobody has given it out (Order 945 c.23, c.24: at once after the order).

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::event::{WarningCase, WarningEvent, WarningStatus};
use crate::domain::decision::{By, Refusal};
use crate::domain::envelope::{
    WarningChannel, WarningOutcome, WarningRefusal, WarningRefusalCode, WarningReport, WarningStage,
    WarningTask,
};
use crate::domain::ids::{AccountName, DistributionId, ServiceKey};
use crate::domain::message::CLOCK_TOLERANCE;
use crate::domain::moment::not_ahead;
use crate::domain::quantities::Seconds;
use crate::domain::said::said;

/// Longest words of a refusal, characters.
const LONGEST_REASON: usize = 4_000;

/// One message about a warning, to the services that are to do the same about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WarningSending)]
pub struct Sending {
    /// The message; deliveries and acknowledgements name it.
    pub message: DistributionId,
    /// To whom.
    pub services: BTreeSet<ServiceKey>,
    /// What they are to do.
    pub task: WarningTask,
}

/// One version of a warning as it went out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WarningSentVersion)]
pub struct SentVersion {
    /// From 1.
    pub version: u32,
    /// Issued, updated or ended.
    pub stage: WarningStage,
    /// The messages that carry it.
    pub sendings: Vec<Sending>,
    /// When.
    pub at: Timestamp,
}

/// What an operator did about a warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WarningReported)]
pub struct Reported {
    /// The operator's desk.
    pub service: ServiceKey,
    /// The version that was given out or refused.
    pub version: u32,
    /// Transmitted or refused.
    pub outcome: WarningOutcome,
    /// When.
    pub at: Timestamp,
    /// Over which channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<WarningChannel>,
    /// How many people or devices it reached, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached: Option<u32>,
    /// Why it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<WarningRefusal>,
    /// Who of the hub wrote it down, where it was told by telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<AccountName>,
}

impl WarningCase {
    /// Whether people are being warned by it.
    #[must_use]
    pub fn is_running(&self) -> bool {
        matches!(self.status(), WarningStatus::Ordered | WarningStatus::AwaitsConfirmation)
    }

    /// The version that the next message about it has.
    #[must_use]
    pub fn next_version(&self) -> u32 {
        self.sent.last().map_or(1, |last| last.version.saturating_add(1))
    }

    /// The message by which a service, or whoever is to do the same, was told last.
    #[must_use]
    pub fn told_last(&self, service: &ServiceKey) -> Option<DistributionId> {
        let all = self.sent.iter().rev().flat_map(|sent| &sent.sendings);
        all.filter(|sending| sending.services.contains(service)).map(|sending| sending.message).next()
    }

    /// Whether a service was told of it.
    #[must_use]
    pub fn was_told(&self, service: &ServiceKey) -> bool {
        self.told_last(service).is_some()
    }

    /// The newest version that operators are to give out.
    #[must_use]
    pub fn to_give_out(&self) -> Option<&SentVersion> {
        self.sent.iter().rev().find(|sent| sent.sendings.iter().any(|s| s.task.is_reported()))
    }

    /// Whether a version says to people what is to be said to them now.
    #[must_use]
    pub fn is_newest(&self, version: u32) -> bool {
        self.to_give_out().is_some_and(|newest| version >= newest.version)
    }

    fn newest(&self, outcome: WarningOutcome) -> impl Iterator<Item = &Reported> {
        self.reports.iter().filter(move |r| r.outcome == outcome && self.is_newest(r.version))
    }

    /// What a service reports of what is to be given out now: that it gave it out over some channel stands above that it
    /// refused another.
    #[must_use]
    pub fn outcome_at(&self, service: &ServiceKey) -> Option<WarningOutcome> {
        let outcomes = [WarningOutcome::Transmitted, WarningOutcome::Refused];
        outcomes.into_iter().find(|outcome| self.newest(*outcome).any(|r| r.service == *service))
    }

    /// Whether some operator has given out what is to be given out now.
    #[must_use]
    pub fn is_given_out(&self) -> bool {
        self.newest(WarningOutcome::Transmitted).next().is_some()
    }

    /// The version that nobody has given out within the time for it, since when and until when it was to be; once for
    /// each. Where all who were to give it out refuse, there is nothing to wait for.
    #[must_use]
    pub fn late(&self, wait: Seconds, now: Timestamp) -> Option<(u32, Timestamp, Timestamp)> {
        let newest = self.to_give_out().filter(|_| self.is_running() && !self.is_given_out())?;
        let mut to = newest.sendings.iter().filter(|s| s.task.is_reported()).flat_map(|s| &s.services);
        let all_refuse =
            to.all(|service| self.newest(WarningOutcome::Refused).any(|r| r.service == *service));
        let due = newest.at.checked_add(wait.span()).ok()?;
        let due = if all_refuse { due.min(now) } else { due };
        let over = self.until.is_some_and(|until| until <= now);
        let told = self.late_version.is_some_and(|told| told >= newest.version);
        (due <= now && !over && !told).then_some((newest.version, newest.at, due))
    }

    /// Takes what an operator reports, or what an officer was told by telephone.
    pub(super) fn report(
        &self,
        service: ServiceKey,
        report: WarningReport,
        exercise: Option<bool>,
        now: Timestamp,
        by: &By,
    ) -> Result<Vec<WarningEvent>, Refusal> {
        let recorded_by = match by {
            By::Person { account } => Some(account.clone()),
            By::Service { service: who, .. } if *who == service => None,
            By::Service { service: who, .. } => {
                return Err(Refusal::Forbidden(said!(
                    "{service} does not speak for {addressee}; let the addressee answer",
                    service => who,
                    addressee => &service
                )));
            }
            By::Rule { .. } => return Err(Refusal::PersonNeeded),
        };
        let asked = self.sent.iter().find(|sent| sent.version == report.version).filter(|sent| {
            sent.sendings.iter().any(|s| s.task.is_reported() && s.services.contains(&service))
        });
        let Some(asked) = asked else {
            return Err(Refusal::Forbidden(said!(
                "{service} was not asked to give out version {version} of this warning; name the version that it was sent",
                service => &service,
                version = report.version
            )));
        };
        if exercise.is_some_and(|exercise| exercise != self.exercise) {
            return Err(Refusal::conflict(said!(
                "an exercise and the real never mix: report with the status of the message that brought the warning"
            )));
        }
        not_ahead("at", report.at, now)?;
        if asked.at.duration_since(report.at) > CLOCK_TOLERANCE.span() {
            return Err(Refusal::out_of_order(
                "at",
                said!("the warning was not sent by then; give a later time"),
            ));
        }
        let WarningReport { warning, version, outcome, at, channel, reached, reason } = report;
        let reason = match (outcome, channel, reason) {
            (WarningOutcome::Transmitted, None, _) => {
                return Err(Refusal::invalid(
                    "channel",
                    said!("name the channel over which it was given out"),
                ));
            }
            (WarningOutcome::Transmitted, Some(_), _) => None,
            (WarningOutcome::Refused, _, Some(reason)) if is_said(&reason) => Some(reason),
            (WarningOutcome::Refused, ..) => {
                return Err(Refusal::no_reason(said!("say why the warning is not given out")));
            }
        };
        let report = Reported { service, version, outcome, at, channel, reached, reason, recorded_by };
        if self.reports.contains(&report) {
            return Ok(Vec::new());
        }
        Ok(vec![WarningEvent::Reported { warning, report: Box::new(report) }])
    }
}

/// A refusal is told by its code; one that has none of its own, in words.
fn is_said(reason: &WarningRefusal) -> bool {
    let words = reason.text.trim().chars().count();
    words <= LONGEST_REASON && (words > 0 || reason.code != WarningRefusalCode::Other)
}
