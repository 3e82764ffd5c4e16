//! State from the store at start, and rows for the store after a decision. Read tables never decide: they are
//! written from the state and read only when an actor starts.

use deadpool_postgres::Pool;
use jiff::SignedDuration;
use std::collections::HashSet;

use crate::domain::event::RegionEvent;
use crate::domain::ids::{IdError, IncidentId, MessageId, RegionCode, ServiceKey, UnitId};
use crate::domain::incident::Incident;
use crate::domain::message::Message;
use crate::domain::region::{EntityKind, EntityRow, RegionSettings, RegionState};
use crate::domain::service::{ServiceEvent, ServiceRow, ServiceState};
use crate::domain::service_desk::ServiceDesks;
use crate::domain::unit::Unit;
use crate::store::append::{ReadRow, ReadTable};
use crate::store::database::StoreError;
use crate::store::stream::Stream;
use crate::store::{journal, message_between, read_table};

/// How long a closed card, and which card a message went to, stay in memory.
pub const MEMORY: SignedDuration = SignedDuration::from_hours(24);

/// Why an actor's state cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row that this program cannot read.
    #[error("row {id} of {table} cannot be read: {reason}")]
    Row {
        /// Which table.
        table: &'static str,
        /// Which row.
        id: String,
        /// Why.
        reason: String,
    },
}

/// The read table of a kind of entity.
#[must_use]
pub fn table(kind: EntityKind) -> ReadTable {
    match kind {
        EntityKind::Message => ReadTable::Message,
        EntityKind::Incident => ReadTable::Incident,
        EntityKind::MessageBetween => ReadTable::MessageBetween,
        EntityKind::Obligation => ReadTable::Obligation,
        EntityKind::Shift => ReadTable::Shift,
        EntityKind::Directive => ReadTable::Directive,
        EntityKind::Report => ReadTable::Report,
        EntityKind::Summary => ReadTable::Summary,
        EntityKind::NeighbourIncident => ReadTable::NeighbourIncident,
        EntityKind::Formation => ReadTable::Formation,
        EntityKind::Notice => ReadTable::Notice,
        EntityKind::Organisation => ReadTable::Organisation,
        EntityKind::Lookup => ReadTable::Lookup,
        EntityKind::Warning => ReadTable::Warning,
        EntityKind::Zone => ReadTable::Zone,
        EntityKind::Closure => ReadTable::Closure,
        EntityKind::Region => ReadTable::RegionState,
    }
}

fn read_row(row: EntityRow) -> ReadRow {
    ReadRow { table: table(row.kind), id: row.id, open: row.open, state: row.state }
}

/// Rows that the events changed, as the state has them now.
#[must_use]
pub fn rows(state: &RegionState, events: &[RegionEvent]) -> Vec<ReadRow> {
    state.rows_after(events).into_iter().map(read_row).collect()
}

/// Reads the state of a region's hub and the number of its last event.
///
/// # Errors
/// [`LoadError`].
pub async fn region(
    pool: &Pool,
    region: RegionCode,
    defaults: RegionSettings,
) -> Result<(RegionState, u64), LoadError> {
    unmoved(pool, &Stream::Region(region), || region_rows(pool, region, defaults.clone())).await
}

/// A state and the number of its last event: read anew until nothing was written meanwhile. What an actor that was stopped
/// had under way may still become durable, and rows are read table by table.
async fn unmoved<T>(
    pool: &Pool,
    stream: &Stream,
    read: impl AsyncFn() -> Result<T, LoadError>,
) -> Result<(T, u64), LoadError> {
    let mut before = journal::last_seq(pool, stream).await?;
    loop {
        let state = read().await?;
        let after = journal::last_seq(pool, stream).await?;
        if after == before {
            return Ok((state, after));
        }
        before = after;
    }
}

async fn region_rows(
    pool: &Pool,
    region: RegionCode,
    defaults: RegionSettings,
) -> Result<RegionState, LoadError> {
    let mut rows: Vec<EntityRow> = Vec::new();
    for kind in EntityKind::AT_START {
        let from = table(kind);
        // A report that every service has acknowledged may still become a threat, or part of a summary; who decides on
        // a warning that is over is told so.
        let lately = matches!(kind, EntityKind::Report | EntityKind::Warning);
        let since = lately.then(|| super::clock::now() - MEMORY);
        read_table::load_open(pool, from, region, since, |row| {
            rows.push(EntityRow { kind, id: row.id, open: row.open, state: row.state });
            Ok::<(), StoreError>(())
        })
        .await?;
    }
    let between = message_between::of_open_cards(pool, region).await?;
    rows.extend(between.into_iter().map(|row| EntityRow {
        kind: EntityKind::MessageBetween,
        id: row.id,
        open: row.open,
        state: row.state,
    }));
    let mut state = RegionState::restore(region, defaults, rows)
        .map_err(|(kind, id, reason)| LoadError::Row { table: table(kind).name(), id, reason })?;
    for (message, card) in read_table::messages_since(pool, region, super::clock::now() - MEMORY).await? {
        let wrong = |reason: String| LoadError::Row { table: "message", id: message.clone(), reason };
        let message: MessageId = message.parse().map_err(|e: IdError| wrong(e.to_string()))?;
        state.remember(message, card.parse().map_err(|e: IdError| wrong(e.to_string()))?);
    }
    Ok(state)
}

/// A card of a region that is not in memory any more.
///
/// # Errors
/// [`LoadError`].
pub async fn card(pool: &Pool, region: RegionCode, id: IncidentId) -> Result<Option<Incident>, LoadError> {
    let Some((row, between)) = message_between::with_card(pool, id).await? else { return Ok(None) };
    if row.region != region {
        return Ok(None);
    }
    let card: Incident = parse("incident", &row.id, &row.state)?;
    let between =
        between.iter().map(|state| parse("message_between", &row.id, state)).collect::<Result<_, _>>()?;
    let whole = card.with_between(between);
    whole.map(Some).map_err(|e| LoadError::Row {
        table: "message_between",
        id: row.id,
        reason: e.to_string(),
    })
}

/// The region whose hub has a card, in memory or not.
///
/// # Errors
/// [`LoadError`].
pub async fn region_of_card(pool: &Pool, id: IncidentId) -> Result<Option<RegionCode>, LoadError> {
    Ok(read_table::find(pool, ReadTable::Incident, &id.to_string()).await?.map(|row| row.region))
}

/// The card that a message went to, when it was received so long ago that the region need not remember it.
///
/// # Errors
/// [`LoadError`].
pub async fn card_of_old(pool: &Pool, message: &Message) -> Result<Option<IncidentId>, LoadError> {
    // An hour of margin: closed cards are let go by the hub's clock, not the sender's.
    if super::clock::now().duration_since(message.received_at) < MEMORY - SignedDuration::from_hours(1) {
        return Ok(None);
    }
    card_of(pool, message.id).await
}

/// The card that a message went to, in whichever region; none when no such message is durable.
///
/// # Errors
/// [`LoadError`].
pub async fn card_of(pool: &Pool, message: MessageId) -> Result<Option<IncidentId>, LoadError> {
    #[derive(serde::Deserialize)]
    struct Went {
        incident: IncidentId,
    }
    let row = read_table::find(pool, ReadTable::Message, &message.to_string()).await?;
    let went: Option<Went> = row.map(|row| parse("message", &row.id, &row.state)).transpose()?;
    Ok(went.map(|went| went.incident))
}

/// The further desks of a region's services, as its hub keeps them.
///
/// # Errors
/// [`LoadError`].
pub async fn service_desks(pool: &Pool, region: RegionCode) -> Result<ServiceDesks, LoadError> {
    #[derive(serde::Deserialize)]
    struct Kept {
        #[serde(default)]
        service_desks: ServiceDesks,
    }
    let row = read_table::find(pool, ReadTable::RegionState, &region.to_string()).await?;
    let kept: Option<Kept> = row.map(|row| parse("region_state", &row.id, &row.state)).transpose()?;
    Ok(kept.map(|kept| kept.service_desks).unwrap_or_default())
}

/// Reads the state of a service and the number of its last event.
///
/// # Errors
/// [`LoadError`].
pub async fn service(
    pool: &Pool,
    region: RegionCode,
    service: ServiceKey,
) -> Result<(ServiceState, u64), LoadError> {
    let stream = Stream::Service(region, service.clone());
    unmoved(pool, &stream, || service_state(pool, region, &service)).await
}

async fn service_state(
    pool: &Pool,
    region: RegionCode,
    service: &ServiceKey,
) -> Result<ServiceState, LoadError> {
    let row = read_table::find(pool, ReadTable::ServiceState, &service_id(region, service)).await?;
    let row: Option<ServiceRow> = row.map(|r| parse("service_state", &r.id, &r.state)).transpose()?;
    let mut units: Vec<Unit> = Vec::new();
    read_table::load_units(pool, region, service, |row| {
        units.push(parse("unit", &row.id, &row.state)?);
        Ok::<(), LoadError>(())
    })
    .await?;
    let mut state = ServiceState::new(region, service.clone()).map_err(|e| LoadError::Row {
        table: "service_state",
        id: service_id(region, service),
        reason: e.to_string(),
    })?;
    state.restore(row, units);
    Ok(state)
}

fn parse<T: serde::de::DeserializeOwned>(table: &'static str, id: &str, state: &str) -> Result<T, LoadError> {
    serde_json::from_str(state).map_err(|e| LoadError::Row {
        table,
        id: id.to_owned(),
        reason: e.to_string(),
    })
}

/// Under which id a service's row of [`ReadTable::ServiceState`] stands.
#[must_use]
pub fn service_id(region: RegionCode, service: &ServiceKey) -> String {
    format!("{region}/{service}")
}

/// Rows of a service after a decision that touched these units.
#[must_use]
pub fn service_rows(state: &ServiceState, touched: &[UnitId]) -> Vec<ReadRow> {
    let row = state.row();
    let mut rows = Vec::with_capacity(touched.len() + 1);
    let mut seen = HashSet::new();
    for id in touched.iter().filter(|id| seen.insert(*id)) {
        rows.push(match state.unit(id) {
            Some(unit) => {
                ReadRow { table: ReadTable::Unit, id: id.to_string(), open: true, state: json(unit) }
            }
            None => ReadRow {
                table: ReadTable::Unit,
                id: id.to_string(),
                open: false,
                state: format!(r#"{{"id":"{id}","service":"{}","removed":true}}"#, row.service),
            },
        });
    }
    rows.push(ReadRow {
        table: ReadTable::ServiceState,
        id: service_id(row.region, &row.service),
        open: true,
        state: json(&row),
    });
    rows
}

/// State types hold nothing that JSON cannot: no maps with keys other than text, no failing serializers.
fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Units whose status the events change, also those that a request lets go without naming them.
#[must_use]
pub fn affected(state: &ServiceState, events: &[ServiceEvent]) -> Vec<UnitId> {
    let mut units = Vec::new();
    for event in events {
        match event {
            ServiceEvent::UnitRegistered { unit } => units.push(unit.id.clone()),
            ServiceEvent::UnitRemoved { unit }
            | ServiceEvent::HoldRanOut { unit }
            | ServiceEvent::UnitReached { unit, .. }
            | ServiceEvent::ArrivalProposed { unit, .. }
            | ServiceEvent::UnitLeft { unit, .. }
            | ServiceEvent::UnitBack { unit, .. }
            | ServiceEvent::UnitChanged { unit, .. } => units.push(unit.clone()),
            ServiceEvent::RequestPlaced { units: held, .. } => units.extend(held.iter().cloned()),
            ServiceEvent::ForcesAnswered { request, units: sent, .. } => {
                units.extend(sent.iter().cloned());
                units.extend(state.asked(*request).into_iter().flat_map(|a| a.held.clone()));
            }
            ServiceEvent::RequestEnded { request, .. } => {
                let asked = state.asked(*request).into_iter();
                units.extend(asked.flat_map(|a| a.held.iter().chain(&a.sent).cloned()));
            }
            ServiceEvent::ReadinessReported { .. } | ServiceEvent::SceneMoved { .. } => {}
        }
    }
    units.sort_unstable();
    units.dedup();
    units
}
