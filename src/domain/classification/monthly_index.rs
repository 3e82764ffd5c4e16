//! The monthly calculation index (МРП/АЕК), in which the damage of an emergency is counted at the value of its day.
//!
//! The republican budget sets it for a year, and may set it anew within one. `monthly_index.csv` has the years that are
//! known with their source and certainty; an administrator enters those that come.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::decision::Refusal;
use crate::domain::said::said;

/// The index from a day to the end of its year, or to the next of that year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MonthlyIndex {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// What it comes to, tenge.
    pub tenge: u32,
}

/// Most that an administrator enters: decades of them.
const MOST: usize = 100;
/// Far above any index, tenge: a figure beyond it is a slip.
const MOST_TENGE: u32 = 1_000_000;

#[derive(Deserialize)]
struct Row {
    from: Date,
    tenge: u32,
}

static KNOWN: LazyLock<Vec<MonthlyIndex>> = LazyLock::new(|| {
    csv::Reader::from_reader(include_str!("monthly_index.csv").as_bytes())
        .into_deserialize::<Row>()
        .filter_map(Result::ok)
        .map(|row| MonthlyIndex { from: row.from, tenge: row.tenge })
        .collect()
});

/// The index of a day, tenge; what was entered goes before what the table has. `None` for years of which nobody entered
/// it: the index of another year is another one.
#[must_use]
pub fn monthly_index(entered: &[MonthlyIndex], day: Date) -> Option<u32> {
    let in_force = |one: &&MonthlyIndex| one.from.year() == day.year() && one.from <= day;
    let of =
        |all: &[MonthlyIndex]| all.iter().filter(in_force).max_by_key(|one| one.from).map(|one| one.tenge);
    of(entered).or_else(|| of(&KNOWN))
}

/// Checks what an administrator entered.
///
/// # Errors
/// [`Refusal::Invalid`] for an index of nothing or beyond any, for two of one day, and for too many.
pub fn check(entered: &[MonthlyIndex]) -> Result<(), Refusal> {
    if entered.len() > MOST || entered.iter().any(|one| !(1..=MOST_TENGE).contains(&one.tenge)) {
        return Err(Refusal::invalid(
            "monthly_indexes",
            said!("a monthly calculation index is 1 to {most} tenge; correct it", most = MOST_TENGE),
        ));
    }
    let twice = |at: usize| entered[..at].iter().any(|one| one.from == entered[at].from);
    if (0..entered.len()).any(twice) {
        return Err(Refusal::invalid(
            "monthly_indexes",
            said!("two monthly calculation indexes begin on one day; take one of them out"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{MonthlyIndex, check, monthly_index};

    #[test]
    fn the_index_is_that_of_the_day_and_of_no_other_year() {
        assert_eq!(monthly_index(&[], date(2025, 6, 1)), Some(3_932));
        assert_eq!(monthly_index(&[], date(2026, 12, 31)), Some(4_325));
        assert_eq!(monthly_index(&[], date(2027, 1, 1)), None);
        let entered = [
            MonthlyIndex { from: date(2027, 1, 1), tenge: 4_600 },
            MonthlyIndex { from: date(2027, 4, 1), tenge: 4_700 },
            MonthlyIndex { from: date(2026, 7, 1), tenge: 4_400 },
        ];
        assert_eq!(monthly_index(&entered, date(2027, 3, 31)), Some(4_600));
        assert_eq!(monthly_index(&entered, date(2027, 4, 1)), Some(4_700));
        assert_eq!(monthly_index(&entered, date(2028, 1, 1)), None);
        assert_eq!(monthly_index(&entered, date(2026, 6, 30)), Some(4_325));
        assert_eq!(monthly_index(&entered, date(2026, 7, 1)), Some(4_400));
    }

    #[test]
    fn an_index_of_nothing_or_twice_on_a_day_is_refused() {
        let of = |tenge| MonthlyIndex { from: date(2027, 1, 1), tenge };
        assert!(check(&[of(4_600)]).is_ok());
        for wrong in [vec![of(0)], vec![of(2_000_000)], vec![of(4_600), of(4_700)]] {
            assert!(check(&wrong).is_err(), "{wrong:?}");
        }
    }
}
