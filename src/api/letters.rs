//! What waits for an agency that fetches it over HTTP.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};
use utoipa::{IntoParams, ToSchema};

use super::ApiState;
use super::agency::{answer, party};
use super::auth::Caller;
use super::duty::OfRegion;
use super::paging::limit;
use super::problem::Problem;
use crate::actors::agency_inbox::Acked;
use crate::actors::clock;
use crate::domain::delivery::DeliveryStep;
use crate::domain::envelope::{Decision, Envelope, Party, before_written, sequenced};
use crate::domain::ids::{DistributionId, IncidentId, RegionCode};
use crate::domain::said::said;
use crate::store::agency_link::Way;
use crate::store::database::StoreError;
use crate::store::letter::{self, Place};

/// The longest wait for a letter, seconds.
const LONGEST_WAIT: u64 = 60;
/// How often is looked while somebody waits and the broker is away: nobody then says that something came.
const LOOK: Duration = Duration::from_secs(1);
/// The most messages acknowledged at once.
const MOST: usize = 1_000;

/// Which letters.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The region, for the account of a national owner.
    region: Option<RegionCode>,
    /// After this place.
    after: Option<String>,
    /// 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// How many seconds to wait when there is nothing: 0 to 60.
    #[param(minimum = 0, maximum = 60)]
    wait: Option<u64>,
    /// Also what was acknowledged in the last week.
    acknowledged: Option<bool>,
}

/// A message for the agency.
#[derive(Debug, Serialize, ToSchema)]
pub struct Letter {
    /// Its place, for `after`.
    pub place: String,
    /// The same through every repetition; what is acknowledged.
    pub distribution_id: DistributionId,
    /// The name of its content.
    pub content_type: String,
    /// The incident that it is about.
    pub incident: Option<IncidentId>,
    /// Its number in the gapless row about the incident to this agency.
    pub sequence: Option<u64>,
    /// 0 to 9: what to show first.
    pub priority: u8,
    /// When it came here.
    pub arrived_at: Timestamp,
    /// After this it is not to be acted upon.
    pub expires_at: Option<Timestamp>,
    /// When the agency acknowledged it.
    pub acknowledged_at: Option<Timestamp>,
    /// When a person of the agency read it.
    pub read_at: Option<Timestamp>,
    /// What the agency decided, where it was asked for forces.
    pub decision: Option<Decision>,
    /// When it decided.
    pub answered_at: Option<Timestamp>,
    /// The whole message as over AMQP.
    #[schema(value_type = Object)]
    pub message: serde_json::Value,
}

/// Letters in the order in which they were told.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterPage {
    /// The letters.
    pub items: Vec<Letter>,
    /// For `after`; null at the end.
    pub next: Option<String>,
    /// How the hub reaches the agency. Over AMQP what is told goes into its queue in the broker and not here: whoever waits
    /// here waits in vain while its own system is on. Null until the hub has looked, within seconds of its start.
    pub way: Option<Way>,
}

/// What waits for the agency, in order. With `wait` the answer comes as soon as there is something.
///
/// A letter waits until it is acknowledged; who asks without `after` gets the first that is not.
#[utoipa::path(tag = "agencies", params(Wanted), responses((status = 200, body = LetterPage),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/agency/inbox")]
pub async fn waiting(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<Wanted>,
) -> Result<web::Json<LetterPage>, Problem> {
    let Wanted { region, after, limit: asked, wait, acknowledged } = query.into_inner();
    let own = party(&state, &caller, OfRegion { region })?;
    let limit = limit(asked)?;
    let wait = wait.unwrap_or(0);
    if wait > LONGEST_WAIT {
        return Err(Problem::new("invalid", said!("a wait lasts 0 to {most} seconds", most = LONGEST_WAIT))
            .at("wait"));
    }
    let after = after
        .map(|a| {
            a.parse::<Place>().map_err(|_| {
                Problem::new(
                    "invalid",
                    said!("this is no end of a page; take the one that the page before gave"),
                )
                .at("after")
            })
        })
        .transpose()?
        .unwrap_or(Place::Letter(0));
    let all = acknowledged.unwrap_or(false);
    let until = Instant::now() + Duration::from_secs(wait);
    // Subscribed before it is looked: nothing falls between the two.
    let mut arrived = state.links.arrived();
    loop {
        arrived.borrow_and_update();
        let began = Instant::now();
        let found = look(&state, &own, after, all, limit).await?;
        let took = began.elapsed();
        if !found.is_empty() || Instant::now() >= until {
            caller.shows(found.iter().map(|letter| letter.distribution));
            return Ok(web::Json(page(&state, &own, found, limit)));
        }
        state.links.heard(&own, clock::now());
        let broker_away = !state.broker.link().borrow().is_up();
        // The longer the outbox has grown, the longer a look takes: those who wait leave the database to the calls.
        let next = if broker_away { until.min(Instant::now() + LOOK.max(took * 20)) } else { until };
        // A hub that stops answers what it has.
        if matches!(timeout_at(next, arrived.changed()).await, Ok(Err(_))) {
            return Ok(web::Json(page(&state, &own, Vec::new(), limit)));
        }
    }
}

async fn look(
    state: &ApiState,
    own: &Party,
    after: Place,
    all: bool,
    limit: i64,
) -> Result<Vec<letter::Letter>, StoreError> {
    let counted = sequenced();
    let (mut found, behind) = match after {
        Place::Letter(id) => (letter::waiting(&state.database, own, id, all, &counted, limit).await?, 0),
        Place::Outbox(id) => (Vec::new(), id),
    };
    let room = limit - i64::try_from(found.len()).unwrap_or(limit);
    if room > 0 && !state.broker.link().borrow().is_up() {
        found.extend(letter::in_outbox(&state.database, own, behind, &counted, room).await?);
    }
    Ok(found)
}

fn page(state: &ApiState, own: &Party, found: Vec<letter::Letter>, limit: i64) -> LetterPage {
    let full = i64::try_from(found.len()).is_ok_and(|n| n == limit);
    let next = found.last().filter(|_| full).map(|l| l.place.to_string());
    LetterPage { items: found.into_iter().map(|l| shown(own, l)).collect(), next, way: state.links.way(own) }
}

fn shown(own: &Party, l: letter::Letter) -> Letter {
    let head = Envelope::parse_from_hub(&l.body).ok().map(|envelope| envelope.head);
    let me = head.as_ref().and_then(|h| h.recipients.iter().find(|r| r.party() == *own));
    Letter {
        place: l.place.to_string(),
        distribution_id: l.distribution,
        content_type: l.kind,
        incident: head.as_ref().and_then(|h| h.incident),
        sequence: me.and_then(|r| r.sequence),
        priority: l.priority,
        arrived_at: l.arrived_at,
        expires_at: l.expires_at,
        acknowledged_at: l.taken_at,
        read_at: l.read_at,
        decision: l.decision,
        answered_at: l.answered_at,
        message: serde_json::from_slice(&l.body).unwrap_or_default(),
    }
}

/// Messages that the agency's system has stored.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stored {
    /// Which; 1 to 1,000.
    #[schema(min_items = 1, max_items = 1000)]
    messages: Vec<DistributionId>,
    /// When they came there; now when absent.
    received_at: Option<Timestamp>,
}

/// The agency's system has these messages: they wait no longer.
#[utoipa::path(tag = "agencies", params(OfRegion), request_body = Stored, responses(
    (status = 204, description = "recorded, or was before"),
    (status = 422, description = "some were never sent to the agency; the others are recorded", body = Problem,
    content_type = "application/problem+json"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/agency/inbox/acknowledgements")]
pub async fn acknowledge(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
    body: web::Json<Stored>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let own = party(&state, &caller, query.into_inner())?;
    let Stored { messages, received_at } = body.into_inner();
    if messages.is_empty() || messages.len() > MOST {
        return Err(Problem::new("invalid", said!("name 1 to {most} messages", most = MOST)).at("messages"));
    }
    let at = past(received_at, "received_at", &messages)?;
    let acks = messages
        .into_iter()
        .map(|distribution| Acked { party: own.clone(), distribution, step: DeliveryStep::Acknowledged, at })
        .collect();
    answer(state.direct.acknowledge(acks).await, &request)
}

/// Who read a message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadBy {
    /// The person.
    #[schema(min_length = 1, max_length = 200)]
    by: String,
    /// When; now when absent.
    at: Option<Timestamp>,
}

/// A person of the agency has read the message.
#[utoipa::path(tag = "agencies", params(("id" = DistributionId, Path), OfRegion), request_body = ReadBy, responses(
    (status = 204, description = "recorded, or was before"),
    (status = 422, description = "it was never sent to the agency", body = Problem, content_type = "application/problem+json"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/agency/inbox/{id}/read")]
pub async fn read(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<DistributionId>,
    query: web::Query<OfRegion>,
    body: web::Json<ReadBy>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let party = party(&state, &caller, query.into_inner())?;
    let ReadBy { by, at } = body.into_inner();
    let by = by.trim().to_owned();
    if by.is_empty() || by.chars().count() > 200 {
        return Err(Problem::new(
            "invalid",
            said!("name the person who read it, in 1 to {most} characters", most = 200),
        )
        .at("by"));
    }
    let at = past(at, "at", &[*id])?;
    let ack = Acked { party, distribution: *id, step: DeliveryStep::Read { by }, at };
    answer(state.direct.acknowledge(vec![ack]).await, &request)
}

/// A time told by the agency of messages: not ahead of the hub's by more than clocks may differ, never kept as later than
/// now, and not before they were written.
fn past(told: Option<Timestamp>, field: &str, messages: &[DistributionId]) -> Result<Timestamp, Problem> {
    let now = clock::now();
    let early = told.and_then(|at| messages.iter().find_map(|message| before_written(field, at, *message)));
    if let Some(said) = early {
        return Err(Problem::new("invalid", said).at(field));
    }
    match told {
        Some(at) if at.duration_since(now) > crate::domain::envelope::MAX_CLOCK_SKEW => Err(Problem::new(
            "invalid",
            said!("the time lies in the future; give the time at which it happened"),
        )
        .at(field)),
        Some(at) => Ok(at.min(now)),
        None => Ok(now),
    }
}
