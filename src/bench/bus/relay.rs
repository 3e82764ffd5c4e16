//! The product's side: rows of the outbox table through the relay.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use deadpool_postgres::Pool;
use tokio::time::Instant;
use uuid::Uuid;

use super::{BusBenchError, Outcome, body, consume, median, parties};
use crate::actors::outbox_relay::{self, RelayHandle, RelaySettings};
use crate::bus::connection::Broker;
use crate::domain::ids::{DistributionId, RegionCode};
use crate::store::append::OutboxRow;
use crate::store::database::{StoreError, pool, pool_unsynced};

/// Rows committed in one statement, as the journal does at saturation.
const BATCH: usize = 256;
/// Rows committed and not yet delivered to all three, at most.
const AHEAD: u64 = 4_096;

pub(super) async fn side(
    broker: &Broker,
    database: &str,
    length: Duration,
) -> Result<Outcome, BusBenchError> {
    let writing = pool(database, 2)?;
    empty(&writing).await?;
    let relay = outbox_relay::start(broker.clone(), pool_unsynced(database, 2)?, RelaySettings::default());
    relay.set_regions(RegionCode::new(79).into_iter().collect());
    let hop = hop(broker, &writing, &relay).await?;
    let outcome = saturate(broker, &writing, &relay, length).await.map(|each| Outcome { each, hop });
    relay.stop(Duration::from_secs(20)).await;
    outcome
}

async fn saturate(
    broker: &Broker,
    writing: &Pool,
    relay: &RelayHandle,
    length: Duration,
) -> Result<Duration, BusBenchError> {
    let mut deliveries = consume(broker, &parties()).await?;
    let (committed, delivered) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let fed = Arc::new(AtomicBool::new(false));
    let began = Instant::now();
    let feeding = {
        let (writing, relay) = (writing.clone(), relay.clone());
        let (committed, delivered, fed) = (Arc::clone(&committed), Arc::clone(&delivered), Arc::clone(&fed));
        tokio::spawn(async move {
            while began.elapsed() < length {
                if committed.load(Ordering::Relaxed) > delivered.load(Ordering::Relaxed) / 3 + AHEAD {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    continue;
                }
                let rows = commit(&writing, (0..BATCH).map(|_| row()).collect()).await?;
                committed.fetch_add(rows.len() as u64, Ordering::Relaxed);
                relay.committed(rows);
            }
            fed.store(true, Ordering::Release);
            Ok::<_, StoreError>(())
        })
    };
    let mut last = began;
    loop {
        let all = fed.load(Ordering::Acquire)
            && delivered.load(Ordering::Relaxed) >= 3 * committed.load(Ordering::Relaxed);
        if all || feeding.is_finished() && !fed.load(Ordering::Acquire) {
            break;
        }
        if let Ok(Some((at, _))) = tokio::time::timeout(Duration::from_millis(100), deliveries.recv()).await {
            delivered.fetch_add(1, Ordering::Relaxed);
            last = at;
        }
    }
    feeding.await.map_err(|e| BusBenchError::Restart(e.to_string()))??;
    let count = u32::try_from(delivered.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
    Ok(last.duration_since(began) / count.max(1))
}

/// One row at a time, from its hand-over (after its commit) to the first agency.
async fn hop(broker: &Broker, writing: &Pool, relay: &RelayHandle) -> Result<Duration, BusBenchError> {
    let mut deliveries = consume(broker, &parties()).await?;
    let mut live = relay.state();
    // The sender is there as long as the relay.
    let _ = live.wait_for(|s| s.live).await;
    let mut waits = Vec::with_capacity(200);
    for _ in 0..200 {
        let rows = commit(writing, vec![row()]).await?;
        let began = Instant::now();
        relay.committed(rows);
        let mut first = true;
        for _ in 0..parties().len() {
            let Some((at, _)) = deliveries.recv().await else { break };
            if std::mem::take(&mut first) {
                waits.push(at.duration_since(began));
            }
        }
    }
    Ok(median(waits))
}

fn row() -> OutboxRow {
    let incident = Uuid::now_v7();
    let keys = parties().iter().map(|p| p.routing_key("incident_notice")).collect();
    to(
        incident,
        keys,
        format!(r#"{{"incident":"{incident}","text":"{}"}}"#, String::from_utf8_lossy(&body())),
    )
}

/// A row about an incident for these recipients.
pub(super) fn to(incident: Uuid, routing_keys: Vec<String>, body: String) -> OutboxRow {
    OutboxRow {
        distribution: DistributionId(Uuid::now_v7()),
        region: parties().first().map_or_else(unknown, |p| p.region),
        ordering_key: incident.to_string(),
        routing_keys,
        kind: "incident_notice".into(),
        priority: 5,
        expires_at: None,
        body: body.into_bytes().into(),
    }
}

fn unknown() -> RegionCode {
    match RegionCode::new(79) {
        Ok(region) => region,
        Err(_) => unreachable!("79 is a region code"),
    }
}

pub(super) async fn empty(pool: &Pool) -> Result<(), StoreError> {
    let client = pool.get().await?;
    client.batch_execute("TRUNCATE outbox, delivery, dead_letter; CHECKPOINT").await?;
    Ok(())
}

/// Commits rows with one statement and gives them with their ids.
pub(super) async fn commit(pool: &Pool, rows: Vec<OutboxRow>) -> Result<Vec<(i64, OutboxRow)>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "INSERT INTO outbox (distribution, region, ordering_key, routing_keys, kind, priority, body) \
             SELECT d, $2, k, string_to_array(r, ' '), 'incident_notice', 5, b \
             FROM unnest($1::uuid[], $3::text[], $4::text[], $5::bytea[]) WITH ORDINALITY AS n(d, k, r, b, o) \
             ORDER BY o RETURNING id",
        )
        .await?;
    let ids = client
        .query(
            &statement,
            &[
                &rows.iter().map(|r| r.distribution.0).collect::<Vec<_>>(),
                &unknown().to_string(),
                &rows.iter().map(|r| r.ordering_key.as_str()).collect::<Vec<_>>(),
                &rows.iter().map(|r| r.routing_keys.join(" ")).collect::<Vec<_>>(),
                &rows.iter().map(|r| r.body.as_ref()).collect::<Vec<_>>(),
            ],
        )
        .await?;
    let ids: Vec<i64> = ids.iter().map(|r| r.try_get(0)).collect::<Result<_, _>>()?;
    Ok(ids.into_iter().zip(rows).collect())
}
