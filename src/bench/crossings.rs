//! Whether crossings of a real town are found by what a caller says: streets and their true crossings from a folder of open
//! data, `streets-osm-points.csv.gz` (`street,n,lon,lat`) and `street-crossings-osm.csv.gz` (`street_a,street_b,lat,lon`).
//! What counts is the share that is missed: no speed, but a figure that only real names can give.

use std::fs::File;
use std::path::Path;

use flate2::read::GzDecoder;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde::Deserialize;

use super::row::Row;
use super::{BenchError, Extent};
use crate::domain::geography::{Direction, LocalNames, Road, RoadClass};
use crate::domain::quantities::Point;
use crate::spatial::gazetteer::{Ask, Builder, Gazetteer};

/// Points of a street that lie further apart belong to different pieces of it, metres.
const GAP: f64 = 400.0;
/// A crossing found within this many metres of the true one is found: dual carriageways meet in four places.
const NEAR: f64 = 120.0;
/// How many answers an officer sees without scrolling.
const SEEN: usize = 5;

#[derive(Debug, Deserialize)]
struct Stop {
    street: String,
    lon: f64,
    lat: f64,
}

#[derive(Debug, Deserialize)]
struct Crossing {
    street_a: String,
    street_b: String,
    lat: f64,
    lon: f64,
}

/// A street as it is said.
type Said = fn(&str, &mut SmallRng) -> String;

/// How a crossing is said.
const MANNERS: [(&str, Said); 4] = [
    ("as written", |street, _| street.to_owned()),
    ("without the word for street", |street, _| bare(street)),
    ("bare, on a Russian keyboard", |street, _| russian(&bare(street))),
    ("bare, a letter misheard", |street, chance| misheard(&bare(street), chance)),
];

/// Runs the rows; none without the folder.
///
/// # Errors
/// [`BenchError`] when a file cannot be read.
pub fn run(extent: &Extent) -> Result<Vec<Row>, BenchError> {
    let Some(folder) = &extent.crossings else { return Ok(Vec::new()) };
    let gazetteer = town(&read(&folder.join("streets-osm-points.csv.gz"))?)?;
    let known: Vec<Crossing> = read(&folder.join("street-crossings-osm.csv.gz"))?;
    let mut chance = SmallRng::seed_from_u64(112);
    let mut rows = Vec::new();
    for (manner, say) in MANNERS {
        let mut missed = 0_u32;
        for crossing in &known {
            let text = format!(
                "{} / {}",
                say(&crossing.street_a, &mut chance),
                say(&crossing.street_b, &mut chance)
            );
            let at = Point::new(crossing.lat, crossing.lon)?;
            let found = gazetteer
                .search(Ask { text: &text, around: Some(at), most: SEEN }, |_| true)
                .is_ok_and(|hits| hits.iter().any(|hit| hit.point.distance(at).get() <= NEAR));
            if !found {
                tracing::debug!(manner, text, "a crossing was missed");
            }
            missed += u32::from(!found);
        }
        let all = u32::try_from(known.len().max(1)).unwrap_or(u32::MAX);
        let share = f64::from(missed) * 100.0 / f64::from(all);
        rows.push(Row::within(
            &format!("{} known crossings, {manner}: missed", known.len()),
            share,
            "%",
            Some(5.0),
        ));
    }
    Ok(rows)
}

fn read<T: for<'de> Deserialize<'de>>(file: &Path) -> Result<Vec<T>, BenchError> {
    let opened = File::open(file).map_err(|e| BenchError::Io("the crossings", e))?;
    let rows = csv::Reader::from_reader(GzDecoder::new(opened)).into_deserialize();
    rows.collect::<Result<_, _>>().map_err(|e| BenchError::Io("the crossings", e.into()))
}

/// The town's streets: points that stand at one place are one junction.
fn town(stops: &[Stop]) -> Result<Gazetteer, BenchError> {
    let mut builder = Builder::default();
    let junction = |stop: &Stop| {
        // Seven digits of a degree are a centimetre: both fit into the halves of a number.
        #[allow(clippy::cast_possible_truncation)]
        let whole = |degrees: f64| (degrees * 1e6).round() as i64;
        whole(stop.lat) << 32 | whole(stop.lon)
    };
    for (way, pair) in (1..).zip(stops.windows(2)) {
        let [from, to] = pair else { continue };
        let line = vec![Point::new(from.lat, from.lon)?, Point::new(to.lat, to.lon)?];
        if from.street != to.street || line[0].distance(line[1]).get() > GAP {
            continue;
        }
        builder.road(&Road {
            way,
            from: junction(from),
            to: junction(to),
            class: RoadClass::Residential,
            direction: Direction::Both,
            limit_kmh: None,
            rough: false,
            names: LocalNames { name: Some(from.street.clone()), ..LocalNames::default() },
            reference: None,
            line,
        });
    }
    Ok(builder.finish())
}

/// A street without the words for what it is.
fn bare(street: &str) -> String {
    const WORDS: [&str; 14] = [
        "улица",
        "көшесі",
        "проспект",
        "даңғылы",
        "переулок",
        "тұйық",
        "бульвар",
        "бульвары",
        "шоссе",
        "тас",
        "жолы",
        "проезд",
        "тракт",
        "аллеясы",
    ];
    let words: Vec<&str> =
        street.split(' ').filter(|word| !WORDS.contains(&word.to_lowercase().as_str())).collect();
    if words.is_empty() { street.to_owned() } else { words.join(" ") }
}

/// As it is typed where the keyboard has no Kazakh letters.
fn russian(street: &str) -> String {
    let of = |c: char| match c {
        'ә' => 'а',
        'ғ' => 'г',
        'қ' => 'к',
        'ң' => 'н',
        'ө' => 'о',
        'ұ' | 'ү' => 'у',
        'һ' => 'х',
        'і' => 'и',
        other => other,
    };
    street.to_lowercase().chars().map(of).collect()
}

/// One letter of the longest word is lost.
fn misheard(street: &str, chance: &mut SmallRng) -> String {
    let Some(longest) = street.split(' ').max_by_key(|word| word.chars().count()) else {
        return street.to_owned();
    };
    let letters: Vec<char> = longest.chars().collect();
    if letters.len() < 5 {
        return street.to_owned();
    }
    let lost = chance.random_range(1..letters.len());
    let said: String = letters.iter().enumerate().filter(|(at, _)| *at != lost).map(|(_, c)| *c).collect();
    street.replacen(longest, &said, 1)
}
