//! What lies on the map: borders, roads, water and green, addresses, streets, places and objects, as an import brings them.
//!
//! Each has a clean shape of its own; where it came from is said once, by [`Import`].

mod address;
mod area;
mod boundary;
mod drawn;
mod import;
mod land_cover;
mod object;
mod place;
mod road;

pub use address::Address;
pub use area::{AreaFault, area};
pub use boundary::{Boundary, BoundaryFault, TerritoryLevel, check_within, level_of, over_the_date_line};
pub use drawn::{DEEPEST_LAND, HOUSES_FROM, ROAD_NAMES_FROM, least_cover};
pub use import::{Counts, Import, ImportSource};
pub use land_cover::{CoverKind, CoverShape, LandCover};
pub use object::{Object, ObjectKind};
pub use place::{Place, PlaceKind};
pub use road::{Direction, Road, RoadClass, Turn, TurnRestriction, VIA_LIMIT};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The kind of an element of the source: with its number it is found again there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ElementKind {
    /// A point.
    Node,
    /// A line or an outline.
    Way,
    /// Several of them together.
    Relation,
}

impl ElementKind {
    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Way => "way",
            Self::Relation => "relation",
        }
    }
}

/// An element of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Element {
    /// Its kind.
    pub kind: ElementKind,
    /// Its number among its kind.
    pub id: i64,
}

/// Names as people on the spot gave them; any may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LocalNames {
    /// The name without a language: what stands on the sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Kazakh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kk: Option<String>,
    /// Russian.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ru: Option<String>,
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// The names it had before, and others it goes by; apart by semicolons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<String>,
}

impl LocalNames {
    /// Whether it has no name at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.name.is_none() && self.kk.is_none() && self.ru.is_none() && self.en.is_none()
    }
}
