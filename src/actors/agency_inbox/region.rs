//! The inbox of one region: a consumer that spreads messages over one worker per sender, so that each agency's
//! messages have their effects in the order sent and no agency waits for another. What the actors cannot take now waits
//! here, in order; when one agency's messages have taken all places that the broker gives, it is asked for further ones
//! over the same channel, where order holds, up to eight times as many. Whoever has more than that waiting does hold up
//! its region's queue: the broker keeps what comes, and it is logged.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use jiff::Timestamp;
use lapin::Consumer;
use lapin::message::Delivery;
use lapin::options::{BasicCancelOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::{FieldTable, ShortString};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::Heard;
use super::acks::{AckMessage, acknowledged, settle};
use super::reading::{About, Refusal, Stamp, read, read_of_hub};
use super::refusing::{Origin, Refuser};
use super::reports::{Acked, AgencyReports, Report, ReportRefusal, TRIES};
use super::unreadable::{Sieve, is_unreadable, last_words, take_out};
use super::window::{Place, Window};
use crate::actors::traced::traced;
use crate::bus::BusError;
use crate::bus::accounts::ManagementAt;
use crate::bus::connection::{Broker, LiveChannel};
use crate::bus::topology::{agency_queue, inbox_queue};
use crate::domain::delivery::DeliveryStep;
use crate::domain::envelope::{AgencyContent, Envelope, ErrorCode, Head, HubContent, Party, Typed};
use crate::domain::ids::{DistributionId, RegionCode};
use crate::domain::said::said;
use crate::store::append::InboxMark;

/// Pauses before consuming anew after a break, first and longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));
/// Pauses while the actors cannot take a report, first and longest.
pub(super) const UNAVAILABLE: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(2));

/// How often it is looked whether one agency's messages hold up the others.
const LOOK: Duration = Duration::from_secs(1);

/// Where a message came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// What agencies say.
    Agencies,
    /// What hubs of other regions say.
    Hubs,
}

#[derive(Clone)]
pub(super) struct Inbox {
    pub region: RegionCode,
    pub source: Source,
    pub broker: Broker,
    pub prefetch: u16,
    pub management: Option<ManagementAt>,
    pub reports: Arc<dyn AgencyReports>,
    pub acks: mpsc::Sender<AckMessage>,
    pub refuser: Refuser,
    pub heard: Heard,
    pub stop: watch::Receiver<bool>,
}

impl Inbox {
    fn queue(&self) -> String {
        match self.source {
            Source::Agencies => inbox_queue(self.region),
            Source::Hubs => agency_queue(&Party::hub(self.region)),
        }
    }

    /// Consumes until stopped or the connection is closed on purpose.
    pub async fn run(mut self) {
        let mut pause = PAUSES.0;
        let mut sieve = Sieve::default();
        loop {
            // Without its handle it ends as well.
            let stopping = *self.stop.borrow() || self.stop.has_changed().is_err();
            if stopping {
                return;
            }
            let mut delivered = 0;
            match self.consume(&sieve, &mut delivered).await {
                Ok(()) => {
                    pause = PAUSES.0;
                    sieve.ended();
                }
                Err(BusError::Closed) => return,
                Err(error) => {
                    tracing::warn!(queue = self.queue(), %error, "the inbox cannot consume; trying again");
                    if sieve.broke(is_unreadable(&error), delivered) && self.set_first_aside().await {
                        sieve.taken_out();
                    }
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(PAUSES.1);
                }
            }
        }
    }

    /// Takes the first message, which cannot be read off the wire, out of the queue and sets it aside; whether it is.
    async fn set_first_aside(&self) -> bool {
        let origin = Origin { region: self.region, queue: self.queue().into() };
        match take_out(self.management.as_ref(), &origin.queue).await {
            Ok(Some(message)) => {
                self.refuser.refuse_unreadable(&origin, message).await;
                true
            }
            Ok(None) => true,
            Err(error) => {
                tracing::error!(queue = &*origin.queue, %error,
                    "a message that breaks the connection cannot be taken out of the queue");
                false
            }
        }
    }

    /// Consumes over one channel until it breaks or the inbox is stopped.
    async fn consume(&mut self, sieve: &Sieve, delivered: &mut u64) -> Result<(), BusError> {
        let queue = self.queue();
        let channel = tokio::select! {
            channel = self.broker.channel() => channel?,
            // While the broker is away, or rests, nothing is under way.
            _ = self.stop.wait_for(|stop| *stop) => return Ok(()),
        };
        let prefetch = sieve.prefetch(self.prefetch);
        channel.answer(channel.basic_qos(prefetch, BasicQosOptions::default())).await?;
        let mut consumer = consumer_of(&channel, &queue, 0).await?;
        let (mut window, mut cancelled, mut renewed) = (Window::new(prefetch), false, 0);
        let mut look = tokio::time::interval(LOOK);
        let mut workers: HashMap<String, mpsc::UnboundedSender<(Delivery, Place)>> = HashMap::new();
        let mut running = JoinSet::new();
        let ended = loop {
            let delivery = tokio::select! {
                delivery = consumer.next() => delivery,
                _ = look.tick(), if prefetch > 1 && !cancelled => {
                    let Some(sender) = window.blocked_by() else { continue };
                    tracing::warn!(queue, sender, "what this agency sent waits and holds the others up; more is asked for");
                    metrics::counter!("hub112_inbox_widened_total", "queue" => queue.clone()).increment(1);
                    // What was given stays given, in order; what is still under way comes before the consumer's end.
                    let tag = ShortString::from(tag(renewed));
                    match channel.answer(channel.basic_cancel(tag, BasicCancelOptions::default())).await {
                        Ok(()) => cancelled = true,
                        Err(error) => break Err(error),
                    }
                    continue;
                }
                () = channel.lost() => break Err(last_words(&mut consumer).await),
                stopped = self.stop.changed() => match stopped {
                    Ok(()) if !*self.stop.borrow_and_update() => continue,
                    _ => break Ok(()),
                },
            };
            let delivery = match delivery {
                Some(Ok(delivery)) => delivery,
                Some(Err(error)) => break Err(error.into()),
                // Cancelled here, to go on with places anew.
                None if cancelled => {
                    (cancelled, renewed) = (false, renewed + 1);
                    window.renew();
                    match consumer_of(&channel, &queue, renewed).await {
                        Ok(next) => consumer = next,
                        Err(error) => break Err(error),
                    }
                    continue;
                }
                None => break Ok(()),
            };
            // The routing key's first words: the broker lets nobody write under another's.
            let sender = delivery.routing_key.as_str();
            let sender = sender.rsplit_once('.').map_or(sender, |(address, _)| address).to_owned();
            let place = window.take(&sender);
            let worker = workers.entry(sender).or_insert_with(|| {
                // Unbounded, but the broker gives no more than the window.
                let (queue, deliveries) = mpsc::unbounded_channel();
                running.spawn(self.clone().work(deliveries));
                queue
            });
            let _ = worker.send((delivery, place));
            *delivered += 1;
            if sieve.may_widen(*delivered) {
                break Ok(());
            }
        };
        // What comes again over the next channel must not overtake what is still being worked on here.
        drop(workers);
        let _ = channel.answer(channel.close(200, "done".into())).await;
        running.shutdown().await;
        ended
    }

    async fn work(self, mut deliveries: mpsc::UnboundedReceiver<(Delivery, Place)>) {
        let origin = Origin { region: self.region, queue: self.queue().into() };
        while let Some((delivery, place)) = deliveries.recv().await {
            let done = AssertUnwindSafe(self.effect(&delivery)).catch_unwind().await.unwrap_or_else(|_| {
                Done::Refused(Refusal {
                    sender: None,
                    references: None,
                    code: ErrorCode::Unavailable,
                    detail: said!("the hub failed on this message; it is set aside for a person"),
                    is_error: false,
                    about: Box::default(),
                })
            });
            match done {
                Done::Taken => settle(&delivery).await,
                Done::Acks { acks, sender, envelope_id, taken, is_error, about } => {
                    // The writer acknowledges it to the broker once it is durable.
                    let origin = origin.clone();
                    let message = AckMessage {
                        acks,
                        delivery,
                        place,
                        origin,
                        sender,
                        envelope_id,
                        taken,
                        is_error,
                        about,
                    };
                    if self.acks.send(message).await.is_err() {
                        return;
                    }
                }
                Done::Refused(refusal) => {
                    self.refuser.refuse(&origin, &delivery, refusal).await;
                    settle(&delivery).await;
                }
            }
        }
    }

    async fn effect(&self, delivery: &Delivery) -> Done {
        let now = Timestamp::now();
        let me = Party::hub(self.region);
        if self.source == Source::Hubs {
            return self.neighbour(&delivery.data, &me, now).await;
        }
        let stamp = Stamp {
            user_id: delivery.properties.user_id().as_ref().map(ShortString::as_str),
            routing_key: delivery.routing_key.as_str(),
        };
        let (sender, envelope) = match read(stamp, &delivery.data, &me, now) {
            Ok(read) => read,
            Err(refusal) => return Done::Refused(refusal),
        };
        self.heard.note(&sender, now);
        let kind = envelope.content.content_type();
        let id = envelope.head.distribution_id;
        metrics::counter!("hub112_agency_messages_total", "kind" => kind).increment(1);
        let about = About::of(&envelope.head);
        if let Some(acks) = acknowledged(&sender, &envelope, now) {
            return Done::Acks { acks, sender, envelope_id: id, taken: false, is_error: false, about };
        }
        let step = told_by(&envelope);
        let mark = mark(&sender, &envelope);
        let report = Report { region: self.region, sender: sender.clone(), envelope, mark };
        let taking = patiently(|| self.reports.report(report.clone()));
        let taken = traced(about.trace.clone(), taking).await;
        finish(taken, Known { sender, id, is_error: kind == "error", about }, step, now)
    }

    /// What the hub of another region says. It is told what was not taken as an agency is.
    async fn neighbour(&self, body: &[u8], me: &Party, now: Timestamp) -> Done {
        let envelope = match read_of_hub(body, me, now) {
            Ok(envelope) => envelope,
            Err(refusal) => return Done::Refused(refusal),
        };
        let mark = mark(&envelope.head.sender, &envelope);
        let about = About::of(&envelope.head);
        let Head { distribution_id: id, sender, references, .. } = envelope.head.clone();
        let (is_error, step) = match &envelope.content {
            HubContent::Error(error) => {
                (true, references.map(|answered| (answered, DeliveryStep::Rejected { code: error.code })))
            }
            _ => (false, None),
        };
        let taking = patiently(|| self.reports.neighbour(self.region, envelope.clone(), mark.clone()));
        let taken = traced(about.trace.clone(), taking).await;
        finish(taken, Known { sender, id, is_error, about }, step, now)
    }
}

/// The name of a channel's consumer after so many others.
fn tag(renewed: u32) -> String {
    format!("hub112-{renewed}")
}

async fn consumer_of(channel: &LiveChannel, queue: &str, renewed: u32) -> Result<Consumer, BusError> {
    let (queue, tag) = (ShortString::from(queue), ShortString::from(tag(renewed)));
    let consuming = channel.basic_consume(queue, tag, BasicConsumeOptions::default(), FieldTable::default());
    channel.answer(consuming).await
}

/// What a message says of the one it answers, besides what it is itself: that was decided upon, or refused.
pub(super) fn told_by(envelope: &Envelope<AgencyContent>) -> Option<(DistributionId, DeliveryStep)> {
    let answered = envelope.head.references?;
    let step = match &envelope.content {
        AgencyContent::ForcesAnswer(answer) => DeliveryStep::Answered { decision: answer.decision? },
        // Who misses what came before this message has this one.
        AgencyContent::Error(error) if error.code == ErrorCode::SequenceGap => DeliveryStep::Acknowledged,
        AgencyContent::Error(error) => DeliveryStep::Rejected { code: error.code },
        _ => return None,
    };
    Some((answered, step))
}

enum Done {
    /// Its effect is durable: the broker may forget it.
    Taken,
    /// Acknowledgements, to be recorded with others.
    Acks {
        acks: Vec<Acked>,
        sender: Party,
        envelope_id: DistributionId,
        taken: bool,
        is_error: bool,
        about: About,
    },
    Refused(Refusal),
}

/// A message whose sender is known.
struct Known {
    sender: Party,
    id: DistributionId,
    is_error: bool,
    about: About,
}

/// What becomes of a message that the actors have taken or not; what it answers is news of that, recorded with the
/// acknowledgements.
fn finish(
    taken: Result<(), ReportRefusal>,
    message: Known,
    step: Option<(DistributionId, DeliveryStep)>,
    now: Timestamp,
) -> Done {
    let Known { sender, id, is_error, about } = message;
    match (taken, step) {
        (Ok(()), Some((distribution, step))) => {
            let news = Acked { party: sender.clone(), distribution, step, at: now };
            // An error about no card has no effect but this.
            let taken = !is_error || about.incident.is_some();
            Done::Acks { acks: vec![news], sender, envelope_id: id, taken, is_error, about }
        }
        (Ok(()), None) => Done::Taken,
        (Err(ReportRefusal { code, at_card: true, .. }), _) => {
            metrics::counter!("hub112_agency_refused_total", "code" => code.as_str()).increment(1);
            Done::Taken
        }
        (Err(ReportRefusal { code, detail, .. }), _) => {
            let (sender, about) = (Some(sender), Box::new(about));
            Done::Refused(Refusal { sender, references: Some(id), code, detail, is_error, about })
        }
    }
}

/// By what a message is known when it comes again: a sender may make its head anew, but says the same.
pub(super) fn mark<C: Serialize>(sender: &Party, envelope: &Envelope<C>) -> InboxMark {
    let Head { distribution_id, incident, status, .. } = &envelope.head;
    let said = serde_json::to_vec(&(incident, status, &envelope.content)).unwrap_or_default();
    InboxMark {
        sender: sender.to_string(),
        message_id: distribution_id.to_string(),
        digest: Sha256::digest(said).to_vec(),
    }
}

/// Asks again for as long as the answer is "not now". The sender's later messages wait behind, in order; the
/// prefetch bounds them. What the rules fail on does not wait for ever: it is refused.
async fn patiently<F, T>(ask: F) -> Result<(), ReportRefusal>
where
    F: Fn() -> T,
    T: Future<Output = Result<(), ReportRefusal>>,
{
    let mut pause = UNAVAILABLE.0;
    let mut failures = 0;
    loop {
        match ask().await {
            Err(ReportRefusal { code: ErrorCode::Unavailable, detail, failed, .. })
                if !failed || failures + 1 < TRIES =>
            {
                failures += u32::from(failed);
                tracing::debug!(%detail, "a report must wait");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(UNAVAILABLE.1);
            }
            taken => return taken,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::envelope::Decision;

    fn told(content_type: &str, content: Value) -> Option<DeliveryStep> {
        let message = json!({
            "contract": "1.4", "distribution_id": "019a0000-0000-7000-8000-000000000001",
            "sender": {"region": "75", "service": "ambulance"},
            "recipients": [{"region": "75", "service": "hub"}], "sent_at": "2026-03-01T09:00:00Z",
            "status": "actual", "kind": "response", "references": "019a0000-0000-7000-8000-000000000002",
            "content_type": content_type, "content": content,
        });
        let raw = Envelope::parse(message.to_string().as_bytes()).expect("an envelope");
        let content = AgencyContent::parse(raw.content).expect("a content");
        told_by(&Envelope { head: raw.head, content }).map(|(_, step)| step)
    }

    /// Who misses an earlier message says so of the one that it has: that one is taken in, and not refused.
    #[test]
    fn a_gap_in_the_sequence_acknowledges_the_message_by_which_it_was_seen_and_another_error_refuses_it() {
        let error = |code: &str| told("error", json!({"code": code, "detail": "two are missing"}));
        assert_eq!(error("sequence_gap"), Some(DeliveryStep::Acknowledged));
        assert_eq!(
            error("malformed_content"),
            Some(DeliveryStep::Rejected { code: ErrorCode::MalformedContent })
        );
        let request = "019a0000-0000-7000-8000-000000000004";
        assert_eq!(
            told("forces_answer", json!({"request_id": request, "decision": "accept"})),
            Some(DeliveryStep::Answered { decision: Decision::Accept })
        );
        let departed = json!({"request_id": request, "departure_at": "2026-03-01T09:00:00Z"});
        assert_eq!(told("forces_answer", departed), None, "a datum alone decides nothing");
    }
}
