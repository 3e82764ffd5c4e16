//! c.5: a named person declares a mode, with a reason and a legal reference; what it obliges to is raised on whom the
//! clauses say, and what only a graver mode obliged to ends.

use super::{Decision, Mode, RegionState, desk};
use crate::domain::decision::{Context, Refusal};
use crate::domain::envelope::Nature;
use crate::domain::event::RegionEvent as E;
use crate::domain::ids::{ReportId, ZoneId};
use crate::domain::missing::Missing;
use crate::domain::mode::{ModeCommand, ModeEvent, ModeOrder, Part};
use crate::domain::said::said;
use crate::domain::service_kind::is_hub;

/// The content of a message that tells of a threat.
pub(super) const THREAT_NOTICE: &str = "threat_notice";
/// What services are told of an exercise that a real mode replaces, or whose time is over. What the real one is about does
/// not stand under the mark of an exercise.
const EXERCISE_OVER: &str = "Оқу-жаттығу тоқтатылды. Учение прекращено. The exercise is over.";

pub(super) fn mode(
    state: &RegionState,
    command: ModeCommand,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let Some(by) = ctx.by.person().cloned() else { return Err(Refusal::PersonNeeded) };
    match &command {
        ModeCommand::Declare { order, .. } | ModeCommand::Confirm { order, .. } => {
            zone_is_there(state, order.zone, order.exercise)?;
            part_is_ours(state, order.part.as_ref())?;
        }
        ModeCommand::Amend { period, zone, .. } => {
            zone_is_there(state, *zone, state.mode.is_exercise(*period))?;
        }
        ModeCommand::Decline { .. } => {}
    }
    let events = state.mode.decide(command, ctx.now, &by)?;
    let services = state.services();
    let consequences = state.mode.consequences(&events, &services);
    let mut d = Decision { consequences, ..Decision::default() };
    for event in events {
        match &event {
            // c.5(2)¶4: the threat is told to every service; out of everyday activity an emergency is one at least.
            ModeEvent::Declared { mode, order, .. }
                if *mode == Mode::HighReadiness
                    || *mode == Mode::Emergency
                        && state.mode.gravest_for(order.exercise) == Mode::Everyday
                    || replaces_an_exercise(state, order) =>
            {
                if replaces_an_exercise(state, order) {
                    desk::threat_over(state, EXERCISE_OVER, true, &mut d, ctx);
                }
                let told = desk::Threat {
                    report: ReportId(ctx.ids.next_id()),
                    nature: Nature::Other,
                    text: order.reason.clone(),
                    zone: order.zone,
                    exercise: order.exercise,
                };
                for service in services.iter().filter(|s| !is_hub(s)) {
                    desk::threat(state, &told, service, ctx.now, &mut d, ctx);
                }
            }
            // As long as a graver mode is in force somewhere, the threat stands and everybody stays ready for it.
            ModeEvent::Declared { order, .. }
                if ends_the_threat(&event)
                    && state.mode.after(&event).gravest_for(order.exercise) == Mode::Everyday =>
            {
                desk::threat_over(state, &order.reason, order.exercise, &mut d, ctx);
            }
            _ => {}
        }
        d.events.push(E::Mode(event));
    }
    Ok(d)
}

/// An exercise ends when its time is over; whether there was any is answered.
pub(super) fn tick(state: &RegionState, d: &mut Decision, ctx: &mut Context) -> bool {
    let over = state.mode.exercises_over(ctx.now);
    if over.is_empty() {
        return false;
    }
    let mut after = state.mode.clone();
    for event in &over {
        d.consequences.extend(after.consequences(std::slice::from_ref(event), &[]));
        after.apply(event);
    }
    if after.gravest_for(true) == Mode::Everyday {
        desk::threat_over(state, EXERCISE_OVER, true, d, ctx);
    }
    d.events.extend(over.into_iter().map(E::Mode));
    true
}

/// A real mode is declared while one is rehearsed: services that hear of the threat hear first that the exercise is over.
fn replaces_an_exercise(state: &RegionState, order: &ModeOrder) -> bool {
    !order.exercise && state.mode.rehearsed() > Mode::Everyday
}

/// Whether it takes a threat away, at least from a part of the region.
pub(super) fn ends_the_threat(event: &ModeEvent) -> bool {
    matches!(event, ModeEvent::Declared { mode: Mode::Everyday, .. } | ModeEvent::ExerciseOver { .. })
}

/// A mode is about a zone that is drawn and goes on, and is an exercise as its mode is, or neither.
fn zone_is_there(state: &RegionState, zone: Option<ZoneId>, exercise: bool) -> Result<(), Refusal> {
    let Some(id) = zone else { return Ok(()) };
    let zone = state.zones.get(&id).ok_or_else(|| Refusal::not_found(Missing::Zone, id))?;
    if zone.ended_at.is_some() {
        return Err(Refusal::conflict(said!("the zone has ended; draw a new one where it is needed")));
    }
    let of_an_exercise = state.is_exercise(zone);
    if exercise && !of_an_exercise {
        return Err(Refusal::conflict(said!(
            "the zone is of a real event, and the mode is an exercise; choose a zone of the exercise"
        )));
    }
    if !exercise && of_an_exercise {
        return Err(Refusal::conflict(said!(
            "the zone is part of an exercise, and a mode is real; choose a zone of the real event"
        )));
    }
    Ok(())
}

/// Districts are of this region: a hub declares nothing for another. A code of a district begins with its region's.
fn part_is_ours(state: &RegionState, part: Option<&Part>) -> Result<(), Refusal> {
    let ours = state.region.to_string();
    let mut districts = part.into_iter().flat_map(|part| &part.districts);
    match districts.find(|district| !district.as_str().starts_with(&ours)) {
        None => Ok(()),
        Some(other) => Err(Refusal::invalid(
            "part.districts",
            said!("{district} is no district of this region; choose one of its own", district = other),
        )),
    }
}
