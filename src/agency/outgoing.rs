//! What the agency says: in order, with confirms; what a broken connection leaves unconfirmed is said again with
//! the same distribution id, and the hub takes it once.

use std::collections::VecDeque;
use std::time::Duration;

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::ShortString;
use lapin::{BasicProperties, Confirmation, PublisherConfirm};
use tokio::sync::mpsc;

use crate::bus::BusError;
use crate::bus::connection::{Broker, LiveChannel};
use crate::bus::topology::IN;
use crate::domain::envelope::{AgencyContent, Envelope, Typed};

/// Unconfirmed messages at a time.
const WINDOW: usize = 64;
/// Pause after a break.
const PAUSE: Duration = Duration::from_millis(100);

/// A message on its way.
pub(super) type Message = Envelope<AgencyContent>;

/// Publishes until nobody has anything more to say, and until then through every break.
pub(super) async fn run(broker: Broker, account: String, mut messages: mpsc::Receiver<Message>) {
    let mut unconfirmed: VecDeque<Message> = VecDeque::new();
    loop {
        match publish(&broker, &account, &mut messages, &mut unconfirmed).await {
            Ok(()) | Err(BusError::Closed) => return,
            Err(error) => {
                let refused = matches!(&error, BusError::Amqp(e) if e.is_amqp_soft_error());
                if refused && let Some(message) = unconfirmed.pop_front() {
                    // The first unconfirmed is not surely the one refused; the hub will miss it, and say so.
                    let id = message.head.distribution_id;
                    tracing::error!(%error, %id, "the broker refuses a message; it is given up");
                } else {
                    tracing::warn!(%error, left = unconfirmed.len(), "not connected; what is unsaid will be said");
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn publish(
    broker: &Broker,
    account: &str,
    messages: &mut mpsc::Receiver<Message>,
    unconfirmed: &mut VecDeque<Message>,
) -> Result<(), BusError> {
    let channel = broker.channel().await?;
    channel.answer(channel.confirm_select(ConfirmSelectOptions::default())).await?;
    let mut confirms: VecDeque<PublisherConfirm> = VecDeque::new();
    for message in unconfirmed.iter() {
        confirms.push_back(send(&channel, account, message).await?);
    }
    loop {
        tokio::select! {
            confirmed = async { confirms.front_mut()?.await.into() }, if !confirms.is_empty() => {
                let confirmed: Option<lapin::Result<Confirmation>> = confirmed;
                if !matches!(confirmed.transpose()?, Some(Confirmation::Ack(_))) {
                    return Err(BusError::Amqp(std::io::Error::other("the broker did not take a message").into()));
                }
                confirms.pop_front();
                unconfirmed.pop_front();
            }
            () = channel.lost() => return Err(BusError::Lost),
            message = messages.recv(), if confirms.len() < WINDOW => match message {
                Some(message) => {
                    unconfirmed.push_back(message);
                    if let Some(message) = unconfirmed.back() {
                        confirms.push_back(send(&channel, account, message).await?);
                    }
                }
                None if confirms.is_empty() => return Ok(()),
                // The last words are confirmed before the end.
                None => {
                    for confirm in confirms {
                        channel.answer(confirm).await?;
                    }
                    return Ok(());
                }
            },
        }
    }
}

async fn send(channel: &LiveChannel, account: &str, message: &Message) -> Result<PublisherConfirm, BusError> {
    let key = ShortString::from(message.head.sender.routing_key(message.content.content_type()));
    let properties = BasicProperties::default()
        .with_content_type("application/json".into())
        .with_delivery_mode(2)
        .with_message_id(message.head.distribution_id.to_string().into())
        .with_type(message.content.content_type().into())
        // The broker checks it against the account, the hub against the sender named.
        .with_user_id(account.into());
    let body = message.to_bytes().unwrap_or_default();
    let options = BasicPublishOptions { mandatory: true, ..Default::default() };
    channel.answer(channel.basic_publish(IN.into(), key, options, &body, properties)).await
}
