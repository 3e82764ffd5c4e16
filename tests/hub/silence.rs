//! An agency that says nothing: its obligations become late, it is asked again, the officer is told, and nobody else
//! waits for it.

use serde_json::{Value, json};

use super::console::Console;
use super::desk::{Desk, LONG, call, fire, requests, text};
use crate::world::{World, wait_until};

/// The obligation of a service to give its composition (c.5(3)¶4).
async fn composition(desk: &Desk, incident: &str, service: &str) -> Value {
    let owed = desk.owed(incident, "O-11a").await;
    owed.into_iter().find(|o| o["service"] == service).unwrap_or_default()
}

fn levels(obligation: &Value) -> Vec<String> {
    let steps = obligation["escalations"].as_array().cloned().unwrap_or_default();
    steps.iter().map(|step| text(step, "/level")).collect()
}

#[actix_web::test]
async fn the_silent_are_asked_again_the_officer_is_told_and_a_late_answer_counts() {
    let mut desk = Desk::open(World::new().await).await;
    desk.settings(|s| {
        for kind in ["O-11a", "O-11b", "O-11c"] {
            s["limits"]["seconds"][kind] = json!(2);
        }
        // Between being late and being asked again the ambulance below wakes up.
        s["limits"]["escalation"]["urgently"] =
            json!({"repeat": 8, "phone": 9, "head": 10, "leadership": 11});
    })
    .await;
    for service in ["ambulance", "police"] {
        desk.agency(service, &["--behaviour", "silent"]);
    }
    desk.agency("fire_rescue", &[]);
    let mut console = Console::of(&desk).await;
    let url = desk.hub.url.clone();
    let incident = desk.message(&fire()).await;
    desk.request_forces(&incident).await;

    wait_until("the ambulance is late", LONG, async || {
        composition(&desk, &incident, "ambulance").await["status"] == "late"
    })
    .await;
    // It has taken the request off its queue and forgotten it: only a second one can wake it.
    desk.agency("ambulance", &[]);

    let police = composition(&desk, &incident, "police").await;
    let told = console.until(&url, |event| {
        let event = &event["event"];
        event["event"] == "obligation"
            && event["kind"] == "escalated"
            && event["level"] == "phone"
            && event["obligation"] == police["id"]
    });
    assert!(told.await, "the officer is told to telephone");

    wait_until("the ambulance was asked again and has answered, late", LONG, async || {
        composition(&desk, &incident, "ambulance").await["status"] == "met_late"
    })
    .await;
    wait_until("of the police every step was taken", LONG, async || {
        levels(&composition(&desk, &incident, "police").await) == ["repeat", "phone", "head", "leadership"]
    })
    .await;
    let card = desk.card(&incident).await;
    let state = |service: &str| {
        let of: Vec<Value> = requests(&card).into_iter().filter(|r| r["service"] == service).collect();
        assert_eq!(of.len(), 1, "asked again is not asked twice: {of:?}");
        of[0]["state"].clone()
    };
    assert_eq!(state("police"), "open", "silence is no answer");
    assert_ne!(state("ambulance"), "open");

    let other = desk.message(&call("Горит мусорный контейнер", 43.27, 76.93)).await;
    desk.request_forces(&other).await;
    desk.until("others are served as ever", &other, |card| {
        requests(card).iter().all(|r| r["service"] != "fire_rescue" || r["answered_at"].is_string())
    })
    .await;
    desk.verified().await;
}
