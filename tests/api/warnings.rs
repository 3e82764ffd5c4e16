//! A warning of the public at an operator that is on HTTP: it finds it in its inbox, and reports what it gave out.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::asking::{Asker, House, LONG, call};
use super::duty::{agency, letter};
use crate::world::wait_until;

async fn case(officer: &Asker) -> Value {
    officer.get("/warnings").await.expect(200)[0].clone()
}

fn report(answered: &Value, status: &str, content: &Value) -> Value {
    json!({
        "contract": "1.3", "distribution_id": Uuid::now_v7(), "status": status, "kind": "response",
        "sender": {"region": "75", "service": "telecom"}, "recipients": [{"region": "75", "service": "hub"}],
        "sent_at": Timestamp::now(), "references": answered["message"]["distribution_id"],
        "incident": answered["message"]["incident"], "content_type": "warning_report", "content": content,
    })
}

#[actix_web::test]
async fn an_operator_without_amqp_finds_the_warning_in_its_inbox_and_reports_each_channel_or_refuses() {
    let house = House::open().await;
    let officer = house.caller("asel", hub112::store::account::Role::DutyOfficer).await;
    let telecom = agency(&house, "telecom").await;
    let taken = officer.post("/messages", &call("Утечка хлора, людям плохо")).await.expect(201);
    let about = json!({"about": "incident", "incident": taken["incident"]});
    let found =
        json!({"command": "find_threat", "about": about, "danger": "health", "basis": "хлор у домов"});
    officer.post("/warnings", &found).await.expect(204);
    let activate = json!({"command": "activate", "warning": 1, "reason": "ждать нельзя",
        "text": {"kk": {"event": "Хлор.", "instruction": "Үйде болыңыз."},
            "ru": {"event": "Утечка хлора.", "instruction": "Не выходите из дома."}},
        "audience": {"persons": true, "whole_region": true}});
    let mut nowhere = activate.clone();
    nowhere["audience"] = json!({"persons": true, "districts": ["759999999"]});
    let refused = officer.post("/warnings", &nowhere).await;
    assert_eq!((refused.status, &refused.body["field"]), (422, &json!("audience.districts")), "{refused:?}");
    officer.post("/warnings", &activate).await.expect(204);

    let told = letter(&telecom, "warning").await;
    let said = &told["message"]["content"];
    assert_eq!(
        (&said["warning"], &said["version"], &said["task"]),
        (&json!(1), &json!(1), &json!("transmit"))
    );
    assert_eq!(said["texts"]["ru"]["event"], "Утечка хлора.");
    let acknowledged = json!({"messages": [told["distribution_id"]]});
    telecom.post("/agency/inbox/acknowledgements", &acknowledged).await.expect(204);
    wait_until("the hub knows that the operator has it", LONG, async || {
        case(&officer).await["services"][0]["reached"] == "acknowledged"
    })
    .await;

    let now = Timestamp::now();
    let refused = json!({"warning": 1, "version": 1, "outcome": "refused", "at": now,
        "reason": {"code": "breakdown", "text": "узел рассылки не отвечает"}});
    telecom.post("/agency/reports", &report(&told, "actual", &refused)).await.expect(204);
    assert_eq!(case(&officer).await["services"][0]["outcome"], "refused");
    let by_sms = json!({"warning": 1, "version": 1, "outcome": "transmitted", "channel": "sms", "at": now,
        "reached": 48_000});
    let exercise = telecom.post("/agency/reports", &report(&told, "exercise", &by_sms)).await;
    assert!((400..500).contains(&exercise.status), "an exercise is never real: {exercise:?}");
    let silent = json!({"warning": 1, "version": 1, "outcome": "transmitted", "at": now});
    let silent = telecom.post("/agency/reports", &report(&told, "actual", &silent)).await;
    assert!((400..500).contains(&silent.status), "over which channel: {silent:?}");
    telecom.post("/agency/reports", &report(&told, "actual", &by_sms)).await.expect(204);
    let now = case(&officer).await;
    assert_eq!((&now["given_out"], &now["services"][0]["outcome"]), (&json!(true), &json!("transmitted")));
    assert_eq!(
        (&now["reports"][1]["channel"], &now["reports"][1]["reached"]),
        (&json!("sms"), &json!(48_000))
    );
}
