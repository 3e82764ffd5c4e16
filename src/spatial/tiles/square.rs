//! The squares that the map is cut into, and the way of a place into one.

use geo::Coord;

use super::{EXTENT, MARGIN};
use crate::domain::extent::BoundingBox;
use crate::domain::quantities::Point;

/// The deepest zoom that is served: 2 cm to a step.
pub const DEEPEST: u8 = 22;
/// The latitude at which the map ends, degrees.
const EDGE_LAT: f64 = 85.051_128_779_806_59;
/// From this zoom on a square is so low that a cubic of the latitude is Mercator's to a fifth of a step.
const CUBIC_FROM: u8 = 6;

/// There is no such square.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tile has a zoom of 0 to {DEEPEST}, and a column and a row below 2 to the power of the zoom")]
pub struct NotASquare;

/// A square of the map: zoom, column from the date line eastwards, row from the north.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Square {
    z: u8,
    x: u32,
    y: u32,
}

impl Square {
    /// # Errors
    /// [`NotASquare`] beyond the deepest zoom, or beside the map.
    pub fn new(z: u8, x: u32, y: u32) -> Result<Self, NotASquare> {
        let fits = z <= DEEPEST && x < 1 << z && y < 1 << z;
        if fits { Ok(Self { z, x, y }) } else { Err(NotASquare) }
    }

    /// The square of a zoom that holds a point.
    #[must_use]
    pub fn of(point: Point, z: u8) -> Self {
        let z = z.min(DEEPEST);
        let count = f64::from(1u32 << z);
        // A share of the map is from 0 to 1, and a number of squares fits into 22 bits.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let place = |share: f64| ((share * count) as u32).min((1 << z) - 1);
        Self { z, x: place(east(point.lon())), y: place(south(point.lat())) }
    }

    /// Its zoom.
    #[must_use]
    pub fn z(self) -> u8 {
        self.z
    }

    /// Zoom, column and row.
    #[must_use]
    pub fn address(self) -> (u8, u32, u32) {
        (self.z, self.x, self.y)
    }

    fn count(self) -> f64 {
        f64::from(1u32 << self.z)
    }

    /// West, south, east, north in degrees, with the margin.
    #[must_use]
    pub fn bounds(self) -> [f64; 4] {
        let margin = MARGIN / f64::from(EXTENT);
        let column = |x: f64| ((f64::from(self.x) + x) / self.count() * 360.0 - 180.0).clamp(-180.0, 180.0);
        let row = |y: f64| {
            let share = ((f64::from(self.y) + y) / self.count()).clamp(0.0, 1.0);
            ((1.0 - 2.0 * share) * std::f64::consts::PI).sinh().atan().to_degrees()
        };
        [column(-margin), row(1.0 + margin), column(1.0 + margin), row(-margin)]
    }

    /// The same as a box.
    #[must_use]
    pub fn area(self) -> Option<BoundingBox> {
        let [west, south, east, north] = self.bounds();
        let (south_west, north_east) = (Point::new(south, west).ok()?, Point::new(north, east).ok()?);
        Some(BoundingBox { south_west, north_east })
    }

    /// Where degrees east and north lie in it, steps from its north-western corner.
    #[must_use]
    pub fn place(self, c: Coord) -> Coord {
        let (count, extent) = (self.count(), f64::from(EXTENT));
        Coord {
            x: (east(c.x) * count - f64::from(self.x)) * extent,
            y: (south(c.y) * count - f64::from(self.y)) * extent,
        }
    }

    /// The way of many points into it.
    #[must_use]
    pub fn way(self) -> Way {
        let [_, bottom, _, top] = self.bounds();
        let middle = (bottom + top) / 2.0;
        let (count, extent) = (self.count(), f64::from(EXTENT));
        // y(φ) = ½ − asinh(tan φ) / 2π, and its derivatives: sec, sec·tan, sec·tan² + sec³.
        let (sec, tan) = (1.0 / middle.to_radians().cos(), middle.to_radians().tan());
        let scale = -count * extent / std::f64::consts::TAU;
        let degree = 1f64.to_radians();
        Way {
            square: self,
            exact: self.z < CUBIC_FROM,
            middle,
            from: self.place(Coord { x: 0.0, y: middle }).y,
            by: [
                scale * sec * degree,
                scale * sec * tan * degree.powi(2) / 2.0,
                scale * sec * (tan * tan + sec * sec) * degree.powi(3) / 6.0,
            ],
            west: (0.5 * count - f64::from(self.x)) * extent,
            per_lon: count * extent / 360.0,
        }
    }
}

/// The share of the map west of a longitude.
fn east(lon: f64) -> f64 {
    lon / 360.0 + 0.5
}

/// The share of the map north of a latitude.
fn south(lat: f64) -> f64 {
    let lat = lat.clamp(-EDGE_LAT, EDGE_LAT).to_radians();
    0.5 - lat.tan().asinh() / std::f64::consts::TAU
}

/// The way of points into a square, without trigonometry where the square is low enough.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    square: Square,
    exact: bool,
    middle: f64,
    from: f64,
    by: [f64; 3],
    west: f64,
    per_lon: f64,
}

impl Way {
    /// The step on which a point lies; none beyond the margin.
    #[must_use]
    pub fn step(&self, point: Point) -> Option<[i32; 2]> {
        let shown = -MARGIN..f64::from(EXTENT) + MARGIN;
        let x = self.west + point.lon() * self.per_lon;
        if !shown.contains(&x) {
            return None;
        }
        let y = if self.exact {
            self.square.place(Coord { x: 0.0, y: point.lat() }).y
        } else {
            let up = point.lat() - self.middle;
            self.from + up * (self.by[0] + up * (self.by[1] + up * self.by[2]))
        };
        // Within the margin both fit. What is cut off is the share of a step, as no number of steps from the margin's
        // edge is negative.
        #[allow(clippy::cast_possible_truncation)]
        let floor = |steps: f64| (steps + MARGIN) as i32 - MARGIN as i32;
        shown.contains(&y).then(|| [floor(x), floor(y)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_square_is_on_the_map_or_there_is_none() {
        assert!(Square::new(0, 0, 0).is_ok() && Square::new(22, (1 << 22) - 1, 0).is_ok());
        for (z, x, y) in [(0, 1, 0), (3, 8, 0), (3, 0, 8), (23, 0, 0), (255, 0, 0)] {
            assert_eq!(Square::new(z, x, y), Err(NotASquare), "{z}/{x}/{y}");
        }
    }

    #[test]
    fn almaty_is_where_every_map_has_it() {
        let almaty = Point::new(43.2389, 76.8897).unwrap();
        assert_eq!(Square::of(almaty, 10), Square::new(10, 730, 375).unwrap());
    }

    proptest! {
        #[test]
        fn the_short_way_ends_on_the_step_of_the_long_one_or_on_the_next(
            lat in -84.0f64..84.0, lon in -179.9f64..179.9, z in 0u8..=DEEPEST,
            dx in -0.49f64..0.49, dy in -0.49f64..0.49,
        ) {
            let square = Square::of(Point::new(lat, lon).unwrap(), z);
            let [west, bottom, east, top] = square.bounds();
            let near = Point::new(
                (bottom + top) / 2.0 + dy * (top - bottom),
                (west + east) / 2.0 + dx * (east - west),
            ).unwrap();
            let exact = square.place(Coord { x: near.lon(), y: near.lat() });
            if let Some([x, y]) = square.way().step(near) {
                prop_assert!((f64::from(x) + 0.5 - exact.x).abs() <= 1.0, "{x} {exact:?}");
                prop_assert!((f64::from(y) + 0.5 - exact.y).abs() <= 1.0, "{y} {exact:?}");
            } else {
                prop_assert!(false, "{near:?} lies in {square:?}");
            }
        }

        #[test]
        fn a_point_lies_in_the_square_that_is_its_own(lat in -85.0f64..85.0, lon in -180.0f64..180.0, z in 0u8..=DEEPEST) {
            let point = Point::new(lat, lon).unwrap();
            let square = Square::of(point, z);
            prop_assert!(square.area().unwrap().contains(point));
        }
    }
}
