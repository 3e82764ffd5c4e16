//! What a service can be asked or told.

use jiff::Timestamp;

use super::Scene;
use crate::domain::decision::Expected;
use crate::domain::envelope::{ForcesAnswer, ReadinessReport, UnitStatus as StatusReport};
use crate::domain::forces::{RecommendedUnit, Stage};
use crate::domain::ids::{IncidentId, RegionCode, RequestId, UnitId};
use crate::domain::outside::Outside;
use crate::domain::quantities::Seconds;
use crate::domain::unit::Unit;

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
    /// Hold units for a request, besides those that it holds already. Those that can no longer be held are left out:
    /// the answer says which are.
    Place {
        /// The request.
        request: RequestId,
        /// The incident.
        incident: IncidentId,
        /// The region whose hub has its card.
        of: RegionCode,
        /// Units, best first.
        units: Vec<RecommendedUnit>,
        /// For how long.
        hold: Seconds,
        /// Where they are to arrive.
        scene: Option<Scene>,
        /// Within an exercise. A real request takes the units that it names out of exercises.
        exercise: bool,
    },
    /// The place or the zone of the incident has changed: units are to arrive there.
    MoveScene {
        /// The request.
        request: RequestId,
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
    /// A unit's position says that it is outside where it belongs.
    Leave {
        /// The unit.
        unit: UnitId,
        /// What it left, when and where.
        outside: Outside,
    },
    /// A unit's position says that it is where it belongs.
    ComeBack {
        /// The unit.
        unit: UnitId,
        /// When it was seen there.
        at: Timestamp,
    },
    /// The hub withdraws a request.
    End(RequestId),
    /// The agency answers a request.
    Answer(ForcesAnswer),
    /// An officer records what the agency answers by telephone.
    RecordAnswer {
        /// The answer.
        answer: ForcesAnswer,
        /// Who said it at the service, as far as they gave a name.
        said_by: Option<String>,
    },
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
