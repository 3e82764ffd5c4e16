//! A desk at work: a hub of Almaty with its accounts, the demonstration's units, and agencies as processes.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hub112::client::Client;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Connection, ConnectionProperties};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{Hub, World, wait_until};

/// What is done within seconds on an idle machine, and must not fail on a busy one.
pub const LONG: Duration = Duration::from_secs(60);
/// Every account and agency of the tests has this password: broker accounts are shared by all virtual hosts.
pub const PASSWORD: &str = "a password for tests";

/// The desk. Dropped, its processes end and its world is removed.
pub struct Desk {
    /// Signed in as an administrator.
    pub admin: Client,
    /// Signed in as a duty officer.
    pub officer: Client,
    agencies: BTreeMap<String, Child>,
    /// The hub's process.
    pub hub: Hub,
    /// Its database and virtual host.
    pub world: World,
}

impl Desk {
    /// A desk in this world with all units of the demonstration at their stations.
    pub async fn open(world: World) -> Self {
        let hub = world.hub().await;
        for role in ["administrator", "duty_officer", "manager"] {
            done(&hub.run_with(&["account", "put", role, "--role", role], PASSWORD));
        }
        let units = Path::new(env!("CARGO_MANIFEST_DIR")).join("gis/demo/units.csv");
        let units = units.to_str().expect("a path");
        done(&hub.run(&["load", units, "--url", &hub.url, "--password", PASSWORD]));
        let admin = signed_in(&hub, "administrator").await;
        let officer = signed_in(&hub, "duty_officer").await;
        Self { admin, officer, agencies: BTreeMap::new(), hub, world }
    }

    /// A token of an account of the desk, for who asks without [`Client`].
    pub async fn token(&self, name: &str) -> String {
        let body = json!({"name": name, "password": PASSWORD});
        let (_, signed) = self.officer.post("/api/v1/sign-in", &body).await.expect("signed in");
        text(&signed, "/token")
    }

    /// Starts an agency, a hundred times faster than life and without whims, in the place of one that runs.
    pub fn agency(&mut self, service: &str, more: &[&str]) {
        let made =
            self.hub.run_with(&["account", "broker", "--region", "75", "--service", service], PASSWORD);
        let address = done(&made);
        self.end_agency(service);
        let log = std::fs::File::create(self.world.dir.join(format!("agency-{service}.log"))).expect("a log");
        let process = Command::new(env!("CARGO_BIN_EXE_hub112"))
            .args(["agency", "--region", "75", "--service", service])
            .args(
                ["--speed-up", "100", "--refusal-rate", "0", "--change-rate", "0"]
                    .chunks(2)
                    .filter(|d| !more.contains(&d[0]))
                    .flatten(),
            )
            .args(more)
            .env("HUB112_AGENCY_AMQP", address.trim())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn()
            .expect("an agency");
        self.agencies.insert(service.to_owned(), process);
    }

    /// Ends an agency at once, if it runs.
    pub fn end_agency(&mut self, service: &str) {
        if let Some(mut process) = self.agencies.remove(service) {
            process.kill().expect("killed");
            process.wait().expect("gone");
        }
    }

    /// The broker's address for an account of an agency.
    pub fn broker_url(&self, account: &str) -> String {
        let (_, rest) = self.world.amqp_url.split_once("://").expect("an address");
        let (_, host) = rest.rsplit_once('@').expect("an address");
        format!("amqp://{account}:{}@{host}", PASSWORD.replace(' ', "%20"))
    }

    /// Publishes under a routing key as an account; the broker's word on it.
    pub async fn publish(&self, account: &str, key: &str, body: &Value) -> lapin::Result<()> {
        let connection =
            Connection::connect(&self.broker_url(account), ConnectionProperties::default()).await?;
        let channel = connection.create_channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        let properties = BasicProperties::default()
            .with_user_id(account.into())
            .with_content_type("application/json".into());
        let body = body.to_string();
        let options = BasicPublishOptions::default();
        let sent =
            channel.basic_publish("hub112.in".into(), key.into(), options, body.as_bytes(), properties);
        sent.await?.await?;
        connection.close(200, "done".into()).await
    }

    /// Changes settings of the region.
    pub async fn settings(&self, change: impl FnOnce(&mut Value)) {
        let (_, mut settings) = self.admin.get("/api/v1/settings").await.expect("settings");
        change(&mut settings);
        self.admin.put("/api/v1/settings", &settings).await.expect("settings changed");
    }

    /// Sends a message and gives the number of its card.
    pub async fn message(&self, message: &Value) -> String {
        let (status, taken) = self.officer.post("/api/v1/messages", message).await.expect("taken");
        assert!(status == 201 || status == 200, "{status}");
        text(&taken, "/incident")
    }

    /// A card as it is.
    pub async fn card(&self, incident: &str) -> Value {
        self.officer.get(&format!("/api/v1/incidents/{incident}")).await.expect("a card").1
    }

    /// Confirms the recommendation.
    pub async fn request_forces(&self, incident: &str) -> Value {
        let path = format!("/api/v1/incidents/{incident}/forces");
        self.officer.post(&path, &json!({})).await.expect("forces requested").1
    }

    /// Obligations of one line of the catalogue about a card.
    pub async fn owed(&self, incident: &str, kind: &str) -> Vec<Value> {
        let all = self.all("/api/v1/obligations").await;
        all.into_iter().filter(|o| o["incident"] == incident && o["kind"] == kind).collect()
    }

    /// Every item of a paged list.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let (mut items, mut after) = (Vec::new(), String::new());
        loop {
            let sign = if path.contains('?') { '&' } else { '?' };
            let (_, page) = self.officer.get(&format!("{path}{sign}limit=200{after}")).await.expect("a page");
            items.extend(page["items"].as_array().expect("items").iter().cloned());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return items,
            }
        }
    }

    /// Waits until the card is as it should be, and gives it.
    pub async fn until(&self, what: &str, incident: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let mut card = Value::Null;
        wait_until(what, LONG, async || {
            card = self.card(incident).await;
            holds(&card)
        })
        .await;
        card
    }

    /// `hub112 replay --verify` finds the chain whole and the read tables right. The hub may go on meanwhile, so it
    /// is asked again while its tables move.
    pub async fn verified(&self) {
        let mut said = String::new();
        wait_until("the journal verifies", LONG, async || {
            let output = self.hub.run(&["replay", "--verify"]);
            said = String::from_utf8_lossy(&output.stdout).into_owned();
            output.status.success()
        })
        .await;
        assert!(said.contains("the chain is whole"), "{said}");
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        for (service, process) in &mut self.agencies {
            let _ = process.kill();
            let _ = process.wait();
            if std::thread::panicking() {
                let log = self.world.dir.join(format!("agency-{service}.log"));
                let text = std::fs::read_to_string(log).unwrap_or_default();
                eprintln!("{service}: {}", text.lines().rev().take(3).collect::<Vec<_>>().join(" | "));
            }
        }
    }
}

/// Signed in at a hub, as one of the desk's accounts.
pub async fn signed_in(hub: &Hub, name: &str) -> Client {
    let mut client = Client::new(&hub.url);
    client.sign_in(name, PASSWORD).await.expect("signed in");
    client
}

/// What a command printed, when it succeeded.
fn done(output: &std::process::Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A call about a place in Almaty.
pub fn call(words: &str, lat: f64, lon: f64) -> Value {
    json!({
        "id": Uuid::now_v7(), "channel": "call", "received_at": jiff::Timestamp::now(),
        "sender": {"kind": "person", "call_back": {"kind": "number", "number": "+77010000112"}},
        "contact": "heard", "language": "ru", "text": words,
        "location": {"fix": {"point": {"lat": lat, "lon": lon},
            "uncertainty": {"shape": "circle", "radius_m": 50.0}}, "source": "caller", "address": null},
    })
}

/// A fire with people in it.
pub fn fire() -> Value {
    call("Горит квартира на пятом этаже, внутри люди, много дыма", 43.2389, 76.8897)
}

/// A text within a document.
pub fn text(value: &Value, pointer: &str) -> String {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{pointer} in {value}"))
        .to_owned()
}

/// Requests of a card.
pub fn requests(card: &Value) -> Vec<Value> {
    card["requests"].as_object().map(|r| r.values().cloned().collect()).unwrap_or_default()
}

/// Units of a request with their stages.
pub fn stages(request: &Value) -> Vec<(String, String)> {
    let units = request["engagements"].as_object().cloned().unwrap_or_default();
    units.into_iter().map(|(unit, e)| (unit, text(&e, "/stage"))).collect()
}
