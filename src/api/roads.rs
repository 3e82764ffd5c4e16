//! Closed roads, and the ways of units to an incident.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ApiState;
use super::auth::Caller;
use super::door;
use super::duty::OfRegion;
use super::incidents::Because;
use super::problem::Problem;
use super::units::{Paged, listed};
use super::zone_borders::check_touches;
use crate::actors::searches::SearchFor;
use crate::domain::command::RegionCommand;
use crate::domain::decision::Refusal;
use crate::domain::forces::Stage;
use crate::domain::ids::{ClosureId, IncidentId, RegionCode, UnitId};
use crate::domain::incident::Incident;
use crate::domain::missing::Missing;
use crate::domain::quantities::{Metres, Point, Seconds};
use crate::domain::recommendation::{Estimate, TURNOUT, drives, travel};
use crate::domain::region::{ClosedPart, Closure, NewClosure};
use crate::domain::said::said;
use crate::domain::unit::{Position, UnitKind};
use crate::spatial::roads::{Closed, RoadTime, Roads, Way};
use crate::store::account::Role;
use crate::store::append::ReadTable;

const SEERS: &[Role] = &[Role::DutyOfficer, Role::Manager, Role::Administrator];
const DECIDERS: &[Role] = &[Role::DutyOfficer, Role::Manager];
/// Farther from a road than this nobody means the road.
const AT_ROAD: Metres = Metres::whole(200);
/// Ways worked out at once.
const MOST_WAYS: usize = 200;

/// A page of closed roads.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClosurePage {
    /// By id.
    pub items: Vec<Closure>,
    /// For `after`; null at the end.
    pub next: Option<String>,
}

/// Closed roads. `open` is true for those that nobody has opened; one whose time is over closes nothing any more.
#[utoipa::path(tag = "roads", params(Paged), responses((status = 200, body = ClosurePage),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/closures")]
pub async fn closures(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<Paged>,
) -> Result<HttpResponse, Problem> {
    caller.may(SEERS)?;
    listed(&state, &caller, ReadTable::Closure, query.into_inner()).await
}

/// A closure that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeClosure {
    /// Its identity.
    pub id: ClosureId,
    /// How many pieces of road, between their junctions, it closes; null before roads are imported.
    pub pieces: Option<u32>,
}

/// Close a road. An area touches the region and some road: one that closes nothing is refused. Within seconds no way goes over it and no time counts on it; who stands in it still gets out, and is
/// reached along it.
#[utoipa::path(tag = "roads", request_body = NewClosure, params(OfRegion), responses((status = 201, body = MadeClosure),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/closures")]
pub async fn close(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
    body: web::Json<NewClosure>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(DECIDERS)?;
    let region = caller.region(query.region, &state)?;
    let closure = body.into_inner();
    let pieces = what_it_closes(&state, region, &closure.closed)
        .await
        .map_err(|p| p.at("closed").for_request(&request))?;
    let command = RegionCommand::CloseRoad { closure: Box::new(closure), pieces };
    door::order(&state, &caller, &request, region, command).await
}

/// How many pieces of road are closed by it; none known before roads are imported.
async fn what_it_closes(
    state: &ApiState,
    region: RegionCode,
    part: &ClosedPart,
) -> Result<Option<u32>, Problem> {
    let roads = state.board.roads();
    match part {
        ClosedPart::Road { at } => {
            let near = state.board.territories().check_near(*at, region);
            near.map_err(|fault| Problem::new("invalid", fault.said()))?;
            let road = roads.and_then(|roads| roads.nearest(*at));
            if road.is_none_or(|near| near.away > AT_ROAD) {
                return Err(Problem::new(
                    "invalid",
                    said!(
                        "no road is known within {metres} m of the point; draw an area instead",
                        metres = 200
                    ),
                ));
            }
            Ok(Some(1))
        }
        ClosedPart::Area { polygon } => {
            check_touches(state, region, polygon).await?;
            let Some(roads) = roads else { return Ok(None) };
            let polygon = polygon.polygon().clone();
            let counted = web::block(move || {
                let mut closed = Closed::default();
                closed.close_area(roads.network(), &polygon);
                closed.count()
            });
            let pieces = counted.await.map_err(|_| {
                Problem::new("unavailable", said!("the hub is overloaded; send it again in a moment"))
            })?;
            if pieces == 0 {
                return Err(Problem::new(
                    "invalid",
                    said!("no road lies in the area, so nothing would be closed; draw it over the road"),
                ));
            }
            Ok(Some(pieces))
        }
    }
}

/// Open a closed road.
#[utoipa::path(tag = "roads", request_body = Because, params(("id" = ClosureId, Path), OfRegion),
    responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/closures/{id}/open")]
pub async fn open(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<ClosureId>,
    query: web::Query<OfRegion>,
    body: web::Json<Because>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(DECIDERS)?;
    let region = caller.region(query.region, &state)?;
    let command = RegionCommand::OpenRoad { closure: *id, reason: body.into_inner().reason };
    door::order(&state, &caller, &request, region, command).await
}

/// Whose ways.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Whose {
    /// One unit, wherever it is and whatever it does; all that are sent to the incident when absent.
    unit: Option<UnitId>,
    /// The region that owns that unit; the incident's when absent.
    region: Option<RegionCode>,
}

/// A unit's way to an incident as things are now.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitWay {
    /// Which unit.
    pub unit: UnitId,
    /// Whose service owns it.
    pub region: RegionCode,
    /// What it goes by.
    pub kind: UnitKind,
    /// Where it was last seen, and when.
    pub position: Position,
    /// From now to its arrival, seconds; with the turn-out as long as it has not departed.
    pub eta: Seconds,
    /// What the time rests on.
    pub estimate: Estimate,
    /// How long the way is by road, metres; null where no road is known.
    pub length: Option<Metres>,
    /// Its course, `[longitude, latitude]` each; empty where no road is known.
    #[schema(value_type = Vec<Vec<f64>>)]
    pub line: Vec<[f64; 2]>,
}

/// Ways to an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitWays {
    /// The soonest first. Units of which no position is known are missing.
    pub items: Vec<UnitWay>,
}

/// The ways of the units that are sent to an incident, or of one unit, over the roads that are open, from where they
/// are now: to be drawn, and to see when they arrive.
#[utoipa::path(tag = "roads", params(("id" = IncidentId, Path), Whose), responses((status = 200, body = UnitWays),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/incidents/{id}/routes")]
pub async fn routes(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<IncidentId>,
    query: web::Query<Whose>,
    request: HttpRequest,
) -> Result<web::Json<UnitWays>, Problem> {
    caller.may(SEERS)?;
    let region = door::region_of(&state, &caller, *id).await?;
    let problem = |e: Problem| e.for_request(&request);
    let seen = state.board.look_at(region, *id).await.map_err(|e| problem(Problem::from(e)))?;
    let card = seen.map(|seen| seen.card);
    let card = card.ok_or_else(|| problem(Refusal::not_found(Missing::Incident, *id).into()))?;
    let place = card.point().ok_or_else(|| {
        let none = said!("the incident has no point yet; give it a place first");
        problem(Refusal::conflict(none).into())
    })?;
    let under_way = match &query.unit {
        Some(unit) => vec![(query.region.unwrap_or(region), unit.clone(), stage_of(&card, unit))],
        None => sent(&card),
    };
    let (roads, units) = (state.board.roads(), Arc::clone(state.board.units()));
    let work = move || -> Vec<UnitWay> {
        let way = |(region, unit, stage): (RegionCode, UnitId, Option<Stage>)| {
            let (kind, position) = units.whereabouts(region, &unit)?;
            Some(way(roads.as_ref(), region, unit, kind, position, stage, place))
        };
        under_way.into_iter().take(MOST_WAYS).filter_map(way).collect()
    };
    let mut items = state.board.search(SearchFor::Ways, work).await.map_err(|e| problem(Problem::from(e)))?;
    if let Some(unit) = query.unit.as_ref().filter(|_| items.is_empty()) {
        return Err(problem(Problem::missing(said!("unit"), unit).at("unit")));
    }
    items.sort_by(|a, b| (a.eta, &a.unit).cmp(&(b.eta, &b.unit)));
    Ok(web::Json(UnitWays { items }))
}

fn stage_of(card: &Incident, unit: &UnitId) -> Option<Stage> {
    card.requests.values().filter_map(|r| r.engagements.get(unit)).map(|e| e.stage).max()
}

/// The units that are sent and have not arrived.
fn sent(card: &Incident) -> Vec<(RegionCode, UnitId, Option<Stage>)> {
    let of_request = card.requests.values().flat_map(|request| {
        request.engagements.values().map(move |e| (request.service_region, e.unit.clone(), Some(e.stage)))
    });
    of_request.filter(|(_, _, stage)| stage.is_some_and(|s| s < Stage::Arrived)).collect()
}

fn way(
    roads: Option<&Roads>,
    region: RegionCode,
    unit: UnitId,
    kind: UnitKind,
    position: Position,
    stage: Option<Stage>,
    place: Point,
) -> UnitWay {
    let route = roads.filter(|_| drives(kind)).and_then(|roads| roads.route(position.point, place));
    let by_road = route.as_ref().map(|route| RoadTime(route.time).0);
    let cut_off = || roads.is_some_and(|roads| roads.ways(&[position.point], place) == [Way::CutOff]);
    let cut_off = route.is_none() && drives(kind) && cut_off();
    let (time, estimate) = travel(kind, position.point.distance(place), by_road, cut_off);
    let departed = stage.is_some_and(|stage| stage >= Stage::Departed);
    UnitWay {
        unit,
        region,
        kind,
        position,
        eta: if departed { time } else { Seconds(time.0.saturating_add(TURNOUT.0)) },
        estimate,
        length: route.as_ref().map(|route| route.length),
        line: route.map_or_else(Vec::new, |r| r.line.iter().map(|p| [p.lon(), p.lat()]).collect()),
    }
}
