//! The situation of a moment that has passed, and what an agency sees of the register, as their callers see them.

use hub112::store::account::Role;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::asking::{Asker, House, LONG, call};
use crate::world::wait_until;

async fn unit(admin: &Asker, service: &str, id: &str) {
    unit_since(admin, service, id, Timestamp::now()).await;
}

/// A unit that stands at its station since then, in the region with which its identity begins.
pub async fn unit_since(admin: &Asker, service: &str, id: &str, since: Timestamp) {
    let region = id.split_once('-').expect("a region").0;
    let home = json!({"lat": 43.24, "lon": 76.89});
    let unit = json!({
        "id": id, "service": service, "region": region, "call_sign": id, "kind": "ambulance",
        "capabilities": ["transport"], "station": "s", "home": home,
        "position": {"point": home, "at": since, "source": "station", "accuracy": null},
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
    officer
        .post_for("*", &format!("/zones/{zone_id}/end"), &json!({"reason": "вода ушла"}))
        .await
        .expect(204);
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
async fn a_unit_is_shown_where_it_was_last_seen_also_by_a_hub_that_starts_and_who_asks_again_gets_what_has_moved()
 {
    let mut house = House::open().await;
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
        let units = then["units"].as_array().into_iter().flatten();
        units.filter(|u| u["id"] == "75-a-2").any(|u| u["point"]["lat"] == json!(43.255_551))
    })
    .await;
    let own = house.agency("police").await;
    let mut ahead = seen.clone();
    ahead["positions"][0]["position"]["at"] = json!(Timestamp::now() + SignedDuration::from_mins(10));
    admin.post("/positions", &ahead).await.expect(204);
    let doubted = officer.get("/positions").await.expect(200)["doubtful"].clone();
    assert_eq!(
        (&doubted[0]["unit"], &doubted[0]["doubt"]["reason"]),
        (&ahead["positions"][0]["unit"], &json!("time_ahead")),
        "{doubted}"
    );
    assert_eq!(own.get("/positions").await.expect(200)["units"], json!(["75-p-1"]), "an agency sees its own");
    assert_eq!(own.get("/positions?region=71").await.problem(), "forbidden");

    house.hub.restart().await;
    wait_until("a hub that starts knows where it was seen, by whom and when", LONG, async || {
        let listed = officer.get("/units?ids=75-a-2,75-a-1").await.expect(200);
        let of = |id: &str| {
            let units = listed["items"].as_array().into_iter().flatten();
            units
                .filter(|unit| unit["id"] == id)
                .map(|unit| unit["position"].clone())
                .next()
                .unwrap_or_default()
        };
        of("75-a-2")["point"] == json!({"lat": 43.255_551, "lon": 76.911_119})
            && of("75-a-2")["source"] == "avl"
            && of("75-a-1")["source"] == "station"
    })
    .await;
}

#[actix_web::test]
async fn a_moment_that_has_passed_shows_every_unit_of_then_where_it_was_last_seen_else_at_its_station() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let before = Timestamp::now();
    for id in ["75-a-1", "75-a-2", "75-a-3"] {
        unit(&admin, "ambulance", id).await;
    }
    let entered = Timestamp::now();
    // Seen days ago, and a point of after the moment that says nothing of it.
    let long_ago =
        entered.round(jiff::Unit::Second).expect("a second") - jiff::SignedDuration::from_hours(50);
    let track = "INSERT INTO position_track (region, unit, at, point, source) \
        VALUES ('75', $1, $2, ST_SetSRID(ST_MakePoint(76.95, $3), 4326), 'avl')";
    let client = house.pool.get().await.expect("a connection");
    for (id, at, lat) in [
        ("75-a-1", long_ago, 43.30_f64),
        ("75-a-1", entered + jiff::SignedDuration::from_hours(1), 43.31),
        ("75-a-2", entered + jiff::SignedDuration::from_hours(1), 43.32),
    ] {
        client.execute(track, &[&id, &at, &lat]).await.expect("a point");
    }
    admin.ask("DELETE", "/units/75-a-3", None, &[("If-Match", "*")]).await.expect(204);
    let removed = Timestamp::now();

    let at = async |moment: Timestamp| {
        let then = officer.get(&format!("/situation-at?at={moment}")).await.expect(200);
        let mut units = then["units"].as_array().expect("units").clone();
        units.sort_by_key(|u| u["id"].as_str().map(str::to_owned));
        units
    };
    assert_eq!(at(before).await, Vec::<Value>::new(), "there was none yet");
    let then = at(entered).await;
    assert_eq!(then.len(), 3, "{then:?}");
    assert_eq!(then[0]["point"], json!({"lat": 43.30, "lon": 76.95}), "the last before, of any age");
    assert_eq!(then[0]["seen_at"].as_str().and_then(|t| t.parse::<Timestamp>().ok()), Some(long_ago));
    assert_eq!(
        (&then[1]["point"], &then[1]["seen_at"]),
        (&json!({"lat": 43.24, "lon": 76.89}), &json!(null))
    );
    assert_eq!((&then[0]["removed"], &then[2]["removed"]["call_sign"]), (&json!(null), &json!("75-a-3")));
    let ids = |units: &[Value]| units.iter().map(|u| u["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&at(removed).await), ["75-a-1", "75-a-2"], "it was taken off by then");
}

#[actix_web::test]
async fn the_register_comes_whole_in_one_answer_and_is_not_sent_again_while_nothing_changes() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    for (service, id) in [("ambulance", "75-a-1"), ("ambulance", "75-a-2"), ("police", "75-p-1")] {
        unit(&admin, service, id).await;
    }
    let first = officer.get("/unit-register").await;
    let tag = first.header("etag").expect("a tag").to_owned();
    let all = first.expect(200);
    let columns = &all["units"];
    assert_eq!(columns["id"], json!(["75-a-1", "75-a-2", "75-p-1"]));
    assert_eq!((&all["services"], &columns["service"]), (&json!(["ambulance", "police"]), &json!([0, 0, 1])));
    assert_eq!(
        (&all["capabilities"], &columns["capabilities"]),
        (&json!([["transport"]]), &json!([0, 0, 0]))
    );
    assert_eq!((&all["statuses"], &columns["status"]), (&json!([{"state": "available"}]), &json!([0, 0, 0])));
    assert_eq!((&all["stations"][0]["name"], &columns["lat"]), (&json!("s"), &json!([43.24, 43.24, 43.24])));

    let again = officer.ask("GET", "/unit-register", None, &[("If-None-Match", &tag)]).await;
    assert_eq!(again.status, 304);
    let seen = json!({"region": "75", "service": "police", "positions": [{"unit": "75-p-1",
        "position": {"point": {"lat": 43.25, "lon": 76.9}, "at": Timestamp::now(), "source": "crew", "accuracy": null}}]});
    admin.post("/positions", &seen).await.expect(204);
    let moved = officer.ask("GET", "/unit-register", None, &[("If-None-Match", &tag)]).await.expect(200);
    assert_eq!(moved["units"]["lat"], json!([43.24, 43.24, 43.25]));
    assert_eq!(
        (&moved["sources"], &moved["units"]["source"]),
        (&json!(["station", "crew"]), &json!([0, 0, 1]))
    );

    assert_eq!(officer.get("/unit-register?region=71").await.problem(), "forbidden");
    assert_eq!(house.agency("police").await.get("/unit-register").await.problem(), "forbidden");
}

#[actix_web::test]
async fn an_account_of_the_country_sees_every_region_at_once_and_one_of_a_region_its_own() {
    let house = House::of_two("71").await;
    let admin = house.account("admin", Role::Administrator, None, None).await;
    let manager = house.account("national", Role::Manager, None, None).await;
    let own = house.account("asel", Role::DutyOfficer, Some("75"), None).await;
    for id in ["75-a-1", "71-a-1"] {
        unit(&admin, "ambulance", id).await;
    }
    let officer = house.account("country", Role::DutyOfficer, None, None).await;
    for (region, lat, lon) in [("75", 43.2389, 76.8897), ("71", 51.13, 71.43)] {
        let mut heard = call("Пахнет газом");
        heard["location"]["fix"]["point"] = json!({"lat": lat, "lon": lon});
        officer.post(&format!("/messages?region={region}"), &heard).await.expect(201);
    }

    let regions = |all: &Value| -> Vec<String> {
        let mut found: Vec<String> = all["incidents"]
            .as_array()
            .expect("incidents")
            .iter()
            .map(|one| one["region"].as_str().expect("a region").to_owned())
            .collect();
        found.sort();
        found
    };
    let now = manager.get("/situation-at").await.expect(200);
    assert_eq!(regions(&now), ["71", "75"]);
    assert_eq!(now["modes"], json!({"71": "everyday", "75": "everyday"}));
    assert_eq!((&now["mode"], &now["units"]), (&json!(null), &json!([])));
    let here = own.get("/situation-at").await.expect(200);
    assert_eq!((regions(&here), &here["modes"]), (vec!["75".to_owned()], &json!({"75": "everyday"})));

    let register = manager.get("/unit-register").await.expect(200);
    assert_eq!(register["units"]["id"], json!(["71-a-1", "75-a-1"]));
    assert_eq!(own.get("/unit-register").await.expect(200)["units"]["id"], json!(["75-a-1"]));

    let whole = manager.get("/positions").await.expect(200);
    assert_eq!((&whole["whole"], whole["units"].as_array().map(Vec::len)), (&json!(true), Some(2)));
    let mark = whole["mark"].as_str().expect("a mark");
    let seen = json!({"region": "71", "service": "ambulance", "positions": [{"unit": "71-a-1",
        "position": {"point": {"lat": 51.13, "lon": 71.43}, "at": Timestamp::now(), "source": "crew", "accuracy": null}}]});
    admin.post("/positions", &seen).await.expect(204);
    let moved = manager.get(&format!("/positions?since={mark}")).await.expect(200);
    assert_eq!((&moved["whole"], &moved["units"]), (&json!(false), &json!(["71-a-1"])));
    let other = manager.get(&format!("/positions?region=75&since={mark}")).await.expect(200);
    assert_eq!(other["whole"], json!(true), "a mark of other regions counts for nothing");
    assert_eq!(own.get("/positions").await.expect(200)["units"], json!(["75-a-1"]));
}

/// What one unit reports, by its own receiver.
fn report(unit: &str, lat: f64, lon: f64, at: Timestamp) -> Value {
    json!({"region": "75", "service": "ambulance", "positions": [{"unit": unit,
        "position": {"point": {"lat": lat, "lon": lon}, "at": at, "source": "avl", "accuracy": null}}]})
}

#[actix_web::test]
async fn a_position_that_cannot_be_is_shown_as_doubtful_with_its_reason_until_a_second_one_bears_it_out() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let long_ago = Timestamp::now() - jiff::SignedDuration::from_hours(3);
    unit_since(&admin, "ambulance", "75-a-1", long_ago).await;
    let begun = Timestamp::now() - jiff::SignedDuration::from_secs(60);
    let later = |s: i64| begun + jiff::SignedDuration::from_secs(s);
    let tell = async |lat: f64, lon: f64, s: i64| {
        admin.post("/positions", &report("75-a-1", lat, lon, later(s))).await.expect(204);
        officer.get("/positions").await.expect(200)
    };
    assert_eq!(tell(43.25, 76.90, 10).await["doubtful"], json!([]));
    let jumped = tell(43.35, 76.90, 12).await;
    assert_eq!(jumped["lat"], json!([43.25]), "it stays where it was believed to be");
    let doubt = &jumped["doubtful"][0];
    assert_eq!((&doubt["unit"], &doubt["doubt"]["reason"]), (&json!("75-a-1"), &json!("speed")));
    assert_eq!(doubt["position"]["point"]["lat"], json!(43.35));
    let listed = officer.get("/units?ids=75-a-1").await.expect(200);
    assert_eq!(listed["items"][0]["position"]["point"]["lat"], json!(43.25));
    assert_eq!(listed["items"][0]["doubtful"]["doubt"]["limit_kmh"], json!(220));
    let again = tell(43.3501, 76.90, 17).await;
    assert_eq!((&again["lat"], &again["doubtful"]), (&json!([43.3501]), &json!([])));
    assert_eq!(tell(0.0, 0.0, 20).await["doubtful"][0]["doubt"]["reason"], "speed", "the gulf of Guinea");
    assert_eq!(tell(43.3501, 76.90, 900).await["doubtful"][0]["doubt"]["reason"], "time_ahead");
    assert_eq!(tell(43.3501, 76.90, -3_600).await["doubtful"][0]["doubt"]["reason"], "time_back");
    assert_eq!(tell(43.3501, 76.90, 25).await["doubtful"], json!([]));
    let police = house.agency("police").await;
    tell(0.0, 0.0, 26).await;
    assert_eq!(police.get("/positions").await.expect(200)["doubtful"], json!([]), "another's unit");
}

#[actix_web::test]
async fn a_unit_that_leaves_its_region_unsent_is_told_once_until_it_is_back() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let long_ago = Timestamp::now() - jiff::SignedDuration::from_hours(3);
    unit_since(&admin, "ambulance", "75-a-1", long_ago).await;
    let begun = Timestamp::now() - jiff::SignedDuration::from_hours(2);
    let later = |minutes: i64| begun + jiff::SignedDuration::from_mins(minutes);
    let tell = async |lat: f64, lon: f64, minutes: i64| {
        admin.post("/positions", &report("75-a-1", lat, lon, later(minutes))).await.expect(204);
    };
    let outside = async |n: usize| {
        wait_until("who is outside is as it should be", LONG, async || {
            let now = officer.get("/positions").await.expect(200);
            now["outside"].as_array().map(Vec::len) == Some(n)
        })
        .await;
    };
    tell(43.25, 76.90, 0).await;
    tell(43.60, 77.10, 40).await;
    outside(1).await;
    let told = officer.get("/positions").await.expect(200);
    assert_eq!(
        (&told["outside"][0]["unit"], &told["outside"][0]["area"]),
        (&json!("75-a-1"), &json!("region"))
    );
    tell(43.62, 77.10, 45).await;
    tell(43.25, 76.90, 90).await;
    outside(0).await;
    let client = house.pool.get().await.expect("a connection");
    let told = "SELECT kind FROM journal WHERE stream = 'service/75/ambulance'";
    let rows = client.query(told, &[]).await.expect("the journal");
    let kinds: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let of = |kind: &str| kinds.iter().filter(|k| *k == kind).count();
    assert_eq!((of("unit_left"), of("unit_back")), (1, 1), "once each: {kinds:?}");
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
