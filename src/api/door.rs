//! What handlers share: the state, the version that a change was made for, and the way of a command.

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload};
use std::future::{Ready, ready};

use super::ApiState;
use super::auth::Caller;
use super::problem::Problem;
use crate::actors::region_hub::{Done, Order};
use crate::domain::command::RegionCommand;
use crate::domain::ids::{IncidentId, RegionCode};
use crate::store::append::ReadTable;
use crate::store::read_table;

/// The version of the card that a change was made for: `If-Match: "7"`, or `*` for whatever it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub Option<u64>);

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read_version(request.headers()).map_err(|p| p.for_request(request)))
    }
}

fn read_version(headers: &HeaderMap) -> Result<IfMatch, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Err(Problem::new(
            "version-needed",
            "send If-Match with the card's ETag, or * to change it as it is",
        ));
    };
    match value.to_str().map(str::trim) {
        Ok("*") => Ok(IfMatch(None)),
        Ok(tag) => tag
            .trim_matches('"')
            .parse()
            .map(|v| IfMatch(Some(v)))
            .map_err(|_| Problem::new("stale", "the ETag is none of this card's")),
        Err(_) => Err(Problem::new("malformed", "If-Match cannot be read")),
    }
}

/// The W3C trace of the request, if it has a valid one.
pub(super) fn trace(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get("traceparent")?.to_str().ok()?;
    crate::telemetry::is_traceparent(value).then(|| value.to_owned())
}

/// The region that owns a card, whether it is in memory or not.
pub(super) async fn region_of(
    state: &ApiState,
    caller: &Caller,
    incident: IncidentId,
) -> Result<RegionCode, Problem> {
    if let Some(own) = caller.account.region {
        return Ok(own);
    }
    let row = read_table::find(&state.database, ReadTable::Incident, &incident.to_string()).await?;
    let region =
        row.map(|r| r.region).ok_or_else(|| Problem::new("not-found", format!("no incident {incident}")))?;
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
        trace: trace(request),
        expected: expected.0.map(|version| (incident, version)),
        ..Order::new(command, caller.by())
    };
    let done = state.board.region(region, order).await.map_err(|e| Problem::from(e).for_request(request))?;
    card(state, incident, done).await
}

/// The card as it is after a command.
pub(super) async fn card(
    state: &ApiState,
    incident: IncidentId,
    done: Done,
) -> Result<HttpResponse, Problem> {
    let text = match done.card {
        Some(card) => card.to_string(),
        None => read_table::find(&state.database, ReadTable::Incident, &incident.to_string())
            .await?
            .map(|row| row.state)
            .ok_or_else(|| Problem::new("not-found", format!("no incident {incident}")))?,
    };
    Ok(json(text))
}

/// A stored entity as an answer, with its version as ETag where it has one.
pub(super) fn json(text: String) -> HttpResponse {
    #[derive(serde::Deserialize)]
    struct Versioned {
        version: Option<u64>,
    }
    let version = serde_json::from_str::<Versioned>(&text).ok().and_then(|v| v.version);
    let mut response = HttpResponse::Ok().content_type("application/json").body(text);
    if let Some(tag) = version.and_then(|v| HeaderValue::from_str(&format!("\"{v}\"")).ok()) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// A list of stored entities with the cursor of the next page.
pub(super) fn page(items: &[String], next: Option<&str>) -> HttpResponse {
    let next = next.map_or_else(|| "null".to_owned(), |n| serde_json::Value::from(n).to_string());
    let body = format!("{{\"items\":[{}],\"next\":{next}}}", items.join(","));
    HttpResponse::Ok().content_type("application/json").body(body)
}
