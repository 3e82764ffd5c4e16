//! Two instances on one database: one holds the region, the other waits.

use std::time::Duration;

use serde_json::{Value, json};

use super::desk::{Desk, LONG, call, fire, signed_in, text};
use crate::world::{World, wait_until};

const STANDBY: &str = "regions = [\"75\"]\nlease_seconds = 2\n";

/// Who holds the region, and under which epoch.
async fn lease(desk: &Desk) -> (String, i64) {
    let pg = desk.world.pg().await;
    let rows = pg.query("SELECT holder, epoch FROM lease WHERE region = '75'", &[]).await.expect("leases");
    assert_eq!(rows.len(), 1, "a region has one lease");
    (rows[0].get(0), rows[0].get(1))
}

#[actix_web::test]
async fn a_standby_waits_for_the_region_and_takes_it_over_when_its_holder_dies() {
    let mut desk = Desk::open(World::new().await).await;
    let first = desk.message(&fire()).await;
    let mut standby = desk.world.hub_waiting(STANDBY);
    let held = lease(&desk).await;
    wait_until("the standby has seen that the region is held", LONG, async || {
        standby.has_said("another instance holds a lease")
    })
    .await;
    assert!(!standby.is_ready(), "only one instance holds a region");
    assert_eq!(lease(&desk).await, held);
    desk.hub.kill();
    wait_until("the standby has taken over", LONG, async || standby.is_ready()).await;
    let now = lease(&desk).await;
    assert!(now.0 != held.0 && now.1 > held.1, "{held:?} {now:?}");

    let officer = signed_in(&standby, "duty_officer").await;
    let (_, card) = officer.get(&format!("/api/v1/incidents/{first}")).await.expect("the card");
    assert_eq!(card["id"], first.as_str(), "what was acknowledged is there");
    let note = json!({"text": "принял дежурство"});
    officer.change(&format!("/api/v1/incidents/{first}/notes"), &note).await.expect("changed");
    let (status, _) =
        officer.post("/api/v1/messages", &call("драка во дворе", 43.2, 76.9)).await.expect("it works");
    assert_eq!(status, 201);
    assert!(!standby.has_ended());
    let output = standby.run(&["replay", "--verify"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[actix_web::test]
async fn a_holder_that_hung_and_wakes_up_deposed_writes_nothing_more() {
    let mut desk = Desk::open(World::new().await).await;
    let mut standby = desk.world.hub_waiting(STANDBY);
    desk.message(&fire()).await;
    desk.hub.pause();
    // On its way to the one that hangs, which will find it when it wakes.
    let message = call("драка во дворе", 43.2, 76.9);
    let impatient = desk.officer.clone().with_patience(Duration::ZERO);
    let sent = {
        let message = message.clone();
        actix_rt::spawn(async move { impatient.post("/api/v1/messages", &message).await })
    };
    wait_until("the standby has taken over", LONG, async || standby.is_ready()).await;
    let held = lease(&desk).await;
    desk.hub.resume();
    let answer = sent.await.expect("no panic");
    assert!(answer.is_err(), "the deposed one acknowledges nothing: {answer:?}");
    wait_until("it has noticed and gone", LONG, async || desk.hub.has_ended()).await;
    assert_eq!(lease(&desk).await, held);

    let officer = signed_in(&standby, "duty_officer").await;
    let (status, taken) = officer.post("/api/v1/messages", &message).await.expect("taken");
    assert_eq!(status, 201, "nobody has taken it before");
    let (_, card) =
        officer.get(&format!("/api/v1/incidents/{}", text(&taken, "/incident"))).await.expect("the card");
    let messages: &Vec<Value> = card["messages"].as_array().expect("messages");
    assert_eq!(messages.len(), 1);
    assert!(!standby.has_ended());
    let output = standby.run(&["replay", "--verify"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
