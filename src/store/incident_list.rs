//! Lists of incidents: filtered, newest first, page by page.

use std::fmt;
use std::str::FromStr;

use deadpool_postgres::Pool;
use jiff::Timestamp;
use tokio_postgres::types::ToSql;

use super::database::StoreError;
use super::read_table::{COLUMNS, StoredRow, stored};
use crate::domain::ids::RegionCode;
use crate::domain::quantities::Point;

/// A rectangle of the map. One that crosses the date line has its west east of its east.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoundingBox {
    /// Its south-western corner.
    pub south_west: Point,
    /// Its north-eastern corner.
    pub north_east: Point,
}

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

/// The statement with the conditions that are asked for and no others, so that the planner sees which index fits:
/// by region and time for lists, the spatial one for maps.
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
struct Statement<'a> {
    text: String,
    params: Vec<Box<dyn ToSql + Sync + Send + 'a>>,
}

impl<'a> Statement<'a> {
    fn new() -> Self {
        let text = format!("SELECT {COLUMNS}, opened_at FROM incident WHERE opened_at IS NOT NULL");
        Self { text, params: Vec::new() }
    }

    /// `?` in the condition stands for the parameter.
    fn and(&mut self, condition: &str, param: impl ToSql + Sync + Send + 'a) {
        self.params.push(Box::new(param));
        let place = format!("${}", self.params.len());
        self.text.push_str(" AND ");
        self.text.push_str(&condition.replace('?', &place));
    }

    fn any(&mut self, column: &str, words: &'a [String]) {
        if !words.is_empty() {
            self.and(&format!("{column} = ANY(?)"), words);
        }
    }

    fn filter(&mut self, filter: &'a IncidentFilter) {
        if let Some(ids) = &filter.ids {
            self.and("id = ANY(?)", ids);
        }
        if let Some(region) = filter.region {
            self.and("region = ?", region.to_string());
        }
        if let Some(open) = filter.open {
            self.text.push_str(if open { " AND open" } else { " AND NOT open" });
        }
        if let Some(exercise) = filter.exercise {
            self.and("exercise = ?", exercise);
        }
        self.any("status", &filter.status);
        self.any("category", &filter.category);
        self.any("severity", &filter.severity);
        if let Some(district) = &filter.district {
            self.and("district = ?", district);
        }
        if let Some(number) = &filter.number {
            self.and("number = ?", number);
        }
        if let Some(within) = filter.within {
            self.within(within);
        }
        if let Some(from) = filter.opened_from {
            self.and("opened_at >= ?", from);
        }
        if let Some(to) = filter.opened_to {
            self.and("opened_at < ?", to);
        }
        if let Some(at) = filter.open_at {
            self.and("opened_at <= ?", at);
            self.and("(closed_at IS NULL OR closed_at > ?)", at);
        }
    }

    fn before(&mut self, end: &'a PageEnd) {
        let first = self.params.len();
        self.params.push(Box::new(end.opened_at));
        self.params.push(Box::new(&end.id));
        self.text.push_str(&format!(" AND (opened_at, id) < (${}, ${})", first + 1, first + 2));
    }

    fn within(&mut self, within: BoundingBox) {
        let (sw, ne) = (within.south_west, within.north_east);
        let first = self.params.len();
        for degrees in [sw.lon(), sw.lat(), ne.lon(), ne.lat()] {
            self.params.push(Box::new(degrees));
        }
        let [west, south, east, north] = [1, 2, 3, 4].map(|n| format!("${}::float8", first + n));
        let inside = if sw.lon() <= ne.lon() {
            format!("point && ST_MakeEnvelope({west}, {south}, {east}, {north}, 4326)")
        } else {
            format!(
                "(point && ST_MakeEnvelope({west}, {south}, 180, {north}, 4326) \
                 OR point && ST_MakeEnvelope(-180, {south}, {east}, {north}, 4326))"
            )
        };
        self.text.push_str(" AND ");
        self.text.push_str(&inside);
    }
}

impl<'a> Statement<'a> {
    /// The whole statement for a page.
    fn page(filter: &'a IncidentFilter, after: Option<&'a PageEnd>, limit: i64) -> Self {
        let mut statement = Self::new();
        statement.filter(filter);
        if let Some(end) = after {
            statement.before(end);
        }
        statement.params.push(Box::new(limit));
        let place = statement.params.len();
        statement.text.push_str(&format!(" ORDER BY opened_at DESC, id DESC LIMIT ${place}"));
        statement
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.params.iter().map(|p| &**p as &(dyn ToSql + Sync)).collect()
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
    let statement = Statement::page(filter, after, limit);
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
    let statement = Statement::page(filter, after, limit);
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
