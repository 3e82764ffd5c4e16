//! Where people live, as far as the imports say: the cells that coverage is counted over.
//!
//! Method: the people of a town or village, as its source gives them, are spread evenly over the house numbers that are
//! nearer to it than to others (in proportion to how far a place of its kind extends); a place without house numbers
//! has its people at its middle. House numbers stand in cells of some 280 m, for which one road time is reckoned, at one
//! of them. Where no place says how many live there, each house number counts alike.
//!
//! Uncertainty: figures of places are of different years and round; a house number is one household or a tower block;
//! who works elsewhere by day is counted where he lives. A share is therefore good to compare — now with before, one
//! move with another — and, taken by itself, an estimate to some parts in ten.

use std::collections::{BTreeMap, HashMap};

use rstar::RTree;
use rstar::primitives::GeomWithData;

use super::roads::{FAR, LANES, OnPiece, Roads, Source};
use super::territory::Territory;
use crate::domain::coverage::{Basis, Reach};
use crate::domain::geography::{LocalNames, Place, PlaceKind};
use crate::domain::ids::RegionCode;
use crate::domain::quantities::{Point, Seconds};

/// The size of a cell, degrees of latitude and longitude.
const CELL: [f64; 2] = [0.0025, 0.0035];
/// What a degree of longitude is of one of latitude in the middle of the country.
const ASIDE: f64 = 0.67;
/// So many of the nearest places are asked whether a house is theirs.
const ASKED: usize = 24;

/// How far a place of a kind extends, degrees of latitude; none where people of another place live.
const fn extent(kind: PlaceKind) -> Option<f64> {
    match kind {
        PlaceKind::City => Some(0.22),
        PlaceKind::Town => Some(0.09),
        PlaceKind::Village => Some(0.045),
        PlaceKind::Hamlet => Some(0.02),
        PlaceKind::IsolatedDwelling => Some(0.01),
        PlaceKind::Suburb | PlaceKind::Quarter | PlaceKind::Neighbourhood | PlaceKind::Locality => None,
    }
}

/// People who live together, and where they are reached.
#[derive(Debug, Clone)]
pub struct Cell {
    /// One of their houses.
    pub point: Point,
    /// How many they are, or how many house numbers.
    pub people: f64,
    /// The name of the place, where one is near: its number among [`Demand::places`].
    pub place: Option<u32>,
    /// Where their road is.
    pub on: Option<OnPiece>,
}

/// Where people live.
#[derive(Debug, Default)]
pub struct Demand {
    cells: BTreeMap<RegionCode, Vec<Cell>>,
    places: Vec<LocalNames>,
    basis: Option<Basis>,
}

/// How many houses of a cell are of which place.
type Houses = BTreeMap<Option<usize>, u32>;
type Located = RTree<GeomWithData<[f64; 2], usize>>;

fn flat(point: Point) -> [f64; 2] {
    [point.lon() * ASIDE, point.lat()]
}

fn located<'a>(places: impl Iterator<Item = (usize, &'a Place)>) -> Located {
    RTree::bulk_load(places.map(|(n, place)| GeomWithData::new(flat(place.point), n)).collect())
}

impl Demand {
    /// From places and the points of house numbers; each cell's road is found once.
    #[must_use]
    pub fn new(
        places: &[Place],
        houses: impl IntoIterator<Item = Point>,
        territory: &Territory,
        roads: &Roads,
    ) -> Self {
        let peopled = |p: &Place| {
            extent(p.kind).is_some() && p.population.is_some_and(|n| n > 0) && !p.names.is_empty()
        };
        let by_people = located(places.iter().enumerate().filter(|(_, p)| peopled(p)));
        let known = by_people.size() > 0;
        let mut at: HashMap<(i32, i32), (Point, Houses)> = HashMap::new();
        let mut houses_of: HashMap<usize, u32> = HashMap::new();
        for point in houses {
            // Of degrees: the casts keep the number.
            let key = ((point.lat() / CELL[0]).floor() as i32, (point.lon() / CELL[1]).floor() as i32);
            let owner = if known { owner(places, &by_people, point) } else { None };
            if known && owner.is_none() {
                continue;
            }
            *at.entry(key).or_insert_with(|| (point, BTreeMap::new())).1.entry(owner).or_default() += 1;
            if let Some(owner) = owner {
                *houses_of.entry(owner).or_default() += 1;
            }
        }
        let people = |place: usize| places[place].population.map_or(0.0, count);
        let mut cells: Vec<(Point, f64)> = at
            .into_values()
            .map(|(point, owners)| {
                let of = |(owner, houses): (Option<usize>, u32)| match owner {
                    Some(owner) => people(owner) * f64::from(houses) / f64::from(houses_of[&owner].max(1)),
                    None => f64::from(houses),
                };
                (point, owners.into_iter().map(of).sum())
            })
            .collect();
        let without_houses = by_people.iter().filter(|p| !houses_of.contains_key(&p.data));
        cells.extend(without_houses.map(|p| (places[p.data].point, people(p.data))));
        cells.sort_by(|a, b| {
            (a.0.lat(), a.0.lon()).partial_cmp(&(b.0.lat(), b.0.lon())).unwrap_or(std::cmp::Ordering::Equal)
        });
        let named = located(
            places.iter().enumerate().filter(|(_, p)| p.kind != PlaceKind::Locality && !p.names.is_empty()),
        );
        let mut demand = Self { basis: None, ..Self::default() };
        for (point, people) in cells {
            let Some((region, _)) = territory.locate(point) else { continue };
            let near = named.nearest_neighbor(&flat(point));
            let place = near.and_then(|near| u32::try_from(near.data).ok());
            let on = roads.nearest(point);
            demand.cells.entry(region).or_default().push(Cell { point, people, place, on });
        }
        demand.places = places.iter().map(|place| place.names.clone()).collect();
        if !demand.cells.is_empty() {
            demand.basis = Some(if known { Basis::Population } else { Basis::HouseNumbers });
        }
        demand
    }

    /// What is counted; none when nothing is imported.
    #[must_use]
    pub fn basis(&self) -> Option<Basis> {
        self.basis
    }

    /// The cells of a region, from south to north.
    #[must_use]
    pub fn cells(&self, region: RegionCode) -> &[Cell] {
        self.cells.get(&region).map_or(&[], Vec::as_slice)
    }

    /// The names of a place.
    #[must_use]
    pub fn place(&self, number: u32) -> Option<&LocalNames> {
        self.places.get(number as usize)
    }
}

/// The place that a house belongs to.
fn owner(places: &[Place], by_people: &Located, house: Point) -> Option<usize> {
    let here = flat(house);
    let near = by_people.nearest_neighbor_iter_with_distance_2(&here).take(ASKED);
    let part = near.filter_map(|(found, away_2)| {
        let extent = extent(places[found.data].kind)?;
        let part = away_2.sqrt() / extent;
        (part <= 1.0).then_some((part, found.data))
    });
    part.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, place)| place)
}

fn count(people: i64) -> f64 {
    f64::from(u32::try_from(people.max(0)).unwrap_or(u32::MAX))
}

/// Which cells each source reaches within a time.
#[must_use]
pub fn reaches(roads: &Roads, cells: &[Cell], sources: &[Source], within: Seconds) -> Vec<Reach> {
    let mut all = vec![Reach::none(cells.len()); sources.len()];
    for (own, sources) in all.chunks_mut(LANES).zip(sources.chunks(LANES)) {
        let reached = roads.reach::<LANES>(sources, within);
        for (number, cell) in cells.iter().enumerate() {
            let Some(on) = &cell.on else { continue };
            for (reach, time) in own.iter_mut().zip(reached.times(on)) {
                if time < FAR {
                    reach.add(number);
                }
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::geography::{Direction, Element, ElementKind, Road, RoadClass};
    use crate::spatial::roads::Network;
    use crate::spatial::territory::{Fields, Layer};
    use std::sync::Arc;

    fn at(lat: f64, lon: f64) -> Point {
        Point::new(lat, lon).unwrap()
    }

    fn place(kind: PlaceKind, name: &str, population: Option<i64>, point: Point) -> Place {
        let names = LocalNames { name: Some(name.into()), ..LocalNames::default() };
        Place { element: Element { kind: ElementKind::Node, id: 1 }, kind, names, population, point }
    }

    fn land() -> (Territory, Roads) {
        let regions = include_str!("../../gis/regions.geojson");
        let territory = Territory::new(Layer::from_geojson(regions, Fields::OWN).unwrap(), None);
        let road = Road {
            way: 1,
            from: 1,
            to: 2,
            class: RoadClass::Primary,
            direction: Direction::Both,
            limit_kmh: None,
            rough: false,
            names: LocalNames::default(),
            reference: None,
            line: vec![at(51.10, 71.40), at(51.20, 71.40)],
        };
        (territory, Roads::unprepared(Arc::new(Network::new(&[road], &[]))))
    }

    #[test]
    fn the_people_of_a_place_are_spread_over_its_houses_and_none_is_lost_or_counted_twice() {
        let (territory, roads) = land();
        let places = [
            place(PlaceKind::Town, "Town", Some(900), at(51.11, 71.40)),
            place(PlaceKind::Quarter, "Quarter", Some(400), at(51.112, 71.40)),
            place(PlaceKind::Village, "Village", Some(50), at(51.19, 71.40)),
        ];
        let houses = [at(51.1101, 71.401), at(51.1102, 71.401), at(51.1201, 71.401), at(52.9, 71.4)];
        let demand = Demand::new(&places, houses, &territory, &roads);
        assert_eq!(demand.basis(), Some(Basis::Population));
        let cells = demand.cells(RegionCode::new(71).unwrap());
        let people: Vec<f64> = cells.iter().map(|c| c.people.round()).collect();
        assert_eq!(
            people,
            [600.0, 300.0, 50.0],
            "the quarter's are the town's; a house of no place has nobody"
        );
        assert!(cells.iter().all(|c| c.on.is_some()));
        assert_eq!(demand.place(cells[2].place.unwrap()).unwrap().name.as_deref(), Some("Village"));
    }

    #[test]
    fn where_no_place_says_how_many_live_there_house_numbers_are_counted() {
        let (territory, roads) = land();
        let places = [place(PlaceKind::Town, "Town", None, at(51.11, 71.40))];
        let demand = Demand::new(&places, [at(51.11, 71.4), at(51.1101, 71.4)], &territory, &roads);
        assert_eq!(demand.basis(), Some(Basis::HouseNumbers));
        assert_eq!(demand.cells(RegionCode::new(71).unwrap())[0].people, 2.0);
    }

    #[test]
    fn each_source_reaches_what_it_drives_to_in_time() {
        let (territory, roads) = land();
        let places = [
            place(PlaceKind::Village, "South", Some(10), at(51.10, 71.40)),
            place(PlaceKind::Village, "North", Some(20), at(51.20, 71.40)),
        ];
        let demand = Demand::new(&places, [], &territory, &roads);
        let cells = demand.cells(RegionCode::new(71).unwrap());
        let source = |lat| Source { from: at(lat, 71.40), after: Seconds(60) };
        // Seven minutes without the turn-out: half of eleven kilometres, and not the whole.
        let reach = reaches(&roads, cells, &[source(51.10), source(51.15), source(51.20)], Seconds(480));
        let reached: Vec<[bool; 2]> = reach.iter().map(|r| [r.has(0), r.has(1)]).collect();
        assert_eq!(reached, [[true, false], [true, true], [false, true]]);
    }
}
