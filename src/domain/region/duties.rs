//! What each decision means for the obligations (rules-112 §8): raised, met, ended by a named person. None is
//! forgotten, because every decision passes through [`follow`].

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::apply::requests_after;
use super::waves::{category_after, choice, first_wave, profiles, waves};
use super::{Decision, Outbound, RegionState, desk, forces, overdue};
use crate::domain::classification::legal::LegalStatus;
use crate::domain::decision::{Context, Refusal};
use crate::domain::directive::DirectiveEvent;
use crate::domain::envelope::{HubContent, Kind, Recipient, Typed};
use crate::domain::event::RegionEvent as E;
use crate::domain::forces::{Act, ForcesDatum, ForcesDecision, ForcesRequest, RequestState, Stage};
use crate::domain::ids::{DistributionId, IncidentId, ObligationId, RegionCode, RequestId, ServiceKey};
use crate::domain::incident::Incident;
use crate::domain::message::Subject as MessageSubject;
use crate::domain::mode::{ModeEvent, Observation};
use crate::domain::obligation::{
    Claim, Consequence, Datum, Debtor, Draft, Level, ObligationEvent, ObligationKind as K, Subject,
};
use crate::domain::service_kind::Profile;
use crate::domain::situation::SituationEvent;
use crate::domain::warning::{WarningAbout, WarningCase, WarningEvent, WarningStatus};

/// Why what was owed about a card ended with it.
const CLOSED: &str = "incident_closed";
/// Why what was owed about an emergency ended: it turned out to be none.
const NO_EMERGENCY: &str = "identified_as_event";
/// Why what was owed about a card is owed at another.
const MERGED: &str = "incidents_merged";

/// Adds to a decision what follows from its events for the obligations.
pub(super) fn follow(state: &RegionState, d: &mut Decision, ctx: &mut Context) {
    let events = &d.events;
    let is_exercise = |claim: &Claim| in_exercise(state, events, &claim.subject);
    let mut draft =
        state.obligations.draft(state.mode.gravest()).rehearsing(state.mode.rehearsed(), &is_exercise);
    for event in &d.events {
        cards(state, &d.events, event, &mut draft, ctx);
    }
    for card in of_events(state, &d.events) {
        taken_back(state, card, &d.events, &mut draft, ctx);
    }
    for consequence in std::mem::take(&mut d.consequences) {
        let limits = &state.settings.limits;
        draft.follow(consequence, limits, || ObligationId(ctx.ids.next_id()));
    }
    let mut raised = draft.into_events();
    for event in &mut raised {
        if let ObligationEvent::Raised { claim, exercise, .. } = event {
            *exercise = in_exercise(state, &d.events, &claim.subject);
        }
    }
    d.events.extend(raised.into_iter().map(E::Obligation));
    overdue::follow(state, d, ctx);
}

/// What an exercise raises is owed in the exercise alone. What it is about may have come with this very decision.
fn in_exercise(state: &RegionState, events: &[E], subject: &Subject) -> bool {
    let card = |id: IncidentId| match state.incident(id) {
        Some(card) => card.exercise,
        None => events
            .iter()
            .any(|e| matches!(e, E::IncidentOpened { incident, exercise: true, .. } if *incident == id)),
    };
    match subject {
        Subject::Incident { incident } | Subject::Request { incident, .. } => card(*incident),
        Subject::Message { message: id } => events.iter().any(
            |e| matches!(e, E::MessageReceived { message, .. } if message.id == *id && message.exercise),
        ),
        Subject::Report { report: id } => {
            state.situation.report(*id).is_some_and(|report| report.exercise)
                || events.iter().any(|e| {
                    matches!(e, E::Situation(SituationEvent::Reported { report })
                        if report.id == *id && report.exercise)
                })
        }
        Subject::Directive { directive: id } => {
            state.directives.get(*id).is_some_and(|directive| directive.exercise)
                || events.iter().any(|e| {
                    matches!(e, E::Directive(DirectiveEvent::Issued { directive, exercise: true, .. })
                        if directive == id)
                })
        }
        Subject::Zone { zone, .. } => {
            state.zones.get(zone).is_some_and(|zone| state.is_exercise(zone))
                || events
                    .iter()
                    .any(|e| matches!(e, E::ZoneSet { zone: set } if set.id == *zone && set.exercise))
        }
        Subject::ModePeriod { period: number } => {
            state.mode.is_exercise(*number)
                || events.iter().any(|e| {
                    matches!(e, E::Mode(ModeEvent::Declared { period, order, .. })
                        if period == number && order.exercise)
                })
        }
        Subject::Shift { .. } => false,
    }
}

fn cards(state: &RegionState, all: &[E], event: &E, draft: &mut Draft<'_>, ctx: &mut Context) {
    let limits = &state.settings.limits;
    let now = ctx.now;
    let mut raise = |draft: &mut Draft<'_>, claim: Claim| {
        // What ended because it was none is owed again when it is an emergency after all.
        draft.resume(claim, NO_EMERGENCY, now, limits, || ObligationId(ctx.ids.next_id()));
    };
    match event {
        // c.5(3)¶1: on a message about an emergency the officer identifies it, and anew what was identified as an event.
        E::IncidentOpened { incident, subject: MessageSubject::Emergency, .. }
        | E::SubjectSet { incident, subject: MessageSubject::Emergency, .. } => {
            let claim = Claim::officer(K::O08, Subject::Incident { incident: *incident });
            let card = state.incident(*incident);
            if card.is_some_and(|card| !card.legal.is_empty() && !card.is_emergency()) {
                draft.unmeet(claim, now, limits, || ObligationId(ctx.ids.next_id()));
            } else {
                raise(draft, claim);
            }
        }
        E::LegalStatusSet { incident, status } => {
            let claim = Claim::officer(K::O08, Subject::Incident { incident: *incident });
            raise(draft, claim.clone());
            let card = state.incident(*incident);
            if let Some(card) = card {
                if status.is_emergency() {
                    let category = category_after(card, all);
                    first_wave(state, card, category, Some(status.as_ref()), draft, &mut raise, now);
                } else {
                    no_emergency(state, card, status, draft, now);
                }
            }
            if !status.is_emergency() || scale_is_a_persons(*incident, card, all) {
                draft.meet(&claim, "legal_status_set", now);
            } else {
                // Nature and type without a scale: what was done when it was called an event is not done any more.
                draft.unmeet(claim, now, limits, || ObligationId(ctx.ids.next_id()));
            }
        }
        // c.5(3)¶1: nature, type and scale, in whatever order a person finds them. A rule's scale is a proposal.
        E::ScaleSet { incident, scale }
            if scale.by.person().is_some()
                && state.incident(*incident).is_some_and(|card| is_emergency_after(card, all)) =>
        {
            let claim = Claim::officer(K::O08, Subject::Incident { incident: *incident });
            draft.meet(&claim, "scale_set", now);
        }
        // What is found out after the identification brings more profiles.
        E::CategorySet { incident, category } => {
            if let Some(card) = state.incident(*incident).filter(|card| card.is_emergency()) {
                first_wave(state, card, Some(category), card.legal.last(), draft, &mut raise, now);
            }
        }
        // c.6(4): the question is put again.
        E::Warning(WarningEvent::ThreatFound { about: about @ WarningAbout::Incident { .. }, .. }) => {
            raise(draft, Claim::officer(K::O12, about.subject()));
        }
        E::ForcesRequested { request } => requested(request, state, draft, &mut raise, now),
        E::ForcesAnswered {
            incident, request, decision, composition, departure_at, arrival_at, at, ..
        } => {
            let Some(r) = found(state, *incident, *request) else { return };
            let refused = matches!(decision, Some(ForcesDecision::Refused { .. }));
            let data = [
                (K::O11a, composition.is_some()),
                (K::O11b, departure_at.is_some()),
                (K::O11c, arrival_at.is_some()),
            ];
            for (kind, given) in data {
                let claim = forces_claim(state, kind, r);
                if refused {
                    // Who refuses sends nobody: the data will not come, and were not given.
                    draft.void(&claim, "refused", *at);
                } else if given {
                    draft.meet(&claim, "forces_answered", *at);
                }
            }
            if decision.is_some() {
                // c.5(3)¶3: who answers was informed.
                let subject = Subject::Request { incident: *incident, request: *request };
                draft.meet(&Claim::officer(K::O10, subject), "forces_answered", *at);
            }
            if refused {
                // A service that takes its acceptance back has informed the hub of what it does.
                draft.meet(&report_claim(r), "forces_answered", *at);
            }
            if decision.is_some() && !refused {
                // c.5(1)¶5: who responds informs the hub of what it does.
                raise(draft, report_claim(r));
            }
        }
        E::EngagementReached { incident, request, stage, at, .. } => {
            let Some(r) = found(state, *incident, *request) else { return };
            // By what was reached: a release says neither that anybody left nor that anybody came.
            let met: &[K] = match stage {
                Stage::Requested | Stage::Released => return,
                Stage::Accepted => &[],
                Stage::Departed => &[K::O11a, K::O11b],
                Stage::Arrived => &[K::O11a, K::O11c],
            };
            // Who names a unit was informed, over a link or by telephone.
            let subject = Subject::Request { incident: *incident, request: *request };
            draft.meet(&Claim::officer(K::O10, subject), "engagement_reached", *at);
            // What a service owed since it turned back the last that it had sent, it does by those who go in their place.
            let turned_back = state.incident(*incident).into_iter().flat_map(|card| card.requests.values());
            let turned_back = turned_back.filter(|other| {
                let same = other.service == r.service && other.service_region == r.service_region;
                same && other.state == RequestState::Done && other.came_to_nothing()
            });
            for done in turned_back.chain([r]) {
                for kind in met {
                    draft.meet(&forces_claim(state, *kind, done), "engagement_reached", *at);
                }
            }
            if *stage != Stage::Accepted {
                draft.meet(&report_claim(r), "engagement_reached", *at);
            }
        }
        E::RequestCancelled { incident, request, reason } => {
            let Some(r) = found(state, *incident, *request) else { return };
            let subject = Subject::Request { incident: *incident, request: *request };
            let claims = [
                forces_claim(state, K::O11a, r),
                forces_claim(state, K::O11b, r),
                forces_claim(state, K::O11c, r),
                report_claim(r),
                Claim::officer(K::O10, subject),
            ];
            for claim in claims {
                match ctx.by.person() {
                    Some(by) => draft.cancel(&claim, reason, by, now),
                    None => draft.void(&claim, "request_cancelled", now),
                };
            }
        }
        E::IncidentClosed { incident, .. } => end_of_card(*incident, CLOSED, draft, ctx, now),
        E::IncidentReopened { incident, .. } => {
            if let Some(card) = state.incident(*incident) {
                card_again(state, card, draft, ctx, now);
            }
        }
        E::IncidentsMerged { into, from, .. } => {
            carried(*from, *into, draft, ctx, now);
            end_of_card(*from, MERGED, draft, ctx, now);
        }
        _ => {}
    }
}

/// Whether a person has stated a scale of the card, in these events or before. What certified thresholds say of figures is
/// proposed: the officer identifies (c.5(3)¶1), so a named person takes it or states another.
fn scale_is_a_persons(incident: IncidentId, card: Option<&Incident>, all: &[E]) -> bool {
    card.is_some_and(Incident::scale_is_a_persons)
        || all.iter().any(
            |e| matches!(e, E::ScaleSet { incident: of, scale } if *of == incident && scale.by.person().is_some()),
        )
}

/// Whether the card is an emergency after these events.
fn is_emergency_after(card: &Incident, all: &[E]) -> bool {
    let newest = all.iter().rev().find_map(|e| match e {
        E::LegalStatusSet { incident, status } if *incident == card.id => Some(status.is_emergency()),
        _ => None,
    });
    newest.unwrap_or(card.is_emergency())
}

/// What a card owes about the emergency itself is owed at the card that it goes into, since when it was owed (c.5(3)¶1, ¶2,
/// c.6(4)); and what was done of it is done.
fn carried(from: IncidentId, into: IncidentId, draft: &mut Draft<'_>, ctx: &mut Context, now: Timestamp) {
    let Some(by) = ctx.by.person().cloned() else { return };
    let profiles = Profile::ALL.map(|profile| Some(Datum::Profile { profile }));
    let waves = profiles.into_iter().chain([None]).map(|which| (K::O09, which));
    for (kind, which) in [(K::O08, None), (K::O12, None)].into_iter().chain(waves) {
        let of =
            |incident| Claim { which: which.clone(), ..Claim::officer(kind, Subject::Incident { incident }) };
        draft.carry(&of(from), of(into), (MERGED, &by, now), || ObligationId(ctx.ids.next_id()));
    }
}

/// It is identified as no emergency: nobody need be sent or warned because of one.
fn no_emergency(
    state: &RegionState,
    card: &Incident,
    status: &LegalStatus,
    draft: &mut Draft<'_>,
    now: Timestamp,
) {
    let about = WarningAbout::Incident { incident: card.id };
    // A threat that a person found is the person's matter.
    let found = |c: &WarningCase| c.status() == WarningStatus::Undecided && c.found_by.person().is_some();
    let threat = state.warnings.running_about(about).any(found);
    let owed: Vec<Claim> = state.obligations.of_incident(card.id).map(|o| o.claim.clone()).collect();
    for claim in owed {
        if claim.kind == K::O09 || claim.kind == K::O12 && !threat {
            draft.cancel(&claim, NO_EMERGENCY, &status.by, now);
        }
    }
}

fn requested(
    request: &ForcesRequest,
    state: &RegionState,
    draft: &mut Draft<'_>,
    raise: &mut impl FnMut(&mut Draft<'_>, Claim),
    now: Timestamp,
) {
    let incident = Subject::Incident { incident: request.incident };
    match (request.act, request.profile) {
        (Act::FirstWave, Some(profile)) => {
            let claim = Claim::officer(K::O09, incident).only(Datum::Profile { profile });
            draft.meet(&claim, "forces_requested", now);
            draft.meet(&choice(request.incident), "forces_requested", now);
        }
        // c.5(3)¶3: the services concerned are informed; met when they acknowledge.
        (Act::Additional, _) => {
            let subject = Subject::Request { incident: request.incident, request: request.id };
            raise(draft, Claim::officer(K::O10, subject));
        }
        (Act::FirstWave, None) => {}
    }
    // c.5(3)¶4: three data, three obligations; security and telecom owe none.
    for kind in [K::O11a, K::O11b, K::O11c] {
        raise(draft, forces_claim(state, kind, request));
    }
}

/// c.5(1)¶5: what the service does on a request.
pub(super) fn report_claim(r: &ForcesRequest) -> Claim {
    let subject = Subject::Request { incident: r.incident, request: r.id };
    Claim::service(K::O03, r.service.clone(), subject)
}

fn forces_claim(state: &RegionState, kind: K, r: &ForcesRequest) -> Claim {
    let elsewhere = (r.service_region != state.region).then_some(r.service_region);
    Claim::forces(kind, r.service.clone(), elsewhere, r.incident, r.id)
}

fn found(state: &RegionState, incident: IncidentId, request: RequestId) -> Option<&ForcesRequest> {
    state.incident(incident)?.requests.get(&request)
}

/// A card is open again: of what ended with it, that is owed again which is about the emergency itself and is still
/// not done (see [`K::returns_with_its_card`]). What is no longer in memory is told from the card.
fn card_again(
    state: &RegionState,
    card: &Incident,
    draft: &mut Draft<'_>,
    ctx: &mut Context,
    now: Timestamp,
) {
    let subject = Subject::Incident { incident: card.id };
    let mut claims = Vec::new();
    let unscaled = card.is_emergency() && !card.scale_is_a_persons();
    if card.subject == MessageSubject::Emergency && card.legal.is_empty() || unscaled {
        claims.push(Claim::officer(K::O08, subject.clone()));
    }
    if card.is_emergency() {
        let sent: BTreeSet<Profile> = waves(&card.requests).collect();
        let all = profiles(state, card, card.category(), card.legal.last());
        if all.is_empty() && sent.is_empty() {
            claims.push(choice(card.id));
        }
        let unsent = all.into_iter().filter(|profile| !sent.contains(profile));
        claims.extend(
            unsent.map(|profile| Claim::officer(K::O09, subject.clone()).only(Datum::Profile { profile })),
        );
    }
    if state.warnings.is_undecided(&WarningAbout::Incident { incident: card.id }) {
        claims.push(Claim::officer(K::O12, subject));
    }
    for claim in claims.into_iter().filter(|claim| claim.kind.returns_with_its_card()) {
        draft.resume(claim, CLOSED, now, &state.settings.limits, || ObligationId(ctx.ids.next_id()));
    }
}

/// Open cards of whose forces something is said by these events.
fn of_events<'a>(state: &'a RegionState, events: &[E]) -> Vec<&'a Incident> {
    let about = |event: &E| match event {
        E::ForcesAnswered { incident, .. }
        | E::EngagementReached { incident, stage: Stage::Released, .. }
        | E::RequestCancelled { incident, .. } => Some(*incident),
        _ => None,
    };
    let cards: BTreeSet<IncidentId> = events.iter().filter_map(about).collect();
    let ends = |id: IncidentId| {
        events.iter().any(|e| {
            matches!(e, E::IncidentClosed { incident, .. } if *incident == id)
                || matches!(e, E::IncidentsMerged { from, .. } if *from == id)
        })
    };
    let open = cards.into_iter().filter(|id| !ends(*id)).filter_map(|id| state.incident(id));
    open.filter(|card| card.is_open()).collect()
}

/// A decision may take back what met an obligation: other forces are named, of whom nothing is known yet (c.5(3)¶4,
/// c.5(1)¶5), or nobody of a profile goes any more (c.5(3)¶2). Then it is owed again.
fn taken_back(state: &RegionState, card: &Incident, events: &[E], draft: &mut Draft<'_>, ctx: &mut Context) {
    let limits = &state.settings.limits;
    let after = requests_after(card, events);
    let mut owed = Vec::new();
    for (id, r) in &after {
        let Some(before) = card.requests.get(id).filter(|before| *before != r) else { continue };
        if r.state == RequestState::Answered {
            let unknown = [
                (K::O11a, ForcesDatum::Composition),
                (K::O11b, ForcesDatum::Departure),
                (K::O11c, ForcesDatum::Arrival),
            ];
            let unknown = unknown.into_iter().filter(|(_, datum)| !r.knows(*datum));
            owed.extend(unknown.map(|(kind, _)| forces_claim(state, kind, r)));
        }
        let names_others = events.iter().any(|event| {
            matches!(event, E::ForcesAnswered { request, decision, units: Some(units), .. }
                if request == id && before.names_others(decision.as_ref(), units))
        });
        if names_others && !r.is_under_way() {
            owed.push(report_claim(r));
        }
    }
    if card.is_emergency() {
        let sent_before: BTreeSet<Profile> = waves(&card.requests).collect();
        let sent: BTreeSet<Profile> = waves(&after).collect();
        let lost = profiles(state, card, card.category(), card.legal.last()).into_iter();
        let lost = lost.filter(|profile| sent_before.contains(profile) && !sent.contains(profile));
        let subject = Subject::Incident { incident: card.id };
        owed.extend(
            lost.map(|profile| Claim::officer(K::O09, subject.clone()).only(Datum::Profile { profile })),
        );
    }
    for claim in owed {
        draft.unmeet(claim, ctx.now, limits, || ObligationId(ctx.ids.next_id()));
    }
}

/// When a named person ends a card, what is still owed about it ends with it. The rule closes no card about which
/// anything is owed.
fn end_of_card(incident: IncidentId, reason: &str, draft: &mut Draft<'_>, ctx: &Context, now: Timestamp) {
    if let Some(by) = ctx.by.person() {
        draft.cancel_incident(incident, reason, by, now);
    }
}

pub(super) fn cancel(
    state: &RegionState,
    obligation: ObligationId,
    reason: String,
    ctx: &Context,
) -> Result<Decision, Refusal> {
    let Some(by) = ctx.by.person() else { return Err(Refusal::PersonNeeded) };
    let events = state.obligations.cancel(obligation, &reason, ctx.now, by)?;
    Ok(Decision { events: events.into_iter().map(E::Obligation).collect(), ..Decision::default() })
}

/// What time alone brings about.
pub(super) fn tick(state: &RegionState, ctx: &mut Context) -> Result<Decision, Refusal> {
    let mut d = Decision::default();
    // What an exercise demanded is not asked for in the tick in which it ends; the rest is in the next.
    let due =
        if super::modes::tick(state, &mut d, ctx) { Vec::new() } else { state.obligations.due(ctx.now) };
    ask_again(state, &due, &mut d, ctx);
    d.events.extend(due.into_iter().map(E::Obligation));
    let open = state.incidents.values().filter(|i| i.is_open() && !i.exercise).count();
    let seen = Observation::OpenIncidents(u32::try_from(open).unwrap_or(u32::MAX));
    for seen in [seen, Observation::Time] {
        d.events.extend(state.mode.propose(&seen, &state.settings.modes, ctx.now).into_iter().map(E::Mode));
    }
    desk::tick(state, &mut d, ctx);
    super::warnings::tick(state, &mut d, ctx);
    super::notices::tell_untold(state, &mut d, ctx);
    Ok(d)
}

/// The first step towards a service that is silent: what it was asked is sent again, should the first message have
/// been lost on its side.
fn ask_again(state: &RegionState, due: &[ObligationEvent], d: &mut Decision, ctx: &mut Context) {
    let repeated = due.iter().filter_map(|event| match event {
        ObligationEvent::Escalated { obligation, level: Level::Repeat, .. } => {
            state.obligations.get(*obligation)
        }
        _ => None,
    });
    for late in repeated {
        match (late.claim.kind, &late.claim.debtor, &late.claim.subject) {
            // One of the three data of c.5(3)¶4 stands for the request that asked for all.
            (K::O11a, _, Subject::Request { incident, request }) => {
                forces::send_again(state, *incident, *request, d, ctx);
            }
            (K::O07, Debtor::Service { service, service_region: None }, subject) => {
                let again = match subject {
                    Subject::Report { report } => {
                        let exercise = state.situation.report(*report).is_some_and(|r| r.exercise);
                        desk::Threat::of_report(state, *report, exercise)
                    }
                    _ => desk::Threat::of_mode(state, ctx),
                };
                desk::threat(state, &again, service, late.since, d, ctx);
            }
            _ => {}
        }
    }
}

/// A message about no card.
pub(super) fn tell_all(
    recipients: Vec<Recipient>,
    kind: Kind,
    content: HubContent,
    d: &mut Decision,
    ctx: &mut Context,
) -> DistributionId {
    tell_as(recipients, kind, content, false, d, ctx)
}

/// The same, as part of an exercise or not.
pub(super) fn tell_as(
    recipients: Vec<Recipient>,
    kind: Kind,
    content: HubContent,
    exercise: bool,
    d: &mut Decision,
    ctx: &mut Context,
) -> DistributionId {
    let distribution = DistributionId(ctx.ids.next_id());
    send_as(distribution, recipients, kind, content, exercise, d);
    distribution
}

/// The same by a distribution that is named already.
pub(super) fn send_as(
    distribution: DistributionId,
    recipients: Vec<Recipient>,
    kind: Kind,
    content: HubContent,
    exercise: bool,
    d: &mut Decision,
) {
    d.events.push(E::Told {
        incident: None,
        distribution,
        content: content.content_type().to_owned(),
        recipients: recipients.clone(),
    });
    d.outbound.push(Outbound {
        distribution,
        incident: None,
        recipients,
        kind,
        references: None,
        content,
        exercise,
        lives: None,
    });
}

/// What was told was acknowledged: by the agency's system, or by the person there who has read it. Only a person can
/// be informed (c.5(2)¶2, c.5(3)¶3: it is the duty officers who are told); that the system has it stays visible in the deliveries.
pub(super) fn acknowledged(
    state: &RegionState,
    (region, service): (RegionCode, &ServiceKey),
    reference: DistributionId,
    read_by: Option<&str>,
    at: Timestamp,
) -> Decision {
    let mut d = Decision::default();
    if let Some(person) = read_by {
        if region == state.region {
            desk::read(state, service, reference, person, at, &mut d);
        }
        overdue::read(state, reference, person, at, &mut d);
    }
    if let Some(person) = read_by
        && let Some((incident, request)) = state.asked_by(reference)
        && found(state, incident, request)
            .is_some_and(|r| r.service_region == region && r.service == *service)
    {
        let claim = Claim::officer(K::O10, Subject::Request { incident, request });
        if state.obligations.of_claim(&claim).is_some_and(|o| o.status.is_owed()) {
            d.consequences.push(Consequence::Meet { claim, evidence: format!("read: {person}"), at });
        }
    }
    d
}
