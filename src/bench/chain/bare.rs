//! The peer: a publisher with windowed confirms over four channels, the same bodies with the same properties to the
//! same queues, and nothing behind it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::{AMQPValue, FieldArray, FieldTable, LongString, ShortString};
use lapin::{BasicProperties, Channel, PublisherConfirm};
use tokio::task::JoinSet;

use super::TICK;
use super::agencies::{Agencies, Keep, Letter};
use crate::bench::BenchError;
use crate::bus::connection::{Broker, LiveChannel};
use crate::bus::topology::OUT;
use crate::domain::envelope::Party;

const CHANNELS: usize = 4;
const WINDOW: usize = 256;

/// Time for each delivery at saturation.
pub(super) async fn saturate(
    broker: &Broker,
    parties: &[Party],
    letters: &Arc<Vec<Letter>>,
    length: Duration,
) -> Result<Duration, BenchError> {
    let agencies = Agencies::consume(broker, parties, Keep::First(0)).await?;
    let began = Instant::now();
    let mut publishers = JoinSet::new();
    for _ in 0..CHANNELS {
        let channel = open(broker).await?;
        let (letters, keys) = (Arc::clone(letters), keys(parties));
        publishers.spawn(async move {
            let mut confirms: VecDeque<PublisherConfirm> = VecDeque::with_capacity(WINDOW);
            let mut published: u64 = 0;
            for letter in letters.iter().cycle() {
                if began.elapsed() > length {
                    break;
                }
                if confirms.len() == WINDOW
                    && let Some(confirm) = confirms.pop_front()
                {
                    confirm.await?;
                }
                confirms.push_back(publish(&channel, letter, &keys).await?);
                published += 1;
            }
            for confirm in confirms {
                confirm.await?;
            }
            channel.close(200, "done".into()).await?;
            Ok::<_, lapin::Error>(published)
        });
    }
    let mut published = 0;
    while let Some(ended) = publishers.join_next().await {
        published += ended.map_err(|e| BenchError::Hub(e.to_string()))??;
    }
    let deliveries = published * parties.len() as u64;
    let (deliveries, last) = agencies.have(deliveries).await?;
    Ok(last.duration_since(began).div_f64(deliveries.max(1) as f64))
}

/// Ascending: from publish to each agency, one message at each tick.
pub(super) async fn hops(
    broker: &Broker,
    parties: &[Party],
    letters: &[Letter],
    length: Duration,
) -> Result<Vec<Duration>, BenchError> {
    let mut agencies = Agencies::consume(broker, parties, Keep::All).await?;
    let channel = open(broker).await?;
    let keys = keys(parties);
    let mut waits = Vec::new();
    let began = Instant::now();
    let mut tick = tokio::time::interval(TICK);
    for letter in letters.iter().cycle() {
        if began.elapsed() > length {
            break;
        }
        tick.tick().await;
        let sent = Instant::now();
        let confirm = publish(&channel, letter, &keys).await?;
        for _ in parties {
            let Some(letter) = agencies.letter().await else { break };
            waits.push(letter.at.duration_since(sent));
        }
        confirm.await?;
    }
    channel.close(200, "done".into()).await?;
    waits.sort_unstable();
    Ok(waits)
}

async fn open(broker: &Broker) -> Result<LiveChannel, BenchError> {
    let channel = broker.channel().await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    Ok(channel)
}

fn keys(parties: &[Party]) -> Vec<String> {
    parties.iter().map(|p| p.routing_key("incident_notice")).collect()
}

async fn publish(channel: &Channel, letter: &Letter, keys: &[String]) -> lapin::Result<PublisherConfirm> {
    let copies = keys.iter().skip(1).map(|k| AMQPValue::LongString(LongString::from(k.as_bytes())));
    let mut headers = FieldTable::default();
    headers.insert("CC".into(), AMQPValue::FieldArray(FieldArray::from(copies.collect::<Vec<_>>())));
    let id = uuid::Uuid::now_v7().to_string();
    let properties: BasicProperties =
        letter.properties.clone().with_message_id(id.into()).with_headers(headers);
    let key = ShortString::from(keys.first().map_or("", String::as_str));
    let options = BasicPublishOptions { mandatory: true, ..Default::default() };
    channel.basic_publish(OUT.into(), key, options, &letter.data, properties).await
}
