//! OpenStreetMap's `.osm.pbf`: streamed, so that a country fits; refused as a whole where a part is damaged.
//!
//! The data is © OpenStreetMap contributors under the Open Database License 1.0: whoever shows it shows
//! [`ATTRIBUTION`] with it.

mod areas;
mod blobs;
mod coordinates;
mod cover;
mod objects;
mod places;
mod reader;
mod restrictions;
mod rings;
mod roads;
mod tags;
mod twice;
mod unplaced;

#[cfg(test)]
mod tests;

pub use blobs::OsmError;
pub use reader::{Progress, Read, read};
pub use rings::BrokenArea;
pub use unplaced::Unplaced;

use crate::domain::geography::{Address, Element, LandCover, Object, Place, Road, TurnRestriction};

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
    /// Water or green.
    Cover(LandCover),
    /// Water or green whose outline is broken: it is left out.
    Broken(Element, BrokenArea),
    /// What can stand nowhere: it is left out.
    LeftOut(Element, Unplaced),
}
