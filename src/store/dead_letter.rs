//! Messages nobody could take in, until a named person has settled them.

use bytes::Bytes;
use deadpool_postgres::Pool;
use jiff::Timestamp;
use tokio_postgres::Row;

use super::database::StoreError;
use crate::domain::envelope::{Envelope, RawContent};
use crate::domain::ids::RegionCode;
use crate::domain::names::Names;
use crate::domain::nul;

/// A message that found nobody to take it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeadLetter {
    /// The region concerned, where known.
    pub region: Option<String>,
    /// The queue where it died.
    pub queue: String,
    /// Who sent it, where known.
    pub sender: Option<String>,
    /// The sender's id of it, where known.
    pub message_id: Option<String>,
    /// Where it was to go.
    pub routing_key: String,
    /// Why nobody took it: the code, and where there is one the text that its sender was sent.
    pub reason: String,
    /// The same in the languages of the desk, where the rules refused it.
    pub said: Option<Names>,
    /// Its AMQP headers in JSON.
    pub headers: String,
    /// Its bytes.
    pub body: Bytes,
}

/// A message among the dead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its place.
    pub id: i64,
    /// The message.
    pub letter: NewDeadLetter,
    /// When it came.
    pub received_at: Timestamp,
    /// What a person did about it.
    pub settled: Option<Settled>,
}

/// What a person did about a message among the dead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What was done, in words.
    pub settlement: String,
    /// The bytes that were taken in its place, where it was mended.
    pub mended: Option<Bytes>,
    /// When what was sent and what was taken in its place were let go for its age.
    pub emptied_at: Option<Timestamp>,
}

impl DeadLetter {
    /// Whether the hub sent it: it died in an agency's queue, or no queue took it.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.letter.queue.starts_with("agency.") || self.letter.reason == "unroutable"
    }
}

/// Keeps one and gives its id. Acknowledge it to the broker only then. Whatever its sender wrote, it is kept: the body
/// to the byte, and in the texts U+FFFD for a character of number 0, which the database holds in none.
///
/// # Errors
/// [`StoreError`].
pub async fn keep(pool: &Pool, letter: &NewDeadLetter) -> Result<i64, StoreError> {
    let said = letter.said.as_ref().map(serde_json::to_string).transpose().map_err(unreadable)?;
    let said = said.map(|names| names.replace(r"\u0000", r"\ufffd"));
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "INSERT INTO dead_letter (region, queue, sender, message_id, routing_key, reason, headers, body, said) \
             VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9::text::jsonb) RETURNING id",
        )
        .await?;
    let row = client
        .query_one(
            &statement,
            &[
                &letter.region,
                &letter.queue,
                &letter.sender.as_deref().map(nul::replaced),
                &letter.message_id.as_deref().map(nul::replaced),
                &nul::replaced(&letter.routing_key),
                &nul::replaced(&letter.reason),
                &letter.headers.replace(r"\u0000", r"\ufffd"),
                &&letter.body[..],
                &said,
            ],
        )
        .await?;
    Ok(row.try_get(0)?)
}

const COLUMNS: &str = "id, region, queue, sender, message_id, routing_key, reason, headers::text, body, \
    received_at, settled_at, settled_by, coalesce(settlement, ''), mended, said::text, emptied_at";

/// Those not settled, of one region or of all, oldest first, after an id.
///
/// # Errors
/// [`StoreError`].
pub async fn open(
    pool: &Pool,
    region: Option<RegionCode>,
    after: i64,
    limit: i64,
) -> Result<Vec<DeadLetter>, StoreError> {
    let client = pool.get().await?;
    let text = format!(
        "SELECT {COLUMNS} FROM dead_letter WHERE settled_at IS NULL AND id > $1 \
         AND ($3::text IS NULL OR region = $3) ORDER BY id LIMIT $2"
    );
    let statement = client.prepare_cached(&text).await?;
    let region = region.map(|region| region.to_string());
    client.query(&statement, &[&after, &limit, &region]).await?.iter().map(read).collect()
}

/// Those settled, of one region or of all, the latest to arrive first, before an id.
///
/// # Errors
/// [`StoreError`].
pub async fn settled(
    pool: &Pool,
    region: Option<RegionCode>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<DeadLetter>, StoreError> {
    let client = pool.get().await?;
    let text = format!(
        "SELECT {COLUMNS} FROM dead_letter WHERE settled_at IS NOT NULL AND ($1::bigint IS NULL OR id < $1) \
         AND ($3::text IS NULL OR region = $3) ORDER BY id DESC LIMIT $2"
    );
    let statement = client.prepare_cached(&text).await?;
    let region = region.map(|region| region.to_string());
    client.query(&statement, &[&before, &limit, &region]).await?.iter().map(read).collect()
}

/// A named person has put it right, and what they made of it was taken. False when it was settled before.
///
/// # Errors
/// [`StoreError`].
pub async fn mend(pool: &Pool, id: i64, by: &str, why: &str, mended: &str) -> Result<bool, StoreError> {
    let client = pool.get().await?;
    let changed = client
        .execute(
            "UPDATE dead_letter SET settled_at = now(), settled_by = $2, settlement = $3, mended = $4 \
             WHERE id = $1 AND settled_at IS NULL",
            &[&id, &by, &why, &mended.as_bytes()],
        )
        .await?;
    Ok(changed == 1)
}

/// One of them.
///
/// # Errors
/// [`StoreError`].
pub async fn find(pool: &Pool, id: i64) -> Result<Option<DeadLetter>, StoreError> {
    let client = pool.get().await?;
    let statement =
        client.prepare_cached(&format!("SELECT {COLUMNS} FROM dead_letter WHERE id = $1")).await?;
    client.query_opt(&statement, &[&id]).await?.as_ref().map(read).transpose()
}

/// A named person says what was done about it. False when it is not there or was settled before.
///
/// # Errors
/// [`StoreError`].
pub async fn settle(pool: &Pool, id: i64, by: &str, settlement: &str) -> Result<bool, StoreError> {
    let client = pool.get().await?;
    let changed = client
        .execute(
            "UPDATE dead_letter SET settled_at = now(), settled_by = $2, settlement = $3 \
             WHERE id = $1 AND settled_at IS NULL",
            &[&id, &by, &settlement],
        )
        .await?;
    Ok(changed == 1)
}

/// Lets go of the bytes, headers and mended texts of those settled before a time, and gives their number. Who settled them, when
/// and why, stays, and so does whatever nobody has settled.
///
/// # Errors
/// [`StoreError`].
pub async fn empty(pool: &Pool, settled_before: Timestamp) -> Result<u64, StoreError> {
    let client = pool.get().await?;
    let emptied = client
        .execute(
            "UPDATE dead_letter SET body = '', headers = '{}', mended = NULL, emptied_at = now() \
             WHERE settled_at < $1 AND emptied_at IS NULL",
            &[&settled_before],
        )
        .await?;
    Ok(emptied)
}

/// What became of the wish to send a dead letter once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resent {
    /// It is in the outbox again and settled.
    Sent,
    /// It is not there or was settled before.
    Unknown,
    /// The hub did not send it.
    NotOurs,
}

/// Puts what the hub sent and nobody took into the outbox again and settles it, in one transaction.
///
/// # Errors
/// [`StoreError`].
pub async fn resend(pool: &Pool, id: i64, by: &str) -> Result<Resent, StoreError> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    let found = transaction
        .query_opt(
            &format!("SELECT {COLUMNS} FROM dead_letter WHERE id = $1 AND settled_at IS NULL FOR UPDATE"),
            &[&id],
        )
        .await?;
    let Some(found) = found else { return Ok(Resent::Unknown) };
    let dead = read(&found)?;
    let ours = dead.is_ours();
    let letter = dead.letter;
    let Ok(raw) = Envelope::<RawContent>::parse_from_hub(&letter.body) else { return Ok(Resent::NotOurs) };
    let mut words = letter.routing_key.split('.');
    let (Some(region), Some(service), Some(kind), true) = (words.next(), words.next(), words.next(), ours)
    else {
        return Ok(Resent::NotOurs);
    };
    let order = raw.head.incident.map_or_else(|| letter.routing_key.clone(), |i| i.to_string());
    transaction
        .execute(
            "INSERT INTO outbox (distribution, region, ordering_key, routing_keys, kind, priority, body) \
             VALUES ($1, $2, $3, ARRAY[$4::text], $5, 5, $6)",
            &[&raw.head.distribution_id.0, &region, &order, &letter.routing_key, &kind, &&letter.body[..]],
        )
        .await?;
    // It is on its way again: what became of it before says nothing of that.
    transaction
        .execute(
            "UPDATE delivery SET failed_at = NULL, failure = NULL \
             WHERE distribution = $1 AND region = $2 AND service = $3",
            &[&raw.head.distribution_id.0, &region, &service],
        )
        .await?;
    transaction
        .execute(
            "UPDATE dead_letter SET settled_at = now(), settled_by = $2, settlement = 'sent again' WHERE id = $1",
            &[&id, &by],
        )
        .await?;
    transaction.commit().await?;
    Ok(Resent::Sent)
}

fn unreadable(error: serde_json::Error) -> StoreError {
    StoreError::Row { table: "dead_letter", reason: error.to_string() }
}

fn read(row: &Row) -> Result<DeadLetter, StoreError> {
    let body: Vec<u8> = row.try_get(8)?;
    let said: Option<String> = row.try_get(14)?;
    let settled: (Option<Timestamp>, Option<String>) = (row.try_get(10)?, row.try_get(11)?);
    Ok(DeadLetter {
        id: row.try_get(0)?,
        letter: NewDeadLetter {
            region: row.try_get(1)?,
            queue: row.try_get(2)?,
            sender: row.try_get(3)?,
            message_id: row.try_get(4)?,
            routing_key: row.try_get(5)?,
            reason: row.try_get(6)?,
            said: said.as_deref().map(serde_json::from_str).transpose().map_err(unreadable)?,
            headers: row.try_get(7)?,
            body: body.into(),
        },
        received_at: row.try_get(9)?,
        settled: match settled {
            (Some(at), Some(by)) => {
                let mended: Option<Vec<u8>> = row.try_get(13)?;
                let (settlement, emptied_at) = (row.try_get(12)?, row.try_get(15)?);
                Some(Settled { at, by, settlement, mended: mended.map(Bytes::from), emptied_at })
            }
            _ => None,
        },
    })
}
