//! Where units were: written in batches, kept by the day.

use std::collections::HashMap;

use deadpool_postgres::Pool;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio_postgres::Row;

use super::database::StoreError;
use crate::domain::ids::{RegionCode, ServiceKey, UnitId};
use crate::domain::quantities::{Metres, Point};
use crate::domain::unit::{Position, Unit};

/// A unit at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// The region.
    pub region: RegionCode,
    /// The unit.
    pub unit: UnitId,
    /// Where and when.
    pub position: Position,
}

/// Writes many at once. Best over [`super::database::pool_unsynced`]: a crash of the server may cost the last
/// moments of a track.
///
/// # Errors
/// [`StoreError`]; then none is written.
pub async fn write(pool: &Pool, tracks: &[Track]) -> Result<(), StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "INSERT INTO position_track (region, unit, at, point, source, accuracy_m) \
             SELECT n.region, n.unit, n.at, ST_SetSRID(ST_MakePoint(n.lon, n.lat), 4326), n.source, n.accuracy \
             FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::float8[], $5::float8[], $6::text[], \
               $7::real[]) AS n(region, unit, at, lon, lat, source, accuracy)",
        )
        .await?;
    #[expect(clippy::cast_possible_truncation, reason = "an accuracy in metres does not need more")]
    let accuracy = |position: &Position| position.accuracy.map(|metres| metres.get() as f32);
    client
        .execute(
            &statement,
            &[
                &tracks.iter().map(|t| t.region.to_string()).collect::<Vec<_>>(),
                &tracks.iter().map(|t| t.unit.as_str()).collect::<Vec<_>>(),
                &tracks.iter().map(|t| t.position.at).collect::<Vec<_>>(),
                &tracks.iter().map(|t| t.position.point.lon()).collect::<Vec<_>>(),
                &tracks.iter().map(|t| t.position.point.lat()).collect::<Vec<_>>(),
                &tracks.iter().map(|t| source(&t.position)).collect::<Vec<_>>(),
                &tracks.iter().map(|t| accuracy(&t.position)).collect::<Vec<_>>(),
            ],
        )
        .await?;
    Ok(())
}

/// A unit's track in a span of time, at most `limit` positions, in order.
///
/// # Errors
/// [`StoreError`].
pub async fn read(
    pool: &Pool,
    unit: &UnitId,
    from: Timestamp,
    to: Timestamp,
    limit: i64,
) -> Result<Vec<Position>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "SELECT at, ST_Y(point), ST_X(point), source, accuracy_m FROM position_track \
             WHERE unit = $1 AND at >= $2 AND at < $3 ORDER BY at LIMIT $4",
        )
        .await?;
    let rows = client.query(&statement, &[&unit.as_str(), &from, &to, &limit]).await?;
    rows.iter().map(position).collect()
}

/// Where each unit of a service was last seen after a moment, with how that was known: what a hub that starts knows of
/// its units. Each unit is one look into the index of tracks.
///
/// # Errors
/// [`StoreError`].
pub async fn last_positions(
    pool: &Pool,
    region: RegionCode,
    service: &ServiceKey,
    after: Timestamp,
) -> Result<Vec<(UnitId, Position)>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "SELECT t.at, ST_Y(t.point), ST_X(t.point), t.source, t.accuracy_m, u.id FROM unit u CROSS JOIN LATERAL ( \
               SELECT at, point, source, accuracy_m FROM position_track WHERE unit = u.id AND at > $3 \
               ORDER BY at DESC LIMIT 1) t \
             WHERE u.region = $1 AND u.open AND u.state->>'service' = $2",
        )
        .await?;
    let rows = client.query(&statement, &[&region.to_string(), &service.as_str(), &after]).await?;
    rows.iter()
        .map(|row| {
            let id = UnitId::new(row.try_get(5)?)
                .map_err(|error| StoreError::Row { table: "unit", reason: error.to_string() })?;
            Ok((id, position(row)?))
        })
        .collect()
}

/// Where each unit of some regions is, as far as the store knows: the last place of its track after a moment, else that in
/// the register. For those whose hub runs elsewhere: each unit is one look into the index of tracks.
///
/// # Errors
/// [`StoreError`].
pub async fn whereabouts(
    pool: &Pool,
    regions: &[RegionCode],
    after: Timestamp,
) -> Result<Vec<(UnitId, Position)>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "SELECT t.at, ST_Y(t.point), ST_X(t.point), t.source, t.accuracy_m, u.id, (u.state->'position')::text \
             FROM unit u LEFT JOIN LATERAL ( \
               SELECT at, point, source, accuracy_m FROM position_track WHERE unit = u.id AND at > $2 \
               ORDER BY at DESC LIMIT 1) t ON true \
             WHERE u.region = ANY($1) AND u.open",
        )
        .await?;
    let regions: Vec<String> = regions.iter().map(ToString::to_string).collect();
    let rows = client.query(&statement, &[&regions, &after]).await?;
    let bad = |reason: String| StoreError::Row { table: "unit", reason };
    rows.iter()
        .map(|row| {
            let id = UnitId::new(row.try_get(5)?).map_err(|error| bad(error.to_string()))?;
            let of_track: Option<Timestamp> = row.try_get(0)?;
            let position = match of_track {
                Some(_) => position(row)?,
                None => serde_json::from_str(row.try_get(6)?).map_err(|error| bad(error.to_string()))?,
            };
            Ok((id, position))
        })
        .collect()
}

/// Of the columns at, latitude, longitude, source, accuracy.
fn position(row: &Row) -> Result<Position, StoreError> {
    let bad = |reason: String| StoreError::Row { table: "position_track", reason };
    let source: String = row.try_get(3)?;
    Ok(Position {
        at: row.try_get(0)?,
        point: Point::new(row.try_get(1)?, row.try_get(2)?).map_err(|error| bad(error.to_string()))?,
        source: serde_json::from_value(Value::String(source)).map_err(|error| bad(error.to_string()))?,
        accuracy: row.try_get::<_, Option<f32>>(4)?.map(|m| Metres::saturating(f64::from(m))),
    })
}

/// A unit as the register had it at a moment, with where it had last been seen by then.
#[derive(Debug, Clone, PartialEq)]
pub struct Then {
    /// As it was registered.
    pub unit: Unit,
    /// The last point of its track by then, and when; none while nothing was kept of it.
    pub seen: Option<(Point, Timestamp)>,
    /// Whether it is on the register still.
    pub is_registered: bool,
}

/// The register of a region at a moment, from the journal, and where each unit had last been seen by then, however long
/// before. What was seen within `near` is one look into the index of a day or two; only for the others are all days asked.
///
/// # Errors
/// [`StoreError`].
pub async fn register_then(
    pool: &Pool,
    region: RegionCode,
    at: Timestamp,
    near: SignedDuration,
) -> Result<Vec<Then>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "WITH known AS ( \
               SELECT DISTINCT ON (c.id) c.id, c.kind, c.body FROM ( \
                 SELECT CASE kind WHEN 'unit_registered' THEN body #>> '{unit,id}' ELSE body ->> 'unit' END AS id, \
                   kind, body, at, seq \
                 FROM journal WHERE kind IN ('unit_registered', 'unit_removed') AND at <= $2 AND stream = ANY(ARRAY( \
                   SELECT stream FROM stream_head WHERE region = $1 AND stream LIKE 'service/%'))) c \
               ORDER BY c.id, c.at DESC, c.seq DESC) \
             SELECT (k.body -> 'unit')::text, ST_Y(t.point), ST_X(t.point), t.at, \
               EXISTS (SELECT FROM unit u WHERE u.id = k.id AND u.open) \
             FROM known k LEFT JOIN LATERAL ( \
               SELECT point, at FROM position_track WHERE unit = k.id AND at <= $2 AND at > $3 \
               ORDER BY at DESC LIMIT 1) t ON true \
             WHERE k.kind = 'unit_registered'",
        )
        .await?;
    let rows = client.query(&statement, &[&region.to_string(), &at, &(at - near)]).await?;
    let mut all = rows
        .iter()
        .map(|row| {
            let bad =
                |error: serde_json::Error| StoreError::Row { table: "journal", reason: error.to_string() };
            Ok(Then {
                unit: serde_json::from_str(row.try_get(0)?).map_err(bad)?,
                seen: seen(row)?,
                is_registered: row.try_get(4)?,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    let unseen: Vec<&str> = all.iter().filter(|u| u.seen.is_none()).map(|u| u.unit.id.as_str()).collect();
    if unseen.is_empty() {
        return Ok(all);
    }
    let statement = client
        .prepare_cached(
            "SELECT n.id, ST_Y(t.point), ST_X(t.point), t.at FROM unnest($1::text[]) AS n(id) CROSS JOIN LATERAL ( \
               SELECT point, at FROM position_track WHERE unit = n.id AND at <= $2 \
               ORDER BY at DESC LIMIT 1) t",
        )
        .await?;
    let rows = client.query(&statement, &[&unseen, &(at - near)]).await?;
    let mut earlier = HashMap::with_capacity(rows.len());
    for row in &rows {
        earlier.insert(row.try_get::<_, String>(0)?, seen(row)?);
    }
    for then in &mut all {
        if then.seen.is_none() {
            then.seen = earlier.remove(then.unit.id.as_str()).flatten();
        }
    }
    Ok(all)
}

/// Of the columns latitude, longitude, at after the first.
fn seen(row: &Row) -> Result<Option<(Point, Timestamp)>, StoreError> {
    let bad = |reason: String| StoreError::Row { table: "position_track", reason };
    let Some(at) = row.try_get::<_, Option<Timestamp>>(3)? else { return Ok(None) };
    let point = Point::new(row.try_get(1)?, row.try_get(2)?).map_err(|error| bad(error.to_string()))?;
    Ok(Some((point, at)))
}

fn source(position: &Position) -> String {
    let word = serde_json::to_value(position.source).ok();
    word.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
}
