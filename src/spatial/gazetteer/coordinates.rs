//! Coordinates as people and devices write them: decimal with a point or a comma, degrees with minutes and seconds,
//! letters before or after in three languages, `geo:` addresses.

use super::given::Given;
use crate::domain::quantities::Point;

/// The two numbers of a place, with what their letters say.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Angle {
    degrees: f64,
    /// What one more in the last written digit would be, degrees.
    step: f64,
    axis: Option<Axis>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Axis {
    Latitude,
    Longitude,
}

/// The place that the text gives as coordinates, if it is nothing else. Latitude comes first, unless a letter says
/// otherwise or only the other order is a `plausible` place.
#[must_use]
pub fn coordinates(text: &str, plausible: impl Fn(Point) -> bool) -> Option<Given> {
    let (first, second) = angles(text)?;
    let swapped = match (first.axis, second.axis) {
        (Some(Axis::Longitude), None | Some(Axis::Latitude)) | (None, Some(Axis::Latitude)) => true,
        (Some(a), Some(b)) if a == b => return None,
        (None, None) => {
            let there = |lat: f64, lon: f64| Point::new(lat, lon).is_ok_and(&plausible);
            !there(first.degrees, second.degrees) && there(second.degrees, first.degrees)
        }
        _ => false,
    };
    let (lat, lon) = if swapped { (second, first) } else { (first, second) };
    Given::written(lat.degrees, lon.degrees, (lat.step, lon.step))
}

fn angles(text: &str) -> Option<(Angle, Angle)> {
    let text = text.trim().to_lowercase();
    let text =
        text.strip_prefix("geo:").map_or(text.as_str(), |rest| rest.split([';', '?']).next().unwrap_or(rest));
    let Read { tokens, hyphens } = read(text)?;
    let numbers = tokens.iter().filter(|t| matches!(t, Token::Number(_))).count();
    // Two are degrees, four have minutes, six have seconds.
    let each = match numbers {
        2 => 1,
        4 => 2,
        6 => 3,
        _ => return None,
    };
    // One letter a number, before or after it.
    let mut halves = [(Vec::new(), None), (Vec::new(), None)];
    let letter_first = matches!(tokens.first(), Some(Token::Letter(..)));
    let mut half = 0;
    for token in tokens {
        match token {
            Token::Number(number) => {
                if halves[half].0.len() == each {
                    half += 1;
                }
                halves.get_mut(half)?.0.push(number);
            }
            Token::Letter(axis, sign) => {
                let at = if letter_first && halves[half].0.len() == each { half + 1 } else { half };
                let slot = &mut halves.get_mut(at)?.1;
                if slot.is_some() {
                    return None;
                }
                *slot = Some((axis, sign));
                if letter_first {
                    half = at;
                }
            }
        }
    }
    let [first, second] = halves;
    // Whole numbers without a letter are house numbers, not places.
    let latin = text.contains(|c: char| c.is_ascii_alphabetic()) || text.contains("ш");
    let bare = |half: &Half| (half.1.is_none() || !latin) && half.0.iter().all(|number| number.places == 0);
    let marked = text.contains(['°', '′', '\'', '"', '″']) || text.contains("градус");
    if bare(&first) && bare(&second) && !marked && each == 1 {
        return None;
    }
    // `43-14-20N 076-53-22E`; without letters hyphens part house numbers.
    if hyphens && (first.1.is_none() || second.1.is_none() || each == 1) {
        return None;
    }
    Some((angle(&first)?, angle(&second)?))
}

type Half = (Vec<Number>, Option<(Axis, f64)>);

/// A number as it was written.
#[derive(Debug, Clone, Copy)]
struct Number {
    value: f64,
    /// Digits behind the point.
    places: i32,
    negative: bool,
}

fn angle((parts, letter): &Half) -> Option<Angle> {
    let (last, whole) = parts.split_last()?;
    // Only the last may have a fraction, and only the first a sign; minutes and seconds end at sixty.
    if whole.iter().any(|number| number.places > 0)
        || parts.iter().skip(1).any(|number| number.negative || number.value >= 60.0)
        || last.value.is_nan()
    {
        return None;
    }
    let mut degrees = 0.0;
    let mut scale = 1.0;
    for number in parts {
        degrees += number.value / scale;
        scale *= 60.0;
    }
    let step = 0.1_f64.powi(last.places) * 60.0 / scale;
    let sign = if parts.first()?.negative { -1.0 } else { 1.0 } * letter.map_or(1.0, |(_, sign)| sign);
    Some(Angle { degrees: degrees * sign, step, axis: letter.map(|(axis, _)| axis) })
}

enum Token {
    Number(Number),
    Letter(Axis, f64),
}

/// What a text is made of.
struct Read {
    tokens: Vec<Token>,
    /// Whether a hyphen parts two numbers.
    hyphens: bool,
}

/// What is said beside numbers and letters, longer first.
const BESIDE: [&str; 22] = [
    "северной",
    "северная",
    "северный",
    "восточной",
    "восточная",
    "восточный",
    "солтүстік",
    "шығыс",
    "градусов",
    "градуса",
    "градус",
    "минуты",
    "минута",
    "минут",
    "секунды",
    "секунда",
    "секунд",
    "координаты",
    "координаттар",
    "gps",
    "және",
    "и ",
];

/// Numbers, letters of the compass and signs between; none when there is anything else.
fn read(text: &str) -> Option<Read> {
    const LETTERS: [(&str, Axis, f64); 29] = [
        ("с. ш.", Axis::Latitude, 1.0),
        ("в. д.", Axis::Longitude, 1.0),
        ("широты", Axis::Latitude, 1.0),
        ("долготы", Axis::Longitude, 1.0),
        ("ендігі", Axis::Latitude, 1.0),
        ("бойлығы", Axis::Longitude, 1.0),
        ("с.ш.", Axis::Latitude, 1.0),
        ("с.ш", Axis::Latitude, 1.0),
        ("сш", Axis::Latitude, 1.0),
        ("в.д.", Axis::Longitude, 1.0),
        ("в.д", Axis::Longitude, 1.0),
        ("вд", Axis::Longitude, 1.0),
        ("с.е.", Axis::Latitude, 1.0),
        ("ш.б.", Axis::Longitude, 1.0),
        ("lat", Axis::Latitude, 1.0),
        ("lon", Axis::Longitude, 1.0),
        ("lng", Axis::Longitude, 1.0),
        ("широта", Axis::Latitude, 1.0),
        ("долгота", Axis::Longitude, 1.0),
        ("ендік", Axis::Latitude, 1.0),
        ("бойлық", Axis::Longitude, 1.0),
        ("n", Axis::Latitude, 1.0),
        ("s", Axis::Latitude, -1.0),
        ("e", Axis::Longitude, 1.0),
        ("w", Axis::Longitude, -1.0),
        ("с", Axis::Latitude, 1.0),
        ("ю", Axis::Latitude, -1.0),
        ("в", Axis::Longitude, 1.0),
        ("з", Axis::Longitude, -1.0),
    ];
    // A comma is decimal where points are none and digits stand on both sides without a space: `43,25 76,95`.
    let decimal_comma = !text.contains('.') && text.matches(',').count() != 1;
    let (mut tokens, mut hyphens) = (Vec::new(), false);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(word) = BESIDE.iter().find(|word| rest.starts_with(**word)) {
            rest = &rest[word.len()..];
        } else if let Some((letter, _, _)) = LETTERS
            .iter()
            .find(|(letter, _, _)| preposition(letter) && tokens.is_empty() && starts_word(rest, letter))
        {
            // `в 43.25 76.95`.
            rest = &rest[letter.len()..];
        } else if let Some((letter, axis, sign)) =
            LETTERS.iter().find(|(letter, _, _)| rest.starts_with(letter))
        {
            tokens.push(Token::Letter(*axis, *sign));
            rest = &rest[letter.len()..];
        } else if c == '-' && next_is_digit(rest, c) && behind_digit(text, rest) {
            hyphens = true;
            rest = &rest[1..];
        } else if c.is_ascii_digit() || (matches!(c, '-' | '−' | '+') && next_is_digit(rest, c)) {
            let signed = !c.is_ascii_digit();
            let digits = if signed { &rest[c.len_utf8()..] } else { rest };
            let len = number_length(digits, decimal_comma);
            let number = digits[..len].replace(',', ".");
            tokens.push(Token::Number(Number {
                value: number.parse().ok()?,
                places: number.split_once('.').map_or(0, |(_, digits)| digits.len().try_into().unwrap_or(15)),
                negative: signed && c != '+',
            }));
            rest = &digits[len..];
        } else if c.is_whitespace()
            || matches!(c, ',' | ';' | ':' | '=' | '°' | 'º' | '′' | '\'' | '’' | '"' | '″' | '”' | '(' | ')')
        {
            rest = &rest[c.len_utf8()..];
        } else {
            return None;
        }
    }
    Some(Read { tokens, hyphens })
}

/// Whether what is left of a text stands right behind a digit.
fn behind_digit(text: &str, rest: &str) -> bool {
    text[..text.len() - rest.len()].ends_with(|c: char| c.is_ascii_digit())
}

/// Whether a letter of the compass is also a word.
fn preposition(letter: &str) -> bool {
    matches!(letter, "с" | "в")
}

fn starts_word(rest: &str, letter: &str) -> bool {
    rest.strip_prefix(letter).is_some_and(|behind| behind.starts_with(' '))
}

fn next_is_digit(rest: &str, sign: char) -> bool {
    rest[sign.len_utf8()..].starts_with(|c: char| c.is_ascii_digit())
}

fn number_length(digits: &str, decimal_comma: bool) -> usize {
    let bytes = digits.as_bytes();
    let mut len = 0;
    let mut fraction = false;
    while let Some(b) = bytes.get(len) {
        let parts = *b == b'.' || (*b == b',' && decimal_comma);
        if b.is_ascii_digit() {
            len += 1;
        } else if parts && !fraction && bytes.get(len + 1).is_some_and(u8::is_ascii_digit) {
            fraction = true;
            len += 1;
        } else {
            break;
        }
    }
    len
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kazakhstan(point: Point) -> bool {
        (40.0..56.0).contains(&point.lat()) && (46.0..88.0).contains(&point.lon())
    }

    #[test]
    fn every_usual_form_gives_the_same_place() {
        for text in [
            "43.23895, 76.88971",
            "43.23895 76.88971",
            "43,23895 76,88971",
            "43,23895, 76,88971",
            "76.88971, 43.23895",
            "N43.23895 E76.88971",
            "43.23895N, 76.88971E",
            "E 76.88971 N 43.23895",
            "43°14'20.2\"N 76°53'23.0\"E",
            "43°14′20.2″ 76°53′23.0″",
            "43 14 20.2 76 53 23.0",
            "43°14.337' 76°53.383'",
            "geo:43.23895,76.88971;u=20",
            "43.23895 с.ш. 76.88971 в.д.",
            "lat=43.23895 lon=76.88971",
            "43.23895 северной широты 76.88971 восточной долготы",
            "43.23895С 76.88971В",
            "С43.23895 В76.88971",
            "43.23895 с. ш., 76.88971 в. д.",
            "координаты: 43.23895, 76.88971",
            "в 43.23895 76.88971",
            "солтүстік ендігі 43.23895 шығыс бойлығы 76.88971",
            "43 градуса 14 минут 20.2 секунды северной широты, 76 градусов 53 минуты 23 секунды восточной долготы",
            "43 градуса 14.337 минут 76 градусов 53.383 минуты",
            "43-14-20.2N 076-53-23.0E",
            "43-14-20.2С 076-53-23.0В",
        ] {
            let point = coordinates(text, kazakhstan).unwrap_or_else(|| panic!("{text} is a place"));
            let expected = Point::new(43.23895, 76.88971).expect("a point");
            let point = point.point;
            assert!(point.distance(expected).get() < 3.0, "{text} gave {point:?}");
        }
    }

    #[test]
    fn what_is_no_place_is_not_taken_for_one() {
        for text in [
            "",
            "Абая 10",
            "10 2",
            "43",
            "43.2",
            "1 2 3",
            "91.0, 200.0",
            "N43 N76",
            "43°70' 76°10'",
            "43.2 76.9 10",
            "с 10 в 12",
            "10 в 12",
            "10-2 5-3",
            "43-14 76-53",
        ] {
            assert_eq!(coordinates(text, kazakhstan), None, "{text}");
        }
    }

    #[test]
    fn a_place_is_as_uncertain_as_its_last_digit_is_coarse() {
        for (text, least, most) in [
            ("43N 76E", 55_000.0, 80_000.0),
            ("43.2 76.9", 5_500.0, 8_000.0),
            ("43.24 76.89", 550.0, 800.0),
            ("43°14'N 76°53'E", 900.0, 1_300.0),
            ("43°14'20\"N 76°53'22\"E", 15.0, 22.0),
            ("43.238949,76.889709", 10.0, 10.0),
            ("43.2, 76.889709", 5_500.0, 5_700.0),
        ] {
            let far = coordinates(text, kazakhstan).expect("a place").uncertainty.get();
            assert!((least..=most).contains(&far), "{text}: {far}");
        }
    }

    #[test]
    fn latitude_is_first_where_both_orders_are_in_the_country() {
        let point = coordinates("47.5, 51.5", kazakhstan).expect("a place").point;
        assert_eq!((point.lat(), point.lon()), (47.5, 51.5));
    }
}
