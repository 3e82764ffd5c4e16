//! Warning as c.6(4) and Order 945 have it.

use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::classification::order240::Scale;
use crate::domain::decision::{By, Fault, Refusal};
use crate::domain::envelope::{
    WarningChannel, WarningOutcome, WarningRefusal, WarningRefusalCode, WarningReport, WarningStage,
    WarningTask,
};
use crate::domain::ids::{
    AccountName, DistributionId, IncidentId, ObligationId, RegionCode, ReportId, ServiceKey,
};
use crate::domain::mode::Mode;
use crate::domain::obligation::{Limits, ObligationBook, Status};
use crate::domain::quantities::Seconds;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_760_000_000 + seconds).unwrap()
}

fn officer() -> By {
    By::Person { account: AccountName::new("asel").unwrap() }
}

fn words(event: &str, instruction: &str) -> Words {
    Words { event: event.into(), instruction: instruction.into() }
}

fn warning_text() -> WarningText {
    WarningText {
        kk: words("Баршаның назарына! Сел қаупі төніп тұр.", "Биік жерге көтеріліңіз."),
        ru: words("Внимание всем! Угроза селя.", "Поднимитесь на возвышенное место."),
        en: None,
    }
}

fn audience() -> Audience {
    Audience { persons: true, organisations: true, whole_region: true, ..Audience::default() }
}

fn order(authority: Authority) -> OrderBasis {
    OrderBasis {
        authority,
        ordered_by: "K. Serikov".into(),
        reference: "by telephone, 12:40".into(),
        agreed_with: Some("akim E. Dosayev".into()),
    }
}

fn flood() -> WarningAbout {
    WarningAbout::Incident { incident: IncidentId(Uuid::from_u128(1)) }
}

fn find(scale: Option<Scale>) -> WarningCommand {
    WarningCommand::FindThreat {
        about: flood(),
        danger: Danger::LifeAndHealth,
        basis: "level of the lake over the dam".into(),
        scale,
    }
}

#[derive(Default)]
struct Desk {
    warnings: Warnings,
    book: ObligationBook,
    raised: u128,
    log: Vec<WarningEvent>,
}

impl Desk {
    fn threatened(scale: Option<Scale>) -> Self {
        let mut desk = Self::default();
        desk.ask(find(scale), 0, &officer()).unwrap();
        desk
    }

    fn ask(&mut self, command: WarningCommand, now: i64, by: &By) -> Result<usize, Refusal> {
        let events = self.warnings.decide(command, at(now), by)?;
        let mut draft = self.book.draft(Mode::Everyday);
        for what in self.warnings.consequences(&events) {
            draft.follow(what, &Limits::default(), || {
                self.raised += 1;
                ObligationId(Uuid::from_u128(self.raised))
            });
        }
        draft.into_events().iter().for_each(|e| self.book.apply(e));
        events.iter().for_each(|e| self.warnings.apply(e));
        let count = events.len();
        self.log.extend(events);
        Ok(count)
    }

    fn order(&mut self, order: OrderBasis) -> Result<usize, Refusal> {
        let command = WarningCommand::Order {
            warning: 1,
            order,
            text: warning_text(),
            audience: audience(),
            until: None,
        };
        self.ask(command, 60, &officer())
    }

    fn activate(&mut self, reason: &str) -> Result<usize, Refusal> {
        let command = WarningCommand::Activate {
            warning: 1,
            reason: reason.into(),
            text: warning_text(),
            audience: audience(),
            until: None,
        };
        self.ask(command, 60, &officer())
    }

    fn status(&self) -> WarningStatus {
        self.warnings.get(1).unwrap().status()
    }

    fn owed(&self) -> Vec<Status> {
        self.book.iter().map(|o| o.status).collect()
    }
}

#[test]
fn a_threat_to_life_or_health_obliges_to_decide_and_either_decision_meets_it() {
    let mut warned = Desk::threatened(Some(Scale::Local));
    assert_eq!(warned.owed(), [Status::Open]);
    warned.order(order(Authority::Akim)).unwrap();
    assert_eq!((warned.owed(), warned.status()), (vec![Status::Met], WarningStatus::Ordered));

    let mut activated = Desk::threatened(None);
    activated.activate("the wave arrives in 20 minutes").unwrap();
    assert_eq!(
        (activated.owed(), activated.status()),
        (vec![Status::Met], WarningStatus::AwaitsConfirmation)
    );

    let mut declined = Desk::threatened(None);
    let decline = |reason: &str| WarningCommand::Decline { warning: 1, reason: reason.into() };
    assert!(matches!(declined.ask(decline(" "), 9, &officer()), Err(Refusal::Invalid { .. })));
    declined.ask(decline("nobody lives below the dam"), 9, &officer()).unwrap();
    assert_eq!((declined.owed(), declined.status()), (vec![Status::Met], WarningStatus::Declined));
}

#[test]
fn each_scale_has_the_offices_that_may_order_a_warning() {
    use Authority as A;
    for (scale, may) in [
        (Scale::Object, A::ALL.to_vec()),
        (
            Scale::Local,
            vec![A::Akim, A::Commandant, A::HeadOfTerritorialBody, A::HeadOfAuthorisedBody, A::PrimeMinister],
        ),
        (Scale::Regional, vec![A::HeadOfAuthorisedBody, A::PrimeMinister]),
        (Scale::Global, vec![A::HeadOfAuthorisedBody, A::PrimeMinister]),
    ] {
        for authority in A::ALL {
            let ordered = Desk::threatened(Some(scale)).order(order(authority));
            assert_eq!(ordered.is_ok(), may.contains(&authority), "{scale:?} {authority:?}");
            if !may.contains(&authority) {
                assert!(matches!(ordered, Err(Refusal::Forbidden(_))));
            }
        }
    }
}

#[test]
fn some_offices_agree_the_order_first() {
    use Authority as A;
    for (scale, authority, needed) in [
        (Scale::Local, A::HeadOfTerritorialBody, true),
        (Scale::Local, A::Akim, false),
        (Scale::Regional, A::HeadOfAuthorisedBody, false),
        (Scale::Global, A::HeadOfAuthorisedBody, true),
        (Scale::Global, A::PrimeMinister, false),
    ] {
        let alone = OrderBasis { agreed_with: None, ..order(authority) };
        let ordered = Desk::threatened(Some(scale)).order(alone);
        assert_eq!(ordered.is_err(), needed, "{scale:?} {authority:?}");
        if needed {
            assert!(matches!(ordered, Err(Refusal::Invalid { field: "agreed_with", .. })));
        }
    }
}

#[test]
fn while_the_scale_is_unknown_nobody_can_be_named_who_may_order_but_the_officer_may_act() {
    let mut desk = Desk::threatened(None);
    assert!(matches!(desk.order(order(Authority::PrimeMinister)), Err(Refusal::Conflict(_))));
    desk.ask(WarningCommand::StateScale { warning: 1, scale: Scale::Regional }, 5, &officer()).unwrap();
    assert!(matches!(desk.order(order(Authority::Akim)), Err(Refusal::Forbidden(_))));
    desk.activate("minutes count").unwrap();
}

#[test]
fn the_duty_officer_acts_without_an_order_only_with_a_reason_and_is_confirmed_later() {
    let mut desk = Desk::threatened(Some(Scale::Local));
    assert!(matches!(desk.activate(""), Err(Refusal::Invalid { field: "reason", .. })));
    desk.activate("the wave arrives in 20 minutes").unwrap();
    assert!(
        matches!(desk.order(order(Authority::Akim)), Err(Refusal::Conflict(_))),
        "it is confirmed, not ordered"
    );
    let confirm = |authority| WarningCommand::Confirm { warning: 1, order: order(authority) };
    let low = desk.ask(confirm(Authority::OrganisationDispatcher), 70, &officer());
    assert!(matches!(low, Err(Refusal::Forbidden(_))));
    desk.ask(confirm(Authority::Akim), 80, &officer()).unwrap();
    assert_eq!(desk.status(), WarningStatus::Ordered);
    let case = desk.warnings.get(1).unwrap();
    assert!(case.activation.is_some() && case.order.is_some(), "both are kept");
}

#[test]
fn a_warning_that_the_leadership_does_not_confirm_ends_and_says_so() {
    let mut desk = Desk::threatened(Some(Scale::Local));
    desk.activate("minutes count").unwrap();
    let no = WarningCommand::Disapprove { warning: 1, reason: "akim: the sensor was broken".into() };
    desk.ask(no, 90, &officer()).unwrap();
    assert_eq!(desk.status(), WarningStatus::Ended);
    assert!(desk.warnings.get(1).unwrap().ended.as_ref().unwrap().disapproved);
    assert_eq!(desk.owed(), [Status::Met], "the warning was given: what was owed was done");
}

#[test]
fn a_warning_is_in_kazakh_and_in_russian_with_an_instruction() {
    let t = warning_text();
    let long = "а".repeat(4_001);
    for (field, text) in [
        ("text.kk", WarningText { kk: words("", "x"), ..t.clone() }),
        ("text.kk", WarningText { kk: t.ru.clone(), ..t.clone() }),
        ("text.ru", WarningText { ru: words("Сель", " "), ..t.clone() }),
        ("text.ru", WarningText { ru: words(&long, "x"), ..t.clone() }),
        ("text.en", WarningText { en: Some(words("Mudflow", "")), ..t.clone() }),
    ] {
        let command = WarningCommand::Activate {
            warning: 1,
            reason: "now".into(),
            text,
            audience: audience(),
            until: None,
        };
        match Desk::threatened(None).ask(command, 5, &officer()) {
            Err(Refusal::Invalid { field: named, .. }) => assert_eq!(named, field),
            other => panic!("{field}: {other:?}"),
        }
    }
}

#[test]
fn a_warning_is_for_somebody_somewhere() {
    for audience in [
        Audience { whole_region: true, ..Audience::default() },
        Audience { persons: true, organisations: true, ..Audience::default() },
    ] {
        let command = WarningCommand::Activate {
            warning: 1,
            reason: "now".into(),
            text: warning_text(),
            audience,
            until: None,
        };
        let refused = Desk::threatened(None).ask(command, 5, &officer());
        assert!(matches!(refused, Err(Refusal::Invalid { field: "audience", .. })));
    }
}

#[test]
fn a_report_of_monitoring_is_ground_enough_and_a_rule_may_find_the_threat_but_not_decide() {
    let mut desk = Desk::default();
    let command = WarningCommand::FindThreat {
        about: WarningAbout::Report { report: ReportId(Uuid::from_u128(4)) },
        danger: Danger::Life,
        basis: "earthquake of 6 points".into(),
        scale: None,
    };
    desk.ask(command, 0, &By::rule("seismic")).unwrap();
    let decline = WarningCommand::Decline { warning: 1, reason: "no".into() };
    assert_eq!(desk.ask(decline, 1, &By::rule("seismic")), Err(Refusal::PersonNeeded));
}

#[test]
fn one_threat_is_one_case_while_it_waits_and_a_new_one_after_it_was_decided() {
    let mut desk = Desk::threatened(None);
    assert!(matches!(desk.ask(find(None), 1, &officer()), Err(Refusal::Conflict(_))));
    desk.ask(WarningCommand::Decline { warning: 1, reason: "no".into() }, 2, &officer()).unwrap();
    desk.ask(find(None), 3, &officer()).unwrap();
    assert_eq!(desk.warnings.iter().count(), 2);
}

#[test]
fn at_local_scale_the_ministry_and_the_head_are_told_at_once() {
    let mut desk = Desk::threatened(Some(Scale::Local));
    assert_eq!(desk.warnings.get(1).unwrap().untold().count(), 0, "nobody was warned yet");
    desk.order(order(Authority::Akim)).unwrap();
    let tell = |whom| WarningCommand::RecordTold { warning: 1, whom };
    desk.ask(tell(ToTell::MinistryDutyOfficer), 61, &officer()).unwrap();
    assert_eq!(desk.warnings.get(1).unwrap().untold().collect::<Vec<_>>(), [ToTell::HeadOfTerritorialBody]);
    assert_eq!(desk.ask(tell(ToTell::MinistryDutyOfficer), 62, &officer()), Ok(0));
    let mut regional = Desk::threatened(Some(Scale::Regional));
    regional.order(order(Authority::PrimeMinister)).unwrap();
    assert!(matches!(
        regional.ask(tell(ToTell::MinistryDutyOfficer), 62, &officer()),
        Err(Refusal::Conflict(_))
    ));
}

#[test]
fn a_warning_ends_by_a_named_person_with_a_reason_and_stays_ended() {
    let mut desk = Desk::threatened(Some(Scale::Local));
    let end = |reason: &str| WarningCommand::End { warning: 1, reason: reason.into() };
    assert!(matches!(desk.ask(end("x"), 1, &officer()), Err(Refusal::Conflict(_))), "nobody was warned");
    desk.order(order(Authority::Akim)).unwrap();
    assert!(matches!(desk.ask(end(" "), 90, &officer()), Err(Refusal::Invalid { .. })));
    desk.ask(end("the water fell"), 90, &officer()).unwrap();
    assert!(matches!(desk.ask(end("again"), 91, &officer()), Err(Refusal::Conflict(_))));
    assert!(matches!(
        desk.ask(WarningCommand::End { warning: 7, reason: "x".into() }, 92, &officer()),
        Err(Refusal::NotFound { .. })
    ));
}

#[test]
fn cases_that_are_over_leave_memory_and_numbers_go_on_from_the_count() {
    let mut desk = Desk::threatened(None);
    desk.ask(WarningCommand::Decline { warning: 1, reason: "no".into() }, 2, &officer()).unwrap();
    desk.ask(find(None), 3, &officer()).unwrap();
    desk.warnings.retire(at(2));
    assert_eq!(desk.warnings.iter().count(), 2, "over at that moment, not before it");
    desk.warnings.retire(at(1_000_000));
    assert_eq!(
        desk.warnings.iter().map(|case| case.number).collect::<Vec<_>>(),
        [2],
        "what waits never leaves"
    );
    desk.ask(WarningCommand::Decline { warning: 2, reason: "no".into() }, 4, &officer()).unwrap();
    desk.warnings.retire(at(1_000_000));
    let mut restored = Warnings::default();
    restored.go_on_from(desk.warnings.last());
    assert_eq!(restored, desk.warnings);
    desk.ask(find(None), 5, &officer()).unwrap();
    assert_eq!(desk.warnings.iter().map(|case| case.number).collect::<Vec<_>>(), [3]);
}

proptest! {
    #[test]
    fn replaying_the_events_gives_the_same_warnings(steps in prop::collection::vec((0..9_u8, 0..4_u8), 0..40)) {
        let mut desk = Desk::default();
        for (n, (act, x)) in steps.into_iter().enumerate() {
            let warning = u32::from(x) + 1;
            let scale = Scale::ALL[usize::from(x)];
            let (text, audience, order) = (warning_text(), audience(), order(Authority::PrimeMinister));
            let command = match act {
                0 | 1 => find((act == 0).then_some(scale)),
                2 => WarningCommand::StateScale { warning, scale },
                3 => WarningCommand::Order { warning, order, text, audience, until: None },
                4 => WarningCommand::Activate { warning, reason: "now".into(), text, audience, until: None },
                5 => WarningCommand::Confirm { warning, order },
                6 => WarningCommand::Decline { warning, reason: "no".into() },
                7 => WarningCommand::RecordTold { warning, whom: ToTell::HeadOfTerritorialBody },
                _ => WarningCommand::End { warning, reason: "over".into() },
            };
            let _ = desk.ask(command, n as i64, &officer());
        }
        let mut replayed = Warnings::default();
        for event in &desk.log {
            replayed.apply(&serde_json::from_str(&serde_json::to_string(event).unwrap()).unwrap());
        }
        prop_assert_eq!(&replayed, &desk.warnings);
        let mut kept = Warnings::default();
        for case in desk.warnings.iter() {
            kept.adopt(serde_json::from_str(&serde_json::to_string(case).unwrap()).unwrap());
        }
        prop_assert_eq!(kept, replayed, "each case has a row of its own");
        for case in desk.warnings.iter() {
            prop_assert!(case.declined.is_none() || (case.order.is_none() && case.activation.is_none()));
            prop_assert!(case.text.is_some() == (case.order.is_some() || case.activation.is_some()));
        }
    }
}

fn operator() -> By {
    By::Service { region: RegionCode::new(75).unwrap(), service: key("telecom") }
}

fn key(service: &str) -> ServiceKey {
    ServiceKey::new(service).unwrap()
}

fn sent(version: u32, task: WarningTask, now: i64) -> WarningEvent {
    let services = [key("telecom"), key("telecom-mobile")].into();
    let sending = Sending { message: DistributionId(Uuid::from_u128(version.into())), services, task };
    let stage = if version == 1 { WarningStage::Issued } else { WarningStage::Updated };
    let sent = SentVersion { version, stage, sendings: vec![sending], at: at(now) };
    WarningEvent::Sent { warning: 1, sent: Box::new(sent) }
}

fn given_out(version: u32, now: i64) -> WarningReport {
    WarningReport {
        warning: 1,
        version,
        outcome: WarningOutcome::Transmitted,
        at: at(now),
        channel: Some(WarningChannel::Sms),
        reached: Some(9),
        reason: None,
    }
}

fn refused(version: u32, now: i64) -> WarningReport {
    let reason = Some(WarningRefusal { code: WarningRefusalCode::NoCoverage, text: String::new() });
    let outcome = WarningOutcome::Refused;
    WarningReport { outcome, channel: None, reached: None, reason, ..given_out(version, now) }
}

fn report(report: WarningReport) -> WarningCommand {
    WarningCommand::Report { service: key("telecom"), report, exercise: Some(false) }
}

fn by_telephone(report: WarningReport) -> WarningCommand {
    WarningCommand::Report { service: key("telecom-mobile"), report, exercise: None }
}

#[test]
fn an_operator_reports_what_it_was_asked_to_give_out_in_its_own_name_and_an_officer_what_it_heard() {
    let mut desk = Desk::threatened(Some(Scale::Local));
    desk.order(order(Authority::Akim)).unwrap();
    let early = desk.ask(report(given_out(1, 70)), 70, &operator());
    assert!(matches!(early, Err(Refusal::Forbidden(_))), "nothing was sent: {early:?}");
    desk.warnings.apply(&sent(1, WarningTask::Transmit, 61));
    let other = By::Service { region: RegionCode::new(75).unwrap(), service: key("police") };
    assert!(matches!(desk.ask(report(given_out(1, 70)), 70, &other), Err(Refusal::Forbidden(_))));
    let exercise =
        WarningCommand::Report { service: key("telecom"), report: given_out(1, 70), exercise: Some(true) };
    assert!(matches!(desk.ask(exercise, 70, &operator()), Err(Refusal::Conflict(_))), "c.18: marked as such");
    for (wrong, at_fault) in [
        (WarningReport { channel: None, ..given_out(1, 70) }, ("channel", Fault::Value)),
        (WarningReport { reason: None, ..refused(1, 70) }, ("reason", Fault::NoReason)),
        (given_out(1, 900), ("at", Fault::Ahead)),
        (given_out(1, -900), ("at", Fault::OutOfOrder)),
    ] {
        let answer = desk.ask(report(wrong), 70, &operator());
        assert!(
            matches!(answer, Err(Refusal::Invalid { field, fault, .. }) if (field, fault) == at_fault),
            "{at_fault:?}: {answer:?}"
        );
    }
    assert_eq!(desk.ask(report(given_out(1, 70)), 70, &operator()).unwrap(), 1);
    assert_eq!(desk.ask(report(given_out(1, 70)), 75, &operator()).unwrap(), 0, "once");
    assert_eq!(desk.ask(by_telephone(refused(1, 80)), 90, &officer()).unwrap(), 1);
    let case = desk.warnings.get(1).unwrap();
    assert_eq!(case.outcome_at(&key("telecom")), Some(WarningOutcome::Transmitted));
    assert_eq!(case.outcome_at(&key("telecom-mobile")), Some(WarningOutcome::Refused));
    assert_eq!(case.reports[1].recorded_by, AccountName::new("asel").ok());
}

#[test]
fn a_warning_that_nobody_gives_out_is_late_once_for_each_version_and_at_once_when_all_refuse() {
    let late = |desk: &mut Desk, now: i64| -> Vec<u32> {
        let events = desk.warnings.not_given_out(Seconds(300), at(now));
        events.iter().for_each(|event| desk.warnings.apply(event));
        let versions = events.iter().filter_map(|event| match event {
            WarningEvent::NotGivenOut { version, .. } => Some(*version),
            _ => None,
        });
        versions.collect()
    };
    let none: Vec<u32> = Vec::new();
    let mut desk = Desk::threatened(Some(Scale::Local));
    desk.order(order(Authority::Akim)).unwrap();
    assert_eq!(late(&mut desk, 9_000), none, "of before anything was sent nobody waits for an operator");
    desk.warnings.apply(&sent(1, WarningTask::Transmit, 60));
    assert_eq!([late(&mut desk, 359), late(&mut desk, 360), late(&mut desk, 400)], [vec![], vec![1], vec![]]);
    desk.warnings.apply(&sent(2, WarningTask::Inform, 410));
    assert_eq!(late(&mut desk, 9_000), none, "what only informs is not given out");
    desk.warnings.apply(&sent(3, WarningTask::Transmit, 500));
    desk.ask(report(refused(3, 510)), 510, &operator()).unwrap();
    assert_eq!(late(&mut desk, 511), none, "another may");
    desk.ask(by_telephone(refused(3, 512)), 512, &officer()).unwrap();
    assert_eq!(late(&mut desk, 513), [3]);
    desk.ask(report(given_out(1, 520)), 520, &operator()).unwrap();
    assert!(!desk.warnings.get(1).unwrap().is_given_out(), "the old words are not the new ones");
    desk.ask(report(given_out(3, 520)), 520, &operator()).unwrap();
    assert!(desk.warnings.get(1).unwrap().is_given_out());
    desk.warnings.apply(&sent(4, WarningTask::Rehearse, 600));
    desk.ask(WarningCommand::End { warning: 1, reason: "over".into() }, 610, &officer()).unwrap();
    assert_eq!(late(&mut desk, 9_000), none, "one that has ended waits for nobody");
}

#[test]
fn a_running_warning_is_changed_with_a_reason_and_its_end_may_be_set() {
    let mut desk = Desk::threatened(Some(Scale::Local));
    let change = |reason: &str, until| WarningCommand::Change {
        warning: 1,
        reason: reason.into(),
        text: warning_text(),
        audience: audience(),
        until,
    };
    assert!(matches!(desk.ask(change("worse", None), 50, &officer()), Err(Refusal::Conflict(_))));
    desk.order(order(Authority::Akim)).unwrap();
    let silent = desk.ask(change(" ", None), 70, &officer());
    assert!(matches!(silent, Err(Refusal::Invalid { field: "reason", .. })), "{silent:?}");
    let past = desk.ask(change("worse", Some(at(10))), 70, &officer());
    assert!(matches!(past, Err(Refusal::Invalid { field: "until", .. })), "{past:?}");
    desk.ask(change("worse", Some(at(900))), 70, &officer()).unwrap();
    let case = desk.warnings.get(1).unwrap();
    assert_eq!((case.until, case.status()), (Some(at(900)), WarningStatus::Ordered));
    assert_eq!(case.changed.as_ref().map(|c| c.reason.as_str()), Some("worse"));
    desk.warnings.apply(&sent(1, WarningTask::Transmit, 70));
    assert_eq!(desk.warnings.not_given_out(Seconds(300), at(1_000)), [], "its time is over");
}
