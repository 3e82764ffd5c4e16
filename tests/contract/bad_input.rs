//! Bad input gets a clear error of its own kind, changes nothing, and the connection stays.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::hub::desk::{Desk, PASSWORD, call, text};
use crate::world::World;

/// One connection that is kept open over all requests.
struct Line {
    stream: BufReader<TcpStream>,
    token: String,
}

impl Line {
    fn open(url: &str, token: String) -> Self {
        let address = url.trim_start_matches("http://");
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(std::time::Duration::from_secs(30))).expect("a limit");
        Self { stream: BufReader::new(stream), token }
    }

    /// Sends bytes as a JSON body and reads the answer.
    fn send(&mut self, method: &str, path: &str, media: &str, body: &[u8]) -> (u16, Value) {
        self.send_with(method, path, media, "", body)
    }

    /// The same with more lines in its head.
    fn send_with(&mut self, method: &str, path: &str, media: &str, more: &str, body: &[u8]) -> (u16, Value) {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {}\r\nIf-Match: *\r\nAccept-Language: ru\r\n\
             {more}Content-Type: {media}\r\nContent-Length: {}\r\n\r\n",
            self.token,
            body.len()
        );
        self.stream.get_mut().write_all(head.as_bytes()).expect("sent");
        self.stream.get_mut().write_all(body).expect("sent");
        let mut line = String::new();
        self.stream.read_line(&mut line).expect("the connection stays");
        let status =
            line.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or_else(|| panic!("answer: {line:?}"));
        let mut length = 0;
        loop {
            let mut header = String::new();
            self.stream.read_line(&mut header).expect("a header");
            let header = header.trim().to_ascii_lowercase();
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
            if header.is_empty() {
                break;
            }
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer).expect("the whole answer");
        (status, serde_json::from_slice(&answer).unwrap_or_default())
    }
}

async fn written(desk: &Desk) -> (i64, i64) {
    let row = desk
        .world
        .pg()
        .await
        .query_one("SELECT (SELECT count(*) FROM journal), (SELECT count(*) FROM message)", &[])
        .await
        .expect("counts");
    (row.get(0), row.get(1))
}

/// A message with one thing wrong.
fn with(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut message = call("горит дом", 43.24, 76.89);
    change(&mut message);
    message.to_string().into_bytes()
}

const JSON: &str = "application/json";

#[actix_web::test]
async fn a_bad_message_is_refused_for_what_is_wrong_with_it_and_nothing_is_written() {
    let desk = Desk::open(World::new().await).await;
    let mut line = Line::open(&desk.hub.url, desk.token("duty_officer").await);
    let mut invalid_utf8 = with(|_| {});
    let place = invalid_utf8.windows(4).position(|w| *w == "горит".as_bytes()[..4]).expect("the word");
    invalid_utf8[place] = 0xFF;
    let in_an_hour = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let eight_days_ago = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(8 * 24);
    let cases: Vec<(&str, &str, Vec<u8>, u16, &str)> = vec![
        ("not JSON", JSON, b"{\"id\": ".to_vec(), 400, "malformed"),
        ("nothing", JSON, Vec::new(), 400, "malformed"),
        ("not UTF-8", JSON, invalid_utf8, 400, "malformed"),
        ("another media type", "text/plain", with(|_| {}), 415, "unsupported-media"),
        ("a list", JSON, b"[]".to_vec(), 422, "invalid"),
        ("a number for a text", JSON, with(|m| m["text"] = json!(112)), 422, "invalid"),
        ("a text for a time", JSON, with(|m| m["received_at"] = json!("yesterday")), 422, "invalid"),
        ("an unknown channel", JSON, with(|m| m["channel"] = json!("telepathy")), 422, "invalid"),
        ("an unknown field", JSON, with(|m| m["colour"] = json!("red")), 422, "invalid"),
        ("an id that is none", JSON, with(|m| m["id"] = json!("112")), 422, "invalid"),
        (
            "a place in another country",
            JSON,
            with(|m| m["location"]["fix"]["point"] = json!({"lat": 55.75, "lon": 37.61})),
            422,
            "invalid",
        ),
        (
            "a place in Tashkent",
            JSON,
            with(|m| m["location"]["fix"]["point"] = json!({"lat": 41.3111, "lon": 69.2797})),
            422,
            "invalid",
        ),
        (
            "a place in Bishkek",
            JSON,
            with(|m| m["location"]["fix"]["point"] = json!({"lat": 42.8746, "lon": 74.5698})),
            422,
            "invalid",
        ),
        (
            "a place on no globe",
            JSON,
            with(|m| m["location"]["fix"]["point"] = json!({"lat": 143.0, "lon": 76.9})),
            422,
            "invalid",
        ),
        (
            "swapped axes",
            JSON,
            with(|m| m["location"]["fix"]["point"] = json!({"lat": 76.9, "lon": 43.2})),
            422,
            "invalid",
        ),
        (
            "a radius below nothing",
            JSON,
            with(|m| m["location"]["fix"]["uncertainty"]["radius_m"] = json!(-5.0)),
            422,
            "invalid",
        ),
        ("a time in the future", JSON, with(|m| m["received_at"] = json!(in_an_hour)), 422, "invalid"),
        (
            "a place known in the future",
            JSON,
            with(|m| m["location"]["at"] = json!("2099-01-01T00:00:00Z")),
            422,
            "invalid",
        ),
        (
            "a time before any clock",
            JSON,
            with(|m| m["received_at"] = json!("-006000-01-02T00:00:00Z")),
            422,
            "invalid",
        ),
        ("a time in 1970", JSON, with(|m| m["received_at"] = json!("1970-01-01T00:00:01Z")), 422, "invalid"),
        ("a time of last week", JSON, with(|m| m["received_at"] = json!(eight_days_ago)), 422, "invalid"),
        ("a category that is none", JSON, with(|m| m["category"] = json!("dragon")), 422, "invalid"),
        (
            "a service that is none",
            JSON,
            with(|m| m["sender"] = json!({"kind": "service", "service": "ghosts"})),
            422,
            "invalid",
        ),
        (
            "a desk that is none",
            JSON,
            with(|m| m["sender"] = json!({"kind": "service", "service": "utilities-ghost"})),
            422,
            "invalid",
        ),
        (
            "an organisation without a name",
            JSON,
            with(|m| {
                m["sender"] =
                    json!({"kind": "organisation", "name": " ", "call_back": {"kind": "no_number"}});
            }),
            422,
            "invalid",
        ),
        (
            "a place that may be anywhere",
            JSON,
            with(|m| m["location"]["fix"]["uncertainty"] = json!({"shape": "circle", "radius_m": 3.0e6})),
            422,
            "invalid",
        ),
        ("an enormous name", JSON, with(|m| m["sender"]["name"] = json!("а".repeat(60_000))), 422, "invalid"),
        ("no words", JSON, with(|m| m["text"] = json!("   ")), 422, "invalid"),
        ("a character of number 0", JSON, with(|m| m["text"] = json!("горит\0дом")), 422, "invalid"),
        ("an enormous text", JSON, with(|m| m["text"] = json!("а".repeat(60_000))), 422, "invalid"),
        ("an enormous body", JSON, with(|m| m["text"] = json!("а".repeat(400_000))), 413, "too-large"),
        (
            "a telephone number that is none",
            JSON,
            with(|m| m["sender"]["call_back"]["number"] = json!("+7 (701) abc")),
            422,
            "invalid",
        ),
        (
            "deep nesting",
            JSON,
            [&b"{\"answers\":{\"a\":"[..], &b"[".repeat(10_000), &b"]".repeat(10_000), b"}}"].concat(),
            400,
            "malformed",
        ),
    ];
    let before = written(&desk).await;
    for (what, media, body, status, kind) in cases {
        let (found, problem) = line.send("POST", "/api/v1/messages", media, &body);
        assert_eq!(
            (found, text(&problem, "/type")),
            (status, format!("urn:hub112:problem:{kind}")),
            "{what}: {problem}"
        );
        assert_eq!(problem["status"], status, "{what}");
        assert!(
            !text(&problem, "/detail").is_empty() && !text(&problem, "/title").is_ascii(),
            "{what}: {problem}"
        );
        if found == 413 {
            // What is too large is not read to its end.
            line = Line::open(&desk.hub.url, line.token.clone());
        }
    }
    let enormous = with(|m| m["text"] = json!("а".repeat(400_000)));
    for (path, key) in [
        ("/api/v1/messages", ""),
        ("/api/v1/messages", "Idempotency-Key: enormous-1\r\n"),
        ("/api/v1/incidents/0190c0de-0000-7000-8000-000000000000/notes", ""),
        ("/api/v1/incidents/0190c0de-0000-7000-8000-000000000000/notes", "Idempotency-Key: enormous-2\r\n"),
    ] {
        let mut line = Line::open(&desk.hub.url, line.token.clone());
        let (status, problem) = line.send_with("POST", path, JSON, key, &enormous);
        assert_eq!(
            (status, text(&problem, "/type")),
            (413, "urn:hub112:problem:too-large".to_owned()),
            "{path} {key}: {problem}"
        );
        assert!(text(&problem, "/detail").contains("262144"), "{path} {key}: {problem}");
    }
    assert_eq!(written(&desk).await, before, "nothing was written");
    let (status, _) = line.send("POST", "/api/v1/messages", JSON, &with(|_| {}));
    assert_eq!(status, 201, "and the same connection goes on");
}

#[actix_web::test]
async fn the_same_id_again_is_the_same_message_and_what_is_not_there_is_said_to_be_not_there() {
    let desk = Desk::open(World::new().await).await;
    let mut line = Line::open(&desk.hub.url, desk.token("duty_officer").await);
    let mut message = call("горит дом", 43.24, 76.89);
    let (status, first) = line.send("POST", "/api/v1/messages", JSON, message.to_string().as_bytes());
    assert_eq!(status, 201);
    let before = written(&desk).await;
    // A channel that is not sure sends again, perhaps with a new time.
    message["received_at"] = json!(jiff::Timestamp::now());
    let (status, again) = line.send("POST", "/api/v1/messages", JSON, message.to_string().as_bytes());
    assert_eq!((status, &again["incident"], &again["opened"]), (200, &first["incident"], &json!(false)));
    message["text"] = json!("совсем другое");
    let (status, problem) = line.send("POST", "/api/v1/messages", JSON, message.to_string().as_bytes());
    assert_eq!((status, text(&problem, "/field")), (409, "id".to_owned()), "not known, or it would be lost");
    assert_eq!(written(&desk).await, before, "nothing was written");

    let none = "0190c0de-0000-7000-8000-000000000000";
    let incident = text(&first, "/incident");
    let declared = |field: &str| {
        let mut it = json!({"standing": "emergency", "basis": "сгорело всё", "nature": "technogenic",
            "type_id": "T03a", "declaration": {"number": "7", "signed_at": "2026-01-01T00:00:00Z",
            "starts_at": "2025-12-31T00:00:00Z", "territories": ["751000000"], "by": "Аким"}});
        it["declaration"][field] = json!("2099-01-01T00:00:00Z");
        it
    };
    let cases = [
        (
            "PUT",
            format!("/api/v1/incidents/{incident}/location"),
            json!({"source": "officer", "address": "Абая 1", "at": "2099-01-01T00:00:00Z"}),
            422,
            "invalid",
        ),
        (
            "POST",
            format!("/api/v1/incidents/{incident}/identification"),
            declared("signed_at"),
            422,
            "invalid",
        ),
        (
            "POST",
            format!("/api/v1/incidents/{incident}/identification"),
            declared("starts_at"),
            422,
            "invalid",
        ),
        ("POST", format!("/api/v1/incidents/{none}/notes"), json!({"text": "x"}), 404, "not-found"),
        (
            "POST",
            format!("/api/v1/incidents/{incident}/merge"),
            json!({"from": none, "reason": "x"}),
            404,
            "not-found",
        ),
        (
            "POST",
            format!("/api/v1/incidents/{incident}/merge"),
            json!({"from": incident, "reason": "x"}),
            409,
            "conflict",
        ),
        (
            "POST",
            format!("/api/v1/incidents/{incident}/requests/{none}/cancel"),
            json!({"reason": "x"}),
            404,
            "not-found",
        ),
        (
            "POST",
            format!("/api/v1/incidents/{incident}/forces"),
            json!({"forces": [{"service": "dragons", "act": "first_wave", "count": 1}]}),
            404,
            "not-found",
        ),
        (
            "POST",
            format!("/api/v1/incidents/{incident}/forces"),
            json!({"forces": [{"service": "ambulance", "act": "first_wave", "count": -1}]}),
            422,
            "invalid",
        ),
        (
            "PUT",
            format!("/api/v1/incidents/{incident}/category"),
            json!({"code": "dragon"}),
            404,
            "not-found",
        ),
        ("GET", "/api/v1/incidents?limit=100000".into(), Value::Null, 422, "invalid"),
        ("GET", "/api/v1/incidents?ids=zzz".into(), Value::Null, 400, "malformed"),
        ("GET", "/api/v1/incidents?after=x".into(), Value::Null, 422, "invalid"),
        ("GET", "/api/v1/incidents/x".into(), Value::Null, 400, "malformed"),
        ("GET", "/api/v1/nowhere".into(), Value::Null, 404, "not-found"),
        ("DELETE", "/api/v1/incidents".into(), Value::Null, 405, "method-not-allowed"),
    ];
    for (method, path, body, status, kind) in cases {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (found, problem) = line.send(method, &path, JSON, body.as_bytes());
        assert_eq!(
            (found, problem["type"].as_str()),
            (status, Some(format!("urn:hub112:problem:{kind}").as_str())),
            "{method} {path}: {problem}"
        );
    }
    assert_eq!(written(&desk).await, before, "nothing was written");
}

#[actix_web::test]
async fn a_character_of_number_0_in_an_address_is_the_callers_fault_and_no_outage() {
    let desk = Desk::open(World::new().await).await;
    let mut line = Line::open(&desk.hub.url, desk.token("duty_officer").await);
    for path in [
        "/api/v1/incidents?number=%00",
        "/api/v1/incidents?category=a%00b",
        "/api/v1/units?ids=%00",
        "/api/v1/units?after=75%00",
        "/api/v1/zones/%00",
    ] {
        let (status, problem) = line.send("GET", path, JSON, b"");
        assert_eq!(
            (status, text(&problem, "/type")),
            (422, "urn:hub112:problem:invalid".to_owned()),
            "{path}: {problem}"
        );
        assert!(text(&problem, "/detail").contains("уберите"), "{path}: {problem}");
    }
    let (status, problem) = line.send("GET", "/ogc/collections/units/items/%00", JSON, b"");
    assert_eq!(status, 404, "{problem}");
    let (status, found) = line.send("GET", "/api/v1/incidents?number=%2500", JSON, b"");
    assert_eq!((status, &found["items"]), (200, &json!([])), "three plain characters: {found}");
}

#[actix_web::test]
async fn a_unit_is_entered_with_what_can_be_true_of_it_and_by_one_service_alone() {
    let desk = Desk::open(World::new().await).await;
    let home = json!({"lat": 43.24, "lon": 76.89});
    let unit = || {
        json!({
            "id": "75-bound-1", "service": "ambulance", "region": "75", "call_sign": "b", "kind": "ambulance",
            "capabilities": ["transport"], "station": "s", "home": home,
            "position": {"point": home, "at": jiff::Timestamp::now(), "source": "station", "accuracy": null},
        })
    };
    let path = "/api/v1/units/75-bound-1";
    let wrong = [("/station", json!("s".repeat(201))), ("/position/point", json!({"lat": 51.0, "lon": 0.0}))];
    for (at, value) in wrong {
        let mut unit = unit();
        *unit.pointer_mut(at).expect("a field") = value;
        let refused = desk.admin.put(path, &unit).await.expect_err(at).to_string();
        assert!(refused.contains("422"), "{at}: {refused}");
    }
    desk.admin.put(path, &unit()).await.expect_err("no such version yet");
    desk.admin.make(path, &unit()).await.expect("as it should be");
    let mut moved = unit();
    moved["service"] = json!("police");
    let refused = desk.admin.put(path, &moved).await.expect_err("another's").to_string();
    assert!(refused.contains("409"), "{refused}");
}

#[actix_web::test]
async fn an_agency_speaks_for_itself_alone_and_acknowledges_only_what_was_sent() {
    let desk = Desk::open(World::new().await).await;
    let account =
        ["account", "put", "ambulance", "--role", "agency", "--region", "75", "--service", "ambulance"];
    assert!(desk.hub.run_with(&account, PASSWORD).status.success());
    let mut line = Line::open(&desk.hub.url, desk.token("ambulance").await);
    let now = jiff::Timestamp::now();
    let envelope = |service: &str, kind: &str, content_type: &str, content: Value| {
        json!({
            "contract": "1.0", "distribution_id": uuid::Uuid::now_v7(), "sent_at": now,
            "sender": {"region": "75", "service": service},
            "recipients": [{"region": "75", "service": "hub"}],
            "kind": kind, "status": "actual", "content_type": content_type, "content": content,
        })
    };
    let none = "0190c0de-0000-7000-8000-000000000000";
    let acknowledged = |service: &str| {
        let mut ack = envelope(service, "ack", "technical_ack", json!({"received_at": now}));
        ack["references"] = json!(none);
        ack
    };
    let emergency = |text: &str| {
        let place = json!({"point": {"lat": 43.24, "lon": 76.89}});
        let content = json!({"received_at": now, "text": text, "place": place});
        envelope("ambulance", "report", "emergency_report", content)
    };
    let mut abroad = emergency("наводнение");
    abroad["content"]["place"]["point"] = json!({"lat": 55.75, "lon": 37.62});
    let mut over_the_border = emergency("наводнение");
    over_the_border["content"]["place"]["point"] = json!({"lat": 41.3111, "lon": 69.2797});
    let tashkent = || json!({"point": {"lat": 41.3111, "lon": 69.2797}});
    let observed = json!({"nature": "fire", "text": "дым", "place": tashkent(), "observed_at": now});
    let seen_abroad = envelope("ambulance", "report", "situation_report", observed);
    let formation = json!({"name": "Смена", "readiness": "high", "people": 4, "place": tashkent(),
        "equipment": [{"name": "автомобиль", "count": 2}]});
    let ready_abroad =
        envelope("ambulance", "report", "readiness_report", json!({"formations": [formation], "at": now}));
    let unit = json!({"unit_id": "75-a-1", "status": "available", "at": now, "point": tashkent()["point"]});
    let unit_abroad = envelope("ambulance", "report", "unit_status", unit);
    let mut tomorrow = emergency("наводнение");
    tomorrow["content"]["received_at"] = json!(now + jiff::SignedDuration::from_hours(24));
    let mut misspelt = emergency("наводнение");
    misspelt["content"]["afected"] = json!(12);
    let mut for_ghosts = emergency("наводнение");
    for_ghosts["sender"]["service"] = json!("ghosts");
    let cases = [
        (acknowledged("police"), "sender_mismatch"),
        (acknowledged("ambulance"), "unknown_reference"),
        (abroad, "place_outside_country"),
        (over_the_border, "place_outside_country"),
        (seen_abroad, "place_outside_country"),
        (ready_abroad, "place_outside_country"),
        (unit_abroad, "place_outside_country"),
        (tomorrow, "time_in_future"),
        (misspelt, "malformed_content"),
        (emergency(&"а".repeat(30_000)), "too_large"),
        (for_ghosts, "sender_mismatch"),
        (envelope("ambulance", "report", "gossip", json!({})), "unknown_content_type"),
    ];
    let before = written(&desk).await;
    for (message, code) in &cases {
        let (status, error) =
            line.send("POST", "/api/v1/agency/reports", JSON, message.to_string().as_bytes());
        assert_eq!((status, text(&error, "/code")), (422, (*code).to_owned()), "{error}");
        assert!(!text(&error, "/detail").is_empty(), "{error}");
    }
    let (status, error) = line.send("POST", "/api/v1/agency/reports", JSON, b"{\"contract\": \xff");
    assert_eq!((status, text(&error, "/code")), (422, "malformed_envelope".to_owned()), "{error}");
    for key in ["", "Idempotency-Key: enormous-3\r\n"] {
        let enormous = emergency(&"а".repeat(400_000)).to_string();
        let mut line = Line::open(&desk.hub.url, line.token.clone());
        let (status, problem) =
            line.send_with("POST", "/api/v1/agency/reports", JSON, key, enormous.as_bytes());
        assert_eq!(
            (status, text(&problem, "/type")),
            (413, "urn:hub112:problem:too-large".to_owned()),
            "{key}"
        );
    }
    assert_eq!(written(&desk).await, before, "nothing was written");

    let message = |channel: &str, service: &str| {
        let sender = json!({"kind": "service", "service": service, "learnt_at": now});
        json!({
            "id": uuid::Uuid::now_v7(), "channel": channel, "received_at": now, "sender": sender,
            "text": "наводнение",
        })
    };
    for (message, field) in
        [(message("agency", "police"), "sender.service"), (message("call", "ambulance"), "channel")]
    {
        let (status, problem) = line.send("POST", "/api/v1/messages", JSON, message.to_string().as_bytes());
        assert_eq!((status, text(&problem, "/field")), (403, field.to_owned()), "{problem}");
    }
    assert_eq!(written(&desk).await, before, "nothing was written");
    let own = message("agency", "ambulance");
    assert_eq!(line.send("POST", "/api/v1/messages", JSON, own.to_string().as_bytes()).0, 201);

    let mut report = emergency("прорвало плотину");
    let mut sent = |report: &Value| {
        let (status, error) =
            line.send("POST", "/api/v1/agency/reports", JSON, report.to_string().as_bytes());
        (status, error["code"].as_str().map(str::to_owned))
    };
    assert_eq!(sent(&report), (204, None));
    let before = written(&desk).await;
    assert_eq!(sent(&report), (204, None), "the same once more");
    report["content"]["text"] = json!("сошёл сель");
    assert_eq!(sent(&report), (422, Some("duplicate".to_owned())), "another one under its id");
    assert_eq!(written(&desk).await, before, "nothing was written");
}
