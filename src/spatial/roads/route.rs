//! The way of one unit, to be drawn.

use super::network::Drive;
use super::{FAR, Millis, OnPiece, Roads, off_road, seconds};
use crate::domain::quantities::{Metres, Point, Seconds};
use crate::spatial::earth;

/// A way from a place to a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Its course, from the place on the road that is nearest to the beginning.
    pub line: Vec<Point>,
    /// Its length.
    pub length: Metres,
    /// How long it takes, off the road at both ends included.
    pub time: Seconds,
}

/// A piece, and the parts of its length between which it is driven.
type Part = (u32, f64, f64);

impl Roads {
    /// The soonest way over the roads that are open; none where none is known.
    #[must_use]
    pub fn route(&self, from: Point, to: Point) -> Option<Route> {
        let (begin, end) = (self.nearest(from)?, self.nearest(to)?);
        let along = (begin.piece == end.piece)
            .then(|| self.network.along(begin.piece, begin.part, end.part))
            .flatten();
        let (drives, millis) = match self.drives(&begin, &end) {
            Some((drives, millis)) if along.is_none_or(|along| millis < along) => (Some(drives), millis),
            _ => (None, along?),
        };
        let mut line = vec![begin.point];
        match drives {
            None => line.extend(self.part_of(begin.piece, begin.part, end.part)),
            Some(drives) => {
                for (piece, from, to) in drives {
                    line.extend(self.part_of(piece, from, to));
                }
            }
        }
        line.push(end.point);
        line.dedup();
        let length = line.windows(2).map(|w| earth::geodesic(w[0], w[1]).get()).sum();
        let off = off_road(begin.away) + off_road(end.away);
        let time = seconds(f64::from(millis) / 1_000.0 + off);
        Some(Route { line, length: Metres::saturating(length), time })
    }

    /// Pieces with the parts between which each is driven, and the time of all.
    fn drives(&self, begin: &OnPiece, end: &OnPiece) -> Option<(Vec<Part>, Millis)> {
        let network = &self.network;
        let (start, goal) = (network.start(begin.piece, begin.part), network.goal(end.piece, end.part));
        let (first, arcs, millis) = match &self.hierarchy {
            Some(hierarchy) => hierarchy.route(&goal, &start)?,
            None => {
                let mut next = Vec::new();
                let starts: Vec<Vec<_>> = start.iter().map(|s| vec![*s]).collect();
                let times = self.search(&goal, &starts, Some(&mut next));
                let (time, (first, _)) = times.into_iter().zip(&start).min().filter(|(t, _)| *t < FAR)?;
                let mut arcs = Vec::new();
                let mut at = *first;
                while let Some(arc) = next.get(at as usize).filter(|arc| **arc != u32::MAX) {
                    arcs.push(*arc);
                    at = network.graph.arc(*arc).to;
                }
                (*first, arcs, time)
            }
        };
        let whole = |drive: Drive| if drive.against { (1.0, 0.0) } else { (0.0, 1.0) };
        let mut parts = Vec::with_capacity(arcs.len() + 2);
        let leaves = |drive: &Drive| network.start_of(*drive).0 == first;
        let out = network.drives_of(begin.piece).map(|(_, drive)| drive).find(leaves)?;
        parts.push((begin.piece, begin.part, whole(out).1));
        let mut last = first;
        for arc in arcs {
            let arc = network.graph.arc(arc);
            let drive = network.drives[arc.drive as usize];
            let (from, to) = whole(drive);
            parts.push((drive.piece, from, to));
            last = arc.to;
        }
        let enters = |id: u32| network.departs(id, last);
        let remaining = |drive: &Drive| if drive.against { 1.0 - end.part } else { end.part };
        let into = network
            .drives_of(end.piece)
            .filter(|(id, _)| enters(*id))
            .map(|(_, drive)| drive)
            .min_by(|a, b| remaining(a).total_cmp(&remaining(b)))?;
        parts.push((end.piece, whole(into).0, end.part));
        Some((parts, millis))
    }

    /// The corners of a piece between two parts of its length, in the direction from the one to the other.
    fn part_of(&self, piece: u32, from: f64, to: f64) -> Vec<Point> {
        let line: Vec<Point> = self.network.shapes.line(piece).collect();
        let lengths: Vec<f64> = line.windows(2).map(|w| earth::geodesic(w[0], w[1]).get()).collect();
        let whole: f64 = lengths.iter().sum();
        let mut so_far = 0.0;
        let mut kept = Vec::new();
        for (index, corner) in line.iter().enumerate() {
            let part = if whole > 0.0 { so_far / whole } else { 0.0 };
            if part >= from.min(to) - 1e-9 && part <= from.max(to) + 1e-9 {
                kept.push(*corner);
            }
            so_far += lengths.get(index).copied().unwrap_or(0.0);
        }
        if from > to {
            kept.reverse();
        }
        kept
    }
}
