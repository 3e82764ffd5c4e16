//! The peers of intake: the same rows without a hub.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use deadpool_postgres::Pool;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_postgres::{Client, Statement};

use super::columns::{self, Columns, JOURNAL, MESSAGE, OUTBOX, numbered, read_table};
use super::written::Written;
use crate::bench::BenchError;
use crate::bench::callers::{Served, race};
use crate::store::database::{StoreError, connect, pool};

/// Writers: what did best where it was tried.
pub(super) const WRITERS: usize = 2;
/// The most that a writer takes at once.
const BATCH: usize = 256;
/// Connections of those who write each for themselves.
const CONNECTIONS: usize = 64;
const SETTINGS: &str = "SET plan_cache_mode = force_generic_plan; SET jit = off";

/// Rows to write again and again, with the next number of an event.
#[derive(Clone)]
pub(in crate::bench) struct Supply {
    written: Arc<Vec<Written>>,
    turn: Arc<AtomicUsize>,
    seq: Arc<AtomicI64>,
}

impl Supply {
    pub(super) fn new(written: Vec<Written>) -> Self {
        Self { written: Arc::new(written), turn: Arc::default(), seq: Arc::new(AtomicI64::new(1)) }
    }

    /// Which rows are next, and the number of their first event.
    fn next(&self) -> (usize, i64) {
        let index = self.turn.fetch_add(1, Ordering::Relaxed) % self.written.len().max(1);
        let events = self.written[index].events.len().cast_signed() as i64;
        (index, self.seq.fetch_add(events, Ordering::Relaxed))
    }
}

type Queued = ((usize, i64), oneshot::Sender<()>);

/// Writers that commit whatever has queued as one statement.
pub(super) struct Writers {
    queue: mpsc::Sender<Queued>,
    tasks: JoinSet<()>,
}

/// Where rows are handed to writers.
#[derive(Clone)]
pub(super) struct Door {
    queue: mpsc::Sender<Queued>,
    supply: Supply,
}

impl Door {
    /// Has the next rows written; whether they are durable.
    pub async fn pass(&self) -> bool {
        let (done, answer) = oneshot::channel();
        self.queue.send((self.supply.next(), done)).await.is_ok() && answer.await.is_ok()
    }
}

impl Writers {
    /// So many of them, each with a connection of its own.
    pub async fn start(database: &str, supply: &Supply, count: usize) -> Result<Self, BenchError> {
        let (queue, queued) = mpsc::channel::<Queued>(4_096);
        let queued = Arc::new(Mutex::new(queued));
        let mut tasks = JoinSet::new();
        for _ in 0..count {
            let client = connect(database, "hub112 bench").await?;
            client.batch_execute(SETTINGS).await?;
            let statement = client.prepare(&columns::whole()).await?;
            tasks.spawn(write(client, statement, supply.clone(), Arc::clone(&queued)));
        }
        Ok(Self { queue, tasks })
    }

    /// Where rows are handed to them.
    pub fn door(&self, supply: &Supply) -> Door {
        Door { queue: self.queue.clone(), supply: supply.clone() }
    }

    /// Waits until all is written; every door has to be gone.
    pub async fn end(self) {
        drop(self.queue);
        self.tasks.join_all().await;
    }
}

/// So many writers that commit whatever has queued as one statement.
pub(super) async fn group_commit(
    database: &str,
    supply: &Supply,
    writing: usize,
    callers: usize,
    length: Duration,
) -> Result<Served, BenchError> {
    let writers = Writers::start(database, supply, writing).await?;
    let door = writers.door(supply);
    let served = race(vec![(); callers], length, move |()| {
        let door = door.clone();
        async move { ((), door.pass().await) }
    })
    .await;
    writers.end().await;
    Ok(served)
}

async fn write(
    client: Client,
    statement: Statement,
    supply: Supply,
    queued: Arc<Mutex<mpsc::Receiver<Queued>>>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        if queued.lock().await.recv_many(&mut batch, BATCH).await == 0 {
            return;
        }
        let columns = Columns::of(batch.iter().map(|((index, seq), _)| (&supply.written[*index], *seq)));
        let wrote = client.execute(&statement, &columns.all()).await;
        if let Err(error) = &wrote {
            tracing::warn!(error = crate::store::database::explain(error), "a peer's batch");
        }
        for (_, done) in batch.drain(..) {
            if wrote.is_ok() {
                // Nobody listens once the time is over.
                let _ = done.send(());
            }
        }
    }
}

/// A transaction for each message, a statement for each table.
pub(super) async fn naive(
    database: &str,
    supply: &Supply,
    callers: usize,
    length: Duration,
) -> Result<Served, BenchError> {
    let pool = pool(database, CONNECTIONS)?;
    let supply = supply.clone();
    let served = race(vec![(); callers], length, move |()| {
        let (supply, pool) = (supply.clone(), pool.clone());
        async move {
            let next = supply.next();
            let done = transaction(&pool, &supply, next).await;
            if let Err(error) = &done {
                tracing::warn!(%error, "a peer's transaction");
            }
            ((), done.is_ok())
        }
    });
    Ok(served.await)
}

async fn transaction(pool: &Pool, supply: &Supply, (index, seq): (usize, i64)) -> Result<(), StoreError> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    let columns = Columns::of([(&supply.written[index], seq)]);
    let statements = [
        (JOURNAL.to_owned(), columns.journal()),
        (MESSAGE.to_owned(), columns.message()),
        (read_table("incident"), columns.incident()),
        (read_table("obligation"), columns.obligation()),
        (OUTBOX.to_owned(), columns.outbox()),
    ];
    for (text, params) in statements {
        let statement = transaction.prepare_cached(&numbered(&text)).await?;
        transaction.execute(&statement, &params).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// One message after the other, or one at each tick, each by one statement of its own.
pub(super) async fn bare_commit(
    database: &str,
    supply: &Supply,
    tick: Option<Duration>,
    length: Duration,
) -> Result<Served, BenchError> {
    let client = connect(database, "hub112 bench").await?;
    client.batch_execute(SETTINGS).await?;
    let statement = client.prepare(&columns::whole()).await?;
    let mut served = Served::default();
    let began = Instant::now();
    let mut tick = tick.map(tokio::time::interval);
    while began.elapsed() < length {
        if let Some(tick) = &mut tick {
            tick.tick().await;
        }
        let (index, seq) = supply.next();
        let columns = Columns::of([(&supply.written[index], seq)]);
        let asked = Instant::now();
        client.execute(&statement, &columns.all()).await?;
        served.waits.push(asked.elapsed());
    }
    served.took = began.elapsed();
    served.waits.sort_unstable();
    Ok(served)
}
