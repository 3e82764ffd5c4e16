//! An agency that is cut off from the broker is led by telephone.

use serde_json::{Value, json};

use super::desk::{Desk, call, requests, stages, text};
use crate::world::World;

#[actix_web::test]
async fn what_was_told_by_telephone_is_recorded_step_by_step_until_the_unit_is_released() {
    let desk = Desk::open(World::new().await).await;
    let incident = desk.message(&call("Человек без сознания, не дышит", 43.2389, 76.8897)).await;
    let card = desk.request_forces(&incident).await;
    let request = requests(&card).into_iter().find(|r| r["service"] == "ambulance").expect("a request");
    let unit = text(&request, "/recommended/0/unit");
    let path = format!("/api/v1/incidents/{incident}/requests/{}/stages", text(&request, "/id"));
    let status = async || -> Value {
        let units = desk.all("/api/v1/units").await;
        units.into_iter().find(|u| u["id"] == unit.as_str()).expect("the unit")["status"]["state"].clone()
    };
    assert_eq!(status().await, "reserved");
    for stage in ["accepted", "departed", "arrived", "released"] {
        let told = json!({"unit": unit, "stage": stage, "at": jiff::Timestamp::now()});
        desk.officer.post(&path, &told).await.expect("recorded");
        desk.until("the card has it", &incident, |card| {
            let known: Vec<_> = requests(card).iter().flat_map(stages).collect();
            known.contains(&(unit.clone(), stage.to_owned()))
        })
        .await;
        assert_eq!(status().await, if stage == "released" { "returning" } else { "engaged" }, "{stage}");
    }
    let card = desk
        .until("the request is done", &incident, |card| {
            requests(card).iter().any(|r| r["id"] == request["id"] && r["state"] == "done")
        })
        .await;
    let reached = &card["requests"][text(&request, "/id")]["engagements"][&unit]["reached"];
    assert!(reached.to_string().contains("duty_officer"), "who recorded it is known: {reached}");
    desk.verified().await;
}
