//! Where streets meet, and which of several is meant.

use super::*;

/// A long road in one line, a street of its name that leads up to it, and another that goes over it on a bridge.
fn bridge() -> Builder {
    let mut b = Builder::default();
    let line = [point(43.20, 76.80), point(43.20, 77.00)];
    b.road(&road(named("улица Саина", None, None), None, 1, 2, line));
    b.road(&road(named("улица Толе би", None, None), None, 3, 4, [point(43.18, 76.85), point(43.22, 76.85)]));
    b.road(&road(
        named("на ул. Толе би", None, None),
        None,
        5,
        6,
        [point(43.2, 76.99), point(43.201, 76.99)],
    ));
    b
}

#[test]
fn a_street_is_where_it_is_nearest_and_a_ramp_comes_behind_it() {
    let g = bridge().finish();
    let look = |text: &str, at: Point| {
        let hits = g.search(Ask { text, around: Some(at), most: 5 }, |_| true).expect("searched");
        hits.into_iter().next().expect("something")
    };
    let near = look("Саина", point(43.21, 76.99));
    assert!(near.point.distance(point(43.20, 76.99)).get() < 5.0, "{near:?}");
    assert!((near.distance.expect("a distance").get() - 1_112.0).abs() < 10.0);
    assert!(near.uncertainty.get() > 15_000.0, "it reaches to its other end");
    let street = look("Толе би", point(43.2005, 76.989));
    assert_eq!(street.names.and_then(|n| n.name.as_deref()), Some("улица Толе би"));
}

#[test]
fn streets_that_cross_on_two_levels_cross() {
    let g = bridge().finish();
    for text in ["Толе би угол Саина", "Саина/Толе би", "Толе би Саина"]
    {
        let (_, _, precision, at) = first(&g, text);
        assert_eq!(precision, Precision::Crossing, "{text}");
        assert!(at.distance(point(43.20, 76.85)).get() < 5.0, "{text}");
    }
}

#[test]
fn the_honour_of_a_name_is_no_street_of_its_own() {
    let mut b = Builder::default();
    let (a, c) = (point(43.24, 76.90), point(43.24, 76.93));
    b.road(&road(named("проспект Райымбека", None, None), None, 1, 2, [a, c]));
    b.road(&road(named("улица Наурызбай батыра", None, None), None, 2, 3, [c, point(43.26, 76.93)]));
    b.road(&road(
        named("улица Богенбай батыра", None, None),
        None,
        4,
        5,
        [point(43.25, 76.9), point(43.25, 76.91)],
    ));
    let g = b.finish();
    let (name, _, precision, _) = first(&g, "Райымбек батыра");
    assert_eq!((name.as_str(), precision), ("проспект Райымбека", Precision::Whole));
    assert_eq!(first(&g, "Райымбека Наурызбай").2, Precision::Crossing);
}

#[test]
fn a_crossing_is_where_both_streets_meet_also_without_a_word_between() {
    let g = town();
    for text in ["Абая/Сейфуллина", "угол Абая и Сейфуллина", "Сейфуллина Абая", "абай сейфуллин қиылысы"]
    {
        let (_, _, precision, at) = first(&g, text);
        assert_eq!(precision, Precision::Crossing, "{text}");
        assert!(at.distance(point(43.24, 76.93)).get() < 5.0, "{text}");
    }
}

#[test]
fn of_two_crossings_of_the_same_streets_the_nearer_is_meant() {
    let mut b = Builder::default();
    let (west, east) = (point(51.10, 71.40), point(51.10, 71.43));
    let north = |of: Point| point(of.lat() + 0.01, of.lon());
    // A street bends back to the avenue that it left.
    b.road(&road(named("проспект Мира", None, None), None, 1, 2, [west, east]));
    b.road(&road(named("улица Дугова", None, None), None, 1, 3, [west, north(west)]));
    b.road(&road(named("улица Дугова", None, None), None, 3, 4, [north(west), north(east)]));
    b.road(&road(named("улица Дугова", None, None), None, 4, 2, [north(east), east]));
    let g = b.finish();
    for at in [west, east] {
        let ask = Ask { text: "Мира Дугова", around: Some(at), most: 1 };
        let hits = g.search(ask, |_| true).expect("searched");
        assert_eq!((hits[0].precision, hits[0].point), (Precision::Crossing, at));
    }
}

#[test]
fn of_two_streets_the_nearer_comes_first_unless_the_town_is_named() {
    let g = town();
    let near = |text: &str, around: Point| {
        let hits = g.search(Ask { text, around: Some(around), most: 5 }, |_| true).expect("searched");
        hits[0].settlement.and_then(|s| s.ru.clone()).unwrap_or_default()
    };
    assert_eq!(near("Абая", point(43.24, 76.92)), "Алматы");
    assert_eq!(near("Абая", point(43.30, 77.24)), "Талгар");
    assert_eq!(near("Талгар Абая", point(43.24, 76.92)), "Талгар");
}
