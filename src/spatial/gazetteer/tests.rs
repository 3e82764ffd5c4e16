mod crossings;
mod given;
mod kilometres;

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

#[test]
fn a_settlement_of_another_district_is_not_named() {
    let g = town();
    let at = point(43.28, 77.1);
    let name =
        |may: bool| g.settlement(at, |kind, _| may || kind != PlaceKind::City).and_then(|s| s.ru.clone());
    assert_eq!((name(true).as_deref(), name(false)), (Some("Алматы"), None));
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
