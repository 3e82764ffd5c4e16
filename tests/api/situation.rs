//! The situation of a moment that has passed, and what an agency sees of the register, as their callers see them.

use hub112::store::account::Role;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::asking::{Asker, House, LONG, call};
use crate::world::wait_until;

async fn unit(admin: &Asker, service: &str, id: &str) {
    let home = json!({"lat": 43.24, "lon": 76.89});
    let unit = json!({
        "id": id, "service": service, "region": "75", "call_sign": id, "kind": "ambulance",
        "capabilities": ["transport"], "station": "s", "home": home,
        "position": {"point": home, "at": Timestamp::now(), "source": "station", "accuracy": null},
    });
    admin.make(&format!("/units/{id}"), &unit).await.expect(204);
}

fn ids(page: &Value) -> Vec<&str> {
    page["items"].as_array().expect("items").iter().map(|u| u["id"].as_str().expect("an id")).collect()
}

#[actix_web::test]
async fn an_agency_sees_its_own_units_alone_in_pages_and_by_name() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    for (service, id) in [("ambulance", "75-a-1"), ("ambulance", "75-a-2"), ("police", "75-p-1")] {
        unit(&admin, service, id).await;
    }
    let own = house.agency("ambulance").await;
    assert_eq!(ids(&own.get("/units").await.expect(200)), ["75-a-1", "75-a-2"]);
    let first = own.get("/units?limit=1").await.expect(200);
    assert_eq!((ids(&first), &first["next"]), (vec!["75-a-1"], &json!("75-a-1")));
    assert_eq!(ids(&own.get("/units?limit=1&after=75-a-1").await.expect(200)), ["75-a-2"]);
    assert_eq!(ids(&own.get("/units?ids=75-p-1,75-a-2").await.expect(200)), ["75-a-2"], "not by name either");
    assert_eq!(own.get("/units?region=71").await.problem(), "forbidden");
    assert_eq!(ids(&admin.get("/units").await.expect(200)).len(), 3);
}

#[actix_web::test]
async fn the_situation_of_a_moment_has_what_was_open_then_where_it_was_held_to_be_then() {
    let house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let before = Timestamp::now();
    let taken = officer.post("/messages", &call("Мужчина без сознания, не дышит")).await.expect(201);
    let id = taken["incident"].as_str().expect("an incident").to_owned();
    let opened = Timestamp::now();
    let there = json!({"fix": {"point": {"lat": 43.3, "lon": 77.0}}, "source": "officer"});
    let any = [("If-Match", "*")];
    officer.ask("PUT", &format!("/incidents/{id}/location"), Some(&there), &any).await.expect(200);
    let moved = Timestamp::now();
    let outcome = json!({"outcome": "not_confirmed"});
    let closed = officer.ask("POST", &format!("/incidents/{id}/close"), Some(&outcome), &any).await;
    closed.expect(200);
    let after = Timestamp::now();
    let corner = |lon: f64, lat: f64| json!([lon, lat]);
    let ring = [corner(76.8, 43.2), corner(76.9, 43.2), corner(76.9, 43.3), corner(76.8, 43.2)];
    let zone = json!({"name": "паводок", "mode": "emergency", "polygon": {"type": "Polygon", "coordinates": [ring]}});
    let zone = officer.post("/zones", &zone).await.expect(201)["id"].clone();
    let drawn = Timestamp::now();
    let zone_id = zone.as_str().expect("an id");
    officer.post(&format!("/zones/{zone_id}/end"), &json!({"reason": "вода ушла"})).await.expect(204);
    let ended = Timestamp::now();

    let at = async |moment: Timestamp| officer.get(&format!("/situation-at?at={moment}")).await.expect(200);
    assert_eq!(at(before).await["incidents"], json!([]), "it was not known yet");
    let then = at(opened).await;
    assert_eq!(then["incidents"][0]["id"], json!(id));
    assert_eq!((&then["incidents"][0]["point"]["lat"], &then["more"]), (&json!(43.2389), &json!(false)));
    assert_eq!(then["incidents"][0]["status"], "open");
    assert!(then["incidents"][0]["closed_at"].is_string(), "what became of it is told");
    assert_eq!(at(moved).await["incidents"][0]["point"]["lat"], 43.3);
    assert_eq!(at(after).await["incidents"], json!([]), "it was closed");

    assert_eq!(at(after).await["zones"], json!([]), "it was not drawn yet");
    assert_eq!(at(drawn).await["zones"][0]["name"], "паводок");
    assert_eq!((&at(ended).await["zones"], &at(ended).await["mode"]), (&json!([]), &json!("everyday")));

    let ahead = Timestamp::now() + jiff::SignedDuration::from_hours(1);
    assert_eq!(officer.get(&format!("/situation-at?at={ahead}")).await.problem(), "invalid");
    assert_eq!(officer.get(&format!("/situation-at?at={after}&region=71")).await.problem(), "forbidden");
    let agency = house.agency("ambulance").await;
    assert_eq!(agency.get(&format!("/situation-at?at={after}")).await.problem(), "forbidden");
}

#[actix_web::test]
async fn a_unit_is_shown_where_it_was_last_seen_and_who_asks_again_gets_what_has_moved() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    for (service, id) in [("ambulance", "75-a-1"), ("ambulance", "75-a-2"), ("police", "75-p-1")] {
        unit(&admin, service, id).await;
    }
    let all = officer.get("/positions").await.expect(200);
    assert_eq!((&all["whole"], all["units"].as_array().map(Vec::len)), (&json!(true), Some(3)));
    let mark = all["mark"].as_str().expect("a mark");
    let seen = json!({"region": "75", "service": "ambulance", "positions": [{"unit": "75-a-2",
        "position": {"point": {"lat": 43.255_551, "lon": 76.911_119}, "at": Timestamp::now(), "source": "avl", "accuracy": null}}]});
    admin.post("/positions", &seen).await.expect(204);
    let moved = officer.get(&format!("/positions?since={mark}")).await.expect(200);
    assert_eq!((&moved["whole"], &moved["units"]), (&json!(false), &json!(["75-a-2"])));
    assert_eq!((&moved["lat"], &moved["lon"]), (&json!([43.25555]), &json!([76.91112])));
    let mark = moved["mark"].as_str().expect("a mark");
    assert_eq!(officer.get(&format!("/positions?since={mark}")).await.expect(200)["units"], json!([]));
    let listed = officer.get("/units?ids=75-a-2").await.expect(200);
    assert_eq!(listed["items"][0]["position"]["point"], json!({"lat": 43.255_551, "lon": 76.911_119}));
    assert_eq!(listed["items"][0]["position"]["source"], "avl");
    wait_until("its track is written", LONG, async || {
        let then = officer.get(&format!("/situation-at?at={}", Timestamp::now())).await.expect(200);
        then["units"][0]["id"] == "75-a-2" && then["units"][0]["point"]["lat"] == json!(43.255_551)
    })
    .await;
    let own = house.agency("police").await;
    assert_eq!(own.get("/positions").await.expect(200)["units"], json!(["75-p-1"]), "an agency sees its own");
    assert_eq!(own.get("/positions?region=71").await.problem(), "forbidden");
}

#[actix_web::test]
async fn a_unit_that_is_changed_on_the_register_is_offered_for_what_it_can_do_now_and_one_removed_is_not() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    unit(&admin, "fire_rescue", "75-f-1").await;
    let taken = officer.post("/messages", &call("Пахнет газом в подъезде")).await.expect(201);
    let path = format!("/incidents/{}/recommendation", taken["incident"].as_str().expect("an incident"));
    let offered = async || officer.get(&path).await.expect(200).to_string().contains("75-f-1");
    assert!(!offered().await, "it has no pump");
    let home = json!({"lat": 43.24, "lon": 76.89});
    let changed = json!({
        "id": "75-f-1", "service": "fire_rescue", "region": "75", "call_sign": "f", "kind": "fire_engine",
        "capabilities": ["pump"], "station": "s", "home": home,
        "position": {"point": home, "at": Timestamp::now(), "source": "station", "accuracy": null},
    });
    admin.replace("/units/75-f-1", &changed).await.expect(204);
    assert!(offered().await, "now it has one");
    assert_eq!(officer.delete("/units/75-f-1").await.problem(), "forbidden");
    admin.delete("/units/75-f-1").await.expect(204);
    assert!(!offered().await, "it is off the register");
    assert_eq!(ids(&officer.get("/units").await.expect(200)), Vec::<&str>::new());
    assert_eq!(ids(&officer.get("/units?open=false").await.expect(200)), Vec::<&str>::new());
    assert_eq!(admin.delete("/units/75-f-1").await.problem(), "not-found");
}
