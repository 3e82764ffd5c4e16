//! The command line, nothing else.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use hub112::commands::{self, Failure};
use hub112::config::Flags;

/// The coordination hub of a unified duty-dispatch "112" emergency service.
///
/// Settings come from a file (--config), then the environment (HUB112_DATABASE__URL …), then flags. Start with
/// `hub112 check`: it says what is wrong and how to mend it.
#[derive(Parser)]
#[command(name = "hub112", version, arg_required_else_help = true)]
struct Cli {
    /// Settings file (TOML)
    #[arg(long, short, global = true, env = "HUB112_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the hub: HTTP, AMQP, one actor per region and service
    Serve,
    /// Bring the database up to this program's schema
    Migrate,
    /// Look at settings, database and broker; say what is wrong and how to mend it
    Check,
    /// Run the reference agency: a separate process that knows only the public AMQP contract
    Agency(hub112::agency::Options),
    /// Enter the units of a region from a file, through the hub that runs
    Load(commands::LoadArgs),
    /// Replay a file of messages, or a log of real calls, and positions of units, at a chosen speed-up
    Drive(hub112::drive::Options),
    /// Rebuild the state from the journal; --verify compares it with the read tables and checks the hash chain; --renew
    /// writes anew what an older program wrote
    Replay(commands::ReplayArgs),
    /// Make or change an account of a person or of an agency
    Account(commands::AccountArgs),
    /// Import the land: roads, addresses, objects
    Gis(commands::GisArgs),
    /// Measure every speed the project claims, side by side with a peer or a limit, on servers it is given
    Bench(commands::BenchArgs),
    /// Print the OpenAPI document of the HTTP interface
    Openapi,
    /// Print the AsyncAPI document of the AMQP contract
    Asyncapi,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let settings = commands::Settings { file: cli.config, flags: cli.flags };
    let result = match cli.command {
        Command::Serve => commands::serve(&settings),
        Command::Migrate => commands::migrate(&settings),
        Command::Check => commands::check(&settings),
        Command::Agency(args) => commands::agency(args),
        Command::Load(args) => commands::load(args),
        Command::Drive(options) => commands::drive(options),
        Command::Replay(args) => commands::replay(&settings, args),
        Command::Account(args) => commands::account(&settings, args),
        Command::Gis(args) => commands::gis(&settings, args),
        Command::Bench(args) => commands::bench(args),
        Command::Openapi => commands::openapi(),
        Command::Asyncapi => commands::asyncapi(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { message, code }) => {
            eprintln!("hub112: {message}");
            ExitCode::from(code)
        }
    }
}
