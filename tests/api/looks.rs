//! Who looked at whose personal data stands in a record that nobody changes (DESIGN §5, 7).

use actix_web::rt::time::timeout;
use hub112::store::account::Role;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::asking::{Asker, House, LONG, call};
use crate::world::wait_until;

async fn looks(admin: &Asker, query: &str) -> Vec<Value> {
    let page = admin.get(&format!("/looks?limit=200{query}")).await.expect(200);
    page["items"].as_array().expect("items").clone()
}

fn operations(looks: &[Value]) -> Vec<&str> {
    looks.iter().map(|l| l["operation"].as_str().expect("an operation")).collect()
}

#[actix_web::test]
async fn every_look_at_a_caller_leaves_a_row_before_its_answer_and_the_administrator_finds_it() {
    let house = House::open().await;
    let (officer, admin) =
        (house.caller("asel", Role::DutyOfficer).await, house.caller("admin", Role::Administrator).await);
    let message = call("Взрыв в жилом доме");
    let taken = officer.post("/messages", &message).await.expect(201);
    let (card, message) =
        (taken["incident"].as_str().expect("a card"), message["id"].as_str().expect("an id"));
    assert!(looks(&admin, "").await.is_empty(), "taking a call in is no look");
    let before = Timestamp::now();

    officer.get(&format!("/incidents/{card}")).await.expect(200);
    officer.get(&format!("/messages/{message}")).await.expect(200);
    officer.get(&format!("/incidents/{card}/timeline")).await.expect(200);
    officer.get("/incidents").await.expect(200);
    officer.get("/situation-at").await.expect(200);
    officer.get("/incidents/01900000-0000-7000-8000-000000000000").await.expect(404);
    officer.get("/units").await.expect(200);

    let of_asel = looks(&admin, "&account=asel").await;
    assert_eq!(
        operations(&of_asel),
        [
            "GET /situation-at",
            "GET /incidents",
            "GET /incidents/{id}/timeline",
            "GET /messages/{id}",
            "GET /incidents/{id}"
        ],
        "the newest first; what was not there showed nothing, and units are nobody"
    );
    for look in &of_asel {
        assert_eq!((&look["role"], &look["region"]), (&json!("duty_officer"), &json!("75")));
        assert!(look["trace"].as_str().is_some_and(|trace| trace.starts_with("00-")), "{look}");
        let at: Timestamp = look["at"].as_str().expect("a time").parse().expect("a time");
        assert!(at >= before && at <= Timestamp::now());
    }
    let of_card = looks(&admin, &format!("&subject={card}")).await;
    assert_eq!(operations(&of_card).len(), 4, "alone and in lists: {of_card:?}");
    assert_eq!(operations(&looks(&admin, &format!("&subject={message}")).await), ["GET /messages/{id}"]);
    assert!(looks(&admin, &format!("&to={before}")).await.is_empty());
    assert_eq!(looks(&admin, &format!("&from={before}&account=asel")).await.len(), 5);

    let first = admin.get("/looks?limit=2").await.expect(200);
    let next = first["next"].as_str().expect("more");
    let second = admin.get(&format!("/looks?limit=2&after={next}")).await.expect(200);
    assert_eq!(second["items"][0]["operation"], "GET /incidents/{id}/timeline");

    assert_eq!(officer.get("/looks").await.problem(), "forbidden");
    let elsewhere = house.account("admin-19", Role::Administrator, Some("19"), None).await;
    assert!(
        looks(&elsewhere, "").await.is_empty(),
        "another region's administrator reads of its own accounts"
    );
    let country = house.account("auditor", Role::Administrator, None, None).await;
    assert_eq!(looks(&country, "&account=asel").await.len(), 5);
}

#[actix_web::test]
async fn no_row_of_the_record_is_changed_or_deleted() {
    let house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    officer.get("/incidents").await.expect(200);
    let pg = house.world.pg().await;
    for change in ["UPDATE look SET account = 'nobody'", "DELETE FROM look", "TRUNCATE look"] {
        let refused = pg.batch_execute(change).await.expect_err("refused");
        assert_eq!(refused.code().map(|c| c.code()), Some("H1121"), "{change}");
    }
}

#[actix_web::test]
async fn a_card_is_shown_while_its_look_cannot_be_written_and_the_look_is_written_later() {
    let house = House::open().await;
    let (officer, admin) =
        (house.caller("asel", Role::DutyOfficer).await, house.caller("admin", Role::Administrator).await);
    let taken = officer.post("/messages", &call("Взрыв в жилом доме")).await.expect(201);
    let path = format!("/incidents/{}", taken["incident"].as_str().expect("a card"));
    let pg = house.world.pg().await;
    pg.batch_execute("BEGIN; LOCK TABLE look IN SHARE MODE").await.expect("locked");
    // Who cannot see a card sends nobody.
    timeout(LONG, officer.get(&path)).await.expect("in time").expect(200);
    officer.post("/messages", &call("Пожар в складе")).await.expect(201);
    assert_eq!(house.hub.metric("hub112_looks_late_total"), Some(1.0));
    assert!(house.hub.has_said("the record of it is late"));
    pg.batch_execute("COMMIT").await.expect("unlocked");
    wait_until("the look is written", LONG, async || looks(&admin, "").await.len() == 1).await;
}
