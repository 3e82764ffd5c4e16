//! What is late or refused reaches people, step by step, until somebody has taken note; and what is summarised goes upward.

use std::collections::BTreeSet;

use hub112::domain::command::RegionCommand;
use hub112::domain::decision::{By, Refusal};
use hub112::domain::directive::{Addressee, Author, DirectiveCommand};
use hub112::domain::envelope::HubContent;
use hub112::domain::forces::{Act, ForcesDecision};
use hub112::domain::ids::{AccountName, DirectiveId, ReportId};
use hub112::domain::message::Channel;
use hub112::domain::notice::{About, Notice, NoticeCommand, NoticeTo, Office};
use hub112::domain::obligation::{Level, ObligationKind as K};
use hub112::domain::region::Decision;
use hub112::domain::service::ServiceEvent;
use hub112::domain::situation::SituationCommand;
use jiff::SignedDuration;
use uuid::Uuid;

use super::hub::{DEPOT, Hub, agency, key, officer, told};

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

/// What stands open of one telling.
fn open_where(hub: &Hub, which: impl Fn(&About) -> bool) -> Vec<Notice> {
    hub.state.notices().iter().filter(|n| n.is_open() && which(&n.about)).cloned().collect()
}

fn refused(why: &str) -> Option<ForcesDecision> {
    let reason = serde_json::from_value(serde_json::json!({ "code": "none_free", "text": why })).unwrap();
    Some(ForcesDecision::Refused { reason: Some(reason) })
}

/// c.6(5): operational leadership. An order is no request: who does not obey it answers for it before the leadership.
#[test]
fn an_order_to_send_forces_that_a_subordinate_refuses_goes_to_the_leadership_and_a_refused_request_does_not()
{
    for (service, ordered) in [("fire_rescue", true), ("ambulance", false)] {
        let mut hub = Hub::new();
        let (incident, _) = hub.call("Горит дом", "building_fire");
        hub.request(incident, Act::FirstWave, service).unwrap();
        let answer = |hub: &mut Hub| {
            let event = ServiceEvent::ForcesAnswered {
                request: DEPOT,
                incident,
                decision: refused("both engines are out"),
                composition: None,
                departure_at: None,
                arrival_at: None,
                units: vec![],
                telephoned: None,
            };
            hub.hear(service, event);
        };
        answer(&mut hub);
        let told = open_where(&hub, |about| matches!(about, About::ForcesOrderRefused { .. }));
        if !ordered {
            assert_eq!(told, [], "who is asked may refuse");
            continue;
        }
        assert_eq!(
            told.iter().map(|n| &n.to).collect::<Vec<_>>(),
            [&office(Office::Leadership)],
            "and nobody above"
        );
        let About::ForcesOrderRefused { incident: of, service, reason, since, .. } = &told[0].about else {
            panic!()
        };
        assert_eq!(
            (*of, service, reason.as_str(), *since),
            (incident, &key("fire_rescue"), "both engines are out", hub.now)
        );
        answer(&mut hub);
        assert_eq!(open_where(&hub, |about| matches!(about, About::ForcesOrderRefused { .. })), told, "once");
    }
}

/// c.6(5), c.6(6).
#[test]
fn a_directive_that_a_subordinate_refuses_goes_to_the_leadership_until_it_is_withdrawn() {
    let mut hub = Hub::new();
    let directive = DirectiveId(Uuid::from_u128(0x6));
    let to = |service: &str| Addressee::Service { service: key(service) };
    hub.person(RegionCommand::Directive(DirectiveCommand::Issue {
        directive,
        author: Author { role: "head of the department".into(), name: "E. Abenov".into() },
        text: "Raise the reserve".into(),
        addressees: vec![to("fire_rescue"), to("ambulance")],
        due: None,
        incident: None,
        exercise: false,
    }));
    let refuse = |service: &str, reason: Option<&str>| {
        let reason = reason.map(str::to_owned);
        RegionCommand::Directive(DirectiveCommand::Refuse { directive, addressee: to(service), reason })
    };
    hub.ask(refuse("ambulance", None), agency("ambulance")).unwrap();
    let open = |hub: &Hub| open_where(hub, |about| matches!(about, About::DirectiveRefused { .. }));
    assert_eq!(open(&hub), [], "who is told may refuse");
    hub.ask(refuse("fire_rescue", Some("the reserve is at Talgar")), agency("fire_rescue")).unwrap();
    let told = open(&hub);
    assert!(told.iter().any(|n| n.to == office(Office::Leadership)), "{told:?}");
    let About::DirectiveRefused { addressee, reason, .. } = &told[0].about else { panic!() };
    assert_eq!((addressee, reason.as_str()), (&to("fire_rescue"), "the reserve is at Talgar"));
    let reason = "it is settled otherwise".to_owned();
    hub.person(RegionCommand::Directive(DirectiveCommand::Withdraw { directive, reason }));
    assert_eq!(open(&hub), []);
}

/// A step over somebody's head is not for that person to end.
#[test]
fn the_officer_on_duty_does_not_take_note_of_the_head_of_shifts_notice_about_the_officers_own_lateness() {
    let mut hub = Hub::new();
    hub.takes_up_duty();
    let (incident, _) = hub.call("Горит дом", "building_fire");
    hub.identify(incident, hub112::domain::classification::legal::Standing::Emergency);
    for _ in 0..4 {
        later(&mut hub, 24 * 3_600);
    }
    let mine = open(&hub, K::O09);
    let of = |which| mine.iter().find(|n| n.to == office(which)).expect("a notice").id;
    let take = |notice| RegionCommand::Notice(NoticeCommand::TakeNote { notice, said_by: None });
    for head in [Office::HeadOfShift, Office::Leadership] {
        assert!(matches!(hub.ask(take(of(head)), officer()), Err(Refusal::Forbidden(_))), "{head:?}");
    }
    hub.ask(take(of(Office::DutyOfficer)), officer()).unwrap();
    let another = By::Person { account: AccountName::new("bolat").unwrap() };
    hub.ask(take(of(Office::HeadOfShift)), another).unwrap();
}
