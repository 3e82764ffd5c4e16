//! Many call about one thing (c.5(1)¶2): every agency hears of it, in messages that it can read, and hears the newest too.

use std::collections::BTreeMap;

use hub112::domain::command::{RegionCommand, Territory};
use hub112::domain::decision::{By, Refusal};
use hub112::domain::envelope::{HubContent, MAX_TEXT_CHARS};
use hub112::domain::forces::Act;
use hub112::domain::ids::{IncidentId, RegionCode};
use hub112::domain::incident::{Incident, MessageBetween, TOLD_CHARS};
use hub112::domain::location::{Fix, Location, LocationSource, Uncertainty};
use hub112::domain::message::{Channel, Message, Sender, Subject};
use hub112::domain::quantities::{Metres, Point};
use hub112::domain::region::{Answer, Decision, EntityKind, EntityRow, Outbound, RegionState};
use proptest::prelude::*;

use super::hub::{DEPOT, Hub, key, officer, told};

/// The texts that a decision tells to agencies and neighbours.
fn texts(decision: &Decision) -> Vec<String> {
    let text = |told: &Outbound| match &told.content {
        HubContent::IncidentNotice(notice) => Some(notice.text.clone()),
        HubContent::ForcesRequest(request) => Some(request.what.clone()),
        _ => None,
    };
    decision.outbound.iter().filter_map(text).collect()
}

/// Callers of one minute, who all see the same house burn.
fn flood(hub: &mut Hub, calls: usize) -> Vec<Decision> {
    let letters = "пламя".repeat(50);
    (0..calls)
        .map(|n| {
            let message = hub.message(&format!("Горит дом, этаж {n}, {letters}"), Some("building_fire"));
            hub.receive(message, Territory::default()).1
        })
        .collect()
}

#[test]
fn however_many_call_a_message_to_an_agency_stays_one_that_it_can_read_and_holds_the_first_and_the_newest() {
    let mut hub = Hub::new();
    let told = flood(&mut hub, 600);
    assert_eq!(hub.state.incidents().count(), 1, "they are one card");
    let all: Vec<String> = told.iter().flat_map(texts).collect();
    assert!(!all.is_empty());
    const { assert!(TOLD_CHARS < MAX_TEXT_CHARS) };
    assert!(all.iter().all(|text| text.chars().count() <= TOLD_CHARS + 20));

    hub.wait(3);
    let incident = hub.state.incidents().next().unwrap().id;
    let note = RegionCommand::SetPublicResonance { incident, public_resonance: true };
    hub.person(note);
    let words = hub.state.incident(incident).unwrap().told_words();
    assert!(words.contains("этаж 0,") && words.contains("этаж 599,") && words.contains("[… +"), "{words}");
    assert!(!words.contains("этаж 300,"));
}

#[test]
fn what_many_say_within_seconds_is_told_together_and_nothing_of_it_is_left_untold() {
    let mut hub = Hub::new();
    let told = flood(&mut hub, 200);
    let times = told.iter().filter(|d| !texts(d).is_empty()).count();
    assert!((20..=22).contains(&times), "each of the first twenty at once, the others wait: {times}");
    assert!(texts(told.last().unwrap()).is_empty());

    let tick = |hub: &mut Hub, seconds: i64| {
        hub.now += jiff::SignedDuration::from_secs(seconds);
        hub.ask(RegionCommand::Tick, By::rule("clock")).unwrap()
    };
    assert!(texts(&tick(&mut hub, 1)).is_empty(), "they have just heard");
    let together = tick(&mut hub, 2);
    assert!(texts(&together).iter().any(|text| text.contains("этаж 199,")), "the newest is told");
    assert!(texts(&tick(&mut hub, 10)).is_empty(), "and once");
}

#[test]
fn what_waits_to_be_told_waits_on_when_one_service_alone_is_told_something() {
    let mut hub = Hub::new();
    flood(&mut hub, 200);
    let incident = hub.state.incidents().next().unwrap().id;
    let services = vec![key("telecom")];
    hub.person(RegionCommand::Inform { incident, services });
    hub.now += jiff::SignedDuration::from_secs(3);
    let tick = hub.ask(RegionCommand::Tick, By::rule("clock")).unwrap();
    let heard = told(&tick, "fire_rescue");
    assert!(
        matches!(&heard[..], [HubContent::IncidentNotice(n)] if n.text.contains("этаж 199,")),
        "{heard:?}"
    );
    assert!(texts(&hub.ask(RegionCommand::Tick, By::rule("clock")).unwrap()).is_empty(), "and once");
}

#[test]
fn a_message_that_did_not_reach_its_service_is_told_again_as_things_stand_under_the_next_number() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Горит дом", "building_fire");
    let first = hub.request(incident, Act::FirstWave, "fire_rescue").unwrap();
    let lost = first.outbound.iter().find(|o| matches!(o.content, HubContent::ForcesRequest(_))).unwrap();
    let row = lost.recipients[0].clone();
    let again = |content: &HubContent| RegionCommand::TellAgain {
        incident,
        to: row.party(),
        kind: lost.kind,
        content: Box::new(content.clone()),
    };
    let told = hub.person(again(&lost.content));
    let [out] = &told.outbound[..] else { panic!("{:?}", told.outbound) };
    assert_eq!(out.recipients[0].sequence, row.sequence.map(|n| n + 1), "no double of what was lost");
    assert_ne!(out.distribution, lost.distribution);

    hub.person(RegionCommand::CancelRequest { incident, request: DEPOT, reason: "wrong house".into() });
    let refused = hub.ask(again(&lost.content), officer());
    assert!(
        matches!(refused, Err(Refusal::Conflict(_))),
        "nobody is sent by a request that ended: {refused:?}"
    );
}

#[test]
fn a_better_place_that_comes_with_a_call_is_told_to_the_hub_near_whose_border_it_lies() {
    let mut hub = Hub::new();
    let within = |hub: &Hub, metres: f64| {
        let message = hub.message("Горит дом на трассе", Some("building_fire"));
        let point = message.location.as_ref().and_then(Location::point).unwrap();
        let radius_m = Metres::saturating(metres);
        let fix = Fix { point, uncertainty: Some(Uncertainty::Circle { radius_m }) };
        let location = Location::new(Some(fix), None, LocationSource::Caller, Some(hub.now)).ok();
        Message { location, ..message }
    };
    // From an app: what an officer has entered is overruled by nobody.
    let sent = |hub: &mut Hub, metres: f64, territory: Territory| {
        let message = Box::new(within(hub, metres));
        let told = hub.ask(RegionCommand::Receive { message, territory }, By::rule("app")).unwrap();
        let Answer::Taken { incident, .. } = told.answer else { panic!("{:?}", told.answer) };
        (incident, told)
    };
    let (card, _) = sent(&mut hub, 300.0, Territory::default());
    let border = RegionCode::new(19).unwrap();
    let near = Territory { district: None, neighbours: vec![border] };
    let (joined, told) = sent(&mut hub, 20.0, near);
    assert_eq!(joined, card);
    let theirs = |d: &Decision| d.outbound.iter().any(|o| o.recipients.iter().any(|r| r.region == border));
    assert!(theirs(&told));
}

#[test]
fn a_card_that_is_split_off_is_told_as_a_new_one_is() {
    let mut hub = Hub::new();
    let (card, _) = hub.call("Горит дом", "building_fire");
    let second = hub.message("Горит дом, второй подъезд", Some("building_fire"));
    let message = Box::new(second.clone());
    let (joined, _) = hub.receive(second, Territory::default());
    assert_eq!(joined, card);
    let border = RegionCode::new(19).unwrap();
    let split = hub.person(RegionCommand::Split {
        from: card,
        message,
        reason: "another house".into(),
        territory: Territory { district: None, neighbours: vec![border] },
    });
    assert!(split.outbound.iter().any(|o| o.recipients.iter().any(|r| r.service.as_str() == "fire_rescue")));
    assert!(split.outbound.iter().any(|o| o.recipients.iter().any(|r| r.region == border)), "c.3(1)");
}

#[test]
fn what_is_split_off_is_a_card_of_all_that_its_message_said() {
    let mut hub = Hub::new();
    let (card, _) = hub.call("Горит дом", "building_fire");
    let mut second = hub.message("Здесь то же", Some("building_collapse"));
    let fix = Fix {
        point: Point::new(43.2501, 76.9201).unwrap(),
        uncertainty: Some(Uncertainty::Circle { radius_m: Metres::whole(120) }),
    };
    let address = Some("улица Абая, 10".to_owned());
    second.location = Location::new(Some(fix), address, LocationSource::Network, Some(hub.now)).ok();
    second.answers = [("trapped".to_owned(), serde_json::json!(true))].into();
    let (own, _) = hub.receive(second.clone(), Territory::default());
    if own != card {
        hub.person(RegionCommand::Merge { into: card, from: own, reason: "one event".into() });
    }
    let split = hub.person(RegionCommand::Split {
        from: card,
        message: Box::new(second.clone()),
        reason: "another house".into(),
        territory: Territory::default(),
    });
    let Answer::Taken { incident, .. } = split.answer else { panic!("{:?}", split.answer) };
    let new = hub.state.incident(incident).unwrap();
    assert_eq!(new.category().unwrap().code.as_str(), "building_collapse");
    assert_eq!(new.subject, Subject::Emergency, "c.5(3)¶1");
    assert_eq!(new.location(), second.location.as_ref());
    assert_eq!(new.all_answers()["trapped"], serde_json::json!(true));
}

#[test]
fn an_emergency_that_a_service_reported_stays_one_when_it_is_split_off() {
    let mut hub = Hub::new();
    let (card, _) = hub.call("Горит дом", "building_fire");
    let mut reported = hub.message("Нужна помощь", None);
    reported.channel = Channel::Agency;
    reported.sender = Sender::Service { service: key("ambulance"), learnt_at: Some(hub.now) };
    let (own, _) = hub.receive(reported.clone(), Territory::default());
    hub.person(RegionCommand::Merge { into: card, from: own, reason: "one event".into() });
    let split = hub.person(RegionCommand::Split {
        from: card,
        message: Box::new(reported),
        reason: "another event".into(),
        territory: Territory::default(),
    });
    let Answer::Taken { incident, .. } = split.answer else { panic!("{:?}", split.answer) };
    assert_eq!(hub.state.incident(incident).unwrap().subject, Subject::Emergency, "c.5(1)¶4");
}

#[test]
fn one_more_call_is_written_alike_whether_forty_called_before_or_a_thousand() {
    let mut hub = Hub::new();
    flood(&mut hub, 40);
    let one_more = |hub: &mut Hub| {
        let (_, told) = hub.call("Горит дом, второй подъезд", "building_fire");
        let rows = hub.state.rows_after(&told.events);
        (rows.len(), rows.iter().map(|row| row.state.len()).sum::<usize>())
    };
    let (few_rows, few) = one_more(&mut hub);
    flood(&mut hub, 1_000);
    let (many_rows, many) = one_more(&mut hub);
    assert_eq!(hub.state.incidents().count(), 1, "they are one card");
    assert_eq!(many_rows, few_rows);
    assert!(many < few + few / 10, "{few} bytes after forty calls, {many} after a thousand");
}

/// What is done to two cards about which many call.
#[derive(Debug, Clone)]
enum Done {
    Call { other: bool },
    SplitOff { other: bool, which: u8 },
    Merge,
}

fn done() -> impl Strategy<Value = Done> {
    prop_oneof![
        12 => any::<bool>().prop_map(|other| Done::Call { other }),
        4 => (any::<bool>(), any::<u8>()).prop_map(|(other, which)| Done::SplitOff { other, which }),
        1 => Just(Done::Merge),
    ]
}

type Rows = BTreeMap<(EntityKind, String), EntityRow>;

/// The rows of the read tables as decisions write them, and as the journal gives them again event by event.
struct Tables {
    hub: Hub,
    written: Rows,
    again: RegionState,
    replayed: Rows,
    /// As they came in.
    messages: Vec<Message>,
}

impl Tables {
    fn keep(&mut self, decision: &Decision) {
        let put = |rows: &mut Rows, new: Vec<EntityRow>| {
            rows.extend(new.into_iter().map(|row| ((row.kind, row.id.clone()), row)));
        };
        put(&mut self.written, self.hub.state.rows_after(&decision.events));
        for event in &decision.events {
            self.again.apply(event, self.hub.now);
            put(&mut self.replayed, self.again.rows_after(std::slice::from_ref(event)));
        }
    }

    fn call(&mut self, other: bool) -> IncidentId {
        let mut message = self.hub.message("Горит дом, внутри люди", Some("building_fire"));
        let point = Point::new(if other { 43.35 } else { 43.25 }, 76.92).unwrap();
        let fix = Fix { point, uncertainty: None };
        message.location = Location::new(Some(fix), None, LocationSource::Caller, Some(self.hub.now)).ok();
        self.messages.push(message.clone());
        let (card, decision) = self.hub.receive(message, Territory::default());
        self.keep(&decision);
        card
    }

    fn ask(&mut self, command: RegionCommand) {
        if let Ok(decision) = self.hub.ask(command, super::hub::officer()) {
            self.keep(&decision);
        }
    }

    /// A card as the tables have it.
    fn card(&self, id: IncidentId) -> Incident {
        let row = &self.written[&(EntityKind::Incident, id.to_string())];
        let card: Incident = serde_json::from_str(&row.state).unwrap();
        let between = self.written.values().filter(|row| row.kind == EntityKind::MessageBetween && row.open);
        let between: Vec<MessageBetween> =
            between.map(|row| serde_json::from_str(&row.state).unwrap()).collect();
        card.with_between(between.into_iter().filter(|one| one.incident == id).collect()).unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever joins such a card, is taken off it or goes to another with it: its rows hold it whole and in order, and
    /// the journal gives the same rows.
    #[test]
    fn the_rows_of_a_card_about_which_many_call_hold_all_of_its_messages_and_follow_from_the_journal(
        steps in proptest::collection::vec(done(), 1..60),
    ) {
        let (hub, again) = (Hub::new(), Hub::new().state);
        let mut tables = Tables { hub, written: Rows::new(), again, replayed: Rows::new(), messages: Vec::new() };
        let mut cards = [false, true].map(|other| tables.call(other));
        for n in 0..66 {
            tables.call(n % 2 == 0);
        }
        for step in steps {
            match step {
                Done::Call { other } => cards[usize::from(other)] = tables.call(other),
                Done::SplitOff { other, which } => {
                    let from = cards[usize::from(other)];
                    let card = tables.hub.state.incident(from).unwrap();
                    let id = card.messages.iter().nth(usize::from(which) % card.messages.len()).unwrap().id;
                    let message = Box::new(tables.messages.iter().find(|m| m.id == id).unwrap().clone());
                    let (reason, territory) = ("another".into(), Territory::default());
                    tables.ask(RegionCommand::Split { from, message, reason, territory });
                }
                Done::Merge => {
                    let [into, from] = cards;
                    tables.ask(RegionCommand::Merge { into, from, reason: "the same".into() });
                }
            }
        }
        prop_assert_eq!(&tables.written, &tables.replayed);
        for card in tables.hub.state.incidents() {
            prop_assert!(serde_json::to_value(card).unwrap()["messages"].as_array().unwrap().len() <= 30);
            prop_assert_eq!(card, &tables.card(card.id));
        }
    }
}
