//! Technical and read acknowledgements: the most frequent messages of all, recorded many in one transaction.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::Pool;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use lapin::message::Delivery;
use lapin::options::BasicAckOptions;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::reading::{About, Refusal};
use super::refusing::{Origin, Refuser};
use super::region::UNAVAILABLE;
use super::reports::{Acked, AgencyReports, Owed, TRIES};
use super::window::Place;
use crate::domain::delivery::DeliveryStep;
use crate::domain::envelope::{AgencyContent, Envelope, ErrorCode, Party};
use crate::domain::ids::{DistributionId, RegionCode};
use crate::domain::said::{Said, said};
use crate::store::delivery::{self, News};

/// The most acknowledgements in one transaction.
const BATCH: usize = 1_024;
/// Pause while the database is away.
const PAUSE: Duration = Duration::from_millis(200);
/// Messages of one region whose effects are asked for at once: far fewer than a hub takes, so that its own work goes on.
const AT_ONCE: usize = 64;
/// How long what is under way may go on at the end.
const ENDING: Duration = Duration::from_secs(2);
/// The longest that an acknowledgement to the broker may take; over a lost channel it may never end.
const SETTLING: Duration = Duration::from_secs(5);

/// One message with one or more acknowledgements in it.
pub(super) struct AckMessage {
    pub acks: Vec<Acked>,
    pub delivery: Delivery,
    /// Given back with the message.
    pub place: Place,
    pub origin: Origin,
    pub sender: Party,
    pub envelope_id: DistributionId,
    /// Besides what it answers it was taken: what it answers is news of that alone.
    pub taken: bool,
    /// An error is never answered with an error.
    pub is_error: bool,
    pub about: About,
}

/// What a message acknowledges; `None` when it is no acknowledgement.
pub(super) fn acknowledged(
    sender: &Party,
    envelope: &Envelope<AgencyContent>,
    now: Timestamp,
) -> Option<Vec<Acked>> {
    let first = envelope.head.references?;
    let (also, step, at) = match &envelope.content {
        AgencyContent::TechnicalAck(a) => (a.also.as_slice(), DeliveryStep::Acknowledged, a.received_at),
        AgencyContent::ReadAck(a) => (&[][..], DeliveryStep::Read { by: a.by.clone() }, a.at),
        _ => return None,
    };
    let at = at.min(now);
    let ack = |distribution| Acked { party: sender.clone(), distribution, step: step.clone(), at };
    Some(std::iter::once(first).chain(also.iter().copied()).map(ack).collect())
}

/// What is recorded, with those of its acknowledgements that answer nothing ever sent.
struct Recorded {
    message: AckMessage,
    known: Vec<Acked>,
    missing: Vec<Acked>,
}

/// Runs until nobody sends any more. A message is acknowledged to the broker when what follows from it is durable
/// too: what a crash cuts off comes again.
pub(super) async fn run(
    mut messages: mpsc::Receiver<AckMessage>,
    pool: Pool,
    reports: Arc<dyn AgencyReports>,
    refuser: Refuser,
) {
    // What follows must not hold up the recording of the next ones, nor one region's hub those of others. Unbounded,
    // but the broker gives no more than the prefetch.
    let mut lanes: HashMap<RegionCode, mpsc::UnboundedSender<Recorded>> = HashMap::new();
    let mut following = JoinSet::new();
    let mut batch = Vec::with_capacity(BATCH);
    while messages.recv_many(&mut batch, BATCH).await > 0 {
        let unknown = record(&pool, &batch).await;
        for message in batch.drain(..) {
            let is_known = |a: &Acked| !unknown.contains(&(a.distribution, a.party.clone()));
            let (known, missing): (Vec<_>, Vec<_>) = message.acks.iter().cloned().partition(is_known);
            metrics::counter!("hub112_agency_acks_total").increment(known.len() as u64);
            let region = message.sender.region;
            if lanes.get(&region).is_none_or(mpsc::UnboundedSender::is_closed) {
                let (lane, recorded) = mpsc::unbounded_channel();
                following.spawn(follow(recorded, Arc::clone(&reports), refuser.clone()));
                lanes.insert(region, lane);
            }
            if let Some(lane) = lanes.get(&region) {
                // Fails only when the lane has just panicked, which was reported there; the message comes again.
                let _ = lane.send(Recorded { message, known, missing });
            }
        }
    }
    drop(lanes);
    // What still waits for its hub comes again to whoever consumes next.
    let _ = timeout(ENDING, async { while following.join_next().await.is_some() {} }).await;
}

/// One region's way from the record to the broker's acknowledgement. One that must wait holds up no other.
async fn follow(
    mut recorded: mpsc::UnboundedReceiver<Recorded>,
    reports: Arc<dyn AgencyReports>,
    refuser: Refuser,
) {
    let recorded = stream::poll_fn(|cx| recorded.poll_recv(cx));
    let settled = recorded.for_each_concurrent(AT_ONCE, async |Recorded { message, known, missing }| {
        let failed = met(reports.as_ref(), known).await;
        if !failed.is_empty() {
            refuser.refuse(&message.origin, &message.delivery, failure(&message, &failed)).await;
        }
        if message.taken && !missing.is_empty() {
            // What took effect is not refused: its sender would take it for undone, and answer otherwise.
            let (sender, ids) = (&message.sender, ids(&missing));
            tracing::warn!(%sender, ids, "what a message that was taken says it answers was never sent");
        } else if !missing.is_empty() {
            refuser.refuse(&message.origin, &message.delivery, refusal(&message, &missing)).await;
        }
        settle(&message.delivery).await;
        drop(message.place);
    });
    settled.await;
}

/// Asks for what follows until it is durable, however long the hub is away; gives those on which the rules fail each time:
/// they are a person's to look at, and the queue goes on.
async fn met(reports: &dyn AgencyReports, known: Vec<Acked>) -> Vec<Acked> {
    let mut pause = UNAVAILABLE.0;
    let mut failures: HashMap<(DistributionId, Party), u32> = HashMap::new();
    let (mut ask, mut given_up) = (known, Vec::new());
    while !ask.is_empty() {
        let owed = reports.acknowledged(&ask).await;
        ask.clear();
        for Owed { ack, failed } in owed {
            let times = failures.entry((ack.distribution, ack.party.clone())).or_default();
            *times += u32::from(failed);
            if *times < TRIES { ask.push(ack) } else { given_up.push(ack) }
        }
        if !ask.is_empty() {
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(UNAVAILABLE.1);
        }
    }
    given_up
}

/// Records them all, however long the database is away; gives those that answer nothing ever sent.
async fn record(pool: &Pool, batch: &[AckMessage]) -> HashSet<(DistributionId, Party)> {
    let news: Vec<News> = batch.iter().flat_map(|m| &m.acks).map(news).collect();
    match record_all(pool, &news).await {
        Some(unknown) => unknown,
        // One that the database does not take holds up nobody else's.
        None => {
            let mut refused = HashSet::new();
            for one in news {
                match record_all(pool, std::slice::from_ref(&one)).await {
                    Some(unknown) => refused.extend(unknown),
                    None => drop(refused.insert((one.distribution, one.at_party))),
                }
            }
            refused
        }
    }
}

fn news(ack: &Acked) -> News {
    News { distribution: ack.distribution, at_party: ack.party.clone(), step: ack.step.clone(), at: ack.at }
}

/// `None` when the database will never take them.
async fn record_all(pool: &Pool, news: &[News]) -> Option<HashSet<(DistributionId, Party)>> {
    loop {
        match delivery::record(pool, news).await {
            Ok(unknown) => return Some(unknown.into_iter().collect()),
            Err(error) if error.is_of_the_data() => {
                tracing::error!(%error, acks = news.len(), "acknowledgements that the database does not take");
                return None;
            }
            Err(error) => {
                tracing::warn!(%error, acks = news.len(), "acknowledgements could not be recorded; trying again");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

fn refusal(message: &AckMessage, missing: &[Acked]) -> Refusal {
    let detail = said!("no such message was sent to you: {ids}", ids = ids(missing));
    coded(message, ErrorCode::UnknownReference, detail)
}

fn failure(message: &AckMessage, failed: &[Acked]) -> Refusal {
    let detail = said!(
        "the hub failed on what this acknowledges; it is set aside for a person: {ids}",
        ids = ids(failed)
    );
    coded(message, ErrorCode::Unavailable, detail)
}

fn ids(acks: &[Acked]) -> String {
    let ids: Vec<String> = acks.iter().take(5).map(|a| a.distribution.to_string()).collect();
    ids.join(", ")
}

fn coded(message: &AckMessage, code: ErrorCode, detail: Said) -> Refusal {
    Refusal {
        sender: Some(message.sender.clone()),
        references: Some(message.envelope_id),
        code,
        detail,
        is_error: message.is_error,
        about: Box::new(message.about.clone()),
    }
}

/// A lost channel makes this fail; the message then comes again.
pub(super) async fn settle(delivery: &Delivery) {
    match timeout(SETTLING, delivery.ack(BasicAckOptions::default())).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => {
            tracing::debug!(%error, "a message could not be acknowledged to the broker; it will come again");
        }
        Err(_) => {
            tracing::debug!("the connection was lost under an acknowledgement; the message will come again")
        }
    }
}
