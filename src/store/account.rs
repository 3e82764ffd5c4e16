//! Named accounts and the tokens of agencies' systems. Secrets are kept as digests only. What is changed about an account is
//! changed together with its trace, or not at all.

mod change;
pub mod rules;

use std::fmt;
use std::str::FromStr;

use deadpool_postgres::{GenericClient, Pool};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use utoipa::ToSchema;

use self::change::note;
pub use self::change::{AccountChange, ChangeKind, ChangedBy, changes, note_change};
use super::database::StoreError;
use crate::domain::decision::{Expected, Refusal};
use crate::domain::ids::{AccountName, RegionCode, ServiceKey};

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes messages, decides, dispatches.
    DutyOfficer,
    /// An agency's system or its duty officer.
    Agency,
    /// Sees everything of the region, declares modes, gives directives.
    Manager,
    /// Accounts, settings, tables.
    Administrator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::DutyOfficer, Self::Agency, Self::Manager, Self::Administrator];

    /// As it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DutyOfficer => "duty_officer",
            Self::Agency => "agency",
            Self::Manager => "manager",
            Self::Administrator => "administrator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role is duty_officer, agency, manager or administrator")]
pub struct NotRole;

impl FromStr for Role {
    type Err = NotRole;
    fn from_str(s: &str) -> Result<Self, NotRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == s).ok_or(NotRole)
    }
}

/// Who may act, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The name.
    pub name: AccountName,
    /// What it may do.
    pub role: Role,
    /// The password's digest in PHC form; `None` for an account that has tokens only.
    pub password_hash: Option<String>,
    /// The one region that it belongs to; `None` for a national one.
    pub region: Option<RegionCode>,
    /// The service of an agency's account.
    pub service: Option<ServiceKey>,
    /// Whether it may be used.
    pub active: bool,
    /// Grows by one whenever what it may do is set.
    pub version: u64,
}

impl Account {
    /// Whether it is that of a duty officer who may act in a region.
    #[must_use]
    pub fn is_officer_of(&self, region: RegionCode) -> bool {
        self.active && self.role == Role::DutyOfficer && self.region.is_none_or(|own| own == region)
    }
}

const COLUMNS: &str = "name, role, password_hash, a.region, service, active, a.version";

/// One account.
///
/// # Errors
/// [`StoreError`].
pub async fn find(pool: &Pool, name: &str) -> Result<Option<Account>, StoreError> {
    let client = pool.get().await?;
    let statement =
        client.prepare_cached(&format!("SELECT {COLUMNS} FROM account a WHERE name = $1")).await?;
    client.query_opt(&statement, &[&name]).await?.as_ref().map(read).transpose()
}

/// Every account by name.
///
/// # Errors
/// [`StoreError`].
pub async fn all(pool: &Pool) -> Result<Vec<Account>, StoreError> {
    let client = pool.get().await?;
    client
        .query(&format!("SELECT {COLUMNS} FROM account a ORDER BY name"), &[])
        .await?
        .iter()
        .map(read)
        .collect()
}

/// Makes an account or replaces what it may do, if it is as expected, where something is; without a password hash the old
/// one stays. A new password ends its sign-ins but that of the token `kept`, the one with which it is set. What ends an
/// account, or takes an agency's role from it, ends every token it has.
///
/// # Errors
/// [`StoreError`], also for an agency's account without a service; inside, [`Refusal::Stale`].
pub async fn put(
    pool: &Pool,
    account: &Account,
    expected: Option<Expected>,
    kept: Option<&[u8; 32]>,
    by: ChangedBy<'_>,
) -> Result<Result<(), Refusal>, StoreError> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    // The row is held until the end, and of two who make it one waits for the other.
    let row = transaction
        .query_opt("SELECT version, role FROM account WHERE name = $1 FOR UPDATE", &[&account.name.as_str()])
        .await?;
    let actual = row.as_ref().map(|row| row.try_get(0).map(i64::unsigned_abs)).transpose()?;
    let was: Option<&str> = row.as_ref().map(|row| row.try_get(1)).transpose()?;
    let met = |actual| expected.map_or(Ok(()), |expected| expected.met_by(actual));
    if let Err(stale) = met(actual) {
        return Ok(Err(stale));
    }
    if !write(&transaction, account, actual.is_some() || expected.is_none()).await? {
        return Ok(met(Some(1)));
    }
    let spoke = was == Some(Role::Agency.as_str()) && account.role != Role::Agency;
    if !account.active || spoke {
        revoke(&transaction, &account.name).await?;
    } else if account.password_hash.is_some() {
        revoke_sign_ins(&transaction, &account.name, kept).await?;
    }
    let name = account.name.as_str();
    note(&transaction, name, ChangeKind::Put, &in_words(account), by).await?;
    if account.password_hash.is_some() {
        note(&transaction, name, ChangeKind::Password, "", by).await?;
    }
    transaction.commit().await?;
    Ok(Ok(()))
}

/// What an account may do, for its trace.
fn in_words(account: &Account) -> String {
    format!(
        "{}, region {}, service {}, {}",
        account.role,
        account.region.map_or_else(|| "all".to_owned(), |region| region.to_string()),
        account.service.as_ref().map_or("none", ServiceKey::as_str),
        if account.active { "active" } else { "not active" }
    )
}

/// Writes an account; one that is there already only if it may be replaced. False when it was not.
async fn write(client: &impl GenericClient, account: &Account, replace: bool) -> Result<bool, StoreError> {
    let written = client
        .execute(
            "INSERT INTO account AS a (name, role, password_hash, region, service, active) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO UPDATE SET role = EXCLUDED.role, \
             password_hash = coalesce(EXCLUDED.password_hash, a.password_hash), region = EXCLUDED.region, \
             service = EXCLUDED.service, active = EXCLUDED.active, version = a.version + 1 WHERE $7",
            &[
                &account.name.as_str(),
                &account.role.as_str(),
                &account.password_hash,
                &account.region.map(|region| region.to_string()),
                &account.service.as_ref().map(ServiceKey::as_str),
                &account.active,
                &replace,
            ],
        )
        .await?;
    Ok(written == 1)
}

/// Gives an account a token of which its trace says nothing: a sign-in. Only its SHA-256 digest is kept: a token is long and
/// random, so that a slow digest would add nothing.
///
/// # Errors
/// [`StoreError`], also when there is no such account.
pub async fn issue_token(
    pool: &Pool,
    account: &AccountName,
    digest: &[u8; 32],
    label: &str,
    expires_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    issue(&pool.get().await?, account, digest, label, expires_at).await
}

/// Gives an account a token that does not run out.
///
/// # Errors
/// [`StoreError`], also when there is no such account.
pub async fn give_token(
    pool: &Pool,
    account: &AccountName,
    digest: &[u8; 32],
    label: &str,
    by: ChangedBy<'_>,
) -> Result<(), StoreError> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    issue(&transaction, account, digest, label, None).await?;
    note(&transaction, account.as_str(), ChangeKind::Token, label, by).await?;
    Ok(transaction.commit().await?)
}

async fn issue(
    client: &impl GenericClient,
    account: &AccountName,
    digest: &[u8; 32],
    label: &str,
    expires_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    client
        .execute(
            "INSERT INTO agency_token (digest, account, label, expires_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (digest) DO UPDATE SET account = EXCLUDED.account, label = EXCLUDED.label, \
             expires_at = EXCLUDED.expires_at, revoked_at = NULL",
            &[&&digest[..], &account.as_str(), &label, &expires_at],
        )
        .await?;
    Ok(())
}

/// Takes a token back. False when there is none that is still valid.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke_token(pool: &Pool, digest: &[u8; 32]) -> Result<bool, StoreError> {
    let client = pool.get().await?;
    let revoke = "UPDATE agency_token SET revoked_at = now() WHERE digest = $1 AND revoked_at IS NULL";
    Ok(client.execute(revoke, &[&&digest[..]]).await? == 1)
}

/// The active account behind a token that is neither expired nor taken back.
///
/// # Errors
/// [`StoreError`].
pub async fn by_token(pool: &Pool, digest: &[u8; 32]) -> Result<Option<Account>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM agency_token t JOIN account a ON a.name = t.account \
             WHERE t.digest = $1 AND a.active AND t.revoked_at IS NULL \
             AND (t.expires_at IS NULL OR t.expires_at > now())"
        ))
        .await?;
    client.query_opt(&statement, &[&&digest[..]]).await?.as_ref().map(read).transpose()
}

/// Takes back every valid token of an account.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke_all(pool: &Pool, account: &AccountName, by: ChangedBy<'_>) -> Result<(), StoreError> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    let gone = revoke(&transaction, account).await?;
    note(&transaction, account.as_str(), ChangeKind::TokensRevoked, &format!("{gone} tokens"), by).await?;
    Ok(transaction.commit().await?)
}

async fn revoke(client: &impl GenericClient, account: &AccountName) -> Result<u64, StoreError> {
    let revoke = "UPDATE agency_token SET revoked_at = now() WHERE account = $1 AND revoked_at IS NULL";
    Ok(client.execute(revoke, &[&account.as_str()]).await?)
}

/// Takes back the sign-ins of an account but this one; tokens that do not run out stay.
async fn revoke_sign_ins(
    client: &impl GenericClient,
    account: &AccountName,
    kept: Option<&[u8; 32]>,
) -> Result<u64, StoreError> {
    let revoke = "UPDATE agency_token SET revoked_at = now() WHERE account = $1 \
                  AND ($2::bytea IS NULL OR digest <> $2) AND expires_at IS NOT NULL AND revoked_at IS NULL";
    Ok(client.execute(revoke, &[&account.as_str(), &kept.map(|kept| &kept[..])]).await?)
}

/// The owner of an account sets the digest of its password; sign-ins other than that of the token `kept` end.
///
/// # Errors
/// [`StoreError`].
pub async fn change_password(
    pool: &Pool,
    account: &AccountName,
    hash: &str,
    kept: &[u8; 32],
) -> Result<(), StoreError> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    let set = "UPDATE account SET password_hash = $2 WHERE name = $1";
    transaction.execute(set, &[&account.as_str(), &hash]).await?;
    revoke_sign_ins(&transaction, account, Some(kept)).await?;
    let by = ChangedBy::Account(account);
    note(&transaction, account.as_str(), ChangeKind::Password, "by its owner", by).await?;
    Ok(transaction.commit().await?)
}

fn read(row: &Row) -> Result<Account, StoreError> {
    let bad = |reason: String| StoreError::Row { table: "account", reason };
    let role: &str = row.try_get(1)?;
    let region: Option<&str> = row.try_get(3)?;
    let service: Option<&str> = row.try_get(4)?;
    Ok(Account {
        name: AccountName::new(row.try_get(0)?).map_err(|error| bad(error.to_string()))?,
        role: role.parse().map_err(|_| bad(format!("{role} is no role")))?,
        password_hash: row.try_get(2)?,
        region: region.map(str::parse).transpose().map_err(|error| bad(format!("{error}")))?,
        service: service.map(ServiceKey::new).transpose().map_err(|error| bad(error.to_string()))?,
        active: row.try_get(5)?,
        version: row.try_get(6).map(i64::unsigned_abs)?,
    })
}
