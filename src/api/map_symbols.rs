//! Letters and pictures that the map's style names: open to everybody, for a map asks for them without its account, and
//! they say nothing of anybody.

use actix_web::http::header::{CACHE_CONTROL, HeaderName};
use actix_web::{HttpResponse, get, web};

use super::problem::Problem;
use crate::domain::said::said;
use crate::interop::map_symbols;

/// They change with the program alone.
const KEPT: (HeaderName, &str) = (CACHE_CONTROL, "public, max-age=86400");

/// Letters of the map's labels as fields of distances, as MapLibre and Mapbox ask for them.
#[utoipa::path(tag = "map", params(
        ("fonts" = String, Path, description = "`Noto Sans`, or a list that has it."),
        ("block" = String, Path, description = "From the first letter to the last of a block of 256: `1024-1279.pbf`.")),
    responses((status = 200, description = "the letters; empty where the font has none", body = Vec<u8>,
        content_type = "application/x-protobuf"),
    (status = "4XX", body = Problem, content_type = "application/problem+json")), security(()))]
#[get("/tiles/glyphs/{fonts}/{block}")]
pub async fn glyphs(path: web::Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (fonts, block) = path.into_inner();
    let letters = map_symbols::glyphs(&fonts, &block)
        .ok_or_else(|| Problem::missing(said!("font"), format!("{fonts} {block}")))?;
    Ok(HttpResponse::Ok().insert_header(KEPT).content_type("application/x-protobuf").body(letters))
}

/// Pictures of objects, units and categories: a sheet and what lies where on it, once and twice as fine.
#[utoipa::path(tag = "map", params(("file" = String, Path, description = "`day` or `night`, `@2x` or nothing, `.json` or `.png`.")),
    responses((status = 200, description = "the sheet, or what lies where on it", content(
        (inline(serde_json::Map<String, serde_json::Value>) = "application/json"), (Vec<u8> = "image/png"))),
    (status = "4XX", body = Problem, content_type = "application/problem+json")), security(()))]
#[get("/tiles/sprites/{file}")]
pub async fn sprite(file: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (held, kind) =
        map_symbols::sprite(&file).ok_or_else(|| Problem::missing(said!("pictures"), &*file))?;
    Ok(HttpResponse::Ok().insert_header(KEPT).content_type(kind).body(held))
}
