//! What the reader of a value says when it does not fit, said so that a person understands it: its words are English
//! sentences of few forms, and each form is a template here. So are the sentences of the project's own types, which
//! reach a problem through the reader, as words.

use geo::Coord;

use super::geography::AreaFault;
use super::location::{MAX_ADDRESS_CHARS, MAX_RING};
use super::message::MessageError;
use super::said::{Said, said};
use super::zone::{MOST_CORNERS, PolygonFault};

/// What a reader says of a value that does not fit: `missing field`, `unknown field`, `invalid type` and so on.
#[must_use]
pub fn unfit(words: &str) -> Said {
    let words = words.rfind(" at line ").and_then(|at| words.get(..at)).unwrap_or(words);
    if let Some(field) = words.strip_prefix("missing field ") {
        return said!("the field {field} is missing; add it", field = bare(field));
    }
    if let Some(field) = words.strip_prefix("duplicate field ") {
        return said!("the field {field} stands twice; leave one", field = bare(field));
    }
    if let Some((found, known)) = unknown(words, "unknown field ") {
        return match known {
            Some(known) => {
                said!("the field {field} is not known; these are: {known}", field = found, known = known)
            }
            None => said!("the field {field} is not known; leave it out", field = found),
        };
    }
    if let Some((found, Some(known))) = unknown(words, "unknown variant ") {
        return said!("{value} is no value of this field; these are: {known}", value = found, known = known);
    }
    for form in ["invalid type: ", "invalid value: ", "invalid length "] {
        let parts = words.strip_prefix(form).and_then(|rest| rest.rsplit_once(", expected "));
        if let Some((found, expected)) = parts {
            return said!(
                "a value does not fit: found {found}, expected {wanted}; correct it",
                found => thing(found),
                wanted => wanted(expected)
            );
        }
    }
    standard(words)
        .or_else(|| key(words))
        .or_else(|| own(words))
        .or_else(|| polygon(words))
        .unwrap_or_else(|| said!("a value does not fit; correct it"))
}

fn bare(name: &str) -> String {
    name.replace('`', "")
}

/// The name that is not known, and those that are.
fn unknown(words: &str, form: &str) -> Option<(String, Option<String>)> {
    let (found, known) = words.strip_prefix(form)?.split_once(", ")?;
    let known = known.strip_prefix("expected ");
    let known = known.map(|k| k.strip_prefix("one of ").unwrap_or(k)).map(|k| bare(k).replace(" or ", ", "));
    Some((bare(found), known))
}

/// What was found, by the words of serde.
fn thing(words: &str) -> Said {
    if let Some(text) = words.strip_prefix("string ") {
        return said!("the text {text}", text = text);
    }
    for number in ["integer ", "floating point "] {
        if let Some(value) = words.strip_prefix(number) {
            return said!("the number {value}", value = bare(value));
        }
    }
    if let Some(value) = words.strip_prefix("boolean ") {
        return said!("the value {value}", value = bare(value));
    }
    match words {
        "null" | "unit value" | "Option value" => said!("no value"),
        "sequence" => said!("a list"),
        "map" => said!("an object with fields"),
        count if count.bytes().all(|b| b.is_ascii_digit()) => said!("{count} entries", count = count),
        _ => said!("another kind of value"),
    }
}

/// What would fit, by the words of serde and of the types that read themselves.
fn wanted(words: &str) -> Said {
    match words {
        "a string" | "string" | "a borrowed string" | "str" => said!("a text"),
        "u8" | "u16" | "u32" | "u64" | "usize" => said!("a whole number of zero or more"),
        "i8" | "i16" | "i32" | "i64" | "isize" => said!("a whole number"),
        "f32" | "f64" => said!("a number"),
        "a boolean" => said!("{yes} or {no}", yes = "true", no = "false"),
        "a sequence" => said!("a list"),
        "a map" => said!("an object with fields"),
        "a timestamp string" => said!("a time as {example}", example = EXAMPLE),
        uuid if uuid.contains("UUID") => said!("a number of the form UUID"),
        object if OBJECTS.iter().any(|form| object.starts_with(form)) => said!("an object with fields"),
        list if list.starts_with("tuple") || list.starts_with("an array") => said!("a list"),
        _ => said!("another kind of value"),
    }
}

/// A time as it is written.
const EXAMPLE: &str = "2026-01-31T09:30:00Z";

const OBJECTS: [&str; 6] = [
    "struct ",
    "internally tagged enum ",
    "adjacently tagged enum ",
    "enum ",
    "variant of enum ",
    "string or map",
];

/// What the readers of numbers, times and identities say, which are not the project's own.
fn standard(words: &str) -> Option<Said> {
    const WHOLE: [&str; 5] = [
        "invalid digit found in string",
        "cannot parse integer from empty string",
        "number too large to fit in target type",
        "number too small to fit in target type",
        "number would be zero for non-zero type",
    ];
    const TIMES: [&str; 4] = ["failed to parse", "datetime", "timestamp", "RFC 3339"];
    if WHOLE.contains(&words) {
        return Some(said!("a whole number is needed; correct it"));
    }
    if matches!(words, "invalid float literal" | "cannot parse float from empty string") {
        return Some(said!("a number is needed; correct it"));
    }
    if words == "provided string was not `true` or `false`" {
        return Some(said!("{yes} or {no} is needed; correct it", yes = "true", no = "false"));
    }
    if words.contains("UUID") {
        return Some(said!("an identity is a number of the form UUID; correct it"));
    }
    if words.starts_with("data did not match any variant") || words.starts_with("no variant of enum") {
        return Some(said!("none of the forms that this may have fits; compare it with the description"));
    }
    if TIMES.iter().any(|form| words.contains(form)) {
        return Some(said!("a time is written as {example}; correct it", example = EXAMPLE));
    }
    None
}

/// A text that is no key: `service must have 1 to 32 characters of a-z and _ …`.
fn key(words: &str) -> Option<Said> {
    let (what, rule) = words.split_once(" must have 1 to ")?;
    let (max, allowed) = rule.split_once(" characters of ")?;
    let what = match what {
        "service" => said!("service"),
        "unit id" => said!("unit"),
        "category" => said!("category"),
        "capability" => said!("capability"),
        "account" => said!("account"),
        "passport" => said!("passport"),
        "district code" => said!("district"),
        _ => said!("name"),
    };
    let allowed = match allowed {
        "a-z, 0-9 and _" => said!("a-z, 0-9 and _"),
        "a-z, 0-9 and -, not beginning with a -" => said!("a-z, 0-9 and -, not beginning with a -"),
        "digits" => said!("digits"),
        "letters, digits, . _ and -" => said!("letters, digits, . _ and -"),
        "letters, digits, . _ @ and -" => said!("letters, digits, . _ @ and -"),
        _ => said!("a-z and _, with a hyphen and a word of a-z, 0-9 and _ for a further desk"),
    };
    Some(said!(
        "{what}: 1 to {max} characters of these: {allowed}; correct it",
        what => what,
        max = max,
        allowed => allowed
    ))
}

/// What the project's own types say of a value.
fn own(words: &str) -> Option<Said> {
    let ends = |form: &str| words.ends_with(form);
    Some(match words {
        "a latitude is a number of degrees from -90 to 90" => {
            said!("a latitude is a number of degrees from -90 to 90; correct it")
        }
        "a longitude is a number of degrees from -180 to 180" => {
            said!("a longitude is a number of degrees from -180 to 180; correct it")
        }
        "a distance is a finite number of metres, zero or more" => {
            said!("a distance is a number of metres, zero or more; correct it")
        }
        "a mass is a finite number of tonnes, zero or more" => {
            said!("a mass is a number of tonnes, zero or more; correct it")
        }
        "a region code is the first two digits of a KATO code, 10 to 79" => {
            said!("a region is named by the first two digits of its KATO code, 10 to 79; correct it")
        }
        "a location needs a point, an address, or both" => {
            said!("a place needs a point, an address, or both; add one of them")
        }
        "an orientation is 0 to 360 degrees" => said!("an orientation is 0 to 360 degrees; correct it"),
        "the direction the wind comes from is a number of degrees from 0 to 360" => {
            said!("the wind comes from a direction of 0 to 360 degrees; correct it")
        }
        "a call sign has 1 to 40 characters, none of them control characters, and no blank at either end" => {
            said!("a call sign has 1 to {most} characters and no blank at either end; correct it", most = 40)
        }
        "a business identification number has twelve digits, of which the last follows from the others" => {
            said!("a business identification number has twelve digits; correct it")
        }
        "a contract version is major.minor, as in 1.0" => {
            said!("the version of the contract is written as {example}; correct it", example = "1.0")
        }
        "a class of danger is 1, 2, 3 or 4" => said!("a class of danger is 1, 2, 3 or 4; correct it"),
        "a UN number is from 1 to 9999" => said!("a UN number is from 1 to 9999; correct it"),
        "a formation has a key of 1 to 64 characters of a-z, 0-9, _ and -"
        | "an organisation has a key of 1 to 64 characters of a-z, 0-9, _ and -" => {
            said!("a key has 1 to {most} characters of these: a-z, 0-9, _ and -; correct it", most = 64)
        }
        "a layer is named by 1 to 64 small Latin letters, digits and dashes, not beginning with a dash" => {
            said!("a key has 1 to {most} characters of these: a-z, 0-9, _ and -; correct it", most = 64)
        }
        "a source has a key of 1 to 48 characters of a-z, 0-9 and _" => {
            said!("a key has 1 to {most} characters of these: a-z, 0-9, _ and -; correct it", most = 48)
        }
        "a zone around a point needs a radius above zero" => {
            said!("a zone around a point needs a radius above zero; correct it")
        }
        _ if ends(" is no kind of hazard") => said!("this is no kind of hazard; choose one that is known"),
        _ if ends(" is no type of the table of Order 240 types") => {
            said!("this is no type of the table of Order 240; choose one of it")
        }
        _ if words.starts_with("a zone is a GeoJSON geometry of type Polygon") => {
            said!("a zone is one polygon; draw it so")
        }
        _ => return bounded(words),
    })
}

/// The same, where a bound stands in the words.
fn bounded(words: &str) -> Option<Said> {
    let known = [
        (format!("an address has at most {MAX_ADDRESS_CHARS} characters"), {
            said!("an address has at most {most} characters; shorten it", most = MAX_ADDRESS_CHARS)
        }),
        (format!("an uncertainty polygon has 3 to {MAX_RING} corners"), {
            said!("a place that lies in a polygon has 3 to {most} corners; correct it", most = MAX_RING)
        }),
        (format!("a zone has at most {MOST_CORNERS} corners"), {
            said!("a zone has at most {most} corners; simplify its border", most = MOST_CORNERS)
        }),
        (MessageError::BadNumber.to_string(), MessageError::BadNumber.said()),
    ];
    known.into_iter().find(|(form, _)| form == words).map(|(_, said)| said)
}

/// A broken polygon: `the border crosses itself at longitude 71.5, latitude 51.1`.
fn polygon(words: &str) -> Option<Said> {
    use PolygonFault as F;
    let of = |fault: F| AreaFault::Polygon(fault).said();
    if words == F::Empty.to_string() {
        return Some(of(F::Empty));
    }
    let (lon, lat) = words.split_once(" at longitude ")?.1.split_once(", latitude ")?;
    let at = Coord { x: lon.parse().ok()?, y: lat.parse().ok()? };
    let faults = [
        F::OffTheGlobe(at),
        F::Flat(at),
        F::Open(at),
        F::Crossing(at),
        F::Touching(at),
        F::HoleOutside(at),
        F::Nested(at),
    ];
    faults.into_iter().find(|fault| fault.to_string() == words).map(of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hazard_layer::{HazardKind, LayerName};
    use crate::domain::ids::{
        AccountName, CategoryCode, DistrictCode, PassportId, RegionCode, ServiceKey, UnitId,
    };
    use crate::domain::location::{Location, Uncertainty};
    use crate::domain::message::PhoneNumber;
    use crate::domain::names::Language;
    use crate::domain::quantities::{Metres, Point};
    use crate::domain::unit::CallSign;
    use serde::de::DeserializeOwned;

    /// What is said of a value that a type does not take.
    fn of<T: DeserializeOwned>(json: &str) -> Said {
        let error = serde_json::from_str::<T>(json).err().map(|e| e.to_string());
        unfit(&error.unwrap_or_else(|| panic!("{json} was read")))
    }

    #[test]
    fn whatever_a_type_of_the_project_says_has_words_of_its_own_in_every_language() {
        let long = format!(r#"{{"source":"caller","address":"{}"}}"#, "а".repeat(MAX_ADDRESS_CHARS + 1));
        let flat = r#"{"source":"caller","fix":{"point":{"lat":43,"lon":76},"uncertainty":{"shape":"polygon","ring":[]}}}"#;
        for said in [
            of::<Point>(r#"{"lat":143,"lon":76}"#),
            of::<Point>(r#"{"lat":43,"lon":276}"#),
            of::<Metres>("-1"),
            of::<RegionCode>(r#""eighty""#),
            of::<ServiceKey>(r#""A b""#),
            of::<UnitId>(r#""""#),
            of::<CategoryCode>(r#""A b""#),
            of::<DistrictCode>(r#""x""#),
            of::<PassportId>(r#""-""#),
            of::<AccountName>(r#""a b""#),
            of::<PhoneNumber>(r#""abc""#),
            of::<LayerName>(r#""A""#),
            of::<CallSign>(r#""""#),
            of::<Location>(r#"{"source":"caller"}"#),
            of::<Location>(&long),
            of::<Location>(flat),
            of::<uuid::Uuid>(r#""112""#),
            of::<jiff::Timestamp>(r#""yesterday""#),
            of::<jiff::Timestamp>("5"),
            of::<Uncertainty>(r#"{"shape":"circle"}"#),
            unfit(&"war".parse::<HazardKind>().unwrap_err().to_string()),
            unfit(&PolygonFault::Crossing(Coord { x: 71.5, y: 51.1 }).to_string()),
            unfit("invalid digit found in string"),
            unfit("provided string was not `true` or `false`"),
        ] {
            assert_ne!(said.template(), "a value does not fit; correct it");
            assert!(!said.in_language(Language::Kk).is_ascii(), "{said}");
            assert!(!said.in_language(Language::Ru).is_ascii(), "{said}");
        }
        assert_eq!(unfit("something new").to_string(), "a value does not fit; correct it");
    }

    #[test]
    fn what_was_found_and_what_was_wanted_are_said_without_the_words_of_a_programmer() {
        for (said, told) in [
            (of::<u32>(r#""one""#), "получено текст \"one\", ожидалось целое число от нуля"),
            (of::<String>("5"), "получено число 5, ожидалось текст"),
            (of::<String>("null"), "получено нет значения, ожидалось текст"),
            (of::<bool>("[]"), "получено список, ожидалось true или false"),
            (of::<Uncertainty>("5"), "получено число 5, ожидалось объект с полями"),
            (of::<jiff::Timestamp>("5"), "получено число 5, ожидалось время в виде 2026-01-31T09:30:00Z"),
        ] {
            let ru = said.in_language(Language::Ru);
            assert!(ru.contains(told), "{ru}");
        }
    }
}
