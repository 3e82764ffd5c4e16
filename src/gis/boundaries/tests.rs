use std::path::PathBuf;

use ::shapefile::dbase;
use ::shapefile::record::polygon::GenericPolygon;
use ::shapefile::{Point, PolygonRing};
use geo::{Geometry, wkt};
use rusqlite::{Connection, params};

use super::*;
use crate::domain::geography::TerritoryLevel;

fn country() -> Rect {
    Rect::new((46.0, 40.0), (88.0, 56.0))
}

/// A folder of the test's own, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("hub112-borders-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, content).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn read_here(path: &Path) -> Result<Read, FileFault> {
    read(path, None, &FieldNames::default(), country(), false)
}

/// The faults of a collection of these features, by feature.
fn faults(name: &str, features: &str) -> Vec<(usize, String)> {
    let folder = Folder::new(name);
    let text = format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#);
    let read = read_here(&folder.file("a.geojson", text)).expect("read");
    read.bad.into_iter().map(|bad| (bad.number, format!("{}: {}", bad.name, bad.fault))).collect()
}

fn feature(kato: &str, geometry: &str) -> String {
    format!(
        r#"{{"type":"Feature","properties":{{"KATO":"{kato}","ADM1_KK":"Алматы","ADM1_RU":"Алматы","ADM1_EN":"Almaty",
           "ADM2_KK":"Алмалы","ADM2_RU":"Алмалинский","ADM2_EN":"Almaly"}},"geometry":{geometry}}}"#
    )
}

fn polygon(corners: &str) -> String {
    format!(r#"{{"type":"Polygon","coordinates":[[{corners}]]}}"#)
}

const SOUND: &str = "[76.8,43.2],[76.9,43.2],[76.9,43.3],[76.8,43.2]";

#[test]
fn a_code_tells_the_level_and_the_names_are_those_of_the_level() {
    let folder = Folder::new("levels");
    let features = [feature("750000000", &polygon(SOUND)), feature("751110000", &polygon(SOUND))].join(",");
    let text = format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#);
    let read = read_here(&folder.file("a.geojson", &text)).expect("read");
    assert_eq!(read.bad, []);
    let said: Vec<_> = read.boundaries.iter().map(|b| (b.level(), b.names.ru.as_str())).collect();
    assert_eq!(said, [(TerritoryLevel::Region, "Алматы"), (TerritoryLevel::District, "Алмалинский")]);

    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, text.as_bytes()).expect("packed");
    let packed = folder.file("a.geojson.gz", packed.finish().expect("packed"));
    assert_eq!(read_here(&packed).expect("read").boundaries, read.boundaries);
}

#[test]
fn every_broken_feature_is_named_with_its_number_name_and_place() {
    let cases = [
        (
            polygon("[76.8,43.2],[76.9,43.3],[76.9,43.2],[76.8,43.3],[76.8,43.2]"),
            "crosses itself at longitude 76.8",
        ),
        (
            polygon("[76.8,43.2],[76.9,43.2],[76.9,43.3]"),
            "does not end where it begins at longitude 76.9, latitude 43.3",
        ),
        (polygon("[43.2,76.8],[43.2,76.9],[43.3,76.9],[43.2,76.8]"), "axes are swapped"),
        (polygon("[7.2,43.2],[7.3,43.2],[7.3,43.3],[7.2,43.2]"), "outside the country"),
        (polygon("[179,50],[-179,50],[-179,51],[179,50]"), "antimeridian"),
        (polygon(""), "empty"),
        (r#"{"type":"MultiPolygon","coordinates":[]}"#.to_owned(), "empty"),
        (r#"{"type":"Point","coordinates":[76.8,43.2]}"#.to_owned(), "it is a Point, no polygon"),
        ("null".to_owned(), "it has no geometry"),
    ];
    let mut features = vec![feature("750000000", &polygon(SOUND))];
    features.extend(cases.iter().map(|(geometry, _)| feature("751110000", geometry)));
    let found = faults("broken", &features.join(","));
    assert_eq!(found.len(), cases.len(), "{found:?}");
    for ((number, fault), (wanted, (_, expected))) in found.iter().zip((2..).zip(&cases)) {
        assert_eq!(*number, wanted);
        assert!(fault.starts_with("Алмалинский, 751110000: ") && fault.contains(expected), "{fault}");
    }
}

#[test]
fn a_missing_property_is_named_with_what_there_is() {
    let none = r#"{"type":"Feature","properties":{"kato":"750000000","title":"Алматы"},"geometry":null}"#;
    let found = faults("missing", none);
    assert!(found[0].1.contains("it has no property kk, name_kk"), "{found:?}");
    assert!(found[0].1.contains("--kk") && found[0].1.contains("It has: kato, title"), "{found:?}");
}

#[test]
fn another_system_of_coordinates_is_refused_by_name_with_the_command_that_converts() {
    let folder = Folder::new("system");
    let of = |name: &str| {
        let text = format!(
            r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"{name}"}}}},"features":[{}]}}"#,
            feature("750000000", &polygon(SOUND))
        );
        read_here(&folder.file("a.geojson", text))
            .map(|read| read.boundaries.len())
            .map_err(|e| e.to_string())
    };
    assert_eq!(of("urn:ogc:def:crs:OGC:1.3:CRS84"), Ok(1));
    let refused = of("urn:ogc:def:crs:EPSG::3857").unwrap_err();
    assert!(refused.contains("EPSG::3857") && refused.contains("ogr2ogr -t_srs EPSG:4326"), "{refused}");
}

#[test]
fn what_is_no_collection_is_refused_as_a_whole() {
    let folder = Folder::new("whole");
    let said = |name: &str, content: &str| {
        read_here(&folder.file(name, content)).map(|_| ()).unwrap_err().to_string()
    };
    assert!(said("a.geojson", r#"{"type":"FeatureColl"#).contains("no sound GeoJSON"));
    assert!(said("b.geojson", r#"{"type":"FeatureCollection","features":[]}"#).contains("no feature"));
    assert!(said("a.gpkg", "no database").contains("no sound GeoPackage"));
    assert!(said("a.shp", "no shapes").contains(".prj"));
    assert!(said("a.kml", "<kml/>").contains(".geojson"));
    assert!(matches!(read_here(&folder.0.join("none.gpkg")), Err(FileFault::Unreadable(_))));
}

#[test]
fn a_border_that_touches_itself_is_taken_apart_only_where_that_is_asked_for() {
    let folder = Folder::new("mend");
    // Two triangles that meet in a corner, in one ring.
    let touching =
        polygon("[76.0,43.0],[76.2,43.0],[76.1,43.1],[76.2,43.2],[76.0,43.2],[76.1,43.1],[76.0,43.0]");
    let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, feature("751110000", &touching));
    let path = folder.file("a.geojson", text);
    let plain = read_here(&path).expect("read");
    assert!(
        plain.bad[0].fault.contains("touches itself at longitude 76.1, latitude 43.1"),
        "{:?}",
        plain.bad
    );
    let mended = read(&path, None, &FieldNames::default(), country(), true).expect("read");
    assert_eq!((mended.bad.len(), mended.mended.len()), (0, 1));
    let area = mended.boundaries[0].border.unsigned_area();
    assert!((area - 0.02).abs() < 1e-9, "{area}");
}

/// A package with one layer of one polygon with a hole and one of two parts.
fn package(path: &Path, system: i64) {
    let file = Connection::open(path).expect("a database");
    file.execute_batch(
        "CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, srs_id INTEGER);
         CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT,
           organization_coordsys_id INTEGER);
         CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);
         CREATE TABLE \"the districts\" (fid INTEGER PRIMARY KEY, shape BLOB, kato TEXT, name_kk TEXT, name_ru TEXT,
           name_en TEXT);",
    )
    .expect("tables");
    let system_name = if system == 4326 { "WGS 84" } else { "Pulkovo 1942 / GK 13" };
    file.execute("INSERT INTO gpkg_contents VALUES ('the districts', 'features', ?1)", [system])
        .expect("a row");
    let insert = "INSERT INTO gpkg_spatial_ref_sys VALUES (?1, ?2, 'EPSG', ?2)";
    file.execute(insert, params![system_name, system]).expect("a row");
    let insert = "INSERT INTO gpkg_geometry_columns VALUES ('the districts', 'shape', ?1)";
    file.execute(insert, [system]).expect("a row");
    let shapes: [Geometry; 2] = [
        wkt!(POLYGON((76. 43.,77. 43.,77. 44.,76. 44.,76. 43.),(76.2 43.2,76.4 43.2,76.4 43.4,76.2 43.2)))
            .into(),
        wkt!(MULTIPOLYGON(((77. 43.,78. 43.,78. 44.,77. 43.)),((78. 45.,79. 45.,79. 46.,78. 45.)))).into(),
    ];
    for (number, shape) in (1..).zip(&shapes) {
        // A head without a box, then with one, in the system's byte order.
        let mut blob = b"GP\0\x01\0\0\0\0".to_vec();
        if number == 2 {
            blob[3] |= 1 << 1;
            blob.extend([0; 32]);
        }
        wkb::writer::write_geometry(&mut blob, shape, &Default::default()).expect("written");
        file.execute(
            "INSERT INTO \"the districts\" VALUES (?1, ?2, ?3, 'Алмалы', 'Алмалинский', 'Almaly')",
            params![number, blob, format!("751{number}10000")],
        )
        .expect("a row");
    }
    let cut = "INSERT INTO \"the districts\" VALUES (3, ?1, '751310000', 'а', 'а', 'a')";
    file.execute(cut, [b"GP\0\x01\0\0\0\0\x01\x03\0\0\0\x01\0\0\0\xff\xff".to_vec()]).expect("a row");
}

#[test]
fn a_geopackage_gives_its_features_and_names_the_one_that_is_cut_off() {
    let folder = Folder::new("package");
    let path = folder.0.join("a.gpkg");
    package(&path, 4326);
    let found = read_here(&path).expect("read");
    assert_eq!((found.boundaries.len(), found.bad.len()), (2, 1));
    let [one, two] = &found.boundaries[..] else { panic!("two") };
    assert_eq!((one.border.0[0].interiors().len(), two.border.0.len()), (1, 2));
    assert!((one.border.unsigned_area() - 0.98).abs() < 1e-9);
    assert_eq!(found.bad[0].number, 3);
    assert!(found.bad[0].fault.contains("cannot be read"), "{}", found.bad[0]);
    let other = read(&path, Some("roads"), &FieldNames::default(), country(), false);
    assert!(matches!(other, Err(FileFault::NoLayer(..))));

    let path = folder.0.join("b.gpkg");
    package(&path, 28413);
    let refused = read_here(&path).map(|_| ()).unwrap_err().to_string();
    assert!(refused.contains("Pulkovo 1942 / GK 13 (EPSG:28413)"), "{refused}");
}

#[test]
fn a_shapefile_gives_its_features_in_its_own_letters_and_only_in_degrees() {
    let folder = Folder::new("shape");
    let path = folder.0.join("a.shp");
    let text = |name: &str| dbase::FieldName::try_from(name).expect("a field's name");
    let table = ["KATO", "ADM2_KK", "ADM2_RU", "ADM2_EN"]
        .into_iter()
        .fold(dbase::TableWriterBuilder::new(), |table, name| table.add_character_field(text(name), 60));
    let mut writer = ::shapefile::Writer::from_path(&path, table).expect("a writer");
    let ring = |corners: &[(f64, f64)]| corners.iter().map(|&(x, y)| Point::new(x, y)).collect::<Vec<_>>();
    // Outer rings run clockwise; the hole is of the second one.
    let shape = GenericPolygon::with_rings(vec![
        PolygonRing::Outer(ring(&[(78., 43.), (78., 44.), (79., 44.), (79., 43.), (78., 43.)])),
        PolygonRing::Outer(ring(&[(76., 43.), (76., 44.), (77., 44.), (77., 43.), (76., 43.)])),
        PolygonRing::Inner(ring(&[(78.2, 43.2), (78.4, 43.2), (78.4, 43.4), (78.2, 43.2)])),
    ]);
    let mut record = dbase::Record::default();
    for (name, value) in
        [("KATO", "751110000"), ("ADM2_KK", "Алмалы"), ("ADM2_RU", "Алмалинский"), ("ADM2_EN", "Almaly")]
    {
        record.insert(name.into(), dbase::FieldValue::Character(Some(value.into())));
    }
    writer.write_shape_and_record(&shape, &record).expect("written");
    drop(writer);
    folder.file("a.cpg", "UTF-8");
    let refused = read_here(&path).map(|_| ()).unwrap_err().to_string();
    assert!(refused.contains(".prj"), "{refused}");
    let metres =
        r#"PROJCS["WGS_1984_UTM_Zone_43N",GEOGCS["GCS_WGS_1984",UNIT["Degree",0.0174]],UNIT["Meter",1.0]]"#;
    folder.file("a.prj", metres);
    let refused = read_here(&path).map(|_| ()).unwrap_err().to_string();
    assert!(refused.contains("WGS_1984_UTM_Zone_43N"), "{refused}");
    let degrees = r#"GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137,298.25]],UNIT["Degree",0.0174]]"#;
    folder.file("a.prj", degrees);
    let found = read_here(&path).expect("read");
    assert_eq!(found.bad, []);
    assert_eq!(found.boundaries[0].names.kk, "Алмалы");
    let area = found.boundaries[0].border.unsigned_area();
    assert!((area - 1.98).abs() < 1e-9, "the hole is cut out of the ring that holds it: {area}");
}
