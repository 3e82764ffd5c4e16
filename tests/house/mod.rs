//! The house keeps its walls: who may know whom, and what the domain may not touch (ARCHITECTURE, "The house").

mod dependencies;
mod said;

use std::fs;
use std::path::{Path, PathBuf};

/// A room and the other rooms that its code may name.
const ARROWS: [(&str, &[&str]); 10] = [
    ("domain", &[]),
    ("spatial", &["domain"]),
    // Files that others publish of the land.
    ("gis", &["domain"]),
    ("store", &["domain"]),
    ("bus", &["domain"]),
    ("interop", &["domain"]),
    ("actors", &["domain", "spatial", "store", "bus"]),
    ("intake", &["domain", "store", "actors"]),
    (
        "api",
        &[
            "domain",
            "spatial",
            "store",
            "bus",
            "interop",
            // Areas in an uploaded file.
            "gis",
            "actors",
            "intake",
            "console",
            "config",
            "telemetry",
        ],
    ),
    // The reference agency knows the public contract only.
    ("agency", &["domain", "bus"]),
];

/// The one file that puts the house together, and may know every room.
const COMPOSITION: &str = "actors/supervisor.rs";
/// Reads territories from the files that the settings name, when the house is put together.
const AT_START: &str = "actors/territories.rs";

/// What pure code does not touch: clock, chance, input, output, threads, actors, databases, brokers.
const IMPURE: [&str; 16] = [
    "Timestamp::now",
    "Zoned::now",
    "SystemTime",
    "Instant",
    "now_v7",
    "new_v4",
    "rand::",
    "std::fs",
    "std::net",
    "std::env",
    "std::thread",
    "tokio",
    "actix",
    "lapin",
    "println!",
    "tracing::",
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The files of a room, each with its code: without comments and without its tests.
fn code_of(room: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![source().join(room)];
    let own = source().join(format!("{room}.rs"));
    let mut files: Vec<PathBuf> = own.is_file().then_some(own).into_iter().collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path);
            }
        }
    }
    for file in files {
        let name = file.strip_prefix(source()).expect("in the source").display().to_string();
        if name.ends_with("tests.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).expect("a file");
        let product = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code = product.lines().map(|line| line.split("//").next().unwrap_or_default());
        found.push((name, code.collect::<Vec<_>>().join("\n")));
    }
    assert!(!found.is_empty(), "there is a room {room}");
    found
}

/// The rooms that the code names.
fn named(code: &str) -> Vec<String> {
    let mut rooms: Vec<String> = code
        .split("crate::")
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect())
        .collect();
    rooms.sort();
    rooms.dedup();
    rooms
}

#[test]
fn every_room_knows_only_those_that_it_may() {
    let mut wrong = Vec::new();
    for (room, may) in ARROWS {
        for (file, code) in code_of(room) {
            if file == COMPOSITION || file == AT_START {
                continue;
            }
            let strangers = named(&code).into_iter().filter(|n| n != room && !may.contains(&n.as_str()));
            wrong.extend(strangers.map(|stranger| format!("{file} knows {stranger}")));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_domain_and_its_geometry_are_pure() {
    let mut wrong = Vec::new();
    for room in ["domain", "spatial", "interop"] {
        for (file, code) in code_of(room) {
            wrong.extend(IMPURE.iter().filter(|w| code.contains(**w)).map(|w| format!("{file} uses {w}")));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_wall_that_is_broken_is_found() {
    assert_eq!(named("use crate::store::x; let y = crate::domain::Z;"), ["domain", "store"]);
}
