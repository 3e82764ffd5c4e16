//! Finds the actor for a region or a service, and puts what is asked into its mailbox.
//!
//! What is under way at once is bounded per region: when the bound is reached the edge says so (503, try again) and
//! the sender keeps its message, instead of a queue growing until everything is late.

use deadpool_postgres::Pool;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use actix::Addr;
use jiff::Timestamp;
use tokio::sync::Semaphore;
use tracing::{error, info};

use super::arrivals::Arrivals;
use super::clock;
use super::demand::DemandView;
use super::duty_service::{DutyService, Errand, Moved, Reconcile, Served, TakesUnits};
use super::gazetteer::GazetteerView;
use super::journal::Journal;
use super::load;
use super::region_hub::{
    AtHub, DeskAt, Done, IsExercise, LookAt, Order, OrderError, Recall, RegionHub, Seen, Standing,
    StandingWork,
};
use super::roads::RoadView;
use super::searches::{SearchFor, Searches};
use super::staff::Staff;
use super::stirred::Stirred;
use super::territories::TerritoryView;
use super::turns::Turns;
use super::unknown_requests::none_under_way_from_before;
use crate::domain::command::{RegionCommand, Territory as Lies};
use crate::domain::decision::{By, Refusal};
use crate::domain::envelope::Party;
use crate::domain::ids::{DistributionId, IncidentId, RegionCode, RequestId, ServiceKey, UnitId};
use crate::domain::location::Location;
use crate::domain::missing::Missing;
use crate::domain::quantities::{Metres, Point};
use crate::domain::region::exercise::Concern;
use crate::domain::region::{Answer, BORDER, FARTHEST_CELL};
use crate::domain::service::ServiceCommand;
use crate::domain::service_desk::ServiceDesks;
use crate::domain::unit::Position;
use crate::spatial::demand::Demand;
use crate::spatial::gazetteer::Gazetteer;
use crate::spatial::roads::{Network, Roads};
use crate::spatial::territory::Territory;
use crate::spatial::unit_index::UnitIndex;
use crate::store::append::JournalError;

/// Orders and errands of one region under way at once.
const UNDER_WAY: usize = 4_096;

/// Everything an edge needs to reach the domain: cheap to clone.
#[derive(Clone)]
pub struct Switchboard {
    inner: Arc<Inner>,
}

struct Inner {
    regions: HashMap<RegionCode, (Addr<RegionHub>, Semaphore)>,
    services: RwLock<BTreeMap<(RegionCode, ServiceKey), Line>>,
    /// The further desks of each region, as its hub decided last.
    desks: RwLock<HashMap<RegionCode, Arc<ServiceDesks>>>,
    staff: Staff,
    database: Pool,
    journal: Journal,
    territories: Arc<TerritoryView>,
    units: Arc<UnitIndex>,
    roads: Arc<RoadView>,
    gazetteer: Arc<GazetteerView>,
    demand: Arc<DemandView>,
    stirred: Stirred,
    searches: Searches,
    arrivals: Arrivals,
    /// Since when: what was under way before is under way no more.
    since: Timestamp,
    /// Cards that the dispatch rule serves just now.
    dispatching: Turns<IncidentId>,
    /// Desks whose streams a hub reads just now.
    hearing: Turns<Hearing>,
    /// How far a hub has read the stream of a desk to its end, also where nothing in it concerned the hub.
    read: Mutex<BTreeMap<Hearing, u64>>,
}

/// A hub, and the desk that it hears.
pub(super) type Hearing = (RegionCode, DeskAt);

/// The way to one service.
struct Line {
    addr: Addr<DutyService>,
    /// Whether the desk is open: the actor of a closed one stays, but nobody is put through to it.
    open: bool,
}

/// A desk that takes no unit while it is being closed.
pub struct Closing {
    line: Addr<DutyService>,
    closed: bool,
}

impl Closing {
    /// It was closed, and stays so.
    pub fn closed(mut self) {
        self.closed = true;
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        if !self.closed {
            self.line.do_send(TakesUnits(true));
        }
    }
}

/// The actors and shared views of which a switchboard is made.
pub struct Lines {
    /// Region hubs.
    pub regions: HashMap<RegionCode, Addr<RegionHub>>,
    /// Duty-dispatch services.
    pub services: BTreeMap<(RegionCode, ServiceKey), Addr<DutyService>>,
    /// The further desks of each region.
    pub desks: HashMap<RegionCode, ServiceDesks>,
    /// Who starts the actors of desks that open later.
    pub staff: Staff,
    /// For reading.
    pub database: Pool,
    /// The one writer.
    pub journal: Journal,
    /// Regions and districts.
    pub territories: Arc<TerritoryView>,
    /// Units by place.
    pub units: Arc<UnitIndex>,
    /// Roads as they are now.
    pub roads: Arc<RoadView>,
    /// What has a name, as it is now.
    pub gazetteer: Arc<GazetteerView>,
    /// Where people live, as it is now.
    pub demand: Arc<DemandView>,
}

impl Switchboard {
    /// Connects the lines.
    #[must_use]
    pub fn new(lines: Lines) -> Self {
        let regions =
            lines.regions.into_iter().map(|(r, addr)| (r, (addr, Semaphore::new(UNDER_WAY)))).collect();
        Self {
            inner: Arc::new(Inner {
                regions,
                services: RwLock::new(
                    lines.services.into_iter().map(|(key, addr)| (key, Line { addr, open: true })).collect(),
                ),
                desks: RwLock::new(lines.desks.into_iter().map(|(r, desks)| (r, Arc::new(desks))).collect()),
                staff: lines.staff,
                database: lines.database,
                journal: lines.journal,
                territories: lines.territories,
                units: lines.units,
                roads: lines.roads,
                gazetteer: lines.gazetteer,
                demand: lines.demand,
                stirred: Stirred::default(),
                searches: Searches::default(),
                arrivals: Arrivals::default(),
                since: clock::now(),
                dispatching: Turns::default(),
                hearing: Turns::default(),
                read: Mutex::default(),
            }),
        }
    }

    /// Asks a region's hub.
    ///
    /// # Errors
    /// [`OrderError`]: refused by the rules, not taken by the journal, not here, or overloaded. Nothing happened
    /// then, but for [`JournalError::Closed`](crate::store::append::JournalError::Closed) at a shutdown and
    /// [`OrderError::Busy`] from a hub that stopped meanwhile.
    pub async fn region(&self, region: RegionCode, order: Order) -> Result<Done, OrderError> {
        let (hub, bound) = self.inner.regions.get(&region).ok_or(OrderError::NotHere(region))?;
        let _place = bound.try_acquire().map_err(|_| OrderError::Busy)?;
        match &order.command {
            RegionCommand::Receive { message, .. } => {
                if let Some(card) = load::card_of_old(&self.inner.database, message).await? {
                    return Ok(Done { answer: Answer::Known(Some(card)), committed: None, card: None });
                }
                let id = message.id;
                if self.inner.arrivals.claim(id, region).is_some() {
                    // The same once more, or another under its id: whoever asked compares it with what is kept.
                    let card = load::card_of(&self.inner.database, id).await?;
                    return Ok(Done { answer: Answer::Known(card), committed: None, card: None });
                }
                let result = hub.send(order).await.map_err(|_| OrderError::Busy).flatten();
                if result.is_err() {
                    self.inner.arrivals.release(id, region);
                }
                // What this process has forgotten the table knows: it takes no id for two regions.
                if let Err(OrderError::Journal(JournalError::Rejected(_))) = &result
                    && let Some(card) = load::card_of(&self.inner.database, id).await?
                {
                    return Ok(Done { answer: Answer::Known(Some(card)), committed: None, card: None });
                }
                result
            }
            command if command.cards().is_empty() => hub.send(order).await.map_err(|_| OrderError::Busy)?,
            command => {
                let cards = command.cards();
                match hub.send(order.clone()).await.map_err(|_| OrderError::Busy)? {
                    Err(OrderError::Refused(Refusal::NotFound { .. }))
                        if self.recall(region, &cards).await? =>
                    {
                        hub.send(order).await.map_err(|_| OrderError::Busy)?
                    }
                    result => result,
                }
            }
        }
    }

    /// Brings cards back into memory that were let go; whether any was.
    async fn recall(&self, region: RegionCode, cards: &[IncidentId]) -> Result<bool, OrderError> {
        let (hub, _) = self.inner.regions.get(&region).ok_or(OrderError::NotHere(region))?;
        let mut any = false;
        for id in cards {
            if self.look_at(region, *id).await?.is_some() {
                continue;
            }
            if let Some(card) = load::card(&self.inner.database, region, *id).await? {
                hub.send(Recall(Box::new(card))).await.map_err(|_| OrderError::Busy)?;
                any = true;
            }
        }
        Ok(any)
    }

    /// Asks a service.
    ///
    /// # Errors
    /// As [`Switchboard::region`].
    pub async fn service(
        &self,
        region: RegionCode,
        service: &ServiceKey,
        errand: Errand,
    ) -> Result<Served, OrderError> {
        let (_, bound) = self.inner.regions.get(&region).ok_or(OrderError::NotHere(region))?;
        let _place = bound.try_acquire().map_err(|_| OrderError::Busy)?;
        self.line(region, service)?.send(errand).await.map_err(|_| OrderError::Busy)?
    }

    /// Tells a service where its units are; gives back those it does not have.
    ///
    /// # Errors
    /// [`OrderError::NotHere`], [`OrderError::Busy`].
    pub async fn positions(
        &self,
        region: RegionCode,
        service: &ServiceKey,
        positions: Vec<(UnitId, Position)>,
    ) -> Result<Vec<UnitId>, OrderError> {
        self.line(region, service)?.send(Moved { positions }).await.map_err(|_| OrderError::Busy)
    }

    fn line(&self, region: RegionCode, service: &ServiceKey) -> Result<Addr<DutyService>, OrderError> {
        if !self.inner.regions.contains_key(&region) {
            return Err(OrderError::NotHere(region));
        }
        let lines = self.inner.services.read().unwrap_or_else(PoisonError::into_inner);
        let line = lines.get(&(region, service.clone())).filter(|line| line.open);
        let missing = || Refusal::not_found(Missing::Service, service);
        Ok(line.ok_or_else(missing)?.addr.clone())
    }

    /// A desk opened: its actor starts, unless it is there from before. On the actors' own thread.
    pub(super) fn open_desk(&self, region: RegionCode, desk: &ServiceKey) {
        let mut lines = self.inner.services.write().unwrap_or_else(PoisonError::into_inner);
        let key = (region, desk.clone());
        if let Some(line) = lines.get_mut(&key) {
            line.open = true;
            line.addr.do_send(TakesUnits(true));
            return;
        }
        match self.inner.staff.start(region, desk) {
            Ok(addr) => {
                info!(%region, %desk, "a desk is open");
                lines.insert(key, Line { addr, open: true });
            }
            Err(error) => {
                error!(%region, %desk, %error, "a desk cannot be opened before the hub starts again")
            }
        }
    }

    /// The further desks of a region that runs here.
    #[must_use]
    pub fn service_desks(&self, region: RegionCode) -> Arc<ServiceDesks> {
        let desks = self.inner.desks.read().unwrap_or_else(PoisonError::into_inner);
        desks.get(&region).cloned().unwrap_or_default()
    }

    /// The further desks of a region have changed.
    pub(super) fn desks_changed(&self, region: RegionCode, desks: Arc<ServiceDesks>) {
        self.inner.desks.write().unwrap_or_else(PoisonError::into_inner).insert(region, desks);
    }

    /// A desk closed: nobody is put through to it any more.
    pub(super) fn close_desk(&self, region: RegionCode, desk: &ServiceKey) {
        let mut lines = self.inner.services.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.get_mut(&(region, desk.clone())) {
            line.open = false;
            info!(%region, %desk, "a desk is closed");
        }
    }

    /// A desk is about to be closed: it takes no unit from now on, unless it has one. What is given back ends that again
    /// when it is dropped and the desk was not closed. None for a desk that is closed already.
    ///
    /// # Errors
    /// [`OrderError::Refused`] when it has a unit; [`OrderError::Busy`].
    pub async fn close_to_units(
        &self,
        region: RegionCode,
        desk: &ServiceKey,
    ) -> Result<Option<Closing>, OrderError> {
        // The main desk of a kind is never closed.
        let Some(line) = desk.desk().and_then(|_| self.line(region, desk).ok()) else { return Ok(None) };
        let closing = Closing { line: line.clone(), closed: false };
        line.send(TakesUnits(false)).await.map_err(|_| OrderError::Busy)??;
        Ok(Some(closing))
    }

    /// A desk is about to open: what it is told together with its opening waits for its queue.
    pub(super) fn want_queue(&self, region: RegionCode, desk: &ServiceKey) {
        self.inner.staff.broker.want(&Party { region, service: desk.clone() });
    }

    /// The queue of a desk that opened. While the broker is away it is made when that comes back.
    pub async fn serve_desk(&self, region: RegionCode, desk: &ServiceKey) {
        self.inner.staff.broker.serve(&Party { region, service: desk.clone() }).await;
    }

    /// A card in memory as it stands.
    ///
    /// # Errors
    /// [`OrderError::NotHere`], [`OrderError::Busy`].
    pub async fn look_at(
        &self,
        region: RegionCode,
        incident: IncidentId,
    ) -> Result<Option<Box<Seen>>, OrderError> {
        let (hub, _) = self.inner.regions.get(&region).ok_or(OrderError::NotHere(region))?;
        hub.send(LookAt(incident)).await.map_err(|_| OrderError::Busy)
    }

    /// Whether something of a region's hub is part of an exercise; `None` where that hub has no such thing.
    ///
    /// # Errors
    /// [`OrderError::NotHere`], [`OrderError::Busy`].
    pub(super) async fn is_exercise(
        &self,
        region: RegionCode,
        concern: Concern,
    ) -> Result<Option<bool>, OrderError> {
        let (hub, _) = self.inner.regions.get(&region).ok_or(OrderError::NotHere(region))?;
        hub.send(IsExercise(concern)).await.map_err(|_| OrderError::Busy)
    }

    /// Answers once the region's state is read.
    ///
    /// # Errors
    /// [`OrderError::NotHere`], [`OrderError::Busy`].
    pub async fn ready(&self, region: RegionCode) -> Result<(), OrderError> {
        self.standing(region).await.map(|_| ())
    }

    /// What has to be taken up again after a start of the region's hub.
    pub(super) async fn standing(&self, region: RegionCode) -> Result<StandingWork, OrderError> {
        let (hub, _) = self.inner.regions.get(&region).ok_or(OrderError::NotHere(region))?;
        hub.send(Standing).await.map_err(|_| OrderError::Busy)
    }

    /// Tells a service what of its requests for the cards `of` a region's hub stands there.
    pub(super) fn reconcile(&self, of: RegionCode, (region, service): &DeskAt, at_hub: AtHub) {
        if let Ok(line) = self.line(*region, service) {
            let asked_before = none_under_way_from_before(clock::now(), self.inner.since);
            line.do_send(Reconcile { of, at_hub, asked_before });
        }
    }

    /// Units that were held for a request that does not go out are free again. Nobody waits for it.
    pub(super) fn let_go(&self, region: RegionCode, service: &ServiceKey, request: RequestId) {
        if let Ok(line) = self.line(region, service) {
            line.do_send(Errand::new(ServiceCommand::End(request), By::rule("refused")));
        }
    }

    /// Cards that the dispatch rule serves just now.
    pub(super) fn dispatching(&self) -> &Turns<IncidentId> {
        &self.inner.dispatching
    }

    /// Desks whose streams a hub reads just now.
    pub(super) fn hearing(&self) -> &Turns<Hearing> {
        &self.inner.hearing
    }

    /// How far a hub has read the stream of a desk to its end.
    pub(super) fn read(&self, hearing: &Hearing) -> u64 {
        let read = self.inner.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.get(hearing).copied().unwrap_or(0)
    }

    /// A hub has read the stream of a desk to its end, and what concerns the hub in it is durable there.
    pub(super) fn has_read(&self, hearing: Hearing, upto: u64) {
        let mut read = self.inner.read.lock().unwrap_or_else(PoisonError::into_inner);
        let known = read.entry(hearing).or_default();
        *known = upto.max(*known);
    }

    /// The region whose hub has a card: `near` when it is there, or when none that runs here has it.
    ///
    /// # Errors
    /// [`OrderError`] when it cannot be looked up now.
    pub(super) async fn hub_of(
        &self,
        near: RegionCode,
        incident: IncidentId,
    ) -> Result<RegionCode, OrderError> {
        if self.inner.regions.len() < 2 || self.look_at(near, incident).await?.is_some() {
            return Ok(near);
        }
        let region = load::region_of_card(&self.inner.database, incident).await?;
        Ok(region.filter(|region| self.inner.regions.contains_key(region)).unwrap_or(near))
    }

    /// The hub that told something to a party of `near`: that of the card, or the party's own.
    ///
    /// # Errors
    /// [`OrderError::Load`] when it cannot be looked up now: at another hub it would meet nothing, and be lost.
    pub(super) async fn hub_that_told(
        &self,
        near: RegionCode,
        told: DistributionId,
    ) -> Result<RegionCode, OrderError> {
        if self.inner.regions.len() < 2 {
            return Ok(near);
        }
        let region = crate::store::delivery::told_by(&self.inner.database, told).await;
        let region = region.map_err(load::LoadError::from)?;
        Ok(region.filter(|region| self.inner.regions.contains_key(region)).unwrap_or(near))
    }

    /// The district of a point and the regions whose border is near: also as near as what happened may lie from it.
    #[must_use]
    pub fn place(&self, region: RegionCode, point: Point, radius: Option<Metres>) -> Lies {
        let territories = self.inner.territories.now();
        let uncertain = radius.map_or(0.0, |radius| radius.get().min(FARTHEST_CELL.get()));
        Lies {
            district: territories.locate(point).and_then(|(_, district)| district),
            neighbours: territories
                .regions_within(point, Metres::saturating(BORDER.get() + uncertain))
                .into_iter()
                .map(|(near, _)| near)
                .filter(|near| *near != region)
                .collect(),
        }
    }

    /// Where a place lies, as far as it has a point.
    #[must_use]
    pub fn place_of(&self, region: RegionCode, location: &Location) -> Lies {
        location.point().map(|point| self.place(region, point, location.radius())).unwrap_or_default()
    }

    /// Regions whose hub runs here.
    pub fn regions(&self) -> impl Iterator<Item = RegionCode> {
        self.inner.regions.keys().copied()
    }

    /// Services of a region that run here: the main desk of every kind, and the further desks that are open.
    #[must_use]
    pub fn services(&self, region: RegionCode) -> Vec<ServiceKey> {
        let lines = self.inner.services.read().unwrap_or_else(PoisonError::into_inner);
        let of_region = lines.iter().filter(|((r, _), line)| *r == region && line.open);
        of_region.map(|((_, service), _)| service.clone()).collect()
    }

    /// Whether a region has the service, and its actor runs here.
    #[must_use]
    pub fn has_service(&self, region: RegionCode, service: &ServiceKey) -> bool {
        let lines = self.inner.services.read().unwrap_or_else(PoisonError::into_inner);
        lines.get(&(region, service.clone())).is_some_and(|line| line.open)
    }

    /// Whether any region here has, or had, a desk of this key.
    #[must_use]
    pub fn knows_service(&self, service: &ServiceKey) -> bool {
        let lines = self.inner.services.read().unwrap_or_else(PoisonError::into_inner);
        lines.keys().any(|(_, key)| key == service)
    }

    /// Regions and districts as they are now.
    #[must_use]
    pub fn territories(&self) -> Arc<Territory> {
        self.inner.territories.now()
    }

    /// Grows with every import of borders.
    #[must_use]
    pub fn territory_version(&self) -> u64 {
        self.inner.territories.version()
    }

    /// Units by place.
    #[must_use]
    pub fn units(&self) -> &Arc<UnitIndex> {
        &self.inner.units
    }

    /// What has a name, as it is now; empty before the first import.
    #[must_use]
    pub fn gazetteer(&self) -> Arc<Gazetteer> {
        self.inner.gazetteer.now()
    }

    /// The roads as they are now; none before the first import.
    #[must_use]
    pub fn roads(&self) -> Option<Roads> {
        self.inner.roads.now()
    }

    /// Runs a search over the roads, in its turn and on a thread that takes no messages.
    ///
    /// # Errors
    /// [`OrderError::Busy`], [`OrderError::Failed`].
    pub async fn search<T: Send + 'static>(
        &self,
        purpose: SearchFor,
        search: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, OrderError> {
        self.inner.searches.run(purpose, search).await
    }

    /// Where people live, with the roads that they are reached by; none before the first import.
    #[must_use]
    pub fn demand(&self) -> Option<(Arc<Network>, Arc<Demand>)> {
        self.inner.demand.now()
    }

    /// For reading.
    #[must_use]
    pub fn database(&self) -> &Pool {
        &self.inner.database
    }

    /// What changes and no event tells.
    #[must_use]
    pub fn stirred(&self) -> &Stirred {
        &self.inner.stirred
    }

    /// The one writer.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.inner.journal
    }
}
