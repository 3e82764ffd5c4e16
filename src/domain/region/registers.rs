//! Registers that the hub keeps beside its cards: rescue formations (c.6(3)), and who used whose database for what
//! (c.6(7)).

use std::collections::BTreeSet;

use super::{Answer, Decision, RegionState};
use crate::domain::decision::{Context, Refusal};
use crate::domain::event::RegionEvent as E;
use crate::domain::forces::Stage;
use crate::domain::formation::{Formation, FormationCommand};
use crate::domain::ids::UnitId;
use crate::domain::lookup::LookupCommand;
use crate::domain::missing::Missing;
use crate::domain::organisation::{OrganisationCommand, Organisations};
use crate::domain::said::said;

pub(super) fn formation(
    state: &RegionState,
    command: FormationCommand,
    ctx: &Context,
) -> Result<Decision, Refusal> {
    if let FormationCommand::Register { formation } = &command
        && let Some(under) = &formation.under
        && state.organisations.get(under).is_none()
    {
        return Err(Refusal::not_found(Missing::Organisation, under));
    }
    let events = state.formations.decide(command, ctx.now, &ctx.by)?;
    Ok(Decision { events: events.into_iter().map(E::Formation).collect(), ..Decision::default() })
}

/// The tree of organisations (c.2(2)); nothing that formations hang under is taken off.
pub(super) fn organisation(
    state: &RegionState,
    command: OrganisationCommand,
    ctx: &Context,
) -> Result<Decision, Refusal> {
    if let OrganisationCommand::Remove { organisation, .. } = &command
        && let Some(below) = state.formations.iter().find(|f| f.under.as_ref() == Some(organisation))
    {
        return Err(Refusal::conflict(said!(
            "{key} hangs under it; hang that elsewhere first",
            key = below.key
        )));
    }
    let events = state.organisations.decide(command, ctx.now, &ctx.by)?;
    Ok(Decision { events: events.into_iter().map(E::Organisation).collect(), ..Decision::default() })
}

pub(super) fn lookup(
    state: &RegionState,
    command: LookupCommand,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let mut d = Decision::default();
    let events = match command {
        LookupCommand::Ask { lookup } => {
            let open = state.card(lookup.incident)?.is_open();
            let id = ctx.ids.next_id();
            d.answer = Answer::Made(id);
            state.lookups.ask(lookup, id, open, ctx.now, &ctx.by)?
        }
        LookupCommand::Answer { lookup, outcome } => {
            state.lookups.answer(lookup, outcome, ctx.now, &ctx.by)?
        }
    };
    d.events.extend(events.into_iter().map(E::Lookup));
    Ok(d)
}

impl RegionState {
    /// The tree of organisations.
    #[must_use]
    pub fn organisations(&self) -> &Organisations {
        &self.organisations
    }

    /// Rescue formations on the register.
    pub fn formations(&self) -> impl Iterator<Item = &Formation> {
        self.formations.iter()
    }

    /// Units of rescue formations that must stay at a contracted site now.
    #[must_use]
    pub fn bound_units(&self) -> BTreeSet<UnitId> {
        if self.formations.iter().next().is_none() {
            return BTreeSet::new();
        }
        self.formations.bound(&self.away())
    }

    /// Units that are asked for or under way.
    fn away(&self) -> BTreeSet<&UnitId> {
        let open = self.incidents.values().filter(|card| card.is_open());
        let requests = open.flat_map(|card| card.requests.values()).filter(|r| r.is_active());
        let going = requests.flat_map(|r| r.engagements.values());
        going.filter(|e| e.stage != Stage::Released).map(|e| &e.unit).collect()
    }

    /// Whether units may be sent: contracted sites keep their cover.
    pub(super) fn may_go(&self, units: &BTreeSet<&UnitId>) -> Result<(), Refusal> {
        if self.formations.iter().next().is_none() {
            return Ok(());
        }
        self.formations.may_go(&self.away(), units)
    }
}
