use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::decision::{By, Fault, Ids};
use crate::domain::envelope::{
    Decision, ForcesAnswer, Reason, ReasonCode, UnitStatus as StatusReport, UnitStep,
};
use crate::domain::forces::Stage;
use crate::domain::ids::AccountName;
use crate::domain::outside::Area;
use crate::domain::quantities::{Metres, Point};
use crate::domain::unit::{CallSign, Capabilities, EngagementStage, Position, PositionSource, UnitKind};

fn t(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn ctx(second: i64) -> Context {
    let by = By::Person { account: AccountName::new("officer").unwrap() };
    Context { now: t(second), by, ids: Ids::new(Uuid::from_u128(1)) }
}

fn request(n: u128) -> RequestId {
    RequestId(Uuid::from_u128(n))
}

fn incident(n: u128) -> IncidentId {
    IncidentId(Uuid::from_u128(1000 + n))
}

fn unit_id(n: usize) -> UnitId {
    UnitId::new(&format!("75-fire-{n}")).unwrap()
}

fn unit(n: usize, service: &str) -> Unit {
    let point = Point::new(43.2, 76.9).unwrap();
    Unit {
        version: 0,
        id: unit_id(n),
        service: ServiceKey::new(service).unwrap(),
        region: "75".parse().unwrap(),
        call_sign: CallSign::new(&format!("АЦ-{n}")).unwrap(),
        kind: UnitKind::FireEngine,
        capabilities: Capabilities::default(),
        station: "1".into(),
        home: point,
        status: UnitStatus::Available,
        position: Position { point, at: t(0), source: PositionSource::Station, accuracy: None },
    }
}

struct Desk {
    state: ServiceState,
    events: Vec<(ServiceEvent, Timestamp)>,
}

impl Desk {
    fn with(service: &str, units: usize) -> Self {
        let state = ServiceState::new("75".parse().unwrap(), ServiceKey::new(service).unwrap()).unwrap();
        let mut desk = Self { state, events: Vec::new() };
        for n in 0..units {
            desk.tell(
                ServiceCommand::RegisterUnit { unit: Box::new(unit(n, service)), expected: Expected::Absent },
                0,
            )
            .unwrap();
        }
        desk
    }

    fn tell(&mut self, command: ServiceCommand, second: i64) -> Result<usize, Refusal> {
        let events = self.state.decide(command, &ctx(second))?;
        for e in &events {
            self.state.apply(e, t(second));
            self.events.push((e.clone(), t(second)));
        }
        Ok(events.len())
    }

    fn status(&self, n: usize) -> &UnitStatus {
        &self.state.unit(&unit_id(n)).unwrap().status
    }
}

fn place(r: u128, i: u128, units: &[usize]) -> ServiceCommand {
    let units = units
        .iter()
        .map(|n| RecommendedUnit { unit: unit_id(*n), distance: None, eta: Some(Seconds(60)) })
        .collect();
    ServiceCommand::Place {
        request: request(r),
        incident: incident(i),
        of: "75".parse().unwrap(),
        units,
        hold: Seconds(120),
        scene: None,
        exercise: false,
    }
}

/// The same, within an exercise.
fn place_in_exercise(r: u128, i: u128, units: &[usize]) -> ServiceCommand {
    let ServiceCommand::Place { request, incident, of, units, hold, scene, .. } = place(r, i, units) else {
        panic!("a hold")
    };
    ServiceCommand::Place { request, incident, of, units, hold, scene, exercise: true }
}

fn answer(r: u128, decision: Option<Decision>) -> ForcesAnswer {
    ForcesAnswer {
        request_id: request(r),
        decision,
        reason: None,
        units: Vec::new(),
        composition: None,
        departure_at: None,
        arrival_at: None,
    }
}

fn status(n: usize, status: UnitStep, second: i64) -> StatusReport {
    StatusReport { unit_id: unit_id(n), status, at: t(second), point: None, note: None }
}

#[test]
fn a_request_holds_more_units_while_nobody_has_answered_it_and_each_once() {
    let mut desk = Desk::with("fire_rescue", 4);
    desk.tell(place(9, 9, &[1]), 5).unwrap();
    assert_eq!(desk.tell(place(1, 1, &[0, 1]), 10), Ok(1));
    assert_eq!(desk.tell(place(1, 1, &[0, 1]), 11), Ok(0), "nothing more can be held");
    assert_eq!(desk.tell(place(1, 1, &[2]), 12), Ok(1));
    assert_eq!(desk.state.asked(request(1)).unwrap().held, [unit_id(0), unit_id(2)]);
    for n in [0, 2] {
        assert!(matches!(desk.status(n), UnitStatus::Reserved { request: by, .. } if *by == request(1)));
    }
    desk.tell(ServiceCommand::Answer(answer(1, Some(Decision::Accept))), 20).unwrap();
    assert_eq!(desk.tell(place(1, 1, &[3]), 21), Ok(0), "who goes is the agency's decision by now");
    assert_eq!(desk.status(3), &UnitStatus::Available);
}

#[test]
fn a_unit_under_way_that_is_near_enough_is_proposed_as_arrived_once_and_not_before_it_has_left() {
    let mut desk = Desk::with("fire_rescue", 1);
    let there = Point::new(43.25, 76.95).unwrap();
    let ServiceCommand::Place { request, incident, of, units, hold, .. } = place(1, 1, &[0]) else {
        panic!("a hold")
    };
    let scene = Some(Scene::around(there, None));
    desk.tell(
        ServiceCommand::Place { request, incident, of, units, hold, scene: scene.clone(), exercise: false },
        10,
    )
    .unwrap();
    desk.tell(ServiceCommand::Answer(answer(1, Some(Decision::Accept))), 20).unwrap();
    assert_eq!(desk.state.heads_for(&unit_id(0)), None, "it has not left");
    let left = status(0, UnitStep::Departed, 30);
    desk.tell(ServiceCommand::Report { report: left, incident: Some(incident) }, 30).unwrap();
    assert_eq!(desk.state.heads_for(&unit_id(0)), scene.as_ref());
    let propose = || ServiceCommand::ProposeArrival { unit: unit_id(0), at: t(90) };
    assert_eq!(desk.tell(propose(), 91), Ok(1));
    assert_eq!(desk.tell(propose(), 92), Ok(0), "once");
    assert_eq!(desk.state.heads_for(&unit_id(0)), None);
    assert!(
        !matches!(desk.status(0), UnitStatus::Engaged { stage: EngagementStage::Arrived, .. }),
        "proposed alone"
    );
    let doubtful = Scene::around(there, Some(Metres::saturating(5_000.0)));
    assert_eq!(doubtful.within, Metres::saturating(1_000.0), "a great doubt is no excuse");
}

#[test]
fn a_scene_that_moves_is_headed_for_and_what_was_said_of_the_old_one_is_void() {
    let mut desk = Desk::with("fire_rescue", 2);
    let old = Scene::around(Point::new(43.25, 76.95).unwrap(), None);
    let new = Scene::around(Point::new(43.35, 76.95).unwrap(), None);
    let ServiceCommand::Place { request, incident, of, units, hold, .. } = place(1, 1, &[0, 1]) else {
        panic!("a hold")
    };
    desk.tell(
        ServiceCommand::Place {
            request,
            incident,
            of,
            units,
            hold,
            scene: Some(old.clone()),
            exercise: false,
        },
        10,
    )
    .unwrap();
    desk.tell(ServiceCommand::Answer(answer(1, Some(Decision::Accept))), 20).unwrap();
    for n in [0, 1] {
        departed(&mut desk, n, 1, 30);
        desk.tell(ServiceCommand::ProposeArrival { unit: unit_id(n), at: t(40) }, 41).unwrap();
    }
    let there = status(1, UnitStep::Arrived, 50);
    desk.tell(ServiceCommand::Report { report: there, incident: Some(incident) }, 50).unwrap();
    let to = |scene: &Scene| ServiceCommand::MoveScene { request, scene: Some(scene.clone()) };
    assert_eq!(desk.tell(to(&old), 60), Ok(0), "it is there already");
    assert_eq!(desk.tell(to(&new), 61), Ok(1));
    let Some((ServiceEvent::SceneMoved { not_there, .. }, _)) = desk.events.last() else {
        panic!("it moved")
    };
    assert_eq!(not_there, &[unit_id(0)], "the crew of the other said itself that it has arrived");
    assert_eq!(desk.state.heads_for(&unit_id(0)), Some(&new));
    assert_eq!(desk.tell(ServiceCommand::ProposeArrival { unit: unit_id(0), at: t(90) }, 91), Ok(1), "anew");
    let ended = ServiceCommand::MoveScene { request: RequestId(Uuid::from_u128(9)), scene: None };
    assert_eq!(desk.tell(ended, 92), Ok(0), "a request that has ended heads nowhere");
}

#[test]
fn a_unit_that_leaves_where_it_belongs_is_told_once_until_it_is_back_and_never_while_it_is_sent() {
    let mut desk = Desk::with("fire_rescue", 2);
    let point = Point::new(44.25, 76.95).unwrap();
    let leave =
        |unit| ServiceCommand::Leave { unit, outside: Outside { left: Area::Region, since: t(10), point } };
    assert_eq!(desk.tell(leave(unit_id(0)), 10), Ok(1));
    assert_eq!(desk.tell(leave(unit_id(0)), 15), Ok(0), "once");
    let row = desk.state.row();
    let mut again = ServiceState::new(row.region, row.service.clone()).unwrap();
    again.restore(Some(serde_json::from_str(&serde_json::to_string(&row).unwrap()).unwrap()), []);
    assert_eq!(again.outside(&unit_id(0)), desk.state.outside(&unit_id(0)), "a restart forgets nothing");
    let back = || ServiceCommand::ComeBack { unit: unit_id(0), at: t(20) };
    assert_eq!(desk.tell(back(), 20), Ok(1));
    assert_eq!(desk.tell(back(), 21), Ok(0));
    assert_eq!(desk.tell(leave(unit_id(0)), 30), Ok(1), "and told anew");
    desk.tell(place(1, 1, &[1]), 40).unwrap();
    desk.tell(ServiceCommand::Answer(answer(1, Some(Decision::Accept))), 41).unwrap();
    assert_eq!(desk.tell(leave(unit_id(1)), 50), Ok(0), "it was sent there");
}

#[test]
fn a_unit_held_for_one_request_is_not_held_for_another() {
    let mut desk = Desk::with("fire_rescue", 2);
    desk.tell(place(1, 1, &[0]), 10).unwrap();
    desk.tell(place(2, 2, &[0, 1]), 11).unwrap();
    assert_eq!(desk.state.asked(request(2)).unwrap().held, [unit_id(1)], "the first is taken");
}

#[test]
fn the_same_request_placed_again_changes_nothing() {
    let mut desk = Desk::with("fire_rescue", 1);
    assert_eq!(desk.tell(place(1, 1, &[0]), 10), Ok(1));
    assert_eq!(desk.tell(place(1, 1, &[0]), 11), Ok(0));
}

#[test]
fn an_accepted_request_engages_the_held_units_and_lets_the_others_go() {
    let mut desk = Desk::with("fire_rescue", 3);
    desk.tell(place(1, 1, &[0, 1]), 10).unwrap();
    let change = ForcesAnswer { units: vec![unit_id(1), unit_id(2)], ..answer(1, Some(Decision::Change)) };
    desk.tell(ServiceCommand::Answer(change), 20).unwrap();
    assert_eq!(desk.status(0), &UnitStatus::Available);
    assert_eq!(desk.status(1).incident(), Some(incident(1)));
    assert_eq!(desk.status(2).incident(), Some(incident(1)));
}

fn change(r: u128, units: &[usize]) -> ServiceCommand {
    let units = units.iter().copied().map(unit_id).collect();
    ServiceCommand::Answer(ForcesAnswer { units, ..answer(r, Some(Decision::Change)) })
}

fn departed(desk: &mut Desk, n: usize, i: u128, at: i64) {
    let report = status(n, UnitStep::Departed, at);
    desk.tell(ServiceCommand::Report { report, incident: Some(incident(i)) }, at).unwrap();
}

#[test]
fn a_service_that_changes_its_mind_lets_go_whom_it_named_before_unless_they_are_there() {
    let mut desk = Desk::with("police", 4);
    desk.tell(place(1, 1, &[0]), 10).unwrap();
    desk.tell(ServiceCommand::Answer(answer(1, Some(Decision::Accept))), 20).unwrap();
    desk.tell(change(1, &[1]), 30).unwrap();
    assert_eq!(desk.status(0), &UnitStatus::Available, "it had not left");
    assert_eq!(desk.state.asked(request(1)).unwrap().sent, [unit_id(1)]);
    assert_eq!(desk.tell(change(1, &[1]), 31), Ok(0), "the same again changes nothing");

    departed(&mut desk, 1, 1, 40);
    desk.tell(change(1, &[2]), 50).unwrap();
    assert!(matches!(desk.status(1), UnitStatus::Returning { .. }), "it turns back");

    let there = status(2, UnitStep::Arrived, 60);
    desk.tell(ServiceCommand::Report { report: there, incident: Some(incident(1)) }, 60).unwrap();
    desk.tell(change(1, &[3]), 70).unwrap();
    assert_eq!(
        desk.status(2).incident(),
        Some(incident(1)),
        "who is at the scene stays until its release is told"
    );
    assert_eq!(desk.status(3).incident(), Some(incident(1)));
    let refuse = ServiceCommand::Answer(answer(1, Some(Decision::Refuse)));
    assert!(matches!(desk.tell(refuse, 80), Err(Refusal::Conflict(_))), "somebody is there");
}

#[test]
fn a_service_may_take_back_its_acceptance_until_somebody_is_there() {
    let mut desk = Desk::with("police", 2);
    desk.tell(place(1, 1, &[0, 1]), 10).unwrap();
    desk.tell(ServiceCommand::Answer(answer(1, Some(Decision::Accept))), 20).unwrap();
    departed(&mut desk, 1, 1, 30);
    desk.tell(ServiceCommand::Answer(answer(1, Some(Decision::Refuse))), 40).unwrap();
    assert_eq!(desk.status(0), &UnitStatus::Available);
    assert!(matches!(desk.status(1), UnitStatus::Returning { .. }));
    assert!(desk.state.asked(request(1)).is_none(), "the request has ended for the service");
}

#[test]
fn a_unit_that_another_request_has_goes_to_nobody_else_and_who_has_it_is_said() {
    let mut desk = Desk::with("police", 2);
    desk.tell(place(1, 1, &[0]), 10).unwrap();
    desk.tell(place(2, 2, &[1]), 10).unwrap();
    let Err(Refusal::Taken(held)) = desk.tell(change(1, &[1]), 20) else { panic!("it is held") };
    assert_eq!(
        (held.request, held.incident, held.until),
        (Some(request(2)), Some(incident(2)), Some(t(130)))
    );
    assert_eq!(desk.state.asked(request(1)).unwrap().held, [unit_id(0)], "nothing has changed");

    desk.tell(ServiceCommand::Answer(answer(2, Some(Decision::Accept))), 30).unwrap();
    let Err(Refusal::Taken(engaged)) = desk.tell(change(1, &[1]), 40) else { panic!("it is engaged") };
    assert_eq!(
        (engaged.request, engaged.incident, engaged.until),
        (Some(request(2)), Some(incident(2)), None)
    );
}

#[test]
fn a_real_request_takes_its_units_out_of_an_exercise_and_an_exercise_takes_them_from_nobody() {
    let mut desk = Desk::with("police", 4);
    desk.tell(place_in_exercise(1, 1, &[0, 1]), 10).unwrap();
    desk.tell(ServiceCommand::Answer(answer(1, Some(Decision::Accept))), 11).unwrap();
    desk.tell(place_in_exercise(2, 1, &[2]), 12).unwrap();
    let taken = |desk: &mut Desk, told: ServiceCommand, at| {
        let before = desk.events.len();
        desk.tell(told, at).unwrap();
        let released = desk.events[before..].iter().filter_map(|(event, _)| match event {
            ServiceEvent::UnitReached {
                unit,
                request,
                stage: Stage::Released,
                source: StageSource::Rule,
                ..
            } => Some((unit.clone(), *request)),
            _ => None,
        });
        released.collect::<Vec<_>>()
    };

    // By name, when it is asked for; a unit that is only held there is let go without a word.
    let named = taken(&mut desk, place(3, 3, &[0, 2]), 20);
    assert_eq!(named, [(unit_id(0), request(1))]);
    for n in [0, 2] {
        assert!(matches!(desk.status(n), UnitStatus::Reserved { request: by, .. } if *by == request(3)));
    }
    // And when its service sends it.
    assert_eq!(taken(&mut desk, change(3, &[0, 1]), 21), [(unit_id(1), request(1))]);
    for n in [0, 1] {
        assert_eq!(desk.status(n).incident(), Some(incident(3)));
    }
    assert_eq!(desk.status(2), &UnitStatus::Available);
    assert!(desk.state.asked(request(1)).is_none(), "nobody is left in the exercise");

    desk.tell(place_in_exercise(4, 4, &[0, 3]), 30).unwrap();
    assert_eq!(desk.state.asked(request(4)).unwrap().held, [unit_id(3)], "what is real stays");
    assert!(matches!(desk.tell(change(4, &[1]), 31), Err(Refusal::Taken(_))));
}

#[test]
fn departure_arrival_and_release_follow_and_repeat_without_effect() {
    let mut desk = Desk::with("fire_rescue", 1);
    desk.tell(place(1, 1, &[0]), 10).unwrap();
    desk.tell(ServiceCommand::Answer(answer(1, Some(Decision::Accept))), 20).unwrap();
    for (step, at) in [(UnitStep::Departed, 30), (UnitStep::Arrived, 90), (UnitStep::Released, 300)] {
        let report = || ServiceCommand::Report { report: status(0, step, at), incident: Some(incident(1)) };
        assert_eq!(desk.tell(report(), at), Ok(1), "{step:?}");
        assert_eq!(desk.tell(report(), at + 1), Ok(0), "{step:?} again");
    }
    assert!(matches!(desk.status(0), UnitStatus::Returning { .. }));
    assert!(desk.state.asked(request(1)).is_none(), "the request has ended");
    desk.tell(ServiceCommand::Tick, 300 + 601).unwrap();
    assert_eq!(desk.status(0), &UnitStatus::Available);
}

/// c.5(3)¶4: the time of departure is owed although it is told after the arrival; it lies before it.
#[test]
fn a_departure_told_late_lies_before_the_arrival() {
    let mut desk = Desk::with("fire_rescue", 1);
    desk.tell(place(1, 1, &[0]), 10).unwrap();
    desk.tell(ServiceCommand::Answer(answer(1, Some(Decision::Accept))), 20).unwrap();
    let report =
        |step, at| ServiceCommand::Report { report: status(0, step, at), incident: Some(incident(1)) };
    desk.tell(report(UnitStep::Arrived, 90), 90).unwrap();
    let after = desk.tell(report(UnitStep::Departed, 1_000), 1_000);
    assert!(
        matches!(after, Err(Refusal::Invalid { field: "at", fault: Fault::OutOfOrder, .. })),
        "{after:?}"
    );
    assert_eq!(desk.tell(report(UnitStep::Departed, 40), 1_001), Ok(1));
}

/// c.5(2)¶4: the readiness of today is not undone by that of another day.
#[test]
fn a_readiness_report_older_than_the_one_kept_or_than_a_day_is_refused() {
    let mut desk = Desk::with("fire_rescue", 1);
    let day = 24 * 3_600;
    let report = |at: i64| {
        let report = serde_json::json!({
            "formations": [{"name": "Guard 1", "readiness": "high", "people": 6, "units": [unit_id(0)]}],
            "at": t(at),
        });
        ServiceCommand::Readiness(serde_json::from_value(report).unwrap())
    };
    let refused = |told: Result<usize, Refusal>| {
        assert!(
            matches!(told, Err(Refusal::Invalid { field: "at", fault: Fault::OutOfOrder, .. })),
            "{told:?}"
        );
    };
    refused(desk.tell(report(10), day + 20));
    assert_eq!(desk.tell(report(day), day + 20), Ok(1));
    refused(desk.tell(report(day - 1), day + 30));
    assert_eq!(desk.tell(report(day + 31), day + 32), Ok(1));
}

#[test]
fn a_subordinate_service_refuses_an_order_only_with_a_reason() {
    let mut fire = Desk::with("fire_rescue", 1);
    fire.tell(place(1, 1, &[0]), 10).unwrap();
    let bare = ServiceCommand::Answer(answer(1, Some(Decision::Refuse)));
    assert!(matches!(fire.tell(bare, 20), Err(Refusal::Invalid { field: "reason", .. })));
    let mut worded = answer(1, Some(Decision::Refuse));
    worded.reason = Some(Reason { code: ReasonCode::Breakdown, text: "pump failed".into() });
    fire.tell(ServiceCommand::Answer(worded), 21).unwrap();
    assert_eq!(fire.status(0), &UnitStatus::Available, "a refusal lets the units go");

    let mut police = Desk::with("police", 1);
    police.tell(place(1, 1, &[0]), 10).unwrap();
    assert!(police.tell(ServiceCommand::Answer(answer(1, Some(Decision::Refuse))), 20).is_ok());
}

#[test]
fn an_answer_to_a_request_never_made_and_a_unit_never_named_are_refused() {
    let mut desk = Desk::with("police", 1);
    let refused = desk.tell(ServiceCommand::Answer(answer(9, Some(Decision::Accept))), 5);
    assert!(matches!(refused, Err(Refusal::NotFound { what, .. }) if what == Missing::Request));
    let report =
        ServiceCommand::Report { report: status(0, UnitStep::Departed, 5), incident: Some(incident(1)) };
    assert!(matches!(desk.tell(report, 6), Err(Refusal::Conflict(_))));
    let future = ServiceCommand::Report { report: status(0, UnitStep::OutOfService, 500), incident: None };
    assert!(matches!(desk.tell(future, 6), Err(Refusal::Invalid { field: "at", .. })));
}

#[test]
fn composition_departure_and_arrival_may_come_one_by_one() {
    let mut desk = Desk::with("police", 1);
    desk.tell(place(1, 1, &[0]), 10).unwrap();
    let only_departure = ForcesAnswer { departure_at: Some(t(60)), ..answer(1, None) };
    assert_eq!(desk.tell(ServiceCommand::Answer(only_departure), 20), Ok(1));
    let reversed = ForcesAnswer {
        departure_at: Some(t(60)),
        arrival_at: Some(t(50)),
        ..answer(1, Some(Decision::Accept))
    };
    assert!(desk.tell(ServiceCommand::Answer(reversed), 21).is_err(), "arrival before departure");
    let long_ago: Timestamp = "1999-01-01T00:00:00Z".parse().unwrap();
    let departed = ForcesAnswer { departure_at: Some(long_ago), ..answer(1, None) };
    let refused = desk.tell(ServiceCommand::Answer(departed), 22);
    assert!(matches!(refused, Err(Refusal::Invalid { field: "departure_at", .. })), "nobody was asked then");
    let arrived = ForcesAnswer { arrival_at: Some(long_ago), ..answer(1, None) };
    assert!(desk.tell(ServiceCommand::Answer(arrived), 22).is_err());
    let by_its_own_clock = ForcesAnswer { departure_at: Some(t(-60)), ..answer(1, None) };
    assert_eq!(desk.tell(ServiceCommand::Answer(by_its_own_clock), 22), Ok(1));
    assert!(desk.tell(ServiceCommand::Answer(answer(1, None)), 22).is_err(), "no datum at all");
}

#[test]
fn nobody_leaves_or_comes_before_being_asked_whoever_says_so() {
    let mut desk = Desk::with("police", 1);
    desk.tell(place(1, 1, &[0]), 1_000).unwrap();
    let long_ago: Timestamp = "1970-01-02T00:00:00Z".parse().unwrap();
    let recorded =
        |stage, at| ServiceCommand::RecordStage { request: request(1), unit: unit_id(0), stage, at };
    let reported = |status, at| {
        let report = StatusReport { at, ..self::status(0, status, 0) };
        ServiceCommand::Report { report, incident: Some(incident(1)) }
    };
    let before_asked = |told: Result<usize, Refusal>| {
        assert!(
            matches!(&told, Err(Refusal::Invalid { field: "at", fault: Fault::OutOfOrder, .. })),
            "{told:?}"
        );
    };
    before_asked(desk.tell(recorded(Stage::Arrived, long_ago), 1_100));
    before_asked(desk.tell(recorded(Stage::Departed, t(1_000 - 121)), 1_100));
    before_asked(desk.tell(reported(UnitStep::Arrived, long_ago), 1_100));
    let ahead = desk.tell(recorded(Stage::Departed, t(1_100 + 121)), 1_100);
    assert!(matches!(ahead, Err(Refusal::Invalid { field: "at", .. })), "{ahead:?}");
    desk.tell(ServiceCommand::Answer(answer(1, Some(Decision::Accept))), 1_150).unwrap();
    before_asked(desk.tell(reported(UnitStep::Departed, long_ago), 1_200));
    assert_eq!(desk.tell(reported(UnitStep::Departed, t(1_000 - 60)), 1_200), Ok(1), "clocks may differ");
    before_asked(desk.tell(recorded(Stage::Arrived, long_ago), 1_300));
    assert_eq!(desk.tell(recorded(Stage::Arrived, t(1_300)), 1_300), Ok(1));
}

#[test]
fn who_is_asked_for_more_was_asked_when_it_was_asked_first() {
    let mut desk = Desk::with("police", 2);
    desk.tell(place(1, 1, &[0]), 10).unwrap();
    desk.tell(place(1, 1, &[1]), 1_000).unwrap();
    let left = ForcesAnswer { departure_at: Some(t(60)), ..answer(1, Some(Decision::Accept)) };
    assert!(desk.tell(ServiceCommand::Answer(left), 1_001).is_ok());
}

#[test]
fn a_withdrawn_request_frees_what_was_held_and_turns_back_what_was_sent() {
    let mut desk = Desk::with("police", 2);
    desk.tell(place(1, 1, &[0]), 10).unwrap();
    desk.tell(place(2, 2, &[1]), 10).unwrap();
    desk.tell(ServiceCommand::Answer(answer(2, Some(Decision::Accept))), 11).unwrap();
    desk.tell(ServiceCommand::End(request(1)), 20).unwrap();
    desk.tell(ServiceCommand::End(request(2)), 20).unwrap();
    assert_eq!(desk.status(0), &UnitStatus::Available);
    assert!(matches!(desk.status(1), UnitStatus::Returning { .. }));
    assert_eq!(desk.tell(ServiceCommand::End(request(2)), 21), Ok(0));
}

fn any_command() -> impl Strategy<Value = ServiceCommand> {
    let units = prop::collection::vec(0usize..4, 0..4);
    prop_oneof![
        (1u128..4, units.clone()).prop_map(|(r, u)| place(r, r % 3, &u)),
        (4u128..6, units.clone()).prop_map(|(r, u)| place_in_exercise(r, 10 + r, &u)),
        (1u128..6).prop_map(|r| ServiceCommand::End(request(r))),
        (1u128..6, prop::sample::select(vec![Decision::Accept, Decision::Change, Decision::Refuse]), units)
            .prop_map(|(r, d, u)| {
                let units = u.into_iter().map(unit_id).collect();
                ServiceCommand::Answer(ForcesAnswer { units, ..answer(r, Some(d)) })
            }),
        (
            0usize..4,
            prop::sample::select(vec![0u128, 1, 2, 14, 15]),
            prop::sample::select(vec![
                UnitStep::Departed,
                UnitStep::Arrived,
                UnitStep::Released,
                UnitStep::Available,
                UnitStep::OutOfService
            ])
        )
            .prop_map(|(u, i, s)| ServiceCommand::Report {
                report: status(u, s, 0),
                incident: Some(incident(i))
            }),
        Just(ServiceCommand::Tick),
    ]
}

proptest! {
    /// Whatever is asked in whatever order: no unit is in two incidents, and replaying the events gives the state.
    #[test]
    fn a_unit_is_in_one_incident_at_most_and_the_events_replay_to_the_state(
        commands in prop::collection::vec(any_command(), 1..60)
    ) {
        let mut desk = Desk::with("police", 4);
        for (k, mut command) in commands.into_iter().enumerate() {
            let now = 10 + 40 * i64::try_from(k).unwrap();
            if let ServiceCommand::Report { report, .. } = &mut command {
                report.at = t(now);
            }
            let _ = desk.tell(command, now);
            let mut sent = std::collections::HashMap::new();
            for id in desk.state.requests() {
                let asked = desk.state.asked(id).unwrap();
                for u in &asked.sent {
                    prop_assert!(sent.insert(u.clone(), asked.incident).is_none_or(|i| i == asked.incident));
                    let engaged = desk.state.unit(u).unwrap().status.incident();
                    prop_assert_eq!(engaged, Some(asked.incident));
                }
            }
        }
        let mut replayed = ServiceState::new("75".parse().unwrap(), ServiceKey::new("police").unwrap()).unwrap();
        for (e, at) in &desk.events {
            replayed.apply(e, *at);
        }
        prop_assert_eq!(replayed.row(), desk.state.row());
        prop_assert!(replayed.units().eq(desk.state.units()));
    }
}
