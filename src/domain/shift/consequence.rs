//! What follows for the obligations (O-01) from the events of a shift.

use std::borrow::Cow;

use super::check::CheckOutcome;
use super::event::{Shift, ShiftEvent};
use super::state::{Shifts, is_replaced};
use crate::domain::obligation::{Claim, Consequence, ObligationKind, Subject};

impl Shifts {
    /// What follows for the obligations (O-01) from the events of one decision, while `self` stands before them.
    #[must_use]
    pub fn consequences(&self, events: &[ShiftEvent]) -> Vec<Consequence> {
        let mut before = Cow::Borrowed(self);
        let mut all = Vec::new();
        for (n, event) in events.iter().enumerate() {
            all.extend(before.of_one(event));
            if n + 1 < events.len() {
                before.to_mut().apply(event);
            }
        }
        all
    }

    fn of_one(&self, event: &ShiftEvent) -> Vec<Consequence> {
        let duty = |shift| Claim::officer(ObligationKind::O01, Subject::Shift { shift });
        match event {
            ShiftEvent::Opened { shift, at, .. } => {
                vec![Consequence::Raise { claim: duty(*shift), since: *at }]
            }
            ShiftEvent::Accepted { shift, at, .. } => {
                let evidence = "every channel and contact has a result".to_owned();
                let mut all = vec![Consequence::Meet { claim: duty(*shift), evidence, at: *at }];
                let faults = self.get(*shift).into_iter().flat_map(Shift::faults);
                // A fault found by an earlier shift is that shift's obligation still, handed over.
                let fresh = faults.filter(|item| !self.faults.iter().any(|f| f.item == **item));
                for (item, number) in fresh.zip(self.faults_seen.saturating_add(1)..) {
                    all.push(Consequence::Raise { claim: duty(*shift).only(item.fault(number)), since: *at });
                }
                all
            }
            ShiftEvent::Checked { item, outcome: CheckOutcome::Works { .. }, at, .. } => self
                .faults
                .iter()
                .filter(|f| f.item == *item)
                .map(|f| {
                    let evidence = "the channel works again".to_owned();
                    Consequence::Meet { claim: duty(f.shift).only(item.fault(f.number)), evidence, at: *at }
                })
                .collect(),
            ShiftEvent::Checked { shift, item, outcome, at, .. }
                if outcome.is_fault()
                    && self.on_duty().is_some_and(|s| s.id == *shift)
                    && !self.faults.iter().any(|f| f.item == *item) =>
            {
                let number = self.faults_seen.saturating_add(1);
                vec![Consequence::Raise { claim: duty(*shift).only(item.fault(number)), since: *at }]
            }
            ShiftEvent::ContactsChanged { service, contacts, at, .. } => self
                .faults
                .iter()
                .filter(|f| is_replaced(&f.item, service, contacts))
                .map(|f| {
                    let evidence = "the contact was replaced".to_owned();
                    Consequence::Meet { claim: duty(f.shift).only(f.item.fault(f.number)), evidence, at: *at }
                })
                .collect(),
            ShiftEvent::Abandoned { shift, reason, by, at } => vec![Consequence::Cancel {
                claim: duty(*shift),
                reason: reason.clone(),
                by: by.clone(),
                at: *at,
            }],
            _ => Vec::new(),
        }
    }
}
