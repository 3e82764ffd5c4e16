//! Who is sent once, and where units count as arrived: the newest place and zone of the incident.

use hub112::store::account::Role;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::asking::{House, LONG, call};
use super::situation::unit_since;
use crate::world::wait_until;

/// Two officers choose units from the same card: the second learns that forces were asked for, and nobody is sent twice.
#[actix_web::test]
async fn a_wave_that_was_chosen_before_another_was_sent_is_not_sent_beside_it() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let (asel, bolat) =
        (house.caller("asel", Role::DutyOfficer).await, house.caller("bolat", Role::DutyOfficer).await);
    for unit in ["75-a-1", "75-a-2"] {
        unit_since(&admin, "ambulance", unit, Timestamp::now() - SignedDuration::from_secs(600)).await;
    }
    let taken = asel.post("/messages", &call("Мужчина без сознания, не дышит")).await.expect(201);
    let forces = format!("/incidents/{}/forces", taken["incident"].as_str().expect("a card"));
    let wave = |unit: &str| {
        json!({"forces": [{"service": "ambulance", "act": "first_wave", "capabilities": ["transport"], "count": 1,
            "units": [unit]}]})
    };
    let card = forces.trim_end_matches("/forces");
    let version = async || asel.get(card).await.header("etag").expect("a version").to_owned();
    let seen = version().await;
    asel.post_for(&seen, &forces, &wave("75-a-1")).await.expect(200);
    assert_eq!(bolat.post_for(&seen, &forces, &wave("75-a-2")).await.problem(), "stale");
    let seen = version().await;
    let card = bolat.post_for(&seen, &forces, &wave("75-a-2")).await.expect(200);
    assert_eq!(
        card["requests"].as_object().map(serde_json::Map::len),
        Some(2),
        "who has seen it may ask for more"
    );
    assert_eq!(
        bolat.post_for(&seen, &forces, &wave("75-a-2")).await.problem(),
        "stale",
        "nor by a second try"
    );
    let card = asel.get(forces.trim_end_matches("/forces")).await.expect(200);
    assert_eq!(card["requests"].as_object().map(serde_json::Map::len), Some(2));
}

/// What cannot be asked for holds nobody: who is held leaves an exercise, and is passed over by another wave meanwhile.
#[actix_web::test]
async fn forces_that_cannot_be_asked_for_hold_no_unit() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    for (service, unit) in [("ambulance", "75-a-1"), ("ambulance", "75-a-2"), ("aviation_sar", "75-s-1")] {
        unit_since(&admin, service, unit, Timestamp::now() - SignedDuration::from_secs(600)).await;
    }
    let taken = officer.post("/messages", &call("Мужчина без сознания, не дышит")).await.expect(201);
    let forces = format!("/incidents/{}/forces", taken["incident"].as_str().expect("a card"));
    let wanted = |service: &str, count: u16, unit: &str| json!({"service": service, "act": "first_wave", "count": count, "units": [unit]});
    let good = wanted("ambulance", 1, "75-a-1");
    let wrong = [
        ("count", wanted("ambulance", 0, "75-a-2")),
        ("count", wanted("ambulance", 201, "75-a-2")),
        ("act", wanted("aviation_sar", 1, "75-s-1")),
    ];
    let client = house.pool.get().await.expect("a connection");
    let held = "SELECT stream, body::text FROM journal WHERE kind = 'request_placed'";
    for (field, wrong) in wrong {
        let refused = officer.post(&forces, &json!({"forces": [&good, &wrong]})).await;
        assert_eq!((refused.status, &refused.body["field"]), (422, &json!(field)), "{wrong}: {refused:?}");
        let held = client.query(held, &[]).await.expect("the journal");
        let streams: Vec<String> = held.iter().map(|row| row.get(0)).collect();
        assert!(streams.is_empty(), "{wrong}: held in {streams:?}");
    }
    officer.post(&forces, &json!({"forces": [good]})).await.expect(200);
    assert_eq!(client.query(held, &[]).await.expect("the journal").len(), 1);
}

/// c.5(3)¶4, "arrival in the zone": the newest zone counts, also one that is drawn when the crew is on its way.
#[actix_web::test]
async fn a_zone_that_is_drawn_after_the_request_decides_where_the_crew_has_arrived() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let now = Timestamp::now();
    let ago = |seconds: i64| now - SignedDuration::from_secs(seconds);
    unit_since(&admin, "ambulance", "75-a-1", ago(1_200)).await;
    let taken = officer.post("/messages", &call("Мужчина без сознания, не дышит")).await.expect(201);
    let incident = taken["incident"].as_str().expect("a card");
    let card = format!("/incidents/{incident}");
    let forces = json!({"forces": [{"service": "ambulance", "act": "first_wave", "capabilities": ["transport"],
        "count": 1, "units": ["75-a-1"]}]});
    let asked = officer.post(&format!("{card}/forces"), &forces).await.expect(200);
    let request = asked["requests"].as_object().expect("requests").keys().next().expect("one").clone();
    let left = json!({"unit": "75-a-1", "stage": "departed", "at": ago(110)});
    officer.post(&format!("{card}/requests/{request}/stages"), &left).await.expect(204);

    // The crew stands eight kilometres from the point; nobody knows yet that this is the zone.
    let at = json!({"lat": 43.31, "lon": 76.89});
    let seen = async |seconds: i64| {
        let seen = json!({"region": "75", "service": "ambulance", "positions": [{"unit": "75-a-1",
            "position": {"point": at, "at": ago(seconds), "source": "avl", "accuracy": null}}]});
        admin.post("/positions", &seen).await.expect(204);
    };
    let arrived = async || {
        let card = officer.get(&card).await.expect(200);
        card["requests"][&request]["engagements"]["75-a-1"]["arrival_proposed_at"].is_string()
    };
    seen(100).await;
    seen(70).await;
    assert!(!arrived().await, "it is far from the point");
    let ring = json!([[76.87, 43.30], [76.91, 43.30], [76.91, 43.32], [76.87, 43.32], [76.87, 43.30]]);
    let zone = json!({"name": "Зона", "mode": "emergency", "incident": incident,
        "polygon": {"type": "Polygon", "coordinates": [ring]}});
    officer.post("/zones", &zone).await.expect(201);
    let mut seconds = 60;
    wait_until("inside the zone it has arrived", LONG, async || {
        seconds -= 1;
        seen(seconds.max(1)).await;
        arrived().await
    })
    .await;
}

/// Who was named and cannot go is told by name, and whoever goes has a way and a time.
#[actix_web::test]
async fn a_unit_named_by_the_officer_has_its_distance_and_time_and_one_that_cannot_go_is_refused_by_name() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let at_home = Timestamp::now() - SignedDuration::from_secs(600);
    for unit in ["75-a-1", "75-a-2"] {
        unit_since(&admin, "ambulance", unit, at_home).await;
    }
    let home = json!({"lat": 43.24, "lon": 76.89});
    let broken = json!({"id": "75-a-3", "service": "ambulance", "region": "75", "call_sign": "75-a-3",
        "kind": "ambulance", "capabilities": ["transport"], "station": "s", "home": home,
        "status": {"state": "out_of_service", "reason": "прокол"},
        "position": {"point": home, "at": at_home, "source": "station", "accuracy": null}});
    admin.make("/units/75-a-3", &broken).await.expect(204);
    let mut cards = Vec::new();
    for text in ["Мужчина без сознания, не дышит", "Перелом ноги, упал с лестницы"]
    {
        let mut told = call(text);
        told["location"] = json!({"fix": {"point": {"lat": 43.2 + 0.05 * cards.len() as f64, "lon": 76.95}}, "source": "caller"});
        let taken = officer.post("/messages", &told).await.expect(201);
        cards.push(format!("/incidents/{}/forces", taken["incident"].as_str().expect("a card")));
    }
    let wave = |units: &[&str]| {
        json!({"forces": [{"service": "ambulance", "act": "first_wave", "capabilities": ["transport"],
            "count": units.len(), "units": units}]})
    };
    let card = officer.post(&cards[0], &wave(&["75-a-1"])).await.expect(200);
    let request = card["requests"].as_object().expect("requests").values().next().expect("one").clone();
    let (distance, eta) = (&request["recommended"][0]["distance"], &request["recommended"][0]["eta"]);
    assert!(distance.as_f64().is_some_and(|m| (4_000.0..9_000.0).contains(&m)), "{request}");
    assert!(eta.as_u64().is_some_and(|s| (240..1_500).contains(&s)), "{request}");
    for (units, kind, words) in [
        (["75-a-2", "75-a-1"], "conflict", "75-a-1 is held"),
        (["75-a-2", "75-a-3"], "conflict", "75-a-3 is out of service (прокол)"),
        (["75-a-2", "75-a-9"], "not-found", "75-a-9"),
    ] {
        let refused = officer.ask("POST", &cards[1], Some(&wave(&units)), &[("Accept-Language", "en")]).await;
        assert_eq!(refused.problem(), kind, "{}", refused.body);
        assert!(refused.body.to_string().contains(words), "{}", refused.body);
    }
    let card = officer.get(cards[1].trim_end_matches("/forces")).await.expect(200);
    assert_eq!(card["requests"], json!({}), "nothing was asked for, and the other is free");
    officer.post(&cards[1], &wave(&["75-a-2"])).await.expect(200);
}
