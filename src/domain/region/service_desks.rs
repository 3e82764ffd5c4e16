//! The further desks of the region's services (c.3), and what a desk owes that opens while a threat stands.

use std::sync::Arc;

use super::{Decision, RegionState, desk};
use crate::domain::classification;
use crate::domain::decision::{Context, Refusal};
use crate::domain::event::RegionEvent as E;
use crate::domain::ids::{CategoryCode, DistrictCode, ServiceKey};
use crate::domain::missing::Missing;
use crate::domain::mode::Mode;
use crate::domain::obligation::{Claim, Consequence, Datum, Debtor, ObligationKind as K, Subject};
use crate::domain::said::said;
use crate::domain::service_desk::{ServiceDeskCommand, ServiceDeskEvent, ServiceDesks};

impl RegionState {
    /// The further desks of the region.
    #[must_use]
    pub fn service_desks(&self) -> &Arc<ServiceDesks> {
        &self.service_desks
    }

    /// Every service of the region, the hub among them, in the order of clause 3.
    pub(super) fn services(&self) -> Vec<ServiceKey> {
        self.service_desks.services()
    }

    /// Whether the region has the service.
    pub(super) fn has_service(&self, service: &ServiceKey) -> bool {
        self.service_desks.has(service)
    }

    /// Passes when the region has the service.
    pub(super) fn needs_service(&self, service: &ServiceKey) -> Result<(), Refusal> {
        if self.has_service(service) { Ok(()) } else { Err(Refusal::not_found(Missing::Service, service)) }
    }

    /// The desks whose part in an incident is clear from its category alone.
    pub(super) fn early_services(
        &self,
        category: &CategoryCode,
        district: Option<&DistrictCode>,
    ) -> Vec<ServiceKey> {
        self.service_desks.all_asked_for(classification::early_services(category), category, district)
    }

    /// The desks that are competent for an incident.
    pub(super) fn competent_services(
        &self,
        category: &CategoryCode,
        district: Option<&DistrictCode>,
    ) -> Vec<ServiceKey> {
        self.service_desks.all_asked_for(classification::competent_services(category), category, district)
    }
}

pub(super) fn decide(
    state: &RegionState,
    command: ServiceDeskCommand,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    if let ServiceDeskCommand::Close { desk, .. } = &command {
        nothing_under_way(state, desk)?;
    }
    let event = state.service_desks.decide(state.region, command, ctx.now, &ctx.by)?;
    let mut d = Decision::default();
    let Some(event) = event else { return Ok(d) };
    if let ServiceDeskEvent::Kept { desk, .. } = &event
        && !state.has_service(&desk.key)
    {
        opened(state, &desk.key, &mut d, ctx);
    }
    d.events.insert(0, E::ServiceDesk(event));
    Ok(d)
}

/// A desk closes with nothing in its hands: what it was asked for and what it owes is ended first, by those who may.
fn nothing_under_way(state: &RegionState, desk: &ServiceKey) -> Result<(), Refusal> {
    let requests = state.incidents.values().flat_map(|card| card.requests.values());
    let own = |r: &&crate::domain::forces::ForcesRequest| {
        r.is_active() && r.service == *desk && r.service_region == state.region
    };
    if requests.filter(own).count() > 0 {
        return Err(Refusal::conflict(said!(
            "the desk was asked for forces that are not released yet; end these requests first"
        )));
    }
    let debtor = Debtor::service(desk.clone());
    if state.obligations.owed().any(|o| o.claim.debtor == debtor) {
        return Err(Refusal::conflict(said!(
            "the desk still owes something; let it meet that, or cancel it with a reason"
        )));
    }
    Ok(())
}

/// A desk that opens is checked with the shift that is being opened (c.5(1)¶1); in high readiness it is told the threat, and owes its readiness as the others do (c.5(2)¶4).
fn opened(state: &RegionState, desk: &ServiceKey, d: &mut Decision, ctx: &mut Context) {
    desk::added_to_shift(state, desk, d, ctx);
    if state.mode.gravest_for(true) < Mode::HighReadiness {
        return;
    }
    let threat = desk::Threat::of_mode(state, ctx);
    desk::threat(state, &threat, desk, ctx.now, d, ctx);
    let periods = state.mode.in_force().chain(state.mode.rehearsals());
    for period in periods.filter(|p| p.mode == Mode::HighReadiness) {
        let subject = Subject::ModePeriod { period: period.number };
        let claim = Claim::service(K::O07, desk.clone(), subject).only(Datum::Round { round: 1 });
        if claim.is_owed() {
            d.consequences.push(Consequence::Raise { claim, since: ctx.now });
        }
    }
}
