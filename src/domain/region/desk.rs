//! Shifts, directives, the situation and warnings at the hub's desk: each state machine decides; here follows what
//! agencies are told of it and what becomes owed.

use jiff::Timestamp;
use uuid::Uuid;

use super::duties::{send_as, tell_all, tell_as};
use super::{Answer, Decision, Outbound, RegionState};
use crate::domain::decision::{Context, Refusal};
use crate::domain::directive::{Addressee, DirectiveCommand, DirectiveEvent};
use crate::domain::envelope::{
    Directive as DirectiveContent, Heartbeat, HubContent, Kind, Nature, Outline, ReadinessReport, Recipient,
    Situation as SituationContent, ThreatNotice, Typed,
};
use crate::domain::event::RegionEvent as E;
use crate::domain::ids::{DistributionId, MessageId, ObligationId, ReportId, ServiceKey, ShiftId, ZoneId};
use crate::domain::mode::{Mode, Observation};
use crate::domain::obligation::ObligationKind as K;
use crate::domain::service_kind::{self, is_hub};
use crate::domain::shift::{self, ShiftCommand};
use crate::domain::situation::{self, SituationCommand, SituationEvent};

fn owes_readiness(key: &ServiceKey) -> bool {
    service_kind::find(key).is_some_and(|k| k.clause.owes_readiness())
}

fn to(state: &RegionState, service: &ServiceKey) -> Vec<Recipient> {
    vec![Recipient { region: state.region(), service: service.clone(), sequence: None, references: None }]
}

/// c.5(1)¶1: channels and contacts are checked on taking up duty; opening a shift sends a heartbeat to every service.
pub(super) fn shift(
    state: &RegionState,
    command: ShiftCommand,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let all = state.services();
    let owed: Vec<ObligationId> = state.obligations.owed().map(|o| o.id).collect();
    let around = shift::Surroundings { services: &all, owed: &owed };
    let opens = match &command {
        ShiftCommand::Open { shift } => Some(*shift),
        _ => None,
    };
    let mut events = state.shifts.decide(command, around, ctx.now, &ctx.by)?;
    let mut d = Decision::default();
    if let Some(id) = opens.filter(|_| !events.is_empty()) {
        let asked: Vec<ServiceKey> = all.into_iter().filter(|s| !is_hub(s)).collect();
        let check = ctx.ids.next_id();
        events.extend(state.shifts.send_heartbeat(check, &asked, ctx.now));
        for service in &asked {
            heartbeat(state, service, check, id, &mut d, ctx);
        }
        d.answer = Answer::Made(id.0);
    }
    d.consequences = state.shifts.consequences(&events);
    d.events.extend(events.into_iter().map(E::Shift));
    Ok(d)
}

fn heartbeat(
    state: &RegionState,
    service: &ServiceKey,
    check: Uuid,
    shift: ShiftId,
    d: &mut Decision,
    ctx: &mut Context,
) {
    let contacts = state.shifts.contacts().of(service).iter().cloned().map(Into::into).collect();
    let reply_due = Some(ctx.now + state.settings.heartbeat_wait.span());
    let content =
        HubContent::Heartbeat(Heartbeat { check_id: check, shift: Some(shift), contacts, reply_due });
    tell_all(to(state, service), Kind::Request, content, d, ctx);
}

/// c.5(1)¶1: a service that opens while a shift is being opened is checked with the others.
pub(super) fn added_to_shift(state: &RegionState, service: &ServiceKey, d: &mut Decision, ctx: &mut Context) {
    let Some(shift) = state.shifts.opening().map(|shift| shift.id) else { return };
    let check = ctx.ids.next_id();
    let events = state.shifts.added(service, check, ctx.now);
    heartbeat(state, service, check, shift, d, ctx);
    d.consequences.extend(state.shifts.consequences(&events));
    d.events.extend(events.into_iter().map(E::Shift));
}

/// c.6(6): directives of the leadership go to their addressees; c.6(5): to subordinates as orders.
pub(super) fn directive(
    state: &RegionState,
    command: DirectiveCommand,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let made = match &command {
        DirectiveCommand::Issue { directive, .. } => Some(directive.0),
        _ => None,
    };
    let mut command = command;
    // What is said about a card of an exercise is part of it.
    if let DirectiveCommand::Issue { incident: Some(incident), exercise, .. } = &mut command {
        *exercise |= state.card(*incident)?.exercise;
    }
    if let DirectiveCommand::Issue { addressees, .. } = &command {
        for addressee in addressees {
            if let Addressee::Service { service } = addressee {
                state.needs_service(service)?;
            }
        }
    }
    let events = state.directives.decide(command, &state.organisations, ctx.now, &ctx.by)?;
    let mut d = Decision::default();
    if let Some(id) = made {
        d.answer = Answer::Made(id);
    }
    directives(state, events, &mut d, ctx);
    Ok(d)
}

fn directives(state: &RegionState, mut events: Vec<DirectiveEvent>, d: &mut Decision, ctx: &mut Context) {
    // The acknowledgement of a directive names the message that brought it.
    for event in &mut events {
        if let DirectiveEvent::Sent { addressee: Addressee::Service { .. }, message, .. }
        | DirectiveEvent::Reminded { addressee: Addressee::Service { .. }, message, .. } = event
        {
            *message = Some(DistributionId(ctx.ids.next_id()));
        }
    }
    d.consequences.extend(state.directives.consequences(&events));
    for event in &events {
        let (id, addressee, kind) = match event {
            DirectiveEvent::Sent { directive, addressee, .. }
            | DirectiveEvent::Reminded { directive, addressee, .. } => {
                (*directive, Some(addressee), Kind::Request)
            }
            DirectiveEvent::Withdrawn { directive, .. } => (*directive, None, Kind::Cancel),
            _ => continue,
        };
        let content = events
            .iter()
            .find_map(|e| match e {
                DirectiveEvent::Issued { directive, author, text, due, exercise, .. } if *directive == id => {
                    Some((author.clone(), text.clone(), *due, *exercise))
                }
                _ => None,
            })
            .or_else(|| {
                let kept = state.directives.get(id)?;
                Some((kept.author.clone(), kept.text.clone(), kept.due, kept.exercise))
            });
        let Some((author, text, due, exercise)) = content else { continue };
        let content = HubContent::Directive(DirectiveContent {
            directive_id: id,
            author: format!("{}, {}", author.name, author.role),
            text,
            due,
        });
        let addressees: Vec<ServiceKey> = match addressee {
            Some(Addressee::Service { service }) => vec![service.clone()],
            Some(_) => Vec::new(),
            None => state
                .directives
                .get(id)
                .into_iter()
                .flat_map(|x| &x.deliveries)
                .filter_map(|x| match &x.addressee {
                    Addressee::Service { service } => Some(service.clone()),
                    _ => None,
                })
                .collect(),
        };
        for service in addressees {
            let named = match event {
                DirectiveEvent::Sent { message, .. } | DirectiveEvent::Reminded { message, .. } => *message,
                _ => None,
            };
            let message = named.unwrap_or_else(|| DistributionId(ctx.ids.next_id()));
            send_as(message, to(state, &service), kind, content.clone(), exercise, d);
        }
    }
    d.events.extend(events.into_iter().map(E::Directive));
}

/// c.5(2): monitoring and situation reports, passed to services of the profile; threats told; summaries made.
pub(super) fn situation(
    state: &RegionState,
    command: SituationCommand,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let all = state.services();
    let around = situation::Surroundings { services: &all, mode: &state.mode };
    let command = matched(state, command);
    if let SituationCommand::Report { origin, zone, .. } = &command {
        zone.iter().try_for_each(|zone| state.needs_zone(*zone))?;
        origin.service().into_iter().try_for_each(|service| state.needs_service(service))?;
    }
    let made = match &command {
        SituationCommand::Report { report, .. } => Some(report.0),
        SituationCommand::Summarise { summary, .. } => Some(summary.0),
        _ => None,
    };
    let events = state.situation.decide(command, around, ctx.now, &ctx.by)?;
    let mut d = Decision::default();
    if let Some(id) = made {
        d.answer = Answer::Made(id);
    }
    for event in &events {
        if let SituationEvent::Reported { report } = event
            && let Some(degree) = report.degree
            && !report.exercise
        {
            let seen = Observation::Monitoring { report: report.id, nature: report.nature, degree };
            d.events
                .extend(state.mode.propose(&seen, &state.settings.modes, ctx.now).into_iter().map(E::Mode));
        }
    }
    situations(state, events, &mut d, ctx);
    Ok(d)
}

fn situations(state: &RegionState, events: Vec<SituationEvent>, d: &mut Decision, ctx: &mut Context) {
    d.consequences.extend(state.situation.consequences(&events));
    for event in &events {
        match event {
            SituationEvent::Passed { report, services, .. } => pass(state, *report, services, &events, d),
            SituationEvent::ThreatTold { report, services, exercise, at } => {
                let told = Threat::of_report(state, *report, *exercise);
                // In everyday activity nobody owes readiness: a time for it would ask for what nobody follows up.
                let ready = state.mode.gravest_for(*exercise) >= K::O07.least_mode();
                for service in services {
                    if ready {
                        threat(state, &told, service, *at, d, ctx);
                    } else {
                        tell_threat(state, &told, service, Kind::Report, None, d, ctx);
                    }
                }
            }
            SituationEvent::ReadinessAskedAgain { service, at, .. } => {
                let again = Threat::of_mode(state, ctx);
                threat(state, &again, service, *at, d, ctx);
            }
            _ => {}
        }
    }
    d.events.extend(events.into_iter().map(E::Situation));
}

/// Who told a report, as an agency reads it.
fn origin(r: &situation::Report) -> String {
    match &r.origin {
        situation::Origin::Source { source } => source.to_string(),
        situation::Origin::Service { service } => service.to_string(),
        situation::Origin::Officer { .. } => "112".to_owned(),
    }
}

/// One envelope to all services of the profile, under the report's own identity: its acknowledgements name it.
fn pass(
    state: &RegionState,
    report: ReportId,
    services: &[ServiceKey],
    events: &[SituationEvent],
    d: &mut Decision,
) {
    let reported = events.iter().find_map(|e| match e {
        SituationEvent::Reported { report: r } if r.id == report => Some(r.as_ref()),
        _ => None,
    });
    let Some(r) = reported.or_else(|| state.situation.report(report)) else { return };
    let recipients: Vec<Recipient> = services.iter().flat_map(|s| to(state, s)).collect();
    if recipients.is_empty() {
        return;
    }
    let content = HubContent::Situation(SituationContent {
        report_id: report,
        nature: r.nature,
        text: r.text.clone(),
        outline: r.zone.and_then(|zone| outline(state, zone)),
        source: origin(r),
        observed_at: r.observed_at,
        place: r.place.clone(),
        measurements: r.measurements.clone(),
    });
    let distribution = DistributionId(report.0);
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
        kind: Kind::Report,
        references: None,
        content,
        exercise: r.exercise,
        lives: None,
    });
}

/// A report whose place lies in a zone of an emergency, present or possible, is a report of that zone; of an exercise in
/// one of an exercise, for it and the real never mix.
fn matched(state: &RegionState, mut command: SituationCommand) -> SituationCommand {
    if let SituationCommand::Report { zone: zone @ None, place: Some(place), exercise, .. } = &mut command
        && let Some(point) = place.point
    {
        let of_kind = |z: &&super::ZoneRecord| state.is_exercise(z) == *exercise;
        let mut open =
            state.zones.values().filter(|z| z.ended_at.is_none() && z.mode > Mode::Everyday).filter(of_kind);
        let around = open.find(|z| z.versions.last().is_some_and(|v| v.polygon.contains(point)));
        *zone = around.map(|z| z.id);
    }
    command
}

/// The outline of a zone as it is now.
fn outline(state: &RegionState, zone: ZoneId) -> Option<Outline> {
    Some(state.zones.get(&zone)?.versions.last()?.polygon.outline())
}

/// A threat of an emergency, as services are told of it.
pub(super) struct Threat {
    pub report: ReportId,
    pub nature: Nature,
    pub text: String,
    /// The zone of the possible emergency.
    pub zone: Option<ZoneId>,
    pub exercise: bool,
}

impl Threat {
    /// The threat of which a report speaks.
    pub(super) fn of_report(state: &RegionState, report: ReportId, exercise: bool) -> Self {
        let found = state.situation.report(report);
        Self {
            report,
            nature: found.map_or(Nature::Other, |r| r.nature),
            text: found.map(|r| r.text.clone()).unwrap_or_default(),
            zone: found.and_then(|r| r.zone),
            exercise,
        }
    }

    /// The threat for which the gravest mode is in force, or is rehearsed while no graver one is really in force.
    pub(super) fn of_mode(state: &RegionState, ctx: &mut Context) -> Self {
        let rehearsal = state.mode.rehearsals().last().filter(|_| state.mode.gravest() == Mode::Everyday);
        let period = rehearsal.or_else(|| state.mode.in_force().last());
        Self {
            report: ReportId(ctx.ids.next_id()),
            nature: Nature::Other,
            text: period.map(|p| p.order.reason.clone()).unwrap_or_default(),
            zone: period.and_then(|p| p.zone),
            exercise: rehearsal.is_some(),
        }
    }
}

/// c.5(2)¶4: services that owe readiness are told by when; security and telecom are informed.
pub(super) fn threat(
    state: &RegionState,
    threat: &Threat,
    service: &ServiceKey,
    at: Timestamp,
    d: &mut Decision,
    ctx: &mut Context,
) {
    let due = owes_readiness(service).then(|| state.settings.limits.due(K::O07, at));
    tell_threat(state, threat, service, Kind::Report, due, d, ctx);
}

/// The threat is over: whoever was told of it need not stay ready for it, and hears which message ends.
pub(super) fn threat_over(
    state: &RegionState,
    reason: &str,
    exercise: bool,
    d: &mut Decision,
    ctx: &mut Context,
) {
    let report = ReportId(ctx.ids.next_id());
    let over = Threat { report, nature: Nature::Other, text: reason.to_owned(), zone: None, exercise };
    for service in state.services().iter().filter(|s| !is_hub(s)) {
        // Before it was kept who was told of it, everybody was.
        let told = state.threats_told.as_ref().map(|told| told.get(service).copied());
        if told == Some(None) {
            continue;
        }
        tell_threat(state, &over, service, Kind::Cancel, None, d, ctx);
        if let Some(sent) = d.outbound.last_mut() {
            sent.references = told.flatten();
        }
    }
}

fn tell_threat(
    state: &RegionState,
    threat: &Threat,
    service: &ServiceKey,
    kind: Kind,
    readiness_due: Option<Timestamp>,
    d: &mut Decision,
    ctx: &mut Context,
) {
    let content = HubContent::ThreatNotice(ThreatNotice {
        report_id: threat.report,
        nature: threat.nature,
        text: threat.text.clone(),
        outline: threat.zone.and_then(|zone| outline(state, zone)),
        readiness_due,
    });
    tell_as(to(state, service), kind, content, threat.exercise, d, ctx);
}

/// c.5(2)¶4: a service's formations are ready, with their composition.
pub(super) fn readiness(
    state: &RegionState,
    service: &ServiceKey,
    report: &ReadinessReport,
    d: &mut Decision,
    ctx: &mut Context,
) {
    let events = state.situation.take_readiness(service, report, ctx.now);
    situations(state, events, d, ctx);
}

/// c.5(1)¶4: passed on urgently: what the service owes runs from when it learnt of it to when the hub has it. That the officer
/// identifies it is the officer's own part, with its own clock (O-08); until the officer has seen it, it stands on the list.
pub(super) fn forwarded(
    state: &RegionState,
    service: &ServiceKey,
    message: MessageId,
    learnt_at: Timestamp,
    d: &mut Decision,
    ctx: &mut Context,
) -> Result<(), Refusal> {
    let events = state.situation.forward(message, service, learnt_at, ctx.now)?;
    situations(state, events, d, ctx);
    Ok(())
}

/// A person of a service has read a situation report, a change of a zone (c.5(2)¶2: it is passed to the duty officers) or a
/// directive (c.6(6)).
pub(super) fn read(
    state: &RegionState,
    service: &ServiceKey,
    reference: DistributionId,
    person: &str,
    at: Timestamp,
    d: &mut Decision,
) {
    let directives = state.directives.read(service, reference, person, at);
    d.consequences.extend(state.directives.consequences(&directives));
    d.events.extend(directives.into_iter().map(E::Directive));
    let mut events = state.situation.acknowledge_report(ReportId(reference.0), service, at);
    events.extend(state.situation.acknowledge_zone(reference, service, at));
    d.consequences.extend(state.situation.consequences(&events));
    d.events.extend(events.into_iter().map(E::Situation));
}

/// A zone was drawn, changed or ended: services of every profile are told at once (c.5(2)¶2), by one message whose
/// acknowledgements meet what is owed.
pub(super) fn zone_news(state: &RegionState, zone: &super::ZoneRecord, d: &mut Decision, ctx: &mut Context) {
    // The end is a version of its own.
    let versions = zone.versions.len() + usize::from(zone.ended_at.is_some());
    let version = u32::try_from(versions).unwrap_or(u32::MAX);
    let distribution = DistributionId(ctx.ids.next_id());
    let events = state.situation.tell_zone(zone.id, version, distribution, &state.services(), ctx.now);
    d.consequences.extend(state.situation.consequences(&events));
    for event in &events {
        if let SituationEvent::ZoneTold { services, at, .. } = event {
            let (kind, text) = match &zone.ended_because {
                None => (Kind::Update, zone.name.clone()),
                Some(reason) => (Kind::Cancel, format!("{}: {reason}", zone.name)),
            };
            let content = HubContent::Situation(SituationContent {
                report_id: ReportId(zone.id.0),
                nature: Nature::Other,
                text,
                outline: zone.versions.last().map(|v| v.polygon.outline()),
                source: "112".to_owned(),
                observed_at: *at,
                place: None,
                measurements: Vec::new(),
            });
            let recipients = services.iter().flat_map(|s| to(state, s)).collect();
            let exercise = state.is_exercise(zone);
            // A change of a zone, or its end, names the message that told of it last.
            let of_zone = state.situation.zone_news(zone.id);
            let references = of_zone.and_then(|news| news.messages.last()).map(|(message, _)| *message);
            send_as(distribution, recipients, kind, content, exercise, d);
            if let Some(sent) = d.outbound.last_mut() {
                sent.references = references;
            }
        }
    }
    d.events.extend(events.into_iter().map(E::Situation));
}

/// What time alone brings about at the desk.
pub(super) fn tick(state: &RegionState, d: &mut Decision, ctx: &mut Context) {
    let events = state.shifts.due(ctx.now, state.settings.heartbeat_wait);
    d.consequences.extend(state.shifts.consequences(&events));
    d.events.extend(events.into_iter().map(E::Shift));
    let all = state.services();
    let around = situation::Surroundings { services: &all, mode: &state.mode };
    situations(state, state.situation.due(around, state.settings.composition_age, ctx.now), d, ctx);
    directives(state, state.directives.due(ctx.now, state.settings.remind_every), d, ctx);
}

/// The identities that a desk's events name, for their rows.
pub(super) fn named(event: &E) -> Option<(super::EntityKind, Uuid)> {
    use super::EntityKind::{Directive, Report, Summary};
    let report = |id: ReportId| Some((Report, id.0));
    match event {
        E::Directive(
            DirectiveEvent::Issued { directive, .. }
            | DirectiveEvent::Sent { directive, .. }
            | DirectiveEvent::Acknowledged { directive, .. }
            | DirectiveEvent::Refused { directive, .. }
            | DirectiveEvent::Reminded { directive, .. }
            | DirectiveEvent::Withdrawn { directive, .. },
        ) => Some((Directive, directive.0)),
        E::Situation(SituationEvent::Reported { report: r }) => report(r.id),
        E::Situation(
            SituationEvent::Passed { report: id, .. }
            | SituationEvent::Suppressed { report: id, .. }
            | SituationEvent::PassingAcknowledged { report: id, .. }
            | SituationEvent::ThreatTold { report: id, .. },
        ) => report(*id),
        E::Situation(SituationEvent::Summarised { summary, .. }) => Some((Summary, summary.id.0)),
        _ => None,
    }
}
