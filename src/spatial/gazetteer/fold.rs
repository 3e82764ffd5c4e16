//! One key for all the ways in which a name is written: Kazakh, Russian, and either in Latin letters.
//!
//! `Жандосова`, `Джандосова`, `Zhandosov`, `Jandosov`, `Жандосов` come out alike or one letter apart; what is left
//! apart the dictionary bridges by edit distance. A key is of `a` to `z` and `0` to `9` alone.

use super::part::short;

/// A word of a question or of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As written, in lower case.
    pub written: String,
    /// Its key; a number's key is the number with its letter and fraction: `10a/2`.
    pub key: String,
    /// Whether it begins with a digit.
    pub number: bool,
    /// Whether it is a number that a hyphen joins to the word before: `Самал-2`.
    pub joined: bool,
}

/// The words of a text, in order. A hyphen parts a word from a number (`Самал-2`), not two numbers (`10-2`).
#[must_use]
pub fn words(text: &str) -> Vec<Word> {
    let lower = text.to_lowercase();
    let chars: Vec<char> = lower.chars().collect();
    let mut words = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let start = i;
        let begins = i == 0 || !chars[i - 1].is_alphanumeric();
        if let Some(end) = end_of_reference(&chars, i) {
            let written: String = chars[start..end].iter().collect();
            words.push(Word { key: reference_key(&written), written, number: false, joined: false });
            i = end;
        } else if let Some((count, whole)) = short(&chars[i..]).filter(|_| begins) {
            words.push(Word { key: fold(whole), written: whole.to_owned(), number: false, joined: false });
            i += count;
        } else if chars[i].is_ascii_digit() {
            let joined = i > 1 && chars[i - 1] == '-' && is_letter(chars[i - 2]);
            i = end_of_number(&chars, i);
            let written: String = chars[start..i].iter().collect();
            words.push(Word { key: house_key(&written), written, number: true, joined });
            i += ordinal_ending(&chars[i..]);
        } else if is_letter(chars[i]) {
            while i < chars.len() && (is_letter(chars[i]) || is_mark(chars[i])) {
                i += 1;
            }
            let written: String = chars[start..i].iter().filter(|c| !is_mark(**c)).collect();
            let key = fold(&written);
            if !key.is_empty() {
                words.push(Word { key, written, number: false, joined: false });
            }
        } else {
            i += 1;
        }
    }
    words
}

/// A road's number at the beginning of a word: a letter of the republican or European network with digits, with or
/// without a hyphen (`А-3`, `M36`). `д10` is a house.
fn end_of_reference(chars: &[char], at: usize) -> Option<usize> {
    let begins = at == 0 || !chars[at - 1].is_alphanumeric();
    if !begins || !matches!(chars[at], 'а' | 'a' | 'м' | 'm' | 'р' | 'p' | 'r' | 'е' | 'e') {
        return None;
    }
    let digits = if chars.get(at + 1) == Some(&'-') { at + 2 } else { at + 1 };
    let count = chars[digits.min(chars.len())..].iter().take_while(|c| c.is_ascii_digit()).count();
    let end = digits + count;
    let ends = chars.get(end).is_none_or(|c| !c.is_alphanumeric());
    ((1..=3).contains(&count) && ends).then_some(end)
}

/// The key of a road's number, in whatever alphabet and with whatever sign between: `A3`, `А-3` and `a 3` are one.
#[must_use]
pub fn reference_key(reference: &str) -> String {
    reference
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            'а' => Some('a'),
            'м' => Some('m'),
            'р' | 'p' => Some('r'),
            'е' => Some('e'),
            'к' => Some('k'),
            'с' => Some('c'),
            'т' => Some('t'),
            'о' => Some('o'),
            'в' => Some('b'),
            'н' => Some('h'),
            'х' => Some('x'),
            c if c.is_ascii_alphanumeric() => Some(c),
            _ => None,
        })
        .collect()
}

/// A number goes on over its letter (`10а`) and over a fraction or a second number (`10/2`, `10-2б`); an ordinal's
/// ending (`8-й`, `28-ая`) is left out of it.
fn end_of_number(chars: &[char], from: usize) -> usize {
    let lone = |i: usize| {
        chars.get(i).is_some_and(|c| is_letter(*c)) && chars.get(i + 1).is_none_or(|c| !c.is_alphanumeric())
    };
    let digits = |mut i: usize| {
        while i < chars.len() && chars[i].is_ascii_digit() {
            i += 1;
        }
        i
    };
    // One letter alone belongs to the number, also behind a hyphen (`10-А`); more of them are a word.
    let letter = |i: usize| {
        let i = if chars.get(i) == Some(&'-') && ordinal_ending(&chars[i..]) == 0 && lone(i + 1) {
            i + 1
        } else {
            i
        };
        let alone = i < chars.len() && is_letter(chars[i]) && chars.get(i + 1).is_none_or(|c| !is_letter(*c));
        if alone { i + 1 } else { i }
    };
    let mut end = letter(digits(from));
    let parted = chars.get(end).is_some_and(|c| matches!(c, '/' | '\\' | '-'));
    if parted && chars.get(end + 1).is_some_and(char::is_ascii_digit) {
        end = letter(digits(end + 1));
    }
    end
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic()
}

/// Within a word and without a sound: apostrophes, accents that stand on the letter before.
fn is_mark(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '`' | '\u{300}'..='\u{36f}')
}

/// How long the ending of an ordinal is (`8-й`, `12-ші`), which says nothing.
fn ordinal_ending(rest: &[char]) -> usize {
    const ENDINGS: [&str; 20] = [
        "й", "я", "е", "м", "х", "ый", "ой", "ий", "ая", "ое", "го", "му", "ші", "шы", "нші", "ншы", "інші",
        "ыншы", "th", "st",
    ];
    if rest.first() != Some(&'-') {
        return 0;
    }
    let ending: String = rest[1..].iter().take_while(|c| is_letter(**c)).collect();
    if ENDINGS.contains(&ending.as_str()) { 1 + ending.chars().count() } else { 0 }
}

/// The key of a house number: lower case, letters as in words, every parting sign a stroke.
#[must_use]
pub fn house_key(number: &str) -> String {
    let mut key = String::with_capacity(number.len());
    for c in number.to_lowercase().chars() {
        match c {
            // A letter belongs to its number with or without a hyphen.
            '/' | '\\' | '-' if !key.ends_with('/') => key.push('/'),
            c if c.is_ascii_digit() => key.push(c),
            c if is_letter(c) => {
                if key.ends_with('/') {
                    key.pop();
                }
                key.push_str(&fold(&c.to_string()));
            }
            _ => {}
        }
    }
    key
}

/// The key of a word.
#[must_use]
pub fn fold(word: &str) -> String {
    let mut sounds = String::with_capacity(word.len());
    let lower = word.to_lowercase();
    let mut rest = lower.as_str();
    while let Some(first) = rest.chars().next() {
        match CLUSTERS.iter().find(|(cluster, _)| rest.starts_with(cluster)) {
            Some((cluster, sound)) => {
                sounds.push_str(sound);
                rest = &rest[cluster.len()..];
            }
            None => {
                sounds.push_str(sound(first));
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    let mut key = String::with_capacity(sounds.len());
    for c in sounds.chars() {
        // What is written double is often heard single.
        if !key.ends_with(c) || c.is_ascii_digit() {
            key.push(c);
        }
    }
    key
}

/// Letters that are one sound together; longer ones first. `x`, `q` and `c` stand for ш, ч and ц.
const CLUSTERS: [(&str, &str); 30] = [
    ("shch", "x"),
    ("sch", "x"),
    ("дж", "j"),
    ("dzh", "j"),
    ("dj", "j"),
    ("zh", "j"),
    ("kh", "h"),
    ("gh", "g"),
    ("sh", "x"),
    ("ch", "q"),
    ("ts", "c"),
    ("тс", "c"),
    ("yo", "e"),
    ("ye", "e"),
    ("yu", "u"),
    ("ya", "a"),
    ("iu", "u"),
    ("ia", "a"),
    ("io", "e"),
    ("ю", "u"),
    ("я", "a"),
    ("ьи", "i"),
    ("ий", "i"),
    ("ый", "i"),
    ("iy", "i"),
    ("yi", "i"),
    ("ph", "f"),
    ("ck", "k"),
    ("ng", "n"),
    ("нг", "n"),
];

/// The sound of one letter.
fn sound(c: char) -> &'static str {
    match c {
        'а' | 'ә' | 'a' | 'ä' | 'á' | 'à' | 'â' | 'å' | 'ǎ' | 'ā' => "a",
        'б' | 'b' => "b",
        'в' | 'v' => "v",
        'г' | 'ғ' | 'g' | 'ğ' | 'ģ' | 'ǵ' => "g",
        'д' | 'd' => "d",
        'е' | 'ё' | 'э' | 'e' | 'é' | 'è' | 'ê' | 'ë' | 'ē' | 'є' => "e",
        'ж' | 'j' | 'ž' => "j",
        'з' | 'z' => "z",
        'и' | 'й' | 'і' | 'ы' | 'ї' | 'i' | 'y' | 'ı' | 'í' | 'î' | 'ï' | 'ī' | 'ý' => "i",
        'к' | 'қ' | 'k' | 'q' => "k",
        'л' | 'l' => "l",
        'м' | 'm' => "m",
        'н' | 'ң' | 'n' | 'ñ' | 'ń' | 'ŋ' => "n",
        'о' | 'ө' | 'o' | 'ö' | 'ó' | 'ô' | 'ø' => "o",
        'п' | 'p' => "p",
        'р' | 'r' => "r",
        'с' | 's' | 'ß' => "s",
        'т' | 't' => "t",
        'у' | 'ұ' | 'ү' | 'ў' | 'u' | 'w' | 'ü' | 'ú' | 'ū' | 'û' => "u",
        'ф' | 'f' => "f",
        'х' | 'һ' | 'h' => "h",
        'ц' | 'c' => "c",
        'ч' | 'ç' | 'č' => "q",
        'ш' | 'щ' | 'ş' | 'š' => "x",
        'x' => "ks",
        '0' => "0",
        '1' => "1",
        '2' => "2",
        '3' => "3",
        '4' => "4",
        '5' => "5",
        '6' => "6",
        '7' => "7",
        '8' => "8",
        '9' => "9",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_key_in_every_script() {
        for alike in [
            &["Жандосова", "Джандосова", "Zhandosova", "Jandosova", "Dzhandosova"][..],
            &["Сәтбаев", "Сатбаев", "Satbaev", "Sätbaev", "Satbayev"],
            &["Қонаев", "Конаев", "Konaev", "Qonaev", "Qonayev"],
            &["Абай", "Abai", "Abay"],
            &["Шевченко", "Shevchenko", "Şevçenko"],
            &["Өскемен", "Оскемен", "Oskemen", "Öskemen"],
            &["Щорса", "Shchorsa"],
            &["Аққайың", "Аккаин", "Akkaiyn"],
        ] {
            let keys: Vec<String> = alike.iter().map(|word| fold(word)).collect();
            assert!(keys.iter().all(|key| *key == keys[0]), "{alike:?} became {keys:?}");
        }
    }

    #[test]
    fn a_number_keeps_its_letter_and_fraction_and_leaves_words_alone() {
        let of = |text: &str| words(text).into_iter().map(|w| (w.key, w.number)).collect::<Vec<_>>();
        assert_eq!(of("Абая, 10А/2"), [("aba".into(), false), ("10a/2".into(), true)]);
        assert_eq!(
            of("мкр. Самал-2, 33"),
            [("mkr".into(), false), ("samal".into(), false), ("2".into(), true), ("33".into(), true)]
        );
        assert_eq!(of("28 панфиловцев")[0], ("28".into(), true));
        assert_eq!(of("10-2"), [("10/2".into(), true)]);
        assert_eq!(of("8-й"), [("8".into(), true)]);
        assert_eq!(of("12-ші"), [("12".into(), true)]);
        assert_eq!(of("10-А"), [("10a".into(), true)]);
        assert_eq!(of("5 км"), [("5".into(), true), ("km".into(), false)]);
    }

    #[test]
    fn a_key_is_of_letters_and_digits_whatever_is_written() {
        for text in ["", "…", "東京", "a\u{301}b", "ЪЬ", "𝓐bc", "ß"] {
            assert!(fold(text).bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        }
    }
}
