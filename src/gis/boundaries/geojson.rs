//! GeoJSON (RFC 7946), also packed with gzip.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use geojson::{Feature, FeatureCollection, GeoJson};
use serde_json::Value;

use super::{FileFault, Raw};
use crate::gis::areas;

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
    if let Some(other) = areas::other_system(&collection) {
        return Err(FileFault::OtherSystem(other));
    }
    Ok(collection.features.into_iter().map(raw).collect())
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
    let border = areas::polygons(feature.geometry.map(|geometry| geometry.value)).map_err(|e| e.to_string());
    Raw { properties: properties.collect(), border }
}
