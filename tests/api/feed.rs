//! The live feed where a client would think it heard everything, or nothing.

use actix_web::rt::time::timeout;
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use hub112::store::account::Role;
use std::pin::pin;

use super::asking::{House, LONG, call};

/// After a restore from backup the journal ends before what a console has seen.
#[actix_web::test]
async fn a_client_that_saw_more_than_the_journal_holds_is_told_to_read_everything_again() {
    let house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    officer.post("/messages", &call("Пожар в складе")).await.expect(201);
    for beyond in ["0:99999999,1:99999999", "0:0,1:99999999", "30000:1"] {
        let answer = officer.ask("GET", "/feed", None, &[("Last-Event-ID", beyond)]).await;
        assert_eq!((answer.status, answer.problem()), (422, "invalid"), "{beyond}");
    }
}

/// What is heard meanwhile is another region's, and none of it is sent.
#[actix_web::test]
async fn the_feed_says_that_it_lives_while_another_region_is_busy() {
    let house = House::open().await;
    let busy = house.caller("asel", Role::DutyOfficer).await;
    let quiet = house.account("elsewhere", Role::DutyOfficer, Some("71"), None).await;
    let mut feed = quiet.listen("/feed").await;
    let beat = pin!(async {
        let mut heard = String::new();
        while let Some(bytes) = feed.next().await {
            heard.push_str(&String::from_utf8_lossy(&bytes.expect("the feed goes on")));
            if heard.contains("event: beat") {
                break;
            }
        }
        heard
    });
    let calls = pin!(async {
        loop {
            busy.post("/messages", &call("драка во дворе")).await.expect(201);
        }
    });
    let Ok(Either::Left((heard, _))) = timeout(LONG, select(beat, calls)).await else {
        panic!("no beat while others are busy")
    };
    assert!(heard.contains("event: beat") && !heard.contains("id: "), "{heard}");
}
