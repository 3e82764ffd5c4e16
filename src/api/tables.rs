//! The tables by which the hub decides: readable by everyone who works with it.

use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ApiState;
use super::auth::Caller;
use super::incidents::limit;
use super::problem::Problem;
use crate::domain::classification::order240::{EmergencyType, LegalEffect, Scale, ScaleRow, effects, types};
use crate::domain::classification::{self, Category};
use crate::domain::response_plan::{self, PlanRow};
use crate::domain::rules::{self, Edition};
use crate::domain::said::said;
use crate::domain::service_kind::{self, ServiceKind};
use crate::store::account::Role;
use crate::store::dead_letter::{self, Resent};

/// Kinds of duty-dispatch service (c.3).
#[utoipa::path(tag = "tables", responses((status = 200, body = Vec<ServiceKind>),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
#[get("/service-kinds")]
pub async fn service_kinds(_caller: Caller) -> web::Json<Vec<ServiceKind>> {
    web::Json(service_kind::all().to_vec())
}

/// Categories of incidents.
#[utoipa::path(tag = "tables", responses((status = 200, body = Vec<Category>),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
#[get("/categories")]
pub async fn categories(_caller: Caller) -> web::Json<Vec<Category>> {
    web::Json(classification::all().to_vec())
}

/// Types of emergencies with source and certainty.
#[utoipa::path(tag = "tables", responses((status = 200, body = Vec<EmergencyType>),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
#[get("/emergency-types")]
pub async fn emergency_types(_caller: Caller) -> web::Json<Vec<EmergencyType>> {
    web::Json(types().to_vec())
}

/// A scale and what it changes in law.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScaleInLaw {
    /// Names and thresholds, empty until certified.
    pub row: Option<ScaleRow>,
    /// Who declares, leads, warns, is told.
    pub effects: Vec<LegalEffect>,
}

/// Scales of Order 240 and what each changes in law.
#[utoipa::path(tag = "tables", responses((status = 200, body = Vec<ScaleInLaw>),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
#[get("/scales")]
pub async fn scales(_caller: Caller) -> web::Json<Vec<ScaleInLaw>> {
    web::Json(
        Scale::ALL
            .into_iter()
            .map(|s| ScaleInLaw { row: s.row().cloned(), effects: effects(s).cloned().collect() })
            .collect(),
    )
}

/// Response plans in force.
#[utoipa::path(tag = "tables", responses((status = 200, body = Vec<PlanRow>),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
#[get("/response-plans")]
pub async fn response_plans(_caller: Caller) -> web::Json<Vec<PlanRow>> {
    web::Json(response_plan::shipped().rows().cloned().collect())
}

/// Which dead letters.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Letters {
    /// After this one.
    after: Option<i64>,
    /// 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// A message that nobody could take in.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadLetterView {
    /// Its place.
    pub id: i64,
    /// The queue where it died.
    pub queue: String,
    /// Who sent it.
    pub sender: Option<String>,
    /// The sender's id of it.
    pub message_id: Option<String>,
    /// Its routing key.
    pub routing_key: String,
    /// Why.
    pub reason: String,
    /// Its text, as far as it is text.
    pub body: String,
    /// When.
    pub received_at: jiff::Timestamp,
}

/// Editions of the 112 rules, the earliest first (112-O c.1, c.4): a card keeps the one under which it is handled.
#[utoipa::path(tag = "tables", responses((status = 200, body = Vec<Edition>),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
#[get("/rule-editions")]
pub async fn rule_editions(_caller: Caller) -> web::Json<Vec<Edition>> {
    web::Json(rules::editions().to_vec())
}

/// Dead letters that nobody has settled.
#[utoipa::path(tag = "duty", params(Letters), responses((status = 200, body = Vec<DeadLetterView>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/dead-letters")]
pub async fn dead_letters(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<Letters>,
) -> Result<web::Json<Vec<DeadLetterView>>, Problem> {
    caller.may(&[Role::DutyOfficer, Role::Administrator])?;
    let letters = dead_letter::open(&state.database, query.after.unwrap_or(0), limit(query.limit)?).await?;
    Ok(web::Json(
        letters
            .into_iter()
            .map(|l| DeadLetterView {
                id: l.id,
                queue: l.letter.queue,
                sender: l.letter.sender,
                message_id: l.letter.message_id,
                routing_key: l.letter.routing_key,
                reason: l.letter.reason,
                body: String::from_utf8_lossy(&l.letter.body).into_owned(),
                received_at: l.received_at,
            })
            .collect(),
    ))
}

/// Send a message that did not reach its agency once more, as it was, and settle it by that. What an agency sent can
/// only be sent again by the agency.
#[utoipa::path(tag = "duty", params(("id" = i64, Path)), responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/dead-letters/{id}/resend")]
pub async fn resend(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    match dead_letter::resend(&state.database, *id, caller.account.name.as_str()).await? {
        Resent::Sent => Ok(HttpResponse::NoContent().finish()),
        Resent::Unknown => Err(Problem::missing(said!("open dead letter"), id)),
        Resent::NotOurs => {
            let what = said!("the hub did not send it; settle it, and let its sender send it again");
            Err(Problem::new("conflict", what))
        }
    }
}

/// What was done about it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    settlement: String,
}

/// A named person settles a dead letter.
#[utoipa::path(tag = "duty", request_body = Settlement, params(("id" = i64, Path)), responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/dead-letters/{id}/settle")]
pub async fn settle(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<i64>,
    body: web::Json<Settlement>,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::DutyOfficer, Role::Administrator])?;
    let text = body.settlement.trim();
    if text.is_empty() || text.chars().count() > 2_000 || text.contains('\0') {
        let what = said!("say what was done, in 1 to {most} characters", most = 2_000);
        return Err(Problem::new("invalid", what).at("settlement"));
    }
    if dead_letter::settle(&state.database, *id, caller.account.name.as_str(), text).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Problem::missing(said!("open dead letter"), id))
    }
}
