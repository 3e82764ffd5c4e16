//! Coordinate reference systems: their names, the order of their axes, and the way to and from degrees.

use geo::Coord;

use crate::domain::quantities::Point;

/// Half the length of the Web Mercator square, metres: the equator's half on a sphere of the WGS 84 major radius.
const HALF_M: f64 = 20_037_508.342_789_244;
/// The latitude at which the Web Mercator square ends.
const EDGE_LAT: f64 = 85.051_128_779_806_59;

/// A coordinate reference system that features are given in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Crs {
    /// WGS 84, longitude before latitude: the standard's own, and the one of storage.
    #[default]
    Crs84,
    /// WGS 84 as EPSG orders it: latitude before longitude.
    Epsg4326,
    /// Web Mercator, metres east and north.
    Epsg3857,
}

impl Crs {
    /// All of them, the default first.
    pub const ALL: [Self; 3] = [Self::Crs84, Self::Epsg4326, Self::Epsg3857];

    /// Its name on the wire.
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Crs84 => "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            Self::Epsg4326 => "http://www.opengis.net/def/crs/EPSG/0/4326",
            Self::Epsg3857 => "http://www.opengis.net/def/crs/EPSG/0/3857",
        }
    }

    /// The system with this name.
    #[must_use]
    pub fn named(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|crs| crs.uri() == uri)
    }

    /// Degrees east and north in this system, in the order of its axes. Degrees keep seven decimals (a centimetre),
    /// metres two.
    #[must_use]
    pub fn write(self, c: Coord) -> [f64; 2] {
        let degree = |d: f64| (d * 1e7).round() / 1e7;
        match self {
            Self::Crs84 => [degree(c.x), degree(c.y)],
            Self::Epsg4326 => [degree(c.y), degree(c.x)],
            Self::Epsg3857 => {
                let metre = |m: f64| (m * 100.0).round() / 100.0;
                let lat = c.y.clamp(-EDGE_LAT, EDGE_LAT).to_radians();
                let up = lat.tan().asinh() / std::f64::consts::PI;
                [metre(c.x / 180.0 * HALF_M), metre(up * HALF_M)]
            }
        }
    }

    /// The place of a pair of coordinates of this system; none off the globe or off the square.
    #[must_use]
    pub fn read(self, [a, b]: [f64; 2]) -> Option<Point> {
        match self {
            Self::Crs84 => Point::new(b, a),
            Self::Epsg4326 => Point::new(a, b),
            Self::Epsg3857 => {
                let lat = (b / HALF_M * std::f64::consts::PI).sinh().atan().to_degrees();
                Point::new(lat, a / HALF_M * 180.0)
            }
        }
        .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn web_mercator_is_where_epsg_says() {
        // EPSG Guidance Note 7-2, the example of method 1024: 24°22'54.433"N 100°20'00.000"W.
        let [east, north] = Crs::Epsg3857.write(Coord { x: -100.333_333_333, y: 24.381_786_944 });
        assert!((east + 11_169_055.58).abs() < 0.1, "{east}");
        assert!((north - 2_800_000.00).abs() < 0.1, "{north}");
    }

    #[test]
    fn epsg_puts_latitude_first() {
        assert_eq!(Crs::Epsg4326.write(Coord { x: 76.9, y: 43.2 }), [43.2, 76.9]);
        assert_eq!(Crs::Crs84.write(Coord { x: 76.9, y: 43.2 }), [76.9, 43.2]);
    }

    proptest! {
        #[test]
        fn a_place_is_read_back_where_it_was_written(lat in -85.0f64..85.0, lon in -180.0f64..180.0) {
            for crs in Crs::ALL {
                let back = crs.read(crs.write(Coord { x: lon, y: lat })).unwrap();
                prop_assert!((back.lat() - lat).abs() < 2e-7 && (back.lon() - lon).abs() < 2e-7, "{crs:?}");
            }
        }
    }
}
