//! The ground of the map out of an import: roads, places, objects and house numbers as tiles, thinned by zoom, kept for
//! an edition, with whose data it is; the style that draws them; and roads and objects as features.

use hub112::domain::quantities::Point;
use hub112::spatial::tiles::Square;
use serde_json::{Value, json};

use super::interface::{Interface, import_town};
use super::tiles::{Tile, ask, token};
use crate::hub::desk::LONG;
use crate::world::wait_until;

/// The middle of the town that does not exist.
fn middle(z: u8) -> String {
    let (z, x, y) = Square::of(Point::new(43.2389, 76.8897).expect("a point"), z).address();
    format!("{z}/{x}/{y}")
}

/// What the texts of a property are in the middle and all around it.
async fn around(it: &Interface, token: &str, layer: &str, z: u8, key: &str) -> Vec<String> {
    let (z, x, y) = Square::of(Point::new(43.2389, 76.8897).expect("a point"), z).address();
    let mut texts = Vec::new();
    for (x, y) in (x - 1..=x + 1).flat_map(|x| (y - 1..=y + 1).map(move |y| (x, y))) {
        texts.extend(ask(it, token, &format!("{layer}/{z}/{x}/{y}"), &[]).await.texts(key));
    }
    distinct(texts)
}

async fn tile(it: &Interface, token: &str, layer: &str, z: u8) -> Tile {
    ask(it, token, &format!("{layer}/{}", middle(z)), &[]).await
}

fn distinct(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts.dedup();
    texts
}

#[actix_web::test]
async fn a_map_of_the_land_shows_main_roads_from_afar_and_every_house_near_by() {
    let it = Interface::open().await;
    let officer = token(&it, "duty_officer").await;
    let shown = async |layer, z, key| around(&it, &officer, layer, z, key).await;

    assert_eq!(shown("roads", 5, "class").await, ["trunk"]);
    assert_eq!(shown("roads", 8, "class").await, ["primary", "trunk"]);
    let near = shown("roads", 14, "class").await;
    for class in ["residential", "pedestrian", "tertiary", "secondary", "primary", "service"] {
        assert!(near.contains(&class.to_owned()), "{class} in {near:?}");
    }
    assert_eq!(
        shown("roads", 10, "name_kk").await,
        Vec::<String>::new(),
        "no names where nobody could read them"
    );
    let names = shown("roads", 13, "name_kk").await;
    for name in ["Бәйтерек даңғылы", "Үлгі даңғылы", "Жүзім көшесі"] {
        assert!(names.contains(&name.to_owned()), "{name} in {names:?}");
    }
    // A street of eight pieces is one line, so that its name stands once.
    let grapes = tile(&it, &officer, "roads", 12).await.texts("name_kk");
    assert!(grapes.iter().filter(|name| *name == "Жүзім көшесі").count() <= 1, "{grapes:?}");

    assert_eq!(shown("land_cover", 3, "kind").await, Vec::<String>::new());
    assert_eq!(shown("land_cover", 9, "kind").await, ["forest", "water"], "a park is seen nearer");
    assert_eq!(shown("land_cover", 12, "kind").await, ["forest", "park", "water"]);
    assert!(shown("land_cover", 12, "name_kk").await.contains(&"Айнакөл".to_owned()));

    assert_eq!(shown("places", 5, "name_kk").await, Vec::<String>::new());
    assert_eq!(shown("places", 8, "name_kk").await, ["Үлгіқала"]);
    assert!(shown("places", 12, "name_kk").await.contains(&"Шұғыла шағынауданы".to_owned()));

    assert_eq!(shown("objects", 9, "kind").await, Vec::<String>::new());
    assert_eq!(
        shown("objects", 11, "kind").await,
        ["ambulance_station", "fire_station", "hazardous", "hospital", "police"]
    );
    assert!(!shown("objects", 14, "kind").await.contains(&"hydrant".to_owned()));
    assert!(shown("objects", 15, "kind").await.contains(&"hydrant".to_owned()));
    assert_eq!(tile(&it, &officer, "addresses", 15).await.status, 204);
    assert!(shown("addresses", 16, "street").await.contains(&"проспект Примерный".to_owned()));
}

#[actix_web::test]
async fn a_lake_of_two_outlines_is_one_area_and_its_island_is_no_water() {
    let it = Interface::open().await;
    let officer = token(&it, "duty_officer").await;
    // The middle of the island, and a place in the lake beside it.
    let (island, lake) = ((43.2161, 76.8797), (43.2161, 76.8747));
    let z = 13;
    let square = Square::of(Point::new(island.0, island.1).expect("a point"), z);
    let (_, x, y) = square.address();
    let water = ask(&it, &officer, &format!("land_cover/{z}/{x}/{y}"), &[]).await;
    let wet = |(lat, lon): (f64, f64)| {
        let (east, south) = in_square(lat, lon, (z, x, y));
        let at = geo::Point::new(east, south);
        water.features().iter().any(|f| {
            let water = matches!(f.properties.as_ref().and_then(|p| p.get("kind")),
                Some(mvt_reader::feature::Value::String(kind)) if kind == "water");
            let area = match &f.geometry {
                geo::Geometry::Polygon(one) => geo::MultiPolygon::from(one.clone()),
                geo::Geometry::MultiPolygon(all) => all.clone(),
                _ => return false,
            };
            use geo::{Contains, MapCoords};
            let area = area.map_coords(|c| geo::coord! { x: f64::from(c.x), y: f64::from(c.y) });
            water && area.contains(&at)
        })
    };
    assert!(wet(lake), "the lake");
    assert!(!wet(island), "its island");
}

/// Steps east and south within a square (Web Mercator, 4096 steps).
fn in_square(lat: f64, lon: f64, (z, x, y): (u8, u32, u32)) -> (f64, f64) {
    let across = f64::from(z).exp2();
    let north = (std::f64::consts::FRAC_PI_4 + lat.to_radians() / 2.0).tan().ln();
    let east = (lon + 180.0) / 360.0 * across - f64::from(x);
    let south = (1.0 - north / std::f64::consts::PI) / 2.0 * across - f64::from(y);
    (east * 4096.0, south * 4096.0)
}

#[actix_web::test]
async fn a_one_way_street_runs_as_it_is_driven() {
    let it = Interface::open().await;
    let officer = token(&it, "duty_officer").await;
    let east_of = |tile: &Tile, name: &str| {
        let street = tile.features().into_iter().find(|f| {
            let says = f.properties.as_ref().and_then(|p| p.get("name_ru"));
            matches!(says, Some(mvt_reader::feature::Value::String(text)) if text == name)
        });
        let street = street.unwrap_or_else(|| panic!("{name}"));
        let line = match street.geometry {
            geo::Geometry::LineString(line) => line,
            geo::Geometry::MultiLineString(lines) => lines.0[0].clone(),
            other => panic!("{other:?}"),
        };
        line.0[line.0.len() - 1].x - line.0[0].x
    };
    let tile = tile(&it, &officer, "roads", 13).await;
    // Both lines are drawn from west to east; the second is driven against its line.
    assert!(east_of(&tile, "улица Виноградная") > 0);
    assert!(east_of(&tile, "улица Малиновая") < 0);
}

#[actix_web::test]
async fn a_tile_of_the_land_is_kept_for_its_edition_and_no_longer() {
    let it = Interface::open().await;
    let officer = token(&it, "duty_officer").await;
    let told = ask(&it, &officer, "roads", &[]).await;
    let told: Value = serde_json::from_slice(&told.bytes).expect("JSON");
    assert_eq!(told["attribution"], "© OpenStreetMap contributors (ODbL)");
    assert_eq!(told["maxzoom"], 16);
    let edition =
        told["tiles"][0].as_str().and_then(|tiles| tiles.split("?edition=").nth(1)).expect("an edition");

    let plain = tile(&it, &officer, "roads", 14).await;
    assert_eq!(plain.headers["cache-control"], "private, no-cache");
    let tag = plain.headers["etag"].clone();
    let path = format!("roads/{}", middle(14));
    let again = ask(&it, &officer, &path, &[("If-None-Match", &tag)]).await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    let named = ask(&it, &officer, &format!("{path}?edition={edition}"), &[]).await;
    assert_eq!(named.headers["cache-control"], "private, max-age=604800, immutable");
    assert_eq!(named.bytes, plain.bytes);
    let packed = ask(&it, &officer, &path, &[("Accept-Encoding", "gzip")]).await;
    assert_eq!(packed.headers["content-encoding"], "gzip");

    // A new import, though of the same file, is another edition.
    let town = concat!(env!("CARGO_MANIFEST_DIR"), "/gis/demo/town.osm.pbf");
    let import = it.desk.hub.run(&["gis", "import", "osm", town, "--again"]);
    assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
    crate::world::wait_until("the new edition is given", crate::hub::desk::LONG, async || {
        let now = ask(&it, &officer, &path, &[("If-None-Match", &tag)]).await;
        now.status == 200 && now.headers["etag"] != tag
    })
    .await;
    let stale = ask(&it, &officer, &format!("{path}?edition={edition}"), &[]).await;
    assert_eq!(stale.headers["cache-control"], "private, no-cache", "an edition of before is not kept");
}

#[actix_web::test]
async fn everybody_with_an_account_sees_the_land_and_nobody_else() {
    let it = Interface::open().await;
    let put = ["account", "put", "ambulance", "--role", "agency", "--region", "75", "--service", "ambulance"];
    assert!(it.desk.hub.run_with(&put, crate::hub::desk::PASSWORD).status.success());
    let agency = token(&it, "ambulance").await;
    for layer in ["land_cover", "roads", "places", "objects"] {
        assert_eq!(tile(&it, &agency, layer, 13).await.status, 200, "{layer}");
        assert_eq!(tile(&it, "no token", layer, 13).await.status, 401, "{layer}");
    }
    let style = ask(&it, &agency, "styles/day", &[]).await;
    let style: Value = serde_json::from_slice(&style.bytes).expect("JSON");
    let sources: Vec<&String> = style["sources"].as_object().expect("sources").keys().collect();
    assert_eq!(
        sources,
        ["addresses", "boundaries", "hazards", "land_cover", "objects", "places", "roads", "units"]
    );
}

#[actix_web::test]
async fn the_style_names_tiles_that_are_there_and_whose_they_are() {
    let it = Interface::open().await;
    let officer = token(&it, "duty_officer").await;
    for (theme, language, field) in [("day", "kk", "name_kk"), ("night", "ru", "name_ru")] {
        let told = ask(&it, &officer, &format!("styles/{theme}?language={language}"), &[]).await;
        assert_eq!(told.status, 200);
        let style: Value = serde_json::from_slice(&told.bytes).expect("JSON");
        assert_eq!(style["version"], 8);
        assert_eq!(style["sources"]["roads"]["attribution"], "© OpenStreetMap contributors (ODbL)");
        let layers = style["layers"].as_array().expect("layers");
        let names = layers.iter().find(|layer| layer["id"] == "road-names").expect("names of roads");
        assert_eq!(names["layout"]["text-field"], json!(["get", field]));
        for layer in layers.iter().filter(|layer| !layer["source"].is_null()) {
            let source = layer["source"].as_str().expect("a source");
            let tiles = style["sources"][source]["tiles"][0].as_str().expect("an address");
            let (_, path) = tiles.split_once("/api/v1/tiles/").expect("of the hub");
            let path = path.replace("{z}/{x}/{y}", &middle(13));
            let status = ask(&it, &officer, &path, &[]).await.status;
            assert!(status == 200 || status == 204, "{path}: {status}");
        }
        let body = told.texts_of_body();
        let (all, own) = (body.matches("\"http").count(), format!("\"{}/", it.desk.hub.url));
        assert_eq!(body.matches(&own).count(), all, "nothing is fetched from elsewhere: {body}");
    }
    let dusk = ask(&it, &officer, "styles/dusk", &[]).await.status;
    assert!(dusk == 400 || dusk == 404, "{dusk}");
}

#[actix_web::test]
async fn roads_and_objects_are_features_by_place_and_property() {
    let it = Interface::open().await;
    let found = it.items("roads", "?class=trunk&limit=1000").await;
    assert!(!found.features().is_empty());
    assert!(
        found
            .features()
            .iter()
            .all(|f| f["properties"]["ref"] == "A-3" && f["geometry"]["type"] == "LineString")
    );
    let one_way = it.items("roads", "?oneway=true&limit=1000").await;
    let driven: Vec<&Value> =
        one_way.features().iter().filter(|f| f["properties"]["name_ru"] == "улица Малиновая").collect();
    for road in &driven {
        let line = road["geometry"]["coordinates"].as_array().expect("a line");
        assert!(line[0][0].as_f64() > line[line.len() - 1][0].as_f64(), "driven westwards");
    }
    assert_eq!(driven.len(), 8);

    let dangerous = it.items("objects", "?kind=hazardous").await;
    assert_eq!(dangerous.features().len(), 1);
    assert_eq!(dangerous.features()[0]["properties"]["name_kk"], "Аммиак қоймасы");
    let nowhere = it.items("objects", "?bbox=10,10,11,11").await;
    assert!(nowhere.features().is_empty());
    for bad in ["x", "1", "1-02"] {
        assert_eq!(it.get(&format!("/collections/roads/items?cursor={bad}")).await.status, 400, "{bad}");
        assert_eq!(it.get(&format!("/collections/objects/items/{bad}")).await.status, 404, "{bad}");
    }
    // Once more: nothing changes, and nothing is refused.
    import_town(&it.desk);
}

/// A city's extract beside its country's: what stands in both is one thing for whoever counts it.
#[actix_web::test]
async fn what_two_imports_have_in_common_is_given_away_once() {
    let it = Interface::open().await;
    let officer = token(&it, "duty_officer").await;
    let counts = async || {
        let mut counts = Vec::new();
        for collection in ["roads", "objects"] {
            let page = it.items(collection, "?limit=10000").await.body;
            counts.push(page["numberMatched"].as_u64().expect("a number"));
            assert_eq!(page["numberMatched"], page["numberReturned"], "{collection}");
        }
        counts
    };
    let (z, x, y) = Square::of(Point::new(43.2389, 76.8897).expect("a point"), 13).address();
    let objects = async || ask(&it, &officer, &format!("objects/{z}/{x}/{y}"), &[]).await;
    let (before, drawn) = (counts().await, objects().await);
    assert!(before.iter().all(|count| *count > 0) && !drawn.texts("element").is_empty());

    let town = concat!(env!("CARGO_MANIFEST_DIR"), "/gis/demo/town.osm.pbf");
    let import = it.desk.hub.run(&["gis", "import", "osm", town, "--source", "country"]);
    assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
    assert_eq!(counts().await, before);
    wait_until("the tile is of the new edition", LONG, async || {
        objects().await.headers.get("etag") != drawn.headers.get("etag")
    })
    .await;
    let sorted = |tile: &Tile| {
        let mut texts = tile.texts("element");
        texts.sort();
        texts
    };
    assert_eq!(sorted(&objects().await), sorted(&drawn));
}

/// A map of another program asks for letters and pictures by the addresses of the style, and without an account.
#[actix_web::test]
async fn letters_and_pictures_of_the_style_are_there_for_everybody() {
    let it = Interface::open().await;
    let shown = token(&it, "duty_officer").await;
    let style = ask(&it, &shown, "styles/night?language=kk", &[]).await;
    let style: Value = serde_json::from_slice(&style.bytes).expect("a style");
    let of = |address: &str| format!("{}/api/v1/tiles/{address}", it.desk.hub.url);
    assert_eq!(style["sprite"], of("sprites/night"));
    assert_eq!(style["glyphs"], of("glyphs/{fontstack}/{range}.pbf"));
    for (address, kind) in [
        ("glyphs/Noto%20Sans/1024-1279.pbf", "application/x-protobuf"),
        ("glyphs/Noto%20Sans/2304-2559.pbf", "application/x-protobuf"),
        ("sprites/night.json", "application/json"),
        ("sprites/night@2x.png", "image/png"),
    ] {
        let answer = it.get_as(&of(address), None).await;
        assert_eq!((answer.status, answer.kind.as_str()), (200, kind), "{address}");
    }
    for wrong in ["glyphs/Arial/0-255.pbf", "glyphs/Noto%20Sans/0-1.pbf", "sprites/dusk.png"] {
        assert_eq!(it.get_as(&of(wrong), None).await.status, 404, "{wrong}");
    }
}
