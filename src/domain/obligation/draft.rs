//! What one decision raises, meets and ends, before any of it is applied: an obligation may be raised and met in
//! the same breath, as when information comes together with all that was owed about it.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::book::{Obligation, ObligationBook, ObligationEvent, Status};
use super::claim::{Claim, Debtor, Subject};
use super::kind::ObligationKind;
use super::limits::Limits;
use crate::domain::ids::{AccountName, IncidentId, ObligationId};
use crate::domain::mode::Mode;
use crate::domain::moment::since_asked;

/// What follows from an event of duty for the obligations. Each state machine of the rules says it of its own
/// events; the region's hub carries it out with [`Draft::follow`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consequence {
    /// Something begins to be owed.
    Raise {
        /// What by whom.
        claim: Claim,
        /// Since when.
        since: Timestamp,
    },
    /// Something owed was done.
    Meet {
        /// What by whom.
        claim: Claim,
        /// What shows it.
        evidence: String,
        /// When.
        at: Timestamp,
    },
    /// Everything of one line of the catalogue that a debtor owed was done.
    MeetAll {
        /// Which line.
        kind: ObligationKind,
        /// Who owed it.
        debtor: Debtor,
        /// What shows it.
        evidence: String,
        /// As of when it shows it: what is owed only since later stays owed. Absent: everything is met.
        as_of: Option<Timestamp>,
        /// When.
        at: Timestamp,
    },
    /// A named person's act makes something owed pointless.
    Cancel {
        /// What by whom.
        claim: Claim,
        /// Why.
        reason: String,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// What a period of a mode demanded ends with it.
    EndPeriod {
        /// The period's number.
        period: u32,
        /// Why.
        reason: String,
        /// Who ended it.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// The region went to a mode: what only a graver one creates ends.
    EnterMode {
        /// The mode now.
        mode: Mode,
        /// Why.
        reason: String,
        /// Who declared it.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// The region rehearses a mode: of what is part of an exercise, what only a graver one creates ends.
    Rehearse {
        /// The mode rehearsed now.
        mode: Mode,
        /// Why.
        reason: String,
        /// Who declared it.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
}

/// The mode that is being rehearsed, and what is part of an exercise.
struct Rehearsal<'a> {
    mode: Mode,
    is_exercise: &'a dyn Fn(&Claim) -> bool,
}

impl std::fmt::Debug for Rehearsal<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rehearsal").field("mode", &self.mode).finish_non_exhaustive()
    }
}

/// The obligations' part of one decision.
#[derive(Debug)]
pub struct Draft<'a> {
    book: &'a ObligationBook,
    mode: Mode,
    rehearsal: Option<Rehearsal<'a>>,
    events: Vec<ObligationEvent>,
    raised: HashMap<Claim, ObligationId>,
    settled: HashSet<ObligationId>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(book: &'a ObligationBook, mode: Mode) -> Self {
        Self {
            book,
            mode,
            rehearsal: None,
            events: Vec::new(),
            raised: HashMap::new(),
            settled: HashSet::new(),
        }
    }

    /// What is part of an exercise is owed by the mode that is rehearsed, where that is graver.
    #[must_use]
    pub fn rehearsing(mut self, mode: Mode, is_exercise: &'a dyn Fn(&Claim) -> bool) -> Self {
        self.rehearsal = Some(Rehearsal { mode, is_exercise });
        self
    }

    fn is_exercise(&self, claim: &Claim) -> bool {
        self.rehearsal.as_ref().is_some_and(|rehearsal| (rehearsal.is_exercise)(claim))
    }

    /// The mode by which a claim is owed.
    fn mode_of(&self, claim: &Claim) -> Mode {
        match &self.rehearsal {
            Some(rehearsal) if self.mode < rehearsal.mode && self.is_exercise(claim) => rehearsal.mode,
            _ => self.mode,
        }
    }

    /// Raises a claim. Nothing happens when it stands already, whatever became of it, when the rules exempt the
    /// debtor, or when the mode in force does not create it. `id` is asked for only when the claim is new.
    pub fn raise(
        &mut self,
        claim: Claim,
        since: Timestamp,
        limits: &Limits,
        id: impl FnOnce() -> ObligationId,
    ) -> bool {
        if !claim.is_owed()
            || self.mode_of(&claim) < claim.kind.least_mode()
            || self.raised.contains_key(&claim)
            || self.book.of_claim(&claim).is_some()
        {
            return false;
        }
        let obligation = id();
        self.raised.insert(claim.clone(), obligation);
        self.events.push(ObligationEvent::Raised {
            obligation,
            due: limits.due(claim.kind, since),
            escalation: limits.escalation_of(claim.kind),
            claim,
            since,
            exercise: false,
        });
        true
    }

    /// The card that it ended with is open again: it is owed again, from now on. What was met stays met, what a person
    /// ended by itself stays ended; what is no longer in memory is raised anew.
    pub fn resume(
        &mut self,
        claim: Claim,
        ended_with: &str,
        since: Timestamp,
        limits: &Limits,
        id: impl FnOnce() -> ObligationId,
    ) -> bool {
        let Some(held) = self.book.of_claim(&claim) else { return self.raise(claim, since, limits, id) };
        let with_it = held.cancelled.as_ref().is_some_and(|c| c.reason == ended_with);
        if !with_it {
            return false;
        }
        self.owe_again(claim, held.id, since, limits);
        true
    }

    /// What met it, or made it void, was taken back: it is owed again, from now on. What a person ended stays ended; what is no longer in
    /// memory is raised anew.
    pub fn unmeet(
        &mut self,
        claim: Claim,
        since: Timestamp,
        limits: &Limits,
        id: impl FnOnce() -> ObligationId,
    ) -> bool {
        let held = self.book.of_claim(&claim);
        let Some(obligation) = self.raised.get(&claim).copied().or(held.map(|o| o.id)) else {
            return self.raise(claim, since, limits, id);
        };
        let of_it = self.events.iter().rev().filter(|event| event.obligation() == obligation);
        let settles = |event: &ObligationEvent| {
            matches!(event, ObligationEvent::Met { .. } | ObligationEvent::Voided { .. })
        };
        let is_met = match of_it.map(settles).next() {
            Some(met_now) => met_now,
            None => held.is_some_and(|o| matches!(o.status, Status::Met | Status::MetLate) || o.is_void()),
        };
        if is_met {
            self.owe_again(claim, obligation, since, limits);
        }
        is_met
    }

    fn owe_again(&mut self, claim: Claim, obligation: ObligationId, since: Timestamp, limits: &Limits) {
        let due = limits.due(claim.kind, since);
        self.settled.remove(&obligation);
        self.raised.insert(claim, obligation);
        self.events.push(ObligationEvent::Resumed { obligation, since, due });
    }

    /// Says that what was claimed was done. Nothing happens when it is not owed.
    pub fn meet(&mut self, claim: &Claim, evidence: &str, at: Timestamp) -> bool {
        let Some(obligation) = self.owed(claim) else { return false };
        self.settled.insert(obligation);
        self.events.push(ObligationEvent::Met { obligation, evidence: evidence.to_owned(), at });
        true
    }

    /// Says that everything of one line of the catalogue that fits was done, as when one report answers for every
    /// round of it. Returns how many were owed.
    pub fn meet_where(
        &mut self,
        kind: ObligationKind,
        which: impl Fn(&Claim) -> bool,
        evidence: &str,
        at: Timestamp,
    ) -> usize {
        let held = self.book.of_kind(kind).map(|o| (&o.claim, o.id));
        let fresh = self.raised.iter().filter(|(c, _)| c.kind == kind).map(|(c, id)| (c, *id));
        let mut ids: Vec<_> = held
            .chain(fresh)
            .filter(|(claim, id)| which(claim) && !self.settled.contains(id))
            .map(|(_, id)| id)
            .collect();
        ids.sort_unstable();
        // What was owed and is owed again is among both.
        ids.dedup();
        for obligation in &ids {
            self.settled.insert(*obligation);
            let evidence = evidence.to_owned();
            self.events.push(ObligationEvent::Met { obligation: *obligation, evidence, at });
        }
        ids.len()
    }

    /// Ends what was claimed. Nothing happens when it is not owed.
    pub fn cancel(&mut self, claim: &Claim, reason: &str, by: &AccountName, at: Timestamp) -> bool {
        let Some(obligation) = self.owed(claim) else { return false };
        self.end(obligation, reason, by, at);
        true
    }

    /// What was owed about one thing is owed about another from now on, since when it was owed and with the time that it
    /// had, and what was done of it is done there: one card went into another. Where that is owed there already, the earlier time stands.
    pub fn carry(
        &mut self,
        from: &Claim,
        to: Claim,
        (reason, by, at): (&str, &AccountName, Timestamp),
        id: impl FnOnce() -> ObligationId,
    ) -> bool {
        let done = |o: &&Obligation| matches!(o.status, Status::Met | Status::MetLate);
        let Some(held) = self.book.of_claim(from).filter(|o| o.status.is_owed() || done(o)) else {
            return false;
        };
        if held.status.is_owed() && !self.settled.contains(&held.id) {
            self.end(held.id, reason, by, at);
        }
        match self.book.of_claim(&to) {
            None if !self.raised.contains_key(&to) => {
                let obligation = id();
                self.raised.insert(to.clone(), obligation);
                self.events.push(ObligationEvent::Raised {
                    obligation,
                    claim: to,
                    since: held.since,
                    due: held.due,
                    escalation: held.escalation,
                    exercise: false,
                });
                if let (Some(evidence), Some(at)) = (&held.evidence, held.settled_at) {
                    self.settled.insert(obligation);
                    self.events.push(ObligationEvent::Met { obligation, evidence: evidence.clone(), at });
                }
            }
            Some(other) if other.status.is_owed() && held.status.is_owed() && held.due < other.due => {
                let (obligation, since, due) = (other.id, held.since, held.due);
                self.events.push(ObligationEvent::Resumed { obligation, since, due });
            }
            _ => {}
        }
        true
    }

    /// Who owed it has said that nothing will come of it: it is no longer owed, and was not done.
    pub fn void(&mut self, claim: &Claim, evidence: &str, at: Timestamp) -> bool {
        let Some(obligation) = self.owed(claim) else { return false };
        self.settled.insert(obligation);
        self.events.push(ObligationEvent::Voided { obligation, evidence: evidence.to_owned(), at });
        true
    }

    /// Ends all that is owed about an incident, as when a named person closes it as false. There is no counterpart
    /// that meets all of it: what a rule closes stays owed until it is done or a named person ends it.
    pub fn cancel_incident(&mut self, incident: IncidentId, reason: &str, by: &AccountName, at: Timestamp) {
        let held = self.book.of_incident(incident).map(|o| o.id);
        let fresh = self.raised.iter().filter(|(c, _)| c.subject.incident() == Some(incident));
        let mut ids: Vec<_> = held.chain(fresh.map(|(_, id)| *id)).collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            if !self.settled.contains(&id) {
                self.end(id, reason, by, at);
            }
        }
    }

    /// The region goes to a mode: what only a graver one creates ends, with the declaration as the reason; a graver
    /// mode ends nothing.
    pub fn enter_mode(&mut self, mode: Mode, reason: &str, by: &AccountName, at: Timestamp) {
        self.mode = mode;
        let rehearsed = self.rehearsal.as_ref().map_or(mode, |rehearsal| rehearsal.mode.max(mode));
        let of = |exercise| if exercise { rehearsed } else { mode };
        self.end_where(|claim, exercise| claim.kind.least_mode() > of(exercise), reason, by, at);
    }

    /// The region rehearses a mode: of what is part of an exercise, what only a graver one creates ends.
    pub fn rehearse(&mut self, mode: Mode, reason: &str, by: &AccountName, at: Timestamp) {
        if let Some(rehearsal) = &mut self.rehearsal {
            rehearsal.mode = mode;
        }
        let mode = mode.max(self.mode);
        self.end_where(|claim, exercise| exercise && claim.kind.least_mode() > mode, reason, by, at);
    }

    /// A period of a mode is over: what it demanded ends.
    pub fn end_period(&mut self, period: u32, reason: &str, by: &AccountName, at: Timestamp) {
        self.end_where(|claim, _| claim.subject == Subject::ModePeriod { period }, reason, by, at);
    }

    /// `which` is asked of a claim, and whether it is owed in an exercise.
    fn end_where(
        &mut self,
        which: impl Fn(&Claim, bool) -> bool,
        reason: &str,
        by: &AccountName,
        at: Timestamp,
    ) {
        let held = self.book.owed().map(|o| (&o.claim, o.id, o.exercise));
        let fresh = self.raised.iter().map(|(c, id)| (c, *id, self.is_exercise(c)));
        let mut ids: Vec<_> = held
            .chain(fresh)
            .filter(|(claim, id, exercise)| which(claim, *exercise) && !self.settled.contains(id))
            .map(|(_, id, _)| id)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            self.end(id, reason, by, at);
        }
    }

    /// Carries a consequence out.
    pub fn follow(&mut self, what: Consequence, limits: &Limits, id: impl FnOnce() -> ObligationId) {
        match what {
            Consequence::Raise { claim, since } => {
                self.raise(claim, since, limits, id);
            }
            Consequence::Meet { claim, evidence, at } => {
                self.meet(&claim, &evidence, at);
            }
            Consequence::MeetAll { kind, debtor, evidence, as_of, at } => {
                let book = self.book;
                let shown = |claim: &Claim| {
                    let owed = book.of_claim(claim).filter(|o| o.status.is_owed());
                    as_of.zip(owed).is_none_or(|(as_of, o)| since_asked("at", as_of, o.since).is_ok())
                };
                self.meet_where(kind, |claim| claim.debtor == debtor && shown(claim), &evidence, at);
            }
            Consequence::Cancel { claim, reason, by, at } => {
                self.cancel(&claim, &reason, &by, at);
            }
            Consequence::EndPeriod { period, reason, by, at } => self.end_period(period, &reason, &by, at),
            Consequence::EnterMode { mode, reason, by, at } => self.enter_mode(mode, &reason, &by, at),
            Consequence::Rehearse { mode, reason, by, at } => self.rehearse(mode, &reason, &by, at),
        }
    }

    /// What follows, in order.
    #[must_use]
    pub fn into_events(self) -> Vec<ObligationEvent> {
        self.events
    }

    fn owed(&self, claim: &Claim) -> Option<ObligationId> {
        let id = match self.raised.get(claim) {
            Some(id) => *id,
            None => self.book.of_claim(claim).filter(|o| o.status.is_owed())?.id,
        };
        (!self.settled.contains(&id)).then_some(id)
    }

    fn end(&mut self, obligation: ObligationId, reason: &str, by: &AccountName, at: Timestamp) {
        self.settled.insert(obligation);
        let (reason, by) = (reason.to_owned(), by.clone());
        self.events.push(ObligationEvent::Cancelled { obligation, reason, by, at });
    }
}
