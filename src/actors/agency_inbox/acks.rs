//! Technical and read acknowledgements: the most frequent messages of all, recorded many in one transaction.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::Pool;
use jiff::Timestamp;
use lapin::message::Delivery;
use lapin::options::BasicAckOptions;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::reading::{About, Refusal};
use super::refusing::{Origin, Refuser};
use super::reports::{Acked, AgencyReports};
use crate::domain::delivery::DeliveryStep;
use crate::domain::envelope::{AgencyContent, Envelope, ErrorCode, Party};
use crate::domain::ids::DistributionId;
use crate::store::delivery::{self, News};

/// The most acknowledgements in one transaction.
const BATCH: usize = 1_024;
/// Pause while the database is away.
const PAUSE: Duration = Duration::from_millis(200);
/// The longest that an acknowledgement to the broker may take; over a lost channel it may never end.
const SETTLING: Duration = Duration::from_secs(5);

/// One message with one or more acknowledgements in it.
pub(super) struct AckMessage {
    pub acks: Vec<Acked>,
    pub delivery: Delivery,
    pub origin: Origin,
    pub sender: Party,
    pub envelope_id: DistributionId,
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

/// Runs until nobody sends any more.
pub(super) async fn run(
    mut messages: mpsc::Receiver<AckMessage>,
    pool: Pool,
    reports: Arc<dyn AgencyReports>,
    refuser: Refuser,
) {
    // What follows from an acknowledgement must not hold up the recording of the next ones.
    let (tell, mut told) = mpsc::channel::<Vec<Acked>>(64);
    let telling = tokio::spawn(async move {
        while let Some(acks) = told.recv().await {
            reports.acknowledged(&acks).await;
        }
    });
    let mut batch = Vec::with_capacity(BATCH);
    while messages.recv_many(&mut batch, BATCH).await > 0 {
        let unknown = record(&pool, &batch).await;
        let is_known = |a: &&Acked| !unknown.contains(&(a.distribution, a.party.clone()));
        let durable: Vec<Acked> = batch.iter().flat_map(|m| &m.acks).filter(is_known).cloned().collect();
        metrics::counter!("hub112_agency_acks_total").increment(durable.len() as u64);
        if !durable.is_empty() && tell.send(durable).await.is_err() {
            return;
        }
        for message in batch.drain(..) {
            let missing: Vec<&Acked> = message.acks.iter().filter(|a| !is_known(a)).collect();
            if !missing.is_empty() {
                refuser.refuse(&message.origin, &message.delivery, refusal(&message, &missing)).await;
            }
            settle(&message.delivery).await;
        }
    }
    drop(tell);
    // A panic there has been reported where it happened.
    let _ = telling.await;
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

fn refusal(message: &AckMessage, missing: &[&Acked]) -> Refusal {
    let ids: Vec<String> = missing.iter().take(5).map(|a| a.distribution.to_string()).collect();
    Refusal {
        sender: Some(message.sender.clone()),
        references: Some(message.envelope_id),
        code: ErrorCode::UnknownReference,
        detail: format!("no such message was sent to you: {}", ids.join(", ")),
        said: None,
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
