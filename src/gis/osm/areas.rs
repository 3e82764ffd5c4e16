//! The middle of an outline.

use geo::Centroid;

use crate::domain::quantities::Point;

/// The middle of a line or, where it is closed, of what it encloses; none of nothing.
pub fn middle(line: &[Point]) -> Option<Point> {
    let coordinates: Vec<geo::Coord> = line.iter().map(|p| geo::coord! { x: p.lon(), y: p.lat() }).collect();
    let line = geo::LineString::from(coordinates);
    let centre = if line.0.len() > 3 && line.is_closed() {
        geo::Polygon::new(line.clone(), Vec::new()).centroid().or_else(|| line.centroid())
    } else {
        line.centroid()
    }?;
    Point::new(centre.y(), centre.x()).ok()
}
