//! The territories that a hub starts with: from the files that its settings name, or those that it carries.

use crate::config::{LayerFile, TerritoryFiles};
use crate::spatial::territory::{Fields, Layer, Territory, TerritoryError};

/// Why there are no territories.
#[derive(Debug, thiserror::Error)]
pub enum LayerError {
    /// The file is not there or not readable.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// What the file holds cannot be used.
    #[error("{0}: {1}")]
    Content(String, TerritoryError),
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
    let districts = match &files.districts {
        None => None,
        Some(file) => {
            let (name, text) = text(file)?;
            let (layer, broken) =
                Layer::sound_part(&text, fields(file)).map_err(|e| LayerError::Content(name.clone(), e))?;
            for fault in broken {
                tracing::warn!(file = name, %fault, "a district is left out");
            }
            Some(layer)
        }
    };
    Ok(Territory::new(regions, districts))
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
            load(&TerritoryFiles { regions: None, districts: Some(districts.clone()) }).expect("territories");
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
        let error =
            load(&TerritoryFiles { regions: Some(regions.clone()), districts: None }).expect_err("broken");
        assert!(error.to_string().contains("feature 1"), "{error}");
        std::fs::remove_file(&regions.path).expect("removed");
        let error =
            load(&TerritoryFiles { regions: Some(regions.clone()), districts: None }).expect_err("gone");
        assert!(error.to_string().contains(&regions.path.display().to_string()), "{error}");
    }
}
