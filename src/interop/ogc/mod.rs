//! OGC API – Features: Part 1 Core, GeoJSON and OpenAPI 3.0 (OGC 17-069r4), Part 2 Coordinate Reference Systems (OGC
//! 18-058r1); of Part 5 Schemas (OGC 23-058) the logical schema of each collection, by which programs know its fields and
//! geometry before there is a feature.

pub mod collection;
pub mod crs;
pub mod document;
pub mod page;
pub mod properties;
pub mod query;

/// The classes of the standard that the hub conforms to.
pub const CONFORMS_TO: [&str; 6] = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/core-roles-features",
];

/// The media type of JSON documents.
pub const JSON: &str = "application/json";
/// The media type of features.
pub const GEOJSON: &str = "application/geo+json";
/// The media type of the OpenAPI document.
pub const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.0";
/// The media type of a collection's schema.
pub const SCHEMA: &str = "application/schema+json";
/// The relation of a collection to its schema.
pub const SCHEMA_OF: &str = "http://www.opengis.net/def/rel/ogc/1.0/schema";
