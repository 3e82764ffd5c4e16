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
        let normal = normal(sin_lat);
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

/// A point to measure others from.
#[derive(Debug, Clone, Copy)]
pub struct Vantage {
    lat: f64,
    lon: f64,
    sin_lat: f64,
    cos_lat: f64,
    normal: f64,
}

impl From<Point> for Vantage {
    fn from(point: Point) -> Self {
        let lat = point.lat().to_radians();
        let (sin_lat, cos_lat) = lat.sin_cos();
        Self { lat, lon: point.lon().to_radians(), sin_lat, cos_lat, normal: normal(sin_lat) }
    }
}

impl Vantage {
    /// The square of the chord to another point, square metres. As exact as from the two points in space; near by it
    /// takes no sine.
    #[must_use]
    pub fn chord_2(&self, to: Point) -> f64 {
        let (sin_north, cos_north) = sin_cos(to.lat().to_radians() - self.lat);
        let (sin_east, cos_east) = sin_cos(to.lon().to_radians() - self.lon);
        let sin_lat = self.sin_lat * cos_north + self.cos_lat * sin_north;
        let cos_lat = self.cos_lat * cos_north - self.sin_lat * sin_north;
        let normal = normal(sin_lat);
        // The axis of x lies in the meridian of the vantage point.
        let x = normal * cos_lat * cos_east - self.normal * self.cos_lat;
        let y = normal * cos_lat * sin_east;
        let z = (1.0 - ECCENTRICITY_2) * (normal * sin_lat - self.normal * self.sin_lat);
        x * x + y * y + z * z
    }
}

/// The radius of curvature in the prime vertical, metres.
fn normal(sin_lat: f64) -> f64 {
    SEMI_MAJOR_M / (1.0 - ECCENTRICITY_2 * sin_lat * sin_lat).sqrt()
}

/// Sine and cosine. Of a small angle by their series, whose first term left out is below the rounding of the rest.
fn sin_cos(angle: f64) -> (f64, f64) {
    if angle.abs() > 0.02 {
        return angle.sin_cos();
    }
    let square = angle * angle;
    let sin = angle * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0)));
    let cos = 1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0));
    (sin, cos)
}

/// No less than the distance along the ellipsoid that belongs to a chord (metres both), and without an arcsine no
/// more than 1% above it within 1,000 km.
#[must_use]
pub fn arc_at_most(chord_m: f64) -> f64 {
    let half = chord_m / (2.0 * MEAN_RADIUS_M);
    if half > 0.5 { geodesic_of_chord(chord_m * chord_m).get() } else { chord_m * (1.0 + half * half / 4.0) }
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
    geodesic_of_chord(Vantage::from(from).chord_2(to))
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

        #[test]
        fn a_vantage_point_measures_what_the_points_in_space_say(
            lat in -90.0f64..90.0, lon in -180.0f64..180.0, north in -180.0f64..180.0, east in -360.0f64..360.0,
            scale in prop::sample::select(vec![1.0, 0.1, 1e-2, 1e-3, 1e-5]),
        ) {
            let from = Point::new(lat, lon).unwrap();
            let to_lat = (lat + north * scale).clamp(-90.0, 90.0);
            let to = Point::new(to_lat, (lon + east * scale).clamp(-180.0, 180.0)).unwrap();
            let seen = Vantage::from(from).chord_2(to).sqrt();
            let in_space = Ecef::from(from).chord_2(&to.into()).sqrt();
            prop_assert!((seen - in_space).abs() < 1e-6, "{} {}", seen, in_space);
        }

        #[test]
        fn an_arc_is_never_longer_than_its_bound(chord_m in 0.0f64..2.0 * MEAN_RADIUS_M) {
            let arc = geodesic_of_chord(chord_m * chord_m).get();
            prop_assert!(arc <= arc_at_most(chord_m) + 1e-6);
            prop_assert!(chord_m > 1e6 || arc_at_most(chord_m) <= arc * 1.01 + 1e-6);
        }
    }
}
