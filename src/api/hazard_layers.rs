//! Layers of perimeters of water, fire and the like: put on the map, replaced and taken off as a whole.

use actix_web::{HttpResponse, delete, get, put, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ApiState;
use super::auth::Caller;
use super::door::{self, IfMatch};
use super::object_passports::{self, PassportNear};
use super::problem::Problem;
use super::zone_borders::{FileArea, FileAreas, areas_of};
use crate::actors::clock;
use crate::actors::stirred::Matter;
use crate::domain::hazard_layer::{AboutLayer, HazardKind, HazardLayer, LayerName};
use crate::domain::ids::{IncidentId, RegionCode};
use crate::domain::incident::Incident;
use crate::domain::said::said;
use crate::domain::zone::ZonePolygon;
use crate::store::account::Role;
use crate::store::append::ReadTable;
use crate::store::hazard_layer::{self, NewLayer, NotPut};
use crate::store::read_table;

const READERS: &[Role] = &[Role::DutyOfficer, Role::Manager, Role::Administrator];

/// Every layer on the map, the newest picture first; everybody sees all of them.
#[utoipa::path(tag = "map", responses((status = 200, body = Vec<HazardLayer>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/hazard-layers")]
pub async fn all(
    state: web::Data<ApiState>,
    _caller: Caller,
) -> Result<web::Json<Vec<HazardLayer>>, Problem> {
    Ok(web::Json(hazard_layer::all(&state.database, clock::now()).await?))
}

/// What is said of a layer; its areas are the body.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// What its areas mean.
    #[param(inline)]
    kind: HazardKind,
    /// Its name for people.
    name: String,
    /// Who tells of it.
    source: String,
    /// The moment that it shows.
    #[param(value_type = String, format = DateTime)]
    observed_at: Timestamp,
    /// Until when it may be believed.
    #[param(value_type = String, format = DateTime)]
    valid_until: Timestamp,
    /// Whose it is; the account's own region when absent.
    region: Option<RegionCode>,
}

/// Put a layer on the map, or put another picture in place of it: GeoJSON, all of it sound or nothing taken. Whoever
/// looks meanwhile sees the former picture until the new one is there.
#[utoipa::path(tag = "map", params(("id" = LayerName, Path), About,
    ("If-Match" = Option<String>, Header, description = "the layer's version as its ETag, or * for any"),
    ("If-None-Match" = Option<String>, Header, description = "* for a layer that is not there yet")),
    request_body(content = serde_json::Map<String, serde_json::Value>, content_type = "application/geo+json",
        description = "GeoJSON: a collection of features, a feature or a geometry; at most 32 MiB"),
    responses((status = 200, body = HazardLayer),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[put("/hazard-layers/{id}")]
pub async fn keep(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<LayerName>,
    query: web::Query<About>,
    expected: IfMatch,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    caller.may(READERS)?;
    let About { kind, name, source, observed_at, valid_until, region } = query.into_inner();
    let own = caller.account.region;
    if region.is_some_and(|region| own.is_some_and(|own| own != region)) {
        return Err(elsewhere(region));
    }
    let now = clock::now();
    let about = AboutLayer { kind, name, source, observed_at, valid_until }.checked(now)?;
    let borders: Vec<_> =
        areas_of(&state, body).await?.into_iter().map(|area| (area.name, area.border)).collect();
    let region = region.or(own);
    let new = NewLayer { id: &id, region, about: &about, areas: &borders, by: &caller.account.name, at: now };
    hazard_layer::put(&state.database, &new, expected.0, own).await?.map_err(refused)?;
    state.board.stirred().tell(state.board.regions(), Matter::HazardLayers);
    let put = hazard_layer::find(&state.database, &id, now).await?;
    let put = put.ok_or_else(|| Problem::missing(said!("layer"), &*id))?;
    Ok(door::versioned(put.version, &put))
}

/// Take a layer off the map.
#[utoipa::path(tag = "map", params(("id" = LayerName, Path),
    ("If-Match" = String, Header, description = "the layer's version as its ETag, or * for any")),
    responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[delete("/hazard-layers/{id}")]
pub async fn remove(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<LayerName>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    caller.may(READERS)?;
    let by = (&caller.account.name, clock::now());
    if hazard_layer::find(&state.database, &id, by.1).await?.is_none() {
        return Err(Problem::missing(said!("layer"), &*id));
    }
    let removed = hazard_layer::remove(&state.database, &id, expected.0, caller.account.region, by).await?;
    removed.map_err(refused)?;
    state.board.stirred().tell(state.board.regions(), Matter::HazardLayers);
    Ok(HttpResponse::NoContent().finish())
}

fn refused(not: NotPut) -> Problem {
    match not {
        NotPut::Stale(refusal) => refusal.into(),
        NotPut::Elsewhere(region) => elsewhere(region),
    }
}

fn elsewhere(region: Option<RegionCode>) -> Problem {
    let detail = match region {
        Some(region) => said!("the layer is of region {region}; only its people change it", region = region),
        None => said!("the layer is of the whole country; only who serves all regions changes it"),
    };
    Problem::new("forbidden", detail)
}

/// A layer with its areas, each a border that can be drawn as a zone as it is; one with too many corners is simplified.
#[derive(Debug, Serialize, ToSchema)]
pub struct LayerAreas {
    /// The layer.
    pub layer: HazardLayer,
    /// Its areas.
    #[serde(flatten)]
    pub borders: FileAreas,
}

/// The areas of a layer, to be looked at or taken as the border of a zone.
#[utoipa::path(tag = "map", params(("id" = LayerName, Path)), responses((status = 200, body = LayerAreas),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/hazard-layers/{id}/areas")]
pub async fn areas(
    state: web::Data<ApiState>,
    _caller: Caller,
    id: web::Path<LayerName>,
) -> Result<HttpResponse, Problem> {
    let layer = hazard_layer::find(&state.database, &id, clock::now()).await?;
    let layer = layer.ok_or_else(|| Problem::missing(said!("layer"), &*id))?;
    let rows = hazard_layer::areas(&state.database, &id).await?;
    let borders =
        web::block(move || rows.into_iter().flat_map(borders_of).collect()).await.map_err(|_| {
            Problem::new("unavailable", said!("the hub is overloaded; send it again in a moment"))
        })?;
    let version = layer.version;
    Ok(door::versioned(version, &LayerAreas { layer, borders: FileAreas { areas: borders } }))
}

fn borders_of(row: hazard_layer::AreaRow) -> Vec<FileArea> {
    let geometry = row.geometry.parse::<geojson::Geometry>().ok();
    let Some(Ok(border)) = geometry.map(geo::MultiPolygon::try_from) else { return Vec::new() };
    let parts = border.0.len();
    let feature = usize::try_from(row.number).unwrap_or_default();
    let border = (1..).zip(border).filter_map(|(part, polygon)| {
        let polygon = ZonePolygon::simple_enough(polygon).ok()?;
        Some(FileArea { feature, part, parts, name: row.name.clone(), area_m2: polygon.area(), polygon })
    });
    border.collect()
}

/// A layer that a place lies in.
#[derive(Debug, Serialize, ToSchema)]
pub struct LayerAround {
    /// The layer.
    #[serde(flatten)]
    pub layer: HazardLayer,
    /// What the area is called in it.
    pub area: Option<String>,
}

/// What lies around a card.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Surroundings {
    /// Layers that it lies in, the newest picture first; outdated ones say so.
    pub hazards: Vec<LayerAround>,
    /// Dangerous facilities within a kilometre, and those whose substances would reach it, the nearest first.
    pub passports: Vec<PassportNear>,
}

/// What lies around a card's place; nothing while that is not known.
#[utoipa::path(tag = "incidents", params(("id" = IncidentId, Path)), responses((status = 200, body = Surroundings),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/incidents/{id}/surroundings")]
pub async fn surroundings(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<IncidentId>,
) -> Result<web::Json<Surroundings>, Problem> {
    caller.may(READERS)?;
    let missing = || Problem::missing(said!("incident"), *id);
    let row = read_table::find(&state.database, ReadTable::Incident, &id.to_string()).await?;
    let row = row.ok_or_else(missing)?;
    caller.in_region(row.region)?;
    let card: Incident = serde_json::from_str(&row.state).map_err(|_| missing())?;
    let Some(point) = card.point() else { return Ok(web::Json(Surroundings::default())) };
    let hazards = hazard_layer::around(&state.database, point, clock::now()).await?;
    let hazards = hazards.into_iter().map(|(layer, area)| LayerAround { layer, area });
    let passports = object_passports::around(&state, point).await?;
    caller.shows(passports.iter().map(|near| &near.kept.id));
    Ok(web::Json(Surroundings { hazards: hazards.collect(), passports }))
}
