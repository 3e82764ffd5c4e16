//! The register of rescue formations (c.2(1)) that the hub coordinates beside the services (c.6(3)).

use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiState;
use super::auth::Caller;
use super::door::{self, IfMatch};
use super::duty::OfRegion;
use super::incidents::Because;
use super::problem::Problem;
use super::units::{Paged, listed};
use crate::domain::command::RegionCommand;
use crate::domain::formation::{Formation, FormationCommand, FormationKey};
use crate::domain::region::Versioned;
use crate::domain::said::said;
use crate::store::account::Role;
use crate::store::append::ReadTable;

/// A page of formations.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormationPage {
    /// By region and key.
    pub items: Vec<Formation>,
    /// For `after`; null at the end.
    pub next: Option<String>,
}

/// Rescue formations on the register, with their owners, units and what must stay at contracted sites. An identity is
/// the region and the key: `75/75-talgar-mudflow`.
#[utoipa::path(tag = "formations", params(Paged), responses((status = 200, body = FormationPage),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/formations")]
pub async fn all(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<Paged>,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::DutyOfficer, Role::Manager, Role::Administrator])?;
    // What was taken off the register is not on it; the journal keeps it.
    let query = Paged { open: Some(true), ..query.into_inner() };
    listed(&state, &caller, ReadTable::Formation, query).await
}

/// Enter a formation or change what is known of it.
#[utoipa::path(tag = "formations", request_body = Formation, params(("key" = FormationKey, Path), OfRegion,
    ("If-Match" = Option<String>, Header, description = "its `version` as its ETag, or * for any"),
    ("If-None-Match" = Option<String>, Header, description = "* for one that is not there yet")),
    responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[put("/formations/{key}")]
pub async fn register(
    state: web::Data<ApiState>,
    caller: Caller,
    key: web::Path<FormationKey>,
    query: web::Query<OfRegion>,
    expected: IfMatch,
    body: web::Json<Formation>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::Manager, Role::Administrator])?;
    let region = caller.region(query.region, &state)?;
    let formation = Box::new(body.into_inner());
    if formation.key != *key {
        return Err(Problem::new(
            "invalid",
            said!("the formation's key is not that of the address; make them the same"),
        )
        .at("key"));
    }
    let what = Versioned::Formation(key.into_inner());
    let command = RegionCommand::Formation(FormationCommand::Register { formation });
    door::order_for(&state, &caller, &request, region, (what, expected), command).await
}

/// Take a formation off the register.
#[utoipa::path(tag = "formations", request_body = Because, params(("key" = FormationKey, Path), OfRegion),
    responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/formations/{key}/remove")]
pub async fn remove(
    state: web::Data<ApiState>,
    caller: Caller,
    key: web::Path<FormationKey>,
    query: web::Query<OfRegion>,
    body: web::Json<Because>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::Manager, Role::Administrator])?;
    let region = caller.region(query.region, &state)?;
    let (formation, reason) = (key.into_inner(), body.into_inner().reason);
    let command = RegionCommand::Formation(FormationCommand::Remove { formation, reason });
    door::order(&state, &caller, &request, region, command).await
}
