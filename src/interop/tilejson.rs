//! TileJSON 3.0: how a map program finds the tiles of a layer.

use serde::Serialize;
use utoipa::ToSchema;

use std::collections::BTreeMap;

/// A layer of vector tiles, described.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TileJson {
    /// The version of the description.
    #[schema(example = "3.0.0")]
    pub tilejson: &'static str,
    /// The layer's name.
    pub name: String,
    /// What it shows.
    pub description: String,
    /// Addresses of its tiles, with `{z}`, `{x}` and `{y}`.
    pub tiles: Vec<String>,
    /// The first zoom that is served.
    pub minzoom: u8,
    /// The last zoom that is served.
    pub maxzoom: u8,
    /// West, south, east, north in degrees.
    #[schema(min_items = 4, max_items = 4)]
    pub bounds: [f64; 4],
    /// Whose data it is, to be shown on the map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribution: Option<String>,
    /// The layers within a tile.
    pub vector_layers: Vec<VectorLayer>,
}

/// A layer within a tile.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VectorLayer {
    /// Its name in the tile.
    pub id: String,
    /// Its properties, each with its kind.
    pub fields: BTreeMap<String, String>,
    /// The first zoom at which it is there.
    pub minzoom: u8,
    /// The last zoom at which it is there.
    pub maxzoom: u8,
}

impl TileJson {
    /// The description of a layer whose tiles are at `tiles`.
    #[must_use]
    pub fn new(
        id: &str,
        description: String,
        tiles: String,
        maxzoom: u8,
        bounds: [f64; 4],
        fields: &[(&str, &str)],
    ) -> Self {
        let fields = fields.iter().map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned())).collect();
        Self {
            tilejson: "3.0.0",
            name: id.to_owned(),
            description,
            tiles: vec![tiles],
            minzoom: 0,
            maxzoom,
            bounds,
            attribution: None,
            vector_layers: vec![VectorLayer { id: id.to_owned(), fields, minzoom: 0, maxzoom }],
        }
    }
    /// The same with tiles of this edition of their data, and with its owners.
    #[must_use]
    pub fn of_edition(mut self, edition: &str, owners: Option<String>) -> Self {
        self.tiles.iter_mut().for_each(|address| address.push_str(&format!("?edition={edition}")));
        self.attribution = owners;
        self
    }

    /// The same with all that there is at this zoom: programs draw nearer ones from it.
    #[must_use]
    pub fn up_to(mut self, deepest: u8) -> Self {
        self.maxzoom = deepest;
        self.vector_layers.iter_mut().for_each(|layer| layer.maxzoom = deepest);
        self
    }
}
