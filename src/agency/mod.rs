//! The reference agency: a separate process that knows only the public AMQP contract (`hub112.asyncapi`).
//!
//! It consumes its queue, takes each incident's messages once and in order, acknowledges technically and as read,
//! answers requests, drives its units, reports, replies to channel checks. It uses the hub's types of the contract
//! and nothing else of the hub; `ops/examples/agency.py` does the same with a stock client and no type of ours.

pub mod desk;
mod diary;
pub mod fleet;
pub mod options;
mod outgoing;
pub mod sequence;

use std::path::PathBuf;
use std::time::Duration;

use futures_util::stream::{SelectAll, select_all};
use futures_util::{FutureExt, StreamExt};
use jiff::Timestamp;
use lapin::Consumer;
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions, BasicRejectOptions};
use lapin::types::{FieldTable, ShortString};
use lapin::uri::AMQPUri;
use secrecy::ExposeSecret;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use self::desk::{Desk, Outgoing};
use self::diary::Diary;
pub use self::diary::DiaryError;
use self::fleet::{Fleet, UnitsError};
pub use self::options::{Behaviour, Options};
use self::sequence::{Arrival, Seen, Sequences};
use crate::bus::BusError;
use crate::bus::connection::{Broker, BrokerSettings, LiveChannel};
use crate::bus::topology::agency_queue;
use crate::domain::envelope::{
    AgencyContent, CONTRACT, Envelope, ErrorCode, ErrorContent, Head, HubContent, Kind, MAX_POSITIONS, Party,
    RawContent, Recipient, TechnicalAck, is_sequenced,
};
use crate::domain::ids::{DistributionId, IncidentId, RegionCode};

/// Messages that the broker gives before the first is acknowledged.
const PREFETCH: u16 = 500;
/// The longest that an acknowledgement to the broker may take; over a lost channel it may never end.
const SETTLING: Duration = Duration::from_secs(5);
/// How long a missing message is waited for before the gap is told.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long an incident is remembered of which nothing is heard.
const MEMORY: Duration = Duration::from_secs(48 * 3_600);

/// Why the agency cannot work.
#[derive(Debug, thiserror::Error)]
pub enum AgencyError {
    /// Its units do not read.
    #[error(transparent)]
    Units(#[from] UnitsError),
    /// Its diary does not read.
    #[error(transparent)]
    Diary(#[from] DiaryError),
    /// The broker's address does not read.
    #[error(transparent)]
    Bus(#[from] BusError),
}

/// Runs the agency until `stop` says so.
///
/// # Errors
/// [`AgencyError`] when the options do not hold; a broker that is away is waited for.
pub async fn run(options: Options, stop: watch::Receiver<bool>) -> Result<(), AgencyError> {
    let fleet = options.units.as_deref().map(Fleet::read).transpose()?.unwrap_or_default();
    let uri: Result<AMQPUri, String> = options.amqp.expose_secret().parse();
    let account = uri.map_err(|_| BusError::Address("it does not read".into()))?.authority.userinfo.username;
    let name = format!("agency {}.{}", options.region.first().map_or(0, |r| r.number()), options.service);
    let broker = Broker::connect(&BrokerSettings { url: options.amqp.clone(), name }, None)?;
    let (say, said) = mpsc::channel(4_096);
    let speaking = tokio::spawn(outgoing::run(broker.clone(), account, said));
    tracing::info!(service = %options.service, units = fleet.len(), behaviour = ?options.behaviour, "on duty");
    let diary = options.diary.clone();
    let kept = diary.as_deref().map(Diary::read).transpose()?.unwrap_or_default();
    let mut sequences = Sequences::new(PATIENCE);
    for (region, incident, next) in kept.sequences {
        sequences.expect((region, incident), next, Instant::now());
    }
    let post = Post {
        diary,
        silent: options.behaviour == Behaviour::Silent,
        parties: options
            .region
            .iter()
            .map(|r| Party { region: *r, service: options.service.clone() })
            .collect(),
        desk: {
            let mut desk = Desk::new(options, fleet);
            desk.recall(kept.desk);
            desk
        },
        sequences,
        seen: Seen::new(100_000),
        broker: broker.clone(),
        say,
        stop,
    };
    post.run().await;
    // What was said last is on its way.
    let _ = tokio::time::timeout(Duration::from_secs(5), speaking).await;
    broker.close().await;
    Ok(())
}

/// A message of the hub with the delivery that is acknowledged once it is taken.
struct Post {
    diary: Option<PathBuf>,
    silent: bool,
    parties: Vec<Party>,
    desk: Desk,
    sequences: Sequences<(RegionCode, IncidentId), Letter>,
    seen: Seen<DistributionId>,
    broker: Broker,
    say: mpsc::Sender<outgoing::Message>,
    stop: watch::Receiver<bool>,
}

struct Letter {
    delivery: Delivery,
    head: Head,
    content: HubContent,
}

impl Post {
    async fn run(mut self) {
        let mut stop = self.stop.clone();
        while !*self.stop.borrow() {
            let consumers = tokio::select! {
                consumers = self.consume() => consumers,
                _ = stop.changed() => continue,
            };
            match consumers {
                Ok((channel, consumers)) => self.work(&channel, consumers).await,
                Err(BusError::Closed) => return,
                Err(error) => {
                    tracing::warn!(%error, "the agency cannot consume; trying again");
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            }
            self.sequences.reconnect();
        }
    }

    async fn consume(&self) -> Result<(LiveChannel, SelectAll<Consumer>), BusError> {
        let channel = self.broker.channel().await?;
        channel.answer(channel.basic_qos(PREFETCH, BasicQosOptions::default())).await?;
        let mut consumers = Vec::with_capacity(self.parties.len());
        for party in &self.parties {
            let queue = ShortString::from(agency_queue(party));
            let options = BasicConsumeOptions::default();
            let tag = ShortString::from(party.to_string());
            let consuming = channel.basic_consume(queue, tag, options, FieldTable::default());
            consumers.push(channel.answer(consuming).await?);
        }
        Ok((channel, select_all(consumers)))
    }

    /// Works until the channel breaks or the agency is stopped.
    async fn work(&mut self, channel: &LiveChannel, mut consumers: SelectAll<Consumer>) {
        let mut look = tokio::time::interval(Duration::from_secs(1));
        let mut stop = self.stop.clone();
        loop {
            let pause = self.desk.next_due().map_or(Duration::from_secs(60), |at| {
                at.duration_since(Timestamp::now()).try_into().unwrap_or(Duration::ZERO)
            });
            tokio::select! {
                delivery = consumers.next() => {
                    let Some(Ok(delivery)) = delivery else { return };
                    let mut deliveries = vec![delivery];
                    // What has come already is taken with it, and acknowledged in one message.
                    while deliveries.len() < usize::from(PREFETCH)
                        && let Some(Some(Ok(delivery))) = consumers.next().now_or_never()
                    {
                        deliveries.push(delivery);
                    }
                    self.take(deliveries).await;
                }
                () = tokio::time::sleep(pause) => {
                    let out = self.desk.due(Timestamp::now());
                    self.say_all(out).await;
                    self.note_down().await;
                }
                _ = look.tick() => self.look_for_gaps().await,
                () = channel.lost() => return,
                _ = stop.changed() => return,
            }
        }
    }

    async fn take(&mut self, deliveries: Vec<Delivery>) {
        let now = Timestamp::now();
        let mut received: Vec<(Head, DistributionId)> = Vec::with_capacity(deliveries.len());
        let mut taken = Vec::new();
        let mut settled = Vec::new();
        for delivery in deliveries {
            let letter = match self.open(delivery).await {
                Ok(letter) => letter,
                Err(refused) => {
                    settled.extend(refused);
                    continue;
                }
            };
            received.push((letter.head.clone(), letter.head.distribution_id));
            self.sort(letter, &mut taken, &mut settled);
        }
        self.acknowledge(&received, now).await;
        for letter in taken {
            let out = self.desk.receive(&letter.head, letter.content, now);
            self.say_all(out).await;
            settled.push(letter.delivery);
        }
        self.note_down().await;
        for delivery in settled {
            // Over a broken channel it fails, and the message comes again as a double.
            let _ = timeout(SETTLING, delivery.ack(BasicAckOptions::default())).await;
        }
    }

    /// Reads a message; one whose content does not read is refused with a code, and one that is no message of the hub
    /// goes to the dead letters, where a person sees it.
    async fn open(&self, delivery: Delivery) -> Result<Letter, Option<Delivery>> {
        let raw = match Envelope::<RawContent>::parse_from_hub(&delivery.data) {
            Ok(raw) => raw,
            Err(fault) => {
                tracing::error!(%fault, "a message of the hub does not read");
                let rejected = delivery.reject(BasicRejectOptions { requeue: false });
                let _ = timeout(SETTLING, rejected).await;
                return Err(None);
            }
        };
        match HubContent::parse(raw.content) {
            Ok(content) => Ok(Letter { delivery, head: raw.head, content }),
            Err((code, detail)) => {
                let references = Some(raw.head.distribution_id);
                let detail = detail.to_string();
                let content = AgencyContent::Error(ErrorContent { code, detail, references });
                self.reply(&raw.head, content, Kind::Error).await;
                Err(Some(delivery))
            }
        }
    }

    fn sort(&mut self, letter: Letter, taken: &mut Vec<Letter>, settled: &mut Vec<Delivery>) {
        let head = &letter.head;
        let own = head.recipients.iter().find(|r| self.parties.contains(&r.party()));
        let content_type = crate::domain::envelope::Typed::content_type(&letter.content);
        let sequence = own.and_then(|r| r.sequence).filter(|_| is_sequenced(content_type));
        let (Some(incident), Some(sequence)) = (head.incident, sequence) else {
            if self.seen.first(&head.distribution_id) {
                taken.push(letter);
            } else {
                settled.push(letter.delivery);
            }
            return;
        };
        let key = (head.sender.region, incident);
        match self.sequences.arrive(&key, sequence, letter, Instant::now()) {
            Arrival::Taken(mut letters) => taken.append(&mut letters),
            Arrival::Double(letter) => settled.push(letter.delivery),
            Arrival::Waits => {}
        }
    }

    /// Technical acknowledgements: one message for all that came together for one of the agency's regions.
    async fn acknowledge(&self, received: &[(Head, DistributionId)], now: Timestamp) {
        if self.silent {
            return;
        }
        let mut rest: Vec<&(Head, DistributionId)> = received.iter().collect();
        while let Some((head, _)) = rest.first() {
            let same = |h: &Head| self.own(h) == self.own(head) && h.status == head.status;
            let (mut these, others): (Vec<_>, Vec<_>) = rest.iter().copied().partition(|(h, _)| same(h));
            let left = these.split_off(these.len().min(MAX_POSITIONS));
            let also = these.iter().skip(1).map(|(_, id)| *id).collect();
            let ack = AgencyContent::TechnicalAck(TechnicalAck { received_at: now, also });
            self.reply(head, ack, Kind::Ack).await;
            rest = left.into_iter().chain(others).collect();
        }
    }

    /// Before the broker forgets what was taken, the diary has it.
    async fn note_down(&self) {
        let Some(path) = &self.diary else { return };
        let sequences =
            self.sequences.expected().map(|((region, incident), next)| (*region, *incident, next));
        let diary = Diary { desk: self.desk.memory(), sequences: sequences.collect() };
        if let Err(error) = diary.write(path).await {
            tracing::error!(%error, "what was taken over is not kept; a restart would forget it");
        }
    }

    async fn look_for_gaps(&mut self) {
        let now = Instant::now();
        for gap in self.sequences.give_up(now) {
            let Some(first) = gap.taken.first() else { continue };
            tracing::warn!(incident = %gap.key.1, from = gap.from, to = gap.to, "messages are missing");
            let detail = format!("numbers {} to {} of the incident did not come", gap.from, gap.to);
            let content = ErrorContent {
                code: ErrorCode::SequenceGap,
                detail,
                references: Some(first.head.distribution_id),
            };
            self.reply(&first.head, AgencyContent::Error(content), Kind::Error).await;
            for letter in gap.taken {
                let out = self.desk.receive(&letter.head, letter.content, Timestamp::now());
                self.say_all(out).await;
                let _ = letter.delivery.ack(BasicAckOptions::default()).await;
            }
        }
        self.sequences.forget(MEMORY, now);
    }

    /// As whom the agency is addressed; the first of its parties where a message names none.
    fn own(&self, head: &Head) -> &Party {
        let own = |p: &&Party| head.recipients.iter().any(|r| r.region == p.region && r.service == p.service);
        self.parties.iter().find(own).unwrap_or(&self.parties[0])
    }

    async fn reply(&self, to: &Head, content: AgencyContent, kind: Kind) {
        let (region, status) = (self.own(to).region, to.status);
        let references = Some(to.distribution_id);
        let (incident, trace) = (to.incident, to.trace.clone());
        let id = DistributionId(Uuid::now_v7());
        self.say_all(vec![Outgoing { id, content, kind, references, incident, status, region, trace }]).await;
    }

    async fn say_all(&self, out: Vec<Outgoing>) {
        if self.silent {
            return;
        }
        for message in out {
            let Some(me) = self.parties.iter().find(|p| p.region == message.region) else { continue };
            // Only a publisher that has ended no longer takes it.
            let _ = self.say.send(envelope(me, message)).await;
        }
    }
}

fn envelope(me: &Party, message: Outgoing) -> outgoing::Message {
    let Outgoing { id, content, kind, references, incident, status, region, trace } = message;
    let hub = Party::hub(region);
    Envelope {
        head: Head {
            contract: CONTRACT,
            distribution_id: id,
            sender: me.clone(),
            recipients: vec![Recipient {
                region: hub.region,
                service: hub.service,
                sequence: None,
                references: None,
            }],
            sent_at: Timestamp::now(),
            expires_at: None,
            status,
            kind,
            references,
            incident,
            trace,
        },
        content,
    }
}
