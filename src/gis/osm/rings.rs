//! Areas out of their outlines: lines that join end to end are a ring, rings within others are holes.

use std::collections::HashMap;

use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::{Area, LineString, MultiPolygon, Polygon};

/// Why an outline encloses nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BrokenArea {
    /// A line of it is not in the file: the extract was cut there.
    #[error("its outline way/{0} is not in the file")]
    NoWay(i64),
    /// A point of it is not in the file, or not on the globe.
    #[error("its corner node/{0} is not in the file")]
    NoPoint(i64),
    /// A line of it ends and none goes on.
    #[error("its outline is open at node/{0}")]
    Open(i64),
    /// It has no outer line.
    #[error("it has no outer outline")]
    NoOuter,
    /// A ring of fewer than three corners.
    #[error("an outline has fewer than three corners at node/{0}")]
    Flat(i64),
    /// A hole lies in none of its outlines.
    #[error("its hole at node/{0} lies outside it")]
    HoleOutside(i64),
}

/// The rings of lines that are named by their points; lines join where they share an end.
///
/// # Errors
/// [`BrokenArea::Open`], [`BrokenArea::Flat`].
pub fn rings(lines: &[&[i64]]) -> Result<Vec<Vec<i64>>, BrokenArea> {
    let mut at_end: HashMap<i64, Vec<usize>> = HashMap::new();
    for (index, line) in lines.iter().enumerate() {
        if let [first, .., last] = line
            && first != last
        {
            at_end.entry(*first).or_default().push(index);
            at_end.entry(*last).or_default().push(index);
        }
    }
    let mut used = vec![false; lines.len()];
    let mut rings = Vec::new();
    for index in 0..lines.len() {
        if used[index] || lines[index].is_empty() {
            continue;
        }
        used[index] = true;
        let mut ring = lines[index].to_vec();
        while let (Some(first), Some(last)) = (ring.first().copied(), ring.last().copied()) {
            if first == last && ring.len() > 1 {
                break;
            }
            let next = at_end.get(&last).and_then(|of| of.iter().copied().find(|next| !used[*next]));
            let next = next.ok_or(BrokenArea::Open(last))?;
            used[next] = true;
            if lines[next].first() == Some(&last) {
                ring.extend(&lines[next][1..]);
            } else {
                ring.extend(lines[next].iter().rev().skip(1));
            }
        }
        if ring.len() < 4 {
            return Err(BrokenArea::Flat(ring[0]));
        }
        rings.push(ring);
    }
    Ok(rings)
}

/// The area of these outlines and holes; `at` says where a point is, longitude first.
///
/// # Errors
/// [`BrokenArea`].
pub fn area(
    outer: &[&[i64]],
    inner: &[&[i64]],
    at: &dyn Fn(i64) -> Option<geo::Coord>,
) -> Result<MultiPolygon, BrokenArea> {
    let drawn = |ring: &[i64]| -> Result<LineString, BrokenArea> {
        let corners: Result<Vec<geo::Coord>, BrokenArea> =
            ring.iter().map(|id| at(*id).ok_or(BrokenArea::NoPoint(*id))).collect();
        corners.map(LineString::from)
    };
    let mut parts = Vec::new();
    for ring in rings(outer)? {
        let part = Polygon::new(drawn(&ring)?, Vec::new());
        parts.push((part.unsigned_area(), part));
    }
    if parts.is_empty() {
        return Err(BrokenArea::NoOuter);
    }
    // The smallest first: a hole belongs to the innermost part around it.
    parts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let outlines: Vec<Polygon> = parts.iter().map(|(_, part)| part.clone()).collect();
    for ring in rings(inner)? {
        let hole = drawn(&ring)?;
        let within = |part: &Polygon| {
            let places = hole.0.iter().map(|corner| part.coordinate_position(corner));
            places.into_iter().find(|place| *place != CoordPos::OnBoundary) != Some(CoordPos::Outside)
        };
        let part = outlines.iter().position(within).ok_or(BrokenArea::HoleOutside(ring[0]))?;
        parts[part].1.interiors_push(hole);
    }
    Ok(MultiPolygon::new(parts.into_iter().map(|(_, part)| part).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points of a grid: 10 · north + east.
    #[expect(clippy::cast_precision_loss, reason = "small")]
    fn at(id: i64) -> Option<geo::Coord> {
        (id < 100).then_some(geo::coord! { x: (id % 10) as f64, y: (id / 10) as f64 })
    }

    #[test]
    fn outlines_join_in_any_order_and_direction_and_holes_find_their_part() {
        let made =
            area(&[&[0, 5], &[50, 55, 5], &[0, 50], &[66, 67, 77, 66]], &[&[11, 12, 22], &[11, 21, 22]], &at)
                .unwrap();
        assert_eq!(made.0.len(), 2);
        let holes: Vec<usize> = made.0.iter().map(|part| part.interiors().len()).collect();
        assert_eq!(holes, [0, 1], "the smaller part first");
        assert!((made.unsigned_area() - 24.5).abs() < 1e-9);
    }

    #[test]
    fn what_is_broken_is_told_with_the_place() {
        assert_eq!(area(&[&[0, 5, 55]], &[], &at), Err(BrokenArea::Open(55)));
        assert_eq!(area(&[&[0, 5, 0]], &[], &at), Err(BrokenArea::Flat(0)));
        assert_eq!(area(&[], &[&[0, 5, 55, 0]], &at), Err(BrokenArea::NoOuter));
        assert_eq!(area(&[&[0, 5, 155, 0]], &[], &at), Err(BrokenArea::NoPoint(155)));
        let outside: (&[&[i64]], &[&[i64]]) = (&[&[0, 2, 22, 20, 0]], &[&[66, 67, 77, 66]]);
        assert_eq!(area(outside.0, outside.1, &at), Err(BrokenArea::HoleOutside(66)));
    }
}
