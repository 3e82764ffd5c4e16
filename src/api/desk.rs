//! Shifts, directives, the situation, warnings: the acts of the duty desk.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiState;
use super::auth::Caller;
use super::door;
use super::duty::{Made, OfRegion};
use super::problem::Problem;
use super::units::{Paged, listed};
use crate::domain::command::RegionCommand;
use crate::domain::directive::{Directive, DirectiveCommand};
use crate::domain::shift::{Shift, ShiftCommand};
use crate::domain::situation::{Report, SituationCommand};
use crate::domain::warning::WarningCommand;
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
