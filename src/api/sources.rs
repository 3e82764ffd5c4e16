//! Sources of monitoring and how fresh they are, and emergencies that services passed on (c.5(1)¶4, c.5(2)¶1).

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiState;
use super::auth::Caller;
use super::duty::{self, OfRegion};
use super::problem::Problem;
use crate::actors::clock;
use crate::domain::situation::{Forwarding, Freshness, Source};
use crate::store::account::Role;

const SEERS: &[Role] = &[Role::DutyOfficer, Role::Manager, Role::Administrator];

/// A source as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceView {
    /// The source.
    #[serde(flatten)]
    pub source: Source,
    /// Whether it was heard as often as it is to be.
    pub freshness: Freshness,
}

/// Observation, control and forecasting services and dangerous facilities, the silent among them.
#[utoipa::path(tag = "desk", params(OfRegion), responses((status = 200, body = Vec<SourceView>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/sources")]
pub async fn all(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
) -> Result<web::Json<Vec<SourceView>>, Problem> {
    caller.may(SEERS)?;
    let region = caller.region(query.region, &state)?;
    let situation = duty::row(&state, region).await?.map(|row| row.situation).unwrap_or_default();
    let now = clock::now();
    let view = |source: &Source| SourceView { source: source.clone(), freshness: source.freshness(now) };
    Ok(web::Json(situation.sources().map(view).collect()))
}

/// An emergency that a service learnt of first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ForwardedView {
    /// What it passed on, when it had learnt of it, and who at the hub has seen it.
    #[serde(flatten)]
    pub forwarding: Forwarding,
    /// How long the service kept it, seconds: its lateness, not the hub's.
    pub kept_for_s: i64,
}

/// Emergencies that services passed on: those that no officer has seen first, then the newest.
#[utoipa::path(tag = "desk", params(OfRegion), responses((status = 200, body = Vec<ForwardedView>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/forwarded-emergencies")]
pub async fn forwarded(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
) -> Result<web::Json<Vec<ForwardedView>>, Problem> {
    caller.may(SEERS)?;
    let region = caller.region(query.region, &state)?;
    let situation = duty::row(&state, region).await?.map(|row| row.situation).unwrap_or_default();
    let view = |f: &Forwarding| ForwardedView { kept_for_s: f.kept_for().as_secs(), forwarding: f.clone() };
    let mut views: Vec<ForwardedView> = situation.forwardings().map(view).collect();
    views.sort_by_key(|f| (f.forwarding.acknowledged.is_some(), std::cmp::Reverse(f.forwarding.received_at)));
    Ok(web::Json(views))
}
