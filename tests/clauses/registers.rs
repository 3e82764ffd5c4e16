//! Registers beside the cards: rescue formations (c.2(1), c.6(3)), look-ups (c.6(7)), the edition of the rules (112-O).

use std::collections::BTreeMap;

use hub112::domain::command::{NewRequest, RegionCommand, Territory};
use hub112::domain::decision::{By, Refusal};
use hub112::domain::envelope::EmergencyReport;
use hub112::domain::event::RegionEvent;
use hub112::domain::forces::{Act, RecommendedUnit};
use hub112::domain::formation::{
    Contract, Force, Formation, FormationCommand, FormationKey, FormationStanding, Works,
};
use hub112::domain::ids::{DistributionId, IncidentId, RequestId, UnitId};
use hub112::domain::incident::Outcome;
use hub112::domain::lookup::{Database, LookupCommand, LookupOutcome, NewLookup};
use hub112::domain::quantities::Seconds;
use hub112::domain::region::{Answer, Decision, EntityKind, RegionSettings, RegionState};
use hub112::domain::situation::SituationCommand;
use uuid::Uuid;

use super::hub::{Hub, agency, key, officer, region};

fn unit(n: u32) -> UnitId {
    UnitId::new(&format!("75-fire_rescue-{n}")).unwrap()
}

/// Mine rescue with three units, of which one stays at the mine.
fn mine_rescue() -> Formation {
    Formation {
        key: FormationKey::try_from("75-mine".to_owned()).unwrap(),
        name: "Mine rescue".into(),
        owner: "Комир".into(),
        force: Force::MineOrGasRescue,
        standing: FormationStanding::Independent,
        works: [Works::Rescue].into(),
        units: [unit(1), unit(2), unit(3)].into(),
        people: 20,
        contacts: vec![],
        under: None,
        version: 0,
        contracts: vec![Contract { site: "mine No. 5".into(), people_stay: 5, units_stay: 1 }],
    }
}

fn send(hub: &mut Hub, incident: IncidentId, request: u128, units: &[u32]) -> Result<Decision, Refusal> {
    let recommended =
        units.iter().map(|n| RecommendedUnit { unit: unit(*n), distance: None, eta: Some(Seconds(60)) });
    let new = NewRequest {
        id: RequestId(Uuid::from_u128(request)),
        act: Act::FirstWave,
        service: key("fire_rescue"),
        service_region: region(),
        profile: None,
        capabilities: vec![],
        count: 1,
        recommended: recommended.collect(),
    };
    hub.ask(RegionCommand::RequestForces { incident, requests: vec![new] }, officer())
}

#[test]
fn forces_of_a_contracted_formation_are_sent_as_far_as_its_site_keeps_its_cover() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Обрушение", "building_collapse");
    hub.person(RegionCommand::Formation(FormationCommand::Register { formation: Box::new(mine_rescue()) }));
    assert_eq!(hub.state.bound_units().len(), 0);
    let all = send(&mut hub, incident, 1, &[1, 2, 3]);
    assert!(matches!(all, Err(Refusal::Conflict(_))), "one stays: {all:?}");
    send(&mut hub, incident, 2, &[1]).unwrap();
    send(&mut hub, incident, 3, &[2, 9]).unwrap();
    assert_eq!(hub.state.bound_units(), [unit(3)].into(), "nobody recommends the last");
    assert!(matches!(send(&mut hub, incident, 4, &[3]), Err(Refusal::Conflict(_))));
    let cancel = RegionCommand::CancelRequest {
        incident,
        request: RequestId(Uuid::from_u128(2)),
        reason: "enough".into(),
    };
    hub.person(cancel);
    send(&mut hub, incident, 5, &[3]).unwrap();
}

fn look(hub: &mut Hub, incident: IncidentId, by: By) -> Result<Decision, Refusal> {
    let lookup = NewLookup {
        incident,
        database: Database::TelecomOperators,
        asked: "+77011234567".into(),
        purpose: "a silent call, the place is not known".into(),
    };
    hub.ask(RegionCommand::Lookup(LookupCommand::Ask { lookup }), by)
}

#[test]
fn a_look_up_is_part_of_its_incident_and_impossible_without_an_open_one() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Горит дом", "building_fire");
    let asked = look(&mut hub, incident, officer()).unwrap();
    let Answer::Made(id) = asked.answer else { panic!("{:?}", asked.answer) };
    assert_eq!(asked.events.first().and_then(RegionEvent::incident), Some(incident), "its history shows it");
    let answer = |outcome| RegionCommand::Lookup(LookupCommand::Answer { lookup: id, outcome });
    let found = LookupOutcome::Found { fields: vec!["place".into()] };
    assert_eq!(hub.ask(answer(found.clone()), By::rule("adapter")).unwrap_err(), Refusal::PersonNeeded);
    let row = hub.person(answer(found)).events;
    let rows = hub.state.rows_after(&row);
    let row = rows.iter().find(|r| r.kind == EntityKind::Lookup).unwrap();
    assert!(!row.open && row.state.contains("place") && row.state.contains("asel"), "{row:?}");

    let unknown = look(&mut hub, IncidentId(Uuid::nil()), officer());
    assert!(matches!(unknown, Err(Refusal::NotFound { .. })), "{unknown:?}");
    hub.person(RegionCommand::Close { incident, outcome: Outcome::Resolved { note: String::new() } });
    assert!(matches!(look(&mut hub, incident, officer()), Err(Refusal::Forbidden(_))));
}

#[test]
fn a_card_keeps_the_edition_of_the_rules_under_which_it_is_handled() {
    for (now, edition) in [
        ("2025-11-23T05:00:00Z", Some("369")),
        ("2019-06-01T00:00:00Z", Some("1051")),
        ("2014-01-01T00:00:00Z", None),
    ] {
        let mut hub = Hub::new();
        hub.now = now.parse().unwrap();
        let (incident, _) = hub.call("Горит дом", "building_fire");
        assert_eq!(hub.state.incident(incident).unwrap().edition.as_deref(), edition);
    }
}

/// The rows of a history are those of the hub that lived through it, however much of it left that hub's memory.
#[test]
fn what_leaves_memory_leaves_no_trace_in_the_rows() {
    let mut hub = Hub::new();
    let mut history: Vec<(RegionEvent, jiff::Timestamp)> = Vec::new();
    let mut rows = BTreeMap::new();
    for day in 0..4u128 {
        hub.now += jiff::SignedDuration::from_hours(24);
        let report = EmergencyReport {
            received_at: hub.now,
            text: "Взрыв".into(),
            place: Default::default(),
            category: None,
            affected: None,
            reporter: None,
        };
        let reference = DistributionId(Uuid::from_u128(100 + day));
        let forward = RegionCommand::TakeEmergencyReport {
            service: key("police"),
            report: Box::new(report),
            reference,
            territory: Territory::default(),
            exercise: false,
        };
        let message = hub112::domain::ids::MessageId(reference.0);
        let seen = RegionCommand::Situation(SituationCommand::AcknowledgeForwarding { message });
        for (command, by) in [(forward, agency("police")), (seen, officer())] {
            let now = hub.now;
            let events = hub.ask(command, by).unwrap().events;
            for row in hub.state.rows_after(&events) {
                rows.insert((row.kind, row.id.clone()), (row.open, row.state));
            }
            history.extend(events.into_iter().map(|e| (e, now)));
        }
        hub.state.let_go(hub.now - jiff::SignedDuration::from_hours(24));
    }
    let mut again = RegionState::new(region(), RegionSettings::default());
    let mut replayed = BTreeMap::new();
    for (event, at) in &history {
        again.apply(event, *at);
        for row in again.rows_after(std::slice::from_ref(event)) {
            replayed.insert((row.kind, row.id.clone()), (row.open, row.state));
        }
    }
    assert_eq!(rows, replayed);
}
