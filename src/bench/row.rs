//! A row of the bench: a value, its ratio to a peer measured in turn in the same run, and whether that is enough.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

/// A peer whose slowest round takes more than this many times its fastest says nothing about anybody.
const NOISE: f64 = 2.5;

/// Median and range of what the rounds gave.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// The median.
    pub median: f64,
    /// The least.
    pub least: f64,
    /// The most.
    pub most: f64,
}

impl Spread {
    /// Of the rounds' values; none when there are none.
    #[must_use]
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let median = *values.get(values.len() / 2)?;
        Some(Self { median, least: *values.first()?, most: *values.last()? })
    }
}

/// What a ratio has to reach.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

/// Whether a row reaches its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The median does.
    Reached,
    /// The median does not.
    Missed,
    /// The peer itself varied more than 2.5-fold: run again on a quieter machine.
    TooNoisy,
    /// The row has no limit.
    Told,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// What was measured, and against what.
    pub name: String,
    /// The product's median.
    pub value: f64,
    /// Unit of the value and of the peer's.
    pub unit: &'static str,
    /// The peer's median in the same run.
    pub peer: Option<f64>,
    /// The ratio as the limit counts it.
    pub ratio: Option<Spread>,
    /// What it has to reach.
    pub limit: Option<Limit>,
    /// Whether it does.
    pub verdict: Verdict,
}

/// The product's and the peer's time per operation, a pair for each round.
pub type Rounds = Vec<(Duration, Duration)>;

impl Row {
    /// A row of the product's time as a share of the peer's (smaller is better): microseconds, limit at most.
    #[must_use]
    pub fn share(name: &str, rounds: &Rounds, limit: impl Into<Option<f64>>) -> Option<Self> {
        let microseconds = |seconds: f64| seconds * 1e6;
        let limit = limit.into().map(Limit::AtMost);
        Self::judged(name, rounds, |own, peer| own / peer, limit, "µs", microseconds)
    }

    /// A row of how many times the peer's rate the product has (greater is better): a second, limit at least.
    #[must_use]
    pub fn faster(name: &str, rounds: &Rounds, limit: Option<f64>) -> Option<Self> {
        Self::judged(name, rounds, |own, peer| peer / own, limit.map(Limit::AtLeast), "/s", f64::recip)
    }

    /// A row of one value that has no peer: no ratio, limit at most.
    #[must_use]
    pub fn within(name: &str, value: f64, unit: &'static str, most: Option<f64>) -> Self {
        let verdict = match most {
            None => Verdict::Told,
            Some(most) if value <= most => Verdict::Reached,
            Some(_) => Verdict::Missed,
        };
        let limit = most.map(Limit::AtMost);
        Self { name: name.to_owned(), value, unit, peer: None, ratio: None, limit, verdict }
    }

    /// A row of the median of what the rounds took, microseconds, which nothing stands beside.
    #[must_use]
    pub fn median(name: &str, rounds: &[Duration]) -> Option<Self> {
        let spread = Spread::of(rounds.iter().map(Duration::as_secs_f64).collect())?;
        Some(Self::within(name, spread.median * 1e6, "µs", None))
    }

    fn judged(
        name: &str,
        rounds: &Rounds,
        ratio: impl Fn(f64, f64) -> f64,
        limit: Option<Limit>,
        unit: &'static str,
        shown: impl Fn(f64) -> f64,
    ) -> Option<Self> {
        let seconds = |d: &Duration| d.as_secs_f64().max(1e-12);
        let own = Spread::of(rounds.iter().map(|(own, _)| seconds(own)).collect())?;
        let peer = Spread::of(rounds.iter().map(|(_, peer)| seconds(peer)).collect())?;
        let ratio =
            Spread::of(rounds.iter().map(|(own, peer)| ratio(seconds(own), seconds(peer))).collect())?;
        let verdict = match limit {
            None => Verdict::Told,
            Some(_) if peer.most / peer.least > NOISE => Verdict::TooNoisy,
            Some(Limit::AtMost(most)) if ratio.median <= most => Verdict::Reached,
            Some(Limit::AtLeast(least)) if ratio.median >= least => Verdict::Reached,
            Some(_) => Verdict::Missed,
        };
        let name = name.to_owned();
        let (value, peer) = (shown(own.median), Some(shown(peer.median)));
        Some(Self { name, value, unit, peer, ratio: Some(ratio), limit, verdict })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = |value: f64| match value.abs() {
            v if v >= 100.0 || v.fract() == 0.0 => 0,
            v if v >= 1.0 => 1,
            _ => 3,
        };
        write!(f, "{}\t{:.*}\t{}\t", self.name, places(self.value), self.value, self.unit)?;
        match self.ratio {
            Some(Spread { median, least, most }) => write!(f, "{median:.2} ({least:.2} to {most:.2})")?,
            None => f.write_str("-")?,
        }
        if let Some(peer) = self.peer {
            write!(f, "\tpeer {peer:.*} {}", places(peer), self.unit)?;
        }
        match self.limit {
            Some(Limit::AtMost(most)) => write!(f, "\tat most {most}")?,
            Some(Limit::AtLeast(least)) => write!(f, "\tat least {least}")?,
            None => {}
        }
        f.write_str(match self.verdict {
            Verdict::Reached => "\treached",
            Verdict::Missed => "\tMISSED",
            Verdict::TooNoisy => "\ttoo noisy",
            Verdict::Told => "",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(pairs: &[(u64, u64)]) -> Rounds {
        pairs.iter().map(|&(own, peer)| (Duration::from_micros(own), Duration::from_micros(peer))).collect()
    }

    #[test]
    fn the_median_of_the_ratios_decides() {
        let steady = rounds(&[(10, 100), (30, 100), (50, 100)]);
        assert_eq!(Row::share("a", &steady, 0.35).map(|r| r.verdict), Some(Verdict::Reached));
        assert_eq!(Row::share("a", &steady, 0.25).map(|r| r.verdict), Some(Verdict::Missed));
        assert_eq!(Row::faster("a", &steady, Some(3.0)).map(|r| r.verdict), Some(Verdict::Reached));
    }

    #[test]
    fn a_row_says_name_value_unit_and_ratio_and_what_the_peer_did() {
        let row = Row::faster("a", &rounds(&[(10, 20), (10, 20), (10, 30)]), Some(0.7)).unwrap();
        assert_eq!(
            row.to_string(),
            "a\t100000\t/s\t2.00 (2.00 to 3.00)\tpeer 50000 /s\tat least 0.7\treached"
        );
        let row = Row::median("c", &[Duration::from_micros(3), Duration::from_micros(200)]).unwrap();
        assert_eq!(row.to_string(), "c\t200\tµs\t-");
        let row = Row::within("b", 412.5, "MB", Some(400.0));
        assert_eq!(row.to_string(), "b\t412\tMB\t-\tat most 400\tMISSED");
    }

    #[test]
    fn a_peer_that_varies_too_much_gives_no_verdict() {
        let noisy = rounds(&[(10, 100), (10, 260), (10, 100)]);
        assert_eq!(Row::share("a", &noisy, 0.35).map(|r| r.verdict), Some(Verdict::TooNoisy));
        assert_eq!(Row::share("a", &Vec::new(), 0.35), None);
    }
}
