//! Reading the read tables: what is open at start, one entity, a page of many.

use bytes::Bytes;
use deadpool_postgres::{Object, Pool};
use futures_util::{StreamExt, pin_mut};
use jiff::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::append::ReadTable;
use super::database::StoreError;
use crate::domain::ids::{IncidentId, MessageId, RegionCode, ServiceKey};

/// A row of a read table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRow {
    /// The owner's region.
    pub region: RegionCode,
    /// The entity.
    pub id: String,
    /// Whether its actor needs it at start.
    pub open: bool,
    /// The `seq` of the event that it is the state after.
    pub version: u64,
    /// The entity in JSON. The database orders keys and drops spaces.
    pub state: String,
    /// When that event was decided.
    pub updated_at: Timestamp,
}

/// The columns of [`stored`], in order.
pub(super) const COLUMNS: &str = "region, id, open, version, state::text, updated_at";

pub(super) fn stored(row: &Row) -> Result<StoredRow, StoreError> {
    let region: String = row.try_get(0)?;
    let version: i64 = row.try_get(3)?;
    Ok(StoredRow {
        region: region
            .parse()
            .map_err(|_| StoreError::Row { table: "read table", reason: format!("{region} is no region") })?,
        id: row.try_get(1)?,
        open: row.try_get(2)?,
        version: version.unsigned_abs(),
        state: row.try_get(4)?,
        updated_at: row.try_get(5)?,
    })
}

/// Gives every open row of a region to `take`, as the rows arrive: their number does not matter to memory. With
/// `since` also those that were settled and have changed since then.
///
/// # Errors
/// [`StoreError`], or the first that `take` returns.
pub async fn load_open<E: From<StoreError>>(
    pool: &Pool,
    table: ReadTable,
    region: RegionCode,
    since: Option<Timestamp>,
    take: impl FnMut(StoredRow) -> Result<(), E>,
) -> Result<(), E> {
    let client = pool.get().await.map_err(StoreError::from)?;
    let which = if since.is_some() { "(open OR updated_at >= $2)" } else { "open" };
    let text = format!("SELECT {COLUMNS} FROM {} WHERE {which} AND region = $1", table.name());
    let statement = client.prepare_cached(&text).await.map_err(StoreError::from)?;
    let region = region.to_string();
    let mut params: Vec<&(dyn ToSql + Sync)> = vec![&region];
    if let Some(since) = &since {
        params.push(since);
    }
    take_each(&client, &statement, params, take).await
}

/// Gives every unit of a service that is on the register to `take`, as the rows arrive.
///
/// # Errors
/// [`StoreError`], or the first that `take` returns.
pub async fn load_units<E: From<StoreError>>(
    pool: &Pool,
    region: RegionCode,
    service: &ServiceKey,
    take: impl FnMut(StoredRow) -> Result<(), E>,
) -> Result<(), E> {
    let client = pool.get().await.map_err(StoreError::from)?;
    let text = format!("SELECT {COLUMNS} FROM unit WHERE open AND region = $1 AND service = $2");
    let statement = client.prepare_cached(&text).await.map_err(StoreError::from)?;
    let (region, service) = (region.to_string(), service.as_str());
    take_each(&client, &statement, vec![&region, &service], take).await
}

async fn take_each<E: From<StoreError>>(
    client: &Object,
    statement: &tokio_postgres::Statement,
    params: Vec<&(dyn ToSql + Sync)>,
    mut take: impl FnMut(StoredRow) -> Result<(), E>,
) -> Result<(), E> {
    let rows = client.query_raw(statement, params).await.map_err(StoreError::from)?;
    pin_mut!(rows);
    while let Some(row) = rows.next().await {
        take(stored(&row.map_err(StoreError::from)?)?)?;
    }
    Ok(())
}

/// Messages of a region received since a moment, with the card that each went to.
///
/// # Errors
/// [`StoreError`].
pub async fn messages_since(
    pool: &Pool,
    region: RegionCode,
    since: Timestamp,
) -> Result<Vec<(String, String)>, StoreError> {
    const TEXT: &str =
        "SELECT id, incident FROM message WHERE region = $1 AND received_at >= $2 AND incident IS NOT NULL";
    let client = pool.get().await?;
    let statement = client.prepare_cached(TEXT).await?;
    let rows = client.query(&statement, &[&region.to_string(), &since]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// One entity, open or not.
///
/// # Errors
/// [`StoreError`].
pub async fn find(pool: &Pool, table: ReadTable, id: &str) -> Result<Option<StoredRow>, StoreError> {
    let client = pool.get().await?;
    let text = format!("SELECT {COLUMNS} FROM {} WHERE id = $1", table.name());
    let statement = client.prepare_cached(&text).await?;
    client.query_opt(&statement, &[&id]).await?.as_ref().map(stored).transpose()
}

/// The region that owns a card.
///
/// # Errors
/// [`StoreError`].
pub async fn region_of(pool: &Pool, incident: IncidentId) -> Result<Option<RegionCode>, StoreError> {
    let client = pool.get().await?;
    let statement = client.prepare_cached("SELECT region FROM incident WHERE id = $1").await?;
    let Some(row) = client.query_opt(&statement, &[&incident.to_string()]).await? else { return Ok(None) };
    let region: &str = row.try_get(0)?;
    let bad = || StoreError::Row { table: "incident", reason: format!("{region} is no region") };
    region.parse().map(Some).map_err(|_| bad())
}

/// Several entities at once, in no order; those that are not there are left out.
///
/// # Errors
/// [`StoreError`].
pub async fn find_all(pool: &Pool, table: ReadTable, ids: &[String]) -> Result<Vec<StoredRow>, StoreError> {
    let client = pool.get().await?;
    let text = format!("SELECT {COLUMNS} FROM {} WHERE id = ANY($1)", table.name());
    let statement = client.prepare_cached(&text).await?;
    client.query(&statement, &[&ids]).await?.iter().map(stored).collect()
}

/// A page of a table by id (time-ordered ids: by time), after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn page(
    pool: &Pool,
    table: ReadTable,
    region: Option<RegionCode>,
    open: Option<bool>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<StoredRow>, StoreError> {
    let client = pool.get().await?;
    let text = format!(
        "SELECT {COLUMNS} FROM {} WHERE ($1::text IS NULL OR region = $1) AND ($2::boolean IS NULL OR open = $2) \
         AND ($3::text IS NULL OR id > $3) ORDER BY id LIMIT $4",
        table.name()
    );
    let statement = client.prepare_cached(&text).await?;
    let region = region.map(|region| region.to_string());
    client.query(&statement, &[&region, &open, &after, &limit]).await?.iter().map(stored).collect()
}

/// A page of one service's units by id, after `after`; only those named when `ids` are given.
///
/// # Errors
/// [`StoreError`].
pub async fn units_of(
    pool: &Pool,
    region: RegionCode,
    service: &ServiceKey,
    ids: Option<&[String]>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<StoredRow>, StoreError> {
    let client = pool.get().await?;
    let text = format!(
        "SELECT {COLUMNS} FROM unit WHERE open AND region = $1 AND service = $2 \
         AND ($3::text[] IS NULL OR id = ANY($3)) AND ($4::text IS NULL OR id > $4) ORDER BY id LIMIT $5"
    );
    let statement = client.prepare_cached(&text).await?;
    let (region, service) = (region.to_string(), service.as_str());
    client.query(&statement, &[&region, &service, &ids, &after, &limit]).await?.iter().map(stored).collect()
}

/// Which look-ups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookupFilter {
    /// Of one region.
    pub region: Option<RegionCode>,
    /// For one incident.
    pub incident: Option<IncidentId>,
    /// Without an answer, or with one.
    pub open: Option<bool>,
}

/// A page of look-ups by id, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn lookups(
    pool: &Pool,
    wanted: &LookupFilter,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<StoredRow>, StoreError> {
    let client = pool.get().await?;
    let text = format!(
        "SELECT {COLUMNS} FROM lookup WHERE ($1::text IS NULL OR region = $1) \
         AND ($2::text IS NULL OR incident = $2) AND ($3::boolean IS NULL OR open = $3) \
         AND ($4::text IS NULL OR id > $4) ORDER BY id LIMIT $5"
    );
    let statement = client.prepare_cached(&text).await?;
    let region = wanted.region.map(|region| region.to_string());
    let incident = wanted.incident.map(|incident| incident.to_string());
    let rows = client.query(&statement, &[&region, &incident, &wanted.open, &after, &limit]).await?;
    rows.iter().map(stored).collect()
}

/// A message's media type and bytes as received.
///
/// # Errors
/// [`StoreError`].
pub async fn raw_message(pool: &Pool, id: MessageId) -> Result<Option<(String, Bytes)>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached("SELECT media_type, raw FROM message WHERE id = $1 AND raw IS NOT NULL")
        .await?;
    let row = client.query_opt(&statement, &[&id.to_string()]).await?;
    row.map(|row| {
        let raw: Vec<u8> = row.try_get(1)?;
        Ok((row.try_get(0)?, raw.into()))
    })
    .transpose()
}
