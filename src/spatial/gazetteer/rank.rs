//! Which names fit the words of a question, best first.

use std::collections::HashMap;

use super::dictionary::{Likely, WordId};
use super::fold::Word;
use super::part::{is_title, object_kind};
use super::{EntryId, Gazetteer, Name, Subject};
use crate::domain::geography::{ObjectKind, PlaceKind};
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
    /// The part of it that is nearest to what the officer looks at, where it has a course.
    pub nearest: Option<Point>,
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

/// A name of which every word was said is an answer, whatever else was said: the least that it likens, and what the other
/// words add.
const WHOLLY: (f32, f32) = (0.46, 0.25);
/// How sure a word must be to make a name wholly said.
const SURE: f32 = 0.8;
/// How much a word counts that no name has (`горит`, `ДТП`), and one that honours many names (`батыра`).
const UNKNOWN: f32 = 0.2;
const TITLE: f32 = 0.4;
/// What a case ending of Kazakh costs (`Абайдың`).
const IN_CASE: f32 = 0.1;
/// How likely anything of a kind is where only the kind was said (`больница`).
const OF_KIND: f32 = 0.9;
/// What a number says against an object that has another one, or none.
const OTHER_NUMBER: f32 = 0.5;
const NO_NUMBER: f32 = 0.6;
/// What the district or region adds that the settlement is called like.
const LIES_IN: f32 = 0.2;
/// What is left of the likeness of everything else.
const ELSEWHERE: f32 = 0.93;
/// What a ramp is less likely meant than the street whose name it bears.
const RAMP: f32 = 0.08;

/// Endings of cases of Kazakh, as keys: genitive, ablative, locative, dative.
const CASES: [&str; 14] =
    ["din", "nin", "tin", "dan", "den", "tan", "ten", "nan", "nen", "da", "de", "ga", "ge", "ka"];

/// Those of the genitive, in which streets are said most.
const GENITIVES: [&str; 3] = ["din", "nin", "tin"];

/// What is ranked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ranked<'a> {
    /// The words that name something.
    pub words: &'a [Word],
    /// Whether the last may be unfinished.
    pub typing: bool,
    /// Names of districts and regions that it is said to lie in.
    pub lies_in: &'a [Word],
    /// What the officer looks at.
    pub around: Option<Point>,
}

/// One word of the question with the words of the dictionary that it may be.
struct Heard<'a> {
    word: &'a Word,
    likely: HashMap<WordId, f32>,
    /// How much it says: the rarer the more.
    weight: f32,
    /// The kind of objects that it names.
    kind: Option<ObjectKind>,
}

/// The kind that a question asks for that says nothing but a kind.
fn only_kind(heard: &[Heard<'_>]) -> Option<ObjectKind> {
    let kind = heard.first()?.kind?;
    heard.iter().all(|word| word.kind == Some(kind)).then_some(kind)
}

/// What nearness adds, so many metres away.
fn nearness(away: f64) -> f32 {
    NEARNESS * (HALF_NEAR_M / (HALF_NEAR_M + away)) as f32
}

impl Gazetteer {
    /// The things that may be meant by these words, best first.
    pub(super) fn rank(&self, asked: Ranked<'_>, fits: impl Fn(Subject) -> bool) -> Vec<Meant> {
        let Ranked { words, typing, lies_in, around } = asked;
        let last = words.len().saturating_sub(1);
        let heard: Vec<Heard<'_>> =
            words.iter().enumerate().map(|(i, word)| self.heard(word, typing && i == last)).collect();
        let lies_in: Vec<Heard<'_>> = lies_in.iter().map(|word| self.adjective(word)).collect();
        let of_kind = only_kind(&heard);
        let mut ranked: Vec<Meant> = self
            .names_that_share(&heard)
            .into_iter()
            .filter_map(|(name, closeness)| self.meant(name, &closeness, &heard, around, &fits))
            .collect();
        if let Some(kind) = of_kind {
            // Whatever it is called, it is the nearest that is meant.
            ranked.retain(|meant| self.entry(meant.entry).subject != Subject::Object(kind));
            ranked.extend(self.all_of_kind(kind, around).filter(|_| fits(Subject::Object(kind))));
        }
        if !lies_in.is_empty() {
            for meant in &mut ranked {
                let settlement = self.entry(meant.entry).settlement;
                if lies_in.iter().any(|word| self.settlement_is_named(settlement, word)) {
                    meant.score += LIES_IN;
                } else {
                    // Nobody checked that it lies there: it is not beyond doubt.
                    meant.likeness *= ELSEWHERE;
                }
            }
        }
        let better = |a: &Meant, b: &Meant| b.score.total_cmp(&a.score).then(a.name.cmp(&b.name));
        ranked.sort_by(better);
        let mut seen = std::collections::HashSet::new();
        ranked.retain(|meant| seen.insert(meant.entry));
        ranked.truncate(KEPT);
        // Until here a street was as near as it can be by its reach; now as near as it is.
        if let Some(at) = around {
            for meant in &mut ranked {
                self.come_near(meant, at);
            }
            ranked.sort_by(better);
        }
        ranked
    }

    /// Corrects the nearness of a street by its course.
    fn come_near(&self, meant: &mut Meant, at: Point) {
        let Some(on) = self.courses.nearest(meant.entry, at) else { return };
        meant.score += nearness(on.away.get()) - self.assumed_nearness(meant.entry, at);
        meant.nearest = Some(on.point);
    }

    /// The nearness of a thing, of a street by its middle and its reach: never less than it truly is.
    fn assumed_nearness(&self, entry: EntryId, at: Point) -> f32 {
        let entry = self.entry(entry);
        let reach = match entry.subject {
            Subject::Street | Subject::Road => entry.reach.get(),
            _ => 0.0,
        };
        nearness((geodesic(at, entry.point).get() - reach).max(0.0))
    }

    /// Everything of a kind.
    fn all_of_kind(&self, kind: ObjectKind, around: Option<Point>) -> impl Iterator<Item = Meant> + '_ {
        let from = self.by_kind.partition_point(|(k, _)| *k < kind);
        let of_kind = self.by_kind[from..].iter().take_while(move |(k, _)| *k == kind);
        let named = of_kind.filter(|(_, entry)| !self.names_of(*entry).is_empty());
        named.map(move |(_, entry)| {
            let near = around.map_or(0.0, |at| self.assumed_nearness(*entry, at));
            Meant {
                entry: *entry,
                name: self.names_of[*entry as usize],
                likeness: OF_KIND,
                score: OF_KIND + near + KIND,
                left_over: Vec::new(),
                nearest: None,
            }
        })
    }

    fn heard<'a>(&self, word: &'a Word, typing: bool) -> Heard<'a> {
        let reference = !typing && word.key.ends_with(|c: char| c.is_ascii_digit());
        let mut likely: Vec<Likely> = if word.number || reference {
            // A number is right or another number, also that of a road.
            self.dictionary.id(&word.key).map(|word| Likely { word, closeness: 1.0 }).into_iter().collect()
        } else {
            self.dictionary.likely(&word.key, typing)
        };
        if !word.number {
            likely.extend(self.without_case(&word.key));
        }
        let best = likely.iter().max_by(|a, b| a.closeness.total_cmp(&b.closeness));
        let having = best.map_or(0, |l| self.names_with(l.word).len());
        let kind = object_kind(&word.written);
        let share = if best.is_none() && kind.is_none() {
            UNKNOWN
        } else if is_title(&word.key) {
            TITLE
        } else {
            1.0
        };
        let weight = share * (1.0 + self.names.len() as f32 / (1.0 + having as f32)).ln();
        let mut closest: HashMap<WordId, f32> = HashMap::with_capacity(likely.len());
        for Likely { word, closeness } in likely {
            let known = closest.entry(word).or_insert(closeness);
            *known = known.max(closeness);
        }
        Heard { word, likely: closest, weight, kind }
    }

    /// The words that a word in a case of Kazakh may be: `Абайдың`, which is `Абая` in Russian.
    fn without_case(&self, key: &str) -> Vec<Likely> {
        let stems = CASES.iter().filter_map(|ending| key.strip_suffix(ending));
        let mut found = Vec::new();
        for stem in stems.filter(|stem| stem.len() >= 3) {
            match self.dictionary.id(stem) {
                Some(word) => found.push(Likely { word, closeness: 1.0 }),
                None if GENITIVES.iter().any(|ending| key.ends_with(ending)) => {
                    found.extend(self.dictionary.likely(stem, false));
                }
                None => {}
            }
        }
        found.iter_mut().for_each(|likely| likely.closeness -= IN_CASE);
        found
    }

    /// The name that an adjective of a district or region is made of: `Талгарский`.
    fn adjective<'a>(&self, word: &'a Word) -> Heard<'a> {
        let stem = word.key.find("sk").map_or(word.key.as_str(), |at| &word.key[..at]);
        let stem = stem.strip_suffix("in").filter(|short| short.len() >= 4).unwrap_or(stem);
        let likely = if stem.len() < 4 { Vec::new() } else { self.dictionary.likely(stem, false) };
        let likely = likely.into_iter().map(|l| (l.word, l.closeness)).collect();
        Heard { word, likely, weight: 0.0, kind: None }
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
        let (mut sure, mut named) = (0_usize, false);
        for (word, close) in heard.iter().zip(closeness) {
            let mut close = *close;
            if close > 0.0 {
                said += 1;
                sure += usize::from(close >= SURE);
                named |= close >= SURE && !word.word.number && !is_title(&word.word.key);
            } else if word.kind.is_some_and(|kind| entry.subject == Subject::Object(kind)) {
                close = 1.0;
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
        if named && sure >= usize::from(known.count) {
            likeness = likeness.max(WHOLLY.0 + WHOLLY.1 * fit / all);
        }
        if known.former {
            likeness -= FORMER;
        }
        if likeness < LEAST {
            return None;
        }
        // A number that fits nothing of a hospital or a town is one word that does not fit.
        if !left_over.is_empty() && !self.houses.any(known.entry) {
            likeness *= match entry.subject {
                Subject::Street => 1.0,
                Subject::Object(_) | Subject::Building if self.has_number(known) => OTHER_NUMBER,
                Subject::Object(_) | Subject::Building => NO_NUMBER,
                _ => 0.9,
            };
        }
        let near = around.map_or(0.0, |at| self.assumed_nearness(known.entry, at));
        let often = KIND * often_meant(entry.subject, entry.population);
        let score = likeness + near + often - if entry.ramp { RAMP } else { 0.0 };
        Some(Meant { entry: known.entry, name, likeness, score, left_over, nearest: None })
    }

    /// Whether a name has a number: `Школа 135`.
    fn has_number(&self, name: &Name) -> bool {
        self.words_of(name)
            .iter()
            .any(|word| self.dictionary.word(*word).starts_with(|c: char| c.is_ascii_digit()))
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
        Subject::Building | Subject::Cover => 0.3,
        Subject::Place(PlaceKind::Hamlet | PlaceKind::IsolatedDwelling | PlaceKind::Locality) => 0.1,
    }
}
