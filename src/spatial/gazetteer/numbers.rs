//! What each number of a question is: a house, a flat, a kilometre, or part of a name.
//!
//! In Russian the word stands before its number (`дом 36, кв. 12`), in Kazakh behind it (`36-үй, 12-пәтер`), and either
//! way is also said in the other language (`36 дом`, `үй 36`). Numbers and words that stand together are read as one run,
//! whose ends say which way it goes.

use smol_str::SmolStr;

use super::fold::{Word, house_key};
use super::part::{Part, is_metres, is_ordinal, part, stands_behind};

/// What a number is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Role {
    /// The house.
    House,
    /// A flat, an entrance, a floor.
    Flat,
    /// Kilometres along a road; or metres that are counted with them already.
    Kilometre(f64),
}

/// What each word is where it is a number that a word beside it explains.
#[must_use]
pub fn roles(words: &[Word], parts: &[Option<Part>]) -> Vec<Option<Role>> {
    let mut roles = vec![None; words.len()];
    kilometres(words, parts, &mut roles);
    let free = |i: usize| words[i].number && roles[i].is_none() && !is_name(words, parts, i);
    let label = |i: usize| matches!(parts[i], Some(Part::House | Part::Flat));
    let mut runs: Vec<Vec<usize>> = Vec::new();
    for i in 0..words.len() {
        if !free(i) && !label(i) {
            runs.push(Vec::new());
            continue;
        }
        // Two numbers, or two words, one after the other belong to different things.
        let goes_on = runs.last().and_then(|run| run.last()).is_some_and(|last| label(*last) != label(i));
        match runs.last_mut() {
            Some(run) if goes_on || run.is_empty() => run.push(i),
            _ => runs.push(vec![i]),
        }
    }
    for run in runs {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        let behind = match (label(*first), label(*last)) {
            (false, true) => true,
            (true, _) => false,
            // `36 үй 12` or `36 кв 12`.
            (false, false) => run.iter().any(|i| label(*i) && stands_behind(&words[*i].written)),
        };
        for pair in run.windows(2) {
            let (word, number) = if behind { (pair[1], pair[0]) } else { (pair[0], pair[1]) };
            if label(word) && !label(number) {
                let house = parts[word] == Some(Part::House);
                roles[number] = Some(if house { Role::House } else { Role::Flat });
            }
        }
    }
    roles
}

/// Whether a number is part of the name before it: `Самал-2`.
fn is_name(words: &[Word], parts: &[Option<Part>], i: usize) -> bool {
    words[i].joined && i.checked_sub(1).is_some_and(|before| parts[before].is_none())
}

/// Finds the kilometre: `45 км`, `км 45`, with metres `45 км 300 м`.
fn kilometres(words: &[Word], parts: &[Option<Part>], roles: &mut [Option<Role>]) {
    let Some(at) = parts.iter().position(|part| *part == Some(Part::Kilometre)) else { return };
    let number = |i: usize| words.get(i).filter(|word| word.number).and_then(|word| whole(&word.key));
    if let Some((i, kilometre)) = at.checked_sub(1).and_then(|i| Some((i, number(i)?))) {
        let metres = number(at + 1)
            .filter(|_| words.get(at + 2).is_some_and(|word| is_metres(&word.written)))
            .filter(|metres| *metres < 1_000.0);
        roles[i] = Some(Role::Kilometre(kilometre + metres.unwrap_or(0.0) / 1_000.0));
        if let Some(metres) = metres {
            roles[at + 1] = Some(Role::Kilometre(metres));
        }
    } else if let Some(kilometre) = number(at + 1) {
        roles[at + 1] = Some(Role::Kilometre(kilometre));
    }
}

/// `35`, or with metres `35/200`.
fn whole(key: &str) -> Option<f64> {
    let (whole, metres) = key.split_once('/').unwrap_or((key, "0"));
    Some(whole.parse::<f64>().ok()? + metres.parse::<f64>().ok()? / 1_000.0)
}

/// A house's number with what stands apart from it and belongs to it: its letter (`129 а`), its block (`36 к2`).
#[must_use]
pub fn joined(words: Vec<Word>) -> Vec<Word> {
    let mut kept: Vec<Word> = Vec::with_capacity(words.len());
    let mut i = 0;
    while i < words.len() {
        let next = |ahead: usize| words.get(i + ahead);
        let number = kept.last_mut().filter(|before| before.number);
        let (more, taken) = match number.as_ref().and_then(|_| block(&words[i].written)) {
            Some(sign) if next(1).is_some_and(|word| word.number) => {
                (next(1).map(|word| format!("{sign}{}", word.written)), 2)
            }
            _ if number.is_some() && is_house_letter(&words[i], next(1)) => {
                (Some(words[i].written.clone()), 1)
            }
            _ => (None, 1),
        };
        match (number, more) {
            (Some(number), Some(more)) if number.key.chars().all(|c| c.is_ascii_digit() || c == '/') => {
                number.written.push_str(&more);
                number.key = house_key(&number.written);
            }
            _ => {
                kept.push(words[i].clone());
                i += 1;
                continue;
            }
        }
        i += taken;
    }
    kept
}

/// The sign of a block or building of one number.
fn block(written: &str) -> Option<SmolStr> {
    match written {
        "к" | "корп" | "корпус" | "корпусы" => Some("к".into()),
        "стр" | "строение" => Some("с".into()),
        _ => None,
    }
}

/// Whether a word is a letter of the number before it: alone, at the end or before a word of a flat or a crossing, where
/// it can be no village (`Абая 10 а. Бесагаш`).
fn is_house_letter(word: &Word, next: Option<&Word>) -> bool {
    let letter = matches!(
        word.written.as_str(),
        "а" | "ә" | "б" | "в" | "г" | "д" | "е" | "ж" | "з" | "л" | "н" | "a" | "b" | "c" | "d" | "e"
    );
    let ends = next.is_none_or(|next| {
        !next.number && matches!(part(&next.written), Some(Part::Flat | Part::Crossing | Part::House))
    });
    letter && ends
}

/// Ordinals that count an entrance or a floor (`второй подъезд`) and metres behind a kilometre are no names.
pub fn beside(words: &[Word], parts: &mut [Option<Part>]) {
    for i in 0..words.len() {
        let beside = |at: Option<usize>| at.and_then(|at| parts.get(at)) == Some(&Some(Part::Flat));
        if is_ordinal(&words[i].written) && (beside(i.checked_sub(1)) || beside(i.checked_add(1))) {
            parts[i] = Some(Part::Filler);
        }
        if i > 1
            && is_metres(&words[i].written)
            && words[i - 1].number
            && parts[i - 2] == Some(Part::Kilometre)
        {
            parts[i] = Some(Part::Filler);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::question::Question;

    /// The names, the house and the kilometre of a question.
    fn read(text: &str) -> (String, String, Option<f64>) {
        let q = Question::read(text);
        let names: Vec<String> = q.words.into_iter().map(|word| word.written).collect();
        (names.join(" "), q.house.unwrap_or_default(), q.kilometre)
    }

    #[test]
    fn a_house_is_told_from_its_flat_whichever_of_them_the_word_stands_beside() {
        for (text, names, house) in [
            ("Төле би көшесі, 59-үй, 5-пәтер", "төле би", "59"),
            ("Абай көшесі 36 үй 12 пәтер", "абай", "36"),
            ("Абай даңғылы 36 үй 3 қабат", "абай", "36"),
            ("Абай даңғылы 36-үйдің 2-кіреберісі", "абай", "36"),
            ("Абай даңғылы, 36-үй, 5-пәтер, 2-қабат", "абай", "36"),
            ("Абайдың 36 үйі", "абайдың", "36"),
            ("Абай үй 36", "абай", "36"),
            ("Абай үй 36 пәтер 12", "абай", "36"),
            ("Абая дом 36 кв 12", "абая", "36"),
            ("Абая дом 36 квартира 12 подъезд 2 этаж 3", "абая", "36"),
            ("Абая 36 дом", "абая", "36"),
            ("Абая 36 дом 2 подъезд 3 этаж", "абая", "36"),
            ("Абая дом 36 2 подъезд", "абая", "36"),
            ("Самал-2, 33 үй, 5 пәтер", "самал 2", "33"),
            ("Самал-2 үй 33", "самал 2", "33"),
            ("мкр 8 дом 36 кв 4", "8", "36"),
            ("Абая д. 36, 2 подъезд", "абая", "36"),
            ("Абая дом 36 к2", "абая", "36k2"),
            ("Абая дом 36 корпус 2 кв 7", "абая", "36k2"),
            ("Абая дом 36 б кв 7", "абая", "36b"),
        ] {
            assert_eq!(read(text), (names.to_owned(), house.to_owned(), None), "{text}");
        }
    }

    #[test]
    fn a_number_without_a_word_keeps_its_letter_and_loses_its_flat() {
        for (text, names) in [
            ("Абая 36 кв 12", "абая 36"),
            ("Абая 36, 12 пәтер", "абая 36"),
            ("абая 36 второй подъезд", "абая 36"),
            ("Абая 36 частный дом", "абая 36"),
            ("шарипова 129 а", "шарипова 129а"),
            ("Абая 10 а Бесагаш", "абая 10 бесагаш"),
            ("Абая 10 г Алматы", "абая 10 алматы"),
        ] {
            let mut read = read(text);
            if read.0 == "абая" {
                read.0 = format!("абая {}", read.1);
            }
            assert_eq!(read.0, names, "{text}");
        }
    }

    #[test]
    fn a_kilometre_has_its_metres_in_whatever_case_it_is_said() {
        for (text, names, kilometre) in [
            ("Р-17 45 км 300 м", "р-17", 45.3),
            ("45 км 300 метров трассы Р-17", "р-17", 45.3),
            ("А-3 тасжолының 105 шақырымында", "а-3", 105.0),
            ("А-3 жолының 105-шақырымы", "а-3", 105.0),
            ("А-3 105-ші километрде", "а-3", 105.0),
            ("на 105 километре трассы А-3", "а-3", 105.0),
            ("Қапшағай – Ұзынағаш 45 км", "қапшағай ұзынағаш", 45.0),
        ] {
            let q = Question::read(text);
            assert_eq!(read(text), (names.to_owned(), String::new(), Some(kilometre)), "{text}");
            assert_eq!(q.crossing, None, "{text}");
        }
    }

    #[test]
    fn what_is_written_short_and_where_it_lies_is_no_name() {
        for (text, names, lies_in) in [
            ("Абай к-сі 36", "абай 36", ""),
            ("Абай д-лы 36", "абай 36", ""),
            ("Абай даң. 36", "абай 36", ""),
            ("Самал-2 ш/а 33", "самал 2 33", ""),
            ("Самал м/а 33", "самал 33", ""),
            ("Бостандыкский район, ул. Абая 36", "абая 36", "бостандыкский"),
            ("Бостандықский р-н Абая 36", "абая 36", "бостандықский"),
            ("Бостандық ауданы, Абай к-сі 36", "абай 36", "бостандық"),
            ("Алматинская область, Абая 36", "абая 36", "алматинская"),
            ("Республика Казахстан, г. Алматы, пр. Абая 36", "алматы абая 36", ""),
            ("Қазақстан Республикасы, Алматы қ., Абай д-лы 36", "алматы абай 36", ""),
            ("в районе вокзала", "вокзала", ""),
            ("Медеуский район", "медеуский", ""),
        ] {
            let q = Question::read(text);
            let told = |words: &[super::Word]| {
                words.iter().map(|word| word.written.as_str()).collect::<Vec<_>>().join(" ")
            };
            assert_eq!(
                (told(&q.words), told(&q.lies_in), q.crossing),
                (names.into(), lies_in.into(), None),
                "{text}"
            );
        }
    }
}
