//! A wave of requests as it is put together: each service first holds the units, then the hub requests all at once. A
//! wave that does not go out, whatever the reason, holds nobody.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use tracing::warn;
use uuid::Uuid;

use super::clock;
use super::dispatch::{At, Selection, selections};
use super::duty_service::Errand;
use super::region_hub::{Done, Order, OrderError, Seen};
use super::sequel::{AGAIN, DISPATCH_RULE};
use super::switchboard::Switchboard;
use super::unknown_requests::LONGEST_WAVE;
use crate::domain::command::{NewRequest, RegionCommand};
use crate::domain::decision::{By, Refusal};
use crate::domain::ids::{RegionCode, RequestId, ServiceKey, UnitId};
use crate::domain::quantities::Point;
use crate::domain::recommendation::{Answered, Need};
use crate::domain::said::said;
use crate::domain::service::{ServiceCommand, ServiceEvent};
use crate::store::append::JournalError;

/// For so long the hub is asked again when it is not there.
const PATIENCE: Duration = Duration::from_secs(5);

/// What of a wave a service was asked to hold.
type Held = (RegionCode, ServiceKey, RequestId);

/// Requests that are being put together.
pub(super) struct Wave<'a> {
    board: &'a Switchboard,
    seen: &'a Seen,
    begun: Timestamp,
    requests: Vec<NewRequest>,
    held: Vec<Held>,
}

impl<'a> Wave<'a> {
    pub(super) fn for_card(board: &'a Switchboard, seen: &'a Seen) -> Self {
        Self { board, seen, begun: clock::now(), requests: Vec::new(), held: Vec::new() }
    }

    /// Whether it asks for anything.
    pub(super) fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }

    /// Takes in what is recommended for a need. Units that somebody else holds by now are passed over for the next
    /// best; what nobody is left for is asked of one's own service as a shortfall.
    pub(super) async fn fill(&mut self, answered: Answered, place: Point) -> Result<(), OrderError> {
        let region = self.seen.card.region;
        let first = self.requests.len();
        let bounds = self.seen.settings.bounds();
        let category = self.seen.card.category().map(|category| &category.code);
        let mut without = self.seen.without();
        let mut answered = answered;
        loop {
            let mut missed = 0_u16;
            for selection in selections(&answered, region) {
                without.extend(selection.units.iter().map(|unit| unit.unit.clone()));
                missed = missed.saturating_add(self.hold(&selection, first).await?);
            }
            if missed == 0 {
                break;
            }
            let rest = Need { count: missed, ..answered.need };
            let at = At { region, place, category, exercise: self.seen.card.exercise };
            let mut anew = self.board.recommend_for(at, vec![rest], without.clone(), bounds).await?;
            let Some(next) = anew.needs.pop() else { break };
            answered = next;
        }
        // A neighbour is asked for whom it holds, and not at all when that is nobody.
        let mut seen = 0;
        self.requests.retain(|request| {
            seen += 1;
            seen <= first || request.count > 0
        });
        Ok(())
    }

    /// Takes in what an officer chose by name.
    ///
    /// # Errors
    /// A refusal that names the unit that cannot be held: the officer chose it, and nobody goes in its place unasked.
    pub(super) async fn take(&mut self, selection: &Selection) -> Result<(), OrderError> {
        let (new, count) = (self.requests.len(), selection.need.count);
        self.hold(selection, new).await?;
        let held: Vec<&UnitId> =
            self.requests[new..].iter().flat_map(|r| &r.recommended).map(|r| &r.unit).collect();
        if let Some(missed) = selection.units.iter().find(|unit| !held.contains(&&unit.unit)) {
            return Err(Refusal::conflict(said!(
                "the unit {unit} was taken while it was asked for; choose another",
                unit = &missed.unit
            ))
            .into());
        }
        for request in &mut self.requests[new..] {
            request.count = count;
        }
        Ok(())
    }

    /// Lets a service hold units, for a request from place `first` on that is made of it already, or a new one; how many
    /// it does not hold.
    async fn hold(&mut self, selection: &Selection, first: usize) -> Result<u16, OrderError> {
        let (from, service) = (selection.region, &selection.need.service);
        let made =
            self.requests[first..].iter().position(|r| r.service_region == from && r.service == *service);
        let request = made.map_or_else(|| RequestId(Uuid::now_v7()), |at| self.requests[first + at].id);
        if made.is_none() {
            // Before it is asked: should this be given up in the middle, it is let go all the same.
            self.held.push((from, service.clone(), request));
        }
        let held = self.place(request, selection).await?;
        let missed = selection.units.iter().filter(|unit| !held.contains(&unit.unit)).count();
        let missed = u16::try_from(missed).unwrap_or(u16::MAX);
        let recommended = selection.units.iter().filter(|unit| held.contains(&unit.unit)).cloned();
        let count = selection.need.count.saturating_sub(missed);
        match made.map(|at| &mut self.requests[first + at]) {
            Some(made) => {
                made.count = made.count.saturating_add(count);
                made.recommended.extend(recommended);
            }
            None => self.requests.push(NewRequest {
                id: request,
                act: selection.need.act,
                service: service.clone(),
                service_region: from,
                profile: selection.need.profile,
                capabilities: selection.need.capabilities.iter().cloned().collect(),
                count,
                recommended: recommended.collect(),
            }),
        }
        Ok(missed)
    }

    async fn place(&self, request: RequestId, selection: &Selection) -> Result<BTreeSet<UnitId>, OrderError> {
        let by = By::rule(DISPATCH_RULE);
        let card = &self.seen.card;
        let place = ServiceCommand::Place {
            request,
            incident: card.id,
            of: card.region,
            units: selection.units.clone(),
            hold: self.seen.settings.hold,
            scene: self.seen.scene(),
            exercise: card.exercise,
        };
        let (from, service) = (selection.region, &selection.need.service);
        let served = self.board.service(from, service, Errand::new(place, by.clone())).await?;
        if let Some(placed) = served.committed.as_ref().filter(|_| from != card.region) {
            // Before its answer can come: what it says of the card is heard where the card is.
            let listen = RegionCommand::ListenTo { from, service: service.clone(), after: placed.first };
            self.board.region(card.region, Order::new(listen, by)).await?;
        }
        let held = served.events.iter().find_map(|e| match e {
            ServiceEvent::RequestPlaced { units, .. } => Some(units.iter().cloned().collect()),
            _ => None,
        });
        Ok(held.unwrap_or_default())
    }

    /// Requests what is held. A hub that is not there for a moment is asked again, for the same requests: what it took
    /// in before it went stands once.
    ///
    /// # Errors
    /// [`OrderError`] when the hub refuses; what was held for it is let go again.
    pub(super) async fn send(mut self, order: impl Fn(RegionCommand) -> Order) -> Result<Done, OrderError> {
        let (region, incident) = (self.seen.card.region, self.seen.card.id);
        let requests = std::mem::take(&mut self.requests);
        let asked = |held: &Held| requests.iter().any(|request| request.id == held.2);
        let (held, idle): (Vec<Held>, Vec<Held>) = self.held.drain(..).partition(asked);
        let_go(self.board, idle).await;
        let command = RegionCommand::RequestForces { incident, requests };
        let (asked_since, mut pause) = (std::time::Instant::now(), AGAIN.0);
        if clock::now().duration_since(self.begun) > LONGEST_WAVE {
            let_go(self.board, held).await;
            return Err(OrderError::Busy);
        }
        loop {
            let result = self.board.region(region, order(command.clone())).await;
            match result {
                // It may have requested them all the same: then the holds run out by themselves.
                Err(OrderError::Busy | OrderError::Failed)
                    if asked_since.elapsed() < PATIENCE
                        && clock::now().duration_since(self.begun) <= LONGEST_WAVE =>
                {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(AGAIN.1);
                }
                Err(
                    e @ (OrderError::Busy | OrderError::Failed | OrderError::Journal(JournalError::Closed)),
                ) => return Err(e),
                Err(e) => {
                    let_go(self.board, held).await;
                    return Err(e);
                }
                Ok(done) => return Ok(done),
            }
        }
    }
}

impl Drop for Wave<'_> {
    fn drop(&mut self) {
        for (region, service, request) in self.held.drain(..) {
            self.board.let_go(region, &service, request);
        }
    }
}

async fn let_go(board: &Switchboard, held: Vec<Held>) {
    for (region, service, request) in held {
        let end = Errand::new(ServiceCommand::End(request), By::rule("refused"));
        match board.service(region, &service, end).await {
            // A desk that is not there holds nobody.
            Ok(_) | Err(OrderError::Refused(Refusal::NotFound { .. })) => {}
            Err(e) => warn!(%request, error = %e, "what was held is let go only when the hold runs out"),
        }
    }
}
