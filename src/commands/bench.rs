//! `hub112 bench`: the rows, one line each.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use secrecy::SecretString;

use super::Failure;
use crate::bench::order::Restart;
use crate::bench::place::Servers;
use crate::bench::row::{Row, Verdict};
use crate::bench::{self, BenchError, Extent};

/// What is measured, where, and for how long.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Groups of rows; all when none is named
    #[arg(value_name = "GROUP", value_parser = bench::GROUPS)]
    groups: Vec<String>,
    /// A PostgreSQL server whose durability is on: any database, as a role that may make others
    #[arg(long, env = "HUB112_TEST_PG_URL", hide_env_values = true)]
    postgres: SecretString,
    /// A RabbitMQ server: any virtual host
    #[arg(long, env = "HUB112_TEST_AMQP_URL", hide_env_values = true)]
    amqp: SecretString,
    /// Its management interface, as an administrator
    #[arg(long, env = "HUB112_TEST_MQ_MANAGEMENT_URL", hide_env_values = true)]
    management: SecretString,
    /// Rounds, each with every side in turn
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Seconds of one side
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// An OpenStreetMap extract (.osm.pbf) whose roads are measured; without it a town is made up
    #[arg(long, value_name = "FILE", env = "HUB112_BENCH_EXTRACT")]
    extract: Option<PathBuf>,
    /// How many times those roads are laid side by side, for the rows of a country's size; without it they are left out
    #[arg(long, value_name = "TOWNS", value_parser = clap::value_parser!(u16).range(2..=400))]
    country: Option<u16>,
    /// A folder of a town's streets and its true crossings: how many are found by what a caller says
    #[arg(long, value_name = "FOLDER", env = "HUB112_BENCH_CROSSINGS")]
    crossings: Option<PathBuf>,
    /// The program that stops the broker, with its arguments; without both, the rows over a restart are left out
    #[arg(long, value_name = "COMMAND", requires = "start_broker")]
    stop_broker: Option<String>,
    /// The program that starts it again and returns once it answers
    #[arg(long, value_name = "COMMAND", requires = "stop_broker")]
    start_broker: Option<String>,
}

/// Measures and prints the rows.
///
/// # Errors
/// [`Failure`] with code 3 when a row misses its limit.
pub fn bench(args: BenchArgs) -> Result<(), Failure> {
    let side = Duration::try_from_secs_f64(args.seconds).map_err(Failure::usage)?;
    let extent = Extent {
        servers: Servers { postgres: args.postgres, amqp: args.amqp, management: args.management },
        rounds: args.rounds.max(1),
        side,
        extract: args.extract,
        country: args.country.map(usize::from),
        crossings: args.crossings,
        restart: args.stop_broker.zip(args.start_broker).map(|(stop, start)| {
            let parts = |command: String| command.split_whitespace().map(ToOwned::to_owned).collect();
            Restart { stop: parts(stop), start: parts(start) }
        }),
    };
    let wanted = |group: &&str| args.groups.is_empty() || args.groups.iter().any(|g| g == group);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::new)?;
    let rows = runtime.block_on(async {
        let mut rows: Vec<Row> = Vec::new();
        for group in bench::GROUPS.iter().filter(|group| wanted(group)) {
            let measured = bench::run(group, &extent).await?;
            measured.iter().for_each(|row| println!("{row}"));
            rows.extend(measured);
        }
        Ok::<_, BenchError>(rows)
    });
    let missed = rows.map_err(Failure::new)?.iter().filter(|row| row.verdict == Verdict::Missed).count();
    if missed == 0 { Ok(()) } else { Err(Failure::found(format!("{missed} rows miss their limit"))) }
}
