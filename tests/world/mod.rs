//! A world of one's own for a test: a migrated database and a virtual host on real servers, removed at the end; and
//! the hub as a process that can be killed and started again.
//!
//! The servers are those of `ops/test`; who runs cargo by hand gives them with `eval "$(ops/test --env)"`.

// A harness offers what a test may need, not only what one needs today.
#![allow(dead_code)]

mod database;
pub mod foreign;
mod hub;
mod line;
mod listener;
mod servers;
mod vhost;
mod waiting;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

pub use hub::Hub;
pub use line::Line;
pub use listener::Listener;
pub use servers::{Server, Servers};
pub use waiting::{free_port, wait_until};

/// What one test has for itself. Dropped, it leaves nothing behind, unless `HUB112_TEST_KEEP=1` says to keep it and
/// to print where it is.
pub struct World {
    /// The test's database, migrated.
    pub database_url: String,
    /// The test's virtual host on the broker.
    pub amqp_url: String,
    /// Its name.
    pub vhost: String,
    /// The broker's management interface, with an administrator's credentials.
    pub management_url: String,
    /// A directory for settings, logs and spools of the processes that the test starts.
    pub dir: PathBuf,
    name: String,
    admin_url: String,
    servers: Option<Servers>,
}

static COUNT: AtomicU32 = AtomicU32::new(0);

impl World {
    /// A world on the shared servers, which the test must not stop.
    pub async fn new() -> Self {
        Self::shared(true).await
    }

    /// The same with a database that nothing was migrated into.
    pub async fn with_empty_database() -> Self {
        Self::shared(false).await
    }

    async fn shared(migrated: bool) -> Self {
        let of = |name: &str| {
            std::env::var(name).unwrap_or_else(|_| {
                panic!("{name} is not set: run ops/test, or `eval \"$(ops/test --env)\"` before cargo test")
            })
        };
        Self::on(
            of("HUB112_TEST_PG_URL"),
            of("HUB112_TEST_AMQP_URL"),
            of("HUB112_TEST_MQ_MANAGEMENT_URL"),
            None,
            migrated,
        )
        .await
    }

    /// A world on servers that nobody else uses meanwhile, so that the test may stop, crash and start them
    /// ([`World::servers`]). Tests that ask for one wait for each other.
    pub async fn alone() -> Self {
        let servers = Servers::acquire().await;
        let [pg, amqp, management] = servers.urls();
        Self::on(pg, amqp, management, Some(servers), true).await
    }

    async fn on(
        admin_url: String,
        amqp: String,
        management_url: String,
        servers: Option<Servers>,
        migrated: bool,
    ) -> Self {
        let name = format!("hub112_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(&name);
        std::fs::create_dir_all(&dir).expect("a directory for the test");
        let (database_url, ()) = tokio::join!(
            database::create(&admin_url, &name, migrated),
            vhost::create(management_url.clone(), name.clone())
        );
        let amqp_url = with_path(&amqp, &name);
        Self { database_url, amqp_url, vhost: name.clone(), management_url, dir, name, admin_url, servers }
    }

    /// A connection to the test's database.
    pub async fn pg(&self) -> tokio_postgres::Client {
        hub112::store::database::connect(&self.database_url, "test").await.expect("a connection")
    }

    /// The servers of a world that is alone on them.
    pub fn servers(&self) -> &Servers {
        self.servers.as_ref().expect("only a world made by World::alone() may touch its servers")
    }

    /// A hub of this world for Almaty, started and ready.
    pub async fn hub(&self) -> Hub {
        self.hub_with("regions = [\"75\"]\n").await
    }

    /// A hub of this world, started and ready. `settings` is TOML; this world's database, broker, a free port and a
    /// spool are added to it, so it holds neither those nor (before any section) what comes after a section.
    pub async fn hub_with(&self, settings: &str) -> Hub {
        Hub::start(self, settings).await
    }

    /// Listens in the place of an agency of Almaty, from the moment at which its queue is there.
    pub fn listen(&self, service: &str) -> Listener {
        Listener::start(self, service)
    }

    /// The same, not waited for: it may have to wait for another instance to go.
    pub fn hub_waiting(&self, settings: &str) -> Hub {
        Hub::start_waiting(self, settings)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::env::var("HUB112_TEST_KEEP").is_ok_and(|keep| keep == "1") {
            eprintln!(
                "kept: database {}, virtual host {}, directory {}",
                self.database_url,
                self.vhost,
                self.dir.display()
            );
            return;
        }
        if let Some(servers) = &self.servers {
            servers.start_both();
        }
        database::remove(&self.admin_url, &self.name);
        vhost::remove(self.management_url.clone(), self.name.clone());
        if !std::thread::panicking() {
            // After a failed test its logs stay for reading.
            let _ = std::fs::remove_dir_all(&self.dir);
        }
    }
}

/// The same server with another path: another database, or another virtual host.
fn with_path(url: &str, path: &str) -> String {
    let authority = url.find("://").map_or(0, |at| at + 3);
    let end = url[authority..].find('/').map_or(url.len(), |at| authority + at);
    format!("{}/{path}", &url[..end])
}

/// Runs a future to its end on a thread of its own, with the runtime that the broker's management client needs:
/// in a `drop`, and under whatever runtime the test has chosen.
fn on_a_thread<F: Future<Output = ()>>(work: impl FnOnce() -> F + Send + 'static) {
    std::thread::spawn(move || actix_rt::System::new().block_on(work())).join().expect("no panic in it");
}
