//! Borders of regions and districts from what surveyors publish: GeoJSON, GeoPackage, Shapefile.
//!
//! Coordinates must be WGS 84 (EPSG:4326, or CRS84): what is in another system is refused by name with the command that
//! converts it, for a shift of a hundred metres that nobody notices sends people to the wrong hub.

mod fields;
mod geojson;
mod geopackage;
mod shapefile;

pub use fields::FieldNames;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use geo::{Area, BoundingRect, MultiPolygon, Polygon, Rect, unary_union};

use crate::domain::geography::{Boundary, BoundaryFault, check_within};
use crate::domain::zone::validity::{self, PolygonFault};

/// How many square metres a border may lose or win when it is mended: a hectare.
const MENDED: f64 = 10_000.0;
/// Metres of a degree of latitude.
const DEGREE: f64 = 111_195.0;

/// Why a file gives no features.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(#[from] std::io::Error),
    /// It is not what its name says, or damaged.
    #[error("it is no sound {format}: {reason}")]
    Damaged {
        /// Which format.
        format: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// Its coordinates are of another system.
    #[error(
        "its coordinates are {0}, not WGS 84 (EPSG:4326); convert it: \
         ogr2ogr -t_srs EPSG:4326 converted.gpkg FILE"
    )]
    OtherSystem(String),
    /// Its name ends in nothing known.
    #[error("a file of borders ends in .geojson, .geojson.gz, .json, .gpkg or .shp")]
    UnknownFormat,
    /// More than one layer, and none named.
    #[error("it has more than one layer of features: {}; name one with --layer", .0.join(", "))]
    WhichLayer(Vec<String>),
    /// It has no such layer.
    #[error("it has no layer {0:?}; it has {1}")]
    NoLayer(String, String),
    /// There is nothing in it.
    #[error("it has no feature")]
    Empty,
}

/// A feature as the file has it.
#[derive(Debug)]
struct Raw {
    properties: BTreeMap<String, String>,
    /// Its polygons, or why it has none.
    border: Result<MultiPolygon, String>,
}

/// A feature that cannot be used, named so that it is found again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadFeature {
    /// The file.
    pub file: PathBuf,
    /// Its place in the file, from 1.
    pub number: usize,
    /// What is known of it: its name and code.
    pub name: String,
    /// What is wrong, and where.
    pub fault: String,
}

impl fmt::Display for BadFeature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, feature {} ({}): {}", self.file.display(), self.number, self.name, self.fault)
    }
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Read {
    /// The sound ones.
    pub boundaries: Vec<Boundary>,
    /// The others.
    pub bad: Vec<BadFeature>,
    /// Features that touched or crossed themselves and were mended, as that was asked for.
    pub mended: Vec<BadFeature>,
}

/// Reads a file of borders of a country within a rectangle. With `mend` a border that touches or crosses
/// itself is taken apart there, if no more than a hectare hangs on how that was meant.
///
/// # Errors
/// [`FileFault`] when the file as a whole cannot be used; single features are told in [`Read::bad`].
pub fn read(
    path: &Path,
    layer: Option<&str>,
    names: &FieldNames,
    country: Rect,
    mend: bool,
) -> Result<Read, FileFault> {
    let lower = path.to_string_lossy().to_lowercase();
    let raw = if lower.ends_with(".gpkg") {
        geopackage::read(path, layer)?
    } else if lower.ends_with(".shp") {
        shapefile::read(path)?
    } else if [".geojson", ".json", ".geojson.gz", ".json.gz"].iter().any(|end| lower.ends_with(end)) {
        geojson::read(path)?
    } else {
        return Err(FileFault::UnknownFormat);
    };
    if raw.is_empty() {
        return Err(FileFault::Empty);
    }
    let mut read = Read::default();
    for (number, feature) in (1..).zip(raw) {
        let bad = |fault: String| BadFeature {
            file: path.to_owned(),
            number,
            name: names.description(&feature.properties),
            fault,
        };
        match sound(&feature, names, country, mend) {
            Ok((boundary, mended)) => {
                read.mended.extend(mended.map(bad));
                read.boundaries.push(boundary);
            }
            Err(fault) => read.bad.push(bad(fault)),
        }
    }
    Ok(read)
}

/// The territory that a feature is, and what was mended of it.
fn sound(
    feature: &Raw,
    names: &FieldNames,
    country: Rect,
    mend: bool,
) -> Result<(Boundary, Option<String>), String> {
    let (kato, said) = names.of(&feature.properties)?;
    let border = feature.border.as_ref().map_err(Clone::clone)?;
    let (boundary, mended) = match Boundary::new(&kato, said.clone(), border.clone()) {
        Ok(boundary) => (boundary, None),
        Err(BoundaryFault::Polygon(fault @ (PolygonFault::Touching(_) | PolygonFault::Crossing(_))))
            if mend =>
        {
            let (apart, differs) = taken_apart(border).ok_or_else(|| fault.to_string())?;
            let mended = format!("{fault}; taken apart there, the area differs by {differs:.0} m²");
            (Boundary::new(&kato, said, apart).map_err(|e| e.to_string())?, Some(mended))
        }
        Err(fault) => return Err(fault.to_string()),
    };
    check_within(&boundary.border, country).map_err(|e| e.to_string())?;
    Ok((boundary, mended))
}

/// The same land in rings that neither touch nor cross themselves, and by how many square metres its area differs: a
/// loop that may as well be land as not.
fn taken_apart(border: &MultiPolygon) -> Option<(MultiPolygon, f64)> {
    let apart = unary_union([border]);
    let across = apart.bounding_rect()?.center().y.to_radians().cos();
    let said: f64 = border.iter().map(Area::signed_area).map(f64::abs).sum();
    let differs = (said - apart.unsigned_area()).abs() * across * DEGREE * DEGREE;
    (validity::check(&apart).is_ok() && differs <= MENDED).then_some((apart, differs))
}

/// The polygons of rings that tell by their course alone which is an outer one (clockwise, as Shapefiles have them): a
/// hole is of the outer ring that holds it.
fn by_course(outer: Vec<Polygon>, holes: Vec<geo::LineString>) -> Result<MultiPolygon, PolygonFault> {
    use geo::Contains;
    let mut polygons = outer;
    for hole in holes {
        let Some(first) = hole.0.first().copied() else { continue };
        // A hole may touch its outer ring in a corner: any corner of it that lies within will do.
        let holds = |polygon: &Polygon| {
            let shell = Polygon::new(polygon.exterior().clone(), vec![]);
            hole.coords().any(|corner| shell.contains(corner))
        };
        let of = polygons.iter_mut().find(|polygon| holds(polygon));
        of.ok_or(PolygonFault::HoleOutside(first))?.interiors_push(hole);
    }
    Ok(MultiPolygon::new(polygons))
}

#[cfg(test)]
mod tests;
