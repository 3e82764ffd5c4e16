//! Agencies without AMQP report over HTTP: the same envelopes, the same checks, the same effect.

use actix_web::{HttpRequest, HttpResponse, post, web};
use bytes::Bytes;
use utoipa::ToSchema;

use super::ApiState;
use super::auth::Caller;
use super::duty::OfRegion;
use super::problem::Problem;
use crate::actors::agency_inbox::NotTaken;
use crate::actors::clock;
use crate::domain::envelope::{AgencyContent, Head, Party};

/// A message of the contract: the head, the content type and the content, as over AMQP.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct AgencyMessage {
    #[serde(flatten)]
    head: Head,
    #[serde(flatten)]
    content: AgencyContent,
}

/// Say something to the hub, as over AMQP: accept or refuse forces, report units, readiness, emergencies, actions,
/// acknowledge. The same distribution id again has no effect.
#[utoipa::path(tag = "agencies", params(OfRegion), request_body = AgencyMessage,
    responses((status = 204, description = "durable, or was before"),
    (status = 422, description = "refused, with a code of the contract in `code`", body = Problem,
    content_type = "application/problem+json"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/agency/reports")]
pub async fn report(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
    body: Bytes,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let own = party(&state, &caller, query.into_inner())?;
    answer(state.direct.take(&own, &body, clock::now()).await, &request)
}

/// The agency that asks; it was heard by that.
pub(super) fn party(state: &ApiState, caller: &Caller, query: OfRegion) -> Result<Party, Problem> {
    let party = caller.party(query.region)?;
    state.links.heard(&party, clock::now());
    Ok(party)
}

/// What the contract refuses, as a problem with the code that is told over AMQP.
pub(super) fn answer(taken: Result<(), NotTaken>, request: &HttpRequest) -> Result<HttpResponse, Problem> {
    taken.map(|()| HttpResponse::NoContent().finish()).map_err(|e| Problem::from(e).for_request(request))
}
