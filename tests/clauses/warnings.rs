//! A warning of the public leaves the hub: to whom, with what, and what happens when nobody gives it to people.

use hub112::domain::classification::legal::Standing;
use hub112::domain::classification::order240::Scale;
use hub112::domain::command::{RegionCommand, Territory};
use hub112::domain::decision::Refusal;
use hub112::domain::envelope::{
    HubContent, Kind, Warning, WarningChannel, WarningOutcome, WarningReport, WarningStage, WarningTask,
};
use hub112::domain::ids::{DistributionId, IncidentId, ZoneId};
use hub112::domain::message::Message;
use hub112::domain::mode::Mode;
use hub112::domain::notice::About;
use hub112::domain::obligation::{ObligationKind as K, Status};
use hub112::domain::quantities::{Metres, Point};
use hub112::domain::region::{Answer, Decision, NewZone};
use hub112::domain::service_kind;
use hub112::domain::warning::{Audience, Authority, OrderBasis, WarningAbout, WarningCommand, WarningText};
use hub112::domain::zone::ZonePolygon;

use super::hub::{Hub, agency, key, officer};

/// An emergency of local scale about which it is to be decided whether to warn: its card and the case's number.
fn threatened(hub: &mut Hub, exercise: bool) -> (IncidentId, u32) {
    let message =
        Message { exercise, ..hub.message("Утечка хлора на станции", Some("explosion")) };
    let (incident, _) = hub.receive(message, Territory::default());
    let scale = RegionCommand::SetScale { incident, scale: Scale::Local, basis: "one district".into() };
    hub.person(scale);
    hub.identify(incident, Standing::Emergency);
    let about = WarningAbout::Incident { incident };
    (incident, hub.state.warnings().running_about(about).next().expect("a case").number)
}

fn zone(hub: &mut Hub, incident: Option<IncidentId>) -> ZoneId {
    let polygon = ZonePolygon::around(Point::new(43.25, 76.92).unwrap(), Metres::saturating(900.0)).unwrap();
    let zone = NewZone { name: "Cloud".into(), mode: Mode::Emergency, polygon, incident, exercise: false };
    let Answer::Made(id) = hub.person(RegionCommand::DrawZone(Box::new(zone))).answer else { panic!() };
    ZoneId(id)
}

fn words(event: &str) -> WarningText {
    let of = |event: &str| {
        serde_json::from_value(serde_json::json!({"event": event, "instruction": "Закройте окна"})).unwrap()
    };
    WarningText { kk: of("Баршаның назарына! Хлор."), ru: of(event), en: None }
}

fn order() -> OrderBasis {
    OrderBasis {
        authority: Authority::HeadOfTerritorialBody,
        ordered_by: "K. Serikov".into(),
        reference: "by telephone, 12:40".into(),
        agreed_with: Some("the akim".into()),
    }
}

fn within(zone: ZoneId) -> Audience {
    Audience { persons: true, zone: Some(zone), ..Audience::default() }
}

fn activate(warning: u32, zone: ZoneId) -> RegionCommand {
    RegionCommand::Warning(WarningCommand::Activate {
        warning,
        reason: "the cloud moves".into(),
        text: words("Внимание всем! Хлор."),
        audience: within(zone),
        until: None,
    })
}

type Told = (DistributionId, Kind, Option<DistributionId>, Warning);

/// What a decision tells a service of a warning: the message, what it does, which one it answers, and what it says.
fn warned(decision: &Decision, service: &str) -> Told {
    let to = decision.outbound.iter().filter(|o| o.recipients.iter().any(|r| r.service == key(service)));
    let warnings = to.filter_map(|o| match &o.content {
        HubContent::Warning(w) => Some((o.distribution, o.kind, o.references, w.as_ref().clone())),
        _ => None,
    });
    let [one]: [Told; 1] = warnings.collect::<Vec<_>>().try_into().expect("one message");
    one
}

fn transmitted(warning: u32, version: u32, hub: &Hub) -> WarningReport {
    WarningReport {
        warning,
        version,
        outcome: WarningOutcome::Transmitted,
        at: hub.now,
        channel: Some(WarningChannel::CellBroadcast),
        reached: None,
        reason: None,
    }
}

fn report(report: WarningReport, exercise: bool) -> RegionCommand {
    let (service, exercise) = (key("telecom"), Some(exercise));
    RegionCommand::Warning(WarningCommand::Report { service, report, exercise })
}

#[test]
fn a_warning_goes_to_the_operators_to_be_given_out_and_to_every_other_service_for_information() {
    let mut hub = Hub::new();
    let (incident, warning) = threatened(&mut hub, false);
    let zone = zone(&mut hub, Some(incident));
    let unknown = hub.ask(activate(warning, ZoneId(uuid::Uuid::from_u128(5))), officer());
    assert!(matches!(unknown, Err(Refusal::NotFound { .. })), "{unknown:?}");

    let issued = hub.person(activate(warning, zone));
    assert_eq!(hub.of(K::O12), [Status::Met], "c.6(4): the decision of the officer meets it");
    let (first, kind, answered, said) = warned(&issued, "telecom");
    assert_eq!(kind, Kind::Report);
    assert_eq!(answered, None);
    assert_eq!((said.version, said.stage, said.task), (1, WarningStage::Issued, WarningTask::Transmit));
    assert!(said.area.zone.as_ref().is_some_and(|z| z.zone_id == zone && z.outline.0.len() > 60));
    assert_eq!(said.basis.clause, "112-R c.6(4); Order 945 c.21 ¶4");
    assert_eq!(said.basis.could_not_wait.as_deref(), Some("the cloud moves"));
    assert!(said.incident_number.is_some() && said.category_names.is_some());
    assert_eq!(said.texts.ru.event, "Внимание всем! Хлор.");
    assert_eq!((said.from, said.until), (hub.now, None));
    for kind in service_kind::all().iter().filter(|kind| !service_kind::is_hub(&kind.key)) {
        let (_, _, _, said) = warned(&issued, kind.key.as_str());
        let task = if kind.key == key("telecom") { WarningTask::Transmit } else { WarningTask::Inform };
        assert_eq!(said.task, task, "c.5(1)¶2: {}", kind.key);
    }

    hub.now += jiff::SignedDuration::from_secs(60);
    let confirm = RegionCommand::Warning(WarningCommand::Confirm { warning, order: order() });
    let confirmed = hub.person(confirm);
    let (second, kind, replaced, said) = warned(&confirmed, "telecom");
    assert_eq!(kind, Kind::Update);
    assert_eq!((replaced, said.version, said.task), (Some(first), 2, WarningTask::Inform));
    assert_eq!(said.basis.clause, "112-R c.6(4); Order 945 c.21");
    assert!(said.basis.authority_names.is_some_and(|names| names.kk != names.ru));

    let change = RegionCommand::Warning(WarningCommand::Change {
        warning,
        reason: "the wind turned".into(),
        text: words("Внимание всем! Ветер переменился."),
        audience: within(zone),
        until: hub.now.checked_add(jiff::SignedDuration::from_mins(30)).ok(),
    });
    let changed = hub.person(change);
    let (third, kind, replaced, said) = warned(&changed, "telecom");
    assert_eq!(kind, Kind::Update);
    assert_eq!((replaced, said.version, said.task), (Some(second), 3, WarningTask::Transmit));
    assert_eq!(said.texts.ru.event, "Внимание всем! Ветер переменился.");
    assert!(changed.outbound.iter().all(|o| o.lives.is_some_and(|lives| lives.0 == 1_800)), "{changed:?}");

    let end = RegionCommand::Warning(WarningCommand::End { warning, reason: "the leak is closed".into() });
    let ended = hub.person(end);
    let (_, kind, replaced, said) = warned(&ended, "telecom");
    assert_eq!(kind, Kind::Cancel);
    assert_eq!((replaced, said.version, said.task), (Some(third), 4, WarningTask::Stop));
    assert_eq!((said.until, said.reason.as_deref()), (Some(hub.now), Some("the leak is closed")));
    assert!(ended.outbound.iter().all(|o| o.lives.is_none()), "an end is never too late");
}

#[test]
fn a_warning_of_an_exercise_is_rehearsed_and_never_given_to_people() {
    let mut hub = Hub::new();
    let (_, warning) = threatened(&mut hub, true);
    let real = zone(&mut hub, None);
    let mixed = hub.ask(activate(warning, real), officer());
    assert!(matches!(mixed, Err(Refusal::Conflict(_))), "a real zone is no place of an exercise: {mixed:?}");
    let everywhere = Audience { persons: true, whole_region: true, ..Audience::default() };
    let activated = hub.person(RegionCommand::Warning(WarningCommand::Activate {
        warning,
        reason: "as the plan of the exercise says".into(),
        text: words("Хлор."),
        audience: everywhere,
        until: None,
    }));
    assert!(activated.outbound.iter().all(|o| o.exercise), "{activated:?}");
    let (_, _, _, said) = warned(&activated, "telecom");
    assert_eq!(said.task, WarningTask::Rehearse);
    assert!(said.texts.kk.event.starts_with("ОҚУ-ЖАТТЫҒУ!") && said.texts.ru.event.starts_with("УЧЕНИЕ!"));
    let as_real = hub.ask(report(transmitted(warning, 1, &hub), false), agency("telecom"));
    assert!(matches!(as_real, Err(Refusal::Conflict(_))), "{as_real:?}");
    hub.ask(report(transmitted(warning, 1, &hub), true), agency("telecom")).expect("rehearsed");
}

#[test]
fn a_warning_that_no_operator_gives_out_in_time_is_the_officers_until_one_does() {
    let mut hub = Hub::new();
    let (incident, warning) = threatened(&mut hub, false);
    let zone = zone(&mut hub, Some(incident));
    hub.person(activate(warning, zone));
    let open = |hub: &Hub| -> Vec<About> {
        let all = hub.state.notices().iter().filter(|n| n.is_open() && n.warning() == Some(warning));
        all.map(|notice| notice.about.clone()).collect()
    };
    hub.wait(299);
    assert_eq!(open(&hub), []);
    hub.wait(1);
    let [About::WarningNotGivenOut { version: 1, incident: Some(of), .. }] = open(&hub)[..] else {
        panic!("{:?}", open(&hub))
    };
    assert_eq!(of, incident);
    hub.wait(3_600);
    assert_eq!(open(&hub).len(), 1, "once for a version");
    let told = hub.ask(report(transmitted(warning, 1, &hub), false), agency("police"));
    assert!(matches!(told, Err(Refusal::Forbidden(_))), "who was only informed gives nothing out: {told:?}");
    hub.ask(report(transmitted(warning, 1, &hub), false), agency("telecom")).expect("given out");
    assert_eq!(open(&hub), []);
    let case = hub.state.warnings().get(warning).expect("the case");
    assert!(case.is_given_out() && case.outcome_at(&key("telecom")) == Some(WarningOutcome::Transmitted));
}

#[test]
fn of_a_warning_whose_time_has_passed_the_officer_is_reminded_once_until_it_is_renewed_or_ended() {
    let mut hub = Hub::new();
    let (incident, warning) = threatened(&mut hub, false);
    let zone = zone(&mut hub, Some(incident));
    let half_an_hour = |hub: &Hub| hub.now.checked_add(jiff::SignedDuration::from_mins(30)).ok();
    let RegionCommand::Warning(WarningCommand::Activate { reason, text, audience, .. }) =
        activate(warning, zone)
    else {
        panic!()
    };
    let until = half_an_hour(&hub);
    let command =
        WarningCommand::Activate { warning, reason, text: text.clone(), audience: audience.clone(), until };
    hub.person(RegionCommand::Warning(command));
    hub.ask(report(transmitted(warning, 1, &hub), false), agency("telecom")).unwrap();
    let open = |hub: &Hub| {
        let notices = hub.state.notices().iter().filter(|n| n.is_open());
        notices.filter(|n| matches!(n.about, About::WarningExpired { .. })).cloned().collect::<Vec<_>>()
    };
    hub.wait(30 * 60 - 1);
    assert_eq!(open(&hub), []);
    hub.wait(1);
    let [notice] = &open(&hub)[..] else { panic!("{:?}", open(&hub)) };
    let About::WarningExpired { warning: of, incident: card, due } = notice.about else { panic!() };
    assert_eq!((of, card, Some(due)), (warning, Some(incident), until));
    let case = |hub: &Hub| hub.state.warnings().get(warning).unwrap().clone();
    assert!(case(&hub).is_running(), "only a named person says that the threat is over (c.6(4))");
    assert_eq!(case(&hub).expired, until);
    hub.wait(60);
    assert_eq!(open(&hub).len(), 1, "once");
    // What an operator reports late does not take the reminder away.
    let late = WarningReport { channel: Some(WarningChannel::Sirens), ..transmitted(warning, 1, &hub) };
    hub.ask(report(late, false), agency("telecom")).unwrap();
    assert_eq!(open(&hub).len(), 1);

    let until = half_an_hour(&hub);
    let change = WarningCommand::Change { warning, reason: "it still leaks".into(), text, audience, until };
    hub.person(RegionCommand::Warning(change));
    assert_eq!(open(&hub), []);
    hub.wait(30 * 60);
    assert_eq!((open(&hub).len(), case(&hub).expired), (1, until), "each time that passes");
    hub.person(RegionCommand::Warning(WarningCommand::End { warning, reason: "the leak is closed".into() }));
    assert_eq!(open(&hub), []);
    hub.wait(60);
    assert_eq!(open(&hub), []);
}
