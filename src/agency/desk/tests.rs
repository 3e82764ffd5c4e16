//! The desk's course, with time given by hand.

use super::*;
use crate::domain::envelope::{
    Act, CONTRACT, ErrorContent, Party, Place, RecommendedUnit, RequestCancelled, Typed, Urgency,
};
use uuid::Uuid;

fn options(behaviour: Behaviour) -> Options {
    Options {
        region: vec!["75".parse().unwrap()],
        service: "ambulance".parse().unwrap(),
        amqp: String::new().into(),
        units: None,
        diary: None,
        behaviour,
        read_delay: 5.0,
        answer_delay: 10.0,
        turnout: 60.0,
        on_scene: 20.0,
        refusal_rate: 0.0,
        change_rate: 0.0,
        speed: 45.0,
        position_every: 5.0,
        speed_up: 1.0,
        seed: 1,
    }
}

fn head(n: u128) -> Head {
    Head {
        contract: CONTRACT,
        distribution_id: DistributionId(Uuid::from_u128(n)),
        sender: Party::hub("75".parse().unwrap()),
        recipients: vec![],
        sent_at: start(),
        expires_at: None,
        status: Status::Exercise,
        kind: Kind::Request,
        references: None,
        incident: Some(IncidentId(Uuid::from_u128(7))),
        trace: Some("00-trace".into()),
    }
}

fn start() -> Timestamp {
    "2026-03-01T10:00:00Z".parse().unwrap()
}

fn request() -> HubContent {
    HubContent::ForcesRequest(ForcesRequest {
        request_id: RequestId(Uuid::from_u128(9)),
        act: Act::FirstWave,
        profile: None,
        what: "бригада".into(),
        capabilities: vec![],
        count: 1,
        urgency: Urgency::Urgently,
        recommended: vec![RecommendedUnit {
            unit_id: UnitId::new("75-ambulance-1").unwrap(),
            eta_s: None,
            distance_m: None,
        }],
        place: Place::default(),
        reply_due: None,
    })
}

/// Lets the desk work to its end; gives what it said, with minutes from the start.
fn work(desk: &mut Desk) -> Vec<(i64, Outgoing)> {
    let mut said = Vec::new();
    while let Some(at) = desk.next_due() {
        let minute = at.duration_since(start()).as_mins();
        said.extend(desk.due(at).into_iter().map(|o| (minute, o)));
    }
    said
}

#[test]
fn a_request_is_read_answered_driven_and_ended_in_this_order_and_stays_an_exercise() {
    let mut desk = Desk::new(options(Behaviour::Normal), Fleet::default());
    assert!(desk.receive(&head(1), request(), start()).is_empty());
    let said = work(&mut desk);
    let types: Vec<&str> = said.iter().map(|(_, o)| o.content.content_type()).collect();
    let course = [
        "read_ack",
        "forces_answer",
        "unit_status",
        "forces_answer",
        "unit_status",
        "forces_answer",
        "action_report",
        "unit_status",
        "unit_status",
    ];
    assert_eq!(types, course);
    for (_, out) in &said {
        assert_eq!(out.status, Status::Exercise);
        assert_eq!(out.trace.as_deref(), Some("00-trace"));
        assert!(out.content.kinds().contains(&out.kind), "{out:?}");
    }
    assert!(said.windows(2).all(|w| w[0].0 <= w[1].0));
}

#[test]
fn a_request_that_comes_again_is_read_again_and_answered_once() {
    let mut desk = Desk::new(options(Behaviour::Normal), Fleet::default());
    for n in 1..=2 {
        desk.receive(&head(n), request(), start());
    }
    let said = work(&mut desk);
    let of = |name: &str| said.iter().filter(|(_, o)| o.content.content_type() == name).count();
    assert_eq!((of("read_ack"), of("action_report")), (2, 1));
}

#[test]
fn a_cancelled_request_turns_its_units_back_once() {
    let mut desk = Desk::new(options(Behaviour::Normal), Fleet::default());
    desk.receive(&head(1), request(), start());
    while !desk.steps.values().any(|(_, s)| matches!(s, Step::Arrive { .. })) {
        let at = desk.next_due().unwrap();
        desk.due(at);
    }
    let cancelled = RequestCancelled {
        request_id: RequestId(Uuid::from_u128(9)),
        reason: "ложный".into(),
        units: vec![],
    };
    let out = desk.receive(&head(2), HubContent::RequestCancelled(cancelled), start());
    let status = |o: &Outgoing| match &o.content {
        AgencyContent::UnitStatus(s) => Some(s.status),
        _ => None,
    };
    assert_eq!(out.iter().filter_map(status).collect::<Vec<_>>(), [UnitStep::Released, UnitStep::Available]);
    let later = work(&mut desk);
    assert!(later.iter().all(|(_, o)| matches!(o.content, AgencyContent::ReadAck(_))), "{later:?}");
}

#[test]
fn an_absent_agency_answers_nothing() {
    let mut desk = Desk::new(options(Behaviour::Absent), Fleet::default());
    assert!(desk.receive(&head(1), request(), start()).is_empty());
    assert_eq!(desk.next_due(), None);
}

#[test]
fn a_desk_that_is_started_again_goes_on_with_what_it_had_taken_up_and_answers_nothing_twice() {
    let mut desk = Desk::new(options(Behaviour::Normal), Fleet::default());
    desk.receive(&head(1), request(), start());
    while !desk.steps.values().any(|(_, s)| matches!(s, Step::Arrive { .. })) {
        let at = desk.next_due().unwrap();
        desk.due(at);
    }
    let kept = serde_json::to_vec(&desk.memory()).unwrap();
    let mut again = Desk::new(options(Behaviour::Normal), Fleet::default());
    again.recall(serde_json::from_slice(&kept).unwrap());
    assert_eq!(again.next_due(), desk.next_due());
    assert!(again.receive(&head(2), request(), start()).is_empty());
    let said = work(&mut again);
    let steps: Vec<UnitStep> = said
        .iter()
        .filter_map(|(_, o)| match &o.content {
            AgencyContent::UnitStatus(s) => Some(s.status),
            _ => None,
        })
        .collect();
    assert_eq!(steps, [UnitStep::Arrived, UnitStep::Released, UnitStep::Available]);
}

#[test]
fn an_answer_that_was_not_taken_is_answered_otherwise_and_its_units_stay_where_they_are() {
    let path = std::env::temp_dir().join(format!("units-{}.csv", Uuid::now_v7()));
    let rows = "id,capabilities,lat,lon\n75-ambulance-1,x,43.20,76.90\n75-ambulance-2,x,43.25,76.95\n";
    std::fs::write(&path, rows).unwrap();
    let fleet = Fleet::read(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    let own_mind = Options { change_rate: 1.0, ..options(Behaviour::Normal) };
    let mut desk = Desk::new(own_mind, fleet);
    desk.receive(&head(1), request(), start());
    let named = |said: &[Outgoing]| {
        said.iter().find_map(|o| match &o.content {
            AgencyContent::ForcesAnswer(a) if a.decision.is_some() => Some((o.id, a.units.clone())),
            _ => None,
        })
    };
    let answer = |desk: &mut Desk| loop {
        let at = desk.next_due().unwrap();
        if let Some(answer) = named(&desk.due(at)) {
            return (answer, at);
        }
    };
    let ((id, units), at) = answer(&mut desk);
    assert_eq!(units, [UnitId::new("75-ambulance-2").unwrap()], "its own mind");
    let error = ErrorContent { code: ErrorCode::UnitTaken, detail: String::new(), references: Some(id) };
    assert!(desk.receive(&head(2), HubContent::Error(error), at).is_empty());
    let ((_, units), _) = answer(&mut desk);
    assert_eq!(units, [UnitId::new("75-ambulance-1").unwrap()], "what the hub holds for it");
    let said = work(&mut desk);
    let departed = said.iter().filter_map(|(_, o)| match &o.content {
        AgencyContent::UnitStatus(s) if s.status == UnitStep::Departed => Some(s.unit_id.as_str()),
        _ => None,
    });
    assert_eq!(departed.collect::<Vec<_>>(), ["75-ambulance-1"]);
}
