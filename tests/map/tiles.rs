//! Vector tiles over HTTP: they live, they are read by a decoder of others, and they show to each what is theirs.

use std::collections::BTreeMap;
use std::time::Duration;

use mvt_reader::Reader;
use mvt_reader::feature::{Feature, Value};
use serde_json::json;

use super::interface::Interface;
use crate::hub::desk::{LONG, PASSWORD};
use crate::world::wait_until;

/// A tile as it came.
pub struct Tile {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub bytes: Vec<u8>,
}

impl Tile {
    pub fn features(&self) -> Vec<Feature<i32>> {
        if self.bytes.is_empty() {
            return Vec::new();
        }
        Reader::new(self.bytes.clone()).expect("a tile").get_features_as(0).expect("features")
    }

    /// What it says as text.
    pub fn texts_of_body(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn texts(&self, key: &str) -> Vec<String> {
        let of = |f: &Feature<i32>| match f.properties.as_ref()?.get(key)? {
            Value::String(text) => Some(text.clone()),
            _ => None,
        };
        self.features().iter().filter_map(of).collect()
    }
}

pub async fn token(it: &Interface, name: &str) -> String {
    it.desk.token(name).await
}

pub async fn ask(it: &Interface, token: &str, path: &str, more: &[(&str, &str)]) -> Tile {
    let client = awc::Client::builder().timeout(Duration::from_secs(60)).finish();
    let mut request = client
        .get(format!("{}/api/v1/tiles/{path}", it.desk.hub.url))
        .no_decompress()
        .insert_header(("Authorization", format!("Bearer {token}")));
    for (name, value) in more {
        request = request.insert_header((*name, *value));
    }
    let mut response = request.send().await.expect("an answer");
    let headers =
        response.headers().iter().filter_map(|(n, v)| Some((n.to_string(), v.to_str().ok()?.to_owned())));
    let headers = headers.collect();
    let status = response.status().as_u16();
    let bytes = response.body().limit(16 << 20).await.expect("a body").to_vec();
    Tile { status, headers, bytes }
}

/// Almaty at zoom 10, and a place in the sea.
const ALMATY: &str = "10/730/375";
const NOWHERE: &str = "10/0/500";

#[actix_web::test]
async fn a_tile_shows_what_is_there_and_is_sent_again_only_when_it_has_changed() {
    let it = Interface::open().await;
    let officer = token(&it, "duty_officer").await;

    let incidents = ask(&it, &officer, &format!("incidents/{ALMATY}"), &[]).await;
    assert_eq!(
        (incidents.status, incidents.headers["content-type"].as_str()),
        (200, "application/vnd.mapbox-vector-tile")
    );
    assert_eq!(
        incidents.texts("id"),
        std::slice::from_ref(&it.fire),
        "the closed one and the one without a place are not drawn"
    );
    let zones = ask(&it, &officer, &format!("zones/{ALMATY}"), &[]).await;
    assert_eq!(zones.texts("name"), ["Дым"]);
    let borders = ask(&it, &officer, &format!("boundaries/{ALMATY}"), &[]).await;
    assert!(borders.texts("region").contains(&"75".to_owned()));

    let path = format!("units/{ALMATY}");
    let units = ask(&it, &officer, &path, &[]).await;
    let known = it.desk.all("/api/v1/units").await;
    let [west, south, east, north] =
        hub112::spatial::tiles::Square::new(10, 730, 375).expect("a tile").bounds();
    let mut expected: Vec<String> = known
        .iter()
        .filter(|u| {
            let place = |axis: &str| u["position"]["point"][axis].as_f64().expect("a place");
            (west..=east).contains(&place("lon")) && (south..=north).contains(&place("lat"))
        })
        .map(|u| u["id"].as_str().expect("an id").to_owned())
        .collect();
    let mut drawn = units.texts("id");
    expected.sort();
    drawn.sort();
    assert!(!drawn.is_empty());
    assert_eq!(drawn, expected);

    // As it was.
    let tag = units.headers["etag"].clone();
    let again = ask(&it, &officer, &path, &[("If-None-Match", &tag)]).await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    let packed = ask(&it, &officer, &path, &[("Accept-Encoding", "gzip, br")]).await;
    assert_eq!(packed.headers["content-encoding"], "gzip");
    assert!(packed.bytes.len() < units.bytes.len());
    assert!(!units.headers.contains_key("content-encoding"));

    // A unit moves away: soon the tile is another.
    let one = known.iter().find(|u| u["id"] == drawn[0].as_str()).expect("a unit");
    let moved = json!({"region": "75", "service": one["service"], "positions": [{"unit": drawn[0], "position": {
        "point": {"lat": 43.95, "lon": 77.9}, "at": jiff::Timestamp::now(), "source": "avl", "accuracy": null}}]});
    it.desk.admin.post("/api/v1/positions", &moved).await.expect("moved");
    let gone = drawn[0].clone();
    wait_until("the tile shows that the unit has gone", LONG, async || {
        let tile = ask(&it, &officer, &path, &[("If-None-Match", &tag)]).await;
        tile.status == 200 && !tile.texts("id").contains(&gone)
    })
    .await;

    // An incident is closed: soon it is not drawn.
    let close = format!("/api/v1/incidents/{}/close", it.fire);
    it.desk.officer.change(&close, &json!({"outcome": "resolved", "note": ""})).await.expect("closed");
    wait_until("the closed incident is not drawn", LONG, async || {
        ask(&it, &officer, &format!("incidents/{ALMATY}"), &[]).await.status == 204
    })
    .await;

    let nothing = ask(&it, &officer, &format!("units/{NOWHERE}"), &[]).await;
    assert_eq!((nothing.status, nothing.bytes.len()), (204, 0));
    for bad in ["units/23/0/0", "units/3/8/0", "units/3/0/8"] {
        assert_eq!(ask(&it, &officer, bad, &[]).await.status, 404, "{bad}");
    }
    for bad in ["units/x/0/0", "rivers/3/0/0", "units/3/-1/0"] {
        let refused = ask(&it, &officer, bad, &[]).await;
        assert!(refused.status == 404 || refused.status == 400, "{bad}: {}", refused.status);
        assert_eq!(refused.headers["content-type"], "application/problem+json", "{bad}");
    }
}

#[actix_web::test]
async fn a_tile_shows_to_each_what_is_theirs() {
    let it = Interface::open().await;
    for arguments in [
        ["account", "put", "ambulance", "--role", "agency", "--region", "75", "--service", "ambulance"]
            .as_slice(),
        &["account", "put", "elsewhere", "--role", "manager", "--region", "71"],
    ] {
        assert!(it.desk.hub.run_with(arguments, PASSWORD).status.success());
    }
    let (officer, agency) = (token(&it, "duty_officer").await, token(&it, "ambulance").await);
    let elsewhere = token(&it, "elsewhere").await;
    let path = format!("units/{ALMATY}");
    // The desk first: what is kept for it must not be given to the others.
    let all = ask(&it, &officer, &path, &[]).await.texts("service");
    assert!(all.iter().any(|service| service != "ambulance"));
    let own = ask(&it, &agency, &path, &[]).await.texts("service");
    assert!(!own.is_empty() && own.iter().all(|service| service == "ambulance"), "{own:?}");
    for layer in ["units", "incidents", "zones"] {
        let seen = ask(&it, &elsewhere, &format!("{layer}/{ALMATY}"), &[]).await;
        assert_eq!(seen.status, 204, "{layer}: a manager of another region sees nothing of this one");
    }
    for layer in ["incidents", "zones"] {
        for address in [layer.to_owned(), format!("{layer}/{ALMATY}")] {
            assert_eq!(ask(&it, &agency, &address, &[]).await.status, 403, "{address}");
        }
    }
    assert_eq!(ask(&it, &agency, &format!("boundaries/{ALMATY}"), &[]).await.status, 200);
}

#[actix_web::test]
async fn every_layer_is_described_and_says_what_its_tiles_say() {
    let it = Interface::open().await;
    let officer = token(&it, "duty_officer").await;
    for layer in
        ["boundaries", "units", "incidents", "zones", "roads", "places", "objects", "addresses", "hazards"]
    {
        let told = ask(&it, &officer, layer, &[]).await;
        let told: serde_json::Value = serde_json::from_slice(&told.bytes).expect("JSON");
        assert_eq!(told["tilejson"], "3.0.0");
        let tiles = told["tiles"][0].as_str().expect("an address");
        let (tiles, _) = tiles.split_once('?').unwrap_or((tiles, ""));
        assert_eq!(tiles, format!("{}/api/v1/tiles/{layer}/{{z}}/{{x}}/{{y}}", it.desk.hub.url));
        assert_eq!(told["bounds"].as_array().map(Vec::len), Some(4));
        let fields = told["vector_layers"][0]["fields"].as_object().expect("fields");
        for zoom in ["5/22/11", ALMATY, "14/11691/6004"] {
            for feature in ask(&it, &officer, &format!("{layer}/{zoom}"), &[]).await.features() {
                let said = feature.properties.expect("properties");
                let unknown: Vec<&String> = said.keys().filter(|key| !fields.contains_key(*key)).collect();
                assert!(unknown.is_empty(), "{layer} {zoom}: {unknown:?}");
            }
        }
    }
}

#[actix_web::test]
async fn a_perimeter_that_is_outdated_says_so_in_its_tile_and_another_picture_is_another_edition() {
    let it = Interface::open().await;
    let officer = token(&it, "duty_officer").await;
    let edition = async || {
        let told: serde_json::Value =
            serde_json::from_slice(&ask(&it, &officer, "hazards", &[]).await.bytes).expect("JSON");
        told["tiles"][0].as_str().expect("an address").to_owned()
    };
    let tile = ask(&it, &officer, &format!("hazards/{ALMATY}"), &[]).await;
    let told: Vec<_> = tile.features().into_iter().filter_map(|f| f.properties).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(tile.texts("kind"), ["chemical"]);
    assert!(matches!(told[0].get("outdated"), Some(Value::Bool(true))), "{told:?}");
    let before = edition().await;
    let removed = it.desk.hub.run(&["gis", "remove-layer", "smoke"]);
    assert!(removed.status.success(), "{}", String::from_utf8_lossy(&removed.stderr));
    wait_until("another edition", LONG, async || edition().await != before).await;
    assert_eq!(ask(&it, &officer, &format!("hazards/{ALMATY}"), &[]).await.status, 204);
}
