//! Shifts, directives, the situation, warnings: the acts of the duty desk.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiState;
use super::auth::Caller;
use super::door;
use super::duty::{self, Made, OfRegion};
use super::problem::Problem;
use super::units::{Paged, listed};
use crate::domain::command::RegionCommand;
use crate::domain::directive::{Directive, DirectiveCommand};
use crate::domain::region::NeighbourCard;
use crate::domain::shift::{Shift, ShiftCommand};
use crate::domain::situation::{Report, SituationCommand, Summary};
use crate::domain::warning::{ToTell, WarningCase, WarningCommand, WarningStatus};
use crate::store::account::Role;
use crate::store::append::ReadTable;

const SEERS: &[Role] = &[Role::DutyOfficer, Role::Manager, Role::Administrator];
const DECIDERS: &[Role] = &[Role::DutyOfficer, Role::Manager];

macro_rules! list {
    ($(#[$doc:meta])* $name:ident, $path:literal, $table:expr, $page:ident, $item:ty) => {
        /// A page.
        #[derive(Debug, Serialize, ToSchema)]
        pub struct $page {
            /// By id, which is by time.
            pub items: Vec<$item>,
            /// For `after`; null at the end.
            pub next: Option<String>,
        }

        $(#[$doc])*
        #[utoipa::path(tag = "desk", params(Paged), responses((status = 200, body = $page),
            (status = "4XX", body = Problem, content_type = "application/problem+json"),
            (status = 503, body = Problem, content_type = "application/problem+json")))]
        #[get($path)]
        pub async fn $name(
            state: web::Data<ApiState>,
            caller: Caller,
            query: web::Query<Paged>,
        ) -> Result<HttpResponse, Problem> {
            caller.may(SEERS)?;
            listed(&state, &caller, $table, query.into_inner()).await
        }
    };
}

macro_rules! act {
    ($(#[$doc:meta])* $name:ident, $path:literal, $command:ty, $variant:ident, $roles:expr) => {
        $(#[$doc])*
        #[utoipa::path(tag = "desk", request_body = $command, params(OfRegion), responses(
            (status = 201, description = "made", body = Made), (status = 204, description = "done"),
            (status = "4XX", body = Problem, content_type = "application/problem+json"),
            (status = 503, body = Problem, content_type = "application/problem+json")))]
        #[post($path)]
        pub async fn $name(
            state: web::Data<ApiState>,
            caller: Caller,
            query: web::Query<OfRegion>,
            body: web::Json<$command>,
            request: HttpRequest,
        ) -> Result<HttpResponse, Problem> {
            caller.may($roles)?;
            let region = caller.region(query.region, &state)?;
            let command = RegionCommand::$variant(body.into_inner());
            door::order(&state, &caller, &request, region, command).await
        }
    };
}

list!(
    /// Shifts with their check lists.
    shifts, "/shifts", ReadTable::Shift, ShiftPage, Shift
);
list!(
    /// Directives with each addressee's stage.
    directives, "/directives", ReadTable::Directive, DirectivePage, Directive
);
list!(
    /// Situation and monitoring reports.
    reports, "/reports", ReadTable::Report, ReportPage, Report
);
list!(
    /// Summaries of the reports (c.5(2)¶1), each with its author, its time and every source as it was then.
    summaries, "/summaries", ReadTable::Summary, SummaryPage, Summary
);
list!(
    /// Cards of other regions near the border, as their hubs last told (c.3(1)): shown, never dispatched to from here.
    neighbour_incidents, "/neighbour-incidents", ReadTable::NeighbourIncident, NeighbourIncidentPage, NeighbourCard
);

/// A case of warning the public, with where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct WarningView {
    /// The case.
    #[serde(flatten)]
    pub case: WarningCase,
    /// Where it stands.
    pub status: WarningStatus,
    /// Whom of the leadership nobody has told yet.
    pub untold: Vec<ToTell>,
}

/// Cases of warning the public (c.6(4)), the newest first: undecided, ordered, declined, ended.
#[utoipa::path(tag = "desk", params(OfRegion), responses((status = 200, body = Vec<WarningView>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/warnings")]
pub async fn warnings(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
) -> Result<web::Json<Vec<WarningView>>, Problem> {
    caller.may(SEERS)?;
    let region = caller.region(query.region, &state)?;
    let warnings = duty::row(&state, region).await?.map(|row| row.warnings).unwrap_or_default();
    let view = |case: &WarningCase| WarningView {
        status: case.status(),
        untold: case.untold().collect(),
        case: case.clone(),
    };
    let mut cases: Vec<WarningView> = warnings.iter().map(view).collect();
    cases.reverse();
    Ok(web::Json(cases))
}
act!(
    /// Open, check, accept, hand over or give up a shift; confirm or change contacts (c.5(1)¶1).
    shift, "/shifts", ShiftCommand, Shift, &[Role::DutyOfficer]
);
act!(
    /// Issue, remind, acknowledge by telephone, refuse or withdraw a directive (c.6(6)).
    directive, "/directives", DirectiveCommand, Directive, DECIDERS
);
act!(
    /// Sources, reports, threats told, summaries (c.5(2)).
    situation, "/situation", SituationCommand, Situation, DECIDERS
);
act!(
    /// Warn, or decide against it, with a reason (c.6(4)).
    warning, "/warnings", WarningCommand, Warning, DECIDERS
);
