//! Which names fit the words of a question, best first.

use std::collections::HashMap;

use super::dictionary::{Likely, WordId};
use super::fold::Word;
use super::{EntryId, Gazetteer, Subject};
use crate::domain::geography::PlaceKind;
use crate::domain::quantities::Point;
use crate::spatial::earth::geodesic;

/// A thing that may be meant.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Meant {
    pub entry: EntryId,
    /// The name that fits, by its number.
    pub name: u32,
    /// How well the words fit, 0 to 1.
    pub likeness: f32,
    /// With the nearness to what the officer looks at, and with how often such a thing is meant.
    pub score: f32,
    /// Numbers of the question that are not part of the name: houses, in order.
    pub left_over: Vec<String>,
}

/// Below this a name does not fit.
const LEAST: f32 = 0.45;
/// Names that are ranked to the end.
const KEPT: usize = 64;
/// What nearness may add, and the distance at which it adds half of that, metres.
const NEARNESS: f32 = 0.15;
const HALF_NEAR_M: f64 = 10_000.0;
/// What the kind of a thing may add.
const KIND: f32 = 0.05;
/// How much of the likeness depends on how much of the name was said.
const COVERAGE: f32 = 0.2;
/// A former name is as good, and a little less likely to be meant.
const FORMER: f32 = 0.01;

/// One word of the question with the words of the dictionary that it may be.
struct Heard<'a> {
    word: &'a Word,
    likely: HashMap<WordId, f32>,
    /// How much it says: the rarer the more.
    weight: f32,
}

impl Gazetteer {
    /// The things that may be meant by these words, best first. With `typing` the last word may be unfinished.
    pub(super) fn rank(
        &self,
        words: &[Word],
        typing: bool,
        around: Option<Point>,
        fits: impl Fn(Subject) -> bool,
    ) -> Vec<Meant> {
        let last = words.len().saturating_sub(1);
        let heard: Vec<Heard<'_>> =
            words.iter().enumerate().map(|(i, word)| self.heard(word, typing && i == last)).collect();
        let mut ranked: Vec<Meant> = self
            .names_that_share(&heard)
            .into_iter()
            .filter_map(|(name, closeness)| self.meant(name, &closeness, &heard, around, &fits))
            .collect();
        ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.name.cmp(&b.name)));
        let mut seen = std::collections::HashSet::new();
        ranked.retain(|meant| seen.insert(meant.entry));
        ranked.truncate(KEPT);
        ranked
    }

    fn heard<'a>(&self, word: &'a Word, typing: bool) -> Heard<'a> {
        let likely: Vec<Likely> = if word.number {
            // A number is right or another number.
            self.dictionary.id(&word.key).map(|word| Likely { word, closeness: 1.0 }).into_iter().collect()
        } else {
            self.dictionary.likely(&word.key, typing)
        };
        let best = likely.iter().max_by(|a, b| a.closeness.total_cmp(&b.closeness));
        let having = best.map_or(0, |l| self.names_with(l.word).len());
        let weight = (1.0 + self.names.len() as f32 / (1.0 + having as f32)).ln();
        Heard { word, likely: likely.into_iter().map(|l| (l.word, l.closeness)).collect(), weight }
    }

    /// Names with at least one of the words, each with how close every word of the question comes to one of it.
    fn names_that_share(&self, heard: &[Heard<'_>]) -> HashMap<u32, Vec<f32>> {
        let mut names: HashMap<u32, Vec<f32>> = HashMap::new();
        for (i, heard_word) in heard.iter().enumerate() {
            for (word, closeness) in &heard_word.likely {
                for name in self.names_with(*word) {
                    let all = names.entry(*name).or_insert_with(|| vec![0.0; heard.len()]);
                    all[i] = all[i].max(*closeness);
                }
            }
        }
        names
    }

    fn meant(
        &self,
        name: u32,
        closeness: &[f32],
        heard: &[Heard<'_>],
        around: Option<Point>,
        fits: &impl Fn(Subject) -> bool,
    ) -> Option<Meant> {
        let known = &self.names[name as usize];
        let entry = self.entry(known.entry);
        if !fits(entry.subject) {
            return None;
        }
        let mut left_over = Vec::new();
        let (mut fit, mut all, mut said) = (0.0_f32, 0.0_f32, 0_usize);
        for (word, close) in heard.iter().zip(closeness) {
            let mut close = *close;
            if close > 0.0 {
                said += 1;
            } else if word.word.number {
                // What is no part of the name is taken for the house.
                left_over.push(word.word.key.clone());
                continue;
            } else if self.settlement_is_named(entry.settlement, word) {
                close = 1.0;
            }
            fit += close * word.weight;
            all += word.weight;
        }
        if said == 0 || all <= 0.0 {
            return None;
        }
        let covered = (said as f32 / f32::from(known.count.max(1))).min(1.0);
        let mut likeness = fit / all * (1.0 - COVERAGE + COVERAGE * covered);
        if known.former {
            likeness -= FORMER;
        }
        if likeness < LEAST {
            return None;
        }
        // A number that fits nothing of a hospital or a town is one word that does not fit.
        if !left_over.is_empty() && !self.houses.any(known.entry) && !matches!(entry.subject, Subject::Street)
        {
            likeness *= 0.9;
        }
        let near = around.map_or(0.0, |at| HALF_NEAR_M / (HALF_NEAR_M + geodesic(at, entry.point).get()));
        let score = likeness + NEARNESS * near as f32 + KIND * often_meant(entry.subject, entry.population);
        Some(Meant { entry: known.entry, name, likeness, score, left_over })
    }

    fn settlement_is_named(&self, settlement: Option<EntryId>, word: &Heard<'_>) -> bool {
        settlement.is_some_and(|settlement| {
            self.names_of(settlement)
                .iter()
                .flat_map(|name| self.words_of(name))
                .any(|w| word.likely.get(w).is_some_and(|close| *close > 0.75))
        })
    }
}

/// How often such a thing is meant when nothing else decides, 0 to 1.
fn often_meant(subject: Subject, population: u32) -> f32 {
    match subject {
        Subject::Place(PlaceKind::City) => 1.0,
        Subject::Place(PlaceKind::Town) => 0.8,
        Subject::Street => 0.6,
        Subject::Place(
            PlaceKind::Village | PlaceKind::Suburb | PlaceKind::Quarter | PlaceKind::Neighbourhood,
        ) => 0.4 + 0.1 * (population as f32 / 10_000.0).min(1.0),
        Subject::Object(_) | Subject::Road => 0.4,
        Subject::Place(PlaceKind::Hamlet | PlaceKind::IsolatedDwelling | PlaceKind::Locality) => 0.1,
    }
}
