//! Memory of the hub that holds the whole country: 20 regions, 100,000 units on the register, each seen twice, and
//! 10,000 open incidents, all of it over HTTP into `hub112 serve`, a process of its own. Then the same hub started
//! again, with all of that read back from its journal.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use serde::Deserialize;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::callers::{Caller, connect};
use super::hub::{Broker, Hub};
use super::messages::Messages;
use super::place::Place;
use super::row::Row;
use super::{BenchError, Extent, REGIONS};
use crate::domain::ids::{RegionCode, ServiceKey, UnitId};
use crate::domain::unit::{CallSign, Capabilities, Position, PositionSource, Unit, UnitKind, UnitStatus};

const UNITS: usize = 100_000;
const INCIDENTS: usize = 10_000;
/// Calls at a time.
const CALLERS: usize = 64;
/// Positions in one call.
const POSITIONS: usize = 500;
/// MB that the hub may have.
const MOST: f64 = 400.0;

/// Who has the units.
const SERVICES: [(&str, UnitKind); 4] = [
    ("ambulance", UnitKind::Ambulance),
    ("police", UnitKind::PatrolCar),
    ("fire_rescue", UnitKind::FireEngine),
    ("utilities", UnitKind::RepairVehicle),
];

/// Runs the rows.
///
/// # Errors
/// [`BenchError`] when the servers or the hub cannot be used.
pub async fn run(extent: &Extent) -> Result<Vec<Row>, BenchError> {
    let place = Place::make(&extent.servers).await?;
    let rows = measure(&place).await;
    place.remove().await;
    rows
}

async fn measure(place: &Place) -> Result<Vec<Row>, BenchError> {
    let regions = REGIONS.into_iter().map(RegionCode::new).collect::<Result<Vec<_>, _>>()?;
    let messages = Arc::new(Messages::new(&regions)?);
    let hub = Hub::start(place, &regions, Broker::There).await?;
    let empty = hub.memory()?;
    let units = Arc::new(fleet(&messages)?);
    register(&hub, &units).await?;
    report(&hub, &units).await?;
    let registered = hub.memory()?;
    let open = open(&hub, &messages).await?;
    let full = hub.memory()?;
    hub.end().await?;
    let again = Hub::start(place, &regions, Broker::There).await?;
    let recovered = again.memory()?;
    again.end().await?;
    let (name, mb) =
        (format!("memory, {} regions, {UNITS} units, {open} open incidents", REGIONS.len()), "MB");
    Ok(vec![
        Row::within(&format!("memory, {} regions, nothing in them", REGIONS.len()), empty.resident, mb, None),
        Row::within(
            &format!("memory, {} regions, {UNITS} units", REGIONS.len()),
            registered.resident,
            mb,
            None,
        ),
        Row::within(&name, full.resident, mb, Some(MOST)),
        Row::within(&format!("{name}, at most ever"), full.peak, mb, None),
        Row::within(&format!("{name}, started again"), recovered.resident, mb, Some(MOST)),
        Row::within(&format!("{name}, started again, at most ever"), recovered.peak, mb, None),
    ])
}

/// Units all over the country, more where a region is larger.
fn fleet(messages: &Messages) -> Result<Vec<Unit>, BenchError> {
    let mut units = Vec::with_capacity(UNITS);
    for ((service, kind), number) in SERVICES.into_iter().cycle().zip(0..UNITS) {
        let (region, home) = messages.place();
        units.push(Unit {
            id: UnitId::new(&format!("{service}-{number}"))?,
            service: ServiceKey::new(service)?,
            region,
            call_sign: CallSign::new(&format!("{number}"))?,
            kind,
            capabilities: Capabilities::default(),
            station: format!("№ {}", number / 20),
            home,
            status: UnitStatus::Available,
            position: Position {
                point: home,
                at: Timestamp::now(),
                source: PositionSource::Avl,
                accuracy: None,
            },
            version: 0,
        });
    }
    Ok(units)
}

/// Every unit, one call each.
async fn register(hub: &Hub, units: &Arc<Vec<Unit>>) -> Result<(), BenchError> {
    let units = Arc::clone(units);
    each(hub, UNITS, move |mut caller, n| {
        let units = Arc::clone(&units);
        async move {
            let unit = &units[n];
            let body = serde_json::to_string(unit).unwrap_or_default();
            let path = format!("/api/v1/units/{}", unit.id);
            let done = matches!(caller.make(&path, &body).await, Ok((204, _)));
            (caller, done)
        }
    })
    .await
}

/// Every unit's position once more, by service and region, as their services report them.
async fn report(hub: &Hub, units: &[Unit]) -> Result<(), BenchError> {
    let mut sorted: Vec<&Unit> = units.iter().collect();
    sorted.sort_by_key(|u| (u.region, u.service.clone()));
    let mut bodies = Vec::new();
    for of_service in sorted.chunk_by(|a, b| a.region == b.region && a.service == b.service) {
        for some in of_service.chunks(POSITIONS) {
            let positions: Vec<_> = some
                .iter()
                .map(|u| {
                    let position = Position { at: Timestamp::now(), ..u.position };
                    serde_json::json!({ "unit": u.id, "position": position })
                })
                .collect();
            let (region, service) = (some[0].region, &some[0].service);
            bodies.push(
                serde_json::json!({ "region": region, "service": service, "positions": positions })
                    .to_string(),
            );
        }
    }
    let bodies = Arc::new(bodies);
    each(hub, bodies.len(), move |mut caller, n| {
        let bodies = Arc::clone(&bodies);
        async move {
            let done = matches!(caller.post("/api/v1/positions", &bodies[n]).await, Ok((204, _)));
            (caller, done)
        }
    })
    .await
}

#[derive(Deserialize)]
struct Taken {
    incident: Uuid,
}

/// Messages until as many cards are open, and how many are.
async fn open(hub: &Hub, messages: &Messages) -> Result<usize, BenchError> {
    let io = |e| BenchError::Io("a call to the hub", e);
    let mut caller = Caller::connect(hub.address, &hub.administrator).await.map_err(io)?;
    let mut incidents = HashSet::with_capacity(INCIDENTS);
    for _ in 0..2 * INCIDENTS {
        let (status, body) = caller.post("/api/v1/messages", &messages.next().1).await.map_err(io)?;
        let taken: Taken = serde_json::from_slice(body)
            .map_err(|e| BenchError::Hub(format!("it answered {status}, and no card: {e}")))?;
        incidents.insert(taken.incident);
        if incidents.len() == INCIDENTS {
            break;
        }
    }
    Ok(incidents.len())
}

/// The act for each number below `count`, several at a time. Fails when one is not answered as it should be.
async fn each<F, T>(hub: &Hub, count: usize, act: F) -> Result<(), BenchError>
where
    F: Fn(Caller, usize) -> T + Clone + Send + 'static,
    T: Future<Output = (Caller, bool)> + Send,
{
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for mut caller in connect(hub.address, &hub.administrator, CALLERS).await? {
        let (next, act) = (Arc::clone(&next), act.clone());
        tasks.spawn(async move {
            let mut refused = 0;
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= count {
                    return refused;
                }
                let done;
                (caller, done) = act(caller, n).await;
                refused += usize::from(!done);
            }
        });
    }
    match tasks.join_all().await.into_iter().sum::<usize>() {
        0 => Ok(()),
        refused => Err(BenchError::Hub(format!("it refused {refused} of {count}"))),
    }
}
