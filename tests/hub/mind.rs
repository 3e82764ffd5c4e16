//! An agency changes its mind, or wants a unit that another request has: nobody is sent twice, the agency is told why
//! with a code and answers otherwise, the officer sees it at the request (112-R c.5(3)¶4).

use futures_util::StreamExt;
use lapin::options::{BasicAckOptions, BasicConsumeOptions};
use lapin::types::FieldTable;
use lapin::{Channel, Connection, ConnectionProperties, Consumer};
use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::{Desk, LONG, PASSWORD, call, requests, stages, text};
use crate::world::{World, wait_until};

/// An agency by hand: it says what the test says, and hears what it is told.
struct Agency {
    account: String,
    service: String,
    channel: Channel,
    consumer: Consumer,
    _connection: Connection,
}

impl Agency {
    async fn of(desk: &Desk, service: &str) -> Self {
        let made = ["account", "broker", "--region", "75", "--service", service];
        assert!(desk.hub.run_with(&made, PASSWORD).status.success(), "an account");
        let account = format!("agency.75.{service}");
        let address = desk.broker_url(&account);
        let connection =
            Connection::connect(&address, ConnectionProperties::default()).await.expect("a connection");
        let channel = connection.create_channel().await.expect("a channel");
        let queue = account.clone();
        let (options, none) = (BasicConsumeOptions::default(), FieldTable::default());
        let consumer = channel.basic_consume(queue.into(), "hand".into(), options, none).await;
        let consumer = consumer.expect("its queue");
        Self { account, service: service.to_owned(), channel, consumer, _connection: connection }
    }

    /// Answers a request; the identity of the answer.
    async fn answer(&self, desk: &Desk, card: &str, request: &Value, content: Value) -> Uuid {
        self.answer_as("actual", desk, card, request, content).await
    }

    /// The same, with this status.
    async fn answer_as(
        &self,
        status: &str,
        desk: &Desk,
        card: &str,
        request: &Value,
        content: Value,
    ) -> Uuid {
        let id = Uuid::now_v7();
        let mut content = content;
        content["request_id"] = request["id"].clone();
        let answer = json!({
            "contract": "1.2", "distribution_id": id, "sender": {"region": "75", "service": self.service},
            "recipients": [{"region": "75", "service": "hub"}], "sent_at": jiff::Timestamp::now(),
            "status": status, "kind": "response", "incident": card, "references": request["distribution"],
            "content_type": "forces_answer", "content": content,
        });
        let key = format!("75.{}.forces_answer", self.service);
        desk.publish(&self.account, &key, &answer).await.expect("published");
        id
    }

    /// Waits for the next message of this type, past all others.
    async fn hears(&mut self, content_type: &str) -> Value {
        let hearing = async {
            loop {
                let delivery = self.consumer.next().await.expect("the queue stands").expect("a message");
                let message: Value = serde_json::from_slice(&delivery.data).expect("JSON");
                self.channel
                    .basic_ack(delivery.delivery_tag, BasicAckOptions::default())
                    .await
                    .expect("acknowledged");
                if message["content_type"] == content_type {
                    return message;
                }
            }
        };
        tokio::time::timeout(LONG, hearing).await.expect("it is told")
    }
}

/// The only request of a card to a service.
fn asked(card: &Value, service: &str) -> Value {
    let of: Vec<Value> = requests(card).into_iter().filter(|r| r["service"] == service).collect();
    assert_eq!(of.len(), 1, "{card}");
    of[0].clone()
}

async fn state_of(desk: &Desk, unit: &str) -> String {
    let (_, page) = desk.officer.get(&format!("/api/v1/units?ids={unit}")).await.expect("the unit");
    text(&page, "/items/0/status/state")
}

async fn dead_letters(desk: &Desk) -> i64 {
    let count = "SELECT count(*) FROM dead_letter";
    desk.world.pg().await.query_one(count, &[]).await.expect("dead letters").get(0)
}

#[actix_web::test]
async fn an_agency_that_wants_a_held_unit_is_told_so_and_answers_otherwise_and_may_change_its_mind() {
    let desk = Desk::open(World::new().await).await;
    let mut agency = Agency::of(&desk, "ambulance").await;
    let first = desk.message(&call("Мужчина без сознания, не дышит", 43.24, 76.89)).await;
    let second = desk.message(&call("Женщина упала, сильная боль в груди", 43.30, 76.95)).await;
    assert_ne!(first, second);
    let one = asked(&desk.request_forces(&first).await, "ambulance");
    let two = asked(&desk.request_forces(&second).await, "ambulance");
    let (own, held) = (text(&one, "/recommended/0/unit"), text(&two, "/recommended/0/unit"));
    assert_ne!(own, held, "two cards never get one unit");

    // It accepts, and then would rather send the unit that is held for the other card.
    agency.answer(&desk, &first, &one, json!({"decision": "accept"})).await;
    desk.until("accepted", &first, |card| asked(card, "ambulance")["state"] == "answered").await;
    let refused = agency.answer(&desk, &first, &one, json!({"decision": "change", "units": [held]})).await;
    let error = agency.hears("error").await;
    assert_eq!(error["content"]["code"], "unit_taken", "{error}");
    assert_eq!(error["references"], json!(refused), "{error}");
    assert_eq!(error["incident"], json!(first), "{error}");
    assert!(text(&error, "/content/detail").contains(&held), "{error}");
    let card = desk
        .until("the officer sees it at the request", &first, |card| {
            asked(card, "ambulance")["declined"].as_array().is_some_and(|declined| declined.len() == 1)
        })
        .await;
    let request = asked(&card, "ambulance");
    assert_eq!(request["declined"][0]["unit"], json!(held));
    assert_eq!(request["declined"][0]["incident"], json!(second), "by whom it is held");
    assert_eq!(request["declined"][0]["number"], desk.card(&second).await["number"]);
    assert!(request["declined"][0]["until"].is_string(), "{request}");
    assert_eq!(stages(&request), [(own.clone(), "accepted".to_owned())], "nothing has changed");
    let deliveries = desk.all(&format!("/api/v1/incidents/{first}/deliveries")).await;
    let carried = deliveries.iter().find(|d| d["content"] == "forces_request").expect("the request");
    assert_eq!(carried["delivery"]["decision"], "accept", "what was not taken is no answer: {carried}");

    // It sends another one, that nobody has: the first it named is free at once.
    let units = desk.all("/api/v1/units").await;
    let free = |u: &&Value| u["service"] == "ambulance" && u["status"]["state"] == "available";
    let other = text(units.iter().find(free).expect("a free unit"), "/id");
    agency.answer(&desk, &first, &one, json!({"decision": "change", "units": [other]})).await;
    desk.until("the other goes instead", &first, |card| {
        let stages: std::collections::BTreeMap<_, _> =
            stages(&asked(card, "ambulance")).into_iter().collect();
        stages.get(&own).is_some_and(|s| s == "released")
            && stages.get(&other).is_some_and(|s| s == "accepted")
    })
    .await;
    assert_eq!(
        (state_of(&desk, &own).await, state_of(&desk, &other).await),
        ("available".into(), "engaged".into())
    );

    // In the end it sends nobody; the unit that was held for the other card goes there and nowhere else.
    let reason = json!({"code": "breakdown", "text": "не заводится"});
    agency.answer(&desk, &first, &one, json!({"decision": "refuse", "reason": reason})).await;
    desk.until("refused", &first, |card| asked(card, "ambulance")["state"] == "refused").await;
    agency.answer(&desk, &second, &two, json!({"decision": "accept"})).await;
    desk.until("the other card is served", &second, |card| {
        stages(&asked(card, "ambulance")) == [(held.clone(), "accepted".to_owned())]
    })
    .await;
    wait_until("the unit is free again", LONG, async || state_of(&desk, &other).await == "available").await;
    for datum in ["O-03", "O-11a", "O-11b", "O-11c"] {
        let owed = desk.owed(&first, datum).await;
        let of = owed.iter().filter(|o| o["service"] == "ambulance");
        // Who sends nobody in the end owes no data of forces: what had not been given is void.
        let void = |o: &Value| o["status"] == "cancelled" && o["evidence"] == "refused" && datum != "O-03";
        let settled = of.clone().all(|o| o["status"] == "met" || void(o));
        assert!(of.clone().count() > 0 && settled, "{datum}: {owed:?}");
    }
    assert_eq!(dead_letters(&desk).await, 0, "what is told at the card is no dead letter");
    desk.verified().await;
}

/// DESIGN, invariant 9: what is marked an exercise engages no unit and meets no obligation of a real card.
#[actix_web::test]
async fn an_answer_within_an_exercise_answers_nothing_real() {
    let desk = Desk::open(World::new().await).await;
    let mut agency = Agency::of(&desk, "ambulance").await;
    let card = desk.message(&call("Мужчина без сознания, не дышит", 43.24, 76.89)).await;
    let request = asked(&desk.request_forces(&card).await, "ambulance");
    let first = text(&request, "/recommended/0/unit");
    let by = &request["engagements"][&first]["reached"][0][2];
    assert_eq!(by["source"], "officer", "who asked for it: {request}");
    for status in ["exercise", "test"] {
        let refused = agency.answer_as(status, &desk, &card, &request, json!({"decision": "accept"})).await;
        let error = agency.hears("error").await;
        assert_eq!(error["content"]["code"], "status_mismatch", "{error}");
        assert_eq!(error["references"], json!(refused), "{error}");
    }
    // Nor does an exercise's card in its head make the answer one to the exercise.
    let mut rehearsed = call("Учебный вызов: упал с лестницы", 43.34, 76.95);
    rehearsed["exercise"] = json!(true);
    let exercise = desk.message(&rehearsed).await;
    for status in ["exercise", "actual"] {
        agency.answer_as(status, &desk, &exercise, &request, json!({"decision": "accept"})).await;
        let error = agency.hears("error").await;
        assert_eq!(error["content"]["code"], "unknown_incident", "{error}");
    }
    // A crew that is unfit is so really.
    let unfit = json!({
        "contract": "1.2", "distribution_id": Uuid::now_v7(), "sender": {"region": "75", "service": "ambulance"},
        "recipients": [{"region": "75", "service": "hub"}], "sent_at": jiff::Timestamp::now(), "status": "test",
        "kind": "report", "content_type": "unit_status",
        "content": {"unit_id": first, "status": "out_of_service", "at": jiff::Timestamp::now()},
    });
    desk.publish(&agency.account, "75.ambulance.unit_status", &unfit).await.expect("published");
    assert_eq!(agency.hears("error").await["content"]["code"], "status_mismatch");
    assert_eq!(asked(&desk.card(&card).await, "ambulance")["state"], "open");
    assert_eq!(state_of(&desk, &first).await, "reserved");
    agency.answer(&desk, &card, &request, json!({"decision": "accept"})).await;
    desk.until("accepted", &card, |card| asked(card, "ambulance")["state"] == "answered").await;
    desk.verified().await;
}

/// DESIGN, invariant 9: a real card has the unit that an exercise has, when an officer names it.
#[actix_web::test]
async fn a_unit_in_an_exercise_is_named_for_a_real_card_and_leaves_the_exercise() {
    let desk = Desk::open(World::new().await).await;
    let agency = Agency::of(&desk, "ambulance").await;
    let mut rehearsed = call("Учебный вызов: мужчина без сознания, не дышит", 43.24, 76.89);
    rehearsed["exercise"] = json!(true);
    let exercise = desk.message(&rehearsed).await;
    let request = asked(&desk.request_forces(&exercise).await, "ambulance");
    let unit = text(&request, "/recommended/0/unit");
    agency.answer_as("exercise", &desk, &exercise, &request, json!({"decision": "accept"})).await;
    desk.until("accepted", &exercise, |card| asked(card, "ambulance")["state"] == "answered").await;

    let named =
        json!({"forces": [{"service": "ambulance", "act": "first_wave", "count": 1, "units": [unit]}]});
    let forces = |card: &str| format!("/api/v1/incidents/{card}/forces");
    let mut again = rehearsed.clone();
    (again["id"], again["location"]["fix"]["point"]["lat"]) = (json!(Uuid::now_v7()), json!(43.34));
    let another = desk.message(&again).await;
    let refused =
        desk.officer.post(&forces(&another), &named).await.expect_err("an exercise takes it from nobody");
    assert!(refused.to_string().contains("409"), "{refused}");

    let real = desk.message(&call("Мужчина без сознания, не дышит", 43.25, 76.90)).await;
    let (_, card) = desk.officer.post(&forces(&real), &named).await.expect("it is taken out of the exercise");
    let asked_for_real = asked(&card, "ambulance");
    assert_eq!(asked_for_real["recommended"][0]["unit"], json!(unit));
    desk.until("it has left the exercise", &exercise, |card| {
        stages(&asked(card, "ambulance")) == [(unit.clone(), "released".to_owned())]
    })
    .await;
    agency.answer(&desk, &real, &asked_for_real, json!({"decision": "accept"})).await;
    desk.until("it goes", &real, |card| {
        stages(&asked(card, "ambulance")) == [(unit.clone(), "accepted".to_owned())]
    })
    .await;
    assert_eq!(state_of(&desk, &unit).await, "engaged");
    desk.verified().await;
}

/// A service that thinks better of its refusal, or whose answer crosses something, is told what has become of the request.
#[actix_web::test]
async fn an_answer_to_a_request_that_is_over_is_told_so() {
    let desk = Desk::open(World::new().await).await;
    let mut agency = Agency::of(&desk, "ambulance").await;
    let card = desk.message(&call("Мужчина без сознания, не дышит", 43.24, 76.89)).await;
    let request = asked(&desk.request_forces(&card).await, "ambulance");
    let reason = json!({"code": "breakdown", "text": "не заводится"});
    agency.answer(&desk, &card, &request, json!({"decision": "refuse", "reason": reason})).await;
    desk.until("refused", &card, |card| {
        requests(card).iter().any(|r| r["id"] == request["id"] && r["state"] == "refused")
    })
    .await;
    agency.answer(&desk, &card, &request, json!({"decision": "accept"})).await;
    let error = agency.hears("error").await;
    assert_eq!(error["content"]["code"], "request_ended", "{error}");
    assert!(text(&error, "/content/detail").contains("refused"), "{error}");
    desk.verified().await;
}

/// c.5(3)¶4 over the telephone: an officer records what a service says, and a refusal ends the request as its own would.
#[actix_web::test]
async fn what_a_service_answers_by_telephone_is_recorded_as_its_answer() {
    let desk = Desk::open(World::new().await).await;
    let card = desk.message(&call("Мужчина без сознания, не дышит", 43.24, 76.89)).await;
    let request = asked(&desk.request_forces(&card).await, "ambulance");
    let unit = text(&request, "/recommended/0/unit");
    let answer = |id: &Value| format!("/api/v1/incidents/{card}/requests/{}/answer", text(id, ""));
    let nothing = desk.officer.post(&answer(&request["id"]), &json!({})).await.expect_err("it says nothing");
    assert!(nothing.to_string().contains("422"), "{nothing}");
    let told = json!({"decision": "accept", "composition": {"people": 3}, "departure_at": jiff::Timestamp::now(), "said_by": " Серікова "});
    let mut long = told.clone();
    long["said_by"] = json!("я".repeat(201));
    for (field, wrong) in [
        ("said_by", long),
        ("units", json!({"decision": "change", "units": ["75-ambulance-nobody"]})),
        ("units", json!({"decision": "change"})),
    ] {
        let refused =
            desk.officer.post(&answer(&request["id"]), &wrong).await.expect_err("refused").to_string();
        assert!(refused.contains(&format!("(field {field})")), "{wrong}: {refused}");
    }
    desk.officer.post(&answer(&request["id"]), &told).await.expect("recorded");
    desk.until("accepted", &card, |card| {
        let request = asked(card, "ambulance");
        request["state"] == "answered" && stages(&request) == [(unit.clone(), "accepted".to_owned())]
    })
    .await;
    // Whose word it is stays with it, and who wrote it down says that the unit goes.
    let held = asked(&desk.card(&card).await, "ambulance");
    let by = &held["answers"][0]["telephoned"]["recorded_by"];
    assert_eq!(held["answers"][0]["telephoned"], json!({"said_by": "Серікова", "recorded_by": by}));
    let accepted =
        held["engagements"][&unit]["reached"].as_array().and_then(|reached| reached.last()).cloned();
    assert_eq!(accepted.expect("a stage")[2], json!({"source": "officer", "by": by}));
    assert!(by.as_str().is_some_and(|by| !by.is_empty()), "{held}");
    for datum in ["O-11a", "O-11b"] {
        wait_until("it is given", LONG, async || {
            desk.owed(&card, datum).await.iter().any(|o| o["status"] == "met")
        })
        .await;
    }
    let reason = json!({"code": "breakdown", "text": "не заводится"});
    desk.officer
        .post(&answer(&request["id"]), &json!({"decision": "refuse", "reason": reason}))
        .await
        .expect("recorded");
    desk.until("refused", &card, |card| {
        requests(card).iter().any(|r| r["id"] == request["id"] && r["state"] == "refused")
    })
    .await;
    let refused = requests(&desk.card(&card).await).into_iter().find(|r| r["id"] == request["id"]);
    let refused = refused.expect("the request");
    assert_eq!(
        refused["answers"][1]["telephoned"],
        json!({"recorded_by": by}),
        "nobody gave a name: {refused}"
    );
    desk.verified().await;
}
