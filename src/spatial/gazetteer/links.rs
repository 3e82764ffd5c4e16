//! Places that come as a link to a map: what a caller copies from a telephone.

use super::coordinates::coordinates;
use super::given::Given;
use crate::domain::quantities::Point;

/// The longest link that is read, characters: one of a named place is long.
pub const LONGEST_LINK: usize = 2_000;

/// The makers of maps whose links are read, by what their addresses hold.
const HOSTS: [&str; 8] =
    ["google.", "goo.gl", "2gis.", "yandex.", "openstreetmap.", "osm.org", "apple.com", "waze.com"];
/// How wide a screen is, in the points by which maps count their zoom.
const SCREEN: f64 = 1_280.0;
/// Metres of one such point at the equator, where the whole Earth is one tile.
const POINT_M: f64 = 156_543.03;
/// How far from the middle of a map the place may be where nobody says how far the map is drawn out, metres.
const SOMEWHERE: f64 = 10_000.0;

/// Whether a text is a link or holds one, whether or not it is one to a map.
#[must_use]
pub fn is_link(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("://")
        || text.split_whitespace().any(|word| {
            word.starts_with("www.")
                || HOSTS.iter().any(|host| word.split_once('/').is_some_and(|(name, _)| name.contains(host)))
        })
}

/// The place that a link to a map carries: Google Maps, 2GIS, Yandex, OpenStreetMap and what writes like them. The pin, the
/// destination or the object that is shown comes before the middle of the map, which is as uncertain as half of what a
/// screen shows. A shortened link carries none.
#[must_use]
pub fn of_link(text: &str) -> Option<Given> {
    let text = text.trim();
    let lower = text.to_lowercase();
    let host = |names: &[&str]| names.iter().any(|name| lower.contains(name));
    if !host(&HOSTS) {
        return None;
    }
    let link = Link::read(text);
    if host(&["2gis."]) {
        link.of_2gis()
    } else if host(&["yandex."]) {
        link.of_yandex()
    } else {
        link.of_others()
    }
}

/// A link in its parts.
struct Link {
    path: String,
    /// What stands behind the question mark, in order.
    fields: Vec<(String, String)>,
    /// What stands behind the hash.
    end: String,
}

impl Link {
    fn read(text: &str) -> Self {
        let (text, end) = text.split_once('#').unwrap_or((text, ""));
        let (path, fields) = text.split_once('?').unwrap_or((text, ""));
        let field = |field: &str| {
            let (name, value) = field.split_once('=')?;
            Some((decoded(name).to_lowercase(), decoded(value).to_lowercase()))
        };
        let fields = fields.split('&').filter_map(field).collect();
        Self { path: decoded(path).to_lowercase(), fields, end: decoded(end).to_lowercase() }
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.field(name)?.trim().parse().ok().filter(|n: &f64| n.is_finite())
    }

    /// `/firm/ID/lon,lat`, `/geo/lon,lat`, `/directions/points/lon,lat;ID|lon,lat`: the last place of the way; `m=lon,lat/zoom`
    /// is the middle.
    fn of_2gis(&self) -> Option<Given> {
        let mut places = self.path.split(['/', '|', ';']).filter_map(|part| pair(part, ','));
        if let Some((lon, lat, _)) = places.next_back() {
            return exact((lat, lon));
        }
        let (lon, lat, rest) = pair(self.field("m")?, ',')?;
        let zoom = rest.strip_prefix('/').and_then(beginning);
        middle((lat, lon), zoom)
    }

    fn of_yandex(&self) -> Option<Given> {
        let turned = |name| pair(self.field(name)?, ',').map(|(lon, lat, _)| (lat, lon));
        let pin = ["whatshere[point]", "poi[point]", "pt"].into_iter().find_map(turned);
        let way = || self.field("rtext")?.split('~').rev().find_map(written);
        let of_object = || self.path.split('/').find_map(|part| pair(part, ','));
        if let Some(given) = pin.and_then(exact).or_else(way) {
            return Some(given);
        }
        if let Some(given) = self.field("text").and_then(written) {
            return Some(given);
        }
        if let Some((lon, lat, _)) = of_object() {
            return exact((lat, lon));
        }
        middle(turned("ll")?, self.number("z"))
    }

    fn of_others(&self) -> Option<Given> {
        if let Some(given) = self.path.split_once("/dir/").and_then(|(_, way)| self.end_of_way(way)) {
            return Some(given);
        }
        let pin = || {
            self.path.split("!3d").skip(1).find_map(|rest| {
                let (lat, rest) = number(rest)?;
                exact((lat, number(rest.strip_prefix("!4d")?)?.0))
            })
        };
        let marker = || exact((self.number("mlat")?, self.number("mlon")?));
        let fields = || {
            let names = ["q", "query", "destination", "daddr", "coordinate", "to", "cbll", "viewpoint"];
            names.into_iter().find_map(|name| written(self.field(name)?))
        };
        // From here to there.
        let way = || self.field("route")?.split(';').rev().find_map(written);
        let shown = || {
            let after = |mark: &str| self.path.split_once(mark).map(|(_, rest)| rest);
            let part = after("/place/").or_else(|| after("/search/"))?;
            written(part.split('/').next()?)
        };
        // Apple and Waze name the place itself so, Google and Apple without a name the middle of the map.
        let labelled = || {
            let pinned =
                self.path.contains("waze.") || self.path.contains("apple.") && self.field("q").is_some();
            written(self.field("ll").filter(|_| pinned)?)
        };
        pin()
            .or_else(marker)
            .or_else(fields)
            .or_else(way)
            .or_else(shown)
            .or_else(labelled)
            .or_else(|| self.middle())
    }

    /// A way ends at its last place; one that has a name alone has its place among the data.
    fn end_of_way(&self, way: &str) -> Option<Given> {
        let named = way.split('/').take_while(|part| !part.starts_with('@') && !part.starts_with("data="));
        let last = named.filter(|part| !part.trim().is_empty()).last()?;
        let of_data = || {
            let (_, data) = way.rsplit_once("!1d")?;
            let (lon, rest) = number(data)?;
            exact((number(rest.strip_prefix("!2d")?)?.0, lon))
        };
        written(last).or_else(of_data).or_else(|| self.middle())
    }

    /// `/@lat,lon,17z`, `/@lat,lon,900m` and of a photograph `3a`; `#map=17/lat/lon`; `ll=lat,lon&z=17`.
    fn middle(&self) -> Option<Given> {
        if let Some((lat, lon, rest)) = self.path.split_once("/@").and_then(|(_, rest)| pair(rest, ',')) {
            let drawn = rest.trim_start_matches(',').split(['/', ',']).next().unwrap_or_default();
            return match drawn.split_at_checked(drawn.len().saturating_sub(1)) {
                Some((zoom, "z")) => middle((lat, lon), zoom.parse().ok()),
                Some((height, "m")) => height.parse().ok().and_then(|m: f64| around((lat, lon), m)),
                // Where the camera stood.
                Some((_, "a")) => exact((lat, lon)),
                _ => middle((lat, lon), None),
            };
        }
        if let Some((_, map)) = self.end.split_once("map=") {
            let (zoom, rest) = map.split_once('/')?;
            let (lat, lon, _) = pair(rest, '/')?;
            return middle((lat, lon), zoom.parse().ok());
        }
        let (lat, lon, _) = ["ll", "center"].into_iter().find_map(|name| pair(self.field(name)?, ','))?;
        middle((lat, lon), self.number("z").or_else(|| self.number("zoom")))
    }
}

/// A place that the maker of the map knows exactly: it leaves out the noughts at the end.
fn exact((lat, lon): (f64, f64)) -> Option<Given> {
    Some(Given::within(Point::new(lat, lon).ok()?, 0.0))
}

fn around((lat, lon): (f64, f64), metres: f64) -> Option<Given> {
    Some(Given::within(Point::new(lat, lon).ok()?, metres))
}

/// The middle of a map that is drawn out so far: half of the width of a screen.
fn middle((lat, lon): (f64, f64), zoom: Option<f64>) -> Option<Given> {
    let zoom = zoom.filter(|zoom| (0.0..=25.0).contains(zoom));
    let half = zoom.map_or(SOMEWHERE, |zoom| POINT_M * lat.to_radians().cos() / zoom.exp2() * SCREEN / 2.0);
    around((lat, lon), half)
}

/// A place as somebody wrote it into a link: latitude first, or with letters of the compass.
fn written(text: &str) -> Option<Given> {
    let text = text.trim();
    let text = ["loc:", "ll."].iter().find_map(|begin| text.strip_prefix(begin)).unwrap_or(text);
    let beginning = || pair(text, ',').and_then(|(lat, lon, _)| exact((lat, lon)));
    // Letters of the compass and minutes, as they are written at a pin.
    coordinates(text, |_| true).or_else(beginning)
}

/// A text without the signs by which a link hides others.
pub fn decoded(text: &str) -> String {
    let hex = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, hex(bytes.get(at + 1)), hex(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                plain.push(high * 16 + low);
                at += 2;
            }
            (b'+', _, _) => plain.push(b' '),
            _ => plain.push(*byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// Two numbers of degrees with a sign between, at the beginning of a text, and what stands behind them.
fn pair(text: &str, sign: char) -> Option<(f64, f64, &str)> {
    let (first, rest) = number(text)?;
    let (second, rest) = number(rest.trim_start().strip_prefix(sign)?)?;
    Some((first, second, rest))
}

/// A decimal number at the beginning of a text, and what stands behind it.
fn number(text: &str) -> Option<(f64, &str)> {
    let text = text.trim_start();
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-'))).unwrap_or(text.len());
    let number = text[..end].parse().ok().filter(|_| text[..end].contains('.'))?;
    Some((number, &text[end..]))
}

/// A number at the beginning of a text, whole or not.
fn beginning(text: &str) -> Option<f64> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_of_a_map_is_the_place_that_it_shows() {
        for link in [
            "https://www.google.com/maps/place/Abay/@43.2301,76.9101,17z/data=!3m1!4b1!4m6!3m5!8m2!3d43.2385!4d76.9286",
            "https://www.google.com/maps?q=43.2385,76.9286",
            "https://maps.google.com/?q=loc:43.2385,76.9286",
            "https://maps.google.com/?q=43.2385,76.9286(Label)&ll=43.1,76.1&z=10",
            "https://www.google.com/maps/search/?api=1&query=43.2385%2C76.9286",
            "https://www.google.com/maps/search/43.2385,+76.9286",
            "https://www.google.com/maps/search/43.2385,+76.9286/@43.1,76.1,15z",
            "https://www.google.com/maps/dir/43.1,76.1/43.2385,76.9286/@43.2,76.5,12z",
            "https://www.google.com/maps/dir//43.2385,76.9286/@43.2,76.5,12z",
            "https://www.google.com/maps/dir/43.1,76.1/Abay+10/@43.2,76.5,12z/data=!4m9!1m1!4e1!2m2!1d76.1!2d43.1!1m2!2m2!1d76.9286!2d43.2385",
            "https://www.google.com/maps/dir/?api=1&origin=43.1,76.1&destination=43.2385,76.9286",
            "https://www.google.com/maps/place/43%C2%B014'18.6%22N+76%C2%B055'42.96%22E/@43.1,76.1,17z",
            "https://2gis.kz/almaty/geo/76.9286,43.2385",
            "https://2gis.kz/almaty/geo/70000001018132430/76.9286,43.2385",
            "https://2gis.kz/almaty/firm/9430047375010000/76.9286%2C43.2385?m=76.1%2C43.1%2F17",
            "https://2gis.kz/almaty/building/9430098963865000/76.9286,43.2385?m=76.1,43.1/17.2",
            "https://2gis.kz/almaty/directions/points/76.1%2C43.1%3B9430%7C76.9286%2C43.2385%3B9431?m=76.5%2C43.2%2F12",
            "https://yandex.ru/maps/?ll=76.90,43.20&whatshere%5Bpoint%5D=76.9286%2C43.2385&z=16",
            "https://yandex.ru/maps/?ll=76.90,43.20&mode=poi&poi%5Bpoint%5D=76.9286%2C43.2385&poi%5Buri%5D=x&z=16",
            "https://yandex.kz/maps/?ll=76.90,43.20&poi[point]=76.9286,43.2385&z=16",
            "https://yandex.kz/maps/?ll=76.90%2C43.20&mode=routes&rtext=43.1%2C76.1~43.2385%2C76.9286&z=12",
            "https://yandex.kz/maps/?ll=76.90%2C43.20&text=43.2385%2C76.9286&z=12",
            "https://yandex.ru/maps/?pt=76.9286,43.2385&z=17",
            "https://www.openstreetmap.org/?mlat=43.2385&mlon=76.9286#map=12/43.1/76.1",
            "https://www.openstreetmap.org/directions?route=43.1%2C76.1%3B43.2385%2C76.9286#map=12/43.1/76.1",
            "https://waze.com/ul?ll=43.2385,76.9286",
            "https://maps.apple.com/?ll=43.2385,76.9286&q=Label",
            "https://maps.apple.com/place?coordinate=43.2385,76.9286",
            "https://maps.apple.com/?daddr=43.2385,76.9286",
        ] {
            let given = of_link(link).unwrap_or_else(|| panic!("{link} carries a place"));
            let far = given.point.distance(Point::new(43.2385, 76.9286).unwrap()).get();
            assert!(far < 1.0 && given.uncertainty.get() < 20.0, "{link}: {given:?}");
        }
        for other in
            ["https://maps.app.goo.gl/abc", "https://2gis.kz/almaty", "Абая 10", "google.com q=10,20"]
        {
            assert_eq!(of_link(other), None, "{other}");
        }
    }

    #[test]
    fn the_middle_of_a_map_is_as_uncertain_as_half_of_what_it_shows() {
        for (link, least, most) in [
            ("https://www.google.com/maps/@43.2385,76.9286,17z", 300.0, 800.0),
            ("https://www.google.com/maps/@43.2385,76.9286,6z", 600_000.0, 1_500_000.0),
            ("https://www.google.com/maps/@43.2385,76.9286,1200m/data=!3m1!1e3", 1_200.0, 1_200.0),
            ("https://www.google.com/maps/place/Abay/@43.2385,76.9286,15z", 1_200.0, 3_000.0),
            ("https://www.google.com/maps/dir/Abay/Dostyk/@43.2385,76.9286,12z", 10_000.0, 25_000.0),
            ("https://maps.google.com/?ll=43.2385,76.9286&z=12", 10_000.0, 25_000.0),
            ("https://2gis.kz/almaty?m=76.9286%2C43.2385%2F17", 300.0, 800.0),
            ("https://2gis.kz/almaty?m=76.9286,43.2385/11.5/p/20", 10_000.0, 30_000.0),
            ("https://yandex.kz/maps/162/almaty/?ll=76.9286%2C43.2385&z=17", 300.0, 800.0),
            ("https://yandex.kz/maps/162/almaty/?ll=76.9286%2C43.2385", 10_000.0, 10_000.0),
            ("https://www.openstreetmap.org/#map=17/43.2385/76.9286", 300.0, 800.0),
            ("https://www.openstreetmap.org/#map=6/43.2385/76.9286", 600_000.0, 1_500_000.0),
        ] {
            let given = of_link(link).unwrap_or_else(|| panic!("{link} carries a place"));
            assert_eq!(given.point, Point::new(43.2385, 76.9286).unwrap(), "{link}");
            assert!((least..=most).contains(&given.uncertainty.get()), "{link}: {given:?}");
        }
        let camera = of_link("https://www.google.com/maps/@43.2385,76.9286,3a,75y,90t/data=!3m6").unwrap();
        assert_eq!(camera.uncertainty.get(), 10.0);
    }
}
