//! All changes in the zone of a possible emergency are passed at once to every profile (c.5(2)¶2), its end too.

use hub112::domain::command::RegionCommand;
use hub112::domain::envelope::{HubContent, Kind, Nature, SituationReport};
use hub112::domain::ids::{DistributionId, ReportId, ZoneId};
use hub112::domain::mode::Mode;
use hub112::domain::obligation::{ObligationKind as K, Status};
use hub112::domain::quantities::{Metres, Point};
use hub112::domain::region::{Answer, Decision, NewZone};
use hub112::domain::situation::SituationCommand;
use hub112::domain::zone::ZonePolygon;
use uuid::Uuid;

use super::hub::{Hub, agency, key, told};

fn around(radius: f64) -> ZonePolygon {
    ZonePolygon::around(Point::new(43.2, 76.9).unwrap(), Metres::saturating(radius)).unwrap()
}

fn drawn(hub: &mut Hub) -> (ZoneId, Decision) {
    let new = NewZone {
        name: "Talgar mudflow".into(),
        mode: Mode::HighReadiness,
        polygon: around(3_000.0),
        incident: None,
        exercise: false,
    };
    let decision = hub.person(RegionCommand::DrawZone(Box::new(new)));
    let Answer::Made(id) = decision.answer else { panic!("{:?}", decision.answer) };
    (ZoneId(id), decision)
}

/// The message that told a service of the zone.
fn news(decision: &Decision, service: &str) -> DistributionId {
    let to = |o: &&hub112::domain::region::Outbound| {
        matches!(o.content, HubContent::Situation(_))
            && o.recipients.iter().any(|r| r.service == key(service))
    };
    decision.outbound.iter().find(to).unwrap_or_else(|| panic!("{service}: {decision:?}")).distribution
}

fn acknowledge(hub: &mut Hub, service: &str, reference: DistributionId) {
    // Its system has it before anybody has read it (c.5(2)¶2: it is passed to the duty officers).
    for read_by in [None, Some("S. Akhmetov".to_owned())] {
        let met = hub.of(K::O05).iter().filter(|s| **s == Status::Met).count();
        let at = hub.now;
        let read = read_by.is_some();
        let command = RegionCommand::TakeAcknowledgement { service: key(service), reference, read_by, at };
        hub.ask(command, agency(service)).unwrap();
        assert_eq!(hub.of(K::O05).iter().filter(|s| **s == Status::Met).count() > met, read);
    }
}

const SERVICES: [&str; 5] = ["police", "ambulance", "air_ambulance", "utilities", "fire_rescue"];

#[test]
fn a_zone_is_told_to_every_profile_and_each_acknowledgement_meets_what_is_owed_to_that_service() {
    let mut hub = Hub::new();
    hub.declare(Mode::HighReadiness);
    let (_, decision) = drawn(&mut hub);
    assert_eq!(hub.of(K::O05), [Status::Open; 5]);
    for (n, service) in SERVICES.into_iter().enumerate() {
        acknowledge(&mut hub, service, news(&decision, service));
        assert_eq!(hub.of(K::O05).iter().filter(|s| **s == Status::Met).count(), n + 1, "{service}");
    }
    assert!(told(&decision, "security").is_empty());
}

#[test]
fn who_acknowledges_the_newest_zone_has_the_older_ones_too() {
    let mut hub = Hub::new();
    hub.declare(Mode::HighReadiness);
    let (zone, _) = drawn(&mut hub);
    let reason = "the flow turns".to_owned();
    let changed = hub.person(RegionCommand::ChangeZone { zone, polygon: Box::new(around(5_000.0)), reason });
    assert_eq!(hub.of(K::O05).len(), 10, "the next version is owed anew");
    acknowledge(&mut hub, "police", news(&changed, "police"));
    assert_eq!(hub.of(K::O05).iter().filter(|s| **s == Status::Met).count(), 2, "both versions");
}

#[test]
fn the_end_of_a_zone_is_a_change_too() {
    let mut hub = Hub::new();
    hub.declare(Mode::HighReadiness);
    let (zone, drawn) = drawn(&mut hub);
    for service in SERVICES {
        acknowledge(&mut hub, service, news(&drawn, service));
    }
    let reason = "the water has fallen".to_owned();
    let ended = hub.person(RegionCommand::EndZone { zone, reason: reason.clone() });
    let of_zone = ended.outbound.iter().find(|o| matches!(o.content, HubContent::Situation(_))).unwrap();
    let HubContent::Situation(said) = &of_zone.content else { unreachable!() };
    assert_eq!(of_zone.kind, Kind::Cancel);
    assert!(said.text.contains(&reason) && said.text.contains("Talgar mudflow"), "{}", said.text);
    assert_eq!(hub.of(K::O05).iter().filter(|s| s.is_owed()).count(), 5);
}

#[test]
fn the_end_of_the_threat_is_told_to_whom_the_threat_was_told() {
    let mut hub = Hub::new();
    let threat = hub.declare(Mode::HighReadiness);
    let over = hub.declare(Mode::Everyday);
    for service in ["ambulance", "security", "telecom", "fire_rescue"] {
        assert!(matches!(told(&threat, service).as_slice(), [HubContent::ThreatNotice(_)]), "{service}");
        let mut of = over.outbound.iter().filter(|o| o.recipients.iter().any(|r| r.service == key(service)));
        let Some(end) = of.next() else { panic!("{service} was not told of the end") };
        let HubContent::ThreatNotice(notice) = &end.content else { panic!("{service}: {end:?}") };
        assert_eq!((end.kind, notice.readiness_due), (Kind::Cancel, None), "{service}");
    }
}

/// c.5(2)¶4 is a clause of high readiness: in everyday activity a threat is told, and no readiness is asked for.
#[test]
fn a_threat_told_in_everyday_activity_asks_for_no_readiness() {
    for (mode, owed) in [(None, 0), (Some(Mode::HighReadiness), 6)] {
        let mut hub = Hub::new();
        mode.map(|mode| hub.declare(mode));
        let before = hub.of(K::O07).len();
        let report = ReportId(Uuid::from_u128(0x7));
        let heard = SituationReport {
            nature: Nature::Chemical,
            text: "chlorine".into(),
            place: None,
            measurements: vec![],
            observed_at: hub.now,
        };
        let reported = SituationCommand::from_agency(report, key("utilities"), heard, false);
        hub.ask(RegionCommand::Situation(reported), agency("utilities")).unwrap();
        let said = hub.person(RegionCommand::Situation(SituationCommand::TellThreat { report }));
        let [HubContent::ThreatNotice(notice)] = &told(&said, "ambulance")[..] else { panic!("{mode:?}") };
        assert_eq!(
            (notice.readiness_due.is_some(), hub.of(K::O07).len() - before),
            (owed > 0, owed),
            "{mode:?}"
        );
    }
}
