//! What a service's agency reports of its units and of its readiness.

use jiff::{SignedDuration, Timestamp};

use super::apply::unit_change;
use super::{RETURN, ServiceEvent, ServiceState};
use crate::domain::decision::Refusal;
use crate::domain::envelope::{ReadinessReport, UnitStatus as StatusReport, UnitStep};
use crate::domain::forces::{Stage, StageSource};
use crate::domain::ids::{IncidentId, RequestId, UnitId};
use crate::domain::moment::{not_ahead, since_asked};
use crate::domain::said::said;
use crate::domain::unit::{StatusRefusal, UnitChange, UnitStatus};

/// What is older says nothing of the readiness of today.
const OLDEST_READINESS: SignedDuration = SignedDuration::from_hours(24);

impl ServiceState {
    pub(super) fn report(
        &self,
        r: StatusReport,
        incident: Option<IncidentId>,
        now: Timestamp,
    ) -> Result<Vec<ServiceEvent>, Refusal> {
        let unit = self.known(&r.unit_id)?;
        not_ahead("at", r.at, now)?;
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

    /// What a unit reached for a request, told by its service or recorded by an officer.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn reach(
        &self,
        unit: &UnitId,
        request: RequestId,
        incident: IncidentId,
        stage: Stage,
        at: Timestamp,
        source: StageSource,
        now: Timestamp,
    ) -> Result<Vec<ServiceEvent>, Refusal> {
        not_ahead("at", at, now)?;
        if let Some(asked) = self.asked.get(&request) {
            since_asked("at", at, asked.at)?;
        }
        let free_at = (stage == Stage::Released).then(|| now + RETURN.span());
        let change = unit_change(stage, incident, request, free_at);
        let reached = || {
            let unit = unit.clone();
            vec![ServiceEvent::UnitReached { unit, request, incident, stage, at, source, free_at }]
        };
        match self.known(unit)?.status.after(&change, now) {
            Ok(_) => Ok(reached()),
            // Its time of departure is owed also when it is told after the arrival (c.5(3)¶4).
            Err(StatusRefusal::FurtherAlready) if stage == Stage::Departed => {
                match self.known(unit)?.status {
                    UnitStatus::Engaged { since: there, .. } if not_ahead("at", at, there).is_err() => {
                        Err(Refusal::out_of_order(
                            "at",
                            said!("the unit had arrived by then; give the time at which it departed"),
                        ))
                    }
                    _ => Ok(reached()),
                }
            }
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

    pub(super) fn report_readiness(
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
        not_ahead("at", report.at, now)?;
        if now.duration_since(report.at) > OLDEST_READINESS {
            return Err(Refusal::out_of_order(
                "at",
                said!("the report is older than a day; report the readiness as it is now"),
            ));
        }
        if self.readiness.as_ref().is_some_and(|kept| report.at < kept.at) {
            return Err(Refusal::out_of_order(
                "at",
                said!("a newer readiness report is kept already; report the readiness as it is now"),
            ));
        }
        for id in report.formations.iter().flat_map(|f| &f.units) {
            self.known(id)?;
        }
        Ok(vec![ServiceEvent::ReadinessReported { report }])
    }
}
