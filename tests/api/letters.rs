//! An agency without AMQP: it fetches, acknowledges, reads, answers and reports over HTTP alone.

use std::time::{Duration, Instant};

use hub112::bus::accounts::Management;
use hub112::store::account::Role;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::asking::{Answer, Asker, House, LONG, call};
use crate::world::{Server, World, wait_until};

const UNIT: &str = "75-ambulance-901";

/// A tiny ambulance desk: what a few lines of any language can do.
struct Desk {
    asker: Asker,
    service: &'static str,
}

impl Desk {
    /// What waits, at once or within some seconds.
    async fn letters(&self, wait: u32) -> Vec<Value> {
        let page = self.asker.get(&format!("/agency/inbox?wait={wait}")).await.expect(200);
        page["items"].as_array().expect("items").clone()
    }

    /// Waits for a letter of this type and gives it; acknowledges everything that comes before it, and it.
    async fn letter(&self, kind: &str) -> Value {
        let since = Instant::now();
        loop {
            assert!(since.elapsed() < LONG, "no {kind} came");
            let letters = self.letters(10).await;
            let Some(found) = letters.iter().position(|l| l["content_type"] == kind) else {
                self.acknowledge(&letters).await.expect(204);
                continue;
            };
            self.acknowledge(&letters[..=found]).await.expect(204);
            return letters[found].clone();
        }
    }

    async fn acknowledge(&self, letters: &[Value]) -> Answer {
        let messages: Vec<&Value> = letters.iter().map(|l| &l["distribution_id"]).collect();
        if messages.is_empty() {
            return Answer { status: 204, headers: vec![], body: Value::Null };
        }
        self.asker.post("/agency/inbox/acknowledgements", &json!({"messages": messages})).await
    }

    fn message(&self, about: &Value, kind: &str, content_type: &str, content: &Value) -> Value {
        json!({
            "contract": "1.0", "distribution_id": Uuid::now_v7(), "status": "actual", "kind": kind,
            "sender": {"region": "75", "service": self.service},
            "recipients": [{"region": "75", "service": "hub"}], "sent_at": Timestamp::now(),
            "references": about["distribution_id"], "incident": about["incident"],
            "content_type": content_type, "content": content,
        })
    }

    async fn say(&self, message: &Value) -> Answer {
        self.asker.post("/agency/reports", message).await
    }
}

/// A hub whose ambulance is on HTTP and has one unit.
async fn house(world: World) -> (House, Asker, Asker, Desk) {
    let house = House::within(world).await;
    let admin = house.caller("admin", Role::Administrator).await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let desk = Desk { asker: house.agency("ambulance").await, service: "ambulance" };
    admin.replace("/services/ambulance/link", &json!({"way": "http", "phone": "103"})).await.expect(204);
    let home = json!({"lat": 43.24, "lon": 76.89});
    let unit = json!({
        "id": UNIT, "service": "ambulance", "region": "75", "call_sign": "901", "kind": "ambulance",
        "capabilities": ["transport", "resuscitation"], "station": "s", "home": home,
        "position": {"point": home, "at": Timestamp::now(), "source": "station", "accuracy": null},
    });
    admin.make(&format!("/units/{UNIT}"), &unit).await.expect(204);
    (house, admin, officer, desk)
}

/// What the contract refused: a problem document that holds the code for the agency's program.
fn refusal_of(answer: &Answer) -> (u16, &str) {
    assert_eq!(answer.problem(), "refused", "{}", answer.body);
    assert_eq!(answer.body["status"], answer.status, "{}", answer.body);
    (answer.status, answer.body["code"].as_str().unwrap_or_default())
}

async fn ask_for_forces(officer: &Asker) -> String {
    let message = call("Мужчина без сознания, не дышит");
    let taken = officer.post("/messages", &message).await.expect(201);
    let path = format!("/incidents/{}", taken["incident"].as_str().expect("an incident"));
    officer.post(&format!("{path}/forces"), &json!({})).await.expect(200);
    path
}

fn of<'a>(card: &'a Value, service: &str) -> &'a Value {
    let requests = card["requests"].as_object().expect("requests");
    requests.values().find(|r| r["service"] == service).expect("a request")
}

#[actix_web::test]
async fn an_agency_made_of_http_calls_takes_part_from_the_notice_to_the_release() {
    let (house, _, officer, desk) = house(World::new().await).await;
    let card = ask_for_forces(&officer).await;

    let notice = desk.letter("incident_notice").await;
    assert_eq!(notice["sequence"], 1);
    assert_eq!(notice["message"]["sender"], json!({"region": "75", "service": "hub"}));
    let request = desk.letter("forces_request").await;
    assert_eq!(request["incident"], notice["incident"]);
    let read = format!("/agency/inbox/{}/read", request["distribution_id"].as_str().expect("an id"));
    // Nobody has read it, or had it, before it was written.
    let long_ago = "1980-01-01T00:00:00Z";
    let early = desk.asker.post(&read, &json!({"by": "Айгуль", "at": long_ago})).await;
    assert_eq!((early.status, &early.body["field"]), (422, &json!("at")), "{early:?}");
    let early = json!({"messages": [request["distribution_id"]], "received_at": long_ago});
    let early = desk.asker.post("/agency/inbox/acknowledgements", &early).await;
    assert_eq!((early.status, &early.body["field"]), (422, &json!("received_at")), "{early:?}");
    desk.asker.post(&read, &json!({"by": "Айгуль"})).await.expect(204);

    let now = Timestamp::now();
    let id = &request["message"]["content"]["request_id"];
    let answer = desk.message(
        &request,
        "response",
        "forces_answer",
        &json!({"request_id": id, "decision": "accept", "units": [UNIT],
            "composition": {"people": 3}, "departure_at": now,
            "arrival_at": now + SignedDuration::from_mins(9)}),
    );
    desk.say(&answer).await.expect(204);
    // One that was taken is not refused for what it says it answers.
    let corrected = json!({"request_id": id, "arrival_at": now + SignedDuration::from_mins(30)});
    let mut astray = desk.message(&request, "update", "forces_answer", &corrected);
    astray["references"] = json!(Uuid::now_v7());
    desk.say(&astray).await.expect(204);
    let accepted = json!({"request_id": id, "decision": "accept", "departure_at": now});
    let mut astray = desk.message(&request, "response", "forces_answer", &accepted);
    astray["references"] = json!(Uuid::now_v7());
    desk.say(&astray).await.expect(204);
    for status in ["departed", "arrived", "released"] {
        let report = json!({"unit_id": UNIT, "status": status, "at": Timestamp::now()});
        desk.say(&desk.message(&request, "report", "unit_status", &report)).await.expect(204);
    }
    // Sent again because the answer was lost: nothing happens twice.
    desk.say(&answer).await.expect(204);

    let mut shown = Value::Null;
    wait_until("the card shows it", LONG, async || {
        shown = officer.get(&card).await.expect(200);
        of(&shown, "ambulance")["engagements"][UNIT]["stage"] == "released"
    })
    .await;
    let asked = of(&shown, "ambulance");
    assert_eq!(
        (&asked["decision"]["decision"], &asked["composition"]["people"]),
        (&json!("accepted"), &json!(3))
    );

    // The broker's confirm is recorded on its own way, which may come behind the agency's.
    let mut delivery = Value::Null;
    wait_until("the request's delivery is answered", LONG, async || {
        let told = officer.get(&format!("{card}/deliveries")).await.expect(200);
        let told = told["items"].as_array().expect("deliveries");
        let found = told.iter().find(|d| d["service"] == "ambulance" && d["content"] == "forces_request");
        delivery = found.cloned().unwrap_or_default();
        delivery["stage"] == "answered" && delivery["delivery"]["in_broker_at"].is_string()
    })
    .await;
    assert_eq!(
        (&delivery["stage"], &delivery["delivery"]["read_by"]),
        (&json!("answered"), &json!("Айгуль"))
    );
    for step in ["sent_at", "in_broker_at", "acknowledged_at", "read_at", "answered_at"] {
        assert!(delivery["delivery"][step].is_string(), "{step} of {delivery}");
    }
    // Whoever of the agency looks later sees what was read and decided.
    let known = desk.asker.get("/agency/inbox?acknowledged=true").await.expect(200);
    let letter =
        known["items"].as_array().expect("items").iter().find(|l| l["content_type"] == "forces_request");
    let letter = letter.expect("the request's letter");
    assert_eq!(letter["decision"], "accept");
    assert!(letter["answered_at"].is_string() && letter["read_at"].is_string(), "{letter}");
    let (url, vhost) = (house.world.management_url.clone(), house.world.vhost.clone());
    let management = Management::new(&url.into(), &vhost).expect("the management interface");
    wait_until("nothing piles up in the agency's queue", LONG, async || {
        let depths = management.depths().await.expect("depths");
        depths.iter().any(|(queue, n)| queue == "agency.75.ambulance" && *n == 0)
    })
    .await;
}

#[actix_web::test]
async fn what_waits_stays_until_it_is_acknowledged_in_pages_and_in_order() {
    let (_house, _, officer, desk) = house(World::new().await).await;
    let since = Instant::now();
    let (letters, card) = futures_util::join!(desk.letters(60), ask_for_forces(&officer));
    assert!(!letters.is_empty() && since.elapsed() < LONG, "who waits is answered when something comes");
    for n in 0..3 {
        officer.keyed(&n.to_string(), &format!("{card}/identification"), &json!({})).await;
        let category =
            json!({"code": if n % 2 == 0 { "stroke" } else { "cardiac_arrest" }, "severity": null});
        let headers = [("If-Match", "*")];
        officer.ask("PUT", &format!("{card}/category"), Some(&category), &headers).await.expect(200);
    }
    // A heartbeat is in no sequence, and expires while one looks.
    let told =
        |letters: Vec<Value>| letters.into_iter().filter(|l| l["sequence"].is_u64()).collect::<Vec<_>>();
    let waiting = async || told(desk.letters(0).await);
    // Until the way to the broker is open, letters are shown out of the outbox, and those acknowledged there no more.
    wait_until("the notice, the request and three changes came over the broker", LONG, async || {
        let letters = waiting().await;
        let came = |l: &Value| l["place"].as_str().is_some_and(|place| !place.starts_with('o'));
        letters.len() >= 5 && letters.iter().all(came)
    })
    .await;
    let all = waiting().await;
    assert_eq!(all, waiting().await, "looking takes nothing away");
    let numbers: Vec<u64> = all.iter().filter_map(|l| l["sequence"].as_u64()).collect();
    let expected: Vec<u64> = (1..).take(numbers.len()).collect();
    assert_eq!(numbers, expected, "in order and without a gap");

    let mut paged = Vec::new();
    let mut after = String::new();
    loop {
        let page = desk.asker.get(&format!("/agency/inbox?limit=2{after}")).await.expect(200);
        paged.extend(page["items"].as_array().expect("items").clone());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(told(paged), all);

    desk.acknowledge(&all[..2]).await.expect(204);
    desk.acknowledge(&all[..2]).await.expect(204);
    assert_eq!(waiting().await, all[2..], "the others wait on");
    let again = desk.asker.get("/agency/inbox?acknowledged=true").await.expect(200);
    let again = told(again["items"].as_array().expect("items").clone());
    assert_eq!(again.len(), all.len());
    assert!(again[0]["acknowledged_at"].is_string() && again[3]["acknowledged_at"].is_null());

    // The envelope's way of acknowledging does the same.
    let ack = json!({"received_at": Timestamp::now(), "also": [all[3]["distribution_id"]]});
    desk.say(&desk.message(&all[2], "ack", "technical_ack", &ack)).await.expect(204);
    assert_eq!(waiting().await, all[4..]);
}

#[actix_web::test]
async fn a_token_sees_and_speaks_for_its_own_service_and_region_alone() {
    let (house, admin, officer, desk) = house(World::new().await).await;
    let police = Desk { asker: house.agency("police").await, service: "police" };
    admin.replace("/services/police/link", &json!({"way": "http", "phone": null})).await.expect(204);
    ask_for_forces(&officer).await;
    let request = desk.letter("forces_request").await;
    let id = request["distribution_id"].as_str().expect("an id");

    for letter in police.letters(0).await {
        let to = &letter["message"]["recipients"];
        assert!(to.as_array().expect("recipients").iter().any(|r| r["service"] == "police"), "{letter}");
    }
    let ack = police.acknowledge(std::slice::from_ref(&request)).await;
    assert_eq!(refusal_of(&ack), (422, "unknown_reference"));
    let read = police.asker.post(&format!("/agency/inbox/{id}/read"), &json!({"by": "Ерлан"})).await;
    assert_eq!(refusal_of(&read), (422, "unknown_reference"));

    let refusal = json!({"request_id": request["message"]["content"]["request_id"], "decision": "refuse",
        "reason": {"code": "none_free", "text": ""}});
    let stolen = desk.message(&request, "response", "forces_answer", &refusal);
    let refused = police.say(&stolen).await;
    assert_eq!(refusal_of(&refused), (422, "sender_mismatch"));
    assert_eq!(refused.body["references"], stolen["distribution_id"], "it names the message refused");
    let own = police.message(&request, "response", "forces_answer", &refusal);
    let refused = police.say(&own).await;
    assert_eq!(refusal_of(&refused), (422, "unknown_request"), "{}", refused.body);

    let elsewhere = desk.asker.get("/agency/inbox?region=71").await;
    assert_eq!((elsewhere.status, elsewhere.problem()), (403, "forbidden"));
    let far = house.account("far", Role::Agency, Some("71"), Some("ambulance")).await;
    assert_eq!(far.get("/agency/inbox").await.expect(200)["items"], json!([]));
    for person in [&officer, &admin] {
        assert_eq!(person.get("/agency/inbox").await.status, 403);
        assert_eq!(person.post("/agency/reports", &stolen).await.status, 403);
    }
    assert_eq!(desk.asker.get("/incidents").await.status, 403, "an agency reads no cards");
}

#[actix_web::test]
async fn a_national_owner_names_the_region_in_which_it_speaks() {
    let (house, admin, ..) = house(World::new().await).await;
    admin.replace("/services/air_ambulance/link", &json!({"way": "http", "phone": null})).await.expect(204);
    let air = house.account("air", Role::Agency, None, Some("air_ambulance")).await;
    let nowhere = air.get("/agency/inbox").await;
    assert_eq!((nowhere.status, &nowhere.body["field"]), (422, &json!("region")));
    air.get("/agency/inbox?region=75").await.expect(200);
    let police = house.account("police-kz", Role::Agency, None, Some("police")).await;
    assert_eq!(police.get("/agency/inbox?region=75").await.status, 403, "the police is no national owner");
}

#[actix_web::test]
async fn what_the_broker_would_refuse_is_refused_here_with_the_same_codes_and_changes_nothing() {
    let (house, _, officer, desk) = house(World::new().await).await;
    ask_for_forces(&officer).await;
    let request = desk.letter("forces_request").await;
    let good = desk.message(
        &request,
        "report",
        "unit_status",
        &json!({"unit_id": UNIT, "status": "available", "at": Timestamp::now()}),
    );
    let with = |pointer: &str, value: Value| {
        let mut message = good.clone();
        *message.pointer_mut(pointer).expect("a field") = value;
        message
    };
    let future = json!(Timestamp::now() + SignedDuration::from_hours(1));
    for (message, code) in [
        (json!({}), "malformed_envelope"),
        (with("/contract", json!("2.0")), "unsupported_version"),
        (with("/recipients", json!([{"region": "75", "service": "police"}])), "not_addressed"),
        (with("/content_type", json!("poem")), "unknown_content_type"),
        (with("/kind", json!("ack")), "kind_mismatch"),
        (with("/sent_at", future.clone()), "time_in_future"),
        (with("/content/at", future), "time_in_future"),
        (with("/content/unit_id", json!("75-police-1")), "unknown_unit"),
        (with("/content", json!({"unit": UNIT})), "malformed_content"),
    ] {
        let mut told = Vec::new();
        for language in ["kk", "ru", "en"] {
            let headers = [("Accept-Language", language)];
            let answer = desk.asker.ask("POST", "/agency/reports", Some(&message), &headers).await;
            assert_eq!(refusal_of(&answer), (422, code), "{message}");
            let detail = answer.body["detail"].as_str().expect("a detail").to_owned();
            assert_eq!(detail.is_ascii(), language == "en", "{language}: {detail}");
            assert!(!told.contains(&detail), "{told:?} {detail}");
            told.push(detail);
        }
    }
    let report = json!({"text": "едем", "at": Timestamp::now(), "units": [UNIT]});
    let action = desk.message(&request, "report", "action_report", &report);
    for _ in 0..3 {
        desk.say(&action).await.expect(204);
    }
    let restarts = house.hub.metric("hub112_actor_restarts_total").unwrap_or_default();
    assert!(restarts < 1.0, "a repetition is found before it is decided");
    let path = format!("/incidents/{}/timeline", request["incident"].as_str().expect("an incident"));
    let timeline = officer.get(&path).await.expect(200);
    let said: Vec<&Value> = timeline["items"]
        .as_array()
        .expect("events")
        .iter()
        .filter(|e| e["event"].to_string().contains("едем"))
        .collect();
    assert_eq!(said.len(), 1, "{said:?}");
}

#[actix_web::test]
async fn while_the_broker_is_away_an_agency_on_http_goes_on() {
    let (house, _, officer, desk) = house(World::alone().await).await;
    assert!(desk.letters(0).await.is_empty());
    house.world.servers().stop(Server::Broker);
    let card = ask_for_forces(&officer).await;
    let request = desk.letter("forces_request").await;
    let id = &request["message"]["content"]["request_id"];
    let accept = json!({"request_id": id, "decision": "accept", "units": [UNIT]});
    desk.say(&desk.message(&request, "response", "forces_answer", &accept)).await.expect(204);
    wait_until("the card shows the answer", LONG, async || {
        let shown = officer.get(&card).await.expect(200);
        of(&shown, "ambulance")["decision"]["decision"] == "accepted"
    })
    .await;
    house.world.servers().start(Server::Broker);
    wait_until("the outbox is empty", LONG, async || {
        let client = house.pool.get().await.expect("a connection");
        client.query_one("SELECT count(*) FROM outbox", &[]).await.expect("a count").get::<_, i64>(0) == 0
    })
    .await;
    wait_until("what was taken does not come again as a letter", LONG, async || {
        let page = desk.asker.get("/agency/inbox?acknowledged=true").await.expect(200);
        let items = page["items"].as_array().expect("items");
        items.iter().any(|l| l["distribution_id"] == request["distribution_id"])
            && items.iter().all(|l| l["acknowledged_at"].is_string())
    })
    .await;
}

#[actix_web::test]
async fn an_agency_that_leaves_amqp_finds_what_waited_in_its_queue() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let desk = Desk { asker: house.agency("ambulance").await, service: "ambulance" };
    ask_for_forces_of_nobody(&officer).await;
    wait_until("the notice is in its queue", LONG, async || {
        let client = house.pool.get().await.expect("a connection");
        let told = "SELECT count(*) FROM delivery WHERE service = 'ambulance' AND in_broker_at IS NOT NULL";
        client.query_one(told, &[]).await.expect("a count").get::<_, i64>(0) > 0
    })
    .await;
    assert!(desk.letters(0).await.is_empty());
    admin.replace("/services/ambulance/link", &json!({"way": "http", "phone": null})).await.expect(204);
    let since = Instant::now();
    let notice = desk.letter("incident_notice").await;
    assert_eq!(notice["sequence"], 1);
    assert!(since.elapsed() < Duration::from_secs(30), "at once, not at some later turn");
}

/// What it has not acknowledged comes over its new way before what it is told from then on.
#[actix_web::test]
async fn an_agency_that_goes_over_to_amqp_finds_in_its_queue_what_it_had_not_fetched() {
    let (house, admin, officer, desk) = house(World::new().await).await;
    let card = ask_for_forces(&officer).await;
    let tell = async |name: &str| {
        officer
            .replace(&format!("{card}/location"), &json!({"source": "officer", "address": name}))
            .await
            .expect(200);
    };
    for address in ["Абая 1", "Абая 2", "Абая 3"] {
        tell(address).await;
    }
    let sequenced = |letters: &[Value]| {
        let of: Vec<(u64, Value)> = letters
            .iter()
            .filter_map(|l| Some((l["sequence"].as_u64()?, l["distribution_id"].clone())))
            .collect();
        of
    };
    let mut told = Vec::new();
    wait_until("all of it is a letter", LONG, async || {
        // Before the broker is there they are still in the outbox.
        told = desk.letters(0).await;
        let are_letters = told.iter().all(|l| l["place"].as_str().is_some_and(|p| !p.starts_with('o')));
        are_letters && sequenced(&told).len() >= 5
    })
    .await;
    // The first is acknowledged over HTTP and does not come again.
    desk.acknowledge(&told[..1]).await.expect(204);
    let first = told[0]["distribution_id"].clone();

    admin.replace("/services/ambulance/link", &json!({"way": "amqp", "phone": null})).await.expect(204);
    wait_until("no letter is left", LONG, async || desk.letters(0).await.is_empty()).await;
    tell("Абая 4").await;
    let queue = house.world.listen("ambulance");
    let expected: Vec<(u64, Value)> =
        sequenced(&told).into_iter().filter(|(_, distribution)| *distribution != first).collect();
    wait_until("and what is told now comes behind", LONG, async || queue.heard().len() > expected.len())
        .await;
    let heard: Vec<(u64, Value)> =
        queue.heard().into_iter().map(|h| (h.sequence, json!(h.distribution))).collect();
    assert_eq!(heard[..expected.len()], expected, "in order, each once");
    let numbers: Vec<u64> = heard.iter().map(|(number, _)| *number).collect();
    assert!(numbers.windows(2).all(|two| two[1] == two[0] + 1), "no gap and no double: {numbers:?}");
    let client = house.pool.get().await.expect("a connection");
    let dead = "SELECT count(*) FROM dead_letter";
    assert_eq!(client.query_one(dead, &[]).await.expect("a count").get::<_, i64>(0), 0);
}

async fn ask_for_forces_of_nobody(officer: &Asker) {
    officer.post("/messages", &call("Мужчина без сознания, не дышит")).await.expect(201);
}

#[actix_web::test]
async fn a_status_that_comes_again_after_the_unit_has_gone_on_changes_nothing_and_disturbs_nobody() {
    let (house, admin, _, desk) = house(World::new().await).await;
    let status = |status: &str| {
        let now = Timestamp::now();
        json!({
            "contract": "1.0", "distribution_id": Uuid::now_v7(), "status": "actual", "kind": "report",
            "sender": {"region": "75", "service": "ambulance"},
            "recipients": [{"region": "75", "service": "hub"}], "sent_at": now,
            "content_type": "unit_status", "content": {"unit_id": UNIT, "status": status, "at": now},
        })
    };
    let (broken_down, fit) = (status("out_of_service"), status("available"));
    // On a busy machine an actor may have begun more than once before it had read its state.
    let restarts = || house.hub.metric("hub112_actor_restarts_total").unwrap_or_default();
    let before = restarts();
    for message in [&broken_down, &fit, &broken_down, &fit, &broken_down] {
        desk.say(message).await.expect(204);
    }
    let unit = admin.get(&format!("/units?ids={UNIT}")).await.expect(200)["items"][0].clone();
    assert_eq!(unit["status"]["state"], "available", "the last thing that it said first");
    assert!(restarts() <= before, "an actor has started again");
}
