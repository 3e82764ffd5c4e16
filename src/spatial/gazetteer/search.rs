//! From what was asked to places, best first.

use smol_str::SmolStr;

use super::codes::{ShortCode, short_code};
use super::course::{CROSS, On};
use super::fold::{Word, fold};
use super::given::Given;
use super::houses::Sought;
use super::kilometres::FAR_APART;
use super::part::{is_title, object_kind, part};
use super::question::Question;
use super::rank::{Meant, Ranked};
use super::{EntryId, Gazetteer, Subject};
use crate::domain::geography::LocalNames;
use crate::domain::quantities::{Metres, Point};
use crate::spatial::earth::geodesic;

/// A question to the gazetteer.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// As typed.
    pub text: &'a str,
    /// What the officer looks at: of two places that fit equally the nearer comes first.
    pub around: Option<Point>,
    /// The most answers.
    pub most: usize,
}

/// How exactly a place is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Precision {
    /// The coordinates were given.
    Coordinates,
    /// The house is known.
    House,
    /// A house with the same number and another letter or fraction is known.
    HouseBeside,
    /// Between the houses that are known on that side of the street.
    BetweenHouses,
    /// Where two streets cross.
    Crossing,
    /// A kilometre post stands there.
    KilometrePost,
    /// Between two kilometre posts.
    BetweenPosts,
    /// The street or quarter is known, the house asked for is not.
    HouseUnknown,
    /// The road is known, the kilometre asked for is not.
    KilometreUnknown,
    /// The thing as a whole: its middle.
    Whole,
}

/// A place that may be meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit<'a> {
    /// What it is; none for bare coordinates.
    pub subject: Option<Subject>,
    /// Its names.
    pub names: Option<&'a LocalNames>,
    /// The street that it crosses.
    pub crossing: Option<&'a LocalNames>,
    /// The house number, as the source has it or as asked for.
    pub house: Option<SmolStr>,
    /// The kilometre asked for.
    pub kilometre: Option<f64>,
    /// Its settlement.
    pub settlement: Option<&'a LocalNames>,
    /// Whether a former name, or one that it bears beside, is what fits.
    pub former_name: bool,
    /// How exactly the place is known.
    pub precision: Precision,
    /// Where.
    pub point: Point,
    /// How far from there it may be.
    pub uncertainty: Metres,
    /// How far it is from what the officer looks at.
    pub distance: Option<Metres>,
    /// How well the words fit, 0 to 1.
    pub likeness: f32,
}

/// Why nothing is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// Nothing that could be looked for.
    #[error("there is no word and no number to look for")]
    Empty,
    /// Three words of a scheme whose table belongs to somebody else.
    #[error(
        "three words of an addressing scheme: only its owner can say where they are; ask for coordinates"
    )]
    ThreeWords,
    /// A reference of the military grid, or metres in UTM, that name no place.
    #[error(
        "there is no such place in the grid of the zone; ask for it once more, or for latitude and longitude"
    )]
    Grid,
    /// A link that carries no place: to a page, or shortened.
    #[error("a link that carries no place; ask for the coordinates, or for a street and house")]
    Link,
    /// A short plus code without a place near it.
    #[error("a short plus code without a town: ask for the town, or look at it on the map")]
    ShortCode,
}

/// Things ranked when two streets are to cross.
const SIDES: usize = 40;
/// Below this likeness a question of several names is also read as two streets without a word between.
const DOUBTFUL: f32 = 0.8;
/// Places beside a short plus code that fit less well by no more than this may be meant as well.
const ALIKE: f32 = 0.03;
/// From this closeness on a word is another ending of one that is known, and no other word.
const DECLINED: f32 = 0.89;
/// From this likeness on a street's own name was said.
const EXACT: f32 = 0.95;
/// What it adds that the house or kilometre asked for is known.
const KNOWN: f32 = 0.08;
/// The least uncertainty of a street of which no house is meant or known.
const STREET: Metres = Metres::whole(300);
/// A house's own uncertainty.
const HOUSE: Metres = Metres::whole(25);
/// That of a crossing.
const CROSSING: Metres = Metres::whole(30);
/// That of two streets that cross on two levels.
const APART: Metres = Metres::whole(50);
/// Streets without a junction whose courses are compared, of either side.
const APPROACHED: usize = 4;
/// How near streets without a junction must come to each other.
const APPROACH: Metres = Metres::whole(400);
/// That of a kilometre post.
const POST: Metres = Metres::whole(50);

impl Gazetteer {
    /// The places that may be meant, best first; `plausible` says whether a place can be meant at all (in the
    /// country), which decides between the two orders of coordinates.
    ///
    /// # Errors
    /// [`SearchError`] when there is nothing to look for.
    pub fn search(
        &self,
        ask: Ask<'_>,
        plausible: impl Fn(Point) -> bool,
    ) -> Result<Vec<Hit<'_>>, SearchError> {
        if let Some(given) = self.given(ask.text, plausible)? {
            return Ok(vec![self.at(given, ask.around)]);
        }
        if let Some(code) = short_code(ask.text) {
            return self.of_short_code(&code, ask);
        }
        let question = Question::read(ask.text);
        if question.words.is_empty() {
            return Err(SearchError::Empty);
        }
        let crossings = match question.crossing {
            Some(at) => self.crossings(&question, at, ask.around),
            None => Vec::new(),
        };
        if !crossings.is_empty() {
            return Ok(best(crossings, ask.most));
        }
        let asked = Ranked {
            words: &question.words,
            typing: question.typing,
            lies_in: &question.lies_in,
            around: ask.around,
        };
        let ranked = self.rank(asked, |_| true);
        let doubtful = ranked.first().is_none_or(|best| best.likeness < DOUBTFUL);
        let mut hits: Vec<(f32, Hit<'_>)> =
            ranked.iter().map(|meant| self.scored(meant, &question, ask.around)).collect();
        if doubtful && question.crossing.is_none() && question.kilometre.is_none() {
            hits.extend((1..question.words.len()).flat_map(|at| self.crossings(&question, at, ask.around)));
        }
        Ok(best(hits, ask.most))
    }

    /// A place given by its coordinates.
    fn at(&self, given: Given, around: Option<Point>) -> Hit<'_> {
        let Given { point, uncertainty } = given;
        Hit {
            subject: None,
            names: None,
            crossing: None,
            house: None,
            kilometre: None,
            settlement: self.settlement(point, |_, _| true),
            former_name: false,
            precision: Precision::Coordinates,
            point,
            uncertainty,
            distance: around.map(|at| geodesic(at, point)),
            likeness: 1.0,
        }
    }

    /// The places that a short plus code may be: near each place that is meant by the words beside it, else near where the
    /// officer looks.
    fn of_short_code(&self, code: &ShortCode, ask: Ask<'_>) -> Result<Vec<Hit<'_>>, SearchError> {
        let Question { words, lies_in, .. } = Question::read(&code.beside);
        let near: Vec<Point> = if words.is_empty() {
            ask.around.into_iter().collect()
        } else {
            let asked = Ranked { words: &words, typing: false, lies_in: &lies_in, around: ask.around };
            let mut ranked = self.rank(asked, |subject| matches!(subject, Subject::Place(_)));
            if ranked.is_empty() {
                ranked = self.rank(asked, |_| true);
            }
            let least = ranked.first().map_or(0.0, |best| best.likeness - ALIKE);
            ranked.iter().filter(|m| m.likeness >= least).map(|m| self.entry(m.entry).point).collect()
        };
        let found =
            near.into_iter().filter_map(|at| code.near(at)).map(|given| (1.0, self.at(given, ask.around)));
        let hits = best(found.collect(), ask.most);
        if hits.is_empty() { Err(SearchError::ShortCode) } else { Ok(hits) }
    }

    /// Whether a word says what an address is of, or a name has it.
    pub(super) fn knows(&self, word: &str) -> bool {
        let key = fold(word);
        part(word).is_some()
            || is_title(&key)
            || object_kind(word).is_some()
            || self.dictionary.likely(&key, false).iter().any(|likely| likely.closeness >= DECLINED)
    }

    /// A thing that was meant; of two streets of one name the one where the house is known is more likely meant.
    fn scored(&self, meant: &Meant, question: &Question, around: Option<Point>) -> (f32, Hit<'_>) {
        let hit = self.hit(meant, question, around);
        let known = match hit.precision {
            Precision::House | Precision::KilometrePost => KNOWN,
            Precision::HouseBeside | Precision::BetweenHouses | Precision::BetweenPosts => KNOWN / 2.0,
            _ => 0.0,
        };
        (meant.score + known, hit)
    }

    /// A thing that was meant, with its house or kilometre.
    fn hit(&self, meant: &Meant, question: &Question, around: Option<Point>) -> Hit<'_> {
        let entry = self.entry(meant.entry);
        let mut hit = Hit {
            subject: Some(entry.subject),
            names: Some(&entry.names),
            crossing: None,
            house: None,
            kilometre: None,
            settlement: entry.settlement.map(|s| &self.entry(s).names),
            former_name: self.names[meant.name as usize].former,
            precision: Precision::Whole,
            point: entry.point,
            uncertainty: entry.reach,
            distance: None,
            likeness: meant.likeness,
        };
        if let Some(kilometre) =
            question.kilometre.filter(|_| matches!(entry.subject, Subject::Road | Subject::Street))
        {
            self.set_kilometre(&mut hit, meant.entry, kilometre);
        } else if let Some(house) = question.house.as_ref().or(meant.left_over.first()) {
            self.set_house(&mut hit, meant.entry, house);
        }
        // Of a street that as a whole is meant, the part is told that the officer looks at.
        if let (Precision::Whole | Precision::HouseUnknown | Precision::KilometreUnknown, Some(nearest)) =
            (hit.precision, meant.nearest)
        {
            (hit.point, hit.uncertainty) = (nearest, self.courses.furthest(meant.entry, nearest));
        }
        // A street that is known by one address or one piece reaches further than that.
        let somewhere =
            matches!(hit.precision, Precision::Whole | Precision::HouseUnknown | Precision::KilometreUnknown);
        if somewhere && matches!(entry.subject, Subject::Street | Subject::Road) {
            hit.uncertainty = Metres::saturating(hit.uncertainty.get().max(STREET.get()));
        }
        hit.distance = around.map(|at| geodesic(at, hit.point));
        hit
    }

    fn set_house(&self, hit: &mut Hit<'_>, entry: EntryId, key: &str) {
        match self.houses.seek(entry, key) {
            Some(Sought::Known(house)) => {
                (hit.house, hit.point) = (Some(house.number.clone()), house.point);
                (hit.precision, hit.uncertainty) = (Precision::House, HOUSE);
            }
            Some(Sought::Beside(house)) => {
                (hit.house, hit.point) = (Some(house.number.clone()), house.point);
                (hit.precision, hit.uncertainty) = (Precision::HouseBeside, Metres::whole(60));
            }
            Some(Sought::Between(point, apart)) => {
                (hit.house, hit.point) = (Some(key.into()), point);
                (hit.precision, hit.uncertainty) = (Precision::BetweenHouses, apart);
            }
            None if matches!(hit.subject, Some(Subject::Street)) || self.houses.any(entry) => {
                (hit.house, hit.precision) = (Some(key.into()), Precision::HouseUnknown);
            }
            None => {}
        }
    }

    fn set_kilometre(&self, hit: &mut Hit<'_>, road: EntryId, kilometre: f64) {
        hit.kilometre = Some(kilometre);
        hit.precision = Precision::KilometreUnknown;
        let from = self.posts.partition_point(|(r, km, _)| (*r, *km) < (road, kilometre));
        let of_road = |at: usize| self.posts.get(at).filter(|(r, _, _)| *r == road);
        let above = of_road(from);
        let below = from.checked_sub(1).and_then(of_road);
        if let Some((_, km, point)) = above
            && (km - kilometre).abs() < 0.05
        {
            (hit.point, hit.precision, hit.uncertainty) = (*point, Precision::KilometrePost, POST);
        } else if let (Some((_, low, before)), Some((_, high, after))) = (below, above)
            // Posts far apart say little: roads bend.
            && high - low <= FAR_APART
        {
            let share = (kilometre - low) / (high - low);
            let between = |a: f64, b: f64| a + (b - a) * share;
            let point = Point::new(between(before.lat(), after.lat()), between(before.lon(), after.lon()));
            if let Ok(point) = point {
                let uncertainty = Metres::saturating((high - low) * 250.0);
                (hit.point, hit.precision, hit.uncertainty) = (point, Precision::BetweenPosts, uncertainty);
            }
        }
    }

    /// Where a street of the words before crosses one of the words after.
    fn crossings(&self, question: &Question, at: usize, around: Option<Point>) -> Vec<(f32, Hit<'_>)> {
        let (before, after) = question.words.split_at(at);
        let said = question.crossing.is_some();
        let title = |words: &[Word]| words.iter().all(|word| word.number || is_title(&word.key));
        if !said && (title(before) || title(after)) {
            return Vec::new();
        }
        let street = |subject| matches!(subject, Subject::Street | Subject::Road);
        let side = |words, typing| {
            let mut side = self.rank(Ranked { words, typing, lies_in: &question.lies_in, around }, street);
            side.truncate(SIDES);
            side
        };
        let (first, second) = (side(before, false), side(after, question.typing));
        let mut hits = Vec::new();
        for (i, one) in first.iter().enumerate() {
            for (j, other) in second.iter().enumerate() {
                if one.entry == other.entry {
                    continue;
                }
                let score = (one.score + other.score) / 2.0;
                if let Some(point) = self.common(one.entry, other.entry, around) {
                    hits.push((score, self.crossing(one, other, (point, CROSSING), around)));
                } else if i.max(j) < APPROACHED
                    && one.likeness.min(other.likeness) >= if said { DOUBTFUL } else { EXACT }
                    && let Some(on) = self.approach(one.entry, other.entry, around)
                    && (said || on.away <= CROSS)
                {
                    // On two levels, or in the source without a common junction.
                    let share = if on.away <= CROSS { 1.0 } else { 0.9 };
                    let mut hit = self.crossing(
                        one,
                        other,
                        (on.point, Metres::saturating(on.away.get().max(APART.get()))),
                        around,
                    );
                    hit.likeness *= share;
                    hits.push((score * share - KNOWN / 2.0, hit));
                }
            }
        }
        hits
    }

    /// Where two streets come near enough to each other for a crossing.
    fn approach(&self, one: EntryId, other: EntryId, around: Option<Point>) -> Option<On> {
        let (a, b) = (self.entry(one), self.entry(other));
        let within = a.reach.get() + b.reach.get() + APPROACH.get();
        if geodesic(a.point, b.point).get() > within {
            return None;
        }
        self.courses.approach(one, other, around).filter(|on| on.away <= APPROACH)
    }

    /// A crossing that may be meant.
    fn crossing(
        &self,
        one: &Meant,
        other: &Meant,
        (point, uncertainty): (Point, Metres),
        around: Option<Point>,
    ) -> Hit<'_> {
        let entry = self.entry(one.entry);
        Hit {
            subject: Some(entry.subject),
            names: Some(&entry.names),
            crossing: Some(&self.entry(other.entry).names),
            house: None,
            kilometre: None,
            settlement: entry.settlement.map(|s| &self.entry(s).names),
            former_name: self.names[one.name as usize].former || self.names[other.name as usize].former,
            precision: Precision::Crossing,
            point,
            uncertainty,
            distance: around.map(|at| geodesic(at, point)),
            likeness: (one.likeness + other.likeness) / 2.0,
        }
    }

    /// A junction of both: where they meet more than once, as at two carriageways or around a bend, the one nearest to where
    /// the officer looks.
    fn common(&self, one: EntryId, other: EntryId, around: Option<Point>) -> Option<Point> {
        let of = |entry: EntryId| {
            let from = self.junctions.partition_point(|j| j.entry < entry);
            let to = self.junctions.partition_point(|j| j.entry <= entry);
            &self.junctions[from..to]
        };
        let (mut a, mut b) = (of(one), of(other));
        let mut meetings = std::iter::from_fn(|| {
            while let (Some(x), Some(y)) = (a.first(), b.first()) {
                match x.node.cmp(&y.node) {
                    std::cmp::Ordering::Equal => {
                        (a, b) = (&a[1..], &b[1..]);
                        return Some(x.point);
                    }
                    std::cmp::Ordering::Less => a = &a[1..],
                    std::cmp::Ordering::Greater => b = &b[1..],
                }
            }
            None
        });
        match around {
            Some(around) => {
                meetings.min_by(|x, y| around.distance(*x).get().total_cmp(&around.distance(*y).get()))
            }
            None => meetings.next(),
        }
    }
}

/// The best of them; one place is told once.
fn best(mut hits: Vec<(f32, Hit<'_>)>, most: usize) -> Vec<Hit<'_>> {
    hits.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut told: Vec<Hit<'_>> = Vec::with_capacity(most);
    for (_, hit) in hits {
        let doubled = told.iter().any(|t| {
            t.precision == hit.precision && t.house == hit.house && geodesic(t.point, hit.point).get() < 30.0
        });
        if !doubled {
            told.push(hit);
        }
        if told.len() == most {
            break;
        }
    }
    told
}
