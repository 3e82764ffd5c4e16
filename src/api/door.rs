//! What handlers share: the state, the version that a change was made for, and the way of a command.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload};
use bytes::Bytes;
use std::future::{Ready, ready};

use super::ApiState;
use super::auth::Caller;
use super::once;
use super::problem::Problem;
use crate::actors::keyed::Reply;
use crate::actors::region_hub::{Done, Order};
use crate::domain::command::RegionCommand;
use crate::domain::decision::Expected;
use crate::domain::ids::{IncidentId, RegionCode};
use crate::domain::region::{Answer, Versioned};
use crate::domain::said::said;
use crate::store::append::ReadTable;
use crate::store::read_table;

/// The version that a change was made for: `If-Match: "7"`, `If-Match: *` for whatever it is now, `If-None-Match: *` for
/// what is not there yet (RFC 9110 §13.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub Expected);

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read_version(request.headers()).map_err(|p| p.for_request(request)))
    }
}

/// The version that somebody acted upon, where it is said.
pub(super) fn if_said(request: &HttpRequest) -> Result<Option<IfMatch>, Problem> {
    if !request.headers().contains_key(header::IF_MATCH) {
        return Ok(None);
    }
    read_version(request.headers()).map(Some)
}

fn read_version(headers: &HeaderMap) -> Result<IfMatch, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        if headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == b"*") {
            return Ok(IfMatch(Expected::Absent));
        }
        return Err(Problem::new(
            "version-needed",
            said!(
                "it is not said which version is to change; send If-Match with its ETag, or * for whatever it is now"
            ),
        ));
    };
    match value.to_str().map(str::trim) {
        Ok("*") => Ok(IfMatch(Expected::Present)),
        Ok(tag) => tag.trim_matches('"').parse().map(|v| IfMatch(Expected::Version(v))).map_err(|_| {
            Problem::new(
                "stale",
                said!("If-Match holds no ETag of what is to change; read it again and send its ETag"),
            )
        }),
        Err(_) => Err(Problem::new(
            "malformed",
            said!("If-Match cannot be read; send the ETag of what is to change, or *"),
        )),
    }
}

/// The region that owns a card, whether it is in memory or not; refused when the caller is of another one.
pub(super) async fn region_of(
    state: &ApiState,
    caller: &Caller,
    incident: IncidentId,
) -> Result<RegionCode, Problem> {
    // Whose the card is stands with the card: the caller's own region says nothing of it.
    let region = read_table::region_of(&state.database, incident).await?;
    let region = region.ok_or_else(|| Problem::missing(said!("incident"), incident))?;
    caller.in_region(region)?;
    Ok(region)
}

/// Carries out a command about a card and answers with the card as it is then.
pub(super) async fn change(
    state: &ApiState,
    caller: &Caller,
    request: &HttpRequest,
    incident: IncidentId,
    expected: IfMatch,
    command: RegionCommand,
) -> Result<HttpResponse, Problem> {
    let region = region_of(state, caller, incident).await?;
    let order = Order {
        expected: Some((Versioned::Card(incident), expected.0)),
        key: once::keyed(request, the_card),
        ..Order::new(command, caller.by())
    };
    let done = state.board.region(region, order).await.map_err(|e| Problem::from(e).for_request(request))?;
    card(state, request, incident, done).await
}

/// The answer of a command that answers with its card.
pub(super) fn the_card(_: &Answer, card: Option<&str>) -> Reply {
    (200, Bytes::from(card.unwrap_or_default().to_owned()))
}

/// The answer of a command that makes something, or nothing new.
pub(super) fn made(answer: &Answer, _: Option<&str>) -> Reply {
    match answer {
        Answer::Made(id) => (201, Bytes::from(format!("{{\"id\":\"{id}\"}}"))),
        Answer::Closed { id, pieces } => {
            (201, Bytes::from(serde_json::json!({"id": id, "pieces": pieces}).to_string()))
        }
        _ => (204, Bytes::new()),
    }
}

/// Carries out a command that is about no card, and answers as [`made`].
pub(super) async fn order(
    state: &ApiState,
    caller: &Caller,
    request: &HttpRequest,
    region: RegionCode,
    command: RegionCommand,
) -> Result<HttpResponse, Problem> {
    made_by(state, request, region, Order::new(command, caller.by())).await
}

/// The same for a change of what has a version.
pub(super) async fn order_for(
    state: &ApiState,
    caller: &Caller,
    request: &HttpRequest,
    region: RegionCode,
    expected: (Versioned, IfMatch),
    command: RegionCommand,
) -> Result<HttpResponse, Problem> {
    let (what, IfMatch(expected)) = expected;
    let order = Order { expected: Some((what, expected)), ..Order::new(command, caller.by()) };
    made_by(state, request, region, order).await
}

async fn made_by(
    state: &ApiState,
    request: &HttpRequest,
    region: RegionCode,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let order = Order { key: once::keyed(request, made), ..order };
    let done = state.board.region(region, order).await.map_err(|e| Problem::from(e).for_request(request))?;
    if done.committed.is_some() {
        once::committed(request);
    }
    let (status, body) = made(&done.answer, None);
    Ok(reply(status, body))
}

/// The card as it is after a command.
pub(super) async fn card(
    state: &ApiState,
    request: &HttpRequest,
    incident: IncidentId,
    done: Done,
) -> Result<HttpResponse, Problem> {
    if done.committed.is_some() {
        once::committed(request);
    }
    let text = match done.card {
        Some(card) => card.to_string(),
        None => read_table::find(&state.database, ReadTable::Incident, &incident.to_string())
            .await?
            .map(|row| row.state)
            .ok_or_else(|| Problem::missing(said!("incident"), incident))?,
    };
    Ok(json(text))
}

/// A stored entity as an answer, with its version as ETag where it has one.
pub(super) fn json(text: String) -> HttpResponse {
    reply(200, Bytes::from(text))
}

/// An answer of JSON, or of nothing. What is stored and has a version carries it as ETag.
pub(super) fn reply(status: u16, body: Bytes) -> HttpResponse {
    #[derive(serde::Deserialize)]
    struct Versioned {
        version: Option<u64>,
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    if body.is_empty() {
        return response.finish();
    }
    if status.is_client_error() {
        return response.content_type("application/problem+json").body(body);
    }
    let version = serde_json::from_slice::<Versioned>(&body).ok().and_then(|v| v.version);
    let mut response = response.content_type("application/json").body(body);
    if let Some(version) = version {
        response.headers_mut().insert(header::ETAG, etag(version));
    }
    response
}

/// A version as it stands in `ETag` and `If-Match`.
pub(super) fn etag(version: u64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// What has a version, with that as its ETag.
pub(super) fn versioned<T: serde::Serialize>(version: u64, shown: &T) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::ETAG, etag(version))).json(shown)
}

/// A list of stored entities with the cursor of the next page.
pub(super) fn page(items: &[String], next: Option<&str>) -> HttpResponse {
    let next = next.map_or_else(|| "null".to_owned(), |n| serde_json::Value::from(n).to_string());
    let body = format!("{{\"items\":[{}],\"next\":{next}}}", items.join(","));
    HttpResponse::Ok().content_type("application/json").body(body)
}
