//! The rows of many messages as arrays of columns, and the statements that insert them.

use jiff::Timestamp;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::written::{Row, Written};

/// Inserts of one message's or of many messages' rows, as arrays; each may stand alone or in one statement.
pub(super) const JOURNAL: &str = "INSERT INTO journal \
    (lane, position, stream, seq, kind, at, by, trace, about, body, prev_hash, hash) \
    SELECT 0, n.seq, n.stream, n.seq, n.kind, n.at, n.by, n.trace, n.about, n.body::json, n.hash, n.hash \
    FROM unnest($::text[], $::bigint[], $::text[], $::timestamptz[], $::text[], $::text[], $::uuid[], $::text[], \
      $::bytea[]) \
      AS n(stream, seq, kind, at, by, trace, about, body, hash)";
pub(super) const MESSAGE: &str = "INSERT INTO message (region, id, open, version, state, updated_at, media_type, raw) \
    SELECT n.region, n.id, n.open, n.version, n.state::jsonb, n.at, n.media_type, n.raw \
    FROM unnest($::text[], $::text[], $::boolean[], $::bigint[], $::text[], $::timestamptz[], $::text[], $::bytea[]) \
      AS n(region, id, open, version, state, at, media_type, raw)";
pub(super) const OUTBOX: &str = "INSERT INTO outbox (distribution, region, ordering_key, routing_keys, kind, priority, body) \
    SELECT n.distribution, n.region, n.ordering_key, string_to_array(n.routing_keys, E'\\n'), n.kind, n.priority, n.body \
    FROM unnest($::uuid[], $::text[], $::text[], $::text[], $::text[], $::smallint[], $::bytea[]) \
      AS n(distribution, region, ordering_key, routing_keys, kind, priority, body)";

/// The insert into a read table that has no columns of its own.
pub(super) fn read_table(name: &str) -> String {
    format!(
        "INSERT INTO {name} (region, id, open, version, state, updated_at) \
         SELECT n.region, n.id, n.open, n.version, n.state::jsonb, n.at \
         FROM unnest($::text[], $::text[], $::boolean[], $::bigint[], $::text[], $::timestamptz[]) \
           AS n(region, id, open, version, state, at)"
    )
}

/// Gives each bare `$` its number.
pub(super) fn numbered(text: &str) -> String {
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

/// Everything in one statement.
pub(super) fn whole() -> String {
    numbered(&format!(
        "WITH e AS ({JOURNAL}), m AS ({MESSAGE}), i AS ({}), o AS ({}) {OUTBOX}",
        read_table("incident"),
        read_table("obligation")
    ))
}

/// One message's rows with the numbers of its events.
pub(super) type Numbered<'a> = (&'a Written, i64);

/// Columns in the order of [`whole`].
#[derive(Default)]
pub(super) struct Columns<'a> {
    journal: Journal<'a>,
    message: Table<'a>,
    media_types: Vec<&'a str>,
    raws: Vec<&'a [u8]>,
    incident: Table<'a>,
    obligation: Table<'a>,
    outbox: Outbox<'a>,
}

#[derive(Default)]
struct Journal<'a> {
    streams: Vec<&'a str>,
    seqs: Vec<i64>,
    kinds: Vec<&'a str>,
    ats: Vec<Timestamp>,
    bys: Vec<&'a str>,
    traces: Vec<Option<&'a str>>,
    abouts: Vec<Uuid>,
    bodies: Vec<&'a str>,
    hashes: Vec<&'a [u8]>,
}

#[derive(Default)]
struct Table<'a> {
    regions: Vec<&'a str>,
    ids: Vec<String>,
    open: Vec<bool>,
    versions: Vec<i64>,
    states: Vec<&'a str>,
    ats: Vec<Timestamp>,
}

#[derive(Default)]
struct Outbox<'a> {
    distributions: Vec<Uuid>,
    regions: Vec<&'a str>,
    ordering_keys: Vec<String>,
    routing_keys: Vec<&'a str>,
    kinds: Vec<&'a str>,
    priorities: Vec<i16>,
    bodies: Vec<&'a [u8]>,
}

/// Parameters of a statement.
pub(super) type Params<'p> = Vec<&'p (dyn ToSql + Sync)>;

impl<'a> Columns<'a> {
    /// Of these messages; each gets new identities.
    pub fn of(all: impl IntoIterator<Item = Numbered<'a>>) -> Self {
        let mut columns = Self::default();
        for (written, first) in all {
            columns.add(written, first);
        }
        columns
    }

    fn add(&mut self, written: &'a Written, first: i64) {
        let incident = Uuid::now_v7();
        for (event, seq) in written.events.iter().zip(first..) {
            let journal = &mut self.journal;
            journal.streams.push(&written.stream);
            journal.seqs.push(seq);
            journal.kinds.push(&event.kind);
            journal.ats.push(event.at);
            journal.bys.push(&event.by);
            journal.traces.push(event.trace.as_deref());
            journal.abouts.push(incident);
            journal.bodies.push(&event.body);
            journal.hashes.push(&event.hash);
        }
        let last = first + written.events.len().cast_signed() as i64 - 1;
        self.message.add(&written.region, Uuid::now_v7(), last, &written.message);
        self.media_types.push(&written.media_type);
        self.raws.push(&written.raw);
        self.incident.add(&written.region, incident, last, &written.incident);
        for obligation in &written.obligations {
            self.obligation.add(&written.region, Uuid::now_v7(), last, obligation);
        }
        for sent in &written.outbox {
            let outbox = &mut self.outbox;
            outbox.distributions.push(Uuid::now_v7());
            outbox.regions.push(&written.region);
            outbox.ordering_keys.push(incident.to_string());
            outbox.routing_keys.push(&sent.routing_keys);
            outbox.kinds.push(&sent.kind);
            outbox.priorities.push(sent.priority);
            outbox.bodies.push(&sent.body);
        }
    }

    pub fn journal(&self) -> Params<'_> {
        let j = &self.journal;
        vec![&j.streams, &j.seqs, &j.kinds, &j.ats, &j.bys, &j.traces, &j.abouts, &j.bodies, &j.hashes]
    }

    pub fn message(&self) -> Params<'_> {
        let mut params = self.message.params();
        params.extend([&self.media_types as &(dyn ToSql + Sync), &self.raws]);
        params
    }

    pub fn incident(&self) -> Params<'_> {
        self.incident.params()
    }

    pub fn obligation(&self) -> Params<'_> {
        self.obligation.params()
    }

    pub fn outbox(&self) -> Params<'_> {
        let o = &self.outbox;
        vec![
            &o.distributions,
            &o.regions,
            &o.ordering_keys,
            &o.routing_keys,
            &o.kinds,
            &o.priorities,
            &o.bodies,
        ]
    }

    /// In the order of [`whole`].
    pub fn all(&self) -> Params<'_> {
        [self.journal(), self.message(), self.incident(), self.obligation(), self.outbox()].concat()
    }
}

impl<'a> Table<'a> {
    fn add(&mut self, region: &'a str, id: Uuid, version: i64, row: &'a Row) {
        self.regions.push(region);
        self.ids.push(id.to_string());
        self.open.push(row.open);
        self.versions.push(version);
        self.states.push(&row.state);
        self.ats.push(row.at);
    }

    fn params(&self) -> Params<'_> {
        vec![&self.regions, &self.ids, &self.open, &self.versions, &self.states, &self.ats]
    }
}
