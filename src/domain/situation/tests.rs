//! The situation as c.5(1)¶4 and c.5(2) have it.

use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::decision::{By, Refusal};
use crate::domain::envelope::{
    Equipment, FormationReadiness, Nature, Readiness, ReadinessReport, SituationReport,
};
use crate::domain::ids::{
    AccountName, DistributionId, MessageId, ObligationId, RegionCode, ReportId, ServiceKey, ZoneId,
};
use crate::domain::mode::{Mode, ModeCommand, ModeOrder, ModeState};
use crate::domain::obligation::{Limits, ObligationBook, ObligationKind as K, Status};
use crate::domain::quantities::Seconds;
use crate::domain::service_kind;

const DAY: Seconds = Seconds(86_400);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_760_000_000 + seconds).unwrap()
}

fn asel() -> AccountName {
    AccountName::new("asel").unwrap()
}

fn officer() -> By {
    By::Person { account: asel() }
}

fn key(service: &str) -> ServiceKey {
    ServiceKey::new(service).unwrap()
}

fn agency(service: &str) -> By {
    By::Service { region: RegionCode::new(75).unwrap(), service: key(service) }
}

fn source(name: &str) -> SourceKey {
    SourceKey::try_from(name.to_owned()).unwrap()
}

fn report(n: u128) -> ReportId {
    ReportId(Uuid::from_u128(n))
}

fn services() -> Vec<ServiceKey> {
    service_kind::all().iter().map(|k| k.key.clone()).collect()
}

fn seismic() -> NewSource {
    NewSource {
        key: source("seismic_almaty"),
        kind: SourceKind::Observation,
        name: "Seismic station Almaty".into(),
        every: Seconds(60),
        natures: vec![Nature::Other],
        point: None,
        telephone: Some("+77272690000".into()),
    }
}

/// The situation with mode and obligations, moved as the hub moves them.
struct Desk {
    situation: Situations,
    mode: ModeState,
    book: ObligationBook,
    raised: u128,
    log: Vec<SituationEvent>,
}

impl Desk {
    fn new(mode: Mode) -> Self {
        let mut desk = Self {
            situation: Situations::default(),
            mode: ModeState::default(),
            book: ObligationBook::default(),
            raised: 0,
            log: Vec::new(),
        };
        if mode != Mode::Everyday {
            desk.declare(mode, 0);
        }
        desk
    }

    fn declare(&mut self, mode: Mode, now: i64) {
        let order = ModeOrder {
            reason: "flood expected".into(),
            legal_reference: "decision No. 12".into(),
            ordered_by: None,
            from: None,
            until: None,
            zone: None,
            part: None,
            exercise: false,
        };
        let events = self.mode.decide(ModeCommand::Declare { mode, order }, at(now), &asel()).unwrap();
        let what = self.mode.consequences(&events, &services());
        events.iter().for_each(|e| self.mode.apply(e));
        self.follow(what);
    }

    fn follow(&mut self, what: Vec<crate::domain::obligation::Consequence>) {
        let mut draft = self.book.draft(self.mode.gravest());
        for consequence in what {
            draft.follow(consequence, &Limits::default(), || {
                self.raised += 1;
                ObligationId(Uuid::from_u128(self.raised))
            });
        }
        draft.into_events().iter().for_each(|e| self.book.apply(e));
    }

    fn apply(&mut self, events: Vec<SituationEvent>) {
        let what = self.situation.consequences(&events);
        events.iter().for_each(|e| self.situation.apply(e));
        self.log.extend(events);
        self.follow(what);
    }

    fn ask(&mut self, command: SituationCommand, now: i64, by: &By) -> Result<usize, Refusal> {
        let services = services();
        let around = Surroundings { services: &services, mode: &self.mode };
        let events = self.situation.decide(command, around, at(now), by)?;
        let count = events.len();
        self.apply(events);
        Ok(count)
    }

    fn time(&mut self, now: i64) -> Vec<SituationEvent> {
        let services = services();
        let around = Surroundings { services: &services, mode: &self.mode };
        let events = self.situation.due(around, DAY, at(now));
        self.apply(events.clone());
        events
    }

    fn told_to(&self, n: u128) -> Vec<String> {
        self.situation.report(report(n)).unwrap().passed.iter().map(|p| p.service.to_string()).collect()
    }

    fn of(&self, kind: K) -> Vec<Status> {
        let mut all: Vec<_> =
            self.book.iter().filter(|o| o.claim.kind == kind).map(|o| (o.id, o.status)).collect();
        all.sort_unstable_by_key(|(id, _)| *id);
        all.into_iter().map(|(_, s)| s).collect()
    }
}

fn from_officer(n: u128, nature: Nature, suppress: Option<&str>) -> SituationCommand {
    SituationCommand::Report {
        report: report(n),
        origin: Origin::Officer { account: asel() },
        nature,
        text: "Chlorine smell along Raiymbek avenue".into(),
        degree: Some(3),
        place: None,
        zone: None,
        measurements: vec![],
        observed_at: at(0),
        suppress: suppress.map(Into::into),
        exercise: false,
    }
}

fn from_service(n: u128, service: &str, observed: i64) -> SituationCommand {
    let told = SituationReport {
        nature: Nature::Fire,
        text: "Smoke over the depot".into(),
        place: None,
        observed_at: at(observed),
        measurements: vec![],
    };
    SituationCommand::from_agency(report(n), key(service), told, false)
}

#[test]
fn every_report_is_passed_to_the_services_of_its_profile_without_being_asked() {
    let mut desk = Desk::new(Mode::HighReadiness);
    desk.ask(from_officer(1, Nature::Chemical, None), 5, &officer()).unwrap();
    desk.ask(from_officer(2, Nature::Biological, None), 5, &officer()).unwrap();
    assert_eq!(desk.told_to(1), ["police", "ambulance", "air_ambulance", "utilities", "fire_rescue"]);
    assert_eq!(desk.told_to(2), ["police", "ambulance", "air_ambulance"]);
    assert_eq!(desk.of(K::O05), [Status::Open; 8], "owed to each of them until it acknowledges");
}

#[test]
fn a_report_sent_again_is_the_same_and_another_under_its_id_is_refused() {
    let mut desk = Desk::new(Mode::HighReadiness);
    desk.ask(from_officer(1, Nature::Chemical, None), 5, &officer()).unwrap();
    assert_eq!(desk.ask(from_officer(1, Nature::Chemical, None), 6, &officer()), Ok(0));
    let another = desk.ask(from_officer(1, Nature::Fire, None), 7, &officer());
    assert!(matches!(another, Err(Refusal::Conflict(_))), "{another:?}");
}

#[test]
fn a_report_is_met_service_by_service_as_each_acknowledges() {
    let mut desk = Desk::new(Mode::HighReadiness);
    desk.ask(from_officer(1, Nature::Biological, None), 5, &officer()).unwrap();
    let events = desk.situation.acknowledge_report(report(1), &key("ambulance"), at(20));
    desk.apply(events);
    assert_eq!(desk.of(K::O05), [Status::Open, Status::Met, Status::Open]);
    assert_eq!(desk.situation.acknowledge_report(report(1), &key("ambulance"), at(21)), []);
    assert_eq!(desk.situation.acknowledge_report(report(1), &key("telecom"), at(21)), []);
    assert!(desk.situation.report(report(1)).unwrap().is_open());
}

#[test]
fn a_report_is_kept_back_only_by_a_named_person_with_a_reason() {
    let mut desk = Desk::new(Mode::HighReadiness);
    let empty = desk.ask(from_officer(1, Nature::Fire, Some(" ")), 5, &officer());
    assert!(matches!(empty, Err(Refusal::Invalid { field: "suppress", .. })));
    desk.ask(from_officer(1, Nature::Fire, Some("planned burning of reeds")), 5, &officer()).unwrap();
    assert_eq!(desk.told_to(1), Vec::<String>::new());
    let suppressed = desk.situation.report(report(1)).unwrap().suppressed.clone().unwrap();
    assert_eq!((suppressed.by, suppressed.reason.as_str()), (asel(), "planned burning of reeds"));
    assert_eq!(desk.of(K::O05), [Status::Cancelled], "and the book says so");
}

#[test]
fn a_service_passes_changes_in_its_field_immediately_security_and_telecom_too() {
    for (service, observed, status) in [
        ("ambulance", 0, Status::Met),
        ("security", 0, Status::Met),
        ("telecom", -600, Status::MetLate),
        ("utilities", -600, Status::MetLate),
    ] {
        let mut desk = Desk::new(Mode::HighReadiness);
        desk.ask(from_service(1, service, observed), 30, &agency(service)).unwrap();
        assert_eq!(desk.of(K::O06), [status], "{service}");
        assert!(!desk.told_to(1).contains(&service.to_owned()), "who told it is not told it");
    }
}

#[test]
fn in_everyday_mode_reports_are_exchanged_and_nobody_owes_them() {
    let mut desk = Desk::new(Mode::Everyday);
    desk.ask(from_service(1, "police", 0), 5, &agency("police")).unwrap();
    assert!(!desk.told_to(1).is_empty());
    assert_eq!(desk.book.iter().count(), 0);
}

#[test]
fn a_service_reports_only_for_itself_and_an_officer_in_his_own_name() {
    let mut desk = Desk::new(Mode::HighReadiness);
    let refused = desk.ask(from_service(1, "police", 0), 5, &agency("ambulance"));
    assert!(matches!(refused, Err(Refusal::Forbidden(_))));
    let other = By::Person { account: AccountName::new("bolat").unwrap() };
    assert!(matches!(desk.ask(from_officer(1, Nature::Fire, None), 5, &other), Err(Refusal::Forbidden(_))));
    desk.ask(from_service(1, "police", 0), 5, &officer()).unwrap();
    assert_eq!(desk.ask(from_service(1, "police", 0), 6, &agency("police")), Ok(0), "taken once");
}

#[test]
fn impossible_reports_are_refused() {
    let base = from_officer(1, Nature::Fire, None);
    let bad = |change: fn(&mut SituationCommand)| {
        let mut command = base.clone();
        change(&mut command);
        Desk::new(Mode::HighReadiness).ask(command, 5, &officer())
    };
    for refused in [
        bad(|c| {
            if let SituationCommand::Report { text, .. } = c {
                text.clear()
            }
        }),
        bad(|c| {
            if let SituationCommand::Report { degree, .. } = c {
                *degree = Some(0)
            }
        }),
        bad(|c| {
            if let SituationCommand::Report { degree, .. } = c {
                *degree = Some(6)
            }
        }),
        bad(|c| {
            if let SituationCommand::Report { observed_at, .. } = c {
                *observed_at = at(600)
            }
        }),
    ] {
        assert!(matches!(refused, Err(Refusal::Invalid { .. })), "{refused:?}");
    }
    let unknown = bad(|c| {
        if let SituationCommand::Report { origin, .. } = c {
            *origin = Origin::Source { source: source("nobody") };
        }
    });
    assert!(matches!(unknown, Err(Refusal::NotFound { .. })));
}

#[test]
fn a_change_of_the_zone_is_told_at_once_to_every_profile_and_once_for_a_version() {
    let mut desk = Desk::new(Mode::HighReadiness);
    let zone = ZoneId(Uuid::from_u128(9));
    let message = |n| DistributionId(Uuid::from_u128(n));
    let events = desk.situation.tell_zone(zone, 1, message(1), &services(), at(1));
    desk.apply(events);
    assert_eq!(desk.of(K::O05), [Status::Open; 5]);
    assert_eq!(desk.situation.tell_zone(zone, 1, message(1), &services(), at(2)), []);
    let events = desk.situation.acknowledge_zone(message(1), &key("police"), at(3));
    desk.apply(events);
    assert_eq!(desk.of(K::O05).iter().filter(|s| **s == Status::Met).count(), 1);
    assert_eq!(desk.situation.acknowledge_zone(message(9), &key("ambulance"), at(3)), []);
    let events = desk.situation.tell_zone(zone, 2, message(2), &services(), at(4));
    desk.apply(events);
    assert_eq!(desk.of(K::O05).len(), 10, "the next version is owed anew");
}

#[test]
fn a_silent_source_is_found_once_and_is_fresh_again_when_heard() {
    let mut desk = Desk::new(Mode::Everyday);
    desk.ask(SituationCommand::RegisterSource { source: seismic() }, 0, &officer()).unwrap();
    let freshness = |desk: &Desk, now| desk.situation.source(&seismic().key).unwrap().freshness(at(now));
    assert_eq!(freshness(&desk, 60), Freshness::Awaited);
    desk.ask(SituationCommand::Hear { source: seismic().key }, 60, &By::rule("feed")).unwrap();
    assert_eq!((freshness(&desk, 120), freshness(&desk, 121)), (Freshness::Fresh, Freshness::Silent));
    assert_eq!(desk.time(120).len(), 0);
    assert_eq!(desk.time(121).len(), 1);
    assert_eq!(desk.time(122).len(), 0, "found once");
    assert_eq!(desk.situation.source(&seismic().key).unwrap().silent_since, Some(at(121)));
    desk.ask(SituationCommand::Hear { source: seismic().key }, 200, &By::rule("feed")).unwrap();
    assert_eq!(desk.situation.source(&seismic().key).unwrap().silent_since, None);
}

#[test]
fn a_report_of_a_source_shows_that_the_source_is_there() {
    let mut desk = Desk::new(Mode::Everyday);
    desk.ask(SituationCommand::RegisterSource { source: seismic() }, 0, &officer()).unwrap();
    let mut command = from_officer(1, Nature::Other, None);
    if let SituationCommand::Report { origin, .. } = &mut command {
        *origin = Origin::Source { source: seismic().key };
    }
    desk.ask(command, 30, &By::rule("feed")).unwrap();
    assert_eq!(desk.situation.source(&seismic().key).unwrap().heard_at, Some(at(30)));
}

#[test]
fn sources_are_registered_and_removed_by_named_persons() {
    let mut desk = Desk::new(Mode::Everyday);
    let register = SituationCommand::RegisterSource { source: seismic() };
    assert_eq!(desk.ask(register.clone(), 0, &By::rule("feed")), Err(Refusal::PersonNeeded));
    desk.ask(register, 0, &officer()).unwrap();
    let never = NewSource { every: Seconds(0), ..seismic() };
    let refused = desk.ask(SituationCommand::RegisterSource { source: never }, 0, &officer());
    assert!(matches!(refused, Err(Refusal::Invalid { field: "every", .. })));
    let remove =
        |reason: &str| SituationCommand::RemoveSource { source: seismic().key, reason: reason.into() };
    assert!(matches!(desk.ask(remove(""), 1, &officer()), Err(Refusal::Invalid { .. })));
    desk.ask(remove("station closed"), 1, &officer()).unwrap();
    assert_eq!(desk.situation.sources().count(), 0);
}

#[test]
fn a_summary_is_a_document_with_author_time_and_the_state_of_every_source() {
    let mut desk = Desk::new(Mode::HighReadiness);
    desk.ask(SituationCommand::RegisterSource { source: seismic() }, 0, &officer()).unwrap();
    desk.ask(from_officer(1, Nature::Chemical, None), 5, &officer()).unwrap();
    let summarise =
        |n, reports| SituationCommand::Summarise { summary: report(n), text: "Calm.".into(), reports };
    assert!(matches!(
        desk.ask(summarise(2, vec![report(77)]), 90, &officer()),
        Err(Refusal::NotFound { .. })
    ));
    assert_eq!(desk.ask(summarise(2, vec![]), 90, &By::rule("clock")), Err(Refusal::PersonNeeded));
    desk.ask(summarise(2, vec![report(1)]), 90, &officer()).unwrap();
    let made = desk.situation.summary(report(2)).unwrap();
    assert_eq!((&made.author, made.at, made.period), (&asel(), at(90), Some(1)));
    assert_eq!(made.sources[0].freshness, Freshness::Silent, "a silent source is said");
    assert_eq!(desk.of(K::O04), [Status::Met, Status::Open], "met, and the next is owed by setting");
    desk.ask(summarise(3, vec![]), 100, &officer()).unwrap();
    assert_eq!(desk.of(K::O04), [Status::Met, Status::Met, Status::Open]);
    assert!(matches!(desk.ask(summarise(3, vec![]), 101, &officer()), Err(Refusal::Conflict(_))));
}

fn formation(readiness: Readiness, people: u32, pumps: u32) -> FormationReadiness {
    FormationReadiness {
        name: "Talgar detachment".into(),
        readiness,
        units: vec![],
        people,
        equipment: vec![Equipment { name: "motor pump".into(), count: pumps }],
        place: None,
    }
}

#[test]
fn readiness_is_met_only_by_formations_that_are_ready_and_counted() {
    let bare = FormationReadiness { equipment: vec![], ..formation(Readiness::High, 12, 0) };
    for (formations, met) in [
        (vec![], false),
        (vec![formation(Readiness::Gathering, 12, 2)], false),
        (vec![formation(Readiness::High, 0, 2)], false),
        (vec![bare], false),
        (vec![formation(Readiness::High, 12, 2), formation(Readiness::Everyday, 5, 1)], false),
        (vec![formation(Readiness::High, 12, 2), formation(Readiness::High, 5, 1)], true),
    ] {
        let mut desk = Desk::new(Mode::HighReadiness);
        let said = ReadinessReport { formations: formations.clone(), at: at(1) };
        let events = desk.situation.take_readiness(&key("ambulance"), &said, at(1));
        desk.apply(events);
        let owed = desk.book.of_kind(K::O07).count();
        assert_eq!(owed, if met { 5 } else { 6 }, "{formations:?}");
    }
    let said = ReadinessReport { formations: vec![formation(Readiness::High, 12, 2); 2], at: at(1) };
    let counted = Counted { formations: 2, ready: 2, units: 0, people: 24, equipment: 4 };
    assert_eq!(count(&said), counted);
}

/// c.5(2)¶4: the composition is given on the information about the threat; how it was before shows nothing of it.
#[test]
fn a_report_of_how_it_was_before_the_threat_was_told_meets_nothing() {
    let mut desk = Desk::new(Mode::HighReadiness);
    let asked = desk.book.of_kind(K::O07).map(|o| o.since).max().unwrap();
    let before = asked.checked_sub(jiff::SignedDuration::from_mins(10)).unwrap();
    for (as_of, owed) in [(before, 6), (asked, 5)] {
        let said = ReadinessReport { formations: vec![formation(Readiness::High, 12, 2)], at: as_of };
        let events = desk.situation.take_readiness(&key("ambulance"), &said, at(900));
        desk.apply(events);
        assert_eq!(desk.book.of_kind(K::O07).count(), owed, "as of {as_of}");
        let kept = desk.situation.readiness().find(|(service, _)| **service == key("ambulance")).unwrap();
        assert_eq!(kept.1.at, as_of, "its age is counted from then");
    }
}

#[test]
fn an_old_composition_is_asked_for_again_while_the_threat_lasts() {
    let mut desk = Desk::new(Mode::HighReadiness);
    let said = ReadinessReport { formations: vec![formation(Readiness::High, 12, 2)], at: at(1) };
    for service in ["ambulance", "police"] {
        let events = desk.situation.take_readiness(&key(service), &said, at(1));
        desk.apply(events);
    }
    assert_eq!(desk.book.of_kind(K::O07).count(), 4);
    assert_eq!(desk.time(86_400).len(), 0);
    assert_eq!(desk.time(86_401).len(), 2);
    assert_eq!(desk.book.of_kind(K::O07).count(), 6);
    assert_eq!(desk.time(90_000).len(), 0, "asked once");
    desk.declare(Mode::Everyday, 90_001);
    assert_eq!(desk.time(900_000).len(), 0, "nobody is asked when the threat is over");
    assert_eq!(desk.book.of_kind(K::O07).count(), 0);
}

#[test]
fn a_threat_is_told_to_all_and_obliges_all_but_security_and_telecom() {
    let mut desk = Desk::new(Mode::HighReadiness);
    desk.ask(from_officer(1, Nature::Other, None), 5, &officer()).unwrap();
    let before = desk.book.of_kind(K::O07).count();
    let tell = SituationCommand::TellThreat { report: report(1) };
    desk.ask(tell.clone(), 6, &officer()).unwrap();
    assert_eq!(desk.book.of_kind(K::O07).count() - before, 6);
    let Some(SituationEvent::ThreatTold { services, .. }) = desk.log.last() else { panic!("told") };
    assert_eq!(services.len(), 8, "all but the hub are told");
    assert_eq!(desk.ask(tell, 7, &officer()), Ok(0));
}

#[test]
fn an_emergency_that_a_service_kept_too_long_shows_the_services_lateness() {
    for (learnt, status) in [(-30, Status::Met), (-3_600, Status::MetLate)] {
        let mut desk = Desk::new(Mode::Everyday);
        let message = MessageId(Uuid::from_u128(3));
        let events = desk.situation.forward(message, &key("telecom"), at(learnt), at(0)).unwrap();
        desk.apply(events);
        assert_eq!(desk.of(K::O02), [status], "telecom is not exempt from c.5(1)¶4");
        let forwarding = desk.situation.forwarding(message).unwrap();
        assert_eq!(forwarding.kept_for().as_secs(), -learnt);
        assert_eq!(desk.situation.forward(message, &key("telecom"), at(learnt), at(9)), Ok(vec![]));
        assert!(desk.situation.forward(message, &key("telecom"), at(900), at(9)).is_err());
    }
}

#[test]
fn a_forwarded_emergency_stands_above_calls_until_the_officer_has_seen_it() {
    let mut desk = Desk::new(Mode::Everyday);
    let message = MessageId(Uuid::from_u128(3));
    let events = desk.situation.forward(message, &key("police"), at(-5), at(0)).unwrap();
    desk.apply(events);
    assert_eq!(desk.situation.unseen_forwardings().count(), 1);
    let seen = SituationCommand::AcknowledgeForwarding { message };
    assert_eq!(desk.ask(seen.clone(), 9, &agency("police")), Err(Refusal::PersonNeeded));
    desk.ask(seen.clone(), 9, &officer()).unwrap();
    assert_eq!(desk.situation.unseen_forwardings().count(), 0);
    assert_eq!(desk.situation.forwarding(message).unwrap().acknowledged, Some((asel(), at(9))));
    assert_eq!(desk.ask(seen, 10, &officer()), Ok(0));
}

#[test]
fn a_key_of_a_source_has_small_letters_digits_and_underscores() {
    assert!(SourceKey::try_from("kazhydromet_2".to_owned()).is_ok());
    for bad in ["", "Seismic", "a b", "ё", &"x".repeat(49)] {
        assert_eq!(SourceKey::try_from(bad.to_owned()), Err(SourceKeyError), "{bad}");
    }
}

#[test]
fn what_waits_for_an_acknowledgement_is_kept_in_memory() {
    let mut desk = Desk::new(Mode::HighReadiness);
    desk.ask(from_officer(1, Nature::Biological, None), 5, &officer()).unwrap();
    desk.ask(from_officer(2, Nature::Biological, Some("known")), 5, &officer()).unwrap();
    desk.situation.retire(at(1_000));
    assert!(desk.situation.report(report(1)).is_some());
    assert!(desk.situation.report(report(2)).is_none());
    assert_eq!(desk.situation.without_reports().reports().count(), 0);
}

proptest! {
    #[test]
    fn replaying_the_events_gives_the_same_situation(steps in prop::collection::vec((0..10_u8, 0..6_u8), 0..50)) {
        let natures = [Nature::Radiation, Nature::Chemical, Nature::Biological, Nature::Ecological, Nature::Fire, Nature::Other];
        let mut desk = Desk::new(Mode::HighReadiness);
        for (n, (act, x)) in steps.into_iter().enumerate() {
            let now = 40 * (n as i64 + 1);
            let id = n as u128 + 100;
            let service = services()[usize::from(x) + 1].clone();
            let _ = match act {
                0 => desk.ask(SituationCommand::RegisterSource { source: seismic() }, now, &officer()),
                1 => desk.ask(SituationCommand::Hear { source: seismic().key }, now, &By::rule("feed")),
                2 => desk.ask(from_officer(id, natures[usize::from(x)], None), now, &officer()),
                3 => desk.ask(from_service(id, service.as_str(), now - 1), now, &agency(service.as_str())),
                4 => desk.ask(SituationCommand::Summarise { summary: report(id), text: "x".into(), reports: vec![] }, now, &officer()),
                5 => {
                    let events = desk.situation.forward(MessageId(Uuid::from_u128(id)), &service, at(now), at(now)).unwrap();
                    desk.apply(events);
                    Ok(0)
                }
                6 => {
                    let open: Vec<_> = desk.situation.reports().filter(|r| r.is_open()).map(|r| r.id).collect();
                    for id in open {
                        let events = desk.situation.acknowledge_report(id, &service, at(now));
                        desk.apply(events);
                    }
                    Ok(0)
                }
                7 => {
                    let events = desk.situation.tell_zone(
                        ZoneId(Uuid::from_u128(1)),
                        u32::from(x),
                        DistributionId(Uuid::from_u128(u128::from(x))),
                        &services(),
                        at(now),
                    );
                    desk.apply(events);
                    let events = desk.situation.acknowledge_zone(
                        DistributionId(Uuid::from_u128(u128::from(x))),
                        &service,
                        at(now),
                    );
                    desk.apply(events);
                    Ok(0)
                }
                8 => {
                    let said = ReadinessReport { formations: vec![formation(Readiness::High, u32::from(x), 1)], at: at(now) };
                    let events = desk.situation.take_readiness(&service, &said, at(now));
                    desk.apply(events);
                    Ok(0)
                }
                _ => Ok(desk.time(now * 1_000).len()),
            };
        }
        let mut replayed = Situations::default();
        for event in &desk.log {
            replayed.apply(&serde_json::from_str(&serde_json::to_string(event).unwrap()).unwrap());
        }
        prop_assert_eq!(&replayed, &desk.situation);
        let kept: Situations = serde_json::from_str(&serde_json::to_string(&desk.situation).unwrap()).unwrap();
        prop_assert_eq!(kept, replayed);
        let waiting = desk.situation.reports().flat_map(|r| &r.passed).filter(|p| p.acknowledged_at.is_none()).count();
        let owed = desk.book.of_kind(K::O05).count();
        prop_assert!(owed >= waiting, "whatever was passed and not acknowledged is owed");
    }
}
