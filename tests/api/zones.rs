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
async fn village(world: &World) {
    let source = "village".parse().expect("a source");
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
    village(&house.world).await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    asel.post("/messages", &call("запах хлора")).await.expect(201);
    let ring = json!([[76.85, 43.20], [76.93, 43.20], [76.93, 43.28], [76.85, 43.28], [76.85, 43.20]]);
    let zone = json!({"name": "Кайрат", "mode": "high_readiness", "polygon": {"type": "Polygon", "coordinates": [ring]}});
    let made = asel.post("/zones", &zone).await.expect(201);
    let id = made["id"].as_str().expect("an identity");
    let inside = asel.get(&format!("/zones/{id}/inside")).await.expect(200);
    assert_eq!(
        inside["population"],
        json!({"people": 2000, "least": 2000, "most": 2000, "counted": 1, "unknown": 0}),
        "{inside}"
    );
    assert_eq!(
        (names(&inside["social"]), names(&inside["hazardous"])),
        (vec!["Школа №1"], vec!["Склад хлора"])
    );
    assert_eq!(inside["incidents"].as_array().map(Vec::len), Some(1), "{inside}");
    house.account("elsewhere", Role::DutyOfficer, Some("71"), None).await;
    let none = format!("/zones/{}/inside", uuid::Uuid::now_v7());
    assert_eq!(asel.get(&none).await.problem(), "not-found");
}

#[actix_web::test]
async fn the_sector_of_a_release_is_proposed_and_decides_nothing() {
    let house = House::open().await;
    village(&house.world).await;
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
