//! When the hub itself proposes a mode. The rules do not say who sets one: the hub never does, a named person
//! confirms or declines.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Mode, ModeEvent, ModeState};
use crate::domain::classification::order240::Scale;
use crate::domain::decision::Refusal;
use crate::domain::envelope::Nature;
use crate::domain::ids::{AccountName, IncidentId, ReportId};
use crate::domain::quantities::Seconds;
use crate::domain::said::said;

/// A rule with the figures that made it speak.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Sign {
    /// An emergency has reached a scale.
    EmergencyScale {
        /// Which incident.
        incident: IncidentId,
        /// Its scale.
        scale: Scale,
        /// The threshold in the settings.
        threshold: Scale,
    },
    /// So many incidents are open at once.
    OpenIncidents {
        /// How many.
        open: u32,
        /// The threshold in the settings.
        threshold: u32,
    },
    /// A monitoring report of a kind and degree came.
    Monitoring {
        /// Which report.
        report: ReportId,
        /// Its kind.
        nature: Nature,
        /// Its degree of danger.
        degree: u8,
        /// The threshold in the settings.
        threshold: u8,
    },
    /// The term of a mode is over.
    TermOver {
        /// Which period.
        period: u32,
        /// Its end as declared.
        until: Timestamp,
    },
}

impl Sign {
    fn is_same_rule(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::TermOver { period: a, until: x }, Self::TermOver { period: b, until: y }) => {
                a == b && x == y
            }
            (Self::Monitoring { nature: a, .. }, Self::Monitoring { nature: b, .. }) => a == b,
            (Self::EmergencyScale { incident: a, .. }, Self::EmergencyScale { incident: b, .. }) => a == b,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    /// Whether the figures grew: then a declined rule may speak again at once.
    fn is_graver_than(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::OpenIncidents { open: a, .. }, Self::OpenIncidents { open: b, .. }) => {
                *a > b.saturating_mul(2)
            }
            (Self::Monitoring { degree: a, .. }, Self::Monitoring { degree: b, .. }) => a > b,
            (Self::EmergencyScale { scale: a, .. }, Self::EmergencyScale { scale: b, .. }) => a > b,
            _ => false,
        }
    }
}

/// What became of a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ProposalOutcome {
    /// A named person declared the mode on it.
    Confirmed {
        /// The period that began.
        period: u32,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// A named person declined it.
    Declined {
        /// Why.
        reason: String,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// A declaration made it pointless.
    Lapsed {
        /// When.
        at: Timestamp,
    },
}

/// A mode that the hub proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModeProposal {
    /// Its number in the region, from 1.
    pub number: u32,
    /// Which mode.
    pub mode: Mode,
    /// Why.
    pub sign: Sign,
    /// When.
    pub proposed_at: Timestamp,
    /// What became of it; absent while it waits for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<ProposalOutcome>,
}

/// Which monitoring report proposes which mode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MonitoringRule {
    /// The kind of report; absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nature: Option<Nature>,
    /// From this degree of danger.
    pub degree: u8,
    /// The mode proposed.
    pub mode: Mode,
}

/// When the hub proposes a mode. All of it is a setting; the defaults are the project's, not the law's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ModeSettings {
    /// From this scale of an emergency its mode is proposed; absent: never.
    pub emergency_scale: Option<Scale>,
    /// From so many open incidents high readiness is proposed; absent: never.
    pub open_incidents: Option<u32>,
    /// Monitoring reports that propose a mode. By default degree 3 of four proposes high readiness.
    pub monitoring: Vec<MonitoringRule>,
    /// A declined rule stays silent so long, unless its figures grow.
    pub quiet: Seconds,
}

impl Default for ModeSettings {
    fn default() -> Self {
        Self {
            emergency_scale: Some(Scale::Local),
            open_incidents: Some(500),
            monitoring: vec![MonitoringRule { nature: None, degree: 3, mode: Mode::HighReadiness }],
            quiet: Seconds(3_600),
        }
    }
}

impl ModeSettings {
    /// # Errors
    /// [`Refusal::Invalid`] when a threshold is zero or a rule proposes the everyday mode.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.open_incidents == Some(0) {
            return Err(Refusal::invalid(
                "modes.open_incidents",
                said!("give at least {least}, or leave it out", least = 1),
            ));
        }
        if self.monitoring.iter().any(|r| r.degree == 0 || r.mode == Mode::Everyday) {
            return Err(Refusal::invalid(
                "modes.monitoring",
                said!(
                    "a degree from {least} proposes high readiness or emergency; correct the rule",
                    least = 1
                ),
            ));
        }
        Ok(())
    }
}

/// What the hub has seen that may call for another mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observation {
    /// An incident is an emergency of a scale.
    Emergency {
        /// Which.
        incident: IncidentId,
        /// Its scale.
        scale: Scale,
    },
    /// So many incidents are open.
    OpenIncidents(u32),
    /// A monitoring report with a degree of danger came.
    Monitoring {
        /// Which.
        report: ReportId,
        /// Its kind.
        nature: Nature,
        /// Its degree.
        degree: u8,
    },
    /// Time has passed.
    Time,
}

impl ModeState {
    /// What the hub proposes on what it has seen. Nothing when the mode is that grave already, when the same rule
    /// waits for an answer, or when a person declined it lately and the figures have not grown.
    #[must_use]
    pub fn propose(&self, seen: &Observation, settings: &ModeSettings, now: Timestamp) -> Vec<ModeEvent> {
        let mut events = Vec::new();
        for (mode, sign) in self.speaking(seen, settings, now) {
            if self.is_silent(&sign, settings, now) {
                continue;
            }
            let proposal = self.next_proposal().saturating_add(u32::try_from(events.len()).unwrap_or(0));
            events.push(ModeEvent::Proposed { proposal, mode, sign, at: now });
        }
        events
    }

    /// The rules that speak on what was seen.
    fn speaking(&self, seen: &Observation, settings: &ModeSettings, now: Timestamp) -> Vec<(Mode, Sign)> {
        match seen {
            Observation::Emergency { incident, scale } => settings
                .emergency_scale
                .filter(|threshold| scale >= threshold && self.current() < Mode::Emergency)
                .map(|threshold| {
                    (Mode::Emergency, Sign::EmergencyScale { incident: *incident, scale: *scale, threshold })
                })
                .into_iter()
                .collect(),
            Observation::OpenIncidents(open) => settings
                .open_incidents
                .filter(|threshold| open >= threshold && self.current() < Mode::HighReadiness)
                .map(|threshold| (Mode::HighReadiness, Sign::OpenIncidents { open: *open, threshold }))
                .into_iter()
                .collect(),
            Observation::Monitoring { report, nature, degree } => settings
                .monitoring
                .iter()
                .filter(|r| {
                    r.nature.is_none_or(|n| n == *nature) && *degree >= r.degree && self.current() < r.mode
                })
                .max_by_key(|r| r.mode)
                .map(|r| {
                    let (report, nature, degree, threshold) = (*report, *nature, *degree, r.degree);
                    (r.mode, Sign::Monitoring { report, nature, degree, threshold })
                })
                .into_iter()
                .collect(),
            Observation::Time => self
                .in_force()
                .filter(|p| p.mode > Mode::Everyday)
                .filter_map(|p| p.until.filter(|until| *until <= now).map(|until| (p.number, until)))
                .map(|(period, until)| (Mode::Everyday, Sign::TermOver { period, until }))
                .collect(),
        }
    }

    fn is_silent(&self, sign: &Sign, settings: &ModeSettings, now: Timestamp) -> bool {
        self.proposals().iter().rev().filter(|p| p.sign.is_same_rule(sign)).any(|p| match &p.outcome {
            None => true,
            Some(ProposalOutcome::Declined { at, .. }) => {
                now.duration_since(*at) < settings.quiet.span() && !sign.is_graver_than(&p.sign)
            }
            Some(_) => false,
        })
    }
}
