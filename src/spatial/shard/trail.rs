//! How a unit moves, and what a position is judged by and leaves behind.

use jiff::Timestamp;

use crate::domain::quantities::{Metres, Point};
use crate::domain::unit::{Position, PositionSource, UnitKind};
use crate::spatial::earth::Vantage;

/// How a unit has moved of late. Those that stand are anchored closely, so that a search finds few of them in
/// vain; those that roam loosely, so that few of their moves touch a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::spatial) enum Gait {
    /// Has not left its place: at its station, or waiting.
    Standing,
    /// On the move.
    Roaming,
}

impl Gait {
    /// How far a unit may stray from its anchor, metres. A receiver at rest scatters by less than the first.
    pub(in crate::spatial) const fn slack_m(self) -> f64 {
        match self {
            Self::Standing => 30.0,
            Self::Roaming => 250.0,
        }
    }
}

/// A roaming unit that has kept to its anchor's slack for so long stands again, seconds.
const STANDS_AFTER_S: u32 = 300;
/// How far ahead of itself a roaming unit is anchored, as a share of its slack: it passes its anchor and leaves it on the
/// other side, and so touches a tree half as often as from an anchor where it is.
const AHEAD: f64 = 0.8;
/// An upper bound of one degree of latitude or longitude on the ellipsoid, metres.
const DEGREE_M: f64 = 111_700.0;

/// What a position is judged by and leaves behind, but for the place: a line of the processor's cache for each seat, so
/// that a position waits for memory as seldom as can be.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Trail {
    /// How often the seat changed hands.
    pub(super) generation: u32,
    /// The cell of the map that the unit is in.
    pub(super) cell: u32,
    pub(super) gait: Gait,
    pub(super) source: PositionSource,
    /// What the unit goes by: its class says it too, from other memory.
    pub(super) kind: UnitKind,
    /// Whether something is remarked on the unit: mostly nothing is, and then nobody looks for it.
    pub(super) remarked: bool,
    /// Since which second of 1970 the unit is anchored, as far as this holds it: only the time since then is of interest.
    pub(super) anchored_at: u32,
    /// The mark of the last time when the unit was seen somewhere.
    pub(super) mark: u64,
    pub(super) anchor: Point,
    pub(super) at: Timestamp,
    /// Metres; not a number where the source does not know it.
    pub(super) accuracy: f64,
}

const _: () = assert!(size_of::<Trail>() == 64, "more than a line of the cache");

impl Trail {
    /// Of a unit that is seated where it was seen, and stands.
    pub(super) fn new(generation: u32, cell: u32, kind: UnitKind, position: &Position) -> Self {
        let mut trail = Self {
            generation,
            cell,
            gait: Gait::Standing,
            source: position.source,
            kind,
            remarked: false,
            anchored_at: low(position.at.as_second()),
            mark: 0,
            anchor: position.point,
            at: position.at,
            accuracy: f64::NAN,
        };
        trail.note(position);
        trail
    }

    /// The unit was seen; where, is noted apart.
    pub(super) fn note(&mut self, position: &Position) {
        self.at = position.at;
        self.source = position.source;
        self.accuracy = position.accuracy.map_or(f64::NAN, Metres::get);
    }

    /// Whether a unit that is there now has left its slack, or has stood long enough: the gait it then has.
    pub(super) fn new_gait(&self, now: Point) -> Option<Gait> {
        if beyond(self.anchor, now, self.gait.slack_m()) {
            return Some(Gait::Roaming);
        }
        let stands = || low(self.at.as_second()).wrapping_sub(self.anchored_at) >= STANDS_AFTER_S;
        (self.gait == Gait::Roaming && stands()).then_some(Gait::Standing)
    }

    /// Anchors a unit that is there now: where it stands, or where its way from the anchor before leads.
    pub(super) fn anchor(&mut self, gait: Gait, now: Point) {
        self.anchor = match gait {
            Gait::Standing => now,
            Gait::Roaming => ahead(self.anchor, now, gait.slack_m()),
        };
        self.gait = gait;
        self.anchored_at = low(self.at.as_second());
    }
}

/// The lower half of a second of 1970: enough to tell two of them apart that lie less than 136 years apart.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
const fn low(second: i64) -> u32 {
    second as u32
}

/// Whether two points are farther apart than a slack. Mostly they are not, and two subtractions say so; the rest is
/// measured.
fn beyond(anchor: Point, now: Point, slack_m: f64) -> bool {
    let north = (now.lat() - anchor.lat()) * DEGREE_M;
    let east = (now.lon() - anchor.lon()) * DEGREE_M;
    let slack_2 = slack_m * slack_m;
    north * north + east * east > slack_2 && Vantage::from(anchor).chord_2(now) > slack_2
}

/// A place within a slack of where a unit is now, in the direction in which it came from an anchor.
fn ahead(from: Point, now: Point, slack_m: f64) -> Point {
    let way = Vantage::from(from).chord_2(now).sqrt();
    // Not from where it stood anyway, nor along a way through the Earth.
    if !(1.0..=10_000.0).contains(&way) {
        return now;
    }
    let part = AHEAD * slack_m / way;
    let to =
        Point::new(now.lat() + part * (now.lat() - from.lat()), now.lon() + part * (now.lon() - from.lon()));
    // Degrees narrow towards the poles.
    to.ok().filter(|to| !beyond(*to, now, slack_m)).unwrap_or(now)
}
