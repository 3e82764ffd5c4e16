//! The statement that writes a batch: its parts, by what the batch has.

use jiff::Timestamp;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::store::append::ReadTable;

/// A parameter of a statement.
pub type Param<'a> = Box<dyn ToSql + Sync + Send + 'a>;

/// Which parts a batch has, and so which statement writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Shape(u32);

pub(super) const OUTBOX: u32 = 1 << 29;
pub(super) const IDEMPOTENCY: u32 = 1 << 30;
pub(super) const INBOX: u32 = 1 << 31;
/// Stands between the routing keys of one row: PostgreSQL has no arrays of arrays of different lengths.
pub(super) const KEY_END: char = '\n';

impl Shape {
    pub(super) fn add(&mut self, part: u32) {
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
    let (region, columns, arrays, values, kept) = if table == ReadTable::Message {
        (
            "CASE WHEN t.region = EXCLUDED.region THEN t.region ELSE \
             refuse_message('a message with this id came to another region before') END",
            ", media_type, raw",
            ", $::text[], $::bytea[]",
            ", n.media_type, n.raw",
            ", media_type = coalesce(t.media_type, EXCLUDED.media_type), raw = coalesce(t.raw, EXCLUDED.raw)",
        )
    } else {
        ("EXCLUDED.region", "", "", "", "")
    };
    format!(
        "{name}_row AS (\
         INSERT INTO {name} AS t (region, id, open, version, state, updated_at{columns}) \
         SELECT n.region, n.id, n.open, n.version, n.state::jsonb, n.at{values} \
         FROM unnest($::text[], $::text[], $::boolean[], $::bigint[], $::text[], $::timestamptz[]{arrays}) \
           AS n(region, id, open, version, state, at{columns}) \
         ON CONFLICT (id) DO UPDATE SET region = {region}, open = EXCLUDED.open, \
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
