use proptest::prelude::*;

use super::*;

fn own() -> RegionCode {
    "75".parse().unwrap()
}

fn candidate(n: usize, metres: f64) -> Candidate {
    Candidate {
        unit: UnitId::new(&format!("u-{n}")).unwrap(),
        region: own(),
        service: None,
        kind: UnitKind::Ambulance,
        distance: Metres::saturating(metres),
        position_age: Seconds(5),
        free_in: None,
        by_road: None,
        cut_off: false,
        in_exercise: false,
    }
}

fn need(count: u16) -> Need {
    Need {
        service: ServiceKey::new("ambulance").unwrap(),
        act: Act::FirstWave,
        profile: Some(Profile::Ambulance),
        capabilities: Capabilities::default(),
        count,
    }
}

fn run(needs: Vec<(Need, Vec<Candidate>)>) -> Recommendation {
    let place = Point::new(43.2, 76.9).unwrap();
    recommend(needs, place, own(), Bounds::default(), Timestamp::UNIX_EPOCH)
}

fn names(a: &Answered) -> Vec<&str> {
    a.picks.iter().map(|p| p.unit.as_str()).collect()
}

#[test]
fn the_soonest_go_and_the_reason_is_said() {
    let r = run(vec![(need(2), vec![candidate(1, 3_000.0), candidate(2, 500.0), candidate(3, 900.0)])]);
    assert_eq!(names(&r.needs[0]), ["u-2", "u-3"]);
    assert_eq!(r.needs[0].picks[0].reasons, [Reason::Soonest]);
    assert_eq!(r.needs[0].picks[1].reasons, [Reason::AfterSooner { sooner: 1 }]);
}

#[test]
fn the_road_decides_where_one_is_known_and_it_is_said_on_what_a_time_rests() {
    // The nearest stands across the river; of the third no way is known.
    let across = Candidate { by_road: Some(Seconds(900)), ..candidate(1, 400.0) };
    let here = Candidate { by_road: Some(Seconds(200)), ..candidate(2, 1_500.0) };
    let engine = Candidate { kind: UnitKind::FireEngine, by_road: Some(Seconds(200)), ..candidate(4, 900.0) };
    let helicopter =
        Candidate { kind: UnitKind::Helicopter, by_road: Some(Seconds(1)), ..candidate(5, 50_000.0) };
    let r = run(vec![(need(5), vec![across, here, candidate(3, 3_000.0), engine, helicopter])]);
    assert_eq!(names(&r.needs[0]), ["u-2", "u-4", "u-3", "u-1", "u-5"]);
    let told: Vec<_> = r.needs[0].picks.iter().map(|p| (p.eta.0, p.estimate)).collect();
    assert_eq!(told[0], (260, Estimate::Road));
    assert_eq!(told[1], (290, Estimate::Road), "a fire engine takes longer on the same way");
    assert_eq!(told[2].1, Estimate::StraightLine);
    assert_eq!(told[4], (960, Estimate::StraightLine), "what flies needs no road");
    assert!(r.recomputes());
}

#[test]
fn a_unit_that_closures_cut_off_comes_after_all_that_can_come_and_it_is_said() {
    // 600 m across a river whose bridge is closed, four kilometres by road, and a neighbour's farther away.
    let across = Candidate { cut_off: true, ..candidate(1, 600.0) };
    let round = Candidate { by_road: Some(Seconds(400)), ..candidate(2, 4_000.0) };
    let neighbour = Candidate { region: "19".parse().unwrap(), ..candidate(3, 30_000.0) };
    let helicopter = Candidate { kind: UnitKind::Helicopter, cut_off: true, ..candidate(4, 9_000.0) };
    let considered = vec![across, round, neighbour, helicopter];
    let r = run(vec![(need(1), considered.clone())]);
    assert_eq!(names(&r.needs[0]), ["u-4"], "what flies is cut off from nothing");
    let r = run(vec![(need(2), considered[..3].to_vec())]);
    assert_eq!(names(&r.needs[0]), ["u-2", "u-3"]);
    assert_eq!(r.needs[0].others[0].estimate, Estimate::CutOff);
    assert!(r.needs[0].others[0].reasons.contains(&Reason::CutOff));
    let r = run(vec![(need(1), considered[..1].to_vec())]);
    assert_eq!(names(&r.needs[0]), ["u-1"], "better one that may find a way than none");
    assert!(r.recomputes());
}

#[test]
fn a_neighbours_unit_that_would_be_there_sooner_is_named_beside_ones_own() {
    let own: Vec<_> =
        (1..10).map(|n| candidate(n, 40_000.0 + f64::from(u32::try_from(n).unwrap()))).collect();
    let theirs = Candidate { region: "19".parse().unwrap(), ..candidate(20, 3_000.0) };
    let far = Candidate { region: "19".parse().unwrap(), ..candidate(21, 90_000.0) };
    let r = run(vec![(need(1), own.into_iter().chain([theirs, far]).collect())]);
    assert_eq!(names(&r.needs[0]), ["u-1"], "one's own go first");
    let others: Vec<_> = r.needs[0].others.iter().map(|pick| pick.unit.as_str()).collect();
    assert_eq!(others, ["u-2", "u-3", "u-4", "u-5", "u-6", "u-20"]);
    assert!(r.needs[0].others[5].eta < r.needs[0].picks[0].eta);
    assert!(r.recomputes());
}

#[test]
fn who_is_too_far_is_missing_and_it_is_said_and_named() {
    let steppe = candidate(1, 100_000.0);
    let across = candidate(2, 961_000.0);
    let r = run(vec![(need(3), vec![across.clone(), steppe])]);
    let answered = &r.needs[0];
    assert_eq!(names(answered), ["u-1"], "a hundred kilometres are the next station, and no reason to stay");
    assert_eq!((answered.shortfall, answered.too_far), (2, 1), "one fits and is too far, one is nowhere");
    assert_eq!(answered.others[0].unit, across.unit);
    assert!(answered.others[0].reasons.contains(&Reason::TooFar), "an officer may name it");
    assert!(r.recomputes());
    let by_road = |seconds| Candidate { by_road: Some(Seconds(seconds)), ..candidate(3, 120_000.0) };
    assert_eq!(names(&run(vec![(need(1), vec![by_road(10_800)])]).needs[0]), ["u-3"]);
    assert_eq!(run(vec![(need(1), vec![by_road(10_801)])]).needs[0].too_far, 1, "a way round takes too long");
    let flying = |metres| Candidate { kind: UnitKind::Helicopter, ..candidate(4, metres) };
    assert_eq!(names(&run(vec![(need(1), vec![flying(600_000.0)])]).needs[0]), ["u-4"]);
    assert_eq!(run(vec![(need(1), vec![flying(600_001.0)])]).needs[0].too_far, 1);
    // A need that is met says nothing of who is far.
    let met = run(vec![(need(1), vec![candidate(1, 500.0), across])]);
    assert_eq!((met.needs[0].shortfall, met.needs[0].too_far), (0, 0));
}

#[test]
fn who_is_in_an_exercise_goes_when_an_officer_says_so_and_a_shortfall_names_him() {
    let trains = |n, metres| Candidate { in_exercise: true, ..candidate(n, metres) };
    let r = run(vec![(need(3), vec![trains(1, 100.0), candidate(2, 9_000.0), trains(3, 961_000.0)])]);
    let answered = &r.needs[0];
    assert_eq!(names(answered), ["u-2"], "the nearest is not pulled out unasked");
    assert_eq!((answered.shortfall, answered.in_exercise, answered.too_far), (2, 1, 1));
    assert_eq!(answered.others[0].unit.as_str(), "u-1", "before who is too far");
    assert!(answered.others[0].reasons.contains(&Reason::InExercise));
    assert!(r.recomputes());
    let met = run(vec![(need(1), vec![trains(1, 100.0), candidate(2, 9_000.0)])]);
    assert_eq!((met.needs[0].shortfall, met.needs[0].in_exercise), (0, 0));
}

#[test]
fn a_stale_position_lowers_a_unit_and_says_so() {
    let stale = Candidate { position_age: Seconds(400), ..candidate(1, 500.0) };
    let r = run(vec![(need(2), vec![stale, candidate(2, 2_000.0)])]);
    assert_eq!(names(&r.needs[0]), ["u-2", "u-1"]);
    let doubted = Reason::StalePosition { age: Seconds(400), added: Seconds(400) };
    assert!(r.needs[0].picks[1].reasons.contains(&doubted));
}

#[test]
fn a_neighbours_unit_and_one_about_to_be_free_come_only_when_ones_own_do_not_suffice() {
    let neighbour = Candidate { region: "19".parse().unwrap(), ..candidate(1, 100.0) };
    let soon = Candidate { free_in: Some(Seconds(30)), ..candidate(2, 100.0) };
    let far = candidate(3, 20_000.0);
    let all = vec![neighbour, soon, far];
    assert_eq!(names(&run(vec![(need(1), all.clone())]).needs[0]), ["u-3"]);
    let r = run(vec![(need(3), all)]);
    assert_eq!(names(&r.needs[0]), ["u-3", "u-1", "u-2"]);
    assert!(r.needs[0].picks[2].reasons.contains(&Reason::SoonFree { free_in: Seconds(30) }));
}

#[test]
fn a_shortfall_is_said() {
    let r = run(vec![(need(3), vec![candidate(1, 100.0)]), (need(2), vec![])]);
    assert_eq!((r.needs[0].shortfall, r.needs[1].shortfall, r.shortfall()), (2, 2, 4));
}

#[test]
fn a_unit_that_one_need_cannot_do_without_is_left_to_it() {
    let any = (need(1), vec![candidate(1, 100.0), candidate(2, 5_000.0)]);
    let only_first = (need(1), vec![candidate(1, 100.0)]);
    let r = run(vec![any, only_first]);
    assert_eq!((names(&r.needs[0]), names(&r.needs[1])), (vec!["u-2"], vec!["u-1"]));
    assert_eq!(r.shortfall(), 0);
}

#[test]
fn a_unit_that_can_do_much_is_not_spent_where_a_simpler_one_will_do() {
    // Each need has two candidates, so counting candidates does not tell which must wait.
    let pump = (need(1), vec![candidate(1, 100.0), candidate(2, 5_000.0)]);
    let ladder = (need(1), vec![candidate(1, 100.0), candidate(3, 90_000.0)]);
    let r = run(vec![pump, ladder]);
    assert_eq!((names(&r.needs[0]), names(&r.needs[1])), (vec!["u-2"], vec!["u-1"]));
}

#[test]
fn the_next_best_are_shown_and_what_they_can_do_is_said() {
    let pump = Capabilities::from(vec![crate::domain::ids::Capability::new("pump").unwrap()]);
    let asked = Need { capabilities: pump.clone(), ..need(1) };
    let r = run(vec![(asked, (1u8..9).map(|n| candidate(n.into(), f64::from(n) * 100.0)).collect())]);
    let others: Vec<&str> = r.needs[0].others.iter().map(|p| p.unit.as_str()).collect();
    assert_eq!(others, ["u-2", "u-3", "u-4", "u-5", "u-6"]);
    assert!(r.needs[0].picks[0].reasons.contains(&Reason::Capable { capabilities: pump }));
}

fn any_candidates() -> impl Strategy<Value = Vec<Candidate>> {
    prop::collection::btree_map(
        0usize..30,
        (0.0f64..50_000.0, 0u32..2_000, prop::option::of(0u32..900), any::<bool>()),
        0..20,
    )
    .prop_map(|map| {
        map.into_iter()
            .map(|(n, (metres, age, free, home))| Candidate {
                position_age: Seconds(age),
                free_in: free.map(Seconds),
                region: if home { own() } else { "19".parse().unwrap() },
                ..candidate(n, metres)
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn no_unit_twice_and_what_is_picked_and_missing_is_what_was_asked(
        needs in prop::collection::vec((1u16..6, any_candidates()), 1..5)
    ) {
        let r = run(needs.iter().map(|(n, c)| (need(*n), c.clone())).collect());
        let mut seen = BTreeSet::new();
        for (answer, (count, considered)) in r.needs.iter().zip(&needs) {
            prop_assert_eq!(answer.picks.len() + usize::from(answer.shortfall), usize::from(*count));
            for p in &answer.picks {
                prop_assert!(seen.insert(p.unit.clone()), "{} twice", p.unit);
                prop_assert!(considered.iter().any(|c| c.unit == p.unit));
            }
        }
    }

    #[test]
    fn a_nearer_free_unit_of_ones_own_never_makes_the_pick_worse(
        candidates in any_candidates(), count in 1u16..5, metres in 0.0f64..50_000.0
    ) {
        let before = run(vec![(need(count), candidates.clone())]);
        let mut more = candidates;
        more.push(candidate(99, metres));
        let after = run(vec![(need(count), more)]);
        prop_assert!(after.shortfall() <= before.shortfall());
        let own_free = |r: &Recommendation| r.needs[0].picks.iter()
            .filter(|p| p.region == own() && !p.reasons.iter().any(|x| matches!(x, Reason::SoonFree { .. })))
            .count();
        prop_assert!(own_free(&after) >= own_free(&before));
    }

    /// Fewest missing, then fewest strangers, then least time (doubt included).
    #[test]
    fn one_more_unit_for_any_need_never_makes_the_whole_worse(
        needs in prop::collection::vec((1u16..5, any_candidates()), 1..4), to in 0usize..4,
        metres in 0.0f64..50_000.0, home in any::<bool>(), free_in in prop::option::of(0u32..900),
    ) {
        let badness = |r: &Recommendation| {
            let cost = |a: &Answered, p: &Pick| {
                let c = a.considered.iter().find(|c| c.unit == p.unit).unwrap();
                rank(c, own(), Bounds::default()).cost()
            };
            let total: i64 = r.needs.iter().flat_map(|a| a.picks.iter().map(move |p| cost(a, p))).sum();
            (r.shortfall(), total)
        };
        let mut needs: Vec<_> = needs.into_iter().map(|(n, c)| (need(n), c)).collect();
        let before = run(needs.clone());
        let to = to % needs.len();
        needs[to].1.push(Candidate {
            region: if home { own() } else { "19".parse().unwrap() },
            free_in: free_in.map(Seconds),
            ..candidate(99, metres)
        });
        prop_assert!(badness(&run(needs)) <= badness(&before));
    }

    #[test]
    fn the_receipt_gives_the_same_answer_again_and_tells_when_it_was_changed(
        candidates in any_candidates(), count in 1u16..5,
    ) {
        let first = run(vec![(need(count), candidates)]);
        let stored = serde_json::to_string(&first).unwrap();
        let mut read: Recommendation = serde_json::from_str(&stored).unwrap();
        prop_assert!(read.recomputes());
        if !read.needs[0].picks.is_empty() {
            let gone = read.needs[0].picks[0].unit.clone();
            read.needs[0].considered.retain(|c| c.unit != gone);
            prop_assert!(!read.recomputes());
        }
    }
}
