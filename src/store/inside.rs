//! What of the imported land and of the cards lies within a polygon.

use std::collections::BTreeMap;

use deadpool_postgres::Pool;

use super::database::StoreError;
use super::land;
use crate::domain::geography::{Object, ObjectKind, Place};
use crate::domain::ids::RegionCode;
use crate::domain::zone::ZonePolygon;

/// The most objects that are named; the rest is counted.
pub const NAMED: usize = 500;

/// Objects within a polygon.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectsWithin {
    /// By kind and number, at most [`NAMED`]; of every kind some.
    pub named: Vec<Object>,
    /// How many there are of each kind that is there.
    pub counts: BTreeMap<ObjectKind, u32>,
}

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
        "SELECT DISTINCT ON (element, element_id) {} FROM place \
         WHERE geom && ST_Expand(ST_SetSRID(ST_GeomFromGeoJSON($1::text), 4326), 0.25, 0.14) {NEWEST}",
        land::PLACE
    );
    let client = pool.get().await?;
    let statement = client.prepare_cached(&text).await?;
    client.query(&statement, &[&geometry(zone)]).await?.iter().map(land::place).collect()
}

/// Of an element that stands in two imports the newer one's row.
const NEWEST: &str = "ORDER BY element, element_id, import DESC";

/// Objects of one kind and name that stand no farther apart than this are one, metres: a source has a hospital as a node
/// and as the outline of its house, and a school as the outlines of several.
const SAME_SITE: u32 = 300;

/// Objects of kinds within, each once.
///
/// # Errors
/// [`StoreError`].
pub async fn objects(
    pool: &Pool,
    zone: &ZonePolygon,
    kinds: &[ObjectKind],
) -> Result<ObjectsWithin, StoreError> {
    // One kind after the other in turn: a list that is cut has some of each, and so the count of each.
    let text = format!(
        "WITH found AS (SELECT DISTINCT ON (element, element_id) * FROM object \
           WHERE kind = ANY($2) AND ST_Intersects(geom, ST_SetSRID(ST_GeomFromGeoJSON($1::text), 4326)) {NEWEST}), \
         called AS (SELECT *, lower(btrim(coalesce(name, name_ru, name_kk, name_en))) AS called FROM found), \
         one AS (SELECT * FROM called WHERE NOT EXISTS (SELECT FROM called twin \
           WHERE twin.kind = called.kind AND twin.called = called.called \
             AND (twin.element, twin.element_id) < (called.element, called.element_id) \
             AND ST_DWithin(twin.geom::geography, called.geom::geography, {SAME_SITE}))), \
         counted AS (SELECT *, count(*) OVER (PARTITION BY kind) AS of_kind, \
           row_number() OVER (PARTITION BY kind ORDER BY id) AS nth FROM one) \
         SELECT {}, of_kind FROM counted ORDER BY nth, kind LIMIT $3",
        land::OBJECT
    );
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    let most = i64::try_from(NAMED).unwrap_or(i64::MAX);
    let client = pool.get().await?;
    let statement = client.prepare_cached(&text).await?;
    let rows = client.query(&statement, &[&geometry(zone), &kinds, &most]).await?;
    let mut named = rows.iter().map(land::object).collect::<Result<Vec<Object>, StoreError>>()?;
    let mut counts = BTreeMap::new();
    for (row, object) in rows.iter().zip(&named) {
        let count: i64 = row.try_get("of_kind")?;
        counts.insert(object.kind, u32::try_from(count).unwrap_or(u32::MAX));
    }
    named.sort_by_key(|object| object.kind);
    Ok(ObjectsWithin { named, counts })
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
