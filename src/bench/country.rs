//! Roads of a country's size: those of the extract that the command line names, or of the town that is made up, laid side
//! by side as often as it says, each a town of its own, neighbours joined by trunk roads.
//!
//! A country's hierarchy is climbed as it is asked for, since labels of it would not go into memory; units that are asked
//! about stand in the town of the place, as candidates do, or anywhere. Before anything is measured Dijkstra's search over
//! the same graph gives the same times for some places.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use super::row::Row;
use super::{BenchError, Extent, hub, reach, roads};
use crate::domain::geography::{Direction, LocalNames, Road, RoadClass, TurnRestriction};
use crate::domain::quantities::{Point, Seconds};
use crate::domain::recommendation::TURNOUT;
use crate::spatial::isochrone;
use crate::spatial::roads::{LANES, Network, Roads, Source};

/// Units asked about at once.
const CANDIDATES: usize = 20;
/// Questions of each kind.
const QUESTIONS: usize = 256;
/// Questions that Dijkstra's search answers too.
const COMPARED: usize = 8;
/// Milliseconds in which twenty units of the town are compared.
const REACH: f64 = 2.0;
/// Within what time units are to arrive.
const WITHIN: Seconds = Seconds(600);
/// The south-west corner of the first town, degrees.
const CORNER: (f64, f64) = (41.0, 47.0);

/// The towns, one after the other, and what joins them.
struct Country {
    roads: Vec<Road>,
    turns: Vec<TurnRestriction>,
    /// Pieces of one town.
    pieces: usize,
    towns: usize,
}

/// Runs the rows; none without the number of towns.
///
/// # Errors
/// [`BenchError`] when the extract cannot be read, the country leaves the map, or the two sides do not give the same times.
pub fn run(extent: &Extent) -> Result<Vec<Row>, BenchError> {
    let Some(towns) = extent.country else { return Ok(Vec::new()) };
    let (one, turns) = roads::given(extent)?;
    let before = hub::own_memory()?;
    let country = laid(&one, &turns, towns)?;
    measure(extent, country, before.resident)
}

fn measure(extent: &Extent, country: Country, before: f64) -> Result<Vec<Row>, BenchError> {
    let begun = Instant::now();
    let network = Arc::new(Network::new(&country.roads, &country.turns));
    let made = begun.elapsed();
    let mut chance = SmallRng::seed_from_u64(112);
    let near: Vec<_> = (0..QUESTIONS).map(|_| question(&country, &mut chance, true)).collect();
    let far: Vec<_> = (0..QUESTIONS).map(|_| question(&country, &mut chance, false)).collect();
    let units: Vec<Point> = (0..reach::UNITS).map(|_| anywhere(&country, 0, &mut chance)).collect();
    let (pieces, towns) = (country.roads.len(), country.towns);
    drop(country);
    let searching = Roads::unprepared(network);
    let begun = Instant::now();
    let hierarchy = searching.prepare(None);
    let preparation = begun.elapsed();
    let order = hierarchy.order();
    drop(hierarchy);
    let begun = Instant::now();
    let again = searching.prepare(Some(&order));
    let in_order = begun.elapsed();
    drop(order);
    let prepared = searching.prepared(Arc::new(again));
    let memory = hub::own_memory()?;
    for (to, from) in near.iter().take(COMPARED).chain(far.iter().take(COMPARED / 4)) {
        if prepared.times(from, *to) != searching.times(from, *to) {
            return Err(BenchError::Hub("prepared roads and Dijkstra's search give different times".into()));
        }
    }
    let sources: Vec<Source> = units.iter().map(|from| Source { from: *from, after: TURNOUT }).collect();
    let together = median(extent, || drop(std::hint::black_box(prepared.reach_together(&sources, WITHIN))));
    let each = median(extent, || {
        for some in sources.chunks(LANES) {
            std::hint::black_box(prepared.reach::<LANES>(some, WITHIN));
        }
    });
    let reached = prepared.reach_together(&sources, WITHIN);
    let outline = median(extent, || drop(std::hint::black_box(isochrone::outline(&reached))));
    let of = format!("a country of {towns} towns, {pieces} pieces of road");
    let ms = |took: Duration| took.as_secs_f64() * 1e3;
    Ok(vec![
        Row::within(&format!("network of {of}"), made.as_secs_f64(), "s", None),
        Row::within("its preparation", preparation.as_secs_f64(), "s", None),
        Row::within("its preparation again in the same order", in_order.as_secs_f64(), "s", None),
        Row::within(
            "memory with network and preparation, above that of the town",
            memory.resident - before,
            "MB",
            None,
        ),
        Row::within("the most memory meanwhile", memory.peak, "MB", None),
        Row::within(
            "20 road times in a town of the country, p99",
            ms(p99(extent, &prepared, &near)),
            "ms",
            Some(REACH),
        ),
        Row::within(
            "20 road times from anywhere in the country, p99",
            ms(p99(extent, &prepared, &far)),
            "ms",
            None,
        ),
        Row::within(
            &format!("where {} units of a town come in ten minutes, in the country", reach::UNITS),
            ms(together),
            "ms",
            None,
        ),
        Row::within(
            &format!("where each of {} units comes, in the country", reach::UNITS),
            ms(each),
            "ms",
            None,
        ),
        Row::within("its outline as polygons, in the country", ms(outline), "ms", None),
    ])
}

/// A corner of a road of one town.
fn anywhere(country: &Country, town: usize, chance: &mut SmallRng) -> Point {
    let road = &country.roads[town * country.pieces + chance.random_range(0..country.pieces)];
    road.line[chance.random_range(0..road.line.len())]
}

/// A place and twenty units, of its own town or of any.
fn question(country: &Country, chance: &mut SmallRng, own: bool) -> (Point, Vec<Point>) {
    let town = chance.random_range(0..country.towns);
    let to = anywhere(country, town, chance);
    let from = (0..CANDIDATES).map(|_| {
        let town = if own { town } else { chance.random_range(0..country.towns) };
        anywhere(country, town, chance)
    });
    (to, from.collect())
}

fn p99(extent: &Extent, roads: &Roads, questions: &[(Point, Vec<Point>)]) -> Duration {
    let (mut took, begun) = (Vec::new(), Instant::now());
    while took.is_empty() || begun.elapsed() < extent.side * u32::try_from(extent.rounds).unwrap_or(1) {
        for (to, from) in questions {
            let asked = Instant::now();
            std::hint::black_box(roads.times(from, *to));
            took.push(asked.elapsed());
        }
    }
    took.sort_unstable();
    took[took.len() * 99 / 100]
}

fn median(extent: &Extent, mut ask: impl FnMut()) -> Duration {
    let (mut took, begun) = (Vec::new(), Instant::now());
    while took.len() < extent.rounds || begun.elapsed() < extent.side {
        let asked = Instant::now();
        ask();
        took.push(asked.elapsed());
    }
    took.sort_unstable();
    took[took.len() / 2]
}

/// Lays the town out: about twice as many side by side as one above the other.
fn laid(one: &[Road], turns: &[TurnRestriction], towns: usize) -> Result<Country, BenchError> {
    let lat = |at: &Point| at.lat();
    let lon = |at: &Point| at.lon();
    let points = || one.iter().flat_map(|road| &road.line);
    let most = |of: fn(&Point) -> f64| points().map(of).fold(f64::NEG_INFINITY, f64::max);
    let least = |of: fn(&Point) -> f64| points().map(of).fold(f64::INFINITY, f64::min);
    let (south, west) = (least(lat), least(lon));
    let apart = 1.3 * (most(lat) - south).max(most(lon) - west).max(0.2);
    let columns = (1..=towns).find(|n| n * n >= 2 * towns).unwrap_or(towns).max(1);
    let degrees = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX)) * apart;
    let number =
        |id: i64, town: usize| id * i64::try_from(towns).unwrap_or(1) + i64::try_from(town).unwrap_or(0);
    let mut country = Country {
        roads: Vec::with_capacity(one.len() * towns + 2 * towns),
        turns: Vec::with_capacity(turns.len() * towns),
        pieces: one.len(),
        towns,
    };
    for town in 0..towns {
        let (up, right) = (degrees(town / columns), degrees(town % columns));
        let place =
            |at: &Point| Point::new(at.lat() - south + CORNER.0 + up, at.lon() - west + CORNER.1 + right);
        for road in one {
            country.roads.push(Road {
                way: number(road.way, town),
                from: number(road.from, town),
                to: number(road.to, town),
                names: LocalNames::default(),
                reference: None,
                line: road.line.iter().map(place).collect::<Result<_, _>>()?,
                ..road.clone()
            });
        }
        country.turns.extend(turns.iter().map(|turn| TurnRestriction {
            id: number(turn.id, town),
            from_way: number(turn.from_way, town),
            via_node: turn.via_node.map(|node| number(node, town)),
            via_ways: turn.via_ways.iter().map(|way| number(*way, town)).collect(),
            to_way: number(turn.to_way, town),
            turn: turn.turn,
        }));
    }
    join(&mut country, columns);
    Ok(country)
}

/// Joins neighbours by trunk roads, from the middle junction of a town's main roads to that of the next.
fn join(country: &mut Country, columns: usize) {
    let main = |road: &&Road| {
        road.direction == Direction::Both
            && matches!(
                road.class,
                RoadClass::Trunk | RoadClass::Primary | RoadClass::Secondary | RoadClass::Tertiary
            )
    };
    let of_town = &country.roads[..country.pieces];
    let chosen: Vec<usize> =
        of_town.iter().enumerate().filter(|(_, road)| main(road)).map(|(at, _)| at).collect();
    let hub = chosen.get(chosen.len() / 2).copied().unwrap_or(0);
    let mut joints = Vec::new();
    for town in 0..country.towns {
        let right = (!(town + 1).is_multiple_of(columns)).then_some(town + 1);
        for next in [right, Some(town + columns)].into_iter().flatten().filter(|next| *next < country.towns) {
            let (a, b) =
                (&country.roads[town * country.pieces + hub], &country.roads[next * country.pieces + hub]);
            joints.push(Road {
                // No way of a town has a number below this: they are those of the file, multiplied.
                way: i64::MIN + i64::try_from(joints.len()).unwrap_or(0),
                from: a.from,
                to: b.from,
                class: RoadClass::Trunk,
                direction: Direction::Both,
                limit_kmh: None,
                rough: false,
                names: LocalNames::default(),
                reference: None,
                line: vec![a.line[0], b.line[0]],
            });
        }
    }
    country.roads.extend(joints);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::place::Servers;

    #[test]
    fn towns_laid_side_by_side_are_one_country() {
        let road = |from, east: f64| Road {
            way: from,
            from,
            to: from + 1,
            class: RoadClass::Primary,
            direction: Direction::Both,
            limit_kmh: None,
            rough: false,
            names: LocalNames::default(),
            reference: None,
            line: vec![Point::new(43.2, 76.9 + east).unwrap(), Point::new(43.2, 76.9 + east + 0.01).unwrap()],
        };
        let one = [road(1, 0.0), road(2, 0.01), road(3, 0.02)];
        let country = laid(&one, &[], 6).unwrap();
        // Four columns: four joints within rows and two between them, where the second row has two towns.
        assert_eq!(country.roads.len(), 6 * 3 + 6);
        let servers = Servers { postgres: "".into(), amqp: "".into(), management: "".into() };
        let extent = Extent {
            servers,
            rounds: 1,
            side: Duration::ZERO,
            restart: None,
            extract: None,
            country: Some(6),
            crossings: None,
        };
        let network = Arc::new(Network::new(&country.roads, &country.turns));
        let roads = Roads::unprepared(network);
        let (first, last) = (country.roads[0].line[0], country.roads[5 * 3].line[0]);
        assert!(roads.times(&[first], last)[0].is_some(), "from the first town to the last");
        let rows = measure(&extent, country, 0.0).unwrap();
        assert!(rows[0].name.contains("6 towns, 24 pieces"), "{}", rows[0].name);
    }
}
