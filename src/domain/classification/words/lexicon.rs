//! The phrases of `words.csv` and the stems that they are made of, laid out so that a word meets few of them.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::super::categories;
use super::beginnings::Beginnings;
use super::is_denial;
use super::slip::{Letters, MISSPELT_ENDING, misspelt};
use super::spelling::compared;

/// A shorter stem fits only words that are hardly longer: "газ" is not in "газета".
const SHORT: usize = 4;
/// Letters that may follow a short stem.
const SHORT_ENDING: usize = 3;

/// A phrase that speaks for a category.
pub(super) struct Phrase {
    pub category: usize,
    pub weight: f32,
    pub stems: Vec<usize>,
    /// Letters of all its stems.
    pub letters: usize,
    pub denies: bool,
}

/// What a word begins with.
pub(super) struct Stem {
    pub letters: Vec<char>,
    whole: bool,
    /// How many letters may be wrong.
    pub wrong: usize,
}

impl Stem {
    pub(super) fn new(letters: Vec<char>, whole: bool) -> Self {
        let wrong = match letters.len() {
            _ if whole => 0,
            0..=4 => 0,
            5..=8 => 1,
            _ => 2,
        };
        Self { letters, whole, wrong }
    }

    /// Whether it fits a word of so many letters that begins with its own.
    fn ends(&self, word: usize) -> bool {
        let own = self.letters.len();
        if self.whole { word == own } else { own >= SHORT || word <= own + SHORT_ENDING }
    }
}

/// What tells most words from a stem before its letters are read.
struct Glance {
    set: Letters,
    letters: usize,
    wrong: usize,
    stem: usize,
}

impl Glance {
    fn of(stem: &Stem, id: usize) -> Self {
        Self { set: Letters::of(&stem.letters), letters: stem.letters.len(), wrong: stem.wrong, stem: id }
    }

    /// Whether a word of so many letters may be the stem, misspelt.
    fn may_be(&self, letters: usize, set: Letters) -> bool {
        self.set.lacking(set) <= self.wrong
            && letters + self.wrong >= self.letters
            && letters <= self.letters + MISSPELT_ENDING
    }
}

/// All phrases with their stems.
#[derive(Default)]
pub(super) struct Lexicon {
    stems: Vec<Stem>,
    beginnings: Beginnings,
    /// The stems of which letters may be wrong, by the first letter, which never is.
    glances: HashMap<char, Vec<Glance>>,
    /// Phrases by each of their stems' first.
    by_stem: Vec<Vec<usize>>,
    pub phrases: Vec<Phrase>,
}

#[derive(Deserialize)]
struct Row {
    category: String,
    weight: f32,
    phrase: String,
}

pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon::default();
    let mut known = HashMap::new();
    for row in csv::Reader::from_reader(include_str!("../words.csv").as_bytes())
        .into_deserialize()
        .filter_map(Result::ok)
    {
        lexicon.take(&row, &mut known);
    }
    for word in include_str!("../other_words.csv").lines().skip(1) {
        lexicon.beginnings.of(&compared(word.trim())).other = true;
    }
    lexicon
});

impl Lexicon {
    fn take(&mut self, row: &Row, known: &mut HashMap<(Vec<char>, bool), usize>) {
        let Some(category) = categories::index(&row.category) else { return };
        let mut stems = Vec::new();
        let mut denies = false;
        for word in row.phrase.split_whitespace() {
            let whole = word.ends_with('.');
            let stem = compared(word.trim_end_matches('.'));
            denies |= is_denial(&stem);
            stems.push(
                *known.entry((stem.clone(), whole)).or_insert_with(|| self.add(Stem::new(stem, whole))),
            );
        }
        if let Some(first) = stems.first() {
            self.by_stem[*first].push(self.phrases.len());
            let letters = stems.iter().map(|id| self.stems[*id].letters.len()).sum();
            self.phrases.push(Phrase { category, weight: row.weight, stems, letters, denies });
        }
    }

    fn add(&mut self, stem: Stem) -> usize {
        let id = self.stems.len();
        self.beginnings.of(&stem.letters).stems.push(id);
        if let Some(first) = stem.letters.first().filter(|_| stem.wrong > 0) {
            self.glances.entry(*first).or_default().push(Glance::of(&stem, id));
        }
        self.stems.push(stem);
        self.by_stem.push(Vec::new());
        id
    }

    /// The stems that a word begins with; where it begins with none, those that it may be misspelt from, and that it is
    /// a guess.
    pub(super) fn stems_of(&self, word: &[char]) -> (Vec<usize>, bool) {
        let mut fitting: Vec<usize> = Vec::new();
        for beginning in self.beginnings.along(word) {
            if beginning.other {
                return (Vec::new(), false);
            }
            fitting.extend(beginning.stems.iter().filter(|id| self.stems[**id].ends(word.len())));
        }
        if !fitting.is_empty() {
            return (fitting, false);
        }
        let Some(glances) = word.first().and_then(|letter| self.glances.get(letter)) else {
            return (Vec::new(), false);
        };
        let set = Letters::of(word);
        let meant = glances.iter().filter(|glance| glance.may_be(word.len(), set)).map(|glance| glance.stem);
        (meant.filter(|id| misspelt(word, &self.stems[*id])).collect(), true)
    }

    /// The phrases of which a stem is the first.
    pub(super) fn begun_by(&self, stem: usize) -> impl Iterator<Item = (usize, &Phrase)> {
        self.by_stem[stem].iter().map(|id| (*id, &self.phrases[*id]))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Glance, LEXICON, Letters, Stem, misspelt};

    #[test]
    fn every_stem_is_found_in_the_word_that_it_is_and_no_word_that_is_another_hides_one() {
        for (id, stem) in LEXICON.stems.iter().enumerate() {
            assert!(LEXICON.stems_of(&stem.letters).0.contains(&id), "{:?}", stem.letters);
        }
    }

    proptest! {
        #[test]
        fn the_glance_turns_no_word_away_that_is_misspelt(word in "[абвг]{1,12}", stem in "[абвг]{5,12}") {
            let (word, stem): (Vec<char>, Vec<char>) = (word.chars().collect(), stem.chars().collect());
            let stem = Stem::new(stem, false);
            if misspelt(&word, &stem) {
                prop_assert!(Glance::of(&stem, 0).may_be(word.len(), Letters::of(&word)));
            }
        }
    }
}
