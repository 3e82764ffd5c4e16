//! The courses of streets and roads: which part of one is nearest, and where two of them come nearest to each other.

use super::EntryId;
use super::flat::Flat;
use crate::domain::quantities::{Metres, Point};

/// Longitude and latitude; a millionth of a degree is enough, and half the memory.
type Corner = [f32; 2];

/// Two streets cross where they come as near as this, also on two levels.
pub const CROSS: Metres = Metres::whole(30);

/// The courses of all streets and roads.
#[derive(Debug, Default)]
pub struct Courses {
    /// The pieces of each entry: `starts[i]..starts[i + 1]`.
    starts: Vec<u32>,
    /// Where each piece begins in `corners`; it ends where the next begins.
    pieces: Vec<u32>,
    corners: Vec<Corner>,
}

/// A place on a course.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct On {
    /// Where.
    pub point: Point,
    /// How far away from what was asked about.
    pub away: Metres,
}

impl Courses {
    /// Of pieces of so many entries.
    #[must_use]
    pub fn new(entries: usize, mut pieces: Vec<(EntryId, Vec<Corner>)>) -> Self {
        pieces.sort_by_key(|(entry, _)| *entry);
        let mut courses = Self::default();
        let of = |list: usize| u32::try_from(list).unwrap_or(u32::MAX);
        for (entry, corners) in pieces {
            while courses.starts.len() <= entry as usize {
                courses.starts.push(of(courses.pieces.len()));
            }
            courses.pieces.push(of(courses.corners.len()));
            courses.corners.extend(corners);
        }
        while courses.starts.len() <= entries {
            courses.starts.push(of(courses.pieces.len()));
        }
        courses.pieces.push(of(courses.corners.len()));
        courses
    }

    /// The pieces of an entry.
    fn of(&self, entry: EntryId) -> impl Iterator<Item = &[Corner]> {
        let entry = entry as usize;
        let range = self.starts.get(entry..entry + 2).map_or(0..0, |ends| ends[0] as usize..ends[1] as usize);
        range.map(|piece| &self.corners[self.pieces[piece] as usize..self.pieces[piece + 1] as usize])
    }

    /// The part of an entry that is nearest to a place.
    #[must_use]
    pub fn nearest(&self, entry: EntryId, at: Point) -> Option<On> {
        let flat = Flat::around(at);
        let lines = self.of(entry).flat_map(|piece| piece.windows(2));
        let nearest = lines
            .map(|line| {
                let (from, to) = (flat.of_corner(line[0]), flat.of_corner(line[1]));
                toward(from, to, [0.0, 0.0])
            })
            .min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(On { point: flat.point(nearest.0)?, away: Metres::saturating(nearest.1.sqrt()) })
    }

    /// How far from a place the furthest part of an entry is.
    #[must_use]
    pub fn furthest(&self, entry: EntryId, at: Point) -> Metres {
        let flat = Flat::around(at);
        let corners = self.of(entry).flatten().map(|corner| {
            let [x, y] = flat.of_corner(*corner);
            x * x + y * y
        });
        Metres::saturating(corners.fold(0.0, f64::max).sqrt())
    }

    /// Where two entries come nearest to each other, and how near; of several crossings the one nearest to `around`.
    #[must_use]
    pub fn approach(&self, one: EntryId, other: EntryId, around: Option<Point>) -> Option<On> {
        let [lon, lat] = *self.of(one).next()?.first()?;
        let flat = Flat::around(Point::new(f64::from(lat), f64::from(lon)).ok()?);
        let lines = |entry: EntryId| -> Vec<[[f64; 2]; 2]> {
            let pairs = self.of(entry).flat_map(|piece| piece.windows(2));
            pairs.map(|pair| [flat.of_corner(pair[0]), flat.of_corner(pair[1])]).collect()
        };
        let (mine, theirs) = (lines(one), lines(other));
        let eye = around.map(|at| flat.of(at));
        // Whatever is near enough to be a crossing is one, and the nearest to the eye of these is meant.
        let mut best: Option<([f64; 2], f64, f64)> = None;
        for a in &mine {
            for b in &theirs {
                let (place, gap) = between(*a, *b);
                let rank = gap.max(CROSS.get());
                let off = eye.map_or(0.0, |eye| (place[0] - eye[0]).hypot(place[1] - eye[1]));
                let better = best.is_none_or(|(_, least, nearest)| {
                    let known = least.max(CROSS.get());
                    rank < known || (rank <= known && off < nearest)
                });
                if better {
                    best = Some((place, gap, off));
                }
            }
        }
        let (place, gap, _) = best?;
        Some(On { point: flat.point(place)?, away: Metres::saturating(gap) })
    }
}

/// A course as it is kept.
#[must_use]
pub fn corners(line: &[Point]) -> Vec<Corner> {
    line.iter().map(|point| [point.lon() as f32, point.lat() as f32]).collect()
}

/// The point of a line that is nearest to a place, and the square of how far it is.
fn toward(from: [f64; 2], to: [f64; 2], at: [f64; 2]) -> ([f64; 2], f64) {
    let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
    let length_2 = dx * dx + dy * dy;
    let along = (at[0] - from[0]) * dx + (at[1] - from[1]) * dy;
    let share = if length_2 > 0.0 { (along / length_2).clamp(0.0, 1.0) } else { 0.0 };
    let point = [from[0] + dx * share, from[1] + dy * share];
    let (x, y) = (point[0] - at[0], point[1] - at[1]);
    (point, x * x + y * y)
}

/// Where two lines are nearest, half way between them, and how far they are apart.
fn between([a, b]: [[f64; 2]; 2], [c, d]: [[f64; 2]; 2]) -> ([f64; 2], f64) {
    let (r, s) = ([b[0] - a[0], b[1] - a[1]], [d[0] - c[0], d[1] - c[1]]);
    let across = r[0] * s[1] - r[1] * s[0];
    if across.abs() > f64::EPSILON {
        let q = [c[0] - a[0], c[1] - a[1]];
        let (t, u) = ((q[0] * s[1] - q[1] * s[0]) / across, (q[0] * r[1] - q[1] * r[0]) / across);
        if (0.0..=1.0).contains(&t) && (0.0..=1.0).contains(&u) {
            return ([a[0] + r[0] * t, a[1] + r[1] * t], 0.0);
        }
    }
    let ends = [(toward(a, b, c), c), (toward(a, b, d), d), (toward(c, d, a), a), (toward(c, d, b), b)];
    let nearest = ends.into_iter().min_by(|x, y| x.0.1.total_cmp(&y.0.1));
    nearest.map_or((a, f64::MAX), |((point, apart_2), end)| {
        ([(point[0] + end[0]) / 2.0, (point[1] + end[1]) / 2.0], apart_2.sqrt())
    })
}
