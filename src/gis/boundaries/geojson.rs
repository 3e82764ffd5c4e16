//! GeoJSON (RFC 7946), also packed with gzip.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use geo::{Coord, MultiPolygon};
use geojson::{Feature, FeatureCollection, GeoJson, GeometryValue, Position};
use serde_json::Value;

use super::{FileFault, Raw};
use crate::domain::zone::validity::polygon_of;

/// More text than this is no file of borders: the finest of the country are a tenth of it.
const MOST: u64 = 1 << 30;

pub(super) fn read(path: &Path) -> Result<Vec<Raw>, FileFault> {
    let file = BufReader::new(File::open(path)?);
    let packed = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("gz"));
    let source: Box<dyn Read> = if packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let bad = |reason: String| FileFault::Damaged { format: "GeoJSON", reason };
    let mut text = String::new();
    source.take(MOST).read_to_string(&mut text).map_err(|e| bad(e.to_string()))?;
    let text = text.trim_start_matches('\u{feff}');
    let collection: FeatureCollection = match text.parse::<GeoJson>().map_err(|e| bad(e.to_string()))? {
        GeoJson::FeatureCollection(collection) => collection,
        _ => return Err(bad("it holds one geometry or feature, not a collection of features".into())),
    };
    check_system(&collection)?;
    Ok(collection.features.into_iter().map(raw).collect())
}

/// GeoJSON is WGS 84 since 2016; before, a member named the system, and programs still write it.
fn check_system(collection: &FeatureCollection) -> Result<(), FileFault> {
    let Some(said) = collection.foreign_members.as_ref().and_then(|members| members.get("crs")) else {
        return Ok(());
    };
    let name = match said {
        Value::Null => return Ok(()),
        said => {
            said.pointer("/properties/name").and_then(Value::as_str).unwrap_or("of a system without a name")
        }
    };
    if name.ends_with("CRS84") || name.ends_with(":4326") {
        Ok(())
    } else {
        Err(FileFault::OtherSystem(name.to_owned()))
    }
}

fn raw(feature: Feature) -> Raw {
    let properties = feature.properties.into_iter().flatten().filter_map(|(key, value)| {
        let value = match value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        Some((key, value))
    });
    let border = match feature.geometry.map(|geometry| geometry.value) {
        None => Err("it has no geometry".to_owned()),
        Some(GeometryValue::Polygon { coordinates }) => polygons(vec![coordinates]),
        Some(GeometryValue::MultiPolygon { coordinates }) => polygons(coordinates),
        Some(other) => Err(format!("it is a {}, no polygon", other.type_name())),
    };
    Raw { properties: properties.collect(), border }
}

fn polygons(parts: Vec<Vec<Vec<Position>>>) -> Result<MultiPolygon, String> {
    let corner = |position: Position| match position.as_slice() {
        [x, y, ..] => Ok(Coord { x: *x, y: *y }),
        _ => Err("a corner has no two coordinates".to_owned()),
    };
    let part = |rings: Vec<Vec<Position>>| {
        let rings: Result<Vec<Vec<Coord>>, String> =
            rings.into_iter().map(|ring| ring.into_iter().map(corner).collect()).collect();
        polygon_of(rings?).map_err(|e| e.to_string())
    };
    Ok(MultiPolygon::new(parts.into_iter().map(part).collect::<Result<_, String>>()?))
}
