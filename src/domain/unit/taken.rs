//! A unit that is wanted while another request has it: who has it, so that both sides see why and can do otherwise.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Unit, UnitStatus};
use crate::domain::ids::{IncidentId, RequestId, UnitId};
use crate::domain::said::{Said, said};

/// A unit that another request has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Taken {
    /// The unit.
    pub unit: UnitId,
    /// The request that has it; none when its service sent it unasked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// The incident of that request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// When the hold ends by itself; none for a unit that is engaged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Taken {
    /// Who has the unit, where that is another than `request`. A hold that has run out has nobody.
    #[must_use]
    pub fn from_another(unit: &Unit, request: RequestId, now: Timestamp) -> Option<Self> {
        let id = unit.id.clone();
        match &unit.status {
            UnitStatus::Reserved { request: held, until, .. } if *held != request && *until > now => {
                Some(Self { unit: id, request: Some(*held), incident: None, until: Some(*until) })
            }
            UnitStatus::Engaged { incident, request: on, .. } if *on != Some(request) => {
                Some(Self { unit: id, request: *on, incident: Some(*incident), until: None })
            }
            _ => None,
        }
    }

    /// Why it cannot go, and what to do.
    #[must_use]
    pub fn said(&self) -> Said {
        match self.until {
            Some(until) => said!(
                "the unit {unit} is held for another request until {until}; name another unit, or answer that request first",
                unit = self.unit,
                until = until
            ),
            None => said!(
                "the unit {unit} is engaged under another request; release it there first",
                unit = self.unit
            ),
        }
    }
}

impl Unit {
    /// Why it cannot be sent on a new request now, and what to do; none when it can.
    #[must_use]
    pub fn unfit(&self, now: Timestamp) -> Option<Said> {
        match &self.status {
            UnitStatus::Available | UnitStatus::Returning { .. } => None,
            UnitStatus::Reserved { until, .. } if *until <= now => None,
            UnitStatus::Reserved { until, .. } => Some(said!(
                "the unit {unit} is held for another request until {until}; name another unit, or answer that request first",
                unit = self.id,
                until = until
            )),
            UnitStatus::Engaged { .. } => Some(said!(
                "the unit {unit} is engaged under another request; release it there first",
                unit = self.id
            )),
            UnitStatus::OutOfService { reason, .. } => Some(said!(
                "the unit {unit} is out of service ({reason}); name another unit",
                unit = self.id,
                reason = reason
            )),
        }
    }
}
