//! A warning of the public leaves the hub: to the desks of telecom operators, which give it to people (Law art. 6(6);
//! Order 945 c.23, c.24), and to the other services for information (112-R c.5(1)¶2).

use std::collections::BTreeSet;

use super::warnings::card_of;
use super::{Decision, Outbound, RegionState};
use crate::domain::classification;
use crate::domain::decision::{Context, Refusal};
use crate::domain::envelope::{
    HubContent, Kind, Recipient, Typed, Warning, WarningArea, WarningBasis, WarningStage, WarningTask,
    WarningTexts, WarningWords, WarningZone,
};
use crate::domain::event::RegionEvent as E;
use crate::domain::ids::{DistributionId, ServiceKey};
use crate::domain::missing::Missing;
use crate::domain::quantities::Seconds;
use crate::domain::said::said;
use crate::domain::service_kind::{self, is_hub};
use crate::domain::warning::{
    Audience, Authority, Sending, SentVersion, WarningAbout, WarningCase, WarningEvent, WarningText,
    Warnings, Words,
};

/// What stands before each text of an exercise: should it ever reach people, they know it for what it is.
const EXERCISE: [&str; 3] = ["ОҚУ-ЖАТТЫҒУ! ", "УЧЕНИЕ! ", "EXERCISE! "];

/// Where a warning is for is there, is this region's, and is of the same kind as the warning: an exercise and the real never
/// mix.
pub(super) fn check(state: &RegionState, audience: &Audience, exercise: bool) -> Result<(), Refusal> {
    if let Some(id) = audience.zone {
        let zone = state.zones.get(&id).ok_or_else(|| Refusal::not_found(Missing::Zone, id))?;
        if zone.ended_at.is_some() {
            return Err(Refusal::conflict(said!("the zone has ended; draw a new one where it is needed")));
        }
        if state.is_exercise(zone) != exercise {
            return Err(Refusal::conflict(said!(
                "an exercise and the real never mix: choose a zone of the same kind as the warning"
            )));
        }
    }
    let ours = state.region().to_string();
    match audience.districts.iter().find(|district| !district.as_str().starts_with(&ours)) {
        None => Ok(()),
        Some(other) => Err(Refusal::invalid(
            "audience.districts",
            said!("{district} is no district of this region; choose one of its own", district = other),
        )),
    }
}

/// Adds what goes out because of these events, with the events that record it; `after` is what stands after them.
pub(super) fn tell(
    state: &RegionState,
    after: &Warnings,
    events: &[WarningEvent],
    d: &mut Decision,
    ctx: &mut Context,
) {
    for event in events {
        let Some(case) = after.get(event.warning()) else { continue };
        // Of a warning of before it was sent anywhere nobody out there knows.
        let known = !case.sent.is_empty();
        let (stage, reason) = match event {
            WarningEvent::Ordered { .. } | WarningEvent::Activated { .. } => (WarningStage::Issued, None),
            WarningEvent::Changed { reason, .. } if known => (WarningStage::Updated, Some(reason)),
            WarningEvent::Changed { reason, .. } => (WarningStage::Issued, Some(reason)),
            WarningEvent::Confirmed { .. } if known => (WarningStage::Updated, None),
            WarningEvent::Ended { reason, .. } if known => (WarningStage::Ended, Some(reason)),
            _ => continue,
        };
        let task = match event {
            WarningEvent::Ended { .. } => WarningTask::Stop,
            // That the order has come changes nothing for people.
            WarningEvent::Confirmed { .. } => WarningTask::Inform,
            _ if case.exercise => WarningTask::Rehearse,
            _ => WarningTask::Transmit,
        };
        let Some(content) = content(state, case, stage, reason.cloned()) else { continue };
        let (operators, others): (BTreeSet<ServiceKey>, BTreeSet<ServiceKey>) =
            state.services().into_iter().filter(|service| !is_hub(service)).partition(gives_out);
        let mut sendings = Vec::new();
        for (services, task) in [(operators, task), (others, WarningTask::Inform)] {
            let content = Warning { task, ..content.clone() };
            sendings.extend(send(state, case, services, content, d, ctx));
        }
        let sent = SentVersion { version: content.version, stage, sendings, at: ctx.now };
        d.events.push(E::Warning(WarningEvent::Sent { warning: case.number, sent: Box::new(sent) }));
    }
}

fn gives_out(service: &ServiceKey) -> bool {
    service_kind::find(service).is_some_and(|kind| kind.clause.gives_out_warnings())
}

fn send(
    state: &RegionState,
    case: &WarningCase,
    services: BTreeSet<ServiceKey>,
    content: Warning,
    d: &mut Decision,
    ctx: &mut Context,
) -> Option<Sending> {
    if services.is_empty() {
        return None;
    }
    let message = DistributionId(ctx.ids.next_id());
    let to = |service: &ServiceKey| Recipient {
        region: state.region(),
        service: service.clone(),
        sequence: None,
        references: None,
    };
    let recipients: Vec<Recipient> = services.iter().map(to).collect();
    let kind = match content.stage {
        WarningStage::Issued => Kind::Report,
        WarningStage::Updated => Kind::Update,
        WarningStage::Ended => Kind::Cancel,
    };
    // What is given out until a time is of no use afterwards; its end always is.
    let ends = case.until.filter(|_| content.stage != WarningStage::Ended);
    let lives = ends.and_then(|until| u32::try_from(until.duration_since(ctx.now).as_secs()).ok());
    let task = content.task;
    let content = HubContent::Warning(Box::new(content));
    d.events.push(E::Told {
        incident: None,
        distribution: message,
        content: content.content_type().to_owned(),
        recipients: recipients.clone(),
    });
    d.outbound.push(Outbound {
        distribution: message,
        incident: incident(case),
        recipients,
        kind,
        references: services.iter().find_map(|service| case.told_last(service)),
        content,
        exercise: case.exercise,
        lives: lives.map(|seconds| Seconds(seconds.max(1))),
    });
    Some(Sending { message, services, task })
}

fn incident(case: &WarningCase) -> Option<crate::domain::ids::IncidentId> {
    match case.about {
        WarningAbout::Incident { incident } => Some(incident),
        WarningAbout::Report { .. } => None,
    }
}

/// The whole picture of a case; none of one by which nobody is warned.
fn content(
    state: &RegionState,
    case: &WarningCase,
    stage: WarningStage,
    reason: Option<String>,
) -> Option<Warning> {
    let audience = case.audience.as_ref()?;
    let card = card_of(state, case.about);
    let category = card.and_then(|card| card.category()).map(|category| category.code.clone());
    let since = [case.activation.as_ref().map(|a| a.at), case.order.as_ref().map(|o| o.at)];
    Some(Warning {
        warning: case.number,
        version: case.next_version(),
        stage,
        task: WarningTask::Inform,
        danger: case.danger,
        grounds: case.basis.clone(),
        incident_number: card.map(|card| card.number.clone()),
        category_names: category.as_ref().and_then(classification::names),
        category,
        report_id: match case.about {
            WarningAbout::Report { report } => Some(report),
            WarningAbout::Incident { .. } => None,
        },
        texts: texts(case.text.as_ref()?, case.exercise),
        persons: audience.persons,
        organisations: audience.organisations,
        area: area(state, audience),
        basis: basis(case),
        from: since.into_iter().flatten().min()?,
        until: case.ended.as_ref().map(|end| end.at).or(case.until),
        reason,
    })
}

fn area(state: &RegionState, audience: &Audience) -> WarningArea {
    let zone = audience.zone.and_then(|id| state.zones.get(&id)).and_then(|zone| {
        let outline = zone.versions.last()?.polygon.outline();
        Some(WarningZone { zone_id: zone.id, name: zone.name.clone(), outline })
    });
    WarningArea {
        whole_region: audience.whole_region,
        districts: audience.districts.iter().cloned().collect(),
        zone,
    }
}

fn texts(text: &WarningText, exercise: bool) -> WarningTexts {
    let words = |words: &Words, mark: &str| WarningWords {
        event: if exercise { format!("{mark}{}", words.event) } else { words.event.clone() },
        instruction: words.instruction.clone(),
    };
    let [kk, ru, en] = EXERCISE;
    WarningTexts {
        kk: words(&text.kk, kk),
        ru: words(&text.ru, ru),
        en: text.en.as_ref().map(|text| words(text, en)),
    }
}

fn basis(case: &WarningCase) -> WarningBasis {
    let order = case.order.as_ref().map(|confirmation| &confirmation.order);
    let authority = order.map(|order| order.authority);
    let clause = match authority {
        Some(Authority::Commandant) => "112-R c.6(4); Order 945 c.22",
        Some(_) => "112-R c.6(4); Order 945 c.21",
        None => "112-R c.6(4); Order 945 c.21 ¶4",
    };
    WarningBasis {
        clause: clause.to_owned(),
        authority,
        authority_names: authority.map(|authority| authority.words().names()),
        ordered_by: order.map(|order| order.ordered_by.clone()),
        reference: order.map(|order| order.reference.clone()),
        agreed_with: order.and_then(|order| order.agreed_with.clone()),
        could_not_wait: case.activation.as_ref().map(|activation| activation.reason.clone()),
    }
}
