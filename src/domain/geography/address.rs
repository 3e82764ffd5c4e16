//! A house number at a place.

use super::{Element, LocalNames};
use crate::domain::quantities::Point;

/// A house number, as the source has it: nothing is normalised.
#[derive(Debug, Clone, PartialEq)]
pub struct Address {
    /// Where it stands in the source.
    pub element: Element,
    /// The number with its letter or fraction: `12А`, `5/2`.
    pub house: String,
    /// The street, or none in places without.
    pub street: Option<String>,
    /// The quarter or place that numbers its houses: `мкр. Самал-2`.
    pub place: Option<String>,
    /// The town or village.
    pub city: Option<String>,
    /// The postcode.
    pub postcode: Option<String>,
    /// The building's own name.
    pub names: LocalNames,
    /// Where: the point, or the middle of the building.
    pub point: Point,
}
