//! The state of one duty-dispatch service of a region: its units, what it was asked, how ready it is.
//!
//! A service owns its units. The hub asks it to hold recommended units for a request; the service's agency answers;
//! the units' stages follow. Everything is idempotent, for every message may come twice.

mod answer;
mod apply;
mod arrival;
mod command;
mod event;
mod exercise;
mod reports;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::decision::{Context, Expected, Refusal};
use super::envelope::ReadinessReport;
use super::forces::{RecommendedUnit, StageSource, Telephoned};
use super::ids::{IncidentId, RegionCode, RequestId, ServiceKey, UnitId};
use super::quantities::Seconds;
use super::service_kind::{self, ServiceClause};
use super::unit::{Unit, UnitChange, UnitStatus};
use crate::domain::missing::Missing;
use crate::domain::outside::Outside;
use crate::domain::said::said;

pub use arrival::Scene;
pub use command::ServiceCommand;
pub use event::ServiceEvent;

/// How long a released unit is taken to be on its way back when its service says nothing.
pub const RETURN: Seconds = Seconds(600);

/// A request as the service knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Asked {
    /// For which incident.
    pub incident: IncidentId,
    /// The neighbouring region whose hub has its card; absent: the service's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<RegionCode>,
    /// When.
    pub at: Timestamp,
    /// Units held for it.
    pub held: Vec<UnitId>,
    /// Units that go.
    pub sent: Vec<UnitId>,
    /// Whether a decision came.
    pub decided: bool,
    /// Where its units are to arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene: Option<Scene>,
    /// Units whose positions have said that they are there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub there: Vec<UnitId>,
    /// Asked within an exercise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exercise: bool,
}

/// What a request wants held.
struct Held {
    request: RequestId,
    incident: IncidentId,
    of: RegionCode,
    until: Timestamp,
    scene: Option<Scene>,
    exercise: bool,
}

/// One duty-dispatch service of a region.
#[derive(Debug, Clone)]
pub struct ServiceState {
    region: RegionCode,
    service: ServiceKey,
    clause: ServiceClause,
    units: BTreeMap<UnitId, Unit>,
    asked: BTreeMap<RequestId, Asked>,
    readiness: Option<ReadinessReport>,
    outside: BTreeMap<UnitId, Outside>,
}

/// What a service holds besides its units: one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ServiceRow {
    /// Which region.
    pub region: RegionCode,
    /// Which service.
    pub service: ServiceKey,
    /// Requests not ended.
    pub asked: BTreeMap<RequestId, Asked>,
    /// The latest readiness report.
    pub readiness: Option<ReadinessReport>,
    /// Units that have left where they belong.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outside: BTreeMap<UnitId, Outside>,
}

impl ServiceState {
    /// A service with no units.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when no such kind of service exists.
    pub fn new(region: RegionCode, service: ServiceKey) -> Result<Self, Refusal> {
        let clause = service_kind::find(&service)
            .ok_or_else(|| Refusal::not_found(Missing::Service, &service))?
            .clause;
        Ok(Self {
            region,
            service,
            clause,
            units: BTreeMap::new(),
            asked: BTreeMap::new(),
            readiness: None,
            outside: BTreeMap::new(),
        })
    }

    /// Puts back what was read from the store.
    pub fn restore(&mut self, row: Option<ServiceRow>, units: impl IntoIterator<Item = Unit>) {
        if let Some(row) = row {
            self.asked = row.asked;
            self.readiness = row.readiness;
            self.outside = row.outside;
        }
        self.units.extend(units.into_iter().map(|u| (u.id.clone(), u)));
    }

    /// Its units.
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.units.values()
    }

    /// One unit.
    #[must_use]
    pub fn unit(&self, id: &UnitId) -> Option<&Unit> {
        self.units.get(id)
    }

    /// A request as the service knows it.
    #[must_use]
    pub fn asked(&self, request: RequestId) -> Option<&Asked> {
        self.asked.get(&request)
    }

    /// The region whose hub has the card of a request: the service's own for one that has ended.
    #[must_use]
    pub fn hub_of(&self, request: RequestId) -> RegionCode {
        self.asked.get(&request).and_then(|asked| asked.of).unwrap_or(self.region)
    }

    /// Requests that have not ended for the service.
    pub fn requests(&self) -> impl Iterator<Item = RequestId> {
        self.asked.keys().copied()
    }

    /// The row for the store.
    #[must_use]
    pub fn row(&self) -> ServiceRow {
        ServiceRow {
            region: self.region,
            service: self.service.clone(),
            asked: self.asked.clone(),
            readiness: self.readiness.clone(),
            outside: self.outside.clone(),
        }
    }

    /// Decides a command against the state as it is. Changes nothing. No events: it was so already.
    ///
    /// # Errors
    /// [`Refusal`], saying what is wrong; nothing follows then.
    pub fn decide(&self, command: ServiceCommand, ctx: &Context) -> Result<Vec<ServiceEvent>, Refusal> {
        match command {
            ServiceCommand::RegisterUnit { unit, expected } => self.register(unit, expected),
            ServiceCommand::RemoveUnit(unit) => match self.known(&unit)?.status {
                UnitStatus::Reserved { .. } | UnitStatus::Engaged { .. } => Err(Refusal::conflict(said!(
                    "the unit {unit} is held or engaged; release it first",
                    unit = unit
                ))),
                _ => Ok(vec![ServiceEvent::UnitRemoved { unit }]),
            },
            ServiceCommand::Place { request, incident, of, units, hold, scene, exercise } => {
                let held = Held { request, incident, of, until: ctx.now + hold.span(), scene, exercise };
                Ok(self.place(held, &units, ctx.now))
            }
            ServiceCommand::MoveScene { request, scene } => Ok(self.move_scene(request, scene)),
            ServiceCommand::ProposeArrival { unit, at } => Ok(self.propose_arrival(unit, at)),
            ServiceCommand::Leave { unit, outside } => Ok(self.leave(unit, outside)),
            ServiceCommand::ComeBack { unit, at } => Ok(match self.outside.contains_key(&unit) {
                true => vec![ServiceEvent::UnitBack { unit, at }],
                false => Vec::new(),
            }),
            ServiceCommand::End(request) => Ok(match self.asked.get(&request) {
                Some(_) => vec![ServiceEvent::RequestEnded { request, free_at: ctx.now + RETURN.span() }],
                None => Vec::new(),
            }),
            ServiceCommand::Answer(answer) => self.answer(answer, None, ctx.now),
            ServiceCommand::RecordAnswer { answer, said_by } => {
                let Some(recorded_by) = ctx.by.person().cloned() else { return Err(Refusal::PersonNeeded) };
                self.answer(
                    answer,
                    Some(Telephoned { said_by: answer::named(said_by)?, recorded_by }),
                    ctx.now,
                )
            }
            ServiceCommand::Report { report, incident } => self.report(report, incident, ctx.now),
            ServiceCommand::RecordStage { request, unit, stage, at } => {
                let Some(by) = ctx.by.person().cloned() else { return Err(Refusal::PersonNeeded) };
                let asked =
                    self.asked.get(&request).ok_or_else(|| Refusal::not_found(Missing::Request, request))?;
                self.reach(&unit, request, asked.incident, stage, at, StageSource::Officer { by }, ctx.now)
            }
            ServiceCommand::Readiness(report) => self.report_readiness(report, ctx.now),
            ServiceCommand::Tick => Ok(self
                .units
                .values()
                .filter(|u| u.status.after(&UnitChange::HoldRunsOut, ctx.now).is_ok())
                .map(|u| ServiceEvent::HoldRanOut { unit: u.id.clone() })
                .chain(self.units.values().filter_map(|u| match u.status {
                    UnitStatus::Returning { free_at } if free_at <= ctx.now => {
                        Some(ServiceEvent::UnitChanged {
                            unit: u.id.clone(),
                            change: UnitChange::BecomeAvailable,
                        })
                    }
                    _ => None,
                }))
                .collect()),
        }
    }

    fn register(&self, unit: Box<Unit>, expected: Expected) -> Result<Vec<ServiceEvent>, Refusal> {
        if unit.service != self.service || unit.region != self.region {
            return Err(Refusal::invalid(
                "unit",
                said!(
                    "the unit belongs to {service} of region {region}; register it there",
                    region = unit.region,
                    service => &unit.service
                ),
            ));
        }
        let mut unit = unit;
        let known = self.units.get(&unit.id);
        expected.met_by(known.map(|known| known.version))?;
        unit.version = known.map_or(0, |known| known.version);
        if let Some(known) = known {
            unit.status = known.status.clone();
            if *known == *unit {
                return Ok(Vec::new());
            }
        } else if !matches!(unit.status, UnitStatus::Available | UnitStatus::OutOfService { .. }) {
            return Err(Refusal::invalid(
                "status",
                said!("a new unit is available or out of service; choose one of these"),
            ));
        }
        unit.version += 1;
        Ok(vec![ServiceEvent::UnitRegistered { unit }])
    }

    fn place(&self, held: Held, units: &[RecommendedUnit], now: Timestamp) -> Vec<ServiceEvent> {
        let Held { request, incident, of, until, scene, exercise } = held;
        let asked = self.asked.get(&request);
        // Once its agency has begun to answer, who goes is the agency's decision.
        if asked.is_some_and(|asked| asked.decided || !asked.sent.is_empty()) {
            return Vec::new();
        }
        let hold = UnitChange::Reserve { request, until };
        let can_be_held = |unit: &UnitId| {
            self.units.get(unit).is_some_and(|unit| {
                unit.status.after(&hold, now).is_ok() || !exercise && self.exercise_of(unit, now).is_some()
            })
        };
        let holds = asked.map_or(&[][..], |asked| &asked.held);
        let more: Vec<&UnitId> =
            units.iter().map(|r| &r.unit).filter(|unit| !holds.contains(unit) && can_be_held(unit)).collect();
        if asked.is_some() && more.is_empty() {
            return Vec::new();
        }
        let units: Vec<UnitId> = holds.iter().filter(|unit| can_be_held(unit)).chain(more).cloned().collect();
        let mut events = if exercise { Vec::new() } else { self.out_of_exercises(&units, now) };
        let of = (of != self.region).then_some(of);
        events.push(ServiceEvent::RequestPlaced { request, incident, of, units, until, scene, exercise });
        events
    }

    fn known(&self, unit: &UnitId) -> Result<&Unit, Refusal> {
        self.units.get(unit).ok_or_else(|| Refusal::not_found(Missing::Unit, unit))
    }
}

#[cfg(test)]
mod tests;
