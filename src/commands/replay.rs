//! `hub112 replay`: the journal folded into the state again; `--verify` compares and checks the chain.

use clap::Args;
use secrecy::ExposeSecret;

use super::{Failure, Settings, run};
use crate::actors::replay;
use crate::store::database::pool;
use crate::store::verify::Progress;

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
        let mut findings = 0;
        for region in &config.regions {
            let progress = |p: &Progress| eprintln!("{}: {} of {} events", p.at, p.events, p.of);
            let (verdict, state) =
                replay::region(&pool, *region, args.verify, progress).await.map_err(Failure::new)?;
            println!(
                "region {region}: {} events in {} streams, {} read rows compared",
                verdict.events, verdict.streams, verdict.rows
            );
            if let Some(state) = state {
                let open = state.incidents().filter(|c| c.is_open()).count();
                println!(
                    "  {} cards, {open} open; mode {}; {} obligations owed",
                    state.incidents().count(),
                    state.mode().gravest().as_str(),
                    state.obligations().owed().count()
                );
            }
            for finding in &verdict.findings {
                println!("  {finding}");
            }
            findings += verdict.findings.len();
            if args.verify && verdict.is_clean() {
                println!("  the chain is whole and the read tables are what the journal says");
            }
        }
        if findings == 0 { Ok(()) } else { Err(Failure::found(format!("{findings} faults found"))) }
    })
}
