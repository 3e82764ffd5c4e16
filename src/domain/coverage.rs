//! How much of the population the free units of a service reach in time, what is left when some of them go, and which
//! move of a unit to another station restores most.
//!
//! Pure sums over who reaches what: the times come from the roads. A move is proposed to the officer and never sent by
//! itself.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::quantities::Seconds;

/// Within what time units of a service are to arrive. 112-R states none: a region enters the figure of the rules that
/// bind the service, and says which these are. Unset where the law says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NormativeTime {
    /// From the request to the arrival.
    pub within: Seconds,
    /// The act and its clause that say so.
    pub source: String,
}

/// What a share of coverage is a share of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Inhabitants, as the places' sources give them, spread over house numbers.
    Population,
    /// House numbers, each alike: no place says how many live there.
    HouseNumbers,
}

/// Which cells of the population somebody reaches in time: a bit each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    words: Vec<u64>,
}

impl Reach {
    /// Reaches none of so many cells.
    #[must_use]
    pub fn none(cells: usize) -> Self {
        Self { words: vec![0; cells.div_ceil(64)] }
    }

    /// From a yes or no per cell.
    pub fn of(cells: impl IntoIterator<Item = bool>) -> Self {
        let mut reach = Self::default();
        for (cell, yes) in cells.into_iter().enumerate() {
            if cell % 64 == 0 {
                reach.words.push(0);
            }
            if let Some(word) = reach.words.last_mut() {
                *word |= u64::from(yes) << (cell % 64);
            }
        }
        reach
    }

    /// Adds a cell.
    pub fn add(&mut self, cell: usize) {
        if let Some(word) = self.words.get_mut(cell / 64) {
            *word |= 1 << (cell % 64);
        }
    }

    /// Whether a cell is reached.
    #[must_use]
    pub fn has(&self, cell: usize) -> bool {
        self.words.get(cell / 64).is_some_and(|word| word >> (cell % 64) & 1 == 1)
    }

    fn cells(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                (rest != 0).then(|| {
                    let bit = rest.trailing_zeros() as usize;
                    rest &= rest - 1;
                    at * 64 + bit
                })
            })
        })
    }
}

/// By how many of these each cell is reached.
fn counts(cells: usize, units: &[Reach]) -> Vec<u32> {
    let mut counts = vec![0u32; cells];
    for cell in units.iter().flat_map(Reach::cells) {
        if let Some(count) = counts.get_mut(cell) {
            *count += 1;
        }
    }
    counts
}

/// How many people at least one of these reaches. `people` by cell.
#[must_use]
pub fn covered(people: &[f64], units: &[Reach]) -> f64 {
    let counts = counts(people.len(), units);
    // Nought and not a sum of nothing, which is -0.
    counts.iter().zip(people).filter(|(n, _)| **n > 0).fold(0.0, |all, (_, people)| all + people)
}

/// The cells that nobody of these reaches once some (by their place in `units`) are gone, though somebody did before.
#[must_use]
pub fn left_uncovered(cells: usize, units: &[Reach], gone: &[usize]) -> Vec<usize> {
    let before = counts(cells, units);
    let staying: Vec<Reach> =
        units.iter().enumerate().filter(|(n, _)| !gone.contains(n)).map(|(_, r)| r.clone()).collect();
    let after = counts(cells, &staying);
    (0..cells).filter(|cell| before[*cell] > 0 && after[*cell] == 0).collect()
}

/// A unit that would go to stand at a station.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// Its place among the units.
    pub unit: usize,
    /// The station's place among the stations.
    pub station: usize,
    /// So many more people are reached in time once it stands there, and those before it where they would; who is no
    /// longer reached because it left is taken off.
    pub gain: f64,
}

/// The moves that gain most, best first: each is the best once those before it are made, so that the gains add up. At most
/// one for a unit and one for a station, and none that gains less than `least`. `people` by cell; what each unit reaches
/// from where it is, and what a unit would reach from each station.
#[must_use]
pub fn best_moves(people: &[f64], units: &[Reach], stations: &[Reach], least: f64, most: usize) -> Vec<Move> {
    let mut counts = counts(people.len(), units);
    let mut chosen: Vec<Move> = Vec::new();
    while chosen.len() < most {
        let Some(next) = best_move(people, &counts, units, stations, &chosen) else { break };
        if next.gain < least {
            break;
        }
        for cell in units[next.unit].cells() {
            counts[cell] -= 1;
        }
        for cell in stations[next.station].cells() {
            counts[cell] += 1;
        }
        chosen.push(next);
    }
    chosen
}

/// The best move of a unit and to a station that are not among those chosen; none that gains nothing.
fn best_move(
    people: &[f64],
    counts: &[u32],
    units: &[Reach],
    stations: &[Reach],
    chosen: &[Move],
) -> Option<Move> {
    let weight = |cell: &usize| people.get(*cell).copied().unwrap_or(0.0);
    // What a station adds for whoever comes: cells that nobody reaches.
    let adds: Vec<f64> =
        stations.iter().map(|s| s.cells().filter(|c| counts[*c] == 0).map(|c| weight(&c)).sum()).collect();
    let mut best: Option<Move> = None;
    let idle = (0..units.len()).filter(|unit| chosen.iter().all(|c| c.unit != *unit));
    for unit in idle {
        let alone: Vec<usize> = units[unit].cells().filter(|c| counts[*c] == 1).collect();
        let lost: f64 = alone.iter().map(weight).sum();
        for (station, there) in stations.iter().enumerate() {
            // The best case first: what the unit keeps cannot be more than what it would lose.
            let enough = best.map_or(0.0, |best| best.gain);
            if adds[station] <= enough || chosen.iter().any(|c| c.station == station) {
                continue;
            }
            let kept: f64 = alone.iter().filter(|c| there.has(**c)).map(weight).sum();
            let gain = adds[station] - lost + kept;
            if gain > enough {
                best = Some(Move { unit, station, gain });
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn case() -> impl Strategy<Value = (Vec<f64>, Vec<Reach>, Vec<Reach>)> {
        (1usize..150, 1usize..7, 1usize..6).prop_flat_map(|(cells, units, stations)| {
            let reach = move || prop::collection::vec(prop::bool::weighted(0.3), cells).prop_map(Reach::of);
            let people = prop::collection::vec((0u32..1_000).prop_map(f64::from), cells);
            (people, prop::collection::vec(reach(), units), prop::collection::vec(reach(), stations))
        })
    }

    /// What is covered when one unit stands at a station instead, counted anew.
    fn moved(people: &[f64], units: &[Reach], stations: &[Reach], unit: usize, station: usize) -> f64 {
        let mut after = units.to_vec();
        after[unit] = stations[station].clone();
        covered(people, &after)
    }

    proptest! {
        /// A proposal never lowers coverage, says its gain truly, and none of all pairs gains more than the first.
        #[test]
        fn the_first_proposal_is_the_best_of_all_pairs_and_none_lowers_coverage(
            (people, units, stations) in case()
        ) {
            let now = covered(&people, &units);
            let moves = best_moves(&people, &units, &stations, 0.0, 3);
            let (mut placed, mut reached) = (units.clone(), now);
            for one in &moves {
                placed[one.unit] = stations[one.station].clone();
                let after = covered(&people, &placed);
                prop_assert!(after > reached);
                prop_assert_eq!(after - reached, one.gain, "each gain is counted after the moves before it");
                reached = after;
            }
            let pairs = (0..units.len()).flat_map(|u| (0..stations.len()).map(move |s| (u, s)));
            let best = pairs.map(|(u, s)| moved(&people, &units, &stations, u, s) - now).fold(0.0, f64::max);
            prop_assert_eq!(moves.first().map_or(0.0, |m| m.gain), best);
            let mut who: Vec<usize> = moves.iter().map(|m| m.unit).collect();
            who.dedup();
            prop_assert_eq!(who.len(), moves.len(), "nobody is sent to two stations");
        }

        /// What is left uncovered is what is covered now and is not without those who go.
        #[test]
        fn what_is_left_uncovered_is_the_difference((people, units, _) in case(), gone in prop::collection::vec(0usize..7, 0..4)) {
            let left: f64 = left_uncovered(people.len(), &units, &gone).iter().map(|c| people[*c]).sum();
            let staying: Vec<Reach> = units.iter().enumerate().filter(|(n, _)| !gone.contains(n)).map(|(_, r)| r.clone()).collect();
            prop_assert_eq!(covered(&people, &units) - covered(&people, &staying), left);
        }
    }

    #[test]
    fn the_gains_of_several_moves_add_up_and_nothing_is_minus_nought() {
        let people = [100.0, 80.0, 10.0, 0.0];
        let idle = Reach::none(4);
        let near = Reach::of([true, true, false, false]);
        let beside = Reach::of([true, false, true, false]);
        let moves = best_moves(&people, &[idle.clone(), idle], &[near, beside], 0.0, 3);
        assert_eq!(
            moves.iter().map(|m| m.gain).collect::<Vec<_>>(),
            [180.0, 10.0],
            "110 against the present"
        );
        assert!(covered(&people, &[]).is_sign_positive());
    }

    #[test]
    fn a_move_that_only_shifts_the_gap_is_not_proposed() {
        let people = [100.0, 100.0, 5.0];
        let unit = Reach::of([true, false, false]);
        let other = Reach::of([false, true, false]);
        assert_eq!(
            best_moves(&people, std::slice::from_ref(&unit), std::slice::from_ref(&other), 0.0, 3),
            []
        );
        let idle = best_moves(&people, &[unit.clone(), unit], &[other], 0.0, 3);
        assert_eq!(idle, [Move { unit: 0, station: 0, gain: 100.0 }]);
        let few = Reach::of([false, false, true]);
        assert_eq!(best_moves(&people, &[Reach::none(3)], &[few], 10.0, 3), [], "five people are no reason");
    }
}
