//! How far each message got with each recipient.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use deadpool_postgres::Pool;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::database::StoreError;
use super::incident_list::NotPageEnd;
use crate::domain::delivery::{Delivery, DeliveryStep};
use crate::domain::envelope::Party;
use crate::domain::ids::{DistributionId, IncidentId, RegionCode, ServiceKey};

/// One message at one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// The message.
    pub distribution: DistributionId,
    /// To whom.
    pub to: Party,
    /// About which incident.
    pub incident: Option<IncidentId>,
    /// Its place among the messages about the incident to that recipient.
    pub sequence: Option<u64>,
    /// The name of the message's type; empty when only an answer to it is known yet.
    pub kind: String,
    /// How far it got.
    pub delivery: Delivery,
}

/// Something that became known about a message at a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The message.
    pub distribution: DistributionId,
    /// At whom.
    pub at_party: Party,
    /// What.
    pub step: DeliveryStep,
    /// When.
    pub at: Timestamp,
}

/// Takes in news in any order and any number of times; of repetitions the first in time stands. Gives the messages
/// and parties that were never a message of the hub to that party: somebody acknowledges what was not sent.
///
/// # Errors
/// [`StoreError`]; then nothing is changed.
pub async fn record(pool: &Pool, news: &[News]) -> Result<Vec<(DistributionId, Party)>, StoreError> {
    let mut folded: BTreeMap<(Uuid, &Party), Delivery> = BTreeMap::new();
    for one in news {
        folded.entry((one.distribution.0, &one.at_party)).or_default().record(one.step.clone(), one.at);
    }
    let column = |f: fn(&Delivery) -> Option<Timestamp>| -> Vec<Option<Timestamp>> {
        folded.values().map(f).collect()
    };
    let words =
        |f: fn(&Delivery) -> Option<String>| -> Vec<Option<String>> { folded.values().map(f).collect() };
    let client = pool.get().await?;
    let statement = client.prepare_cached(RECORD).await?;
    let rows = client
        .query(
            &statement,
            &[
                &folded.keys().map(|(distribution, _)| *distribution).collect::<Vec<_>>(),
                &folded.keys().map(|(_, party)| party.region.to_string()).collect::<Vec<_>>(),
                &folded.keys().map(|(_, party)| party.service.as_str()).collect::<Vec<_>>(),
                &column(|d| d.sent_at),
                &column(|d| d.in_broker_at),
                &column(|d| d.acknowledged_at),
                &column(|d| d.read_at),
                &words(|d| d.read_by.clone()),
                &column(|d| d.answered_at),
                &words(|d| d.decision.as_ref().and_then(word)),
                &column(|d| d.failed_at),
                &words(|d| d.failure.as_ref().and_then(word)),
                &words(|d| d.code.as_ref().and_then(word)),
            ],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((DistributionId(row.try_get(0)?), party(row.try_get(1)?, row.try_get(2)?)?)))
        .collect()
}

/// A message that goes out without the outbox, an error: known from now on, so that its acknowledgement is no
/// acknowledgement of something never sent.
///
/// # Errors
/// [`StoreError`].
pub async fn sent(
    pool: &Pool,
    distribution: DistributionId,
    to: &Party,
    kind: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "INSERT INTO delivery (distribution, region, service, kind, sent_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (distribution, region, service) DO NOTHING",
        )
        .await?;
    client
        .execute(&statement, &[&distribution.0, &to.region.to_string(), &to.service.as_str(), &kind, &at])
        .await?;
    Ok(())
}

/// The region whose hub sent a message: of the row that waits for the broker, or of the card that it is about. None for
/// one that is about no card and is with the broker.
///
/// # Errors
/// [`StoreError`].
pub async fn told_by(pool: &Pool, distribution: DistributionId) -> Result<Option<RegionCode>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "SELECT region FROM outbox WHERE distribution = $1 \
             UNION ALL SELECT i.region FROM delivery d JOIN incident i ON i.id = d.incident::text \
             WHERE d.distribution = $1 LIMIT 1",
        )
        .await?;
    let row = client.query_opt(&statement, &[&distribution.0]).await?;
    let Some(row) = row else { return Ok(None) };
    let region: &str = row.try_get(0)?;
    let bad = |_| StoreError::Row { table: "delivery", reason: format!("{region} is no region") };
    region.parse().map(Some).map_err(bad)
}

// A message is known by its delivery or, before the broker has it, by its outbox row; both are exchanged for one
// another in one statement, so that it is always known by one. Ordered, so that two statements over the same
// deliveries wait for one another and never both.
const RECORD: &str = "WITH n AS (\
      SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], \
        $6::timestamptz[], $7::timestamptz[], $8::text[], $9::timestamptz[], $10::text[], $11::timestamptz[], \
        $12::text[], $13::text[]) \
        AS n(distribution, region, service, sent_at, in_broker_at, acknowledged_at, read_at, read_by, \
          answered_at, decision, failed_at, failure, code)), \
    put AS (\
      INSERT INTO delivery AS d (distribution, region, service, sent_at, in_broker_at, acknowledged_at, read_at, \
        read_by, answered_at, decision, failed_at, failure, code) \
      SELECT n.* FROM n \
      WHERE EXISTS (SELECT FROM delivery k WHERE k.distribution = n.distribution \
          AND k.region = n.region AND k.service = n.service) \
        OR EXISTS (SELECT FROM outbox o, unnest(o.routing_keys) AS key WHERE o.distribution = n.distribution \
          AND starts_with(key, n.region || '.' || n.service || '.')) \
      ORDER BY 1, 2, 3 \
      ON CONFLICT (distribution, region, service) DO UPDATE SET \
        sent_at = least(d.sent_at, EXCLUDED.sent_at), \
        in_broker_at = least(d.in_broker_at, EXCLUDED.in_broker_at), \
        acknowledged_at = least(d.acknowledged_at, EXCLUDED.acknowledged_at), \
        read_by = CASE WHEN EXCLUDED.read_at < coalesce(d.read_at, 'infinity') \
          THEN EXCLUDED.read_by ELSE d.read_by END, \
        read_at = least(d.read_at, EXCLUDED.read_at), \
        decision = CASE WHEN EXCLUDED.answered_at < coalesce(d.answered_at, 'infinity') \
          THEN EXCLUDED.decision ELSE d.decision END, \
        answered_at = least(d.answered_at, EXCLUDED.answered_at), \
        failure = CASE WHEN EXCLUDED.failed_at < coalesce(d.failed_at, 'infinity') \
          THEN EXCLUDED.failure ELSE d.failure END, \
        code = CASE WHEN EXCLUDED.failed_at < coalesce(d.failed_at, 'infinity') \
          THEN EXCLUDED.code ELSE d.code END, \
        failed_at = least(d.failed_at, EXCLUDED.failed_at) \
      RETURNING distribution, region, service) \
    SELECT distribution, region, service FROM n \
    WHERE NOT EXISTS (SELECT FROM put WHERE put.distribution = n.distribution AND put.region = n.region \
      AND put.service = n.service)";

/// Behind every sequence.
const LAST: i64 = i64::MAX;

const COLUMNS: &str = "distribution, region, service, incident, sequence, coalesce(kind, ''), sent_at, \
    in_broker_at, acknowledged_at, read_at, read_by, answered_at, decision, failed_at, failure, code";

/// Where a page of what was told about an incident ends: its last row. As text it is the cursor of the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldEnd {
    to: Party,
    /// Without a number it stands behind all that have one.
    sequence: i64,
    distribution: DistributionId,
}

impl From<&DeliveryRow> for ToldEnd {
    fn from(row: &DeliveryRow) -> Self {
        let sequence = row.sequence.and_then(|n| i64::try_from(n).ok()).unwrap_or(i64::MAX);
        Self { to: row.to.clone(), sequence, distribution: row.distribution }
    }
}

impl fmt::Display for ToldEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.to, self.sequence, self.distribution)
    }
}

impl FromStr for ToldEnd {
    type Err = NotPageEnd;
    fn from_str(s: &str) -> Result<Self, NotPageEnd> {
        let mut parts = s.splitn(4, '.');
        let mut part = || parts.next().ok_or(NotPageEnd);
        let (region, service, sequence, distribution) = (part()?, part()?, part()?, part()?);
        Ok(Self {
            to: party(region, service).map_err(|_| NotPageEnd)?,
            sequence: sequence.parse().map_err(|_| NotPageEnd)?,
            distribution: DistributionId(distribution.parse().map_err(|_| NotPageEnd)?),
        })
    }
}

/// What was told about an incident, by recipient and sequence, after the end of a page; what the broker does not have
/// yet is among it, behind what it has.
///
/// # Errors
/// [`StoreError`].
pub async fn of_incident(
    pool: &Pool,
    incident: IncidentId,
    after: Option<&ToldEnd>,
    limit: i64,
) -> Result<Vec<DeliveryRow>, StoreError> {
    told(pool, "", incident, after, limit).await?.iter().map(read).collect()
}

/// How the server reads a page of [`of_incident`]: the lines of `EXPLAIN (ANALYZE)`.
///
/// # Errors
/// [`StoreError`].
pub async fn plan(pool: &Pool, incident: IncidentId, limit: i64) -> Result<String, StoreError> {
    let rows = told(pool, "EXPLAIN (ANALYZE, COSTS off) ", incident, None, limit).await?;
    Ok(rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>().join("\n"))
}

/// What of a message waits for the broker is found by its order: an incident's messages have the incident for one. While the
/// broker is away a hundred thousand wait, and every look at a card reads these.
async fn told(
    pool: &Pool,
    explain: &str,
    incident: IncidentId,
    after: Option<&ToldEnd>,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(&format!(
            "{explain}WITH waiting AS (\
               SELECT o.distribution, split_part(key, '.', 1) AS region, split_part(key, '.', 2) AS service, \
                 o.kind, o.created_at \
               FROM outbox o, unnest(o.routing_keys) AS key WHERE o.ordering_key = $2), \
             told AS (\
               SELECT {COLUMNS} FROM delivery WHERE incident = $1 \
               UNION ALL \
               SELECT w.distribution, w.region, w.service, $1, NULL, w.kind, w.created_at, NULL, NULL, NULL, \
                 NULL, NULL, NULL, NULL, NULL, NULL FROM waiting w \
               WHERE NOT EXISTS (SELECT FROM delivery d WHERE d.distribution = w.distribution \
                 AND d.region = w.region AND d.service = w.service)) \
             SELECT * FROM told WHERE $3::text IS NULL \
               OR (region, service, coalesce(sequence, {LAST}), distribution) > ($3, $4, $5, $6) \
             ORDER BY region, service, coalesce(sequence, {LAST}), distribution LIMIT $7"
        ))
        .await?;
    let region = after.map(|end| end.to.region.to_string());
    let service = after.map(|end| end.to.service.as_str());
    let (sequence, distribution) = (after.map(|end| end.sequence), after.map(|end| end.distribution.0));
    let row = incident.to_string();
    let asked: [&(dyn ToSql + Sync); 7] =
        [&incident.0, &row, &region, &service, &sequence, &distribution, &limit];
    Ok(client.query(&statement, &asked).await?)
}

/// One message at all its recipients, as far as the broker had it.
///
/// # Errors
/// [`StoreError`].
pub async fn of_distribution(
    pool: &Pool,
    distribution: DistributionId,
) -> Result<Vec<DeliveryRow>, StoreError> {
    let client = pool.get().await?;
    let text = format!("SELECT {COLUMNS} FROM delivery WHERE distribution = $1 ORDER BY region, service");
    let statement = client.prepare_cached(&text).await?;
    client.query(&statement, &[&distribution.0]).await?.iter().map(read).collect()
}

/// Many messages at all their recipients, as far as the broker had them.
///
/// # Errors
/// [`StoreError`].
pub async fn of_distributions(
    pool: &Pool,
    distributions: &[DistributionId],
) -> Result<Vec<DeliveryRow>, StoreError> {
    if distributions.is_empty() {
        return Ok(Vec::new());
    }
    let client = pool.get().await?;
    let text = format!("SELECT {COLUMNS} FROM delivery WHERE distribution = ANY($1)");
    let statement = client.prepare_cached(&text).await?;
    let ids: Vec<Uuid> = distributions.iter().map(|distribution| distribution.0).collect();
    client.query(&statement, &[&ids]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<DeliveryRow, StoreError> {
    Ok(DeliveryRow {
        distribution: DistributionId(row.try_get(0)?),
        to: party(row.try_get(1)?, row.try_get(2)?)?,
        incident: row.try_get::<_, Option<Uuid>>(3)?.map(IncidentId),
        sequence: row.try_get::<_, Option<i64>>(4)?.map(i64::unsigned_abs),
        kind: row.try_get(5)?,
        delivery: Delivery {
            sent_at: row.try_get(6)?,
            in_broker_at: row.try_get(7)?,
            acknowledged_at: row.try_get(8)?,
            read_at: row.try_get(9)?,
            read_by: row.try_get(10)?,
            answered_at: row.try_get(11)?,
            decision: named(row.try_get(12)?)?,
            failed_at: row.try_get(13)?,
            failure: named(row.try_get(14)?)?,
            code: named(row.try_get(15)?)?,
        },
    })
}

fn party(region: &str, service: &str) -> Result<Party, StoreError> {
    let bad = |reason: String| StoreError::Row { table: "delivery", reason };
    let region: RegionCode = region.parse().map_err(|_| bad(format!("{region} is no region")))?;
    let service = ServiceKey::new(service).map_err(|error| bad(error.to_string()))?;
    Ok(Party { region, service })
}

/// The one word that a value is on the wire.
fn word(value: &impl Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(ToOwned::to_owned)
}

pub(super) fn named<T: DeserializeOwned>(word: Option<String>) -> Result<Option<T>, StoreError> {
    word.map(|word| {
        serde_json::from_value(Value::String(word))
            .map_err(|error| StoreError::Row { table: "delivery", reason: error.to_string() })
    })
    .transpose()
}
