//! A town, a village, a quarter.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Element, LocalNames};
use crate::domain::quantities::Point;

macro_rules! kinds {
    ($(#[$of:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$of])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its word in tables and documents.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}
pub(super) use kinds;

kinds! {
    /// What a place is, as the source ranks it.
    PlaceKind {
        /// A city.
        City = "city",
        /// A town.
        Town = "town",
        /// A village (ауыл, село).
        Village = "village",
        /// A few houses.
        Hamlet = "hamlet",
        /// A single homestead or winter camp (қыстау).
        IsolatedDwelling = "isolated_dwelling",
        /// A large part of a town.
        Suburb = "suburb",
        /// A quarter (шағынаудан, микрорайон).
        Quarter = "quarter",
        /// A named part of a quarter.
        Neighbourhood = "neighbourhood",
        /// A place with a name where nobody lives.
        Locality = "locality",
    }
}

/// A place by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Where it stands in the source.
    pub element: Element,
    /// What it is.
    pub kind: PlaceKind,
    /// Its names.
    pub names: LocalNames,
    /// People who live there, where the source says so.
    pub population: Option<i64>,
    /// Its middle.
    pub point: Point,
}
