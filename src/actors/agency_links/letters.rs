//! Moves what comes into the queue of an agency that is not on AMQP to its letters, in order.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::Pool;
use futures_util::StreamExt;
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions, BasicRejectOptions};
use lapin::types::{FieldTable, ShortString};
use tokio::sync::watch;

use crate::bus::BusError;
use crate::bus::connection::Broker;
use crate::bus::topology::agency_queue;
use crate::domain::envelope::{Envelope, Party};
use crate::store::letter::{self, NewLetter};

/// Messages that the broker gives before the first of them is a letter.
const PREFETCH: u16 = 64;
/// Pause after a break of the broker or the database.
const PAUSE: Duration = Duration::from_millis(500);

pub(super) struct Mover {
    pub to: Party,
    pub broker: Broker,
    pub database: Pool,
    pub counter: Arc<watch::Sender<u64>>,
    pub ended: watch::Receiver<bool>,
}

impl Mover {
    /// Runs until it is told to end or the connection is closed on purpose.
    pub async fn run(mut self) {
        let mut ended = self.ended.clone();
        loop {
            tokio::select! {
                broken = self.consume() => match broken {
                    Err(BusError::Closed) => return,
                    Err(error) => tracing::warn!(to = %self.to, %error, "letters cannot be moved; trying again"),
                    Ok(()) => {}
                },
                // What is not a letter yet goes back to the queue with the channel.
                _ = ended.wait_for(|end| *end) => return,
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn consume(&mut self) -> Result<(), BusError> {
        let channel = self.broker.channel().await?;
        channel.answer(channel.basic_qos(PREFETCH, BasicQosOptions::default())).await?;
        let (queue, tag) = (ShortString::from(agency_queue(&self.to)), ShortString::from("hub112.letters"));
        let mut deliveries = channel
            .answer(channel.basic_consume(queue, tag, BasicConsumeOptions::default(), FieldTable::default()))
            .await?;
        loop {
            let delivery = tokio::select! {
                delivery = deliveries.next() => delivery,
                () = channel.lost() => return Err(BusError::Lost),
            };
            let Some(delivery) = delivery else { break };
            let delivery = delivery?;
            if self.keep(&delivery).await {
                channel.answer(delivery.ack(BasicAckOptions::default())).await?;
                self.counter.send_modify(|n| *n += 1);
            } else {
                // It goes to the dead letters, where a person sees it.
                channel.answer(delivery.reject(BasicRejectOptions { requeue: false })).await?;
            }
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
