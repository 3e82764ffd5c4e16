//! While the questions are still being asked: answers come in, services are told as their part becomes clear, a call
//! without a place finds its card, and a person denies what a rule guessed.

use std::collections::BTreeMap;

use hub112::domain::classification::legal::Standing;
use hub112::domain::classification::order240::{Axis, Consequences, Scale};
use hub112::domain::classification::thresholds::{Bounds, Thresholds};
use hub112::domain::command::{RegionCommand, Territory};
use hub112::domain::decision::{By, Refusal};
use hub112::domain::envelope::{HubContent, NoticeStage};
use hub112::domain::ids::{AccountName, CategoryCode, IncidentId};
use hub112::domain::location::{Fix, Location, LocationSource};
use hub112::domain::message::{CallBack, Contact, Message, PhoneNumber, Sender, Subject};
use hub112::domain::quantities::Point;
use hub112::domain::region::{Answer, Decision};
use serde_json::json;

use super::hub::{Hub, key, officer, told};

fn number(n: &str) -> Sender {
    let number = PhoneNumber::try_from(n.to_owned()).unwrap();
    Sender::Person { name: None, call_back: CallBack::Number { number } }
}

fn unclear(hub: &Hub) -> Message {
    hub.message("Помогите, приезжайте скорее", None)
}

fn answers(hub: &mut Hub, incident: IncidentId, text: &str, answers: serde_json::Value) -> Decision {
    let answers: BTreeMap<_, _> = serde_json::from_value(answers).unwrap();
    hub.person(RegionCommand::AddAnswers { incident, text: text.into(), answers })
}

fn category(hub: &Hub, incident: IncidentId) -> CategoryCode {
    hub.state.incident(incident).unwrap().category().unwrap().code.clone()
}

#[test]
fn services_are_told_as_soon_as_an_answer_makes_their_part_clear_and_then_of_every_answer() {
    let mut hub = Hub::new();
    let message = unclear(&hub);
    let (incident, opened) = hub.receive(message, Territory::default());
    assert!(told(&opened, "fire_rescue").is_empty(), "nobody's part is clear yet");

    let first = answers(&mut hub, incident, "Горит квартира, много дыма", json!({}));
    assert_eq!(category(&hub, incident).as_str(), "building_fire");
    let [HubContent::IncidentNotice(notice)] = &told(&first, "fire_rescue")[..] else { panic!("{first:?}") };
    assert!(notice.text.contains("Горит квартира"), "{}", notice.text);

    let second = answers(&mut hub, incident, "внутри двое детей", json!({"trapped": true}));
    let [HubContent::IncidentNotice(notice)] = &told(&second, "fire_rescue")[..] else {
        panic!("{second:?}")
    };
    assert!(notice.text.contains("двое детей"), "{}", notice.text);
    let card = hub.state.incident(incident).unwrap();
    assert_eq!(card.all_answers().get("trapped"), Some(&json!(true)));
    assert_eq!(card.answers.len(), 2, "each is kept with who wrote it down and when");
}

#[test]
fn a_persons_category_stands_above_every_answer() {
    let mut hub = Hub::new();
    let message = unclear(&hub);
    let (incident, _) = hub.receive(message, Territory::default());
    let code = CategoryCode::new("stroke").unwrap();
    hub.person(RegionCommand::SetCategory { incident, code: code.clone(), severity: None });
    answers(&mut hub, incident, "Горит квартира", json!({}));
    assert_eq!(category(&hub, incident), code);
    let nothing = RegionCommand::AddAnswers { incident, text: "  ".into(), answers: BTreeMap::new() };
    assert!(matches!(hub.ask(nothing, officer()), Err(Refusal::Invalid { field: "answers", .. })));
}

#[test]
fn what_a_person_said_of_a_message_stands_when_the_category_is_corrected() {
    let mut hub = Hub::new();
    let message = unclear(&hub);
    let (incident, _) = hub.receive(message, Territory::default());
    let subject = |hub: &Hub| hub.state.incident(incident).unwrap().subject;
    let correct = |hub: &mut Hub, code: &str| {
        let code = CategoryCode::new(code).unwrap();
        hub.person(RegionCommand::SetCategory { incident, code, severity: None });
    };
    correct(&mut hub, "explosion");
    assert_eq!(subject(&hub), Subject::Emergency, "as long as nobody has said it, it goes with the category");
    correct(&mut hub, "stroke");
    assert_eq!(subject(&hub), Subject::ThreatToLife);
    hub.person(RegionCommand::SetSubject { incident, subject: Subject::Emergency });
    correct(&mut hub, "silent_call");
    assert_eq!(subject(&hub), Subject::Emergency);
}

#[test]
fn once_a_person_has_given_the_category_every_competent_service_is_told() {
    let mut hub = Hub::new();
    let message = unclear(&hub);
    let (incident, _) = hub.receive(message, Territory::default());
    let code = CategoryCode::new("explosion").unwrap();
    let said = hub.person(RegionCommand::SetCategory { incident, code, severity: None });
    for service in ["fire_rescue", "ambulance", "police", "utilities", "security"] {
        assert!(matches!(told(&said, service).as_slice(), [HubContent::IncidentNotice(_)]), "{service}");
    }
    assert!(told(&said, "telecom").is_empty());
}

#[test]
fn who_owes_no_forces_is_informed_and_hears_of_every_change_from_then_on() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Горит дом", "building_fire");
    let inform = |services: &[&str]| RegionCommand::Inform {
        incident,
        services: services.iter().map(|s| key(s)).collect(),
    };
    let said = hub.person(inform(&["security", "telecom", "security"]));
    for service in ["security", "telecom"] {
        let [HubContent::IncidentNotice(notice)] = &told(&said, service)[..] else { panic!("{said:?}") };
        assert_eq!(notice.stage, NoticeStage::Full, "{service}");
    }
    assert!(hub.person(inform(&["security"])).events.is_empty(), "it knows already");
    let changed = hub.identify(incident, Standing::Emergency);
    assert_eq!(told(&changed, "telecom").len(), 1);
    for refused in [&["hub"][..], &["nobody"], &[]] {
        assert!(hub.ask(inform(refused), officer()).is_err(), "{refused:?}");
    }
}

#[test]
fn an_abandoned_call_is_proposed_to_the_card_that_the_same_number_opens_when_it_calls_again() {
    let mut hub = Hub::new();
    let silent = Message {
        text: String::new(),
        contact: Contact::Abandoned,
        location: None,
        sender: number("+77010000112"),
        ..unclear(&hub)
    };
    let (abandoned, _) = hub.receive(silent, Territory::default());
    hub.wait(60);
    let again = Message { sender: number("+77010000112"), ..hub.message("Горит дом", None) };
    let (card, _) = hub.receive(again, Territory::default());
    assert_ne!(card, abandoned, "without a place no rule joins");
    let guesses = |hub: &Hub, id| {
        hub.state.incident(id).unwrap().guesses.iter().map(|g| g.incident).collect::<Vec<_>>()
    };
    assert_eq!(guesses(&hub, card), [abandoned]);

    hub.wait(60);
    let third = Message { sender: number("+77010000112"), location: None, ..unclear(&hub) };
    let (unlocated, _) = hub.receive(third, Territory::default());
    let mut both = guesses(&hub, unlocated);
    both.sort();
    assert_eq!(both, [abandoned, card]);

    hub.wait(60);
    let stranger = Message { sender: number("+77770000000"), location: None, ..unclear(&hub) };
    let (other, _) = hub.receive(stranger, Territory::default());
    assert_eq!(guesses(&hub, other), []);
}

#[test]
fn a_person_denies_what_a_rule_guessed_and_it_is_guessed_no_more() {
    let mut hub = Hub::new();
    let first = Message { location: None, sender: number("+77010000112"), ..unclear(&hub) };
    let (one, _) = hub.receive(first, Territory::default());
    let second =
        Message { sender: number("+77010000112"), ..hub.message("Украли телефон", None) };
    let (two, _) = hub.receive(second, Territory::default());
    assert_eq!(hub.state.incident(two).unwrap().guesses.len(), 1);
    let deny = |reason: &str| RegionCommand::DeclineJoin { incident: two, other: one, reason: reason.into() };
    assert!(matches!(hub.ask(deny(" "), officer()), Err(Refusal::Invalid { field: "reason", .. })));
    hub.person(deny("two different troubles"));
    assert_eq!(hub.state.incident(two).unwrap().guesses, []);
    assert!(matches!(hub.ask(deny("again"), officer()), Err(Refusal::NotFound { .. })));
}

#[test]
fn a_place_is_kept_in_every_version_with_its_uncertainty_and_its_source() {
    let mut hub = Hub::new();
    let ellipse = json!({"fix": {"point": {"lat": 43.25, "lon": 76.9}, "uncertainty":
        {"shape": "ellipse", "semi_major_m": 300.0, "semi_minor_m": 100.0, "orientation_deg": 45.0}},
        "source": "network"});
    let location: Location = serde_json::from_value(ellipse).unwrap();
    let message = Message { location: Some(location.clone()), ..hub.message("Горит дом", None) };
    let (incident, _) = hub.receive(message, Territory::default());
    let fix = Fix { point: Point::new(43.26, 76.91).unwrap(), uncertainty: None };
    let better = Location::new(Some(fix), Some("Абая 1".into()), LocationSource::Officer, None).unwrap();
    let command =
        RegionCommand::SetLocation { incident, location: better.clone(), territory: Territory::default() };
    let said = hub.person(command);
    let card = hub.state.incident(incident).unwrap();
    let versions: Vec<_> = card.locations.iter().map(|v| &v.location).collect();
    assert_eq!(versions, [&location, &better]);
    let [HubContent::IncidentNotice(notice)] = &told(&said, "fire_rescue")[..] else { panic!("{said:?}") };
    assert_eq!(notice.place.address.as_deref(), Some("Абая 1"));
}

#[test]
fn a_scale_that_changes_is_told_and_every_version_is_kept() {
    let mut hub = Hub::new();
    let mut settings = hub.state.settings().clone();
    let bounds = |affected| Bounds { affected_min: Some(affected), ..Bounds::default() };
    settings.thresholds = Thresholds {
        local: bounds(10),
        regional: bounds(100),
        certified_by: AccountName::new("asel").ok(),
        ..Thresholds::default()
    };
    hub.person(RegionCommand::SetSettings(Box::new(settings)));
    let (incident, _) = hub.call("Горит дом", "building_fire");
    let scales = |decision: &Decision| -> Vec<Option<Scale>> {
        let of = told(decision, "fire_rescue").into_iter();
        of.filter_map(|c| if let HubContent::IncidentNotice(n) = c { Some(n.scale) } else { None }).collect()
    };
    for (affected, scale) in [(3, Scale::Object), (40, Scale::Local), (400, Scale::Regional)] {
        let consequences = Consequences { affected: Some(affected), ..Consequences::default() };
        let said = hub.person(RegionCommand::SetConsequences { incident, consequences });
        assert_eq!(scales(&said), [Some(scale)], "{affected} affected");
    }
    let card = hub.state.incident(incident).unwrap();
    assert_eq!((card.scales.len(), card.consequences.len()), (3, 3));
}

#[test]
fn a_scale_from_figures_that_are_not_all_known_says_so_and_lowers_none_that_a_person_stated() {
    let mut hub = Hub::new();
    let mut settings = hub.state.settings().clone();
    let bounds = |affected, disrupted| Bounds {
        affected_min: Some(affected),
        disrupted_min: Some(disrupted),
        ..Bounds::default()
    };
    settings.thresholds = Thresholds {
        local: bounds(10, 50),
        regional: bounds(100, 500),
        certified_by: AccountName::new("asel").ok(),
        ..Thresholds::default()
    };
    hub.person(RegionCommand::SetSettings(Box::new(settings)));
    let (incident, _) = hub.call("Горит дом", "building_fire");
    let record = |hub: &mut Hub, affected, disrupted| {
        let consequences = Consequences { affected, disrupted, ..Consequences::default() };
        hub.person(RegionCommand::SetConsequences { incident, consequences });
        let scales = &hub.state.incident(incident).unwrap().scales;
        (scales.len(), scales.last().map(|s| (s.scale, s.unknown.clone(), s.by.person().is_some())))
    };
    let rule = |scale, unknown: &[Axis]| Some((scale, unknown.to_vec(), false));
    assert_eq!(record(&mut hub, None, None), (0, None), "nothing follows from nothing");
    assert_eq!(record(&mut hub, Some(20), None), (1, rule(Scale::Local, &[Axis::Disrupted])));
    assert_eq!(record(&mut hub, Some(30), None).0, 1, "the same once more");
    assert_eq!(record(&mut hub, Some(30), Some(5)), (2, rule(Scale::Local, &[])), "now it is certain");
    assert_eq!(record(&mut hub, Some(3), None), (3, rule(Scale::Object, &[Axis::Disrupted])));
    let basis = "by the word of the commander".to_owned();
    hub.person(RegionCommand::SetScale { incident, scale: Scale::Regional, basis });
    let stated = Some((Scale::Regional, Vec::new(), true));
    assert_eq!(record(&mut hub, Some(20), None), (4, stated), "at least local: regional stands");
    let proposed = |hub: &Hub| hub.state.incident(incident).unwrap().proposed_scale.as_ref().map(|s| s.scale);
    assert_eq!(proposed(&hub), None, "nothing certain speaks against it");
    assert_eq!(record(&mut hub, Some(20), Some(5)).0, 4, "what a person stated stands");
    assert_eq!(proposed(&hub), Some(Scale::Local), "all is known: another one is proposed beside it");
}

#[test]
fn thresholds_are_certified_by_who_enters_them_whatever_name_they_come_with() {
    let mut hub = Hub::new();
    let admin = || By::Person { account: AccountName::new("administrator").unwrap() };
    let enter = |hub: &mut Hub, by: By, change: fn(&mut Thresholds)| {
        let mut settings = hub.state.settings().clone();
        change(&mut settings.thresholds);
        hub.ask(RegionCommand::SetSettings(Box::new(settings)), by)
            .map(|_| hub.state.settings().thresholds.certified_by.clone().map(|n| n.to_string()))
    };
    let nothing = enter(&mut hub, admin(), |t| t.certified_by = AccountName::new("minister").ok());
    assert!(matches!(nothing, Err(Refusal::Invalid { field: "thresholds", .. })), "{nothing:?}");
    let entered = enter(&mut hub, admin(), |t| t.local.affected_min = Some(10));
    assert_eq!(entered, Ok(None), "entered, and not certified by that");
    let certified = enter(&mut hub, admin(), |t| t.certified_by = AccountName::new("minister").ok());
    assert_eq!(certified, Ok(Some("administrator".to_owned())));
    assert_eq!(hub.state.settings().thresholds.certified_at, Some(hub.now));
    hub.now += jiff::SignedDuration::from_secs(60);
    assert_eq!(enter(&mut hub, officer(), |_| ()), Ok(Some("administrator".to_owned())), "unchanged");
    let changed = enter(&mut hub, officer(), |t| t.local.affected_min = Some(20));
    assert_eq!(changed, Ok(Some("asel".to_owned())), "who changes them answers for them");
    assert_eq!(enter(&mut hub, admin(), |t| t.certified_by = None), Ok(None));
}

#[test]
fn a_message_that_is_not_ours_or_of_no_use_ends_with_where_it_went_or_why() {
    use hub112::domain::incident::Outcome;
    for (outcome, field) in [
        (Outcome::SetAside { reason: " ".into() }, Some("reason")),
        (Outcome::NotOurs { passed_to: String::new() }, Some("reason")),
        (Outcome::False { reason: String::new() }, Some("reason")),
        (Outcome::SetAside { reason: "a child plays".into() }, None),
        (Outcome::NotOurs { passed_to: "109".into() }, None),
    ] {
        let mut hub = Hub::new();
        let message = unclear(&hub);
        let (incident, _) = hub.receive(message, Territory::default());
        let closed = hub.ask(RegionCommand::Close { incident, outcome }, officer());
        match field {
            None => assert!(matches!(closed.map(|d| d.answer), Ok(Answer::Done))),
            Some(f) => assert!(matches!(closed, Err(Refusal::Invalid { field, .. }) if field == f)),
        }
    }
}
