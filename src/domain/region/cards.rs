//! Corrections of a card by hand, and its end.

use super::messages::cards_reason;
use super::{Decision, RegionState, notices};
use crate::domain::command::Territory;
use crate::domain::decision::{Context, Refusal};
use crate::domain::event::RegionEvent as E;
use crate::domain::geography::AreaFault;
use crate::domain::ids::IncidentId;
use crate::domain::incident::{Incident, LocationVersion, Note, Outcome};
use crate::domain::location::Location;
use crate::domain::message::{MessageError, Subject};
use crate::domain::moment::not_ahead;
use crate::domain::obligation::ObligationKind;
use crate::domain::said::said;

/// Longest remark, characters.
pub(super) const LONGEST_NOTE: usize = 4_000;

pub(super) fn set_subject(
    state: &RegionState,
    incident: IncidentId,
    subject: Subject,
    _ctx: &Context,
) -> Result<Decision, Refusal> {
    let card = state.open_card(incident)?;
    if card.subject == subject && card.subject_stated {
        return Ok(Decision::default());
    }
    let stated = E::SubjectSet { incident, subject, stated: true };
    Ok(Decision { events: vec![stated], ..Decision::default() })
}

pub(super) fn set_location(
    state: &RegionState,
    incident: IncidentId,
    location: Location,
    territory: Territory,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let card = state.open_card(incident)?;
    location.at().map_or(Ok(()), |at| not_ahead("at", at, ctx.now))?;
    if location.is_anywhere() {
        return Err(Refusal::invalid("fix.uncertainty", MessageError::TooUncertain.said()));
    }
    if let Some(fault) = location.ring_fault() {
        return Err(Refusal::invalid("fix.uncertainty", AreaFault::Polygon(fault).said()));
    }
    let mut d = Decision::default();
    let known = card.locations.last();
    // The caller has found no territory for an address: the place lies where its point lies.
    let district = match location.point() {
        Some(_) => territory.district.clone(),
        None => known.and_then(|known| known.district.clone()),
    };
    let location = location.beside(known.map(|known| &known.location));
    let version = LocationVersion { location, by: ctx.by.clone(), at: ctx.now, district };
    d.events.push(E::LocationSet { incident, location: version.clone() });
    notices::update(state, card, None, &mut d, ctx);
    notices::moved(state, card, None, version, &territory, &mut d, ctx);
    Ok(d)
}

pub(super) fn set_public_resonance(
    state: &RegionState,
    incident: IncidentId,
    public_resonance: bool,
) -> Result<Decision, Refusal> {
    let card = state.card(incident)?;
    if card.public_resonance == public_resonance {
        return Ok(Decision::default());
    }
    Ok(Decision { events: vec![E::PublicResonanceSet { incident, public_resonance }], ..Decision::default() })
}

pub(super) fn note(
    state: &RegionState,
    incident: IncidentId,
    text: String,
    ctx: &Context,
) -> Result<Decision, Refusal> {
    state.card(incident)?;
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST_NOTE {
        return Err(Refusal::invalid(
            "text",
            said!("a remark has 1 to {most} characters; write it so", most = LONGEST_NOTE),
        ));
    }
    let note = Note { at: ctx.now, by: ctx.by.clone(), text: text.to_owned() };
    Ok(Decision { events: vec![E::Noted { incident, note }], ..Decision::default() })
}

pub(super) fn close(
    state: &RegionState,
    incident: IncidentId,
    outcome: Outcome,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let card = state.open_card(incident)?;
    let why = match &outcome {
        Outcome::Resolved { note } | Outcome::NotConfirmed { note } => {
            Some(note.clone()).filter(|n| !n.is_empty())
        }
        Outcome::False { reason } | Outcome::SetAside { reason } => Some(cards_reason(reason.clone())?),
        Outcome::NotOurs { passed_to } => Some(cards_reason(passed_to.clone())?),
    };
    if let Some(request) = card.requests.values().find(|r| r.is_active()) {
        return Err(Refusal::conflict(said!(
            "forces of {service} are still asked for or under way on {number}; release or cancel them first",
            service => &request.service,
            number = card.number
        )));
    }
    if card.links.iter().any(|(relation, part)| {
        *relation == crate::domain::incident::Relation::ParentOf
            && state.incidents.get(part).is_some_and(crate::domain::incident::Incident::is_open)
    }) {
        return Err(Refusal::conflict(said!(
            "parts of this major incident are still open; close them first"
        )));
    }
    decided(state, card, &outcome)?;
    let mut d = Decision::default();
    d.events.push(E::IncidentClosed { incident, outcome: outcome.clone() });
    match outcome {
        Outcome::False { .. } | Outcome::NotOurs { .. } | Outcome::SetAside { .. } => {
            notices::withdrawn(state, card, why.as_deref().unwrap_or_default(), None, &mut d, ctx);
        }
        _ => notices::closed(card, why, &mut d, ctx),
    }
    Ok(d)
}

/// An emergency is not closed unfinished: the officer identifies it first (c.5(3)¶1), and warns or decides against it
/// (c.6(4)). That a message was false, a mistake or nobody's matter here is said with a reason and is itself the decision
/// that there is no emergency to identify; of one that is identified it can only be said that it was an event.
fn decided(state: &RegionState, card: &Incident, outcome: &Outcome) -> Result<(), Refusal> {
    let no_case =
        matches!(outcome, Outcome::False { .. } | Outcome::NotOurs { .. } | Outcome::SetAside { .. });
    let owed = |kind| state.obligations.of_incident(card.id).any(|o| o.claim.kind == kind);
    if owed(ObligationKind::O08) && card.is_emergency() {
        return Err(Refusal::conflict(said!(
            "{number} is identified as an emergency and its scale is not stated; state it, or identify it as an event \
            first (c.5(3)¶1)",
            number = card.number
        )));
    }
    if owed(ObligationKind::O08) && !no_case {
        return Err(Refusal::conflict(said!(
            "{number} is reported as an emergency and not identified; identify it as an emergency or an event first \
            (c.5(3)¶1)",
            number = card.number
        )));
    }
    if owed(ObligationKind::O12) {
        return Err(Refusal::conflict(said!(
            "whether to warn of {number} is not decided; warn, decide against it with a reason, or identify it as an \
            event first (c.6(4))",
            number = card.number
        )));
    }
    Ok(())
}

pub(super) fn reopen(
    state: &RegionState,
    incident: IncidentId,
    reason: String,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let card = state.card(incident)?;
    match card.status {
        crate::domain::incident::IncidentStatus::Closed => {}
        crate::domain::incident::IncidentStatus::Merged => {
            return Err(Refusal::conflict(said!(
                "a merged card stays closed; split its messages off the card that it went to"
            )));
        }
        _ => return Err(Refusal::conflict(said!("the card is open already; go on with it"))),
    }
    let reason = cards_reason(reason)?;
    let mut d = Decision::default();
    d.events.push(E::IncidentReopened { incident, reason });
    notices::update(state, card, None, &mut d, ctx);
    Ok(d)
}
