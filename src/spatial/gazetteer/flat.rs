//! The land around a place as a plane.

use crate::domain::quantities::Point;

/// What a degree of latitude has, metres.
const DEGREE_M: f64 = 111_195.0;

/// The land around a place as a plane, metres east and north of it: true enough for some tens of kilometres.
#[derive(Debug, Clone, Copy)]
pub struct Flat {
    middle: Point,
    shrink: f64,
}

impl Flat {
    /// Around this place.
    #[must_use]
    pub fn around(middle: Point) -> Self {
        Self { middle, shrink: middle.lat().to_radians().cos().max(0.01) }
    }

    /// A point of it.
    #[must_use]
    pub fn of(&self, point: Point) -> [f64; 2] {
        self.of_degrees(point.lon(), point.lat())
    }

    /// A point of it by longitude and latitude.
    #[must_use]
    pub fn of_corner(&self, [lon, lat]: [f32; 2]) -> [f64; 2] {
        self.of_degrees(f64::from(lon), f64::from(lat))
    }

    fn of_degrees(&self, lon: f64, lat: f64) -> [f64; 2] {
        [(lon - self.middle.lon()) * DEGREE_M * self.shrink, (lat - self.middle.lat()) * DEGREE_M]
    }

    /// The point of the Earth.
    #[must_use]
    pub fn point(&self, [x, y]: [f64; 2]) -> Option<Point> {
        Point::new(self.middle.lat() + y / DEGREE_M, self.middle.lon() + x / (DEGREE_M * self.shrink)).ok()
    }

    /// Where the middle lies along the line from a point to another, as a share of it, and how far off it; none before its
    /// beginning or after its end.
    #[must_use]
    pub fn along(&self, from: Point, to: Point) -> Option<(f64, f64)> {
        let ([ax, ay], [bx, by]) = (self.of(from), self.of(to));
        let (dx, dy) = (bx - ax, by - ay);
        let length_2 = dx * dx + dy * dy;
        let share = -(ax * dx + ay * dy) / length_2;
        ((0.0..=1.0).contains(&share)).then(|| (share, (ax + dx * share).hypot(ay + dy * share)))
    }
}
