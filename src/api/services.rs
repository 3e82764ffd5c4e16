//! The services of a region as the desk sees them: competence, contacts, links, readiness, units, what they owe.

use actix_web::{HttpResponse, put, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::ApiState;
use super::auth::Caller;
use super::duty::OfRegion;
use super::problem::Problem;
use crate::domain::ids::ServiceKey;
use crate::domain::service_kind::{self, ServiceClause};
use crate::store::account::Role;
use crate::store::agency_link::{self, Way};

/// By which way an agency is reached.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    /// Over AMQP, over HTTP, or by telephone alone.
    way: Way,
    /// The number of its duty desk.
    #[schema(max_length = 64)]
    phone: Option<String>,
}

/// Set by which way a service's agency is reached. What waits for it is not lost: from the queue of an agency that is
/// not on AMQP it is moved to its letters, which it fetches over HTTP.
#[utoipa::path(tag = "services", params(("service" = ServiceKey, Path), OfRegion), request_body = NewLink,
    responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[put("/services/{service}/link")]
pub async fn set_link(
    state: web::Data<ApiState>,
    caller: Caller,
    service: web::Path<ServiceKey>,
    query: web::Query<OfRegion>,
    body: web::Json<NewLink>,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::Administrator])?;
    let region = caller.region(query.region, &state)?;
    let service = known(&service)?;
    let NewLink { way, phone } = body.into_inner();
    let phone = phone.map(|p| p.trim().to_owned()).filter(|p| !p.is_empty());
    if phone.as_ref().is_some_and(|p| p.chars().count() > 64) {
        return Err(Problem::new("invalid", "a number has at most 64 characters").at("phone"));
    }
    agency_link::put(&state.database, region, service, way, phone.as_deref()).await?;
    tracing::info!(%region, %service, ?way, by = %caller.account.name, "the way to an agency was set");
    state.links.changed();
    Ok(HttpResponse::NoContent().finish())
}

/// A service that has an agency: every kind but the hub itself.
pub(super) fn known(service: &ServiceKey) -> Result<&'static ServiceKey, Problem> {
    match service_kind::find(service) {
        Some(kind) if kind.clause != ServiceClause::C3_1 => Ok(&kind.key),
        _ => Err(Problem::new("not-found", format!("there is no service {service}"))),
    }
}
