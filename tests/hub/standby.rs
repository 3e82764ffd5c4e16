//! Two instances on one database: one holds the region, the other waits.

use serde_json::json;

use super::desk::{Desk, LONG, fire};
use crate::world::{World, wait_until};

#[actix_web::test]
async fn a_standby_waits_for_the_region_and_takes_it_over_when_its_holder_dies() {
    let mut desk = Desk::open(World::new().await).await;
    let first = desk.message(&fire()).await;
    let standby = desk.world.hub_waiting("regions = [\"75\"]\nlease_seconds = 2\n");
    assert!(!standby.is_ready(), "only one instance holds a region");
    desk.hub.kill();
    wait_until("the standby has taken over", LONG, async || standby.is_ready()).await;
    let mut officer = hub112::client::Client::new(&standby.url);
    officer.sign_in("duty_officer", "a password for tests").await.expect("signed in");
    let (_, card) = officer.get(&format!("/api/v1/incidents/{first}")).await.expect("the card");
    assert_eq!(card["id"], first.as_str(), "what was acknowledged is there");
    let (status, _) = officer.post("/api/v1/messages", &fire()).await.expect("it works");
    assert!(status == 201 || status == 200);
    let note = json!({"text": "принял дежурство"});
    officer.change(&format!("/api/v1/incidents/{first}/notes"), &note).await.expect("changed");
    let output = standby.run(&["replay", "--verify"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
