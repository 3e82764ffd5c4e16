//! The composed hub of one region, led through clause 5 by commands alone.

use hub112::domain::classification::legal::Standing;
use hub112::domain::classification::order240::Scale;
use hub112::domain::command::{RegionCommand, Territory};
use hub112::domain::decision::{By, Refusal};
use hub112::domain::directive::{Addressee, Author, DirectiveCommand};
use hub112::domain::envelope::{ActionReport, EmergencyReport, HubContent, Kind, Place};
use hub112::domain::event::RegionEvent;
use hub112::domain::forces::{Act, Stage};
use hub112::domain::ids::{CategoryCode, DirectiveId, DistributionId, RequestId, ShiftId};
use hub112::domain::incident::Outcome;
use hub112::domain::message::Sender;
use hub112::domain::mode::{Mode, ModeCommand};
use hub112::domain::obligation::{Datum, Debtor, ObligationKind as K, Status};
use hub112::domain::quantities::Point;
use hub112::domain::region::{Decision, Outbound};
use hub112::domain::shift::{CheckOutcome, ShiftCommand};
use jiff::SignedDuration;
use uuid::Uuid;

use super::hub::{DEPOT, Hub, agency, key, officer, told};

#[test]
fn services_in_whose_field_a_message_lies_are_told_without_being_asked() {
    let mut hub = Hub::new();
    let (_, decision) = hub.call("Горит дом", "building_fire");
    for service in ["fire_rescue", "ambulance"] {
        let notices = told(&decision, service);
        assert!(matches!(notices.as_slice(), [HubContent::IncidentNotice(_)]), "{service}: {notices:?}");
    }
    assert!(told(&decision, "telecom").is_empty());
}

#[test]
fn an_event_that_is_no_emergency_raises_no_first_wave_and_no_warning() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Горит дом", "building_fire");
    hub.identify(incident, Standing::Event);
    assert_eq!(hub.of(K::O08), [Status::Met]);
    assert_eq!((hub.of(K::O09), hub.of(K::O12)), (vec![], vec![]));
}

#[test]
fn the_first_wave_is_owed_for_each_profile_and_met_when_it_is_sent() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Горит дом", "building_fire");
    hub.identify(incident, Standing::Emergency);
    let profiles: Vec<_> = hub
        .state
        .obligations()
        .of_kind(K::O09)
        .filter_map(|o| match o.claim.which {
            Some(Datum::Profile { profile }) => Some(profile),
            _ => None,
        })
        .collect();
    assert_eq!(profiles.len(), 4, "fire, law enforcement, ambulance, emergency repair: {profiles:?}");
    hub.request(incident, Act::FirstWave, "fire_rescue").unwrap();
    let met = hub.of(K::O09).iter().filter(|s| **s == Status::Met).count();
    assert_eq!(met, 1);
}

#[test]
fn the_first_wave_is_owed_to_the_profiles_of_a_category_found_after_the_identification_too() {
    let mut hub = Hub::new();
    let message = hub.message("Беда, приезжайте скорее", None);
    let (incident, _) = hub.receive(message, Territory::default());
    hub.identify_as(incident, "T14b");
    let one = hub.of(K::O09).len();
    assert_eq!(one, 1, "nobody knows yet what it is: the officer owes the choice");
    let code = CategoryCode::new("building_fire").unwrap();
    hub.person(RegionCommand::SetCategory { incident, code: code.clone(), severity: None });
    let owed = |hub: &Hub| hub.state.obligations().of_kind(K::O09).count();
    assert_eq!((owed(&hub), hub.of(K::O09).len()), (4, 5), "the choice is made");
    hub.request(incident, Act::FirstWave, "fire_rescue").unwrap();
    hub.person(RegionCommand::SetCategory { incident, code, severity: None });
    assert_eq!((owed(&hub), hub.of(K::O09).len()), (3, 5), "and to none twice");
}

#[test]
fn additional_forces_are_another_act_than_the_first_wave() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Горит дом", "building_fire");
    hub.identify(incident, Standing::Emergency);
    hub.request(incident, Act::Additional, "utilities").unwrap();
    assert_eq!(hub.of(K::O10), [Status::Open], "the service is informed; it must acknowledge");
    assert!(hub.of(K::O09).iter().all(|s| *s == Status::Open), "and no first wave was sent by it");
    hub.answer(incident, "utilities", K::O11a);
    assert_eq!(hub.of(K::O10), [Status::Met]);
}

#[test]
fn a_service_is_informed_when_a_person_there_has_read_it_and_not_when_its_system_has_it() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Горит дом", "building_fire");
    hub.identify(incident, Standing::Emergency);
    hub.request(incident, Act::Additional, "utilities").unwrap();
    let reference = hub.state.incident(incident).unwrap().requests[&DEPOT].distribution;
    let mut acknowledge = |read_by: Option<&str>| {
        let read_by = read_by.map(str::to_owned);
        let command =
            RegionCommand::TakeAcknowledgement { service: key("utilities"), reference, read_by, at: hub.now };
        hub.ask(command, agency("utilities")).unwrap();
        hub.of(K::O10)
    };
    assert_eq!(acknowledge(None), [Status::Open], "c.5(3)¶3: duty officers are informed, not systems");
    assert_eq!(acknowledge(Some("S. Akhmetov")), [Status::Met]);
}

#[test]
fn a_card_closed_and_opened_again_owes_what_was_unfinished_about_the_emergency_and_nothing_twice() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Горит дом", "building_fire");
    hub.identify(incident, Standing::Emergency);
    hub.scale(incident, Scale::Local);
    hub.request(incident, Act::FirstWave, "fire_rescue").unwrap();
    hub.answer(incident, "fire_rescue", K::O11a);
    let cancel =
        RegionCommand::CancelRequest { incident, request: DEPOT, reason: "справились".into() };
    hub.person(cancel);
    let ended = hub.state.obligations().of_kind(K::O09).next().expect("a profile is owed its wave").id;
    hub.person(RegionCommand::CancelObligation { obligation: ended, reason: "не нужна".into() });
    let owed = |hub: &Hub, kind: K| hub.state.obligations().of_kind(kind).count();
    let before = (owed(&hub, K::O09), owed(&hub, K::O12), owed(&hub, K::O11b), owed(&hub, K::O03));
    assert!(before.0 > 0 && before.1 == 1, "{before:?}");

    // Whether to warn is decided before a card is closed; nothing of it returns.
    hub.decide_against_warning(incident);
    let outcome = Outcome::Resolved { note: "потушен".into() };
    hub.person(RegionCommand::Close { incident, outcome });
    assert_eq!((owed(&hub, K::O09), owed(&hub, K::O12)), (0, 0));
    hub.now += SignedDuration::from_secs(600);
    hub.person(RegionCommand::Reopen { incident, reason: "горит снова".into() });
    let after = (owed(&hub, K::O09), owed(&hub, K::O12), owed(&hub, K::O11b), owed(&hub, K::O03));
    assert_eq!(
        (after.1, after.2, after.3),
        (0, 0, 0),
        "c.6(4) is decided; a request that is over asks nothing"
    );
    assert_eq!(after.0, before.0, "c.5(3)¶2; what a person ended by itself stays ended");
    assert!(
        hub.state.obligations().of_kind(K::O09).all(|o| o.since == hub.now && o.due > hub.now),
        "there is time again"
    );
    hub.wait(1);
    hub.person(RegionCommand::Close { incident, outcome: Outcome::Resolved { note: String::new() } });
    hub.person(RegionCommand::Reopen { incident, reason: "и снова".into() });
    assert_eq!(owed(&hub, K::O09), before.0, "as often as it is opened, and never two at once");
}

#[test]
fn each_datum_of_the_answer_is_an_obligation_of_its_own() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Горит дом", "building_fire");
    hub.request(incident, Act::FirstWave, "ambulance").unwrap();
    let stand = |hub: &Hub| K::FORCES_DATA.map(|k| hub.of(k));
    assert_eq!(stand(&hub), [[Status::Open], [Status::Open], [Status::Open]]);
    hub.answer(incident, "ambulance", K::O11a);
    assert_eq!(stand(&hub), [[Status::Met], [Status::Open], [Status::Open]]);
    hub.answer(incident, "ambulance", K::O11b);
    hub.wait(3_600);
    assert_eq!(stand(&hub), [[Status::Met], [Status::Met], [Status::Late]]);
    hub.answer(incident, "ambulance", K::O11c);
    assert_eq!(stand(&hub), [[Status::Met], [Status::Met], [Status::MetLate]]);
}

#[test]
fn a_service_that_says_nothing_is_asked_again_under_the_next_number_and_one_that_answered_is_not() {
    for answers in [false, true] {
        let mut hub = Hub::new();
        let (incident, _) = hub.call("a flat burns", "building_fire");
        let first = hub.request(incident, Act::FirstWave, "ambulance").unwrap();
        if answers {
            hub.answer(incident, "ambulance", K::O11a);
        }
        hub.now += SignedDuration::from_secs(181);
        let late = hub.ask(RegionCommand::Tick, By::rule("clock")).unwrap();
        let asked = |d: &Decision| -> Vec<(RequestId, u64)> {
            let requests = d.outbound.iter().filter_map(|o| match &o.content {
                HubContent::ForcesRequest(r) => Some((r.request_id, o.recipients[0].sequence.unwrap())),
                _ => None,
            });
            requests.collect()
        };
        let [(request, sequence)] = asked(&first)[..] else { panic!("one request: {first:?}") };
        let again = if answers { vec![] } else { vec![(request, sequence + 1)] };
        assert_eq!(asked(&late), again, "answered: {answers}");
        hub.now += SignedDuration::from_secs(3_600);
        assert_eq!(
            asked(&hub.ask(RegionCommand::Tick, By::rule("clock")).unwrap()),
            [],
            "then it is telephoned"
        );
    }
}

#[test]
fn forces_are_never_asked_of_security_and_telecom() {
    for service in ["security", "telecom"] {
        let mut hub = Hub::new();
        let (incident, _) = hub.call("Горит дом", "building_fire");
        for act in [Act::FirstWave, Act::Additional] {
            assert!(matches!(hub.request(incident, act, service), Err(Refusal::Invalid { .. })), "{service}");
        }
        hub.wait(86_400);
        let theirs =
            hub.state.obligations().iter().filter(|o| o.claim.debtor == Debtor::service(key(service)));
        assert_eq!(theirs.count(), 0, "{service} owes nothing and is late with nothing");
    }
}

#[test]
fn a_service_that_accepts_owes_a_report_of_what_it_does() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Горит дом", "building_fire");
    hub.request(incident, Act::FirstWave, "fire_rescue").unwrap();
    hub.answer(incident, "fire_rescue", K::O11a);
    assert_eq!(hub.of(K::O03), [Status::Open]);
    let report = ActionReport { text: "Crew left the station".into(), at: hub.now, units: vec![] };
    let command = RegionCommand::TakeActionReport { service: key("fire_rescue"), report, incident };
    hub.ask(command, agency("fire_rescue")).unwrap();
    assert_eq!(hub.of(K::O03), [Status::Met]);
}

#[test]
fn an_emergency_runs_from_the_message_to_the_arrival_and_every_obligation_is_accounted_for() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Горит дом, внутри люди", "building_fire");
    hub.identify(incident, Standing::Emergency);
    hub.scale(incident, Scale::Object);
    hub.request(incident, Act::FirstWave, "fire_rescue").unwrap();
    for datum in K::FORCES_DATA {
        hub.answer(incident, "fire_rescue", datum);
    }
    for stage in [Stage::Departed, Stage::Arrived, Stage::Released] {
        hub.wait(60);
        hub.reach(incident, "fire_rescue", stage);
    }
    for kind in [K::O03, K::O08, K::O11a, K::O11b, K::O11c] {
        assert_eq!(hub.of(kind), [Status::Met], "{kind:?}");
    }
    assert_eq!(hub.of(K::O12), [Status::Open], "to warn or not is still to be decided");
    let card = hub.state.incident(incident).unwrap();
    let request = &card.requests[&DEPOT];
    assert!(request.is_complete() && !request.is_active());
    hub.wait(86_400);
    let all: Vec<_> = hub.state.obligations().iter().map(|o| o.status).collect();
    assert!(!all.contains(&Status::Open), "after a day each is met, late or cancelled: {all:?}");
    let late = all.iter().filter(|s| **s == Status::Late).count();
    assert_eq!(late, hub.owed(), "three profiles that were not sent, and the warning");
    assert_eq!(late, 4);
}

#[test]
fn high_readiness_tells_the_threat_and_obliges_six_services() {
    let mut hub = Hub::new();
    let decision = hub.declare(Mode::HighReadiness);
    assert_eq!((hub.of(K::O04).len(), hub.of(K::O07).len()), (1, 6));
    for (service, owes) in [("ambulance", true), ("security", false), ("telecom", false)] {
        let contents = told(&decision, service);
        let [HubContent::ThreatNotice(notice)] = contents.as_slice() else {
            panic!("{service}: {contents:?}")
        };
        assert_eq!(notice.readiness_due.is_some(), owes, "{service}");
    }
    hub.declare(Mode::Everyday);
    assert_eq!(hub.owed(), 0, "the threat is over");
}

#[test]
fn the_threat_is_over_only_when_no_part_of_the_region_is_in_a_graver_mode() {
    let part = |mode| {
        let order = serde_json::from_value(serde_json::json!({
            "reason": "mudflow expected", "legal_reference": "decision of the akim No. 12",
            "part": {"subsystem": "mudflow protection"},
        }));
        RegionCommand::Mode(ModeCommand::Declare { mode, order: order.unwrap() })
    };
    let stands_down = |d: &Decision| {
        let told = |o: &&Outbound| matches!(o.content, HubContent::ThreatNotice(_)) && o.kind == Kind::Cancel;
        d.outbound.iter().filter(told).count()
    };
    for part_first in [true, false] {
        let mut hub = Hub::new();
        hub.declare(Mode::HighReadiness);
        hub.person(part(Mode::HighReadiness));
        let whole = |hub: &mut Hub| hub.declare(Mode::Everyday);
        let of_part = |hub: &mut Hub| hub.person(part(Mode::Everyday));
        let one = if part_first { of_part(&mut hub) } else { whole(&mut hub) };
        assert_eq!(stands_down(&one), 0, "readiness is still owed, c.5(2)¶4");
        assert_eq!(hub.of(K::O07).iter().filter(|s| s.is_owed()).count(), 6);
        let other = if part_first { whole(&mut hub) } else { of_part(&mut hub) };
        assert_eq!(stands_down(&other), 8, "now everybody is told that it is over");
        assert_eq!(hub.owed(), 0);
    }
}

#[test]
fn a_forwarded_emergency_keeps_its_point_however_long_its_address() {
    for (address, text) in [(300, 30), (5_000, 30), (20_000, 30), (20_000, 20_000)] {
        let mut hub = Hub::new();
        let words = "ж".repeat(address);
        let point = Point::new(43.25, 76.92).unwrap();
        let report = EmergencyReport {
            received_at: hub.now,
            text: "и".repeat(text),
            place: Place { point: Some(point), address: Some(words.clone()), ..Place::default() },
            category: None,
            affected: None,
            reporter: None,
        };
        let command = RegionCommand::TakeEmergencyReport {
            service: key("police"),
            report: Box::new(report),
            reference: DistributionId(Uuid::from_u128(5)),
            territory: Territory::default(),
            exercise: false,
        };
        let taken = hub.ask(command, agency("police")).unwrap();
        let card = hub.state.incidents().next().unwrap();
        assert_eq!(card.point(), Some(point), "{address} characters");
        let said = taken.events.iter().find_map(|event| match event {
            RegionEvent::MessageReceived { message, .. } => Some(message.text.clone()),
            _ => None,
        });
        let whole = card.location().unwrap().address() == Some(words.as_str());
        let room = address + text < 20_000;
        assert!(whole || !room || said.unwrap().contains(&words), "all of it is on the card");
    }
}

#[test]
fn a_forwarded_emergency_becomes_a_card_and_shows_how_long_the_service_kept_it() {
    for (kept, status) in [(30, Status::Met), (3_600, Status::MetLate)] {
        let mut hub = Hub::new();
        let report = EmergencyReport {
            received_at: hub.now - SignedDuration::from_secs(kept),
            text: "Explosion at the gas station".into(),
            place: Place { address: Some("Raiymbek 348".into()), ..Place::default() },
            category: None,
            affected: None,
            reporter: None,
        };
        let command = RegionCommand::TakeEmergencyReport {
            service: key("police"),
            report: Box::new(report),
            reference: DistributionId(Uuid::from_u128(5)),
            territory: Territory::default(),
            exercise: false,
        };
        hub.ask(command, agency("police")).unwrap();
        assert_eq!(hub.of(K::O02), [status]);
        assert_eq!(hub.state.incidents().count(), 1);
    }
}

#[test]
fn an_emergency_that_a_service_telephones_is_passed_on_by_it_and_its_lateness_is_shown() {
    for (kept, status) in [(30, Status::Met), (7_200, Status::MetLate)] {
        let mut hub = Hub::new();
        let mut message = hub.message("Обрушился жилой дом, под завалами люди", Some("building_collapse"));
        let learnt_at = Some(hub.now - SignedDuration::from_secs(kept));
        message.sender = Sender::Service { service: key("police"), learnt_at };
        let id = message.id;
        hub.receive(message, Territory::default());
        assert_eq!(hub.of(K::O02), [status], "c.5(1)¶4");
        assert!(hub.state.situation().forwarding(id).is_some(), "it stands above all calls");
    }
    let mut hub = Hub::new();
    let mut message = hub.message("Застряли в лифте", Some("lift_trapped"));
    message.sender = Sender::Service { service: key("police"), learnt_at: None };
    hub.receive(message, Territory::default());
    assert_eq!(hub.of(K::O02), [], "no emergency");
}

#[test]
fn a_shift_opens_with_a_heartbeat_to_every_service_and_ends_accepted_with_what_failed_still_owed() {
    let mut hub = Hub::new();
    let shift = ShiftId(Uuid::from_u128(1));
    let opened = hub.person(RegionCommand::Shift(ShiftCommand::Open { shift }));
    for service in ["police", "security", "telecom", "fire_rescue"] {
        let contents = told(&opened, service);
        assert!(matches!(contents.as_slice(), [HubContent::Heartbeat(_)]), "{service}: {contents:?}");
    }
    let accept = || RegionCommand::Shift(ShiftCommand::Accept { shift, without_handover: None });
    assert!(matches!(hub.ask(accept(), officer()), Err(Refusal::Conflict(_))));
    hub.wait(30);
    let items = hub112::domain::shift::check_list(
        &hub112::domain::service_kind::all().iter().map(|k| k.key.clone()).collect::<Vec<_>>(),
        &Default::default(),
    );
    for item in items.into_iter().filter(|i| !matches!(i, hub112::domain::shift::CheckItem::Link { .. })) {
        let outcome = CheckOutcome::Works { round_trip_ms: None };
        hub.person(RegionCommand::Shift(ShiftCommand::Check { shift, item, outcome }));
    }
    hub.ask(accept(), officer()).unwrap();
    let owed = hub.of(K::O01);
    assert_eq!(owed.iter().filter(|s| **s == Status::Met).count(), 1, "the check itself");
    assert_eq!(owed.iter().filter(|s| s.is_owed()).count(), 8, "eight links that did not answer");
}

#[test]
fn a_directive_goes_to_the_services_named_and_is_owed_to_each() {
    let mut hub = Hub::new();
    let directive = DirectiveId(Uuid::from_u128(1));
    let command = DirectiveCommand::Issue {
        directive,
        author: Author { role: "head of the territorial body".into(), name: "K. Serikov".into() },
        text: "Bring the reserve to Talgar".into(),
        addressees: vec![
            Addressee::Service { service: key("fire_rescue") },
            Addressee::Organisation { name: "Қазселденқорғау".into() },
        ],
        due: None,
        incident: None,
        exercise: false,
    };
    let decision = hub.person(RegionCommand::Directive(command));
    assert!(matches!(told(&decision, "fire_rescue").as_slice(), [HubContent::Directive(_)]));
    assert_eq!(hub.of(K::O13), [Status::Open, Status::Open]);
}
