//! `hub112 load`: units of a region from a file, through the hub that runs.

use std::path::PathBuf;

use clap::Args;
use serde::Deserialize;

use super::{Failure, run};
use crate::client::{Client, ClientError};

/// What to load, and where to.
#[derive(Debug, Args)]
pub struct LoadArgs {
    /// Units: CSV with `id,service,region,call_sign,kind,capabilities,station,lat,lon` (capabilities apart by spaces)
    units: PathBuf,
    /// The hub
    #[arg(long, default_value = "http://127.0.0.1:8112")]
    url: String,
    /// An administrator's account
    #[arg(long, default_value = "administrator")]
    user: String,
    /// Its password
    #[arg(long, env = "HUB112_OPS_PASSWORD", hide_env_values = true)]
    password: String,
    /// Switch on the rules that send the first wave and close cards by themselves, as the demonstration does
    #[arg(long)]
    rules: bool,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    service: String,
    region: String,
    call_sign: String,
    kind: String,
    #[serde(default)]
    capabilities: String,
    station: String,
    #[serde(alias = "home_lat")]
    lat: f64,
    #[serde(alias = "home_lon")]
    lon: f64,
}

/// Loads every row; a row that the hub refuses is named, and the others are loaded all the same.
///
/// # Errors
/// [`Failure`] when the file does not read, the hub does not answer, or rows were refused.
pub fn load(args: LoadArgs) -> Result<(), Failure> {
    run(async move {
        let mut client = Client::new(&args.url);
        client.sign_in(&args.user, &args.password).await.map_err(Failure::new)?;
        let now = crate::actors::clock::now();
        let mut reader = csv::Reader::from_path(&args.units)
            .map_err(|e| Failure::usage(format!("{}: {e}", args.units.display())))?;
        let (mut loaded, mut refused) = (0, 0);
        for (line, row) in reader.deserialize::<Row>().enumerate() {
            let put = match row {
                Ok(r) => {
                    let home = serde_json::json!({"lat": r.lat, "lon": r.lon});
                    let unit = serde_json::json!({
                        "id": r.id, "service": r.service, "region": r.region, "call_sign": r.call_sign,
                        "kind": r.kind, "capabilities": r.capabilities.split_whitespace().collect::<Vec<_>>(),
                        "station": r.station, "home": home,
                        "position": {"point": home, "at": now, "source": "station", "accuracy": null},
                    });
                    let path = format!("/api/v1/units/{}", r.id);
                    let made = match client.make(&path, &unit).await {
                        Err(ClientError::Refused { status: 412, .. }) => client.put(&path, &unit).await,
                        made => made,
                    };
                    made.map(|_| ()).map_err(|e| e.to_string())
                }
                Err(e) => Err(e.to_string()),
            };
            match put {
                Ok(()) => loaded += 1,
                Err(e) => {
                    refused += 1;
                    eprintln!("{}:{}: {e}", args.units.display(), line + 2);
                }
            }
        }
        if args.rules {
            let (_, mut settings) = client.get("/api/v1/settings").await.map_err(Failure::new)?;
            settings["dispatch_by_rule"] = true.into();
            settings["close_by_rule"] = true.into();
            client.put("/api/v1/settings", &settings).await.map_err(Failure::new)?;
        }
        println!("{loaded} units loaded, {refused} refused");
        if refused == 0 { Ok(()) } else { Err(Failure::found(format!("{refused} rows were refused"))) }
    })
}
