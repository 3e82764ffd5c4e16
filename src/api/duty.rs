//! Mode, obligations, zones, settings: what the desk owes and how it stands.

use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ApiState;
use super::auth::Caller;
use super::door::{self, IfMatch};
use super::incidents::Because;
use super::problem::Problem;
use super::units::{Paged, listed};
use super::zone_borders::check_touches;
use crate::domain::command::RegionCommand;
use crate::domain::ids::{ObligationId, RegionCode, ZoneId};
use crate::domain::mode::{self, Mode, ModeCommand, ModeState, ObligationPreview};
use crate::domain::obligation::{CatalogueRow, Obligation, ObligationKind};
use crate::domain::region::{NewZone, RegionSettings, Versioned, ZoneRecord};
use crate::domain::zone::ZonePolygon;
use crate::store::account::Role;
use crate::store::append::ReadTable;
use crate::store::read_table;

const SEERS: &[Role] = &[Role::DutyOfficer, Role::Manager, Role::Administrator];
const DECIDERS: &[Role] = &[Role::DutyOfficer, Role::Manager];

/// One region.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct OfRegion {
    /// The account's own when absent.
    pub(super) region: Option<RegionCode>,
}

/// A page of obligations.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObligationPage {
    /// By id, which is by time.
    pub items: Vec<Obligation>,
    /// For `after`; null at the end.
    pub next: Option<String>,
}

/// Obligations: open or settled.
#[utoipa::path(tag = "duty", params(Paged), responses((status = 200, body = ObligationPage),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/obligations")]
pub async fn obligations(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<Paged>,
) -> Result<HttpResponse, Problem> {
    caller.may(SEERS)?;
    listed(&state, &caller, ReadTable::Obligation, query.into_inner()).await
}

/// The catalogue of obligations with clause, grade and exceptions.
#[utoipa::path(tag = "duty", responses((status = 200, body = Vec<CatalogueRow>),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
#[get("/obligation-catalogue")]
pub async fn catalogue(_caller: Caller) -> web::Json<Vec<CatalogueRow>> {
    web::Json(ObligationKind::ALL.into_iter().map(ObligationKind::row).collect())
}

/// A named person ends an obligation, with a reason.
#[utoipa::path(tag = "duty", request_body = Because,
    params(("id" = ObligationId, Path), OfRegion), responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/obligations/{id}/cancel")]
pub async fn cancel_obligation(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<ObligationId>,
    query: web::Query<OfRegion>,
    body: web::Json<Because>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(DECIDERS)?;
    let region = caller.region(query.region, &state)?;
    let command =
        RegionCommand::CancelObligation { obligation: id.into_inner(), reason: body.into_inner().reason };
    door::order(&state, &caller, &request, region, command).await
}

pub(super) async fn row(
    state: &ApiState,
    region: RegionCode,
) -> Result<Option<crate::domain::region::RegionRow>, Problem> {
    let row = read_table::find(&state.database, ReadTable::RegionState, &region.to_string()).await?;
    Ok(row.and_then(|r| serde_json::from_str(&r.state).ok()))
}

/// Mode of a region with its history and the hub's proposals.
#[utoipa::path(tag = "duty", params(OfRegion), responses((status = 200, body = ModeState),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/mode")]
pub async fn get_mode(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
) -> Result<web::Json<ModeState>, Problem> {
    let region = caller.region(query.region, &state)?;
    Ok(web::Json(row(&state, region).await?.map(|r| r.mode).unwrap_or_default()))
}

/// From which mode to which.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Change {
    from: Mode,
    to: Mode,
    /// The account's own when absent.
    region: Option<RegionCode>,
}

/// What a change of mode would oblige whom to, before it is made.
#[utoipa::path(tag = "duty", params(Change), responses((status = 200, body = Vec<ObligationPreview>),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
#[get("/mode/preview")]
pub async fn preview_mode(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<Change>,
) -> Result<web::Json<Vec<ObligationPreview>>, Problem> {
    caller.may(SEERS)?;
    let region = caller.region(query.region, &state)?;
    let (limits, desks) = row(&state, region)
        .await?
        .map_or_else(Default::default, |row| (row.settings.limits, row.service_desks));
    let services = desks.services();
    let now = crate::actors::clock::now();
    Ok(web::Json(mode::preview(query.from, query.to, &services, &limits, now)))
}

/// Declare, confirm, decline or amend a mode (c.5).
#[utoipa::path(tag = "duty", request_body = ModeCommand, params(OfRegion), responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/mode")]
pub async fn set_mode(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
    body: web::Json<ModeCommand>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(DECIDERS)?;
    let region = caller.region(query.region, &state)?;
    door::order(&state, &caller, &request, region, RegionCommand::Mode(body.into_inner())).await
}

/// Settings of a region.
#[utoipa::path(tag = "duty", params(OfRegion), responses(
    (status = 200, body = RegionSettings, headers(("ETag" = String))),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/settings")]
pub async fn get_settings(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
) -> Result<HttpResponse, Problem> {
    caller.may(SEERS)?;
    let region = caller.region(query.region, &state)?;
    let (version, settings) =
        row(&state, region).await?.map_or_else(Default::default, |row| (row.settings_version, row.settings));
    Ok(door::versioned(version, &settings))
}

/// Change the settings of a region: all of them at once; the change is in the journal with the name.
#[utoipa::path(tag = "duty", request_body = RegionSettings,
    params(OfRegion, ("If-Match" = String, Header, description = "the ETag of the settings, or * for any")), responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[put("/settings")]
pub async fn put_settings(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
    expected: IfMatch,
    body: web::Json<RegionSettings>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::Administrator])?;
    let region = caller.region(query.region, &state)?;
    let command = RegionCommand::SetSettings(Box::new(body.into_inner()));
    door::order_for(&state, &caller, &request, region, (Versioned::Settings, expected), command).await
}

/// A page of zones.
#[derive(Debug, Serialize, ToSchema)]
pub struct ZonePage {
    /// By id.
    pub items: Vec<ZoneRecord>,
    /// For `after`; null at the end.
    pub next: Option<String>,
}

/// Zones with their history. The version of a zone is the number of its `versions`.
#[utoipa::path(tag = "duty", params(Paged), responses((status = 200, body = ZonePage),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/zones")]
pub async fn zones(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<Paged>,
) -> Result<HttpResponse, Problem> {
    caller.may(SEERS)?;
    listed(&state, &caller, ReadTable::Zone, query.into_inner()).await
}

/// What was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct Made {
    /// Its identity.
    pub id: uuid::Uuid,
}

/// Draw a zone.
#[utoipa::path(tag = "duty", request_body = NewZone, params(OfRegion), responses((status = 201, body = Made),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/zones")]
pub async fn draw_zone(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
    body: web::Json<NewZone>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(DECIDERS)?;
    let region = caller.region(query.region, &state)?;
    let zone = body.into_inner();
    let checked = check_touches(&state, region, &zone.polygon).await;
    checked.map_err(|p| p.at("polygon").for_request(&request))?;
    let command = RegionCommand::DrawZone(Box::new(zone));
    door::order(&state, &caller, &request, region, command).await
}

/// A zone's new polygon.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Redrawn {
    polygon: ZonePolygon,
    reason: String,
}

/// Change a zone's polygon; the former ones stay.
#[utoipa::path(tag = "duty", request_body = Redrawn, params(("id" = ZoneId, Path), OfRegion,
    ("If-Match" = String, Header, description = "the number of the zone's `versions` as its ETag, or * for any")),
    responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[put("/zones/{id}")]
pub async fn change_zone(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<ZoneId>,
    query: web::Query<OfRegion>,
    expected: IfMatch,
    body: web::Json<Redrawn>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(DECIDERS)?;
    let region = caller.region(query.region, &state)?;
    let Redrawn { polygon, reason } = body.into_inner();
    let checked = check_touches(&state, region, &polygon).await;
    checked.map_err(|p| p.at("polygon").for_request(&request))?;
    let command = RegionCommand::ChangeZone { zone: *id, polygon: Box::new(polygon), reason };
    door::order_for(&state, &caller, &request, region, (Versioned::Zone(*id), expected), command).await
}

/// End a zone, as it was seen: one that somebody has redrawn since stays.
#[utoipa::path(tag = "duty", request_body = Because, params(("id" = ZoneId, Path), OfRegion,
    ("If-Match" = String, Header, description = "the number of the zone's `versions` as its ETag, or * for any")),
    responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/zones/{id}/end")]
pub async fn end_zone(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<ZoneId>,
    query: web::Query<OfRegion>,
    expected: IfMatch,
    body: web::Json<Because>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(DECIDERS)?;
    let region = caller.region(query.region, &state)?;
    let command = RegionCommand::EndZone { zone: *id, reason: body.into_inner().reason };
    door::order_for(&state, &caller, &request, region, (Versioned::Zone(*id), expected), command).await
}
