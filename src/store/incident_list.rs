//! Lists of incidents: filtered, newest first, page by page.

use std::fmt;
use std::str::FromStr;

use deadpool_postgres::Pool;
use jiff::Timestamp;

use super::database::StoreError;
use super::read_table::{COLUMNS, StoredRow, stored};
use super::statement::Statement;
use crate::domain::extent::BoundingBox;
use crate::domain::ids::RegionCode;

/// The time through which a card that is closed stood: as its index says it. One that was closed before it was opened, by
/// clocks that differ, stood at no time.
const STOOD: &str = "tstzrange(LEAST(opened_at, closed_at), closed_at)";

/// Which incidents. An empty list of words means any.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IncidentFilter {
    /// These alone.
    pub ids: Option<Vec<String>>,
    /// Of one region.
    pub region: Option<RegionCode>,
    /// Open or not.
    pub open: Option<bool>,
    /// Part of an exercise or not.
    pub exercise: Option<bool>,
    /// With one of these statuses.
    pub status: Vec<String>,
    /// Of one of these categories.
    pub category: Vec<String>,
    /// Of one of these severities.
    pub severity: Vec<String>,
    /// In the district with this code.
    pub district: Option<String>,
    /// With the number that people use.
    pub number: Option<String>,
    /// Placed in the rectangle.
    pub within: Option<BoundingBox>,
    /// Opened at or after.
    pub opened_from: Option<Timestamp>,
    /// Opened before.
    pub opened_to: Option<Timestamp>,
    /// Open at this moment: opened by then and not closed yet. A card that was reopened counts by its last closing.
    pub open_at: Option<Timestamp>,
}

/// Where a page ended: give it back for the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageEnd {
    opened_at: Timestamp,
    id: String,
}

/// The text is no end of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a page cursor is one that the hub gave")]
pub struct NotPageEnd;

impl fmt::Display for PageEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.opened_at.as_microsecond(), self.id)
    }
}

impl FromStr for PageEnd {
    type Err = NotPageEnd;
    fn from_str(s: &str) -> Result<Self, NotPageEnd> {
        let (at, id) = s.split_once('.').ok_or(NotPageEnd)?;
        let at: i64 = at.parse().map_err(|_| NotPageEnd)?;
        let opened_at = Timestamp::from_microsecond(at).map_err(|_| NotPageEnd)?;
        Ok(Self { opened_at, id: id.to_owned() })
    }
}

/// A page of incidents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The incidents, newest first.
    pub rows: Vec<StoredRow>,
    /// Where it ended, when there may be more.
    pub next: Option<PageEnd>,
}

/// The whole statement of a page, by region and time for lists, by the spatial index for maps.
///
/// With 50,000 incidents in five regions, a seventh of them open, the first page of 50:
/// ```text
/// newest of a region          Index Scan using incident_opened                  0.35 ms
/// open of a region            Index Scan using incident_open (partial, ordered) 0.66 ms
/// of a rectangle (0.16%)      Bitmap Index Scan on incident_point, then sorted  1.1 ms
/// open, region, rectangle     BitmapAnd of incident_point and incident_open     0.8 ms
/// by number                   Index Scan using incident_number                  0.2 ms
/// ```
/// `tests/store/queries.rs` keeps it so.
fn page<'a>(filter: &'a IncidentFilter, after: Option<&'a PageEnd>, limit: i64) -> Statement<'a> {
    let mut statement =
        Statement::new(format!("SELECT {COLUMNS}, opened_at FROM incident WHERE opened_at IS NOT NULL"));
    narrow(&mut statement, filter);
    if let Some(end) = after {
        let (opened_at, id) = (statement.param(end.opened_at), statement.param(&end.id));
        statement.text.push_str(&format!(" AND (opened_at, id) < ({opened_at}, {id})"));
    }
    let limit = statement.param(limit);
    statement.text.push_str(&format!(" ORDER BY opened_at DESC, id DESC LIMIT {limit}"));
    statement
}

fn narrow<'a>(statement: &mut Statement<'a>, filter: &'a IncidentFilter) {
    if let Some(ids) = &filter.ids {
        statement.and("id = ANY(?)", ids);
    }
    if let Some(region) = filter.region {
        statement.and("region = ?", region.to_string());
    }
    if let Some(open) = filter.open {
        statement.flag("open", open);
    }
    if let Some(exercise) = filter.exercise {
        statement.and("exercise = ?", exercise);
    }
    statement.any("status", &filter.status);
    statement.any("category", &filter.category);
    statement.any("severity", &filter.severity);
    if let Some(district) = &filter.district {
        statement.and("district = ?", district);
    }
    if let Some(number) = &filter.number {
        statement.and("number = ?", number);
    }
    if let Some(within) = filter.within {
        let touches = statement.touches("point", true, within);
        statement.text.push_str(&format!(" AND {touches}"));
    }
    if let Some(from) = filter.opened_from {
        statement.and("opened_at >= ?", from);
    }
    if let Some(to) = filter.opened_to {
        statement.and("opened_at < ?", to);
    }
    if let Some(at) = filter.open_at {
        // Each half has its index: what stands now, and the time through which a closed one stood.
        let stood = format!("opened_at <= ? AND (open OR (NOT open AND {STOOD} @> ?::timestamptz))");
        statement.and(&stood, at);
    }
}

/// A page of at most `limit` incidents, newest first, after the end of the page before.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    pool: &Pool,
    filter: &IncidentFilter,
    after: Option<&PageEnd>,
    limit: i64,
) -> Result<Page, StoreError> {
    let client = pool.get().await?;
    let statement = page(filter, after, limit);
    let prepared = client.prepare_cached(&statement.text).await?;
    let found = client.query(&prepared, &statement.params()).await?;
    let rows: Vec<StoredRow> = found.iter().map(stored).collect::<Result<_, _>>()?;
    let whole = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= limit;
    let next = match found.last() {
        Some(last) if whole => Some(PageEnd { opened_at: last.try_get(6)?, id: last.try_get(1)? }),
        _ => None,
    };
    Ok(Page { rows, next })
}

/// How the server would read a page: the lines of `EXPLAIN (ANALYZE)`.
///
/// # Errors
/// [`StoreError`].
pub async fn plan(
    pool: &Pool,
    filter: &IncidentFilter,
    after: Option<&PageEnd>,
    limit: i64,
) -> Result<String, StoreError> {
    let client = pool.get().await?;
    let statement = page(filter, after, limit);
    let text = format!("EXPLAIN (ANALYZE, COSTS off) {}", statement.text);
    let rows = client.query(&text, &statement.params()).await?;
    Ok(rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_page_reads_back_as_it_is_written() {
        let end = PageEnd { opened_at: Timestamp::UNIX_EPOCH, id: "a.b".to_owned() };
        assert_eq!(end.to_string().parse(), Ok(end));
        for bad in ["", "1", "x.y", ".y"] {
            assert_eq!(bad.parse::<PageEnd>(), Err(NotPageEnd), "{bad}");
        }
    }
}
