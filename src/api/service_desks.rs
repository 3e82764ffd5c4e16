//! Further desks of a kind of service (112-R c.3): what a region has besides the main desk of each kind.

use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use serde::Deserialize;
use std::time::Duration;
use utoipa::ToSchema;

use super::ApiState;
use super::auth::Caller;
use super::door::{self, IfMatch};
use super::duty::{self, OfRegion};
use super::incidents::Because;
use super::problem::Problem;
use crate::actors::closed_accounts;
use crate::bus::accounts::{AgencyAccount, Management};
use crate::domain::command::RegionCommand;
use crate::domain::envelope::Party;
use crate::domain::ids::ServiceKey;
use crate::domain::names::Names;
use crate::domain::service_desk::{Competence, ServiceDesk, ServiceDeskCommand};
use crate::store::account::{ChangedBy, Role};

/// The longest that an answer waits for what the broker does for a desk that opened or closed.
const BROKER: Duration = Duration::from_secs(5);

/// What is known of a desk.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewServiceDesk {
    /// Its names, of which no other desk of the region has one.
    names: Names,
    /// For which incidents it is asked where its kind is; without any it is asked by name alone.
    #[serde(default)]
    competence: Competence,
}

/// Further desks of the region's services, the closed ones among them. The main desk of a kind is the kind itself.
#[utoipa::path(tag = "services", params(OfRegion), responses((status = 200, body = Vec<ServiceDesk>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/service-desks")]
pub async fn all(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
) -> Result<web::Json<Vec<ServiceDesk>>, Problem> {
    let region = caller.region(query.region, &state)?;
    let desks = duty::row(&state, region).await?.map(|row| row.service_desks).unwrap_or_default();
    Ok(web::Json(desks.iter().cloned().collect()))
}

/// Open a desk, or a closed one again, or change what is known of it. It is there at once: with its queue, its link, its
/// line in the next shift's check, and owing what its kind owes.
#[utoipa::path(tag = "services", request_body = NewServiceDesk, params(("desk" = ServiceKey, Path), OfRegion,
    ("If-Match" = Option<String>, Header, description = "the desk's version as its ETag, or * for any"),
    ("If-None-Match" = Option<String>, Header, description = "* for a desk that is not there yet")),
    responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[put("/service-desks/{desk}")]
pub async fn keep(
    state: web::Data<ApiState>,
    caller: Caller,
    desk: web::Path<ServiceKey>,
    query: web::Query<OfRegion>,
    expected: IfMatch,
    body: web::Json<NewServiceDesk>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::Administrator])?;
    let region = caller.region(query.region, &state)?;
    let desk = desk.into_inner();
    let NewServiceDesk { names, competence } = body.into_inner();
    let command = ServiceDeskCommand::Keep { desk: desk.clone(), names, competence, expected: expected.0 };
    let answer = door::order(&state, &caller, &request, region, RegionCommand::ServiceDesk(command)).await?;
    // Whoever connects next finds its queue. A broker that does not answer is no reason to say that nothing was done.
    if actix_web::rt::time::timeout(BROKER, state.board.serve_desk(region, &desk)).await.is_err() {
        tracing::warn!(%region, %desk, "the queue of a desk is still being made");
    }
    state.links.changed();
    Ok(answer)
}

/// Close a desk: it is asked for nothing any more, and its agency speaks for nobody: its account at the broker is removed,
/// and connections made with it end. One that still has units, requests or something owed stays open.
#[utoipa::path(tag = "services", request_body = Because, params(("desk" = ServiceKey, Path), OfRegion,
    ("If-Match" = String, Header, description = "the desk's version as its ETag, or * for any")),
    responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/service-desks/{desk}/close")]
pub async fn close(
    state: web::Data<ApiState>,
    caller: Caller,
    desk: web::Path<ServiceKey>,
    query: web::Query<OfRegion>,
    expected: IfMatch,
    body: web::Json<Because>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::Administrator])?;
    let region = caller.region(query.region, &state)?;
    let (desk, reason) = (desk.into_inner(), body.into_inner().reason);
    // The desk itself says that it has no unit, and takes none from then on; only then does the region close it.
    let problem = |e| Problem::from(e).for_request(&request);
    let closing = state.board.close_to_units(region, &desk).await.map_err(problem)?;
    let account = AgencyAccount::regional(&Party { region, service: desk.clone() });
    let command = ServiceDeskCommand::Close { desk, reason, expected: expected.0 };
    let answer = door::order(&state, &caller, &request, region, RegionCommand::ServiceDesk(command)).await?;
    if let Some(closing) = closing {
        closing.closed();
    }
    state.links.changed();
    // The desk is closed, also when the broker does not answer: the account is looked for again and again.
    let ending = async {
        let management = Management::new(&state.management.0, &state.management.1)?;
        let by = ChangedBy::Account(&caller.account.name);
        closed_accounts::end(&management, &state.database, &account, by).await
    };
    match actix_web::rt::time::timeout(BROKER, ending).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the account of a closed desk is still at the broker"),
        Err(_) => {
            tracing::warn!("the account of a closed desk is still at the broker, which does not answer")
        }
    }
    Ok(answer)
}
