//! Tells the database what the broker has taken, many rows at a time, and tells the sorter when that is durable.

use std::time::Duration;

use deadpool_postgres::Pool;
use tokio::sync::mpsc;

use crate::store::outbox::{self, Settlement};

/// The most rows in one transaction.
const BATCH: usize = 1_024;
/// Pauses while the database is away, first and longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));

/// Runs until the lanes or the sorter are gone. While the database is away rows gather here up to the channel's
/// bound; then the lanes wait.
pub(super) async fn run(
    pool: Pool,
    mut settled: mpsc::Receiver<Settlement>,
    done: mpsc::UnboundedSender<Vec<i64>>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while settled.recv_many(&mut batch, BATCH).await > 0 {
        let mut pause = PAUSES.0;
        while let Err(error) = outbox::settle(&pool, &batch).await {
            tracing::warn!(%error, rows = batch.len(), "what the broker took could not be recorded; trying again");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSES.1);
        }
        metrics::histogram!("hub112_outbox_settle_rows").record(batch.len() as f64);
        if done.send(batch.drain(..).filter_map(|s| s.id).collect()).is_err() {
            return;
        }
    }
}
