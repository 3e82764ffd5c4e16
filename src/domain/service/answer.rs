//! What a service's agency answers to a request for forces.

use jiff::Timestamp;

use super::{Asked, RETURN, ServiceEvent, ServiceState};
use crate::domain::decision::Refusal;
use crate::domain::envelope::{Decision, ForcesAnswer};
use crate::domain::forces::{ForcesDecision, Stage, StageSource, Telephoned};
use crate::domain::ids::UnitId;
use crate::domain::missing::Missing;
use crate::domain::moment::since_asked;
use crate::domain::said::said;
use crate::domain::unit::{EngagementStage, StatusRefusal, Taken, UnitChange, UnitStatus};

/// Longest name of who says something.
const LONGEST_NAME: usize = 200;

/// A name as it was written down; none where nothing is in it.
///
/// # Errors
/// [`Refusal`] when it is too long to be one.
pub(super) fn named(name: Option<String>) -> Result<Option<String>, Refusal> {
    let Some(name) = name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()) else {
        return Ok(None);
    };
    if name.chars().count() > LONGEST_NAME {
        let too_long = said!("{field} has at most {most} characters", field = "said_by", most = LONGEST_NAME);
        return Err(Refusal::invalid("said_by", too_long));
    }
    Ok(Some(name))
}

impl ServiceState {
    /// c.5(3)¶4: each datum may come by itself; what repeats the known changes nothing. A service may change its mind:
    /// who goes is its decision, until somebody is at the scene. Units of which its newest decision says nothing any
    /// more are let go; a unit that another request has is given to nobody else.
    pub(super) fn answer(
        &self,
        a: ForcesAnswer,
        telephoned: Option<Telephoned>,
        now: Timestamp,
    ) -> Result<Vec<ServiceEvent>, Refusal> {
        let request = a.request_id;
        let asked = self.asked.get(&request).ok_or_else(|| Refusal::not_found(Missing::Request, request))?;
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
        for (field, time) in [("departure_at", a.departure_at), ("arrival_at", a.arrival_at)] {
            time.map_or(Ok(()), |time| since_asked(field, time, asked.at))?;
        }
        // One told by itself is not held against the other: of two crews one may arrive before the second leaves.
        if let (Some(departure), Some(arrival)) = (a.departure_at, a.arrival_at)
            && arrival < departure
        {
            return Err(Refusal::out_of_order(
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
                    return Err(Refusal::no_reason(said!(
                        "an order of the 112 service is refused only with a reason (c.6(5)); give it"
                    )));
                }
                if asked.sent.iter().any(|unit| self.is_there(unit)) {
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
        let freed = if asked.exercise { Vec::new() } else { self.out_of_exercises(&units, now) };
        for id in &units {
            if !asked.exercise && self.exercise_of(self.known(id)?, now).is_some() {
                continue;
            }
            if let Some(taken) = Taken::from_another(self.known(id)?, request, now) {
                let held_for = taken.request.and_then(|other| self.asked.get(&other));
                let incident = taken.incident.or(held_for.map(|asked| asked.incident));
                return Err(Refusal::Taken(Box::new(Taken { incident, ..taken })));
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
        let back = self.turned_back(asked, decision.as_ref(), &units);
        let mut units: Vec<UnitId> = units.into_iter().filter(|u| !asked.sent.contains(u)).collect();
        units.sort_unstable();
        units.dedup();
        let nothing_new = asked.decided
            && units.is_empty()
            && back.is_empty()
            && !matches!(decision, Some(ForcesDecision::Refused { .. }))
            && a.composition.is_none()
            && a.departure_at.is_none()
            && a.arrival_at.is_none();
        if nothing_new {
            return Ok(Vec::new());
        }
        let incident = asked.incident;
        let source = StageSource::of_answer(telephoned.as_ref());
        let answered = ServiceEvent::ForcesAnswered {
            request,
            incident,
            decision,
            composition: a.composition,
            departure_at: a.departure_at,
            arrival_at: a.arrival_at,
            units,
            telephoned,
        };
        let back = back.into_iter().map(|(unit, free_at)| ServiceEvent::UnitReached {
            unit,
            request,
            incident,
            stage: Stage::Released,
            at: now,
            source: source.clone(),
            free_at: free_at.then(|| now + RETURN.span()),
        });
        Ok(freed.into_iter().chain(std::iter::once(answered)).chain(back).collect())
    }

    /// Units sent on this request that a new decision no longer sends, and whether each has left its station. Who is at
    /// the scene stays there until its own release is told.
    fn turned_back(
        &self,
        asked: &Asked,
        decision: Option<&ForcesDecision>,
        named: &[UnitId],
    ) -> Vec<(UnitId, bool)> {
        match decision {
            Some(ForcesDecision::Changed { .. } | ForcesDecision::Refused { .. }) => {}
            Some(ForcesDecision::Accepted) | None => return Vec::new(),
        }
        let back = asked.sent.iter().filter(|unit| !named.contains(unit) && !self.is_there(unit));
        back.map(|unit| (unit.clone(), self.stage(unit) == Some(EngagementStage::Departed))).collect()
    }

    fn is_there(&self, unit: &UnitId) -> bool {
        self.stage(unit) == Some(EngagementStage::Arrived)
    }

    fn stage(&self, unit: &UnitId) -> Option<EngagementStage> {
        match self.units.get(unit)?.status {
            UnitStatus::Engaged { stage, .. } => Some(stage),
            _ => None,
        }
    }
}
