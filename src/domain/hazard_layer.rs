//! Layers of areas that others tell of: perimeters of water, fire, smoke, mud. Each has a source, a moment that it shows
//! and a moment until which it may be believed; after that it is shown as outdated and never as if it were now.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::decision::Refusal;
use super::ids::{AccountName, RegionCode};
use super::said::said;

/// The longest name and the longest source, characters.
const LONGEST: usize = 200;

/// What an area of the layer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HazardKind {
    /// Water where none should be.
    Flood,
    /// Steppe or forest on fire.
    Wildfire,
    /// Mud and stones, flowing.
    Mudflow,
    /// Slopes that slide.
    Landslide,
    /// Snow.
    Avalanche,
    /// Poisonous air.
    Chemical,
    /// Radiation.
    Radiation,
    /// Whatever else.
    Other,
}

impl HazardKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Flood,
        Self::Wildfire,
        Self::Mudflow,
        Self::Landslide,
        Self::Avalanche,
        Self::Chemical,
        Self::Radiation,
        Self::Other,
    ];

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Flood => "flood",
            Self::Wildfire => "wildfire",
            Self::Mudflow => "mudflow",
            Self::Landslide => "landslide",
            Self::Avalanche => "avalanche",
            Self::Chemical => "chemical",
            Self::Radiation => "radiation",
            Self::Other => "other",
        }
    }
}

/// Not a word of this kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no kind of hazard")]
pub struct NotHazard(String);

impl FromStr for HazardKind {
    type Err = NotHazard;
    fn from_str(word: &str) -> Result<Self, NotHazard> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or_else(|| NotHazard(word.to_owned()))
    }
}

/// The name of a layer for programs: small letters, digits and dashes. A layer is replaced under its name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[a-z0-9][a-z0-9-]{0,63}$", example = "flood-ural")]
pub struct LayerName(String);

/// Why a text names no layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a layer is named by 1 to 64 small Latin letters, digits and dashes, not beginning with a dash")]
pub struct NotLayerName;

impl LayerName {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LayerName {
    type Err = NotLayerName;
    fn from_str(text: &str) -> Result<Self, NotLayerName> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let named = (1..=64).contains(&text.len()) && text.chars().all(fits) && !text.starts_with('-');
        if named { Ok(Self(text.to_owned())) } else { Err(NotLayerName) }
    }
}

impl TryFrom<String> for LayerName {
    type Error = NotLayerName;
    fn try_from(text: String) -> Result<Self, NotLayerName> {
        text.parse()
    }
}

impl From<LayerName> for String {
    fn from(name: LayerName) -> Self {
        name.0
    }
}

impl fmt::Display for LayerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is said of a layer when it is put on the map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AboutLayer {
    /// What its areas mean.
    pub kind: HazardKind,
    /// Its name for people, 1 to 200 characters.
    pub name: String,
    /// Who tells of it, 1 to 200 characters: "Kazhydromet, satellite".
    pub source: String,
    /// The moment that it shows.
    pub observed_at: Timestamp,
    /// Until when it may be believed.
    pub valid_until: Timestamp,
}

impl AboutLayer {
    /// The same with its texts trimmed.
    ///
    /// # Errors
    /// [`Refusal`] when a text is missing or too long, when what it shows lies ahead, or when it ends before it begins.
    pub fn checked(self, now: Timestamp) -> Result<Self, Refusal> {
        let text = |field: &'static str, text: String| {
            let text = text.trim().to_owned();
            if (1..=LONGEST).contains(&text.chars().count()) {
                Ok(text)
            } else {
                Err(Refusal::invalid(field, said!("give it 1 to {most} characters", most = LONGEST)))
            }
        };
        if self.observed_at > now {
            return Err(Refusal::invalid(
                "observed_at",
                said!("a layer shows what was seen, not what will be; correct the moment"),
            ));
        }
        if self.valid_until <= self.observed_at {
            return Err(Refusal::invalid(
                "valid_until",
                said!("a layer is believed until a moment after the one that it shows; correct it"),
            ));
        }
        Ok(Self { name: text("name", self.name)?, source: text("source", self.source)?, ..self })
    }
}

/// A layer on the map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HazardLayer {
    /// Its name for programs.
    pub id: LayerName,
    /// Grows by one with every replacement: its ETag.
    pub version: u64,
    /// Whose it is; without one it is of the whole country, and everybody sees every layer.
    pub region: Option<RegionCode>,
    /// What it shows.
    #[serde(flatten)]
    pub about: AboutLayer,
    /// How many areas it has.
    pub areas: u32,
    /// Who put it on the map.
    pub put_by: AccountName,
    /// When.
    pub put_at: Timestamp,
    /// Whether it is past the moment until which it may be believed.
    pub outdated: bool,
}

/// Whether a layer that may be believed until a moment is outdated by now.
#[must_use]
pub fn outdated(valid_until: Timestamp, now: Timestamp) -> bool {
    now > valid_until
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn about(observed: &str, until: &str) -> AboutLayer {
        AboutLayer {
            kind: HazardKind::Flood,
            name: " Paводок ".into(),
            source: "Kazhydromet".into(),
            observed_at: at(observed),
            valid_until: at(until),
        }
    }

    #[test]
    fn a_layer_says_who_saw_it_when_and_until_when_it_may_be_believed() {
        let now = at("2026-04-02T10:00:00Z");
        let fine = about("2026-04-02T09:00:00Z", "2026-04-02T15:00:00Z").checked(now).unwrap();
        assert_eq!(fine.name, "Paводок");
        let field = |about: AboutLayer| match about.checked(now) {
            Err(Refusal::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(about("2026-04-02T10:00:01Z", "2026-04-02T15:00:00Z")), "observed_at");
        assert_eq!(field(about("2026-04-02T09:00:00Z", "2026-04-02T09:00:00Z")), "valid_until");
        let base = about("2026-04-02T09:00:00Z", "2026-04-02T15:00:00Z");
        assert_eq!(field(AboutLayer { source: " ".into(), ..base.clone() }), "source");
        assert_eq!(field(AboutLayer { name: "я".repeat(201), ..base }), "name");
    }

    #[test]
    fn it_is_outdated_after_that_moment_and_not_at_it() {
        let until = at("2026-04-02T15:00:00Z");
        assert!(!outdated(until, until) && outdated(until, at("2026-04-02T15:00:01Z")));
    }

    #[test]
    fn a_layer_is_named_for_programs() {
        assert!("flood-ural-2026".parse::<LayerName>().is_ok());
        for bad in ["", "-a", "Flood", "a b", "a/b", &"a".repeat(65)] {
            assert!(bad.parse::<LayerName>().is_err(), "{bad}");
        }
        for kind in HazardKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
    }
}
