//! What a message may be about: the categories that its words and answers speak for, in order.
//!
//! The gravest that is sure stands first, and the cause before its consequence: whoever burns and does not breathe
//! needs the fire brigade too. A message is over-triaged rather than the reverse.

use std::collections::BTreeMap;

use super::categories::{self, Category};
use super::words::{self, Evidence, Score};
use super::{answers, words::Said};
use crate::domain::message::Subject;
use crate::domain::severity::Severity;

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
    /// Gravity of the gravest that is sure with what the answers add; where many are hurt the gravest, also when nobody
    /// knows of what.
    pub severity: Severity,
    /// Whether the best is sure enough that services are told at once.
    pub clear: bool,
}

/// Weight from which a category is sure.
const SURE: f32 = 3.0;
/// Lead over the next of the same gravity that a clear category needs.
const CLEAR_LEAD: f32 = 1.25;

/// A graver category stands behind one that has more than so many times its weight, unless it is an emergency by itself.
const OUTVOTED: f32 = 1.6;

/// Ranks categories by the words of a message and the answers to structured questions. Deterministic.
#[must_use]
pub fn classify(text: &str, answers: &BTreeMap<String, serde_json::Value>) -> Ranking {
    let answers = answers::Known::read(answers);
    let Said { mut scores, many_hurt, hurt } = words::read(text);
    answers.add_to(&mut scores);
    injured_on_the_road(&mut scores, hurt);
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
    // A lesser matter outvotes none that is graver by two steps.
    let best = |least: Severity| {
        let near = candidates.iter().filter(|c| c.category.severity.number() <= least.number() + 1);
        near.map(|c| c.score).fold(0.0, f32::max)
    };
    let stands: Vec<&'static Category> = candidates
        .iter()
        .filter(|c| {
            let alone =
                c.category.subject == Subject::Emergency || c.category.code.as_str() == "building_fire";
            is_sure(c) && (alone || c.score * OUTVOTED >= best(c.category.severity))
        })
        .map(|c| c.category)
        .collect();
    let stands = |c: &Candidate| stands.contains(&c.category);
    candidates.sort_by(|a, b| {
        let order = |c: &Candidate| (!stands(c), if stands(c) { c.category.severity } else { Severity::P1 });
        order(a)
            .cmp(&order(b))
            .then(b.score.total_cmp(&a.score))
            .then(a.category.severity.cmp(&b.category.severity))
            .then(a.category.code.cmp(&b.category.code))
    });
    let first = candidates.first().map(|c| (c.category.severity, c.score)).unwrap_or_default();
    let grave =
        candidates.iter().filter(|c| is_sure(c) && c.score * 2.0 >= first.1).map(|c| c.category.severity);
    let gravest = grave.fold(first.0, Severity::min);
    if let Some(cause) = cause(&candidates) {
        candidates[..=cause].rotate_right(1);
    }
    let clear = is_clear(&candidates);
    let severity = if many_hurt { Severity::P1 } else { answers.severity(gravest) };
    Ranking { severity, candidates, clear }
}

fn is_sure(candidate: &Candidate) -> bool {
    candidate.score >= SURE
}

/// Where the first is what happened to a person, what it came of, if that is as sure and asks for the ambulance as well.
fn cause(candidates: &[Candidate]) -> Option<usize> {
    candidates.first().filter(|first| is_sure(first) && is_medical(first.category))?;
    candidates.iter().position(|c| {
        let asks_for_help = c.category.competent.iter().any(|service| service.as_str() == "ambulance");
        is_sure(c) && !is_medical(c.category) && asks_for_help
    })
}

fn is_medical(category: &Category) -> bool {
    category.group == "medical"
}

/// Whether services may be told at once: the first is sure, and what stands behind it is less grave, less likely, or needs
/// nobody who is not competent for the first.
fn is_clear(candidates: &[Candidate]) -> bool {
    let Some((first, others)) = candidates.split_first() else { return false };
    is_sure(first)
        && others.first().is_none_or(|second| {
            let competent = &first.category.competent;
            !is_sure(second)
                || first.category.severity < second.category.severity
                || first.category.severity == second.category.severity
                    && first.score >= second.score * CLEAR_LEAD
                || second.category.early.iter().all(|service| competent.contains(service))
        })
}

/// An accident on the road in which somebody is hurt, trapped or ill is one with injured, wherever in the message it says
/// so.
fn injured_on_the_road(scores: &mut BTreeMap<usize, Score>, hurt: Option<Evidence>) {
    let (Some(plain), Some(injured)) =
        (categories::index("road_accident"), categories::index("road_accident_injured"))
    else {
        return;
    };
    if scores.contains_key(&injured) {
        return;
    }
    let Some(accident) = scores.get(&plain).filter(|s| s.score >= SURE).cloned() else { return };
    let harmed = scores.iter().filter(|(index, s)| {
        let category = &categories::all()[**index];
        s.score >= SURE && (is_medical(category) || category.code.as_str() == "person_trapped")
    });
    let Some(said) = hurt.or_else(|| harmed.flat_map(|(_, s)| &s.evidence).next().cloned()) else { return };
    let mut evidence = accident.evidence;
    evidence.push(said);
    scores.insert(injured, Score { score: accident.score + SURE, evidence });
}
