//! Clause 3 names several services under one sub-clause: each desk is asked, told and obliged for itself.

use std::collections::BTreeSet;

use hub112::domain::command::{RegionCommand, Territory};
use hub112::domain::decision::{Expected, Refusal};
use hub112::domain::envelope::{HubContent, ReadinessReport};
use hub112::domain::event::RegionEvent;
use hub112::domain::forces::Act;
use hub112::domain::ids::{RegionCode, ServiceKey, ShiftId};
use hub112::domain::mode::Mode;
use hub112::domain::names::Names;
use hub112::domain::obligation::{Debtor, ObligationKind as K};
use hub112::domain::region::{Decision, EntityRow, RegionSettings, RegionState};
use hub112::domain::service::ServiceEvent;
use hub112::domain::service_desk::{Competence, ServiceDeskCommand};
use hub112::domain::shift::{CheckItem, CheckOutcome, ShiftCommand, ShiftEvent};
use uuid::Uuid;

use super::hub::{Hub, key, officer, told};

fn open(hub: &mut Hub, desk: &str, categories: &[&str], districts: &[&str]) -> Decision {
    let names = Names { kk: format!("{desk} kk"), ru: format!("{desk} ru"), en: format!("{desk} en") };
    let competence = Competence {
        categories: categories.iter().map(|c| c.parse().unwrap()).collect(),
        districts: districts.iter().map(|d| d.parse().unwrap()).collect(),
    };
    let desk = key(desk);
    let command = ServiceDeskCommand::Keep { desk, names, competence, expected: Expected::Absent };
    hub.person(RegionCommand::ServiceDesk(command))
}

fn close(hub: &mut Hub, desk: &str) -> Result<Decision, Refusal> {
    let (desk, reason, expected) = (key(desk), "one desk does it all".into(), Expected::Present);
    hub.ask(RegionCommand::ServiceDesk(ServiceDeskCommand::Close { desk, reason, expected }), officer())
}

/// Who owes a kind now.
fn debtors(hub: &Hub, kind: K) -> BTreeSet<ServiceKey> {
    let of = hub.state.obligations().owed().filter(|o| o.claim.kind == kind);
    of.filter_map(|o| match &o.claim.debtor {
        Debtor::Service { service, .. } => Some(service.clone()),
        Debtor::DutyOfficer => None,
    })
    .collect()
}

/// 112-R c.3(2), (7), (8) with c.5(1)¶2: who is told is the desk whose field it is.
#[test]
fn a_card_is_told_to_the_desks_that_are_competent_for_it_and_to_no_other_of_their_kind() {
    let region = || {
        let mut hub = Hub::new();
        open(&mut hub, "utilities-gas", &["gas_smell"], &[]);
        open(&mut hub, "utilities-power", &["power_outage"], &[]);
        open(&mut hub, "police-auezov", &[], &["751310000"]);
        hub
    };
    for (category, asked) in
        [("gas_smell", "utilities-gas"), ("power_outage", "utilities-power"), ("water_leak", "utilities")]
    {
        let (_, decision) = region().call("utility trouble", category);
        for desk in ["utilities", "utilities-gas", "utilities-power"] {
            assert_eq!(told(&decision, desk).len(), usize::from(desk == asked), "{desk} of {category}");
        }
    }
    let mut hub = region();
    let territory = Territory { district: Some("751310000".parse().unwrap()), neighbours: Vec::new() };
    let (_, decision) = hub.receive(hub.message("a brawl", Some("brawl")), territory);
    assert_eq!((told(&decision, "police-auezov").len(), told(&decision, "police").len()), (1, 0));
}

/// c.5(2)¶4: each desk owes its own readiness; one that opens under the threat is told it and owes the same; the desks of
/// telecom operators are told and owe none, as c.3(8) is exempt.
#[test]
fn every_desk_owes_readiness_for_itself_also_one_that_opens_while_the_threat_stands() {
    let mut hub = Hub::new();
    open(&mut hub, "utilities-gas", &["gas_smell"], &[]);
    let declared = hub.declare(Mode::HighReadiness);
    assert_eq!(told(&declared, "utilities-gas").len(), 1);
    let opened = open(&mut hub, "police-auezov", &[], &["751310000"]);
    let exempt = open(&mut hub, "telecom-kcell", &[], &[]);
    for (decision, desk, owes) in [(&opened, "police-auezov", true), (&exempt, "telecom-kcell", false)] {
        let contents = told(decision, desk);
        let [HubContent::ThreatNotice(notice)] = contents.as_slice() else { panic!("{desk}: {contents:?}") };
        assert_eq!(notice.readiness_due.is_some(), owes, "{desk}");
    }
    let owing = debtors(&hub, K::O07);
    assert_eq!(owing.len(), 6 + 2, "{owing:?}");
    assert!(owing.contains(&key("utilities-gas")) && owing.contains(&key("police-auezov")));
    let refusal = close(&mut hub, "utilities-gas").unwrap_err();
    assert!(refusal.to_string().contains("still owes"), "{refusal}");
    hub.declare(Mode::Everyday);
    assert_eq!(hub.owed(), 0, "the threat is over for every desk");
    close(&mut hub, "utilities-gas").unwrap();
}

/// c.5(3)¶4: a request to one desk is owed by that desk; telecom's desks are never asked for forces.
#[test]
fn forces_are_asked_of_a_desk_that_the_region_has_and_owed_by_it_alone() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("gas", "gas_smell");
    let refusal = hub.request(incident, Act::FirstWave, "utilities-gas").unwrap_err().to_string();
    assert!(refusal.contains("there is no service utilities-gas"), "{refusal}");
    open(&mut hub, "utilities-gas", &["gas_smell"], &[]);
    open(&mut hub, "telecom-kcell", &[], &[]);
    let refusal = hub.request(incident, Act::Additional, "telecom-kcell").unwrap_err().to_string();
    assert!(refusal.contains("owes no forces"), "{refusal}");
    hub.request(incident, Act::FirstWave, "utilities-gas").unwrap();
    for datum in [K::O11a, K::O11b, K::O11c] {
        assert_eq!(debtors(&hub, datum), [key("utilities-gas")].into(), "{datum:?}");
    }
    let refusal = close(&mut hub, "utilities-gas").unwrap_err().to_string();
    assert!(refusal.contains("not released"), "{refusal}");
}

/// c.5(1)¶1: the link and the contacts of every desk are lines of the next shift's check.
#[test]
fn a_shift_checks_every_desk_and_sends_each_a_heartbeat() {
    let mut hub = Hub::new();
    open(&mut hub, "utilities-gas", &["gas_smell"], &[]);
    open(&mut hub, "utilities-lifts", &["lift_trapped"], &[]);
    close(&mut hub, "utilities-lifts").unwrap();
    let shift = ShiftId(Uuid::from_u128(1));
    let opened = hub.person(RegionCommand::Shift(ShiftCommand::Open { shift }));
    for (desk, asked) in [("utilities-gas", 1), ("utilities", 1), ("utilities-lifts", 0)] {
        assert_eq!(told(&opened, desk).len(), asked, "{desk}");
    }
    let lines = opened.events.iter().find_map(|e| match e {
        RegionEvent::Shift(hub112::domain::shift::ShiftEvent::Opened { items, .. }) => Some(items),
        _ => None,
    });
    let of = |desk: &str| lines.unwrap().iter().filter(|line| *line.service() == key(desk)).count();
    assert_eq!((of("utilities-gas"), of("utilities-lifts")), (2, 0));
}

#[test]
fn the_desks_of_a_region_are_the_same_after_a_restart() {
    let mut hub = Hub::new();
    let mut rows: std::collections::BTreeMap<(hub112::domain::region::EntityKind, String), EntityRow> =
        Default::default();
    for decision in [
        open(&mut hub, "utilities-gas", &["gas_smell"], &[]),
        open(&mut hub, "police-auezov", &[], &["751310000"]),
        close(&mut hub, "utilities-gas").unwrap(),
    ] {
        for row in hub.state.rows_after(&decision.events) {
            rows.insert((row.kind, row.id.clone()), row);
        }
    }
    let region = RegionCode::new(75).unwrap();
    let again =
        RegionState::restore(region, RegionSettings::default(), rows.into_values().collect()).unwrap();
    assert_eq!(again.service_desks(), hub.state.service_desks());
    assert_eq!(again.service_desks().iter().count(), 2);
}

/// c.5(2)¶4: what was asked of a desk ends with the desk, though the threat goes on.
#[test]
fn a_closed_desk_is_asked_for_nothing_more() {
    let mut hub = Hub::new();
    open(&mut hub, "utilities-gas", &["gas_smell"], &[]);
    hub.declare(Mode::HighReadiness);
    let report: ReadinessReport = serde_json::from_value(serde_json::json!({
        "formations": [{"name": "Gas brigade", "readiness": "high", "people": 4, "units": ["75-g-1"]}],
        "at": hub.now,
    }))
    .unwrap();
    hub.hear("utilities-gas", ServiceEvent::ReadinessReported { report: Box::new(report) });
    assert!(!debtors(&hub, K::O07).contains(&key("utilities-gas")));
    let (card, _) = hub.call("gas", "gas_smell");
    close(&mut hub, "utilities-gas").unwrap();
    hub.wait(i64::from(hub.state.settings().composition_age.0) + 60);
    assert!(!debtors(&hub, K::O07).contains(&key("utilities-gas")), "its composition is not asked for again");
    let note = RegionCommand::SetCategory {
        incident: card,
        code: "carbon_monoxide".parse().unwrap(),
        severity: None,
    };
    let changed = hub.person(note);
    assert_eq!((told(&changed, "utilities-gas").len(), told(&changed, "utilities").len()), (0, 1));
    assert!(hub.request(card, Act::FirstWave, "utilities-gas").is_err());
}

/// c.5(1)¶1 knows no exception: a desk that opens while a shift is being opened is checked before the shift is accepted.
#[test]
fn a_desk_that_opens_while_a_shift_is_being_opened_is_a_line_of_its_check() {
    let mut hub = Hub::new();
    let shift = ShiftId(Uuid::from_u128(1));
    let opening = hub.person(RegionCommand::Shift(ShiftCommand::Open { shift }));
    let check = |hub: &mut Hub, item| {
        let outcome = CheckOutcome::Works { round_trip_ms: None };
        hub.person(RegionCommand::Shift(ShiftCommand::Check { shift, item, outcome }));
    };
    let lines = |decision: &Decision| -> Vec<CheckItem> {
        let of = |event: &RegionEvent| match event {
            RegionEvent::Shift(ShiftEvent::Opened { items, .. } | ShiftEvent::LinesAdded { items, .. }) => {
                items.clone()
            }
            _ => Vec::new(),
        };
        decision.events.iter().flat_map(of).collect()
    };
    for item in lines(&opening) {
        check(&mut hub, item);
    }
    let opened = open(&mut hub, "utilities-gas", &["gas_smell"], &[]);
    let asked = told(&opened, "utilities-gas");
    assert!(matches!(asked.as_slice(), [HubContent::Heartbeat(_)]), "{asked:?}");
    let accept = || {
        let (shift, without_handover) = (shift, Some("the first shift".to_owned()));
        RegionCommand::Shift(ShiftCommand::Accept { shift, without_handover })
    };
    let refusal = hub.ask(accept(), officer()).unwrap_err().to_string();
    assert!(refusal.contains("utilities-gas"), "{refusal}");
    let new = lines(&opened);
    assert_eq!(new.len(), 2, "its link and its contacts: {new:?}");
    assert!(new.iter().all(|item| *item.service() == key("utilities-gas")), "{new:?}");
    for item in new {
        check(&mut hub, item);
    }
    hub.ask(accept(), officer()).unwrap();
    let later = open(&mut hub, "utilities-power", &["power_outage"], &[]);
    assert!(told(&later, "utilities-power").is_empty(), "the next shift checks it");
    assert_eq!(lines(&later), []);
}
