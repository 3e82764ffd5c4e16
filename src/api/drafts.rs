//! What the caller has begun to write: kept here, so that neither a reload nor a crash costs a word.

use actix_web::{HttpResponse, delete, get, put, web};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiState;
use super::auth::Caller;
use super::problem::Problem;
use crate::domain::said::said;
use crate::store::draft;

/// The longest content, bytes of JSON.
const LONGEST: usize = 64 << 10;
/// The longest name of a draft, characters.
const LONGEST_NAME: usize = 64;

/// Something begun and not sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Draft {
    /// Its name among the caller's drafts.
    pub id: String,
    /// What it holds, as it was put.
    #[schema(value_type = Object)]
    pub content: serde_json::Value,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

/// The caller's own drafts, the latest first.
#[utoipa::path(tag = "drafts", responses((status = 200, body = Vec<Draft>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/drafts")]
pub async fn all(state: web::Data<ApiState>, caller: Caller) -> Result<web::Json<Vec<Draft>>, Problem> {
    let kept = draft::of(&state.database, &caller.account.name).await?;
    caller.shows(kept.iter().map(|d| &d.id));
    let shown = kept.into_iter().map(|d| Draft {
        id: d.id,
        content: serde_json::from_str(&d.content).unwrap_or_default(),
        changed_at: d.changed_at,
    });
    Ok(web::Json(shown.collect()))
}

/// Keep a draft as it is now. What is sent lets its draft go.
#[utoipa::path(tag = "drafts", params(("id" = String, Path, max_length = 64, pattern = "^[A-Za-z0-9._-]+$")),
    request_body = inline(std::collections::HashMap<String, serde_json::Value>), responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[put("/drafts/{id}")]
pub async fn keep(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<String>,
    body: web::Json<serde_json::Map<String, serde_json::Value>>,
) -> Result<HttpResponse, Problem> {
    let id = named(&id)?;
    let content = serde_json::Value::from(body.into_inner()).to_string();
    if content.len() > LONGEST {
        return Err(Problem::new(
            "too-large",
            said!("a draft has at most {most} bytes; shorten it", most = LONGEST),
        ));
    }
    if draft::put(&state.database, &caller.account.name, id, &content).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Problem::new(
            "invalid",
            said!(
                "you have {most} drafts, and no more are kept; send some or discard them",
                most = draft::MOST
            ),
        ))
    }
}

/// Let a draft go.
#[utoipa::path(tag = "drafts", params(("id" = String, Path, max_length = 64, pattern = "^[A-Za-z0-9._-]+$")),
    responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[delete("/drafts/{id}")]
pub async fn discard(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    draft::remove(&state.database, &caller.account.name, named(&id)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn named(id: &str) -> Result<&str, Problem> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if !id.is_empty() && id.len() <= LONGEST_NAME && id.chars().all(fits) {
        return Ok(id);
    }
    let what = said!(
        "a draft's name has 1 to {most} letters, digits, dots, underlines and hyphens",
        most = LONGEST_NAME
    );
    Err(Problem::new("invalid", what).at("id"))
}
