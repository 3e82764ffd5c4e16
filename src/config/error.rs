//! What is wrong with the settings, in words that a person can act upon and that hold no secret.

use std::path::PathBuf;

use figment::error::{Error, Kind, OneOf};

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file named by `--config` cannot be read.
    #[error("the settings file {file} cannot be read: {source}", file = file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A setting is unknown, missing, of the wrong type, or the file is no TOML.
    #[error("{0}")]
    Setting(String),
    /// A setting has the right type and a wrong value.
    #[error("{key} {why}")]
    Value {
        /// The setting, as in the file.
        key: &'static str,
        /// What it must be.
        why: String,
    },
}

impl From<Error> for ConfigError {
    fn from(errors: Error) -> Self {
        Self::Setting(errors.into_iter().map(|e| sentence(&e)).collect::<Vec<_>>().join("\n"))
    }
}

fn sentence(error: &Error) -> String {
    let place = error
        .metadata
        .as_ref()
        .map(|m| m.source.as_ref().map_or_else(|| m.name.to_string(), ToString::to_string))
        .map_or_else(String::new, |place| format!(" (in {place})"));
    let key = error.path.join(".");
    match &error.kind {
        Kind::UnknownField(field, known) => {
            let full = if key.is_empty() || key == *field || key.ends_with(&format!(".{field}")) {
                if key.is_empty() { field.clone() } else { key }
            } else {
                format!("{key}.{field}")
            };
            format!("unknown setting {full}{place}; known here: {}", OneOf(known))
        }
        Kind::MissingField(field) => {
            let full = if key.is_empty() { field.to_string() } else { format!("{key}.{field}") };
            let name = full.replace('.', "__").to_uppercase();
            format!("missing setting {full}: put it into the settings file, or into HUB112_{name}")
        }
        // A found text might be a secret that stands at the wrong place; the key says enough.
        Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => {
            format!("{key} must be {expected}{place}")
        }
        Kind::Message(text) => {
            let text = without_snippet(text);
            if key.is_empty() { format!("{text}{place}") } else { format!("{key}: {text}{place}") }
        }
        other => format!("{key}: {other}{place}"),
    }
}

/// A TOML parser shows the line at fault, which may be the one with the password.
fn without_snippet(text: &str) -> String {
    let lines = text.lines().filter(|line| {
        let line = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
        !line.starts_with('|') && !line.trim().is_empty()
    });
    lines.collect::<Vec<_>>().join(": ")
}
