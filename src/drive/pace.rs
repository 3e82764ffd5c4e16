//! Sending at the pace of the file, faster by a factor, with a bounded number in flight.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;
use serde_json::Value;

use super::report::Report;
use super::went::Went;
use crate::client::{Client, ClientError};

/// Distinct refusals that are shown; the rest is only counted.
const SHOWN: usize = 10;

/// What became of the messages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// Sent, whatever became of it.
    pub sent: u64,
    /// Opened a card.
    pub opened: u64,
    /// Joined a card.
    pub joined: u64,
    /// The hub had it already.
    pub known: u64,
    /// The hub said no.
    pub refused: u64,
    /// No answer within the client's patience.
    pub unanswered: u64,
    /// Not sent any more, because the hub was gone.
    pub unsent: u64,
    /// Time to acceptance, retries counted: half were faster, milliseconds.
    pub p50_ms: f64,
    /// The same, 99 in a hundred.
    pub p99_ms: f64,
    /// How far behind the schedule a message was sent, at worst, milliseconds.
    pub worst_lag_ms: f64,
    /// How long all took, seconds.
    pub seconds: f64,
    /// What the hub said when it refused, with how often.
    pub refusals: BTreeMap<String, u64>,
}

impl Summary {
    /// Whether every message was accepted.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.refused + self.unanswered + self.unsent == 0
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "sent        {} in {:.1} s", self.sent, self.seconds)?;
        writeln!(f, "opened      {}", self.opened)?;
        writeln!(f, "joined      {}", self.joined)?;
        writeln!(f, "known       {}", self.known)?;
        writeln!(f, "refused     {}", self.refused)?;
        if self.unanswered + self.unsent > 0 {
            writeln!(f, "unanswered  {}, and {} not sent after that", self.unanswered, self.unsent)?;
        }
        writeln!(f, "acceptance  p50 {:.1} ms, p99 {:.1} ms", self.p50_ms, self.p99_ms)?;
        write!(f, "worst lag   {:.1} ms behind the schedule", self.worst_lag_ms)?;
        for (said, times) in &self.refusals {
            write!(f, "\nrefused {times} times: {said}")?;
        }
        Ok(())
    }
}

/// The run so far, for the progress line.
#[derive(Default)]
pub struct Run {
    summary: RefCell<Summary>,
    took: RefCell<Vec<f64>>,
    gone: Cell<bool>,
    in_flight: Cell<u64>,
    went: RefCell<BTreeMap<String, Went>>,
}

impl Run {
    /// A line of where it stands.
    #[must_use]
    pub fn progress(&self, all: usize) -> String {
        let s = self.summary.borrow();
        format!(
            "{}/{all} sent, {} in flight: {} opened, {} joined, {} known, {} refused; lag {:.0} ms at worst",
            s.sent,
            self.in_flight.get(),
            s.opened,
            s.joined,
            s.known,
            s.refused,
            s.worst_lag_ms
        )
    }

    /// What became of the messages.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut took = self.took.borrow().clone();
        took.sort_by(f64::total_cmp);
        Summary {
            p50_ms: quantile(&took, 0.50),
            p99_ms: quantile(&took, 0.99),
            ..self.summary.borrow().clone()
        }
    }

    /// Sends every report when its time comes: `speed_up` seconds of the file in one of ours.
    pub async fn send(
        &self,
        client: &Client,
        path: &str,
        reports: &[Report],
        speed_up: f64,
        concurrency: usize,
    ) {
        let began = Instant::now();
        let first = reports.first().map_or(0, |r| r.at);
        stream::iter(reports)
            .then(|report| async move {
                let due = due(report.at - first, speed_up);
                actix_rt::time::sleep(due.saturating_sub(began.elapsed())).await;
                (report, due)
            })
            .for_each_concurrent(concurrency, |(report, due)| async move {
                if self.gone.get() {
                    self.summary.borrow_mut().unsent += 1;
                    return;
                }
                self.sending(began.elapsed().saturating_sub(due));
                let sent = Instant::now();
                let answer = match serde_json::to_value(report.message(Timestamp::now())) {
                    Ok(body) => client.post(path, &body).await,
                    Err(e) => Err(ClientError::NotJson { url: path.to_owned(), reason: e.to_string() }),
                };
                self.note_went(&answer, &report.went);
                self.settled(answer, sent.elapsed());
            })
            .await;
        self.summary.borrow_mut().seconds = began.elapsed().as_secs_f64();
    }

    fn sending(&self, lag: Duration) {
        self.in_flight.set(self.in_flight.get() + 1);
        let mut summary = self.summary.borrow_mut();
        summary.sent += 1;
        summary.worst_lag_ms = summary.worst_lag_ms.max(lag.as_secs_f64() * 1000.0);
    }

    /// The units that really went to a card so far.
    #[must_use]
    pub fn went_to(&self, incident: &str) -> Option<Went> {
        self.went.borrow().get(incident).cloned()
    }

    /// A repetition went nowhere anew.
    fn note_went(&self, answer: &Result<(u16, Value), ClientError>, went: &Went) {
        let Ok((201, taken)) = answer else { return };
        if let Some(incident) = taken["incident"].as_str().filter(|_| went.units() > 0) {
            self.went.borrow_mut().entry(incident.to_owned()).or_default().and(went);
        }
    }

    fn settled(&self, answer: Result<(u16, Value), ClientError>, took: Duration) {
        self.in_flight.set(self.in_flight.get() - 1);
        let mut summary = self.summary.borrow_mut();
        match answer {
            Ok((status, taken)) => {
                let opened = taken.get("opened").and_then(Value::as_bool).unwrap_or(false);
                match (status, opened) {
                    (201, true) => summary.opened += 1,
                    (201, false) => summary.joined += 1,
                    _ => summary.known += 1,
                }
                self.took.borrow_mut().push(took.as_secs_f64() * 1000.0);
            }
            Err(ClientError::Unreachable { .. }) => {
                summary.unanswered += 1;
                self.gone.set(true);
            }
            Err(refusal) => {
                summary.refused += 1;
                let said = refusal.to_string();
                if summary.refusals.len() < SHOWN || summary.refusals.contains_key(&said) {
                    *summary.refusals.entry(said).or_default() += 1;
                }
            }
        }
    }
}

/// When a report of this many seconds after the first is due.
pub(super) fn due(after: i64, speed_up: f64) -> Duration {
    Duration::try_from_secs_f64(after.max(0) as f64 / speed_up).unwrap_or(Duration::MAX)
}

/// The nearest rank; zero when there is nothing.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_hour_of_the_file_is_a_minute_at_sixty() {
        assert_eq!(due(3600, 60.0), Duration::from_secs(60));
        assert_eq!(due(-5, 60.0), Duration::ZERO);
    }

    #[test]
    fn quantiles_are_of_the_nearest_rank() {
        let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!((quantile(&hundred, 0.5), quantile(&hundred, 0.99)), (50.0, 99.0));
        assert_eq!(quantile(&[7.0], 0.99), 7.0);
        assert_eq!(quantile(&[], 0.5), 0.0);
    }

    #[test]
    fn what_opened_joined_was_known_or_refused_is_told_apart_and_a_refusal_is_not_clean() {
        let run = Run::default();
        let refusal = || ClientError::Refused { status: 422, problem: "no".into() };
        for answer in [
            Ok((201, json!({"opened": true}))),
            Ok((201, json!({"opened": false}))),
            Ok((200, json!({"opened": false}))),
        ] {
            run.sending(Duration::from_millis(3));
            run.settled(answer, Duration::from_millis(2));
        }
        assert!(run.summary().is_clean());
        for _ in 0..2 {
            run.sending(Duration::ZERO);
            run.settled(Err(refusal()), Duration::ZERO);
        }
        let s = run.summary();
        assert_eq!((s.sent, s.opened, s.joined, s.known, s.refused), (5, 1, 1, 1, 2));
        assert!(!s.is_clean() && s.refusals.values().eq([&2]) && s.p50_ms > 1.9);
        assert_eq!(run.in_flight.get(), 0);
    }
}
