//! Events change the state of a service; nothing else does.

use jiff::Timestamp;

use super::{Asked, ServiceEvent, ServiceState};
use crate::domain::forces::{ForcesDecision, Stage};
use crate::domain::ids::{IncidentId, RequestId, UnitId};
use crate::domain::unit::{EngagementStage, UnitChange};

impl ServiceState {
    /// Applies one event that happened at `at`.
    pub fn apply(&mut self, event: &ServiceEvent, at: Timestamp) {
        match event {
            ServiceEvent::UnitRegistered { unit } => {
                self.units.insert(unit.id.clone(), unit.as_ref().clone());
            }
            ServiceEvent::UnitRemoved { unit } => {
                self.units.remove(unit);
                self.outside.remove(unit);
            }
            ServiceEvent::SceneMoved { request, scene, not_there, .. } => {
                if let Some(asked) = self.asked.get_mut(request) {
                    asked.scene.clone_from(scene);
                    asked.there.retain(|unit| !not_there.contains(unit));
                }
            }
            ServiceEvent::ArrivalProposed { unit, request, .. } => {
                if let Some(asked) = self.asked.get_mut(request) {
                    asked.there.push(unit.clone());
                }
            }
            ServiceEvent::RequestPlaced { request, incident, of, units, until, scene, exercise } => {
                for unit in units {
                    self.set(unit, &UnitChange::Reserve { request: *request, until: *until }, at);
                }
                // Asked for more, it was asked all the same when it was asked first.
                let first = self.asked.get(request).map_or(at, |asked| asked.at);
                self.asked.insert(
                    *request,
                    Asked {
                        incident: *incident,
                        of: *of,
                        at: first,
                        held: units.clone(),
                        sent: Vec::new(),
                        decided: false,
                        scene: scene.clone(),
                        there: Vec::new(),
                        exercise: *exercise,
                    },
                );
            }
            ServiceEvent::RequestEnded { request, free_at } => {
                if let Some(asked) = self.asked.remove(request) {
                    for unit in &asked.held {
                        self.set(unit, &UnitChange::LetGo { request: *request }, at);
                    }
                    for unit in &asked.sent {
                        let release =
                            UnitChange::Release { incident: asked.incident, free_at: Some(*free_at) };
                        self.set(unit, &release, at);
                    }
                }
            }
            ServiceEvent::HoldRanOut { unit } => self.set(unit, &UnitChange::HoldRunsOut, at),
            ServiceEvent::ForcesAnswered { request, incident, decision, units, .. } => {
                self.answered(*request, *incident, decision.as_ref(), units, at);
            }
            ServiceEvent::UnitReached { unit, request, incident, stage, free_at, .. } => {
                self.set(unit, &unit_change(*stage, *incident, *request, *free_at), at);
                self.reached(unit, *request, *stage);
            }
            ServiceEvent::UnitChanged { unit, change } => self.set(unit, change, at),
            ServiceEvent::UnitLeft { unit, outside } => {
                self.outside.insert(unit.clone(), *outside);
            }
            ServiceEvent::UnitBack { unit, .. } => {
                self.outside.remove(unit);
            }
            ServiceEvent::ReadinessReported { report } => self.readiness = Some(report.as_ref().clone()),
        }
    }

    fn answered(
        &mut self,
        request: RequestId,
        incident: IncidentId,
        decision: Option<&ForcesDecision>,
        units: &[UnitId],
        at: Timestamp,
    ) {
        let Some(decision) = decision else { return };
        let refused = matches!(decision, ForcesDecision::Refused { .. });
        let let_go: Vec<UnitId> = match self.asked.get(&request) {
            Some(asked) => asked.held.iter().filter(|u| !units.contains(u)).cloned().collect(),
            None => return,
        };
        for unit in &let_go {
            self.set(unit, &UnitChange::LetGo { request }, at);
        }
        for unit in units {
            let stage = EngagementStage::Accepted;
            self.set(unit, &UnitChange::Engage { incident, request: Some(request), stage }, at);
        }
        if refused {
            self.asked.remove(&request);
        } else if let Some(asked) = self.asked.get_mut(&request) {
            asked.decided = true;
            asked.held.clear();
            asked.sent.extend(units.iter().cloned());
        }
    }

    fn reached(&mut self, unit: &UnitId, request: RequestId, stage: Stage) {
        let Some(asked) = self.asked.get_mut(&request) else { return };
        if stage == Stage::Released {
            asked.sent.retain(|u| u != unit);
            if asked.sent.is_empty() && asked.held.is_empty() {
                self.asked.remove(&request);
            }
        } else if !asked.sent.contains(unit) {
            asked.held.retain(|u| u != unit);
            asked.sent.push(unit.clone());
        }
    }

    /// A change that the state machine refuses was decided against by `decide`; replay meets none.
    fn set(&mut self, unit: &UnitId, change: &UnitChange, at: Timestamp) {
        if let Some(unit) = self.units.get_mut(unit) {
            let _ = unit.change(change, at);
        }
    }
}

pub(super) fn unit_change(
    stage: Stage,
    incident: IncidentId,
    request: RequestId,
    free_at: Option<Timestamp>,
) -> UnitChange {
    let engage = |stage| UnitChange::Engage { incident, request: Some(request), stage };
    match stage {
        Stage::Requested => engage(EngagementStage::Requested),
        Stage::Accepted => engage(EngagementStage::Accepted),
        Stage::Departed => engage(EngagementStage::Departed),
        Stage::Arrived => engage(EngagementStage::Arrived),
        Stage::Released => UnitChange::Release { incident, free_at },
    }
}
