//! Directives as c.6(5) and c.6(6) have them.

use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::decision::{By, Refusal};
use crate::domain::envelope::{DirectiveAck, DirectiveStage as Stage};
use crate::domain::ids::{AccountName, DirectiveId, ObligationId, RegionCode, ServiceKey};
use crate::domain::mode::Mode;
use crate::domain::obligation::{Limits, ObligationBook, Status};
use crate::domain::organisation::{OrganisationKey, Organisations};
use crate::domain::quantities::Seconds;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_760_000_000 + seconds).unwrap()
}

fn officer() -> By {
    By::Person { account: AccountName::new("asel").unwrap() }
}

fn key(service: &str) -> ServiceKey {
    ServiceKey::new(service).unwrap()
}

fn agency(service: &str) -> By {
    By::Service { region: RegionCode::new(75).unwrap(), service: key(service) }
}

fn to(service: &str) -> Addressee {
    Addressee::Service { service: key(service) }
}

fn mudflow() -> Addressee {
    Addressee::Organisation { name: "Қазселденқорғау".into() }
}

const ID: DirectiveId = DirectiveId(Uuid::from_u128(1));

fn issue(addressees: Vec<Addressee>) -> DirectiveCommand {
    DirectiveCommand::Issue {
        directive: ID,
        author: Author { role: "head of the territorial body".into(), name: "K. Serikov".into() },
        text: "Evacuate the lower streets of Talgar".into(),
        addressees,
        due: None,
        incident: None,
        exercise: false,
    }
}

#[test]
fn the_hub_directs_nobody_but_others() {
    let refused = Desk::default().ask(issue(vec![to("police"), to("hub")]), 0, &officer());
    assert!(matches!(refused, Err(Refusal::Invalid { .. })), "{refused:?}");
}

#[derive(Default)]
struct Desk {
    directives: Directives,
    tree: Organisations,
    book: ObligationBook,
    raised: u128,
    log: Vec<DirectiveEvent>,
}

impl Desk {
    fn issued() -> Self {
        let mut desk = Self::default();
        desk.ask(issue(vec![to("fire_rescue"), to("police"), mudflow()]), 0, &officer()).unwrap();
        desk
    }

    fn ask(&mut self, command: DirectiveCommand, now: i64, by: &By) -> Result<usize, Refusal> {
        let events = self.directives.decide(command, &self.tree, at(now), by)?;
        let count = events.len();
        self.apply(events);
        Ok(count)
    }

    fn apply(&mut self, events: Vec<DirectiveEvent>) {
        let mut draft = self.book.draft(Mode::Everyday);
        for what in self.directives.consequences(&events) {
            draft.follow(what, &Limits::default(), || {
                self.raised += 1;
                ObligationId(Uuid::from_u128(self.raised))
            });
        }
        draft.into_events().iter().for_each(|e| self.book.apply(e));
        events.iter().for_each(|e| self.directives.apply(e));
        self.log.extend(events);
    }

    fn ack(&mut self, service: &str, stage: Stage, now: i64) -> Result<usize, Refusal> {
        let ack = DirectiveAck { directive_id: ID, stage, by: Some("Akhmetov".into()), at: at(now) };
        self.ask(DirectiveCommand::from_agency(key(service), ack), now, &agency(service))
    }

    fn refuse(&mut self, who: Addressee, reason: Option<&str>, by: &By) -> Result<usize, Refusal> {
        let command =
            DirectiveCommand::Refuse { directive: ID, addressee: who, reason: reason.map(Into::into) };
        self.ask(command, 60, by)
    }

    fn statuses(&self) -> Vec<Status> {
        let mut all: Vec<_> = self.book.iter().map(|o| (o.id, o.status)).collect();
        all.sort_unstable_by_key(|(id, _)| *id);
        all.into_iter().map(|(_, status)| status).collect()
    }
}

#[test]
fn a_directive_is_owed_to_each_addressee_until_a_person_there_has_read_it() {
    let mut desk = Desk::issued();
    assert_eq!(desk.statuses(), [Status::Open; 3]);
    desk.ack("fire_rescue", Stage::Received, 5).unwrap();
    assert_eq!(desk.statuses(), [Status::Open; 3], "a system has it, no person yet");
    desk.ack("fire_rescue", Stage::Read, 10).unwrap();
    desk.ack("police", Stage::Done, 20).unwrap();
    assert_eq!(desk.statuses(), [Status::Met, Status::Met, Status::Open]);
    let police = desk.directives.get(ID).unwrap().delivery(&to("police")).unwrap();
    assert!(police.received.is_some() && police.read.is_some(), "done implies received and read");
}

#[test]
fn services_are_sent_it_at_once_and_an_organisation_when_the_officer_told_it() {
    let mut desk = Desk::issued();
    let sent = |desk: &Desk, to: &Addressee| desk.directives.get(ID).unwrap().delivery(to).unwrap().sent_at;
    assert_eq!(sent(&desk, &to("police")), Some(at(0)));
    assert_eq!(sent(&desk, &mudflow()), None);
    desk.ask(DirectiveCommand::MarkSent { directive: ID, addressee: mudflow() }, 30, &officer()).unwrap();
    assert_eq!(sent(&desk, &mudflow()), Some(at(30)));
}

#[test]
fn a_subordinate_service_refuses_an_order_only_with_a_reason() {
    for (who, reason, allowed) in [
        (to("fire_rescue"), None, false),
        (to("fire_rescue"), Some("  "), false),
        (to("fire_rescue"), Some("all crews are at the refinery"), true),
        (mudflow(), None, false),
        (mudflow(), Some("the road is gone"), true),
        (to("police"), None, true),
    ] {
        let mut desk = Desk::issued();
        assert_eq!(desk.refuse(who.clone(), reason, &officer()).is_ok(), allowed, "{who} {reason:?}");
    }
}

#[test]
fn the_force_of_a_directive_is_an_order_to_the_led_and_information_to_others() {
    for (who, force) in [
        (to("fire_rescue"), Force::Order),
        (mudflow(), Force::Order),
        (to("police"), Force::Information),
        (to("security"), Force::Information),
    ] {
        assert_eq!(who.force(&Organisations::default()), force, "{who}");
    }
}

#[test]
fn a_refusal_answers_the_directive_and_is_final() {
    let mut desk = Desk::issued();
    desk.refuse(to("fire_rescue"), Some("no crews"), &agency("fire_rescue")).unwrap();
    assert_eq!(desk.statuses()[0], Status::Met);
    assert!(matches!(desk.refuse(to("fire_rescue"), Some("x"), &officer()), Err(Refusal::Conflict(_))));
    assert!(matches!(desk.ack("fire_rescue", Stage::Done, 90), Err(Refusal::Conflict(_))));
}

#[test]
fn a_service_speaks_only_for_itself_and_a_rule_not_at_all() {
    let mut desk = Desk::issued();
    let other = DirectiveCommand::Acknowledge {
        directive: ID,
        addressee: to("police"),
        stage: Stage::Received,
        said_by: None,
        at: None,
    };
    assert!(matches!(desk.ask(other.clone(), 5, &agency("ambulance")), Err(Refusal::Forbidden(_))));
    assert_eq!(desk.ask(other.clone(), 5, &By::rule("clock")), Err(Refusal::PersonNeeded));
    assert_eq!(desk.ask(other.clone(), 5, &agency("police")), Ok(1));
    assert_eq!(desk.ask(other, 6, &agency("police")), Ok(0), "said again it changes nothing");
    assert_eq!(desk.ask(issue(vec![to("police")]), 0, &agency("police")), Err(Refusal::PersonNeeded));
}

#[test]
fn reading_and_doing_need_a_name_and_a_possible_time() {
    let mut desk = Desk::issued();
    let ack = |stage, said_by: Option<&str>, when| DirectiveCommand::Acknowledge {
        directive: ID,
        addressee: to("police"),
        stage,
        said_by: said_by.map(Into::into),
        at: Some(at(when)),
    };
    for bad in [
        ack(Stage::Read, None, 5),
        ack(Stage::Done, Some(" "), 5),
        ack(Stage::Received, None, 500),
        ack(Stage::Received, None, -500),
    ] {
        assert!(matches!(desk.ask(bad.clone(), 10, &officer()), Err(Refusal::Invalid { .. })), "{bad:?}");
    }
}

#[test]
fn a_directive_without_author_text_or_addressees_is_refused() {
    let base = issue(vec![to("police")]);
    let DirectiveCommand::Issue { author, text, .. } = base else { panic!("an issue") };
    let nobody = Author { role: "head".into(), name: " ".into() };
    for (author, text, addressees) in [
        (nobody, text.clone(), vec![to("police")]),
        (author.clone(), " ".to_owned(), vec![to("police")]),
        (author.clone(), text.clone(), vec![]),
        (author.clone(), text.clone(), vec![to("police"), to("police")]),
        (author, text, vec![to("no_such_service")]),
    ] {
        let command = DirectiveCommand::Issue {
            directive: ID,
            author,
            text,
            addressees,
            due: None,
            incident: None,
            exercise: false,
        };
        assert!(Desk::default().ask(command, 0, &officer()).is_err());
    }
    assert!(matches!(
        Desk::issued().ask(issue(vec![to("police")]), 1, &officer()),
        Err(Refusal::Conflict(_))
    ));
}

#[test]
fn who_does_not_read_is_reminded_and_who_read_is_left_in_peace() {
    let mut desk = Desk::issued();
    desk.ack("police", Stage::Read, 100).unwrap();
    let remind = |desk: &Desk, now| desk.directives.due(at(now), Seconds(900)).len();
    assert_eq!(remind(&desk, 899), 0);
    assert_eq!(remind(&desk, 900), 1, "fire and rescue; the organisation was not told yet");
    let events = desk.directives.due(at(900), Seconds(900));
    desk.apply(events);
    assert_eq!(remind(&desk, 1_700), 0);
    assert_eq!(remind(&desk, 1_800), 1);
    let one = DirectiveCommand::Remind { directive: ID, addressee: to("police") };
    assert_eq!(desk.ask(one, 1_801, &officer()), Ok(1), "an officer may remind anybody");
}

#[test]
fn who_has_not_carried_it_out_in_time_is_reminded_too() {
    let mut desk = Desk::default();
    let DirectiveCommand::Issue { directive, author, text, addressees, incident, .. } =
        issue(vec![to("police")])
    else {
        panic!("an issue")
    };
    let due = Some(at(3_600));
    let command =
        DirectiveCommand::Issue { directive, author, text, addressees, due, incident, exercise: false };
    desk.ask(command, 0, &officer()).unwrap();
    desk.ack("police", Stage::Read, 10).unwrap();
    assert_eq!(desk.directives.due(at(3_599), Seconds(60)), []);
    assert_eq!(desk.directives.due(at(3_600), Seconds(60)).len(), 1);
}

#[test]
fn a_withdrawn_directive_is_no_longer_owed_and_says_who_withdrew_it() {
    let mut desk = Desk::issued();
    desk.ack("police", Stage::Read, 10).unwrap();
    let withdraw = |reason: &str| DirectiveCommand::Withdraw { directive: ID, reason: reason.into() };
    assert!(matches!(desk.ask(withdraw(""), 20, &officer()), Err(Refusal::Invalid { .. })));
    desk.ask(withdraw("the water fell"), 20, &officer()).unwrap();
    assert_eq!(desk.statuses(), [Status::Cancelled, Status::Met, Status::Cancelled]);
    assert!(matches!(desk.ack("fire_rescue", Stage::Read, 30), Err(Refusal::Conflict(_))));
    assert!(!desk.directives.get(ID).unwrap().is_open());
}

#[test]
fn what_is_settled_is_let_go_and_what_is_open_is_kept() {
    let mut desk = Desk::default();
    desk.ask(issue(vec![to("police")]), 0, &officer()).unwrap();
    desk.directives.retire(at(9_000));
    assert!(desk.directives.get(ID).is_some());
    desk.ack("police", Stage::Done, 50).unwrap();
    desk.directives.retire(at(50));
    assert!(desk.directives.get(ID).is_some());
    desk.directives.retire(at(51));
    assert!(desk.directives.get(ID).is_none());
}

proptest! {
    #[test]
    fn replaying_the_events_gives_the_same_directives(steps in prop::collection::vec((0..6_u8, 0..3_u8, 0..3_u8), 0..40)) {
        let mut desk = Desk::issued();
        let addressees = [to("fire_rescue"), to("police"), mudflow()];
        for (n, (act, who, stage)) in steps.into_iter().enumerate() {
            let now = 10 * (n as i64 + 1);
            let addressee = addressees[usize::from(who)].clone();
            let stage = [Stage::Received, Stage::Read, Stage::Done][usize::from(stage)];
            let said_by = Some("Akhmetov".to_owned());
            let command = match act {
                0 | 1 => DirectiveCommand::Acknowledge { directive: ID, addressee, stage, said_by, at: None },
                2 => DirectiveCommand::Refuse { directive: ID, addressee, reason: Some("x".into()) },
                3 => DirectiveCommand::Remind { directive: ID, addressee },
                4 => DirectiveCommand::MarkSent { directive: ID, addressee },
                _ if n == 30 => DirectiveCommand::Withdraw { directive: ID, reason: "over".into() },
                _ => continue,
            };
            let _ = desk.ask(command, now, &officer());
        }
        let mut replayed = Directives::default();
        for event in &desk.log {
            replayed.apply(&serde_json::from_str(&serde_json::to_string(event).unwrap()).unwrap());
        }
        prop_assert_eq!(&replayed, &desk.directives);
        let kept: Directives = serde_json::from_str(&serde_json::to_string(&desk.directives).unwrap()).unwrap();
        prop_assert_eq!(kept, replayed);
        let directive = desk.directives.get(ID).unwrap();
        for d in &directive.deliveries {
            prop_assert!(d.done.is_none() || d.read.is_some());
            prop_assert!(d.read.is_none() || d.received.is_some());
        }
    }
}

fn registered(organisation: &str) -> Addressee {
    Addressee::Registered { organisation: OrganisationKey::new(organisation).unwrap() }
}

#[test]
fn a_directive_names_organisations_of_the_tree_orders_what_is_subordinate_and_tells_the_rest() {
    let mut desk = Desk::default();
    let addressees = vec![registered("territorial_body"), registered("akimat"), mudflow()];
    desk.ask(issue(addressees), 0, &officer()).unwrap();
    let directive = desk.directives.get(ID).unwrap();
    let forces: Vec<_> = directive.deliveries.iter().map(|d| d.force).collect();
    assert_eq!(forces, [Force::Order, Force::Information, Force::Order], "c.6(5), c.6(6)");
    assert_eq!(desk.book.owed().count(), 3, "O-13 towards each");
    let unreasoned =
        |to: &str| DirectiveCommand::Refuse { directive: ID, addressee: registered(to), reason: None };
    assert!(matches!(desk.ask(unreasoned("territorial_body"), 1, &officer()), Err(Refusal::Invalid { .. })));
    desk.ask(unreasoned("akimat"), 1, &officer()).unwrap();
}

#[test]
fn an_organisation_whose_desk_is_a_service_is_reached_over_that_services_link_and_once() {
    let mut desk = Desk::default();
    desk.ask(issue(vec![registered("fire_rescue")]), 0, &officer()).unwrap();
    let [delivery] = &desk.directives.get(ID).unwrap().deliveries[..] else { panic!("one") };
    assert_eq!((&delivery.addressee, delivery.force), (&to("fire_rescue"), Force::Order));
    assert!(delivery.sent_at.is_some(), "sent at once");

    let mut desk = Desk::default();
    let twice = desk.ask(issue(vec![registered("fire_rescue"), to("fire_rescue")]), 0, &officer());
    assert!(matches!(twice, Err(Refusal::Invalid { field: "addressees", .. })), "{twice:?}");
    let nobody = desk.ask(issue(vec![registered("75-nobody")]), 0, &officer());
    assert!(matches!(nobody, Err(Refusal::NotFound { .. })), "{nobody:?}");
}
