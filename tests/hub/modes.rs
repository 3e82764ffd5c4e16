//! The three modes with agencies that answer for themselves, and one that does not.

use serde_json::{Value, json};

use super::desk::{Desk, LONG, text};
use crate::world::{World, wait_until};

async fn declare(desk: &Desk, mode: &str) {
    let order = json!({"command": "declare", "mode": mode,
        "order": {"reason": "угроза селя", "legal_reference": "Решение акима № 1 от 23.11.2026"}});
    desk.officer.post("/api/v1/mode", &order).await.expect("declared");
}

async fn owed(desk: &Desk, kind: &str) -> Vec<Value> {
    let all = desk.all("/api/v1/obligations").await;
    all.into_iter().filter(|o| o["kind"] == kind).collect()
}

#[actix_web::test]
async fn high_readiness_obliges_six_services_some_report_and_the_silent_one_is_late_and_escalates() {
    let mut desk = Desk::open(World::new().await).await;
    desk.settings(|s| {
        s["limits"]["seconds"]["O-07"] = json!(4);
        s["limits"]["escalation"]["immediately"] =
            json!({"repeat": 0, "phone": 1, "head": 2, "leadership": 3});
        s["limits"]["escalation"]["urgently"] = json!({"repeat": 0, "phone": 1, "head": 2, "leadership": 3});
        s["limits"]["escalation"]["no_stated_limit"] =
            json!({"repeat": 0, "phone": 1, "head": 2, "leadership": 3});
    })
    .await;
    for service in ["ambulance", "fire_rescue", "utilities"] {
        desk.agency(service, &[]);
    }
    desk.agency("police", &["--behaviour", "silent"]);
    declare(&desk, "high_readiness").await;
    wait_until("readiness is owed", LONG, async || !owed(&desk, "O-07").await.is_empty()).await;
    let debtors: Vec<String> = owed(&desk, "O-07").await.iter().map(|o| text(o, "/service")).collect();
    for exempt in ["security", "telecom"] {
        assert!(!debtors.contains(&exempt.to_owned()), "c.5(2)¶4 exempts {exempt}: {debtors:?}");
    }
    for service in ["ambulance", "fire_rescue", "police", "utilities"] {
        assert!(debtors.contains(&service.to_owned()), "{debtors:?}");
    }
    wait_until("those at work have reported", LONG, async || {
        let owed = owed(&desk, "O-07").await;
        ["ambulance", "fire_rescue", "utilities"]
            .iter()
            .all(|s| owed.iter().any(|o| o["service"] == *s && o["status"] == "met"))
    })
    .await;
    wait_until("the silent one is late and its leadership is told", LONG, async || {
        let owed = owed(&desk, "O-07").await;
        owed.iter().any(|o| {
            o["service"] == "police"
                && o["status"] == "late"
                && o["escalations"].to_string().contains("leadership")
        })
    })
    .await;
    assert!(desk.hub.metric("hub112_obligations_late").is_some_and(|late| late >= 1.0));

    declare(&desk, "emergency").await;
    let (_, mode) = desk.officer.get("/api/v1/mode").await.expect("a mode");
    assert!(mode.to_string().contains("emergency"), "{mode}");
    declare(&desk, "everyday").await;
    wait_until("nothing of the old mode is owed", LONG, async || {
        owed(&desk, "O-07").await.iter().all(|o| o["status"] != "open" && o["status"] != "late")
    })
    .await;
    desk.verified().await;
}
