//! c.6(4): warning the public of what a card or a report tells. The case of a card follows the card: its exercise mark, its
//! scale, the card that it is merged into.

use super::{Decision, RegionState, warning_messages};
use crate::domain::classification::legal::LegalStatus;
use crate::domain::classification::order240::Scale;
use crate::domain::decision::{By, Context, Refusal};
use crate::domain::event::RegionEvent as E;
use crate::domain::ids::{IncidentId, ServiceKey};
use crate::domain::incident::Incident;
use crate::domain::said::said;
use crate::domain::warning::{
    Danger, WarningAbout, WarningCommand as C, WarningEvent, WarningStatus, Warnings,
};

/// To warn or not is decided by a named person.
pub(super) fn warning(state: &RegionState, command: C, ctx: &mut Context) -> Result<Decision, Refusal> {
    let mut command = command;
    if let C::FindThreat { about, scale, .. } = &mut command {
        *scale = card_of(state, *about).and_then(scale_of).or(*scale);
    }
    let mut d = Decision::default();
    // Who may order depends on the scale that the card has now (Order 945 c.21).
    let now = |number: &u32| {
        let case = state.warnings.get(*number)?;
        Some((case.about, scale_of(card_of(state, case.about)?)?))
    };
    if let C::Order { warning, audience, .. }
    | C::Activate { warning, audience, .. }
    | C::Change { warning, audience, .. } = &command
        && let Some(case) = state.warnings.get(*warning)
    {
        warning_messages::check(state, audience, case.exercise)?;
    }
    match &command {
        C::StateScale { warning, scale } if now(warning).is_some_and(|(_, own)| own != *scale) => {
            return Err(Refusal::conflict(said!(
                "the scale of a warning about a card is the card's; state it on the card"
            )));
        }
        C::Order { warning, .. } | C::Confirm { warning, .. } => {
            if let (Some((about, scale)), Some(by)) = (now(warning), ctx.by.person()) {
                let followed = state.warnings.follow_scale(about, scale, by, ctx.now);
                let mut after = state.warnings.clone();
                followed.iter().for_each(|event| after.apply(event));
                found(state, &after, command, false, &mut d, ctx)?;
                d.events.splice(0..0, followed.into_iter().map(E::Warning));
                return Ok(d);
            }
        }
        _ => {}
    }
    let exercise = matches!(&command, C::FindThreat { about, .. } if is_exercise(state, *about));
    found(state, &state.warnings, command, exercise, &mut d, ctx)?;
    Ok(d)
}

fn found(
    state: &RegionState,
    warnings: &Warnings,
    command: C,
    of_exercise: bool,
    d: &mut Decision,
    ctx: &mut Context,
) -> Result<(), Refusal> {
    let events = decided(warnings, warnings.decide(command, ctx.now, &ctx.by)?, of_exercise, d);
    let mut after = warnings.clone();
    events.iter().for_each(|event| after.apply(event));
    warning_messages::tell(state, &after, &events, d, ctx);
    Ok(())
}

fn decided(
    warnings: &Warnings,
    mut events: Vec<WarningEvent>,
    of_exercise: bool,
    d: &mut Decision,
) -> Vec<WarningEvent> {
    for event in &mut events {
        if let WarningEvent::ThreatFound { exercise, .. } = event {
            *exercise = of_exercise;
        }
    }
    d.consequences.extend(warnings.consequences(&events));
    d.events.extend(events.iter().cloned().map(E::Warning));
    events
}

/// What nobody has given out in time is told (Order 945 c.24: at once after the order), and what is given out no longer.
pub(super) fn tick(state: &RegionState, d: &mut Decision, ctx: &Context) {
    let late = state.warnings.not_given_out(state.settings.warning_wait, ctx.now);
    d.events.extend(late.into_iter().map(E::Warning));
    d.events.extend(state.warnings.expired(ctx.now).into_iter().map(E::Warning));
}

/// Whether a service was told of a warning about a card.
pub(super) fn told_of(state: &RegionState, service: &ServiceKey, card: IncidentId) -> bool {
    let about = WarningAbout::Incident { incident: card };
    state.warnings.iter().any(|case| case.about == about && case.was_told(service))
}

pub(super) fn card_of(state: &RegionState, about: WarningAbout) -> Option<&Incident> {
    match about {
        WarningAbout::Incident { incident } => state.incident(incident),
        WarningAbout::Report { .. } => None,
    }
}

fn scale_of(card: &Incident) -> Option<Scale> {
    card.scales.last().map(|s| s.scale)
}

fn is_exercise(state: &RegionState, about: WarningAbout) -> bool {
    match about {
        WarningAbout::Incident { incident } => state.incident(incident).is_some_and(|card| card.exercise),
        WarningAbout::Report { report } => state.situation.report(report).is_some_and(|r| r.exercise),
    }
}

/// An emergency that threatens life and health raises the question of warning (O-12). It is put once, and again when
/// what had turned out to be none is one after all.
pub(super) fn ask_to_warn(
    state: &RegionState,
    card: &Incident,
    status: &LegalStatus,
    d: &mut Decision,
    ctx: &Context,
) {
    let about = WarningAbout::Incident { incident: card.id };
    let asked = |c: &crate::domain::warning::WarningCase| {
        let warned = c.activation.is_some() || c.order.is_some();
        c.about == about && (warned || c.status() != WarningStatus::Ended)
    };
    if state.warnings.iter().any(asked) {
        return;
    }
    let command = C::FindThreat {
        about,
        danger: Danger::LifeAndHealth,
        basis: status.identification.basis.clone(),
        scale: scale_of(card),
    };
    // Refused only when it was asked already.
    if let Ok(events) = state.warnings.decide(command, ctx.now, &By::rule("emergency")) {
        decided(&state.warnings, events, card.exercise, d);
    }
}

/// It is identified as no emergency.
pub(super) fn no_emergency(
    state: &RegionState,
    card: &Incident,
    status: &LegalStatus,
    d: &mut Decision,
    ctx: &Context,
) {
    let about = WarningAbout::Incident { incident: card.id };
    let basis = &status.identification.basis;
    let events = state.warnings.no_emergency(about, basis, &status.by, ctx.now);
    d.events.extend(events.into_iter().map(E::Warning));
}

/// The card has another scale now.
pub(super) fn scale_set(
    state: &RegionState,
    card: IncidentId,
    scale: Scale,
    d: &mut Decision,
    ctx: &Context,
) {
    let Some(by) = ctx.by.person() else { return };
    let about = WarningAbout::Incident { incident: card };
    let events = state.warnings.follow_scale(about, scale, by, ctx.now);
    d.events.extend(events.into_iter().map(E::Warning));
}

/// One card goes into another.
pub(super) fn merged(
    state: &RegionState,
    (from, into): (IncidentId, IncidentId),
    reason: &str,
    d: &mut Decision,
    ctx: &Context,
) {
    let Some(by) = ctx.by.person() else { return };
    let about = |incident| WarningAbout::Incident { incident };
    let events = state.warnings.merge((about(from), about(into)), reason, by, ctx.now);
    d.events.extend(events.into_iter().map(E::Warning));
}
