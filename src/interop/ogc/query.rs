//! What a client asks of a collection, read from the query of its address. What is not part of the interface is
//! refused, as the standard demands (`/req/core/query-param-unknown`, `/req/core/query-param-invalid`).

use jiff::Timestamp;

use super::collection::{Collection, Kind, Property};
use super::crs::Crs;
use crate::domain::extent::{BoundingBox, Span};
use crate::domain::said::{Said, said};

/// Features of a page when nobody says how many.
pub const USUAL: u32 = 100;
/// The most features of a page; who asks for more gets these (`/req/core/fc-limit-response-1`).
pub const MOST: u32 = 10_000;
/// The longest cursor or value of a property.
const LONGEST: usize = 200;
/// The most values of one property.
const MOST_VALUES: usize = 100;

/// A page of features, as it is asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Items {
    /// In the box, or without a place.
    pub within: Option<BoundingBox>,
    /// In the time, or without one.
    pub during: Option<Span>,
    /// Given in this system.
    pub crs: Crs,
    /// So many.
    pub limit: u32,
    /// After the feature where the page before ended.
    pub after: Option<String>,
    /// With one of these values of the property.
    pub with: Vec<(&'static Property, Vec<String>)>,
}

/// Why a query is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// No such parameter.
    Unknown(String),
    /// The same parameter twice.
    Twice(String),
    /// The box.
    BoundingBox,
    /// The coordinate reference system.
    Crs(&'static str),
    /// The time.
    DateTime,
    /// The number of features.
    Limit,
    /// The end of a page.
    Cursor,
    /// A property's value.
    Flag(&'static str),
    /// A property's values.
    Values(&'static str),
    /// A value that the property never has; those that it may have.
    NoSuch(&'static str, Vec<String>),
    /// The format.
    Format,
}

impl Fault {
    /// The parameter at fault.
    #[must_use]
    pub fn parameter(&self) -> &str {
        match self {
            Self::Unknown(name) | Self::Twice(name) => name,
            Self::BoundingBox => "bbox",
            Self::Crs(name) | Self::Flag(name) | Self::Values(name) | Self::NoSuch(name, _) => name,
            Self::DateTime => "datetime",
            Self::Limit => "limit",
            Self::Cursor => "cursor",
            Self::Format => "f",
        }
    }

    /// What is wrong and what to do.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::Unknown(name) => {
                said!("there is no parameter {name} here; see {document}", name = name, document = "/ogc/api")
            }
            Self::Twice(name) => said!("the parameter {name} stands twice; give it once", name = name),
            Self::BoundingBox => {
                said!(
                    "a box is its lower left and upper right corner: four numbers, or six with heights, within its reference system"
                )
            }
            Self::Crs(_) => {
                said!("this reference system is not offered; take one of the collection's list crs")
            }
            Self::DateTime => {
                said!("a time is a moment by RFC 3339, or two of them with / between; .. leaves an end open")
            }
            Self::Limit => said!("the number of features of a page is at least 1"),
            Self::Cursor => said!("this is no end of a page; follow the link next of the page before"),
            Self::Flag(name) => said!("{name} is true or false", name = name),
            Self::Values(name) => said!(
                "give 1 to {most} values of {name}, apart by commas, each of at most {longest} characters",
                most = MOST_VALUES,
                name = name,
                longest = LONGEST
            ),
            Self::NoSuch(name, values) => {
                said!("{name} is one of {values}", name = name, values = values.join(", "))
            }
            Self::Format => said!("features are given as {format} only", format = "json"),
        }
    }
}

impl Items {
    /// Reads the parameters of a page of a collection.
    ///
    /// # Errors
    /// The first [`Fault`].
    pub fn read(collection: Collection, query: &[(String, String)]) -> Result<Self, Fault> {
        let mut items = Self { limit: USUAL, ..Self::default() };
        let (mut corners, mut box_crs) = (None, Crs::default());
        for (number, (name, value)) in query.iter().enumerate() {
            if query[..number].iter().any(|(other, _)| other == name) {
                return Err(Fault::Twice(name.clone()));
            }
            match name.as_str() {
                "bbox" => corners = Some(value.as_str()),
                "bbox-crs" => box_crs = Crs::named(value).ok_or(Fault::Crs("bbox-crs"))?,
                "crs" => items.crs = Crs::named(value).ok_or(Fault::Crs("crs"))?,
                "datetime" => items.during = Some(span(value).ok_or(Fault::DateTime)?),
                "limit" => items.limit = limit(value).ok_or(Fault::Limit)?,
                "cursor" if !value.is_empty() && fits(value) && collection.may_name(value) => {
                    items.after = Some(value.clone());
                }
                "cursor" => return Err(Fault::Cursor),
                "f" => format(value)?,
                other => {
                    let property =
                        collection.filter(other).ok_or_else(|| Fault::Unknown(other.to_owned()))?;
                    let values = values(property, value)?;
                    if let Some(known) = collection.values(property.name)
                        && values.iter().any(|value| !known.contains(value))
                    {
                        return Err(Fault::NoSuch(property.name, known));
                    }
                    items.with.push((property, values));
                }
            }
        }
        items.within = corners.map(|text| corners_in(text, box_crs).ok_or(Fault::BoundingBox)).transpose()?;
        Ok(items)
    }

    /// The only value asked for of a property that is true or false.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.values(name).and_then(|v| v.first()).map(|v| v == "true")
    }

    /// The values asked for of a property.
    #[must_use]
    pub fn values(&self, name: &str) -> Option<&[String]> {
        self.with.iter().find(|(p, _)| p.name == name).map(|(_, values)| values.as_slice())
    }

    /// Whether a property with this value is asked for, or nothing of it.
    #[must_use]
    pub fn wants(&self, name: &str, value: &str) -> bool {
        self.values(name).is_none_or(|values| values.iter().any(|v| v == value))
    }
}

/// Reads the parameters of one feature: its reference system.
///
/// # Errors
/// The first [`Fault`].
pub fn of_one(query: &[(String, String)]) -> Result<Crs, Fault> {
    let mut crs = Crs::default();
    for (name, value) in query {
        match name.as_str() {
            "crs" => crs = Crs::named(value).ok_or(Fault::Crs("crs"))?,
            "f" => format(value)?,
            other => return Err(Fault::Unknown(other.to_owned())),
        }
    }
    Ok(crs)
}

/// Reads the parameters of a document: its format.
///
/// # Errors
/// The first [`Fault`].
pub fn of_document(query: &[(String, String)]) -> Result<(), Fault> {
    query.iter().try_for_each(|(name, value)| match name.as_str() {
        "f" => format(value),
        other => Err(Fault::Unknown(other.to_owned())),
    })
}

fn format(value: &str) -> Result<(), Fault> {
    if value == "json" { Ok(()) } else { Err(Fault::Format) }
}

fn fits(text: &str) -> bool {
    text.len() <= LONGEST && !text.contains('\0')
}

fn values(property: &'static Property, text: &str) -> Result<Vec<String>, Fault> {
    if property.kind == Kind::Flag {
        return match text {
            "true" | "false" => Ok(vec![text.to_owned()]),
            _ => Err(Fault::Flag(property.name)),
        };
    }
    let values: Vec<String> = text.split(',').map(|value| value.trim().to_owned()).collect();
    let sound = values.len() <= MOST_VALUES && values.iter().all(|v| !v.is_empty() && fits(v));
    if sound { Ok(values) } else { Err(Fault::Values(property.name)) }
}

fn limit(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let limit = digits.then(|| text.parse().unwrap_or(MOST))?;
    (limit > 0).then_some(limit.min(MOST))
}

/// A moment, or two with `/` between; `..` or nothing leaves an end open, though not both.
fn span(text: &str) -> Option<Span> {
    let end = |text: &str| match text {
        "" | ".." => Some(None),
        moment => moment.parse::<Timestamp>().ok().map(Some),
    };
    let Some((from, to)) = text.split_once('/') else {
        let at = text.parse().ok()?;
        return Some(Span { from: Some(at), to: Some(at) });
    };
    let span = Span { from: end(from)?, to: end(to)? };
    match (span.from, span.to) {
        (None, None) => None,
        (Some(from), Some(to)) if from > to => None,
        _ => Some(span),
    }
}

/// Two corners; with six numbers the third and the sixth are heights, of which nothing here depends.
fn corners_in(text: &str, crs: Crs) -> Option<BoundingBox> {
    let numbers: Vec<f64> = text
        .split(',')
        .map(|n| n.trim().parse().ok().filter(|n: &f64| n.is_finite()))
        .collect::<Option<_>>()?;
    let (low, high) = match *numbers.as_slice() {
        [a, b, c, d] => ([a, b], [c, d]),
        [a, b, _, c, d, _] => ([a, b], [c, d]),
        _ => return None,
    };
    let (south_west, north_east) = (crs.read(low)?, crs.read(high)?);
    (south_west.lat() <= north_east.lat()).then_some(BoundingBox { south_west, north_east })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &[(&str, &str)]) -> Result<Items, Fault> {
        let query: Vec<_> = query.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Items::read(Collection::Incidents, &query)
    }

    #[test]
    fn a_box_has_four_numbers_or_six_in_the_order_of_its_system() {
        let expected = read(&[("bbox", "76.8,43.1,77.0,43.4")]).unwrap().within;
        assert!(expected.is_some());
        assert_eq!(read(&[("bbox", "76.8,43.1,-10,77.0,43.4,9000")]).unwrap().within, expected);
        let epsg = [("bbox", "43.1,76.8,43.4,77.0"), ("bbox-crs", Crs::Epsg4326.uri())];
        assert_eq!(read(&epsg).unwrap().within, expected);
        for bad in ["", "1,2,3", "1,2,3,4,5", "1,2,x,4", "76,44,77,43", "76,43,77,91", "NaN,1,2,3"] {
            assert_eq!(read(&[("bbox", bad)]), Err(Fault::BoundingBox), "{bad}");
        }
    }

    #[test]
    fn a_time_is_a_moment_or_two_with_open_ends() {
        let at = |text: &str| text.parse::<Timestamp>().ok();
        let (a, b) = ("2026-03-01T00:00:00Z", "2026-03-02T00:00:00+05:00");
        for (text, from, to) in [
            (a.to_owned(), at(a), at(a)),
            (format!("{a}/{b}"), at(a), at(b)),
            (format!("{a}/.."), at(a), None),
            (format!("{a}/"), at(a), None),
            (format!("../{b}"), None, at(b)),
            (format!("/{b}"), None, at(b)),
        ] {
            assert_eq!(read(&[("datetime", &text)]).unwrap().during, Some(Span { from, to }), "{text}");
        }
        for bad in ["", "/", "../..", "yesterday", "2026-03-01", &format!("{b}/{a}"), &format!("{a}/{b}/{b}")]
        {
            assert_eq!(read(&[("datetime", bad)]), Err(Fault::DateTime), "{bad}");
        }
    }

    #[test]
    fn more_than_the_most_is_the_most_and_none_is_refused() {
        assert_eq!(read(&[]).unwrap().limit, USUAL);
        for (text, limit) in [("1", 1), ("10000", MOST), ("10001", MOST), ("99999999999999999999", MOST)] {
            assert_eq!(read(&[("limit", text)]).unwrap().limit, limit);
        }
        for bad in ["0", "-1", "1.5", "", "ten"] {
            assert_eq!(read(&[("limit", bad)]), Err(Fault::Limit), "{bad}");
        }
    }

    #[test]
    fn what_the_interface_does_not_know_is_refused_by_name() {
        assert_eq!(read(&[("colour", "red")]), Err(Fault::Unknown("colour".into())));
        assert_eq!(read(&[("opened_at", "x")]), Err(Fault::Unknown("opened_at".into())));
        assert_eq!(read(&[("open", "yes")]), Err(Fault::Flag("open")));
        assert_eq!(read(&[("limit", "1"), ("limit", "2")]), Err(Fault::Twice("limit".into())));
        assert_eq!(read(&[("crs", "EPSG:3857")]), Err(Fault::Crs("crs")));
        assert_eq!(read(&[("severity", "p1,")]), Err(Fault::Values("severity")));
        let many = read(&[("severity", "p1, p2"), ("open", "true")]).unwrap();
        assert!(
            many.wants("severity", "p2") && !many.wants("severity", "p3") && many.wants("status", "open")
        );
        assert_eq!(many.flag("open"), Some(true));
    }
}
