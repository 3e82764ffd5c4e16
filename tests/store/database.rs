//! A fresh, migrated database on the server of `HUB112_TEST_PG_URL`, dropped with its owner.

use std::sync::atomic::{AtomicU32, Ordering};

use hub112::store::{database, migrate};

/// A database of one test.
pub struct Database {
    server: String,
    name: String,
    /// Its address.
    pub url: String,
}

static COUNT: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// Makes one with the schema in it.
    pub async fn new() -> Self {
        let database = Self::empty().await;
        migrate::run(&database.url, |_| {}).await.expect("migrate");
        database
    }

    /// Makes one without a schema.
    pub async fn empty() -> Self {
        let server = std::env::var("HUB112_TEST_PG_URL")
            .expect("HUB112_TEST_PG_URL names a PostgreSQL server where databases may be created");
        let name = format!("hub112_store_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let client = database::connect(&server, "test").await.expect("connect");
        client.batch_execute(&format!("CREATE DATABASE {name}")).await.expect("create");
        let url = with_database(&server, &name);
        Self { server, name, url }
    }

    /// A connection to it.
    pub async fn client(&self) -> tokio_postgres::Client {
        database::connect(&self.url, "test").await.expect("connect")
    }
}

fn with_database(server: &str, name: &str) -> String {
    let (address, query) = server.split_once('?').map_or((server, ""), |(a, q)| (a, q));
    let authority = address.find("://").map_or(0, |at| at + 3);
    let base = address[authority..].find('/').map_or(address, |at| &address[..authority + at]);
    if query.is_empty() { format!("{base}/{name}") } else { format!("{base}/{name}?{query}") }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("runtime").block_on(async {
                let client = database::connect(&server, "test").await.expect("connect");
                client
                    .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                    .await
                    .expect("drop");
            });
        });
        dropping.join().expect("the database is dropped");
    }
}
