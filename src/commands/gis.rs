//! `hub112 gis`: the land, imported with one command each while the hub works.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, Subcommand};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::{Failure, Settings, run};
use crate::domain::geography::{Import, ImportSource};
use crate::gis::osm::{self, Found, OsmError};
use crate::store::database::pool;
use crate::store::gis_import::{self, Begun, Staging};

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
}

/// Imports, or says what was imported.
///
/// # Errors
/// [`Failure`]; then nothing of the file is in force.
pub fn gis(settings: &Settings, args: GisArgs) -> Result<(), Failure> {
    let config = settings.read()?;
    let url = config.database.url.expose_secret().to_owned();
    match args.what {
        What::Import { of: Imported::Osm { file, source, again } } => {
            let source = source.map_or_else(|| source_of(&file), Ok)?;
            run(async move { import_osm(&url, &file, &source, again).await })
        }
        What::List => run(async move {
            let pool = pool(&url, 1).map_err(Failure::new)?;
            let live = gis_import::live(&pool).await.map_err(Failure::new)?;
            if live.is_empty() {
                println!("nothing is imported; see gis/IMPORT.md");
            }
            live.iter().for_each(say);
            Ok(())
        }),
    }
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
    println!(
        "  {} roads, {} turn restrictions, {} addresses, {} streets, {} places, {} objects",
        c.roads, c.turn_restrictions, c.addresses, c.streets, c.places, c.objects
    );
    if c.missing_points + c.unclear_restrictions > 0 {
        println!(
            "  {} points are named and not in the file, {} turn restrictions are unclear and left out",
            c.missing_points, c.unclear_restrictions
        );
    }
    println!("  {} ({})", import.attribution, import.licence);
}

async fn import_osm(url: &str, file: &Path, source: &ImportSource, again: bool) -> Result<(), Failure> {
    let begun = Instant::now();
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let version = fingerprint(file)?;
    let origin = (osm::ATTRIBUTION, osm::LICENCE);
    let begin = gis_import::begin(url, source, &version, &name, origin, again);
    let staging = match begin.await.map_err(Failure::new)? {
        Begun::Live(import) => {
            println!("this version is in force already; --again imports it all the same");
            say(&import);
            return Ok(());
        }
        Begun::Running => return Err(Failure::new(format!("another import of {source} is running"))),
        Begun::Resumed(staging) => {
            eprintln!("taken up where an earlier run broke off: all rows are there");
            staging
        }
        Begun::Fresh(staging) => read_osm(staging, file).await?,
    };
    let read = begun.elapsed();
    eprintln!("read in {:.1} s; indexes", read.as_secs_f64());
    staging.index().await.map_err(Failure::new)?;
    let import = staging.go_live().await.map_err(Failure::new)?;
    say(&import);
    println!("imported in {:.1} s", begun.elapsed().as_secs_f64());
    Ok(())
}

/// Reads the file into the staged tables; of a file that cannot be used nothing stays.
async fn read_osm(mut staging: Staging, file: &Path) -> Result<Staging, Failure> {
    const CROWD: usize = 1_000;
    let (told, mut heard) = mpsc::channel::<Vec<Found>>(8);
    let path = file.to_owned();
    let reading = tokio::task::spawn_blocking(move || {
        let mut crowd = Vec::with_capacity(CROWD);
        let mut put = |found| {
            crowd.push(found);
            crowd.len() < CROWD
                || told.blocking_send(std::mem::replace(&mut crowd, Vec::with_capacity(CROWD))).is_ok()
        };
        let mut progress = |p: osm::Progress| {
            if p.percent.is_multiple_of(10) {
                eprintln!("{}/{} {}%", p.pass, p.of, p.percent);
            }
        };
        let read = osm::read(&path, &mut put, &mut progress)?;
        told.blocking_send(crowd).map_err(|_| OsmError::Stopped)?;
        Ok::<_, OsmError>(read)
    });
    let mut failed = None;
    while let Some(crowd) = heard.recv().await {
        if let Err(e) = stage(&mut staging, &crowd).await {
            failed = Some(e);
            break;
        }
    }
    // A reader that nobody listens to any more stops by itself.
    drop(heard);
    let read = reading.await.map_err(Failure::new)?;
    if let Some(error) = failed {
        return Err(Failure::new(error));
    }
    let read = match read {
        Ok(read) => read,
        Err(e) => {
            staging.give_up().await.map_err(Failure::new)?;
            return Err(Failure::new(format!("{}: {e}. Nothing of it was taken", file.display())));
        }
    };
    if staging.counts().roads == 0 {
        staging.give_up().await.map_err(Failure::new)?;
        return Err(Failure::new(format!("{}: it holds no roads. Nothing of it was taken", file.display())));
    }
    let through = staging.read_through(read.data_at, read.missing_points, read.unclear_restrictions);
    through.await.map_err(Failure::new)?;
    Ok(staging)
}

async fn stage(staging: &mut Staging, crowd: &[Found]) -> Result<(), crate::store::database::StoreError> {
    for found in crowd {
        match found {
            Found::Road(road) => staging.road(road).await?,
            Found::Turn(turn) => staging.turn(turn).await?,
            Found::Address(address) => staging.address(address).await?,
            Found::Place(place) => staging.place(place).await?,
            Found::Object(object) => staging.object(object).await?,
        }
    }
    Ok(())
}

/// A file's SHA-256.
fn fingerprint(file: &Path) -> Result<String, Failure> {
    let bad = |e: io::Error| Failure::new(format!("{}: {e}", file.display()));
    let mut reader = File::open(file).map_err(bad)?;
    let mut hash = Sha256::new();
    let mut chunk = vec![0u8; 1 << 18];
    loop {
        let read = io::Read::read(&mut reader, &mut chunk).map_err(bad)?;
        if read == 0 {
            return Ok(hex::encode(hash.finalize()));
        }
        hash.update(&chunk[..read]);
    }
}
