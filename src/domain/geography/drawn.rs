//! From which zoom on a map shows what: far away the roads that cross the country and the towns that everybody knows,
//! near by every yard and house. Tiles and styles are thinned by this one rule.

use super::{CoverKind, ObjectKind, PlaceKind, RoadClass};

/// From this zoom on roads carry their names; above it their numbers alone.
pub const ROAD_NAMES_FROM: u8 = 11;
/// From this zoom on houses carry their numbers.
pub const HOUSES_FROM: u8 = 16;
/// From this zoom on a tile holds all there is: nearer ones show the same.
pub const DEEPEST_LAND: u8 = 16;

impl RoadClass {
    /// The first zoom that shows roads of the class.
    #[must_use]
    pub const fn drawn_from(self) -> u8 {
        match self {
            Self::Motorway | Self::Trunk => 4,
            Self::Primary => 7,
            Self::Secondary => 9,
            Self::Tertiary => 11,
            Self::Unclassified | Self::Residential | Self::Road => 12,
            Self::LivingStreet => 13,
            Self::Service | Self::Track | Self::Pedestrian => 14,
        }
    }
}

impl CoverKind {
    /// The first zoom that shows what covers the land so.
    #[must_use]
    pub const fn drawn_from(self) -> u8 {
        match self {
            Self::Water => 4,
            Self::Forest => 6,
            Self::River => 8,
            Self::Park => 10,
            Self::Stream => 13,
        }
    }
}

/// The least area of water or green that a zoom shows, square metres: some sixteen pixels of a map at the equator.
#[must_use]
pub fn least_cover(zoom: u8) -> f64 {
    /// Metres of a pixel at zoom 0, in tiles of 256 pixels.
    const PIXEL_M: f64 = 156_543.033_9;
    if zoom >= DEEPEST_LAND {
        return 0.0;
    }
    let pixel = PIXEL_M / f64::from(zoom).exp2();
    16.0 * pixel * pixel
}

impl PlaceKind {
    /// Ranks of names, the most important first, each with the people who live in such a place at least.
    const BY_PEOPLE: [(u8, i64); 4] = [(1, 1_000_000), (2, 250_000), (3, 50_000), (4, 10_000)];

    /// How early its name is shown, 1 to 8: by the people who live there, or by its kind where nobody counted them.
    #[must_use]
    pub fn rank(self, population: Option<i64>) -> u8 {
        let (usual, best, worst) = match self {
            Self::City => (3, 1, 3),
            Self::Town => (4, 2, 4),
            Self::Village => (5, 4, 5),
            Self::Suburb => (6, 5, 6),
            Self::Hamlet => (6, 6, 6),
            Self::Quarter => (7, 7, 7),
            Self::Neighbourhood | Self::IsolatedDwelling | Self::Locality => (8, 8, 8),
        };
        let by_people = population.and_then(|people| {
            Self::BY_PEOPLE.iter().find(|(_, least)| people >= *least).map(|(rank, _)| *rank)
        });
        by_people.map_or(usual, |rank: u8| rank.clamp(best, worst))
    }

    /// The least important rank that a zoom shows;
    #[must_use]
    pub const fn rank_at(zoom: u8) -> u8 {
        match zoom {
            0..=3 => 1,
            4 | 5 => 2,
            6 => 3,
            7 | 8 => 4,
            9 => 5,
            10 | 11 => 6,
            12 => 7,
            _ => 8,
        }
    }
}

impl ObjectKind {
    /// The first zoom that shows objects of the kind: who helps and what is dangerous before the rest.
    #[must_use]
    pub const fn drawn_from(self) -> u8 {
        match self {
            Self::Hospital
            | Self::AmbulanceStation
            | Self::FireStation
            | Self::Police
            | Self::Hazardous
            | Self::Airfield => 10,
            Self::Helipad | Self::Prison | Self::TransportStation | Self::KilometrePost => 12,
            Self::Clinic
            | Self::School
            | Self::Kindergarten
            | Self::College
            | Self::SocialFacility
            | Self::Assembly
            | Self::Fuel
            | Self::Industrial
            | Self::Power => 13,
            Self::Hydrant | Self::WaterSource => 15,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_larger_a_place_the_earlier_its_name_and_no_village_passes_for_a_city() {
        for (kind, people, rank) in [
            (PlaceKind::City, Some(2_000_000), 1),
            (PlaceKind::City, None, 3),
            (PlaceKind::City, Some(800), 3),
            (PlaceKind::Town, Some(1_200_000), 2),
            (PlaceKind::Village, Some(60_000), 4),
            (PlaceKind::Village, None, 5),
            (PlaceKind::Quarter, Some(300_000), 7),
        ] {
            assert_eq!(kind.rank(people), rank, "{kind:?} {people:?}");
        }
        for zoom in 0..22 {
            assert!(PlaceKind::rank_at(zoom) <= PlaceKind::rank_at(zoom + 1));
        }
        assert_eq!(PlaceKind::rank_at(DEEPEST_LAND), 8, "at the end every name is there");
    }

    #[test]
    fn at_the_deepest_zoom_everything_is_there() {
        assert!(RoadClass::ALL.iter().all(|class| class.drawn_from() <= DEEPEST_LAND));
        assert!(CoverKind::ALL.iter().all(|kind| kind.drawn_from() <= DEEPEST_LAND));
        assert!(least_cover(DEEPEST_LAND) <= 0.0);
        assert!((0..DEEPEST_LAND).all(|zoom| least_cover(zoom) > least_cover(zoom + 1)));
        assert!(ObjectKind::ALL.iter().all(|kind| kind.drawn_from() <= DEEPEST_LAND));
        const { assert!(HOUSES_FROM <= DEEPEST_LAND) };
    }
}
