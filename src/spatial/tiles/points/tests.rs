//! What is drawn is what is there: tiles are read back by a decoder that others wrote.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use geo::Coord;
use jiff::Timestamp;
use mvt_reader::Reader;
use mvt_reader::feature::{Feature, Value};
use proptest::prelude::*;

use super::*;
use crate::domain::doubt::{Doubt, Doubtful};
use crate::domain::ids::UnitId;
use crate::domain::unit::{CallSign, Capabilities, Position, PositionSource, Unit, UnitStatus};
use crate::spatial::tiles::{EXTENT, MARGIN};

fn read(tile: Vec<u8>, name: &str) -> Vec<Feature<i32>> {
    if tile.is_empty() {
        return Vec::new();
    }
    let reader = Reader::new(tile).expect("a tile");
    let layers = reader.get_layer_metadata().expect("layers");
    assert_eq!(layers.len(), 1);
    assert_eq!((layers[0].name.as_str(), layers[0].version, layers[0].extent), (name, 2, EXTENT));
    reader.get_features_as(0).expect("features")
}

fn said(feature: &Feature<i32>) -> &HashMap<String, Value> {
    feature.properties.as_ref().expect("properties")
}

fn text(feature: &Feature<i32>, key: &str) -> String {
    match &said(feature)[key] {
        Value::String(text) => text.clone(),
        other => panic!("{key}: {other:?}"),
    }
}

fn number(feature: &Feature<i32>, key: &str) -> u64 {
    match said(feature)[key] {
        Value::UInt(number) => number,
        ref other => panic!("{key}: {other:?}"),
    }
}

fn place(feature: &Feature<i32>) -> [i32; 2] {
    match &feature.geometry {
        geo::Geometry::Point(p) => [p.x(), p.y()],
        geo::Geometry::MultiPoint(p) if p.0.len() == 1 => [p.0[0].x(), p.0[0].y()],
        other => panic!("{other:?}"),
    }
}

fn unit(number: usize, (lat, lon): (f64, f64), free: bool, police: bool) -> Unit {
    let at = Timestamp::from_second(1_790_000_000 + number as i64).unwrap();
    let point = Point::new(lat, lon).unwrap();
    let (service, kind) =
        if police { ("police", UnitKind::PatrolCar) } else { ("ambulance", UnitKind::Ambulance) };
    let out = UnitStatus::OutOfService { reason: "no crew".into(), until: None };
    Unit {
        version: 0,
        id: UnitId::new(&format!("unit-{number}")).unwrap(),
        service: ServiceKey::new(service).unwrap(),
        region: RegionCode::new(if number.is_multiple_of(3) { 71 } else { 75 }).unwrap(),
        call_sign: CallSign::new(&format!("Жедел-{number}")).unwrap(),
        kind,
        capabilities: Capabilities::default(),
        station: "1".into(),
        home: point,
        status: if free { UnitStatus::Available } else { out },
        position: Position { point, at, source: PositionSource::Avl, accuracy: None },
    }
}

/// Whether the exact place lies clearly on the tile, clearly beside it, or (none) too near its edge to say.
fn shown(square: Square, point: Point) -> Option<bool> {
    let Coord { x, y } = square.place(Coord { x: point.lon(), y: point.lat() });
    let inside = |v: f64, by: f64| (-MARGIN - by..=f64::from(EXTENT) + MARGIN + by).contains(&v);
    match (inside(x, -1.0) && inside(y, -1.0), inside(x, 1.0) && inside(y, 1.0)) {
        (true, _) => Some(true),
        (_, false) => Some(false),
        _ => None,
    }
}

fn fleet() -> impl Strategy<Value = Vec<Unit>> {
    let one = ((42.6f64..44.0, 75.9f64..77.9), any::<bool>(), any::<bool>());
    prop::collection::vec(one, 0..120).prop_map(|all| {
        let all = all.into_iter().enumerate();
        all.map(|(number, (at, free, police))| unit(number, at, free, police)).collect()
    })
}

proptest! {
    #[test]
    fn a_tile_holds_every_unit_of_its_square_where_it_is_and_no_other(
        units in fleet(), z in ALL_FROM..=14, lat in 42.6f64..44.0, lon in 75.9f64..77.9,
    ) {
        let index = UnitIndex::loaded(&units);
        let regions = [71, 75].map(|code| RegionCode::new(code).unwrap());
        let square = Square::of(Point::new(lat, lon).unwrap(), z);
        let drawn = read(super::units(square, &index, regions, None), "units");
        let by_id: BTreeMap<String, &Feature<i32>> = drawn.iter().map(|f| (text(f, "id"), f)).collect();
        prop_assert_eq!(by_id.len(), drawn.len(), "each once");
        for unit in &units {
            let found = by_id.get(unit.id.as_str());
            if let Some(shown) = shown(square, unit.position.point) {
                prop_assert_eq!(found.is_some(), shown, "{:?} on {:?}", unit.id, square);
            }
            let Some(feature) = found else { continue };
            let exact = square.place(Coord { x: unit.position.point.lon(), y: unit.position.point.lat() });
            let [x, y] = place(feature);
            prop_assert!((f64::from(x) + 0.5 - exact.x).abs() <= 1.0 && (f64::from(y) + 0.5 - exact.y).abs() <= 1.0);
            prop_assert_eq!(text(feature, "service"), unit.service.as_str());
            prop_assert_eq!(serde_json::to_value(unit.kind).unwrap(), text(feature, "kind"));
            prop_assert_eq!(&serde_json::to_value(&unit.status).unwrap()["state"], &text(feature, "state"));
            prop_assert_eq!(number(feature, "at"), unit.position.at.as_second().unsigned_abs());
            if z >= CALL_SIGNS_FROM {
                prop_assert_eq!(text(feature, "call_sign"), unit.call_sign.as_str());
            }
        }
    }

    #[test]
    fn on_a_wide_tile_units_of_a_pixel_are_one_and_none_is_lost(units in fleet(), z in 0u8..ALL_FROM) {
        let index = UnitIndex::loaded(&units);
        let region = RegionCode::new(75).unwrap();
        let square = Square::of(Point::new(43.2, 76.9).unwrap(), z);
        let drawn = read(super::units(square, &index, [region], None), "units");
        let of_region = units.iter().filter(|u| u.region == region);
        let (mut least, mut most) = (0, 0);
        for unit in of_region {
            let shown = shown(square, unit.position.point);
            least += u64::from(shown == Some(true));
            most += u64::from(shown != Some(false));
        }
        let counted: u64 = drawn.iter().map(|f| number(f, "count")).sum();
        prop_assert!((least..=most).contains(&counted), "{counted} of {least} to {most}");
        let kinds: BTreeSet<_> = drawn.iter().map(|f| (place(f), text(f, "kind"), text(f, "state"))).collect();
        prop_assert_eq!(kinds.len(), drawn.len(), "a pixel has one of a kind and state");
    }
}

#[test]
fn a_unit_is_drawn_where_it_has_moved_to_and_as_what_it_has_become() {
    let mut one = unit(1, (43.25, 76.9), true, false);
    let index = UnitIndex::loaded([&one]);
    let seat = index.seat(one.region, &one.id).unwrap();
    let (here, there) = (Point::new(43.25, 76.9).unwrap(), Point::new(43.35, 77.1).unwrap());
    let tile = |at: Point| read(units(Square::of(at, 14), &index, [one.region], None), "units");
    assert_eq!((tile(here).len(), tile(there).len()), (1, 0));
    let before = index.revision(one.region);
    one.position.point = there;
    one.position.at += jiff::SignedDuration::from_secs(5);
    index.moved(seat, one.position);
    assert_eq!((tile(here).len(), tile(there).len()), (0, 1));
    index.status_changed(seat, &UnitStatus::OutOfService { reason: "tyre".into(), until: None });
    assert_eq!(text(&tile(there)[0], "state"), "out_of_service");
    assert!(index.revision(one.region) > before, "a cache can see that something changed");
    assert!(index.remove(seat) && tile(there).is_empty());
}

#[test]
fn a_tile_of_one_service_shows_no_other() {
    let units = [unit(1, (43.25, 76.9), true, false), unit(2, (43.25, 76.9), true, true)];
    let index = UnitIndex::loaded(&units);
    let square = Square::of(units[0].home, 12);
    let own = super::units(square, &index, [units[0].region], Some(&units[0].service));
    let drawn = read(own, "units");
    assert_eq!(drawn.iter().map(|f| text(f, "service")).collect::<Vec<_>>(), ["ambulance"]);
}

#[test]
fn a_unit_whose_latest_report_is_not_believed_says_why_and_stays_where_it_was() {
    let one = unit(75, (43.2, 76.9), true, false);
    let index = UnitIndex::loaded([&one]);
    let seat = index.seat(one.region, &one.id).unwrap();
    let drawn =
        |z| read(super::units(Square::of(one.position.point, z), &index, [one.region], None), "units");
    let doubt = |z| said(&drawn(z)[0]).get("doubtful").cloned();
    assert_eq!([doubt(10), doubt(14)], [None, None]);
    let position = Position { point: Point::new(43.9, 76.9).unwrap(), ..one.position };
    let doubtful = Doubtful { position, doubt: Doubt::Speed { kmh: 2_000, limit_kmh: 220 } };
    index.remark(seat, |remark| remark.doubtful = Some(doubtful));
    for z in [ALL_FROM, CALL_SIGNS_FROM] {
        let features = drawn(z);
        assert_eq!((features.len(), text(&features[0], "doubtful")), (1, "speed".into()), "at zoom {z}");
        assert_eq!(text(&features[0], "id"), one.id.as_str());
    }
    index.remark(seat, |remark| remark.doubtful = None);
    assert_eq!(doubt(14), None, "a second report bore it out");
}

fn incident(number: usize, point: Point) -> IncidentPoint {
    IncidentPoint {
        id: format!("i{number}"),
        number: format!("75-{number}"),
        region: RegionCode::new(75).unwrap(),
        category: Some("building_fire".into()),
        severity: Some("p1".into()),
        exercise: number == 2,
        point,
    }
}

#[test]
fn incidents_say_what_they_are_and_whether_they_are_an_exercise() {
    let at = Point::new(43.25, 76.9).unwrap();
    let all = [incident(1, at), incident(2, at)];
    let near = read(incidents(Square::of(at, 12), &all), "incidents");
    let said: Vec<_> = near.iter().map(|f| (text(f, "number"), said(f)["exercise"].clone())).collect();
    assert_eq!(said, [("75-1".to_owned(), Value::Bool(false)), ("75-2".to_owned(), Value::Bool(true))]);
    assert_eq!(text(&near[0], "category"), "building_fire");
    let far = read(incidents(Square::of(at, 5), &all), "incidents");
    assert_eq!(
        far.iter().map(|f| number(f, "count")).collect::<Vec<_>>(),
        [1, 1],
        "an exercise is never mixed in"
    );
    assert!(incidents(Square::of(Point::new(51.0, 71.0).unwrap(), 12), &all).is_empty());
}
