//! Journal → AMQP: publishes committed outbox rows in order, with confirms, and deletes them when the broker has
//! them (DESIGN §4, §6).
//!
//! ```text
//! journal ─ committed() ─► sorter ─► lane 0..3 (one pinned channel each, by ordering key) ─► broker
//! outbox table ─ at start, after a miss, ┘      └─ confirmed prefix ─► settler ─► delete row, mark "in broker"
//!                and looked at every 5 s
//! ```
//! While the broker is away rows stay in the table: memory holds at most `capacity` of them.

mod lane;
mod settle;
mod sorter;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deadpool_postgres::Pool;
use futures_util::FutureExt;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, timeout};

use self::lane::{Lane, Queued};
use self::sorter::{Mode, Sorter, lane_of};
use crate::bus::connection::{Broker, Link};
use crate::domain::ids::RegionCode;
use crate::store::append::OutboxRow;
use crate::store::database::StoreError;
use crate::store::outbox::{self, Settlement};

/// How long to wait after the table could not be read.
const RETRY: Duration = Duration::from_millis(500);

/// How the relay works.
#[derive(Debug, Clone)]
pub struct RelaySettings {
    /// Pinned channels. Messages with one ordering key always take the same.
    pub lanes: usize,
    /// Unconfirmed messages per channel.
    pub window: usize,
    /// The most rows held in memory.
    pub capacity: usize,
    /// The most bytes of bodies held in memory.
    pub max_bytes: usize,
    /// How often the table is looked at for rows that nobody handed over.
    pub look_every: Duration,
}

impl Default for RelaySettings {
    fn default() -> Self {
        Self {
            lanes: 4,
            window: 256,
            capacity: 8_192,
            max_bytes: 64 << 20,
            look_every: Duration::from_secs(5),
        }
    }
}

/// How the relay stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RelayState {
    /// Whether committed rows go out from memory at once; otherwise the table is being caught up with.
    pub live: bool,
    /// Rows held in memory: queued, on their way, or confirmed and not yet deleted.
    pub held: usize,
    /// How often the relay was begun anew after a fault of its own.
    pub restarts: u64,
}

/// The relay, as the journal sees it. Cloning gives another handle to the same one.
#[derive(Debug, Clone)]
pub struct RelayHandle {
    rows: mpsc::Sender<Vec<(i64, OutboxRow)>>,
    missed: Arc<AtomicBool>,
    wake: Arc<Notify>,
    regions: Arc<watch::Sender<Vec<RegionCode>>>,
    state: watch::Receiver<RelayState>,
    stop: Arc<watch::Sender<bool>>,
}

impl RelayHandle {
    /// Hands over rows that are now durable, in the order of their commit. Never waits: when the relay cannot
    /// take them now it reads them from the table later.
    pub fn committed(&self, rows: Vec<(i64, OutboxRow)>) {
        if !rows.is_empty() && self.rows.try_send(rows).is_err() {
            self.missed.store(true, Ordering::Release);
            self.wake.notify_one();
        }
    }

    /// Rows were put into the table by somebody who does not hand them over: it reads them there now.
    pub fn look(&self) {
        self.missed.store(true, Ordering::Release);
        self.wake.notify_one();
    }

    /// The regions whose rows this process publishes: those whose lease it holds.
    pub fn set_regions(&self, regions: Vec<RegionCode>) {
        self.regions.send_if_modified(|known| {
            let changed = *known != regions;
            *known = regions;
            changed
        });
    }

    /// How the relay stands, now and as it changes.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<RelayState> {
        self.state.clone()
    }

    /// Stops publishing; waits up to `patience` until what is on its way is confirmed and deleted. What is left
    /// stays in the table.
    pub async fn stop(&self, patience: Duration) {
        self.stop.send_replace(true);
        let mut state = self.state.clone();
        // The sender going away says the same.
        let _ = timeout(patience, state.wait_for(|s| s.held == 0)).await;
    }
}

/// Starts the relay on the current tokio runtime. It publishes nothing until it is given regions. For the pool
/// [`crate::store::database::pool_unsynced`] serves.
#[must_use]
pub fn start(broker: Broker, pool: Pool, settings: RelaySettings) -> RelayHandle {
    let (rows, committed) = mpsc::channel(1_024);
    let (regions, owned) = watch::channel(Vec::new());
    let (state, told) = watch::channel(RelayState::default());
    let (stop, stopped) = watch::channel(false);
    let missed = Arc::new(AtomicBool::new(false));
    let wake = Arc::new(Notify::new());
    let handle = RelayHandle {
        rows,
        missed: Arc::clone(&missed),
        wake: Arc::clone(&wake),
        regions: Arc::new(regions),
        state: told,
        stop: Arc::new(stop),
    };
    let mut relay = Relay { broker, pool, settings, committed, owned, state, stopped, missed, wake };
    tokio::spawn(async move {
        let mut restarts = 0;
        while let Err(fault) =
            AssertUnwindSafe(relay.run(restarts)).catch_unwind().await.unwrap_or(Err("panic"))
        {
            restarts += 1;
            metrics::counter!("hub112_actor_restarts_total", "actor" => "outbox_relay").increment(1);
            tracing::error!(fault, restarts, "the outbox relay begins anew");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    handle
}

struct Relay {
    broker: Broker,
    pool: Pool,
    settings: RelaySettings,
    committed: mpsc::Receiver<Vec<(i64, OutboxRow)>>,
    owned: watch::Receiver<Vec<RegionCode>>,
    state: watch::Sender<RelayState>,
    stopped: watch::Receiver<bool>,
    missed: Arc<AtomicBool>,
    wake: Arc<Notify>,
}

/// What a look into the table found.
enum Found {
    /// The oldest ids; fewer than asked for when these are all.
    Ids { ids: Vec<i64>, all: bool },
    /// Rows that were unknown; `whole` when no other was.
    Rows { rows: Vec<(i64, OutboxRow)>, whole: bool },
}

type Looking = JoinHandle<Result<Found, StoreError>>;

impl Relay {
    /// Runs until stopped; an error means that a part has ended which should not have.
    async fn run(&mut self, restarts: u64) -> Result<(), &'static str> {
        let mut parts = JoinSet::new();
        let (settled, settling) = mpsc::channel(2 * self.settings.capacity);
        let (done, mut deleted) = mpsc::unbounded_channel();
        parts.spawn(settle::run(self.pool.clone(), settling, done));
        let lanes = self.open_lanes(&mut parts, &settled);
        let mut sorter = Sorter::new(self.settings.capacity, self.settings.max_bytes);
        let mut regions = self.owned.borrow_and_update().clone();
        let mut look = tokio::time::interval(self.settings.look_every);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut looking: Option<Looking> = None;
        let mut not_before = Instant::now();
        let mut stopped = self.stopped.clone();
        loop {
            let stopping = *stopped.borrow_and_update();
            self.tell(&sorter, restarts);
            if stopping && sorter.len() == 0 {
                return Ok(());
            }
            let idle = looking.is_none() && !stopping && !regions.is_empty();
            if idle && sorter.mode == Mode::Behind && sorter.room() > 0 && not_before <= Instant::now() {
                sorter.begin_reading();
                looking = Some(self.look(&regions, sorter.len() + sorter.room()));
            }
            let pass = tokio::select! {
                rows = self.committed.recv() => {
                    // Looked at before the rows: what was missed was committed before them.
                    if self.missed.swap(false, Ordering::AcqRel) {
                        sorter.fall_behind();
                    }
                    match rows {
                        Some(rows) if !stopping => sorter.committed(rows),
                        Some(_) => Vec::new(),
                        // No handle is left.
                        None => return Ok(()),
                    }
                }
                () = self.wake.notified() => {
                    if self.missed.swap(false, Ordering::AcqRel) {
                        sorter.fall_behind();
                    }
                    Vec::new()
                }
                Some(ids) = deleted.recv() => {
                    sorter.settled(&ids);
                    Vec::new()
                }
                found = found(&mut looking) => {
                    looking = None;
                    match found {
                        Some(found) => self.take(found, &mut sorter, &mut looking),
                        None => {
                            not_before = Instant::now() + RETRY;
                            Vec::new()
                        }
                    }
                }
                _ = look.tick() => {
                    if idle && sorter.mode == Mode::Live {
                        looking = Some(self.look(&regions, sorter.len() + 1_024));
                    }
                    Vec::new()
                }
                () = tokio::time::sleep_until(not_before), if not_before > Instant::now() => Vec::new(),
                Ok(()) = self.owned.changed() => {
                    regions = self.owned.borrow_and_update().clone();
                    sorter.fall_behind();
                    Vec::new()
                }
                Ok(()) = stopped.changed() => Vec::new(),
                _ = parts.join_next() => return self.ended(),
            };
            for queued in pass {
                let lane = &lanes[lane_of(&queued.row.ordering_key, lanes.len())];
                if lane.send(queued).is_err() {
                    return self.ended();
                }
            }
        }
    }

    fn open_lanes(
        &self,
        parts: &mut JoinSet<()>,
        settled: &mpsc::Sender<Settlement>,
    ) -> Vec<mpsc::UnboundedSender<Queued>> {
        (0..self.settings.lanes.max(1))
            .map(|_| {
                // Unbounded, but the sorter passes no more than its capacity.
                let (queue, rows) = mpsc::unbounded_channel();
                let (broker, settled) = (self.broker.clone(), settled.clone());
                parts.spawn(Lane { broker, window: self.settings.window, rows, settled }.run());
                queue
            })
            .collect()
    }

    fn look(&self, regions: &[RegionCode], limit: usize) -> Looking {
        let (pool, regions) = (self.pool.clone(), regions.to_vec());
        tokio::spawn(async move {
            let ids = outbox::oldest(&pool, &regions, i64::try_from(limit).unwrap_or(i64::MAX)).await?;
            Ok(Found::Ids { all: ids.len() < limit, ids })
        })
    }

    /// Takes in what was found; may begin to load rows. Gives what to pass on.
    fn take(&self, found: Found, sorter: &mut Sorter, looking: &mut Option<Looking>) -> Vec<Queued> {
        match found {
            Found::Ids { ids, .. } if sorter.mode == Mode::Live => {
                if sorter.missed(&ids) {
                    sorter.fall_behind();
                }
                Vec::new()
            }
            Found::Ids { ids, all } => {
                let mut unknown = sorter.unknown(&ids);
                let whole = all && unknown.len() <= sorter.room();
                unknown.truncate(sorter.room());
                if unknown.is_empty() {
                    return sorter.read(Vec::new(), whole);
                }
                let pool = self.pool.clone();
                *looking = Some(tokio::spawn(async move {
                    Ok(Found::Rows { rows: outbox::load(&pool, &unknown).await?, whole })
                }));
                Vec::new()
            }
            Found::Rows { rows, whole } => sorter.read(rows, whole),
        }
    }

    /// A part has ended: rightly when the connection was closed on purpose.
    fn ended(&self) -> Result<(), &'static str> {
        if matches!(*self.broker.link().borrow(), Link::Closed) { Ok(()) } else { Err("a part of it ended") }
    }

    fn tell(&self, sorter: &Sorter, restarts: u64) {
        let now = RelayState { live: sorter.mode == Mode::Live, held: sorter.len(), restarts };
        self.state.send_if_modified(|known| {
            let changed = *known != now;
            *known = now;
            changed
        });
        metrics::gauge!("hub112_outbox_held_rows").set(now.held as f64);
    }
}

/// Waits for a look into the table; `None` when it failed. Never returns when nobody is looking.
async fn found(looking: &mut Option<Looking>) -> Option<Found> {
    match looking {
        Some(task) => match task.await {
            Ok(Ok(found)) => Some(found),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the outbox could not be read; trying again");
                None
            }
            Err(_) => None,
        },
        None => std::future::pending().await,
    }
}
