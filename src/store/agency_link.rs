//! By which way each agency is reached, and whether it is heard.

use deadpool_postgres::Pool;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio_postgres::types::ToSql;
use utoipa::ToSchema;

use super::database::StoreError;
use crate::domain::decision::{Expected, Refusal};
use crate::domain::envelope::Party;
use crate::domain::ids::{AccountName, RegionCode, ServiceKey};

/// How an agency is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Its system consumes its queue in the broker.
    Amqp,
    /// Its system, or a person, fetches its letters.
    Http,
    /// It has no system: its duty officer is telephoned.
    Phone,
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Amqp, Self::Http, Self::Phone];

    /// As it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Amqp => "amqp",
            Self::Http => "http",
            Self::Phone => "phone",
        }
    }
}

/// The way to an agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyLink {
    /// The region.
    pub region: RegionCode,
    /// The service behind which the agency stands.
    pub service: ServiceKey,
    /// How it is reached.
    pub way: Way,
    /// Whether it was heard lately.
    pub connected: bool,
    /// Since when it is so.
    pub changed_at: Timestamp,
    /// When it was last heard.
    pub last_seen_at: Option<Timestamp>,
    /// The number of its duty officer.
    pub phone: Option<String>,
    /// How often the way or the number was set.
    pub version: u64,
}

/// A way to an agency that is to be set.
#[derive(Debug, Clone, Copy)]
pub struct NewLink<'a> {
    /// The region.
    pub region: RegionCode,
    /// The service behind which the agency stands.
    pub service: &'a ServiceKey,
    /// How it is reached.
    pub way: Way,
    /// The number of its duty officer.
    pub phone: Option<&'a str>,
}

/// Sets the way and the number, if the link is as expected; what is known of its being heard stays.
///
/// # Errors
/// [`StoreError`]; inside, [`Refusal::Stale`].
pub async fn put(
    pool: &Pool,
    link: &NewLink<'_>,
    expected: Expected,
    by: &AccountName,
) -> Result<Result<(), Refusal>, StoreError> {
    let NewLink { region, service, way, phone } = *link;
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    let key = [&region.to_string() as &(dyn ToSql + Sync), &service.as_str()];
    // The row is held until the end, and of two who make it one waits for the other.
    let row = transaction
        .query_opt("SELECT version FROM agency_link WHERE region = $1 AND service = $2 FOR UPDATE", &key)
        .await?;
    let actual = row.map(|row| row.try_get(0).map(i64::unsigned_abs)).transpose()?;
    if let Err(stale) = expected.met_by(actual) {
        return Ok(Err(stale));
    }
    let written = transaction
        .execute(
            "INSERT INTO agency_link (region, service, link, phone) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (region, service) DO UPDATE SET link = EXCLUDED.link, phone = EXCLUDED.phone, \
             version = agency_link.version + 1 WHERE $5",
            &[&region.to_string(), &service.as_str(), &way.as_str(), &phone, &actual.is_some()],
        )
        .await?;
    if written == 0 {
        return Ok(expected.met_by(Some(1)));
    }
    let detail = format!("{}, {}", way.as_str(), phone.unwrap_or("no telephone"));
    transaction
        .execute(
            "INSERT INTO account_change (account, what, detail, changed_by, region) VALUES ($1, 'link', $2, $3, $4)",
            &[&format!("{region}.{service}"), &detail, &by.as_str(), &region.to_string()],
        )
        .await?;
    transaction.commit().await?;
    Ok(Ok(()))
}

/// Makes links for these services, over AMQP, where there are none.
///
/// # Errors
/// [`StoreError`].
pub async fn make<'a>(pool: &Pool, parties: impl IntoIterator<Item = &'a Party>) -> Result<(), StoreError> {
    let (regions, services): (Vec<String>, Vec<&str>) =
        parties.into_iter().map(|p| (p.region.to_string(), p.service.as_str())).unzip();
    let client = pool.get().await?;
    client
        .execute(
            "INSERT INTO agency_link (region, service, link) \
             SELECT n.region, n.service, 'amqp' FROM unnest($1::text[], $2::text[]) AS n(region, service) \
             ON CONFLICT DO NOTHING",
            &[&regions, &services],
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
    let party = Party { region, service: service.clone() };
    observe(pool, &[Observed { party, connected, last_seen_at: connected.then_some(at) }], at).await.map(drop)
}

/// How a link was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// Whose.
    pub party: Party,
    /// Whether the agency is there.
    pub connected: bool,
    /// When it was last heard, where that is known.
    pub last_seen_at: Option<Timestamp>,
}

/// Writes down how links were found at a time. Unknown agencies are left out; what is not news is not written. Gives the
/// regions of those that were.
///
/// # Errors
/// [`StoreError`].
pub async fn observe(
    pool: &Pool,
    observed: &[Observed],
    at: Timestamp,
) -> Result<Vec<RegionCode>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "UPDATE agency_link l SET connected = n.connected, \
               changed_at = CASE WHEN l.connected = n.connected THEN l.changed_at ELSE $5 END, \
               last_seen_at = greatest(l.last_seen_at, n.seen) \
             FROM unnest($1::text[], $2::text[], $3::boolean[], $4::timestamptz[]) \
               AS n(region, service, connected, seen) \
             WHERE l.region = n.region AND l.service = n.service AND (l.connected <> n.connected \
               OR n.seen > coalesce(l.last_seen_at, '-infinity')) RETURNING l.region",
        )
        .await?;
    let written = client
        .query(
            &statement,
            &[
                &observed.iter().map(|o| o.party.region.to_string()).collect::<Vec<_>>(),
                &observed.iter().map(|o| o.party.service.as_str()).collect::<Vec<_>>(),
                &observed.iter().map(|o| o.connected).collect::<Vec<_>>(),
                &observed.iter().map(|o| o.last_seen_at).collect::<Vec<_>>(),
                &at,
            ],
        )
        .await?;
    let regions = written.iter().map(|row| {
        let region: &str = row.try_get(0)?;
        region
            .parse()
            .map_err(|_| StoreError::Row { table: "agency_link", reason: format!("{region} is no region") })
    });
    regions.collect()
}

/// The links of a region, by service.
///
/// # Errors
/// [`StoreError`].
pub async fn of_region(pool: &Pool, region: RegionCode) -> Result<Vec<AgencyLink>, StoreError> {
    let client = pool.get().await?;
    let rows = client
        .query(
            "SELECT service, link, connected, changed_at, last_seen_at, phone, version FROM agency_link \
             WHERE region = $1 ORDER BY service",
            &[&region.to_string()],
        )
        .await?;
    let bad = |reason: String| StoreError::Row { table: "agency_link", reason };
    rows.iter()
        .map(|row| {
            let way: &str = row.try_get(1)?;
            Ok(AgencyLink {
                region,
                service: ServiceKey::new(row.try_get(0)?).map_err(|error| bad(error.to_string()))?,
                way: Way::ALL
                    .into_iter()
                    .find(|w| w.as_str() == way)
                    .ok_or_else(|| bad(format!("{way} is no way")))?,
                connected: row.try_get(2)?,
                changed_at: row.try_get(3)?,
                last_seen_at: row.try_get(4)?,
                phone: row.try_get(5)?,
                version: row.try_get(6).map(i64::unsigned_abs)?,
            })
        })
        .collect()
}
