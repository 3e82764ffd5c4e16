//! What the desk has taken up and not ended, to be kept over a restart.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Cause, Desk, Named, Step};
use crate::agency::fleet::Movements;
use crate::domain::ids::{DistributionId, RequestId};

/// All that a desk would not know any more.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Memory {
    agenda: Vec<(Timestamp, Cause, Step)>,
    taken_up: HashSet<RequestId>,
    cancelled: HashSet<RequestId>,
    #[serde(default)]
    answers: HashMap<DistributionId, Named>,
    units: Movements,
}

impl Desk {
    /// What is to be kept.
    #[must_use]
    pub fn memory(&self) -> Memory {
        let mut planned: Vec<_> = self.agenda.iter().map(|Reverse(planned)| *planned).collect();
        planned.sort_unstable();
        let step = |(at, number): (Timestamp, u64)| {
            let (cause, step) = self.steps.get(&number)?;
            Some((at, cause.clone(), step.clone()))
        };
        Memory {
            agenda: planned.into_iter().filter_map(step).collect(),
            taken_up: self.taken_up.clone(),
            cancelled: self.cancelled.clone(),
            answers: self.answers.clone(),
            units: self.fleet.movements(),
        }
    }

    /// Goes on from what was kept: what became due meanwhile is done at once.
    pub fn recall(&mut self, memory: Memory) {
        self.taken_up.extend(memory.taken_up);
        self.cancelled.extend(memory.cancelled);
        self.answers.extend(memory.answers);
        self.fleet.recall(memory.units);
        for (at, cause, step) in memory.agenda {
            self.positions_planned |= matches!(step, Step::Positions);
            self.plan(at, cause, step);
        }
    }
}
