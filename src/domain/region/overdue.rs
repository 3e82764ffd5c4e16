//! What is late, refused or reported upward reaches people: each is a notice to whom the region's settings say, over a
//! link where there is one, and stands until somebody has taken note or it is settled.

use jiff::Timestamp;

use super::duties::tell_as;
use super::{Decision, RegionState, refused_orders};
use crate::domain::decision::{Context, Refusal};
use crate::domain::envelope::{HubContent, Kind, Notice as Said, Recipient, WarningOutcome};
use crate::domain::event::RegionEvent as E;
use crate::domain::ids::{DistributionId, IncidentId, NoticeId, ServiceKey};
use crate::domain::notice::{About, Notice, NoticeCommand, NoticeEvent, NoticeTo};
use crate::domain::obligation::{Debtor, Level, ObligationEvent};
use crate::domain::said::said;
use crate::domain::service_kind::is_hub;
use crate::domain::situation::SituationEvent;
use crate::domain::warning::{WarningAbout, WarningCase, WarningEvent};

/// A named person takes note. A step over the head of the officer on duty, about what that officer owes, is for others.
pub(super) fn take_note(
    state: &RegionState,
    command: NoticeCommand,
    ctx: &Context,
) -> Result<Decision, Refusal> {
    let NoticeCommand::TakeNote { notice, .. } = &command;
    let on_duty = state.shifts.on_duty().map(|shift| &shift.officer);
    if ctx.by.person().is_some_and(|person| Some(person) == on_duty)
        && state.notices.get(*notice).is_some_and(is_over_the_officers_head)
    {
        return Err(Refusal::Forbidden(said!(
            "you are the officer on duty who owes this; another officer or the leadership takes note of it"
        )));
    }
    let events = state.notices.decide(command, ctx.now, &ctx.by)?;
    Ok(Decision { events: events.into_iter().map(E::Notice).collect(), ..Decision::default() })
}

fn is_over_the_officers_head(notice: &Notice) -> bool {
    let About::Overdue { claim, level, .. } = &notice.about else { return false };
    claim.debtor == Debtor::DutyOfficer
        && *level > Level::Phone
        && matches!(notice.to, NoticeTo::Office { .. })
}

/// A person of a service has read a message: when it carried a notice, that is taken note of.
pub(super) fn read(
    state: &RegionState,
    message: DistributionId,
    person: &str,
    at: Timestamp,
    d: &mut Decision,
) {
    d.events.extend(state.notices.read(message, person, at).map(E::Notice));
}

/// Adds to a decision the notices that follow from its events, and ends those that it makes pointless.
pub(super) fn follow(state: &RegionState, d: &mut Decision, ctx: &mut Context) {
    let (mut raised, mut ended) = (Vec::new(), Vec::new());
    for event in &d.events {
        match event {
            E::Obligation(ObligationEvent::Escalated { obligation, level, .. }) => {
                let Some(late) = state.obligations.get(*obligation) else { continue };
                let about = || About::Overdue {
                    obligation: *obligation,
                    claim: Box::new(late.claim.clone()),
                    level: *level,
                    since: late.since,
                    due: late.due,
                };
                let to = state.settings.notices.told(*level, &late.claim.debtor);
                raised.extend(to.into_iter().map(|to| (about(), to, late.exercise)));
            }
            E::Obligation(
                ObligationEvent::Met { obligation, .. }
                | ObligationEvent::Voided { obligation, .. }
                | ObligationEvent::Cancelled { obligation, .. },
            ) => ended.extend(state.notices.settled(*obligation, ctx.now)),
            // Order 945 c.24: messages follow the order at once.
            E::Warning(WarningEvent::NotGivenOut { warning, version, since, due, .. }) => {
                let Some(case) = state.warnings.get(*warning) else { continue };
                let about = || About::WarningNotGivenOut {
                    warning: *warning,
                    version: *version,
                    incident: card_of(case),
                    since: *since,
                    due: *due,
                };
                let to = state.settings.notices.told(Level::Phone, &Debtor::DutyOfficer);
                raised.extend(to.into_iter().map(|to| (about(), to, case.exercise)));
            }
            // c.6(4): nobody is warned by it any more, and only a named person can say that nobody need be.
            E::Warning(WarningEvent::Expired { warning, until, .. }) => {
                let Some(case) = state.warnings.get(*warning) else { continue };
                let about =
                    || About::WarningExpired { warning: *warning, incident: card_of(case), due: *until };
                let to = state.settings.notices.told(Level::Phone, &Debtor::DutyOfficer);
                raised.extend(to.into_iter().map(|to| (about(), to, case.exercise)));
            }
            E::Warning(WarningEvent::Reported { warning, report })
                if report.outcome == WarningOutcome::Transmitted
                    && state.warnings.get(*warning).is_some_and(|case| case.is_newest(report.version)) =>
            {
                ended.extend(state.notices.warning_given_out(*warning, ctx.now));
            }
            E::Warning(WarningEvent::Ended { warning, .. } | WarningEvent::Changed { warning, .. }) => {
                ended.extend(state.notices.warning_settled(*warning, ctx.now));
            }
            // c.5(2)¶1, 112-O c.2: what the officer has summarised goes up.
            E::Situation(SituationEvent::Summarised { summary, .. }) => {
                let about = || About::Summary { summary: summary.id, text: summary.text.clone() };
                let to = state.settings.notices.summaries.iter().cloned();
                raised
                    .extend(to.map(|organisation| (about(), NoticeTo::Organisation { organisation }, false)));
            }
            _ => {
                // The region's own leadership; who is above hears of what stays undone, not of every crew that is not free.
                let to = state.settings.notices.told(Level::Leadership, &Debtor::DutyOfficer);
                let to = to.into_iter().filter(|to| matches!(to, NoticeTo::Office { .. }));
                if let Some((about, exercise)) = refused_orders::refused(state, event) {
                    raised.extend(to.map(|to| (about.clone(), to, exercise)));
                }
                ended.extend(refused_orders::settled(state, event, ctx.now));
            }
        }
    }
    d.events.extend(ended.into_iter().map(E::Notice));
    for (about, to, exercise) in raised {
        raise(state, about, to, exercise, d, ctx);
    }
}

fn card_of(case: &WarningCase) -> Option<IncidentId> {
    match case.about {
        WarningAbout::Incident { incident } => Some(incident),
        WarningAbout::Report { .. } => None,
    }
}

fn raise(
    state: &RegionState,
    about: About,
    to: NoticeTo,
    exercise: bool,
    d: &mut Decision,
    ctx: &mut Context,
) {
    let id = NoticeId(ctx.ids.next_id());
    let distribution = desk(state, &to).map(|service| {
        let recipients =
            vec![Recipient { region: state.region(), service, sequence: None, references: None }];
        tell_as(recipients, Kind::Report, HubContent::Notice(said(id, &about)), exercise, d, ctx)
    });
    let raised_at = ctx.now;
    let notice = Notice { id, about, to, raised_at, exercise, distribution, taken: None, ended_at: None };
    d.events.push(E::Notice(NoticeEvent::Raised { notice: Box::new(notice) }));
}

/// The service over whose link it goes: not that of the hub itself.
fn desk(state: &RegionState, to: &NoticeTo) -> Option<ServiceKey> {
    let service = match to {
        NoticeTo::Office { .. } => None,
        NoticeTo::Service { service } => Some(service.clone()),
        NoticeTo::Organisation { organisation } => {
            state.organisations.get(organisation).and_then(|kept| kept.organisation.service.clone())
        }
    };
    service.filter(|key| !is_hub(key))
}

fn said(notice_id: NoticeId, about: &About) -> Said {
    let nothing =
        Said { notice_id, owed: None, clause: None, since: None, due: None, incident: None, text: None };
    match about {
        About::Overdue { claim, since, due, .. } => Said {
            owed: Some(claim.kind.names()),
            clause: Some(claim.kind.clause().to_owned()),
            since: Some(*since),
            due: Some(*due),
            incident: claim.subject.incident(),
            ..nothing
        },
        About::WarningNotGivenOut { incident, since, due, .. } => Said {
            clause: Some("Order 945 c.24".to_owned()),
            since: Some(*since),
            due: Some(*due),
            incident: *incident,
            ..nothing
        },
        About::WarningExpired { incident, due, .. } => {
            Said { clause: Some("112-R c.6(4)".to_owned()), due: Some(*due), incident: *incident, ..nothing }
        }
        About::ForcesOrderRefused { incident, reason, since, .. } => Said {
            clause: Some(refused_orders::CLAUSE.to_owned()),
            since: Some(*since),
            incident: Some(*incident),
            text: Some(reason.clone()),
            ..nothing
        },
        About::DirectiveRefused { incident, reason, since, .. } => Said {
            clause: Some(refused_orders::CLAUSE.to_owned()),
            since: Some(*since),
            incident: *incident,
            text: Some(reason.clone()),
            ..nothing
        },
        About::Summary { text, .. } => Said { text: Some(text.clone()), ..nothing },
    }
}
