//! Vector tiles of what is on the map, and how a map program finds them (TileJSON 3.0).

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header::{
    ACCEPT_ENCODING, ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_ENCODING, ETAG, HeaderMap, HeaderName,
    IF_NONE_MATCH, VARY,
};
use actix_web::{HttpRequest, HttpResponse, get, web};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

mod land;

use super::ApiState;
use super::auth::Caller;
use super::ogc::own_service;
use super::problem::Problem;
use crate::domain::geography::DEEPEST_LAND;
use crate::domain::ids::{RegionCode, ServiceKey};
use crate::domain::names::Language;
use crate::domain::said::{Said, said};
use crate::interop::map_style::{self, Theme, TileSource};
use crate::interop::tilejson::TileJson;
use crate::spatial::tiles::boundaries::{self, ZoneArea};
use crate::spatial::tiles::points::{self, IncidentPoint};
use crate::spatial::tiles::{DEEPEST, Square};
use crate::store::account::Role;
use crate::store::database::StoreError;
use crate::store::feature;
use crate::store::land_tile::LandLayer;
use land::Land;

/// The media type of a tile.
const TILE: &str = "application/vnd.mapbox-vector-tile";
/// A live tile is made anew no sooner: what is younger than a second is live.
const FRESH: Duration = Duration::from_secs(1);
/// Incidents and zones are read again after this even when nothing was heard: another instance may own their region.
const HEARD_OF: Duration = Duration::from_secs(5);
/// Tiles kept at most.
const KEPT: usize = 8_192;
/// Below this a tile is not worth packing, bytes.
const PACKED_FROM: usize = 256;

/// A layer of tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TileLayer {
    /// Regions and districts.
    Boundaries,
    /// Units, where they were last seen.
    Units,
    /// Incidents on which work goes on.
    Incidents,
    /// Emergency zones in force.
    Zones,
    /// Imported water and green.
    LandCover,
    /// Imported roads.
    Roads,
    /// Imported towns, villages and quarters.
    Places,
    /// Imported hospitals, stations, schools, hydrants, dangerous works.
    Objects,
    /// Imported house numbers.
    Addresses,
    /// Perimeters of water, fire and the like.
    Hazards,
}

impl TileLayer {
    /// Every layer, the lowest on the map first.
    const ALL: [Self; 10] = [
        Self::Boundaries,
        Self::LandCover,
        Self::Roads,
        Self::Addresses,
        Self::Objects,
        Self::Places,
        Self::Hazards,
        Self::Zones,
        Self::Units,
        Self::Incidents,
    ];

    const fn id(self) -> &'static str {
        match self {
            Self::Boundaries => "boundaries",
            Self::Units => "units",
            Self::Incidents => "incidents",
            Self::Zones => "zones",
            Self::LandCover => "land_cover",
            Self::Roads => "roads",
            Self::Places => "places",
            Self::Objects => "objects",
            Self::Addresses => "addresses",
            Self::Hazards => "hazards",
        }
    }

    /// The layer of the land that it is, if it is one.
    const fn land(self) -> Option<LandLayer> {
        match self {
            Self::LandCover => Some(LandLayer::LandCover),
            Self::Roads => Some(LandLayer::Roads),
            Self::Places => Some(LandLayer::Places),
            Self::Objects => Some(LandLayer::Objects),
            Self::Addresses => Some(LandLayer::Addresses),
            Self::Hazards => Some(LandLayer::Hazards),
            Self::Boundaries | Self::Units | Self::Incidents | Self::Zones => None,
        }
    }

    fn about(self) -> Said {
        match self {
            Self::Boundaries => said!("Borders of regions and districts"),
            Self::Units => said!("Units with their state, where they were last seen"),
            Self::Incidents => said!("Incidents on which work goes on"),
            Self::Zones => said!("Emergency zones in force"),
            Self::LandCover => said!("Lakes, rivers, forests and parks"),
            Self::Roads => said!("Roads with their class, name and number"),
            Self::Places => said!("Towns, villages and quarters by the rank of their names"),
            Self::Objects => said!("Hospitals, stations, schools, hydrants and dangerous works"),
            Self::Addresses => said!("House numbers"),
            Self::Hazards => {
                said!("Perimeters of water, fire and the like, with their source, moment and validity")
            }
        }
    }

    /// What its features say, with the kind of each.
    fn fields(self) -> Vec<(&'static str, &'static str)> {
        let (names, numbers, flags): (&[&str], &[&str], &[&str]) = match self {
            Self::Boundaries => (&boundaries::BOUNDARY, &[], &[]),
            Self::Units => (&points::UNIT, &["count", "at"], &[]),
            Self::Incidents => (&points::INCIDENT, &["count"], &["exercise"]),
            Self::Zones => (&boundaries::ZONE, &[], &[]),
            Self::LandCover => (LandLayer::LandCover.fields(), &[], &[]),
            Self::Roads => (LandLayer::Roads.fields(), &[], &["oneway"]),
            Self::Places => (LandLayer::Places.fields(), &["rank", "population"], &[]),
            Self::Objects => (LandLayer::Objects.fields(), &[], &[]),
            Self::Addresses => (LandLayer::Addresses.fields(), &[], &[]),
            Self::Hazards => (LandLayer::Hazards.fields(), &["observed", "until"], &["outdated"]),
        };
        let kind = |name: &&str| match name {
            name if numbers.contains(name) => "Number",
            name if flags.contains(name) => "Boolean",
            _ => "String",
        };
        names.iter().map(|name| (*name, kind(name))).collect()
    }

    /// Passes those who may see the layer; an agency is confined to the units of the service given.
    fn seen_by(self, caller: &Caller) -> Result<Option<ServiceKey>, Problem> {
        match self {
            Self::Boundaries
            | Self::LandCover
            | Self::Roads
            | Self::Places
            | Self::Objects
            | Self::Addresses
            | Self::Hazards => Ok(None),
            Self::Units => own_service(caller),
            Self::Incidents | Self::Zones => {
                caller.may(&[Role::DutyOfficer, Role::Manager, Role::Administrator]).map(|()| None)
            }
        }
    }
}

/// A tile that was made, for those who see the same.
#[derive(Debug)]
struct Kept {
    made: Instant,
    version: u64,
    plain: Bytes,
    packed: Option<Bytes>,
    tag: String,
}

impl Kept {
    /// Packs a tile, where that is worth it.
    fn new(plain: Vec<u8>, version: u64, tag: String) -> Self {
        let packed = (plain.len() >= PACKED_FROM).then(|| packed(&plain)).flatten();
        Self { made: Instant::now(), version, plain: plain.into(), packed, tag }
    }
}

/// What a tile shows, and to whom.
type Key = (TileLayer, Square, Option<RegionCode>, Option<ServiceKey>);

/// What the database says of the live map.
#[derive(Debug)]
struct Standing {
    read: Instant,
    change: u64,
    /// Grows with every reading.
    version: u64,
    incidents: Vec<IncidentPoint>,
    zones: Vec<(RegionCode, ZoneArea)>,
}

/// Tiles lately made, and what they are made of.
#[derive(Debug)]
pub struct Tiles {
    kept: Mutex<HashMap<Key, Arc<Kept>>>,
    standing: tokio::sync::Mutex<Option<Arc<Standing>>>,
    land: Land,
    hazards: Land,
}

impl Default for Tiles {
    fn default() -> Self {
        let (land, hazards) = (Land::default(), Land::of_hazards());
        Self { kept: Default::default(), standing: Default::default(), land, hazards }
    }
}

impl Tiles {
    /// Incidents and zones as they are now. Who asks while they are read waits for that reading.
    async fn standing(&self, state: &ApiState) -> Result<Arc<Standing>, StoreError> {
        let mut held = self.standing.lock().await;
        let change = state.board.journal().batches();
        if let Some(standing) = &*held {
            let age = standing.read.elapsed();
            if age < FRESH || (age < HEARD_OF && standing.change == change) {
                return Ok(Arc::clone(standing));
            }
        }
        let version = held.as_ref().map_or(1, |standing| standing.version + 1);
        let (read, (incidents, zones)) = (Instant::now(), feature::standing(&state.database).await?);
        let incidents = incidents.into_iter().filter_map(|row| {
            Some(IncidentPoint {
                id: row.id,
                number: row.number,
                region: row.region.parse().ok()?,
                category: row.category.map(Into::into),
                severity: row.severity.map(Into::into),
                exercise: row.exercise,
                point: row.point?,
            })
        });
        let zones = zones.into_iter().filter_map(|row| {
            let last = row.zone.versions.last()?;
            let area = ZoneArea {
                id: row.zone.id.to_string(),
                name: row.zone.name.clone(),
                mode: row.zone.mode,
                polygon: last.polygon.polygon().clone(),
            };
            Some((row.region, area))
        });
        let standing = Arc::new(Standing {
            read,
            change,
            version,
            incidents: incidents.collect(),
            zones: zones.collect(),
        });
        *held = Some(Arc::clone(&standing));
        Ok(standing)
    }

    /// What a layer of the land covers: west, south, east, north in degrees.
    pub(super) async fn cover(
        &self,
        state: &ApiState,
        layer: LandLayer,
    ) -> Result<Option<[f64; 4]>, StoreError> {
        self.land.cover(&state.database, layer).await
    }

    /// What makes and keeps the tiles of a layer.
    fn land_of(&self, layer: LandLayer) -> &Land {
        if layer == LandLayer::Hazards { &self.hazards } else { &self.land }
    }

    fn known(&self, key: &Key, version: u64) -> Option<Arc<Kept>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).filter(|tile| tile.version == version || tile.made.elapsed() < FRESH).cloned()
    }

    fn keep(&self, key: Key, tile: &Arc<Kept>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.retain(|_, tile| tile.made.elapsed() < FRESH);
        }
        if kept.len() < KEPT {
            kept.insert(key, Arc::clone(tile));
        }
    }
}

/// In which language names stand.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// `kk`, `ru` or `en`; as `Accept-Language` has it when absent.
    language: Option<Language>,
}

/// How the map is drawn: a style document (Mapbox and MapLibre style specification 8) with the layers that the account
/// may see. The console draws its ground by it.
#[utoipa::path(tag = "map", params(("theme" = inline(Theme), Path, description = "By day or by night."), Named),
    responses((status = 200, description = "the style", body = inline(serde_json::Map<String, serde_json::Value>)),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/tiles/styles/{theme}")]
pub async fn style(
    state: web::Data<ApiState>,
    caller: Caller,
    theme: web::Path<Theme>,
    query: web::Query<Named>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let edition = state.tiles.land.edition(&state.database).await?;
    let of_hazards = state.tiles.hazards.edition(&state.database).await?;
    let seen = TileLayer::ALL.into_iter().filter(|layer| layer.seen_by(&caller).is_ok());
    let sources: Vec<TileSource> = seen
        .map(|layer| {
            let land = layer.land().is_some();
            let edition = if layer == TileLayer::Hazards { &of_hazards } else { &edition };
            let edition_of = if land { format!("?edition={}", edition.tag) } else { String::new() };
            TileSource {
                layer: layer.id(),
                tiles: address(&request, layer) + &edition_of,
                land,
                attribution: match layer {
                    TileLayer::Boundaries => edition.borders.clone(),
                    _ => edition.attribution.clone().filter(|_| land),
                },
            }
        })
        .collect();
    let language = query.language.unwrap_or_else(|| language_of(&request));
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "private, no-cache")).json(map_style::style(
        *theme,
        language,
        &root(&request),
        &sources,
    )))
}

/// Where the tiles of a layer are, as the client sees the hub.
fn address(request: &HttpRequest, layer: TileLayer) -> String {
    format!("{}/{}/{{z}}/{{x}}/{{y}}", root(request), layer.id())
}

/// Where everything of the map is, as the client sees the hub.
fn root(request: &HttpRequest) -> String {
    let seen = request.connection_info();
    format!("{}://{}/api/v1/tiles", seen.scheme(), seen.host())
}

fn language_of(request: &HttpRequest) -> Language {
    let accept = request.headers().get(ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    Language::from_accept(accept.unwrap_or("en"))
}

/// How the tiles of a layer are found: TileJSON 3.0.
#[utoipa::path(tag = "map", params(("layer" = inline(TileLayer), Path, description = "The layer.")), responses(
    (status = 200, body = TileJson),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/tiles/{layer}")]
pub async fn describe(
    state: web::Data<ApiState>,
    caller: Caller,
    layer: web::Path<TileLayer>,
    request: HttpRequest,
) -> Result<web::Json<TileJson>, Problem> {
    layer.seen_by(&caller)?;
    let tiles = address(&request, *layer);
    let about = layer.about().in_language(language_of(&request));
    let territory = state.board.territories();
    let (regions, _) = territory.layers();
    let bounds = regions
        .iter()
        .map(|area| area.bounds())
        .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
    let bounds = bounds.unwrap_or([-180.0, -85.0, 180.0, 85.0]);
    let described = TileJson::new(layer.id(), about, tiles, DEEPEST, bounds, &layer.fields());
    if *layer == TileLayer::Boundaries {
        let borders = state.tiles.land.edition(&state.database).await?.borders;
        return Ok(web::Json(TileJson { attribution: borders, ..described }));
    }
    let Some(land) = layer.land() else { return Ok(web::Json(described)) };
    // Whoever keeps the address keeps the tiles: another edition has another one.
    let edition = state.tiles.land_of(land).edition(&state.database).await?;
    Ok(web::Json(described.of_edition(&edition.tag, edition.attribution).up_to(DEEPEST_LAND)))
}

/// A tile of a layer (Mapbox Vector Tile 2.1). An agency sees its own units alone. Live layers are no older than a
/// second; ask again with `If-None-Match`.
#[utoipa::path(tag = "map", params(
        ("layer" = inline(TileLayer), Path, description = "The layer."),
        ("z" = u8, Path, description = "The zoom.", maximum = 22),
        ("x" = u32, Path, description = "The column, from the date line eastwards."),
        ("y" = u32, Path, description = "The row, from the north."),
        ("edition" = Option<String>, Query, description = "The edition of the land that the layer's description names: \
            such a tile may be kept for long.")),
    responses(
        (status = 200, description = "the tile", body = Vec<u8>, content_type = "application/vnd.mapbox-vector-tile"),
        (status = 204, description = "nothing is there"),
        (status = 304, description = "as it was"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/tiles/{layer}/{z}/{x}/{y}")]
pub async fn of_layer(
    state: web::Data<ApiState>,
    caller: Caller,
    path: web::Path<(TileLayer, u8, u32, u32)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (layer, z, x, y) = path.into_inner();
    let service = layer.seen_by(&caller)?;
    let square = Square::new(z, x, y).map_err(|_| {
        Problem::new(
            "not-found",
            said!("there is no tile at this zoom, column and row; keep to 0 to {most}", most = DEEPEST),
        )
    })?;
    if let Some(land) = layer.land() {
        return of_land(&state, land, square, &request).await;
    }
    // Borders are the same for everybody.
    let region = caller.account.region.filter(|_| layer != TileLayer::Boundaries);
    let standing = match layer {
        TileLayer::Incidents | TileLayer::Zones => Some(state.tiles.standing(&state).await?),
        _ => None,
    };
    let here: Vec<RegionCode> =
        state.board.regions().filter(|r| region.is_none_or(|own| own == *r)).collect();
    let version = match (&standing, layer) {
        (Some(standing), _) => standing.version,
        (None, TileLayer::Units) => here.iter().map(|r| state.board.units().revision(*r)).sum(),
        (None, _) => state.board.territory_version(),
    };
    let key: Key = (layer, square, region, service);
    let tile = match state.tiles.known(&key, version) {
        Some(tile) => tile,
        None => {
            let tile = Arc::new(make(state.clone(), key.clone(), here, standing, version).await?);
            state.tiles.keep(key, &tile);
            tile
        }
    };
    // Also borders are asked about each time: an import moves them, and the hub decides by the new ones at once.
    Ok(answer(&tile, "private, no-cache", request.headers()))
}

/// A tile of the land. Who has one of the edition in force is told so without a look at the tile.
async fn of_land(
    state: &ApiState,
    layer: LandLayer,
    square: Square,
    request: &HttpRequest,
) -> Result<HttpResponse, Problem> {
    let edition = state.tiles.land_of(layer).edition(&state.database).await?;
    let named = request.query_string().split('&').any(|p| p.strip_prefix("edition=") == Some(&edition.tag));
    let keeping = if named { "private, max-age=604800, immutable" } else { "private, no-cache" };
    let tag = format!("\"{}\"", edition.tag);
    if names(request.headers(), IF_NONE_MATCH, &tag) {
        let mut unchanged = HttpResponse::NotModified();
        return Ok(unchanged.insert_header((CACHE_CONTROL, keeping)).insert_header((ETAG, tag)).finish());
    }
    let tile = state.tiles.land_of(layer).tile(&state.database, layer, square, &edition).await?;
    Ok(answer(&tile, keeping, request.headers()))
}

/// Makes a tile beside the event loop: a city's takes a millisecond, and packing it more.
async fn make(
    state: web::Data<ApiState>,
    (layer, square, region, service): Key,
    here: Vec<RegionCode>,
    standing: Option<Arc<Standing>>,
    version: u64,
) -> Result<Kept, Problem> {
    let made = Instant::now();
    let own = move |of: &RegionCode| region.is_none_or(|own| own == *of);
    let work = web::block(move || {
        let plain = match (layer, standing) {
            (TileLayer::Boundaries, _) => {
                let territory = state.board.territories();
                let (regions, districts) = territory.layers();
                boundaries::boundaries(square, regions, districts)
            }
            (TileLayer::Units, _) => points::units(square, state.board.units(), here, service.as_ref()),
            (TileLayer::Incidents, Some(standing)) => {
                points::incidents(square, standing.incidents.iter().filter(|i| own(&i.region)))
            }
            (TileLayer::Zones, Some(standing)) => {
                let seen = standing.zones.iter().filter(|(of, _)| own(of));
                boundaries::zones(square, seen.map(|(_, zone)| zone))
            }
            // Without what stands there is nothing; the land is made elsewhere.
            _ => Vec::new(),
        };
        let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&plain)[..8]));
        Kept { made, ..Kept::new(plain, version, tag) }
    });
    work.await
        .map_err(|_| Problem::new("unavailable", said!("the hub is overloaded; send it again in a moment")))
}

fn packed(plain: &[u8]) -> Option<Bytes> {
    let mut packer = GzEncoder::new(Vec::with_capacity(plain.len() / 2), Compression::fast());
    packer.write_all(plain).ok()?;
    packer.finish().ok().map(Bytes::from)
}

/// Whether a header of a list says this word.
pub(super) fn names(asked: &HeaderMap, name: HeaderName, word: &str) -> bool {
    let listed = asked.get_all(name).filter_map(|v| v.to_str().ok());
    listed.flat_map(|v| v.split(',')).any(|one| one.trim() == word)
}

fn answer(tile: &Kept, keeping: &'static str, asked: &HeaderMap) -> HttpResponse {
    let unpackable = |v: &str| v.split(',').any(|one| one.trim().split(';').next() == Some("gzip"));
    let known = names(asked, IF_NONE_MATCH, &tile.tag) || names(asked, IF_NONE_MATCH, "*");
    let mut response = match (tile.plain.is_empty(), known) {
        (true, _) => HttpResponse::NoContent(),
        (false, true) => HttpResponse::NotModified(),
        (false, false) => HttpResponse::Ok(),
    };
    response.insert_header((CACHE_CONTROL, keeping)).insert_header((VARY, "Authorization, Accept-Encoding"));
    if tile.plain.is_empty() {
        return response.finish();
    }
    response.insert_header((ETAG, tile.tag.as_str()));
    if known {
        return response.finish();
    }
    response.content_type(TILE);
    let packs = asked.get(ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).is_some_and(unpackable);
    match &tile.packed {
        Some(packed) if packs => response.insert_header((CONTENT_ENCODING, "gzip")).body(packed.clone()),
        _ => response.body(tile.plain.clone()),
    }
}
