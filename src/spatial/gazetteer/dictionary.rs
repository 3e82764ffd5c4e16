//! All words of all names, found again when half typed or misheard.
//!
//! A word is a candidate when it shares enough runs of three letters with the one asked for; the candidates are then
//! measured by edit distance. A country has some hundred thousand words, of which a question touches a few thousand.

/// A word of the dictionary by its number.
pub type WordId = u32;

/// A word that may be meant, and how well it fits: 1 is the same word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likely {
    /// The word.
    pub word: WordId,
    /// 0 to 1.
    pub closeness: f32,
}

/// Letters, digits and the mark of a word's beginning.
const ALPHABET: usize = 37;
const RUNS: usize = ALPHABET * ALPHABET * ALPHABET;
/// What a letter more that was not typed yet costs, and the most that they cost together.
const UNTYPED: f32 = 0.02;
const UNTYPED_MOST: f32 = 0.12;
/// What a wrong letter costs.
const WRONG: f32 = 0.2;
/// What another ending costs: names are declined (`на Черёмуховой`).
const DECLINED: f32 = 0.1;
/// What an unstressed vowel costs that is heard as another.
const UNSTRESSED: f32 = 0.1;
/// Below this many letters a word must be right, but for its first vowel.
const LEAST_FUZZY: usize = 4;
/// Below this many letters what was typed so far must be right.
const LEAST_FUZZY_BEGUN: usize = 5;
/// From this many letters two may be wrong, also while more are to come.
const LEAST_TWO_WRONG: usize = 7;

/// The dictionary.
#[derive(Debug, Default)]
pub struct Dictionary {
    /// In order, so that the words with one beginning stand together.
    words: Vec<Box<str>>,
    /// Where the words of a run begin in `with_run`.
    runs: Vec<u32>,
    with_run: Vec<WordId>,
}

impl Dictionary {
    /// A dictionary of these keys (see [`super::fold`]); doubles count once.
    #[must_use]
    pub fn new(mut words: Vec<Box<str>>) -> Self {
        words.sort_unstable();
        words.dedup();
        let mut counts = vec![0_u32; RUNS + 1];
        for word in &words {
            for run in runs_of(word) {
                counts[run + 1] += 1;
            }
        }
        for i in 1..counts.len() {
            counts[i] += counts[i - 1];
        }
        let mut next = counts.clone();
        let mut with_run = vec![0; counts[RUNS] as usize];
        for (id, word) in (0_u32..).zip(&words) {
            for run in runs_of(word) {
                with_run[next[run] as usize] = id;
                next[run] += 1;
            }
        }
        Self { words, runs: counts, with_run }
    }

    /// The number of the word with this key.
    #[must_use]
    pub fn id(&self, key: &str) -> Option<WordId> {
        self.words.binary_search_by(|word| (**word).cmp(key)).ok().and_then(|i| u32::try_from(i).ok())
    }

    /// The key of a word.
    #[must_use]
    pub fn word(&self, id: WordId) -> &str {
        self.words.get(id as usize).map_or("", |word| word)
    }

    /// How many words there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// The words that may be meant by a key, in no order, each once. With `typing` the word may be unfinished.
    #[must_use]
    pub fn likely(&self, key: &str, typing: bool) -> Vec<Likely> {
        let mut found = self.beginning_with(key, typing);
        found.extend(self.with_other_first_vowel(key));
        let wrong = match key.len() {
            len if len < LEAST_FUZZY => return found,
            len if len < LEAST_TWO_WRONG => 1,
            _ => 2,
        };
        let known: std::collections::HashSet<WordId> = found.iter().map(|l| l.word).collect();
        for word in self.sharing_runs(key, wrong) {
            if known.contains(&word) {
                continue;
            }
            if let Some(closeness) = closeness(key, &self.words[word as usize], wrong) {
                found.push(Likely { word, closeness });
            }
        }
        found
    }

    /// Of a short key that begins with an unstressed vowel the words with the other one, which is heard alike: `Обая`, `Абая`.
    /// A longer key finds them as words with a wrong letter.
    fn with_other_first_vowel(&self, key: &str) -> Vec<Likely> {
        let first = match key.as_bytes().first() {
            Some(b'a') => "o",
            Some(b'o') => "a",
            _ => return Vec::new(),
        };
        if key.len() + 1 != LEAST_FUZZY {
            return Vec::new();
        }
        let mut found = self.beginning_with(&format!("{first}{}", &key[1..]), false);
        found.iter_mut().for_each(|likely| likely.closeness -= UNSTRESSED);
        found
    }

    /// Words with this beginning: all of them while typing; otherwise those with an ending more, for names are
    /// declined (`Абай`, `Абая`, `Абаю`).
    fn beginning_with(&self, key: &str, typing: bool) -> Vec<Likely> {
        let start = self.words.partition_point(|word| **word < *key);
        let more = if typing && key.len() >= 2 { usize::MAX } else { 2 };
        (0_u32..)
            .zip(&self.words)
            .skip(start)
            .take_while(|(_, word)| word.starts_with(key))
            .filter(|(_, word)| word.len() == key.len() || (word.len() - key.len() <= more && key.len() >= 2))
            .map(|(word, text)| {
                let missing = (text.len() - key.len()) as f32;
                Likely { word, closeness: 1.0 - (missing * UNTYPED).min(UNTYPED_MOST) }
            })
            .collect()
    }

    /// Words that share as many runs as a word with so many wrong letters still does.
    fn sharing_runs(&self, key: &str, wrong: usize) -> Vec<WordId> {
        // A declined word shares no run of its ending.
        let runs: Vec<usize> = runs_of(declinable(key).unwrap_or(key)).collect();
        // A wrong letter spoils three runs.
        let least = runs.len().saturating_sub(3 * wrong).max(1);
        let mut counts: std::collections::HashMap<WordId, usize> = std::collections::HashMap::new();
        for run in runs {
            // Before the first import there is no list of runs at all.
            let Some([from, to]) = self.runs.get(run..run + 2) else { continue };
            for word in &self.with_run[*from as usize..*to as usize] {
                *counts.entry(*word).or_default() += 1;
            }
        }
        counts.into_iter().filter(|(_, shared)| *shared >= least).map(|(word, _)| word).collect()
    }
}

/// How close a word is to a key with wrong letters; none when there are too many of them.
fn closeness(key: &str, word: &str, wrong: usize) -> Option<f32> {
    // What differs more in length than letters may be wrong is not measured at all.
    let within = |a: &str, b: &str, most: usize| {
        (a.len().abs_diff(b.len()) <= most).then(|| strsim::osa_distance(a, b)).filter(|apart| *apart <= most)
    };
    if let Some(apart) = within(key, word, wrong) {
        return Some(1.0 - apart as f32 * WRONG);
    }
    // Unfinished and wrong at once.
    let begun = (word.len() > key.len() && key.len() >= LEAST_FUZZY_BEGUN).then(|| word.get(..key.len()));
    if let Some(apart) = begun.flatten().and_then(|begun| within(key, begun, wrong)) {
        return Some(1.0 - apart as f32 * WRONG - UNTYPED_MOST);
    }
    let apart = within(declinable(key)?, declinable(word).unwrap_or(word), wrong)?;
    Some(1.0 - apart as f32 * WRONG - DECLINED)
}

/// A long word without the vowels of its ending (`ая`, `ой`, `ую`); none when it has none, or would be a short word.
fn declinable(key: &str) -> Option<&str> {
    let stem = key.trim_end_matches(['a', 'e', 'i', 'o', 'u']);
    (stem.len() < key.len() && stem.len() >= LEAST_TWO_WRONG).then_some(stem)
}

/// The runs of three letters of a word, each once, its beginning marked.
fn runs_of(word: &str) -> impl Iterator<Item = usize> {
    let digit = |b: u8| match b {
        b'a'..=b'z' => usize::from(b - b'a') + 1,
        b'0'..=b'9' => usize::from(b - b'0') + 27,
        _ => 0,
    };
    let mut runs = Vec::with_capacity(word.len());
    let (mut first, mut second) = (0, 0);
    for third in word.bytes().map(digit) {
        runs.push((first * ALPHABET + second) * ALPHABET + third);
        (first, second) = (second, third);
    }
    runs.sort_unstable();
    runs.dedup();
    runs.into_iter()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(words: &[&str]) -> Dictionary {
        Dictionary::new(words.iter().map(|w| Box::from(*w)).collect())
    }

    fn likely(dictionary: &Dictionary, key: &str, typing: bool) -> Vec<String> {
        let mut found = dictionary.likely(key, typing);
        found.sort_by(|a, b| b.closeness.total_cmp(&a.closeness).then(a.word.cmp(&b.word)));
        found.iter().map(|l| dictionary.words[l.word as usize].to_string()).collect()
    }

    #[test]
    fn a_word_is_found_misheard_declined_and_unfinished() {
        let d = of(&["seifulin", "satpaev", "satbaev", "abai", "abilai", "jandosov", "tole"]);
        assert_eq!(likely(&d, "seifulina", false), ["seifulin"]);
        assert_eq!(likely(&d, "satbaev", false), ["satbaev", "satpaev"]);
        assert_eq!(likely(&d, "sefulin", false), ["seifulin"]);
        assert_eq!(likely(&d, "aba", false), ["abai"]);
        assert_eq!(likely(&d, "oba", false), ["abai"]);
        assert_eq!(likely(&d, "oba", true), ["abai"]);
        assert_eq!(likely(&d, "ob", false), Vec::<String>::new());
        assert_eq!(likely(&d, "jan", true), ["jandosov"]);
        assert_eq!(likely(&d, "jan", false), Vec::<String>::new());
        assert_eq!(likely(&d, "jondos", true), ["jandosov"]);
        assert_eq!(likely(&d, "tol", false), ["tole"]);
        assert_eq!(likely(&d, "jandosovoi", false), ["jandosov"]);
        assert_eq!(likely(&d, "jondasov", false), ["jandosov"]);
        assert_eq!(likely(&d, "jondasovoi", false), ["jandosov"]);
        assert_eq!(likely(&d, "sotboiv", false), Vec::<String>::new(), "three wrong are another word");
    }

    proptest! {
        /// Whatever letter of a long word is wrong, missing or twice as much: it is found.
        #[test]
        fn one_wrong_letter_never_hides_a_word(word in "[a-p]{6,14}", at in 0_usize..6, how in 0..3) {
            let d = of(&[&word, "zzzzzz", "yyyyyyyy"]);
            let mut heard: Vec<char> = word.chars().collect();
            match how {
                0 => heard[at] = 'z',
                1 => { heard.remove(at); }
                _ => heard.insert(at, 'z'),
            }
            let heard: String = heard.into_iter().collect();
            let id = d.id(&word).expect("it is there");
            prop_assert!(d.likely(&heard, false).iter().any(|l| l.word == id), "{heard} for {word}");
        }

        /// Two letters of a long word are wrong, and another ending stands on it: it is found.
        #[test]
        fn two_wrong_letters_and_another_ending_never_hide_a_long_word(
            stem in "[b-dfghj-np-t]{9,14}", at in (0_usize..4, 5_usize..9), ending in "[aeiou]{1,3}"
        ) {
            let word = format!("{stem}ova");
            let d = of(&[&word, "zzzzzz", "yyyyyyyy"]);
            let mut heard: Vec<char> = format!("{stem}ov{ending}").chars().collect();
            (heard[at.0], heard[at.1]) = ('z', 'z');
            let heard: String = heard.into_iter().collect();
            let id = d.id(&word).expect("it is there");
            prop_assert!(d.likely(&heard, false).iter().any(|l| l.word == id), "{heard} for {word}");
        }
    }
}
