//! Intake: HTTP in, decided, events with read tables and outbox committed, answered 201.
//!
//! - **product**: `hub112 serve`, a process of its own that serves the twenty regions of the country, callers on
//!   connections that stay open, each message opening a card that three services are told of. The broker is away, so
//!   that only intake is measured: what leaves the outbox is the chain's row.
//! - **one region**: the same with all messages for one region.
//! - **group commit**: the same rows, read back from what the hub wrote, by two writers that commit whatever has
//!   queued as one statement; nothing is decided, checked or answered.
//! - **one writer**: the group commit by one writer, as the rows of one region are written: a region is one stream, in
//!   order, and so one backend's. Intake of one region can hardly be faster.
//! - **bare door**: the same HTTP server in front of that group commit, where nothing is checked, decided or written as
//!   JSON. Intake can hardly be faster while callers, server and database share the cores.
//! - **naive**: a transaction for each message, a statement for each table, 64 connections.
//! - **one bare commit**: the rows of one message by one statement, one after the other.

mod bare_door;
mod columns;
mod peers;
mod written;

use std::sync::Arc;
use std::time::Duration;

pub(super) use self::peers::Supply;
use self::written::Written;
use super::callers::{Served, connect, race};
use super::hub::{Broker, Hub, machine_processor, own_processor};
use super::messages::Messages;
use super::place::Place;
use super::row::{Rounds, Row};
use super::{BenchError, Extent, REGION, REGIONS};
use crate::domain::ids::RegionCode;

/// Callers at saturation.
const CALLERS: usize = 256;

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
    let country = REGIONS.into_iter().map(RegionCode::new).collect::<Result<Vec<_>, _>>()?;
    let region = [RegionCode::new(REGION)?];
    let of_country = Arc::new(Messages::new(&country)?);
    let messages = Arc::new(Messages::new(&region)?);
    let side = extent.side;
    let [mut grouped, mut of_one, mut bounded, mut barely, mut naively, mut alone, mut barely_alone]: [Rounds;
        7] = Default::default();
    let mut worked = Vec::new();
    let mut machine = Rounds::new();
    let mut database = Rounds::new();

    for round in 0..=extent.rounds {
        place.empty().await?;
        let (many, work) = intake(place, &country, &of_country, CALLERS, side).await?;
        place.empty().await?;
        let (in_region, _) = intake(place, &region, &messages, CALLERS, side).await?;
        let supply = Supply::new(Written::read(&place.database).await?);
        place.empty().await?;
        let before = Used::now(None)?;
        let group = peers::group_commit(&place.database, &supply, peers::WRITERS, CALLERS, side).await?;
        let peer_work = before.for_each(&Used::now(None)?, &group);
        place.empty().await?;
        let by_one = peers::group_commit(&place.database, &supply, 1, CALLERS, side).await?;
        place.empty().await?;
        let bare_door = bare_door::serve(&place.database, &supply, &of_country, CALLERS, side).await?;
        place.empty().await?;
        let naive = peers::naive(&place.database, &supply, CALLERS, side).await?;
        place.empty().await?;
        let (one, _) = intake(place, &region, &messages, 1, side).await?;
        place.empty().await?;
        let bare = peers::bare_commit(&place.database, &supply, None, side).await?;
        place.empty().await?;
        let one_at_bare_door = bare_door::serve(&place.database, &supply, &of_country, 1, side).await?;
        tracing::info!(
            round,
            hub = ?many.each(), of_one = ?in_region.each(), group = ?group.each(), by_one = ?by_one.each(), bare_door = ?bare_door.each(), naive = ?naive.each(), one = ?one.quantile(0.5),
            bare = ?bare.quantile(0.5), one_at_bare_door = ?one_at_bare_door.quantile(0.5), refused = many.refused + in_region.refused + one.refused, "intake"
        );
        // The first round warms the servers.
        if round > 0 {
            grouped.push((many.each(), group.each()));
            of_one.push((in_region.each(), group.each()));
            bounded.push((by_one.each(), group.each()));
            barely.push((bare_door.each(), group.each()));
            naively.push((many.each(), naive.each()));
            alone.push((one.quantile(0.5), bare.quantile(0.5)));
            barely_alone.push((one_at_bare_door.quantile(0.5), bare.quantile(0.5)));
            worked.push(work.hub);
            machine.push((work.machine, peer_work.machine));
            database.push((work.database, peer_work.database));
        }
    }
    let who = format!("{CALLERS} callers");
    let rows = [
        Row::faster(&format!("intake, {who} / group commit of the same rows"), &grouped, Some(0.7)),
        Row::faster(&format!("intake of one region, {who} / group commit of the same rows"), &of_one, None),
        Row::faster(
            "intake, the same rows by one writer alone / group commit of the same rows",
            &bounded,
            None,
        ),
        Row::faster(
            "intake, bare: HTTP in front of the group commit, nothing decided / group commit of the same rows",
            &barely,
            None,
        ),
        Row::faster(&format!("intake, {who} / naive transaction each"), &naively, Some(4.0)),
        Row::median(&format!("intake, {who}, processor time of the hub for each"), &worked),
        Row::share(
            &format!("intake, {who}, processor time of the whole machine for each / of the group commit"),
            &machine,
            None,
        ),
        Row::share(
            &format!("intake, {who}, processor time of the database for each / of the group commit"),
            &database,
            None,
        ),
        Row::share("intake, one caller, p50 / one bare commit of the same rows", &alone, 1.5),
        Row::share(
            "intake, one caller, bare: HTTP in front of the commit, nothing decided, p50 / one bare commit",
            &barely_alone,
            None,
        ),
    ];
    Ok(rows.into_iter().flatten().collect())
}

/// Processor time for each message.
struct Work {
    /// Of the hub.
    hub: Duration,
    /// Of the whole machine: the hub, PostgreSQL and the callers. The cores divided by it are the most that the
    /// machine can serve.
    machine: Duration,
    /// Of what is neither the hub nor the callers, which are this process: PostgreSQL, as far as nothing else runs.
    database: Duration,
}

/// Processor time that was used up to a moment.
struct Used {
    machine: Duration,
    own: Duration,
    hub: Duration,
}

impl Used {
    /// Up to now.
    fn now(hub: Option<&Hub>) -> Result<Self, BenchError> {
        let hub = hub.map_or(Ok(Duration::ZERO), Hub::processor)?;
        Ok(Self { machine: machine_processor()?, own: own_processor()?, hub })
    }

    /// What each that was served has taken since.
    fn for_each(&self, now: &Self, served: &Served) -> Work {
        let each = |of: fn(&Self) -> Duration| {
            of(now).saturating_sub(of(self)).div_f64(served.waits.len().max(1) as f64)
        };
        let (machine, own, hub) = (each(|u| u.machine), each(|u| u.own), each(|u| u.hub));
        Work { hub, machine, database: machine.saturating_sub(own + hub) }
    }
}

/// The product, and the processor time that each message took.
async fn intake(
    place: &Place,
    regions: &[RegionCode],
    messages: &Arc<Messages>,
    callers: usize,
    length: Duration,
) -> Result<(Served, Work), BenchError> {
    let hub = Hub::start(place, regions, Broker::Away).await?;
    let connected = connect(hub.address, &hub.token, callers).await?;
    let messages = Arc::clone(messages);
    let before = Used::now(Some(&hub))?;
    let served = race(connected, length, move |mut caller| {
        let messages = Arc::clone(&messages);
        async move {
            let (_, message) = messages.next();
            let taken = matches!(caller.post("/api/v1/messages", &message).await, Ok((201, _)));
            (caller, taken)
        }
    })
    .await;
    let work = before.for_each(&Used::now(Some(&hub))?, &served);
    hub.end().await?;
    served.check()?;
    Ok((served, work))
}

/// Rows of messages as a hub writes them, for the peers of other rows.
pub(super) async fn supply(
    place: &Place,
    region: RegionCode,
    messages: &Arc<Messages>,
) -> Result<Supply, BenchError> {
    place.empty().await?;
    intake(place, &[region], messages, 16, Duration::from_secs(1)).await?;
    Ok(Supply::new(Written::read(&place.database).await?))
}

/// Time for each message's rows of the writers that commit whatever has queued.
pub(super) async fn group_commit(
    place: &Place,
    supply: &Supply,
    length: Duration,
) -> Result<Duration, BenchError> {
    Ok(peers::group_commit(&place.database, supply, peers::WRITERS, CALLERS, length).await?.each())
}

/// The median of one bare commit at each tick.
pub(super) async fn bare_commits(
    place: &Place,
    supply: &Supply,
    tick: Duration,
    length: Duration,
) -> Result<Duration, BenchError> {
    Ok(peers::bare_commit(&place.database, supply, Some(tick), length).await?.quantile(0.5))
}
