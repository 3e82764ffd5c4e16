//! How much of the population the free units of a service reach in time, and what is left when some of them go.
//!
//! Time is reckoned by road from where units are believed to be, with their turn-out. The method of counting people and
//! its uncertainty: [`crate::spatial::demand`]; of the area: [`crate::spatial::isochrone`].

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{HttpRequest, get, post, web};
use geojson::GeometryValue;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ApiState;
use super::auth::Caller;
use super::duty::row;
use super::problem::Problem;
use crate::actors::searches::SearchFor;
use crate::domain::coverage::{Basis, NormativeTime, Reach, best_moves, covered, left_uncovered};
use crate::domain::geography::{LocalNames, ObjectKind};
use crate::domain::ids::{RegionCode, ServiceKey, UnitId};
use crate::domain::quantities::{Point, Seconds};
use crate::domain::recommendation::{TURNOUT, drives};
use crate::domain::said::said;
use crate::domain::unit::{CallSign, Unit, UnitStatus};
use crate::spatial::demand::{Cell, Demand, reaches};
use crate::spatial::isochrone;
use crate::spatial::roads::{Roads, Source};
use crate::store::account::Role;
use crate::store::{land, read_table};

const SEERS: &[Role] = &[Role::DutyOfficer, Role::Manager, Role::Administrator];
/// Places named at most.
const MOST_PLACES: usize = 30;
/// Moves proposed at most.
const MOST_MOVES: usize = 3;
/// A move that restores less than this part of the population is no reason to wake a crew.
const LEAST_GAIN: f64 = 0.005;
/// Units that one question lets go.
const MOST_GONE: usize = 100;
/// Rows of the register read at once.
const PAGE: i64 = 200;

/// Whose coverage.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Whose {
    /// The account's own when absent.
    region: Option<RegionCode>,
    /// Which service.
    service: ServiceKey,
    /// Within how many minutes, 1 to 120; the normative time that the region has set when absent.
    #[param(minimum = 1, maximum = 120)]
    minutes: Option<u32>,
}

/// A place where people are not reached in time.
#[derive(Debug, Serialize, ToSchema)]
pub struct UncoveredPlace {
    /// The nearest place's names.
    names: LocalNames,
    /// One of its houses.
    point: Point,
    /// How many people there, or house numbers.
    people: u32,
}

/// A move that would restore coverage: told, never sent by itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct MoveUp {
    /// Which unit.
    unit: UnitId,
    /// The name it answers to.
    call_sign: CallSign,
    /// The station that it belongs to.
    from: String,
    /// The station where it would stand.
    to: String,
    /// Where that is.
    point: Point,
    /// How long it drives there; none where no road is known.
    eta: Option<Seconds>,
    /// So many more people are reached in time once the moves before it are made; who is no longer reached because the unit
    /// left is taken off. The gains of all moves add up.
    gain: u32,
    /// The same as a part of all.
    gain_share: f64,
}

/// What the free units of a service reach in time.
#[derive(Debug, Serialize, ToSchema)]
pub struct Coverage {
    /// Which region.
    region: RegionCode,
    /// Which service.
    service: ServiceKey,
    /// From the request to the arrival.
    within: Seconds,
    /// The normative time that the region has set, with its source; none when nothing is set.
    normative: Option<NormativeTime>,
    /// Of that time until a unit drives: a planning figure of this project.
    turnout: Seconds,
    /// Free units that drive.
    units: u32,
    /// Free units that do not, such as helicopters: they are not counted.
    not_driving: u32,
    /// What the share is of; none when no places or addresses are imported.
    basis: Option<Basis>,
    /// How many people, or house numbers, are known in the region.
    people: u32,
    /// How many of them are reached in time.
    covered: u32,
    /// The part of them; none when nobody is known.
    share: Option<f64>,
    /// What is reached, as a MultiPolygon of GeoJSON, to a cell of some 200 m.
    #[schema(value_type = Object)]
    area: geojson::Geometry,
    /// Where people are not reached in time, the most first.
    uncovered: Vec<UncoveredPlace>,
    /// Moves that would restore most, the best first.
    moves: Vec<MoveUp>,
}

/// If these units go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhatIf {
    /// The account's own when absent.
    region: Option<RegionCode>,
    /// Which service.
    service: ServiceKey,
    /// Within how many minutes, 1 to 120; the normative time that the region has set when absent.
    #[schema(minimum = 1, maximum = 120)]
    minutes: Option<u32>,
    /// Who goes; units that are not free or not of the service change nothing.
    #[schema(max_items = 100)]
    without: Vec<UnitId>,
}

/// What is left when units go.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverageLeft {
    /// From the request to the arrival.
    within: Seconds,
    /// Which of the units named are free now and are counted.
    without: Vec<UnitId>,
    /// What the shares are of; none when no places or addresses are imported.
    basis: Option<Basis>,
    /// The part that is reached in time now; none when nobody is known.
    share: Option<f64>,
    /// The part that is reached without them.
    share_left: Option<f64>,
    /// So many people are reached now and are not without them.
    lost: u32,
    /// Where, the most first.
    uncovered: Vec<UncoveredPlace>,
    /// What is reached without them, as a MultiPolygon of GeoJSON.
    #[schema(value_type = Object)]
    area: geojson::Geometry,
    /// Moves of those that stay that would restore most.
    moves: Vec<MoveUp>,
}

/// What the free units of a service reach within a time, by road and from where they are now: the area, the part of the
/// population, the places left out, and moves to other stations that would restore most.
#[utoipa::path(tag = "coverage", params(Whose), responses((status = 200, body = Coverage),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/coverage")]
pub async fn now(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<Whose>,
    request: HttpRequest,
) -> Result<web::Json<Coverage>, Problem> {
    caller.may(SEERS)?;
    let Whose { region, service, minutes } = query.into_inner();
    let region = caller.region(region, &state)?;
    let ground = Ground::of(&state, region, &service, minutes).await.map_err(|p| p.for_request(&request))?;
    let (within, normative) = (ground.within, ground.normative.clone());
    let told = state.board.search(SearchFor::Coverage, move || {
        let reach = ground.reach(&ground.free);
        let people = ground.people();
        let all: f64 = people.iter().sum();
        let reached = covered(&people, &reach);
        let out: Vec<usize> = (0..people.len()).filter(|cell| !reach.iter().any(|r| r.has(*cell))).collect();
        Coverage {
            region,
            service,
            within,
            normative,
            turnout: TURNOUT,
            units: whole(ground.free.len() as f64),
            not_driving: ground.not_driving,
            basis: ground.demand.basis(),
            people: whole(all),
            covered: whole(reached),
            share: share(reached, all),
            area: ground.area(&ground.free),
            uncovered: ground.places(&out),
            moves: ground.moves(&ground.free, &reach, &people),
        }
    });
    let told = told.await.map_err(|e| Problem::from(e).for_request(&request))?;
    Ok(web::Json(told))
}

/// What is left when some units go: nothing is changed and nobody is sent.
#[utoipa::path(tag = "coverage", request_body = WhatIf, responses((status = 200, body = CoverageLeft),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/coverage/what-if")]
pub async fn what_if(
    state: web::Data<ApiState>,
    caller: Caller,
    body: web::Json<WhatIf>,
    request: HttpRequest,
) -> Result<web::Json<CoverageLeft>, Problem> {
    caller.may(SEERS)?;
    let WhatIf { region, service, minutes, without } = body.into_inner();
    let region = caller.region(region, &state)?;
    if without.len() > MOST_GONE {
        return Err(Problem::new("invalid", said!("name at most {most} units", most = MOST_GONE))
            .at("without")
            .for_request(&request));
    }
    let ground = Ground::of(&state, region, &service, minutes).await.map_err(|p| p.for_request(&request))?;
    let told = state.board.search(SearchFor::Coverage, move || {
        let named: BTreeSet<UnitId> = without.into_iter().collect();
        let reach = ground.reach(&ground.free);
        let people = ground.people();
        let all: f64 = people.iter().sum();
        let gone: Vec<usize> =
            (0..ground.free.len()).filter(|n| named.contains(&ground.free[*n].id)).collect();
        let stays = |n: &usize| !gone.contains(n);
        let staying: Vec<Unit> =
            (0..ground.free.len()).filter(stays).map(|n| ground.free[n].clone()).collect();
        let reach_left: Vec<Reach> = (0..reach.len()).filter(stays).map(|n| reach[n].clone()).collect();
        let lost = left_uncovered(people.len(), &reach, &gone);
        CoverageLeft {
            within: ground.within,
            without: gone.iter().map(|n| ground.free[*n].id.clone()).collect(),
            basis: ground.demand.basis(),
            share: share(covered(&people, &reach), all),
            share_left: share(covered(&people, &reach_left), all),
            lost: whole(lost.iter().map(|cell| people[*cell]).sum()),
            uncovered: ground.places(&lost),
            area: ground.area(&staying),
            moves: ground.moves(&staying, &reach_left, &people),
        }
    });
    let told = told.await.map_err(|e| Problem::from(e).for_request(&request))?;
    Ok(web::Json(told))
}

/// Everything that a question about coverage is answered from, taken at one moment.
struct Ground {
    region: RegionCode,
    within: Seconds,
    normative: Option<NormativeTime>,
    roads: Roads,
    demand: std::sync::Arc<Demand>,
    /// Free units that drive, each where it is believed to be.
    free: Vec<Unit>,
    not_driving: u32,
    /// The stations of the service's units, and posts of its kind on the map where none of them stands.
    stations: BTreeMap<String, Point>,
}

impl Ground {
    async fn of(
        state: &ApiState,
        region: RegionCode,
        service: &ServiceKey,
        minutes: Option<u32>,
    ) -> Result<Self, Problem> {
        if !state.board.has_service(region, service) {
            return Err(Problem::missing(said!("service"), service).at("service"));
        }
        let settings = row(state, region).await?.map(|r| r.settings).unwrap_or_default();
        // A desk is held to its kind's time where none is set for it.
        let set = &settings.normative_times;
        let normative = set.get(service).or_else(|| set.get(&service.main())).cloned();
        let within = match (minutes, &normative) {
            (Some(minutes), _) if !(1..=120).contains(&minutes) => {
                return Err(
                    Problem::new("invalid", said!("give 1 to {most} minutes", most = 120)).at("minutes")
                );
            }
            (Some(minutes), _) => Seconds(minutes * 60),
            (None, Some(normative)) => normative.within,
            (None, None) => {
                let unset = said!(
                    "no normative time is set for the service; give the minutes, or set it with its source"
                );
                return Err(Problem::new("invalid", unset).at("minutes"));
            }
        };
        let none = || Problem::new("conflict", said!("no roads are imported yet; import a map first"));
        let roads = state.board.roads().ok_or_else(none)?;
        let demand =
            state.board.demand().filter(|(network, _)| std::sync::Arc::ptr_eq(network, roads.network()));
        let (_, demand) = demand.ok_or_else(|| {
            Problem::new(
                "conflict",
                said!("where people live is being counted after an import; ask again in a minute"),
            )
        })?;
        let (mut free, mut not_driving, mut stations) = (Vec::new(), 0, BTreeMap::new());
        let mut after: Option<String> = None;
        loop {
            let rows =
                read_table::units_of(&state.database, region, service, None, after.as_deref(), PAGE).await?;
            for row in &rows {
                let Ok(mut unit) = serde_json::from_str::<Unit>(&row.state) else { continue };
                stations.insert(unit.station.clone(), unit.home);
                if unit.status != UnitStatus::Available {
                    continue;
                }
                if !drives(unit.kind) {
                    not_driving += 1;
                    continue;
                }
                if let Some((_, believed)) = state.board.units().whereabouts(region, &unit.id) {
                    unit.position = believed;
                }
                free.push(unit);
            }
            match rows.last() {
                Some(last) if i64::try_from(rows.len()).is_ok_and(|n| n == PAGE) => {
                    after = Some(last.id.clone())
                }
                _ => break,
            }
        }
        empty_posts(state, region, service, &mut stations).await?;
        Ok(Self { region, within, normative, roads, demand, free, not_driving, stations })
    }

    fn cells(&self) -> &[Cell] {
        self.demand.cells(self.region)
    }

    fn people(&self) -> Vec<f64> {
        self.cells().iter().map(|cell| cell.people).collect()
    }

    fn sources(units: &[Unit]) -> Vec<Source> {
        units.iter().map(|unit| Source { from: unit.position.point, after: TURNOUT }).collect()
    }

    fn reach(&self, units: &[Unit]) -> Vec<Reach> {
        reaches(&self.roads, self.cells(), &Self::sources(units), self.within)
    }

    fn area(&self, units: &[Unit]) -> geojson::Geometry {
        let reached = self.roads.reach_together(&Self::sources(units), self.within);
        geojson::Geometry::new(GeometryValue::from(&isochrone::outline(&reached)))
    }

    /// The places of some cells, those of most people first.
    fn places(&self, cells: &[usize]) -> Vec<UncoveredPlace> {
        let all = self.cells();
        let mut of: BTreeMap<Option<u32>, (f64, f64, Point)> = BTreeMap::new();
        for cell in cells.iter().map(|cell| &all[*cell]) {
            let (people, most, point) = of.entry(cell.place).or_insert((0.0, 0.0, cell.point));
            *people += cell.people;
            if cell.people > *most {
                (*most, *point) = (cell.people, cell.point);
            }
        }
        let mut places: Vec<UncoveredPlace> = of
            .into_iter()
            .map(|(place, (people, _, point))| UncoveredPlace {
                names: place.and_then(|p| self.demand.place(p)).cloned().unwrap_or_default(),
                point,
                people: whole(people),
            })
            .filter(|place| place.people > 0)
            .collect();
        places.sort_by_key(|place| std::cmp::Reverse(place.people));
        places.truncate(MOST_PLACES);
        places
    }

    fn moves(&self, units: &[Unit], reach: &[Reach], people: &[f64]) -> Vec<MoveUp> {
        let stations: Vec<(&String, &Point)> = self.stations.iter().collect();
        let sources: Vec<Source> =
            stations.iter().map(|(_, point)| Source { from: **point, after: TURNOUT }).collect();
        let there = reaches(&self.roads, self.cells(), &sources, self.within);
        let all: f64 = people.iter().sum();
        let moves = best_moves(people, reach, &there, all * LEAST_GAIN, MOST_MOVES);
        let told = |one: crate::domain::coverage::Move| {
            let (unit, (station, point)) = (&units[one.unit], stations[one.station]);
            let eta = self.roads.times(&[unit.position.point], *point);
            MoveUp {
                unit: unit.id.clone(),
                call_sign: unit.call_sign.clone(),
                from: unit.station.clone(),
                to: station.clone(),
                point: *point,
                eta: eta.first().copied().flatten().map(|time| time.0),
                gain: whole(one.gain),
                gain_share: share(one.gain, all).unwrap_or(0.0),
            }
        };
        moves.into_iter().map(told).collect()
    }
}

/// Adds the stations of a service's kind that stand on the map and have no unit: one may be sent there all the same.
async fn empty_posts(
    state: &ApiState,
    region: RegionCode,
    service: &ServiceKey,
    stations: &mut BTreeMap<String, Point>,
) -> Result<(), Problem> {
    /// Nearer than this to a station it is that station, metres.
    const SAME: f64 = 300.0;
    let kind = match service.main().as_str() {
        "ambulance" => ObjectKind::AmbulanceStation,
        "fire_rescue" => ObjectKind::FireStation,
        "police" => ObjectKind::Police,
        _ => return Ok(()),
    };
    let territory = state.board.territories();
    let here = |point: Point| territory.locate(point).is_some_and(|(lies_in, _)| lies_in == region);
    for post in land::objects_of(&state.database, kind).await?.into_iter().filter(|p| here(p.point)) {
        let LocalNames { name, kk, ru, en, .. } = post.names;
        let Some(name) = ru.or(name).or(kk).or(en) else { continue };
        let known = stations.values().any(|home| home.distance(post.point).get() <= SAME);
        if !known {
            stations.entry(name).or_insert(post.point);
        }
    }
    Ok(())
}

/// A part of all, to a thousandth.
fn share(part: f64, all: f64) -> Option<f64> {
    // Never -0: what rounds to nought from below is nought.
    (all > 0.0).then(|| (part / all * 1e3).round() / 1e3 + 0.0)
}

fn whole(number: f64) -> u32 {
    // Clamped first, so that the cast keeps the number.
    number.clamp(0.0, f64::from(u32::MAX)).round() as u32
}
