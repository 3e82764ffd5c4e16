//! Borders that an officer did not draw by hand: out of a file, or so many metres around something. Each is a proposal;
//! a zone comes into force when it is drawn (`POST /zones`).

use actix_web::{post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ApiState;
use super::auth::Caller;
use super::duty::OfRegion;
use super::problem::Problem;
use super::zones::{Inside, look};
use crate::domain::ids::RegionCode;
use crate::domain::said::{Said, said};
use crate::domain::zone::buffer::{self, BufferFault, FARTHEST, WIDEST, Widening};
use crate::domain::zone::{MOST_CORNERS, PolygonFault, SquareMetres, ZoneFault, ZonePolygon};
use crate::gis::areas::{self, AreasFault, BadArea};
use crate::store::account::Role;

const DECIDERS: &[Role] = &[Role::DutyOfficer, Role::Manager];
/// The largest file that is read, bytes.
pub(super) const MOST_BYTES: usize = 32 << 20;
/// The most faults that are named one by one.
const NAMED: usize = 20;

/// A border of a file that can be a zone.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileArea {
    /// The feature's place in the file, from 1.
    pub feature: usize,
    /// Which part of the feature it is, from 1: a zone is of one piece.
    pub part: usize,
    /// How many parts the feature has.
    pub parts: usize,
    /// What the file calls the feature.
    pub name: Option<String>,
    /// Its area.
    pub area_m2: SquareMetres,
    /// Its border.
    pub polygon: ZonePolygon,
}

/// What a file holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileAreas {
    /// In the file's order.
    pub areas: Vec<FileArea>,
}

/// The borders in a file that can be drawn as zones: GeoJSON (RFC 7946), WGS 84. All of its features are sound areas in
/// the country, or none is taken and every bad one is named.
#[utoipa::path(tag = "duty",
    request_body(content = serde_json::Map<String, serde_json::Value>, content_type = "application/geo+json",
        description = "GeoJSON: a collection of features, a feature or a geometry; at most 32 MiB"),
    responses((status = 200, body = FileAreas),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/zones/from-file")]
pub async fn from_file(
    state: web::Data<ApiState>,
    caller: Caller,
    body: web::Payload,
) -> Result<web::Json<FileAreas>, Problem> {
    caller.may(DECIDERS)?;
    let read = areas_of(&state, body).await?;
    let mut found = Vec::new();
    for area in read {
        let parts = area.border.0.len();
        for (part, polygon) in (1..).zip(area.border) {
            let polygon = ZonePolygon::of(polygon).map_err(|fault| {
                let name = area.name.clone().unwrap_or_default();
                invalid(said!(
                    "feature {number} ({name}): {what}; nothing of the file was taken",
                    number = area.number,
                    name = name,
                    what => of_zone(&fault)
                ))
            })?;
            let area_m2 = polygon.area();
            found.push(FileArea {
                feature: area.number,
                part,
                parts,
                name: area.name.clone(),
                area_m2,
                polygon,
            });
        }
    }
    Ok(web::Json(FileAreas { areas: found }))
}

/// The areas of an uploaded file, all of them sound.
pub(super) async fn areas_of(state: &ApiState, body: web::Payload) -> Result<Vec<areas::ReadArea>, Problem> {
    let too_large = |_| {
        Problem::new(
            "too-large",
            said!(
                "the file is too large; send at most {most} MiB, simplified if need be",
                most = MOST_BYTES >> 20
            ),
        )
    };
    let bytes = body
        .to_bytes_limited(MOST_BYTES)
        .await
        .map_err(too_large)?
        .map_err(|_| Problem::new("malformed", said!("the body ends too early; send the whole of it")))?;
    let country = state.board.territories().country();
    let read = web::block(move || match std::str::from_utf8(&bytes) {
        Ok(text) => areas::read(text, country),
        Err(_) => Err(AreasFault::NotGeoJson("UTF-8".into())),
    });
    let read = read.await.map_err(|_| {
        Problem::new("unavailable", said!("the hub is overloaded; send it again in a moment"))
    })?;
    read.map_err(|fault| match fault {
        AreasFault::NotGeoJson(words) => {
            invalid(said!("this is no GeoJSON; export the file as GeoJSON")).parsed(&words)
        }
        AreasFault::OtherSystem(system) => invalid(said!(
            "the coordinates are of {system}; export the file in WGS 84 (EPSG:4326)",
            system = system
        )),
        AreasFault::Empty => invalid(said!("there is no feature in the file; choose another")),
        AreasFault::Bad(bad) => invalid(of_features(&bad)),
    })
}

/// Refuses an area that a region's desk cannot mean: one elsewhere in the world, or that does not touch the region.
pub(super) async fn check_touches(
    state: &ApiState,
    region: RegionCode,
    zone: &ZonePolygon,
) -> Result<(), Problem> {
    let (territory, zone) = (state.board.territories(), zone.clone());
    // The corners of a drawn area against all those of a border: not on a thread that others wait for.
    let checked = web::block(move || territory.check_touches(&zone, region)).await.map_err(|_| {
        Problem::new("unavailable", said!("the hub is overloaded; send it again in a moment"))
    })?;
    checked.map_err(|fault| invalid(fault.said()))
}

fn invalid(said: Said) -> Problem {
    Problem::new("invalid", said)
}

fn of_features(bad: &[BadArea]) -> Said {
    let one = |bad: &BadArea| {
        let name = bad.name.clone().unwrap_or_default();
        said!("feature {number} ({name}): {what}", number = bad.number, name = name, what => bad.fault.said())
    };
    let named =
        bad.iter().take(NAMED).map(one).reduce(|a, b| said!("{one}; also {other}", one => a, other => b));
    let named = named.unwrap_or_else(|| said!("there is no feature in the file; choose another"));
    match bad.len().checked_sub(NAMED).filter(|more| *more > 0) {
        Some(more) => {
            said!("{faults}; and {more} more. Nothing of the file was taken", faults => named, more = more)
        }
        None => said!("{faults}. Nothing of the file was taken", faults => named),
    }
}

fn of_zone(fault: &ZoneFault) -> Said {
    match fault {
        ZoneFault::Broken(fault) => of_polygon(*fault),
        ZoneFault::TooManyCorners => {
            said!("a zone has at most {most} corners; simplify its border", most = MOST_CORNERS)
        }
        ZoneFault::NotAPolygon(_) | ZoneFault::NoRadius => of_polygon(PolygonFault::Empty),
    }
}

fn of_polygon(fault: PolygonFault) -> Said {
    crate::domain::geography::AreaFault::Polygon(fault).said()
}

/// A border that nobody has drawn as a zone yet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Border {
    /// Its corners.
    polygon: ZonePolygon,
}

/// What would lie in a zone with this border: asked while it is being drawn, for it is told before it is decided
/// (112-R c.5(2)¶2). Nothing changes.
#[utoipa::path(tag = "duty", request_body = Border, params(OfRegion), responses((status = 200, body = Inside),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/zones/inside")]
pub async fn within_border(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
    body: web::Json<Border>,
) -> Result<web::Json<Inside>, Problem> {
    caller.may(DECIDERS)?;
    let region = caller.region(query.region, &state)?;
    let polygon = body.into_inner().polygon;
    check_touches(&state, region, &polygon).await.map_err(|p| p.at("polygon"))?;
    let found = look(&state, region, polygon).await?;
    caller.shows(found.passports.iter().map(|kept| &kept.id));
    Ok(web::Json(found))
}

/// A widened border, and what lies in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct WidenedProposal {
    /// The border: draw it as a zone to bring it into force.
    pub polygon: ZonePolygon,
    /// What lies in it.
    pub inside: Inside,
}

/// Everything within so many metres, on the ground, of a place, a line or a zone, as a proposal.
#[utoipa::path(tag = "duty", request_body = Widening, params(OfRegion),
    responses((status = 200, body = WidenedProposal),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/zones/buffer")]
pub async fn widened(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
    body: web::Json<Widening>,
) -> Result<web::Json<WidenedProposal>, Problem> {
    caller.may(DECIDERS)?;
    let region = caller.region(query.region, &state)?;
    let widening = body.into_inner();
    let polygon = web::block(move || buffer::widen(&widening)).await.map_err(|_| {
        Problem::new("unavailable", said!("the hub is overloaded; send it again in a moment"))
    })?;
    let polygon = polygon.map_err(|fault| match fault {
        BufferFault::Distance => {
            let most = FARTHEST.get();
            invalid(said!("the distance is above zero and at most {most} m; correct it", most = most))
                .at("by")
        }
        BufferFault::Line => {
            invalid(said!("a line goes through 1 to {most} places; correct it", most = MOST_CORNERS)).at("of")
        }
        BufferFault::TooWide => {
            let most = WIDEST.get() / 1_000.0;
            invalid(said!(
                "it reaches farther than {most} km from its middle; take a part of it",
                most = most
            ))
            .at("of")
        }
        BufferFault::Zone(fault) => invalid(of_zone(&fault)).at("of"),
    })?;
    let inside = look(&state, region, polygon.clone()).await?;
    Ok(web::Json(WidenedProposal { polygon, inside }))
}
