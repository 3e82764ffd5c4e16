//! What has happened in a service.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Scene;
use crate::domain::envelope::{Composition, ReadinessReport};
use crate::domain::forces::{ForcesDecision, Stage, StageSource, Telephoned};
use crate::domain::ids::{IncidentId, RegionCode, RequestId, UnitId};
use crate::domain::outside::Outside;
use crate::domain::unit::{Unit, UnitChange};

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
        /// The neighbouring region whose hub has its card; absent: the service's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<RegionCode>,
        /// All units held for it.
        units: Vec<UnitId>,
        /// End of the hold.
        until: Timestamp,
        /// Where they are to arrive.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scene: Option<Scene>,
        /// Within an exercise.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        exercise: bool,
    },
    /// The place or the zone of the incident has changed: units are to arrive there (c.5(3)¶4, "arrival in the zone").
    SceneMoved {
        /// The request.
        request: RequestId,
        /// The incident.
        incident: IncidentId,
        /// Where they are to arrive.
        scene: Option<Scene>,
        /// Units on their way whose positions had said that they were there: that says nothing of the new place.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        not_there: Vec<UnitId>,
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
        /// It was told by telephone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        telephoned: Option<Telephoned>,
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
    /// A unit was seen outside where it belongs. Once, until it has come back.
    UnitLeft {
        /// The unit.
        unit: UnitId,
        /// What it left, when and where.
        outside: Outside,
    },
    /// A unit that had left is back.
    UnitBack {
        /// The unit.
        unit: UnitId,
        /// When it was seen there.
        at: Timestamp,
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
            Self::SceneMoved { .. } => "scene_moved",
            Self::ArrivalProposed { .. } => "arrival_proposed",
            Self::RequestEnded { .. } => "request_ended",
            Self::HoldRanOut { .. } => "hold_ran_out",
            Self::ForcesAnswered { .. } => "forces_answered",
            Self::UnitReached { .. } => "unit_reached",
            Self::UnitChanged { .. } => "unit_changed",
            Self::UnitLeft { .. } => "unit_left",
            Self::UnitBack { .. } => "unit_back",
            Self::ReadinessReported { .. } => "readiness_reported",
        }
    }

    /// Whether the hub of the card has to hear of it; the rest concerns the service alone.
    #[must_use]
    pub fn concerns_hub(&self) -> bool {
        if let Self::SceneMoved { not_there, .. } = self {
            return !not_there.is_empty();
        }
        matches!(
            self,
            Self::ForcesAnswered { .. }
                | Self::UnitReached { .. }
                | Self::ArrivalProposed { .. }
                | Self::RequestEnded { .. }
                | Self::ReadinessReported { .. }
        )
    }

    /// The request that the event is about.
    #[must_use]
    pub fn request(&self) -> Option<RequestId> {
        match self {
            Self::RequestPlaced { request, .. }
            | Self::SceneMoved { request, .. }
            | Self::ArrivalProposed { request, .. }
            | Self::RequestEnded { request, .. }
            | Self::ForcesAnswered { request, .. }
            | Self::UnitReached { request, .. } => Some(*request),
            _ => None,
        }
    }

    /// The card that the event is about.
    #[must_use]
    pub fn incident(&self) -> Option<IncidentId> {
        match self {
            Self::RequestPlaced { incident, .. }
            | Self::SceneMoved { incident, .. }
            | Self::ArrivalProposed { incident, .. }
            | Self::ForcesAnswered { incident, .. }
            | Self::UnitReached { incident, .. } => Some(*incident),
            _ => None,
        }
    }
}
