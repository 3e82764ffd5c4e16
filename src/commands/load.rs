//! `hub112 load`: units of a region from a file, through the hub that runs.

use std::path::PathBuf;

use clap::Args;

use super::gis::{HubArgs, load_units};
use super::{Failure, run};

/// What to load, and where to.
#[derive(Debug, Args)]
pub struct LoadArgs {
    /// Units: CSV as for `gis import units`
    units: PathBuf,
    #[command(flatten)]
    hub: HubArgs,
    /// Switch on the rules that send the first wave and close cards by themselves, as the demonstration does
    #[arg(long)]
    rules: bool,
}

/// Loads every row; a row that cannot be used is named, and the others are loaded all the same.
///
/// # Errors
/// [`Failure`] when the file does not read, the hub does not answer, or rows were rejected.
pub fn load(args: LoadArgs) -> Result<(), Failure> {
    run(async move {
        let client = args.hub.client().await?;
        let loaded = load_units(&client, &args.units).await;
        if args.rules {
            let (_, mut settings) = client.get("/api/v1/settings").await.map_err(Failure::new)?;
            settings["dispatch_by_rule"] = true.into();
            settings["close_by_rule"] = true.into();
            client.put("/api/v1/settings", &settings).await.map_err(Failure::new)?;
        }
        loaded
    })
}
