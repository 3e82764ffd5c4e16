//! An exercise and the real never mix (invariant 9): what an exercise says, it says of itself.

use hub112::domain::classification::legal::Standing;
use hub112::domain::classification::order240::Scale;
use hub112::domain::command::{RegionCommand, Territory};
use hub112::domain::envelope::{EmergencyReport, Nature, Place, SituationReport};
use hub112::domain::forces::Act;
use hub112::domain::ids::{DistributionId, IncidentId, ReportId};
use hub112::domain::mode::{Mode, Sign};
use hub112::domain::obligation::ObligationKind as K;
use hub112::domain::situation::{Origin, SituationCommand};
use uuid::Uuid;

use super::hub::{Hub, agency, key, officer};

fn reported(hub: &mut Hub, exercise: bool) -> IncidentId {
    let report = EmergencyReport {
        received_at: hub.now,
        text: "Взрыв на станции".into(),
        place: Place { address: Some("Райымбек 348".into()), ..Place::default() },
        category: None,
        affected: None,
        reporter: None,
    };
    let command = RegionCommand::TakeEmergencyReport {
        service: key("police"),
        report: Box::new(report),
        reference: DistributionId(Uuid::from_u128(5)),
        territory: Territory::default(),
        exercise,
    };
    let decision = hub.ask(command, agency("police")).unwrap();
    assert!(decision.outbound.iter().all(|o| o.exercise == exercise), "{decision:?}");
    hub.state.incidents().last().unwrap().id
}

fn scale(hub: &mut Hub, incident: IncidentId, scale: Scale) {
    let basis = "five hundred affected".into();
    hub.ask(RegionCommand::SetScale { incident, scale, basis }, officer()).unwrap();
}

#[test]
fn an_emergency_forwarded_in_an_exercise_is_an_exercise_here_too() {
    for exercise in [false, true] {
        let mut hub = Hub::new();
        let incident = reported(&mut hub, exercise);
        assert_eq!(hub.state.incident(incident).unwrap().exercise, exercise);
    }
}

#[test]
fn the_scale_of_a_real_emergency_proposes_its_mode_and_that_of_an_exercise_never() {
    for exercise in [false, true] {
        let mut hub = Hub::new();
        let incident = reported(&mut hub, exercise);
        scale(&mut hub, incident, Scale::Regional);
        assert_eq!(hub.state.mode().open_proposals().count(), 0, "not identified as an emergency yet");
        hub.identify(incident, Standing::Emergency);
        let proposed: Vec<_> = hub.state.mode().open_proposals().map(|p| (p.mode, p.sign.clone())).collect();
        match &proposed[..] {
            [] => assert!(exercise),
            [(Mode::Emergency, Sign::EmergencyScale { incident: of, scale: Scale::Regional, .. })] => {
                assert!(!exercise && *of == incident);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_scale_stated_after_the_identification_proposes_the_mode_too_and_one_below_the_threshold_does_not() {
    for (stated, proposals) in [(Scale::Object, 0), (Scale::Local, 1)] {
        let mut hub = Hub::new();
        let incident = reported(&mut hub, false);
        hub.identify(incident, Standing::Emergency);
        scale(&mut hub, incident, stated);
        assert_eq!(hub.state.mode().open_proposals().count(), proposals, "{stated:?}");
    }
}

#[test]
fn open_cards_of_an_exercise_do_not_count_towards_a_real_mode() {
    for (exercise, proposals) in [(false, 1), (true, 0)] {
        let mut hub = Hub::new();
        let mut settings = hub.state.settings().clone();
        settings.modes.open_incidents = Some(1);
        hub.person(RegionCommand::SetSettings(Box::new(settings)));
        reported(&mut hub, exercise);
        hub.wait(1);
        assert_eq!(hub.state.mode().open_proposals().count(), proposals);
    }
}

#[test]
fn a_situation_report_of_an_exercise_is_passed_on_as_one_and_proposes_no_mode() {
    let told = || SituationReport {
        nature: Nature::Chemical,
        text: "Утечка хлора".into(),
        place: None,
        measurements: vec![],
        observed_at: "2025-11-23T05:00:00Z".parse().unwrap(),
    };
    for exercise in [false, true] {
        let mut hub = Hub::new();
        hub.declare(Mode::HighReadiness);
        let id = ReportId(Uuid::from_u128(7));
        let command = SituationCommand::from_agency(id, key("utilities"), told(), exercise);
        let passed = hub.ask(RegionCommand::Situation(command), agency("utilities")).unwrap();
        assert!(!passed.outbound.is_empty() && passed.outbound.iter().all(|o| o.exercise == exercise));
        assert_eq!(hub.state.situation().report(id).unwrap().exercise, exercise);

        let readiness = hub.of(K::O07).len();
        let threat = hub.person(RegionCommand::Situation(SituationCommand::TellThreat { report: id }));
        assert!(threat.outbound.iter().all(|o| o.exercise == exercise));
        assert_eq!(
            hub.of(K::O07).len() > readiness,
            !exercise,
            "an exercise obliges nobody to real readiness"
        );

        let grave = SituationCommand::Report {
            report: ReportId(Uuid::from_u128(8)),
            origin: Origin::Officer { account: officer().person().unwrap().clone() },
            nature: Nature::Chemical,
            text: "Облако идёт на город".into(),
            degree: Some(5),
            place: None,
            zone: None,
            measurements: vec![],
            observed_at: hub.now,
            suppress: None,
            exercise,
        };
        hub.declare(Mode::Everyday);
        hub.person(RegionCommand::Situation(grave));
        assert_eq!(hub.state.mode().open_proposals().count(), usize::from(!exercise));
    }
}

#[test]
fn what_an_exercise_raises_is_owed_in_the_exercise_and_says_so() {
    for exercise in [false, true] {
        let mut hub = Hub::new();
        hub.declare(Mode::Emergency);
        let before = hub.state.obligations().owed().map(|o| o.id).collect::<Vec<_>>();
        // Forwarded late by the service (c.5(1)¶4), identified, answered with forces: all of it one exercise or none.
        let incident = reported(&mut hub, exercise);
        hub.identify(incident, Standing::Emergency);
        hub.request(incident, Act::Additional, "fire_rescue").unwrap();
        let raised: Vec<_> =
            hub.state.obligations().iter().filter(|o| !before.contains(&o.id)).cloned().collect();
        for kind in [K::O02, K::O08, K::O10, K::O11a] {
            assert!(raised.iter().any(|o| o.claim.kind == kind), "{kind:?} among {raised:?}");
        }
        let of_it = raised.iter().filter(|o| o.claim.kind != K::O04);
        for obligation in of_it {
            assert_eq!(obligation.exercise, exercise, "{obligation:?}");
        }
        assert!(hub.state.obligations().owed().filter(|o| before.contains(&o.id)).all(|o| !o.exercise));
    }
}
