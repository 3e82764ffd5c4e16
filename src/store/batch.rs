//! Many appends as one statement: heads, events, read rows, outbox and marks, all or nothing in one round trip.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::append::{Append, Epoch, JournalError, ReadTable};
use super::chain::{Hash, Link, microseconds};

/// An append that has passed what can be checked without the database.
#[derive(Debug)]
pub struct Entry {
    /// The stream's name.
    pub stream: String,
    /// The append.
    pub append: Append,
}

impl Entry {
    /// # Errors
    /// [`JournalError::Rejected`] without events, with a raw message that has no row, with an outbox row nobody is
    /// to receive or of a priority above 9.
    pub fn new(mut append: Append) -> Result<Self, JournalError> {
        let refuse = |reason: &str| Err(JournalError::Rejected(reason.to_owned()));
        if append.events.is_empty() {
            return refuse("an append needs at least one event");
        }
        for event in &mut append.events {
            event.at = microseconds(event.at);
        }
        if let Some(raw) = &append.raw_message {
            let id = raw.id.to_string();
            if !append.rows.iter().any(|row| row.table == ReadTable::Message && row.id == id) {
                return refuse("a raw message needs its row of the message table");
            }
        }
        for row in &append.outbox {
            if row.routing_keys.is_empty() || row.routing_keys.iter().any(|key| key.contains(KEY_END)) {
                return refuse("an outbox row needs routing keys of one line each");
            }
            if row.priority > 9 {
                return refuse("an AMQP priority is 0 to 9");
            }
        }
        Ok(Self { stream: append.stream.to_string(), append })
    }

    fn len(&self) -> u64 {
        self.append.events.len() as u64
    }
}

/// The end of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The `seq` of its last event, 0 without any.
    pub seq: u64,
    /// The digest of that event.
    pub hash: Hash,
    /// The epoch that holds the stream.
    pub epoch: Epoch,
}

/// Where an append lands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The `seq` of its first event.
    pub first: u64,
    /// The position of its first event in the lane.
    pub position: i64,
}

/// Which parts a batch has, and so which statement writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Shape(u32);

const OUTBOX: u32 = 1 << 29;
const IDEMPOTENCY: u32 = 1 << 30;
const INBOX: u32 = 1 << 31;
/// Stands between the routing keys of one row: PostgreSQL has no arrays of arrays of different lengths.
const KEY_END: char = '\n';

impl Shape {
    fn add(&mut self, part: u32) {
        self.0 |= part;
    }

    fn has(self, part: u32) -> bool {
        self.0 & part != 0
    }

    /// What a message writes that opens a card of which services are told: without and with the caller's key.
    #[must_use]
    pub fn of_messages() -> [Self; 2] {
        let tables = [ReadTable::Message, ReadTable::Incident, ReadTable::Obligation, ReadTable::RegionState];
        let opened = tables.into_iter().fold(OUTBOX, |parts, table| parts | bit(table));
        [Self(opened), Self(opened | IDEMPOTENCY)]
    }

    /// Parameters of the statement for a batch of nothing: it writes nothing, but the server has then planned it.
    #[must_use]
    pub fn nothing(self) -> Vec<Param<'static>> {
        fn none<T: ToSql + Sync + Send + 'static>() -> Param<'static> {
            Box::new(Vec::<T>::new())
        }
        let (text, number, bytes, moment) = (none::<String>, none::<i64>, none::<Vec<u8>>, none::<Timestamp>);
        let mut params = vec![text(), number(), bytes(), number(), bytes(), number()];
        params.push(Box::new(0_i16));
        params.extend([number(), text(), number(), text(), moment(), text(), text(), none::<Uuid>(), text()]);
        params.extend([bytes(), bytes()]);
        for table in ReadTable::ALL.into_iter().filter(|table| self.has(bit(*table))) {
            params.extend([text(), text(), none::<bool>(), number(), text(), moment()]);
            if table == ReadTable::Message {
                params.extend([text(), bytes()]);
            }
        }
        if self.has(OUTBOX) {
            params.extend([none::<Uuid>(), text(), text(), text(), text(), none::<i16>(), moment(), bytes()]);
        }
        if self.has(IDEMPOTENCY) {
            params.extend([text(), text(), bytes(), none::<i16>(), bytes()]);
        }
        if self.has(INBOX) {
            params.extend([text(), text(), bytes()]);
        }
        params.push(Box::new(0_i64));
        params
    }

    /// The statement for batches of this shape. Its one row holds the ids of the outbox rows, in order.
    #[must_use]
    pub fn statement(self) -> String {
        let mut parts = vec![HEAD.to_owned(), JOURNAL.to_owned()];
        for table in ReadTable::ALL {
            if self.has(bit(table)) {
                parts.push(read_rows(table));
            }
        }
        for (part, sql) in [(OUTBOX, OUTBOX_ROWS), (IDEMPOTENCY, IDEMPOTENCY_ROWS), (INBOX, INBOX_ROWS)] {
            if self.has(part) {
                parts.push(sql.to_owned());
            }
        }
        let ids = if self.has(OUTBOX) {
            "(SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM sent)"
        } else {
            "'{}'::bigint[]"
        };
        let text = format!(
            "WITH {} SELECT {ids} AS outbox_ids, \
             CASE WHEN (SELECT count(*) FROM head) = $::bigint THEN true \
             ELSE refuse_batch('a stream is not where the writer left it') END",
            parts.join(", ")
        );
        numbered(&text)
    }
}

fn bit(table: ReadTable) -> u32 {
    1 << table as u32
}

/// Gives each bare `$` its number, so that the parts of a statement need not know what stands before them.
fn numbered(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut number = 0_usize;
    for c in text.chars() {
        out.push(c);
        if c == '$' {
            number += 1;
            out.push_str(&number.to_string());
        }
    }
    out
}

const HEAD: &str = "head AS (\
    UPDATE stream_head h SET seq = n.seq, hash = n.hash, epoch = n.epoch \
    FROM unnest($::text[], $::bigint[], $::bytea[], $::bigint[], $::bytea[], $::bigint[]) \
      AS n(stream, expected, prev, seq, hash, epoch) \
    WHERE h.stream = n.stream AND h.seq = n.expected AND h.hash = n.prev AND h.epoch <= n.epoch \
    RETURNING 1)";

const JOURNAL: &str = "entry AS (\
    INSERT INTO journal (lane, position, stream, seq, kind, at, by, trace, about, body, prev_hash, hash) \
    SELECT $::smallint, n.position, n.stream, n.seq, n.kind, n.at, n.by, n.trace, n.about, n.body::json, \
      n.prev, n.hash \
    FROM unnest($::bigint[], $::text[], $::bigint[], $::text[], $::timestamptz[], $::text[], $::text[], \
      $::uuid[], $::text[], $::bytea[], $::bytea[]) \
      AS n(position, stream, seq, kind, at, by, trace, about, body, prev, hash))";

fn read_rows(table: ReadTable) -> String {
    let name = table.name();
    let (columns, arrays, values, kept) = if table == ReadTable::Message {
        (
            ", media_type, raw",
            ", $::text[], $::bytea[]",
            ", n.media_type, n.raw",
            ", media_type = coalesce(t.media_type, EXCLUDED.media_type), raw = coalesce(t.raw, EXCLUDED.raw)",
        )
    } else {
        ("", "", "", "")
    };
    format!(
        "{name}_row AS (\
         INSERT INTO {name} AS t (region, id, open, version, state, updated_at{columns}) \
         SELECT n.region, n.id, n.open, n.version, n.state::jsonb, n.at{values} \
         FROM unnest($::text[], $::text[], $::boolean[], $::bigint[], $::text[], $::timestamptz[]{arrays}) \
           AS n(region, id, open, version, state, at{columns}) \
         ON CONFLICT (id) DO UPDATE SET region = EXCLUDED.region, open = EXCLUDED.open, \
           version = EXCLUDED.version, state = EXCLUDED.state, updated_at = EXCLUDED.updated_at{kept})"
    )
}

// The identity column counts in the order in which unnest yields the rows, which is the order of the appends.
const OUTBOX_ROWS: &str = "sent AS (\
    INSERT INTO outbox (distribution, region, ordering_key, routing_keys, kind, priority, expires_at, body) \
    SELECT n.distribution, n.region, n.ordering_key, string_to_array(n.routing_keys, E'\\n'), n.kind, \
      n.priority, n.expires_at, n.body \
    FROM unnest($::uuid[], $::text[], $::text[], $::text[], $::text[], $::smallint[], $::timestamptz[], \
      $::bytea[]) \
      AS n(distribution, region, ordering_key, routing_keys, kind, priority, expires_at, body) \
    RETURNING id)";

const IDEMPOTENCY_ROWS: &str = "answered AS (\
    INSERT INTO idempotency (account, key, fingerprint, status, body) \
    SELECT * FROM unnest($::text[], $::text[], $::bytea[], $::smallint[], $::bytea[]))";

const INBOX_ROWS: &str = "taken AS (\
    INSERT INTO inbox (sender, message_id, digest) SELECT * FROM unnest($::text[], $::text[], $::bytea[]))";

/// A parameter of a statement.
pub type Param<'a> = Box<dyn ToSql + Sync + Send + 'a>;

/// Entries numbered and chained behind the heads of their streams.
pub struct Plan<'a> {
    lane: i16,
    /// The entries that fit, with their index, in order.
    pub placed: Vec<(usize, &'a Entry, Place)>,
    /// The entries that do not fit, by index.
    pub refused: Vec<(usize, JournalError)>,
    /// The streams moved: their ends before and after.
    pub moved: BTreeMap<&'a str, (Head, Head)>,
    /// The position after the last event.
    pub next_position: i64,
    hashes: Vec<(Hash, Hash)>,
}

impl<'a> Plan<'a> {
    /// Places each entry behind its stream's head or behind the entry before it, or refuses it when it expects
    /// another end or comes from a deposed epoch. A stream without a head is taken to be unknown and its entries
    /// are refused: load the heads first.
    #[must_use]
    pub fn new(
        entries: &[(usize, &'a Entry)],
        heads: &HashMap<String, Head>,
        lane: i16,
        next_position: i64,
    ) -> Self {
        let mut plan = Self {
            lane,
            placed: Vec::with_capacity(entries.len()),
            refused: Vec::new(),
            moved: BTreeMap::new(),
            next_position,
            hashes: Vec::with_capacity(entries.len()),
        };
        for &(index, entry) in entries {
            if let Err(error) = plan.place(index, entry, heads) {
                plan.refused.push((index, error));
            }
        }
        plan
    }

    fn place(
        &mut self,
        index: usize,
        entry: &'a Entry,
        heads: &HashMap<String, Head>,
    ) -> Result<(), JournalError> {
        let append = &entry.append;
        let (before, end) = match self.moved.get(entry.stream.as_str()) {
            Some(&(before, end)) => (before, end),
            None => {
                let head = heads.get(&entry.stream).copied().ok_or_else(|| JournalError::WrongSeq {
                    stream: append.stream.clone(),
                    expected: append.expected_seq,
                    found: 0,
                })?;
                (head, head)
            }
        };
        if append.epoch < end.epoch {
            return Err(JournalError::Deposed {
                stream: append.stream.clone(),
                own: append.epoch.0,
                current: end.epoch.0,
            });
        }
        if append.expected_seq != end.seq {
            return Err(JournalError::WrongSeq {
                stream: append.stream.clone(),
                expected: append.expected_seq,
                found: end.seq,
            });
        }
        let mut hash = end.hash;
        for (event, seq) in append.events.iter().zip(end.seq + 1..) {
            let next = Link::of_new(&entry.stream, seq, event).hash(&hash);
            self.hashes.push((hash, next));
            hash = next;
        }
        self.placed.push((index, entry, Place { first: end.seq + 1, position: self.next_position }));
        self.next_position += i64::try_from(entry.len()).unwrap_or(i64::MAX);
        let after = Head { seq: end.seq + entry.len(), hash, epoch: append.epoch };
        self.moved.insert(&entry.stream, (before, after));
        Ok(())
    }

    /// The digest of the first event, by which the batch is found again after a lost connection: stream, seq,
    /// time, digest.
    #[must_use]
    pub fn fingerprint(&self) -> Option<(&'a str, u64, Timestamp, Hash)> {
        let (_, entry, place) = self.placed.first()?;
        let (_, hash) = self.hashes.first()?;
        Some((&entry.stream, place.first, entry.append.events.first()?.at, *hash))
    }

    /// The shape of the statement and its parameters.
    #[must_use]
    pub fn statement(&self) -> (Shape, Vec<Param<'_>>) {
        let mut shape = Shape::default();
        let mut params: Vec<Param<'_>> = Vec::with_capacity(48);
        self.heads(&mut params);
        self.events(&mut params);
        self.rows(&mut shape, &mut params);
        self.outbox(&mut shape, &mut params);
        self.idempotency(&mut shape, &mut params);
        self.inbox(&mut shape, &mut params);
        params.push(Box::new(signed(self.moved.len() as u64)));
        (shape, params)
    }

    fn heads<'p>(&'p self, params: &mut Vec<Param<'p>>) {
        let column = |f: fn(&(Head, Head)) -> i64| -> Vec<i64> { self.moved.values().map(f).collect() };
        params.push(Box::new(self.moved.keys().copied().collect::<Vec<&str>>()));
        params.push(Box::new(column(|(before, _)| signed(before.seq))));
        params.push(Box::new(self.moved.values().map(|(before, _)| &before.hash[..]).collect::<Vec<_>>()));
        params.push(Box::new(column(|(_, after)| signed(after.seq))));
        params.push(Box::new(self.moved.values().map(|(_, after)| &after.hash[..]).collect::<Vec<_>>()));
        params.push(Box::new(column(|(_, after)| signed(after.epoch.0))));
    }

    fn events<'p>(&'p self, params: &mut Vec<Param<'p>>) {
        let count = self.hashes.len();
        let mut positions: Vec<i64> = Vec::with_capacity(count);
        let mut streams: Vec<&str> = Vec::with_capacity(count);
        let mut seqs: Vec<i64> = Vec::with_capacity(count);
        let mut kinds: Vec<&str> = Vec::with_capacity(count);
        let mut ats: Vec<Timestamp> = Vec::with_capacity(count);
        let mut bys: Vec<&str> = Vec::with_capacity(count);
        let mut traces: Vec<Option<&str>> = Vec::with_capacity(count);
        let mut abouts: Vec<Option<Uuid>> = Vec::with_capacity(count);
        let mut bodies: Vec<&str> = Vec::with_capacity(count);
        for (_, entry, place) in &self.placed {
            for ((event, seq), position) in
                entry.append.events.iter().zip(place.first..).zip(place.position..)
            {
                positions.push(position);
                streams.push(&entry.stream);
                seqs.push(signed(seq));
                kinds.push(&event.kind);
                ats.push(event.at);
                bys.push(&event.by);
                traces.push(event.trace.as_deref());
                abouts.push(event.about);
                bodies.push(&event.body);
            }
        }
        params.push(Box::new(self.lane));
        params.push(Box::new(positions));
        params.push(Box::new(streams));
        params.push(Box::new(seqs));
        params.push(Box::new(kinds));
        params.push(Box::new(ats));
        params.push(Box::new(bys));
        params.push(Box::new(traces));
        params.push(Box::new(abouts));
        params.push(Box::new(bodies));
        params.push(Box::new(self.hashes.iter().map(|(before, _)| &before[..]).collect::<Vec<_>>()));
        params.push(Box::new(self.hashes.iter().map(|(_, hash)| &hash[..]).collect::<Vec<_>>()));
    }

    fn rows<'p>(&'p self, shape: &mut Shape, params: &mut Vec<Param<'p>>) {
        let mut tables: [ReadColumns<'p>; ReadTable::ALL.len()] = Default::default();
        let mut seen: HashSet<(ReadTable, &str)> = HashSet::new();
        let mut raws: HashMap<String, (&str, &[u8])> = HashMap::new();
        // From the last to the first: one statement may touch a row only once, and the last state counts.
        for (_, entry, place) in self.placed.iter().rev() {
            let append = &entry.append;
            if let Some(raw) = &append.raw_message {
                raws.insert(raw.id.to_string(), (&raw.media_type, &raw.raw));
            }
            let at = append.events.last().map_or(Timestamp::UNIX_EPOCH, |event| event.at);
            for row in append.rows.iter().rev() {
                if seen.insert((row.table, &row.id)) {
                    shape.add(bit(row.table));
                    let columns = &mut tables[row.table as usize];
                    columns.region.push(append.stream.region().to_string());
                    columns.id.push(&row.id);
                    columns.open.push(row.open);
                    columns.version.push(signed(place.first + entry.len() - 1));
                    columns.state.push(&row.state);
                    columns.at.push(at);
                }
            }
        }
        for (table, columns) in ReadTable::ALL.iter().zip(tables) {
            if columns.id.is_empty() {
                continue;
            }
            let raw: Vec<_> = match table {
                ReadTable::Message => columns.id.iter().map(|id| raws.get(*id).copied()).collect(),
                _ => Vec::new(),
            };
            params.push(Box::new(columns.region));
            params.push(Box::new(columns.id));
            params.push(Box::new(columns.open));
            params.push(Box::new(columns.version));
            params.push(Box::new(columns.state));
            params.push(Box::new(columns.at));
            if *table == ReadTable::Message {
                params.push(Box::new(raw.iter().map(|r| r.map(|(kind, _)| kind)).collect::<Vec<_>>()));
                params.push(Box::new(raw.iter().map(|r| r.map(|(_, raw)| raw)).collect::<Vec<_>>()));
            }
        }
    }

    fn outbox<'p>(&'p self, shape: &mut Shape, params: &mut Vec<Param<'p>>) {
        let rows: Vec<_> = self.placed.iter().flat_map(|(_, entry, _)| &entry.append.outbox).collect();
        if rows.is_empty() {
            return;
        }
        shape.add(OUTBOX);
        let keys = |row: &super::append::OutboxRow| row.routing_keys.join(&KEY_END.to_string());
        params.push(Box::new(rows.iter().map(|row| row.distribution.0).collect::<Vec<_>>()));
        params.push(Box::new(rows.iter().map(|row| row.region.to_string()).collect::<Vec<_>>()));
        params.push(Box::new(rows.iter().map(|row| row.ordering_key.as_str()).collect::<Vec<_>>()));
        params.push(Box::new(rows.iter().map(|row| keys(row)).collect::<Vec<_>>()));
        params.push(Box::new(rows.iter().map(|row| row.kind.as_ref()).collect::<Vec<_>>()));
        params.push(Box::new(rows.iter().map(|row| i16::from(row.priority)).collect::<Vec<_>>()));
        params.push(Box::new(rows.iter().map(|row| row.expires_at).collect::<Vec<_>>()));
        params.push(Box::new(rows.iter().map(|row| &row.body[..]).collect::<Vec<_>>()));
    }

    fn idempotency<'p>(&'p self, shape: &mut Shape, params: &mut Vec<Param<'p>>) {
        let rows: Vec<_> =
            self.placed.iter().filter_map(|(_, entry, _)| entry.append.idempotency.as_ref()).collect();
        if rows.is_empty() {
            return;
        }
        shape.add(IDEMPOTENCY);
        params.push(Box::new(rows.iter().map(|row| row.account.as_str()).collect::<Vec<_>>()));
        params.push(Box::new(rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>()));
        params.push(Box::new(rows.iter().map(|row| &row.fingerprint[..]).collect::<Vec<_>>()));
        params.push(Box::new(rows.iter().map(|row| status(row.status)).collect::<Vec<_>>()));
        params.push(Box::new(rows.iter().map(|row| &row.body[..]).collect::<Vec<_>>()));
    }

    fn inbox<'p>(&'p self, shape: &mut Shape, params: &mut Vec<Param<'p>>) {
        let rows: Vec<_> =
            self.placed.iter().filter_map(|(_, entry, _)| entry.append.inbox.as_ref()).collect();
        if rows.is_empty() {
            return;
        }
        shape.add(INBOX);
        params.push(Box::new(rows.iter().map(|row| row.sender.as_str()).collect::<Vec<_>>()));
        params.push(Box::new(rows.iter().map(|row| row.message_id.as_str()).collect::<Vec<_>>()));
        params.push(Box::new(rows.iter().map(|row| &row.digest[..]).collect::<Vec<_>>()));
    }
}

#[derive(Default)]
struct ReadColumns<'p> {
    region: Vec<String>,
    id: Vec<&'p str>,
    open: Vec<bool>,
    version: Vec<i64>,
    state: Vec<&'p str>,
    at: Vec<Timestamp>,
}

/// PostgreSQL has no unsigned numbers; none of ours comes near the limit.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn status(status: u16) -> i16 {
    i16::try_from(status).unwrap_or(i16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::append::{NewEvent, OutboxRow, ReadRow};
    use crate::store::chain::GENESIS;
    use crate::store::stream::Stream;

    fn entry(stream: &str, expected: u64, events: usize, epoch: u64) -> Entry {
        let stream: Stream = stream.parse().expect("stream");
        let event = NewEvent {
            kind: "noted".into(),
            at: Timestamp::UNIX_EPOCH,
            by: "hub".into(),
            trace: None,
            about: None,
            body: "{}".into(),
        };
        Entry::new(Append::new(stream, expected, Epoch(epoch), vec![event; events])).expect("entry")
    }

    fn heads(names: &[&str]) -> HashMap<String, Head> {
        let head = Head { seq: 0, hash: GENESIS, epoch: Epoch(1) };
        names.iter().map(|name| ((*name).to_owned(), head)).collect()
    }

    #[test]
    fn appends_of_one_stream_follow_one_another_and_a_refused_one_takes_those_behind_it_along() {
        let entries = [
            entry("region/75", 0, 2, 1),
            entry("service/75/police", 0, 1, 1),
            entry("region/75", 2, 1, 1),
            entry("region/75", 9, 1, 1),
            entry("region/75", 10, 1, 1),
            entry("region/75", 3, 1, 0),
        ];
        let indexed: Vec<_> = entries.iter().enumerate().collect();
        let plan = Plan::new(&indexed, &heads(&["region/75", "service/75/police"]), 3, 100);
        let placed: Vec<_> = plan.placed.iter().map(|(i, _, p)| (*i, p.first, p.position)).collect();
        assert_eq!(placed, [(0, 1, 100), (1, 1, 102), (2, 3, 103)]);
        assert_eq!(plan.next_position, 104);
        let found: Vec<_> = plan
            .refused
            .iter()
            .map(|(i, error)| match error {
                JournalError::WrongSeq { found, .. } => (*i, *found),
                JournalError::Deposed { current, .. } => (*i, 1000 + current),
                other => panic!("{other}"),
            })
            .collect();
        assert_eq!(found, [(3, 3), (4, 3), (5, 1001)]);
    }

    #[test]
    fn a_statement_has_as_many_parameters_as_are_given_to_it() {
        let mut whole = entry("region/75", 0, 1, 1);
        for table in ReadTable::ALL {
            let row = ReadRow { table, id: "a".into(), open: true, state: "{}".into() };
            whole.append.rows.extend([row.clone(), row]);
        }
        whole.append.inbox = Some(crate::store::append::InboxMark {
            sender: "a".into(),
            message_id: "1".into(),
            digest: vec![1],
        });
        whole.append.outbox.push(OutboxRow {
            distribution: crate::domain::ids::DistributionId(uuid::Uuid::nil()),
            region: "75".parse().expect("region"),
            ordering_key: "k".into(),
            routing_keys: vec!["75.police.notice".into()],
            kind: "notice".into(),
            priority: 0,
            expires_at: None,
            body: bytes::Bytes::new(),
        });
        for entry in [entry("region/75", 0, 1, 1), whole] {
            let plan = Plan::new(&[(0, &entry)], &heads(&["region/75"]), 0, 1);
            let (shape, params) = plan.statement();
            let text = shape.statement();
            assert!(text.contains(&format!("${}", params.len())), "{text}");
            assert!(!text.contains(&format!("${}", params.len() + 1)), "{text}");
            assert_eq!(shape.nothing().len(), params.len());
        }
    }

    #[test]
    fn what_cannot_be_written_is_refused_before_it_is_queued() {
        let bare = entry("region/75", 0, 1, 1).append;
        let no_events = Append { events: vec![], ..bare.clone() };
        let raw = crate::store::append::RawMessage {
            id: crate::domain::ids::MessageId(uuid::Uuid::nil()),
            media_type: "application/json".into(),
            raw: bytes::Bytes::new(),
        };
        let rowless = Append { raw_message: Some(raw), ..bare };
        for append in [no_events, rowless] {
            assert!(matches!(Entry::new(append), Err(JournalError::Rejected(_))));
        }
    }
}
