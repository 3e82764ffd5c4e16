//! One trace runs from the request through the journal and the broker to the agency and back.

use serde_json::{Value, json};

use super::desk::{Desk, LONG, fire, requests, text};
use crate::world::{World, wait_until};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

#[actix_web::test]
async fn what_is_done_because_of_a_request_carries_its_trace_to_the_agency_and_back() {
    let mut desk = Desk::open(World::new().await).await;
    desk.settings(|s| s["dispatch_by_rule"] = json!(true)).await;
    desk.agency("ambulance", &[]);
    let token = desk.token("duty_officer").await;
    let client = awc::Client::default();
    let post = |message: Value, traceparent: Option<String>| {
        let mut request =
            client.post(format!("{}/api/v1/messages", desk.hub.url)).bearer_auth(&token).timeout(LONG);
        if let Some(traceparent) = traceparent {
            request = request.insert_header(("traceparent", traceparent));
        }
        async move {
            let mut answer = request.send_json(&message).await.expect("an answer");
            let header =
                answer.headers().get("traceparent").expect("a trace").to_str().expect("ASCII").to_owned();
            (answer.json::<Value>().await.expect("JSON"), header)
        }
    };
    let given = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let (taken, answered) = post(fire(), Some(given.clone())).await;
    assert!(answered.starts_with(&format!("00-{TRACE}-")) && answered != given, "{answered}");
    let incident = text(&taken, "/incident");
    desk.until("the ambulance has answered", &incident, |card| {
        requests(card).iter().any(|r| r["service"] == "ambulance" && r["answered_at"].is_string())
    })
    .await;
    let pg = desk.world.pg().await;
    let traced = async |kind: &str| {
        let sql = "SELECT count(*), count(*) FILTER (WHERE split_part(trace, '-', 2) = $2) FROM journal \
             WHERE kind = $1 AND about = $3";
        let about: uuid::Uuid = incident.parse().expect("an id");
        let row = pg.query_one(sql, &[&kind, &TRACE, &about]).await.expect("events");
        (row.get::<_, i64>(0), row.get::<_, i64>(1))
    };
    for kind in ["message_received", "forces_requested", "forces_answered"] {
        let (all, of_trace) = traced(kind).await;
        assert!(all > 0 && all == of_trace, "{kind}: {of_trace} of {all}");
    }

    // A line of the log about what was refused names its trace too; a request that brings none begins one.
    let mut bad = fire();
    bad["text"] = json!("");
    let (_, own) = post(bad, None).await;
    let id = own.split('-').nth(1).expect("a trace").to_owned();
    assert_ne!(id, TRACE);
    wait_until("the log has it", LONG, async || {
        let log = std::fs::read_to_string(&desk.hub.log).unwrap_or_default();
        log.lines().any(|line| line.contains(&id) && line.contains("422") && line.contains("answered"))
    })
    .await;
}

#[actix_web::test]
async fn the_figures_name_what_waits_and_how_long_things_take_and_say_what_they_mean() {
    let desk = Desk::open(World::new().await).await;
    desk.message(&fire()).await;
    for name in [
        "hub112_queue_messages",
        "hub112_outbox_held_rows",
        "hub112_journal_waiting",
        "hub112_http_seconds_count",
        "hub112_journal_append_seconds_count",
        "hub112_obligations_late",
        "hub112_spool_messages",
    ] {
        wait_until(name, LONG, async || desk.hub.metric(name).is_some()).await;
    }
    let mut answer =
        awc::Client::default().get(format!("{}/metrics", desk.hub.url)).send().await.expect("figures");
    let body = answer.body().limit(4 << 20).await.expect("text");
    let figures = String::from_utf8(body.to_vec()).expect("text");
    let names = |mark: &str| -> Vec<String> {
        let lines = figures.lines().filter_map(|line| line.strip_prefix(mark));
        let mut names: Vec<String> = lines.filter_map(|l| l.split(' ').next()).map(str::to_owned).collect();
        names.sort();
        names
    };
    assert!(!names("# TYPE ").is_empty());
    assert_eq!(names("# HELP "), names("# TYPE "), "every figure says what it means");
}
