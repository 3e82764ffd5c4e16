//! One search for the nearest fitting units.

use std::sync::Arc;

use jiff::Timestamp;

use super::earth::{Ecef, geodesic_of_chord};
use super::slack_tree::SlackTree;
use super::unit_index::{Profile, SLACK_M, Shard, Sitting};
use crate::domain::ids::{RegionCode, ServiceKey, UnitId};
use crate::domain::quantities::{Metres, Point};
use crate::domain::unit::{Capabilities, Position};

/// What the rounding of coordinates in the trees can add up to, metres.
const ROUNDING_M: f64 = 2.0;

/// Whom to look for.
#[derive(Debug, Clone)]
pub struct Search<'a> {
    /// From where.
    pub from: Point,
    /// Units of which service.
    pub service: &'a ServiceKey,
    /// Units owned by these regions' services.
    pub regions: &'a [RegionCode],
    /// Units that have all of these.
    pub capabilities: &'a Capabilities,
    /// Units on their way back as well as free ones.
    pub soon_free_too: bool,
    /// How many at most.
    pub count: usize,
    /// How far at most; none for any distance.
    pub within: Option<Metres>,
}

/// A unit that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The unit.
    pub unit: UnitId,
    /// The region that owns it.
    pub region: RegionCode,
    /// Its service, kind and capabilities.
    pub profile: Arc<Profile>,
    /// Geodesic distance from the point asked about to the unit's last position.
    pub distance: Metres,
    /// Its last position, with time and source: judge its age before relying on it.
    pub position: Position,
    /// When it is expected to be free, for a unit on its way back.
    pub free_at: Option<Timestamp>,
}

struct Near<'a> {
    chord_2: f64,
    region: RegionCode,
    shard: &'a Shard,
    sitting: &'a Sitting,
}

/// The best so far, nearest first.
pub(super) struct Nearest<'a> {
    search: &'a Search<'a>,
    from: Ecef,
    coarse: [f32; 3],
    near: Vec<Near<'a>>,
}

impl<'a> Nearest<'a> {
    pub(super) fn new(search: &'a Search<'a>) -> Self {
        let from = Ecef::from(search.from);
        let near = Vec::with_capacity(search.count.min(64) + 1);
        Self { search, from, coarse: from.coarse(), near }
    }

    /// Looks through the trees of one region that hold nothing but fitting units.
    pub(super) fn look_in(&mut self, region: RegionCode, shard: &'a Shard) {
        for class in shard.of_service(self.search.service) {
            if self.search.count == 0 || !class.profile.capabilities.covers(self.search.capabilities) {
                continue;
            }
            self.look_through(region, shard, &class.free);
            if self.search.soon_free_too {
                self.look_through(region, shard, &class.soon_free);
            }
        }
    }

    fn look_through(&mut self, region: RegionCode, shard: &'a Shard, tree: &SlackTree) {
        tree.visit_near(self.coarse, self.reach_2(), &mut |seat| {
            if let Some(sitting) = shard.in_seat(seat) {
                self.offer(region, shard, sitting);
            }
            self.reach_2()
        });
    }

    /// How far anchors are still of interest: the farthest unit of the answer so far, and the slack. A chord is
    /// never longer than its arc, so a limit along the surface is one through it too.
    #[allow(clippy::cast_possible_truncation)]
    fn reach_2(&self) -> f32 {
        let reach = match self.near.last() {
            Some(last) if self.near.len() == self.search.count => last.chord_2.sqrt(),
            _ => self.search.within.map_or(f64::INFINITY, Metres::get),
        };
        let reach = reach + SLACK_M + ROUNDING_M;
        (reach * reach) as f32
    }

    fn offer(&mut self, region: RegionCode, shard: &'a Shard, sitting: &'a Sitting) {
        let chord_2 = self.from.chord_2(&sitting.position.point.into());
        let place =
            self.near.partition_point(|near| (near.chord_2, &near.sitting.unit) < (chord_2, &sitting.unit));
        let too_far = || self.search.within.is_some_and(|within| geodesic_of_chord(chord_2) > within);
        if place == self.search.count || too_far() {
            return;
        }
        self.near.truncate(self.search.count - 1);
        self.near.insert(place, Near { chord_2, region, shard, sitting });
    }

    pub(super) fn found(self) -> Vec<Found> {
        self.near
            .into_iter()
            .map(|near| Found {
                unit: near.sitting.unit.clone(),
                region: near.region,
                profile: Arc::clone(near.shard.profile(near.sitting)),
                distance: geodesic_of_chord(near.chord_2),
                position: near.sitting.position,
                free_at: near.sitting.free_at,
            })
            .collect()
    }
}
