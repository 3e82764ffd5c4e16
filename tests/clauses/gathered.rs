//! Cards that are gathered and taken apart: the place, the words and the major incident go with what they belong to.

use std::collections::BTreeMap;

use hub112::domain::command::{RegionCommand as C, Territory};
use hub112::domain::decision::Refusal;
use hub112::domain::envelope::HubContent;
use hub112::domain::ids::{CategoryCode, IncidentId, MessageId};
use hub112::domain::incident::Relation;
use hub112::domain::location::{Fix, Location, LocationSource, Uncertainty};
use hub112::domain::message::{Message, Subject};
use hub112::domain::quantities::{Metres, Point};
use uuid::Uuid;

use super::hub::{Hub, officer, told};

fn at(lat: f64, lon: f64, radius: f64, source: LocationSource, address: Option<&str>) -> Location {
    let uncertainty = Some(Uncertainty::Circle { radius_m: Metres::saturating(radius) });
    let fix = Fix { point: Point::new(lat, lon).unwrap(), uncertainty };
    Location::new(Some(fix), address.map(ToOwned::to_owned), source, None).unwrap()
}

fn call(hub: &mut Hub, text: &str, location: Location) -> (IncidentId, Message) {
    hub.wait(1);
    let message = Message { location: Some(location), ..hub.message(text, None) };
    (hub.receive(message.clone(), Territory::default()).0, message)
}

fn merge(hub: &mut Hub, into: IncidentId, from: IncidentId) -> Result<(), Refusal> {
    hub.ask(C::Merge { into, from, reason: "one event".into() }, officer()).map(|_| ())
}

#[test]
fn a_card_without_a_point_takes_any_and_a_devices_first_word_gives_way_to_a_surer_one_but_a_persons_does_not()
{
    let exact = || at(43.2601, 76.9301, 8.0, LocationSource::Handset, None);
    let only_address = Location::new(None, Some("Абая 150".into()), LocationSource::Caller, None).unwrap();
    let cell = at(43.26, 76.93, 1_200.0, LocationSource::Network, None);
    let said = at(43.26, 76.93, 40.0, LocationSource::Caller, Some("Абая 150"));
    for (first, is_taken) in [(only_address, true), (cell, true), (said, false)] {
        let mut hub = Hub::new();
        let address = first.address().map(ToOwned::to_owned);
        let (into, _) = call(&mut hub, "Пожар в доме", first);
        let (from, _) = call(&mut hub, "Кража велосипеда", exact());
        assert_ne!(into, from);
        merge(&mut hub, into, from).unwrap();
        let card = hub.state.incident(into).unwrap();
        assert_eq!(card.point() == exact().point(), is_taken, "{address:?}");
        assert_eq!(card.location().and_then(Location::address), address.as_deref(), "the address stays");
    }
}

#[test]
fn what_the_caller_says_next_never_lowers_a_persons_category_and_what_is_graver_is_proposed_beside_it() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Кошка на дереве", "unclear");
    let code = CategoryCode::new("illness").unwrap();
    hub.person(C::SetCategory { incident, code: code.clone(), severity: None });
    let text = "Взрыв газа, дом обрушился, много погибших".to_owned();
    hub.person(C::AddAnswers { incident, text, answers: BTreeMap::new() });
    let card = hub.state.incident(incident).unwrap();
    assert_eq!(card.category().unwrap().code, code, "a person's stands");
    let proposed = card.proposed_category.as_ref().expect("what is graver is proposed");
    assert!(proposed.severity < card.category().unwrap().severity);
    assert_eq!(card.subject, Subject::Emergency, "for the officer to judge in any case (c.5(3)¶1)");
}

#[test]
fn a_message_that_is_split_off_takes_its_place_along_and_whoever_is_under_way_hears_what_stays() {
    let mut hub = Hub::new();
    let (card, _) = hub.call("Горит квартира на Абая", "building_fire");
    let own = hub.state.incident(card).unwrap().point();
    let surer = at(43.2537, 76.92, 8.0, LocationSource::Handset, None);
    hub.wait(1);
    let other = Message {
        location: Some(surer.clone()), ..hub.message("Горит квартира, много дыма", None)
    };
    let (joined, _) = hub.receive(other.clone(), Territory::default());
    if joined != card {
        merge(&mut hub, card, joined).unwrap();
    }
    hub.person(C::SetLocation { incident: card, location: surer.clone(), territory: Territory::default() });
    assert_eq!(hub.state.incident(card).unwrap().point(), surer.point());
    let split = hub.person(C::Split {
        from: card,
        message: Box::new(other.clone()),
        reason: "another house".into(),
        territory: Territory::default(),
    });
    assert_eq!(hub.state.incident(card).unwrap().point(), own, "where the message that stays says");
    let heard = told(&split, "fire_rescue");
    let of_card = heard.iter().find_map(|content| match content {
        HubContent::IncidentNotice(notice) if notice.text.contains("Абая") => Some(notice),
        _ => None,
    });
    let notice = of_card.unwrap_or_else(|| panic!("it hears of the card that stays: {heard:?}"));
    assert!(!notice.text.contains("много дыма"), "{}", notice.text);
    assert_eq!(notice.place.point, own);
}

#[test]
fn the_parts_of_a_major_incident_belong_to_the_card_into_which_it_goes() {
    let mut hub = Hub::new();
    let mut card = |n: u128| {
        let text = ["Взрыв на складе", "Пожар в школе", "Потоп в подвале", "Обрыв проводов"][n as usize % 4];
        let message = Message {
            id: MessageId(Uuid::from_u128(900 + n)),
            location: Some(at(43.2 + 0.05 * n as f64, 76.9, 20.0, LocationSource::Caller, None)),
            ..hub.message(text, None)
        };
        hub.receive(message, Territory::default()).0
    };
    let (major, part, kept, other) = (card(0), card(1), card(2), card(3));
    let link = |hub: &mut Hub, one, relation, other| hub.ask(C::Link { one, relation, other }, officer());
    link(&mut hub, major, Relation::ParentOf, part).unwrap();
    link(&mut hub, major, Relation::Related, other).unwrap();
    assert!(matches!(merge(&mut hub, part, major), Err(Refusal::Conflict(_))), "a whole into its own part");
    merge(&mut hub, kept, major).unwrap();
    let links = |id| hub.state.incident(id).unwrap().links.clone();
    assert!(links(kept).contains(&(Relation::ParentOf, part)));
    assert!(links(kept).contains(&(Relation::Related, other)));
    assert_eq!(
        links(part).into_iter().filter(|(r, _)| *r == Relation::ChildOf).collect::<Vec<_>>(),
        [(Relation::ChildOf, kept)]
    );
    assert!(!links(major).iter().any(|(r, _)| matches!(r, Relation::ParentOf | Relation::Related)));
}
