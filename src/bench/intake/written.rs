//! What the hub wrote for each message: read back from its own tables, so that the peers write the same rows.

use std::collections::HashMap;

use jiff::Timestamp;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::bench::BenchError;
use crate::store::database::connect;

/// The rows of one message. Identities are the peers' own; all else is as the hub wrote it.
pub(super) struct Written {
    pub region: String,
    pub stream: String,
    pub events: Vec<Event>,
    pub message: Row,
    pub media_type: String,
    pub raw: Vec<u8>,
    pub incident: Row,
    pub obligations: Vec<Row>,
    pub outbox: Vec<Sent>,
}

/// A row of the journal.
pub(super) struct Event {
    pub kind: String,
    pub at: Timestamp,
    pub by: String,
    pub trace: Option<String>,
    pub body: String,
    pub hash: Vec<u8>,
}

/// A row of a read table.
pub(super) struct Row {
    pub open: bool,
    pub state: String,
    pub at: Timestamp,
}

/// A row of the outbox.
pub(super) struct Sent {
    pub routing_keys: String,
    pub kind: String,
    pub priority: i16,
    pub body: Vec<u8>,
}

/// At most this many of them.
const SAMPLE: i64 = 2_000;

impl Written {
    /// What a hub wrote for messages that opened a card, the latest of them.
    pub async fn read(database: &str) -> Result<Vec<Self>, BenchError> {
        let client = connect(database, "hub112 bench").await?;
        let messages = client
            .query(
                "SELECT m.region, m.media_type, m.raw, m.open, m.state::text, m.updated_at, i.id, i.open, i.state::text, \
                 i.updated_at FROM message m JOIN incident i ON i.id = m.incident ORDER BY m.id DESC LIMIT $1",
                &[&SAMPLE],
            )
            .await?;
        let ids: Vec<String> = messages.iter().map(|row| row.get(6)).collect();
        let mut events = events(&client, &ids).await?;
        let mut obligations = obligations(&client, &ids).await?;
        let mut outbox = outbox(&client, &ids).await?;
        let written = messages.iter().map(|row| {
            let incident: &str = row.get(6);
            let (stream, events) = events.remove(incident)?;
            Some(Self {
                region: row.get(0),
                stream,
                events,
                media_type: row.get(1),
                raw: row.get(2),
                message: Row { open: row.get(3), state: compact(row.get(4)), at: row.get(5) },
                incident: Row { open: row.get(7), state: compact(row.get(8)), at: row.get(9) },
                obligations: obligations.remove(incident).unwrap_or_default(),
                outbox: outbox.remove(incident).unwrap_or_default(),
            })
        });
        Ok(written.flatten().collect())
    }
}

async fn events(
    client: &Client,
    ids: &[String],
) -> Result<HashMap<String, (String, Vec<Event>)>, BenchError> {
    let ids: Vec<Uuid> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let select = "SELECT about::text, stream, kind, at, by, trace, body::text, hash FROM journal WHERE about = ANY($1) \
        ORDER BY stream, seq";
    let mut of: HashMap<String, (String, Vec<Event>)> = HashMap::new();
    for row in client.query(select, &[&ids]).await? {
        let event = Event {
            kind: row.get(2),
            at: row.get(3),
            by: row.get(4),
            trace: row.get(5),
            body: row.get(6),
            hash: row.get(7),
        };
        of.entry(row.get(0)).or_insert_with(|| (row.get(1), Vec::new())).1.push(event);
    }
    Ok(of)
}

async fn obligations(client: &Client, ids: &[String]) -> Result<HashMap<String, Vec<Row>>, BenchError> {
    let select = "SELECT incident, open, state::text, updated_at FROM obligation WHERE incident = ANY($1)";
    let mut of: HashMap<String, Vec<Row>> = HashMap::new();
    for row in client.query(select, &[&ids]).await? {
        let obligation = Row { open: row.get(1), state: compact(row.get(2)), at: row.get(3) };
        of.entry(row.get(0)).or_default().push(obligation);
    }
    Ok(of)
}

async fn outbox(client: &Client, ids: &[String]) -> Result<HashMap<String, Vec<Sent>>, BenchError> {
    let select = "SELECT ordering_key, array_to_string(routing_keys, E'\\n'), kind, priority, body FROM outbox \
        WHERE ordering_key = ANY($1) ORDER BY id";
    let mut of: HashMap<String, Vec<Sent>> = HashMap::new();
    for row in client.query(select, &[&ids]).await? {
        let sent =
            Sent { routing_keys: row.get(1), kind: row.get(2), priority: row.get(3), body: row.get(4) };
        of.entry(row.get(0)).or_default().push(sent);
    }
    Ok(of)
}

/// As the hub sent it: PostgreSQL gives jsonb back with spaces in it.
fn compact(state: &str) -> String {
    serde_json::from_str::<serde_json::Value>(state).map_or_else(|_| state.to_owned(), |v| v.to_string())
}
