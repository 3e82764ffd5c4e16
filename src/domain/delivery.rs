//! How far one message got at one agency: sent, in the broker, technically acknowledged, read by a person,
//! answered. Pure: steps come in any order and any number of times; the picture they give is the same.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::envelope::{Decision, ErrorCode};

/// One thing that became known about a message on its way to one agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum DeliveryStep {
    /// Durable in the journal with its outbox row.
    Sent,
    /// The broker confirmed it: it is in the agency's queue.
    InBroker,
    /// The agency's system has it.
    Acknowledged,
    /// A person of the agency has read it.
    Read {
        /// Who.
        by: String,
    },
    /// The agency answered the request in it.
    Answered {
        /// How.
        decision: Decision,
    },
    /// The agency refused the message itself.
    Rejected {
        /// Why.
        code: ErrorCode,
    },
    /// No queue takes messages for the agency.
    Unroutable,
    /// It expired or was given up in the broker and lies among the dead letters.
    DeadLettered,
}

/// The furthest that is known, in the order in which a message travels; what failed comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStage {
    /// Durable at the hub.
    Sent,
    /// In the agency's queue.
    InBroker,
    /// At the agency's system.
    Acknowledged,
    /// Read by a person.
    Read,
    /// Answered.
    Answered,
    /// Refused by the agency's system.
    Rejected,
    /// Nobody to take it.
    Unroutable,
    /// Among the dead letters.
    DeadLettered,
}

/// Everything known about one message at one agency.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// When it was durable at the hub.
    pub sent_at: Option<Timestamp>,
    /// When the broker confirmed it.
    pub in_broker_at: Option<Timestamp>,
    /// When the technical acknowledgement came.
    pub acknowledged_at: Option<Timestamp>,
    /// When a person read it.
    pub read_at: Option<Timestamp>,
    /// Who read it.
    pub read_by: Option<String>,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// How it was answered.
    pub decision: Option<Decision>,
    /// When it failed.
    pub failed_at: Option<Timestamp>,
    /// How it failed: unroutable, dead-lettered or rejected.
    pub failure: Option<DeliveryStage>,
    /// Why the agency rejected it.
    pub code: Option<ErrorCode>,
}

impl Delivery {
    /// Takes in one step. Of repetitions the first in time stands, so that a message redelivered changes nothing.
    pub fn record(&mut self, step: DeliveryStep, at: Timestamp) {
        match step {
            DeliveryStep::Sent => earliest(&mut self.sent_at, at),
            DeliveryStep::InBroker => earliest(&mut self.in_broker_at, at),
            DeliveryStep::Acknowledged => earliest(&mut self.acknowledged_at, at),
            DeliveryStep::Read { by } => {
                if self.read_at.is_none_or(|known| at < known) {
                    self.read_by = Some(by);
                }
                earliest(&mut self.read_at, at);
            }
            DeliveryStep::Answered { decision } => {
                if self.answered_at.is_none_or(|known| at < known) {
                    self.decision = Some(decision);
                }
                earliest(&mut self.answered_at, at);
            }
            DeliveryStep::Rejected { code } => self.fail(DeliveryStage::Rejected, Some(code), at),
            DeliveryStep::Unroutable => self.fail(DeliveryStage::Unroutable, None, at),
            DeliveryStep::DeadLettered => self.fail(DeliveryStage::DeadLettered, None, at),
        }
    }

    fn fail(&mut self, stage: DeliveryStage, code: Option<ErrorCode>, at: Timestamp) {
        if self.failed_at.is_none_or(|known| at < known) {
            self.failed_at = Some(at);
            self.failure = Some(stage);
            self.code = code;
        }
    }

    /// The furthest stage. An agency that acknowledged, read or answered has the message, whatever the broker
    /// says of an earlier copy; only its own rejection outweighs that.
    #[must_use]
    pub fn stage(&self) -> Option<DeliveryStage> {
        let rejected = self.failure.filter(|f| *f == DeliveryStage::Rejected);
        rejected
            .or(self.answered_at.map(|_| DeliveryStage::Answered))
            .or(self.read_at.map(|_| DeliveryStage::Read))
            .or(self.acknowledged_at.map(|_| DeliveryStage::Acknowledged))
            .or(self.failure)
            .or(self.in_broker_at.map(|_| DeliveryStage::InBroker))
            .or(self.sent_at.map(|_| DeliveryStage::Sent))
    }
}

fn earliest(known: &mut Option<Timestamp>, at: Timestamp) {
    *known = Some(known.map_or(at, |k| k.min(at)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn step() -> impl Strategy<Value = (DeliveryStep, Timestamp)> {
        let kind = prop_oneof![
            Just(DeliveryStep::Sent),
            Just(DeliveryStep::InBroker),
            Just(DeliveryStep::Acknowledged),
            Just(DeliveryStep::Unroutable),
            Just(DeliveryStep::DeadLettered),
        ];
        // Distinct times, so that "the first" is one.
        (kind, 0_i64..1_000_000).prop_map(|(s, t)| (s, Timestamp::from_second(t).unwrap()))
    }

    proptest! {
        #[test]
        fn steps_in_any_order_give_one_picture(steps in proptest::collection::vec(step(), 0..12), seed in 0_u64..u64::MAX) {
            let mut times: Vec<_> = steps.iter().map(|s| s.1).collect();
            times.sort_unstable();
            times.dedup();
            prop_assume!(times.len() == steps.len());
            let mut shuffled = steps.clone();
            let len = shuffled.len().max(1);
            for i in 0..shuffled.len() {
                shuffled.swap(i, (seed as usize).wrapping_mul(i + 7) % len);
            }
            let picture = |steps: &[(DeliveryStep, Timestamp)]| {
                let mut d = Delivery::default();
                for (s, at) in steps { d.record(s.clone(), *at); d.record(s.clone(), *at); }
                d
            };
            prop_assert_eq!(picture(&steps), picture(&shuffled));
        }
    }

    #[test]
    fn an_agency_that_read_it_has_it_whatever_the_broker_said_of_a_copy() {
        let t = |s| Timestamp::from_second(s).unwrap();
        let mut d = Delivery::default();
        d.record(DeliveryStep::Sent, t(1));
        d.record(DeliveryStep::Unroutable, t(2));
        assert_eq!(d.stage(), Some(DeliveryStage::Unroutable));
        d.record(DeliveryStep::Read { by: "Айгуль".into() }, t(9));
        assert_eq!(d.stage(), Some(DeliveryStage::Read));
        d.record(DeliveryStep::Rejected { code: ErrorCode::MalformedContent }, t(1));
        assert_eq!(d.stage(), Some(DeliveryStage::Rejected));
    }
}
