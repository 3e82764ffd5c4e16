//! The tree of organisations (c.2(2)) that directives, reports upward and notices name.

use actix_web::{HttpRequest, HttpResponse, get, post, put, web};

use super::ApiState;
use super::auth::Caller;
use super::door::{self, IfMatch};
use super::duty::OfRegion;
use super::incidents::Because;
use super::problem::Problem;
use crate::domain::command::RegionCommand;
use crate::domain::ids::RegionCode;
use crate::domain::organisation::{
    KeptOrganisation, Organisation, OrganisationCommand, OrganisationKey, Organisations,
};
use crate::domain::region::Versioned;
use crate::domain::said::said;
use crate::store::account::Role;
use crate::store::append::ReadTable;
use crate::store::database::StoreError;
use crate::store::read_table;

/// The tree of a region as the store has it.
async fn tree(state: &ApiState, region: RegionCode) -> Result<Organisations, Problem> {
    let mut tree = Organisations::default();
    read_table::load_open(&state.database, ReadTable::Organisation, region, None, |row| {
        let table = ReadTable::Organisation.name();
        let kept = serde_json::from_str(&row.state)
            .map_err(|error| StoreError::Row { table, reason: error.to_string() })?;
        tree.adopt(kept);
        Ok::<(), StoreError>(())
    })
    .await?;
    Ok(tree)
}

/// Organisations of the region: the authorised body with its Command Centre, its territorial body, the 112 directorate
/// and the subordinate institutions under it; local executive bodies; hazardous facilities and other legal persons.
/// What the rules give is there from the beginning, with version 0.
#[utoipa::path(tag = "organisations", params(OfRegion), responses((status = 200, body = Vec<KeptOrganisation>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/organisations")]
pub async fn all(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::DutyOfficer, Role::Manager, Role::Administrator])?;
    let region = caller.region(query.region, &state)?;
    let tree = tree(&state, region).await?;
    Ok(HttpResponse::Ok().json(tree.iter().collect::<Vec<_>>()))
}

/// Enter an organisation or change what is known of it.
#[utoipa::path(tag = "organisations", request_body = Organisation, params(("key" = OrganisationKey, Path), OfRegion,
    ("If-Match" = Option<String>, Header, description = "its `version` as its ETag, or * for any"),
    ("If-None-Match" = Option<String>, Header, description = "* for one that is not there yet")),
    responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[put("/organisations/{key}")]
pub async fn register(
    state: web::Data<ApiState>,
    caller: Caller,
    key: web::Path<OrganisationKey>,
    query: web::Query<OfRegion>,
    expected: IfMatch,
    body: web::Json<Organisation>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::Administrator])?;
    let region = caller.region(query.region, &state)?;
    let organisation = Box::new(body.into_inner());
    if organisation.key != *key {
        return Err(Problem::new(
            "invalid",
            said!("the organisation's key is not that of the address; make them the same"),
        )
        .at("key"));
    }
    let what = Versioned::Organisation(key.into_inner());
    let command = RegionCommand::Organisation(OrganisationCommand::Register { organisation });
    door::order_for(&state, &caller, &request, region, (what, expected), command).await
}

/// Take an organisation off the tree. What the rules give stays.
#[utoipa::path(tag = "organisations", request_body = Because, params(("key" = OrganisationKey, Path), OfRegion),
    responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/organisations/{key}/remove")]
pub async fn remove(
    state: web::Data<ApiState>,
    caller: Caller,
    key: web::Path<OrganisationKey>,
    query: web::Query<OfRegion>,
    body: web::Json<Because>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::Administrator])?;
    let region = caller.region(query.region, &state)?;
    let (organisation, reason) = (key.into_inner(), body.into_inner().reason);
    let command = RegionCommand::Organisation(OrganisationCommand::Remove { organisation, reason });
    door::order(&state, &caller, &request, region, command).await
}
