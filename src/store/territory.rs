//! Borders of regions and districts in force, and how a new version of them comes into force: at once, or not at all.

use deadpool_postgres::Pool;
use geo_traits::to_geo::ToGeoGeometry;
use geojson::GeometryValue;
use tokio_postgres::{Client, GenericClient, Row};

use super::database::StoreError;
use super::gis_import;
use crate::domain::geography::{Boundary, Counts, Import, ImportSource, TerritoryLevel};
use crate::domain::names::Names;

/// What is in force: all regions and districts, and the imports that they came with.
#[derive(Debug, Clone, Default)]
pub struct InForce {
    /// The imports, by number.
    pub imports: Vec<i64>,
    /// Regions.
    pub regions: Vec<Boundary>,
    /// Districts.
    pub districts: Vec<Boundary>,
}

/// Where new borders come from.
#[derive(Debug)]
pub struct Origin<'a> {
    /// The name under which they are imported again and again.
    pub source: &'a ImportSource,
    /// Their version: the SHA-256 of the files.
    pub version: &'a str,
    /// The files' names.
    pub file: &'a str,
    /// What must stand beside a map that shows them.
    pub attribution: &'a str,
    /// Their licence.
    pub licence: &'a str,
}

/// How a change ended.
#[derive(Debug)]
pub enum Exchanged {
    /// In force.
    Live(Box<Import>),
    /// Something else came into force since it was looked at; nothing was changed.
    Overtaken,
}

/// Which imports of borders are in force, by number: as long as it stays the same, so do the borders.
///
/// # Errors
/// [`StoreError`].
pub async fn imports(pool: &Pool) -> Result<Vec<i64>, StoreError> {
    imports_of(&**pool.get().await?).await
}

async fn imports_of(client: &impl GenericClient) -> Result<Vec<i64>, StoreError> {
    let text = "SELECT id FROM gis_import WHERE state = 'live' AND kind = 'boundaries' ORDER BY id";
    client.query(text, &[]).await?.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// What is in force.
///
/// # Errors
/// [`StoreError`].
pub async fn in_force(client: &Client) -> Result<InForce, StoreError> {
    let imports = imports_of(client).await?;
    let text =
        "SELECT level, kato, name_kk, name_ru, name_en, ST_AsBinary(geom) FROM territory ORDER BY kato";
    let mut all = InForce { imports, ..InForce::default() };
    for row in client.query(text, &[]).await? {
        let level: &str = row.try_get(0)?;
        let boundary = boundary(&row)?;
        if level == TerritoryLevel::Region.as_str() {
            all.regions.push(boundary);
        } else {
            all.districts.push(boundary);
        }
    }
    Ok(all)
}

fn boundary(row: &Row) -> Result<Boundary, StoreError> {
    let bad = |reason: String| StoreError::Row { table: "territory", reason };
    let kato: &str = row.try_get(1)?;
    let names = Names { kk: row.try_get(2)?, ru: row.try_get(3)?, en: row.try_get(4)? };
    let binary: &[u8] = row.try_get(5)?;
    let border = match wkb::reader::read_wkb(binary).map_err(|e| bad(e.to_string()))?.to_geometry() {
        geo::Geometry::MultiPolygon(border) => border,
        _ => return Err(bad(format!("{kato} is no multipolygon"))),
    };
    Boundary::new(kato, names, border).map_err(|e| bad(format!("{kato}: {e}")))
}

/// The import of this version of a source, if all of it is in force still.
///
/// # Errors
/// [`StoreError`].
pub async fn live_version(
    client: &Client,
    source: &ImportSource,
    version: &str,
) -> Result<Option<Import>, StoreError> {
    let text = format!(
        "SELECT {} FROM gis_import i WHERE kind = 'boundaries' AND source = $1 AND version = $2 AND state = 'live' \
         AND (SELECT count(*) FROM territory WHERE import = i.id) \
           = coalesce((counts->>'regions')::bigint, 0) + coalesce((counts->>'districts')::bigint, 0)",
        gis_import::COLUMNS
    );
    client.query_opt(&text, &[&source.as_str(), &version]).await?.as_ref().map(gis_import::import).transpose()
}

/// Brings borders into force in one transaction. New regions replace all regions; new districts replace the districts of
/// their regions and leave those of others.
///
/// # Errors
/// [`StoreError`]; then everything stays as it was.
pub async fn exchange(
    client: &mut Client,
    origin: &Origin<'_>,
    seen: &InForce,
    new: &[Boundary],
) -> Result<Exchanged, StoreError> {
    let transaction = client.transaction().await?;
    // Readers go on; another import waits and then finds that it was overtaken.
    transaction.batch_execute("LOCK TABLE territory IN SHARE ROW EXCLUSIVE MODE").await?;
    if imports_of(&transaction).await? != seen.imports {
        return Ok(Exchanged::Overtaken);
    }
    transaction
        .execute(
            "UPDATE gis_import SET state = 'replaced' WHERE kind = 'boundaries' AND state = 'live' AND source = $1",
            &[&origin.source.as_str()],
        )
        .await?;
    let of = |level| new.iter().filter(|b| b.level() == level).count();
    let counts = Counts {
        regions: u64::try_from(of(TerritoryLevel::Region)).unwrap_or(u64::MAX),
        districts: u64::try_from(of(TerritoryLevel::District)).unwrap_or(u64::MAX),
        ..Counts::default()
    };
    let row_fault = |e: serde_json::Error| StoreError::Row { table: "gis_import", reason: e.to_string() };
    let counts = serde_json::to_string(&counts).map_err(row_fault)?;
    let text = format!(
        "INSERT INTO gis_import (kind, source, version, file, state, counts, attribution, licence, live_at) \
         VALUES ('boundaries', $1, $2, $3, 'live', $4::text::json, $5, $6, clock_timestamp()) RETURNING {}",
        gis_import::COLUMNS
    );
    let row = transaction
        .query_one(
            &text,
            &[
                &origin.source.as_str(),
                &origin.version,
                &origin.file,
                &counts,
                &origin.attribution,
                &origin.licence,
            ],
        )
        .await?;
    let import = gis_import::import(&row)?;
    let mut regions: Vec<String> = Vec::new();
    for district in new.iter().filter(|b| b.level() == TerritoryLevel::District) {
        let region = district.region.to_string();
        if !regions.contains(&region) {
            regions.push(region);
        }
    }
    transaction
        .execute(
            "DELETE FROM territory WHERE (level = 'region' AND $1) OR (level = 'district' AND region = ANY($2))",
            &[&(of(TerritoryLevel::Region) > 0), &regions],
        )
        .await?;
    insert(&transaction, import.id, new).await?;
    transaction
        .execute(
            "UPDATE gis_import i SET state = 'replaced' WHERE kind = 'boundaries' AND state = 'live' \
             AND NOT EXISTS (SELECT FROM territory WHERE import = i.id)",
            &[],
        )
        .await?;
    transaction.commit().await?;
    Ok(Exchanged::Live(Box::new(import)))
}

async fn insert(client: &impl GenericClient, import: i64, new: &[Boundary]) -> Result<(), StoreError> {
    let statement = client
        .prepare(
            "INSERT INTO territory (import, kato, level, region, name_kk, name_ru, name_en, geom) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, ST_SetSRID(ST_GeomFromGeoJSON($8::text), 4326))",
        )
        .await?;
    for boundary in new {
        let geometry = geojson::Geometry::new(GeometryValue::from(&boundary.border)).to_string();
        client
            .execute(
                &statement,
                &[
                    &import,
                    &boundary.kato.as_str(),
                    &boundary.level().as_str(),
                    &boundary.region.to_string(),
                    &boundary.names.kk,
                    &boundary.names.ru,
                    &boundary.names.en,
                    &geometry,
                ],
            )
            .await?;
    }
    Ok(())
}
