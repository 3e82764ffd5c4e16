//! The hub as it runs in service: a process of its own, with a settings file.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{World, free_port, wait_until};

/// How long a hub may take until it is ready: on two busy cores, after a crash, with its journal to read.
const READY: Duration = Duration::from_secs(60);

/// A running `hub112 serve`. Dropped, it is killed.
pub struct Hub {
    /// Where it serves, `http://127.0.0.1:port`.
    pub url: String,
    /// Its settings.
    pub config: PathBuf,
    /// What it said, of all its lives.
    pub log: PathBuf,
    port: u16,
    process: Option<Child>,
}

impl Hub {
    pub(super) async fn start(world: &World, settings: &str) -> Self {
        let mut hub = Self::prepare(world, settings);
        hub.restart().await;
        hub
    }

    /// Started, and not waited for.
    pub(super) fn start_waiting(world: &World, settings: &str) -> Self {
        let mut hub = Self::prepare(world, settings);
        hub.spawn();
        hub
    }

    fn prepare(world: &World, settings: &str) -> Self {
        let port = free_port();
        let config = world.dir.join(format!("hub-{port}.toml"));
        let log = world.dir.join(format!("hub-{port}.log"));
        let text = format!(
            "listen = \"127.0.0.1:{port}\"\nspool_dir = \"{spool}\"\n{settings}\n\
             [database]\nurl = \"{database}\"\n\
             [broker]\nurl = \"{amqp}\"\nmanagement_url = \"{management}\"\n",
            spool = world.dir.join(format!("spool-{port}")).display(),
            database = world.database_url,
            amqp = world.amqp_url,
            management = world.management_url,
        );
        std::fs::write(&config, text).expect("the settings written");
        Self { url: format!("http://127.0.0.1:{port}"), config, log, port, process: None }
    }

    /// Where it keeps messages while the database is down.
    pub fn spool(&self) -> PathBuf {
        self.config.with_file_name(format!("spool-{}", self.port))
    }

    /// SIGKILL: no word of farewell, nothing flushed.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("killed");
            process.wait().expect("gone");
        }
    }

    /// SIGSTOP: it lives and does nothing, as on a machine that hangs.
    pub fn pause(&self) {
        self.signal("STOP");
    }

    /// SIGCONT: it goes on as if nothing had been.
    pub fn resume(&self) {
        self.signal("CONT");
    }

    /// SIGTERM: to end in order.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.pid().to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Whether its log has these words.
    pub fn has_said(&self, words: &str) -> bool {
        std::fs::read_to_string(&self.log).is_ok_and(|log| log.contains(words))
    }

    /// Whether its process has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        let process = self.process.as_mut().expect("a process");
        process.try_wait().expect("its state").is_some()
    }

    /// Kills it if it runs, starts it with the same settings and waits until it is ready.
    pub async fn restart(&mut self) {
        self.restart_waiting();
        let port = self.port;
        let process = self.process.as_mut().expect("just started");
        let log = &self.log;
        wait_until("the hub is ready", READY, async || {
            if let Some(status) = process.try_wait().expect("its state") {
                panic!("the hub ended ({status}): {}", last_words(log));
            }
            ready(port)
        })
        .await;
    }

    /// The same, not waited for.
    pub fn restart_waiting(&mut self) {
        self.kill();
        self.spawn();
    }

    /// Whether `/health/ready` answers 200 at this moment.
    pub fn is_ready(&self) -> bool {
        ready(self.port)
    }

    /// A figure of `/metrics`: the sum over its labels.
    pub fn metric(&self, name: &str) -> Option<f64> {
        let text = ask(self.port, "/metrics").ok()?;
        let values = text.lines().filter_map(|line| {
            let rest = line.strip_prefix(name)?;
            (rest.starts_with(['{', ' '])).then(|| rest.rsplit(' ').next()?.parse::<f64>().ok()).flatten()
        });
        let values: Vec<f64> = values.collect();
        (!values.is_empty()).then(|| values.iter().sum())
    }

    /// The number of its process.
    pub fn pid(&self) -> u32 {
        self.process.as_ref().expect("a running hub").id()
    }

    /// Another subcommand of the same program with the same settings, run to its end.
    pub fn run(&self, arguments: &[&str]) -> std::process::Output {
        Command::new(env!("CARGO_BIN_EXE_hub112"))
            .args(arguments)
            .env("HUB112_CONFIG", &self.config)
            .stdin(Stdio::null())
            .output()
            .expect("hub112 runs")
    }

    /// The same, with something on its standard input.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> std::process::Output {
        let mut process = Command::new(env!("CARGO_BIN_EXE_hub112"))
            .args(arguments)
            .env("HUB112_CONFIG", &self.config)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("hub112 runs");
        process.stdin.take().expect("its input").write_all(input.as_bytes()).expect("written");
        process.wait_with_output().expect("hub112 ends")
    }

    fn spawn(&mut self) {
        let log = OpenOptions::new().create(true).append(true).open(&self.log).expect("a log");
        let process = Command::new(env!("CARGO_BIN_EXE_hub112"))
            .arg("serve")
            .env("HUB112_CONFIG", &self.config)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn()
            .expect("hub112 starts");
        self.process = Some(process);
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("the hub's last words ({}):\n{}", self.log.display(), last_words(&self.log));
        }
    }
}

fn last_words(log: &std::path::Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}

fn ask(port: u16, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(1 << 20).read_to_string(&mut answer)?;
    Ok(answer)
}

fn ready(port: u16) -> bool {
    ask(port, "/health/ready").is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
