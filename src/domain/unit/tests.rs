use super::*;
use EngagementStage::{Accepted, Arrived, Departed, Requested};
use proptest::prelude::*;
use uuid::Uuid;

use crate::domain::ids::{Capability, IncidentId, RequestId};
use crate::domain::quantities::Seconds;

fn t(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn request(n: u128) -> RequestId {
    RequestId(Uuid::from_u128(n))
}

fn incident(n: u128) -> IncidentId {
    IncidentId(Uuid::from_u128(n))
}

fn engage(i: u128, stage: EngagementStage) -> UnitChange {
    UnitChange::Engage { incident: incident(i), request: None, stage }
}

#[test]
fn a_held_unit_goes_to_nobody_but_its_request() {
    let held = UnitStatus::Available.after(&UnitChange::Reserve { request: request(1), until: t(60) }, t(0));
    let held = held.unwrap();
    let other = UnitChange::Reserve { request: request(2), until: t(90) };
    assert_eq!(held.after(&other, t(10)), Err(StatusRefusal::HeldForAnother));
    assert_eq!(held.after(&engage(1, Requested), t(10)), Err(StatusRefusal::HeldForAnother));
    let own = UnitChange::Engage { incident: incident(1), request: Some(request(1)), stage: Requested };
    assert_eq!(held.after(&own, t(10)).unwrap().incident(), Some(incident(1)));
}

#[test]
fn a_hold_ends_at_its_time_and_not_before() {
    let held = UnitStatus::Reserved { request: request(1), until: t(60), free_at: None };
    assert_eq!(held.after(&UnitChange::HoldRunsOut, t(59)), Err(StatusRefusal::HoldTime));
    assert_eq!(held.after(&UnitChange::HoldRunsOut, t(60)), Ok(UnitStatus::Available));
    let next = UnitChange::Reserve { request: request(2), until: t(90) };
    assert!(held.after(&next, t(60)).is_ok(), "a hold past its time holds nothing");
}

#[test]
fn a_hold_on_a_returning_unit_gives_it_back_returning() {
    let returning = UnitStatus::Returning { free_at: t(300) };
    let held = returning.after(&UnitChange::Reserve { request: request(1), until: t(60) }, t(0)).unwrap();
    assert_eq!(held.after(&UnitChange::LetGo { request: request(1) }, t(20)), Ok(returning));
    let late = held.after(&UnitChange::LetGo { request: request(1) }, t(400));
    assert_eq!(late, Ok(UnitStatus::Available));
}

#[test]
fn a_unit_held_on_its_way_back_stays_held_when_it_says_that_it_is_back() {
    let returning = UnitStatus::Returning { free_at: t(300) };
    let held = returning.after(&UnitChange::Reserve { request: request(1), until: t(60) }, t(0)).unwrap();
    let back = held.after(&UnitChange::BecomeAvailable, t(10)).unwrap();
    assert_eq!(back, UnitStatus::Reserved { request: request(1), until: t(60), free_at: None });
    assert_eq!(back.after(&UnitChange::BecomeAvailable, t(11)), Err(StatusRefusal::Already));
    assert_eq!(
        back.after(&UnitChange::HoldRunsOut, t(60)),
        Ok(UnitStatus::Available),
        "not on its way any more"
    );
}

#[test]
fn a_unit_is_engaged_in_one_incident_at_a_time() {
    let there = UnitStatus::Available.after(&engage(1, Departed), t(0)).unwrap();
    assert_eq!(there.after(&engage(2, Requested), t(1)), Err(StatusRefusal::EngagedElsewhere));
    let hold = UnitChange::Reserve { request: request(9), until: t(60) };
    assert_eq!(there.after(&hold, t(1)), Err(StatusRefusal::EngagedElsewhere));
    let wrong = UnitChange::Release { incident: incident(2), free_at: None };
    assert_eq!(there.after(&wrong, t(1)), Err(StatusRefusal::EngagedElsewhere));
}

#[test]
fn stages_go_forwards_may_be_skipped_and_are_never_gone_back_to() {
    let mut status = UnitStatus::Available.after(&engage(1, Requested), t(0)).unwrap();
    status = status.after(&engage(1, Departed), t(5)).unwrap();
    assert_eq!(status.after(&engage(1, Departed), t(6)), Err(StatusRefusal::Already));
    assert_eq!(status.after(&engage(1, Accepted), t(6)), Err(StatusRefusal::FurtherAlready));
    status = status.after(&engage(1, Arrived), t(7)).unwrap();
    let out = UnitChange::TakeOutOfService { reason: "tyre".into(), until: None };
    assert_eq!(status.after(&out, t(8)), Err(StatusRefusal::Engaged));
    let release = UnitChange::Release { incident: incident(1), free_at: Some(t(600)) };
    assert_eq!(status.after(&release, t(9)), Ok(UnitStatus::Returning { free_at: t(600) }));
}

#[test]
fn an_unfit_unit_is_neither_held_nor_engaged() {
    let unfit = UnitStatus::OutOfService { reason: "no crew".into(), until: None };
    let hold = UnitChange::Reserve { request: request(1), until: t(60) };
    assert_eq!(unfit.after(&hold, t(0)), Err(StatusRefusal::OutOfService));
    assert_eq!(unfit.after(&engage(1, Requested), t(0)), Err(StatusRefusal::OutOfService));
    assert_eq!(unfit.after(&UnitChange::BecomeAvailable, t(0)), Ok(UnitStatus::Available));
}

#[test]
fn a_position_is_stale_once_older_than_the_limit() {
    let position = Position {
        point: Point::new(43.2, 76.9).unwrap(),
        at: t(0),
        source: PositionSource::Avl,
        accuracy: None,
    };
    let limit = StaleAfter(Seconds(60));
    assert!(!position.is_stale(t(60), limit));
    assert!(position.is_stale(t(61), limit));
    assert_eq!(position.age(t(-5)), Seconds(0));
}

#[test]
fn capabilities_are_a_set_whatever_the_order_they_are_told_in() {
    let set =
        |names: &[&str]| -> Capabilities { names.iter().map(|n| Capability::new(n).unwrap()).collect() };
    assert_eq!(set(&["pump", "ladder", "pump"]), set(&["ladder", "pump"]));
    assert!(set(&["ladder", "pump"]).covers(&set(&["pump"])));
    assert!(!set(&["ladder"]).covers(&set(&["pump"])));
    assert_eq!(serde_json::to_string(&set(&["pump", "ladder"])).unwrap(), r#"["ladder","pump"]"#);
}

#[test]
fn a_call_sign_is_short_and_printable() {
    assert!(CallSign::new("Жедел-12").is_ok());
    for bad in ["", " 7", "7 ", "a\nb", &"x".repeat(41)] {
        assert_eq!(CallSign::new(bad), Err(NotACallSign), "{bad:?}");
    }
}

fn any_change() -> impl Strategy<Value = UnitChange> {
    let id = 1u128..4;
    let stage = prop::sample::select(vec![Requested, Accepted, Departed, Arrived]);
    prop_oneof![
        (id.clone(), 0i64..200).prop_map(|(r, u)| UnitChange::Reserve { request: request(r), until: t(u) }),
        id.clone().prop_map(|r| UnitChange::LetGo { request: request(r) }),
        Just(UnitChange::HoldRunsOut),
        (id.clone(), prop::option::of(id.clone()), stage).prop_map(|(i, r, stage)| {
            UnitChange::Engage { incident: incident(i), request: r.map(request), stage }
        }),
        (id, prop::option::of(0i64..200))
            .prop_map(|(i, f)| UnitChange::Release { incident: incident(i), free_at: f.map(t) }),
        Just(UnitChange::BecomeAvailable),
        Just(UnitChange::TakeOutOfService { reason: "x".into(), until: None }),
    ]
}

proptest! {
    /// Whatever is tried in whatever order: an engaged unit leaves its incident by release from that
    /// incident alone, a stage never falls, and a live hold is ended by nobody but its own request.
    #[test]
    fn no_order_of_changes_takes_a_unit_from_its_incident_or_its_hold(
        changes in prop::collection::vec(any_change(), 1..60)
    ) {
        let mut status = UnitStatus::Available;
        for (second, change) in changes.iter().enumerate() {
            let now = t(i64::try_from(second).unwrap() * 3);
            let Ok(next) = status.after(change, now) else { continue };
            prop_assert_ne!(&next, &status, "a change that changes nothing is a repetition");
            match (&status, &next) {
                (UnitStatus::Engaged { incident: a, stage: s, .. },
                 UnitStatus::Engaged { incident: b, stage: n, .. }) => {
                    prop_assert_eq!(a, b);
                    prop_assert!(n > s);
                }
                (UnitStatus::Engaged { incident: own, .. }, _) => {
                    let own_release = matches!(change,
                        UnitChange::Release { incident, .. } if incident == own);
                    prop_assert!(own_release);
                }
                (UnitStatus::Reserved { request: held, until, .. },
                 UnitStatus::Engaged { request: by, .. }) => {
                    prop_assert!(*by == Some(*held) || *until <= now);
                }
                (UnitStatus::Reserved { request: held, until, .. },
                 UnitStatus::Reserved { request: by, .. }) => {
                    prop_assert!(by == held || *until <= now);
                }
                _ => {}
            }
            status = next;
        }
    }
}
