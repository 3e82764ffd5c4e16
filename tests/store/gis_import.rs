//! An import is seen whole or not at all.

use deadpool_postgres::Pool;
use hub112::domain::geography::{
    CoverKind, CoverShape, Direction, Element, ElementKind, ImportSource, LandCover, LocalNames, Road,
    RoadClass, Turn, TurnRestriction,
};
use hub112::domain::quantities::Point;
use hub112::store::database;
use hub112::store::gis_import::{self, Begun, Staging};

use crate::world::World;

fn point(lat: f64, lon: f64) -> Point {
    Point::new(lat, lon).expect("a point")
}

fn street(name: &str, from: i64, east: f64) -> Road {
    Road {
        way: from,
        from,
        to: from + 1,
        class: RoadClass::Residential,
        direction: Direction::Both,
        limit_kmh: Some(40),
        rough: false,
        names: LocalNames { name: Some(name.to_owned()), ..LocalNames::default() },
        reference: None,
        line: vec![point(43.2, 76.9 + east), point(43.2, 76.901 + east)],
    }
}

fn source() -> ImportSource {
    "almaty".parse().expect("a source")
}

async fn begin(world: &World, version: &str) -> Begun {
    let origin = ("© somebody", "ODbL-1.0");
    let begun = gis_import::begin(&world.database_url, &source(), version, "a.osm.pbf", origin, false).await;
    begun.expect("begun")
}

async fn fresh(world: &World, version: &str) -> Staging {
    match begin(world, version).await {
        Begun::Fresh(staging) => staging,
        _ => panic!("the import of {version} begins anew"),
    }
}

async fn seen(pool: &Pool) -> (i64, i64) {
    let client = pool.get().await.expect("a connection");
    let count = "SELECT (SELECT count(*) FROM road), (SELECT count(*) FROM street)";
    let row = client.query_one(count, &[]).await.expect("counts");
    (row.get(0), row.get(1))
}

async fn world() -> (World, Pool) {
    let world = World::new().await;
    let pool = database::pool(&world.database_url, 2).expect("pool");
    (world, pool)
}

#[tokio::test]
async fn nothing_of_an_import_is_seen_before_all_of_it_and_the_next_version_replaces_it() {
    let (world, pool) = world().await;
    let mut first = fresh(&world, "v1").await;
    // Two pieces of one street that touch, and its namesake far away.
    for road in [street("Абай", 1, 0.0), street("Абай", 2, 0.001), street("Абай", 50, 1.0)] {
        first.road(&road).await.expect("staged");
    }
    let turn = TurnRestriction {
        id: 9,
        turn: Turn::Only,
        from_way: 1,
        via_node: Some(2),
        via_ways: vec![],
        to_way: 2,
    };
    first.turn(&turn).await.expect("staged");
    first.read_through(None, 0, 0).await.expect("read");
    first.index().await.expect("indexed");
    assert_eq!(seen(&pool).await, (0, 0));
    let live = first.go_live().await.expect("live");
    assert_eq!((live.counts.roads, live.counts.streets, live.counts.turn_restrictions), (3, 2, 1));
    assert_eq!(seen(&pool).await, (3, 2));

    assert!(matches!(begin(&world, "v1").await, Begun::Live(import) if import == live));

    let mut second = fresh(&world, "v2").await;
    second.road(&street("Сейфуллин", 1, 0.0)).await.expect("staged");
    second.read_through(None, 0, 0).await.expect("read");
    second.index().await.expect("indexed");
    assert_eq!(seen(&pool).await, (3, 2), "the old one is in force until the new one is");
    second.go_live().await.expect("live");
    assert_eq!(seen(&pool).await, (1, 1));
    let client = pool.get().await.expect("a connection");
    let left = "SELECT count(*) FROM pg_class WHERE relname ~ '_[0-9]+$' AND relkind = 'r' \
                AND relname ~ '^(road|street|address|place|object|turn_restriction|land_cover)_'";
    let tables: i64 = client.query_one(left, &[]).await.expect("tables").get(0);
    assert_eq!(tables, 7, "of the first import nothing is left");
    let imports = gis_import::live(&pool).await.expect("imports");
    assert_eq!(imports.iter().map(|i| i.version.as_str()).collect::<Vec<_>>(), ["v2"]);
}

#[tokio::test]
async fn an_area_that_crosses_itself_is_named_and_left_out_and_the_rest_stays() {
    let (world, pool) = world().await;
    let mut staging = fresh(&world, "v1").await;
    let area = |id, corners: [(f64, f64); 5]| LandCover {
        element: Element { kind: ElementKind::Way, id },
        kind: CoverKind::Water,
        names: LocalNames::default(),
        shape: CoverShape::Area(geo::Polygon::new(corners.to_vec().into(), vec![]).into()),
    };
    let sound = [(76.0, 43.0), (76.1, 43.0), (76.1, 43.1), (76.0, 43.1), (76.0, 43.0)];
    let crossing = [(76.0, 43.0), (76.1, 43.1), (76.1, 43.0), (76.0, 43.1), (76.0, 43.0)];
    staging.cover(&area(1, sound)).await.expect("staged");
    staging.cover(&area(2, crossing)).await.expect("staged");
    let broken = staging.read_through(None, 0, 0).await.expect("read");
    assert!(matches!(&broken[..], [one] if one.starts_with("way/2: Self-intersection")), "{broken:?}");
    staging.index().await.expect("indexed");
    let counts = staging.go_live().await.expect("live").counts;
    assert_eq!((counts.land_cover, counts.broken_areas), (1, 1));
    let client = pool.get().await.expect("a connection");
    let row = client
        .query_one("SELECT element_id, abs(area_m2 / ST_Area(geom::geography) - 1) FROM land_cover", &[])
        .await
        .expect("the sound one alone");
    let off: f64 = row.get(1);
    assert_eq!(row.get::<_, i64>(0), 1);
    assert!(off < 0.01, "the area is that of the sphere: {off}");
}

#[tokio::test]
async fn an_import_that_broke_off_is_taken_up_or_cleared_away() {
    let (world, pool) = world().await;
    let mut broken = fresh(&world, "v1").await;
    broken.road(&street("Абай", 1, 0.0)).await.expect("staged");
    assert!(matches!(begin(&world, "v1").await, Begun::Running), "one at a time");
    drop(broken);

    let mut whole = unlocked(&world, "v1").await;
    whole.road(&street("Абай", 1, 0.0)).await.expect("staged");
    whole.read_through(None, 0, 0).await.expect("read");
    drop(whole);

    let resumed = loop {
        match begin(&world, "v1").await {
            Begun::Running => tokio::task::yield_now().await,
            Begun::Resumed(staging) => break staging,
            _ => panic!("all rows were there"),
        }
    };
    assert_eq!(resumed.counts().roads, 1);
    resumed.index().await.expect("indexed");
    resumed.go_live().await.expect("live");
    assert_eq!(seen(&pool).await, (1, 1));
}

/// The session of a dropped import ends a moment later.
async fn unlocked(world: &World, version: &str) -> Staging {
    loop {
        match begin(world, version).await {
            Begun::Running => tokio::task::yield_now().await,
            Begun::Fresh(staging) => return staging,
            _ => panic!("the import of {version} begins anew"),
        }
    }
}

/// More roads than go in at once, each told in the order of its number.
const MANY: i64 = 9_000;

async fn tell(staging: &mut Staging, roads: i64) -> Result<(), database::StoreError> {
    for number in 1..=roads {
        staging.road(&street(&format!("Көше {number}"), 2 * number, 0.0)).await?;
    }
    Ok(())
}

/// The next import of the version, once the session of the one that broke off has ended.
async fn gone_on(world: &World, version: &str) -> Staging {
    loop {
        match begin(world, version).await {
            Begun::Running => tokio::task::yield_now().await,
            Begun::Partly(staging) => return staging,
            _ => panic!("a part of {version} was staged"),
        }
    }
}

#[tokio::test]
async fn an_import_that_broke_off_while_it_read_goes_on_behind_the_rows_that_are_there() {
    let (world, pool) = world().await;
    let mut broken = fresh(&world, "v1").await;
    tell(&mut broken, MANY).await.expect("staged");
    drop(broken);

    let mut on = gone_on(&world, "v1").await;
    let there = i64::try_from(on.there()).expect("a count");
    assert!(0 < there && there < MANY, "a part of {MANY}: {there}");
    // The rows that are there stay where they are: one that is changed by hand is changed afterwards too.
    let client = pool.get().await.expect("a connection");
    let id: i64 =
        client.query_one("SELECT id FROM gis_import WHERE state = 'reading'", &[]).await.expect("one").get(0);
    let mark = format!("UPDATE road_{id} SET reference = 'there' WHERE id = 1");
    client.execute(&mark, &[]).await.expect("marked");
    tell(&mut on, MANY).await.expect("staged");
    on.read_through(None, 0, 0).await.expect("read");
    on.index().await.expect("indexed");
    let live = on.go_live().await.expect("live");
    assert_eq!((live.id, live.counts.roads), (id, MANY as u64));
    let row = client
        .query_one(
            "SELECT count(*), count(DISTINCT id), max(id), count(*) FILTER (WHERE reference = 'there') FROM road",
            &[],
        )
        .await
        .expect("counts");
    let counts: [i64; 4] = std::array::from_fn(|at| row.get(at));
    assert_eq!(counts, [MANY, MANY, MANY, 1]);
}

#[tokio::test]
async fn rows_of_another_reading_are_found_out_and_all_is_read_from_the_beginning() {
    let (world, pool) = world().await;
    let mut broken = fresh(&world, "v1").await;
    tell(&mut broken, MANY).await.expect("staged");
    drop(broken);

    // A program that finds something before the roads: no row has the number that it had.
    let mut on = gone_on(&world, "v1").await;
    let water = LandCover {
        element: Element { kind: ElementKind::Way, id: 1 },
        kind: CoverKind::River,
        names: LocalNames::default(),
        shape: CoverShape::Course(vec![point(43.2, 76.9), point(43.3, 76.9)]),
    };
    on.cover(&water).await.expect("staged");
    assert!(tell(&mut on, MANY).await.is_err() && on.differs());
    let mut anew = on.from_the_beginning().await.expect("emptied");
    anew.cover(&water).await.expect("staged");
    tell(&mut anew, MANY).await.expect("staged");
    anew.read_through(None, 0, 0).await.expect("read");
    assert!(!anew.differs());
    anew.index().await.expect("indexed");
    anew.go_live().await.expect("live");
    assert_eq!(seen(&pool).await.0, MANY);
    drop(pool);

    // One that finds less than is there is found out at the end.
    let mut broken = fresh(&world, "v2").await;
    tell(&mut broken, MANY).await.expect("staged");
    drop(broken);
    let mut on = gone_on(&world, "v2").await;
    tell(&mut on, 10).await.expect("staged");
    assert!(on.read_through(None, 0, 0).await.is_err() && on.differs());
}
