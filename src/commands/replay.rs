//! `hub112 replay`: the journal folded into the state again; `--verify` compares and checks the chain.

use clap::Args;
use secrecy::ExposeSecret;

use super::{Failure, Settings, run};
use crate::actors::replay::{self, Report};
use crate::store::database::pool;

/// What to replay.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// Check the hash chain and compare the replayed state with the read tables, row by row
    #[arg(long)]
    pub verify: bool,
}

/// Replays the journal of the regions of the settings, with progress.
///
/// # Errors
/// [`Failure`] with code 3 when the chain or a row is not as it should be.
pub fn replay(settings: &Settings, args: ReplayArgs) -> Result<(), Failure> {
    let config = settings.read()?;
    run(async move {
        let pool = pool(config.database.url.expose_secret(), 2).map_err(Failure::new)?;
        let mut bad = 0;
        for region in &config.regions {
            let Report { events, streams, cards, open_cards, broken, differing } =
                replay::region(&pool, *region, args.verify, |done| {
                    if done % 10_000 == 0 {
                        eprintln!("region {region}: {done} events");
                    }
                })
                .await
                .map_err(Failure::new)?;
            println!("region {region}: {events} events in {streams} streams, {cards} cards ({open_cards} open)");
            for line in broken.iter().chain(&differing) {
                println!("  {line}");
            }
            bad += broken.len() + differing.len();
            if args.verify && broken.is_empty() && differing.is_empty() {
                println!("  the chain is whole and the read tables are what the journal says");
            }
        }
        if bad == 0 { Ok(()) } else { Err(Failure::found(format!("{bad} faults found"))) }
    })
}
