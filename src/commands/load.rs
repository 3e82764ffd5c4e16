//! `hub112 load`: units and desks of a region from files, through the hub that runs.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;
use serde_json::json;

use super::gis::{HubArgs, load_units};
use super::{Failure, run};
use crate::client::{Client, ClientError};
use crate::domain::ids::ServiceKey;

/// What to load, and where to.
#[derive(Debug, Args)]
pub struct LoadArgs {
    /// Units: CSV as for `gis import units`
    units: PathBuf,
    /// Stations that the units refer to by their id: CSV as for `gis import stations`; screens show them by their names
    #[arg(long)]
    stations: Option<PathBuf>,
    /// Further desks of a kind of service, opened before: CSV with the columns desk, kk, ru, en, categories, districts
    #[arg(long)]
    desks: Option<PathBuf>,
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
        if let Some(desks) = &args.desks {
            open_desks(&client, desks).await?;
        }
        let loaded = load_units(&client, &args.units, args.stations.as_deref()).await;
        if args.rules {
            let (_, mut settings) = client.get("/api/v1/settings").await.map_err(Failure::new)?;
            settings["dispatch_by_rule"] = true.into();
            settings["close_by_rule"] = true.into();
            client.put("/api/v1/settings", &settings).await.map_err(Failure::new)?;
        }
        loaded
    })
}

/// A row of the file of desks; lists are separated by blanks.
#[derive(Deserialize)]
struct Row {
    desk: ServiceKey,
    kk: String,
    ru: String,
    en: String,
    categories: String,
    districts: String,
}

/// Opens each desk that the region does not have; what is known of the others stays.
async fn open_desks(client: &Client, file: &Path) -> Result<(), Failure> {
    let mut rows = csv::Reader::from_path(file).map_err(Failure::new)?;
    for row in rows.deserialize() {
        let row: Row = row.map_err(|e| Failure::new(format!("{}: {e}", file.display())))?;
        let list = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let body = json!({
            "names": {"kk": row.kk, "ru": row.ru, "en": row.en},
            "competence": {"categories": list(&row.categories), "districts": list(&row.districts)},
        });
        match client.make(&format!("/api/v1/service-desks/{}", row.desk), &body).await {
            Ok(_) | Err(ClientError::Refused { status: 412, .. }) => {}
            Err(e) => return Err(Failure::new(format!("{}: {e}", row.desk))),
        }
    }
    Ok(())
}
