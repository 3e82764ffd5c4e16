//! Who is told of what is late, and who takes note.

use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::domain::decision::{By, Refusal};
use crate::domain::ids::{
    AccountName, DistributionId, NoticeId, ObligationId, RegionCode, ReportId, ServiceKey,
};
use crate::domain::obligation::{Debtor, Level};
use crate::domain::organisation::{OrganisationKey, Organisations};

fn at() -> Timestamp {
    Timestamp::from_second(1_760_000_000).unwrap()
}

fn person() -> By {
    By::Person { account: AccountName::new("asel").unwrap() }
}

fn office(office: Office) -> NoticeTo {
    NoticeTo::Office { office }
}

fn command_centre() -> NoticeTo {
    NoticeTo::Organisation { organisation: OrganisationKey::new("command_centre").unwrap() }
}

fn notice(n: u128, to: NoticeTo) -> Notice {
    Notice {
        id: NoticeId(Uuid::from_u128(n)),
        about: About::Summary { summary: ReportId(Uuid::from_u128(9)), text: "Chlorine over Talgar".into() },
        to,
        raised_at: at(),
        exercise: false,
        distribution: Some(DistributionId(Uuid::from_u128(n))),
        taken: None,
        ended_at: None,
    }
}

fn take(n: u128, said_by: Option<&str>) -> NoticeCommand {
    NoticeCommand::TakeNote { notice: NoticeId(Uuid::from_u128(n)), said_by: said_by.map(str::to_owned) }
}

#[test]
fn the_steps_climb_from_the_officer_over_the_head_of_shift_to_the_leadership_and_upward() {
    let steps = NoticeSteps::default();
    let police = ServiceKey::new("police").unwrap();
    let service = Debtor::service(police.clone());
    let told = |debtor: &Debtor| Level::ALL.map(|level| steps.told(level, debtor));
    let debtor = NoticeTo::Service { service: police.clone() };
    let upward = vec![office(Office::Leadership), command_centre()];
    assert_eq!(
        told(&service),
        [
            vec![],
            vec![office(Office::DutyOfficer)],
            vec![office(Office::HeadOfShift), debtor],
            upward.clone()
        ]
    );
    let own = [vec![], vec![office(Office::DutyOfficer)], vec![office(Office::HeadOfShift)], upward];
    assert_eq!(told(&Debtor::DutyOfficer), own, "the hub sends itself no message");
    let elsewhere = Debtor::Service { service: police, service_region: RegionCode::new(71).ok() };
    assert_eq!(told(&elsewhere)[2], own[2], "another region's service is its own hub's to tell");
}

#[test]
fn every_step_reaches_an_office_of_the_hub_and_names_only_members_of_the_tree() {
    let tree = Organisations::default();
    assert_eq!(NoticeSteps::default().check(&tree), Ok(()));
    let nobody = NoticeSteps { head: vec![StepTo::Debtor], ..NoticeSteps::default() };
    assert!(matches!(nobody.check(&tree), Err(Refusal::Invalid { field: "notices.head", .. })));
    let unknown = OrganisationKey::new("75-nobody").unwrap();
    let unknown = NoticeSteps { summaries: vec![unknown], ..NoticeSteps::default() };
    assert!(matches!(unknown.check(&tree), Err(Refusal::NotFound { .. })));
}

#[test]
fn a_notice_stands_until_a_named_person_has_taken_note() {
    let mut all = Notices::default();
    all.adopt(notice(1, office(Office::Leadership)));
    all.adopt(notice(2, command_centre()));
    assert_eq!(all.decide(take(1, None), at(), &By::rule("clock")), Err(Refusal::PersonNeeded));
    assert!(matches!(all.decide(take(3, None), at(), &person()), Err(Refusal::NotFound { .. })));
    for nobody in [None, Some("  ")] {
        let unnamed = all.decide(take(2, nobody), at(), &person());
        assert!(matches!(unnamed, Err(Refusal::Invalid { field: "said_by", .. })), "{unnamed:?}");
    }
    for (n, said_by, by, recorded_by) in
        [(1, None, "asel", None), (2, Some("K. Omarov"), "K. Omarov", Some("asel"))]
    {
        let events = all.decide(take(n, said_by), at(), &person()).unwrap();
        events.iter().for_each(|event| all.apply(event));
        let taken = all.get(NoticeId(Uuid::from_u128(n))).unwrap().taken.clone().unwrap();
        assert_eq!(
            (taken.by.as_str(), taken.recorded_by),
            (by, recorded_by.map(|a| AccountName::new(a).unwrap()))
        );
        assert!(matches!(all.decide(take(n, said_by), at(), &person()), Err(Refusal::Conflict(_))));
    }
}

#[test]
fn who_reads_the_message_has_taken_note_and_what_is_settled_needs_nobody() {
    let mut all = Notices::default();
    all.adopt(notice(1, command_centre()));
    assert_eq!(all.read(DistributionId(Uuid::from_u128(7)), "K. Omarov", at()), None);
    let event = all.read(DistributionId(Uuid::from_u128(1)), "K. Omarov", at()).expect("it is that one");
    all.apply(&event);
    assert_eq!(all.iter().filter(|n| n.is_open()).count(), 0);
    assert_eq!(all.settled(ObligationId(Uuid::nil()), at()), [], "no obligation, nothing to settle");
    all.retire(at());
    assert_eq!(all.iter().count(), 1);
    all.retire(Timestamp::MAX);
    assert_eq!(all.iter().count(), 0);
}
