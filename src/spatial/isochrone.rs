//! The area that is reached within a time, as polygons.
//!
//! Method: the land is cut into cells of some 200 m. A cell is reached when a stretch of road in it is; where forty
//! seconds are left there, its neighbours are too, for that is how far one walks meanwhile, and so the blocks between
//! streets are no holes. The polygons are the outlines of what is reached. What they say is true to a cell; whether an
//! address is reached in time is reckoned along its road, and not by them.

use std::collections::{HashMap, HashSet};

use geo::{Coord, LineString, MultiPolygon, Polygon};

use super::roads::Reached;
use crate::domain::quantities::{Metres, Point};

/// The height of a cell, degrees: 200 m.
const CELL: f64 = 0.0018;
/// The road is looked at so often.
const STEP: Metres = Metres::whole(100);
/// With so many seconds left the cells around are reached on foot.
const AROUND_S: u32 = 40;

type Cell = (i32, i32);
type Ring = Vec<Cell>;

/// The outlines of what is reached.
#[must_use]
pub fn outline<const K: usize>(reached: &Reached<K>) -> MultiPolygon {
    let mut cells: HashSet<Cell> = HashSet::new();
    let mut wide: Option<f64> = None;
    reached.along(STEP, |point: Point, left| {
        // Cells are as wide as they are high where the first of them lies.
        let width = *wide.get_or_insert(CELL / point.lat().to_radians().cos().max(0.1));
        // Of degrees: at most 100,000 cells each way.
        let cell = ((point.lon() / width).floor() as i32, (point.lat() / CELL).floor() as i32);
        cells.insert(cell);
        if left.0 >= AROUND_S {
            for (dx, dy) in [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)] {
                cells.insert((cell.0 + dx, cell.1 + dy));
            }
        }
    });
    trace(&cells, [wide.unwrap_or(CELL), CELL])
}

/// The outlines of cells, what hangs together by sides being one polygon.
fn trace(cells: &HashSet<Cell>, [width, height]: [f64; 2]) -> MultiPolygon {
    let part = parts(cells);
    // Sides with a cell on their left and none on their right, by where they begin.
    let mut sides: HashMap<Cell, Vec<(Cell, u32)>> = HashMap::new();
    let mut begins: Vec<(Cell, Cell)> = Vec::new();
    let mut sorted: Vec<&Cell> = cells.iter().collect();
    sorted.sort_unstable();
    for &&(x, y) in &sorted {
        let around = [
            ((x, y - 1), (x, y), (x + 1, y)),
            ((x + 1, y), (x + 1, y), (x + 1, y + 1)),
            ((x, y + 1), (x + 1, y + 1), (x, y + 1)),
            ((x - 1, y), (x, y + 1), (x, y)),
        ];
        for (beyond, from, to) in around {
            if !cells.contains(&beyond) {
                sides.entry(from).or_default().push((to, part[&(x, y)]));
                begins.push((from, to));
            }
        }
    }
    let mut rings: HashMap<u32, (Vec<Ring>, Vec<Ring>)> = HashMap::new();
    for (from, to) in begins {
        let Some(open) = sides.get_mut(&from) else { continue };
        let Some(place) = open.iter().position(|(end, _)| *end == to) else { continue };
        let (_, of) = open.swap_remove(place);
        let (mut way, mut before, mut at) = (vec![from], from, to);
        loop {
            // A corner met again closes a ring of its own: rings touch there and do not cross.
            if let Some(met) = way.iter().rposition(|corner| *corner == at) {
                let ring: Vec<Cell> = way.drain(met..).collect();
                let (outer, holes) = rings.entry(of).or_default();
                if twice_area(&ring) > 0 { outer.push(ring) } else { holes.push(ring) }
            }
            if way.is_empty() {
                break;
            }
            way.push(at);
            // Where two cells touch at a corner the way stays with its own: it turns left.
            let left = (at.0 - (at.1 - before.1), at.1 + (at.0 - before.0));
            let Some(open) = sides.get_mut(&at).filter(|open| !open.is_empty()) else { break };
            let place = open.iter().position(|(end, _)| *end == left).unwrap_or(0);
            let (next, _) = open.swap_remove(place);
            (before, at) = (at, next);
        }
    }
    let line = |ring: &[Cell]| corners(ring, [width, height]);
    let mut polygons: Vec<(u32, Polygon)> = rings
        .into_iter()
        .filter_map(|(of, (outer, holes))| {
            let holes = holes.iter().map(|ring| line(ring)).collect();
            Some((of, Polygon::new(line(outer.first()?), holes)))
        })
        .collect();
    polygons.sort_unstable_by_key(|(of, _)| *of);
    MultiPolygon::new(polygons.into_iter().map(|(_, polygon)| polygon).collect())
}

/// Twice the area within a ring, cells; negative for a ring that runs clockwise.
fn twice_area(ring: &[Cell]) -> i64 {
    let next = ring.iter().skip(1).chain(ring.first());
    ring.iter()
        .zip(next)
        .map(|(a, b)| i64::from(a.0) * i64::from(b.1) - i64::from(b.0) * i64::from(a.1))
        .sum()
}

/// A ring in degrees, closed, without the corners at which it goes straight on.
fn corners(ring: &[Cell], [width, height]: [f64; 2]) -> LineString {
    let count = ring.len();
    let bends = |n: &usize| {
        let (a, b, c) = (ring[(n + count - 1) % count], ring[*n], ring[(n + 1) % count]);
        (b.0 - a.0, b.1 - a.1) != (c.0 - b.0, c.1 - b.1)
    };
    let place = |n: usize| Coord { x: f64::from(ring[n].0) * width, y: f64::from(ring[n].1) * height };
    let mut line: Vec<Coord> = (0..count).filter(bends).map(place).collect();
    line.extend(line.first().copied());
    LineString::new(line)
}

/// Which cells hang together by sides: a number for each.
fn parts(cells: &HashSet<Cell>) -> HashMap<Cell, u32> {
    let mut part: HashMap<Cell, u32> = HashMap::with_capacity(cells.len());
    let mut sorted: Vec<Cell> = cells.iter().copied().collect();
    sorted.sort_unstable();
    let mut next = 0;
    for cell in sorted {
        if part.contains_key(&cell) {
            continue;
        }
        let mut waiting = vec![cell];
        while let Some((x, y)) = waiting.pop() {
            if !cells.contains(&(x, y)) || part.contains_key(&(x, y)) {
                continue;
            }
            part.insert((x, y), next);
            waiting.extend([(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]);
        }
        next += 1;
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, Contains};
    use proptest::prelude::*;

    fn middle((x, y): Cell) -> geo::Point {
        geo::Point::new(f64::from(x) + 0.5, f64::from(y) + 0.5)
    }

    proptest! {
        /// The outlines hold every cell that is reached and no other, and are sound polygons.
        #[test]
        fn outlines_hold_what_is_reached_and_nothing_else(
            drawn in prop::collection::hash_set((0i32..9, 0i32..9), 0..60)
        ) {
            let outlines = trace(&drawn, [1.0, 1.0]);
            prop_assert_eq!(outlines.unsigned_area(), drawn.len() as f64);
            for cell in (-1..10).flat_map(|x| (-1..10).map(move |y| (x, y))) {
                prop_assert_eq!(outlines.contains(&middle(cell)), drawn.contains(&cell), "{:?}", cell);
            }
            if !drawn.is_empty() {
                crate::domain::zone::validity::check(&outlines).unwrap();
            }
        }
    }
}
