//! The peer: a publisher with windowed confirms over four channels and nothing behind it.

use std::collections::VecDeque;
use std::time::Duration;

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::{AMQPValue, FieldArray, FieldTable, LongString, ShortString};
use lapin::{BasicProperties, Channel, PublisherConfirm};
use tokio::time::Instant;

use super::{BusBenchError, Outcome, body, consume, median, parties};
use crate::bus::connection::{Broker, LiveChannel};
use crate::bus::topology::OUT;

const CHANNELS: usize = 4;
const WINDOW: usize = 256;

pub(super) async fn side(broker: &Broker, length: Duration) -> Result<Outcome, BusBenchError> {
    let hop = hop(broker).await?;
    let mut deliveries = consume(broker, &parties()).await?;
    let began = Instant::now();
    let mut publishers = tokio::task::JoinSet::new();
    for _ in 0..CHANNELS {
        let channel = open(broker).await?;
        publishers.spawn(async move {
            let bodies: Vec<_> = (0..64).map(|_| body()).collect();
            let mut confirms: VecDeque<PublisherConfirm> = VecDeque::with_capacity(WINDOW);
            for body in bodies.iter().cycle() {
                if began.elapsed() > length {
                    break;
                }
                if confirms.len() == WINDOW
                    && let Some(confirm) = confirms.pop_front()
                {
                    confirm.await?;
                }
                confirms.push_back(publish(&channel, body, &uuid::Uuid::now_v7().to_string()).await?);
            }
            for confirm in confirms {
                confirm.await?;
            }
            channel.close(200, "done".into()).await
        });
    }
    let mut delivered: u32 = 0;
    let mut last = began;
    // Until all that was published in this time has been delivered.
    loop {
        tokio::select! {
            Some((at, _)) = deliveries.recv() => {
                delivered += 1;
                last = at;
            }
            () = tokio::time::sleep(Duration::from_millis(300)), if publishers.is_empty() => break,
            Some(ended) = publishers.join_next() => match ended {
                Ok(ended) => ended?,
                Err(e) => return Err(BusBenchError::Restart(e.to_string())),
            },
        }
    }
    Ok(Outcome { each: last.duration_since(began) / delivered.max(1), hop })
}

/// One message at a time, from publish to the consumer.
async fn hop(broker: &Broker) -> Result<Duration, BusBenchError> {
    let mut deliveries = consume(broker, &parties()).await?;
    let channel = open(broker).await?;
    let mut waits = Vec::with_capacity(200);
    for _ in 0..200 {
        let (body, id) = (body(), uuid::Uuid::now_v7().to_string());
        let began = Instant::now();
        let confirm = publish(&channel, &body, &id).await?;
        let mut first = true;
        for _ in 0..parties().len() {
            let Some((at, _)) = deliveries.recv().await else { break };
            if std::mem::take(&mut first) {
                waits.push(at.duration_since(began));
            }
        }
        confirm.await?;
    }
    channel.close(200, "done".into()).await?;
    Ok(median(waits))
}

async fn open(broker: &Broker) -> Result<LiveChannel, BusBenchError> {
    let channel = broker.channel().await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    Ok(channel)
}

async fn publish(channel: &Channel, body: &[u8], id: &str) -> lapin::Result<PublisherConfirm> {
    let keys: Vec<String> = parties().iter().map(|p| p.routing_key("incident_notice")).collect();
    let copies: Vec<_> =
        keys.iter().skip(1).map(|k| AMQPValue::LongString(LongString::from(k.as_bytes()))).collect();
    let mut headers = FieldTable::default();
    headers.insert("CC".into(), AMQPValue::FieldArray(FieldArray::from(copies)));
    let properties =
        BasicProperties::default().with_delivery_mode(2).with_message_id(id.into()).with_headers(headers);
    let key = ShortString::from(keys.first().map_or("", String::as_str));
    channel.basic_publish(OUT.into(), key, BasicPublishOptions::default(), body, properties).await
}
