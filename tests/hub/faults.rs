//! What must not be lost when something dies: nothing acknowledged is missing, nothing happens twice, every agency
//! sees every number of its rows once, and the chain verifies.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use futures_util::StreamExt;
use hub112::client::ClientError;
use serde_json::Value;

use super::desk::{Desk, LONG, call, text};
use crate::world::{Listener, Server, World, wait_until};

/// Messages from different places, so that each is a card of its own, but that every third repeats the one before.
fn messages(count: usize) -> Vec<Value> {
    (0..count)
        .map(|n| {
            let place = n - usize::from(n % 3 == 2);
            let (row, column) = (place / 40, place % 40);
            let lat = 43.16 + row as f64 * 0.008;
            let lon = 76.76 + column as f64 * 0.009;
            call(&format!("Горит квартира на этаже, внутри люди, случай {place}"), lat, lon)
        })
        .collect()
}

/// How many messages are acknowledged so far.
#[derive(Clone, Default)]
struct Progress(Rc<Cell<usize>>);

impl Progress {
    async fn at_least(&self, count: usize) {
        wait_until("so many are acknowledged", LONG, async || self.0.get() >= count).await;
    }
}

/// Sends them, many at once, repeating each until it is acknowledged, while something happens.
async fn send(
    desk: &mut Desk,
    messages: &[Value],
    meanwhile: impl AsyncFnOnce(&mut Desk, Progress),
) -> BTreeMap<String, String> {
    let officer = desk.officer.clone();
    let taken = RefCell::new(BTreeMap::new());
    let progress = Progress::default();
    let sending = futures_util::stream::iter(messages).for_each_concurrent(32, async |message| {
        let mut answer = Value::Null;
        wait_until("the message is on a card", LONG, async || {
            let (status, said) = officer.post("/api/v1/messages", message).await.expect("taken in the end");
            answer = said;
            // 202: it is on the hub's disk while the database is down, and has no card yet.
            status != 202
        })
        .await;
        taken.borrow_mut().insert(text(message, "/id"), text(&answer, "/incident"));
        progress.0.set(progress.0.get() + 1);
    });
    futures_util::join!(sending, meanwhile(desk, progress.clone()));
    assert_eq!(taken.borrow().len(), messages.len());
    taken.into_inner()
}

/// Each message is on the one card that was named to its sender, each card is there, nothing else is, and the
/// journal verifies.
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
    assert!(cards.len() < taken.len(), "repeated reports have joined");
    let numbers: BTreeSet<String> = cards.iter().map(|c| text(c, "/number")).collect();
    assert_eq!(numbers.len(), cards.len(), "no number is given twice");
    desk.verified().await;
}

/// How far each card's row towards a service has come, as the hub says it.
async fn told(desk: &Desk, service: &str) -> BTreeMap<String, u64> {
    let cards = desk.all("/api/v1/incidents").await;
    let rows = cards.iter().filter_map(|card| {
        let told = card["told"].as_array()?.iter().find(|t| t["service"] == service)?;
        Some((text(card, "/id"), told["sequence"].as_u64()?))
    });
    rows.collect()
}

/// The fire service's queue brought every number of every row, once after the doubles are dropped and in order; the
/// ambulance's agency has acknowledged every number of its own.
async fn everyone_was_told(desk: &Desk, fire: &Listener) {
    let rows = told(desk, "fire_rescue").await;
    assert!(rows.values().any(|end| *end > 1), "some rows are longer than one");
    wait_until("the fire service has heard everything", LONG, async || fire.rows() == rows).await;
    let rows = told(desk, "ambulance").await;
    let pg = desk.world.pg().await;
    wait_until("the ambulance has acknowledged everything", LONG, async || {
        let acknowledged = pg
            .query(
                "SELECT incident::text, count(*), max(sequence) FROM delivery WHERE service = 'ambulance' \
                 AND acknowledged_at IS NOT NULL AND incident IS NOT NULL GROUP BY incident",
                &[],
            )
            .await
            .expect("deliveries");
        let count = |row: &tokio_postgres::Row, column| row.get::<_, i64>(column).unsigned_abs();
        let gapless = acknowledged.iter().all(|row| count(row, 1) == count(row, 2));
        gapless && rows == acknowledged.iter().map(|row| (row.get(0), count(row, 2))).collect()
    })
    .await;
}

#[actix_web::test]
async fn the_hub_killed_amid_a_thousand_messages_loses_none_and_takes_none_twice() {
    let mut desk = Desk::open(World::new().await).await;
    desk.agency("ambulance", &[]);
    let fire = desk.world.listen("fire_rescue");
    let taken = send(&mut desk, &messages(1_000), async |desk: &mut Desk, progress: Progress| {
        for acknowledged in [300, 700] {
            progress.at_least(acknowledged).await;
            desk.hub.restart().await;
        }
    })
    .await;
    once_and_all(&desk, &taken).await;
    everyone_was_told(&desk, &fire).await;
}

/// Every message of a card: those that it shows, and between its first and its newest those that it does not.
async fn on_card(desk: &Desk, card: &str) -> Vec<String> {
    let shown = desk.card(card).await["messages"].as_array().expect("messages").clone();
    let (first, newest) = shown.split_at(shown.len().min(10));
    let between = desk.all(&format!("/api/v1/incidents/{card}/messages-between")).await;
    first.iter().chain(&between).chain(newest).map(|message| text(message, "/id")).collect()
}

#[actix_web::test]
async fn of_an_event_about_which_many_call_every_message_is_on_the_card_whoever_dies_meanwhile() {
    let mut desk = Desk::open(World::new().await).await;
    let calls: Vec<Value> =
        (0..140).map(|n| call(&format!("Горит рынок, внутри люди, ряд {n}"), 43.2389, 76.8897)).collect();
    let taken = send(&mut desk, &calls, async |desk: &mut Desk, progress: Progress| {
        progress.at_least(70).await;
        desk.hub.restart().await;
    })
    .await;
    let cards: BTreeSet<&String> = taken.values().collect();
    let card = cards.first().expect("a card").to_string();
    assert_eq!(cards.len(), 1, "it is one event");
    let all = on_card(&desk, &card).await;
    let known: BTreeSet<&String> = all.iter().collect();
    assert_eq!((all.len(), known), (calls.len(), taken.keys().collect()), "each of them, once");

    // One that does not stand on the card itself was about something else.
    let split = serde_json::json!({"message": all[60], "reason": "another market"});
    let (_, seen) =
        desk.officer.change(&format!("/api/v1/incidents/{card}/split"), &split).await.expect("split off");
    assert_eq!(seen["messages_between"], 109);
    let links = seen["links"].as_array().expect("links").iter();
    let other = links.filter(|link| link[0] == "split_into").map(|link| text(link, "/1")).next();
    let over = serde_json::json!({"outcome": "resolved"});
    let close = format!("/api/v1/incidents/{}/close", other.expect("its card"));
    desk.officer.change(&close, &over).await.expect("closed, or the next call might be about it");
    desk.hub.restart().await;
    desk.message(&call("Горит рынок, внутри люди, ряд 141", 43.2389, 76.8897)).await;
    let left = on_card(&desk, &card).await;
    assert!(left.len() == calls.len() && !left.contains(&all[60]), "one went and one came");
    assert_eq!(left[..60], all[..60], "in the order in which they came");
    assert_eq!(left[60..139], all[61..140]);
    desk.verified().await;
}

#[actix_web::test]
async fn the_broker_away_for_a_while_holds_nobody_up_and_everyone_is_told_afterwards() {
    let mut desk = Desk::open(World::alone().await).await;
    desk.agency("ambulance", &[]);
    let fire = desk.world.listen("fire_rescue");
    wait_until("the queues stand", LONG, async || {
        ["ambulance", "fire_rescue"].iter().all(|service| {
            let queue = format!("{}_agency.75.{service}", desk.world.vhost);
            desk.world.servers().broker_has_noted(&queue)
        })
    })
    .await;
    let taken = send(&mut desk, &messages(300), async |desk: &mut Desk, progress: Progress| {
        progress.at_least(100).await;
        desk.world.servers().stop(Server::Broker);
        // Everything else is taken without a broker.
        progress.at_least(300).await;
        assert!(desk.hub.is_ready(), "the broker is not needed to take messages");
        desk.world.servers().start(Server::Broker);
    })
    .await;
    once_and_all(&desk, &taken).await;
    everyone_was_told(&desk, &fire).await;
}

#[actix_web::test]
async fn the_database_restarted_amid_messages_loses_none_and_takes_none_twice() {
    let mut desk = Desk::open(World::alone().await).await;
    desk.agency("ambulance", &[]);
    let fire = desk.world.listen("fire_rescue");
    let taken = send(&mut desk, &messages(400), async |desk: &mut Desk, progress: Progress| {
        progress.at_least(100).await;
        desk.world.servers().crash(Server::Postgres);
        desk.world.servers().start(Server::Postgres);
        progress.at_least(250).await;
        desk.world.servers().stop(Server::Postgres);
        desk.world.servers().start(Server::Postgres);
    })
    .await;
    once_and_all(&desk, &taken).await;
    everyone_was_told(&desk, &fire).await;
    let later = call("драка во дворе", 43.35, 77.05);
    let (status, _) = desk.officer.post("/api/v1/messages", &later).await.expect("works as before");
    assert_eq!(status, 201);
    assert!(desk.hub.is_ready());
}

#[actix_web::test]
async fn while_the_database_is_down_messages_are_kept_on_the_hubs_disk_and_outlive_the_hub() {
    let mut desk = Desk::open(World::alone().await).await;
    // Signed in and known: nobody can be asked who it is once the database is down.
    desk.message(&call("Дым из окна", 43.21, 76.81)).await;
    desk.world.servers().stop(Server::Postgres);
    let kept: Vec<Value> =
        (0..5).map(|n| call(&format!("Горит склад {n}"), 43.2 + f64::from(n) * 0.02, 76.9)).collect();
    let officer = &desk.officer;
    let answers = futures_util::future::join_all(
        kept.iter()
            .map(async |message| officer.post("/api/v1/messages", message).await.expect("acknowledged")),
    )
    .await;
    for (message, (status, answer)) in kept.iter().zip(answers) {
        assert_eq!((status, &answer["message"]), (202, &message["id"]));
    }
    // What no hub will ever take is not promised.
    let mut tomorrow = call("Горит склад", 43.2, 76.9);
    tomorrow["received_at"] =
        serde_json::json!(jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24));
    let refused = officer.post("/api/v1/messages", &tomorrow).await;
    assert!(matches!(refused, Err(ClientError::Refused { status: 422, .. })), "{refused:?}");
    desk.hub.kill();
    desk.world.servers().start(Server::Postgres);
    desk.hub.restart().await;
    for message in &kept {
        let path = format!("/api/v1/messages/{}", text(message, "/id"));
        wait_until("the message reached its hub", LONG, async || desk.officer.get(&path).await.is_ok()).await;
        let (status, answer) = desk.officer.post("/api/v1/messages", message).await.expect("known");
        let (_, shown) = desk.officer.get(&path).await.expect("the message");
        assert_eq!((status, &answer["incident"]), (200, &shown["incident"]));
    }
    wait_until("the spool is empty", LONG, async || desk.hub.metric("hub112_spool_messages") == Some(0.0))
        .await;
    assert_eq!(desk.all("/api/v1/incidents").await.len(), 6, "each opened one card");
    desk.verified().await;
}

#[actix_web::test]
async fn told_to_end_the_hub_ends_with_the_broker_or_the_database_away() {
    let mut desk = Desk::open(World::alone().await).await;
    for (away, others) in [(Server::Broker, "the broker"), (Server::Postgres, "the database")] {
        desk.message(&call("Горит сарай", 43.24, 76.90)).await;
        desk.world.servers().stop(away);
        // What is acknowledged now waits for what is away.
        let waiting = call("Горит баня", 43.30, 76.95);
        let (status, _) = desk.officer.post("/api/v1/messages", &waiting).await.expect("taken");
        assert!(matches!(status, 201 | 202), "{status} without {others}");
        let told = std::time::Instant::now();
        desk.hub.terminate();
        wait_until("the hub has ended", LONG, async || desk.hub.has_ended()).await;
        let took = told.elapsed();
        assert!(took.as_secs() < 40, "without {others} it took {took:?} to end");
        desk.world.servers().start(away);
        desk.hub.restart().await;
        let id = text(&waiting, "/id");
        wait_until("what was acknowledged is there", LONG, async || {
            let cards = desk.all("/api/v1/incidents").await;
            cards
                .iter()
                .any(|c| c["messages"].as_array().is_some_and(|all| all.iter().any(|m| m["id"] == *id)))
        })
        .await;
    }
}

#[actix_web::test]
async fn who_asks_whether_the_hub_is_ready_hears_within_two_seconds_that_a_server_is_gone() {
    let world = World::alone().await;
    let hub = world.hub().await;
    let parts = async || {
        let client = awc::Client::builder().timeout(LONG).finish();
        let mut answer = client.get(format!("{}/health/ready", hub.url)).send().await.expect("an answer");
        let body: Value = answer.json().await.expect("JSON");
        let of = |part: &str| {
            let parts = body["parts"].as_array().expect("parts");
            parts.iter().find(|p| p["part"] == part).expect("the part")["ok"] == true
        };
        (of("database"), of("broker"))
    };
    for (server, left) in [(Server::Broker, (true, false)), (Server::Postgres, (false, false))] {
        world.servers().crash(server);
        let since = std::time::Instant::now();
        wait_until("it is said", LONG, async || parts().await == left).await;
        assert!(since.elapsed().as_millis() <= 2_000, "{server:?}: after {:?}", since.elapsed());
    }
    world.servers().start(Server::Broker);
    world.servers().start(Server::Postgres);
    wait_until("both are there again", LONG, async || parts().await == (true, true)).await;
}
