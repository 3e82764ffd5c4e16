//! Hub labels (Abraham et al. 2011): for every vertex all that its climb would find, written out. A question then reads
//! a few short lists from end to end instead of following arcs through memory.

use super::graph::{FAR, Millis};

/// Entries at most, over both directions: 8 bytes each. A larger network is climbed instead.
pub(super) const MOST_ENTRIES: usize = 40_000_000;

/// Labels of one direction, by rank.
#[derive(Debug, Default)]
pub(super) struct Labels {
    place: Vec<(u32, u32)>,
    entries: Vec<(u32, Millis)>,
}

impl Labels {
    /// Writes them out for vertices with these climbs (rank and time); none when they are more than `most`. A hub
    /// that is reached sooner by climbing higher and descending to it (`descents`: from where, by rank) is no hub.
    pub(super) fn of<C: Iterator<Item = (u32, Millis)>>(
        vertices: u32,
        most: usize,
        climbs: impl Fn(u32) -> C,
        descents: impl Fn(u32) -> C,
    ) -> Option<Self> {
        let n = vertices as usize;
        let mut labels = Self { place: vec![(0, 0); n], entries: Vec::new() };
        let (mut time, mut met) = (vec![FAR; n], Vec::new());
        // From the top: whoever is climbed to has a label already.
        for rank in (0..vertices).rev() {
            time[rank as usize] = 0;
            met.push(rank);
            for (to, weight) in climbs(rank) {
                for (hub, rest) in labels.of_rank(to) {
                    let known = &mut time[*hub as usize];
                    if *known == FAR {
                        met.push(*hub);
                    }
                    *known = (*known).min(weight.saturating_add(*rest));
                }
            }
            let from = labels.entries.len() as u32;
            let sooner = |hub: &u32| {
                let here = time[*hub as usize];
                descents(*hub).any(|(above, weight)| {
                    let above = time[above as usize];
                    above != FAR && above.saturating_add(weight) < here
                })
            };
            labels
                .entries
                .extend(met.iter().filter(|hub| !sooner(hub)).map(|hub| (*hub, time[*hub as usize])));
            if labels.entries.len() > most {
                return None;
            }
            labels.place[rank as usize] = (from, labels.entries.len() as u32);
            met.drain(..).for_each(|hub| time[hub as usize] = FAR);
        }
        labels.entries.shrink_to_fit();
        Some(labels)
    }

    /// The hubs that a vertex climbs to, with the times.
    pub(super) fn of_rank(&self, rank: u32) -> &[(u32, Millis)] {
        let (from, to) = self.place[rank as usize];
        &self.entries[from as usize..to as usize]
    }

    /// How many entries.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}
