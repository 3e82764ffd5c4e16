//! By which way each agency is reached, and whether it is there.
//!
//! Over AMQP an agency is there while somebody consumes its queue; over HTTP while it fetches its letters; by
//! telephone nobody can tell. What the hub tells an agency goes into the agency's queue in the broker whatever its way
//! is; from the queue of one that is not on AMQP the hub itself moves it at once, in order, to the letters
//! ([`crate::store::letter`]), where the agency fetches it over HTTP. So nothing piles up in the broker for somebody
//! who never connects to it, nothing else has to know of the ways, and an agency that changes from one way to the
//! other loses nothing: what still lay in its queue comes to the letters, and the letters that it has not taken go to its queue
//! when it is on AMQP.
//! While the broker is away, letters are besides read from the outbox, where they then wait: an agency on HTTP goes on.

mod letters;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::Pool;
use jiff::{SignedDuration, Timestamp};
use lapin::Queue;
use lapin::options::QueueDeclareOptions;
use lapin::types::{FieldTable, ShortString};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tracing::{debug, warn};

use self::letters::Task;
use super::agency_inbox::Heard;
use super::outbox_relay::RelayHandle;
use super::stirred::Matter;
use super::switchboard::Switchboard;
use crate::bus::BusError;
use crate::bus::connection::{Broker, LiveChannel};
use crate::bus::topology::{DEAD_LETTERS, UNROUTABLE, agency_queue, inbox_queue};
use crate::domain::envelope::{Party, sequenced};
use crate::domain::ids::RegionCode;
use crate::domain::service_kind;
use crate::store::agency_link::{self, Observed, Way};
use crate::store::database::StoreError;
use crate::store::letter;

/// How often links are looked at.
const LOOK: Duration = Duration::from_secs(5);
/// An agency on HTTP that has not asked for so long is not there: its longest wait for letters and some more.
pub const SILENT_AFTER: SignedDuration = SignedDuration::from_secs(90);

/// The links, as the edges see them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AgencyLinks {
    heard: Heard,
    look: Arc<Notify>,
    arrived: watch::Receiver<u64>,
    ways: watch::Receiver<BTreeMap<Party, Way>>,
    stop: Arc<watch::Sender<bool>>,
}

impl AgencyLinks {
    /// The agency was heard over HTTP.
    pub fn heard(&self, party: &Party, at: Timestamp) {
        self.heard.note(party, at);
    }

    /// Somebody changed a way: it is looked at now and not only at the next turn.
    pub fn changed(&self) {
        self.look.notify_one();
    }

    /// Counts letters as they come, for whoever waits for one.
    #[must_use]
    pub fn arrived(&self) -> watch::Receiver<u64> {
        self.arrived.clone()
    }

    /// How an agency is reached, as of the last look; none before the first, and for a desk that is not there.
    #[must_use]
    pub fn way(&self, party: &Party) -> Option<Way> {
        self.ways.borrow().get(party).copied()
    }

    /// Stops moving letters; what is in the queues stays there.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }
}

/// Starts to look after the links of these regions.
#[must_use]
pub fn start(
    broker: &Broker,
    relay: &RelayHandle,
    database: &Pool,
    board: &Switchboard,
    regions: &[RegionCode],
    heard: Heard,
) -> AgencyLinks {
    let (counter, arrived) = watch::channel(0);
    let (stop, stopped) = watch::channel(false);
    let look = Arc::new(Notify::new());
    let (seen, ways) = watch::channel(BTreeMap::new());
    let links =
        AgencyLinks { heard: heard.clone(), look: Arc::clone(&look), arrived, ways, stop: Arc::new(stop) };
    let keeper = Keeper {
        broker: broker.clone(),
        relay: relay.clone(),
        database: database.clone(),
        board: board.clone(),
        regions: regions.to_vec(),
        heard,
        look,
        counter: Arc::new(counter),
        ways: seen,
        stopped,
        moving: BTreeMap::new(),
        channel: None,
    };
    tokio::spawn(keeper.run());
    links
}

struct Keeper {
    broker: Broker,
    relay: RelayHandle,
    database: Pool,
    board: Switchboard,
    regions: Vec<RegionCode>,
    heard: Heard,
    look: Arc<Notify>,
    counter: Arc<watch::Sender<u64>>,
    ways: watch::Sender<BTreeMap<Party, Way>>,
    stopped: watch::Receiver<bool>,
    /// Agencies whose letters are being moved.
    moving: BTreeMap<Party, (watch::Sender<Task>, JoinHandle<()>)>,
    channel: Option<LiveChannel>,
}

impl Keeper {
    async fn run(mut self) {
        let mut stopped = self.stopped.clone();
        let mut made = BTreeSet::new();
        loop {
            // A desk that opened meanwhile has none yet.
            let parties = self.parties();
            if made != parties && agency_link::make(&self.database, &parties).await.is_ok() {
                made = parties;
            }
            if let Err(error) = self.turn().await {
                warn!(%error, "the links of agencies could not be looked at");
            }
            tokio::select! {
                () = self.look.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
                _ = stopped.wait_for(|stop| *stop) => break,
            }
        }
        for (end, task) in std::mem::take(&mut self.moving).into_values() {
            end.send_replace(Task::End);
            // One that panicked has ended too.
            let _ = task.await;
        }
    }

    /// Every service but the hub itself.
    fn parties(&self) -> BTreeSet<Party> {
        let of = |region: &RegionCode| {
            let region = *region;
            let services = self.board.services(region).into_iter().filter(|key| !service_kind::is_hub(key));
            services.map(move |service| Party { region, service })
        };
        self.regions.iter().flat_map(of).collect()
    }

    async fn turn(&mut self) -> Result<(), StoreError> {
        let mut ways: BTreeMap<Party, Way> = BTreeMap::new();
        for region in &self.regions {
            for link in agency_link::of_region(&self.database, *region).await? {
                if !self.board.has_service(link.region, &link.service) {
                    continue;
                }
                ways.insert(Party { region: link.region, service: link.service }, link.way);
            }
        }
        self.ways.send_replace(ways.clone());
        self.move_letters(&ways).await?;

        self.measure_queues(ways.keys()).await;
        let now = super::clock::now();
        let mut observed = Vec::with_capacity(ways.len());
        for (party, way) in ways {
            let last_seen_at = self.heard.last(&party);
            let connected = match way {
                Way::Amqp => self.is_consumed(&party).await,
                Way::Http => last_seen_at.is_some_and(|at| now.duration_since(at) < SILENT_AFTER),
                Way::Phone => false,
            };
            observed.push(Observed { party, connected, last_seen_at });
        }
        let news = agency_link::observe(&self.database, &observed, now).await?;
        if !news.is_empty() {
            self.board.stirred().tell(news, Matter::Links);
        }
        Ok(())
    }

    /// From the queues of those that are not on AMQP to their letters; from the letters of those that are to their queues,
    /// also when that was cut off before.
    async fn move_letters(&mut self, ways: &BTreeMap<Party, Way>) -> Result<(), StoreError> {
        let gone: Vec<Party> = self.moving.keys().filter(|p| !ways.contains_key(*p)).cloned().collect();
        for party in gone {
            if let Some((end, task)) = self.moving.remove(&party) {
                end.send_replace(Task::End);
                let _ = task.await;
            }
        }
        self.moving.retain(|_, (_, moving)| !moving.is_finished());
        let on_amqp = ways.iter().filter(|(_, way)| **way == Way::Amqp).map(|(party, _)| party);
        let left = letter::left_behind(&self.database, on_amqp, &sequenced()).await?;
        for (party, way) in ways {
            let task = if *way == Way::Amqp { Task::HandOver } else { Task::Move };
            if let Some((told, _)) = self.moving.get(party) {
                told.send_if_modified(|before| std::mem::replace(before, task) != task);
            } else if task == Task::Move || left.contains(party) {
                let (told, task) = watch::channel(task);
                let mover = letters::Mover {
                    to: party.clone(),
                    broker: self.broker.clone(),
                    relay: self.relay.clone(),
                    database: self.database.clone(),
                    counter: Arc::clone(&self.counter),
                    task,
                };
                self.moving.insert(party.clone(), (told, tokio::spawn(mover.run())));
            }
        }
        Ok(())
    }

    /// How much waits in the broker, for the figures: of the hub's own queues, and of the agencies'.
    async fn measure_queues(&mut self, parties: impl Iterator<Item = &Party>) {
        let own = self.regions.iter().map(|region| inbox_queue(*region));
        let common = [DEAD_LETTERS, UNROUTABLE].map(str::to_owned);
        let queues: Vec<String> = parties.map(agency_queue).chain(own).chain(common).collect();
        for name in queues {
            // Without the broker nobody knows; that it is away is a figure of its own.
            let Ok(Some(queue)) = self.look_at(&name).await else { return };
            metrics::gauge!("hub112_queue_messages", "queue" => name).set(f64::from(queue.message_count()));
        }
    }

    /// Whether somebody consumes the agency's queue.
    async fn is_consumed(&mut self, party: &Party) -> bool {
        match self.look_at(&agency_queue(party)).await {
            Ok(queue) => queue.is_some_and(|queue| queue.consumer_count() > 0),
            Err(error) => {
                debug!(%party, %error, "its queue could not be looked at");
                false
            }
        }
    }

    /// A queue as the broker has it; `None` while the broker is away.
    async fn look_at(&mut self, name: &str) -> Result<Option<Queue>, BusError> {
        if !self.broker.link().borrow().is_up() {
            return Ok(None);
        }
        let channel = match self.channel.take().filter(|c| c.status().connected()) {
            Some(channel) => channel,
            None => self.broker.channel().await?,
        };
        let options = QueueDeclareOptions { passive: true, durable: true, ..Default::default() };
        let asked = channel.queue_declare(ShortString::from(name), options, FieldTable::default());
        // A channel on which something was refused is closed: only a good one is kept.
        let queue = channel.answer(asked).await?;
        self.channel = Some(channel);
        Ok(Some(queue))
    }
}
