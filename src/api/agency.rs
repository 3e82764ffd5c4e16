//! Agencies without AMQP report over HTTP: the same envelopes, the same checks, the same effect.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, post, web};
use bytes::Bytes;

use super::ApiState;
use super::auth::Caller;
use super::problem::Problem;
use crate::actors::agency_inbox::{AgencyReports, Report};
use crate::domain::envelope::{AgencyContent, Envelope, ErrorCode, ErrorContent, Party};
use crate::store::account::Role;
use crate::store::append::InboxMark;

/// Report with an envelope of the contract: forces answers, unit statuses, readiness, emergencies, actions. The same
/// distribution id again has no effect.
#[utoipa::path(tag = "agencies", request_body(content = String, content_type = "application/json",
    description = "an envelope of the AMQP contract"), responses((status = 204),
    (status = 422, description = "refused, with a code of the contract", body = ErrorContent),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/agency/reports")]
pub async fn report(
    state: web::Data<ApiState>,
    caller: Caller,
    body: Bytes,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::Agency])?;
    let (region, service) = caller.service()?;
    let own = Party { region, service };
    let refused = |code: ErrorCode, detail: String, references| {
        let content = ErrorContent { code, detail, references };
        Ok(HttpResponse::UnprocessableEntity().json(content))
    };
    let envelope = match Envelope::parse(&body) {
        Ok(envelope) => envelope,
        Err(e) => return refused(e.code, e.detail, e.distribution_id),
    };
    let Envelope { head, content } = envelope;
    let id = head.distribution_id;
    if head.sender != own {
        let detail = format!("your account speaks for {own}, not for {}", head.sender);
        return refused(ErrorCode::SenderMismatch, detail, Some(id));
    }
    let content = match AgencyContent::parse(content) {
        Ok(content) => content,
        Err((code, detail)) => return refused(code, detail, Some(id)),
    };
    let mark = InboxMark { sender: own.to_string(), message_id: id.to_string() };
    let reports: Arc<dyn AgencyReports> = Arc::new(state.board.clone());
    let report = Report { region, sender: own, envelope: Envelope { head, content }, mark };
    match reports.report(report).await {
        Ok(()) => Ok(HttpResponse::NoContent().finish()),
        Err(e) if e.code == ErrorCode::Unavailable => {
            Err(Problem::new("unavailable", e.detail).for_request(&request))
        }
        Err(e) => refused(e.code, e.detail, Some(id)),
    }
}
