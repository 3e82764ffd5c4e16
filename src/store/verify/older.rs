//! Rows of an older form: all that they hold is what the journal says, but they lack fields that this program writes.
//!
//! Whether a row is one can only be told by the whole state, which memory does not hold for every row. So the streams
//! of the rows in question are replayed once more: the event after which a row last changed is known by then, and
//! there its state is compared and let go.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use tokio_postgres::Transaction;

use super::digest::same_number;
use super::rows::Suspects;
use super::{Progress, Projector, Replayer};
use crate::store::append::{ReadRow, ReadTable};
use crate::store::database::StoreError;
use crate::store::journal;
use crate::store::stream::Stream;

/// Events read at once.
const PAGE: i64 = 1_000;
/// Rows that are listed by their id; the others are counted.
const LISTED: usize = 20;

/// A row of an older form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OlderRow {
    /// The table.
    pub table: ReadTable,
    /// The row.
    pub id: String,
    /// The fields that it lacks: `state.pieces`, `state.items[].source`.
    pub lacks: Vec<String>,
}

/// What was found of rows of an older form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Older {
    /// How many there are.
    pub rows: u64,
    /// How many rows lack a field, by table and field.
    pub fields: BTreeMap<(ReadTable, String), u64>,
    /// The first of them.
    pub listed: Vec<OlderRow>,
    /// How many were written anew.
    pub renewed: u64,
}

impl Older {
    fn add(&mut self, table: ReadTable, id: &str, lacks: Vec<String>) {
        self.rows += 1;
        for field in &lacks {
            *self.fields.entry((table, field.clone())).or_default() += 1;
        }
        if self.listed.len() < LISTED {
            self.listed.push(OlderRow { table, id: id.to_owned(), lacks });
        }
    }
}

/// Tells the rows of an older form from the others, takes them out of `suspects` (what is left there is a fault), and
/// with `write` writes them anew.
pub(super) async fn sift(
    snapshot: &Transaction<'_>,
    streams: &[String],
    replay: Replayer<'_>,
    suspects: &mut Suspects,
    write: bool,
    progress: &mut impl FnMut(&Progress),
) -> Result<Older, StoreError> {
    let mut wanted: BTreeMap<usize, HashMap<(ReadTable, String), u64>> = BTreeMap::new();
    for (row, place) in suspects.iter() {
        wanted.entry(place.stream).or_default().insert(row.clone(), place.seq);
    }
    let mut older = Older::default();
    let mut at = Progress {
        at: String::new(),
        events: 0,
        of: wanted.values().filter_map(|rows| rows.values().max()).sum(),
        findings: suspects.len(),
    };
    for (index, rows) in wanted {
        let Some(stream) = streams.get(index).and_then(|name| name.parse::<Stream>().ok()) else { continue };
        at.at = format!("{stream}, once more");
        let end = rows.values().copied().max().unwrap_or(0);
        let mut fold = replay(&stream);
        let mut last = LastStates { wanted: &rows, seq: 0, states: BTreeMap::new() };
        while last.seq < end {
            let page = journal::read_stream_in(snapshot, &stream, last.seq, PAGE).await?;
            if page.is_empty() {
                break;
            }
            let mut broken = false;
            for event in page.iter().filter(|event| event.seq <= end) {
                if event.seq <= last.seq {
                    continue;
                }
                last.seq = event.seq;
                at.events += 1;
                if fold.take(event, &mut last).is_err() {
                    broken = true;
                    break;
                }
            }
            for (table, states) in std::mem::take(&mut last.states) {
                let found = of_table(snapshot, table, &states).await?;
                if write {
                    older.renewed += write_anew(snapshot, table, &states, &found).await?;
                }
                for (id, lacks) in found {
                    older.add(table, &id, lacks);
                    suspects.remove(&(table, id));
                }
            }
            progress(&at);
            if broken {
                break;
            }
        }
    }
    Ok(older)
}

/// Keeps of what a replay gives the rows that are looked for, each at the event after which it changes no more.
struct LastStates<'a> {
    wanted: &'a HashMap<(ReadTable, String), u64>,
    seq: u64,
    states: BTreeMap<ReadTable, BTreeMap<String, String>>,
}

impl Projector for LastStates<'_> {
    fn put(&mut self, row: ReadRow) {
        let key = (row.table, row.id);
        if self.wanted.get(&key) == Some(&self.seq) {
            self.states.entry(key.0).or_default().insert(key.1, row.state);
        }
    }
}

/// Which of these rows are of an older form, and what they lack.
async fn of_table(
    snapshot: &Transaction<'_>,
    table: ReadTable,
    states: &BTreeMap<String, String>,
) -> Result<Vec<(String, Vec<String>)>, StoreError> {
    let ids: Vec<&str> = states.keys().map(String::as_str).collect();
    let text = format!("SELECT id, state::text FROM {} WHERE id = ANY($1) ORDER BY id", table.name());
    let mut found = Vec::new();
    for row in snapshot.query(&text, &[&ids]).await? {
        let id: String = row.try_get(0)?;
        let Some(expected) = states.get(&id).and_then(|state| serde_json::from_str::<Value>(state).ok())
        else {
            continue;
        };
        let is: Value = serde_json::from_str(row.try_get(1)?)
            .map_err(|e| StoreError::Row { table: table.name(), reason: e.to_string() })?;
        if let Some(lacks) = lacking(&is, &expected) {
            found.push((id, lacks));
        }
    }
    Ok(found)
}

/// Writes these rows as the journal gives them. Whether they are open, their version and when they changed stay: they
/// say nothing new.
async fn write_anew(
    transaction: &Transaction<'_>,
    table: ReadTable,
    states: &BTreeMap<String, String>,
    found: &[(String, Vec<String>)],
) -> Result<u64, StoreError> {
    let (ids, states): (Vec<&str>, Vec<&str>) =
        found.iter().filter_map(|(id, _)| states.get(id).map(|state| (id.as_str(), state.as_str()))).unzip();
    let text = format!(
        "UPDATE {} t SET state = n.state::jsonb FROM unnest($1::text[], $2::text[]) AS n(id, state) \
         WHERE t.id = n.id",
        table.name()
    );
    Ok(transaction.execute(&text, &[&ids, &states]).await?)
}

/// What a state lacks of the one that is expected; `None` when it says anything else, or lacks nothing.
fn lacking(is: &Value, expected: &Value) -> Option<Vec<String>> {
    let mut lacks = Vec::new();
    if !says_the_same(is, expected, "state", &mut lacks) || lacks.is_empty() {
        return None;
    }
    lacks.sort();
    lacks.dedup();
    Some(lacks)
}

fn says_the_same(is: &Value, expected: &Value, path: &str, lacks: &mut Vec<String>) -> bool {
    match (is, expected) {
        (Value::Object(is), Value::Object(expected)) => {
            for name in expected.keys().filter(|name| !is.contains_key(*name)) {
                lacks.push(format!("{path}.{name}"));
            }
            is.iter().all(|(name, value)| {
                expected
                    .get(name)
                    .is_some_and(|other| says_the_same(value, other, &format!("{path}.{name}"), lacks))
            })
        }
        (Value::Array(is), Value::Array(expected)) => {
            let path = format!("{path}[]");
            is.len() == expected.len()
                && is.iter().zip(expected).all(|(one, other)| says_the_same(one, other, &path, lacks))
        }
        (Value::Number(one), Value::Number(other)) => same_number(one, other),
        _ => is == expected,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_that_are_missing_are_named_wherever_they_are() {
        let expected =
            json!({"a": 1.0, "b": {"x": [{"u": 1, "v": null}, {"u": 2, "v": 3}], "y": {}}, "c": []});
        let is = json!({"a": 1, "b": {"x": [{"u": 1}, {"u": 2}]}});
        let lacks = lacking(&is, &expected).expect("an older form");
        assert_eq!(lacks, ["state.b.x[].v", "state.b.y", "state.c"]);
    }

    #[test]
    fn whatever_says_something_else_is_of_no_older_form() {
        let expected = json!({"a": 1, "b": [1, 2], "c": {"d": null}, "e": 0});
        for other in [
            json!({"a": 2}),
            json!({"a": "1"}),
            json!({"b": [1]}),
            json!({"b": [2, 1]}),
            json!({"b": {}}),
            json!({"c": null}),
            json!({"c": {"d": 0}}),
            json!({"c": {"x": null}}),
            json!({"x": null}),
            json!([]),
            json!(null),
            expected.clone(),
        ] {
            assert_eq!(lacking(&other, &expected), None, "{other}");
        }
    }
}
