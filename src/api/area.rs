//! What the hub is responsible for: the regions it serves.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiState;
use super::auth::Caller;
use super::problem::Problem;
use crate::domain::ids::RegionCode;
use crate::domain::names::Names;

/// A region whose hub runs here.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServedRegion {
    /// Its code.
    pub code: RegionCode,
    /// Its names.
    pub names: Names,
    /// Its box: west, south, east, north in degrees.
    #[schema(value_type = Vec<f64>, min_items = 4, max_items = 4)]
    pub bounds: [f64; 4],
}

/// The regions that this process serves.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceArea {
    /// Whether this is a demonstration, which every screen has to say.
    pub demo: bool,
    /// Those that the account may see.
    pub regions: Vec<ServedRegion>,
}

/// The regions that this hub serves and the account may see.
#[utoipa::path(tag = "tables", responses((status = 200, body = ServiceArea),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
#[get("/service-area")]
pub async fn service_area(state: web::Data<ApiState>, caller: Caller) -> web::Json<ServiceArea> {
    let served: Vec<RegionCode> =
        state.board.regions().filter(|code| caller.account.region.is_none_or(|own| own == *code)).collect();
    let territory = state.board.territories();
    let (areas, _) = territory.layers();
    let regions = areas.iter().filter(|area| served.contains(&area.region)).map(|area| ServedRegion {
        code: area.region,
        names: area.names.clone(),
        bounds: area.bounds(),
    });
    web::Json(ServiceArea { demo: state.demo, regions: regions.collect() })
}
