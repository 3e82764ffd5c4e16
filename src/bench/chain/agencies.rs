//! The agencies of the chain: each consumes its queue over a channel of its own and acknowledges every message.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use lapin::BasicProperties;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::{FieldTable, ShortString};
use tokio::sync::{Notify, mpsc};

use crate::bench::BenchError;
use crate::bus::connection::Broker;
use crate::bus::topology::agency_queue;
use crate::domain::envelope::Party;

/// Messages that the broker gives before the first is acknowledged, as the reference agency has it.
const PREFETCH: u16 = 500;

/// When nothing has come for so long, nothing is on its way.
const PATIENCE: Duration = Duration::from_secs(5);

/// A message as an agency has it.
pub(super) struct Letter {
    pub at: Instant,
    pub data: Vec<u8>,
    pub properties: BasicProperties,
}

/// Consumers of all agencies. Dropped, they stop.
pub(super) struct Agencies {
    count: Arc<AtomicU64>,
    progress: Arc<Notify>,
    letters: mpsc::UnboundedReceiver<Letter>,
    tasks: tokio::task::JoinSet<()>,
}

/// What is kept of what comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// This many of the first, and the number of all.
    First(u64),
    /// Every one.
    All,
}

impl Agencies {
    /// Empties the queues and consumes them.
    pub async fn consume(broker: &Broker, parties: &[Party], keep: Keep) -> Result<Self, BenchError> {
        let count = Arc::new(AtomicU64::new(0));
        let progress = Arc::new(Notify::new());
        let (tell, letters) = mpsc::unbounded_channel();
        let mut tasks = tokio::task::JoinSet::new();
        for party in parties {
            let channel = broker.channel().await?;
            let queue = ShortString::from(agency_queue(party));
            channel.queue_purge(queue.clone(), Default::default()).await?;
            channel.basic_qos(PREFETCH, BasicQosOptions::default()).await?;
            let options = BasicConsumeOptions::default();
            let mut consumer =
                channel.basic_consume(queue, "".into(), options, FieldTable::default()).await?;
            let (count, progress, tell) = (Arc::clone(&count), Arc::clone(&progress), tell.clone());
            tasks.spawn(async move {
                while let Some(Ok(delivery)) = consumer.next().await {
                    let at = Instant::now();
                    if delivery.ack(BasicAckOptions::default()).await.is_err() {
                        break;
                    }
                    let before = count.fetch_add(1, Ordering::Relaxed);
                    progress.notify_one();
                    if keep == Keep::All || matches!(keep, Keep::First(most) if before < most) {
                        let (data, properties) = (delivery.data, delivery.properties);
                        // Nobody listens when the side is over.
                        let _ = tell.send(Letter { at, data, properties });
                    }
                }
                // The broker also ends it with the connection.
                let _ = channel.close(200, "done".into()).await;
            });
        }
        Ok(Self { count, progress, letters, tasks })
    }

    /// Waits until this many have come, or until nothing more comes: how many, and when the last. A message that the
    /// hub holds to be in doubt waits for a person, so a few may stay away; more than one in a hundred is an error.
    pub async fn have(&self, expected: u64) -> Result<(u64, Instant), BenchError> {
        let mut last = Instant::now();
        loop {
            let came = self.count.load(Ordering::Relaxed);
            if came >= expected {
                return Ok((came, last));
            }
            if tokio::time::timeout(PATIENCE, self.progress.notified()).await.is_ok() {
                last = Instant::now();
            } else if came * 100 >= expected * 99 {
                tracing::warn!(came, expected, "some messages were told to fewer agencies");
                return Ok((came, last));
            } else {
                return Err(BenchError::Hub(format!("the agencies have {came} of {expected} messages")));
            }
        }
    }

    /// The next letter that is kept.
    pub async fn letter(&mut self) -> Option<Letter> {
        self.letters.recv().await
    }

    /// What is kept and was not taken yet; the agencies stop.
    pub fn end(mut self) -> Vec<Letter> {
        self.tasks.abort_all();
        let mut letters = Vec::new();
        while let Ok(letter) = self.letters.try_recv() {
            letters.push(letter);
        }
        letters
    }
}
