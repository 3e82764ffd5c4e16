//! The hub under test: this program as `hub112 serve`, a process of its own with a settings file.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use secrecy::ExposeSecret;
use tokio::process::{Child, Command};

use super::BenchError;
use super::callers::Caller;
use super::place::Place;
use crate::api::{digest, new_token};
use crate::domain::ids::{AccountName, RegionCode};
use crate::store::account::{self, Account, ChangedBy, Role};
use crate::store::database::{Pool, pool};

/// How long it may take until it is ready.
const READY: Duration = Duration::from_secs(60);

/// Whether the hub reaches the broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broker {
    /// It does.
    There,
    /// Nothing listens at the address it has.
    Away,
}

/// Memory of a process, MB.
#[derive(Debug, Clone, Copy)]
pub(super) struct Memory {
    /// Resident now.
    pub resident: f64,
    /// The most that was ever resident.
    pub peak: f64,
}

/// A running hub. Dropped, it is killed.
pub(super) struct Hub {
    /// Where it serves.
    pub address: SocketAddr,
    /// A duty officer's token.
    pub token: String,
    /// An administrator's token.
    pub administrator: String,
    process: Child,
    log: PathBuf,
}

impl Hub {
    /// Starts it on an emptied place and waits until it is ready.
    pub async fn start(place: &Place, regions: &[RegionCode], broker: Broker) -> Result<Self, BenchError> {
        let accounts = pool(&place.database, 1)?;
        let token = issue(&accounts, "officer", Role::DutyOfficer).await?;
        let administrator = issue(&accounts, "administrator", Role::Administrator).await?;
        let address = free_address()?;
        let (amqp, management) = match broker {
            Broker::There => (place.amqp.expose_secret().to_owned(), place.management_url().to_owned()),
            Broker::Away => {
                let nobody = free_address()?;
                (format!("amqp://none:none@{nobody}/none"), format!("http://none:none@{nobody}"))
            }
        };
        let codes: Vec<String> = regions.iter().map(|region| format!("\"{region}\"")).collect();
        let settings = format!(
            "listen = \"{address}\"\nregions = [{}]\ninstance = \"bench\"\nspool_dir = \"{}\"\n\
             [database]\nurl = \"{}\"\n[broker]\nurl = \"{amqp}\"\n\
             management_url = \"{management}\"\n[log]\nlevel = \"warn\"\n",
            codes.join(", "),
            place.dir.join("spool").display(),
            place.database
        );
        let config = place.dir.join("hub.toml");
        let log = place.dir.join("hub.log");
        let io = |what| move |error| BenchError::Io(what, error);
        std::fs::write(&config, settings).map_err(io("the hub's settings"))?;
        let out = File::create(&log).map_err(io("the hub's log"))?;
        let program = std::env::current_exe().map_err(io("this program"))?;
        let process = Command::new(program)
            .arg("serve")
            .env("HUB112_CONFIG", &config)
            .stdin(Stdio::null())
            .stdout(out.try_clone().map_err(io("the hub's log"))?)
            .stderr(out)
            .kill_on_drop(true)
            .spawn()
            .map_err(io("hub112 serve"))?;
        let mut hub = Self { address, token, administrator, process, log };
        hub.ready().await?;
        Ok(hub)
    }

    async fn ready(&mut self) -> Result<(), BenchError> {
        let began = Instant::now();
        loop {
            if let Ok(mut caller) = Caller::connect(self.address, &self.token).await
                && matches!(caller.get("/health/ready").await, Ok((200, _)))
            {
                return Ok(());
            }
            if let Ok(Some(status)) = self.process.try_wait() {
                return Err(BenchError::Hub(format!("it ended ({status}): {}", self.last_words())));
            }
            if began.elapsed() > READY {
                return Err(BenchError::Hub(format!("it is not ready: {}", self.last_words())));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What it has of the machine's memory now, and the most it ever had.
    pub fn memory(&self) -> Result<Memory, BenchError> {
        let id = self.process.id().ok_or_else(|| BenchError::Hub("it has ended".to_owned()))?;
        memory_of(&id.to_string())
    }

    /// Processor time that it has used, of all its threads, in the system's own mode too. To a hundredth of a second.
    pub fn processor(&self) -> Result<Duration, BenchError> {
        let id = self.process.id().ok_or_else(|| BenchError::Hub("it has ended".to_owned()))?;
        processor_of(&id.to_string())
    }

    /// Ends it at once and waits until it is gone.
    pub async fn end(mut self) -> Result<(), BenchError> {
        self.process.kill().await.map_err(|e| BenchError::Io("the hub's end", e))
    }

    fn last_words(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(5)..].join("\n")
    }
}

/// What this process has of the machine's memory.
pub(super) fn own_memory() -> Result<Memory, BenchError> {
    memory_of("self")
}

/// Processor time that this process has used, of all its threads. To a hundredth of a second.
///
/// # Errors
/// [`BenchError`] when the system does not tell.
pub(super) fn own_processor() -> Result<Duration, BenchError> {
    processor_of("self")
}

fn processor_of(process: &str) -> Result<Duration, BenchError> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))
        .map_err(|e| BenchError::Io("the processor time of a process", e))?;
    processor(&stat)
        .ok_or_else(|| BenchError::Hub("the system does not tell the time of a process".to_owned()))
}

fn memory_of(process: &str) -> Result<Memory, BenchError> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))
        .map_err(|e| BenchError::Io("the memory of a process", e))?;
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let kibibytes: f64 = line.trim_start_matches(':').trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kibibytes * 1.024e-3)
    };
    let memory = of("VmRSS").zip(of("VmHWM")).map(|(resident, peak)| Memory { resident, peak });
    memory.ok_or_else(|| BenchError::Hub("the system does not tell the memory of a process".to_owned()))
}

/// The time in the line of `/proc/ID/stat`, whose second field is a name that may hold anything. Linux counts there in
/// hundredths of a second on every machine.
fn processor(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11).map_while(|field| field.parse::<u64>().ok());
    Some(Duration::from_millis(10 * (times.next()? + times.next()?)))
}

/// Processor time that everything on the machine has used since it was started, of all its cores and in the system's
/// own mode too. To a hundredth of a second.
///
/// # Errors
/// [`BenchError`] when the system does not tell.
pub fn machine_processor() -> Result<Duration, BenchError> {
    let stat = std::fs::read_to_string("/proc/stat").map_err(|e| BenchError::Io("the machine's work", e))?;
    all_processors(&stat).ok_or_else(|| BenchError::Hub("the system does not tell its work".to_owned()))
}

/// The time in the first line of `/proc/stat`, in hundredths of a second: user, nice, system, (idle, waiting,)
/// interrupts of both kinds.
fn all_processors(stat: &str) -> Option<Duration> {
    let times: Vec<u64> = stat
        .lines()
        .next()?
        .strip_prefix("cpu ")?
        .split_whitespace()
        .map_while(|field| field.parse().ok())
        .collect();
    let [user, nice, system, _, _, hard, soft, ..] = times[..] else { return None };
    Some(Duration::from_millis(10 * (user + nice + system + hard + soft)))
}

/// An account that is there from now on, and a new token of it.
async fn issue(accounts: &Pool, name: &str, role: Role) -> Result<String, BenchError> {
    let account = Account {
        version: 0,
        name: AccountName::new(name)?,
        role,
        password_hash: None,
        region: None,
        service: None,
        active: true,
    };
    // Without an expectation nothing is refused.
    drop(account::put(accounts, &account, None, None, ChangedBy::CommandLine("bench")).await?);
    let token = new_token();
    account::issue_token(accounts, &account.name, &digest(&token), "bench", None).await?;
    Ok(token)
}

/// An address that was free a moment ago, below the ports that Linux lends out for outgoing connections.
pub(super) fn free_address() -> Result<SocketAddr, BenchError> {
    let mut last = None;
    for _ in 0..100 {
        let address = SocketAddr::from(([127, 0, 0, 1], rand::random_range(20_000..32_000)));
        match TcpListener::bind(address) {
            Ok(_) => return Ok(address),
            Err(error) => last = Some(error),
        }
    }
    Err(BenchError::Io("a free port", last.unwrap_or_else(|| std::io::ErrorKind::AddrInUse.into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_that_in_both_modes() {
        let stat = "19879 (a) b) S 1 2 3 4 5 6 7 8 9 10 150 25 7 7 20 0 9";
        assert_eq!(processor(stat), Some(Duration::from_millis(1_750)));
        assert_eq!(processor("1 (hub112) S 1"), None);
    }

    #[test]
    fn the_work_of_the_machine_leaves_out_idling_and_waiting() {
        let stat = "cpu  100 20 30 5000 600 7 8 9 0 0\ncpu0 50 10 15 2500 300 4 4 5 0 0\n";
        assert_eq!(all_processors(stat), Some(Duration::from_millis(1_650)));
        assert_eq!(all_processors("cpu  100 20 30"), None);
        assert_eq!(all_processors("intr 1"), None);
    }
}
