//! Lists and the plans by which they are read.

use hub112::domain::extent::BoundingBox;
use hub112::domain::ids::IncidentId;
use hub112::domain::quantities::Point;
use hub112::store::delivery;
use hub112::store::incident_list::{IncidentFilter, PageEnd, list, plan};
use hub112::store::{database, read_table::StoredRow};
use tokio_postgres::Client;

use crate::world::World;

/// 50,000 incidents in five regions, one a minute, a seventh of them open, spread over 10° × 10°.
async fn filled() -> (World, database::Pool, Client) {
    let world = World::new().await;
    let client = world.pg().await;
    client
        .batch_execute(
            "INSERT INTO incident (region, id, open, version, state, updated_at)
             SELECT (71 + n % 5)::text, lpad(n::text, 8, '0'), n % 7 = 0, 1, jsonb_build_object(
                 'number', '75-' || n, 'status', CASE WHEN n % 7 = 0 THEN 'open' ELSE 'closed' END,
                 'exercise', n % 100 = 7,
                 'closed_at', CASE WHEN n % 7 <> 0 THEN to_char(timestamp '2026-01-01' + (n + n % 90) * interval '1 min',
                     'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') END,
                 'opened_at', to_char(timestamp '2026-01-01' + n * interval '1 min', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
                 'categories', jsonb_build_array(jsonb_build_object('code', 'old', 'severity', 'p4'),
                     jsonb_build_object('code', 'c' || n % 20, 'severity', 'p' || 1 + n % 4)),
                 'locations', jsonb_build_array(jsonb_build_object('district', '7510' || n % 8, 'location',
                     jsonb_build_object('source', 'caller', 'fix', jsonb_build_object('point',
                         jsonb_build_object('lat', 40 + (n % 100) / 10.0, 'lon', 70 + (n / 100 % 100) / 10.0)))))),
               now()
             FROM generate_series(1, 50000) n;
             ANALYZE incident",
        )
        .await
        .expect("fill");
    let pool = database::pool(&world.database_url, 2).expect("pool");
    (world, pool, client)
}

async fn all(pool: &database::Pool, filter: &IncidentFilter, limit: i64) -> Vec<StoredRow> {
    let mut rows = Vec::new();
    let mut after: Option<PageEnd> = None;
    loop {
        let page = list(pool, filter, after.as_ref(), limit).await.expect("a page");
        rows.extend(page.rows);
        match page.next {
            // As a client gives it back.
            Some(end) => after = Some(end.to_string().parse().expect("a cursor")),
            None => return rows,
        }
    }
}

fn ids(rows: &[StoredRow]) -> Vec<u32> {
    rows.iter().map(|row| row.id.parse().expect("a number")).collect()
}

/// Its name, the filter, and which of the numbered rows fit it.
type Case = (&'static str, IncidentFilter, fn(&u32) -> bool);

#[tokio::test]
async fn filters_and_pages_give_exactly_what_fits_newest_first() {
    let (_world, pool, _client) = filled().await;
    let expected = |fits: fn(&u32) -> bool| (1..=50_000).rev().filter(fits).collect::<Vec<u32>>();
    let region = Some("75".parse().expect("a region"));
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let point = |lat, lon| Point::new(lat, lon).expect("a point");
    let any = IncidentFilter::default;
    let cases: Vec<Case> = vec![
        ("open of a region", IncidentFilter { region, open: Some(true), ..any() }, |n| {
            n % 5 == 4 && n % 7 == 0
        }),
        (
            "status, category, severity",
            IncidentFilter {
                status: words(&["closed"]),
                category: words(&["c3", "c7"]),
                severity: words(&["p4"]),
                ..any()
            },
            |n| n % 7 != 0 && matches!(n % 20, 3 | 7) && n % 4 == 3,
        ),
        ("exercise", IncidentFilter { exercise: Some(true), ..any() }, |n| n % 100 == 7),
        ("district", IncidentFilter { district: Some("75103".to_owned()), region, ..any() }, |n| {
            n % 8 == 3 && n % 5 == 4
        }),
        ("number", IncidentFilter { number: Some("75-41".to_owned()), ..any() }, |n| *n == 41),
        (
            "open at a moment",
            IncidentFilter { open_at: Some("2026-01-02T00:00:00Z".parse().expect("a time")), ..any() },
            |n| *n <= 1_440 && (n % 7 == 0 || n + n % 90 > 1_440),
        ),
        (
            "time",
            IncidentFilter {
                opened_from: Some("2026-01-01T01:00:00Z".parse().expect("a time")),
                opened_to: Some("2026-01-01T02:00:00Z".parse().expect("a time")),
                ..any()
            },
            |n| (60..120).contains(n),
        ),
        (
            "rectangle",
            IncidentFilter {
                within: Some(BoundingBox {
                    south_west: point(41.95, 72.95),
                    north_east: point(42.25, 73.15),
                }),
                ..any()
            },
            |n| (20..=22).contains(&(n % 100)) && (30..=31).contains(&(n / 100 % 100)),
        ),
        (
            "rectangle over the date line, the long way round",
            IncidentFilter {
                within: Some(BoundingBox { south_west: point(40.0, 79.85), north_east: point(40.05, 70.05) }),
                ..any()
            },
            |n| n % 100 == 0 && matches!(n / 100 % 100, 0 | 99),
        ),
    ];
    for (name, filter, fits) in cases {
        let rows = all(&pool, &filter, 40).await;
        let wanted = expected(fits);
        assert!(!wanted.is_empty(), "{name}");
        assert_eq!(ids(&rows), wanted, "{name}");
    }
}

#[tokio::test]
async fn hot_lists_are_read_by_their_index() {
    let (_world, pool, client) = filled().await;
    let region = Some("75".parse().expect("a region"));
    let point = |lat, lon| Point::new(lat, lon).expect("a point");
    let any = IncidentFilter::default;
    let within = Some(BoundingBox { south_west: point(42.0, 73.0), north_east: point(42.3, 73.3) });
    let cases = [
        ("newest of a region", IncidentFilter { region, ..any() }, "incident_opened"),
        ("open of a region", IncidentFilter { region, open: Some(true), ..any() }, "incident_open"),
        ("of a rectangle", IncidentFilter { within, ..any() }, "incident_point"),
        (
            "open of a region in a rectangle",
            IncidentFilter { region, open: Some(true), within, ..any() },
            "incident_point",
        ),
        ("with a number", IncidentFilter { number: Some("75-41".to_owned()), ..any() }, "incident_number"),
    ];
    for (name, filter, index) in cases {
        let plan = plan(&pool, &filter, None, 50).await.expect("plan");
        assert!(plan.contains(index) && !plan.contains("Seq Scan"), "{name}:\n{plan}");
        println!("{name}:\n{plan}\n");
    }
    // What actors read at start, and how a feed and a history go on.
    for (text, index) in [
        ("SELECT id FROM incident WHERE open AND region = '75'", "incident_open"),
        (
            "SELECT id FROM incident WHERE NOT open AND tstzrange(LEAST(opened_at, closed_at), closed_at) @> now()",
            "incident_stood",
        ),
        ("SELECT id FROM obligation WHERE open AND region = '75'", "obligation_open"),
        ("SELECT id FROM unit WHERE open AND region = '75'", "unit_open"),
        ("SELECT 1 FROM journal WHERE stream = 'region/75' AND seq > 5 ORDER BY seq LIMIT 100", "_pkey"),
        ("SELECT max(position) FROM journal WHERE lane = 0", "lane_position"),
        (
            "SELECT 1 FROM journal WHERE about = '018f0000-0000-7000-8000-000000000000' ORDER BY at LIMIT 100",
            "about_at",
        ),
    ] {
        // The tables are empty: what counts is that the index fits the question.
        let explain = format!("SET enable_seqscan = off; EXPLAIN (COSTS off) {text}");
        let lines = client.simple_query(&explain).await.expect("explain");
        let plan: Vec<String> = lines
            .iter()
            .filter_map(|line| match line {
                tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(ToOwned::to_owned),
                _ => None,
            })
            .collect();
        let plan = plan.join("\n");
        assert!(plan.contains(index) && !plan.contains("Sort"), "{text}:\n{plan}");
    }
}

#[tokio::test]
async fn how_far_a_card_was_told_is_read_by_indexes_while_a_hundred_thousand_messages_wait_for_the_broker() {
    let world = World::new().await;
    // Six messages of each of 20,000 cards, five of them waiting, to two agencies each.
    world
        .pg()
        .await
        .batch_execute(
            "INSERT INTO outbox (distribution, region, ordering_key, routing_keys, kind, priority, body)
             SELECT md5('d' || n)::uuid, '75', (md5('i' || n / 5)::uuid)::text,
               ARRAY['75.ambulance.incident_notice', '75.police.incident_notice'], 'incident_notice', 5, '\\x7b7d'
             FROM generate_series(0, 99999) n;
             INSERT INTO delivery (distribution, region, service, incident, sequence, kind, sent_at)
             SELECT md5('s' || n)::uuid, '75', service, md5('i' || n)::uuid, 1, 'incident_notice', now()
             FROM generate_series(0, 19999) n, unnest(ARRAY['ambulance', 'police']) AS service;
             ANALYZE outbox; ANALYZE delivery",
        )
        .await
        .expect("fill");
    let pool = database::pool(&world.database_url, 2).expect("pool");
    let id = world.pg().await.query_one("SELECT md5('i7')::uuid", &[]).await.expect("an id");
    let incident = IncidentId(id.get(0));
    // As often as a statement is asked until the server takes the plan that serves every card.
    for _ in 0..8 {
        assert_eq!(delivery::of_incident(&pool, incident, None, 50).await.expect("told").len(), 12);
        let plan = delivery::plan(&pool, incident, 50).await.expect("plan");
        assert!(plan.contains("outbox_order") && !plan.contains("Seq Scan"), "{plan}");
    }
}
