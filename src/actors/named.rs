//! Units that an officer chose by name: how far they have to go, reckoned as for those that are recommended.

use super::region_hub::OrderError;
use super::searches::SearchFor;
use super::switchboard::Switchboard;
use crate::domain::forces::RecommendedUnit;
use crate::domain::ids::{RegionCode, UnitId};
use crate::domain::quantities::{Point, Seconds};
use crate::domain::recommendation::{TURNOUT, drives, travel};
use crate::domain::unit::{Position, UnitKind};
use crate::spatial::roads::Way;

impl Switchboard {
    /// These units of a region with their distance and time to a place; without either where the place or where a unit
    /// is is not known.
    ///
    /// # Errors
    /// [`OrderError::Busy`] while too many are being worked out.
    pub async fn named(
        &self,
        region: RegionCode,
        units: Vec<UnitId>,
        place: Option<Point>,
    ) -> Result<Vec<RecommendedUnit>, OrderError> {
        let board = self.clone();
        let work = move || board.reckoned(region, units, place);
        self.search(SearchFor::Recommendation, work).await
    }

    fn reckoned(&self, region: RegionCode, units: Vec<UnitId>, place: Option<Point>) -> Vec<RecommendedUnit> {
        let at = |unit: &UnitId| place.and_then(|_| self.units().whereabouts(region, unit));
        let known: Vec<Option<(UnitKind, Position)>> = units.iter().map(at).collect();
        let driving: Vec<Point> =
            known.iter().flatten().filter(|(kind, _)| drives(*kind)).map(|(_, p)| p.point).collect();
        let ways =
            self.roads().zip(place).map_or_else(Vec::new, |(roads, place)| roads.ways(&driving, place));
        let mut ways = ways.into_iter();
        units
            .into_iter()
            .zip(known)
            .map(|(unit, known)| {
                let reckoned = known.zip(place).map(|((kind, position), place)| {
                    let way = if drives(kind) { ways.next().unwrap_or(Way::Unknown) } else { Way::Unknown };
                    let distance = position.point.distance(place);
                    let by_road = way.time().map(|time| time.0);
                    let (time, _) = travel(kind, distance, by_road, way == Way::CutOff);
                    (distance, Seconds(TURNOUT.0.saturating_add(time.0)))
                });
                RecommendedUnit { unit, distance: reckoned.map(|r| r.0), eta: reckoned.map(|r| r.1) }
            })
            .collect()
    }
}
