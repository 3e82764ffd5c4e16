//! A hub with callers who hold tokens; every answer as it came, refusals too.

// A harness offers what a test may need, not only what one needs today.
#![allow(dead_code)]

use std::time::Duration;

use hub112::api::{digest, new_token};
use hub112::domain::ids::AccountName;
use hub112::store::account::{self, Account, ChangedBy, Role};
use hub112::store::database::{self, Pool};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{Hub, World};

/// What is done within seconds on an idle machine, and must not fail on a busy one.
pub const LONG: Duration = Duration::from_secs(60);

/// A call about a place in Almaty.
pub fn call(words: &str) -> Value {
    json!({
        "id": Uuid::now_v7(), "channel": "call", "received_at": jiff::Timestamp::now(),
        "sender": {"kind": "person", "call_back": {"kind": "number", "number": "+77010000112"}},
        "contact": "heard", "language": "ru", "text": words,
        "location": {"fix": {"point": {"lat": 43.2389, "lon": 76.8897}, "uncertainty": null},
            "source": "caller", "address": null},
    })
}

/// A hub of Almaty in a world of its own. Fields drop in order: the hub before its world.
pub struct House {
    /// For looking behind the interface.
    pub pool: Pool,
    /// The hub's process.
    pub hub: Hub,
    /// Its database and virtual host.
    pub world: World,
}

impl House {
    /// A running hub without accounts.
    pub async fn open() -> Self {
        Self::within(World::new().await).await
    }

    /// A hub of two regions: Almaty and this one.
    pub async fn of_two(other: &str) -> Self {
        let world = World::new().await;
        let hub = world.hub_with(&format!("regions = [\"75\", \"{other}\"]\n")).await;
        let pool = database::pool(&world.database_url, 2).expect("a pool");
        Self { pool, hub, world }
    }

    /// The same in this world.
    pub async fn within(world: World) -> Self {
        let hub = world.hub().await;
        let pool = database::pool(&world.database_url, 2).expect("a pool");
        Self { pool, hub, world }
    }

    /// A new account of the region with a token.
    pub async fn caller(&self, name: &str, role: Role) -> Asker {
        self.account(name, role, Some("75"), None).await
    }

    /// An agency of the region.
    pub async fn agency(&self, service: &str) -> Asker {
        self.account(&format!("agency-{service}"), Role::Agency, Some("75"), Some(service)).await
    }

    /// An account with a token.
    pub async fn account(
        &self,
        name: &str,
        role: Role,
        region: Option<&str>,
        service: Option<&str>,
    ) -> Asker {
        let account = Account {
            version: 0,
            name: AccountName::new(name).expect("a name"),
            role,
            password_hash: None,
            region: region.map(|r| r.parse().expect("a region")),
            service: service.map(|s| s.parse().expect("a service")),
            active: true,
        };
        let by = ChangedBy::CommandLine("test");
        let made = account::put(&self.pool, &account, None, None, by).await.expect("an account");
        made.expect("whatever there was");
        let token = new_token();
        account::issue_token(&self.pool, &account.name, &digest(&token), "test", None)
            .await
            .expect("a token");
        Asker::new(&self.hub.url, Some(token))
    }
}

/// Somebody who asks, with or without a token.
#[derive(Clone)]
pub struct Asker {
    http: awc::Client,
    base: String,
    token: Option<String>,
}

/// An answer as it came.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// `Null` for an empty one.
    pub body: Value,
}

impl Answer {
    /// The body, if the status is as it should be.
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The kind of a problem document.
    pub fn problem(&self) -> &str {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.body);
        self.body["type"].as_str().and_then(|t| t.strip_prefix("urn:hub112:problem:")).unwrap_or_default()
    }
}

impl Asker {
    pub fn new(base: &str, token: Option<String>) -> Self {
        // Let go well before the hub ends what has been idle for five seconds.
        let connector = awc::Connector::new().timeout(LONG).conn_keep_alive(Duration::from_secs(1));
        let http = awc::Client::builder().connector(connector).timeout(LONG).finish();
        Self { http, base: base.to_owned(), token }
    }

    /// Somebody with another token at the same hub.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None, &[]).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, Some(body), &[]).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.ask("PUT", path, Some(body), &[]).await
    }

    /// A PUT of what is not there yet.
    pub async fn make(&self, path: &str, body: &Value) -> Answer {
        self.ask("PUT", path, Some(body), &[("If-None-Match", "*")]).await
    }

    /// A PUT of what is there, whatever its version.
    pub async fn replace(&self, path: &str, body: &Value) -> Answer {
        self.ask("PUT", path, Some(body), &[("If-Match", "*")]).await
    }

    /// A POST about the version with this ETag.
    pub async fn post_for(&self, etag: &str, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, Some(body), &[("If-Match", etag)]).await
    }

    /// A PUT of the version with this ETag.
    pub async fn put_for(&self, etag: &str, path: &str, body: &Value) -> Answer {
        self.ask("PUT", path, Some(body), &[("If-Match", etag)]).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.ask("DELETE", path, None, &[]).await
    }

    /// A POST with an `Idempotency-Key`.
    pub async fn keyed(&self, key: &str, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, Some(body), &[("Idempotency-Key", key), ("If-Match", "*")]).await
    }

    /// An answer that does not end, unread.
    pub async fn listen(
        &self,
        path: &str,
    ) -> awc::ClientResponse<
        impl futures_util::Stream<Item = Result<bytes::Bytes, awc::error::PayloadError>> + use<>,
    > {
        let url = format!("{}/api/v1{path}", self.base);
        let http = awc::Client::builder().disable_timeout().finish();
        let token = self.token.as_deref().unwrap_or_default();
        let request = http.get(url).insert_header(("Authorization", format!("Bearer {token}")));
        request.send().await.expect("an answer")
    }

    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let url = format!("{}/api/v1{path}", self.base);
        let mut request = self.http.request(method.parse().expect("a method"), url);
        if let Some(token) = &self.token {
            request = request.insert_header(("Authorization", format!("Bearer {token}")));
        }
        for header in headers {
            request = request.insert_header(*header);
        }
        let sent = match body {
            Some(body) => request.content_type("application/json").send_body(body.to_string()),
            None => request.send(),
        };
        let mut response = sent.await.expect("an answer");
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
            .collect();
        let bytes = response.body().limit(16 << 20).await.expect("a body");
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).expect("JSON in the body")
        };
        Answer { status: response.status().as_u16(), headers, body }
    }
}
