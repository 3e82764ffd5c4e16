//! The composed hub of one region, led by commands alone.

use std::collections::BTreeMap;

use hub112::domain::classification::legal::{Identification, Standing};
use hub112::domain::classification::order240::Scale;
use hub112::domain::command::{NewRequest, RegionCommand, Territory};
use hub112::domain::decision::{By, Context, Ids, Refusal};
use hub112::domain::envelope::{Composition, HubContent};
use hub112::domain::forces::{Act, ForcesDecision, Stage, StageSource};
use hub112::domain::ids::{
    AccountName, CategoryCode, IncidentId, MessageId, RegionCode, RequestId, ServiceKey, ShiftId, UnitId,
};
use hub112::domain::location::{Fix, Location, LocationSource};
use hub112::domain::message::{CallBack, Channel, Contact, Message, Sender};
use hub112::domain::mode::{Mode, ModeCommand, ModeOrder};
use hub112::domain::obligation::{ObligationKind as K, Status};
use hub112::domain::quantities::Point;
use hub112::domain::region::{Answer, Decision, RegionSettings, RegionState};
use hub112::domain::service::ServiceEvent;
use hub112::domain::shift::{CheckOutcome, ShiftCommand};
use hub112::domain::warning::{WarningAbout, WarningCommand};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// A hub with its clock.
pub struct Hub {
    pub state: RegionState,
    pub now: Timestamp,
    seed: u128,
    heard: BTreeMap<ServiceKey, u64>,
}

pub fn region() -> RegionCode {
    RegionCode::new(75).unwrap()
}

pub fn key(service: &str) -> ServiceKey {
    ServiceKey::new(service).unwrap()
}

pub fn officer() -> By {
    By::Person { account: AccountName::new("asel").unwrap() }
}

pub fn agency(service: &str) -> By {
    By::Service { region: region(), service: key(service) }
}

pub const DEPOT: RequestId = RequestId(Uuid::from_u128(0xA1));

impl Hub {
    pub fn new() -> Self {
        Self {
            state: RegionState::new(region(), RegionSettings::default()),
            now: "2025-11-23T05:00:00Z".parse().unwrap(),
            seed: 0x019A_0000_0000_7000_8000_0000_0000_0000,
            heard: BTreeMap::new(),
        }
    }

    pub fn ask(&mut self, command: RegionCommand, by: By) -> Result<Decision, Refusal> {
        self.seed += 1 << 64;
        let ctx = Context { now: self.now, by, ids: Ids::new(Uuid::from_u128(self.seed)) };
        let decision = self.state.decide(command, ctx)?;
        for event in &decision.events {
            self.state.apply(event, self.now);
        }
        Ok(decision)
    }

    pub fn person(&mut self, command: RegionCommand) -> Decision {
        self.ask(command, officer()).unwrap()
    }

    pub fn wait(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
        self.ask(RegionCommand::Tick, By::rule("clock")).unwrap();
    }

    /// A call from the middle of Almaty.
    pub fn message(&self, text: &str, category: Option<&str>) -> Message {
        let point = Point::new(43.25, 76.92).unwrap();
        let fix = Fix { point, uncertainty: None };
        Message {
            id: MessageId(Uuid::from_u128(self.seed)),
            channel: Channel::Call,
            received_at: self.now,
            sender: Sender::Person { name: None, call_back: CallBack::NoNumber },
            contact: Contact::Heard,
            language: None,
            text: text.into(),
            answers: BTreeMap::new(),
            category: category.map(|c| CategoryCode::new(c).unwrap()),
            location: Location::new(Some(fix), None, LocationSource::Caller, Some(self.now)).ok(),
            exercise: false,
        }
    }

    /// Takes a message; the card that it opened or joined.
    pub fn receive(&mut self, message: Message, territory: Territory) -> (IncidentId, Decision) {
        let decision = self.person(RegionCommand::Receive { message: Box::new(message), territory });
        let Answer::Taken { incident, .. } = decision.answer else { panic!("{:?}", decision.answer) };
        (incident, decision)
    }

    pub fn call(&mut self, text: &str, category: &str) -> (IncidentId, Decision) {
        let message = self.message(text, Some(category));
        self.receive(message, Territory::default())
    }

    pub fn identify(&mut self, incident: IncidentId, standing: Standing) -> Decision {
        let emergency = standing == Standing::Emergency;
        let identification = Identification {
            standing,
            basis: "two storeys burn, people are inside".into(),
            clause: None,
            nature: emergency.then(|| serde_json::from_str("\"technogenic\"").unwrap()),
            type_id: emergency.then(|| serde_json::from_str("\"T03a\"").unwrap()),
            declaration: None,
        };
        self.person(RegionCommand::Identify { incident, identification: Box::new(identification) })
    }

    /// An emergency of a technogenic type.
    pub fn identify_as(&mut self, incident: IncidentId, type_id: &str) -> Decision {
        let identification = Identification {
            standing: Standing::Emergency,
            basis: "people are under it".into(),
            clause: None,
            nature: Some(serde_json::from_str("\"technogenic\"").unwrap()),
            type_id: Some(serde_json::from_str(&format!("\"{type_id}\"")).unwrap()),
            declaration: None,
        };
        self.person(RegionCommand::Identify { incident, identification: Box::new(identification) })
    }

    /// The scale is stated.
    pub fn scale(&mut self, incident: IncidentId, scale: Scale) -> Decision {
        self.person(RegionCommand::SetScale { incident, scale, basis: "as far as is known".into() })
    }

    /// The question whether to warn of a card is answered: no.
    pub fn decide_against_warning(&mut self, incident: IncidentId) -> Decision {
        let about = WarningAbout::Incident { incident };
        let undecided = self.state.warnings().running_about(about).next().expect("a case").number;
        let reason = "nobody is in danger any more".into();
        self.person(RegionCommand::Warning(WarningCommand::Decline { warning: undecided, reason }))
    }

    pub fn request(&mut self, incident: IncidentId, act: Act, service: &str) -> Result<Decision, Refusal> {
        let new = NewRequest {
            id: DEPOT,
            act,
            service: key(service),
            service_region: region(),
            profile: None,
            capabilities: vec![],
            count: 1,
            recommended: vec![],
        };
        self.ask(RegionCommand::RequestForces { incident, requests: vec![new] }, officer())
    }

    pub fn hear(&mut self, service: &str, event: ServiceEvent) {
        self.hear_all(service, vec![event]);
    }

    /// What one decision of a service led to, in one report.
    pub fn hear_all(&mut self, service: &str, events: Vec<ServiceEvent>) {
        let upto = self.heard.entry(key(service)).or_default();
        let after = *upto;
        *upto += events.len() as u64;
        let events = (after + 1..).zip(events).map(|(seq, event)| (seq, self.now, event)).collect();
        let command = RegionCommand::HearService { from: region(), service: key(service), after, events };
        self.ask(command, agency(service)).unwrap();
    }

    pub fn answer(&mut self, incident: IncidentId, service: &str, datum: K) {
        let in_minutes = |m| Some(self.now + SignedDuration::from_mins(m));
        let event = ServiceEvent::ForcesAnswered {
            request: DEPOT,
            incident,
            decision: (datum == K::O11a).then_some(ForcesDecision::Accepted),
            composition: (datum == K::O11a).then(|| Composition { people: 6, equipment: vec![] }),
            departure_at: if datum == K::O11b { in_minutes(1) } else { None },
            arrival_at: if datum == K::O11c { in_minutes(9) } else { None },
            units: vec![UnitId::new("75-fire_rescue-1").unwrap()],
            telephoned: None,
        };
        self.hear(service, event);
    }

    pub fn reach(&mut self, incident: IncidentId, service: &str, stage: Stage) {
        let event = ServiceEvent::UnitReached {
            unit: UnitId::new("75-fire_rescue-1").unwrap(),
            request: DEPOT,
            incident,
            stage,
            at: self.now,
            source: StageSource::Service,
            free_at: None,
        };
        self.hear(service, event);
    }

    /// The officer opens a shift, finds every channel working and is on duty.
    pub fn takes_up_duty(&mut self) {
        let shift = ShiftId(Uuid::from_u128(0xD));
        self.person(RegionCommand::Shift(ShiftCommand::Open { shift }));
        let lines: Vec<_> = self.state.shifts().get(shift).expect("opened").unchecked().cloned().collect();
        for item in lines {
            let outcome = CheckOutcome::Works { round_trip_ms: None };
            self.person(RegionCommand::Shift(ShiftCommand::Check { shift, item, outcome }));
        }
        let without_handover = Some("the first shift".to_owned());
        self.person(RegionCommand::Shift(ShiftCommand::Accept { shift, without_handover }));
    }

    pub fn declare(&mut self, mode: Mode) -> Decision {
        self.declares(mode, false).unwrap()
    }

    /// A mode is declared for what is real, or rehearsed.
    pub fn declares(&mut self, mode: Mode, exercise: bool) -> Result<Decision, Refusal> {
        let order = ModeOrder {
            reason: "mudflow expected".into(),
            legal_reference: "decision of the akim No. 12".into(),
            ordered_by: None,
            from: None,
            until: None,
            zone: None,
            part: None,
            exercise,
        };
        self.ask(RegionCommand::Mode(ModeCommand::Declare { mode, order }), officer())
    }

    /// Where the obligations of a kind stand, in the order in which they were raised.
    pub fn of(&self, kind: K) -> Vec<Status> {
        let mut all: Vec<_> = self.state.obligations().iter().filter(|o| o.claim.kind == kind).collect();
        all.sort_by_key(|o| (o.since, o.id));
        all.iter().map(|o| o.status).collect()
    }

    pub fn owed(&self) -> usize {
        self.state.obligations().owed().count()
    }
}

pub fn told(decision: &Decision, service: &str) -> Vec<HubContent> {
    let of = |recipients: &[hub112::domain::envelope::Recipient]| {
        recipients.iter().any(|r| r.service == key(service))
    };
    decision.outbound.iter().filter(|o| of(&o.recipients)).map(|o| o.content.clone()).collect()
}
