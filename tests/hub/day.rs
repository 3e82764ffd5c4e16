//! A part of the demonstration's day through the whole path: every message becomes a card or joins one with a reason,
//! is dispatched, answered and closed; nothing that was owed has vanished.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::desk::{Desk, PASSWORD, requests, text};
use crate::world::World;

const SERVICES: [&str; 8] = [
    "police",
    "ambulance",
    "air_ambulance",
    "security",
    "aviation_sar",
    "utilities",
    "telecom",
    "fire_rescue",
];
/// From the collapsed house on: many report it, in different words.
const FROM: &str = "13:35";
const MESSAGES: usize = 100;

fn drive(desk: &Desk, more: &[&str]) -> std::process::Output {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("gis/demo/messages.ndjson");
    Command::new(env!("CARGO_BIN_EXE_hub112"))
        .args(["drive", "--url", &desk.hub.url, "--user", "duty_officer", "--from", FROM])
        .args(["--limit", &MESSAGES.to_string(), "--speed-up", "900"])
        .arg("--file")
        .arg(file)
        .args(more)
        .env("HUB112_DRIVE_PASSWORD", PASSWORD)
        .output()
        .expect("hub112 runs")
}

#[actix_web::test]
async fn a_part_of_the_day_is_taken_dispatched_answered_and_closed_and_every_duty_is_accounted_for() {
    let mut desk = Desk::open(World::new().await).await;
    desk.settings(|s| {
        s["dispatch_by_rule"] = json!(true);
        s["close_by_rule"] = json!(true);
    })
    .await;
    for service in SERVICES {
        desk.agency(service, &["--speed-up", "900", "--refusal-rate", "0.05", "--change-rate", "0.1"]);
    }
    let desk = &desk;
    let run = || drive(desk, &["--officer", "--wait-closed", "240"]);
    let first = run();
    let said = String::from_utf8_lossy(&first.stdout).into_owned();
    assert!(first.status.success(), "{said}{}", String::from_utf8_lossy(&first.stderr));

    let all = desk.all("/api/v1/incidents").await;
    // What an officer took for a repetition went into the other card, with its messages.
    let (merged, cards): (Vec<&Value>, Vec<&Value>) = all.iter().partition(|card| card["status"] == "merged");
    for card in merged {
        let into = card["links"].as_array().is_some_and(|links| links.iter().any(|l| l[0] == "merged_into"));
        assert!(into, "{card}");
    }
    let mut found = BTreeSet::new();
    for card in &cards {
        assert_eq!(card["status"], "closed", "{card}");
        for message in card["messages"].as_array().expect("messages") {
            assert!(found.insert(text(message, "/id")), "a message on two cards: {message}");
        }
    }
    assert_eq!(found.len(), MESSAGES, "every message is on a card");
    assert!(cards.len() < MESSAGES, "what many reported is one card");
    let asked: Vec<Value> = cards.iter().flat_map(|card| requests(card)).collect();
    assert!(asked.len() > MESSAGES / 2, "{} requests", asked.len());
    let open: Vec<&Value> =
        asked.iter().filter(|r| r["state"] == "open" || r["state"] == "answered").collect();
    assert!(open.is_empty(), "every request has come to its end: {open:?}");
    assert!(asked.iter().filter(|r| r["state"] == "done").count() > asked.len() / 2, "most were served");

    let died = "SELECT reason FROM dead_letter";
    let died = desk.world.pg().await.query(died, &[]).await.expect("dead letters");
    let died: Vec<String> = died.iter().map(|row| row.get(0)).collect();
    assert!(died.is_empty(), "everything that the agencies said was taken: {died:?}");

    let closed: BTreeSet<String> = cards.iter().map(|card| text(card, "/id")).collect();
    let owed = desk.all("/api/v1/obligations").await;
    let mut by_status: BTreeMap<String, usize> = BTreeMap::new();
    for obligation in owed.iter().filter(|o| o["incident"].as_str().is_some_and(|i| closed.contains(i))) {
        *by_status.entry(text(obligation, "/status")).or_default() += 1;
    }
    let left = by_status.get("open").or(by_status.get("late"));
    assert_eq!(left, None, "of a closed card nothing is owed: {by_status:?}");
    assert!(by_status.get("met").is_some_and(|met| *met > MESSAGES), "{by_status:?}");
    let raised = "SELECT count(DISTINCT body ->> 'obligation') FROM journal \
         WHERE kind = 'obligation' AND body ->> 'kind' = 'raised'";
    let raised = desk.world.pg().await.query_one(raised, &[]).await.expect("the journal").get::<_, i64>(0);
    assert_eq!(usize::try_from(raised).expect("a count"), owed.len(), "none that was raised is missing");
    desk.verified().await;

    let again = drive(desk, &[]);
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stdout));
    assert!(String::from_utf8_lossy(&again.stdout).contains(&format!("known       {MESSAGES}")));
    assert_eq!(desk.all("/api/v1/incidents").await.len(), all.len(), "a second run changes nothing");
}
