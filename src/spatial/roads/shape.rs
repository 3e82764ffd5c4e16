//! The courses of the pieces of road, and which of them is nearest to a place.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::domain::quantities::{Metres, Point};
use crate::spatial::earth;

/// A corner of a course on Mercator's map, 10⁻⁷ degrees: a centimetre, and no sine when a place is sought.
type Corner = [i32; 2];
type Boxed = GeomWithData<Rectangle<[f64; 2]>, u32>;

/// Courses by piece, one after the other in memory, and a tree over their boxes.
#[derive(Debug)]
pub struct Shapes {
    first: Vec<u32>,
    corners: Vec<Corner>,
    tree: RTree<Boxed>,
}

/// A place on a piece of road.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OnPiece {
    /// Which piece.
    pub piece: u32,
    /// How far along its line, as a part of its length.
    pub part: f64,
    /// How far the place is from the road.
    pub away: Metres,
    /// The place on the road.
    pub point: Point,
}

/// Mean radius of the Earth, metres.
const RADIUS_M: f64 = 6_371_008.8;
/// Beyond this latitude there are no roads, and the map would tear.
const MOST_LATITUDE: f64 = 85.0;

/// Mercator's map, 10⁻⁷ degrees: it keeps directions, so what is nearest on it is nearest in truth.
fn on_map(point: Point) -> [f64; 2] {
    let lat = point.lat().clamp(-MOST_LATITUDE, MOST_LATITUDE).to_radians();
    [point.lon() * 1e7, lat.tan().asinh().to_degrees() * 1e7]
}

fn corner(point: Point) -> Corner {
    // Within ±1.8e9: the cast keeps the number.
    on_map(point).map(|n| n.round() as i32)
}

fn point([x, y]: [f64; 2]) -> Option<Point> {
    Point::new((y / 1e7).to_radians().sinh().atan().to_degrees(), x / 1e7).ok()
}

impl Shapes {
    /// Takes the courses in the order of the pieces.
    pub fn new<'a>(lines: impl Iterator<Item = &'a [Point]>) -> Self {
        let (mut first, mut corners, mut boxes) = (vec![0u32], Vec::new(), Vec::new());
        for (piece, line) in (0u32..).zip(lines) {
            corners.extend(line.iter().map(|p| corner(*p)));
            first.push(u32::try_from(corners.len()).unwrap_or(u32::MAX));
            let on_map: Vec<[f64; 2]> = line.iter().map(|p| corner(*p).map(f64::from)).collect();
            let bounds = AABB::from_points(&on_map);
            boxes.push(GeomWithData::new(Rectangle::from_aabb(bounds), piece));
        }
        Self { first, corners, tree: RTree::bulk_load(boxes) }
    }

    /// A piece's course.
    pub fn line(&self, piece: u32) -> impl DoubleEndedIterator<Item = Point> + '_ {
        self.corners_of(piece).filter_map(point)
    }

    fn corners_of(&self, piece: u32) -> impl DoubleEndedIterator<Item = [f64; 2]> + '_ {
        let range = self.first[piece as usize] as usize..self.first[piece as usize + 1] as usize;
        self.corners[range].iter().map(|corner| corner.map(f64::from))
    }

    /// A piece's length.
    pub fn length(&self, piece: u32) -> Metres {
        let line: Vec<Point> = self.line(piece).collect();
        Metres::saturating(line.windows(2).map(|w| earth::geodesic(w[0], w[1]).get()).sum())
    }

    /// The nearest place on a piece that `fits`, if one is `within` reach.
    pub fn nearest(&self, place: Point, within: Metres, fits: impl Fn(u32) -> bool) -> Option<OnPiece> {
        let here = on_map(place);
        let scale = (RADIUS_M * 1e-7).to_radians() * place.lat().to_radians().cos();
        let mut best: Option<(f64, u32, f64, [f64; 2])> = None;
        for (boxed, distance_2) in self.tree.nearest_neighbor_iter_with_distance_2(&here) {
            let limit = best.map_or(within.get() / scale, |(away, ..)| away);
            if distance_2.sqrt() > limit {
                break;
            }
            if !fits(boxed.data) {
                continue;
            }
            let Some((away, part, at)) = self.nearest_on(boxed.data, here) else { continue };
            if away <= limit && best.is_none_or(|(known, ..)| away < known) {
                best = Some((away, boxed.data, part, at));
            }
        }
        let (away, piece, part, at) = best?;
        Some(OnPiece { piece, part, away: Metres::saturating(away * scale), point: point(at)? })
    }

    /// Distance on the map, part of the length and place, of the nearest place of a piece.
    fn nearest_on(&self, piece: u32, here: [f64; 2]) -> Option<(f64, f64, [f64; 2])> {
        let mut best: Option<(f64, f64, [f64; 2])> = None;
        let mut so_far = 0.0;
        let mut last: Option<[f64; 2]> = None;
        for next in self.corners_of(piece) {
            if let Some(from) = last.replace(next) {
                let (dx, dy) = (next[0] - from[0], next[1] - from[1]);
                let length_2 = dx * dx + dy * dy;
                let along = if length_2 > 0.0 {
                    (((here[0] - from[0]) * dx + (here[1] - from[1]) * dy) / length_2).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                let at = [from[0] + along * dx, from[1] + along * dy];
                let away = (here[0] - at[0]).hypot(here[1] - at[1]);
                if best.is_none_or(|(known, ..)| away < known) {
                    best = Some((away, so_far + along * length_2.sqrt(), at));
                }
                so_far += length_2.sqrt();
            }
        }
        best.map(|(away, along, at)| (away, if so_far > 0.0 { along / so_far } else { 0.0 }, at))
    }

    /// The pieces whose course has to do with an area's box; the caller looks closer.
    pub fn near_box(&self, ring: &[Point]) -> impl Iterator<Item = u32> + '_ {
        let corners: Vec<[f64; 2]> = ring.iter().map(|p| on_map(*p)).collect();
        let bounds = AABB::from_points(&corners);
        self.tree.locate_in_envelope_intersecting(&bounds).map(|boxed| boxed.data)
    }
}
