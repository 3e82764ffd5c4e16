//! How a word is compared: small, Kazakh letters as the Russian ones that people type instead, repeated letters once, Latin
//! letters as the sounds that they stand for.

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
pub(super) fn compared(word: &str) -> Vec<char> {
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

#[cfg(test)]
mod tests {
    use super::{compared, fold, sounds};

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
}
