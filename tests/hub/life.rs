//! The life of an incident, from the call to the unit on the scene and the closed card.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio_postgres::error::SqlState;

use super::desk::{Desk, LONG, call, fire, requests, stages, text};
use crate::world::{World, wait_until};

const SERVICES: [&str; 4] = ["fire_rescue", "ambulance", "police", "utilities"];

#[actix_web::test]
async fn a_call_becomes_a_card_forces_are_asked_go_and_arrive_and_everything_is_known() {
    let mut desk = Desk::open(World::new().await).await;
    for service in SERVICES {
        desk.agency(service, &["--on-scene", "5"]);
    }
    let incident = desk.message(&fire()).await;
    let card = desk.card(&incident).await;
    assert_eq!(text(&card, "/categories/0/code"), "building_fire");
    let told: Vec<String> =
        card["told"].as_array().expect("told").iter().map(|t| text(t, "/service")).collect();
    assert!(told.contains(&"fire_rescue".to_owned()), "early notice to {told:?}");

    let asked = requests(&desk.request_forces(&incident).await);
    let services: Vec<String> = asked.iter().map(|r| text(r, "/service")).collect();
    for service in ["fire_rescue", "ambulance", "police"] {
        assert!(services.contains(&service.to_owned()), "{services:?}");
    }
    let card = desk
        .until("every unit has arrived", &incident, |card| {
            requests(card).iter().all(|r| {
                let stages = stages(r);
                !stages.is_empty()
                    && stages.iter().all(|(_, stage)| stage == "arrived" || stage == "released")
            })
        })
        .await;
    for request in requests(&card) {
        for at in ["requested_at", "answered_at", "departure_at", "arrival_at"] {
            assert!(request[at].is_string(), "{at} of {request}");
        }
        assert!(request["composition"]["people"].as_u64().is_some_and(|people| people > 0), "{request}");
    }
    for datum in ["O-11a", "O-11b", "O-11c"] {
        let owed = desk.owed(&incident, datum).await;
        assert_eq!(owed.len(), requests(&card).len(), "c.5(3)¶4: each datum of each request is owed");
        assert!(owed.iter().all(|o| o["status"] == "met"), "{owed:?}");
    }
    let deliveries = deliveries_read(&desk, &incident).await;
    for (service, sequences) in sequences(&deliveries) {
        let gapless: Vec<u64> = (1..=sequences.len() as u64).collect();
        assert_eq!(sequences, gapless, "{service} can see that nothing is missing");
    }
    let answered = deliveries.iter().filter(|d| d["content"] == "forces_request");
    assert!(answered.clone().count() > 0);
    for delivery in answered {
        assert_eq!(delivery["delivery"]["decision"], "accept", "{delivery}");
    }

    desk.until("every unit is free again", &incident, |card| {
        requests(card).iter().all(|r| r["state"] == "done")
    })
    .await;
    desk.officer
        .change(
            &format!("/api/v1/incidents/{incident}/close"),
            &json!({"outcome": "resolved", "note": "потушено"}),
        )
        .await
        .expect("closed");
    desk.until("the card is closed", &incident, |card| card["status"] == "closed").await;
    wait_until("nothing is owed about it any more", LONG, async || {
        let about: Vec<Value> = desk.all("/api/v1/obligations").await;
        about
            .iter()
            .filter(|o| o["incident"] == incident.as_str())
            .all(|o| o["status"] != "open" && o["status"] != "late")
    })
    .await;
    desk.verified().await;
}

#[actix_web::test]
async fn a_request_cancelled_while_its_service_cannot_write_ends_there_when_it_can() {
    let mut desk = Desk::open(World::new().await).await;
    desk.settings(|s| s["dispatch_by_rule"] = json!(true)).await;
    desk.agency("fire_rescue", &["--on-scene", "600"]);
    let incident = desk.message(&fire()).await;
    let card = desk
        .until("the fire engines are under way", &incident, |card| requests(card).iter().any(is_under_way))
        .await;
    let request = requests(&card).into_iter().find(is_under_way).expect("a request");
    // The disk is full for the service's word that the request has ended, and for nothing else.
    refuse(&desk, "53100", "request_ended").await;
    let path = format!("/api/v1/incidents/{incident}/requests/{}/cancel", text(&request, "/id"));
    desk.officer.change(&path, &json!({"reason": "ложный вызов"})).await.expect("cancelled");
    wait_until("the journal has given up and the service's actor started again", LONG, async || {
        desk.hub.metric("hub112_actor_restarts_total").is_some_and(|restarts| restarts >= 1.0)
    })
    .await;
    alter(&desk, "DROP TRIGGER refused ON journal").await;
    desk.until("its units are released", &incident, |card| {
        requests(card)
            .iter()
            .filter(|r| r["id"] == request["id"])
            .all(|r| stages(r).iter().all(|(_, stage)| stage == "released"))
    })
    .await;
    desk.verified().await;
}

/// From now on the database refuses this event of a service with this code.
async fn refuse(desk: &Desk, code: &str, kind: &str) {
    alter(
        desk,
        &format!(
            "CREATE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS \
               $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}', MESSAGE = 'refused'; END $$; \
             CREATE TRIGGER refused BEFORE INSERT ON journal FOR EACH ROW \
               WHEN (NEW.kind = '{kind}') EXECUTE FUNCTION refused()"
        ),
    )
    .await;
}

/// Changes the journal while the hub writes to it: where the two wait for each other PostgreSQL ends one of them, which is
/// then done again.
async fn alter(desk: &Desk, statements: &str) {
    let pg = desk.world.pg().await;
    wait_until("the journal is altered", LONG, async || match pg.batch_execute(statements).await {
        Ok(()) => true,
        Err(error) if error.code() == Some(&SqlState::T_R_DEADLOCK_DETECTED) => false,
        Err(error) => panic!("{statements}: {error:?}"),
    })
    .await;
}

async fn until_the_step_was_given_up_and_may_be_taken(desk: &Desk, words: &str) {
    wait_until("the step was given up", LONG, async || desk.hub.has_said(words)).await;
    alter(desk, "DROP TRIGGER refused ON journal").await;
}

#[actix_web::test]
async fn a_service_that_was_not_told_of_an_ended_request_hears_of_it_without_a_restart() {
    let mut desk = Desk::open(World::new().await).await;
    desk.settings(|s| s["dispatch_by_rule"] = json!(true)).await;
    desk.agency("fire_rescue", &["--on-scene", "600"]);
    let incident = desk.message(&fire()).await;
    let card = desk
        .until("the fire engines are under way", &incident, |card| requests(card).iter().any(is_under_way))
        .await;
    let request = requests(&card).into_iter().find(is_under_way).expect("a request");
    refuse(&desk, "23514", "request_ended").await;
    let path = format!("/api/v1/incidents/{incident}/requests/{}/cancel", text(&request, "/id"));
    desk.officer.change(&path, &json!({"reason": "ложный вызов"})).await.expect("cancelled");
    until_the_step_was_given_up_and_may_be_taken(&desk, "a service did not take it that a request ended")
        .await;
    desk.until("its units are released", &incident, |card| {
        requests(card)
            .iter()
            .filter(|r| r["id"] == request["id"])
            .all(|r| stages(r).iter().all(|(_, stage)| stage == "released"))
    })
    .await;
    desk.verified().await;
}

#[actix_web::test]
async fn a_service_that_was_not_told_where_its_units_are_to_arrive_hears_of_it_without_a_restart() {
    let mut desk = Desk::open(World::new().await).await;
    desk.settings(|s| s["dispatch_by_rule"] = json!(true)).await;
    desk.agency("fire_rescue", &["--on-scene", "600"]);
    let incident = desk.message(&fire()).await;
    desk.until("the fire engines are under way", &incident, |card| requests(card).iter().any(is_under_way))
        .await;
    refuse(&desk, "23514", "scene_moved").await;
    let elsewhere = json!({"fix": {"point": {"lat": 43.31, "lon": 76.95},
        "uncertainty": {"shape": "circle", "radius_m": 20.0}}, "source": "officer"});
    let path = format!("/api/v1/incidents/{incident}/location");
    desk.officer.put(&path, &elsewhere).await.expect("moved");
    until_the_step_was_given_up_and_may_be_taken(&desk, "a service did not take it that the place moved")
        .await;
    let pg = desk.world.pg().await;
    wait_until("the service knows the new place", LONG, async || {
        let told = "SELECT body::text FROM journal WHERE kind = 'scene_moved'";
        pg.query(told, &[]).await.expect("read").iter().any(|row| row.get::<_, String>(0).contains("43.31"))
    })
    .await;
    desk.verified().await;
}

#[actix_web::test]
async fn a_refusal_is_followed_by_other_units_and_a_cancelled_request_frees_its_own() {
    let mut desk = Desk::open(World::new().await).await;
    desk.settings(|s| s["dispatch_by_rule"] = json!(true)).await;
    desk.agency("ambulance", &["--refusal-rate", "1"]);
    desk.agency("fire_rescue", &["--on-scene", "600"]);
    let incident = desk.message(&fire()).await;
    let card = desk
        .until("the ambulance refused and was asked again", &incident, |card| {
            let of: Vec<Value> = requests(card).into_iter().filter(|r| r["service"] == "ambulance").collect();
            of.iter().any(|r| r["decision"]["decision"] == "refused") && of.len() > 1
        })
        .await;
    let mut asked: Vec<String> = requests(&card)
        .iter()
        .filter(|r| r["service"] == "ambulance")
        .flat_map(|r| r["recommended"].as_array().cloned().unwrap_or_default())
        .map(|u| text(&u, "/unit"))
        .collect();
    let all = asked.len();
    asked.sort();
    asked.dedup();
    assert_eq!(asked.len(), all, "no unit is asked twice: {asked:?}");

    let card = desk
        .until("the fire engines are under way", &incident, |card| requests(card).iter().any(is_under_way))
        .await;
    let request = requests(&card).into_iter().find(is_under_way).expect("a request");
    let path = format!("/api/v1/incidents/{incident}/requests/{}/cancel", text(&request, "/id"));
    desk.officer.change(&path, &json!({"reason": "ложный вызов"})).await.expect("cancelled");
    let card = desk
        .until("its units are released", &incident, |card| {
            requests(card)
                .iter()
                .filter(|r| r["id"] == request["id"])
                .all(|r| stages(r).iter().all(|(_, stage)| stage == "released"))
        })
        .await;
    let units: Vec<String> = requests(&card)
        .iter()
        .filter(|r| r["id"] == request["id"])
        .flat_map(|r| stages(r).into_iter().map(|(unit, _)| unit))
        .collect();
    let same = requests(&card).iter().filter(|r| r["capabilities"] == request["capabilities"]).count();
    assert_eq!(same, 1, "what a person withdrew no rule asks for again");
    wait_until("they are available again", LONG, async || {
        let all = desk.all("/api/v1/units").await;
        all.iter()
            .filter(|u| units.contains(&text(u, "/id")))
            .all(|u| !u["status"].to_string().contains("engaged"))
    })
    .await;
    desk.verified().await;
}

#[actix_web::test]
async fn two_who_confirm_at_once_send_one_wave() {
    let desk = Desk::open(World::new().await).await;
    let incident = desk.message(&fire()).await;
    let path = format!("/api/v1/incidents/{incident}/forces");
    let both = (0..6).map(|_| {
        let (officer, path) = (desk.officer.clone(), path.clone());
        async move { officer.post(&path, &json!({})).await }
    });
    let answers = futures_util::future::join_all(both).await;
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 1, "{answers:?}");
    let card = desk.card(&incident).await;
    let mut kinds: Vec<String> =
        requests(&card).iter().map(|r| format!("{} {}", r["service"], r["capabilities"])).collect();
    let all = kinds.len();
    kinds.sort();
    kinds.dedup();
    assert_eq!(kinds.len(), all, "each need is asked for once: {kinds:?}");
}

#[actix_web::test]
async fn two_incidents_never_get_one_unit() {
    let mut desk = Desk::open(World::new().await).await;
    desk.agency("ambulance", &["--on-scene", "600"]);
    let mut incidents = Vec::new();
    for n in 0..8 {
        let at = 43.20 + f64::from(n) * 0.008;
        incidents.push(desk.message(&call("человек без сознания, не дышит", at, 76.8897)).await);
    }
    let asked = incidents.iter().map(|incident| desk.request_forces(incident));
    futures_util::future::join_all(asked).await;
    for incident in &incidents {
        desk.until("it has its ambulance, or a shortfall is shown", incident, |card| {
            requests(card)
                .iter()
                .filter(|r| r["service"] == "ambulance")
                .all(|r| r["state"] == "answered" || r["recommended"].as_array().is_some_and(Vec::is_empty))
        })
        .await;
    }
    let mut busy: BTreeMap<String, String> = BTreeMap::new();
    for incident in &incidents {
        for request in requests(&desk.card(incident).await) {
            for (unit, stage) in stages(&request) {
                if stage != "released" {
                    let before = busy.insert(unit.clone(), incident.clone());
                    assert!(before.is_none(), "{unit} is at {before:?} and {incident}");
                }
            }
        }
    }
    assert!(!busy.is_empty());
    desk.verified().await;
}

/// A fire engine of it has departed.
fn is_under_way(request: &Value) -> bool {
    let departed = stages(request).iter().any(|(_, stage)| stage == "departed" || stage == "arrived");
    request["service"] == "fire_rescue" && departed
}

/// All messages about the card, once each was read by a person.
async fn deliveries_read(desk: &Desk, incident: &str) -> Vec<Value> {
    let mut found = Vec::new();
    wait_until("every message was read", LONG, async || {
        found = desk.all(&format!("/api/v1/incidents/{incident}/deliveries")).await;
        found
            .iter()
            .filter(|d| SERVICES.contains(&text(d, "/service").as_str()))
            .all(|d| d["delivery"]["read_at"].is_string())
    })
    .await;
    for delivery in found.iter().filter(|d| SERVICES.contains(&text(d, "/service").as_str())) {
        for step in ["sent_at", "in_broker_at", "acknowledged_at", "read_at", "read_by"] {
            assert!(delivery["delivery"][step].is_string(), "{step} of {delivery}");
        }
    }
    found
}

fn sequences(deliveries: &[Value]) -> BTreeMap<String, Vec<u64>> {
    let mut of: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for delivery in deliveries {
        if let Some(sequence) = delivery["sequence"].as_u64() {
            of.entry(text(delivery, "/service")).or_default().push(sequence);
        }
    }
    for row in of.values_mut() {
        row.sort_unstable();
    }
    of
}
