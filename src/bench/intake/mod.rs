//! Intake: HTTP in, decided, events with read tables and outbox committed, answered 201.
//!
//! - **product**: `hub112 serve`, a process of its own, callers on connections that stay open, each message opening
//!   a card that three services are told of. The broker is away, so that only intake is measured: what leaves the
//!   outbox is the chain's row.
//! - **group commit**: the same rows, read back from what the hub wrote, by two writers that commit whatever has
//!   queued as one statement; nothing is decided, checked or answered.
//! - **naive**: a transaction for each message, a statement for each table, 64 connections.
//! - **one bare commit**: the rows of one message by one statement, one after the other.

mod columns;
mod peers;
mod written;

use std::sync::Arc;
use std::time::Duration;

use self::peers::Supply;
use self::written::Written;
use super::callers::{Caller, Served, race};
use super::hub::{Broker, Hub};
use super::messages::Messages;
use super::place::Place;
use super::row::{Rounds, Row};
use super::{BenchError, Extent};
use crate::domain::ids::RegionCode;

/// Callers at saturation.
const CALLERS: usize = 256;
/// The region of the hub: one, and wide, so that no two messages are about the same place.
const REGIONS: [u8; 1] = [35];

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
    let regions: Vec<RegionCode> = REGIONS.into_iter().map(RegionCode::new).collect::<Result<_, _>>()?;
    let messages = Arc::new(Messages::new(&regions)?);
    let side = extent.side;
    let [mut grouped, mut naively, mut alone]: [Rounds; 3] = Default::default();

    for round in 0..=extent.rounds {
        place.empty().await?;
        let many = intake(&regions, place, &messages, CALLERS, side).await?;
        let supply = Supply::new(Written::read(&place.database).await?);
        place.empty().await?;
        let group = peers::group_commit(&place.database, &supply, CALLERS, side).await?;
        place.empty().await?;
        let naive = peers::naive(&place.database, &supply, CALLERS, side).await?;
        place.empty().await?;
        let one = intake(&regions, place, &messages, 1, side).await?;
        place.empty().await?;
        let bare = peers::bare_commit(&place.database, &supply, side).await?;
        tracing::info!(
            round,
            hub = ?many.each(), group = ?group.each(), naive = ?naive.each(), one = ?one.quantile(0.5),
            bare = ?bare.quantile(0.5), refused = many.refused + one.refused, "intake"
        );
        // The first round warms the servers.
        if round > 0 {
            grouped.push((many.each(), group.each()));
            naively.push((many.each(), naive.each()));
            alone.push((one.quantile(0.5), bare.quantile(0.5)));
        }
    }
    let who = format!("{} callers, {} region", CALLERS, regions.len());
    let rows = [
        Row::faster(&format!("intake, {who} / group commit of the same rows"), &grouped, Some(0.7)),
        Row::faster(&format!("intake, {who} / naive transaction each"), &naively, Some(4.0)),
        Row::share("intake, one caller, p50 / one bare commit of the same rows", &alone, 1.5),
    ];
    Ok(rows.into_iter().flatten().collect())
}

/// The product.
async fn intake(
    regions: &[RegionCode],
    place: &Place,
    messages: &Arc<Messages>,
    callers: usize,
    length: Duration,
) -> Result<Served, BenchError> {
    let hub = Hub::start(place, regions, Broker::Away).await?;
    let mut connected = Vec::with_capacity(callers);
    for _ in 0..callers {
        let caller = Caller::connect(hub.address, &hub.token).await;
        connected.push(caller.map_err(|e| BenchError::Io("a connection to the hub", e))?);
    }
    let messages = Arc::clone(messages);
    let served = race(connected, length, move |mut caller| {
        let messages = Arc::clone(&messages);
        async move {
            let (_, message) = messages.next();
            let taken = matches!(caller.post("/api/v1/messages", &message).await, Ok((201, _)));
            (caller, taken)
        }
    })
    .await;
    hub.end().await?;
    if served.refused * 100 > served.waits.len() {
        return Err(BenchError::Hub(format!("it refused {} of {}", served.refused, served.waits.len())));
    }
    Ok(served)
}
