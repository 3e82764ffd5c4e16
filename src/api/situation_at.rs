//! The incidents of a region as they stood at a moment that has passed.

use actix_web::{get, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ApiState;
use super::auth::Caller;
use super::problem::Problem;
use crate::actors::clock;
use crate::domain::ids::RegionCode;
use crate::domain::incident::Incident;
use crate::domain::said::said;
use crate::domain::situation_at::IncidentThen;
use crate::store::account::Role;
use crate::store::incident_list::{IncidentFilter, list};

/// The most cards of one answer.
const MOST: i64 = 10_000;

/// When, and where.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// The moment, not ahead of the hub's clock.
    #[param(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Of one region; of all that the account may see when absent.
    region: Option<RegionCode>,
}

/// The incidents that were open at a moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct SituationAt {
    /// The moment.
    pub at: Timestamp,
    /// Each with its place, category, scale and status of then; the newest first.
    pub incidents: Vec<IncidentThen>,
    /// Whether there were more than one answer holds: the oldest are left out.
    pub more: bool,
}

/// The incidents that were open at a moment, with the place and the status that they had then. Units and zones are not
/// part of it: their past is in the journal alone.
#[utoipa::path(tag = "incidents", params(Moment), responses((status = 200, body = SituationAt),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/situation-at")]
pub async fn situation_at(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<Moment>,
) -> Result<web::Json<SituationAt>, Problem> {
    caller.may(&[Role::DutyOfficer, Role::Manager, Role::Administrator])?;
    let Moment { at, region } = query.into_inner();
    if let Some(region) = region {
        caller.in_region(region)?;
    }
    if at > clock::now() {
        return Err(Problem::new("invalid", said!("the moment has not come; ask for a past one")).at("at"));
    }
    let filter = IncidentFilter {
        region: region.or(caller.account.region),
        open_at: Some(at),
        ..IncidentFilter::default()
    };
    let page = list(&state.database, &filter, None, MOST).await?;
    let mut incidents = Vec::with_capacity(page.rows.len());
    for row in page.rows {
        let card: Incident = serde_json::from_str(&row.state).map_err(|e| {
            tracing::error!(error = %e, card = %row.id, "a card cannot be read");
            Problem::new(
                "internal",
                said!("the card {id} cannot be read; tell the administrator its number", id = row.id),
            )
        })?;
        incidents.extend(card.then(at));
    }
    Ok(web::Json(SituationAt { at, incidents, more: page.next.is_some() }))
}
