//! The relay against the bare broker: the same fan-out to three quorum queues, the same sizes, windowed confirms on
//! four channels, consumers that acknowledge each message.
//!
//! - **bare broker**: publishes prepared bodies, keeps nothing. What the broker allows.
//! - **relay**: rows committed to the outbox table, handed over, published in order, confirmed, recorded for each
//!   recipient, deleted.
//! - **order**: updates of one incident to one agency with the broker restarted in the middle.

mod bare;
mod order;
mod relay;

use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::{FieldTable, ShortString};
use rand::RngExt;
use secrecy::SecretString;
use tokio::sync::mpsc;
use tokio::time::Instant;

pub use self::order::{Order, Restart};
use super::row::{Rounds, Row};
use crate::bus::BusError;
use crate::bus::connection::{Broker, BrokerSettings};
use crate::bus::topology::{Topology, agency_queue};
use crate::domain::envelope::Party;
use crate::domain::ids::{RegionCode, ServiceKey};
use crate::store::database::StoreError;

/// How long and how often.
#[derive(Debug, Clone)]
pub struct BusBench {
    /// A virtual host that nobody else uses.
    pub amqp: SecretString,
    /// A migrated database that nobody else uses.
    pub database: String,
    /// Rounds, each with every side in turn.
    pub rounds: usize,
    /// The length of one side.
    pub side: Duration,
    /// How the broker is stopped and started for the row about order; without it that row is left out.
    pub restart: Option<Restart>,
}

/// Why the bench could not be run.
#[derive(Debug, thiserror::Error)]
pub enum BusBenchError {
    /// The broker.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The broker's restart.
    #[error("the broker could not be restarted: {0}")]
    Restart(String),
}

impl From<lapin::Error> for BusBenchError {
    fn from(error: lapin::Error) -> Self {
        Self::Bus(error.into())
    }
}

/// What one side came to.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// Wall time for each delivery at saturation.
    pub each: Duration,
    /// Median from hand-over to the agency, one message at a time.
    pub hop: Duration,
}

/// Runs the rows.
///
/// # Errors
/// [`BusBenchError`] when broker or database cannot be used.
pub async fn run(bench: &BusBench) -> Result<Vec<Row>, BusBenchError> {
    let broker = connect(&bench.amqp, "bench").await?;
    let [mut each, mut hop]: [Rounds; 2] = Default::default();
    for _ in 0..bench.rounds {
        let own = relay::side(&broker, &bench.database, bench.side).await?;
        let peer = bare::side(&broker, bench.side).await?;
        each.push((own.each, peer.each));
        hop.push((own.hop, peer.hop));
    }
    let mut rows = vec![
        Row::faster("outbox to 3 agencies at saturation, per delivery / bare broker", &each, None),
        Row::share("outbox to agency, one at a time, p50 / bare broker hop", &hop, 1.5),
    ];
    if let Some(restart) = &bench.restart {
        let order = order::run(&broker, &bench.database, restart).await?;
        rows.extend(order.rows());
    }
    broker.close().await;
    Ok(rows.into_iter().flatten().collect())
}

/// The bare broker alone, as a peer for others' rows.
///
/// # Errors
/// [`BusBenchError`].
pub async fn bare_broker(amqp: &SecretString, side: Duration) -> Result<Outcome, BusBenchError> {
    let broker = connect(amqp, "bench peer").await?;
    let outcome = bare::side(&broker, side).await;
    broker.close().await;
    outcome
}

/// The three services that every message goes to.
pub(super) fn parties() -> Vec<Party> {
    let of = |service: &str| {
        let (region, service) = (RegionCode::new(79), ServiceKey::new(service));
        region.ok().zip(service.ok()).map(|(region, service)| Party { region, service })
    };
    ["ambulance", "police", "fire_rescue"].into_iter().filter_map(of).collect()
}

async fn connect(amqp: &SecretString, name: &str) -> Result<Broker, BusBenchError> {
    let settings = BrokerSettings { url: amqp.clone(), name: name.to_owned() };
    let broker = Broker::connect(&settings, Some(Topology::new(parties())))?;
    broker.channel().await?;
    Ok(broker)
}

/// Text that no compression helps with, about as long as an incident notice with its head.
fn body() -> Bytes {
    let bytes: [u8; 700] = rand::rng().random();
    hex::encode(bytes).into()
}

/// Empties the queues and consumes them, acknowledging each message; tells when each came and its id.
async fn consume(
    broker: &Broker,
    parties: &[Party],
) -> Result<mpsc::UnboundedReceiver<(Instant, Option<String>)>, BusBenchError> {
    let (tell, told) = mpsc::unbounded_channel();
    for party in parties {
        let channel = broker.channel().await?;
        let queue = ShortString::from(agency_queue(party));
        channel.queue_purge(queue.clone(), Default::default()).await?;
        channel.basic_qos(500, BasicQosOptions::default()).await?;
        let options = BasicConsumeOptions::default();
        let mut consumer = channel.basic_consume(queue, "".into(), options, FieldTable::default()).await?;
        let tell = tell.clone();
        tokio::spawn(async move {
            while let Some(Ok(delivery)) = consumer.next().await {
                let id = delivery.properties.message_id().as_ref().map(ToString::to_string);
                let heard = tell.send((Instant::now(), id)).is_ok();
                // The bench has ended, or the broker has.
                if delivery.ack(BasicAckOptions::default()).await.is_err() || !heard {
                    break;
                }
            }
            let _ = channel.close(200, "done".into()).await;
        });
    }
    Ok(told)
}

fn median(mut waits: Vec<Duration>) -> Duration {
    waits.sort_unstable();
    waits.get(waits.len() / 2).copied().unwrap_or_default()
}
