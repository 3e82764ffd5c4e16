//! Which elements are places and house numbers.

use super::tags::Tags;
use crate::domain::geography::{Address, Element, Place, PlaceKind};
use crate::domain::quantities::Point;

/// The place that an element is.
pub fn place(element: Element, tags: &Tags<'_>, point: Point) -> Option<Place> {
    let kind = kind(tags)?;
    let names = tags.names();
    let population = tags.get("population").and_then(|p| p.replace([' ', ','], "").parse().ok());
    Some(Place { element, kind, names, population: population.filter(|p| *p >= 0), point })
}

/// What place the tags tell of; one without a name is none.
pub fn kind(tags: &Tags<'_>) -> Option<PlaceKind> {
    let kind = match tags.get("place")? {
        "city" => PlaceKind::City,
        "town" => PlaceKind::Town,
        "village" => PlaceKind::Village,
        "hamlet" => PlaceKind::Hamlet,
        "isolated_dwelling" | "farm" => PlaceKind::IsolatedDwelling,
        "suburb" | "borough" => PlaceKind::Suburb,
        "quarter" | "city_block" => PlaceKind::Quarter,
        "neighbourhood" => PlaceKind::Neighbourhood,
        "locality" => PlaceKind::Locality,
        _ => return None,
    };
    (!tags.names().is_empty()).then_some(kind)
}

/// Whether the tags give a house number.
pub fn numbered(tags: &Tags<'_>) -> bool {
    tags.get("addr:housenumber").is_some_and(|n| !n.trim().is_empty())
}

/// The house numbers of an element: a house on a corner has two.
pub fn addresses(element: Element, tags: &Tags<'_>, point: Point) -> Vec<Address> {
    let of = |prefix: &str| {
        let text = |key: &str| tags.text(&format!("{prefix}:{key}"));
        Some(Address {
            element,
            house: text("housenumber")?,
            street: text("street"),
            place: tags.first(&["addr:place", "addr:suburb", "addr:quarter"]),
            city: tags.text("addr:city"),
            postcode: tags.text("addr:postcode"),
            names: tags.names(),
            point,
        })
    };
    ["addr", "addr2"].into_iter().filter_map(of).collect()
}
