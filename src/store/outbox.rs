//! What waits to be published: read in order, and taken from the table once the broker has it.
//!
//! Rows come to the relay in memory as they are committed ([`crate::store::append::Committed`]); the table is read at its
//! start, after it has missed something, and every few seconds for rows that nobody handed over: a dead letter that is
//! sent again is such a row.

use std::collections::HashSet;
use std::sync::Arc;

use deadpool_postgres::Pool;
use jiff::Timestamp;
use serde::Deserialize;
use tokio_postgres::Row;
use uuid::Uuid;

use super::append::OutboxRow;
use super::batch::signed;
use super::database::StoreError;
use crate::domain::envelope::Recipient;
use crate::domain::ids::{DistributionId, IncidentId, RegionCode};

/// What became of one row's message at the broker.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// The row to be deleted; `None` when it was deleted before and only this was learnt later.
    pub id: Option<i64>,
    /// The message.
    pub row: Arc<OutboxRow>,
    /// Routing keys of the recipients in whose queues it is.
    pub in_broker: Vec<String>,
    /// Routing keys of the recipients who have no queue.
    pub unroutable: Vec<String>,
    /// When the broker said so.
    pub at: Timestamp,
}

/// The ids of the oldest rows of these regions, ascending, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn oldest(pool: &Pool, regions: &[RegionCode], limit: i64) -> Result<Vec<i64>, StoreError> {
    let client = pool.get().await?;
    let regions: Vec<String> = regions.iter().map(ToString::to_string).collect();
    let statement =
        client.prepare_cached("SELECT id FROM outbox WHERE region = ANY($1) ORDER BY id LIMIT $2").await?;
    let rows = client.query(&statement, &[&regions, &limit]).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// These rows by ascending id; those that are gone are left out.
///
/// # Errors
/// [`StoreError`].
pub async fn load(pool: &Pool, ids: &[i64]) -> Result<Vec<(i64, OutboxRow)>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "SELECT id, distribution, region, ordering_key, routing_keys, kind, priority, expires_at, body \
             FROM outbox WHERE id = ANY($1) ORDER BY id",
        )
        .await?;
    client.query(&statement, &[&ids]).await?.iter().map(read).collect()
}

/// How many rows of each region wait, with the time of the oldest.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting(pool: &Pool) -> Result<Vec<(String, i64, Timestamp)>, StoreError> {
    let client = pool.get().await?;
    let rows =
        client.query("SELECT region, count(*), min(created_at) FROM outbox GROUP BY region", &[]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
}

fn read(row: &Row) -> Result<(i64, OutboxRow), StoreError> {
    let bad = |reason: String| StoreError::Row { table: "outbox", reason };
    let region: String = row.try_get(2)?;
    let kind: String = row.try_get(5)?;
    let priority: i16 = row.try_get(6)?;
    let body: Vec<u8> = row.try_get(8)?;
    let outbox = OutboxRow {
        distribution: DistributionId(row.try_get(1)?),
        region: region.parse().map_err(|error| bad(format!("{region}: {error}")))?,
        ordering_key: row.try_get(3)?,
        routing_keys: row.try_get(4)?,
        kind: kind.into(),
        priority: u8::try_from(priority).map_err(|error| bad(error.to_string()))?,
        expires_at: row.try_get(7)?,
        body: body.into(),
    };
    Ok((row.try_get(0)?, outbox))
}

/// In one statement: deletes the rows, notes for each recipient that the message is in the broker or had nowhere
/// to go, and keeps the latter among the dead letters. Doing it again changes nothing but for a dead letter more.
///
/// What is lost of this with a crash of the server is published and settled again, so that
/// [`super::database::pool_unsynced`] serves.
///
/// # Errors
/// [`StoreError`]; then nothing is changed.
pub async fn settle(pool: &Pool, settled: &[Settlement]) -> Result<(), StoreError> {
    let ids: Vec<i64> = settled.iter().filter_map(|one| one.id).collect();
    let mut rows = Deliveries::default();
    let mut dead = Dead::default();
    for one in settled {
        rows.add(one);
        for key in &one.unroutable {
            dead.add(one, key);
        }
    }
    let client = pool.get().await?;
    let statement = client.prepare_cached(SETTLE).await?;
    client
        .execute(
            &statement,
            &[
                &ids,
                &rows.distribution,
                &rows.region,
                &rows.service,
                &rows.incident,
                &rows.sequence,
                &rows.kind,
                &rows.sent_at,
                &rows.in_broker_at,
                &rows.failed_at,
                &dead.region,
                &dead.sender,
                &dead.message_id,
                &dead.routing_key,
                &dead.body,
            ],
        )
        .await?;
    Ok(())
}

// Ordered, so that two statements over the same deliveries wait for one another and never both.
const SETTLE: &str = "WITH gone AS (DELETE FROM outbox WHERE id = ANY($1)), \
    dead AS (\
      INSERT INTO dead_letter (region, queue, sender, message_id, routing_key, reason, headers, body) \
      SELECT n.region, 'none', n.sender, n.message_id, n.routing_key, 'unroutable', '{}', n.body \
      FROM unnest($11::text[], $12::text[], $13::text[], $14::text[], $15::bytea[]) \
        AS n(region, sender, message_id, routing_key, body)) \
    INSERT INTO delivery AS d (distribution, region, service, incident, sequence, kind, sent_at, in_broker_at, \
      failed_at, failure) \
    SELECT n.*, CASE WHEN n.failed_at IS NOT NULL THEN 'unroutable' END \
    FROM unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::bigint[], $7::text[], $8::timestamptz[], \
      $9::timestamptz[], $10::timestamptz[]) \
      AS n(distribution, region, service, incident, sequence, kind, sent_at, in_broker_at, failed_at) \
    ORDER BY 1, 2, 3 \
    ON CONFLICT (distribution, region, service) DO UPDATE SET \
      incident = coalesce(d.incident, EXCLUDED.incident), \
      sequence = coalesce(d.sequence, EXCLUDED.sequence), \
      kind = coalesce(d.kind, EXCLUDED.kind), \
      sent_at = least(d.sent_at, EXCLUDED.sent_at), \
      in_broker_at = least(d.in_broker_at, EXCLUDED.in_broker_at), \
      failed_at = coalesce(d.failed_at, EXCLUDED.failed_at), \
      failure = coalesce(d.failure, EXCLUDED.failure)";

/// What of an envelope is kept in the table of deliveries.
#[derive(Deserialize)]
struct Addressed {
    #[serde(default)]
    recipients: Vec<Recipient>,
    incident: Option<IncidentId>,
    sent_at: Option<Timestamp>,
}

#[derive(Default)]
struct Deliveries<'a> {
    seen: HashSet<(Uuid, &'a str)>,
    distribution: Vec<Uuid>,
    region: Vec<&'a str>,
    service: Vec<&'a str>,
    incident: Vec<Option<Uuid>>,
    sequence: Vec<Option<i64>>,
    kind: Vec<&'a str>,
    sent_at: Vec<Timestamp>,
    in_broker_at: Vec<Option<Timestamp>>,
    failed_at: Vec<Option<Timestamp>>,
}

impl<'a> Deliveries<'a> {
    fn add(&mut self, one: &'a Settlement) {
        // A body that is no envelope still has its routing keys.
        let head = serde_json::from_slice::<Addressed>(&one.row.body).ok();
        for key in &one.in_broker {
            self.push(one, head.as_ref(), key, Some(one.at), None);
        }
        for key in &one.unroutable {
            self.push(one, head.as_ref(), key, None, Some(one.at));
        }
    }

    fn push(
        &mut self,
        one: &'a Settlement,
        head: Option<&Addressed>,
        key: &'a str,
        in_broker_at: Option<Timestamp>,
        failed_at: Option<Timestamp>,
    ) {
        let mut parts = key.splitn(3, '.');
        let (Some(region), Some(service)) = (parts.next(), parts.next()) else { return };
        let party = &key[..region.len() + 1 + service.len()];
        // One statement may touch a row only once.
        if !self.seen.insert((one.row.distribution.0, party)) {
            return;
        }
        let sequence = head.and_then(|head| {
            let is_it = |to: &&Recipient| to.service.as_str() == service && to.region.to_string() == region;
            head.recipients.iter().find(is_it).and_then(|to| to.sequence)
        });
        self.distribution.push(one.row.distribution.0);
        self.region.push(region);
        self.service.push(service);
        self.incident.push(head.and_then(|head| head.incident).map(|incident| incident.0));
        self.sequence.push(sequence.map(signed));
        self.kind.push(&one.row.kind);
        self.sent_at.push(head.and_then(|head| head.sent_at).unwrap_or(one.at));
        self.in_broker_at.push(in_broker_at);
        self.failed_at.push(failed_at);
    }
}

#[derive(Default)]
struct Dead<'a> {
    region: Vec<String>,
    sender: Vec<String>,
    message_id: Vec<String>,
    routing_key: Vec<&'a str>,
    body: Vec<&'a [u8]>,
}

impl<'a> Dead<'a> {
    fn add(&mut self, one: &'a Settlement, key: &'a str) {
        self.region.push(one.row.region.to_string());
        self.sender.push(format!("{}.hub", one.row.region));
        self.message_id.push(one.row.distribution.to_string());
        self.routing_key.push(key);
        self.body.push(&one.row.body);
    }
}
