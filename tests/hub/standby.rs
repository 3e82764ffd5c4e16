//! Two instances on one database: one holds the region, the other waits.

use std::time::Duration;

use lapin::{Connection, ConnectionProperties};
use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::{Desk, LONG, call, fire, signed_in, text};
use super::doubt::is_heard;
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

/// The other instance came and went while this one hung: nobody else has the region now, and yet what this one knows of it
/// is of before.
#[actix_web::test]
async fn a_holder_that_wakes_up_deposed_does_not_go_on_though_nobody_has_the_region_any_more() {
    let mut desk = Desk::open(World::new().await).await;
    let mut standby = desk.world.hub_waiting(STANDBY);
    desk.message(&fire()).await;
    desk.hub.pause();
    wait_until("the standby has taken over", LONG, async || standby.is_ready()).await;
    let officer = signed_in(&standby, "duty_officer").await;
    let (status, _) =
        officer.post("/api/v1/messages", &call("драка во дворе", 43.2, 76.9)).await.expect("taken");
    assert_eq!(status, 201);
    standby.kill();
    let pg = desk.world.pg().await;
    wait_until("its lease has run out", LONG, async || {
        let free = "SELECT expires_at < clock_timestamp() FROM lease WHERE region = '75'";
        pg.query_one(free, &[]).await.expect("the lease").get(0)
    })
    .await;
    desk.hub.resume();
    wait_until("it has noticed and gone", LONG, async || desk.hub.has_ended()).await;
    standby.restart().await;
    let held = lease(&desk).await;
    desk.hub.restart_waiting();
    wait_until("as the other's standby it stands by", LONG, async || {
        desk.hub.has_said("another instance holds a lease")
    })
    .await;
    assert_eq!(lease(&desk).await, held);
    let output = standby.run(&["replay", "--verify"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// What an agency said while the hub was told to stop is either written down before the lease is given back, or comes again.
#[actix_web::test]
async fn a_hub_that_stops_gives_its_lease_back_when_what_it_decided_is_durable() {
    let mut desk = Desk::open(World::new().await).await;
    desk.agency("police", &[]);
    desk.end_agency("police");
    let pg = desk.world.pg().await;
    pg.batch_execute(
        "CREATE TABLE witness (events bigint); \
         CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS \
           $$BEGIN INSERT INTO witness SELECT count(*) FROM journal WHERE stream = 'service/75/police'; RETURN NEW; END$$; \
         CREATE TRIGGER given_back BEFORE UPDATE ON lease FOR EACH ROW \
           WHEN (NEW.expires_at = '-infinity') EXECUTE FUNCTION seen(); \
         BEGIN",
    )
    .await
    .expect("a witness of what is durable when the lease is given back");
    pg.batch_execute("SELECT 1 FROM stream_head WHERE stream = 'service/75/police' FOR UPDATE")
        .await
        .expect("the desk's stream is held");
    let other = desk.world.pg().await;
    let count = async |sql: &str| -> i64 { other.query_one(sql, &[]).await.expect("a count").get(0) };
    let events = "SELECT count(*) FROM journal WHERE stream = 'service/75/police'";
    let before = count(events).await;
    let status = json!({
        "contract": "1.2", "distribution_id": Uuid::now_v7(), "sender": {"region": "75", "service": "police"},
        "recipients": [{"region": "75", "service": "hub"}], "sent_at": jiff::Timestamp::now(), "status": "actual",
        "kind": "report", "content_type": "unit_status",
        "content": {"unit_id": "75-police-1", "status": "out_of_service", "at": jiff::Timestamp::now()},
    });
    desk.publish("agency.75.police", "75.police.unit_status", &status).await.expect("published");
    wait_until("what it said waits for the disk", LONG, async || {
        let waits = "SELECT count(*) FROM pg_stat_activity \
                     WHERE datname = current_database() AND wait_event_type = 'Lock'";
        count(waits).await > 0
    })
    .await;
    let broker = Connection::connect(&desk.world.amqp_url, ConnectionProperties::default()).await;
    let broker = broker.expect("a connection");
    let channel = broker.create_channel().await.expect("a channel");
    desk.hub.terminate();
    wait_until("nothing more comes in", LONG, async || !is_heard(&channel).await).await;
    pg.batch_execute("COMMIT").await.expect("let go");
    wait_until("it has ended", LONG, async || desk.hub.has_ended()).await;
    assert_eq!(count(events).await, before + 1);
    assert_eq!(count("SELECT max(events) FROM witness").await, before + 1, "by then it was durable");
}
