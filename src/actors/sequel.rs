//! What a durable event leads to elsewhere: a service hears that a request ended, the region hears what a service
//! reported, the dispatch rule takes up a new card. Each step is safe to repeat, and is repeated while it fails; after a
//! start everything that stands is taken up again. A step that was lost all the same, because the hub's actor stopped
//! between the commit and the step, is found when the hub looks over what should stand elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::StreamExt;
use jiff::Timestamp;
use tokio::sync::mpsc;
use tracing::{debug, error, warn};

use super::catching_up::{Next, next, until_heard};
use super::dispatch;
use super::duty_service::Errand;
use super::load::LoadError;
use super::region_hub::{DeskAt, Order, OrderError, StandingWork};
use super::switchboard::Switchboard;
use super::traced::traced;
use crate::domain::command::RegionCommand;
use crate::domain::decision::By;
use crate::domain::event::RegionEvent;
use crate::domain::forces::{ForcesDecision, ForcesRequest, RequestState, Stage, is_unserved};
use crate::domain::ids::{IncidentId, RegionCode, RequestId, ServiceKey, UnitId};
use crate::domain::incident::Incident;
use crate::domain::region::RegionState;
use crate::domain::service::{Scene, ServiceCommand, ServiceEvent};
use crate::domain::service_desk::{ServiceDeskEvent, ServiceDesks};
use crate::domain::unit::Position;
use crate::store::append::JournalError;
use crate::store::position_track::Track;
use crate::store::stream::Stream;

/// Pauses before a step is tried again, first and longest.
pub(super) const AGAIN: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// Events of a service read at once.
const PAGE: i64 = 500;
/// So many cards are served by the rule side by side when it looks at all.
const AT_ONCE: usize = 8;
/// The rule that sends the first wave of a response plan by itself.
pub const DISPATCH_RULE: &str = "dispatch";

/// A step that follows a durable decision.
#[derive(Debug, Clone, PartialEq)]
pub enum Follow {
    /// A service's request ended at the hub.
    EndRequest(RegionCode, ServiceKey, RequestId),
    /// The dispatch rule looks at a card.
    Dispatch(IncidentId),
    /// The rules that a person switched on have changed: the dispatch rule looks at every card.
    DispatchAll,
    /// The region's desks have changed.
    Desks(Arc<ServiceDesks>),
    /// The place or the zone of an incident has changed: units are to arrive at the newest.
    Scene(RegionCode, ServiceKey, IncidentId, RequestId),
    /// A desk opened: its actor, its queue and its link follow.
    OpenDesk(ServiceKey),
    /// A desk closed: nobody speaks for it any more.
    CloseDesk(ServiceKey),
}

/// What follows from events that are about to be durable. `state` is the state after them.
#[must_use]
pub fn follow(state: &RegionState, events: &[RegionEvent]) -> Vec<Follow> {
    let mut steps = Vec::new();
    for event in events {
        match event {
            RegionEvent::RequestCancelled { incident, request, .. } => {
                if let Some(r) = state.incident(*incident).and_then(|c| c.requests.get(request)) {
                    steps.push(Follow::EndRequest(r.service_region, r.service.clone(), *request));
                }
            }
            RegionEvent::LocationSet { incident, .. } => {
                steps.extend(scenes(state, *incident));
                dispatch(state, &[*incident], &mut steps);
            }
            RegionEvent::CategorySet { incident, .. }
            | RegionEvent::IncidentReopened { incident, .. }
            | RegionEvent::ForcesAnswered {
                incident, decision: Some(ForcesDecision::Refused { .. }), ..
            } => dispatch(state, &[*incident], &mut steps),
            RegionEvent::JoinDeclined { incident, other, .. } => {
                dispatch(state, &[*incident, *other], &mut steps);
            }
            // Whoever waited for it, because it may be the same event, waits for it no longer.
            RegionEvent::IncidentClosed { .. } => dispatch(state, &who_waited(state), &mut steps),
            RegionEvent::IncidentsMerged { into, .. } => {
                dispatch(state, &[*into], &mut steps);
                dispatch(state, &who_waited(state), &mut steps);
            }
            RegionEvent::SettingsSet { settings } if settings.dispatch_by_rule => {
                steps.push(Follow::DispatchAll);
            }
            // Its units are held for the scene as it was when it was looked up; the place may have moved since.
            RegionEvent::ForcesRequested { request } => {
                steps.extend(
                    scenes(state, request.incident)
                        .into_iter()
                        .filter(|step| matches!(step, Follow::Scene(.., id) if *id == request.id)),
                );
            }
            RegionEvent::ZoneSet { zone } => {
                steps.extend(zone.incident.into_iter().flat_map(|incident| scenes(state, incident)));
            }
            RegionEvent::EngagementReached { incident, request, stage: Stage::Released, .. } => {
                // The last of those sent was taken back before anybody arrived: others are sent.
                dispatch(state, &[*incident], &mut steps);
                let freed = state.incident(*incident).and_then(|card| card.requests.get(request));
                if let Some(waiting) = freed.and_then(|r| longest_waiting(state, &r.service)) {
                    steps.push(Follow::Dispatch(waiting));
                }
            }
            RegionEvent::ServiceDesk(ServiceDeskEvent::Kept { desk, .. }) => {
                steps.push(Follow::Desks(Arc::clone(state.service_desks())));
                steps.push(Follow::OpenDesk(desk.key.clone()));
            }
            RegionEvent::ServiceDesk(ServiceDeskEvent::Closed { desk, .. }) => {
                steps.push(Follow::Desks(Arc::clone(state.service_desks())));
                steps.push(Follow::CloseDesk(desk.clone()));
            }
            _ => {}
        }
    }
    steps
}

/// The dispatch rule looks at those of these cards that want it.
fn dispatch(state: &RegionState, cards: &[IncidentId], steps: &mut Vec<Follow>) {
    for id in cards {
        let wanted = state.incident(*id).is_some_and(|card| wants_dispatch(state, card));
        if wanted && !steps.contains(&Follow::Dispatch(*id)) {
            steps.push(Follow::Dispatch(*id));
        }
    }
}

/// Cards that may speak of another's event and are not served yet.
fn who_waited(state: &RegionState) -> Vec<IncidentId> {
    if !state.settings().dispatch_by_rule {
        return Vec::new();
    }
    let waited = state.incidents().filter(|card| card.is_open() && !card.guesses.is_empty());
    waited.map(|card| card.id).collect()
}

/// The units of a card's requests are to arrive at its newest place and zone.
fn scenes(state: &RegionState, incident: IncidentId) -> Vec<Follow> {
    let Some(card) = state.incident(incident) else { return Vec::new() };
    let active = card.requests.values().filter(|r| r.is_active());
    active.map(|r| Follow::Scene(r.service_region, r.service.clone(), incident, r.id)).collect()
}

/// The gravest card, and of those the oldest, for which this service had nobody to send.
fn longest_waiting(state: &RegionState, service: &ServiceKey) -> Option<IncidentId> {
    if !state.settings().dispatch_by_rule {
        return None;
    }
    let waits = |card: &&Incident| {
        card.requests.values().any(|r| r.service == *service && is_unanswered_refusal(card, r))
            && wants_dispatch(state, card)
    };
    let waiting = state.incidents().filter(waits);
    waiting.min_by_key(|card| (card.severity(), card.opened_at)).map(|card| card.id)
}

/// Whether the dispatch rule is on and the card is clear, located and not served: nothing was asked for it yet, or
/// a service refused, or took back whom it sent before anybody arrived, and was not asked again. A card that may speak of another's incident waits for a person: nobody
/// is sent twice.
#[must_use]
pub fn wants_dispatch(state: &RegionState, card: &Incident) -> bool {
    state.settings().dispatch_by_rule
        && card.is_open()
        && card.point().is_some()
        && card.category().is_some_and(|c| c.clear)
        && !card.guesses.iter().any(|g| state.incident(g.incident).is_some_and(Incident::is_open))
        && (card.requests.is_empty() || card.requests.values().any(|r| is_unanswered_refusal(card, r)))
}

/// Whether a service refused, or took back whom it sent, and was not asked again. Once somebody is at the place, whether
/// others are sent for those who turned back is decided there and by an officer.
fn is_unanswered_refusal(card: &Incident, refused: &ForcesRequest) -> bool {
    let somebody_came = || card.requests.values().any(ForcesRequest::has_arrived);
    is_unserved(refused, card.requests.values())
        && (refused.state == RequestState::Refused || !somebody_came())
}

/// Events of a service that a hub has to hear: its region's own, or a neighbour's whose card they are about.
pub(super) struct Heard {
    /// Whose hub.
    pub hub: RegionCode,
    /// The trace of what led to them.
    pub trace: Option<String>,
    /// Everything that concerns the hub up to here was brought before.
    pub after: u64,
    /// Number of the first event.
    pub first: u64,
    /// When they were decided.
    pub at: Timestamp,
    /// The events.
    pub events: Arc<[ServiceEvent]>,
}

/// Hands steps on. Clones share one target, which is set once the actors are there.
#[derive(Clone)]
pub struct Sequel {
    board: Arc<OnceLock<Switchboard>>,
    tracks: mpsc::Sender<Track>,
}

impl Sequel {
    /// With the queue of the track writer.
    #[must_use]
    pub fn new(tracks: mpsc::Sender<Track>) -> Self {
        Self { board: Arc::new(OnceLock::new()), tracks }
    }

    /// Connects it to the actors. Only the first call counts.
    pub fn connect(&self, board: Switchboard) {
        let _ = self.board.set(board);
    }

    /// A position for the track. When the writer falls behind, positions are dropped and counted: a track may have
    /// a gap, an incident may not wait for it.
    pub(super) fn track(&self, region: RegionCode, unit: UnitId, position: Position) {
        if self.tracks.try_send(Track { region, unit, position }).is_err() {
            metrics::counter!("hub112_track_points_dropped_total").increment(1);
        }
    }

    /// What has to be ready before a decision is durable, because its messages leave as soon as it is.
    pub(super) fn prepare(&self, region: RegionCode, steps: &[Follow]) {
        let Some(board) = self.board.get() else { return };
        for step in steps {
            if let Follow::OpenDesk(desk) = step {
                board.want_queue(region, desk);
            }
        }
    }

    /// Takes the steps of a durable decision, as part of its trace.
    pub(super) fn take(&self, region: RegionCode, trace: Option<String>, steps: Vec<Follow>) {
        if let Some(board) = self.board.get() {
            Self::take_on(board, region, trace, steps);
        }
    }

    fn take_on(board: &Switchboard, region: RegionCode, trace: Option<String>, steps: Vec<Follow>) {
        for step in steps {
            // At once, on the actors' own thread: whoever is answered next finds the desk there, or gone.
            match &step {
                Follow::OpenDesk(desk) => board.open_desk(region, desk),
                Follow::CloseDesk(desk) => board.close_desk(region, desk),
                Follow::Desks(desks) => board.desks_changed(region, Arc::clone(desks)),
                _ => {}
            }
            let board = board.clone();
            actix::spawn(traced(trace.clone(), async move {
                match step {
                    Follow::EndRequest(service_region, service, request) => {
                        end_request(&board, service_region, &service, request).await;
                    }
                    Follow::Dispatch(incident) => dispatch::by_rule(&board, region, incident).await,
                    Follow::DispatchAll => {
                        if let Ok(work) = board.standing(region).await {
                            dispatch_all(&board, region, work.undispatched).await;
                        }
                    }
                    Follow::OpenDesk(desk) => board.serve_desk(region, &desk).await,
                    Follow::Scene(service_region, service, incident, request) => {
                        move_scene(&board, region, incident, (service_region, &service, request)).await;
                    }
                    Follow::CloseDesk(_) | Follow::Desks(_) => {}
                }
            }));
        }
    }

    /// Brings a service's durable events to the hub whose cards they are about.
    pub(super) fn service_events(&self, from: RegionCode, service: &ServiceKey, heard: Heard) {
        let Some(board) = self.board.get().cloned() else { return };
        let service = service.clone();
        let Heard { hub, trace, after, first, at, events } = heard;
        actix::spawn(traced(trace, async move {
            let events = (first..).zip(events.iter()).map(|(seq, e)| (seq, at, e.clone())).collect();
            let command = RegionCommand::HearService { from, service: service.clone(), after, events };
            let by = By::Service { region: from, service: service.clone() };
            match board.region(hub, Order::new(command, by)).await {
                Ok(_) => {}
                // A gap: an earlier part is still on its way or was lost in a restart. Or the hub is away: nobody may
                // tell anything after this. The journal has it.
                Err(e) => {
                    debug!(region = %hub, %from, %service, error = %e, "a service's report is read from the journal");
                    catch_up(&board, hub, from, &service).await;
                }
            }
        }));
    }

    /// The region's desks as its hub has them: one whose opening or closing was lost on the way is opened or closed.
    pub(super) fn desks_stand(&self, region: RegionCode, desks: &Arc<ServiceDesks>) {
        let Some(board) = self.board.get() else { return };
        let open = board.services(region);
        let opened = desks.iter().filter(|desk| desk.is_open() && !open.contains(&desk.key));
        let closed = open.iter().filter(|key| !desks.has(key));
        let mut steps: Vec<Follow> = opened.map(|desk| Follow::OpenDesk(desk.key.clone())).collect();
        steps.extend(closed.map(|key| Follow::CloseDesk(key.clone())));
        if !steps.is_empty() {
            steps.insert(0, Follow::Desks(Arc::clone(desks)));
            Self::take_on(board, region, None, steps);
        }
    }

    /// Once in a while: what should stand at the services is compared with what stands there, what they told and the
    /// hub did not hear is heard, and cards that the dispatch rule has not served are served.
    pub(super) fn look_over(&self, region: RegionCode) {
        let Some(board) = self.board.get().cloned() else { return };
        actix::spawn(async move {
            let Ok(mut work) = board.standing(region).await else { return };
            let desks = desks_of(&board, region, &work);
            for desk in &desks {
                board.reconcile(region, desk, work.requests.remove(desk).unwrap_or_default());
            }
            let hear = hear_all(&board, region, &desks, &work.heard);
            let serve = dispatch_all(&board, region, std::mem::take(&mut work.undispatched));
            tokio::join!(hear, serve);
        });
    }

    /// After a region's hub has started: everything that stands is taken up again.
    pub(super) fn region_ready(&self, region: RegionCode) {
        let Some(board) = self.board.get().cloned() else { return };
        actix::spawn(async move { take_up(&board, region).await });
    }

    /// After a service has started. `hubs` are those for whose cards it was asked.
    pub(super) fn service_ready(&self, hubs: BTreeSet<RegionCode>, from: RegionCode, service: &ServiceKey) {
        let Some(board) = self.board.get().cloned() else { return };
        let service = service.clone();
        actix::spawn(async move {
            for hub in hubs {
                catch_up(&board, hub, from, &service).await;
            }
        });
    }
}

/// Tells a service that a request ended, however long the service or the journal is away: until it is told, the units
/// stay engaged and nobody else is sent them.
async fn end_request(board: &Switchboard, region: RegionCode, service: &ServiceKey, request: RequestId) {
    let mut pause = AGAIN.0;
    loop {
        let errand = Errand::new(ServiceCommand::End(request), By::rule("cancel"));
        match board.service(region, service, errand).await {
            Ok(_) => return,
            // Whoever leads the region next asks what stands.
            Err(OrderError::Journal(JournalError::Closed | JournalError::Deposed { .. })) => return,
            Err(e) if e.is_final() => {
                warn!(%region, %service, %request, error = %e, "a service did not take it that a request ended");
                return;
            }
            Err(e) => {
                debug!(%region, %service, %request, error = %e, "a service does not know yet that a request ended");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(AGAIN.1);
            }
        }
    }
}

/// Tells a service where the units of a request are to arrive, until it has what stands now. What stands is looked up for
/// each try, and once more after it: whoever tells last tells the newest, also when the place moves meanwhile.
async fn move_scene(
    board: &Switchboard,
    hub: RegionCode,
    incident: IncidentId,
    (region, service, request): (RegionCode, &ServiceKey, RequestId),
) {
    let mut pause = AGAIN.0;
    let mut told: Option<Option<Scene>> = None;
    loop {
        let outcome = match board.look_at(hub, incident).await {
            // Of a card that was let go nobody is on the way any more.
            Ok(None) => return,
            Ok(Some(seen)) => {
                let scene = seen.scene();
                if told.as_ref() == Some(&scene) {
                    return;
                }
                let errand = ServiceCommand::MoveScene { request, scene: scene.clone() };
                let moved = board.service(region, service, Errand::new(errand, By::rule("scene"))).await;
                moved.map(|_| told = Some(scene))
            }
            Err(e) => Err(e),
        };
        match outcome {
            Ok(()) => pause = AGAIN.0,
            // Whoever leads the region next tells it anew.
            Err(OrderError::Journal(JournalError::Closed | JournalError::Deposed { .. })) => return,
            Err(e) if e.is_final() => {
                warn!(%region, %service, %request, error = %e, "a service did not take it that the place moved");
                return;
            }
            Err(e) => {
                debug!(%region, %service, %request, error = %e, "a service does not know yet that the place moved");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(AGAIN.1);
            }
        }
    }
}

/// Takes up what stands in a region: services' reports not heard yet, requests that ended meanwhile, cards that the
/// dispatch rule has not served.
pub async fn take_up(board: &Switchboard, region: RegionCode) {
    let Ok(work) = board.standing(region).await else { return };
    let desks = desks_of(board, region, &work);
    let mut requests = work.requests;
    for at in desks {
        if let Err(e) = read_on(board, region, at.0, &at.1).await {
            // A hub that starts takes messages in whatever one desk's stream holds: that is read on beside it.
            debug!(%region, from = %at.0, service = %at.1, error = %e, "what a service told is read later");
            let (board, (from, service)) = (board.clone(), at.clone());
            actix::spawn(async move { catch_up(&board, region, from, &service).await });
        }
        // What moved or ended while nobody was told is told now; what is known already changes nothing.
        let at_hub = requests.remove(&at).unwrap_or_default();
        board.reconcile(region, &at, at_hub);
    }
    let board = board.clone();
    actix::spawn(async move { dispatch_all(&board, region, work.undispatched).await });
}

/// The desks that a hub hears: its own, and neighbours' that it ever asked.
fn desks_of(board: &Switchboard, region: RegionCode, work: &StandingWork) -> Vec<DeskAt> {
    let own = board.services(region).into_iter().map(|service| (region, service));
    own.chain(work.heard.keys().filter(|(from, _)| *from != region).cloned()).collect()
}

/// The dispatch rule looks at these cards, a few at once, in this order.
async fn dispatch_all(board: &Switchboard, region: RegionCode, cards: Vec<IncidentId>) {
    let cards = futures_util::stream::iter(cards);
    cards.for_each_concurrent(AT_ONCE, |card| dispatch::by_rule(board, region, card)).await;
}

/// Lets a hub hear what these desks have told and it has not taken in: a report may meet a hub that is away, and nobody
/// tells another after the last of a request.
async fn hear_all(board: &Switchboard, hub: RegionCode, desks: &[DeskAt], heard: &BTreeMap<DeskAt, u64>) {
    let streams = desks.iter().map(|(from, service)| Stream::Service(*from, service.clone()));
    let streams: Vec<Stream> = streams.collect();
    let ends = match crate::store::journal::last_seqs(board.database(), &streams).await {
        Ok(ends) => ends,
        Err(e) => {
            debug!(region = %hub, error = %e, "what the services told last is asked for again");
            return;
        }
    };
    let behind = desks.iter().zip(ends).filter(|(desk, end)| {
        let heard = heard.get(*desk).copied().unwrap_or(0);
        *end > heard.max(board.read(&(hub, (*desk).clone())))
    });
    let behind = futures_util::stream::iter(behind);
    behind.for_each_concurrent(AT_ONCE, |((from, service), _)| catch_up(board, hub, *from, service)).await;
}

/// Lets the hub hear what a service told and it has not taken in, however long the hub or the journal is away.
async fn catch_up(board: &Switchboard, hub: RegionCode, from: RegionCode, service: &ServiceKey) {
    let key = (hub, (from, service.clone()));
    board.hearing().take(key, || hear_the_rest(board, hub, from, service)).await;
}

async fn hear_the_rest(board: &Switchboard, hub: RegionCode, from: RegionCode, service: &ServiceKey) {
    let read = async || read_on(board, hub, from, service).await;
    let heard = until_heard(read, AGAIN, |e| {
        debug!(region = %hub, %from, %service, error = %e, "the hub has not heard a service yet");
    })
    .await;
    match (next(&heard), heard) {
        (Next::RulesFail, _) => {
            error!(region = %hub, %from, %service, "the rules fail on a service's report");
        }
        (Next::NotTaken, Err(e)) => {
            warn!(region = %hub, %from, %service, error = %e, "the hub did not take a service's report");
        }
        _ => {}
    }
}

/// Reads a service's stream from where the hub knows it and lets the hub hear the rest.
async fn read_on(
    board: &Switchboard,
    hub: RegionCode,
    from: RegionCode,
    service: &ServiceKey,
) -> Result<(), OrderError> {
    let stream = Stream::Service(from, service.clone());
    let work = board.standing(hub).await?;
    let desk = (from, service.clone());
    let after = match work.heard.get(&desk) {
        Some(upto) => *upto,
        None if hub == from => 0,
        None => return Ok(()),
    };
    // What concerns the service alone, or another's cards, leaves the hub where it was: read on all the same.
    let mut read = after;
    loop {
        let stored = crate::store::journal::read_stream(board.database(), &stream, read, PAGE).await;
        let stored = stored.map_err(LoadError::from)?;
        let full = i64::try_from(stored.len()).is_ok_and(|read| read == PAGE);
        let mut events = Vec::with_capacity(stored.len());
        for s in stored {
            match serde_json::from_str::<ServiceEvent>(&s.body) {
                Ok(event) => events.push((s.seq, s.at, event)),
                Err(e) => {
                    warn!(region = %hub, %from, %service, seq = s.seq, error = %e, "an event of a service cannot be read");
                    return Ok(());
                }
            }
        }
        if let Some((last, ..)) = events.last() {
            read = *last;
            let command = RegionCommand::HearService { from, service: service.clone(), after, events };
            let by = By::Service { region: from, service: service.clone() };
            board.region(hub, Order::new(command, by)).await?;
        }
        if !full {
            board.has_read((hub, desk), read);
            return Ok(());
        }
    }
}
