//! Messages that nobody could take in, as those see them who put them right.

use hub112::store::account::Role;
use serde_json::{Value, json};

use super::asking::{Asker, House, LONG, call};
use crate::world::wait_until;

fn unit_status(unit: &str) -> Value {
    json!({
        "contract": "1.0", "distribution_id": uuid::Uuid::now_v7(), "status": "actual", "kind": "report",
        "sender": {"region": "75", "service": "ambulance"}, "recipients": [{"region": "75", "service": "hub"}],
        "sent_at": jiff::Timestamp::now(), "content_type": "unit_status",
        "content": {"unit_id": unit, "status": "out_of_service", "at": jiff::Timestamp::now(), "note": "tyre"},
    })
}

async fn dead(house: &House, sender: Option<&str>, region: &str, body: &str) -> i64 {
    let client = house.pool.get().await.expect("a connection");
    let insert = "INSERT INTO dead_letter (region, queue, sender, routing_key, reason, headers, body, said) \
                  VALUES ($3, 'hub112.inbox.75', $1, '75.ambulance.unit_status', 'conflict: x', '{}', $2, \
                  '{\"kk\": \"қайшы\", \"ru\": \"противоречит\", \"en\": \"x\"}') \
                  RETURNING id";
    let row = client.query_one(insert, &[&sender, &body.as_bytes(), &region]).await.expect("a row");
    row.get(0)
}

#[actix_web::test]
async fn a_mended_letter_has_the_effect_that_its_sender_meant_once_and_both_texts_are_kept() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let home = json!({"lat": 43.24, "lon": 76.89});
    let unit = json!({
        "id": "75-a-1", "service": "ambulance", "region": "75", "call_sign": "901", "kind": "ambulance",
        "capabilities": ["transport"], "station": "s", "home": home,
        "position": {"point": home, "at": jiff::Timestamp::now(), "source": "station", "accuracy": null},
    });
    admin.make("/units/75-a-1", &unit).await.expect(204);
    let broken = unit_status("75-a-9").to_string();
    let id = dead(&house, Some("agency.75.ambulance"), "75", &broken).await;
    let waiting = officer.get("/dead-letters").await.expect(200);
    assert_eq!(waiting["items"][0]["mendable_for"], "75.ambulance");
    assert_eq!(waiting["items"][0]["resendable"], false);
    assert_eq!(waiting["items"][0]["code"], "conflict");
    assert_eq!(waiting["items"][0]["reason"], "x");
    assert_eq!(waiting["items"][0]["said"]["ru"], "противоречит");

    let mend = |body: &str| json!({"body": body, "reason": "позывной уточнён по телефону"});
    let path = format!("/dead-letters/{id}/mend");
    assert_eq!(officer.post(&path, &mend("{")).await.problem(), "invalid");
    assert_eq!(officer.post(&path, &mend(&broken)).await.problem(), "invalid", "still no such unit");
    assert_eq!(officer.get("/dead-letters").await.expect(200)["items"][0]["id"], json!(id), "it waits on");
    let right = unit_status("75-a-1").to_string();
    officer.post(&path, &mend(&right)).await.expect(204);
    let unit = officer.get("/units?ids=75-a-1").await.expect(200);
    assert_eq!(unit["items"][0]["status"]["state"], "out_of_service");
    assert_eq!(officer.get("/dead-letters").await.expect(200)["items"], json!([]));
    assert_eq!(officer.post(&path, &mend(&right)).await.problem(), "not-found");
    let settled = officer.get("/dead-letters?settled=true").await.expect(200)["items"].clone();
    assert_eq!(settled[0]["settled"]["by"], "asel");
    assert_eq!((&settled[0]["body"], &settled[0]["settled"]["mended"]), (&json!(broken), &json!(right)));
}

/// An agency that went on without a number takes it for a double when it comes after all.
#[actix_web::test]
async fn what_belongs_to_the_row_of_a_card_is_told_again_under_the_next_number() {
    let house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let card = officer.post("/messages", &call("Горит дом, внутри люди")).await.expect(201);
    let incident = card["incident"].as_str().expect("a card").to_owned();
    let rows = async || {
        let deliveries = officer.get(&format!("/incidents/{incident}/deliveries")).await.expect(200);
        let of = |d: &&Value| d["service"] == "fire_rescue";
        deliveries["items"].as_array().expect("rows").iter().filter(of).cloned().collect::<Vec<_>>()
    };
    let newest = async || rows().await.iter().filter_map(|d| d["sequence"].as_u64()).max();
    wait_until("fire and rescue was told", LONG, async || newest().await.is_some()).await;
    let last = newest().await.expect("a number");
    let lost = uuid::Uuid::now_v7();
    let envelope = json!({
        "contract": "1.0", "distribution_id": lost, "status": "actual", "kind": "cancel", "incident": incident,
        "sender": {"region": "75", "service": "hub"},
        "recipients": [{"region": "75", "service": "fire_rescue", "sequence": 1}],
        "sent_at": jiff::Timestamp::now(), "content_type": "request_cancelled",
        "content": {"request_id": uuid::Uuid::now_v7(), "reason": "wrong house", "units": []},
    });
    let insert = "INSERT INTO dead_letter (region, queue, routing_key, reason, headers, body) \
                  VALUES ('75', 'none', '75.fire_rescue.request_cancelled', 'unroutable', '{}', $1) RETURNING id";
    let client = house.pool.get().await.expect("a connection");
    let id: i64 =
        client.query_one(insert, &[&envelope.to_string().into_bytes()]).await.expect("a row").get(0);
    officer.post(&format!("/dead-letters/{id}/resend"), &Value::Null).await.expect(204);
    wait_until("it is told anew", LONG, async || {
        rows().await.iter().any(|d| d["sequence"] == last + 1 && d["content"] == "request_cancelled")
    })
    .await;
    let cancelled = rows().await.into_iter().filter(|d| d["content"] == "request_cancelled");
    assert_eq!(cancelled.count(), 1, "not as it was besides");
    assert_eq!(officer.get("/dead-letters").await.expect(200)["items"], json!([]));
}

#[actix_web::test]
async fn nobody_mends_for_a_sender_whom_the_broker_does_not_vouch_for_nor_sees_another_region() {
    let house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let body = unit_status("75-a-1").to_string();
    for sender in [None, Some("agency.75.police"), Some("agency.71.ambulance"), Some("hub112")] {
        let id = dead(&house, sender, "75", &body).await;
        let mended = json!({"body": body, "reason": "x"});
        assert_eq!(officer.post(&format!("/dead-letters/{id}/mend"), &mended).await.problem(), "conflict");
    }
    let elsewhere = dead(&house, Some("agency.71.ambulance"), "71", &body).await;
    let seen = officer.get("/dead-letters").await.expect(200);
    assert!(seen["items"].as_array().expect("letters").iter().all(|l| l["id"] != json!(elsewhere)), "{seen}");
    let settle = json!({"settlement": "x"});
    let path = format!("/dead-letters/{elsewhere}/settle");
    assert_eq!(officer.post(&path, &settle).await.problem(), "not-found");
}

/// A list page by page, each of so many.
async fn paged(of: &Asker, path: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = of.get(&format!("{path}limit={limit}{after}")).await.expect(200);
        let items = page["items"].as_array().expect("items");
        assert!(items.len() <= limit);
        all.extend(items.iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return all,
        }
    }
}

#[actix_web::test]
async fn what_is_many_comes_in_pages_that_lose_and_repeat_nothing() {
    let house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let body = unit_status("75-a-1").to_string();
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(json!(dead(&house, None, "75", &body).await));
    }
    let id = |letter: &Value| letter["id"].clone();
    let waiting = paged(&officer, "/dead-letters?", 2).await;
    assert_eq!(waiting.iter().map(id).collect::<Vec<_>>(), ids);
    for letter in &ids {
        let path = format!("/dead-letters/{letter}/settle");
        officer.post(&path, &json!({"settlement": "x"})).await.expect(204);
    }
    ids.reverse();
    let settled = paged(&officer, "/dead-letters?settled=true&", 2).await;
    assert_eq!(settled.iter().map(id).collect::<Vec<_>>(), ids);

    let taken = officer.post("/messages", &call("Горит дом, люди внутри")).await.expect(201);
    let card = format!("/incidents/{}", taken["incident"].as_str().expect("an incident"));
    for n in 0..4 {
        let note = json!({"text": format!("{n}")});
        officer.ask("POST", &format!("{card}/notes"), Some(&note), &[("If-Match", "*")]).await.expect(200);
    }
    for list in ["timeline", "deliveries"] {
        let path = format!("{card}/{list}?");
        let at_once = paged(&officer, &path, 200).await;
        assert!(at_once.len() > 1, "{list}: {at_once:?}");
        let key = |one: &Value| match list {
            "timeline" => json!([one["stream"], one["seq"]]),
            _ => json!([one["region"], one["service"], one["content"]]),
        };
        let keys = |all: &[Value]| all.iter().map(key).collect::<Vec<_>>();
        wait_until("they come in pages as at once", LONG, async || {
            let in_pages = paged(&officer, &path, 1).await;
            keys(&in_pages) == keys(&paged(&officer, &path, 200).await)
        })
        .await;
        let unread = officer.get(&format!("{path}after=x")).await;
        assert_eq!((unread.problem(), &unread.body["field"]), ("invalid", &json!("after")), "{list}");
        assert_eq!(officer.get(&format!("{path}limit=201")).await.problem(), "invalid", "{list}");
    }
    assert_eq!(officer.get("/dead-letters?after=x").await.problem(), "invalid");
}
