//! A mode is rehearsed as it would be declared (c.5), nothing of it can be taken for real, and what is real replaces it.

use hub112::domain::command::RegionCommand;
use hub112::domain::decision::{By, Refusal};
use hub112::domain::envelope::{HubContent, Kind};
use hub112::domain::ids::{IncidentId, ReportId, ZoneId};
use hub112::domain::message::Message;
use hub112::domain::mode::{Mode, ModeCommand, ModeOrder, ModeState, Part, Sign};
use hub112::domain::obligation::{ObligationKind as K, Status};
use hub112::domain::quantities::{Metres, Point};
use hub112::domain::region::{Answer, Decision, NewZone, RegionSettings};
use hub112::domain::situation::{Origin, SituationCommand};
use hub112::domain::zone::ZonePolygon;
use jiff::SignedDuration;
use uuid::Uuid;

use super::hub::{Hub, key, officer, told};

fn threats(decision: &Decision) -> Vec<(Kind, bool, String)> {
    let of = decision.outbound.iter().filter_map(|sent| match &sent.content {
        HubContent::ThreatNotice(notice) if sent.recipients.iter().any(|r| r.service == key("ambulance")) => {
            Some((sent.kind, sent.exercise, notice.text.clone()))
        }
        _ => None,
    });
    of.collect()
}

fn zone(hub: &mut Hub, incident: Option<IncidentId>, exercise: bool) -> Result<(ZoneId, Decision), Refusal> {
    let polygon = ZonePolygon::around(Point::new(43.2, 76.9).unwrap(), Metres::saturating(500.0)).unwrap();
    let new = NewZone { name: "Cloud".into(), mode: Mode::HighReadiness, polygon, incident, exercise };
    let decision = hub.ask(RegionCommand::DrawZone(Box::new(new)), officer())?;
    let Answer::Made(id) = decision.answer else { panic!("{:?}", decision.answer) };
    Ok((ZoneId(id), decision))
}

fn report(hub: &mut Hub, id: u128, exercise: bool) -> Decision {
    let command = SituationCommand::Report {
        report: ReportId(Uuid::from_u128(id)),
        origin: Origin::Officer { account: officer().person().unwrap().clone() },
        nature: serde_json::from_str("\"ecological\"").unwrap(),
        text: "the lake is filling".into(),
        degree: None,
        place: None,
        zone: None,
        measurements: vec![],
        observed_at: hub.now,
        suppress: None,
        exercise,
    };
    hub.person(RegionCommand::Situation(command))
}

#[test]
fn a_threat_that_a_service_does_not_answer_is_repeated_in_its_own_words() {
    let mut hub = Hub::new();
    hub.declare(Mode::HighReadiness);
    report(&mut hub, 7, false);
    let tell = SituationCommand::TellThreat { report: ReportId(Uuid::from_u128(7)) };
    hub.person(RegionCommand::Situation(tell));
    hub.now = RegionSettings::default().limits.due(K::O07, hub.now);
    let late = hub.ask(RegionCommand::Tick, By::rule("clock")).unwrap();
    let repeated = told(&late, "ambulance");
    let of_report = repeated.iter().any(|content| {
        matches!(content, HubContent::ThreatNotice(notice) if notice.text == "the lake is filling" && notice.report_id == ReportId(Uuid::from_u128(7)))
    });
    assert!(of_report, "{repeated:?}");
}

#[test]
fn an_exercise_of_a_mode_obliges_as_the_mode_does_and_all_of_it_says_so() {
    let mut hub = Hub::new();
    let decision = hub.declares(Mode::HighReadiness, true).unwrap();
    assert_eq!(threats(&decision), [(Kind::Report, true, "mudflow expected".to_owned())]);
    assert!(decision.outbound.iter().all(|sent| sent.exercise));
    assert_eq!(
        (hub.state.mode().gravest(), hub.state.mode().rehearsed()),
        (Mode::Everyday, Mode::HighReadiness)
    );
    let mut real = Hub::new();
    real.declare(Mode::HighReadiness);
    for kind in [K::O04, K::O07] {
        assert_eq!(hub.of(kind), real.of(kind), "{kind:?}");
        assert!(!hub.of(kind).is_empty());
    }
    assert!(hub.state.obligations().owed().all(|owed| owed.exercise));
    // A report of the exercise is owed to be passed on, as in the mode itself; a real one is not: there is no real mode.
    report(&mut hub, 7, true);
    let passed = hub.of(K::O05).len();
    assert!(passed > 0);
    report(&mut hub, 8, false);
    assert_eq!(hub.of(K::O05).len(), passed);
    assert!(hub.state.obligations().owed().all(|owed| owed.exercise));

    let over = hub.declares(Mode::Everyday, true).unwrap();
    assert_eq!(threats(&over), [(Kind::Cancel, true, "mudflow expected".to_owned())]);
    assert_eq!((hub.owed(), hub.state.mode().rehearsed()), (0, Mode::Everyday));
}

#[test]
fn what_is_owed_of_an_exercise_leaves_what_is_really_owed_alone() {
    let mut hub = Hub::new();
    let (card, _) = hub.call("Горит дом", "building_fire");
    let before = hub.owed();
    hub.declares(Mode::Emergency, true).unwrap();
    assert!(hub.owed() > before);
    hub.declares(Mode::Everyday, true).unwrap();
    assert_eq!(hub.owed(), before);
    assert!(!hub.state.incident(card).unwrap().exercise);
}

#[test]
fn a_real_mode_replaces_an_exercise_and_the_services_hear_both() {
    let mut hub = Hub::new();
    hub.declares(Mode::Emergency, true).unwrap();
    let real = hub.declare(Mode::HighReadiness);
    let heard = threats(&real);
    assert_eq!(heard.len(), 2, "{heard:?}");
    assert_eq!((heard[0].0, heard[0].1), (Kind::Cancel, true));
    assert!(
        heard[0].2.contains("The exercise is over"),
        "what is real does not stand under the mark: {heard:?}"
    );
    assert_eq!(heard[1], (Kind::Report, false, "mudflow expected".to_owned()));
    assert_eq!(
        (hub.state.mode().gravest(), hub.state.mode().rehearsed()),
        (Mode::HighReadiness, Mode::Everyday)
    );
    assert!(hub.state.obligations().owed().all(|owed| !owed.exercise), "what was rehearsed has ended");
    assert!(hub.of(K::O07).iter().any(|status| status.is_owed()));
    assert!(hub.of(K::O07).contains(&Status::Cancelled));
    let refused = hub.declares(Mode::Emergency, true);
    assert!(matches!(refused, Err(Refusal::Conflict(_))), "{refused:?}");
    let over = hub.declare(Mode::Everyday);
    assert_eq!(threats(&over), [(Kind::Cancel, false, "mudflow expected".to_owned())]);
}

#[test]
fn a_real_emergency_replaces_an_exercise_of_high_readiness() {
    let mut hub = Hub::new();
    hub.declares(Mode::HighReadiness, true).unwrap();
    let real = hub.declare(Mode::Emergency);
    assert_eq!(threats(&real).iter().map(|one| one.1).collect::<Vec<_>>(), [true, false]);
    assert!(hub.state.obligations().owed().all(|owed| !owed.exercise));
}

#[test]
fn an_exercise_goes_by_its_own_modes_and_its_own_zone() {
    let mut hub = Hub::new();
    let (rehearsed, drawn) = zone(&mut hub, None, true).unwrap();
    assert!(!told(&drawn, "police").is_empty() && drawn.outbound.iter().all(|sent| sent.exercise));
    let (real, drawn) = zone(&mut hub, None, false).unwrap();
    assert!(drawn.outbound.iter().all(|sent| !sent.exercise));
    let mut declare = |zone, exercise| {
        let order = ModeOrder {
            reason: "mudflow expected".into(),
            legal_reference: "plan of exercises".into(),
            ordered_by: None,
            from: None,
            until: None,
            zone: Some(zone),
            part: None,
            exercise,
        };
        let command = ModeCommand::Declare { mode: Mode::HighReadiness, order };
        hub.ask(RegionCommand::Mode(command), officer()).map(|_| ())
    };
    assert!(matches!(declare(real, true), Err(Refusal::Conflict(_))));
    assert!(matches!(declare(rehearsed, false), Err(Refusal::Conflict(_))));
    declare(rehearsed, true).unwrap();
    assert!(matches!(declare(rehearsed, true), Err(Refusal::Conflict(_))), "it is rehearsed already");
}

/// A mode for half an hour.
fn for_half_an_hour(hub: &mut Hub, mode: Mode, exercise: bool, part: Option<Part>) -> Decision {
    let order = ModeOrder {
        reason: "mudflow expected".into(),
        legal_reference: "plan of exercises".into(),
        ordered_by: None,
        from: None,
        until: Some(hub.now + SignedDuration::from_mins(30)),
        zone: None,
        part,
        exercise,
    };
    hub.person(RegionCommand::Mode(ModeCommand::Declare { mode, order }))
}

fn tick(hub: &mut Hub, seconds: i64) -> Decision {
    hub.now += SignedDuration::from_secs(seconds);
    hub.ask(RegionCommand::Tick, By::rule("clock")).unwrap()
}

#[test]
fn an_exercise_ends_by_itself_when_its_time_is_over_and_the_services_hear_it() {
    let mut hub = Hub::new();
    hub.call("Горит дом", "building_fire");
    let before = hub.owed();
    let began = for_half_an_hour(&mut hub, Mode::HighReadiness, true, None);
    let told_by =
        began.outbound.iter().find(|sent| sent.recipients.iter().any(|r| r.service == key("police")));
    let told_by = told_by.unwrap().distribution;
    assert!(hub.owed() > before);
    assert!(threats(&tick(&mut hub, 30 * 60 - 1)).iter().all(|(kind, ..)| *kind == Kind::Report));
    assert_eq!(hub.state.mode().rehearsed(), Mode::HighReadiness);

    let over = tick(&mut hub, 1);
    let heard = threats(&over);
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert!(
        matches!(&heard[0], (Kind::Cancel, true, text) if text.contains("The exercise is over")),
        "{heard:?}"
    );
    let police =
        |sent: &&hub112::domain::region::Outbound| sent.recipients.iter().any(|r| r.service == key("police"));
    assert!(over.outbound.iter().find(police).unwrap().references.is_some());
    assert_ne!(over.outbound.iter().find(police).unwrap().distribution, told_by);
    assert_eq!((hub.state.mode().gravest(), hub.state.mode().rehearsed()), (Mode::Everyday, Mode::Everyday));
    let period = hub.state.mode().exercises().last().unwrap();
    assert_eq!(period.ended, Some(hub.now));
    assert!(
        hub.state.obligations().iter().any(|o| o.exercise && o.status == Status::Cancelled),
        "it ends with it"
    );
    assert!(hub.state.obligations().owed().all(|owed| !owed.exercise));

    let silent = tick(&mut hub, 1);
    assert!(threats(&silent).is_empty(), "once");
    assert_eq!(hub.declares(Mode::HighReadiness, true).map(|again| threats(&again).len()), Ok(1));
}

#[test]
fn of_two_exercises_the_one_whose_time_is_over_ends_and_the_other_goes_on() {
    let mut hub = Hub::new();
    hub.declares(Mode::HighReadiness, true).unwrap();
    let district = Part { districts: ["751110000".parse().unwrap()].into(), subsystem: None };
    for_half_an_hour(&mut hub, Mode::Emergency, true, Some(district));
    let over = tick(&mut hub, 30 * 60);
    assert_eq!(
        threats(&over).iter().filter(|(kind, ..)| *kind == Kind::Cancel).count(),
        0,
        "the threat is rehearsed still"
    );
    assert_eq!(hub.state.mode().rehearsed(), Mode::HighReadiness);
    assert!(hub.state.obligations().owed().any(|owed| owed.exercise));
}

#[test]
fn what_is_real_never_ends_by_itself_and_its_term_reminds_of_a_part_too() {
    for part in [None, Some(Part { districts: ["751110000".parse().unwrap()].into(), subsystem: None })] {
        let mut hub = Hub::new();
        for_half_an_hour(&mut hub, Mode::HighReadiness, false, part.clone());
        tick(&mut hub, 30 * 60);
        tick(&mut hub, 1);
        assert_eq!(hub.state.mode().gravest(), Mode::HighReadiness);
        let open: Vec<_> = hub.state.mode().open_proposals().cloned().collect();
        assert_eq!(open.len(), 1, "reminded once: {open:?}");
        assert!(matches!(open[0].sign, Sign::TermOver { period: 1, .. }));
        let order: ModeOrder =
            serde_json::from_value(serde_json::json!({"reason": "r", "legal_reference": "l"})).unwrap();
        hub.person(RegionCommand::Mode(ModeCommand::Confirm { proposal: open[0].number, order }));
        assert_eq!(hub.state.mode().gravest(), Mode::Everyday, "{part:?}");
        assert_eq!(hub.state.mode().open_proposals().count(), 0);
    }
}

#[test]
fn the_zone_of_a_card_is_an_exercise_as_the_card_is() {
    let mut hub = Hub::new();
    let (real, _) = hub.call("Горит дом", "building_fire");
    assert!(matches!(zone(&mut hub, Some(real), true), Err(Refusal::Conflict(_))));
    let message =
        Message { exercise: true, ..hub.message("Взрыв на станции", Some("explosion")) };
    let (rehearsed, _) = hub.receive(message, Default::default());
    for exercise in [false, true] {
        let (id, decision) = zone(&mut hub, Some(rehearsed), exercise).unwrap();
        assert!(decision.outbound.iter().all(|sent| sent.exercise), "{id}: {decision:?}");
    }
}

#[test]
fn a_proposal_of_the_hub_is_no_exercise_and_stays_while_one_goes_on() {
    let mut state = ModeState::default();
    let sign = serde_json::json!({"rule": "open_incidents", "open": 30, "threshold": 20});
    let proposed = serde_json::json!({"kind": "proposed", "proposal": 1, "mode": "high_readiness", "sign": sign,
        "at": "2026-11-23T05:00:00Z"});
    state.apply(&serde_json::from_value(proposed).unwrap());
    let (now, by) = ("2026-11-23T05:01:00Z".parse().unwrap(), officer().person().unwrap().clone());
    let order: ModeOrder =
        serde_json::from_value(serde_json::json!({"reason": "r", "legal_reference": "l", "exercise": true}))
            .unwrap();
    let confirm = ModeCommand::Confirm { proposal: 1, order: order.clone() };
    assert!(matches!(state.decide(confirm, now, &by), Err(Refusal::Conflict(_))));
    let declare = ModeCommand::Declare { mode: Mode::HighReadiness, order };
    for event in state.decide(declare, now, &by).unwrap() {
        state.apply(&event);
    }
    assert_eq!((state.open_proposals().count(), state.rehearsed()), (1, Mode::HighReadiness));
    let read: ModeState = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
    assert_eq!(read, state);
    let old: ModeState = serde_json::from_str(r#"{"periods": [], "proposals": []}"#).unwrap();
    assert_eq!(
        (old.rehearsed(), serde_json::to_string(&old).unwrap()),
        (Mode::Everyday, r#"{"periods":[],"proposals":[]}"#.into())
    );
}
