//! A desk with something on its map, and the interface as a client with a password sees it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::hub::desk::{Desk, PASSWORD, call, fire};
use crate::world::World;

/// An answer.
pub struct Answer {
    pub status: u16,
    pub kind: String,
    pub crs: String,
    pub challenge: String,
    pub version: awc::http::Version,
    pub body: Value,
    pub text: String,
}

impl Answer {
    pub fn features(&self) -> &[Value] {
        self.body["features"].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    pub fn ids(&self) -> Vec<String> {
        self.features().iter().map(|f| f["id"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The address of a link.
    pub fn link(&self, rel: &str) -> Option<&str> {
        self.body["links"].as_array()?.iter().find(|l| l["rel"] == rel)?["href"].as_str()
    }
}

/// The interface.
pub struct Interface {
    pub desk: Desk,
    pub root: String,
    /// Cards: a fire in Almaty, one that is closed, one without a place.
    pub fire: String,
    pub closed: String,
    pub nowhere: String,
}

/// The zone that is drawn around the fire.
pub const SQUARE: [[f64; 2]; 5] = [[76.8, 43.2], [77.0, 43.2], [77.0, 43.3], [76.8, 43.3], [76.8, 43.2]];

impl Interface {
    pub async fn open() -> Self {
        let desk = Desk::open(World::new().await).await;
        let fire = desk.message(&fire()).await;
        let closed = desk.message(&call("Сломалась рука, нужна скорая", 43.21, 76.85)).await;
        let path = format!("/api/v1/incidents/{closed}/close");
        desk.officer.change(&path, &json!({"outcome": "resolved", "note": ""})).await.expect("closed");
        let mut lost = call("Потерялся ребёнок", 43.0, 76.0);
        lost["location"] = json!({"fix": null, "address": "у реки", "source": "caller"});
        let nowhere = desk.message(&lost).await;
        let zone = json!({"name": "Дым", "mode": "emergency", "incident": fire,
            "polygon": {"type": "Polygon", "coordinates": [SQUARE]}});
        desk.officer.post("/api/v1/zones", &zone).await.expect("drawn");
        import_town(&desk);
        put_smoke(&desk);
        let root = format!("{}/ogc", desk.hub.url);
        Self { desk, root, fire, closed, nowhere }
    }

    /// Asks as the duty officer, by name and password.
    pub async fn get(&self, address: &str) -> Answer {
        self.get_as(address, Some("duty_officer")).await
    }

    /// Asks as somebody, or as nobody. An address may be whole or begin at the root.
    pub async fn get_as(&self, address: &str, name: Option<&str>) -> Answer {
        let shown = name.map(|name| format!("Basic {}", BASE64.encode(format!("{name}:{PASSWORD}"))));
        self.get_with(address, shown).await
    }

    pub async fn get_with(&self, address: &str, authorization: Option<String>) -> Answer {
        let url =
            if address.starts_with("http") { address.to_owned() } else { format!("{}{address}", self.root) };
        let client = awc::Client::builder().timeout(std::time::Duration::from_secs(60)).finish();
        let mut request = client.get(&url).insert_header(("Accept-Language", "en"));
        if let Some(shown) = authorization {
            request = request.insert_header(("Authorization", shown));
        }
        let mut response = request.send().await.expect("an answer");
        let header = |name: &str| {
            response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
        };
        let (kind, crs, challenge) =
            (header("content-type"), header("content-crs"), header("www-authenticate"));
        let (status, version) = (response.status().as_u16(), response.version());
        let bytes = response.body().limit(64 << 20).await.expect("a body");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_str(&text).unwrap_or_default();
        Answer { status, kind, crs, challenge, version, body, text }
    }

    /// A page of a collection.
    pub async fn items(&self, collection: &str, query: &str) -> Answer {
        self.get(&format!("/collections/{collection}/items{query}")).await
    }

    /// All features of a collection, by its links.
    pub async fn all(&self, collection: &str) -> Vec<Value> {
        let mut page = self.items(collection, "?limit=50").await;
        let mut all = page.features().to_vec();
        while let Some(next) = page.link("next").map(str::to_owned) {
            page = self.get(&next).await;
            assert!(!page.features().is_empty(), "a next page has features");
            all.extend_from_slice(page.features());
        }
        all
    }

    /// The parameters of the page of a collection, as the OpenAPI document has them.
    pub async fn parameter(&self, collection: &str, name: &str) -> Value {
        let document = self.get("/api").await.body;
        let path = format!("/collections/{collection}/items");
        let parameters = document["paths"][&path]["get"]["parameters"].as_array().cloned();
        let resolved = parameters.into_iter().flatten().map(|p| match p["$ref"].as_str() {
            Some(to) => document.pointer(to.trim_start_matches('#')).cloned().unwrap_or_default(),
            None => p,
        });
        resolved.into_iter().find(|p| p["name"] == name).unwrap_or_else(|| panic!("{path} has {name}"))
    }
}

/// Brings the small town of the demonstration into force.
pub fn import_town(desk: &Desk) {
    let town = concat!(env!("CARGO_MANIFEST_DIR"), "/gis/demo/town.osm.pbf");
    let import = desk.hub.run(&["gis", "import", "osm", town]);
    assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
}

/// Puts a layer of perimeters on the map by the command line: two areas, and outdated since an hour.
fn put_smoke(desk: &Desk) {
    let square = |west: f64| {
        let (east, south, north) = (west + 0.05, 43.2, 43.3);
        json!([[[west, south], [east, south], [east, north], [west, north], [west, south]]])
    };
    let area = |west| {
        let geometry = json!({"type": "Polygon", "coordinates": square(west)});
        json!({"type": "Feature", "properties": {"name": "Дым"}, "geometry": geometry})
    };
    let layer = json!({"type": "FeatureCollection", "features": [area(76.88), area(77.4)]});
    let file = desk.world.dir.join("smoke.geojson");
    std::fs::write(&file, layer.to_string()).expect("a file");
    let ago = |hours| (jiff::Timestamp::now() - jiff::SignedDuration::from_hours(hours)).to_string();
    let (file, seen, until) = (file.display().to_string(), ago(3), ago(1));
    let mut said = vec!["gis", "import", "layer", &file, "--id", "smoke", "--kind", "chemical"];
    said.extend([
        "--name",
        "Дым",
        "--source",
        "Казгидромет",
        "--observed-at",
        &seen,
        "--valid-until",
        &until,
    ]);
    let put = desk.hub.run(&said);
    assert!(put.status.success(), "{}", String::from_utf8_lossy(&put.stderr));
}

/// The collections that a duty officer reads.
pub const COLLECTIONS: [&str; 7] = ["incidents", "units", "zones", "regions", "roads", "objects", "hazards"];
