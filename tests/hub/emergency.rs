//! The mode of an emergency (c.5(3)) with agencies that report for themselves, and one that does not.

use serde_json::{Value, json};

use super::desk::{Desk, LONG, call, requests, text};
use crate::world::{World, wait_until};

fn statuses(obligations: &[Value]) -> Vec<String> {
    obligations.iter().map(|o| text(o, "/status")).collect()
}

#[actix_web::test]
async fn an_emergency_is_identified_the_profiles_sent_more_asked_for_and_the_silent_one_pursued() {
    let mut desk = Desk::open(World::new().await).await;
    desk.settings(|s| {
        s["limits"]["seconds"]["O-11a"] = json!(4);
        s["limits"]["escalation"]["urgently"] = json!({"repeat": 0, "phone": 1, "head": 2, "leadership": 3});
    })
    .await;
    for service in ["fire_rescue", "ambulance", "police"] {
        desk.agency(service, &[]);
    }
    desk.agency("utilities", &["--behaviour", "silent"]);
    let order = json!({"command": "declare", "mode": "emergency", "order": {
        "reason": "взрыв газа в жилом доме", "legal_reference": "Решение акима № 7 от 23.11.2026"}});
    desk.officer.post("/api/v1/mode", &order).await.expect("declared");
    let (_, mode) = desk.officer.get("/api/v1/mode").await.expect("a mode");
    let period = mode["periods"].as_array().and_then(|p| p.last()).expect("a period");
    assert_eq!((&period["mode"], &period["declared_by"]), (&json!("emergency"), &json!("duty_officer")));

    let blast = call("Взрыв в жилом доме, обрушились перекрытия, есть пострадавшие", 43.2389, 76.8897);
    let incident = desk.message(&blast).await;
    // c.5(3)¶1: identified by a named person.
    assert_eq!(statuses(&desk.owed(&incident, "O-08").await), ["open"]);
    let identification = json!({"standing": "emergency", "basis": "обрушение, пострадавшие",
        "nature": "technogenic", "type_id": "T03a"});
    let path = format!("/api/v1/incidents/{incident}/identification");
    desk.officer.change(&path, &identification).await.expect("identified");
    assert_eq!(statuses(&desk.owed(&incident, "O-08").await), ["open"], "its scale is not stated");
    let scale = json!({"scale": "local", "basis": "один дом, до пятидесяти пострадавших"});
    desk.officer.put(&format!("/api/v1/incidents/{incident}/scale"), &scale).await.expect("stated");
    assert_eq!(statuses(&desk.owed(&incident, "O-08").await), ["met"]);

    // c.5(3)¶2: the first wave of every profile concerned.
    let profiles = statuses(&desk.owed(&incident, "O-09").await);
    assert!(profiles.len() >= 3 && profiles.iter().all(|s| s == "open"), "{profiles:?}");
    let card = desk.request_forces(&incident).await;
    assert!(requests(&card).iter().all(|r| r["act"] == "first_wave" && r["service"] != "security"), "{card}");
    let path = format!("/api/v1/incidents/{incident}/forces");
    let of = |service: &str, act: &str| json!({"forces": [{"service": service, "act": act, "count": 1}]});
    assert!(statuses(&desk.owed(&incident, "O-09").await).iter().all(|s| s == "met"));

    // c.5(3)¶3: more is another act: the service is informed, and that is met when it acknowledges.
    desk.officer.post(&path, &of("ambulance", "additional")).await.expect("more asked for");
    let exempt = desk.officer.post(&path, &of("security", "additional")).await;
    assert!(exempt.is_err(), "c.5(3)¶4: security owes no forces");
    wait_until("the ambulance is informed", LONG, async || {
        statuses(&desk.owed(&incident, "O-10").await) == ["met"]
    })
    .await;

    // c.5(3)¶4: three data from everyone asked.
    for kind in ["O-11a", "O-11b", "O-11c"] {
        wait_until("those at work have given it", LONG, async || {
            let owed = desk.owed(&incident, kind).await;
            let of_others: Vec<_> = owed.iter().filter(|o| o["service"] != "utilities").collect();
            of_others.len() > 3 && of_others.iter().all(|o| text(o, "/status").starts_with("met"))
        })
        .await;
    }
    wait_until("the leadership hears of the one that says nothing", LONG, async || {
        let owed = desk.owed(&incident, "O-11a").await;
        owed.iter().any(|o| {
            o["service"] == "utilities"
                && o["status"] == "late"
                && o["escalations"].to_string().contains("leadership")
        })
    })
    .await;
    desk.verified().await;
}
