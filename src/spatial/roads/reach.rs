//! Where one comes within a time: from many places at once, to every place.
//!
//! Over prepared roads this is PHAST (Delling, Goldberg, Nowatzyk & Werneck 2013): the vertices stand in memory by
//! rank, so that the climb from all places together is one pass upwards and the descent to everywhere one pass
//! downwards, without a queue. Several places are answered in one pass, a lane each. A pass costs what the network is
//! large, so that in a country, where each comes to little of it, Dijkstra's search bounded by the time answers those that
//! are asked about apart ([`super::surroundings`]), as it answers all without a preparation.

use std::sync::Arc;

use super::graph::{FAR, Millis, Vertex};
use super::shape::OnPiece;
use super::surroundings::Surroundings;
use super::{Hierarchy, OFF_ROAD_SPEED, Roads};
use crate::domain::quantities::{Metres, Point, Seconds};

/// Places that are answered apart in one pass.
pub const LANES: usize = 16;

/// Vertices of a network that passes over all of it in many lanes are dear for: several times those of a large city. There a
/// pass in sixteen lanes takes 60 ns a vertex and more, the search 90 to 220 ns for each vertex that a lane reaches.
const COUNTRY: usize = 200_000;
/// The share of a country's vertices after which the search gives way to a pass over all.
const MOST: usize = 4;
/// No network is so large that a pass in one lane is dear: it takes 11 ns a vertex.
const NEVER: usize = usize::MAX;

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
    at: At<K>,
    /// Where the sources stand, with the time until they are on the road.
    begins: Vec<(usize, OnPiece, Millis)>,
    within: Millis,
}

/// When one is at each vertex.
#[derive(Debug)]
enum At<const K: usize> {
    /// By vertex.
    All(Vec<[Millis; K]>),
    /// Where any source comes.
    Around(Surroundings<K>),
}

impl<const K: usize> At<K> {
    fn of(&self, vertex: Vertex) -> &[Millis; K] {
        match self {
            Self::All(at) => &at[vertex as usize],
            Self::Around(around) => around.of_vertex(vertex),
        }
    }
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
        self.reached(sources.iter().take(K).enumerate(), within, COUNTRY)
    }

    /// As a network of a country's size has it.
    #[cfg(test)]
    pub(super) fn reach_in_a_country<const K: usize>(
        &self,
        sources: &[Source],
        within: Seconds,
    ) -> Reached<K> {
        self.reached(sources.iter().take(K).enumerate(), within, 0)
    }

    /// Where any of the sources comes within a time.
    #[must_use]
    pub fn reach_together(&self, sources: &[Source], within: Seconds) -> Reached<1> {
        self.reached(sources.iter().map(|source| (0, source)), within, NEVER)
    }

    fn reached<'a, const K: usize>(
        &self,
        sources: impl Iterator<Item = (usize, &'a Source)>,
        within: Seconds,
        country: usize,
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
        Reached { roads: self.clone(), at: self.at(&starts, within, country), begins, within }
    }

    fn at<const K: usize>(
        &self,
        starts: &[(usize, Vertex, Millis)],
        within: Millis,
        country: usize,
    ) -> At<K> {
        let graph = &self.network.graph;
        let closed = |drive: u32| self.closed.has(self.network.drives[drive as usize].piece);
        let around = |most| Surroundings::of(graph, starts, within, closed, most).map(At::Around);
        let everywhere = |hierarchy: &Arc<Hierarchy>| At::All(hierarchy.everywhere(starts, within));
        match &self.hierarchy {
            Some(hierarchy) if graph.vertices() < country => everywhere(hierarchy),
            Some(hierarchy) => around(graph.vertices() / MOST).unwrap_or_else(|| everywhere(hierarchy)),
            // Of a search without a bound something always comes.
            None => around(usize::MAX).unwrap_or_else(|| At::All(vec![[FAR; K]; graph.vertices()])),
        }
    }
}

impl<const K: usize> Reached<K> {
    /// When each source is at a place near a road; [`FAR`] for who is not in time.
    #[must_use]
    pub fn times(&self, end: &OnPiece) -> [Millis; K] {
        let network = &self.roads.network;
        let mut times = [FAR; K];
        for (vertex, rest) in network.goal(end.piece, end.part) {
            for (time, at) in times.iter_mut().zip(self.at.of(vertex)) {
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
        let first = |vertex: Vertex| self.at.of(vertex).iter().copied().min().unwrap_or(FAR);
        for piece in self.pieces() {
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

    /// The pieces that may be reached, in their order.
    fn pieces(&self) -> Vec<u32> {
        let network = &self.roads.network;
        let At::Around(around) = &self.at else {
            return (0..u32::try_from(network.pieces().len()).unwrap_or(u32::MAX)).collect();
        };
        let left = around.reached().iter().flat_map(|vertex| network.graph.leaving(*vertex));
        let mut pieces: Vec<u32> = left.map(|(_, arc)| network.drives[arc.drive as usize].piece).collect();
        pieces.sort_unstable();
        pieces.dedup();
        pieces
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
