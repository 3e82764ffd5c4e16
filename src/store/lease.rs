//! Who acts for a region, and since which epoch. All times are the database's, so that no two clocks are compared.

use std::time::Duration;

use deadpool_postgres::Pool;
use jiff::Timestamp;

use super::append::Epoch;
use super::batch::signed;
use super::database::StoreError;
use crate::domain::ids::RegionCode;

/// The answer to a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The region is the claimant's, under a new epoch; every stream of the region is fenced against older ones.
    Held(Epoch),
    /// Somebody else holds it.
    Taken {
        /// Who.
        holder: String,
        /// Until when, unless it is renewed.
        until: Timestamp,
    },
}

/// Claims a region whose lease is free, expired, or was the same holder's before it restarted. Instances need
/// different names: two with one name depose one another again and again.
///
/// # Errors
/// [`StoreError`]; then nothing is changed.
pub async fn claim(
    pool: &Pool,
    region: RegionCode,
    holder: &str,
    ttl: Duration,
) -> Result<Claim, StoreError> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    let region = region.to_string();
    let epoch = transaction
        .query_opt(
            "INSERT INTO lease AS l (region, holder, epoch, expires_at) \
             VALUES ($1, $2, 1, clock_timestamp() + make_interval(secs => $3)) \
             ON CONFLICT (region) DO UPDATE \
               SET holder = EXCLUDED.holder, epoch = l.epoch + 1, expires_at = EXCLUDED.expires_at \
               WHERE l.expires_at < clock_timestamp() OR l.holder = EXCLUDED.holder \
             RETURNING epoch",
            &[&region, &holder, &ttl.as_secs_f64()],
        )
        .await?;
    let Some(row) = epoch else {
        let row = transaction
            .query_one("SELECT holder, expires_at FROM lease WHERE region = $1", &[&region])
            .await?;
        return Ok(Claim::Taken { holder: row.try_get(0)?, until: row.try_get(1)? });
    };
    let epoch: i64 = row.try_get(0)?;
    // A statement of its own, because it must see the streams that began while this waited for the lease's row.
    transaction
        .execute("UPDATE stream_head SET epoch = $2 WHERE region = $1 AND epoch < $2", &[&region, &epoch])
        .await?;
    transaction.commit().await?;
    Ok(Claim::Held(Epoch(epoch.unsigned_abs())))
}

/// Prolongs leases, also expired ones that nobody has taken. Gives those that are still the holder's.
///
/// # Errors
/// [`StoreError`].
pub async fn renew(
    pool: &Pool,
    holder: &str,
    held: &[(RegionCode, Epoch)],
    ttl: Duration,
) -> Result<Vec<RegionCode>, StoreError> {
    let (regions, epochs) = columns(held);
    let client = pool.get().await?;
    let rows = client
        .query(
            "UPDATE lease l SET expires_at = clock_timestamp() + make_interval(secs => $4) \
             FROM unnest($1::text[], $2::bigint[]) AS n(region, epoch) \
             WHERE l.region = n.region AND l.epoch = n.epoch AND l.holder = $3 RETURNING l.region",
            &[&regions, &epochs, &holder, &ttl.as_secs_f64()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let region: String = row.try_get(0)?;
            region
                .parse()
                .map_err(|_| StoreError::Row { table: "lease", reason: format!("{region} is no region") })
        })
        .collect()
}

/// Gives leases back, so that another instance need not wait for their end.
///
/// # Errors
/// [`StoreError`].
pub async fn release(pool: &Pool, holder: &str, held: &[(RegionCode, Epoch)]) -> Result<(), StoreError> {
    let (regions, epochs) = columns(held);
    let client = pool.get().await?;
    client
        .execute(
            "UPDATE lease l SET expires_at = '-infinity' \
             FROM unnest($1::text[], $2::bigint[]) AS n(region, epoch) \
             WHERE l.region = n.region AND l.epoch = n.epoch AND l.holder = $3",
            &[&regions, &epochs, &holder],
        )
        .await?;
    Ok(())
}

fn columns(held: &[(RegionCode, Epoch)]) -> (Vec<String>, Vec<i64>) {
    held.iter().map(|(region, epoch)| (region.to_string(), signed(epoch.0))).unzip()
}
