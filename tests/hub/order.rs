//! What is decided first is written first, however many decisions wait for the disk at once.

use futures_util::StreamExt;
use serde_json::json;

use super::desk::{Desk, LONG, call, requests};
use crate::world::World;

#[actix_web::test]
async fn many_decisions_in_flight_are_written_in_their_order_and_no_actor_starts_again() {
    let mut desk = Desk::open(World::new().await).await;
    desk.settings(|s| s["dispatch_by_rule"] = json!(true)).await;
    // Quick ones, whose answers come in crowds.
    desk.agency("ambulance", &["--speed-up", "6000"]);
    let calls: Vec<_> = (0..120)
        .map(|n| call("Человек без сознания, не дышит", 43.18 + f64::from(n) * 0.001, 76.89))
        .collect();
    let taken: Vec<String> =
        futures_util::stream::iter(&calls).map(|c| desk.message(c)).buffer_unordered(64).collect().await;
    // A card has a request or, with all ambulances under way, waits for one: as many as there are units are served.
    let mut answered = 0;
    crate::world::wait_until("the ambulances are answered for", LONG, async || {
        let cards = desk.all("/api/v1/incidents").await;
        let asked: Vec<_> = cards.iter().flat_map(requests).collect();
        answered = asked.iter().filter(|r| r["answered_at"].is_string()).count();
        !asked.is_empty()
            && asked.iter().all(|r| {
                r["answered_at"].is_string() || r["recommended"].as_array().is_some_and(Vec::is_empty)
            })
    })
    .await;
    assert!(answered > 0 && !taken.is_empty());
    assert_eq!(
        desk.hub.metric("hub112_actor_restarts_total"),
        Some(0.0),
        "nothing was refused for its number"
    );
    desk.verified().await;
}
