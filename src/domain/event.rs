//! What has been decided in a region. Each event is durable before anyone is told of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::classification::legal::LegalStatus;
use super::classification::order240::{ConsequencesVersion, ScaleVersion};
use super::decision::By;
use super::directive::DirectiveEvent;
use super::envelope::{Composition, IncidentNotice, Recipient};
use super::forces::{DeclinedAnswer, ForcesDecision, ForcesRequest, Stage, StageSource, Telephoned};
use super::formation::FormationEvent;
use super::ids::{DistributionId, IncidentId, MessageId, RegionCode, RequestId, ServiceKey, UnitId};
use super::incident::{AnswersVersion, CategoryVersion, JoinGuess, LocationVersion, Note, Outcome, Relation};
use super::joining::JoinReason;
use super::lookup::LookupEvent;
use super::message::{Message, Subject};
use super::mode::ModeEvent;
use super::notice::NoticeEvent;
use super::obligation::ObligationEvent;
use super::organisation::OrganisationEvent;
use super::response_plan::PlanRow;
use super::service_desk::ServiceDeskEvent;
use super::shift::ShiftEvent;
use super::situation::SituationEvent;
use super::warning::WarningEvent;

/// What was written before plans had a version has none.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(version: &u64) -> bool {
    *version == 0
}

/// One thing that has happened in a region's hub.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum RegionEvent {
    /// A message reached the hub (c.6(1)); kept whole.
    MessageReceived {
        /// As received.
        message: Box<Message>,
        /// The card it opened or joined.
        incident: IncidentId,
    },
    /// A card was opened.
    IncidentOpened {
        /// Its identity.
        incident: IncidentId,
        /// Its number for people.
        number: String,
        /// What c.2(3) calls it.
        subject: Subject,
        /// The first message.
        message: MessageId,
        /// Stems of the message's words.
        words: super::joining::WordSet,
        /// Part of an exercise.
        exercise: bool,
        /// The order that gave the edition of the rules in force (112-O c.1).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edition: Option<String>,
    },
    /// A message was added to a card.
    MessageJoined {
        /// The message.
        message: MessageId,
        /// The card.
        incident: IncidentId,
        /// The rule or the person who joined it.
        by: By,
        /// How alike, 0 to 1.
        score: f32,
        /// Why.
        reasons: Vec<JoinReason>,
        /// Stems of the message's words.
        words: super::joining::WordSet,
    },
    /// The card may speak of the same event as others: a person decides.
    JoinGuessed {
        /// The card.
        incident: IncidentId,
        /// The others, best first.
        guesses: Vec<JoinGuess>,
    },
    /// A person found that two cards do not speak of the same event.
    JoinDeclined {
        /// The card.
        incident: IncidentId,
        /// The other.
        other: IncidentId,
        /// Why.
        reason: String,
    },
    /// Answers came while the questions were still being asked.
    AnswersGiven {
        /// The card.
        incident: IncidentId,
        /// What was answered.
        answers: AnswersVersion,
        /// Stems of the words.
        words: super::joining::WordSet,
    },
    /// A message was taken off a card onto one of its own.
    MessageSplit {
        /// The message.
        message: MessageId,
        /// Off this card.
        from: IncidentId,
        /// Onto this.
        to: IncidentId,
        /// Why.
        reason: String,
    },
    /// All messages of one card went to another.
    IncidentsMerged {
        /// The card that goes on.
        into: IncidentId,
        /// The card that ends.
        from: IncidentId,
        /// Why.
        reason: String,
    },
    /// Two cards were linked.
    IncidentsLinked {
        /// One.
        one: IncidentId,
        /// What `one` is to the other.
        relation: Relation,
        /// The other.
        other: IncidentId,
    },
    /// A link was taken away.
    IncidentsUnlinked {
        /// One.
        one: IncidentId,
        /// What `one` was to the other.
        relation: Relation,
        /// The other.
        other: IncidentId,
    },
    /// A category was given.
    CategorySet {
        /// The card.
        incident: IncidentId,
        /// The category.
        category: CategoryVersion,
    },
    /// A further message says something graver than the category that a person gave: proposed beside it.
    CategoryProposed {
        /// The card.
        incident: IncidentId,
        /// The category.
        category: CategoryVersion,
    },
    /// What c.2(3) calls it was corrected.
    SubjectSet {
        /// The card.
        incident: IncidentId,
        /// The subject.
        subject: Subject,
        /// A person stated it by itself: it did not come with a category.
        #[serde(default)]
        stated: bool,
    },
    /// A place was given.
    LocationSet {
        /// The card.
        incident: IncidentId,
        /// The place.
        location: LocationVersion,
    },
    /// Event or emergency was decided (c.5(3)¶1).
    LegalStatusSet {
        /// The card.
        incident: IncidentId,
        /// The record.
        status: Box<LegalStatus>,
    },
    /// Consequences became known.
    ConsequencesSet {
        /// The card.
        incident: IncidentId,
        /// The figures.
        consequences: ConsequencesVersion,
    },
    /// A scale was proposed or stated (Order 240).
    ScaleSet {
        /// The card.
        incident: IncidentId,
        /// The scale.
        scale: ScaleVersion,
    },
    /// New figures say another scale than a person stated: proposed beside it. None: they say the same by now.
    ScaleProposed {
        /// The card.
        incident: IncidentId,
        /// The scale.
        scale: Option<ScaleVersion>,
    },
    /// Marked or unmarked as stirring the public (R175 c.10).
    PublicResonanceSet {
        /// The card.
        incident: IncidentId,
        /// The mark.
        public_resonance: bool,
    },
    /// A remark.
    Noted {
        /// The card.
        incident: IncidentId,
        /// The remark.
        note: Note,
    },
    /// Services were told of something; the envelope stands in the outbox of the same transaction.
    Told {
        /// About which card; none for a message to all.
        incident: Option<IncidentId>,
        /// The envelope's identity.
        distribution: DistributionId,
        /// The content's kind.
        content: String,
        /// To whom, each with its gapless sequence for the card.
        recipients: Vec<Recipient>,
    },
    /// A neighbouring region's hub was told.
    NeighbourTold {
        /// The card.
        incident: IncidentId,
        /// Whom.
        region: RegionCode,
        /// The envelope's identity.
        distribution: DistributionId,
    },
    /// The hub of another region told of an incident near the border.
    NeighbourNoticeTaken {
        /// Whose hub.
        from: RegionCode,
        /// Its card: not one of ours.
        neighbour_incident: IncidentId,
        /// The picture, the whole of it each time.
        notice: Box<IncidentNotice>,
        /// Part of an exercise there.
        #[serde(default)]
        exercise: bool,
    },
    /// Forces were requested (c.5(3)¶2, ¶3).
    ForcesRequested {
        /// The request.
        request: Box<ForcesRequest>,
    },
    /// A service answered (c.5(3)¶4): each datum when it comes.
    ForcesAnswered {
        /// The card.
        incident: IncidentId,
        /// The request.
        request: RequestId,
        /// Accepted, changed, refused.
        decision: Option<ForcesDecision>,
        /// First datum.
        composition: Option<Composition>,
        /// Second datum.
        departure_at: Option<Timestamp>,
        /// Third datum.
        arrival_at: Option<Timestamp>,
        /// Units that go by this answer and went by none before; absent in what was written before this was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        units: Option<Vec<UnitId>>,
        /// It was told by telephone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        telephoned: Option<Telephoned>,
        /// When it was said.
        at: Timestamp,
    },
    /// A service's answer was not taken: it names a unit that another request has.
    AnswerDeclined {
        /// The card.
        incident: IncidentId,
        /// The request.
        request: RequestId,
        /// What it wanted, and who has it.
        answer: Box<DeclinedAnswer>,
    },
    /// A unit reached a stage.
    EngagementReached {
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
        /// Who says so.
        source: StageSource,
    },
    /// A unit's position says that it has arrived (c.5(3)¶4).
    ArrivalProposed {
        /// The card.
        incident: IncidentId,
        /// The request.
        request: RequestId,
        /// The unit.
        unit: UnitId,
        /// When it was there.
        at: Timestamp,
    },
    /// The place moved: what a unit's position had said of its arrival says nothing of the new place.
    ArrivalVoided {
        /// The card.
        incident: IncidentId,
        /// The request.
        request: RequestId,
        /// The unit.
        unit: UnitId,
    },
    /// A request was withdrawn.
    RequestCancelled {
        /// The card.
        incident: IncidentId,
        /// The request.
        request: RequestId,
        /// Why.
        reason: String,
    },
    /// The card was closed.
    IncidentClosed {
        /// The card.
        incident: IncidentId,
        /// How it ended.
        outcome: Outcome,
    },
    /// The card was opened again.
    IncidentReopened {
        /// The card.
        incident: IncidentId,
        /// Why.
        reason: String,
    },
    /// Events of a service's own stream up to this number are known here: none is taken in twice.
    ServiceHeard {
        /// The neighbouring region whose service it is; absent: the hub's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<RegionCode>,
        /// The service.
        service: ServiceKey,
        /// The number in its stream.
        upto: u64,
    },
    /// The region's settings were changed by a named person.
    SettingsSet {
        /// All of them.
        settings: Box<super::region::RegionSettings>,
    },
    /// A named person put other response plans in force.
    PlansSet {
        /// All of their rows; absent: the shipped plans are in force again.
        rows: Option<Vec<PlanRow>>,
        /// Why.
        reason: String,
        /// How often plans were put in force, from now on.
        #[serde(default, skip_serializing_if = "is_zero")]
        version: u64,
    },
    /// Mode of the region (c.5).
    Mode(ModeEvent),
    /// Obligations (rules-112 §8).
    Obligation(ObligationEvent),
    /// Shift of duty (c.5(1)¶1).
    Shift(ShiftEvent),
    /// Directives of the leadership (c.6(6)).
    Directive(DirectiveEvent),
    /// Monitoring and situation (c.5(2)).
    Situation(SituationEvent),
    /// Warning of the public (c.6(4)).
    Warning(WarningEvent),
    /// The register of rescue formations (c.2(1), c.6(3)).
    Formation(FormationEvent),
    /// Notices to people of what is late, and reports upward.
    Notice(NoticeEvent),
    /// The tree of organisations (c.2(2), c.6(5), c.6(6)).
    Organisation(OrganisationEvent),
    /// Use of other bodies' databases (c.6(7)).
    Lookup(LookupEvent),
    /// The register of further desks (c.3).
    ServiceDesk(ServiceDeskEvent),
    /// A zone was drawn, changed or ended: the whole of it as it is now.
    ZoneSet {
        /// The zone.
        zone: Box<super::region::ZoneRecord>,
    },
    /// A road was closed or opened: the whole of the closure as it is now.
    ClosureSet {
        /// The closure.
        closure: Box<super::region::Closure>,
    },
}

impl RegionEvent {
    /// The kind as the journal's column has it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::MessageReceived { .. } => "message_received",
            Self::IncidentOpened { .. } => "incident_opened",
            Self::MessageJoined { .. } => "message_joined",
            Self::JoinGuessed { .. } => "join_guessed",
            Self::JoinDeclined { .. } => "join_declined",
            Self::AnswersGiven { .. } => "answers_given",
            Self::MessageSplit { .. } => "message_split",
            Self::IncidentsMerged { .. } => "incidents_merged",
            Self::IncidentsLinked { .. } => "incidents_linked",
            Self::IncidentsUnlinked { .. } => "incidents_unlinked",
            Self::CategorySet { .. } => "category_set",
            Self::CategoryProposed { .. } => "category_proposed",
            Self::SubjectSet { .. } => "subject_set",
            Self::LocationSet { .. } => "location_set",
            Self::LegalStatusSet { .. } => "legal_status_set",
            Self::ConsequencesSet { .. } => "consequences_set",
            Self::ScaleSet { .. } => "scale_set",
            Self::ScaleProposed { .. } => "scale_proposed",
            Self::PublicResonanceSet { .. } => "public_resonance_set",
            Self::Noted { .. } => "noted",
            Self::Told { .. } => "told",
            Self::NeighbourTold { .. } => "neighbour_told",
            Self::NeighbourNoticeTaken { .. } => "neighbour_notice_taken",
            Self::ForcesRequested { .. } => "forces_requested",
            Self::ForcesAnswered { .. } => "forces_answered",
            Self::AnswerDeclined { .. } => "answer_declined",
            Self::EngagementReached { .. } => "engagement_reached",
            Self::ArrivalProposed { .. } => "arrival_proposed",
            Self::ArrivalVoided { .. } => "arrival_voided",
            Self::RequestCancelled { .. } => "request_cancelled",
            Self::IncidentClosed { .. } => "incident_closed",
            Self::IncidentReopened { .. } => "incident_reopened",
            Self::ServiceHeard { .. } => "service_heard",
            Self::SettingsSet { .. } => "settings_set",
            Self::PlansSet { .. } => "plans_set",
            Self::Mode(_) => "mode",
            Self::Obligation(_) => "obligation",
            Self::Shift(_) => "shift",
            Self::Directive(_) => "directive",
            Self::Situation(_) => "situation",
            Self::Warning(_) => "warning",
            Self::Formation(_) => "formation",
            Self::Notice(_) => "notice",
            Self::Organisation(_) => "organisation",
            Self::Lookup(_) => "lookup",
            Self::ServiceDesk(_) => "service_desk",
            Self::ZoneSet { .. } => "zone_set",
            Self::ClosureSet { .. } => "closure_set",
        }
    }

    /// The card that the event is about.
    #[must_use]
    pub fn incident(&self) -> Option<IncidentId> {
        match self {
            Self::MessageReceived { incident, .. }
            | Self::IncidentOpened { incident, .. }
            | Self::MessageJoined { incident, .. }
            | Self::JoinGuessed { incident, .. }
            | Self::JoinDeclined { incident, .. }
            | Self::AnswersGiven { incident, .. }
            | Self::CategorySet { incident, .. }
            | Self::CategoryProposed { incident, .. }
            | Self::SubjectSet { incident, .. }
            | Self::LocationSet { incident, .. }
            | Self::LegalStatusSet { incident, .. }
            | Self::ConsequencesSet { incident, .. }
            | Self::ScaleSet { incident, .. }
            | Self::ScaleProposed { incident, .. }
            | Self::PublicResonanceSet { incident, .. }
            | Self::Noted { incident, .. }
            | Self::NeighbourTold { incident, .. }
            | Self::ForcesAnswered { incident, .. }
            | Self::AnswerDeclined { incident, .. }
            | Self::EngagementReached { incident, .. }
            | Self::ArrivalProposed { incident, .. }
            | Self::ArrivalVoided { incident, .. }
            | Self::RequestCancelled { incident, .. }
            | Self::IncidentClosed { incident, .. }
            | Self::IncidentReopened { incident, .. } => Some(*incident),
            Self::MessageSplit { from, .. } => Some(*from),
            Self::IncidentsMerged { into, .. } => Some(*into),
            Self::IncidentsLinked { one, .. } | Self::IncidentsUnlinked { one, .. } => Some(*one),
            Self::Told { incident, .. } => *incident,
            Self::ForcesRequested { request } => Some(request.incident),
            Self::Lookup(LookupEvent::Asked { lookup }) => Some(lookup.incident),
            _ => None,
        }
    }
}
