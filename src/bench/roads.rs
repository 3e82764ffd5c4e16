//! Road times: twenty units to one place over the prepared roads, against Dijkstra's search from the place over the
//! same graph, which stops when all twenty are settled.
//!
//! The roads are those of an OpenStreetMap extract that the command line names; without one a town is made up, of some
//! thirty thousand pieces. Before anything is measured both sides give the same times for many places.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::row::{Rounds, Row};
use super::{BenchError, Extent};
use crate::domain::geography::{Direction, LocalNames, Road, RoadClass, TurnRestriction};
use crate::domain::quantities::Point;
use crate::gis::osm::{self, Found};
use crate::spatial::roads::{Network, OnPiece, Roads};

/// Units asked about at once.
const CANDIDATES: usize = 20;
/// Questions.
const QUESTIONS: usize = 256;
/// Junctions along a side of the town that is made up.
const SIDE: u32 = 125;

/// A place, and places from where it is to be reached.
struct Question {
    to: Point,
    from: Vec<Point>,
    begins: Vec<Option<OnPiece>>,
    end: OnPiece,
}

/// Runs the rows.
///
/// # Errors
/// [`BenchError`] when the extract cannot be read or the two sides do not give the same times.
pub fn run(extent: &Extent) -> Result<Vec<Row>, BenchError> {
    let (roads, turns) = given(extent)?;
    measure(extent, &roads, &turns)
}

/// The roads that are measured: of the extract, or made up.
pub(super) fn given(extent: &Extent) -> Result<(Vec<Road>, Vec<TurnRestriction>), BenchError> {
    match &extent.extract {
        Some(file) => read(file),
        None => Ok((town()?, Vec::new())),
    }
}

fn measure(extent: &Extent, roads: &[Road], turns: &[TurnRestriction]) -> Result<Vec<Row>, BenchError> {
    let network = Arc::new(Network::new(roads, turns));
    let searching = Roads::unprepared(network);
    let (mut again, mut order) = (Rounds::new(), None);
    let mut prepared = searching.clone();
    for _ in 0..extent.rounds {
        let start = Instant::now();
        let hierarchy = searching.prepare(None);
        let whole = start.elapsed();
        let known = order.get_or_insert_with(|| hierarchy.order());
        let start = Instant::now();
        let in_order = searching.prepare(Some(known));
        again.push((start.elapsed(), whole));
        prepared = searching.prepared(Arc::new(in_order));
    }
    let questions = questions(roads, &prepared);
    for q in &questions {
        if prepared.millis(&q.begins, &q.end) != searching.millis(&q.begins, &q.end) {
            return Err(BenchError::Hub("prepared roads and Dijkstra's search give different times".into()));
        }
    }
    let (mut times, mut whole) = (Rounds::new(), Vec::new());
    for _ in 0..extent.rounds {
        let own = time_per(extent.side, &questions, |q| millis(&prepared, q));
        times.push((own, time_per(extent.side, &questions, |q| millis(&searching, q))));
        let start = Instant::now();
        while start.elapsed() < extent.side {
            for q in &questions {
                let begun = Instant::now();
                std::hint::black_box(prepared.times(&q.from, q.to));
                whole.push(begun.elapsed());
            }
        }
    }
    whole.sort_unstable();
    let p99 = whole.get(whole.len() * 99 / 100).map_or(0.0, |d| d.as_secs_f64() * 1e3);
    let preparations: Vec<f64> = again.iter().map(|(_, whole)| whole.as_secs_f64()).collect();
    let preparation = super::row::Spread::of(preparations).map_or(0.0, |s| s.median);
    let pieces = roads.len();
    let rows = [
        Row::faster("20 road times to one place / Dijkstra from the place", &times, Some(100.0)),
        Some(Row::within("20 road times with finding the roads, p99", p99, "ms", Some(2.0))),
        Some(Row::within(&format!("preparation of {pieces} pieces of road"), preparation, "s", None)),
        Row::share("preparation again in the same order / preparation", &again, None),
    ];
    let units: Vec<Point> = questions.iter().take(super::reach::UNITS).map(|q| q.to).collect();
    let places: Vec<OnPiece> = questions.iter().map(|q| q.end).collect();
    let coverage = super::reach::rows(extent, &prepared, &searching, &units, &places)?;
    Ok(rows.into_iter().flatten().chain(coverage).collect())
}

fn millis(roads: &Roads, q: &Question) -> u64 {
    roads.millis(&q.begins, &q.end).into_iter().map(u64::from).sum()
}

fn time_per(side: Duration, questions: &[Question], mut ask: impl FnMut(&Question) -> u64) -> Duration {
    let (start, mut asked, mut sum) = (Instant::now(), 0u32, 0u64);
    while start.elapsed() < side {
        // A search takes long: the time is looked at after each.
        for question in questions {
            sum = sum.wrapping_add(ask(question));
            asked += 1;
            if start.elapsed() >= side {
                break;
            }
        }
    }
    std::hint::black_box(sum);
    start.elapsed() / asked.max(1)
}

/// Corners of roads, picked evenly and the same every time.
fn questions(roads: &[Road], prepared: &Roads) -> Vec<Question> {
    let mut number = 0x9e37_79b9_7f4a_7c15u64;
    let mut place = || {
        // Marsaglia's xorshift: any even pick does.
        number ^= number << 13;
        number ^= number >> 7;
        number ^= number << 17;
        let road = &roads[usize::try_from(number % roads.len() as u64).unwrap_or(0)];
        road.line[usize::try_from(number >> 40).unwrap_or(0) % road.line.len()]
    };
    let mut questions = Vec::with_capacity(QUESTIONS);
    while questions.len() < QUESTIONS {
        let (to, from): (Point, Vec<Point>) = (place(), (0..CANDIDATES).map(|_| place()).collect());
        if let Some(end) = prepared.nearest(to) {
            let begins = from.iter().map(|p| prepared.nearest(*p)).collect();
            questions.push(Question { to, from, begins, end });
        }
    }
    questions
}

fn read(file: &Path) -> Result<(Vec<Road>, Vec<TurnRestriction>), BenchError> {
    let (mut roads, mut turns) = (Vec::new(), Vec::new());
    let mut put = |found| {
        match found {
            Found::Road(road) => roads.push(road),
            Found::Turn(turn) => turns.push(turn),
            _ => {}
        }
        true
    };
    osm::read(file, &mut put, &mut |_| {})
        .map_err(|e| BenchError::Hub(format!("{}: {e}", file.display())))?;
    if roads.is_empty() {
        return Err(BenchError::Hub(format!("{}: it holds no roads", file.display())));
    }
    Ok((roads, turns))
}

/// A grid of streets: every twentieth is a primary road, every fifth a tertiary one, some are one-way or missing.
fn town() -> Result<Vec<Road>, BenchError> {
    let at = |row: u32, column: u32| {
        let bend = |n: u32| f64::from(n * 7_919 % 13) * 2e-5;
        Point::new(43.1 + f64::from(row) * 1.3e-3 + bend(row + column), 76.8 + f64::from(column) * 1.8e-3)
    };
    let number = |row: u32, column: u32| i64::from(row * SIDE + column);
    let class = |n: u32| match n {
        n if n.is_multiple_of(20) => RoadClass::Primary,
        n if n.is_multiple_of(5) => RoadClass::Tertiary,
        _ => RoadClass::Residential,
    };
    let mut roads = Vec::new();
    for row in 0..SIDE {
        for column in 0..SIDE {
            for (to_row, to_column, street) in [(row, column + 1, row), (row + 1, column, column)] {
                let odd = row.wrapping_mul(2_654_435_761) ^ column.wrapping_mul(40_503) ^ to_row;
                if to_row >= SIDE || to_column >= SIDE || odd.is_multiple_of(17) {
                    continue;
                }
                let direction = if odd.is_multiple_of(11) { Direction::Forward } else { Direction::Both };
                roads.push(Road {
                    way: roads.len() as i64,
                    from: number(row, column),
                    to: number(to_row, to_column),
                    class: class(street),
                    direction,
                    limit_kmh: None,
                    rough: false,
                    names: LocalNames::default(),
                    reference: None,
                    line: vec![at(row, column)?, at(to_row, to_column)?],
                });
            }
        }
    }
    Ok(roads)
}
