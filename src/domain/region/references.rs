//! An update or a cancel names the message in whose place it stands, as EDXL-DE and CAP want it (`references`): without
//! that an agency that has several of one card cannot tell which of them is void.

use std::collections::BTreeMap;

use super::{Decision, Outbound, RegionState};
use crate::domain::directive::Addressee;
use crate::domain::envelope::{HubContent, Kind, Recipient};
use crate::domain::ids::{DistributionId, IncidentId, RegionCode, ServiceKey};
use crate::domain::service_kind::is_hub;

/// Who was told of which card.
type Told = BTreeMap<(IncidentId, RegionCode, ServiceKey), DistributionId>;

/// Adds to the messages of a decision what they stand in the place of.
pub(super) fn name(state: &RegionState, d: &mut Decision) {
    // What the same decision tells before counts too.
    let mut just_told = Told::new();
    for sent in &mut d.outbound {
        if matches!(sent.kind, Kind::Update | Kind::Cancel) {
            let earlier: Vec<Option<DistributionId>> = sent
                .recipients
                .iter()
                .map(|to| told_last(state, sent, to, &just_told).or(sent.references))
                .collect();
            let same =
                earlier.first().copied().flatten().filter(|one| earlier.iter().all(|e| *e == Some(*one)));
            sent.references = same;
            if same.is_none() {
                for (recipient, references) in sent.recipients.iter_mut().zip(earlier) {
                    recipient.references = references;
                }
            }
        }
        if let (HubContent::IncidentNotice(_), Some(card)) = (&sent.content, sent.incident) {
            let told =
                sent.recipients.iter().map(|to| ((card, to.region, to.service.clone()), sent.distribution));
            just_told.extend(told);
        }
    }
}

/// The message by which somebody was told last of what a message is about.
fn told_last(
    state: &RegionState,
    sent: &Outbound,
    to: &Recipient,
    just_told: &Told,
) -> Option<DistributionId> {
    match &sent.content {
        HubContent::IncidentNotice(_) => {
            let id = sent.incident?;
            let just = just_told.get(&(id, to.region, to.service.clone())).copied();
            just.or_else(|| {
                let card = state.incident(id)?;
                if is_hub(&to.service) {
                    return card.neighbour_notices.get(&to.region).copied();
                }
                card.told.iter().find(|t| t.region == to.region && t.service == to.service)?.notice
            })
        }
        HubContent::RequestCancelled(cancelled) => {
            let card = state.incident(*state.requests.get(&cancelled.request_id)?)?;
            Some(card.requests.get(&cancelled.request_id)?.distribution)
        }
        HubContent::Directive(directive) => {
            let to = Addressee::Service { service: to.service.clone() };
            state.directives.get(directive.directive_id)?.delivery(&to)?.messages.last().copied()
        }
        HubContent::Warning(warning) => state.warnings.get(warning.warning)?.told_last(&to.service),
        _ => None,
    }
}
