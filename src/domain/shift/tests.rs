//! The shift as c.5(1)¶1 has it.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::decision::{By, Refusal};
use crate::domain::envelope::HeartbeatReply;
use crate::domain::ids::{AccountName, ObligationId, RegionCode, ServiceKey, ShiftId};
use crate::domain::mode::Mode;
use crate::domain::obligation::{Limits, ObligationBook, Status};
use crate::domain::quantities::Seconds;
use crate::domain::service_kind;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_760_000_000 + seconds).unwrap()
}

fn who(name: &str) -> AccountName {
    AccountName::new(name).unwrap()
}

fn key(service: &str) -> ServiceKey {
    ServiceKey::new(service).unwrap()
}

fn shift(n: u128) -> ShiftId {
    ShiftId(Uuid::from_u128(n))
}

fn services() -> Vec<ServiceKey> {
    service_kind::all().iter().map(|k| k.key.clone()).collect()
}

fn radio(number: &str) -> Contact {
    Contact {
        owner: "duty desk".into(),
        means: Means::Radio,
        number: number.into(),
        call_sign: Some("Alatau-1".into()),
    }
}

fn telephone(number: &str) -> Contact {
    Contact { owner: "duty officer".into(), means: Means::Telephone, number: number.into(), call_sign: None }
}

/// Shifts with their obligations, moved as the hub moves them.
#[derive(Default)]
struct Desk {
    shifts: Shifts,
    book: ObligationBook,
    raised: u128,
    log: Vec<ShiftEvent>,
}

impl Desk {
    fn ask(&mut self, command: ShiftCommand, now: i64, by: &str) -> Result<(), Refusal> {
        let services = services();
        let owed: Vec<ObligationId> = self.book.owed().map(|o| o.id).collect();
        let around = Surroundings { services: &services, owed: &owed };
        let by = By::Person { account: who(by) };
        let events = self.shifts.decide(command, around, at(now), &by)?;
        self.apply(events);
        Ok(())
    }

    fn apply(&mut self, events: Vec<ShiftEvent>) {
        let mut draft = self.book.draft(Mode::Everyday);
        for what in self.shifts.consequences(&events) {
            draft.follow(what, &Limits::default(), || {
                self.raised += 1;
                ObligationId(Uuid::from_u128(self.raised))
            });
        }
        draft.into_events().iter().for_each(|e| self.book.apply(e));
        events.iter().for_each(|e| self.shifts.apply(e));
        self.log.extend(events);
    }

    fn open(&mut self, n: u128, by: &str) {
        self.ask(ShiftCommand::Open { shift: shift(n) }, 0, by).unwrap();
    }

    fn check(&mut self, n: u128, item: CheckItem, outcome: CheckOutcome, by: &str) {
        self.ask(ShiftCommand::Check { shift: shift(n), item, outcome }, 10, by).unwrap();
    }

    /// Everything works, but for the lines named.
    fn check_all(&mut self, n: u128, by: &str, faulty: &[CheckItem]) {
        let lines: Vec<_> = self.shifts.get(shift(n)).unwrap().unchecked().cloned().collect();
        for item in lines {
            let outcome = if faulty.contains(&item) {
                CheckOutcome::Fails { note: "silence".into() }
            } else {
                CheckOutcome::Works { round_trip_ms: None }
            };
            self.check(n, item, outcome, by);
        }
    }

    fn accept(&mut self, n: u128, by: &str) -> Result<(), Refusal> {
        self.ask(ShiftCommand::Accept { shift: shift(n), without_handover: None }, 20, by)
    }

    fn hand_over(&mut self, n: u128, by: &str, to: &str) -> Result<(), Refusal> {
        let command = ShiftCommand::HandOver { shift: shift(n), to: who(to), remarks: "quiet night".into() };
        self.ask(command, 30, by)
    }

    /// A heartbeat goes out to services at one moment.
    fn beat(&mut self, check: u128, services: &[&str], now: i64) {
        let services: Vec<_> = services.iter().map(|s| key(s)).collect();
        let events = self.shifts.send_heartbeat(Uuid::from_u128(check), &services, at(now));
        self.apply(events);
    }

    /// A service answers it.
    fn answer(&mut self, check: u128, service: &str, contacts: Option<Vec<Contact>>, now: Timestamp) {
        let reply = HeartbeatReply {
            check_id: Uuid::from_u128(check),
            duty_officer: Some("Senior lieutenant Akhmetov".into()),
            contacts: contacts.map(|all| all.into_iter().map(Into::into).collect()),
        };
        let by = By::Service { region: RegionCode::new(75).unwrap(), service: key(service) };
        let around = Surroundings { services: &services(), owed: &[] };
        let command = ShiftCommand::from_agency(key(service), reply);
        let events = self.shifts.decide(command, around, now, &by).unwrap();
        self.apply(events);
    }

    /// Time passes with nobody answering.
    fn silence(&mut self, now: i64) {
        let events = self.shifts.due(at(now), Seconds(30));
        self.apply(events);
    }

    fn statuses(&self) -> Vec<Status> {
        let mut all: Vec<_> = self.book.iter().map(|o| (o.id, o.status)).collect();
        all.sort_unstable_by_key(|(id, _)| *id);
        all.into_iter().map(|(_, status)| status).collect()
    }
}

fn link(service: &str) -> CheckItem {
    CheckItem::Link { service: key(service) }
}

#[test]
fn the_check_list_holds_every_service_security_and_telecom_among_them() {
    let mut desk = Desk::default();
    let contacts = vec![telephone("+77272000102"), radio("164.200")];
    desk.ask(ShiftCommand::ChangeContacts { service: key("police"), contacts }, 0, "asel").unwrap();
    let list = check_list(&services(), desk.shifts.contacts());
    for service in services() {
        let lines = list.iter().filter(|i| *i.service() == service).count();
        let expected = match service.as_str() {
            "hub" => 1,
            "police" => 4,
            _ => 2,
        };
        assert_eq!(lines, expected, "{service}");
    }
    assert!(!list.contains(&link("hub")), "the hub has no link to itself");
    for exempt_elsewhere in ["security", "telecom"] {
        assert!(list.contains(&link(exempt_elsewhere)));
    }
}

#[test]
fn a_shift_cannot_be_accepted_until_every_line_has_a_result() {
    let mut desk = Desk::default();
    desk.open(1, "asel");
    let lines: Vec<_> = desk.shifts.get(shift(1)).unwrap().unchecked().cloned().collect();
    let (last, others) = lines.split_last().unwrap();
    for item in others {
        assert!(matches!(desk.accept(1, "asel"), Err(Refusal::Conflict(_))));
        desk.check(1, item.clone(), CheckOutcome::NoAnswer, "asel");
    }
    assert!(matches!(desk.accept(1, "asel"), Err(Refusal::Conflict(_))));
    desk.check(1, last.clone(), CheckOutcome::Skipped { reason: "repair announced".into() }, "asel");
    desk.accept(1, "asel").unwrap();
    assert_eq!(desk.shifts.on_duty().map(|s| s.id), Some(shift(1)));
}

#[test]
fn a_line_is_left_out_or_called_faulty_only_with_a_reason() {
    let mut desk = Desk::default();
    desk.open(1, "asel");
    for outcome in [CheckOutcome::Skipped { reason: " ".into() }, CheckOutcome::Fails { note: String::new() }]
    {
        let command = ShiftCommand::Check { shift: shift(1), item: link("police"), outcome };
        assert!(matches!(desk.ask(command, 1, "asel"), Err(Refusal::Invalid { .. })));
    }
    let works = CheckOutcome::Works { round_trip_ms: None };
    let stranger = ShiftCommand::Check { shift: shift(1), item: link("hub"), outcome: works };
    assert!(matches!(desk.ask(stranger, 1, "asel"), Err(Refusal::NotFound { .. })));
}

#[test]
fn a_heartbeat_gives_the_link_its_round_trip_and_confirms_the_contacts() {
    let mut desk = Desk::default();
    let contacts = vec![telephone("103")];
    desk.ask(ShiftCommand::ChangeContacts { service: key("ambulance"), contacts }, 0, "asel").unwrap();
    desk.open(1, "asel");
    desk.beat(1, &["ambulance", "police"], 5);
    desk.answer(1, "ambulance", None, at(5) + SignedDuration::from_millis(42));
    let opened = desk.shifts.get(shift(1)).unwrap();
    let result = opened.checks.iter().find(|c| c.item == link("ambulance")).unwrap().last().unwrap();
    assert_eq!(result.outcome, CheckOutcome::Works { round_trip_ms: Some(42) });
    assert_eq!(result.by, Checker::Heartbeat);
    let known = desk.shifts.contacts().get(&key("ambulance")).unwrap();
    assert_eq!(known.confirmed_by, Some(Confirmer::Service));
    assert_eq!(known.duty_officer.as_deref(), Some("Senior lieutenant Akhmetov"));
    desk.silence(34);
    assert!(
        desk.shifts.get(shift(1)).unwrap().unchecked().any(|i| *i == link("police")),
        "there is time still"
    );
    desk.silence(35);
    let opened = desk.shifts.get(shift(1)).unwrap();
    let result = opened.checks.iter().find(|c| c.item == link("police")).unwrap().last().unwrap();
    assert_eq!(result.outcome, CheckOutcome::NoAnswer);
}

#[test]
fn nobody_answers_a_heartbeat_for_another() {
    let by = By::Service { region: RegionCode::new(75).unwrap(), service: key("police") };
    let reply = HeartbeatReply { check_id: Uuid::from_u128(1), duty_officer: None, contacts: None };
    let around = Surroundings { services: &services(), owed: &[] };
    for (service, by) in [("ambulance", by), ("police", By::Person { account: who("asel") })] {
        let command = ShiftCommand::from_agency(key(service), reply.clone());
        let refused = Shifts::default().decide(command, around, at(0), &by);
        assert!(matches!(refused, Err(Refusal::Forbidden(_))));
    }
}

/// c.5(1)¶1: a reply to what was never sent, or was answered or given up before, shows nothing of the link.
#[test]
fn only_an_answer_to_a_heartbeat_that_waits_shows_that_a_link_works() {
    let mut desk = Desk::default();
    desk.open(1, "asel");
    let ask = |desk: &Desk, check: u128| {
        let by = By::Service { region: RegionCode::new(75).unwrap(), service: key("police") };
        let reply = HeartbeatReply { check_id: Uuid::from_u128(check), duty_officer: None, contacts: None };
        let around = Surroundings { services: &services(), owed: &[] };
        desk.shifts.decide(ShiftCommand::from_agency(key("police"), reply), around, at(20), &by)
    };
    assert!(matches!(ask(&desk, 7), Err(Refusal::NotFound { .. })), "never sent");
    desk.beat(7, &["police", "ambulance"], 10);
    let events = ask(&desk, 7).unwrap();
    assert!(events.iter().any(|e| matches!(e, ShiftEvent::Checked { .. })), "{events:?}");
    desk.apply(events);
    assert!(matches!(ask(&desk, 7), Err(Refusal::NotFound { .. })), "answered before");
}

#[test]
fn a_rule_opens_no_shift() {
    let around = Surroundings { services: &services(), owed: &[] };
    let command = ShiftCommand::Open { shift: shift(1) };
    let refused = Shifts::default().decide(command, around, at(0), &By::rule("clock"));
    assert_eq!(refused, Err(Refusal::PersonNeeded));
}

#[test]
fn changed_contacts_take_effect_at_once_and_keep_their_history() {
    let mut desk = Desk::default();
    let change = |contacts| ShiftCommand::ChangeContacts { service: key("utilities"), contacts };
    desk.ask(change(vec![telephone("104")]), 0, "asel").unwrap();
    desk.open(1, "asel");
    let old = CheckItem::Channel { service: key("utilities"), means: Means::Telephone, number: "104".into() };
    desk.check(1, old.clone(), CheckOutcome::NoAnswer, "asel");
    desk.ask(change(vec![telephone("1051"), radio("171.5")]), 5, "asel").unwrap();
    let opened = desk.shifts.get(shift(1)).unwrap();
    assert!(!opened.checks.iter().any(|c| c.item == old), "the old number is no longer asked for");
    let asked: Vec<_> = opened.unchecked().filter(|i| matches!(i, CheckItem::Channel { .. })).collect();
    assert_eq!(asked.len(), 2, "the new ones are");
    let known = desk.shifts.contacts().get(&key("utilities")).unwrap();
    assert_eq!(known.history.len(), 1);
    assert_eq!(known.history[0].contacts, [telephone("104")]);
    assert_eq!(known.history[0].replaced_by, Confirmer::Person { account: who("asel") });
    assert_eq!(desk.shifts.contacts().to_call(&key("utilities")), Some(&telephone("1051")));
}

#[test]
fn contacts_without_an_owner_or_twice_the_same_are_refused() {
    for contacts in [
        vec![],
        vec![Contact { owner: " ".into(), ..telephone("102") }],
        vec![Contact { number: String::new(), ..telephone("102") }],
        vec![telephone("102"), telephone("102")],
    ] {
        let refused =
            Desk::default().ask(ShiftCommand::ChangeContacts { service: key("police"), contacts }, 0, "asel");
        assert!(matches!(refused, Err(Refusal::Invalid { field: "contacts", .. })), "{refused:?}");
    }
}

#[test]
fn contacts_that_nobody_confirmed_lately_are_shown_as_stale() {
    let mut desk = Desk::default();
    let change = |s, n| ShiftCommand::ChangeContacts { service: key(s), contacts: vec![telephone(n)] };
    desk.ask(change("police", "102"), 0, "asel").unwrap();
    desk.ask(change("ambulance", "103"), 86_400, "asel").unwrap();
    let services = [key("police"), key("ambulance"), key("telecom")];
    let stale: Vec<_> = desk
        .shifts
        .contacts()
        .stale(&services, Seconds(86_400), at(86_401))
        .map(ToString::to_string)
        .collect();
    assert_eq!(stale, ["police", "telecom"]);
}

#[test]
fn opening_raises_the_check_and_acceptance_meets_it() {
    let mut desk = Desk::default();
    desk.open(1, "asel");
    assert_eq!(desk.statuses(), [Status::Open]);
    desk.check_all(1, "asel", &[]);
    desk.accept(1, "asel").unwrap();
    assert_eq!(desk.statuses(), [Status::Met]);
}

#[test]
fn a_faulty_channel_survives_into_the_shift_and_over_the_handover_until_it_works() {
    let mut desk = Desk::default();
    desk.open(1, "asel");
    desk.check_all(1, "asel", &[link("security")]);
    desk.accept(1, "asel").unwrap();
    assert_eq!(desk.statuses(), [Status::Met, Status::Open]);

    desk.open(2, "bolat");
    desk.check_all(2, "bolat", &[link("security")]);
    desk.hand_over(1, "asel", "bolat").unwrap();
    desk.accept(2, "bolat").unwrap();
    assert_eq!(desk.statuses(), [Status::Met, Status::Open, Status::Met], "one fault, one obligation");
    assert_eq!(desk.shifts.faults().collect::<Vec<_>>(), [&link("security")]);

    desk.beat(1, &["security"], 50);
    desk.answer(1, "security", None, at(51));
    assert_eq!(desk.statuses(), [Status::Met, Status::Met, Status::Met]);
    assert_eq!(desk.shifts.faults().count(), 0);
}

#[test]
fn a_channel_that_fails_during_the_shift_is_owed_from_then() {
    let mut desk = Desk::default();
    desk.open(1, "asel");
    desk.check_all(1, "asel", &[]);
    desk.accept(1, "asel").unwrap();
    for (check, now) in [(1, 60), (2, 120)] {
        desk.beat(check, &["police"], now);
        desk.silence(now + 30);
    }
    assert_eq!(desk.statuses(), [Status::Met, Status::Open], "silence twice is one fault");
}

#[test]
fn several_links_that_fall_silent_at_once_are_owed_each_and_met_each() {
    let mut desk = Desk::default();
    desk.open(1, "asel");
    desk.check_all(1, "asel", &[]);
    desk.accept(1, "asel").unwrap();
    desk.beat(1, &["police", "ambulance", "utilities"], 60);
    desk.silence(90);
    assert_eq!(desk.book.owed().count(), 3);
    desk.beat(2, &["ambulance"], 100);
    desk.answer(2, "ambulance", None, at(101));
    let owed: Vec<_> = desk.book.owed().map(|o| o.claim.which.clone()).collect();
    assert_eq!(owed.len(), 2);
    assert!(!format!("{owed:?}").contains("ambulance"));
}

#[test]
fn the_next_officer_takes_over_by_name_with_all_that_is_owed() {
    let mut desk = Desk::default();
    desk.open(1, "asel");
    desk.check_all(1, "asel", &[link("police"), link("telecom")]);
    desk.accept(1, "asel").unwrap();
    let owed: Vec<_> = desk.book.owed().map(|o| o.id).collect();
    assert_eq!(owed.len(), 2);
    desk.open(2, "bolat");
    desk.check_all(2, "bolat", &[]);
    assert!(matches!(desk.accept(2, "bolat"), Err(Refusal::Conflict(_))), "nobody handed over");
    assert!(matches!(desk.hand_over(1, "bolat", "bolat"), Err(Refusal::Forbidden(_))));
    assert!(matches!(desk.hand_over(1, "asel", "asel"), Err(Refusal::Invalid { .. })));
    desk.hand_over(1, "asel", "bolat").unwrap();
    assert!(matches!(desk.accept(2, "asel"), Err(Refusal::Forbidden(_))), "only by one's own name");
    desk.accept(2, "bolat").unwrap();
    let (before, after) = (desk.shifts.get(shift(1)).unwrap(), desk.shifts.get(shift(2)).unwrap());
    assert_eq!((before.status, after.status), (ShiftStatus::Ended, ShiftStatus::OnDuty));
    assert_eq!(after.follows, Some(shift(1)));
    assert_eq!(before.handover.as_ref().map(|h| h.to.clone()), Some(who("bolat")));
}

#[test]
fn a_shift_is_taken_without_handover_only_with_a_reason() {
    let mut desk = Desk::default();
    desk.open(1, "asel");
    desk.check_all(1, "asel", &[]);
    desk.accept(1, "asel").unwrap();
    desk.open(2, "bolat");
    desk.check_all(2, "bolat", &[]);
    let take = |reason: &str| ShiftCommand::Accept { shift: shift(2), without_handover: Some(reason.into()) };
    assert!(matches!(desk.ask(take(" "), 30, "bolat"), Err(Refusal::Invalid { .. })));
    desk.ask(take("the officer was taken to hospital"), 30, "bolat").unwrap();
    assert_eq!(desk.shifts.on_duty().map(|s| s.officer.clone()), Some(who("bolat")));
}

#[test]
fn one_shift_is_opened_at_a_time_and_a_deserted_one_is_given_up_with_a_reason() {
    let mut desk = Desk::default();
    desk.open(1, "asel");
    let second = ShiftCommand::Open { shift: shift(2) };
    assert!(matches!(desk.ask(second.clone(), 1, "bolat"), Err(Refusal::Conflict(_))));
    desk.ask(ShiftCommand::Abandon { shift: shift(1), reason: "ill".into() }, 2, "bolat").unwrap();
    assert_eq!(desk.statuses(), [Status::Cancelled]);
    desk.ask(second, 3, "bolat").unwrap();
    let gone = ShiftCommand::Abandon { shift: shift(1), reason: "ill".into() };
    assert!(matches!(desk.ask(gone, 4, "bolat"), Err(Refusal::Conflict(_))));
}

proptest! {
    #[test]
    fn replaying_the_events_gives_the_same_shifts(steps in prop::collection::vec((0..9_u8, 0..9_u8, 0..3_u8), 0..60)) {
        let mut desk = Desk::default();
        let (mut now, mut next) = (0, 1);
        let officers = ["asel", "bolat", "zhanna"];
        for (act, n, officer) in steps {
            now += 100;
            let by = officers[usize::from(officer)];
            let service = services()[usize::from(n)].clone();
            let opening = desk.shifts.opening().map(|s| s.id);
            let on_duty = desk.shifts.on_duty().map(|s| s.id);
            let moment = at(0).checked_add(SignedDuration::from_secs(now)).unwrap();
            match (act, opening, on_duty) {
                (0, None, _) => {
                    let _ = desk.ask(ShiftCommand::Open { shift: shift(next) }, now, by);
                    next += 1;
                }
                (1, Some(open), _) => {
                    let line = desk.shifts.get(open).unwrap().unchecked().next().cloned();
                    if let Some(item) = line {
                        desk.ask(ShiftCommand::Check { shift: open, item, outcome: CheckOutcome::NoAnswer }, now, by).unwrap();
                    }
                }
                (2, Some(open), _) => {
                    let officer = desk.shifts.get(open).unwrap().officer.to_string();
                    desk.check_all_at(open, now, n % 2 == 0);
                    let _ = desk.ask(ShiftCommand::Accept { shift: open, without_handover: Some("night".into()) }, now, &officer);
                }
                (3, _, Some(duty)) => {
                    let officer = desk.shifts.get(duty).unwrap().officer.to_string();
                    let _ = desk.ask(ShiftCommand::HandOver { shift: duty, to: who(by), remarks: String::new() }, now, &officer);
                }
                (4, _, _) => {
                    let contacts = vec![telephone(&format!("10{n}"))];
                    desk.ask(ShiftCommand::ChangeContacts { service, contacts }, now, by).unwrap();
                }
                (5, _, _) => {
                    desk.beat(u128::from(n), &[service.as_str()], now);
                    desk.answer(u128::from(n), service.as_str(), Some(vec![radio("1")]), moment);
                }
                (6, _, _) => {
                    desk.beat(u128::from(n) + 10, &[service.as_str()], now);
                    desk.silence(now + 30);
                }
                (7, Some(open), _) => desk.ask(ShiftCommand::Abandon { shift: open, reason: "x".into() }, now, by).unwrap(),
                _ => {}
            }
            prop_assert!(desk.shifts.iter().filter(|s| s.status == ShiftStatus::OnDuty).count() <= 1);
            let accepted = desk.shifts.on_duty().is_none_or(|s| {
                s.checks.iter().all(|c| !c.results.is_empty() || matches!(c.item, CheckItem::Channel { .. }))
            });
            prop_assert!(accepted, "on duty only with a result on every line of the list as it was");
        }
        let mut replayed = Shifts::default();
        for event in &desk.log {
            replayed.apply(&serde_json::from_str(&serde_json::to_string(event).unwrap()).unwrap());
        }
        prop_assert_eq!(&replayed, &desk.shifts);
        let kept: Shifts = serde_json::from_str(&serde_json::to_string(&desk.shifts).unwrap()).unwrap();
        prop_assert_eq!(kept, replayed);
        let owed: Vec<_> = desk.book.owed().filter(|o| o.claim.which.is_some()).collect();
        prop_assert_eq!(owed.len(), desk.shifts.faults().count(), "each fault is owed once, and nothing else is");
    }
}

impl Desk {
    fn check_all_at(&mut self, open: ShiftId, now: i64, works: bool) {
        let lines: Vec<_> = self.shifts.get(open).unwrap().unchecked().cloned().collect();
        for item in lines {
            let outcome =
                if works { CheckOutcome::Works { round_trip_ms: None } } else { CheckOutcome::NoAnswer };
            self.ask(ShiftCommand::Check { shift: open, item, outcome }, now, "asel").unwrap();
        }
    }
}
