//! A warning of the public goes over the broker to the telecom operators' system, which gives it out and reports; of one
//! that nobody gives out the officer hears.

use serde_json::{Value, json};

use super::desk::{Desk, LONG, fire, text};
use crate::world::{World, wait_until};

async fn warning(desk: &Desk, number: u64) -> Value {
    let (_, all) = desk.officer.get("/api/v1/warnings").await.expect("warnings");
    let all = all.as_array().expect("a list").clone();
    all.into_iter().find(|one| one["number"] == number).unwrap_or_default()
}

fn at(warning: &Value, service: &str) -> Value {
    let services = warning["services"].as_array().cloned().unwrap_or_default();
    services.into_iter().find(|one| one["service"] == service).unwrap_or_default()
}

async fn act(desk: &Desk, command: Value) {
    desk.officer.post("/api/v1/warnings", &command).await.expect("decided");
}

/// A threat about a card; the case's number.
async fn threat(desk: &Desk, incident: &str) -> u64 {
    let found = json!({"command": "find_threat", "about": {"about": "incident", "incident": incident},
        "danger": "life_and_health", "basis": "дым идёт на жилые дома"});
    act(desk, found).await;
    let (_, all) = desk.officer.get("/api/v1/warnings").await.expect("warnings");
    let all = all.as_array().expect("a list").clone();
    let of = all.into_iter().find(|one| one["incident"] == incident).expect("the case");
    of["number"].as_u64().expect("a number")
}

fn activation(number: u64) -> Value {
    json!({"command": "activate", "warning": number, "reason": "дым уже у домов",
        "text": {"kk": {"event": "Қатты өрт.", "instruction": "Терезелерді жабыңыз."},
            "ru": {"event": "Сильный пожар.", "instruction": "Закройте окна."}},
        "audience": {"persons": true, "whole_region": true}})
}

#[actix_web::test]
async fn an_operators_system_takes_a_warning_gives_it_out_and_stops_at_its_end() {
    let mut desk = Desk::open(World::new().await).await;
    desk.agency("police", &["--behaviour", "absent"]);
    let incident = desk.message(&fire()).await;
    let number = threat(&desk, &incident).await;
    act(&desk, activation(number)).await;

    // Nobody listens yet: it waits in the operator's queue.
    wait_until("it is in the operator's queue", LONG, async || {
        at(&warning(&desk, number).await, "telecom")["reached"] == "in_broker"
    })
    .await;
    wait_until("the police's system has it", LONG, async || {
        at(&warning(&desk, number).await, "police")["reached"] == "acknowledged"
    })
    .await;
    assert_eq!(at(&warning(&desk, number).await, "telecom")["outcome"], Value::Null);

    desk.agency("telecom", &[]);
    wait_until("the operator has given it out over both its channels", LONG, async || {
        let case = warning(&desk, number).await;
        let reports = case["reports"].as_array().cloned().unwrap_or_default();
        let over = |channel: &str| reports.iter().any(|r| r["channel"] == channel && r["version"] == 1);
        over("cell_broadcast") && over("sms") && at(&case, "telecom")["outcome"] == "transmitted"
    })
    .await;
    let case = warning(&desk, number).await;
    assert_eq!(case["given_out"], true);
    let telecom = at(&case, "telecom");
    assert_eq!((&telecom["gives_out"], &telecom["messages"][0]["task"]), (&json!(true), &json!("transmit")));
    let police = at(&case, "police");
    assert_eq!((&police["gives_out"], &police["messages"][0]["task"]), (&json!(false), &json!("inform")));
    assert!(case["reports"].as_array().expect("reports").iter().any(|r| r["reached"].is_u64()));

    act(&desk, json!({"command": "end", "warning": number, "reason": "пожар потушен"})).await;
    wait_until("the operator's system has the end", LONG, async || {
        let telecom = at(&warning(&desk, number).await, "telecom");
        let last = telecom["messages"].as_array().and_then(|all| all.last().cloned()).unwrap_or_default();
        last["task"] == "stop" && last["delivery"]["acknowledged_at"].is_string()
    })
    .await;
    assert_eq!(warning(&desk, number).await["reports"].as_array().map(Vec::len), Some(2), "once each");
    desk.verified().await;
}

#[actix_web::test]
async fn of_a_warning_that_no_operator_gives_out_the_officer_hears() {
    let mut desk = Desk::open(World::new().await).await;
    desk.settings(|s| s["warning_wait"] = json!(10)).await;
    desk.agency("telecom", &["--behaviour", "silent"]);
    let incident = desk.message(&fire()).await;
    let number = threat(&desk, &incident).await;
    act(&desk, activation(number)).await;
    let mut notice = Value::Null;
    wait_until("the officer is told that nobody gave it out", LONG, async || {
        let notices = desk.all("/api/v1/notices").await;
        let of = notices.into_iter().find(|n| n["about"] == "warning_not_given_out");
        of.inspect(|found| notice = found.clone()).is_some()
    })
    .await;
    assert_eq!((&notice["warning"], &notice["version"]), (&json!(number), &json!(1)));
    assert_eq!(text(&notice, "/to/office"), "duty_officer");
    // It was done over the telephone.
    let report = json!({"command": "report", "service": "telecom", "report": {"warning": number, "version": 1,
        "outcome": "transmitted", "channel": "tv_radio", "at": jiff::Timestamp::now()}});
    act(&desk, report).await;
    wait_until("nobody need take note any more", LONG, async || {
        let notices = desk.all("/api/v1/notices").await;
        notices.iter().all(|n| n["about"] != "warning_not_given_out" || n["ended_at"].is_string())
    })
    .await;
    assert_eq!(warning(&desk, number).await["reports"][0]["recorded_by"], "duty_officer");
    desk.verified().await;
}
