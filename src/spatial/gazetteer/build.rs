//! A gazetteer is made from what was imported: roads become streets within settlements, addresses find their street.

use std::collections::HashMap;

use rstar::RTree;
use rstar::primitives::GeomWithData;

use super::course::{Courses, corners};
use super::dictionary::Dictionary;
use super::fold::{self, reference_key};
use super::houses::{House, Houses};
use super::part::part;
use super::{Entry, EntryId, Gazetteer, Junction, Name, Subject};
use crate::domain::geography::{Address, LocalNames, Object, ObjectKind, Place, PlaceKind, Road, RoadClass};
use crate::domain::quantities::{Metres, Point};
use crate::spatial::earth::geodesic;

/// Takes what was imported and makes the gazetteer. Places first: streets and addresses are laid into them.
#[derive(Debug, Default)]
pub struct Builder {
    entries: Vec<Entry>,
    settlements: Grid,
    streets: HashMap<(Quarter, String), EntryId>,
    /// The same without the words for street, avenue, lane: addresses leave them out or have others.
    by_bare_name: HashMap<(Quarter, String), EntryId>,
    roads: HashMap<String, EntryId>,
    /// Pieces of streets and roads.
    pieces: Vec<(EntryId, Vec<[f32; 2]>)>,
    /// Points of streets and roads, to find their middle.
    course: HashMap<EntryId, Vec<Point>>,
    junctions: Vec<Junction>,
    houses: Vec<House>,
    posts: Vec<(EntryId, f64, Point)>,
    kilometre_posts: Vec<Object>,
    /// Points along the numbered roads, near enough together that a post beside the road finds its road.
    numbered: Vec<Along>,
}

/// A point of a numbered road: longitude, latitude.
type Along = GeomWithData<[f32; 2], EntryId>;
/// How far apart they are at most, metres, and how far from one of them a post may stand, degrees of latitude.
const APART_M: f64 = 60.0;
const BESIDE: f32 = 0.000_8;

/// Where streets of one name are one street: a settlement, or in open country a square of a fifth of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Quarter {
    Settlement(EntryId),
    Country(i32, i32),
}

impl Builder {
    /// Takes a place. All places come before all else.
    pub fn place(&mut self, place: &Place) {
        if place.names.is_empty() {
            return;
        }
        let id = self.push(Entry {
            subject: Subject::Place(place.kind),
            names: place.names.clone(),
            settlement: None,
            point: place.point,
            reach: Metres::saturating(radius(place.kind)),
            population: place.population.and_then(|p| u32::try_from(p).ok()).unwrap_or(0),
            ramp: false,
        });
        if is_settlement(place.kind) {
            self.settlements.add(id, place.kind, place.point);
        } else {
            let (quarter, settlement) = self.quarter(place.point);
            self.entries[id as usize].settlement = settlement;
            for name in all_names(&place.names) {
                self.by_bare_name.entry((quarter, bare(name))).or_insert(id);
            }
        }
    }

    /// Takes a piece of road.
    pub fn road(&mut self, road: &Road) {
        let Some(middle) = road.line.get(road.line.len() / 2).copied() else { return };
        if !road.names.is_empty() {
            let id = self.street(&road.names, middle);
            self.along(id, road, middle);
        }
        if let Some(reference) = road.reference.as_deref().filter(|_| far_reaching(road.class)) {
            for reference in reference.split(';') {
                let id = self.numbered(reference.trim(), middle);
                self.along(id, road, middle);
                self.numbered.extend(points_along(&road.line).map(|point| Along::new(point, id)));
                let names = &mut self.entries[id as usize].names;
                // The name of a road over land is where it leads: `Алматы – Өскемен`.
                if let Some(name) = road.names.name.as_deref().filter(|n| n.contains([' ', '-', '–', '—']))
                {
                    also(names, name);
                }
            }
        }
    }

    fn along(&mut self, id: EntryId, road: &Road, middle: Point) {
        self.course.entry(id).or_default().push(middle);
        self.pieces.push((id, corners(&road.line)));
        for (node, point) in [(road.from, road.line.first()), (road.to, road.line.last())] {
            if let Some(point) = point {
                self.junctions.push(Junction { entry: id, node, point: *point });
            }
        }
    }

    /// The street of this name at this place, made if it is new.
    fn street(&mut self, names: &LocalNames, at: Point) -> EntryId {
        let (quarter, settlement) = self.quarter(at);
        let name = names.name.as_deref().or(names.ru.as_deref()).or(names.kk.as_deref()).unwrap_or_default();
        let key = (quarter, whole(name));
        if let Some(id) = self.streets.get(&key) {
            let known = &mut self.entries[*id as usize].names;
            for (mine, theirs) in [
                (&mut known.kk, &names.kk),
                (&mut known.ru, &names.ru),
                (&mut known.en, &names.en),
                (&mut known.former, &names.former),
            ] {
                if mine.is_none() {
                    mine.clone_from(theirs);
                }
            }
            return *id;
        }
        let id = self.push(Entry {
            subject: Subject::Street,
            names: names.clone(),
            settlement,
            point: at,
            reach: Metres::whole(0),
            population: 0,
            ramp: is_ramp(name),
        });
        self.streets.insert(key, id);
        for name in all_names(names) {
            self.by_bare_name.entry((quarter, bare(name))).or_insert(id);
        }
        id
    }

    /// The road of this number, made if it is new.
    fn numbered(&mut self, reference: &str, at: Point) -> EntryId {
        let key = reference_key(reference);
        if let Some(id) = self.roads.get(&key) {
            return *id;
        }
        let id = self.push(Entry {
            subject: Subject::Road,
            names: LocalNames { name: Some(reference.to_owned()), ..LocalNames::default() },
            settlement: None,
            point: at,
            reach: Metres::whole(0),
            population: 0,
            ramp: false,
        });
        self.roads.insert(key, id);
        id
    }

    /// Takes a house number and the name of its building; after the roads.
    pub fn address(&mut self, address: &Address) {
        self.building(address);
        let Some(name) = address.street.as_deref().or(address.place.as_deref()) else { return };
        let (quarter, _) = self.quarter(address.point);
        let known = self
            .streets
            .get(&(quarter, whole(name)))
            .or_else(|| self.by_bare_name.get(&(quarter, bare(name))));
        let id = known.copied().unwrap_or_else(|| {
            self.street(&LocalNames { name: Some(name.to_owned()), ..LocalNames::default() }, address.point)
        });
        self.course.entry(id).or_default().push(address.point);
        // Several numbers of one building: `10;12` or `10, 12`.
        for number in address.house.split([';', ',']).map(str::trim).filter(|n| !n.is_empty()) {
            self.houses.push(House { entry: id, number: number.into(), point: address.point });
        }
    }

    /// Takes a building by its own name: `Рахат Палас`. What is called by a number is none.
    fn building(&mut self, address: &Address) {
        let called = |name: &str| name.chars().filter(|c| c.is_alphabetic()).count() > 2;
        if all_names(&address.names).any(called) {
            self.named(Subject::Building, &address.names, address.point);
        }
    }

    /// Takes a park, a wood or water by its name.
    pub fn cover(&mut self, names: &LocalNames, point: Point) {
        self.named(Subject::Cover, names, point);
    }

    fn named(&mut self, subject: Subject, names: &LocalNames, point: Point) {
        if names.is_empty() {
            return;
        }
        let (_, settlement) = self.quarter(point);
        let reach = Metres::whole(if subject == Subject::Cover { 300 } else { 50 });
        self.push(Entry {
            subject,
            names: names.clone(),
            settlement,
            point,
            reach,
            population: 0,
            ramp: false,
        });
    }

    /// Takes an object.
    pub fn object(&mut self, object: &Object) {
        if object.kind == ObjectKind::KilometrePost {
            self.kilometre_posts.push(object.clone());
            return;
        }
        if object.names.is_empty() {
            return;
        }
        let (_, settlement) = self.quarter(object.point);
        self.push(Entry {
            subject: Subject::Object(object.kind),
            names: object.names.clone(),
            settlement,
            point: object.point,
            reach: Metres::whole(50),
            population: 0,
            ramp: false,
        });
    }

    /// Sets the kilometre posts upon their roads: the one that they name, or the one beside which they stand.
    fn set_posts(&mut self, posts: &[Object]) {
        let roads = RTree::bulk_load(std::mem::take(&mut self.numbered));
        for post in posts {
            let tag = |key: &str| post.tags.get(key).map(String::as_str);
            let Some(kilometre) = tag("distance").or(tag("pk")).and_then(kilometre) else { continue };
            let named = tag("ref").and_then(|reference| self.roads.get(&reference_key(reference)));
            let at = [post.point.lon() as f32, post.point.lat() as f32];
            let beside = || {
                roads.nearest_neighbor(&at).filter(|near| {
                    let [lon, lat] = *near.geom();
                    let shrink = (post.point.lat().to_radians().cos() as f32).max(0.1);
                    (lat - at[1]).hypot((lon - at[0]) * shrink) <= BESIDE
                })
            };
            if let Some(road) = named.copied().or_else(|| beside().map(|near| near.data)) {
                self.posts.push((road, kilometre, post.point));
            }
        }
    }

    fn push(&mut self, entry: Entry) -> EntryId {
        let id = EntryId::try_from(self.entries.len()).unwrap_or(EntryId::MAX);
        self.entries.push(entry);
        id
    }

    fn quarter(&self, point: Point) -> (Quarter, Option<EntryId>) {
        match self.settlements.of(point) {
            Some(id) => (Quarter::Settlement(id), Some(id)),
            None => (Quarter::Country((point.lat() * 5.0) as i32, (point.lon() * 5.0) as i32), None),
        }
    }

    /// The gazetteer of all that was taken.
    #[must_use]
    pub fn finish(mut self) -> Gazetteer {
        let posts = std::mem::take(&mut self.kilometre_posts);
        self.set_posts(&posts);
        for (id, points) in &self.course {
            let entry = &mut self.entries[*id as usize];
            if let Some(middle) = middle(points) {
                (entry.point, entry.reach) = middle;
            }
        }
        // A street reaches to its ends, also one that is drawn in one piece.
        for Junction { entry, point, .. } in &self.junctions {
            let entry = &mut self.entries[*entry as usize];
            let away = geodesic(entry.point, *point);
            if away.get() > entry.reach.get() {
                entry.reach = away;
            }
        }
        let texts = self.names();
        let dictionary = Dictionary::new(
            texts.iter().flat_map(|(_, _, words)| words.iter().map(|w| Box::from(w.as_str()))).collect(),
        );
        let mut gazetteer = Gazetteer { dictionary, ..Gazetteer::default() };
        gazetteer.names_of.push(0);
        for (entry, former, words) in texts {
            while gazetteer.names_of.len() <= entry as usize {
                gazetteer.names_of.push(length(&gazetteer.names));
            }
            let from = length(&gazetteer.name_words);
            gazetteer.name_words.extend(words.iter().filter_map(|w| gazetteer.dictionary.id(w)));
            let count = u16::try_from(words.len()).unwrap_or(u16::MAX);
            gazetteer.names.push(Name { entry, from, count, former });
        }
        while gazetteer.names_of.len() <= self.entries.len() {
            gazetteer.names_of.push(length(&gazetteer.names));
        }
        self.junctions.sort_unstable_by_key(|j| (j.entry, j.node));
        self.junctions.dedup_by_key(|j| (j.entry, j.node));
        self.posts.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let kinds = (0..).zip(&self.entries).filter_map(|(id, entry)| match entry.subject {
            Subject::Object(kind) => Some((kind, id)),
            _ => None,
        });
        gazetteer.by_kind = kinds.collect();
        gazetteer.by_kind.sort_unstable();
        gazetteer.courses = Courses::new(self.entries.len(), self.pieces);
        gazetteer.entries = self.entries;
        gazetteer.junctions = self.junctions;
        gazetteer.posts = self.posts;
        gazetteer.houses = Houses::new(self.houses);
        gazetteer.list_words();
        gazetteer
    }

    /// Every name of every entry, each once, by entry.
    fn names(&self) -> Vec<Text> {
        let mut texts: Vec<Text> = Vec::with_capacity(self.entries.len() * 2);
        for (id, entry) in (0..).zip(&self.entries) {
            let first = texts.len();
            let now = all_names(&entry.names).map(|name| (name, false));
            let former = entry.names.former.iter().flat_map(|f| f.split(';')).map(|name| (name, true));
            for (name, former) in now.chain(former) {
                let mut words = significant(name);
                words.truncate(usize::from(MOST_WORDS));
                let doubled = texts[first..].iter().any(|(_, _, known)| *known == words);
                if words.is_empty() || doubled {
                    continue;
                }
                // `Аблайхана` is said and written as often as `Абылай хана`.
                let together = (2..=3).contains(&words.len()) && words.iter().all(|w| is_word(w));
                let one = together.then(|| words.concat());
                texts.push((id, former, words));
                texts.extend(one.map(|word| (id, former, vec![word])));
            }
        }
        texts
    }
}

/// A name of an entry, whether it is a former one, and its words.
type Text = (EntryId, bool, Vec<String>);

/// Whether a name is that of a ramp, which bears the name of the street that it leads to: `на пр. Сейфуллина`.
fn is_ramp(name: &str) -> bool {
    let lower = name.trim().to_lowercase();
    ["на ", "съезд", "заезд", "въезд", "выезд", "развязка", "шығу", "түсу"]
        .iter()
        .any(|begin| lower.starts_with(begin))
}

/// The most words of a name that are compared.
const MOST_WORDS: u16 = 12;

impl Gazetteer {
    /// Makes the lists of the names that hold each word.
    fn list_words(&mut self) {
        let mut counts = vec![0_u32; self.dictionary.len() + 1];
        for word in &self.name_words {
            counts[*word as usize + 1] += 1;
        }
        for i in 1..counts.len() {
            counts[i] += counts[i - 1];
        }
        let mut next = counts.clone();
        self.with_word = vec![0; self.name_words.len()];
        for (id, name) in (0_u32..).zip(&self.names) {
            let from = name.from as usize;
            for word in &self.name_words[from..from + usize::from(name.count)] {
                self.with_word[next[*word as usize] as usize] = id;
                next[*word as usize] += 1;
            }
        }
        self.starts = counts;
    }
}

fn length<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}

fn all_names(names: &LocalNames) -> impl Iterator<Item = &str> {
    [&names.name, &names.kk, &names.ru, &names.en].into_iter().flatten().map(String::as_str)
}

/// Adds a name beside those that there are.
fn also(names: &mut LocalNames, name: &str) {
    let former = names.former.get_or_insert_default();
    if former.split(';').any(|known| known == name) || former.len() > 300 {
        return;
    }
    if !former.is_empty() {
        former.push(';');
    }
    former.push_str(name);
}

/// The keys of all words of a name.
fn whole(name: &str) -> String {
    joined(fold::words(name).into_iter().map(|w| w.key))
}

/// The keys of the words that are the name itself.
fn bare(name: &str) -> String {
    joined(significant(name).into_iter())
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

/// The words of a name without those that say what it is the name of; all of them where none would be left.
fn significant(name: &str) -> Vec<String> {
    let words = fold::words(name);
    let own: Vec<String> =
        words.iter().filter(|w| w.number || part(&w.written).is_none()).map(|w| w.key.clone()).collect();
    if own.is_empty() { words.into_iter().map(|w| w.key).collect() } else { own }
}

/// Whether a key holds letters alone: a number said together with a word is another number.
fn is_word(key: &str) -> bool {
    !key.chars().any(|c| c.is_ascii_digit())
}

/// The point nearest to the middle of all, and how far the furthest is from it.
fn middle(points: &[Point]) -> Option<(Point, Metres)> {
    let first = points.first()?;
    let count = points.len() as f64;
    let mean = |of: fn(Point) -> f64| points.iter().map(|p| of(*p)).sum::<f64>() / count;
    let centre = Point::new(mean(Point::lat), mean(Point::lon)).unwrap_or(*first);
    let far = |a: &&Point, b: &&Point| geodesic(centre, **a).get().total_cmp(&geodesic(centre, **b).get());
    let middle = points.iter().min_by(far).copied().unwrap_or(*first);
    let reach = points.iter().map(|p| geodesic(middle, *p).get()).fold(0.0, f64::max);
    Some((middle, Metres::saturating(reach)))
}

/// Whether people say that they are *in* it when they name a street.
fn is_settlement(kind: PlaceKind) -> bool {
    matches!(
        kind,
        PlaceKind::City
            | PlaceKind::Town
            | PlaceKind::Village
            | PlaceKind::Hamlet
            | PlaceKind::IsolatedDwelling
    )
}

/// How far a place reaches from its middle, metres, where nobody drew its border.
fn radius(kind: PlaceKind) -> f64 {
    match kind {
        PlaceKind::City => 12_000.0,
        PlaceKind::Town => 5_000.0,
        PlaceKind::Village => 2_500.0,
        PlaceKind::Suburb => 2_000.0,
        PlaceKind::Hamlet | PlaceKind::Quarter => 1_000.0,
        PlaceKind::Neighbourhood | PlaceKind::Locality | PlaceKind::IsolatedDwelling => 500.0,
    }
}

/// The kilometre on a post: `35`, `35.5`, `35 km`.
fn kilometre(written: &str) -> Option<f64> {
    let number = written.trim().trim_end_matches(|c: char| c.is_alphabetic() || c == ' ').replace(',', ".");
    number.parse().ok().filter(|km: &f64| (0.0..10_000.0).contains(km))
}

/// Points of a line at most [`APART_M`] apart.
fn points_along(line: &[Point]) -> impl Iterator<Item = [f32; 2]> {
    line.windows(2).flat_map(|pair| {
        let (from, to) = (pair[0], pair[1]);
        let steps = (geodesic(from, to).get() / APART_M).ceil().clamp(1.0, 2_000.0);
        (0..=steps as u32).map(move |step| {
            let share = f64::from(step) / steps;
            let between = |a: f64, b: f64| (a + (b - a) * share) as f32;
            [between(from.lon(), to.lon()), between(from.lat(), to.lat())]
        })
    })
}

/// Whether a road of the class is named by its number over land.
fn far_reaching(class: RoadClass) -> bool {
    matches!(
        class,
        RoadClass::Motorway
            | RoadClass::Trunk
            | RoadClass::Primary
            | RoadClass::Secondary
            | RoadClass::Tertiary
    )
}

/// A settlement and its middle.
type Settled = (EntryId, PlaceKind, Point);

/// Settlements by squares of a fifth of a degree.
#[derive(Debug, Default)]
struct Grid {
    squares: HashMap<(i32, i32), Vec<Settled>>,
}

impl Grid {
    fn square(point: Point) -> (i32, i32) {
        ((point.lat() * 5.0).floor() as i32, (point.lon() * 5.0).floor() as i32)
    }

    fn add(&mut self, id: EntryId, kind: PlaceKind, point: Point) {
        self.squares.entry(Self::square(point)).or_default().push((id, kind, point));
    }

    fn of(&self, point: Point) -> Option<EntryId> {
        let (lat, lon) = Self::square(point);
        let near = (-1..=1).flat_map(|i| (-1..=1).map(move |j| (lat + i, lon + j)));
        nearest_settlement(near.filter_map(|s| self.squares.get(&s)).flatten().copied(), point)
    }
}

/// The settlement of a point: the one nearest in measure of its own size, and not further than half more than that.
fn nearest_settlement(places: impl Iterator<Item = Settled>, point: Point) -> Option<EntryId> {
    places
        .map(|(id, kind, middle)| (id, geodesic(point, middle).get() / radius(kind)))
        .filter(|(_, share)| *share <= 1.5)
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(id, _)| id)
}

/// The settlement of a point among all entries that are places, of those that may hold it.
pub(super) fn settlement_of<'a>(
    places: impl Iterator<Item = (EntryId, &'a Entry)>,
    point: Point,
    may: impl Fn(PlaceKind, Point) -> bool,
) -> Option<EntryId> {
    let settlements = places.filter_map(|(id, entry)| match entry.subject {
        Subject::Place(kind) if is_settlement(kind) => Some((id, kind, entry.point)),
        _ => None,
    });
    // Only what is near is asked for its district.
    let near = settlements.filter(|(_, kind, middle)| geodesic(point, *middle).get() <= radius(*kind) * 1.5);
    nearest_settlement(near.filter(|(_, kind, middle)| may(*kind, *middle)), point)
}
