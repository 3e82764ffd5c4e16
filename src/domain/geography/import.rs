//! Where what lies on the map came from.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The name under which a source is imported again and again: the newest version replaces the one before.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[a-z0-9][a-z0-9._-]{0,39}$", example = "kazakhstan")]
pub struct ImportSource(String);

/// Why a word does not name a source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a source is named with 1 to 40 of a-z, 0-9, dot, dash and underscore, a letter or digit first")]
pub struct NotSource;

impl FromStr for ImportSource {
    type Err = NotSource;
    fn from_str(text: &str) -> Result<Self, NotSource> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
        let first = text.chars().next().is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        if first && text.len() <= 40 && text.chars().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotSource)
        }
    }
}

impl TryFrom<String> for ImportSource {
    type Error = NotSource;
    fn try_from(text: String) -> Result<Self, NotSource> {
        text.parse()
    }
}

impl From<ImportSource> for String {
    fn from(source: ImportSource) -> Self {
        source.0
    }
}

impl fmt::Display for ImportSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ImportSource {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How many of each an import holds, and what in the file did not fit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Counts {
    /// Regions.
    #[serde(skip_serializing_if = "is_zero")]
    pub regions: u64,
    /// Districts.
    #[serde(skip_serializing_if = "is_zero")]
    pub districts: u64,
    /// Pieces of road between junctions.
    pub roads: u64,
    /// Turns that are forbidden or prescribed.
    pub turn_restrictions: u64,
    /// House numbers.
    pub addresses: u64,
    /// Streets by name.
    pub streets: u64,
    /// Towns, villages, quarters.
    pub places: u64,
    /// Hospitals, stations, schools, hydrants …
    pub objects: u64,
    /// Lakes, rivers, forests, parks.
    pub land_cover: u64,
    /// Water and green whose outline is broken: each was named and left out.
    pub broken_areas: u64,
    /// Points that a line names and the file does not hold: the line was cut there.
    pub missing_points: u64,
    /// Turn restrictions that cannot be understood and were left out.
    pub unclear_restrictions: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// An import that is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Import {
    /// Its number.
    pub id: i64,
    /// Of which source.
    pub source: ImportSource,
    /// Which version: the file's SHA-256, hexadecimal.
    pub version: String,
    /// The state of the world that the file shows, where it says so.
    pub data_at: Option<Timestamp>,
    /// When it came into force.
    pub live_at: Timestamp,
    /// What must stand beside a map that shows it.
    pub attribution: String,
    /// The licence of the data.
    pub licence: String,
    /// How much there is.
    pub counts: Counts,
}
