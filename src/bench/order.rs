//! Updates of one incident to one agency, with the broker restarted in the middle: what the agency sees after it has
//! kept to the sequence, as the contract tells it to.

use std::time::Duration;

use futures_util::StreamExt;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::{FieldTable, ShortString};
use serde::Deserialize;
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use super::callers::Caller;
use super::hub::{self, Hub};
use super::messages::Messages;
use super::place::Place;
use super::row::Row;
use super::{BenchError, Extent, REGION};
use crate::agency::sequence::{Arrival, Sequences};
use crate::bus::connection::{Broker, BrokerSettings};
use crate::bus::topology::agency_queue;
use crate::domain::envelope::{Party, Recipient};
use crate::domain::ids::{RegionCode, ServiceKey};

/// Messages to the agency: the notice of the incident and its updates.
const UPDATES: u64 = 2_000;
/// After how many the broker begins to stop, and after how many it must be back.
const STOPPED_AFTER: u64 = UPDATES / 2;
const BACK_BEFORE: u64 = UPDATES * 3 / 4;
/// How long the last of them may take, with the broker's start.
const PATIENCE: Duration = Duration::from_secs(120);
/// A message of which one agency alone is told.
const SAID: &str = "Горит сухая трава в степи";
const AGENCY: &str = "fire_rescue";

/// How the broker is stopped and started.
#[derive(Debug, Clone)]
pub struct Restart {
    /// A program with its arguments.
    pub stop: Vec<String>,
    /// A program with its arguments; it returns when the broker answers.
    pub start: Vec<String>,
}

impl Restart {
    async fn carry_out(&self) -> Result<(), BenchError> {
        call(&self.stop).await?;
        call(&self.start).await
    }
}

async fn call(command: &[String]) -> Result<(), BenchError> {
    let wrong = |reason: String| BenchError::Restart(format!("{}: {reason}", command.join(" ")));
    let (program, arguments) = command.split_first().ok_or_else(|| wrong("no command".into()))?;
    let status = Command::new(program).args(arguments).status().await.map_err(|e| wrong(e.to_string()))?;
    if status.success() { Ok(()) } else { Err(wrong(status.to_string())) }
}

/// What the agency saw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Order {
    /// Taken before one with a lower number.
    pub inversions: u64,
    /// Never came.
    pub gaps: u64,
    /// Taken twice.
    pub doubles: u64,
    /// Came again on the wire, which the sequence sorts out.
    pub repeated: u64,
}

impl Order {
    /// Of the numbers in the order in which they were taken.
    fn of(taken: &[u64], repeated: u64) -> Self {
        let inversions = taken.windows(2).filter(|w| w[0] > w[1]).count() as u64;
        let mut unique = taken.to_vec();
        unique.sort_unstable();
        unique.dedup();
        Self {
            inversions,
            gaps: UPDATES.saturating_sub(unique.len() as u64),
            doubles: (taken.len() - unique.len()) as u64,
            repeated,
        }
    }

    fn rows(self) -> Vec<Row> {
        let row = |name: &str, value: u64, most: Option<f64>| {
            let name = format!("order over a restart of the broker, {UPDATES} updates: {name}");
            Row::within(&name, value as f64, "messages", most)
        };
        vec![
            row("inversions", self.inversions, Some(0.0)),
            row("gaps", self.gaps, Some(0.0)),
            row("doubles", self.doubles, Some(0.0)),
            row("repeated on the wire", self.repeated, None),
        ]
    }
}

/// Runs the row; nothing is run when nobody says how the broker is restarted.
///
/// # Errors
/// [`BenchError`] when the servers or the hub cannot be used.
pub async fn run(extent: &Extent) -> Result<Vec<Row>, BenchError> {
    let Some(restart) = &extent.restart else { return Ok(Vec::new()) };
    let place = Place::make(&extent.servers).await?;
    let order = measure(&place, restart).await;
    place.remove().await;
    Ok(order?.rows())
}

async fn measure(place: &Place, restart: &Restart) -> Result<Order, BenchError> {
    let region = RegionCode::new(REGION)?;
    let party = Party { region, service: ServiceKey::new(AGENCY)? };
    let hub = Hub::start(place, &[region], hub::Broker::There).await?;
    let settings = BrokerSettings { url: place.amqp.clone(), name: "hub112 bench".to_owned() };
    let broker = Broker::connect(&settings, None)?;
    let (tell, mut told) = mpsc::unbounded_channel();
    let agency = tokio::spawn(agency(broker.clone(), party, tell));

    let io = |e| BenchError::Io("a call to the hub", e);
    let mut caller = Caller::connect(hub.address, &hub.token).await.map_err(io)?;
    let messages = Messages::new(&[region])?;
    let (status, body) = caller.post("/api/v1/messages", &messages.saying(SAID).1).await.map_err(io)?;
    let opened: Opened = serde_json::from_slice(body)
        .map_err(|e| BenchError::Hub(format!("it answered {status}, and no card: {e}")))?;
    let path = format!("/api/v1/incidents/{}/location", opened.incident);
    let mut restarting = None;
    // The notice of the card is the first of them.
    for n in 2..=UPDATES {
        let (status, _) = caller.put(&path, &messages.location()).await.map_err(io)?;
        if status != 200 {
            return Err(BenchError::Hub(format!("it answered {status} to update {n}")));
        }
        if n == STOPPED_AFTER {
            let restart = restart.clone();
            restarting = Some(tokio::spawn(async move { restart.carry_out().await }));
        }
        if n == BACK_BEFORE
            && let Some(restarting) = restarting.take()
        {
            restarting.await.map_err(|e| BenchError::Hub(e.to_string()))??;
        }
    }
    let (mut taken, mut repeated) = (Vec::new(), 0);
    while taken.last() != Some(&UPDATES) {
        match timeout(PATIENCE, told.recv()).await {
            Ok(Some(Some(n))) => taken.push(n),
            Ok(Some(None)) => repeated += 1,
            Ok(None) | Err(_) => break,
        }
    }
    agency.abort();
    hub.end().await?;
    broker.close().await;
    Ok(Order::of(&taken, repeated))
}

/// Tells each number it takes, and `None` for each repetition, over every broken connection.
async fn agency(broker: Broker, party: Party, tell: mpsc::UnboundedSender<Option<u64>>) {
    let queue = agency_queue(&party);
    let mut sequences = Sequences::new(PATIENCE);
    while !tell.is_closed() {
        let consuming = async {
            let channel = broker.channel().await?;
            channel.basic_qos(500, BasicQosOptions::default()).await?;
            let (name, options) = (ShortString::from(queue.as_str()), BasicConsumeOptions::default());
            let mut consumer = channel.basic_consume(name, "".into(), options, FieldTable::default()).await?;
            while let Some(delivery) = consumer.next().await {
                let delivery = delivery?;
                if let Some((incident, number)) = number(&delivery.data, &party) {
                    match sequences.arrive(&incident, number, number, Instant::now()) {
                        Arrival::Taken(numbers) => numbers.into_iter().for_each(|n| {
                            // Nobody listens any more when the row is done.
                            let _ = tell.send(Some(n));
                        }),
                        Arrival::Double(_) => {
                            let _ = tell.send(None);
                        }
                        Arrival::Waits => {}
                    }
                }
                delivery.ack(BasicAckOptions::default()).await?;
            }
            Ok::<_, BenchError>(())
        };
        if consuming.await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn number(envelope: &[u8], party: &Party) -> Option<(Uuid, u64)> {
    let addressed: Addressed = serde_json::from_slice(envelope).ok()?;
    let own = addressed.recipients.iter().find(|to| to.party() == *party)?;
    Some((addressed.incident?, own.sequence?))
}

#[derive(Deserialize)]
struct Addressed {
    recipients: Vec<Recipient>,
    incident: Option<Uuid>,
}

#[derive(Deserialize)]
struct Opened {
    incident: Uuid,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inversion_a_gap_and_a_double_are_counted() {
        let all: Vec<u64> = (1..=UPDATES).collect();
        assert_eq!(Order::of(&all, 3), Order { repeated: 3, ..Order::default() });
        let mut taken = all.clone();
        taken.swap(10, 11);
        taken.remove(100);
        taken.push(UPDATES);
        let seen = Order { inversions: 1, gaps: 1, doubles: 1, repeated: 0 };
        assert_eq!(Order::of(&taken, 0), seen);
    }
}
