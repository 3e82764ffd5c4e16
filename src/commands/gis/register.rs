//! `hub112 gis import stations` and `… units`: through the hub that runs, so that each is a decision like any other and
//! stands in the journal.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use super::unit_rows;
use crate::client::{Client, ClientError};
use crate::commands::Failure;
use crate::domain::ids::UnitId;
use crate::domain::unit::{PositionSource, Unit};
use crate::gis::register::{self, Rejected, Station};
use crate::spatial::territory::{Fields, Layer, Territory};

/// Which hub, and as whom.
#[derive(Debug, Args)]
pub struct HubArgs {
    /// The hub
    #[arg(long, default_value = "http://127.0.0.1:8112")]
    pub url: String,
    /// An administrator's account
    #[arg(long, default_value = "administrator")]
    pub user: String,
    /// Its password
    #[arg(long, env = "HUB112_OPS_PASSWORD", hide_env_values = true)]
    pub password: String,
}

impl HubArgs {
    /// Signs in.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn client(&self) -> Result<Client, Failure> {
        let mut client = Client::new(&self.url);
        client.sign_in(&self.user, &self.password).await.map_err(Failure::new)?;
        Ok(client)
    }
}

/// What is done with rows.
#[derive(Debug, Args)]
pub struct RowArgs {
    /// Check every row, say what would change, change nothing
    #[arg(long)]
    dry_run: bool,
    /// Write the rejected rows into this file, too: CSV with line, column, value and what to do
    #[arg(long)]
    report: Option<PathBuf>,
}

/// Units of a file.
#[derive(Debug, Args)]
pub struct UnitsArgs {
    /// CSV: id,service,region,call_sign,kind,capabilities,station,lat,lon (capabilities apart by blanks)
    file: PathBuf,
    /// Stations (CSV as for `import stations`): where a unit without a place stands
    #[arg(long)]
    stations: Option<PathBuf>,
    #[command(flatten)]
    rows: RowArgs,
    #[command(flatten)]
    hub: HubArgs,
}

/// Stations of a file.
#[derive(Debug, Args)]
pub struct StationsArgs {
    /// CSV: id,service,region,name,lat,lon; units on the register that name the station by id or name stand there from
    /// then on
    file: PathBuf,
    #[command(flatten)]
    rows: RowArgs,
    #[command(flatten)]
    hub: HubArgs,
}

/// What became of rows.
#[derive(Debug, Default)]
struct Outcome {
    new: usize,
    changed: usize,
    same: usize,
    rejected: Vec<Rejected>,
    remarks: Vec<Remark>,
}

/// What is to be told of a row that is taken.
#[derive(Debug)]
pub(super) struct Remark(pub(super) Rejected);

/// Enters units, or changes them; what is as it should be is left alone.
///
/// # Errors
/// [`Failure`] when the file or the hub cannot be read, or rows were rejected; the others are entered.
pub(super) async fn units(args: UnitsArgs) -> Result<(), Failure> {
    let client = args.hub.client().await?;
    let report = args.rows.report.as_deref();
    let stations =
        args.stations.as_deref().map_or_else(|| Ok(Vec::new()), |file| sound_stations(file, report))?;
    let outcome = enter(&client, &args.file, &stations, args.rows.dry_run).await?;
    finish(&args.file, "units", outcome, &args.rows)
}

/// Enters the units of a file with the hub, for `hub112 load`; the stations give those that refer to them place and name.
///
/// # Errors
/// As [`units`].
pub async fn load(client: &Client, file: &Path, stations: Option<&Path>) -> Result<(), Failure> {
    let stations = stations.map_or_else(|| Ok(Vec::new()), |file| sound_stations(file, None))?;
    let outcome = enter(client, file, &stations, false).await?;
    finish(file, "units", outcome, &RowArgs { dry_run: false, report: None })
}

async fn enter(
    client: &Client,
    file: &Path,
    stations: &[Station],
    dry_run: bool,
) -> Result<Outcome, Failure> {
    let table = register::units(file, stations, crate::actors::clock::now()).map_err(|e| bad(file, e))?;
    let known = on_register(client).await?;
    let (rows, misplaced, remarks) = unit_rows::sorted(table.rows, &land()?);
    let mut outcome = Outcome { rejected: table.rejected, remarks, ..Outcome::default() };
    outcome.rejected.extend(misplaced);
    for (line, unit) in rows {
        put(client, line, unit, &known, dry_run, &mut outcome).await?;
    }
    Ok(outcome)
}

/// Moves the units of stations to where these stand now.
///
/// # Errors
/// As [`units`].
pub(super) async fn stations(args: StationsArgs) -> Result<(), Failure> {
    let client = args.hub.client().await?;
    let table = register::stations(&args.file).map_err(|e| bad(&args.file, e))?;
    let known = on_register(&client).await?;
    let mut outcome = Outcome { rejected: table.rejected, ..Outcome::default() };
    let now = crate::actors::clock::now();
    let territory = land()?;
    for (line, station) in table.rows {
        if let Some(what) = unit_rows::misplaced(station.home, &territory) {
            let value = format!("{}, {}", station.home.lat(), station.home.lon());
            outcome.rejected.push(Rejected { line, column: "lat".into(), value, what });
            continue;
        }
        let here = known.values().filter(|u| station.is_named(u.region, &u.service, &u.station));
        let mut none = true;
        for unit in here {
            none = false;
            let mut moved = unit.clone();
            moved.station.clone_from(&station.name);
            moved.home = station.home;
            moved.position.point = station.home;
            moved.position.at = now;
            moved.position.source = PositionSource::Station;
            put(&client, line, moved, &known, args.rows.dry_run, &mut outcome).await?;
        }
        if none {
            outcome.rejected.push(Rejected {
                line,
                column: "id".into(),
                value: station.id,
                what:
                    "no unit of its service names it by id or name; import its units first, with --stations"
                        .into(),
            });
        }
    }
    finish(&args.file, "units of stations", outcome, &args.rows)
}

fn bad(file: &Path, fault: impl std::fmt::Display) -> Failure {
    Failure::usage(format!("{}: {fault}", file.display()))
}

/// The country as the program carries it: the hub's own borders are no farther from these than borders are drawn.
fn land() -> Result<Territory, Failure> {
    let own = Layer::from_geojson(include_str!("../../../gis/regions.geojson"), Fields::OWN);
    Ok(Territory::new(own.map_err(Failure::new)?, None))
}

/// Stations that units refer to: all of them must be sound, for a unit at a wrong place is sent too late.
fn sound_stations(file: &Path, report: Option<&Path>) -> Result<Vec<Station>, Failure> {
    let table = register::stations(file).map_err(|e| bad(file, e))?;
    if table.rejected.is_empty() {
        return Ok(table.rows.into_iter().map(|(_, station)| station).collect());
    }
    table.rejected.iter().for_each(|rejected| eprintln!("{}: {rejected}", file.display()));
    if let Some(report) = report {
        write_report(report, &table.rejected, &[]).map_err(|e| bad(report, e))?;
    }
    Err(Failure::found(format!(
        "{}: {} rows cannot be used; nothing was entered",
        file.display(),
        table.rejected.len()
    )))
}

/// The units on the register.
async fn on_register(client: &Client) -> Result<BTreeMap<UnitId, Unit>, Failure> {
    let mut all = BTreeMap::new();
    let mut after = String::new();
    loop {
        let (_, page) = client.get(&format!("/api/v1/units?limit=200{after}")).await.map_err(Failure::new)?;
        let items: Vec<Unit> = serde_json::from_value(page["items"].clone()).map_err(Failure::new)?;
        all.extend(items.into_iter().map(|unit| (unit.id.clone(), unit)));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return Ok(all),
        }
    }
}

/// Enters a unit unless it is on the register as it should be. One that has been seen elsewhere than at its station
/// stays where it was seen.
async fn put(
    client: &Client,
    line: u64,
    mut unit: Unit,
    known: &BTreeMap<UnitId, Unit>,
    dry_run: bool,
    outcome: &mut Outcome,
) -> Result<(), Failure> {
    let before = known.get(&unit.id);
    if let Some(before) = before {
        unit.status = before.status.clone();
        unit.version = before.version;
        let waits = before.position.source == PositionSource::Station && before.home != unit.home;
        if !waits {
            unit.position = before.position;
        }
        if unit == *before {
            outcome.same += 1;
            return Ok(());
        }
    }
    if !dry_run {
        let body: Value = serde_json::to_value(&unit).map_err(Failure::new)?;
        let path = format!("/api/v1/units/{}", unit.id);
        let put = match before {
            Some(_) => client.put(&path, &body).await,
            None => client.make(&path, &body).await,
        };
        match put {
            Ok(_) => {}
            Err(ClientError::Refused { problem, status })
                if status < 500 && status != 401 && status != 403 =>
            {
                let id = unit.id.to_string();
                outcome.rejected.push(Rejected { line, column: "id".into(), value: id, what: problem });
                return Ok(());
            }
            Err(error) => return Err(Failure::new(error)),
        }
    }
    match before {
        None => outcome.new += 1,
        Some(_) => outcome.changed += 1,
    }
    Ok(())
}

fn finish(file: &Path, what: &str, mut outcome: Outcome, args: &RowArgs) -> Result<(), Failure> {
    outcome.rejected.sort_by_key(|rejected| rejected.line);
    let Outcome { new, changed, same, rejected, remarks } = outcome;
    rejected.iter().for_each(|rejected| eprintln!("{}: {rejected}", file.display()));
    remarks.iter().for_each(|Remark(of)| eprintln!("{}: taken, but {of}", file.display()));
    if let Some(report) = &args.report {
        write_report(report, &rejected, &remarks).map_err(|e| bad(report, e))?;
    }
    let done = if args.dry_run { "nothing was changed; would be: " } else { "" };
    println!(
        "{done}{what}: {new} new, {changed} changed, {same} as they were, {} rows rejected",
        rejected.len()
    );
    if !remarks.is_empty() {
        println!("{} things to look at in rows that are sound", remarks.len());
    }
    if rejected.is_empty() {
        Ok(())
    } else {
        Err(Failure::found(format!("{} rows were rejected", rejected.len())))
    }
}

fn write_report(path: &Path, rejected: &[Rejected], remarks: &[Remark]) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record(["line", "column", "value", "what_to_do", "row"])?;
    let rejected = rejected.iter().map(|row| (row, "rejected"));
    for (row, became) in rejected.chain(remarks.iter().map(|Remark(row)| (row, "taken"))) {
        writer.write_record([&row.line.to_string(), &row.column, &row.value, &row.what, became])?;
    }
    writer.flush()?;
    Ok(())
}
