//! Asks the database and the broker whether they answer, for who asks whether the hub is ready: while nothing happens nobody
//! else has anything to do with them, and their end would be noticed with the next call alone.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::bus::connection::{Broker, Link};
use crate::store::database::{Pool, StoreError, explain};

/// The longest that an answer may take.
const LIMIT: Duration = Duration::from_secs(1);
/// So long an answer holds, however many ask.
const HELD: Duration = Duration::from_millis(500);

/// What was found.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// Why the database is not there.
    pub database: Result<(), String>,
    /// Whether the broker is.
    pub broker: bool,
}

/// Asks; with a connection of its own, so that it waits for nobody who uses the others.
#[derive(Debug)]
pub struct Probe {
    database: Pool,
    broker: Broker,
    last: Mutex<Option<(Instant, Found)>>,
}

impl Probe {
    /// Of this broker, and of a database by a pool that nobody else uses.
    #[must_use]
    pub fn new(database: Pool, broker: Broker) -> Self {
        Self { database, broker, last: Mutex::default() }
    }

    /// How they are now, or were a moment ago.
    pub(super) async fn ask(&self) -> Found {
        // Who comes meanwhile waits for the same answer.
        let mut last = self.last.lock().await;
        if let Some((_, found)) = last.as_ref().filter(|(at, _)| at.elapsed() < HELD) {
            return found.clone();
        }
        let (database, broker) = tokio::join!(self.database(), self.broker());
        let found = Found { database, broker };
        *last = Some((Instant::now(), found.clone()));
        found
    }

    async fn database(&self) -> Result<(), String> {
        let asked = async {
            let client = self.database.get().await?;
            client.simple_query("SELECT 1").await?;
            Ok::<_, StoreError>(())
        };
        match timeout(LIMIT, asked).await {
            Ok(answered) => answered.map_err(|error| match &error {
                StoreError::Pool(deadpool_postgres::PoolError::Backend(error)) => explain(error),
                error => error.to_string(),
            }),
            Err(_) => Err(format!("no answer within {} s", LIMIT.as_secs())),
        }
    }

    async fn broker(&self) -> bool {
        let connection = match &*self.broker.link().borrow() {
            // One that takes no publishes may not read questions either; it is there.
            Link::Up { blocked: Some(_), .. } => return true,
            Link::Up { connection, .. } => Arc::clone(connection),
            Link::Down { .. } | Link::Closed => return false,
        };
        let asked = async {
            let channel = connection.create_channel().await?;
            channel.close(200, "it is there".into()).await
        };
        matches!(timeout(LIMIT, asked).await, Ok(Ok(())))
    }
}
