//! Nearest units and positions: the index against one plain R-tree with a filter and against PostGIS.
//!
//! 100,000 units stand in twenty cities, all in one region's index so that no side searches fewer. Their fleet is
//! that of an ordinary day: most stand at a station (their receivers scatter by a few metres), some drive. The plain
//! tree is loaded in bulk before it is asked, which is its best case; the index is asked as it is after the moves.

mod districts;
mod fleet;
mod page;
mod postgis;
mod tiles;

use std::sync::Arc;
use std::time::{Duration, Instant};

use rstar::RTree;
use rstar::primitives::GeomWithData;

use self::fleet::{Fleet, plane};
use super::place::Place;
use super::row::{Rounds, Row};
use super::{BenchError, Extent};
use crate::domain::doubt::DoubtLimits;
use crate::domain::ids::ServiceKey;
use crate::domain::quantities::Point;
use crate::domain::unit::{Capabilities, Position, Unit, UnitStatus};
use crate::spatial::fence::Fence;
use crate::spatial::nearest::Search;
use crate::spatial::territory::{Fields, Layer, Territory};
use crate::spatial::unit_index::{Seat, UnitIndex};
use crate::store::database;

/// Units of the country.
const UNITS: usize = 100_000;
/// The share of units that drive on an ordinary day.
const DRIVING: f64 = 0.12;
const NEAREST: usize = 3;
/// Positions that a service reports at once.
const REPORT: usize = 500;

type Plain = RTree<GeomWithData<[f64; 2], usize>>;

fn plain(units: &[Unit]) -> Plain {
    RTree::bulk_load(
        units.iter().enumerate().map(|(n, u)| GeomWithData::new(plane(u.position.point), n)).collect(),
    )
}

/// Asks until the time is over; gives the time per question. The answers are added up so that none is left out.
fn time_per(side: Duration, places: &[Point], mut ask: impl FnMut(Point) -> f64) -> Duration {
    let (start, mut asked, mut sum) = (Instant::now(), 0u32, 0.0);
    while start.elapsed() < side {
        for &place in places {
            sum += ask(place);
        }
        asked = asked.saturating_add(u32::try_from(places.len()).unwrap_or(u32::MAX));
    }
    std::hint::black_box(sum);
    start.elapsed() / asked.max(1)
}

fn ask_index(
    index: &UnitIndex,
    fleet: &Fleet,
    service: &ServiceKey,
    able: &Capabilities,
    from: Point,
) -> f64 {
    let regions = [fleet.region];
    let search = Search {
        from,
        service,
        regions: &regions,
        capabilities: able,
        soon_free_too: false,
        count: NEAREST,
        within: None,
    };
    index.nearest(&search).iter().map(|found| found.distance.get()).sum()
}

fn ask_plain(tree: &Plain, fleet: &Fleet, service: &ServiceKey, able: &Capabilities, from: Point) -> f64 {
    tree.nearest_neighbor_iter(&plane(from))
        .map(|found| &fleet.units[found.data])
        .filter(|u| u.status == UnitStatus::Available && u.service == *service && u.capabilities.covers(able))
        .take(NEAREST)
        .map(|unit| unit.position.point.distance(from).get())
        .sum()
}

/// A fleet, and the two sides that hold its positions.
struct Sides {
    fleet: Fleet,
    index: UnitIndex,
    seats: Vec<Seat>,
    /// Each position is judged before it moves a unit, as in the hub.
    fence: Fence,
    plain: Plain,
}

impl Sides {
    fn new(units: usize, driving: f64) -> Result<Self, BenchError> {
        let fleet = Fleet::new(units, driving)?;
        let index = UnitIndex::loaded(&fleet.units);
        let seats = fleet.units.iter().filter_map(|u| index.seat(u.region, &u.id)).collect();
        let plain = plain(&fleet.units);
        let regions = Layer::from_geojson(include_str!("../../../gis/regions.geojson"), Fields::OWN);
        let regions = regions.map_err(|e| BenchError::Hub(e.to_string()))?;
        let fence = Fence::new(Arc::new(Territory::new(regions, None)), DoubtLimits::default());
        Ok(Self { fleet, index, seats, fence, plain })
    }

    /// Time per position of the index and of the plain tree, the same positions to each in turn.
    fn move_all(&mut self, side: Duration) -> Result<(Duration, Duration), BenchError> {
        let (mut own, mut peer, mut moved) = (Duration::ZERO, Duration::ZERO, 0u32);
        while peer < side {
            let before: Vec<[f64; 2]> = self.fleet.units.iter().map(|u| plane(u.position.point)).collect();
            self.fleet.tick()?;
            let seen = self.seats.iter().zip(&self.fleet.units).map(|(seat, unit)| (*seat, unit.position));
            let seen: Vec<(Seat, Position)> = seen.collect();
            let start = Instant::now();
            for report in seen.chunks(REPORT) {
                let now = report[0].1.at;
                std::hint::black_box(self.index.all_told(self.fleet.region, report, &self.fence, now));
            }
            own += start.elapsed();
            let start = Instant::now();
            for (number, (before, unit)) in before.into_iter().zip(&self.fleet.units).enumerate() {
                self.plain.remove(&GeomWithData::new(before, number));
                self.plain.insert(GeomWithData::new(plane(unit.position.point), number));
            }
            peer += start.elapsed();
            moved = moved.saturating_add(u32::try_from(self.seats.len()).unwrap_or(u32::MAX));
        }
        Ok((own / moved.max(1), peer / moved.max(1)))
    }
}

/// Runs the rows: about ten sides for each round.
///
/// # Errors
/// [`BenchError`] when the peer's database cannot be used.
pub async fn run(extent: &Extent) -> Result<Vec<Row>, BenchError> {
    let place = Place::make(&extent.servers).await?;
    let rows = measure(extent, &place).await;
    place.remove().await;
    rows
}

/// Runs the rows of the map: tiles, districts, pages of features.
///
/// # Errors
/// [`BenchError`] when the peer's database or the hub cannot be used.
pub async fn map(extent: &Extent) -> Result<Vec<Row>, BenchError> {
    let place = Place::make(&extent.servers).await?;
    let rows = async {
        let client = database::connect(&place.database, "hub112 bench").await?;
        let mut rows = tiles::measure(extent, &client).await?;
        rows.extend(districts::measure(extent, &client).await?);
        rows.extend(page::measure(extent, &place, &client).await?);
        Ok(rows)
    };
    let rows = rows.await;
    place.remove().await;
    rows
}

async fn measure(extent: &Extent, place: &Place) -> Result<Vec<Row>, BenchError> {
    let side = extent.side;
    let mut sides = Sides::new(UNITS, DRIVING)?;
    let mut restless = Sides::new(UNITS, 1.0)?;
    let places: Vec<Point> = (0..4_096).map(|_| sides.fleet.place()).collect::<Result<_, _>>()?;
    let none = Capabilities::default();
    let client = database::connect(&place.database, "hub112 bench").await?;
    postgis::prepare(&client).await?;
    let [mut moves, mut drives, mut common, mut rare, mut rare_plain, mut knn]: [Rounds; 6] =
        Default::default();
    for _ in 0..extent.rounds {
        moves.push(sides.move_all(side)?);
        drives.push(restless.move_all(side)?);
        sides.index.rebuild_worn();
        let (fleet, index) = (&sides.fleet, &sides.index);
        let loaded = plain(&fleet.units);
        let of_index = |service, able| time_per(side, &places, |p| ask_index(index, fleet, service, able, p));
        let of_plain = |service, able, places: &[Point]| {
            time_per(side, places, |p| ask_plain(&loaded, fleet, service, able, p))
        };
        common.push((of_index(&fleet.ambulance, &none), of_plain(&fleet.ambulance, &none, &places)));
        rare.push((of_index(&fleet.fire, &fleet.ladder), of_index(&fleet.ambulance, &none)));
        rare_plain.push((
            of_index(&fleet.fire, &fleet.ladder),
            of_plain(&fleet.fire, &fleet.ladder, &places[..64]),
        ));
        postgis::fill(&client, &fleet.units).await?;
        let own = of_index(&fleet.ambulance, &none);
        knn.push((own, postgis::ask(&client, &fleet.ambulance, &places, side).await?));
    }
    let rows = [
        Row::share("nearest 3 of the 18% class / one rstar tree with a filter", &common, 0.35),
        Row::faster("nearest 3 of the 18% class / PostGIS KNN, one round trip", &knn, Some(150.0)),
        Row::share("nearest 3 of the 0.1% class / of the 18% class", &rare, 1.5),
        Row::faster("nearest 3 of the 0.1% class / one rstar tree with a filter", &rare_plain, None),
        Row::faster("position updates, 12% drive / rstar remove and insert", &moves, Some(20.0)),
        Row::faster("position updates, all drive / rstar remove and insert", &drives, None),
    ];
    Ok(rows.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is timed against each other gives the same answer.
    #[test]
    fn both_sides_find_units_equally_near() {
        let mut sides = Sides::new(3_000, DRIVING).unwrap();
        sides.move_all(Duration::ZERO).unwrap();
        sides.fleet.tick().unwrap();
        for (seat, unit) in sides.seats.iter().zip(&sides.fleet.units) {
            sides.index.moved(*seat, unit.position);
        }
        let loaded = plain(&sides.fleet.units);
        let place = sides.fleet.place().unwrap();
        let (fleet, none) = (&sides.fleet, Capabilities::default());
        let own = ask_index(&sides.index, fleet, &fleet.ambulance, &none, place);
        let peer = ask_plain(&loaded, fleet, &fleet.ambulance, &none, place);
        // The plane of the peer is not the ellipsoid: near equals may change places.
        assert!((own - peer).abs() <= peer * 0.05, "{own} {peer}");
        let (own, peer) = (
            ask_index(&sides.index, fleet, &fleet.fire, &fleet.ladder, place),
            ask_plain(&loaded, fleet, &fleet.fire, &fleet.ladder, place),
        );
        assert!((own - peer).abs() <= peer * 0.05, "{own} {peer}");
    }
}
