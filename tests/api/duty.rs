//! What the desk owes and orders, over HTTP: obligations cancelled by name, modes previewed and proposed, zones changed
//! and ended, directives acknowledged by everyone addressed.

use hub112::store::account::Role;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::asking::{Asker, House, LONG, call};
use crate::world::wait_until;

const SQUARE: &str = "[[76.9,43.2],[76.95,43.2],[76.95,43.25],[76.9,43.25],[76.9,43.2]]";

async fn owed(asker: &Asker, kind: &str) -> Vec<Value> {
    let page = asker.get("/obligations?limit=200").await.expect(200);
    let items = page["items"].as_array().expect("items").clone();
    items.into_iter().filter(|o| o["kind"] == kind).collect()
}

fn declared(mode: &str) -> Value {
    json!({"command": "declare", "mode": mode, "order": {
        "reason": "угроза селя", "legal_reference": "Решение акима № 1 от 23.11.2026"}})
}

/// An agency that is on HTTP.
pub(super) async fn agency(house: &House, service: &str) -> Asker {
    let admin = house.caller("admin", Role::Administrator).await;
    let way = json!({"way": "http", "phone": "100"});
    admin.replace(&format!("/services/{service}/link"), &way).await.expect(204);
    house.agency(service).await
}

/// The latest letter of a kind to an agency, once there is one.
pub(super) async fn letter(agency: &Asker, kind: &str) -> Value {
    let mut found = Value::Null;
    wait_until("the letter is there", LONG, async || {
        let page = agency.get("/agency/inbox?acknowledged=true&limit=200").await.expect(200);
        let letters = page["items"].as_array().expect("items").clone();
        let of_kind = letters.into_iter().rev().find(|l| l["content_type"] == kind);
        of_kind.inspect(|l| found = l.clone()).is_some()
    })
    .await;
    found
}

#[actix_web::test]
async fn an_obligation_is_cancelled_by_a_named_person_with_a_reason_and_the_catalogue_says_what_it_was() {
    let house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    officer.post("/messages", &call("Взрыв в жилом доме")).await.expect(201);
    let [open] = &owed(&officer, "O-08").await[..] else { panic!("one identification is owed") };
    let path = format!("/obligations/{}/cancel", open["id"].as_str().expect("an id"));
    assert_eq!(officer.post(&path, &json!({"reason": " "})).await.problem(), "invalid");
    officer.post(&path, &json!({"reason": "учебный вызов"})).await.expect(204);
    let [cancelled] = &owed(&officer, "O-08").await[..] else { panic!("it does not disappear") };
    assert_eq!((&cancelled["status"], &cancelled["cancelled"]["by"]), (&json!("cancelled"), &json!("asel")));
    assert_eq!(officer.post(&path, &json!({"reason": "ещё раз"})).await.problem(), "conflict");
    let catalogue = officer.get("/obligation-catalogue").await.expect(200);
    let rows = catalogue.as_array().expect("rows");
    let of = |id: &str| rows.iter().find(|r| r["id"] == id).expect("a row").clone();
    assert_eq!(rows.len(), 15, "O-01 to O-13, with the three data of O-11 apart");
    assert_eq!((&of("O-06")["grade"], &of("O-02")["grade"]), (&json!("immediately"), &json!("urgently")));
    assert_eq!(of("O-07")["exceptions"], json!(["c3_5", "c3_8"]));
}

#[actix_web::test]
async fn what_a_mode_obliges_to_is_shown_before_it_is_declared_and_its_zone_is_told_changed_and_ended() {
    let house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let police = agency(&house, "police").await;
    let preview = officer.get("/mode/preview?from=everyday&to=high_readiness").await.expect(200);
    let readiness: Vec<&str> = preview
        .as_array()
        .expect("a list")
        .iter()
        .filter(|p| p["id"] == "O-07" && p["effect"] == "raises")
        .map(|p| p["service"].as_str().expect("a service"))
        .collect();
    assert_eq!(readiness.len(), 6);
    assert!(!readiness.contains(&"security") && !readiness.contains(&"telecom"), "{readiness:?}");
    officer.post("/mode", &declared("high_readiness")).await.expect(204);

    let polygon: Value = serde_json::from_str(SQUARE).expect("a ring");
    let polygon = json!({"type": "Polygon", "coordinates": [polygon]});
    let zone = json!({"name": "Сель", "mode": "high_readiness", "polygon": polygon});
    let drawn = officer.post("/zones", &zone).await.expect(201);
    let id = drawn["id"].as_str().expect("an id").to_owned();
    let told = letter(&police, "situation").await;
    assert!(told["message"]["content"]["outline"].is_array(), "{told}");
    let acknowledged = json!({"messages": [told["distribution_id"]]});
    police.post("/agency/inbox/acknowledgements", &acknowledged).await.expect(204);
    // c.5(2)¶2: it is passed to the duty officer there, and not to a system.
    let told = told["distribution_id"].as_str().expect("an id");
    police.post(&format!("/agency/inbox/{told}/read"), &json!({"by": "S. Akhmetov"})).await.expect(204);
    wait_until("what is owed to the police is met", LONG, async || {
        owed(&officer, "O-05").await.iter().any(|o| o["status"] == "met" && o.to_string().contains("police"))
    })
    .await;

    // c.5(2)¶2: a report from within the zone is a report of the zone, with what was measured.
    let report = Uuid::now_v7();
    let measured = json!({"command": "report", "report": report, "nature": "chemical", "text": "Хлор",
        "origin": {"origin": "officer", "account": "asel"}, "observed_at": Timestamp::now(),
        "place": {"point": {"lat": 43.22, "lon": 76.92}},
        "measurements": [{"name": "Cl2", "value": 3.1, "unit": "mg/m3"}]});
    officer.post("/situation", &measured).await.expect(201);
    let reports = officer.get("/reports").await.expect(200);
    assert_eq!(reports["items"][0]["zone"], json!(id), "{reports}");
    let mut passed = Value::Null;
    wait_until("the measurement is passed on", LONG, async || {
        passed = letter(&police, "situation").await;
        passed["message"]["content"]["measurements"][0]["name"] == "Cl2"
    })
    .await;

    let smaller = json!({"polygon": polygon, "reason": "уточнение"});
    officer.replace(&format!("/zones/{id}"), &smaller).await.expect(204);
    let end = format!("/zones/{id}/end");
    assert_eq!(officer.post_for("\"2\"", &end, &json!({"reason": " "})).await.problem(), "invalid");
    let over = json!({"reason": "вода спала"});
    assert_eq!(officer.post(&end, &over).await.problem(), "version-needed");
    assert_eq!(officer.post_for("\"1\"", &end, &over).await.problem(), "stale", "it was redrawn since");
    officer.post_for("\"2\"", &end, &over).await.expect(204);
    assert_eq!(officer.replace(&format!("/zones/{id}"), &smaller).await.problem(), "conflict");
    wait_until("the police hear of the end", LONG, async || {
        let last = letter(&police, "situation").await;
        last["message"]["kind"] == "cancel"
    })
    .await;
}

#[actix_web::test]
async fn a_directive_is_owed_to_everyone_addressed_until_a_person_there_has_read_it() {
    let house = House::open().await;
    let chief = house.caller("chief", Role::Manager).await;
    let ambulance = agency(&house, "ambulance").await;
    let directive = Uuid::now_v7();
    let issue = |addressees: Value| {
        json!({"command": "issue", "directive": directive, "text": "Направить резерв в Талгар",
            "author": {"role": "начальник ДЧС", "name": "К. Сериков"}, "addressees": addressees})
    };
    assert_eq!(chief.post("/directives", &issue(json!([]))).await.problem(), "invalid");
    let addressees = json!([{"to": "service", "service": "ambulance"},
        {"to": "organisation", "name": "Қазселденқорғау"}]);
    chief.post("/directives", &issue(addressees)).await.expect(201);
    assert_eq!(owed(&chief, "O-13").await.len(), 2);

    let letter = letter(&ambulance, "directive").await;
    assert_eq!(letter["message"]["content"]["directive_id"], json!(directive));
    let ack = json!({
        "contract": "1.0", "distribution_id": Uuid::now_v7(), "status": "actual", "kind": "ack",
        "sender": {"region": "75", "service": "ambulance"}, "recipients": [{"region": "75", "service": "hub"}],
        "sent_at": Timestamp::now(), "references": letter["message"]["distribution_id"],
        "content_type": "directive_ack",
        "content": {"directive_id": directive, "stage": "read", "by": "Айгуль", "at": Timestamp::now()},
    });
    ambulance.post("/agency/reports", &ack).await.expect(204);
    let by_telephone = json!({"command": "acknowledge", "directive": directive, "stage": "read",
        "said_by": "дежурный Оспанов", "addressee": {"to": "organisation", "name": "Қазселденқорғау"}});
    chief.post("/directives", &by_telephone).await.expect(204);
    assert!(owed(&chief, "O-13").await.iter().all(|o| o["status"] == "met"));
    let kept = chief.get("/directives").await.expect(200);
    let deliveries = kept["items"][0]["deliveries"].as_array().expect("deliveries").clone();
    assert!(deliveries.iter().all(|d| d["read"]["at"].is_string()), "{kept}");
    let withdraw = json!({"command": "withdraw", "directive": directive, "reason": "отбой"});
    chief.post("/directives", &withdraw).await.expect(204);
    assert_eq!(chief.post("/directives", &withdraw).await.problem(), "conflict");
}

#[actix_web::test]
async fn a_shift_is_handed_over_to_a_duty_officer_of_this_region_and_to_nobody_else() {
    let house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    house.caller("bolat", Role::DutyOfficer).await;
    house.caller("chief", Role::Manager).await;
    house.agency("ambulance").await;
    house.account("elsewhere", Role::DutyOfficer, Some("71"), None).await;
    house.account("of-all", Role::DutyOfficer, None, None).await;
    let admin = house.caller("admin", Role::Administrator).await;
    let gone =
        json!({"role": "duty_officer", "region": "75", "service": null, "active": false, "password": null});
    admin.make("/accounts/gone", &gone).await.expect(204);

    let shift = Uuid::now_v7();
    officer.post("/shifts", &json!({"command": "open", "shift": shift})).await.expect(201);
    let shifts = officer.get("/shifts").await.expect(200);
    let checks = shifts["items"][0]["checks"].as_array().expect("a check list").clone();
    for check in checks {
        let works = json!({"command": "check", "shift": shift, "item": check["item"], "outcome": {"outcome": "works"}});
        officer.post("/shifts", &works).await.expect(204);
    }
    officer.post("/shifts", &json!({"command": "accept", "shift": shift})).await.expect(204);

    let hand_over = async |to: &str| {
        let command = json!({"command": "hand_over", "shift": shift, "to": to, "remarks": "тихо"});
        officer.ask("POST", "/shifts", Some(&command), &[("Accept-Language", "ru")]).await
    };
    for to in ["nobody", "agency-ambulance", "chief", "elsewhere", "gone"] {
        let refused = hand_over(to).await;
        assert_eq!((refused.problem(), &refused.body["field"]), ("invalid", &json!("to")), "{to}");
        let detail = refused.body["detail"].as_str().expect("words");
        assert!(detail.contains(to) && detail.contains("дежурн"), "{detail}");
    }
    let shifts = officer.get("/shifts").await.expect(200);
    assert!(shifts["items"][0]["handover"].is_null(), "nothing was offered: {shifts}");
    for to in ["bolat", "of-all"] {
        hand_over(to).await.expect(204);
    }
}
