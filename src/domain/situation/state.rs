//! The situation of one region as events made it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::event::SituationEvent;
use super::readiness::ReadinessTaken;
use super::report::{Forwarding, Passed, Report, Summary, Suppressed, ZoneNews};
use super::source::{Source, SourceKey};
use crate::domain::ids::{MessageId, ReportId, ServiceKey, ZoneId};

/// How long a forwarded emergency stays in memory after an officer has seen it.
const FORWARDINGS_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// The situation of one region.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Situations {
    pub(super) sources: BTreeMap<SourceKey, Source>,
    pub(super) reports: BTreeMap<ReportId, Report>,
    pub(super) summaries: BTreeMap<ReportId, Summary>,
    pub(super) zones: BTreeMap<ZoneId, ZoneNews>,
    pub(super) readiness: BTreeMap<ServiceKey, ReadinessTaken>,
    pub(super) forwardings: BTreeMap<MessageId, Forwarding>,
    /// How many summaries each period of a mode has.
    pub(super) summaries_of: BTreeMap<u32, u32>,
    /// How often readiness was asked for again.
    pub(super) askings: u32,
}

impl Situations {
    /// Every source.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.values()
    }

    /// A source.
    #[must_use]
    pub fn source(&self, key: &SourceKey) -> Option<&Source> {
        self.sources.get(key)
    }

    /// A report in memory.
    #[must_use]
    pub fn report(&self, id: ReportId) -> Option<&Report> {
        self.reports.get(&id)
    }

    /// All reports in memory, in the order of their identities.
    pub fn reports(&self) -> impl Iterator<Item = &Report> {
        self.reports.values()
    }

    /// A summary in memory.
    #[must_use]
    pub fn summary(&self, id: ReportId) -> Option<&Summary> {
        self.summaries.get(&id)
    }

    /// All summaries in memory.
    pub fn summaries(&self) -> impl Iterator<Item = &Summary> {
        self.summaries.values()
    }

    /// What each service last reported of its readiness.
    pub fn readiness(&self) -> impl Iterator<Item = (&ServiceKey, &ReadinessTaken)> {
        self.readiness.iter()
    }

    /// The last change of a zone and who was told of it.
    #[must_use]
    pub fn zone_news(&self, zone: ZoneId) -> Option<&ZoneNews> {
        self.zones.get(&zone)
    }

    /// Emergencies forwarded by services: those that no officer has seen, and those seen lately.
    pub fn forwardings(&self) -> impl Iterator<Item = &Forwarding> {
        self.forwardings.values()
    }

    /// Emergencies forwarded by services: those that no officer has seen stand above all calls.
    pub fn unseen_forwardings(&self) -> impl Iterator<Item = &Forwarding> {
        self.forwardings.values().filter(|f| f.acknowledged.is_none())
    }

    /// A forwarding by its message.
    #[must_use]
    pub fn forwarding(&self, message: MessageId) -> Option<&Forwarding> {
        self.forwardings.get(&message)
    }

    /// Takes a report as the store kept it.
    pub fn adopt(&mut self, report: Report) {
        self.reports.insert(report.id, report);
    }

    /// Takes a summary as the store kept it.
    pub fn adopt_summary(&mut self, summary: Summary) {
        self.summaries.insert(summary.id, summary);
    }

    /// The same without reports and summaries: what is kept apart from them.
    #[must_use]
    pub fn without_reports(&self) -> Self {
        Self {
            sources: self.sources.clone(),
            zones: self.zones.clone(),
            readiness: self.readiness.clone(),
            forwardings: self.forwardings.clone(),
            summaries_of: self.summaries_of.clone(),
            askings: self.askings,
            ..Self::default()
        }
    }

    /// Lets go from memory of what is settled since before a moment; the journal and the read tables keep it.
    pub fn retire(&mut self, before: Timestamp) {
        self.reports.retain(|_, r| r.is_open() || r.received_at >= before);
        self.summaries.retain(|_, s| s.at >= before);
    }

    /// Applies one event.
    pub fn apply(&mut self, event: &SituationEvent) {
        match event {
            SituationEvent::SourceRegistered { source, at, .. } => {
                let known = self.sources.remove(&source.key);
                let registered = Source {
                    about: source.clone(),
                    registered_at: known.as_ref().map_or(*at, |k| k.registered_at),
                    heard_at: known.as_ref().and_then(|k| k.heard_at),
                    silent_since: known.and_then(|k| k.silent_since),
                };
                self.sources.insert(source.key.clone(), registered);
            }
            SituationEvent::SourceRemoved { source, .. } => {
                self.sources.remove(source);
            }
            SituationEvent::SourceHeard { source, at } => {
                if let Some(found) = self.sources.get_mut(source) {
                    found.heard_at = Some(found.heard_at.map_or(*at, |h| h.max(*at)));
                    found.silent_since = None;
                }
            }
            SituationEvent::SourceFellSilent { source, at } => {
                if let Some(found) = self.sources.get_mut(source) {
                    found.silent_since.get_or_insert(*at);
                }
            }
            SituationEvent::Reported { report } => self.adopt(report.as_ref().clone()),
            SituationEvent::Passed { report, services, at } => {
                if let Some(found) = self.reports.get_mut(report) {
                    found.passed.extend(told(services, *at));
                }
            }
            SituationEvent::Suppressed { report, reason, by, at } => {
                if let Some(found) = self.reports.get_mut(report) {
                    found.suppressed = Some(Suppressed { reason: reason.clone(), by: by.clone(), at: *at });
                }
            }
            SituationEvent::PassingAcknowledged { report, service, at } => {
                if let Some(found) = self.reports.get_mut(report) {
                    acknowledge(&mut found.passed, service, *at);
                }
            }
            SituationEvent::ZoneTold { zone, version, distribution, services, at } => {
                let passed = told(services, *at).collect();
                let mut news = self.zones.remove(zone).unwrap_or_default();
                (news.version, news.passed) = (*version, passed);
                news.messages.extend(distribution.map(|message| (message, *version)));
                news.waiting.extend(services.iter().map(|s| (*version, s.clone())));
                self.zones.insert(*zone, news);
            }
            SituationEvent::ZoneAcknowledged { zone, version, service, at } => {
                let Some(found) = self.zones.get_mut(zone) else { return };
                found.waiting.retain(|(waits, of)| waits != version || of != service);
                if found.version == *version {
                    acknowledge(&mut found.passed, service, *at);
                }
            }
            SituationEvent::ThreatTold { report, at, .. } => {
                if let Some(found) = self.reports.get_mut(report) {
                    found.threat_told_at.get_or_insert(*at);
                }
            }
            SituationEvent::ReadinessTaken { service, counted, as_of, at, .. } => {
                let at = as_of.unwrap_or(*at);
                let taken = ReadinessTaken { counted: *counted, at, asked_again_at: None };
                self.readiness.insert(service.clone(), taken);
            }
            SituationEvent::ReadinessAskedAgain { service, at, .. } => {
                self.askings = self.askings.saturating_add(1);
                if let Some(found) = self.readiness.get_mut(service) {
                    found.asked_again_at = Some(*at);
                }
            }
            SituationEvent::Summarised { summary, .. } => {
                if let Some(period) = summary.period {
                    let count = self.summaries_of.entry(period).or_default();
                    *count = count.saturating_add(1);
                }
                self.adopt_summary(summary.as_ref().clone());
            }
            SituationEvent::Forwarded { message, service, learnt_at, at } => {
                // Let go here and not by the clock: the journal replayed gives the same.
                let before = *at - FORWARDINGS_KEPT;
                self.forwardings.retain(|_, f| f.acknowledged.as_ref().is_none_or(|(_, at)| *at >= before));
                self.forwardings.entry(*message).or_insert_with(|| Forwarding {
                    message: *message,
                    service: service.clone(),
                    learnt_at: *learnt_at,
                    received_at: *at,
                    acknowledged: None,
                });
            }
            SituationEvent::ForwardingAcknowledged { message, by, at } => {
                if let Some(found) = self.forwardings.get_mut(message) {
                    found.acknowledged.get_or_insert((by.clone(), *at));
                }
            }
        }
    }
}

fn told(services: &[ServiceKey], at: Timestamp) -> impl Iterator<Item = Passed> {
    services.iter().map(move |s| Passed { service: s.clone(), told_at: at, acknowledged_at: None })
}

fn acknowledge(passed: &mut [Passed], service: &ServiceKey, at: Timestamp) {
    if let Some(found) = passed.iter_mut().find(|p| p.service == *service) {
        found.acknowledged_at.get_or_insert(at);
    }
}
