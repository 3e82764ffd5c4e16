//! The typed door for messages (c.6(1)).

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use utoipa::{IntoParams, ToSchema};

use super::ApiState;
use super::auth::Caller;
use super::door;
use super::once;
use super::problem::Problem;
use crate::actors::journal::JournalHealth;
use crate::actors::keyed::Reply;
use crate::actors::region_hub::{Done, Order, OrderError};
use crate::actors::traced::trace;
use crate::domain::command::RegionCommand;
use crate::domain::ids::{IncidentId, MessageId, RegionCode};
use crate::domain::message::{Channel, Message, Sender};
use crate::domain::region::Answer;
use crate::domain::said::said;
use crate::intake;
use crate::intake::again::{self, Again};
use crate::intake::route::NoHub;
use crate::intake::spool::Waiting;
use crate::store::account::Role;
use crate::store::append::{RawMessage, ReadTable};
use crate::store::database::StoreError;
use crate::store::read_table;

/// How long a message waits for a database that is away before it is kept on this disk.
const PATIENCE: Duration = Duration::from_secs(2);

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

/// A message that is on the hub's disk while the database is down.
#[derive(Debug, Serialize, ToSchema)]
pub struct Kept {
    /// The message. Its card is opened as soon as the database is there; sent again, it is the same message.
    pub message: MessageId,
}

/// Take a message. The same message again is answered 200 with its card; another message under its id is refused (409),
/// so that none is lost.
#[utoipa::path(tag = "messages", request_body = Message, params(InRegion), responses(
    (status = 201, description = "durable; a card was opened or joined", body = Taken),
    (status = 200, description = "known already", body = Taken),
    (status = 202, description = "the database is down: kept on the hub's disk, taken in later", body = Kept),
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
    let unreadable = |e| Problem::from(e).for_request(&request);
    let message = intake::http::read(&media_type, &body).map_err(unreadable)?;
    speaks_for_itself(&caller, &message).map_err(|p| p.for_request(&request))?;
    of_desk(&state, &message.sender).map_err(|p| p.for_request(&request))?;
    let (region, territory) =
        intake::route::locate(&state.board, &message, query.region, caller.account.region)
            .map_err(|e| placed(e).for_request(&request))?;
    let id = message.id;
    let order = Order {
        key: once::keyed(&request, taken),
        raw: Some(RawMessage { id, media_type: media_type.clone(), raw: body.clone() }),
        ..Order::new(RegionCommand::Receive { message: Box::new(message), territory }, caller.by())
    };
    let board = state.board.clone();
    let ordered = actix_web::rt::spawn(async move { board.region(region, order).await });
    let done = match ordered_or_down(ordered, state.board.journal().health()).await {
        Some(Ok(done)) => done,
        Some(Err(e)) if is_final(&e) || !is_down(&state) => {
            return Err(Problem::from(e).for_request(&request));
        }
        // The database is down: the message is durable on this disk, and decided upon later. Should the hub still
        // decide on it now, it is the same message then.
        _ => {
            let waiting = Waiting {
                id,
                region,
                by: caller.by(),
                trace: trace(),
                media_type: media_type.clone(),
                // It was read as UTF-8.
                raw: String::from_utf8_lossy(&body).into_owned(),
            };
            let spool = state.spool.clone();
            let kept = web::block(move || spool.keep(&waiting)).await;
            return match kept {
                Ok(Ok(())) => Ok(HttpResponse::Accepted().json(Kept { message: id })),
                Ok(Err(error)) => {
                    tracing::error!(%error, "a message could not be kept");
                    Err(Problem::new("unavailable", said!("the message could not be kept; send it again"))
                        .for_request(&request))
                }
                Err(_) => Err(Problem::new(
                    "unavailable",
                    said!("the hub is stopping; send the message again in a moment"),
                )
                .for_request(&request)),
            };
        }
    };
    if done.committed.is_some() {
        once::committed(&request);
    } else if matches!(done.answer, Answer::Known(_)) {
        known(&state, &media_type, &body).await.map_err(|p| p.for_request(&request))?;
    }
    match taken(&done.answer, None) {
        (500, _) => Err(Problem::new(
            "internal",
            said!("the message went nowhere; send it again and tell the administrator"),
        )
        .for_request(&request)),
        (status, body) => Ok(door::reply(status, body)),
    }
}

/// A service's account hands over what came to that service: it says so, and names no other as the sender.
fn speaks_for_itself(caller: &Caller, message: &Message) -> Result<(), Problem> {
    if caller.account.role != Role::Agency {
        return Ok(());
    }
    if message.channel != Channel::Agency {
        let what = said!(
            "the account of a service sends messages of the channel {channel} alone",
            channel = "agency"
        );
        return Err(Problem::new("forbidden", what).at("channel"));
    }
    match &message.sender {
        Sender::Service { service, .. } if caller.account.service.as_ref() != Some(service) => {
            let what = said!(
                "the account speaks for its own service alone; name that service, or the person who called it"
            );
            Err(Problem::new("forbidden", what).at("sender.service"))
        }
        _ => Ok(()),
    }
}

/// A further desk that speaks is one of a region here, open or closed: of other processes' desks nothing is known here, and
/// the message is told under the main desk of their kind.
fn of_desk(state: &ApiState, sender: &Sender) -> Result<(), Problem> {
    let Sender::Service { service, .. } = sender else { return Ok(()) };
    if service.desk().is_none() || state.board.knows_service(service) {
        return Ok(());
    }
    let what = said!(
        "there is no desk {desk} here; name its main desk {main}",
        desk = service,
        main = service.main()
    );
    Err(Problem::new("invalid", what).at("sender.service"))
}

/// A message of a card, as it is kept.
pub(super) async fn kept(state: &ApiState, id: MessageId) -> Result<Message, Problem> {
    let row = read_table::find(&state.database, ReadTable::Message, &id.to_string())
        .await?
        .ok_or_else(|| Problem::missing(said!("message on this card"), id))?;
    let kept = KeptMessage::read(&row.state);
    Ok(kept.map_err(|e| StoreError::Row { table: "message", reason: e.to_string() })?.message)
}

/// Which field of a message says that no hub takes it.
fn placed(no_hub: NoHub) -> Problem {
    let of_point = matches!(no_hub, NoHub::Abroad | NoHub::Exchanged);
    let problem = Problem::from(no_hub);
    if of_point { problem.at("location.fix.point") } else { problem }
}

/// That a message whose id is known is the one that is durable under it.
async fn known(state: &ApiState, media_type: &str, body: &[u8]) -> Result<(), Problem> {
    let message = intake::http::read(media_type, body)?;
    match again::compare(&state.database, &message).await? {
        Again::Same => Ok(()),
        Again::Another => Err(Problem::new(
            "conflict",
            said!("another message came with this id before; give every message an id of its own"),
        )
        .at("id")),
        Again::NotDurable => Err(Problem::new(
            "unavailable",
            said!("the first message with this id is still being written; send it again in a moment"),
        )),
    }
}

/// Whether the message is not taken here, database or not: kept on this disk it would be promised, and never be taken.
fn is_final(error: &OrderError) -> bool {
    matches!(error, OrderError::Refused(_) | OrderError::NotHere(_))
}

fn is_down(state: &ApiState) -> bool {
    matches!(&*state.board.journal().health().borrow(), JournalHealth::Down { .. })
}

/// The hub's answer; none when the journal does not write and has not written for [`PATIENCE`].
async fn ordered_or_down(
    mut ordered: JoinHandle<Result<Done, OrderError>>,
    mut health: watch::Receiver<JournalHealth>,
) -> Option<Result<Done, OrderError>> {
    loop {
        tokio::select! {
            done = &mut ordered => return Some(done.unwrap_or(Err(OrderError::Busy))),
            down = health.wait_for(|h| matches!(h, JournalHealth::Down { .. })) => {
                if down.is_err() {
                    return Some(Err(OrderError::Busy));
                }
            }
        }
        let up = health.wait_for(|h| matches!(h, JournalHealth::Up));
        tokio::select! {
            done = &mut ordered => return Some(done.unwrap_or(Err(OrderError::Busy))),
            up = timeout(PATIENCE, up) => if up.is_err() {
                return None;
            },
        }
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
        .ok_or_else(|| Problem::missing(said!("message"), &id))?;
    caller.in_region(row.region)?;
    KeptMessage::read(&row.state).map(web::Json).map_err(|e| {
        tracing::error!(message = %id, error = %e, "a kept message cannot be read");
        Problem::new("internal", said!("the message cannot be read; tell the administrator its number"))
    })
}
