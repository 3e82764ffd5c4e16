use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::doubt::{Doubt, DoubtLimits};
use crate::domain::ids::{Capability, IncidentId, RequestId, ServiceKey};
use crate::domain::quantities::{Metres, Point};
use crate::domain::unit::{Availability, CallSign, Capabilities, EngagementStage, PositionSource, UnitKind};
use crate::spatial::earth::geodesic;
use crate::spatial::territory::{Fields, Layer, Territory};

const SERVICES: [&str; 2] = ["ambulance", "fire_rescue"];
const REGIONS: [u8; 2] = [75, 19];
const SKILLS: [&[&str]; 3] = [&[], &["pump"], &["ladder", "pump"]];

fn time(second: usize) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + i64::try_from(second).unwrap()).unwrap()
}

fn skills(choice: usize) -> Capabilities {
    SKILLS[choice].iter().map(|s| Capability::new(s).unwrap()).collect()
}

fn status(choice: usize) -> UnitStatus {
    match choice {
        0 => UnitStatus::Available,
        1 => UnitStatus::Reserved { request: RequestId(Uuid::nil()), until: time(9), free_at: None },
        2 => UnitStatus::Engaged {
            incident: IncidentId(Uuid::nil()),
            request: None,
            stage: EngagementStage::Departed,
            since: time(0),
        },
        3 => UnitStatus::Returning { free_at: time(600) },
        _ => UnitStatus::OutOfService { reason: "tyre".into(), until: None },
    }
}

fn seen(point: Point, second: usize) -> Position {
    Position { point, at: time(second), source: PositionSource::Avl, accuracy: None }
}

fn unit(number: usize, class: (usize, usize, usize), state: usize, point: Point, second: usize) -> Unit {
    Unit {
        version: 0,
        id: UnitId::new(&format!("u-{number}")).unwrap(),
        service: ServiceKey::new(SERVICES[class.0]).unwrap(),
        region: RegionCode::new(REGIONS[number % 2]).unwrap(),
        call_sign: CallSign::new("x").unwrap(),
        kind: if class.2 == 0 { UnitKind::Ambulance } else { UnitKind::FireEngine },
        capabilities: skills(class.1),
        station: String::new(),
        home: point,
        status: status(state),
        position: seen(point, second),
    }
}

/// The same answer without any index.
fn scan(units: &[Unit], search: &Search<'_>) -> Vec<(UnitId, Metres)> {
    let mut fit: Vec<_> = units
        .iter()
        .filter(|u| &u.service == search.service && search.regions.contains(&u.region))
        .filter(|u| u.capabilities.covers(search.capabilities))
        .filter(|u| match u.status.availability() {
            Availability::Free => true,
            Availability::SoonFree => search.soon_free_too,
            _ => false,
        })
        .map(|u| (u.id.clone(), geodesic(search.from, u.position.point)))
        .filter(|(_, distance)| search.within.is_none_or(|within| *distance <= within))
        .collect();
    fit.sort_by(|a, b| a.1.get().total_cmp(&b.1.get()).then_with(|| a.0.cmp(&b.0)));
    fit.truncate(search.count);
    fit
}

fn agree(index: &UnitIndex, units: &[Unit], search: &Search<'_>) -> Result<(), TestCaseError> {
    let found: Vec<_> = index.nearest(search).into_iter().map(|f| (f.unit, f.distance)).collect();
    prop_assert_eq!(found, scan(units, search));
    Ok(())
}

#[derive(Debug, Clone)]
enum Step {
    Place { unit: usize, class: (usize, usize, usize), state: usize, point: Point },
    Drift { unit: usize, north: f64, east: f64 },
    Jump { unit: usize, point: Point },
    Status { unit: usize, state: usize },
    Remove { unit: usize },
    Rebuild,
    Ask { from: Point, service: usize, needed: usize, both: bool, soon: bool, count: usize, km: Option<f64> },
}

fn place_in_almaty() -> impl Strategy<Value = Point> {
    (43.15f64..43.35, 76.75f64..77.05).prop_map(|(lat, lon)| Point::new(lat, lon).unwrap())
}

fn step() -> impl Strategy<Value = Step> {
    let unit = 0usize..40;
    prop_oneof![
        3 => (unit.clone(), (0usize..2, 0usize..3, 0usize..2), 0usize..5, place_in_almaty())
            .prop_map(|(unit, class, state, point)| Step::Place { unit, class, state, point }),
        6 => (unit.clone(), -0.002f64..0.002, -0.003f64..0.003)
            .prop_map(|(unit, north, east)| Step::Drift { unit, north, east }),
        1 => (unit.clone(), place_in_almaty()).prop_map(|(unit, point)| Step::Jump { unit, point }),
        3 => (unit.clone(), 0usize..5).prop_map(|(unit, state)| Step::Status { unit, state }),
        1 => unit.prop_map(|unit| Step::Remove { unit }),
        1 => Just(Step::Rebuild),
        4 => (place_in_almaty(), 0usize..2, 0usize..3, any::<bool>(), any::<bool>(), 0usize..8,
              prop::option::of(0.0f64..12.0))
            .prop_map(|(from, service, needed, both, soon, count, km)| {
                Step::Ask { from, service, needed, both, soon, count, km }
            }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is placed, moves (within the slack and out of it), changes class, leaves or is rebuilt: the
    /// answer is that of a scan over all units.
    #[test]
    fn the_nearest_are_those_of_a_scan(steps in prop::collection::vec(step(), 1..250)) {
        let index = UnitIndex::default();
        let mut units: Vec<Unit> = Vec::new();
        for (step, second) in steps.into_iter().zip((0..).step_by(20)) {
            let seat_of = |u: &Unit| index.seat(u.region, &u.id).unwrap();
            match step {
                Step::Place { unit: number, class, state, point } => {
                    let unit = unit(number, class, state, point, second);
                    index.place(&unit);
                    units.retain(|u| u.id != unit.id);
                    units.push(unit);
                }
                Step::Drift { unit, north, east } => {
                    let count = units.len();
                    if let Some(u) = units.get_mut(unit % count.max(1)) {
                        let from = u.position.point;
                        u.position = seen(Point::new(from.lat() + north, from.lon() + east).unwrap(), second);
                        prop_assert!(index.moved(seat_of(u), u.position));
                    }
                }
                Step::Jump { unit, point } => {
                    let count = units.len();
                    if let Some(u) = units.get_mut(unit % count.max(1)) {
                        u.position = seen(point, second);
                        prop_assert!(index.moved(seat_of(u), u.position));
                    }
                }
                Step::Status { unit, state } => {
                    let count = units.len();
                    if let Some(u) = units.get_mut(unit % count.max(1)) {
                        u.status = status(state);
                        prop_assert!(index.status_changed(seat_of(u), &u.status));
                    }
                }
                Step::Remove { unit } => {
                    if !units.is_empty() {
                        let u = units.remove(unit % units.len());
                        let seat = seat_of(&u);
                        prop_assert!(index.remove(seat));
                        prop_assert!(!index.moved(seat, u.position), "its seat is known to be void");
                    }
                }
                Step::Rebuild => {
                    index.rebuild(1);
                }
                Step::Ask { from, service, needed, both, soon, count, km } => {
                    let regions: Vec<_> =
                        REGIONS[..if both { 2 } else { 1 }].iter().map(|&r| RegionCode::new(r).unwrap()).collect();
                    agree(&index, &units, &Search {
                        from,
                        service: &ServiceKey::new(SERVICES[service]).unwrap(),
                        regions: &regions,
                        capabilities: &skills(needed),
                        soon_free_too: soon,
                        count,
                        within: km.map(|km| Metres::saturating(km * 1000.0)),
                    })?;
                }
            }
        }
    }
}

fn almaty(step: usize) -> Point {
    let turn = f64::from(u32::try_from(step).unwrap());
    Point::new(43.25 + 0.1 * (turn * 0.7).sin(), 76.9 + 0.15 * (turn * 1.1).cos()).unwrap()
}

fn ask<'a>(service: &'a ServiceKey, regions: &'a [RegionCode], none: &'a Capabilities) -> Search<'a> {
    Search {
        from: almaty(3),
        service,
        regions,
        capabilities: none,
        soon_free_too: true,
        count: 50,
        within: None,
    }
}

#[test]
fn what_moves_while_a_tree_is_rebuilt_beside_is_not_lost() {
    let mut units: Vec<_> = (0..400).map(|n| unit(n, (0, 0, 0), n % 5, almaty(n), 0)).collect();
    let index = UnitIndex::loaded(&units);
    let (stop, rebuilt) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                rebuilt.fetch_add(index.rebuild(1), Ordering::Relaxed);
            }
        });
        let mut round = 0;
        while rebuilt.load(Ordering::Relaxed) < 50 {
            round += 1;
            for (n, u) in units.iter_mut().enumerate() {
                let seat = index.seat(u.region, &u.id).unwrap();
                u.position = seen(almaty(n * 7 + round), round);
                assert!(index.moved(seat, u.position));
                u.status = status((n + round) % 5);
                assert!(index.status_changed(seat, &u.status));
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    let service = ServiceKey::new("ambulance").unwrap();
    let regions = REGIONS.map(|r| RegionCode::new(r).unwrap());
    agree(&index, &units, &ask(&service, &regions, &Capabilities::default())).unwrap();
}

#[test]
fn a_report_that_arrives_late_does_not_set_a_unit_back() {
    let here = unit(0, (0, 0, 0), 0, almaty(1), 100);
    let index = UnitIndex::default();
    let seat = index.place(&here);
    assert!(index.moved(seat, seen(almaty(9), 99)));
    let service = ServiceKey::new("ambulance").unwrap();
    let found = index.nearest(&ask(&service, &[here.region], &Capabilities::default()));
    assert_eq!(found[0].position, here.position);
}

#[test]
fn a_unit_placed_again_keeps_its_seat() {
    let index = UnitIndex::default();
    let seat = index.place(&unit(0, (0, 0, 0), 0, almaty(1), 0));
    assert_eq!(index.place(&unit(0, (1, 2, 1), 3, almaty(2), 5)), seat);
    assert_eq!(index.count(RegionCode::new(75).unwrap()), 1);
}

#[test]
fn who_asks_what_has_moved_since_gets_each_unit_once_where_it_is_and_nothing_twice() {
    let at = |lon: f64| Point::new(43.2, lon).unwrap();
    let units: Vec<Unit> = (0..4).map(|n| unit(n, (n % 2, 0, 0), 0, at(76.9), 0)).collect();
    let index = UnitIndex::loaded(&units);
    let region = RegionCode::new(REGIONS[0]).unwrap();
    let (mark, all) = index.seen_since(region, None, 0);
    assert_eq!(all.len(), 2, "those of the other region are not told");
    assert_eq!(index.seen_since(region, None, mark).1, []);
    let seat = index.seat(region, &units[2].id).unwrap();
    assert!(index.moved(seat, seen(at(76.91), 1)));
    assert!(index.moved(seat, seen(at(76.92), 2)));
    assert!(index.moved(seat, seen(at(76.95), 1)), "old news");
    let (later, moved) = index.seen_since(region, None, mark);
    assert_eq!(moved, [(units[2].id.clone(), seen(at(76.92), 2))]);
    let (_, position) = index.whereabouts(region, &units[2].id).unwrap();
    assert_eq!(position, seen(at(76.92), 2));
    assert_eq!(index.seen_since(region, None, later).1, []);
    let other = ServiceKey::new(SERVICES[1]).unwrap();
    assert_eq!(index.seen_since(region, Some(&other), 0).1, [], "units 0 and 2 are of the first service");
    index.remove(seat);
    assert_eq!(index.seen_since(region, None, mark).1, [], "who is gone is not told");
}

proptest! {
    /// Whoever asks from whatever mark, lately given or long ago, gets those that were seen since, each once and where it is.
    #[test]
    fn who_was_seen_since_a_mark_is_told_and_nobody_else(
        steps in prop::collection::vec((0usize..60, 0u8..10, prop::option::of(any::<prop::sample::Index>())), 1..300),
    ) {
        let index = UnitIndex::default();
        let region = RegionCode::new(REGIONS[0]).unwrap();
        let latest = || index.seen_since(region, None, u64::MAX).0;
        let mut seen_at: std::collections::BTreeMap<UnitId, (u64, Position)> = std::collections::BTreeMap::new();
        let mut marks = vec![0];
        for (second, (number, what, ask)) in steps.into_iter().enumerate() {
            let one = unit(number * 2, (0, 0, 0), 0, almaty(second), second);
            match (index.seat(region, &one.id), what) {
                (Some(seat), 0) => {
                    index.remove(seat);
                    seen_at.remove(&one.id);
                }
                (Some(seat), 1..8) => {
                    prop_assert!(index.moved(seat, one.position));
                    seen_at.insert(one.id.clone(), (latest(), one.position));
                }
                _ => {
                    index.place(&one);
                    seen_at.insert(one.id.clone(), (latest(), one.position));
                }
            }
            marks.push(latest());
            if let Some(ask) = ask {
                let since = *ask.get(&marks);
                let (mark, mut told) = index.seen_since(region, None, since);
                told.sort_by(|a, b| a.0.cmp(&b.0));
                let later = seen_at.iter().filter(|(_, (seen, _))| *seen > since);
                let wanted: Vec<_> = later.map(|(id, (_, position))| (id.clone(), *position)).collect();
                prop_assert_eq!((mark, told), (latest(), wanted));
            }
        }
    }
}

fn fence() -> Fence {
    let regions = include_str!("../../../gis/regions.geojson");
    let territory = Territory::new(Layer::from_geojson(regions, Fields::OWN).unwrap(), None);
    Fence::new(Arc::new(territory), DoubtLimits::default())
}

#[test]
fn a_doubtful_report_moves_nobody_until_a_second_one_bears_it_out() {
    let at = |lat: f64, s: usize| seen(Point::new(lat, 76.9).unwrap(), s);
    let one = unit(0, (0, 0, 0), 0, at(43.2, 0).point, 0);
    let (index, fence) = (UnitIndex::loaded([&one]), fence());
    let seat = index.seat(one.region, &one.id).unwrap();
    let tell = |position: Position| index.all_told(one.region, &[(seat, position)], &fence, position.at)[0];
    assert!(matches!(tell(at(43.2, 5)), Told::Believed(_)));
    let service = one.service.clone();
    let found = || index.nearest(&ask(&service, &[one.region], &Capabilities::default()))[0].position;
    let remark = || index.remark_on(one.region, &one.id).doubtful;

    assert_eq!(tell(at(43.4, 10)), Told::Doubted);
    assert_eq!(found(), at(43.2, 5), "it is recommended from where it was believed to be");
    let kept = remark().unwrap();
    assert_eq!(kept.position, at(43.4, 10), "and what was reported is kept");
    assert!(matches!(kept.doubt, Doubt::Speed { .. }), "22 km in five seconds");
    assert_eq!(index.remarked(one.region, None).len(), 1);
    assert_eq!(tell(at(43.3, 1)), Told::Old, "a late report settles nothing");
    assert!(remark().is_some());

    assert!(matches!(tell(at(43.2, 15)), Told::Believed(_)), "it was a reflection");
    assert_eq!((found(), remark()), (at(43.2, 15), None));

    assert_eq!(tell(at(43.4, 20)), Told::Doubted);
    assert!(matches!(tell(at(43.401, 25)), Told::Believed(_)), "it is there: it had been silent on its way");
    assert_eq!((found(), remark()), (at(43.401, 25), None));

    assert_eq!(tell(at(0.0, 30)), Told::Doubted);
    index.remove(seat);
    assert_eq!(index.remarked(one.region, None), [], "who is gone is not remarked on");
    assert_eq!(tell(at(43.4, 40)), Told::Gone);
}
