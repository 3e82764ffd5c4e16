//! Points of the WGS 84 ellipsoid in space, and distances along its surface.
//!
//! A point becomes its earth-centred coordinates (ECEF). The straight chord between two of them orders
//! neighbours by true distance everywhere, at the poles and over the antimeridian too, and turns into the
//! geodesic distance with one arcsine.

use crate::domain::quantities::{Metres, Point};

/// Semi-major axis of WGS 84, metres.
const SEMI_MAJOR_M: f64 = 6_378_137.0;
/// First eccentricity of WGS 84, squared.
const ECCENTRICITY_2: f64 = 0.006_694_379_990_141_316_5;
/// Mean radius of curvature, metres: turns a chord into an arc.
const MEAN_RADIUS_M: f64 = 6_371_008.8;

/// A point of the ellipsoid in space, metres from the Earth's centre.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ecef(pub [f64; 3]);

impl From<Point> for Ecef {
    fn from(point: Point) -> Self {
        let (sin_lat, cos_lat) = point.lat().to_radians().sin_cos();
        let (sin_lon, cos_lon) = point.lon().to_radians().sin_cos();
        let normal = SEMI_MAJOR_M / (1.0 - ECCENTRICITY_2 * sin_lat * sin_lat).sqrt();
        Self([
            normal * cos_lat * cos_lon,
            normal * cos_lat * sin_lon,
            normal * (1.0 - ECCENTRICITY_2) * sin_lat,
        ])
    }
}

impl Ecef {
    /// The square of the straight line to another point, square metres.
    #[must_use]
    pub fn chord_2(&self, other: &Self) -> f64 {
        let d = |i: usize| self.0[i] - other.0[i];
        d(0) * d(0) + d(1) * d(1) + d(2) * d(2)
    }
}

/// The distance along the ellipsoid that belongs to a chord: exact to a millimetre within a city, to 10 ppm
/// within 1,000 km.
#[must_use]
pub fn geodesic_of_chord(chord_2: f64) -> Metres {
    let half = chord_2.sqrt() / (2.0 * MEAN_RADIUS_M);
    Metres::saturating(2.0 * MEAN_RADIUS_M * half.min(1.0).asin())
}

/// The distance of two points along the ellipsoid.
#[must_use]
pub fn geodesic(from: Point, to: Point) -> Metres {
    geodesic_of_chord(Ecef::from(from).chord_2(&Ecef::from(to)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Distance, Geodesic};
    use proptest::prelude::*;

    fn karney(a: Point, b: Point) -> f64 {
        Geodesic.distance(geo::Point::new(a.lon(), a.lat()), geo::Point::new(b.lon(), b.lat()))
    }

    proptest! {
        #[test]
        fn the_distance_agrees_with_the_geodesic_of_karney(
            lat in 40.0f64..56.0, lon in 46.0f64..88.0, dlat in -8.0f64..8.0, dlon in -12.0f64..12.0,
            scale in prop::sample::select(vec![1.0, 0.1, 0.01, 0.001, 0.0001]),
        ) {
            let a = Point::new(lat, lon).unwrap();
            let b = Point::new(lat + dlat * scale, lon + dlon * scale).unwrap();
            let (ours, exact) = (geodesic(a, b).get(), karney(a, b));
            prop_assert!((ours - exact).abs() <= 0.001 + exact * 2e-5, "{} {}", ours, exact);
        }
    }
}
