//! A console at the live feed, which remembers where it was.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value;

use super::desk::{Desk, text};

/// The console.
pub struct Console {
    token: String,
    last: Option<String>,
    /// Stream and number of every event heard, in the order in which they came.
    pub heard: Vec<(String, u64)>,
}

impl Console {
    /// Signed in, and not listening yet.
    pub async fn of(desk: &Desk) -> Self {
        Self { token: desk.token("manager").await, last: None, heard: Vec::new() }
    }

    /// Listens, from where it was, until an event is as wanted. False when the hub is gone before.
    pub async fn until(&mut self, url: &str, wanted: impl Fn(&Value) -> bool) -> bool {
        let mut request = awc::Client::builder().disable_timeout().finish().get(format!("{url}/api/v1/feed"));
        request = request.insert_header(("Authorization", format!("Bearer {}", self.token)));
        if let Some(last) = &self.last {
            request = request.insert_header(("Last-Event-ID", last.clone()));
        }
        let Ok(mut response) = request.send().await else { return false };
        if response.status() != 200 {
            return false;
        }
        let mut unread = Vec::new();
        while let Ok(Some(Ok(bytes))) =
            actix_rt::time::timeout(Duration::from_secs(20), response.next()).await
        {
            unread.extend_from_slice(&bytes);
            while let Some(end) = unread.windows(2).position(|w| w == b"\n\n") {
                let event: Vec<u8> = unread.drain(..end + 2).collect();
                if self.take(std::str::from_utf8(&event).expect("text")).is_some_and(|e| wanted(&e)) {
                    return true;
                }
            }
        }
        false
    }

    /// An event of the journal, or what no event tells, which has no place to resume from; a beat is neither.
    fn take(&mut self, event: &str) -> Option<Value> {
        let field = |name: &str| event.lines().find_map(|l| l.strip_prefix(name)).map(str::trim);
        let data: Value = serde_json::from_str(field("data:").expect("data")).expect("JSON");
        if field("event:") == Some("stirred") {
            return Some(data);
        }
        self.last = Some(field("id:")?.to_owned());
        self.heard.push((text(&data, "/stream"), data["seq"].as_u64().expect("a number")));
        Some(data)
    }
}
