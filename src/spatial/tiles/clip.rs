//! A polygon cut to a square: what lies beyond the margin is not drawn.

use geo::{Coord, LineString, Polygon};

use super::square::Square;
use super::{EXTENT, MARGIN};

/// A side of the window: which coordinate, which of its sides is within, where it is.
#[derive(Clone, Copy)]
struct Side {
    of_x: bool,
    below: bool,
    at: f64,
}

impl Side {
    fn value(self, c: Coord) -> f64 {
        if self.of_x { c.x } else { c.y }
    }

    fn holds(self, c: Coord) -> bool {
        if self.below { self.value(c) <= self.at } else { self.value(c) >= self.at }
    }

    fn crossing(self, a: Coord, b: Coord) -> Coord {
        let along = (self.at - self.value(a)) / (self.value(b) - self.value(a));
        Coord { x: a.x + (b.x - a.x) * along, y: a.y + (b.y - a.y) * along }
    }
}

fn window() -> [Side; 4] {
    let (low, high) = (-MARGIN, f64::from(EXTENT) + MARGIN);
    [
        Side { of_x: true, below: false, at: low },
        Side { of_x: true, below: true, at: high },
        Side { of_x: false, below: false, at: low },
        Side { of_x: false, below: true, at: high },
    ]
}

/// The rings of a polygon on the steps of a square: the outer one first, each the right way round; none when nothing
/// of it is seen there.
pub(super) fn polygon(polygon: &Polygon, square: Square) -> Option<Vec<Vec<[i32; 2]>>> {
    let outer = ring(polygon.exterior(), square, true)?;
    let holes = polygon.interiors().iter().filter_map(|hole| ring(hole, square, false));
    Some(std::iter::once(outer).chain(holes).collect())
}

fn ring(of: &LineString, square: Square, outer: bool) -> Option<Vec<[i32; 2]>> {
    let mut corners: Vec<Coord> = of.coords().map(|c| square.place(*c)).collect();
    corners.pop();
    for side in window() {
        corners = cut(&corners, side);
        if corners.len() < 3 {
            return None;
        }
    }
    // Within the window every coordinate fits.
    #[allow(clippy::cast_possible_truncation)]
    let mut steps: Vec<[i32; 2]> = corners.iter().map(|c| [c.x.round() as i32, c.y.round() as i32]).collect();
    steps.dedup();
    if steps.first() == steps.last() {
        steps.pop();
    }
    let area = twice_area(&steps);
    if steps.len() < 3 || area == 0 {
        return None;
    }
    if (area > 0) != outer {
        steps.reverse();
    }
    Some(steps)
}

/// Sutherland and Hodgman's cut along one side.
fn cut(corners: &[Coord], side: Side) -> Vec<Coord> {
    let mut kept = Vec::with_capacity(corners.len() + 4);
    let Some(mut before) = corners.last().copied() else { return kept };
    for &corner in corners {
        match (side.holds(before), side.holds(corner)) {
            (true, true) => kept.push(corner),
            (true, false) => kept.push(side.crossing(before, corner)),
            (false, true) => kept.extend([side.crossing(before, corner), corner]),
            (false, false) => {}
        }
        before = corner;
    }
    kept
}

/// Twice the area; above zero for a ring that is clockwise on the screen.
fn twice_area(ring: &[[i32; 2]]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter()
        .zip(next)
        .map(|(a, b)| i64::from(a[0]) * i64::from(b[1]) - i64::from(b[0]) * i64::from(a[1]))
        .sum()
}
