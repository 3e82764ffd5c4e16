//! Plus codes: squares of the Earth by the Open Location Code.

use super::given::Given;
use super::grid::alike;
use crate::domain::quantities::Point;

/// The signs of a plus code, in the order of their worth.
const SIGNS: &[u8; 20] = b"23456789CFGHJMPQRVWX";

/// The place of a whole plus code: `8MJJ6WQH+CC`.
#[must_use]
pub fn of_plus_code(text: &str) -> Option<Given> {
    let square = words(text).find_map(|word| square(&of_signs(&word, 8)?))?;
    let point = Point::new(square.lat - 90.0, square.lon - 180.0).ok()?;
    Given::written(point.lat(), point.lon(), (square.high, square.wide))
}

/// A plus code whose first signs are left out, as Google Maps shows it: `6VQQ+HV Алматы`.
#[derive(Debug, Clone, PartialEq)]
pub struct ShortCode {
    /// The middle within the larger square, and how large its own is, degrees.
    square: Square,
    /// How large the larger square is, degrees.
    whole: f64,
    /// The text beside it, which names where it is.
    pub beside: String,
}

/// The short plus code of a text. One of digits alone may be a kilometre with its metres.
#[must_use]
pub fn short_code(text: &str) -> Option<ShortCode> {
    let (digits, left_out, code) = words(text).find_map(|word| {
        let letter = word.chars().any(|c| c.is_ascii_alphabetic());
        [(6, 2), (4, 4)]
            .into_iter()
            .filter(|_| letter)
            .find_map(|(before, left_out)| Some((of_signs(&word, before)?, left_out, word.clone())))
    })?;
    // With noughts before it the place is that within the larger square.
    let mut whole_code = vec![0.0; left_out];
    whole_code.extend(digits);
    let square = square(&whole_code)?;
    let beside = text.split([' ', ',', ';']).filter(|word| latin(word) != code);
    let beside: Vec<&str> = beside.filter(|word| !word.is_empty()).collect();
    let whole = if left_out == 2 { 20.0 } else { 1.0 };
    Some(ShortCode { square, whole, beside: beside.join(" ") })
}

impl ShortCode {
    /// The place of the code that is nearest to another place, as the standard has it.
    #[must_use]
    pub fn near(&self, at: Point) -> Option<Given> {
        let nearest = |within: f64, near: f64| within + ((near - within) / self.whole).round() * self.whole;
        let lat = nearest(self.square.lat, at.lat() + 90.0);
        // None lies beyond a pole.
        let lat = if lat > 180.0 { lat - self.whole } else { lat.max(self.square.lat) };
        let lon = nearest(self.square.lon, at.lon() + 180.0).rem_euclid(360.0);
        Given::written(lat - 90.0, lon - 180.0, (self.square.high, self.square.wide))
    }
}

/// The middle of a square from the south pole and the antimeridian, and how large the square is; degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Square {
    lat: f64,
    lon: f64,
    high: f64,
    wide: f64,
}

/// The words of a text as a code is written.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split([' ', ',', ';']).map(latin)
}

fn latin(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric() && c != '+').to_uppercase().chars().map(alike).collect()
}

/// The worth of the signs of a code with so many before its plus and at least two behind it.
fn of_signs(word: &str, before: usize) -> Option<Vec<f64>> {
    let (first, second) = word.split_once('+')?;
    if first.len() != before || !(2..=7).contains(&second.len()) {
        return None;
    }
    let worth = |b: u8| SIGNS.iter().position(|sign| *sign == b).and_then(|at| u8::try_from(at).ok());
    first.bytes().chain(second.bytes()).map(|b| worth(b).map(f64::from)).collect()
}

/// The square of the signs of a whole code.
fn square(digits: &[f64]) -> Option<Square> {
    let (mut lat, mut lon, mut high, mut wide) = (0.0, 0.0, 400.0, 400.0);
    for pair in digits.get(..10)?.chunks_exact(2) {
        (high, wide) = (high / 20.0, wide / 20.0);
        lat += pair[0] * high;
        lon += pair[1] * wide;
    }
    for digit in &digits[10..] {
        (high, wide) = (high / 5.0, wide / 4.0);
        lat += (digit / 4.0).floor() * high;
        lon += (digit % 4.0) * wide;
    }
    Some(Square { lat: lat + high / 2.0, lon: lon + wide / 2.0, high, wide })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_plus_code_is_the_middle_of_its_square() {
        // Those of the published test data.
        for (code, lat, lon) in [
            ("7FG49Q00+", None, None),
            ("7FG49QCJ+2V", Some(20.370_062_5), Some(2.782_187_5)),
            ("8fvc2222+22", Some(47.000_062_5), Some(8.000_062_5)),
            ("4VCPPQGP+Q9", Some(-41.273_062_5), Some(174.785_937_5)),
            ("62G20000+", None, None),
            ("7FG49QCJ+2VX", Some(20.370_112_5), Some(2.782_234_375)),
        ] {
            let found = of_plus_code(code);
            assert_eq!(found.is_some(), lat.is_some(), "{code}");
            if let (Some(found), Some(lat), Some(lon)) = (found, lat, lon) {
                assert!(found.point.distance(Point::new(lat, lon).unwrap()).get() < 0.5, "{code}: {found:?}");
            }
        }
        assert_eq!(of_plus_code("Абая + 10"), None);
    }

    #[test]
    fn a_short_code_is_the_nearest_of_its_name() {
        // Those of the published test data: the whole code, near where, what is left of it.
        for (whole, lat, lon, short) in [
            ("9C3W9QCJ+2VX", 51.370_112_5, -1.217_765_625, "9QCJ+2VX"),
            ("9C3W9QCJ+2VX", 51.370_112_5 + 0.4, -1.217_765_625 - 0.4, "9QCJ+2VX"),
            ("9C3W9QCJ+2VX", 51.370_112_5 + 9.0, -1.217_765_625 + 9.0, "3W9QCJ+2VX"),
            ("8FVC9G8F+5W", 47.4, 8.6, "9G8F+5W"),
        ] {
            let code = short_code(short).expect("a short code");
            let (at, of) = (code.near(Point::new(lat, lon).unwrap()).unwrap(), of_plus_code(whole).unwrap());
            assert!(at.point.distance(of.point).get() < 0.5, "{short}: {at:?} {of:?}");
        }
        let almaty = Point::new(43.25, 76.92).unwrap();
        for text in ["6VQQ+HV Алматы", "Алматы, 6vqq+hv", "6VQQ+НV Алматы", "(6VQQ+HV) Алматы"]
        {
            let code = short_code(text).unwrap_or_else(|| panic!("{text}"));
            let at = code.near(almaty).unwrap();
            assert!(
                at.point.distance(Point::new(43.238_94, 76.889_69).unwrap()).get() < 30.0,
                "{text}: {at:?}"
            );
            assert_eq!((code.beside.as_str(), at.uncertainty.get()), ("Алматы", 10.0), "{text}");
        }
        for text in ["А-3 37+400", "2345+67 км", "Абая + 10", "8MJJ6WQH+CC", "кв+дом", "6VQQ+H"] {
            assert_eq!(short_code(text), None, "{text}");
        }
    }
}
