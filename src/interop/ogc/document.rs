//! The OpenAPI 3.0 document of the interface (`/conf/oas30`): the standard knows this version of OpenAPI and no newer.

use serde_json::{Map, Value, json};

use super::collection::{Collection, Geometry, Kind, Property};
use super::crs::Crs;
use super::{CONFORMS_TO, GEOJSON, JSON, OPENAPI, SCHEMA, query};

/// The document; `root` is the address of the landing page.
#[must_use]
pub fn openapi(root: &str) -> Value {
    let mut paths = Map::new();
    let mut put = |path: &str, operation: Value| {
        paths.insert(path.to_owned(), json!({ "get": operation }));
    };
    put("/", open("landing", "Landing page", JSON, "landingPage"));
    put("/api", open("api", "This document", OPENAPI, "document"));
    put("/conformance", open("conformance", "What of the standard is conformed to", JSON, "confClasses"));
    put("/collections", document("collections", "The collections that the account may read", "collections"));
    for collection in Collection::ALL {
        let (id, under) = (collection.id(), format!("/collections/{}", collection.id()));
        let schema = feature_schema(collection);
        put(&under, document(&format!("describe_{id}"), &format!("The collection {id}"), "collection"));
        put(&format!("{under}/schema"), described(&format!("schema_{id}"), collection));
        put(&format!("{under}/items"), items(collection, &schema));
        put(&format!("{under}/items/{{featureId}}"), item(collection, &schema));
    }
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "hub112: OGC API - Features",
            "description": "Incidents, units, zones and territories for GIS programs. Sign in with name and password \
                (Basic) or with a token (Bearer) of an account of the hub.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "Apache-2.0" },
        },
        "servers": [{ "url": root }],
        "security": [{ "basic": [] }, { "bearer": [] }],
        "tags": [{ "name": "features" }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "basic": { "type": "http", "scheme": "basic" },
                "bearer": { "type": "http", "scheme": "bearer" },
            },
            "parameters": parameters(),
            "headers": { "Content-Crs": {
                "description": "The reference system of the answer, in angle brackets.",
                "schema": { "type": "string" },
            } },
            "responses": { "Problem": {
                "description": "A problem document (RFC 9457).",
                "content": { "application/problem+json": { "schema": reference("schemas", "Problem") } },
            } },
            "schemas": schemas(),
        },
    })
}

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

fn responses(kind: &str, schema: Value, crs: bool, statuses: &[&str]) -> Value {
    let mut ok = json!({ "description": "The answer.", "content": { kind: { "schema": schema } } });
    if crs {
        ok["headers"] = json!({ "Content-Crs": reference("headers", "Content-Crs") });
    }
    let mut all = json!({ "200": ok });
    for status in statuses {
        all[*status] = reference("responses", "Problem");
    }
    all
}

fn operation(name: &str, summary: &str, parameters: Vec<Value>, responses: Value) -> Value {
    json!({
        "tags": ["features"], "operationId": name, "summary": summary,
        "parameters": parameters, "responses": responses,
    })
}

fn named(names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| reference("parameters", name)).collect()
}

/// A document that needs no account.
fn open(name: &str, summary: &str, kind: &str, schema: &str) -> Value {
    let answers = responses(kind, reference("schemas", schema), false, &["400"]);
    let mut operation = operation(name, summary, named(&["f"]), answers);
    operation["security"] = json!([{}]);
    operation
}

const REFUSED: [&str; 4] = ["400", "401", "403", "503"];

fn document(name: &str, summary: &str, schema: &str) -> Value {
    let answers = responses(JSON, reference("schemas", schema), false, &REFUSED);
    operation(name, summary, named(&["f"]), answers)
}

/// What the features of a collection are made of.
fn described(name: &str, collection: Collection) -> Value {
    let answers = responses(SCHEMA, json!({ "type": "object" }), false, &REFUSED);
    operation(name, &format!("The schema of the collection {}", collection.id()), named(&["f"]), answers)
}

fn items(collection: Collection, feature: &Value) -> Value {
    let mut parameters = named(&["bbox", "bbox-crs", "crs", "datetime", "limit", "cursor", "f"]);
    parameters.extend(collection.properties().iter().filter(|p| p.filters).map(filter));
    let schema = json!({
        "type": "object",
        "required": ["type", "features", "links", "timeStamp", "numberReturned"],
        "properties": {
            "type": { "type": "string", "enum": ["FeatureCollection"] },
            "features": { "type": "array", "items": feature },
            "links": { "type": "array", "items": reference("schemas", "link") },
            "timeStamp": { "type": "string", "format": "date-time" },
            "numberMatched": { "type": "integer", "minimum": 0 },
            "numberReturned": { "type": "integer", "minimum": 0 },
        },
    });
    let answers = responses(GEOJSON, schema, true, &REFUSED);
    let summary = format!("Features of the collection {}", collection.id());
    operation(&format!("items_{}", collection.id()), &summary, parameters, answers)
}

fn item(collection: Collection, feature: &Value) -> Value {
    let mut schema = feature.clone();
    schema["properties"]["links"] = json!({ "type": "array", "items": reference("schemas", "link") });
    let answers = responses(GEOJSON, schema, true, &["400", "401", "403", "404", "503"]);
    let summary = format!("A feature of the collection {}", collection.id());
    let parameters = named(&["featureId", "crs", "f"]);
    operation(&format!("item_{}", collection.id()), &summary, parameters, answers)
}

/// What a property holds, as JSON Schema has it.
pub(super) fn kind(property: &Property) -> Value {
    match property.kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Number => json!({ "type": "integer" }),
        Kind::Moment => json!({ "type": "string", "format": "date-time" }),
    }
}

fn filter(property: &Property) -> Value {
    let schema = match property.kind {
        Kind::Flag => json!({ "type": "boolean" }),
        // One value or several apart by commas, written as one text: programs fill in what a person typed.
        Kind::Text | Kind::Moment | Kind::Number => json!({ "type": "string", "minLength": 1 }),
    };
    json!({
        "name": property.name, "in": "query", "required": false, "style": "form", "explode": false,
        "description": property.about, "schema": schema,
    })
}

fn feature_schema(collection: Collection) -> Value {
    let properties: Map<String, Value> = collection
        .properties()
        .iter()
        .map(|p| {
            let mut schema = kind(p);
            schema["description"] = p.about.into();
            schema["nullable"] = true.into();
            (p.name.to_owned(), schema)
        })
        .collect();
    let depth = match collection.geometry() {
        Geometry::Point => 0,
        Geometry::Line => 1,
        Geometry::Polygon => 2,
        Geometry::MultiPolygon => 3,
    };
    let position = json!({ "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "number" } });
    let coordinates = (0..depth).fold(position, |of, _| json!({ "type": "array", "items": of }));
    json!({
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": { "type": "string", "enum": ["Feature"] },
            "id": { "type": "string" },
            "geometry": {
                "type": "object", "nullable": true, "required": ["type", "coordinates"],
                "properties": {
                    "type": { "type": "string", "enum": [collection.geometry().name()] },
                    "coordinates": coordinates,
                },
            },
            "properties": { "type": "object", "properties": properties },
        },
    })
}

fn parameters() -> Value {
    let crs = Crs::ALL.map(Crs::uri);
    let numbers = json!({ "type": "array", "items": { "type": "number" },
        "oneOf": [{ "minItems": 4, "maxItems": 4 }, { "minItems": 6, "maxItems": 6 }] });
    let in_query = |name: &str, about: &str, schema: Value| {
        json!({ "name": name, "in": "query", "required": false, "style": "form", "explode": false,
            "description": about, "schema": schema })
    };
    let system = json!({ "type": "string", "format": "uri", "enum": crs, "default": Crs::Crs84.uri() });
    json!({
        "bbox": in_query("bbox", "Features in this box, and those without a place: its lower left and its upper \
            right corner, each with its height where there are six numbers.", numbers),
        "bbox-crs": in_query("bbox-crs", "The reference system of bbox.", system.clone()),
        "crs": in_query("crs", "The reference system of the answer.", system),
        "datetime": in_query("datetime", "Features of this time, and those without one: a moment (RFC 3339), or two \
            with / between; .. or nothing leaves an end open.", json!({ "type": "string" })),
        "limit": in_query("limit", "How many features a page has at most.", json!({
            "type": "integer", "minimum": 1, "maximum": query::MOST, "default": query::USUAL })),
        "cursor": in_query("cursor", "Where the page before ended: stands in its link next.",
            json!({ "type": "string", "minLength": 1, "maxLength": 200 })),
        "f": in_query("f", "The format: json, as without it.", json!({ "type": "string", "enum": ["json"] })),
        "featureId": { "name": "featureId", "in": "path", "required": true,
            "description": "The feature's identity.", "schema": { "type": "string" } },
    })
}

fn schemas() -> Value {
    let links = json!({ "type": "array", "items": reference("schemas", "link") });
    let text = json!({ "type": "string" });
    json!({
        "link": { "type": "object", "required": ["href", "rel"], "properties": {
            "href": text, "rel": text, "type": text, "title": text } },
        "landingPage": { "type": "object", "required": ["links"], "properties": { "title": text, "links": links } },
        "document": { "type": "object", "required": ["openapi", "info", "paths"] },
        "confClasses": { "type": "object", "required": ["conformsTo"], "properties": { "conformsTo": {
            "type": "array", "items": { "type": "string" }, "example": CONFORMS_TO } } },
        "collections": { "type": "object", "required": ["links", "collections"], "properties": {
            "links": links,
            "collections": { "type": "array", "items": reference("schemas", "collection") } } },
        "collection": { "type": "object", "required": ["id", "links"], "properties": {
            "id": text, "title": text, "description": text, "itemType": text, "storageCrs": text,
            "crs": { "type": "array", "items": { "type": "string" } },
            "extent": { "type": "object", "properties": {
                "spatial": { "type": "object" }, "temporal": { "type": "object" } } },
            "links": links } },
        "Problem": { "type": "object", "required": ["type", "title", "status", "detail"], "properties": {
            "type": text, "title": text, "status": { "type": "integer" }, "detail": text, "field": text } },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere_and_every_operation_has_a_name_of_its_own() {
        let document = openapi("http://hub/ogc");
        let mut names = std::collections::BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            assert!(names.insert(item["get"]["operationId"].to_string()), "{path}");
        }
        assert_eq!(names.len(), 4 + 4 * Collection::ALL.len());
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1) {
            let pointer = reference.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }
}
