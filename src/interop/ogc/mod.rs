//! OGC API – Features: Part 1 Core, GeoJSON and OpenAPI 3.0 (OGC 17-069r4), Part 2 Coordinate Reference Systems (OGC
//! 18-058r1).

pub mod collection;
pub mod crs;
pub mod document;
pub mod page;
pub mod properties;
pub mod query;

/// The classes of the standard that the hub conforms to.
pub const CONFORMS_TO: [&str; 4] = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
];

/// The media type of JSON documents.
pub const JSON: &str = "application/json";
/// The media type of features.
pub const GEOJSON: &str = "application/geo+json";
/// The media type of the OpenAPI document.
pub const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.0";
