//! `hub112 gis import osm`.

use std::path::Path;
use std::time::Instant;

use tokio::sync::mpsc;

use super::{fingerprint, name_of, say};
use crate::commands::Failure;
use crate::domain::geography::ImportSource;
use crate::gis::osm::{self, Found, OsmError};
use crate::store::database::StoreError;
use crate::store::gis_import::{self, Begun, Removed, Staging};

/// Imports an extract.
///
/// # Errors
/// [`Failure`]; then nothing of the file is in force.
pub(super) async fn import(
    url: &str,
    file: &Path,
    source: &ImportSource,
    again: bool,
) -> Result<(), Failure> {
    let begun = Instant::now();
    let name = name_of(file);
    let version = fingerprint(&[file.to_owned()])?;
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
            say_cleared(&staging);
            eprintln!("taken up where an earlier run broke off: all rows are there");
            staging
        }
        Begun::Partly(staging) => {
            say_cleared(&staging);
            eprintln!(
                "an earlier run of this version broke off while it read: its {} rows stay, and what comes after them is added",
                staging.there()
            );
            read(staging, file).await?
        }
        Begun::Fresh(staging) => {
            say_cleared(&staging);
            read(staging, file).await?
        }
    };
    let read = begun.elapsed();
    eprintln!("read in {:.1} s; indexes", read.as_secs_f64());
    if let Err(error) = staging.index().await {
        // Rows that contradict each other would do so in every run that takes them up.
        let contradict = matches!(&error, StoreError::Statement(e)
            if e.code().is_some_and(|code| code.code().starts_with("23")));
        if contradict {
            staging.give_up().await.map_err(Failure::new)?;
            return Err(Failure::new(format!(
                "{}: its rows contradict each other ({error}). Nothing of it was taken",
                file.display()
            )));
        }
        return Err(Failure::new(error));
    }
    let import = staging.go_live().await.map_err(Failure::new)?;
    say(&import);
    println!("imported in {:.1} s", begun.elapsed().as_secs_f64());
    Ok(())
}

fn say_cleared(staging: &Staging) {
    if staging.cleared() > 0 {
        eprintln!("cleared away: what {} earlier runs left that broke off", staging.cleared());
    }
}

/// Reads the file into the staged tables, from the beginning where what is there is of another reading; of a file that
/// cannot be used nothing stays.
async fn read(staging: Staging, file: &Path) -> Result<Staging, Failure> {
    match read_once(staging, file).await? {
        Reading::Through(staging) => Ok(staging),
        Reading::Differs(staging) => {
            eprintln!(
                "what is there is not what is read now; it is cleared away and read from the beginning"
            );
            let staging = staging.from_the_beginning().await.map_err(Failure::new)?;
            match read_once(staging, file).await? {
                Reading::Through(staging) => Ok(staging),
                Reading::Differs(_) => {
                    Err(Failure::new(format!("{}: it changes while it is read", file.display())))
                }
            }
        }
    }
}

enum Reading {
    /// All of it is staged.
    Through(Staging),
    /// What an earlier run staged is of another reading.
    Differs(Staging),
}

async fn read_once(mut staging: Staging, file: &Path) -> Result<Reading, Failure> {
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
    let (mut failed, mut left_out) = (None, 0_usize);
    while let Some(crowd) = heard.recv().await {
        if let Err(e) = stage(&mut staging, &crowd, &mut left_out).await {
            failed = Some(e);
            break;
        }
    }
    // A reader that nobody listens to any more stops by itself.
    drop(heard);
    let read = reading.await.map_err(Failure::new)?;
    if let Some(error) = failed {
        return if staging.differs() { Ok(Reading::Differs(staging)) } else { Err(Failure::new(error)) };
    }
    let read = match read {
        Ok(read) => read,
        Err(e) => {
            staging.give_up().await.map_err(Failure::new)?;
            return Err(Failure::new(format!("{}: {e}. Nothing of it was taken", file.display())));
        }
    };
    if left_out > NAMED {
        eprintln!("{} elements more can stand nowhere and are left out", left_out - NAMED);
    }
    if staging.counts().roads == 0 {
        staging.give_up().await.map_err(Failure::new)?;
        return Err(Failure::new(format!("{}: it holds no roads. Nothing of it was taken", file.display())));
    }
    let through = staging.read_through(read.data_at, read.missing_points, read.unclear_restrictions).await;
    if through.is_err() && staging.differs() {
        return Ok(Reading::Differs(staging));
    }
    for broken in through.map_err(Failure::new)? {
        eprintln!("{broken}; it is left out");
    }
    Ok(Reading::Through(staging))
}

/// The most elements that are named because they can stand nowhere; the others are counted.
const NAMED: usize = 50;

async fn stage(staging: &mut Staging, crowd: &[Found], left_out: &mut usize) -> Result<(), StoreError> {
    for found in crowd {
        match found {
            Found::Road(road) => staging.road(road).await?,
            Found::Turn(turn) => staging.turn(turn).await?,
            Found::Address(address) => staging.address(address).await?,
            Found::Place(place) => staging.place(place).await?,
            Found::Object(object) => staging.object(object).await?,
            Found::Cover(cover) => staging.cover(cover).await?,
            Found::Broken(element, fault) => {
                eprintln!("{}/{}: {fault}; it is left out", element.kind.as_str(), element.id);
                staging.broken_area();
            }
            Found::LeftOut(element, why) => {
                *left_out += 1;
                if *left_out <= NAMED {
                    eprintln!("{}/{}: {why}; it is left out", element.kind.as_str(), element.id);
                }
            }
        }
    }
    Ok(())
}

/// Takes back what a source brought.
///
/// # Errors
/// [`Failure`], also when nothing of the source is in force.
pub(super) async fn remove(url: &str, source: &ImportSource) -> Result<(), Failure> {
    match gis_import::remove(url, source).await.map_err(Failure::new)? {
        Removed::Gone(import) => {
            let c = &import.counts;
            println!(
                "{source} is no longer in force: {} roads, {} addresses, {} places and {} objects are gone; hubs that run \
                 go on without them within seconds",
                c.roads, c.addresses, c.places, c.objects
            );
            Ok(())
        }
        Removed::None => Err(Failure::new(format!("nothing of {source} is in force; see hub112 gis list"))),
        Removed::Borders => Err(Failure::new(format!(
            "{source} brought borders, and the hub is never without any: import other ones in their place (hub112 gis import \
             boundaries)"
        ))),
        Removed::Running => {
            Err(Failure::new(format!("{source} is being imported; wait until that has ended, or end it")))
        }
    }
}
