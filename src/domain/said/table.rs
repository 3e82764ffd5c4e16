//! The translations of what is said, by English template.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::domain::names::{Language, Names};

/// The files of the table, a file per part of the hub; each entry holds the English template and its translations.
const FILES: &[&str] = &[
    include_str!("api.json"),
    include_str!("contract.json"),
    include_str!("map.json"),
    include_str!("rules.json"),
    include_str!("values.json"),
];

/// The table; empty parts of it, where a file cannot be read, are found by a test.
static ENTRIES: LazyLock<Vec<Names>> = LazyLock::new(|| {
    FILES.iter().flat_map(|file| serde_json::from_str::<Vec<Names>>(file).unwrap_or_default()).collect()
});

static BY_TEMPLATE: LazyLock<HashMap<&'static str, &'static Names>> =
    LazyLock::new(|| ENTRIES.iter().map(|entry| (entry.en.as_str(), entry)).collect());

/// Every entry, as the files have them.
#[must_use]
pub fn entries() -> &'static [Names] {
    &ENTRIES
}

/// The pattern of a template in a language; the English one when the table has none.
pub(super) fn pattern(template: &'static str, language: Language) -> &'static str {
    BY_TEMPLATE.get(template).map_or(template, |entry| entry.in_language(language))
}
