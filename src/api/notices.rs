//! Notices to people: what is late, and what is reported upward.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ApiState;
use super::auth::Caller;
use super::door;
use super::duty::OfRegion;
use super::problem::Problem;
use super::units::{Paged, listed};
use crate::domain::command::RegionCommand;
use crate::domain::ids::NoticeId;
use crate::domain::notice::{Notice, NoticeCommand, NoticeTo, Office};
use crate::domain::said::said;
use crate::store::account::Role;
use crate::store::append::ReadTable;
use crate::store::read_table;

/// A page of notices.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticePage {
    /// By id, which is by time.
    pub items: Vec<Notice>,
    /// For `after`; null at the end.
    pub next: Option<String>,
}

/// Notices of what is late and of what is reported upward. `open` is true for those of which nobody has taken note.
#[utoipa::path(tag = "duty", params(Paged), responses((status = 200, body = NoticePage),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/notices")]
pub async fn all(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<Paged>,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::DutyOfficer, Role::Manager, Role::Administrator])?;
    listed(&state, &caller, ReadTable::Notice, query.into_inner()).await
}

/// Who takes note.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Taking {
    /// The person at the service or organisation who was told by telephone; nobody for an office of the hub, whose holder
    /// takes note with this very call.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    said_by: Option<String>,
}

/// The roles of those who hold an office.
fn holders(office: Office) -> &'static [Role] {
    match office {
        Office::DutyOfficer => &[Role::DutyOfficer],
        Office::HeadOfShift => &[Role::DutyOfficer, Role::Manager],
        Office::Leadership => &[Role::Manager],
    }
}

/// Take note of a notice: as the holder of the office that it is to, or for a person who was told by telephone.
#[utoipa::path(tag = "duty", request_body = Taking, params(("id" = NoticeId, Path), OfRegion),
    responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/notices/{id}/take-note")]
pub async fn take_note(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<NoticeId>,
    query: web::Query<OfRegion>,
    body: web::Json<Taking>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::DutyOfficer, Role::Manager])?;
    let region = caller.region(query.region, &state)?;
    let row = read_table::find(&state.database, ReadTable::Notice, &id.to_string()).await?;
    let kept = row.filter(|row| row.region == region);
    let kept: Option<Notice> = kept.and_then(|row| serde_json::from_str(&row.state).ok());
    let kept = kept.ok_or_else(|| Problem::missing(said!("notice"), *id))?;
    if let NoticeTo::Office { office } = kept.to {
        caller.may(holders(office))?;
    }
    let command = NoticeCommand::TakeNote { notice: *id, said_by: body.into_inner().said_by };
    door::order(&state, &caller, &request, region, RegionCommand::Notice(command)).await
}
