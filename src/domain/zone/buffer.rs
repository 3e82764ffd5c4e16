//! Everything within so many metres of a place, a line or a zone.
//!
//! Metres are those of the ground: the shape is laid flat around its middle by geodesics of the WGS 84 ellipsoid
//! (azimuthal equidistant), widened there, and laid back. Distances from the middle are then exact, and at the
//! [`WIDEST`] shape's edge others are too large by less than a thousandth. Where roundness is drawn with corners the
//! border keeps outside the true one: nobody is left out of a zone by how it is drawn.

use geo::algorithm::buffer::{BufferStyle, LineCap, LineJoin};
use geo::{
    Area, Bearing, BoundingRect, Buffer, Coord, Destination, Distance, Geodesic, Geometry, LineString,
    MapCoords, MultiPolygon, Polygon, Simplify,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{MOST_CORNERS, ZoneFault, ZonePolygon};
use crate::domain::geography::over_the_date_line;
use crate::domain::quantities::{Metres, Point};

/// The farthest that a shape is widened.
pub const FARTHEST: Metres = Metres::whole(100_000);
/// The longest way from the middle of a shape to its edge.
pub const WIDEST: Metres = Metres::whole(300_000);
/// Longer edges are given corners in between, for what is straight on the map is not on the ground.
const EDGE_M: f64 = 5_000.0;
/// How far a corner turns where the border is round, radians.
const TURN: f64 = 0.1;
/// The part of the distance by which the border may run farther out, so that corners can be left out: the least that
/// makes it simple enough for a zone.
const SLACK: [f64; 4] = [0.000_5, 0.002, 0.008, 0.03];

/// What is widened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A place.
    Point(Point),
    /// A line through places: a road, a river, a front.
    Line(Vec<Point>),
    /// A zone.
    Polygon(ZonePolygon),
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Widening {
    /// What is widened.
    pub of: Shape,
    /// By how many metres on the ground, on every side.
    pub by: Metres,
}

/// Why there is no zone.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BufferFault {
    /// Nothing, or too much.
    #[error("a shape is widened by more than zero and at most {} km", FARTHEST.get() / 1_000.0)]
    Distance,
    /// A line of no place, or of too many.
    #[error("a line goes through 1 to {MOST_CORNERS} places")]
    Line,
    /// The shape is too large for distances on it to be true.
    #[error("a shape reaches at most {} km from its middle", WIDEST.get() / 1_000.0)]
    TooWide,
    /// What came out is no zone.
    #[error(transparent)]
    Zone(#[from] ZoneFault),
}

/// The zone of everything within the distance.
///
/// # Errors
/// [`BufferFault`].
pub fn widen(widening: &Widening) -> Result<ZonePolygon, BufferFault> {
    let by = widening.by.get();
    if by <= 0.0 || by > FARTHEST.get() {
        return Err(BufferFault::Distance);
    }
    let shape = geometry(&widening.of)?;
    let middle = shape.bounding_rect().ok_or(BufferFault::Line)?.center();
    let plane = Plane { middle: middle.into() };
    let flat = shape.map_coords(|c| plane.flat(c));
    let far = flat.bounding_rect().ok_or(BufferFault::Line)?;
    let edge = far.max().x.max(far.max().y).max(-far.min().x).max(-far.min().y);
    if edge > WIDEST.get() {
        return Err(BufferFault::TooWide);
    }
    let mut tried = Err(BufferFault::Zone(ZoneFault::TooManyCorners));
    for slack in SLACK.map(|part| part * by) {
        // The chord of a turn runs inside the circle, and leaving out corners cuts once more.
        let outside = by / (TURN / 2.0).cos() + slack;
        let style = BufferStyle::new(outside).line_join(LineJoin::Round(TURN)).line_cap(LineCap::Round(TURN));
        let whole = single(&flat.buffer_with_style(style))?;
        tried = plane.zone(&whole, slack).map_err(BufferFault::Zone);
        if tried != Err(BufferFault::Zone(ZoneFault::TooManyCorners)) {
            break;
        }
    }
    tried
}

fn geometry(shape: &Shape) -> Result<Geometry, BufferFault> {
    let at = |p: &Point| Coord { x: p.lon(), y: p.lat() };
    Ok(match shape {
        Shape::Point(point) => Geometry::Point(at(point).into()),
        Shape::Line(places) => {
            let first = places.first().filter(|_| places.len() <= MOST_CORNERS).ok_or(BufferFault::Line)?;
            if places.iter().all(|place| place == first) {
                Geometry::Point(at(first).into())
            } else {
                Geometry::LineString(close_together(&places.iter().map(at).collect(), Plane::between))
            }
        }
        Shape::Polygon(zone) => {
            let ring = |ring: &LineString| close_together(ring, Plane::between);
            let zone = zone.polygon();
            Geometry::Polygon(Polygon::new(
                ring(zone.exterior()),
                zone.interiors().iter().map(ring).collect(),
            ))
        }
    })
}

/// The same line with corners at most [`EDGE_M`] apart, and none twice.
fn close_together(line: &LineString, length: fn(Coord, Coord) -> f64) -> LineString {
    let mut corners: Vec<Coord> = line.0.first().copied().into_iter().collect();
    for edge in line.lines().filter(|edge| edge.start != edge.end) {
        let parts = (length(edge.start, edge.end) / EDGE_M).ceil().max(1.0);
        let mut part = 1.0;
        while part < parts {
            corners.push(edge.start + (edge.end - edge.start) * (part / parts));
            part += 1.0;
        }
        corners.push(edge.end);
    }
    LineString(corners)
}

/// The one piece that the surroundings of a connected shape are; rounding may have left crumbs beside it.
fn single(widened: &MultiPolygon) -> Result<Polygon, BufferFault> {
    const CRUMB_M2: f64 = 1.0;
    let mut pieces = widened.0.iter().filter(|piece| piece.unsigned_area() > CRUMB_M2);
    match (pieces.next(), pieces.next()) {
        (Some(piece), None) => Ok(piece.clone()),
        _ => Err(BufferFault::Zone(ZoneFault::Broken(super::PolygonFault::Empty))),
    }
}

/// The ground laid flat around a middle: metres to the east and to the north.
struct Plane {
    middle: geo::Point,
}

impl Plane {
    fn between(a: Coord, b: Coord) -> f64 {
        Geodesic.distance(geo::Point(a), geo::Point(b))
    }

    fn flat(&self, at: Coord) -> Coord {
        let away = Geodesic.distance(self.middle, geo::Point(at));
        let (east, north) = Geodesic.bearing(self.middle, geo::Point(at)).to_radians().sin_cos();
        Coord { x: away * east, y: away * north }
    }

    /// Back on the globe, to a centimetre.
    fn back(&self, at: Coord) -> Coord {
        let to = Geodesic.destination(self.middle, at.x.atan2(at.y).to_degrees(), at.x.hypot(at.y)).0;
        let round = |degrees: f64| (degrees * 1e7).round() / 1e7;
        Coord { x: round(to.x), y: round(to.y) }
    }

    /// The zone of a flat polygon, without the corners that change its course by less than the slack.
    fn zone(&self, flat: &Polygon, slack: f64) -> Result<ZonePolygon, ZoneFault> {
        let simple = flat.simplify(slack);
        let apart = |a: Coord, b: Coord| (b.x - a.x).hypot(b.y - a.y);
        let ring = |ring: &LineString| close_together(ring, apart).map_coords(|c| self.back(c));
        let polygon = Polygon::new(ring(simple.exterior()), simple.interiors().iter().map(ring).collect());
        if over_the_date_line(&MultiPolygon::from(polygon.clone())).is_some() {
            return Err(ZoneFault::Broken(super::PolygonFault::OffTheGlobe(self.middle.0)));
        }
        ZonePolygon::of(polygon)
    }
}

#[cfg(test)]
mod tests {
    use geo::{Closest, HaversineClosestPoint};
    use proptest::prelude::*;

    use super::*;

    fn point(lat: f64, lon: f64) -> Point {
        Point::new(lat, lon).unwrap()
    }

    /// The least and the most of how far the corners of a zone are from the places of a line, metres on the ground.
    fn from_line(zone: &ZonePolygon, line: &[Point]) -> (f64, f64) {
        let line: LineString =
            close_together(&line.iter().map(|p| Coord { x: p.lon(), y: p.lat() }).collect(), Plane::between);
        let away = |corner: &Coord| {
            let corner = geo::Point(*corner);
            match line.haversine_closest_point(&corner) {
                Closest::SinglePoint(near) | Closest::Intersection(near) => Geodesic.distance(corner, near),
                Closest::Indeterminate => f64::NAN,
            }
        };
        let all: Vec<f64> = zone.polygon().exterior().coords().map(away).collect();
        (all.iter().copied().fold(f64::INFINITY, f64::min), all.iter().copied().fold(0.0, f64::max))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn the_border_is_as_far_as_was_said_on_the_ground(
            lat in 40.5f64..55.5, lon in 46.5f64..87.5, north in -1.5f64..1.5, east in -1.5f64..1.5,
            by in prop::sample::select(vec![50.0, 500.0, 5_000.0, 40_000.0]),
        ) {
            let line = vec![point(lat, lon), point(lat + north / 2.0, lon + east), point(lat + north, lon + east / 2.0)];
            let widening = Widening { of: Shape::Line(line.clone()), by: Metres::new(by).unwrap() };
            let zone = widen(&widening).unwrap();
            let (least, most) = from_line(&zone, &line);
            // Two metres are what five kilometres of a line on the map differ from the shortest way.
            prop_assert!(least >= by * 0.999 - 3.0 && most <= by * 1.004 + 3.0, "{} to {} for {}", least, most, by);
        }
    }

    #[test]
    fn around_a_place_it_is_a_circle_and_never_short_of_it() {
        for (lat, by) in [(43.25, 100.0), (55.0, 20_000.0), (51.1, 100_000.0)] {
            let place = point(lat, 71.0);
            let zone = widen(&Widening { of: Shape::Point(place), by: Metres::new(by).unwrap() }).unwrap();
            let (least, most) = from_line(&zone, &[place, place]);
            assert!(least >= by * 0.999_9 - 0.02 && most <= by * 1.003, "{least} to {most} for {by}");
            let area = zone.area().0 / (std::f64::consts::PI * by * by);
            assert!((1.0..1.004).contains(&area), "{area}");
        }
    }

    #[test]
    fn a_zone_grows_on_every_side_and_a_hole_in_it_shrinks() {
        let zone: ZonePolygon = serde_json::from_str(
            r#"{"type":"Polygon","coordinates":[[[76.0,43.0],[76.4,43.0],[76.4,43.4],[76.0,43.4],[76.0,43.0]],
                [[76.1,43.1],[76.1,43.3],[76.3,43.3],[76.3,43.1],[76.1,43.1]]]}"#,
        )
        .unwrap();
        let wide =
            |by: u32| widen(&Widening { of: Shape::Polygon(zone.clone()), by: Metres::whole(by) }).unwrap();
        let grown = wide(1_000);
        assert!(
            grown.contains(point(43.2, 75.989)) && !grown.contains(point(43.2, 75.987)),
            "812 m to a hundredth"
        );
        assert!(grown.contains(point(43.108, 76.2)) && !grown.contains(point(43.2, 76.2)));
        assert_eq!(grown.polygon().interiors().len(), 1);
        assert_eq!(wide(20_000).polygon().interiors().len(), 0, "nothing of the hole is left");
    }

    #[test]
    fn what_cannot_be_widened_is_told_apart() {
        let of = |of: Shape, by: u32| widen(&Widening { of, by: Metres::whole(by) });
        let place = point(43.0, 76.0);
        assert_eq!(of(Shape::Point(place), 0), Err(BufferFault::Distance));
        assert_eq!(of(Shape::Point(place), 100_001), Err(BufferFault::Distance));
        assert_eq!(of(Shape::Line(vec![]), 10), Err(BufferFault::Line));
        assert_eq!(of(Shape::Line(vec![place, point(52.0, 60.0)]), 10), Err(BufferFault::TooWide));
        assert!(of(Shape::Line(vec![place, place]), 10).is_ok(), "a line of one place is that place");
        assert!(matches!(of(Shape::Point(point(43.0, 180.0)), 1_000), Err(BufferFault::Zone(_))));
    }

    #[test]
    fn a_border_with_very_many_corners_becomes_simple_enough_and_is_not_short_of_the_distance() {
        // A metre to and fro.
        let line: Vec<Point> = (0..3_000)
            .map(|n| point(43.0 + f64::from(n % 2) * 1e-5, 70.0 + f64::from(n) * 0.000_5))
            .collect();
        let zone = widen(&Widening { of: Shape::Line(line.clone()), by: Metres::whole(60) }).unwrap();
        assert!(zone.polygon().exterior().0.len() <= MOST_CORNERS);
        assert!(line.iter().all(|place| zone.contains(*place)));
        let (lat, north) = (point(43.0, 70.7), 60.0 / 111_100.0);
        assert!(zone.contains(point(lat.lat() + north, lat.lon())), "sixty metres to the north");
        assert!(!zone.contains(point(lat.lat() + 1.06 * north + 1e-5, lat.lon())));
    }
}
