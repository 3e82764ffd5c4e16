//! How many people live in a zone.
//!
//! Where houses of a settlement are known, its people are spread over them as coverage spreads them
//! ([`crate::spatial::demand`]), and the zone has those of the houses in it. Where none is known, all that is known of the
//! settlement is a number and a middle: it is taken for a disc of the radius usual for its kind with people spread
//! evenly, and the zone has the share of the disc that it covers; the answer says of how many settlements that is so.
//!
//! The range: a house number is one household or a tower block, so the fewer of them, the less is known. A sum over n
//! houses is taken to be good to a factor of 1.3 + 2/√n (the spread of figures of places, and that of house sizes, whose
//! deviation is about twice their mean). The least counts only what lies wholly within, the most all that is touched. Of a
//! settlement that lies wholly within, all people do, however they are spread. People who only work or pass there are not
//! counted, and settlements without a number are told.

use geo::{Area, BooleanOps, MultiPolygon};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ZonePolygon;
use crate::domain::geography::{Place, PlaceKind};
use crate::domain::quantities::Metres;

/// People living in a zone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PopulationEstimate {
    /// The estimate.
    pub people: u64,
    /// Hardly fewer.
    pub least: u64,
    /// Hardly more.
    pub most: u64,
    /// Settlements that are touched and whose number is known.
    pub counted: u32,
    /// Of these, those none of whose houses is known: their people are taken to live evenly on a disc around its middle.
    pub by_disc: u32,
    /// Settlements that are touched and whose number nobody has written down: the estimate misses them.
    pub unknown: u32,
}

/// What of a settlement's people, as they are spread over its houses, lives in a zone.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spread {
    /// All people of the settlement.
    pub people: f64,
    /// Those within.
    pub within: f64,
    /// Those of cells that lie wholly within, and how many houses these have.
    pub wholly: (f64, u32),
    /// Those of all cells that are touched, and how many houses these have.
    pub touched: (f64, u32),
}

/// How far a settlement of a kind reaches from its middle; none for parts of one, whose people its own number has.
#[must_use]
pub fn reach(kind: PlaceKind) -> Option<Metres> {
    match kind {
        PlaceKind::City => Some(Metres::whole(12_000)),
        PlaceKind::Town => Some(Metres::whole(3_000)),
        PlaceKind::Village => Some(Metres::whole(1_200)),
        PlaceKind::Hamlet => Some(Metres::whole(500)),
        PlaceKind::IsolatedDwelling => Some(Metres::whole(150)),
        PlaceKind::Suburb | PlaceKind::Quarter | PlaceKind::Neighbourhood | PlaceKind::Locality => None,
    }
}

/// The people who live in the zone: of settlements by their houses, and of those (`places`) none of whose houses is known.
#[must_use]
pub fn estimate(zone: &ZonePolygon, places: &[Place], spread: &[Spread]) -> PopulationEstimate {
    let mut all = PopulationEstimate::default();
    for of in spread {
        by_houses(*of, &mut all);
    }
    for place in places {
        by_disc(zone, place, &mut all);
    }
    all
}

fn by_houses(of: Spread, all: &mut PopulationEstimate) {
    /// Nearer to all of them than this is all: sums of shares are rounded.
    const SLIGHT: f64 = 1e-6;
    if of.touched.1 == 0 {
        return;
    }
    all.counted += 1;
    let whole = |people: f64| people.max(0.0).round() as u64;
    if of.wholly.0 >= of.people * (1.0 - SLIGHT) {
        all.people += whole(of.people);
        all.least += whole(of.people);
        all.most += whole(of.people);
        return;
    }
    let doubt = |houses: u32| 1.3 + 2.0 / f64::from(houses.max(1)).sqrt();
    all.people += whole(of.within);
    all.least += whole(of.wholly.0 / doubt(of.wholly.1));
    all.most += whole((of.touched.0 * doubt(of.touched.1)).min(of.people));
}

fn by_disc(zone: &ZonePolygon, place: &Place, all: &mut PopulationEstimate) {
    /// Shares nearer to nothing and to all than this are so: discs are drawn with corners.
    const SLIGHT: f64 = 1e-6;
    let disc = reach(place.kind).and_then(|reach| ZonePolygon::around(place.point, reach).ok());
    let Some(disc) = disc else { return };
    let covered: MultiPolygon = disc.polygon().intersection(zone.polygon());
    let share = covered.unsigned_area() / disc.polygon().unsigned_area();
    if share <= SLIGHT {
        return;
    }
    let Some(people) = place.population.and_then(|p| u64::try_from(p).ok()) else {
        all.unknown += 1;
        return;
    };
    all.counted += 1;
    all.by_disc += 1;
    all.most += people;
    if share >= 1.0 - SLIGHT {
        all.least += people;
        all.people += people;
    } else {
        // A share of a number of people: rounded, and never below zero.
        all.people += (people as f64 * share).round() as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::geography::{Element, ElementKind, LocalNames};
    use crate::domain::quantities::Point;

    fn place(kind: PlaceKind, population: Option<i64>, lat: f64, lon: f64) -> Place {
        Place {
            element: Element { kind: ElementKind::Node, id: 1 },
            kind,
            names: LocalNames::default(),
            population,
            point: Point::new(lat, lon).unwrap(),
        }
    }

    fn square(west: f64, south: f64, east: f64, north: f64) -> ZonePolygon {
        let ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
        let geometry = serde_json::json!({"type": "Polygon", "coordinates": [ring]});
        serde_json::from_value(geometry).unwrap()
    }

    #[test]
    fn a_settlement_without_houses_counts_by_the_share_of_its_disc_and_is_told() {
        let village = place(PlaceKind::Village, Some(2_000), 43.5, 77.0);
        let whole = estimate(&square(76.9, 43.4, 77.1, 43.6), std::slice::from_ref(&village), &[]);
        assert_eq!((whole.people, whole.least, whole.most), (2_000, 2_000, 2_000));
        assert_eq!((whole.counted, whole.by_disc), (1, 1));
        let half = estimate(&square(76.9, 43.4, 77.0, 43.6), std::slice::from_ref(&village), &[]);
        assert_eq!((half.least, half.most), (0, 2_000));
        assert!((980..=1_020).contains(&half.people), "{half:?}");
        assert_eq!(estimate(&square(76.0, 43.4, 76.5, 43.6), &[village], &[]), PopulationEstimate::default());
    }

    #[test]
    fn who_is_not_known_is_told_and_parts_of_a_town_are_not_counted_twice() {
        let zone = square(76.0, 43.0, 78.0, 44.0);
        let places = [
            place(PlaceKind::Town, Some(45_000), 43.5, 77.0),
            place(PlaceKind::Suburb, Some(9_000), 43.5, 77.01),
            place(PlaceKind::Hamlet, None, 43.3, 77.0),
        ];
        let found = estimate(&zone, &places, &[]);
        assert_eq!((found.people, found.counted, found.unknown), (45_000, 1, 1));
    }

    #[test]
    fn the_range_narrows_with_the_houses_counted_and_vanishes_when_all_of_a_settlement_is_within() {
        let zone = square(76.0, 43.0, 78.0, 44.0);
        let of = |people, houses| Spread {
            people: 1_800_000.0,
            within: people,
            wholly: (people, houses),
            touched: (people, houses),
        };
        let few = estimate(&zone, &[], &[of(100.0, 4)]);
        assert_eq!((few.people, few.least, few.most), (100, 43, 230), "{few:?}");
        let many = estimate(&zone, &[], &[of(100_000.0, 10_000)]);
        assert_eq!((many.least, many.most), (75_758, 132_000), "{many:?}");
        let all = estimate(&zone, &[], &[of(1_800_000.0, 90_000)]);
        assert_eq!((all.people, all.least, all.most), (1_800_000, 1_800_000, 1_800_000));
        let none = Spread { people: 1_800_000.0, ..Spread::default() };
        assert_eq!(estimate(&zone, &[], &[none]), PopulationEstimate::default(), "no house, nobody");
    }
}
