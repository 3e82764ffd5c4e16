//! What was asked: the words that name something, the house, the crossing, the kilometre.

use super::fold::{self, Word};
use super::numbers::{self, Role};
use super::part::{Part, part};

/// A question as it is understood.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Question {
    /// Words that name something, and numbers, in order.
    pub words: Vec<Word>,
    /// Where a word says that two streets cross, how many of `words` stand before it.
    pub crossing: Option<usize>,
    /// The distance along a road, kilometres.
    pub kilometre: Option<f64>,
    /// The number that a word calls a house.
    pub house: Option<String>,
    /// Names of districts and regions that it is said to lie in.
    pub lies_in: Vec<Word>,
    /// Whether the last word may be unfinished.
    pub typing: bool,
    /// Whether the last of `words` is the last that was written.
    ended: bool,
}

/// The longest question that is read, characters; what is longer was not typed for a search.
pub const LONGEST: usize = 200;
/// The most words of it.
const MOST_WORDS: usize = 10;

impl Question {
    /// Reads a question.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text: String = text.chars().take(LONGEST).collect();
        let text = with_metres(&text);
        let mut question = Self { typing: text.ends_with(|c: char| c.is_alphanumeric()), ..Self::default() };
        let mut crossing = None;
        // A stroke between words parts two streets; within a number it is a fraction.
        for (i, side) in parted(&text).into_iter().enumerate() {
            if i == 1 {
                crossing = Some(question.words.len());
            }
            let found = question.take(fold::words(side));
            crossing = crossing.or(found);
        }
        question.typing &= question.ended;
        question.words.truncate(MOST_WORDS);
        // A road over land is called by its two ends, `Қапшағай – Ұзынағаш`: what has a kilometre is no crossing.
        question.crossing = crossing.filter(|at| *at < question.words.len() && question.kilometre.is_none());
        question
    }

    /// Takes the words of one side; where a word of crossing stands within, after how many words.
    fn take(&mut self, words: Vec<Word>) -> Option<usize> {
        let words = numbers::joined(without_country(words));
        let mut parts: Vec<Option<Part>> =
            words.iter().map(|word| if word.number { None } else { part(&word.written) }).collect();
        numbers::beside(&words, &mut parts);
        // What is made of such words alone is a name after all: `Набережная`.
        let all = parts.iter().all(Option::is_some);
        let roles = numbers::roles(&words, &parts);
        let admin = administration(&words, &parts);
        let mut crossing = None;
        for (i, word) in words.iter().enumerate() {
            match (parts[i], roles[i]) {
                (Some(Part::Crossing), _) if !all => crossing = Some(self.words.len()),
                (Some(_), _) if !all => {}
                (_, Some(Role::Kilometre(kilometre))) if self.kilometre.is_none() => {
                    self.kilometre = Some(kilometre);
                }
                (_, Some(Role::House)) if self.house.is_none() => self.house = Some(word.key.clone()),
                (_, Some(Role::Flat | Role::Kilometre(_))) => {}
                _ if admin[i] => self.lies_in.push(word.clone()),
                _ => {
                    self.words.push(word.clone());
                    self.ended = i + 1 == words.len();
                }
            }
        }
        // `угол Абая и Сейфуллина`: the word stands before both, and what parts them is an `и`.
        match crossing {
            Some(0) => Some(words_before_and(&words, &parts)).filter(|at| *at > 0),
            other => other,
        }
    }
}

/// The words without the country, which is everybody's: `Республика Казахстан`.
fn without_country(mut words: Vec<Word>) -> Vec<Word> {
    let republic = |word: &Word| word.written.starts_with("республик") || word.written == "republic";
    let country = |word: &Word| matches!(word.key.as_str(), "kazahstan" | "kazakstan" | "kazahstana");
    let beside = words.windows(2).position(|pair| {
        (republic(&pair[0]) && country(&pair[1])) || (country(&pair[0]) && republic(&pair[1]))
    });
    match beside {
        Some(at) if words.len() > 2 => drop(words.drain(at..at + 2)),
        None if words.len() > 1
            && (matches!(words[0].written.as_str(), "рк" | "қр") || country(&words[0])) =>
        {
            words.remove(0);
        }
        _ => {}
    }
    words
}

/// Which words name a district or a region: the one before `район`, `ауданы`, `облысы`, or in Russian the one behind it.
/// Where nothing else is named they are what is looked for.
fn administration(words: &[Word], parts: &[Option<Part>]) -> Vec<bool> {
    let russian = |word: &Word| {
        word.written.ends_with("ский") || word.written.contains("ско") || word.written.ends_with("ская")
    };
    let mut admin = vec![false; words.len()];
    for (i, word) in words.iter().enumerate() {
        if parts[i] != Some(Part::AdminKind) {
            continue;
        }
        let name = |at: &usize| parts.get(*at).is_some_and(Option::is_none) && !words[*at].number;
        let kazakh = ["аудан", "облыс", "округ"].iter().any(|begin| word.written.starts_with(begin));
        let before = i.checked_sub(1).filter(name).filter(|at| kazakh || russian(&words[*at]));
        let at = before.or(Some(i + 1).filter(name).filter(|at| russian(&words[*at])));
        if let Some(at) = at {
            admin[at] = true;
        }
    }
    let named = (0..words.len()).any(|i| parts[i].is_none() && !admin[i] && !words[i].number);
    if named { admin } else { vec![false; words.len()] }
}

/// How many names stand before the `и`, `мен`, `and` between two streets; one where there is none.
fn words_before_and(words: &[Word], parts: &[Option<Part>]) -> usize {
    let mut before = 0;
    for (word, part) in words.iter().zip(parts) {
        if part.is_none() {
            before += 1;
        } else if before > 0 && matches!(word.written.as_str(), "и" | "мен" | "және" | "and" | "с") {
            return before;
        }
    }
    1
}

/// The text with the tenths of a kilometre (`37,4 км`, `км 37.4`) and its metres (`37+400`) as [`numbers`] read them:
/// `37/400`. A number beside which nobody says that it is a kilometre stays as it is.
fn with_metres(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let digits =
        |from: usize| chars[from.min(chars.len())..].iter().take_while(|c| c.is_ascii_digit()).count();
    let is_kilometre = |word: String| part(&word.to_lowercase()) == Some(Part::Kilometre);
    let mut written = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let whole = digits(at);
        let begins =
            at == 0 || !(chars[at - 1].is_alphanumeric() || matches!(chars[at - 1], '.' | ',' | '+'));
        let sign = chars.get(at + whole).copied();
        let behind = digits(at + whole + 1);
        let end = at + whole + 1 + behind;
        let number =
            begins && whole > 0 && (1..=3).contains(&behind) && matches!(sign, Some('.' | ',' | '+'));
        if number {
            let after = next_word(chars[end..].iter());
            let before: String = next_word(chars[..at].iter().rev()).chars().rev().collect();
            if is_kilometre(after) || is_kilometre(before) {
                let metres: String = chars[at + whole + 1..end].iter().collect();
                let metres = if sign == Some('+') { metres } else { format!("{metres:0<3}") };
                written.extend(&chars[at..at + whole]);
                written.push('/');
                written.push_str(&metres);
                at = end;
                continue;
            }
        }
        let step = whole.max(1);
        written.extend(&chars[at..at + step]);
        at += step;
    }
    written
}

/// The letters that come next, over blanks and full stops.
fn next_word<'a>(around: impl Iterator<Item = &'a char>) -> String {
    around.skip_while(|c| c.is_whitespace() || **c == '.').take_while(|c| c.is_alphabetic()).collect()
}

/// The text, or its two sides where a stroke, an ampersand or a dash between spaces parts two names.
fn parted(text: &str) -> Vec<&str> {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    // `ш/а` is one word written short.
    let lone = |mut from: Box<dyn Iterator<Item = char> + '_>| {
        from.next().is_some_and(char::is_alphabetic) && from.next().is_none_or(|c| !c.is_alphanumeric())
    };
    for (at, c) in text.char_indices() {
        let (before, after) = (&text[..at], &text[at + c.len_utf8()..]);
        let parts = match c {
            '/' | '\\' => {
                let fraction = digit(before.chars().next_back()) && digit(after.chars().next());
                !(fraction || lone(Box::new(before.chars().rev())) && lone(Box::new(after.chars())))
            }
            '&' | '×' => true,
            '-' | '–' | '—' => before.ends_with(' ') && after.starts_with(' '),
            _ => false,
        };
        if parts && !before.trim().is_empty() && !after.trim().is_empty() {
            return vec![before, after];
        }
    }
    vec![text]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, Option<usize>, Option<f64>, Option<String>) {
        let q = Question::read(text);
        (q.words.into_iter().map(|w| w.key).collect(), q.crossing, q.kilometre, q.house)
    }

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(|w| (*w).to_owned()).collect()
    }

    #[test]
    fn kinds_of_streets_and_prepositions_are_no_names_and_the_number_is_the_house() {
        assert_eq!(read("на улице Абая, дом 10а"), (words(&["aba"]), None, None, Some("10a".into())));
        assert_eq!(read("Абай даңғылы 10 үй"), (words(&["abai"]), None, None, Some("10".into())));
        assert_eq!(read("мкр Самал-2 д 33 кв 7"), (words(&["samal", "2"]), None, None, Some("33".into())));
        assert_eq!(read("Абая 10/2"), (words(&["aba", "10/2"]), None, None, None));
        assert_eq!(read("Набережная"), (words(&["naberejna"]), None, None, None));
    }

    #[test]
    fn a_crossing_is_said_in_many_ways() {
        let crossed = (words(&["aba", "seifulina"]), Some(1), None, None);
        for text in [
            "Абая/Сейфуллина",
            "Абая - Сейфуллина",
            "Абая угол Сейфуллина",
            "угол Абая и Сейфуллина",
            "пересечение улиц Абая и Сейфуллина",
            "Абая & Сейфуллина",
            "Абая выше Сейфуллина",
        ] {
            let mut read = read(text);
            read.0.retain(|w| w != "ulic");
            assert_eq!(read, crossed, "{text}");
        }
    }

    #[test]
    fn a_kilometre_belongs_to_its_road() {
        assert_eq!(read("35 км трассы А-3"), (words(&["a3"]), None, Some(35.0), None));
        assert_eq!(read("трасса Алматы Бишкек 12-й км").2, Some(12.0));
    }

    #[test]
    fn tenths_and_metres_of_a_kilometre_are_read_as_they_are_said_and_written() {
        for text in
            ["37,4 км трассы А-3", "А-3 37.4 км", "А-3, км 37,4", "А-3 км. 37+400", "А-3 37,40шақырым"]
        {
            assert_eq!(read(text), (words(&["a3"]), None, Some(37.4), None), "{text}");
        }
        assert_eq!(read("12,05 km A3").2, Some(12.05));
        assert_eq!(read("А-3 37+5 км").2, Some(37.005));
        // Without the word it is no kilometre.
        assert_eq!(read("Абая 37,4").2, None);
    }
}
