//! c.5(3)¶2: which profiles the first wave of an emergency is owed of, and which stand.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::RegionState;
use crate::domain::classification;
use crate::domain::classification::legal::LegalStatus;
use crate::domain::event::RegionEvent as E;
use crate::domain::forces::{Act, ForcesRequest};
use crate::domain::ids::{CategoryCode, IncidentId, RequestId};
use crate::domain::incident::{CategoryVersion, Incident};
use crate::domain::obligation::{Claim, Datum, Draft, ObligationKind as K, Subject};
use crate::domain::response_plan;
use crate::domain::service_kind::Profile;
use crate::domain::severity::Severity;

/// The category that a card has after these events, not applied yet.
pub(super) fn category_after<'a>(card: &'a Incident, events: &'a [E]) -> Option<&'a CategoryVersion> {
    let set = events.iter().rev().find_map(|event| match event {
        E::CategorySet { incident, category } if *incident == card.id => Some(category),
        _ => None,
    });
    set.or(card.category())
}

/// Profiles that the plan in force sends first for a category and, where the category is another, for the type of emergency
/// that it was identified as. Who is competent and sends nobody first owes no wave: it is informed.
pub(super) fn profiles(
    state: &RegionState,
    card: &Incident,
    category: Option<&CategoryVersion>,
    status: Option<&LegalStatus>,
) -> BTreeSet<Profile> {
    let plans = state.own_plans.as_deref().unwrap_or_else(|| response_plan::shipped());
    let mode = state.mode.gravest_for(card.exercise);
    let of = |code: &CategoryCode, severity: Severity| -> Vec<Profile> {
        let needs = plans.plan_for(code, severity, mode).needs.into_iter();
        needs.filter(|need| need.act == Act::FirstWave).filter_map(|need| need.profile).collect()
    };
    let mut all: BTreeSet<Profile> =
        category.map(|c| of(&c.code, c.severity)).unwrap_or_default().into_iter().collect();
    let known = category.and_then(|category| classification::find(&category.code));
    if let Some(type_id) = status.and_then(|status| status.identification.type_id.as_ref())
        && known.is_none_or(|known| known.order240 != type_id.as_str())
    {
        all.extend(classification::of_type(type_id).into_iter().flat_map(|c| of(&c.code, c.severity)));
    }
    all
}

/// The officer's choice of a profile, where neither category nor type says any.
pub(super) fn choice(incident: IncidentId) -> Claim {
    Claim::officer(K::O09, Subject::Incident { incident })
}

/// c.5(3)¶2: identified as an emergency, the first wave is sent urgently, per profile; where nothing says which profiles fit,
/// the officer owes the choice.
pub(super) fn first_wave(
    state: &RegionState,
    card: &Incident,
    category: Option<&CategoryVersion>,
    status: Option<&LegalStatus>,
    draft: &mut Draft<'_>,
    raise: &mut impl FnMut(&mut Draft<'_>, Claim),
    now: Timestamp,
) {
    let profiles = profiles(state, card, category, status);
    if profiles.is_empty() && waves(&card.requests).next().is_none() {
        raise(draft, choice(card.id));
    } else {
        draft.meet(&choice(card.id), "category_set", now);
    }
    for profile in profiles {
        let claim = choice(card.id).only(Datum::Profile { profile });
        raise(draft, claim.clone());
        if waves(&card.requests).any(|sent| sent == profile) {
            draft.meet(&claim, "forces_requested", now);
        }
    }
}

/// Profiles of which a first wave stands (c.5(3)¶2).
pub(super) fn waves(requests: &BTreeMap<RequestId, ForcesRequest>) -> impl Iterator<Item = Profile> {
    let standing = requests.values().filter(|r| r.act == Act::FirstWave && r.stands());
    standing.filter_map(|r| r.profile)
}
