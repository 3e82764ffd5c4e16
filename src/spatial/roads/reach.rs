//! Where one comes within a time: from many places at once, to every place.
//!
//! Over prepared roads this is PHAST (Delling, Goldberg, Nowatzyk & Werneck 2013): the vertices stand in memory by
//! rank, so that the climb from all places together is one pass upwards and the descent to everywhere one pass
//! downwards, without a queue. Several places are answered in one pass, a lane each. Without a preparation Dijkstra's
//! search answers, bounded by the time.

use super::graph::{FAR, Millis, Vertex};
use super::shape::OnPiece;
use super::{OFF_ROAD_SPEED, Roads};
use crate::domain::quantities::{Metres, Point, Seconds};

/// Places that are answered apart in one pass.
pub const LANES: usize = 16;

/// From where, and how long it takes before one leaves.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// The place.
    pub from: Point,
    /// Until it is left.
    pub after: Seconds,
}

/// Where one comes within a time, a lane for each source, or one for all.
#[derive(Debug)]
pub struct Reached<const K: usize> {
    roads: Roads,
    /// By vertex: when one is there.
    at: Vec<[Millis; K]>,
    /// Where the sources stand, with the time until they are on the road.
    begins: Vec<(usize, OnPiece, Millis)>,
    within: Millis,
}

fn millis(seconds: f64) -> Millis {
    // Clamped first, so that the cast keeps the number.
    (seconds * 1_000.0).clamp(0.0, f64::from(FAR / 4)).round() as Millis
}

fn off_road(away: Metres) -> Millis {
    millis(away.get() / OFF_ROAD_SPEED)
}

impl Roads {
    /// Where each of up to `K` sources comes within a time. Sources that no road is near come nowhere.
    #[must_use]
    pub fn reach<const K: usize>(&self, sources: &[Source], within: Seconds) -> Reached<K> {
        self.reached(sources.iter().take(K).enumerate(), within)
    }

    /// Where any of the sources comes within a time.
    #[must_use]
    pub fn reach_together(&self, sources: &[Source], within: Seconds) -> Reached<1> {
        self.reached(sources.iter().map(|source| (0, source)), within)
    }

    fn reached<'a, const K: usize>(
        &self,
        sources: impl Iterator<Item = (usize, &'a Source)>,
        within: Seconds,
    ) -> Reached<K> {
        let within = millis(f64::from(within.0));
        let begins: Vec<(usize, OnPiece, Millis)> = sources
            .filter_map(|(lane, source)| {
                let on = self.nearest(source.from)?;
                let until = millis(f64::from(source.after.0)).saturating_add(off_road(on.away));
                (until <= within).then_some((lane, on, until))
            })
            .collect();
        let starts: Vec<(usize, Vertex, Millis)> = begins
            .iter()
            .flat_map(|(lane, on, until)| {
                let vertices = self.network.start(on.piece, on.part).into_iter();
                vertices.map(|(vertex, time)| (*lane, vertex, time.saturating_add(*until)))
            })
            .collect();
        let at = match &self.hierarchy {
            Some(hierarchy) => hierarchy.everywhere(&starts, within),
            None => self.search_everywhere(&starts, within),
        };
        Reached { roads: self.clone(), at, begins, within }
    }

    fn search_everywhere<const K: usize>(
        &self,
        starts: &[(usize, Vertex, Millis)],
        within: Millis,
    ) -> Vec<[Millis; K]> {
        let closed = |drive: u32| self.closed.has(self.network.drives[drive as usize].piece);
        let mut at = vec![[FAR; K]; self.network.graph.vertices()];
        for lane in 0..K {
            let own = starts.iter().filter(|(l, ..)| *l == lane).map(|(_, vertex, time)| (*vertex, *time));
            for (here, time) in at.iter_mut().zip(self.network.graph.forward(own, within, &closed)) {
                here[lane] = time;
            }
        }
        at
    }
}

impl<const K: usize> Reached<K> {
    /// When each source is at a place near a road; [`FAR`] for who is not in time.
    #[must_use]
    pub fn times(&self, end: &OnPiece) -> [Millis; K] {
        let network = &self.roads.network;
        let mut times = [FAR; K];
        for (vertex, rest) in network.goal(end.piece, end.part) {
            for (time, at) in times.iter_mut().zip(&self.at[vertex as usize]) {
                *time = (*time).min(at.saturating_add(rest));
            }
        }
        for (lane, on, until) in &self.begins {
            if on.piece == end.piece
                && let Some(along) = network.along(on.piece, on.part, end.part)
            {
                times[*lane] = times[*lane].min(until.saturating_add(along));
            }
        }
        let off = off_road(end.away);
        times.map(|time| {
            let time = time.saturating_add(off);
            if time <= self.within { time } else { FAR }
        })
    }

    /// Gives the places along the roads that any source reaches, no farther apart than `step`, each with the time that
    /// is left there.
    pub fn along(&self, step: Metres, mut take: impl FnMut(Point, Seconds)) {
        let network = &self.roads.network;
        let first = |vertex: Vertex| self.at[vertex as usize].iter().copied().min().unwrap_or(FAR);
        for piece in 0..u32::try_from(network.pieces().len()).unwrap_or(u32::MAX) {
            if self.roads.closed.has(piece) {
                continue;
            }
            for (id, drive) in network.drives_of(piece) {
                let begun = network.begun(id, first);
                if begun <= self.within {
                    let begun = i64::from(begun);
                    self.drive(piece, drive.against, 0.0, (begun, drive.time), step, &mut take);
                }
            }
        }
        for (_, on, until) in &self.begins {
            take(on.point, self.left(*until));
            for (_, drive) in network.drives_of(on.piece) {
                let part = if drive.against { 1.0 - on.part } else { on.part };
                let begun = i64::from(*until) - (f64::from(drive.time) * part).round() as i64;
                self.drive(on.piece, drive.against, part, (begun, drive.time), step, &mut take);
            }
        }
    }

    /// Along one piece in one direction, from a part of its length on; `begun` is when its beginning was left, or would
    /// have been.
    fn drive(
        &self,
        piece: u32,
        against: bool,
        from: f64,
        (begun, time): (i64, Millis),
        step: Metres,
        take: &mut impl FnMut(Point, Seconds),
    ) {
        let shapes = &self.roads.network.shapes;
        let whole = self.roads.network.pieces()[piece as usize].length.get().max(0.001);
        let mut line: Vec<Point> = shapes.line(piece).collect();
        if against {
            line.reverse();
        }
        let mut so_far = 0.0;
        for ends in line.windows(2) {
            let length = ends[0].distance(ends[1]).get();
            let steps = (length / step.get().max(1.0)).ceil().max(1.0);
            for n in 0..=steps as u32 {
                let share = f64::from(n) / steps;
                let part = (so_far + length * share) / whole;
                let when = begun + (f64::from(time) * part.min(1.0)).round() as i64;
                let Ok(when) = Millis::try_from(when) else { continue };
                if part < from || when > self.within {
                    continue;
                }
                let between = |a: f64, b: f64| a + (b - a) * share;
                let (lat, lon) =
                    (between(ends[0].lat(), ends[1].lat()), between(ends[0].lon(), ends[1].lon()));
                if let Ok(point) = Point::new(lat, lon) {
                    take(point, self.left(when));
                }
            }
            so_far += length;
        }
    }

    fn left(&self, when: Millis) -> Seconds {
        Seconds(self.within.saturating_sub(when) / 1_000)
    }
}
