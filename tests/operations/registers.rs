//! Stations and units from CSV through a running hub.

use std::process::Output;

use hub112::store::account::Role;
use serde_json::{Value, json};

use crate::api::asking::{Asker, House};

const PASSWORD: &str = "a long enough password";
const HEAD: &str = "id,service,region,call_sign,kind,capabilities,station,lat,lon";
const STATIONS: &str = "id,service,region,name,lat,lon\ns-1,ambulance,75,Подстанция 1,43.25,76.9\n";

fn file(house: &House, name: &str, text: &str) -> String {
    let path = house.world.dir.join(name);
    std::fs::write(&path, text).expect("written");
    path.display().to_string()
}

fn import(house: &House, arguments: &[&str]) -> (Option<i32>, String) {
    let mut all = vec!["gis", "import"];
    all.extend(arguments);
    all.extend(["--url", &house.hub.url, "--user", "chief", "--password", PASSWORD]);
    let Output { status, stdout, stderr } = house.hub.run(&all);
    (status.code(), String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr))
}

async fn unit(asker: &Asker, id: &str) -> Value {
    let page = asker.get(&format!("/units?ids={id}")).await.expect(200);
    page["items"][0].clone()
}

async fn decisions(house: &House) -> i64 {
    let client = house.pool.get().await.expect("a connection");
    let count = "SELECT coalesce(sum(seq), 0)::bigint FROM stream_head WHERE stream LIKE 'service/%'";
    client.query_one(count, &[]).await.expect("a count").get(0)
}

#[actix_web::test]
async fn units_and_stations_come_from_csv_and_again_they_change_nothing() {
    let house = House::open().await;
    let made = house.hub.run_with(&["account", "put", "chief", "--role", "administrator"], PASSWORD);
    assert!(made.status.success());
    let asel = house.caller("asel", Role::DutyOfficer).await;
    let stations = file(&house, "stations.csv", STATIONS);
    let rows = "75-amb-1,ambulance,75,Скорая-1,ambulance,bls,s-1,,\n\
                75-amb-2,ambulance,75,Скорая-2,ambulance,bls,s-1,,\n\
                75-amb-3,ambulance,75,Скорая-3,ambulance,bls,s-1,53.2,\n\
                75-amb-4,ambulance,75,Скорая-4,ambulance,bls,Берлин,52.5,13.4\n";
    let units = file(&house, "units.csv", &format!("{HEAD}\n{rows}"));
    let report = house.world.dir.join("rejected.csv").display().to_string();

    let (code, said) = import(&house, &["units", &units, "--stations", &stations, "--dry-run"]);
    assert_eq!(code, Some(3), "{said}");
    assert_eq!(decisions(&house).await, 0, "a dry run decides nothing");

    let (code, said) = import(&house, &["units", &units, "--stations", &stations, "--report", &report]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("2 new, 0 changed, 0 as they were, 2 rows rejected"), "{said}");
    assert!(said.contains("line 4, column lon"), "{said}");
    let abroad = said.lines().find(|line| line.contains("line 5, column lat"));
    assert!(
        abroad.is_some_and(|line| line.contains("outside the country")),
        "found by a dry run too: {said}"
    );
    assert!(said.contains("taken, but line 2, column capabilities"), "nobody asks for it: {said}");
    let report = std::fs::read_to_string(report).expect("the report");
    assert_eq!(report.lines().count(), 5, "two rejected, and two taken with something to look at: {report}");
    assert_eq!(unit(&asel, "75-amb-1").await["station"], "Подстанция 1");

    let decided = decisions(&house).await;
    let (_, said) = import(&house, &["units", &units, "--stations", &stations]);
    assert!(said.contains("0 new, 0 changed, 2 as they were"), "{said}");
    assert_eq!(decisions(&house).await, decided, "again, nothing is decided");

    // One has been seen on its way; the station moves, and the unit stays where it was seen.
    let seen = json!({"region": "75", "service": "ambulance", "positions": [{"unit": "75-amb-2", "position":
        {"point": {"lat": 43.3, "lon": 76.95}, "at": jiff::Timestamp::now(), "source": "avl", "accuracy": null}}]});
    let admin = house.caller("admin", Role::Administrator).await;
    admin.post("/positions", &seen).await.expect(204);
    let moved = file(&house, "moved.csv", &STATIONS.replace("43.25,76.9", "43.26,76.91"));
    let (code, said) = import(&house, &["stations", &moved]);
    assert_eq!((code, said.contains("2 changed")), (Some(0), true), "{said}");
    let (waits, drives) = (unit(&asel, "75-amb-1").await, unit(&asel, "75-amb-2").await);
    assert_eq!((&waits["home"]["lat"], &waits["position"]["point"]["lat"]), (&json!(43.26), &json!(43.26)));
    assert_eq!((&drives["home"]["lat"], &drives["position"]["point"]["lat"]), (&json!(43.26), &json!(43.3)));

    let nobody =
        file(&house, "nobody.csv", "id,service,region,name,lat,lon\nx,police,75,Отдел 9,43.2,76.9\n");
    let (code, said) = import(&house, &["stations", &nobody]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("line 2, column id, \"x\": no unit of its service names it"), "{said}");
}
