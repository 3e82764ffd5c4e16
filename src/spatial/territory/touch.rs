//! What has to do with a region: an area that touches it, a place at sea that its hub answers for.

use geo::{Contains, Coord, LineString, MultiPolygon, Rect};

use super::{TerritorialUnit, Territory};
use crate::domain::geography::{AreaFault, area};
use crate::domain::ids::RegionCode;
use crate::domain::quantities::{Metres, Point};
use crate::domain::zone::ZonePolygon;

/// How near an area has to come to its region: borders are drawn to some hundred metres, and what happens just over one
/// (a dam, a chemical store) is drawn by whoever it threatens.
pub const TOUCHING: Metres = Metres::whole(5_000);
/// How far from every region a place on land may lie that a hub still answers for, unless the settings say otherwise
/// (`territory.border_m`). It makes up for borders and coordinates that are rough, and for no more: Tashkent begins 8 km
/// behind the border, Bishkek 16 km. Measured on the shipped regions, every 500 m along the country's border without the
/// Caspian shore:
///
/// * against the borders of OpenStreetMap (2025, north and east, 10,196 places): half within 1 m, 99 of 100 within 107 m;
///   nowhere does the country reach farther out than 241 m;
/// * of the 351 towns that GeoNames counts to Kazakhstan none lies outside, and of the 11,925 localities of Who's On First
///   37 by up to 2,966 m (their coordinates are rounded to a minute, 1.9 km) and three that stand in the wrong place;
/// * the polygons of geokz (2024), which are drawn with fewer corners, differ by 0.5 km at the middle, 8.9 km at the
///   hundredth part and up to 15.8 km. A hub that imports such borders needs a larger figure in its settings.
///
/// So 300 m would do for the borders; what is asked for are places, and these need the 3 km.
pub const OFF_BORDER: Metres = Metres::whole(3_000);
/// By how much more, at most, a place may lie off that says itself how far it may be wrong: a cell of a mobile network
/// reaches 35 km, and one over the border also serves callers on this side.
pub const CELL_REACH: Metres = Metres::whole(35_000);
/// The same in the Caspian, where no other region is: the oil fields lie up to a hundred kilometres from the shore and are
/// served by ship and helicopter.
pub const OFF_SHORE: Metres = Metres::whole(150_000);
/// Beyond the box of all regions an area may reach by so many degrees.
const MARGIN: f64 = 1.0;
/// Kazakhstan's part of the Caspian, coarsely: from the delta of the Volga along the middle of the sea to the coast of
/// Turkmenistan, and behind the own shore back. Longitude and latitude; its part on land lies in regions.
const SEA: [[f64; 2]; 10] = [
    [49.2, 46.4],
    [49.2, 45.2],
    [49.6, 44.6],
    [49.6, 43.2],
    [49.8, 42.4],
    [50.9, 41.6],
    [52.4, 41.6],
    [54.0, 42.2],
    [53.8, 47.4],
    [50.0, 47.2],
];

impl Territory {
    /// Whether a place lies in Kazakhstan's part of the Caspian.
    pub(super) fn is_at_sea(point: Point) -> bool {
        let (x, y) = (point.lon(), point.lat());
        let edges = SEA.iter().zip(SEA.iter().cycle().skip(1));
        let crossed = edges.filter(|([ax, ay], [bx, by])| {
            (*ay > y) != (*by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax
        });
        crossed.count() % 2 == 1
    }

    /// Whether a place that no hub answers for would be one's with latitude and longitude exchanged.
    #[must_use]
    pub fn is_swapped(&self, point: Point) -> bool {
        let turned = Point::new(point.lon(), point.lat());
        self.answers_for(point).is_none() && turned.is_ok_and(|turned| self.answers_for(turned).is_some())
    }

    /// The box in which a place of the country lies.
    #[must_use]
    pub fn country(&self) -> Rect {
        let around =
            |a: [f64; 4], b: [f64; 4]| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])];
        let boxes = self.layers().0.iter().map(TerritorialUnit::bounds);
        let [west, south, east, north] = boxes.reduce(around).unwrap_or([-180.0, -90.0, 180.0, 90.0]);
        Rect::new((west - MARGIN, south - MARGIN), (east + MARGIN, north + MARGIN))
    }

    /// Checks that a region's desk can mean this area: it lies in the country's box and touches the region, or comes within
    /// [`TOUCHING`] of it. It may reach over the border.
    ///
    /// # Errors
    /// [`AreaFault`].
    pub fn check_touches(&self, zone: &ZonePolygon, region: RegionCode) -> Result<(), AreaFault> {
        area(MultiPolygon::from(zone.polygon().clone()), self.country())?;
        let own: Vec<&TerritorialUnit> =
            self.layers().0.iter().filter(|area| area.region == region).collect();
        let exterior = zone.polygon().exterior();
        let touched = walked(exterior).any(|at| self.touches(&own, region, at));
        // Whatever is larger than the region and goes round it, without coming near its border.
        let first = |area: &&&TerritorialUnit| {
            area.border
                .0
                .iter()
                .filter_map(|p| p.exterior().coords().next())
                .any(|c| zone.polygon().contains(c))
        };
        if touched || own.iter().any(|area| first(&area)) {
            return Ok(());
        }
        let at = exterior.coords().next().copied().unwrap_or_default();
        Err(AreaFault::Elsewhere(at))
    }

    /// Checks the same of one place.
    ///
    /// # Errors
    /// [`AreaFault`].
    pub fn check_near(&self, point: Point, region: RegionCode) -> Result<(), AreaFault> {
        let own: Vec<&TerritorialUnit> =
            self.layers().0.iter().filter(|area| area.region == region).collect();
        let at = Coord { x: point.lon(), y: point.lat() };
        if self.touches(&own, region, point) {
            return Ok(());
        }
        Err(match self.answers_for(point) {
            Some(_) => AreaFault::Elsewhere(at),
            None if self.is_swapped(point) => AreaFault::Swapped(at),
            None => AreaFault::Abroad(at),
        })
    }

    fn touches(&self, own: &[&TerritorialUnit], region: RegionCode, at: Point) -> bool {
        own.iter().any(|a| a.polygon.contains(at) || a.polygon.border_within(at, TOUCHING).is_some())
            || (Self::is_at_sea(at) && self.answers_for(at) == Some(region))
    }
}

/// Places along a ring, so near to each other that no border within [`TOUCHING`] is stepped over.
fn walked(ring: &LineString) -> impl Iterator<Item = Point> + '_ {
    /// A step, degrees: some 4 km from south to north.
    const STEP: f64 = 0.04;
    ring.lines().flat_map(|edge| {
        let (dx, dy) = (edge.end.x - edge.start.x, edge.end.y - edge.start.y);
        // Of degrees within the country's box: the cast keeps the number.
        let steps = (dx.abs().max(dy.abs()) / STEP).ceil().max(1.0) as u32;
        (0..steps).filter_map(move |step| {
            let part = f64::from(step) / f64::from(steps);
            Point::new(edge.start.y + dy * part, edge.start.x + dx * part).ok()
        })
    })
}
