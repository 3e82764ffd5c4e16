//! What an administrator may change at run time, with who changed it and what it was before.

use deadpool_postgres::Pool;
use jiff::Timestamp;
use tokio_postgres::Row;

use super::database::StoreError;
use crate::domain::ids::RegionCode;

/// A setting as somebody left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// For one region; `None` for the whole country.
    pub region: Option<RegionCode>,
    /// Which.
    pub key: String,
    /// Its value in JSON.
    pub value: String,
    /// Who set it.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
}

const COLUMNS: &str = "region, key, value::text, changed_by, changed_at";
/// Stands for the whole country.
const COUNTRY: &str = "*";

fn scope(region: Option<RegionCode>) -> String {
    region.map_or_else(|| COUNTRY.to_owned(), |region| region.to_string())
}

/// A region's own value, or the country's where it has none.
///
/// # Errors
/// [`StoreError`].
pub async fn get(pool: &Pool, region: Option<RegionCode>, key: &str) -> Result<Option<Setting>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM setting WHERE region IN ($1, '*') AND key = $2 ORDER BY region DESC LIMIT 1"
        ))
        .await?;
    client.query_opt(&statement, &[&scope(region), &key]).await?.as_ref().map(read).transpose()
}

/// Every setting, the country's first, by key.
///
/// # Errors
/// [`StoreError`].
pub async fn all(pool: &Pool) -> Result<Vec<Setting>, StoreError> {
    let client = pool.get().await?;
    client
        .query(&format!("SELECT {COLUMNS} FROM setting ORDER BY region, key"), &[])
        .await?
        .iter()
        .map(read)
        .collect()
}

/// Sets a value; what it was before stays in the history.
///
/// # Errors
/// [`StoreError`], also for a value that is no JSON.
pub async fn put(
    pool: &Pool,
    region: Option<RegionCode>,
    key: &str,
    value: &str,
    by: &str,
) -> Result<(), StoreError> {
    let client = pool.get().await?;
    client
        .execute(
            "INSERT INTO setting (region, key, value, changed_by, changed_at) \
             VALUES ($1, $2, $3::text::json, $4, clock_timestamp()) ON CONFLICT (region, key) DO UPDATE SET \
             value = EXCLUDED.value, changed_by = EXCLUDED.changed_by, changed_at = EXCLUDED.changed_at",
            &[&scope(region), &key, &value, &by],
        )
        .await?;
    Ok(())
}

/// Every value that a setting has had, the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn history(pool: &Pool, region: Option<RegionCode>, key: &str) -> Result<Vec<Setting>, StoreError> {
    let client = pool.get().await?;
    let rows = client
        .query(
            &format!(
                "SELECT {COLUMNS} FROM setting_history WHERE region = $1 AND key = $2 ORDER BY changed_at DESC"
            ),
            &[&scope(region), &key],
        )
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Setting, StoreError> {
    let region: &str = row.try_get(0)?;
    let region = if region == COUNTRY { None } else { Some(region) };
    Ok(Setting {
        region: region
            .map(str::parse)
            .transpose()
            .map_err(|error| StoreError::Row { table: "setting", reason: format!("{error}") })?,
        key: row.try_get(1)?,
        value: row.try_get(2)?,
        changed_by: row.try_get(3)?,
        changed_at: row.try_get(4)?,
    })
}
