//! Which ways an emergency vehicle drives on, in which direction and how fast.

use super::tags::Tags;
use crate::domain::geography::{Direction, LocalNames, RoadClass};

/// What a way tells of itself as a road.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoadTags {
    /// Its class.
    pub class: RoadClass,
    /// Where it may be driven.
    pub direction: Direction,
    /// Its limit, km/h.
    pub limit_kmh: Option<u16>,
    /// Whether it is rough.
    pub rough: bool,
    /// Its names.
    pub names: LocalNames,
    /// Its number.
    pub reference: Option<String>,
}

const ROUGH_SURFACES: [&str; 12] = [
    "unpaved",
    "dirt",
    "earth",
    "ground",
    "mud",
    "sand",
    "gravel",
    "grass",
    "pebblestone",
    "rock",
    "stone",
    "salt",
];
const ROUGH: [&str; 4] = ["bad", "very_bad", "horrible", "very_horrible"];
/// What a vehicle does not get past, whoever drives it.
const BARRIERS: [&str; 7] = ["bollard", "block", "jersey_barrier", "log", "debris", "wall", "fence"];

/// The road that a way is; none when no emergency vehicle drives there.
pub fn road(tags: &Tags<'_>) -> Option<RoadTags> {
    let class = class(tags)?;
    Some(RoadTags {
        class,
        direction: direction(tags),
        limit_kmh: tags.get("maxspeed").and_then(limit),
        rough: tags.is("surface", &ROUGH_SURFACES)
            || tags.is("smoothness", &ROUGH)
            || tags.is("tracktype", &["grade4", "grade5"]),
        names: tags.names(),
        reference: tags.text("ref"),
    })
}

/// The class of a way that an emergency vehicle may drive on: it may enter what is private, and what is kept for
/// buses or pedestrians.
pub fn class(tags: &Tags<'_>) -> Option<RoadClass> {
    let highway = tags.get("highway")?;
    let welcome = tags.is("emergency", &["yes", "designated", "official"]);
    if tags.is("emergency", &["no"]) || tags.is("area", &["yes"]) || tags.is("ice_road", &["yes"]) {
        return None;
    }
    let someone = ["motor_vehicle", "vehicle", "motorcar", "bus", "psv", "hgv"]
        .iter()
        .any(|key| tags.is(key, &["yes", "designated", "permissive", "destination", "private", "delivery"]));
    if tags.is("access", &["no"]) && !welcome && !someone {
        return None;
    }
    let class = match highway {
        "motorway" | "motorway_link" => RoadClass::Motorway,
        "trunk" | "trunk_link" => RoadClass::Trunk,
        "primary" | "primary_link" => RoadClass::Primary,
        "secondary" | "secondary_link" => RoadClass::Secondary,
        "tertiary" | "tertiary_link" => RoadClass::Tertiary,
        "unclassified" => RoadClass::Unclassified,
        "residential" => RoadClass::Residential,
        "living_street" => RoadClass::LivingStreet,
        "service" | "busway" | "services" | "emergency_access_point" => RoadClass::Service,
        "track" => RoadClass::Track,
        "pedestrian" => RoadClass::Pedestrian,
        "road" => RoadClass::Road,
        "path" | "footway" | "cycleway" | "bridleway" if welcome || someone => RoadClass::Pedestrian,
        _ => return None,
    };
    Some(class)
}

/// Lights and siren give no right to meet others head on: one-way is kept, unless the sign excepts emergencies.
fn direction(tags: &Tags<'_>) -> Direction {
    if tags.is("oneway:emergency", &["no"]) {
        return Direction::Both;
    }
    match tags.get("oneway") {
        Some("yes" | "true" | "1") => Direction::Forward,
        Some("-1" | "reverse") => Direction::Backward,
        Some(_) => Direction::Both,
        None if tags.is("junction", &["roundabout", "circular"])
            || tags.is("highway", &["motorway", "motorway_link"]) =>
        {
            Direction::Forward
        }
        None => Direction::Both,
    }
}

/// A speed limit in km/h.
fn limit(text: &str) -> Option<u16> {
    let text = text.split(';').next()?.trim();
    let (number, unit) = match text.find(|c: char| !c.is_ascii_digit() && c != '.') {
        Some(0) => {
            // Limits that the law sets: "KZ:urban".
            return match text.rsplit(':').next()? {
                "living_street" => Some(20),
                "urban" => Some(60),
                "rural" | "trunk" => Some(90),
                "motorway" => Some(110),
                _ => None,
            };
        }
        Some(end) => (&text[..end], text[end..].trim()),
        None => (text, ""),
    };
    let number: f64 = number.parse().ok()?;
    let kmh = match unit {
        "" | "km/h" | "kmh" | "kph" => number,
        "mph" => number * 1.609_344,
        _ => return None,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 200")]
    let whole = kmh.round() as u16;
    (1.0..=200.0).contains(&kmh).then_some(whole)
}

/// Whether a vehicle cannot get past a point.
pub fn barrier(tags: &Tags<'_>) -> bool {
    let open = ["emergency", "motor_vehicle", "vehicle", "access"]
        .iter()
        .any(|key| tags.is(key, &["yes", "permissive", "designated"]));
    tags.is("barrier", &BARRIERS) && !open && !tags.is("bollard", &["removable", "rising", "foldable"])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags<'a>(of: &[(&'a str, &'a str)]) -> Tags<'a> {
        of.iter().copied().collect()
    }

    #[test]
    fn a_limit_is_read_in_every_usual_form_and_nonsense_is_none() {
        let limits = [
            ("60", Some(60)),
            ("60 km/h", Some(60)),
            ("40 mph", Some(64)),
            ("KZ:urban", Some(60)),
            ("RU:living_street", Some(20)),
            ("60;80", Some(60)),
            ("none", None),
            ("signals", None),
            ("", None),
            ("0", None),
            ("99999999999", None),
            ("5 knots", None),
        ];
        for (text, kmh) in limits {
            assert_eq!(limit(text), kmh, "{text}");
        }
    }

    #[test]
    fn an_emergency_vehicle_enters_what_is_private_and_keeps_one_way() {
        let private = tags(&[("highway", "service"), ("access", "private")]);
        assert_eq!(class(&private), Some(RoadClass::Service));
        let lane = tags(&[("highway", "service"), ("access", "no"), ("bus", "yes")]);
        assert_eq!(class(&lane), Some(RoadClass::Service));
        assert_eq!(class(&tags(&[("highway", "service"), ("access", "no")])), None);
        assert_eq!(class(&tags(&[("highway", "footway")])), None);
        assert_eq!(
            class(&tags(&[("highway", "footway"), ("emergency", "yes")])),
            Some(RoadClass::Pedestrian)
        );
        assert_eq!(class(&tags(&[("highway", "construction")])), None);
        let street = |of: (&'static str, &'static str)| direction(&tags(&[("highway", "primary"), of]));
        assert_eq!(street(("oneway", "yes")), Direction::Forward);
        assert_eq!(street(("oneway", "-1")), Direction::Backward);
        assert_eq!(street(("junction", "roundabout")), Direction::Forward);
        assert_eq!(direction(&tags(&[("oneway", "yes"), ("oneway:emergency", "no")])), Direction::Both);
    }
}
