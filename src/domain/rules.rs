//! The editions of the 112 rules (112-O c.1, c.4): what is handled today is judged by the edition in force today,
//! and an old incident by the edition under which it was handled.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One edition of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Edition {
    /// Number of the order that gave it.
    pub order: String,
    /// Date of that order.
    #[schema(value_type = String, format = Date)]
    pub signed: Date,
    /// Whose order.
    pub issued_by: String,
    /// Its number in the state register of normative acts, where known.
    pub registration: Option<String>,
    /// In force from this day.
    #[schema(value_type = String, format = Date)]
    pub in_force: Date,
    /// Whether the day in force was read in the official text; otherwise it rests on what `source` says.
    pub verified: bool,
    /// Where the day in force is from.
    pub source: String,
}

/// A row that does not read is a fault of the build, found by a test.
static EDITIONS: LazyLock<Vec<Edition>> = LazyLock::new(|| {
    csv::Reader::from_reader(include_str!("rules_editions.csv").as_bytes())
        .deserialize()
        .filter_map(Result::ok)
        .collect()
});

/// All editions, the earliest first.
#[must_use]
pub fn editions() -> &'static [Edition] {
    &EDITIONS
}

/// The edition in force at a moment (the country's time, UTC+5); before the first, none.
#[must_use]
pub fn in_force_at(at: Timestamp) -> Option<&'static Edition> {
    let day = at.to_zoned(TimeZone::fixed(Offset::constant(5))).date();
    editions().iter().rev().find(|e| e.in_force <= day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_is_judged_by_the_edition_of_its_day() {
        let edition = |at: &str| in_force_at(at.parse().unwrap()).map(|e| e.order.as_str());
        assert_eq!(edition("2014-01-01T00:00:00Z"), None);
        assert_eq!(edition("2019-06-01T00:00:00Z"), Some("1051"));
        assert_eq!(edition("2025-08-30T00:00:00Z"), Some("42"));
        assert_eq!(edition("2025-11-23T00:00:00Z"), Some("369"));
    }

    #[test]
    fn the_day_begins_in_the_countrys_time() {
        let last = editions().last().unwrap();
        let midnight = last.in_force.to_zoned(TimeZone::fixed(Offset::constant(5))).unwrap().timestamp();
        assert_eq!(in_force_at(midnight), Some(last));
        assert_ne!(in_force_at(midnight - jiff::SignedDuration::from_secs(1)), Some(last));
    }

    #[test]
    fn every_row_reads_follows_the_one_before_and_says_whether_its_day_is_verified() {
        assert_eq!(editions().len(), include_str!("rules_editions.csv").trim().lines().count() - 1);
        for pair in editions().windows(2) {
            assert!(pair[0].in_force < pair[1].in_force);
        }
        assert!(editions().iter().all(|e| e.in_force >= e.signed && !e.source.is_empty()));
    }
}
