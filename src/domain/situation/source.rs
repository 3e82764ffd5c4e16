//! Observation, control and forecasting services and potentially dangerous facilities (c.5(2)¶1) as sources that
//! are fresh or silent.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::envelope::Nature;
use crate::domain::quantities::{Point, Seconds};

/// The text is no key of a source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a source has a key of 1 to 48 characters of a-z, 0-9 and _")]
pub struct SourceKeyError;

/// A source of monitoring information by its key (`kazhydromet_almaty`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[a-z0-9_]{1,48}$")]
pub struct SourceKey(String);

impl TryFrom<String> for SourceKey {
    type Error = SourceKeyError;
    fn try_from(s: String) -> Result<Self, SourceKeyError> {
        let fits = s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if fits && (1..=48).contains(&s.len()) { Ok(Self(s)) } else { Err(SourceKeyError) }
    }
}

impl From<SourceKey> for String {
    fn from(k: SourceKey) -> Self {
        k.0
    }
}

impl fmt::Display for SourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of source (c.5(2)¶1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// An observation service: seismic, hydrological, mudflow, radiation.
    Observation,
    /// A service that controls the situation.
    Control,
    /// A forecasting service: weather, floods.
    Forecasting,
    /// A potentially dangerous facility.
    DangerousFacility,
}

/// A source to be registered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSource {
    /// Its key.
    pub key: SourceKey,
    /// What it is.
    pub kind: SourceKind,
    /// Its name.
    #[schema(max_length = 200)]
    pub name: String,
    /// How often it must be heard, seconds.
    pub every: Seconds,
    /// What it tells of; empty: anything.
    #[serde(default)]
    pub natures: Vec<Nature>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
    /// How to reach it when it is silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub telephone: Option<String>,
}

/// How fresh a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// Heard within its time.
    Fresh,
    /// Not heard for longer than it may be silent.
    Silent,
    /// Never heard yet, and its time is not over.
    Awaited,
}

/// A registered source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// As registered.
    #[serde(flatten)]
    pub about: NewSource,
    /// Since when.
    pub registered_at: Timestamp,
    /// When it was last heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard_at: Option<Timestamp>,
    /// When its silence was found, while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent_since: Option<Timestamp>,
}

impl Source {
    /// How fresh it is at a moment.
    #[must_use]
    pub fn freshness(&self, now: Timestamp) -> Freshness {
        let last = self.heard_at.unwrap_or(self.registered_at);
        if now.duration_since(last) > self.about.every.span() {
            Freshness::Silent
        } else if self.heard_at.is_some() {
            Freshness::Fresh
        } else {
            Freshness::Awaited
        }
    }
}
