//! What a service's actor looks out for in its units' positions: that a unit has arrived, that its receiver has frozen,
//! that it has left where it belongs. Only units under way and units near a border cost more than a comparison.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::fences::FenceView;
use super::roads::RoadView;
use crate::domain::approach::{Approach, ArrivalLimits};
use crate::domain::ids::{RegionCode, UnitId};
use crate::domain::outside::{Area, Outside, beyond_station};
use crate::domain::quantities::{Metres, Point, Seconds};
use crate::domain::service::{Scene, ServiceCommand, ServiceState};
use crate::domain::unit::Position;
use crate::spatial::fence::{Fence, Lies};

/// Farther from a road than this a vehicle is not on it.
const ON_ROAD: Metres = Metres::whole(60);

/// What all services look out by.
#[derive(Clone)]
pub struct Outlook {
    /// What is believed.
    pub fence: Arc<FenceView>,
    /// When a unit has arrived.
    pub arrival: ArrivalLimits,
    /// The roads, for what is driven near a scene.
    pub roads: Arc<RoadView>,
    /// The area around a station that is set for the service.
    pub station_area: Option<Metres>,
}

/// What one service has seen of its units under way.
pub(super) struct Lookout {
    by: Outlook,
    approaches: HashMap<UnitId, (Scene, Approach)>,
}

impl Lookout {
    pub(super) fn new(by: Outlook) -> Self {
        Self { by, approaches: HashMap::new() }
    }

    pub(super) fn fence(&self) -> Arc<Fence> {
        self.by.fence.now()
    }

    /// A unit's believed position on its way to a scene: what follows when it says that the unit has arrived.
    pub(super) fn on_its_way(
        &mut self,
        unit: &UnitId,
        scene: &Scene,
        position: Position,
    ) -> Option<ServiceCommand> {
        let new = || (scene.clone(), Approach::default());
        let (known, approach) = self.approaches.entry(unit.clone()).or_insert_with(new);
        if known != scene {
            (*known, *approach) = new();
        }
        let roads = &self.by.roads;
        let road_kmh = || {
            let roads = roads.now()?;
            let on = roads.nearest(position.point).filter(|on| on.away <= ON_ROAD)?;
            Some(roads.network().pieces()[on.piece as usize].class.emergency_kmh())
        };
        let arrived = approach.seen(scene, position, &self.by.arrival, road_kmh);
        arrived.then(|| ServiceCommand::ProposeArrival { unit: unit.clone(), at: position.at })
    }

    /// Since when the receiver of a unit under way has been frozen.
    pub(super) fn stuck_since(&self, unit: &UnitId) -> Option<Timestamp> {
        let limit = Seconds(self.fence().limits().stuck_s);
        self.approaches.get(unit)?.1.stuck_since(limit)
    }

    /// Units that came near their scenes and fell silent there. Those that are under way no more are forgotten.
    pub(super) fn silent(&mut self, state: &ServiceState, now: Timestamp) -> Vec<ServiceCommand> {
        self.approaches.retain(|unit, _| state.heads_for(unit).is_some());
        let silent = self.approaches.iter().filter(|(_, (_, a))| a.fell_silent(now, &self.by.arrival));
        silent
            .filter_map(|(unit, (_, approach))| {
                Some(ServiceCommand::ProposeArrival { unit: unit.clone(), at: approach.last()?.at })
            })
            .collect()
    }

    /// What follows when a believed position says that a unit has left where it belongs, or is back.
    pub(super) fn territory(
        &self,
        state: &ServiceState,
        region: RegionCode,
        unit: &UnitId,
        position: Position,
        lies: Lies,
    ) -> Option<ServiceCommand> {
        let known = state.outside(unit);
        if known.is_none() && lies == Lies::WellInside && self.by.station_area.is_none() {
            return None;
        }
        let home: Point = state.unit(unit)?.home;
        let was_outside = known.is_some();
        let station = self
            .by
            .station_area
            .filter(|within| beyond_station(home, *within, position.point, was_outside))
            .map(|within| Area::Station { within });
        let region_left =
            lies == Lies::Elsewhere && self.fence().beyond_region(region, position.point, was_outside);
        let left = region_left.then_some(Area::Region).or(station);
        match (left, was_outside) {
            (Some(left), false) => {
                let outside = Outside { left, since: position.at, point: position.point };
                Some(ServiceCommand::Leave { unit: unit.clone(), outside })
            }
            (None, true) => Some(ServiceCommand::ComeBack { unit: unit.clone(), at: position.at }),
            _ => None,
        }
    }
}
