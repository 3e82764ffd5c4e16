//! GeoPackage (OGC 12-128r18): SQLite with geometries of its own binary form around WKB.

use std::path::Path;

use geo::{Coord, MultiPolygon};
use geo_traits::{CoordTrait, GeometryTrait, GeometryType, LineStringTrait, MultiPolygonTrait, PolygonTrait};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::{FileFault, Raw};
use crate::domain::zone::validity::polygon_of;

fn damaged(reason: impl ToString) -> FileFault {
    FileFault::Damaged { format: "GeoPackage", reason: reason.to_string() }
}

pub(super) fn read(path: &Path, layer: Option<&str>) -> Result<Vec<Raw>, FileFault> {
    std::fs::File::open(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let file = Connection::open_with_flags(path, flags).map_err(damaged)?;
    // The file is somebody else's: what its schema would have run is not run.
    file.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;").map_err(damaged)?;
    let table = layer_of(&file, layer)?;
    let (column, organization, number, definition): (String, String, i64, String) = file
        .query_row(
            "SELECT g.column_name, s.organization, s.organization_coordsys_id, s.srs_name \
             FROM gpkg_geometry_columns g JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id \
             WHERE g.table_name = ?1",
            [&table],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )
        .map_err(damaged)?;
    if !(organization.eq_ignore_ascii_case("EPSG") && number == 4326) {
        return Err(FileFault::OtherSystem(format!("{definition} ({organization}:{number})")));
    }
    features(&file, &table, &column).map_err(damaged)
}

fn layer_of(file: &Connection, wanted: Option<&str>) -> Result<String, FileFault> {
    let of = || {
        let mut statement =
            file.prepare("SELECT table_name FROM gpkg_contents WHERE data_type = 'features' ORDER BY 1")?;
        let names = statement.query_map([], |row| row.get::<_, String>(0))?;
        names.collect::<Result<Vec<_>, rusqlite::Error>>()
    };
    let mut layers = of().map_err(damaged)?;
    match wanted {
        Some(wanted) if layers.iter().any(|l| l == wanted) => Ok(wanted.to_owned()),
        Some(wanted) => Err(FileFault::NoLayer(wanted.to_owned(), layers.join(", "))),
        None if layers.len() > 1 => Err(FileFault::WhichLayer(layers)),
        None => layers.pop().ok_or(FileFault::Empty),
    }
}

fn features(file: &Connection, table: &str, column: &str) -> Result<Vec<Raw>, rusqlite::Error> {
    let quoted = table.replace('"', "\"\"");
    let mut statement = file.prepare(&format!("SELECT * FROM \"{quoted}\" ORDER BY rowid"))?;
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([])?;
    let mut features = Vec::new();
    while let Some(row) = rows.next()? {
        let mut feature = Raw { properties: Default::default(), border: Err("it has no geometry".into()) };
        for (number, name) in names.iter().enumerate() {
            let value = row.get_ref(number)?;
            match value {
                ValueRef::Blob(blob) if name == column => feature.border = border(blob),
                ValueRef::Text(text) => {
                    feature.properties.insert(name.clone(), String::from_utf8_lossy(text).into_owned());
                }
                ValueRef::Integer(number) => {
                    feature.properties.insert(name.clone(), number.to_string());
                }
                _ => {}
            }
        }
        features.push(feature);
    }
    Ok(features)
}

/// The polygons of a GeoPackage's geometry (clause 2.1.3): a head that says how long its box is, then WKB.
fn border(blob: &[u8]) -> Result<MultiPolygon, String> {
    let [b'G', b'P', _, flags, ..] = blob else { return Err("its geometry is none of a GeoPackage".into()) };
    let of_box = match (flags >> 1) & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return Err("its geometry's head cannot be read".into()),
    };
    let body = blob.get(8 + of_box..).ok_or("its geometry is cut off")?;
    let geometry = wkb::reader::read_wkb(body).map_err(|e| format!("its geometry cannot be read: {e}"))?;
    match geometry.as_type() {
        GeometryType::Polygon(polygon) => Ok(MultiPolygon::new(part(polygon)?)),
        GeometryType::MultiPolygon(parts) => {
            let parts: Result<Vec<_>, String> = parts.polygons().map(|p| part(&p)).collect();
            Ok(MultiPolygon::new(parts?.into_iter().flatten().collect()))
        }
        _ => Err("it is no polygon".into()),
    }
}

fn part(polygon: &impl PolygonTrait<T = f64>) -> Result<Vec<geo::Polygon>, String> {
    let outer = polygon.exterior().map(|ring| corners(&ring));
    let rings: Vec<Vec<Coord>> =
        outer.into_iter().chain(polygon.interiors().map(|ring| corners(&ring))).collect();
    if rings.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![polygon_of(rings).map_err(|e| e.to_string())?])
}

fn corners(ring: &impl LineStringTrait<T = f64>) -> Vec<Coord> {
    ring.coords().map(|c| Coord { x: c.x(), y: c.y() }).collect()
}
