//! Answers to structured questions: facts that move category and gravity.

use std::collections::BTreeMap;

use serde_json::Value;

use super::categories;
use super::words::{Evidence, Score};
use crate::domain::severity::Severity;

/// Questions whose answers the hub understands; others are kept with the message for people.
pub const QUESTIONS: [&str; 8] =
    ["injured", "trapped", "breathing", "conscious", "weapon", "gas_smell", "smoke", "affected"];

/// What the answers say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Known {
    injured: Option<bool>,
    trapped: Option<bool>,
    breathing: Option<bool>,
    conscious: Option<bool>,
    weapon: Option<bool>,
    gas_smell: Option<bool>,
    smoke: Option<bool>,
    affected: Option<u64>,
}

impl Known {
    pub fn read(answers: &BTreeMap<String, Value>) -> Self {
        let flag = |name: &str| answers.get(name).and_then(Value::as_bool);
        Self {
            injured: flag("injured"),
            trapped: flag("trapped"),
            breathing: flag("breathing"),
            conscious: flag("conscious"),
            weapon: flag("weapon"),
            gas_smell: flag("gas_smell"),
            smoke: flag("smoke"),
            affected: answers.get("affected").and_then(Value::as_u64),
        }
    }

    /// An answer weighs as much as a clear phrase.
    pub fn add_to(self, scores: &mut BTreeMap<usize, Score>) {
        let has = |scores: &BTreeMap<usize, Score>, code: &str| {
            categories::index(code).is_some_and(|k| scores.contains_key(&k))
        };
        let mut say = |code: &str, weight: f32, answer: &str| {
            if let Some(k) = categories::index(code) {
                let s = scores.entry(k).or_default();
                s.score += weight;
                s.evidence.push(Evidence { start: 0, end: 0, words: answer.to_owned() });
            }
        };
        if self.breathing == Some(false) {
            say("cardiac_arrest", 8.0, "breathing: no");
        } else if self.conscious == Some(false) {
            say("unconscious", 6.0, "conscious: no");
        }
        if self.weapon == Some(true) {
            say("armed_person", 6.0, "weapon: yes");
        }
        if self.gas_smell == Some(true) {
            say("gas_smell", 5.0, "gas_smell: yes");
        }
        if self.smoke == Some(true) {
            say("smoke", 3.0, "smoke: yes");
        }
        if self.injured == Some(true)
            && has(scores, "road_accident")
            && let Some(k) = categories::index("road_accident_injured")
        {
            let s = scores.entry(k).or_default();
            s.score += 8.0;
            s.evidence.push(Evidence { start: 0, end: 0, words: "injured: yes".to_owned() });
        }
    }

    /// Somebody trapped, not breathing, unconscious, or many people: the gravest.
    pub fn severity(self, of_category: Severity) -> Severity {
        let gravest = self.trapped == Some(true)
            || self.breathing == Some(false)
            || self.conscious == Some(false)
            || self.affected.is_some_and(|n| n >= 5);
        if gravest { Severity::P1 } else { of_category }
    }
}
