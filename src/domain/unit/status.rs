//! What a unit is doing: a state machine. The only way from one status to another is [`UnitStatus::after`], and it
//! refuses what may not be. That is where "a unit is engaged in at most one incident at a time" is decided.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::ids::{IncidentId, RequestId};
use crate::domain::said::{Said, said};

/// How far an engaged unit has come. Only forwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EngagementStage {
    /// The service was asked, or the hub's own fire and rescue ordered, to send this unit.
    Requested,
    /// The service or the crew accepted.
    Accepted,
    /// On the way (c.5(3)¶4: departure time).
    Departed,
    /// In the zone (c.5(3)¶4: arrival time).
    Arrived,
}

/// What a unit is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum UnitStatus {
    /// Free to be sent.
    #[default]
    Available,
    /// Held for a forces request that is not sent or not answered yet: nobody else gets it, but it is not
    /// engaged.
    Reserved {
        /// The request that holds it.
        request: RequestId,
        /// When the hold ends by itself.
        until: Timestamp,
        /// Set when the unit was on its way back: it becomes free then, should the hold end.
        free_at: Option<Timestamp>,
    },
    /// Part of one incident.
    Engaged {
        /// The incident.
        incident: IncidentId,
        /// The forces request that brought it; none when its service sent it unasked.
        request: Option<RequestId>,
        /// How far it has come.
        stage: EngagementStage,
        /// When it came so far.
        since: Timestamp,
    },
    /// Released and on its way back: about to be free, may be held for another request already.
    Returning {
        /// When it is expected to be free.
        free_at: Timestamp,
    },
    /// Not to be sent: broken down, refuelling, no crew.
    OutOfService {
        /// Why, in the service's words.
        reason: String,
        /// When it is expected back, where known.
        until: Option<Timestamp>,
    },
}

/// What happens to a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum UnitChange {
    /// Held for a request until a time.
    Reserve {
        /// The request that holds it.
        request: RequestId,
        /// When the hold ends by itself.
        until: Timestamp,
    },
    /// The hold of this request is given up.
    LetGo {
        /// The request that held it.
        request: RequestId,
    },
    /// The hold ends if its time has come.
    HoldRunsOut,
    /// Becomes part of an incident, or comes further in it. A stage may be skipped, for a report may be lost;
    /// no stage is gone back to.
    Engage {
        /// The incident.
        incident: IncidentId,
        /// The forces request, if one brought it.
        request: Option<RequestId>,
        /// The stage reached.
        stage: EngagementStage,
    },
    /// Released from the incident. With a time it is on its way back until then; without, free at once.
    Release {
        /// The incident it is released from.
        incident: IncidentId,
        /// When it is expected to be free.
        free_at: Option<Timestamp>,
    },
    /// Free again: back at its station, or fit again. A unit that is held stays held.
    BecomeAvailable,
    /// Not to be sent any more.
    TakeOutOfService {
        /// Why.
        reason: String,
        /// When it is expected back, where known.
        until: Option<Timestamp>,
    },
}

/// Why a unit's status does not change so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusRefusal {
    /// It already is so: a repetition, to be answered as the first time.
    Already,
    /// Another request holds it.
    HeldForAnother,
    /// It is part of another incident (one incident at a time).
    EngagedElsewhere,
    /// It has come further than this.
    FurtherAlready,
    /// It is out of service.
    OutOfService,
    /// The end of the hold is not ahead, or its time has not come.
    HoldTime,
    /// It is not held or not engaged, so there is nothing to end.
    Idle,
    /// It is engaged: release it first.
    Engaged,
}

impl StatusRefusal {
    /// Why, and what to do.
    #[must_use]
    pub fn said(self) -> Said {
        match self {
            Self::Already => said!("the unit has this status already; nothing is to do"),
            Self::HeldForAnother => said!("the unit is held for another request; choose another unit"),
            Self::EngagedElsewhere => said!("the unit is engaged in another incident; choose another unit"),
            Self::FurtherAlready => {
                said!("the unit has come further than this stage already; read its status again")
            }
            Self::OutOfService => said!("the unit is out of service; choose another unit"),
            Self::HoldTime => said!("the end of the hold does not lie ahead; hold the unit again"),
            Self::Idle => said!("the unit is not held or engaged; nothing is to end"),
            Self::Engaged => said!("the unit is engaged; release it first"),
        }
    }
}

impl fmt::Display for StatusRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said().fmt(f)
    }
}

impl std::error::Error for StatusRefusal {}

/// Whether a unit can be sent, seen from a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// Available now.
    Free,
    /// On its way back from an incident.
    SoonFree,
    /// Held or engaged.
    Taken,
    /// Out of service.
    Unfit,
}

impl UnitStatus {
    /// The status after a change at `now`.
    ///
    /// # Errors
    /// [`StatusRefusal`] when the change may not follow this status; [`StatusRefusal::Already`] when it is a
    /// repetition.
    pub fn after(&self, change: &UnitChange, now: Timestamp) -> Result<Self, StatusRefusal> {
        match change {
            UnitChange::Reserve { request, until } => self.reserved(*request, *until, now),
            UnitChange::LetGo { request } => match self {
                Self::Reserved { request: held, free_at, .. } if held == request => Ok(freed(*free_at, now)),
                Self::Reserved { .. } => Err(StatusRefusal::HeldForAnother),
                _ => Err(StatusRefusal::Idle),
            },
            UnitChange::HoldRunsOut => match self {
                Self::Reserved { until, free_at, .. } if *until <= now => Ok(freed(*free_at, now)),
                Self::Reserved { .. } => Err(StatusRefusal::HoldTime),
                _ => Err(StatusRefusal::Idle),
            },
            UnitChange::Engage { incident, request, stage } => self.engaged(*incident, *request, *stage, now),
            UnitChange::Release { incident, free_at } => match self {
                Self::Engaged { incident: own, .. } if own == incident => Ok(freed(*free_at, now)),
                Self::Engaged { .. } => Err(StatusRefusal::EngagedElsewhere),
                _ => Err(StatusRefusal::Idle),
            },
            UnitChange::BecomeAvailable => match self {
                Self::Available => Err(StatusRefusal::Already),
                Self::Returning { .. } | Self::OutOfService { .. } => Ok(Self::Available),
                // Held while it was on its way back: back now, it stays held for the same request.
                Self::Reserved { request, until, free_at: Some(_) } => {
                    Ok(Self::Reserved { request: *request, until: *until, free_at: None })
                }
                Self::Reserved { free_at: None, .. } => Err(StatusRefusal::Already),
                Self::Engaged { .. } => Err(StatusRefusal::Engaged),
            },
            UnitChange::TakeOutOfService { reason, until } => {
                let next = Self::OutOfService { reason: reason.clone(), until: *until };
                match self {
                    Self::Engaged { .. } => Err(StatusRefusal::Engaged),
                    _ if *self == next => Err(StatusRefusal::Already),
                    _ => Ok(next),
                }
            }
        }
    }

    fn reserved(&self, request: RequestId, until: Timestamp, now: Timestamp) -> Result<Self, StatusRefusal> {
        if until <= now {
            return Err(StatusRefusal::HoldTime);
        }
        match self {
            Self::Available => Ok(Self::Reserved { request, until, free_at: None }),
            Self::Returning { free_at } => Ok(Self::Reserved { request, until, free_at: Some(*free_at) }),
            Self::Reserved { request: held, until: end, .. } if *held == request && *end == until => {
                Err(StatusRefusal::Already)
            }
            Self::Reserved { request: held, free_at, .. } if *held == request => {
                Ok(Self::Reserved { request, until, free_at: *free_at })
            }
            Self::Reserved { until: end, free_at, .. } if *end <= now => {
                Ok(Self::Reserved { request, until, free_at: *free_at })
            }
            Self::Reserved { .. } => Err(StatusRefusal::HeldForAnother),
            Self::Engaged { .. } => Err(StatusRefusal::EngagedElsewhere),
            Self::OutOfService { .. } => Err(StatusRefusal::OutOfService),
        }
    }

    fn engaged(
        &self,
        incident: IncidentId,
        request: Option<RequestId>,
        stage: EngagementStage,
        now: Timestamp,
    ) -> Result<Self, StatusRefusal> {
        let next = Self::Engaged { incident, request, stage, since: now };
        match self {
            Self::Available | Self::Returning { .. } => Ok(next),
            Self::Reserved { request: held, .. } if request == Some(*held) => Ok(next),
            Self::Reserved { until, .. } if *until <= now => Ok(next),
            Self::Reserved { .. } => Err(StatusRefusal::HeldForAnother),
            Self::Engaged { incident: own, .. } if *own != incident => Err(StatusRefusal::EngagedElsewhere),
            Self::Engaged { stage: reached, .. } if *reached == stage => Err(StatusRefusal::Already),
            Self::Engaged { stage: reached, .. } if *reached > stage => Err(StatusRefusal::FurtherAlready),
            Self::Engaged { request: first, .. } => {
                Ok(Self::Engaged { incident, request: first.or(request), stage, since: now })
            }
            Self::OutOfService { .. } => Err(StatusRefusal::OutOfService),
        }
    }

    /// The incident it is part of.
    #[must_use]
    pub fn incident(&self) -> Option<IncidentId> {
        match self {
            Self::Engaged { incident, .. } => Some(*incident),
            _ => None,
        }
    }

    /// Whether it can be sent, seen from a search.
    #[must_use]
    pub fn availability(&self) -> Availability {
        match self {
            Self::Available => Availability::Free,
            Self::Returning { .. } => Availability::SoonFree,
            Self::Reserved { .. } | Self::Engaged { .. } => Availability::Taken,
            Self::OutOfService { .. } => Availability::Unfit,
        }
    }

    /// When a unit on its way back is expected to be free.
    #[must_use]
    pub fn free_at(&self) -> Option<Timestamp> {
        match self {
            Self::Returning { free_at } => Some(*free_at),
            _ => None,
        }
    }
}

fn freed(free_at: Option<Timestamp>, now: Timestamp) -> UnitStatus {
    match free_at {
        Some(free_at) if free_at > now => UnitStatus::Returning { free_at },
        _ => UnitStatus::Available,
    }
}
