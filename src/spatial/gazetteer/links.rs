//! Places that come as a link of a map or as a plus code: what a caller copies from a telephone.

use crate::domain::quantities::Point;

/// The longest link that is read, characters: one of a named place is long.
pub const LONGEST_LINK: usize = 2_000;

/// The place that a link to a map carries: Google Maps, 2GIS, Yandex, OpenStreetMap and what writes like them. A shortened
/// link carries none.
#[must_use]
pub fn of_link(text: &str) -> Option<Point> {
    let text = decoded(text.trim()).to_lowercase();
    let known = ["google.", "goo.gl", "2gis.", "yandex.", "openstreetmap.", "osm.org", "apple.com"];
    if !known.iter().any(|host| text.contains(host)) {
        return None;
    }
    let after = |mark: &str| text.find(mark).map(|at| &text[at + mark.len()..]);
    let pair = |mark: &str, sign: char| after(mark).and_then(|rest| pair(rest, sign));
    let point = |(lat, lon): (f64, f64)| Point::new(lat, lon).ok();
    if text.contains("2gis.") || text.contains("yandex.") {
        // What is shown before the middle of the map; an object's own number stands before its place.
        let shown = ["whatshere[point]=", "pt=", "/geo/"].into_iter().find_map(|mark| pair(mark, ','));
        let of_object = || after("/geo/")?.split_once('/').and_then(|(_, rest)| self::pair(rest, ','));
        let middle = || ["m=", "ll="].into_iter().find_map(|mark| pair(mark, ','));
        return shown.or_else(of_object).or_else(middle).and_then(|(lon, lat)| point((lat, lon)));
    }
    // The pin of a place before the middle of the map.
    let pin = || Some((number(after("!3d")?)?.0, number(after("!4d")?)?.0));
    let marker = || Some((number(after("mlat=")?)?.0, number(after("mlon=")?)?.0));
    let marks =
        ["q=loc:", "q=", "query=", "destination=", "daddr=", "ll=", "/place/", "/search/", "/dir//", "/@"];
    let of_map = || after("#map=")?.split_once('/').and_then(|(_, rest)| self::pair(rest, '/'));
    let found = pin().or_else(marker).or_else(|| marks.into_iter().find_map(|mark| pair(mark, ',')));
    found.or_else(of_map).and_then(point)
}

/// A text without the signs by which a link hides others.
fn decoded(text: &str) -> String {
    let hidden = [("%2C", ","), ("%2c", ","), ("%2F", "/"), ("%2f", "/"), ("%20", " "), ("%40", "@")];
    let more =
        [("%5B", "["), ("%5b", "["), ("%5D", "]"), ("%5d", "]"), ("%3A", ":"), ("%3a", ":"), ("+", " ")];
    hidden.iter().chain(&more).fold(text.to_owned(), |text, (sign, meant)| text.replace(sign, meant))
}

/// Two numbers of degrees with a sign between, at the beginning of a text.
fn pair(text: &str, sign: char) -> Option<(f64, f64)> {
    let (first, rest) = number(text)?;
    let (second, _) = number(rest.trim_start().strip_prefix(sign)?)?;
    Some((first, second))
}

/// A decimal number at the beginning of a text, and what stands behind it.
fn number(text: &str) -> Option<(f64, &str)> {
    let text = text.trim_start();
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-'))).unwrap_or(text.len());
    let number = text[..end].parse().ok().filter(|_| text[..end].contains('.'))?;
    Some((number, &text[end..]))
}

/// The signs of a plus code, in the order of their worth.
const SIGNS: &[u8; 20] = b"23456789CFGHJMPQRVWX";

/// The middle of the square of a whole plus code: `8MJJ6WQH+CC`.
#[must_use]
pub fn of_plus_code(text: &str) -> Option<Point> {
    let whole = |word: &&str| word.find('+') == Some(8) && (11..=16).contains(&word.len());
    let word = text.split([' ', ',']).find(whole)?.to_uppercase();
    let signs = word.bytes().filter(|b| *b != b'+');
    let digits: Vec<f64> = signs
        .map(|b| SIGNS.iter().position(|sign| *sign == b).and_then(|at| u8::try_from(at).ok()).map(f64::from))
        .collect::<Option<_>>()?;
    let (mut lat, mut lon, mut high, mut wide) = (-90.0, -180.0, 400.0, 400.0);
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
    Point::new(lat + high / 2.0, lon + wide / 2.0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_of_a_map_is_the_place_that_it_shows() {
        for link in [
            "https://www.google.com/maps/place/Abay/@43.2301,76.9101,17z/data=!3m1!4b1!4m6!3m5!8m2!3d43.2385!4d76.9286",
            "https://www.google.com/maps/@43.2385,76.9286,17z",
            "https://www.google.com/maps?q=43.2385,76.9286",
            "https://maps.google.com/?q=loc:43.2385,76.9286",
            "https://www.google.com/maps/search/?api=1&query=43.2385%2C76.9286",
            "https://www.google.com/maps/search/43.2385,+76.9286",
            "https://2gis.kz/almaty?m=76.9286%2C43.2385%2F17",
            "https://2gis.kz/almaty/geo/76.9286,43.2385",
            "https://2gis.kz/almaty/geo/70000001018132430/76.9286,43.2385",
            "https://yandex.kz/maps/162/almaty/?ll=76.9286%2C43.2385&z=17",
            "https://yandex.ru/maps/?ll=76.90,43.20&whatshere%5Bpoint%5D=76.9286%2C43.2385&z=16",
            "https://yandex.ru/maps/?pt=76.9286,43.2385&z=17",
            "https://www.openstreetmap.org/#map=17/43.2385/76.9286",
            "https://www.openstreetmap.org/?mlat=43.2385&mlon=76.9286#map=12/43.1/76.1",
        ] {
            assert_eq!(of_link(link), Point::new(43.2385, 76.9286).ok(), "{link}");
        }
        for other in
            ["https://maps.app.goo.gl/abc", "https://2gis.kz/almaty", "Абая 10", "google.com q=10,20"]
        {
            assert_eq!(of_link(other), None, "{other}");
        }
    }

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
                assert!(found.distance(Point::new(lat, lon).unwrap()).get() < 0.5, "{code}: {found:?}");
            }
        }
        assert_eq!(of_plus_code("Абая + 10"), None);
    }
}
