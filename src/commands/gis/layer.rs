//! `hub112 gis import layer` and `hub112 gis remove-layer`.

use std::path::PathBuf;

use clap::Args;
use geo::Rect;
use jiff::Timestamp;

use super::{country, name_of};
use crate::actors::clock;
use crate::commands::Failure;
use crate::domain::decision::Expected;
use crate::domain::hazard_layer::{AboutLayer, HazardKind, LayerName};
use crate::domain::ids::{AccountName, RegionCode};
use crate::gis::areas::{self, AreasFault};
use crate::store::database;
use crate::store::hazard_layer::{self, NewLayer, NotPut};

/// A layer of perimeters, put on the map in place of the one of its name.
#[derive(Debug, Args)]
pub struct LayerArgs {
    /// GeoJSON, WGS 84
    file: PathBuf,
    /// The layer's name for programs: the same name replaces the picture
    #[arg(long)]
    id: LayerName,
    /// What its areas mean: flood, wildfire, mudflow, landslide, avalanche, chemical, radiation, other
    #[arg(long)]
    kind: HazardKind,
    /// Its name for people
    #[arg(long)]
    name: String,
    /// Who tells of it
    #[arg(long)]
    source: String,
    /// The moment that it shows, RFC 3339
    #[arg(long)]
    observed_at: Timestamp,
    /// Until when it may be believed, RFC 3339
    #[arg(long)]
    valid_until: Timestamp,
    /// Whose it is; of the whole country when absent
    #[arg(long)]
    region: Option<RegionCode>,
}

/// The name under which changes of the command line are told.
fn by() -> Result<AccountName, Failure> {
    AccountName::new("import").map_err(Failure::new)
}

/// Puts a layer on the map, whole or not at all.
///
/// # Errors
/// [`Failure`] names every feature that cannot be used; then the former picture stays.
pub(super) async fn import(url: &str, args: LayerArgs) -> Result<(), Failure> {
    let LayerArgs { file, id, kind, name, source, observed_at, valid_until, region } = args;
    let now = clock::now();
    let about = AboutLayer { kind, name, source, observed_at, valid_until };
    let about = about.checked(now).map_err(|refusal| Failure::usage(refusal.said().to_string()))?;
    let areas: Vec<_> = read(&file, country()?)?.into_iter().map(|area| (area.name, area.border)).collect();
    let new = NewLayer { id: &id, region, about: &about, areas: &areas, by: &by()?, at: now };
    let pool = database::pool(url, 1).map_err(Failure::new)?;
    let there = hazard_layer::find(&pool, &id, now).await.map_err(Failure::new)?.is_some();
    let expected = if there { Expected::Present } else { Expected::Absent };
    // Who may use the command line may change whatever there is, but not make one region's layer another's.
    match hazard_layer::put(&pool, &new, expected, region).await.map_err(Failure::new)? {
        Ok(version) => {
            println!(
                "{id} version {version}: {} areas, believed until {valid_until}; hubs show it at once",
                areas.len()
            );
            Ok(())
        }
        Err(NotPut::Stale(refusal)) => Err(Failure::new(refusal.said().to_string())),
        Err(NotPut::Elsewhere(owner)) => Err(Failure::new(match owner {
            Some(owner) => format!("{id} is of region {owner}; name it with --region, or take another --id"),
            None => format!("{id} is of the whole country; leave --region out, or take another --id"),
        })),
    }
}

fn read(file: &PathBuf, country: Rect) -> Result<Vec<areas::ReadArea>, Failure> {
    let text = std::fs::read_to_string(file).map_err(|e| Failure::new(format!("{}: {e}", file.display())))?;
    areas::read(&text, country).map_err(|fault| {
        if let AreasFault::Bad(bad) = &fault {
            bad.iter().for_each(|bad| eprintln!("{}, {bad}", file.display()));
        }
        Failure::new(format!("{}: {fault}. Nothing was taken", name_of(file)))
    })
}

/// Takes a layer off the map.
///
/// # Errors
/// [`Failure`], also when there is no such layer.
pub(super) async fn remove(url: &str, id: &LayerName) -> Result<(), Failure> {
    let pool = database::pool(url, 1).map_err(Failure::new)?;
    let by = by()?;
    let removed = hazard_layer::remove(&pool, id, Expected::Present, None, (&by, clock::now()));
    match removed.await.map_err(Failure::new)? {
        Ok(()) => {
            println!("{id} is off the map");
            Ok(())
        }
        Err(_) => Err(Failure::new(format!("there is no layer {id}"))),
    }
}
