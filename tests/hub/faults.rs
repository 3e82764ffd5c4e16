//! What must not be lost when something dies: nothing acknowledged is missing, nothing happens twice, and the chain
//! verifies.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use futures_util::StreamExt;
use serde_json::{Value, json};

use super::desk::{Desk, LONG, call, requests, text};
use crate::world::{Server, World, wait_until};

/// Messages from different places about different things, so that each is a card of its own.
fn messages(count: usize) -> Vec<Value> {
    (0..count)
        .map(|n| {
            let (row, column) = (n / 40, n % 40);
            let lat = 43.18 + row as f64 * 0.006;
            let lon = 76.80 + column as f64 * 0.006;
            call(&format!("Человек без сознания, не дышит, случай {n}"), lat, lon)
        })
        .collect()
}

/// Sends them, many at once, repeating each until it is acknowledged, and does something in the middle.
async fn send(
    desk: &mut Desk,
    messages: &[Value],
    middle: impl AsyncFnOnce(&mut Desk),
) -> BTreeMap<String, String> {
    let officer = desk.officer.clone();
    let taken = Rc::new(RefCell::new(BTreeMap::new()));
    let count = Rc::new(Cell::new(0_usize));
    let sending = futures_util::stream::iter(messages.to_vec()).for_each_concurrent(32, {
        let (taken, count) = (Rc::clone(&taken), Rc::clone(&count));
        move |message| {
            let (officer, taken, count) = (officer.clone(), Rc::clone(&taken), Rc::clone(&count));
            async move {
                let (_, answer) = officer.post("/api/v1/messages", &message).await.expect("taken in the end");
                taken.borrow_mut().insert(text(&message, "/id"), text(&answer, "/incident"));
                count.set(count.get() + 1);
            }
        }
    });
    let half = messages.len() / 2;
    futures_util::join!(sending, async {
        wait_until("half are acknowledged", LONG, async || count.get() >= half).await;
        middle(desk).await;
    });
    taken.take()
}

/// Each message is one card, each card is there, nothing else is, and the journal verifies.
async fn once_and_all(desk: &Desk, taken: &BTreeMap<String, String>) {
    let cards = desk.all("/api/v1/incidents").await;
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for card in &cards {
        for message in card["messages"].as_array().expect("messages") {
            let before = found.insert(text(message, "/id"), text(card, "/id"));
            assert!(before.is_none(), "a message on two cards: {message}");
        }
    }
    assert_eq!(
        &found, taken,
        "every acknowledged message is on the card that was named, and no other exists"
    );
    let numbers: BTreeSet<String> = cards.iter().map(|c| text(c, "/number")).collect();
    assert_eq!(numbers.len(), cards.len(), "no number is given twice");
    desk.verified().await;
}

#[actix_web::test]
async fn the_hub_killed_amid_a_thousand_messages_loses_none_and_takes_none_twice() {
    let mut desk = Desk::open(World::new().await).await;
    for service in ["ambulance", "police"] {
        desk.agency(service, &[]);
    }
    let messages = messages(1_000);
    let taken = send(&mut desk, &messages, async |desk: &mut Desk| {
        desk.hub.restart().await;
    })
    .await;
    assert_eq!(taken.len(), 1_000);
    once_and_all(&desk, &taken).await;
    all_told_once(&desk, &taken).await;
}

#[actix_web::test]
async fn the_broker_away_for_a_while_holds_nobody_up_and_everyone_is_told_afterwards() {
    let mut desk = Desk::open(World::alone().await).await;
    desk.agency("ambulance", &[]);
    wait_until("the queues stand", LONG, async || {
        desk.world.servers().broker_has_noted(&format!("{}_agency.75.ambulance", desk.world.vhost))
    })
    .await;
    let messages = messages(300);
    let taken = send(&mut desk, &messages, async |desk: &mut Desk| {
        desk.world.servers().stop(Server::Broker);
        let (status, _) = desk
            .officer
            .post("/api/v1/messages", &call("человек без сознания", 43.35, 77.05))
            .await
            .expect("taken without a broker");
        assert_eq!(status, 201, "the broker is not needed to take a message");
        desk.world.servers().start(Server::Broker);
    })
    .await;
    assert_eq!(taken.len(), 300);
    all_told_once(&desk, &taken).await;
    desk.verified().await;
}

#[actix_web::test]
async fn the_database_restarted_amid_messages_loses_none_and_takes_none_twice() {
    let mut desk = Desk::open(World::alone().await).await;
    let messages = messages(400);
    let taken = send(&mut desk, &messages, async |desk: &mut Desk| {
        desk.world.servers().crash(Server::Postgres);
        desk.world.servers().start(Server::Postgres);
    })
    .await;
    assert_eq!(taken.len(), 400);
    once_and_all(&desk, &taken).await;
}

#[actix_web::test]
async fn an_agency_that_never_answers_is_late_is_escalated_and_holds_nobody_up() {
    let mut desk = Desk::open(World::new().await).await;
    desk.settings(|s| {
        for kind in ["O-11a", "O-11b", "O-11c", "O-09", "O-10"] {
            s["limits"]["seconds"][kind] = json!(3);
        }
        for grade in ["immediately", "urgently", "no_stated_limit"] {
            s["limits"]["escalation"][grade] = json!({"repeat": 0, "phone": 1, "head": 2, "leadership": 3});
        }
    })
    .await;
    desk.agency("ambulance", &["--behaviour", "silent"]);
    desk.agency("fire_rescue", &[]);
    let incident = desk.message(&super::desk::fire()).await;
    desk.request_forces(&incident).await;
    desk.until("the fire service has answered all the same", &incident, |card| {
        requests(card).iter().any(|r| r["service"] == "fire_rescue" && r["answered_at"].is_string())
    })
    .await;
    wait_until("the silent one is late and its leadership is told", LONG, async || {
        let owed = desk.all("/api/v1/obligations").await;
        owed.iter().any(|o| {
            o["service"] == "ambulance"
                && o["status"] == "late"
                && o["escalations"].to_string().contains("leadership")
        })
    })
    .await;
    let card = desk.card(&incident).await;
    let silent = requests(&card).into_iter().find(|r| r["service"] == "ambulance").expect("a request");
    assert_eq!(silent["state"], "open");
    assert!(silent["answered_at"].is_null());
    desk.verified().await;
}

/// For each card the ambulance has each number of its row once, from one on, and acknowledged all.
async fn all_told_once(desk: &Desk, taken: &BTreeMap<String, String>) {
    let pg = desk.world.pg().await;
    let mut rows: Vec<(String, i64, bool)> = Vec::new();
    wait_until("every notice was acknowledged by the ambulance", LONG, async || {
        let found = pg
            .query(
                "SELECT incident::text, sequence, acknowledged_at IS NOT NULL FROM delivery \
                 WHERE service = 'ambulance' AND incident IS NOT NULL ORDER BY incident, sequence",
                &[],
            )
            .await
            .expect("deliveries");
        rows = found.iter().map(|r| (r.get(0), r.get(1), r.get(2))).collect();
        let told: BTreeSet<&String> = rows.iter().map(|(incident, ..)| incident).collect();
        taken.values().all(|incident| told.contains(incident))
            && rows.iter().all(|(.., acknowledged)| *acknowledged)
    })
    .await;
    let mut of: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (incident, sequence, _) in rows {
        of.entry(incident).or_default().push(sequence);
    }
    for (incident, sequences) in of {
        let gapless: Vec<i64> = (1..=sequences.len() as i64).collect();
        assert_eq!(sequences, gapless, "{incident}");
    }
}
