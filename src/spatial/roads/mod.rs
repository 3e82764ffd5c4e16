//! Road times: which way is the soonest for an emergency vehicle, and how long it takes.
//!
//! [`Network`] is the graph out of the imported pieces, with one-way streets and turn restrictions; [`Hierarchy`] is
//! its preparation; [`Roads`] answers: many units to one place at once, and the way of one. What is closed
//! is closed at once: until a preparation without it is there, Dijkstra's search answers, as exactly.

mod closed;
mod graph;
mod hierarchy;
mod labels;
mod network;
mod reach;
mod route;
mod shape;
mod surroundings;

#[cfg(test)]
mod tests;

pub use closed::Closed;
pub use graph::{FAR, Graph, GraphArc, Millis, Vertex};
pub use hierarchy::Hierarchy;
pub use network::{Network, Piece};
pub use reach::{LANES, Reached, Source};
pub use route::Route;
pub use shape::OnPiece;

use std::sync::Arc;

use crate::domain::quantities::{Metres, Point, Seconds};

/// How far from a road a place may lie that is reached by road.
pub const OFF_ROAD: Metres = Metres::whole(3_000);
/// What is made off the road, metres per second: a planning figure of this project.
const OFF_ROAD_SPEED: f64 = 5.0;

/// Roads as they are now.
#[derive(Debug, Clone)]
pub struct Roads {
    network: Arc<Network>,
    closed: Arc<Closed>,
    hierarchy: Option<Arc<Hierarchy>>,
}

/// What is known of a way before it is driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoadTime(pub Seconds);

/// What the roads say of the way from a place to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// How long it takes.
    Takes(RoadTime),
    /// There is one, but none over the roads that are open.
    CutOff,
    /// No road is known there, or the roads that are known do not meet.
    Unknown,
}

impl Way {
    /// How long it takes, where it can be driven.
    #[must_use]
    pub fn time(self) -> Option<RoadTime> {
        match self {
            Self::Takes(time) => Some(time),
            Self::CutOff | Self::Unknown => None,
        }
    }
}

impl Roads {
    /// All open and not prepared yet: every answer is a search.
    #[must_use]
    pub fn unprepared(network: Arc<Network>) -> Self {
        Self { network, closed: Arc::new(Closed::default()), hierarchy: None }
    }

    /// The same roads with other closures, in force at once.
    #[must_use]
    pub fn closing(&self, closed: Closed) -> Self {
        Self { network: Arc::clone(&self.network), closed: Arc::new(closed), hierarchy: None }
    }

    /// The same, prepared.
    #[must_use]
    pub fn prepared(&self, hierarchy: Arc<Hierarchy>) -> Self {
        Self { hierarchy: Some(hierarchy), ..self.clone() }
    }

    /// Prepares these roads: in a given order, or in one that is found. Takes its time.
    #[must_use]
    pub fn prepare(&self, order: Option<&[Vertex]>) -> Hierarchy {
        let closed = |drive: u32| self.closed.has(self.network.drives[drive as usize].piece);
        order
            .and_then(|order| Hierarchy::in_order(&self.network.graph, order, &closed))
            .unwrap_or_else(|| Hierarchy::prepare(&self.network.graph, &closed))
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &Arc<Network> {
        &self.network
    }

    /// What is closed.
    #[must_use]
    pub fn closed(&self) -> &Closed {
        &self.closed
    }

    /// Its preparation, once there is one.
    #[must_use]
    pub fn hierarchy(&self) -> Option<&Arc<Hierarchy>> {
        self.hierarchy.as_ref()
    }

    /// The nearest place on a road that leads somewhere.
    #[must_use]
    pub fn nearest(&self, place: Point) -> Option<OnPiece> {
        self.network.shapes.nearest(place, OFF_ROAD, |piece| self.network.is_connected(piece))
    }

    /// The times from many places to one, over the roads that are open; none from where there is no way. A place
    /// on a closed road is reached and left along it.
    #[must_use]
    pub fn times(&self, from: &[Point], to: Point) -> Vec<Option<RoadTime>> {
        let Some(end) = self.nearest(to) else { return vec![None; from.len()] };
        let begins: Vec<Option<OnPiece>> = from.iter().map(|place| self.nearest(*place)).collect();
        let millis = self.millis(&begins, &end);
        begins.iter().zip(millis).map(|(begin, millis)| time(begin.as_ref()?, millis, &end)).collect()
    }

    /// The ways from many places to one: as [`Self::times`], and where there is none, whether closures are why. That
    /// costs a search of its own, which only places without a way pay for.
    #[must_use]
    pub fn ways(&self, from: &[Point], to: Point) -> Vec<Way> {
        let Some(end) = self.nearest(to) else { return vec![Way::Unknown; from.len()] };
        let begins: Vec<Option<OnPiece>> = from.iter().map(|place| self.nearest(*place)).collect();
        let millis = self.millis(&begins, &end);
        let known = begins.iter().zip(millis).map(|(begin, millis)| time(begin.as_ref()?, millis, &end));
        let mut ways: Vec<Way> = known.map(|time| time.map_or(Way::Unknown, Way::Takes)).collect();
        let lost: Vec<usize> =
            (0..ways.len()).filter(|n| ways[*n] == Way::Unknown && begins[*n].is_some()).collect();
        if !lost.is_empty() && self.closed.count() > 0 {
            let open = Self::unprepared(Arc::clone(&self.network));
            let begins: Vec<Option<OnPiece>> = lost.iter().map(|n| begins[*n]).collect();
            for (place, millis) in lost.into_iter().zip(open.millis(&begins, &end)) {
                if millis < FAR {
                    ways[place] = Way::CutOff;
                }
            }
        }
        ways
    }

    /// The times between places on roads, milliseconds; [`FAR`] where there is no way.
    #[must_use]
    pub fn millis(&self, begins: &[Option<OnPiece>], end: &OnPiece) -> Vec<Millis> {
        let goal = self.network.goal(end.piece, end.part);
        let starts: Vec<Vec<(Vertex, Millis)>> = begins
            .iter()
            .map(|begin| begin.as_ref().map(|b| self.network.start(b.piece, b.part)).unwrap_or_default())
            .collect();
        let mut times = match &self.hierarchy {
            Some(hierarchy) => hierarchy.many_to_one(&goal, &starts),
            None => self.search(&goal, &starts, None),
        };
        for (time, begin) in times.iter_mut().zip(begins) {
            if let Some(begin) = begin.as_ref().filter(|begin| begin.piece == end.piece) {
                let along = self.network.along(begin.piece, begin.part, end.part);
                *time = along.map_or(*time, |along| along.min(*time));
            }
        }
        times
    }

    /// Dijkstra's search, for the same answers without preparation.
    fn search(
        &self,
        goal: &[(Vertex, Millis)],
        starts: &[Vec<(Vertex, Millis)>],
        next: Option<&mut Vec<u32>>,
    ) -> Vec<Millis> {
        let closed = |drive: u32| self.closed.has(self.network.drives[drive as usize].piece);
        self.network.graph.backward(goal, starts, &closed, next)
    }
}

fn time(begin: &OnPiece, millis: Millis, end: &OnPiece) -> Option<RoadTime> {
    let off = off_road(begin.away) + off_road(end.away);
    (millis < FAR).then(|| RoadTime(seconds(f64::from(millis) / 1_000.0 + off)))
}

fn off_road(away: Metres) -> f64 {
    away.get() / OFF_ROAD_SPEED
}

fn seconds(seconds: f64) -> Seconds {
    // Clamped first, so that the cast keeps the number.
    Seconds(seconds.clamp(0.0, f64::from(u32::MAX)).round() as u32)
}
