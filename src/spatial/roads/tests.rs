use std::cmp::Reverse;
use std::collections::BinaryHeap;

use proptest::prelude::*;

use super::*;
use crate::domain::geography::{Direction, LocalNames, Road, RoadClass, Turn, TurnRestriction};

fn road(way: i64, from: (i64, Point), to: (i64, Point), class: RoadClass, direction: Direction) -> Road {
    Road {
        way,
        from: from.0,
        to: to.0,
        class,
        direction,
        limit_kmh: None,
        rough: false,
        names: LocalNames::default(),
        reference: None,
        line: vec![from.1, to.1],
    }
}

const SIDE: i64 = 5;

/// The junction of a grid with blocks of some 300 metres.
fn junction(number: i64) -> (i64, Point) {
    let (row, column) = (number / SIDE, number % SIDE);
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let at = |n: i64, step: f64| n as f64 * step;
    (number, Point::new(43.2 + at(row, 0.003), 76.9 + at(column, 0.004)).unwrap())
}

/// A town: each road of the grid may be missing, of any class, one-way or not; some turns are restricted.
#[derive(Debug, Clone)]
struct Town {
    roads: Vec<Road>,
    turns: Vec<TurnRestriction>,
}

fn town() -> impl Strategy<Value = Town> {
    let mut streets = Vec::new();
    for number in 0..SIDE * SIDE {
        if number % SIDE + 1 < SIDE {
            streets.push((number, number + 1));
        }
        if number / SIDE + 1 < SIDE {
            streets.push((number, number + SIDE));
        }
    }
    let classes = prop::sample::select(RoadClass::ALL);
    let directions =
        prop::sample::select(vec![Direction::Both, Direction::Both, Direction::Forward, Direction::Backward]);
    let drawn = prop::collection::vec((0u8..10, classes, directions), streets.len());
    let turns = prop::collection::vec((any::<prop::sample::Index>(), 0..SIDE * SIDE, any::<bool>()), 0..12);
    (drawn, turns).prop_map(move |(drawn, turns)| {
        let kept = streets.iter().zip(drawn).zip(1i64..).filter(|((_, (chance, ..)), _)| *chance > 0);
        let roads: Vec<Road> = kept
            .map(|(((from, to), (_, class, direction)), way)| {
                road(way, junction(*from), junction(*to), class, direction)
            })
            .collect();
        let restriction = |(id, (index, at, only)): (i64, (prop::sample::Index, i64, bool))| {
            let there: Vec<i64> =
                roads.iter().filter(|r| r.from == at || r.to == at).map(|r| r.way).collect();
            (there.len() >= 2).then(|| {
                let from = index.index(there.len());
                TurnRestriction {
                    id,
                    turn: if only { Turn::Only } else { Turn::Forbidden },
                    from_way: there[from],
                    via_node: Some(at),
                    via_ways: Vec::new(),
                    to_way: there[(from + 1) % there.len()],
                }
            })
        };
        let turns = (0..).zip(turns).filter_map(restriction).collect();
        Town { roads, turns }
    })
}

/// The time by the rules alone: a search from drive to drive that looks up every turn.
fn by_the_rules(town: &Town, network: &Network, closed: &Closed, begin: &OnPiece, end: &OnPiece) -> Millis {
    let drives = &network.drives;
    let node = |drive: usize, at_end: bool| {
        let road = &town.roads[drives[drive].piece as usize];
        if drives[drive].against == at_end { road.from } else { road.to }
    };
    let way = |drive: usize| town.roads[drives[drive].piece as usize].way;
    let may = |a: usize, b: usize| {
        node(a, true) == node(b, false)
            && town.turns.iter().filter(|t| t.from_way == way(a) && t.via_node == Some(node(a, true))).all(
                |t| {
                    match t.turn {
                        Turn::Forbidden => t.to_way != way(b),
                        // A way that cannot be entered there is nobody's only way.
                        Turn::Only => {
                            t.to_way == way(b)
                                || !(0..drives.len())
                                    .any(|d| way(d) == t.to_way && node(d, false) == node(a, true))
                        }
                    }
                },
            )
    };
    let one_piece = begin.piece == end.piece;
    let along = one_piece.then(|| network.along(begin.piece, begin.part, end.part)).flatten();
    let mut best = along.unwrap_or(FAR);
    let mut time = vec![FAR; drives.len()];
    let mut queue = BinaryHeap::new();
    for (id, _) in network.drives_of(begin.piece) {
        let rest = network.start(begin.piece, begin.part);
        let rest = rest.iter().find(|(v, _)| *v == network.start_of(drives[id as usize]).0).unwrap().1;
        time[id as usize] = rest;
        queue.push(Reverse((rest, id as usize)));
    }
    while let Some(Reverse((so_far, at))) = queue.pop() {
        if so_far > time[at] {
            continue;
        }
        for (id, drive) in network.drives_of(end.piece) {
            if may(at, id as usize) {
                let part = if drive.against { 1.0 - end.part } else { end.part };
                let rest = (f64::from(drive.time) * part).round();
                best = best.min(so_far + rest as Millis);
            }
        }
        for next in (0..drives.len()).filter(|next| may(at, *next)) {
            if closed.has(drives[next].piece) {
                continue;
            }
            let new = so_far + drives[next].time;
            if new < time[next] {
                time[next] = new;
                queue.push(Reverse((new, next)));
            }
        }
    }
    best
}

fn places() -> impl Strategy<Value = Vec<Point>> {
    let place = (0.0f64..0.012, 0.0f64..0.016).prop_map(|(n, e)| Point::new(43.2 + n, 76.9 + e).unwrap());
    prop::collection::vec(place, 6)
}

proptest! {
    #[test]
    fn every_time_is_that_of_the_rules_prepared_or_not_and_with_closures(
        town in town(), places in places(), shut in prop::collection::vec(any::<prop::sample::Index>(), 0..5)
    ) {
        prop_assume!(!town.roads.is_empty());
        let network = Arc::new(Network::new(&town.roads, &town.turns));
        let open = Roads::unprepared(Arc::clone(&network));
        let order = open.prepare(None).order();
        let mut closed = Closed::default();
        shut.iter().for_each(|i| closed.close(i.index(town.roads.len()) as u32));
        for roads in [open.clone(), open.closing(closed)] {
            let prepared = roads.prepared(Arc::new(roads.prepare(Some(&order))));
            let climbing = roads.prepared(Arc::new(roads.prepare(Some(&order)).without_labels()));
            let Some(end) = roads.nearest(places[0]) else { continue };
            let begins: Vec<_> = places.iter().map(|p| roads.nearest(*p)).collect();
            let exact: Vec<Millis> = begins
                .iter()
                .map(|b| b.as_ref().map_or(FAR, |b| by_the_rules(&town, &network, roads.closed(), b, &end)))
                .collect();
            prop_assert_eq!(&roads.millis(&begins, &end), &exact, "by search");
            prop_assert_eq!(&prepared.millis(&begins, &end), &exact, "by labels");
            prop_assert_eq!(&climbing.millis(&begins, &end), &exact, "by climbing");
            for (place, millis) in places.iter().zip(&exact) {
                for roads in [&roads, &prepared] {
                    let route = roads.route(*place, places[0]);
                    prop_assert_eq!(route.is_some(), *millis < FAR);
                    let Some(route) = route else { continue };
                    let begin = roads.nearest(*place).unwrap();
                    let expected = seconds(f64::from(*millis) / 1_000.0 + off_road(begin.away) + off_road(end.away));
                    prop_assert_eq!(route.time, expected);
                    // No road of the town is faster than this, and a way is as long as its time allows.
                    let fastest = f64::from(RoadClass::Motorway.emergency_kmh()) / 3.6;
                    prop_assert!(route.length.get() <= f64::from(*millis) / 1_000.0 * fastest + 1.0);
                }
            }
        }
    }
}

proptest! {
    /// Whoever asks who is where in time gets what the search to that one place gives, with or without preparation, for
    /// sources together or apart.
    #[test]
    fn everywhere_within_a_time_is_where_the_search_to_each_place_comes_in_time(
        town in town(), places in places(), shut in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
        after in 0u32..60, within in 0u32..240,
    ) {
        prop_assume!(!town.roads.is_empty());
        let open = Roads::unprepared(Arc::new(Network::new(&town.roads, &town.turns)));
        let mut closed = Closed::default();
        shut.iter().for_each(|i| closed.close(i.index(town.roads.len()) as u32));
        let roads = open.closing(closed);
        let prepared = roads.prepared(Arc::new(roads.prepare(None)));
        let (ends, from) = places.split_at(3);
        let sources: Vec<Source> = from.iter().map(|from| Source { from: *from, after: Seconds(after) }).collect();
        let country = |roads: &Roads| roads.reach_in_a_country::<LANES>(&sources, Seconds(within));
        let usual = |roads: &Roads| roads.reach::<LANES>(&sources, Seconds(within));
        let along = |reached: &Reached<LANES>| {
            let mut all = Vec::new();
            reached.along(Metres::whole(100), |point, left| all.push((point, left)));
            all
        };
        prop_assert_eq!(along(&usual(&roads)), along(&usual(&prepared)), "the same places in the same order");
        for (roads, apart) in
            [(&roads, usual(&roads)), (&prepared, usual(&prepared)), (&prepared, country(&prepared))]
        {
            let together = roads.reach_together(&sources, Seconds(within));
            for end in ends.iter().filter_map(|end| roads.nearest(*end)) {
                let begins: Vec<_> = from.iter().map(|p| roads.nearest(*p)).collect();
                let expected: Vec<Millis> = roads.millis(&begins, &end).into_iter().zip(&begins).map(|(millis, begin)| {
                    let off = begin.as_ref().map_or(0.0, |b| off_road(b.away));
                    let off = (off * 1e3).round() as u32 + (off_road(end.away) * 1e3).round() as u32;
                    let time = millis.saturating_add(after * 1_000 + off);
                    if time <= within * 1_000 { time } else { FAR }
                }).collect();
                prop_assert_eq!(&apart.times(&end)[..from.len()], &expected[..]);
                prop_assert_eq!(together.times(&end)[0], expected.into_iter().min().unwrap());
            }
        }
    }
}

#[test]
fn the_outline_of_what_is_reached_grows_with_the_time_and_holds_where_one_stands() {
    use geo::{Area, Contains};
    let roads = ladder(&[]);
    let from = [Source { from: at(43.203, 76.905), after: Seconds(10) }];
    let outline = |s| crate::spatial::isochrone::outline(&roads.reach_together(&from, Seconds(s)));
    assert!(outline(9).0.is_empty(), "it has not left");
    let (near, far) = (outline(30), outline(300));
    assert!(near.contains(&geo::Point::new(76.905, 43.203)));
    assert!(!near.contains(&geo::Point::new(76.92, 43.2)));
    assert!(far.contains(&geo::Point::new(76.92, 43.2)) && far.unsigned_area() > near.unsigned_area());
}

fn at(lat: f64, lon: f64) -> Point {
    Point::new(lat, lon).unwrap()
}

/// Two parallel streets joined at both ends and in the middle.
///
/// ```text
/// 1 ──10── 2 ──11── 3
/// │        │        │
/// 20       21       22
/// │        │        │
/// 4 ──12── 5 ──13── 6
/// ```
fn ladder(turns: &[TurnRestriction]) -> Roads {
    let nodes = [
        (1, at(43.203, 76.90)),
        (2, at(43.203, 76.91)),
        (3, at(43.203, 76.92)),
        (4, at(43.200, 76.90)),
        (5, at(43.200, 76.91)),
        (6, at(43.200, 76.92)),
    ];
    let street = |way, from: usize, to: usize| {
        road(way, nodes[from - 1], nodes[to - 1], RoadClass::Residential, Direction::Both)
    };
    let streets = [
        street(10, 1, 2),
        street(11, 2, 3),
        street(12, 4, 5),
        street(13, 5, 6),
        street(20, 1, 4),
        street(21, 2, 5),
        street(22, 3, 6),
    ];
    Roads::unprepared(Arc::new(Network::new(&streets, turns)))
}

#[test]
fn a_turn_over_a_way_between_is_forbidden_only_to_who_comes_that_way() {
    let over = TurnRestriction {
        id: 1,
        turn: Turn::Forbidden,
        from_way: 10,
        via_node: None,
        via_ways: vec![21],
        to_way: 13,
    };
    let (free, restricted) = (ladder(&[]), ladder(&[over]));
    // From street 10 to 13 the middle street is no longer of use; from street 11 it is.
    let to = at(43.2, 76.913);
    for (from, same) in [(at(43.203, 76.907), false), (at(43.203, 76.913), true)] {
        let [before, now] = [&free, &restricted].map(|roads| roads.route(from, to).unwrap());
        assert_eq!(before.time == now.time, same, "{before:?} {now:?}");
        assert!(now.time >= before.time);
    }
}

#[test]
fn a_closed_street_is_driven_round_and_one_who_stands_in_it_gets_out_and_is_reached() {
    let roads = ladder(&[]);
    let (from, to) = (at(43.203, 76.901), at(43.203, 76.919));
    let open = roads.route(from, to).unwrap();
    let mut closed = Closed::default();
    closed.close_area(roads.network(), &geo::Rect::new((76.914, 43.2025), (76.916, 43.2035)).to_polygon());
    assert_eq!(closed.count(), 1);
    let shut = roads.closing(closed);
    let round = shut.route(from, at(43.203, 76.9201)).unwrap();
    assert!(round.length > open.length && round.line.iter().any(|p| p.lat() < 43.201), "{round:?}");
    let order = roads.prepare(None).order();
    let prepared = shut.prepared(Arc::new(shut.prepare(Some(&order))));
    for (a, b) in [(from, at(43.203, 76.913)), (at(43.203, 76.913), from)] {
        assert_eq!(shut.times(&[a], b), prepared.times(&[a], b));
        assert!(shut.times(&[a], b)[0].is_some());
    }
}

#[test]
fn who_closures_cut_off_is_told_apart_from_whom_no_road_is_known_of() {
    let roads = ladder(&[]);
    let mut closed = Closed::default();
    closed.close_area(roads.network(), &geo::Rect::new((76.914, 43.1995), (76.916, 43.2035)).to_polygon());
    assert_eq!(closed.count(), 2, "both ways between the middle and the east");
    let shut = roads.closing(closed);
    let prepared = shut.prepared(Arc::new(shut.prepare(None)));
    let (west, east, nowhere) = (at(43.203, 76.901), at(43.2015, 76.92), at(44.0, 76.9));
    assert!(matches!(roads.ways(&[west, nowhere], east)[..], [Way::Takes(_), Way::Unknown]));
    for roads in [&shut, &prepared] {
        assert!(matches!(
            roads.ways(&[west, east, nowhere], east)[..],
            [Way::CutOff, Way::Takes(_), Way::Unknown]
        ));
        assert_eq!(roads.ways(&[west], nowhere), [Way::Unknown]);
    }
}

#[test]
fn far_from_every_road_no_time_is_told_and_an_island_is_not_taken_for_a_road() {
    let roads = ladder(&[]);
    assert_eq!(roads.times(&[at(44.0, 76.9)], at(43.2, 76.9)), [None]);
    assert_eq!(roads.times(&[at(43.2, 76.9)], at(44.0, 76.9)), [None]);
    let mut streets = vec![];
    for row in 0..8 {
        let lat = 43.2 + f64::from(row) * 0.001;
        for column in 0..8 {
            let lon = 76.9 + f64::from(column) * 0.001;
            let number = i64::from(row * 8 + column);
            if column < 7 {
                streets.push(road(
                    1,
                    (number, at(lat, lon)),
                    (number + 1, at(lat, lon + 0.001)),
                    RoadClass::Tertiary,
                    Direction::Both,
                ));
            }
            if row < 7 {
                streets.push(road(
                    2,
                    (number, at(lat, lon)),
                    (number + 8, at(lat + 0.001, lon)),
                    RoadClass::Tertiary,
                    Direction::Both,
                ));
            }
        }
    }
    streets.push(road(
        3,
        (900, at(43.2, 76.92)),
        (901, at(43.2, 76.921)),
        RoadClass::Service,
        Direction::Both,
    ));
    let network = Arc::new(Network::new(&streets, &[]));
    assert_eq!(network.islands(), 1);
    let roads = Roads::unprepared(network);
    let on = roads.nearest(at(43.2, 76.92)).unwrap();
    assert!(roads.network().pieces()[on.piece as usize].way != 3);
    assert!(roads.times(&[at(43.2, 76.92)], at(43.205, 76.905))[0].is_some());
}

#[test]
fn roads_that_reach_nowhere_are_named_and_nobody_is_sent_by_them() {
    // A street in the town's grid, and beside it three that lead nowhere: one that touches nothing, one that may only be
    // driven out of town, one that may only be driven into it.
    let mut streets: Vec<Road> = (0..80)
        .map(|n| {
            let (from, to) = (at(43.2, 76.9 + f64::from(n) * 0.001), at(43.2, 76.901 + f64::from(n) * 0.001));
            road(1, (n.into(), from), (i64::from(n) + 1, to), RoadClass::Tertiary, Direction::Both)
        })
        .collect();
    streets.push(road(
        7,
        (900, at(43.21, 76.91)),
        (901, at(43.21, 76.912)),
        RoadClass::Service,
        Direction::Both,
    ));
    streets.push(road(
        8,
        (10, at(43.2, 76.91)),
        (902, at(43.203, 76.91)),
        RoadClass::Service,
        Direction::Forward,
    ));
    streets.push(road(
        9,
        (903, at(43.203, 76.92)),
        (20, at(43.2, 76.92)),
        RoadClass::Service,
        Direction::Forward,
    ));
    let network = Arc::new(Network::new(&streets, &[]));
    assert_eq!((network.stranded(), network.islands()), (vec![7, 8, 9], 3));
    let roads = Roads::unprepared(network);
    let prepared = roads.prepared(Arc::new(roads.prepare(None)));
    for place in [at(43.21, 76.911), at(43.2029, 76.91), at(43.2029, 76.92)] {
        for roads in [&roads, &prepared] {
            let on = roads.nearest(place).expect("a road that leads somewhere");
            assert_eq!(roads.network().pieces()[on.piece as usize].way, 1);
            assert!(roads.times(&[at(43.2, 76.95)], place)[0].is_some(), "reached from the street");
            assert!(roads.times(&[place], at(43.2, 76.95))[0].is_some(), "and left by it");
        }
    }
}
