//! OGC API – Features at `/ogc`: what QGIS, ArcGIS and `ogr2ogr` connect to. It has an OpenAPI 3.0 document of its own
//! at `/ogc/api`, because the standard knows that version alone; accounts and rights are those of `/api/v1`.

use actix_web::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::Value;

use super::auth::Caller;
use super::problem::Problem;
use super::rights::{self, Door};
use super::{ApiState, admission};
use crate::domain::names::Language;
use crate::interop::ogc::collection::Collection;
use crate::interop::ogc::page::{Desk, Extent};
use crate::interop::ogc::query::{self, Fault};
use crate::interop::ogc::{JSON, OPENAPI, SCHEMA, document};
use crate::spatial::territory::TerritorialUnit;
use crate::store::feature::{self, Cover};
use crate::store::land_tile::LandLayer;

mod covers;
mod items;

pub use covers::Covers;
pub(super) use items::own_service;

/// Where the interface is.
const ROOT: &str = "/ogc";

/// Parameters of an address, in their order, repetitions too.
type Query = web::Query<Vec<(String, String)>>;

/// The OpenAPI 3.0 document of the interface.
#[must_use]
pub fn openapi() -> Value {
    document::openapi(ROOT)
}

/// Its addresses, the same for the server and the tests.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    let mut scope = web::scope(ROOT)
        .wrap(Compress::default())
        .wrap(from_fn(admission::admit))
        .route("", web::get().to(landing))
        .route("/", web::get().to(landing))
        .route("/api", web::get().to(api))
        .route("/conformance", web::get().to(conformance))
        .route("/collections", web::get().to(collections));
    for one in Collection::ALL {
        let path = format!("/collections/{}", one.id());
        let about = move |state: web::Data<ApiState>, caller: Caller, query: Query, request: HttpRequest| {
            collection(one, state, caller, query, request)
        };
        let made_of = move |_: Caller, query: Query, request: HttpRequest| schema(one, query, request);
        let page = move |state: web::Data<ApiState>, caller: Caller, query: Query, request: HttpRequest| {
            items::page(one, state, caller, query, request)
        };
        let single =
            move |state: web::Data<ApiState>,
                  caller: Caller,
                  query: Query,
                  id: web::Path<String>,
                  request: HttpRequest| { items::one(one, state, caller, query, id, request) };
        scope = scope
            .route(&format!("{path}/items/{{featureId}}"), web::get().to(single))
            .route(&format!("{path}/items"), web::get().to(page))
            .route(&format!("{path}/schema"), web::get().to(made_of))
            .route(&path, web::get().to(about));
    }
    config.service(scope);
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        // 400 and not 422: the standard asks for it (`/req/core/query-param-invalid`).
        Self::new("malformed", fault.said()).at(fault.parameter())
    }
}

/// Where the caller sees the interface, and in which language.
fn desk(request: &HttpRequest) -> Desk {
    let seen = request.connection_info();
    let accept = request.headers().get(ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or("en");
    Desk {
        root: format!("{}://{}{ROOT}", seen.scheme(), seen.host()),
        language: Language::from_accept(accept),
    }
}

fn answer(kind: &'static str, value: &Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-cache")).content_type(kind).body(value.to_string())
}

async fn landing(query: Query, request: HttpRequest) -> Result<HttpResponse, Problem> {
    query::of_document(&query)?;
    Ok(answer(JSON, &desk(&request).landing()))
}

async fn api(query: Query, request: HttpRequest) -> Result<HttpResponse, Problem> {
    query::of_document(&query)?;
    Ok(answer(OPENAPI, &document::openapi(&desk(&request).root)))
}

async fn conformance(query: Query, request: HttpRequest) -> Result<HttpResponse, Problem> {
    query::of_document(&query)?;
    Ok(answer(JSON, &desk(&request).conformance()))
}

/// Those that the caller's role may read.
async fn collections(
    state: web::Data<ApiState>,
    caller: Caller,
    query: Query,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    query::of_document(&query)?;
    let mut known = Vec::new();
    for one in Collection::ALL {
        let path = format!("{ROOT}/collections/{}", one.id());
        if matches!(rights::door("GET", &path), Door::Roles(roles) if roles.contains(&caller.account.role)) {
            known.push((one, extent(&state, &caller, one).await?));
        }
    }
    Ok(answer(JSON, &desk(&request).collections(&known)))
}

async fn collection(
    one: Collection,
    state: web::Data<ApiState>,
    caller: Caller,
    query: Query,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    query::of_document(&query)?;
    let extent = extent(&state, &caller, one).await?;
    Ok(answer(JSON, &desk(&request).collection(one, extent)))
}

async fn schema(one: Collection, query: Query, request: HttpRequest) -> Result<HttpResponse, Problem> {
    query::of_document(&query)?;
    Ok(answer(SCHEMA, &desk(&request).schema(one)))
}

/// What a collection covers; where nothing has a place yet, what its region covers.
async fn extent(state: &ApiState, caller: &Caller, one: Collection) -> Result<Option<Extent>, Problem> {
    let region = caller.account.region;
    let territory = state.board.territories();
    let (regions, districts) = territory.layers();
    let cover = match one {
        Collection::Incidents => {
            state.covers.of(one, region, feature::incidents_cover(&state.database, region)).await?
        }
        Collection::Hazards => feature::hazards_cover(&state.database).await?,
        Collection::Zones => {
            state.covers.of(one, region, feature::zones_cover(&state.database, region)).await?
        }
        Collection::Units => {
            let here = state.board.regions().filter(|r| region.is_none_or(|own| own == *r));
            let here = here.filter_map(|r| state.board.units().bounds(r));
            let elsewhere = items::Elsewhere::of(state, caller).await?;
            let away = elsewhere.points().map(|p| [p.lon(), p.lat(), p.lon(), p.lat()]);
            Cover { bounds: here.chain(away).reduce(both), since: None }
        }
        Collection::Regions => Cover { bounds: around(regions.iter()), since: None },
        Collection::Districts => Cover { bounds: around(districts.iter()), since: None },
        Collection::Roads => Cover { bounds: state.tiles.cover(state, LandLayer::Roads).await?, since: None },
        Collection::Objects => {
            Cover { bounds: state.tiles.cover(state, LandLayer::Objects).await?, since: None }
        }
    };
    let own = || around(regions.iter().filter(|area| region.is_none_or(|own| own == area.region)));
    Ok(cover.bounds.or_else(own).map(|bounds| Extent { bounds, since: cover.since }))
}

/// The box of all of them; none when there are none.
fn around<'a>(areas: impl Iterator<Item = &'a TerritorialUnit>) -> Option<[f64; 4]> {
    areas.map(TerritorialUnit::bounds).reduce(both)
}

/// The box of two boxes.
fn both(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}
