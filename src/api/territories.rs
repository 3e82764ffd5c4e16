//! The borders of regions and districts, for drawing.

use actix_web::http::header::{CACHE_CONTROL, ContentType};
use actix_web::{HttpResponse, get, web};
use geojson::{Feature, FeatureCollection, GeoJson, Geometry, GeometryValue, JsonObject};
use serde::Deserialize;
use utoipa::IntoParams;

use super::ApiState;
use super::auth::Caller;
use super::problem::Problem;
use crate::domain::geography::TerritoryLevel;
use crate::domain::ids::RegionCode;
use crate::spatial::territory::TerritorialUnit;

/// Which borders.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The level; regions when absent.
    #[param(inline)]
    level: Option<TerritoryLevel>,
    /// Of one region; of all when absent.
    region: Option<RegionCode>,
}

/// Borders as a GeoJSON feature collection (RFC 7946), coarse enough to draw and too coarse to decide by. Properties:
/// `kato`, `region`, and the names `kk`, `ru`, `en`.
#[utoipa::path(tag = "territories", params(Wanted), responses(
    (status = 200, body = inline(serde_json::Map<String, serde_json::Value>)),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/territories")]
pub async fn outlines(
    state: web::Data<ApiState>,
    _caller: Caller,
    query: web::Query<Wanted>,
) -> HttpResponse {
    let territory = state.board.territories();
    let (regions, districts) = territory.layers();
    let areas = match query.level.unwrap_or_default() {
        TerritoryLevel::Region => regions,
        TerritoryLevel::District => districts,
    };
    let wanted = areas.iter().filter(|a| query.region.is_none_or(|r| r == a.region));
    let features = wanted.map(feature).collect();
    let collection = FeatureCollection { bbox: None, features, foreign_members: None };
    HttpResponse::Ok()
        .content_type(ContentType::json())
        .insert_header((CACHE_CONTROL, "private, max-age=3600"))
        .body(GeoJson::from(collection).to_string())
}

fn feature(area: &TerritorialUnit) -> Feature {
    let mut properties = JsonObject::new();
    let mut put = |key: &str, value: String| properties.insert(key.to_owned(), value.into());
    put("kato", area.kato.to_string());
    put("region", area.region.to_string());
    put("kk", area.names.kk.clone());
    put("ru", area.names.ru.clone());
    put("en", area.names.en.clone());
    Feature {
        bbox: None,
        geometry: Some(Geometry::new(GeometryValue::from(&area.outline))),
        id: None,
        properties: Some(properties),
        foreign_members: None,
    }
}
