//! The shifts and contacts of one region as events made them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::check::{Check, CheckItem, CheckOutcome, CheckResult, lines_of};
use super::contact::{Contact, ContactBook};
use super::event::{Handover, Shift, ShiftEvent, ShiftStatus};
use super::heartbeat::Heartbeat;
use crate::domain::ids::{ServiceKey, ShiftId};

/// A fault that no later check has cleared, and the shift whose obligation it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Fault {
    pub(super) item: CheckItem,
    pub(super) shift: ShiftId,
    /// Its number among the faults of the region, from 1.
    pub(super) number: u32,
}

/// The shifts and contacts of one region.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shifts {
    pub(super) shifts: BTreeMap<ShiftId, Shift>,
    pub(super) contacts: ContactBook,
    pub(super) faults: Vec<Fault>,
    /// How many faults there were.
    pub(super) faults_seen: u32,
    /// Heartbeats that wait for answers.
    pub(super) heartbeats: Vec<Heartbeat>,
}

impl Shifts {
    /// A shift in memory.
    #[must_use]
    pub fn get(&self, id: ShiftId) -> Option<&Shift> {
        self.shifts.get(&id)
    }

    /// All shifts in memory, in the order of their identities.
    pub fn iter(&self) -> impl Iterator<Item = &Shift> {
        self.shifts.values()
    }

    /// The shift on duty.
    #[must_use]
    pub fn on_duty(&self) -> Option<&Shift> {
        self.shifts.values().find(|s| s.status == ShiftStatus::OnDuty)
    }

    /// The shift that is being opened.
    #[must_use]
    pub fn opening(&self) -> Option<&Shift> {
        self.shifts.values().find(|s| s.status == ShiftStatus::Opening)
    }

    /// How duty officers are reached.
    #[must_use]
    pub fn contacts(&self) -> &ContactBook {
        &self.contacts
    }

    /// The channels that some shift found faulty and no later check cleared.
    pub fn faults(&self) -> impl Iterator<Item = &CheckItem> {
        self.faults.iter().map(|f| &f.item)
    }

    /// Takes a shift as the store kept it.
    pub fn adopt(&mut self, shift: Shift) {
        self.shifts.insert(shift.id, shift);
    }

    /// Lets go from memory of shifts that ended before a moment; the journal and the read table keep them.
    pub fn retire(&mut self, before: Timestamp) {
        self.shifts.retain(|_, s| s.ended_at.is_none_or(|at| at >= before));
    }

    /// The same without its shifts: what is kept apart from them.
    #[must_use]
    pub fn without_shifts(&self) -> Self {
        Self { shifts: BTreeMap::new(), ..self.clone() }
    }

    /// Applies one event.
    pub fn apply(&mut self, event: &ShiftEvent) {
        match event {
            ShiftEvent::Opened { shift, items, by, at } => self.adopt(Shift {
                id: *shift,
                officer: by.clone(),
                status: ShiftStatus::Opening,
                opened_at: *at,
                checks: items.iter().cloned().map(Check::new).collect(),
                accepted_at: None,
                follows: None,
                taken_over: Vec::new(),
                without_handover: None,
                handover: None,
                ended_at: None,
                abandoned_for: None,
            }),
            ShiftEvent::LinesAdded { shift, items, .. } => {
                if let Some(found) = self.shifts.get_mut(shift) {
                    found.checks.extend(items.iter().cloned().map(Check::new));
                }
            }
            ShiftEvent::Checked { shift, item, outcome, by, at } => {
                let Some(found) = self.shifts.get_mut(shift) else { return };
                if let Some(check) = found.checks.iter_mut().find(|c| c.item == *item) {
                    check.results.push(CheckResult { outcome: outcome.clone(), by: by.clone(), at: *at });
                }
                let on_duty = found.status == ShiftStatus::OnDuty;
                if matches!(outcome, CheckOutcome::Works { .. }) {
                    self.faults.retain(|f| f.item != *item);
                } else if outcome.is_fault() && on_duty {
                    self.add_fault(item, *shift);
                }
            }
            ShiftEvent::HeartbeatSent { check, services, at } => self.heartbeats.push(Heartbeat {
                check: *check,
                sent_at: *at,
                waiting: services.iter().cloned().collect(),
            }),
            ShiftEvent::HeartbeatAnswered { check, service, duty_officer, .. } => {
                if let Some(found) = self.heartbeats.iter_mut().find(|h| h.check == *check) {
                    found.waiting.remove(service);
                }
                self.heartbeats.retain(|h| !h.waiting.is_empty());
                if let Some(officer) = duty_officer {
                    self.contacts.set_officer(service, officer);
                }
            }
            ShiftEvent::HeartbeatEnded { check, .. } => self.heartbeats.retain(|h| h.check != *check),
            ShiftEvent::ContactsConfirmed { service, by, at } => self.contacts.confirm(service, by, *at),
            ShiftEvent::ContactsChanged { service, contacts, by, at } => {
                self.faults.retain(|f| !is_replaced(&f.item, service, contacts));
                self.contacts.replace(service, contacts, by, *at);
                let lines = lines_of(service, &self.contacts);
                for shift in self.shifts.values_mut().filter(|s| s.is_running()) {
                    renew(shift, service, &lines);
                }
            }
            ShiftEvent::HandedOver { shift, to, remarks, owed, at, .. } => {
                if let Some(found) = self.shifts.get_mut(shift) {
                    let (to, remarks, owed) = (to.clone(), remarks.clone(), owed.clone());
                    found.handover = Some(Handover { to, remarks, owed, at: *at });
                }
            }
            ShiftEvent::Accepted { shift, follows, without_handover, owed, at, .. } => {
                if let Some(before) = follows.and_then(|id| self.shifts.get_mut(&id)) {
                    before.status = ShiftStatus::Ended;
                    before.ended_at = Some(*at);
                }
                let Some(found) = self.shifts.get_mut(shift) else { return };
                found.status = ShiftStatus::OnDuty;
                found.accepted_at = Some(*at);
                found.follows = *follows;
                found.taken_over.clone_from(owed);
                found.without_handover.clone_from(without_handover);
                let faults: Vec<CheckItem> = found.faults().cloned().collect();
                for item in faults {
                    self.add_fault(&item, *shift);
                }
            }
            ShiftEvent::Abandoned { shift, reason, at, .. } => {
                if let Some(found) = self.shifts.get_mut(shift) {
                    found.status = ShiftStatus::Abandoned;
                    found.ended_at = Some(*at);
                    found.abandoned_for = Some(reason.clone());
                }
            }
        }
    }

    fn add_fault(&mut self, item: &CheckItem, shift: ShiftId) {
        if !self.faults.iter().any(|f| f.item == *item) {
            self.faults_seen = self.faults_seen.saturating_add(1);
            self.faults.push(Fault { item: item.clone(), shift, number: self.faults_seen });
        }
    }
}

/// Whether changed contacts no longer hold the channel of a line.
pub(super) fn is_replaced(item: &CheckItem, service: &ServiceKey, contacts: &[Contact]) -> bool {
    match item {
        CheckItem::Channel { service: of, means, number } => {
            of == service && !contacts.iter().any(|c| c.means == *means && c.number == *number)
        }
        _ => false,
    }
}

/// The check list of a running shift follows the contacts; what stays keeps its results. A shift on duty was
/// accepted with its list and is not asked anew.
fn renew(shift: &mut Shift, service: &ServiceKey, lines: &[CheckItem]) {
    shift.checks.retain(|c| c.item.service() != service || lines.contains(&c.item));
    for line in lines {
        if !shift.checks.iter().any(|c| c.item == *line) {
            shift.checks.push(Check::new(line.clone()));
        }
    }
}
