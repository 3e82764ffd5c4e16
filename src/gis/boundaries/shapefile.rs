//! ESRI Shapefile: `.shp` with its `.dbf`, `.prj` and `.cpg` beside it.

use std::io::ErrorKind;
use std::path::Path;

use ::shapefile::dbase::FieldValue;
use ::shapefile::{PolygonRing, Shape};
use geo::{Coord, MultiPolygon};

use super::{FileFault, Raw, by_course};
use crate::domain::zone::validity::polygon_of;

fn damaged(reason: impl ToString) -> FileFault {
    FileFault::Damaged { format: "Shapefile", reason: reason.to_string() }
}

pub(super) fn read(path: &Path) -> Result<Vec<Raw>, FileFault> {
    check_system(path)?;
    let mut reader = match ::shapefile::Reader::from_path(path) {
        Ok(reader) => reader,
        Err(::shapefile::Error::IoError(error)) => return Err(error.into()),
        Err(::shapefile::Error::MissingDbf) => {
            return Err(damaged("the .dbf file with codes and names is not beside it"));
        }
        Err(error) => return Err(damaged(error)),
    };
    let mut features = Vec::new();
    for (number, pair) in (1..).zip(reader.iter_shapes_and_records()) {
        let (shape, record) = pair.map_err(|e| damaged(format!("feature {number}: {e}")))?;
        let properties = record.into_iter().filter_map(|(key, value)| {
            let value = match value {
                FieldValue::Character(text) => text?,
                FieldValue::Numeric(number) => number?.to_string(),
                FieldValue::Integer(number) => number.to_string(),
                _ => return None,
            };
            Some((key, value))
        });
        let properties = properties.collect();
        let border = match shape {
            Shape::Polygon(polygon) => polygons(polygon.rings(), |p| Coord { x: p.x, y: p.y }),
            Shape::PolygonM(polygon) => polygons(polygon.rings(), |p| Coord { x: p.x, y: p.y }),
            Shape::PolygonZ(polygon) => polygons(polygon.rings(), |p| Coord { x: p.x, y: p.y }),
            Shape::NullShape => Err("it has no geometry".into()),
            other => Err(format!("it is a {}, no polygon", other.shapetype())),
        };
        features.push(Raw { properties, border });
    }
    Ok(features)
}

/// The system stands in a file of its own, as WKT; without it nobody knows.
fn check_system(path: &Path) -> Result<(), FileFault> {
    let beside = path.with_extension("prj");
    let said = match std::fs::read_to_string(&beside) {
        Ok(said) => said,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(damaged(
                "the .prj file, which says in which system its coordinates are, is not beside it",
            ));
        }
        Err(error) => return Err(error.into()),
    };
    let plain = said.trim_start().to_uppercase();
    let geographic = plain.starts_with("GEOGCS") || plain.starts_with("GEOGCRS");
    let wgs =
        ["WGS_1984", "WGS 84", "WGS_84", "WORLD GEODETIC SYSTEM 1984"].iter().any(|n| plain.contains(n));
    let degrees = plain.contains("DEGREE");
    if geographic && wgs && degrees {
        Ok(())
    } else {
        let name = said.split('"').nth(1).unwrap_or("not named").to_owned();
        Err(FileFault::OtherSystem(name))
    }
}

fn polygons<P>(rings: &[PolygonRing<P>], corner: impl Fn(&P) -> Coord) -> Result<MultiPolygon, String> {
    let (mut outer, mut holes) = (Vec::new(), Vec::new());
    for ring in rings {
        let (points, is_outer) = match ring {
            PolygonRing::Outer(points) => (points, true),
            PolygonRing::Inner(points) => (points, false),
        };
        // GDAL leaves holes behind that enclose nothing, where it dissolves or simplifies: no land is lost with them.
        if !is_outer && is_flat(points.iter().map(&corner)) {
            continue;
        }
        let polygon = polygon_of([points.iter().map(&corner).collect()]).map_err(|e| e.to_string())?;
        if is_outer {
            outer.push(polygon);
        } else {
            holes.push(polygon.into_inner().0);
        }
    }
    by_course(outer, holes).map_err(|e| e.to_string())
}

/// Whether a ring encloses nothing: to some square centimetres.
fn is_flat(corners: impl Iterator<Item = Coord>) -> bool {
    const NOTHING: f64 = 1e-12;
    let corners: Vec<Coord> = corners.collect();
    let Some(first) = corners.first() else { return true };
    // From the first corner, so that no digits are lost.
    let near = |c: &Coord| (c.x - first.x, c.y - first.y);
    let twice: f64 = corners
        .windows(2)
        .map(|pair| {
            let ((ax, ay), (bx, by)) = (near(&pair[0]), near(&pair[1]));
            ax * by - bx * ay
        })
        .sum();
    (twice / 2.0).abs() < NOTHING
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_that_encloses_nothing_is_passed_over_and_a_real_one_is_kept() {
        let ring = |corners: &[(f64, f64)]| corners.to_vec();
        let rings = [
            PolygonRing::Outer(ring(&[(76.0, 43.0), (76.0, 44.0), (77.0, 44.0), (77.0, 43.0), (76.0, 43.0)])),
            PolygonRing::Inner(ring(&[(76.2, 43.2), (76.3, 43.3), (76.2, 43.2), (76.2, 43.2)])),
            PolygonRing::Inner(ring(&[(76.5, 43.5), (76.6, 43.5), (76.6, 43.6), (76.5, 43.5)])),
        ];
        let read = polygons(&rings, |p: &(f64, f64)| Coord { x: p.0, y: p.1 }).unwrap();
        assert_eq!(read.0[0].interiors().len(), 1);
        assert!(crate::domain::zone::validity::check(&read).is_ok());
    }
}
