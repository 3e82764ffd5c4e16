//! The typed door for messages (c.6(1)).

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ApiState;
use super::auth::Caller;
use super::door;
use super::once;
use super::problem::Problem;
use crate::actors::keyed::Reply;
use crate::domain::ids::{IncidentId, MessageId, RegionCode};
use crate::domain::message::Message;
use crate::domain::region::Answer;
use crate::intake;
use crate::store::account::Role;
use crate::store::append::{RawMessage, ReadTable};
use crate::store::read_table;

/// The region of a message without a point.
#[derive(Debug, Deserialize, IntoParams)]
pub struct InRegion {
    /// The region, where neither the message's point nor the account says it.
    pub region: Option<RegionCode>,
}

/// What became of a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct Taken {
    /// The card that it opened or joined.
    pub incident: IncidentId,
    /// Whether it opened it.
    pub opened: bool,
}

/// Take a message. The same id again is the same message: the answer is 200 with its card.
#[utoipa::path(tag = "messages", request_body = Message, params(InRegion), responses(
    (status = 201, description = "durable; a card was opened or joined", body = Taken),
    (status = 200, description = "known already", body = Taken),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/messages")]
pub async fn take(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<InRegion>,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::DutyOfficer, Role::Agency, Role::Administrator])?;
    let media_type = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let message = intake::http::read(&media_type, &body).map_err(|p| p.for_request(&request))?;
    let (region, territory) =
        intake::route::locate(&state.board, &message, query.region, caller.account.region)
            .map_err(|p| p.for_request(&request))?;
    let id = message.id;
    let order = crate::actors::region_hub::Order {
        trace: door::trace(&request),
        key: once::keyed(&request, taken),
        raw: Some(RawMessage { id, media_type, raw: body }),
        ..crate::actors::region_hub::Order::new(
            crate::domain::command::RegionCommand::Receive { message: Box::new(message), territory },
            caller.by(),
        )
    };
    let done = state.board.region(region, order).await.map_err(|e| Problem::from(e).for_request(&request))?;
    if done.committed.is_some() {
        once::committed(&request);
    }
    match taken(&done.answer, None) {
        (500, _) => Err(Problem::new("internal", "the message went nowhere").for_request(&request)),
        (status, body) => Ok(door::reply(status, body)),
    }
}

fn taken(answer: &Answer, _: Option<&str>) -> Reply {
    let (status, taken) = match *answer {
        Answer::Taken { incident, opened } => (201, Taken { incident, opened }),
        Answer::Known(Some(incident)) => (200, Taken { incident, opened: false }),
        _ => return (500, Bytes::new()),
    };
    (status, Bytes::from(serde_json::to_vec(&taken).unwrap_or_default()))
}

/// A message as received, with the card that it first went to.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct KeptMessage {
    /// The card.
    pub incident: IncidentId,
    /// The message.
    pub message: Message,
}

impl KeptMessage {
    fn read(state: &str) -> Result<Self, serde_json::Error> {
        // The row is the message with one field more.
        let mut row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(state)?;
        let incident = serde_json::from_value(row.remove("incident").unwrap_or_default())?;
        Ok(Self { incident, message: serde_json::from_value(row.into())? })
    }
}

/// A message as received.
#[utoipa::path(tag = "messages", params(("id" = MessageId, Path)), responses(
    (status = 200, description = "the message, with the card it first went to", body = KeptMessage),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
#[get("/messages/{id}")]
pub async fn by_id(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<MessageId>,
) -> Result<web::Json<KeptMessage>, Problem> {
    caller.may(&[Role::DutyOfficer, Role::Manager, Role::Administrator])?;
    let row = read_table::find(&state.database, ReadTable::Message, &id.to_string())
        .await?
        .ok_or_else(|| Problem::new("not-found", format!("no message {id}")))?;
    caller.in_region(row.region)?;
    tracing::info!(target: "access", account = %caller.account.name, message = %id, "personal data looked at");
    KeptMessage::read(&row.state).map(web::Json).map_err(|e| {
        tracing::error!(message = %id, error = %e, "a kept message cannot be read");
        Problem::new("internal", "the message cannot be read")
    })
}
