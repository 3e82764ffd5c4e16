//! Where is what a caller names? Streets, houses, crossings, places, objects and kilometres by their names, in
//! Kazakh, Russian and Latin letters, old names and new, with the mistakes of somebody who listens and types.
//!
//! It is made in memory from what was imported, answers without a lock and never changes: a new import makes a new
//! one. Ranking weighs how rare the words are that fit (a misheard `Розыбакиева` says more than an exact `Абая`), how
//! much of the name was said, and how near the place is to what the officer looks at.

mod build;
mod codes;
mod coordinates;
mod course;
mod dictionary;
mod flat;
mod fold;
mod given;
mod grid;
mod houses;
mod kilometres;
mod links;
mod numbers;
mod part;
mod question;
mod rank;
mod search;
mod three_words;

pub use build::Builder;
pub use kilometres::NearKilometre;
pub use links::LONGEST_LINK;
pub use question::LONGEST;
pub use search::{Ask, Hit, Precision, SearchError};

use smol_str::SmolStr;

use crate::domain::geography::{LocalNames, ObjectKind, PlaceKind};
use crate::domain::quantities::{Metres, Point};
use course::Courses;
use dictionary::Dictionary;
use houses::Houses;

/// What a name is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A town, village or quarter.
    Place(PlaceKind),
    /// A street within a settlement.
    Street,
    /// A road by its number, over land.
    Road,
    /// A hospital, school, station …
    Object(ObjectKind),
    /// A building by its own name.
    Building,
    /// A park, wood or water.
    Cover,
}

/// The number of a thing with names.
type EntryId = u32;

/// One thing with its names.
#[derive(Debug, Clone)]
struct Entry {
    subject: Subject,
    names: LocalNames,
    /// The settlement that it lies in.
    settlement: Option<EntryId>,
    /// A point of it near its middle.
    point: Point,
    /// How far it reaches from there.
    reach: Metres,
    population: u32,
    /// Whether it only leads to a street whose name it bears: a ramp.
    ramp: bool,
}

/// One of the names of a thing.
#[derive(Debug, Clone)]
struct Name {
    entry: EntryId,
    /// Its words within [`Gazetteer::name_words`].
    from: u32,
    count: u16,
    /// Whether it bore the name before, or bears it beside.
    former: bool,
}

/// A junction of a street with another.
#[derive(Debug, Clone, Copy)]
struct Junction {
    entry: EntryId,
    node: i64,
    point: Point,
}

/// The gazetteer.
#[derive(Debug, Default)]
pub struct Gazetteer {
    dictionary: Dictionary,
    entries: Vec<Entry>,
    names: Vec<Name>,
    name_words: Vec<dictionary::WordId>,
    /// Which names hold a word: `with_word[starts[w]..starts[w + 1]]`.
    starts: Vec<u32>,
    with_word: Vec<u32>,
    /// The names of each entry: `names_of[i]..names_of[i + 1]`, for names stand by entry.
    names_of: Vec<u32>,
    houses: Houses,
    /// The courses of streets and roads.
    courses: Courses,
    /// The objects of each kind, in order.
    by_kind: Vec<(ObjectKind, EntryId)>,
    /// By entry and node.
    junctions: Vec<Junction>,
    /// Kilometre posts by road (an entry), then kilometre.
    posts: Vec<(EntryId, f64, Point)>,
}

/// How much there is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extent {
    /// Things with names.
    pub entries: usize,
    /// Names of them.
    pub names: usize,
    /// House numbers.
    pub houses: usize,
}

impl Gazetteer {
    /// How much there is in it.
    #[must_use]
    pub fn extent(&self) -> Extent {
        Extent { entries: self.entries.len(), names: self.names.len(), houses: self.houses.len() }
    }

    fn entry(&self, id: EntryId) -> &Entry {
        &self.entries[id as usize]
    }

    fn names_with(&self, word: dictionary::WordId) -> &[u32] {
        let word = word as usize;
        &self.with_word[self.starts[word] as usize..self.starts[word + 1] as usize]
    }

    fn words_of(&self, name: &Name) -> &[dictionary::WordId] {
        let from = name.from as usize;
        &self.name_words[from..from + usize::from(name.count)]
    }

    fn names_of(&self, entry: EntryId) -> &[Name] {
        let entry = entry as usize;
        &self.names[self.names_of[entry] as usize..self.names_of[entry + 1] as usize]
    }

    /// The house nearest to a place, at most so far away: street or quarter with its settlement, number, distance.
    #[must_use]
    pub fn nearest_house(&self, point: Point, within: Metres) -> Option<NearHouse<'_>> {
        let (house, distance) = self.houses.nearest(point, within)?;
        let entry = self.entry(house.entry);
        Some(NearHouse {
            names: &entry.names,
            settlement: entry.settlement.map(|s| &self.entry(s).names),
            number: &house.number,
            point: house.point,
            distance,
        })
    }

    /// The settlement that a place lies in, by the nearness of its middle; of those alone whose middle `may` hold it, for
    /// none reaches over the border of its district.
    #[must_use]
    pub fn settlement(&self, point: Point, may: impl Fn(PlaceKind, Point) -> bool) -> Option<&LocalNames> {
        build::settlement_of(self.places(), point, may).map(|id| &self.entry(id).names)
    }

    fn places(&self) -> impl Iterator<Item = (EntryId, &Entry)> {
        (0..).zip(&self.entries).take_while(|(_, e)| matches!(e.subject, Subject::Place(_)))
    }
}

/// A house near a place.
#[derive(Debug, Clone, PartialEq)]
pub struct NearHouse<'a> {
    /// Its street or quarter.
    pub names: &'a LocalNames,
    /// Its settlement.
    pub settlement: Option<&'a LocalNames>,
    /// Its number as the source has it.
    pub number: &'a SmolStr,
    /// Where it stands.
    pub point: Point,
    /// How far away.
    pub distance: Metres,
}

#[cfg(test)]
mod tests;
