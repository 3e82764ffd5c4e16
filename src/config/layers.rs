//! The three layers of settings, the later over the earlier: file, environment, flags.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::providers::{Data, Format, Serialized, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};
use serde::Serialize;

use super::{Config, ConfigError, LogFormat};
use crate::domain::ids::RegionCode;

/// Names in the environment that begin like settings and belong to tests, scripts and the command line.
const NOT_SETTINGS: [&str; 4] = ["HUB112_TEST_", "HUB112_OPS_", "HUB112_AGENCY_", "HUB112_CONFIG"];

/// The settings that a command line can give; they win over file and environment.
#[derive(Debug, Clone, Default, clap::Args, Serialize)]
pub struct Flags {
    /// Serve HTTP here (address:port) instead of where the settings say
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// Serve these regions only, by the first two digits of their KATO codes: --region 75 --region 71
    #[arg(long = "region", value_name = "CODE")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<RegionCode>,
    /// Mark everything as a demonstration
    #[arg(long)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
    /// Log lines for machines (json) or for eyes (text)
    #[arg(long, value_name = "FORMAT")]
    #[serde(skip)]
    pub log_format: Option<LogFormat>,
    /// Log level, or directives per module: info,hub112::bus=debug
    #[arg(long, value_name = "LEVEL")]
    #[serde(skip)]
    pub log_level: Option<String>,
}

impl Config {
    /// Reads the file (if one is named), the environment `HUB112_…` (sections apart by two underscores:
    /// `HUB112_DATABASE__URL`) and the flags, and checks the whole.
    ///
    /// # Errors
    /// [`ConfigError`], with the key and where it stands.
    pub fn load(file: Option<&Path>, flags: &Flags) -> Result<Self, ConfigError> {
        Self::load_with(file, std::env::vars(), flags)
    }

    /// [`Config::load`] with the environment given by the caller.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load_with(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
        flags: &Flags,
    ) -> Result<Self, ConfigError> {
        let mut layers = Figment::new();
        if let Some(file) = file {
            // Read here, because the reader of the layers takes a file that is not there for an empty one.
            let text = std::fs::read_to_string(file)
                .map_err(|source| ConfigError::File { file: file.to_owned(), source })?;
            layers = layers.merge(File { toml: Toml::string(&text), file: file.to_owned() });
        }
        layers = layers.merge(Environment::read(environment)).merge(Serialized::defaults(flags));
        if let Some(format) = flags.log_format {
            layers = layers.merge(Serialized::default("log.format", format));
        }
        if let Some(level) = &flags.log_level {
            layers = layers.merge(Serialized::default("log.level", level));
        }
        layers.extract::<Self>()?.checked()
    }
}

/// The settings file, under its own name in every error.
struct File {
    toml: Data<Toml>,
    file: PathBuf,
}

impl Provider for File {
    fn metadata(&self) -> Metadata {
        Metadata::from("settings file", self.file.as_path())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        self.toml.data()
    }
}

/// `HUB112_…`, nested by two underscores.
struct Environment(Dict);

impl Environment {
    fn read(variables: impl Iterator<Item = (String, String)>) -> Self {
        let mut settings = Dict::new();
        for (name, text) in variables {
            if NOT_SETTINGS.iter().any(|other| name.starts_with(other)) {
                continue;
            }
            if let Some(key) = name.strip_prefix("HUB112_") {
                let path: Vec<String> = key.to_lowercase().split("__").map(str::to_owned).collect();
                // Numbers, lists and yes-no as in TOML; everything else is text as it stands.
                let value = text.parse().unwrap_or_else(|_| Value::from(text));
                place(&mut settings, &path, value);
            }
        }
        Self(settings)
    }
}

fn place(dict: &mut Dict, path: &[String], value: Value) {
    match path {
        [] => {}
        [last] => {
            dict.insert(last.clone(), value);
        }
        [first, rest @ ..] => {
            let inner = dict.entry(first.clone()).or_insert_with(|| Value::from(Dict::new()));
            if !matches!(inner, Value::Dict(..)) {
                *inner = Value::from(Dict::new());
            }
            if let Value::Dict(_, inner) = inner {
                place(inner, rest, value);
            }
        }
    }
}

impl Provider for Environment {
    fn metadata(&self) -> Metadata {
        Metadata::named("the environment, HUB112_…")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.0.clone()))
    }
}
