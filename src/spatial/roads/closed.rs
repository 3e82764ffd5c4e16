//! Which pieces of road are closed.

use geo::{Intersects, LineString, Polygon};

use super::network::Network;
use crate::domain::quantities::Point;

/// Closed pieces, a bit each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Closed(Vec<u64>);

impl Closed {
    /// Whether a piece is closed.
    #[must_use]
    pub fn has(&self, piece: u32) -> bool {
        self.0.get(piece as usize / 64).is_some_and(|bits| bits >> (piece % 64) & 1 == 1)
    }

    /// Closes a piece.
    pub fn close(&mut self, piece: u32) {
        let word = piece as usize / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (piece % 64);
    }

    /// How many are closed.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.0.iter().map(|bits| bits.count_ones()).sum()
    }

    /// Closes whatever has to do with an area.
    pub fn close_area(&mut self, network: &Network, area: &Polygon) {
        let corners: Vec<Point> =
            area.exterior().coords().filter_map(|c| Point::new(c.y, c.x).ok()).collect();
        for piece in network.shapes.near_box(&corners) {
            let course: Vec<(f64, f64)> = network.shapes.line(piece).map(|p| (p.lon(), p.lat())).collect();
            if area.intersects(&LineString::from(course)) {
                self.close(piece);
            }
        }
    }
}
