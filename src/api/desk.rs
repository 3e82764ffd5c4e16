//! Shifts, directives, the situation, warnings: the acts of the duty desk.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ApiState;
use super::auth::Caller;
use super::door;
use super::duty::{Made, OfRegion};
use super::problem::Problem;
use super::units::{Paged, listed};
use super::warned::{self, WarnedService};
use crate::actors::clock;
use crate::domain::command::RegionCommand;
use crate::domain::directive::{Directive, DirectiveCommand};
use crate::domain::ids::RegionCode;
use crate::domain::region::NeighbourCard;
use crate::domain::shift::{Shift, ShiftCommand, takes_over};
use crate::domain::situation::{Report, SituationCommand, Summary};
use crate::domain::warning::{ToTell, WarningCase, WarningCommand, WarningStatus};
use crate::intake::route::answered_for;
use crate::store::account::{self, Role};
use crate::store::append::ReadTable;
use crate::store::database::StoreError;
use crate::store::read_table;

/// So long what is over is still in the list without being asked for.
const LATELY: SignedDuration = SignedDuration::from_hours(7 * 24);

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
    /// Whether some operator has given out what is to be given out now.
    pub given_out: bool,
    /// How far it got at each service that was told of it: those that give it to people first.
    pub services: Vec<WarnedService>,
}

/// From when on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Since {
    /// The account's own when absent.
    region: Option<RegionCode>,
    /// Cases that are over are shown when they changed after this; absent: those of the last seven days.
    since: Option<Timestamp>,
}

/// Cases of warning the public (c.6(4)), the newest first: those that go on, and those over since a moment.
#[utoipa::path(tag = "desk", params(Since), responses((status = 200, body = Vec<WarningView>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/warnings")]
pub async fn warnings(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<Since>,
) -> Result<web::Json<Vec<WarningView>>, Problem> {
    caller.may(SEERS)?;
    let region = caller.region(query.region, &state)?;
    let since = query.since.unwrap_or_else(|| clock::now() - LATELY);
    let mut cases: Vec<WarningCase> = Vec::new();
    read_table::load_open(&state.database, ReadTable::Warning, region, Some(since), |row| {
        let table = ReadTable::Warning.name();
        let case: WarningCase = serde_json::from_str(&row.state)
            .map_err(|error| StoreError::Row { table, reason: error.to_string() })?;
        cases.push(case);
        Ok::<(), StoreError>(())
    })
    .await?;
    cases.sort_unstable_by_key(|case| std::cmp::Reverse(case.number));
    let services = warned::of(&state, &cases).await?;
    let view = |(case, services): (WarningCase, Vec<WarnedService>)| WarningView {
        status: case.status(),
        untold: case.untold().collect(),
        given_out: case.is_given_out(),
        services,
        case,
    };
    Ok(web::Json(cases.into_iter().zip(services).map(view).collect()))
}
act!(
    /// Issue, remind, acknowledge by telephone, refuse or withdraw a directive (c.6(6)).
    directive, "/directives", DirectiveCommand, Directive, DECIDERS
);

/// Open, check, accept, hand over or give up a shift; confirm or change contacts (c.5(1)¶1). It is handed over to a duty
/// officer of the region whose account is in use.
#[utoipa::path(tag = "desk", request_body = ShiftCommand, params(OfRegion), responses(
    (status = 201, description = "made", body = Made), (status = 204, description = "done"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/shifts")]
pub async fn shift(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
    body: web::Json<ShiftCommand>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::DutyOfficer])?;
    let region = caller.region(query.region, &state)?;
    let command = body.into_inner();
    if let Some(name) = command.successor() {
        let found = account::find(&state.database, name.as_str()).await?;
        takes_over(name, found.is_some_and(|account| account.is_officer_of(region)))
            .map_err(|refusal| Problem::from(refusal).for_request(&request))?;
    }
    door::order(&state, &caller, &request, region, RegionCommand::Shift(command)).await
}

/// Warn, or decide against it, with a reason; change, confirm or end a warning; write down what an operator says of it
/// over the telephone (c.6(4)). What is decided goes out at once to those who give it to people (Order 945 c.23, c.24).
/// Districts are those whose borders are known here; where none are, a zone is drawn or the whole region taken.
#[utoipa::path(tag = "desk", request_body = WarningCommand, params(OfRegion), responses(
    (status = 201, description = "made", body = Made), (status = 204, description = "done"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/warnings")]
pub async fn warning(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
    body: web::Json<WarningCommand>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(DECIDERS)?;
    let region = caller.region(query.region, &state)?;
    let command = body.into_inner();
    if let Some(audience) = command.audience().filter(|audience| !audience.districts.is_empty()) {
        let territories = state.board.territories();
        let districts = territories.layers().1.iter().filter(|district| district.region == region);
        let known = districts.map(|district| district.kato.clone()).collect();
        audience.lies_in(&known).map_err(|refusal| Problem::from(refusal).for_request(&request))?;
    }
    door::order(&state, &caller, &request, region, RegionCommand::Warning(command)).await
}

/// Sources, reports, threats told, summaries (c.5(2)). The place of a report lies in the country; its zone and the service
/// that told it are known.
#[utoipa::path(tag = "desk", request_body = SituationCommand, params(OfRegion), responses(
    (status = 201, description = "made", body = Made), (status = 204, description = "done"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/situation")]
pub async fn situation(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
    body: web::Json<SituationCommand>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(DECIDERS)?;
    let region = caller.region(query.region, &state)?;
    let command = body.into_inner();
    if let SituationCommand::Report { place: Some(place), .. } = &command
        && let Some(point) = place.point
    {
        let answered = answered_for(&state.board, point, None);
        answered.map_err(|e| Problem::from(e).at("place.point").for_request(&request))?;
    }
    door::order(&state, &caller, &request, region, RegionCommand::Situation(command)).await
}
