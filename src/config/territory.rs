//! Where the polygons of regions and districts come from.

use std::path::PathBuf;

use serde::Deserialize;

/// The layers of territories. Without a file the regions are those that the program carries, and no districts are
/// known: then a place has a region only.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TerritoryFiles {
    /// Polygons of all regions of the country, in place of those that the program carries.
    pub regions: Option<LayerFile>,
    /// Polygons of the districts.
    pub districts: Option<LayerFile>,
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
