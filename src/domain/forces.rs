//! Forces requests and engagements: c.5(3)¶2 (first wave), ¶3 (additional forces), ¶4 (the answer).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::envelope::{Composition, Reason};
use super::ids::{
    AccountName, Capability, DistributionId, IncidentId, RegionCode, RequestId, ServiceKey, UnitId,
};
use super::quantities::{Metres, Seconds};
use super::service_kind::Profile;
use super::unit::Taken;

/// The two acts that c.5(3) keeps apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// ¶2: the duty officer *sends* formations of the fitting profile.
    FirstWave,
    /// ¶3: the duty officer *informs* a service, which then sends.
    Additional,
}

/// A unit that the hub recommends to the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RecommendedUnit {
    /// Which.
    pub unit: UnitId,
    /// Distance to the place, metres; none when the place or where the unit is is not known.
    #[serde(default)]
    pub distance: Option<Metres>,
    /// Estimated time to the place, seconds; none when that is not known.
    #[serde(default)]
    pub eta: Option<Seconds>,
}

/// How far one unit is in one incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Recommended in a request.
    Requested,
    /// Named by its service as sent.
    Accepted,
    /// On the way.
    Departed,
    /// In the zone (c.5(3)¶4: arrival in the zone).
    Arrived,
    /// Free again, or taken off.
    Released,
}

/// Who says that a stage was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum StageSource {
    /// The unit's service.
    Service,
    /// A person at the hub.
    Officer {
        /// Who.
        by: AccountName,
    },
    /// The hub's own rule.
    Rule,
}

impl StageSource {
    /// Who says what follows from an answer: whoever wrote it down, where it was told by telephone.
    #[must_use]
    pub fn of_answer(telephoned: Option<&Telephoned>) -> Self {
        telephoned.map_or(Self::Service, |told| Self::Officer { by: told.recorded_by.clone() })
    }
}

/// One unit's part in one incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Engagement {
    /// Which unit.
    pub unit: UnitId,
    /// The furthest stage reached.
    pub stage: Stage,
    /// When each stage was reached and who said so; a unit that was taken off and named again begins anew behind that.
    pub reached: Vec<(Stage, Timestamp, StageSource)>,
    /// When the unit's position said that it has arrived; a person or the crew confirms it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrival_proposed_at: Option<Timestamp>,
}

impl Engagement {
    /// Whether the unit was at the scene at any time.
    #[must_use]
    pub fn has_arrived(&self) -> bool {
        self.reached.iter().any(|(stage, ..)| *stage == Stage::Arrived)
    }

    /// When it reached a stage, since it was named last.
    #[must_use]
    pub fn when(&self, stage: Stage) -> Option<Timestamp> {
        self.since_named().iter().find(|(s, ..)| *s == stage).map(|(_, at, _)| *at)
    }

    /// Whether it goes, is there or was there; not one that was taken off before it arrived.
    fn counts(&self) -> bool {
        self.stage != Stage::Released || self.has_arrived()
    }

    fn since_named(&self) -> &[(Stage, Timestamp, StageSource)] {
        let before = self.reached.split_last().map_or(&[][..], |(_, before)| before);
        let released = before.iter().rposition(|(stage, ..)| *stage == Stage::Released);
        self.reached.get(released.map_or(0, |k| k + 1)..).unwrap_or_default()
    }

    fn reach(&mut self, stage: Stage, at: Timestamp, source: StageSource) {
        let again = stage == Stage::Accepted && self.stage == Stage::Released;
        if again || !self.since_named().iter().any(|(s, ..)| *s == stage) {
            self.reached.push((stage, at, source));
        }
        self.stage = if again { stage } else { self.stage.max(stage) };
        if again {
            self.arrival_proposed_at = None;
        }
    }
}

/// The service's answer to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum ForcesDecision {
    /// As recommended.
    Accepted,
    /// With other units.
    Changed {
        /// Why, where the service says so.
        reason: Option<Reason>,
    },
    /// Nothing is sent.
    Refused {
        /// Why; a subordinate service owes one (c.6(5)).
        reason: Option<Reason>,
    },
}

/// Whose word an answer is that was told by telephone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Telephoned {
    /// Who said it at the service, as far as they gave a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said_by: Option<String>,
    /// Who wrote it down at the hub.
    pub recorded_by: AccountName,
}

/// What a service answered at one time. The newest that says something counts; the earlier ones stay to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AnswerVersion {
    /// When.
    pub at: Timestamp,
    /// The decision; absent where only data came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<ForcesDecision>,
    /// Composition, where it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub composition: Option<Composition>,
    /// Time of departure, where it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departure_at: Option<Timestamp>,
    /// Time of arrival, where it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrival_at: Option<Timestamp>,
    /// It sends others than were named before: of these the earlier answers say nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub others: bool,
    /// It was told by telephone; absent where the service sent it itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephoned: Option<Telephoned>,
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// No answer yet.
    Open,
    /// Accepted or changed; the forces are not all released.
    Answered,
    /// Refused: the hub recommends anew.
    Refused,
    /// Withdrawn by the hub.
    Cancelled,
    /// All its units are released.
    Done,
}

/// An answer that was not taken, because it names a unit that another request has: the service is told why, and answers
/// otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeclinedAnswer {
    /// The service's message.
    pub reference: DistributionId,
    /// When it came.
    pub at: Timestamp,
    /// The unit that it wanted, and who has it.
    #[serde(flatten)]
    pub taken: Taken,
    /// The number of the card that has it, where that is one of this region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// A message of either act to one service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ForcesRequest {
    /// Identity, the same through every repetition.
    pub id: RequestId,
    /// The message that carries it: its acknowledgement shows that the service was informed.
    pub distribution: DistributionId,
    /// For which incident.
    pub incident: IncidentId,
    /// First wave or additional.
    pub act: Act,
    /// An order to the subordinate service rather than a request (c.6(5)).
    pub order: bool,
    /// To which service.
    pub service: ServiceKey,
    /// Of which region (the neighbour's, when one's own do not suffice).
    pub service_region: RegionCode,
    /// The profile sent for, if one of the four.
    pub profile: Option<Profile>,
    /// What the units must be able to do.
    pub capabilities: Vec<Capability>,
    /// How many units.
    pub count: u16,
    /// Who the hub thinks should go; reserved for a moment.
    pub recommended: Vec<RecommendedUnit>,
    /// When it was made.
    pub requested_at: Timestamp,
    /// By whom: a named person, or the rule that a person switched on.
    pub by: super::decision::By,
    /// State.
    pub state: RequestState,
    /// The decision, once known.
    pub decision: Option<ForcesDecision>,
    /// When the decision came.
    pub answered_at: Option<Timestamp>,
    /// c.5(3)¶4, first datum, of those who go by the newest decision.
    pub composition: Option<Composition>,
    /// c.5(3)¶4, second datum: as it happened, else as the service stated it last.
    pub departure_at: Option<Timestamp>,
    /// c.5(3)¶4, third datum, arrival in the zone: as it happened, else as the service stated it last.
    pub arrival_at: Option<Timestamp>,
    /// What the service answered, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<AnswerVersion>,
    /// Units under way.
    pub engagements: BTreeMap<UnitId, Engagement>,
    /// Answers that were not taken, oldest first; the newest of them when there are many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declined: Vec<DeclinedAnswer>,
}

impl ForcesRequest {
    /// Whether all three data of c.5(3)¶4 are known.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.composition.is_some() && self.departure_at.is_some() && self.arrival_at.is_some()
    }

    /// Whether units may still be under way on it.
    #[must_use]
    pub fn is_active(&self) -> bool {
        matches!(self.state, RequestState::Open | RequestState::Answered)
    }

    /// So many answers that were not taken are kept beside a request; the journal has all.
    const MOST_DECLINED: usize = 16;

    /// Records an answer that was not taken, once.
    pub fn decline(&mut self, answer: DeclinedAnswer) {
        if self.has_declined(answer.reference) {
            return;
        }
        self.declined.push(answer);
        let excess = self.declined.len().saturating_sub(Self::MOST_DECLINED);
        self.declined.drain(..excess);
    }

    /// Whether this message was an answer that was not taken.
    #[must_use]
    pub fn has_declined(&self, reference: DistributionId) -> bool {
        self.declined.iter().any(|answer| answer.reference == reference)
    }

    /// Whether anybody was at the scene on it.
    #[must_use]
    pub fn has_arrived(&self) -> bool {
        self.engagements.values().any(Engagement::has_arrived)
    }

    /// Whether somebody goes or went on it, or is still to answer: not one that was refused, withdrawn or turned back
    /// before anybody arrived.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.is_active() || self.has_arrived()
    }

    /// Whether its service sends nobody after all: it refused, or it took back whom it sent before anybody arrived. What
    /// the hub withdrew is not this.
    #[must_use]
    pub fn came_to_nothing(&self) -> bool {
        matches!(self.state, RequestState::Refused | RequestState::Done) && !self.has_arrived()
    }

    /// Whether a datum of c.5(3)¶4 is known of those who go now.
    #[must_use]
    pub fn knows(&self, datum: ForcesDatum) -> bool {
        match datum {
            // Who is on the way is known.
            ForcesDatum::Composition => self.composition.is_some() || self.is_under_way(),
            ForcesDatum::Departure => self.departure_at.is_some(),
            ForcesDatum::Arrival => self.arrival_at.is_some(),
        }
    }

    /// Whether somebody has left for the place and was not turned back.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        let left = |e: &Engagement| e.counts() && e.when(Stage::Departed).is_some();
        self.has_arrived() || self.engagements.values().any(left)
    }

    /// So many answers are kept one by one beside a request; the journal has all.
    const MOST_ANSWERS: usize = 16;

    /// Takes an answer of the service. `named`: units that go by it and by none before.
    pub fn take_answer(&mut self, mut answer: AnswerVersion, named: &[UnitId]) {
        self.keep_what_stood();
        answer.others = self.names_others(answer.decision.as_ref(), named);
        self.decided(answer.decision.as_ref(), answer.at);
        self.answers.push(answer);
        if self.answers.len() > Self::MOST_ANSWERS {
            let oldest = self.answers.remove(0);
            if let Some(next) = self.answers.first_mut().filter(|next| !next.others) {
                next.composition = next.composition.take().or(oldest.composition);
                next.departure_at = next.departure_at.or(oldest.departure_at);
                next.arrival_at = next.arrival_at.or(oldest.arrival_at);
                next.others = oldest.others;
            }
        }
        self.settle();
    }

    /// Whether a decision, which comes after another, sends units that do not go yet.
    #[must_use]
    pub fn names_others(&self, decision: Option<&ForcesDecision>, named: &[UnitId]) -> bool {
        let goes = |unit: &UnitId| {
            let stage = self.engagements.get(unit).map(|e| e.stage);
            matches!(stage, Some(Stage::Accepted | Stage::Departed | Stage::Arrived))
        };
        self.decision.is_some() && decision.is_some() && !named.iter().all(goes)
    }

    /// Takes a decision.
    pub fn decided(&mut self, decision: Option<&ForcesDecision>, at: Timestamp) {
        let Some(decision) = decision else { return };
        self.state = match decision {
            ForcesDecision::Refused { .. } => RequestState::Refused,
            _ if self.state == RequestState::Done => RequestState::Done,
            _ => RequestState::Answered,
        };
        self.decision = Some(decision.clone());
        self.answered_at.get_or_insert(at);
    }

    /// What was told before answers were kept one by one is the first of them.
    fn keep_what_stood(&mut self) {
        let told = self.composition.is_some() || self.departure_at.is_some() || self.arrival_at.is_some();
        if !self.answers.is_empty() || !told {
            return;
        }
        let stated = |at: Option<Timestamp>, stage| {
            at.filter(|at| !self.engagements.values().any(|e| e.when(stage) == Some(*at)))
        };
        self.answers = vec![AnswerVersion {
            at: self.answered_at.unwrap_or(self.requested_at),
            decision: self.decision.clone(),
            composition: self.composition.clone(),
            departure_at: stated(self.departure_at, Stage::Departed),
            arrival_at: stated(self.arrival_at, Stage::Arrived),
            others: false,
            telephoned: None,
        }];
    }

    /// The three data as they stand: what happened to those who go, else what was stated last of them.
    fn settle(&mut self) {
        let since = self.answers.iter().rposition(|answer| answer.others).unwrap_or(0);
        let stated = || self.answers.iter().skip(since).rev();
        let composition = stated().find_map(|answer| answer.composition.clone());
        let departure_at =
            self.happened(Stage::Departed).or_else(|| stated().find_map(|answer| answer.departure_at));
        let arrival_at =
            self.happened(Stage::Arrived).or_else(|| stated().find_map(|answer| answer.arrival_at));
        (self.composition, self.departure_at, self.arrival_at) = (composition, departure_at, arrival_at);
    }

    /// When the first of those who go reached a stage; when all were taken off, the first of these.
    fn happened(&self, stage: Stage) -> Option<Timestamp> {
        let some_go = self.engagements.values().any(Engagement::counts);
        let these = self.engagements.values().filter(|e| !some_go || e.counts());
        these.filter_map(|e| e.when(stage)).min()
    }

    /// Records a stage of one unit. A stage already passed is kept out of `stage` but its time is recorded once.
    pub fn reach(&mut self, unit: &UnitId, stage: Stage, at: Timestamp, source: StageSource) {
        let e = self.engagements.entry(unit.clone()).or_insert_with(|| Engagement {
            unit: unit.clone(),
            stage,
            reached: Vec::new(),
            arrival_proposed_at: None,
        });
        e.reach(stage, at, source);
        match stage {
            _ if !self.answers.is_empty() => self.settle(),
            Stage::Departed => {
                self.departure_at.get_or_insert(at);
            }
            Stage::Arrived => {
                self.arrival_at.get_or_insert(at);
            }
            _ => {}
        }
        // A request that was withdrawn stays so when its units are back.
        if stage == Stage::Released
            && self.is_active()
            && self.engagements.values().all(|e| e.stage == Stage::Released)
        {
            self.state = RequestState::Done;
        }
    }
}

/// Whether a service sends nobody on this request after all, and was not asked again since. `all`: the card's requests.
pub fn is_unserved<'a>(request: &ForcesRequest, all: impl IntoIterator<Item = &'a ForcesRequest>) -> bool {
    let asked_again = |r: &ForcesRequest| {
        r.service == request.service && (r.is_active() || r.requested_at > request.requested_at)
    };
    request.came_to_nothing() && !all.into_iter().any(asked_again)
}

/// The three data of c.5(3)¶4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForcesDatum {
    /// Composition.
    Composition,
    /// Time of departure.
    Departure,
    /// Time of arrival.
    Arrival,
}
