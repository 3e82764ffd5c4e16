//! Settings, typed: the file, over it the environment, over that the flags. Unknown keys are refused with the
//! key's name and the file's, and what a person must mend is said in one sentence. Secrets are never printed.
//!
//! `ops/hub112.example.toml` shows every setting with its default.

mod broker;
mod error;
mod layers;
mod positions;
mod retention;
mod territory;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize};

pub use self::broker::Broker;
pub use self::error::ConfigError;
pub use self::layers::Flags;
pub use self::positions::Positions;
pub use self::retention::Retention;
pub use self::territory::{LayerFile, TerritoryFiles};
use crate::domain::ids::RegionCode;

/// Everything a hub process is told from outside.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where HTTP is served, `address:port`; port 0 lets the system choose. Default `127.0.0.1:8112`: towards the
    /// network stands a reverse proxy that ends TLS.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// The regions whose hubs this process serves, by the first two digits of their KATO codes; at least one, none
    /// twice. In the environment also `75,71`.
    #[serde(deserialize_with = "regions")]
    pub regions: Vec<RegionCode>,
    /// Whether this is a demonstration: the console says so on every screen. Default no.
    #[serde(default)]
    pub demo: bool,
    /// Where intake goes on while the database is down: a directory on a local disk, for this process alone.
    /// Default `/var/lib/hub112/spool`.
    #[serde(default = "default_spool")]
    pub spool_dir: PathBuf,
    /// The directory of the built console. Default `console/dist`; when it is not there the console is not served, and
    /// the log says so.
    #[serde(default = "default_console")]
    pub console: PathBuf,
    /// The name of this process among the instances of the hub: different from every other's, and the same after a
    /// restart, so that it takes its own leases back at once. 1 to 64 letters, digits, `.`, `-`, `_`, `:`. Default:
    /// the machine's name and the port of `listen`.
    #[serde(default)]
    pub instance: String,
    /// For how many seconds a region's lease lasts without being prolonged, 2 to 60: the time after which a standby
    /// takes over from an instance that died. Default 5.
    #[serde(default = "default_lease")]
    pub lease_seconds: u32,
    /// Origins whose pages may read `/ogc` and the tiles in a browser (CORS), such as `https://gis.example.kz`. Default
    /// none.
    #[serde(default)]
    pub cross_origins: Vec<String>,
    /// The system of record.
    pub database: Database,
    /// The message broker to the agencies.
    pub broker: Broker,
    /// Regions and districts.
    #[serde(default)]
    pub territory: TerritoryFiles,
    /// What holds in every region that sets nothing else.
    #[serde(default)]
    pub region_defaults: RegionDefaults,
    /// What of units' positions is believed, and what is told of them.
    #[serde(default)]
    pub positions: Positions,
    /// How long is kept what is no record.
    #[serde(default)]
    pub retention: Retention,
    /// What is logged, and how.
    #[serde(default)]
    pub log: Log,
}

/// How PostgreSQL is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `postgres://user:password@host:port/database`; the role owns the database and need not be a superuser, but
    /// PostGIS must be installed in it. Secret, for its password.
    pub url: SecretString,
    /// Connections for reading, 1 to 500. The journal's writers hold theirs besides. Default 8.
    #[serde(default = "default_pool")]
    pub pool_size: usize,
}

/// What holds in every region until its administrator decides otherwise.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionDefaults {
    /// Seconds within which an obligation is met, by the name that its rule gives it. The rules state no minutes
    /// (`immediately`, `urgently` or nothing), so each figure is a decision of the region; without one the
    /// obligation's own default holds. Zero is refused: it would be late at once.
    #[serde(default)]
    pub limits: BTreeMap<String, u32>,
}

/// What is logged, and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Default `json`, for machines; `text` for eyes.
    pub format: LogFormat,
    /// One level (`error`, `warn`, `info`, `debug`, `trace`), or directives per module such as
    /// `info,hub112::bus=debug`. Default `info`.
    pub level: String,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// One readable line.
    Text,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Json, level: "info".to_owned() }
    }
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8112))
}

fn default_spool() -> PathBuf {
    PathBuf::from("/var/lib/hub112/spool")
}

fn default_console() -> PathBuf {
    PathBuf::from("console/dist")
}

fn default_lease() -> u32 {
    5
}

fn default_instance(listen: SocketAddr) -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let machine: String = machine.trim().chars().filter(|c| instance_allows(*c)).take(50).collect();
    format!("{}:{}", if machine.is_empty() { "hub112" } else { &machine }, listen.port())
}

fn instance_allows(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".-_:".contains(c)
}

fn default_pool() -> usize {
    8
}

/// A list, or what an environment variable can hold: `75`, or `75,71`.
fn regions<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<RegionCode>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a list of region codes such as [\"75\"], or text such as 75,71")]
    enum Codes {
        Number(u8),
        Text(String),
        Numbers(Vec<u8>),
        Texts(Vec<String>),
    }
    let texts: Vec<String> = match Codes::deserialize(deserializer)? {
        Codes::Number(n) => vec![n.to_string()],
        Codes::Text(s) => s.split(',').map(|code| code.trim().to_owned()).collect(),
        Codes::Numbers(numbers) => numbers.iter().map(u8::to_string).collect(),
        Codes::Texts(texts) => texts,
    };
    texts
        .iter()
        .map(|text| {
            RegionCode::from_str(text).map_err(|e| serde::de::Error::custom(format!("\"{text}\": {e}")))
        })
        .collect()
}

impl Config {
    /// What the types alone cannot say.
    fn checked(mut self) -> Result<Self, ConfigError> {
        let wrong = |key: &'static str, why: String| Err(ConfigError::Value { key, why });
        if self.regions.is_empty() {
            return wrong("regions", "name at least one region, for example [\"75\"]".to_owned());
        }
        let mut seen = Vec::with_capacity(self.regions.len());
        for region in &self.regions {
            if seen.contains(region) {
                return wrong("regions", format!("region {region} stands there twice"));
            }
            seen.push(*region);
        }
        if let Err(error) = tokio_postgres::Config::from_str(self.database.url.expose_secret()) {
            // The error names the part that is wrong and does not repeat the address.
            return wrong(
                "database.url",
                format!("must read postgres://user:password@host:port/database ({error})"),
            );
        }
        if self.instance.is_empty() {
            self.instance = default_instance(self.listen);
        }
        if self.instance.len() > 64 || !self.instance.chars().all(instance_allows) {
            return wrong("instance", "must have 1 to 64 letters, digits or . - _ :".to_owned());
        }
        if !(2..=60).contains(&self.lease_seconds) {
            return wrong("lease_seconds", "must lie between 2 and 60".to_owned());
        }
        if !(1..=500).contains(&self.database.pool_size) {
            return wrong("database.pool_size", "must lie between 1 and 500".to_owned());
        }
        if let Some((name, _)) = self.region_defaults.limits.iter().find(|(_, seconds)| **seconds == 0) {
            return wrong(
                "region_defaults.limits",
                format!("{name} has a limit of 0 seconds: it would be late at once"),
            );
        }
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&self.log.level) {
            return wrong("log.level", format!("must be a level or directives per module: {error}"));
        }
        self.positions.check()?;
        self.retention.check()?;
        self.territory.check()?;
        self.broker = self.broker.checked()?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
