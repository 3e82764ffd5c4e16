//! The units of one region, by seat, and the trees of their classes.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::cells::Cells;
use super::earth::Ecef;
use super::map::project;
use super::slack_tree::{Anchor, SlackTree};
use crate::domain::ids::{ServiceKey, UnitId};
use crate::domain::quantities::Point;
use crate::domain::unit::{Availability, CallSign, Capabilities, Position, Unit, UnitKind, UnitStatus};

/// How a unit has moved of late. Those that stand are anchored closely, so that a search finds few of them in
/// vain; those that roam loosely, so that few of their moves touch a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Gait {
    /// Has not left its place: at its station, or waiting.
    Standing,
    /// On the move.
    Roaming,
}

impl Gait {
    /// How far a unit may stray from its anchor, metres. A receiver at rest scatters by less than the first.
    pub(super) const fn slack_m(self) -> f64 {
        match self {
            Self::Standing => 30.0,
            Self::Roaming => 250.0,
        }
    }
}

/// A roaming unit that has kept this near to its anchor for so long stands again, seconds.
const STANDS_AFTER_S: i64 = 300;
/// An upper bound of one degree of latitude or longitude on the ellipsoid, metres.
const DEGREE_M: f64 = 111_700.0;

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

#[derive(Debug)]
pub(super) struct Sitting {
    pub(super) unit: UnitId,
    class: u32,
    availability: Availability,
    gait: Gait,
    anchor: Point,
    anchored_at: Timestamp,
    pub(super) position: Position,
    pub(super) free_at: Option<Timestamp>,
    pub(super) call_sign: CallSign,
    /// What it is doing, by the order of [`UnitStatus`].
    pub(super) state: u8,
}

const fn state(status: &UnitStatus) -> u8 {
    match status {
        UnitStatus::Available => 0,
        UnitStatus::Reserved { .. } => 1,
        UnitStatus::Engaged { .. } => 2,
        UnitStatus::Returning { .. } => 3,
        UnitStatus::OutOfService { .. } => 4,
    }
}

impl Sitting {
    /// Whether the unit has left its slack, or has stood long enough: the gait it then has.
    fn new_gait(&self) -> Option<Gait> {
        let now = self.position.point;
        if beyond(self.anchor, now, self.gait.slack_m()) {
            return Some(Gait::Roaming);
        }
        let since = self.position.at.duration_since(self.anchored_at).as_secs();
        let stands = self.gait == Gait::Roaming && since >= STANDS_AFTER_S;
        (stands && !beyond(self.anchor, now, Gait::Standing.slack_m())).then_some(Gait::Standing)
    }

    /// Anchors the unit where it is: gives the tree and the anchor that it has from now on.
    fn anchor(&mut self, gait: Gait) {
        self.gait = gait;
        self.anchor = self.position.point;
        self.anchored_at = self.position.at;
    }

    fn stand(&self) -> Stand {
        Stand { class: self.class, availability: self.availability, gait: self.gait }
    }
}

/// Which tree a unit stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Stand {
    class: u32,
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

#[derive(Debug, Default)]
pub(super) struct Shard {
    /// By seat number: how often the seat changed hands, and who sits in it.
    seats: Vec<(u32, Option<Sitting>)>,
    /// By seat number: where its unit was last seen. A copy of what the seat says, packed for searches, which look at
    /// several places before they name one unit.
    places: Vec<Point>,
    /// By seat number: the mark of the last time when its unit was seen somewhere. Packed as well: who asks what has
    /// moved reads these and opens those seats alone.
    marks: Vec<u64>,
    /// Grows with every position.
    mark: u64,
    vacant: Vec<u32>,
    /// Which seats lie in which cell of the map, for drawing; units of every class and state.
    cells: Cells,
    /// Grows with every change that a map shows.
    revision: u64,
    by_unit: HashMap<UnitId, u32>,
    classes: Vec<Class>,
    by_service: HashMap<ServiceKey, Vec<u32>>,
}

fn anchor(point: Point, seat: u32) -> Anchor {
    Anchor { at: project(point), seat }
}

/// Whether two points are farther apart than a slack. Mostly they are not, and two subtractions say so; the rest is
/// measured.
fn beyond(anchor: Point, now: Point, slack_m: f64) -> bool {
    let north = (now.lat() - anchor.lat()) * DEGREE_M;
    let east = (now.lon() - anchor.lon()) * DEGREE_M;
    let slack_2 = slack_m * slack_m;
    north * north + east * east > slack_2 && Ecef::from(now).chord_2(&anchor.into()) > slack_2
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
        self.seats[number as usize].1.as_ref()
    }

    /// Every unit, by seat.
    pub(super) fn sittings(&self) -> impl Iterator<Item = &Sitting> {
        self.seats.iter().filter_map(|(_, sitting)| sitting.as_ref())
    }

    /// Every unit that may lie in a box of degrees (west, south, east, north), and some beside it.
    pub(super) fn sittings_near(&self, bounds: [f64; 4]) -> impl Iterator<Item = &Sitting> {
        self.cells.near(bounds).filter_map(|number| self.sitting(number))
    }

    /// Grows with every change that a map shows.
    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    /// Where the unit of a seat was last seen. Of a vacant seat, which stands in no tree, it says nothing.
    pub(super) fn place(&self, number: u32) -> Point {
        self.places[number as usize]
    }

    /// What the units of its class have in common.
    pub(super) fn profile(&self, sitting: &Sitting) -> &Arc<Profile> {
        &self.classes[sitting.class as usize].profile
    }

    /// The seat of a unit: number and generation.
    pub(super) fn seat_of(&self, unit: &UnitId) -> Option<(u32, u32)> {
        let number = *self.by_unit.get(unit)?;
        Some((number, self.seats[number as usize].0))
    }

    /// What a unit goes by and where it was last seen.
    pub(super) fn whereabouts(&self, unit: &UnitId) -> Option<(UnitKind, Position)> {
        let sitting = self.sitting(*self.by_unit.get(unit)?)?;
        Some((self.profile(sitting).kind, sitting.position))
    }

    fn sitting_mut(&mut self, (number, generation): (u32, u32)) -> Option<&mut Sitting> {
        let (now, sitting) = self.seats.get_mut(number as usize)?;
        if *now == generation { sitting.as_mut() } else { None }
    }

    /// Gives a unit a seat, or lets it keep the one it has. It is in no tree yet.
    pub(super) fn seat(&mut self, unit: &Unit) -> Seated {
        let class = self.class(unit);
        let availability = unit.status.availability();
        let point = unit.position.point;
        let sitting = Sitting {
            unit: unit.id.clone(),
            class,
            availability,
            gait: Gait::Standing,
            anchor: point,
            anchored_at: unit.position.at,
            position: unit.position,
            free_at: unit.status.free_at(),
            call_sign: unit.call_sign.clone(),
            state: state(&unit.status),
        };
        self.revision += 1;
        let number = match self.by_unit.get(&unit.id) {
            Some(&number) => {
                self.uproot(number);
                number
            }
            None => self.vacant.pop().unwrap_or_else(|| {
                self.seats.push((0, None));
                self.places.push(point);
                self.marks.push(0);
                u32::try_from(self.seats.len() - 1).unwrap_or(u32::MAX)
            }),
        };
        let stand = sitting.stand();
        let (generation, seat) = &mut self.seats[number as usize];
        *seat = Some(sitting);
        let generation = *generation;
        self.places[number as usize] = point;
        self.seen(number);
        self.cells.put(number, point);
        self.by_unit.insert(unit.id.clone(), number);
        Seated { number, generation, stand, anchor: anchor(point, number) }
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
        let Some(sitting) = self.sitting_mut(seat) else { return false };
        if position.at < sitting.position.at {
            return true;
        }
        sitting.position = position;
        let new_gait = sitting.new_gait();
        self.places[seat.0 as usize] = position.point;
        self.seen(seat.0);
        self.cells.put(seat.0, position.point);
        self.revision += 1;
        if let Some(gait) = new_gait {
            self.uproot(seat.0);
            self.plant(seat.0, |sitting| sitting.anchor(gait));
        }
        true
    }

    fn seen(&mut self, number: u32) {
        self.mark += 1;
        self.marks[number as usize] = self.mark;
    }

    /// The mark of the last position, and every unit of a service, or of all, that was seen after `mark`.
    pub(super) fn seen_since<'a>(
        &'a self,
        mark: u64,
        service: Option<&'a ServiceKey>,
    ) -> (u64, impl Iterator<Item = &'a Sitting>) {
        let later = self.marks.iter().zip(&self.seats).filter(move |(seen, _)| **seen > mark);
        let sitting = later.filter_map(|(_, (_, sitting))| sitting.as_ref());
        (self.mark, sitting.filter(move |s| service.is_none_or(|own| self.profile(s).service == *own)))
    }

    /// A unit's status has changed. `false` when nobody sits there any more.
    pub(super) fn status_changed(&mut self, seat: (u32, u32), status: &UnitStatus) -> bool {
        let Some(sitting) = self.sitting_mut(seat) else { return false };
        sitting.free_at = status.free_at();
        sitting.state = state(status);
        let availability = status.availability();
        if sitting.availability != availability {
            self.uproot(seat.0);
            self.plant(seat.0, |sitting| {
                sitting.availability = availability;
                // One that comes back drives; one that is free mostly waits, and shows otherwise by moving.
                let roams = availability == Availability::SoonFree;
                sitting.anchor(if roams { Gait::Roaming } else { Gait::Standing });
            });
        }
        self.revision += 1;
        true
    }

    /// Takes a unit out. `false` when nobody sits there any more.
    pub(super) fn vacate(&mut self, seat: (u32, u32)) -> bool {
        if self.sitting_mut(seat).is_none() {
            return false;
        }
        self.uproot(seat.0);
        let (generation, sitting) = &mut self.seats[seat.0 as usize];
        if let Some(sitting) = sitting.take() {
            *generation = generation.wrapping_add(1);
            self.by_unit.remove(&sitting.unit);
            self.vacant.push(seat.0);
            self.cells.take(seat.0);
            self.revision += 1;
        }
        true
    }

    /// Takes the unit of a seat out of its tree.
    fn uproot(&mut self, number: u32) {
        let Some(sitting) = &self.seats[number as usize].1 else { return };
        let (stand, at) = (sitting.stand(), sitting.anchor);
        if let Some(tree) = self.tree(stand) {
            tree.remove(anchor(at, number));
        }
    }

    /// Changes the unit of a seat and puts it into the tree where it then belongs.
    fn plant(&mut self, number: u32, change: impl FnOnce(&mut Sitting)) {
        let Some(sitting) = &mut self.seats[number as usize].1 else { return };
        change(sitting);
        let (stand, at) = (sitting.stand(), sitting.anchor);
        if let Some(tree) = self.tree(stand) {
            tree.add(anchor(at, number));
        }
    }

    /// A tree; none for units that cannot be sent, which stand in none.
    pub(super) fn tree(&mut self, stand: Stand) -> Option<&mut SlackTree> {
        let class = self.classes.get_mut(stand.class as usize)?;
        match stand.availability {
            Availability::Free => Some(class.free.tree(stand.gait)),
            Availability::SoonFree => Some(class.soon_free.tree(stand.gait)),
            Availability::Taken | Availability::Unfit => None,
        }
    }

    /// Trees that are worth a rebuild.
    pub(super) fn worn(&self, least_wear: usize) -> Vec<Stand> {
        let mut worn = Vec::new();
        for (class, number) in self.classes.iter().zip(0..) {
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
