//! Words → categories. Kazakh, Russian and mixed speech, with misspellings.
//!
//! A phrase of `words.csv` is a few stems; it is found when a word begins with each of them, near one another, in
//! any order. Kazakh letters count as the Russian ones that people type instead; repeated letters count once; one
//! letter may be wrong in a stem of five, two in a stem of nine. What is denied ("өрт жоқ", "нет пожара") does not
//! count.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::categories;

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

struct Phrase {
    category: usize,
    weight: f32,
    stems: Vec<usize>,
    denies: bool,
}

/// A stem, with what tells most words from it at a glance.
struct Stem {
    letters: Vec<char>,
    set: Letters,
    /// How many letters may be wrong.
    wrong: usize,
}

impl Stem {
    fn new(letters: Vec<char>) -> Self {
        let wrong = match letters.len() {
            0..=4 => 0,
            5..=8 => 1,
            _ => 2,
        };
        Self { set: Letters::of(&letters), letters, wrong }
    }
}

/// Which letters there are, by the last six bits of their number: the Cyrillic ones that words are made of are all apart.
#[derive(Clone, Copy)]
struct Letters(u64);

impl Letters {
    fn of(letters: &[char]) -> Self {
        Self(letters.iter().fold(0, |set, c| set | 1 << (u32::from(*c) & 63)))
    }

    /// How many of these the others lack, at least.
    fn lacking(self, others: Self) -> usize {
        (self.0 & !others.0).count_ones() as usize
    }
}

struct Lexicon {
    stems: Vec<Stem>,
    /// Stems by their first letter.
    by_letter: HashMap<char, Vec<usize>>,
    /// Phrases by each of their stems' first.
    by_stem: Vec<Vec<usize>>,
    phrases: Vec<Phrase>,
}

#[derive(Deserialize)]
struct Row {
    category: String,
    weight: f32,
    phrase: String,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon =
        Lexicon { stems: Vec::new(), by_letter: HashMap::new(), by_stem: Vec::new(), phrases: Vec::new() };
    let mut known: HashMap<Vec<char>, usize> = HashMap::new();
    let rows = csv::Reader::from_reader(include_str!("words.csv").as_bytes())
        .into_deserialize::<Row>()
        .filter_map(Result::ok)
        .collect::<Vec<_>>();
    for row in rows {
        let Some(category) = categories::index(&row.category) else { continue };
        let mut stems = Vec::new();
        let mut denies = false;
        for word in row.phrase.split_whitespace() {
            let stem = fold(word);
            denies |= is_denial(&stem);
            let next = lexicon.stems.len();
            let id = *known.entry(stem.clone()).or_insert(next);
            if id == next {
                if let Some(letter) = stem.first() {
                    lexicon.by_letter.entry(*letter).or_default().push(id);
                }
                lexicon.stems.push(Stem::new(stem));
                lexicon.by_stem.push(Vec::new());
            }
            stems.push(id);
        }
        if let Some(first) = stems.first() {
            lexicon.by_stem[*first].push(lexicon.phrases.len());
            lexicon.phrases.push(Phrase { category, weight: row.weight, stems, denies });
        }
    }
    lexicon
});

/// One letter as it is compared: small, Kazakh as Russian, ё as е.
fn letter(c: char) -> char {
    match c {
        'ә' => 'а',
        'ғ' => 'г',
        'қ' => 'к',
        'ң' => 'н',
        'ө' => 'о',
        'ұ' | 'ү' => 'у',
        'һ' => 'х',
        'і' | 'i' | 'й' => 'и',
        'ё' => 'е',
        other => other,
    }
}

/// A word as it is compared.
pub(in crate::domain) fn fold(word: &str) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(word.len() / 2);
    let mut add = |c: char| {
        let c = letter(c);
        if out.last() != Some(&c) {
            out.push(c);
        }
    };
    for c in word.chars() {
        match c {
            // Small already: most letters, and none of them in need of Unicode's tables.
            'а'..='я' => add(c),
            _ => c.to_lowercase().for_each(&mut add),
        }
    }
    out
}

/// A word of the text.
struct Token {
    start: usize,
    end: usize,
    folded: Vec<char>,
    /// Stems that it begins with; whether it is a denial.
    stems: Vec<usize>,
    denial: bool,
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
    split(text)
        .take(MOST_WORDS)
        .map(|(start, word)| {
            let folded = fold(word);
            let set = Letters::of(&folded);
            let stems = folded
                .first()
                .and_then(|l| lexicon.by_letter.get(l))
                .map(|ids| {
                    ids.iter().copied().filter(|id| begins(&folded, set, &lexicon.stems[*id])).collect()
                })
                .unwrap_or_default();
            Token { start, end: start + word.len(), denial: is_denial(&folded), folded, stems }
        })
        .collect()
}

/// Whether a word begins with a stem, with as many wrong letters as its length allows. Short stems must be whole
/// words or a beginning of a word not much longer: "газ" is not in "газета".
fn begins(word: &[char], set: Letters, stem: &Stem) -> bool {
    // Each letter that the word lacks is one that is wrong.
    if stem.set.lacking(set) > stem.wrong {
        return false;
    }
    let letters = &stem.letters;
    let same = common(word, letters);
    if same == letters.len() {
        return letters.len() >= 4 || word.len() <= letters.len() + 3;
    }
    stem.wrong > 0 && begins_within(&word[same..], &letters[same..], stem.wrong)
}

/// How many letters both begin with in common.
fn common(word: &[char], stem: &[char]) -> usize {
    word.iter().zip(stem).take_while(|(w, s)| w == s).count()
}

/// Whether a beginning of the word is the stem but for so many letters that are wrong, missing or too many. What both
/// begin with in common decides nothing, so that most words are left at their second letter.
fn begins_within(word: &[char], stem: &[char], wrong: usize) -> bool {
    let same = common(word, stem);
    let (word, stem) = (&word[same..], &stem[same..]);
    let ([_, left @ ..], Some(wrong)) = (stem, wrong.checked_sub(1)) else { return stem.is_empty() };
    let missing = || begins_within(word, left, wrong);
    match word {
        [] => missing(),
        [_, rest @ ..] => begins_within(rest, left, wrong) || begins_within(rest, stem, wrong) || missing(),
    }
}

/// What the words of a message say.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Scores by category index.
    pub scores: BTreeMap<usize, Score>,
    /// Whether many are hurt, whatever it was that hurt them.
    pub many_hurt: bool,
}

/// What the words of a message say.
pub(super) fn read(text: &str) -> Said {
    let lexicon = &*LEXICON;
    let tokens = tokens(text, lexicon);
    Said { scores: score(text, &tokens, lexicon), many_hurt: many_hurt(&tokens) }
}

/// Words for many, and for who is hurt, as they are compared: a letter said twice counts once.
const MANY: [&str; 6] = ["много", "масов", "десятк", "коп", "коптеген", "ондаган"];
const HURT: [&str; 6] = ["пострадавш", "ранен", "погибш", "жертв", "шекен", "жарал"];
/// Words between "many" and whom it speaks of, in either order: "много пострадавших", "зардап шеккендер көп".
const MANY_REACH: usize = 2;

fn many_hurt(tokens: &[Token]) -> bool {
    let is_one = |token: &Token, stems: &[&str]| {
        stems.iter().any(|stem| {
            let mut word = token.folded.iter().copied();
            stem.chars().all(|c| word.next() == Some(c))
                && (stem.chars().count() > 4 || word.next().is_none())
        })
    };
    (0..tokens.len()).filter(|at| is_one(&tokens[*at], &MANY)).any(|at| {
        let near = at.saturating_sub(MANY_REACH)..(at + MANY_REACH + 1).min(tokens.len());
        near.filter(|k| is_one(&tokens[*k], &HURT))
            .any(|k| !denied(&[k], tokens) && !denied(&[at, k], tokens))
    })
}

fn score(text: &str, tokens: &[Token], lexicon: &Lexicon) -> BTreeMap<usize, Score> {
    let mut scores: BTreeMap<usize, Score> = BTreeMap::new();
    let mut said: BTreeMap<(usize, usize), ()> = BTreeMap::new();
    for (at, token) in tokens.iter().enumerate() {
        for stem in &token.stems {
            for &p in &lexicon.by_stem[*stem] {
                let phrase = &lexicon.phrases[p];
                let Some(places) = place(phrase, at, tokens) else { continue };
                if !phrase.denies && denied(&places, tokens) {
                    continue;
                }
                // The same phrase said again adds nothing; people repeat themselves when they are afraid.
                if said.insert((phrase.category, p), ()).is_some() {
                    continue;
                }
                let (Some(first), Some(last)) = (places.iter().min(), places.iter().max()) else { continue };
                let (start, end) = (tokens[*first].start, tokens[*last].end);
                let s = scores.entry(phrase.category).or_default();
                // A longer phrase says more than its parts.
                #[allow(clippy::cast_precision_loss)]
                let longer = 1.0 + 0.5 * (phrase.stems.len() - 1) as f32;
                s.score += phrase.weight * longer;
                s.evidence.push(Evidence { start, end, words: text[start..end].to_owned() });
            }
        }
    }
    scores
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

/// Denied: a Russian denial right before, or a denial right after ("өрт жоқ", "пожара нет").
fn denied(places: &[usize], tokens: &[Token]) -> bool {
    let (Some(&first), Some(&last)) = (places.iter().min(), places.iter().max()) else { return false };
    let before = first.checked_sub(1).is_some_and(|k| tokens[k].denial && !is_kazakh(&tokens[k].folded));
    let after =
        tokens.get(last + 1).is_some_and(|t| t.denial && !starts_new(&t.folded, tokens.get(last + 2)));
    before || after
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
    use super::{Letters, Stem, begins, begins_within, is_of_word};
    use proptest::prelude::*;

    /// The least edit distance (Levenshtein) between the stem and any beginning of the word, by the table.
    fn prefix_distance(word: &[char], stem: &[char]) -> usize {
        let mut row: Vec<usize> = (0..=stem.len()).collect();
        let mut best = stem.len();
        for (i, w) in word.iter().enumerate() {
            let mut diagonal = std::mem::replace(&mut row[0], i + 1);
            for (j, s) in stem.iter().enumerate() {
                let kept = diagonal + usize::from(w != s);
                diagonal = row[j + 1];
                row[j + 1] = kept.min(row[j] + 1).min(diagonal + 1);
            }
            best = best.min(row[stem.len()]);
        }
        best
    }

    #[test]
    fn parts_of_words_are_what_unicode_holds_for_letters_and_digits() {
        for c in '\0'..='\u{ffff}' {
            assert_eq!(is_of_word(c), c.is_alphanumeric(), "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn a_word_begins_with_a_stem_within_as_many_wrong_letters_as_the_table_says(
            word in "[аб]{0,9}", stem in "[абв]{1,9}", wrong in 0usize..3,
        ) {
            let (word, stem): (Vec<char>, Vec<char>) = (word.chars().collect(), stem.chars().collect());
            prop_assert_eq!(begins_within(&word, &stem, wrong), prefix_distance(&word, &stem) <= wrong);
        }

        #[test]
        fn the_glance_at_the_letters_turns_no_word_away_that_the_table_lets_in(
            word in "[абвг]{1,12}", stem in "[абвг]{5,12}",
        ) {
            let (word, stem): (Vec<char>, Vec<char>) = (word.chars().collect(), stem.chars().collect());
            let stem = Stem::new(stem);
            let fits = prefix_distance(&word, &stem.letters) <= stem.wrong;
            prop_assert_eq!(begins(&word, Letters::of(&word), &stem), fits);
        }
    }
}
