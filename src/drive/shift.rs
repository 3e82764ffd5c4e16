//! A foreign town laid over one of ours: its places keep their pattern around the centre.

use super::report::Report;
use crate::domain::quantities::Point;
use crate::spatial::territory::{Fields, Layer, Territory};

/// How much smaller the pattern becomes: these towns are wider than Almaty between its mountains and its border.
const SCALE: f64 = 0.5;
/// How often a place beyond the region's border is brought half-way to the centre before it is put there itself.
const HALVINGS: u32 = 6;

/// The part of the globe in which a log's places lie; what lies outside is a slip of its geocoder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// Degrees.
    pub south: f64,
    /// Degrees.
    pub west: f64,
    /// Degrees.
    pub north: f64,
    /// Degrees.
    pub east: f64,
}

impl Frame {
    /// Whether a place lies in it.
    #[must_use]
    pub fn holds(&self, point: Point) -> bool {
        (self.south..=self.north).contains(&point.lat()) && (self.west..=self.east).contains(&point.lon())
    }
}

/// Moves places around one centre to another.
pub struct Shift<'a> {
    from: Point,
    to: Point,
    /// What keeps places within the target's region; none leaves them where they fall.
    border: Option<&'a Territory>,
}

impl<'a> Shift<'a> {
    /// From the centroid of the reports' places, over all of them, so that a part of a log falls where the whole would.
    #[must_use]
    pub fn new(reports: &[Report], to: Point, border: Option<&'a Territory>) -> Option<Self> {
        let points: Vec<Point> = reports.iter().filter_map(|r| r.point).collect();
        let share = 1.0 / points.len() as f64;
        let lat = points.iter().map(|p| p.lat() * share).sum();
        let lon = points.iter().map(|p| p.lon() * share).sum();
        // Without a place there is no centre: 1/0 of nothing is no latitude either, but it sums to zero.
        if points.is_empty() {
            return None;
        }
        Some(Self { from: Point::new(lat, lon).ok()?, to, border })
    }

    /// Where a place comes to lie.
    #[must_use]
    pub fn place(&self, point: Point) -> Point {
        let region = |p: Point| self.border.and_then(|b| b.locate(p)).map(|(region, _)| region);
        let home = region(self.to);
        let mut scale = SCALE;
        for _ in 0..=HALVINGS {
            if let Some(place) = self.scaled(point, scale)
                && (home.is_none() || region(place) == home)
            {
                return place;
            }
            scale /= 2.0;
        }
        self.to
    }

    fn scaled(&self, point: Point, scale: f64) -> Option<Point> {
        // A degree of longitude is shorter in the north: metres are kept, not degrees.
        let stretch = self.from.lat().to_radians().cos() / self.to.lat().to_radians().cos();
        let north = (point.lat() - self.from.lat()) * scale;
        let east = (point.lon() - self.from.lon()) * scale * stretch;
        Point::new(self.to.lat() + north, self.to.lon() + east).ok()
    }
}

/// The regions as shipped.
///
/// # Errors
/// What is wrong with them.
pub fn regions() -> Result<Territory, String> {
    let text = include_str!("../../gis/regions.geojson");
    Ok(Territory::new(Layer::from_geojson(text, Fields::OWN).map_err(|e| e.to_string())?, None))
}

#[cfg(test)]
mod tests {
    use super::super::report::Report;
    use super::*;
    use crate::domain::message::{Channel, Contact};

    fn point(lat: f64, lon: f64) -> Point {
        Point::new(lat, lon).unwrap()
    }

    fn at(point: Point) -> Report {
        Report {
            set: "s".into(),
            row: 1,
            at: 0,
            channel: Channel::Call,
            contact: Contact::Heard,
            phone: None,
            device: None,
            text: String::new(),
            language: None,
            point: Some(point),
            uncertainty: None,
            address: None,
            went: Default::default(),
        }
    }

    #[test]
    fn the_centroid_falls_on_the_target_and_distances_become_half() {
        let (a, b) = (point(47.50, -122.30), point(47.70, -122.40));
        let to = point(43.238, 76.945);
        let shift = Shift::new(&[at(a), at(b)], to, None).unwrap();
        assert!(shift.place(point(47.60, -122.35)).distance(to).get() < 1.0);
        let ratio = shift.place(a).distance(shift.place(b)).get() / a.distance(b).get();
        assert!((ratio - 0.5).abs() < 0.005, "{ratio}");
        assert!(
            shift.place(a).lat() < to.lat() && shift.place(a).lon() > to.lon(),
            "south-east stays south-east"
        );
    }

    #[test]
    fn a_place_that_would_fall_beyond_the_border_is_brought_inside_and_another_is_not_touched() {
        let regions = regions().unwrap();
        let to = point(43.238, 76.945);
        let (far, near) = (point(40.50, -75.35), point(40.16, -75.36));
        let reports = [at(far), at(point(39.80, -75.35))];
        let shift = Shift::new(&reports, to, Some(&regions)).unwrap();
        let free = Shift::new(&reports, to, None).unwrap();
        let region = |p| regions.locate(p).map(|(region, _)| region);
        assert_ne!(region(free.place(far)), region(to), "the case is one");
        assert_eq!(region(shift.place(far)), region(to));
        assert_eq!(shift.place(near), free.place(near));
    }

    #[test]
    fn without_a_place_there_is_no_centre() {
        assert!(Shift::new(&[], point(43.0, 76.0), None).is_none());
    }
}
