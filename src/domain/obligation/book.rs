//! The book of obligations of one region: what is open, what is late, what became of the rest.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::claim::Claim;
use super::draft::Draft;
use super::kind::ObligationKind;
use super::limits::{Escalation, Level, later};
use crate::domain::decision::Refusal;
use crate::domain::ids::{AccountName, IncidentId, ObligationId};
use crate::domain::missing::Missing;
use crate::domain::mode::Mode;
use crate::domain::said::said;

/// Where an obligation stands. Every one is in exactly one of these and leaves the first two only for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Owed, and there is time.
    Open,
    /// Owed, and the time is over.
    Late,
    /// Done in time.
    Met,
    /// Done, but late.
    MetLate,
    /// Ended by a named person, or void because who owed it has refused.
    Cancelled,
}

impl Status {
    /// Still owed.
    #[must_use]
    pub fn is_owed(self) -> bool {
        matches!(self, Self::Open | Self::Late)
    }
}

/// A step taken towards one who is silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Escalated {
    /// Which step.
    pub level: Level,
    /// When.
    pub at: Timestamp,
}

/// Who ended an obligation, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cancelled {
    /// The named person.
    pub by: AccountName,
    /// The reason.
    pub reason: String,
}

/// One obligation with all that became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Obligation {
    /// Identity.
    pub id: ObligationId,
    /// What is owed by whom.
    #[serde(flatten)]
    pub claim: Claim,
    /// Since when it is owed: for information that a service had first, the service's own time of receipt.
    pub since: Timestamp,
    /// When it is late.
    pub due: Timestamp,
    /// The steps towards the silent, fixed when it was raised.
    pub escalation: Escalation,
    /// Owed in an exercise: shown with its mark, counted apart.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exercise: bool,
    /// Where it stands.
    pub status: Status,
    /// When it was found late, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_at: Option<Timestamp>,
    /// When it was met or cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<Timestamp>,
    /// What met it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// Who cancelled it, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<Cancelled>,
    /// Steps taken so far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalations: Vec<Escalated>,
}

impl Obligation {
    /// Whether it ended because who owed it has refused, and not by a person of the hub.
    #[must_use]
    pub fn is_void(&self) -> bool {
        self.status == Status::Cancelled && self.cancelled.is_none()
    }

    /// The next step that time alone brings, and when; `None` when settled or when every level was reached.
    fn next_step(&self) -> Option<(Timestamp, Step)> {
        match self.status {
            Status::Open => Some((self.due, Step::Late)),
            Status::Late => {
                let level = match self.escalations.last() {
                    None if self.claim.kind.is_asked_again() => Level::Repeat,
                    None => Level::Phone,
                    Some(last) => last.level.next()?,
                };
                Some((later(self.due, self.escalation.after(level)), Step::Escalate(level)))
            }
            _ => None,
        }
    }

    fn apply(&mut self, event: &ObligationEvent) {
        if let ObligationEvent::Resumed { since, due, .. } = event {
            if self.status.is_owed() {
                // Another card's clock came with what that card owed: the earlier stands.
                (self.since, self.due) = (self.since.min(*since), self.due.min(*due));
            } else {
                (self.status, self.since, self.due) = (Status::Open, *since, *due);
                (self.late_at, self.settled_at) = (None, None);
                (self.evidence, self.cancelled) = (None, None);
                self.escalations.clear();
            }
            return;
        }
        if !self.status.is_owed() {
            return;
        }
        match event {
            ObligationEvent::Raised { .. } | ObligationEvent::Resumed { .. } => {}
            ObligationEvent::BecameLate { at, .. } => {
                self.status = Status::Late;
                self.late_at.get_or_insert(*at);
            }
            ObligationEvent::Escalated { level, at, .. } => {
                self.escalations.push(Escalated { level: *level, at: *at });
            }
            ObligationEvent::Met { at, evidence, .. } => {
                let late = self.status == Status::Late || *at > self.due;
                self.status = if late { Status::MetLate } else { Status::Met };
                self.settled_at = Some(*at);
                self.evidence = Some(evidence.clone());
            }
            ObligationEvent::Voided { at, evidence, .. } => {
                self.status = Status::Cancelled;
                self.settled_at = Some(*at);
                self.evidence = Some(evidence.clone());
            }
            ObligationEvent::Cancelled { by, reason, at, .. } => {
                self.status = Status::Cancelled;
                self.settled_at = Some(*at);
                self.cancelled = Some(Cancelled { by: by.clone(), reason: reason.clone() });
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Late,
    Escalate(Level),
}

/// What happens to obligations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ObligationEvent {
    /// A clause created it.
    Raised {
        /// Which obligation.
        obligation: ObligationId,
        /// What is owed by whom.
        claim: Claim,
        /// Since when.
        since: Timestamp,
        /// When it is late.
        due: Timestamp,
        /// The steps towards the silent.
        escalation: Escalation,
        /// Raised by an exercise.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        exercise: bool,
    },
    /// It is owed again: what ended with its card, because the card was opened again; what was met, because what met it
    /// was taken back.
    Resumed {
        /// Which obligation.
        obligation: ObligationId,
        /// Since when it is owed now.
        since: Timestamp,
        /// When it is late now.
        due: Timestamp,
    },
    /// Its time is over.
    BecameLate {
        /// Which obligation.
        obligation: ObligationId,
        /// When that was found.
        at: Timestamp,
    },
    /// A step was taken towards the one who owes.
    Escalated {
        /// Which obligation.
        obligation: ObligationId,
        /// Which step.
        level: Level,
        /// When.
        at: Timestamp,
    },
    /// It was done.
    Met {
        /// Which obligation.
        obligation: ObligationId,
        /// What met it.
        evidence: String,
        /// When.
        at: Timestamp,
    },
    /// Who owed it has refused: it was not done, and nobody waits for it any more.
    Voided {
        /// Which obligation.
        obligation: ObligationId,
        /// What made it void.
        evidence: String,
        /// When.
        at: Timestamp,
    },
    /// A named person ended it.
    Cancelled {
        /// Which obligation.
        obligation: ObligationId,
        /// Why.
        reason: String,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
}

impl ObligationEvent {
    /// Which obligation it is about.
    #[must_use]
    pub fn obligation(&self) -> ObligationId {
        match self {
            Self::Raised { obligation, .. }
            | Self::Resumed { obligation, .. }
            | Self::BecameLate { obligation, .. }
            | Self::Escalated { obligation, .. }
            | Self::Met { obligation, .. }
            | Self::Voided { obligation, .. }
            | Self::Cancelled { obligation, .. } => *obligation,
        }
    }
}

/// All obligations that a region's hub holds in memory: the owed, and the lately settled.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Obligation>", into = "Vec<Obligation>")]
pub struct ObligationBook {
    all: HashMap<ObligationId, Obligation>,
    claims: HashMap<Claim, ObligationId>,
    /// When time brings each owed obligation its next step.
    steps: BTreeSet<(Timestamp, ObligationId)>,
    /// Owed obligations by their incident.
    incidents: BTreeSet<(IncidentId, ObligationId)>,
    /// Owed obligations by their line of the catalogue.
    kinds: BTreeSet<(ObligationKind, ObligationId)>,
}

impl From<Vec<Obligation>> for ObligationBook {
    fn from(all: Vec<Obligation>) -> Self {
        let mut book = Self::default();
        for obligation in all {
            book.adopt(obligation);
        }
        book
    }
}

impl From<ObligationBook> for Vec<Obligation> {
    fn from(book: ObligationBook) -> Self {
        let mut all: Self = book.all.into_values().collect();
        all.sort_unstable_by_key(|o| o.id);
        all
    }
}

const FIRST: ObligationId = ObligationId(Uuid::nil());
const LAST: ObligationId = ObligationId(Uuid::max());

impl ObligationBook {
    /// One obligation in memory.
    #[must_use]
    pub fn get(&self, id: ObligationId) -> Option<&Obligation> {
        self.all.get(&id)
    }

    /// The obligation of this scope, whatever became of it.
    #[must_use]
    pub fn of_claim(&self, claim: &Claim) -> Option<&Obligation> {
        self.claims.get(claim).and_then(|id| self.all.get(id))
    }

    /// All in memory, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Obligation> {
        self.all.values()
    }

    /// All that are owed, those first whose next step is nearest; those with no step left come last.
    pub fn owed(&self) -> impl Iterator<Item = &Obligation> {
        let spent = self.all.values().filter(|o| o.status.is_owed() && o.next_step().is_none());
        self.steps.iter().filter_map(|(_, id)| self.all.get(id)).chain(spent)
    }

    /// Owed obligations about an incident or a request of it. O(log n + k).
    pub fn of_incident(&self, incident: IncidentId) -> impl Iterator<Item = &Obligation> {
        self.incidents.range((incident, FIRST)..=(incident, LAST)).filter_map(|(_, id)| self.all.get(id))
    }

    /// Owed obligations of one line of the catalogue. O(log n + k).
    pub fn of_kind(&self, kind: ObligationKind) -> impl Iterator<Item = &Obligation> {
        self.kinds.range((kind, FIRST)..=(kind, LAST)).filter_map(|(_, id)| self.all.get(id))
    }

    /// When time next brings something about; `None` when nothing is pending.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.steps.first().map(|(at, _)| *at)
    }

    /// What time alone has brought about by `now`: obligations become late, the silent are escalated. O(log n + k).
    #[must_use]
    pub fn due(&self, now: Timestamp) -> Vec<ObligationEvent> {
        let mut events = Vec::new();
        for obligation in self.steps.range(..=(now, LAST)).filter_map(|(_, id)| self.all.get(id)) {
            let mut after = obligation.clone();
            while let Some((_, step)) = after.next_step().filter(|(at, _)| *at <= now) {
                let obligation = obligation.id;
                let event = match step {
                    Step::Late => ObligationEvent::BecameLate { obligation, at: now },
                    Step::Escalate(level) => ObligationEvent::Escalated { obligation, level, at: now },
                };
                after.apply(&event);
                events.push(event);
            }
        }
        events
    }

    /// Begins to collect what one decision raises, meets and ends, while `mode` is in force.
    #[must_use]
    pub fn draft(&self, mode: Mode) -> Draft<'_> {
        Draft::new(self, mode)
    }

    /// A named person ends an obligation.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::Conflict`] when it is settled, [`Refusal::Invalid`] without a reason.
    pub fn cancel(
        &self,
        id: ObligationId,
        reason: &str,
        now: Timestamp,
        by: &AccountName,
    ) -> Result<Vec<ObligationEvent>, Refusal> {
        let found = self.get(id).ok_or_else(|| Refusal::not_found(Missing::Obligation, id))?;
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(Refusal::no_reason(said!("say why the obligation is no longer owed")));
        }
        if !found.status.is_owed() {
            return Err(Refusal::conflict(said!("the obligation is settled already; read the list again")));
        }
        let (reason, by) = (reason.to_owned(), by.clone());
        Ok(vec![ObligationEvent::Cancelled { obligation: id, reason, by, at: now }])
    }

    /// Applies one event. An event about an obligation that is settled or unknown changes nothing.
    pub fn apply(&mut self, event: &ObligationEvent) {
        let id = event.obligation();
        if let ObligationEvent::Raised { claim, since, due, escalation, exercise, .. } = event {
            if !self.all.contains_key(&id) && !self.claims.contains_key(claim) {
                self.adopt(Obligation {
                    id,
                    claim: claim.clone(),
                    since: *since,
                    due: *due,
                    escalation: *escalation,
                    exercise: *exercise,
                    status: Status::Open,
                    late_at: None,
                    settled_at: None,
                    evidence: None,
                    cancelled: None,
                    escalations: Vec::new(),
                });
            }
            return;
        }
        let Some(obligation) = self.all.get_mut(&id) else { return };
        if let Some((at, _)) = obligation.next_step() {
            self.steps.remove(&(at, id));
        }
        obligation.apply(event);
        if let Some((at, _)) = obligation.next_step() {
            self.steps.insert((at, id));
        }
        if obligation.status.is_owed() {
            self.kinds.insert((obligation.claim.kind, id));
            if let Some(incident) = obligation.claim.subject.incident() {
                self.incidents.insert((incident, id));
            }
        } else {
            self.kinds.remove(&(obligation.claim.kind, id));
            if let Some(incident) = obligation.claim.subject.incident() {
                self.incidents.remove(&(incident, id));
            }
        }
    }

    /// Takes an obligation as the store kept it.
    pub fn adopt(&mut self, obligation: Obligation) {
        if let Some((at, _)) = obligation.next_step() {
            self.steps.insert((at, obligation.id));
        }
        if obligation.status.is_owed() {
            self.kinds.insert((obligation.claim.kind, obligation.id));
            if let Some(incident) = obligation.claim.subject.incident() {
                self.incidents.insert((incident, obligation.id));
            }
        }
        self.claims.insert(obligation.claim.clone(), obligation.id);
        self.all.insert(obligation.id, obligation);
    }

    /// Lets go from memory of what was settled before a moment; the journal and the read table keep it. What is
    /// owed is never let go. Afterwards the same claim could be raised anew, so keep them as long as anything may
    /// raise them again.
    pub fn retire(&mut self, before: Timestamp) -> usize {
        let held = self.all.len();
        self.all.retain(|_, o| o.status.is_owed() || o.settled_at.is_none_or(|at| at >= before));
        let all = &self.all;
        self.claims.retain(|_, id| all.contains_key(id));
        held - self.all.len()
    }
}
