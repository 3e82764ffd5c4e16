//! Coverage as an officer asks for it: a town whose units all stand at one end.

use hub112::domain::geography::{
    Address, Direction, Element, ElementKind, LocalNames, Object, ObjectKind, Place, PlaceKind, Road,
    RoadClass,
};
use hub112::domain::quantities::Point;
use hub112::store::account::Role;
use hub112::store::gis_import::{self, Begun};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::asking::{Asker, House};
use crate::world::{World, wait_until};

const LONG: std::time::Duration = std::time::Duration::from_secs(60);
/// The two ends of the only street, eight kilometres apart.
const WEST: f64 = 76.85;
const EAST: f64 = 76.95;
const LAT: f64 = 43.24;

fn point(lat: f64, lon: f64) -> Point {
    Point::new(lat, lon).expect("a point")
}

fn named(name: &str) -> LocalNames {
    LocalNames { name: Some(name.into()), ..LocalNames::default() }
}

/// A thousand people: three houses in the west, one in the east.
async fn town(world: &World) {
    let source = "town".parse().expect("a source");
    let begun =
        gis_import::begin(&world.database_url, &source, "1", "town", ("© nobody", "none"), false).await;
    let Ok(Begun::Fresh(mut staging)) = begun else { panic!("the import begins anew") };
    let element = |id| Element { kind: ElementKind::Node, id };
    let place = |id, kind, name, population, lon| Place {
        element: element(id),
        kind,
        names: named(name),
        population,
        point: point(LAT, lon),
    };
    for place in [
        place(1, PlaceKind::City, "Town", Some(1_000), 76.90),
        place(2, PlaceKind::Quarter, "East end", None, EAST),
        place(3, PlaceKind::Quarter, "West end", None, WEST),
    ] {
        staging.place(&place).await.expect("a place");
    }
    let street = Road {
        way: 1,
        from: 1,
        to: 2,
        class: RoadClass::Secondary,
        direction: Direction::Both,
        limit_kmh: None,
        rough: false,
        names: named("street"),
        reference: None,
        line: vec![point(LAT, WEST), point(LAT, EAST)],
    };
    staging.road(&street).await.expect("a road");
    // A post on the map at which no unit is stationed.
    let post = Object {
        element: element(20),
        kind: ObjectKind::AmbulanceStation,
        names: named("Post"),
        phone: None,
        tags: Default::default(),
        point: point(LAT, EAST + 0.001),
    };
    staging.object(&post).await.expect("an object");
    for (id, lon) in [(10, WEST), (11, WEST + 0.000_1), (12, WEST + 0.000_2), (13, EAST)] {
        let address = Address {
            element: element(id),
            house: id.to_string(),
            street: Some("street".into()),
            place: None,
            city: None,
            postcode: None,
            names: LocalNames::default(),
            point: point(LAT + 0.000_5, lon),
        };
        staging.address(&address).await.expect("an address");
    }
    staging.read_through(None, 0, 0).await.expect("read");
    staging.index().await.expect("indexed");
    staging.go_live().await.expect("live");
}

async fn unit(admin: &Asker, id: &str, station: &str, lon: f64, fit: bool) {
    let home = json!({"lat": LAT, "lon": lon});
    let status = if fit {
        json!({"state": "available"})
    } else {
        json!({"state": "out_of_service", "reason": "tyre"})
    };
    let unit = json!({
        "id": id, "service": "ambulance", "region": "75", "call_sign": id, "kind": "ambulance",
        "capabilities": ["transport"], "station": station, "home": home, "status": status,
        "position": {"point": home, "at": Timestamp::now(), "source": "station", "accuracy": null},
    });
    admin.make(&format!("/units/{id}"), &unit).await.expect(204);
}

#[actix_web::test]
async fn coverage_says_who_is_reached_in_time_what_a_move_restores_and_what_is_left_when_units_go() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let now = "/coverage?service=ambulance&minutes=4";
    assert_eq!(officer.get(now).await.problem(), "conflict", "no roads yet, and said so");
    town(&house.world).await;
    for (id, station, lon, fit) in
        [("75-a-1", "West", WEST, true), ("75-a-2", "West", WEST, true), ("75-a-3", "East", EAST, false)]
    {
        unit(&admin, id, station, lon, fit).await;
    }
    wait_until("where people live is counted", LONG, async || officer.get(now).await.status == 200).await;

    let told = officer.get(now).await.expect(200);
    assert_eq!(
        (&told["basis"], &told["people"], &told["covered"]),
        (&json!("population"), &json!(1000), &json!(750))
    );
    assert_eq!((&told["share"], &told["units"]), (&json!(0.75), &json!(2)));
    assert_eq!(told["uncovered"][0]["names"]["name"], "East end");
    assert_eq!(told["uncovered"][0]["people"], 250);
    assert_eq!(told["area"]["type"], "MultiPolygon");
    let moves = told["moves"].as_array().expect("moves");
    assert_eq!(moves.len(), 1, "a station needs one");
    assert_eq!((&moves[0]["to"], &moves[0]["gain"]), (&json!("East"), &json!(250)));
    assert!(moves[0]["eta"].as_u64().is_some_and(|s| (200..900).contains(&s)), "eight kilometres: {moves:?}");

    let ask = async |without: Value| {
        let body = json!({"service": "ambulance", "minutes": 4, "without": without});
        officer.post("/coverage/what-if", &body).await.expect(200)
    };
    let one = ask(json!(["75-a-1"])).await;
    assert_eq!((&one["lost"], &one["share_left"]), (&json!(0), &json!(0.75)), "the other stands there too");
    let both = ask(json!(["75-a-1", "75-a-2", "75-a-3"])).await;
    assert_eq!(
        (&both["lost"], &both["share"], &both["share_left"]),
        (&json!(750), &json!(0.75), &json!(0.0))
    );
    assert_eq!(both["without"], json!(["75-a-1", "75-a-2"]), "who is not free does not go");
    assert_eq!(both["uncovered"][0]["names"]["name"], "West end");
    assert_eq!(officer.get(now).await.expect(200)["share"], 0.75, "nobody was sent");

    // The doubtful place is not where a unit drives from.
    let jump = json!({"region": "75", "service": "ambulance", "positions": [
        {"unit": "75-a-1", "position": {"point": {"lat": LAT, "lon": WEST}, "at": Timestamp::now(), "source": "avl", "accuracy": null}},
        {"unit": "75-a-1", "position": {"point": {"lat": LAT, "lon": EAST}, "at": Timestamp::now(), "source": "avl", "accuracy": null}},
    ]});
    admin.post("/positions", &jump).await.expect(204);
    assert_eq!(officer.get(now).await.expect(200)["share"], 0.75);
}

#[actix_web::test]
async fn the_normative_time_is_unset_until_somebody_enters_it_with_its_source() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    town(&house.world).await;
    unit(&admin, "75-a-1", "West", WEST, true).await;
    unit(&admin, "75-a-2", "West", WEST, true).await;
    wait_until("where people live is counted", LONG, async || {
        officer.get("/coverage?service=ambulance&minutes=4").await.status == 200
    })
    .await;
    let unset = officer.get("/coverage?service=ambulance").await;
    assert_eq!(unset.problem(), "invalid");
    let mut settings = admin.get("/settings").await.expect(200);
    assert_eq!(settings["normative_times"], json!({}), "112-R states none");
    for (field, score) in [("propose", -5.0), ("propose", 1.5), ("join_by_rule", -1.0), ("join_by_rule", 3.0)]
    {
        let mut beyond = settings.clone();
        beyond["joining"][field] = json!(score);
        let refused = admin.replace("/settings", &beyond).await;
        assert_eq!(refused.problem(), "invalid", "{field} {score}: the rule would join whatever is near");
    }
    settings["normative_times"] = json!({"ambulance": {"within": 240, "source": " "}});
    assert_eq!(admin.replace("/settings", &settings).await.problem(), "invalid", "without its source");
    settings["normative_times"] = json!({"ambulance": {"within": 240, "source": "Order 1, c. 2"}});
    admin.replace("/settings", &settings).await.expect(204);
    wait_until("the settings are in force", LONG, async || {
        officer.get("/coverage?service=ambulance").await.status == 200
    })
    .await;
    let told = officer.get("/coverage?service=ambulance").await.expect(200);
    assert_eq!(
        (&told["moves"][0]["to"], &told["moves"][0]["gain"]),
        (&json!("Post"), &json!(250)),
        "it has no unit"
    );
    assert_eq!((&told["within"], &told["normative"]["source"]), (&json!(240), &json!("Order 1, c. 2")));
    assert_eq!(officer.get("/coverage?service=ambulance&minutes=500").await.problem(), "invalid");
    assert_eq!(officer.get("/coverage?service=bakers&minutes=5").await.problem(), "not-found");
    let agency = house.agency("ambulance").await;
    assert_eq!(agency.get("/coverage?service=ambulance").await.problem(), "forbidden");
}
