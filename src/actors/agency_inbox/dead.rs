//! What died in the broker: messages that expired, were crowded out or poisoned an agency, and those that no queue
//! took. Each is recorded at its recipient, so that no message vanishes unseen.

use deadpool_postgres::Pool;
use futures_util::StreamExt;
use jiff::Timestamp;
use lapin::message::Delivery;
use lapin::options::{BasicConsumeOptions, BasicQosOptions};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use std::time::Duration;
use tokio::sync::watch;

use super::acks::settle;
use super::refusing::properties;
use super::unreadable::{Sieve, is_unreadable, last_words, take_out};
use crate::bus::BusError;
use crate::bus::accounts::ManagementAt;
use crate::bus::connection::Broker;
use crate::bus::topology::UNROUTABLE;
use crate::domain::delivery::DeliveryStep;
use crate::domain::envelope::Party;
use crate::domain::said::said;
use crate::store::database::StoreError;
use crate::store::dead_letter::{self, NewDeadLetter};
use crate::store::delivery::{self, News};

/// Pause after a break of the broker or the database.
const PAUSE: Duration = Duration::from_secs(1);

/// One queue of what died.
pub(super) struct Graveyard {
    pub queue: &'static str,
    pub broker: Broker,
    pub pool: Pool,
    pub management: Option<ManagementAt>,
}

impl Graveyard {
    /// Consumes until stopped or the connection is closed on purpose.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut sieve = Sieve::default();
        while !*stop.borrow() {
            let mut delivered = 0;
            tokio::select! {
                ended = self.consume(&sieve, &mut delivered) => match ended {
                    Err(BusError::Closed) => return,
                    Err(error) => {
                        tracing::warn!(queue = self.queue, %error, "dead letters cannot be consumed; trying again");
                        if sieve.broke(is_unreadable(&error), delivered) && self.take_first_out().await {
                            sieve.taken_out();
                        }
                        tokio::time::sleep(PAUSE).await;
                    }
                    Ok(()) => sieve.ended(),
                },
                changed = stop.changed() => if changed.is_err() {
                    return;
                },
            }
        }
    }

    async fn consume(&self, sieve: &Sieve, delivered: &mut u64) -> Result<(), BusError> {
        let channel = self.broker.channel().await?;
        channel.answer(channel.basic_qos(sieve.prefetch(50), BasicQosOptions::default())).await?;
        let (options, tag) = (BasicConsumeOptions::default(), ShortString::from(self.queue));
        let consuming = channel.basic_consume(self.queue.into(), tag, options, FieldTable::default());
        let mut consumer = channel.answer(consuming).await?;
        loop {
            let delivery = tokio::select! {
                delivery = consumer.next() => delivery,
                () = channel.lost() => return Err(last_words(&mut consumer).await),
            };
            let Some(delivery) = delivery.transpose()? else { return Ok(()) };
            let death = Death::of(&delivery);
            while let Err(error) = record(&self.pool, &delivery, &death).await {
                tracing::warn!(%error, "a dead letter could not be recorded; trying again");
                tokio::time::sleep(PAUSE).await;
            }
            metrics::counter!("hub112_dead_letters_total", "reason" => death.reason.clone()).increment(1);
            settle(&delivery).await;
            *delivered += 1;
            if sieve.may_widen(*delivered) {
                return Ok(());
            }
        }
    }

    /// Keeps the first message, which no client can read off the wire, as it is; whether it is out of the queue.
    async fn take_first_out(&self) -> bool {
        let message = match take_out(self.management.as_ref(), self.queue).await {
            Ok(Some(message)) => message,
            Ok(None) => return true,
            Err(error) => {
                tracing::error!(queue = self.queue, %error,
                    "a message that breaks the connection cannot be taken out of the queue");
                return false;
            }
        };
        let text = |name: &str| message.properties[name].as_str().map(str::to_owned);
        let unreadable = said!("the AMQP properties cannot be read: write their texts in UTF-8");
        let letter = NewDeadLetter {
            region: message.routing_key.split_once('.').map(|(region, _)| region.to_owned()),
            queue: self.queue.to_owned(),
            sender: text("user_id"),
            message_id: text("message_id"),
            routing_key: message.routing_key.clone(),
            reason: format!("malformed_envelope: {unreadable}"),
            said: Some(unreadable.names()),
            headers: message.properties.to_string(),
            body: message.body.into(),
        };
        while let Err(error) = dead_letter::keep(&self.pool, &letter).await {
            tracing::warn!(%error, "a dead letter could not be recorded; trying again");
            tokio::time::sleep(PAUSE).await;
        }
        true
    }
}

/// How and where a message died.
#[derive(Debug, PartialEq, Eq)]
struct Death {
    /// `expired`, `maxlen`, `delivery_limit`, `rejected`, or `unroutable`.
    reason: String,
    queue: String,
    /// The agency whose queue it was; for the unroutable, the first that has none.
    party: Option<Party>,
}

impl Death {
    fn of(delivery: &Delivery) -> Self {
        let first = delivery.properties.headers().as_ref().and_then(|h| h.inner().get("x-death")).and_then(
            |deaths| match deaths {
                AMQPValue::FieldArray(deaths) => deaths.as_slice().first(),
                _ => None,
            },
        );
        let Some(AMQPValue::FieldTable(death)) = first else {
            let address = delivery.routing_key.as_str().rsplit_once('.').map(|(address, _)| address);
            return Self {
                reason: "unroutable".into(),
                queue: UNROUTABLE.into(),
                party: address.and_then(party),
            };
        };
        let word = |name: &str| match death.inner().get(name) {
            Some(AMQPValue::LongString(s)) => String::from_utf8_lossy(s.as_bytes()).into_owned(),
            _ => String::new(),
        };
        let queue = word("queue");
        let party = queue.strip_prefix("agency.").and_then(party);
        Self { reason: word("reason"), queue, party }
    }

    /// A message that merely outlived its use needs nobody to look at it: its delivery says so.
    fn needs_a_person(&self) -> bool {
        self.reason != "expired"
    }
}

fn party(address: &str) -> Option<Party> {
    let (region, service) = address.split_once('.')?;
    Some(Party { region: region.parse().ok()?, service: service.parse().ok()? })
}

async fn record(pool: &Pool, delivery: &Delivery, death: &Death) -> Result<(), StoreError> {
    let message_id = delivery.properties.message_id().as_ref().map(ToString::to_string);
    let distribution = message_id.as_ref().and_then(|id| id.parse().ok());
    if let (Some(at_party), Some(distribution)) = (death.party.clone(), distribution) {
        let step = match death.reason.as_str() {
            "unroutable" => DeliveryStep::Unroutable,
            _ => DeliveryStep::DeadLettered,
        };
        delivery::record(pool, &[News { distribution, at_party, step, at: Timestamp::now() }]).await?;
    }
    if death.needs_a_person() {
        let letter = NewDeadLetter {
            region: death.party.as_ref().map(|p| p.region.to_string()),
            queue: death.queue.clone(),
            sender: delivery.properties.user_id().as_ref().map(ToString::to_string),
            message_id,
            routing_key: delivery.routing_key.to_string(),
            reason: death.reason.clone(),
            said: None,
            headers: properties(&delivery.properties).to_string(),
            body: delivery.data.clone().into(),
        };
        dead_letter::keep(pool, &letter).await?;
    }
    Ok(())
}
