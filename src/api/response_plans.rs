//! Response plans: those in force, others in their place, and what others would have sent.

use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ApiState;
use super::auth::Caller;
use super::door::{self, IfMatch};
use super::duty::{OfRegion, row};
use super::problem::Problem;
use crate::actors::clock;
use crate::domain::command::RegionCommand;
use crate::domain::ids::{Capability, RegionCode};
use crate::domain::names::Names;
use crate::domain::plan_trial::{PlanTrial, Trial};
use crate::domain::region::Versioned;
use crate::domain::region::plans::entered;
use crate::domain::response_plan::{self, PlanRow, Plans};
use crate::domain::said::said;
use crate::store::append::ReadTable;
use crate::store::{past_incident, read_table};

/// The longest span of a trial.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 93);

/// Response plans in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlansInForce {
    /// Whether they are the region's own; otherwise those that the program comes with.
    pub own: bool,
    /// Their rows, by category.
    pub rows: Vec<PlanRow>,
}

/// The region's own plans, where it has put some in force.
async fn own_plans(state: &ApiState, region: RegionCode) -> Result<Option<Vec<PlanRow>>, Problem> {
    let found = read_table::find(&state.database, ReadTable::RegionState, &format!("{region}/plans")).await?;
    let Some(row) = found.filter(|row| row.open) else { return Ok(None) };
    serde_json::from_str(&row.state).map(Some).map_err(|error| {
        tracing::error!(%region, %error, "the plans of a region cannot be read");
        Problem::new("internal", said!("the plans cannot be read; tell the administrator"))
    })
}

/// How often plans were put in force in a region.
async fn plans_version(state: &ApiState, region: RegionCode) -> Result<u64, Problem> {
    let id = format!("{region}/plans_version");
    let row = read_table::find(&state.database, ReadTable::RegionState, &id).await?;
    Ok(row.and_then(|row| row.state.parse().ok()).unwrap_or_default())
}

async fn in_force(state: &ApiState, region: RegionCode) -> Result<Plans, Problem> {
    Ok(own_plans(state, region).await?.map_or_else(|| response_plan::shipped().clone(), Plans::restored))
}

/// Response plans in force in a region.
#[utoipa::path(tag = "plans", params(OfRegion), responses(
    (status = 200, body = PlansInForce, headers(("ETag" = String))),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/response-plans")]
pub async fn plans(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
) -> Result<HttpResponse, Problem> {
    let region = caller.region(query.region, &state)?;
    // The version first: should others be put in force in between, the change is refused and not theirs overwritten.
    let version = plans_version(&state, region).await?;
    let own = own_plans(&state, region).await?;
    let in_force = match own {
        Some(rows) => PlansInForce { own: true, rows },
        None => PlansInForce { own: false, rows: response_plan::shipped().rows().cloned().collect() },
    };
    Ok(door::versioned(version, &in_force))
}

/// A capability that plans and units may name.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedCapability {
    /// Its code.
    pub code: Capability,
    /// Its names.
    pub names: Names,
}

/// Capabilities that plans and units may name.
#[utoipa::path(tag = "plans", responses((status = 200, body = Vec<NamedCapability>),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
#[get("/capabilities")]
pub async fn capabilities(_caller: Caller) -> web::Json<Vec<NamedCapability>> {
    let all = response_plan::capabilities().iter();
    web::Json(all.map(|(code, names)| NamedCapability { code: code.clone(), names: names.clone() }).collect())
}

/// Plans to be put in force.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlans {
    /// All of their rows, at most 2,000; absent: the plans that the program comes with again.
    #[schema(max_items = 2000)]
    rows: Option<Vec<PlanRow>>,
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Put other response plans in force: all rows at once; the change is in the journal with name and reason.
#[utoipa::path(tag = "plans", request_body = NewPlans, params(OfRegion,
    ("If-Match" = String, Header, description = "the ETag of the plans, or * for any")), responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[put("/response-plans")]
pub async fn put_plans(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
    expected: IfMatch,
    body: web::Json<NewPlans>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let region = caller.region(query.region, &state)?;
    let NewPlans { rows, reason } = body.into_inner();
    let command = RegionCommand::SetPlans { rows, reason };
    door::order_for(&state, &caller, &request, region, (Versioned::Plans, expected), command).await
}

/// Plans on trial, and on which time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlansOnTrial {
    /// All of their rows, at most 2,000; absent: the plans that the program comes with.
    #[schema(max_items = 2000)]
    rows: Option<Vec<PlanRow>>,
    /// Incidents opened from this moment on.
    from: Timestamp,
    /// And before this one; at most 93 days later.
    to: Timestamp,
}

/// A dry run: what these plans would have sent to the incidents of a past time, beside what the plans in force would
/// have sent and what was asked for in fact. Nothing is changed.
#[utoipa::path(tag = "plans", request_body = PlansOnTrial, params(OfRegion), responses((status = 200, body = PlanTrial),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/response-plans/trial")]
pub async fn trial(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
    body: web::Json<PlansOnTrial>,
    request: HttpRequest,
) -> Result<web::Json<PlanTrial>, Problem> {
    let region = caller.region(query.region, &state)?;
    let PlansOnTrial { rows, from, to } = body.into_inner();
    if from >= to || from > clock::now() || to.duration_since(from) > LONGEST {
        let days = LONGEST.as_hours() / 24;
        let what = said!("a trial is of a past time of at most {most} days; correct its ends", most = days);
        return Err(Problem::new("invalid", what).at("from"));
    }
    let proposed = match rows {
        Some(rows) => entered(rows).map_err(|refusal| Problem::from(refusal).for_request(&request))?,
        None => response_plan::shipped().clone(),
    };
    let in_force = in_force(&state, region).await?;
    let modes = row(&state, region).await?.map(|r| r.mode).unwrap_or_default();
    let mut trial = Trial::new(&in_force, &proposed);
    past_incident::each(&state.database, region, from, to, |past| {
        let mode = modes.gravest_at(past.opened_at);
        trial.take(past, mode);
    })
    .await?;
    Ok(web::Json(trial.end()))
}
