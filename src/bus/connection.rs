//! A connection to the broker that heals: it is made again for as long as the process lives, with growing pauses;
//! exchanges and queues are declared anew each time; how it stands can be watched.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use jiff::Timestamp;
use lapin::uri::AMQPUri;
use lapin::{Channel, Connection, ConnectionProperties, Event};
use rand::RngExt;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

use super::BusError;
use super::topology::Topology;
use crate::domain::envelope::Party;

/// Seconds between heartbeats of the connection: a dead peer is noticed within twice that.
const HEARTBEAT_S: u16 = 10;
/// The longest that one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(10);
/// Pauses between attempts, first and longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));
/// How often the state of the connection is looked at, besides the events it tells of itself.
const LOOK: Duration = Duration::from_secs(2);
/// How often exchanges and queues are declared again while all is well.
const REDECLARE: Duration = Duration::from_secs(60);
/// Pauses before what could not be declared is tried again, first and longest.
const DECLARE_AGAIN: (Duration, Duration) = (Duration::from_millis(500), REDECLARE);
/// The longest that a message waits for the queue of its recipient to be made.
const MADE_WITHIN: Duration = Duration::from_secs(10);

/// Where the broker is and who connects.
#[derive(Debug, Clone)]
pub struct BrokerSettings {
    /// `amqp://user:password@host:port/vhost`.
    pub url: SecretString,
    /// The name under which the broker lists the connection.
    pub name: String,
}

/// How the connection stands.
#[derive(Debug, Clone)]
pub enum Link {
    /// Not connected.
    Down {
        /// Since when.
        since: Timestamp,
        /// The last thing heard.
        reason: Arc<str>,
    },
    /// Connected, exchanges and queues declared.
    Up {
        /// Since when.
        since: Timestamp,
        /// Counts the connections of this process.
        generation: u64,
        /// Set while the broker takes no publishes (its memory or disk alarm).
        blocked: Option<Arc<str>>,
        /// The connection, to open channels on.
        connection: Arc<Connection>,
    },
    /// Closed on purpose; it does not come back.
    Closed,
}

impl Link {
    /// Whether the broker is connected.
    #[must_use]
    pub fn is_up(&self) -> bool {
        matches!(self, Self::Up { .. })
    }
}

/// The connection. Cloning gives another handle to the same one.
#[derive(Debug, Clone)]
pub struct Broker {
    settings: Arc<BrokerSettings>,
    link: watch::Receiver<Link>,
    kept: Arc<watch::Sender<Kept>>,
    /// Shared with the connections apart.
    rests: Arc<watch::Sender<bool>>,
    stop: Arc<watch::Sender<bool>>,
}

/// Exchanges and queues: those that there are to be, and those that the broker said it has.
#[derive(Debug, Clone, Default)]
struct Kept {
    wanted: Option<Arc<Topology>>,
    /// When more was wanted last.
    wanted_since: Option<Instant>,
    /// Since the connection was made; none while there is none.
    declared: Option<Arc<Topology>>,
    /// What the broker would not declare, likewise.
    refused: Option<Arc<Topology>>,
}

impl Kept {
    /// What there is to be and is not.
    fn missing(&self) -> Option<Topology> {
        let wanted = self.wanted.as_deref()?;
        match &self.declared {
            Some(declared) => wanted.without(declared),
            None => Some(wanted.clone()),
        }
    }

    /// Whether the broker has said that it has the queue of a service, or that it has not.
    fn is_settled(&self, party: &Party) -> bool {
        [&self.declared, &self.refused].into_iter().flatten().any(|known| known.has(party))
    }

    /// Whether it is known where messages with this routing key go.
    fn is_clear(&self, key: &str) -> bool {
        let routes = |topology: &Option<Arc<Topology>>| topology.as_deref().is_some_and(|t| t.routes(key));
        !routes(&self.wanted) || routes(&self.declared) || routes(&self.refused)
    }

    /// Takes in what the broker answered.
    fn answered(&mut self, declared: &Topology, refused: &Topology) {
        let before = |known: &mut Option<Arc<Topology>>, other: &Topology| {
            known.take().and_then(|known| known.without(other)).unwrap_or_default()
        };
        self.declared = Some(Arc::new(before(&mut self.declared, refused).joined(declared)));
        self.refused = Some(Arc::new(before(&mut self.refused, declared).joined(refused)));
    }
}

impl Broker {
    /// Begins to connect, on the current tokio runtime, and goes on for as long as a handle lives. A party that
    /// owns no topology (an agency) gives `None`.
    ///
    /// # Errors
    /// [`BusError::Address`] only; a broker that is away is waited for.
    pub fn connect(settings: &BrokerSettings, topology: Option<Topology>) -> Result<Self, BusError> {
        let mut uri: AMQPUri =
            settings.url.expose_secret().parse().map_err(|e: String| BusError::Address(redacted(&e)))?;
        uri.query.heartbeat.get_or_insert(HEARTBEAT_S);
        let down = Link::Down { since: Timestamp::now(), reason: "not connected yet".into() };
        let (told, link) = watch::channel(down);
        let (stop, stopped) = watch::channel(false);
        let wanted = topology.map(Arc::new);
        let kept = Arc::new(watch::Sender::new(Kept { wanted, ..Kept::default() }));
        let name = settings.name.clone();
        let keeper = Keeper { uri, name, told, stopped, kept: Arc::clone(&kept), generation: 0 };
        tokio::spawn(keeper.run());
        let rests = Arc::new(watch::Sender::new(false));
        Ok(Self { settings: Arc::new(settings.clone()), link, kept, rests, stop: Arc::new(stop) })
    }

    /// Another connection to the same broker, for what must not share the fate of this one. It owns no topology.
    ///
    /// # Errors
    /// As [`Broker::connect`].
    pub fn apart(&self, what: &str) -> Result<Self, BusError> {
        let name = format!("{} {what}", self.settings.name);
        let apart = Self::connect(&BrokerSettings { url: self.settings.url.clone(), name }, None)?;
        Ok(Self { rests: Arc::clone(&self.rests), ..apart })
    }

    /// While it rests no channel is given, and those that are there count as lost: what was delivered over them goes to
    /// whoever else consumes. For an instance that may have been deposed and cannot know.
    pub fn rest(&self, rests: bool) {
        self.rests.send_if_modified(|now| std::mem::replace(now, rests) != rests);
    }

    /// How the connection stands, now and as it changes.
    #[must_use]
    pub fn link(&self) -> watch::Receiver<Link> {
        self.link.clone()
    }

    /// Waits until the broker is connected and opens a channel.
    ///
    /// # Errors
    /// [`BusError::Closed`] after [`Broker::close`]; [`BusError::Lost`] or [`BusError::Amqp`] when the connection
    /// ends in that moment.
    pub async fn channel(&self) -> Result<LiveChannel, BusError> {
        let (mut rests, mut link) = (self.rests.subscribe(), self.link.clone());
        tokio::select! {
            // The sender is held here.
            _ = rests.wait_for(|rests| !rests) => {}
            // A sender going away says the same.
            _ = link.wait_for(|link| matches!(link, Link::Closed)) => return Err(BusError::Closed),
        }
        let (connection, generation) = loop {
            match &*link.borrow_and_update() {
                Link::Up { connection, generation, .. } => break (Arc::clone(connection), *generation),
                Link::Closed => return Err(BusError::Closed),
                Link::Down { .. } => {}
            }
            link.changed().await.map_err(|_| BusError::Closed)?;
        };
        let rests = self.rests.subscribe();
        let channel = while_up(&link, generation, &rests, connection.create_channel()).await?;
        Ok(LiveChannel { channel, link, generation, rests })
    }

    /// Keeps a queue for one service more from now on; messages to it wait until the broker has it.
    pub fn want(&self, party: &Party) {
        self.kept.send_if_modified(|kept| {
            let is_new = !kept.wanted.as_deref().is_some_and(|wanted| wanted.has(party));
            if is_new {
                let wanted = kept.wanted.as_deref().cloned().unwrap_or_default();
                kept.wanted = Some(Arc::new(wanted.and(party.clone())));
                kept.wanted_since = Some(Instant::now());
            }
            is_new
        });
    }

    /// The same, and waits until the broker has it or refuses it. While the broker is away there is nothing to wait for:
    /// it is made as soon as that comes back.
    pub async fn serve(&self, party: &Party) {
        self.want(party);
        let mut link = self.link.clone();
        let mut kept = self.kept.subscribe();
        tokio::select! {
            // The sender is held here.
            _ = kept.wait_for(|kept| kept.is_settled(party)) => {}
            _ = link.wait_for(|link| !link.is_up()) => {}
        }
    }

    /// Sorts recipients, by routing key, into those who have a queue and those who have none. One whose queue is just
    /// being made is waited for: the broker says nothing when one of several recipients of a message has none yet.
    pub async fn sort(&self, routing_keys: &[String]) -> (Vec<String>, Vec<String>) {
        let mut kept = self.kept.subscribe();
        // Without a connection nobody knows; the sender is held here.
        let known = kept.wait_for(|kept| kept.wanted.is_none() || kept.declared.is_some()).await;
        let since = known.ok().and_then(|kept| kept.wanted_since);
        if let Some(since) = since {
            // What is not there by then is not there: nobody waits for it again.
            let all_clear = kept.wait_for(|kept| routing_keys.iter().all(|key| kept.is_clear(key)));
            let _ = timeout_at(since + MADE_WITHIN, all_clear).await;
        }
        let kept = self.kept.borrow().clone();
        let owns_none = kept.wanted.is_none();
        routing_keys.iter().cloned().partition(|key| {
            owns_none || kept.declared.as_deref().is_some_and(|declared| declared.routes(key))
        })
    }

    /// Declares exchanges and queues now: for one who found something missing.
    ///
    /// # Errors
    /// As [`Topology::declare`].
    pub async fn redeclare(&self) -> Result<(), BusError> {
        let Some(topology) = self.kept.borrow().wanted.clone() else { return Ok(()) };
        let (connection, generation) = match &*self.link.borrow() {
            Link::Up { connection, generation, .. } => (Arc::clone(connection), *generation),
            // It is declared when the connection is made.
            Link::Down { .. } => return Ok(()),
            Link::Closed => return Err(BusError::Closed),
        };
        let rests = self.rests.subscribe();
        tokio::select! {
            declared = declare(&connection, &topology, &self.kept) => declared,
            () = gone(&self.link, generation, &rests) => Err(BusError::Lost),
        }
    }

    /// Ends the connection for good and waits until it has ended.
    pub async fn close(&self) {
        self.stop.send_replace(true);
        let mut link = self.link.clone();
        // The sender going away says the same.
        let _ = link.wait_for(|l| matches!(l, Link::Closed)).await;
    }
}

/// A channel that knows the connection it lives on. The client can leave a question unanswered for ever when the
/// connection ends while it is being asked: whoever waits for an answer waits for the end as well.
#[derive(Debug)]
pub struct LiveChannel {
    channel: Channel,
    link: watch::Receiver<Link>,
    generation: u64,
    rests: watch::Receiver<bool>,
}

impl LiveChannel {
    /// Waits until the connection of this channel is gone, or rests.
    pub async fn lost(&self) {
        gone(&self.link, self.generation, &self.rests).await;
    }

    /// Waits for what the broker answers on this channel.
    ///
    /// # Errors
    /// [`BusError::Amqp`] as answered; [`BusError::Lost`] when the connection ended before.
    pub async fn answer<T>(&self, answer: impl Future<Output = lapin::Result<T>>) -> Result<T, BusError> {
        while_up(&self.link, self.generation, &self.rests, answer).await
    }
}

impl Deref for LiveChannel {
    type Target = Channel;

    fn deref(&self) -> &Channel {
        &self.channel
    }
}

async fn gone(link: &watch::Receiver<Link>, generation: u64, rests: &watch::Receiver<bool>) {
    let (mut link, mut rests) = (link.clone(), rests.clone());
    // A sender going away says the same.
    tokio::select! {
        _ = link.wait_for(|l| !matches!(l, Link::Up { generation: g, .. } if *g == generation)) => {}
        _ = rests.wait_for(|rests| *rests) => {}
    }
}

async fn while_up<T>(
    link: &watch::Receiver<Link>,
    generation: u64,
    rests: &watch::Receiver<bool>,
    answer: impl Future<Output = lapin::Result<T>>,
) -> Result<T, BusError> {
    tokio::select! {
        biased;
        answer = answer => Ok(answer?),
        () = gone(link, generation, rests) => Err(BusError::Lost),
    }
}

/// The parser's message may quote the address with its password.
fn redacted(reason: &str) -> String {
    match reason.rsplit_once('@') {
        Some((_, host)) => format!("…@{host}"),
        None => reason.to_owned(),
    }
}

/// Declares, and notes what the broker has by then. A queue that it refuses is one service's trouble and nobody else's.
async fn declare(
    connection: &Connection,
    topology: &Topology,
    kept: &watch::Sender<Kept>,
) -> Result<(), BusError> {
    let (declared, refused) = topology.declare(connection).await?;
    kept.send_modify(|kept| kept.answered(&declared, &refused));
    Ok(())
}

struct Keeper {
    uri: AMQPUri,
    name: String,
    told: watch::Sender<Link>,
    stopped: watch::Receiver<bool>,
    kept: Arc<watch::Sender<Kept>>,
    generation: u64,
}

impl Keeper {
    async fn run(mut self) {
        let mut pause = PAUSES.0;
        while !*self.stopped.borrow() && !self.told.is_closed() {
            let reason = match self.open().await {
                Ok(connection) => {
                    let connection = Arc::new(connection);
                    let began = Instant::now();
                    let reason = self.hold(&connection).await;
                    if *self.stopped.borrow() || self.told.is_closed() {
                        // Already lost is as good as closed.
                        let _ = timeout(ATTEMPT, connection.close(200, "goodbye".into())).await;
                        break;
                    }
                    if began.elapsed() > PAUSES.1 {
                        pause = PAUSES.0;
                    }
                    reason
                }
                Err(e) => e.to_string(),
            };
            metrics::gauge!("hub112_amqp_up", "connection" => self.name.clone()).set(0.0);
            tracing::warn!(connection = self.name, reason, "the broker is away");
            // Another broker, or the same with an empty disk, may answer next.
            self.kept.send_modify(|kept| (kept.declared, kept.refused) = (None, None));
            self.told.send_replace(Link::Down { since: Timestamp::now(), reason: reason.into() });
            // Jitter, so that many agencies do not come back in one instant.
            let jittered = pause.mul_f64(rand::rng().random_range(0.5..1.5));
            let _ = timeout(jittered, self.stopped.wait_for(|s| *s)).await;
            pause = (pause * 2).min(PAUSES.1);
        }
        self.told.send_replace(Link::Closed);
    }

    async fn open(&self) -> Result<Connection, BusError> {
        let properties = ConnectionProperties::default().with_connection_name(self.name.as_str().into());
        let opening = async {
            let connection = Connection::connect_uri(self.uri.clone(), properties).await?;
            let wanted = self.kept.borrow().wanted.clone();
            if let Some(topology) = wanted {
                declare(&connection, &topology, &self.kept).await?;
            }
            Ok(connection)
        };
        // Declaring many queues on a fresh broker may take longer than one attempt to connect.
        match timeout(ATTEMPT * 6, opening).await {
            Ok(opened) => opened,
            Err(_) => Err(BusError::Amqp(std::io::Error::from(std::io::ErrorKind::TimedOut).into())),
        }
    }

    /// Tells that the connection is up and stays until it is lost or not wanted any more; gives the reason.
    async fn hold(&mut self, connection: &Arc<Connection>) -> String {
        let mut events = Box::pin(connection.events_listener());
        self.generation += 1;
        let since = Timestamp::now();
        self.tell(connection, since, None);
        metrics::gauge!("hub112_amqp_up", "connection" => self.name.clone()).set(1.0);
        metrics::counter!("hub112_amqp_connects_total", "connection" => self.name.clone()).increment(1);
        tracing::info!(connection = self.name, generation = self.generation, "connected to the broker");
        let mut stopped = self.stopped.clone();
        let mut look = tokio::time::interval(LOOK);
        let mut redeclare = tokio::time::interval_at(Instant::now() + REDECLARE, REDECLARE);
        let mut kept = self.kept.subscribe();
        let (mut not_before, mut again) = (Instant::now(), DECLARE_AGAIN.0);
        loop {
            // Also what was wanted between the declaring and this moment.
            let missing = kept.borrow_and_update().missing().map(Arc::new);
            if missing.is_none() {
                again = DECLARE_AGAIN.0;
            }
            tokio::select! {
                // One handle said so, or none is left.
                () = async { drop(stopped.wait_for(|s| *s).await) } => return "closed".into(),
                () = self.told.closed() => return "nobody uses it".into(),
                event = events.next() => match event {
                    Some(Event::ConnectionBlocked(reason)) => self.tell(connection, since, Some(reason.into())),
                    Some(Event::ConnectionUnblocked) => self.tell(connection, since, None),
                    Some(Event::Error(e)) if !connection.status().connected() => return e.to_string(),
                    Some(_) => {}
                    None => return "the connection ended".into(),
                },
                _ = look.tick() => if !connection.status().connected() {
                    return "the connection was lost".into();
                },
                // The sender is held here.
                _ = kept.changed() => {}
                () = tokio::time::sleep_until(not_before), if missing.is_some() => {
                    not_before = Instant::now() + again;
                    again = (again * 2).min(DECLARE_AGAIN.1);
                    if !self.declares(connection, missing).await {
                        return "the broker no longer answers".into();
                    }
                }
                _ = redeclare.tick() => {
                    let wanted = kept.borrow().wanted.clone();
                    if !self.declares(connection, wanted).await {
                        return "the broker no longer answers".into();
                    }
                }
            }
        }
    }

    /// Declares, and says so where it fails; `false` when there is no answer: such a connection is as good as lost.
    async fn declares(&self, connection: &Connection, topology: Option<Arc<Topology>>) -> bool {
        let Some(topology) = topology else { return true };
        tokio::select! {
            declared = timeout(ATTEMPT * 6, declare(connection, &topology, &self.kept)) => match declared {
                Ok(Ok(())) => true,
                Ok(Err(e)) => {
                    tracing::warn!(connection = self.name, error = %e, "exchanges and queues could not be declared");
                    true
                }
                Err(_) => false,
            },
            () = self.ended(connection) => false,
        }
    }

    /// Waits until the connection is lost or not wanted any more.
    async fn ended(&self, connection: &Connection) {
        let mut stopped = self.stopped.clone();
        let lost = async {
            let mut look = tokio::time::interval(LOOK);
            while connection.status().connected() {
                look.tick().await;
            }
        };
        tokio::select! {
            () = lost => {}
            () = async { drop(stopped.wait_for(|s| *s).await) } => {}
        }
    }

    fn tell(&self, connection: &Arc<Connection>, since: Timestamp, blocked: Option<Arc<str>>) {
        let (generation, connection) = (self.generation, Arc::clone(connection));
        self.told.send_replace(Link::Up { since, generation, blocked, connection });
    }
}
