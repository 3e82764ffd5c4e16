//! A page of 1,000 features: from the hub over HTTP, and the same written by PostGIS itself over one connection.
//!
//! The hub reads the rows from the same database, so its page is the peer's reading with the hub's own work in place
//! of the database's: rights, links, counts and JSON.

use std::time::{Duration, Instant};

use tokio_postgres::Client;

use crate::bench::callers::Caller;
use crate::bench::hub::{Broker, Hub};
use crate::bench::place::Place;
use crate::bench::row::{Rounds, Row};
use crate::bench::{BenchError, Extent};
use crate::domain::ids::RegionCode;

const FEATURES: usize = 1_000;

/// Measures the row of pages.
pub(super) async fn measure(extent: &Extent, place: &Place, client: &Client) -> Result<Vec<Row>, BenchError> {
    client
        .batch_execute(
            "INSERT INTO incident (region, id, open, version, state, updated_at)
             SELECT '75', lpad(n::text, 8, '0'), false, 1, jsonb_build_object(
                 'number', '75-' || n, 'status', 'closed', 'exercise', false,
                 'categories', jsonb_build_array(jsonb_build_object('code', 'building_fire', 'severity', 'p2')),
                 'locations', jsonb_build_array(jsonb_build_object('district', '751110000', 'location',
                     jsonb_build_object('fix', jsonb_build_object('point',
                         jsonb_build_object('lat', 43 + (n % 1000) / 2000.0, 'lon', 76.5 + (n / 1000) / 100.0))))),
                 'opened_at', to_char(timestamptz '2026-01-01Z' + n * interval '1 minute', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
                 'closed_at', to_char(timestamptz '2026-01-02Z' + n * interval '1 minute', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')),
                 now()
             FROM generate_series(1, 50000) AS n;
             ANALYZE incident;",
        )
        .await?;
    let statement = client
        .prepare(
            "SELECT json_build_object('type', 'FeatureCollection',
                 'numberMatched', (SELECT count(*) FROM incident WHERE opened_at IS NOT NULL),
                 'features', json_agg(ST_AsGeoJSON(t.*, 'point', 7)::json))::text
             FROM (SELECT id, number, region, district, status, closed_at IS NULL AS open, category, severity, exercise,
                     opened_at, closed_at, updated_at, point
                 FROM incident WHERE opened_at IS NOT NULL ORDER BY id LIMIT 1000) AS t",
        )
        .await?;
    let hub = Hub::start(place, &[RegionCode::new(75)?], Broker::Away).await?;
    let io = |e| BenchError::Io("a page of features", e);
    let mut caller = Caller::connect(hub.address, &hub.token).await.map_err(io)?;
    let path = format!("/ogc/collections/incidents/items?limit={FEATURES}");
    let mut rounds = Rounds::new();
    for _ in 0..extent.rounds {
        let (began, mut asked) = (Instant::now(), 0u32);
        while began.elapsed() < extent.side {
            let (status, page) = caller.get(&path).await.map_err(io)?;
            let features = page.windows(16).filter(|w| *w == br#""type":"Feature""#).count();
            if status != 200 || (asked == 0 && features != FEATURES) {
                return Err(BenchError::Hub(format!("a page: {status} with {features} features")));
            }
            asked += 1;
        }
        let own: Duration = began.elapsed() / asked.max(1);
        let (began, mut asked) = (Instant::now(), 0u32);
        while began.elapsed() < extent.side {
            let page: String = client.query_one(&statement, &[]).await?.try_get(0)?;
            std::hint::black_box(page.len());
            asked += 1;
        }
        rounds.push((own, began.elapsed() / asked.max(1)));
    }
    hub.end().await?;
    let name =
        format!("OGC page of {FEATURES} features over HTTP / the same from PostGIS json_agg(ST_AsGeoJSON)");
    Ok(Row::share(&name, &rounds, None).into_iter().collect())
}
