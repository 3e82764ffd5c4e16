//! What administrators changed: accounts, ways to agencies, settings, plans, desks, organisations, formations, the register
//! of units, layers of the map, passports of facilities; who, when, and what it was before.

use deadpool_postgres::Pool;
use jiff::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::database::StoreError;
use crate::domain::ids::RegionCode;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What kind: that of a change of an account, or the kind of the journal's event.
    pub what: String,
    /// What was changed: an account, a unit, a desk, an organisation, a formation, or the stream of a region or service.
    pub subject: String,
    /// In words, for what is no event; never with a secret in it.
    pub detail: Option<String>,
    /// The event, in JSON.
    pub after: Option<String>,
    /// The event of the same kind before, in JSON.
    pub before: Option<String>,
}

/// Which changes are asked for; nothing said is no condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of one region.
    pub region: Option<RegionCode>,
    /// By whom.
    pub by: Option<String>,
    /// Of what kind.
    pub what: Option<String>,
    /// From when on.
    pub from: Option<Timestamp>,
    /// Until when, this moment too: several may be of one moment.
    pub until: Option<Timestamp>,
}

/// The latest changes, newest first. Each kind is read by an index of its own.
///
/// # Errors
/// [`StoreError`].
pub async fn changes(pool: &Pool, wanted: &Wanted, limit: i64) -> Result<Vec<Change>, StoreError> {
    let client = pool.get().await?;
    let own = wanted.region.as_ref().map(ToString::to_string);
    let of_accounts = client
        .prepare_cached(
            "SELECT c.changed_at, c.changed_by, c.what, c.account, c.detail FROM account_change c \
             LEFT JOIN account a ON a.name = c.account \
             WHERE ($1::text IS NULL OR coalesce(c.region, a.region) = $1) \
               AND ($3::text IS NULL OR c.changed_by = $3) AND ($4::text IS NULL OR c.what = $4) \
               AND ($5::timestamptz IS NULL OR c.changed_at >= $5) AND ($6::timestamptz IS NULL OR c.changed_at <= $6) \
             ORDER BY c.id DESC LIMIT $2",
        )
        .await?;
    let of_journal = client
        .prepare_cached(
            "SELECT j.at, j.by, j.kind, coalesce(j.body #>> '{unit,id}', j.body ->> 'unit', \
               j.body #>> '{desk,key}', j.body ->> 'desk', \
               j.body #>> '{organisation,key}', j.body ->> 'organisation', \
               j.body #>> '{formation,key}', j.body ->> 'formation', j.stream), \
               j.body::text, b.body::text \
             FROM journal j LEFT JOIN LATERAL (SELECT p.body FROM journal p \
               WHERE p.kind = j.kind AND p.stream = j.stream AND p.at < j.at \
                 AND p.kind IN ('settings_set', 'plans_set', 'unit_registered', 'unit_removed', 'service_desk', \
                   'organisation', 'formation') \
               ORDER BY p.at DESC LIMIT 1) b ON j.kind IN ('settings_set', 'plans_set') \
             WHERE j.kind IN ('settings_set', 'plans_set', 'unit_registered', 'unit_removed', 'service_desk', \
                 'organisation', 'formation') \
               AND ($1::text IS NULL OR split_part(j.stream, '/', 2) = $1) \
               AND ($3::text IS NULL OR j.by = $3) AND ($4::text IS NULL OR j.kind = $4) \
               AND ($5::timestamptz IS NULL OR j.at >= $5) AND ($6::timestamptz IS NULL OR j.at <= $6) \
             ORDER BY j.at DESC LIMIT $2",
        )
        .await?;
    let of_layers = client
        .prepare_cached(
            "SELECT changed_at, changed_by, what, layer, detail FROM hazard_layer_change \
             WHERE ($1::text IS NULL OR region = $1) \
               AND ($3::text IS NULL OR changed_by = $3) AND ($4::text IS NULL OR what = $4) \
               AND ($5::timestamptz IS NULL OR changed_at >= $5) AND ($6::timestamptz IS NULL OR changed_at <= $6) \
             ORDER BY id DESC LIMIT $2",
        )
        .await?;
    let of_passports = client
        .prepare_cached(
            "SELECT c.changed_at, c.changed_by, c.what, c.passport, c.state::text, b.state::text \
             FROM object_passport_change c \
             LEFT JOIN object_passport_change b ON b.passport = c.passport AND b.version = c.version - 1 \
             WHERE ($1::text IS NULL OR c.region = $1) \
               AND ($3::text IS NULL OR c.changed_by = $3) AND ($4::text IS NULL OR c.what = $4) \
               AND ($5::timestamptz IS NULL OR c.changed_at >= $5) AND ($6::timestamptz IS NULL OR c.changed_at <= $6) \
             ORDER BY c.id DESC LIMIT $2",
        )
        .await?;
    let asked: [&(dyn ToSql + Sync); 6] =
        [&own, &limit, &wanted.by, &wanted.what, &wanted.from, &wanted.until];
    let accounts = client.query(&of_accounts, &asked).await?;
    let layers = client.query(&of_layers, &asked).await?;
    let passports = client.query(&of_passports, &asked).await?;
    let events = client.query(&of_journal, &asked).await?;
    let told =
        accounts.iter().chain(&layers).map(of_words).chain(events.iter().chain(&passports).map(of_event));
    let mut all: Vec<Change> = told.collect::<Result<_, _>>()?;
    all.sort_by_key(|change| std::cmp::Reverse(change.at));
    all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(all)
}

fn of_words(row: &Row) -> Result<Change, StoreError> {
    Ok(Change {
        at: row.try_get(0)?,
        by: row.try_get(1)?,
        what: row.try_get(2)?,
        subject: row.try_get(3)?,
        detail: Some(row.try_get(4)?),
        after: None,
        before: None,
    })
}

fn of_event(row: &Row) -> Result<Change, StoreError> {
    Ok(Change {
        at: row.try_get(0)?,
        by: row.try_get(1)?,
        what: row.try_get(2)?,
        subject: row.try_get(3)?,
        detail: None,
        after: row.try_get(4)?,
        before: row.try_get(5)?,
    })
}
