//! `hub112 replay`: the journal folded into the state again; `--verify` compares and checks the chain, `--renew` also
//! writes anew what a program before this one wrote.

use clap::Args;
use secrecy::ExposeSecret;

use super::{Failure, Settings, run};
use crate::actors::replay;
use crate::store::database::pool;
use crate::store::verify::{Finding, Older, Progress, Verdict};

/// What to replay.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// Check the hash chain and compare the replayed state with the read tables, row by row. Rows that only lack fields
    /// which this program writes were written by an older one: they are told apart and are no fault
    #[arg(long)]
    pub verify: bool,
    /// Verify, and write the rows that only lack fields anew from the journal. Only while no hub serves the region;
    /// faults are left as they are
    #[arg(long)]
    pub renew: bool,
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
            let (verdict, state) = if args.renew {
                (replay::renew(&pool, *region, progress).await.map_err(Failure::new)?, None)
            } else {
                replay::region(&pool, *region, args.verify, progress).await.map_err(Failure::new)?
            };
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
            findings += verdict.findings.len();
            if args.verify || args.renew {
                tell(&verdict);
            }
        }
        if findings == 0 { Ok(()) } else { Err(Failure::found(format!("{findings} faults found"))) }
    })
}

fn tell(verdict: &Verdict) {
    for finding in &verdict.findings {
        println!("  {finding}");
    }
    if verdict.is_clean() {
        println!("  the chain is whole and the read tables are what the journal says");
    }
    let older = &verdict.older;
    if older.rows == 0 {
        return;
    }
    println!(
        "  {} rows are of an older form: what they say is what the journal says, but an older program wrote them \
         without fields that this one writes",
        older.rows
    );
    list(older);
    if older.renewed > 0 {
        println!("  {} rows were written anew from the journal", older.renewed);
    } else if verdict.findings.iter().all(Finding::is_of_a_row) {
        println!(
            "  this is no fault; `hub112 replay --renew` writes them anew while no hub serves the region"
        );
    } else {
        println!("  they are not written anew while the journal is not whole");
    }
}

fn list(older: &Older) {
    for ((table, field), rows) in &older.fields {
        println!("    {}: {rows} lack {field}", table.name());
    }
    for row in &older.listed {
        println!("    {} {} lacks {}", row.table.name(), row.id, row.lacks.join(", "));
    }
    let listed = older.listed.len() as u64;
    if older.rows > listed {
        println!("    and {} more", older.rows - listed);
    }
}
