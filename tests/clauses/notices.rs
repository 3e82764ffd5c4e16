//! What is late reaches people, step by step, until somebody has taken note; and what is summarised goes upward.

use std::collections::BTreeSet;

use hub112::domain::command::RegionCommand;
use hub112::domain::decision::{By, Refusal};
use hub112::domain::envelope::HubContent;
use hub112::domain::forces::Act;
use hub112::domain::ids::ReportId;
use hub112::domain::message::Channel;
use hub112::domain::notice::{About, Notice, NoticeCommand, NoticeTo, Office};
use hub112::domain::obligation::{Level, ObligationKind as K};
use hub112::domain::region::Decision;
use hub112::domain::situation::SituationCommand;
use jiff::SignedDuration;
use uuid::Uuid;

use super::hub::{Hub, agency, key, officer, told};

/// Lets time pass and gives what it brought about.
fn later(hub: &mut Hub, seconds: i64) -> Decision {
    hub.now += SignedDuration::from_secs(seconds);
    hub.ask(RegionCommand::Tick, By::rule("clock")).unwrap()
}

/// Open notices about a line of the catalogue.
fn open(hub: &Hub, kind: K) -> Vec<Notice> {
    let all = hub.state.notices().iter().filter(|notice| notice.is_open());
    all.filter(|n| matches!(&n.about, About::Overdue { claim, .. } if claim.kind == kind)).cloned().collect()
}

fn office(office: Office) -> NoticeTo {
    NoticeTo::Office { office }
}

#[test]
fn what_a_service_owes_late_is_told_to_the_officer_the_head_of_shift_the_service_and_the_leadership() {
    let mut hub = Hub::new();
    let (incident, _) = hub.call("Горит дом", "building_fire");
    hub.request(incident, Act::FirstWave, "ambulance").unwrap();
    later(&mut hub, 180);
    assert_eq!(open(&hub, K::O11a), [], "the message is sent again; nobody is told yet");
    let to = |hub: &Hub| open(hub, K::O11a).into_iter().map(|notice| notice.to).collect::<BTreeSet<_>>();
    later(&mut hub, 120);
    assert_eq!(to(&hub), BTreeSet::from([office(Office::DutyOfficer)]));

    let said = later(&mut hub, 180);
    let notices = told(&said, "ambulance")
        .into_iter()
        .filter(|c| matches!(c, HubContent::Notice(n) if n.clause.as_deref() == Some(K::O11a.clause())));
    assert!(notices.count() >= 1, "its own duty officer is told over the link");
    let service = NoticeTo::Service { service: key("ambulance") };
    let all = [office(Office::DutyOfficer), office(Office::HeadOfShift), service.clone()];
    assert_eq!(to(&hub), BTreeSet::from(all));

    // A person there reads it; the system's own receipt is nobody.
    let over_link = open(&hub, K::O11a).into_iter().find(|n| n.to == service).unwrap();
    let reference = over_link.distribution.expect("over the link");
    for (read_by, left) in [(None, 3), (Some("S. Akhmetov".to_owned()), 2)] {
        let at = hub.now;
        let command =
            RegionCommand::TakeAcknowledgement { service: key("ambulance"), reference, read_by, at };
        hub.ask(command, agency("ambulance")).unwrap();
        assert_eq!(open(&hub, K::O11a).len(), left);
    }

    later(&mut hub, 600);
    let leadership: Vec<_> = open(&hub, K::O11a)
        .into_iter()
        .filter(|n| matches!(&n.about, About::Overdue { level: Level::Leadership, .. }))
        .collect();
    assert!(leadership.iter().any(|n| n.to == office(Office::Leadership)), "{leadership:?}");
    let upward =
        leadership.iter().find(|n| matches!(n.to, NoticeTo::Organisation { .. })).expect("the level above");
    assert_eq!(upward.distribution, None, "it has no link: the officer telephones");
    let take = |said_by: Option<&str>| {
        RegionCommand::Notice(NoticeCommand::TakeNote {
            notice: upward.id,
            said_by: said_by.map(str::to_owned),
        })
    };
    assert!(matches!(hub.ask(take(None), officer()), Err(Refusal::Invalid { field: "said_by", .. })));
    hub.person(take(Some("K. Omarov")));
    assert!(matches!(hub.ask(take(Some("K. Omarov")), officer()), Err(Refusal::Conflict(_))));

    // What is given at last needs nobody's note any more.
    hub.answer(incident, "ambulance", K::O11a);
    assert_eq!(open(&hub, K::O11a), []);
    let kept = hub.state.notices().get(upward.id).unwrap();
    assert_eq!(
        kept.taken.as_ref().map(|taken| taken.by.as_str()),
        Some("K. Omarov"),
        "who took note stays known"
    );
}

#[test]
fn what_the_hub_itself_owes_late_is_told_to_its_own_offices_and_an_exercise_says_so() {
    let mut hub = Hub::new();
    let mut message = hub.message("Горит дом", Some("building_fire"));
    (message.exercise, message.channel) = (true, Channel::Call);
    let (incident, _) = hub.receive(message, Default::default());
    hub.identify(incident, hub112::domain::classification::legal::Standing::Emergency);
    let said = later(&mut hub, 24 * 3_600);
    let notices = open(&hub, K::O09);
    assert!(!notices.is_empty() && notices.iter().all(|notice| notice.exercise), "{notices:?}");
    assert!(
        notices.iter().all(|n| !matches!(n.to, NoticeTo::Service { .. })),
        "the hub sends itself no message"
    );
    assert!(said.outbound.iter().filter(|o| matches!(o.content, HubContent::Notice(_))).all(|o| o.exercise));
}

#[test]
fn a_summary_of_the_situation_is_reported_to_the_republican_level() {
    let mut hub = Hub::new();
    let summary = ReportId(Uuid::from_u128(0x5));
    let command = SituationCommand::Summarise {
        summary, text: "Хлор над Талгаром".into(), reports: vec![]
    };
    hub.person(RegionCommand::Situation(command));
    let all: Vec<_> = hub.state.notices().iter().cloned().collect();
    let [notice] = &all[..] else { panic!("{all:?}") };
    let NoticeTo::Organisation { organisation } = &notice.to else { panic!("{notice:?}") };
    assert_eq!(Some(organisation), hub.state.organisations().upward().map(|kept| &kept.organisation.key));
    assert!(matches!(&notice.about, About::Summary { summary: of, .. } if *of == summary), "{notice:?}");
}
