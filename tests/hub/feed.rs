//! The live feed over a connection that breaks.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value;

use super::desk::{Desk, LONG, call};
use crate::world::{World, wait_until};

/// A console that listens, and remembers where it was.
struct Listener {
    token: String,
    last: Option<String>,
    heard: Vec<(String, u64)>,
}

impl Listener {
    /// Listens until it has heard of this message, or the hub is gone.
    async fn until_message(&mut self, url: &str, message: &str) -> bool {
        let mut request = awc::Client::builder().disable_timeout().finish().get(format!("{url}/api/v1/feed"));
        request = request.insert_header(("Authorization", format!("Bearer {}", self.token)));
        if let Some(last) = &self.last {
            request = request.insert_header(("Last-Event-ID", last.clone()));
        }
        let Ok(mut response) = request.send().await else { return false };
        assert_eq!(response.status(), 200);
        let mut text = String::new();
        while let Ok(Some(Ok(bytes))) =
            actix_rt::time::timeout(Duration::from_secs(20), response.next()).await
        {
            text.push_str(std::str::from_utf8(&bytes).expect("text"));
            while let Some(end) = text.find("\n\n") {
                let event: String = text.drain(..end + 2).collect();
                if self.take(&event, message) {
                    return true;
                }
            }
        }
        false
    }

    fn take(&mut self, event: &str, message: &str) -> bool {
        let field = |name: &str| event.lines().find_map(|l| l.strip_prefix(name)).map(str::trim);
        let Some(id) = field("id:") else { return false };
        self.last = Some(id.to_owned());
        let data: Value = serde_json::from_str(field("data:").expect("data")).expect("JSON");
        let stream = data["stream"].as_str().expect("a stream").to_owned();
        self.heard.push((stream, data["seq"].as_u64().expect("a number")));
        event.contains(message)
    }
}

#[actix_web::test]
async fn a_feed_broken_by_the_hubs_death_goes_on_where_it_was_without_gap_or_double() {
    let mut desk = Desk::open(World::new().await).await;
    let (_, signed) = desk
        .officer
        .post("/api/v1/sign-in", &serde_json::json!({"name": "manager", "password": "a password for tests"}))
        .await
        .expect("signed in");
    let token = signed["token"].as_str().expect("a token").to_owned();
    let mut console = Listener { token, last: None, heard: Vec::new() };
    let url = desk.hub.url.clone();

    let first = call("пахнет газом в подъезде", 43.24, 76.88);
    let id = first["id"].as_str().expect("an id").to_owned();
    let (heard, ()) = futures_util::join!(console.until_message(&url, &id), async {
        // The console begins with what happens from now on: it must be there before the message is.
        wait_until("the console listens", LONG, async || {
            desk.hub.metric("hub112_feed_listeners").is_some_and(|n| n >= 1.0)
        })
        .await;
        desk.message(&first).await;
    });
    assert!(heard, "the console hears of the message");

    // Meanwhile, unheard:
    for n in 0..30 {
        desk.message(&call("драка во дворе", 43.2 + f64::from(n) * 0.001, 76.9)).await;
    }
    desk.hub.kill();
    desk.hub.restart().await;
    let last = call("упало дерево на провода", 43.23, 76.93);
    desk.message(&last).await;
    assert!(console.until_message(&url, last["id"].as_str().expect("an id")).await);

    let distinct: BTreeSet<_> = console.heard.iter().cloned().collect();
    assert_eq!(distinct.len(), console.heard.len(), "nothing twice");
    let region: Vec<u64> =
        console.heard.iter().filter(|(s, _)| s == "region/75").map(|(_, seq)| *seq).collect();
    let from = region.first().copied().expect("something of the region");
    let whole: Vec<u64> = (from..from + region.len() as u64).collect();
    assert_eq!(region, whole, "nothing missing, and in order");
}
