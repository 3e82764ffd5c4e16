//! What a region's hub can be asked to do. Each is decided against the state as it is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::classification::legal::Identification;
use super::classification::order240::{Consequences, Scale};
use super::directive::DirectiveCommand;
use super::envelope::{ActionReport, EmergencyReport, ErrorContent, HubContent, IncidentNotice, Kind, Party};
use super::forces::{Act, RecommendedUnit, Stage};
use super::formation::FormationCommand;
use super::ids::{
    Capability, CategoryCode, ClosureId, DistributionId, DistrictCode, IncidentId, ObligationId, RegionCode,
    RequestId, ServiceKey, UnitId, ZoneId,
};
use super::incident::{Outcome, Relation};
use super::location::Location;
use super::lookup::LookupCommand;
use super::message::{Message, Subject};
use super::mode::ModeCommand;
use super::notice::NoticeCommand;
use super::organisation::OrganisationCommand;
use super::region::{NewClosure, NewZone};
use super::response_plan::PlanRow;
use super::service::ServiceEvent;
use super::service_desk::ServiceDeskCommand;
use super::service_kind::Profile;
use super::severity::Severity;
use super::shift::ShiftCommand;
use super::situation::SituationCommand;
use super::unit::Taken;
use super::warning::WarningCommand;
use super::zone::ZonePolygon;

/// Where a place lies among the territories; found in memory by the caller, for the domain knows no polygons.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Territory {
    /// The district, where known.
    pub district: Option<DistrictCode>,
    /// Other regions whose border is near.
    pub neighbours: Vec<RegionCode>,
}

/// A request for forces to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRequest {
    /// Identity; the reservation of the units carries it already.
    pub id: RequestId,
    /// First wave or additional.
    pub act: Act,
    /// To whom.
    pub service: ServiceKey,
    /// Of which region.
    pub service_region: RegionCode,
    /// Profile sent for.
    pub profile: Option<Profile>,
    /// What the units must be able to do.
    pub capabilities: Vec<Capability>,
    /// How many.
    pub count: u16,
    /// Units that the service holds for it.
    pub recommended: Vec<RecommendedUnit>,
}

/// What is asked of a region's hub.
#[derive(Debug, Clone)]
pub enum RegionCommand {
    /// Take a message (c.6(1)).
    Receive {
        /// The message.
        message: Box<Message>,
        /// Where its point lies.
        territory: Territory,
    },
    /// Correct or confirm the category.
    SetCategory {
        /// The card.
        incident: IncidentId,
        /// The category.
        code: CategoryCode,
        /// Its gravity; the category's own when absent.
        severity: Option<Severity>,
    },
    /// Answers come while the questions are still being asked; the category is ranked anew.
    AddAnswers {
        /// The card.
        incident: IncidentId,
        /// What the caller said besides.
        text: String,
        /// Answers to structured questions.
        answers: BTreeMap<String, serde_json::Value>,
    },
    /// A person finds that two cards do not speak of the same event.
    DeclineJoin {
        /// The card.
        incident: IncidentId,
        /// The other.
        other: IncidentId,
        /// Why.
        reason: String,
    },
    /// Tell services of the card that were not told yet (c.5(1)¶2).
    Inform {
        /// The card.
        incident: IncidentId,
        /// Which.
        services: Vec<ServiceKey>,
    },
    /// Tell a service once more what did not reach it (c.5(1)¶2).
    TellAgain {
        /// The card.
        incident: IncidentId,
        /// Whom.
        to: Party,
        /// As what it was sent.
        kind: Kind,
        /// What it was.
        content: Box<HubContent>,
    },
    /// Correct what c.2(3) calls it.
    SetSubject {
        /// The card.
        incident: IncidentId,
        /// The subject.
        subject: Subject,
    },
    /// Give a better place.
    SetLocation {
        /// The card.
        incident: IncidentId,
        /// The place.
        location: Location,
        /// Where it lies.
        territory: Territory,
    },
    /// Decide event or emergency (c.5(3)¶1).
    Identify {
        /// The card.
        incident: IncidentId,
        /// The decision.
        identification: Box<Identification>,
    },
    /// Record consequences; the scale is proposed anew.
    SetConsequences {
        /// The card.
        incident: IncidentId,
        /// The figures.
        consequences: Consequences,
    },
    /// State or confirm the scale (Order 240).
    SetScale {
        /// The card.
        incident: IncidentId,
        /// The scale.
        scale: Scale,
        /// On what it rests.
        basis: String,
    },
    /// Mark as stirring the public (R175 c.10).
    SetPublicResonance {
        /// The card.
        incident: IncidentId,
        /// The mark.
        public_resonance: bool,
    },
    /// Add a remark.
    Note {
        /// The card.
        incident: IncidentId,
        /// The remark.
        text: String,
    },
    /// Move all messages of one card to another.
    Merge {
        /// The card that goes on.
        into: IncidentId,
        /// The card that ends.
        from: IncidentId,
        /// Why.
        reason: String,
    },
    /// Take a message off a card.
    Split {
        /// The card.
        from: IncidentId,
        /// The message, whole as it is kept: the new card is opened from all that it says.
        message: Box<Message>,
        /// Why.
        reason: String,
        /// Where the message's own place lies.
        territory: Territory,
    },
    /// Link two cards.
    Link {
        /// One.
        one: IncidentId,
        /// What `one` is to the other.
        relation: Relation,
        /// The other.
        other: IncidentId,
    },
    /// Take a link away.
    Unlink {
        /// One.
        one: IncidentId,
        /// What `one` was to the other.
        relation: Relation,
        /// The other.
        other: IncidentId,
    },
    /// Request forces (c.5(3)¶2, ¶3).
    RequestForces {
        /// The card.
        incident: IncidentId,
        /// To each service one.
        requests: Vec<NewRequest>,
    },
    /// Withdraw a request.
    CancelRequest {
        /// The card.
        incident: IncidentId,
        /// The request.
        request: RequestId,
        /// Why.
        reason: String,
    },
    /// An officer records a stage by hand (told by telephone).
    RecordStage {
        /// The card.
        incident: IncidentId,
        /// The request.
        request: RequestId,
        /// The unit.
        unit: UnitId,
        /// The stage.
        stage: Stage,
        /// When.
        at: Timestamp,
    },
    /// Close the card.
    Close {
        /// The card.
        incident: IncidentId,
        /// How it ended.
        outcome: Outcome,
    },
    /// Open it again.
    Reopen {
        /// The card.
        incident: IncidentId,
        /// Why.
        reason: String,
    },
    /// Take in events of a service's own stream.
    HearService {
        /// Of which region.
        from: RegionCode,
        /// The service.
        service: ServiceKey,
        /// The report holds everything that concerns the hub from the event after this one on.
        after: u64,
        /// Number and event, in order; events that concern the service alone may be left out.
        events: Vec<(u64, Timestamp, ServiceEvent)>,
    },
    /// A service of a neighbouring region is asked for the first time: from here on its events are heard.
    ListenTo {
        /// Of which region.
        from: RegionCode,
        /// The service.
        service: ServiceKey,
        /// The event of its stream after which something may concern this hub.
        after: u64,
    },
    /// A service's answer was not taken: it names a unit that another request has.
    DeclineAnswer {
        /// Which service answered.
        service: ServiceKey,
        /// The request.
        request: RequestId,
        /// The service's message.
        reference: DistributionId,
        /// The unit that it wanted, and who has it.
        taken: Taken,
    },
    /// A service says what it does (c.5(1)¶5).
    TakeActionReport {
        /// Who.
        service: ServiceKey,
        /// What.
        report: ActionReport,
        /// About which card.
        incident: IncidentId,
    },
    /// A service's system could not take what it was told of a card: it says nothing of what anybody does.
    TakeAgencyError {
        /// Whose.
        service: ServiceKey,
        /// Why.
        error: ErrorContent,
        /// About which card.
        incident: IncidentId,
    },
    /// A service learnt of an emergency (c.5(1)¶4).
    TakeEmergencyReport {
        /// Who.
        service: ServiceKey,
        /// What.
        report: Box<EmergencyReport>,
        /// The service's message.
        reference: DistributionId,
        /// Where it lies.
        territory: Territory,
        /// Part of an exercise.
        exercise: bool,
    },
    /// The hub of another region tells of an incident near the border (c.3(1)).
    TakeNeighbourNotice {
        /// Whose hub.
        from: RegionCode,
        /// Its card.
        incident: IncidentId,
        /// The picture.
        notice: Box<IncidentNotice>,
        /// Part of an exercise there.
        exercise: bool,
    },
    /// A service's system or person acknowledged what it was told.
    TakeAcknowledgement {
        /// Who.
        service: ServiceKey,
        /// What was told.
        reference: DistributionId,
        /// The person there who has read it; absent: its system has it.
        read_by: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// Mode (c.5).
    Mode(ModeCommand),
    /// Shift (c.5(1)¶1).
    Shift(ShiftCommand),
    /// Directives (c.6(6)).
    Directive(DirectiveCommand),
    /// Situation (c.5(2)).
    Situation(SituationCommand),
    /// Warning (c.6(4)).
    Warning(WarningCommand),
    /// Draw a zone.
    DrawZone(Box<NewZone>),
    /// Change a zone.
    ChangeZone {
        /// Which.
        zone: ZoneId,
        /// Its polygon from now on.
        polygon: Box<ZonePolygon>,
        /// Why.
        reason: String,
    },
    /// End a zone.
    EndZone {
        /// Which.
        zone: ZoneId,
        /// Why.
        reason: String,
    },
    /// Close a road.
    CloseRoad {
        /// What, why and until when.
        closure: Box<NewClosure>,
        /// How many pieces of road that closes, where roads are known.
        pieces: Option<u32>,
    },
    /// Open a closed road before its time.
    OpenRoad {
        /// Which.
        closure: ClosureId,
        /// Why.
        reason: String,
    },
    /// A named person cancels an obligation.
    CancelObligation {
        /// Which.
        obligation: ObligationId,
        /// Why.
        reason: String,
    },
    /// Keep the register of rescue formations (c.2(1), c.6(3)).
    Formation(FormationCommand),
    /// Take note of a notice.
    Notice(NoticeCommand),
    /// Keep the tree of organisations (c.2(2), c.6(5), c.6(6)).
    Organisation(OrganisationCommand),
    /// Use another body's database, and say what became of it (c.6(7)).
    Lookup(LookupCommand),
    /// Keep the register of further desks (c.3).
    ServiceDesk(ServiceDeskCommand),
    /// Change the region's settings.
    SetSettings(Box<super::region::RegionSettings>),
    /// Put other response plans in force.
    SetPlans {
        /// All of their rows; absent: the shipped plans again.
        rows: Option<Vec<PlanRow>>,
        /// Why.
        reason: String,
    },
    /// Time has passed: what is due becomes late, what is late escalates.
    Tick,
}

impl RegionCommand {
    /// The cards that it is about, where it names them: they must be in memory to be decided on.
    #[must_use]
    pub fn cards(&self) -> Vec<IncidentId> {
        match self {
            Self::SetCategory { incident, .. }
            | Self::AddAnswers { incident, .. }
            | Self::Inform { incident, .. }
            | Self::TellAgain { incident, .. }
            | Self::SetSubject { incident, .. }
            | Self::SetLocation { incident, .. }
            | Self::Identify { incident, .. }
            | Self::SetConsequences { incident, .. }
            | Self::SetScale { incident, .. }
            | Self::SetPublicResonance { incident, .. }
            | Self::Note { incident, .. }
            | Self::RequestForces { incident, .. }
            | Self::CancelRequest { incident, .. }
            | Self::RecordStage { incident, .. }
            | Self::Close { incident, .. }
            | Self::Reopen { incident, .. }
            | Self::TakeActionReport { incident, .. }
            | Self::TakeAgencyError { incident, .. } => vec![*incident],
            Self::Lookup(LookupCommand::Ask { lookup }) => vec![lookup.incident],
            Self::Directive(DirectiveCommand::Issue { incident: Some(incident), .. }) => vec![*incident],
            Self::DeclineJoin { incident, other, .. } => vec![*incident, *other],
            Self::Merge { into, from, .. } => vec![*into, *from],
            Self::Split { from, .. } => vec![*from],
            Self::Link { one, other, .. } | Self::Unlink { one, other, .. } => vec![*one, *other],
            _ => Vec::new(),
        }
    }
}
