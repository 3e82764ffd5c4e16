//! Sharing out units over places: as many places filled as can be, at the least total cost.

/// The cost of leaving a place empty: more than any assignment of real units can save.
const EMPTY: i64 = 1 << 50;
/// The cost of a unit in a place that it does not fit: never taken, for leaving the place empty is cheaper.
const UNFIT: i64 = 1 << 52;

/// For each place the unit that fills it, or none. The Hungarian method with potentials, O(places² · units).
///
/// `cost` gives the cost of a unit in a place, or none where it does not fit; below 2^40.
pub(super) fn cheapest(
    places: usize,
    units: usize,
    cost: impl Fn(usize, usize) -> Option<i64>,
) -> Vec<Option<usize>> {
    // Columns: the units, then for each place a column that means "empty". Row and column 0 are the method's
    // own starting point.
    let columns = units + places;
    let at = |place: usize, column: usize| {
        if column < units { cost(place, column).unwrap_or(UNFIT) } else { EMPTY }
    };
    let (mut of_row, mut of_column) = (vec![0i64; places + 1], vec![0i64; columns + 1]);
    let mut row_of = vec![0usize; columns + 1];
    for row in 1..=places {
        row_of[0] = row;
        let mut column = 0;
        let mut least = vec![i64::MAX; columns + 1];
        let mut came_from = vec![0usize; columns + 1];
        let mut done = vec![false; columns + 1];
        while row_of[column] != 0 {
            done[column] = true;
            let current = row_of[column];
            let (mut delta, mut next) = (i64::MAX, 0);
            for j in (1..=columns).filter(|&j| !done[j]) {
                let reduced = at(current - 1, j - 1) - of_row[current] - of_column[j];
                if reduced < least[j] {
                    least[j] = reduced;
                    came_from[j] = column;
                }
                if least[j] < delta {
                    delta = least[j];
                    next = j;
                }
            }
            for j in 0..=columns {
                if done[j] {
                    of_row[row_of[j]] += delta;
                    of_column[j] -= delta;
                } else if least[j] != i64::MAX {
                    least[j] -= delta;
                }
            }
            column = next;
        }
        while column != 0 {
            let before = came_from[column];
            row_of[column] = row_of[before];
            column = before;
        }
    }
    let mut filled = vec![None; places];
    for unit in 0..units {
        if let Some(place) = row_of[unit + 1].checked_sub(1) {
            filled[place] = Some(unit);
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Most filled, then cheapest, over all ways.
    fn try_all(place: usize, used: &mut Vec<bool>, table: &[Vec<Option<i64>>]) -> (usize, i64) {
        if place == table.len() {
            return (0, 0);
        }
        let mut best = try_all(place + 1, used, table);
        for unit in 0..used.len() {
            let Some(cost) = table[place][unit].filter(|_| !used[unit]) else { continue };
            used[unit] = true;
            let (filled, sum) = try_all(place + 1, used, table);
            used[unit] = false;
            if filled + 1 > best.0 || (filled + 1 == best.0 && sum + cost < best.1) {
                best = (filled + 1, sum + cost);
            }
        }
        best
    }

    proptest! {
        #[test]
        fn no_other_sharing_fills_more_or_costs_less(
            (units, table) in (0usize..6).prop_flat_map(|units| {
                let row = prop::collection::vec(prop::option::weighted(0.6, 0i64..1_000), units);
                (Just(units), prop::collection::vec(row, 0..5))
            })
        ) {
            let filled = cheapest(table.len(), units, |p, u| table[p][u]);
            let mut used: Vec<usize> = filled.iter().flatten().copied().collect();
            let sum: i64 = filled.iter().enumerate().filter_map(|(p, u)| u.map(|u| table[p][u].unwrap())).sum();
            let best = try_all(0, &mut vec![false; units], &table);
            prop_assert_eq!((used.len(), sum), best);
            used.sort_unstable();
            used.dedup();
            prop_assert_eq!(used.len(), best.0, "no unit twice");
        }
    }
}
