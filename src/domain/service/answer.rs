//! What a service's agency answers to a request for forces.

use jiff::Timestamp;

use super::{ServiceEvent, ServiceState};
use crate::domain::decision::Refusal;
use crate::domain::envelope::{Decision, ForcesAnswer};
use crate::domain::forces::ForcesDecision;
use crate::domain::ids::UnitId;
use crate::domain::said::said;
use crate::domain::unit::{EngagementStage, StatusRefusal, UnitChange, UnitStatus};

impl ServiceState {
    /// c.5(3)¶4: each datum may come by itself; what repeats the known changes nothing.
    pub(super) fn answer(&self, a: ForcesAnswer, now: Timestamp) -> Result<Vec<ServiceEvent>, Refusal> {
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
}
