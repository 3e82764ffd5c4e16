//! By which way each agency is reached, and whether it is heard.

use deadpool_postgres::Pool;
use jiff::Timestamp;

use super::database::StoreError;
use crate::domain::ids::{RegionCode, ServiceKey};

/// The way to an agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyLink {
    /// The region.
    pub region: RegionCode,
    /// The service behind which the agency stands.
    pub service: ServiceKey,
    /// `amqp`, `http` or `phone`.
    pub link: String,
    /// Whether it was heard lately.
    pub connected: bool,
    /// Since when it is so.
    pub changed_at: Timestamp,
    /// When it was last heard.
    pub last_seen_at: Option<Timestamp>,
    /// The number of its duty officer.
    pub phone: Option<String>,
}

/// Sets the way and the number; what is known of its being heard stays.
///
/// # Errors
/// [`StoreError`].
pub async fn put(
    pool: &Pool,
    region: RegionCode,
    service: &ServiceKey,
    link: &str,
    phone: Option<&str>,
) -> Result<(), StoreError> {
    let client = pool.get().await?;
    client
        .execute(
            "INSERT INTO agency_link (region, service, link, phone) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (region, service) DO UPDATE SET link = EXCLUDED.link, phone = EXCLUDED.phone",
            &[&region.to_string(), &service.as_str(), &link, &phone],
        )
        .await?;
    Ok(())
}

/// The agency was heard, or was not when it should have been. Unknown agencies are left out.
///
/// # Errors
/// [`StoreError`].
pub async fn heard(
    pool: &Pool,
    region: RegionCode,
    service: &ServiceKey,
    connected: bool,
    at: Timestamp,
) -> Result<(), StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "UPDATE agency_link SET connected = $3, \
               changed_at = CASE WHEN connected = $3 THEN changed_at ELSE $4 END, \
               last_seen_at = CASE WHEN $3 THEN greatest(last_seen_at, $4) ELSE last_seen_at END \
             WHERE region = $1 AND service = $2",
        )
        .await?;
    client.execute(&statement, &[&region.to_string(), &service.as_str(), &connected, &at]).await?;
    Ok(())
}

/// The links of a region, by service.
///
/// # Errors
/// [`StoreError`].
pub async fn of_region(pool: &Pool, region: RegionCode) -> Result<Vec<AgencyLink>, StoreError> {
    let client = pool.get().await?;
    let rows = client
        .query(
            "SELECT service, link, connected, changed_at, last_seen_at, phone FROM agency_link \
             WHERE region = $1 ORDER BY service",
            &[&region.to_string()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(AgencyLink {
                region,
                service: ServiceKey::new(row.try_get(0)?)
                    .map_err(|error| StoreError::Row { table: "agency_link", reason: error.to_string() })?,
                link: row.try_get(1)?,
                connected: row.try_get(2)?,
                changed_at: row.try_get(3)?,
                last_seen_at: row.try_get(4)?,
                phone: row.try_get(5)?,
            })
        })
        .collect()
}
