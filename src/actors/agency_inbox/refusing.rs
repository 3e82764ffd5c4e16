//! What happens to a message that is not taken: a dead letter with its reason, and an error to its sender.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use deadpool_postgres::Pool;
use jiff::Timestamp;
use lapin::BasicProperties;
use lapin::message::Delivery;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::ShortString;
use serde_json::json;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::reading::{About, Refusal, Stamp};
use crate::bus::accounts::FirstMessage;
use crate::bus::connection::{Broker, LiveChannel};
use crate::bus::topology::OUT;
use crate::domain::envelope::{
    CONTRACT, Envelope, ErrorCode, ErrorContent, Head, HubContent, Kind, Party, Recipient, Typed,
};
use crate::domain::ids::{DistributionId, RegionCode};
use crate::domain::said::said;
use crate::domain::trace;
use crate::store::dead_letter::{self, NewDeadLetter};
use crate::store::delivery;

/// Pause while the database or the broker is away.
const PAUSE: Duration = Duration::from_millis(200);
/// How often an error is tried to be sent; the dead letter is there in any case.
const ATTEMPTS: usize = 3;

/// Where a message was taken from.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub region: RegionCode,
    pub queue: Arc<str>,
}

/// What a message looks like from outside.
struct Found {
    routing_key: String,
    account: Option<String>,
    stated_id: Option<String>,
    properties: String,
    body: Bytes,
}

/// Writes dead letters and sends errors, over one channel of its own.
#[derive(Clone)]
pub(super) struct Refuser {
    pool: Pool,
    broker: Broker,
    channel: Arc<Mutex<Option<LiveChannel>>>,
}

impl Refuser {
    pub fn new(pool: Pool, broker: Broker) -> Self {
        Self { pool, broker, channel: Arc::new(Mutex::new(None)) }
    }

    /// Returns when the dead letter is durable and the error, if one is due, is in the broker (or could not be
    /// sent: the letter says so). Only then may the message be acknowledged.
    pub async fn refuse(&self, origin: &Origin, delivery: &Delivery, refusal: Refusal) {
        let found = Found {
            routing_key: delivery.routing_key.to_string(),
            account: delivery.properties.user_id().as_ref().map(ToString::to_string),
            stated_id: delivery.properties.message_id().as_ref().map(ToString::to_string),
            properties: properties(&delivery.properties).to_string(),
            body: delivery.data.clone().into(),
        };
        self.set_aside(origin, found, refusal).await;
    }

    /// The same for a message that was taken out of the queue because no client can read it off the wire.
    pub async fn refuse_unreadable(&self, origin: &Origin, message: FirstMessage) {
        let text = |name: &str| message.properties[name].as_str().map(str::to_owned);
        let account = text("user_id");
        let stamp = Stamp { user_id: account.as_deref(), routing_key: &message.routing_key };
        let head = Envelope::parse(&message.body).ok().map(|raw| raw.head);
        let refusal = Refusal {
            sender: stamp.vouched().map(|(party, _)| party),
            references: head.as_ref().map(|head| head.distribution_id),
            about: Box::new(head.as_ref().map(About::of).unwrap_or_default()),
            code: ErrorCode::MalformedEnvelope,
            detail: said!("the AMQP properties cannot be read: write their texts in UTF-8"),
            is_error: false,
        };
        let found = Found {
            stated_id: text("message_id"),
            routing_key: message.routing_key,
            account,
            properties: message.properties.to_string(),
            body: message.body.into(),
        };
        self.set_aside(origin, found, refusal).await;
    }

    async fn set_aside(&self, origin: &Origin, found: Found, refusal: Refusal) {
        let Refusal { sender, references, code, detail, is_error, about } = refusal;
        let Found { routing_key, account, stated_id, properties, body } = found;
        let queue = origin.queue.as_ref();
        metrics::counter!("hub112_agency_refused_total", "code" => code.as_str()).increment(1);
        let trace = about.trace.as_deref().map(trace::id);
        tracing::warn!(queue, routing_key, account, %code, %detail, trace, "a message was refused");
        let letter = NewDeadLetter {
            region: Some(origin.region.to_string()),
            queue: queue.to_owned(),
            sender: account,
            message_id: references.map(|r| r.to_string()).or(stated_id.clone()),
            routing_key,
            reason: format!("{code}: {detail}"),
            said: Some(detail.names()),
            headers: properties,
            body,
        };
        while let Err(error) = dead_letter::keep(&self.pool, &letter).await {
            tracing::warn!(%error, "a dead letter could not be kept; trying again");
            tokio::time::sleep(PAUSE).await;
        }
        let Some(to) = sender.filter(|_| !is_error) else { return };
        // Where the body could not be read, the id that the properties give finds the message all the same.
        let references = references.or_else(|| stated_id.as_deref()?.parse().ok().map(DistributionId));
        // A long text of the sender's own is not sent back to it.
        let detail = detail.to_string().chars().take(2_000).collect();
        let content = ErrorContent { code, detail, references };
        for _ in 0..ATTEMPTS {
            match self.send(origin.region, &to, content.clone(), &about).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(%error, to = %to, "an error could not be sent");
                    self.channel.lock().await.take();
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn send(
        &self,
        region: RegionCode,
        to: &Party,
        content: ErrorContent,
        about: &About,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        let sender = Party::hub(region);
        let envelope = Envelope {
            head: Head {
                contract: CONTRACT,
                distribution_id: DistributionId(Uuid::now_v7()),
                sender,
                recipients: vec![Recipient {
                    region: to.region,
                    service: to.service.clone(),
                    sequence: None,
                    references: None,
                }],
                sent_at: Timestamp::now(),
                expires_at: None,
                status: about.status,
                kind: Kind::Error,
                references: content.references,
                incident: about.incident,
                trace: about.trace.clone(),
            },
            content: HubContent::Error(content),
        };
        let body = envelope.to_bytes()?;
        let Head { distribution_id, sent_at, .. } = envelope.head;
        // Known before anybody can acknowledge it: else the acknowledgement would be refused with an error, and that
        // be acknowledged, without end.
        delivery::sent(&self.pool, distribution_id, to, "error", sent_at).await?;
        let key = to.routing_key(envelope.content.content_type());
        let mut channel = self.channel.lock().await;
        let open = match channel.take() {
            Some(open) if open.status().connected() => open,
            _ => {
                let open = self.broker.channel().await?;
                open.answer(open.confirm_select(ConfirmSelectOptions::default())).await?;
                open
            }
        };
        let properties = BasicProperties::default()
            .with_content_type("application/json".into())
            .with_delivery_mode(2)
            .with_message_id(distribution_id.to_string().into())
            .with_type("error".into())
            .with_app_id("hub112".into());
        let key = ShortString::from(key);
        let options = BasicPublishOptions::default();
        let confirm = open.answer(open.basic_publish(OUT.into(), key, options, &body, properties)).await?;
        open.answer(confirm).await?;
        *channel = Some(open);
        Ok(())
    }
}

pub(super) fn properties(p: &BasicProperties) -> serde_json::Value {
    let text = |s: &Option<ShortString>| s.as_ref().map(ToString::to_string);
    json!({
        "content_type": text(p.content_type()),
        "message_id": text(p.message_id()),
        "user_id": text(p.user_id()),
        "type": text(p.kind()),
        "app_id": text(p.app_id()),
        "timestamp": p.timestamp(),
        "headers": p.headers().as_ref().map(|h| {
            h.inner().iter().map(|(k, v)| (k.to_string(), format!("{v:?}"))).collect::<std::collections::BTreeMap<_, _>>()
        }),
    })
}
