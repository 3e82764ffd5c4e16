//! Where the polygons of regions and districts come from.

use std::path::PathBuf;

use serde::Deserialize;

use super::ConfigError;

/// The layers of territories. Without a file the regions are those that the program carries, and no districts are
/// known: then a place has a region only.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TerritoryFiles {
    /// Polygons of all regions of the country, in place of those that the program carries.
    pub regions: Option<LayerFile>,
    /// Polygons of the districts.
    pub districts: Option<LayerFile>,
    /// How far from every region a place on land may lie that is still taken for one of the country, metres: as much as
    /// the borders are rough.
    pub border_m: u32,
}

impl Default for TerritoryFiles {
    fn default() -> Self {
        Self { regions: None, districts: None, border_m: 3_000 }
    }
}

impl TerritoryFiles {
    /// Nearer than this the next country's towns lie: a border that is wrong by more is no border.
    const ROUGHEST: u32 = 30_000;

    /// What the types alone cannot say.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.border_m > Self::ROUGHEST {
            let why = format!("must be at most {}: import better borders", Self::ROUGHEST);
            return Err(ConfigError::Value { key: "territory.border_m", why });
        }
        Ok(())
    }
}

/// A GeoJSON feature collection of polygons in WGS 84.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerFile {
    /// The file.
    pub path: PathBuf,
    /// The property that holds the nine-digit KATO code.
    #[serde(default = "kato")]
    pub kato: String,
    /// The property that holds the Kazakh name.
    #[serde(default = "kk")]
    pub kk: String,
    /// The property that holds the Russian name.
    #[serde(default = "ru")]
    pub ru: String,
    /// The property that holds the English name.
    #[serde(default = "en")]
    pub en: String,
}

fn kato() -> String {
    "kato".to_owned()
}

fn kk() -> String {
    "kk".to_owned()
}

fn ru() -> String {
    "ru".to_owned()
}

fn en() -> String {
    "en".to_owned()
}
