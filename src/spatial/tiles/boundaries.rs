//! Tiles of areas: regions, districts, emergency zones.

use geo::Polygon;

use super::mvt::Layer;
use super::square::Square;
use super::{ALL_FROM, clip};
use crate::domain::mode::Mode;
use crate::spatial::territory::TerritorialUnit;

/// From this zoom on districts are drawn: above it they are smaller than their names.
pub const DISTRICTS_FROM: u8 = 5;

/// What boundaries say.
pub const BOUNDARY: [&str; 6] = ["kato", "region", "level", "name_kk", "name_ru", "name_en"];

/// A tile of regions and districts.
#[must_use]
pub fn boundaries(square: Square, regions: &[TerritorialUnit], districts: &[TerritorialUnit]) -> Vec<u8> {
    let mut layer = Layer::new("boundaries", &BOUNDARY);
    let Some(area) = square.area() else { return Vec::new() };
    let districts = if square.z() >= DISTRICTS_FROM { districts } else { &[] };
    let all = regions.iter().map(|a| (a, "region")).chain(districts.iter().map(|a| (a, "district")));
    for (unit, level) in all.filter(|(unit, _)| unit.is_near(area)) {
        // Where a step is longer than what the coarser border leaves out, nobody sees the difference.
        let border = if square.z() < ALL_FROM { &unit.outline } else { &unit.border };
        let drawn: Vec<_> = border.iter().filter_map(|polygon| clip::polygon(polygon, square)).collect();
        if drawn.is_empty() {
            continue;
        }
        let (kato, region) = (unit.kato.as_str(), unit.region.to_string());
        let names = &unit.names;
        let texts = [kato, &region, level, &names.kk, &names.ru, &names.en];
        let mut tags = [0; 12];
        for ((key, text), pair) in (0..).zip(texts).zip(tags.chunks_exact_mut(2)) {
            pair.copy_from_slice(&[key, layer.text(text)]);
        }
        layer.polygons(&drawn, &tags);
    }
    layer.finish()
}

/// What zones say.
pub const ZONE: [&str; 3] = ["id", "name", "mode"];

/// An emergency zone to be drawn.
#[derive(Debug, Clone)]
pub struct ZoneArea {
    /// Its identity.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// The mode that it belongs to.
    pub mode: Mode,
    /// Its border.
    pub polygon: Polygon,
}

/// A tile of emergency zones.
#[must_use]
pub fn zones<'a>(square: Square, zones: impl IntoIterator<Item = &'a ZoneArea>) -> Vec<u8> {
    let mut layer = Layer::new("zones", &ZONE);
    for zone in zones {
        let Some(drawn) = clip::polygon(&zone.polygon, square) else { continue };
        let mode = match zone.mode {
            Mode::Everyday => "everyday",
            Mode::HighReadiness => "high_readiness",
            Mode::Emergency => "emergency",
        };
        let tags = [0, layer.own_text(&zone.id), 1, layer.text(&zone.name), 2, layer.text(mode)];
        layer.polygons(&[drawn], &tags);
    }
    layer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::quantities::Point;
    use crate::spatial::territory::{Fields, Layer as Territories};
    use crate::spatial::tiles::{EXTENT, MARGIN};
    use geo::{Area, Contains, Coord, MultiPolygon, polygon};
    use mvt_reader::Reader;
    use proptest::prelude::*;

    fn regions() -> Territories {
        let text = include_str!("../../../gis/regions.geojson");
        Territories::from_geojson(text, Fields::OWN).expect("the regions")
    }

    fn drawn(tile: Vec<u8>) -> Vec<(String, MultiPolygon<f64>)> {
        let reader = Reader::new(tile).expect("a tile");
        let features = reader.get_features_as::<f64>(0).expect("features");
        features
            .into_iter()
            .map(|f| {
                let shape = match f.geometry {
                    geo::Geometry::MultiPolygon(shape) => shape,
                    geo::Geometry::Polygon(shape) => shape.into(),
                    other => panic!("{other:?}"),
                };
                let properties = f.properties.expect("properties");
                (format!("{:?}", properties.get("region").or(properties.get("id"))), shape)
            })
            .collect()
    }

    #[test]
    fn a_tile_of_the_whole_country_has_every_region_once() {
        let regions = regions();
        let all = boundaries(Square::new(3, 5, 2).unwrap(), regions.areas(), &[]);
        let names: Vec<String> = drawn(all).into_iter().map(|(name, _)| name).collect();
        assert!(names.len() >= 18, "{names:?}");
        assert!(boundaries(Square::new(3, 0, 0).unwrap(), regions.areas(), &[]).is_empty());
    }

    #[test]
    fn a_point_lies_in_the_region_that_is_drawn_around_it() {
        let regions = regions();
        for (lat, lon) in [(43.2389, 76.8897), (51.15, 71.45), (47.1, 51.9), (42.3, 69.6), (49.9, 82.6)] {
            let point = Point::new(lat, lon).unwrap();
            let expected = regions.locate(point).expect("in the country").region.to_string();
            for z in [6, 8, 9, 12] {
                let square = Square::of(point, z);
                let at = square.place(Coord { x: lon, y: lat });
                let around: Vec<String> = drawn(boundaries(square, regions.areas(), &[]))
                    .into_iter()
                    .filter(|(_, shape)| shape.contains(&at))
                    .map(|(name, _)| name)
                    .collect();
                assert_eq!(around.len(), 1, "{z}: {around:?}");
                assert!(around[0].contains(&expected), "{z}: {around:?}");
            }
        }
    }

    #[test]
    fn a_hole_stays_a_hole() {
        let ring = polygon![(x: 76.0, y: 43.0), (x: 78.0, y: 43.0), (x: 78.0, y: 44.0), (x: 76.0, y: 44.0)];
        let hole = polygon![(x: 76.8, y: 43.4), (x: 77.2, y: 43.4), (x: 77.2, y: 43.6), (x: 76.8, y: 43.6)];
        let polygon = Polygon::new(ring.exterior().clone(), vec![hole.exterior().clone()]);
        let zone = ZoneArea { id: "z".into(), name: "Дым".into(), mode: Mode::Emergency, polygon };
        let square = Square::of(Point::new(43.5, 77.0).unwrap(), 7);
        let [(_, shape)] = drawn(zones(square, [&zone])).try_into().expect("one zone");
        assert_eq!(shape.0.iter().map(|p| p.interiors().len()).sum::<usize>(), 1, "{shape:?}");
    }

    proptest! {
        #[test]
        fn what_is_cut_stays_within_the_margin_and_covers_what_it_did(
            radii in prop::collection::vec(0.05f64..1.5, 3..24), z in 4u8..12,
            lat in 43.0f64..44.0, lon in 76.0f64..78.0,
        ) {
            let count = f64::from(u32::try_from(radii.len()).unwrap());
            let ring = (0u32..).zip(&radii).map(|(n, r)| {
                let turn = f64::from(n) / count * std::f64::consts::TAU;
                (77.0 + r * turn.cos(), 43.5 + r * turn.sin() * 0.7)
            });
            let polygon = Polygon::new(ring.collect(), vec![]);
            let square = Square::of(Point::new(lat, lon).unwrap(), z);
            let Some(rings) = clip::polygon(&polygon, square) else {
                // Nothing is seen: then the middle of the square is not covered, or it is smaller than a step.
                let middle = square.place(Coord { x: lon, y: lat });
                let placed = Polygon::new(polygon.exterior().coords().map(|c| square.place(*c)).collect(), vec![]);
                prop_assert!(!placed.contains(&middle) || placed.unsigned_area() < 16.0);
                return Ok(());
            };
            let low = -MARGIN;
            let high = f64::from(EXTENT) + MARGIN;
            prop_assert!(rings[0].iter().flatten().all(|v| (low..=high).contains(&f64::from(*v))));
            let cut: Polygon = Polygon::new(rings[0].iter().map(|p| (f64::from(p[0]), f64::from(p[1]))).collect(), vec![]);
            prop_assert!(cut.signed_area() > 0.0, "an outer ring is clockwise on the screen");
            let placed = Polygon::new(polygon.exterior().coords().map(|c| square.place(*c)).collect(), vec![]);
            for part in 0..16u32 {
                let at = Coord { x: f64::from(part % 4) * 1024.0 + 512.3, y: f64::from(part / 4) * 1024.0 + 511.7 };
                let near = geo::Euclidean;
                let edge = geo::Distance::distance(&near, &geo::Point(at), placed.exterior());
                if edge > 2.0 {
                    prop_assert_eq!(cut.contains(&at), placed.contains(&at), "{:?}", at);
                }
            }
        }
    }
}
