//! Tiles of units that all move, at three zooms over Almaty: from memory, and from PostGIS over one connection.
//!
//! Both sides make the same tile of the same units: every unit with its service, kind, state, identity, time and, where
//! there is room, call sign; below zoom 9 one point for each pixel, service, kind and state with its count. That they
//! draw equally many is checked in every round. PostGIS has its places in Web Mercator already, indexed and analysed
//! after the moves; the index of units is asked as it is after them.

use std::time::{Duration, Instant};

use tokio_postgres::{Client, Statement};

use super::UNITS;
use super::fleet::Fleet;
use crate::bench::row::{Rounds, Row};
use crate::bench::{BenchError, Extent};
use crate::domain::quantities::Point;
use crate::domain::unit::{Unit, UnitStatus};
use crate::spatial::tiles::points::{self, CALL_SIGNS_FROM};
use crate::spatial::tiles::{ALL_FROM, Square};
use crate::spatial::unit_index::{Seat, UnitIndex};

/// The middle of the city with the most units.
const MIDDLE: (f64, f64) = (43.25, 76.92);
/// Half the side of the map, metres.
const HALF_M: f64 = 20_037_508.342_789_244;
const ZOOMS: [u8; 3] = [6, 10, 14];
/// How many times the peer's rate a tile has to reach.
const REACH: f64 = 20.0;

/// Measures the rows of tiles.
pub(super) async fn measure(extent: &Extent, client: &Client) -> Result<Vec<Row>, BenchError> {
    client
        .batch_execute(
            "CREATE TEMP TABLE bench_seen (id text, service text, kind text, state text, at bigint, call_sign text,
                 place geometry(Point, 3857) NOT NULL);",
        )
        .await?;
    let mut fleet = Fleet::new(UNITS, 1.0)?;
    let index = UnitIndex::loaded(&fleet.units);
    let seats: Vec<Seat> = fleet.units.iter().filter_map(|u| index.seat(u.region, &u.id)).collect();
    let mut rounds: [Rounds; 3] = Default::default();
    for _ in 0..extent.rounds {
        fleet.tick()?;
        for (seat, unit) in seats.iter().zip(&fleet.units) {
            index.moved(*seat, unit.position);
        }
        fill(client, &fleet.units).await?;
        for (zoom, rounds) in ZOOMS.into_iter().zip(&mut rounds) {
            let square = Square::of(Point::new(MIDDLE.0, MIDDLE.1)?, zoom);
            let draw = || points::units(square, &index, [fleet.region], None);
            let statement = client.prepare(&tile_sql(square)).await?;
            let (own, peer) = (drawn(&draw()), drawn(&ask(client, &statement).await?));
            if own.abs_diff(peer) * 100 > own.max(peer) {
                return Err(BenchError::Hub(format!(
                    "at zoom {zoom} {own} features are drawn, by the peer {peer}"
                )));
            }
            let own = time(extent.side, draw);
            let (began, mut asked, mut sum) = (Instant::now(), 0u32, 0);
            while began.elapsed() < extent.side {
                sum += ask(client, &statement).await?.len();
                asked += 1;
            }
            std::hint::black_box(sum);
            rounds.push((own, began.elapsed() / asked.max(1)));
        }
    }
    let rows = ZOOMS.into_iter().zip(&rounds).map(|(zoom, rounds)| {
        let name = format!("tile at zoom {zoom} of {UNITS} units that move / PostGIS ST_AsMVT");
        Row::faster(&name, rounds, Some(REACH))
    });
    Ok(rows.flatten().collect())
}

fn time(side: Duration, make: impl Fn() -> Vec<u8>) -> Duration {
    let (began, mut made, mut sum) = (Instant::now(), 0u32, 0);
    while began.elapsed() < side {
        sum += make().len();
        made += 1;
    }
    std::hint::black_box(sum);
    began.elapsed() / made.max(1)
}

async fn fill(client: &Client, units: &[Unit]) -> Result<(), BenchError> {
    client.batch_execute("DROP INDEX IF EXISTS bench_seen_place; TRUNCATE bench_seen;").await?;
    let insert = client
        .prepare(
            "INSERT INTO bench_seen SELECT id, service, kind, state, at, 'bench',
                    ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 3857)
             FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::float8[], $7::float8[])
                  AS u(id, service, kind, state, at, lon, lat)",
        )
        .await?;
    let ids: Vec<&str> = units.iter().map(|u| u.id.as_str()).collect();
    let services: Vec<&str> = units.iter().map(|u| u.service.as_str()).collect();
    let kinds: Vec<String> = units.iter().map(|u| format!("{:?}", u.kind)).collect();
    let free = |u: &Unit| if u.status == UnitStatus::Available { "available" } else { "engaged" };
    let states: Vec<&str> = units.iter().map(free).collect();
    let at: Vec<i64> = units.iter().map(|u| u.position.at.as_second()).collect();
    let lon: Vec<f64> = units.iter().map(|u| u.position.point.lon()).collect();
    let lat: Vec<f64> = units.iter().map(|u| u.position.point.lat()).collect();
    client.execute(&insert, &[&ids, &services, &kinds, &states, &at, &lon, &lat]).await?;
    client
        .batch_execute("CREATE INDEX bench_seen_place ON bench_seen USING gist (place); ANALYZE bench_seen;")
        .await?;
    Ok(())
}

fn tile_sql(square: Square) -> String {
    let (z, x, y) = square.address();
    let envelope = format!("ST_TileEnvelope({z}, {x}, {y})");
    let near = format!("place && ST_TileEnvelope({z}, {x}, {y}, margin => 64.0 / 4096)");
    let on = |place: &str| format!("ST_AsMVTGeom({place}, {envelope}, 4096, 64, true)");
    let rows = if z < ALL_FROM {
        // The map's corner is a whole number of pixels from its middle at every zoom, so these are the hub's pixels.
        let pixel = 2.0 * HALF_M / f64::from(1u32 << z) / 512.0;
        let middle = |of: &str| format!("(floor({of}(place) / {pixel}) + 0.5) * {pixel}");
        let place = format!("ST_SetSRID(ST_MakePoint({}, {}), 3857)", middle("ST_X"), middle("ST_Y"));
        format!(
            "SELECT service, kind, state, count, {} AS geom FROM (SELECT service, kind, state, count(*) AS count,
                 {place} AS pixel FROM bench_seen WHERE {near} GROUP BY service, kind, state, {place}) AS pixels",
            on("pixel")
        )
    } else {
        let sign = if z < CALL_SIGNS_FROM { "" } else { ", call_sign" };
        format!(
            "SELECT service, kind, state, id, at{sign}, {} AS geom FROM bench_seen WHERE {near}",
            on("place")
        )
    };
    format!("SELECT ST_AsMVT(t, 'units', 4096, 'geom') FROM ({rows}) AS t WHERE geom IS NOT NULL")
}

async fn ask(client: &Client, statement: &Statement) -> Result<Vec<u8>, BenchError> {
    Ok(client.query_one(statement, &[]).await?.try_get(0)?)
}

/// How many features a tile of one layer has: parts numbered 2 of its part numbered 3.
fn drawn(tile: &[u8]) -> usize {
    let layer = parts(tile).find(|(field, _)| *field == 3).map_or(&[][..], |(_, layer)| layer);
    parts(layer).filter(|(field, _)| *field == 2).count()
}

/// The parts of a message: their numbers and, where they have one, their content.
fn parts(mut message: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    std::iter::from_fn(move || {
        let key = varint(&mut message)?;
        let value = varint(&mut message)?;
        let length = if key & 7 == 2 { usize::try_from(value).ok()? } else { 0 };
        let (content, rest) = message.split_at_checked(length)?;
        message = rest;
        Some((key >> 3, content))
    })
}

fn varint(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = message.split_first()?;
        *message = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_counted_as_they_are_drawn() {
        let fleet = Fleet::new(2_000, 1.0).unwrap();
        let index = UnitIndex::loaded(&fleet.units);
        let square = Square::of(Point::new(MIDDLE.0, MIDDLE.1).unwrap(), 9);
        let tile = points::units(square, &index, [fleet.region], None);
        let way = square.way();
        let within = fleet.units.iter().filter(|u| way.step(u.position.point).is_some()).count();
        assert!(within > 100);
        assert_eq!(drawn(&tile), within);
        assert_eq!(drawn(&[]), 0);
    }
}
