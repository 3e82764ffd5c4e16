//! Technical and read acknowledgements: the most frequent messages of all, recorded many in one transaction.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lapin::message::Delivery;
use lapin::options::BasicAckOptions;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::reading::Refusal;
use super::refusing::{Origin, Refuser};
use super::reports::{Acked, AgencyReports, InboxStore};
use crate::domain::delivery::DeliveryStep;
use crate::domain::envelope::{AgencyContent, Envelope, ErrorCode, Party};
use crate::domain::ids::DistributionId;

/// The most acknowledgements in one transaction.
const BATCH: usize = 1_024;
/// How long an acknowledgement may be ahead of the record that its message was sent: the record is made when the
/// broker has confirmed, and a quick agency answers before.
const AHEAD: Duration = Duration::from_secs(10);
/// How often those ahead are tried again.
const AGAIN: Duration = Duration::from_millis(250);
/// Pause while the database is away.
const PAUSE: Duration = Duration::from_millis(200);

/// One message with one or more acknowledgements in it.
pub(super) struct AckMessage {
    pub acks: Vec<Acked>,
    pub delivery: Delivery,
    pub origin: Origin,
    pub sender: Party,
    pub envelope_id: DistributionId,
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

struct Waiting {
    message: AckMessage,
    /// Those of its acknowledgements that no record was found for.
    left: Vec<Acked>,
    until: Instant,
}

/// Runs until nobody sends any more.
pub(super) async fn run(
    mut messages: mpsc::Receiver<AckMessage>,
    store: Arc<dyn InboxStore>,
    reports: Arc<dyn AgencyReports>,
    refuser: Refuser,
) {
    let mut ahead: VecDeque<Waiting> = VecDeque::new();
    let mut again = tokio::time::interval(AGAIN);
    let mut fresh = Vec::with_capacity(BATCH);
    loop {
        tokio::select! {
            n = messages.recv_many(&mut fresh, BATCH) => if n == 0 {
                return;
            },
            _ = again.tick(), if !ahead.is_empty() => {}
        }
        let until = Instant::now() + AHEAD;
        let mut round: Vec<Waiting> = fresh
            .drain(..)
            .map(|mut message| Waiting { left: std::mem::take(&mut message.acks), message, until })
            .collect();
        round.extend(ahead.drain(..));
        let acks: Vec<Acked> = round.iter().flat_map(|w| w.left.iter().cloned()).collect();
        let known = loop {
            match store.acknowledged(&acks).await {
                Ok(known) => break known,
                Err(error) => {
                    tracing::warn!(%error, acks = acks.len(), "acknowledgements could not be recorded; trying again");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        };
        let durable: Vec<Acked> =
            acks.iter().zip(&known).filter(|(_, known)| **known).map(|(ack, _)| ack.clone()).collect();
        metrics::counter!("hub112_agency_acks_total").increment(durable.len() as u64);
        if !durable.is_empty() {
            reports.acknowledged(&durable).await;
        }
        let mut known = known.into_iter();
        for mut waiting in round {
            waiting.left.retain(|_| !known.next().unwrap_or_default());
            if waiting.left.is_empty() {
                settle(&waiting.message.delivery).await;
            } else if waiting.until > Instant::now() {
                ahead.push_back(waiting);
            } else {
                refuse(&refuser, waiting).await;
            }
        }
    }
}

async fn refuse(refuser: &Refuser, waiting: Waiting) {
    let Waiting { message, left, .. } = waiting;
    let ids: Vec<String> = left.iter().take(5).map(|a| a.distribution.to_string()).collect();
    let refusal = Refusal {
        sender: Some(message.sender),
        references: Some(message.envelope_id),
        code: ErrorCode::UnknownReference,
        detail: format!("no such message was sent to you: {}", ids.join(", ")),
        is_error: false,
    };
    refuser.refuse(&message.origin, &message.delivery, refusal).await;
    settle(&message.delivery).await;
}

/// A lost channel makes this fail; the message then comes again.
pub(super) async fn settle(delivery: &Delivery) {
    if let Err(error) = delivery.ack(BasicAckOptions::default()).await {
        tracing::debug!(%error, "a message could not be acknowledged to the broker; it will come again");
    }
}
