//! What lies behind a card, page by page: its history, the messages that it does not show itself, and how far what was told
//! of it got.

use actix_web::{HttpResponse, get, web};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiState;
use super::auth::Caller;
use super::door;
use super::incidents::READERS;
use super::paging::Part;
use super::problem::Problem;
use crate::domain::delivery::{Delivery, DeliveryStage};
use crate::domain::ids::{IncidentId, RegionCode};
use crate::domain::incident::MessageBrief;
use crate::store::delivery::ToldEnd;
use crate::store::journal::HistoryEnd;
use crate::store::message_between::PlaceEnd;
use crate::store::{delivery, journal, message_between};

/// One thing that happened to a card.
#[derive(Debug, Serialize, ToSchema)]
pub struct Happened {
    /// Place in its stream.
    pub seq: u64,
    /// The stream.
    pub stream: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What kind of event.
    pub kind: String,
    /// The event.
    pub event: serde_json::Value,
}

/// A page of what happened to a card.
#[derive(Debug, Serialize, ToSchema)]
pub struct HappenedPage {
    /// In the order of their times.
    pub items: Vec<Happened>,
    /// For `after`; null at the end.
    pub next: Option<String>,
}

/// Everything that happened to a card, from the journal.
#[utoipa::path(tag = "incidents", params(("id" = IncidentId, Path), Part), responses(
    (status = 200, body = HappenedPage),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/incidents/{id}/timeline")]
pub async fn timeline(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<IncidentId>,
    query: web::Query<Part>,
) -> Result<web::Json<HappenedPage>, Problem> {
    caller.may(READERS)?;
    door::region_of(&state, &caller, *id).await?;
    let read = async |after: Option<HistoryEnd>, limit| {
        journal::read_about(&state.database, *id, after.as_ref(), limit).await
    };
    let (stored, next) = query.of(read, |last| HistoryEnd::from(last).to_string()).await?;
    let happened = stored.into_iter().map(|s| Happened {
        seq: s.seq,
        stream: s.stream.to_string(),
        at: s.at,
        by: s.by,
        kind: s.kind,
        event: serde_json::from_str(&s.body).unwrap_or_default(),
    });
    Ok(web::Json(HappenedPage { items: happened.collect(), next }))
}

/// A page of the messages of a card that do not stand on the card itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessagesBetween {
    /// In the order in which they came to the card.
    pub items: Vec<MessageBrief>,
    /// For `after`; null at the end.
    pub next: Option<String>,
}

/// The messages of a card that lie between the first and the newest, which the card itself shows. While people go on
/// calling, messages come in at the end: what `next` gives goes on behind those already read.
#[utoipa::path(tag = "incidents", params(("id" = IncidentId, Path), Part), responses(
    (status = 200, body = MessagesBetween),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/incidents/{id}/messages-between")]
pub async fn messages_between(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<IncidentId>,
    query: web::Query<Part>,
) -> Result<HttpResponse, Problem> {
    caller.may(READERS)?;
    door::region_of(&state, &caller, *id).await?;
    let read = async |after: Option<PlaceEnd>, limit| {
        message_between::page(&state.database, *id, after, limit).await
    };
    let (rows, next) = query.of(read, |(place, _)| place.to_string()).await?;
    let items: Vec<String> = rows.into_iter().map(|(_, brief)| brief).collect();
    Ok(door::page(&items, next.as_deref()))
}

/// How far a message about a card got with one agency.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reached {
    /// To whom.
    pub service: String,
    /// Of which region.
    pub region: RegionCode,
    /// Its place in the gapless row.
    pub sequence: Option<u64>,
    /// What was told.
    pub content: String,
    /// The furthest that is known.
    pub stage: Option<DeliveryStage>,
    /// Everything that is known.
    pub delivery: Delivery,
}

/// A page of how far messages about a card got.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReachedPage {
    /// By agency and place in its row.
    pub items: Vec<Reached>,
    /// For `after`; null at the end.
    pub next: Option<String>,
}

/// For each agency and message about the card: sent, in the broker, acknowledged, read, answered.
#[utoipa::path(tag = "incidents", params(("id" = IncidentId, Path), Part), responses(
    (status = 200, body = ReachedPage),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/incidents/{id}/deliveries")]
pub async fn deliveries(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<IncidentId>,
    query: web::Query<Part>,
) -> Result<web::Json<ReachedPage>, Problem> {
    caller.may(READERS)?;
    door::region_of(&state, &caller, *id).await?;
    let read = async |after: Option<ToldEnd>, limit| {
        delivery::of_incident(&state.database, *id, after.as_ref(), limit).await
    };
    let (rows, next) = query.of(read, |last| ToldEnd::from(last).to_string()).await?;
    let reached = rows.into_iter().map(|r| Reached {
        service: r.to.service.to_string(),
        region: r.to.region,
        sequence: r.sequence,
        content: r.kind,
        stage: r.delivery.stage(),
        delivery: r.delivery,
    });
    Ok(web::Json(ReachedPage { items: reached.collect(), next }))
}
