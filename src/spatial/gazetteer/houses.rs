//! House numbers: the one asked for, the ones beside it, the one nearest to a place.

use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};
use smol_str::SmolStr;

use super::EntryId;
use super::fold::house_key;
use crate::domain::quantities::{Metres, Point};
use crate::spatial::earth::geodesic;

/// A house.
#[derive(Debug, Clone, PartialEq)]
pub struct House {
    /// Its street or quarter.
    pub entry: EntryId,
    /// As the source writes it.
    pub number: SmolStr,
    /// Where it stands.
    pub point: Point,
}

/// Degrees of longitude and latitude, and the house's place in the list.
type Leaf = GeomWithData<[f32; 2], u32>;

/// All houses.
#[derive(Debug, Default)]
pub struct Houses {
    /// By entry, then number, then key.
    list: Vec<House>,
    tree: RTree<Leaf>,
}

/// What is known of a house asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Sought<'a> {
    /// It is known.
    Known(&'a House),
    /// Another with the same number (`10а` for `10`, `10` for `10/2`).
    Beside(&'a House),
    /// It must stand between two that are known: where, and how far either is.
    Between(Point, Metres),
}

impl Houses {
    /// Of this list.
    #[must_use]
    pub fn new(mut list: Vec<House>) -> Self {
        list.sort_by_cached_key(|h| (h.entry, digits(&h.number), house_key(&h.number)));
        list.dedup_by(|a, b| {
            a.entry == b.entry && a.number == b.number && geodesic(a.point, b.point).get() < 100.0
        });
        let leaves = (0_u32..).zip(&list).map(|(i, house)| Leaf::new(flat(house.point), i)).collect();
        Self { tree: RTree::bulk_load(leaves), list }
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The houses of a street or quarter, by number.
    fn of(&self, entry: EntryId) -> &[House] {
        let from = self.list.partition_point(|h| h.entry < entry);
        let to = self.list.partition_point(|h| h.entry <= entry);
        &self.list[from..to]
    }

    /// Whether a street or quarter has any.
    #[must_use]
    pub fn any(&self, entry: EntryId) -> bool {
        !self.of(entry).is_empty()
    }

    /// A house by its key (see [`house_key`]). Where the number itself is unknown the neighbours on the same side of
    /// the street, even or odd, give the place.
    #[must_use]
    pub fn seek(&self, entry: EntryId, key: &str) -> Option<Sought<'_>> {
        let houses = self.of(entry);
        let number = digits(key)?;
        if let Some(house) = houses.iter().find(|h| house_key(&h.number) == key) {
            return Some(Sought::Known(house));
        }
        if let Some(house) = houses.iter().find(|h| digits(&h.number) == Some(number)) {
            return Some(Sought::Beside(house));
        }
        let side = |h: &&House| digits(&h.number).is_some_and(|n| n % 2 == number % 2);
        let below = houses.iter().rfind(|h| side(h) && digits(&h.number) < Some(number))?;
        let above = houses.iter().find(|h| side(h) && digits(&h.number) > Some(number))?;
        let (low, high) = (digits(&below.number)?, digits(&above.number)?);
        let share = f64::from(number - low) / f64::from(high - low);
        let between = |a: f64, b: f64| a + (b - a) * share;
        let point = Point::new(
            between(below.point.lat(), above.point.lat()),
            between(below.point.lon(), above.point.lon()),
        )
        .ok()?;
        Some(Sought::Between(point, geodesic(below.point, above.point)))
    }

    /// The house nearest to a place, at most so far away.
    #[must_use]
    pub fn nearest(&self, point: Point, within: Metres) -> Option<(&House, Metres)> {
        // A box that holds the circle; a degree of latitude is at least 110,500 m.
        let lat = within.get() / 110_500.0;
        let lon = lat / point.lat().to_radians().cos().max(0.01);
        let corner = |sign: f64| [(point.lon() + sign * lon) as f32, (point.lat() + sign * lat) as f32];
        self.tree
            .locate_in_envelope(&AABB::from_corners(corner(-1.0), corner(1.0)))
            .filter_map(|leaf| self.list.get(leaf.data as usize))
            .map(|house| (house, geodesic(point, house.point)))
            .filter(|(_, distance)| distance.get() <= within.get())
            .min_by(|a, b| a.1.get().total_cmp(&b.1.get()))
    }
}

fn flat(point: Point) -> [f32; 2] {
    [point.lon() as f32, point.lat() as f32]
}

/// The number that a house number begins with.
fn digits(number: &str) -> Option<u32> {
    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number[..end].parse().ok()
}
