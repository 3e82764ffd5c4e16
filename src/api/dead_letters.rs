//! Messages that nobody could take in: seen, mended, sent again, or discarded with a reason.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ApiState;
use super::auth::Caller;
use super::door;
use super::paging::{limit, next_page, page_end};
use super::problem::Problem;
use crate::actors::clock;
use crate::bus::accounts::AgencyAccount;
use crate::domain::command::RegionCommand;
use crate::domain::envelope::{Envelope, ErrorCode, Head, HubContent, Party, RawContent};
use crate::domain::ids::RegionCode;
use crate::domain::names::Names;
use crate::domain::said::{Said, said};
use crate::store::dead_letter::{self, DeadLetter, Resent};

/// The longest text of what was done, characters.
const LONGEST_TEXT: usize = 2_000;
/// What was done about a message that was told again.
const SENT_AGAIN: &str = "sent again";

/// Which dead letters.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Letters {
    /// Those that a person has settled, the latest first, instead of those that wait.
    settled: Option<bool>,
    /// After the end of a page.
    after: Option<String>,
    /// 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// What a person did about a dead letter.
#[derive(Debug, Serialize, ToSchema)]
pub struct Settled {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What was done, in words.
    pub settlement: String,
    /// The text that was taken in its place, where it was mended.
    pub mended: Option<String>,
    /// When its text, and what was taken in its place, were let go for its age; null while they are there.
    pub emptied_at: Option<Timestamp>,
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
    /// Why: the code of the contract, or the word of the broker (`rejected`, `maxlen`, `delivery_limit`, `unroutable`);
    /// null where no such code says it.
    pub code: Option<String>,
    /// Why, in the words that its sender was sent.
    pub reason: String,
    /// The same in the languages of the desk; null where a system failed and no rule refused.
    pub said: Option<Names>,
    /// Its text, as far as it is text.
    pub body: String,
    /// When.
    pub received_at: Timestamp,
    /// Whether the hub sent it and can send it once more.
    pub resendable: bool,
    /// The agency, as `region.service`, for which it can be mended: the broker vouched for it.
    pub mendable_for: Option<String>,
    /// What was done about it; null while it waits.
    pub settled: Option<Settled>,
}

impl From<DeadLetter> for DeadLetterView {
    fn from(dead: DeadLetter) -> Self {
        let vouched = vouched(&dead).map(|party| party.to_string());
        let resendable = dead.is_ours();
        let (code, reason) = why(&dead.letter.reason);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            id: dead.id,
            resendable,
            mendable_for: vouched,
            settled: dead.settled.map(|s| Settled {
                at: s.at,
                by: s.by,
                settlement: s.settlement,
                mended: s.mended.as_deref().map(text),
                emptied_at: s.emptied_at,
            }),
            body: text(&dead.letter.body),
            queue: dead.letter.queue,
            sender: dead.letter.sender,
            message_id: dead.letter.message_id,
            routing_key: dead.letter.routing_key,
            code,
            reason,
            said: dead.letter.said,
            received_at: dead.received_at,
        }
    }
}

/// The code that a reason begins with, and the rest of it.
fn why(reason: &str) -> (Option<String>, String) {
    let (code, words) = reason.split_once(": ").unwrap_or((reason, ""));
    let is_code = !code.is_empty() && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if is_code { (Some(code.to_owned()), words.to_owned()) } else { (None, reason.to_owned()) }
}

/// The agency that sent it to the hub, as far as the broker vouches for it: its account may publish under that name.
fn vouched(dead: &DeadLetter) -> Option<Party> {
    if dead.is_ours() {
        return None;
    }
    let account = AgencyAccount::parse(dead.letter.sender.as_deref()?)?;
    let (address, _) = dead.letter.routing_key.rsplit_once('.')?;
    let (region, service) = address.split_once('.')?;
    let party = Party { region: region.parse().ok()?, service: service.parse().ok()? };
    account.speaks_for(&party).then_some(party)
}

/// A page of dead letters.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadLetterPage {
    /// Those that wait by their arrival; the settled from the latest to arrive on.
    pub items: Vec<DeadLetterView>,
    /// For `after`; null at the end.
    pub next: Option<String>,
}

/// Dead letters that wait for a person, or those that one has settled.
#[utoipa::path(tag = "duty", params(Letters), responses((status = 200, body = DeadLetterPage),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/dead-letters")]
pub async fn dead_letters(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<Letters>,
) -> Result<web::Json<DeadLetterPage>, Problem> {
    let Letters { settled, after, limit: asked } = query.into_inner();
    let (own, limit) = (caller.account.region, limit(asked)?);
    let after = page_end::<i64>(after.as_deref())?;
    let letters = if settled == Some(true) {
        dead_letter::settled(&state.database, own, after, limit).await?
    } else {
        dead_letter::open(&state.database, own, after.unwrap_or(0), limit).await?
    };
    caller.shows(letters.iter().map(|dead| dead.id));
    let next = next_page(&letters, limit, |last| last.id.to_string());
    Ok(web::Json(DeadLetterPage { items: letters.into_iter().map(DeadLetterView::from).collect(), next }))
}

/// The letter that waits, if the account may see it.
async fn waiting(state: &ApiState, caller: &Caller, id: i64) -> Result<DeadLetter, Problem> {
    let found = dead_letter::find(&state.database, id).await?.filter(|dead| dead.settled.is_none());
    let own = caller.account.region.map(|region| region.to_string());
    found
        .filter(|dead| own.is_none() || dead.letter.region == own)
        .ok_or_else(|| Problem::missing(said!("open dead letter"), id))
}

/// Send a message that did not reach its agency once more, and settle it by that: what belongs to the row of a card is told
/// anew as things stand now, under the next number, for the agency has gone on without the lost one; anything else as it
/// was. What an agency sent is mended, or sent again by the agency.
#[utoipa::path(tag = "duty", params(("id" = i64, Path)), responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/dead-letters/{id}/resend")]
pub async fn resend(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<i64>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let dead = waiting(&state, &caller, *id).await?;
    if let Some((region, command)) = of_a_row(&dead) {
        door::order(&state, &caller, &request, region, command).await?;
        // Told. Should this fail, telling it again says the same under one number more.
        dead_letter::settle(&state.database, *id, caller.account.name.as_str(), SENT_AGAIN).await?;
        return Ok(HttpResponse::NoContent().finish());
    }
    match dead_letter::resend(&state.database, *id, caller.account.name.as_str()).await? {
        Resent::Sent => Ok(HttpResponse::NoContent().finish()),
        Resent::Unknown => Err(Problem::missing(said!("open dead letter"), id)),
        Resent::NotOurs => Err(Problem::new(
            "conflict",
            said!("the hub did not send it; mend it, or settle it and let its sender send it again"),
        )),
    }
}

/// A message of the hub that belongs to the gapless row of a card: which hub tells it again, and how.
fn of_a_row(dead: &DeadLetter) -> Option<(RegionCode, RegionCommand)> {
    let (region, service) = dead.letter.routing_key.split_once('.')?;
    let (service, _) = service.rsplit_once('.')?;
    let to = Party { region: region.parse().ok()?, service: service.parse().ok()? };
    let raw = Envelope::<RawContent>::parse_from_hub(&dead.letter.body).ok().filter(|_| dead.is_ours())?;
    let Head { incident, kind, sender, recipients, .. } = raw.head;
    let incident = incident?;
    // A neighbour's hub has no row of numbers.
    recipients.iter().find(|r| r.party() == to)?.sequence?;
    let content = Box::new(HubContent::parse(raw.content).ok()?);
    Some((sender.region, RegionCommand::TellAgain { incident, to, kind, content }))
}

/// A message put right.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mended {
    /// The whole message as it should have been, an envelope of the contract.
    #[schema(min_length = 1)]
    body: String,
    /// What was wrong, and who said how it is right.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Mend what an agency sent and nobody could take in: the text put right is taken as if the agency had sent it, with
/// the same checks and the same effect, once. The letter as it came is kept beside it. It stays open when the mended
/// text is refused too.
#[utoipa::path(tag = "duty", request_body = Mended, params(("id" = i64, Path)), responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/dead-letters/{id}/mend")]
pub async fn mend(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<i64>,
    body: web::Json<Mended>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Mended { body, reason } = body.into_inner();
    let reason = words(&reason, "reason")?;
    let dead = waiting(&state, &caller, *id).await?;
    let sender = vouched(&dead).ok_or_else(|| {
        Problem::new(
            "conflict",
            said!(
                "the broker vouches for no agency as its sender; settle it, and let its sender send it again"
            ),
        )
    })?;
    state.direct.take(&sender, body.as_bytes(), clock::now()).await.map_err(|error| {
        let again = error.code == ErrorCode::Unavailable;
        let what = said!(
            "the mended message is refused as well: {code}: {detail}",
            code = error.code,
            detail => error.detail
        );
        Problem::new(if again { "unavailable" } else { "invalid" }, what).at("body").for_request(&request)
    })?;
    // Taken. Should this fail, mending it again has no second effect and settles it.
    dead_letter::mend(&state.database, *id, caller.account.name.as_str(), reason, &body).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What was done about it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    settlement: String,
}

/// A named person settles a dead letter without sending it.
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
    let text = words(&body.settlement, "settlement")?;
    waiting(&state, &caller, *id).await?;
    if dead_letter::settle(&state.database, *id, caller.account.name.as_str(), text).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Problem::missing(said!("open dead letter"), id))
    }
}

/// Words of a person that can be kept.
fn words<'a>(text: &'a str, field: &'static str) -> Result<&'a str, Problem> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST_TEXT || text.contains('\0') {
        let what: Said = said!("say what was done, in 1 to {most} characters", most = LONGEST_TEXT);
        return Err(Problem::new("invalid", what).at(field));
    }
    Ok(text)
}
