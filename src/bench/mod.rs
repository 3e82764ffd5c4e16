//! `hub112 bench`: every speed the project claims, side by side with a peer or a limit.

mod callers;
pub mod chain;
pub mod country;
mod crossings;
pub mod gazetteer;
mod hub;
pub mod intake;
pub mod memory;
mod messages;
pub mod order;
pub mod place;
mod reach;
pub mod roads;
pub mod row;
pub mod spatial;

use std::path::PathBuf;
use std::time::Duration;

use self::place::Servers;
use self::row::Row;
use crate::bus::BusError;
use crate::domain::ids::IdError;
use crate::domain::quantities::QuantityError;
use crate::domain::unit::NotACallSign;
use crate::store::database::StoreError;
use crate::store::migrate::MigrateError;

/// Why a row could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database's schema.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The broker.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// A name that is none.
    #[error(transparent)]
    Name(#[from] IdError),
    /// Files, processes, connections.
    #[error("{0}: {1}")]
    Io(&'static str, std::io::Error),
    /// A place that is none.
    #[error(transparent)]
    Place(#[from] QuantityError),
    /// A call sign that is none.
    #[error(transparent)]
    CallSign(#[from] NotACallSign),
    /// The broker's restart.
    #[error("the broker could not be restarted: {0}")]
    Restart(String),
    /// The hub under test.
    #[error("the hub: {0}")]
    Hub(String),
}

impl From<tokio_postgres::Error> for BenchError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<lapin::Error> for BenchError {
    fn from(error: lapin::Error) -> Self {
        Self::Bus(error.into())
    }
}

/// How much is measured, and where.
#[derive(Debug, Clone)]
pub struct Extent {
    /// The servers.
    pub servers: Servers,
    /// Rounds, each with every side in turn.
    pub rounds: usize,
    /// The length of one side.
    pub side: Duration,
    /// How the broker is restarted for the rows that need it; without it they are left out.
    pub restart: Option<order::Restart>,
    /// The extract whose roads are measured; without it they are made up.
    pub extract: Option<PathBuf>,
    /// How many towns a country is made of; without it its rows are left out.
    pub country: Option<usize>,
    /// The folder of a town's streets and true crossings; without it their rows are left out.
    pub crossings: Option<PathBuf>,
}

/// The groups of rows, in the order in which they are measured.
pub const GROUPS: [&str; 10] =
    ["spatial", "map", "roads", "country", "gazetteer", "crossings", "intake", "chain", "order", "memory"];

/// The region of the hub under test: wide, so that no two messages are about the same place.
const REGION: u8 = 35;

/// The regions of the country, by the national classifier: one hub serves all of them.
const REGIONS: [u8; 20] = [10, 11, 15, 19, 23, 27, 31, 33, 35, 39, 43, 47, 55, 59, 61, 62, 63, 71, 75, 79];

/// Measures a group of [`GROUPS`]; another name has no rows.
///
/// # Errors
/// [`BenchError`] when it cannot be measured.
pub async fn run(group: &str, extent: &Extent) -> Result<Vec<Row>, BenchError> {
    match group {
        "spatial" => spatial::run(extent).await,
        "map" => spatial::map(extent).await,
        "roads" => roads::run(extent),
        "country" => country::run(extent),
        "gazetteer" => gazetteer::run(extent),
        "crossings" => crossings::run(extent),
        "memory" => memory::run(extent).await,
        "intake" => intake::run(extent).await,
        "chain" => chain::run(extent).await,
        "order" => order::run(extent).await,
        _ => Ok(Vec::new()),
    }
}
