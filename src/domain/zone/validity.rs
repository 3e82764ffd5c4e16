//! Whether a polygon encloses what it seems to: the rules of OGC simple features for polygons (06-103r4, 6.1.11).
//!
//! A sweep over the edges, O(n √n) for borders as they are drawn, where comparing all pairs takes minutes for a
//! country.

use std::fmt;

use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{Area, Contains, Coord, CoordsIter, Line, LineString, MultiPolygon, Polygon};

/// What is wrong with a polygon, and where (degrees: longitude, latitude).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PolygonFault {
    /// A corner outside the globe, or not finite.
    OffTheGlobe(Coord),
    /// A ring of fewer than three different corners, or one that encloses nothing.
    Flat(Coord),
    /// A ring does not end where it begins.
    Open(Coord),
    /// Two edges cross, or lie on one another.
    Crossing(Coord),
    /// A ring touches itself.
    Touching(Coord),
    /// A hole lies outside its polygon.
    HoleOutside(Coord),
    /// A part of the polygon, or a hole, lies within another.
    Nested(Coord),
    /// It has no corner at all.
    Empty,
}

impl fmt::Display for PolygonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, at) = match self {
            Self::OffTheGlobe(at) => ("a corner is off the globe", at),
            Self::Flat(at) => ("a ring encloses nothing", at),
            Self::Open(at) => ("a ring does not end where it begins", at),
            Self::Crossing(at) => ("the border crosses itself", at),
            Self::Touching(at) => ("a ring touches itself", at),
            Self::HoleOutside(at) => ("a hole lies outside its polygon", at),
            Self::Nested(at) => ("one part lies within another", at),
            Self::Empty => return f.write_str("the polygon is empty"),
        };
        write!(f, "{what} at longitude {}, latitude {}", at.x, at.y)
    }
}

impl std::error::Error for PolygonFault {}

#[derive(Clone, Copy)]
struct Edge {
    line: Line,
    ring: usize,
    number: usize,
    /// How many edges the ring has.
    of: usize,
}

/// A polygon of its rings as they are written, the outer one first. `Polygon` itself closes an open ring, and the corner
/// that was forgotten would pass unseen.
///
/// # Errors
/// [`PolygonFault::Open`]; [`PolygonFault::Empty`] when there is no ring.
pub fn polygon_of(rings: impl IntoIterator<Item = Vec<Coord>>) -> Result<Polygon, PolygonFault> {
    let closed = |ring: Vec<Coord>| match (ring.first(), ring.last()) {
        (Some(first), Some(last)) if first != last => Err(PolygonFault::Open(*last)),
        _ => Ok(LineString(ring)),
    };
    let mut rings = rings.into_iter().map(closed);
    let shell = rings.next().ok_or(PolygonFault::Empty)??;
    Ok(Polygon::new(shell, rings.collect::<Result<_, _>>()?))
}

/// # Errors
/// The first [`PolygonFault`] found.
pub fn check(polygons: &MultiPolygon) -> Result<(), PolygonFault> {
    if polygons.0.iter().all(|polygon| polygon.exterior().0.is_empty()) {
        return Err(PolygonFault::Empty);
    }
    let rings: Vec<&LineString> =
        polygons.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors())).collect();
    for ring in &rings {
        check_ring(ring)?;
    }
    check_edges(&rings)?;
    for polygon in polygons {
        check_holes(polygon)?;
    }
    check_parts(polygons)
}

fn check_ring(ring: &LineString) -> Result<(), PolygonFault> {
    for &c in ring.coords() {
        let on_globe = (-180.0..=180.0).contains(&c.x) && (-90.0..=90.0).contains(&c.y);
        if !on_globe {
            return Err(PolygonFault::OffTheGlobe(c));
        }
    }
    let (Some(first), Some(last)) = (ring.0.first(), ring.0.last()) else { return Err(PolygonFault::Empty) };
    if first != last {
        return Err(PolygonFault::Open(*last));
    }
    if ring.coords_count() < 4 {
        return Err(PolygonFault::Flat(*first));
    }
    Ok(())
}

/// No two edges meet but at the joint of neighbours in a ring, and at single points of different rings.
fn check_edges(rings: &[&LineString]) -> Result<(), PolygonFault> {
    let mut edges: Vec<Edge> = Vec::new();
    for (ring, line_string) in rings.iter().enumerate() {
        let lines: Vec<Line> = line_string.lines().filter(|line| line.start != line.end).collect();
        let of = lines.len();
        edges.extend(lines.into_iter().enumerate().map(|(number, line)| Edge { line, ring, number, of }));
    }
    edges.sort_unstable_by(|a, b| bottom(a.line).total_cmp(&bottom(b.line)));
    let mut reaching: Vec<Edge> = Vec::new();
    for edge in edges {
        let floor = bottom(edge.line);
        reaching.retain(|below| top(below.line) >= floor);
        for other in &reaching {
            check_pair(&edge, other)?;
        }
        reaching.push(edge);
    }
    for ring in rings {
        let area = Polygon::new((*ring).clone(), vec![]).unsigned_area();
        if area <= 0.0 {
            return Err(PolygonFault::Flat(ring.0[0]));
        }
    }
    Ok(())
}

fn bottom(line: Line) -> f64 {
    line.start.y.min(line.end.y)
}

fn top(line: Line) -> f64 {
    line.start.y.max(line.end.y)
}

fn check_pair(a: &Edge, b: &Edge) -> Result<(), PolygonFault> {
    match line_intersection(a.line, b.line) {
        None => Ok(()),
        Some(LineIntersection::Collinear { intersection }) if intersection.start != intersection.end => {
            Err(PolygonFault::Crossing(intersection.start))
        }
        Some(LineIntersection::SinglePoint { intersection, is_proper: true }) => {
            Err(PolygonFault::Crossing(intersection))
        }
        Some(
            LineIntersection::SinglePoint { intersection: at, .. }
            | LineIntersection::Collinear { intersection: Line { start: at, .. } },
        ) => {
            let joined = |a: &Edge, b: &Edge| {
                (a.number + 1) % a.of == b.number && a.line.end == at && b.line.start == at
            };
            if a.ring != b.ring || joined(a, b) || joined(b, a) {
                Ok(())
            } else {
                Err(PolygonFault::Touching(at))
            }
        }
    }
}

/// A corner of the ring that does not lie on the polygon's border: rings that do not cross lie wholly in or out,
/// so one such corner speaks for all.
fn inside(ring: &LineString, of: &Polygon) -> bool {
    use geo::coordinate_position::{CoordPos, CoordinatePosition};
    let corner = ring.coords().map(|c| of.coordinate_position(c)).find(|p| *p != CoordPos::OnBoundary);
    match corner {
        Some(position) => position == CoordPos::Inside,
        None => ring.lines().map(|line| (line.start + line.end) / 2.0).all(|middle| of.contains(&middle)),
    }
}

fn check_holes(polygon: &Polygon) -> Result<(), PolygonFault> {
    let shell = Polygon::new(polygon.exterior().clone(), vec![]);
    for (number, hole) in polygon.interiors().iter().enumerate() {
        if !inside(hole, &shell) {
            return Err(PolygonFault::HoleOutside(hole.0[0]));
        }
        let filled = Polygon::new(hole.clone(), vec![]);
        let nested =
            polygon.interiors().iter().enumerate().find(|(n, other)| *n != number && inside(other, &filled));
        if let Some((_, nested)) = nested {
            return Err(PolygonFault::Nested(nested.0[0]));
        }
    }
    Ok(())
}

fn check_parts(polygons: &MultiPolygon) -> Result<(), PolygonFault> {
    for (number, part) in polygons.iter().enumerate() {
        let others = polygons.iter().enumerate().filter(|(n, _)| *n != number);
        for (_, other) in others {
            if inside(other.exterior(), part) {
                return Err(PolygonFault::Nested(other.exterior().0[0]));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Validation, polygon, wkt};
    use proptest::prelude::*;

    fn fault(polygons: impl Into<MultiPolygon>) -> Option<&'static str> {
        check(&polygons.into()).err().map(|fault| match fault {
            PolygonFault::OffTheGlobe(_) => "globe",
            PolygonFault::Flat(_) => "flat",
            PolygonFault::Open(_) => "open",
            PolygonFault::Crossing(_) => "crossing",
            PolygonFault::Touching(_) => "touching",
            PolygonFault::HoleOutside(_) => "hole outside",
            PolygonFault::Nested(_) => "nested",
            PolygonFault::Empty => "empty",
        })
    }

    #[test]
    fn sound_polygons_pass() {
        assert_eq!(fault(wkt!(POLYGON((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.),(1. 1.,2. 1.,2. 2.,1. 1.)))), None);
        // A hole that touches the shell, and two parts that touch, in single points.
        assert_eq!(fault(wkt!(POLYGON((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.),(0. 2.,1. 1.,1. 3.,0. 2.)))), None);
        assert_eq!(fault(wkt!(MULTIPOLYGON(((0. 0.,1. 0.,1. 1.,0. 0.)),((1. 1.,2. 1.,2. 2.,1. 1.))))), None);
        // Corners on a straight line are no fault, nor is one said twice.
        assert_eq!(fault(wkt!(POLYGON((0. 0.,2. 0.,2. 0.,4. 0.,4. 4.,0. 0.)))), None);
    }

    #[test]
    fn each_fault_is_told_apart() {
        let cases = [
            ("crossing", wkt!(POLYGON((0. 0.,4. 4.,4. 0.,0. 3.,0. 0.)))),
            ("touching", wkt!(POLYGON((0. 0.,4. 0.,4. 4.,2. 0.,0. 4.,0. 0.)))),
            ("touching", wkt!(POLYGON((0. 0.,4. 0.,4. 4.,4. 8.,4. 4.,0. 0.)))),
            ("flat", wkt!(POLYGON((0. 0.,4. 0.,0. 0.)))),
            ("globe", wkt!(POLYGON((0. 0.,181. 0.,4. 4.,0. 0.)))),
            ("hole outside", wkt!(POLYGON((0. 0.,4. 0.,4. 4.,0. 0.),(8. 8.,9. 8.,9. 9.,8. 8.)))),
            ("crossing", wkt!(POLYGON((0. 0.,4. 0.,4. 4.,0. 0.),(3. 1.,9. 1.,9. 2.,3. 1.)))),
        ];
        for (expected, polygon) in cases {
            assert_eq!(fault(polygon.clone()), Some(expected), "{polygon:?}");
        }
        let nested = wkt!(MULTIPOLYGON(((0. 0.,9. 0.,9. 9.,0. 0.)),((6. 1.,7. 1.,7. 2.,6. 1.))));
        assert_eq!(fault(nested), Some("nested"));
        let not_a_number = polygon![(x: 0.0, y: 0.0), (x: f64::NAN, y: 1.0), (x: 1.0, y: 1.0)];
        assert_eq!(fault(not_a_number), Some("globe"));
        assert_eq!(fault(MultiPolygon::new(vec![])), Some("empty"));
    }

    proptest! {
        /// On polygons of a few random corners on a small grid (where touching, spikes and collinear edges
        /// abound) what passes here passes the pairwise check of `geo` too.
        #[test]
        fn what_passes_here_is_valid_to_the_pairwise_check(
            corners in prop::collection::vec((0i32..6, 0i32..6), 3..9)
        ) {
            let ring: LineString =
                corners.iter().map(|&(x, y)| (f64::from(x), f64::from(y))).collect::<Vec<_>>().into();
            let polygon = Polygon::new(ring, vec![]);
            if check(&MultiPolygon::from(polygon.clone())).is_ok() {
                prop_assert!(polygon.is_valid(), "{:?}", polygon);
            }
        }

        /// A polygon whose corners go once around its middle never crosses itself.
        #[test]
        fn a_star_is_sound(radii in prop::collection::vec(0.1f64..5.0, 3..60)) {
            let n = f64::from(u32::try_from(radii.len()).unwrap());
            let ring: Vec<(f64, f64)> = (0u32..).zip(&radii).map(|(i, r)| {
                let turn = f64::from(i) / n * std::f64::consts::TAU;
                (r * turn.cos(), r * turn.sin())
            }).collect();
            prop_assert_eq!(check(&Polygon::new(ring.into(), vec![]).into()), Ok(()));
        }
    }
}
