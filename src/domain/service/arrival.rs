//! Where units are to arrive, and that their positions say that they have: a person or the crew confirms
//! (c.5(3)¶4).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Asked, ServiceEvent, ServiceState};
use crate::domain::ids::{RequestId, UnitId};
use crate::domain::outside::Outside;
use crate::domain::quantities::{Metres, Point};
use crate::domain::unit::{EngagementStage, UnitStatus};

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
}

impl ServiceState {
    /// Where a unit under way is to arrive, as long as nobody has noticed that it has.
    #[must_use]
    pub fn heads_for(&self, unit: &UnitId) -> Option<Scene> {
        let (_, asked) = self.under_way(unit)?;
        asked.scene.filter(|_| !asked.there.contains(unit))
    }

    /// Whether a unit is known to be outside where it belongs.
    #[must_use]
    pub fn outside(&self, unit: &UnitId) -> Option<&Outside> {
        self.outside.get(unit)
    }

    /// Whoever is sent elsewhere is where it was sent: nothing is told of it.
    pub(super) fn leave(&self, unit: UnitId, outside: Outside) -> Vec<ServiceEvent> {
        let free = self
            .units
            .get(&unit)
            .is_some_and(|u| !matches!(u.status, UnitStatus::Engaged { .. } | UnitStatus::Returning { .. }));
        if free && !self.outside.contains_key(&unit) {
            vec![ServiceEvent::UnitLeft { unit, outside }]
        } else {
            Vec::new()
        }
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

    pub(super) fn propose_arrival(&self, unit: UnitId, at: Timestamp) -> Vec<ServiceEvent> {
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
}
