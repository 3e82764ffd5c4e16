//! Modes as clause 5 has them.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::classification::order240::Scale;
use crate::domain::decision::Refusal;
use crate::domain::envelope::Nature;
use crate::domain::ids::{AccountName, DistrictCode, IncidentId, ObligationId, ReportId, ServiceKey, ZoneId};
use crate::domain::obligation::{Consequence, Debtor, Limits, ObligationBook, ObligationKind as K, Status};
use crate::domain::service_kind;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_760_000_000 + seconds).unwrap()
}

fn akim() -> AccountName {
    AccountName::new("head.of.territorial.body").unwrap()
}

fn order() -> ModeOrder {
    ModeOrder {
        reason: "flood expected".into(),
        legal_reference: "decision of the akim No. 12 of 2025-10-09".into(),
        ordered_by: None,
        from: None,
        until: None,
        zone: None,
        part: None,
        exercise: false,
    }
}

fn in_mode(mode: Mode) -> ModeState {
    let mut state = ModeState::default();
    if mode != Mode::Everyday {
        declare(&mut state, mode, order(), at(0));
    }
    state
}

fn declare(state: &mut ModeState, mode: Mode, order: ModeOrder, now: Timestamp) {
    for event in state.decide(ModeCommand::Declare { mode, order }, now, &akim()).unwrap() {
        state.apply(&event);
    }
}

fn services() -> Vec<ServiceKey> {
    service_kind::all().iter().map(|k| k.key.clone()).collect()
}

#[test]
fn each_mode_has_its_sub_clause_and_its_key() {
    for (mode, key, clause) in [
        (Mode::Everyday, "everyday", "112-R c.5(1)"),
        (Mode::HighReadiness, "high_readiness", "112-R c.5(2)"),
        (Mode::Emergency, "emergency", "112-R c.5(3)"),
    ] {
        assert_eq!(serde_json::to_value(mode).unwrap(), key);
        assert_eq!((mode.as_str(), mode.clause()), (key, clause));
    }
}

#[test]
fn a_region_is_in_everyday_mode_until_another_is_declared() {
    assert_eq!(ModeState::default().current(), Mode::Everyday);
    assert_eq!(ModeState::default().gravest(), Mode::Everyday);
}

#[test]
fn every_mode_may_follow_every_other_and_none_itself() {
    for from in Mode::ALL {
        for to in Mode::ALL {
            let state = in_mode(from);
            let decided = state.decide(ModeCommand::Declare { mode: to, order: order() }, at(60), &akim());
            if from == to {
                assert!(matches!(decided, Err(Refusal::Conflict(_))), "{from:?} twice");
                continue;
            }
            let mut after = state.clone();
            decided.unwrap().iter().for_each(|e| after.apply(e));
            assert_eq!(after.current(), to, "{from:?} to {to:?}");
            assert_eq!(after.periods().len(), state.periods().len() + 1, "history is kept");
            assert_eq!(after.in_force().count(), 1);
        }
    }
}

#[test]
fn a_mode_is_declared_only_with_a_reason_a_legal_reference_and_possible_times() {
    let refused = [
        ("reason", ModeOrder { reason: " ".into(), ..order() }),
        ("legal_reference", ModeOrder { legal_reference: String::new(), ..order() }),
        ("from", ModeOrder { from: Some(at(61)), ..order() }),
        ("from", ModeOrder { from: Some(at(-400 * 86_400)), ..order() }),
        ("until", ModeOrder { until: Some(at(60)), ..order() }),
        ("part", ModeOrder { part: Some(Part::default()), ..order() }),
    ];
    for (field, order) in refused {
        let command = ModeCommand::Declare { mode: Mode::Emergency, order };
        match ModeState::default().decide(command, at(60), &akim()) {
            Err(Refusal::Invalid { field: named, .. }) => assert_eq!(named, field),
            other => panic!("{field}: {other:?}"),
        }
    }
}

#[test]
fn a_declaration_may_begin_before_its_signing() {
    let mut state = ModeState::default();
    declare(&mut state, Mode::Emergency, ModeOrder { from: Some(at(-86_400)), ..order() }, at(0));
    let period = state.period(1).unwrap();
    assert_eq!((period.began, period.declared_at), (at(-86_400), at(0)));
}

#[test]
fn a_part_has_a_mode_of_its_own_and_the_region_keeps_its() {
    let district = DistrictCode::new("751110000").unwrap();
    let part = Part { districts: [district.clone()].into(), subsystem: None };
    let mut state = ModeState::default();
    declare(&mut state, Mode::Emergency, ModeOrder { part: Some(part.clone()), ..order() }, at(0));
    assert_eq!((state.current(), state.gravest()), (Mode::Everyday, Mode::Emergency));
    assert_eq!(state.in_district(&district), Mode::Emergency);
    assert_eq!(state.in_district(&DistrictCode::new("752110000").unwrap()), Mode::Everyday);
    declare(&mut state, Mode::Everyday, ModeOrder { part: Some(part), ..order() }, at(10));
    assert_eq!(state.gravest(), Mode::Everyday);
}

#[test]
fn the_zone_and_the_end_of_a_mode_are_amended_without_declaring_it_again() {
    let mut state = in_mode(Mode::HighReadiness);
    let zone = Some(ZoneId(Uuid::from_u128(1)));
    let amend = |period, until| ModeCommand::Amend { period, zone, until, reason: "river rises".into() };
    for event in state.decide(amend(1, Some(at(900))), at(60), &akim()).unwrap() {
        state.apply(&event);
    }
    let period = state.period(1).unwrap();
    assert_eq!((period.zone, period.until, period.amendments.len()), (zone, Some(at(900)), 1));
    assert!(matches!(state.decide(amend(7, None), at(60), &akim()), Err(Refusal::NotFound { .. })));
    assert!(matches!(state.decide(amend(1, Some(at(5))), at(60), &akim()), Err(Refusal::Invalid { .. })));
    declare(&mut state, Mode::Everyday, order(), at(100));
    assert!(matches!(state.decide(amend(1, None), at(120), &akim()), Err(Refusal::Conflict(_))));
}

fn who(debtor: &Debtor) -> String {
    match debtor {
        Debtor::DutyOfficer => "officer".into(),
        Debtor::Service { service, .. } => service.to_string(),
    }
}

/// What a change does, as `effect kind: who, who`.
fn told(from: Mode, to: Mode) -> Vec<String> {
    let mut lines: Vec<(Effect, K, Vec<String>)> = Vec::new();
    for p in preview(from, to, &services(), &Limits::default(), at(0)) {
        match lines.last_mut() {
            Some(last) if (last.0, last.1) == (p.effect, p.id) => last.2.push(who(&p.debtor)),
            _ => lines.push((p.effect, p.id, vec![who(&p.debtor)])),
        }
    }
    lines.iter().map(|(e, k, w)| format!("{e:?} {}: {}", k.as_str(), w.join(" "))).collect()
}

#[test]
fn every_change_of_mode_touches_exactly_the_obligations_of_clause_5() {
    use Mode::{Emergency as E, Everyday as D, HighReadiness as H};
    const SIX: &str = "police ambulance air_ambulance aviation_sar utilities fire_rescue";
    const EIGHT: &str = "police ambulance air_ambulance security aviation_sar utilities telecom fire_rescue";
    let readiness = vec!["Raises O-04: officer".to_owned(), format!("Raises O-07: {SIX}")];
    let situation = vec!["Awaits O-05: officer".to_owned(), format!("Awaits O-06: {EIGHT}")];
    let forces = vec![
        "Awaits O-08: officer".to_owned(),
        "Awaits O-09: officer".to_owned(),
        "Awaits O-10: officer".to_owned(),
        format!("Awaits O-11a: {SIX}"),
        format!("Awaits O-11b: {SIX}"),
        format!("Awaits O-11c: {SIX}"),
    ];
    let ends = vec![
        "Ends O-04: officer".to_owned(),
        "Ends O-05: officer".to_owned(),
        format!("Ends O-06: {EIGHT}"),
        format!("Ends O-07: {SIX}"),
    ];
    for (from, to, expected) in [
        (D, H, [readiness.clone(), situation.clone()].concat()),
        (D, E, [vec![format!("Raises O-07: {SIX}")], situation, forces.clone()].concat()),
        (H, E, forces),
        (H, D, ends.clone()),
        (E, H, readiness),
        (E, D, ends),
    ] {
        assert_eq!(told(from, to), expected, "{from:?} to {to:?}");
    }
    for same in Mode::ALL {
        assert_eq!(told(same, same), Vec::<String>::new());
    }
}

#[test]
fn a_preview_says_until_when_and_whose_limit_it_is() {
    let limits = Limits::default();
    let all = preview(Mode::Everyday, Mode::HighReadiness, &services(), &limits, at(0));
    for p in all {
        assert_eq!(p.due.is_some(), p.effect == Effect::Raises);
        assert_eq!(p.limit, limits.of(p.id));
        assert_eq!(p.clause, p.id.clause());
    }
}

/// Declares a mode and carries out what follows for the obligations, as the hub does.
fn enter(state: &mut ModeState, book: &mut ObligationBook, mode: Mode, order: ModeOrder, now: Timestamp) {
    let events = state.decide(ModeCommand::Declare { mode, order }, now, &akim()).unwrap();
    let mut draft = book.draft(state.gravest());
    let fresh = book.iter().map(|o| o.id.0.as_u128()).max().unwrap_or_default() + 1..;
    for (n, what) in fresh.zip(state.consequences(&events, &services())) {
        draft.follow(what, &Limits::default(), || ObligationId(Uuid::from_u128(n)));
    }
    draft.into_events().iter().for_each(|e| book.apply(e));
    events.iter().for_each(|e| state.apply(e));
}

#[test]
fn what_the_preview_shows_is_what_the_declaration_raises_and_ends() {
    for from in Mode::ALL {
        for to in Mode::ALL.into_iter().filter(|to| *to != from) {
            let (mut state, mut book) = (ModeState::default(), ObligationBook::default());
            if from != Mode::Everyday {
                enter(&mut state, &mut book, from, order(), at(0));
            }
            let owed_before: Vec<_> = book.owed().map(|o| o.id).collect();
            enter(&mut state, &mut book, to, order(), at(60));
            let mut raised: Vec<_> = book
                .owed()
                .filter(|o| !owed_before.contains(&o.id))
                .map(|o| (o.claim.kind, who(&o.claim.debtor), o.due))
                .collect();
            let mut shown: Vec<_> = preview(from, to, &services(), &Limits::default(), at(60))
                .into_iter()
                .filter_map(|p| p.due.map(|due| (p.id, who(&p.debtor), due)))
                .collect();
            raised.sort();
            shown.sort();
            assert_eq!(raised, shown, "{from:?} to {to:?}");
            let ended = book.iter().filter(|o| o.status == Status::Cancelled).count();
            let expected = if to == Mode::Everyday { owed_before.len() } else { 0 };
            assert_eq!(ended, expected, "{from:?} to {to:?}");
        }
    }
}

#[test]
fn a_part_that_returns_to_everyday_lets_off_only_what_it_demanded() {
    let part = |code| Some(Part { districts: [DistrictCode::new(code).unwrap()].into(), subsystem: None });
    let (mut state, mut book) = (ModeState::default(), ObligationBook::default());
    let high = Mode::HighReadiness;
    enter(&mut state, &mut book, high, ModeOrder { part: part("751110000"), ..order() }, at(0));
    enter(&mut state, &mut book, high, ModeOrder { part: part("752110000"), ..order() }, at(1));
    assert_eq!(book.owed().count(), 14);
    let calm = ModeOrder { part: part("751110000"), ..order() };
    enter(&mut state, &mut book, Mode::Everyday, calm, at(2));
    assert_eq!(book.owed().count(), 7);
    assert_eq!(state.gravest(), high);
}

fn monitoring(degree: u8) -> Observation {
    Observation::Monitoring { report: ReportId(Uuid::from_u128(1)), nature: Nature::Other, degree }
}

fn emergency(scale: Scale) -> Observation {
    Observation::Emergency { incident: IncidentId(Uuid::from_u128(1)), scale }
}

#[test]
fn no_mode_is_proposed_that_is_in_force_already() {
    let settings = ModeSettings { open_incidents: Some(1), ..ModeSettings::default() };
    for seen in [emergency(Scale::Global), monitoring(4), Observation::OpenIncidents(9)] {
        assert_eq!(in_mode(Mode::Emergency).propose(&seen, &settings, at(1)), [], "{seen:?}");
    }
}

#[test]
fn the_hub_proposes_by_its_rules_and_never_declares() {
    let settings = ModeSettings { open_incidents: Some(10), ..ModeSettings::default() };
    for (seen, mode) in [
        (Observation::OpenIncidents(9), None),
        (Observation::OpenIncidents(10), Some(Mode::HighReadiness)),
        (emergency(Scale::Object), None),
        (emergency(Scale::Local), Some(Mode::Emergency)),
        (emergency(Scale::Global), Some(Mode::Emergency)),
        (monitoring(2), None),
        (monitoring(3), Some(Mode::HighReadiness)),
        (Observation::Time, None),
    ] {
        let mut state = ModeState::default();
        let events = state.propose(&seen, &settings, at(0));
        events.iter().for_each(|e| state.apply(e));
        assert_eq!(state.open_proposals().map(|p| p.mode).next(), mode, "{seen:?}");
        assert_eq!(state.current(), Mode::Everyday, "a proposal changes no mode");
    }
}

#[test]
fn a_rule_that_waits_for_an_answer_or_was_declined_lately_is_silent_until_its_figures_grow() {
    let settings = ModeSettings::default();
    let mut state = ModeState::default();
    let propose = |state: &mut ModeState, degree, now| {
        let events = state.propose(&monitoring(degree), &settings, now);
        events.iter().for_each(|e| state.apply(e));
        events.len()
    };
    assert_eq!(propose(&mut state, 3, at(0)), 1);
    assert_eq!(propose(&mut state, 4, at(1)), 0, "the same rule waits for an answer");
    let decline = ModeCommand::Decline { proposal: 1, reason: "sensor fault".into() };
    for event in state.decide(decline.clone(), at(2), &akim()).unwrap() {
        state.apply(&event);
    }
    assert_eq!(propose(&mut state, 3, at(60)), 0, "declined lately");
    assert_eq!(propose(&mut state, 4, at(61)), 1, "graver than what was declined");
    assert!(matches!(state.decide(decline, at(62), &akim()), Err(Refusal::Conflict(_))));
    let empty = ModeCommand::Decline { proposal: 2, reason: String::new() };
    assert!(matches!(state.decide(empty, at(62), &akim()), Err(Refusal::Invalid { .. })));
}

#[test]
fn a_lesser_mode_leaves_the_proposal_of_a_graver_one_open_and_who_ordered_it_has_a_name() {
    let settings = ModeSettings { emergency_scale: Some(Scale::Regional), ..ModeSettings::default() };
    let mut state = ModeState::default();
    let graver = Observation::Emergency { incident: IncidentId(Uuid::nil()), scale: Scale::Regional };
    for seen in [monitoring(3), graver] {
        for event in state.propose(&seen, &settings, at(0)) {
            state.apply(&event);
        }
    }
    assert_eq!(state.open_proposals().count(), 2);
    let nameless = ModeOrder { ordered_by: Some("  ".into()), ..order() };
    let refused =
        state.decide(ModeCommand::Declare { mode: Mode::HighReadiness, order: nameless }, at(4), &akim());
    assert!(matches!(refused, Err(Refusal::Invalid { .. })), "{refused:?}");
    declare(&mut state, Mode::HighReadiness, order(), at(5));
    let open: Vec<Mode> = state.open_proposals().map(|p| p.mode).collect();
    assert_eq!(open, [Mode::Emergency], "whether it is an emergency is still asked");
}

#[test]
fn a_confirmed_proposal_is_a_declaration_by_a_named_person_and_answers_the_other_proposals() {
    let settings = ModeSettings { open_incidents: Some(1), ..ModeSettings::default() };
    let mut state = ModeState::default();
    for seen in [monitoring(3), Observation::OpenIncidents(5)] {
        for event in state.propose(&seen, &settings, at(0)) {
            state.apply(&event);
        }
    }
    let confirm = ModeCommand::Confirm { proposal: 1, order: order() };
    for event in state.decide(confirm, at(5), &akim()).unwrap() {
        state.apply(&event);
    }
    let period = state.period(1).unwrap();
    assert_eq!((period.mode, period.proposal, &period.declared_by), (Mode::HighReadiness, Some(1), &akim()));
    assert_eq!(state.open_proposals().count(), 0);
    let kinds: Vec<_> = state.proposals().iter().map(|p| p.outcome.clone().unwrap()).collect();
    assert!(matches!(
        kinds.as_slice(),
        [ProposalOutcome::Confirmed { period: 1, .. }, ProposalOutcome::Lapsed { .. }]
    ));
}

#[test]
fn a_mode_does_not_end_by_itself_its_end_is_proposed_once() {
    let mut state = ModeState::default();
    declare(&mut state, Mode::Emergency, ModeOrder { until: Some(at(100)), ..order() }, at(0));
    let settings = ModeSettings::default();
    assert_eq!(state.propose(&Observation::Time, &settings, at(99)), []);
    let events = state.propose(&Observation::Time, &settings, at(100));
    events.iter().for_each(|e| state.apply(e));
    assert_eq!(state.current(), Mode::Emergency);
    assert_eq!(state.open_proposals().map(|p| p.mode).collect::<Vec<_>>(), [Mode::Everyday]);
    assert_eq!(state.propose(&Observation::Time, &settings, at(200)), []);
}

#[test]
fn settings_with_a_threshold_of_zero_are_refused() {
    let bad = ModeSettings { open_incidents: Some(0), ..ModeSettings::default() };
    assert!(matches!(bad.check(), Err(Refusal::Invalid { field: "modes.open_incidents", .. })));
    let rule = MonitoringRule { nature: None, degree: 0, mode: Mode::Emergency };
    let bad = ModeSettings { monitoring: vec![rule], ..ModeSettings::default() };
    assert!(matches!(bad.check(), Err(Refusal::Invalid { field: "modes.monitoring", .. })));
    assert_eq!(ModeSettings::default().check(), Ok(()));
}

proptest! {
    #[test]
    fn replaying_the_events_gives_the_same_modes(steps in prop::collection::vec((0..5_u8, 0..5_u8), 0..40)) {
        let (mut state, mut log) = (ModeState::default(), Vec::new());
        let settings = ModeSettings { open_incidents: Some(2), ..ModeSettings::default() };
        let mut now = at(0);
        for (act, n) in steps {
            now = now.checked_add(SignedDuration::from_mins(7)).unwrap();
            let part = (n % 2 == 1).then(|| Part { subsystem: Some("health".into()), ..Part::default() });
            let order = ModeOrder { part, until: Some(now.checked_add(SignedDuration::from_mins(10)).unwrap()), ..order() };
            let events = match act {
                0 | 1 => state.decide(ModeCommand::Declare { mode: Mode::ALL[usize::from(n) % 3], order }, now, &akim()).unwrap_or_default(),
                2 => state.propose(&monitoring(n), &settings, now),
                3 => state.propose(&Observation::Time, &settings, now),
                _ => state.decide(ModeCommand::Decline { proposal: u32::from(n), reason: "no".into() }, now, &akim()).unwrap_or_default(),
            };
            for event in events {
                state.apply(&event);
                log.push(event);
            }
            prop_assert!(state.in_force().filter(|p| p.order.part.is_none()).count() <= 1);
        }
        let mut replayed = ModeState::default();
        for event in &log {
            replayed.apply(&serde_json::from_str(&serde_json::to_string(event).unwrap()).unwrap());
        }
        prop_assert_eq!(&replayed, &state);
        let kept: ModeState = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
        prop_assert_eq!(kept, state);
    }
}

#[test]
fn a_consequence_names_who_ended_what() {
    let state = in_mode(Mode::HighReadiness);
    let events =
        state.decide(ModeCommand::Declare { mode: Mode::Everyday, order: order() }, at(9), &akim()).unwrap();
    let all = state.consequences(&events, &services());
    assert!(all.iter().any(|c| matches!(c, Consequence::EndPeriod { period: 1, by, .. } if *by == akim())));
    assert!(all.iter().any(|c| matches!(c, Consequence::EnterMode { mode: Mode::Everyday, .. })));
}
