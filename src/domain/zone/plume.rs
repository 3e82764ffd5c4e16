//! The first-response sector of a release of a substance that is poisonous to breathe.
//!
//! The method is that of the *Emergency Response Guidebook* (Transport Canada, U.S. DOT, SCT Mexico, CIQUIME; editions
//! 2016 to 2024, introduction to the green tables): around the release lies the **initial isolation zone**, a circle of
//! the isolation distance; downwind of it lies the **protective action zone**, a square whose length and width are the
//! protective action distance, its upwind side through the release. Both distances are the officer's to state: the tables
//! of [`distances`] propose them by substance, size of the spill and day or night, and what the book at hand says stands.
//!
//! It is for the first half hour and for open land; it knows nothing of hills, buildings, or how much comes out. Where
//! the wind is unknown or turns, the protective action distance is taken on all sides.

pub mod distances;

use geo::{BooleanOps, Coord, Destination, Haversine, LineString, MultiPolygon, Polygon};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ZoneFault, ZonePolygon};
use crate::domain::decision::Refusal;
use crate::domain::quantities::{Metres, Point};
use crate::domain::said::said;

/// The farthest protective action distance that is taken: the guidebook's tables end at 11 km, with a plus sign.
pub const FARTHEST: Metres = Metres::whole(20_000);

/// Where the wind comes from, degrees clockwise from north, as it is reported.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "f64", into = "f64")]
#[schema(value_type = f64, minimum = 0, maximum = 360, example = 270)]
pub struct WindFrom(f64);

/// Why a number is no direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the direction the wind comes from is a number of degrees from 0 to 360")]
pub struct NotDirection;

impl TryFrom<f64> for WindFrom {
    type Error = NotDirection;
    fn try_from(degrees: f64) -> Result<Self, NotDirection> {
        if (0.0..=360.0).contains(&degrees) { Ok(Self(degrees)) } else { Err(NotDirection) }
    }
}

impl From<WindFrom> for f64 {
    fn from(wind: WindFrom) -> Self {
        wind.0
    }
}

/// What is known of a release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Where it comes out.
    pub at: Point,
    /// Where the wind comes from; absent when it is not known, is calm or turns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wind_from: Option<WindFrom>,
    /// The initial isolation distance, metres: by the guidebook for the substance and the size of the spill.
    pub isolation: Metres,
    /// The protective action distance, metres: by the same, by day or night.
    pub protective: Metres,
}

/// Why there is no sector.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlumeFault {
    /// A distance is zero, or the isolation distance is the larger.
    #[error("the isolation distance is above zero and no larger than the protective action distance")]
    Distances,
    /// Farther than any table says.
    #[error("a protective action distance is at most {} km", FARTHEST.get() / 1_000.0)]
    TooFar,
    /// What was drawn is no zone.
    #[error(transparent)]
    Zone(#[from] ZoneFault),
}

impl PlumeFault {
    /// What is wrong with which field, and what to do.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::Distances => Refusal::invalid(
                "isolation",
                said!(
                    "the isolation distance is above zero and no larger than the protective one; correct the distances"
                ),
            ),
            Self::TooFar => Refusal::invalid(
                "protective",
                said!("a protective distance is at most {most} m; correct it", most = FARTHEST.get()),
            ),
            Self::Zone(_) => {
                Refusal::invalid("at", said!("the sector leaves the map; check the place of the release"))
            }
        }
    }
}

/// Whether a sector can have these distances.
///
/// # Errors
/// [`PlumeFault::Distances`], [`PlumeFault::TooFar`].
pub fn check_distances(isolation: Metres, protective: Metres) -> Result<(), PlumeFault> {
    if isolation.get() <= 0.0 || isolation > protective {
        return Err(PlumeFault::Distances);
    }
    if protective > FARTHEST {
        return Err(PlumeFault::TooFar);
    }
    Ok(())
}

/// The sector: the isolation circle and the square downwind, as one zone.
///
/// # Errors
/// [`PlumeFault`].
pub fn sector(release: &Release) -> Result<ZonePolygon, PlumeFault> {
    check_distances(release.isolation, release.protective)?;
    let protective = release.protective.get();
    let Some(WindFrom(from)) = release.wind_from else {
        return Ok(ZonePolygon::around(release.at, release.protective)?);
    };
    let circle = ZonePolygon::around(release.at, release.isolation)?;
    let downwind = from + 180.0;
    let spill = geo::Point::new(release.at.lon(), release.at.lat());
    let corner = |of: geo::Point, side: f64| -> Coord {
        Haversine.destination(of, downwind + side, protective / 2.0).0
    };
    let far = Haversine.destination(spill, downwind, protective);
    let square: LineString =
        vec![corner(spill, -90.0), corner(far, -90.0), corner(far, 90.0), corner(spill, 90.0)].into();
    let whole: MultiPolygon = circle.polygon().union(&Polygon::new(square, vec![]));
    // Both hold the release, so the union is of one piece.
    let whole = whole.0.into_iter().next().ok_or(ZoneFault::Broken(super::PolygonFault::Empty))?;
    Ok(ZonePolygon::of(Polygon::new(whole.exterior().clone(), vec![]))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(wind: Option<f64>, isolation: u32, protective: u32) -> Release {
        Release {
            at: Point::new(43.25, 76.9).unwrap(),
            wind_from: wind.map(|w| WindFrom::try_from(w).unwrap()),
            isolation: Metres::whole(isolation),
            protective: Metres::whole(protective),
        }
    }

    /// A point so many metres away in a direction.
    fn at(bearing: f64, metres: f64) -> Point {
        let to = Haversine.destination(geo::Point::new(76.9, 43.25), bearing, metres);
        Point::new(to.y(), to.x()).unwrap()
    }

    #[test]
    fn the_zone_is_the_isolation_circle_and_the_square_downwind() {
        // From the guidebook's drawing: the square reaches one distance downwind and half of it to either side.
        for (wind, downwind) in [(0.0, 180.0), (90.0, 270.0), (225.0, 45.0), (360.0, 180.0)] {
            let zone = sector(&release(Some(wind), 100, 2_000)).unwrap();
            let inside = |off: f64, metres: f64| zone.contains(at(downwind + off, metres));
            let table = [
                (0.0, 1_990.0, true),
                (0.0, 2_010.0, false),
                (89.0, 990.0, true),
                (-89.0, 990.0, true),
                (91.0, 1_010.0, false),
                // The far corners are √(1² + ½²) of the distance away.
                (26.0, 2_200.0, true),
                (27.5, 2_240.0, false),
                // Upwind only the isolation circle.
                (180.0, 95.0, true),
                (180.0, 105.0, false),
                (135.0, 95.0, true),
                (135.0, 150.0, false),
            ];
            for (off, metres, expected) in table {
                assert_eq!(
                    inside(off, metres),
                    expected,
                    "wind from {wind}: {off}° off downwind, {metres} m"
                );
            }
            let area = zone.area().0 / 1e6;
            let expected = 4.0 + std::f64::consts::PI * 0.01 / 2.0;
            assert!((area - expected).abs() < 0.04, "2 km by 2 km and half the circle: {area} km²");
        }
    }

    #[test]
    fn without_a_steady_wind_the_distance_is_taken_on_all_sides() {
        let zone = sector(&release(None, 100, 2_000)).unwrap();
        for bearing in [0.0, 90.0, 180.0, 270.0] {
            assert!(zone.contains(at(bearing, 1_980.0)) && !zone.contains(at(bearing, 2_020.0)), "{bearing}");
        }
    }

    #[test]
    fn distances_that_no_table_has_are_refused() {
        assert_eq!(sector(&release(Some(0.0), 0, 500)), Err(PlumeFault::Distances));
        assert_eq!(sector(&release(Some(0.0), 600, 500)), Err(PlumeFault::Distances));
        assert_eq!(sector(&release(Some(0.0), 600, 20_001)), Err(PlumeFault::TooFar));
        assert!(WindFrom::try_from(361.0).is_err() && WindFrom::try_from(f64::NAN).is_err());
    }
}
