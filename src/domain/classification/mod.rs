//! Classification: the category from words and answers; event or emergency; nature, type and scale by Order 240.
//!
//! Tables are data with their source; an officer's correction always stands above any rule.

pub mod answers;
pub mod categories;
pub mod legal;
pub mod order240;
pub mod words;

use std::collections::BTreeMap;

use super::ids::{CategoryCode, ServiceKey};
use super::names::Names;
use super::severity::Severity;

pub use categories::{Category, all, find};
pub use words::Evidence;

/// The rule set that gave a category; it changes when the tables do.
pub const EDITION: &str = "words/2";

/// A category that fits, and how well.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Which.
    pub category: &'static Category,
    /// Sum of the weights.
    pub score: f32,
    /// Share of all scores, 0 to 1.
    pub confidence: f32,
    /// The words that speak for it.
    pub evidence: Vec<Evidence>,
}

/// What a message may be about.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// Best first; empty when no word says anything.
    pub candidates: Vec<Candidate>,
    /// Gravity of the best with what the answers add; where many are hurt the gravest, also when nobody knows of what.
    pub severity: Severity,
    /// Whether the best is sure enough that services are told at once.
    pub clear: bool,
}

/// Weight from which a single category counts as clear.
const CLEAR_SCORE: f32 = 3.0;
/// Lead over the next that a clear category needs.
const CLEAR_LEAD: f32 = 1.25;

/// Ranks categories by the words of a message and the answers to structured questions. Deterministic.
#[must_use]
pub fn classify(text: &str, answers: &BTreeMap<String, serde_json::Value>) -> Ranking {
    let answers = answers::Known::read(answers);
    let words::Said { mut scores, many_hurt } = words::read(text);
    answers.add_to(&mut scores);
    let total: f32 = scores.values().map(|s| s.score).sum();
    let mut candidates: Vec<Candidate> = scores
        .into_iter()
        .map(|(index, s)| Candidate {
            category: &categories::all()[index],
            score: s.score,
            confidence: s.score / total,
            evidence: s.evidence,
        })
        .collect();
    candidates.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then(a.category.severity.cmp(&b.category.severity))
            .then(a.category.code.cmp(&b.category.code))
    });
    let clear = match candidates.as_slice() {
        [] => false,
        [one] => one.score >= CLEAR_SCORE,
        [first, second, ..] => first.score >= CLEAR_SCORE && first.score >= second.score * CLEAR_LEAD,
    };
    let severity = candidates.first().map(|c| c.category.severity).unwrap_or_default();
    let severity = if many_hurt { Severity::P1 } else { answers.severity(severity) };
    Ranking { severity, candidates, clear }
}

/// Names of a category, `None` for a code that is not in the table.
#[must_use]
pub fn names(code: &CategoryCode) -> Option<Names> {
    find(code).map(|c| c.names.clone())
}

/// Services competent for a category.
#[must_use]
pub fn competent_services(code: &CategoryCode) -> &'static [ServiceKey] {
    find(code).map(|c| c.competent.as_slice()).unwrap_or_default()
}

/// Services whose part is clear as soon as the category is: told while the questions are still being asked.
#[must_use]
pub fn early_services(code: &CategoryCode) -> &'static [ServiceKey] {
    find(code).map(|c| c.early.as_slice()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
