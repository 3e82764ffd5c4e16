//! Open cards by place and time, so that a message is compared with the few it may speak of and not with all.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use crate::domain::ids::IncidentId;
use crate::domain::quantities::Point;

/// Side of a cell, degrees: about 1.1 km of latitude.
const CELL_DEGREES: f64 = 0.01;
/// At most this many candidates, the latest first: a busy square never makes a message slow.
const MOST: usize = 24;

type Cell = (i32, i32);

/// Open cards by cell, and those that lie in none yet. A rebuildable view of the state, never stored.
#[derive(Debug, Clone, Default)]
pub struct Nearby {
    cells: HashMap<Cell, Vec<IncidentId>>,
    of: HashMap<IncidentId, Cell>,
    /// Cards that have no point yet.
    unlocated: BTreeSet<IncidentId>,
}

fn cell(p: Point) -> Cell {
    // Bounded by the globe: at most 36,000 cells either way.
    #[allow(clippy::cast_possible_truncation)]
    let part = |degrees: f64| (degrees / CELL_DEGREES).floor() as i32;
    (part(p.lat()), part(p.lon()))
}

impl Nearby {
    /// Puts a card where it is now; a card without a point is in no cell and is known for it.
    pub fn insert(&mut self, id: IncidentId, point: Option<Point>, _at: Timestamp) {
        let new = point.map(cell);
        if new.is_some() && self.of.get(&id).copied() == new {
            return;
        }
        self.remove(id);
        match new {
            Some(c) => {
                self.cells.entry(c).or_default().push(id);
                self.of.insert(id, c);
            }
            None => {
                self.unlocated.insert(id);
            }
        }
    }

    /// Takes a card away.
    pub fn remove(&mut self, id: IncidentId) {
        self.unlocated.remove(&id);
        if let Some(c) = self.of.remove(&id)
            && let Some(ids) = self.cells.get_mut(&c)
        {
            ids.retain(|other| *other != id);
            if ids.is_empty() {
                self.cells.remove(&c);
            }
        }
    }

    /// Cards without a point, the latest first.
    pub fn unlocated(&self) -> impl Iterator<Item = IncidentId> {
        self.unlocated.iter().rev().copied()
    }

    /// Cards in the cell of the point and its eight neighbours, the latest put first, at most 24.
    #[must_use]
    pub fn around(&self, point: Point) -> Vec<IncidentId> {
        let (a, b) = cell(point);
        let mut found: Vec<IncidentId> = Vec::new();
        for (da, db) in (-1..=1).flat_map(|da| (-1..=1).map(move |db| (da, db))) {
            if let Some(ids) = self.cells.get(&(a + da, b + db)) {
                found.extend(ids.iter().rev().take(MOST));
            }
        }
        // Identities are time-ordered: the latest are the largest.
        found.sort_unstable_by(|x, y| y.cmp(x));
        found.truncate(MOST);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_card_is_found_from_the_next_cell_and_not_after_it_moved_away() {
        let p = |lat, lon| Point::new(lat, lon).expect("point");
        let id = IncidentId(Uuid::from_u128(7));
        let mut near = Nearby::default();
        near.insert(id, Some(p(43.2399, 76.9)), Timestamp::UNIX_EPOCH);
        assert_eq!(near.around(p(43.2401, 76.9)), [id]);
        near.insert(id, Some(p(43.5, 76.9)), Timestamp::UNIX_EPOCH);
        assert!(near.around(p(43.2401, 76.9)).is_empty());
        near.insert(id, None, Timestamp::UNIX_EPOCH);
        assert!(near.around(p(43.5, 76.9)).is_empty() && near.cells.is_empty());
        assert_eq!(near.unlocated().collect::<Vec<_>>(), [id]);
        near.insert(id, Some(p(43.5, 76.9)), Timestamp::UNIX_EPOCH);
        assert_eq!((near.unlocated().count(), near.around(p(43.5, 76.9)).len()), (0, 1));
        near.remove(id);
        assert_eq!((near.unlocated().count(), near.around(p(43.5, 76.9)).len()), (0, 0));
    }
}
