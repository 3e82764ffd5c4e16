//! Regions and districts as they are now: those imported, else from the files that the settings name, else the regions
//! that the program carries. An import that comes into force is taken up while the hub works.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use deadpool_postgres::Pool;
use tracing::{info, warn};

use crate::config::{LayerFile, TerritoryFiles};
use crate::domain::quantities::Metres;
use crate::spatial::territory::{Fields, Layer, Territory, TerritoryError};
use crate::store::database::StoreError;
use crate::store::territory;

/// How often the store is asked what is imported.
const EVERY: Duration = Duration::from_secs(5);

/// Why there are no territories.
#[derive(Debug, thiserror::Error)]
pub enum LayerError {
    /// The file is not there or not readable.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// What the file holds cannot be used.
    #[error("{0}: {1}")]
    Content(String, TerritoryError),
    /// What is imported cannot be read.
    #[error("the imported borders: {0}")]
    Imported(#[from] StoreError),
}

/// Regions and districts, for everybody to read.
#[derive(Debug)]
pub struct TerritoryView {
    now: RwLock<(Arc<Territory>, Vec<i64>)>,
}

impl TerritoryView {
    /// What is in force when the hub starts.
    ///
    /// # Errors
    /// [`LayerError`].
    pub async fn at_start(database: &Pool, files: &TerritoryFiles) -> Result<Self, LayerError> {
        let (territory, imports) = match imported(database, files).await? {
            Some(imported) => imported,
            None => (load(files)?, Vec::new()),
        };
        Ok(Self { now: RwLock::new((Arc::new(territory), imports)) })
    }

    /// As they are now.
    #[must_use]
    pub fn now(&self) -> Arc<Territory> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner).0)
    }

    /// Grows with every import that comes into force.
    #[must_use]
    pub fn version(&self) -> u64 {
        let newest = self.now.read().unwrap_or_else(PoisonError::into_inner).1.last().copied();
        newest.and_then(|id| u64::try_from(id).ok()).unwrap_or(0)
    }

    fn is_of(&self, imports: &[i64]) -> bool {
        self.now.read().unwrap_or_else(PoisonError::into_inner).1 == imports
    }

    async fn take_up(&self, database: &Pool, files: &TerritoryFiles) -> Result<(), LayerError> {
        if self.is_of(&territory::imports(database).await?) {
            return Ok(());
        }
        let Some((territory, imports)) = imported(database, files).await? else { return Ok(()) };
        let (regions, districts) = territory.layers();
        info!(regions = regions.len(), districts = districts.len(), "the imported borders are in force");
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = (Arc::new(territory), imports);
        Ok(())
    }
}

/// Keeps the view true as long as the process lives.
pub async fn keep(view: Arc<TerritoryView>, database: Pool, files: TerritoryFiles) {
    let mut every = actix::clock::interval(EVERY);
    let mut told = false;
    loop {
        every.tick().await;
        match view.take_up(&database, &files).await {
            Ok(()) => told = false,
            // What was known stays known: an outage of the store moves no border.
            Err(error) if !told => {
                told = true;
                warn!(%error, "the borders cannot be brought up to date; they stay as they were");
            }
            Err(_) => {}
        }
    }
}

/// The imported borders, if there are any; districts of the settings' file as long as none are imported.
async fn imported(
    database: &Pool,
    files: &TerritoryFiles,
) -> Result<Option<(Territory, Vec<i64>)>, LayerError> {
    let client = database.get().await.map_err(StoreError::from)?;
    let found = territory::in_force(&client).await?;
    if found.regions.is_empty() {
        return Ok(None);
    }
    let files = files.clone();
    let built = tokio::task::spawn_blocking(move || {
        let regions = Layer::from_boundaries(found.regions);
        let districts = if found.districts.is_empty() {
            districts(&files)?
        } else {
            Some(Layer::from_boundaries(found.districts))
        };
        Ok::<_, LayerError>((made(regions, districts, &files), found.imports))
    });
    match built.await {
        Ok(built) => built.map(Some),
        Err(fault) => {
            let reason = fault.to_string();
            Err(StoreError::Row { table: "territory", reason }.into())
        }
    }
}

/// Reads the layers. Regions must all be sound, for a hole in the country would lose messages; a broken district is
/// told and left out, for a place in it still has its region.
///
/// # Errors
/// [`LayerError`] names the file.
pub fn load(files: &TerritoryFiles) -> Result<Territory, LayerError> {
    const OWN: &str = "gis/regions.geojson";
    let regions = match &files.regions {
        None => Layer::from_geojson(include_str!("../../gis/regions.geojson"), Fields::OWN)
            .map_err(|e| LayerError::Content(OWN.to_owned(), e))?,
        Some(file) => {
            let (name, text) = text(file)?;
            Layer::from_geojson(&text, fields(file)).map_err(|e| LayerError::Content(name, e))?
        }
    };
    Ok(made(regions, districts(files)?, files))
}

fn made(regions: Layer, districts: Option<Layer>, files: &TerritoryFiles) -> Territory {
    Territory::new(regions, districts).with_border(Metres::whole(files.border_m))
}

fn districts(files: &TerritoryFiles) -> Result<Option<Layer>, LayerError> {
    match &files.districts {
        None => Ok(None),
        Some(file) => {
            let (name, text) = text(file)?;
            let (layer, broken) =
                Layer::sound_part(&text, fields(file)).map_err(|e| LayerError::Content(name.clone(), e))?;
            for fault in broken {
                tracing::warn!(file = name, %fault, "a district is left out");
            }
            Ok(Some(layer))
        }
    }
}

fn text(file: &LayerFile) -> Result<(String, String), LayerError> {
    let name = file.path.display().to_string();
    let text = std::fs::read_to_string(&file.path).map_err(|e| LayerError::File(name.clone(), e))?;
    Ok((name, text))
}

fn fields(file: &LayerFile) -> Fields<'_> {
    Fields { kato: &file.kato, kk: &file.kk, ru: &file.ru, en: &file.en }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::quantities::Point;

    fn square(kato: &str, corners: &str) -> String {
        format!(
            r#"{{"type":"Feature","properties":{{"code":"{kato}","kk":"А","ru":"А","en":"A"}},
               "geometry":{{"type":"Polygon","coordinates":[[{corners}]]}}}}"#
        )
    }

    fn file(name: &str, features: &[String]) -> LayerFile {
        let path = std::env::temp_dir().join(format!("hub112-{name}-{}.geojson", std::process::id()));
        let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
        std::fs::write(&path, text).expect("a temporary file");
        LayerFile { path, kato: "code".into(), kk: "kk".into(), ru: "ru".into(), en: "en".into() }
    }

    #[test]
    fn a_point_has_its_region_and_its_district_and_a_broken_district_costs_only_itself() {
        let sound = square("751110000", "[76.9,43.2],[77.0,43.2],[77.0,43.3],[76.9,43.3],[76.9,43.2]");
        let bow = square("751210000", "[76.8,43.2],[76.9,43.3],[76.9,43.2],[76.8,43.3],[76.8,43.2]");
        let districts = file("districts", &[sound, bow]);
        let territory =
            load(&TerritoryFiles { districts: Some(districts.clone()), ..TerritoryFiles::default() })
                .expect("territories");
        let (region, district) =
            territory.locate(Point::new(43.25, 76.95).expect("a point")).expect("in the country");
        assert_eq!(
            (region.to_string().as_str(), district.map(|d| d.to_string())),
            ("75", Some("751110000".into()))
        );
        let (region, district) =
            territory.locate(Point::new(43.22, 76.83).expect("a point")).expect("in the country");
        assert_eq!((region.to_string().as_str(), district), ("75", None));
        std::fs::remove_file(districts.path).expect("removed");
    }

    #[test]
    fn a_broken_region_or_a_missing_file_stops_the_start_and_is_named() {
        let bow = square("750000000", "[76.8,43.2],[76.9,43.3],[76.9,43.2],[76.8,43.3],[76.8,43.2]");
        let regions = file("regions", &[bow]);
        let error = load(&TerritoryFiles { regions: Some(regions.clone()), ..TerritoryFiles::default() })
            .expect_err("broken");
        assert!(error.to_string().contains("feature 1"), "{error}");
        std::fs::remove_file(&regions.path).expect("removed");
        let error = load(&TerritoryFiles { regions: Some(regions.clone()), ..TerritoryFiles::default() })
            .expect_err("gone");
        assert!(error.to_string().contains(&regions.path.display().to_string()), "{error}");
    }
}
