//! Which agency messages and which HTTP requests have had their effect. They are written with the decision
//! ([`super::append::InboxMark`], [`super::append::Idempotency`]); here they are looked up and, once old, let go.

use bytes::Bytes;
use deadpool_postgres::Pool;
use jiff::Timestamp;

use super::append::{Idempotency, InboxMark};
use super::database::StoreError;

/// What is known of an agency's message by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The message was taken in before.
    Taken,
    /// Another message was taken in under its id.
    Another,
}

/// What is known of a message by its id; `None` when its id is new.
///
/// # Errors
/// [`StoreError`].
pub async fn mark(pool: &Pool, message: &InboxMark) -> Result<Option<Mark>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "SELECT digest IS NULL OR digest = $3 FROM inbox WHERE sender = $1 AND message_id = $2",
        )
        .await?;
    let row = client.query_opt(&statement, &[&message.sender, &message.message_id, &message.digest]).await?;
    let mark = |row: tokio_postgres::Row| Ok(if row.try_get(0)? { Mark::Taken } else { Mark::Another });
    row.map(mark).transpose()
}

/// The answer kept for an account's `Idempotency-Key`.
///
/// # Errors
/// [`StoreError`].
pub async fn answer(pool: &Pool, account: &str, key: &str) -> Result<Option<Idempotency>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached("SELECT fingerprint, status, body FROM idempotency WHERE account = $1 AND key = $2")
        .await?;
    let row = client.query_opt(&statement, &[&account, &key]).await?;
    row.map(|row| {
        let (status, body): (i16, Vec<u8>) = (row.try_get(1)?, row.try_get(2)?);
        Ok(Idempotency {
            account: account.to_owned(),
            key: key.to_owned(),
            fingerprint: row.try_get(0)?,
            status: status.unsigned_abs(),
            body: Bytes::from(body),
        })
    })
    .transpose()
}

/// Keeps an answer whose effect was not the journal's. The first for a key stands.
///
/// # Errors
/// [`StoreError`].
pub async fn keep_answer(pool: &Pool, answer: &Idempotency) -> Result<(), StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "INSERT INTO idempotency (account, key, fingerprint, status, body) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (account, key) DO NOTHING",
        )
        .await?;
    let status = i16::try_from(answer.status).unwrap_or(i16::MAX);
    client
        .execute(&statement, &[&answer.account, &answer.key, &answer.fingerprint, &status, &&answer.body[..]])
        .await?;
    Ok(())
}

/// Lets go of agencies' marks from before a time, and says how many. Keep them longer than any sender repeats.
///
/// # Errors
/// [`StoreError`].
pub async fn prune_marks(pool: &Pool, before: Timestamp) -> Result<u64, StoreError> {
    let client = pool.get().await?;
    Ok(client.execute("DELETE FROM inbox WHERE received_at < $1", &[&before]).await?)
}

/// Lets go of answers to HTTP requests from before a time, and says how many.
///
/// # Errors
/// [`StoreError`].
pub async fn prune_answers(pool: &Pool, before: Timestamp) -> Result<u64, StoreError> {
    let client = pool.get().await?;
    Ok(client.execute("DELETE FROM idempotency WHERE at < $1", &[&before]).await?)
}
