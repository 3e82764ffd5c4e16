//! The tables by which the hub decides: readable by everyone who works with it.

use std::collections::BTreeMap;

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Caller;
use super::problem::Problem;
use crate::domain::classification::order240::{EmergencyType, LegalEffect, Scale, ScaleRow, effects, types};
use crate::domain::classification::{self, Category};
use crate::domain::ids::CategoryCode;
use crate::domain::rules::{self, Edition};
use crate::domain::service_kind::{self, ServiceKind};
use crate::domain::zone::plume::distances::{self, ReleasedSubstance};

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

/// What has been heard of a call so far.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Heard {
    /// The caller's words, as far as they are written.
    #[schema(max_length = 20_000)]
    pub text: String,
    /// Answers to structured questions.
    #[serde(default)]
    pub answers: BTreeMap<String, serde_json::Value>,
}

/// What that would be taken for.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryGuess {
    /// The category that fits best; none while nothing says anything.
    pub category: Option<CategoryCode>,
    /// Whether it is sure enough that services would be told at once.
    pub clear: bool,
}

/// The category that words and answers would give, while a call is being taken (c.6(1)): nothing is kept of it.
#[utoipa::path(tag = "tables", responses((status = 200, body = CategoryGuess),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
#[post("/category-guess")]
pub async fn category_guess(_caller: Caller, heard: web::Json<Heard>) -> web::Json<CategoryGuess> {
    let ranking = classification::classify(&heard.text, &heard.answers);
    web::Json(CategoryGuess {
        category: ranking.candidates.first().map(|best| best.category.code.clone()),
        clear: ranking.clear,
    })
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

/// Editions of the 112 rules, the earliest first (112-O c.1, c.4): a card keeps the one under which it is handled.
#[utoipa::path(tag = "tables", responses((status = 200, body = Vec<Edition>),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
#[get("/rule-editions")]
pub async fn rule_editions(_caller: Caller) -> web::Json<Vec<Edition>> {
    web::Json(rules::editions().to_vec())
}

/// How far people are kept away from a release, by substance: Tables 1 and 3 of the Emergency Response Guidebook, with
/// source and certainty. What `POST /zones/plume` is given is the officer's choice.
#[utoipa::path(tag = "tables", responses((status = 200, body = Vec<ReleasedSubstance>),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
#[get("/release-distances")]
pub async fn release_distances(_caller: Caller) -> web::Json<Vec<ReleasedSubstance>> {
    web::Json(distances::substances().to_vec())
}
