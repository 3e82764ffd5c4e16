//! A PostgreSQL and a RabbitMQ for one test at a time, which it may stop and crash.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// One of the two servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    /// The database.
    Postgres,
    /// The broker.
    Broker,
}

impl Server {
    fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Broker => "broker",
        }
    }
}

/// Both servers, held by a lock until dropped. They keep running for the next test; `ops/test` stops them.
pub struct Servers {
    _lock: File,
}

impl Servers {
    /// Waits until no other test has them, and starts what is not running.
    pub async fn acquire() -> Self {
        let lock = tokio::task::spawn_blocking(|| {
            std::fs::create_dir_all(var()).expect("a directory for the servers");
            let lock = File::create(var().join(".held")).expect("a lock file");
            lock.lock().expect("the lock");
            cluster(&["start"]);
            lock
        });
        Self { _lock: lock.await.expect("servers of one's own") }
    }

    /// Ends a server in order.
    pub fn stop(&self, server: Server) {
        cluster(&["stop", server.name()]);
    }

    /// Ends a server at once, as a power cut would.
    pub fn crash(&self, server: Server) {
        cluster(&["crash", server.name()]);
    }

    /// Starts a server and waits until it answers.
    pub fn start(&self, server: Server) {
        cluster(&["start", server.name()]);
    }

    /// Whether the broker's register of quorum queues on disk names this one (`<vhost>_<queue>`).
    pub fn broker_has_noted(&self, queue: &str) -> bool {
        let folder = var().join("broker/data/node/quorum");
        let nodes = std::fs::read_dir(folder).into_iter().flatten().flatten();
        nodes
            .filter_map(|node| std::fs::read(node.path().join("names.dets")).ok())
            .any(|register| register.windows(queue.len()).any(|window| window == queue.as_bytes()))
    }

    pub(super) fn start_both(&self) {
        cluster(&["start"]);
    }

    /// The addresses of the database, the broker and its management interface.
    pub(super) fn urls(&self) -> [String; 3] {
        let lines = cluster(&["env"]);
        ["HUB112_TEST_PG_URL", "HUB112_TEST_AMQP_URL", "HUB112_TEST_MQ_MANAGEMENT_URL"].map(|name| {
            let line = lines.lines().find(|line| line.contains(name)).expect("all three addresses");
            line.split('\'').nth(1).expect("an address in quotes").to_owned()
        })
    }
}

fn var() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("var/test/alone")
}

fn cluster(arguments: &[&str]) -> String {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("ops/cluster");
    let output = Command::new(program)
        .args(arguments)
        .env("HUB112_OPS_VAR", var())
        .env("HUB112_OPS_THROWAWAY", "1")
        .stdin(Stdio::null())
        .output()
        .expect("ops/cluster runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "ops/cluster {arguments:?}: {said}");
    String::from_utf8(output.stdout).expect("text")
}
