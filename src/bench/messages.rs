//! Messages as they come in, made up: each about a place of its own, so that each opens a card, with words that no
//! compression helps with.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use rand::RngExt;
use rand::rngs::ThreadRng;
use uuid::Uuid;

use super::BenchError;
use crate::actors::territories;
use crate::config::TerritoryFiles;
use crate::domain::ids::RegionCode;
use crate::domain::quantities::Point;
use crate::domain::region::BORDER;

/// The country's corners, degrees.
const SOUTH_WEST: (f64, f64) = (40.5, 46.5);
const NORTH_EAST: (f64, f64) = (55.4, 87.3);
/// Places looked for, more than there are messages in one round: a second message about a place, or one near it,
/// is about the same incident and tells nobody anew.
const PLACES: usize = 16_384;
/// Each place lies in the middle half of a cell of its own, degrees of latitude and longitude: 1.5 km between two.
const CELL: (f64, f64) = (0.03, 0.045);
/// Consonants only: a word with vowels might by chance mean something, and the message be classified by it.
const LETTERS: &str = "бвгджзклмнпрстфхцчшщ";

/// What callers say, each so clear that three services are told at once.
const SAID: [&str; 4] = [
    "Произошёл взрыв, есть пострадавшие",
    "Сильный взрыв в подъезде, люди кричат",
    "Жарылыс болды, адамдар жараланған",
    "Обрушилась стена дома, под завалом люди",
];

/// An endless store of messages.
pub(super) struct Messages {
    places: Vec<(RegionCode, Point)>,
    turn: AtomicUsize,
    letters: String,
}

impl Messages {
    /// About places in these regions, none near the border of another.
    pub fn new(regions: &[RegionCode]) -> Result<Self, BenchError> {
        let territories = territories::load(&TerritoryFiles::default())
            .map_err(|e| BenchError::Hub(format!("its territories: {e}")))?;
        let mut rng = rand::rng();
        let mut places = Vec::with_capacity(PLACES);
        let mut taken = HashSet::with_capacity(PLACES);
        while places.len() < PLACES {
            let cell = |from: f64, to: f64, size: f64, rng: &mut ThreadRng| {
                let cell = (rng.random_range(from..to) / size).floor();
                ((cell + rng.random_range(0.25..0.75)) * size, cell.to_bits())
            };
            let (lat, row) = cell(SOUTH_WEST.0, NORTH_EAST.0, CELL.0, &mut rng);
            let (lon, column) = cell(SOUTH_WEST.1, NORTH_EAST.1, CELL.1, &mut rng);
            let Ok(point) = Point::new(lat, lon) else { continue };
            let Some((region, _)) = territories.locate(point) else { continue };
            if regions.contains(&region)
                && territories.regions_within(point, BORDER).len() == 1
                && taken.insert((row, column))
            {
                places.push((region, point));
            }
        }
        let letters: Vec<char> = LETTERS.chars().collect();
        let letters = (0..65_536).map(|_| letters[rng.random_range(0..letters.len())]).collect();
        Ok(Self { places, turn: AtomicUsize::new(0), letters })
    }

    /// The next message, and its id.
    pub fn next(&self) -> (Uuid, String) {
        self.saying(SAID[rand::rng().random_range(0..SAID.len())])
    }

    /// A message with these words in it, and its id.
    pub fn saying(&self, said: &str) -> (Uuid, String) {
        let mut rng = rand::rng();
        let (id, at) = (Uuid::now_v7(), Timestamp::now());
        let (words, location) = (self.words(&mut rng, 12), self.location());
        let number: u32 = rng.random_range(1_000_000..9_999_999);
        let message = format!(
            r#"{{"id":"{id}","channel":"call","received_at":"{at}","sender":{{"kind":"person","call_back":{{"kind":"number","number":"+7701{number}"}}}},"language":"ru","text":"{said}. {words}","location":{location}}}"#
        );
        (id, message)
    }

    /// The next place, and its region.
    pub fn place(&self) -> (RegionCode, Point) {
        self.places[self.turn.fetch_add(1, Ordering::Relaxed) % self.places.len()]
    }

    /// A location as a message has it.
    pub fn location(&self) -> String {
        let mut rng = rand::rng();
        let (_, place) = self.place();
        let (street, house) = (self.words(&mut rng, 2), rng.random_range(1..200));
        format!(
            r#"{{"fix":{{"point":{{"lat":{:.6},"lon":{:.6}}},"uncertainty":{{"shape":"circle","radius_m":50}}}},"address":"{street}, {house}","source":"caller"}}"#,
            place.lat(),
            place.lon(),
        )
    }

    /// As many words of eight letters, each of two bytes.
    fn words(&self, rng: &mut impl RngExt, count: usize) -> String {
        let mut out = String::with_capacity(17 * count);
        for n in 0..count {
            let from = 2 * rng.random_range(0..self.letters.len() / 2 - 8);
            if n > 0 {
                out.push(' ');
            }
            out.push_str(&self.letters[from..from + 16]);
        }
        out
    }
}
