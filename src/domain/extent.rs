//! A stretch of the map and a stretch of time: what somebody looks at.

use jiff::Timestamp;

use super::quantities::Point;

/// A rectangle of the map. One that crosses the date line has its west east of its east.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoundingBox {
    /// Its south-western corner.
    pub south_west: Point,
    /// Its north-eastern corner.
    pub north_east: Point,
}

impl BoundingBox {
    /// Whether the point lies in it or on its edge.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        let (sw, ne) = (self.south_west, self.north_east);
        let across = if sw.lon() <= ne.lon() {
            (sw.lon()..=ne.lon()).contains(&point.lon())
        } else {
            point.lon() >= sw.lon() || point.lon() <= ne.lon()
        };
        across && (sw.lat()..=ne.lat()).contains(&point.lat())
    }

    /// The one or, over the date line, two rectangles that it is made of: west, south, east, north in degrees.
    pub fn parts(&self) -> impl Iterator<Item = [f64; 4]> {
        let (sw, ne) = (self.south_west, self.north_east);
        let over = sw.lon() > ne.lon();
        let east = if over { 180.0 } else { ne.lon() };
        let beyond = over.then_some([-180.0, sw.lat(), ne.lon(), ne.lat()]);
        std::iter::once([sw.lon(), sw.lat(), east, ne.lat()]).chain(beyond)
    }
}

/// A stretch of time, its ends included; open where an end is absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// Its beginning.
    pub from: Option<Timestamp>,
    /// Its end.
    pub to: Option<Timestamp>,
}

impl Span {
    /// Whether the moment lies in it.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at <= to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(lat: f64, lon: f64) -> Point {
        Point::new(lat, lon).unwrap()
    }

    #[test]
    fn a_box_over_the_date_line_holds_both_its_sides_and_nothing_between() {
        let over = BoundingBox { south_west: point(50.0, 170.0), north_east: point(60.0, -170.0) };
        assert!(over.contains(point(55.0, 175.0)) && over.contains(point(55.0, -175.0)));
        assert!(!over.contains(point(55.0, 70.0)) && !over.contains(point(61.0, 175.0)));
        let parts: Vec<_> = over.parts().collect();
        assert_eq!(parts, [[170.0, 50.0, 180.0, 60.0], [-180.0, 50.0, -170.0, 60.0]]);
    }

    #[test]
    fn a_span_holds_its_ends_and_has_none_where_none_is_given() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let span = Span { from: Some(at(10)), to: None };
        assert!(span.contains(at(10)) && span.contains(at(1_000)) && !span.contains(at(9)));
    }
}
