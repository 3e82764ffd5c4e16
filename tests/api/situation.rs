//! The situation of a moment that has passed, and what an agency sees of the register, as their callers see them.

use hub112::store::account::Role;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::asking::{Asker, House, call};

async fn unit(admin: &Asker, service: &str, id: &str) {
    let home = json!({"lat": 43.24, "lon": 76.89});
    let unit = json!({
        "id": id, "service": service, "region": "75", "call_sign": id, "kind": "ambulance",
        "capabilities": ["transport"], "station": "s", "home": home,
        "position": {"point": home, "at": Timestamp::now(), "source": "station", "accuracy": null},
    });
    admin.put(&format!("/units/{id}"), &unit).await.expect(204);
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

    let at = async |moment: Timestamp| officer.get(&format!("/situation-at?at={moment}")).await.expect(200);
    assert_eq!(at(before).await["incidents"], json!([]), "it was not known yet");
    let then = at(opened).await;
    assert_eq!(then["incidents"][0]["id"], json!(id));
    assert_eq!((&then["incidents"][0]["point"]["lat"], &then["more"]), (&json!(43.2389), &json!(false)));
    assert_eq!(then["incidents"][0]["status"], "open");
    assert!(then["incidents"][0]["closed_at"].is_string(), "what became of it is told");
    assert_eq!(at(moved).await["incidents"][0]["point"]["lat"], 43.3);
    assert_eq!(at(after).await["incidents"], json!([]), "it was closed");

    let ahead = Timestamp::now() + jiff::SignedDuration::from_hours(1);
    assert_eq!(officer.get(&format!("/situation-at?at={ahead}")).await.problem(), "invalid");
    assert_eq!(officer.get(&format!("/situation-at?at={after}&region=71")).await.problem(), "forbidden");
    let agency = house.agency("ambulance").await;
    assert_eq!(agency.get(&format!("/situation-at?at={after}")).await.problem(), "forbidden");
}
