//! What waits to be published: handed over in memory as it is committed, read from the table where that was not
//! possible, and taken from the table once the broker has it.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use deadpool_postgres::Pool;
use jiff::Timestamp;
use serde::Deserialize;
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;
use tokio_postgres::Row;
use uuid::Uuid;

use super::append::OutboxRow;
use super::database::StoreError;
use crate::domain::envelope::Recipient;
use crate::domain::ids::{DistributionId, IncidentId, RegionCode};

/// Batches that may wait in memory; behind that the table is read.
const WAITING_BATCHES: usize = 64;
/// Rows read from the table at once.
const PAGE: i64 = 500;
/// How often the table is read although nothing seems to be missing: rows of an instance that died.
const SCAN_EVERY: Duration = Duration::from_secs(5);

/// A row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxItem {
    /// Its place: rows with the same ordering key are to be published in the order of their ids.
    pub id: i64,
    /// What is to be published.
    pub row: OutboxRow,
}

/// The journal's end of the handover.
#[derive(Debug, Clone)]
pub struct Handover {
    sender: mpsc::Sender<Vec<OutboxItem>>,
    shared: Arc<Shared>,
}

/// The relay's end: every row once, per ordering key in the order of commit.
#[derive(Debug)]
pub struct OutboxSource {
    receiver: mpsc::Receiver<Vec<OutboxItem>>,
    shared: Arc<Shared>,
    pool: Pool,
    regions: Vec<String>,
    scan: Option<i64>,
    next_scan: Instant,
}

/// Takes rows out of the table; clone it for each channel of the relay.
#[derive(Debug, Clone)]
pub struct OutboxSettler {
    shared: Arc<Shared>,
    pool: Pool,
}

#[derive(Debug, Default)]
struct Shared {
    /// Rows have been committed that were not handed over. Until the table is read again nothing is handed over,
    /// or a later row would overtake an earlier one.
    behind: AtomicBool,
    wake: Notify,
    taken: Mutex<Taken>,
}

/// Rows that a scan of the table must not bring again.
#[derive(Debug, Default)]
struct Taken {
    /// Given to the relay, not settled.
    outstanding: HashSet<i64>,
    /// Settled since the last scan began and since the one before.
    settled: [HashSet<i64>; 2],
}

impl Taken {
    /// Whether the row is new to the relay; it counts as given from now on.
    fn give(&mut self, id: i64) -> bool {
        !self.settled.iter().any(|set| set.contains(&id)) && self.outstanding.insert(id)
    }
}

impl Shared {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Both ends, and the settler. The table is read for `regions` only: those whose lease this instance holds; none
/// means all.
///
/// The pool is for settling too. What is settled may be lost with a crash of the server and is then published
/// again, so that [`super::database::pool_unsynced`] serves.
#[must_use]
pub fn handover(pool: Pool, regions: &[RegionCode]) -> (Handover, OutboxSource, OutboxSettler) {
    let (sender, receiver) = mpsc::channel(WAITING_BATCHES);
    let shared = Arc::new(Shared::default());
    let source = OutboxSource {
        receiver,
        shared: Arc::clone(&shared),
        pool: pool.clone(),
        regions: regions.iter().map(ToString::to_string).collect(),
        scan: Some(0),
        next_scan: Instant::now(),
    };
    let settler = OutboxSettler { shared: Arc::clone(&shared), pool };
    (Handover { sender, shared }, source, settler)
}

impl Handover {
    /// Hands over rows that have just become durable. When the relay does not keep up, they stay in the table and
    /// the relay is told to read it.
    pub fn give(&self, items: Vec<OutboxItem>) {
        if items.is_empty() || self.shared.behind.load(Ordering::Acquire) {
            return;
        }
        if let Err(mpsc::error::TrySendError::Full(_)) = self.sender.try_send(items) {
            self.miss();
        }
    }

    /// Says that rows became durable that cannot be handed over.
    pub fn miss(&self) {
        self.shared.behind.store(true, Ordering::Release);
        self.shared.wake.notify_one();
    }
}

impl OutboxSource {
    /// Which regions' rows are read from the table from now on; none means all. The table is read again at once.
    pub fn set_regions(&mut self, regions: &[RegionCode]) {
        self.regions = regions.iter().map(ToString::to_string).collect();
        self.scan = Some(0);
    }

    /// The next rows, as soon as there are any. Nothing is lost when the future is dropped.
    ///
    /// # Errors
    /// [`StoreError`] when the table cannot be read; try again. `Ok` with no rows means that the journal is closed
    /// and all is handed over.
    pub async fn next(&mut self) -> Result<Vec<OutboxItem>, StoreError> {
        loop {
            if self.shared.behind.load(Ordering::Acquire)
                || (self.scan.is_none() && Instant::now() >= self.next_scan)
            {
                self.begin_scan();
            }
            if let Some(after) = self.scan {
                let fresh = self.read_page(after).await?;
                if fresh.is_empty() {
                    continue;
                }
                return Ok(fresh);
            }
            tokio::select! {
                biased;
                () = self.shared.wake.notified() => {}
                batch = self.receiver.recv() => match batch {
                    Some(batch) => {
                        let fresh = self.fresh(batch);
                        if !fresh.is_empty() {
                            return Ok(fresh);
                        }
                    }
                    None if self.shared.behind.load(Ordering::Acquire) => {}
                    None => return Ok(Vec::new()),
                },
                () = tokio::time::sleep_until(self.next_scan) => {}
            }
        }
    }

    /// Everything is now read from the table in its order. What waits in memory is there too and is let go; what
    /// the lanes hand over from here on waits behind the scan. The order matters: the lanes may hand over again,
    /// memory is emptied, the table is read.
    fn begin_scan(&mut self) {
        self.shared.behind.store(false, Ordering::Release);
        while self.receiver.try_recv().is_ok() {}
        let mut taken = self.shared.taken();
        taken.settled.swap(0, 1);
        taken.settled[0].clear();
        drop(taken);
        self.scan = Some(0);
    }

    async fn read_page(&mut self, after: i64) -> Result<Vec<OutboxItem>, StoreError> {
        let client = self.pool.get().await?;
        let statement = client
            .prepare_cached(
                "SELECT id, distribution, region, ordering_key, routing_keys, kind, priority, expires_at, body \
                 FROM outbox WHERE id > $1 AND ($2::text[] = '{}' OR region = ANY($2)) ORDER BY id LIMIT $3",
            )
            .await?;
        let rows = client.query(&statement, &[&after, &self.regions, &PAGE]).await?;
        let items: Vec<OutboxItem> = rows.iter().map(item).collect::<Result<_, _>>()?;
        let whole = rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        self.scan = if whole { None } else { items.last().map(|item| item.id) };
        if whole {
            self.next_scan = Instant::now() + SCAN_EVERY;
        }
        Ok(self.fresh(items))
    }

    fn fresh(&self, items: Vec<OutboxItem>) -> Vec<OutboxItem> {
        let mut taken = self.shared.taken();
        items.into_iter().filter(|item| taken.give(item.id)).collect()
    }
}

fn item(row: &Row) -> Result<OutboxItem, StoreError> {
    let bad = |reason: String| StoreError::Row { table: "outbox", reason };
    let region: String = row.try_get(2)?;
    let kind: String = row.try_get(5)?;
    let priority: i16 = row.try_get(6)?;
    let body: Vec<u8> = row.try_get(8)?;
    Ok(OutboxItem {
        id: row.try_get(0)?,
        row: OutboxRow {
            distribution: DistributionId(row.try_get(1)?),
            region: region.parse().map_err(|error| bad(format!("{region}: {error}")))?,
            ordering_key: row.try_get(3)?,
            routing_keys: row.try_get(4)?,
            kind: kind.into(),
            priority: u8::try_from(priority).map_err(|error| bad(error.to_string()))?,
            expires_at: row.try_get(7)?,
            body: body.into(),
        },
    })
}

/// What of an envelope is kept in the table of deliveries.
#[derive(Deserialize)]
struct Addressed {
    recipients: Vec<Recipient>,
    incident: Option<IncidentId>,
    sent_at: Timestamp,
}

#[derive(Default)]
struct Deliveries<'a> {
    seen: HashSet<(Uuid, String, String)>,
    distribution: Vec<Uuid>,
    region: Vec<String>,
    service: Vec<String>,
    incident: Vec<Option<Uuid>>,
    sequence: Vec<Option<i64>>,
    kind: Vec<&'a str>,
    sent_at: Vec<Timestamp>,
}

impl<'a> Deliveries<'a> {
    /// A row for each recipient. A body that is no envelope still has its routing keys.
    fn add(&mut self, item: &'a OutboxItem, at: Timestamp) {
        let row = &item.row;
        match serde_json::from_slice::<Addressed>(&row.body) {
            Ok(head) => {
                for to in head.recipients {
                    let sequence = to.sequence.map(super::batch::signed);
                    let incident = head.incident.map(|id| id.0);
                    let (region, service) = (to.region.to_string(), to.service.to_string());
                    self.push(row, region, service, incident, sequence, head.sent_at);
                }
            }
            Err(_) => {
                for key in &row.routing_keys {
                    let mut parts = key.splitn(3, '.');
                    if let (Some(region), Some(service)) = (parts.next(), parts.next()) {
                        self.push(row, region.to_owned(), service.to_owned(), None, None, at);
                    }
                }
            }
        }
    }

    fn push(
        &mut self,
        row: &'a OutboxRow,
        region: String,
        service: String,
        incident: Option<Uuid>,
        sequence: Option<i64>,
        sent_at: Timestamp,
    ) {
        if self.seen.insert((row.distribution.0, region.clone(), service.clone())) {
            self.distribution.push(row.distribution.0);
            self.region.push(region);
            self.service.push(service);
            self.incident.push(incident);
            self.sequence.push(sequence);
            self.kind.push(&row.kind);
            self.sent_at.push(sent_at);
        }
    }
}

impl OutboxSettler {
    /// The broker has confirmed the rows: takes them out of the table and notes each recipient's delivery as sent
    /// and in the broker since `at`, in one statement.
    ///
    /// # Errors
    /// [`StoreError`]; the rows then stay outstanding: settle them again.
    pub async fn in_broker(&self, items: &[OutboxItem], at: Timestamp) -> Result<(), StoreError> {
        self.settle(items, at, Some(at)).await
    }

    /// The rows are not to be published any more (expired): takes them out of the table and notes each delivery as
    /// sent and never in the broker.
    ///
    /// # Errors
    /// [`StoreError`]; the rows then stay outstanding: settle them again.
    pub async fn given_up(&self, items: &[OutboxItem], at: Timestamp) -> Result<(), StoreError> {
        self.settle(items, at, None).await
    }

    /// The rows could not be published (the connection broke before a confirm): the next scan, begun at once,
    /// brings them again.
    pub fn give_back(&self, ids: impl IntoIterator<Item = i64>) {
        let mut taken = self.shared.taken();
        for id in ids {
            taken.outstanding.remove(&id);
        }
        drop(taken);
        self.shared.behind.store(true, Ordering::Release);
        self.shared.wake.notify_one();
    }

    async fn settle(
        &self,
        items: &[OutboxItem],
        at: Timestamp,
        in_broker: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        if items.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = items.iter().map(|item| item.id).collect();
        let mut rows = Deliveries::default();
        for item in items {
            rows.add(item, at);
        }
        let client = self.pool.get().await?;
        let statement = client
            .prepare_cached(
                "WITH gone AS (DELETE FROM outbox WHERE id = ANY($1)) \
                 INSERT INTO delivery AS d \
                   (distribution, region, service, incident, sequence, kind, sent_at, in_broker_at) \
                 SELECT n.*, $9::timestamptz \
                 FROM unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::bigint[], $7::text[], \
                   $8::timestamptz[]) AS n \
                 ON CONFLICT (distribution, region, service) DO UPDATE SET \
                   sent_at = least(d.sent_at, EXCLUDED.sent_at), \
                   in_broker_at = least(d.in_broker_at, EXCLUDED.in_broker_at), \
                   incident = coalesce(d.incident, EXCLUDED.incident), \
                   sequence = coalesce(d.sequence, EXCLUDED.sequence), \
                   kind = coalesce(d.kind, EXCLUDED.kind)",
            )
            .await?;
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
                    &in_broker,
                ],
            )
            .await?;
        let mut taken = self.shared.taken();
        for id in ids {
            taken.outstanding.remove(&id);
            taken.settled[0].insert(id);
        }
        Ok(())
    }
}

/// How many rows wait in the table.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting(pool: &Pool) -> Result<i64, StoreError> {
    let client = pool.get().await?;
    Ok(client.query_one("SELECT count(*) FROM outbox", &[]).await?.try_get(0)?)
}
