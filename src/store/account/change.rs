//! The trace of accounts: who changed what, and when. The database refuses to change or delete it.

use std::fmt;

use deadpool_postgres::{GenericClient, Pool};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::database::StoreError;
use crate::domain::ids::{AccountName, RegionCode};

/// What was changed about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It was made, or what it may do was changed.
    Put,
    /// Its password was set.
    Password,
    /// It was given a token.
    Token,
    /// Its tokens were taken back.
    TokensRevoked,
    /// Its account at the broker was made, got a new password, or was removed.
    Broker,
    /// The way to a service was set.
    Link,
}

impl ChangeKind {
    const ALL: [Self; 6] =
        [Self::Put, Self::Password, Self::Token, Self::TokensRevoked, Self::Broker, Self::Link];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::Password => "password",
            Self::Token => "token",
            Self::TokensRevoked => "tokens_revoked",
            Self::Broker => "broker",
            Self::Link => "link",
        }
    }
}

/// A change of an account, for the auditor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccountChange {
    /// Whose account.
    pub account: String,
    /// What.
    pub what: ChangeKind,
    /// In words, never with a secret in it.
    pub detail: String,
    /// By whom.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
}

/// Who changed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangedBy<'a> {
    /// A named person.
    Account(&'a AccountName),
    /// Somebody at the machine of the hub, as this user of its operating system.
    CommandLine(&'a str),
    /// The hub, which finds what is left to do.
    Hub,
}

impl fmt::Display for ChangedBy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(name) => name.fmt(f),
            // No account has a name with a blank.
            Self::CommandLine(user) => write!(f, "command line, {user}"),
            Self::Hub => f.write_str("the hub"),
        }
    }
}

/// Keeps who changed what is not kept here: an account at the broker.
///
/// # Errors
/// [`StoreError`].
pub async fn note_change(
    pool: &Pool,
    account: &str,
    what: ChangeKind,
    detail: &str,
    by: ChangedBy<'_>,
) -> Result<(), StoreError> {
    note(&pool.get().await?, account, what, detail, by).await
}

/// Keeps who changed what, with the change itself where this is a transaction.
pub(super) async fn note(
    client: &impl GenericClient,
    account: &str,
    what: ChangeKind,
    detail: &str,
    by: ChangedBy<'_>,
) -> Result<(), StoreError> {
    client
        .execute(
            "INSERT INTO account_change (account, what, detail, changed_by) VALUES ($1, $2, $3, $4)",
            &[&account, &what.as_str(), &detail, &by.to_string()],
        )
        .await?;
    Ok(())
}

/// The latest changes of accounts, newest first; of one region those of its accounts, of its agencies' accounts at the
/// broker and of the ways to its services.
///
/// # Errors
/// [`StoreError`].
pub async fn changes(
    pool: &Pool,
    region: Option<RegionCode>,
    limit: i64,
) -> Result<Vec<AccountChange>, StoreError> {
    let client = pool.get().await?;
    let rows = client
        .query(
            "SELECT c.account, c.what, c.detail, c.changed_by, c.changed_at FROM account_change c \
             LEFT JOIN account a ON a.name = c.account \
             WHERE $2::text IS NULL OR coalesce(c.region, a.region) = $2 \
               OR c.what = 'broker' AND split_part(c.account, '.', 2) = $2 \
             ORDER BY c.id DESC LIMIT $1",
            &[&limit, &region.map(|region| region.to_string())],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let what: &str = row.try_get(1)?;
            let bad = || StoreError::Row { table: "account_change", reason: format!("{what} is no change") };
            Ok(AccountChange {
                account: row.try_get(0)?,
                what: ChangeKind::ALL.into_iter().find(|k| k.as_str() == what).ok_or_else(bad)?,
                detail: row.try_get(2)?,
                changed_by: row.try_get(3)?,
                changed_at: row.try_get(4)?,
            })
        })
        .collect()
}
