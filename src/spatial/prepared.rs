//! A polygon made ready for many questions.

use geo::{Coord, CoordsIter, LinesIter, MultiPolygon};

use crate::domain::quantities::{Metres, Point};

/// Edges that a strip holds on average.
const EDGES_PER_STRIP: usize = 4;
/// No polygon gets more strips than this.
const MOST_STRIPS: usize = 4096;

/// An edge with its southern end first, so that two polygons that share an edge compute the same with it and no
/// point between them falls to both or to neither.
#[derive(Debug, Clone, Copy)]
struct Edge {
    south: Coord,
    north: Coord,
}

/// The edges of a polygon in strips of equal height: a question opens one strip, or the few within its reach.
///
/// Degrees are taken as a plane, as the borders in the files are drawn.
#[derive(Debug)]
pub struct PreparedPolygon {
    min: Coord,
    max: Coord,
    height: f64,
    edges: Vec<Edge>,
    /// The edges of strip `i` are `in_strip[starts[i]..starts[i + 1]]`.
    starts: Vec<usize>,
    in_strip: Vec<u32>,
}

impl PreparedPolygon {
    /// Prepares a polygon. O(n) for edges of like length.
    #[must_use]
    pub fn new(polygon: &MultiPolygon) -> Self {
        let edges: Vec<Edge> = polygon
            .lines_iter()
            .filter(|line| line.start != line.end)
            .map(|line| {
                let up = (line.start.y, line.start.x) <= (line.end.y, line.end.x);
                let (south, north) = if up { (line.start, line.end) } else { (line.end, line.start) };
                Edge { south, north }
            })
            .collect();
        let mut min = Coord { x: f64::INFINITY, y: f64::INFINITY };
        let mut max = Coord { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY };
        for c in polygon.coords_iter() {
            min = Coord { x: min.x.min(c.x), y: min.y.min(c.y) };
            max = Coord { x: max.x.max(c.x), y: max.y.max(c.y) };
        }
        let strips = (edges.len() / EDGES_PER_STRIP).clamp(1, MOST_STRIPS);
        let mut prepared = Self {
            min,
            max,
            height: (max.y - min.y).max(f64::MIN_POSITIVE) / as_f64(strips),
            edges: Vec::new(),
            starts: Vec::with_capacity(strips + 1),
            in_strip: Vec::new(),
        };
        let mut of_strip = vec![Vec::new(); strips];
        for (number, edge) in (0u32..).zip(&edges) {
            for strip in
                &mut of_strip[prepared.strip(edge.south.y, strips)..=prepared.strip(edge.north.y, strips)]
            {
                strip.push(number);
            }
        }
        for strip in of_strip {
            prepared.starts.push(prepared.in_strip.len());
            prepared.in_strip.extend(strip);
        }
        prepared.starts.push(prepared.in_strip.len());
        prepared.edges = edges;
        prepared
    }

    /// Its edges, each from its southern end to its northern.
    pub(super) fn edges(&self) -> impl ExactSizeIterator<Item = (Coord, Coord)> {
        self.edges.iter().map(|edge| (edge.south, edge.north))
    }

    /// The south-west and north-east corners, degrees.
    #[must_use]
    pub fn bounds(&self) -> (Coord, Coord) {
        (self.min, self.max)
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn strip(&self, y: f64, strips: usize) -> usize {
        (((y - self.min.y) / self.height).max(0.0) as usize).min(strips - 1)
    }

    fn edges_between(&self, south: f64, north: f64) -> impl Iterator<Item = &Edge> {
        let strips = self.starts.len() - 1;
        let (first, last) = (self.strip(south, strips), self.strip(north, strips));
        self.in_strip[self.starts[first]..self.starts[last + 1]].iter().map(|&e| &self.edges[e as usize])
    }

    /// Whether the point lies inside. Of a border shared by two polygons each point belongs to exactly one.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        let (x, y) = (point.lon(), point.lat());
        if x < self.min.x || x > self.max.x || y < self.min.y || y > self.max.y {
            return false;
        }
        let crossed =
            self.edges_between(y, y).filter(|edge| edge.south.y <= y && y < edge.north.y).filter(|e| {
                let along = (y - e.south.y) / (e.north.y - e.south.y);
                x < e.south.x + along * (e.north.x - e.south.x)
            });
        crossed.count() % 2 == 1
    }

    /// How far the point is from the border, where that is within `reach`: on either side of it. Exact to 0.2%
    /// within 50 km.
    #[must_use]
    pub fn border_within(&self, point: Point, reach: Metres) -> Option<Metres> {
        let (north_m, east_m) = metres_per_degree(point.lat());
        let (up, aside) = (reach.get() / north_m, reach.get() / east_m);
        let (x, y) = (point.lon(), point.lat());
        if x < self.min.x - aside || x > self.max.x + aside || y < self.min.y - up || y > self.max.y + up {
            return None;
        }
        let flat = |c: Coord| ((c.x - x) * east_m, (c.y - y) * north_m);
        let nearest_2 = self
            .edges_between(y - up, y + up)
            .map(|edge| distance_2_to_origin(flat(edge.south), flat(edge.north)))
            .fold(f64::INFINITY, f64::min);
        let nearest = nearest_2.sqrt();
        (nearest <= reach.get()).then(|| Metres::saturating(nearest))
    }
}

#[allow(clippy::cast_precision_loss)]
fn as_f64(count: usize) -> f64 {
    count as f64
}

/// Metres in a degree of latitude and of longitude on the WGS 84 ellipsoid (series of the meridian and the
/// parallel, good to a centimetre).
fn metres_per_degree(lat: f64) -> (f64, f64) {
    let phi = lat.to_radians();
    let north = 111_132.954 - 559.822 * (2.0 * phi).cos() + 1.175 * (4.0 * phi).cos();
    let east = 111_412.84 * phi.cos() - 93.5 * (3.0 * phi).cos() + 0.118 * (5.0 * phi).cos();
    (north, east.max(1.0))
}

fn distance_2_to_origin(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let along = (-(a.0 * dx + a.1 * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    let (x, y) = (a.0 + along * dx, a.1 + along * dy);
    x * x + y * y
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Contains, Polygon};
    use proptest::prelude::*;

    /// A star-shaped polygon around (50, 70): never crosses itself, as jagged as the radii.
    fn star(radii: &[f64]) -> Polygon {
        let n = as_f64(radii.len());
        let ring = radii.iter().enumerate().map(|(i, r)| {
            let turn = as_f64(i) / n * std::f64::consts::TAU;
            (70.0 + r * turn.cos(), 50.0 + r * turn.sin())
        });
        Polygon::new(ring.collect(), vec![])
    }

    proptest! {
        #[test]
        fn a_prepared_polygon_answers_as_the_plain_one(
            radii in prop::collection::vec(0.2f64..2.0, 3..200),
            lon in 67.9f64..72.1, lat in 47.9f64..52.1,
        ) {
            let plain = star(&radii);
            let prepared = PreparedPolygon::new(&MultiPolygon::from(plain.clone()));
            let point = Point::new(lat, lon).unwrap();
            prop_assert_eq!(prepared.contains(point), plain.contains(&geo::Point::new(lon, lat)));
        }

        /// Two halves of a square with a jagged seam: every point of the square is in exactly one of them, on
        /// the seam too.
        #[test]
        fn of_two_neighbours_a_point_has_exactly_one(
            seam in prop::collection::vec(-0.9f64..0.9, 1..60), at in 0usize..60, part in 0.0f64..1.0,
        ) {
            let n = as_f64(seam.len() + 1);
            let mut line = vec![Coord { x: 0.0, y: -1.0 }];
            line.extend(seam.iter().enumerate().map(|(i, &x)| Coord { x, y: -1.0 + 2.0 * as_f64(i + 1) / n }));
            line.push(Coord { x: 0.0, y: 1.0 });
            let half = |side: f64| {
                let mut ring = line.clone();
                ring.extend([Coord { x: side, y: 1.0 }, Coord { x: side, y: -1.0 }]);
                PreparedPolygon::new(&MultiPolygon::from(Polygon::new(ring.into(), vec![])))
            };
            let (west, east) = (half(-1.0), half(1.0));
            let (a, b) = (line[at % (line.len() - 1)], line[at % (line.len() - 1) + 1]);
            let on_seam = Point::new(a.y + part * (b.y - a.y), a.x + part * (b.x - a.x)).unwrap();
            prop_assert!(west.contains(on_seam) ^ east.contains(on_seam));
        }

        #[test]
        fn the_border_is_as_far_as_the_nearest_point_of_the_ring(
            radii in prop::collection::vec(0.1f64..0.4, 3..80), lon in 69.5f64..70.5, lat in 49.5f64..50.5,
            reach in 100.0f64..40_000.0,
        ) {
            let plain = star(&radii);
            let prepared = PreparedPolygon::new(&MultiPolygon::from(plain.clone()));
            let point = Point::new(lat, lon).unwrap();
            let steps = 400u32;
            let nearest = plain.exterior().lines().flat_map(|edge| {
                (0..=steps).map(move |step| edge.start + edge.delta() * (f64::from(step) / f64::from(steps)))
            });
            let nearest = nearest
                .map(|c| crate::spatial::earth::geodesic(point, Point::new(c.y, c.x).unwrap()).get())
                .fold(f64::INFINITY, f64::min);
            match prepared.border_within(point, Metres::new(reach).unwrap()) {
                Some(found) => prop_assert!(
                    (found.get() - nearest).abs() <= 120.0 + nearest * 0.004, "{} {}", found, nearest),
                None => prop_assert!(nearest >= reach * 0.996, "{} {}", nearest, reach),
            }
        }
    }
}
