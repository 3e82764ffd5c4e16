//! Places that are given and not named: coordinates in whatever form, a link to a map, a code; alone in the text or within it.

use super::Gazetteer;
use super::codes::of_plus_code;
use super::coordinates::coordinates;
use super::grid::of_grid;
use super::links::{self, decoded, of_link};
use super::part::{Part, part};
use super::search::SearchError;
use super::three_words::three_words;
use crate::domain::quantities::{Metres, Point};

/// A place that was given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Given {
    /// Where.
    pub point: Point,
    /// How far from there it may be.
    pub uncertainty: Metres,
}

/// No place that is given is better known than a receiver knows it.
const RECEIVER: f64 = 10.0;
/// A degree of latitude, metres.
const DEGREE: f64 = 111_320.0;

impl Given {
    /// A place that may be so far away, metres.
    #[must_use]
    pub fn within(point: Point, metres: f64) -> Self {
        Self { point, uncertainty: Metres::saturating(metres.max(RECEIVER)) }
    }

    /// A place by its degrees and what one more in the last digit of either would be: it may be half of that away.
    #[must_use]
    pub fn written(lat: f64, lon: f64, (high, wide): (f64, f64)) -> Option<Self> {
        let point = Point::new(lat, lon).ok()?;
        let across = lat.to_radians().cos() * wide;
        Some(Self::within(point, high.hypot(across) / 2.0 * DEGREE))
    }
}

impl Gazetteer {
    /// The place that a text gives, if it gives one. What has the form of a place and is none, or says it in a way that nobody
    /// can read without its owner, is refused.
    pub(super) fn given(
        &self,
        text: &str,
        plausible: impl Fn(Point) -> bool,
    ) -> Result<Option<Given>, SearchError> {
        let given = coordinates(text, &plausible).or_else(|| of_link(text)).or_else(|| of_plus_code(text));
        if given.is_some() {
            return Ok(given);
        }
        if let Some(named) = of_grid(text) {
            return named.map(Some).ok_or(SearchError::Grid);
        }
        if let Some(found) = amid(&decoded(text), &plausible) {
            return Ok(Some(found));
        }
        if three_words(text, |word| self.knows(word)) {
            return Err(SearchError::ThreeWords);
        }
        if links::is_link(text) { Err(SearchError::Link) } else { Ok(None) }
    }
}

/// A decimal number within a text.
struct Decimal {
    value: f64,
    places: i32,
    /// Where it begins.
    at: usize,
}

/// Two decimals amid other words that make a plausible place: with three digits behind the point or more, for what has fewer
/// may be anything.
fn amid(text: &str, plausible: impl Fn(Point) -> bool) -> Option<Given> {
    let text = text.to_lowercase();
    let decimals = decimals(&text);
    let last = |marks: &[&str], end: usize| marks.iter().filter_map(|mark| text[..end].rfind(mark)).max();
    decimals.windows(2).find_map(|pair| {
        let [first, second] = pair else { return None };
        let named = (last(&["lat", "широт"], second.at), last(&["lon", "lng", "долг"], second.at));
        // GeoJSON and WKT have the longitude first, and so has whoever names it first.
        let longitude_first = match named {
            (Some(lat), Some(lon)) => lon < lat,
            _ => text[..first.at].trim_end().ends_with('[') || last(&["point"], first.at).is_some(),
        };
        let orders = if longitude_first {
            [(second, first), (first, second)]
        } else {
            [(first, second), (second, first)]
        };
        let steps = |lat: &Decimal, lon: &Decimal| (0.1_f64.powi(lat.places), 0.1_f64.powi(lon.places));
        orders
            .into_iter()
            .filter_map(|(lat, lon)| Given::written(lat.value, lon.value, steps(lat, lon)))
            .find(|given| plausible(given.point))
    })
}

/// The decimals of a text, in order. A comma is a point where four digits stand behind it or more, and a kilometre is none.
fn decimals(text: &str) -> Vec<Decimal> {
    let bytes = text.as_bytes();
    let digits =
        |from: usize| bytes[from.min(bytes.len())..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let whole = digits(at);
        if whole == 0 {
            at += 1;
            continue;
        }
        let behind = digits(at + whole + 1);
        let least = match bytes.get(at + whole) {
            Some(b'.') => 3,
            Some(b',') => 4,
            _ => usize::MAX,
        };
        let end = at + whole + 1 + behind;
        // A number of a longer chain (`1.2.345`) is none.
        let chained = at > 0 && bytes[at - 1] == b'.';
        if whole <= 3 && behind >= least && !chained && !is_kilometre(&text[end..]) {
            // A sign, unless it parts two numbers.
            let behind_digit = at > 1 && bytes[at - 2].is_ascii_digit();
            let negative = at > 0 && bytes[at - 1] == b'-' && !behind_digit;
            if let Ok(value) = text[at..end].replace(',', ".").parse::<f64>() {
                let value = if negative { -value } else { value };
                found.push(Decimal { value, places: i32::try_from(behind).unwrap_or(15), at });
            }
            at = end;
        } else {
            at += whole;
        }
    }
    found
}

fn is_kilometre(rest: &str) -> bool {
    let word: String = rest.trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
    part(&word) == Some(Part::Kilometre)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kazakhstan(point: Point) -> bool {
        (40.0..56.0).contains(&point.lat()) && (46.0..88.0).contains(&point.lon())
    }

    #[test]
    fn coordinates_are_found_beside_whatever_else_stands_there() {
        let gazetteer = Gazetteer::default();
        let expected = Point::new(43.238_949, 76.889_709).unwrap();
        for text in [
            "43.238949,76.889709 Алматы",
            "Алматы, 43.238949, 76.889709",
            "geo:0,0?q=43.238949,76.889709(Label)",
            "geo:0,0?q=43.238949%2C76.889709(Дом)",
            "lat=43.238949&lon=76.889709",
            "lon=76.889709&lat=43.238949",
            "https://waze.com/ul?ll=43.238949,76.889709",
            "https://waze.com/ul?ll=43.238949%2C76.889709&navigate=yes",
            "https://maps.apple.com/place?coordinate=43.238949,76.889709&name=A",
            "https://example.org/map/43.238949/76.889709",
            "43.238949, 76.889709, 812 m",
            "[76.889709, 43.238949]",
            "[43.238949, 76.889709]",
            "43.238949/76.889709",
            "+43.238949+076.889709/",
            "43.238949-76.889709 Алматы",
            "POINT(76.889709 43.238949)",
            "я на координатах 43.238949 76.889709",
            "мы тут 43,238949 76,889709 у реки",
            "43,238949,76,889709",
        ] {
            let given = gazetteer.given(text, kazakhstan).unwrap_or_else(|e| panic!("{text}: {e}"));
            let given = given.unwrap_or_else(|| panic!("{text} gives a place"));
            assert!(given.point.distance(expected).get() < 1.0, "{text}: {given:?}");
            assert_eq!(given.uncertainty, Metres::whole(10), "{text}");
        }
    }

    #[test]
    fn where_both_orders_are_in_the_country_the_form_says_which() {
        for (text, lat) in [
            ("[51.3701, 47.1102]", 47.1102),
            ("POINT (51.3701 47.1102)", 47.1102),
            ("Атырау 51.3701 47.1102", 51.3701),
            ("lon=51.3701&lat=47.1102", 47.1102),
        ] {
            let given = Gazetteer::default().given(text, kazakhstan).unwrap().unwrap();
            assert!((given.point.lat() - lat).abs() < 1e-9, "{text}: {given:?}");
        }
    }

    #[test]
    fn two_numbers_that_are_no_place_are_left_to_the_words() {
        for text in [
            "Абая 43.238",
            "с 45.300 км до 76.500 км А-3",
            "1.43.238 2.76.889",
            "10.123456 20.654321 тенге",
            "+7 701 123 45 67",
            "Абая 10/2, кв 5",
            "от 43,500 до 76,500",
        ] {
            assert_eq!(Gazetteer::default().given(text, kazakhstan), Ok(None), "{text}");
        }
    }

    #[test]
    fn a_link_without_a_place_is_refused() {
        for text in [
            "https://example.org/abc",
            "вот https://maps.app.goo.gl/abc",
            "https://2gis.kz/almaty",
            "www.example.org",
            "go.2gis.com/ab12",
            "https://www.google.com/maps/place/Abay+10/",
        ] {
            assert_eq!(Gazetteer::default().given(text, kazakhstan), Err(SearchError::Link), "{text}");
        }
    }
}
