//! The abstract tests of OGC API – Features: Part 1 (OGC 17-069r4, annex A) classes Core, GeoJSON and OpenAPI 3.0, each
//! under its id, and the requirements of Part 2 (OGC 18-058r1).

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::interface::{COLLECTIONS, Interface, SQUARE};

type Test<'a> = (&'static str, Pin<Box<dyn Future<Output = ()> + 'a>>);

/// What the standard's annex lists.
const ANNEX: [&str; 41] = [
    "/conf/core/http",
    "/conf/core/root-op",
    "/conf/core/root-success",
    "/conf/core/api-definition-op",
    "/conf/core/api-definition-success",
    "/conf/core/conformance-op",
    "/conf/core/conformance-success",
    "/conf/core/fc-md-op",
    "/conf/core/fc-md-success",
    "/conf/core/fc-md-links",
    "/conf/core/fc-md-items",
    "/conf/core/fc-md-items-links",
    "/conf/core/fc-md-extent",
    "/conf/core/sfc-md-op",
    "/conf/core/sfc-md-success",
    "/conf/core/crs84",
    "/conf/core/fc-op",
    "/conf/core/fc-bbox-definition",
    "/conf/core/fc-bbox-response",
    "/conf/core/fc-limit-definition",
    "/conf/core/fc-limit-response",
    "/conf/core/fc-time-definition",
    "/conf/core/fc-time-response",
    "/conf/core/query-param-unknown",
    "/conf/core/query-param-invalid",
    "/conf/core/fc-response",
    "/conf/core/fc-links",
    "/conf/core/fc-timeStamp",
    "/conf/core/fc-numberMatched",
    "/conf/core/fc-numberReturned",
    "/conf/core/f-op",
    "/conf/core/f-success",
    "/conf/core/f-links",
    "/conf/geojson/definition",
    "/conf/geojson/content",
    "/conf/oas30/completeness",
    "/conf/oas30/exception-codes",
    "/conf/oas30/oas-definition-1",
    "/conf/oas30/oas-definition-2",
    "/conf/oas30/oas-impl",
    "/conf/oas30/security",
];

#[actix_web::test]
async fn every_abstract_test_of_the_standard_is_passed() {
    let it = &Interface::open().await;
    let tests: Vec<Test<'_>> = vec![
        ("/conf/core/http", Box::pin(http(it))),
        ("/conf/core/root-op", Box::pin(answers(it, "/"))),
        ("/conf/core/root-success", Box::pin(root_success(it))),
        ("/conf/core/api-definition-op", Box::pin(answers(it, "/api"))),
        ("/conf/core/api-definition-success", Box::pin(definition(it))),
        ("/conf/core/conformance-op", Box::pin(answers(it, "/conformance"))),
        ("/conf/core/conformance-success", Box::pin(conformance_success(it))),
        ("/conf/core/fc-md-op", Box::pin(answers(it, "/collections"))),
        ("/conf/core/fc-md-success", Box::pin(collections(it))),
        ("/conf/core/fc-md-links", Box::pin(collections_links(it))),
        ("/conf/core/fc-md-items", Box::pin(collections(it))),
        ("/conf/core/fc-md-items-links", Box::pin(items_links(it))),
        ("/conf/core/fc-md-extent", Box::pin(extent(it))),
        ("/conf/core/sfc-md-op", Box::pin(single_collections(it))),
        ("/conf/core/sfc-md-success", Box::pin(single_collections(it))),
        ("/conf/core/crs84", Box::pin(crs84(it))),
        ("/conf/core/fc-op", Box::pin(pages(it))),
        ("/conf/core/fc-bbox-definition", Box::pin(bbox_definition(it))),
        ("/conf/core/fc-bbox-response", Box::pin(bbox_response(it))),
        ("/conf/core/fc-limit-definition", Box::pin(limit_definition(it))),
        ("/conf/core/fc-limit-response", Box::pin(limit_response(it))),
        ("/conf/core/fc-time-definition", Box::pin(time_definition(it))),
        ("/conf/core/fc-time-response", Box::pin(time_response(it))),
        ("/conf/core/query-param-unknown", Box::pin(unknown_parameters(it))),
        ("/conf/core/query-param-invalid", Box::pin(invalid_parameters(it))),
        ("/conf/core/fc-response", Box::pin(pages(it))),
        ("/conf/core/fc-links", Box::pin(page_links(it))),
        ("/conf/core/fc-timeStamp", Box::pin(time_stamp(it))),
        ("/conf/core/fc-numberMatched", Box::pin(numbers(it))),
        ("/conf/core/fc-numberReturned", Box::pin(numbers(it))),
        ("/conf/core/f-op", Box::pin(single_features(it))),
        ("/conf/core/f-success", Box::pin(single_features(it))),
        ("/conf/core/f-links", Box::pin(single_features(it))),
        ("/conf/geojson/definition", Box::pin(geojson_definition(it))),
        ("/conf/geojson/content", Box::pin(geojson_content(it))),
        ("/conf/oas30/completeness", Box::pin(completeness(it))),
        ("/conf/oas30/exception-codes", Box::pin(exception_codes(it))),
        ("/conf/oas30/oas-definition-1", Box::pin(definition(it))),
        ("/conf/oas30/oas-definition-2", Box::pin(definition(it))),
        ("/conf/oas30/oas-impl", Box::pin(completeness(it))),
        ("/conf/oas30/security", Box::pin(security(it))),
        ("part 5: the schema of each collection", Box::pin(schemas(it))),
        ("part 2: the list of systems", Box::pin(systems(it))),
        ("part 2: crs", Box::pin(crs(it))),
        ("part 2: bbox-crs", Box::pin(bbox_crs(it))),
    ];
    let carried_out: BTreeSet<&str> = tests.iter().map(|(id, _)| *id).collect();
    let left_out: Vec<_> = ANNEX.iter().filter(|id| !carried_out.contains(*id)).collect();
    assert!(left_out.is_empty(), "not carried out: {left_out:?}");
    for (id, test) in tests {
        // The last one said is the one that failed.
        eprintln!("{id}");
        test.await;
    }
    filters(it).await;
}

async fn http(it: &Interface) {
    assert_eq!(it.get("/").await.version, awc::http::Version::HTTP_11);
}

async fn answers(it: &Interface, path: &str) {
    let answer = it.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
}

async fn root_success(it: &Interface) {
    let root = it.get("/").await;
    for rel in ["self", "service-desc", "conformance", "data"] {
        let href = root.link(rel).unwrap_or_else(|| panic!("a link {rel}"));
        assert_eq!(it.get(href).await.status, 200, "{href}");
    }
    assert_eq!(it.get("").await.body, root.body, "with and without a slash");
}

async fn definition(it: &Interface) {
    let root = it.get("/").await;
    let document = it.get(root.link("service-desc").expect("its link")).await;
    assert_eq!(document.kind, "application/vnd.oai.openapi+json;version=3.0");
    assert!(document.body["openapi"].as_str().is_some_and(|v| v.starts_with("3.0.")), "{}", document.text);
    assert_eq!(document.body["servers"][0]["url"], it.root);
}

async fn conformance_success(it: &Interface) {
    let declared = it.get("/conformance").await.body;
    let declared: Vec<&str> =
        declared["conformsTo"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    for class in ["1/1.0/conf/core", "1/1.0/conf/geojson", "1/1.0/conf/oas30", "2/1.0/conf/crs"] {
        let uri = format!("http://www.opengis.net/spec/ogcapi-features-{class}");
        assert!(declared.contains(&uri.as_str()), "{uri}");
    }
}

async fn listed(it: &Interface) -> Vec<Value> {
    it.get("/collections").await.body["collections"].as_array().expect("a list").clone()
}

async fn collections(it: &Interface) {
    let known: Vec<String> =
        listed(it).await.iter().filter_map(|c| c["id"].as_str().map(str::to_owned)).collect();
    assert_eq!(known, ["incidents", "units", "zones", "regions", "districts", "roads", "objects", "hazards"]);
}

async fn collections_links(it: &Interface) {
    let answer = it.get("/collections").await;
    assert_eq!(answer.link("self"), Some(format!("{}/collections", it.root).as_str()));
    for link in answer.body["links"].as_array().expect("links") {
        assert!(link["rel"].is_string() && link["type"].is_string(), "{link}");
    }
}

async fn items_links(it: &Interface) {
    for collection in listed(it).await {
        let links = collection["links"].as_array().expect("links");
        let items = links.iter().find(|l| l["rel"] == "items").expect("a link to the items");
        assert_eq!(items["type"], "application/geo+json");
        assert_eq!(it.get(items["href"].as_str().expect("an address")).await.status, 200, "{items}");
    }
}

/// Every pair of numbers of a geometry.
fn positions(value: &Value, found: &mut Vec<[f64; 2]>) {
    match value.as_array().map(Vec::as_slice) {
        Some([x, y]) if x.is_number() => found.push([x.as_f64().expect("x"), y.as_f64().expect("y")]),
        Some(list) => list.iter().for_each(|v| positions(v, found)),
        None => {}
    }
}

async fn extent(it: &Interface) {
    for collection in listed(it).await {
        let id = collection["id"].as_str().expect("an id");
        let boxes = collection["extent"]["spatial"]["bbox"].as_array().expect("boxes");
        let bounds: Vec<f64> = boxes[0].as_array().expect("a box").iter().filter_map(Value::as_f64).collect();
        let begin = collection["extent"]["temporal"]["interval"][0][0].as_str().map(str::to_owned);
        for feature in it.all(id).await {
            let mut places = Vec::new();
            positions(&feature["geometry"]["coordinates"], &mut places);
            for [x, y] in places {
                // Features are written to the seventh decimal.
                let near = 1e-6;
                let inside = bounds[0] - near <= x
                    && x <= bounds[2] + near
                    && bounds[1] - near <= y
                    && y <= bounds[3] + near;
                assert!(inside, "{id}: {x} {y} outside {bounds:?}");
            }
            let from =
                feature["properties"]["opened_at"].as_str().or(feature["properties"]["drawn_at"].as_str());
            if let (Some(begin), Some(from)) = (&begin, from) {
                let moment = |text: &str| text.parse::<Timestamp>().expect("a time");
                assert!(moment(begin) <= moment(from), "{id}: {from} before {begin}");
            }
        }
    }
}

async fn single_collections(it: &Interface) {
    for collection in listed(it).await {
        let id = collection["id"].as_str().expect("an id");
        let single = it.get(&format!("/collections/{id}")).await;
        assert_eq!((single.status, &single.body), (200, &collection), "{id}");
    }
    assert_eq!(it.get("/collections/nothing").await.status, 404);
}

/// The schema of a collection names the properties and the geometry that its features have, and those of a collection
/// that has none yet.
async fn schemas(it: &Interface) {
    const SCHEMA_OF: &str = "http://www.opengis.net/def/rel/ogc/1.0/schema";
    for collection in listed(it).await {
        let id = collection["id"].as_str().expect("an id");
        let links = collection["links"].as_array().expect("links");
        let link = links.iter().find(|link| link["rel"] == SCHEMA_OF).expect("a link to the schema");
        let schema = it.get(link["href"].as_str().expect("an address")).await;
        assert_eq!((schema.status, schema.kind.as_str()), (200, "application/schema+json"), "{id}");
        let of = |name: &str| schema.body["properties"][name].clone();
        assert_eq!(of("id")["x-ogc-role"], "id", "{id}");
        assert_eq!(of("geometry")["x-ogc-role"], "primary-geometry", "{id}");
        let mut named: Vec<String> =
            schema.body["properties"].as_object().expect("properties").keys().cloned().collect();
        named.retain(|name| name != "id" && name != "geometry");
        assert!(!named.is_empty(), "{id}");
        for feature in it.all(id).await {
            let told = feature["properties"].as_object().expect("properties");
            assert!(told.keys().eq(named.iter()), "{id}: {told:?} and {named:?}");
            if let Some(kind) = feature["geometry"]["type"].as_str() {
                assert_eq!(of("geometry")["format"], format!("geometry-{}", kind.to_lowercase()), "{id}");
            }
        }
    }
    assert_eq!(it.get("/collections/nothing/schema").await.status, 404);
    let not_asked_for = it.get("/collections/units/schema?colour=red").await;
    assert_eq!(not_asked_for.status, 400);
}

async fn crs84(it: &Interface) {
    for collection in COLLECTIONS {
        for feature in it.all(collection).await {
            let mut places = Vec::new();
            positions(&feature["geometry"]["coordinates"], &mut places);
            let in_kazakhstan = |p: &[f64; 2]| (46.0..88.0).contains(&p[0]) && (40.0..56.0).contains(&p[1]);
            assert!(places.iter().all(in_kazakhstan), "longitude before latitude: {feature}");
        }
    }
}

async fn pages(it: &Interface) {
    for collection in COLLECTIONS {
        let page = it.items(collection, "").await;
        assert_eq!((page.status, page.kind.as_str()), (200, "application/geo+json"), "{collection}");
        assert_eq!(page.body["type"], "FeatureCollection");
        assert!(!page.features().is_empty(), "{collection} has features");
        assert!(page.features().iter().all(|f| f["type"] == "Feature" && f["id"].is_string()));
        assert_eq!(page.crs, "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>");
    }
}

async fn bbox_definition(it: &Interface) {
    for collection in COLLECTIONS {
        let bbox = it.parameter(collection, "bbox").await;
        assert_eq!((&bbox["in"], &bbox["style"]), (&"query".into(), &"form".into()));
        assert_eq!((&bbox["required"], &bbox["explode"]), (&false.into(), &false.into()));
        assert_eq!(
            (&bbox["schema"]["type"], &bbox["schema"]["items"]["type"]),
            (&"array".into(), &"number".into())
        );
    }
}

async fn bbox_response(it: &Interface) {
    let near = it.items("incidents", "?bbox=76.88,43.23,76.90,43.25").await.ids();
    assert!(near.contains(&it.fire) && !near.contains(&it.closed), "{near:?}");
    assert!(near.contains(&it.nowhere), "a feature without a place is in every box");
    let heights = it.items("incidents", "?bbox=76.88,43.23,-10,76.90,43.25,9000").await.ids();
    assert_eq!(heights, near);
    let almaty = it.items("regions", "?bbox=76.88,43.23,76.90,43.25").await;
    assert_eq!(almaty.features().len(), 1, "the city alone");
    assert_eq!(almaty.features()[0]["properties"]["region"], "75");
    let units = it.items("units", "?bbox=76.8,43.1,77.0,43.4&limit=1000").await;
    assert!(!units.features().is_empty());
    for unit in units.features() {
        let mut places = Vec::new();
        positions(&unit["geometry"]["coordinates"], &mut places);
        assert!((76.8..=77.0).contains(&places[0][0]) && (43.1..=43.4).contains(&places[0][1]), "{unit}");
    }
    assert!(it.items("units", "?bbox=50,50,51,51").await.features().is_empty());
    // Its own box touches the zone's box, but it lies beside the zone: nothing of it is within.
    assert_eq!(it.items("zones", "?bbox=76.9,43.25,76.91,43.26").await.features().len(), 1);
    assert!(it.items("zones", "?bbox=77.1,43.2,77.2,43.3").await.features().is_empty());
}

async fn limit_definition(it: &Interface) {
    let limit = it.parameter("incidents", "limit").await;
    assert_eq!((&limit["schema"]["type"], limit["schema"]["minimum"].as_u64()), (&"integer".into(), Some(1)));
    assert!(limit["schema"]["maximum"].is_u64() && limit["schema"]["default"].is_u64());
}

async fn limit_response(it: &Interface) {
    assert_eq!(it.items("units", "?limit=3").await.features().len(), 3);
    let most = it.parameter("units", "limit").await["schema"]["maximum"].as_u64().expect("a maximum");
    let beyond = it.items("units", &format!("?limit={}", most + 1)).await;
    assert_eq!(beyond.status, 200);
    assert!(beyond.features().len() as u64 <= most);
}

async fn time_definition(it: &Interface) {
    for collection in COLLECTIONS {
        let time = it.parameter(collection, "datetime").await;
        assert_eq!((&time["in"], &time["schema"]["type"]), (&"query".into(), &"string".into()));
    }
}

async fn time_response(it: &Interface) {
    let card = it.get(&format!("/collections/incidents/items/{}", it.closed)).await;
    let moment = |name: &str| {
        card.body["properties"][name].as_str().expect("a time").parse::<Timestamp>().expect("a time")
    };
    let (opened, closed) = (moment("opened_at"), moment("closed_at"));
    let second = SignedDuration::from_secs(1);
    let (before, after) = (opened - second, closed + second);
    for (during, held) in [
        (format!("{opened}"), true),
        (format!("{before}"), false),
        (format!("{after}"), false),
        (format!("{before}/{after}"), true),
        (format!("{}/{before}", before - second), false),
        (format!("{after}/.."), false),
        (format!("{after}/"), false),
        (format!("{closed}/.."), true),
        (format!("../{before}"), false),
        (format!("/{before}"), false),
        (format!("../{opened}"), true),
        (format!("/{opened}"), true),
    ] {
        let found = it.items("incidents", &format!("?datetime={during}")).await;
        assert_eq!(found.status, 200, "{}", found.text);
        assert_eq!(found.ids().contains(&it.closed), held, "{during} of {opened}/{closed}");
    }
    // The fire is not over: it is in every time that does not end before it began.
    assert!(it.items("incidents", &format!("?datetime={after}/..")).await.ids().contains(&it.fire));
    let timeless = it.items("regions", "?datetime=1990-01-01T00:00:00Z").await;
    assert_eq!(timeless.features().len(), 20, "what has no time is in every time");
    let none = it.items("units", "?datetime=1990-01-01T00:00:00Z").await;
    assert!(none.features().is_empty(), "no unit was seen then");
}

async fn unknown_parameters(it: &Interface) {
    for path in
        ["/", "/conformance", "/api", "/collections", "/collections/units", "/collections/units/items"]
    {
        let answer = it.get(&format!("{path}?unknown=1")).await;
        assert_eq!((answer.status, answer.kind.as_str()), (400, "application/problem+json"), "{path}");
        assert_eq!(answer.body["field"], "unknown");
    }
}

async fn invalid_parameters(it: &Interface) {
    for (name, value) in [
        ("bbox", "1,2,3"),
        ("bbox", "a,b,c,d"),
        ("bbox", "1,2,3,95"),
        ("bbox-crs", "EPSG:3857"),
        ("crs", "http://www.opengis.net/def/crs/EPSG/0/1"),
        ("datetime", "yesterday"),
        ("datetime", "2026-03-02T00:00:00Z/2026-03-01T00:00:00Z"),
        ("limit", "0"),
        ("limit", "few"),
        ("open", "maybe"),
        ("cursor", ""),
        ("category", "a%00b"),
        ("cursor", "zzz"),
        ("status", "junk"),
        ("severity", "p1,p9"),
    ] {
        let answer = it.items("incidents", &format!("?{name}={value}")).await;
        assert_eq!(
            (answer.status, answer.body["field"].as_str()),
            (400, Some(name)),
            "{name}={value}: {}",
            answer.text
        );
    }
}

/// What programs on the web expect of every address: HEAD, OPTIONS, and a refusal that says which methods there are.
#[actix_web::test]
async fn an_address_answers_head_says_its_methods_and_is_shared_with_the_origins_of_the_settings_alone() {
    let world = crate::world::World::new().await;
    let hub = world.hub_with("regions = [\"75\"]\ncross_origins = [\"https://gis.example.kz\"]\n").await;
    let http = awc::Client::default();
    let ask = async |method: &str, path: &str, headers: &[(&str, &str)]| {
        let mut request = http.request(method.parse().expect("a method"), format!("{}{path}", hub.url));
        for header in headers {
            request = request.insert_header(*header);
        }
        let mut answer = request.send().await.expect("an answer");
        let body = answer.body().await.expect("a body");
        let header = |name: &str| answer.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        (answer.status().as_u16(), body.len(), header("allow"), header("access-control-allow-origin"))
    };
    for path in ["/ogc/", "/ogc/conformance", "/ogc/api", "/health/live", "/openapi.json"] {
        let (status, length, _, _) = ask("HEAD", path, &[]).await;
        assert_eq!((status, length), (200, 0), "{path}");
    }
    assert_eq!(ask("HEAD", "/ogc/collections", &[]).await.0, 401, "as GET");
    let (status, _, allow, _) = ask("POST", "/ogc/conformance", &[]).await;
    assert_eq!((status, allow.as_deref()), (405, Some("GET, HEAD, OPTIONS")));
    let (status, _, allow, _) = ask("DELETE", "/api/v1/incidents", &[]).await;
    assert_eq!((status, allow.as_deref()), (405, Some("GET, HEAD, OPTIONS")));
    let (status, _, allow, shared) = ask("OPTIONS", "/ogc/collections", &[]).await;
    assert_eq!((status, allow.as_deref(), shared), (204, Some("GET, HEAD, OPTIONS"), None));
    let first = |origin| [("Origin", origin), ("Access-Control-Request-Method", "GET")];
    let known = "https://gis.example.kz";
    assert_eq!(ask("OPTIONS", "/ogc/collections", &first(known)).await.3.as_deref(), Some(known));
    assert_eq!(ask("GET", "/ogc/", &[("Origin", known)]).await.3.as_deref(), Some(known));
    assert_eq!(ask("GET", "/ogc/", &[("Origin", "https://elsewhere.kz")]).await.3, None);
    assert_eq!(ask("GET", "/api/v1/incidents", &[("Origin", known)]).await.3, None, "the desk is not shared");
}

async fn page_links(it: &Interface) {
    let first = it.items("units", "?limit=2&region=75").await;
    assert_eq!(
        first.link("self"),
        Some(format!("{}/collections/units/items?limit=2&region=75", it.root).as_str())
    );
    let second = it.get(first.link("next").expect("a next page")).await;
    assert!(second.ids().iter().all(|id| !first.ids().contains(id)), "pages do not overlap");
    for link in first.body["links"].as_array().expect("links") {
        assert!(link["rel"].is_string() && link["type"].is_string(), "{link}");
    }
    let last = it.items("zones", "").await;
    assert_eq!(last.link("next"), None, "nothing follows");
}

async fn time_stamp(it: &Interface) {
    let before = Timestamp::now() - SignedDuration::from_secs(1);
    let page = it.items("zones", "").await;
    let at: Timestamp = page.body["timeStamp"].as_str().expect("a time").parse().expect("a time");
    assert!(before <= at && at <= Timestamp::now() + SignedDuration::from_secs(1));
}

async fn numbers(it: &Interface) {
    for collection in COLLECTIONS {
        let page = it.items(collection, "?limit=2").await;
        assert_eq!(page.body["numberReturned"].as_u64(), Some(page.features().len() as u64));
        let all = it.all(collection).await;
        assert_eq!(page.body["numberMatched"].as_u64(), Some(all.len() as u64), "{collection}");
        let ids: BTreeSet<&str> = all.iter().filter_map(|f| f["id"].as_str()).collect();
        assert_eq!(ids.len(), all.len(), "{collection}: each once");
    }
}

async fn single_features(it: &Interface) {
    for collection in COLLECTIONS {
        let page = it.items(collection, "?limit=3").await;
        for feature in page.features() {
            let id = feature["id"].as_str().expect("an id");
            let single = it.get(&format!("/collections/{collection}/items/{id}")).await;
            assert_eq!(
                (single.status, single.kind.as_str()),
                (200, "application/geo+json"),
                "{collection} {id}"
            );
            for part in ["type", "id", "geometry", "properties"] {
                assert_eq!(single.body[part], feature[part], "{collection} {id}");
            }
            assert_eq!(
                single.link("self"),
                Some(format!("{}/collections/{collection}/items/{id}", it.root).as_str())
            );
            assert_eq!(
                single.link("collection"),
                Some(format!("{}/collections/{collection}", it.root).as_str())
            );
        }
        let missing = it.get(&format!("/collections/{collection}/items/nothing")).await;
        assert_eq!((missing.status, missing.kind.as_str()), (404, "application/problem+json"));
    }
}

async fn geojson_definition(it: &Interface) {
    let document = it.get("/api").await.body;
    for (path, item) in document["paths"].as_object().expect("paths") {
        if path.contains("/items") {
            let content = &item["get"]["responses"]["200"]["content"];
            assert!(content.get("application/geo+json").is_some(), "{path}");
        }
    }
}

async fn geojson_content(it: &Interface) {
    for collection in COLLECTIONS {
        let page = it.items(collection, "").await;
        let read: geojson::GeoJson = page.text.parse().unwrap_or_else(|e| panic!("{collection}: {e}"));
        assert!(matches!(read, geojson::GeoJson::FeatureCollection(_)));
    }
}

/// Every path that the document names is answered, and every address that is answered is in the document.
async fn completeness(it: &Interface) {
    let document = it.get("/api").await.body;
    for path in document["paths"].as_object().expect("paths").keys() {
        let id = if path.contains("incidents") { it.fire.as_str() } else { "nothing" };
        let answer = it.get(&path.replace("{featureId}", id)).await;
        let responses = &document["paths"][path]["get"]["responses"];
        assert!(responses.get(answer.status.to_string()).is_some(), "{path}: {}", answer.status);
    }
    for page in listed(it).await {
        let path = format!("/collections/{}/items/{{featureId}}", page["id"].as_str().expect("an id"));
        assert!(document["paths"].get(&path).is_some(), "{path}");
    }
}

async fn exception_codes(it: &Interface) {
    let document = it.get("/api").await.body;
    for (path, item) in document["paths"].as_object().expect("paths") {
        assert!(item["get"]["responses"].get("400").is_some(), "{path}");
        assert_eq!(item["get"]["responses"].get("404").is_some(), path.contains("{featureId}"), "{path}");
    }
}

async fn security(it: &Interface) {
    let document = it.get("/api").await.body;
    for (path, item) in document["paths"].as_object().expect("paths") {
        let open = item["get"]["security"]
            .as_array()
            .is_some_and(|s| s.iter().any(|one| one == &serde_json::json!({})));
        let answer = it.get_as(path, None).await;
        assert_eq!(answer.status, if open { 200 } else { 401 }, "{path}");
        assert_eq!(answer.challenge.starts_with("Basic "), !open, "{path}: {}", answer.challenge);
    }
}

const EPSG_4326: &str = "http://www.opengis.net/def/crs/EPSG/0/4326";
const EPSG_3857: &str = "http://www.opengis.net/def/crs/EPSG/0/3857";

async fn systems(it: &Interface) {
    for collection in listed(it).await {
        let systems = collection["crs"].as_array().expect("a list");
        for uri in ["http://www.opengis.net/def/crs/OGC/1.3/CRS84", EPSG_4326, EPSG_3857] {
            assert!(systems.contains(&uri.into()), "{uri}");
        }
        assert_eq!(collection["storageCrs"], "http://www.opengis.net/def/crs/OGC/1.3/CRS84");
    }
}

async fn crs(it: &Interface) {
    let corner = |answer: &super::interface::Answer| {
        answer.body["features"][0]["geometry"]["coordinates"][0][0].clone()
    };
    let plain = it.items("zones", "").await;
    assert_eq!(corner(&plain), serde_json::json!(SQUARE[0]));
    let swapped = it.items("zones", &format!("?crs={EPSG_4326}")).await;
    assert_eq!(corner(&swapped), serde_json::json!([SQUARE[0][1], SQUARE[0][0]]), "latitude first");
    assert_eq!(swapped.crs, format!("<{EPSG_4326}>"));
    let metres = it.items("zones", &format!("?crs={EPSG_3857}")).await;
    assert_eq!(metres.crs, format!("<{EPSG_3857}>"));
    let (x, y) = (corner(&metres)[0].as_f64().expect("x"), corner(&metres)[1].as_f64().expect("y"));
    // By PROJ: echo "76.8 43.2" | gdaltransform -s_srs EPSG:4326 -t_srs EPSG:3857
    assert!((x - 8_549_336.89).abs() < 0.02 && (y - 5_342_463.60).abs() < 0.02, "{x} {y}");
    let one = it.get(&format!("/collections/incidents/items/{}?crs={EPSG_4326}", it.fire)).await;
    assert_eq!(one.body["geometry"]["coordinates"], serde_json::json!([43.2389, 76.8897]));
}

async fn bbox_crs(it: &Interface) {
    let plain = it.items("incidents", "?bbox=76.88,43.23,76.90,43.25").await.ids();
    let swapped = it.items("incidents", &format!("?bbox=43.23,76.88,43.25,76.90&bbox-crs={EPSG_4326}")).await;
    assert_eq!(swapped.ids(), plain);
    let metres = format!("?bbox=8558242.4,5347045.9,8560468.9,5350102.2&bbox-crs={EPSG_3857}");
    assert_eq!(it.items("incidents", &metres).await.ids(), plain);
}

/// Parameters for properties (`/rec/core/fc-filters`).
async fn filters(it: &Interface) {
    let open = it.items("incidents", "?open=true").await.ids();
    assert!(open.contains(&it.fire) && !open.contains(&it.closed));
    assert!(it.items("incidents", "?status=closed,merged").await.ids().contains(&it.closed));
    assert!(it.items("incidents", "?exercise=true").await.features().is_empty());
    let free = it.items("units", "?status=available&service=ambulance&limit=1000").await;
    assert!(!free.features().is_empty());
    assert!(free.features().iter().all(|u| u["properties"]["service"] == "ambulance"));
    assert_eq!(it.items("zones", "?mode=emergency&open=true").await.features().len(), 1);
    assert_eq!(it.items("regions", "?region=75,71").await.features().len(), 2);
}
