use std::io::Read;
use std::path::PathBuf;

use geo::Contains;
use proptest::prelude::*;

use super::*;

fn shipped() -> Territory {
    let regions = include_str!("../../../gis/regions.geojson");
    Territory::new(Layer::from_geojson(regions, Fields::OWN).unwrap(), None)
}

fn at(lat: f64, lon: f64) -> Point {
    Point::new(lat, lon).unwrap()
}

fn region_of(territory: &Territory, point: Point) -> Option<String> {
    territory.locate(point).map(|(region, _)| region.to_string())
}

#[test]
fn the_country_has_seventeen_regions_and_three_cities_with_three_names_each() {
    let territory = shipped();
    let mut codes: Vec<String> = territory.regions().map(|r| r.to_string()).collect();
    codes.sort();
    let expected = "10 11 15 19 23 27 31 33 35 39 43 47 55 59 61 62 63 71 75 79";
    assert_eq!(codes.join(" "), expected);
    let names = territory.region_names("62".parse().unwrap()).unwrap();
    assert_eq!((names.kk.as_str(), names.en.as_str()), ("Ұлытау облысы", "Ulytau Region"));
}

#[test]
fn a_call_from_off_the_coast_or_just_over_a_coarse_border_is_the_nearest_regions() {
    let territory = shipped();
    let answers = |lat, lon| territory.answers_for(at(lat, lon)).map(|region| region.to_string());
    let off = [
        ("drifting ice off Atyrau", 46.75, 51.75, "23"),
        ("Kashagan, nearest to Mangystau's shore", 46.10, 51.65, "47"),
        ("off Aktau", 43.65, 51.08, "47"),
        ("Khorgos", 44.213, 80.405, "33"),
    ];
    for (name, lat, lon, region) in off {
        assert_eq!(answers(lat, lon).as_deref(), Some(region), "{name}");
    }
    assert_eq!(region_of(&territory, at(46.10, 51.65)), None, "the sea is no region");
    assert_eq!(answers(43.25, 76.92).as_deref(), Some("75"));
    for (name, lat, lon) in [("Moscow", 55.75, 37.6), ("no fix", 0.0, 0.0), ("swapped", 76.92, 43.25)] {
        assert_eq!(answers(lat, lon), None, "{name}");
    }
}

/// Who is located by a cell may be where the point is not; who knows the place well is there.
#[test]
fn a_place_that_may_lie_in_the_country_by_what_it_says_of_itself_is_the_nearest_regions() {
    let (territory, bishkek) = (shipped(), at(42.8746, 74.5698));
    let answers = |radius| {
        let answered = territory.answers_for_around(bishkek, Some(Metres::whole(radius)));
        answered.map(|region| region.to_string())
    };
    assert_eq!(answers(50), None);
    assert_eq!(answers(15_000), None, "20.3 km from the border");
    assert_eq!(answers(18_000).as_deref(), Some("31"));
    let far = territory.answers_for_around(at(54.989, 73.368), Some(Metres::whole(400_000)));
    assert_eq!(far, None, "whoever knows nothing knows no region");
    // A region whose borders are drawn coarsely says so in its settings.
    let coarse = shipped().with_border(Metres::whole(16_000));
    assert_eq!(coarse.answers_for(at(41.3111, 69.2797)).map(|r| r.to_string()).as_deref(), Some("61"));
}

/// Centres of regions and places on either side of the borders of the three newest.
const PLACES: [(&str, f64, f64, &str); 22] = [
    ("Semey", 50.411, 80.227, "10"),
    ("Kokshetau", 53.285, 69.396, "11"),
    ("Aqtobe", 50.279, 57.207, "15"),
    ("Qonaev", 43.868, 77.063, "19"),
    ("Atyrau", 47.117, 51.883, "23"),
    ("Oral", 51.223, 51.387, "27"),
    ("Taraz", 42.900, 71.378, "31"),
    ("Taldyqorghan", 45.015, 78.374, "33"),
    ("Qaraghandy", 49.801, 73.102, "35"),
    ("Qostanai", 53.214, 63.625, "39"),
    ("Qyzylorda", 44.848, 65.482, "43"),
    ("Aqtau", 43.650, 51.160, "47"),
    ("Pavlodar", 52.287, 76.967, "55"),
    ("Petropavl", 54.875, 69.163, "59"),
    ("Turkistan", 43.298, 68.252, "61"),
    ("Zhezqazghan", 47.783, 67.767, "62"),
    ("Oskemen", 49.971, 82.605, "63"),
    ("Astana", 51.169, 71.449, "71"),
    ("Almaty", 43.238, 76.945, "75"),
    ("Shymkent", 42.317, 69.596, "79"),
    ("Balqash", 46.848, 74.995, "35"),
    ("Aiagoz", 47.965, 80.439, "10"),
];

#[test]
fn a_place_is_found_in_its_region() {
    let territory = shipped();
    for (name, lat, lon, region) in PLACES {
        assert_eq!(region_of(&territory, at(lat, lon)).as_deref(), Some(region), "{name}");
    }
}

#[test]
fn a_place_outside_the_country_is_in_no_region() {
    let territory = shipped();
    for (name, lat, lon) in [
        ("Bishkek", 42.875, 74.603),
        ("Tashkent", 41.311, 69.279),
        ("Omsk", 54.989, 73.368),
        ("Urumqi", 43.826, 87.617),
        ("the Gulf of Guinea", 0.0, 0.0),
    ] {
        assert_eq!(territory.locate(at(lat, lon)), None, "{name}");
        assert!(!territory.contains(at(lat, lon)), "{name}");
    }
}

#[test]
fn an_incident_near_the_border_of_almaty_is_told_to_almaty_region_too() {
    let territory = shipped();
    let codes = |point, reach| -> Vec<String> {
        let near = territory.regions_within(point, Metres::new(reach).unwrap());
        near.into_iter().map(|(region, _)| region.to_string()).collect()
    };
    let centre = at(43.238, 76.945);
    assert_eq!(codes(centre, 1000.0), ["75"]);
    assert_eq!(codes(centre, 30_000.0), ["75", "19"]);
    // Talghar, in the region, fifteen kilometres east of the city.
    let talghar = at(43.303, 77.240);
    assert_eq!(codes(talghar, 500.0), ["19"]);
    assert_eq!(codes(talghar, 20_000.0), ["19", "75"]);
    let distances = territory.regions_within(talghar, Metres::new(20_000.0).unwrap());
    assert!((3_000.0..20_000.0).contains(&distances[1].1.get()), "{distances:?}");
}

#[test]
fn the_regions_leave_no_gap_and_share_no_ground() {
    let layer = Layer::from_geojson(include_str!("../../../gis/regions.geojson"), Fields::OWN).unwrap();
    let mut inside = 0;
    for lat in 0..150 {
        for lon in 0..210 {
            let point = at(40.55 + f64::from(lat) * 0.1, 46.45 + f64::from(lon) * 0.2);
            let holding = layer.areas().iter().filter(|area| area.polygon.contains(point)).count();
            assert!(holding <= 1, "{point:?} lies in {holding} regions");
            inside += holding;
            // Every neighbour of a gap has a region; a lone hole would be a sliver between borders.
            if holding == 0 {
                let around = layer.within(point, Metres::new(50.0).unwrap());
                assert!(around.len() <= 1, "{point:?} lies in a gap between {around:?}");
            }
        }
    }
    assert!((16_000..17_000).contains(&inside), "{inside} points of the grid lie in the country");
}

fn collection(features: &[(&str, &str)]) -> String {
    let features: Vec<String> = features
        .iter()
        .map(|(kato, ring)| {
            format!(
                r#"{{"type":"Feature","properties":{{"kato":"{kato}","kk":"к","ru":"Р{kato}","en":"e"}},
                "geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}"#
            )
        })
        .collect();
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

const SQUARE: &str = "[[70,50],[71,50],[71,51],[70,51],[70,50]]";
const BOW_TIE: &str = "[[70,50],[71,51],[71,50],[70,51],[70,50]]";

#[test]
fn every_broken_polygon_is_named_and_nothing_is_loaded() {
    let text = collection(&[
        ("750000000", SQUARE),
        ("710000000", BOW_TIE),
        ("790000000", "[[70,150],[71,150],[71,151],[70,150]]"),
        ("75", SQUARE),
        ("990000000", SQUARE),
        ("750000000", SQUARE),
        ("620000000", "[[70,50],[71,50],[70,50]]"),
    ]);
    let Err(TerritoryError::Broken(broken)) = Layer::from_geojson(&text, Fields::OWN) else {
        panic!("broken polygons were loaded");
    };
    let named: Vec<_> = broken.iter().map(|b| (b.number, b.name.as_str())).collect();
    assert_eq!(
        named,
        [
            (2, "Р710000000"),
            (3, "Р790000000"),
            (4, "Р75"),
            (5, "Р990000000"),
            (6, "Р750000000"),
            (7, "Р620000000")
        ]
    );
    assert!(broken[0].fault.contains("crosses itself"), "{}", broken[0].fault);
    assert!(broken[1].fault.contains("off the globe"), "{}", broken[1].fault);
    let (sound, rest) = Layer::sound_part(&text, Fields::OWN).unwrap();
    assert_eq!((sound.areas().len(), rest.len()), (1, 6));
}

#[test]
fn what_is_no_feature_collection_is_refused() {
    assert!(matches!(Layer::from_geojson("{", Fields::OWN), Err(TerritoryError::NotGeoJson(_))));
    let point = r#"{"type":"Point","coordinates":[70,50]}"#;
    assert!(matches!(Layer::from_geojson(point, Fields::OWN), Err(TerritoryError::NotGeoJson(_))));
    let none = r#"{"type":"FeatureCollection","features":[]}"#;
    assert_eq!(Layer::from_geojson(none, Fields::OWN).unwrap_err(), TerritoryError::Empty);
}

#[test]
fn the_district_of_another_region_is_not_believed() {
    let regions = collection(&[
        ("750000000", "[[70,50],[71,50],[71,51],[70,51],[70,50]]"),
        ("190000000", "[[71,50],[72,50],[72,51],[71,51],[71,50]]"),
    ]);
    let districts = collection(&[("751110000", "[[70,50],[71.1,50],[71.1,51],[70,51],[70,50]]")]);
    let layer = |text: &str| Layer::from_geojson(text, Fields::OWN).unwrap();
    let territory = Territory::new(layer(&regions), Some(layer(&districts)));
    let district = |lon| territory.locate(at(50.5, lon)).and_then(|(_, d)| d).map(String::from);
    assert_eq!(district(70.5).as_deref(), Some("751110000"));
    assert_eq!(district(71.05), None);
}

#[test]
fn the_demonstration_lies_in_its_region() {
    let territory = shipped();
    let column = |row: &csv::StringRecord, n: usize| row[n].parse::<f64>().unwrap();
    let mut reader = csv::Reader::from_reader(include_str!("../../../gis/demo/units.csv").as_bytes());
    let homes: Vec<Point> =
        reader.records().map(|row| row.unwrap()).map(|row| at(column(&row, 7), column(&row, 8))).collect();
    let messages = include_str!("../../../gis/demo/messages.ndjson").lines();
    let messages: Vec<serde_json::Value> = messages.map(|line| serde_json::from_str(line).unwrap()).collect();
    let points = messages.iter().filter_map(|m| serde_json::from_value(m["point"].clone()).ok());
    let points: Vec<Point> = points.collect();
    assert!((60..=120).contains(&homes.len()) && messages.len() >= 1_000 && points.len() >= 800);
    for point in homes.into_iter().chain(points) {
        assert_eq!(region_of(&territory, point).as_deref(), Some("75"), "{point:?}");
    }
}

/// The polygons that the developers have at hand; they are not part of the project.
#[test]
fn the_real_regions_and_districts_load_and_agree() {
    let Some(folder) = std::env::var_os("HUB112_DATA").map(PathBuf::from) else {
        println!("not run: HUB112_DATA does not say where the real polygons are");
        return;
    };
    let read = |name: &str| {
        let packed = std::fs::File::open(folder.join("kz-admin").join(name)).unwrap();
        let mut unpacked = std::process::Command::new("gzip")
            .arg("-dc")
            .stdin(packed)
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut text = String::new();
        unpacked.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        assert!(unpacked.wait().unwrap().success());
        text
    };
    let of_level = |level: usize| match level {
        1 => Fields { kato: "KATO", kk: "ADM1_KK", ru: "ADM1_RU", en: "ADM1_EN" },
        _ => Fields { kato: "KATO", kk: "ADM2_KK", ru: "ADM2_RU", en: "ADM2_EN" },
    };
    let regions = Layer::from_geojson(&read("regions-2024.geojson.gz"), of_level(1)).unwrap();
    assert_eq!(regions.areas().len(), 20);
    let (districts, broken) = Layer::sound_part(&read("districts-2024.geojson.gz"), of_level(2)).unwrap();
    println!("broken districts: {broken:?}");
    assert_eq!((districts.areas().len(), broken.len()), (223, 1), "one touches itself");
    let territory = Territory::new(regions, Some(districts));
    let (mut with_district, mut inside) = (0, 0);
    for lat in 0..150 {
        for lon in 0..210 {
            let point = at(40.55 + f64::from(lat) * 0.1, 46.45 + f64::from(lon) * 0.2);
            // The broken district lies in Ulytau, 62.
            if let Some((_, district)) = territory.locate(point).filter(|(region, _)| region.number() != 62) {
                inside += 1;
                with_district += usize::from(district.is_some());
            }
        }
    }
    assert!(with_district * 100 >= inside * 98, "{with_district} of {inside} points have a district");
    for (name, lat, lon, region) in PLACES {
        assert_eq!(region_of(&territory, at(lat, lon)).as_deref(), Some(region), "{name}");
    }
}

/// Stars that may overlap, as GeoJSON: the middle of each and its radii.
fn stars(all: &[((f64, f64), Vec<f64>)]) -> String {
    let star = |number: usize, (middle, radii): &((f64, f64), Vec<f64>)| {
        let turn = std::f64::consts::TAU / f64::from(u32::try_from(radii.len()).unwrap());
        let corners = (0u32..).zip(radii).map(|(n, r)| (f64::from(n) * turn, r));
        let mut ring: Vec<String> = corners
            .map(|(turn, r)| format!("[{},{}]", middle.0 + r * turn.cos(), middle.1 + r * turn.sin()))
            .collect();
        ring.push(ring[0].clone());
        format!(
            r#"{{"type":"Feature","properties":{{"kato":"75{number:07}","kk":"К","ru":"Р","en":"E"}},
            "geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}"#,
            ring.join(",")
        )
    };
    let features: Vec<String> = all.iter().enumerate().map(|(number, s)| star(number, s)).collect();
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

proptest! {
    #[test]
    fn a_place_is_in_the_smallest_of_the_areas_that_contain_it(
        all in prop::collection::vec(
            ((68.0f64..72.0, 48.0f64..52.0), prop::collection::vec(0.2f64..2.0, 3..60)), 1..5),
        places in prop::collection::vec((66.0f64..74.0, 46.0f64..54.0), 50),
    ) {
        let layer = Layer::from_geojson(&stars(&all), Fields::OWN).unwrap();
        for (lon, lat) in places {
            let holds = |area: &&TerritorialUnit| area.border.contains(&geo::Point::new(lon, lat));
            let smallest = layer.areas().iter().filter(holds).min_by(|a, b| {
                a.border.unsigned_area().total_cmp(&b.border.unsigned_area())
            });
            let found = layer.locate(at(lat, lon));
            prop_assert_eq!(found.map(|a| &a.kato), smallest.map(|a| &a.kato), "{} {}", lat, lon);
        }
    }
}

#[test]
fn a_call_from_far_over_the_border_on_land_is_nobodys_and_exchanged_coordinates_are_known_as_such() {
    let territory = shipped();
    assert_eq!(territory.answers_for(at(54.989, 73.368)), None, "Omsk, a hundred kilometres from the border");
    assert_eq!(territory.answers_for(at(43.826, 87.617)), None, "Urumqi");
    for (name, lat, lon) in [
        ("the middle of Tashkent", 41.3111, 69.2797),
        ("the north of Tashkent", 41.367, 69.288),
        ("the middle of Bishkek", 42.8746, 74.5698),
        ("the north of Bishkek", 42.905, 74.59),
        ("Troitsk", 54.08, 61.56),
        ("25 km behind the border at Temirbaba", 42.10, 53.90),
    ] {
        assert_eq!(territory.answers_for(at(lat, lon)), None, "{name}");
    }
    assert_eq!(territory.answers_for(at(41.20, 69.0)).map(|r| r.to_string()).as_deref(), Some("61"));
    assert_eq!(territory.answers_for(at(42.36, 47.4)), None, "off Dagestan");
    assert!(territory.is_swapped(at(76.92, 43.25)) && !territory.is_swapped(at(55.75, 37.6)));
}

#[test]
fn an_area_touches_its_region_or_is_refused_with_what_is_wrong() {
    let territory = shipped();
    let almaty: RegionCode = "75".parse().unwrap();
    let check = |ring: &str| {
        let zone = format!(r#"{{"type":"Polygon","coordinates":[{ring}]}}"#);
        let zone: crate::domain::zone::ZonePolygon = serde_json::from_str(&zone).unwrap();
        territory.check_touches(&zone, almaty)
    };
    for (name, ring, expected) in [
        ("swapped", "[[43.2,76.9],[43.3,76.9],[43.3,77.0],[43.2,76.9]]", "exchanged"),
        ("antimeridian", "[[179,50],[-179,50],[-179,51],[179,51],[179,50]]", "antimeridian"),
        ("half the world", "[[0,0],[170,0],[170,80],[0,80],[0,0]]", "outside the country"),
        ("Astana", "[[71.4,51.1],[71.5,51.1],[71.5,51.2],[71.4,51.1]]", "another region"),
        ("Moscow", "[[37.6,55.7],[37.7,55.7],[37.7,55.8],[37.6,55.7]]", "outside the country"),
    ] {
        let told = check(ring).unwrap_err().said().to_string();
        assert!(told.contains(expected), "{name}: {told}");
    }
    for (name, ring) in [
        ("in the city", "[[76.9,43.2],[76.95,43.2],[76.95,43.25],[76.9,43.2]]"),
        ("over its border", "[[76.9,43.2],[78.0,43.2],[78.0,43.4],[76.9,43.2]]"),
        (
            "right across it, no corner near",
            "[[74.5,43.2],[79.5,43.2],[79.5,43.25],[74.5,43.25],[74.5,43.2]]",
        ),
        ("round the whole of it", "[[74,42.5],[80,42.5],[80,45],[74,45],[74,42.5]]"),
    ] {
        assert_eq!(check(ring), Ok(()), "{name}");
    }
    let kashagan = "[[51.6,46.0],[51.7,46.0],[51.7,46.1],[51.6,46.0]]";
    let zone: crate::domain::zone::ZonePolygon =
        serde_json::from_str(&format!(r#"{{"type":"Polygon","coordinates":[{kashagan}]}}"#)).unwrap();
    assert_eq!(territory.check_touches(&zone, "47".parse().unwrap()), Ok(()), "the sea before its shore");
    assert!(territory.check_near(at(43.3, 76.9), almaty).is_ok());
    assert!(territory.check_near(at(51.1, 71.4), almaty).is_err());
}
