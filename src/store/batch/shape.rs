//! The statement that writes a batch: its parts, by what the batch has.

use jiff::Timestamp;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::store::append::ReadTable;

/// A parameter of a statement.
pub type Param<'a> = Box<dyn ToSql + Sync + Send + 'a>;

/// Which parts a batch has, and so which statement writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Shape {
    parts: u32,
    /// Parts that are given as one row of plain values: for a batch of one append the server then neither takes arrays
    /// apart nor joins, which is a good part of what a lone caller waits for.
    ones: u32,
}

pub(super) const HEAD: u32 = 1 << 27;
pub(super) const JOURNAL: u32 = 1 << 28;
pub(super) const OUTBOX: u32 = 1 << 29;
pub(super) const IDEMPOTENCY: u32 = 1 << 30;
pub(super) const INBOX: u32 = 1 << 31;
/// Stands between the routing keys of one row: PostgreSQL has no arrays of arrays of different lengths.
pub(super) const KEY_END: char = '\n';

impl Shape {
    /// Adds a part; whether it is one row of values.
    pub(super) fn add(&mut self, part: u32, one: bool) -> bool {
        self.parts |= part;
        if one {
            self.ones |= part;
        }
        one
    }

    fn has(self, part: u32) -> bool {
        self.parts & part != 0
    }

    fn is_one(self, part: u32) -> bool {
        self.ones & part != 0
    }

    /// Whether every part is given as arrays, so that the statement can be run with nothing.
    #[must_use]
    pub fn takes_nothing(self) -> bool {
        self.ones == 0
    }

    /// What messages write that open cards of which services are told: many, and one alone; without and with the caller's
    /// key.
    #[must_use]
    pub fn of_messages() -> [Self; 4] {
        let tables = [ReadTable::Message, ReadTable::Incident, ReadTable::Obligation, ReadTable::RegionState];
        let opened = tables.into_iter().fold(HEAD | JOURNAL | OUTBOX, |parts, table| parts | bit(table));
        let keyed = opened | IDEMPOTENCY;
        // One message says several things of one card.
        let alone = |parts| Self { parts, ones: parts & !JOURNAL };
        [Self { parts: opened, ones: 0 }, Self { parts: keyed, ones: 0 }, alone(opened), alone(keyed)]
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
        let mut parts = vec![head(self.is_one(HEAD)), journal(self.is_one(JOURNAL))];
        for table in ReadTable::ALL {
            if self.has(bit(table)) {
                parts.push(read_rows(table, self.is_one(bit(table))));
            }
        }
        if self.has(OUTBOX) {
            parts.push(outbox_rows(self.is_one(OUTBOX)));
        }
        if self.has(IDEMPOTENCY) {
            parts.push(idempotency_rows(self.is_one(IDEMPOTENCY)));
        }
        if self.has(INBOX) {
            parts.push(inbox_rows(self.is_one(INBOX)));
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

pub(super) fn bit(table: ReadTable) -> u32 {
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

/// Where the rows of a part come from: the columns' names with their types.
fn rows(columns: &[(&str, &str)], one: bool) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let array = if one { "" } else { "[]" };
    let values: Vec<String> = columns.iter().map(|(_, kind)| format!("$::{kind}{array}")).collect();
    let (names, values) = (names.join(", "), values.join(", "));
    if one { format!("(VALUES ({values})) AS n({names})") } else { format!("unnest({values}) AS n({names})") }
}

fn head(one: bool) -> String {
    let columns = [
        ("stream", "text"),
        ("expected", "bigint"),
        ("prev", "bytea"),
        ("seq", "bigint"),
        ("hash", "bytea"),
        ("epoch", "bigint"),
    ];
    format!(
        "head AS (\
         UPDATE stream_head h SET seq = n.seq, hash = n.hash, epoch = n.epoch FROM {} \
         WHERE h.stream = n.stream AND h.seq = n.expected AND h.hash = n.prev AND h.epoch <= n.epoch \
         RETURNING 1)",
        rows(&columns, one)
    )
}

fn journal(one: bool) -> String {
    let columns = [
        ("position", "bigint"),
        ("stream", "text"),
        ("seq", "bigint"),
        ("kind", "text"),
        ("at", "timestamptz"),
        ("by", "text"),
        ("trace", "text"),
        ("about", "uuid"),
        ("body", "text"),
        ("prev", "bytea"),
        ("hash", "bytea"),
    ];
    format!(
        "entry AS (\
         INSERT INTO journal (lane, position, stream, seq, kind, at, by, trace, about, body, prev_hash, hash) \
         SELECT $::smallint, n.position, n.stream, n.seq, n.kind, n.at, n.by, n.trace, n.about, n.body::json, \
           n.prev, n.hash \
         FROM {})",
        rows(&columns, one)
    )
}

fn read_rows(table: ReadTable, one: bool) -> String {
    let name = table.name();
    let mut columns = vec![
        ("region", "text"),
        ("id", "text"),
        ("open", "boolean"),
        ("version", "bigint"),
        ("state", "text"),
        ("at", "timestamptz"),
    ];
    let (region, more, values, kept) = if table == ReadTable::Message {
        columns.extend([("media_type", "text"), ("raw", "bytea")]);
        (
            "CASE WHEN t.region = EXCLUDED.region THEN t.region ELSE \
             refuse_message('a message with this id came to another region before') END",
            ", media_type, raw",
            ", n.media_type, n.raw",
            ", media_type = coalesce(t.media_type, EXCLUDED.media_type), raw = coalesce(t.raw, EXCLUDED.raw)",
        )
    } else {
        ("EXCLUDED.region", "", "", "")
    };
    format!(
        "{name}_row AS (\
         INSERT INTO {name} AS t (region, id, open, version, state, updated_at{more}) \
         SELECT n.region, n.id, n.open, n.version, n.state::jsonb, n.at{values} \
         FROM {} \
         ON CONFLICT (id) DO UPDATE SET region = {region}, open = EXCLUDED.open, \
           version = EXCLUDED.version, state = EXCLUDED.state, updated_at = EXCLUDED.updated_at{kept})",
        rows(&columns, one)
    )
}

// The identity column counts in the order in which unnest yields the rows, which is the order of the appends.
fn outbox_rows(one: bool) -> String {
    let columns = [
        ("distribution", "uuid"),
        ("region", "text"),
        ("ordering_key", "text"),
        ("routing_keys", "text"),
        ("kind", "text"),
        ("priority", "smallint"),
        ("expires_at", "timestamptz"),
        ("body", "bytea"),
    ];
    format!(
        "sent AS (\
         INSERT INTO outbox (distribution, region, ordering_key, routing_keys, kind, priority, expires_at, body) \
         SELECT n.distribution, n.region, n.ordering_key, string_to_array(n.routing_keys, E'\\n'), n.kind, \
           n.priority, n.expires_at, n.body \
         FROM {} RETURNING id)",
        rows(&columns, one)
    )
}

fn idempotency_rows(one: bool) -> String {
    let columns = [
        ("account", "text"),
        ("key", "text"),
        ("fingerprint", "bytea"),
        ("status", "smallint"),
        ("body", "bytea"),
    ];
    format!(
        "answered AS (INSERT INTO idempotency (account, key, fingerprint, status, body) SELECT * FROM {})",
        rows(&columns, one)
    )
}

fn inbox_rows(one: bool) -> String {
    let columns = [("sender", "text"), ("message_id", "text"), ("digest", "bytea")];
    format!("taken AS (INSERT INTO inbox (sender, message_id, digest) SELECT * FROM {})", rows(&columns, one))
}
