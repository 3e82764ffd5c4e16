//! The journal, alive: the only writer of what was decided.
//!
//! Plain tasks behind a handle rather than an actix actor: an append crosses one bounded queue into its lane, the
//! lane takes whatever has queued as one batch, and the answer comes back through a one-shot channel. A mailbox on
//! another arbiter would cost more than the commit of a batch divided by its appends, and the handle serves actors
//! on any arbiter.

use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::store::append::{Append, Committed, JournalError, OutboxRow, StoredEvent};
use crate::store::batch::Entry;
use crate::store::lane::{Lane, Outcome};
use crate::store::stream::Stream;

/// How the journal is run.
#[derive(Debug, Clone)]
pub struct JournalSettings {
    /// The database.
    pub url: String,
    /// Writers, each with a connection of its own. More than two gained nothing where it was measured.
    pub lanes: usize,
    /// Appends that may wait for one lane before the next is answered [`JournalError::Busy`].
    pub queue: usize,
    /// Most appends in one batch.
    pub batch: usize,
    /// Committed batches that a subscriber may lag behind before it has to read the journal itself.
    pub feed: usize,
}

impl JournalSettings {
    /// The measured defaults: 2 lanes, 4,096 waiting, 256 in a batch, 1,024 batches of lag.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self { url: url.to_owned(), lanes: 2, queue: 4096, batch: 256, feed: 1024 }
    }
}

/// Events that became durable together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommittedBatch {
    /// In the order of commit; each names its lane and its position there.
    pub events: Vec<StoredEvent>,
}

/// Takes durable outbox rows with their ids, in the order of commit of each stream. It is called between commits and
/// must not wait: [`super::outbox_relay::RelayHandle::committed`].
pub type Handover = Arc<dyn Fn(Vec<(i64, OutboxRow)>) + Send + Sync>;

/// Whether the journal can write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JournalHealth {
    /// Every lane is connected, or has not yet found that it is not.
    Up,
    /// At least one lane has no database; its appends wait.
    Down {
        /// The latest reason.
        reason: String,
    },
}

struct Waiting {
    entry: Entry,
    since: Instant,
    reply: oneshot::Sender<Outcome>,
}

/// The handle. Clone it freely; when the last one is dropped, the lanes finish what waits and end.
#[derive(Clone)]
pub struct Journal {
    lanes: Arc<[mpsc::Sender<Waiting>]>,
    committed: broadcast::Sender<Arc<CommittedBatch>>,
    batches: Arc<AtomicU64>,
    health: watch::Receiver<JournalHealth>,
    closed: Arc<watch::Sender<bool>>,
}

impl Journal {
    /// Starts the lanes on the current tokio runtime. They connect by themselves, again and again; `handover` gets
    /// the outbox rows in the order of commit.
    #[must_use]
    pub fn start(settings: &JournalSettings, handover: Handover) -> (Self, Vec<JoinHandle<()>>) {
        let (committed, _) = broadcast::channel(settings.feed.max(1));
        let (health_sender, health) = watch::channel(JournalHealth::Up);
        let batches = Arc::new(AtomicU64::new(0));
        let reasons = Arc::new(Mutex::new(vec![None; settings.lanes.max(1)]));
        let health_sender = Arc::new(health_sender);
        let closed = Arc::new(watch::Sender::new(false));
        let (senders, tasks) = (0..settings.lanes.max(1))
            .map(|index| {
                let (sender, receiver) = mpsc::channel(settings.queue.max(1));
                let (reasons, health) = (Arc::clone(&reasons), Arc::clone(&health_sender));
                let lane = Lane::new(&settings.url, move |reason| report(&reasons, index, reason, &health));
                let task = Writer {
                    lane,
                    receiver,
                    most: settings.batch.max(1),
                    committed: committed.clone(),
                    batches: Arc::clone(&batches),
                    handover: Arc::clone(&handover),
                    closed: closed.subscribe(),
                };
                (sender, tokio::spawn(task.run()))
            })
            .unzip::<_, _, Vec<_>, Vec<_>>();
        (Self { lanes: senders.into(), committed, batches, health, closed }, tasks)
    }

    /// Takes a place in the row of a stream's lane, before anything is decided: who finds none is refused while nothing has
    /// run ahead of the journal yet. A place that is not used is given back when it is dropped.
    ///
    /// # Errors
    /// [`JournalError::Busy`] when too many wait; [`JournalError::Closed`].
    pub fn reserve(&self, stream: &Stream) -> Result<Place, JournalError> {
        let mut hasher = DefaultHasher::new();
        stream.hash(&mut hasher);
        let lane = &self.lanes[usize::try_from(hasher.finish() >> 1).unwrap_or(0) % self.lanes.len()];
        if *self.closed.borrow() {
            return Err(JournalError::Closed);
        }
        lane.clone().try_reserve_owned().map(Place).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => JournalError::Busy,
            mpsc::error::TrySendError::Closed(_) => JournalError::Closed,
        })
    }

    /// Takes a place and queues the append there, as [`Place::append`] does.
    ///
    /// # Errors
    /// [`JournalError`]; then nothing of the append is durable.
    pub fn append(
        &self,
        append: Append,
    ) -> impl Future<Output = Result<Committed, JournalError>> + Send + use<> {
        let queued = self.reserve(&append.stream).map(|place| place.append(append));
        async move { queued?.await }
    }

    /// Gives no place any more: the next append is answered [`JournalError::Closed`]. The lanes write what waits, with what has
    /// a place, and end, whoever still has a handle.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    /// What becomes durable from now on, per lane in the order of commit. Who lags too far behind gets
    /// `RecvError::Lagged` and reads on from its last position with [`crate::store::journal::read_since`].
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<CommittedBatch>> {
        self.committed.subscribe()
    }

    /// Grows with every batch that became durable: for those who ask only whether anything has.
    #[must_use]
    pub fn batches(&self) -> u64 {
        self.batches.load(Ordering::Relaxed)
    }

    /// Whether the journal can write, now and as it changes.
    #[must_use]
    pub fn health(&self) -> watch::Receiver<JournalHealth> {
        self.health.clone()
    }

    /// Appends that wait, over all lanes.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.lanes.iter().map(|lane| lane.max_capacity() - lane.capacity()).sum()
    }
}

/// A place in the row of a lane.
pub struct Place(mpsc::OwnedPermit<Waiting>);

impl Place {
    /// Queues an append of the stream for which the place was taken, at once, so that appends of one stream are written in
    /// the order of these calls, and resolves when it is durable or refused. Dropping the future does not take it back.
    ///
    /// # Errors
    /// [`JournalError`]; then nothing of the append is durable. A lost connection is no error: the append waits.
    pub fn append(
        self,
        append: Append,
    ) -> impl Future<Output = Result<Committed, JournalError>> + Send + use<> {
        let queued = Entry::new(append).map(|entry| {
            let (reply, answer) = oneshot::channel();
            self.0.send(Waiting { entry, since: Instant::now(), reply });
            answer
        });
        async move {
            match queued?.await {
                Ok(outcome) => outcome,
                Err(_) => Err(JournalError::Closed),
            }
        }
    }
}

fn report(
    reasons: &Mutex<Vec<Option<String>>>,
    index: usize,
    reason: Option<String>,
    health: &watch::Sender<JournalHealth>,
) {
    let mut reasons = reasons.lock().unwrap_or_else(PoisonError::into_inner);
    reasons[index] = reason;
    let state = match reasons.iter().flatten().last() {
        Some(reason) => JournalHealth::Down { reason: reason.clone() },
        None => JournalHealth::Up,
    };
    health.send_if_modified(|known| {
        let changed = *known != state;
        *known = state;
        changed
    });
}

/// One lane's task.
struct Writer {
    lane: Lane,
    receiver: mpsc::Receiver<Waiting>,
    most: usize,
    committed: broadcast::Sender<Arc<CommittedBatch>>,
    batches: Arc<AtomicU64>,
    handover: Handover,
    closed: watch::Receiver<bool>,
}

impl Writer {
    async fn run(mut self) {
        self.lane.connect().await;
        let mut waiting = Vec::with_capacity(self.most);
        while self.take(&mut waiting).await {
            let (entries, replies): (Vec<Entry>, Vec<_>) =
                waiting.drain(..).map(|w| (w.entry, (w.since, w.reply))).unzip();
            metrics::histogram!("hub112_journal_batch_appends").record(entries.len() as f64);
            let outcomes = self.lane.commit(&entries).await;
            let batch = self.hand_over(entries, &outcomes);
            self.batches.fetch_add(1, Ordering::Relaxed);
            for ((since, reply), outcome) in replies.into_iter().zip(outcomes) {
                metrics::histogram!("hub112_journal_append_seconds").record(since.elapsed().as_secs_f64());
                // Who no longer listens has still been served: the append is durable.
                drop(reply.send(outcome));
            }
            if !batch.events.is_empty() {
                metrics::counter!("hub112_journal_events_total").increment(batch.events.len() as u64);
                // Without subscribers there is nobody to tell.
                drop(self.committed.send(Arc::new(batch)));
            }
        }
    }

    /// Takes what waits, at most as many as a batch may have; `false` when nothing more will come.
    async fn take(&mut self, waiting: &mut Vec<Waiting>) -> bool {
        loop {
            tokio::select! {
                biased;
                // Without a handle left the queue ends by itself.
                () = async { drop(self.closed.wait_for(|closed| *closed).await) }, if !self.receiver.is_closed() => {
                    self.receiver.close();
                }
                taken = self.receiver.recv_many(waiting, self.most) => return taken > 0,
            }
        }
    }

    /// Gives the durable outbox rows to the relay and turns the durable appends into events of the journal.
    fn hand_over(&self, entries: Vec<Entry>, outcomes: &[Outcome]) -> CommittedBatch {
        let mut batch = CommittedBatch { events: Vec::with_capacity(entries.len()) };
        let mut items = Vec::new();
        for (entry, outcome) in entries.into_iter().zip(outcomes) {
            let Ok(committed) = outcome else { continue };
            let append = entry.append;
            let ids = committed.outbox_ids.iter();
            items.extend(ids.zip(append.outbox).filter_map(|(&id, row)| Some((id?, row))));
            let first = committed.position - (committed.last - committed.first).cast_signed();
            for ((event, seq), position) in append.events.into_iter().zip(committed.first..).zip(first..) {
                batch.events.push(StoredEvent {
                    lane: committed.lane,
                    position,
                    stream: append.stream.clone(),
                    seq,
                    kind: event.kind.into_owned(),
                    at: event.at,
                    by: event.by,
                    trace: event.trace,
                    about: event.about,
                    body: event.body,
                });
            }
        }
        if !items.is_empty() {
            (self.handover)(items);
        }
        batch
    }
}
