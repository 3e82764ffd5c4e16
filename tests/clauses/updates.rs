//! What agencies that know of a card hear when it changes: the newest picture (c.5(1)¶2), in the place of which message, and
//! how sure its figures are.

use hub112::domain::classification::legal::Standing;
use hub112::domain::classification::order240::Scale;
use hub112::domain::command::{RegionCommand, Territory};
use hub112::domain::decision::Refusal;
use hub112::domain::directive::{Addressee, Author, DirectiveCommand};
use hub112::domain::envelope::{HubContent, IncidentNotice, Kind};
use hub112::domain::forces::Act;
use hub112::domain::ids::{DirectiveId, DistributionId, IncidentId, RegionCode};
use hub112::domain::incident::Outcome;
use hub112::domain::location::{Fix, Location, LocationSource, Uncertainty};
use hub112::domain::message::{CallBack, Message, PhoneNumber, Sender};
use hub112::domain::quantities::{Metres, Point};
use hub112::domain::region::{Decision, Outbound};
use serde_json::json;
use uuid::Uuid;

use super::hub::{DEPOT, Hub, key, officer};

/// What a decision tells a service of a card: what the message does, under which number, in the place of which.
fn heard(decision: &Decision, service: &str) -> Vec<(Kind, u64, Option<DistributionId>, IncidentNotice)> {
    let to = |sent: &Outbound| {
        let recipient = sent.recipients.iter().find(|r| r.service == key(service))?;
        let HubContent::IncidentNotice(notice) = &sent.content else { return None };
        let references = recipient.references.or(sent.references);
        Some((sent.kind, recipient.sequence?, references, notice.clone()))
    };
    decision.outbound.iter().filter_map(to).collect()
}

fn last_told(hub: &Hub, card: IncidentId, service: &str) -> Option<DistributionId> {
    hub.state.incident(card).unwrap().told.iter().find(|t| t.service == key(service))?.notice
}

fn notice_to(decision: &Decision, service: &str) -> DistributionId {
    let of = |sent: &&Outbound| {
        matches!(sent.content, HubContent::IncidentNotice(_))
            && sent.recipients.iter().any(|r| r.service == key(service))
    };
    decision.outbound.iter().find(of).expect("a notice").distribution
}

#[test]
fn who_is_under_way_to_the_card_that_stays_hears_what_the_merged_one_knew() {
    let mut hub = Hub::new();
    let unplaced =
        Message { location: None, ..hub.message("Горит квартира", Some("building_fire")) };
    let (into, _) = hub.receive(unplaced, Territory::default());
    hub.identify(into, Standing::Emergency);
    hub.request(into, Act::FirstWave, "fire_rescue").unwrap();
    let before =
        hub.state.incident(into).unwrap().sequence(RegionCode::new(75).unwrap(), &key("fire_rescue"));

    hub.now += jiff::SignedDuration::from_mins(3);
    let number = PhoneNumber::try_from("+77011234567".to_owned()).unwrap();
    let point = Point::new(43.2, 76.8).unwrap();
    let fix = Fix { point, uncertainty: Some(Uncertainty::Circle { radius_m: Metres::saturating(15.0) }) };
    let caller = Message {
        sender: Sender::Person { name: None, call_back: CallBack::Number { number } },
        location: Location::new(Some(fix), Some("Абая, 10".into()), LocationSource::Caller, Some(hub.now))
            .ok(),
        ..hub.message("На третьем этаже люди", Some("building_fire"))
    };
    let (from, _) = hub.receive(caller, Territory::default());
    assert_ne!(from, into);
    let text = "Во дворе газовые баллоны".to_owned();
    let answers = [("floor".to_owned(), json!("3"))].into();
    hub.person(RegionCommand::AddAnswers { incident: from, text, answers });

    let merged = hub.person(RegionCommand::Merge { into, from, reason: "one house".into() });
    let told = heard(&merged, "fire_rescue");
    let [.., (Kind::Update, sequence, _, notice)] = &told[..] else { panic!("{told:?}") };
    assert_eq!(*sequence, before + 1, "without a gap");
    assert_eq!((notice.place.point, notice.place.address.as_deref()), (Some(point), Some("Абая, 10")));
    for words in ["Горит квартира", "На третьем этаже люди", "Во дворе газовые баллоны"]
    {
        assert!(notice.text.contains(words), "{}", notice.text);
    }
    assert_eq!(notice.caller.as_ref().unwrap().number.as_deref(), Some("+77011234567"));
    let card = hub.state.incident(into).unwrap();
    assert_eq!(card.point(), Some(point));
    assert_eq!(card.all_answers().get("floor"), Some(&json!("3")));
    assert_eq!(card.told_words(), notice.text, "what is told is what stands on the card");
}

#[test]
fn an_answer_and_a_place_that_a_person_gave_stay_as_they_are_when_another_card_is_merged() {
    let mut hub = Hub::new();
    let (into, _) = hub.call("Горит квартира", "building_fire");
    let location = hub.state.incident(into).unwrap().location().cloned().unwrap();
    hub.person(RegionCommand::SetLocation { incident: into, location, territory: Territory::default() });
    let answered = |floor: &str| [("floor".to_owned(), json!(floor))].into();
    let text = String::new();
    hub.person(RegionCommand::AddAnswers { incident: into, text: text.clone(), answers: answered("2") });
    let place = hub.state.incident(into).unwrap().locations.last().cloned();
    hub.now += jiff::SignedDuration::from_mins(3);
    let fix = Fix {
        point: Point::new(43.2, 76.8).unwrap(),
        uncertainty: Some(Uncertainty::Circle { radius_m: Metres::saturating(1.0) }),
    };
    let surer = Location::new(Some(fix), None, LocationSource::Caller, Some(hub.now)).ok();
    let other = Message { location: surer, ..hub.message("Дым", Some("building_fire")) };
    let (from, _) = hub.receive(other, Territory::default());
    hub.person(RegionCommand::AddAnswers { incident: from, text, answers: answered("9") });
    hub.person(RegionCommand::Merge { into, from, reason: "one house".into() });
    let card = hub.state.incident(into).unwrap();
    assert_eq!(card.locations.last().cloned(), place);
    assert_eq!(card.all_answers().get("floor"), Some(&json!("2")));
}

#[test]
fn an_address_alone_keeps_the_point_that_is_known_and_the_district_in_which_it_lies() {
    let mut hub = Hub::new();
    let message = hub.message("Горит квартира", Some("building_fire"));
    let lies = Territory { district: Some("751110000".parse().unwrap()), neighbours: Vec::new() };
    let (card, _) = hub.receive(message, lies);
    let known = hub.state.incident(card).unwrap().locations.last().cloned().unwrap();
    assert!(known.location.fix().is_some());
    let location = Location::new(None, Some("Абая, 10".into()), LocationSource::Officer, None).unwrap();
    hub.person(RegionCommand::SetLocation { incident: card, location, territory: Territory::default() });
    let now = hub.state.incident(card).unwrap().locations.last().cloned().unwrap();
    assert_eq!(now.location.fix(), known.location.fix());
    assert_eq!((now.location.address(), now.district), (Some("Абая, 10"), known.district));
}

#[test]
fn a_place_by_hand_is_held_to_what_a_message_is_held_to() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Горит квартира", "building_fire");
    let at = |lat, lon| Point::new(lat, lon).unwrap();
    let mut give = |uncertainty| {
        let fix = Fix { point: at(43.26, 76.94), uncertainty: Some(uncertainty) };
        let location = Location::new(Some(fix), None, LocationSource::Officer, None).unwrap();
        let territory = Territory::default();
        hub.ask(RegionCommand::SetLocation { incident, location, territory }, officer()).map(|_| ())
    };
    let circle = |metres| Uncertainty::Circle { radius_m: Metres::saturating(metres) };
    let ring = |corners: &[(f64, f64)]| Uncertainty::Polygon {
        ring: corners.iter().map(|(lat, lon)| at(*lat, *lon)).collect(),
    };
    let anywhere = give(circle(1e12)).unwrap_err();
    assert!(matches!(anywhere, Refusal::Invalid { field: "fix.uncertainty", .. }), "{anywhere:?}");
    let crossed = give(ring(&[(43.2, 76.9), (43.3, 77.0), (43.3, 76.9), (43.2, 77.0)])).unwrap_err();
    assert!(matches!(crossed, Refusal::Invalid { field: "fix.uncertainty", .. }), "{crossed:?}");
    give(circle(1_200.0)).unwrap();
    give(ring(&[(43.2, 76.9), (43.2, 77.0), (43.3, 77.0), (43.3, 76.9)])).unwrap();
    // As some write it, with the first corner again at the end.
    give(ring(&[(43.2, 76.9), (43.2, 77.0), (43.3, 77.0), (43.3, 76.9), (43.2, 76.9)])).unwrap();
}

#[test]
fn an_update_and_the_end_of_a_card_name_the_message_in_whose_place_they_stand() {
    let mut hub = Hub::new();
    let (card, opened) = hub.call("Горит квартира", "building_fire");
    let first = notice_to(&opened, "fire_rescue");
    assert_eq!(last_told(&hub, card, "fire_rescue"), Some(first));
    // One that was told later than the others.
    let informed = hub.person(RegionCommand::Inform { incident: card, services: vec![key("telecom")] });
    let later = notice_to(&informed, "telecom");
    let identified = hub.identify(card, Standing::Emergency);
    let updated = heard(&identified, "fire_rescue");
    let [(Kind::Update, _, references, _)] = &updated[..] else { panic!("{updated:?}") };
    assert_eq!(*references, Some(first));
    assert_eq!(heard(&identified, "telecom")[0].2, Some(later), "each its own");
    let scaled = hub.scale(card, Scale::Object);
    let [(Kind::Update, _, references, _)] = &heard(&scaled, "fire_rescue")[..] else { panic!() };
    assert_eq!(*references, Some(notice_to(&identified, "fire_rescue")));
    let second = notice_to(&scaled, "fire_rescue");
    hub.decide_against_warning(card);
    let closed = hub
        .person(RegionCommand::Close { incident: card, outcome: Outcome::Resolved { note: String::new() } });
    let [(Kind::Cancel, _, references, _)] = &heard(&closed, "fire_rescue")[..] else { panic!() };
    assert_eq!(*references, Some(second));
    let end = closed.outbound.iter().find(|o| matches!(o.content, HubContent::IncidentNotice(_))).unwrap();
    assert_eq!(end.references, Some(second), "the head names what is one for all");
    assert!(end.recipients.iter().all(|r| r.references.is_none()));
}

#[test]
fn a_request_taken_back_names_the_message_that_made_it() {
    let mut hub = Hub::new();
    let (card, _) = hub.call("Горит квартира", "building_fire");
    let asked = hub.request(card, Act::FirstWave, "fire_rescue").unwrap();
    let made = asked
        .outbound
        .iter()
        .find(|o| matches!(o.content, HubContent::ForcesRequest(_)))
        .unwrap()
        .distribution;
    let reason = "nobody is needed".to_owned();
    let cancelled = hub.person(RegionCommand::CancelRequest { incident: card, request: DEPOT, reason });
    let [sent] = &cancelled.outbound[..] else { panic!("{cancelled:?}") };
    assert_eq!((sent.kind, sent.references), (Kind::Cancel, Some(made)));
}

#[test]
fn a_directive_that_is_withdrawn_names_the_message_that_brought_it() {
    let mut hub = Hub::new();
    let directive = DirectiveId(Uuid::from_u128(7));
    let issue = DirectiveCommand::Issue {
        directive,
        author: Author { role: "Head of the department".into(), name: "K. Serikov".into() },
        text: "Close the pass".into(),
        addressees: vec![Addressee::Service { service: key("police") }],
        due: None,
        incident: None,
        exercise: false,
    };
    let issued = hub.person(RegionCommand::Directive(issue));
    let [sent] = &issued.outbound[..] else { panic!("{issued:?}") };
    let reason = "the pass is open".to_owned();
    let withdrawn = hub.person(RegionCommand::Directive(DirectiveCommand::Withdraw { directive, reason }));
    let [end] = &withdrawn.outbound[..] else { panic!("{withdrawn:?}") };
    assert_eq!((end.kind, end.references), (Kind::Cancel, Some(sent.distribution)));
}

#[test]
fn figures_of_which_some_are_unknown_are_told_as_the_least() {
    let mut hub = Hub::new();
    let (card, _) = hub.call("Горит квартира", "building_fire");
    hub.identify(card, Standing::Emergency);
    let set = |hub: &mut Hub, figures: serde_json::Value| {
        let consequences = serde_json::from_value(figures).unwrap();
        let told = hub.person(RegionCommand::SetConsequences { incident: card, consequences });
        let notice = heard(&told, "fire_rescue").pop().map(|(_, _, _, notice)| notice);
        notice.map(|notice| (notice.affected, notice.affected_at_least))
    };
    assert_eq!(set(&mut hub, json!({"dead": 1, "injured": 4})), Some((Some(5), true)));
    assert_eq!(set(&mut hub, json!({"dead": 1, "injured": 4, "affected": 5})), Some((Some(5), false)));
}

#[test]
fn a_card_of_before_it_was_kept_by_which_message_agencies_were_told_is_read_and_names_none() {
    let mut hub = Hub::new();
    let (card, _) = hub.call("Горит квартира", "building_fire");
    let mut row = serde_json::to_value(hub.state.incident(card).unwrap()).unwrap();
    for told in row["told"].as_array_mut().unwrap() {
        told.as_object_mut().unwrap().remove("notice");
    }
    let read: hub112::domain::incident::Incident = serde_json::from_value(row).unwrap();
    assert!(!read.told.is_empty() && read.told.iter().all(|t| t.notice.is_none()));
}
