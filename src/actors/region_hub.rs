//! One region's hub, alive: it decides a command, makes what follows durable, and only then answers.
//!
//! Commands of one region are decided one after another against the newest state, also while earlier ones still
//! wait for the disk: the state runs ahead of the journal by what is in flight, and nobody outside sees it before
//! it is durable, not even by being told that it is so already. Should an append fail, what ran ahead is worth nothing: the actor stops and is started again from
//! the store.

use deadpool_postgres::Pool;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use tracing::{error, info};

use super::durable::Durable;
use super::journal::Journal;
use super::keyed::Keyed;
use super::load;
use super::outgoing;
use super::sequel::{self, Follow, Sequel};
use super::traced::trace;
use super::written::written;
use crate::domain::command::RegionCommand;
use crate::domain::decision::{By, Context as Circumstances, Expected, Ids, Refusal};
use crate::domain::forces::RequestState;
use crate::domain::ids::{IncidentId, RegionCode, RequestId, ServiceKey, UnitId};
use crate::domain::incident::Incident;
use crate::domain::mode::Mode;
use crate::domain::obligation::Status;
use crate::domain::region::exercise::Concern;
use crate::domain::region::{Answer, RegionSettings, RegionState, Versioned};
use crate::domain::response_plan::{self, Plans};
use crate::domain::said::said;
use crate::domain::service::Scene;
use crate::domain::service_desk::ServiceDesks;
use crate::domain::trace;
use crate::domain::zone::ZonePolygon;
use crate::store::append::{Append, Committed, Epoch, InboxMark, JournalError, NewEvent, RawMessage};
use crate::store::stream::Stream;

/// How often the hub looks over what should stand at the services.
const LOOK_OVER: Duration = Duration::from_secs(20);

/// A command with what belongs to its durable record.
#[derive(Debug, Clone)]
pub struct Order {
    /// What is asked.
    pub command: RegionCommand,
    /// Who asks.
    pub by: By,
    /// W3C trace of the request.
    pub trace: Option<String>,
    /// The key under which the HTTP answer is kept for a repeated request.
    pub key: Option<Keyed>,
    /// The agency message that led here.
    pub inbox: Option<InboxMark>,
    /// The message's bytes as received.
    pub raw: Option<RawMessage>,
    /// The version of what it changes for which it is meant; refused when that is another by now.
    pub expected: Option<(Versioned, Expected)>,
}

impl Order {
    /// A command alone, part of the trace of what is being done.
    #[must_use]
    pub fn new(command: RegionCommand, by: By) -> Self {
        Self { command, by, trace: trace(), key: None, inbox: None, raw: None, expected: None }
    }
}

/// What became durable and what it means to the one who asked.
#[derive(Debug, Clone)]
pub struct Done {
    /// The answer.
    pub answer: Answer,
    /// Where it stands in the journal; `None` when nothing new followed. What it was decided upon is durable then too.
    pub committed: Option<Committed>,
    /// The card touched, as it is now, in JSON.
    pub card: Option<Arc<str>>,
}

/// Why a command had no effect.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// The rules refuse it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The journal did not take it.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A card that was let go could not be read again.
    #[error(transparent)]
    Load(#[from] load::LoadError),
    /// No hub of this region runs here.
    #[error("the hub of region {0} does not run on this instance")]
    NotHere(RegionCode),
    /// The rules fail on this command; the actor starts again.
    #[error("the rules fail on this; tell whoever keeps the hub's program")]
    Failed,
    /// The hub's mailbox is full, or it is being restarted.
    #[error("the hub is overloaded; send it again in a moment")]
    Busy,
}

impl OrderError {
    /// Whether asking again never helps. Of anything else the outcome is open: it is safe to ask again, and until then
    /// nothing may be taken for done.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Self::Refused(_) | Self::NotHere(_) => true,
            Self::Journal(e) => matches!(
                e,
                JournalError::Rejected(_)
                    | JournalError::DuplicateKey { .. }
                    | JournalError::DuplicateMessage { .. }
            ),
            // It may have been the state and not the command: the actor reads it anew.
            Self::Load(_) | Self::Failed | Self::Busy => false,
        }
    }
}

impl actix::Message for Order {
    type Result = Result<Done, OrderError>;
}

/// What a region's hub needs to live.
#[derive(Clone)]
pub struct RegionHubSeat {
    /// Which region.
    pub region: RegionCode,
    /// Epoch of the lease it acts under.
    pub epoch: Epoch,
    /// The one writer.
    pub journal: Journal,
    /// Where its state is read from at start.
    pub database: Pool,
    /// Settings of a region that has none yet.
    pub defaults: RegionSettings,
    /// What follows durable events outside the region's own stream.
    pub sequel: Sequel,
}

/// The actor.
pub struct RegionHub {
    seat: RegionHubSeat,
    state: RegionState,
    seq: u64,
    durable: Durable,
}

/// A decision on its way to the journal.
struct Decided {
    answer: Answer,
    append: Option<Append>,
    card: Option<Arc<str>>,
    follow: Vec<Follow>,
}

impl RegionHub {
    /// A hub that reads its state when it starts.
    #[must_use]
    pub fn new(seat: RegionHubSeat) -> Self {
        let state = RegionState::new(seat.region, seat.defaults.clone());
        Self { seat, state, seq: 0, durable: Durable::up_to(0) }
    }

    fn read_state(&mut self, ctx: &mut actix::Context<Self>) {
        let seat = self.seat.clone();
        let loading = async move { load::region(&seat.database, seat.region, seat.defaults).await };
        // The mailbox waits: nothing is decided on a state that is not complete.
        ctx.wait(loading.into_actor(self).map(|loaded, actor, ctx| match loaded {
            Ok((state, seq)) => {
                info!(region = %actor.seat.region, seq, cards = state.incidents().count(), "region hub ready");
                actor.state = state;
                actor.seq = seq;
                actor.durable = Durable::up_to(seq);
                metrics::gauge!("hub112_region_ready", "region" => actor.seat.region.to_string()).set(1.0);
                actor.seat.sequel.desks_stand(actor.seat.region, actor.state.service_desks());
                actor.seat.sequel.region_ready(actor.seat.region);
            }
            Err(e) => {
                error!(region = %actor.seat.region, error = %e, "the region's state could not be read; trying again");
                ctx.run_later(Duration::from_secs(1), |_, ctx| ctx.stop());
            }
        }));
    }

    fn tell_figures(&self) {
        let region = self.seat.region.to_string();
        let (mut owed, mut late) = (0_u32, 0_u32);
        // An exercise alarms nobody who watches the real.
        for obligation in self.state.obligations().owed().filter(|o| !o.exercise) {
            owed += 1;
            late += u32::from(obligation.status == Status::Late);
        }
        let open = self.state.incidents().filter(|card| card.is_open()).count();
        metrics::gauge!("hub112_obligations_owed", "region" => region.clone()).set(owed);
        metrics::gauge!("hub112_obligations_late", "region" => region.clone()).set(late);
        metrics::gauge!("hub112_incidents_open", "region" => region.clone()).set(open as f64);
        metrics::gauge!("hub112_incidents_in_memory", "region" => region)
            .set(self.state.incidents().count() as f64);
    }

    fn decide(&mut self, order: Order) -> Result<Decided, Refusal> {
        let Order { command, by, trace, key, inbox, raw, expected } = order;
        if let Some((what, expected)) = expected {
            self.state.is_as_seen(&command, &what, expected)?;
        }
        let now = super::clock::now();
        let ids = Ids::new(uuid::Uuid::now_v7());
        let label = by.label();
        let decision = self.state.decide(command, Circumstances { now, by, ids })?;
        let answer = decision.answer.clone();
        if decision.events.is_empty() {
            return Ok(Decided { answer, append: None, card: None, follow: Vec::new() });
        }
        let mut events = Vec::with_capacity(decision.events.len());
        for event in &decision.events {
            let body = written(event)?;
            events.push(NewEvent {
                kind: event.kind().into(),
                at: now,
                by: label.clone(),
                trace: trace.clone(),
                about: event.incident().map(|i| i.0),
                body,
            });
        }
        let outbox =
            outgoing::rows(self.seat.region, &decision.outbound, now, trace.as_deref()).map_err(|e| {
                tracing::error!(error = %e, "an envelope cannot be written");
                Refusal::conflict(said!(
                    "an envelope cannot be written; nothing has changed; tell the administrator"
                ))
            })?;
        for event in &decision.events {
            self.state.apply(event, now);
        }
        let rows = load::rows(&self.state, &decision.events);
        let card = decision
            .events
            .iter()
            .find_map(crate::domain::event::RegionEvent::incident)
            .and_then(|id| rows.iter().find(|r| r.id == id.to_string()))
            .map(|r| Arc::from(r.state.as_str()));
        let append = Append {
            stream: Stream::Region(self.seat.region),
            expected_seq: self.seq,
            epoch: self.seat.epoch,
            events,
            rows,
            outbox,
            idempotency: key.map(|key| key.row(&answer, card.as_deref())),
            inbox,
            raw_message: raw,
        };
        self.seq += decision.events.len() as u64;
        let follow = sequel::follow(&self.state, &decision.events);
        self.seat.sequel.prepare(self.seat.region, &follow);
        Ok(Decided { answer, append: Some(append), card, follow })
    }
}

impl Actor for RegionHub {
    type Context = actix::Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(8_192);
        self.read_state(ctx);
        ctx.run_interval(Duration::from_secs(1), |actor, ctx| {
            actor.tell_figures();
            ctx.notify(Order::new(RegionCommand::Tick, By::rule("clock")));
        });
        ctx.run_interval(Duration::from_secs(60), |actor, _| {
            // What was decided of a card is in its row before the card is let go, or it would be read again without it.
            if !actor.durable.is_up_to(actor.seq) {
                return;
            }
            let gone = actor.state.let_go(super::clock::now() - load::MEMORY);
            if gone > 0 {
                info!(region = %actor.seat.region, gone, "closed cards were let go; the read tables have them");
            }
        });
        ctx.run_interval(LOOK_OVER, |actor, _| {
            // A desk that is only about to be opened or closed is left to the step that does it.
            if actor.durable.is_up_to(actor.seq) {
                actor.seat.sequel.desks_stand(actor.seat.region, actor.state.service_desks());
            }
            actor.seat.sequel.look_over(actor.seat.region);
        });
    }
}

impl Supervised for RegionHub {
    fn restarting(&mut self, _: &mut Self::Context) {
        metrics::counter!("hub112_actor_restarts_total", "actor" => "region_hub").increment(1);
    }
}

impl Handler<Order> for RegionHub {
    type Result = ResponseActFuture<Self, Result<Done, OrderError>>;

    fn handle(&mut self, order: Order, ctx: &mut Self::Context) -> Self::Result {
        let traceparent = order.trace.clone();
        let id = traceparent.as_deref().map(trace::id).map(str::to_owned);
        let told_to_itself = matches!(order.command, RegionCommand::Tick);
        let place = match self.seat.journal.reserve(&Stream::Region(self.seat.region)) {
            Ok(place) => place,
            Err(e) => return Box::pin(actix::fut::ready(Err(e.into()))),
        };
        // A fault in the rules stops this actor alone: it starts again from the store.
        let decided = catch_unwind(AssertUnwindSafe(|| self.decide(order)));
        let Ok(decided) = decided else {
            error!(region = %self.seat.region, trace = id, "a decision panicked; the hub starts again");
            ctx.stop();
            return Box::pin(actix::fut::ready(Err(OrderError::Failed)));
        };
        match decided {
            Err(refusal) => Box::pin(actix::fut::ready(Err(refusal.into()))),
            Ok(Decided { answer, append: None, card, .. }) => {
                let done = Done { answer, committed: None, card };
                if told_to_itself {
                    return Box::pin(actix::fut::ready(Ok(done)));
                }
                // What is so already may be so only ahead of the journal.
                let durable = self.durable.until(self.seq);
                Box::pin(durable.into_actor(self).map(|result, _, _| result.map(|()| done)))
            }
            Ok(Decided { answer, append: Some(append), card, follow }) => {
                // Queued here and not when the future is first polled: the context polls its futures in any order,
                // and what was decided second would be written first and fail.
                let durable = place.append(append);
                Box::pin(durable.into_actor(self).map(move |result, actor, ctx| match result {
                    Ok(committed) => {
                        actor.durable.committed(committed.last);
                        actor.seat.sequel.take(actor.seat.region, traceparent, follow);
                        Ok(Done { answer, committed: Some(committed), card })
                    }
                    Err(e) => {
                        // What ran ahead of the journal is worth nothing now.
                        error!(region = %actor.seat.region, trace = id, error = %e, "an append failed; the hub starts again");
                        actor.durable.failed();
                        ctx.stop();
                        Err(e.into())
                    }
                }))
            }
        }
    }
}

/// Takes a card into memory again that was let go.
#[derive(Debug)]
pub struct Recall(pub Box<Incident>);

impl actix::Message for Recall {
    type Result = ();
}

impl Handler<Recall> for RegionHub {
    type Result = ();

    fn handle(&mut self, recall: Recall, _: &mut Self::Context) {
        // It may have come back meanwhile, and moved on.
        if self.state.incident(recall.0.id).is_none() {
            self.state.adopt(*recall.0);
        }
    }
}

/// Asks for a card as it stands, with what a recommendation needs.
#[derive(Debug)]
pub struct LookAt(pub IncidentId);

/// A card as it stands.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The card.
    pub card: Incident,
    /// Mode of the region.
    pub mode: Mode,
    /// Settings of the region.
    pub settings: RegionSettings,
    /// The zone that is drawn for it.
    pub zone: Option<ZonePolygon>,
    /// Units of rescue formations that must stay at a contracted site now.
    pub bound: BTreeSet<UnitId>,
    /// The region's own response plans; the shipped ones where it has none.
    pub own_plans: Option<Arc<Plans>>,
    /// Further desks of the region's services.
    pub service_desks: Arc<ServiceDesks>,
}

impl Seen {
    /// Where units are to arrive, by the card's newest place and its zone.
    #[must_use]
    pub fn scene(&self) -> Option<Scene> {
        self.card.point().map(|point| Scene::of(point, self.card.location(), self.zone.as_ref()))
    }

    /// The response plans in force.
    #[must_use]
    pub fn plans(&self) -> &Plans {
        match &self.own_plans {
            Some(own) => own,
            None => response_plan::shipped(),
        }
    }
}

impl actix::Message for LookAt {
    type Result = Option<Box<Seen>>;
}

impl Handler<LookAt> for RegionHub {
    type Result = Option<Box<Seen>>;

    fn handle(&mut self, look: LookAt, _: &mut Self::Context) -> Self::Result {
        self.state.incident(look.0).map(|card| {
            Box::new(Seen {
                card: card.clone(),
                mode: self.state.mode().gravest_for(card.exercise),
                settings: self.state.settings().clone(),
                zone: self.state.zone_of(card.id).cloned(),
                bound: self.state.bound_units(),
                own_plans: self.state.own_plans().cloned(),
                service_desks: Arc::clone(self.state.service_desks()),
            })
        })
    }
}

/// Asks whether something is part of an exercise.
#[derive(Debug)]
pub struct IsExercise(pub Concern);

impl actix::Message for IsExercise {
    type Result = Option<bool>;
}

impl Handler<IsExercise> for RegionHub {
    type Result = Option<bool>;

    fn handle(&mut self, asked: IsExercise, _: &mut Self::Context) -> Self::Result {
        self.state.concerns_exercise(asked.0)
    }
}

/// Asks what has to be taken up again after a start: requests that stand, and how far services are known.
#[derive(Debug)]
pub struct Standing;

/// A desk of a service, by its region and key.
pub type DeskAt = (RegionCode, ServiceKey);

/// What a hub has of one service's requests.
#[derive(Debug, Clone, Default)]
pub struct AtHub {
    /// Those that stand, with where their units are to arrive.
    pub standing: BTreeMap<RequestId, Option<Scene>>,
    /// Those that it withdrew.
    pub withdrawn: BTreeSet<RequestId>,
}

/// What has to be taken up again after a start.
#[derive(Debug, Clone, Default)]
pub struct StandingWork {
    /// Requests by service.
    pub requests: BTreeMap<DeskAt, AtHub>,
    /// The last event of each service's stream that the hub took in.
    pub heard: BTreeMap<DeskAt, u64>,
    /// Cards that the dispatch rule has not served yet.
    pub undispatched: Vec<IncidentId>,
}

impl actix::Message for Standing {
    type Result = StandingWork;
}

impl Handler<Standing> for RegionHub {
    type Result = MessageResult<Standing>;

    fn handle(&mut self, _: Standing, _: &mut Self::Context) -> Self::Result {
        let mut work = StandingWork { heard: self.state.all_heard(), ..StandingWork::default() };
        for card in self.state.incidents() {
            for request in card.requests.values() {
                let at_hub = || (request.service_region, request.service.clone());
                if request.state == RequestState::Cancelled {
                    work.requests.entry(at_hub()).or_default().withdrawn.insert(request.id);
                } else if request.is_active() && card.is_open() {
                    let scene = self.state.scene_of(card);
                    work.requests.entry(at_hub()).or_default().standing.insert(request.id, scene);
                }
            }
            if card.is_open() && sequel::wants_dispatch(&self.state, card) {
                work.undispatched.push(card.id);
            }
        }
        // The gravest first, and of those the oldest.
        work.undispatched
            .sort_by_key(|id| self.state.incident(*id).map(|card| (card.severity(), card.opened_at)));
        MessageResult(work)
    }
}
