//! Places that are given as coordinates, codes and links, and what cannot be looked for.

use super::*;

#[test]
fn links_and_codes_of_maps_and_the_military_grid_are_places() {
    let g = town();
    for text in ["https://2gis.kz/almaty?m=76.9286%2C43.2385%2F17", "43.2385С 76.9286В"] {
        assert_eq!(first(&g, text).2, Precision::Coordinates, "{text}");
    }
    for text in ["43T FH 57054 88123", "43T 657054 4788123"] {
        let (_, _, precision, at) = first(&g, text);
        assert_eq!(precision, Precision::Coordinates, "{text}");
        assert!(at.distance(point(43.22956, 76.93404)).get() < 2.0, "{text}: {at:?}");
    }
    let ask = Ask { text: "43T AA 57054 88123", around: None, most: 5 };
    assert_eq!(g.search(ask, |_| true), Err(SearchError::Grid));
}

#[test]
fn a_short_plus_code_is_near_the_town_beside_it_or_where_the_officer_looks() {
    let g = town();
    let almaty = point(43.238_94, 76.889_69);
    let ask = |text, around| g.search(Ask { text, around, most: 5 }, |_| true);
    let near = |text, around| ask(text, around).expect("searched")[0].point.distance(almaty).get() < 30.0;
    assert!(near("6VQQ+HV Алматы", None));
    assert!(near("6VQQ+HV, Алматы, Казахстан", Some(point(51.1, 71.4))));
    assert!(near("6VQQ+HV", Some(point(43.3, 76.9))));
    assert!(!near("6VQQ+HV", Some(point(51.1, 71.4))));
    for text in ["6VQQ+HV", "6VQQ+HV Йцукенгшщз"] {
        assert_eq!(ask(text, None), Err(SearchError::ShortCode), "{text}");
    }
    // Where the town that was named is not known, another place is not told in its stead.
    assert_eq!(ask("6VQQ+HV Йцукенгшщз", Some(point(43.3, 76.9))), Err(SearchError::ShortCode));
}

#[test]
fn a_link_of_a_maps_middle_and_coarse_degrees_say_how_uncertain_they_are() {
    let g = town();
    let far = |text| {
        let hits = g.search(Ask { text, around: None, most: 1 }, |_| true).expect("searched");
        assert_eq!(hits[0].precision, Precision::Coordinates, "{text}");
        hits[0].uncertainty.get()
    };
    assert!(far("https://www.google.com/maps/@43.1,76.5,6z") > 500_000.0);
    assert!(far("43N 76E") > 50_000.0);
    assert!((far("43.238949,76.889709 Алматы") - 10.0).abs() < 1e-9);
}

#[test]
fn three_words_with_a_kind_or_a_known_name_are_an_address() {
    let g = town();
    let ask = |text| g.search(Ask { text, around: Some(point(43.24, 76.92)), most: 5 }, |_| true);
    for text in ["улица.Абая.Сейфуллина", "Толе.Жандосова.Абая", "Жандосовой.угол.Сейфуллину"]
    {
        assert!(ask(text).is_ok_and(|hits| !hits.is_empty()), "{text}");
    }
    for text in
        ["filled.count.soap", "https://what3words.com/filled.count.soap", "///a1.б.в ///улица.абая.дом"]
    {
        assert_eq!(ask(text), Err(SearchError::ThreeWords), "{text}");
    }
    assert_eq!(ask("https://example.org/about"), Err(SearchError::Link));
}

#[test]
fn objects_settlements_and_coordinates_are_places_too() {
    let g = town();
    assert_eq!(first(&g, "больница 7").0, "Городская клиническая больница №7");
    assert_eq!(first(&g, "талгар").0, "Талгар");
    let (_, _, precision, at) = first(&g, "43.25 76.95");
    assert_eq!((precision, at), (Precision::Coordinates, point(43.25, 76.95)));
}

#[test]
fn what_cannot_be_looked_for_is_refused_with_its_reason() {
    let g = town();
    let ask = |text| g.search(Ask { text, around: None, most: 5 }, |_| true);
    assert_eq!(ask("///таблица.лампа.ложка"), Err(SearchError::ThreeWords));
    assert_eq!(ask(" … "), Err(SearchError::Empty));
    assert_eq!(ask("Йцукенгшщз").map(|hits| hits.len()), Ok(0));
    let nothing = Gazetteer::default();
    for text in ["Абая", "Сейфуллина 10", "ABAB", "Абая/Сейфуллина", "А-3 35 км"]
    {
        let found = nothing.search(Ask { text, around: None, most: 5 }, |_| true);
        assert_eq!(found.map(|hits| hits.len()), Ok(0), "{text}");
    }
    assert_eq!(nothing.nearest_house(point(43.2, 76.9), Metres::whole(100)), None);
}
