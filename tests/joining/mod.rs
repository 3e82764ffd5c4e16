//! Reports of one event on the demonstration's day: how many find their card, and how many are led to a wrong one.

use std::collections::HashMap;
use std::path::Path;

use hub112::domain::command::{RegionCommand, Territory};
use hub112::domain::decision::{By, Context, Ids};
use hub112::domain::ids::{AccountName, IncidentId};
use hub112::domain::message::Message;
use hub112::domain::region::{Answer, RegionSettings, RegionState};
use hub112::drive::lines;
use jiff::Timestamp;
use uuid::Uuid;

#[derive(Debug, Default)]
struct Count {
    /// Reports of an event of which a card is open already.
    again: usize,
    joined: usize,
    proposed: usize,
    wrongly_joined: usize,
    wrongly_proposed: usize,
    first: usize,
}

fn events() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("gis/demo/truth.csv");
    let mut file = csv::Reader::from_path(path).expect("the truth");
    file.records().map(|row| row.expect("a row")[1].to_owned()).collect()
}

fn day() -> Count {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("gis/demo/messages.ndjson");
    let file = std::io::BufReader::new(std::fs::File::open(path).expect("the day"));
    let reports = lines::read("day", file).expect("messages");
    let midnight: Timestamp = "2026-03-01T19:00:00Z".parse().expect("a time");
    let mut state = RegionState::new("75".parse().expect("a region"), RegionSettings::default());
    // What each card is truly about: the event of the message that opened it.
    let mut about: HashMap<IncidentId, String> = HashMap::new();
    let mut count = Count::default();
    for ((number, event), report) in (1_u128..).zip(events()).zip(&reports) {
        let now = midnight + jiff::SignedDuration::from_secs(report.at);
        let message: Message = report.message(now);
        let by = By::Person { account: AccountName::new("asel").expect("a name") };
        let ids = Ids::new(Uuid::from_u128(number << 32));
        let command = RegionCommand::Receive { message: Box::new(message), territory: Territory::default() };
        let decision = state.decide(command, Context { now, by, ids }).expect("taken");
        for event in &decision.events {
            state.apply(event, now);
        }
        let Answer::Taken { incident, opened } = decision.answer else { panic!("known already") };
        if about.values().any(|known| *known == event) {
            count.again += 1;
        } else {
            count.first += 1;
        }
        if opened {
            let guesses = state.incident(incident).map(|c| c.guesses.clone()).unwrap_or_default();
            let right = guesses.iter().any(|g| about.get(&g.incident) == Some(&event));
            if right {
                count.proposed += 1;
            } else if !guesses.is_empty() {
                count.wrongly_proposed += 1;
            }
            about.insert(incident, event);
        } else if about.get(&incident) == Some(&event) {
            count.joined += 1;
        } else {
            count.wrongly_joined += 1;
        }
    }
    count
}

#[test]
fn repeated_reports_find_their_card_and_hardly_any_is_joined_wrongly() {
    let count = day();
    println!("{count:?}");
    let found = count.joined + count.proposed;
    // A seventh of the reports has no place, another is of an earthquake felt all over the town.
    assert!(found * 100 >= count.again * 42, "{count:?}");
    assert!(count.wrongly_joined * 500 <= count.first, "{count:?}");
    assert!(count.wrongly_proposed * 14 <= count.first, "{count:?}");
}
