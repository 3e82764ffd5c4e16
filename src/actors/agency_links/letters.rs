//! Moves what comes into the queue of an agency that is not on AMQP to its letters, in order; and, when it goes over to AMQP,
//! its letters to its queue.

use std::sync::Arc;
use std::time::{Duration, Instant};

use deadpool_postgres::Pool;
use futures_util::StreamExt;
use lapin::Consumer;
use lapin::message::Delivery;
use lapin::options::{
    BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicQosOptions, BasicRejectOptions,
    QueueDeclareOptions,
};
use lapin::types::{FieldTable, ShortString};
use tokio::sync::watch;

use crate::actors::outbox_relay::RelayHandle;
use crate::bus::BusError;
use crate::bus::connection::{Broker, LiveChannel};
use crate::bus::topology::agency_queue;
use crate::domain::envelope::{Envelope, Party, sequenced};
use crate::store::database::StoreError;
use crate::store::letter::{self, NewLetter};

/// Messages that the broker gives before the first of them is a letter.
const PREFETCH: u16 = 64;
/// Pause after a break of the broker or the database.
const PAUSE: Duration = Duration::from_millis(500);

/// A queue out of which nothing has come for so long is looked at, whether it is empty.
const IDLE: Duration = Duration::from_millis(50);
/// So long it is waited for a moment at which nothing else is under way to the agency. Then its letters go all the same: by
/// the numbers of each incident it puts them in order itself, and it waits so long for those that are missing.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is to become of an agency's letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    /// What comes into its queue becomes letters.
    Move,
    /// What is in its queue becomes letters, and then all its letters go to the queue.
    HandOver,
    /// Nothing any more.
    End,
}

/// What stood in the way.
#[derive(Debug, thiserror::Error)]
enum Break {
    #[error(transparent)]
    Bus(#[from] BusError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(super) struct Mover {
    pub to: Party,
    pub broker: Broker,
    pub database: Pool,
    pub relay: RelayHandle,
    pub counter: Arc<watch::Sender<u64>>,
    pub task: watch::Receiver<Task>,
}

impl Mover {
    /// Runs until it is told to end, all is handed over, or the connection is closed on purpose.
    pub async fn run(mut self) {
        let mut ended = self.task.clone();
        let mut since = None;
        loop {
            let pause = tokio::select! {
                done = self.turn(&mut since) => match done {
                    Ok(true) | Err(Break::Bus(BusError::Closed)) => return,
                    // Something came between, or it is another task by now.
                    Ok(false) => IDLE,
                    Err(error) => {
                        tracing::warn!(to = %self.to, %error, "letters cannot be moved; trying again");
                        PAUSE
                    }
                },
                // What is not a letter yet goes back to the queue with the channel.
                _ = ended.wait_for(|task| *task == Task::End) => return,
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Consumes the queue for as long as it is its letters' turn; then hands them over. True when that is done. `since` is
    /// when it began to be tried.
    async fn turn(&mut self, since: &mut Option<Instant>) -> Result<bool, Break> {
        let channel = self.broker.channel().await?;
        if *self.task.borrow() == Task::Move || self.holds_more(&channel).await? {
            self.consume(&channel).await?;
        }
        if *self.task.borrow() != Task::HandOver {
            *since = None;
            return Ok(false);
        }
        let counted = sequenced();
        let at_once = since.get_or_insert_with(Instant::now).elapsed() > PATIENCE;
        let quiet = async || self.holds_more(&channel).await.is_ok_and(|more| !more);
        let moved = letter::hand_over(&self.database, &self.to, &counted, at_once, quiet).await?;
        if moved > 0 {
            self.relay.look();
            tracing::info!(to = %self.to, letters = moved, "letters that waited were handed over to the agency's queue");
        }
        Ok(letter::left_behind(&self.database, [&self.to], &counted).await?.is_empty())
    }

    /// Whether there is something in the queue that has to become letters first: an agency that consumes it already takes
    /// that itself.
    async fn holds_more(&self, channel: &LiveChannel) -> Result<bool, BusError> {
        let options = QueueDeclareOptions { passive: true, durable: true, ..Default::default() };
        let name = ShortString::from(agency_queue(&self.to));
        let queue = channel.answer(channel.queue_declare(name, options, FieldTable::default())).await?;
        Ok(queue.message_count() > 0 && queue.consumer_count() == 0)
    }

    /// Makes letters of what is in the queue; when they are to be handed over, until nothing comes any more.
    async fn consume(&mut self, channel: &LiveChannel) -> Result<(), BusError> {
        channel.answer(channel.basic_qos(PREFETCH, BasicQosOptions::default())).await?;
        let (queue, tag) = (ShortString::from(agency_queue(&self.to)), ShortString::from("hub112.letters"));
        let (options, arguments) = (BasicConsumeOptions::default(), FieldTable::default());
        let mut deliveries =
            channel.answer(channel.basic_consume(queue, tag.clone(), options, arguments)).await?;
        let mut task = self.task.clone();
        loop {
            let hands_over = *self.task.borrow() == Task::HandOver;
            let delivery = tokio::select! {
                delivery = deliveries.next() => delivery,
                () = channel.lost() => return Err(BusError::Lost),
                Ok(()) = task.changed(), if !hands_over => continue,
                () = tokio::time::sleep(IDLE), if hands_over => {
                    // What was given meanwhile comes before the end.
                    channel.answer(channel.basic_cancel(tag, BasicCancelOptions::default())).await?;
                    return self.finish(channel, deliveries).await;
                }
            };
            let Some(delivery) = delivery else { return Ok(()) };
            self.settle(channel, delivery?).await?;
        }
    }

    async fn finish(&self, channel: &LiveChannel, mut deliveries: Consumer) -> Result<(), BusError> {
        loop {
            let delivery = tokio::select! {
                delivery = deliveries.next() => delivery,
                () = channel.lost() => return Err(BusError::Lost),
            };
            let Some(delivery) = delivery else { return Ok(()) };
            self.settle(channel, delivery?).await?;
        }
    }

    async fn settle(&self, channel: &LiveChannel, delivery: Delivery) -> Result<(), BusError> {
        if self.keep(&delivery).await {
            channel.answer(delivery.ack(BasicAckOptions::default())).await?;
            self.counter.send_modify(|n| *n += 1);
        } else {
            // It goes to the dead letters, where a person sees it.
            channel.answer(delivery.reject(BasicRejectOptions { requeue: false })).await?;
        }
        Ok(())
    }

    /// Returns when the letter is durable; `false` for a message that does not read.
    async fn keep(&self, delivery: &Delivery) -> bool {
        // The hub's own messages: they read, or the hub that sent them is broken.
        let head = match Envelope::parse_from_hub(&delivery.data) {
            Ok(envelope) => envelope.head,
            Err(error) => {
                tracing::error!(to = %self.to, %error, "a message of the hub does not read; it is a dead letter");
                return false;
            }
        };
        let properties = &delivery.properties;
        let letter = NewLetter {
            to: self.to.clone(),
            distribution: head.distribution_id,
            kind: properties.kind().as_ref().map_or_else(String::new, ToString::to_string),
            priority: properties.priority().unwrap_or_default().min(9),
            expires_at: head.expires_at,
            body: delivery.data.clone().into(),
        };
        while let Err(error) = letter::put(&self.database, &letter).await {
            tracing::warn!(to = %self.to, %error, "a letter could not be kept; trying again");
            tokio::time::sleep(PAUSE).await;
        }
        true
    }
}
