//! Where is what a caller names: an import comes into force under a running hub, and the next question finds it.

use std::collections::BTreeMap;

use hub112::domain::geography::{
    Address, Direction, Element, ElementKind, LocalNames, Object, ObjectKind, Place, PlaceKind, Road,
    RoadClass,
};
use hub112::domain::quantities::Point;
use hub112::store::account::Role;
use hub112::store::gis_import::{self, Begun};
use serde_json::Value;

use super::asking::{Asker, House};
use crate::world::{World, wait_until};

const LONG: std::time::Duration = std::time::Duration::from_secs(60);

fn point(lat: f64, lon: f64) -> Point {
    Point::new(lat, lon).expect("a point")
}

fn element(id: i64) -> Element {
    Element { kind: ElementKind::Node, id }
}

fn named(ru: &str, kk: &str) -> LocalNames {
    LocalNames { name: Some(ru.into()), ru: Some(ru.into()), kk: Some(kk.into()), ..LocalNames::default() }
}

fn street(way: i64, names: LocalNames, reference: Option<&str>, nodes: [i64; 2], line: [Point; 2]) -> Road {
    Road {
        way,
        from: nodes[0],
        to: nodes[1],
        class: RoadClass::Secondary,
        direction: Direction::Both,
        limit_kmh: None,
        rough: false,
        names,
        reference: reference.map(Into::into),
        line: line.to_vec(),
    }
}

/// A town of two streets, a house, a hospital and a kilometre post.
async fn town(world: &World) {
    let source = "town".parse().expect("a source");
    let origin = ("© nobody", "none");
    let begun = gis_import::begin(&world.database_url, &source, "1", "town", origin, false).await;
    let Ok(Begun::Fresh(mut staging)) = begun else { panic!("the import begins anew") };
    let city = Place {
        element: element(1),
        kind: PlaceKind::City,
        names: named("Алматы", "Алматы"),
        population: Some(2_000_000),
        point: point(43.25, 76.92),
    };
    staging.place(&city).await.expect("a place");
    for road in [
        street(
            1,
            named("проспект Абая", "Абай даңғылы"),
            None,
            [1, 2],
            [point(43.24, 76.90), point(43.24, 76.93)],
        ),
        street(
            2,
            named("улица Розыбакиева", "Розыбакиев көшесі"),
            Some("А-3"),
            [2, 3],
            [point(43.24, 76.93), point(43.26, 76.93)],
        ),
    ] {
        staging.road(&road).await.expect("a road");
    }
    let address = Address {
        element: element(2),
        house: "10А".into(),
        street: Some("проспект Абая".into()),
        place: None,
        city: None,
        postcode: None,
        names: LocalNames::default(),
        point: point(43.2405, 76.905),
    };
    staging.address(&address).await.expect("an address");
    let object =
        |id, kind, names, tags, point| Object { element: element(id), kind, names, phone: None, tags, point };
    let hospital = object(
        3,
        ObjectKind::Hospital,
        named("Больница №7", "№7 аурухана"),
        BTreeMap::new(),
        point(43.21, 76.85),
    );
    let distance = BTreeMap::from([("distance".to_owned(), "12".to_owned())]);
    let post = object(4, ObjectKind::KilometrePost, LocalNames::default(), distance, point(43.25, 76.9301));
    for one in [hospital, post] {
        staging.object(&one).await.expect("an object");
    }
    staging.read_through(None, 0, 0).await.expect("read");
    staging.index().await.expect("indexed");
    staging.go_live().await.expect("live");
}

fn query(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold("/gazetteer?lat=43.24&lon=76.92&q=".to_owned(), |mut path, byte| {
        let _ = write!(path, "%{byte:02X}");
        path
    })
}

async fn first(asker: &Asker, text: &str) -> Value {
    let answer = asker.ask("GET", &query(text), None, &[]).await;
    answer.body["items"][0].clone()
}

#[actix_web::test]
async fn what_a_caller_names_is_found_misheard_in_any_script_as_soon_as_the_land_is_imported() {
    let house = House::open().await;
    let officer = house.caller("officer", Role::DutyOfficer).await;
    let before = officer.ask("GET", &query("Абая 10"), None, &[]).await;
    assert_eq!(before.body, serde_json::json!({"items": [], "known": 0}), "no land, and said so");

    town(&house.world).await;
    wait_until("the gazetteer is made", LONG, async || {
        officer.ask("GET", &query("Абая"), None, &[]).await.body["known"] != 0
    })
    .await;
    for (asked, kind, precision, name, house) in [
        ("Абая 10а", "street", "house", "проспект Абая", "10А"),
        ("abay dangyly 10a", "street", "house", "проспект Абая", "10А"),
        ("розабакиева", "street", "whole", "улица Розыбакиева", ""),
        ("Розыбакиев көшесі", "street", "whole", "улица Розыбакиева", ""),
        ("угол абая и розыбакиева", "crossing", "crossing", "проспект Абая", ""),
        ("трасса А3 12 км", "road", "kilometre_post", "А-3", ""),
        ("больница 7", "object", "whole", "Больница №7", ""),
        ("алматы", "place", "whole", "Алматы", ""),
        ("43.2405 76.905", "coordinates", "coordinates", "", ""),
    ] {
        let found = first(&officer, asked).await;
        let of = |field: &Value| field.as_str().unwrap_or_default().to_owned();
        assert_eq!(
            [of(&found["kind"]), of(&found["precision"]), of(&found["names"]["name"]), of(&found["house"])],
            [kind, precision, name, house],
            "{asked}: {found}"
        );
        assert_eq!(found["region"], "75", "{asked}");
    }

    let here = officer.ask("GET", "/gazetteer/here?lat=43.2406&lon=76.9051", None, &[]).await.body;
    assert_eq!(here["address"]["house"], "10А");
    assert_eq!(here["settlement"]["ru"], "Алматы");
    assert_eq!(here["region"], "75");
    let at_post = officer.ask("GET", "/gazetteer/here?lat=43.2503&lon=76.9301", None, &[]).await.body;
    assert_eq!(at_post["kilometre"]["road"]["name"], "А-3", "{at_post}");
    assert_eq!(
        (&at_post["kilometre"]["kilometre"], &at_post["kilometre"]["precision"]),
        (&serde_json::json!(12.0), &serde_json::json!("kilometre_post"))
    );
}

#[actix_web::test]
async fn what_cannot_be_looked_for_is_refused_and_says_what_to_do() {
    let house = House::open().await;
    let officer = house.caller("officer", Role::DutyOfficer).await;
    let words =
        officer.ask("GET", &query("///таблица.лампа.ложка"), None, &[("Accept-Language", "ru")]).await;
    assert_eq!(words.problem(), "invalid");
    assert!(
        words.body["detail"].as_str().is_some_and(|d| d.contains("спросите у заявителя")),
        "{}",
        words.body
    );
    let long = "а".repeat(201);
    for path in [
        query("…"),
        query(&long),
        "/gazetteer?q=a&lat=43".to_owned(),
        "/gazetteer?q=a&limit=0".to_owned(),
        "/gazetteer?q=a&lat=99&lon=76".to_owned(),
    ] {
        assert_eq!(officer.ask("GET", &path, None, &[]).await.problem(), "invalid", "{path}");
    }
    assert_eq!(officer.ask("GET", "/gazetteer/here?lat=43&lon=x", None, &[]).await.problem(), "malformed");
}
