//! c.5(3)¶2 and ¶3: forces are requested, in two acts that stay apart; and what is said about them afterwards.

use jiff::Timestamp;

use super::apply::requests_after;
use super::messages::cards_reason;
use super::{Decision, RegionState, notices};
use crate::domain::command::NewRequest;
use crate::domain::decision::{By, Context, Refusal};
use crate::domain::envelope::{
    Act as ContractAct, CapabilityNeed, ForcesRequest as RequestContent, HubContent, Kind, Recipient,
    RecommendedUnit as ContractUnit, RequestCancelled, Urgency,
};
use crate::domain::event::RegionEvent as E;
use crate::domain::forces::{Act, Engagement, ForcesRequest, RequestState, Stage, StageSource, is_unserved};
use crate::domain::ids::{DistributionId, IncidentId, RequestId, UnitId};
use crate::domain::incident::Incident;
use crate::domain::missing::Missing;
use crate::domain::moment::{not_ahead, since_asked};
use crate::domain::obligation::{Debtor, ObligationKind};
use crate::domain::said::said;
use crate::domain::service_kind::{self, ServiceKind};

/// Most requests made at once.
const MOST_REQUESTS: usize = 32;
/// Most units of one request.
pub(crate) const MOST_UNITS: u16 = 200;

pub(super) fn request(
    state: &RegionState,
    incident: IncidentId,
    requests: Vec<NewRequest>,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let card = state.open_card(incident)?;
    if requests.is_empty() || requests.len() > MOST_REQUESTS {
        return Err(Refusal::invalid(
            "requests",
            said!("send 1 to {most} requests at once", most = MOST_REQUESTS),
        ));
    }
    let mut d = Decision::default();
    let new = requests.iter().filter(|new| !state.requests.contains_key(&new.id));
    state.may_go(&new.flat_map(|new| &new.recommended).map(|r| &r.unit).collect())?;
    for new in requests {
        if state.requests.contains_key(&new.id) {
            continue;
        }
        if new.service_region == state.region {
            state.needs_service(&new.service)?;
        }
        let made = check(new, incident, ctx)?;
        send(state, card, made, &mut d, ctx);
    }
    Ok(d)
}

/// Whether so many units may be asked of a service by this act: to be known before anybody is held for it.
///
/// # Errors
/// [`Refusal`], naming the field at fault.
pub(crate) fn may_be_asked(kind: &ServiceKind, act: Act, count: u16) -> Result<(), Refusal> {
    // c.5(3)¶4 exempts security and telecom from sending forces: they are informed, never asked for forces.
    if !kind.clause.owes_forces() {
        return Err(Refusal::invalid(
            "service",
            said!("{service} owes no forces (c.5(3)¶4); inform it instead", service => &kind.key),
        ));
    }
    if act == Act::FirstWave && kind.profile.is_none() {
        return Err(Refusal::invalid(
            "act",
            said!(
                "{service} has none of the four profiles of c.5(3)¶2; ask it for additional forces",
                service => &kind.key
            ),
        ));
    }
    if count == 0 || count > MOST_UNITS {
        return Err(Refusal::invalid("count", said!("ask for 1 to {most} units", most = MOST_UNITS)));
    }
    Ok(())
}

fn check(new: NewRequest, incident: IncidentId, ctx: &mut Context) -> Result<ForcesRequest, Refusal> {
    let kind =
        service_kind::find(&new.service).ok_or_else(|| Refusal::not_found(Missing::Service, &new.service))?;
    may_be_asked(kind, new.act, new.count)?;
    Ok(ForcesRequest {
        id: new.id,
        distribution: DistributionId(ctx.ids.next_id()),
        incident,
        act: new.act,
        order: kind.clause.is_subordinate(),
        profile: new.profile.or(kind.profile),
        service: new.service,
        service_region: new.service_region,
        capabilities: new.capabilities,
        count: new.count,
        engagements: new
            .recommended
            .iter()
            .map(|r| {
                let engagement = Engagement {
                    unit: r.unit.clone(),
                    stage: Stage::Requested,
                    reached: vec![(Stage::Requested, ctx.now, asked_by(&ctx.by))],
                    arrival_proposed_at: None,
                };
                (r.unit.clone(), engagement)
            })
            .collect(),
        recommended: new.recommended,
        requested_at: ctx.now,
        by: ctx.by.clone(),
        state: RequestState::Open,
        decision: None,
        answered_at: None,
        composition: None,
        departure_at: None,
        arrival_at: None,
        answers: Vec::new(),
        declined: Vec::new(),
    })
}

fn send(state: &RegionState, card: &Incident, request: ForcesRequest, d: &mut Decision, ctx: &mut Context) {
    let recipient = |sequence| Recipient {
        region: request.service_region,
        service: request.service.clone(),
        sequence: Some(sequence),
        references: None,
    };
    // A service that was told nothing yet learns the whole picture first.
    let mut next = notices::next_sequence(card, d, request.service_region, &request.service);
    if next == 1 {
        let notice = notices::full(card, crate::domain::envelope::NoticeStage::Full, None, None);
        let content = HubContent::IncidentNotice(notice);
        notices::tell(d, ctx, card.id, vec![recipient(next)], Kind::Report, content, card.exercise);
        next += 1;
    }
    let content = asked(state, card, &request);
    let to = vec![recipient(next)];
    let distribution = request.distribution;
    d.events.push(E::ForcesRequested { request: Box::new(request) });
    notices::tell_as(distribution, d, card.id, to, Kind::Request, content, card.exercise);
}

/// A request as its service reads it.
fn asked(state: &RegionState, card: &Incident, request: &ForcesRequest) -> HubContent {
    HubContent::ForcesRequest(RequestContent {
        request_id: request.id,
        act: match (request.order, request.act) {
            (true, _) => ContractAct::Order,
            (false, Act::FirstWave) => ContractAct::FirstWave,
            (false, Act::Additional) => ContractAct::Additional,
        },
        profile: request.profile,
        what: notices::full(card, crate::domain::envelope::NoticeStage::Full, None, None).text,
        capabilities: request
            .capabilities
            .iter()
            .map(|c| CapabilityNeed { capability: c.clone(), count: request.count })
            .collect(),
        count: request.count,
        urgency: Urgency::Urgently,
        recommended: request
            .recommended
            .iter()
            .map(|r| ContractUnit { unit_id: r.unit.clone(), distance_m: r.distance, eta_s: r.eta })
            .collect(),
        place: notices::place_of(card),
        reply_due: Some(state.settings.limits.due(ObligationKind::O11a, request.requested_at)),
    })
}

/// What a request that still stands asks for, to be said once more.
pub(super) fn asked_again(
    state: &RegionState,
    card: &Incident,
    request: RequestId,
) -> Result<HubContent, Refusal> {
    let found = find(card, request)?;
    if !found.is_active() {
        return Err(Refusal::conflict(said!("the request is settled already; read the card again")));
    }
    Ok(asked(state, card, found))
}

/// Sends a request that nobody has answered once more, under its own identity and the next number of the card's row.
pub(super) fn send_again(
    state: &RegionState,
    incident: IncidentId,
    request: RequestId,
    d: &mut Decision,
    ctx: &mut Context,
) {
    let Some(card) = state.incidents.get(&incident).filter(|card| card.is_open()) else { return };
    let Some(found) = card.requests.get(&request).filter(|r| r.state == RequestState::Open) else { return };
    let to = vec![Recipient {
        region: found.service_region,
        service: found.service.clone(),
        sequence: Some(notices::next_sequence(card, d, found.service_region, &found.service)),
        references: None,
    }];
    let content = asked(state, card, found);
    notices::tell(d, ctx, incident, to, Kind::Request, content, card.exercise);
}

pub(super) fn cancel(
    state: &RegionState,
    incident: IncidentId,
    request: RequestId,
    reason: String,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let card = state.card(incident)?;
    let found = find(card, request)?;
    if !found.is_active() {
        return Err(Refusal::conflict(said!("the request is settled already; read the card again")));
    }
    let reason = cards_reason(reason)?;
    let mut d = Decision::default();
    d.events.push(E::RequestCancelled { incident, request, reason: reason.clone() });
    let sequence = notices::next_sequence(card, &d, found.service_region, &found.service);
    let to = vec![Recipient {
        region: found.service_region,
        service: found.service.clone(),
        sequence: Some(sequence),
        references: None,
    }];
    let content =
        HubContent::RequestCancelled(RequestCancelled { request_id: request, reason, units: Vec::new() });
    notices::tell(&mut d, ctx, incident, to, Kind::Cancel, content, card.exercise);
    Ok(d)
}

/// A stage told by telephone: the officer records it; the service's own report may come later and changes nothing.
pub(super) fn record_stage(
    state: &RegionState,
    incident: IncidentId,
    request: RequestId,
    unit: UnitId,
    stage: Stage,
    at: Timestamp,
    ctx: &Context,
) -> Result<Decision, Refusal> {
    let Some(by) = ctx.by.person().cloned() else { return Err(Refusal::PersonNeeded) };
    let card = state.card(incident)?;
    let found = find(card, request)?;
    not_ahead("at", at, ctx.now)?;
    since_asked("at", at, found.requested_at)?;
    if stage == Stage::Requested {
        return Err(Refusal::invalid("stage", said!("choose accepted, departed, arrived or released")));
    }
    if found.engagements.get(&unit).is_some_and(|e| e.reached.iter().any(|(s, _, _)| *s == stage)) {
        return Ok(Decision::default());
    }
    Ok(Decision {
        events: vec![E::EngagementReached {
            incident,
            request,
            unit,
            stage,
            at,
            source: StageSource::Officer { by },
        }],
        ..Decision::default()
    })
}

fn find(card: &Incident, request: RequestId) -> Result<&ForcesRequest, Refusal> {
    card.requests.get(&request).ok_or_else(|| Refusal::not_found(Missing::RequestOfCard, request))
}

/// With the rule switched on, a card whose forces have been there and are all released is closed. One to which a service
/// sent nobody after all, and was not asked again, stays open for a person.
pub(super) fn close_when_released(state: &RegionState, d: &mut Decision, ctx: &mut Context) {
    if !state.settings.close_by_rule {
        return;
    }
    let mut touched: Vec<IncidentId> = d.events.iter().filter_map(E::incident).collect();
    touched.sort_unstable();
    touched.dedup();
    for id in touched {
        let Some(card) = state.incidents.get(&id).filter(|c| c.is_open()) else { continue };
        let after = requests_after(card, &d.events);
        let served = after.values().any(|r| r.state == RequestState::Done && r.has_arrived());
        // What a duty officer owes about the card keeps it open: a person ends it.
        let owed = state.obligations.of_incident(id).any(|o| o.claim.debtor == Debtor::DutyOfficer);
        let over = after.values().all(|r| !r.is_active() && !is_unserved(r, after.values()));
        if served && !owed && over {
            let outcome = crate::domain::incident::Outcome::Resolved { note: String::new() };
            d.events.push(E::IncidentClosed { incident: id, outcome });
            notices::closed(card, None, d, ctx);
        }
    }
}

/// Who asked for units: a person, or the rule.
fn asked_by(by: &By) -> StageSource {
    match by.person() {
        Some(person) => StageSource::Officer { by: person.clone() },
        None => StageSource::Rule,
    }
}
