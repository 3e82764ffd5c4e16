//! Where units are to arrive, and that their positions say that they have: a person or the crew confirms
//! (c.5(3)¶4).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Asked, ServiceEvent, ServiceState};
use crate::domain::ids::{RequestId, UnitId};
use crate::domain::location::Location;
use crate::domain::outside::Outside;
use crate::domain::quantities::{Metres, Point};
use crate::domain::unit::{EngagementStage, UnitStatus};
use crate::domain::zone::ZonePolygon;

/// Where units are to arrive: inside the border of the place where one is known, or else near enough to a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Scene {
    /// The point.
    pub point: Point,
    /// So near is there, metres: a figure of this project and what is not known of the place.
    pub within: Metres,
    /// The zone of the incident, or the polygon in which the place lies: who is inside is there (c.5(3)¶4, "arrival in the
    /// zone"), and the distance from the point does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub border: Option<Box<ZonePolygon>>,
}

impl Scene {
    /// How near to a place that is known to the metre is there.
    const NEAR: f64 = 150.0;
    /// So far over a border a receiver strays.
    const STRAYS: f64 = 60.0;
    /// What is not known of a place counts for no more than this.
    const MOST: f64 = 1_000.0;

    /// The scene around a place.
    #[must_use]
    pub fn around(point: Point, radius: Option<Metres>) -> Self {
        let within = (Self::NEAR + radius.map_or(0.0, Metres::get)).min(Self::MOST);
        Self { point, within: Metres::saturating(within), border: None }
    }

    /// The scene of an incident: its zone where one is drawn, or the polygon in which it lies when that is no vaguer than
    /// a circle may be, or else the surroundings of its point.
    #[must_use]
    pub fn of(point: Point, location: Option<&Location>, zone: Option<&ZonePolygon>) -> Self {
        let radius = location.and_then(Location::radius);
        let around = Self::around(point, radius);
        let vague = radius.is_some_and(|radius| radius.get() > Self::MOST);
        let lies = || location.filter(|_| !vague).and_then(Location::ring).and_then(ZonePolygon::of_ring);
        Self { border: zone.cloned().or_else(lies).map(Box::new), ..around }
    }

    /// How far a place is from being there, metres; nothing for who is there.
    #[must_use]
    pub fn away(&self, place: Point) -> f64 {
        match &self.border {
            Some(border) if border.contains(place) => 0.0,
            Some(border) => border.from_border(place).get(),
            None => (self.point.distance(place).get() - self.within.get()).max(0.0),
        }
    }

    /// So far outside a unit still counts as there, metres: receivers stray.
    #[must_use]
    pub fn slack(&self, percent: u32) -> f64 {
        match self.border {
            Some(_) => Self::STRAYS,
            None => self.within.get() * f64::from(percent) / 100.0,
        }
    }
}

impl ServiceState {
    /// Where a unit under way is to arrive, as long as nobody has noticed that it has.
    #[must_use]
    pub fn heads_for(&self, unit: &UnitId) -> Option<&Scene> {
        let (_, asked) = self.under_way(unit)?;
        asked.scene.as_ref().filter(|_| !asked.there.contains(unit))
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

    /// The newest place counts: who was near the old one is not there, as long as its arrival is no more than proposed.
    pub(super) fn move_scene(&self, request: RequestId, scene: Option<Scene>) -> Vec<ServiceEvent> {
        let Some(asked) = self.asked.get(&request).filter(|asked| asked.scene != scene) else {
            return Vec::new();
        };
        let under_way = |unit: &&UnitId| self.under_way(unit).is_some_and(|(on, _)| on == request);
        let not_there = asked.there.iter().filter(under_way).cloned().collect();
        vec![ServiceEvent::SceneMoved { request, incident: asked.incident, scene, not_there }]
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
