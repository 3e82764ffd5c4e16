//! An exercise is never real (DESIGN, invariant 9): what an agency says within one answers nothing real, and the reverse.

use super::RegionState;
use crate::domain::ids::{DirectiveId, IncidentId, RequestId};

/// What an agency's message answers or reports upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// A card.
    Card(IncidentId),
    /// A request for forces.
    Request(RequestId),
    /// A request for forces of this card.
    RequestOf(RequestId, IncidentId),
    /// A directive.
    Directive(DirectiveId),
    /// The readiness that a mode asks for (c.5(2)¶4).
    Readiness,
}

impl RegionState {
    /// Whether this is part of an exercise. `None` where there is no such thing here, and for readiness while a mode is
    /// rehearsed: then both may be reported.
    #[must_use]
    pub fn concerns_exercise(&self, concern: Concern) -> Option<bool> {
        let of_card = |card: &IncidentId| self.incidents.get(card).map(|card| card.exercise);
        match concern {
            Concern::Card(card) => of_card(&card),
            Concern::Request(request) => self.requests.get(&request).and_then(of_card),
            Concern::RequestOf(request, card) => {
                self.requests.get(&request).filter(|of| **of == card).and_then(of_card)
            }
            Concern::Directive(directive) => self.directives.get(directive).map(|d| d.exercise),
            Concern::Readiness => self.mode.rehearsals().next().is_none().then_some(false),
        }
    }
}
