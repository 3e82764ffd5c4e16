//! Recommendation and forces requests (c.5(3)¶2, ¶3).

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ApiState;
use super::auth::Caller;
use super::door::{self, IfMatch};
use super::incidents::Because;
use super::once;
use super::problem::Problem;
use crate::actors::dispatch::{At, Choice, Selection};
use crate::actors::duty_service::Errand;
use crate::actors::load::service_id;
use crate::actors::region_hub::{Order, OrderError};
use crate::domain::command::RegionCommand;
use crate::domain::decision::{Expected, Refusal};
use crate::domain::envelope::{Composition, Decision, ForcesAnswer, Reason};
use crate::domain::forces::{Act, Stage};
use crate::domain::ids::{Capability, IncidentId, RegionCode, RequestId, ServiceKey, UnitId};
use crate::domain::incident::Incident;
use crate::domain::missing::Missing;
use crate::domain::recommendation::{Need, Recommendation};
use crate::domain::region::may_be_asked;
use crate::domain::response_plan::{ResponsePlan, capabilities};
use crate::domain::said::said;
use crate::domain::service::{ServiceCommand, ServiceRow};
use crate::domain::service_kind;
use crate::domain::unit::Unit;
use crate::store::account::Role;
use crate::store::append::ReadTable;
use crate::store::read_table;

/// Who should go, and by which plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct Recommended {
    /// What the plan says.
    pub plan: ResponsePlan,
    /// Who should go, with reasons and what is missing.
    pub recommendation: Recommendation,
}

/// Who should go to a card.
#[utoipa::path(tag = "forces", params(("id" = IncidentId, Path)), responses(
    (status = 200, body = Recommended),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/incidents/{id}/recommendation")]
pub async fn recommend(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<IncidentId>,
    request: HttpRequest,
) -> Result<web::Json<Recommended>, Problem> {
    caller.may(&[Role::DutyOfficer, Role::Manager])?;
    let region = door::region_of(&state, &caller, *id).await?;
    let (plan, recommendation) =
        state.board.recommend(region, *id).await.map_err(|e| Problem::from(e).for_request(&request))?;
    Ok(web::Json(Recommended { plan, recommendation }))
}

/// Forces asked of one service.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewForces {
    service: ServiceKey,
    /// Of which region; one's own when absent.
    #[serde(default)]
    region: Option<RegionCode>,
    act: Act,
    #[serde(default)]
    capabilities: Vec<Capability>,
    count: u16,
    /// Units that should go, best first; chosen by the recommendation when empty. One that cannot be sent is refused by
    /// name (409), and nothing is asked for.
    #[serde(default)]
    units: Vec<UnitId>,
}

/// What is asked for; empty: what the recommendation says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForcesWanted {
    #[serde(default)]
    #[schema(max_items = 32)]
    forces: Vec<NewForces>,
}

/// Confirm the recommendation, or ask for what the officer chose. First wave: the officer sends (c.5(3)¶2);
/// additional: services are informed and send (c.5(3)¶3). With `If-Match` nothing is asked for (412) when somebody else
/// has asked since that version of the card, a service has answered, it was closed, or its category or place is another;
/// messages that joined since do not matter.
#[utoipa::path(tag = "forces", request_body = ForcesWanted, params(("id" = IncidentId, Path),
    ("If-Match" = Option<String>, Header, description = "the ETag of the card as it was seen")), responses(
    (status = 200, description = "the card with its requests", body = Incident),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/incidents/{id}/forces")]
pub async fn request_forces(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<IncidentId>,
    body: web::Json<ForcesWanted>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::DutyOfficer])?;
    let incident = id.into_inner();
    let region = door::region_of(&state, &caller, incident).await?;
    let problem = |e| Problem::from(e).for_request(&request);
    let as_seen = door::if_said(&request).map_err(|p| p.for_request(&request))?.map(|IfMatch(seen)| seen);
    let wanted = body.into_inner().forces;
    if wanted.len() > 32 {
        return Err(Problem::new(
            "invalid",
            said!("at most {most} requests at once; send the others after these", most = 32),
        )
        .at("forces"));
    }
    let (by, key) = (caller.by(), once::keyed(&request, door::the_card));
    let order = |command| Order { key: key.clone(), ..Order::new(command, by.clone()) };
    if wanted.is_empty() {
        let done =
            state.board.confirm(region, incident, as_seen, |_, _| true, order).await.map_err(problem)?;
        return door::card(&state, &request, incident, done).await;
    }
    let mut chosen: Vec<Choice> = Vec::new();
    for new in wanted {
        let selected = select(&state, region, incident, new, as_seen).await;
        chosen.extend(selected.map_err(|p| p.for_request(&request))?);
    }
    let done = state.board.request_forces(region, incident, chosen, as_seen, order).await.map_err(problem)?;
    door::card(&state, &request, incident, done).await
}

async fn select(
    state: &ApiState,
    region: RegionCode,
    incident: IncidentId,
    new: NewForces,
    as_seen: Option<Expected>,
) -> Result<Vec<Choice>, Problem> {
    let kind = service_kind::find(&new.service)
        .ok_or_else(|| Problem::missing(said!("service"), &new.service).at("service"))?;
    if let Some(unknown) = new.capabilities.iter().find(|code| !capabilities().contains_key(*code)) {
        let unknown =
            said!("there is no capability {capability}; choose one of the list", capability = unknown);
        return Err(Problem::new("invalid", unknown).at("capabilities"));
    }
    // Before anybody is held for it.
    may_be_asked(kind, new.act, new.count).map_err(Problem::from)?;
    let need = Need {
        service: new.service,
        act: new.act,
        profile: kind.profile,
        capabilities: new.capabilities.into_iter().collect(),
        count: new.count,
    };
    if let Some(other) = new.region.filter(|other| *other != region)
        && !state.board.regions().any(|served| served == other)
    {
        return Err(Problem::from(OrderError::NotHere(other)).at("region"));
    }
    if new.units.is_empty() {
        // A service of another region is asked itself whom it sends.
        if let Some(from) = new.region.filter(|other| *other != region) {
            return Ok(vec![Choice::Units(Selection { need, region: from, units: Vec::new() })]);
        }
        let seen = state.board.look_at(region, incident).await.map_err(Problem::from)?;
        let place = seen.as_ref().and_then(|s| s.card.point());
        if let (Some(seen), Some(place)) = (seen, place) {
            let bounds = seen.settings.bounds();
            let category = seen.card.category().map(|category| &category.code);
            let at = At { region, place, category, exercise: seen.card.exercise };
            let r = state.board.recommend_for(at, vec![need], seen.without(), bounds).await?;
            return Ok(r.needs.into_iter().map(Choice::Best).collect());
        }
        return Ok(vec![Choice::Units(Selection { need, region, units: Vec::new() })]);
    }
    let from = new.region.unwrap_or(region);
    let seen = state.board.look_at(region, incident).await.map_err(Problem::from)?;
    let exercise = seen.as_ref().is_some_and(|seen| seen.card.exercise);
    if let Err(problem) = free(state, from, &need.service, &new.units, exercise).await {
        // Who chose from a card that is another by now looks at that first: it may say where the unit went.
        let actual = seen.as_ref().map(|seen| seen.card.version);
        return Err(match as_seen {
            Some(expected @ Expected::Version(version)) if actual != Some(version) => {
                Refusal::Stale { expected, actual }.into()
            }
            _ => problem.at("units"),
        });
    }
    let place = seen.as_ref().and_then(|s| s.card.point());
    let units = state.board.named(from, new.units, place).await?;
    Ok(vec![Choice::Units(Selection { need, region: from, units })])
}

/// Refuses units that cannot be sent: whoever named one is told of it and what it does, and chooses another. A real
/// request takes a unit out of an exercise.
async fn free(
    state: &ApiState,
    region: RegionCode,
    service: &ServiceKey,
    units: &[UnitId],
    exercise: bool,
) -> Result<(), Problem> {
    let ids: Vec<String> = units.iter().map(ToString::to_string).collect();
    let rows = read_table::find_all(&state.database, ReadTable::Unit, &ids).await?;
    let rows = rows.iter().filter(|row| row.open && row.region == region);
    let register: Vec<Unit> = rows.filter_map(|row| serde_json::from_str(&row.state).ok()).collect();
    let now = crate::actors::clock::now();
    for id in units {
        let found = register.iter().find(|unit| unit.id == *id && unit.service == *service);
        let unit = found.ok_or_else(|| Problem::missing(said!("unit of this service"), id))?;
        if let Some(said) = unit.unfit(now)
            && (exercise || !in_exercise(state, unit, now).await?)
        {
            return Err(Problem::new("conflict", said));
        }
    }
    Ok(())
}

async fn in_exercise(state: &ApiState, unit: &Unit, now: Timestamp) -> Result<bool, Problem> {
    let id = service_id(unit.region, &unit.service);
    let row = read_table::find(&state.database, ReadTable::ServiceState, &id).await?;
    let row: Option<ServiceRow> = row.and_then(|row| serde_json::from_str(&row.state).ok());
    Ok(row.is_some_and(|row| row.has_in_exercise(unit, now)))
}

/// Withdraw a request; what was sent turns back.
#[utoipa::path(tag = "forces", request_body = Because,
    params(("id" = IncidentId, Path), ("request" = RequestId, Path), ("If-Match" = String, Header)), responses(
    (status = 200, body = Incident),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/incidents/{id}/requests/{request}/cancel")]
pub async fn cancel(
    state: web::Data<ApiState>,
    caller: Caller,
    path: web::Path<(IncidentId, RequestId)>,
    expected: IfMatch,
    body: web::Json<Because>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::DutyOfficer])?;
    let (incident, asked) = path.into_inner();
    let command = RegionCommand::CancelRequest { incident, request: asked, reason: body.into_inner().reason };
    door::change(&state, &caller, &request, incident, expected, command).await
}

/// A stage told by telephone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStage {
    unit: UnitId,
    stage: Stage,
    at: Timestamp,
}

/// Record a stage that was told by telephone: the service's own report may come later and changes nothing.
#[utoipa::path(tag = "forces", request_body = NewStage,
    params(("id" = IncidentId, Path), ("request" = RequestId, Path)), responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/incidents/{id}/requests/{request}/stages")]
pub async fn record_stage(
    state: web::Data<ApiState>,
    caller: Caller,
    path: web::Path<(IncidentId, RequestId)>,
    body: web::Json<NewStage>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::DutyOfficer])?;
    let NewStage { unit, stage, at } = body.into_inner();
    let command = |request| ServiceCommand::RecordStage { request, unit, stage, at };
    telephoned(&state, &caller, path.into_inner(), &request, command, |_| None).await
}

/// What a service answered by telephone: its decision, who goes, its composition and times, each as it becomes known.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnswer {
    /// Accept, change or refuse.
    #[serde(default)]
    decision: Option<Decision>,
    /// Why it is changed or refused; an order is refused only with a reason (c.6(5)).
    #[serde(default)]
    reason: Option<Reason>,
    /// The units that go; absent on acceptance: those that are held.
    #[serde(default)]
    #[schema(max_items = 256)]
    units: Vec<UnitId>,
    /// People and equipment.
    #[serde(default)]
    composition: Option<Composition>,
    /// When the first unit departs or departed.
    #[serde(default)]
    departure_at: Option<Timestamp>,
    /// When the first unit will arrive or arrived in the zone.
    #[serde(default)]
    arrival_at: Option<Timestamp>,
    /// Who said it at the service, as far as they gave a name.
    #[serde(default)]
    #[schema(max_length = 200)]
    said_by: Option<String>,
}

/// Record what a service answered by telephone (c.5(3)¶4): its own answer may come later, and stands in the place of this one.
#[utoipa::path(tag = "forces", request_body = NewAnswer,
    params(("id" = IncidentId, Path), ("request" = RequestId, Path)), responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/incidents/{id}/requests/{request}/answer")]
pub async fn record_answer(
    state: web::Data<ApiState>,
    caller: Caller,
    path: web::Path<(IncidentId, RequestId)>,
    body: web::Json<NewAnswer>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::DutyOfficer])?;
    let NewAnswer { decision, reason, units, composition, departure_at, arrival_at, said_by } =
        body.into_inner();
    let (incident, asked) = path.into_inner();
    let answer =
        ForcesAnswer { request_id: asked, decision, reason, units, composition, departure_at, arrival_at };
    answer
        .check(crate::actors::clock::now())
        .map_err(|said| Problem::new("invalid", said).for_request(&request))?;
    // Who writes it down sees at which field it was refused: what is wrong of a refusal is that it is one.
    let refuses = decision == Some(Decision::Refuse);
    let at_fault = move |refusal: &Refusal| match refusal {
        Refusal::Conflict(_) if refuses => Some("decision"),
        Refusal::NotFound { what: Missing::Unit, .. } | Refusal::Taken(_) | Refusal::Conflict(_) => {
            Some("units")
        }
        _ => None,
    };
    let command = |_| ServiceCommand::RecordAnswer { answer, said_by };
    telephoned(&state, &caller, (incident, asked), &request, command, at_fault).await
}

/// What a service told of a request by telephone, an officer records at its desk. `at_fault`: the field of a refusal that
/// names none itself.
async fn telephoned(
    state: &web::Data<ApiState>,
    caller: &Caller,
    (incident, asked): (IncidentId, RequestId),
    request: &HttpRequest,
    command: impl FnOnce(RequestId) -> ServiceCommand,
    at_fault: impl Fn(&Refusal) -> Option<&'static str>,
) -> Result<HttpResponse, Problem> {
    let region = door::region_of(state, caller, incident).await?;
    let problem = |e| Problem::from(e).for_request(request);
    let seen = state.board.look_at(region, incident).await.map_err(problem)?;
    let found = seen.as_ref().and_then(|s| s.card.requests.get(&asked));
    let Some(found) = found else {
        return Err(Problem::missing(said!("request on this card"), asked).for_request(request));
    };
    let idempotency =
        once::keyed(request, door::made).map(|key| key.row(&crate::domain::region::Answer::Done, None));
    let errand = Errand { idempotency, ..Errand::new(command(asked), caller.by()) };
    let refused = |error: OrderError| {
        let field = if let OrderError::Refused(refusal) = &error { at_fault(refusal) } else { None };
        match field {
            Some(field) => problem(error).at(field),
            None => problem(error),
        }
    };
    let served = state.board.service(found.service_region, &found.service, errand).await.map_err(refused)?;
    if served.committed.is_some() {
        once::committed(request);
    }
    Ok(HttpResponse::NoContent().finish())
}
