//! Updates of one incident to one agency, with the broker restarted in the middle: what the agency sees after it
//! has kept to the sequence.

use std::time::Duration;

use futures_util::StreamExt;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::{FieldTable, ShortString};
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use super::relay::{commit, empty, to};
use super::{BusBenchError, parties};
use crate::actors::outbox_relay::{self, RelaySettings};
use crate::agency::sequence::{Arrival, Sequences};
use crate::bus::connection::Broker;
use crate::bus::topology::agency_queue;
use crate::store::database::{pool, pool_unsynced};

use super::super::row::{Row, Verdict};

/// Updates of the incident.
const UPDATES: u64 = 2_000;
/// How long the last of them may take.
const LIMIT: Duration = Duration::from_secs(120);

/// How the broker is stopped and started.
#[derive(Debug, Clone)]
pub struct Restart {
    /// A program with its arguments.
    pub stop: Vec<String>,
    /// A program with its arguments; it returns when the broker answers.
    pub start: Vec<String>,
}

impl Restart {
    /// Stops the broker and starts it again.
    ///
    /// # Errors
    /// [`BusBenchError::Restart`] when a program fails.
    pub async fn carry_out(&self) -> Result<(), BusBenchError> {
        call(&self.stop).await?;
        call(&self.start).await
    }
}

/// What the agency saw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Order {
    /// Updates taken that came before one with a lower number.
    pub inversions: u64,
    /// Numbers that never came.
    pub gaps: u64,
    /// Updates taken twice.
    pub doubles: u64,
    /// Repetitions on the wire, which the sequence sorts out.
    pub repeated: u64,
}

impl Order {
    pub(super) fn rows(self) -> Vec<Option<Row>> {
        let row = |name: &str, value: u64, must_be_none: bool| {
            let verdict = match (must_be_none, value) {
                (false, _) => Verdict::Told,
                (true, 0) => Verdict::Reached,
                (true, _) => Verdict::Missed,
            };
            let name = format!("order over a restart of the broker, 2,000 updates: {name}");
            Some(Row { name, value: value as f64, unit: "", ratio: None, limit: None, verdict })
        };
        vec![
            row("inversions (0)", self.inversions, true),
            row("gaps (0)", self.gaps, true),
            row("doubles (0)", self.doubles, true),
            row("repeated on the wire", self.repeated, false),
        ]
    }
}

pub(super) async fn run(broker: &Broker, database: &str, restart: &Restart) -> Result<Order, BusBenchError> {
    let writing = pool(database, 2)?;
    empty(&writing).await?;
    let relay = outbox_relay::start(broker.clone(), pool_unsynced(database, 2)?, RelaySettings::default());
    let Some(party) = parties().into_iter().next() else { return Ok(Order::default()) };
    relay.set_regions(vec![party.region]);
    let queue = agency_queue(&party);
    broker.channel().await?.queue_purge(ShortString::from(queue.as_str()), Default::default()).await?;
    let (tell, mut taken) = mpsc::unbounded_channel();
    let agency = tokio::spawn(agency(broker.clone(), queue, tell));
    let incident = Uuid::now_v7();
    let key = party.routing_key("incident_notice");
    for n in 1..=UPDATES {
        let row = to(incident, vec![key.clone()], format!(r#"{{"incident":"{incident}","n":{n}}}"#));
        relay.committed(commit(&writing, vec![row]).await?);
        if n == UPDATES / 2 {
            call(&restart.stop).await?;
        }
        if n == UPDATES * 3 / 4 {
            call(&restart.start).await?;
        }
    }
    let mut seen = Vec::new();
    let mut order = Order::default();
    while seen.last() != Some(&UPDATES) {
        match timeout(LIMIT, taken.recv()).await {
            Ok(Some(Some(n))) => seen.push(n),
            Ok(Some(None)) => order.repeated += 1,
            Ok(None) | Err(_) => break,
        }
    }
    agency.abort();
    relay.stop(Duration::from_secs(20)).await;
    order.inversions = seen.windows(2).filter(|w| w[0] > w[1]).count() as u64;
    let mut unique = seen.clone();
    unique.sort_unstable();
    unique.dedup();
    order.gaps = UPDATES - unique.len() as u64;
    order.doubles = (seen.len() - unique.len()) as u64;
    Ok(order)
}

/// Tells each number it takes, and `None` for each repetition, over every broken connection.
async fn agency(broker: Broker, queue: String, tell: mpsc::UnboundedSender<Option<u64>>) {
    let mut sequences = Sequences::new(LIMIT);
    while !tell.is_closed() {
        let consuming = async {
            let channel = broker.channel().await?;
            channel.basic_qos(500, BasicQosOptions::default()).await?;
            let (name, options) = (ShortString::from(queue.as_str()), BasicConsumeOptions::default());
            let mut consumer = channel.basic_consume(name, "".into(), options, FieldTable::default()).await?;
            while let Some(delivery) = consumer.next().await {
                let delivery = delivery?;
                let body: serde_json::Value = serde_json::from_slice(&delivery.data).unwrap_or_default();
                let n = body["n"].as_u64().unwrap_or_default();
                match sequences.arrive(&(), n, n, Instant::now()) {
                    Arrival::Taken(numbers) => numbers.into_iter().for_each(|n| {
                        // Nobody listens any more when the row is done.
                        let _ = tell.send(Some(n));
                    }),
                    Arrival::Double(_) => {
                        let _ = tell.send(None);
                    }
                    Arrival::Waits => {}
                }
                delivery.ack(BasicAckOptions::default()).await?;
            }
            Ok::<_, BusBenchError>(())
        };
        if consuming.await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn call(command: &[String]) -> Result<(), BusBenchError> {
    let wrong = |reason: String| BusBenchError::Restart(format!("{}: {reason}", command.join(" ")));
    let (program, arguments) = command.split_first().ok_or_else(|| wrong("no command".into()))?;
    let status = Command::new(program).args(arguments).status().await.map_err(|e| wrong(e.to_string()))?;
    if status.success() { Ok(()) } else { Err(wrong(status.to_string())) }
}
