//! Layers of perimeters: exchanged whole in one transaction, so that whoever reads sees the former one or the new one.

use deadpool_postgres::{GenericClient, Pool};
use geo::MultiPolygon;
use jiff::Timestamp;
use tokio_postgres::Row;

use super::database::StoreError;
use crate::domain::decision::{Expected, Refusal};
use crate::domain::hazard_layer::{AboutLayer, HazardKind, HazardLayer, LayerName, outdated};
use crate::domain::ids::{AccountName, RegionCode};
use crate::domain::quantities::Point;

const COLUMNS: &str =
    "id, version, region, kind, name, source, observed_at, valid_until, areas, put_by, put_at";

/// A layer to be put on the map.
#[derive(Debug)]
pub struct NewLayer<'a> {
    /// Its name for programs.
    pub id: &'a LayerName,
    /// Whose it is.
    pub region: Option<RegionCode>,
    /// What it shows.
    pub about: &'a AboutLayer,
    /// Its areas, each with its name in the file.
    pub areas: &'a [(Option<String>, MultiPolygon)],
    /// Who puts it there.
    pub by: &'a AccountName,
    /// When.
    pub at: Timestamp,
}

/// Why a layer was not put or removed.
#[derive(Debug, PartialEq)]
pub enum NotPut {
    /// It is not as the caller saw it.
    Stale(Refusal),
    /// It is another region's.
    Elsewhere(Option<RegionCode>),
}

/// Who may change what: an account of a region its own layers alone.
pub type Within = Option<RegionCode>;

/// Every layer on the map, the newest picture first.
///
/// # Errors
/// [`StoreError`].
pub async fn all(pool: &Pool, now: Timestamp) -> Result<Vec<HazardLayer>, StoreError> {
    let client = pool.get().await?;
    let text = format!("SELECT {COLUMNS} FROM hazard_layer ORDER BY observed_at DESC, id");
    let statement = client.prepare_cached(&text).await?;
    client.query(&statement, &[]).await?.iter().map(|row| layer(row, now)).collect()
}

/// One layer, or none.
///
/// # Errors
/// [`StoreError`].
pub async fn find(pool: &Pool, id: &LayerName, now: Timestamp) -> Result<Option<HazardLayer>, StoreError> {
    let client = pool.get().await?;
    let text = format!("SELECT {COLUMNS} FROM hazard_layer WHERE id = $1");
    let statement = client.prepare_cached(&text).await?;
    client.query_opt(&statement, &[&id.as_str()]).await?.map(|row| layer(&row, now)).transpose()
}

fn layer(row: &Row, now: Timestamp) -> Result<HazardLayer, StoreError> {
    let bad = |reason: String| StoreError::Row { table: "hazard_layer", reason };
    let (id, kind, by): (String, String, String) = (row.try_get(0)?, row.try_get(3)?, row.try_get(9)?);
    let region: Option<String> = row.try_get(2)?;
    let about = AboutLayer {
        kind: kind.parse::<HazardKind>().map_err(|e| bad(e.to_string()))?,
        name: row.try_get(4)?,
        source: row.try_get(5)?,
        observed_at: row.try_get(6)?,
        valid_until: row.try_get(7)?,
    };
    Ok(HazardLayer {
        id: id.parse().map_err(|_| bad(format!("{id} names no layer")))?,
        version: row.try_get::<_, i64>(1)?.unsigned_abs(),
        region: region.map(|r| r.parse()).transpose().map_err(|_| bad("no region".into()))?,
        outdated: outdated(about.valid_until, now),
        about,
        areas: row.try_get::<_, i32>(8)?.unsigned_abs(),
        put_by: AccountName::new(&by).map_err(|e| bad(e.to_string()))?,
        put_at: row.try_get(10)?,
    })
}

/// Puts a layer on the map in place of the one of its name: all at once. Its version.
///
/// # Errors
/// [`StoreError`]; [`NotPut`] says what forbids it.
pub async fn put(
    pool: &Pool,
    new: &NewLayer<'_>,
    expected: Expected,
    within: Within,
) -> Result<Result<u64, NotPut>, StoreError> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    // Of two who put the same name one waits for the other, also where there is none yet.
    transaction
        .execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('hazard_layer/' || $1, 0))",
            &[&new.id.as_str()],
        )
        .await?;
    let actual = match held(&transaction, new.id, expected, within).await? {
        Ok(actual) => actual,
        Err(not) => return Ok(Err(not)),
    };
    // A name that is taken up again goes on counting: its ETag was never that of other areas.
    let before = transaction
        .query_one("SELECT count(*) FROM hazard_layer_change WHERE layer = $1", &[&new.id.as_str()])
        .await?;
    let version = before.try_get::<_, i64>(0)?.unsigned_abs() + 1;
    let (number, areas) =
        (i64::try_from(version).unwrap_or(i64::MAX), i32::try_from(new.areas.len()).unwrap_or(i32::MAX));
    let region = new.region.map(|region| region.to_string());
    let about = new.about;
    transaction
        .execute(
            "INSERT INTO hazard_layer (id, version, region, kind, name, source, observed_at, valid_until, areas, \
               put_by, put_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
             ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version, kind = EXCLUDED.kind, name = EXCLUDED.name, \
               source = EXCLUDED.source, observed_at = EXCLUDED.observed_at, valid_until = EXCLUDED.valid_until, \
               areas = EXCLUDED.areas, put_by = EXCLUDED.put_by, put_at = EXCLUDED.put_at",
            &[
                &new.id.as_str(),
                &number,
                &region,
                &about.kind.as_str(),
                &about.name,
                &about.source,
                &about.observed_at,
                &about.valid_until,
                &areas,
                &new.by.as_str(),
                &new.at,
            ],
        )
        .await?;
    transaction.execute("DELETE FROM hazard_area WHERE layer = $1", &[&new.id.as_str()]).await?;
    let insert = transaction
        .prepare_cached(
            "INSERT INTO hazard_area (id, layer, number, name, geom) \
             VALUES ($1, $2, $3, $4, ST_SetSRID(ST_GeomFromGeoJSON($5::text), 4326))",
        )
        .await?;
    for (number, (name, border)) in (1_i32..).zip(new.areas) {
        let id = format!("{}.{number:06}", new.id);
        let geometry = geojson::Geometry::new(geojson::GeometryValue::from(border)).to_string();
        transaction.execute(&insert, &[&id, &new.id.as_str(), &number, name, &geometry]).await?;
    }
    let what = if actual.is_some() { "layer_replaced" } else { "layer_put" };
    let detail = format!(
        "{} ({}), {}; {} until {}; {areas} areas",
        about.name,
        about.kind.as_str(),
        about.source,
        about.observed_at,
        about.valid_until
    );
    changed(&transaction, new.id, region.as_deref(), (what, &detail), new.by, new.at).await?;
    transaction.commit().await?;
    Ok(Ok(version))
}

/// Takes a layer off the map.
///
/// # Errors
/// [`StoreError`]; [`NotPut`] says what forbids it.
pub async fn remove(
    pool: &Pool,
    id: &LayerName,
    expected: Expected,
    within: Within,
    (by, at): (&AccountName, Timestamp),
) -> Result<Result<(), NotPut>, StoreError> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    if let Err(not) = held(&transaction, id, expected, within).await? {
        return Ok(Err(not));
    }
    let row = transaction
        .query_one("DELETE FROM hazard_layer WHERE id = $1 RETURNING region, name", &[&id.as_str()])
        .await?;
    let (region, name): (Option<String>, String) = (row.try_get(0)?, row.try_get(1)?);
    changed(&transaction, id, region.as_deref(), ("layer_removed", &name), by, at).await?;
    transaction.commit().await?;
    Ok(Ok(()))
}

/// The version of a layer, held until the end of the transaction; none where there is no such layer.
async fn held(
    client: &impl GenericClient,
    id: &LayerName,
    expected: Expected,
    within: Within,
) -> Result<Result<Option<u64>, NotPut>, StoreError> {
    let row = client
        .query_opt("SELECT version, region FROM hazard_layer WHERE id = $1 FOR UPDATE", &[&id.as_str()])
        .await?;
    let actual = match &row {
        Some(row) => Some(row.try_get::<_, i64>(0)?.unsigned_abs()),
        None => None,
    };
    if let Some(row) = row {
        let owner: Option<String> = row.try_get(1)?;
        let owner: Option<RegionCode> = owner.and_then(|region| region.parse().ok());
        if within.is_some() && owner != within {
            return Ok(Err(NotPut::Elsewhere(owner)));
        }
    }
    Ok(expected.met_by(actual).map(|()| actual).map_err(NotPut::Stale))
}

async fn changed(
    client: &impl GenericClient,
    id: &LayerName,
    region: Option<&str>,
    (what, detail): (&str, &str),
    by: &AccountName,
    at: Timestamp,
) -> Result<(), StoreError> {
    client
        .execute(
            "INSERT INTO hazard_layer_change (layer, region, what, detail, changed_by, changed_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[&id.as_str(), &region, &what, &detail, &by.as_str(), &at],
        )
        .await?;
    Ok(())
}

/// An area as it stands in GeoJSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaRow {
    /// Its place in the layer, from 1.
    pub number: i32,
    /// What its file calls it.
    pub name: Option<String>,
    /// Its geometry.
    pub geometry: String,
}

/// The areas of a layer in their order, each a GeoJSON geometry to a centimetre.
///
/// # Errors
/// [`StoreError`].
pub async fn areas(pool: &Pool, id: &LayerName) -> Result<Vec<AreaRow>, StoreError> {
    let client = pool.get().await?;
    let text =
        "SELECT number, name, ST_AsGeoJSON(geom, 7, 0) FROM hazard_area WHERE layer = $1 ORDER BY number";
    let statement = client.prepare_cached(text).await?;
    let rows = client.query(&statement, &[&id.as_str()]).await?;
    let area =
        |row: &Row| Ok(AreaRow { number: row.try_get(0)?, name: row.try_get(1)?, geometry: row.try_get(2)? });
    rows.iter().map(area).collect()
}

/// Layers that a point lies in, each with what the area is called.
///
/// # Errors
/// [`StoreError`].
pub async fn around(
    pool: &Pool,
    point: Point,
    now: Timestamp,
) -> Result<Vec<(HazardLayer, Option<String>)>, StoreError> {
    let columns = COLUMNS.split(", ").map(|column| format!("l.{column}")).collect::<Vec<_>>().join(", ");
    let text = format!(
        "SELECT {columns}, a.name FROM hazard_area a JOIN hazard_layer l ON l.id = a.layer \
         WHERE ST_Intersects(a.geom, ST_SetSRID(ST_MakePoint($1, $2), 4326)) ORDER BY l.observed_at DESC, a.id"
    );
    let client = pool.get().await?;
    let statement = client.prepare_cached(&text).await?;
    let rows = client.query(&statement, &[&point.lon(), &point.lat()]).await?;
    rows.iter().map(|row| Ok((layer(row, now)?, row.try_get(11)?))).collect()
}

/// What of the layers is in force, and which are outdated by now: another text with every change.
///
/// # Errors
/// [`StoreError`].
pub async fn edition(pool: &Pool) -> Result<String, StoreError> {
    let client = pool.get().await?;
    let text = "SELECT coalesce(string_agg(id || ':' || version || ':' || (valid_until < now()), '/' ORDER BY id), '') \
                FROM hazard_layer";
    let statement = client.prepare_cached(text).await?;
    Ok(client.query_one(&statement, &[]).await?.try_get(0)?)
}
