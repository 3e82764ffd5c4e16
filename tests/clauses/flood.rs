//! Many call about one thing (c.5(1)¶2): every agency hears of it, in messages that it can read, and hears the newest too.

use hub112::domain::command::{RegionCommand, Territory};
use hub112::domain::decision::{By, Refusal};
use hub112::domain::envelope::{HubContent, MAX_TEXT_CHARS};
use hub112::domain::forces::Act;
use hub112::domain::ids::RegionCode;
use hub112::domain::incident::TOLD_CHARS;
use hub112::domain::location::{Fix, Location, LocationSource, Uncertainty};
use hub112::domain::message::Message;
use hub112::domain::quantities::Metres;
use hub112::domain::region::{Answer, Decision, Outbound};

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
    let id = second.id;
    let (joined, _) = hub.receive(second, Territory::default());
    assert_eq!(joined, card);
    let border = RegionCode::new(19).unwrap();
    let split = hub.person(RegionCommand::Split {
        from: card,
        message: id,
        reason: "another house".into(),
        territory: Territory { district: None, neighbours: vec![border] },
    });
    assert!(split.outbound.iter().any(|o| o.recipients.iter().any(|r| r.service.as_str() == "fire_rescue")));
    assert!(split.outbound.iter().any(|o| o.recipients.iter().any(|r| r.region == border)), "c.3(1)");
}
