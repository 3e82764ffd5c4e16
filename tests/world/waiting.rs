//! Waiting for a condition, which is the only way in which a test waits.

use std::net::TcpListener;
use std::time::{Duration, Instant};

/// Asks again and again until the condition holds; panics with `what` when it does not within `limit`.
pub async fn wait_until(what: &str, limit: Duration, mut holds: impl AsyncFnMut() -> bool) {
    let since = Instant::now();
    let mut pause = Duration::from_millis(5);
    while !holds().await {
        assert!(since.elapsed() < limit, "not within {limit:?}: {what}");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(100));
    }
}

/// A port that was free a moment ago, below those that Linux lends out for outgoing connections.
pub fn free_port() -> u16 {
    loop {
        let port = rand::random_range(20_000..32_000);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
