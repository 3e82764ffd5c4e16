//! One pinned channel: publishes its rows in order, up to a window ahead of the broker's confirms, and after any
//! break publishes again everything from the earliest unconfirmed row on.
//!
//! Rows leave the lane only as a confirmed prefix. So a row that the broker confirmed behind one that it did not is
//! published again with it, in order: an agency that keeps to the sequence (later ones wait, earlier ones are
//! doubles) sees no gap, no inversion and no double.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lapin::message::BasicReturnMessage;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::protocol::{AMQPErrorKind, AMQPSoftError};
use lapin::types::{AMQPValue, FieldArray, FieldTable, LongString, ShortString};
use lapin::{BasicProperties, Confirmation, ErrorKind, PublisherConfirm};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use crate::bus::BusError;
use crate::bus::connection::{Broker, LiveChannel};
use crate::bus::topology::OUT;
use crate::domain::envelope::is_sequenced;
use crate::store::append::OutboxRow;
use crate::store::outbox::Settlement;

/// Pauses before publishing again after a break, first and longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(5));

/// The longest that closing a channel may take; one of a lost connection may never answer.
const CLOSING: Duration = Duration::from_secs(2);

/// A row on its way.
#[derive(Debug, Clone)]
pub(super) struct Queued {
    pub id: i64,
    pub row: Arc<OutboxRow>,
}

struct Published {
    queued: Queued,
    in_broker: Vec<String>,
    unroutable: Vec<String>,
    /// `None` where no recipient has a queue: nothing was published.
    confirm: Option<PublisherConfirm>,
    at: Instant,
}

/// Why a lane must begin anew.
enum Break {
    /// The broker refused a message.
    Nack,
    /// The channel or connection ended.
    Lost(BusError),
}

pub(super) struct Lane {
    pub broker: Broker,
    pub window: usize,
    pub rows: mpsc::UnboundedReceiver<Queued>,
    pub settled: mpsc::Sender<Settlement>,
}

impl Lane {
    /// Runs until the sorter or the settler is gone, or the connection was closed on purpose.
    pub async fn run(mut self) {
        let mut waiting: VecDeque<Queued> = VecDeque::new();
        let mut pause = PAUSES.0;
        let mut suspicion = Suspicion::default();
        loop {
            let channel = match self.open().await {
                Ok(channel) => channel,
                Err(BusError::Closed) => return,
                Err(e) => {
                    tracing::debug!(error = %e, "a relay channel could not be opened");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(PAUSES.1);
                    continue;
                }
            };
            let began = Instant::now();
            let window = if suspicion.is_grave() { 1 } else { self.window };
            let (left, ended) = self.publish(&channel, waiting, window).await;
            waiting = left;
            let Some(ended) = ended else { return };
            // A channel that still lives must be gone before its rows go over another one.
            let _ = timeout(CLOSING, channel.close(200, "anew".into())).await;
            metrics::counter!("hub112_outbox_republished_total").increment(waiting.len() as u64);
            match ended {
                Break::Nack => {
                    tracing::warn!(rows = waiting.len(), "the broker refused a message; publishing anew")
                }
                Break::Lost(error) => {
                    tracing::warn!(rows = waiting.len(), %error, "a relay channel broke; publishing anew");
                    let soft = matches!(&error, BusError::Amqp(e) if e.is_amqp_soft_error());
                    if soft && let Err(e) = self.broker.redeclare().await {
                        tracing::warn!(error = %e, "exchanges and queues could not be declared");
                    }
                    if suspicion.confirmed(&error, began.elapsed())
                        && let Some(poison) = waiting.pop_front()
                        && !self.set_aside(poison).await
                    {
                        return;
                    }
                }
            }
            // Without a connection the next channel is waited for anyway.
            if !self.broker.link().borrow().is_up() {
                continue;
            }
            pause = if began.elapsed() > PAUSES.1 { PAUSES.0 } else { (pause * 2).min(PAUSES.1) };
            tokio::time::sleep(pause).await;
        }
    }

    async fn open(&self) -> Result<LiveChannel, BusError> {
        let channel = self.broker.channel().await?;
        channel.answer(channel.confirm_select(ConfirmSelectOptions::default())).await?;
        Ok(channel)
    }

    /// Publishes what waits and then what comes, until something breaks. Gives back, in order, what the broker
    /// has not confirmed; no break when there is nothing more to do ever.
    async fn publish(
        &mut self,
        channel: &LiveChannel,
        mut waiting: VecDeque<Queued>,
        window: usize,
    ) -> (VecDeque<Queued>, Option<Break>) {
        let mut flying: VecDeque<Published> = VecDeque::with_capacity(window);
        let ended = loop {
            if flying.len() < window && !waiting.is_empty() {
                let Some(next) = waiting.pop_front() else { continue };
                match self.send(channel, next.clone()).await {
                    Ok(published) => flying.push_back(published),
                    Err(e) => {
                        waiting.push_front(next);
                        break Some(Break::Lost(e));
                    }
                }
                continue;
            }
            tokio::select! {
                confirmed = front(&mut flying), if !flying.is_empty() => match confirmed {
                    Ok(returned) => {
                        if !self.release(&mut flying, returned).await {
                            return (waiting, None);
                        }
                    }
                    Err(ended) => break Some(ended),
                },
                () = channel.lost() => break Some(Break::Lost(BusError::Lost)),
                row = self.rows.recv(), if flying.len() < window => match row {
                    Some(row) => waiting.push_back(row),
                    None => return (waiting, None),
                },
            }
        };
        let mut left: VecDeque<Queued> = flying.into_iter().map(|p| p.queued).collect();
        left.append(&mut waiting);
        (left, ended)
    }

    async fn send(&self, channel: &LiveChannel, queued: Queued) -> Result<Published, BusError> {
        let row = &queued.row;
        let (in_broker, unroutable) = tokio::select! {
            biased;
            () = channel.lost() => return Err(BusError::Lost),
            sorted = self.broker.sort(&row.routing_keys) => sorted,
        };
        let mut confirm = None;
        if let Some((first, others)) = in_broker.split_first() {
            let publishing = channel.basic_publish(
                OUT.into(),
                ShortString::from(first.as_str()),
                BasicPublishOptions { mandatory: true, ..Default::default() },
                &row.body,
                properties(row, others),
            );
            confirm = Some(channel.answer(publishing).await?);
        }
        Ok(Published { queued, in_broker, unroutable, confirm, at: Instant::now() })
    }

    /// Gives up a message that the broker will never take.
    async fn set_aside(&self, poison: Queued) -> bool {
        tracing::error!(distribution = %poison.row.distribution, "the broker will not take a message; set aside");
        let settled = Settlement {
            id: Some(poison.id),
            in_broker: Vec::new(),
            unroutable: poison.row.routing_keys.clone(),
            row: poison.row,
            at: Timestamp::now(),
        };
        self.settled.send(settled).await.is_ok()
    }

    /// Lets go of the first row, which the broker has. `false` when nobody settles any more.
    async fn release(&self, flying: &mut VecDeque<Published>, returned: Option<BasicReturnMessage>) -> bool {
        let Some(done) = flying.pop_front() else { return true };
        metrics::histogram!("hub112_outbox_confirm_seconds").record(done.at.elapsed().as_secs_f64());
        metrics::counter!("hub112_outbox_published_total").increment(1);
        if !done.unroutable.is_empty() {
            metrics::counter!("hub112_outbox_unroutable_total").increment(done.unroutable.len() as u64);
            tracing::error!(keys = ?done.unroutable, "no queue for a recipient");
        }
        let settled = Settlement {
            id: Some(done.queued.id),
            in_broker: done.in_broker,
            unroutable: done.unroutable,
            row: done.queued.row,
            at: Timestamp::now(),
        };
        if self.settled.send(settled).await.is_err() {
            return false;
        }
        // The client hands a returned message to whichever confirm comes next: it says itself which it is.
        if let Some(late) = returned.and_then(|m| unroutable(&m)) {
            metrics::counter!("hub112_outbox_unroutable_total").increment(late.unroutable.len() as u64);
            tracing::error!(keys = ?late.unroutable, "the broker has no queue for a message, nor for the unroutable");
            return self.settled.send(late).await.is_ok();
        }
        true
    }
}

/// Finds the message that makes the broker close the channel each time, which would else stop the lane for good.
#[derive(Default)]
struct Suspicion {
    strikes: u8,
}

impl Suspicion {
    /// Rows are published one at a time, so that the one that breaks the channel is known.
    fn is_grave(&self) -> bool {
        self.strikes >= 3
    }

    /// Takes in a break; `true` when it proves the first unconfirmed row to be the cause.
    fn confirmed(&mut self, error: &BusError, lived: Duration) -> bool {
        // Only a failed precondition is about the message itself: a missing exchange or right is not.
        let about_message = matches!(error, BusError::Amqp(e) if matches!(e.kind(),
            ErrorKind::ProtocolError(p) if *p.kind() == AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED)));
        if !about_message || lived > PAUSES.1 {
            self.strikes = 0;
            return false;
        }
        if self.is_grave() {
            self.strikes = 0;
            return true;
        }
        self.strikes += 1;
        false
    }
}

/// Waits for the confirm of the first row.
async fn front(flying: &mut VecDeque<Published>) -> Result<Option<BasicReturnMessage>, Break> {
    let Some(confirm) = flying.front_mut().and_then(|p| p.confirm.as_mut()) else { return Ok(None) };
    match confirm.await {
        Ok(Confirmation::Ack(returned)) => Ok(returned),
        Ok(Confirmation::Nack(_) | Confirmation::NotRequested) => Err(Break::Nack),
        Err(e) => Err(Break::Lost(e.into())),
    }
}

fn properties(row: &OutboxRow, copies: &[String]) -> BasicProperties {
    let mut properties = BasicProperties::default()
        .with_content_type("application/json".into())
        .with_delivery_mode(2)
        .with_priority(row.priority)
        .with_message_id(row.distribution.to_string().into())
        .with_type(ShortString::from(row.kind.as_ref()))
        .with_app_id("hub112".into())
        .with_timestamp(u64::try_from(Timestamp::now().as_second()).unwrap_or_default());
    if !copies.is_empty() {
        let keys: Vec<_> =
            copies.iter().map(|k| AMQPValue::LongString(LongString::from(k.as_bytes()))).collect();
        let mut headers = FieldTable::default();
        headers.insert("CC".into(), AMQPValue::FieldArray(FieldArray::from(keys)));
        properties = properties.with_headers(headers);
    }
    // What belongs to the sequence of an incident is never dropped by the broker: a gap would be worse than an
    // old message, which says itself that it has expired.
    if let Some(at) = row.expires_at.filter(|_| !is_sequenced(&row.kind)) {
        let left = at.duration_since(Timestamp::now()).as_millis().max(0);
        properties = properties.with_expiration(left.to_string().into());
    }
    properties
}

/// A message that came back, as a row that has no queue.
fn unroutable(message: &BasicReturnMessage) -> Option<Settlement> {
    let distribution = message.properties.message_id().as_ref()?.as_str().parse().ok()?;
    let mut keys = vec![message.routing_key.to_string()];
    let copies = message.properties.headers().as_ref().and_then(|h| h.inner().get("CC"));
    if let Some(AMQPValue::FieldArray(copies)) = copies {
        keys.extend(copies.as_slice().iter().filter_map(|k| match k {
            AMQPValue::LongString(s) => Some(String::from_utf8_lossy(s.as_bytes()).into_owned()),
            _ => None,
        }));
    }
    let region = keys[0].get(..2)?.parse().ok()?;
    let kind = message.properties.kind().as_ref().map_or_else(String::new, ToString::to_string);
    let row = OutboxRow {
        distribution,
        region,
        ordering_key: String::new(),
        routing_keys: keys.clone(),
        kind: kind.into(),
        priority: message.properties.priority().unwrap_or_default(),
        expires_at: None,
        body: message.delivery.data.clone().into(),
    };
    let at = Timestamp::now();
    Some(Settlement { id: None, in_broker: Vec::new(), unroutable: keys, row: Arc::new(row), at })
}
