//! The peer: PostGIS, its K nearest neighbours over a GiST index, asked over one connection.

use std::time::{Duration, Instant};

use tokio_postgres::Client;

use crate::bench::BenchError;
use crate::domain::ids::{Capability, ServiceKey};
use crate::domain::quantities::Point;
use crate::domain::unit::{Unit, UnitStatus};

/// The table. It lives as long as the connection; the extension is in the template of the servers' databases.
pub(super) async fn prepare(client: &Client) -> Result<(), BenchError> {
    client
        .batch_execute(
            "CREATE EXTENSION IF NOT EXISTS postgis;
             CREATE TEMP TABLE bench_unit (id int PRIMARY KEY, service text NOT NULL, free boolean NOT NULL,
                 capabilities text[] NOT NULL, place geography(Point) NOT NULL);",
        )
        .await?;
    Ok(())
}

/// A fresh table in the order of the units, indexed and analysed: the peer's best case, nothing moves in it.
pub(super) async fn fill(client: &Client, units: &[Unit]) -> Result<(), BenchError> {
    client.batch_execute("DROP INDEX IF EXISTS bench_unit_place; TRUNCATE bench_unit;").await?;
    let insert = client
        .prepare(
            "INSERT INTO bench_unit SELECT id, service, free, CASE WHEN able = '' THEN '{}' ELSE ARRAY[able] END,
                    ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography
             FROM unnest($1::int[], $2::text[], $3::boolean[], $4::text[], $5::float8[], $6::float8[])
                  AS u(id, service, free, able, lon, lat)",
        )
        .await?;
    let ids: Vec<i32> = (0i32..).take(units.len()).collect();
    let services: Vec<&str> = units.iter().map(|u| u.service.as_str()).collect();
    let free: Vec<bool> = units.iter().map(|u| u.status == UnitStatus::Available).collect();
    let able: Vec<&str> =
        units.iter().map(|u| u.capabilities.iter().next().map_or("", Capability::as_str)).collect();
    let lon: Vec<f64> = units.iter().map(|u| u.position.point.lon()).collect();
    let lat: Vec<f64> = units.iter().map(|u| u.position.point.lat()).collect();
    client.execute(&insert, &[&ids, &services, &free, &able, &lon, &lat]).await?;
    client
        .batch_execute("CREATE INDEX bench_unit_place ON bench_unit USING gist (place); ANALYZE bench_unit;")
        .await?;
    Ok(())
}

/// Time for each question.
pub(super) async fn ask(
    client: &Client,
    service: &ServiceKey,
    places: &[Point],
    side: Duration,
) -> Result<Duration, BenchError> {
    let nearest = client
        .prepare(
            "SELECT id, ST_Distance(place, p) FROM bench_unit,
                    (SELECT ST_SetSRID(ST_MakePoint($2, $3), 4326)::geography AS p) AS here
             WHERE service = $1 AND free ORDER BY place <-> p LIMIT 3",
        )
        .await?;
    let (start, mut asked, mut sum) = (Instant::now(), 0u32, 0.0);
    for place in places.iter().cycle() {
        let rows = client.query(&nearest, &[&service.as_str(), &place.lon(), &place.lat()]).await?;
        sum += rows.iter().map(|row| row.get::<_, f64>(1)).sum::<f64>();
        asked = asked.saturating_add(1);
        if start.elapsed() >= side {
            break;
        }
    }
    std::hint::black_box(sum);
    Ok(start.elapsed() / asked.max(1))
}
