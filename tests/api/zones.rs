//! What lies in a zone, and the sector of a release, as the desk asks for them.

use hub112::domain::geography::{
    Direction, Element, ElementKind, LocalNames, Object, ObjectKind, Place, PlaceKind, Road, RoadClass,
};
use hub112::domain::quantities::Point;
use hub112::store::account::Role;
use hub112::store::gis_import::{self, Begun};
use serde_json::{Value, json};

use super::asking::{House, call};
use crate::world::World;

fn point(lat: f64, lon: f64) -> Point {
    Point::new(lat, lon).expect("a point")
}

fn named(ru: &str) -> LocalNames {
    LocalNames { name: Some(ru.into()), ru: Some(ru.into()), ..LocalNames::default() }
}

fn element(id: i64) -> Element {
    Element { kind: ElementKind::Node, id }
}

/// A village of two thousand with a school, a store of chlorine and a hydrant; the school of another lies far away.
async fn village(world: &World, source: &str) {
    let source = source.parse().expect("a source");
    let origin = ("© nobody", "none");
    let begun = gis_import::begin(&world.database_url, &source, "1", "village", origin, false).await;
    let Ok(Begun::Fresh(mut staging)) = begun else { panic!("the import begins anew") };
    let place = Place {
        element: element(1),
        kind: PlaceKind::Village,
        names: named("Кайрат"),
        population: Some(2_000),
        point: point(43.24, 76.89),
    };
    staging.place(&place).await.expect("a place");
    let objects = [
        (ObjectKind::School, "Школа №1", 43.241, 76.891),
        (ObjectKind::Hazardous, "Склад хлора", 43.239, 76.889),
        (ObjectKind::Hydrant, "ПГ-7", 43.2391, 76.8891),
        (ObjectKind::School, "Школа №9", 43.40, 77.10),
        // The same school once more, as one of its houses.
        (ObjectKind::School, "школа №1 ", 43.242, 76.892),
    ];
    for (id, (kind, name, lat, lon)) in (10..).zip(objects) {
        let object = Object {
            element: element(id),
            kind,
            names: named(name),
            phone: None,
            tags: Default::default(),
            point: point(lat, lon),
        };
        staging.object(&object).await.expect("an object");
    }
    let road = Road {
        way: 1,
        from: 1,
        to: 2,
        class: RoadClass::Residential,
        direction: Direction::Both,
        limit_kmh: None,
        rough: false,
        names: named("улица Школьная"),
        reference: None,
        line: vec![point(43.24, 76.88), point(43.24, 76.90)],
    };
    staging.road(&road).await.expect("a road");
    staging.read_through(None, 0, 0).await.expect("read");
    staging.index().await.expect("indexed");
    staging.go_live().await.expect("live");
}

fn names(list: &Value) -> Vec<&str> {
    let of = |o: &Value| o["names"]["name"].as_str().map(str::to_owned);
    list.as_array()
        .expect("a list")
        .iter()
        .filter(|o| of(o).is_some())
        .filter_map(|o| o["names"]["name"].as_str())
        .collect()
}

#[actix_web::test]
async fn a_zone_says_who_lives_in_it_what_stands_in_it_and_which_cards_are_open_there() {
    let house = House::open().await;
    // An extract of the region beside one of the country: the village stands in both and has its people once.
    village(&house.world, "village").await;
    village(&house.world, "village-in-the-country").await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    asel.post("/messages", &call("запах хлора")).await.expect(201);
    let ring = json!([[76.85, 43.20], [76.93, 43.20], [76.93, 43.28], [76.85, 43.28], [76.85, 43.20]]);
    let zone = json!({"name": "Кайрат", "mode": "high_readiness", "polygon": {"type": "Polygon", "coordinates": [ring]}});
    let made = asel.post("/zones", &zone).await.expect(201);
    let id = made["id"].as_str().expect("an identity");
    let inside = asel.get(&format!("/zones/{id}/inside")).await.expect(200);
    assert_eq!(
        inside["population"],
        json!({"people": 2000, "least": 2000, "most": 2000, "counted": 1, "by_disc": 1, "unknown": 0}),
        "{inside}"
    );
    assert_eq!(
        (names(&inside["social"]), names(&inside["hazardous"])),
        (vec!["Школа №1"], vec!["Склад хлора"])
    );
    assert_eq!(inside["incidents"].as_array().map(Vec::len), Some(1), "{inside}");
    let counts = json!({"social": [{"kind": "school", "count": 1}], "hazardous": [{"kind": "hazardous", "count": 1}],
        "passports": 0, "units": 0, "incidents": 1, "cut": false});
    assert_eq!(inside["counts"], counts, "{inside}");
    house.account("elsewhere", Role::DutyOfficer, Some("71"), None).await;
    let none = format!("/zones/{}/inside", uuid::Uuid::now_v7());
    assert_eq!(asel.get(&none).await.problem(), "not-found");
}

/// A list that is cut would hide whole kinds: an officer who reads "500 schools" must still see that there is a hospital.
#[actix_web::test]
async fn of_more_objects_than_are_listed_every_kind_is_counted_and_the_cut_is_said() {
    let house = House::open().await;
    let source = "city".parse().expect("a source");
    let origin = ("© nobody", "none");
    let begun = gis_import::begin(&house.world.database_url, &source, "1", "city", origin, false).await;
    let Ok(Begun::Fresh(mut staging)) = begun else { panic!("the import begins anew") };
    for id in 0..620_i64 {
        // One in a hundred is a railway station, of the kind that comes last.
        let kind = if id % 100 == 0 { ObjectKind::TransportStation } else { ObjectKind::School };
        let object = Object {
            element: element(id),
            kind,
            names: named(&format!("№{id}")),
            phone: None,
            tags: Default::default(),
            point: point(43.24, 76.88 + f64::from(i32::try_from(id).expect("small")) * 1e-5),
        };
        staging.object(&object).await.expect("an object");
    }
    staging.read_through(None, 0, 0).await.expect("read");
    staging.index().await.expect("indexed");
    staging.go_live().await.expect("live");
    let asel = house.caller("asel", Role::DutyOfficer).await;
    let around = json!({"of": {"point": {"lat": 43.24, "lon": 76.883}}, "by": 5000});
    let inside = asel.post("/zones/buffer", &around).await.expect(200)["inside"].clone();
    assert_eq!(inside["social"].as_array().map(Vec::len), Some(500));
    let counts = json!([{"kind": "school", "count": 613}, {"kind": "transport_station", "count": 7}]);
    assert_eq!(inside["counts"]["social"], counts);
    assert_eq!(inside["counts"]["cut"], true);
    let stations = inside["social"].as_array().into_iter().flatten();
    assert_eq!(stations.filter(|one| one["kind"] == "transport_station").count(), 7);
}

#[actix_web::test]
async fn the_sector_of_a_release_is_proposed_and_decides_nothing() {
    let house = House::open().await;
    village(&house.world, "village").await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    // West of the village, the wind from the west: the village lies in the square downwind.
    let release =
        json!({"at": {"lat": 43.24, "lon": 76.86}, "wind_from": 270, "isolation": 200, "protective": 5000});
    let proposed = asel.post("/zones/plume", &release).await.expect(200);
    assert_eq!(proposed["inside"]["population"]["people"], 2_000, "{proposed}");
    assert_eq!(names(&proposed["inside"]["social"]), ["Школа №1"]);
    assert_eq!(asel.get("/zones").await.expect(200)["items"].as_array().map(Vec::len), Some(0));
    let away =
        json!({"at": {"lat": 43.24, "lon": 76.86}, "wind_from": 90, "isolation": 200, "protective": 5000});
    let proposed = asel.post("/zones/plume", &away).await.expect(200);
    assert_eq!(proposed["inside"]["population"]["people"], 0, "{proposed}");
    // What is proposed can be drawn as it is.
    let zone = json!({"name": "Хлор", "mode": "high_readiness", "polygon": proposed["polygon"]});
    asel.post("/zones", &zone).await.expect(201);
    let wrong = json!({"at": {"lat": 43.24, "lon": 76.86}, "isolation": 900, "protective": 500});
    assert_eq!(asel.post("/zones/plume", &wrong).await.problem(), "invalid");
}

#[actix_web::test]
async fn the_distances_of_a_substance_are_told_with_source_and_certainty_and_draw_its_sector() {
    let house = House::open().await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    let told = asel.get("/release-distances").await.expect(200);
    let all = told.as_array().expect("a list");
    let chlorine = all.iter().find(|one| one["un"] == 1017).expect("chlorine");
    assert_eq!(chlorine["names"]["kk"], "Хлор");
    let rows = chlorine["rows"].as_array().expect("rows");
    let small = rows.iter().find(|row| row["spill"] == "small").expect("a small spill");
    assert_eq!((&small["source"], &small["verified"]), (&json!("ERG 2024 Table 1"), &json!(true)));
    let far = rows.iter().find(|row| row["night"]["or_more"] == true).expect("a rail tank car at night");
    assert_eq!((&far["vessel"], &far["wind"]), (&json!("rail_tank_car"), &json!("low")));
    // Some rest on one transcription, and say so.
    let rows = all.iter().flat_map(|one| one["rows"].as_array().into_iter().flatten());
    assert!(rows.clone().any(|row| row["verified"] == false));
    for row in rows {
        let release = json!({"at": {"lat": 43.24, "lon": 76.86}, "wind_from": 90,
            "isolation": row["isolation"], "protective": row["night"]["metres"]});
        asel.post("/zones/plume", &release).await.expect(200);
    }
}

#[actix_web::test]
async fn the_areas_of_a_file_are_proposed_all_or_none_and_every_bad_one_is_named() {
    let house = House::open().await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    let feature = |name: &str, geometry: Value| json!({"type": "Feature", "properties": {"name": name}, "geometry": geometry});
    let square = |west: f64| {
        json!([
            [[west, 43.2], [west + 0.1, 43.2], [west + 0.1, 43.3], [west, 43.3], [west, 43.2]],
            [[west + 0.04, 43.24], [west + 0.04, 43.26], [west + 0.06, 43.26], [west + 0.04, 43.24]]
        ])
    };
    let flood =
        feature("Паводок", json!({"type": "MultiPolygon", "coordinates": [square(76.8), square(77.2)]}));
    let read = asel
        .post("/zones/from-file", &json!({"type": "FeatureCollection", "features": [flood]}))
        .await
        .expect(200);
    let areas = read["areas"].as_array().expect("areas");
    assert_eq!(areas.len(), 2, "a zone is of one piece: {read}");
    assert_eq!(
        (&areas[1]["name"], &areas[1]["part"], &areas[1]["parts"]),
        (&json!("Паводок"), &json!(2), &json!(2))
    );
    assert_eq!(areas[0]["polygon"]["coordinates"].as_array().map(Vec::len), Some(2), "its hole stays");
    // What is proposed can be drawn as it is.
    let zone = json!({"name": "Паводок", "mode": "high_readiness", "polygon": areas[0]["polygon"]});
    asel.post("/zones", &zone).await.expect(201);

    let bow = feature(
        "Бант",
        json!({"type": "Polygon", "coordinates": [[[76, 43], [77, 44], [77, 43], [76, 44], [76, 43]]]}),
    );
    let turned =
        feature("Оси", json!({"type": "Polygon", "coordinates": [[[43, 76], [43, 77], [44, 77], [43, 76]]]}));
    let file = json!({"type": "FeatureCollection", "features": [flood, bow, turned]});
    let refused = asel.ask("POST", "/zones/from-file", Some(&file), &[("Accept-Language", "ru")]).await;
    assert_eq!(refused.problem(), "invalid");
    let told = refused.body["detail"].as_str().expect("words");
    assert!(
        told.contains("объект 2 (Бант): граница пересекает сама себя в точке 43.50000, 76.50000"),
        "{told}"
    );
    assert!(
        told.contains("объект 3 (Оси): широта и долгота переставлены") && !told.contains("Паводок"),
        "{told}"
    );
    let lines = json!({"type": "LineString", "coordinates": [[76, 43], [77, 44]]});
    assert_eq!(asel.post("/zones/from-file", &lines).await.problem(), "invalid");
    // Larger than what else the hub takes: perimeters have many corners.
    let ring: Vec<[f64; 2]> =
        (0..20_000).map(|n| [76.0 + f64::from(n) * 1e-5, 43.0 + f64::from(n % 2) * 1e-6]).collect();
    let closed = [ring, vec![[76.2, 44.0], [76.0, 43.0]]].concat();
    let large = asel.post("/zones/from-file", &json!({"type": "Polygon", "coordinates": [closed]})).await;
    assert!(
        large.body["detail"].as_str().is_some_and(|told| told.contains("at most 5000 corners")),
        "{}",
        large.body
    );
    let ada = house.caller("ada", Role::Administrator).await;
    assert_eq!(ada.post("/zones/from-file", &lines).await.problem(), "forbidden");
}

#[actix_web::test]
async fn so_many_metres_around_a_line_are_proposed_with_what_lies_there() {
    let house = House::open().await;
    village(&house.world, "village").await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    // A river 800 m south of the school.
    let river = json!({"line": [{"lat": 43.2338, "lon": 76.80}, {"lat": 43.2338, "lon": 76.95}]});
    let around =
        async |by: u32| asel.post("/zones/buffer", &json!({"of": river, "by": by})).await.expect(200);
    assert!(names(&around(750).await["inside"]["social"]).is_empty());
    let wide = around(850).await;
    assert_eq!(names(&wide["inside"]["social"]), ["Школа №1"]);
    let asked = asel.post("/zones/inside", &json!({"polygon": wide["polygon"]})).await.expect(200);
    assert_eq!(asked, wide["inside"], "the same of a border as it is drawn");
    let speck =
        json!({"polygon": {"type": "Polygon", "coordinates": [[[76.9, 43.2], [76.9, 43.2], [76.9, 43.2]]]}});
    assert_eq!(asel.post("/zones/inside", &speck).await.problem(), "invalid");
    // A proposal can be widened in turn.
    let wider = json!({"of": {"polygon": wide["polygon"]}, "by": 10_000});
    assert_eq!(asel.post("/zones/buffer", &wider).await.expect(200)["inside"]["population"]["people"], 2_000);
    for wrong in
        [json!({"of": river, "by": 0}), json!({"of": {"line": []}, "by": 5}), json!({"of": river, "by": 1e6})]
    {
        assert_eq!(asel.post("/zones/buffer", &wrong).await.problem(), "invalid", "{wrong}");
    }
    assert_eq!(
        asel.get("/zones").await.expect(200)["items"].as_array().map(Vec::len),
        Some(0),
        "nothing is decided"
    );
}

/// What lies elsewhere is refused where it is drawn, and not found out when somebody is sent there.
#[actix_web::test]
async fn zones_closures_and_reports_from_elsewhere_on_earth_are_refused() {
    let house = House::open().await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    let area = |ring: &Value| json!({"type": "Polygon", "coordinates": [ring]});
    let astana = json!([[71.4, 51.1], [71.5, 51.1], [71.5, 51.2], [71.4, 51.1]]);
    let swapped = json!([[43.2, 76.9], [43.3, 76.9], [43.3, 77.0], [43.2, 76.9]]);
    let here = json!([[76.9, 43.2], [76.95, 43.2], [76.95, 43.25], [76.9, 43.2]]);
    for (ring, expected) in [(&astana, "another region"), (&swapped, "exchanged")] {
        let zone = json!({"name": "?", "mode": "emergency", "polygon": area(ring)});
        let closure = json!({"closed": {"part": "area", "polygon": area(ring)}, "reason": "?"});
        for (path, body) in [("/zones", zone), ("/closures", closure)] {
            let refused = asel.post(path, &body).await;
            assert_eq!(refused.problem(), "invalid", "{path}");
            assert!(refused.body.to_string().contains(expected), "{path}: {}", refused.body);
        }
    }
    let zone = json!({"name": "?", "mode": "emergency", "polygon": area(&here)});
    let made = asel.post("/zones", &zone).await.expect(201);
    let redrawn = json!({"polygon": area(&astana), "reason": "?"});
    let path = format!("/zones/{}", made["id"].as_str().expect("an id"));
    assert_eq!(asel.replace(&path, &redrawn).await.problem(), "invalid");
    let closure = json!({"closed": {"part": "area", "polygon": area(&here)}, "reason": "?"});
    let closed = asel.post("/closures", &closure).await.expect(201);
    assert_eq!(closed["pieces"], Value::Null, "no roads are imported: {closed}");

    let report = |field: &str, value: Value| {
        let mut told = json!({"command": "report", "report": uuid::Uuid::now_v7(), "nature": "fire", "text": "дым",
            "origin": {"origin": "officer", "account": "asel"}, "observed_at": jiff::Timestamp::now()});
        told[field] = value;
        told
    };
    for (field, value, kind) in [
        ("place", json!({"point": {"lat": 55.75, "lon": 37.6}}), "invalid"),
        ("place", json!({"point": {"lat": 76.9, "lon": 43.2}}), "invalid"),
        ("zone", json!(uuid::Uuid::now_v7()), "not-found"),
        ("origin", json!({"origin": "service", "service": "mchs"}), "not-found"),
    ] {
        assert_eq!(
            asel.post("/situation", &report(field, value.clone())).await.problem(),
            kind,
            "{field} {value}"
        );
    }
    let mode = json!({"command": "declare", "mode": "high_readiness", "order": {"reason": "сель",
        "legal_reference": "№ 1", "zone": uuid::Uuid::now_v7()}});
    assert_eq!(asel.post("/mode", &mode).await.problem(), "not-found");
}
