//! Looks at personal data to the database, in batches beside the requests.
//!
//! An answer leaves when its look is durable. It waits a moment and no longer: who cannot see a card sends nobody, so a
//! record that is late or fails never refuses the answer (DESIGN §8). Such a look stands in the log at once, is counted, and
//! is tried until the database has it.

use std::time::Duration;

use deadpool_postgres::Pool;
use tokio::sync::{mpsc, oneshot};
use tracing::{error, warn};

use crate::store::look::{self, Look};

/// Most looks of one batch.
const BATCH: usize = 1_000;
/// Looks that wait to be written; beyond it they stand in the log alone.
const MOST: usize = 65_536;
/// How long looks gather: reads cost the disk at most fifty commits a second, whatever is read.
const GATHER: Duration = Duration::from_millis(20);
/// The longest that an answer waits for its look.
const PATIENCE: Duration = Duration::from_millis(500);
/// Pause while the database does not take them.
const PAUSE: Duration = Duration::from_secs(1);

type Waiting = (Look, oneshot::Sender<()>);

/// The way to the record. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Looks(mpsc::Sender<Waiting>);

impl Looks {
    /// Starts the writer on the current runtime; it ends with the last clone.
    #[must_use]
    pub fn start(database: Pool) -> Self {
        let (looks, waiting) = mpsc::channel(MOST);
        actix::spawn(write(database, waiting));
        Self(looks)
    }

    /// Records a look, and waits for it as long as an answer may wait.
    pub async fn record(&self, look: Look) {
        let (durable, is_durable) = oneshot::channel();
        if self.0.try_send((look.clone(), durable)).is_err() {
            metrics::counter!("hub112_looks_unrecorded_total").increment(1);
            error!(target: "access", ?look, "personal data was looked at; too many looks wait, this line is its record");
            return;
        }
        if !matches!(tokio::time::timeout(PATIENCE, is_durable).await, Ok(Ok(()))) {
            metrics::counter!("hub112_looks_late_total").increment(1);
            warn!(target: "access", ?look, "personal data was looked at; the record of it is late");
        }
    }
}

async fn write(database: Pool, mut waiting: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let (looks, durable): (Vec<Look>, Vec<oneshot::Sender<()>>) = batch.drain(..).unzip();
        keep(&database, &looks).await;
        for one in durable {
            // Who waited may have gone on.
            let _ = one.send(());
        }
        actix::clock::sleep(GATHER).await;
    }
}

/// However long the database is away. One that it never takes holds up no other.
async fn keep(database: &Pool, looks: &[Look]) {
    loop {
        match look::keep(database, looks).await {
            Ok(()) => return,
            Err(e) if e.is_of_the_data() => break,
            Err(e) => {
                warn!(looks = looks.len(), error = %e, "looks at personal data are not recorded yet");
                actix::clock::sleep(PAUSE).await;
            }
        }
    }
    match looks {
        [one] => {
            metrics::counter!("hub112_looks_unrecorded_total").increment(1);
            error!(target: "access", look = ?one, "personal data was looked at; the database takes no record of it, this line is one");
        }
        many => {
            for one in many {
                Box::pin(keep(database, std::slice::from_ref(one))).await;
            }
        }
    }
}
