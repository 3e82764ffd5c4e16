//! Words → categories. Kazakh, Russian and mixed speech, with misspellings and in Latin letters.
//!
//! A phrase of `words.csv` is a few stems; it is found when a word begins with each of them, near one another, in
//! any order. A stem that ends with a full stop is a whole word. Kazakh letters count as the Russian ones that people
//! type instead; repeated letters count once; Latin letters are read as the sounds that they stand for. A word that no
//! stem fits may be a stem misspelt (see [`misspelt`]), unless it is one of `other_words.csv`: "пожалуйста" is no
//! "пожар". What is denied ("өрт жоқ", "нет пожара", "без пострадавших") does not count, and a phrase explains its words:
//! in "труба жарылды" nothing has exploded.

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
/// A shorter stem fits only words that are hardly longer: "газ" is not in "газета".
const SHORT: usize = 4;
/// Letters that may follow a short stem.
const SHORT_ENDING: usize = 3;

/// What a phrase of one word weighs when that is misspelt.
const GUESSED: f32 = 0.5;

struct Phrase {
    category: usize,
    weight: f32,
    stems: Vec<usize>,
    /// Letters of all its stems.
    letters: usize,
    denies: bool,
}

/// A stem, with what tells most words from it at a glance.
struct Stem {
    letters: Vec<char>,
    set: Letters,
    whole: bool,
    /// How many letters may be wrong.
    wrong: usize,
}

impl Stem {
    fn new(letters: Vec<char>, whole: bool) -> Self {
        let wrong = match letters.len() {
            _ if whole => 0,
            0..=4 => 0,
            5..=8 => 1,
            _ => 2,
        };
        Self { set: Letters::of(&letters), letters, whole, wrong }
    }

    /// Whether a word begins with it.
    fn fits(&self, word: &[char]) -> bool {
        let letters = &self.letters;
        if self.whole {
            return word == letters;
        }
        word.starts_with(letters) && (letters.len() >= SHORT || word.len() <= letters.len() + SHORT_ENDING)
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
    /// Beginnings of words that are no misspelt stems, by their first letter.
    others: HashMap<char, Vec<Vec<char>>>,
}

#[derive(Deserialize)]
struct Row {
    category: String,
    weight: f32,
    phrase: String,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon {
        stems: Vec::new(),
        by_letter: HashMap::new(),
        by_stem: Vec::new(),
        phrases: Vec::new(),
        others: HashMap::new(),
    };
    let mut known: HashMap<(Vec<char>, bool), usize> = HashMap::new();
    let rows = csv::Reader::from_reader(include_str!("words.csv").as_bytes())
        .into_deserialize::<Row>()
        .filter_map(Result::ok)
        .collect::<Vec<_>>();
    for row in rows {
        let Some(category) = categories::index(&row.category) else { continue };
        let mut stems = Vec::new();
        let mut denies = false;
        for word in row.phrase.split_whitespace() {
            let whole = word.ends_with('.');
            let stem = compared(word.trim_end_matches('.'));
            denies |= is_denial(&stem);
            let next = lexicon.stems.len();
            let id = *known.entry((stem.clone(), whole)).or_insert(next);
            if id == next {
                if let Some(letter) = stem.first() {
                    lexicon.by_letter.entry(*letter).or_default().push(id);
                }
                lexicon.stems.push(Stem::new(stem, whole));
                lexicon.by_stem.push(Vec::new());
            }
            stems.push(id);
        }
        if let Some(first) = stems.first() {
            lexicon.by_stem[*first].push(lexicon.phrases.len());
            let letters = stems.iter().map(|id| lexicon.stems[*id].letters.len()).sum();
            lexicon.phrases.push(Phrase { category, weight: row.weight, stems, letters, denies });
        }
    }
    for word in include_str!("other_words.csv").lines().skip(1) {
        let word = compared(word.trim());
        if let Some(letter) = word.first() {
            lexicon.others.entry(*letter).or_default().push(word);
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

/// A word as it is compared, in whatever letters it is written.
fn compared(word: &str) -> Vec<char> {
    if word.starts_with(|c: char| matches!(c, '\u{400}'..='\u{4ff}')) {
        return fold(word);
    }
    match sounds(word) {
        Some(cyrillic) => fold(&cyrillic),
        None => fold(word),
    }
}

/// A word in Latin letters as it sounds, in Cyrillic ones: how Russian and Kazakh are typed where the keyboard has no
/// others, and the Kazakh Latin alphabet. None for a word with any other letter.
fn sounds(word: &str) -> Option<String> {
    const PAIRS: [(&str, &str); 16] = [
        ("shch", "щ"),
        ("sch", "щ"),
        ("zh", "ж"),
        ("sh", "ш"),
        ("ch", "ч"),
        ("kh", "х"),
        ("gh", "г"),
        ("ng", "н"),
        ("ts", "ц"),
        ("ya", "я"),
        ("yu", "ю"),
        ("yo", "е"),
        ("ye", "е"),
        ("ja", "жа"),
        ("ia", "ия"),
        ("ck", "к"),
    ];
    let word = word.to_lowercase();
    let mut out = String::with_capacity(word.len() * 2);
    let mut rest = word.as_str();
    let mut after_vowel = false;
    while let Some(c) = rest.chars().next() {
        if let Some((pair, sound)) = PAIRS.iter().find(|(pair, _)| rest.starts_with(pair)) {
            out.push_str(sound);
            after_vowel = matches!(*pair, "ya" | "yu" | "yo" | "ye" | "ja" | "ia");
            rest = &rest[pair.len()..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        let before_vowel = rest.starts_with(|c| "aeiouäöü".contains(c));
        out.push(match c {
            'a' | 'ä' => 'а',
            'b' => 'б',
            'c' | 's' => 'с',
            'd' => 'д',
            'e' => 'е',
            'f' => 'ф',
            'g' | 'ğ' => 'г',
            'h' | 'x' => 'х',
            'i' | 'í' => 'и',
            'ı' => 'ы',
            'j' => 'ж',
            'k' | 'q' => 'к',
            'l' => 'л',
            'm' => 'м',
            'n' | 'ñ' => 'н',
            'o' | 'ö' => 'о',
            'p' => 'п',
            'r' => 'р',
            'ş' => 'ш',
            't' => 'т',
            'u' | 'ü' | 'ū' => 'у',
            'v' | 'w' => 'в',
            'y' if after_vowel || before_vowel => 'и',
            'y' => 'ы',
            'z' => 'з',
            _ => return None,
        });
        after_vowel = "aeiouäöüı".contains(c);
    }
    Some(out)
}

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

impl Lexicon {
    /// The stems that a word begins with; where it begins with none, those that it may be misspelt from, and that it is
    /// a guess.
    fn stems_of(&self, word: &[char]) -> (Vec<usize>, bool) {
        let Some(near) = word.first().and_then(|letter| self.by_letter.get(letter)) else {
            return (Vec::new(), false);
        };
        let fitting: Vec<usize> = near.iter().copied().filter(|id| self.stems[*id].fits(word)).collect();
        if self.is_other(word) {
            return (Vec::new(), false);
        }
        if !fitting.is_empty() {
            return (fitting, false);
        }
        let set = Letters::of(word);
        let meant = near.iter().copied().filter(|id| {
            let stem = &self.stems[*id];
            stem.set.lacking(set) <= stem.wrong && misspelt(word, stem)
        });
        (meant.collect(), true)
    }

    fn is_other(&self, word: &[char]) -> bool {
        word.first()
            .and_then(|letter| self.others.get(letter))
            .is_some_and(|others| others.iter().any(|other| word.starts_with(other)))
    }
}

/// Letters behind a stem that is misspelt, at most: a long word that only begins alike is another word.
const MISSPELT_ENDING: usize = 4;
/// From this many letters a stem is told from other words whatever letter is wrong.
const LONG: usize = 7;

/// Whether a word may be a stem, misspelt by one letter, or by two in a long one: another letter (in a short stem only
/// one that sounds alike), one too many, one missing, or two in the wrong order. The first letter and the last of the
/// stem are right: a stem without its end is another stem.
fn misspelt(word: &[char], stem: &Stem) -> bool {
    stem.wrong > 0
        && word.len() <= stem.letters.len() + MISSPELT_ENDING
        && within(word, &stem.letters, stem.wrong, stem.letters.len() >= LONG)
}

fn within(word: &[char], stem: &[char], wrong: usize, any: bool) -> bool {
    let same = word.iter().zip(stem).take_while(|(w, s)| w == s).count();
    let (word, stem) = (&word[same..], &stem[same..]);
    let (Some((&s, stem_left)), Some(wrong)) = (stem.split_first(), wrong.checked_sub(1)) else {
        return stem.is_empty();
    };
    let Some((&w, word_left)) = word.split_first() else { return false };
    // The last letter must stand in the word.
    let last = stem_left.is_empty();
    let other = (any && !last || sound_alike(w, s)) && within(word_left, stem_left, wrong, any);
    let too_many = within(word_left, stem, wrong, any);
    let missing = !last && within(word, stem_left, wrong, any);
    let turned = match (word_left.split_first(), stem_left.split_first()) {
        (Some((&w2, word_on)), Some((&s2, stem_on))) if w == s2 && w2 == s => {
            within(word_on, stem_on, wrong, any)
        }
        _ => false,
    };
    other || too_many || missing || turned
}

/// Letters that are written for one another where the sound is the same or nearly so.
fn sound_alike(a: char, b: char) -> bool {
    const ALIKE: [&str; 14] =
        ["ао", "еи", "еэ", "ея", "иы", "уюо", "бп", "вф", "гкх", "дт", "жшщ", "зсц", "чщш", "ьъ"];
    ALIKE.iter().any(|group| group.contains(a) && group.contains(b))
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
            for &phrase in &lexicon.by_stem[*stem] {
                let Some(mut places) = place(&lexicon.phrases[phrase], at, tokens) else { continue };
                places.sort_unstable();
                if lexicon.phrases[phrase].denies || !denied(&places, tokens) {
                    matches.push(Match { phrase, places });
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
    use super::{LEXICON, Letters, Stem, compared, fold, is_of_word, misspelt, sounds};
    use proptest::prelude::*;

    fn stem(letters: &str) -> Stem {
        Stem::new(fold(letters), false)
    }

    #[test]
    fn parts_of_words_are_what_unicode_holds_for_letters_and_digits() {
        for c in '\0'..='\u{ffff}' {
            assert_eq!(is_of_word(c), c.is_alphanumeric(), "{c:?}");
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_the_stem_and_another_word_is_not() {
        for (word, meant) in [
            ("пажар", "пожар"),
            ("пожра", "пожар"),
            ("пжар", "пожар"),
            ("гарит", "горит"),
            ("машына", "машина"),
            ("кравотичение", "кровотечени"),
        ] {
            assert!(misspelt(&fold(word), &stem(meant)), "{word}: {meant}");
        }
        for (word, other) in [
            ("пожалуйста", "пожар"),
            ("жарық", "жарыл"),
            ("жаралы", "жарыл"),
            ("тоннель", "тонет"),
            ("взял", "взрыв"),
            ("газ", "газет"),
        ] {
            assert!(!misspelt(&fold(word), &stem(other)), "{word}: {other}");
        }
    }

    #[test]
    fn latin_letters_are_read_as_they_sound() {
        for (latin, cyrillic) in [
            ("pozhar", "пожар"),
            ("ortenip", "өртеніп"),
            ("uyi", "үйі"),
            ("jatyr", "жатыр"),
            ("janyp", "жанып"),
            ("postradavshie", "пострадавшие"),
            ("avaria", "авария"),
            ("shygyp", "шығып"),
        ] {
            assert_eq!(compared(latin), fold(cyrillic), "{latin}");
        }
        assert_eq!(sounds("12"), None);
    }

    #[test]
    fn no_word_that_is_another_hides_a_stem() {
        for (first, others) in &LEXICON.others {
            for other in others {
                let hidden = LEXICON.stems.iter().find(|stem| stem.letters.starts_with(other));
                let hidden = hidden.map(|stem| stem.letters.iter().collect::<String>());
                assert_eq!(hidden, None, "{first}: {other:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn the_glance_at_the_letters_turns_no_word_away_that_is_misspelt(
            word in "[абвг]{1,12}", stem in "[абвг]{5,12}",
        ) {
            let (word, stem): (Vec<char>, Vec<char>) = (word.chars().collect(), stem.chars().collect());
            let stem = Stem::new(stem, false);
            if misspelt(&word, &stem) {
                prop_assert!(stem.set.lacking(Letters::of(&word)) <= stem.wrong);
            }
        }

        #[test]
        fn a_stem_is_no_misspelling_of_a_word_without_its_end(stem in "[а-я]{6,12}") {
            let stem = Stem::new(fold(&stem), false);
            let cut = &stem.letters[..stem.letters.len() - 1];
            prop_assert!(!misspelt(cut, &stem) || stem.wrong == 0 || cut.last() == stem.letters.last());
        }
    }
}
