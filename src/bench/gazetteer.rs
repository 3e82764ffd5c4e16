//! Finding an address by what a caller says: over a whole country's names and house numbers, in memory.
//!
//! The country is made up, for none is shipped: two million house numbers on sixty thousand streets of four hundred
//! towns and six thousand villages. An extract of a city, multiplied, would repeat its names; these are put together of
//! parts, so that each town has its own and shares a few with all others, as towns do. Nothing stands beside the row:
//! what it has to reach is the time within which an officer sees the first results.

use std::time::Instant;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use super::row::Row;
use super::{BenchError, Extent};
use crate::domain::geography::{
    Address, Direction, Element, ElementKind, LocalNames, Place, PlaceKind, Road, RoadClass,
};
use crate::domain::quantities::Point;
use crate::spatial::gazetteer::{Ask, Builder, Gazetteer};

/// Milliseconds within which the first results are there.
const REACH: f64 = 50.0;
/// Questions of one round.
const QUESTIONS: usize = 2_000;

/// How large the country is.
#[derive(Debug, Clone, Copy)]
struct Country {
    towns: usize,
    villages: usize,
    streets_of_town: usize,
    streets_of_village: usize,
    houses_of_street: usize,
}

const WHOLE: Country =
    Country { towns: 400, villages: 6_000, streets_of_town: 90, streets_of_village: 4, houses_of_street: 33 };

const STEMS: [&str; 48] = [
    "Аба",
    "Сейфулл",
    "Жандос",
    "Тулеба",
    "Ауэз",
    "Байтурс",
    "Букейх",
    "Валихан",
    "Гагар",
    "Джамбул",
    "Есим",
    "Жарок",
    "Зенк",
    "Ибраим",
    "Кабанба",
    "Кунае",
    "Лихаче",
    "Масан",
    "Навои",
    "Орбит",
    "Панфил",
    "Розыбаки",
    "Саин",
    "Тимирязе",
    "Утеген",
    "Фурман",
    "Халиулл",
    "Чайк",
    "Шевче",
    "Щепк",
    "Яссау",
    "Әйтеке",
    "Бөген",
    "Ғабид",
    "Жұмаб",
    "Қабдол",
    "Құрман",
    "Мұқан",
    "Нұрғали",
    "Өтеген",
    "Рысқұл",
    "Сәтба",
    "Төлеба",
    "Ұлықб",
    "Үмбет",
    "Шәкәр",
    "Ілия",
    "Момыш",
];
const MIDDLES: [&str; 16] =
    ["", "н", "ба", "мұр", "ру", "ле", "жа", "таш", "кел", "бек", "сар", "дос", "ғали", "тай", "мир", "хан"];
const ENDS: [&str; 8] = ["ова", "ева", "ина", "баева", "ская", "бекова", "улы", "кова"];

fn name(number: usize) -> String {
    let of = |list: &[&str], n: usize| list[n % list.len()].to_owned();
    let stem = number / (MIDDLES.len() * ENDS.len());
    let round = stem / STEMS.len();
    let again = if round == 0 { String::new() } else { format!(" {}-я", round + 1) };
    of(&STEMS, stem) + &of(&MIDDLES, number / ENDS.len()) + &of(&ENDS, number) + &again
}

fn names(ru: String) -> LocalNames {
    LocalNames { name: Some(ru.clone()), ru: Some(ru), ..LocalNames::default() }
}

/// The country, and for every street its name and one point of it.
fn made(country: Country) -> Result<(Gazetteer, Vec<(String, Point)>), BenchError> {
    let mut builder = Builder::default();
    let mut chance = SmallRng::seed_from_u64(112);
    let mut streets = Vec::new();
    let element = |id: usize| Element { kind: ElementKind::Node, id: i64::try_from(id).unwrap_or(i64::MAX) };
    let settlements = country.towns + country.villages;
    let mut middles = Vec::with_capacity(settlements);
    for number in 0..settlements {
        let (lat, lon) = (41.0 + chance.random::<f64>() * 14.0, 47.0 + chance.random::<f64>() * 40.0);
        let middle = Point::new(lat, lon)?;
        let kind = if number < country.towns { PlaceKind::Town } else { PlaceKind::Village };
        let names = names(name(number * 7 + 3).replace("ая", "ое"));
        builder.place(&Place { element: element(number), kind, names, population: None, point: middle });
        middles.push(middle);
    }
    let (mut node, mut house) = (0i64, 0usize);
    for (number, middle) in middles.iter().enumerate() {
        let town = number < country.towns;
        let count = if town { country.streets_of_town } else { country.streets_of_village };
        for street in 0..count {
            // Every other street bears a name that all settlements know.
            let ru = name(if street % 2 == 0 { street * 31 } else { number * 97 + street });
            let at = |along: f64| {
                let side = f64::from(u32::try_from(street).unwrap_or(0)) * 6e-4;
                Point::new(middle.lat() + side - 0.03, middle.lon() + along * 0.02)
            };
            node += 2;
            builder.road(&Road {
                way: node,
                from: node,
                to: node + 1,
                class: RoadClass::Residential,
                direction: Direction::Both,
                limit_kmh: None,
                rough: false,
                names: names(format!("улица {ru}")),
                reference: None,
                line: vec![at(0.0)?, at(1.0)?],
            });
            streets.push((ru.clone(), at(0.5)?));
        }
    }
    let mut of = streets.iter();
    for (number, _) in middles.iter().enumerate() {
        let count = if number < country.towns { country.streets_of_town } else { country.streets_of_village };
        for (ru, middle) in of.by_ref().take(count) {
            for along in 0..country.houses_of_street {
                house += 1;
                let share = f64::from(u32::try_from(along).unwrap_or(0)) * 5e-4;
                builder.address(&Address {
                    element: element(house),
                    house: (along + 1).to_string(),
                    street: Some(format!("улица {ru}")),
                    place: None,
                    city: None,
                    postcode: None,
                    names: LocalNames::default(),
                    point: Point::new(middle.lat() + 1e-4, middle.lon() - 0.008 + share)?,
                });
            }
        }
    }
    Ok((builder.finish(), streets))
}

/// As a caller says it and a call-taker types it: whole, with a house, begun, misheard, in Latin letters.
fn said(street: &str, manner: usize, chance: &mut SmallRng) -> String {
    let letters: Vec<char> = street.chars().collect();
    match manner % 5 {
        0 => format!("улица {street}"),
        1 => format!("{street} {}", 1 + chance.random_range(0..30)),
        2 => letters.iter().take(4).collect(),
        3 => {
            let lost = chance.random_range(1..letters.len());
            letters.iter().enumerate().filter(|(at, _)| *at != lost).map(|(_, c)| *c).collect()
        }
        _ => latin(street),
    }
}

fn latin(street: &str) -> String {
    const LETTERS: [(char, &str); 32] = [
        ('а', "a"),
        ('б', "b"),
        ('в', "v"),
        ('г', "g"),
        ('д', "d"),
        ('е', "e"),
        ('ж', "zh"),
        ('з', "z"),
        ('и', "i"),
        ('й', "y"),
        ('к', "k"),
        ('л', "l"),
        ('м', "m"),
        ('н', "n"),
        ('о', "o"),
        ('п', "p"),
        ('р', "r"),
        ('с', "s"),
        ('т', "t"),
        ('у', "u"),
        ('ф', "f"),
        ('х', "kh"),
        ('ч', "ch"),
        ('ш', "sh"),
        ('я', "ya"),
        ('қ', "q"),
        ('ұ', "u"),
        ('ү', "u"),
        ('ә', "a"),
        ('ө', "o"),
        ('ғ', "g"),
        ('і', "i"),
    ];
    let of = |c: char| {
        LETTERS.iter().find(|(own, _)| *own == c).map_or_else(|| c.to_string(), |(_, l)| (*l).into())
    };
    street.to_lowercase().chars().map(of).collect()
}

/// Runs the rows.
///
/// # Errors
/// [`BenchError`] when what is asked for is not found.
pub fn run(extent: &Extent) -> Result<Vec<Row>, BenchError> {
    measure(WHOLE, extent.rounds)
}

fn measure(country: Country, rounds: usize) -> Result<Vec<Row>, BenchError> {
    let begun = Instant::now();
    let (gazetteer, streets) = made(country)?;
    let making = begun.elapsed().as_secs_f64();
    let mut chance = SmallRng::seed_from_u64(5);
    let (mut took, mut found, mut asked) = (Vec::new(), 0usize, 0usize);
    for _ in 0..rounds {
        for manner in 0..QUESTIONS {
            let (street, at) = &streets[chance.random_range(0..streets.len())];
            let text = said(street, manner, &mut chance);
            let begun = Instant::now();
            let hits = gazetteer.search(Ask { text: &text, around: Some(*at), most: 10 }, |_| true);
            took.push(begun.elapsed());
            asked += 1;
            let near = |point: Point| point.distance(*at).get() < 5_000.0;
            found += usize::from(hits.is_ok_and(|hits| hits.iter().any(|hit| near(hit.point))));
        }
    }
    if found * 10 < asked * 9 {
        return Err(BenchError::Hub(format!("of {asked} streets asked for {found} were found")));
    }
    took.sort_unstable();
    let at = |share: usize| took.get(took.len() * share / 100).map_or(0.0, |d| d.as_secs_f64() * 1e3);
    let of = gazetteer.extent();
    let of = format!("{} houses, {} names", of.houses, of.names);
    Ok(vec![
        Row::within(&format!("address search p99 ({of})"), at(99), "ms", Some(REACH)),
        Row::within("address search, median", at(50), "ms", None),
        Row::within(&format!("making the gazetteer of {of}"), making, "s", None),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_country_is_searched_and_what_is_asked_for_is_found() {
        let small = Country {
            towns: 3,
            villages: 10,
            streets_of_town: 20,
            streets_of_village: 3,
            houses_of_street: 5,
        };
        let rows = measure(small, 1).unwrap();
        assert_eq!(rows.len(), 3);
        assert!(rows[0].name.contains("450 houses"), "{}", rows[0].name);
    }
}
