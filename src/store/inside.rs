//! What of the imported land and of the cards lies within a polygon.

use deadpool_postgres::Pool;

use super::database::StoreError;
use super::land;
use crate::domain::geography::{Object, ObjectKind, Place};
use crate::domain::ids::RegionCode;
use crate::domain::zone::ZonePolygon;

/// The most objects that are named; the rest is counted.
pub const NAMED: usize = 500;

/// An open card within a polygon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardWithin {
    /// Its identity.
    pub id: String,
    /// Its number.
    pub number: String,
    /// Its category, if known.
    pub category: Option<String>,
    /// Its severity.
    pub severity: Option<String>,
}

fn geometry(zone: &ZonePolygon) -> String {
    geojson::Geometry::new(geojson::GeometryValue::from(zone.polygon())).to_string()
}

/// Settlements that may lie within: those whose middle is no farther than the largest reach.
///
/// # Errors
/// [`StoreError`].
pub async fn places(pool: &Pool, zone: &ZonePolygon) -> Result<Vec<Place>, StoreError> {
    // Some 15 km, in degrees of longitude at the north of the country.
    let text = format!(
        "{} WHERE geom && ST_Expand(ST_SetSRID(ST_GeomFromGeoJSON($1::text), 4326), 0.25, 0.14)",
        land::PLACES
    );
    let client = pool.get().await?;
    let statement = client.prepare_cached(&text).await?;
    client.query(&statement, &[&geometry(zone)]).await?.iter().map(land::place).collect()
}

/// Objects of kinds within, and how many there are when they are more than [`NAMED`].
///
/// # Errors
/// [`StoreError`].
pub async fn objects(
    pool: &Pool,
    zone: &ZonePolygon,
    kinds: &[ObjectKind],
) -> Result<Vec<Object>, StoreError> {
    let text = format!(
        "{} WHERE kind = ANY($2) AND ST_Intersects(geom, ST_SetSRID(ST_GeomFromGeoJSON($1::text), 4326)) \
         ORDER BY kind, id LIMIT $3",
        land::OBJECTS
    );
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    let most = i64::try_from(NAMED).unwrap_or(i64::MAX);
    let client = pool.get().await?;
    let statement = client.prepare_cached(&text).await?;
    client.query(&statement, &[&geometry(zone), &kinds, &most]).await?.iter().map(land::object).collect()
}

/// Open cards of a region within.
///
/// # Errors
/// [`StoreError`].
pub async fn cards(
    pool: &Pool,
    region: RegionCode,
    zone: &ZonePolygon,
) -> Result<Vec<CardWithin>, StoreError> {
    let text = "SELECT id, number, category, severity FROM incident \
                WHERE region = $1 AND open AND opened_at IS NOT NULL AND status IN ('open', 'responding') \
                AND ST_Intersects(point, ST_SetSRID(ST_GeomFromGeoJSON($2::text), 4326)) ORDER BY id";
    let client = pool.get().await?;
    let statement = client.prepare_cached(text).await?;
    let rows = client.query(&statement, &[&region.to_string(), &geometry(zone)]).await?;
    let card = |row: &tokio_postgres::Row| {
        Ok(CardWithin {
            id: row.try_get(0)?,
            number: row.try_get(1)?,
            category: row.try_get(2)?,
            severity: row.try_get(3)?,
        })
    };
    rows.iter().map(card).collect()
}
