//! The services of a region as the desk sees them: competence, contacts, links, readiness, units, what they owe.

use actix_web::{HttpResponse, get, put, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ApiState;
use super::auth::Caller;
use super::door::IfMatch;
use super::duty::{self, OfRegion};
use super::problem::Problem;
use crate::actors::stirred::Matter;
use crate::domain::classification;
use crate::domain::envelope::ReadinessReport;
use crate::domain::ids::{CategoryCode, DistrictCode, RegionCode, ServiceKey};
use crate::domain::names::Names;
use crate::domain::said::said;
use crate::domain::service::ServiceRow;
use crate::domain::service_desk::ServiceDesk;
use crate::domain::service_kind::{self, ServiceClause, ServiceKind};
use crate::store::account::Role;
use crate::store::agency_link::{self, AgencyLink, NewLink, Way};
use crate::store::service_board::{self, Count};

/// How a service is reached and whether it is there.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkView {
    /// By which way.
    pub way: Way,
    /// Whether its agency is there; of one that has a telephone alone nobody can tell.
    pub connected: bool,
    /// Since when it is so.
    pub since: Timestamp,
    /// When it was last heard.
    pub last_seen_at: Option<Timestamp>,
    /// The number of its duty officer.
    pub phone: Option<String>,
    /// Grows by one whenever the way or the number is set: its ETag.
    pub version: u64,
}

/// Units by how they stand.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitCount {
    /// Free to be sent.
    pub available: i64,
    /// Held for a request.
    pub reserved: i64,
    /// In an incident.
    pub engaged: i64,
    /// On their way back.
    pub returning: i64,
    /// Out of service.
    pub out_of_service: i64,
}

/// A service on the board.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceView {
    /// Its key.
    pub service: ServiceKey,
    /// Its region.
    pub region: RegionCode,
    /// Its names.
    pub names: Names,
    /// The sub-clause under which it takes part.
    pub clause: ServiceClause,
    /// Whether its owner is of the whole country.
    pub national: bool,
    /// Categories of incidents for which it is competent; none for a further desk that is asked by name alone.
    pub competence: Vec<CategoryCode>,
    /// Districts in which it is competent; the whole region when empty.
    pub districts: Vec<DistrictCode>,
    /// How it is reached; absent for the hub itself.
    pub link: Option<LinkView>,
    /// Its units.
    pub units: UnitCount,
    /// What it owes and has not met yet.
    pub owed: i64,
    /// How much of that is late.
    pub late: i64,
    /// When the next is due.
    pub next_due: Option<Timestamp>,
    /// Requests for forces that it has not ended.
    pub requests: usize,
    /// Requests that wait for its decision.
    pub undecided: usize,
    /// Its latest report of readiness (c.5(2)¶4).
    pub readiness: Option<ReadinessReport>,
}

/// The services of a region as they stand.
#[utoipa::path(tag = "services", params(OfRegion), responses((status = 200, body = Vec<ServiceView>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/services")]
pub async fn board(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
) -> Result<web::Json<Vec<ServiceView>>, Problem> {
    let region = caller.region(query.region, &state)?;
    let mut links = agency_link::of_region(&state.database, region).await?;
    let mut counts = service_board::of_region(&state.database, region).await?;
    let desks = duty::row(&state, region).await?.map(|row| row.service_desks).unwrap_or_default();
    let shown = desks.services().into_iter().filter_map(|service| {
        let kind = service_kind::find(&service)?;
        let link = links.iter().position(|l| l.service == service).map(|i| links.swap_remove(i));
        let count = counts.remove(service.as_str()).unwrap_or_default();
        Some(view(kind, desks.get(&service), region, link, count))
    });
    Ok(web::Json(shown.collect()))
}

fn view(
    kind: &ServiceKind,
    desk: Option<&ServiceDesk>,
    region: RegionCode,
    link: Option<AgencyLink>,
    count: Count,
) -> ServiceView {
    let of_kind = classification::all().iter().filter(|category| category.competent.contains(&kind.key));
    let competence = match desk {
        Some(desk) if !desk.competence.categories.is_empty() => {
            desk.competence.categories.iter().cloned().collect()
        }
        Some(desk) if desk.competence.districts.is_empty() => Vec::new(),
        _ => of_kind.map(|category| category.code.clone()).collect(),
    };
    let row: Option<ServiceRow> = count.row.as_deref().and_then(|row| serde_json::from_str(row).ok());
    let asked = || row.iter().flat_map(|r| r.asked.values());
    ServiceView {
        service: desk.map_or(&kind.key, |desk| &desk.key).clone(),
        region,
        names: desk.map_or(&kind.names, |desk| &desk.names).clone(),
        clause: kind.clause,
        national: kind.national,
        competence,
        districts: desk.map(|desk| desk.competence.districts.iter().cloned().collect()).unwrap_or_default(),
        link: link.map(|l| LinkView {
            way: l.way,
            connected: l.connected,
            since: l.changed_at,
            last_seen_at: l.last_seen_at,
            phone: l.phone,
            version: l.version,
        }),
        units: UnitCount {
            available: count.available,
            reserved: count.reserved,
            engaged: count.engaged,
            returning: count.returning,
            out_of_service: count.out_of_service,
        },
        owed: count.owed,
        late: count.late,
        next_due: count.next_due,
        requests: asked().count(),
        undecided: asked().filter(|a| !a.decided).count(),
        readiness: row.as_ref().and_then(|r| r.readiness.clone()),
    }
}

/// By which way an agency is reached.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWay {
    /// Over AMQP, over HTTP, or by telephone alone.
    way: Way,
    /// The number of its duty desk.
    #[schema(max_length = 64)]
    phone: Option<String>,
}

/// Set by which way a service's agency is reached. What waits for it is not lost: from the queue of an agency that is
/// not on AMQP it is moved to its letters, which it fetches over HTTP; when it goes over to AMQP, the letters that it has not
/// acknowledged are handed over to its queue.
#[utoipa::path(tag = "services", params(("service" = ServiceKey, Path), OfRegion,
    ("If-Match" = Option<String>, Header, description = "the link's version as its ETag, or * for any"),
    ("If-None-Match" = Option<String>, Header, description = "* for a link that was never set")),
    request_body = NewWay,
    responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[put("/services/{service}/link")]
pub async fn set_link(
    state: web::Data<ApiState>,
    caller: Caller,
    service: web::Path<ServiceKey>,
    query: web::Query<OfRegion>,
    expected: IfMatch,
    body: web::Json<NewWay>,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::Administrator])?;
    let region = caller.region(query.region, &state)?;
    let service = known(&state, Some(region), &service)?;
    let NewWay { way, phone } = body.into_inner();
    let phone = phone.map(|p| p.trim().to_owned()).filter(|p| !p.is_empty());
    if phone.as_ref().is_some_and(|p| p.chars().count() > 64) {
        return Err(Problem::new(
            "invalid",
            said!("a telephone number has at most {most} characters", most = 64),
        )
        .at("phone"));
    }
    let by = &caller.account.name;
    let link = NewLink { region, service, way, phone: phone.as_deref() };
    agency_link::put(&state.database, &link, expected.0, by).await??;
    tracing::info!(%region, %service, ?way, by = %caller.account.name, "the way to an agency was set");
    state.links.changed();
    state.board.stirred().tell([region], Matter::Links);
    Ok(HttpResponse::NoContent().finish())
}

/// A service that has an agency: every one of the region, or of any where none is named, but the hub itself.
pub(super) fn known<'a>(
    state: &ApiState,
    region: Option<RegionCode>,
    service: &'a ServiceKey,
) -> Result<&'a ServiceKey, Problem> {
    let here = match region {
        Some(region) => state.board.has_service(region, service),
        None => state.board.regions().any(|region| state.board.has_service(region, service)),
    };
    if here && !service_kind::is_hub(service) {
        Ok(service)
    } else {
        Err(Problem::missing(said!("service"), service))
    }
}
