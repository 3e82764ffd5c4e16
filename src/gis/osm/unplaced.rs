//! What can stand nowhere on the map.

use crate::domain::quantities::Point;

/// Why an element has no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unplaced {
    /// Its coordinates are none.
    #[error("it lies off the globe")]
    OffGlobe,
    /// So few of its points are there that nothing can be drawn.
    #[error("too few points of an outline of it are in the file")]
    NoPoints,
    /// It goes over 180° of longitude: as a line on the map it would go around the Earth.
    #[error("it crosses the 180th meridian")]
    DateLine,
}

/// Whether a line goes over 180° of longitude: two of its points are further apart than half of the Earth.
pub fn over_date_line(line: impl IntoIterator<Item = Point>) -> bool {
    let mut before: Option<f64> = None;
    line.into_iter()
        .any(|point| before.replace(point.lon()).is_some_and(|lon| (lon - point.lon()).abs() > 180.0))
}
