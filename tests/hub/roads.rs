//! Who is soonest by road, which way a unit goes, and what a closed road changes.

use hub112::domain::geography::{Direction, LocalNames, Road, RoadClass};
use hub112::domain::quantities::Point;
use hub112::store::gis_import::{self, Begun};
use serde_json::{Value, json};

use super::desk::{Desk, LONG, fire, text};
use crate::world::{World, wait_until};

/// A grid of streets over Almaty, a hundredth of a degree apart.
async fn streets(world: &World, source: &str) {
    let source = source.parse().expect("a source");
    let begun =
        gis_import::begin(&world.database_url, &source, "1", "grid", ("© nobody", "none"), false).await;
    let Ok(Begun::Fresh(mut staging)) = begun else { panic!("the import begins anew") };
    let (rows, columns) = (26u32, 31u32);
    let at = |row: u32, column: u32| {
        let node = i64::from(row * 100 + column);
        let point = Point::new(43.15 + f64::from(row) * 0.01, 76.75 + f64::from(column) * 0.01);
        (node, point.expect("a point"))
    };
    for row in 0..rows {
        for column in 0..columns {
            for (to_row, to_column) in [(row + 1, column), (row, column + 1)] {
                if to_row == rows || to_column == columns {
                    continue;
                }
                let ((from, a), (to, b)) = (at(row, column), at(to_row, to_column));
                let road = Road {
                    way: from * 10 + i64::from(to_row - row),
                    from,
                    to,
                    class: RoadClass::Tertiary,
                    direction: Direction::Both,
                    limit_kmh: None,
                    rough: false,
                    names: LocalNames::default(),
                    reference: None,
                    line: vec![a, b],
                };
                staging.road(&road).await.expect("staged");
            }
        }
    }
    staging.read_through(None, 0, 0).await.expect("read");
    staging.index().await.expect("indexed");
    staging.go_live().await.expect("live");
}

/// Every pick of a recommendation.
fn picks(recommended: &Value) -> Vec<Value> {
    let needs = recommended["recommendation"]["needs"].as_array().cloned().unwrap_or_default();
    needs.iter().flat_map(|n| n["picks"].as_array().cloned().unwrap_or_default()).collect()
}

async fn recommended(desk: &Desk, incident: &str) -> Vec<Value> {
    let path = format!("/api/v1/incidents/{incident}/recommendation");
    picks(&desk.officer.get(&path).await.expect("a recommendation").1)
}

/// A unit's way: its corners.
async fn way(desk: &Desk, incident: &str, unit: &str) -> Vec<(f64, f64)> {
    let path = format!("/api/v1/incidents/{incident}/routes?unit={unit}");
    let (_, ways) = desk.officer.get(&path).await.expect("ways");
    assert_eq!(ways["items"][0]["estimate"], "road", "{ways}");
    let corner = |c: &Value| (c[0].as_f64().expect("longitude"), c[1].as_f64().expect("latitude"));
    ways["items"][0]["line"].as_array().expect("a line").iter().map(corner).collect()
}

/// Whether a way goes over the road between two of its corners, in either direction.
fn goes_over(way: &[(f64, f64)], (a, b): ((f64, f64), (f64, f64))) -> bool {
    way.windows(2).any(|w| (w[0], w[1]) == (a, b) || (w[0], w[1]) == (b, a))
}

#[actix_web::test]
async fn the_soonest_by_road_go_and_a_closed_road_is_driven_round_within_seconds() {
    let desk = Desk::open(World::new().await).await;
    let incident = desk.message(&fire()).await;
    let before = recommended(&desk, &incident).await;
    assert!(!before.is_empty() && before.iter().all(|p| p["estimate"] == "straight_line"), "{before:?}");

    // A city's extract beside its country's: each street stands in both, and is one.
    streets(&desk.world, "grid").await;
    streets(&desk.world, "grid-of-the-city").await;
    let mut now = Vec::new();
    wait_until("the recommendation goes by road", LONG, async || {
        now = recommended(&desk, &incident).await;
        now.iter().all(|p| p["estimate"] == "road")
    })
    .await;
    assert_eq!(now.len(), before.len());

    let unit = text(&now[0], "/unit");
    let first = way(&desk, &incident, &unit).await;
    // A whole road between two junctions, neither the first nor the last piece.
    let middle = first.len() / 2;
    let (a, b) = (first[middle - 1], first[middle]);
    let closure = json!({
        "closed": {"part": "road", "at": {"lon": f64::midpoint(a.0, b.0), "lat": f64::midpoint(a.1, b.1)}},
        "reason": "обрушение опоры",
    });
    let (status, made) = desk.officer.post("/api/v1/closures", &closure).await.expect("closed");
    assert_eq!(status, 201);
    wait_until("nobody is led over the closed road", LONG, async || {
        !goes_over(&way(&desk, &incident, &unit).await, (a, b))
    })
    .await;
    let closures = desk.all("/api/v1/closures?open=true").await;
    assert_eq!(closures.len(), 1);
    assert_eq!(
        (text(&closures[0], "/by"), text(&closures[0], "/reason")),
        ("duty_officer".into(), "обрушение опоры".into())
    );

    let id = text(&made, "/id");
    let open = format!("/api/v1/closures/{id}/open");
    desk.officer.post(&open, &json!({"reason": "проезд расчищен"})).await.expect("opened");
    wait_until("the way is the first again", LONG, async || way(&desk, &incident, &unit).await == first)
        .await;
    assert!(desk.all("/api/v1/closures?open=true").await.is_empty());
    let again = desk.officer.post(&open, &json!({"reason": "ещё раз"})).await.expect_err("open already");
    assert!(again.to_string().contains("409"), "{again}");
    let far = json!({"closed": {"part": "road", "at": {"lat": 45.0, "lon": 70.0}}, "reason": "?"});
    desk.officer.post("/api/v1/closures", &far).await.expect_err("no road there");
    desk.verified().await;
}
