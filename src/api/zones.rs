//! What lies in a zone, and the sector of a chemical release as a proposal.

use actix_web::{get, post, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiState;
use super::auth::Caller;
use super::duty::OfRegion;
use super::problem::Problem;
use crate::actors::clock;
use crate::domain::geography::{Element, LocalNames, Object, ObjectKind, Place};
use crate::domain::ids::{RegionCode, ServiceKey, UnitId, ZoneId};
use crate::domain::quantities::Point;
use crate::domain::region::ZoneRecord;
use crate::domain::said::said;
use crate::domain::unit::{CallSign, Unit, UnitKind, UnitStatus};
use crate::domain::zone::plume::{self, Release};
use crate::domain::zone::population::{self, PopulationEstimate};
use crate::domain::zone::{SquareMetres, ZonePolygon};
use crate::store::account::Role;
use crate::store::append::ReadTable;
use crate::store::inside::ObjectsWithin;
use crate::store::object_passport::{self, KeptPassport};
use crate::store::{inside, read_table};

const SEERS: &[Role] = &[Role::DutyOfficer, Role::Manager, Role::Administrator];
const DECIDERS: &[Role] = &[Role::DutyOfficer, Role::Manager];
/// Where people are who cannot leave by themselves, or many people at once.
const SOCIAL: [ObjectKind; 9] = [
    ObjectKind::Hospital,
    ObjectKind::Clinic,
    ObjectKind::School,
    ObjectKind::Kindergarten,
    ObjectKind::College,
    ObjectKind::SocialFacility,
    ObjectKind::Prison,
    ObjectKind::Assembly,
    ObjectKind::TransportStation,
];
/// What may make it worse.
const HAZARDOUS: [ObjectKind; 4] =
    [ObjectKind::Hazardous, ObjectKind::Industrial, ObjectKind::Fuel, ObjectKind::Power];

/// An object within.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObjectWithin {
    /// Where it stands in the source: a passport may name it.
    pub element: Element,
    /// What it is.
    pub kind: ObjectKind,
    /// Its names.
    pub names: LocalNames,
    /// Its telephone, as the source has it.
    pub phone: Option<String>,
    /// Where it stands.
    pub point: Point,
}

/// A unit within, where it was last seen.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitWithin {
    /// Its identity.
    pub id: UnitId,
    /// Whose it is.
    pub service: ServiceKey,
    /// Its call sign.
    pub call_sign: CallSign,
    /// What it goes by.
    pub kind: UnitKind,
    /// What it is doing.
    pub status: UnitStatus,
}

/// An open card within.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentWithin {
    /// Its identity.
    pub id: String,
    /// Its number.
    pub number: String,
    /// Its category, where known.
    pub category: Option<String>,
    /// Its severity, where known.
    pub severity: Option<String>,
}

/// How many objects there are of a kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindCount {
    /// Of which kind.
    pub kind: ObjectKind,
    /// So many.
    pub count: u32,
}

/// How many there are of what lies in a zone, also of those that are not listed.
#[derive(Debug, Serialize, ToSchema)]
pub struct InsideCounts {
    /// Hospitals, schools, homes, gatherings: the kinds that are there.
    pub social: Vec<KindCount>,
    /// Dangerous and industrial objects: the kinds that are there.
    pub hazardous: Vec<KindCount>,
    /// Dangerous facilities with a passport.
    pub passports: usize,
    /// Units of the region.
    pub units: usize,
    /// Open cards of the region.
    pub incidents: usize,
    /// Whether a list of objects is shorter than its count.
    pub cut: bool,
}

/// What lies in a zone.
#[derive(Debug, Serialize, ToSchema)]
pub struct Inside {
    /// The zone's area.
    pub area_m2: SquareMetres,
    /// Who lives there, by the numbers of imported settlements, spread over their houses.
    pub population: PopulationEstimate,
    /// How many there are of each.
    pub counts: InsideCounts,
    /// Hospitals, schools, homes, gatherings: at most 500, of every kind some.
    pub social: Vec<ObjectWithin>,
    /// Dangerous and industrial objects: at most 500, of every kind some.
    pub hazardous: Vec<ObjectWithin>,
    /// Dangerous facilities with a passport: substances, telephones, plans.
    pub passports: Vec<KeptPassport>,
    /// Units of the region.
    pub units: Vec<UnitWithin>,
    /// Open cards of the region whose place is known.
    pub incidents: Vec<IncidentWithin>,
}

/// What lies in a zone: people, objects, units, open cards (112-R c.5(2)¶2: what a change of the zone means).
#[utoipa::path(tag = "duty", params(("id" = ZoneId, Path)), responses((status = 200, body = Inside),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/zones/{id}/inside")]
pub async fn within(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<ZoneId>,
) -> Result<web::Json<Inside>, Problem> {
    caller.may(SEERS)?;
    let missing = || Problem::missing(said!("zone"), *id);
    let found =
        read_table::find(&state.database, ReadTable::Zone, &id.to_string()).await?.ok_or_else(missing)?;
    let region: RegionCode = found.region;
    caller.in_region(region)?;
    let zone: ZoneRecord = serde_json::from_str(&found.state).map_err(|_| missing())?;
    let polygon = zone.versions.into_iter().next_back().ok_or_else(missing)?.polygon;
    let found = look(&state, region, polygon).await?;
    caller.shows(found.passports.iter().map(|kept| &kept.id));
    Ok(web::Json(found))
}

pub(super) async fn look(state: &ApiState, region: RegionCode, zone: ZonePolygon) -> Result<Inside, Problem> {
    let database = &state.database;
    let seen = state.board.units().seen(region, |position| zone.contains(position.point));
    let ids: Vec<String> = seen.iter().map(ToString::to_string).collect();
    let (places, social, hazardous, passports, cards, rows) = futures_util::try_join!(
        inside::places(database, &zone),
        inside::objects(database, &zone, &SOCIAL),
        inside::objects(database, &zone, &HAZARDOUS),
        object_passport::within(database, &zone, clock::now()),
        inside::cards(database, region, &zone),
        read_table::find_all(database, ReadTable::Unit, &ids),
    )?;
    let units =
        rows.iter().filter(|row| row.open).filter_map(|row| serde_json::from_str::<Unit>(&row.state).ok());
    let mut units: Vec<UnitWithin> = units
        .map(|unit| UnitWithin {
            id: unit.id,
            service: unit.service,
            call_sign: unit.call_sign,
            kind: unit.kind,
            status: unit.status,
        })
        .collect();
    units.sort_by(|a, b| a.id.cmp(&b.id));
    let incidents = cards.into_iter().map(|card| IncidentWithin {
        id: card.id,
        number: card.number,
        category: card.category,
        severity: card.severity,
    });
    let incidents: Vec<IncidentWithin> = incidents.collect();
    let counts = InsideCounts {
        cut: is_cut(&social) || is_cut(&hazardous),
        social: counted(&social),
        hazardous: counted(&hazardous),
        passports: passports.len(),
        units: units.len(),
        incidents: incidents.len(),
    };
    // Of roads that were taken back nobody counts anew.
    let demand = state.board.demand().filter(|_| state.board.roads().is_some()).map(|(_, demand)| demand);
    let (zone, population) = web::block(move || {
        // Whose houses are known is counted by them, the others by their middle.
        let spread = demand.as_ref().map_or_else(Vec::new, |demand| demand.within(&zone));
        let by_houses = |place: &Place| demand.as_ref().is_some_and(|d| d.has_houses_of(place.element));
        let places: Vec<Place> = places.into_iter().filter(|place| !by_houses(place)).collect();
        let population = population::estimate(&zone, &places, &spread);
        (zone, population)
    })
    .await
    .map_err(|_| Problem::new("unavailable", said!("the hub is overloaded; send it again in a moment")))?;
    Ok(Inside {
        area_m2: zone.area(),
        population,
        counts,
        social: social.named.into_iter().map(told).collect(),
        hazardous: hazardous.named.into_iter().map(told).collect(),
        passports,
        units,
        incidents,
    })
}

fn counted(found: &ObjectsWithin) -> Vec<KindCount> {
    found.counts.iter().map(|(kind, count)| KindCount { kind: *kind, count: *count }).collect()
}

fn is_cut(found: &ObjectsWithin) -> bool {
    found.counts.values().map(|count| u64::from(*count)).sum::<u64>() > found.named.len() as u64
}

fn told(object: Object) -> ObjectWithin {
    ObjectWithin {
        element: object.element,
        kind: object.kind,
        names: object.names,
        phone: object.phone,
        point: object.point,
    }
}

/// The sector of a release, and what lies in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlumeProposal {
    /// The sector: draw it as a zone to bring it into force.
    pub polygon: ZonePolygon,
    /// What lies in it.
    pub inside: Inside,
}

/// The first-response sector of a chemical release, as a proposal: nothing is decided before an officer draws it as a
/// zone. By the method of the Emergency Response Guidebook, whose distances for the substance the officer states
/// (`GET /release-distances` proposes them).
#[utoipa::path(tag = "duty", request_body = Release, params(OfRegion), responses((status = 200, body = PlumeProposal),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/zones/plume")]
pub async fn propose_plume(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
    body: web::Json<Release>,
) -> Result<web::Json<PlumeProposal>, Problem> {
    caller.may(DECIDERS)?;
    let region = caller.region(query.region, &state)?;
    let polygon = plume::sector(&body).map_err(|fault| fault.refusal())?;
    let inside = look(&state, region, polygon.clone()).await?;
    Ok(web::Json(PlumeProposal { polygon, inside }))
}
