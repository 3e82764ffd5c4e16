//! Places in metres: references of the military grid (MGRS, `43T FH 53430 89083`) and UTM (`43T 653430 4789084`), as rescue
//! teams, the army and hand-held receivers give them.
//!
//! The grid is that of NGA.STND.0037 (Universal Grids and the Transverse Mercator and Polar Stereographic Map
//! Projections, 2014); back from metres to degrees by the series of Krüger to the fourth power of the third flattening, as
//! C. F. F. Karney writes it (Transverse Mercator with an accuracy of a few nanometers, Journal of Geodesy 85, 2011,
//! equations 7 to 11 and 36): within a zone it is right to less than a millimetre. The poles, which UTM leaves out, are
//! left out. (The crates at hand either do not read references or stop the program at a letter that they do not expect.)

use super::given::Given;
use crate::domain::quantities::{Metres, Point};

/// Letters of the bands of eight degrees from 80° south.
const BANDS: &[u8; 20] = b"CDEFGHJKLMNPQRSTUVWX";
/// Columns of 100 km in zones 1, 2 and 3, and so on again.
const COLUMNS: [&[u8; 8]; 3] = [b"ABCDEFGH", b"JKLMNPQR", b"STUVWXYZ"];
/// Rows of 100 km, again after 2,000 km; in even zones the first is the sixth letter.
const ROWS: &[u8; 20] = b"ABCDEFGHJKLMNPQRSTUV";
/// Letters of the Russian and Kazakh keyboard that look like those meant.
const ALIKE: [(char, char); 11] = [
    ('А', 'A'),
    ('В', 'B'),
    ('С', 'C'),
    ('Е', 'E'),
    ('Н', 'H'),
    ('К', 'K'),
    ('М', 'M'),
    ('Р', 'P'),
    ('Т', 'T'),
    ('Х', 'X'),
    ('У', 'Y'),
];

/// Whether a text is a reference of the military grid or a place in UTM, and the place that it names: none where it has
/// the form and names nothing.
#[must_use]
pub fn of_grid(text: &str) -> Option<Option<Given>> {
    let text: String = text.trim().to_uppercase().chars().map(alike).collect();
    let text = ["MGRS", "UTM"].iter().find_map(|name| text.strip_prefix(name)).unwrap_or(&text);
    let text = text.trim_start_matches([':', ' ']);
    military(text).or_else(|| utm(text))
}

/// The Latin letter that a capital of the Russian keyboard looks like.
#[must_use]
pub fn alike(c: char) -> char {
    ALIKE.iter().find(|(cyrillic, _)| *cyrillic == c).map_or(c, |(_, latin)| *latin)
}

/// `43TFH5343089083`, with blanks wherever one likes.
fn military(text: &str) -> Option<Option<Given>> {
    let text: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let (zone, rest) = zone(&text)?;
    let (letters, digits) = rest.split_at_checked(3)?;
    let form = letters.iter().all(u8::is_ascii_alphabetic)
        && (4..=10).contains(&digits.len())
        && digits.len() % 2 == 0
        && digits.iter().all(u8::is_ascii_digit);
    if !form {
        return None;
    }
    let (east, north) = digits.split_at(digits.len() / 2);
    let size = east.iter().fold(100_000.0, |size, _| size / 10.0);
    let metres = |digits: &[u8]| digits.iter().fold(0.0, |n, b| n * 10.0 + f64::from(b - b'0')) * size;
    Some(square(zone, letters).and_then(|(column, row)| {
        let point = in_band(letters[0], |turn| {
            degrees(zone, column + metres(east) + size / 2.0, row + turn + metres(north) + size / 2.0)
        })?;
        Some(Given { point, uncertainty: Metres::saturating((size * 0.71).max(10.0)) })
    }))
}

/// The south-western corner of a square of 100 km: metres east, and north as far as its letter tells.
fn square(zone: u8, letters: &[u8]) -> Option<(f64, f64)> {
    let column = COLUMNS[usize::from((zone - 1) % 3)].iter().position(|letter| *letter == letters[1])?;
    let row = ROWS.iter().position(|letter| *letter == letters[2])?;
    let row = if zone.is_multiple_of(2) { (row + 15) % 20 } else { row };
    let metres = |hundreds: usize| u32::try_from(hundreds).ok().map(|n| f64::from(n) * 100_000.0);
    Some((metres(column + 1)?, metres(row)?))
}

/// The southern edge of a band and its northern one, degrees; none for a letter that is none.
fn band(letter: u8) -> Option<(f64, f64)> {
    let number = BANDS.iter().position(|band| *band == letter).and_then(|n| u8::try_from(n).ok())?;
    let south = f64::from(number) * 8.0 - 80.0;
    Some((south, south + if letter == b'X' { 12.0 } else { 8.0 }))
}

/// The place in the band of a letter, of those which repeat every 2,000 km.
fn in_band(letter: u8, at: impl Fn(f64) -> Option<Point>) -> Option<Point> {
    let (south, north) = band(letter)?;
    let mut turns = if south < 0.0 { -5..0 } else { 0..5 };
    // A square of 100 km reaches over the edge of its band.
    turns.find_map(|turn| {
        at(f64::from(turn) * 2_000_000.0).filter(|p| (south - 1.0..north + 1.0).contains(&p.lat()))
    })
}

/// `43T 653430 4789084`, `43 N, E 653430 N 4789084`, `43T 653430mE 4789084mN`. The letter is that of the band, or N for the
/// northern half.
fn utm(text: &str) -> Option<Option<Given>> {
    let (zone, rest) = zone(text.as_bytes())?;
    let rest = std::str::from_utf8(rest).ok()?.trim_start();
    let letter = *rest.as_bytes().first()?;
    let rest = rest.get(1..)?;
    if band(letter).is_none() || rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let (east, rest) = metres(rest, 'E', 6)?;
    let (north, rest) = metres(rest, 'N', 7)?;
    if !rest.is_empty() {
        return None;
    }
    // Who reads it off a map at the edge of a band may name the next.
    let (south, top) = band(letter)?;
    let point =
        degrees(zone, east, north).filter(|p| letter == b'N' || (south - 0.1..top + 0.1).contains(&p.lat()));
    Some(point.map(|point| Given { point, uncertainty: Metres::whole(10) }))
}

/// A number of metres of so many digits before the point, with its letter before or behind; and the rest of the text.
fn metres(text: &str, letter: char, digits: usize) -> Option<(f64, &str)> {
    let between = [' ', ',', ';', ':', '='];
    let text = text.trim_start_matches(between);
    let text = text.strip_prefix(letter).unwrap_or(text).trim_start_matches(between);
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    if number.find('.').unwrap_or(number.len()) != digits {
        return None;
    }
    let rest = rest.trim_start();
    let rest = rest.strip_prefix('M').unwrap_or(rest);
    // `E` behind the first number, not the `N` that stands before the second.
    let rest = rest.strip_prefix(letter).unwrap_or(rest);
    Some((number.parse().ok()?, rest.trim_start_matches(between)))
}

/// The number of a zone, 1 to 60, and what stands behind it.
fn zone(text: &[u8]) -> Option<(u8, &[u8])> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let (number, rest) = text.split_at(digits);
    let number: u8 = std::str::from_utf8(number).ok()?.parse().ok()?;
    ((1..=60).contains(&number) && digits <= 2).then_some((number, rest))
}

/// The semi-major axis and the flattening of WGS 84.
const AXIS: f64 = 6_378_137.0;
const FLATTENING: f64 = 1.0 / 298.257_223_563;
/// By how much UTM shortens the middle of a zone.
const SCALE: f64 = 0.999_6;

/// A place in UTM as degrees; north is counted from the equator, below zero to the south.
fn degrees(zone: u8, east: f64, north: f64) -> Option<Point> {
    let n = FLATTENING / (2.0 - FLATTENING);
    let (n2, n3, n4) = (n * n, n * n * n, n * n * n * n);
    let radius = AXIS / (1.0 + n) * (1.0 + n2 / 4.0 + n4 / 64.0);
    let beta = [
        n / 2.0 - 2.0 * n2 / 3.0 + 37.0 * n3 / 96.0 - n4 / 360.0,
        n2 / 48.0 + n3 / 15.0 - 437.0 * n4 / 1_440.0,
        17.0 * n3 / 480.0 - 37.0 * n4 / 840.0,
        4_397.0 * n4 / 161_280.0,
    ];
    let delta = [
        2.0 * n - 2.0 * n2 / 3.0 - 2.0 * n3 + 116.0 * n4 / 45.0,
        7.0 * n2 / 3.0 - 8.0 * n3 / 5.0 - 227.0 * n4 / 45.0,
        56.0 * n3 / 15.0 - 136.0 * n4 / 35.0,
        4_279.0 * n4 / 630.0,
    ];
    let (xi, eta) = (north / SCALE / radius, (east - 500_000.0) / SCALE / radius);
    let (mut x, mut y) = (xi, eta);
    for (times, beta) in [2.0, 4.0, 6.0, 8.0].into_iter().zip(beta) {
        x -= beta * (times * xi).sin() * (times * eta).cosh();
        y -= beta * (times * xi).cos() * (times * eta).sinh();
    }
    let conformal = (x.sin() / y.cosh()).asin();
    let series = [2.0, 4.0, 6.0, 8.0].into_iter().zip(delta).map(|(times, d)| d * (times * conformal).sin());
    let lat = conformal + series.sum::<f64>();
    let lon = f64::from(zone) * 6.0 - 183.0 + y.sinh().atan2(x.cos()).to_degrees();
    Point::new(lat.to_degrees(), lon).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places of Kazakhstan in its zones 39 to 45, as GEOTRANS of the NGA (mgrs 1.5) and PROJ 9 (EPSG:32639 to 32645) say.
    const KNOWN: [(&str, u8, f64, f64, f64, f64); 14] = [
        ("39TWN6700918507", 39, 567_009.15, 5_218_507.86, 47.116_67, 51.883_33),
        ("39TWJ1344033013", 39, 513_440.92, 4_833_013.80, 43.65, 51.166_67),
        ("40UEA1476169749", 40, 514_761.66, 5_569_749.20, 50.279_69, 57.207_18),
        ("41UNU4171196297", 41, 541_711.02, 5_896_297.72, 53.214_35, 63.624_63),
        ("41TML2968538890", 41, 429_685.93, 5_038_890.41, 45.5, 62.1),
        ("42UXB7006165977", 42, 670_061.14, 5_665_977.58, 51.12, 71.43),
        ("42TWM4945683260", 42, 549_456.58, 4_683_260.04, 42.3, 69.6),
        ("42UWE2666803864", 42, 526_668.03, 5_903_864.03, 53.283_33, 69.4),
        ("43TFH5343089083", 43, 653_430.70, 4_789_083.96, 43.238_95, 76.889_71),
        ("43UFT3415294373", 43, 634_152.33, 5_794_373.35, 52.283_33, 76.966_67),
        ("44UMA4791286337", 44, 447_912.75, 5_586_337.41, 50.426_75, 80.266_69),
        ("44UPA1515236689", 44, 615_152.89, 5_536_689.98, 49.971_43, 82.605_86),
        ("45UUQ9894747557", 45, 398_947.28, 5_447_557.28, 49.172_5, 85.613_6),
        ("45TUN3973459217", 45, 339_734.97, 5_259_217.78, 47.466_67, 84.873_33),
    ];

    fn far(text: &str, lat: f64, lon: f64) -> f64 {
        let place = of_grid(text).flatten().unwrap_or_else(|| panic!("{text} names a place"));
        place.point.distance(Point::new(lat, lon).unwrap()).get()
    }

    #[test]
    fn a_reference_and_a_place_in_utm_are_where_the_reference_programs_say() {
        for (reference, zone, east, north, lat, lon) in KNOWN {
            assert!(far(reference, lat, lon) < 1.0, "{reference}");
            let band = reference.get(2..3).unwrap();
            let utm = format!("{zone}{band} {east} {north}");
            assert!(far(&utm, lat, lon) < 0.02, "{utm}: {}", far(&utm, lat, lon));
        }
    }

    #[test]
    fn it_is_read_as_people_and_devices_write_it() {
        for text in [
            "43T FH 53430 89083",
            "43tfh5343089083",
            "43 T FH 53430 89083",
            "MGRS: 43TFH 53430 89083",
            "43Т FН 53430 89083",
            "43T 653430 4789083",
            "43 T 653430.7 4789083.9",
            "43N 653430 4789083",
            "43T 653430E 4789083N",
            "43T 653430mE 4789083mN",
            "43T E653430 N4789083",
            "UTM 43T E=653430, N=4789083",
            "43T, 653430, 4789083",
        ] {
            assert!(far(text, 43.238_95, 76.889_71) < 2.0, "{text}");
        }
    }

    #[test]
    fn a_coarse_square_is_its_middle_and_says_how_far_it_reaches() {
        for (text, reach) in [("43TFH5389", 710.0), ("43TFH534890", 71.0), ("43TFH53438908", 10.0)] {
            let place = of_grid(text).flatten().unwrap();
            assert!((place.uncertainty.get() - reach).abs() < 1e-6, "{text}: {:?}", place.uncertainty);
            assert!(far(text, 43.238_95, 76.889_71) <= reach, "{text}");
        }
    }

    #[test]
    fn what_has_the_form_and_names_nothing_is_known_as_such_and_what_is_none_is_left_alone() {
        // A column of another zone, a letter that is none, a band without such metres.
        for text in ["43TAA5343089083", "43IFH5343089083", "43TFI5343089083", "43T 653430 6789083"] {
            assert_eq!(of_grid(text), Some(None), "{text}");
        }
        for text in [
            "",
            "Абая 10",
            "43",
            "10a",
            "43T FH 570 8812",
            "A3 105",
            "5 km 300",
            "61TFH5343089083",
            "43.23895, 76.88971",
            "43N 76E",
            "12 А 300 400",
            "мкр 5 дом 10",
            "43Ш 653430 4789083",
        ] {
            assert_eq!(of_grid(text), None, "{text}");
        }
        assert!(far("33XVG7459243593", 77.844_4, 13.9) < 20_000.0, "the band of twelve degrees");
        assert!(
            of_grid("56HLH3486651009").flatten().is_some_and(|place| place.point.lat() < -33.0),
            "Sydney"
        );
    }
}
