//! What is believed of a reported position: the arithmetic of [`DoubtLimits`], and whether the place lies in the country
//! and in the unit's own region.
//!
//! Positions come by the million, so the land is cut into cells of two kilometres. A cell that lies well inside one
//! region, or in the country, says so with one byte; only in the others the borders are asked. What a cell is, is found
//! out when the first unit comes there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use jiff::Timestamp;

use super::territory::Territory;
use crate::domain::doubt::{Doubt, DoubtLimits, Doubtful};
use crate::domain::ids::RegionCode;
use crate::domain::outside::EDGE;
use crate::domain::quantities::{Metres, Point};
use crate::domain::unit::{Position, UnitKind};

/// Cells in a degree.
const PER_DEGREE: f64 = 50.0;
/// The size of a cell, degrees.
const CELL: f64 = 1.0 / PER_DEGREE;
/// Half of a cell's diagonal is never longer than this, metres.
const HALF_CELL: f64 = 1_600.0;
/// Nobody has been here.
const UNKNOWN: u8 = 0;
/// The country's border may be near, or it is no part of the country.
const EDGE_CELL: u8 = u8::MAX;
/// In the country; a region's border is near.
const COUNTRY_CELL: u8 = u8::MAX - 1;

/// Where a believed position lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lies {
    /// In the unit's own region, more than [`EDGE`] from its border.
    WellInside,
    /// Elsewhere: whoever wants to know asks the territory.
    Elsewhere,
}

/// Judges positions. One for all regions.
#[derive(Debug)]
pub struct Fence {
    limits: DoubtLimits,
    territory: Arc<Territory>,
    south_west: [f64; 2],
    columns: usize,
    cells: Vec<AtomicU8>,
}

impl Fence {
    /// A fence around a territory.
    #[must_use]
    pub fn new(territory: Arc<Territory>, limits: DoubtLimits) -> Self {
        let bounds = territory.layers().0.iter().map(super::territory::TerritorialUnit::bounds);
        let [w, s, e, n] = bounds
            .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
            .unwrap_or_default();
        // Of degrees on the Earth: at most 18,000 by 9,000.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let count = |from: f64, to: f64| ((to - from).clamp(0.0, 360.0) / CELL) as usize + 1;
        let (columns, rows) = (count(w, e), count(s, n));
        let cells = (0..columns * rows).map(|_| AtomicU8::new(UNKNOWN)).collect();
        Self { limits, territory, south_west: [w, s], columns, cells }
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> &DoubtLimits {
        &self.limits
    }

    /// The territory.
    #[must_use]
    pub fn territory(&self) -> &Territory {
        &self.territory
    }

    /// Whether a report about a unit of a region is believed after the position believed last and, where one `waits` to
    /// be borne out, a doubtful one; for that is asked only where it matters.
    ///
    /// # Errors
    /// Why it is not.
    #[inline]
    pub fn judge(
        &self,
        region: RegionCode,
        kind: UnitKind,
        last: &Position,
        waits: impl FnOnce() -> Option<Doubtful>,
        told: &Position,
        now: Timestamp,
    ) -> Result<Lies, Doubt> {
        if let Some(doubt) = self.limits.doubt(last, told, kind, now) {
            let borne_out =
                doubt.can_be_borne_out() && waits().is_some_and(|w| self.limits.bears_out(&w, told, kind));
            if !borne_out {
                return Err(doubt);
            }
        }
        match self.cell(told.point) {
            cell if cell == region.number() => return Ok(Lies::WellInside),
            EDGE_CELL => {}
            _ => return Ok(Lies::Elsewhere),
        }
        if self.is_abroad(told.point) { Err(Doubt::OutsideCountry) } else { Ok(Lies::Elsewhere) }
    }

    #[cold]
    fn is_abroad(&self, point: Point) -> bool {
        self.territory.regions_within(point, Metres::whole(self.limits.border_m)).is_empty()
    }

    /// Whether a unit is outside its region, after it was or was not: it has left when it is farther than [`EDGE`] from
    /// the border, and is back when it is over it again.
    #[must_use]
    pub fn beyond_region(&self, region: RegionCode, point: Point, was_outside: bool) -> bool {
        if was_outside {
            return self.territory.locate(point).is_none_or(|(at, _)| at != region);
        }
        self.territory.regions_within(point, EDGE).iter().all(|(near, _)| *near != region)
    }

    /// The number of the region that a point's cell lies well inside.
    #[inline]
    fn cell(&self, point: Point) -> u8 {
        let [x, y] =
            [point.lon() - self.south_west[0], point.lat() - self.south_west[1]].map(|d| d * PER_DEGREE);
        if x < 0.0 || y < 0.0 {
            return EDGE_CELL;
        }
        // Not negative, and of degrees. To fewer bits than a place in a list has, for that takes a sixth of the time.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let (x, y) = (x as u32 as usize, y as u32 as usize);
        if x >= self.columns {
            return EDGE_CELL;
        }
        let Some(cell) = self.cells.get(y * self.columns + x) else { return EDGE_CELL };
        match cell.load(Ordering::Relaxed) {
            UNKNOWN => {
                let found = self.look(x, y);
                cell.store(found, Ordering::Relaxed);
                found
            }
            known => known,
        }
    }

    #[cold]
    fn look(&self, x: usize, y: usize) -> u8 {
        #[allow(clippy::cast_precision_loss)]
        let middle = |from: f64, n: usize| from + (n as f64 + 0.5) * CELL;
        let Ok(middle) = Point::new(middle(self.south_west[1], y), middle(self.south_west[0], x)) else {
            return EDGE_CELL;
        };
        let clear = Metres::saturating(HALF_CELL + EDGE.get());
        // Every place of a cell whose middle lies in the country is near enough to count as lying in it.
        let coarse = f64::from(self.limits.border_m) >= HALF_CELL;
        let other = || if coarse && self.territory.contains(middle) { COUNTRY_CELL } else { EDGE_CELL };
        self.territory.well_inside(middle, clear).map_or_else(other, RegionCode::number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::unit::PositionSource;
    use crate::spatial::territory::{Fields, Layer};
    use proptest::prelude::*;

    fn fence() -> Fence {
        let regions = include_str!("../../gis/regions.geojson");
        let territory = Territory::new(Layer::from_geojson(regions, Fields::OWN).unwrap(), None);
        Fence::new(Arc::new(territory), DoubtLimits::default())
    }

    fn at(lat: f64, lon: f64) -> Position {
        Position {
            point: Point::new(lat, lon).unwrap(),
            at: Timestamp::from_second(1_790_000_000).unwrap(),
            source: PositionSource::Station,
            accuracy: None,
        }
    }

    fn judge(fence: &Fence, region: u8, told: Position) -> Result<Lies, Doubt> {
        let region = RegionCode::new(region).unwrap();
        fence.judge(region, UnitKind::Ambulance, &at(43.25, 76.9), || None, &told, told.at)
    }

    #[test]
    fn abroad_is_doubted_and_a_few_steps_over_a_coarse_border_are_not() {
        let fence = fence();
        assert_eq!(judge(&fence, 75, at(0.0, 0.0)), Err(Doubt::OutsideCountry), "a receiver without a fix");
        assert_eq!(judge(&fence, 75, at(55.75, 37.6)), Err(Doubt::OutsideCountry));
        assert_eq!(judge(&fence, 71, at(51.13, 71.43)), Ok(Lies::WellInside));
        assert_eq!(judge(&fence, 75, at(51.13, 71.43)), Ok(Lies::Elsewhere), "another region");
    }

    proptest! {
        /// The byte of a cell never says more than the borders do.
        #[test]
        fn who_is_well_inside_by_the_cell_is_inside_by_the_border(lat in 40.0..56.0f64, lon in 46.0..88.0f64) {
            static FENCE: std::sync::LazyLock<Fence> = std::sync::LazyLock::new(fence);
            let point = at(lat, lon).point;
            let cell = FENCE.cell(point);
            if cell != EDGE_CELL {
                prop_assert!(!FENCE.territory.regions_within(point, Metres::whole(3_000)).is_empty());
            }
            if let Ok(region) = RegionCode::new(cell) {
                prop_assert_eq!(FENCE.territory.locate(point).map(|(r, _)| r), Some(region));
                prop_assert!(!FENCE.beyond_region(region, point, true));
            }
        }
    }
}
