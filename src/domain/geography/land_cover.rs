//! What covers the land: water and green, as a map shows it under its roads.

use geo::{Area, ChamberlainDuquetteArea, MultiPolygon};

use super::place::kinds;
use super::{Element, LocalNames};
use crate::domain::quantities::Point;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

kinds! {
    /// What covers the land.
    CoverKind {
        /// A lake, a reservoir, a river between its banks.
        Water = "water",
        /// A river or canal by its course.
        River = "river",
        /// A stream or ditch by its course.
        Stream = "stream",
        /// A forest or wood.
        Forest = "forest",
        /// A park, garden or green.
        Park = "park",
    }
}

/// Where it lies.
#[derive(Debug, Clone, PartialEq)]
pub enum CoverShape {
    /// What it covers.
    Area(MultiPolygon),
    /// The course of flowing water.
    Course(Vec<Point>),
}

impl CoverShape {
    /// Square metres on the sphere; a course has none.
    #[must_use]
    pub fn area_m2(&self) -> Option<f64> {
        match self {
            Self::Area(area) if area.unsigned_area() > 0.0 => Some(area.chamberlain_duquette_unsigned_area()),
            Self::Area(_) => Some(0.0),
            Self::Course(_) => None,
        }
    }
}

/// A piece of water or green.
#[derive(Debug, Clone, PartialEq)]
pub struct LandCover {
    /// Where it stands in the source.
    pub element: Element,
    /// What it is.
    pub kind: CoverKind,
    /// Its names.
    pub names: LocalNames,
    /// Where it lies.
    pub shape: CoverShape,
}
