//! `Idempotency-Key`: the same POST of the same account has its effect once, however often it is sent, and every
//! repetition gets the answer of the first time.
//!
//! The answer to a command of the domain is committed together with its effect ([`Keyed`]); other answers are kept
//! before they are given. Only what had an effect is kept: a refusal changed nothing, and the same key may be tried
//! again. An answer that holds a secret is never kept; its repetition is told that it was given.

use std::cell::Cell;
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::body::{BoxBody, EitherBody, MessageBody, to_bytes};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, ResponseError, web};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::ApiState;
use super::auth::Caller;
use super::door;
use super::problem::{Problem, of_extractor};
use crate::actors::keyed::{Keyed, Reply};
use crate::domain::region::Answer;
use crate::domain::said::said;
use crate::store::append::Idempotency;
use crate::store::inbox;

/// The header that names a request.
pub(super) const KEY: &str = "idempotency-key";
/// The header that marks a repeated answer.
const REPLAYED: &str = "idempotent-replayed";
/// The longest key, characters.
pub(super) const LONGEST_KEY: usize = 255;

/// Keys whose first request is under way in this process.
#[derive(Debug, Clone, Default)]
pub struct UnderWay(Arc<Mutex<HashSet<(String, String)>>>);

impl UnderWay {
    fn claim(&self, account: &str, key: &str) -> Option<Claim> {
        let name = (account.to_owned(), key.to_owned());
        let fresh = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        fresh.then(|| Claim { all: self.clone(), name })
    }
}

/// A key held by one request until it is answered.
struct Claim {
    all: UnderWay,
    name: (String, String),
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

/// The key of the request, for its handler.
struct Named {
    account: String,
    key: String,
    fingerprint: Vec<u8>,
    committed: Cell<bool>,
}

/// Put into the extensions of a response whose body must not be kept: it shows a secret once.
pub(super) struct ShownOnce;

/// The key of the request, to be committed with the effect.
pub(super) fn keyed(request: &HttpRequest, answer: fn(&Answer, Option<&str>) -> Reply) -> Option<Keyed> {
    let named = request.extensions().get::<Rc<Named>>().cloned()?;
    Some(Keyed {
        account: named.account.clone(),
        key: named.key.clone(),
        fingerprint: named.fingerprint.clone(),
        answer,
    })
}

/// The answer was committed with the effect: it need not be kept again.
pub(super) fn committed(request: &HttpRequest) {
    if let Some(named) = request.extensions().get::<Rc<Named>>() {
        named.committed.set(true);
    }
}

fn key_of(request: &ServiceRequest) -> Result<Option<String>, Problem> {
    // Signing in has no account yet; reading a file and a guess change nothing that a repetition would double.
    let effectless = ["/sign-in", "/zones/from-file", "/category-guess"];
    if request.method() != Method::POST || effectless.iter().any(|end| request.path().ends_with(end)) {
        return Ok(None);
    }
    let Some(value) = request.headers().get(KEY) else { return Ok(None) };
    match value.to_str() {
        Ok(key) if (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()) => {
            Ok(Some(key.to_owned()))
        }
        _ => {
            let what = said!(
                "a key has 1 to {most} visible ASCII characters, a UUID for example",
                most = LONGEST_KEY
            );
            Err(Problem::new("invalid", what).at("Idempotency-Key"))
        }
    }
}

fn fingerprint(request: &ServiceRequest, body: &[u8]) -> Vec<u8> {
    let mut digest = Sha256::new();
    for part in [request.method().as_str().as_bytes(), request.uri().to_string().as_bytes()] {
        digest.update(part);
        digest.update([0]);
    }
    digest.update(body);
    digest.finalize().to_vec()
}

/// Around every request of the interface: a POST with a key is answered once.
///
/// # Errors
/// The handler's own.
pub(super) async fn once<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let key = match key_of(&request) {
        Ok(Some(key)) => key,
        Ok(None) => return Ok(next.call(request).await?.map_into_left_body()),
        Err(problem) => return Ok(refused(request, problem)),
    };
    // Who is not signed in is told so by the handler.
    let Ok(caller) = request.extract::<Caller>().await else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let Some(state) = request.app_data::<web::Data<ApiState>>().cloned() else {
        return Ok(refused(
            request,
            Problem::new("internal", said!("the interface is not ready; try again in a moment")),
        ));
    };
    let body = match request.extract::<Bytes>().await {
        Ok(body) => body,
        Err(e) => {
            let problem = of_extractor(&e, request.request());
            return Ok(refused(request, problem));
        }
    };
    let fingerprint = fingerprint(&request, &body);
    request.set_payload(Payload::from(body));

    let account = caller.account.name.to_string();
    // Claimed before it is looked up: what another request has kept meanwhile is then seen.
    let Some(_claim) = state.under_way.claim(&account, &key) else {
        let detail = said!("the first request with this key is still under way; ask again in a moment");
        return Ok(refused(request, Problem::new("under-way", detail)));
    };
    match inbox::answer(&state.database, &account, &key).await {
        Ok(Some(kept)) if kept.fingerprint == fingerprint => {
            let reply = replayed(&kept);
            return Ok(request.into_response(reply).map_into_right_body());
        }
        Ok(Some(_)) => {
            let detail = said!("the key was used for another request; take a new key for each");
            return Ok(refused(request, Problem::new("key-reused", detail)));
        }
        Ok(None) => {}
        // A message has an identity of its own, and must be taken in also while the database is down.
        Err(_) if request.path().ends_with("/messages") => {}
        Err(e) => return Ok(refused(request, e.into())),
    }
    let named = Rc::new(Named { account, key, fingerprint, committed: Cell::new(false) });
    request.extensions_mut().insert(Rc::clone(&named));
    let response = next.call(request).await?;
    let (request, response) = response.into_parts();
    if !response.status().is_success() || named.committed.get() {
        return Ok(ServiceResponse::new(request, response).map_into_left_body());
    }
    let secret = response.extensions().get::<ShownOnce>().is_some();
    let (response, body) = response.into_parts();
    let body = to_bytes(body).await.map_err(Into::into)?;
    let (status, kept) =
        if secret { given_once(&request) } else { (response.status().as_u16(), body.clone()) };
    let row = Idempotency {
        account: named.account.clone(),
        key: named.key.clone(),
        fingerprint: named.fingerprint.clone(),
        status,
        body: kept,
    };
    if let Err(e) = inbox::keep_answer(&state.database, &row).await {
        // What was asked for is done: the caller is told so.
        tracing::warn!(error = %e, "an answer could not be kept for its key");
    }
    let response = response.set_body(BoxBody::new(body));
    Ok(ServiceResponse::new(request, response).map_into_right_body())
}

/// What stands in place of an answer that held a secret.
fn given_once(request: &HttpRequest) -> Reply {
    let detail = said!(
        "this was done when the key was first sent, and what is secret is shown once; take back what was made \
        and ask for another with a new key"
    );
    let problem = Problem::new("conflict", detail).for_request(request);
    (problem.status, Bytes::from(serde_json::to_vec(&problem).unwrap_or_default()))
}

fn replayed(kept: &Idempotency) -> HttpResponse {
    let mut response = door::reply(kept.status, kept.body.clone());
    response.headers_mut().insert(HeaderName::from_static(REPLAYED), HeaderValue::from_static("true"));
    response
}

fn refused<B>(request: ServiceRequest, problem: Problem) -> ServiceResponse<EitherBody<B>> {
    let response = problem.for_request(request.request()).error_response();
    request.into_response(response).map_into_right_body()
}
