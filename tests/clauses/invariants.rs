//! What holds whatever is asked of a region's hub, in whatever order: led through random days.

use std::collections::{BTreeMap, BTreeSet};

use hub112::domain::classification::legal::{Identification, Standing};
use hub112::domain::command::{NewRequest, RegionCommand, Territory};
use hub112::domain::decision::{By, Context, Ids, Refusal};
use hub112::domain::event::RegionEvent;
use hub112::domain::forces::{Act, ForcesDecision};
use hub112::domain::ids::{
    AccountName, CategoryCode, IncidentId, MessageId, ObligationId, RegionCode, RequestId, ServiceKey, UnitId,
};
use hub112::domain::incident::{IncidentStatus, Outcome};
use hub112::domain::location::{Fix, Location, LocationSource};
use hub112::domain::message::{CallBack, Channel, Contact, Message, Sender};
use hub112::domain::mode::{Mode, ModeCommand, ModeOrder};
use hub112::domain::obligation::Status;
use hub112::domain::quantities::Point;
use hub112::domain::region::{Answer, Decision, RegionSettings, RegionState};
use hub112::domain::service::ServiceEvent;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

/// One thing that happens. Numbers choose among what is there.
#[derive(Debug, Clone)]
enum Happening {
    Call { place: u8, words: u8 },
    Again { message: u8 },
    Identify { card: u8, emergency: bool },
    Merge { into: u8, from: u8 },
    Split { card: u8, message: u8 },
    Request { card: u8, service: u8, additional: bool },
    Answer { request: u8, accept: bool },
    Cancel { request: u8 },
    Close { card: u8 },
    Reopen { card: u8 },
    Declare { mode: u8 },
    Wait { minutes: u8 },
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening::*;
    let any = any::<u8>;
    prop_oneof![
        6 => (0..6u8, 0..4u8).prop_map(|(place, words)| Call { place, words }),
        1 => any().prop_map(|message| Again { message }),
        3 => (any(), proptest::bool::ANY).prop_map(|(card, emergency)| Identify { card, emergency }),
        1 => (any(), any()).prop_map(|(into, from)| Merge { into, from }),
        1 => (any(), any()).prop_map(|(card, message)| Split { card, message }),
        4 => (any(), 0..3u8, proptest::bool::ANY)
            .prop_map(|(card, service, additional)| Request { card, service, additional }),
        3 => (any(), proptest::bool::weighted(0.8)).prop_map(|(request, accept)| Answer { request, accept }),
        1 => any().prop_map(|request| Cancel { request }),
        2 => any().prop_map(|card| Close { card }),
        1 => any().prop_map(|card| Reopen { card }),
        1 => (0..3u8).prop_map(|mode| Declare { mode }),
        3 => (1..90u8).prop_map(|minutes| Wait { minutes }),
    ]
}

const SERVICES: [&str; 3] = ["fire_rescue", "ambulance", "police"];
const WORDS: [&str; 4] =
    ["Горит дом, внутри люди", "Человек без сознания", "ДТП, есть пострадавшие", "Үй өртеніп жатыр"];

/// A hub, and what must be true of it.
struct Day {
    state: RegionState,
    now: Timestamp,
    step: u128,
    messages: Vec<Message>,
    requests: Vec<(RequestId, IncidentId, ServiceKey)>,
    heard: BTreeMap<ServiceKey, u64>,
    history: Vec<(RegionEvent, Timestamp)>,
    owed: BTreeSet<ObligationId>,
    told: BTreeMap<(IncidentId, String), u64>,
}

fn region() -> RegionCode {
    RegionCode::new(75).expect("Almaty")
}

fn officer() -> By {
    By::Person { account: AccountName::new("asel").expect("a name") }
}

fn pick<T>(from: &[T], n: u8) -> Option<&T> {
    (!from.is_empty()).then(|| &from[usize::from(n) % from.len()])
}

impl Day {
    fn new() -> Self {
        Self {
            state: RegionState::new(region(), RegionSettings::default()),
            now: "2025-11-23T05:00:00Z".parse().expect("a time"),
            step: 0,
            messages: vec![],
            requests: vec![],
            heard: BTreeMap::new(),
            history: vec![],
            owed: BTreeSet::new(),
            told: BTreeMap::new(),
        }
    }

    fn fresh(&mut self) -> Uuid {
        self.step += 1;
        Uuid::from_u128(0x019A_0000_0000_7000_8000_0000_0000_0000 + (self.step << 64))
    }

    fn cards(&self) -> Vec<IncidentId> {
        let mut cards: Vec<_> = self.state.incidents().map(|c| c.id).collect();
        cards.sort();
        cards
    }

    fn ask(&mut self, command: RegionCommand, by: By) -> Result<Decision, Refusal> {
        let ctx = Context { now: self.now, by, ids: Ids::new(self.fresh()) };
        let decision = self.state.decide(command, ctx)?;
        for event in &decision.events {
            self.state.apply(event, self.now);
            self.history.push((event.clone(), self.now));
        }
        for outbound in &decision.outbound {
            let Some(incident) = outbound.incident else { continue };
            for recipient in &outbound.recipients {
                let Some(sequence) = recipient.sequence else { continue };
                let last = self.told.entry((incident, recipient.party().to_string())).or_default();
                assert_eq!(sequence, *last + 1, "no gap and no repetition towards {}", recipient.party());
                *last = sequence;
            }
        }
        Ok(decision)
    }

    fn message(&mut self, place: u8, words: u8) -> Message {
        let point = Point::new(43.20 + f64::from(place) * 0.03, 76.92).expect("a place");
        let fix = Fix { point, uncertainty: None };
        let category = ["building_fire", "stroke", "road_accident", "building_fire"][usize::from(words)];
        Message {
            id: MessageId(self.fresh()),
            channel: Channel::Call,
            received_at: self.now,
            sender: Sender::Person { name: None, call_back: CallBack::NoNumber },
            contact: Contact::Heard,
            language: None,
            text: WORDS[usize::from(words)].into(),
            answers: BTreeMap::new(),
            category: CategoryCode::new(category).ok(),
            location: Location::new(Some(fix), None, LocationSource::Caller, Some(self.now)).ok(),
            exercise: false,
        }
    }

    fn happen(&mut self, happening: &Happening) {
        let cards = self.cards();
        match *happening {
            Happening::Call { place, words } => {
                let message = self.message(place, words);
                let command = RegionCommand::Receive {
                    message: Box::new(message.clone()),
                    territory: Territory::default(),
                };
                let taken = self.ask(command, officer()).expect("a sound message is never refused");
                assert!(matches!(taken.answer, Answer::Taken { .. }));
                self.messages.push(message);
            }
            Happening::Again { message } => {
                let Some(message) = pick(&self.messages, message).cloned() else { return };
                let command =
                    RegionCommand::Receive { message: Box::new(message), territory: Territory::default() };
                let known = self.ask(command, officer()).expect("known");
                assert!(matches!(known.answer, Answer::Known(Some(_))) && known.events.is_empty());
            }
            Happening::Identify { card, emergency } => {
                let Some(incident) = pick(&cards, card) else { return };
                let identification = Identification {
                    standing: if emergency { Standing::Emergency } else { Standing::Event },
                    basis: "what the caller says".into(),
                    clause: None,
                    nature: emergency.then(|| serde_json::from_str("\"technogenic\"").expect("a nature")),
                    type_id: emergency.then(|| serde_json::from_str("\"T03a\"").expect("a type")),
                    declaration: None,
                };
                let (incident, identification) = (*incident, Box::new(identification));
                let _ = self.ask(RegionCommand::Identify { incident, identification }, officer());
            }
            Happening::Merge { into, from } => {
                let (Some(into), Some(from)) = (pick(&cards, into), pick(&cards, from)) else { return };
                let (into, from) = (*into, *from);
                let _ = self.ask(RegionCommand::Merge { into, from, reason: "the same".into() }, officer());
            }
            Happening::Split { card, message } => {
                let Some(from) = pick(&cards, card).copied() else { return };
                let on: Vec<_> =
                    self.state.incident(from).expect("a card").messages.iter().map(|m| m.id).collect();
                let Some(id) = pick(&on, message) else { return };
                let message = self.messages.iter().find(|m| m.id == *id).expect("it came in").clone();
                let _ = self.ask(
                    RegionCommand::Split {
                        from,
                        message: Box::new(message),
                        reason: "another".into(),
                        territory: Territory::default(),
                    },
                    officer(),
                );
            }
            Happening::Request { card, service, additional } => {
                let Some(incident) = pick(&cards, card).copied() else { return };
                let service = ServiceKey::new(SERVICES[usize::from(service)]).expect("a service");
                let new = NewRequest {
                    id: RequestId(self.fresh()),
                    act: if additional { Act::Additional } else { Act::FirstWave },
                    service: service.clone(),
                    service_region: region(),
                    profile: None,
                    capabilities: vec![],
                    count: 1,
                    recommended: vec![],
                };
                let id = new.id;
                let command = RegionCommand::RequestForces { incident, requests: vec![new] };
                if self.ask(command, officer()).is_ok() {
                    self.requests.push((id, incident, service));
                }
            }
            Happening::Answer { request, accept } => {
                let Some((request, incident, service)) = pick(&self.requests, request).cloned() else {
                    return;
                };
                let after = self.heard.get(&service).copied().unwrap_or(0);
                let event = ServiceEvent::ForcesAnswered {
                    request,
                    incident,
                    decision: Some(if accept {
                        ForcesDecision::Accepted
                    } else {
                        ForcesDecision::Refused { reason: None }
                    }),
                    composition: None,
                    departure_at: accept.then(|| self.now + SignedDuration::from_mins(1)),
                    arrival_at: accept.then(|| self.now + SignedDuration::from_mins(9)),
                    units: if accept { vec![UnitId::new("u-1").expect("a unit")] } else { vec![] },
                    telephoned: None,
                };
                let events = vec![(after + 1, self.now, event)];
                let by = By::Service { region: region(), service: service.clone() };
                let command =
                    RegionCommand::HearService { from: region(), service: service.clone(), after, events };
                if self.ask(command, by).is_ok() {
                    self.heard.insert(service, after + 1);
                }
            }
            Happening::Cancel { request } => {
                let Some((request, incident, _)) = pick(&self.requests, request).cloned() else { return };
                let command = RegionCommand::CancelRequest { incident, request, reason: "not needed".into() };
                let _ = self.ask(command, officer());
            }
            Happening::Close { card } => {
                let Some(incident) = pick(&cards, card).copied() else { return };
                let outcome = Outcome::Resolved { note: "done".into() };
                let _ = self.ask(RegionCommand::Close { incident, outcome }, officer());
            }
            Happening::Reopen { card } => {
                let Some(incident) = pick(&cards, card).copied() else { return };
                let _ = self.ask(RegionCommand::Reopen { incident, reason: "it goes on".into() }, officer());
            }
            Happening::Declare { mode } => {
                let mode = [Mode::Everyday, Mode::HighReadiness, Mode::Emergency][usize::from(mode)];
                let order = ModeOrder {
                    reason: "a mudflow is expected".into(),
                    legal_reference: "decision of the akim No. 12".into(),
                    ordered_by: None,
                    from: None,
                    until: None,
                    zone: None,
                    part: None,
                    exercise: false,
                };
                let _ = self.ask(RegionCommand::Mode(ModeCommand::Declare { mode, order }), officer());
            }
            Happening::Wait { minutes } => {
                self.now += SignedDuration::from_mins(i64::from(minutes));
                self.ask(RegionCommand::Tick, By::rule("clock")).expect("time passes");
            }
        }
    }

    /// Each message is on one card; no obligation has disappeared, and none was dropped by nobody.
    fn holds(&mut self) {
        let mut found: BTreeMap<MessageId, IncidentId> = BTreeMap::new();
        // A merged card shows what it held; the card that goes on has it.
        for card in self.state.incidents().filter(|c| c.status != IncidentStatus::Merged) {
            for message in card.messages.iter() {
                assert_eq!(found.insert(message.id, card.id), None, "a message on two cards");
            }
        }
        let sent: BTreeSet<MessageId> = self.messages.iter().map(|m| m.id).collect();
        assert_eq!(found.into_keys().collect::<BTreeSet<_>>(), sent, "no message is lost, none is invented");
        let now: BTreeSet<ObligationId> = self.state.obligations().iter().map(|o| o.id).collect();
        assert!(self.owed.is_subset(&now), "an obligation has disappeared");
        self.owed = now;
        for obligation in self.state.obligations().iter() {
            // Ended by a named person, or void by what it says.
            let (ended, by_person) = (obligation.status == Status::Cancelled, obligation.cancelled.is_some());
            assert!(ended == by_person || obligation.is_void() && obligation.evidence.is_some());
            assert_eq!(obligation.status.is_owed(), obligation.settled_at.is_none(), "{obligation:?}");
        }
    }

    /// The events alone give the same hub again.
    fn replays(&self) {
        let mut again = RegionState::new(region(), RegionSettings::default());
        for (event, at) in &self.history {
            // Through JSON, as the journal keeps them.
            let kept = serde_json::to_string(event).expect("an event is written");
            again.apply(&serde_json::from_str(&kept).expect("and read"), *at);
        }
        for card in self.state.incidents() {
            assert_eq!(Some(card), again.incident(card.id));
        }
        assert_eq!(self.state.incidents().count(), again.incidents().count());
        let obligations = |state: &RegionState| {
            state.obligations().iter().map(|o| (o.id, o.clone())).collect::<BTreeMap<_, _>>()
        };
        assert_eq!(obligations(&self.state), obligations(&again));
        assert_eq!((self.state.mode(), self.state.all_heard()), (again.mode(), again.all_heard()));
    }
}

#[test]
fn a_message_of_a_merged_card_is_split_off_the_card_that_it_went_to() {
    let mut hub = Day::new();
    for (place, words) in [(0, 0), (5, 1), (5, 1)] {
        hub.happen(&Happening::Call { place, words });
    }
    let on = |n: usize| {
        let message = hub.messages[n].id;
        let mut cards = hub.state.incidents();
        cards.find(|c| c.messages.iter().any(|m| m.id == message)).expect("a card").id
    };
    let (into, from) = (on(0), on(1));
    let split = |from| RegionCommand::Split {
        from,
        message: Box::new(hub.messages[1].clone()),
        reason: "another".into(),
        territory: Territory::default(),
    };
    let (of_the_merged, of_the_kept) = (split(from), split(into));
    hub.ask(RegionCommand::Merge { into, from, reason: "the same".into() }, officer()).expect("merged");

    let refused = hub.ask(of_the_merged, officer()).expect_err("it lies on the other card");
    let kept = hub.state.incident(into).expect("a card").number.clone();
    assert!(refused.to_string().contains(&kept), "{refused} names {kept}");
    hub.holds();

    hub.ask(of_the_kept, officer()).expect("split off where it lies");
    hub.holds();
    hub.replays();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_message_obligation_or_number_is_ever_lost_and_the_journal_gives_the_same_hub(
        day in proptest::collection::vec(happening(), 1..120)
    ) {
        let mut hub = Day::new();
        for happening in &day {
            hub.happen(happening);
            hub.holds();
        }
        hub.replays();
    }
}
