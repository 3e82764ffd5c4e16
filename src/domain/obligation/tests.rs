//! What must hold of the book whatever happens.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::decision::Refusal;
use crate::domain::ids::{AccountName, IncidentId, ObligationId, RequestId, ServiceKey};
use crate::domain::mode::Mode;
use crate::domain::quantities::Seconds;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_760_000_000 + seconds).unwrap()
}

fn officer() -> AccountName {
    AccountName::new("duty.officer").unwrap()
}

fn key(service: &str) -> ServiceKey {
    ServiceKey::new(service).unwrap()
}

fn id(n: u128) -> ObligationId {
    ObligationId(Uuid::from_u128(n))
}

fn forces(kind: ObligationKind, service: &str, n: u128) -> Claim {
    let (incident, request) = (IncidentId(Uuid::from_u128(n)), RequestId(Uuid::from_u128(n)));
    Claim::forces(kind, key(service), None, incident, request)
}

fn raised(book: &mut ObligationBook, claim: Claim, since: Timestamp, n: u128) {
    let mut draft = book.draft(Mode::Emergency);
    assert!(draft.raise(claim, since, &Limits::default(), || id(n)));
    for event in draft.into_events() {
        book.apply(&event);
    }
}

#[test]
fn an_obligation_becomes_late_and_then_climbs_every_level_once() {
    let mut book = ObligationBook::default();
    raised(&mut book, forces(ObligationKind::O11a, "ambulance", 1), at(0), 1);
    let due = at(180);
    assert_eq!(book.get(id(1)).unwrap().due, due);
    assert_eq!(book.due(at(179)), []);
    let seen: Vec<(i64, Status, Vec<Level>)> = [180, 299, 300, 480, 1080, 90_000]
        .into_iter()
        .map(|t| {
            for event in book.due(at(t)) {
                book.apply(&event);
            }
            let o = book.get(id(1)).unwrap();
            (t, o.status, o.escalations.iter().map(|e| e.level).collect())
        })
        .collect();
    let levels = |n: usize| Level::ALL[..n].to_vec();
    assert_eq!(
        seen,
        [
            (180, Status::Late, levels(1)),
            (299, Status::Late, levels(1)),
            (300, Status::Late, levels(2)),
            (480, Status::Late, levels(3)),
            (1080, Status::Late, levels(4)),
            (90_000, Status::Late, levels(4)),
        ]
    );
    assert_eq!(book.owed().count(), 1, "after the last level it is still shown");
}

#[test]
fn met_in_time_and_met_late_are_told_apart() {
    for (when, status) in [(180, Status::Met), (181, Status::MetLate)] {
        let mut book = ObligationBook::default();
        let claim = forces(ObligationKind::O11a, "fire_rescue", 1);
        raised(&mut book, claim.clone(), at(0), 1);
        let mut draft = book.draft(Mode::Everyday);
        assert!(draft.meet(&claim, "answer", at(when)));
        for event in draft.into_events() {
            book.apply(&event);
        }
        assert_eq!(book.get(id(1)).unwrap().status, status);
        assert_eq!(book.next_due(), None);
    }
}

#[test]
fn what_a_service_passed_on_too_late_is_seen_even_though_it_is_met_on_arrival() {
    let book = ObligationBook::default();
    let mut draft = book.draft(Mode::Everyday);
    let subject = Subject::Message { message: crate::domain::ids::MessageId(Uuid::from_u128(5)) };
    let claim = Claim::service(ObligationKind::O02, key("police"), subject);
    assert!(draft.raise(claim.clone(), at(-3600), &Limits::default(), || id(1)));
    assert!(draft.meet(&claim, "acknowledged", at(0)));
    let events = draft.into_events();
    let mut book = book;
    events.iter().for_each(|e| book.apply(e));
    assert_eq!(book.get(id(1)).unwrap().status, Status::MetLate);
}

#[test]
fn the_same_raised_again_is_the_same_obligation() {
    let mut book = ObligationBook::default();
    let claim = forces(ObligationKind::O11b, "utilities", 1);
    raised(&mut book, claim.clone(), at(0), 1);
    let mut draft = book.draft(Mode::Emergency);
    assert!(!draft.raise(claim.clone(), at(50), &Limits::default(), || panic!("no identity is asked for")));
    assert!(draft.meet(&claim, "told", at(60)));
    assert!(!draft.meet(&claim, "told twice", at(61)));
    draft.into_events().iter().for_each(|e| book.apply(e));
    let mut again = book.draft(Mode::Emergency);
    assert!(!again.raise(claim, at(70), &Limits::default(), || id(2)), "met is met");
}

#[test]
fn security_and_telecom_never_owe_forces_and_so_are_never_late_with_them() {
    for service in ["security", "telecom"] {
        for kind in ObligationKind::FORCES_DATA {
            let book = ObligationBook::default();
            let mut draft = book.draft(Mode::Emergency);
            assert!(!draft.raise(forces(kind, service, 1), at(0), &Limits::default(), || id(1)));
            assert_eq!(draft.into_events(), []);
        }
    }
}

#[test]
fn a_threat_obliges_nobody_while_the_mode_is_everyday() {
    let subject = Subject::ModePeriod { period: 1 };
    let claim = Claim::service(ObligationKind::O07, key("ambulance"), subject);
    for (mode, owed) in [(Mode::Everyday, false), (Mode::HighReadiness, true), (Mode::Emergency, true)] {
        let book = ObligationBook::default();
        let mut draft = book.draft(mode);
        assert_eq!(draft.raise(claim.clone(), at(0), &Limits::default(), || id(1)), owed, "{mode:?}");
    }
}

#[test]
fn return_to_everyday_ends_what_the_threat_demanded_and_names_who_ended_it() {
    let mut book = ObligationBook::default();
    let period = Subject::ModePeriod { period: 1 };
    raised(&mut book, Claim::officer(ObligationKind::O04, period.clone()), at(0), 1);
    raised(&mut book, Claim::service(ObligationKind::O07, key("ambulance"), period), at(0), 2);
    raised(&mut book, forces(ObligationKind::O11a, "ambulance", 3), at(0), 3);
    let mut graver = book.draft(Mode::HighReadiness);
    graver.enter_mode(Mode::Emergency, "flood", &officer(), at(5));
    assert_eq!(graver.into_events(), [], "a graver mode lets nobody off");
    let mut draft = book.draft(Mode::Emergency);
    draft.enter_mode(Mode::Everyday, "threat over", &officer(), at(10));
    draft.into_events().iter().for_each(|e| book.apply(e));
    for (n, status) in [(1, Status::Cancelled), (2, Status::Cancelled), (3, Status::Open)] {
        assert_eq!(book.get(id(n)).unwrap().status, status, "{n}");
    }
    let ended = book.get(id(1)).unwrap().cancelled.clone().unwrap();
    assert_eq!((ended.by, ended.reason.as_str()), (officer(), "threat over"));
}

#[test]
fn an_obligation_is_cancelled_only_with_a_reason_and_only_once() {
    let mut book = ObligationBook::default();
    raised(&mut book, forces(ObligationKind::O11a, "ambulance", 1), at(0), 1);
    let empty = book.cancel(id(1), "  ", at(1), &officer());
    assert!(matches!(empty, Err(Refusal::Invalid { field: "reason", .. })));
    assert!(matches!(book.cancel(id(9), "x", at(1), &officer()), Err(Refusal::NotFound { .. })));
    for event in book.cancel(id(1), "call was false", at(1), &officer()).unwrap() {
        book.apply(&event);
    }
    assert!(matches!(book.cancel(id(1), "again", at(2), &officer()), Err(Refusal::Conflict(_))));
}

#[test]
fn closing_an_incident_ends_only_its_own() {
    let mut book = ObligationBook::default();
    for n in 1..=3 {
        raised(&mut book, forces(ObligationKind::O11a, "ambulance", n), at(0), n);
    }
    let incident = IncidentId(Uuid::from_u128(2));
    assert_eq!(book.of_incident(incident).map(|o| o.id).collect::<Vec<_>>(), [id(2)]);
    let mut draft = book.draft(Mode::Everyday);
    draft.cancel_incident(incident, "false call", &officer(), at(1));
    draft.into_events().iter().for_each(|e| book.apply(e));
    assert_eq!(book.of_incident(incident).count(), 0);
    assert_eq!(book.owed().count(), 2);
}

#[test]
fn letting_go_of_the_settled_keeps_every_one_that_is_owed() {
    let mut book = ObligationBook::default();
    for n in 1..=4 {
        raised(&mut book, forces(ObligationKind::O11a, "ambulance", n), at(0), n);
    }
    for event in book.cancel(id(1), "false", at(1), &officer()).unwrap() {
        book.apply(&event);
    }
    assert_eq!(book.retire(at(1)), 0, "settled at that moment, not before it");
    assert_eq!(book.retire(at(1_000_000)), 1);
    assert_eq!(book.owed().count(), 3);
}

#[derive(Debug, Clone)]
enum Act {
    Raise(u8, u8),
    Meet(u8, u8),
    Cancel(u8),
    Resume(u8, u8),
    Wait(u16),
    Calm,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    prop::collection::vec(
        prop_oneof![
            4 => (0..15_u8, 0..6_u8).prop_map(|(k, n)| Act::Raise(k, n)),
            2 => (0..15_u8, 0..6_u8).prop_map(|(k, n)| Act::Meet(k, n)),
            1 => (0..60_u8).prop_map(Act::Cancel),
            1 => (0..15_u8, 0..6_u8).prop_map(|(k, n)| Act::Resume(k, n)),
            3 => (0..900_u16).prop_map(Act::Wait),
            1 => Just(Act::Calm),
        ],
        0..80,
    )
}

fn claim_of(kind: u8, n: u8) -> Claim {
    let kind = ObligationKind::ALL[usize::from(kind)];
    let services = ["police", "ambulance", "security", "telecom", "utilities", "fire_rescue"];
    if kind.owing() == Owing::Service {
        forces(kind, services[usize::from(n)], u128::from(n))
    } else {
        Claim::officer(kind, Subject::ModePeriod { period: u32::from(n) })
    }
}

/// Runs the acts as the hub would: decide, then apply. Returns the book and all events.
fn run(acts: &[Act]) -> (ObligationBook, Vec<ObligationEvent>) {
    let (mut book, mut log, mut now) = (ObligationBook::default(), Vec::new(), at(0));
    for (n, act) in acts.iter().enumerate() {
        let fresh = id(1000 + n as u128);
        let mut draft = book.draft(Mode::Emergency);
        let events = match act {
            Act::Raise(k, s) => {
                draft.raise(claim_of(*k, *s), now, &Limits::default(), || fresh);
                draft.into_events()
            }
            Act::Meet(k, s) => {
                draft.meet(&claim_of(*k, *s), "done", now);
                draft.into_events()
            }
            Act::Resume(k, s) => {
                draft.resume(claim_of(*k, *s), "reason", now, &Limits::default(), || fresh);
                draft.into_events()
            }
            Act::Cancel(nth) => {
                let id = book.owed().nth(usize::from(*nth)).map(|o| o.id);
                id.and_then(|id| book.cancel(id, "reason", now, &officer()).ok()).unwrap_or_default()
            }
            Act::Wait(seconds) => {
                now = now.checked_add(SignedDuration::from_secs(i64::from(*seconds))).unwrap();
                book.due(now)
            }
            Act::Calm => {
                draft.enter_mode(Mode::Everyday, "over", &officer(), now);
                draft.into_events()
            }
        };
        for event in events {
            book.apply(&event);
            log.push(event);
        }
    }
    (book, log)
}

proptest! {
    #[test]
    fn nothing_that_was_raised_ever_disappears(acts in acts()) {
        let (book, log) = run(&acts);
        let mut fate: HashMap<ObligationId, Status> = HashMap::new();
        for event in &log {
            let id = event.obligation();
            match event {
                ObligationEvent::Raised { .. } => prop_assert!(fate.insert(id, Status::Open).is_none()),
                ObligationEvent::Resumed { .. } => prop_assert_eq!(fate.insert(id, Status::Open), Some(Status::Cancelled)),
                ObligationEvent::BecameLate { .. } => prop_assert_eq!(fate.insert(id, Status::Late), Some(Status::Open)),
                ObligationEvent::Escalated { .. } => prop_assert_eq!(fate.get(&id), Some(&Status::Late)),
                ObligationEvent::Met { at, .. } => {
                    let before = fate[&id];
                    prop_assert!(before.is_owed());
                    let late = before == Status::Late || *at > book.get(id).unwrap().due;
                    fate.insert(id, if late { Status::MetLate } else { Status::Met });
                }
                ObligationEvent::Cancelled { .. } | ObligationEvent::Voided { .. } => {
                    prop_assert!(fate.insert(id, Status::Cancelled).unwrap().is_owed());
                }
            }
        }
        let held: HashMap<_, _> = book.iter().map(|o| (o.id, o.status)).collect();
        prop_assert_eq!(held, fate);
    }

    #[test]
    fn replaying_the_events_gives_the_same_book(acts in acts()) {
        let (book, log) = run(&acts);
        let mut replayed = ObligationBook::default();
        for event in &log {
            let text = serde_json::to_string(event).unwrap();
            replayed.apply(&serde_json::from_str(&text).unwrap());
        }
        prop_assert_eq!(&replayed, &book);
        let kept: ObligationBook = serde_json::from_str(&serde_json::to_string(&book).unwrap()).unwrap();
        prop_assert_eq!(kept, book, "the index is rebuilt with the obligations");
    }

    #[test]
    fn the_index_finds_what_a_search_through_all_finds(acts in acts(), later in 0..5_000_i64) {
        let (book, _) = run(&acts);
        let now = at(later);
        let mut indexed: Vec<_> = book.due(now).iter().map(ObligationEvent::obligation).collect();
        indexed.sort_unstable();
        indexed.dedup();
        let passed = |o: &&Obligation| match o.status {
            Status::Open => o.due <= now,
            Status::Late => {
                let first = usize::from(!o.claim.kind.is_asked_again());
                Level::ALL.get(first + o.escalations.len()).is_some_and(|level| {
                o.due.checked_add(o.escalation.after(*level).span()).unwrap() <= now
                })
            }
            _ => false,
        };
        let mut searched: Vec<_> = book.iter().filter(passed).map(|o| o.id).collect();
        searched.sort_unstable();
        prop_assert_eq!(indexed, searched);
    }

    #[test]
    fn time_applied_once_leaves_nothing_due(acts in acts(), later in 0..100_000_i64) {
        let (mut book, _) = run(&acts);
        let now = at(later);
        for event in book.due(now) {
            book.apply(&event);
        }
        prop_assert_eq!(book.due(now), []);
        prop_assert!(book.next_due().is_none_or(|next| next > now));
    }
}

#[test]
fn one_report_meets_every_round_of_what_its_service_owes_and_nothing_of_another() {
    let mut book = ObligationBook::default();
    for (n, (service, round)) in [("ambulance", 1), ("ambulance", 2), ("police", 1)].into_iter().enumerate() {
        let subject = Subject::ModePeriod { period: 1 };
        let claim = Claim::service(ObligationKind::O07, key(service), subject).only(Datum::Round { round });
        raised(&mut book, claim, at(0), n as u128 + 1);
    }
    let ambulance = Debtor::service(key("ambulance"));
    let mut draft = book.draft(Mode::HighReadiness);
    assert_eq!(draft.meet_where(ObligationKind::O07, |c| c.debtor == ambulance, "report", at(5)), 2);
    assert_eq!(draft.meet_where(ObligationKind::O07, |c| c.debtor == ambulance, "report", at(6)), 0);
    draft.into_events().iter().for_each(|e| book.apply(e));
    assert_eq!(book.of_kind(ObligationKind::O07).map(|o| o.id).collect::<Vec<_>>(), [id(3)]);
}

#[test]
fn limits_of_a_region_govern_what_is_raised_after_they_were_set() {
    let mut limits = Limits::default();
    limits.seconds.insert(ObligationKind::O11a, Seconds(60));
    let book = ObligationBook::default();
    let mut draft = book.draft(Mode::Everyday);
    draft.raise(forces(ObligationKind::O11a, "police", 1), at(0), &limits, || id(1));
    let events = draft.into_events();
    let [ObligationEvent::Raised { due, .. }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(*due, at(60));
}
