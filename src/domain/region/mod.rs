//! The state of one region's hub: its cards, mode, obligations, shift. `decide` says what follows from a command,
//! `apply` makes it so; both are pure.

mod apply;
mod cards;
mod classify;
mod closures;
mod desk;
mod duties;
mod entities;
pub mod exercise;
mod forces;
mod gathering;
mod messages;
mod modes;
mod nearby;
mod notices;
mod overdue;
pub mod plans;
mod references;
mod refused_orders;
mod registers;
mod reports;
mod rests_on;
mod service_desks;
mod settings;
mod telling;
mod warning_messages;
mod warnings;
mod waves;
mod zones;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::command::RegionCommand;
use super::decision::{Context, Refusal};
use super::directive::Directives;
use super::envelope::{HubContent, Kind, Recipient};
use super::event::RegionEvent;
use super::formation::FormationKey;
use super::formation::Formations;
use super::ids::{
    ClosureId, DistributionId, IncidentId, MessageId, RegionCode, RequestId, ServiceKey, ZoneId,
};
use super::incident::{Incident, MessageBrief};
use super::lookup::Lookups;
use super::mode::{Mode, ModeState};
use super::notice::Notices;
use super::obligation::{Consequence, ObligationBook};
use super::organisation::{OrganisationKey, Organisations};
use super::quantities::Seconds;
use super::response_plan::Plans;
use super::service_desk::ServiceDesks;
use super::shift::Shifts;
use super::situation::Situations;
use super::warning::Warnings;
use crate::domain::missing::Missing;
use crate::domain::said::said;

pub use closures::{ClosedPart, Closure, NewClosure};
pub use entities::{EntityKind, EntityRow};
pub(crate) use forces::{MOST_UNITS, may_be_asked};
pub use settings::{BORDER, FARTHEST_CELL, RegionSettings};
pub use zones::{NewZone, ZoneRecord};

/// One region's hub.
#[derive(Debug, Clone)]
pub struct RegionState {
    region: RegionCode,
    /// Cards in work, and those lately closed.
    incidents: HashMap<IncidentId, Incident>,
    /// When each part of a card changed last.
    parts: HashMap<IncidentId, rests_on::LastChanged>,
    /// Which card a message went to.
    seen: HashMap<MessageId, IncidentId>,
    /// Which card a request belongs to.
    requests: HashMap<RequestId, IncidentId>,
    /// Which request a message to a service carried.
    carried: HashMap<DistributionId, RequestId>,
    /// Messages received by an event whose card comes with the next.
    arrived: HashMap<MessageId, Arc<MessageBrief>>,
    nearby: nearby::Nearby,
    telling: telling::Telling,
    /// Cards of other regions near the border, as their hubs last told.
    neighbours: BTreeMap<IncidentId, NeighbourCard>,
    next_number: u64,
    heard: BTreeMap<ServiceKey, u64>,
    /// How far the streams of neighbouring regions' services are known that were ever asked from here.
    heard_abroad: BTreeMap<RegionCode, BTreeMap<ServiceKey, u64>>,
    settings: RegionSettings,
    /// How often the settings were set.
    settings_version: u64,
    /// The region's own response plans; the shipped ones where it has none.
    own_plans: Option<Arc<Plans>>,
    /// How often plans were put in force.
    plans_version: u64,
    mode: ModeState,
    /// The message that told each service last of a threat that goes on; none in a state of before that was kept.
    threats_told: Option<BTreeMap<ServiceKey, DistributionId>>,
    obligations: ObligationBook,
    shifts: Shifts,
    directives: Directives,
    situation: Situations,
    warnings: Warnings,
    zones: BTreeMap<ZoneId, ZoneRecord>,
    formations: Formations,
    organisations: Organisations,
    notices: Notices,
    lookups: Lookups,
    closures: BTreeMap<ClosureId, Closure>,
    service_desks: Arc<ServiceDesks>,
}

/// What follows from a command: nothing of it is told before it is durable.
#[derive(Debug, Default)]
pub struct Decision {
    /// In order.
    pub events: Vec<RegionEvent>,
    /// What agencies are to be told, in order.
    pub outbound: Vec<Outbound>,
    /// What follows for the obligations besides what the events themselves say.
    consequences: Vec<Consequence>,
    /// What the one who asked is answered.
    pub answer: Answer,
}

/// What has a version that a change may be meant for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Versioned {
    /// A card.
    Card(IncidentId),
    /// A zone: the number of its polygons.
    Zone(ZoneId),
    /// The region's settings.
    Settings,
    /// The response plans in force.
    Plans,
    /// A rescue formation.
    Formation(FormationKey),
    /// An organisation of the tree.
    Organisation(OrganisationKey),
}

impl Versioned {
    /// Whether the same command enters it and changes it.
    #[must_use]
    pub fn is_entered(&self) -> bool {
        matches!(self, Self::Formation(_) | Self::Organisation(_))
    }
}

/// What the one who asked is answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Answer {
    /// It is done.
    #[default]
    Done,
    /// It was done before: nothing new.
    Known(Option<IncidentId>),
    /// A message was taken.
    Taken {
        /// The card.
        incident: IncidentId,
        /// Whether the card is new.
        opened: bool,
    },
    /// Something with this identity was made.
    Made(uuid::Uuid),
    /// A road was closed.
    Closed {
        /// The closure.
        id: ClosureId,
        /// How many pieces of road it closes, where roads are known.
        pieces: Option<u32>,
    },
}

/// A message to agencies, before it is put in its envelope.
#[derive(Debug, Clone, PartialEq)]
pub struct Outbound {
    /// Identity.
    pub distribution: DistributionId,
    /// The card it is about.
    pub incident: Option<IncidentId>,
    /// To whom, each with its sequence.
    pub recipients: Vec<Recipient>,
    /// Report, update, request, cancel, ack, error.
    pub kind: Kind,
    /// The message answered; of an update or a cancel, the one in whose place it stands.
    pub references: Option<DistributionId>,
    /// What it says.
    pub content: HubContent,
    /// Part of an exercise.
    pub exercise: bool,
    /// Of no use after this time.
    pub lives: Option<Seconds>,
}

/// A card of another region's hub near the border: shown, never dispatched to from here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NeighbourCard {
    /// Whose.
    pub from: RegionCode,
    /// Its identity there.
    pub incident: IncidentId,
    /// The picture.
    pub notice: super::envelope::IncidentNotice,
    /// When it was told last.
    pub told_at: jiff::Timestamp,
    /// Part of an exercise there.
    #[serde(default)]
    pub exercise: bool,
}

impl NeighbourCard {
    /// Whether it goes on over there.
    #[must_use]
    pub fn is_open(&self) -> bool {
        use super::envelope::NoticeStage;
        !matches!(self.notice.stage, NoticeStage::Closed | NoticeStage::Withdrawn)
    }
}

/// Everything of a region that is neither card, message nor an entity of its own: one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegionRow {
    /// Which region.
    pub region: RegionCode,
    /// How far each service's stream is known.
    pub heard: BTreeMap<ServiceKey, u64>,
    /// The same of neighbouring regions' services that were ever asked for forces.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub heard_abroad: BTreeMap<RegionCode, BTreeMap<ServiceKey, u64>>,
    /// Settings in force.
    pub settings: RegionSettings,
    /// How often they were set: their ETag.
    #[serde(default)]
    pub settings_version: u64,
    /// Mode with its history.
    pub mode: ModeState,
    /// The message that told each service last of a threat that goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threats_told: Option<BTreeMap<ServiceKey, DistributionId>>,
    /// Contacts, faults and heartbeats; the shifts themselves have rows of their own.
    #[serde(default)]
    pub shifts: Shifts,
    /// Sources, readiness and forwarded emergencies; reports have rows of their own.
    #[serde(default)]
    pub situation: Situations,
    /// The number of the newest case of warning the public; the cases have rows of their own.
    #[serde(default)]
    pub last_warning: u32,
    /// Further desks of its services, the closed ones among them.
    #[serde(default)]
    pub service_desks: ServiceDesks,
}

impl RegionState {
    /// A hub with nothing in it, everyday mode.
    #[must_use]
    pub fn new(region: RegionCode, settings: RegionSettings) -> Self {
        Self {
            region,
            incidents: HashMap::new(),
            parts: HashMap::new(),
            seen: HashMap::new(),
            requests: HashMap::new(),
            carried: HashMap::new(),
            arrived: HashMap::new(),
            nearby: nearby::Nearby::default(),
            telling: telling::Telling::default(),
            neighbours: BTreeMap::new(),
            next_number: 1,
            heard: BTreeMap::new(),
            heard_abroad: BTreeMap::new(),
            settings,
            settings_version: 0,
            own_plans: None,
            plans_version: 0,
            mode: ModeState::default(),
            threats_told: Some(BTreeMap::new()),
            obligations: ObligationBook::default(),
            shifts: Shifts::default(),
            directives: Directives::default(),
            situation: Situations::default(),
            warnings: Warnings::default(),
            zones: BTreeMap::new(),
            formations: Formations::default(),
            organisations: Organisations::default(),
            notices: Notices::default(),
            lookups: Lookups::default(),
            closures: BTreeMap::new(),
            service_desks: Arc::default(),
        }
    }

    /// Decides a command against the state as it is. Changes nothing.
    ///
    /// # Errors
    /// [`Refusal`], saying what is wrong; nothing follows then.
    pub fn decide(&self, command: RegionCommand, mut ctx: Context) -> Result<Decision, Refusal> {
        let mut decision = self.answer(command, &mut ctx)?;
        duties::follow(self, &mut decision, &mut ctx);
        references::name(self, &mut decision);
        Ok(decision)
    }

    fn answer(&self, command: RegionCommand, ctx: &mut Context) -> Result<Decision, Refusal> {
        use RegionCommand as C;
        match command {
            C::Receive { message, territory } => reports::received(self, message, territory, ctx),
            C::Merge { into, from, reason } => gathering::merge(self, into, from, reason, ctx),
            C::Split { from, message, reason, territory } => {
                gathering::split(self, from, message, reason, territory, ctx)
            }
            C::Link { one, relation, other } => gathering::link(self, one, relation, other),
            C::Unlink { one, relation, other } => gathering::unlink(self, one, relation, other),
            C::SetCategory { incident, code, severity } => {
                classify::set_category(self, incident, code, severity, ctx)
            }
            C::AddAnswers { incident, text, answers } => {
                classify::add_answers(self, incident, text, answers, ctx)
            }
            C::DeclineJoin { incident, other, reason } => {
                gathering::decline_join(self, incident, other, reason)
            }
            C::Inform { incident, services } => notices::inform(self, incident, &services, ctx),
            C::TellAgain { incident, to, kind, content } => {
                notices::tell_again(self, incident, &to, kind, *content, ctx)
            }
            C::SetSubject { incident, subject } => cards::set_subject(self, incident, subject, ctx),
            C::SetLocation { incident, location, territory } => {
                cards::set_location(self, incident, location, territory, ctx)
            }
            C::SetPublicResonance { incident, public_resonance } => {
                cards::set_public_resonance(self, incident, public_resonance)
            }
            C::Note { incident, text } => cards::note(self, incident, text, ctx),
            C::Close { incident, outcome } => cards::close(self, incident, outcome, ctx),
            C::Reopen { incident, reason } => cards::reopen(self, incident, reason, ctx),
            C::Identify { incident, identification } => {
                classify::identify(self, incident, *identification, ctx)
            }
            C::SetConsequences { incident, consequences } => {
                classify::set_consequences(self, incident, consequences, ctx)
            }
            C::SetScale { incident, scale, basis } => classify::set_scale(self, incident, scale, basis, ctx),
            C::RequestForces { incident, requests } => forces::request(self, incident, requests, ctx),
            C::CancelRequest { incident, request, reason } => {
                forces::cancel(self, incident, request, reason, ctx)
            }
            C::RecordStage { incident, request, unit, stage, at } => {
                forces::record_stage(self, incident, request, unit, stage, at, ctx)
            }
            C::HearService { from, service, after, events } => {
                reports::hear(self, (from, service), after, events, ctx)
            }
            C::ListenTo { from, service, after } => Ok(reports::listen(self, from, service, after)),
            C::DeclineAnswer { service, request, reference, taken } => {
                reports::decline(self, service, request, reference, taken, ctx)
            }
            C::TakeActionReport { service, report, incident } => {
                reports::action(self, service, report, incident, ctx)
            }
            C::TakeAgencyError { service, error, incident } => {
                reports::error(self, service, &error, incident, ctx)
            }
            C::TakeEmergencyReport { service, report, reference, territory, exercise } => {
                let told = reports::Told { service, report: *report, reference, exercise };
                reports::emergency(self, told, territory, ctx)
            }
            C::TakeNeighbourNotice { from, incident, notice, exercise } => {
                reports::neighbour(self, from, incident, notice, exercise)
            }
            C::TakeAcknowledgement { service, reference, read_by, at } => {
                reports::acknowledgement(self, service, reference, read_by.as_deref(), at, ctx)
            }
            C::Mode(c) => modes::mode(self, c, ctx),
            C::Shift(c) => desk::shift(self, c, ctx),
            C::Directive(c) => desk::directive(self, c, ctx),
            C::Situation(c) => desk::situation(self, c, ctx),
            C::Warning(c) => warnings::warning(self, c, ctx),
            C::DrawZone(zone) => zones::draw(self, *zone, ctx),
            C::ChangeZone { zone, polygon, reason } => zones::change(self, zone, *polygon, reason, ctx),
            C::EndZone { zone, reason } => zones::end(self, zone, reason, ctx),
            C::CloseRoad { closure, pieces } => closures::close(self, *closure, pieces, ctx),
            C::OpenRoad { closure, reason } => closures::open(self, closure, reason, ctx),
            C::CancelObligation { obligation, reason } => duties::cancel(self, obligation, reason, ctx),
            C::SetSettings(settings) => settings::set(self, *settings, ctx),
            C::Formation(c) => registers::formation(self, c, ctx),
            C::Notice(c) => overdue::take_note(self, c, ctx),
            C::Organisation(c) => registers::organisation(self, c, ctx),
            C::Lookup(c) => registers::lookup(self, c, ctx),
            C::ServiceDesk(c) => service_desks::decide(self, c, ctx),
            C::SetPlans { rows, reason } => plans::set(self, rows, reason, ctx),
            C::Tick => duties::tick(self, ctx),
        }
    }

    /// The region.
    #[must_use]
    pub fn region(&self) -> RegionCode {
        self.region
    }

    /// Cases of warning the public.
    #[must_use]
    pub fn warnings(&self) -> &Warnings {
        &self.warnings
    }

    /// Settings in force.
    #[must_use]
    pub fn settings(&self) -> &RegionSettings {
        &self.settings
    }

    /// The version of a thing that is here.
    #[must_use]
    pub fn version(&self, of: &Versioned) -> Option<u64> {
        match of {
            Versioned::Card(id) => self.incidents.get(id).map(|card| card.version),
            Versioned::Zone(id) => self.zones.get(id).map(ZoneRecord::version),
            Versioned::Settings => Some(self.settings_version),
            Versioned::Plans => Some(self.plans_version),
            Versioned::Formation(key) => self.formations.get(key).map(|formation| formation.version),
            Versioned::Organisation(key) => self.organisations.get(key).map(|kept| kept.version),
        }
    }

    /// The region's own response plans, where it has put some in place of the shipped ones.
    #[must_use]
    pub fn own_plans(&self) -> Option<&Arc<Plans>> {
        self.own_plans.as_ref()
    }

    /// Mode with its history.
    #[must_use]
    pub fn mode(&self) -> &ModeState {
        &self.mode
    }

    /// Obligations.
    #[must_use]
    pub fn obligations(&self) -> &ObligationBook {
        &self.obligations
    }

    /// Shifts, and the channels that they check.
    #[must_use]
    pub fn shifts(&self) -> &Shifts {
        &self.shifts
    }

    /// Notices to people.
    #[must_use]
    pub fn notices(&self) -> &Notices {
        &self.notices
    }

    /// The situation.
    #[must_use]
    pub fn situation(&self) -> &Situations {
        &self.situation
    }

    /// A card of a neighbouring region's hub, as that last told.
    #[must_use]
    pub fn neighbour(&self, id: IncidentId) -> Option<&NeighbourCard> {
        self.neighbours.get(&id)
    }

    /// A card in memory: open, or lately closed.
    #[must_use]
    pub fn incident(&self, id: IncidentId) -> Option<&Incident> {
        self.incidents.get(&id)
    }

    /// All cards in memory.
    pub fn incidents(&self) -> impl Iterator<Item = &Incident> {
        self.incidents.values()
    }

    /// The number of the last event of a service's stream that is known here; none of a neighbouring region's service
    /// that was never asked.
    #[must_use]
    pub fn heard(&self, from: RegionCode, service: &ServiceKey) -> Option<u64> {
        if from == self.region {
            return Some(self.heard.get(service).copied().unwrap_or(0));
        }
        self.heard_abroad.get(&from)?.get(service).copied()
    }

    /// How far every service's stream is known here.
    #[must_use]
    pub fn all_heard(&self) -> BTreeMap<(RegionCode, ServiceKey), u64> {
        let own = std::iter::once((&self.region, &self.heard));
        own.chain(&self.heard_abroad)
            .flat_map(|(from, heard)| heard.iter().map(|(service, upto)| ((*from, service.clone()), *upto)))
            .collect()
    }

    /// The request that a message to a service carried.
    fn asked_by(&self, distribution: DistributionId) -> Option<(IncidentId, RequestId)> {
        let request = *self.carried.get(&distribution)?;
        Some((*self.requests.get(&request)?, request))
    }

    fn card(&self, id: IncidentId) -> Result<&Incident, Refusal> {
        self.incidents.get(&id).ok_or_else(|| Refusal::not_found(Missing::Incident, id))
    }

    fn open_card(&self, id: IncidentId) -> Result<&Incident, Refusal> {
        let card = self.card(id)?;
        if card.is_open() {
            Ok(card)
        } else {
            Err(Refusal::conflict(said!(
                "the incident {number} is closed; open it again first",
                number = card.number
            )))
        }
    }
}
