//! What may be done about the situation, and what the hub does of itself.

use jiff::Timestamp;

use super::event::{SituationCommand, SituationEvent};
use super::readiness::{count, is_ready};
use super::report::{Origin, Report, SourceThen, Summary};
use super::routing::{of_any_profile, receivers};
use super::source::{Freshness, NewSource, SourceKey};
use super::state::Situations;
use crate::domain::decision::{By, Refusal};
use crate::domain::envelope::{MAX_TEXT_CHARS, ReadinessReport};
use crate::domain::ids::{AccountName, DistributionId, MessageId, ReportId, ServiceKey, ZoneId};
use crate::domain::missing::Missing;
use crate::domain::mode::{Mode, ModePeriod, ModeState};
use crate::domain::moment::not_ahead;
use crate::domain::quantities::Seconds;
use crate::domain::said::said;
use crate::domain::service_kind::{self, ServiceClause};

/// The gravest degree of danger.
const GRAVEST_DEGREE: u8 = 5;
/// Longest name, number or reason, characters.
const LONGEST_NAME: usize = 2_000;
/// Most reports of one summary.
const MOST_REPORTS: usize = 1_000;

/// What a decision about the situation needs to know besides.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// Every service of the region.
    pub services: &'a [ServiceKey],
    /// The mode of the region with its periods.
    pub mode: &'a ModeState,
}

impl Surroundings<'_> {
    /// The gravest period in force, whose summary and readiness are owed; while there is none, the one that is rehearsed.
    fn period(&self) -> Option<u32> {
        let graver = |p: &&ModePeriod| p.mode > Mode::Everyday;
        let gravest = self.mode.in_force().filter(graver).max_by_key(|p| (p.mode, p.number));
        let rehearsed = || self.mode.rehearsals().filter(graver).max_by_key(|p| (p.mode, p.number));
        gravest.or_else(rehearsed).map(|p| p.number)
    }
}

impl Situations {
    /// Decides a command.
    ///
    /// # Errors
    /// [`Refusal::PersonNeeded`] where a named person must act; [`Refusal::Forbidden`] when a service speaks for
    /// another; [`Refusal::NotFound`], [`Refusal::Conflict`] and [`Refusal::Invalid`], saying what is wrong.
    pub fn decide(
        &self,
        command: SituationCommand,
        around: Surroundings<'_>,
        now: Timestamp,
        by: &By,
    ) -> Result<Vec<SituationEvent>, Refusal> {
        match command {
            SituationCommand::RegisterSource { source } => {
                let by = by.person().ok_or(Refusal::PersonNeeded)?.clone();
                Ok(vec![SituationEvent::SourceRegistered { source: fit(source)?, by, at: now }])
            }
            SituationCommand::RemoveSource { source, reason } => {
                let by = by.person().ok_or(Refusal::PersonNeeded)?.clone();
                self.known(&source)?;
                let reason = text("reason", &reason, LONGEST_NAME)?;
                Ok(vec![SituationEvent::SourceRemoved { source, reason, by, at: now }])
            }
            SituationCommand::Hear { source } => {
                self.known(&source)?;
                Ok(vec![SituationEvent::SourceHeard { source, at: now }])
            }
            SituationCommand::Report {
                report,
                origin,
                nature,
                text: words,
                degree,
                place,
                zone,
                measurements,
                observed_at,
                suppress,
                exercise,
            } => {
                let new = Report {
                    id: report,
                    origin,
                    nature,
                    text: words,
                    degree,
                    place,
                    zone,
                    measurements,
                    observed_at,
                    received_at: now,
                    passed: Vec::new(),
                    suppressed: None,
                    threat_told_at: None,
                    exercise,
                };
                self.take(new, suppress, around, now, by)
            }
            SituationCommand::TellThreat { report } => {
                by.person().ok_or(Refusal::PersonNeeded)?;
                let found = self.report(report).ok_or_else(|| Refusal::not_found(Missing::Report, report))?;
                if found.threat_told_at.is_some() {
                    return Ok(Vec::new());
                }
                let services = everyone_but_the_hub(around.services);
                Ok(vec![SituationEvent::ThreatTold { report, services, exercise: found.exercise, at: now }])
            }
            SituationCommand::Summarise { summary, text, reports } => {
                let author = by.person().ok_or(Refusal::PersonNeeded)?.clone();
                self.summarise(summary, &text, reports, author, around, now)
            }
            SituationCommand::AcknowledgeForwarding { message } => {
                let by = by.person().ok_or(Refusal::PersonNeeded)?.clone();
                let found = self
                    .forwarding(message)
                    .ok_or_else(|| Refusal::not_found(Missing::ForwardedEmergency, message))?;
                if found.acknowledged.is_some() {
                    return Ok(Vec::new());
                }
                Ok(vec![SituationEvent::ForwardingAcknowledged { message, by, at: now }])
            }
        }
    }

    /// A service forwards an emergency that it learnt of at `learnt_at` (c.5(1)¶4). Once for a message.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] when the service would have learnt of it in time to come.
    pub fn forward(
        &self,
        message: MessageId,
        service: &ServiceKey,
        learnt_at: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<SituationEvent>, Refusal> {
        not_ahead("learnt_at", learnt_at, now)?;
        if self.forwardings.contains_key(&message) {
            return Ok(Vec::new());
        }
        Ok(vec![SituationEvent::Forwarded { message, service: service.clone(), learnt_at, at: now }])
    }

    /// A zone was drawn or changed: the services of every profile are told at once (c.5(2)¶2). Once for a version.
    #[must_use]
    pub fn tell_zone(
        &self,
        zone: ZoneId,
        version: u32,
        distribution: DistributionId,
        services: &[ServiceKey],
        now: Timestamp,
    ) -> Vec<SituationEvent> {
        if self.zones.get(&zone).is_some_and(|told| told.version >= version) {
            return Vec::new();
        }
        let services = of_any_profile(services);
        vec![SituationEvent::ZoneTold { zone, version, distribution: Some(distribution), services, at: now }]
    }

    /// A service acknowledged a report that it was passed.
    #[must_use]
    pub fn acknowledge_report(
        &self,
        report: ReportId,
        service: &ServiceKey,
        at: Timestamp,
    ) -> Vec<SituationEvent> {
        let waits = self
            .report(report)
            .is_some_and(|r| r.passed.iter().any(|p| p.service == *service && p.acknowledged_at.is_none()));
        let event = || SituationEvent::PassingAcknowledged { report, service: service.clone(), at };
        waits.then(event).into_iter().collect()
    }

    /// A service acknowledged a change of a zone. Each message is the whole zone, so whoever has it has all that came
    /// before it.
    #[must_use]
    pub fn acknowledge_zone(
        &self,
        message: DistributionId,
        service: &ServiceKey,
        at: Timestamp,
    ) -> Vec<SituationEvent> {
        let told = self.zones.iter().find_map(|(zone, news)| {
            let (_, version) = news.messages.iter().find(|(sent, _)| *sent == message)?;
            Some((*zone, news, *version))
        });
        let Some((zone, news, upto)) = told else { return Vec::new() };
        let waiting = news.waiting.iter().filter(|(version, of)| *version <= upto && of == service);
        waiting
            .map(|(version, of)| SituationEvent::ZoneAcknowledged {
                zone,
                version: *version,
                service: of.clone(),
                at,
            })
            .collect()
    }

    /// A service reports its readiness (c.5(2)¶4). A report of formations that are not ready, or without their
    /// composition, is kept and meets nothing.
    #[must_use]
    pub fn take_readiness(
        &self,
        service: &ServiceKey,
        report: &ReadinessReport,
        now: Timestamp,
    ) -> Vec<SituationEvent> {
        let (counted, ready) = (count(report), is_ready(report));
        let (service, as_of) = (service.clone(), Some(report.at.min(now)));
        vec![SituationEvent::ReadinessTaken { service, counted, ready, as_of, at: now }]
    }

    /// What time alone brings about: sources fall silent; while a graver mode is in force, compositions older than
    /// `composition_age` are asked for again.
    #[must_use]
    pub fn due(
        &self,
        around: Surroundings<'_>,
        composition_age: Seconds,
        now: Timestamp,
    ) -> Vec<SituationEvent> {
        let silent =
            |s: &&super::source::Source| s.silent_since.is_none() && s.freshness(now) == Freshness::Silent;
        let mut events: Vec<_> = self
            .sources()
            .filter(silent)
            .map(|s| SituationEvent::SourceFellSilent { source: s.about.key.clone(), at: now })
            .collect();
        let Some(period) = around.period() else { return events };
        let old = self.readiness.iter().filter(|(service, taken)| {
            let aged = now.duration_since(taken.at) >= composition_age.span();
            // A desk that was closed is asked for nothing.
            taken.asked_again_at.is_none() && aged && around.services.contains(service)
        });
        events.extend(old.zip(self.askings.saturating_add(2)..).map(|((service, _), round)| {
            SituationEvent::ReadinessAskedAgain { service: service.clone(), period, round, at: now }
        }));
        events
    }

    fn known(&self, source: &SourceKey) -> Result<(), Refusal> {
        if self.sources.contains_key(source) {
            Ok(())
        } else {
            Err(Refusal::not_found(Missing::Source, source))
        }
    }

    fn take(
        &self,
        mut new: Report,
        suppress: Option<String>,
        around: Surroundings<'_>,
        now: Timestamp,
        by: &By,
    ) -> Result<Vec<SituationEvent>, Refusal> {
        if let Some(known) = self.reports.get(&new.id) {
            // Sent again it is the same; another report under its id would be lost without a word.
            let told = |r: &Report| (r.nature, r.text.trim().to_owned(), r.degree, r.observed_at, r.exercise);
            return if told(known) == told(&new) {
                Ok(Vec::new())
            } else {
                Err(Refusal::conflict(said!(
                    "another report came with this id before; give every report an id of its own"
                )))
            };
        }
        match (&new.origin, by) {
            (Origin::Service { service }, By::Service { service: sender, .. }) if service != sender => {
                return Err(Refusal::Forbidden(said!(
                    "{sender} does not report for {service}; let that service report",
                    sender => sender,
                    service => service
                )));
            }
            (Origin::Officer { account }, by) if by.person() != Some(account) => {
                return Err(Refusal::Forbidden(said!(
                    "an officer's report is entered by that officer; name yourself"
                )));
            }
            (Origin::Source { source }, _) => self.known(source)?,
            _ => {}
        }
        new.text = text("text", &new.text, MAX_TEXT_CHARS)?;
        if new.degree.is_some_and(|d| d == 0 || d > GRAVEST_DEGREE) {
            return Err(Refusal::invalid(
                "degree",
                said!("a degree is 1 to {most}; correct it", most = GRAVEST_DEGREE),
            ));
        }
        not_ahead("observed_at", new.observed_at, now)?;
        let (report, nature, told_by) = (new.id, new.nature, new.origin.service().cloned());
        let mut events = Vec::with_capacity(3);
        if let Origin::Source { source } = &new.origin {
            events.push(SituationEvent::SourceHeard { source: source.clone(), at: now });
        }
        events.push(SituationEvent::Reported { report: Box::new(new) });
        match suppress {
            Some(reason) => {
                let by = by.person().ok_or(Refusal::PersonNeeded)?.clone();
                let reason = text("suppress", &reason, LONGEST_NAME)?;
                events.push(SituationEvent::Suppressed { report, reason, by, at: now });
            }
            None => {
                let services = receivers(nature, around.services, told_by.as_ref());
                events.push(SituationEvent::Passed { report, services, at: now });
            }
        }
        Ok(events)
    }

    fn summarise(
        &self,
        id: ReportId,
        words: &str,
        reports: Vec<ReportId>,
        author: AccountName,
        around: Surroundings<'_>,
        now: Timestamp,
    ) -> Result<Vec<SituationEvent>, Refusal> {
        if self.summaries.contains_key(&id) || self.reports.contains_key(&id) {
            return Err(Refusal::conflict(said!(
                "there is a report of this identity already; take a new identity"
            )));
        }
        if reports.len() > MOST_REPORTS {
            return Err(Refusal::invalid(
                "reports",
                said!("a summary names at most {most} reports; leave some out", most = MOST_REPORTS),
            ));
        }
        if let Some(unknown) = reports.iter().find(|r| !self.reports.contains_key(r)) {
            return Err(Refusal::not_found(Missing::Report, unknown));
        }
        let period = around.period();
        let before = period.and_then(|p| self.summaries_of.get(&p)).copied().unwrap_or(0);
        let sources = self.sources.values().map(|s| SourceThen {
            source: s.about.key.clone(),
            freshness: s.freshness(now),
            heard_at: s.heard_at,
        });
        let summary = Summary {
            id,
            text: text("text", words, MAX_TEXT_CHARS)?,
            reports,
            sources: sources.collect(),
            period,
            author,
            at: now,
        };
        Ok(vec![SituationEvent::Summarised { summary: Box::new(summary), round: before.saturating_add(1) }])
    }
}

fn everyone_but_the_hub(services: &[ServiceKey]) -> Vec<ServiceKey> {
    let hub = |s: &ServiceKey| service_kind::find(s).is_some_and(|k| k.clause == ServiceClause::C3_1);
    services.iter().filter(|s| !hub(s)).cloned().collect()
}

fn fit(mut source: NewSource) -> Result<NewSource, Refusal> {
    source.name = text("name", &source.name, 200)?;
    source.telephone = source.telephone.map(|t| text("telephone", &t, 200)).transpose()?;
    if source.every.0 == 0 {
        return Err(Refusal::invalid("every", said!("give at least {least} second", least = 1)));
    }
    Ok(source)
}

fn text(field: &'static str, given: &str, longest: usize) -> Result<String, Refusal> {
    let given = given.trim();
    if given.is_empty() || given.chars().count() > longest {
        return Err(Refusal::invalid(field, said!("write 1 to {most} characters here", most = longest)));
    }
    Ok(given.to_owned())
}
