//! What an officer's act on a card rests on (nobody overwrites another unseen, and no caller keeps an officer from
//! acting), and which cards the dispatch rule takes up when another ends (nobody is sent twice, and nobody is forgotten).

use hub112::actors::sequel::{Follow, follow};
use hub112::domain::classification::legal::Standing;
use hub112::domain::command::{NewRequest, RegionCommand as C, Territory};
use hub112::domain::decision::{Expected, Refusal};
use hub112::domain::forces::{Act, Stage};
use hub112::domain::ids::{CategoryCode, IncidentId, RequestId};
use hub112::domain::incident::Outcome;
use hub112::domain::message::Message;
use hub112::domain::obligation::ObligationKind as K;
use hub112::domain::region::{Decision, RegionSettings, Versioned};
use uuid::Uuid;

use super::hub::{Hub, key, region};

fn category(incident: IncidentId, code: &str) -> C {
    C::SetCategory { incident, code: CategoryCode::new(code).unwrap(), severity: None }
}

fn close(incident: IncidentId) -> C {
    C::Close { incident, outcome: Outcome::Resolved { note: String::new() } }
}

fn wave(incident: IncidentId, id: u128) -> C {
    let new = NewRequest {
        id: RequestId(Uuid::from_u128(id)),
        act: Act::FirstWave,
        service: key("ambulance"),
        service_region: region(),
        profile: None,
        capabilities: vec![],
        count: 1,
        recommended: vec![],
    };
    C::RequestForces { incident, requests: vec![new] }
}

/// A hub with a card about a fire, and the version of it that somebody sees.
fn seen() -> (Hub, IncidentId, u64) {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Горит дом на Абая", "building_fire");
    let version = hub.state.incident(incident).unwrap().version;
    (hub, incident, version)
}

fn may(hub: &Hub, command: &C, incident: IncidentId, version: u64) -> bool {
    let expected = Expected::Version(version);
    match hub.state.is_as_seen(command, &Versioned::Card(incident), expected) {
        Ok(()) => true,
        Err(Refusal::Stale { expected: of, actual }) => {
            assert_eq!((of, actual), (expected, hub.state.incident(incident).map(|card| card.version)));
            false
        }
        Err(e) => panic!("{e:?}"),
    }
}

#[test]
fn one_more_caller_keeps_no_officer_from_acting_on_what_was_seen() {
    let (mut hub, incident, version) = seen();
    let (same, _) = hub.call("Горит дом на Абая", "building_fire");
    assert_eq!(same, incident, "it joined");
    assert!(hub.state.incident(incident).unwrap().version > version);
    for act in [category(incident, "explosion"), wave(incident, 1), C::Note { incident, text: "x".into() }] {
        assert!(may(&hub, &act, incident, version), "{act:?}");
    }
    assert!(!may(&hub, &close(incident), incident, version), "who ends a card has heard all that was said");
    let ahead = version + 100;
    assert!(!may(&hub, &category(incident, "explosion"), incident, ahead), "a version that nobody has seen");
}

#[test]
fn an_act_is_the_officers_to_decide_again_when_that_on_which_it_rests_has_changed() {
    let elsewhere = |hub: &Hub, incident| C::SetLocation {
        incident,
        location: hub.state.incident(incident).and_then(|card| card.location().cloned()).unwrap(),
        territory: Territory::default(),
    };
    let (mut hub, incident, version) = seen();
    hub.person(category(incident, "explosion"));
    assert!(!may(&hub, &category(incident, "gas_leak"), incident, version), "somebody has corrected it");
    assert!(!may(&hub, &wave(incident, 1), incident, version), "another plan");
    assert!(may(&hub, &elsewhere(&hub, incident), incident, version), "the place is as it was seen");

    let (mut hub, incident, version) = seen();
    let place = elsewhere(&hub, incident);
    hub.person(place);
    assert!(!may(&hub, &wave(incident, 1), incident, version), "other units are the nearest");
    assert!(may(&hub, &category(incident, "explosion"), incident, version));

    let (mut hub, incident, version) = seen();
    hub.identify(incident, Standing::Emergency);
    assert!(!may(&hub, &close(incident), incident, version), "it is an emergency by now");
    assert!(may(&hub, &wave(incident, 1), incident, version));

    let (mut hub, incident, version) = seen();
    hub.person(close(incident));
    for act in [category(incident, "explosion"), wave(incident, 1), C::Note { incident, text: "x".into() }] {
        assert!(!may(&hub, &act, incident, version), "it is closed: {act:?}");
    }
}

#[test]
fn a_wave_goes_out_beside_no_other_and_its_own_repetition_is_no_other() {
    let (mut hub, incident, version) = seen();
    hub.person(wave(incident, 1));
    assert!(!may(&hub, &wave(incident, 2), incident, version), "somebody has asked meanwhile");
    assert!(may(&hub, &wave(incident, 1), incident, version), "the same, asked again after a lost answer");
    assert!(hub.person(wave(incident, 1)).events.is_empty(), "and nobody is sent twice");
    assert!(may(&hub, &category(incident, "explosion"), incident, version));

    let (mut hub, incident, _) = seen();
    hub.request(incident, Act::FirstWave, "fire_rescue").unwrap();
    let asked = hub.state.incident(incident).unwrap().version;
    hub.answer(incident, "fire_rescue", K::O11a);
    assert!(!may(&hub, &wave(incident, 2), incident, asked), "who goes is known by now");
    let answered = hub.state.incident(incident).unwrap().version;
    hub.reach(incident, "fire_rescue", Stage::Departed);
    hub.reach(incident, "fire_rescue", Stage::Arrived);
    assert!(may(&hub, &wave(incident, 2), incident, answered), "how far each has come needs nobody else");
}

#[test]
fn of_a_card_that_was_read_from_the_store_only_its_version_is_known() {
    let (mut hub, incident, version) = seen();
    let (_, _) = hub.call("Горит дом на Абая", "building_fire");
    let card = hub.state.incident(incident).unwrap().clone();
    let now = card.version;
    let mut started = Hub::new();
    started.state.adopt(card);
    assert!(!may(&started, &category(incident, "explosion"), incident, version));
    assert!(may(&started, &category(incident, "explosion"), incident, now));
}

/// A hub with the rule on that joins nothing by itself: cards that are alike wait for a person.
fn guessing() -> Hub {
    let mut hub = Hub::new();
    let mut settings = RegionSettings { dispatch_by_rule: true, ..RegionSettings::default() };
    settings.joining.join_by_rule = 2.0;
    hub.person(C::SetSettings(Box::new(settings)));
    hub
}

fn alike(hub: &mut Hub) -> (IncidentId, Decision) {
    hub.call("Горит дом на Абая", "building_fire")
}

fn dispatched(hub: &Hub, decision: &Decision) -> Vec<IncidentId> {
    let steps = follow(&hub.state, &decision.events).into_iter();
    steps.filter_map(|step| if let Follow::Dispatch(card) = step { Some(card) } else { None }).collect()
}

#[test]
fn a_card_that_waited_for_another_is_taken_up_when_that_ends() {
    let mut hub = guessing();
    let (one, opened) = alike(&mut hub);
    assert_eq!(dispatched(&hub, &opened), [one]);
    let (two, opened) = alike(&mut hub);
    assert_eq!(dispatched(&hub, &opened), [], "it may be the same: nobody is sent twice");
    let closed = hub.person(close(one));
    assert_eq!(dispatched(&hub, &closed), [two]);
    let closed = hub.person(close(two));
    assert_eq!(dispatched(&hub, &closed), [], "what is closed wants nobody");
    let reopened = hub.person(C::Reopen { incident: two, reason: "it burns".into() });
    assert_eq!(dispatched(&hub, &reopened), [two]);
}

#[test]
fn a_card_waits_on_for_the_card_into_which_the_other_was_merged() {
    let mut hub = guessing();
    let (one, _) = alike(&mut hub);
    let (two, _) = alike(&mut hub);
    let (three, _) = alike(&mut hub);
    let merged = hub.person(C::Merge { into: one, from: two, reason: "one house".into() });
    assert_eq!(dispatched(&hub, &merged), [one], "the third may speak of the first, and of what came to it");
    let guesses = |hub: &Hub, id| {
        hub.state.incident(id).unwrap().guesses.iter().map(|g| g.incident).collect::<Vec<_>>()
    };
    assert_eq!(guesses(&hub, three), [one], "once");
    let mut declining = guessing();
    declining.state = hub.state.clone();
    let closed = hub.person(close(one));
    assert_eq!(dispatched(&hub, &closed), [three]);
    let reason = "another house".to_owned();
    let declined = declining.person(C::DeclineJoin { incident: three, other: one, reason });
    assert_eq!(
        dispatched(&declining, &declined),
        [three, one],
        "a person has decided, nobody waits any more"
    );
}

#[test]
fn a_card_takes_over_of_what_the_one_merged_into_it_may_have_spoken() {
    let mut hub = guessing();
    let (one, _) = alike(&mut hub);
    let (two, _) = alike(&mut hub);
    let far = hub.message("Шум за стеной", None);
    let (three, _) = hub.receive(Message { location: None, ..far }, Territory::default());
    hub.person(C::Merge { into: three, from: two, reason: "one caller".into() });
    let card = hub.state.incident(three).unwrap();
    assert_eq!(card.guesses.iter().map(|g| g.incident).collect::<Vec<_>>(), [one]);
}

#[test]
fn a_card_into_which_the_one_it_waited_for_was_merged_is_taken_up() {
    let mut hub = guessing();
    let (one, _) = alike(&mut hub);
    let (two, _) = alike(&mut hub);
    let merged = hub.person(C::Merge { into: two, from: one, reason: "one house".into() });
    assert_eq!(dispatched(&hub, &merged), [two]);
}

#[test]
fn both_cards_are_taken_up_when_a_person_says_that_they_are_two() {
    let mut hub = guessing();
    let (one, _) = alike(&mut hub);
    let (two, _) = alike(&mut hub);
    let reason = "another house".to_owned();
    let declined = hub.person(C::DeclineJoin { incident: one, other: two, reason });
    assert_eq!(dispatched(&hub, &declined), [one, two]);
}

#[test]
fn every_card_is_looked_at_when_a_person_switches_the_rule_on() {
    let mut hub = Hub::new();
    let settings =
        |on| C::SetSettings(Box::new(RegionSettings { dispatch_by_rule: on, ..RegionSettings::default() }));
    let on = hub.person(settings(true));
    assert_eq!(follow(&hub.state, &on.events), [Follow::DispatchAll]);
    let off = hub.person(settings(false));
    assert_eq!(follow(&hub.state, &off.events), []);
}
