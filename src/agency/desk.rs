//! The agency's duty desk: what it says to what it is told, and when. Pure: time comes in, messages go out.

mod memory;
mod said;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::memory::Memory;
use self::said::{CREW, nothing, reason_text};
use super::fleet::{Choice, Fleet};
use super::options::{Behaviour, Options};
use crate::domain::envelope::{
    ActionReport, AgencyContent, Composition, Decision, Directive, DirectiveStage, Equipment, ErrorCode,
    ForcesAnswer, ForcesRequest, Head, HubContent, IncidentNotice, Kind, NoticeStage, Positions, ReadAck,
    Reason, ReasonCode, Recipient, Status, UnitStep, Warning, WarningChannel, WarningOutcome, WarningReport,
    WarningTask,
};
use crate::domain::ids::{DistributionId, IncidentId, RegionCode, RequestId, UnitId};
use crate::domain::quantities::Point;
use crate::domain::service_kind;

/// To how many an operator says that it sent an SMS.
const SUBSCRIBERS: u32 = 12_000;

/// A message to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Its identity.
    pub id: DistributionId,
    /// What it says.
    pub content: AgencyContent,
    /// What it does.
    pub kind: Kind,
    /// What it answers.
    pub references: Option<DistributionId>,
    /// What it is about.
    pub incident: Option<IncidentId>,
    /// As the message that led to it.
    pub status: Status,
    /// The region as whose service it is said, to that region's hub.
    pub region: RegionCode,
    /// The trace of the message that led to it.
    pub trace: Option<String>,
}

/// What the desk has to remember of a message to answer it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Cause {
    region: RegionCode,
    id: DistributionId,
    incident: Option<IncidentId>,
    status: Status,
    trace: Option<String>,
}

impl Cause {
    fn say(&self, kind: Kind, content: AgencyContent) -> Outgoing {
        let Self { region, id: answered, incident, status, trace } = self.clone();
        let id = DistributionId(Uuid::now_v7());
        Outgoing { id, content, kind, references: Some(answered), incident, status, region, trace }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Step {
    Read,
    Answer(Box<ForcesRequest>),
    /// An answer was not taken, for another request has a unit of it: another without these.
    AnswerOtherwise {
        request: Box<ForcesRequest>,
        without: BTreeSet<UnitId>,
    },
    Depart {
        request: RequestId,
        unit: UnitId,
        to: Option<Point>,
        eta: Option<SignedDuration>,
        first: bool,
    },
    Arrive {
        request: RequestId,
        unit: UnitId,
        first: bool,
    },
    Act {
        request: RequestId,
        unit: UnitId,
    },
    Release {
        request: RequestId,
        unit: UnitId,
    },
    Directive {
        directive: Directive,
        stage: DirectiveStage,
    },
    Ready,
    /// A warning of the public is given out over a channel.
    GiveOut {
        warning: u32,
        version: u32,
        channel: WarningChannel,
    },
    Positions,
}

/// The desk.
pub struct Desk {
    options: Options,
    officer: String,
    fleet: Fleet,
    chance: StdRng,
    agenda: BinaryHeap<Reverse<(Timestamp, u64)>>,
    steps: HashMap<u64, (Cause, Step)>,
    counted: u64,
    cancelled: HashSet<RequestId>,
    /// The hub asks again when it hears nothing: the same request is answered once.
    taken_up: HashSet<RequestId>,
    /// Answers that name units, while these are on their request: the hub may not take one.
    answers: HashMap<DistributionId, Named>,
    positions_planned: bool,
}

/// An answer that names units.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Named {
    cause: Cause,
    request: Box<ForcesRequest>,
    units: Vec<UnitId>,
    without: BTreeSet<UnitId>,
}

impl Desk {
    /// A desk with these units.
    #[must_use]
    pub fn new(options: Options, fleet: Fleet) -> Self {
        let chance = StdRng::seed_from_u64(options.seed);
        let service = service_kind::find(&options.service).map(|kind| kind.names.ru.as_str());
        let officer = format!("Дежурный, {}", service.unwrap_or(options.service.as_str()));
        Self {
            options,
            officer,
            fleet,
            chance,
            agenda: BinaryHeap::new(),
            steps: HashMap::new(),
            counted: 0,
            cancelled: HashSet::new(),
            taken_up: HashSet::new(),
            answers: HashMap::new(),
            positions_planned: false,
        }
    }

    /// When the desk has something to do next.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.agenda.peek().map(|Reverse((at, _))| *at)
    }

    /// Takes in a message of the hub, after its sequence was seen to. Gives what is said at once.
    pub fn receive(&mut self, head: &Head, content: HubContent, now: Timestamp) -> Vec<Outgoing> {
        let cause = Cause {
            region: self.addressed(head),
            id: head.distribution_id,
            incident: head.incident,
            status: head.status,
            trace: head.trace.clone(),
        };
        if self.options.behaviour != Behaviour::Normal || head.expires_at.is_some_and(|at| at <= now) {
            return Vec::new();
        }
        let read = self.after(now, self.options.read_delay);
        let is_read = !matches!(
            content,
            HubContent::Heartbeat(_) | HubContent::Acknowledgement(_) | HubContent::Error(_)
        );
        if is_read {
            self.plan(read, cause.clone(), Step::Read);
        }
        match content {
            HubContent::ForcesRequest(request) if self.taken_up.insert(request.request_id) => {
                let at = self.after(read, self.options.answer_delay);
                self.plan(at, cause.clone(), Step::Answer(Box::new(request)));
            }
            HubContent::RequestCancelled(cancelled) => {
                let (request, units) = (cancelled.request_id, cancelled.units);
                if units.is_empty() {
                    self.answers.retain(|_, named| named.request.request_id != request);
                    self.cancelled.insert(request);
                }
                let of = |on, unit: &UnitId| on == request && (units.is_empty() || units.contains(unit));
                return self.turn_back(&cause, of, now);
            }
            HubContent::IncidentNotice(IncidentNotice {
                stage: NoticeStage::Closed | NoticeStage::Withdrawn,
                ..
            }) => {
                let requests: HashSet<RequestId> = self.requests_of(cause.incident);
                self.answers.retain(|_, named| !requests.contains(&named.request.request_id));
                self.cancelled.extend(&requests);
                return self.turn_back(&cause, |on, _| requests.contains(&on), now);
            }
            HubContent::ThreatNotice(threat) if threat.readiness_due.is_some() => {
                let at = self.after(read, self.options.answer_delay * 4.0);
                self.plan(at, cause.clone(), Step::Ready);
            }
            HubContent::Directive(directive) if head.kind != Kind::Cancel => {
                let done = self.after(read, self.options.on_scene * 60.0);
                for (at, stage) in [(read, DirectiveStage::Read), (done, DirectiveStage::Done)] {
                    self.plan(at, cause.clone(), Step::Directive { directive: directive.clone(), stage });
                }
                return vec![
                    cause.say(Kind::Ack, self.directive_ack(&directive, DirectiveStage::Received, now)),
                ];
            }
            HubContent::Warning(warning) => self.warn(&cause, &warning, read),
            HubContent::Error(error) if error.code == ErrorCode::UnitTaken => {
                self.take_back(error.references.or(head.references), now);
            }
            HubContent::Heartbeat(heartbeat) => {
                return vec![cause.say(Kind::Response, self.heartbeat_reply(&heartbeat))];
            }
            _ => {}
        }
        Vec::new()
    }

    /// A warning is given out as the newest version says: what was planned of an older one is not done any more.
    fn warn(&mut self, cause: &Cause, told: &Warning, read: Timestamp) {
        if told.task == WarningTask::Inform {
            return;
        }
        self.steps.retain(|_, (other, step)| {
            let same = matches!(step, Step::GiveOut { warning, .. } if *warning == told.warning);
            !(same && other.region == cause.region)
        });
        if !told.task.is_reported() {
            return;
        }
        let mut at = read;
        for channel in [WarningChannel::CellBroadcast, WarningChannel::Sms] {
            at = self.after(at, self.options.answer_delay);
            let (warning, version) = (told.warning, told.version);
            self.plan(at, cause.clone(), Step::GiveOut { warning, version, channel });
        }
    }

    /// The region as whose service the agency is addressed.
    fn addressed(&self, head: &Head) -> RegionCode {
        let own =
            |r: &&Recipient| r.service == self.options.service && self.options.region.contains(&r.region);
        head.recipients.iter().find(own).map_or(head.sender.region, |r| r.region)
    }

    /// Does what is due. Gives what is said.
    pub fn due(&mut self, now: Timestamp) -> Vec<Outgoing> {
        let mut out = Vec::new();
        while let Some(Reverse((at, number))) = self.agenda.peek().copied() {
            if at > now {
                break;
            }
            self.agenda.pop();
            if let Some((cause, step)) = self.steps.remove(&number) {
                self.carry_out(&cause, step, now, &mut out);
            }
        }
        out
    }

    fn carry_out(&mut self, cause: &Cause, step: Step, now: Timestamp, out: &mut Vec<Outgoing>) {
        match step {
            Step::Read => {
                let ack = ReadAck { by: self.officer.clone(), at: now };
                out.push(cause.say(Kind::Ack, AgencyContent::ReadAck(ack)));
            }
            Step::Answer(request) => self.answer(cause, request, None, now, out),
            Step::AnswerOtherwise { request, without } => {
                self.answer(cause, request, Some(without), now, out);
            }
            Step::Depart { request, unit, to, eta, first } if self.is_on(&unit, request) => {
                out.push(cause.say(Kind::Report, self.status(&unit, UnitStep::Departed, now)));
                let speed = self.options.speed * self.options.speed_up;
                let drive = to.and_then(|to| self.fleet.send(&unit, to, now, speed));
                let quick = self.options.speed_up.max(0.001);
                let believed = eta.unwrap_or(SignedDuration::from_mins(8)).div_f64(quick);
                let drive = drive.unwrap_or(believed);
                let arrives = now.checked_add(drive).unwrap_or(now);
                if first {
                    let answer = ForcesAnswer {
                        departure_at: Some(now),
                        arrival_at: Some(arrives),
                        ..nothing(request)
                    };
                    out.push(cause.say(Kind::Update, AgencyContent::ForcesAnswer(answer)));
                }
                self.plan(arrives, cause.clone(), Step::Arrive { request, unit, first });
                self.plan_positions(cause, now);
            }
            Step::Arrive { request, unit, first } if self.is_on(&unit, request) => {
                out.push(cause.say(Kind::Report, self.status(&unit, UnitStep::Arrived, now)));
                if first {
                    let answer = ForcesAnswer { arrival_at: Some(now), ..nothing(request) };
                    out.push(cause.say(Kind::Update, AgencyContent::ForcesAnswer(answer)));
                    let at = self.after(now, self.options.on_scene * 30.0);
                    self.plan(at, cause.clone(), Step::Act { request, unit: unit.clone() });
                }
                let at = self.after(now, self.options.on_scene * 60.0);
                self.plan(at, cause.clone(), Step::Release { request, unit });
            }
            Step::Act { request, unit } if self.is_on(&unit, request) => {
                let text = "Работы на месте ведутся".to_owned();
                let report = ActionReport { text, at: now, units: vec![unit] };
                out.push(cause.say(Kind::Report, AgencyContent::ActionReport(report)));
            }
            Step::Release { request, unit } if self.is_on(&unit, request) => {
                self.answers.retain(|_, named| named.request.request_id != request);
                self.release(cause, &unit, now, out);
            }
            Step::Directive { directive, stage } => {
                out.push(cause.say(Kind::Ack, self.directive_ack(&directive, stage, now)));
            }
            Step::GiveOut { warning, version, channel } => {
                // A cell does not know who hears it.
                let reached = (channel == WarningChannel::Sms).then_some(SUBSCRIBERS);
                let report = WarningReport {
                    warning,
                    version,
                    outcome: WarningOutcome::Transmitted,
                    at: now,
                    channel: Some(channel),
                    reached,
                    reason: None,
                };
                out.push(cause.say(Kind::Response, AgencyContent::WarningReport(report)));
            }
            Step::Ready => out.push(cause.say(Kind::Response, self.readiness(now))),
            Step::Positions => {
                self.positions_planned = false;
                let moving = self.fleet.moving(now);
                for positions in moving.chunks(crate::domain::envelope::MAX_POSITIONS) {
                    let positions = Positions { positions: positions.to_vec() };
                    out.push(Outgoing {
                        id: DistributionId(Uuid::now_v7()),
                        content: AgencyContent::Positions(positions),
                        kind: Kind::Report,
                        references: None,
                        incident: None,
                        status: cause.status,
                        region: cause.region,
                        trace: None,
                    });
                }
                if !moving.is_empty() {
                    self.plan_positions(cause, now);
                }
            }
            // The request was cancelled, or the incident closed, meanwhile.
            Step::Depart { .. } | Step::Arrive { .. } | Step::Act { .. } | Step::Release { .. } => {}
        }
    }

    fn answer(
        &mut self,
        cause: &Cause,
        request: Box<ForcesRequest>,
        otherwise: Option<BTreeSet<UnitId>>,
        now: Timestamp,
        out: &mut Vec<Outgoing>,
    ) {
        let id = request.request_id;
        if self.cancelled.remove(&id) {
            return;
        }
        let whims = otherwise.is_none();
        let refuses = whims && self.chance.random_bool(self.options.refusal_rate.clamp(0.0, 1.0));
        let own_mind = whims && self.chance.random_bool(self.options.change_rate.clamp(0.0, 1.0));
        let without = otherwise.unwrap_or_default();
        let spoken_for = self.spoken_for().chain(&without).cloned().collect();
        let choice = if refuses {
            Choice::None(ReasonCode::Breakdown)
        } else {
            self.fleet.choose(&request, own_mind, &spoken_for)
        };
        let (decision, units, reason) = match choice {
            Choice::Recommended(units) => (Decision::Accept, units, None),
            Choice::Others(units, reason) => (Decision::Change, units, Some(reason)),
            Choice::None(reason) => (Decision::Refuse, Vec::new(), Some(reason)),
        };
        let reason = reason.map(|code| Reason { code, text: reason_text(code).to_owned() });
        let people = CREW * u32::try_from(units.len()).unwrap_or(u32::MAX / CREW);
        let composition = (!units.is_empty()).then(|| Composition {
            people,
            equipment: vec![Equipment { name: "автомобиль".into(), count: people / CREW }],
        });
        let answer = ForcesAnswer {
            decision: Some(decision),
            reason,
            units: units.clone(),
            composition,
            ..nothing(id)
        };
        let answer = cause.say(Kind::Response, AgencyContent::ForcesAnswer(answer));
        if !units.is_empty() {
            let named =
                Named { cause: cause.clone(), request: request.clone(), units: units.clone(), without };
            self.answers.insert(answer.id, named);
        }
        out.push(answer);
        let Some(incident) = cause.incident else { return };
        for (n, unit) in units.into_iter().enumerate() {
            self.fleet.engage(&unit, incident, id);
            let eta = request.recommended.iter().find(|r| r.unit_id == unit).and_then(|r| r.eta_s);
            let at = self.after(now, self.options.turnout);
            let (to, eta) = (request.place.point, eta.map(crate::domain::quantities::Seconds::span));
            self.plan(at, cause.clone(), Step::Depart { request: id, unit, to, eta, first: n == 0 });
        }
    }

    /// Units that the hub recommends for requests which wait for their answer: it holds them for these.
    fn spoken_for(&self) -> impl Iterator<Item = &UnitId> {
        let waiting = self.steps.values().filter_map(|(_, step)| match step {
            Step::Answer(request) | Step::AnswerOtherwise { request, .. } => Some(request),
            _ => None,
        });
        waiting.flat_map(|request| request.recommended.iter().map(|unit| &unit.unit_id))
    }

    /// An answer was not taken: its units stay where they are, and the request is answered otherwise.
    fn take_back(&mut self, answer: Option<DistributionId>, now: Timestamp) {
        let Some(Named { cause, request, units, without }) = answer.and_then(|id| self.answers.remove(&id))
        else {
            return;
        };
        let id = request.request_id;
        self.steps.retain(|_, (_, step)| {
            !matches!(step, Step::Depart { request, .. } | Step::Arrive { request, .. }
                | Step::Act { request, .. } | Step::Release { request, .. } if *request == id)
        });
        for unit in &units {
            self.fleet.release(unit, now, self.options.speed * self.options.speed_up);
        }
        // What the hub recommends it holds for this request; another that was named is not named again.
        let recommended = |unit: &UnitId| request.recommended.iter().any(|r| r.unit_id == *unit);
        let others = units.into_iter().filter(|unit| !recommended(unit));
        let without: BTreeSet<UnitId> = others.chain(without).collect();
        let at = self.after(now, self.options.answer_delay);
        self.plan(at, cause, Step::AnswerOtherwise { request, without });
    }

    /// Lets the units of some requests go at once, and drops what was planned for them.
    fn turn_back(
        &mut self,
        cause: &Cause,
        of: impl Fn(RequestId, &UnitId) -> bool,
        now: Timestamp,
    ) -> Vec<Outgoing> {
        let mut units: Vec<UnitId> = Vec::new();
        self.steps.retain(|_, (_, step)| match step {
            Step::Depart { request, unit, .. }
            | Step::Arrive { request, unit, .. }
            | Step::Act { request, unit }
            | Step::Release { request, unit }
                if of(*request, unit) =>
            {
                units.push(unit.clone());
                false
            }
            _ => true,
        });
        units.sort();
        units.dedup();
        let mut out = Vec::new();
        for unit in units {
            self.release(cause, &unit, now, &mut out);
        }
        out
    }

    fn requests_of(&self, incident: Option<IncidentId>) -> HashSet<RequestId> {
        let of_incident =
            self.steps.values().filter(|(cause, _)| incident.is_some() && cause.incident == incident);
        of_incident
            .filter_map(|(_, step)| match step {
                Step::Depart { request, .. }
                | Step::Arrive { request, .. }
                | Step::Act { request, .. }
                | Step::Release { request, .. } => Some(*request),
                Step::Answer(request) | Step::AnswerOtherwise { request, .. } => Some(request.request_id),
                _ => None,
            })
            .collect()
    }

    fn release(&mut self, cause: &Cause, unit: &UnitId, now: Timestamp, out: &mut Vec<Outgoing>) {
        out.push(cause.say(Kind::Report, self.status(unit, UnitStep::Released, now)));
        out.push(cause.say(Kind::Report, self.status(unit, UnitStep::Available, now)));
        self.fleet.release(unit, now, self.options.speed * self.options.speed_up);
        self.plan_positions(cause, now);
    }

    fn is_on(&self, unit: &UnitId, request: RequestId) -> bool {
        !self.cancelled.contains(&request) && self.fleet.is_on(unit, request)
    }

    /// A time about so many seconds of real life later: from half to half as much again.
    fn after(&mut self, from: Timestamp, seconds: f64) -> Timestamp {
        let seconds = seconds * self.chance.random_range(0.5..1.5) / self.options.speed_up.max(0.001);
        let wait = SignedDuration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(SignedDuration::ZERO);
        from.checked_add(wait).unwrap_or(from)
    }

    fn plan(&mut self, at: Timestamp, cause: Cause, step: Step) {
        self.counted += 1;
        self.agenda.push(Reverse((at, self.counted)));
        self.steps.insert(self.counted, (cause, step));
    }

    fn plan_positions(&mut self, cause: &Cause, now: Timestamp) {
        if self.positions_planned || self.fleet.is_empty() {
            return;
        }
        self.positions_planned = true;
        let seconds = self.options.position_every / self.options.speed_up.max(0.001);
        // More often than this tells the hub nothing.
        let wait =
            SignedDuration::try_from_secs_f64(seconds.max(0.2)).unwrap_or(SignedDuration::from_secs(5));
        self.plan(now.checked_add(wait).unwrap_or(now), cause.clone(), Step::Positions);
    }
}
