//! From a card to a recommendation to forces on their way: the units nearest to the place, held, then requested.

use jiff::Timestamp;
use tracing::{info, warn};
use uuid::Uuid;

use super::clock;
use super::duty_service::Errand;
use super::region_hub::{Done, Order, OrderError};
use super::sequel::DISPATCH_RULE;
use super::switchboard::Switchboard;
use crate::domain::command::{NewRequest, RegionCommand};
use crate::domain::decision::{By, Refusal};
use crate::domain::forces::{Act, RecommendedUnit};
use crate::domain::ids::{IncidentId, RegionCode, RequestId, ServiceKey};
use crate::domain::quantities::{Point, Seconds};
use crate::domain::recommendation::{Answered, Candidate, Need, Recommendation, recommend};
use crate::domain::response_plan::{self, ResponsePlan};
use crate::domain::service::{ServiceCommand, ServiceEvent};
use crate::domain::unit::{PositionSource, StaleAfter};
use crate::spatial::nearest::{Found, Search};

/// Candidates looked at for each unit needed, so that a stale or taken one has others behind it.
const CANDIDATES_PER_UNIT: usize = 4;
/// At least so many.
const LEAST_CANDIDATES: usize = 8;

/// What is asked of one service, as an officer chose it.
#[derive(Debug, Clone)]
pub struct Selection {
    /// The need.
    pub need: Need,
    /// Of which region's service.
    pub region: RegionCode,
    /// Units to be held for it, best first.
    pub units: Vec<RecommendedUnit>,
}

impl Switchboard {
    /// Who should go to a card, by the response plan of its category, severity and mode.
    ///
    /// # Errors
    /// [`OrderError::Refused`] when there is no such card, or it has no point or category yet.
    pub async fn recommend(
        &self,
        region: RegionCode,
        incident: IncidentId,
    ) -> Result<(ResponsePlan, Recommendation), OrderError> {
        let seen =
            self.look_at(region, incident).await?.ok_or_else(|| Refusal::not_found("incident", incident))?;
        let place = seen
            .card
            .point()
            .ok_or_else(|| Refusal::conflict("the incident has no point yet; give it a place first"))?;
        let category =
            seen.card.category().ok_or_else(|| Refusal::conflict("the incident has no category yet"))?;
        let plan = response_plan::shipped().plan_for(&category.code, category.severity, seen.mode);
        let stale = StaleAfter(seen.settings.stale_position);
        let recommendation = self.recommend_for(region, place, plan.needs.clone(), stale);
        Ok((plan, recommendation))
    }

    /// Who should go to a place for these needs: one's own units first, neighbouring regions' and those about to be
    /// free when they do not suffice.
    #[must_use]
    pub fn recommend_for(
        &self,
        region: RegionCode,
        place: Point,
        needs: Vec<Need>,
        stale: StaleAfter,
    ) -> Recommendation {
        let now = clock::now();
        let needs = needs
            .into_iter()
            .map(|need| {
                let candidates = self.candidates(region, place, &need, now);
                (need, candidates)
            })
            .collect();
        recommend(needs, place, region, stale, now)
    }

    fn candidates(&self, region: RegionCode, place: Point, need: &Need, now: Timestamp) -> Vec<Candidate> {
        let count = (usize::from(need.count) * CANDIDATES_PER_UNIT).max(LEAST_CANDIDATES);
        let own = [region];
        let search = Search {
            from: place,
            service: &need.service,
            regions: &own,
            capabilities: &need.capabilities,
            soon_free_too: false,
            count,
            within: None,
        };
        let mut found = self.units().nearest(&search);
        if found.len() < usize::from(need.count) {
            let mut regions: Vec<RegionCode> = self.regions().collect();
            regions.sort_unstable();
            found = self.units().nearest(&Search { regions: &regions, soon_free_too: true, ..search });
        }
        found.into_iter().map(|f| candidate(f, now)).collect()
    }

    /// Requests forces: each service first holds the units, then the hub's request goes out with those held.
    ///
    /// # Errors
    /// [`OrderError`] when the hub refuses; what was held for it is let go again.
    pub async fn request_forces(
        &self,
        region: RegionCode,
        incident: IncidentId,
        selections: Vec<Selection>,
        order: impl FnOnce(RegionCommand) -> Order,
    ) -> Result<Done, OrderError> {
        let seen =
            self.look_at(region, incident).await?.ok_or_else(|| Refusal::not_found("incident", incident))?;
        let mut requests = Vec::with_capacity(selections.len());
        for selection in selections {
            let request = RequestId(Uuid::now_v7());
            let held = self.hold(request, incident, &selection, seen.settings.hold).await?;
            requests.push(NewRequest {
                id: request,
                act: selection.need.act,
                service: selection.need.service.clone(),
                service_region: selection.region,
                profile: selection.need.profile,
                capabilities: selection.need.capabilities.iter().cloned().collect(),
                count: selection.need.count,
                recommended: held,
            });
        }
        let placed: Vec<(RegionCode, ServiceKey, RequestId)> =
            requests.iter().map(|r| (r.service_region, r.service.clone(), r.id)).collect();
        let result = self.region(region, order(RegionCommand::RequestForces { incident, requests })).await;
        if result.is_err() {
            for (service_region, service, request) in placed {
                let end = Errand::new(ServiceCommand::End(request), By::rule("refused"));
                if let Err(e) = self.service(service_region, &service, end).await {
                    warn!(%request, error = %e, "what was held is let go only when the hold runs out");
                }
            }
        }
        result
    }

    async fn hold(
        &self,
        request: RequestId,
        incident: IncidentId,
        selection: &Selection,
        hold: Seconds,
    ) -> Result<Vec<RecommendedUnit>, OrderError> {
        let by = By::rule(DISPATCH_RULE);
        let place = ServiceCommand::Place { request, incident, units: selection.units.clone(), hold };
        let served = self.service(selection.region, &selection.need.service, Errand::new(place, by)).await?;
        let held = served.events.iter().find_map(|e| match e {
            ServiceEvent::RequestPlaced { units, .. } => Some(units),
            _ => None,
        });
        Ok(selection
            .units
            .iter()
            .filter(|u| held.is_some_and(|held| held.contains(&u.unit)))
            .cloned()
            .collect())
    }
}

fn candidate(found: Found, now: Timestamp) -> Candidate {
    // A unit at its station is where it is, however long ago it was entered.
    let position_age = match found.position.source {
        PositionSource::Station => Seconds(0),
        _ => found.position.age(now),
    };
    let free_in = found
        .free_at
        .map(|at| Seconds(u32::try_from(at.duration_since(now).as_secs().max(0)).unwrap_or(u32::MAX)));
    Candidate {
        unit: found.unit,
        region: found.region,
        kind: found.profile.kind,
        distance: found.distance,
        position_age,
        free_in,
    }
}

/// One selection per region that a need's picks belong to; the shortfall is asked of one's own service.
#[must_use]
pub fn selections(answered: &Answered, own: RegionCode) -> Vec<Selection> {
    let mut regions: Vec<RegionCode> = answered.picks.iter().map(|p| p.region).collect();
    regions.push(own);
    regions.sort_unstable();
    regions.dedup();
    regions
        .into_iter()
        .filter_map(|region| {
            let units: Vec<RecommendedUnit> = answered
                .picks
                .iter()
                .filter(|p| p.region == region)
                .map(|p| RecommendedUnit { unit: p.unit.clone(), distance: p.distance, eta: p.eta })
                .collect();
            let found = u16::try_from(units.len()).unwrap_or(u16::MAX);
            let count = if region == own { found.saturating_add(answered.shortfall) } else { found };
            // A neighbour's service is informed and sends by itself (c.5(3)¶3).
            let act = if region == own { answered.need.act } else { Act::Additional };
            (count > 0).then(|| Selection {
                need: Need { count, act, ..answered.need.clone() },
                region,
                units,
            })
        })
        .collect()
}

/// The rule that a person switched on: the plan's forces are requested as soon as the category is clear.
pub(super) async fn by_rule(board: &Switchboard, region: RegionCode, incident: IncidentId) {
    let refused: Vec<ServiceKey> = match board.look_at(region, incident).await {
        Ok(Some(seen)) => seen.card.requests.values().map(|r| r.service.clone()).collect(),
        _ => return,
    };
    let recommendation = match board.recommend(region, incident).await {
        Ok((_, recommendation)) => recommendation,
        Err(e) => {
            info!(%region, %incident, error = %e, "the dispatch rule leaves the card to an officer");
            return;
        }
    };
    let chosen: Vec<Selection> = recommendation
        .needs
        .iter()
        // A service that refused before is asked again at most twice; then an officer decides.
        .filter(|n| refused.iter().filter(|s| **s == n.need.service).count() < 3)
        .flat_map(|n| selections(n, region))
        .collect();
    if chosen.is_empty() {
        return;
    }
    let order = |command| Order::new(command, By::rule(DISPATCH_RULE));
    if let Err(e) = board.request_forces(region, incident, chosen, order).await {
        warn!(%region, %incident, error = %e, "the dispatch rule could not request forces");
    }
}
