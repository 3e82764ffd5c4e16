//! Words → categories. Kazakh, Russian and mixed speech, with misspellings and in Latin letters.
//!
//! A phrase of `words.csv` is a few stems; it is found when a word begins with each of them, near one another, in
//! any order. A stem that ends with a full stop is a whole word. Kazakh letters count as the Russian ones that people
//! type instead; repeated letters count once; Latin letters are read as the sounds that they stand for. A word that no
//! stem fits may be a stem misspelt (see `slip`), unless it is one of `other_words.csv`: "пожалуйста" is no
//! "пожар". What is denied ("өрт жоқ", "нет пожара", "без пострадавших") does not count, and a phrase explains its words:
//! in "труба жарылды" nothing has exploded.

mod beginnings;
mod lexicon;
mod slip;
mod spelling;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use lexicon::{LEXICON, Lexicon, Phrase};
use spelling::compared;
pub(in crate::domain) use spelling::fold;

/// Words that decided, where they stand in the message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// First byte in the text.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// The words themselves.
    pub words: String,
}

/// What speaks for one category.
#[derive(Debug, Clone, Default)]
pub(super) struct Score {
    pub score: f32,
    pub evidence: Vec<Evidence>,
}

/// Most words of a message that are read: the first minute of speech says what happened.
const MOST_WORDS: usize = 200;
/// A phrase's words stand within this many words of one another, beyond its own length.
const GAP: usize = 3;
/// What a phrase of one word weighs when that is misspelt.
const GUESSED: f32 = 0.5;

/// A word of the text.
struct Token {
    start: usize,
    end: usize,
    folded: Vec<char>,
    /// Stems that it begins with, or else those that it may be misspelt from.
    stems: Vec<usize>,
    /// Whether it begins with none of them.
    guessed: bool,
    denial: bool,
    /// A mark stands between it and the word before: another part of the sentence begins.
    apart: bool,
}

/// Whether a character is part of a word. Nearly every one is of the Cyrillic block's letters, which are all words'
/// parts; the tables of Unicode are looked up for the rest.
fn is_of_word(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{481}' | '\u{48a}'..='\u{4ff}') || c.is_alphanumeric()
}

/// Words of a text with their places.
pub(in crate::domain) fn split(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(|c: char| !is_of_word(c))
        .filter(|w| !w.is_empty())
        .map(move |w| (w.as_ptr() as usize - text.as_ptr() as usize, w))
}

fn is_denial(folded: &[char]) -> bool {
    const DENIALS: [&str; 9] = ["не", "нет", "никто", "никого", "никаких", "без", "жок", "емес", "ешким"];
    DENIALS.iter().any(|d| d.chars().eq(folded.iter().copied()))
}

fn tokens(text: &str, lexicon: &Lexicon) -> Vec<Token> {
    let mut end = 0;
    split(text)
        .take(MOST_WORDS)
        .map(|(start, word)| {
            let folded = compared(word);
            let between = &text[end..start];
            end = start + word.len();
            let (stems, guessed) = lexicon.stems_of(&folded);
            Token {
                start,
                end,
                stems,
                guessed,
                denial: is_denial(&folded),
                folded,
                apart: between.contains([',', '.', ';', ':', '!', '?', '\n', '—']),
            }
        })
        .collect()
}

/// What the words of a message say.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Scores by category index.
    pub scores: BTreeMap<usize, Score>,
    /// Whether many are hurt, whatever it was that hurt them.
    pub many_hurt: bool,
    /// The words that say that somebody is hurt.
    pub hurt: Option<Evidence>,
}

/// What the words of a message say.
pub(super) fn read(text: &str) -> Said {
    let lexicon = &*LEXICON;
    let tokens = tokens(text, lexicon);
    let hurt = (0..tokens.len()).filter(|at| is_one(&tokens[*at], &HURT)).find(|at| !denied(&[*at], &tokens));
    Said {
        scores: score(text, &tokens, lexicon),
        many_hurt: many_hurt(&tokens),
        hurt: hurt.map(|at| evidence(text, &tokens, &[at])),
    }
}

/// Words for many, and for who is hurt, as they are compared: a letter said twice counts once.
const MANY: [&str; 6] = ["много", "масов", "десятк", "коп", "коптеген", "ондаган"];
const HURT: [&str; 10] =
    ["пострада", "ранен", "погиб", "жертв", "шекен", "жарал", "мерт", "травмирова", "трупы", "каитыс"];
/// Words between "many" and whom it speaks of, in either order: "много пострадавших", "зардап шеккендер көп".
const MANY_REACH: usize = 2;

fn is_one(token: &Token, stems: &[&str]) -> bool {
    stems.iter().any(|stem| {
        let mut word = token.folded.iter().copied();
        stem.chars().all(|c| word.next() == Some(c)) && (stem.chars().count() > 4 || word.next().is_none())
    })
}

fn many_hurt(tokens: &[Token]) -> bool {
    (0..tokens.len()).filter(|at| is_one(&tokens[*at], &MANY)).any(|at| {
        let near = at.saturating_sub(MANY_REACH)..(at + MANY_REACH + 1).min(tokens.len());
        near.filter(|k| is_one(&tokens[*k], &HURT))
            .any(|k| !denied(&[k], tokens) && !denied(&[at, k], tokens))
    })
}

/// A phrase that is in the text.
struct Match {
    phrase: usize,
    /// The tokens that carry it, ascending.
    places: Vec<usize>,
}

fn score(text: &str, tokens: &[Token], lexicon: &Lexicon) -> BTreeMap<usize, Score> {
    let mut matches: Vec<Match> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        for stem in &token.stems {
            for (id, phrase) in lexicon.begun_by(*stem) {
                let Some(mut places) = place(phrase, at, tokens) else { continue };
                places.sort_unstable();
                if phrase.denies || !denied(&places, tokens) {
                    matches.push(Match { phrase: id, places });
                }
            }
        }
    }
    let mut scores: BTreeMap<usize, Score> = BTreeMap::new();
    let mut said: Vec<usize> = Vec::new();
    for found in &matches {
        let phrase = &lexicon.phrases[found.phrase];
        // What a longer phrase has explained says nothing more by itself: more words, or more of the same words.
        let explained = |by: &Match| {
            if by.places == found.places {
                let other = &lexicon.phrases[by.phrase];
                let rival = other.letters == phrase.letters && other.category == phrase.category;
                let first = (other.weight, found.phrase) > (phrase.weight, by.phrase);
                return other.letters > phrase.letters || rival && first;
            }
            by.places.len() > found.places.len() && found.places.iter().all(|place| by.places.contains(place))
        };
        // The same phrase said again adds nothing; people repeat themselves when they are afraid.
        if said.contains(&found.phrase) || matches.iter().any(explained) {
            continue;
        }
        said.push(found.phrase);
        let s = scores.entry(phrase.category).or_default();
        // A longer phrase says more than its parts.
        #[allow(clippy::cast_precision_loss)]
        let longer = 1.0 + 0.5 * (phrase.stems.len() - 1) as f32;
        let sure = match found.places[..] {
            // One misspelt word alone is too little to send anybody.
            [only] if tokens[only].guessed => GUESSED,
            _ => 1.0,
        };
        s.score += phrase.weight * longer * sure;
        s.evidence.push(evidence(text, tokens, &found.places));
    }
    scores
}

fn evidence(text: &str, tokens: &[Token], places: &[usize]) -> Evidence {
    let start = places.iter().map(|k| tokens[*k].start).min().unwrap_or_default();
    let end = places.iter().map(|k| tokens[*k].end).max().unwrap_or_default();
    Evidence { start, end, words: text[start..end].to_owned() }
}

/// Tokens that carry the phrase's stems, its first at `at`; each stem its own token.
fn place(phrase: &Phrase, at: usize, tokens: &[Token]) -> Option<Vec<usize>> {
    let reach = phrase.stems.len() + GAP;
    let from = at.saturating_sub(reach);
    let to = (at + reach + 1).min(tokens.len());
    let mut places = vec![at];
    for stem in &phrase.stems[1..] {
        let found = (from..to)
            .filter(|k| !places.contains(k) && tokens[*k].stems.contains(stem))
            .min_by_key(|k| k.abs_diff(at))?;
        places.push(found);
    }
    Some(places)
}

/// Denied: a Russian denial right before one of the words, or a denial right after one ("өрт жоқ", "пожара нет"), with
/// no mark between: in "горит дом, нет воды" the house burns.
fn denied(places: &[usize], tokens: &[Token]) -> bool {
    places.iter().any(|&at| {
        let before = at.checked_sub(1).filter(|k| !places.contains(k) && !tokens[at].apart);
        let before = before.is_some_and(|k| tokens[k].denial && !is_kazakh(&tokens[k].folded));
        let after = tokens.get(at + 1).filter(|t| t.denial && !t.apart && !places.contains(&(at + 1)));
        before || after.is_some_and(|t| !starts_new(&t.folded, tokens.get(at + 2)))
    })
}

fn is_kazakh(folded: &[char]) -> bool {
    ["жок", "емес"].iter().any(|d| d.chars().eq(folded.iter().copied()))
}

/// "не" and "никто" after a word belong to what follows ("пожар, не могут выйти"); "нет", "жоқ", "емес" deny it.
fn starts_new(folded: &[char], next: Option<&Token>) -> bool {
    let is = |d: &str| d.chars().eq(folded.iter().copied());
    (is("не") || is("никто") || is("никого") || is("без") || is("никаких") || is("ешким")) && next.is_some()
}

#[cfg(test)]
mod tests {
    use super::is_of_word;

    #[test]
    fn parts_of_words_are_what_unicode_holds_for_letters_and_digits() {
        for c in '\0'..='\u{ffff}' {
            assert_eq!(is_of_word(c), c.is_alphanumeric(), "{c:?}");
        }
    }
}
