//! A small HTTP client of the hub, for the commands that speak to a running hub as anybody else does.

use std::time::{Duration, Instant};

use awc::error::SendRequestError;
use awc::http::header::{AUTHORIZATION, HeaderName, IF_MATCH, IF_NONE_MATCH, RETRY_AFTER};
use awc::http::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

/// How long one attempt may take before it counts as lost.
const ANSWER: Duration = Duration::from_secs(15);
/// For how long a request is repeated while the hub cannot be reached or asks to wait: a restart and a takeover.
const PATIENCE: Duration = Duration::from_secs(60);
/// The first pause between attempts; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause, also where the hub asks for a longer one.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The largest answer that is read, bytes: a page of 200 full cards.
const MAX_ANSWER: usize = 64 << 20;
/// Connections kept at once.
const CONNECTIONS: usize = 1024;

/// Why a request came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// No answer within the patience.
    #[error("{url} cannot be reached: {reason}; is the hub running there?")]
    Unreachable {
        /// What was asked for.
        url: String,
        /// The last attempt's fault.
        reason: String,
    },
    /// The hub said no, with a problem document (RFC 9457).
    #[error("{status} {problem}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Title, detail and field in one line.
        problem: String,
    },
    /// An answer that is not the hub's.
    #[error("{url} answered with something that is no JSON: {reason}")]
    NotJson {
        /// What was asked for.
        url: String,
        /// Where it goes wrong.
        reason: String,
    },
}

/// A client of one hub. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct Client {
    http: awc::Client,
    base: String,
    token: Option<SecretString>,
    patience: Duration,
}

impl Client {
    /// Of the hub at `url`, such as `http://127.0.0.1:8112`.
    #[must_use]
    pub fn new(url: &str) -> Self {
        let connector = awc::Connector::new().limit(CONNECTIONS).timeout(ANSWER);
        let http = awc::Client::builder().connector(connector).timeout(ANSWER).finish();
        Self { http, base: url.trim_end_matches('/').to_owned(), token: None, patience: PATIENCE }
    }

    /// With a token from an earlier sign-in.
    #[must_use]
    pub fn with_token(mut self, token: impl Into<SecretString>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Repeating requests for this long while the hub cannot be reached or asks to wait (429, 503).
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Signs in; requests after it carry the token.
    ///
    /// # Errors
    /// [`ClientError`]; a wrong password is `Refused` with 401.
    pub async fn sign_in(&mut self, name: &str, password: &str) -> Result<(), ClientError> {
        let body = json!({ "name": name, "password": password });
        let (_, answer) = self.post("/api/v1/sign-in", &body).await?;
        let Some(token) = answer.get("token").and_then(Value::as_str) else {
            return Err(ClientError::NotJson {
                url: format!("{}/api/v1/sign-in", self.base),
                reason: "no token in it".into(),
            });
        };
        self.token = Some(token.to_owned().into());
        Ok(())
    }

    /// POST; the status and the answer (`null` when empty).
    ///
    /// A request whose answer was lost is sent again: bodies that make something carry their own id.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn post(&self, path: &str, body: &Value) -> Result<(u16, Value), ClientError> {
        self.ask(Method::POST, path, Some(body), None).await
    }

    /// POST of a change to a card, whatever its version (`If-Match: *`).
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn change(&self, path: &str, body: &Value) -> Result<(u16, Value), ClientError> {
        self.ask(Method::POST, path, Some(body), Some(IF_MATCH)).await
    }

    /// PUT of what is there already, whatever its version (`If-Match: *`).
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn put(&self, path: &str, body: &Value) -> Result<(u16, Value), ClientError> {
        self.ask(Method::PUT, path, Some(body), Some(IF_MATCH)).await
    }

    /// PUT of what is not there yet (`If-None-Match: *`); what is there is refused with 412.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn make(&self, path: &str, body: &Value) -> Result<(u16, Value), ClientError> {
        self.ask(Method::PUT, path, Some(body), Some(IF_NONE_MATCH)).await
    }

    /// GET; the status and the answer.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn get(&self, path: &str) -> Result<(u16, Value), ClientError> {
        self.ask(Method::GET, path, None, None).await
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        any: Option<HeaderName>,
    ) -> Result<(u16, Value), ClientError> {
        let url = format!("{}{path}", self.base);
        let body = body.map(Value::to_string);
        let (began, mut pause) = (Instant::now(), FIRST_PAUSE);
        loop {
            let (wait, fault) = match self.attempt(&method, &url, body.clone(), any.clone()).await? {
                Attempt::Answered(status, value) => return Ok((status, value)),
                Attempt::Wait(asked, refusal) => (asked.unwrap_or(pause), refusal),
                Attempt::Lost(reason) => (pause, ClientError::Unreachable { url: url.clone(), reason }),
            };
            let wait = wait.clamp(FIRST_PAUSE, LONGEST_PAUSE);
            if began.elapsed() + wait > self.patience {
                return Err(fault);
            }
            actix_rt::time::sleep(wait).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn attempt(
        &self,
        method: &Method,
        url: &str,
        body: Option<String>,
        any: Option<HeaderName>,
    ) -> Result<Attempt, ClientError> {
        let mut request = self.http.request(method.clone(), url);
        if let Some(token) = &self.token {
            request = request.insert_header((AUTHORIZATION, format!("Bearer {}", token.expose_secret())));
        }
        if let Some(condition) = any {
            request = request.insert_header((condition, "*"));
        }
        let sent = match body {
            Some(body) => request.content_type("application/json").send_body(body),
            None => request.send(),
        };
        let mut response = match sent.await {
            Ok(response) => response,
            // An address that is none stays none.
            Err(SendRequestError::Url(e)) => {
                return Err(ClientError::Unreachable { url: url.to_owned(), reason: e.to_string() });
            }
            Err(e) => return Ok(Attempt::Lost(e.to_string())),
        };
        let status = response.status();
        let asked = response.headers().get(RETRY_AFTER).and_then(|v| v.to_str().ok()).and_then(retry_after);
        let bytes = match response.body().limit(MAX_ANSWER).await {
            Ok(bytes) => bytes,
            Err(e) => return Ok(Attempt::Lost(e.to_string())),
        };
        if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
            return Ok(Attempt::Wait(asked, refused(status.as_u16(), &bytes)));
        }
        if !status.is_success() {
            return Err(refused(status.as_u16(), &bytes));
        }
        if bytes.is_empty() {
            return Ok(Attempt::Answered(status.as_u16(), Value::Null));
        }
        match serde_json::from_slice(&bytes) {
            Ok(value) => Ok(Attempt::Answered(status.as_u16(), value)),
            Err(e) => Err(ClientError::NotJson { url: url.to_owned(), reason: e.to_string() }),
        }
    }
}

enum Attempt {
    Answered(u16, Value),
    Wait(Option<Duration>, ClientError),
    Lost(String),
}

/// `Retry-After` in seconds; the hub never sends a date.
fn retry_after(value: &str) -> Option<Duration> {
    value.trim().parse().ok().map(Duration::from_secs)
}

/// A problem document as a line: `title: detail (field …)`. Anything else is shown as it is, cut short.
fn refused(status: u16, body: &[u8]) -> ClientError {
    let document: Option<Value> = serde_json::from_slice(body).ok();
    let part = |name: &str| document.as_ref().and_then(|d| d.get(name)).and_then(Value::as_str);
    let problem = match (part("title"), part("detail")) {
        (None, None) => String::from_utf8_lossy(body).chars().take(200).collect(),
        (title, detail) => {
            let said: Vec<&str> = title.into_iter().chain(detail).collect();
            let field = part("field").map(|f| format!(" (field {f})")).unwrap_or_default();
            said.join(": ") + &field
        }
    };
    ClientError::Refused { status, problem }
}

#[cfg(test)]
mod tests;
