//! OpenStreetMap's `.osm.pbf`: streamed, so that a country fits; refused as a whole where a part is damaged.
//!
//! The data is © OpenStreetMap contributors under the Open Database License 1.0: whoever shows it shows
//! [`ATTRIBUTION`] with it.

mod areas;
mod blobs;
mod coordinates;
mod objects;
mod places;
mod reader;
mod restrictions;
mod roads;
mod tags;

#[cfg(test)]
mod tests;

pub use blobs::OsmError;
pub use reader::{Progress, Read, read};

use crate::domain::geography::{Address, Object, Place, Road, TurnRestriction};

/// What must stand beside a map made from the data.
pub const ATTRIBUTION: &str = "© OpenStreetMap contributors";
/// The licence of the data.
pub const LICENCE: &str = "ODbL-1.0";

/// One thing found in a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A piece of road.
    Road(Road),
    /// A turn restriction.
    Turn(TurnRestriction),
    /// A house number.
    Address(Address),
    /// A place.
    Place(Place),
    /// An object.
    Object(Object),
}
