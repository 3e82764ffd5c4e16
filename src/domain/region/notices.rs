//! c.5(1)¶2: services are told of what lies in their field, early while the questions are still being asked, then
//! of every change. Each notice is the whole picture and has its gapless sequence per card and service.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Decision, Outbound, RegionState, forces};
use crate::domain::classification;
use crate::domain::command::Territory;
use crate::domain::decision::{Context, Refusal};
use crate::domain::envelope::{
    Caller, HubContent, IncidentNotice, Kind, NoticeStage, Party, Place, Recipient, Typed,
};
use crate::domain::event::RegionEvent as E;
use crate::domain::ids::{DistributionId, IncidentId, RegionCode, ServiceKey};
use crate::domain::incident::{CategoryVersion, Incident, LocationVersion, MessageBrief, Told};
use crate::domain::message::PhoneNumber;
use crate::domain::missing::Missing;
use crate::domain::said::said;
use crate::domain::service_kind::{self, ServiceClause};

/// Most services informed at once.
const MOST_INFORMED: usize = 32;

/// A card that the same decision opens.
pub(super) struct NewCard<'a> {
    pub id: IncidentId,
    pub number: &'a str,
    pub reported_at: Timestamp,
    pub text: &'a str,
    pub caller: Option<&'a PhoneNumber>,
    pub exercise: bool,
    pub location: Option<&'a LocationVersion>,
    pub category: &'a CategoryVersion,
}

impl RegionState {
    /// The services that know of a card and can still be told something: a desk that closed cannot.
    pub(super) fn who_knows<'a>(&'a self, card: &'a Incident) -> impl Iterator<Item = &'a Told> {
        card.told.iter().filter(|t| t.region != self.region || self.has_service(&t.service))
    }
}

/// Tells the services whose part is already clear, and the hubs of regions whose border is near.
pub(super) fn early(
    state: &RegionState,
    card: &NewCard<'_>,
    territory: &Territory,
    d: &mut Decision,
    ctx: &mut Context,
) {
    let notice = IncidentNotice {
        stage: NoticeStage::Early,
        number: Some(card.number.to_owned()),
        category: Some(card.category.code.clone()),
        category_names: classification::names(&card.category.code),
        emergency: false,
        scale: None,
        scale_at_least: false,
        reported_at: card.reported_at,
        place: place(card.location),
        text: card.text.chars().take(crate::domain::incident::EXCERPT_CHARS).collect(),
        affected: None,
        affected_at_least: false,
        dangers: Vec::new(),
        caller: caller(card.caller),
        reason: None,
        merged_into: None,
    };
    if card.category.clear {
        let district = card.location.and_then(|l| l.district.as_ref());
        let recipients: Vec<Recipient> = state
            .early_services(&card.category.code, district)
            .into_iter()
            .map(|service| Recipient { region: state.region, service, sequence: Some(1), references: None })
            .collect();
        tell(
            d,
            ctx,
            card.id,
            recipients,
            Kind::Report,
            HubContent::IncidentNotice(notice.clone()),
            card.exercise,
        );
    }
    tell_neighbours(card.id, &[], territory, notice, card.exercise, d, ctx);
}

/// Hubs of other regions near whose border the place lies, each once.
pub(super) fn tell_neighbours(
    incident: IncidentId,
    told: &[RegionCode],
    territory: &Territory,
    notice: IncidentNotice,
    exercise: bool,
    d: &mut Decision,
    ctx: &mut Context,
) {
    let hubs = territory.neighbours.iter().filter(|r| !told.contains(r));
    tell_hubs(incident, hubs, Kind::Report, &notice, exercise, d, ctx);
}

/// The place of a card moved: hubs near whose border it lies now hear of it, unless they know already.
pub(super) fn moved(
    state: &RegionState,
    card: &Incident,
    added: Option<&MessageBrief>,
    place: LocationVersion,
    territory: &Territory,
    d: &mut Decision,
    ctx: &mut Context,
) {
    let told: Vec<_> = card.neighbours.iter().copied().collect();
    let mut after = preview(state, card, added, &d.events);
    if after.locations.last() != Some(&place) {
        after.locations.push(place);
    }
    let notice = full(&after, NoticeStage::Full, None, None);
    tell_neighbours(card.id, &told, territory, notice, card.exercise, d, ctx);
}

/// The hubs of these regions are told how the card stands: as far as they know of it, of its end too.
fn tell_hubs<'a>(
    incident: IncidentId,
    regions: impl IntoIterator<Item = &'a RegionCode>,
    kind: Kind,
    notice: &IncidentNotice,
    exercise: bool,
    d: &mut Decision,
    ctx: &mut Context,
) {
    let Some(hub) = hub_key() else { return };
    for region in regions {
        let distribution = DistributionId(ctx.ids.next_id());
        d.events.push(E::NeighbourTold { incident, region: *region, distribution });
        d.outbound.push(Outbound {
            distribution,
            incident: Some(incident),
            recipients: vec![Recipient {
                region: *region,
                service: hub.clone(),
                sequence: None,
                references: None,
            }],
            kind,
            references: None,
            content: HubContent::IncidentNotice(notice.clone()),
            exercise,
            lives: None,
        });
    }
}

fn hub_key() -> Option<ServiceKey> {
    service_kind::all().iter().find(|k| k.clause == ServiceClause::C3_1).map(|k| k.key.clone())
}

/// Tells all services that know of the card, and those that became competent, how it stands after `d`.
pub(super) fn update(
    state: &RegionState,
    card: &Incident,
    added: Option<&MessageBrief>,
    d: &mut Decision,
    ctx: &mut Context,
) {
    // The picture after the decision, with the events that it already holds.
    let after = preview(state, card, added, &d.events);
    let mut recipients: Vec<Recipient> = state
        .who_knows(card)
        .map(|t| Recipient {
            region: t.region,
            service: t.service.clone(),
            sequence: Some(next_sequence(card, d, t.region, &t.service)),
            references: None,
        })
        .collect();
    if let Some(category) = after.category() {
        let district = after.locations.last().and_then(|l| l.district.as_ref());
        // While a rule alone has spoken, those whose part is clear; once a person has, everyone who is competent.
        let concerned = if after.category_is_a_persons() || after.is_emergency() {
            state.competent_services(&category.code, district)
        } else if category.clear {
            state.early_services(&category.code, district)
        } else {
            Vec::new()
        };
        for service in concerned {
            if !recipients.iter().any(|r| r.region == state.region && r.service == service) {
                let sequence = next_sequence(card, d, state.region, &service);
                recipients.push(Recipient {
                    region: state.region,
                    service,
                    sequence: Some(sequence),
                    references: None,
                });
            }
        }
    }
    let notice = full(&after, NoticeStage::Full, None, None);
    tell_hubs(card.id, &card.neighbours, Kind::Update, &notice, card.exercise, d, ctx);
    tell(d, ctx, card.id, recipients, Kind::Update, HubContent::IncidentNotice(notice), card.exercise);
}

/// Whether what a further message says is told together with others a little later: many call about one thing, its picture is
/// as it was, and those who know of it have just heard.
pub(super) fn may_wait(state: &RegionState, card: &Incident, d: &Decision, ctx: &Context) -> bool {
    let changed = d.events.iter().any(|e| matches!(e, E::LocationSet { .. } | E::CategorySet { .. }));
    !changed && state.telling.heard_lately(card.id, ctx.now)
}

/// Tells together what further messages said of cards about which many call.
pub(super) fn tell_untold(state: &RegionState, d: &mut Decision, ctx: &mut Context) {
    let due = state.telling.due(ctx.now).filter_map(|id| state.incidents.get(&id));
    for card in due.filter(|card| card.is_open() && !(card.told.is_empty() && card.neighbours.is_empty())) {
        update(state, card, None, d, ctx);
    }
}

/// Tells services of the card that nobody has told yet: from now on they hear of every change (c.5(1)¶2). Security and
/// telecom too: they send no forces, but are informed.
pub(super) fn inform(
    state: &RegionState,
    incident: IncidentId,
    services: &[ServiceKey],
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let card = state.open_card(incident)?;
    if services.is_empty() || services.len() > MOST_INFORMED {
        return Err(Refusal::invalid("services", said!("name 1 to {most} services", most = MOST_INFORMED)));
    }
    let mut recipients: Vec<Recipient> = Vec::new();
    for service in services {
        if service_kind::is_hub(service) {
            return Err(Refusal::not_found(Missing::Service, service));
        }
        state.needs_service(service)?;
        let told =
            card.sequence(state.region, service) > 0 || recipients.iter().any(|r| r.service == *service);
        if !told {
            let (region, service) = (state.region, service.clone());
            recipients.push(Recipient { region, service, sequence: Some(1), references: None });
        }
    }
    let mut d = Decision::default();
    let notice = HubContent::IncidentNotice(full(card, NoticeStage::Full, None, None));
    tell(&mut d, ctx, card.id, recipients, Kind::Report, notice, card.exercise);
    Ok(d)
}

/// Tells a service once more what did not reach it: under the next number of its row, for its system has gone on without the
/// number that was lost and takes that for a double; and as things stand now.
pub(super) fn tell_again(
    state: &RegionState,
    incident: IncidentId,
    to: &Party,
    kind: Kind,
    content: HubContent,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let card = state.card(incident)?;
    let content = match content {
        HubContent::ForcesRequest(asked) => forces::asked_again(state, card, asked.request_id)?,
        HubContent::IncidentNotice(_) if card.is_open() => {
            HubContent::IncidentNotice(full(card, NoticeStage::Full, None, None))
        }
        other => other,
    };
    let mut d = Decision::default();
    let sequence = Some(next_sequence(card, &d, to.region, &to.service));
    let recipient = Recipient { region: to.region, service: to.service.clone(), sequence, references: None };
    tell(&mut d, ctx, incident, vec![recipient], kind, content, card.exercise);
    Ok(d)
}

/// Tells all who know of the card that it ended.
pub(super) fn closed(card: &Incident, reason: Option<String>, d: &mut Decision, ctx: &mut Context) {
    end(card, NoticeStage::Closed, reason, None, d, ctx);
}

/// Tells all who know of the card that it is no case of theirs, or went into another.
pub(super) fn withdrawn(
    _state: &RegionState,
    card: &Incident,
    reason: &str,
    merged_into: Option<IncidentId>,
    d: &mut Decision,
    ctx: &mut Context,
) {
    end(card, NoticeStage::Withdrawn, Some(reason.to_owned()), merged_into, d, ctx);
}

fn end(
    card: &Incident,
    stage: NoticeStage,
    reason: Option<String>,
    merged_into: Option<IncidentId>,
    d: &mut Decision,
    ctx: &mut Context,
) {
    let recipients = card
        .told
        .iter()
        .map(|t| Recipient {
            region: t.region,
            service: t.service.clone(),
            sequence: Some(next_sequence(card, d, t.region, &t.service)),
            references: None,
        })
        .collect();
    let notice = full(card, stage, reason, merged_into);
    tell_hubs(card.id, &card.neighbours, Kind::Cancel, &notice, card.exercise, d, ctx);
    tell(d, ctx, card.id, recipients, Kind::Cancel, HubContent::IncidentNotice(notice), card.exercise);
}

/// The next number of the gapless row towards a service: after the card's and after what this decision used.
pub(super) fn next_sequence(card: &Incident, d: &Decision, region: RegionCode, service: &ServiceKey) -> u64 {
    let used = d
        .outbound
        .iter()
        .filter(|o| o.incident == Some(card.id))
        .flat_map(|o| &o.recipients)
        .filter(|r| r.region == region && r.service == *service && r.sequence.is_some())
        .count() as u64;
    card.sequence(region, service) + used + 1
}

/// Puts one message to agencies into the decision, with the event that records it.
pub(super) fn tell(
    d: &mut Decision,
    ctx: &mut Context,
    incident: IncidentId,
    recipients: Vec<Recipient>,
    kind: Kind,
    content: HubContent,
    exercise: bool,
) -> Option<DistributionId> {
    if recipients.is_empty() {
        return None;
    }
    let distribution = DistributionId(ctx.ids.next_id());
    tell_as(distribution, d, incident, recipients, kind, content, exercise);
    Some(distribution)
}

/// The same under an identity that is known already.
pub(super) fn tell_as(
    distribution: DistributionId,
    d: &mut Decision,
    incident: IncidentId,
    recipients: Vec<Recipient>,
    kind: Kind,
    content: HubContent,
    exercise: bool,
) {
    d.events.push(E::Told {
        incident: Some(incident),
        distribution,
        content: content.content_type().to_owned(),
        recipients: recipients.clone(),
    });
    d.outbound.push(Outbound {
        distribution,
        incident: Some(incident),
        recipients,
        kind,
        references: None,
        content,
        exercise,
        lives: None,
    });
}

/// The card as it will be: only what a notice shows.
fn preview(state: &RegionState, card: &Incident, added: Option<&MessageBrief>, events: &[E]) -> Incident {
    let mut after = card.clone();
    after.add_messages(added.cloned().map(Arc::new));
    for event in events {
        match event {
            E::CategorySet { incident, category } if *incident == card.id => {
                after.categories.push(category.clone());
            }
            E::LocationSet { incident, location } if *incident == card.id => {
                after.locations.push(location.clone());
            }
            E::LegalStatusSet { incident, status } if *incident == card.id => {
                after.legal.push(status.as_ref().clone());
            }
            E::ConsequencesSet { incident, consequences } if *incident == card.id => {
                after.consequences.push(consequences.clone());
            }
            E::ScaleSet { incident, scale } if *incident == card.id => after.scales.push(scale.clone()),
            E::AnswersGiven { incident, answers, .. } if *incident == card.id => {
                after.answers.push(answers.clone());
            }
            E::IncidentsMerged { into, from, .. } if *into == card.id => {
                let messages = state.incident(*from).map(|ended| ended.messages.clone()).unwrap_or_default();
                after.add_messages(messages.shared().cloned());
            }
            E::MessageSplit { message, from, .. } if *from == card.id => {
                after.take_off(*message);
            }
            _ => {}
        }
    }
    after
}

/// The whole picture of a card.
pub(super) fn full(
    card: &Incident,
    stage: NoticeStage,
    reason: Option<String>,
    merged_into: Option<IncidentId>,
) -> IncidentNotice {
    let category = card.category();
    IncidentNotice {
        stage,
        number: Some(card.number.clone()),
        category: category.map(|c| c.code.clone()),
        category_names: category.and_then(|c| classification::names(&c.code)),
        emergency: card.is_emergency(),
        scale: card.scales.last().map(|s| s.scale),
        scale_at_least: card.scales.last().is_some_and(|s| !s.unknown.is_empty()),
        reported_at: card.messages.first().map_or(card.opened_at, |m| m.at),
        place: place(card.locations.last()),
        text: card.told_words(),
        affected: card.affected(),
        affected_at_least: card.affected_at_least(),
        dangers: Vec::new(),
        caller: caller(card.messages.iter().find_map(|m| m.number.as_ref())),
        reason,
        merged_into,
    }
}

pub(super) fn place_of(card: &Incident) -> Place {
    place(card.locations.last())
}

fn place(version: Option<&LocationVersion>) -> Place {
    Place {
        point: version.and_then(|v| v.location.point()),
        uncertainty_m: version.and_then(|v| v.location.radius()),
        address: version.and_then(|v| v.location.address().map(str::to_owned)),
        district: version.and_then(|v| v.district.clone()),
        directions: None,
    }
}

fn caller(number: Option<&PhoneNumber>) -> Option<Caller> {
    number.map(|n| Caller { name: None, number: Some(n.as_str().to_owned()) })
}
