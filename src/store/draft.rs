//! What people have begun to write and not sent yet.

use deadpool_postgres::Pool;
use jiff::Timestamp;

use super::database::StoreError;
use crate::domain::ids::AccountName;

/// The most drafts that one account keeps.
pub const MOST: i64 = 50;

/// Something begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its name among the account's drafts.
    pub id: String,
    /// What it holds, JSON as the console wrote it.
    pub content: String,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

/// The drafts of an account, the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of(pool: &Pool, account: &AccountName) -> Result<Vec<Draft>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "SELECT id, content::text, changed_at FROM draft WHERE account = $1 ORDER BY changed_at DESC",
        )
        .await?;
    let rows = client.query(&statement, &[&account.as_str()]).await?;
    rows.iter()
        .map(|row| Ok(Draft { id: row.try_get(0)?, content: row.try_get(1)?, changed_at: row.try_get(2)? }))
        .collect()
}

/// Keeps a draft as it is now. False when the account has [`MOST`] others already.
///
/// # Errors
/// [`StoreError`].
pub async fn put(pool: &Pool, account: &AccountName, id: &str, content: &str) -> Result<bool, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(
            "INSERT INTO draft (account, id, content) SELECT $1, $2, $3::text::json \
             WHERE (SELECT count(*) FROM draft WHERE account = $1 AND id <> $2) < $4 \
             ON CONFLICT (account, id) DO UPDATE SET content = EXCLUDED.content, changed_at = now()",
        )
        .await?;
    Ok(client.execute(&statement, &[&account.as_str(), &id, &content, &MOST]).await? == 1)
}

/// Lets a draft go; one that is not there is gone already.
///
/// # Errors
/// [`StoreError`].
pub async fn remove(pool: &Pool, account: &AccountName, id: &str) -> Result<(), StoreError> {
    let client = pool.get().await?;
    client.execute("DELETE FROM draft WHERE account = $1 AND id = $2", &[&account.as_str(), &id]).await?;
    Ok(())
}
