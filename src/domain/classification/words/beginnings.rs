//! The beginnings of words, a letter after another: what a word begins with is found on one way through it, which for
//! nearly every word ends after a few letters.

/// What begins so far.
#[derive(Debug, Default)]
pub(super) struct Beginning {
    /// The next letter, ascending, and which beginning it leads to.
    next: Vec<(char, usize)>,
    /// The stems that end here.
    pub stems: Vec<usize>,
    /// Whether words that begin so are no misspelt stems.
    pub other: bool,
}

/// All of them; the first is of no letter.
#[derive(Debug)]
pub(super) struct Beginnings(Vec<Beginning>);

impl Default for Beginnings {
    fn default() -> Self {
        Self(vec![Beginning::default()])
    }
}

impl Beginnings {
    /// The beginning of these letters, made where there is none.
    pub(super) fn of(&mut self, letters: &[char]) -> &mut Beginning {
        let mut at = 0;
        for letter in letters {
            at = match self.0[at].next.binary_search_by_key(letter, |(letter, _)| *letter) {
                Ok(found) => self.0[at].next[found].1,
                Err(place) => {
                    let new = self.0.len();
                    self.0[at].next.insert(place, (*letter, new));
                    self.0.push(Beginning::default());
                    new
                }
            };
        }
        &mut self.0[at]
    }

    /// Those that a word has, from the shortest; the word itself is the last.
    pub(super) fn along(&self, word: &[char]) -> impl Iterator<Item = &Beginning> {
        word.iter().scan(&self.0[0], |at, letter| {
            let (_, next) = at.next[at.next.binary_search_by_key(letter, |(letter, _)| *letter).ok()?];
            *at = &self.0[next];
            Some(*at)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::Beginnings;

    proptest! {
        #[test]
        fn a_word_has_the_beginnings_that_it_begins_with(stems in prop::collection::vec("[абв]{1,5}", 0..40), word in "[абв]{0,6}") {
            let letters = |word: &str| word.chars().collect::<Vec<char>>();
            let mut beginnings = Beginnings::default();
            for (id, stem) in stems.iter().enumerate() {
                beginnings.of(&letters(stem)).stems.push(id);
            }
            let found: BTreeSet<usize> = beginnings.along(&letters(&word)).flat_map(|one| one.stems.iter().copied()).collect();
            let expected = stems.iter().enumerate().filter(|(_, stem)| word.starts_with(*stem)).map(|(id, _)| id).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
