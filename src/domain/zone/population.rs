//! How many people live in a zone, by the populations of settlements.
//!
//! A settlement's source gives a number and a middle, and no border. It is taken for a disc of the radius usual for its
//! kind with people spread evenly; the zone has the share of them that it covers of the disc. The truth lies between
//! nobody of the settlements that are not wholly covered and everybody of those that are touched, and the estimate says
//! both. People who only work or pass there are not counted, and settlements without a number are told.

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
    /// No fewer: those of settlements that lie wholly within.
    pub least: u64,
    /// No more: all people of every settlement that is touched.
    pub most: u64,
    /// Settlements that are touched and whose number is known.
    pub counted: u32,
    /// Settlements that are touched and whose number nobody has written down: the estimate misses them.
    pub unknown: u32,
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

/// The people of these settlements who live in the zone.
#[must_use]
pub fn estimate(zone: &ZonePolygon, places: &[Place]) -> PopulationEstimate {
    /// Shares nearer to nothing and to all than this are so: discs are drawn with corners.
    const SLIGHT: f64 = 1e-6;
    let mut all = PopulationEstimate::default();
    for place in places {
        let Some(disc) = reach(place.kind).and_then(|reach| ZonePolygon::around(place.point, reach).ok())
        else {
            continue;
        };
        let covered: MultiPolygon = disc.polygon().intersection(zone.polygon());
        let share = covered.unsigned_area() / disc.polygon().unsigned_area();
        if share <= SLIGHT {
            continue;
        }
        let Some(people) = place.population.and_then(|p| u64::try_from(p).ok()) else {
            all.unknown += 1;
            continue;
        };
        all.counted += 1;
        all.most += people;
        if share >= 1.0 - SLIGHT {
            all.least += people;
            all.people += people;
        } else {
            // A share of a number of people: rounded, and never below zero.
            all.people += (people as f64 * share).round() as u64;
        }
    }
    all
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
    fn a_settlement_counts_by_the_share_of_it_that_is_covered() {
        let village = place(PlaceKind::Village, Some(2_000), 43.5, 77.0);
        let whole = estimate(&square(76.9, 43.4, 77.1, 43.6), std::slice::from_ref(&village));
        assert_eq!((whole.people, whole.least, whole.most, whole.counted), (2_000, 2_000, 2_000, 1));
        let half = estimate(&square(76.9, 43.4, 77.0, 43.6), std::slice::from_ref(&village));
        assert_eq!((half.least, half.most), (0, 2_000));
        assert!((980..=1_020).contains(&half.people), "{half:?}");
        assert_eq!(estimate(&square(76.0, 43.4, 76.5, 43.6), &[village]), PopulationEstimate::default());
    }

    #[test]
    fn who_is_not_known_is_told_and_parts_of_a_town_are_not_counted_twice() {
        let zone = square(76.0, 43.0, 78.0, 44.0);
        let places = [
            place(PlaceKind::Town, Some(45_000), 43.5, 77.0),
            place(PlaceKind::Suburb, Some(9_000), 43.5, 77.01),
            place(PlaceKind::Hamlet, None, 43.3, 77.0),
        ];
        let found = estimate(&zone, &places);
        assert_eq!((found.people, found.counted, found.unknown), (45_000, 1, 1));
    }
}
