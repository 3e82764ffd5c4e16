//! The collections: what each holds, and what its features can be filtered by.

use crate::domain::geography::{ObjectKind, RoadClass};
use crate::domain::hazard_layer::HazardKind;
use crate::domain::ids::UnitId;
use crate::domain::mode::Mode;
use crate::domain::said::{Said, said};
use crate::domain::unit::UnitKind;

/// What a property holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text: a code, a name, an identity.
    Text,
    /// True or false.
    Flag,
    /// A moment, RFC 3339.
    Moment,
    /// A whole number.
    Number,
}

/// A property of a collection's features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Property {
    /// As it is called in the feature and, where it filters, in the query.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether features can be filtered by it.
    pub filters: bool,
    /// What it says.
    pub about: &'static str,
}

/// What lies where on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Geometry {
    /// A point, or nothing where the place is not known.
    Point,
    /// A line.
    Line,
    /// A polygon.
    Polygon,
    /// One or more polygons.
    MultiPolygon,
}

impl Geometry {
    /// The type's name in GeoJSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Point => "Point",
            Self::Line => "LineString",
            Self::Polygon => "Polygon",
            Self::MultiPolygon => "MultiPolygon",
        }
    }

    /// The format's name in a schema (OGC 23-058).
    #[must_use]
    pub const fn format(self) -> &'static str {
        match self {
            Self::Point => "geometry-point",
            Self::Line => "geometry-linestring",
            Self::Polygon => "geometry-polygon",
            Self::MultiPolygon => "geometry-multipolygon",
        }
    }
}

/// A collection of features.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Collection {
    /// Cards: without the people of them and their words.
    Incidents,
    /// Crews with vehicles, where they were last seen.
    Units,
    /// Emergency zones.
    Zones,
    /// First-level territories.
    Regions,
    /// Second-level territories.
    Districts,
    /// Roads between junctions, as they were imported.
    Roads,
    /// Who helps, who needs help, what is dangerous, as it was imported.
    Objects,
    /// Perimeters of water, fire and the like.
    Hazards,
}

const fn text(name: &'static str, about: &'static str) -> Property {
    Property { name, kind: Kind::Text, filters: false, about }
}

const fn code(name: &'static str, about: &'static str) -> Property {
    Property { name, kind: Kind::Text, filters: true, about }
}

const fn flag(name: &'static str, about: &'static str) -> Property {
    Property { name, kind: Kind::Flag, filters: true, about }
}

const fn moment(name: &'static str, about: &'static str) -> Property {
    Property { name, kind: Kind::Moment, filters: false, about }
}

const INCIDENT: &[Property] = &[
    code("number", "Number of the card for people."),
    code("region", "Region whose hub owns it, KATO code."),
    code("district", "District that it lies in, KATO code."),
    code("status", "open, responding, closed or merged."),
    flag("open", "Whether work goes on."),
    code("category", "Category in force."),
    code("severity", "Gravity in force: p1, p2 or p3."),
    flag("exercise", "Whether it is part of an exercise."),
    moment("opened_at", "When it was opened."),
    moment("closed_at", "When it ended."),
    moment("updated_at", "When it last changed."),
];

const UNIT: &[Property] = &[
    text("call_sign", "The name it answers to."),
    code("service", "Kind of duty-dispatch service that owns it."),
    code("region", "Region whose service owns it, KATO code."),
    code("kind", "What it goes by."),
    code("status", "available, reserved, engaged, returning or out_of_service."),
    code("incident", "Incident that it is engaged in."),
    text("station", "Its station."),
    moment("position_at", "When it was there."),
    text("position_source", "Who says so; station: nothing was heard of it."),
    text(
        "position_doubt",
        "Why a later report is not believed: speed, jump, time_back, time_ahead, outside_country, inaccurate, stuck.",
    ),
];

const ZONE: &[Property] = &[
    text("name", "Name for people."),
    code("region", "Region whose hub drew it, KATO code."),
    code("mode", "Mode that it belongs to."),
    code("incident", "Incident that it surrounds."),
    flag("open", "Whether it is in force."),
    moment("drawn_at", "When it was first drawn."),
    moment("ended_at", "When it ended."),
];

const TERRITORY: &[Property] = &[
    code("kato", "Nine-digit KATO code."),
    code("region", "Region that it is or lies in, KATO code."),
    text("name_kk", "Name in Kazakh."),
    text("name_ru", "Name in Russian."),
    text("name_en", "Name in English."),
];

const ROAD: &[Property] = &[
    code("element", "The way of OpenStreetMap that it is a piece of."),
    code("class", "What it is built and ranked as: motorway, trunk, primary and so on."),
    flag("oneway", "Whether it may be driven in one direction only, that of its line."),
    Property {
        name: "limit_kmh",
        kind: Kind::Number,
        filters: false,
        about: "Speed limit, km/h, where one is signed.",
    },
    flag("rough", "Whether its surface slows everyone down."),
    code("ref", "Number of the road."),
    code("name", "Name on the sign."),
    text("name_kk", "Name in Kazakh."),
    text("name_ru", "Name in Russian."),
    text("name_en", "Name in English."),
];

const OBJECT: &[Property] = &[
    code("element", "The element of OpenStreetMap."),
    code("kind", "hospital, fire_station, school, hazardous, hydrant and so on."),
    code("name", "Name on the sign."),
    text("name_kk", "Name in Kazakh."),
    text("name_ru", "Name in Russian."),
    text("name_en", "Name in English."),
    text("phone", "Telephone, as the source has it."),
];

const HAZARD: &[Property] = &[
    code("layer", "The layer's name for programs."),
    code("region", "Region whose layer it is, KATO code; none: of the whole country."),
    code("kind", "flood, wildfire, mudflow, landslide, avalanche, chemical, radiation or other."),
    text("name", "The layer's name for people."),
    text("source", "Who tells of it."),
    text("area", "What the area is called."),
    moment("observed_at", "The moment that it shows."),
    moment("valid_until", "Until when it may be believed."),
    flag("outdated", "Whether that moment is past: do not take it for how things are."),
];

impl Collection {
    /// Every collection.
    pub const ALL: [Self; 8] = [
        Self::Incidents,
        Self::Units,
        Self::Zones,
        Self::Regions,
        Self::Districts,
        Self::Roads,
        Self::Objects,
        Self::Hazards,
    ];

    /// Its identity in addresses.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Incidents => "incidents",
            Self::Units => "units",
            Self::Zones => "zones",
            Self::Regions => "regions",
            Self::Districts => "districts",
            Self::Roads => "roads",
            Self::Objects => "objects",
            Self::Hazards => "hazards",
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn title(self) -> Said {
        match self {
            Self::Incidents => said!("Incidents"),
            Self::Units => said!("Units"),
            Self::Zones => said!("Emergency zones"),
            Self::Regions => said!("Regions"),
            Self::Districts => said!("Districts"),
            Self::Roads => said!("Roads"),
            Self::Objects => said!("Objects"),
            Self::Hazards => said!("Hazards"),
        }
    }

    /// What it holds, for people.
    #[must_use]
    pub fn description(self) -> Said {
        match self {
            Self::Incidents => {
                said!("Incident cards with their place, state and category, without personal data")
            }
            Self::Units => said!("Units with their state, where they were last seen"),
            Self::Zones => {
                said!("Emergency zones and zones of a possible emergency, with their present border")
            }
            Self::Regions => said!("Regions and cities of republican significance"),
            Self::Districts => said!("Districts and cities of regional significance"),
            Self::Roads => said!("Roads with their class, name and number"),
            Self::Objects => said!("Hospitals, stations, schools, hydrants and dangerous works"),
            Self::Hazards => {
                said!("Perimeters of water, fire and the like, with their source, moment and validity")
            }
        }
    }

    /// What its features are on the map.
    #[must_use]
    pub const fn geometry(self) -> Geometry {
        match self {
            Self::Incidents | Self::Units | Self::Objects => Geometry::Point,
            Self::Roads => Geometry::Line,
            Self::Zones => Geometry::Polygon,
            Self::Regions | Self::Districts | Self::Hazards => Geometry::MultiPolygon,
        }
    }

    /// What its features say.
    #[must_use]
    pub const fn properties(self) -> &'static [Property] {
        match self {
            Self::Incidents => INCIDENT,
            Self::Units => UNIT,
            Self::Zones => ZONE,
            Self::Regions | Self::Districts => TERRITORY,
            Self::Roads => ROAD,
            Self::Objects => OBJECT,
            Self::Hazards => HAZARD,
        }
    }

    /// The values that a property may have, where they are known: another is a mistake, and not a page without features.
    #[must_use]
    pub fn values(self, property: &str) -> Option<Vec<String>> {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Some(match (self, property) {
            (Self::Incidents, "status") => words(&["open", "responding", "closed", "merged"]),
            (Self::Incidents, "severity") => words(&["p1", "p2", "p3"]),
            (Self::Units, "status") => {
                words(&["available", "reserved", "engaged", "returning", "out_of_service"])
            }
            (Self::Units, "kind") => UnitKind::ALL.iter().filter_map(|kind| word_of(*kind)).collect(),
            (Self::Zones, "mode") => words(&Mode::ALL.map(Mode::as_str)),
            (Self::Roads, "class") => RoadClass::ALL.iter().map(|class| class.as_str().to_owned()).collect(),
            (Self::Objects, "kind") => ObjectKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect(),
            (Self::Hazards, "kind") => words(&HazardKind::ALL.map(HazardKind::as_str)),
            _ => return None,
        })
    }

    /// Whether one of its features may have this identity, with which a page ended.
    #[must_use]
    pub fn may_name(self, id: &str) -> bool {
        match self {
            Self::Incidents | Self::Zones => id.parse::<uuid::Uuid>().is_ok(),
            Self::Units => id.parse::<UnitId>().is_ok(),
            Self::Regions | Self::Districts => id.len() == 9 && id.bytes().all(|b| b.is_ascii_digit()),
            // Read where the land and the layers are read.
            Self::Roads | Self::Objects | Self::Hazards => true,
        }
    }

    /// Whether its features belong to a time.
    #[must_use]
    pub const fn has_time(self) -> bool {
        matches!(self, Self::Incidents | Self::Units | Self::Zones | Self::Hazards)
    }

    /// The property that filters under this name.
    #[must_use]
    pub fn filter(self, name: &str) -> Option<&'static Property> {
        self.properties().iter().find(|p| p.filters && p.name == name)
    }
}

/// A kind of unit as it is written.
fn word_of(kind: UnitKind) -> Option<String> {
    serde_json::to_value(kind).ok()?.as_str().map(str::to_owned)
}
