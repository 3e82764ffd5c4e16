//! Units and their positions.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::ApiState;
use super::auth::Caller;
use super::door::{self, IfMatch};
use super::incidents::named;
use super::paging::limit;
use super::problem::Problem;
use crate::actors::duty_service::Errand;
use crate::domain::doubt::Doubtful;
use crate::domain::ids::{RegionCode, ServiceKey, UnitId};
use crate::domain::outside::Outside;
use crate::domain::quantities::Metres;
use crate::domain::said::said;
use crate::domain::service::ServiceCommand;
use crate::domain::unit::{Position, Unit};
use crate::spatial::unit_index::Remark;
use crate::store::account::Role;
use crate::store::append::ReadTable;
use crate::store::read_table::{self, StoredRow};

/// Who stands at a border may be seen across it.
const AT_BORDER: Metres = Metres::whole(3_000);

/// A page by id.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Paged {
    /// These alone, apart by commas; at most 200.
    pub ids: Option<String>,
    /// Of one region.
    pub region: Option<RegionCode>,
    /// Only what is open.
    pub open: Option<bool>,
    /// After this id.
    pub after: Option<String>,
    /// 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
}

/// A neighbour's card has a caller in it; what else is listed here has nobody.
fn shows(caller: &Caller, table: ReadTable, rows: &[StoredRow]) {
    if table == ReadTable::NeighbourIncident {
        caller.shows(rows.iter().map(|row| &row.id));
    }
}

/// A page of any read table.
pub(super) async fn listed(
    state: &ApiState,
    caller: &Caller,
    table: ReadTable,
    q: Paged,
) -> Result<HttpResponse, Problem> {
    if let Some(region) = q.region {
        caller.in_region(region)?;
    }
    let limit = limit(q.limit)?;
    let region = q.region.or(caller.account.region);
    let rows = match q.ids {
        Some(ids) => {
            let mut rows = read_table::find_all(&state.database, table, &named(&ids)?).await?;
            rows.retain(|r| {
                region.is_none_or(|region| region == r.region) && q.open.is_none_or(|open| open == r.open)
            });
            shows(caller, table, &rows);
            return Ok(door::page(&states(state, table, rows), None));
        }
        None => read_table::page(&state.database, table, region, q.open, q.after.as_deref(), limit).await?,
    };
    shows(caller, table, &rows);
    let full = i64::try_from(rows.len()).is_ok_and(|n| n == limit);
    let next = rows.last().filter(|_| full).map(|r| r.id.clone());
    Ok(door::page(&states(state, table, rows), next.as_deref()))
}

/// What is stored, with what is known better in memory: where a unit is goes through no journal.
fn states(state: &ApiState, table: ReadTable, rows: Vec<StoredRow>) -> Vec<String> {
    if table != ReadTable::Unit {
        return rows.into_iter().map(|r| r.state).collect();
    }
    rows.into_iter().map(|r| as_seen(state, r.state)).collect()
}

/// The unit where it was last seen, as far as that is believed.
pub(super) fn where_it_is(state: &ApiState, mut unit: Unit) -> Unit {
    if let Some((_, position)) = state.board.units().whereabouts(unit.region, &unit.id) {
        unit.position = position;
    }
    unit
}

fn as_seen(state: &ApiState, stored: String) -> String {
    let Ok(unit) = serde_json::from_str::<Unit>(&stored) else { return stored };
    let unit = where_it_is(state, unit);
    let units = state.board.units();
    let Remark { doubtful, outside, in_exercise } = units.remark_on(unit.region, &unit.id);
    serde_json::to_string(&UnitSeen { unit, doubtful, outside, in_exercise }).unwrap_or(stored)
}

/// A unit with what is known of it in memory alone.
#[derive(Debug, serde::Serialize, ToSchema)]
pub struct UnitSeen {
    /// The unit, where it was last seen as far as that is believed.
    #[serde(flatten)]
    pub unit: Unit,
    /// The latest report, where it is not believed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doubtful: Option<Doubtful>,
    /// That it has left where it belongs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outside: Option<Outside>,
    /// That an exercise has it: what is real may take it from there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub in_exercise: bool,
}

/// A page of units.
#[derive(Debug, serde::Serialize, ToSchema)]
pub struct UnitPage {
    /// By id.
    pub items: Vec<UnitSeen>,
    /// For `after`; null at the end.
    pub next: Option<String>,
}

/// Units on the register, each where it was last seen; one that was taken off it is in no list, whatever `open` says.
/// An agency sees those of its own service alone.
#[utoipa::path(tag = "units", params(Paged), responses((status = 200, body = UnitPage),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/units")]
pub async fn all(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<Paged>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_inner();
    let query = Paged { open: Some(true), ..query };
    if caller.account.role == Role::Agency {
        return own(&state, &caller, query).await;
    }
    caller.may(&[Role::DutyOfficer, Role::Manager, Role::Administrator])?;
    // What was taken off the register is not on it; the journal keeps it.
    let query = Paged { open: Some(true), ..query };
    listed(&state, &caller, ReadTable::Unit, query).await
}

/// A page of the units of the service that the caller speaks for.
async fn own(state: &ApiState, caller: &Caller, q: Paged) -> Result<HttpResponse, Problem> {
    let party = caller.party(q.region)?;
    let limit = limit(q.limit)?;
    let ids = q.ids.as_deref().map(named).transpose()?;
    let rows = if q.open == Some(false) {
        Vec::new()
    } else {
        let after = q.after.as_deref();
        read_table::units_of(&state.database, party.region, &party.service, ids.as_deref(), after, limit)
            .await?
    };
    let full = i64::try_from(rows.len()).is_ok_and(|n| n == limit);
    let next = rows.last().filter(|_| full && ids.is_none()).map(|r| r.id.clone());
    Ok(door::page(&states(state, ReadTable::Unit, rows), next.as_deref()))
}

/// Enter or change a unit; what it does stays. Its version stands in the list of units.
#[utoipa::path(tag = "units", request_body = Unit, 
    params(("id" = UnitId, Path),
        ("If-Match" = Option<String>, Header, description = "the unit's version as its ETag, or * for any"),
        ("If-None-Match" = Option<String>, Header, description = "* for a unit that is not on the register yet")),
    responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[put("/units/{id}")]
pub async fn register(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<UnitId>,
    expected: IfMatch,
    body: web::Json<Unit>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::Administrator])?;
    let unit = body.into_inner();
    if unit.id != *id {
        return Err(Problem::new(
            "invalid",
            said!("the unit's identity is not that of the address; make them the same"),
        )
        .at("id"));
    }
    caller.in_region(unit.region)?;
    if !state.board.territories().contains(unit.home) {
        return Err(Problem::new(
            "invalid",
            said!("the station lies outside the country; check the coordinates"),
        )
        .at("home"));
    }
    if state.board.territories().regions_within(unit.position.point, AT_BORDER).is_empty() {
        return Err(Problem::new(
            "invalid",
            said!("the place lies outside the country; check the coordinates"),
        )
        .at("position"));
    }
    unit.check()?;
    let known = read_table::find(&state.database, ReadTable::Unit, id.as_str()).await?.filter(|row| row.open);
    let known = known.and_then(|row| serde_json::from_str::<Unit>(&row.state).ok());
    if let Some(known) = known.filter(|known| known.service != unit.service || known.region != unit.region) {
        return Err(Problem::new(
            "conflict",
            said!(
                "the unit {unit} is on the register of {service} of region {region}; take it off there first",
                unit = known.id,
                region = known.region,
                service => &known.service
            ),
        )
        .at("service"));
    }
    let (region, service) = (unit.region, unit.service.clone());
    let errand =
        Errand::new(ServiceCommand::RegisterUnit { unit: Box::new(unit), expected: expected.0 }, caller.by());
    state
        .board
        .service(region, &service, errand)
        .await
        .map_err(|e| Problem::from(e).for_request(&request))?;
    Ok(HttpResponse::NoContent().finish())
}

/// Take a unit off the register. One that is held or engaged stays.
#[utoipa::path(tag = "units", params(("id" = UnitId, Path)), responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[delete("/units/{id}")]
pub async fn remove(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<UnitId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::Administrator])?;
    let found = read_table::find(&state.database, ReadTable::Unit, id.as_str()).await?;
    let unit = found
        .filter(|row| row.open)
        .and_then(|row| serde_json::from_str::<Unit>(&row.state).ok())
        .ok_or_else(|| Problem::missing(said!("unit"), &*id))?;
    caller.in_region(unit.region)?;
    let errand = Errand::new(ServiceCommand::RemoveUnit(unit.id), caller.by());
    state
        .board
        .service(unit.region, &unit.service, errand)
        .await
        .map_err(|e| Problem::from(e).for_request(&request))?;
    Ok(HttpResponse::NoContent().finish())
}

/// Where units are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPositions {
    region: RegionCode,
    service: ServiceKey,
    /// At most 1,000.
    #[schema(max_items = 1000)]
    positions: Vec<NewPosition>,
}

/// Where one unit is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPosition {
    unit: UnitId,
    position: Position,
}

/// Report positions: many at once, straight to the index, never through the journal. One that cannot be (too fast, outside
/// the country, of a wrong clock) is taken too and kept as doubtful: see `GET /positions`.
#[utoipa::path(tag = "units", request_body = NewPositions, responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/positions")]
pub async fn positions(
    state: web::Data<ApiState>,
    caller: Caller,
    body: web::Json<NewPositions>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::Agency, Role::Administrator])?;
    let NewPositions { region, service, positions } = body.into_inner();
    caller.in_region(region)?;
    if caller.account.role == Role::Agency && caller.account.service.as_ref() != Some(&service) {
        return Err(Problem::new(
            "forbidden",
            said!("an agency reports its own units only; leave out the others"),
        ));
    }
    if positions.is_empty() || positions.len() > 1_000 {
        return Err(Problem::new("invalid", said!("send 1 to {most} positions at once", most = 1_000))
            .at("positions"));
    }
    let moved = positions.into_iter().map(|p| (p.unit, p.position)).collect();
    let unknown = state
        .board
        .positions(region, &service, moved)
        .await
        .map_err(|e| Problem::from(e).for_request(&request))?;
    match unknown.first() {
        None => Ok(HttpResponse::NoContent().finish()),
        Some(unit) => Err(Problem::new(
            "not-found",
            said!(
                "{unknown} units are not known here, the first {unit}; register them; the others were taken",
                unknown = unknown.len(),
                unit = unit
            ),
        )),
    }
}
