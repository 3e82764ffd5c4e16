//! Does the journal hold, and do the read tables follow from it? (DESIGN §5, invariant 5.)
//!
//! Everything is read in one snapshot, so that a running hub may be verified; memory holds a few hundred bytes per
//! read row and nothing per event. What a program before this one wrote is told from what is wrong (`older.rs`).

mod chain;
mod digest;
mod older;
mod rows;

use std::fmt;

use deadpool_postgres::Pool;
use tokio_postgres::{IsolationLevel, Transaction};

use self::chain::check_stream;
pub use self::older::{Older, OlderRow};
use self::rows::{Place, Replayed, Suspects};
use super::append::{ReadRow, ReadTable, StoredEvent};
use super::database::StoreError;
use super::stream::Stream;
use crate::domain::ids::RegionCode;

/// Takes the read rows that follow from an event.
pub trait Projector {
    /// The row as it is after the event; a later one with the same id replaces it.
    fn put(&mut self, row: ReadRow);
}

/// Replays the events of one stream, as the domain's fold does.
pub trait Replay: Send {
    /// Takes in the next event of the stream and gives the rows that it changed.
    ///
    /// # Errors
    /// Why the event cannot be taken in, in words; the stream's replay ends there.
    fn take(&mut self, event: &StoredEvent, rows: &mut dyn Projector) -> Result<(), String>;
}

/// Makes the replay of a stream from its beginning.
pub type Replayer<'a> = &'a (dyn Fn(&Stream) -> Box<dyn Replay> + Sync);

/// How far a verification is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The stream being read, or the table being compared.
    pub at: String,
    /// Events read.
    pub events: u64,
    /// Events to be read.
    pub of: u64,
    /// What was found so far.
    pub findings: usize,
}

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The event is not the one that was written, or the one before it is not.
    Changed {
        /// The stream.
        stream: String,
        /// The event's place.
        seq: u64,
    },
    /// Events are gone.
    Missing {
        /// The stream.
        stream: String,
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// An event was slipped in.
    Added {
        /// The stream.
        stream: String,
        /// Its place.
        seq: u64,
    },
    /// The stream's head is not that of its last event.
    Head {
        /// The stream.
        stream: String,
    },
    /// Positions of a lane have gaps or doubles.
    Lane {
        /// The lane.
        lane: i16,
        /// Its events.
        events: i64,
        /// Its last position.
        last: i64,
    },
    /// The domain cannot replay an event.
    Unreplayable {
        /// The stream.
        stream: String,
        /// The event's place.
        seq: u64,
        /// Why.
        reason: String,
    },
    /// A read row that does not follow from the journal.
    RowExtra {
        /// The table.
        table: ReadTable,
        /// The row.
        id: String,
    },
    /// A read row that follows from the journal and is not there.
    RowMissing {
        /// The table.
        table: ReadTable,
        /// The row.
        id: String,
    },
    /// A read row that says something else than the journal.
    RowDiffers {
        /// The table.
        table: ReadTable,
        /// The row.
        id: String,
        /// The columns and the fields of the state that differ.
        fields: Vec<String>,
    },
}

impl Finding {
    /// Whether it is of a read row, and not of the journal itself.
    #[must_use]
    pub fn is_of_a_row(&self) -> bool {
        matches!(self, Self::RowExtra { .. } | Self::RowMissing { .. } | Self::RowDiffers { .. })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { stream, seq } => write!(f, "{stream} {seq}: the event was changed"),
            Self::Missing { stream, from, to } if from == to => {
                write!(f, "{stream} {from}: the event is missing")
            }
            Self::Missing { stream, from, to } => {
                write!(f, "{stream} {from} to {to}: the events are missing")
            }
            Self::Added { stream, seq } => write!(f, "{stream} {seq}: the event was slipped in"),
            Self::Head { stream } => write!(f, "{stream}: the head is not that of its last event"),
            Self::Lane { lane, events, last } => {
                write!(f, "lane {lane}: {events} events, but the last position is {last}")
            }
            Self::Unreplayable { stream, seq, reason } => {
                write!(f, "{stream} {seq}: the event cannot be replayed: {reason}")
            }
            Self::RowExtra { table, id } => {
                write!(f, "{} {id}: nothing in the journal leads to it", table.name())
            }
            Self::RowMissing { table, id } => write!(f, "{} {id}: the row is missing", table.name()),
            Self::RowDiffers { table, id, fields } => {
                write!(f, "{} {id}: differs from the journal in {}", table.name(), fields.join(", "))
            }
        }
    }
}

/// What a verification came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// Streams read.
    pub streams: usize,
    /// Events read.
    pub events: u64,
    /// Read rows compared.
    pub rows: u64,
    /// What is not as it must be, in the order of reading.
    pub findings: Vec<Finding>,
    /// Rows that lack what this program writes and otherwise are as they must be: no fault by themselves.
    pub older: Older,
}

impl Verdict {
    /// Whether everything is as it must be.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Recomputes the chain of every stream of the region, or of all, and compares what `replay` makes of the events
/// with the read tables. Without `replay` only the chain is checked.
///
/// # Errors
/// [`StoreError`] when the database cannot be read; findings are no error.
pub async fn verify(
    pool: &Pool,
    region: Option<RegionCode>,
    replay: Option<Replayer<'_>>,
    mut progress: impl FnMut(&Progress),
) -> Result<Verdict, StoreError> {
    let mut client = pool.get().await?;
    let snapshot = client
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await?;
    examine(&snapshot, region, replay, false, &mut progress).await
}

/// Verifies a region and writes its rows of an older form as the journal gives them, all or none. Rows that are faults
/// stay as they are, and where the journal itself is not whole nothing is written. `may_write` is asked at the end: only
/// who holds the region may. Should somebody else write one of the rows meanwhile, the database refuses all.
///
/// # Errors
/// [`StoreError`]; then nothing is changed.
pub async fn renew(
    pool: &Pool,
    region: RegionCode,
    replay: Replayer<'_>,
    may_write: impl AsyncFnOnce() -> Result<bool, StoreError>,
    mut progress: impl FnMut(&Progress),
) -> Result<Verdict, StoreError> {
    let mut client = pool.get().await?;
    let transaction =
        client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).start().await?;
    let mut verdict = examine(&transaction, Some(region), Some(replay), true, &mut progress).await?;
    if verdict.older.renewed == 0 {
        return Ok(verdict);
    }
    if may_write().await? {
        transaction.commit().await?;
    } else {
        verdict.older.renewed = 0;
    }
    Ok(verdict)
}

async fn examine(
    snapshot: &Transaction<'_>,
    region: Option<RegionCode>,
    replay: Option<Replayer<'_>>,
    write: bool,
    progress: &mut impl FnMut(&Progress),
) -> Result<Verdict, StoreError> {
    let scope = region.map(|region| region.to_string());
    let streams = chain::streams(snapshot, scope.as_deref()).await?;
    let mut verdict = Verdict { streams: streams.len(), ..Verdict::default() };
    let mut at = Progress {
        at: String::new(),
        events: 0,
        of: streams.iter().map(|(_, head)| head.map_or(0, |head| head.seq)).sum(),
        findings: 0,
    };
    let mut replayed = Replayed::default();
    for (stream, (name, head)) in streams.iter().enumerate() {
        at.at.clone_from(name);
        let mut fold = match (replay, name.parse::<Stream>()) {
            (Some(replay), Ok(stream)) => Some(replay(&stream)),
            _ => None,
        };
        let mut take = |event: &StoredEvent, findings: &mut Vec<Finding>| {
            at.events += 1;
            at.findings = findings.len();
            if at.events.is_multiple_of(1000) {
                progress(&at);
            }
            replayed.at(event.stream.region(), Place { stream, seq: event.seq });
            if let Some(running) = &mut fold
                && let Err(reason) = running.take(event, &mut replayed)
            {
                findings.push(Finding::Unreplayable { stream: name.clone(), seq: event.seq, reason });
                fold = None;
            }
        };
        check_stream(snapshot, name, *head, &mut verdict.findings, &mut take).await?;
    }
    verdict.events = at.events;
    if region.is_none() {
        chain::check_lanes(snapshot, &mut verdict.findings).await?;
    }
    if let Some(replay) = replay {
        let mut suspects = Suspects::new();
        let found = &mut verdict.findings;
        for table in ReadTable::ALL {
            at.at = table.name().to_owned();
            at.findings = found.len();
            progress(&at);
            verdict.rows += replayed.compare(snapshot, table, scope.as_deref(), found, &mut suspects).await?;
        }
        drop(replayed);
        let names: Vec<String> = streams.into_iter().map(|(name, _)| name).collect();
        let write = write && found.iter().all(Finding::is_of_a_row);
        let mut differing = suspects.clone();
        verdict.older = older::sift(snapshot, &names, replay, &mut differing, write, progress).await?;
        found.retain(|finding| match finding {
            Finding::RowDiffers { table, id, .. } => {
                let row = (*table, id.clone());
                differing.contains_key(&row) || !suspects.contains_key(&row)
            }
            _ => true,
        });
    }
    at.findings = verdict.findings.len();
    progress(&at);
    Ok(verdict)
}
