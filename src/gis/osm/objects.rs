//! Which elements are objects that a dispatcher must know of.

use super::tags::Tags;
use crate::domain::geography::{Element, Object, ObjectKind};
use crate::domain::quantities::Point;

/// Stores of what burns, explodes or poisons.
const DANGEROUS_CONTENT: [&str; 11] = [
    "oil",
    "crude_oil",
    "fuel",
    "gas",
    "lpg",
    "petroleum",
    "gasoline",
    "diesel",
    "ammonia",
    "chlorine",
    "chemicals",
];
/// Works that hold such things.
const DANGEROUS_WORKS: [&str; 8] =
    ["oil", "gas", "chemical", "refinery", "oil_refinery", "petroleum_terminal", "explosives", "fertilizer"];

/// The object that an element is.
pub fn object(element: Element, tags: &Tags<'_>, point: Point) -> Option<Object> {
    Some(Object {
        element,
        kind: kind(tags)?,
        names: tags.names(),
        phone: tags.first(&["phone", "contact:phone", "emergency:phone"]),
        tags: tags.all(),
        point,
    })
}

/// What object the tags tell of. What is gone (`disused:…`, `abandoned:…`) has other keys and is none.
pub fn kind(tags: &Tags<'_>) -> Option<ObjectKind> {
    use ObjectKind as Kind;
    if tags.is_empty() {
        return None;
    }
    let hazardous = tags
        .get("hazard")
        .is_some_and(|h| matches!(h, "explosive" | "chemical" | "radiation" | "biological"))
        || tags.is("industrial", &DANGEROUS_WORKS)
        || tags.is("man_made", &["storage_tank", "gasometer"])
            && ["content", "substance"].iter().any(|key| tags.is(key, &DANGEROUS_CONTENT))
        || tags.is("man_made", &["petroleum_well", "gas_well"]);
    if hazardous {
        return Some(Kind::Hazardous);
    }
    if tags.is("highway", &["milestone"]) {
        return Some(Kind::KilometrePost);
    }
    let emergency = match tags.get("emergency") {
        Some("ambulance_station") => Some(Kind::AmbulanceStation),
        Some("fire_hydrant") => Some(Kind::Hydrant),
        Some("water_tank" | "fire_water_pond" | "suction_point") => Some(Kind::WaterSource),
        _ => None,
    };
    let amenity = match tags.get("amenity") {
        Some("hospital") => Some(Kind::Hospital),
        Some("clinic" | "doctors") => Some(Kind::Clinic),
        Some("fire_station") => Some(Kind::FireStation),
        Some("police") => Some(Kind::Police),
        Some("school") => Some(Kind::School),
        Some("kindergarten" | "childcare") => Some(Kind::Kindergarten),
        Some("college" | "university") => Some(Kind::College),
        Some("social_facility" | "nursing_home" | "shelter_home" | "orphanage") => Some(Kind::SocialFacility),
        Some("prison") => Some(Kind::Prison),
        Some("theatre" | "cinema" | "marketplace" | "arts_centre" | "exhibition_centre" | "events_venue") => {
            Some(Kind::Assembly)
        }
        Some("bus_station") => Some(Kind::TransportStation),
        Some("fuel") => Some(Kind::Fuel),
        _ => None,
    };
    let other = || {
        let healthcare = match tags.get("healthcare") {
            Some("hospital") => Some(Kind::Hospital),
            Some("clinic" | "centre" | "doctor") => Some(Kind::Clinic),
            _ => None,
        };
        healthcare.or_else(|| {
            if tags.is("aeroway", &["helipad", "heliport"]) {
                Some(Kind::Helipad)
            } else if tags.is("aeroway", &["aerodrome"]) {
                Some(Kind::Airfield)
            } else if tags.is("railway", &["station"]) && !tags.is("station", &["subway"]) {
                Some(Kind::TransportStation)
            } else if tags.is("leisure", &["stadium"]) || tags.is("shop", &["mall", "department_store"]) {
                Some(Kind::Assembly)
            } else if tags.is("power", &["plant", "substation"]) {
                Some(Kind::Power)
            } else if tags.is("man_made", &["works"]) || tags.is("landuse", &["industrial"]) {
                Some(Kind::Industrial)
            } else {
                None
            }
        })
    };
    emergency.or(amenity).or_else(other)
}
