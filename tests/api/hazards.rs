//! Layers of perimeters: put on the map, replaced, taken off; told to whom they concern.

use hub112::store::account::Role;
use serde_json::{Value, json};

use super::asking::{Asker, House, call};

fn square(west: f64, south: f64, side: f64) -> Value {
    let (east, north) = (west + side, south + side);
    json!([[[west, south], [east, south], [east, north], [west, north], [west, south]]])
}

fn flood(west: f64) -> Value {
    let part = |west| json!({"type": "Feature", "properties": {"name": "Или"}, "geometry": {"type": "Polygon", "coordinates": square(west, 43.20, 0.1)}});
    json!({"type": "FeatureCollection", "features": [part(west), part(west + 0.3)]})
}

/// The address under which a layer is put, seen so many hours ago and believed for so many after.
fn address(id: &str, ago: i64, hours: i64) -> String {
    let seen = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(ago);
    let until = seen + jiff::SignedDuration::from_hours(hours);
    format!(
        "/hazard-layers/{id}?kind=flood&name=%D0%9F%D0%B0%D0%B2%D0%BE%D0%B4%D0%BE%D0%BA&source=Kazhydromet&observed_at={seen}&valid_until={until}"
    )
}

async fn layers(asker: &Asker) -> Vec<Value> {
    asker.get("/hazard-layers").await.expect(200).as_array().expect("layers").clone()
}

#[actix_web::test]
async fn a_card_within_a_perimeter_says_so_and_an_outdated_one_says_that_too() {
    let house = House::open().await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    let heard = asel.post("/messages", &call("затопило подвал")).await.expect(201);
    let card = heard["incident"].as_str().expect("a card").to_owned();
    let around =
        async || asel.get(&format!("/incidents/{card}/surroundings")).await.expect(200)["hazards"].clone();
    assert_eq!(around().await, json!([]));
    let put = asel.make(&address("flood-ili", 2, 6), &flood(76.85)).await.expect(200);
    assert_eq!(
        (&put["version"], &put["areas"], &put["outdated"], &put["region"]),
        (&json!(1), &json!(2), &json!(false), &json!("75"))
    );
    let told = around().await;
    assert_eq!(
        (&told[0]["id"], &told[0]["area"], &told[0]["outdated"]),
        (&json!("flood-ili"), &json!("Или"), &json!(false)),
        "{told}"
    );
    // The next picture lies elsewhere; the former one was of yesterday.
    asel.replace(&address("flood-ili", 1, 6), &flood(75.0)).await.expect(200);
    assert_eq!(around().await, json!([]));
    asel.make(&address("flood-old", 24, 6), &flood(76.85)).await.expect(200);
    assert_eq!(around().await[0]["outdated"], true);
}

#[actix_web::test]
async fn a_layer_is_exchanged_whole_for_the_version_that_was_seen_and_what_is_wrong_leaves_the_former_picture()
 {
    let house = House::open().await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    let first = asel.make(&address("flood-ili", 2, 6), &flood(76.85)).await;
    let etag = first.header("etag").expect("an ETag").to_owned();
    assert_eq!(asel.make(&address("flood-ili", 2, 6), &flood(76.85)).await.problem(), "stale");
    let bow = json!({"type": "Polygon", "coordinates": [[[76, 43], [77, 44], [77, 43], [76, 44], [76, 43]]]});
    assert_eq!(asel.replace(&address("flood-ili", 1, 6), &bow).await.problem(), "invalid");
    assert_eq!(
        asel.replace(&address("flood-ili", -2, 6), &flood(76.9)).await.problem(),
        "invalid",
        "not what will be"
    );
    assert_eq!(asel.replace(&address("flood-ili", 2, 0), &flood(76.9)).await.problem(), "invalid");
    assert_eq!(layers(&asel).await[0]["version"], 1, "the former picture stays");
    asel.put_for(&etag, &address("flood-ili", 1, 6), &flood(76.9)).await.expect(200);
    assert_eq!(asel.put_for(&etag, &address("flood-ili", 1, 6), &flood(77.0)).await.problem(), "stale");

    let aigul = house.account("aigul", Role::DutyOfficer, Some("71"), None).await;
    assert_eq!(layers(&aigul).await.len(), 1, "everybody sees every layer");
    assert_eq!(aigul.replace(&address("flood-ili", 1, 6), &flood(77.0)).await.problem(), "forbidden");
    let remove = async |of: &Asker, etag: &str| {
        of.ask("DELETE", "/hazard-layers/flood-ili", None, &[("If-Match", etag)]).await
    };
    assert_eq!(remove(&aigul, "*").await.problem(), "forbidden");
    assert_eq!(remove(&asel, &etag).await.problem(), "stale");
    remove(&asel, "*").await.expect(204);
    assert_eq!((layers(&asel).await.len(), remove(&asel, "*").await.problem()), (0, "not-found"));
    // Taken up again it goes on counting: nobody who kept the old ETag overwrites the new one.
    let again = asel.make(&address("flood-ili", 1, 6), &flood(76.85)).await.expect(200);
    assert_eq!(again["version"], 4);
    let ada = house.caller("ada", Role::Administrator).await;
    let changes = ada.get("/changes?limit=10").await.expect(200);
    let what: Vec<&str> = changes
        .as_array()
        .expect("changes")
        .iter()
        .filter(|c| c["subject"] == "flood-ili")
        .filter_map(|c| c["what"].as_str())
        .collect();
    assert_eq!(what, ["layer_put", "layer_removed", "layer_replaced", "layer_put"]);
}

#[actix_web::test]
async fn a_perimeter_is_taken_as_a_zone_and_seen_by_other_programs() {
    let house = House::open().await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    let file = house.world.dir.join("flood.geojson");
    std::fs::write(&file, flood(76.85).to_string()).expect("a file");
    let seen = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(3);
    let until = seen + jiff::SignedDuration::from_hours(1);
    let (file, seen, until) = (file.display().to_string(), seen.to_string(), until.to_string());
    let mut said =
        vec!["gis", "import", "layer", &file, "--id", "flood-ili", "--kind", "flood", "--name", "Паводок"];
    said.extend(["--source", "Kazhydromet", "--observed-at", &seen, "--valid-until", &until]);
    let told = house.hub.run(&said);
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let areas = asel.get("/hazard-layers/flood-ili/areas").await.expect(200);
    assert_eq!(
        (&areas["layer"]["outdated"], areas["areas"].as_array().map(Vec::len)),
        (&json!(true), Some(2)),
        "{areas}"
    );
    let zone = json!({"name": "Паводок", "mode": "high_readiness", "polygon": areas["areas"][0]["polygon"]});
    asel.post("/zones", &zone).await.expect(201);
    let agency = house.agency("ambulance").await;
    assert_eq!(layers(&agency).await.len(), 1);
    assert_eq!(agency.make(&address("own", 1, 6), &flood(76.85)).await.problem(), "forbidden");
}
