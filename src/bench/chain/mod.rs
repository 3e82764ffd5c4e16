//! The whole chain: message in over HTTP, decided, committed, published to three agencies' quorum queues, confirmed,
//! consumed, acknowledged.
//!
//! - **product**: `hub112 serve`, and three agencies that consume as the reference agency does.
//! - **bare broker**: the same bodies with the same properties to the same queues and consumers, by windowed
//!   confirms over four channels; nothing is received, decided or stored.
//! - **two bare halves**: what is left of a delivery when nothing is received and decided: the rows of its message
//!   committed by the group, and then the bare broker. On cores that both share, the chain can be no faster.
//! - **sum**: one bare commit of the rows of a message, and one bare hop over the broker, each at the same pace.

mod agencies;
mod bare;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;
use tokio::task::JoinSet;
use uuid::Uuid;

use self::agencies::{Agencies, Keep, Letter};
use super::callers::{Caller, connect, quantile, race};
use super::hub::{self, Hub};
use super::intake;
use super::messages::Messages;
use super::place::Place;
use super::row::{Rounds, Row};
use super::{BenchError, Extent, REGION};
use crate::bus::connection::{Broker, BrokerSettings};
use crate::bus::topology::Topology;
use crate::domain::envelope::Party;
use crate::domain::ids::{RegionCode, ServiceKey};

/// Callers at saturation.
const CALLERS: usize = 256;
/// The pace of the other rows: 100 a second.
const TICK: Duration = Duration::from_millis(10);
/// Callers who share the pace: more than are ever under way at once, even while a disk stands still for two seconds.
const PACED: usize = 256;
/// The pace is kept at least for so long: of a hundred messages the 99th percentile would be the slowest of them all.
const PACED_FOR: Duration = Duration::from_secs(5);
/// What comes in this long after the hub has started is not counted: it waits for statements that are being prepared
/// and channels that are being opened, once in the life of a hub.
const WARMING: Duration = Duration::from_secs(1);
/// Deliveries that are kept for the peer to publish.
const KEPT: u64 = 192;

/// Runs the rows.
///
/// # Errors
/// [`BenchError`] when the servers or the hub cannot be used.
pub async fn run(extent: &Extent) -> Result<Vec<Row>, BenchError> {
    let place = Place::make(&extent.servers).await?;
    let rows = measure(extent, &place).await;
    place.remove().await;
    rows
}

async fn measure(extent: &Extent, place: &Place) -> Result<Vec<Row>, BenchError> {
    let region = RegionCode::new(REGION)?;
    let messages = Arc::new(Messages::new(&[region])?);
    let parties: Vec<Party> = ["ambulance", "fire_rescue", "police"]
        .into_iter()
        .map(|service| ServiceKey::new(service).map(|service| Party { region, service }))
        .collect::<Result<_, _>>()?;
    let supply = intake::supply(place, region, &messages).await?;
    let settings = BrokerSettings { url: place.amqp.clone(), name: "hub112 bench".to_owned() };
    // The queues as the hub declares them, before it first does.
    let broker = Broker::connect(&settings, Some(Topology::new(parties.clone())))?;
    let [mut delivered, mut bounded, mut median, mut slowest]: [Rounds; 4] = Default::default();
    let mut worked = Vec::new();
    for round in 0..=extent.rounds {
        place.empty().await?;
        let (each, work, letters) =
            saturate(place, region, &broker, &parties, &messages, extent.side).await?;
        let letters = Arc::new(letters);
        let bare = bare::saturate(&broker, &parties, &letters, extent.side).await?;
        place.empty().await?;
        let written = intake::group_commit(place, &supply, extent.side).await?;
        place.empty().await?;
        let length = extent.side.max(PACED_FOR);
        let own = paced(place, region, &broker, &parties, &messages, length).await?;
        let hop = quantile(&bare::hops(&broker, &parties, &letters, extent.side).await?, 0.5);
        place.empty().await?;
        let commit = intake::bare_commits(place, &supply, TICK, extent.side).await?;
        let (p50, p99) = (quantile(&own, 0.5), quantile(&own, 0.99));
        tracing::info!(round, ?each, ?bare, ?p50, ?p99, ?hop, ?commit, "chain");
        // The first round warms the servers.
        if round > 0 {
            delivered.push((each, bare));
            bounded.push((bare + written.div_f64(parties.len() as f64), bare));
            worked.push(work);
            median.push((p50, commit + hop));
            slowest.push((p99, commit + hop));
        }
    }
    broker.close().await;
    let rows = [
        Row::faster(
            &format!("chain, {CALLERS} callers, 3 agencies each, per delivery / bare broker"),
            &delivered,
            Some(0.7),
        ),
        Row::faster(
            "chain, its two bare halves alone: group commit, then bare broker, per delivery / bare broker",
            &bounded,
            None,
        ),
        Row::median("chain, processor time of the hub for each incident", &worked),
        Row::share("chain at 100/s, in to agency, p50 / bare commit + bare hop", &median, 1.5),
        Row::share("chain at 100/s, in to agency, p99 / bare commit + bare hop", &slowest, 5.0),
    ];
    Ok(rows.into_iter().flatten().collect())
}

/// Time for each delivery at saturation, the hub's processor time for each incident, and some of what was delivered.
async fn saturate(
    place: &Place,
    region: RegionCode,
    broker: &Broker,
    parties: &[Party],
    messages: &Arc<Messages>,
    length: Duration,
) -> Result<(Duration, Duration, Vec<Letter>), BenchError> {
    let hub = Hub::start(place, &[region], hub::Broker::There).await?;
    let agencies = Agencies::consume(broker, parties, Keep::First(KEPT)).await?;
    let callers = connect(hub.address, &hub.token, CALLERS).await?;
    let messages = Arc::clone(messages);
    let before = hub.processor()?;
    let began = Instant::now();
    let served = race(callers, length, move |mut caller| {
        let messages = Arc::clone(&messages);
        async move {
            let (_, message) = messages.next();
            let taken = matches!(caller.post("/api/v1/messages", &message).await, Ok((201, _)));
            (caller, taken)
        }
    })
    .await;
    served.check()?;
    let deliveries = (served.waits.len() * parties.len()) as u64;
    let (deliveries, last) = agencies.have(deliveries).await?;
    let each = last.duration_since(began).div_f64(deliveries.max(1) as f64);
    tracing::info!(taken = served.waits.len(), calling = ?served.took, all = ?began.elapsed(), "saturated");
    let work = hub.processor()?.saturating_sub(before).div_f64(served.waits.len().max(1) as f64);
    hub.end().await?;
    Ok((each, work, agencies.end()))
}

/// Ascending: from the moment at which a message is due to be sent until each agency has its notice.
async fn paced(
    place: &Place,
    region: RegionCode,
    broker: &Broker,
    parties: &[Party],
    messages: &Arc<Messages>,
    length: Duration,
) -> Result<Vec<Duration>, BenchError> {
    let hub = Hub::start(place, &[region], hub::Broker::There).await?;
    let agencies = Agencies::consume(broker, parties, Keep::All).await?;
    let mut idle: Vec<Caller> = connect(hub.address, &hub.token, PACED).await?;
    let begun: Arc<Mutex<HashMap<Uuid, Instant>>> = Arc::default();
    let mut calls: JoinSet<Option<Caller>> = JoinSet::new();
    let mut tick = tokio::time::interval(TICK);
    let counted = Instant::now() + WARMING;
    let over = counted + length;
    while Instant::now() < over {
        let due = tick.tick().await.into_std();
        while let Some(back) = calls.try_join_next() {
            idle.extend(back.ok().flatten());
        }
        let Some(mut caller) = idle.pop() else {
            return Err(BenchError::Hub(format!("more than {PACED} calls are under way at this pace")));
        };
        let (_, message) = messages.next();
        let begun = Arc::clone(&begun);
        calls.spawn(async move {
            let (status, body) = caller.post("/api/v1/messages", &message).await.ok()?;
            let taken: Taken = serde_json::from_slice(body).ok()?;
            if status == 201 {
                begun.lock().unwrap_or_else(PoisonError::into_inner).insert(taken.incident, due);
            }
            Some(caller)
        });
    }
    calls.join_all().await;
    let begun = std::mem::take(&mut *begun.lock().unwrap_or_else(PoisonError::into_inner));
    agencies.have((begun.len() * parties.len()) as u64).await?;
    hub.end().await?;
    let arrived = agencies.end().into_iter().filter_map(|letter| {
        let about: About = serde_json::from_slice(&letter.data).ok()?;
        let due = begun.get(&about.incident).filter(|due| **due >= counted)?;
        Some(letter.at.duration_since(*due))
    });
    let mut waits: Vec<Duration> = arrived.collect();
    waits.sort_unstable();
    Ok(waits)
}

#[derive(Deserialize)]
struct Taken {
    incident: Uuid,
}

#[derive(Deserialize)]
struct About {
    incident: Uuid,
}
