//! What a change of mode obliges to: shown before it is declared, carried out after.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Mode, ModeEvent, ModePeriod, ModeState};
use crate::domain::ids::{AccountName, ServiceKey};
use crate::domain::names::Names;
use crate::domain::obligation::{
    Claim, Consequence, Creditor, Datum, Debtor, Grade, Limit, Limits, ObligationKind as K, Owing, Subject,
};
use crate::domain::service_kind;

/// Why what an exercise demanded ended with it, when nobody ended the exercise before.
const TERM_OVER: &str = "exercise_term_over";

/// What a change of mode does to an obligation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It is owed from the moment of the declaration.
    Raises,
    /// It will be owed as soon as its event happens in this mode.
    Awaits,
    /// What is still owed of it ends, with the declaration as the reason.
    Ends,
}

/// One obligation that a change of mode touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ObligationPreview {
    /// What happens to it.
    pub effect: Effect,
    /// Line of the catalogue.
    pub id: K,
    /// The clause.
    pub clause: &'static str,
    /// Immediately, urgently or without a stated limit.
    pub grade: Grade,
    /// Who owes it.
    #[serde(flatten)]
    pub debtor: Debtor,
    /// To whom.
    pub owed_to: Creditor,
    /// How long there is, once it is raised.
    pub limit: Limit,
    /// When it is due, if it is raised by the change itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Names in three languages.
    pub names: Names,
}

/// Every obligation that a change of mode raises, awaits or ends, on whom, by which clause and until when.
/// Empty when both modes are the same.
#[must_use]
pub fn preview(
    from: Mode,
    to: Mode,
    services: &[ServiceKey],
    limits: &Limits,
    now: Timestamp,
) -> Vec<ObligationPreview> {
    if from == to {
        return Vec::new();
    }
    let mut all = Vec::new();
    let mut add = |effect, kind: K, debtor| {
        all.push(ObligationPreview {
            effect,
            id: kind,
            clause: kind.clause(),
            grade: kind.grade(),
            debtor,
            owed_to: kind.creditor(),
            limit: limits.of(kind),
            due: (effect == Effect::Raises).then(|| limits.due(kind, now)),
            names: kind.names(),
        });
    };
    for (kind, debtor) in raised_by(from, to, services) {
        add(Effect::Raises, kind, debtor);
    }
    for kind in awaited_in(to) {
        if from < *kind_begins(kind) {
            debtors(*kind, services).into_iter().for_each(|d| add(Effect::Awaits, *kind, d));
        }
    }
    for kind in K::ALL.into_iter().filter(|k| k.least_mode() <= from && k.least_mode() > to) {
        debtors(kind, services).into_iter().for_each(|d| add(Effect::Ends, kind, d));
    }
    all
}

/// What a declaration of the mode itself raises. High readiness: the summary (c.5(2)¶1) and, because declaring it
/// tells the threat, readiness with composition of every service that owes it (c.5(2)¶4). An emergency raises by
/// its messages, not by the declaration (c.5(3)); out of everyday activity it is the first that services hear of a threat,
/// and they owe readiness too. Everyday activity raises by the shift (c.5(1)).
fn raised_by(from: Mode, to: Mode, services: &[ServiceKey]) -> Vec<(K, Debtor)> {
    let kinds: &[K] = match (from, to) {
        (_, Mode::HighReadiness) => &[K::O04, K::O07],
        (Mode::Everyday, Mode::Emergency) => &[K::O07],
        _ => &[],
    };
    kinds.iter().copied().flat_map(|k| debtors(k, services).into_iter().map(move |d| (k, d))).collect()
}

/// What waits for its event in a mode.
fn awaited_in(mode: Mode) -> &'static [K] {
    match mode {
        Mode::Everyday => &[],
        Mode::HighReadiness => &[K::O05, K::O06],
        Mode::Emergency => &[K::O05, K::O06, K::O08, K::O09, K::O10, K::O11a, K::O11b, K::O11c],
    }
}

/// The mode whose sub-clause of c.5 first names the obligation.
fn kind_begins(kind: &K) -> &'static Mode {
    match kind {
        K::O04 | K::O05 | K::O06 | K::O07 => &Mode::HighReadiness,
        K::O08 | K::O09 | K::O10 | K::O11a | K::O11b | K::O11c => &Mode::Emergency,
        _ => &Mode::Everyday,
    }
}

/// Who of the region's services owes a kind: exempt services (c.3(5), c.3(8) where the clause says so) are out.
fn debtors(kind: K, services: &[ServiceKey]) -> Vec<Debtor> {
    if kind.owing() != Owing::Service {
        return vec![Debtor::DutyOfficer];
    }
    services
        .iter()
        .filter(|key| service_kind::find(key).is_some_and(|k| kind.is_owed_by(k.clause)))
        .map(|key| Debtor::service(key.clone()))
        .collect()
}

impl ModeState {
    /// What follows for the obligations from the events of one decision, while `self` stands before them. Of these
    /// at most one declares a mode.
    #[must_use]
    pub fn consequences(&self, events: &[ModeEvent], services: &[ServiceKey]) -> Vec<Consequence> {
        events.iter().flat_map(|event| self.of_one(event, services)).collect()
    }

    fn of_one(&self, event: &ModeEvent, services: &[ServiceKey]) -> Vec<Consequence> {
        if let ModeEvent::ExerciseOver { period, by, at, .. } = event {
            let part = self.period(*period).map(|p| &p.order.part);
            let mut all = self.ends_exercises(|p| Some(&p.order.part) == part, TERM_OVER, by, *at);
            let mode = self.after(event).rehearsed();
            all.push(Consequence::Rehearse { mode, reason: TERM_OVER.to_owned(), by: by.clone(), at: *at });
            return all;
        }
        let ModeEvent::Declared { period, mode, order, by, at, .. } = event else { return Vec::new() };
        let mut all = Vec::new();
        let after = self.after(event);
        if order.exercise {
            self.of_an_exercise(event, &after, services, &mut all);
            return all;
        }
        // What an exercise demanded ends with what is real.
        let rehearsed = self.rehearsals().map(|p| p.number);
        let ended =
            |period| Consequence::EndPeriod { period, reason: order.reason.clone(), by: by.clone(), at: *at };
        all.extend(rehearsed.map(ended));
        if *mode == Mode::Everyday {
            // What the earlier periods of this part demanded ends even while another part stays in a graver mode.
            for earlier in self.periods().iter().filter(|p| p.order.part == order.part) {
                all.push(Consequence::EndPeriod {
                    period: earlier.number,
                    reason: order.reason.clone(),
                    by: by.clone(),
                    at: *at,
                });
            }
        }
        all.push(Consequence::EnterMode {
            mode: after.gravest(),
            reason: order.reason.clone(),
            by: by.clone(),
            at: *at,
        });
        if self.rehearsed() > Mode::Everyday {
            all.push(Consequence::Rehearse {
                mode: after.rehearsed(),
                reason: order.reason.clone(),
                by: by.clone(),
                at: *at,
            });
        }
        all.extend(raised(self.gravest(), *mode, *period, services, *at));
        all
    }

    /// What these exercises demanded ends.
    fn ends_exercises(
        &self,
        which: impl Fn(&ModePeriod) -> bool,
        reason: &str,
        by: &AccountName,
        at: Timestamp,
    ) -> Vec<Consequence> {
        let ended = |p: &ModePeriod| Consequence::EndPeriod {
            period: p.number,
            reason: reason.to_owned(),
            by: by.clone(),
            at,
        };
        self.exercises().iter().filter(|p| which(p)).map(ended).collect()
    }

    /// What an exercise of a mode obliges to: the same, of what is part of an exercise alone.
    fn of_an_exercise(
        &self,
        event: &ModeEvent,
        after: &Self,
        services: &[ServiceKey],
        all: &mut Vec<Consequence>,
    ) {
        let ModeEvent::Declared { period, mode, order, by, at, .. } = event else { return };
        let (reason, by, at) = (&order.reason, by, *at);
        if *mode == Mode::Everyday {
            all.extend(self.ends_exercises(|p| p.order.part == order.part, reason, by, at));
        }
        let mode_now = after.rehearsed();
        all.push(Consequence::Rehearse { mode: mode_now, reason: reason.clone(), by: by.clone(), at });
        all.extend(raised(self.rehearsed(), *mode, *period, services, at));
    }
}

fn raised(
    from: Mode,
    to: Mode,
    period: u32,
    services: &[ServiceKey],
    at: Timestamp,
) -> impl Iterator<Item = Consequence> {
    raised_by(from, to, services).into_iter().map(move |(kind, debtor)| {
        let claim = Claim { kind, debtor, subject: Subject::ModePeriod { period }, which: None };
        Consequence::Raise { claim: claim.only(Datum::Round { round: 1 }), since: at }
    })
}
