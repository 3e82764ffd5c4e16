//! Passports of dangerous facilities: written at the desk for the version that was seen, told where they matter.

use hub112::store::account::Role;
use serde_json::{Value, json};

use super::asking::{Asker, House, call};

/// A store of ammonia 678 m north of the place of [`call`].
fn store() -> Value {
    json!({
        "name": "Аммиак қоймасы", "point": {"lat": 43.245, "lon": 76.8897}, "element": {"kind": "way", "id": 28871},
        "operator": "«Салқын» ЖШС", "bin": "941240000193", "address": "Рысқұлов даңғылы, 1",
        "duty_number": "+7 727 300 00 01", "class": 2, "people": 35,
        "substances": [{"name": "аммиак", "un": 1005, "tonnes": 40.0, "storage": "2 ресивер",
            "release": {"isolation": 150.0, "protective": 2300.0}}],
        "warning": {"sirens": 2, "how": "диспетчер"}, "fire_brigade": {"name": "Өрт бекеті", "vehicles": 1},
        "plans": "қақпаны жабу", "inspected": {"by": "ТЖД", "on": "2025-06-01"},
        "stated": {"by": "директор", "on": "2025-11-01"}, "valid_until": "2099-01-01",
    })
}

fn with(pointer: &str, value: Value) -> Value {
    let mut changed = store();
    *changed.pointer_mut(pointer).expect("a field") = value;
    changed
}

async fn remove(of: &Asker, etag: &str) -> super::asking::Answer {
    of.ask("DELETE", "/object-passports/ammonia", None, &[("If-Match", etag)]).await
}

#[actix_web::test]
async fn a_passport_is_written_at_the_desk_for_the_version_that_was_seen_and_every_version_stays() {
    let house = House::open().await;
    let ada = house.caller("ada", Role::Administrator).await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    let marat = house.caller("marat", Role::Manager).await;
    let agency = house.agency("fire_rescue").await;
    assert_eq!(marat.make("/object-passports/ammonia", &store()).await.problem(), "forbidden");
    let first = asel.make("/object-passports/ammonia", &store()).await;
    let etag = first.header("etag").expect("an ETag").to_owned();
    let written = first.expect(200);
    assert_eq!(
        (&written["version"], &written["region"], &written["updated_by"], &written["outdated"]),
        (&json!(1), &json!("75"), &json!("asel"), &json!(false))
    );
    assert_eq!(asel.make("/object-passports/ammonia", &store()).await.problem(), "stale");
    ada.put_for(&etag, "/object-passports/ammonia", &with("/people", json!(60))).await.expect(200);
    assert_eq!(asel.put_for(&etag, "/object-passports/ammonia", &store()).await.problem(), "stale");

    let read = marat.get("/object-passports/ammonia").await;
    assert_eq!(read.header("etag"), Some("\"2\""));
    assert_eq!(read.expect(200)["people"], 60);
    assert_eq!(marat.get("/object-passports?region=75").await.expect(200)[0]["id"], "ammonia");
    for address in ["/object-passports", "/object-passports/ammonia", "/object-passports/ammonia/versions"] {
        assert_eq!(agency.get(address).await.problem(), "forbidden", "{address}");
    }

    assert_eq!(remove(&asel, &etag).await.problem(), "stale");
    remove(&asel, "\"2\"").await.expect(204);
    assert_eq!(marat.get("/object-passports/ammonia").await.problem(), "not-found");
    let again = asel.make("/object-passports/ammonia", &store()).await.expect(200);
    assert_eq!(again["version"], 4, "nobody who kept the old ETag overwrites the new one");
    let versions = marat.get("/object-passports/ammonia/versions").await.expect(200);
    let told: Vec<_> =
        versions.as_array().expect("versions").iter().map(|v| (&v["by"], &v["passport"]["people"])).collect();
    let (by_asel, by_ada, was, is) = (json!("asel"), json!("ada"), json!(35), json!(60));
    assert_eq!(told, [(&by_asel, &was), (&by_asel, &Value::Null), (&by_ada, &is), (&by_asel, &was)]);
    let changes = ada.get("/changes?limit=20").await.expect(200);
    let own = changes.as_array().expect("changes").iter().filter(|c| c["subject"] == "ammonia");
    let told: Vec<_> = own
        .map(|c| (c["what"].as_str().unwrap_or_default(), &c["before"]["people"], &c["after"]["people"]))
        .collect();
    let none = Value::Null;
    assert_eq!(
        told,
        [
            ("passport_written", &none, &was),
            ("passport_removed", &is, &none),
            ("passport_changed", &was, &is),
            ("passport_written", &none, &was)
        ]
    );
    for statement in
        ["UPDATE object_passport_change SET changed_by = 'x'", "DELETE FROM object_passport_change"]
    {
        let client = house.pool.get().await.expect("a connection");
        assert!(client.execute(statement, &[]).await.is_err(), "{statement}");
    }
}

#[actix_web::test]
async fn a_wrong_passport_changes_nothing_and_each_region_keeps_its_own() {
    let house = House::open().await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    for (pointer, value, problem, field) in [
        ("/duty_number", json!(""), "invalid", json!("duty_number")),
        ("/valid_until", json!("2025-10-31"), "invalid", json!("valid_until")),
        ("/stated/on", json!("2099-01-01"), "invalid", json!("stated.on")),
        ("/substances/0/release/isolation", json!(9_000), "invalid", json!("isolation")),
        ("/point", json!({"lat": 55.75, "lon": 37.62}), "invalid", json!("point")),
        ("/substances/0/tonnes", json!(-40), "invalid", Value::Null),
        ("/point", json!({"lat": 51.13, "lon": 71.43}), "forbidden", Value::Null),
    ] {
        let refused = asel.make("/object-passports/ammonia", &with(pointer, value)).await;
        assert_eq!((refused.problem(), &refused.body["field"]), (problem, &field), "{pointer}");
    }
    assert_eq!(asel.get("/object-passports").await.expect(200), json!([]));
    asel.make("/object-passports/ammonia", &store()).await.expect(200);
    let other = asel.make("/object-passports/second", &store()).await;
    assert_eq!(other.problem(), "conflict", "an object of the land has one passport");
    asel.make("/object-passports/second", &with("/element", Value::Null)).await.expect(200);
    let aigul = house.account("aigul", Role::DutyOfficer, Some("71"), None).await;
    assert_eq!(aigul.get("/object-passports").await.expect(200), json!([]));
    assert_eq!(aigul.get("/object-passports?region=75").await.problem(), "forbidden");
    for address in ["/object-passports/ammonia", "/object-passports/ammonia/versions"] {
        assert_eq!(aigul.get(address).await.problem(), "forbidden", "{address}");
    }
    let moved = with("/point", json!({"lat": 51.13, "lon": 71.43}));
    assert_eq!(aigul.replace("/object-passports/ammonia", &moved).await.problem(), "forbidden");
    assert_eq!(remove(&aigul, "*").await.problem(), "forbidden");
    assert_eq!(asel.get("/object-passports/none/versions").await.problem(), "not-found");
}

#[actix_web::test]
async fn a_card_near_a_facility_or_within_its_reach_and_a_zone_around_it_say_what_is_inside() {
    let house = House::open().await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    asel.make("/object-passports/ammonia", &store()).await.expect(200);
    // 1.8 km away: one is felt there, the other is not; 2.9 km away even the first is not.
    let at = |lat: f64, protective: u32| {
        let mut other = with("/element", Value::Null);
        other["point"]["lat"] = json!(lat);
        other["substances"][0]["release"]["protective"] = json!(protective);
        other["valid_until"] = json!("2025-12-01");
        other
    };
    asel.make("/object-passports/felt", &at(43.255, 2_300)).await.expect(200);
    asel.make("/object-passports/unfelt", &at(43.255, 1_500)).await.expect(200);
    asel.make("/object-passports/far", &at(43.265, 2_300)).await.expect(200);
    let heard = asel.post("/messages", &call("запах аммиака")).await.expect(201);
    let card = heard["incident"].as_str().expect("a card");
    let around = asel.get(&format!("/incidents/{card}/surroundings")).await.expect(200);
    let near = around["passports"].as_array().expect("passports");
    let told: Vec<_> =
        near.iter().map(|one| (one["id"].as_str().unwrap_or_default(), &one["reaches"])).collect();
    assert_eq!(told, [("ammonia", &json!(true)), ("felt", &json!(true))], "{around}");
    assert_eq!((&near[0]["outdated"], &near[1]["outdated"]), (&json!(false), &json!(true)));
    let away = near[0]["away"].as_f64().expect("a distance");
    assert!((670.0..685.0).contains(&away), "0.0061° to the north are 678 m: {away}");

    let ring = json!([[76.85, 43.20], [76.93, 43.20], [76.93, 43.25], [76.85, 43.25], [76.85, 43.20]]);
    let zone = json!({"name": "Аммиак", "mode": "high_readiness", "polygon": {"type": "Polygon", "coordinates": [ring]}});
    let made = asel.post("/zones", &zone).await.expect(201);
    let inside =
        asel.get(&format!("/zones/{}/inside", made["id"].as_str().expect("an id"))).await.expect(200);
    assert_eq!(inside["passports"].as_array().map(Vec::len), Some(1), "{inside}");
    assert_eq!(inside["passports"][0]["substances"][0]["release"]["protective"], 2300.0, "{inside}");
}
