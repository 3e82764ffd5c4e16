//! What an import of the land brings into the store: staged beside the tables, attached to them all at once.

mod copy;
mod removal;
mod staging;

pub use removal::{Removed, remove};
pub use staging::{Begun, Staging, begin};

use deadpool_postgres::Pool;
use tokio_postgres::Row;

use super::database::StoreError;
use crate::domain::geography::{Counts, Import, ImportSource};

/// The tables that an import fills, in the order in which they are told.
const TABLES: [&str; 7] = ["road", "turn_restriction", "address", "street", "place", "object", "land_cover"];
/// The columns of [`import`], in order.
pub(super) const COLUMNS: &str = "id, source, version, data_at, live_at, attribution, licence, counts::text";

/// The imports in force, by source.
///
/// # Errors
/// [`StoreError`].
pub async fn live(pool: &Pool) -> Result<Vec<Import>, StoreError> {
    let client = pool.get().await?;
    let text = format!("SELECT {COLUMNS} FROM gis_import WHERE state = 'live' ORDER BY source");
    let statement = client.prepare_cached(&text).await?;
    client.query(&statement, &[]).await?.iter().map(import).collect()
}

pub(super) fn import(row: &Row) -> Result<Import, StoreError> {
    let bad = |reason: String| StoreError::Row { table: "gis_import", reason };
    let source: String = row.try_get(1)?;
    let counts: String = row.try_get(7)?;
    Ok(Import {
        id: row.try_get(0)?,
        source: source.parse::<ImportSource>().map_err(|e| bad(e.to_string()))?,
        version: row.try_get(2)?,
        data_at: row.try_get(3)?,
        live_at: row.try_get(4)?,
        attribution: row.try_get(5)?,
        licence: row.try_get(6)?,
        counts: serde_json::from_str::<Counts>(&counts).map_err(|e| bad(e.to_string()))?,
    })
}
