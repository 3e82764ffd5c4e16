use super::*;
use crate::domain::geography::{Address, Direction, Element, ElementKind, Object, Place, Road, RoadClass};

fn point(lat: f64, lon: f64) -> Point {
    Point::new(lat, lon).expect("a point")
}

fn element(id: i64) -> Element {
    Element { kind: ElementKind::Way, id }
}

fn named(ru: &str, kk: Option<&str>, former: Option<&str>) -> LocalNames {
    LocalNames {
        name: Some(ru.into()),
        ru: Some(ru.into()),
        kk: kk.map(Into::into),
        former: former.map(Into::into),
        ..LocalNames::default()
    }
}

fn road(names: LocalNames, reference: Option<&str>, from: i64, to: i64, line: [Point; 2]) -> Road {
    Road {
        way: from,
        from,
        to,
        class: RoadClass::Secondary,
        direction: Direction::Both,
        limit_kmh: None,
        rough: false,
        names,
        reference: reference.map(Into::into),
        line: line.to_vec(),
    }
}

/// Two towns, each with an Abai Street; in the first it crosses Seifullin Avenue, and houses are numbered.
fn town() -> Gazetteer {
    let mut b = Builder::default();
    for (id, ru, kk, kind, lat, lon) in [
        (1, "Алматы", "Алматы", PlaceKind::City, 43.25, 76.92),
        (2, "Талгар", "Талғар", PlaceKind::Town, 43.30, 77.24),
        (3, "Самал-2", "Самал-2", PlaceKind::Quarter, 43.23, 76.95),
    ] {
        b.place(&Place {
            element: element(id),
            kind,
            names: named(ru, Some(kk), None),
            population: None,
            point: point(lat, lon),
        });
    }
    let abai = || named("проспект Абая", Some("Абай даңғылы"), Some("улица Арычная"));
    b.road(&road(abai(), None, 10, 11, [point(43.240, 76.90), point(43.240, 76.93)]));
    b.road(&road(abai(), None, 11, 12, [point(43.240, 76.93), point(43.240, 76.95)]));
    b.road(&road(
        named("проспект Сейфуллина", Some("Сейфуллин даңғылы"), None),
        None,
        11,
        13,
        [point(43.240, 76.93), point(43.26, 76.93)],
    ));
    b.road(&road(
        named("улица Жандосова", Some("Жандосов көшесі"), None),
        None,
        14,
        15,
        [point(43.22, 76.88), point(43.22, 76.9)],
    ));
    b.road(&road(
        named("улица Абая", Some("Абай көшесі"), None),
        None,
        20,
        21,
        [point(43.30, 77.24), point(43.31, 77.24)],
    ));
    b.road(&road(
        named("Алматы — Өскемен", None, None),
        Some("А-3"),
        30,
        31,
        [point(43.4, 77.0), point(43.5, 77.1)],
    ));
    let ablai = named("Абылай Хана прс.", None, Some("Коммунистический"));
    b.road(&road(ablai, None, 40, 41, [point(43.262, 76.942), point(43.27, 76.942)]));
    b.road(&road(
        named("Толе Би ул.", None, None),
        None,
        40,
        42,
        [point(43.262, 76.942), point(43.262, 76.96)],
    ));
    // The same street, drawn by somebody else; here its houses are known.
    b.road(&road(
        named("улица Толе би", None, None),
        None,
        43,
        44,
        [point(43.25, 76.86), point(43.25, 76.88)],
    ));
    b.address(&Address {
        element: element(250),
        house: "55".into(),
        street: Some("улица Толе би".into()),
        place: None,
        city: None,
        postcode: None,
        names: LocalNames::default(),
        point: point(43.2502, 76.87),
    });
    for (i, (house, lon)) in [("2", 76.901), ("10", 76.905), ("10А", 76.9052), ("20", 76.91), ("11", 76.9051)]
        .into_iter()
        .enumerate()
    {
        b.address(&Address {
            element: element(100 + i64::try_from(i).expect("small")),
            house: house.into(),
            street: Some("Абая".into()),
            place: None,
            city: None,
            postcode: None,
            names: LocalNames::default(),
            point: point(43.2405, lon),
        });
    }
    b.address(&Address {
        element: element(200),
        house: "33".into(),
        street: None,
        place: Some("мкр. Самал-2".into()),
        city: None,
        postcode: None,
        names: LocalNames::default(),
        point: point(43.231, 76.951),
    });
    b.object(&Object {
        element: element(300),
        kind: ObjectKind::Hospital,
        names: named("Городская клиническая больница №7", Some("№7 қалалық клиникалық аурухана"), None),
        phone: None,
        tags: std::collections::BTreeMap::new(),
        point: point(43.21, 76.85),
    });
    // One names its road, the other stands beside it.
    for (kilometre, reference, lat, lon) in
        [("34", Some("A3"), 43.50, 77.1), ("36 km", None, 43.486, 77.0862)]
    {
        let mut tags = std::collections::BTreeMap::from([("distance".to_owned(), kilometre.to_owned())]);
        tags.extend(reference.map(|r| ("ref".to_owned(), r.to_owned())));
        b.object(&Object {
            element: element(400),
            kind: ObjectKind::KilometrePost,
            names: LocalNames::default(),
            phone: None,
            tags,
            point: point(lat, lon),
        });
    }
    b.finish()
}

fn first(g: &Gazetteer, text: &str) -> (String, Option<String>, Precision, Point) {
    let hits =
        g.search(Ask { text, around: Some(point(43.24, 76.92)), most: 5 }, |_| true).expect("searched");
    let hit = hits.first().unwrap_or_else(|| panic!("{text}: nothing found"));
    let name = hit.names.and_then(|n| n.name.clone()).unwrap_or_default();
    (name, hit.house.as_ref().map(ToString::to_string), hit.precision, hit.point)
}

#[test]
fn a_street_is_found_in_every_language_and_script_and_misheard() {
    let g = town();
    for text in [
        "проспект Абая",
        "Абай даңғылы",
        "абая",
        "Abay avenue",
        "Abai",
        "на Абая",
        "Арычная",
        "жандасова абая",
    ] {
        assert_eq!(first(&g, text).0, "проспект Абая", "{text}");
    }
    for text in ["Жандосова", "Джандосова", "jandosov", "Zhandosova", "жондосова", "Жандосов көшесі", "жандо"]
    {
        assert_eq!(first(&g, text).0, "улица Жандосова", "{text}");
    }
}

#[test]
fn a_house_is_known_beside_between_or_said_to_be_unknown() {
    let g = town();
    let of = |text: &str| {
        let (_, house, precision, _) = first(&g, text);
        (house.unwrap_or_default(), precision)
    };
    assert_eq!(of("Абая 10"), ("10".into(), Precision::House));
    assert_eq!(of("Абая, дом 10а"), ("10А".into(), Precision::House));
    assert_eq!(of("абай даңғылы 10 үй"), ("10".into(), Precision::House));
    assert_eq!(of("Абая 11/3 кв 5"), ("11".into(), Precision::HouseBeside));
    assert_eq!(of("Абая 14"), ("14".into(), Precision::BetweenHouses));
    assert_eq!(of("Абая 400"), ("400".into(), Precision::HouseUnknown));
    assert_eq!(of("Самал-2 33"), ("33".into(), Precision::House));
    let between = first(&g, "Абая 14").3;
    assert!(between.lon() > 76.905 && between.lon() < 76.91, "{between:?}");
}

/// What callers said and call-takers typed, tried on real cities; here with the names of the town of these tests.
#[test]
fn what_a_caller_says_is_found() {
    use Precision::{BetweenHouses, Coordinates, Crossing, House, HouseUnknown, KilometrePost, Whole};
    let (abai, ablai, tole) = ("проспект Абая", "Абылай Хана прс.", "Толе Би ул.");
    let table: &[(&str, &str, &str, Precision)] = &[
        ("проспект Абая", abai, "", Whole),
        ("пр. Абая", abai, "", Whole),
        ("пр-кт Абая", abai, "", Whole),
        ("Абай даңғылы", abai, "", Whole),
        ("Абай даңғылында", abai, "", Whole),
        ("abay dangyly", abai, "", Whole),
        ("Abai avenue", abai, "", Whole),
        ("Арычная", abai, "", Whole),
        ("улица Арычная 10", abai, "10", House),
        ("Абая 10", abai, "10", House),
        ("Абая д. 10 кв. 7", abai, "10", House),
        ("Абая 10-а", abai, "10А", House),
        ("Абай 10 үй", abai, "10", House),
        ("дом 10 по проспекту Абая", abai, "10", House),
        ("Абая 14", abai, "14", BetweenHouses),
        ("Абая 300", abai, "300", HouseUnknown),
        ("Абая/Сейфуллина", abai, "", Crossing),
        ("Абая угол Сейфуллина", abai, "", Crossing),
        ("перекресток Абая и Сейфулина", abai, "", Crossing),
        ("Абай мен Сейфуллин қиылысы", abai, "", Crossing),
        ("Абылай хана", ablai, "", Whole),
        ("Аблай хана", ablai, "", Whole),
        ("Аблайхана", ablai, "", Whole),
        ("Ablai Khan", ablai, "", Whole),
        ("Абылайхан даңғылы", ablai, "", Whole),
        ("Коммунистический", ablai, "", Whole),
        ("Комунистический проспект", ablai, "", Whole),
        ("толеби", tole, "", Whole),
        ("Tole bi", tole, "", Whole),
        ("Толе би угол Аблай хана", tole, "", Crossing),
        ("Толе би 55", "улица Толе би", "55", House),
        ("Жандосава", "улица Жандосова", "", Whole),
        ("Джандосова", "улица Жандосова", "", Whole),
        ("мкр Самал-2 дом 33", "Самал-2", "33", House),
        ("самал 2", "Самал-2", "", Whole),
        ("7 больница", "Городская клиническая больница №7", "", Whole),
        ("седьмая больница №7", "Городская клиническая больница №7", "", Whole),
        ("34 километр трассы А-3", "А-3", "", KilometrePost),
        ("43.25, 76.95", "", "", Coordinates),
        ("76.95 43.25", "", "", Coordinates),
        ("43°15'00\" N 76°57'00\" E", "", "", Coordinates),
        ("N43.25 E76.95", "", "", Coordinates),
    ];
    let g = town();
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(text, name, house, precision)| {
            let hits = g.search(Ask { text, around: Some(point(43.255, 76.94)), most: 5 }, |p| {
                (40.0..56.0).contains(&p.lat()) && (46.0..88.0).contains(&p.lon())
            });
            let hit = hits.ok().and_then(|hits| hits.into_iter().next());
            let found = hit.as_ref().map(|h| {
                let found = h.names.and_then(|n| n.name.clone()).unwrap_or_default();
                (found, h.house.as_ref().map(ToString::to_string).unwrap_or_default(), h.precision)
            });
            let wanted = Some(((*name).to_owned(), (*house).to_owned(), *precision));
            (found != wanted).then(|| format!("{text}: {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What stands around an address in a call hides it never: where it lies, what happened, who stands by.
#[test]
fn a_word_that_no_name_has_never_hides_the_address() {
    let g = town();
    for text in [
        "Алмалинский район, ул. Абая 10",
        "Республика Казахстан, г. Алматы, пр. Абая 10",
        "Қазақстан Республикасы, Алматы қ., Абай д-лы 10",
        "Абай к-сі 10",
        "Абай к-сі, 10-үй, 5-пәтер",
        "Абайдың 10 үйі",
        "абая 10 второй подъезд",
        "Абая 10 частный дом",
        "абая 10 рядом с магазином",
        "горит Абая 10",
        "пожар по адресу Абая 10 горит крыша",
    ] {
        let (name, house, _, _) = first(&g, text);
        assert_eq!((name.as_str(), house.as_deref()), ("проспект Абая", Some("10")), "{text}");
    }
    assert_eq!(first(&g, "Абая 10 к2").0, "проспект Абая");
    let (_, _, precision, at) = first(&g, "ДТП Абая Сейфуллина");
    assert_eq!(precision, Precision::Crossing);
    assert!(at.distance(point(43.24, 76.93)).get() < 5.0);
    // The district says which of two.
    assert!(first(&g, "Талгарский район, Абая").3.distance(point(43.30, 77.24)).get() < 2_000.0);
}

#[test]
fn a_name_in_a_case_is_found_where_it_is_known_in_russian_alone_and_a_roads_number_is_its_own() {
    let mut b = Builder::default();
    let line = [point(43.24, 76.90), point(43.24, 76.93)];
    b.road(&road(named("Абая прс.", None, None), None, 1, 2, line));
    b.road(&road(LocalNames::default(), Some("A350"), 3, 4, line));
    let g = b.finish();
    assert_eq!(first(&g, "Абайдың 36 үйі").0, "Абая прс.");
    let other = g.search(Ask { text: "А-3 105 км", around: None, most: 1 }, |_| true);
    assert_eq!(other.map(|hits| hits.len()), Ok(0), "another road");
}

#[test]
fn a_kilometre_of_a_road_that_is_called_by_its_ends_is_no_crossing() {
    let g = town();
    for text in ["Алматы – Өскемен 35 км", "Алматы-Өскемен 35 км", "А-3 тасжолының 35 шақырымында"]
    {
        let (name, _, precision, at) = first(&g, text);
        assert_eq!((name.as_str(), precision), ("А-3", Precision::BetweenPosts), "{text}");
        assert!((at.lat() - 43.493).abs() < 1e-6, "{text}");
    }
    let at = first(&g, "А-3 35 км 500 м").3;
    assert!((at.lat() - 43.4895).abs() < 1e-6);
}

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
fn of_a_kind_the_nearest_is_meant_and_a_number_must_be_its_own() {
    let mut b = Builder::default();
    for (id, kind, name, lat, lon) in [
        (1, ObjectKind::Police, "Дорожная полиция", 43.5, 76.9),
        (2, ObjectKind::Police, "Участок полиции №51", 43.245, 76.92),
        (3, ObjectKind::Hospital, "Больница", 43.5, 76.9),
        (4, ObjectKind::Hospital, "Центр кардиологии", 43.245, 76.92),
        (5, ObjectKind::School, "Школа 135", 43.24, 76.92),
        (6, ObjectKind::TransportStation, "станция Алматы 2", 43.27, 76.94),
    ] {
        b.object(&Object {
            element: element(id),
            kind,
            names: named(name, None, None),
            phone: None,
            tags: std::collections::BTreeMap::new(),
            point: point(lat, lon),
        });
    }
    b.road(&road(named("Самал-2", None, None), None, 1, 2, [point(43.24, 76.92), point(43.24, 76.93)]));
    let g = b.finish();
    assert_eq!(first(&g, "полиция").0, "Участок полиции №51");
    assert_eq!(first(&g, "больница").0, "Центр кардиологии");
    assert_eq!(first(&g, "ближайшая больница").0, "Центр кардиологии");
    assert_eq!(first(&g, "вокзал Алматы 2").0, "станция Алматы 2");
    let of = |text| {
        let hits = g.search(Ask { text, around: None, most: 1 }, |_| true).expect("searched");
        hits.first().map_or(0.0, |hit| hit.likeness)
    };
    assert!(of("школа 29") < 0.5 && of("школа 135") > 0.9, "{} {}", of("школа 29"), of("школа 135"));
}

#[test]
fn a_letter_that_stands_apart_is_the_houses_own() {
    assert_eq!(first(&town(), "абая 10 а").1.as_deref(), Some("10А"));
}

#[test]
fn parks_and_buildings_are_found_by_their_names() {
    let mut b = Builder::default();
    b.cover(&named("Парк имени Горького", None, None), point(43.26, 76.97));
    let mut names = named("Рахат Палас", None, None);
    for (house, street) in [("29/6", Some("Сатпаева")), ("30", None)] {
        b.address(&Address {
            element: element(1),
            house: house.into(),
            street: street.map(Into::into),
            place: None,
            city: None,
            postcode: None,
            names: std::mem::replace(&mut names, named("12", None, None)),
            point: point(43.235, 76.91),
        });
    }
    let g = b.finish();
    assert_eq!(first(&g, "парк Горького").0, "Парк имени Горького");
    assert_eq!(first(&g, "рахат палас").0, "Рахат Палас");
    assert_eq!(g.extent().entries, 3, "a building called by a number is none: {:?}", g.entries);
}

/// Two roads side by side, each with its posts; a third has none.
#[test]
fn the_kilometre_is_that_of_the_road_where_one_stands() {
    let mut b = Builder::default();
    let line = |lat| [point(lat, 76.0), point(lat, 76.2)];
    for (id, name, lat) in [(1, "А-1", 43.50), (3, "А-2", 43.51), (5, "Р-9", 43.54)] {
        b.road(&road(LocalNames::default(), Some(name), id, id + 1, line(lat)));
    }
    for (reference, kilometre, lat, lon) in [
        ("А-1", "10", 43.5, 76.02),
        ("А-1", "20", 43.5, 76.14),
        ("А-2", "110", 43.51, 76.07),
        ("А-2", "112", 43.51, 76.095),
    ] {
        b.object(&Object {
            element: element(9),
            kind: ObjectKind::KilometrePost,
            names: LocalNames::default(),
            phone: None,
            tags: [("distance", kilometre), ("ref", reference)].map(|(k, v)| (k.into(), v.into())).into(),
            point: point(lat, lon),
        });
    }
    let g = b.finish();
    let near = |lat| g.nearest_kilometre(point(lat, 76.08), Metres::whole(10_000));
    // A post of the other road is the nearest.
    let at = near(43.5001).expect("a road with posts");
    assert_eq!((at.road.name.as_deref(), at.kilometre), (Some("А-1"), 15.0));
    let other = near(43.5099).expect("a road with posts");
    assert_eq!((other.road.name.as_deref(), other.kilometre), (Some("А-2"), 110.8));
    assert_eq!(near(43.5401), None, "that road has no posts");
}

#[test]
fn a_settlement_of_another_district_is_not_named() {
    let g = town();
    let at = point(43.28, 77.1);
    let name =
        |may: bool| g.settlement(at, |kind, _| may || kind != PlaceKind::City).and_then(|s| s.ru.clone());
    assert_eq!((name(true).as_deref(), name(false)), (Some("Алматы"), None));
}

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
fn the_most_common_misspelling_of_the_most_common_street_is_found() {
    let g = town();
    for text in ["Обая", "обая", "Обая ", "на Обая"] {
        assert_eq!(first(&g, text).0, "проспект Абая", "{text}");
    }
    assert_eq!(first(&g, "Обая 10").1.as_deref(), Some("10"));
}

#[test]
fn a_street_known_by_one_address_is_not_known_to_the_metre() {
    let mut b = Builder::default();
    b.address(&Address {
        element: element(1),
        house: "5".into(),
        street: Some("улица Сокпакбаева".into()),
        place: None,
        city: None,
        postcode: None,
        names: LocalNames::default(),
        point: point(43.25, 76.9),
    });
    let g = b.finish();
    for (text, precision) in [("Сокпакбаева", Precision::Whole), ("Сокпакбаева 90", Precision::HouseUnknown)]
    {
        let hits = g.search(Ask { text, around: None, most: 1 }, |_| true).expect("searched");
        assert_eq!((hits[0].precision, hits[0].uncertainty), (precision, Metres::whole(300)), "{text}");
    }
}

#[test]
fn how_far_a_street_reaches_is_how_uncertain_a_place_on_it_is() {
    let g = town();
    let hits = g.search(Ask { text: "Жандосова 9", around: None, most: 1 }, |_| true).expect("searched");
    let half = point(43.22, 76.88).distance(point(43.22, 76.9)).get();
    assert_eq!(hits[0].precision, Precision::HouseUnknown);
    assert!(hits[0].uncertainty.get() > half * 0.4, "{:?}", hits[0].uncertainty);
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

#[test]
fn a_kilometre_lies_between_its_posts_and_what_is_not_posted_is_said() {
    let g = town();
    let (name, _, precision, at) = first(&g, "35 км трассы А3");
    assert_eq!((name.as_str(), precision), ("А-3", Precision::BetweenPosts));
    assert!((at.lat() - 43.493).abs() < 1e-6);
    assert_eq!(first(&g, "А-3 34 км").2, Precision::KilometrePost);
    assert_eq!(first(&g, "А-3 340 км").2, Precision::KilometreUnknown);
}

#[test]
fn a_place_beside_a_road_is_told_by_the_kilometre_between_the_posts_around_it() {
    let g = town();
    let near = |lat, lon| g.nearest_kilometre(point(lat, lon), Metres::whole(10_000));
    let at = near(43.4997, 77.1002).expect("a post");
    assert_eq!(
        (at.kilometre, at.precision, at.road.name.as_deref()),
        (34.0, Precision::KilometrePost, Some("А-3"))
    );
    // Half the way from post 34 to post 36.
    let between = near(43.493, 77.0931).expect("a road with posts");
    assert_eq!((between.kilometre, between.precision), (35.0, Precision::BetweenPosts));
    assert!(between.uncertainty.get() >= 500.0 && between.distance.get() > 900.0);
    assert!((near(43.4895, 77.0896).expect("a road").kilometre - 35.5).abs() < 0.11);
    // Before the first post and after the last one nothing is reckoned: the post is named, and how far it is.
    let before = near(43.52, 77.12).expect("a post");
    assert_eq!((before.kilometre, before.precision), (34.0, Precision::KilometrePost));
    assert!(before.uncertainty.get() > 2_000.0);
    assert_eq!(near(43.2, 76.5), None);
    assert_eq!(Gazetteer::default().nearest_kilometre(point(43.5, 77.1), Metres::whole(10_000)), None);
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

#[test]
fn the_nearest_house_is_told_with_its_street_and_distance() {
    let g = town();
    let near = g.nearest_house(point(43.2406, 76.9049), Metres::whole(150)).expect("a house");
    assert_eq!((near.number.as_str(), near.names.name.as_deref()), ("10", Some("проспект Абая")));
    assert!(g.nearest_house(point(43.30, 76.80), Metres::whole(150)).is_none());
    assert_eq!(g.settlement(point(43.24, 76.9), |_, _| true).and_then(|s| s.ru.as_deref()), Some("Алматы"));
}

proptest::proptest! {
    /// Whatever is typed: an answer or a refusal, never more than asked for.
    #[test]
    fn nothing_that_is_typed_breaks_the_search(text in "\\PC{0,60}") {
        let g = town();
        if let Ok(hits) = g.search(Ask { text: &text, around: None, most: 3 }, |_| true) {
            proptest::prop_assert!(hits.len() <= 3);
        }
    }
}

/// Long names of streets as two letters of them are heard wrong, left out or put in.
#[test]
fn a_long_street_is_found_with_two_letters_misheard() {
    const HEARD: &[(&str, &[&str])] = &[
        (
            "улица Черёмуховая",
            &[
                "Чиремухавая",
                "чиремухавая",
                "Черемуховоя",
                "Чиримуховая",
                "Чермухавая",
                "на Чиремуховой",
                "Чиремухавой",
                "на Чирёмухавую",
                "Чиремухав",
                "Чиремуха",
            ],
        ),
        ("улица Нұрмағамбетова", &["Нурмагомбетава", "Нурмагамбитов", "Нурмухамбетова"]),
        ("улица Қабанбай батыра", &["Кабонбай батира", "Кобанбай ботыра"]),
        ("улица Бауыржана Момышулы", &["Баурджана Мамышулы", "Бауржана Мамишулы"]),
        ("улица Рыскулбекова", &["Рыскульбикава", "Рискулбековой"]),
        ("улица Богенбай батыра", &["Багенбай ботыра", "Багинбай батыр"]),
        ("улица Тимирязева", &["Темирязива", "Тимерязива"]),
        ("улица Кашгарская", &["Кошгарскоя", "Кашкарскай"]),
        ("улица Макатаева", &["Мокатаива", "Макотоева"]),
    ];
    let mut b = Builder::default();
    b.place(&Place {
        element: element(1),
        kind: PlaceKind::City,
        names: named("Алматы", Some("Алматы"), None),
        population: Some(2_000_000),
        point: point(43.25, 76.92),
    });
    for ((street, _), id) in HEARD.iter().zip(1_i64..) {
        let lat = 43.2 + 0.01 * f64::from(i32::try_from(id).expect("small"));
        let line = [point(lat, 76.90), point(lat, 76.91)];
        b.road(&road(named(street, None, None), None, 10 * id, 10 * id + 1, line));
    }
    let g = b.finish();
    let wrong: Vec<String> = HEARD
        .iter()
        .flat_map(|(street, heard)| heard.iter().map(move |text| (street, text)))
        .flat_map(|(street, text)| [(street, (*text).to_owned()), (street, format!("{text} 3"))])
        .filter_map(|(street, text)| {
            let hits = g.search(Ask { text: &text, around: Some(point(43.24, 76.92)), most: 6 }, |_| true);
            let names: Vec<_> = hits
                .unwrap_or_default()
                .iter()
                .filter_map(|h| h.names.and_then(|n| n.name.clone()))
                .collect();
            (names.first().map(String::as_str) != Some(*street)).then(|| format!("{text}: {names:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
