//! Slips of the pen: whether a word may be a stem, misspelt.

use super::lexicon::Stem;

/// Which letters there are, by the last six bits of their number: the Cyrillic ones that words are made of are all apart.
#[derive(Clone, Copy)]
pub(super) struct Letters(u64);

impl Letters {
    pub(super) fn of(letters: &[char]) -> Self {
        Self(letters.iter().fold(0, |set, c| set | 1 << (u32::from(*c) & 63)))
    }

    /// How many of these the others lack, at least.
    pub(super) fn lacking(self, others: Self) -> usize {
        (self.0 & !others.0).count_ones() as usize
    }
}

/// Letters behind a stem that is misspelt, at most: a long word that only begins alike is another word.
pub(super) const MISSPELT_ENDING: usize = 4;
/// From this many letters a stem is told from other words whatever letter is wrong.
const LONG: usize = 7;

/// Whether a word may be a stem, misspelt by one letter, or by two in a long one: another letter (in a short stem only
/// one that sounds alike), one too many, one missing, or two in the wrong order. The first letter and the last of the
/// stem are right: a stem without its end is another stem.
pub(super) fn misspelt(word: &[char], stem: &Stem) -> bool {
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
    const ALIKE: [&[char]; 14] = [
        &['а', 'о'],
        &['е', 'и'],
        &['е', 'э'],
        &['е', 'я'],
        &['и', 'ы'],
        &['у', 'ю', 'о'],
        &['б', 'п'],
        &['в', 'ф'],
        &['г', 'к', 'х'],
        &['д', 'т'],
        &['ж', 'ш', 'щ'],
        &['з', 'с', 'ц'],
        &['ч', 'щ', 'ш'],
        &['ь', 'ъ'],
    ];
    ALIKE.iter().any(|group| group.contains(&a) && group.contains(&b))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::spelling::fold;
    use super::{Stem, misspelt};

    fn stem(letters: &str) -> Stem {
        Stem::new(fold(letters), false)
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

    proptest! {
        #[test]
        fn a_stem_is_no_misspelling_of_a_word_without_its_end(stem in "[а-я]{6,12}") {
            let stem = Stem::new(fold(&stem), false);
            let cut = &stem.letters[..stem.letters.len() - 1];
            prop_assert!(!misspelt(cut, &stem) || stem.wrong == 0 || cut.last() == stem.letters.last());
        }
    }
}
