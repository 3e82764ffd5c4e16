//! One writer lane: makes batches of appends durable, whatever happens to the connection in between.
//!
//! A batch is one statement and therefore all or nothing. When it fails for what is in it, it is cut in halves
//! until the append at fault stands alone; when the connection fails, the lane connects again and asks the journal
//! whether the batch is in it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;
use std::time::{Duration, Instant};

use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::append::{Committed, Epoch, JournalError};
use super::batch::{Entry, Head, Plan, Shape, signed};
use super::chain::{GENESIS, Hash};
use super::database::{StoreError, explain};
use super::session::{Backend, Session};

/// The first pause before connecting again; each later one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How often the server may fail on a batch, with a connection each time, before its appends are given back one by
/// one: enough to outlive a restart, not enough to hang on a full disk.
const SERVER_TRIES: u32 = 8;
/// How often a batch may find its streams moved by another writer before its appends are given back.
const HEAD_TRIES: u32 = 3;
/// A statement that takes longer is given up with its connection; the server gives up a little earlier.
const STATEMENT_LIMIT: Duration = Duration::from_secs(35);
/// Heads kept in memory; more streams than a hub has, so that the bound is only for safety.
const MAX_HEADS: usize = 10_000;

/// What each entry of a batch came to.
pub type Outcome = Result<Committed, JournalError>;

/// A lane that is or will be connected.
pub struct Lane {
    url: String,
    session: Option<Session>,
    former: Option<Backend>,
    heads: HashMap<String, Head>,
    down: Box<dyn Fn(Option<String>) + Send>,
}

/// A part of a batch that is still to be made durable.
struct Piece {
    range: Range<usize>,
    /// How often its streams were found moved.
    moved: u32,
    /// How often the server failed on it.
    lost: u32,
}

/// What stood in the way of a batch.
enum Failure {
    /// A stream is not where the writer left it.
    Moved,
    /// An idempotency key or an inbox mark exists.
    Duplicate,
    /// The rows are not acceptable.
    Rows(String),
    /// The connection or the server failed; whether the batch is durable is unknown.
    Lost(String),
}

impl Lane {
    /// A lane that is not connected yet. `down` is told why the database cannot be used, and `None` when it can
    /// again.
    #[must_use]
    pub fn new(url: &str, down: impl Fn(Option<String>) + Send + 'static) -> Self {
        Self { url: url.to_owned(), session: None, former: None, heads: HashMap::new(), down: Box::new(down) }
    }

    /// Connects now rather than with the first batch. Waits as long as it takes.
    pub async fn connect(&mut self) {
        self.session().await;
    }

    /// Makes the entries durable in order and says of each what became of it. Waits as long as the database is
    /// away. Entries that fail leave nothing behind.
    pub async fn commit(&mut self, entries: &[Entry]) -> Vec<Outcome> {
        let mut outcomes: Vec<Option<Outcome>> = entries.iter().map(|_| None).collect();
        let mut work = VecDeque::from([Piece { range: 0..entries.len(), moved: 0, lost: 0 }]);
        while let Some(piece) = work.pop_front() {
            let open: Vec<(usize, &Entry)> =
                piece.range.clone().filter(|i| outcomes[*i].is_none()).map(|i| (i, &entries[i])).collect();
            if open.is_empty() {
                continue;
            }
            self.forget_surprising(&open);
            self.load_heads(&open).await;
            let (lane, position) = {
                let session = self.session().await;
                (session.lane, session.next_position)
            };
            let plan = Plan::new(&open, &self.heads, lane, position);
            for (index, error) in &plan.refused {
                outcomes[*index] = Some(Err(error.clone()));
            }
            if plan.placed.is_empty() {
                continue;
            }
            let failure = match self.execute(&plan).await {
                Ok(ids) => {
                    self.adopt(&plan, lane, &ids, &mut outcomes);
                    continue;
                }
                Err(failure) => failure,
            };
            for (_, entry, _) in &plan.placed {
                self.heads.remove(&entry.stream);
            }
            if let Failure::Lost(reason) = &failure {
                tracing::warn!(lane, reason, "the journal lost its connection");
                self.lose(reason.clone());
                if let Some(ids) = self.settle(&plan).await {
                    self.adopt(&plan, lane, &ids, &mut outcomes);
                    continue;
                }
            }
            self.divide(failure, piece, &plan, &mut outcomes, &mut work).await;
        }
        outcomes.into_iter().map(|outcome| outcome.unwrap_or(Err(JournalError::Closed))).collect()
    }

    /// A head that an entry does not expect may have been moved by another instance in between.
    fn forget_surprising(&mut self, open: &[(usize, &Entry)]) {
        let mut seen = HashSet::new();
        for (_, entry) in open {
            if seen.insert(entry.stream.as_str())
                && self.heads.get(&entry.stream).is_some_and(|head| {
                    head.seq != entry.append.expected_seq || entry.append.epoch < head.epoch
                })
            {
                self.heads.remove(&entry.stream);
            }
        }
        if self.heads.len() > MAX_HEADS {
            self.heads.clear();
        }
    }

    /// Reads the heads that are not in memory. Losing the connection empties memory, so what is wanted is looked
    /// up anew each time.
    async fn load_heads(&mut self, open: &[(usize, &Entry)]) {
        loop {
            let wanted: HashMap<&str, String> = open
                .iter()
                .filter(|(_, entry)| !self.heads.contains_key(&entry.stream))
                .map(|(_, entry)| (entry.stream.as_str(), entry.append.stream.region().to_string()))
                .collect();
            if wanted.is_empty() {
                return;
            }
            let session = self.session().await;
            match read_heads(session, &wanted).await {
                Ok(heads) => self.heads.extend(heads),
                Err(error) => {
                    let reason = error.to_string();
                    tracing::warn!(reason, "the journal cannot read the heads of its streams");
                    self.lose(reason);
                }
            }
        }
    }

    async fn execute(&mut self, plan: &Plan<'_>) -> Result<Vec<Option<i64>>, Failure> {
        let (shape, params) = plan.statement();
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| &**p as &(dyn ToSql + Sync)).collect();
        let session = self.session().await;
        match tokio::time::timeout(STATEMENT_LIMIT, send(session, shape, &params)).await {
            Ok(Ok(ids)) => Ok(ids),
            Ok(Err(error)) => Err(classify(&error, session.client.is_closed())),
            Err(_) => Err(Failure::Lost(format!("no answer within {} s", STATEMENT_LIMIT.as_secs()))),
        }
    }

    /// Decides what to do with a batch that did not become durable for what is in it.
    async fn divide(
        &mut self,
        failure: Failure,
        mut piece: Piece,
        plan: &Plan<'_>,
        outcomes: &mut [Option<Outcome>],
        work: &mut VecDeque<Piece>,
    ) {
        match &failure {
            Failure::Moved if piece.moved < HEAD_TRIES => {
                piece.moved += 1;
                return work.push_front(piece);
            }
            Failure::Lost(_) if piece.lost < SERVER_TRIES => {
                tokio::time::sleep(FIRST_PAUSE * 2_u32.saturating_pow(piece.lost)).await;
                piece.lost += 1;
                return work.push_front(piece);
            }
            Failure::Duplicate if self.name_duplicates(plan, outcomes).await => {
                return work.push_front(piece);
            }
            _ => {}
        }
        match plan.placed.as_slice() {
            [(index, entry, _)] => {
                outcomes[*index] = Some(Err(match failure {
                    Failure::Rows(reason) => JournalError::Rejected(reason),
                    Failure::Lost(reason) => JournalError::Unavailable(reason),
                    Failure::Moved | Failure::Duplicate => JournalError::WrongSeq {
                        stream: entry.append.stream.clone(),
                        expected: entry.append.expected_seq,
                        found: 0,
                    },
                }));
            }
            placed => {
                let middle = placed[placed.len() / 2].0;
                let (start, end) = (piece.range.start, piece.range.end);
                work.push_front(Piece { range: middle..end, ..piece });
                work.push_front(Piece { range: start..middle, ..piece });
            }
        }
    }

    /// Fails the entries whose key or mark is in the database. False when there is none: then two entries of the
    /// batch have the same, and it is to be cut between them.
    async fn name_duplicates(&mut self, plan: &Plan<'_>, outcomes: &mut [Option<Outcome>]) -> bool {
        let known = loop {
            let session = self.session().await;
            match read_known(session, plan).await {
                Ok(known) => break known,
                Err(error) => self.lose(error.to_string()),
            }
        };
        let mut found = false;
        for (index, entry, _) in &plan.placed {
            if let Some(error) = known.error(entry) {
                outcomes[*index] = Some(Err(error));
                found = true;
            }
        }
        found
    }

    /// After a lost connection: the ids of the batch's outbox rows if it is durable, `None` if it is not.
    async fn settle(&mut self, plan: &Plan<'_>) -> Option<Vec<Option<i64>>> {
        loop {
            let session = self.session().await;
            match find(session, plan).await {
                Ok(found) => return found,
                Err(error) => self.lose(error.to_string()),
            }
        }
    }

    fn adopt(&mut self, plan: &Plan<'_>, lane: i16, ids: &[Option<i64>], outcomes: &mut [Option<Outcome>]) {
        for (stream, (_, after)) in &plan.moved {
            self.heads.insert((*stream).to_owned(), *after);
        }
        if let Some(session) = &mut self.session {
            // After a reconnection the session has read its own; the lane may then be another one.
            if session.lane == lane {
                session.next_position = session.next_position.max(plan.next_position);
            }
        }
        let mut ids = ids.iter().copied();
        for (index, entry, place) in &plan.placed {
            let events = entry.append.events.len();
            outcomes[*index] = Some(Ok(Committed {
                first: place.first,
                last: place.first + events as u64 - 1,
                lane,
                position: place.position + signed(events as u64) - 1,
                outbox_ids: ids.by_ref().take(entry.append.outbox.len()).collect(),
            }));
        }
    }

    fn lose(&mut self, reason: String) {
        if let Some(session) = self.session.take() {
            self.former = Some(session.backend);
        }
        self.heads.clear();
        (self.down)(Some(reason));
    }

    async fn session(&mut self) -> &mut Session {
        let mut pause = FIRST_PAUSE;
        let since = Instant::now();
        while self.session.is_none() {
            match Session::open(&self.url, self.former.as_ref()).await {
                Ok(session) => {
                    tracing::info!(lane = session.lane, waited = ?since.elapsed(), "the journal is connected");
                    self.former = None;
                    self.session = Some(session);
                    (self.down)(None);
                }
                Err(error) => {
                    let reason = error.to_string();
                    tracing::warn!(reason, "the journal cannot connect");
                    (self.down)(Some(reason));
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
        match &mut self.session {
            Some(session) => session,
            None => unreachable!("the loop above ends with a session"),
        }
    }
}

async fn send(
    session: &mut Session,
    shape: Shape,
    params: &[&(dyn ToSql + Sync)],
) -> Result<Vec<Option<i64>>, tokio_postgres::Error> {
    let statement = session.statement(shape).await?;
    session.client.query_one(&statement, params).await?.try_get(0)
}

fn classify(error: &tokio_postgres::Error, closed: bool) -> Failure {
    let Some(db) = error.as_db_error() else {
        let io = std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>());
        return if closed || error.is_closed() || io {
            Failure::Lost(error.to_string())
        } else {
            Failure::Rows(explain(error))
        };
    };
    let code = db.code().code();
    if code == "H1120" {
        return Failure::Moved;
    }
    if *db.code() == SqlState::UNIQUE_VIOLATION
        && matches!(db.constraint(), Some("idempotency_pkey" | "inbox_pkey"))
    {
        return Failure::Duplicate;
    }
    // Connection, transaction rollback, resources, operator, system, locks, internal, read-only: not the rows'.
    let passing = ["08", "40", "53", "55", "57", "58", "XX", "25", "26"];
    if closed || passing.iter().any(|class| code.starts_with(class)) {
        return Failure::Lost(explain(error));
    }
    Failure::Rows(explain(error))
}

async fn read_heads(
    session: &Session,
    wanted: &HashMap<&str, String>,
) -> Result<Vec<(String, Head)>, StoreError> {
    let (streams, regions): (Vec<&str>, Vec<&str>) = wanted.iter().map(|(s, r)| (*s, r.as_str())).unzip();
    let read = "SELECT stream, seq, hash, epoch FROM stream_head WHERE stream = ANY($1)";
    let mut rows = session.client.query(read, &[&streams]).await?;
    if rows.len() < streams.len() {
        // A new stream begins under the epoch of its region's lease; the share lock makes a take-over wait, which
        // then finds the stream and raises its epoch.
        session
            .client
            .execute(
                "INSERT INTO stream_head (stream, region, seq, hash, epoch) \
                 SELECT n.stream, n.region, 0, $3, \
                   coalesce((SELECT l.epoch FROM lease l WHERE l.region = n.region FOR SHARE), 0) \
                 FROM unnest($1::text[], $2::text[]) AS n(stream, region) \
                 ON CONFLICT (stream) DO NOTHING",
                &[&streams, &regions, &&GENESIS[..]],
            )
            .await?;
        rows = session.client.query(read, &[&streams]).await?;
    }
    rows.iter()
        .map(|row| {
            let name: String = row.try_get(0)?;
            let hash: &[u8] = row.try_get(2)?;
            let hash: Hash = hash.try_into().map_err(|_| StoreError::Row {
                table: "stream_head",
                reason: format!("{name} has a digest of {} bytes", hash.len()),
            })?;
            let (seq, epoch): (i64, i64) = (row.try_get(1)?, row.try_get(3)?);
            Ok((name, Head { seq: seq.unsigned_abs(), hash, epoch: Epoch(epoch.unsigned_abs()) }))
        })
        .collect()
}

/// Keys and marks of a batch that the database knows.
struct Known {
    keys: HashSet<(String, String)>,
    marks: HashSet<(String, String)>,
}

impl Known {
    fn error(&self, entry: &Entry) -> Option<JournalError> {
        if let Some(key) = &entry.append.idempotency
            && self.keys.contains(&(key.account.clone(), key.key.clone()))
        {
            return Some(JournalError::DuplicateKey { account: key.account.clone(), key: key.key.clone() });
        }
        let mark = entry.append.inbox.as_ref()?;
        self.marks.contains(&(mark.sender.clone(), mark.message_id.clone())).then(|| {
            JournalError::DuplicateMessage {
                sender: mark.sender.clone(),
                message_id: mark.message_id.clone(),
            }
        })
    }
}

async fn read_known(session: &Session, plan: &Plan<'_>) -> Result<Known, tokio_postgres::Error> {
    let appends = || plan.placed.iter().map(|(_, entry, _)| &entry.append);
    let (accounts, keys): (Vec<&str>, Vec<&str>) =
        appends().filter_map(|a| a.idempotency.as_ref()).map(|k| (&*k.account, &*k.key)).unzip();
    let (senders, ids): (Vec<&str>, Vec<&str>) =
        appends().filter_map(|a| a.inbox.as_ref()).map(|m| (&*m.sender, &*m.message_id)).unzip();
    let pairs = |rows: Vec<tokio_postgres::Row>| rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let known_keys = session
        .client
        .query(
            "SELECT account, key FROM idempotency \
             JOIN unnest($1::text[], $2::text[]) AS n(account, key) USING (account, key)",
            &[&accounts, &keys],
        )
        .await?;
    let known_marks = session
        .client
        .query(
            "SELECT sender, message_id FROM inbox \
             JOIN unnest($1::text[], $2::text[]) AS n(sender, message_id) USING (sender, message_id)",
            &[&senders, &ids],
        )
        .await?;
    Ok(Known { keys: pairs(known_keys), marks: pairs(known_marks) })
}

/// The former backend is gone, so that the journal now tells for good whether the batch is in it.
async fn find(session: &Session, plan: &Plan<'_>) -> Result<Option<Vec<Option<i64>>>, tokio_postgres::Error> {
    let Some((stream, seq, at, hash)) = plan.fingerprint() else { return Ok(None) };
    let there = session
        .client
        .query_opt(
            "SELECT 1 FROM journal WHERE stream = $1 AND seq = $2 AND at = $3 AND hash = $4",
            &[&stream, &signed(seq), &at, &&hash[..]],
        )
        .await?;
    if there.is_none() {
        return Ok(None);
    }
    let rows: Vec<_> = plan.placed.iter().flat_map(|(_, entry, _)| &entry.append.outbox).collect();
    let wanted: Vec<_> = rows.iter().map(|row| row.distribution.0).collect();
    let there = session
        .client
        .query("SELECT distribution, id FROM outbox WHERE distribution = ANY($1) ORDER BY id", &[&wanted])
        .await?;
    let mut ids: HashMap<Uuid, Vec<i64>> = HashMap::new();
    for row in &there {
        ids.entry(row.get(0)).or_default().push(row.get(1));
    }
    // From the end: an earlier repetition of a distribution may still wait. A row that the relay has taken from the
    // table by now has no id left.
    let mut found: Vec<Option<i64>> =
        wanted.iter().rev().map(|distribution| ids.get_mut(distribution).and_then(Vec::pop)).collect();
    found.reverse();
    Ok(Some(found))
}
