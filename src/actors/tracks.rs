//! Tracks of units to the database, in batches; and the unit index kept quick.

use deadpool_postgres::Pool;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tracing::warn;

use crate::spatial::unit_index::UnitIndex;
use crate::store::position_track::{self, Track};

/// Most points of one batch.
pub const BATCH: usize = 2_000;
/// How long points gather after a batch that was not full.
pub const GATHER: Duration = Duration::from_secs(1);

/// Writes points until the sender is gone, as fast as they come. A batch that the database does not take is dropped and
/// counted: a track may have a gap. For the pool [`crate::store::database::pool_unsynced`] serves.
pub async fn write(database: Pool, mut points: mpsc::Receiver<Track>) {
    let mut batch = Vec::with_capacity(BATCH);
    while points.recv_many(&mut batch, BATCH).await > 0 {
        if let Err(e) = position_track::write(&database, &batch).await {
            warn!(points = batch.len(), error = %e, "a batch of positions was not written");
            metrics::counter!("hub112_track_points_dropped_total").increment(batch.len() as u64);
        }
        let more_waits = batch.len() == BATCH;
        batch.clear();
        if !more_waits {
            actix::clock::sleep(GATHER).await;
        }
    }
}

/// Rebuilds trees that many moves have made slow, now and then.
pub async fn rebuild_index(units: Arc<UnitIndex>) {
    let mut every = actix::clock::interval(Duration::from_secs(30));
    loop {
        every.tick().await;
        let units = Arc::clone(&units);
        // A rebuild takes tens of milliseconds for the largest class.
        if let Err(e) = tokio::task::spawn_blocking(move || units.rebuild_worn()).await {
            warn!(error = %e, "the unit index was not rebuilt");
        }
    }
}
