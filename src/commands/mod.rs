//! What the command line does, a file per command.

mod account;
mod agency;
mod bench;
mod check;
mod documents;
mod drive;
mod gis;
mod load;
mod migrate;
mod replay;
mod serve;

use std::future::Future;
use std::path::PathBuf;

pub use account::{AccountArgs, account};
pub use agency::agency;
pub use bench::{BenchArgs, bench};
pub use check::check;
pub use documents::{asyncapi, openapi};
pub use drive::drive;
pub use gis::{GisArgs, gis};
pub use load::{LoadArgs, load};
pub use migrate::migrate;
pub use replay::{ReplayArgs, replay};
pub use serve::serve;

use crate::config::{Config, Flags};

/// Where the settings of a command come from.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The file, if one is named.
    pub file: Option<PathBuf>,
    /// What the command line overrides.
    pub flags: Flags,
}

impl Settings {
    /// Reads and checks them.
    ///
    /// # Errors
    /// [`Failure`] with code 2, naming the key and where it stands.
    pub fn read(&self) -> Result<Config, Failure> {
        Config::load(self.file.as_deref(), &self.flags).map_err(|e| Failure::usage(e.to_string()))
    }
}

/// Why a command ended badly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong and how to mend it.
    pub message: String,
    /// The exit code: 1 something failed, 2 asked wrongly, 3 something is not as it should be.
    pub code: u8,
}

impl Failure {
    /// Something failed.
    pub fn new(message: impl ToString) -> Self {
        Self { message: message.to_string(), code: 1 }
    }

    /// Asked wrongly.
    pub fn usage(message: impl ToString) -> Self {
        Self { message: message.to_string(), code: 2 }
    }

    /// Looked at and found wanting.
    pub fn found(message: impl ToString) -> Self {
        Self { message: message.to_string(), code: 3 }
    }
}

/// Runs on an actix system: actors, HTTP and AMQP live on it.
fn run<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    actix::System::new().block_on(work)
}
