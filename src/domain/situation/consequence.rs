//! What follows for the obligations (O-02, O-04, O-05, O-06, O-07) from the events of the situation.

use jiff::Timestamp;

use super::event::SituationEvent;
use super::state::Situations;
use crate::domain::directive::Addressee;
use crate::domain::ids::ServiceKey;
use crate::domain::obligation::{Claim, Consequence, Datum, Debtor, ObligationKind as K, Subject};

impl Situations {
    /// What follows for the obligations from the events of one decision. Which of them the mode in force creates is
    /// seen to by the draft that carries them out.
    #[must_use]
    pub fn consequences(&self, events: &[SituationEvent]) -> Vec<Consequence> {
        events.iter().flat_map(of_one).collect()
    }
}

fn of_one(event: &SituationEvent) -> Vec<Consequence> {
    match event {
        // c.5(2)¶3: owed since it was observed, met when the hub has it; a late report is seen to be late.
        SituationEvent::Reported { report } => {
            let Some(service) = report.origin.service() else { return Vec::new() };
            let claim = Claim::service(K::O06, service.clone(), Subject::Report { report: report.id });
            passed_on(
                claim,
                report.observed_at.min(report.received_at),
                "situation report",
                report.received_at,
            )
        }
        SituationEvent::Passed { report, services, at } => {
            to_each(services, &Subject::Report { report: *report }, *at)
        }
        SituationEvent::Suppressed { report, reason, by, at } => {
            let claim = Claim::officer(K::O05, Subject::Report { report: *report });
            let (reason, by) = (reason.clone(), by.clone());
            vec![
                Consequence::Raise { claim: claim.clone(), since: *at },
                Consequence::Cancel { claim, reason, by, at: *at },
            ]
        }
        SituationEvent::PassingAcknowledged { report, service, at } => {
            vec![acknowledged(Subject::Report { report: *report }, service, *at)]
        }
        SituationEvent::ZoneTold { zone, version, services, at, .. } => {
            to_each(services, &Subject::Zone { zone: *zone, version: *version }, *at)
        }
        SituationEvent::ZoneAcknowledged { zone, version, service, at } => {
            vec![acknowledged(Subject::Zone { zone: *zone, version: *version }, service, *at)]
        }
        SituationEvent::ThreatTold { exercise: true, .. } => Vec::new(),
        SituationEvent::ThreatTold { report, services, at, .. } => services
            .iter()
            .map(|service| Consequence::Raise {
                claim: Claim::service(K::O07, service.clone(), Subject::Report { report: *report }),
                since: *at,
            })
            .collect(),
        // c.5(2)¶4: how it was before a threat was told shows nothing of what the threat asks for.
        SituationEvent::ReadinessTaken { service, ready: true, as_of, at, .. } => {
            vec![Consequence::MeetAll {
                kind: K::O07,
                debtor: Debtor::service(service.clone()),
                evidence: "readiness report".to_owned(),
                as_of: *as_of,
                at: *at,
            }]
        }
        SituationEvent::ReadinessAskedAgain { service, period, round, at } => {
            let claim = Claim::service(K::O07, service.clone(), Subject::ModePeriod { period: *period });
            vec![Consequence::Raise { claim: claim.only(Datum::Round { round: *round }), since: *at }]
        }
        // c.5(2)¶1: each summary meets what is owed and, by setting, the next is owed from then.
        SituationEvent::Summarised { summary, round } => {
            let at = summary.at;
            let evidence = format!("summary {}", summary.id);
            let mut all = vec![Consequence::MeetAll {
                kind: K::O04,
                debtor: Debtor::DutyOfficer,
                evidence,
                as_of: None,
                at,
            }];
            if let Some(period) = summary.period {
                let next = Datum::Round { round: round.saturating_add(1) };
                let claim = Claim::officer(K::O04, Subject::ModePeriod { period }).only(next);
                all.push(Consequence::Raise { claim, since: at });
            }
            all
        }
        // c.5(1)¶4: owed since the service had it; the hub's durable receipt is its acknowledgement.
        SituationEvent::Forwarded { message, service, learnt_at, at } => {
            let claim = Claim::service(K::O02, service.clone(), Subject::Message { message: *message });
            passed_on(claim, (*learnt_at).min(*at), "acknowledged by the hub", *at)
        }
        SituationEvent::SourceRegistered { .. }
        | SituationEvent::SourceRemoved { .. }
        | SituationEvent::SourceHeard { .. }
        | SituationEvent::SourceFellSilent { .. }
        | SituationEvent::ReadinessTaken { .. }
        | SituationEvent::ForwardingAcknowledged { .. } => Vec::new(),
    }
}

fn passed_on(claim: Claim, since: Timestamp, evidence: &str, at: Timestamp) -> Vec<Consequence> {
    let evidence = evidence.to_owned();
    vec![Consequence::Raise { claim: claim.clone(), since }, Consequence::Meet { claim, evidence, at }]
}

fn towards(subject: Subject, service: &ServiceKey) -> Claim {
    let addressee = Addressee::Service { service: service.clone() };
    Claim::officer(K::O05, subject).only(Datum::Addressee { addressee })
}

fn to_each(services: &[ServiceKey], subject: &Subject, since: Timestamp) -> Vec<Consequence> {
    services.iter().map(|s| Consequence::Raise { claim: towards(subject.clone(), s), since }).collect()
}

fn acknowledged(subject: Subject, service: &ServiceKey, at: Timestamp) -> Consequence {
    Consequence::Meet { claim: towards(subject, service), evidence: "acknowledged".to_owned(), at }
}
