//! Looks at personal data: who was shown whose, when. Rows are only added; the database refuses every change.

use deadpool_postgres::Pool;
use jiff::Timestamp;
use tokio_postgres::Row;

use super::database::StoreError;
use super::statement::Statement;
use crate::domain::ids::{AccountName, RegionCode};
use crate::domain::nul;

/// Between the subjects of one look on their way to the database.
const SEPARATOR: char = '\u{1f}';

/// One look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub account: AccountName,
    /// As what.
    pub role: String,
    /// The account's region; `None` for one of all regions.
    pub region: Option<RegionCode>,
    /// By which operation, `GET /incidents/{id}`.
    pub operation: String,
    /// What was shown, by its ids.
    pub subjects: Vec<String>,
    /// The W3C trace of the request.
    pub trace: Option<String>,
}

/// Makes looks durable, all in one statement.
///
/// # Errors
/// [`StoreError`]; none is kept then.
pub async fn keep(pool: &Pool, looks: &[Look]) -> Result<(), StoreError> {
    let at: Vec<Timestamp> = looks.iter().map(|l| l.at).collect();
    let account: Vec<&str> = looks.iter().map(|l| l.account.as_str()).collect();
    let role: Vec<&str> = looks.iter().map(|l| l.role.as_str()).collect();
    let region: Vec<Option<String>> = looks.iter().map(|l| l.region.map(|r| r.to_string())).collect();
    let operation: Vec<&str> = looks.iter().map(|l| l.operation.as_str()).collect();
    let subjects: Vec<String> =
        looks.iter().map(|l| nul::replaced(&l.subjects.join(&SEPARATOR.to_string()))).collect();
    let trace: Vec<Option<&str>> = looks.iter().map(|l| l.trace.as_deref()).collect();
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "INSERT INTO look (at, account, role, region, operation, subjects, trace) \
             SELECT at, account, role, region, operation, string_to_array(subjects, E'\\x1f'), trace \
             FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) \
             AS l (at, account, role, region, operation, subjects, trace)",
        )
        .await?;
    client.execute(&statement, &[&at, &account, &role, &region, &operation, &subjects, &trace]).await?;
    Ok(())
}

/// Which looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookFilter {
    /// By accounts of this region.
    pub region: Option<RegionCode>,
    /// By this account.
    pub account: Option<String>,
    /// At this card, message, passport.
    pub subject: Option<String>,
    /// At or after.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
}

/// A page, the newest first, each with its place: that of the last goes on after it.
///
/// # Errors
/// [`StoreError`].
pub async fn page(
    pool: &Pool,
    filter: &LookFilter,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<(i64, Look)>, StoreError> {
    let mut statement = Statement::new(
        "SELECT id, at, account, role, region, operation, subjects, trace FROM look WHERE true".to_owned(),
    );
    if let Some(region) = filter.region {
        statement.and("region = ?", region.to_string());
    }
    if let Some(account) = &filter.account {
        statement.and("account = ?", account);
    }
    if let Some(subject) = &filter.subject {
        // In the form that the index over the array answers.
        statement.and("subjects @> ARRAY[?::text]", subject);
    }
    if let Some(from) = filter.from {
        statement.and("at >= ?", from);
    }
    if let Some(to) = filter.to {
        statement.and("at < ?", to);
    }
    if let Some(after) = after {
        statement.and("id < ?", after);
    }
    let limit = statement.param(limit);
    statement.text.push_str(&format!(" ORDER BY id DESC LIMIT {limit}"));
    let client = pool.get().await?;
    let prepared = client.prepare_cached(&statement.text).await?;
    let rows = client.query(&prepared, &statement.params()).await?;
    rows.iter().map(look).collect()
}

fn look(row: &Row) -> Result<(i64, Look), StoreError> {
    let bad = |e: String| StoreError::Row { table: "look", reason: e };
    let region: Option<&str> = row.try_get(4)?;
    let look = Look {
        at: row.try_get(1)?,
        account: AccountName::new(row.try_get(2)?).map_err(|e| bad(e.to_string()))?,
        role: row.try_get(3)?,
        region: region.map(str::parse).transpose().map_err(|_| bad(format!("{region:?} is no region")))?,
        operation: row.try_get(5)?,
        subjects: row.try_get(6)?,
        trace: row.try_get(7)?,
    };
    Ok((row.try_get(0)?, look))
}

/// Lets go what is older; the database refuses it for the last year.
///
/// # Errors
/// [`StoreError`].
pub async fn prune(pool: &Pool, before: Timestamp) -> Result<u64, StoreError> {
    Ok(pool.get().await?.execute("DELETE FROM look WHERE at < $1", &[&before]).await?)
}
