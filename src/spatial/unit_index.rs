//! Which fitting units are nearest.
//!
//! One R-tree per **class**: owning region, service, kind, capabilities, and free or soon free. A search opens only
//! trees whose every unit fits, so it never wades through units that are engaged or cannot do what is needed; held,
//! engaged and unfit units stand in no tree.
//!
//! Each region has its own `RwLock`: a search holds it for reading for a microsecond or two, a position for
//! writing for some tens of nanoseconds. A published copy (arc-swap) would cost a copy of the trees per change;
//! an actor's mailbox costs 25 µs per question when idle and queues when not. A rebuild copies under the lock,
//! loads outside it and swaps.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use jiff::Timestamp;
use rstar::RTree;

use super::earth::Ecef;
use super::nearest::{Found, Nearest, Search};
use super::slack_tree::{Anchor, SlackTree};
use crate::domain::ids::{RegionCode, ServiceKey, UnitId};
use crate::domain::quantities::Point;
use crate::domain::unit::{Availability, Capabilities, Position, Unit, UnitKind, UnitStatus};

/// How far a unit may stray from its anchor, metres.
pub const SLACK_M: f64 = 250.0;
/// Trees with fewer changes than this are never worth a rebuild.
const LEAST_WEAR: usize = 256;
/// An upper bound of one degree of latitude or longitude on the ellipsoid, metres.
const DEGREE_M: f64 = 111_700.0;
/// Region codes are below 80.
const SHARDS: usize = 80;

/// What all units of a class have in common.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Profile {
    /// The owning service.
    pub service: ServiceKey,
    /// What they go by.
    pub kind: UnitKind,
    /// What they can do.
    pub capabilities: Capabilities,
}

/// Where a unit sits in the index: valid until the unit is removed, and known to be invalid afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    region: RegionCode,
    number: u32,
    generation: u32,
}

#[derive(Debug)]
pub(super) struct Sitting {
    pub(super) unit: UnitId,
    class: u32,
    availability: Availability,
    anchor: Point,
    pub(super) position: Position,
    pub(super) free_at: Option<Timestamp>,
}

#[derive(Debug)]
pub(super) struct Class {
    pub(super) profile: Arc<Profile>,
    pub(super) free: SlackTree,
    pub(super) soon_free: SlackTree,
}

impl Class {
    fn tree(&mut self, availability: Availability) -> Option<&mut SlackTree> {
        match availability {
            Availability::Free => Some(&mut self.free),
            Availability::SoonFree => Some(&mut self.soon_free),
            Availability::Taken | Availability::Unfit => None,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Shard {
    seats: Vec<(u32, Option<Sitting>)>,
    vacant: Vec<u32>,
    by_unit: HashMap<UnitId, u32>,
    classes: Vec<Class>,
    by_service: HashMap<ServiceKey, Vec<u32>>,
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
    /// An index of many units, loaded in bulk: 34 ms per 100,000 where one by one takes ten times as long.
    #[must_use]
    pub fn loaded<'a>(units: impl IntoIterator<Item = &'a Unit>) -> Self {
        let index = Self::default();
        let mut anchors: HashMap<(usize, u32, Availability), Vec<Anchor>> = HashMap::new();
        for unit in units {
            let shard_number = usize::from(unit.region.number());
            let mut shard = index.write(unit.region);
            if shard.by_unit.contains_key(&unit.id) {
                continue;
            }
            let (number, class, availability) = shard.seat(unit);
            if matches!(availability, Availability::Free | Availability::SoonFree) {
                let anchor = anchor(unit.position.point, number);
                anchors.entry((shard_number, class, availability)).or_default().push(anchor);
            }
        }
        for ((shard_number, class, availability), anchors) in anchors {
            let mut shard = index.shards[shard_number].write().unwrap_or_else(PoisonError::into_inner);
            if let Some(tree) = shard.classes[class as usize].tree(availability) {
                *tree = SlackTree::loaded(anchors);
            }
        }
        index
    }

    /// Puts a unit in, or brings everything about it up to date; it keeps its seat.
    pub fn place(&self, unit: &Unit) -> Seat {
        let mut shard = self.write(unit.region);
        let (number, class, availability) = shard.seat(unit);
        if let Some(tree) = shard.classes[class as usize].tree(availability) {
            tree.add(anchor(unit.position.point, number));
        }
        Seat { region: unit.region, number, generation: shard.seats[number as usize].0 }
    }

    /// The seat of a unit, to spare the look-up with every position.
    #[must_use]
    pub fn seat(&self, region: RegionCode, unit: &UnitId) -> Option<Seat> {
        let shard = self.read(region);
        let number = *shard.by_unit.get(unit)?;
        Some(Seat { region, number, generation: shard.seats[number as usize].0 })
    }

    /// A unit was seen somewhere. Older news than what is known is left aside. `false` when there is no such
    /// unit any more.
    pub fn moved(&self, seat: Seat, position: Position) -> bool {
        let mut shard = self.write(seat.region);
        let Some(sitting) = shard.sitting(seat) else { return false };
        if position.at < sitting.position.at {
            return true;
        }
        sitting.position = position;
        if sitting.strayed() {
            let (before, class, availability) = (sitting.anchor, sitting.class, sitting.availability);
            sitting.anchor = position.point;
            if let Some(tree) = shard.classes[class as usize].tree(availability) {
                tree.remove(anchor(before, seat.number));
                tree.add(anchor(position.point, seat.number));
            }
        }
        true
    }

    /// A unit's status has changed: it moves to the class of its new availability. `false` when there is no such
    /// unit any more.
    pub fn status_changed(&self, seat: Seat, status: &UnitStatus) -> bool {
        let mut shard = self.write(seat.region);
        let Some(sitting) = shard.sitting(seat) else { return false };
        let (before, after) = (sitting.availability, status.availability());
        sitting.free_at = status.free_at();
        if before == after {
            return true;
        }
        sitting.availability = after;
        let (old, new, class) = (sitting.anchor, sitting.position.point, sitting.class);
        sitting.anchor = new;
        let class = &mut shard.classes[class as usize];
        if let Some(tree) = class.tree(before) {
            tree.remove(anchor(old, seat.number));
        }
        if let Some(tree) = class.tree(after) {
            tree.add(anchor(new, seat.number));
        }
        true
    }

    /// Takes a unit out. `false` when there is no such unit any more.
    pub fn remove(&self, seat: Seat) -> bool {
        let mut shard = self.write(seat.region);
        if shard.sitting(seat).is_none() {
            return false;
        }
        shard.vacate(seat.number);
        true
    }

    /// The nearest fitting units, nearest first; of units equally near, the one whose id sorts first.
    #[must_use]
    pub fn nearest(&self, search: &Search<'_>) -> Vec<Found> {
        let mut regions = search.regions.to_vec();
        regions.sort_unstable();
        regions.dedup();
        let shards: Vec<_> = regions.iter().map(|&region| (region, self.read(region))).collect();
        let mut nearest = Nearest::new(search);
        for (region, shard) in &shards {
            nearest.look_in(*region, shard);
        }
        nearest.found()
    }

    /// Rebuilds the trees that many changes have made slow, and says how many. Meant for a background thread:
    /// the lock of a region is held only to copy a tree's anchors and to swap the tree.
    pub fn rebuild_worn(&self) -> usize {
        self.rebuild(LEAST_WEAR)
    }

    fn rebuild(&self, least_wear: usize) -> usize {
        let mut rebuilt = 0;
        for shard in &self.shards {
            let worn = {
                let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
                shard.worn(least_wear)
            };
            for (class, availability) in worn {
                let anchors = {
                    let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
                    shard.classes[class].tree(availability).map(SlackTree::copy_for_rebuild)
                };
                let Some(anchors) = anchors else { continue };
                let tree = RTree::bulk_load(anchors);
                let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
                if let Some(worn) = shard.classes[class].tree(availability) {
                    worn.take_rebuilt(tree);
                    rebuilt += 1;
                }
            }
        }
        rebuilt
    }

    /// How many units a region has in the index.
    #[must_use]
    pub fn count(&self, region: RegionCode) -> usize {
        self.read(region).by_unit.len()
    }

    // A lock is poisoned when a writer panicked: the actor that did is restarted and places its units anew,
    // so what the others know stays worth reading.
    fn read(&self, region: RegionCode) -> RwLockReadGuard<'_, Shard> {
        self.shards[usize::from(region.number())].read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, region: RegionCode) -> RwLockWriteGuard<'_, Shard> {
        self.shards[usize::from(region.number())].write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn anchor(point: Point, seat: u32) -> Anchor {
    Anchor { at: Ecef::from(point).coarse(), seat }
}

impl Sitting {
    /// Whether the unit has left the slack. Most have not, and two subtractions say so; the rest is measured.
    fn strayed(&self) -> bool {
        let now = self.position.point;
        let north = (now.lat() - self.anchor.lat()) * DEGREE_M;
        let east = (now.lon() - self.anchor.lon()) * DEGREE_M;
        let slack_2 = SLACK_M * SLACK_M;
        north * north + east * east > slack_2 && Ecef::from(now).chord_2(&self.anchor.into()) > slack_2
    }
}

impl Shard {
    /// The classes of a service.
    pub(super) fn of_service(&self, service: &ServiceKey) -> impl Iterator<Item = &Class> {
        let numbers = self.by_service.get(service).map_or(&[][..], Vec::as_slice);
        numbers.iter().map(|&number| &self.classes[number as usize])
    }

    /// The unit in a seat.
    pub(super) fn in_seat(&self, number: u32) -> Option<&Sitting> {
        self.seats[number as usize].1.as_ref()
    }

    pub(super) fn profile(&self, sitting: &Sitting) -> &Arc<Profile> {
        &self.classes[sitting.class as usize].profile
    }

    fn sitting(&mut self, seat: Seat) -> Option<&mut Sitting> {
        let (generation, sitting) = self.seats.get_mut(seat.number as usize)?;
        if *generation == seat.generation { sitting.as_mut() } else { None }
    }

    /// Gives a unit a seat, or lets it keep the one it has, not yet in a tree: the number, its class, its
    /// availability.
    fn seat(&mut self, unit: &Unit) -> (u32, u32, Availability) {
        let class = self.class(unit);
        let availability = unit.status.availability();
        let sitting = Sitting {
            unit: unit.id.clone(),
            class,
            availability,
            anchor: unit.position.point,
            position: unit.position,
            free_at: unit.status.free_at(),
        };
        let number = match self.by_unit.get(&unit.id) {
            Some(&number) => {
                self.uproot(number);
                number
            }
            None => self.vacant.pop().unwrap_or_else(|| {
                self.seats.push((0, None));
                u32::try_from(self.seats.len() - 1).unwrap_or(u32::MAX)
            }),
        };
        self.seats[number as usize].1 = Some(sitting);
        self.by_unit.insert(unit.id.clone(), number);
        (number, class, availability)
    }

    fn class(&mut self, unit: &Unit) -> u32 {
        let of_service = self.by_service.entry(unit.service.clone()).or_default();
        let known = of_service.iter().copied().find(|&class| {
            let profile = &self.classes[class as usize].profile;
            profile.kind == unit.kind && profile.capabilities == unit.capabilities
        });
        known.unwrap_or_else(|| {
            let number = u32::try_from(self.classes.len()).unwrap_or(u32::MAX);
            of_service.push(number);
            let profile = Profile {
                service: unit.service.clone(),
                kind: unit.kind,
                capabilities: unit.capabilities.clone(),
            };
            self.classes.push(Class {
                profile: Arc::new(profile),
                free: SlackTree::default(),
                soon_free: SlackTree::default(),
            });
            number
        })
    }

    /// Takes the unit of a seat out of its tree.
    fn uproot(&mut self, number: u32) {
        let Some(sitting) = &self.seats[number as usize].1 else { return };
        let (class, availability, at) = (sitting.class, sitting.availability, sitting.anchor);
        if let Some(tree) = self.classes[class as usize].tree(availability) {
            tree.remove(anchor(at, number));
        }
    }

    fn vacate(&mut self, number: u32) {
        self.uproot(number);
        let (generation, sitting) = &mut self.seats[number as usize];
        let Some(sitting) = sitting.take() else { return };
        *generation = generation.wrapping_add(1);
        self.by_unit.remove(&sitting.unit);
        self.vacant.push(number);
    }

    fn worn(&self, least_wear: usize) -> Vec<(usize, Availability)> {
        let mut worn = Vec::new();
        for (number, class) in self.classes.iter().enumerate() {
            if class.free.is_worn(least_wear) {
                worn.push((number, Availability::Free));
            }
            if class.soon_free.is_worn(least_wear) {
                worn.push((number, Availability::SoonFree));
            }
        }
        worn
    }
}

#[cfg(test)]
mod tests;
