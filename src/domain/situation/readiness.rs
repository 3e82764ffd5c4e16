//! What a readiness report gives (c.5(2)¶4): formations at high readiness and their composition, counted.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::envelope::{Readiness, ReadinessReport};

/// A composition counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counted {
    /// Formations.
    pub formations: u32,
    /// Those of them at high readiness.
    pub ready: u32,
    /// Units.
    pub units: u32,
    /// People.
    pub people: u32,
    /// Pieces of equipment.
    pub equipment: u32,
}

/// What a service last reported of its readiness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadinessTaken {
    /// Its composition counted.
    pub counted: Counted,
    /// As of when.
    pub at: Timestamp,
    /// When it was asked again, if it was since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_again_at: Option<Timestamp>,
}

/// Counts a report.
#[must_use]
pub fn count(report: &ReadinessReport) -> Counted {
    let mut all = Counted::default();
    for f in &report.formations {
        let units = u32::try_from(f.units.len()).unwrap_or(u32::MAX);
        let equipment = f.equipment.iter().fold(0_u32, |n, e| n.saturating_add(e.count));
        all.formations = all.formations.saturating_add(1);
        all.ready = all.ready.saturating_add(u32::from(f.readiness == Readiness::High));
        all.units = all.units.saturating_add(units);
        all.people = all.people.saturating_add(f.people);
        all.equipment = all.equipment.saturating_add(equipment);
    }
    all
}

/// Whether a report does what the clause wants, both parts of it: every formation named is at high readiness **and**
/// its composition is given (people, and units or equipment).
#[must_use]
pub fn is_ready(report: &ReadinessReport) -> bool {
    let complete = |f: &crate::domain::envelope::FormationReadiness| {
        f.readiness == Readiness::High && f.people > 0 && !(f.units.is_empty() && f.equipment.is_empty())
    };
    !report.formations.is_empty() && report.formations.iter().all(complete)
}
