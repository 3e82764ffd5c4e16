//! What is owed about an emergency: raised by whatever says that there is one, carried along, never ended in silence.

use hub112::domain::classification::legal::Standing;
use hub112::domain::classification::order240::{Consequences, Scale};
use hub112::domain::command::{RegionCommand, Territory};
use hub112::domain::decision::{By, Refusal};
use hub112::domain::directive::{Addressee, Author, DirectiveCommand};
use hub112::domain::envelope::{EmergencyReport, HubContent, Kind, Place};
use hub112::domain::event::RegionEvent;
use hub112::domain::forces::{Act, ForcesDecision};
use hub112::domain::ids::{CategoryCode, DirectiveId, DistributionId, IncidentId, ZoneId};
use hub112::domain::incident::Outcome;
use hub112::domain::message::{CallBack, Message, PhoneNumber, Sender, Subject};
use hub112::domain::mode::{Mode, ModeCommand, ModeOrder, Part};
use hub112::domain::obligation::{Datum, ObligationEvent, ObligationKind as K, Status};
use hub112::domain::quantities::{Metres, Point};
use hub112::domain::region::{Answer, Decision, NewZone};
use hub112::domain::response_plan::{self, PlanRow};
use hub112::domain::service::ServiceEvent;
use hub112::domain::service_kind::Profile;
use hub112::domain::severity::Severity;
use hub112::domain::warning::{
    Audience, Authority, OrderBasis, WarningAbout, WarningCase, WarningCommand, WarningStatus, WarningText,
};
use hub112::domain::zone::ZonePolygon;
use uuid::Uuid;

use super::hub::{DEPOT, Hub, agency, key, told};

fn called(hub: &Hub, text: &str, category: Option<&str>) -> Message {
    let number = PhoneNumber::try_from("+77010000001".to_owned()).unwrap();
    let sender = Sender::Person { name: None, call_back: CallBack::Number { number } };
    Message { sender, ..hub.message(text, category) }
}

/// Two calls of one number, of which the second joins the card of the first.
fn joined(hub: &mut Hub, first: (&str, Option<&str>), second: (&str, Option<&str>)) -> IncidentId {
    let card = open(hub, first);
    join(hub, card, second);
    card
}

fn open(hub: &mut Hub, (text, category): (&str, Option<&str>)) -> IncidentId {
    let mut settings = hub.state.settings().clone();
    settings.joining.join_by_rule = 0.5;
    hub.person(RegionCommand::SetSettings(Box::new(settings)));
    let message = called(hub, text, category);
    hub.receive(message, Territory::default()).0
}

fn join(hub: &mut Hub, card: IncidentId, (text, category): (&str, Option<&str>)) -> Decision {
    let message = called(hub, text, category);
    let (to, decision) = hub.receive(message, Territory::default());
    assert_eq!(to, card, "it joins by rule");
    decision
}

fn case(hub: &Hub, incident: IncidentId) -> WarningCase {
    let about = WarningAbout::Incident { incident };
    hub.state.warnings().iter().find(|c| c.about == about).cloned().expect("a case")
}

fn exercise_zone(hub: &mut Hub, incident: Option<IncidentId>) -> (ZoneId, Decision) {
    let polygon = ZonePolygon::around(Point::new(43.25, 76.92).unwrap(), Metres::saturating(900.0)).unwrap();
    let zone = NewZone { name: "Cloud".into(), mode: Mode::Emergency, polygon, incident, exercise: false };
    let decision = hub.person(RegionCommand::DrawZone(Box::new(zone)));
    let Answer::Made(id) = decision.answer else { panic!("{:?}", decision.answer) };
    (ZoneId(id), decision)
}

#[test]
fn a_zone_and_a_warning_of_an_exercise_say_that_they_are_one() {
    for exercise in [false, true] {
        let mut hub = Hub::new();
        hub.declare(Mode::HighReadiness);
        let message =
            Message { exercise, ..hub.message("Взрыв на станции", Some("explosion")) };
        let (incident, _) = hub.receive(message, Territory::default());
        let (zone, drawn) = exercise_zone(&mut hub, Some(incident));
        let reason = "the cloud is gone".to_owned();
        let ended = hub.person(RegionCommand::EndZone { zone, reason });
        for decision in [drawn, ended] {
            assert!(!told(&decision, "police").is_empty());
            assert!(decision.outbound.iter().all(|o| o.exercise == exercise), "{decision:?}");
        }
        hub.identify(incident, Standing::Emergency);
        let said = serde_json::to_value(case(&hub, incident)).unwrap();
        assert_eq!(said["exercise"].as_bool().unwrap_or_default(), exercise, "{said}");
    }
}

#[test]
fn a_message_that_joins_and_tells_of_an_emergency_makes_the_card_one_to_be_identified() {
    let mut hub = Hub::new();
    let first = ("Быстрее сюда, Абая десять", None);
    let card = joined(&mut hub, first, ("Быстрее сюда, Абая десять, дом рухнул", None));
    let incident = hub.state.incident(card).unwrap();
    assert_eq!(incident.category().unwrap().code.as_str(), "building_collapse");
    assert_eq!(incident.subject, Subject::Emergency);
    assert_eq!(hub.of(K::O08), [Status::Open], "c.5(3)¶1");
}

fn forwarded(hub: &mut Hub, text: &str) -> IncidentId {
    let report = EmergencyReport {
        received_at: hub.now,
        text: text.into(),
        place: Place { point: Some(Point::new(43.25, 76.92).unwrap()), ..Place::default() },
        category: None,
        affected: None,
        reporter: None,
    };
    let command = RegionCommand::TakeEmergencyReport {
        service: key("ambulance"),
        report: Box::new(report),
        reference: DistributionId(Uuid::from_u128(5)),
        territory: Territory::default(),
        exercise: false,
    };
    let decision = hub.ask(command, agency("ambulance")).unwrap();
    let Answer::Taken { incident, .. } = decision.answer else { panic!("{:?}", decision.answer) };
    incident
}

#[test]
fn an_emergency_that_a_service_reports_is_one_to_be_identified_whatever_its_words() {
    let mut hub = Hub::new();
    let incident = forwarded(&mut hub, "Нужна помощь на Абая десять");
    assert_eq!(hub.state.incident(incident).unwrap().subject, Subject::Emergency);
    assert_eq!(hub.of(K::O08), [Status::Open], "c.5(1)¶4, c.5(3)¶1");
    assert_eq!(hub.of(K::O02), [Status::Met], "the service's part is done when the hub has it");
    hub.wait(121);
    assert_eq!(hub.of(K::O08), [Status::Late], "the officer's part has its clock");
    hub.person(RegionCommand::AddAnswers {
        incident,
        text: "Здесь украли телефон".into(),
        answers: Default::default(),
    });
    let card = hub.state.incident(incident).unwrap();
    assert_eq!(card.subject, Subject::Emergency, "no rule takes back what a service reported");
}

#[test]
fn a_graver_category_that_joins_lifts_the_card() {
    let mut hub = Hub::new();
    let text = "Пахнет газом, Абая десять";
    let card = open(&mut hub, (text, None));
    assert_eq!(hub.state.incident(card).unwrap().category().unwrap().code.as_str(), "gas_smell");
    let decision = join(&mut hub, card, (text, Some("explosion")));
    let incident = hub.state.incident(card).unwrap();
    assert_eq!(incident.category().unwrap().code.as_str(), "explosion");
    assert_eq!((incident.severity(), incident.subject), (Severity::P1, Subject::Emergency));
    assert_eq!(hub.of(K::O08), [Status::Open]);
    assert!(!told(&decision, "ambulance").is_empty(), "who is needed now is told");
    join(&mut hub, card, (text, Some("gas_smell")));
    assert_eq!(hub.state.incident(card).unwrap().severity(), Severity::P1, "and nothing lowers it");
}

#[test]
fn a_persons_category_stands_and_the_graver_one_is_proposed_beside_it() {
    let mut hub = Hub::new();
    let text = "Пахнет газом, Абая десять";
    let card = open(&mut hub, (text, Some("gas_smell")));
    let code = CategoryCode::new("gas_smell").unwrap();
    hub.person(RegionCommand::SetCategory { incident: card, code, severity: None });
    join(&mut hub, card, (text, Some("explosion")));
    let incident = hub.state.incident(card).unwrap();
    assert_eq!(incident.category().unwrap().code.as_str(), "gas_smell");
    assert_eq!(hub.of(K::O08), [Status::Open], "to be identified all the same");
    let said = serde_json::to_value(incident).unwrap();
    assert_eq!(said["proposed_category"]["code"], "explosion", "{said}");
    let code = CategoryCode::new("explosion").unwrap();
    hub.person(RegionCommand::SetCategory { incident: card, code, severity: None });
    let said = serde_json::to_value(hub.state.incident(card).unwrap()).unwrap();
    assert!(said["proposed_category"].is_null(), "it was taken: {said}");
}

/// An identified emergency and another card, into which it is merged later.
fn two_cards(hub: &mut Hub) -> (IncidentId, IncidentId) {
    let (from, _) = hub.call("Горит дом", "building_fire");
    hub.identify(from, Standing::Emergency);
    hub.scale(from, Scale::Local);
    hub.now += jiff::SignedDuration::from_secs(60);
    let (into, _) = hub.call("Украли телефон", "burglary");
    assert_ne!(from, into);
    (from, into)
}

fn merge(hub: &mut Hub, from: IncidentId, into: IncidentId) {
    hub.person(RegionCommand::Merge { into, from, reason: "the same house".into() });
}

#[test]
fn what_an_emergency_owes_goes_on_at_the_card_that_it_is_merged_into() {
    let mut hub = Hub::new();
    let (from, into) = two_cards(&mut hub);
    let owed = |hub: &Hub, card: IncidentId| {
        let mut all: Vec<_> = hub.state.obligations().of_incident(card).cloned().collect();
        all.sort_by_key(|o| (o.claim.kind, o.claim.which.clone()));
        all.into_iter().map(|o| (o.claim.kind, o.claim.which, o.since, o.due)).collect::<Vec<_>>()
    };
    let before = owed(&hub, from);
    assert!(before.iter().filter(|o| o.0 == K::O09).count() == 4 && before.iter().any(|o| o.0 == K::O12));
    merge(&mut hub, from, into);
    assert_eq!(owed(&hub, into), before, "what was owed is owed there, since when it was");
    assert_eq!(owed(&hub, from), []);
    let kept = hub.state.incident(into).unwrap();
    assert!(kept.is_emergency() && kept.subject == Subject::Fire);
    assert_eq!(kept.scales.last().map(|s| s.scale), Some(Scale::Local));
    assert_eq!(kept.category().unwrap().code.as_str(), "building_fire", "the graver");
    assert_eq!(case(&hub, into).status(), WarningStatus::Undecided);
}

#[test]
fn an_emergency_is_not_closed_before_it_is_identified_and_its_warning_decided() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Взрыв", "explosion");
    let close = |hub: &mut Hub, outcome: Outcome| {
        hub.ask(RegionCommand::Close { incident, outcome }, super::hub::officer()).map(|_| ())
    };
    let resolved = || Outcome::Resolved { note: "over".into() };
    assert!(matches!(close(&mut hub, resolved()), Err(Refusal::Conflict(_))), "not identified");
    let nothing = Outcome::NotConfirmed { note: String::new() };
    assert!(matches!(close(&mut hub, nothing), Err(Refusal::Conflict(_))), "not identified");
    hub.identify(incident, Standing::Emergency);
    assert!(matches!(close(&mut hub, resolved()), Err(Refusal::Conflict(_))), "of no scale");
    hub.scale(incident, Scale::Local);
    assert!(matches!(close(&mut hub, resolved()), Err(Refusal::Conflict(_))), "to warn or not");
    hub.decide_against_warning(incident);
    close(&mut hub, resolved()).unwrap();

    let mut hub = Hub::new();
    let (incident, _) = hub.call("Взрыв", "explosion");
    hub.identify(incident, Standing::Event);
    hub.person(RegionCommand::Close { incident, outcome: resolved() });

    let mut hub = Hub::new();
    let (incident, _) = hub.call("Взрыв", "explosion");
    let outcome = Outcome::False { reason: "children laughing".into() };
    hub.person(RegionCommand::Close { incident, outcome });
    assert_eq!(hub.of(K::O08), [Status::Cancelled], "that it was false is the decision");
}

#[test]
fn an_emergency_is_identified_by_nature_type_and_scale_in_whatever_order() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Взрыв", "explosion");
    hub.identify(incident, Standing::Emergency);
    assert_eq!(hub.of(K::O08), [Status::Open], "c.5(3)¶1: the scale is not stated");
    hub.wait(3_600);
    assert_eq!(hub.of(K::O08), [Status::Late]);
    hub.scale(incident, Scale::Local);
    assert_eq!(hub.of(K::O08), [Status::MetLate]);

    let mut hub = Hub::new();
    let (incident, _) = hub.call("Взрыв", "explosion");
    hub.scale(incident, Scale::Local);
    assert_eq!(hub.of(K::O08), [Status::Open], "a scale alone identifies nothing");
    hub.identify(incident, Standing::Emergency);
    assert_eq!(hub.of(K::O08), [Status::Met]);

    let mut hub = Hub::new();
    let (incident, _) = hub.call("Взрыв", "explosion");
    hub.identify(incident, Standing::Event);
    assert_eq!(hub.of(K::O08), [Status::Met], "an event has no scale");
    hub.identify(incident, Standing::Emergency);
    assert_eq!(hub.of(K::O08), [Status::Open], "after all an emergency, and its scale is not stated");
    hub.identify(incident, Standing::Event);
    assert_eq!(hub.of(K::O08), [Status::Met]);
}

#[test]
fn a_scale_that_follows_from_certified_thresholds_is_a_proposal_until_a_person_takes_it() {
    for figures_first in [false, true] {
        let mut hub = Hub::new();
        let mut settings = hub.state.settings().clone();
        settings.thresholds.local.affected_min = Some(10);
        settings.thresholds.certified_by = super::hub::officer().person().cloned();
        hub.person(RegionCommand::SetSettings(Box::new(settings)));
        let (incident, _) = hub.call("Взрыв", "explosion");
        let consequences = Consequences { affected: Some(12), ..Consequences::default() };
        let set = RegionCommand::SetConsequences { incident, consequences };
        if figures_first {
            hub.person(set);
            hub.identify(incident, Standing::Emergency);
        } else {
            hub.identify(incident, Standing::Emergency);
            hub.person(set);
        }
        let scale = hub.state.incident(incident).unwrap().scales.last().map(|s| (s.scale, s.by.clone()));
        assert_eq!(scale, Some((Scale::Local, By::rule("order240"))));
        assert_eq!(hub.of(K::O08), [Status::Open], "c.5(3)¶1: the officer identifies, not the rule");
        hub.scale(incident, Scale::Local);
        assert_eq!(hub.of(K::O08), [Status::Met], "the same scale, taken by a person");
    }
}

#[test]
fn what_was_met_before_a_scale_was_asked_for_stays_met_when_the_journal_is_read_again() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Взрыв", "explosion");
    hub.identify(incident, Standing::Emergency);
    let obligation = hub.state.obligations().of_kind(K::O08).next().unwrap().id;
    // The journal of a program that asked for no scale: that it was met is a fact of its own there.
    let met = ObligationEvent::Met { obligation, evidence: "legal_status_set".into(), at: hub.now };
    hub.state.apply(&RegionEvent::Obligation(met), hub.now);
    assert_eq!(hub.of(K::O08), [Status::Met]);
    hub.wait(3_600);
    assert_eq!(hub.of(K::O08), [Status::Met], "nobody judges it anew");
    hub.decide_against_warning(incident);
    hub.person(RegionCommand::Close { incident, outcome: Outcome::Resolved { note: "over".into() } });
    hub.person(RegionCommand::Reopen { incident, reason: "it burns again".into() });
    assert_eq!(hub.of(K::O08), [Status::Met]);
}

#[test]
fn the_scale_of_an_emergency_that_is_merged_is_owed_at_the_card_that_goes_on() {
    let mut hub = Hub::new();
    let (from, _) = hub.call("Взрыв", "explosion");
    hub.identify(from, Standing::Emergency);
    hub.now += jiff::SignedDuration::from_secs(60);
    let (into, _) = hub.call("Украли телефон", "burglary");
    let since = hub.state.obligations().of_kind(K::O08).next().unwrap().since;
    merge(&mut hub, from, into);
    let owed: Vec<_> = hub.state.obligations().of_incident(into).filter(|o| o.claim.kind == K::O08).collect();
    assert!(matches!(&owed[..], [o] if o.since == since), "{owed:?}");
    hub.scale(into, Scale::Local);
    assert_eq!(hub.state.obligations().of_kind(K::O08).count(), 0);
}

#[test]
fn what_turns_out_to_be_an_event_owes_no_first_wave_and_no_warning() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Горит дом", "building_fire");
    hub.identify(incident, Standing::Emergency);
    hub.identify(incident, Standing::Event);
    assert_eq!(hub.of(K::O09), [Status::Cancelled; 4]);
    assert_eq!(hub.of(K::O12), [Status::Cancelled]);
    assert_ne!(case(&hub, incident).status(), WarningStatus::Undecided);
    hub.wait(7_200);
    assert_eq!(hub.owed(), 0, "and nothing of it escalates");
    hub.identify(incident, Standing::Emergency);
    let owed = |hub: &Hub, kind: K| hub.of(kind).iter().filter(|s| s.is_owed()).count();
    assert_eq!((owed(&hub, K::O09), owed(&hub, K::O12)), (4, 1), "after all an emergency: owed again");
}

/// c.5(3)¶2: owed is the wave of whom the plan in force sends, so that who confirms it owes nothing that nobody will send.
#[test]
fn a_first_wave_is_owed_of_the_profiles_that_the_plan_in_force_sends() {
    let mut hub = Hub::new();
    let mut rows: Vec<PlanRow> = response_plan::shipped().rows().cloned().collect();
    rows.retain(|row| row.category.as_str() != "building_fire" || row.service.as_str() == "fire_rescue");
    hub.person(RegionCommand::SetPlans { rows: Some(rows), reason: "trial".into() });
    let (incident, _) = hub.call("Горит дом", "building_fire");
    hub.identify(incident, Standing::Emergency);
    let owed: Vec<_> = hub.state.obligations().of_kind(K::O09).map(|o| o.claim.which.clone()).collect();
    assert_eq!(owed, [Some(Datum::Profile { profile: Profile::Fire })]);
    hub.request(incident, Act::FirstWave, "fire_rescue").unwrap();
    assert_eq!(hub.of(K::O09), [Status::Met]);
}

#[test]
fn profiles_follow_from_the_type_and_failing_it_the_choice_is_owed() {
    let mut hub = Hub::new();
    let message = hub.message("Беда, приезжайте скорее", None);
    let (incident, _) = hub.receive(message, Territory::default());
    hub.identify_as(incident, "T11");
    assert_eq!(hub.of(K::O09), [Status::Open; 4], "a collapse of buildings needs all four");

    let mut hub = Hub::new();
    let message = hub.message("Беда, приезжайте скорее", None);
    let (incident, _) = hub.receive(message, Territory::default());
    hub.identify_as(incident, "T14b");
    let owed: Vec<_> = hub.state.obligations().of_kind(K::O09).cloned().collect();
    assert!(matches!(owed.as_slice(), [one] if one.claim.which.is_none()), "{owed:?}");
    hub.request(incident, Act::FirstWave, "fire_rescue").unwrap();
    assert_eq!(hub.of(K::O09), [Status::Met], "the officer has chosen");
}

#[test]
fn a_warning_is_ordered_by_who_may_at_the_scale_that_the_card_has_now() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Горит дом", "building_fire");
    let scale = |scale| RegionCommand::SetScale { incident, scale, basis: "as far as is known".into() };
    hub.person(scale(Scale::Object));
    hub.identify(incident, Standing::Emergency);
    let warning = case(&hub, incident).number;
    hub.person(scale(Scale::Regional));
    assert_eq!(case(&hub, incident).scale, Some(Scale::Regional), "it follows the card's");
    let by = |authority| {
        let words = |event: &str| {
            serde_json::from_value(serde_json::json!({"event": event, "instruction": "Уходите"})).unwrap()
        };
        WarningCommand::Order {
            warning,
            order: OrderBasis {
                authority,
                ordered_by: "K. Serikov".into(),
                reference: "by telephone".into(),
                agreed_with: None,
            },
            text: WarningText {
                kk: words("Баршаның назарына!"), ru: words("Внимание всем!"), en: None
            },
            audience: Audience { persons: true, whole_region: true, ..Audience::default() },
            until: None,
        }
    };
    let refused = hub.ask(RegionCommand::Warning(by(Authority::HeadOfOrganisation)), super::hub::officer());
    assert!(matches!(refused, Err(Refusal::Forbidden(_))), "{refused:?}");
    let state = WarningCommand::StateScale { warning, scale: Scale::Object };
    let refused = hub.ask(RegionCommand::Warning(state), super::hub::officer());
    assert!(matches!(refused, Err(Refusal::Conflict(_))), "its scale is the card's: {refused:?}");
    hub.person(RegionCommand::Warning(by(Authority::HeadOfAuthorisedBody)));
}

fn order(zone: Option<ZoneId>, part: Option<Part>) -> ModeOrder {
    ModeOrder {
        reason: "mudflow expected".into(),
        legal_reference: "decision of the akim No. 12".into(),
        ordered_by: None,
        from: None,
        until: None,
        zone,
        part,
        exercise: false,
    }
}

#[test]
fn a_mode_is_declared_for_a_zone_and_districts_that_are_there() {
    let mut hub = Hub::new();
    let mut declare = |zone, part| {
        let mode = Mode::HighReadiness;
        let command = ModeCommand::Declare { mode, order: order(zone, part) };
        hub.ask(RegionCommand::Mode(command), super::hub::officer()).map(|_| ())
    };
    let nowhere = ZoneId(Uuid::from_u128(99));
    assert!(matches!(declare(Some(nowhere), None), Err(Refusal::NotFound { .. })));
    let part = |district: &str| {
        let part = serde_json::json!({"districts": [district]});
        Some(serde_json::from_value::<Part>(part).unwrap())
    };
    assert!(matches!(declare(None, part("711110000")), Err(Refusal::Invalid { .. })), "another region's");
    declare(None, part("751110000")).unwrap();
}

#[test]
fn a_new_end_of_a_mode_leaves_its_zone() {
    let mut hub = Hub::new();
    let (zone, _) = exercise_zone(&mut hub, None);
    let mode = Mode::HighReadiness;
    hub.person(RegionCommand::Mode(ModeCommand::Declare { mode, order: order(Some(zone), None) }));
    let until = Some(hub.now + jiff::SignedDuration::from_hours(5));
    let reason = "longer".to_owned();
    hub.person(RegionCommand::Mode(ModeCommand::Amend { period: 1, zone: None, until, reason }));
    let period = hub.state.mode().period(1).unwrap();
    assert_eq!((period.zone, period.until), (Some(zone), until));
}

#[test]
fn an_emergency_out_of_everyday_activity_tells_the_threat_and_its_end_names_what_it_ends() {
    let mut hub = Hub::new();
    let threat = hub.declare(Mode::Emergency);
    let notice = |d: &Decision, kind: Kind| {
        let of = |o: &&hub112::domain::region::Outbound| {
            matches!(o.content, HubContent::ThreatNotice(_))
                && o.kind == kind
                && o.recipients.iter().any(|r| r.service == key("police"))
        };
        d.outbound.iter().find(of).cloned()
    };
    let sent = notice(&threat, Kind::Report).expect("c.5(2)¶4: told too");
    let over = hub.declare(Mode::Everyday);
    let end = notice(&over, Kind::Cancel).expect("its end is told");
    assert_eq!(end.references, Some(sent.distribution));
    assert!(
        hub.declare(Mode::Emergency).outbound.len() >= threat.outbound.len(),
        "and the next is told anew"
    );
}

fn acknowledge(hub: &mut Hub, service: &str, reference: DistributionId, read_by: Option<&str>) {
    let read_by = read_by.map(str::to_owned);
    let command =
        RegionCommand::TakeAcknowledgement { service: key(service), reference, read_by, at: hub.now };
    hub.ask(command, agency(service)).unwrap();
}

#[test]
fn a_directive_that_a_person_has_read_is_brought_to_the_addressee() {
    let mut hub = Hub::new();
    let command = DirectiveCommand::Issue {
        directive: DirectiveId(Uuid::from_u128(1)),
        author: Author { role: "head of the territorial body".into(), name: "K. Serikov".into() },
        text: "Bring the reserve to Talgar".into(),
        addressees: vec![Addressee::Service { service: key("fire_rescue") }],
        due: None,
        incident: None,
        exercise: false,
    };
    let decision = hub.person(RegionCommand::Directive(command));
    let reference = decision.outbound[0].distribution;
    acknowledge(&mut hub, "fire_rescue", reference, None);
    assert_eq!(hub.of(K::O13), [Status::Open], "its system has it");
    acknowledge(&mut hub, "fire_rescue", reference, Some("S. Akhmetov"));
    assert_eq!(hub.of(K::O13), [Status::Met], "c.6(6)");
}

#[test]
fn a_scale_that_a_person_stated_stands_and_new_figures_propose_another() {
    let mut hub = Hub::new();
    let mut settings = hub.state.settings().clone();
    settings.thresholds.local.affected_min = Some(5);
    settings.thresholds.regional.affected_min = Some(50);
    settings.thresholds.certified_by = super::hub::officer().person().cloned();
    hub.person(RegionCommand::SetSettings(Box::new(settings)));
    let (incident, _) = hub.call("Горит дом", "building_fire");
    let stated = |hub: &Hub| hub.state.incident(incident).unwrap().scales.last().map(|s| s.scale);
    let figures = |affected: u32| RegionCommand::SetConsequences {
        incident,
        consequences: serde_json::from_value::<Consequences>(serde_json::json!({"affected": affected}))
            .unwrap(),
    };
    hub.person(figures(6));
    assert_eq!(stated(&hub), Some(Scale::Local), "a rule's");
    hub.person(RegionCommand::SetScale { incident, scale: Scale::Global, basis: "judged".into() });
    hub.person(figures(60));
    assert_eq!(stated(&hub), Some(Scale::Global), "a person's stands");
    let said = serde_json::to_value(hub.state.incident(incident).unwrap()).unwrap();
    assert_eq!(said["proposed_scale"]["scale"], "regional", "{said}");
    hub.person(RegionCommand::SetScale { incident, scale: Scale::Regional, basis: "the figures".into() });
    let said = serde_json::to_value(hub.state.incident(incident).unwrap()).unwrap();
    assert!(said["proposed_scale"].is_null(), "{said}");
}

#[test]
fn a_choice_of_profile_is_answered_by_a_category_too() {
    let mut hub = Hub::new();
    let message = hub.message("Беда, приезжайте скорее", None);
    let (incident, _) = hub.receive(message, Territory::default());
    hub.identify_as(incident, "T14b");
    let code = CategoryCode::new("building_fire").unwrap();
    hub.person(RegionCommand::SetCategory { incident, code, severity: None });
    let profiles =
        hub.state.obligations().of_kind(K::O09).all(|o| matches!(o.claim.which, Some(Datum::Profile { .. })));
    assert!(profiles && hub.of(K::O09).iter().filter(|s| s.is_owed()).count() == 4);
}

#[test]
fn who_refuses_has_given_no_data_and_owes_none() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Горит дом", "building_fire");
    hub.request(incident, Act::FirstWave, "ambulance").unwrap();
    let event = |decision| ServiceEvent::ForcesAnswered {
        request: DEPOT,
        incident,
        decision: Some(decision),
        composition: None,
        departure_at: None,
        arrival_at: None,
        units: vec![],
        telephoned: None,
    };
    hub.hear("ambulance", event(ForcesDecision::Refused { reason: None }));
    let data: Vec<_> = K::FORCES_DATA
        .iter()
        .flat_map(|kind| hub.state.obligations().iter().filter(move |o| o.claim.kind == *kind))
        .collect();
    assert_eq!(data.len(), 3);
    assert!(data.iter().all(|o| o.is_void() && o.evidence.as_deref() == Some("refused")), "{data:?}");
    hub.wait(86_400);
    assert_eq!(hub.of(K::O11b), [Status::Cancelled], "and nobody waits for them");
}
