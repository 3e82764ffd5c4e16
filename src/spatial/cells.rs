//! A grid of the map: which seats lie where. A move within a cell costs a comparison, so the grid follows every
//! position, which a tree could not.

use std::collections::BTreeMap;

use crate::domain::quantities::Point;

/// Cells in a degree: a cell is 2.2 km high, so that a street's tile opens one or two.
const PER_DEGREE: f64 = 50.0;
/// In no cell.
pub(super) const NOWHERE: u32 = u32::MAX;

/// Seats by cell. Each seat's own cell is kept by whoever puts it in.
#[derive(Debug, Default)]
pub(super) struct Cells {
    /// By row, then by column: a box is a range of each of its rows.
    seats: BTreeMap<u32, Vec<u32>>,
}

/// A row or a column: degrees on the globe make no more than 18,000.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn step(degrees: f64) -> u32 {
    (degrees.max(0.0) * PER_DEGREE) as u32
}

fn cell(point: Point) -> u32 {
    step(point.lat() + 90.0) << 16 | step(point.lon() + 180.0)
}

/// Where a seat stands in a list. Cells of a city's middle hold a thousand: they are gone through by the block, each of
/// which the processor compares at once.
fn place_of(seat: u32, seats: &[u32]) -> Option<usize> {
    const BLOCK: usize = 32;
    let (blocks, _) = seats.as_chunks::<BLOCK>();
    let in_block = |block: &[u32; BLOCK]| block.iter().fold(false, |found, &other| found | (other == seat));
    let from = blocks.iter().position(in_block).unwrap_or(blocks.len()) * BLOCK;
    seats[from..].iter().position(|&other| other == seat).map(|place| from + place)
}

impl Cells {
    /// The unit of a seat in a cell, or [`NOWHERE`], is there now: its cell from now on.
    #[inline]
    pub(super) fn put(&mut self, seat: u32, from: u32, point: Point) -> u32 {
        let to = cell(point);
        if to != from {
            self.take(seat, from);
            self.seats.entry(to).or_default().push(seat);
        }
        to
    }

    /// The unit of a seat in a cell is gone.
    pub(super) fn take(&mut self, seat: u32, from: u32) {
        let Some(seats) = self.seats.get_mut(&from) else { return };
        if let Some(place) = place_of(seat, seats) {
            seats.swap_remove(place);
        }
        if seats.is_empty() {
            self.seats.remove(&from);
        }
    }

    /// Seats of the cells that a box of degrees touches: west, south, east, north.
    pub(super) fn near(&self, [west, south, east, north]: [f64; 4]) -> impl Iterator<Item = u32> {
        let (first, last) = (step(west + 180.0), step(east + 180.0));
        let rows = step(south + 90.0)..=step(north + 90.0);
        rows.flat_map(move |row| self.seats.range(row << 16 | first..=row << 16 | last))
            .flat_map(|(_, seats)| seats.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point() -> impl Strategy<Value = Point> {
        (43.0f64..43.4, 76.6f64..77.2).prop_map(|(lat, lon)| Point::new(lat, lon).unwrap())
    }

    proptest! {
        #[test]
        fn whatever_lies_in_a_box_is_found_there_wherever_it_was_before(
            moves in prop::collection::vec((0u32..40, prop::option::of(point())), 1..200),
            a in point(), b in point(),
        ) {
            let (mut cells, mut places, mut cell_of) = (Cells::default(), BTreeMap::new(), BTreeMap::new());
            for (seat, to) in moves {
                let from = cell_of.remove(&seat).unwrap_or(NOWHERE);
                match to {
                    Some(point) => { cell_of.insert(seat, cells.put(seat, from, point)); places.insert(seat, point); }
                    None => { cells.take(seat, from); places.remove(&seat); }
                }
            }
            let bounds = [a.lon().min(b.lon()), a.lat().min(b.lat()), a.lon().max(b.lon()), a.lat().max(b.lat())];
            let found: Vec<u32> = cells.near(bounds).collect();
            let mut once = found.clone();
            once.sort_unstable();
            once.dedup();
            prop_assert_eq!(once.len(), found.len(), "each once");
            for (seat, p) in &places {
                let inside = (bounds[0]..=bounds[2]).contains(&p.lon()) && (bounds[1]..=bounds[3]).contains(&p.lat());
                prop_assert!(!inside || found.contains(seat), "{seat} at {p:?}");
            }
            prop_assert!(found.iter().all(|seat| places.contains_key(seat)));
        }
    }
}
