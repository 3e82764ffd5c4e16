//! The state of one duty-dispatch service of a region: its units, what it was asked, how ready it is.
//!
//! A service owns its units. The hub asks it to hold recommended units for a request; the service's agency answers;
//! the units' stages follow. Everything is idempotent, for every message may come twice.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::decision::{Context, Expected, Refusal};
use super::envelope::{
    Composition, Decision, ForcesAnswer, ReadinessReport, UnitStatus as StatusReport, UnitStep,
};
use super::forces::{ForcesDecision, RecommendedUnit, Stage, StageSource};
use super::ids::{IncidentId, RegionCode, RequestId, ServiceKey, UnitId};
use super::message::CLOCK_TOLERANCE;
use super::quantities::{Metres, Point, Seconds};
use super::service_kind::{self, ServiceClause};
use super::unit::{EngagementStage, StatusRefusal, Unit, UnitChange, UnitStatus};
use crate::domain::said::said;

/// How long a released unit is taken to be on its way back when its service says nothing.
pub const RETURN: Seconds = Seconds(600);

/// A request as the service knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Asked {
    /// For which incident.
    pub incident: IncidentId,
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
}

/// Where units are to arrive: near enough to a point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Scene {
    /// The point.
    pub point: Point,
    /// So near is there, metres: a figure of this project and what is not known of the place.
    pub within: Metres,
}

impl Scene {
    /// How near to a place that is known to the metre is there.
    const NEAR: f64 = 150.0;
    /// What is not known of a place counts for no more than this.
    const MOST: f64 = 1_000.0;

    /// The scene around a place.
    #[must_use]
    pub fn around(point: Point, radius: Option<Metres>) -> Self {
        let within = (Self::NEAR + radius.map_or(0.0, Metres::get)).min(Self::MOST);
        Self { point, within: Metres::saturating(within) }
    }

    fn holds(&self, point: Point) -> bool {
        self.point.distance(point) <= self.within
    }
}

/// What has happened in a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ServiceEvent {
    /// A unit was entered or changed by the administrator or its agency.
    UnitRegistered {
        /// As it is now; its status is kept if it was known.
        unit: Box<Unit>,
    },
    /// A unit was taken off the register.
    UnitRemoved {
        /// Which.
        unit: UnitId,
    },
    /// The hub asked for forces; the units named are held until then.
    RequestPlaced {
        /// The request.
        request: RequestId,
        /// The incident.
        incident: IncidentId,
        /// Units held.
        units: Vec<UnitId>,
        /// End of the hold.
        until: Timestamp,
        /// Where they are to arrive.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scene: Option<Scene>,
    },
    /// A unit's position says that it has arrived (c.5(3)¶4): a person or the crew confirms.
    ArrivalProposed {
        /// The unit.
        unit: UnitId,
        /// The request that it goes for.
        request: RequestId,
        /// The incident.
        incident: IncidentId,
        /// When it was there.
        at: Timestamp,
    },
    /// A request ended for the service without its answer: withdrawn by the hub.
    RequestEnded {
        /// The request.
        request: RequestId,
        /// When units already sent are taken to be free.
        free_at: Timestamp,
    },
    /// A hold ran out.
    HoldRanOut {
        /// The unit.
        unit: UnitId,
    },
    /// The service answered (c.5(3)¶4).
    ForcesAnswered {
        /// The request.
        request: RequestId,
        /// The incident.
        incident: IncidentId,
        /// Accepted, changed, refused.
        decision: Option<ForcesDecision>,
        /// First datum.
        composition: Option<Composition>,
        /// Second datum.
        departure_at: Option<Timestamp>,
        /// Third datum.
        arrival_at: Option<Timestamp>,
        /// Units that go.
        units: Vec<UnitId>,
    },
    /// A unit reached a stage (c.5(1)¶5, c.5(3)¶4).
    UnitReached {
        /// The unit.
        unit: UnitId,
        /// The request that it goes for.
        request: RequestId,
        /// The incident.
        incident: IncidentId,
        /// The stage.
        stage: Stage,
        /// When.
        at: Timestamp,
        /// Who says so.
        source: StageSource,
        /// For a release: when it is expected to be free.
        free_at: Option<Timestamp>,
    },
    /// A unit outside any incident became available or went out of service.
    UnitChanged {
        /// The unit.
        unit: UnitId,
        /// How.
        change: UnitChange,
    },
    /// Formations brought to readiness and their composition (c.5(2)¶4).
    ReadinessReported {
        /// The report.
        report: Box<ReadinessReport>,
    },
}

impl ServiceEvent {
    /// The kind as the journal's column has it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::UnitRegistered { .. } => "unit_registered",
            Self::UnitRemoved { .. } => "unit_removed",
            Self::RequestPlaced { .. } => "request_placed",
            Self::ArrivalProposed { .. } => "arrival_proposed",
            Self::RequestEnded { .. } => "request_ended",
            Self::HoldRanOut { .. } => "hold_ran_out",
            Self::ForcesAnswered { .. } => "forces_answered",
            Self::UnitReached { .. } => "unit_reached",
            Self::UnitChanged { .. } => "unit_changed",
            Self::ReadinessReported { .. } => "readiness_reported",
        }
    }

    /// Whether the region's hub has to hear of it; the rest concerns the service alone.
    #[must_use]
    pub fn concerns_hub(&self) -> bool {
        matches!(
            self,
            Self::ForcesAnswered { .. }
                | Self::UnitReached { .. }
                | Self::ArrivalProposed { .. }
                | Self::RequestEnded { .. }
                | Self::ReadinessReported { .. }
        )
    }

    /// The card that the event is about.
    #[must_use]
    pub fn incident(&self) -> Option<IncidentId> {
        match self {
            Self::RequestPlaced { incident, .. }
            | Self::ArrivalProposed { incident, .. }
            | Self::ForcesAnswered { incident, .. }
            | Self::UnitReached { incident, .. } => Some(*incident),
            _ => None,
        }
    }
}

/// What a service can be asked or told.
#[derive(Debug, Clone)]
pub enum ServiceCommand {
    /// Enter or change a unit.
    RegisterUnit {
        /// As it is to be.
        unit: Box<Unit>,
        /// For which version of it.
        expected: Expected,
    },
    /// Take a unit off the register.
    RemoveUnit(UnitId),
    /// Hold units for a request. Those that can no longer be held are left out: the answer says which are.
    Place {
        /// The request.
        request: RequestId,
        /// The incident.
        incident: IncidentId,
        /// Units, best first.
        units: Vec<RecommendedUnit>,
        /// For how long.
        hold: Seconds,
        /// Where they are to arrive.
        scene: Option<Scene>,
    },
    /// A unit's position says that it has arrived.
    ProposeArrival {
        /// The unit.
        unit: UnitId,
        /// When it was there.
        at: Timestamp,
    },
    /// The hub withdraws a request.
    End(RequestId),
    /// The agency answers a request.
    Answer(ForcesAnswer),
    /// The agency reports a unit's status, within the incident it names.
    Report {
        /// The report.
        report: StatusReport,
        /// The incident of the envelope's head.
        incident: Option<IncidentId>,
    },
    /// An officer records a unit's stage told by telephone.
    RecordStage {
        /// The request.
        request: RequestId,
        /// The unit.
        unit: UnitId,
        /// The stage.
        stage: Stage,
        /// When.
        at: Timestamp,
    },
    /// The agency reports readiness.
    Readiness(Box<ReadinessReport>),
    /// Time has passed: holds run out.
    Tick,
}

/// What a request wants held.
struct Held {
    request: RequestId,
    incident: IncidentId,
    until: Timestamp,
    scene: Option<Scene>,
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
}

impl ServiceState {
    /// A service with no units.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when no such kind of service exists.
    pub fn new(region: RegionCode, service: ServiceKey) -> Result<Self, Refusal> {
        let clause = service_kind::find(&service)
            .ok_or_else(|| Refusal::not_found(said!("service"), &service))?
            .clause;
        Ok(Self { region, service, clause, units: BTreeMap::new(), asked: BTreeMap::new(), readiness: None })
    }

    /// Puts back what was read from the store.
    pub fn restore(&mut self, row: Option<ServiceRow>, units: impl IntoIterator<Item = Unit>) {
        if let Some(row) = row {
            self.asked = row.asked;
            self.readiness = row.readiness;
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
            ServiceCommand::Place { request, incident, units, hold, scene } => {
                let held = Held { request, incident, until: ctx.now + hold.span(), scene };
                Ok(self.place(held, &units, ctx.now))
            }
            ServiceCommand::ProposeArrival { unit, at } => Ok(self.propose_arrival(unit, at)),
            ServiceCommand::End(request) => Ok(match self.asked.get(&request) {
                Some(_) => vec![ServiceEvent::RequestEnded { request, free_at: ctx.now + RETURN.span() }],
                None => Vec::new(),
            }),
            ServiceCommand::Answer(answer) => self.answer(answer, ctx.now),
            ServiceCommand::Report { report, incident } => self.report(report, incident, ctx.now),
            ServiceCommand::RecordStage { request, unit, stage, at } => {
                let Some(by) = ctx.by.person().cloned() else { return Err(Refusal::PersonNeeded) };
                let asked =
                    self.asked.get(&request).ok_or_else(|| Refusal::not_found(said!("request"), request))?;
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

    /// Whether a unit under way is where it is to arrive, and nobody has noticed yet.
    #[must_use]
    pub fn has_come_near(&self, unit: &UnitId, point: Point) -> bool {
        self.under_way(unit).is_some_and(|(_, asked)| {
            !asked.there.contains(unit) && asked.scene.is_some_and(|s| s.holds(point))
        })
    }

    /// The request for which a unit is on its way.
    fn under_way(&self, unit: &UnitId) -> Option<(RequestId, &Asked)> {
        match self.units.get(unit)?.status {
            UnitStatus::Engaged { request: Some(request), stage: EngagementStage::Departed, .. } => {
                Some((request, self.asked.get(&request)?))
            }
            _ => None,
        }
    }

    fn propose_arrival(&self, unit: UnitId, at: Timestamp) -> Vec<ServiceEvent> {
        let found = self.under_way(&unit).filter(|(_, asked)| !asked.there.contains(&unit));
        found
            .map(|(request, asked)| ServiceEvent::ArrivalProposed {
                unit,
                request,
                incident: asked.incident,
                at,
            })
            .into_iter()
            .collect()
    }

    fn place(&self, held: Held, units: &[RecommendedUnit], now: Timestamp) -> Vec<ServiceEvent> {
        let Held { request, incident, until, scene } = held;
        if self.asked.contains_key(&request) {
            return Vec::new();
        }
        let hold = UnitChange::Reserve { request, until };
        let units = units
            .iter()
            .filter(|r| self.units.get(&r.unit).is_some_and(|u| u.status.after(&hold, now).is_ok()))
            .map(|r| r.unit.clone())
            .collect();
        vec![ServiceEvent::RequestPlaced { request, incident, units, until, scene }]
    }

    /// c.5(3)¶4: each datum may come by itself; what repeats the known changes nothing.
    fn answer(&self, a: ForcesAnswer, now: Timestamp) -> Result<Vec<ServiceEvent>, Refusal> {
        let request = a.request_id;
        let asked = self.asked.get(&request).ok_or_else(|| Refusal::not_found(said!("request"), request))?;
        if a.decision.is_none()
            && a.composition.is_none()
            && a.departure_at.is_none()
            && a.arrival_at.is_none()
        {
            return Err(Refusal::invalid(
                "forces_answer",
                said!("the answer is empty; give a decision, a composition, a departure or an arrival"),
            ));
        }
        if let (Some(departure), Some(arrival)) = (a.departure_at, a.arrival_at)
            && arrival < departure
        {
            return Err(Refusal::invalid(
                "arrival_at",
                said!("the arrival lies before the departure; correct one of them"),
            ));
        }
        let decision = match a.decision {
            None => None,
            Some(Decision::Accept) => Some(ForcesDecision::Accepted),
            Some(Decision::Change) if a.units.is_empty() => {
                return Err(Refusal::invalid(
                    "units",
                    said!("a change names the units that go instead; add them"),
                ));
            }
            Some(Decision::Change) => Some(ForcesDecision::Changed { reason: a.reason.clone() }),
            Some(Decision::Refuse) => {
                // c.6(5): a subordinate service refuses only with a reason.
                let worded = a.reason.as_ref().is_some_and(|r| !r.text.trim().is_empty());
                if self.clause.is_subordinate() && !worded {
                    return Err(Refusal::invalid(
                        "reason",
                        said!("an order of the 112 service is refused only with a reason (c.6(5)); give it"),
                    ));
                }
                if !asked.sent.is_empty() {
                    return Err(Refusal::conflict(said!("units are sent already; release them instead")));
                }
                Some(ForcesDecision::Refused { reason: a.reason.clone() })
            }
        };
        let units = match &decision {
            Some(ForcesDecision::Refused { .. }) | None => Vec::new(),
            Some(_) if a.units.is_empty() => asked.held.clone(),
            Some(_) => a.units.clone(),
        };
        for id in &units {
            if let UnitStatus::Engaged { request: Some(other), .. } = &self.known(id)?.status
                && *other != request
            {
                return Err(Refusal::conflict(said!(
                    "the unit {unit} is engaged under another request; release it there first",
                    unit = id
                )));
            }
            let change = UnitChange::Engage {
                incident: asked.incident,
                request: Some(request),
                stage: EngagementStage::Accepted,
            };
            match self.known(id)?.status.after(&change, now) {
                Ok(_) | Err(StatusRefusal::Already | StatusRefusal::FurtherAlready) => {}
                Err(e) => {
                    return Err(Refusal::conflict(
                        said!("the unit {unit} cannot do this: {reason}", unit = id, reason => e.said()),
                    ));
                }
            }
        }
        let mut units: Vec<UnitId> = units.into_iter().filter(|u| !asked.sent.contains(u)).collect();
        units.sort_unstable();
        units.dedup();
        let nothing_new = asked.decided
            && units.is_empty()
            && a.composition.is_none()
            && a.departure_at.is_none()
            && a.arrival_at.is_none();
        if nothing_new {
            return Ok(Vec::new());
        }
        Ok(vec![ServiceEvent::ForcesAnswered {
            request,
            incident: asked.incident,
            decision,
            composition: a.composition,
            departure_at: a.departure_at,
            arrival_at: a.arrival_at,
            units,
        }])
    }

    fn report(
        &self,
        r: StatusReport,
        incident: Option<IncidentId>,
        now: Timestamp,
    ) -> Result<Vec<ServiceEvent>, Refusal> {
        let unit = self.known(&r.unit_id)?;
        if r.at.duration_since(now) > CLOCK_TOLERANCE.span() {
            return Err(Refusal::invalid(
                "at",
                said!("the time lies in the future; give the time at which it happened"),
            ));
        }
        let stage = match r.status {
            UnitStep::Departed => Stage::Departed,
            UnitStep::Arrived => Stage::Arrived,
            UnitStep::Released => Stage::Released,
            UnitStep::Available => return self.change(&r.unit_id, UnitChange::BecomeAvailable, now),
            UnitStep::OutOfService => {
                let reason = r.note.unwrap_or_default();
                let change = UnitChange::TakeOutOfService { reason, until: None };
                return self.change(&r.unit_id, change, now);
            }
        };
        match &unit.status {
            UnitStatus::Engaged { incident: own, request: Some(request), .. } => {
                if incident.is_some_and(|named| named != *own) {
                    return Err(Refusal::conflict(said!(
                        "the unit {unit} is engaged in another incident; release it there first",
                        unit = unit.id
                    )));
                }
                self.reach(&unit.id, *request, *own, stage, r.at, StageSource::Service, now)
            }
            _ if stage == Stage::Released => Ok(Vec::new()),
            _ => {
                let (request, asked) = self
                    .asked
                    .iter()
                    .find(|(_, a)| {
                        Some(a.incident) == incident
                            && (a.held.contains(&unit.id) || a.sent.contains(&unit.id))
                    })
                    .ok_or_else(|| {
                        Refusal::conflict(said!(
                            "the unit {unit} was not named for this incident; accept the request first",
                            unit = unit.id
                        ))
                    })?;
                self.reach(&unit.id, *request, asked.incident, stage, r.at, StageSource::Service, now)
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn reach(
        &self,
        unit: &UnitId,
        request: RequestId,
        incident: IncidentId,
        stage: Stage,
        at: Timestamp,
        source: StageSource,
        now: Timestamp,
    ) -> Result<Vec<ServiceEvent>, Refusal> {
        let free_at = (stage == Stage::Released).then(|| now + RETURN.span());
        let change = unit_change(stage, incident, request, free_at);
        match self.known(unit)?.status.after(&change, now) {
            Ok(_) => Ok(vec![ServiceEvent::UnitReached {
                unit: unit.clone(),
                request,
                incident,
                stage,
                at,
                source,
                free_at,
            }]),
            Err(StatusRefusal::Already | StatusRefusal::FurtherAlready) => Ok(Vec::new()),
            Err(StatusRefusal::Idle) if stage == Stage::Released => Ok(Vec::new()),
            Err(e) => Err(Refusal::conflict(
                said!("the unit {unit} cannot do this: {reason}", unit = unit, reason => e.said()),
            )),
        }
    }

    fn change(
        &self,
        unit: &UnitId,
        change: UnitChange,
        now: Timestamp,
    ) -> Result<Vec<ServiceEvent>, Refusal> {
        match self.known(unit)?.status.after(&change, now) {
            Ok(_) => Ok(vec![ServiceEvent::UnitChanged { unit: unit.clone(), change }]),
            Err(StatusRefusal::Already) => Ok(Vec::new()),
            Err(e) => Err(Refusal::conflict(
                said!("the unit {unit} cannot do this: {reason}", unit = unit, reason => e.said()),
            )),
        }
    }

    fn report_readiness(
        &self,
        report: Box<ReadinessReport>,
        now: Timestamp,
    ) -> Result<Vec<ServiceEvent>, Refusal> {
        if report.formations.is_empty() {
            return Err(Refusal::invalid(
                "formations",
                said!("name at least one formation with its composition"),
            ));
        }
        if report.at.duration_since(now) > CLOCK_TOLERANCE.span() {
            return Err(Refusal::invalid(
                "at",
                said!("the time lies in the future; give the time at which it happened"),
            ));
        }
        for id in report.formations.iter().flat_map(|f| &f.units) {
            self.known(id)?;
        }
        Ok(vec![ServiceEvent::ReadinessReported { report }])
    }

    fn known(&self, unit: &UnitId) -> Result<&Unit, Refusal> {
        self.units.get(unit).ok_or_else(|| Refusal::not_found(said!("unit of this service"), unit))
    }

    /// Applies one event that happened at `at`.
    pub fn apply(&mut self, event: &ServiceEvent, at: Timestamp) {
        match event {
            ServiceEvent::UnitRegistered { unit } => {
                self.units.insert(unit.id.clone(), unit.as_ref().clone());
            }
            ServiceEvent::UnitRemoved { unit } => {
                self.units.remove(unit);
            }
            ServiceEvent::ArrivalProposed { unit, request, .. } => {
                if let Some(asked) = self.asked.get_mut(request) {
                    asked.there.push(unit.clone());
                }
            }
            ServiceEvent::RequestPlaced { request, incident, units, until, scene } => {
                for unit in units {
                    self.set(unit, &UnitChange::Reserve { request: *request, until: *until }, at);
                }
                self.asked.insert(
                    *request,
                    Asked {
                        incident: *incident,
                        at,
                        held: units.clone(),
                        sent: Vec::new(),
                        decided: false,
                        scene: *scene,
                        there: Vec::new(),
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

fn unit_change(
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

#[cfg(test)]
mod tests;
