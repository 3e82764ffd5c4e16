//! A request that is sent again has no second effect and gets the first answer.

use hub112::store::account::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use super::asking::{Asker, House, call};
use crate::world::wait_until;

fn message() -> Value {
    call("Горит сарай")
}

async fn card(officer: &Asker) -> String {
    let taken = officer.post("/messages", &message()).await.expect(201);
    format!("/incidents/{}", taken["incident"].as_str().expect("an incident"))
}

async fn notes(officer: &Asker, card: &str) -> usize {
    let card = officer.get(card).await.expect(200);
    card["notes"].as_array().map_or(0, Vec::len)
}

#[actix_web::test]
async fn the_same_key_and_body_have_one_effect_and_one_answer_over_a_death_of_the_hub() {
    let mut house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let card = card(&officer).await;
    let (path, body) = (format!("{card}/notes"), json!({"text": "жильцы вышли"}));

    let first = officer.keyed("k-1", &path, &body).await;
    assert_eq!(first.status, 200, "{}", first.body);
    assert_eq!(first.header("idempotent-replayed"), None);
    let again = officer.keyed("k-1", &path, &body).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert_eq!(again.header("etag"), first.header("etag"));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));

    house.hub.kill();
    house.hub.restart().await;
    let after = officer.keyed("k-1", &path, &body).await;
    assert_eq!((after.status, &after.body), (first.status, &first.body));
    assert_eq!(notes(&officer, &card).await, 1);
}

#[actix_web::test]
async fn a_key_used_for_another_body_or_path_is_refused_and_changes_nothing() {
    let house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let card = card(&officer).await;
    let path = format!("{card}/notes");
    officer.keyed("k", &path, &json!({"text": "раз"})).await.expect(200);
    let other = officer.keyed("k", &path, &json!({"text": "два"})).await;
    assert_eq!((other.status, other.problem()), (422, "key-reused"));
    let elsewhere = officer.keyed("k", "/zones", &json!({})).await;
    assert_eq!((elsewhere.status, elsewhere.problem()), (422, "key-reused"));
    assert_eq!(notes(&officer, &card).await, 1);

    for bad in ["", "два слова", &"k".repeat(256)] {
        let refused = officer.keyed(bad, &path, &json!({"text": "три"})).await;
        assert_eq!((refused.status, refused.problem()), (422, "invalid"), "{bad}");
    }
    assert_eq!(notes(&officer, &card).await, 1);
}

#[actix_web::test]
async fn keys_belong_to_their_account_and_a_stranger_gets_no_answer_by_guessing_one() {
    let house = House::open().await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    let erlan = house.caller("erlan", Role::DutyOfficer).await;
    let card = card(&asel).await;
    let (path, body) = (format!("{card}/notes"), json!({"text": "то же самое"}));
    asel.keyed("k", &path, &body).await.expect(200);
    erlan.keyed("k", &path, &body).await.expect(200);
    assert_eq!(notes(&asel, &card).await, 2);
    let stranger = Asker::new(&house.hub.url, None).keyed("k", &path, &body).await;
    assert_eq!((stranger.status, stranger.problem()), (401, "unauthenticated"));
}

#[actix_web::test]
async fn of_many_at_once_with_one_key_one_has_the_effect() {
    let house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let card = card(&officer).await;
    let (path, body) = (format!("{card}/notes"), json!({"text": "один раз"}));
    let all = (0..8).map(|_| officer.keyed("k", &path, &body));
    let answers = futures_util::future::join_all(all).await;
    for answer in &answers {
        match answer.status {
            200 => assert_eq!(answer.body["notes"].as_array().map(Vec::len), Some(1)),
            409 => {
                assert_eq!(answer.problem(), "under-way");
                assert!(answer.header("retry-after").is_some());
            }
            other => panic!("{other}: {}", answer.body),
        }
    }
    assert!(answers.iter().any(|a| a.status == 200));
    wait_until("the others get the answer too", super::asking::LONG, async || {
        officer.keyed("k", &path, &body).await.status == 200
    })
    .await;
    assert_eq!(notes(&officer, &card).await, 1);
}

#[actix_web::test]
async fn what_was_refused_may_be_tried_again_and_what_makes_something_makes_it_once() {
    let house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let shift = Uuid::now_v7();
    let accept = json!({"command": "accept", "shift": shift});
    let early = officer.keyed("accept", "/shifts", &accept).await;
    assert_eq!(early.status, 404, "{}", early.body);
    let open = json!({"command": "open", "shift": shift});
    let made = officer.keyed("open", "/shifts", &open).await;
    assert_eq!((made.status, &made.body), (201, &json!({"id": shift})));
    let again = officer.keyed("open", "/shifts", &open).await;
    assert_eq!((again.status, &again.body), (201, &json!({"id": shift})));
    // Refused for another reason now: the check is not done. The refusal was not kept under the key.
    let now = officer.keyed("accept", "/shifts", &accept).await;
    assert_ne!((now.status, &now.body), (early.status, &early.body));

    let message = message();
    let first = officer.keyed("m", "/messages", &message).await;
    assert_eq!(first.status, 201);
    let unkeyed = officer.post("/messages", &message).await;
    assert_eq!(unkeyed.status, 200, "without the key it is known by its id");
    let keyed = officer.keyed("m", "/messages", &message).await;
    assert_eq!((keyed.status, keyed.body), (201, first.body), "with it the first answer stands");
}
