//! The live feed over a connection that breaks.

use std::collections::BTreeMap;

use futures_util::StreamExt;
use serde_json::{Value, json};

use super::console::Console;
use super::desk::{Desk, LONG, call};
use crate::world::{World, wait_until};

/// The last number of every stream.
async fn ends(desk: &Desk) -> BTreeMap<String, u64> {
    let rows = desk.world.pg().await.query("SELECT stream, seq FROM stream_head", &[]).await.expect("heads");
    rows.iter().map(|row| (row.get(0), row.get::<_, i64>(1).unsigned_abs())).collect()
}

fn speaks_of(message: &Value) -> impl Fn(&Value) -> bool {
    let id = message["id"].clone();
    move |event| event["event"]["event"] == "message_received" && event["event"]["message"]["id"] == id
}

#[actix_web::test]
async fn a_feed_broken_by_the_hubs_death_goes_on_where_it_was_without_gap_or_double() {
    let mut desk = Desk::open(World::new().await).await;
    desk.settings(|s| s["dispatch_by_rule"] = json!(true)).await;
    let mut console = Console::of(&desk).await;
    let url = desk.hub.url.clone();
    let before = ends(&desk).await;

    let first = call("пахнет газом в подъезде", 43.24, 76.88);
    let (heard, ()) = futures_util::join!(console.until(&url, speaks_of(&first)), async {
        // A console without a past begins with what happens from now on: it must be there before the message is.
        wait_until("the console listens", LONG, async || {
            desk.hub.metric("hub112_feed_listeners").is_some_and(|n| n >= 1.0)
        })
        .await;
        desk.message(&first).await;
    });
    assert!(heard, "the console hears of the message");

    // Unheard, with the hub dying in the middle of it; then heard, with the hub dying again.
    let crowd =
        |from: u32| (from..from + 60).map(|n| call("драка во дворе", 43.2 + f64::from(n) * 0.001, 76.9));
    for listens in [false, true] {
        let messages: Vec<Value> = crowd(if listens { 100 } else { 0 }).collect();
        let last = call("упало дерево на провода", if listens { 43.23 } else { 43.21 }, 76.93);
        let officer = desk.officer.clone();
        let sending = async {
            let each = futures_util::stream::iter(&messages).for_each_concurrent(8, |message| {
                let officer = officer.clone();
                async move {
                    officer.post("/api/v1/messages", message).await.expect("taken");
                }
            });
            each.await;
            officer.post("/api/v1/messages", &last).await.expect("taken");
        };
        let listening = async {
            if listens {
                wait_until("the console hears of the last message", LONG, async || {
                    console.until(&url, speaks_of(&last)).await
                })
                .await;
            }
        };
        let dying = async {
            let taken = async |desk: &Desk| ends(desk).await.get("region/75").copied().unwrap_or(0);
            let so_far = taken(&desk).await;
            wait_until("some are taken", LONG, async || taken(&desk).await > so_far + 50).await;
            desk.hub.restart().await;
        };
        futures_util::join!(sending, listening, dying);
    }

    let mut streams: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (stream, seq) in &console.heard {
        streams.entry(stream.clone()).or_default().push(*seq);
    }
    for (stream, heard) in &streams {
        let from = before.get(stream).copied().unwrap_or(0) + 1;
        let whole: Vec<u64> = (from..from + heard.len() as u64).collect();
        assert_eq!(heard, &whole, "{stream}: nothing missing, nothing twice, and in order");
    }
    assert!(streams["region/75"].len() > 300, "{:?}", streams.keys());
    assert!(streams.keys().any(|stream| stream.starts_with("service/75/")), "{:?}", streams.keys());
}

#[actix_web::test]
async fn what_no_event_tells_is_told_as_soon_as_it_is_so_to_who_listens() {
    let mut desk = Desk::open(World::new().await).await;
    let mut console = Console::of(&desk).await;
    let url = desk.hub.url.clone();
    let of = |matter: &'static str| move |event: &Value| event["matter"] == matter && event["region"] == "75";
    let listens = async |desk: &Desk| {
        wait_until("the console listens", LONG, async || {
            desk.hub.metric("hub112_feed_listeners").is_some_and(|n| n >= 1.0)
        })
        .await;
    };

    let (heard, ()) = futures_util::join!(console.until(&url, of("links")), async {
        listens(&desk).await;
        let way = json!({"way": "phone", "phone": "102"});
        desk.admin.put("/api/v1/services/police/link", &way).await.expect("set");
    });
    assert!(heard, "the way to a service was set");

    // An agency acknowledges what it is told of a card.
    desk.agency("ambulance", &[]);
    let (heard, ()) = futures_util::join!(console.until(&url, of("deliveries")), async {
        listens(&desk).await;
        let card = desk.message(&call("мужчина без сознания, не дышит", 43.24, 76.88)).await;
        desk.request_forces(&card).await;
    });
    assert!(heard, "a message got further with its recipient");
}

#[actix_web::test]
async fn a_feed_ends_when_the_sign_in_with_which_it_began_is_taken_back() {
    let desk = Desk::open(World::new().await).await;
    let mut console = Console::of(&desk).await;
    let url = desk.hub.url.clone();
    let listening = futures_util::future::join(console.until(&url, |_| false), async {
        wait_until("the console listens", LONG, async || {
            desk.hub.metric("hub112_feed_listeners").is_some_and(|n| n >= 1.0)
        })
        .await;
        let revoke = "UPDATE agency_token SET revoked_at = now() WHERE account = 'manager'";
        desk.world.pg().await.execute(revoke, &[]).await.expect("taken back");
    });
    let ended = actix_rt::time::timeout(LONG, listening).await;
    assert!(ended.is_ok(), "a feed that nobody ends goes on for ever");
    assert!(!console.until(&url, |_| true).await, "and is not begun again");
}
