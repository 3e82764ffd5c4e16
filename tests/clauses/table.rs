//! `table.csv`: every clause of chapters 1 to 4 and of the order. It fails when a clause has no code, no way by which a
//! person or an agency reaches it, or no proof, and when what it names is not in the tree.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use hub112::api::rights::RIGHTS;
use hub112::domain::envelope::{AgencyContent, HubContent};
use serde::Deserialize;

/// Every clause and sub-clause, as they are cited.
const CLAUSES: [&str; 46] = [
    "112-O c.1",
    "112-O c.2(1)",
    "112-O c.2(2)",
    "112-O c.3",
    "112-O c.4",
    "112-R c.1",
    "112-R c.2",
    "112-R c.2(1)",
    "112-R c.2(2)",
    "112-R c.2(3)",
    "112-R c.2(4)",
    "112-R c.3",
    "112-R c.3(1)",
    "112-R c.3(2)",
    "112-R c.3(3)",
    "112-R c.3(4)",
    "112-R c.3(5)",
    "112-R c.3(6)",
    "112-R c.3(7)",
    "112-R c.3(8)",
    "112-R c.4 s.1",
    "112-R c.4 s.2",
    "112-R c.5",
    "112-R c.5(1)",
    "112-R c.5(1)¶1",
    "112-R c.5(1)¶2",
    "112-R c.5(1)¶3",
    "112-R c.5(1)¶4",
    "112-R c.5(1)¶5",
    "112-R c.5(2)",
    "112-R c.5(2)¶1",
    "112-R c.5(2)¶2",
    "112-R c.5(2)¶3",
    "112-R c.5(2)¶4",
    "112-R c.5(3)",
    "112-R c.5(3)¶1",
    "112-R c.5(3)¶2",
    "112-R c.5(3)¶3",
    "112-R c.5(3)¶4",
    "112-R c.6(1)",
    "112-R c.6(2)",
    "112-R c.6(3)",
    "112-R c.6(4)",
    "112-R c.6(5)",
    "112-R c.6(6)",
    "112-R c.6(7)",
];

#[derive(Deserialize)]
struct Row {
    clause: String,
    requires: String,
    code: String,
    operations: String,
    tests: String,
    organisational: String,
}

impl Row {
    fn named(list: &str) -> impl Iterator<Item = &str> {
        list.split(';').map(str::trim).filter(|s| !s.is_empty())
    }
}

fn rows() -> Vec<Row> {
    csv::Reader::from_path(root().join("tests/clauses/table.csv"))
        .unwrap()
        .deserialize()
        .collect::<Result<_, _>>()
        .unwrap()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Whether a source defines the item: a function, type, constant, or a variant of an enumeration.
fn defines(source: &str, item: &str) -> bool {
    const KEYWORDS: [&str; 7] = ["fn", "struct", "enum", "trait", "type", "const", "static"];
    source.lines().filter(|line| !line.trim_start().starts_with("//")).any(|line| {
        let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty());
        let first = line.trim_start();
        let is_variant = first.strip_prefix(item).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(',') || rest.starts_with(" {") || rest.starts_with('(')
        });
        let mut previous = "";
        let is_item = words.any(|word| {
            !std::mem::replace(&mut previous, word).is_empty() && word == item && {
                line.split_once(item).is_some_and(|(before, _)| {
                    before.split_whitespace().next_back().is_some_and(|k| KEYWORDS.contains(&k))
                })
            }
        });
        is_variant || is_item
    })
}

/// Names of all test functions of the tree.
fn tests() -> HashSet<String> {
    let mut found = HashSet::new();
    for folder in ["src", "tests"] {
        gather(&root().join(folder), &mut found);
    }
    found
}

fn gather(folder: &Path, found: &mut HashSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            let lines: Vec<&str> = source.lines().map(str::trim).collect();
            for (n, line) in lines.iter().enumerate() {
                let name =
                    line.trim_start_matches("async ").strip_prefix("fn ").and_then(|l| l.split('(').next());
                let marked =
                    lines[n.saturating_sub(4)..n].iter().any(|l| l.starts_with("#[") && l.contains("test"));
                if let Some(name) = name.filter(|_| marked) {
                    found.insert(name.to_owned());
                }
            }
        }
    }
}

#[test]
fn the_table_has_every_clause_once_and_in_order() {
    let clauses: Vec<String> = rows().into_iter().map(|r| r.clause).collect();
    assert_eq!(clauses, CLAUSES);
}

#[test]
fn every_clause_is_carried_out_and_proved_or_is_said_to_be_organisational() {
    for row in rows() {
        assert!(!row.requires.trim().is_empty(), "{}: what does it require?", row.clause);
        let [code, ways, proofs] =
            [&row.code, &row.operations, &row.tests].map(|list| Row::named(list).count());
        if row.organisational.trim().is_empty() {
            assert!(code > 0 && proofs > 0, "{}: neither code with tests nor a reason why not", row.clause);
            assert!(ways > 0, "{}: by which operation is it reached?", row.clause);
        } else {
            let none = code == 0 && ways == 0 && proofs == 0;
            assert!(none, "{}: organisational, and yet it names code", row.clause);
        }
    }
}

#[test]
fn every_place_in_the_code_that_the_table_names_is_there() {
    for row in rows() {
        for place in Row::named(&row.code) {
            let (path, item) = place.split_once("::").unwrap_or_else(|| panic!("{}: {place}", row.clause));
            let source = fs::read_to_string(root().join(path))
                .unwrap_or_else(|e| panic!("{}: {path}: {e}", row.clause));
            let found = if path.ends_with(".rs") { defines(&source, item) } else { source.contains(item) };
            assert!(found, "{}: there is no {item} in {path}", row.clause);
        }
    }
}

#[test]
fn every_operation_that_the_table_names_is_one_of_the_interface_or_of_the_contract_with_agencies() {
    for row in rows() {
        for operation in Row::named(&row.operations) {
            let found = match operation.split_once(' ') {
                Some((method, path)) => RIGHTS.iter().any(|(m, p, _)| *m == method && *p == path),
                None => {
                    HubContent::CONTENT_TYPES.contains(&operation)
                        || AgencyContent::CONTENT_TYPES.contains(&operation)
                }
            };
            assert!(found, "{}: there is no operation {operation}", row.clause);
        }
    }
}

#[test]
fn every_test_that_the_table_names_is_there() {
    let tests = tests();
    for row in rows() {
        for name in Row::named(&row.tests) {
            assert!(tests.contains(name), "{}: there is no test {name}", row.clause);
        }
    }
}

#[test]
fn an_item_is_found_where_it_is_defined_and_not_where_it_is_used() {
    let source = "// fn commented()\npub fn send(x: u8) {}\npub(super) async fn wait() {}\nenum Act {\n    FirstWave,\n    More { n: u8 },\n}\nlet y = used(3);\n";
    for (item, there) in [
        ("send", true),
        ("wait", true),
        ("Act", true),
        ("FirstWave", true),
        ("More", true),
        ("commented", false),
        ("used", false),
        ("sen", false),
        ("x", false),
    ] {
        assert_eq!(defines(source, item), there, "{item}");
    }
}
