//! What the hub answers: landing page, conformance, collections, features as GeoJSON (RFC 7946).

use geo::{Coord, LineString, MultiPolygon, Polygon};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::collection::Collection;
use super::crs::Crs;
use super::{CONFORMS_TO, GEOJSON, JSON, OPENAPI, SCHEMA, SCHEMA_OF, document};
use crate::domain::names::Language;
use crate::domain::quantities::Point;
use crate::domain::said::said;

/// Where the interface is, and who reads it.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The address of the landing page, without a slash at its end.
    pub root: String,
    /// The language of titles.
    pub language: Language,
}

/// What a collection's features cover.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extent {
    /// West, south, east, north in degrees.
    pub bounds: [f64; 4],
    /// The earliest moment; open where absent.
    pub since: Option<Timestamp>,
}

fn link(rel: &str, kind: &str, href: String, title: &str) -> Value {
    json!({ "rel": rel, "type": kind, "href": href, "title": title })
}

impl Desk {
    fn title(&self, collection: Collection) -> String {
        collection.title().in_language(self.language)
    }

    /// `/`: where everything else is.
    #[must_use]
    pub fn landing(&self) -> Value {
        let root = &self.root;
        let title = said!("hub112: features of the duty-dispatch service 112").in_language(self.language);
        json!({
            "title": title,
            "links": [
                link("self", JSON, format!("{root}/"), &title),
                link("service-desc", OPENAPI, format!("{root}/api"), "OpenAPI 3.0"),
                link("conformance", JSON, format!("{root}/conformance"), "OGC API - Features"),
                link("data", JSON, format!("{root}/collections"), "collections"),
            ],
        })
    }

    /// `/conformance`.
    #[must_use]
    pub fn conformance(&self) -> Value {
        json!({ "conformsTo": CONFORMS_TO })
    }

    /// `/collections`: those given, each with what it covers.
    #[must_use]
    pub fn collections(&self, known: &[(Collection, Option<Extent>)]) -> Value {
        let all: Vec<Value> = known.iter().map(|(c, extent)| self.collection(*c, *extent)).collect();
        let here = format!("{}/collections", self.root);
        json!({ "links": [link("self", JSON, here, "collections")], "collections": all })
    }

    /// `/collections/{id}`.
    #[must_use]
    pub fn collection(&self, collection: Collection, extent: Option<Extent>) -> Value {
        let (title, here) =
            (self.title(collection), format!("{}/collections/{}", self.root, collection.id()));
        let mut value = json!({
            "id": collection.id(),
            "title": title,
            "description": collection.description().in_language(self.language),
            "itemType": "feature",
            "crs": Crs::ALL.map(Crs::uri),
            "storageCrs": Crs::Crs84.uri(),
            "links": [
                link("self", JSON, here.clone(), &title),
                link("items", GEOJSON, format!("{here}/items"), &title),
                link(SCHEMA_OF, SCHEMA, format!("{here}/schema"), &title),
            ],
        });
        if let Some(extent) = extent {
            let mut cover = json!({ "spatial": { "bbox": [extent.bounds], "crs": Crs::Crs84.uri() } });
            if collection.has_time() {
                cover["temporal"] = json!({
                    "interval": [[extent.since, Value::Null]],
                    "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
                });
            }
            value["extent"] = cover;
        }
        value
    }

    /// `/collections/{id}/schema`: what features are made of, also where there is none yet (OGC 23-058).
    #[must_use]
    pub fn schema(&self, collection: Collection) -> Value {
        let mut properties = serde_json::Map::new();
        properties
            .insert("id".into(), json!({ "type": "string", "x-ogc-role": "id", "x-ogc-propertySeq": 1 }));
        let geometry = json!({
            "format": collection.geometry().format(),
            "x-ogc-role": "primary-geometry",
            "x-ogc-propertySeq": 2,
        });
        properties.insert("geometry".into(), geometry);
        for (at, property) in collection.properties().iter().enumerate() {
            let mut schema = document::kind(property);
            schema["description"] = property.about.into();
            schema["x-ogc-propertySeq"] = (at + 3).into();
            properties.insert(property.name.to_owned(), schema);
        }
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": format!("{}/collections/{}/schema", self.root, collection.id()),
            "title": self.title(collection),
            "type": "object",
            "properties": properties,
        })
    }
}

/// What a feature is on the map.
#[derive(Debug, Clone, Copy)]
pub enum Shape<'a> {
    /// Its place is not known.
    Nowhere,
    /// A point.
    Point(Point),
    /// A line.
    Line(&'a [Point]),
    /// A polygon.
    Polygon(&'a Polygon),
    /// One or more polygons.
    MultiPolygon(&'a MultiPolygon),
}

/// A feature; its properties are what they serialise to.
#[derive(Debug, Clone)]
pub struct Feature<'a, P> {
    /// Its identity within the collection.
    pub id: &'a str,
    /// Its shape.
    pub shape: Shape<'a>,
    /// What it says.
    pub properties: P,
}

/// How a page ends.
#[derive(Debug, Clone, Default)]
pub struct Ending {
    /// How many features fit the query, where they were counted.
    pub matched: Option<u64>,
    /// The address of this page.
    pub here: String,
    /// The address of the next, when there is one.
    pub next: Option<String>,
    /// When it was made.
    pub at: Timestamp,
}

/// A page of features as text.
///
/// # Errors
/// When the properties cannot be written.
pub fn features<P: Serialize>(
    found: &[Feature<'_, P>],
    crs: Crs,
    ending: &Ending,
) -> Result<Vec<u8>, serde_json::Error> {
    let mut out = Vec::with_capacity(256 + found.len() * 400);
    out.extend_from_slice(br#"{"type":"FeatureCollection","features":["#);
    for (number, one) in found.iter().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        open_feature(&mut out, one, crs)?;
        out.push(b'}');
    }
    out.extend_from_slice(b"],\"links\":");
    let mut links = vec![link("self", GEOJSON, ending.here.clone(), "this page")];
    links.extend(ending.next.clone().map(|next| link("next", GEOJSON, next, "next page")));
    serde_json::to_writer(&mut out, &links)?;
    out.extend_from_slice(format!(",\"timeStamp\":\"{}\"", ending.at).as_bytes());
    if let Some(matched) = ending.matched {
        out.extend_from_slice(format!(",\"numberMatched\":{matched}").as_bytes());
    }
    out.extend_from_slice(format!(",\"numberReturned\":{}}}", found.len()).as_bytes());
    Ok(out)
}

/// One feature as text, with links to itself and to its collection.
///
/// # Errors
/// When the properties cannot be written.
pub fn feature<P: Serialize>(
    one: &Feature<'_, P>,
    crs: Crs,
    here: String,
    collection: String,
) -> Result<Vec<u8>, serde_json::Error> {
    let mut out = Vec::with_capacity(1024);
    open_feature(&mut out, one, crs)?;
    out.extend_from_slice(b",\"links\":");
    let links =
        [link("self", GEOJSON, here, "this feature"), link("collection", JSON, collection, "collection")];
    serde_json::to_writer(&mut out, &links)?;
    out.push(b'}');
    Ok(out)
}

/// All of a feature but its closing brace.
fn open_feature<P: Serialize>(
    out: &mut Vec<u8>,
    one: &Feature<'_, P>,
    crs: Crs,
) -> Result<(), serde_json::Error> {
    out.extend_from_slice(br#"{"type":"Feature","id":"#);
    serde_json::to_writer(&mut *out, one.id)?;
    out.extend_from_slice(br#","geometry":"#);
    geometry(out, one.shape, crs)?;
    out.extend_from_slice(br#","properties":"#);
    serde_json::to_writer(&mut *out, &one.properties)
}

fn geometry(out: &mut Vec<u8>, shape: Shape<'_>, crs: Crs) -> Result<(), serde_json::Error> {
    let begin = |out: &mut Vec<u8>, kind: &str| {
        out.extend_from_slice(format!("{{\"type\":\"{kind}\",\"coordinates\":").as_bytes());
    };
    match shape {
        Shape::Nowhere => {
            out.extend_from_slice(b"null");
            return Ok(());
        }
        Shape::Point(point) => {
            begin(out, "Point");
            position(out, Coord { x: point.lon(), y: point.lat() }, crs)?;
        }
        Shape::Line(line) => {
            begin(out, "LineString");
            listed(out, line, |out, p| position(out, Coord { x: p.lon(), y: p.lat() }, crs))?;
        }
        Shape::Polygon(polygon) => {
            begin(out, "Polygon");
            rings(out, polygon, crs)?;
        }
        Shape::MultiPolygon(polygons) => {
            begin(out, "MultiPolygon");
            listed(out, polygons, |out, polygon| rings(out, polygon, crs))?;
        }
    }
    out.push(b'}');
    Ok(())
}

fn rings(out: &mut Vec<u8>, polygon: &Polygon, crs: Crs) -> Result<(), serde_json::Error> {
    let all = std::iter::once(polygon.exterior()).chain(polygon.interiors());
    listed(out, all, |out, ring: &LineString| listed(out, ring.coords(), |out, c| position(out, *c, crs)))
}

fn position(out: &mut Vec<u8>, c: Coord, crs: Crs) -> Result<(), serde_json::Error> {
    serde_json::to_writer(out, &crs.write(c))
}

fn listed<T>(
    out: &mut Vec<u8>,
    all: impl IntoIterator<Item = T>,
    write: impl Fn(&mut Vec<u8>, T) -> Result<(), serde_json::Error>,
) -> Result<(), serde_json::Error> {
    out.push(b'[');
    for (number, one) in all.into_iter().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        write(out, one)?;
    }
    out.push(b']');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Value {
        serde_json::from_slice(text).unwrap()
    }

    #[test]
    fn a_feature_is_geojson_in_the_order_of_its_systems_axes() {
        let shape = Shape::Point(Point::new(43.25, 76.9).unwrap());
        let one = Feature { id: "a\"b", shape, properties: json!({ "status": "open" }) };
        let written = |crs| read(&feature(&one, crs, "h".into(), "c".into()).unwrap());
        let plain = written(Crs::Crs84);
        assert_eq!(plain["geometry"], json!({ "type": "Point", "coordinates": [76.9, 43.25] }));
        assert_eq!(
            (plain["id"].as_str(), plain["properties"]["status"].as_str()),
            (Some("a\"b"), Some("open"))
        );
        assert_eq!(written(Crs::Epsg4326)["geometry"]["coordinates"], json!([43.25, 76.9]));
    }

    #[test]
    fn a_page_says_how_many_there_are_and_where_the_next_is() {
        let ring = |corners: [(f64, f64); 3]| LineString::from(corners.to_vec());
        let hole = ring([(1.0, 0.5), (2.0, 0.5), (2.0, 1.0)]);
        let square = Polygon::new(ring([(0.0, 0.0), (4.0, 0.0), (4.0, 4.0)]), vec![hole]);
        let one = Feature { id: "z", shape: Shape::Polygon(&square), properties: json!({}) };
        let nowhere = Feature { id: "y", shape: Shape::Nowhere, properties: json!({}) };
        let next = Some("there".to_owned());
        let ending = Ending { matched: Some(7), here: "here".into(), next, at: Timestamp::UNIX_EPOCH };
        let page = read(&features(&[one, nowhere], Crs::Crs84, &ending).unwrap());
        assert_eq!((page["numberMatched"].as_u64(), page["numberReturned"].as_u64()), (Some(7), Some(2)));
        assert_eq!(page["timeStamp"], "1970-01-01T00:00:00Z");
        assert_eq!(page["links"][1]["href"], "there");
        assert_eq!(page["features"][0]["geometry"]["coordinates"].as_array().map(Vec::len), Some(2));
        assert_eq!(page["features"][1]["geometry"], Value::Null);
    }

    #[test]
    fn a_collection_tells_its_extent_and_its_systems() {
        let desk = Desk { root: "http://hub/ogc".into(), language: Language::En };
        let extent = Extent { bounds: [46.0, 40.0, 88.0, 56.0], since: None };
        let told = desk.collection(Collection::Incidents, Some(extent));
        assert_eq!(told["extent"]["spatial"]["bbox"], json!([[46.0, 40.0, 88.0, 56.0]]));
        assert_eq!(told["extent"]["temporal"]["interval"], json!([[null, null]]));
        assert_eq!(told["crs"][0], Crs::Crs84.uri());
        assert_eq!(desk.collection(Collection::Regions, Some(extent))["extent"]["temporal"], Value::Null);
    }
}
