//! What each service of a region holds and owes, counted.

use std::collections::BTreeMap;

use deadpool_postgres::Pool;
use jiff::Timestamp;

use super::database::StoreError;
use crate::domain::ids::RegionCode;

/// What a service holds and owes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Count {
    /// Units free to be sent.
    pub available: i64,
    /// Units held for a request.
    pub reserved: i64,
    /// Units in an incident.
    pub engaged: i64,
    /// Units on their way back.
    pub returning: i64,
    /// Units out of service.
    pub out_of_service: i64,
    /// Obligations not met yet; those of exercises are not among them.
    pub owed: i64,
    /// Those of them that are late.
    pub late: i64,
    /// When the next is due.
    pub next_due: Option<Timestamp>,
    /// The service's row, JSON: its requests and its readiness.
    pub row: Option<String>,
}

impl Count {
    /// All of its units.
    #[must_use]
    pub fn units(&self) -> i64 {
        self.available + self.reserved + self.engaged + self.returning + self.out_of_service
    }
}

/// The counts of a region's services, by service.
///
/// # Errors
/// [`StoreError`].
pub async fn of_region(pool: &Pool, region: RegionCode) -> Result<BTreeMap<String, Count>, StoreError> {
    let client = pool.get().await?;
    let region = region.to_string();
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let units = client
        .prepare_cached(
            "SELECT service, status, count(*) FROM unit WHERE region = $1 AND open GROUP BY service, status",
        )
        .await?;
    for row in client.query(&units, &[&region]).await? {
        let (service, status): (Option<String>, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
        let count = counts.entry(service.unwrap_or_default()).or_default();
        let n: i64 = row.try_get(2)?;
        match status.as_deref() {
            Some("available") => count.available = n,
            Some("reserved") => count.reserved = n,
            Some("engaged") => count.engaged = n,
            Some("returning") => count.returning = n,
            _ => count.out_of_service += n,
        }
    }
    let owed = client
        .prepare_cached(
            "SELECT service, count(*), count(*) FILTER (WHERE state ->> 'late_at' IS NOT NULL), min(due) \
             FROM obligation WHERE region = $1 AND open AND state ->> 'exercise' IS NULL GROUP BY service",
        )
        .await?;
    for row in client.query(&owed, &[&region]).await? {
        let service: Option<String> = row.try_get(0)?;
        let count = counts.entry(service.unwrap_or_default()).or_default();
        (count.owed, count.late, count.next_due) = (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
    }
    let rows =
        client.prepare_cached("SELECT service, state::text FROM service_state WHERE region = $1").await?;
    for row in client.query(&rows, &[&region]).await? {
        let service: Option<String> = row.try_get(0)?;
        counts.entry(service.unwrap_or_default()).or_default().row = row.try_get(1)?;
    }
    Ok(counts)
}
