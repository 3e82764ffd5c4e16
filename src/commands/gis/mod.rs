//! `hub112 gis`: the land, imported with one command each while the hub works.

mod boundaries;
mod layer;
mod osm;
mod register;
mod unit_rows;

pub use register::{HubArgs, load as load_units};

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use super::{Failure, Settings, run};
use crate::domain::geography::{Import, ImportSource};
use crate::domain::hazard_layer::LayerName;
use crate::spatial::territory::{Fields, Layer};
use crate::store::database::pool;
use crate::store::gis_import;

/// What to do with the land.
#[derive(Debug, Args)]
pub struct GisArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Bring a file into force in place of the source's earlier version; a hub that runs takes it up by itself
    Import {
        #[command(subcommand)]
        of: Imported,
    },
    /// Take a layer of perimeters off the map
    RemoveLayer {
        /// Its name for programs
        id: LayerName,
    },
    /// Take back what a source brought: its roads, addresses, places and objects; a hub that runs goes on without it
    Remove {
        /// The source, as `gis list` names it
        source: ImportSource,
    },
    /// Say what is in force, since when and under which licence
    List,
}

#[derive(Debug, Subcommand)]
enum Imported {
    /// Roads, turn restrictions, addresses, streets, places and objects from OpenStreetMap
    Osm {
        /// An extract (.osm.pbf)
        file: PathBuf,
        /// The name under which it is imported again and again; the file's own name when absent
        #[arg(long)]
        source: Option<ImportSource>,
        /// Import it even though this very file is in force
        #[arg(long)]
        again: bool,
    },
    /// Regions and districts from GeoJSON, GeoPackage or Shapefile
    Boundaries(Box<boundaries::BoundariesArgs>),
    /// Perimeters of water, fire and the like from GeoJSON, in place of the layer of the same name
    Layer(Box<layer::LayerArgs>),
    /// Units of duty-dispatch services from CSV, through the hub that runs
    Units(Box<register::UnitsArgs>),
    /// Where stations stand, from CSV, through the hub that runs
    Stations(Box<register::StationsArgs>),
}

/// Imports, or says what was imported.
///
/// # Errors
/// [`Failure`]; then nothing of the file is in force.
pub fn gis(settings: &Settings, args: GisArgs) -> Result<(), Failure> {
    let database = || Ok::<_, Failure>(settings.read()?.database.url.expose_secret().to_owned());
    match args.what {
        What::Import { of: Imported::Units(args) } => run(register::units(*args)),
        What::Import { of: Imported::Stations(args) } => run(register::stations(*args)),
        What::Import { of: Imported::Osm { file, source, again } } => {
            let url = database()?;
            let source = source.map_or_else(|| source_of(&file), Ok)?;
            run(async move { osm::import(&url, &file, &source, again).await })
        }
        What::Import { of: Imported::Boundaries(args) } => {
            let url = database()?;
            run(async move { boundaries::import(&url, *args).await })
        }
        What::Import { of: Imported::Layer(args) } => {
            let url = database()?;
            run(async move { layer::import(&url, *args).await })
        }
        What::RemoveLayer { id } => {
            let url = database()?;
            run(async move { layer::remove(&url, &id).await })
        }
        What::Remove { source } => {
            let url = database()?;
            run(async move { osm::remove(&url, &source).await })
        }
        What::List => {
            let url = database()?;
            run(async move {
                let pool = pool(&url, 1).map_err(Failure::new)?;
                let live = gis_import::live(&pool).await.map_err(Failure::new)?;
                if live.is_empty() {
                    println!("nothing is imported; see gis/IMPORT.md");
                }
                live.iter().for_each(say);
                Ok(())
            })
        }
    }
}

/// The rectangle of the regions that the program carries, and a degree around it.
fn country() -> Result<geo::Rect, Failure> {
    let own = Layer::from_geojson(include_str!("../../../gis/regions.geojson"), Fields::OWN);
    let own = own.map_err(Failure::new)?;
    let around = |a: [f64; 4], b: [f64; 4]| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])];
    let [west, south, east, north] =
        own.areas().iter().map(|a| a.bounds()).reduce(around).unwrap_or([-180.0, -90.0, 180.0, 90.0]);
    Ok(geo::Rect::new((west - 1.0, south - 1.0), (east + 1.0, north + 1.0)))
}

/// The source that a file's name tells of: what stands before the first dot.
fn source_of(file: &Path) -> Result<ImportSource, Failure> {
    let name = file.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    let stem = stem.strip_suffix("-latest").unwrap_or(stem);
    stem.parse().map_err(|e| Failure::usage(format!("{stem:?}: {e}; name it with --source")))
}

fn say(import: &Import) {
    let c = &import.counts;
    println!(
        "{} in force since {}, version {}",
        import.source,
        import.live_at,
        &import.version[..12.min(import.version.len())]
    );
    if let Some(at) = import.data_at {
        println!("  shows the state of {at}");
    }
    if c.regions + c.districts > 0 {
        println!("  {} regions, {} districts", c.regions, c.districts);
        println!("  {} ({})", import.attribution, import.licence);
        return;
    }
    println!(
        "  {} roads, {} turn restrictions, {} addresses, {} streets, {} places, {} objects, {} water and green",
        c.roads, c.turn_restrictions, c.addresses, c.streets, c.places, c.objects, c.land_cover
    );
    if c.broken_areas > 0 {
        println!("  {} areas of water and green are broken and left out", c.broken_areas);
    }
    if c.missing_points + c.unclear_restrictions > 0 {
        println!(
            "  {} points are named and not in the file, {} turn restrictions are unclear and left out",
            c.missing_points, c.unclear_restrictions
        );
    }
    println!("  {} ({})", import.attribution, import.licence);
}

/// The SHA-256 of files one after the other.
fn fingerprint(files: &[PathBuf]) -> Result<String, Failure> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0u8; 1 << 18];
    for file in files {
        let bad = |e: io::Error| Failure::new(format!("{}: {e}", file.display()));
        let mut reader = File::open(file).map_err(bad)?;
        loop {
            let read = io::Read::read(&mut reader, &mut chunk).map_err(bad)?;
            if read == 0 {
                break;
            }
            hash.update(&chunk[..read]);
        }
    }
    Ok(hex::encode(hash.finalize()))
}

fn name_of(file: &Path) -> String {
    file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}
