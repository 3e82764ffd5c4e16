//! What services tell the hub: c.5(1)¶4, ¶5, c.5(2)¶3, c.5(3)¶4.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::apply::requests_after;
use super::{Answer, Decision, Outbound, RegionState, classify, desk, duties, forces, messages};
use crate::domain::command::Territory;
use crate::domain::decision::{By, Context, Refusal};
use crate::domain::envelope::{
    Acknowledgement, ActionReport, EmergencyReport, ErrorCode, ErrorContent, HubContent, IncidentNotice,
    Kind, Recipient,
};
use crate::domain::event::RegionEvent as E;
use crate::domain::forces::{DeclinedAnswer, ForcesDecision, ForcesRequest, Stage, StageSource};
use crate::domain::ids::{DistributionId, IncidentId, MessageId, RegionCode, RequestId, ServiceKey, UnitId};
use crate::domain::incident::{Incident, Note};
use crate::domain::location::{Fix, Location, LocationSource, MAX_ADDRESS_CHARS, Uncertainty};
use crate::domain::message::{Channel, Contact, MAX_TEXT_CHARS, Message, Sender, Subject};
use crate::domain::missing::Missing;
use crate::domain::moment::not_ahead;
use crate::domain::obligation::Consequence;
use crate::domain::said::said;
use crate::domain::service::ServiceEvent as S;
use crate::domain::service_kind::is_hub;
use crate::domain::unit::Taken;

/// A service of a neighbouring region is about to be asked: what it says is heard from there on.
pub(super) fn listen(state: &RegionState, from: RegionCode, service: ServiceKey, after: u64) -> Decision {
    let mut d = Decision::default();
    if state.heard(from, &service).is_none() {
        d.events.push(E::ServiceHeard { from: Some(from), service, upto: after });
    }
    d
}

/// Takes in a service's own events, once each and in order; a gap refuses all, so that the caller reads on from
/// the journal. What concerns the card of another region's hub is heard there and passed over here.
pub(super) fn hear(
    state: &RegionState,
    (from, service): (RegionCode, ServiceKey),
    after: u64,
    events: Vec<(u64, Timestamp, S)>,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let mut d = Decision::default();
    let not_asked = || Refusal::not_found(Missing::Service, &service);
    let mut upto = state.heard(from, &service).ok_or_else(not_asked)?;
    let abroad = (from != state.region).then_some(from);
    if after > upto {
        return Err(Refusal::conflict(said!(
            "{service} told events after {after}, but they are known up to {upto}; tell those in between first",
            service => &service,
            after = after,
            upto = upto
        )));
    }
    for (seq, at, event) in events {
        if seq <= upto {
            continue;
        }
        upto = seq;
        let of_another = match event.request() {
            Some(request) => !state.requests.contains_key(&request),
            None => abroad.is_some(),
        };
        if of_another {
            continue;
        }
        match event {
            S::ForcesAnswered {
                request,
                incident,
                decision,
                composition,
                departure_at,
                arrival_at,
                units,
                telephoned,
            } => {
                let source = StageSource::of_answer(telephoned.as_ref());
                d.events.push(E::ForcesAnswered {
                    incident,
                    request,
                    decision: decision.clone(),
                    composition,
                    departure_at,
                    arrival_at,
                    units: Some(units.clone()),
                    telephoned,
                    at,
                });
                if matches!(decision, Some(ForcesDecision::Refused { .. })) {
                    continue;
                }
                let reached = |unit, stage| {
                    let source = source.clone();
                    E::EngagementReached { incident, request, unit, stage, at, source }
                };
                d.events.extend(units.into_iter().map(|unit| reached(unit, Stage::Accepted)));
                if decision.is_some() {
                    let left_out = left_out(state, (incident, request), &d.events);
                    d.events.extend(left_out.into_iter().map(|unit| reached(unit, Stage::Released)));
                }
            }
            S::UnitReached { unit, request, incident, stage, at, source, free_at: _ } => {
                d.events.push(E::EngagementReached { incident, request, unit, stage, at, source });
            }
            S::ArrivalProposed { unit, request, incident, at } => {
                d.events.push(E::ArrivalProposed { incident, request, unit, at });
            }
            S::SceneMoved { request, incident, not_there, .. } => {
                let voided = |unit| E::ArrivalVoided { incident, request, unit };
                d.events.extend(not_there.into_iter().map(voided));
            }
            S::RequestEnded { request, .. } => {
                // What was held or under way for it turned back when the hub withdrew it.
                let card = state.requests.get(&request).and_then(|card| state.incidents.get(card));
                let Some(found) = card.and_then(|card| card.requests.get(&request)) else { continue };
                let back = found.engagements.values().filter(|e| e.stage != Stage::Released);
                d.events.extend(back.map(|e| E::EngagementReached {
                    incident: found.incident,
                    request,
                    unit: e.unit.clone(),
                    stage: Stage::Released,
                    at,
                    source: StageSource::Rule,
                }));
            }
            S::ReadinessReported { report } => desk::readiness(state, &service, &report, &mut d, ctx),
            _ => {}
        }
    }
    // Events that concern no card need no record: after a restart they are read again and passed over again.
    if !d.events.is_empty() {
        d.events.push(E::ServiceHeard { from: abroad, service, upto });
        forces::close_when_released(state, &mut d, ctx);
    }
    Ok(d)
}

/// Units that were recommended and that its service, which has decided who goes, does not send: it holds none of them any
/// longer, and the request does not wait for them.
fn left_out(state: &RegionState, (incident, request): (IncidentId, RequestId), events: &[E]) -> Vec<UnitId> {
    let Some(card) = state.incident(incident) else { return Vec::new() };
    let after = requests_after(card, events);
    let all = after.get(&request).into_iter().flat_map(|r| r.engagements.values());
    all.filter(|e| e.stage == Stage::Requested).map(|e| e.unit.clone()).collect()
}

/// An answer that names a unit which another request has is not taken: nobody is sent twice. Who wanted which unit, and
/// who has it, stands at the request; the service is told with a code, so that it answers otherwise.
pub(super) fn decline(
    state: &RegionState,
    service: ServiceKey,
    request: RequestId,
    reference: DistributionId,
    taken: Taken,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let card = state.requests.get(&request).and_then(|card| state.incidents.get(card));
    let found = card.and_then(|card| Some((card, card.requests.get(&request)?)));
    let (card, found) = found.ok_or_else(|| Refusal::not_found(Missing::Request, request))?;
    if found.service != service || found.service_region != sender(state, ctx) || found.has_declined(reference)
    {
        return Ok(Decision::default());
    }
    let recipients =
        vec![Recipient { region: found.service_region, service, sequence: None, references: None }];
    let distribution = DistributionId(ctx.ids.next_id());
    let detail = taken.said().to_string();
    let other = taken.incident.and_then(|id| state.incidents.get(&id));
    let number = other.map(|card| card.number.to_string());
    let answer = DeclinedAnswer { reference, at: ctx.now, taken, number };
    Ok(Decision {
        events: vec![
            E::AnswerDeclined { incident: card.id, request, answer: Box::new(answer) },
            E::Told {
                incident: None,
                distribution,
                content: "error".to_owned(),
                recipients: recipients.clone(),
            },
        ],
        outbound: vec![Outbound {
            distribution,
            incident: Some(card.id),
            recipients,
            kind: Kind::Error,
            references: Some(reference),
            content: HubContent::Error(ErrorContent {
                code: ErrorCode::UnitTaken,
                detail,
                references: Some(reference),
            }),
            exercise: card.exercise,
            lives: None,
        }],
        ..Decision::default()
    })
}

/// c.5(1)¶5: a service informs the hub of what it does.
pub(super) fn action(
    state: &RegionState,
    service: ServiceKey,
    report: ActionReport,
    incident: IncidentId,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let region = sender(state, ctx);
    let card = told_of(state, (region, &service), incident)?;
    not_ahead("at", report.at, ctx.now)?;
    // It answers for every request to the service on the card.
    let asked = card.requests.values().filter(|r| r.service_region == region && r.service == service);
    let met = |r: &ForcesRequest| {
        let (claim, evidence) = (duties::report_claim(r), "action_report".to_owned());
        // What a service did before it was asked answers the request when that was made, not before.
        Consequence::Meet { claim, evidence, at: report.at.max(r.requested_at) }
    };
    let consequences = asked.map(met).collect();
    let by = By::Service { region, service };
    Ok(Decision {
        events: vec![E::Noted { incident, note: Note { at: report.at, by, text: report.text } }],
        consequences,
        ..Decision::default()
    })
}

/// An agency's system, or a neighbour's hub, could not take what it was told of a card: that stands on the card, and is no
/// report of what anybody does.
pub(super) fn error(
    state: &RegionState,
    service: ServiceKey,
    error: &ErrorContent,
    incident: IncidentId,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let region = sender(state, ctx);
    told_of(state, (region, &service), incident)?;
    let text = format!("{}: {}", error.code, error.detail);
    let text = text.chars().take(super::cards::LONGEST_NOTE).collect();
    let by = By::Service { region, service };
    Ok(Decision {
        events: vec![E::Noted { incident, note: Note { at: ctx.now, by, text } }],
        ..Decision::default()
    })
}

/// A card that this service, or this neighbour's hub, was told of: it writes on no other.
fn told_of<'a>(
    state: &'a RegionState,
    (region, service): (RegionCode, &ServiceKey),
    incident: IncidentId,
) -> Result<&'a Incident, Refusal> {
    let card = state.card(incident)?;
    let warned = region == state.region && super::warnings::told_of(state, service, incident);
    if card.sequence(region, service) > 0 || warned || (is_hub(service) && card.neighbours.contains(&region))
    {
        return Ok(card);
    }
    Err(Refusal::Forbidden(said!(
        "{service} was told nothing of the incident {number}; name an incident that it was told of",
        service => service,
        number = card.number
    )))
}

/// The region of the service that says it.
fn sender(state: &RegionState, ctx: &Context) -> RegionCode {
    match &ctx.by {
        By::Service { region, .. } => *region,
        _ => state.region,
    }
}

/// An emergency as a service told of it.
pub(super) struct Told {
    pub service: ServiceKey,
    pub report: EmergencyReport,
    /// The service's message.
    pub reference: DistributionId,
    pub exercise: bool,
}

/// An address that a card's place does not hold is shortened there and stands whole behind the text, as far as that holds
/// it: the point is never given up for it.
fn place_in_words(address: Option<String>, text: String) -> (Option<String>, String) {
    let Some(words) = address.as_deref().map(str::trim) else { return (address, text) };
    if words.chars().count() <= MAX_ADDRESS_CHARS {
        return (address, text);
    }
    let short: String = words.chars().take(MAX_ADDRESS_CHARS - 1).chain(['…']).collect();
    let told = format!("{text}\n{words}").chars().take(MAX_TEXT_CHARS).collect();
    (Some(short), told)
}

/// c.5(1)¶4: emergency information that reached a service is passed urgently; it becomes a message like any other,
/// with the service's own time of receipt, and the service gets a business acknowledgement.
pub(super) fn emergency(
    state: &RegionState,
    told: Told,
    territory: Territory,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let Told { service, report, reference, exercise } = told;
    let fix = report.place.point.map(|point| Fix {
        point,
        uncertainty: report.place.uncertainty_m.map(|radius_m| Uncertainty::Circle { radius_m }),
    });
    let (address, text) = place_in_words(report.place.address, report.text);
    let location = Location::new(fix, address, LocationSource::Agency, Some(report.received_at)).ok();
    let message = Message {
        id: MessageId(reference.0),
        channel: Channel::Agency,
        received_at: ctx.now,
        sender: Sender::Service { service: service.clone(), learnt_at: Some(report.received_at) },
        contact: Contact::Heard,
        language: None,
        text,
        answers: BTreeMap::new(),
        category: report.category,
        location,
        exercise,
    };
    let mut d = received(state, Box::new(message), territory, ctx)?;
    let incident = match d.answer {
        Answer::Taken { incident, .. } | Answer::Known(Some(incident)) => Some(incident),
        _ => None,
    };
    let distribution = DistributionId(ctx.ids.next_id());
    let recipients = vec![Recipient { region: state.region, service, sequence: None, references: None }];
    d.events.push(E::Told {
        incident: None,
        distribution,
        content: "acknowledgement".to_owned(),
        recipients: recipients.clone(),
    });
    d.outbound.push(Outbound {
        distribution,
        incident,
        recipients,
        kind: Kind::Ack,
        references: Some(reference),
        content: HubContent::Acknowledgement(Acknowledgement { received_at: ctx.now, incident, by: None }),
        exercise,
        lives: None,
    });
    Ok(d)
}

/// A message as it comes in. An emergency that a service learnt of itself is passed on by it, whether its system says so or
/// the officer who was telephoned: how late it comes is shown (c.5(1)¶4).
pub(super) fn received(
    state: &RegionState,
    message: Box<Message>,
    territory: Territory,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let Sender::Service { service, learnt_at } = &message.sender else {
        return messages::receive(state, message, territory, ctx);
    };
    let (id, service, learnt_at) = (message.id, service.clone(), learnt_at.unwrap_or(message.received_at));
    let reported = reports_emergency(&message);
    let passed_on = reported || classify::of_message(&message, ctx).subject == Subject::Emergency;
    let mut d = messages::receive(state, message, territory, ctx)?;
    if let Answer::Taken { incident, .. } = d.answer
        && passed_on
    {
        if reported {
            is_emergency(state, incident, &mut d);
        }
        desk::forwarded(state, &service, id, learnt_at, &mut d, ctx)?;
    }
    Ok(d)
}

/// Whether a service's own system passes an emergency on, and says since when it knows.
pub(super) fn reports_emergency(message: &Message) -> bool {
    message.channel == Channel::Agency && matches!(message.sender, Sender::Service { learnt_at: Some(_), .. })
}

/// Whatever the words of an emergency report say, a service reports an emergency by it: the officer identifies it (c.5(3)¶1).
fn is_emergency(state: &RegionState, incident: IncidentId, d: &mut Decision) {
    for event in &mut d.events {
        if let E::IncidentOpened { subject, .. } | E::SubjectSet { subject, .. } = event {
            *subject = Subject::Emergency;
            return;
        }
    }
    if state.incident(incident).is_some_and(|card| card.subject != Subject::Emergency) {
        d.events.push(E::SubjectSet { incident, subject: Subject::Emergency, stated: false });
    }
}

/// Something told was acknowledged: what the rules want "delivered, acknowledged" is met.
pub(super) fn acknowledgement(
    state: &RegionState,
    service: ServiceKey,
    reference: DistributionId,
    read_by: Option<&str>,
    at: Timestamp,
    ctx: &Context,
) -> Result<Decision, Refusal> {
    Ok(duties::acknowledged(state, (sender(state, ctx), &service), reference, read_by, at))
}

/// c.3(1): hubs are services to one another. What the neighbour tells is shown here; the card stays its own.
pub(super) fn neighbour(
    state: &RegionState,
    from: RegionCode,
    incident: IncidentId,
    notice: Box<IncidentNotice>,
    exercise: bool,
) -> Result<Decision, Refusal> {
    if from == state.region {
        return Err(Refusal::conflict(said!(
            "a hub is no neighbour of its own; address the hub of another region"
        )));
    }
    Ok(Decision {
        events: vec![E::NeighbourNoticeTaken { from, neighbour_incident: incident, notice, exercise }],
        ..Decision::default()
    })
}
