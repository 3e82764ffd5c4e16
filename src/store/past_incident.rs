//! Incidents of a past time for a trial of response plans: few columns, row after row.

use std::collections::BTreeMap;

use deadpool_postgres::Pool;
use futures_util::{StreamExt, pin_mut};
use jiff::Timestamp;
use serde::Deserialize;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::database::StoreError;
use crate::domain::forces::RequestState;
use crate::domain::ids::{CategoryCode, RegionCode, RequestId, ServiceKey};
use crate::domain::plan_trial::PastIncident;
use crate::domain::severity::Severity;

/// Gives every incident of a region that was opened in a span of time to `take`, the oldest first; exercises are left
/// out. Read by the index on region and time.
///
/// # Errors
/// [`StoreError`].
pub async fn each(
    pool: &Pool,
    region: RegionCode,
    from: Timestamp,
    to: Timestamp,
    mut take: impl FnMut(PastIncident),
) -> Result<(), StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "SELECT id, number, opened_at, category, severity, (state -> 'requests')::text FROM incident \
             WHERE region = $1 AND opened_at >= $2 AND opened_at < $3 AND NOT exercise \
             ORDER BY opened_at, id",
        )
        .await?;
    let region = region.to_string();
    let params: [&(dyn ToSql + Sync); 3] = [&region, &from, &to];
    let rows = client.query_raw(&statement, params).await?;
    pin_mut!(rows);
    while let Some(row) = rows.next().await {
        take(read(&row?)?);
    }
    Ok(())
}

#[derive(Deserialize)]
struct Asked {
    service: ServiceKey,
    count: u64,
    state: RequestState,
}

fn read(row: &Row) -> Result<PastIncident, StoreError> {
    let bad = |reason: String| StoreError::Row { table: "incident", reason };
    let id: &str = row.try_get(0)?;
    let (category, severity): (Option<&str>, Option<String>) = (row.try_get(3)?, row.try_get(4)?);
    let severity = severity.map(|s| serde_json::from_value::<Severity>(s.into())).transpose();
    let severity = severity.map_err(|e| bad(e.to_string()))?;
    let category = category.map(CategoryCode::new).transpose().map_err(|e| bad(e.to_string()))?;
    let requests: Option<&str> = row.try_get(5)?;
    let requests: BTreeMap<RequestId, Asked> =
        requests.map(serde_json::from_str).transpose().map_err(|e| bad(e.to_string()))?.unwrap_or_default();
    let mut asked = BTreeMap::new();
    for request in requests.into_values().filter(|r| r.state != RequestState::Cancelled) {
        *asked.entry(request.service).or_default() += request.count;
    }
    Ok(PastIncident {
        id: id.parse().map_err(|_| bad(format!("{id} is no incident")))?,
        number: row.try_get::<_, Option<String>>(1)?.unwrap_or_default(),
        opened_at: row.try_get(2)?,
        category: category.zip(severity),
        asked,
    })
}
