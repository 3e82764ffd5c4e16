//! The district of a million points: from the layer in memory, and from PostGIS in one statement.
//!
//! The districts are made up, as many as the country has and as jagged (no layer of them is shipped): a net of 16 by 14
//! cells whose 440 corners each are shared with the neighbours. A statement of all points at once is the peer's best
//! case: it pays no round trips, and keeps the polygons that it has prepared.

use std::fmt::Write;
use std::time::Instant;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use tokio_postgres::Client;

use crate::bench::row::{Rounds, Row};
use crate::bench::{BenchError, Extent};
use crate::domain::quantities::Point;
use crate::spatial::territory::{Fields, Layer};

const POINTS: usize = 1_000_000;
const COLUMNS: u32 = 16;
const ROWS: u32 = 14;
/// Corners along one side of a cell.
const ALONG: u32 = 110;
const WEST: f64 = 47.0;
const SOUTH: f64 = 41.0;
const WIDTH: f64 = 2.5;
const HEIGHT: f64 = 1.0;
/// How many times the peer's rate has to be reached.
const REACH: f64 = 50.0;

/// Measures the row of districts.
pub(super) async fn measure(extent: &Extent, client: &Client) -> Result<Vec<Row>, BenchError> {
    let text = net();
    let layer = Layer::from_geojson(&text, Fields::OWN).map_err(|e| BenchError::Hub(e.to_string()))?;
    let mut chance = SmallRng::seed_from_u64(112);
    let points: Vec<Point> = (0..POINTS)
        .map(|_| {
            let lat = SOUTH + chance.random::<f64>() * f64::from(ROWS) * HEIGHT;
            Point::new(lat, WEST + chance.random::<f64>() * f64::from(COLUMNS) * WIDTH)
        })
        .collect::<Result<_, _>>()?;
    fill(client, &text, &points).await?;
    let statement = client
        .prepare(
            "SELECT count(*), sum(kato::bigint)::bigint FROM bench_point JOIN bench_district \
             ON ST_Contains(border, place)",
        )
        .await?;
    let mut rounds = Rounds::new();
    for _ in 0..extent.rounds {
        let began = Instant::now();
        let found = points.iter().filter_map(|point| layer.locate(*point));
        let (own_count, own_sum) = found.fold((0i64, 0i64), |(count, sum), area| {
            (count + 1, sum + area.kato.as_str().parse::<i64>().unwrap_or_default())
        });
        let own = began.elapsed();
        let began = Instant::now();
        let row = client.query_one(&statement, &[]).await?;
        let peer = began.elapsed();
        let (count, sum): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        if (count - own_count).abs() > 10 || (count == own_count && sum != own_sum) {
            return Err(BenchError::Hub(format!("{own_count} points have a district, by the peer {count}")));
        }
        let each = |took: std::time::Duration| took / u32::try_from(POINTS).unwrap_or(u32::MAX);
        rounds.push((each(own), each(peer)));
    }
    let name = format!("district of {POINTS} random points / PostGIS ST_Contains, one statement");
    Ok(Row::faster(&name, &rounds, Some(REACH)).into_iter().collect())
}

async fn fill(client: &Client, text: &str, points: &[Point]) -> Result<(), BenchError> {
    client
        .batch_execute(
            "CREATE TEMP TABLE bench_district (kato text, border geometry(Polygon, 4326));
             CREATE TEMP TABLE bench_point (place geometry(Point, 4326));",
        )
        .await?;
    client
        .execute(
            "INSERT INTO bench_district SELECT f #>> '{properties,kato}', ST_SetSRID(ST_GeomFromGeoJSON(f ->> 'geometry'), 4326)
             FROM jsonb_array_elements($1::text::jsonb -> 'features') AS f",
            &[&text],
        )
        .await?;
    let insert = client
        .prepare(
            "INSERT INTO bench_point SELECT ST_SetSRID(ST_MakePoint(lon, lat), 4326)
             FROM unnest($1::float8[], $2::float8[]) AS p(lon, lat)",
        )
        .await?;
    for some in points.chunks(100_000) {
        let lon: Vec<f64> = some.iter().map(|p| p.lon()).collect();
        let lat: Vec<f64> = some.iter().map(|p| p.lat()).collect();
        client.execute(&insert, &[&lon, &lat]).await?;
    }
    client
        .batch_execute(
            "CREATE INDEX ON bench_district USING gist (border); ANALYZE bench_district; ANALYZE bench_point;",
        )
        .await?;
    Ok(())
}

/// How far a side's corner is off its straight line, −1 to 1: the same for both cells that share the side.
fn off(side: u32, corner: u32) -> f64 {
    let mut chance = SmallRng::seed_from_u64(u64::from(side) << 32 | u64::from(corner));
    let along = f64::from(corner) / f64::from(ALONG);
    (along * std::f64::consts::PI).sin() * (chance.random::<f64>() * 2.0 - 1.0)
}

/// A corner of a side that leads north or east from a crossing of the net.
fn corner(column: u32, row: u32, north: bool, number: u32) -> [f64; 2] {
    let side = (column * 1_000 + row) * 2 + u32::from(north);
    let along = f64::from(number) / f64::from(ALONG);
    let aside = 0.2 * off(side, number);
    let (x, y) = if north { (aside, along) } else { (along, aside) };
    [WEST + (f64::from(column) + x) * WIDTH, SOUTH + (f64::from(row) + y) * HEIGHT]
}

/// The net as GeoJSON.
fn net() -> String {
    let mut text = String::from(r#"{"type":"FeatureCollection","features":["#);
    for cell in 0..COLUMNS * ROWS {
        let (column, row) = (cell % COLUMNS, cell / COLUMNS);
        let south = (0..ALONG).map(|n| corner(column, row, false, n));
        let east = (0..ALONG).map(|n| corner(column + 1, row, true, n));
        let north = (1..=ALONG).rev().map(|n| corner(column, row + 1, false, n));
        let west = (1..=ALONG).rev().map(|n| corner(column, row, true, n));
        let first = corner(column, row, false, 0);
        let ring = south.chain(east).chain(north).chain(west).chain([first]);
        let ring: Vec<String> = ring.map(|[x, y]| format!("[{x:.7},{y:.7}]")).collect();
        let sign = if cell == 0 { "" } else { "," };
        // Writing into a text cannot fail.
        let _ = write!(
            text,
            r#"{sign}{{"type":"Feature","properties":{{"kato":"75{cell:07}","kk":"К","ru":"Р","en":"E"}},"#
        );
        let _ = write!(text, r#""geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}"#, ring.join(","));
    }
    text.push_str("]}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_net_is_sound_and_without_holes() {
        let layer = Layer::from_geojson(&net(), Fields::OWN).unwrap();
        assert_eq!(layer.areas().len(), 224);
        for step in 0..400u32 {
            let (x, y) = (f64::from(step % 20), f64::from(step / 20));
            let point = Point::new(SOUTH + 0.3 + y * 0.67, WEST + 0.6 + x * 1.9).unwrap();
            assert!(layer.locate(point).is_some(), "{point:?}");
        }
    }
}
