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
use crate::bus::BusError;
use crate::bus::connection::Broker;
use crate::bus::topology::{DEAD_LETTERS, UNROUTABLE};
use crate::domain::delivery::DeliveryStep;
use crate::domain::envelope::Party;
use crate::store::database::StoreError;
use crate::store::dead_letter::{self, NewDeadLetter};
use crate::store::delivery::{self, News};

/// Pause after a break of the broker or the database.
const PAUSE: Duration = Duration::from_secs(1);

/// Consumes both queues until stopped or the connection is closed on purpose.
pub(super) async fn run(broker: Broker, pool: Pool, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        tokio::select! {
            ended = consume(&broker, &pool) => match ended {
                Err(BusError::Closed) => return,
                Err(error) => {
                    tracing::warn!(%error, "dead letters cannot be consumed; trying again");
                    tokio::time::sleep(PAUSE).await;
                }
                Ok(()) => {}
            },
            changed = stop.changed() => if changed.is_err() {
                return;
            },
        }
    }
}

async fn consume(broker: &Broker, pool: &Pool) -> Result<(), BusError> {
    let channel = broker.channel().await?;
    channel.answer(channel.basic_qos(50, BasicQosOptions::default())).await?;
    let mut consumers = Vec::new();
    for queue in [DEAD_LETTERS, UNROUTABLE] {
        let (options, tag) = (BasicConsumeOptions::default(), ShortString::from(queue));
        let consuming = channel.basic_consume(queue.into(), tag, options, FieldTable::default());
        consumers.push(channel.answer(consuming).await?);
    }
    let mut deliveries = futures_util::stream::select_all(consumers);
    loop {
        let delivery = tokio::select! {
            delivery = deliveries.next() => delivery,
            () = channel.lost() => return Err(BusError::Lost),
        };
        let Some(delivery) = delivery.transpose()? else { return Ok(()) };
        let death = Death::of(&delivery);
        while let Err(error) = record(pool, &delivery, &death).await {
            tracing::warn!(%error, "a dead letter could not be recorded; trying again");
            tokio::time::sleep(PAUSE).await;
        }
        metrics::counter!("hub112_dead_letters_total", "reason" => death.reason.clone()).increment(1);
        settle(&delivery).await;
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
            headers: properties(&delivery.properties).to_string(),
            body: delivery.data.clone().into(),
        };
        dead_letter::keep(pool, &letter).await?;
    }
    Ok(())
}
