//! The plane that the trees are drawn on: Mercator's.
//!
//! A map of two dimensions, because boxes in space around places on a sphere are mostly empty and a search opens
//! too many of them. Mercator's, because it stretches all directions alike: a distance on it is the true distance
//! divided by the cosine of the latitude, and from the true distance that still interests a search follows how far
//! it must look on the map.

use crate::domain::quantities::{Metres, Point};

/// Metres of the map in a radian of longitude.
const RADIUS_M: f64 = 6_371_008.8;
/// The ellipsoid's radii differ from that by less, and the rounding of far searches with them.
const ELLIPSOID: f64 = 1.01;
/// What the rounding of coordinates to single precision can add up to, metres of the map.
const ROUNDING_M: f64 = 6.0;
/// The map ends here, degrees: nearer the pole nothing is told from its distance on it.
const EDGE_LAT: f64 = 85.0;
/// The cosine of a latitude short of the edge.
const EDGE_COS: f64 = 0.0875;

/// Where a point lies on the map.
#[must_use]
#[allow(clippy::cast_possible_truncation)]
pub fn project(point: Point) -> [f32; 2] {
    let lat = point.lat().clamp(-EDGE_LAT, EDGE_LAT).to_radians();
    let y = (std::f64::consts::FRAC_PI_4 + lat / 2.0).tan().ln();
    [(point.lon().to_radians() * RADIUS_M) as f32, (y * RADIUS_M) as f32]
}

/// How far to look on the map around a point.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    cos_lat: f64,
    /// Radians to the antimeridian.
    to_seam: f64,
}

impl Reach {
    /// Around this point.
    #[must_use]
    pub fn around(point: Point) -> Self {
        let to_seam = std::f64::consts::PI - point.lon().abs().to_radians();
        Self { cos_lat: point.lat().to_radians().cos(), to_seam }
    }

    /// How far to look for everything within a true distance, squared. Infinite where the way could lead over the
    /// edge of the map.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn squared(&self, within: Metres) -> f32 {
        // The map stretches most at the parallel nearest to a pole, and to there the cosine falls by no more than
        // the angle grows.
        let turn = within.get() * ELLIPSOID / RADIUS_M;
        let cos_lat = self.cos_lat - turn;
        if cos_lat < EDGE_COS || turn > self.to_seam * cos_lat {
            return f32::INFINITY;
        }
        let reach = within.get() * ELLIPSOID / cos_lat + ROUNDING_M;
        (reach * reach) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::earth::geodesic;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_within_a_distance_is_within_its_reach_on_the_map(
            lat in -89.0f64..89.0, lon in -180.0f64..180.0, north in -60.0f64..60.0, east in -90.0f64..90.0,
            scale in prop::sample::select(vec![1.0, 0.1, 1e-2, 1e-3, 1e-5]),
        ) {
            let from = Point::new(lat, lon).unwrap();
            let to_lon = (lon + east * scale + 540.0).rem_euclid(360.0) - 180.0;
            let to = Point::new((lat + north * scale).clamp(-90.0, 90.0), to_lon).unwrap();
            let (a, b) = (project(from), project(to));
            let on_map_2 = (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2);
            prop_assert!(on_map_2 <= Reach::around(from).squared(geodesic(from, to)), "{:?} {:?}", from, to);
        }
    }
}
