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

use std::collections::{BTreeMap, HashMap, HashSet};

use geo::{MultiPolygon, Polygon};
use rstar::RTree;
use rstar::primitives::GeomWithData;

use super::prepared::PreparedPolygon;
use super::roads::{FAR, LANES, OnPiece, Roads, Source};
use super::territory::Territory;
use crate::domain::coverage::{Basis, Reach};
use crate::domain::geography::{Element, LocalNames, Place, PlaceKind};
use crate::domain::ids::{DistrictCode, RegionCode};
use crate::domain::quantities::{Point, Seconds};
use crate::domain::zone::ZonePolygon;
use crate::domain::zone::population::Spread;

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
    /// The name of the place that people know it by: its number among the names of [`Demand::place`].
    pub place: Option<u32>,
    /// Of which settlements they are, by its houses; empty for who lives at the middle of one without.
    shares: Vec<Share>,
    /// Where their road is.
    pub on: Option<OnPiece>,
}

/// What of a settlement lives in a cell.
#[derive(Debug, Clone, Copy)]
struct Share {
    settlement: usize,
    people: f64,
    houses: u32,
}

/// A settlement whose houses are known.
#[derive(Debug, Clone, Copy)]
struct Settlement {
    element: Element,
    people: f64,
}

/// Where people live.
#[derive(Debug, Default)]
pub struct Demand {
    cells: BTreeMap<RegionCode, Vec<Cell>>,
    places: Vec<LocalNames>,
    /// By the number of their place.
    settlements: BTreeMap<usize, Settlement>,
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
            let key = key(point);
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
        let mut cells: Vec<(Point, f64, Vec<Share>)> = at
            .into_values()
            .map(|(point, owners)| {
                let bare: u32 = owners.iter().filter(|(owner, _)| owner.is_none()).map(|(_, n)| n).sum();
                let of = |(owner, houses): (Option<usize>, u32)| {
                    let settlement = owner?;
                    let all = f64::from(houses_of[&settlement].max(1));
                    Some(Share { settlement, people: people(settlement) * f64::from(houses) / all, houses })
                };
                let shares: Vec<Share> = owners.into_iter().filter_map(of).collect();
                (point, f64::from(bare) + shares.iter().fold(0.0, |all, s| all + s.people), shares)
            })
            .collect();
        let without_houses = by_people.iter().filter(|p| !houses_of.contains_key(&p.data));
        cells.extend(without_houses.map(|p| (places[p.data].point, people(p.data), Vec::new())));
        cells.sort_by(|a, b| {
            (a.0.lat(), a.0.lon()).partial_cmp(&(b.0.lat(), b.0.lon())).unwrap_or(std::cmp::Ordering::Equal)
        });
        let mut labels = Labels::new(places, territory);
        let mut demand = Self { basis: None, ..Self::default() };
        for (point, people, shares) in cells {
            let Some((region, district)) = territory.locate(point) else { continue };
            let most = shares.iter().max_by_key(|share| share.houses).map(|share| share.settlement);
            let place = labels.of(point, most, district.as_ref());
            let on = roads.nearest(point);
            demand.cells.entry(region).or_default().push(Cell { point, people, place, shares, on });
        }
        let settlement =
            |place: &usize| (*place, Settlement { element: places[*place].element, people: people(*place) });
        demand.settlements = houses_of.keys().map(settlement).collect();
        demand.places = labels.names;
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

    /// Whether people of a place are counted by its houses.
    #[must_use]
    pub fn has_houses_of(&self, element: Element) -> bool {
        self.settlements.values().any(|settlement| settlement.element == element)
    }

    /// What of each settlement, as far as its houses are known, lives in a zone.
    #[must_use]
    pub fn within(&self, zone: &ZonePolygon) -> Vec<Spread> {
        let Some((south_west, north_east)) = zone.bounds() else { return Vec::new() };
        let prepared = PreparedPolygon::new(&MultiPolygon::from(zone.polygon().clone()));
        let crossed = crossed(zone.polygon());
        let mut found: BTreeMap<usize, Spread> = BTreeMap::new();
        // The zone's box, and a cell around it.
        let lats = south_west.lat() - CELL[0]..=north_east.lat() + CELL[0];
        let lons = south_west.lon() - CELL[1]..=north_east.lon() + CELL[1];
        let near = self.cells.values().flatten().filter(|cell| !cell.shares.is_empty());
        for cell in near.filter(|c| lats.contains(&c.point.lat()) && lons.contains(&c.point.lon())) {
            let part = match crossed.contains(&key(cell.point)) {
                true => part_of(key(cell.point), &prepared),
                false if prepared.contains(cell.point) => 1.0,
                false => continue,
            };
            let wholly = !crossed.contains(&key(cell.point));
            for share in &cell.shares {
                let Some(settlement) = self.settlements.get(&share.settlement) else { continue };
                let spread = found.entry(share.settlement).or_default();
                spread.people = settlement.people;
                spread.within += share.people * part;
                spread.touched.0 += share.people;
                spread.touched.1 += share.houses;
                if wholly {
                    spread.wholly.0 += share.people;
                    spread.wholly.1 += share.houses;
                }
            }
        }
        found.into_values().collect()
    }

    /// The names of a place.
    #[must_use]
    pub fn place(&self, number: u32) -> Option<&LocalNames> {
        self.places.get(number as usize)
    }
}

/// The cell of a point. Of degrees: the casts keep the number.
fn key(point: Point) -> (i32, i32) {
    ((point.lat() / CELL[0]).floor() as i32, (point.lon() / CELL[1]).floor() as i32)
}

/// The cells through which the border of a zone goes.
fn crossed(zone: &Polygon) -> HashSet<(i32, i32)> {
    /// Steps along the border, degrees: several to a cell.
    const STEP: f64 = 0.0005;
    let rings = std::iter::once(zone.exterior()).chain(zone.interiors());
    let steps = rings.flat_map(|ring| ring.lines()).flat_map(|edge| {
        let (dx, dy) = (edge.end.x - edge.start.x, edge.end.y - edge.start.y);
        let steps = (dx.abs().max(dy.abs()) / STEP).ceil().max(1.0) as u32;
        (0..steps).filter_map(move |step| {
            let part = f64::from(step) / f64::from(steps);
            Point::new(edge.start.y + dy * part, edge.start.x + dx * part).ok()
        })
    });
    steps.map(key).collect()
}

/// How much of a cell lies in a zone, by twenty-five of its points.
fn part_of((row, column): (i32, i32), zone: &PreparedPolygon) -> f64 {
    let at = |cell: i32, size: f64, step: u32| (f64::from(cell) + (f64::from(step) + 0.5) / 5.0) * size;
    let points = (0..25).filter_map(|n| Point::new(at(row, CELL[0], n / 5), at(column, CELL[1], n % 5)).ok());
    points.filter(|point| zone.contains(*point)).count() as f64 / 25.0
}

/// By which names people know where a cell is.
struct Labels<'a> {
    places: &'a [Place],
    parts: Located,
    settlements: Located,
    territory: &'a Territory,
    names: Vec<LocalNames>,
    districts: HashMap<DistrictCode, Option<u32>>,
}

impl<'a> Labels<'a> {
    fn new(places: &'a [Place], territory: &'a Territory) -> Self {
        let of = |part: bool| {
            let fits =
                move |p: &Place| !p.names.is_empty() && !is_estate(&p.names) && part == is_part(p.kind);
            located(places.iter().enumerate().filter(move |(_, p)| p.kind != PlaceKind::Locality && fits(p)))
        };
        let names = places.iter().map(|place| place.names.clone()).collect();
        let (parts, settlements) = (of(true), of(false));
        Self { places, parts, settlements, territory, names, districts: HashMap::new() }
    }

    /// The part of a town that is near; else, in a city, its district; else the settlement whose people these are, or the
    /// nearest.
    fn of(
        &mut self,
        point: Point,
        settlement: Option<usize>,
        district: Option<&DistrictCode>,
    ) -> Option<u32> {
        /// A part of a town farther away than this, degrees of latitude, is not what one is in: some 1.5 km.
        const PART: f64 = 0.0135;
        let here = flat(point);
        let part = self.parts.nearest_neighbor_iter_with_distance_2(&here).next();
        if let Some((part, _)) = part.filter(|(_, away_2)| *away_2 <= PART * PART) {
            return u32::try_from(part.data).ok();
        }
        let own = settlement.or_else(|| self.settlements.nearest_neighbor(&here).map(|found| found.data));
        let in_city = own.is_some_and(|own| self.places[own].kind == PlaceKind::City);
        let district = district.filter(|_| in_city).and_then(|code| self.district(code));
        district.or_else(|| own.and_then(|own| u32::try_from(own).ok()))
    }

    fn district(&mut self, code: &DistrictCode) -> Option<u32> {
        if let Some(known) = self.districts.get(code) {
            return *known;
        }
        let number = self.territory.district_names(code).and_then(|names| {
            let text = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
            self.names.push(LocalNames {
                name: text(&names.ru),
                kk: text(&names.kk),
                ru: text(&names.ru),
                en: text(&names.en),
                former: None,
            });
            u32::try_from(self.names.len() - 1).ok()
        });
        self.districts.insert(code.clone(), number);
        number
    }
}

/// Whether a place is part of another.
fn is_part(kind: PlaceKind) -> bool {
    matches!(kind, PlaceKind::Suburb | PlaceKind::Quarter | PlaceKind::Neighbourhood)
}

/// Whether a name is that of a housing estate: nobody names what lies around by it.
fn is_estate(names: &LocalNames) -> bool {
    let first = names.name.as_deref().or(names.ru.as_deref()).unwrap_or_default().trim().to_lowercase();
    ["жк ", "жк«", "жк \"", "жилой комплекс", "тұрғын үй кешені", "тк "]
        .iter()
        .any(|word| first.starts_with(word))
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
    fn a_zone_has_the_people_of_the_houses_in_it_and_nobody_where_there_is_none() {
        let (territory, roads) = land();
        let places = [
            place(PlaceKind::City, "City", Some(900), at(51.15, 71.42)),
            place(PlaceKind::Suburb, "жк Алгабас", None, at(51.115, 71.401)),
            place(PlaceKind::Suburb, "South", None, at(51.111, 71.401)),
        ];
        let houses = [at(51.1101, 71.4012), at(51.1102, 71.4012), at(51.1601, 71.4012)];
        let demand = Demand::new(&places, houses, &territory, &roads);
        let zone = |south: f64, north: f64| -> ZonePolygon {
            let ring = [[71.39, south], [71.42, south], [71.42, north], [71.39, north], [71.39, south]];
            serde_json::from_value(serde_json::json!({"type": "Polygon", "coordinates": [ring]})).unwrap()
        };
        let found = demand.within(&zone(51.10, 51.12));
        assert_eq!(found.len(), 1);
        assert!((found[0].within - 600.0).abs() < 1e-6, "{found:?}");
        assert_eq!((found[0].wholly.1, found[0].touched.1, found[0].people), (2, 2, 900.0));
        assert_eq!(demand.within(&zone(51.13, 51.15)), [], "the middle of the disc, and nobody lives there");
        let all = demand.within(&zone(51.0, 51.2));
        assert!((all[0].wholly.0 - 900.0).abs() < 1e-6);
        assert!(demand.has_houses_of(places[0].element));
        let cells = demand.cells(RegionCode::new(71).unwrap());
        let names: Vec<&str> =
            cells.iter().map(|c| demand.place(c.place.unwrap()).unwrap().name.as_deref().unwrap()).collect();
        assert_eq!(
            names,
            ["South", "City"],
            "a suburb six kilometres away is not where they live, an estate never"
        );
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
