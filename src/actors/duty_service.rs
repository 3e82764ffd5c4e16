//! One duty-dispatch service of a region, alive: its units, what it was asked, how ready it is.
//!
//! A panic here restarts this service alone, from the store. Positions never go through the journal: they move the
//! unit in the index and are written to its track in batches.

use deadpool_postgres::Pool;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use jiff::{SignedDuration, Timestamp};
use tracing::{error, info};

use super::clock;
use super::durable::Durable;
use super::journal::Journal;
use super::load::{self, LoadError};
use super::lookout::{Lookout, Outlook};
use super::region_hub::AtHub;
use super::region_hub::OrderError;
use super::sequel::{Follow, Heard, Sequel};
use super::traced::trace;
use super::unknown_requests::{Fate, fate};
use super::written::written;
use crate::domain::decision::{By, Context as Circumstances, Ids, Refusal};
use crate::domain::doubt::{Doubt, Doubtful};
use crate::domain::ids::{RegionCode, ServiceKey, UnitId};
use crate::domain::said::said;
use crate::domain::service::{ServiceCommand, ServiceEvent, ServiceState};
use crate::domain::trace;
use crate::domain::unit::{Position, Unit};
use crate::spatial::fence::Lies;
use crate::spatial::unit_index::{Seat, Told, UnitIndex};
use crate::store::append::{Append, Committed, Epoch, Idempotency, InboxMark, NewEvent};
use crate::store::position_track;
use crate::store::stream::Stream;

/// A command to a service with what belongs to its durable record.
#[derive(Debug)]
pub struct Errand {
    /// What is asked or told.
    pub command: ServiceCommand,
    /// Who.
    pub by: By,
    /// W3C trace.
    pub trace: Option<String>,
    /// The agency message that led here.
    pub inbox: Option<InboxMark>,
    /// The HTTP answer to keep for a repeated request.
    pub idempotency: Option<Idempotency>,
}

impl Errand {
    /// A command alone, part of the trace of what is being done.
    #[must_use]
    pub fn new(command: ServiceCommand, by: By) -> Self {
        Self { command, by, trace: trace(), inbox: None, idempotency: None }
    }
}

/// What became durable.
#[derive(Debug, Clone)]
pub struct Served {
    /// The events, empty when it was so already, and durable.
    pub events: Arc<[ServiceEvent]>,
    /// Where they stand in the journal.
    pub committed: Option<Committed>,
}

impl actix::Message for Errand {
    type Result = Result<Served, OrderError>;
}

/// Positions of units of the service, as their agency reports them.
#[derive(Debug)]
pub struct Moved {
    /// Unit and position.
    pub positions: Vec<(UnitId, Position)>,
}

impl actix::Message for Moved {
    /// Units that the service does not have.
    type Result = Vec<UnitId>;
}

/// What a hub has of the service's requests, for what it told the service and the service did not hear: requests that it
/// withdrew, scenes that moved, and, after a crash between the two, requests of which the hub knows nothing.
#[derive(Debug)]
pub struct Reconcile {
    /// Whose hub: of the requests for another's cards it knows nothing.
    pub of: RegionCode,
    /// What stands there and what does not any more.
    pub at_hub: AtHub,
    /// Asked later than this, a request of which the hub knows nothing may still be on its way there.
    pub asked_before: Timestamp,
}

impl actix::Message for Reconcile {
    type Result = ();
}

/// Whether the desk takes units. It is asked not to before it closes, and says no while it has one: what it has and
/// what it takes is decided here alone, so that no unit slips in while the desk is being closed.
#[derive(Debug, Clone, Copy)]
pub struct TakesUnits(pub bool);

impl actix::Message for TakesUnits {
    type Result = Result<(), Refusal>;
}

/// What a service's actor needs to live.
#[derive(Clone)]
pub struct DutyServiceSeat {
    /// Which region.
    pub region: RegionCode,
    /// Which service.
    pub service: ServiceKey,
    /// Epoch of the region's lease.
    pub epoch: Epoch,
    /// The one writer.
    pub journal: Journal,
    /// Where its state is read from at start.
    pub database: Pool,
    /// Where its units are found.
    pub units: Arc<UnitIndex>,
    /// What follows its events elsewhere.
    pub sequel: Sequel,
    /// By what it judges its units' positions.
    pub outlook: Outlook,
}

/// The actor.
pub struct DutyService {
    seat: DutyServiceSeat,
    state: ServiceState,
    lookout: Lookout,
    seq: u64,
    durable: Durable,
    /// Where its stream stood when it was read.
    since: u64,
    /// Each hub is brought everything that concerns it up to here.
    told: BTreeMap<RegionCode, u64>,
    /// Whether it takes units: not while its desk is being closed, nor afterwards.
    takes_units: bool,
}

/// What is to be made durable, and the events that it holds.
type Decided = (Append, Arc<[ServiceEvent]>, BTreeSet<RegionCode>);

impl DutyService {
    /// A service that reads its state when it starts.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when no such kind of service exists.
    pub fn new(seat: DutyServiceSeat) -> Result<Self, Refusal> {
        let state = ServiceState::new(seat.region, seat.service.clone())?;
        let lookout = Lookout::new(seat.outlook.clone());
        let durable = Durable::up_to(0);
        let told = BTreeMap::new();
        Ok(Self { seat, state, lookout, seq: 0, durable, since: 0, told, takes_units: true })
    }

    fn read_state(&mut self, ctx: &mut actix::Context<Self>) {
        let seat = self.seat.clone();
        let loading = async move {
            let (state, seq) = load::service(&seat.database, seat.region, seat.service.clone()).await?;
            let after = clock::now() - SEEN_WITHIN;
            let seen =
                position_track::last_positions(&seat.database, seat.region, &seat.service, after).await?;
            Ok::<_, LoadError>((state, seq, seen))
        };
        ctx.wait(loading.into_actor(self).map(|loaded, actor, ctx| match loaded {
            Ok((state, seq, seen)) => {
                info!(region = %actor.seat.region, service = %actor.seat.service, seq,
                    units = state.units().count(), "service ready");
                actor.state = state;
                actor.seq = seq;
                actor.durable = Durable::up_to(seq);
                actor.since = seq;
                actor.told.clear();
                for unit in actor.state.units() {
                    actor.show(&unit.id);
                }
                // The register says where a unit belongs; a hub that starts knows from its track where it was seen since.
                for (unit, position) in seen {
                    if let Some(seat) = actor.seat.units.seat(actor.seat.region, &unit) {
                        actor.seat.units.moved(seat, position);
                    }
                }
                let hubs = actor.state.requests().map(|request| actor.state.hub_of(request));
                let hubs = hubs.chain([actor.seat.region]).collect();
                actor.seat.sequel.service_ready(hubs, actor.seat.region, &actor.seat.service);
            }
            Err(e) => {
                error!(region = %actor.seat.region, service = %actor.seat.service, error = %e,
                    "the service's state could not be read; trying again");
                ctx.run_later(Duration::from_secs(1), |_, ctx| ctx.stop());
            }
        }));
    }

    fn decide(&mut self, errand: Errand) -> Result<Option<Decided>, Refusal> {
        if !self.takes_units && matches!(errand.command, ServiceCommand::RegisterUnit { .. }) {
            return Err(Refusal::conflict(said!(
                "the desk {service} is closed; register the unit with another",
                service => &self.seat.service
            )));
        }
        let now = clock::now();
        let circumstances = Circumstances { now, by: errand.by.clone(), ids: Ids::new(uuid::Uuid::now_v7()) };
        let decided = self.state.decide(errand.command, &circumstances)?;
        if decided.is_empty() {
            return Ok(None);
        }
        let label = errand.by.label();
        let mut events = Vec::with_capacity(decided.len());
        for event in &decided {
            let body = written(event)?;
            events.push(NewEvent {
                kind: event.kind().into(),
                at: now,
                by: label.clone(),
                trace: errand.trace.clone(),
                about: event.incident().map(|i| i.0),
                body,
            });
        }
        let affected = load::affected(&self.state, &decided);
        // Whose hub has to hear of it is known before the request ends.
        let hubs = decided.iter().filter(|event| event.concerns_hub());
        let hubs = hubs.map(|e| e.request().map_or(self.seat.region, |request| self.state.hub_of(request)));
        let hubs = hubs.collect();
        for event in &decided {
            self.state.apply(event, now);
        }
        let rows = load::service_rows(&self.state, &affected);
        let stream = Stream::Service(self.seat.region, self.seat.service.clone());
        let append = Append {
            rows,
            inbox: errand.inbox,
            idempotency: errand.idempotency,
            ..Append::new(stream, self.seq, self.seat.epoch, events)
        };
        self.seq += decided.len() as u64;
        // Held and engaged units leave the index at once: nobody is offered what is about to be durable. Should the
        // append fail, the actor starts again and puts them back.
        for unit in &affected {
            self.show(unit);
        }
        for event in &decided {
            if let ServiceEvent::UnitRegistered { unit } = event {
                self.enter(&unit.id);
            }
        }
        Ok(Some((append, decided.into(), hubs)))
    }

    /// Puts a unit into the index with what it is and can do from now on; it stays where it was seen last.
    fn enter(&self, id: &UnitId) {
        let Some(mut unit) = self.state.unit(id).cloned() else { return };
        let seen = self.seat.units.whereabouts(self.seat.region, id);
        if let Some((_, seen)) = seen.filter(|(_, p)| p.at > unit.position.at) {
            unit.position = seen;
        }
        self.seat.units.place(&unit);
    }

    /// What a believed position says besides the place.
    fn look_out(
        &mut self,
        unit: &UnitId,
        seat: Seat,
        position: Position,
        lies: Lies,
        ctx: &mut actix::Context<Self>,
    ) {
        let by = || By::rule("geofence");
        if let Some(scene) = self.state.heads_for(unit) {
            if let Some(arrived) = self.lookout.on_its_way(unit, scene, position) {
                ctx.notify(Errand::new(arrived, by()));
            }
            if let Some(since) = self.lookout.stuck_since(unit) {
                let doubtful = Doubtful { position, doubt: Doubt::Stuck { since } };
                self.seat.units.remark(seat, |remark| remark.doubtful = Some(doubtful));
            }
        }
        if let Some(told) = self.lookout.territory(&self.state, self.seat.region, unit, position, lies) {
            ctx.notify(Errand::new(told, by()));
        }
    }

    /// Puts a unit into the index as it stands. Its place there stays: positions live in the index alone.
    fn show(&self, id: &UnitId) {
        let index = &self.seat.units;
        match (self.state.unit(id), index.seat(self.seat.region, id)) {
            (Some(unit), Some(seat)) => {
                index.status_changed(seat, &unit.status);
                self.show_remarks(unit, seat);
            }
            (Some(unit), None) => {
                let seat = index.place(unit);
                self.show_remarks(unit, seat);
            }
            (None, Some(seat)) => {
                index.remove(seat);
            }
            (None, None) => {}
        }
    }
}

impl DutyService {
    fn show_remarks(&self, unit: &Unit, seat: Seat) {
        let outside = self.state.outside(&unit.id).copied();
        let in_exercise = self.state.has_in_exercise(unit, clock::now());
        let shown = self.seat.units.remark_on(self.seat.region, &unit.id);
        if (shown.outside, shown.in_exercise) != (outside, in_exercise) {
            self.seat.units.remark(seat, |remark| {
                (remark.outside, remark.in_exercise) = (outside, in_exercise);
            });
        }
    }
}

/// How far back a hub that starts looks for where a unit was last seen.
pub const SEEN_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Whether only the actor itself says this, by its clock and its units' positions. Nobody waits for the answer, and while
/// the database is away these come every second: none of them is to wait.
fn is_told_to_itself(command: &ServiceCommand) -> bool {
    matches!(
        command,
        ServiceCommand::Tick
            | ServiceCommand::ProposeArrival { .. }
            | ServiceCommand::Leave { .. }
            | ServiceCommand::ComeBack { .. }
    )
}

impl Actor for DutyService {
    type Context = actix::Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(8_192);
        self.read_state(ctx);
        ctx.run_interval(Duration::from_secs(1), |actor, ctx| {
            ctx.notify(Errand::new(ServiceCommand::Tick, By::rule("clock")));
            for arrived in actor.lookout.silent(&actor.state, clock::now()) {
                ctx.notify(Errand::new(arrived, By::rule("geofence")));
            }
        });
    }
}

impl Supervised for DutyService {
    fn restarting(&mut self, _: &mut Self::Context) {
        metrics::counter!("hub112_actor_restarts_total", "actor" => "duty_service").increment(1);
    }
}

impl Handler<Errand> for DutyService {
    type Result = ResponseActFuture<Self, Result<Served, OrderError>>;

    fn handle(&mut self, errand: Errand, ctx: &mut Self::Context) -> Self::Result {
        let traceparent = errand.trace.clone();
        let id = traceparent.as_deref().map(trace::id).map(str::to_owned);
        let told_to_itself = is_told_to_itself(&errand.command);
        let stream = Stream::Service(self.seat.region, self.seat.service.clone());
        let place = match self.seat.journal.reserve(&stream) {
            Ok(place) => place,
            Err(e) => return Box::pin(actix::fut::ready(Err(e.into()))),
        };
        // A fault in the rules stops this actor alone: it starts again from the store.
        let decided = catch_unwind(AssertUnwindSafe(|| self.decide(errand)));
        let Ok(decided) = decided else {
            error!(region = %self.seat.region, service = %self.seat.service, trace = id, "a decision panicked; the service starts again");
            ctx.stop();
            return Box::pin(actix::fut::ready(Err(OrderError::Failed)));
        };
        match decided {
            Err(refusal) => Box::pin(actix::fut::ready(Err(refusal.into()))),
            Ok(None) => {
                let served = Served { events: Arc::from([]), committed: None };
                if told_to_itself {
                    return Box::pin(actix::fut::ready(Ok(served)));
                }
                // What is so already may be so only ahead of the journal.
                let durable = self.durable.until(self.seq);
                Box::pin(durable.into_actor(self).map(|result, _, _| result.map(|()| served)))
            }
            Ok(Some((append, events, hubs))) => {
                let at = append.events.first().map_or_else(clock::now, |e| e.at);
                // Both here, in the order of the decisions: the context polls its futures in any order, and a report
                // that claimed to follow one not yet brought would hide it from the hub for good.
                let (seq, since) = (self.seq, self.since);
                let mut after = |hub| (hub, self.told.insert(hub, seq).unwrap_or(since));
                let hubs: Vec<(RegionCode, u64)> = hubs.into_iter().map(&mut after).collect();
                let durable = place.append(append);
                Box::pin(durable.into_actor(self).map(move |result, actor, ctx| match result {
                    Ok(committed) => {
                        actor.durable.committed(committed.last);
                        for (hub, after) in hubs {
                            let (trace, events) = (traceparent.clone(), events.clone());
                            let report = Heard { hub, trace, after, first: committed.first, at, events };
                            actor.seat.sequel.service_events(actor.seat.region, &actor.seat.service, report);
                        }
                        Ok(Served { events, committed: Some(committed) })
                    }
                    Err(e) => {
                        error!(region = %actor.seat.region, service = %actor.seat.service, trace = id, error = %e,
                            "an append failed; the service starts again");
                        actor.durable.failed();
                        ctx.stop();
                        Err(e.into())
                    }
                }))
            }
        }
    }
}

impl Handler<Moved> for DutyService {
    type Result = MessageResult<Moved>;

    fn handle(&mut self, moved: Moved, ctx: &mut Self::Context) -> Self::Result {
        let region = self.seat.region;
        let (mut reports, mut units, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for (unit, position) in moved.positions {
            match self.seat.units.seat(region, &unit) {
                Some(seat) if self.state.unit(&unit).is_some() => {
                    reports.push((seat, position));
                    units.push(unit);
                }
                _ => unknown.push(unit),
            }
        }
        let told = self.seat.units.all_told(region, &reports, &self.lookout.fence(), clock::now());
        for ((unit, (seat, position)), told) in units.into_iter().zip(reports).zip(told) {
            match told {
                Told::Believed(lies) => {
                    self.look_out(&unit, seat, position, lies, ctx);
                    self.seat.sequel.track(region, unit, position);
                }
                Told::Old => self.seat.sequel.track(region, unit, position),
                Told::Doubted => metrics::counter!("hub112_positions_doubted_total").increment(1),
                Told::Gone => unknown.push(unit),
            }
        }
        MessageResult(unknown)
    }
}

impl Handler<TakesUnits> for DutyService {
    type Result = Result<(), Refusal>;

    fn handle(&mut self, takes: TakesUnits, _: &mut Self::Context) -> Self::Result {
        if !takes.0 && self.state.units().next().is_some() {
            return Err(Refusal::conflict(said!(
                "the desk still has units; move them to another desk or take them off first"
            )));
        }
        self.takes_units = takes.0;
        Ok(())
    }
}

impl Handler<Reconcile> for DutyService {
    type Result = ();

    fn handle(&mut self, reconcile: Reconcile, ctx: &mut Self::Context) {
        let Reconcile { of, at_hub, asked_before } = reconcile;
        let mut moved = Vec::new();
        for request in self.state.requests().filter(|request| self.state.hub_of(*request) == of) {
            let Some(asked) = self.state.asked(request) else { continue };
            match fate(request, asked, &at_hub, asked_before) {
                Fate::Stays => {}
                Fate::Moved => {
                    let service = self.seat.service.clone();
                    moved.push(Follow::Scene(self.seat.region, service, asked.incident, request));
                }
                Fate::Ends => {
                    ctx.notify(Errand::new(ServiceCommand::End(request), By::rule("reconcile")));
                }
            }
        }
        // What the hub said is old by now: where it is to go is looked up there.
        self.seat.sequel.take(of, None, moved);
    }
}
