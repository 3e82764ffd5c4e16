//! The units of one region, by seat, and the trees of their classes.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

mod lately;
mod told;
mod trail;

use super::cells::{Cells, NOWHERE};
use super::map::project;
use super::slack_tree::{Anchor, SlackTree};
use crate::domain::ids::{ServiceKey, UnitId};
use crate::domain::quantities::{Metres, Point};
use crate::domain::unit::{Availability, CallSign, Capabilities, Position, Unit, UnitKind, UnitStatus};
use lately::Lately;
pub use told::{Remark, Told};
pub(super) use trail::Gait;
use trail::Trail;

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

/// Who sits in a seat: what a position does not touch.
#[derive(Debug)]
pub(super) struct Sitting {
    pub(super) unit: UnitId,
    pub(super) call_sign: CallSign,
    pub(super) free_at: Option<Timestamp>,
}

/// What a unit is and does, in one word: its class and, by the order of [`UnitStatus`], its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look(u32);

impl Look {
    /// Of a vacant seat.
    const NOBODY: Self = Self(u32::MAX);

    fn of(class: u32, status: &UnitStatus) -> Self {
        let state = match status {
            UnitStatus::Available => 0,
            UnitStatus::Reserved { .. } => 1,
            UnitStatus::Engaged { .. } => 2,
            UnitStatus::Returning { .. } => 3,
            UnitStatus::OutOfService { .. } => 4,
        };
        Self(class << 3 | state)
    }

    /// The number of its class.
    pub(super) fn class(self) -> usize {
        self.0 as usize >> 3
    }

    /// What it is doing, by the order of [`UnitStatus`].
    pub(super) fn state(self) -> usize {
        self.0 as usize & 7
    }

    fn availability(self) -> Availability {
        match self.state() {
            0 => Availability::Free,
            3 => Availability::SoonFree,
            4 => Availability::Unfit,
            _ => Availability::Taken,
        }
    }
}

/// Which tree a unit stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Stand {
    class: usize,
    availability: Availability,
    gait: Gait,
}

/// The units of a class that can be sent at once, or soon.
#[derive(Debug, Default)]
pub(super) struct Sendable {
    standing: SlackTree,
    roaming: SlackTree,
}

impl Sendable {
    fn tree(&mut self, gait: Gait) -> &mut SlackTree {
        match gait {
            Gait::Standing => &mut self.standing,
            Gait::Roaming => &mut self.roaming,
        }
    }

    /// The trees with their slack.
    pub(super) fn trees(&self) -> [(Gait, &SlackTree); 2] {
        [(Gait::Standing, &self.standing), (Gait::Roaming, &self.roaming)]
    }
}

#[derive(Debug)]
pub(super) struct Class {
    pub(super) profile: Arc<Profile>,
    pub(super) free: Sendable,
    pub(super) soon_free: Sendable,
}

/// Where a unit was seated and what tree it belongs in.
pub(super) struct Seated {
    pub(super) number: u32,
    pub(super) generation: u32,
    pub(super) stand: Stand,
    pub(super) anchor: Anchor,
}

/// What is known of a seat's unit stands in rows by seat number, each packed for those who read it: a search looks at
/// several places before it names one unit, a wide tile at all of them, and who asks what has moved opens few seats.
#[derive(Debug, Default)]
pub(super) struct Shard {
    /// Who sits there.
    seats: Vec<Option<Sitting>>,
    /// Where the unit was last seen. Of a vacant seat it says nothing.
    places: Vec<Point>,
    /// What it is and does.
    looks: Vec<Look>,
    /// When it was seen, and what its next position is judged by.
    trails: Vec<Trail>,
    /// Grows with every position.
    mark: u64,
    /// Who was seen of late.
    lately: Lately,
    vacant: Vec<u32>,
    /// Which seats lie in which cell of the map, for drawing; units of every class and state.
    cells: Cells,
    /// Grows with every change that a map shows.
    revision: u64,
    by_unit: HashMap<UnitId, u32>,
    /// By seat number: what is remarked on the few on which something is.
    remarks: HashMap<u32, Remark>,
    classes: Vec<Class>,
    by_service: HashMap<ServiceKey, Vec<u32>>,
}

fn anchor(point: Point, seat: u32) -> Anchor {
    Anchor { at: project(point), seat }
}

impl Shard {
    /// How many units sit here.
    pub(super) fn count(&self) -> usize {
        self.by_unit.len()
    }

    /// The classes of a service.
    pub(super) fn of_service(&self, service: &ServiceKey) -> impl Iterator<Item = &Class> {
        let numbers = self.by_service.get(service).map_or(&[][..], Vec::as_slice);
        numbers.iter().map(|&number| &self.classes[number as usize])
    }

    /// The unit in a seat.
    pub(super) fn sitting(&self, number: u32) -> Option<&Sitting> {
        self.seats[number as usize].as_ref()
    }

    /// Every unit's place, by seat.
    pub(super) fn all_places(&self) -> impl Iterator<Item = Point> {
        let taken = self.places.iter().zip(&self.looks).filter(|(_, look)| **look != Look::NOBODY);
        taken.map(|(place, _)| *place)
    }

    /// The seats of every unit.
    pub(super) fn taken_seats(&self) -> impl Iterator<Item = u32> {
        (0..).zip(&self.looks).filter(|(_, look)| **look != Look::NOBODY).map(|(number, _)| number)
    }

    /// The seats of every unit that lies in a box of degrees (west, south, east, north): looks at all places in a row.
    pub(super) fn seats_within(&self, [west, south, east, north]: [f64; 4]) -> impl Iterator<Item = u32> {
        let inside = move |place: &Point| {
            (west..=east).contains(&place.lon()) && (south..=north).contains(&place.lat())
        };
        let all = (0..).zip(self.places.iter().zip(&self.looks));
        let within = all.filter(move |(_, (place, look))| inside(place) && **look != Look::NOBODY);
        within.map(|(number, _)| number)
    }

    /// The seats of every unit that may lie in a box of degrees (west, south, east, north), and some beside it.
    pub(super) fn seats_near(&self, bounds: [f64; 4]) -> impl Iterator<Item = u32> {
        self.cells.near(bounds)
    }

    /// Grows with every change that a map shows.
    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    /// Where the unit of a seat was last seen. Of a vacant seat, which stands in no tree, it says nothing.
    pub(super) fn place(&self, number: u32) -> Point {
        self.places[number as usize]
    }

    /// What the unit of a seat is and does.
    pub(super) fn look(&self, number: u32) -> Look {
        self.looks[number as usize]
    }

    /// Where, when and by whom the unit of a seat was last seen.
    pub(super) fn position(&self, number: u32) -> Position {
        let trail = &self.trails[number as usize];
        Position {
            point: self.places[number as usize],
            at: trail.at,
            source: trail.source,
            accuracy: Metres::new(trail.accuracy).ok(),
        }
    }

    /// Reads a word of all that a position touches of each of these seats, so that the processor asks for the memory of
    /// all of them at once instead of waiting for one after the other.
    pub(super) fn call_up(&self, seats: impl Iterator<Item = u32>) {
        let mut words = 0;
        for number in seats {
            let number = number as usize;
            let Some(trail) = self.trails.get(number) else { continue };
            words ^= u64::from(trail.generation) ^ self.places[number].lat().to_bits();
        }
        std::hint::black_box(words);
    }

    /// When the unit of a seat was last seen.
    pub(super) fn seen_at(&self, number: u32) -> Timestamp {
        self.trails[number as usize].at
    }

    /// What the unit of a seat goes by.
    fn kind(&self, number: u32) -> UnitKind {
        self.trails[number as usize].kind
    }

    /// Whether something is remarked on the unit of a seat.
    fn is_remarked(&self, number: u32) -> bool {
        self.trails[number as usize].remarked
    }

    fn note_remarked(&mut self, number: u32, remarked: bool) {
        self.trails[number as usize].remarked = remarked;
    }

    /// What the units of a class have in common.
    pub(super) fn profile(&self, class: usize) -> &Arc<Profile> {
        &self.classes[class].profile
    }

    /// The seat of a unit: number and generation.
    pub(super) fn seat_of(&self, unit: &UnitId) -> Option<(u32, u32)> {
        let number = *self.by_unit.get(unit)?;
        Some((number, self.trails[number as usize].generation))
    }

    /// Whether a seat is still that of the unit it was given to.
    fn holds(&self, (number, generation): (u32, u32)) -> bool {
        self.trails.get(number as usize).is_some_and(|trail| trail.generation == generation)
    }

    /// Gives a unit a seat, or lets it keep the one it has. It is in no tree yet.
    pub(super) fn seat(&mut self, unit: &Unit) -> Seated {
        let class = self.class(unit);
        let point = unit.position.point;
        self.revision += 1;
        let number = match self.by_unit.get(&unit.id) {
            Some(&number) => {
                self.uproot(number);
                number
            }
            None => self.vacant.pop().unwrap_or_else(|| {
                self.seats.push(None);
                self.places.push(point);
                self.looks.push(Look::NOBODY);
                self.trails.push(Trail::new(0, NOWHERE, unit.kind, &unit.position));
                u32::try_from(self.seats.len() - 1).unwrap_or(u32::MAX)
            }),
        };
        self.seats[number as usize] = Some(Sitting {
            unit: unit.id.clone(),
            call_sign: unit.call_sign.clone(),
            free_at: unit.status.free_at(),
        });
        self.looks[number as usize] = Look::of(class, &unit.status);
        let trail = &mut self.trails[number as usize];
        let generation = trail.generation;
        *trail = Trail {
            remarked: trail.remarked,
            ..Trail::new(generation, trail.cell, unit.kind, &unit.position)
        };
        self.lately.fits(self.trails.len());
        self.seen_at_place(number, point);
        self.by_unit.insert(unit.id.clone(), number);
        Seated { number, generation, stand: self.stand(number), anchor: anchor(point, number) }
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
                free: Sendable::default(),
                soon_free: Sendable::default(),
            });
            number
        })
    }

    /// A unit was seen. News older than what is known is left aside. `false` when nobody sits there any more.
    pub(super) fn moved(&mut self, seat: (u32, u32), position: Position) -> bool {
        if !self.holds(seat) {
            return false;
        }
        if position.at >= self.trails[seat.0 as usize].at {
            self.seen(seat.0, &position);
        }
        true
    }

    /// The unit of a seat was seen, no earlier than what is known of it.
    fn seen(&mut self, number: u32, position: &Position) {
        let trail = &mut self.trails[number as usize];
        trail.note(position);
        let new_gait = trail.new_gait(position.point);
        self.seen_at_place(number, position.point);
        self.revision += 1;
        if let Some(gait) = new_gait {
            self.uproot(number);
            self.plant(number, gait);
        }
    }

    fn seen_at_place(&mut self, number: u32, point: Point) {
        self.mark += 1;
        self.lately.note(self.mark, number);
        self.places[number as usize] = point;
        let trail = &mut self.trails[number as usize];
        trail.mark = self.mark;
        trail.cell = self.cells.put(number, trail.cell, point);
    }

    /// The mark of the last position, and the seats of every unit of a service, or of all, that was seen after `mark`.
    pub(super) fn seen_since<'a>(
        &'a self,
        mark: u64,
        service: Option<&'a ServiceKey>,
    ) -> (u64, impl Iterator<Item = u32> + 'a) {
        let later = move |(number, seen): &(u32, Option<u64>)| {
            let (trail, look) = (&self.trails[*number as usize], self.looks[*number as usize]);
            trail.mark > mark
                && seen.is_none_or(|seen| trail.mark == seen)
                && look != Look::NOBODY
                && service.is_none_or(|own| self.profile(look.class()).service == *own)
        };
        let all = self.lately.since(mark, self.mark, self.trails.len());
        (self.mark, all.filter(later).map(|(number, _)| number))
    }

    /// A unit's status has changed. `false` when nobody sits there any more.
    pub(super) fn status_changed(&mut self, seat: (u32, u32), status: &UnitStatus) -> bool {
        if !self.holds(seat) {
            return false;
        }
        let Some(sitting) = &mut self.seats[seat.0 as usize] else { return false };
        sitting.free_at = status.free_at();
        let before = self.looks[seat.0 as usize];
        let now = Look((before.0 & !7) | Look::of(0, status).0);
        if before.availability() == now.availability() {
            self.looks[seat.0 as usize] = now;
        } else {
            self.uproot(seat.0);
            self.looks[seat.0 as usize] = now;
            // One that comes back drives; one that is free mostly waits, and shows otherwise by moving.
            let roams = now.availability() == Availability::SoonFree;
            self.plant(seat.0, if roams { Gait::Roaming } else { Gait::Standing });
        }
        self.revision += 1;
        true
    }

    /// Takes a unit out. `false` when nobody sits there any more.
    pub(super) fn vacate(&mut self, seat: (u32, u32)) -> bool {
        if !self.holds(seat) {
            return false;
        }
        self.uproot(seat.0);
        let Some(sitting) = self.seats[seat.0 as usize].take() else { return false };
        self.looks[seat.0 as usize] = Look::NOBODY;
        let trail = &mut self.trails[seat.0 as usize];
        self.cells.take(seat.0, trail.cell);
        trail.cell = NOWHERE;
        trail.generation = trail.generation.wrapping_add(1);
        self.by_unit.remove(&sitting.unit);
        self.remarks.remove(&seat.0);
        self.trails[seat.0 as usize].remarked = false;
        self.vacant.push(seat.0);
        self.revision += 1;
        true
    }

    /// Which tree the unit of a seat stands in.
    fn stand(&self, number: u32) -> Stand {
        let look = self.looks[number as usize];
        let gait = self.trails[number as usize].gait;
        Stand { class: look.class(), availability: look.availability(), gait }
    }

    /// Takes the unit of a seat out of its tree.
    fn uproot(&mut self, number: u32) {
        let (stand, at) = (self.stand(number), self.trails[number as usize].anchor);
        if let Some(tree) = self.tree(stand) {
            tree.remove(anchor(at, number));
        }
    }

    /// Anchors the unit of a seat and puts it into the tree where it then belongs.
    fn plant(&mut self, number: u32, gait: Gait) {
        let now = self.places[number as usize];
        let trail = &mut self.trails[number as usize];
        trail.anchor(gait, now);
        let at = trail.anchor;
        let stand = self.stand(number);
        if let Some(tree) = self.tree(stand) {
            tree.add(anchor(at, number));
        }
    }

    /// A tree; none for units that cannot be sent, which stand in none.
    pub(super) fn tree(&mut self, stand: Stand) -> Option<&mut SlackTree> {
        let class = self.classes.get_mut(stand.class)?;
        match stand.availability {
            Availability::Free => Some(class.free.tree(stand.gait)),
            Availability::SoonFree => Some(class.soon_free.tree(stand.gait)),
            Availability::Taken | Availability::Unfit => None,
        }
    }

    /// Trees that are worth a rebuild.
    pub(super) fn worn(&self, least_wear: usize) -> Vec<Stand> {
        let mut worn = Vec::new();
        for (number, class) in self.classes.iter().enumerate() {
            for (availability, sendable) in
                [(Availability::Free, &class.free), (Availability::SoonFree, &class.soon_free)]
            {
                let of_class = sendable.trees().into_iter().filter(|(_, tree)| tree.is_worn(least_wear));
                worn.extend(of_class.map(|(gait, _)| Stand { class: number, availability, gait }));
            }
        }
        worn
    }
}
