//! Programs of others against the live hub: GDAL, whose driver QGIS and `ogr2ogr` read with, and OWSLib. `ops/test`
//! prepares both and names them.

use std::process::Command;

use super::interface::{COLLECTIONS, Interface};
use crate::hub::desk::PASSWORD;
use crate::world::foreign;

/// Runs a program to its end without holding up the test's own runtime.
async fn run(mut command: Command) -> String {
    let run = actix_rt::task::spawn_blocking(move || command.output());
    let output = run.await.expect("a thread").expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && !wrong.contains("ERROR"), "{said}\n{wrong}");
    said
}

/// `ogrinfo` or `ogr2ogr`, with the duty officer's name and password.
fn gdal(program: &str, it: &Interface) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(&it.desk.world.dir)
        .args(["--config", "GDAL_HTTP_USERPWD", &format!("duty_officer:{PASSWORD}")])
        .args(["-oo", &format!("USERPWD=duty_officer:{PASSWORD}")]);
    command
}

fn source(it: &Interface) -> String {
    format!("OAPIF:{}", it.root)
}

#[actix_web::test]
async fn gdal_lists_the_layers_counts_their_features_and_takes_them_away() {
    if !foreign::installed("ogrinfo") {
        return;
    }
    let it = Interface::open().await;
    let source = source(&it);

    let mut list = gdal("ogrinfo", &it);
    list.args(["-ro", &source]);
    let layers = run(list).await;
    for collection in COLLECTIONS {
        assert!(layers.contains(collection), "{layers}");
    }

    for collection in COLLECTIONS {
        let mut count = gdal("ogrinfo", &it);
        count.args(["-ro", "-so", &source, collection]);
        let told = run(count).await;
        let all = it.all(collection).await.len();
        assert!(told.contains(&format!("Feature Count: {all}")), "{collection} has {all}: {told}");
    }

    // Page by page into a file of another format, with a box and a condition that the driver hands on to the hub.
    let mut copy = gdal("ogr2ogr", &it);
    copy.args(["-f", "GeoJSON", "units.geojson", "-oo", "PAGE_SIZE=7", &source, "units"]);
    run(copy).await;
    let copied = std::fs::read_to_string(it.desk.world.dir.join("units.geojson")).expect("the copy");
    let copied: serde_json::Value = serde_json::from_str(&copied).expect("JSON");
    assert_eq!(copied["features"].as_array().map(Vec::len), Some(it.all("units").await.len()));

    let mut box_of = gdal("ogrinfo", &it);
    box_of.args(["-ro", "-so", "-spat", "76.88", "43.23", "76.90", "43.25"]);
    box_of.args(["-where", "status = 'open'", &source, "incidents"]);
    let told = run(box_of).await;
    let near = it.items("incidents", "?bbox=76.88,43.23,76.90,43.25&status=open").await;
    // Whether it takes the features without a place, which the standard has in every box, is the driver's affair.
    let all = near.features().len();
    let placed = near.features().iter().filter(|f| !f["geometry"].is_null()).count();
    let counts = [all, placed].map(|count| format!("Feature Count: {count}\n"));
    assert!(placed > 0 && counts.iter().any(|count| told.contains(count)), "{placed} or {all}: {told}");
}

#[actix_web::test]
async fn gdal_takes_the_roads_into_a_file_of_its_own() {
    if !foreign::installed("ogrinfo") {
        return;
    }
    let it = Interface::open().await;
    let source = source(&it);
    let mut copy = gdal("ogr2ogr", &it);
    copy.args([
        "-f",
        "GPKG",
        "roads.gpkg",
        "-oo",
        "PAGE_SIZE=50",
        "-where",
        "class = 'residential'",
        &source,
        "roads",
    ]);
    run(copy).await;
    let mut count = Command::new("ogrinfo");
    count.current_dir(&it.desk.world.dir).args(["-ro", "-so", "roads.gpkg", "roads"]);
    let told = run(count).await;
    let residential =
        it.all("roads").await.iter().filter(|road| road["properties"]["class"] == "residential").count();
    assert!(
        told.contains("Line String") && told.contains(&format!("Feature Count: {residential}")),
        "{told}"
    );
}

#[actix_web::test]
async fn owslib_reads_the_interface() {
    let Some(python) = foreign::named("HUB112_TEST_OWSLIB", "OWSLib") else { return };
    let it = Interface::open().await;
    let mut read = Command::new(python);
    read.args(["-c", include_str!("read_with_owslib.py"), &it.root, "duty_officer", PASSWORD, &it.fire]);
    let said = run(read).await;
    assert!(said.contains("read"), "{said}");
}
