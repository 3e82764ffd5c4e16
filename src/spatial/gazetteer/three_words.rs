//! Three words of a scheme that names squares of the Earth (`///таблица.лампа.ложка`): without that scheme's own table nobody
//! can say where it is.

/// Whether a text holds such words, alone or amid others, as a link or with a mark. Without a mark they are not, where one of
/// them is `known` as a word of an address.
#[must_use]
pub fn three_words(text: &str, known: impl Fn(&str) -> bool) -> bool {
    let text = text.to_lowercase();
    let named = ["what3words", "w3w"].iter().any(|name| text.contains(name));
    text.split_whitespace().filter(|word| named || !word.contains("://")).any(|word| {
        let marked = named || word.starts_with('/') || word.contains("///");
        let word = word.rsplit(['/', ':']).next().unwrap_or(word);
        let word = word.split(['?', '#']).next().unwrap_or(word);
        let word = word.trim_matches(|c: char| !c.is_alphabetic());
        let words: Vec<&str> = word.split(['.', '。', '・']).collect();
        let letters = |word: &&str, least: usize| {
            word.chars().count() >= least && word.chars().all(char::is_alphabetic)
        };
        // Without the mark three long words with stops and no space between are still nothing else.
        words.len() == 3
            && if marked {
                words.iter().all(|word| letters(word, 2)) && words[0] != "www"
            } else {
                words.iter().all(|word| letters(word, 4) && !known(word))
            }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_known_as_such_wherever_they_stand() {
        for text in [
            "///таблица.лампа.ложка",
            "///cat.dog.ox",
            "filled.count.soap",
            "https://what3words.com/filled.count.soap",
            "https://what3words.com/filled.count.soap?maptype=roadmap",
            "what3words: filled.count.soap",
            "what3words:cat.dog.ox",
            "w3w.co/cat.dog.ox",
            "https://w3w.co/cat.dog.ox",
            "/filled.count.soap",
            "///filled.count.soap Алматы",
            "Алматы, ///filled.count.soap.",
            "сказал таблица.лампа.ложка и всё",
        ] {
            assert!(three_words(text, |_| false), "{text}");
        }
    }

    #[test]
    fn words_of_an_address_are_none() {
        let known = |word: &str| matches!(word, "улица" | "абая");
        for text in [
            "улица.Абая.Сейфуллина",
            "ул.Абая.10",
            "Абая",
            "пр.Аль.Фараби",
            "43.2.1",
            "a.b",
            "д.10.кв",
            "https://www.example.org/abc",
        ] {
            assert!(!three_words(text, known), "{text}");
        }
        assert!(three_words("///улица.абая.дом", known), "the mark says what it is");
    }
}
