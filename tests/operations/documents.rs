//! What the runbooks tell an administrator to do at night must be true of the program of the day.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::world::World;

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a text")
}

fn administrators_pages() -> Vec<(PathBuf, String)> {
    let pages: Vec<_> = files("ops", "md").into_iter().map(|path| (path.clone(), text(&path))).collect();
    assert!(pages.len() >= 8, "runbooks and backup are there");
    pages
}

/// The statements of every block marked `sql`.
fn statements(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut within = false;
    let mut block = String::new();
    for line in page.lines() {
        match line.trim() {
            "```sql" => within = true,
            "```" if within => {
                within = false;
                found.extend(block.split(';').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned));
                block.clear();
            }
            _ if within => {
                block.push_str(line);
                block.push('\n');
            }
            _ => {}
        }
    }
    found
}

#[tokio::test]
async fn every_statement_in_the_runbooks_runs_against_the_schema() {
    let world = World::new().await;
    let client = world.pg().await;
    let mut ran = 0;
    for (page, text) in administrators_pages() {
        for statement in statements(&text) {
            let explained = client.batch_execute(&format!("EXPLAIN {statement}")).await;
            let complaint = explained.err().map(|e| hub112::store::database::explain(&e));
            assert_eq!(complaint, None, "{}: {statement}", page.display());
            ran += 1;
        }
    }
    assert!(ran >= 10, "only {ran} statements found");
}

#[test]
fn every_metric_in_the_runbooks_is_one_that_the_hub_gives() {
    let source: String = files("src", "rs").iter().map(|path| text(path)).collect();
    let known = |word: &str| source.contains(&format!("\"{word}\""));
    for (page, text) in administrators_pages() {
        let words: BTreeSet<&str> = text
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .filter(|word| word.starts_with("hub112_") && *word != "hub112_restored")
            .collect();
        for word in words {
            assert!(known(word), "{}: nothing in src/ is called {word}", page.display());
        }
    }
}

#[test]
fn every_page_that_the_pages_point_to_is_there() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let mut pages = administrators_pages();
    pages.push((readme.clone(), text(&readme)));
    for (page, text) in pages {
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") {
                continue;
            }
            let target = page.parent().expect("a folder").join(link.split('#').next().expect("a path"));
            assert!(target.exists(), "{}: {link} is not there", page.display());
        }
    }
}
