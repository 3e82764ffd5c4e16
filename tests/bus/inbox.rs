//! What an agency says has its effect once and in order; what cannot be taken is set aside with its reason, its
//! sender is told, and nothing stops.

use std::collections::HashSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt;
use hub112::actors::agency_inbox::{
    self, Acked, AgencyReports, InboxHandle, InboxSettings, Owed, Report, ReportRefusal, TRIES,
};
use hub112::bus::accounts::ManagementAt;
use hub112::bus::connection::{Broker, LiveChannel};
use hub112::bus::topology::{IN, OUT};
use hub112::domain::envelope::{AgencyContent, ErrorCode, HubContent, Party, Typed};
use hub112::domain::said::Said;
use hub112::store::database;
use lapin::BasicProperties;
use lapin::options::{BasicAckOptions, BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions};
use lapin::types::{FieldTable, ShortString};
use serde_json::{Value, json};
use uuid::Uuid;

use super::setting::{
    LIMIT, agency_url, broker, commit, consume, count, hub_broker, manage, notice, party, read,
};
use crate::world::{World, wait_until};

/// The effects of reports, each once: what the actors do with the journal, without their rules.
#[derive(Default)]
struct Effects {
    taken: Mutex<Vec<(String, String)>>,
    marks: Mutex<HashSet<(String, String)>>,
    acked: Mutex<Vec<Acked>>,
    busy: Mutex<u32>,
    /// Whose reports find the actor that they want away.
    stuck: Mutex<Option<String>>,
    /// A message whose acknowledgement finds its hub away, and how often it was asked so far.
    away: Mutex<Option<(Uuid, u32)>>,
    /// What follows from the acknowledgement of this message makes the rules panic.
    fails: Mutex<Option<Uuid>>,
}

/// Not taken, in words of this test.
fn refused(code: ErrorCode, why: &'static str) -> ReportRefusal {
    ReportRefusal::new(code, Said::of(why, Vec::new()))
}

#[async_trait]
impl AgencyReports for Effects {
    async fn report(&self, report: Report) -> Result<(), ReportRefusal> {
        {
            let mut busy = self.busy.lock().expect("busy");
            if *busy > 0 {
                *busy -= 1;
                return Err(refused(ErrorCode::Unavailable, "busy"));
            }
        }
        if self.stuck.lock().expect("stuck").as_deref() == Some(report.sender.to_string().as_str()) {
            return Err(refused(ErrorCode::Unavailable, "its actor is away"));
        }
        let action = match &report.envelope.content {
            AgencyContent::ActionReport(action) => action,
            AgencyContent::ForcesAnswer(_) | AgencyContent::Error(_) => return Ok(()),
            _ => return Err(refused(ErrorCode::UnknownUnit, "no such unit")),
        };
        assert!(!action.text.contains("паника"), "a fault of the hub's own");
        if !self.marks.lock().expect("marks").insert((report.mark.sender, report.mark.message_id)) {
            return Ok(());
        }
        self.taken.lock().expect("taken").push((report.sender.to_string(), action.text.clone()));
        Ok(())
    }

    async fn acknowledged(&self, acks: &[Acked]) -> Vec<Owed> {
        let mut away = self.away.lock().expect("away");
        let (owed_acks, taken): (Vec<_>, Vec<_>) =
            acks.iter().cloned().partition(|a| away.is_some_and(|(id, _)| id == a.distribution.0));
        if let (Some((_, asked)), false) = (away.as_mut(), owed_acks.is_empty()) {
            *asked += 1;
        }
        self.acked.lock().expect("acked").extend(taken);
        let fails = *self.fails.lock().expect("fails");
        let owed = |ack: Acked| Owed { failed: fails == Some(ack.distribution.0), ack };
        owed_acks.into_iter().map(owed).collect()
    }
}

impl Effects {
    fn texts(&self, sender: &str) -> Vec<String> {
        let taken = self.taken.lock().expect("taken");
        taken.iter().filter(|t| t.0 == sender).map(|t| t.1.clone()).collect()
    }
}

struct Setting {
    world: World,
    hub: Broker,
    effects: Arc<Effects>,
    inbox: InboxHandle,
}

/// A hub for one region with these services, and its inbox.
async fn setting(region: &str, services: &[&str]) -> Setting {
    setting_beside(region, services, &[]).await
}

/// The same with other parties at the broker.
async fn setting_beside(region: &str, services: &[&str], others: &[&str]) -> Setting {
    setting_of(region, services, others, InboxSettings::default()).await
}

async fn setting_of(region: &str, services: &[&str], others: &[&str], settings: InboxSettings) -> Setting {
    let world = World::new().await;
    let own = services.iter().map(|s| format!("{region}.{s}"));
    let parties: Vec<String> = own.chain(others.iter().map(ToString::to_string)).collect();
    let mut all: Vec<&str> = parties.iter().map(String::as_str).collect();
    let own = format!("{region}.hub");
    all.push(&own);
    let hub = hub_broker(&world, &all).await;
    let effects = Arc::new(Effects::default());
    let reports: Arc<dyn AgencyReports> = effects.clone();
    let pool = database::pool(&world.database_url, 4).expect("a pool");
    let regions = [region.parse().expect("a region")];
    let management = ManagementAt { url: world.management_url.clone().into(), vhost: world.vhost.clone() };
    let settings = InboxSettings { management: Some(management), ..settings };
    let inbox = agency_inbox::start(&hub, &regions, &reports, &pool, settings).expect("an inbox");
    Setting { world, hub, effects, inbox }
}

/// An agency with its own account.
struct Agency {
    party: Party,
    channel: LiveChannel,
    link: Broker,
}

impl Agency {
    async fn new(world: &World, name: &str) -> Self {
        let party = party(name);
        let url = agency_url(world, &party).await;
        let link = broker(&url, name, None);
        let channel = link.channel().await.expect("a channel");
        channel.confirm_select(ConfirmSelectOptions::default()).await.expect("confirms");
        Self { party, channel, link }
    }

    fn account(&self) -> String {
        format!("agency.{}", self.party)
    }

    fn message(&self, kind: &str, content_type: &str, content: Value) -> Value {
        json!({
            "contract": "1.0", "distribution_id": Uuid::now_v7(), "status": "actual", "kind": kind,
            "sender": {"region": self.party.region, "service": self.party.service},
            "recipients": [{"region": self.party.region, "service": "hub"}],
            "sent_at": jiff::Timestamp::now(), "incident": Uuid::now_v7(),
            "content_type": content_type, "content": content,
        })
    }

    fn action(&self, text: &str) -> Value {
        self.message("report", "action_report", json!({"text": text, "at": jiff::Timestamp::now()}))
    }

    async fn say(&self, message: &Value) {
        let kind = message["content_type"].as_str().unwrap_or("action_report").to_owned();
        self.publish(&kind, message.to_string().as_bytes()).await;
    }

    async fn publish(&self, kind: &str, body: &[u8]) {
        let key = ShortString::from(self.party.routing_key(kind));
        let properties = BasicProperties::default().with_user_id(self.account().into()).with_delivery_mode(2);
        let options = BasicPublishOptions::default();
        let confirm = self.channel.basic_publish(IN.into(), key, options, body, properties).await;
        assert!(confirm.expect("published").await.expect("confirmed").is_ack());
    }

    /// The next message of the hub that is an error: its code and what it references.
    async fn next_error(&self, consumer: &mut lapin::Consumer) -> (ErrorCode, Option<Uuid>) {
        next_error(consumer).await
    }
}

/// The next message of a queue, which is an error: its code and what it references.
async fn next_error(consumer: &mut lapin::Consumer) -> (ErrorCode, Option<Uuid>) {
    let delivery = tokio::time::timeout(LIMIT, consumer.next()).await.expect("in time");
    let delivery = delivery.expect("a consumer").expect("a delivery");
    delivery.ack(BasicAckOptions::default()).await.expect("acknowledged");
    let envelope = read(&delivery.data);
    let content = HubContent::parse(envelope.content).expect("a content");
    assert_eq!(content.content_type(), "error");
    let HubContent::Error(error) = content else { panic!("an error") };
    (error.code, envelope.head.references.map(|r| r.0))
}

fn id(message: &Value) -> Option<Uuid> {
    message["distribution_id"].as_str().and_then(|t| t.parse().ok())
}

async fn inbox_is_empty(world: &World, region: &str) {
    let queue = format!("hub112.inbox.{region}");
    wait_until("the inbox is empty", LIMIT, async || {
        let name = queue.clone();
        let depths = manage(world, async |m| m.depths().await).await.expect("depths");
        depths.iter().any(|(queue, n)| *queue == name && *n == 0)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_agencys_reports_have_their_effect_once_and_in_the_order_sent() {
    let s = setting("12", &["ambulance", "police"]).await;
    let ambulance = Agency::new(&s.world, "12.ambulance").await;
    let police = Agency::new(&s.world, "12.police").await;
    *s.effects.busy.lock().expect("busy") = 3;
    let texts: Vec<String> = (0..50).map(|n| format!("действие {n}")).collect();
    for text in &texts {
        let message = ambulance.action(text);
        ambulance.say(&message).await;
        police.say(&police.action(text)).await;
        // An agency that is not sure sends again.
        ambulance.say(&message).await;
    }
    wait_until("all have had their effect", LIMIT, async || {
        s.effects.texts("12.police").len() == 50 && s.effects.texts("12.ambulance").len() == 50
    })
    .await;
    assert_eq!(s.effects.texts("12.ambulance"), texts);
    assert_eq!(s.effects.texts("12.police"), texts);
    assert!(s.inbox.last_heard(&ambulance.party).is_some());
    inbox_is_empty(&s.world, "12").await;
    assert_eq!(count(&s.world.pg().await, "dead_letter").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agency_whose_reports_must_wait_holds_up_no_other_and_is_heard_in_order_afterwards() {
    let settings = InboxSettings { prefetch: 8, ..InboxSettings::default() };
    let s = setting_of("25", &["ambulance", "police"], &[], settings).await;
    let ambulance = Agency::new(&s.world, "25.ambulance").await;
    let police = Agency::new(&s.world, "25.police").await;
    *s.effects.stuck.lock().expect("stuck") = Some("25.ambulance".into());
    let texts: Vec<String> = (0..30).map(|n| format!("действие {n}")).collect();
    for text in &texts {
        ambulance.say(&ambulance.action(text)).await;
    }
    for text in &texts {
        police.say(&police.action(text)).await;
    }
    wait_until("the police are heard", LIMIT, async || s.effects.texts("25.police") == texts).await;
    assert_eq!(s.effects.texts("25.ambulance"), Vec::<String>::new());
    *s.effects.stuck.lock().expect("stuck") = None;
    wait_until("so is the ambulance", LIMIT, async || s.effects.texts("25.ambulance").len() == 30).await;
    assert_eq!(s.effects.texts("25.ambulance"), texts, "each once, in the order sent");
    inbox_is_empty(&s.world, "25").await;
    assert_eq!(count(&s.world.pg().await, "dead_letter").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_taken_is_set_aside_with_its_reason_and_the_connection_stays() {
    let s = setting("13", &["ambulance"]).await;
    let agency = Agency::new(&s.world, "13.ambulance").await;
    let (_channel, mut errors) = consume(&agency.link, &agency.party).await.expect("its queue");
    let mut for_another = agency.action("за другого");
    for_another["sender"]["service"] = "police".into();
    let mut abroad = agency.message(
        "report",
        "unit_status",
        json!({"unit_id": "u", "status": "available",
        "at": jiff::Timestamp::now(), "point": {"lat": 55.75, "lon": 37.62}}),
    );
    abroad.as_object_mut().expect("an object").remove("incident");
    let mut tomorrow = agency.action("завтра");
    tomorrow["sent_at"] = json!(jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24));
    let mut version = agency.action("новее");
    version["contract"] = "1.9".into();
    let mut misspelt = agency.action("опечатка");
    misspelt["content"]["unitss"] = json!([]);
    let unknown = agency.message(
        "report",
        "unit_status",
        json!({"unit_id": "чужая", "status": "available",
        "at": jiff::Timestamp::now()}),
    );
    let mut never_sent =
        agency.message("ack", "technical_ack", json!({"received_at": jiff::Timestamp::now()}));
    never_sent["references"] = json!(Uuid::now_v7());
    let cases = [
        (for_another, ErrorCode::SenderMismatch),
        (abroad, ErrorCode::PlaceOutsideCountry),
        (tomorrow, ErrorCode::TimeInFuture),
        (version, ErrorCode::UnsupportedVersion),
        (misspelt, ErrorCode::MalformedContent),
        (agency.message("report", "gossip", json!({})), ErrorCode::UnknownContentType),
        (
            agency.message("request", "action_report", json!({"text": "x", "at": jiff::Timestamp::now()})),
            ErrorCode::KindMismatch,
        ),
        (unknown, ErrorCode::UnknownUnit),
        (never_sent, ErrorCode::UnknownReference),
    ];
    for (message, code) in &cases {
        agency.say(message).await;
        assert_eq!(agency.next_error(&mut errors).await, (*code, id(message)), "{message}");
    }
    agency.publish("action_report", b"\xff not json").await;
    assert_eq!(agency.next_error(&mut errors).await, (ErrorCode::MalformedEnvelope, None));
    agency.publish("action_report", &vec![b'a'; 300_000]).await;
    assert_eq!(agency.next_error(&mut errors).await, (ErrorCode::TooLarge, None));
    // A fault of the hub's own on one message.
    agency.say(&agency.action("паника")).await;
    agency.say(&agency.action("после всего")).await;
    wait_until("the next one is taken", LIMIT, async || s.effects.texts("13.ambulance") == ["после всего"])
        .await;
    inbox_is_empty(&s.world, "13").await;
    assert!(agency.channel.status().connected(), "the agency's channel lived through all of it");

    let pg = s.world.pg().await;
    let letters = pg
        .query("SELECT reason, sender, queue, body FROM dead_letter ORDER BY id", &[])
        .await
        .expect("dead letters");
    let codes: Vec<String> = cases.iter().map(|c| c.1.to_string()).collect();
    let mut expected: Vec<&str> = codes.iter().map(String::as_str).collect();
    expected.extend(["malformed_envelope", "too_large", "unavailable"]);
    let reasons: Vec<String> = letters.iter().map(|l| l.get::<_, String>(0)).collect();
    assert_eq!(reasons.len(), expected.len(), "{reasons:?}");
    for (reason, code) in reasons.iter().zip(expected) {
        assert!(reason.starts_with(&format!("{code}: ")), "{reason} is not {code}");
    }
    for letter in &letters {
        assert_eq!(letter.get::<_, Option<String>>(1).as_deref(), Some("agency.13.ambulance"));
        assert_eq!(letter.get::<_, String>(2), "hub112.inbox.13");
        assert!(!letter.get::<_, Vec<u8>>(3).is_empty(), "whole as received");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_database_can_hold_is_refused_and_holds_up_nobody() {
    let s = setting("21", &["ambulance", "police"]).await;
    let agency = Agency::new(&s.world, "21.ambulance").await;
    let police = Agency::new(&s.world, "21.police").await;
    let (_channel, mut errors) = consume(&agency.link, &agency.party).await.expect("its queue");
    let pg = s.world.pg().await;
    let incident = hub112::domain::ids::IncidentId(Uuid::now_v7());
    let rows = commit(&pg, vec![notice(incident, 1, &["21.ambulance", "21.police"])]).await;
    let sent = json!(rows[0].1.distribution);
    let ack = |of: &Agency, content_type: &str, content: Value| {
        let mut message = of.message("ack", content_type, content);
        message["references"] = sent.clone();
        message
    };
    let now = jiff::Timestamp::now();
    let mut traced = agency.action("след");
    traced["trace"] = json!("00-\0");
    let cases = [
        (ack(&agency, "read_ack", json!({"by": "Айгуль\0", "at": now})), ErrorCode::MalformedEnvelope),
        (
            ack(&agency, "technical_ack", json!({"received_at": "-006000-01-02T00:00:00Z"})),
            ErrorCode::MalformedContent,
        ),
        (traced, ErrorCode::MalformedEnvelope),
        (agency.message("report", "a\0b", json!({})), ErrorCode::MalformedEnvelope),
    ];
    for (message, code) in &cases {
        let kind = message["content_type"].as_str().filter(|t| !t.contains('\0')).unwrap_or("gossip");
        agency.publish(kind, message.to_string().as_bytes()).await;
        assert_eq!(agency.next_error(&mut errors).await, (*code, id(message)), "{message}");
    }
    // What the sender wrote into the properties is kept as far as it can be.
    let properties = BasicProperties::default()
        .with_user_id(agency.account().into())
        .with_message_id("a\0b".into())
        .with_type("тип\0".into());
    let key = ShortString::from(agency.party.routing_key("action_report"));
    let options = BasicPublishOptions::default();
    let confirm = agency.channel.basic_publish(IN.into(), key, options, b"{}", properties).await;
    assert!(confirm.expect("published").await.expect("confirmed").is_ack());
    assert_eq!(agency.next_error(&mut errors).await, (ErrorCode::MalformedEnvelope, None));

    police.say(&ack(&police, "read_ack", json!({"by": "Марат", "at": now}))).await;
    agency.say(&agency.action("после всего")).await;
    wait_until("others are recorded as ever", LIMIT, async || {
        let row = pg.query_one("SELECT max(read_by) FROM delivery WHERE service = 'police'", &[]).await;
        row.expect("deliveries").get::<_, Option<String>>(0).as_deref() == Some("Марат")
            && s.effects.texts("21.ambulance") == ["после всего"]
    })
    .await;
    inbox_is_empty(&s.world, "21").await;
    assert_eq!(count(&pg, "dead_letter").await, cases.len() as i64 + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_that_is_acknowledged_is_not_answered_with_another() {
    let s = setting("24", &["ambulance"]).await;
    let agency = Agency::new(&s.world, "24.ambulance").await;
    let (_channel, mut errors) = consume(&agency.link, &agency.party).await.expect("its queue");
    let mut misspelt = agency.action("опечатка");
    misspelt["content"]["unitss"] = json!([]);
    agency.say(&misspelt).await;
    let error = tokio::time::timeout(LIMIT, errors.next()).await.expect("in time");
    let error = read(&error.expect("a consumer").expect("a delivery").data);
    // As the contract asks of every message.
    let mut ack = agency.message("ack", "technical_ack", json!({"received_at": jiff::Timestamp::now()}));
    ack["references"] = json!(error.head.distribution_id);
    agency.say(&ack).await;
    let pg = s.world.pg().await;
    wait_until("the error is known to have arrived", LIMIT, async || {
        let sql = "SELECT count(acknowledged_at) FROM delivery WHERE kind = 'error'";
        pg.query_one(sql, &[]).await.expect("deliveries").get::<_, i64>(0) == 1
    })
    .await;
    inbox_is_empty(&s.world, "24").await;
    assert_eq!(count(&pg, "dead_letter").await, 1, "the misspelt one alone");
}

/// A client that writes its AMQP properties in Windows-1251, and its message in JSON. It publishes to the exchange
/// under the key, as its account.
const WINDOWS_1251: &str = r#"
import os, sys, pika, pika.data
def short(pieces, text):
    data = text.encode("cp1251")
    pieces += [bytes([len(data)]), data]
    return 1 + len(data)
pika.data.encode_short_string = short
where = pika.URLParameters(os.environ["HUB112_AGENCY_AMQP"])
channel = pika.BlockingConnection(where).channel()
channel.confirm_delivery()
properties = pika.BasicProperties(user_id=where.credentials.username, app_id="Пульт 103", delivery_mode=2)
channel.basic_publish("hub112.in", sys.argv[1], sys.stdin.buffer.read(), properties)
"#;

async fn publish_in_windows_1251(world: &World, of: &Party, kind: &str, body: String) {
    let (url, key) = (agency_url(world, of).await, of.routing_key(kind));
    let publishing = tokio::task::spawn_blocking(move || {
        let debian = Path::new("/usr/bin/python3");
        let mut python = Command::new(if debian.exists() { debian } else { Path::new("python3") })
            .args(["-c", WINDOWS_1251, &key])
            .env("HUB112_AGENCY_AMQP", url)
            .stdin(Stdio::piped())
            .spawn()
            .expect("python3 runs");
        python.stdin.take().expect("its input").write_all(body.as_bytes()).expect("written");
        assert!(python.wait().expect("python3 ends").success());
    });
    publishing.await.expect("published");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_client_can_read_off_the_wire_is_set_aside_and_holds_up_nobody() {
    let s = setting("22", &["ambulance", "police"]).await;
    let police = Agency::new(&s.world, "22.police").await;
    let ambulance = party("22.ambulance");
    let said = |n: usize| format!("действие {n}");
    let mut unreadable = Vec::new();
    for n in 0..30 {
        if n % 10 == 3 {
            let message = police.message("report", "action_report", json!({"text": "на ветер"}));
            unreadable.push(message.to_string());
            publish_in_windows_1251(&s.world, &ambulance, "action_report", message.to_string()).await;
        }
        police.say(&police.action(&said(n))).await;
    }
    wait_until("everything else has had its effect", LIMIT, async || {
        s.effects.texts("22.police").len() >= 30
    })
    .await;
    assert_eq!(s.effects.texts("22.police"), (0..30).map(said).collect::<Vec<_>>(), "once each and in order");
    inbox_is_empty(&s.world, "22").await;

    let pg = s.world.pg().await;
    let letters = pg.query("SELECT reason, sender, body FROM dead_letter ORDER BY id", &[]).await;
    let letters = letters.expect("dead letters");
    assert_eq!(letters.len(), unreadable.len());
    for letter in &letters {
        assert!(letter.get::<_, String>(0).starts_with("malformed_envelope: "));
        assert_eq!(letter.get::<_, Option<String>>(1).as_deref(), Some("agency.22.ambulance"));
        assert!(unreadable.contains(&String::from_utf8_lossy(letter.get(2)).into_owned()), "as received");
    }
    let agency = Agency::new(&s.world, "22.ambulance").await;
    let (_channel, mut errors) = consume(&agency.link, &agency.party).await.expect("its queue");
    for _ in &unreadable {
        let (code, references) = agency.next_error(&mut errors).await;
        assert_eq!(code, ErrorCode::MalformedEnvelope, "its sender is told");
        assert!(references.is_some(), "and of which message");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn technical_and_read_acknowledgements_are_recorded_apart_and_once() {
    let s = setting("14", &["ambulance"]).await;
    let agency = Agency::new(&s.world, "14.ambulance").await;
    let pg = s.world.pg().await;
    let incident = hub112::domain::ids::IncidentId(Uuid::now_v7());
    let rows = commit(&pg, (1..=3).map(|n| notice(incident, n, &["14.ambulance"])).collect()).await;
    let ids: Vec<Uuid> = rows.iter().map(|r| r.1.distribution.0).collect();
    // The agency is quicker than the record that the broker has it: the rows are still in the outbox.
    let at = jiff::Timestamp::now();
    let mut all =
        agency.message("ack", "technical_ack", json!({"received_at": at, "also": [ids[1], ids[2]]}));
    all["references"] = json!(ids[0]);
    let mut read_ack = agency.message("ack", "read_ack", json!({"by": "Айгуль", "at": at}));
    read_ack["references"] = json!(ids[0]);
    agency.say(&all).await;
    agency.say(&read_ack).await;
    agency.say(&all).await;
    wait_until("recorded", LIMIT, async || {
        let done = pg.query_one(
            "SELECT count(acknowledged_at), count(read_at), max(read_by) FROM delivery WHERE service = 'ambulance'", &[],
        );
        let row = done.await.expect("deliveries");
        let by: Option<String> = row.get(2);
        (row.get::<_, i64>(0), row.get::<_, i64>(1)) == (3, 1) && by.as_deref() == Some("Айгуль")
    })
    .await;
    wait_until("told to the actors", LIMIT, async || s.effects.acked.lock().expect("acked").len() >= 7).await;
    inbox_is_empty(&s.world, "14").await;
    assert_eq!(count(&pg, "dead_letter").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_follows_from_an_acknowledgement_outlives_the_hub_that_recorded_it() {
    let s = setting("14", &["ambulance"]).await;
    let agency = Agency::new(&s.world, "14.ambulance").await;
    let pg = s.world.pg().await;
    let incident = hub112::domain::ids::IncidentId(Uuid::now_v7());
    let rows = commit(&pg, (1..=2).map(|n| notice(incident, n, &["14.ambulance"])).collect()).await;
    let [waits, other] = [rows[0].1.distribution.0, rows[1].1.distribution.0];
    *s.effects.away.lock().expect("away") = Some((waits, 0));
    for id in [waits, other] {
        let at = jiff::Timestamp::now();
        let mut read_ack = agency.message("ack", "read_ack", json!({"by": "Айгуль", "at": at}));
        read_ack["references"] = json!(id);
        agency.say(&read_ack).await;
    }
    let has = |effects: &Effects, id: Uuid| {
        effects.acked.lock().expect("acked").iter().any(|a| a.distribution.0 == id)
    };
    wait_until("it is asked for again, and the one behind it is not held up", LIMIT, async || {
        s.effects.away.lock().expect("away").is_some_and(|(_, asked)| asked >= 2) && has(&s.effects, other)
    })
    .await;
    let read = "SELECT count(read_at) FROM delivery WHERE service = 'ambulance'";
    assert_eq!(pg.query_one(read, &[]).await.expect("deliveries").get::<_, i64>(0), 2, "both are recorded");
    assert!(!has(&s.effects, waits));
    // The hub ends between the record and what follows from it; the next one takes over.
    let Setting { world, hub, inbox, .. } = s;
    inbox.stop().await;
    let next = Arc::new(Effects::default());
    let reports: Arc<dyn AgencyReports> = next.clone();
    let pool = database::pool(&world.database_url, 4).expect("a pool");
    let regions = ["14".parse().expect("a region")];
    let _inbox =
        agency_inbox::start(&hub, &regions, &reports, &pool, InboxSettings::default()).expect("an inbox");
    wait_until("the next hub lets it have its effect", LIMIT, async || has(&next, waits)).await;
    inbox_is_empty(&world, "14").await;
    assert_eq!(count(&pg, "dead_letter").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_acknowledgement_on_which_the_rules_fail_becomes_a_dead_letter_and_the_queue_goes_on() {
    let s = setting("14", &["ambulance"]).await;
    let agency = Agency::new(&s.world, "14.ambulance").await;
    let pg = s.world.pg().await;
    let incident = hub112::domain::ids::IncidentId(Uuid::now_v7());
    let rows = commit(&pg, vec![notice(incident, 1, &["14.ambulance"])]).await;
    let id = rows[0].1.distribution.0;
    *s.effects.away.lock().expect("away") = Some((id, 0));
    *s.effects.fails.lock().expect("fails") = Some(id);
    let mut read_ack =
        agency.message("ack", "read_ack", json!({"by": "Айгуль", "at": jiff::Timestamp::now()}));
    read_ack["references"] = json!(id);
    agency.say(&read_ack).await;
    inbox_is_empty(&s.world, "14").await;
    wait_until("it is set aside", LIMIT, async || count(&pg, "dead_letter").await == 1).await;
    let reason: String =
        pg.query_one("SELECT reason FROM dead_letter", &[]).await.expect("the letter").get(0);
    assert!(reason.contains("the hub failed") && reason.contains(&id.to_string()), "{reason}");
    assert_eq!(s.effects.away.lock().expect("away").map(|(_, asked)| asked), Some(TRIES));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_outlive_broken_connections_of_the_hub() {
    let s = setting("15", &["ambulance"]).await;
    let agency = Agency::new(&s.world, "15.ambulance").await;
    let texts: Vec<String> = (0..120).map(|n| format!("действие {n}")).collect();
    for (n, text) in texts.iter().enumerate() {
        agency.say(&agency.action(text)).await;
        if n % 50 == 25 {
            for connection in ["hub", "hub hub112.inbox.15"] {
                wait_until("the hub's connection is listed and ended", LIMIT, async || {
                    let ended = manage(&s.world, async |m| m.end_connections(connection).await).await;
                    ended.expect("connections") > 0
                })
                .await;
            }
        }
    }
    wait_until("all have had their effect", LIMIT, async || s.effects.texts("15.ambulance").len() >= 120)
        .await;
    tokio::time::timeout(Duration::from_secs(1), s.hub.channel())
        .await
        .expect("connected")
        .expect("a channel");
    inbox_is_empty(&s.world, "15").await;
    assert_eq!(s.effects.texts("15.ambulance"), texts);
}

/// Cut off from the database, it cannot know whether another acts; what is said is then for whoever can write it down.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_that_may_be_deposed_holds_nothing_of_what_agencies_say() {
    let s = setting("18", &["ambulance"]).await;
    let other = hub_broker(&s.world, &["18.ambulance", "18.hub"]).await;
    let effects = Arc::new(Effects::default());
    let reports: Arc<dyn AgencyReports> = effects.clone();
    let pool = database::pool(&s.world.database_url, 4).expect("a pool");
    let regions = ["18".parse().expect("a region")];
    let standby =
        agency_inbox::start(&other, &regions, &reports, &pool, InboxSettings::default()).expect("an inbox");
    let consumers = async |wanted: u32| {
        wait_until(&format!("{wanted} consume"), LIMIT, async || {
            let channel = other.channel().await.expect("a channel");
            let options = QueueDeclareOptions { passive: true, durable: true, ..Default::default() };
            let queue = channel.queue_declare("hub112.inbox.18".into(), options, FieldTable::default());
            channel.answer(queue).await.is_ok_and(|queue| queue.consumer_count() == wanted)
        })
        .await;
    };
    consumers(2).await;
    s.hub.rest(true);
    consumers(1).await;
    let agency = Agency::new(&s.world, "18.ambulance").await;
    for n in 0..20 {
        agency.say(&agency.action(&format!("действие {n}"))).await;
    }
    wait_until("the other has all", LIMIT, async || effects.texts("18.ambulance").len() == 20).await;
    assert!(s.effects.texts("18.ambulance").is_empty());
    s.hub.rest(false);
    consumers(2).await;
    standby.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_dies_in_the_broker_is_recorded_at_its_recipient() {
    let s = setting("16", &["ambulance"]).await;
    let pg = s.world.pg().await;
    let incident = hub112::domain::ids::IncidentId(Uuid::now_v7());
    let rows = commit(&pg, (1..=3).map(|n| notice(incident, n, &["16.ambulance"])).collect()).await;
    let channel = s.hub.channel().await.expect("a channel");
    channel.confirm_select(ConfirmSelectOptions::default()).await.expect("confirms");
    // One expires, one is thrown out by the agency, one is sent to a service that has no queue.
    let keys = ["16.ambulance.incident_notice", "16.ambulance.incident_notice", "16.police.incident_notice"];
    for (n, (key, (_, row))) in keys.iter().zip(&rows).enumerate() {
        let mut properties = BasicProperties::default()
            .with_delivery_mode(2)
            .with_message_id(row.distribution.to_string().into());
        if n == 0 {
            properties = properties.with_expiration("1".into());
        }
        let (key, options) = (ShortString::from(*key), BasicPublishOptions::default());
        let confirm = channel.basic_publish(OUT.into(), key, options, &row.body, properties).await;
        confirm.expect("published").await.expect("confirmed");
    }
    let (_channel, mut consumer) = consume(&s.hub, &party("16.ambulance")).await.expect("its queue");
    let thrown = consumer.next().await.expect("a consumer").expect("a delivery");
    assert_eq!(read(&thrown.data).head.distribution_id, rows[1].1.distribution);
    thrown.reject(lapin::options::BasicRejectOptions { requeue: false }).await.expect("rejected");

    wait_until("both that need a person are among the dead letters", LIMIT, async || {
        let letters = pg.query("SELECT reason FROM dead_letter ORDER BY reason", &[]).await.expect("letters");
        letters.iter().map(|l| l.get::<_, String>(0)).collect::<Vec<_>>() == ["rejected", "unroutable"]
    })
    .await;
    wait_until("the deliveries say so", LIMIT, async || {
        let sql = "SELECT failure FROM delivery WHERE failure IS NOT NULL ORDER BY distribution";
        let failures = pg.query(sql, &[]).await.expect("deliveries");
        failures.iter().map(|l| l.get::<_, String>(0)).collect::<Vec<_>>()
            == ["dead_lettered", "dead_lettered"]
    })
    .await;
}

/// The number alone bounds no disk: messages may be long.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_much_for_an_agencys_queue_in_bytes_becomes_dead_letters_the_oldest_first() {
    let s = setting("26", &["ambulance"]).await;
    manage(&s.world, async |m| m.bound_agency_queues(20_000).await).await.expect("a policy");
    let pg = s.world.pg().await;
    let incident = hub112::domain::ids::IncidentId(Uuid::now_v7());
    let rows = commit(&pg, (1..=60).map(|n| notice(incident, n, &["26.ambulance"])).collect()).await;
    let channel = s.hub.channel().await.expect("a channel");
    channel.confirm_select(ConfirmSelectOptions::default()).await.expect("confirms");
    let most = 20_000 / rows[0].1.body.len();
    assert!(most < 50, "sixty are too much");
    for (_, row) in &rows {
        let id = row.distribution.to_string();
        let properties = BasicProperties::default().with_delivery_mode(2).with_message_id(id.into());
        let (key, options) = ("26.ambulance.incident_notice".into(), BasicPublishOptions::default());
        let confirm = channel.basic_publish(OUT.into(), key, options, &row.body, properties).await;
        confirm.expect("published").await.expect("confirmed");
    }
    wait_until("the oldest are dead letters, and their deliveries say so", LIMIT, async || {
        let sql = "SELECT distribution FROM delivery WHERE failure = 'dead_lettered' ORDER BY distribution";
        let dead = pg.query(sql, &[]).await.expect("deliveries");
        let dead: Vec<Uuid> = dead.iter().map(|row| row.get(0)).collect();
        let oldest = rows.iter().take(dead.len()).map(|(_, row)| row.distribution.0);
        dead.len() >= 60 - most && dead.iter().copied().eq(oldest)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_or_a_refusal_is_also_news_of_the_message_answered() {
    let s = setting("17", &["ambulance"]).await;
    let agency = Agency::new(&s.world, "17.ambulance").await;
    let pg = s.world.pg().await;
    let incident = hub112::domain::ids::IncidentId(Uuid::now_v7());
    let rows = commit(&pg, (1..=2).map(|n| notice(incident, n, &["17.ambulance"])).collect()).await;
    let answer = json!({"request_id": Uuid::now_v7(), "decision": "refuse", "reason": {"code": "none_free"}});
    let mut answered = agency.message("response", "forces_answer", answer);
    answered["references"] = json!(rows[0].1.distribution);
    let refusal = json!({"code": "malformed_content", "detail": "нет адреса"});
    let mut refused = agency.message("error", "error", refusal);
    refused["references"] = json!(rows[1].1.distribution);
    agency.say(&answered).await;
    agency.say(&refused).await;
    wait_until("both are known of", LIMIT, async || {
        let sql = "SELECT decision, failure, code FROM delivery ORDER BY decision NULLS LAST";
        let rows = pg.query(sql, &[]).await.expect("deliveries");
        let words = |n: usize| (0..3).map(|c| rows[n].get::<_, Option<String>>(c)).collect::<Vec<_>>();
        let some = |text: &str| Some(text.to_owned());
        rows.len() == 2
            && words(0) == [some("refuse"), None, None]
            && words(1) == [None, some("rejected"), some("malformed_content")]
    })
    .await;
    inbox_is_empty(&s.world, "17").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_is_not_refused_for_what_it_says_it_answers() {
    let s = setting("17", &["ambulance"]).await;
    let agency = Agency::new(&s.world, "17.ambulance").await;
    let (_channel, mut errors) = consume(&agency.link, &agency.party).await.expect("its queue");
    let answer = json!({"request_id": Uuid::now_v7(), "decision": "accept"});
    let mut answered = agency.message("response", "forces_answer", answer);
    let error = json!({"code": "malformed_content", "detail": "нет адреса"});
    let mut about_a_card = agency.message("error", "error", error.clone());
    let mut about_nothing = agency.message("error", "error", error);
    about_nothing.as_object_mut().expect("an object").remove("incident");
    let mut ack = agency.message("ack", "technical_ack", json!({"received_at": jiff::Timestamp::now()}));
    for message in [&mut answered, &mut about_a_card, &mut about_nothing, &mut ack] {
        message["references"] = json!(Uuid::now_v7());
        agency.say(message).await;
    }
    let refused = agency.next_error(&mut errors).await;
    assert_eq!(refused, (ErrorCode::UnknownReference, id(&ack)), "the acknowledgement says nothing else");
    inbox_is_empty(&s.world, "17").await;
    let pg = s.world.pg().await;
    let letters = pg.query("SELECT message_id FROM dead_letter", &[]).await.expect("dead letters");
    let mut letters: Vec<String> = letters.iter().map(|l| l.get(0)).collect();
    let mut expected = [&about_nothing, &ack].map(|m| id(m).expect("an id").to_string()).to_vec();
    letters.sort();
    expected.sort();
    assert_eq!(letters, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_neighbours_hub_is_told_with_a_code_what_of_its_own_was_not_taken() {
    let s = setting_beside("17", &[], &["19.hub"]).await;
    let channel = s.hub.channel().await.expect("a channel");
    channel.confirm_select(ConfirmSelectOptions::default()).await.expect("confirms");
    let (_channel, mut told) = consume(&s.hub, &party("19.hub")).await.expect("the neighbour's queue");
    let say = async |message: &Value| {
        let kind = message["content_type"].as_str().expect("a content type");
        let key = ShortString::from(format!("17.hub.{kind}"));
        let (options, body) = (BasicPublishOptions::default(), message.to_string());
        let properties = BasicProperties::default().with_delivery_mode(2);
        let confirm = channel.basic_publish(OUT.into(), key, options, body.as_bytes(), properties).await;
        assert!(confirm.expect("published").await.expect("confirmed").is_ack());
    };
    let message = |kind: &str, content_type: &str, content: Value| {
        json!({
            "contract": "1.0", "distribution_id": Uuid::now_v7(), "status": "exercise", "kind": kind,
            "sender": {"region": "19", "service": "hub"}, "recipients": [{"region": "17", "service": "hub"}],
            "sent_at": jiff::Timestamp::now(), "incident": Uuid::now_v7(),
            "content_type": content_type, "content": content,
        })
    };
    let unfit = message("report", "incident_notice", json!({"stage": "full"}));
    let strange = message("report", "gossip", json!({}));
    let mut broken = message("report", "incident_notice", json!({}));
    broken["sent_at"] = "soon".into();
    let mut astray = unfit.clone();
    astray["distribution_id"] = json!(Uuid::now_v7());
    astray["recipients"][0]["region"] = "15".into();
    // An error of the neighbour's is answered with none, whatever becomes of it.
    let error =
        message("error", "error", json!({"code": "expired", "detail": "too late", "references": null}));
    let not_now = message("report", "heartbeat", json!({"check_id": Uuid::now_v7()}));
    for one in [&unfit, &strange, &broken, &error, &astray, &not_now] {
        say(one).await;
    }
    for (refused, code) in [
        (&unfit, ErrorCode::MalformedContent),
        (&strange, ErrorCode::UnknownContentType),
        (&broken, ErrorCode::MalformedEnvelope),
        (&astray, ErrorCode::NotAddressed),
        (&not_now, ErrorCode::KindMismatch),
    ] {
        assert_eq!(next_error(&mut told).await, (code, id(refused)), "{refused}");
    }
    wait_until("each is set aside with its reason", LIMIT, async || {
        count(&s.world.pg().await, "dead_letter").await == 6
    })
    .await;
    // Somebody who is no hub of another region is told nothing.
    let mut nobody = message("report", "gossip", json!({}));
    nobody["sender"] = json!({"region": "19", "service": "police"});
    say(&nobody).await;
    wait_until("it is set aside", LIMIT, async || count(&s.world.pg().await, "dead_letter").await == 7).await;
}
