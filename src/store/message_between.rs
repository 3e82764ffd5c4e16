//! Messages of cards about which many call: those that do not stand on the card itself.

use std::fmt;
use std::str::FromStr;

use deadpool_postgres::Pool;

use super::database::StoreError;
use super::incident_list::NotPageEnd;
use super::read_table::{StoredRow, stored};
use crate::domain::ids::{IncidentId, RegionCode};

/// The place of the last message of a page: give it back for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceEnd(i64);

impl fmt::Display for PlaceEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for PlaceEnd {
    type Err = NotPageEnd;
    fn from_str(s: &str) -> Result<Self, NotPageEnd> {
        s.parse().ok().filter(|place| *place >= 0).map(Self).ok_or(NotPageEnd)
    }
}

/// The rows of all open cards of a region.
///
/// # Errors
/// [`StoreError`].
pub async fn of_open_cards(pool: &Pool, region: RegionCode) -> Result<Vec<StoredRow>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "SELECT m.region, m.id, m.open, m.version, m.state::text, m.updated_at \
             FROM incident i JOIN message_between m ON m.incident = i.id \
             WHERE i.open AND i.region = $1 AND m.open",
        )
        .await?;
    client.query(&statement, &[&region.to_string()]).await?.iter().map(stored).collect()
}

/// A card with the states of those of its messages that do not stand on it, as of one moment.
///
/// # Errors
/// [`StoreError`].
pub async fn with_card(
    pool: &Pool,
    card: IncidentId,
) -> Result<Option<(StoredRow, Vec<String>)>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "SELECT region, id, open, version, state::text, updated_at, \
               ARRAY(SELECT m.state::text FROM message_between m WHERE m.incident = i.id AND m.open) \
             FROM incident i WHERE id = $1",
        )
        .await?;
    let row = client.query_opt(&statement, &[&card.to_string()]).await?;
    row.map(|row| Ok((stored(&row)?, row.try_get(6)?))).transpose()
}

/// A page of them, in the order in which they came, after the place `after`: each as a message's brief in JSON, with its
/// place.
///
/// # Errors
/// [`StoreError`].
pub async fn page(
    pool: &Pool,
    card: IncidentId,
    after: Option<PlaceEnd>,
    limit: i64,
) -> Result<Vec<(PlaceEnd, String)>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "SELECT place, (state -> 'message')::text FROM message_between \
             WHERE incident = $1 AND open AND place > $2 ORDER BY place LIMIT $3",
        )
        .await?;
    let rows = client.query(&statement, &[&card.to_string(), &after.map_or(-1, |end| end.0), &limit]).await?;
    rows.iter().map(|row| Ok((PlaceEnd(row.try_get(0)?), row.try_get(1)?))).collect()
}
