//! The polygon of an emergency zone or of a zone of a possible emergency (112-R c.5(2)¶2–¶3, c.5(3)¶2).
//!
//! On the wire it is a GeoJSON geometry of type `Polygon` (RFC 7946 §3.1.6).

use geo::{
    BoundingRect, Contains, Coord, CoordsIter, Destination, GeodesicArea, Haversine, LineString,
    MultiPolygon, Polygon, SimplifyVwPreserve,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::quantities::{Metres, Point};

pub mod buffer;
pub mod plume;
pub mod population;
pub mod validity;

pub use validity::PolygonFault;

/// A zone is drawn by a person: more corners than this come from elsewhere by mistake.
pub const MOST_CORNERS: usize = 5_000;
/// Corners of a circle drawn as a polygon.
const CIRCLE_CORNERS: u16 = 64;

/// An area of the Earth's surface in square metres.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct SquareMetres(pub f64);

/// Why a geometry is no zone.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ZoneFault {
    /// The geometry is not of type `Polygon`.
    #[error("a zone is a GeoJSON geometry of type Polygon, not {0:?}")]
    NotAPolygon(String),
    /// Too many corners.
    #[error("a zone has at most {MOST_CORNERS} corners")]
    TooManyCorners,
    /// The polygon is broken.
    #[error(transparent)]
    Broken(#[from] PolygonFault),
    /// The radius of a circle is zero.
    #[error("a zone around a point needs a radius above zero")]
    NoRadius,
}

/// The sound polygon of a zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Geometry", into = "Geometry")]
#[schema(as = ZonePolygon, value_type = Geometry)]
pub struct ZonePolygon(Polygon);

/// A GeoJSON polygon as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Geometry {
    /// Always `Polygon`.
    #[serde(rename = "type")]
    #[schema(pattern = "^Polygon$", example = "Polygon")]
    kind: String,
    /// The outer ring, then holes; each a closed ring of `[longitude, latitude]`.
    #[schema(example = json!([[[76.9, 43.2], [77.0, 43.2], [77.0, 43.3], [76.9, 43.2]]]))]
    coordinates: Vec<Vec<[f64; 2]>>,
}

impl TryFrom<Geometry> for ZonePolygon {
    type Error = ZoneFault;

    fn try_from(geometry: Geometry) -> Result<Self, ZoneFault> {
        if geometry.kind != "Polygon" {
            return Err(ZoneFault::NotAPolygon(geometry.kind));
        }
        // Before the corners are looked at: what is far too many takes long to look at.
        if geometry.coordinates.iter().map(Vec::len).sum::<usize>() > MOST_CORNERS {
            return Err(ZoneFault::TooManyCorners);
        }
        let rings = geometry.coordinates.into_iter();
        let ring = |ring: Vec<[f64; 2]>| ring.into_iter().map(|[x, y]| Coord { x, y }).collect();
        Self::of(validity::polygon_of(rings.map(ring))?)
    }
}

impl From<ZonePolygon> for Geometry {
    fn from(zone: ZonePolygon) -> Self {
        let ring = |ring: &LineString| ring.coords().map(|c| [c.x, c.y]).collect();
        let coordinates = std::iter::once(zone.0.exterior()).chain(zone.0.interiors()).map(ring).collect();
        Self { kind: "Polygon".into(), coordinates }
    }
}

impl ZonePolygon {
    /// The outer ring as the contract with agencies writes it: `[longitude, latitude]`, closed.
    #[must_use]
    pub fn outline(&self) -> super::envelope::Outline {
        super::envelope::Outline(self.0.exterior().coords().map(|c| [c.x, c.y]).collect())
    }

    /// The zone of a polygon.
    ///
    /// # Errors
    /// [`ZoneFault`] when it is broken or has more corners than [`MOST_CORNERS`].
    pub fn of(polygon: Polygon) -> Result<Self, ZoneFault> {
        if polygon.coords_count() > MOST_CORNERS {
            return Err(ZoneFault::TooManyCorners);
        }
        validity::check(&MultiPolygon::from(polygon.clone()))?;
        Ok(Self(polygon))
    }

    /// The zone of a polygon that may have more corners than a zone: as many are left out as are too many, those first
    /// that change its course least.
    ///
    /// # Errors
    /// [`ZoneFault`] when it is broken, or cannot be drawn with so few corners.
    pub fn simple_enough(polygon: Polygon) -> Result<Self, ZoneFault> {
        // About a metre, and at most some hundred.
        let mut triangle = 1e-10;
        let mut simple = polygon;
        while simple.coords_count() > MOST_CORNERS && triangle < 1e-5 {
            simple = simple.simplify_vw_preserve(triangle);
            triangle *= 8.0;
        }
        Self::of(simple)
    }

    /// The zone within a radius of a point, drawn with 64 corners.
    ///
    /// # Errors
    /// [`ZoneFault`] when the radius is zero or the circle leaves the globe's map.
    pub fn around(centre: Point, radius: Metres) -> Result<Self, ZoneFault> {
        if radius.get() <= 0.0 {
            return Err(ZoneFault::NoRadius);
        }
        let centre = geo::Point::new(centre.lon(), centre.lat());
        let ring: LineString = (0..CIRCLE_CORNERS)
            .map(|corner| {
                let bearing = f64::from(corner) * 360.0 / f64::from(CIRCLE_CORNERS);
                Haversine.destination(centre, -bearing, radius.get()).0
            })
            .collect();
        Self::of(Polygon::new(ring, vec![]))
    }

    /// The polygon of a ring whose last corner joins the first; none for a ring that encloses nothing.
    #[must_use]
    pub fn of_ring(ring: &[Point]) -> Option<Self> {
        let corners = ring.iter().map(|corner| Coord { x: corner.lon(), y: corner.lat() });
        Self::of(Polygon::new(corners.collect(), Vec::new())).ok()
    }

    /// How far a place is from the nearest piece of the border. Over the size of a zone the earth is flat enough.
    #[must_use]
    pub fn from_border(&self, place: Point) -> Metres {
        /// Metres of a degree of latitude.
        const DEGREE: f64 = 111_195.0;
        let east = DEGREE * place.lat().to_radians().cos();
        let flat = |c: Coord| Coord { x: (c.x - place.lon()) * east, y: (c.y - place.lat()) * DEGREE };
        let rings = std::iter::once(self.0.exterior()).chain(self.0.interiors());
        let pieces = rings.flat_map(|ring| ring.lines());
        let nearest = pieces.map(|piece| {
            let (a, b) = (flat(piece.start), flat(piece.end));
            let along = b - a;
            let length = along.x * along.x + along.y * along.y;
            let part = if length > 0.0 { -(a.x * along.x + a.y * along.y) / length } else { 0.0 };
            let foot = a + along * part.clamp(0.0, 1.0);
            foot.x.hypot(foot.y)
        });
        Metres::saturating(nearest.fold(f64::INFINITY, f64::min))
    }

    /// Whether the point lies inside (not on the border).
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        self.0.contains(&Coord { x: point.lon(), y: point.lat() })
    }

    /// Its rings, in degrees east and north.
    #[must_use]
    pub fn polygon(&self) -> &Polygon {
        &self.0
    }

    /// Its area on the WGS 84 ellipsoid.
    #[must_use]
    pub fn area(&self) -> SquareMetres {
        SquareMetres(self.0.geodesic_area_unsigned())
    }

    /// The south-west and north-east corners of its box.
    #[must_use]
    pub fn bounds(&self) -> Option<(Point, Point)> {
        let rect = self.0.bounding_rect()?;
        let corner = |c: Coord| Point::new(c.y, c.x).ok();
        Some((corner(rect.min())?, corner(rect.max())?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(json: &str) -> Result<ZonePolygon, String> {
        serde_json::from_str(json).map_err(|e| e.to_string())
    }

    const SQUARE: &str =
        r#"{"type":"Polygon","coordinates":[[[76.0,43.0],[77.0,43.0],[77.0,44.0],[76.0,44.0],[76.0,43.0]]]}"#;

    #[test]
    fn a_zone_is_written_as_it_was_read() {
        let read = zone(SQUARE).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), SQUARE);
    }

    #[test]
    fn a_zone_knows_what_lies_in_it_and_how_large_it_is() {
        let square = zone(SQUARE).unwrap();
        assert!(square.contains(Point::new(43.5, 76.5).unwrap()));
        assert!(
            !square.contains(Point::new(76.5, 43.5).unwrap()),
            "latitude and longitude are not exchanged"
        );
        let km2 = square.area().0 / 1e6;
        assert!((8_900.0..9_050.0).contains(&km2), "one degree by one at 43.5° is about 8,975 km²: {km2}");
    }

    #[test]
    fn a_zone_around_a_point_has_the_area_of_the_circle() {
        let centre = Point::new(43.25, 76.9).unwrap();
        let zone = ZonePolygon::around(centre, Metres::new(1_000.0).unwrap()).unwrap();
        let km2 = zone.area().0 / 1e6;
        assert!((3.11..3.15).contains(&km2), "{km2}");
        assert!(zone.contains(centre));
        assert_eq!(ZonePolygon::around(centre, Metres::new(0.0).unwrap()), Err(ZoneFault::NoRadius));
    }

    #[test]
    fn a_broken_zone_is_refused_with_its_fault_and_place() {
        for (json, expected) in [
            (r#"{"type":"Point","coordinates":[]}"#, "type Polygon"),
            (r#"{"type":"Polygon","coordinates":[]}"#, "empty"),
            (r#"{"type":"Polygon","coordinates":[[]]}"#, "empty"),
            (r#"{"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2]]]}"#, "does not end"),
            (r#"{"type":"Polygon","coordinates":[[[1,1],[3,3],[3,1],[1,2],[1,1]]]}"#, "crosses itself"),
            (r#"{"type":"Polygon","coordinates":[[[1,1],[200,3],[3,1],[1,1]]]}"#, "off the globe"),
            (r#"{"type":"Polygon","coordinates":[[[1,1],[2,2],[1,1]]]}"#, "encloses nothing"),
        ] {
            let fault = zone(json).unwrap_err();
            assert!(fault.contains(expected), "{json}: {fault}");
        }
        let many =
            format!(r#"{{"type":"Polygon","coordinates":[[{}[0,0]]]}}"#, "[0,0],".repeat(MOST_CORNERS));
        assert!(zone(&many).unwrap_err().contains("at most"));
    }
}
