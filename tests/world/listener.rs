//! The end of an agency's queue: it remembers what reached it, doubles and all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt;
use hub112::bus::BusError;
use hub112::bus::connection::{Broker, BrokerSettings, LiveChannel};
use hub112::domain::envelope::{Envelope, RawContent};
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::{FieldTable, ShortString};
use serde_json::Value;

use super::World;

/// One sequenced message as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// About which card.
    pub incident: String,
    /// Its number.
    pub sequence: u64,
    /// Its identity.
    pub distribution: String,
    /// What kind of content.
    pub content_type: String,
}

/// Takes and acknowledges everything in an agency's queue, through every break of the connection. Dropped, it ends.
pub struct Listener {
    heard: Arc<Mutex<Vec<Heard>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Listener {
    /// Listens to the queue `agency.75.<service>` under the hub's own account: no agency may be there besides.
    pub(super) fn start(world: &World, service: &str) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let settings =
            BrokerSettings { url: world.amqp_url.clone().into(), name: format!("listener {service}") };
        let broker = Broker::connect(&settings, None).expect("an address");
        let task = tokio::spawn(listen(broker, format!("agency.75.{service}"), Arc::clone(&heard)));
        Self { heard, task }
    }

    /// Everything heard so far, in the order in which it came.
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("what was heard").clone()
    }

    /// How far each card's row has come, when every row is as the contract promises: whoever drops the numbers that
    /// it has seen sees each once, in order, without a gap; and a number always means the same message.
    pub fn rows(&self) -> BTreeMap<String, u64> {
        let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for heard in self.heard() {
            let row = rows.entry(heard.incident.clone()).or_default();
            let place = usize::try_from(heard.sequence).expect("a small number");
            assert!((1..=row.len() + 1).contains(&place), "a gap before {heard:?}: {row:?}");
            if place > row.len() {
                row.push(heard.distribution);
            } else {
                assert_eq!(row[place - 1], heard.distribution, "number {place} means two messages");
            }
        }
        rows.into_iter().map(|(incident, row)| (incident, row.len() as u64)).collect()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(broker: Broker, queue: String, heard: Arc<Mutex<Vec<Heard>>>) {
    loop {
        match take(&broker, &queue, &heard).await {
            Err(BusError::Closed) => return,
            // The queue may not be declared yet, or the broker be away.
            Ok(()) | Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn take(broker: &Broker, queue: &str, heard: &Mutex<Vec<Heard>>) -> Result<(), BusError> {
    let channel = broker.channel().await?;
    tokio::select! {
        taken = take_over(&channel, queue, heard) => taken,
        () = channel.lost() => Err(BusError::Lost),
    }
}

async fn take_over(channel: &LiveChannel, queue: &str, heard: &Mutex<Vec<Heard>>) -> Result<(), BusError> {
    channel.basic_qos(200, BasicQosOptions::default()).await?;
    let options = BasicConsumeOptions::default();
    let (queue, tag) = (ShortString::from(queue), ShortString::from("listener"));
    let mut consumer = channel.basic_consume(queue, tag, options, FieldTable::default()).await?;
    while let Some(delivery) = consumer.next().await {
        let delivery = delivery?;
        if let Some(message) = read(&delivery.data) {
            heard.lock().expect("what was heard").push(message);
        }
        delivery.ack(BasicAckOptions::default()).await?;
    }
    Ok(())
}

/// A sequenced message; the others belong to no row.
fn read(data: &[u8]) -> Option<Heard> {
    let raw: Envelope<RawContent> = Envelope::parse_from_hub(data).expect("the hub keeps to its contract");
    let document: Value = serde_json::from_slice(data).expect("JSON");
    let sequence = raw.head.recipients.first()?.sequence?;
    Some(Heard {
        incident: raw.head.incident?.to_string(),
        sequence,
        distribution: raw.head.distribution_id.to_string(),
        content_type: document["content_type"].as_str()?.to_owned(),
    })
}
