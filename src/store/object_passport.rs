//! Passports of dangerous facilities, with every version that was written. They decide nothing in a region's stream, so
//! they stand beside the journal, as the layers of the map do; their versions are append-only by the database.

use deadpool_postgres::Pool;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use super::database::StoreError;
use crate::domain::decision::{Expected, Refusal};
use crate::domain::ids::{AccountName, PassportId, RegionCode};
use crate::domain::object_passport::ObjectPassport;
use crate::domain::quantities::{Metres, Point};
use crate::domain::said::said;
use crate::domain::zone::ZonePolygon;

const COLUMNS: &str = "id, version, region, state::text, updated_by, updated_at";
/// The most that are told around a place: the nearest.
const AROUND: i64 = 20;

/// A passport as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct KeptPassport {
    /// Its name for programs.
    pub id: PassportId,
    /// Grows by one with every change: its ETag.
    pub version: u64,
    /// The region that it lies in.
    pub region: RegionCode,
    /// What it says.
    #[serde(flatten)]
    pub passport: ObjectPassport,
    /// Whether its day is over: ask the operator before anybody relies on it.
    pub outdated: bool,
    /// Who wrote it.
    pub updated_by: AccountName,
    /// When.
    pub updated_at: Timestamp,
}

/// One version of a passport.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PassportVersion {
    /// Which, from 1.
    pub version: u64,
    /// What it said; null where the passport was taken away.
    pub passport: Option<ObjectPassport>,
    /// Who wrote it.
    pub by: AccountName,
    /// When.
    pub at: Timestamp,
}

fn bad(reason: impl ToString) -> StoreError {
    StoreError::Row { table: "object_passport", reason: reason.to_string() }
}

fn kept(row: &Row, now: Timestamp) -> Result<KeptPassport, StoreError> {
    let passport: ObjectPassport = serde_json::from_str(row.try_get(3)?).map_err(bad)?;
    Ok(KeptPassport {
        id: PassportId::new(row.try_get(0)?).map_err(bad)?,
        version: row.try_get::<_, i64>(1)?.unsigned_abs(),
        region: row.try_get::<_, &str>(2)?.parse().map_err(bad)?,
        outdated: passport.is_outdated(now),
        passport,
        updated_by: AccountName::new(row.try_get(4)?).map_err(bad)?,
        updated_at: row.try_get(5)?,
    })
}

/// Every passport of a region, or of all, by id.
///
/// # Errors
/// [`StoreError`].
pub async fn all(
    pool: &Pool,
    region: Option<RegionCode>,
    now: Timestamp,
) -> Result<Vec<KeptPassport>, StoreError> {
    let client = pool.get().await?;
    let text =
        format!("SELECT {COLUMNS} FROM object_passport WHERE $1::text IS NULL OR region = $1 ORDER BY id");
    let statement = client.prepare_cached(&text).await?;
    let region = region.map(|region| region.to_string());
    client.query(&statement, &[&region]).await?.iter().map(|row| kept(row, now)).collect()
}

/// One passport, or none.
///
/// # Errors
/// [`StoreError`].
pub async fn find(pool: &Pool, id: &PassportId, now: Timestamp) -> Result<Option<KeptPassport>, StoreError> {
    let client = pool.get().await?;
    let text = format!("SELECT {COLUMNS} FROM object_passport WHERE id = $1");
    let statement = client.prepare_cached(&text).await?;
    client.query_opt(&statement, &[&id.as_str()]).await?.map(|row| kept(&row, now)).transpose()
}

/// Every version of a passport that was ever written, the newest first, with the region of each.
///
/// # Errors
/// [`StoreError`].
pub async fn versions(
    pool: &Pool,
    id: &PassportId,
) -> Result<Vec<(RegionCode, PassportVersion)>, StoreError> {
    let client = pool.get().await?;
    let text = "SELECT version, region, state::text, changed_by, changed_at FROM object_passport_change \
                WHERE passport = $1 ORDER BY version DESC";
    let statement = client.prepare_cached(text).await?;
    let rows = client.query(&statement, &[&id.as_str()]).await?;
    let version = |row: &Row| {
        let state: Option<&str> = row.try_get(2)?;
        let version = PassportVersion {
            version: row.try_get::<_, i64>(0)?.unsigned_abs(),
            passport: state.map(serde_json::from_str).transpose().map_err(bad)?,
            by: AccountName::new(row.try_get(3)?).map_err(bad)?,
            at: row.try_get(4)?,
        };
        Ok((row.try_get::<_, &str>(1)?.parse().map_err(bad)?, version))
    };
    rows.iter().map(version).collect()
}

/// Passports of facilities within a zone.
///
/// # Errors
/// [`StoreError`].
pub async fn within(
    pool: &Pool,
    zone: &ZonePolygon,
    now: Timestamp,
) -> Result<Vec<KeptPassport>, StoreError> {
    let text = format!(
        "SELECT {COLUMNS} FROM object_passport \
         WHERE ST_Intersects(point, ST_SetSRID(ST_GeomFromGeoJSON($1::text), 4326)) ORDER BY id"
    );
    let geometry = geojson::Geometry::new(geojson::GeometryValue::from(zone.polygon())).to_string();
    let client = pool.get().await?;
    let statement = client.prepare_cached(&text).await?;
    client.query(&statement, &[&geometry]).await?.iter().map(|row| kept(row, now)).collect()
}

/// Passports of facilities no farther than this from a place, or that reach it, the nearest first, each with how far away
/// it is.
///
/// # Errors
/// [`StoreError`].
pub async fn around(
    pool: &Pool,
    point: Point,
    within: Metres,
    now: Timestamp,
) -> Result<Vec<(KeptPassport, Metres)>, StoreError> {
    // The box first, by the index: half a degree is farther than the farthest protective distance.
    let text = format!(
        "SELECT {COLUMNS}, away FROM (SELECT *, ST_Distance(point::geography, at::geography) AS away \
           FROM object_passport, ST_SetSRID(ST_MakePoint($1, $2), 4326) AS at WHERE point && ST_Expand(at, 0.5)) AS near \
         WHERE away <= greatest($3, reach_m) ORDER BY away, id LIMIT $4"
    );
    let client = pool.get().await?;
    let statement = client.prepare_cached(&text).await?;
    let rows = client.query(&statement, &[&point.lon(), &point.lat(), &within.get(), &AROUND]).await?;
    rows.iter().map(|row| Ok((kept(row, now)?, Metres::saturating(row.try_get(6)?)))).collect()
}

/// Writes a passport, or takes it away, for the version that was seen; its version.
///
/// # Errors
/// [`StoreError`]; [`Refusal`] when somebody was quicker, or when the element has another passport.
pub async fn write(
    pool: &Pool,
    id: &PassportId,
    (region, passport): (RegionCode, Option<&ObjectPassport>),
    expected: Expected,
    (by, at): (&AccountName, Timestamp),
) -> Result<Result<u64, Refusal>, StoreError> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    // One writer at a time: a passport is written seldom, and of two for the same element the second must see the first.
    transaction.execute("SELECT pg_advisory_xact_lock(hashtextextended('object_passport', 0))", &[]).await?;
    let actual =
        transaction.query_opt("SELECT version FROM object_passport WHERE id = $1", &[&id.as_str()]).await?;
    let actual = actual.map(|row| row.try_get(0).map(i64::unsigned_abs)).transpose()?;
    if let Err(stale) = expected.met_by(actual) {
        return Ok(Err(stale));
    }
    let element = passport.and_then(|one| one.element);
    let element = element.map(|one| format!("{}/{}", one.kind.as_str(), one.id));
    let other = transaction
        .query_opt(
            "SELECT id FROM object_passport WHERE element = $1 AND id <> $2",
            &[&element, &id.as_str()],
        )
        .await?;
    if let Some(row) = other {
        let other: String = row.try_get(0)?;
        return Ok(Err(Refusal::conflict(said!(
            "this object has the passport {id} already; change that one",
            id = other
        ))));
    }
    // One that is written again after it was taken away goes on counting: its ETag was never another's.
    let before = transaction
        .query_one(
            "SELECT coalesce(max(version), 0) FROM object_passport_change WHERE passport = $1",
            &[&id.as_str()],
        )
        .await?;
    let version: i64 = before.try_get::<_, i64>(0)? + 1;
    let region = region.to_string();
    let state = passport.map(serde_json::to_string).transpose().map_err(bad)?;
    match passport {
        Some(passport) => {
            transaction
                .execute(
                    "INSERT INTO object_passport \
                       (id, version, region, element, reach_m, state, updated_by, updated_at, point) \
                     VALUES ($1, $2, $3, $4, $5, ($6::text)::jsonb, $7, $8, ST_SetSRID(ST_MakePoint($9, $10), 4326)) \
                     ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version, region = EXCLUDED.region, \
                       element = EXCLUDED.element, reach_m = EXCLUDED.reach_m, state = EXCLUDED.state, \
                       updated_by = EXCLUDED.updated_by, updated_at = EXCLUDED.updated_at, point = EXCLUDED.point",
                    &[
                        &id.as_str(),
                        &version,
                        &region,
                        &element,
                        &passport.reach().get(),
                        &state,
                        &by.as_str(),
                        &at,
                        &passport.point.lon(),
                        &passport.point.lat(),
                    ],
                )
                .await?;
        }
        None => {
            transaction.execute("DELETE FROM object_passport WHERE id = $1", &[&id.as_str()]).await?;
        }
    }
    let what = match (&state, actual) {
        (None, _) => "passport_removed",
        (Some(_), None) => "passport_written",
        (Some(_), Some(_)) => "passport_changed",
    };
    transaction
        .execute(
            "INSERT INTO object_passport_change (passport, version, region, what, state, changed_by, changed_at) \
             VALUES ($1, $2, $3, $4, ($5::text)::jsonb, $6, $7)",
            &[&id.as_str(), &version, &region, &what, &state, &by.as_str(), &at],
        )
        .await?;
    transaction.commit().await?;
    Ok(Ok(version.unsigned_abs()))
}
