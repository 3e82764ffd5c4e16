//! Which fitting units are nearest.
//!
//! One R-tree per **class**: owning region, service, kind, capabilities, and free or soon free. A search opens only
//! trees whose every unit fits, so it never wades through units that are engaged or cannot do what is needed; held,
//! engaged and unfit units stand in no tree. A class has two trees: units that stand are anchored within 30 m, units
//! that roam within 250 m, so that neither costs the other.
//!
//! Each region has its own `RwLock`: a search holds it for reading for a microsecond or two, a position for
//! writing for some tens of nanoseconds. A published copy (arc-swap) would cost a copy of the trees per change;
//! an actor's mailbox costs 25 µs per question when idle and queues when not. A rebuild copies under the lock,
//! loads outside it and swaps.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use jiff::Timestamp;

use super::fence::Fence;
use super::map;
use super::nearest::{Found, Nearest, Search};
pub use super::shard::{Profile, Remark, Told};
use super::shard::{Shard, Stand};
use super::slack_tree::{Anchor, Anchors, SlackTree};
use crate::domain::doubt::Doubt;
use crate::domain::ids::{RegionCode, ServiceKey, UnitId};
use crate::domain::quantities::Point;
use crate::domain::unit::{CallSign, Position, Unit, UnitKind, UnitStatus};

/// Trees with fewer changes than this are never worth a rebuild.
const LEAST_WEAR: usize = 256;
/// Positions taken while a region is held once.
const HELD_FOR: usize = 64;
/// Region codes are below 80.
const SHARDS: usize = 80;

/// Where a unit sits in the index: valid until the unit is removed, and known to be invalid afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    region: RegionCode,
    number: u32,
    generation: u32,
}

impl Seat {
    fn in_shard(self) -> (u32, u32) {
        (self.number, self.generation)
    }
}

/// A unit as a map draws it. What the map asks first is at hand; the rest is looked up when it is asked.
#[derive(Debug, Clone, Copy)]
pub struct Drawn<'a> {
    shard: &'a Shard,
    number: u32,
}

impl<'a> Drawn<'a> {
    /// Where it was last seen.
    #[must_use]
    pub fn point(&self) -> Point {
        self.shard.place(self.number)
    }

    /// When it was there.
    #[must_use]
    pub fn seen_at(&self) -> Timestamp {
        self.shard.seen_at(self.number)
    }

    /// The number of its class within its region: small, and the same for all units of one [`Profile`].
    #[must_use]
    pub fn class(&self) -> usize {
        self.shard.look(self.number).class()
    }

    /// Its service and kind.
    #[must_use]
    pub fn profile(&self) -> &'a Profile {
        self.shard.profile(self.class())
    }

    /// What it is doing, by the order of [`UnitStatus`].
    #[must_use]
    pub fn state(&self) -> usize {
        self.shard.look(self.number).state()
    }

    /// Why its latest report is not believed; none where it is. The place is the one believed last.
    #[must_use]
    pub fn doubt(&self) -> Option<Doubt> {
        self.shard.doubt(self.number)
    }

    /// Its identity and the name it answers to.
    #[must_use]
    pub fn names(&self) -> Option<(&'a UnitId, &'a CallSign)> {
        self.shard.sitting(self.number).map(|sitting| (&sitting.unit, &sitting.call_sign))
    }
}

/// All units of this process, by region. Shared by reference; every method takes `&self`.
#[derive(Debug)]
pub struct UnitIndex {
    shards: Vec<RwLock<Shard>>,
}

impl Default for UnitIndex {
    fn default() -> Self {
        Self { shards: (0..SHARDS).map(|_| RwLock::default()).collect() }
    }
}

impl UnitIndex {
    /// An index of many units, loaded in bulk: ten times as fast as one by one, and neighbours of a class sit side by
    /// side, which a search that looks at them together feels. Ids are unique.
    #[must_use]
    pub fn loaded<'a>(units: impl IntoIterator<Item = &'a Unit>) -> Self {
        let index = Self::default();
        let mut places: HashMap<(RegionCode, u32), (Stand, Anchor)> = HashMap::new();
        let mut units: Vec<&Unit> = units.into_iter().collect();
        units.sort_by_cached_key(|u| (u.region, u.service.clone(), u.kind, u.capabilities.clone(), along(u)));
        for unit in units {
            let seated = index.write(unit.region).seat(unit);
            places.insert((unit.region, seated.number), (seated.stand, seated.anchor));
        }
        let mut trees: HashMap<(RegionCode, Stand), Vec<Anchor>> = HashMap::new();
        for ((region, _), (stand, anchor)) in places {
            trees.entry((region, stand)).or_default().push(anchor);
        }
        for ((region, stand), anchors) in trees {
            if let Some(tree) = index.write(region).tree(stand) {
                *tree = SlackTree::loaded(anchors);
            }
        }
        index
    }

    /// Puts a unit in, or brings everything about it up to date; it keeps its seat.
    pub fn place(&self, unit: &Unit) -> Seat {
        let mut shard = self.write(unit.region);
        let seated = shard.seat(unit);
        if let Some(tree) = shard.tree(seated.stand) {
            tree.add(seated.anchor);
        }
        Seat { region: unit.region, number: seated.number, generation: seated.generation }
    }

    /// The seat of a unit, to spare the look-up with every position.
    #[must_use]
    pub fn seat(&self, region: RegionCode, unit: &UnitId) -> Option<Seat> {
        let (number, generation) = self.read(region).seat_of(unit)?;
        Some(Seat { region, number, generation })
    }

    /// What a unit goes by and where it was last seen, whatever it is doing.
    #[must_use]
    pub fn whereabouts(&self, region: RegionCode, unit: &UnitId) -> Option<(UnitKind, Position)> {
        let shard = self.read(region);
        let (number, _) = shard.seat_of(unit)?;
        Some((shard.profile(shard.look(number).class()).kind, shard.position(number)))
    }

    /// A unit was seen somewhere. Older news than what is known is left aside. `false` when there is no such
    /// unit any more.
    pub fn moved(&self, seat: Seat, position: Position) -> bool {
        self.write(seat.region).moved(seat.in_shard(), position)
    }

    /// Units of a region are reported to be somewhere, as a service tells it: each is there if its report is believed,
    /// and stays where it was otherwise. The region is held once for many, and never for longer than some microseconds.
    /// What became of each report, in their order; a seat of another region is [`Told::Gone`].
    pub fn all_told(
        &self,
        region: RegionCode,
        reports: &[(Seat, Position)],
        fence: &Fence,
        now: Timestamp,
    ) -> Vec<Told> {
        let mut outcomes = Vec::with_capacity(reports.len());
        for some in reports.chunks(HELD_FOR) {
            let mut shard = self.write(region);
            shard.call_up(some.iter().filter(|(seat, _)| seat.region == region).map(|(seat, _)| seat.number));
            outcomes.extend(some.iter().map(|(seat, position)| {
                if seat.region != region {
                    return Told::Gone;
                }
                shard.told(seat.in_shard(), position, |kind, last, waits| {
                    fence.judge(region, kind, last, waits, position, now)
                })
            }));
        }
        outcomes
    }

    /// Changes what is remarked on a unit.
    pub fn remark(&self, seat: Seat, change: impl FnOnce(&mut Remark)) {
        self.write(seat.region).remark(seat.in_shard(), change);
    }

    /// What is remarked on a unit.
    #[must_use]
    pub fn remark_on(&self, region: RegionCode, unit: &UnitId) -> Remark {
        let shard = self.read(region);
        shard.seat_of(unit).map_or_else(Remark::default, |(number, _)| shard.remark_on(number))
    }

    /// The units of a region, or of one of its services, on which something is remarked, by id.
    #[must_use]
    pub fn remarked(&self, region: RegionCode, service: Option<&ServiceKey>) -> Vec<(UnitId, Remark)> {
        let shard = self.read(region);
        let mut all: Vec<(UnitId, Remark)> = shard
            .remarked()
            .filter(|(_, owner, _)| service.is_none_or(|own| *owner == own))
            .map(|(sitting, _, remark)| (sitting.unit.clone(), remark))
            .collect();
        all.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        all
    }

    /// A unit's status has changed: it moves to the class of its new availability. `false` when there is no such
    /// unit any more.
    pub fn status_changed(&self, seat: Seat, status: &UnitStatus) -> bool {
        self.write(seat.region).status_changed(seat.in_shard(), status)
    }

    /// Takes a unit out. `false` when there is no such unit any more.
    pub fn remove(&self, seat: Seat) -> bool {
        self.write(seat.region).vacate(seat.in_shard())
    }

    /// The nearest fitting units, nearest first; of units equally near, the one whose id sorts first.
    #[must_use]
    pub fn nearest(&self, search: &Search<'_>) -> Vec<Found> {
        if let [region] = *search.regions {
            return Nearest::of(search, &[(region, self.read(region))]);
        }
        // Locks are taken in the order of the codes, each once: two searches never wait for one another.
        let mut regions = search.regions.to_vec();
        regions.sort_unstable();
        regions.dedup();
        let shards: Vec<_> = regions.iter().map(|&region| (region, self.read(region))).collect();
        Nearest::of(search, &shards)
    }

    /// The fitting units that an exercise has, nearest first. They are in no tree of those that are free; few are ever
    /// there, and what is remarked on units is looked through.
    #[must_use]
    pub fn nearest_in_exercise(&self, search: &Search<'_>) -> Vec<Found> {
        let mut all = Vec::new();
        for &region in search.regions {
            let shard = self.read(region);
            let there =
                shard.remarked().filter(|(_, owner, remark)| remark.in_exercise && *owner == search.service);
            all.extend(there.filter_map(|(sitting, _, _)| {
                let (number, _) = shard.seat_of(&sitting.unit)?;
                let profile = shard.profile(shard.look(number).class());
                profile.capabilities.covers(search.capabilities).then(|| Found {
                    unit: sitting.unit.clone(),
                    region,
                    profile: Arc::clone(profile),
                    distance: search.from.distance(shard.position(number).point),
                    position: shard.position(number),
                    free_at: None,
                })
            }));
        }
        all.sort_by(|a, b| a.distance.get().total_cmp(&b.distance.get()).then(a.unit.cmp(&b.unit)));
        all.truncate(search.count);
        all
    }

    /// Rebuilds the trees that many changes have made slow, and says how many. Meant for a background thread:
    /// the lock of a region is held only to copy a tree's anchors and to swap the tree.
    pub fn rebuild_worn(&self) -> usize {
        self.rebuild(LEAST_WEAR)
    }

    fn rebuild(&self, least_wear: usize) -> usize {
        let mut rebuilt = 0;
        for shard in &self.shards {
            let worn = read(shard).worn(least_wear);
            for stand in worn {
                let anchors = write(shard).tree(stand).map(SlackTree::copy_for_rebuild);
                let Some(anchors) = anchors else { continue };
                let tree = Anchors::bulk_load_with_params(anchors);
                if let Some(worn) = write(shard).tree(stand) {
                    worn.take_rebuilt(tree);
                    rebuilt += 1;
                }
            }
        }
        rebuilt
    }

    /// The units of a region, or of one of its services, that were seen after a mark, each once with its last
    /// position; with the mark to ask for next. Mark 0 is before all. Marks count in this index alone.
    #[must_use]
    pub fn seen_since(
        &self,
        region: RegionCode,
        service: Option<&ServiceKey>,
        mark: u64,
    ) -> (u64, Vec<(UnitId, Position)>) {
        let shard = self.read(region);
        let (mark, seen) = shard.seen_since(mark, service);
        let named = |number| Some((shard.sitting(number)?.unit.clone(), shard.position(number)));
        (mark, seen.filter_map(named).collect())
    }

    /// The units of a region whose last position fits. Looks at each of them.
    #[must_use]
    pub fn seen(&self, region: RegionCode, fits: impl Fn(&Position) -> bool) -> Vec<UnitId> {
        let shard = self.read(region);
        let fitting = shard.taken_seats().filter(|number| fits(&shard.position(*number)));
        fitting.filter_map(|number| Some(shard.sitting(number)?.unit.clone())).collect()
    }

    /// The box of a region's units: west, south, east, north in degrees; none when it has none.
    #[must_use]
    pub fn bounds(&self, region: RegionCode) -> Option<[f64; 4]> {
        let shard = self.read(region);
        shard
            .all_places()
            .map(|p| [p.lon(), p.lat(), p.lon(), p.lat()])
            .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
    }

    /// Gives every unit of a region that may lie in a box of degrees (west, south, east, north) to `draw`, and some
    /// beside it; all of them when the box is `wide`, for then their places are read in a row. The region is held for
    /// reading meanwhile.
    pub fn drawn(&self, region: RegionCode, bounds: [f64; 4], wide: bool, mut draw: impl FnMut(Drawn<'_>)) {
        let shard = self.read(region);
        let mut give = |number| draw(Drawn { shard: &shard, number });
        if wide {
            shard.seats_within(bounds).for_each(&mut give);
        } else {
            shard.seats_near(bounds).for_each(give);
        }
    }

    /// Grows with every change of a region's units that a map shows.
    #[must_use]
    pub fn revision(&self, region: RegionCode) -> u64 {
        self.read(region).revision()
    }

    /// How many units a region has in the index.
    #[must_use]
    pub fn count(&self, region: RegionCode) -> usize {
        self.read(region).count()
    }

    fn read(&self, region: RegionCode) -> RwLockReadGuard<'_, Shard> {
        read(&self.shards[usize::from(region.number())])
    }

    fn write(&self, region: RegionCode) -> RwLockWriteGuard<'_, Shard> {
        write(&self.shards[usize::from(region.number())])
    }
}

/// A unit's place on a curve that keeps neighbours near (Morton's).
fn along(unit: &Unit) -> u64 {
    let [x, y] = map::project(unit.position.point);
    let spread = |metres: f32| {
        // Both halves of the map become positive; a step of two metres is fine enough.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let steps = ((f64::from(metres) + 2.2e7) / 2.0) as u32;
        (0..32).fold(0u64, |bits, bit| bits | (u64::from(steps >> bit & 1) << (2 * bit)))
    };
    spread(x) | spread(y) << 1
}

// A lock is poisoned when a writer panicked: the actor that did is restarted and places its units anew, so what the
// others know stays worth reading.
fn read(shard: &RwLock<Shard>) -> RwLockReadGuard<'_, Shard> {
    shard.read().unwrap_or_else(PoisonError::into_inner)
}

fn write(shard: &RwLock<Shard>) -> RwLockWriteGuard<'_, Shard> {
    shard.write().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
