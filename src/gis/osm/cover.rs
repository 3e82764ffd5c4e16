//! Which elements are water and green.

use super::tags::Tags;
use crate::domain::geography::CoverKind;

/// What the tags of an area tell of.
pub fn area(tags: &Tags<'_>) -> Option<CoverKind> {
    if tags.is_empty() || hidden(tags) {
        return None;
    }
    let water = tags.is("natural", &["water"])
        || tags.is("waterway", &["riverbank", "dock"])
        || tags.is("landuse", &["reservoir", "basin"]);
    if water {
        return Some(CoverKind::Water);
    }
    if tags.is("natural", &["wood"]) || tags.is("landuse", &["forest"]) {
        return Some(CoverKind::Forest);
    }
    let park = tags.is("leisure", &["park", "garden", "golf_course", "common"])
        || tags.is("landuse", &["recreation_ground", "village_green"]);
    park.then_some(CoverKind::Park)
}

/// What the tags of a line tell of.
pub fn course(tags: &Tags<'_>) -> Option<CoverKind> {
    if tags.is_empty() || hidden(tags) {
        return None;
    }
    match tags.get("waterway")? {
        "river" | "canal" => Some(CoverKind::River),
        "stream" | "ditch" | "drain" => Some(CoverKind::Stream),
        _ => None,
    }
}

/// What runs below the ground is on no map of it.
fn hidden(tags: &Tags<'_>) -> bool {
    tags.is("tunnel", &["yes", "culvert", "flooded"]) || tags.is("location", &["underground"])
}
