//! `hub112 gis import boundaries`.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use super::{country, fingerprint, name_of, say, source_of};
use crate::commands::Failure;
use crate::domain::geography::{Boundary, ImportSource, TerritoryLevel};
use crate::domain::ids::RegionCode;
use crate::gis::boundaries::{FieldNames, read};
use crate::spatial::territory::topology::{self, Misfit};
use crate::spatial::territory::{Fields, Layer};
use crate::store::database;
use crate::store::territory::{self, Exchanged, InForce, Origin};

/// Borders with codes and names: what the file is, and whose.
#[derive(Debug, Args)]
pub struct BoundariesArgs {
    /// Files (.geojson, .geojson.gz, .gpkg, .shp), together one version: regions, districts or both; which of them a
    /// feature is, its KATO code tells
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What must stand beside a map that shows them
    #[arg(long)]
    attribution: String,
    /// Their licence, e.g. CC-BY-4.0
    #[arg(long)]
    licence: String,
    /// The name under which they are imported again and again; the first file's own name when absent
    #[arg(long)]
    source: Option<ImportSource>,
    /// The layer of a GeoPackage that has more than one
    #[arg(long)]
    layer: Option<String>,
    /// The property with the nine-digit KATO code
    #[arg(long)]
    kato: Option<String>,
    /// The property with the Kazakh name
    #[arg(long)]
    kk: Option<String>,
    /// The property with the Russian name
    #[arg(long)]
    ru: Option<String>,
    /// The property with the English name
    #[arg(long)]
    en: Option<String>,
    /// How many metres wide an overlap or gap between neighbours may be
    #[arg(long, default_value_t = 50)]
    tolerance: u16,
    /// Take apart borders that touch or cross themselves, where no more than a hectare hangs on it; each is told
    #[arg(long)]
    mend: bool,
    /// Land of nobody between neighbours is as it should be: tell it and go on
    #[arg(long)]
    allow_gaps: bool,
    /// Check everything, say what would change, change nothing
    #[arg(long)]
    dry_run: bool,
    /// Import them even though these very files are in force
    #[arg(long)]
    again: bool,
}

/// Imports regions and districts, all of them or none.
///
/// # Errors
/// [`Failure`] names every fault by file, feature and place; then nothing has changed.
pub(super) async fn import(url: &str, args: BoundariesArgs) -> Result<(), Failure> {
    let begun = Instant::now();
    let source = args.source.clone().map_or_else(|| source_of(&args.files[0]), Ok)?;
    let version = fingerprint(&args.files)?;
    let mut client = database::connect(url, "hub112 import").await.map_err(Failure::new)?;
    let live = territory::live_version(&client, &source, &version).await.map_err(Failure::new)?;
    if let Some(import) = live.filter(|_| !args.again && !args.dry_run) {
        println!("this version is in force already; --again imports it all the same");
        say(&import);
        return Ok(());
    }
    let seen = territory::in_force(&client).await.map_err(Failure::new)?;
    let new = read_all(&args)?;
    let (regions, districts) = after(&new, &seen);
    let (faults, told) = misfits(&args, &seen, &regions, &districts)?;
    told.iter().for_each(|misfit| eprintln!("told and let be: {misfit}"));
    if !faults.is_empty() {
        return Err(refused(&faults, &args));
    }
    say_changes(&new, &seen);
    if args.dry_run {
        println!("checked in {:.1} s; nothing was changed", begun.elapsed().as_secs_f64());
        return Ok(());
    }
    let files: Vec<String> = args.files.iter().map(|file| name_of(file)).collect();
    let origin = Origin {
        source: &source,
        version: &version,
        file: &files.join(", "),
        attribution: &args.attribution,
        licence: &args.licence,
    };
    match territory::exchange(&mut client, &origin, &seen, &new).await.map_err(Failure::new)? {
        Exchanged::Live(import) => {
            say(&import);
            println!("imported in {:.1} s; hubs take it up by themselves", begun.elapsed().as_secs_f64());
            Ok(())
        }
        Exchanged::Overtaken => Err(Failure::new(
            "another import of borders came into force meanwhile; nothing was changed, run it again",
        )),
    }
}

fn read_all(args: &BoundariesArgs) -> Result<Vec<Boundary>, Failure> {
    let names =
        FieldNames { kato: args.kato.clone(), kk: args.kk.clone(), ru: args.ru.clone(), en: args.en.clone() };
    let country = country()?;
    let (mut all, mut bad) = (Vec::new(), Vec::new());
    for file in &args.files {
        let read = read(file, args.layer.as_deref(), &names, country, args.mend)
            .map_err(|e| Failure::new(format!("{}: {e}. Nothing of it was taken", file.display())))?;
        read.mended.iter().for_each(|mended| eprintln!("mended: {mended}"));
        bad.extend(read.bad);
        all.extend(read.boundaries);
    }
    if bad.is_empty() { Ok(all) } else { Err(refused(&bad, args)) }
}

/// The regions and districts that would be in force.
fn after(new: &[Boundary], seen: &InForce) -> (Vec<Boundary>, Vec<Boundary>) {
    let of = |level| new.iter().filter(move |b| b.level() == level).cloned();
    let regions: Vec<_> = of(TerritoryLevel::Region).collect();
    let mut districts: Vec<_> = of(TerritoryLevel::District).collect();
    let replaced: Vec<RegionCode> = districts.iter().map(|d| d.region).collect();
    districts.extend(seen.districts.iter().filter(|d| !replaced.contains(&d.region)).cloned());
    (if regions.is_empty() { seen.regions.clone() } else { regions }, districts)
}

/// Where borders do not fit: what forbids the import, and what is only told.
fn misfits(
    args: &BoundariesArgs,
    seen: &InForce,
    regions: &[Boundary],
    districts: &[Boundary],
) -> Result<(Vec<Misfit>, Vec<Misfit>), Failure> {
    let tolerance = f64::from(args.tolerance);
    let mut faults = topology::twice(regions);
    faults.extend(topology::twice(districts));
    let mut gaps = Vec::new();
    if faults.is_empty() {
        let known: Vec<(RegionCode, String)> = if seen.regions.is_empty() {
            let own = Layer::from_geojson(include_str!("../../../gis/regions.geojson"), Fields::OWN);
            own.map_err(Failure::new)?.areas().iter().map(|a| (a.region, a.names.ru.clone())).collect()
        } else {
            seen.regions.iter().map(|r| (r.region, r.names.ru.clone())).collect()
        };
        if !regions.is_empty() {
            faults.extend(topology::lost(known.into_iter(), regions));
        }
        faults.extend(topology::overlaps(regions, tolerance));
        faults.extend(topology::overlaps(districts, tolerance));
        faults.extend(topology::districts_in_regions(regions, districts, tolerance));
        gaps = topology::gaps(regions, tolerance);
    }
    if !args.allow_gaps {
        faults.append(&mut gaps);
    }
    Ok((faults, gaps))
}

fn refused(faults: &[impl std::fmt::Display], args: &BoundariesArgs) -> Failure {
    faults.iter().for_each(|fault| eprintln!("{fault}"));
    let files: Vec<String> = args.files.iter().map(|file| name_of(file)).collect();
    Failure::new(format!(
        "{}: {} faults, each named above. Nothing was taken",
        files.join(", "),
        faults.len()
    ))
}

/// Which codes come, go and change.
fn say_changes(new: &[Boundary], seen: &InForce) {
    let before: Vec<&Boundary> = seen.regions.iter().chain(&seen.districts).collect();
    let (regions, districts) = after(new, seen);
    let then: Vec<&Boundary> = regions.iter().chain(&districts).collect();
    let came = then.iter().filter(|b| before.iter().all(|o| o.kato != b.kato));
    let went = before.iter().filter(|b| then.iter().all(|n| n.kato != b.kato));
    let moved = then.iter().filter(|b| before.iter().any(|o| o.kato == b.kato && o != *b));
    println!("{} codes are new, {} go, {} change", came.count(), went.clone().count(), moved.count());
    for gone in went {
        println!("  goes: {} ({})", gone.names.ru, gone.kato);
    }
}
