//! A database and a virtual host of the bench's own on the servers it is given, removed at the end.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

use super::BenchError;
use crate::bus::accounts::Management;
use crate::store::{database, migrate};

/// The servers on which is measured. Their durability must be on, or the rows flatter.
#[derive(Debug, Clone)]
pub struct Servers {
    /// Any database of the PostgreSQL server, as a role that may make others.
    pub postgres: SecretString,
    /// Any virtual host of the broker.
    pub amqp: SecretString,
    /// The broker's management interface, as an administrator.
    pub management: SecretString,
}

/// What one run has for itself.
pub(super) struct Place {
    /// The database, migrated.
    pub database: String,
    /// The virtual host.
    pub amqp: SecretString,
    /// For settings and logs of the hub.
    pub dir: PathBuf,
    name: String,
    servers: Servers,
}

/// What a round begins without: everything that a hub writes, but no accounts.
const EMPTIED: &str = "TRUNCATE journal, stream_head, lane, lease, message, incident, obligation, shift, directive, report, \
    zone, region_state, unit, service_state, outbox, delivery, inbox, idempotency, dead_letter; CHECKPOINT";

impl Place {
    /// Makes both.
    pub async fn make(servers: &Servers) -> Result<Self, BenchError> {
        let name = format!("hub112_bench_{}_{}", std::process::id(), hex::encode(rand::random::<[u8; 3]>()));
        let dir = std::env::temp_dir().join(&name);
        std::fs::create_dir_all(&dir).map_err(|e| BenchError::Io("a directory for the bench", e))?;
        let place = Self {
            database: with_path(servers.postgres.expose_secret(), &name),
            amqp: with_path(servers.amqp.expose_secret(), &name).into(),
            dir,
            name: name.clone(),
            servers: servers.clone(),
        };
        match place.furnish().await {
            Ok(()) => Ok(place),
            Err(error) => {
                place.remove().await;
                Err(error)
            }
        }
    }

    async fn furnish(&self) -> Result<(), BenchError> {
        let admin = database::connect(self.servers.postgres.expose_secret(), "hub112 bench").await?;
        admin.batch_execute(&format!("CREATE DATABASE {}", self.name)).await?;
        migrate::run(&self.database, |_| {}).await?;
        self.management(|management| async move { management.put_vhost().await }).await
    }

    /// Removes both; what cannot be removed is named.
    pub async fn remove(self) {
        let dropped = async {
            let admin = database::connect(self.servers.postgres.expose_secret(), "hub112 bench").await?;
            admin.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)).await?;
            Ok::<(), BenchError>(())
        };
        if let Err(error) = dropped.await {
            tracing::warn!(%error, database = self.name, "left behind");
        }
        let removed = self.management(|management| async move { management.remove_vhost().await });
        if let Err(error) = removed.await {
            tracing::warn!(%error, vhost = self.name, "left behind");
        }
        if let Err(error) = std::fs::remove_dir_all(&self.dir) {
            tracing::warn!(%error, directory = %self.dir.display(), "left behind");
        }
    }

    /// The broker's management interface.
    pub fn management_url(&self) -> &str {
        self.servers.management.expose_secret()
    }

    /// Empties the database for the next round. No hub may be running.
    pub async fn empty(&self) -> Result<(), BenchError> {
        let client = database::connect(&self.database, "hub112 bench").await?;
        client.batch_execute(EMPTIED).await?;
        Ok(())
    }

    /// The broker's management lives on an arbiter of its own, whatever runtime the bench has.
    async fn management<F>(
        &self,
        ask: impl FnOnce(Management) -> F + Send + 'static,
    ) -> Result<(), BenchError>
    where
        F: Future<Output = Result<(), crate::bus::BusError>>,
    {
        let (url, vhost) = (self.servers.management.clone(), self.name.clone());
        let work =
            move || actix::System::new().block_on(async move { ask(Management::new(&url, &vhost)?).await });
        let asked = tokio::task::spawn_blocking(move || std::thread::spawn(work).join()).await;
        match asked {
            Ok(Ok(result)) => Ok(result?),
            _ => Err(BenchError::Hub("the broker's management could not be asked".to_owned())),
        }
    }
}

/// The same server with another path: another database, or another virtual host.
fn with_path(url: &str, path: &str) -> String {
    let authority = url.find("://").map_or(0, |at| at + 3);
    let end = url[authority..].find('/').map_or(url.len(), |at| authority + at);
    format!("{}/{path}", &url[..end])
}
