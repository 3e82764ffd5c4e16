//! Response plans as an administrator works with them: read, tried on what has been, put in force, on record.

use hub112::store::account::Role;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::asking::{Asker, House, call};

async fn rows(admin: &Asker) -> Vec<Value> {
    let plans = admin.get("/response-plans").await.expect(200);
    let mut rows = plans["rows"].as_array().expect("rows").clone();
    for row in &mut rows {
        row.as_object_mut().expect("a row").remove("line");
    }
    rows
}

/// A third pump for every fire in a building.
fn with_three_pumps(mut rows: Vec<Value>) -> Vec<Value> {
    let pumps =
        rows.iter_mut().find(|r| r["category"] == "building_fire" && r["capabilities"] == json!(["pump"]));
    pumps.expect("pumps for a fire")["count"] = json!(3);
    rows
}

#[actix_web::test]
async fn plans_are_tried_on_what_has_been_and_hold_once_they_are_in_force() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let taken = officer.post("/messages", &call("Горит квартира, много дыма")).await.expect(201);
    let incident = taken["incident"].as_str().expect("an incident").to_owned();
    let before = rows(&admin).await;
    let proposed = with_three_pumps(before.clone());

    let hour = SignedDuration::from_hours(1);
    let span = |rows: &[Value]| json!({"rows": rows, "from": Timestamp::now() - hour, "to": Timestamp::now() + hour});
    let trial = admin.post("/response-plans/trial", &span(&proposed)).await.expect(200);
    assert_eq!((&trial["incidents"], &trial["changed"]), (&json!(1), &json!(1)));
    assert_eq!(trial["cases"][0]["id"], json!(incident));
    let fire = trial["services"].as_array().expect("services").iter().find(|s| s["service"] == "fire_rescue");
    let fire = fire.expect("fire and rescue");
    assert_eq!(fire["proposed"].as_u64(), fire["in_force"].as_u64().map(|n| n + 1));
    assert_eq!(admin.get("/response-plans").await.expect(200)["own"], false, "a trial changes nothing");
    let year =
        json!({"from": Timestamp::now() - SignedDuration::from_hours(24 * 365), "to": Timestamp::now()});
    assert_eq!(admin.post("/response-plans/trial", &year).await.problem(), "invalid");

    let pumps = async || {
        let path = format!("/incidents/{incident}/recommendation");
        let plan = officer.get(&path).await.expect(200);
        let needs = plan["plan"]["needs"].as_array().expect("needs").clone();
        needs.iter().find(|n| n["capabilities"] == json!(["pump"])).expect("pumps")["count"].clone()
    };
    assert_eq!(pumps().await, 2);
    let new = json!({"rows": proposed, "reason": "Приказ № 12"});
    assert_eq!(officer.put("/response-plans", &new).await.problem(), "forbidden");
    admin.replace("/response-plans", &new).await.expect(204);
    assert_eq!(pumps().await, 3);
    assert_eq!(rows(&admin).await, proposed);

    admin.replace("/response-plans", &json!({"rows": null, "reason": "назад"})).await.expect(204);
    assert_eq!(pumps().await, 2);
    assert_eq!(admin.get("/response-plans").await.expect(200)["own"], false);

    let changes = admin.get("/changes").await.expect(200);
    let of_plans: Vec<&Value> =
        changes.as_array().expect("changes").iter().filter(|c| c["what"] == "plans_set").collect();
    assert_eq!(of_plans.len(), 2);
    assert_eq!(of_plans[1]["after"]["reason"], "Приказ № 12");
    assert_eq!(of_plans[0]["before"]["reason"], "Приказ № 12", "what it was before is told");
    assert!(of_plans[0]["by"].as_str().expect("a name").contains("admin"));
}

#[actix_web::test]
async fn plans_survive_a_crash_of_the_hub() {
    let mut house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let proposed = with_three_pumps(rows(&admin).await);
    admin.replace("/response-plans", &json!({"rows": proposed, "reason": "Приказ № 12"})).await.expect(204);
    house.hub.restart().await;
    assert_eq!(rows(&admin).await, proposed);
    let verified = house.hub.run(&["replay", "--verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

#[actix_web::test]
async fn a_faulty_plan_is_refused_with_its_row_and_nothing_of_it_holds() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let before = rows(&admin).await;
    let put = async |change: &dyn Fn(&mut Vec<Value>)| {
        let mut rows = before.clone();
        change(&mut rows);
        let answer = admin.replace("/response-plans", &json!({"rows": rows, "reason": "проба"})).await;
        assert_eq!(answer.problem(), "invalid", "{}", answer.body);
        answer.body["detail"].as_str().expect("a detail").to_owned()
    };
    let with_security = put(&|rows| rows[0]["service"] = json!("security")).await;
    assert!(with_security.contains("row 1") && with_security.contains("owes no forces"), "{with_security}");
    let twice = put(&|rows| rows.push(rows[0].clone())).await;
    assert!(twice.contains(&format!("rows 1 and {}", before.len() + 1)), "{twice}");
    let without = put(&|rows| rows.retain(|r| r["category"] != "smoke")).await;
    assert!(without.contains("smoke"), "{without}");
    put(&|rows| rows[0]["count"] = json!(0)).await;
    assert_eq!(rows(&admin).await, before);
    let no_reason = json!({"rows": before, "reason": " "});
    assert_eq!(admin.replace("/response-plans", &no_reason).await.problem(), "invalid");
}
