//! What waits for agencies that fetch it over HTTP.

mod handing_over;

use bytes::Bytes;
use deadpool_postgres::Pool;
use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

pub use self::handing_over::{hand_over, left_behind};
use super::database::StoreError;
use super::delivery::named;
use crate::domain::envelope::{Decision, Party};
use crate::domain::ids::DistributionId;

/// A message on its way to one agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLetter {
    /// To whom.
    pub to: Party,
    /// The message.
    pub distribution: DistributionId,
    /// The name of its type.
    pub kind: String,
    /// AMQP priority, 0 to 9.
    pub priority: u8,
    /// After this it is of no use.
    pub expires_at: Option<Timestamp>,
    /// The envelope as published.
    pub body: Bytes,
}

/// A message that waits, or waited, for an agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its place.
    pub place: Place,
    /// The message.
    pub distribution: DistributionId,
    /// The name of its type.
    pub kind: String,
    /// AMQP priority, 0 to 9.
    pub priority: u8,
    /// After this it is of no use.
    pub expires_at: Option<Timestamp>,
    /// The envelope as published.
    pub body: Bytes,
    /// When it came here.
    pub arrived_at: Timestamp,
    /// When the agency acknowledged it.
    pub taken_at: Option<Timestamp>,
    /// When a person of the agency read it.
    pub read_at: Option<Timestamp>,
    /// What the agency decided, where the letter asks for a decision.
    pub decision: Option<Decision>,
    /// When it decided.
    pub answered_at: Option<Timestamp>,
}

/// Where a letter lies. The agency's letters come before what is still in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Among the letters.
    Letter(i64),
    /// In the outbox, because the broker is away.
    Outbox(i64),
}

/// The text is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a place is one that the hub gave")]
pub struct NotPlace;

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Letter(id) => write!(f, "{id}"),
            Self::Outbox(id) => write!(f, "o{id}"),
        }
    }
}

impl std::str::FromStr for Place {
    type Err = NotPlace;
    fn from_str(s: &str) -> Result<Self, NotPlace> {
        let number = |s: &str| match s.parse() {
            Ok(id @ 0..) => Ok(id),
            _ => Err(NotPlace),
        };
        match s.strip_prefix('o') {
            Some(id) => number(id).map(Self::Outbox),
            None => number(s).map(Self::Letter),
        }
    }
}

/// Keeps a letter. One that came before changes nothing; one that the agency acknowledged while it was still in the
/// outbox has been taken.
///
/// # Errors
/// [`StoreError`].
pub async fn put(pool: &Pool, letter: &NewLetter) -> Result<(), StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "INSERT INTO letter (region, service, distribution, kind, priority, expires_at, body, taken_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT least(d.acknowledged_at, d.read_at) FROM delivery d \
               WHERE d.distribution = $3 AND d.region = $1 AND d.service = $2)) \
             ON CONFLICT (region, service, distribution) DO NOTHING",
        )
        .await?;
    client
        .execute(
            &statement,
            &[
                &letter.to.region.to_string(),
                &letter.to.service.as_str(),
                &letter.distribution.0,
                &letter.kind,
                &i16::from(letter.priority),
                &letter.expires_at,
                &&letter.body[..],
            ],
        )
        .await?;
    Ok(())
}

/// Letters to an agency in their order, after a place, at most `limit`: those that it has not acknowledged, or `all`.
/// What has expired is left out, unless it is of one of the kinds that are counted: a gap would be worse than an old
/// message that says itself that it has expired.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting(
    pool: &Pool,
    to: &Party,
    after: i64,
    all: bool,
    counted: &[&str],
    limit: i64,
) -> Result<Vec<Letter>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "SELECT l.id, l.distribution, l.kind, l.priority, l.expires_at, l.body, l.arrived_at, l.taken_at, \
               d.read_at, d.decision, d.answered_at FROM letter l \
             LEFT JOIN delivery d ON d.distribution = l.distribution AND d.region = l.region AND d.service = l.service \
             WHERE l.region = $1 AND l.service = $2 AND l.id > $3 AND (l.taken_at IS NULL OR $4) \
             AND (l.expires_at IS NULL OR l.expires_at > now() OR l.kind = ANY($5)) ORDER BY l.id LIMIT $6",
        )
        .await?;
    let rows = client
        .query(&statement, &[&to.region.to_string(), &to.service.as_str(), &after, &all, &counted, &limit])
        .await?;
    rows.iter().map(|row| read(row, Place::Letter)).collect()
}

/// The same of what is still in the outbox: what an agency is told while the broker is away.
///
/// # Errors
/// [`StoreError`].
pub async fn in_outbox(
    pool: &Pool,
    to: &Party,
    after: i64,
    counted: &[&str],
    limit: i64,
) -> Result<Vec<Letter>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "SELECT o.id, o.distribution, o.kind, o.priority, o.expires_at, o.body, o.created_at, \
               NULL::timestamptz, NULL::timestamptz, NULL::text, NULL::timestamptz FROM outbox o \
             WHERE o.id > $3 AND EXISTS (SELECT FROM unnest(o.routing_keys) AS key WHERE starts_with(key, $1)) \
             AND (o.expires_at IS NULL OR o.expires_at > now() OR o.kind = ANY($4)) \
             AND NOT EXISTS (SELECT FROM delivery d WHERE d.distribution = o.distribution \
               AND starts_with($1, d.region || '.' || d.service || '.') \
               AND (d.acknowledged_at IS NOT NULL OR d.read_at IS NOT NULL)) \
             ORDER BY o.id LIMIT $2",
        )
        .await?;
    let address = format!("{to}.");
    let rows = client.query(&statement, &[&address, &limit, &after, &counted]).await?;
    rows.iter().map(|row| read(row, Place::Outbox)).collect()
}

/// The agency has acknowledged these. Gives those of them that are letters of its own, acknowledged before or not.
///
/// # Errors
/// [`StoreError`].
pub async fn take(
    pool: &Pool,
    of: &Party,
    distributions: &[DistributionId],
    at: Timestamp,
) -> Result<Vec<DistributionId>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "UPDATE letter SET taken_at = coalesce(taken_at, $4) \
             WHERE region = $1 AND service = $2 AND distribution = ANY($3) RETURNING distribution",
        )
        .await?;
    let ids: Vec<Uuid> = distributions.iter().map(|d| d.0).collect();
    let rows = client.query(&statement, &[&of.region.to_string(), &of.service.as_str(), &ids, &at]).await?;
    rows.iter().map(|row| Ok(DistributionId(row.try_get(0)?))).collect()
}

/// Lets go of letters: those acknowledged before a time, and those that came before another and nobody fetched. The
/// latter are marked at their delivery as dead letters; gives the number of both.
///
/// # Errors
/// [`StoreError`].
pub async fn prune(
    pool: &Pool,
    taken_before: Timestamp,
    arrived_before: Timestamp,
) -> Result<(u64, u64), StoreError> {
    let client = pool.get().await?;
    let taken = client.execute("DELETE FROM letter WHERE taken_at < $1", &[&taken_before]).await?;
    let lost = client
        .execute(
            "WITH gone AS (DELETE FROM letter WHERE taken_at IS NULL AND arrived_at < $1 \
               RETURNING distribution, region, service) \
             UPDATE delivery d SET failed_at = now(), failure = 'dead_lettered' FROM gone \
             WHERE d.distribution = gone.distribution AND d.region = gone.region AND d.service = gone.service \
             AND d.failed_at IS NULL",
            &[&arrived_before],
        )
        .await?;
    Ok((taken, lost))
}

fn read(row: &Row, place: fn(i64) -> Place) -> Result<Letter, StoreError> {
    let priority: i16 = row.try_get(3)?;
    let body: Vec<u8> = row.try_get(5)?;
    Ok(Letter {
        place: place(row.try_get(0)?),
        distribution: DistributionId(row.try_get(1)?),
        kind: row.try_get(2)?,
        priority: u8::try_from(priority)
            .map_err(|error| StoreError::Row { table: "letter", reason: error.to_string() })?,
        expires_at: row.try_get(4)?,
        body: body.into(),
        arrived_at: row.try_get(6)?,
        taken_at: row.try_get(7)?,
        read_at: row.try_get(8)?,
        decision: named(row.try_get(9)?)?,
        answered_at: row.try_get(10)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_as_it_is_written_and_nothing_else_is_one() {
        for place in [Place::Letter(7), Place::Outbox(7)] {
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        for bad in ["", "o", "-1", "o-1", "x7", "7o"] {
            assert_eq!(bad.parse::<Place>(), Err(NotPlace), "{bad}");
        }
    }
}
