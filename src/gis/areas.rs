//! Areas that other programs drew, as GeoJSON (RFC 7946): a zone of another desk, a perimeter of water or fire. All of a
//! file or nothing of it: half of a flood on the map is worse than none.

use std::fmt;

use geo::{Coord, MultiPolygon, Rect};
use geojson::{Feature, FeatureCollection, GeoJson, GeometryValue, JsonObject, Position};
use serde_json::Value;

use crate::domain::geography::{AreaFault, area};
use crate::domain::zone::validity::polygon_of;

/// Under which properties an area's name is looked for, in this order.
const NAMES: [&str; 9] = ["name", "name_ru", "name_kk", "name_en", "title", "label", "id", "fid", "objectid"];

/// An area as a file has it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadArea {
    /// Its place in the file, from 1.
    pub number: usize,
    /// What the file calls it.
    pub name: Option<String>,
    /// Its border, sound and in the country.
    pub border: MultiPolygon,
}

/// A feature that cannot be used, named so that it is found again.
#[derive(Debug, Clone, PartialEq)]
pub struct BadArea {
    /// Its place in the file, from 1.
    pub number: usize,
    /// What the file calls it.
    pub name: Option<String>,
    /// What is wrong, and where.
    pub fault: AreaFault,
}

impl fmt::Display for BadArea {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.as_deref().unwrap_or("without a name");
        write!(f, "feature {} ({name}): {}", self.number, self.fault.said())
    }
}

/// Why nothing of a file is taken.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AreasFault {
    /// It is no GeoJSON.
    #[error("it is no GeoJSON: {0}")]
    NotGeoJson(String),
    /// Its coordinates are of another system.
    #[error("its coordinates are of {0}, not WGS 84")]
    OtherSystem(String),
    /// There is nothing in it.
    #[error("it has no feature")]
    Empty,
    /// These features cannot be used.
    #[error("{} features cannot be used", .0.len())]
    Bad(Vec<BadArea>),
}

/// The areas of a text, in the country's rectangle.
///
/// # Errors
/// [`AreasFault`], which names every feature that cannot be used.
pub fn read(text: &str, country: Rect) -> Result<Vec<ReadArea>, AreasFault> {
    let features = features(text)?;
    if features.is_empty() {
        return Err(AreasFault::Empty);
    }
    let (mut areas, mut bad) = (Vec::new(), Vec::new());
    for (number, feature) in (1..).zip(features) {
        let name = feature.properties.as_ref().and_then(name_of);
        match polygons(feature.geometry.map(|g| g.value)).and_then(|border| area(border, country)) {
            Ok(border) => areas.push(ReadArea { number, name, border }),
            Err(fault) => bad.push(BadArea { number, name, fault }),
        }
    }
    if bad.is_empty() { Ok(areas) } else { Err(AreasFault::Bad(bad)) }
}

fn features(text: &str) -> Result<Vec<Feature>, AreasFault> {
    let text = text.trim_start_matches('\u{feff}');
    let json = text.parse::<GeoJson>().map_err(|e| AreasFault::NotGeoJson(e.to_string()))?;
    Ok(match json {
        GeoJson::FeatureCollection(collection) => {
            if let Some(other) = other_system(&collection) {
                return Err(AreasFault::OtherSystem(other));
            }
            collection.features
        }
        GeoJson::Feature(feature) => vec![feature],
        GeoJson::Geometry(geometry) => vec![Feature::from(geometry)],
    })
}

/// The system that a collection names and that is not WGS 84: GeoJSON has had no other since 2016, but programs still
/// write one.
pub(super) fn other_system(collection: &FeatureCollection) -> Option<String> {
    let name = match collection.foreign_members.as_ref()?.get("crs")? {
        Value::Null => return None,
        said => said.pointer("/properties/name").and_then(Value::as_str).unwrap_or("a system without a name"),
    };
    (!name.ends_with("CRS84") && !name.ends_with(":4326")).then(|| name.to_owned())
}

fn name_of(properties: &JsonObject) -> Option<String> {
    let find = |wanted: &&str| properties.iter().find(|(key, _)| key.eq_ignore_ascii_case(wanted));
    NAMES.iter().filter_map(find).find_map(|(_, value)| match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().chars().take(200).collect()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// The polygons of a geometry.
pub(super) fn polygons(geometry: Option<GeometryValue>) -> Result<MultiPolygon, AreaFault> {
    let parts = match geometry.ok_or(AreaFault::NoGeometry)? {
        GeometryValue::Polygon { coordinates } => vec![coordinates],
        GeometryValue::MultiPolygon { coordinates } => coordinates,
        other => return Err(AreaFault::NotArea(other.type_name().to_owned())),
    };
    let corner = |position: Position| match position.as_slice() {
        [x, y, ..] => Ok(Coord { x: *x, y: *y }),
        _ => Err(AreaFault::NotCoordinates),
    };
    let part = |rings: Vec<Vec<Position>>| {
        let rings: Result<Vec<Vec<Coord>>, AreaFault> =
            rings.into_iter().map(|ring| ring.into_iter().map(corner).collect()).collect();
        Ok(polygon_of(rings?)?)
    };
    Ok(MultiPolygon::new(parts.into_iter().map(part).collect::<Result<_, AreaFault>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country() -> Rect {
        Rect::new((45.0, 39.0), (89.0, 57.0))
    }

    fn feature(name: &str, geometry: &str) -> String {
        format!(r#"{{"type":"Feature","properties":{{"NAME":{name}}},"geometry":{geometry}}}"#)
    }

    const SQUARE: &str = r#"{"type":"Polygon","coordinates":[[[76,43],[77,43],[77,44],[76,44],[76,43]]]}"#;

    #[test]
    fn a_collection_a_feature_and_a_bare_geometry_are_read() {
        let one = feature("\"Talgar\"", SQUARE);
        let all = format!(r#"{{"type":"FeatureCollection","features":[{one},{}]}}"#, feature("7", SQUARE));
        let names = |text: &str| -> Vec<Option<String>> {
            read(text, country()).unwrap().into_iter().map(|a| a.name).collect()
        };
        assert_eq!(names(&all), [Some("Talgar".to_owned()), Some("7".to_owned())]);
        assert_eq!(names(&one), [Some("Talgar".to_owned())]);
        assert_eq!(names(SQUARE), [None]);
    }

    #[test]
    fn one_bad_feature_refuses_the_file_and_every_bad_one_is_named() {
        let shapes = [
            ("\"good\"", SQUARE),
            ("\"bow\"", r#"{"type":"Polygon","coordinates":[[[76,43],[77,44],[77,43],[76,44],[76,43]]]}"#),
            ("\"line\"", r#"{"type":"LineString","coordinates":[[76,43],[77,44]]}"#),
            ("\"none\"", "null"),
            ("\"void\"", r#"{"type":"MultiPolygon","coordinates":[]}"#),
            ("\"turned\"", r#"{"type":"Polygon","coordinates":[[[43,76],[43,77],[44,77],[43,76]]]}"#),
            ("\"dates\"", r#"{"type":"Polygon","coordinates":[[[179,50],[-179,50],[-179,51],[179,50]]]}"#),
            ("\"open\"", r#"{"type":"Polygon","coordinates":[[[76,43],[77,43],[77,44],[76,44]]]}"#),
        ];
        let all = shapes.map(|(name, shape)| feature(name, shape)).join(",");
        let fault = read(&format!(r#"{{"type":"FeatureCollection","features":[{all}]}}"#), country());
        let Err(AreasFault::Bad(bad)) = fault else { panic!("{fault:?}") };
        let told: Vec<String> = bad.iter().map(ToString::to_string).collect();
        for (said, (number, name, what)) in told.iter().zip([
            (2, "bow", "crosses itself"),
            (3, "line", "LineString"),
            (4, "none", "no geometry"),
            (5, "void", "empty"),
            (6, "turned", "exchanged"),
            (7, "dates", "antimeridian"),
            (8, "open", "ring is open"),
        ]) {
            assert!(
                said.starts_with(&format!("feature {number} ({name}):")) && said.contains(what),
                "{said}"
            );
        }
        assert_eq!(told.len(), 7);
    }

    #[test]
    fn what_is_no_geojson_of_wgs_84_is_refused_as_a_whole() {
        for text in ["", "{", "[]", r#"{"type":"Flood"}"#, r#"{"type":"Polygon","coordinates":[[["a",1]]]}"#]
        {
            assert!(matches!(read(text, country()), Err(AreasFault::NotGeoJson(_))), "{text}");
        }
        assert_eq!(read(r#"{"type":"FeatureCollection","features":[]}"#, country()), Err(AreasFault::Empty));
        let other = r#"{"type":"FeatureCollection","features":[],"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::28413"}}}"#;
        assert_eq!(
            read(other, country()),
            Err(AreasFault::OtherSystem("urn:ogc:def:crs:EPSG::28413".into()))
        );
    }
}
