//! Connections to PostgreSQL: a pool for reading, and single ones for those who need a session of their own.

use std::str::FromStr;
use std::time::Duration;

pub use deadpool_postgres::Pool;
use deadpool_postgres::{Manager, ManagerConfig, RecyclingMethod, Runtime};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, NoTls};

/// Why the database could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address is not one.
    #[error("the database address cannot be read: {0}")]
    Address(#[source] tokio_postgres::Error),
    /// No connection.
    #[error("no connection to the database: {}", explain(.0))]
    Connect(#[source] tokio_postgres::Error),
    /// The pool gives no connection.
    #[error("no free connection to the database: {0}")]
    Pool(#[from] deadpool_postgres::PoolError),
    /// The pool cannot be made.
    #[error("the pool of connections cannot be made: {0}")]
    Build(#[from] deadpool_postgres::BuildError),
    /// The statement failed.
    #[error("the database refused a statement: {}", explain(.0))]
    Statement(#[from] tokio_postgres::Error),
    /// A row holds what the hub cannot read.
    #[error("a row of {table} cannot be read: {reason}")]
    Row {
        /// Which table.
        table: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

impl StoreError {
    /// Whether it is what was to be stored that the database does not take: the same again fails again.
    #[must_use]
    pub fn is_of_the_data(&self) -> bool {
        let Self::Statement(error) = self else { return false };
        match error.code() {
            // Data exceptions and violated constraints.
            Some(code) => code.code().starts_with("22") || code.code().starts_with("23"),
            None => false,
        }
    }
}

/// The server's own words, or the reason why there is no connection, which `tokio_postgres` leaves out. Not the row that it
/// refused, which it shows with whatever is in it: the digest of a password, a caller's number.
#[must_use]
pub fn explain(error: &tokio_postgres::Error) -> String {
    let shows_the_row =
        matches!(error.code(), Some(&SqlState::CHECK_VIOLATION | &SqlState::NOT_NULL_VIOLATION));
    match error.as_db_error() {
        Some(db) => match db.detail().filter(|_| !shows_the_row) {
            Some(detail) => format!("{} ({}): {detail}", db.message(), db.code().code()),
            None => format!("{} ({})", db.message(), db.code().code()),
        },
        None => match std::error::Error::source(error) {
            Some(reason) => format!("{error}: {reason}"),
            None => error.to_string(),
        },
    }
}

/// Reads an address (`postgres://user:password@host:port/name` or `key=value` pairs) and adds what keeps a dead
/// server from being waited for: it is given up within about 15 seconds.
///
/// # Errors
/// [`StoreError::Address`].
pub fn config(url: &str, application: &str) -> Result<Config, StoreError> {
    let mut config = Config::from_str(url).map_err(StoreError::Address)?;
    config
        .application_name(application)
        .connect_timeout(Duration::from_secs(5))
        .keepalives(true)
        .keepalives_idle(Duration::from_secs(5))
        .keepalives_interval(Duration::from_secs(3))
        .keepalives_retries(3)
        .tcp_user_timeout(Duration::from_secs(15));
    Ok(config)
}

/// A pool of `size` connections for reading and for small writes outside the journal.
///
/// # Errors
/// [`StoreError::Address`], [`StoreError::Build`]. It does not connect yet.
pub fn pool(url: &str, size: usize) -> Result<Pool, StoreError> {
    build(config(url, "hub112 pool")?, size)
}

/// A pool whose commits do not wait for the disk: for what can be done again when the server crashes.
///
/// # Errors
/// As [`pool`].
pub fn pool_unsynced(url: &str, size: usize) -> Result<Pool, StoreError> {
    let mut config = config(url, "hub112 unsynced")?;
    config.options("-c synchronous_commit=off");
    build(config, size)
}

fn build(config: Config, size: usize) -> Result<Pool, StoreError> {
    let manager =
        Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
    Ok(Pool::builder(manager)
        .max_size(size)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(Duration::from_secs(10)))
        .create_timeout(Some(Duration::from_secs(6)))
        .build()?)
}

/// One connection outside the pool. It ends when the client is dropped.
///
/// # Errors
/// [`StoreError::Address`], [`StoreError::Connect`].
pub async fn connect(url: &str, application: &str) -> Result<Client, StoreError> {
    let (client, connection) = config(url, application)?.connect(NoTls).await.map_err(StoreError::Connect)?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a database connection ended");
        }
    });
    Ok(client)
}
