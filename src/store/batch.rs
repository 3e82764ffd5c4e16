//! Many appends as one statement: heads, events, read rows, outbox and marks, all or nothing in one round trip.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::append::{Append, Epoch, JournalError, ReadTable};
use super::chain::{Hash, Link, microseconds};
use shape::{HEAD, IDEMPOTENCY, INBOX, JOURNAL, KEY_END, OUTBOX, bit};
pub use shape::{Param, Shape};

mod shape;

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
        self.heads(&mut shape, &mut params);
        self.events(&mut shape, &mut params);
        self.rows(&mut shape, &mut params);
        self.outbox(&mut shape, &mut params);
        self.idempotency(&mut shape, &mut params);
        self.inbox(&mut shape, &mut params);
        params.push(Box::new(signed(self.moved.len() as u64)));
        (shape, params)
    }

    /// Whether a part of so many rows is given as plain values: batches of many appends stay with one statement for all.
    fn is_alone(&self, rows: usize) -> bool {
        self.placed.len() == 1 && rows == 1
    }

    fn heads<'p>(&'p self, shape: &mut Shape, params: &mut Vec<Param<'p>>) {
        let one = shape.add(HEAD, self.is_alone(self.moved.len()));
        column(params, one, self.moved.keys().copied());
        column(params, one, self.moved.values().map(|(before, _)| signed(before.seq)));
        column(params, one, self.moved.values().map(|(before, _)| &before.hash[..]));
        column(params, one, self.moved.values().map(|(_, after)| signed(after.seq)));
        column(params, one, self.moved.values().map(|(_, after)| &after.hash[..]));
        column(params, one, self.moved.values().map(|(_, after)| signed(after.epoch.0)));
    }

    fn events<'p>(&'p self, shape: &mut Shape, params: &mut Vec<Param<'p>>) {
        let one = shape.add(JOURNAL, self.is_alone(self.hashes.len()));
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
        column(params, one, positions);
        column(params, one, streams);
        column(params, one, seqs);
        column(params, one, kinds);
        column(params, one, ats);
        column(params, one, bys);
        column(params, one, traces);
        column(params, one, abouts);
        column(params, one, bodies);
        column(params, one, self.hashes.iter().map(|(before, _)| &before[..]));
        column(params, one, self.hashes.iter().map(|(_, hash)| &hash[..]));
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
            let one = shape.add(bit(*table), self.is_alone(columns.id.len()));
            let raw: Vec<_> = match table {
                ReadTable::Message => columns.id.iter().map(|id| raws.get(*id).copied()).collect(),
                _ => Vec::new(),
            };
            column(params, one, columns.region);
            column(params, one, columns.id);
            column(params, one, columns.open);
            column(params, one, columns.version);
            column(params, one, columns.state);
            column(params, one, columns.at);
            if *table == ReadTable::Message {
                column(params, one, raw.iter().map(|r| r.map(|(kind, _)| kind)));
                column(params, one, raw.iter().map(|r| r.map(|(_, raw)| raw)));
            }
        }
    }

    fn outbox<'p>(&'p self, shape: &mut Shape, params: &mut Vec<Param<'p>>) {
        let rows: Vec<_> = self.placed.iter().flat_map(|(_, entry, _)| &entry.append.outbox).collect();
        if rows.is_empty() {
            return;
        }
        let one = shape.add(OUTBOX, self.is_alone(rows.len()));
        let keys = |row: &super::append::OutboxRow| row.routing_keys.join(&KEY_END.to_string());
        column(params, one, rows.iter().map(|row| row.distribution.0));
        column(params, one, rows.iter().map(|row| row.region.to_string()));
        column(params, one, rows.iter().map(|row| row.ordering_key.as_str()));
        column(params, one, rows.iter().map(|row| keys(row)));
        column(params, one, rows.iter().map(|row| row.kind.as_ref()));
        column(params, one, rows.iter().map(|row| i16::from(row.priority)));
        column(params, one, rows.iter().map(|row| row.expires_at));
        column(params, one, rows.iter().map(|row| &row.body[..]));
    }

    fn idempotency<'p>(&'p self, shape: &mut Shape, params: &mut Vec<Param<'p>>) {
        let rows: Vec<_> =
            self.placed.iter().filter_map(|(_, entry, _)| entry.append.idempotency.as_ref()).collect();
        if rows.is_empty() {
            return;
        }
        let one = shape.add(IDEMPOTENCY, self.is_alone(rows.len()));
        column(params, one, rows.iter().map(|row| row.account.as_str()));
        column(params, one, rows.iter().map(|row| row.key.as_str()));
        column(params, one, rows.iter().map(|row| &row.fingerprint[..]));
        column(params, one, rows.iter().map(|row| status(row.status)));
        column(params, one, rows.iter().map(|row| &row.body[..]));
    }

    fn inbox<'p>(&'p self, shape: &mut Shape, params: &mut Vec<Param<'p>>) {
        let rows: Vec<_> =
            self.placed.iter().filter_map(|(_, entry, _)| entry.append.inbox.as_ref()).collect();
        if rows.is_empty() {
            return;
        }
        let one = shape.add(INBOX, self.is_alone(rows.len()));
        column(params, one, rows.iter().map(|row| row.sender.as_str()));
        column(params, one, rows.iter().map(|row| row.message_id.as_str()));
        column(params, one, rows.iter().map(|row| &row.digest[..]));
    }
}

/// One parameter for a column: its values as an array, or the only one of them.
fn column<'p, T>(params: &mut Vec<Param<'p>>, one: bool, values: impl IntoIterator<Item = T>)
where
    T: ToSql + Sync + Send + 'p,
{
    if one {
        params.extend(values.into_iter().map(|value| Box::new(value) as Param<'p>));
    } else {
        params.push(Box::new(values.into_iter().collect::<Vec<_>>()));
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
mod tests;
