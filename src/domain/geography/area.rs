//! An area that somebody else drew: a perimeter of water or fire, a zone made in another program.

use geo::orient::{Direction, Orient};
use geo::{Coord, MultiPolygon, Rect};

use super::boundary::{BoundaryFault, check_within, over_the_date_line};
use crate::domain::said::{Said, said};
use crate::domain::zone::validity::{self, PolygonFault};

/// Why a feature is no area that can be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AreaFault {
    /// It has no geometry.
    #[error("it has no geometry")]
    NoGeometry,
    /// It is something else than an area.
    #[error("it is a {0}, no polygon")]
    NotArea(String),
    /// A corner is not two numbers.
    #[error("a corner has no two coordinates")]
    NotCoordinates,
    /// An edge spans more than half the globe.
    #[error("the border crosses the antimeridian at latitude {}", .0.y)]
    Antimeridian(Coord),
    /// It would lie in the country if latitude and longitude were exchanged.
    #[error("its axes are swapped at {}, {}", .0.x, .0.y)]
    Swapped(Coord),
    /// It lies elsewhere.
    #[error("it lies outside the country, at longitude {}, latitude {}", .0.x, .0.y)]
    Abroad(Coord),
    /// It lies in the country, and not at the region whose desk names it.
    #[error("it does not touch the region, at longitude {}, latitude {}", .0.x, .0.y)]
    Elsewhere(Coord),
    /// The polygon is broken.
    #[error(transparent)]
    Polygon(#[from] PolygonFault),
}

impl From<BoundaryFault> for AreaFault {
    fn from(fault: BoundaryFault) -> Self {
        match fault {
            BoundaryFault::Antimeridian(at) => Self::Antimeridian(at),
            BoundaryFault::Swapped(at) => Self::Swapped(at),
            BoundaryFault::Abroad(at) => Self::Abroad(at),
            BoundaryFault::Polygon(fault) => Self::Polygon(fault),
            // What only a territory has: a code, names.
            BoundaryFault::NoName | BoundaryFault::NotKato(_) | BoundaryFault::NoRegion(_) => {
                Self::NoGeometry
            }
        }
    }
}

/// The area of these polygons, its rings the right way round.
///
/// # Errors
/// [`AreaFault`].
pub fn area(border: MultiPolygon, country: Rect) -> Result<MultiPolygon, AreaFault> {
    if let Some(at) = over_the_date_line(&border) {
        return Err(AreaFault::Antimeridian(at));
    }
    validity::check(&border)?;
    check_within(&border, country)?;
    Ok(border.orient(Direction::Default))
}

impl AreaFault {
    /// What is wrong, where, and what to do.
    #[must_use]
    pub fn said(&self) -> Said {
        use PolygonFault as P;
        let text = |c: &Coord| format!("{:.5}, {:.5}", c.y, c.x);
        match self {
            Self::NoGeometry => said!("it has no geometry; draw it or leave it out"),
            Self::NotArea(kind) => {
                said!("it is a {kind} and no polygon; draw its area, or widen it by metres", kind = kind)
            }
            Self::NotCoordinates => said!("a corner is not two numbers; correct it"),
            Self::Antimeridian(at) => {
                said!(
                    "the border crosses the antimeridian at {at}; cut it there into two polygons",
                    at = text(at)
                )
            }
            Self::Swapped(at) => {
                said!("latitude and longitude are exchanged at {at}; write longitude first", at = text(at))
            }
            Self::Abroad(at) => {
                said!(
                    "it lies outside the country at {at}; check its place and its coordinate system",
                    at = text(at)
                )
            }
            Self::Elsewhere(at) => {
                said!(
                    "it lies in another region at {at}; draw what touches your own, or let that region's desk draw it",
                    at = text(at)
                )
            }
            Self::Polygon(P::OffTheGlobe(at)) => {
                said!("a corner is off the globe at {at}; give degrees of WGS 84, not metres", at = text(at))
            }
            Self::Polygon(P::Flat(at)) => {
                said!("a ring encloses nothing at {at}; draw it anew", at = text(at))
            }
            Self::Polygon(P::Open(at)) => {
                said!("a ring is open at {at}; let it end where it begins", at = text(at))
            }
            Self::Polygon(P::Crossing(at)) => {
                said!("the border crosses itself at {at}; move a corner there", at = text(at))
            }
            Self::Polygon(P::Touching(at)) => {
                said!("the border touches itself at {at}; move a corner there", at = text(at))
            }
            Self::Polygon(P::HoleOutside(at)) => {
                said!("a hole lies outside its polygon at {at}; take it out", at = text(at))
            }
            Self::Polygon(P::Nested(at)) => {
                said!("one part lies within another at {at}; join them", at = text(at))
            }
            Self::Polygon(P::Empty) => said!("its geometry is empty; draw it or leave it out"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;

    #[test]
    fn each_fault_of_an_area_is_named_and_says_what_to_do() {
        let country = Rect::new((46.0, 40.0), (88.0, 56.0));
        let table: [(MultiPolygon, &str); 6] = [
            (
                wkt!(POLYGON((76. 43.,77. 44.,77. 43.,76. 44.,76. 43.))).into(),
                "crosses itself at 43.50000, 76.50000",
            ),
            (wkt!(POLYGON((43. 76.,43. 77.,44. 77.,43. 76.))).into(), "exchanged"),
            (wkt!(POLYGON((7. 43.,8. 43.,8. 44.,7. 43.))).into(), "outside the country"),
            (wkt!(POLYGON((179. 50.,-179. 50.,-179. 51.,179. 50.))).into(), "antimeridian"),
            (
                wkt!(POLYGON((8460000. 5340000.,8470000. 5340000.,8470000. 5350000.,8460000. 5340000.)))
                    .into(),
                "metres",
            ),
            (MultiPolygon::new(vec![]), "empty"),
        ];
        for (border, expected) in table {
            let told = area(border, country).unwrap_err().said().to_string();
            assert!(told.contains(expected), "{told}");
        }
        let whole = area(wkt!(POLYGON((76. 43.,77. 44.,77. 43.,76. 43.))).into(), country).unwrap();
        let course: f64 =
            whole.0[0].exterior().lines().map(|l| (l.end.x - l.start.x) * (l.end.y + l.start.y)).sum();
        assert!(course < 0.0, "the outer ring runs counterclockwise (RFC 7946 3.1.6)");
    }
}
