//! Exercise and real never mix: a real request takes a unit out of an exercise, an exercise takes it from nobody.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Asked, ServiceEvent, ServiceRow, ServiceState};
use crate::domain::forces::{Stage, StageSource};
use crate::domain::ids::{RequestId, UnitId};
use crate::domain::unit::{Unit, UnitChange, UnitStatus};

/// The request within an exercise that has the unit; none for a unit that is free or on a real incident.
fn exercise_of(asked: &BTreeMap<RequestId, Asked>, unit: &Unit, now: Timestamp) -> Option<RequestId> {
    let request = match &unit.status {
        UnitStatus::Reserved { request, until, .. } if *until > now => *request,
        UnitStatus::Engaged { request, .. } => (*request)?,
        _ => return None,
    };
    asked.get(&request).is_some_and(|asked| asked.exercise).then_some(request)
}

impl ServiceRow {
    /// Whether an exercise has the unit: a real request may take it from there.
    #[must_use]
    pub fn has_in_exercise(&self, unit: &Unit, now: Timestamp) -> bool {
        exercise_of(&self.asked, unit, now).is_some()
    }
}

impl ServiceState {
    /// Whether an exercise has the unit: a real request may take it from there.
    #[must_use]
    pub fn has_in_exercise(&self, unit: &Unit, now: Timestamp) -> bool {
        self.exercise_of(unit, now).is_some()
    }

    pub(super) fn exercise_of(&self, unit: &Unit, now: Timestamp) -> Option<RequestId> {
        exercise_of(&self.asked, unit, now)
    }

    /// What takes those of the units that are in an exercise out of it: they are released there, and free at once.
    pub(super) fn out_of_exercises(&self, units: &[UnitId], now: Timestamp) -> Vec<ServiceEvent> {
        let known = units.iter().filter_map(|unit| self.units.get(unit));
        known.filter_map(|unit| self.out_of_exercise(unit, now)).collect()
    }

    fn out_of_exercise(&self, unit: &Unit, now: Timestamp) -> Option<ServiceEvent> {
        let request = self.exercise_of(unit, now)?;
        let UnitStatus::Engaged { incident, .. } = unit.status else {
            let change = UnitChange::LetGo { request };
            return Some(ServiceEvent::UnitChanged { unit: unit.id.clone(), change });
        };
        Some(ServiceEvent::UnitReached {
            unit: unit.id.clone(),
            request,
            incident,
            stage: Stage::Released,
            at: now,
            source: StageSource::Rule,
            free_at: None,
        })
    }
}
