//! Reading the journal: a stream from any place on, and everything since a cursor.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::str::FromStr;

use deadpool_postgres::Pool;
use jiff::Timestamp;
use tokio_postgres::{Row, Transaction};

use super::append::StoredEvent;
use super::batch::signed;
use super::database::StoreError;
use super::incident_list::NotPageEnd;
use super::stream::Stream;
use crate::domain::ids::{IncidentId, RegionCode};

/// How far a reader has come in each lane. As text (`0:1711,1:42`) it is the id of an event of the live feed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cursor(BTreeMap<i16, i64>);

/// The text is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a cursor is lane:position pairs as in 0:1711,1:42")]
pub struct NotCursor;

impl Cursor {
    /// Moves behind the event. False when the reader has seen it before.
    pub fn advance(&mut self, event: &StoredEvent) -> bool {
        let place = self.0.entry(event.lane).or_insert(0);
        let new = event.position > *place;
        *place = event.position.max(*place);
        new
    }

    /// The position reached in a lane, 0 in one not begun.
    #[must_use]
    pub fn position(&self, lane: i16) -> i64 {
        self.0.get(&lane).copied().unwrap_or(0)
    }

    /// Whether it lies behind the end in some lane: no reader of a journal that ends there was ever given it.
    #[must_use]
    pub fn is_beyond(&self, end: &Self) -> bool {
        self.0.iter().any(|(lane, position)| *position > end.position(*lane))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (lane, position)) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{lane}:{position}")?;
        }
        Ok(())
    }
}

impl FromStr for Cursor {
    type Err = NotCursor;
    fn from_str(s: &str) -> Result<Self, NotCursor> {
        if s.is_empty() {
            return Ok(Self::default());
        }
        let mut places = BTreeMap::new();
        for pair in s.split(',') {
            let (lane, position) = pair.split_once(':').ok_or(NotCursor)?;
            let lane: i16 = lane.parse().map_err(|_| NotCursor)?;
            let position: i64 = position.parse().map_err(|_| NotCursor)?;
            if lane < 0 || position < 0 || places.insert(lane, position).is_some() {
                return Err(NotCursor);
            }
        }
        Ok(Self(places))
    }
}

pub(super) const COLUMNS: &str = "lane, position, stream, seq, kind, at, by, trace, about, body::text";

/// At most `limit` events of one stream after `after_seq`, in order.
///
/// # Errors
/// [`StoreError`].
pub async fn read_stream(
    pool: &Pool,
    stream: &Stream,
    after_seq: u64,
    limit: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM journal WHERE stream = $1 AND seq > $2 ORDER BY seq LIMIT $3"
        ))
        .await?;
    let rows = client.query(&statement, &[&stream.to_string(), &signed(after_seq), &limit]).await?;
    rows.iter().map(stored).collect()
}

/// As [`read_stream`], of the moment that a transaction sees.
pub(super) async fn read_stream_in(
    snapshot: &Transaction<'_>,
    stream: &Stream,
    after_seq: u64,
    limit: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let text =
        format!("SELECT {COLUMNS} FROM journal WHERE stream = $1 AND seq > $2 ORDER BY seq, at LIMIT $3");
    let rows = snapshot.query(&text, &[&stream.to_string(), &signed(after_seq), &limit]).await?;
    rows.iter().map(stored).collect()
}

/// What was committed after the cursor, at most `limit` events of each lane. The cursor is moved behind what is
/// given. Nothing is left out: positions have no gaps, and a lane has one writer at a time. Each stream is in its
/// order, also where it changed its lane between two lives of its writer.
///
/// Empty only when there is nothing more.
///
/// # Errors
/// [`StoreError`].
pub async fn read_since(
    pool: &Pool,
    cursor: &mut Cursor,
    limit: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(&format!(
            "SELECT {} FROM lane LEFT JOIN unnest($1::smallint[], $2::bigint[]) AS c(lane, position) USING (lane) \
             CROSS JOIN LATERAL (SELECT * FROM journal j \
               WHERE j.lane = lane.lane AND j.position > coalesce(c.position, 0) \
               ORDER BY j.position LIMIT $3) AS j \
             ORDER BY j.lane, j.position",
            COLUMNS.split(", ").map(|column| format!("j.{column}")).collect::<Vec<_>>().join(", ")
        ))
        .await?;
    let (lanes, positions): (Vec<i16>, Vec<i64>) = cursor.0.iter().map(|(l, p)| (*l, *p)).unzip();
    let rows = client.query(&statement, &[&lanes, &positions, &limit]).await?;
    let mut of_lane: BTreeMap<i16, VecDeque<StoredEvent>> = BTreeMap::new();
    for row in &rows {
        let event = stored(row)?;
        of_lane.entry(event.lane).or_default().push_back(event);
    }
    let events = merged(of_lane.into_values().collect(), usize::try_from(limit).unwrap_or(usize::MAX));
    for event in &events {
        cursor.advance(event);
    }
    Ok(events)
}

/// Lanes in the order of time, as far as that is known: a lane of which there may be more (it has `limit` events)
/// holds the others up once it is used up.
fn merged(mut lanes: Vec<VecDeque<StoredEvent>>, limit: usize) -> Vec<StoredEvent> {
    let more: Vec<bool> = lanes.iter().map(|lane| lane.len() >= limit).collect();
    let mut events = Vec::with_capacity(lanes.iter().map(VecDeque::len).sum());
    loop {
        if lanes.iter().zip(&more).any(|(lane, more)| lane.is_empty() && *more) {
            return events;
        }
        let next =
            lanes.iter_mut().filter(|lane| !lane.is_empty()).min_by_key(|lane| lane.front().map(|e| e.at));
        match next.and_then(VecDeque::pop_front) {
            Some(event) => events.push(event),
            None => return events,
        }
    }
}

/// The cursor behind everything committed so far.
///
/// # Errors
/// [`StoreError`].
pub async fn end(pool: &Pool) -> Result<Cursor, StoreError> {
    let client = pool.get().await?;
    let rows = client
        .query(
            "SELECT l.lane, coalesce((SELECT max(position) FROM journal j WHERE j.lane = l.lane), 0) FROM lane l",
            &[],
        )
        .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, _>>().map(Cursor)
}

/// Where a page of an incident's history ends: its last event. As text it is the cursor of the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEnd {
    at: Timestamp,
    stream: String,
    seq: u64,
}

impl From<&StoredEvent> for HistoryEnd {
    fn from(event: &StoredEvent) -> Self {
        Self { at: event.at, stream: event.stream.to_string(), seq: event.seq }
    }
}

impl fmt::Display for HistoryEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.at.as_microsecond(), self.seq, self.stream)
    }
}

impl FromStr for HistoryEnd {
    type Err = NotPageEnd;
    fn from_str(s: &str) -> Result<Self, NotPageEnd> {
        let mut parts = s.splitn(3, '.');
        let (Some(at), Some(seq), Some(stream)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NotPageEnd);
        };
        let at = at.parse().map_err(|_| NotPageEnd)?;
        let at = Timestamp::from_microsecond(at).map_err(|_| NotPageEnd)?;
        let seq: u64 = seq.parse().map_err(|_| NotPageEnd)?;
        if stream.contains('\0') || i64::try_from(seq).is_err() {
            return Err(NotPageEnd);
        }
        Ok(Self { at, stream: stream.to_owned(), seq })
    }
}

/// The history of an incident: at most `limit` events about it, of any stream, in the order of their times, after
/// the end of a page.
///
/// # Errors
/// [`StoreError`].
pub async fn read_about(
    pool: &Pool,
    incident: IncidentId,
    after: Option<&HistoryEnd>,
    limit: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM journal WHERE about = $1 \
             AND ($2::timestamptz IS NULL OR (at, stream, seq) > ($2, $3, $4)) ORDER BY at, stream, seq LIMIT $5"
        ))
        .await?;
    let at = after.map(|event| event.at);
    let stream = after.map(|event| event.stream.as_str());
    let seq = after.map(|event| signed(event.seq));
    let rows = client.query(&statement, &[&incident.0, &at, &stream, &seq, &limit]).await?;
    rows.iter().map(stored).collect()
}

/// The `seq` at which a stream ends, 0 for one without events.
///
/// # Errors
/// [`StoreError`].
pub async fn last_seq(pool: &Pool, stream: &Stream) -> Result<u64, StoreError> {
    let client = pool.get().await?;
    let row =
        client.query_opt("SELECT seq FROM stream_head WHERE stream = $1", &[&stream.to_string()]).await?;
    Ok(row.map_or(0, |row| row.get::<_, i64>(0).unsigned_abs()))
}

/// The same of several streams, in their order.
///
/// # Errors
/// [`StoreError`].
pub async fn last_seqs(pool: &Pool, streams: &[Stream]) -> Result<Vec<u64>, StoreError> {
    let client = pool.get().await?;
    let names: Vec<String> = streams.iter().map(Stream::to_string).collect();
    let statement = client
        .prepare_cached(
            "SELECT coalesce(h.seq, 0) FROM unnest($1::text[]) WITH ORDINALITY AS asked(stream, place) \
             LEFT JOIN stream_head h USING (stream) ORDER BY asked.place",
        )
        .await?;
    let rows = client.query(&statement, &[&names]).await?;
    rows.iter().map(|row| Ok(row.try_get::<_, i64>(0)?.unsigned_abs())).collect()
}

/// Every stream of the journal, or those of one region, by name.
///
/// # Errors
/// [`StoreError`].
pub async fn streams(pool: &Pool, region: Option<RegionCode>) -> Result<Vec<Stream>, StoreError> {
    let client = pool.get().await?;
    let region = region.map(|region| region.to_string());
    let rows = client
        .query(
            "SELECT stream FROM stream_head WHERE $1::text IS NULL OR region = $1 ORDER BY stream",
            &[&region],
        )
        .await?;
    rows.iter().map(|row| stream(row.try_get(0)?)).collect()
}

fn stream(name: String) -> Result<Stream, StoreError> {
    name.parse().map_err(|error| StoreError::Row { table: "journal", reason: format!("{error}") })
}

pub(super) fn stored(row: &Row) -> Result<StoredEvent, StoreError> {
    Ok(StoredEvent {
        lane: row.try_get(0)?,
        position: row.try_get(1)?,
        stream: stream(row.try_get(2)?)?,
        seq: row.try_get::<_, i64>(3)?.unsigned_abs(),
        kind: row.try_get(4)?,
        at: row.try_get(5)?,
        by: row.try_get(6)?,
        trace: row.try_get(7)?,
        about: row.try_get(8)?,
        body: row.try_get(9)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_as_it_is_written_and_nothing_else_is_one() {
        for text in ["", "0:1", "0:1711,1:42"] {
            assert_eq!(text.parse::<Cursor>().map(|c| c.to_string()), Ok(text.to_owned()));
        }
        for bad in ["x", "1", "1:", ":1", "1:1,", "1:1,1:2", "-1:1", "1:-1", "1:1:1"] {
            assert_eq!(bad.parse::<Cursor>(), Err(NotCursor), "{bad}");
        }
    }

    fn event(lane: i16, position: i64, stream: &str, seq: u64, second: i64) -> StoredEvent {
        StoredEvent {
            lane,
            position,
            stream: stream.parse().expect("a stream"),
            seq,
            kind: "noted".into(),
            at: jiff::Timestamp::from_second(second).expect("a time"),
            by: "test".into(),
            trace: None,
            about: None,
            body: "{}".into(),
        }
    }

    fn order(lanes: Vec<Vec<StoredEvent>>, limit: usize) -> Vec<(String, u64)> {
        let lanes = lanes.into_iter().map(VecDeque::from).collect();
        merged(lanes, limit).into_iter().map(|e| (e.stream.to_string(), e.seq)).collect()
    }

    #[test]
    fn a_stream_that_changed_its_lane_is_read_in_its_order() {
        let lanes = vec![
            vec![event(0, 1, "service/75/police", 1, 1), event(0, 2, "region/75", 3, 30)],
            vec![event(1, 1, "region/75", 1, 10), event(1, 2, "region/75", 2, 11)],
        ];
        let of_region: Vec<u64> =
            order(lanes, 100).into_iter().filter(|(s, _)| s == "region/75").map(|(_, seq)| seq).collect();
        assert_eq!(of_region, [1, 2, 3]);
    }

    #[test]
    fn a_lane_of_which_there_is_more_holds_the_later_events_of_others_back() {
        let lanes = vec![
            vec![event(0, 1, "region/75", 3, 30)],
            vec![event(1, 1, "region/75", 1, 10), event(1, 2, "service/75/police", 1, 11)],
        ];
        assert_eq!(
            order(lanes, 2),
            [("region/75".to_owned(), 1), ("service/75/police".to_owned(), 1)],
            "the third of the region waits until it is known that its second is not in the other lane"
        );
    }
}
