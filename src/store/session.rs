//! The session of one writer lane: a connection of its own, the lane's number under a lock, its next position.

use std::collections::HashMap;
use std::time::Duration;

use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Statement};

use super::batch::Shape;
use super::database::{StoreError, connect};

/// First key of the advisory locks of lanes; the second is the lane's number.
const LANE_LOCKS: i32 = 0x112;
/// More lanes than instances will ever write at once.
const MAX_LANES: i16 = 256;
/// A generic plan is as good as any for an insert from arrays, and planning each anew costs more than the insert.
/// A session that lost its client in the middle of something must not hold locks.
const SETTINGS: &str = "SET plan_cache_mode = force_generic_plan; SET jit = off; SET synchronous_commit = on; \
    SET idle_in_transaction_session_timeout = '10s'; SET lock_timeout = '10s'; SET statement_timeout = '30s'";
/// How long to wait for a terminated backend to be gone before trying the whole again.
const END_WAIT: Duration = Duration::from_secs(10);

/// A backend of the server, told from a later one of the same process number by its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backend {
    pid: i32,
    started: String,
}

/// An open session of a lane.
pub struct Session {
    /// The connection.
    pub client: Client,
    /// Which backend serves it.
    pub backend: Backend,
    /// The lane's number: nobody else writes this lane as long as the session lives.
    pub lane: i16,
    /// The position of the lane's next event.
    pub next_position: i64,
    statements: HashMap<Shape, Statement>,
}

impl Session {
    /// Connects, makes sure that `former` is gone, so that nothing sent through it can still take effect, and
    /// claims a lane.
    ///
    /// # Errors
    /// [`StoreError`] when there is no connection, the former backend does not end, or no lane is free.
    pub async fn open(url: &str, former: Option<&Backend>) -> Result<Self, StoreError> {
        let client = connect(url, "hub112 journal").await?;
        client.batch_execute(SETTINGS).await?;
        if let Some(former) = former {
            end(&client, former).await?;
        }
        let row = client
            .query_one(
                "SELECT pid, backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()",
                &[],
            )
            .await?;
        let backend = Backend { pid: row.get(0), started: row.get(1) };
        let lane = claim(&client).await?;
        let last: Option<i64> =
            client.query_one("SELECT max(position) FROM journal WHERE lane = $1", &[&lane]).await?.get(0);
        let next_position = last.unwrap_or(0) + 1;
        let mut session = Self { client, backend, lane, next_position, statements: HashMap::new() };
        session.prepare().await?;
        Ok(session)
    }

    /// Has the server read and plan what messages write before one waits for it.
    async fn prepare(&mut self) -> Result<(), tokio_postgres::Error> {
        for shape in Shape::of_messages() {
            let statement = self.statement(shape).await?;
            if !shape.takes_nothing() {
                continue;
            }
            let nothing = shape.nothing();
            let nothing: Vec<&(dyn ToSql + Sync)> =
                nothing.iter().map(|p| &**p as &(dyn ToSql + Sync)).collect();
            self.client.query_one(&statement, &nothing).await?;
        }
        Ok(())
    }

    /// The prepared statement of a shape.
    ///
    /// # Errors
    /// What the server says.
    pub async fn statement(&mut self, shape: Shape) -> Result<Statement, tokio_postgres::Error> {
        if let Some(statement) = self.statements.get(&shape) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(&shape.statement()).await?;
        self.statements.insert(shape, statement.clone());
        Ok(statement)
    }
}

async fn claim(client: &Client) -> Result<i16, StoreError> {
    for lane in 0..MAX_LANES {
        let free: bool = client
            .query_one("SELECT pg_try_advisory_lock($1, $2)", &[&LANE_LOCKS, &i32::from(lane)])
            .await?
            .get(0);
        if free {
            client
                .execute(
                    "INSERT INTO lane (lane, claimed_at) VALUES ($1, now()) \
                     ON CONFLICT (lane) DO UPDATE SET claimed_at = EXCLUDED.claimed_at",
                    &[&lane],
                )
                .await?;
            return Ok(lane);
        }
    }
    Err(StoreError::Row { table: "pg_locks", reason: format!("all {MAX_LANES} lanes are taken") })
}

/// Ends a backend and waits until it is gone: only then is it certain whether its last statement took effect.
async fn end(client: &Client, former: &Backend) -> Result<(), StoreError> {
    let deadline = tokio::time::Instant::now() + END_WAIT;
    loop {
        let rows = client
            .query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE pid = $1 AND backend_start::text = $2",
                &[&former.pid, &former.started],
            )
            .await?;
        if rows.is_empty() {
            return Ok(());
        }
        if tokio::time::Instant::now() > deadline {
            let reason = format!("the former session {} does not end", former.pid);
            return Err(StoreError::Row { table: "pg_stat_activity", reason });
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
