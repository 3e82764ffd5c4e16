//! An order that a subordinate refuses goes to the leadership (112-R c.6(5)): operational leadership means that it is not
//! left between two duty officers.

use jiff::Timestamp;

use super::RegionState;
use crate::domain::directive::{DirectiveEvent, Force};
use crate::domain::event::RegionEvent as E;
use crate::domain::forces::ForcesDecision;
use crate::domain::notice::{About, NoticeEvent};

/// Who is ordered and does not obey, and why, is known to the leadership.
pub(super) const CLAUSE: &str = "112-R c.6(5)";

/// What the leadership is to know of an event, and whether it is part of an exercise. A refusal that is said again is
/// known already.
pub(super) fn refused(state: &RegionState, event: &E) -> Option<(About, bool)> {
    match event {
        E::ForcesAnswered {
            incident,
            request,
            decision: Some(ForcesDecision::Refused { reason }),
            at,
            ..
        } => {
            let card = state.incidents.get(incident)?;
            let found = card.requests.get(request).filter(|found| found.order)?;
            if matches!(found.decision, Some(ForcesDecision::Refused { .. })) {
                return None;
            }
            let about = About::ForcesOrderRefused {
                incident: *incident,
                request: *request,
                service: found.service.clone(),
                service_region: found.service_region,
                reason: reason.as_ref().map(|reason| reason.text.clone()).unwrap_or_default(),
                since: *at,
            };
            Some((about, card.exercise))
        }
        E::Directive(DirectiveEvent::Refused { directive, addressee, reason, at }) => {
            let found = state.directives.get(*directive)?;
            found.delivery(addressee).filter(|delivery| delivery.force == Force::Order)?;
            let about = About::DirectiveRefused {
                directive: *directive,
                addressee: addressee.clone(),
                incident: found.incident,
                reason: reason.clone().unwrap_or_default(),
                since: *at,
            };
            Some((about, found.exercise))
        }
        _ => None,
    }
}

/// The notices that an event makes pointless: the directive no longer stands.
pub(super) fn settled(state: &RegionState, event: &E, now: Timestamp) -> Vec<NoticeEvent> {
    match event {
        E::Directive(DirectiveEvent::Withdrawn { directive, .. }) => {
            state.notices.directive_withdrawn(*directive, now)
        }
        _ => Vec::new(),
    }
}
