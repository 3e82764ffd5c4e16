//! Cards: lists, one, and every change of it. What lies behind a card, page by page, is in [`super::card_pages`].

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ApiState;
use super::auth::Caller;
use super::door::{self, IfMatch};
use super::messages;
use super::paging::{limit, page_end};
use super::problem::Problem;
use crate::domain::classification::legal::Identification;
use crate::domain::classification::order240::{Consequences, Scale};
use crate::domain::command::RegionCommand as C;
use crate::domain::extent::BoundingBox;
use crate::domain::ids::{CategoryCode, IncidentId, MessageId, RegionCode, ServiceKey};
use crate::domain::incident::{Incident, Outcome, Relation};
use crate::domain::location::Location;
use crate::domain::message::Subject;
use crate::domain::quantities::Point;
use crate::domain::said::said;
use crate::domain::severity::Severity;
use crate::intake::route::answered_for;
use crate::store::account::Role;
use crate::store::append::ReadTable;
use crate::store::incident_list::{IncidentFilter, PageEnd, list};
use crate::store::read_table;

const OFFICER: &[Role] = &[Role::DutyOfficer];
pub(super) const READERS: &[Role] = &[Role::DutyOfficer, Role::Manager, Role::Administrator];

/// Which cards.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// These cards, apart by commas; at most 200.
    ids: Option<String>,
    /// Of one region.
    region: Option<RegionCode>,
    /// Open or not.
    open: Option<bool>,
    /// Of these categories, apart by commas.
    category: Option<String>,
    /// Of these severities, apart by commas: p1,p2.
    severity: Option<String>,
    /// With this number.
    number: Option<String>,
    /// In this box: west,south,east,north in degrees.
    bbox: Option<String>,
    /// Opened at or after.
    #[param(value_type = Option<String>, format = DateTime)]
    opened_from: Option<Timestamp>,
    /// Opened before.
    #[param(value_type = Option<String>, format = DateTime)]
    opened_to: Option<Timestamp>,
    /// Where the page before ended.
    after: Option<String>,
    /// 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// A page of cards.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentPage {
    /// The newest first.
    pub items: Vec<Incident>,
    /// For `after`; null at the end.
    pub next: Option<String>,
}

fn corners(text: &str) -> Option<BoundingBox> {
    let numbers: Vec<f64> = text.split(',').map(|n| n.trim().parse().ok()).collect::<Option<_>>()?;
    let [west, south, east, north] = numbers.as_slice() else { return None };
    Some(BoundingBox {
        south_west: Point::new(*south, *west).ok()?,
        north_east: Point::new(*north, *east).ok()?,
    })
}

fn words(list: Option<String>) -> Vec<String> {
    list.map(|l| l.split(',').map(str::to_owned).collect()).unwrap_or_default()
}

/// The ids that a list is asked for.
pub(super) fn named(ids: &str) -> Result<Vec<String>, Problem> {
    let ids: Vec<String> = ids.split(',').map(|id| id.trim().to_owned()).collect();
    if ids.len() > 200 || ids.iter().any(|id| id.is_empty() || id.len() > 100) {
        return Err(Problem::new(
            "invalid",
            said!("give 1 to {most} identities, apart by commas", most = 200),
        )
        .at("ids"));
    }
    Ok(ids)
}

/// The same of cards, whose identities are UUIDs: another is a mistake, and not a list of nothing.
fn named_cards(ids: &str) -> Result<Vec<String>, Problem> {
    let ids = named(ids)?;
    if let Some(other) = ids.iter().find(|id| id.parse::<IncidentId>().is_err()) {
        let said = said!("{id} is no identity of a card; give UUIDs, apart by commas", id = other);
        return Err(Problem::new("malformed", said).at("ids"));
    }
    Ok(ids)
}
/// Cards, the newest first.
#[utoipa::path(tag = "incidents", params(Wanted), responses(
    (status = 200, body = IncidentPage),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/incidents")]
pub async fn all(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<Wanted>,
) -> Result<HttpResponse, Problem> {
    caller.may(READERS)?;
    let q = query.into_inner();
    if let Some(region) = q.region {
        caller.in_region(region)?;
    }
    let within = q
        .bbox
        .as_deref()
        .map(|b| {
            corners(b).ok_or_else(|| {
                Problem::new(
                    "invalid",
                    said!("give the corners as {form}, in degrees", form = "west,south,east,north"),
                )
                .at("bbox")
            })
        })
        .transpose()?;
    let after = page_end::<PageEnd>(q.after.as_deref())?;
    let filter = IncidentFilter {
        ids: q.ids.map(|ids| named_cards(&ids)).transpose()?,
        region: q.region.or(caller.account.region),
        open: q.open,
        category: words(q.category),
        severity: words(q.severity),
        number: q.number,
        within,
        opened_from: q.opened_from,
        opened_to: q.opened_to,
        ..IncidentFilter::default()
    };
    let page = list(&state.database, &filter, after.as_ref(), limit(q.limit)?).await?;
    caller.shows(page.rows.iter().map(|r| &r.id));
    let items: Vec<String> = page.rows.into_iter().map(|r| r.state).collect();
    Ok(door::page(&items, page.next.map(|n| n.to_string()).as_deref()))
}

/// A card.
#[utoipa::path(tag = "incidents", params(("id" = IncidentId, Path)), responses(
    (status = 200, body = Incident, headers(("ETag" = String))),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/incidents/{id}")]
pub async fn card(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<IncidentId>,
) -> Result<HttpResponse, Problem> {
    caller.may(READERS)?;
    let row = read_table::find(&state.database, ReadTable::Incident, &id.to_string())
        .await?
        .ok_or_else(|| Problem::missing(said!("incident"), &id))?;
    caller.in_region(row.region)?;
    Ok(door::json(row.state))
}

/// What `If-Match` means for a card.
const AS_SEEN: &str = "the ETag of the card as it was seen, or *. The change is refused (412) when that on which it rests \
    has changed since: for a category the category, for a place the place, for an end all that was said of the event. A \
    message that joined meanwhile keeps nobody from correcting the category";

macro_rules! change {
    ($(#[$doc:meta])* $name:ident, $method:ident $path:literal, $body:ty, |$id:ident, $b:ident| $command:expr) => {
        $(#[$doc])*
        #[utoipa::path(tag = "incidents", request_body = $body,
            params(("id" = IncidentId, Path), ("If-Match" = String, Header, description = AS_SEEN)),
            responses(
                (status = 200, description = "the card as it is now", body = Incident),
                (status = "4XX", body = Problem, content_type = "application/problem+json"),
                (status = 503, body = Problem, content_type = "application/problem+json")))]
        #[$method($path)]
        pub async fn $name(
            state: web::Data<ApiState>,
            caller: Caller,
            id: web::Path<IncidentId>,
            expected: IfMatch,
            body: web::Json<$body>,
            request: HttpRequest,
        ) -> Result<HttpResponse, Problem> {
            caller.may(OFFICER)?;
            let ($id, $b) = (id.into_inner(), body.into_inner());
            door::change(&state, &caller, &request, $id, expected, $command).await
        }
    };
}

/// A category.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCategory {
    code: CategoryCode,
    /// The category's own when absent.
    severity: Option<Severity>,
}

/// What c.2(3) calls it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSubject {
    subject: Subject,
}

/// A scale stated by a person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewScale {
    scale: Scale,
    /// On what it rests.
    basis: String,
}

/// The mark of public resonance.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewResonance {
    public_resonance: bool,
}

/// A remark.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    text: String,
}

/// The card whose messages come here.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMerge {
    from: IncidentId,
    reason: String,
}

/// The message to be taken off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSplit {
    message: MessageId,
    reason: String,
}

/// A link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    /// What this card is to the other.
    relation: Relation,
    other: IncidentId,
}

/// A reason.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Because {
    pub(super) reason: String,
}

change!(
    /// Correct or confirm the category: a person's word stands above every rule.
    set_category, put "/incidents/{id}/category", NewCategory,
    |incident, b| C::SetCategory { incident, code: b.code, severity: b.severity }
);
/// Answers that came after the message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnswers {
    /// What the caller said besides, in the caller's words.
    #[serde(default)]
    #[schema(max_length = 4000)]
    text: String,
    /// Answers to structured questions; a later one replaces an earlier one of the same name.
    #[serde(default)]
    answers: BTreeMap<String, serde_json::Value>,
}

/// The card of which this one does not speak.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotTheSame {
    other: IncidentId,
    reason: String,
}

/// Services to be told.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToInform {
    #[schema(min_items = 1, max_items = 32)]
    services: Vec<ServiceKey>,
}

change!(
    /// Add what is answered while the questions are still being asked: the category is ranked anew from all that was
    /// said, and services whose part is clear by now are told at once. A person's category stays.
    add_answers, post "/incidents/{id}/answers", NewAnswers,
    |incident, b| C::AddAnswers { incident, text: b.text, answers: b.answers }
);
change!(
    /// Deny that this card and another speak of the same event: what was proposed is proposed no more.
    decline_join, post "/incidents/{id}/decline-join", NotTheSame,
    |incident, b| C::DeclineJoin { incident, other: b.other, reason: b.reason }
);
change!(
    /// Tell services that were not told yet (c.5(1)¶2): from now on they hear of every change. Security and telecom,
    /// of which no forces are asked, are informed in this way.
    inform, post "/incidents/{id}/inform", ToInform, |incident, b| C::Inform { incident, services: b.services }
);
change!(
    /// Correct what c.2(3) calls it.
    set_subject, put "/incidents/{id}/subject", NewSubject,
    |incident, b| C::SetSubject { incident, subject: b.subject }
);
/// Decide event or emergency (c.5(3)¶1).
#[utoipa::path(tag = "incidents", request_body = Identification,
    params(("id" = IncidentId, Path), ("If-Match" = String, Header, description = AS_SEEN)),
    responses((status = 200, description = "the card as it is now", body = Incident),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/incidents/{id}/identification")]
pub async fn identify(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<IncidentId>,
    expected: IfMatch,
    body: web::Json<Identification>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(OFFICER)?;
    let (incident, identification) = (id.into_inner(), body.into_inner());
    if let Some(declaration) = &identification.declaration {
        let region = door::region_of(&state, &caller, incident).await?;
        let territories = state.board.territories();
        let districts = territories.layers().1.iter().filter(|district| district.region == region);
        declaration.lies_in(&districts.map(|district| district.kato.clone()).collect())?;
    }
    let command = C::Identify { incident, identification: Box::new(identification) };
    door::change(&state, &caller, &request, incident, expected, command).await
}
change!(
    /// Record consequences; the scale is proposed anew.
    set_consequences, put "/incidents/{id}/consequences", Consequences,
    |incident, b| {
        b.check()?;
        C::SetConsequences { incident, consequences: b }
    }
);
change!(
    /// State the scale (Order 240).
    set_scale, put "/incidents/{id}/scale", NewScale,
    |incident, b| C::SetScale { incident, scale: b.scale, basis: b.basis }
);
change!(
    /// Mark as stirring the public (R175 c.10).
    set_resonance, put "/incidents/{id}/public-resonance", NewResonance,
    |incident, b| C::SetPublicResonance { incident, public_resonance: b.public_resonance }
);
change!(
    /// Add a remark.
    note, post "/incidents/{id}/notes", NewNote, |incident, b| C::Note { incident, text: b.text }
);
change!(
    /// Move another card's messages here; that card ends.
    merge, post "/incidents/{id}/merge", NewMerge,
    |into, b| C::Merge { into, from: b.from, reason: b.reason }
);
change!(
    /// Link to another card; parent_of gathers under a major incident.
    link, post "/incidents/{id}/links", NewLink,
    |one, b| C::Link { one, relation: b.relation, other: b.other }
);
change!(
    /// Take a link away.
    unlink, post "/incidents/{id}/unlink", NewLink,
    |one, b| C::Unlink { one, relation: b.relation, other: b.other }
);
change!(
    /// Close the card.
    close, post "/incidents/{id}/close", Outcome, |incident, b| C::Close { incident, outcome: b }
);
change!(
    /// Open a closed card again.
    reopen, post "/incidents/{id}/reopen", Because, |incident, b| C::Reopen { incident, reason: b.reason }
);

/// Give a better place.
#[utoipa::path(tag = "incidents", request_body = Location,
    params(("id" = IncidentId, Path), ("If-Match" = String, Header, description = AS_SEEN)),
    responses((status = 200, description = "the card as it is now", body = Incident),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")))]
#[put("/incidents/{id}/location")]
pub async fn set_location(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<IncidentId>,
    expected: IfMatch,
    body: web::Json<Location>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(OFFICER)?;
    let (incident, location) = (id.into_inner(), body.into_inner());
    let region = door::region_of(&state, &caller, incident).await?;
    if let Some(point) = location.point() {
        answered_for(&state.board, point, location.radius())
            .map_err(|e| Problem::from(e).at("fix.point").for_request(&request))?;
    }
    let territory = state.board.place_of(region, &location);
    let command = C::SetLocation { incident, location, territory };
    door::change(&state, &caller, &request, incident, expected, command).await
}

/// Take a message off onto a card of its own.
#[utoipa::path(tag = "incidents", request_body = NewSplit,
    params(("id" = IncidentId, Path), ("If-Match" = String, Header, description = "the card's ETag, or *")),
    responses((status = 200, description = "the card as it is now", body = Incident),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/incidents/{id}/split")]
pub async fn split(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<IncidentId>,
    expected: IfMatch,
    body: web::Json<NewSplit>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(OFFICER)?;
    let (from, NewSplit { message, reason }) = (id.into_inner(), body.into_inner());
    let region = door::region_of(&state, &caller, from).await?;
    // The new card is opened from the message as it was received; who else is to hear of it follows from its place.
    let message = messages::kept(&state, message).await?;
    let territory = message.location.as_ref().map(|l| state.board.place_of(region, l)).unwrap_or_default();
    let command = C::Split { from, message: Box::new(message), reason, territory };
    door::change(&state, &caller, &request, from, expected, command).await
}
