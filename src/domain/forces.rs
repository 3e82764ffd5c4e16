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
    /// Distance to the place, metres.
    pub distance: Metres,
    /// Estimated time to the place, seconds.
    pub eta: Seconds,
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

/// One unit's part in one incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Engagement {
    /// Which unit.
    pub unit: UnitId,
    /// The furthest stage reached.
    pub stage: Stage,
    /// When each stage was reached and who said so.
    pub reached: Vec<(Stage, Timestamp, StageSource)>,
    /// When the unit's position said that it has arrived; a person or the crew confirms it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrival_proposed_at: Option<Timestamp>,
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
    /// c.5(3)¶4, first datum.
    pub composition: Option<Composition>,
    /// c.5(3)¶4, second datum: as the service stated it, or as it happened.
    pub departure_at: Option<Timestamp>,
    /// c.5(3)¶4, third datum: arrival in the zone.
    pub arrival_at: Option<Timestamp>,
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

    /// Records a stage of one unit. A stage already passed is kept out of `stage` but its time is recorded once.
    pub fn reach(&mut self, unit: &UnitId, stage: Stage, at: Timestamp, source: StageSource) {
        let e = self.engagements.entry(unit.clone()).or_insert_with(|| Engagement {
            unit: unit.clone(),
            stage,
            reached: Vec::new(),
            arrival_proposed_at: None,
        });
        if !e.reached.iter().any(|(s, _, _)| *s == stage) {
            e.reached.push((stage, at, source));
        }
        e.stage = e.stage.max(stage);
        match stage {
            Stage::Departed => {
                self.departure_at.get_or_insert(at);
            }
            Stage::Arrived => {
                self.arrival_at.get_or_insert(at);
            }
            // A request that was withdrawn stays so when its units are back.
            Stage::Released
                if self.is_active() && self.engagements.values().all(|e| e.stage == Stage::Released) =>
            {
                self.state = RequestState::Done;
            }
            _ => {}
        }
    }
}
