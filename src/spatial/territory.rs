//! Regions and districts: which of them a point lies in, and which are near.
//!
//! A point over or near a border concerns the neighbour's hub too (112-R c.3(1): hubs of regions exchange as
//! services do); [`Territory::regions_within`] says whose.

mod grid;

use geo::{Area, Intersects, MultiPolygon, Rect, Simplify};
use geojson::{FeatureCollection, GeoJson};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use self::grid::Grid;
use super::prepared::PreparedPolygon;
use crate::domain::extent::BoundingBox;
use crate::domain::geography::Boundary;
use crate::domain::ids::{DistrictCode, RegionCode};
use crate::domain::names::Names;
use crate::domain::quantities::{Metres, Point};

pub mod topology;
mod touch;

pub use touch::{CELL_REACH, OFF_BORDER, OFF_SHORE, TOUCHING};

/// How far a border is drawn from where it is, degrees: some 300 m.
const DRAWN: f64 = 0.003;

/// A polygon or its description that cannot be used, named so that it can be found in its file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("feature {number} ({name}): {fault}")]
pub struct BrokenFeature {
    /// Its place in the file, from 1.
    pub number: usize,
    /// Its Russian name, or its code, or what else is known of it.
    pub name: String,
    /// What is wrong and where.
    pub fault: String,
}

/// Why a layer was not loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TerritoryError {
    /// The text is no GeoJSON feature collection.
    #[error("not a GeoJSON feature collection: {0}")]
    NotGeoJson(String),
    /// Features that cannot be used: all of them are named.
    #[error("broken features: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Broken(Vec<BrokenFeature>),
    /// The layer has no feature.
    #[error("the layer is empty")]
    Empty,
}

/// What the properties of a layer's features are called.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    /// The nine-digit KATO code.
    pub kato: &'a str,
    /// The Kazakh name.
    pub kk: &'a str,
    /// The Russian name.
    pub ru: &'a str,
    /// The English name.
    pub en: &'a str,
}

impl Fields<'static> {
    /// As in `gis/regions.geojson`.
    pub const OWN: Self = Self { kato: "kato", kk: "kk", ru: "ru", en: "en" };
}

/// One region or district.
#[derive(Debug)]
pub struct TerritorialUnit {
    /// The nine-digit KATO code.
    pub kato: DistrictCode,
    /// The region it is, or lies in.
    pub region: RegionCode,
    /// Its names.
    pub names: Names,
    /// Its border as the file has it.
    pub border: MultiPolygon,
    /// The same, coarser: for drawing.
    pub outline: MultiPolygon,
    polygon: PreparedPolygon,
    size: f64,
}

impl From<Boundary> for TerritorialUnit {
    fn from(boundary: Boundary) -> Self {
        let Boundary { kato, region, names, border } = boundary;
        let (size, outline) = (border.unsigned_area(), border.simplify(DRAWN));
        Self { kato, region, names, outline, polygon: PreparedPolygon::new(&border), border, size }
    }
}

impl TerritorialUnit {
    /// Whether its own box touches a box: then it may lie in it.
    #[must_use]
    pub fn is_near(&self, area: BoundingBox) -> bool {
        let [west, south, east, north] = self.bounds();
        area.parts().any(|[w, s, e, n]| west <= e && w <= east && south <= n && s <= north)
    }

    /// Whether any of it lies in a box.
    #[must_use]
    pub fn touches(&self, area: BoundingBox) -> bool {
        let in_part = |[w, s, e, n]: [f64; 4]| self.border.intersects(&Rect::new((w, s), (e, n)));
        self.is_near(area) && area.parts().any(in_part)
    }

    /// Its box: west, south, east, north in degrees.
    #[must_use]
    pub fn bounds(&self) -> [f64; 4] {
        let (min, max) = self.polygon.bounds();
        [min.x, min.y, max.x, max.y]
    }
}

type Box2 = GeomWithData<Rectangle<[f64; 2]>, usize>;

/// One level of territories: polygons found by an R-tree of their boxes.
#[derive(Debug)]
pub struct Layer {
    areas: Vec<TerritorialUnit>,
    grid: Grid,
    boxes: RTree<Box2>,
}

impl Layer {
    /// Reads a layer from GeoJSON (polygons and multipolygons in WGS 84).
    ///
    /// # Errors
    /// [`TerritoryError`]: every feature with a broken polygon, code or name is named, and nothing is loaded.
    pub fn from_geojson(text: &str, fields: Fields<'_>) -> Result<Self, TerritoryError> {
        let (layer, broken) = Self::sound_part(text, fields)?;
        if broken.is_empty() { Ok(layer) } else { Err(TerritoryError::Broken(broken)) }
    }

    /// Reads what is sound of a layer, and names the rest.
    ///
    /// # Errors
    /// [`TerritoryError::NotGeoJson`] and [`TerritoryError::Empty`].
    pub fn sound_part(text: &str, fields: Fields<'_>) -> Result<(Self, Vec<BrokenFeature>), TerritoryError> {
        let not = |e: String| TerritoryError::NotGeoJson(e);
        let collection: FeatureCollection = match text.parse::<GeoJson>().map_err(|e| not(e.to_string()))? {
            GeoJson::FeatureCollection(collection) => collection,
            _ => return Err(not("it holds one geometry or feature".into())),
        };
        if collection.features.is_empty() {
            return Err(TerritoryError::Empty);
        }
        let (mut areas, mut broken) = (Vec::new(), Vec::new());
        for (number, feature) in (1..).zip(collection.features) {
            match read_area(number, feature, fields) {
                Ok(area) if areas.iter().any(|a: &TerritorialUnit| a.kato == area.kato) => {
                    broken.push(BrokenFeature {
                        number,
                        name: area.names.ru,
                        fault: format!("the code {} occurs twice", area.kato),
                    })
                }
                Ok(area) => areas.push(area),
                Err(fault) => broken.push(fault),
            }
        }
        Ok((Self::of(areas), broken))
    }

    /// A layer of sound borders, each code once.
    #[must_use]
    pub fn from_boundaries(boundaries: Vec<Boundary>) -> Self {
        Self::of(boundaries.into_iter().map(TerritorialUnit::from).collect())
    }

    fn of(areas: Vec<TerritorialUnit>) -> Self {
        let boxes = (0..).zip(&areas).map(|(number, area): (usize, &TerritorialUnit)| {
            let (min, max) = area.polygon.bounds();
            Box2::new(Rectangle::from_corners([min.x, min.y], [max.x, max.y]), number)
        });
        let boxes = RTree::bulk_load(boxes.collect());
        let mut smallest_first: Vec<(u32, &TerritorialUnit)> = (0..).zip(&areas).collect();
        smallest_first.sort_by(|a, b| a.1.size.total_cmp(&b.1.size));
        let grid = Grid::new(smallest_first.iter().map(|(number, area)| (*number, &area.polygon)));
        Self { areas, grid, boxes }
    }

    /// The areas, in the order of the file.
    #[must_use]
    pub fn areas(&self) -> &[TerritorialUnit] {
        &self.areas
    }

    /// The area that holds the point; where two overlap, the smaller, for a city is cut out of its region.
    #[must_use]
    pub fn locate(&self, point: Point) -> Option<&TerritorialUnit> {
        let number = self.grid.locate(point, |number| self.areas[number].polygon.contains(point))?;
        self.areas.get(number)
    }

    /// The areas that the point lies in (at distance 0) or whose border is within `reach`, nearest first.
    #[must_use]
    pub fn within(&self, point: Point, reach: Metres) -> Vec<(&TerritorialUnit, Metres)> {
        // A degree is never shorter than this on the latitudes of the layer's boxes.
        let up = reach.get() / 110_500.0;
        let aside = up / point.lat().to_radians().cos().max(0.01) * 1.05;
        let (x, y) = (point.lon(), point.lat());
        let around = AABB::from_corners([x - aside, y - up], [x + aside, y + up]);
        let mut near: Vec<_> = self
            .boxes
            .locate_in_envelope_intersecting(&around)
            .map(|found| &self.areas[found.data])
            .filter_map(|area| {
                if area.polygon.contains(point) {
                    return Some((area, Metres::saturating(0.0)));
                }
                area.polygon.border_within(point, reach).map(|distance| (area, distance))
            })
            .collect();
        near.sort_by(|a, b| a.1.get().total_cmp(&b.1.get()).then_with(|| a.0.kato.cmp(&b.0.kato)));
        near
    }
}

/// Regions and, where a layer of them is at hand, districts.
#[derive(Debug)]
pub struct Territory {
    regions: Layer,
    districts: Option<Layer>,
    off_border: Metres,
}

impl Territory {
    /// A territory of a layer of regions and perhaps one of districts.
    #[must_use]
    pub fn new(regions: Layer, districts: Option<Layer>) -> Self {
        Self { regions, districts, off_border: OFF_BORDER }
    }

    /// With borders that are drawn more coarsely, or more finely, than the shipped ones.
    #[must_use]
    pub fn with_border(mut self, off_border: Metres) -> Self {
        self.off_border = off_border;
        self
    }

    /// The areas of the regions and, where known, of the districts.
    #[must_use]
    pub fn layers(&self) -> (&[TerritorialUnit], &[TerritorialUnit]) {
        (self.regions.areas(), self.districts.as_ref().map_or(&[], Layer::areas))
    }

    /// The region and, where known, the district of a point; none outside the country.
    #[must_use]
    pub fn locate(&self, point: Point) -> Option<(RegionCode, Option<DistrictCode>)> {
        let region = self.regions.locate(point)?.region;
        let district = self.districts.as_ref().and_then(|layer| layer.locate(point));
        // Where the layers disagree about a border the region decides, for its hub is the owner.
        Some((region, district.filter(|d| d.region == region).map(|d| d.kato.clone())))
    }

    /// The region whose hub answers for a point: the one that it lies in, else the nearest within [`OFF_BORDER`], at sea
    /// within [`OFF_SHORE`]; none farther away. Borders are drawn coarsely, the sea off a coast belongs to no polygon, and
    /// a call from there is a call (112-R c.3(1)).
    #[must_use]
    pub fn answers_for(&self, point: Point) -> Option<RegionCode> {
        self.answers_for_around(point, None)
    }

    /// The same of a place that may lie so far from its point: one that may lie in the country is the nearest region's.
    #[must_use]
    pub fn answers_for_around(&self, point: Point, radius: Option<Metres>) -> Option<RegionCode> {
        let inside = self.regions.locate(point).map(|area| area.region);
        let around = radius.map_or(0.0, |radius| radius.get().min(CELL_REACH.get()));
        let reach = if Self::is_at_sea(point) {
            OFF_SHORE
        } else {
            Metres::saturating(self.off_border.get() + around)
        };
        inside.or_else(|| self.regions_within(point, reach).first().map(|(region, _)| *region))
    }

    /// Whether the point lies inside the country.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        self.regions.locate(point).is_some()
    }

    /// The regions that the point lies in (at distance 0) or whose border is within `reach`, nearest first. For
    /// an incident with an uncertain place let `reach` be the region's setting and the uncertainty together.
    #[must_use]
    pub fn regions_within(&self, point: Point, reach: Metres) -> Vec<(RegionCode, Metres)> {
        self.regions
            .within(point, reach)
            .into_iter()
            .map(|(area, distance)| (area.region, distance))
            .collect()
    }

    /// The region that holds every point within `reach` of one; none where a border is nearer than that.
    #[must_use]
    pub fn well_inside(&self, point: Point, reach: Metres) -> Option<RegionCode> {
        let own = self.regions.locate(point)?;
        let alone = self.regions.within(point, reach).iter().all(|(area, _)| area.region == own.region);
        (alone && own.polygon.border_within(point, reach).is_none()).then_some(own.region)
    }

    /// The names of a region.
    #[must_use]
    pub fn region_names(&self, code: RegionCode) -> Option<&Names> {
        self.regions.areas.iter().find(|area| area.region == code).map(|area| &area.names)
    }

    /// The names of a district.
    #[must_use]
    pub fn district_names(&self, code: &DistrictCode) -> Option<&Names> {
        self.districts.as_ref()?.areas.iter().find(|area| &area.kato == code).map(|area| &area.names)
    }

    /// The codes of all regions, in the order of the file.
    pub fn regions(&self) -> impl Iterator<Item = RegionCode> {
        self.regions.areas.iter().map(|area| area.region)
    }
}

fn read_area(
    number: usize,
    feature: geojson::Feature,
    fields: Fields<'_>,
) -> Result<TerritorialUnit, BrokenFeature> {
    let text =
        |field: &str| feature.property(field).and_then(|v| v.as_str()).map(str::trim).unwrap_or_default();
    let name = [text(fields.ru), text(fields.kato)].into_iter().find(|s| !s.is_empty()).unwrap_or("no name");
    let broken = |fault: String| BrokenFeature { number, name: name.to_owned(), fault };

    let names = Names { kk: text(fields.kk).into(), ru: text(fields.ru).into(), en: text(fields.en).into() };
    let geometry = feature.geometry.as_ref().ok_or_else(|| broken("it has no geometry".into()))?;
    let shape = geo::Geometry::<f64>::try_from(geometry).map_err(|e| broken(e.to_string()))?;
    let polygon = match shape {
        geo::Geometry::Polygon(polygon) => MultiPolygon::from(polygon),
        geo::Geometry::MultiPolygon(polygons) => polygons,
        _ => return Err(broken("it is no polygon".into())),
    };
    let boundary = Boundary::new(text(fields.kato), names, polygon).map_err(|e| broken(e.to_string()))?;
    Ok(boundary.into())
}

#[cfg(test)]
mod tests;
