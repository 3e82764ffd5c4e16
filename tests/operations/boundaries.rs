//! Borders come into force under a running hub, all of them or none.

use geo::{BooleanOps, MultiPolygon, Rect};
use geojson::{Feature, FeatureCollection, GeoJson, GeometryValue};
use hub112::spatial::territory::{Fields, Layer};
use hub112::store::account::Role;
use serde_json::Value;

use crate::api::asking::{Asker, House, LONG};
use crate::world::{World, wait_until};

const REGIONS: &str = include_str!("../../gis/regions.geojson");
const WHOSE: [&str; 4] = ["--attribution", "© somebody", "--licence", "CC-BY-4.0"];

fn feature(kato: &str, border: &MultiPolygon) -> Feature {
    let mut feature = Feature::from(geojson::Geometry::new(GeometryValue::from(border)));
    for (name, value) in [("kato", kato), ("kk", "Аудан"), ("ru", "Район"), ("en", "District")] {
        feature.set_property(name, value);
    }
    feature
}

/// Two districts that share Almaty at a meridian; the eastern one begins `gap` degrees later.
fn districts(gap: f64) -> String {
    let regions = Layer::from_geojson(REGIONS, Fields::OWN).expect("regions");
    let almaty = regions.areas().iter().find(|a| a.kato.as_str() == "750000000").expect("Almaty");
    let west = Rect::new((70.0, 40.0), (76.9, 50.0)).to_polygon();
    let east = Rect::new((76.9 + gap, 40.0), (80.0, 50.0)).to_polygon();
    let features = vec![
        feature("751110000", &almaty.border.intersection(&MultiPolygon::from(west))),
        feature("751210000", &almaty.border.intersection(&MultiPolygon::from(east))),
    ];
    GeoJson::from(FeatureCollection { bbox: None, features, foreign_members: None }).to_string()
}

fn file(world: &World, name: &str, text: &str) -> String {
    let path = world.dir.join(name);
    std::fs::write(&path, text).expect("written");
    path.display().to_string()
}

/// Imports, and gives the exit code and all that was said.
fn import(house: &House, arguments: &[&str]) -> (Option<i32>, String) {
    let mut all = vec!["gis", "import", "boundaries"];
    all.extend(arguments);
    all.extend(WHOSE);
    let output = house.hub.run(&all);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

async fn known(asel: &Asker) -> Vec<Value> {
    let answer = asel.get("/territories?level=district").await.expect(200);
    answer["features"].as_array().cloned().unwrap_or_default()
}

#[actix_web::test]
async fn borders_are_imported_under_a_running_hub_and_faults_are_named_and_change_nothing() {
    let house = House::open().await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    assert_eq!(known(&asel).await.len(), 0, "no districts are shipped");

    let regions = file(&house.world, "regions.geojson", REGIONS);
    let gaping = file(&house.world, "gaping.geojson", &districts(0.01));
    let (code, said) = import(&house, &[&gaping]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("import the regions first"), "{said}");
    let (code, said) = import(&house, &[&regions, &gaping]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains(
            "город Алматы (750000000): land of the region is in none of its districts around longitude 76.90"
        ),
        "{said}"
    );

    let sound = file(&house.world, "sound.geojson", &districts(0.0));
    let (code, said) = import(&house, &[&regions, &sound, "--dry-run"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("22 codes are new, 0 go, 0 change") && said.contains("nothing was changed"),
        "{said}"
    );
    let count = "SELECT count(*) FROM territory";
    let client = house.pool.get().await.expect("a connection");
    assert_eq!(client.query_one(count, &[]).await.expect("a count").get::<_, i64>(0), 0);

    let (code, said) = import(&house, &[&regions, &sound]);
    assert_eq!(code, Some(0), "{said}");
    wait_until("the hub knows the districts", LONG, async || known(&asel).await.len() == 2).await;
    let here = asel.get("/gazetteer/here?lat=43.25&lon=76.95").await.expect(200);
    assert_eq!(here["district"], "751210000", "{here}");

    let (code, said) = import(&house, &[&regions, &sound]);
    assert_eq!((code, said.contains("in force already")), (Some(0), true), "{said}");
    let bow = sound_with_a_bow();
    let (code, said) = import(&house, &[&file(&house.world, "bow.geojson", &bow)]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("bow.geojson, feature 2 (Район, 751210000): the border crosses itself"), "{said}");
    let nineteen = REGIONS.parse::<GeoJson>().map(|all| match all {
        GeoJson::FeatureCollection(mut all) => {
            all.features.retain(|f| f.property("kato").and_then(Value::as_str) != Some("710000000"));
            GeoJson::from(all).to_string()
        }
        _ => panic!("a collection"),
    });
    let fewer = file(&house.world, "fewer.geojson", &nineteen.expect("regions"));
    let (code, said) = import(&house, &[&fewer]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("(71): the region is not in the file"), "{said}");
    let rows = "SELECT count(*), count(DISTINCT import) FROM territory";
    let row = client.query_one(rows, &[]).await.expect("a count");
    assert_eq!(
        (row.get::<_, i64>(0), row.get::<_, i64>(1)),
        (22, 1),
        "all of the sound import, and nothing else"
    );
}

fn sound_with_a_bow() -> String {
    let bow = geo::wkt!(MULTIPOLYGON(((76.8 43.2,76.9 43.3,76.9 43.2,76.8 43.3,76.8 43.2))));
    let west = geo::wkt!(MULTIPOLYGON(((76.8 43.2,76.9 43.2,76.9 43.3,76.8 43.2))));
    let features = vec![feature("751110000", &west), feature("751210000", &bow)];
    GeoJson::from(FeatureCollection { bbox: None, features, foreign_members: None }).to_string()
}
