//! A duty officer who decides and closes, so that a replayed day comes to an end as a real one does.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::pace::Run;
use crate::client::{Client, ClientError};
use crate::domain::ids::MessageId;

/// Between two rounds.
const ROUND: Duration = Duration::from_secs(1);
/// A card this old has its first requests, if it gets any.
const SETTLED: SignedDuration = SignedDuration::from_secs(5);
/// Decisions under way at once: a person's few hands.
const HANDS: usize = 8;
/// From this score on the officer takes two cards for one incident.
const LIKELY: f64 = 0.55;
/// Cards named when some are left.
const NAMED: usize = 20;
/// Categories about which no service is told by rule.
const UNSURE: [&str; 4] = ["unclear", "silent_call", "abandoned_call", "sos_signal"];

/// What the officer did.
#[derive(Default)]
pub struct Officer {
    /// Whoever else works at the hub decides about the cards of other messages, and of these with others.
    messages: HashSet<MessageId>,
    identified: Cell<u64>,
    merged: Cell<u64>,
    closed: Cell<u64>,
    went: Cell<u64>,
    besides: Cell<u64>,
    /// Cards for which as many were asked as really went.
    compared: RefCell<BTreeSet<String>>,
    faults: RefCell<BTreeMap<String, u64>>,
}

impl Officer {
    /// An officer for the cards of these messages alone.
    #[must_use]
    pub fn of(messages: HashSet<MessageId>) -> Self {
        Self { messages, ..Self::default() }
    }

    /// Works round after round, until dropped.
    pub async fn work(&self, client: &Client, run: &Run) {
        loop {
            if let Err(e) = self.round(client, run).await {
                self.failed(&e);
            }
            actix_rt::time::sleep(ROUND).await;
        }
    }

    /// A line of what was done.
    #[must_use]
    pub fn account(&self) -> String {
        let mut said = format!(
            "officer     identified {}, merged {}, closed {}",
            self.identified.get(),
            self.merged.get(),
            self.closed.get()
        );
        if self.went.get() > 0 {
            said += &format!(
                "\nreally went {} units to {} cards; of these the officer asked {} besides the plan's",
                self.went.get(),
                self.compared.borrow().len(),
                self.besides.get()
            );
        }
        for (fault, times) in self.faults.borrow().iter() {
            said += &format!("\nofficer could not, {times} times: {fault}");
        }
        said
    }

    async fn round(&self, client: &Client, run: &Run) -> Result<(), ClientError> {
        let own = |card: &Value| has_only(card, &self.messages);
        let cards: Vec<Value> =
            pages(client, "/api/v1/incidents?open=true&limit=200").await?.into_iter().filter(own).collect();
        let owed = pages(client, "/api/v1/obligations?open=true&limit=200").await?;
        let decision = json!({"standing": "event", "basis": "проверено дежурным: чрезвычайное происшествие"});
        let is_own = |incident: &&str| cards.iter().any(|card| card["id"] == **incident);
        let decide = owed.iter().filter_map(awaits_identification).filter(is_own);
        self.each(client, decide, "identification", &decision, &self.identified).await;

        let now = Timestamp::now();
        for card in &cards {
            self.decide_guess(client, card, &cards).await;
            self.ask_for_as_many_as_went(client, card, run, now).await;
        }
        let outcome = json!({"outcome": "resolved", "note": "работа закончена, подтверждено дежурным"});
        let compared = |card: &Value| {
            let id = card["id"].as_str().unwrap_or_default();
            run.went_to(id).is_none() || self.compared.borrow().contains(id)
        };
        let close = cards
            .iter()
            .filter(|card| may_close(card, now) && compared(card))
            .filter_map(|card| card["id"].as_str());
        self.each(client, close, "close", &outcome, &self.closed).await;
        Ok(())
    }

    /// A card that may speak of another's incident is merged into it when that is likely; otherwise forces are asked
    /// for it, which the dispatch rule left to a person.
    async fn decide_guess(&self, client: &Client, card: &Value, open: &[Value]) {
        let Some(own) = card["id"].as_str() else { return };
        if card["requests"].as_object().is_some_and(|all| !all.is_empty()) {
            return;
        }
        let Some((other, score)) = best_guess(card, open) else { return };
        let result = if score >= LIKELY {
            let body = json!({"from": own, "reason": "то же происшествие"});
            client.change(&format!("/api/v1/incidents/{other}/merge"), &body).await
        } else {
            client.post(&format!("/api/v1/incidents/{own}/forces"), &json!({})).await
        };
        match result {
            Ok(_) if score >= LIKELY => self.merged.set(self.merged.get() + 1),
            Ok(_) => {}
            Err(e) => self.failed(&e),
        }
    }

    /// Additional forces (c.5(3)¶3), once a card: as many as really went beyond what the plan asked for.
    async fn ask_for_as_many_as_went(&self, client: &Client, card: &Value, run: &Run, now: Timestamp) {
        let Some(id) = card["id"].as_str() else { return };
        let Some(went) = run.went_to(id) else { return };
        let planned = card["requests"].as_object().is_some_and(|all| !all.is_empty());
        if self.compared.borrow().contains(id) || !(planned || is_settled(card, now)) {
            return;
        }
        self.compared.borrow_mut().insert(id.to_owned());
        self.went.set(self.went.get() + went.units());
        let beyond = went.beyond(card);
        if beyond.is_empty() {
            return;
        }
        let forces: Vec<Value> = beyond
            .iter()
            .map(|((service, capability), count)| {
                let capabilities: Vec<&str> = capability.iter().copied().collect();
                json!({"service": service, "act": "additional", "capabilities": capabilities, "count": count})
            })
            .collect();
        match client.post(&format!("/api/v1/incidents/{id}/forces"), &json!({"forces": forces})).await {
            Ok(_) => {
                let besides: u64 = beyond.iter().map(|(_, count)| u64::from(*count)).sum();
                self.besides.set(self.besides.get() + besides);
            }
            Err(e) => self.failed(&e),
        }
    }

    async fn each<'a>(
        &self,
        client: &Client,
        incidents: impl Iterator<Item = &'a str>,
        act: &str,
        body: &Value,
        done: &Cell<u64>,
    ) {
        stream::iter(incidents)
            .for_each_concurrent(HANDS, |incident| async move {
                match client.change(&format!("/api/v1/incidents/{incident}/{act}"), body).await {
                    Ok(_) => done.set(done.get() + 1),
                    Err(e) => self.failed(&e),
                }
            })
            .await;
    }

    fn failed(&self, fault: &ClientError) {
        let mut faults = self.faults.borrow_mut();
        let said = fault.to_string();
        // A card may have changed between the look and the act; ten kinds of fault say enough.
        if faults.len() < 10 || faults.contains_key(&said) {
            *faults.entry(said).or_default() += 1;
        }
    }
}

/// All items of a list, page by page.
async fn pages(client: &Client, path: &str) -> Result<Vec<Value>, ClientError> {
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let (_, mut page) = client.get(&format!("{path}{after}")).await?;
        if let Value::Array(items) = page["items"].take() {
            all.extend(items);
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={}", encoded(next)),
            None => return Ok(all),
        }
    }
}

/// Everything but letters, digits, `-`, `.`, `_` and `~` as `%XX`.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, b| {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
        out
    })
}

/// The incident of an obligation to identify (c.5(3)¶1) that the duty officer owes.
fn awaits_identification(obligation: &Value) -> Option<&str> {
    let owed = obligation["kind"] == "O-08" && obligation["debtor"] == "duty_officer";
    obligation["incident"].as_str().filter(|_| owed)
}

/// The likeliest of the open cards that a card may belong to.
fn best_guess<'a>(card: &'a Value, open: &[Value]) -> Option<(&'a str, f64)> {
    let guesses = card["guesses"].as_array()?;
    guesses
        .iter()
        .filter_map(|g| Some((g["incident"].as_str()?, g["score"].as_f64()?)))
        .filter(|(id, _)| open.iter().any(|other| other["id"] == *id))
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

/// A card with nobody at work: no request is open or answered, and none is to come.
fn may_close(card: &Value, now: Timestamp) -> bool {
    let at_work = card["requests"]
        .as_object()
        .is_some_and(|all| all.values().any(|r| r["state"] == "open" || r["state"] == "answered"));
    let category = card["categories"].as_array().and_then(|all| all.last()).and_then(|c| c["code"].as_str());
    let unsure = category.is_none_or(|code| UNSURE.contains(&code));
    !at_work && (is_settled(card, now) || unsure)
}

/// A card old enough to have its first requests, if it gets any.
fn is_settled(card: &Value, now: Timestamp) -> bool {
    let opened: Option<Timestamp> = card["opened_at"].as_str().and_then(|at| at.parse().ok());
    opened.is_some_and(|at| now.duration_since(at) > SETTLED)
}

/// Waits until no card that has one of these messages is open; those that are left at the deadline, each in a line. Others
/// may work at the same hub.
///
/// # Errors
/// [`ClientError`].
pub async fn wait_closed(
    client: &Client,
    sent: &HashSet<MessageId>,
    deadline: Duration,
) -> Result<Vec<String>, ClientError> {
    let began = Instant::now();
    loop {
        let open = pages(client, "/api/v1/incidents?open=true&limit=200").await?;
        let left: Vec<String> = open.iter().filter(|card| has_one_of(card, sent)).map(line).collect();
        if left.is_empty() || began.elapsed() >= deadline {
            return Ok(left);
        }
        actix_rt::time::sleep(ROUND).await;
    }
}

fn has_one_of(card: &Value, sent: &HashSet<MessageId>) -> bool {
    card["messages"].as_array().is_some_and(|all| all.iter().any(|message| is_one_of(message, sent)))
}

fn has_only(card: &Value, sent: &HashSet<MessageId>) -> bool {
    card["messages"]
        .as_array()
        .is_some_and(|all| !all.is_empty() && all.iter().all(|message| is_one_of(message, sent)))
}

fn is_one_of(message: &Value, sent: &HashSet<MessageId>) -> bool {
    serde_json::from_value(message["id"].clone()).is_ok_and(|id: MessageId| sent.contains(&id))
}

/// The first of the cards that are left, and how many there are.
#[must_use]
pub fn named(left: &[String]) -> String {
    let more = left.len().saturating_sub(NAMED);
    let mut said = left[..left.len() - more].join("\n");
    if more > 0 {
        said += &format!("\n… and {more} more");
    }
    said
}

fn line(card: &Value) -> String {
    let category = card["categories"].as_array().and_then(|all| all.last()).and_then(|c| c["code"].as_str());
    let states: Vec<&str> = card["requests"]
        .as_object()
        .map(|all| all.values().filter_map(|r| r["state"].as_str()).collect())
        .unwrap_or_default();
    format!(
        "{} {} {}, requests: {}",
        card["number"].as_str().unwrap_or("?"),
        card["status"].as_str().unwrap_or("?"),
        category.unwrap_or("without a category"),
        if states.is_empty() { "none".to_owned() } else { states.join(", ") }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(category: &str, requests: &Value) -> Value {
        json!({"opened_at": "2026-03-01T10:00:00Z", "categories": [{"code": "smoke"}, {"code": category}],
            "requests": requests})
    }

    #[test]
    fn a_card_is_closed_when_nobody_is_at_work_and_none_is_to_come() {
        let opened: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
        let (early, late) = (opened + SignedDuration::from_secs(2), opened + SignedDuration::from_secs(6));
        let none = json!({});
        let working = json!({"a": {"state": "done"}, "b": {"state": "answered"}});
        let over = json!({"a": {"state": "done"}, "b": {"state": "refused"}});
        for (category, requests, now, closes) in [
            ("building_fire", &none, early, false),
            ("building_fire", &none, late, true),
            ("building_fire", &working, late, false),
            ("building_fire", &over, late, true),
            ("unclear", &none, early, true),
            ("silent_call", &working, late, false),
        ] {
            assert_eq!(may_close(&card(category, requests), now), closes, "{category} {requests} {now}");
        }
    }

    #[test]
    fn a_card_with_anybody_elses_message_is_anybody_elses() {
        let [own, others] = [MessageId(uuid::Uuid::from_u128(1)), MessageId(uuid::Uuid::from_u128(2))];
        let sent = HashSet::from([own]);
        for (messages, is_own) in
            [(vec![own], true), (vec![own, others], false), (vec![others], false), (vec![], false)]
        {
            let card = json!({"messages": messages.iter().map(|id| json!({"id": id})).collect::<Vec<_>>()});
            assert_eq!(has_only(&card, &sent), is_own, "{card}");
        }
    }

    #[test]
    fn of_guesses_the_likeliest_open_card_counts() {
        let card = json!({"guesses": [{"incident": "a", "score": 0.9}, {"incident": "b", "score": 0.6},
            {"incident": "c", "score": 0.5}]});
        let open = [json!({"id": "b"}), json!({"id": "c"})];
        assert_eq!(best_guess(&card, &open), Some(("b", 0.6)));
        assert_eq!(best_guess(&card, &[]), None);
    }

    #[test]
    fn only_the_duty_officers_own_identification_is_decided() {
        let owed = |kind: &str, debtor: &str| json!({"kind": kind, "debtor": debtor, "incident": "i-1"});
        assert_eq!(awaits_identification(&owed("O-08", "duty_officer")), Some("i-1"));
        assert_eq!(awaits_identification(&owed("O-08", "service")), None);
        assert_eq!(awaits_identification(&owed("O-01", "duty_officer")), None);
    }

    #[test]
    fn the_place_where_a_page_ended_is_a_safe_part_of_an_address() {
        assert_eq!(encoded("2026-03-01T10:00:00Z|x+1"), "2026-03-01T10%3A00%3A00Z%7Cx%2B1");
    }

    #[test]
    fn what_is_left_is_named_up_to_a_page() {
        let left: Vec<String> = (0..25).map(|n| n.to_string()).collect();
        assert!(named(&left).ends_with("19\n… and 5 more"));
        assert_eq!(named(&left[..2]), "0\n1");
    }

    #[test]
    fn a_run_waits_for_the_cards_of_its_own_messages_alone() {
        let mine = MessageId(uuid::Uuid::from_u128(1));
        let sent = HashSet::from([mine]);
        assert!(has_one_of(&json!({"messages": [{"id": uuid::Uuid::from_u128(2)}, {"id": mine.0}]}), &sent));
        assert!(!has_one_of(&json!({"messages": [{"id": uuid::Uuid::from_u128(2)}]}), &sent));
        assert!(!has_one_of(&json!({}), &sent));
    }
}
