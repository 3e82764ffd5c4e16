//! Use of other bodies' databases (c.6(7)): for an incident and a purpose, each written down before anything is asked.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::ApiState;
use super::auth::Caller;
use super::door;
use super::duty::{Made, OfRegion};
use super::paging::limit;
use super::problem::Problem;
use crate::domain::command::RegionCommand;
use crate::domain::ids::{IncidentId, RegionCode};
use crate::domain::lookup::{Database, Lookup, LookupCommand, LookupOutcome, NewLookup};
use crate::store::account::Role;
use crate::store::read_table;

const SEERS: &[Role] = &[Role::DutyOfficer, Role::Manager, Role::Administrator];
const OFFICER: &[Role] = &[Role::DutyOfficer];

/// Which look-ups.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// For one incident.
    incident: Option<IncidentId>,
    /// Of one region.
    region: Option<RegionCode>,
    /// Only those without an answer, or only those with one.
    open: Option<bool>,
    /// After this id.
    after: Option<String>,
    /// 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// A page of look-ups.
#[derive(Debug, Serialize, ToSchema)]
pub struct LookupPage {
    /// By id, which is by time.
    pub items: Vec<Lookup>,
    /// For `after`; null at the end.
    pub next: Option<String>,
}

/// Who used whose database for what: every look that was taken, and the names of what was given.
#[utoipa::path(tag = "lookups", params(Wanted), responses((status = 200, body = LookupPage),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/lookups")]
pub async fn all(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<Wanted>,
) -> Result<HttpResponse, Problem> {
    caller.may(SEERS)?;
    let q = query.into_inner();
    if let Some(region) = q.region {
        caller.in_region(region)?;
    }
    let limit = limit(q.limit)?;
    let wanted = read_table::LookupFilter {
        region: q.region.or(caller.account.region),
        incident: q.incident,
        open: q.open,
    };
    let rows = read_table::lookups(&state.database, &wanted, q.after.as_deref(), limit).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|n| n == limit);
    let next = rows.last().filter(|_| full).map(|r| r.id.clone());
    caller.shows(rows.iter().map(|r| &r.id));
    let items: Vec<String> = rows.into_iter().map(|r| r.state).collect();
    Ok(door::page(&items, next.as_deref()))
}

/// What is to be looked up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLook {
    /// In whose database.
    database: Database,
    /// By what it is searched for: a number, an address, a site.
    #[schema(min_length = 1, max_length = 2000)]
    asked: String,
    /// Why it is needed.
    #[schema(min_length = 1, max_length = 2000)]
    purpose: String,
}

/// Write down that a database is used for this incident, why, and by what it is searched; only then it is asked.
#[utoipa::path(tag = "lookups", request_body = NewLook, params(("id" = IncidentId, Path)),
    responses((status = 201, body = Made),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/incidents/{id}/lookups")]
pub async fn ask(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<IncidentId>,
    body: web::Json<NewLook>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(OFFICER)?;
    let incident = id.into_inner();
    let region = door::region_of(&state, &caller, incident).await?;
    let NewLook { database, asked, purpose } = body.into_inner();
    let lookup = NewLookup { incident, database, asked, purpose };
    let command = RegionCommand::Lookup(LookupCommand::Ask { lookup });
    door::order(&state, &caller, &request, region, command).await
}

/// Write down what a look-up came to: the names of the fields that were given, never their values. Once.
#[utoipa::path(tag = "lookups", request_body = LookupOutcome, params(("id" = Uuid, Path), OfRegion),
    responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/lookups/{id}/answer")]
pub async fn answer(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<Uuid>,
    query: web::Query<OfRegion>,
    body: web::Json<LookupOutcome>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(OFFICER)?;
    let region = caller.region(query.region, &state)?;
    let (lookup, outcome) = (id.into_inner(), body.into_inner());
    let command = RegionCommand::Lookup(LookupCommand::Answer { lookup, outcome });
    door::order(&state, &caller, &request, region, command).await
}
