//! One search for the nearest fitting units.

use std::ops::Deref;
use std::sync::Arc;

use jiff::Timestamp;

use super::earth::{Vantage, arc_at_most, geodesic_of_chord};
use super::map::{self, Reach};
use super::shard::{Gait, Profile, Sendable, Shard};
use super::slack_tree::SlackTree;

use crate::domain::ids::{RegionCode, ServiceKey, UnitId};
use crate::domain::quantities::{Metres, Point};
use crate::domain::unit::{Capabilities, Position};

/// What rounding can add to a bound, metres.
const ROUNDING_M: f64 = 0.001;

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
    seat: u32,
}

impl Near<'_> {
    fn unit(&self) -> Option<&UnitId> {
        self.shard.sitting(self.seat).map(|sitting| &sitting.unit)
    }
}

/// The best so far, nearest first.
pub(super) struct Nearest<'a> {
    search: &'a Search<'a>,
    from: Vantage,
    reach: Reach,
    on_map: [f32; 2],
    /// The chord within which a unit may still join the answer, squared.
    bound_2: f64,
    /// How far on the map anchors of standing and of roaming units are still of interest, squared.
    reach_2: [f32; 2],
    near: Vec<Near<'a>>,
}

impl<'a> Nearest<'a> {
    /// The answer of a search over the regions' shards.
    pub(super) fn of<S: Deref<Target = Shard>>(
        search: &'a Search<'a>,
        shards: &'a [(RegionCode, S)],
    ) -> Vec<Found> {
        if search.count == 0 {
            return Vec::new();
        }
        let mut nearest = Nearest {
            search,
            from: search.from.into(),
            reach: Reach::around(search.from),
            on_map: map::project(search.from),
            bound_2: f64::INFINITY,
            reach_2: [f32::INFINITY; 2],
            near: Vec::with_capacity(search.count.min(64)),
        };
        if let Some(within) = search.within {
            nearest.narrow(within.get());
        }
        for (region, shard) in shards {
            nearest.look_in(*region, shard);
        }
        nearest.found()
    }

    /// Looks through the trees of one region that hold nothing but fitting units.
    fn look_in(&mut self, region: RegionCode, shard: &'a Shard) {
        for class in shard.of_service(self.search.service) {
            if !class.profile.capabilities.covers(self.search.capabilities) {
                continue;
            }
            let soon_free = self.search.soon_free_too.then_some(&class.soon_free);
            for (gait, tree) in [Some(&class.free), soon_free].into_iter().flatten().flat_map(Sendable::trees)
            {
                self.look_through(region, shard, gait, tree);
            }
        }
    }

    fn look_through(&mut self, region: RegionCode, shard: &'a Shard, gait: Gait, tree: &SlackTree) {
        let gait = usize::from(gait == Gait::Roaming);
        tree.visit_near(self.on_map, self.reach_2[gait], &mut |seat| {
            let chord_2 = self.from.chord_2(shard.place(seat));
            if chord_2 <= self.bound_2 {
                self.offer(Near { chord_2, region, shard, seat });
            }
            self.reach_2[gait]
        });
    }

    /// From now on nothing farther than this (along the surface, or through the Earth, which is never longer) is of
    /// interest.
    fn narrow(&mut self, within_m: f64) {
        let bound = within_m + ROUNDING_M;
        self.bound_2 = bound * bound;
        let reach_2 = |gait: Gait| self.reach.squared(Metres::saturating(within_m + gait.slack_m()));
        self.reach_2 = [reach_2(Gait::Standing), reach_2(Gait::Roaming)];
    }

    fn offer(&mut self, new: Near<'a>) {
        let before = |near: &Near<'_>| {
            near.chord_2 < new.chord_2 || (near.chord_2 == new.chord_2 && near.unit() < new.unit())
        };
        let place = self.near.iter().rposition(before).map_or(0, |last| last + 1);
        let too_far = || self.search.within.is_some_and(|within| geodesic_of_chord(new.chord_2) > within);
        if place == self.search.count || too_far() {
            return;
        }
        self.near.truncate(self.search.count - 1);
        self.near.insert(place, new);
        if self.near.len() == self.search.count {
            let farthest_2 = self.near.last().map_or(0.0, |last| last.chord_2);
            self.narrow(arc_at_most(farthest_2.sqrt()));
        }
    }

    fn found(self) -> Vec<Found> {
        let named = |near: Near<'_>| {
            let sitting = near.shard.sitting(near.seat)?;
            Some(Found {
                unit: sitting.unit.clone(),
                region: near.region,
                profile: Arc::clone(near.shard.profile(near.shard.look(near.seat).class())),
                distance: geodesic_of_chord(near.chord_2),
                position: near.shard.position(near.seat),
                free_at: sitting.free_at,
            })
        };
        self.near.into_iter().filter_map(named).collect()
    }
}
