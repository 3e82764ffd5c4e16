//! The check of links by messages there and back.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::check::{CheckItem, CheckOutcome, Checker, lines_of};
use super::contact::{self, Confirmer, Contact};
use super::event::{Shift, ShiftEvent, ShiftStatus};
use super::state::Shifts;
use crate::domain::decision::Refusal;
use crate::domain::ids::ServiceKey;
use crate::domain::missing::Missing;
use crate::domain::quantities::Seconds;

/// How often a service's own confirmation of its contacts is written down anew.
const CONFIRMED_ANEW: Seconds = Seconds(3_600);

/// A heartbeat that some services have not answered yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Heartbeat {
    pub(super) check: Uuid,
    pub(super) sent_at: Timestamp,
    pub(super) waiting: BTreeSet<ServiceKey>,
}

impl Shifts {
    /// A heartbeat goes out to services; the hub itself and the unknown are left out by the caller.
    #[must_use]
    pub fn send_heartbeat(&self, check: Uuid, services: &[ServiceKey], now: Timestamp) -> Vec<ShiftEvent> {
        if services.is_empty() || self.heartbeats.iter().any(|h| h.check == check) {
            return Vec::new();
        }
        vec![ShiftEvent::HeartbeatSent { check, services: services.to_vec(), at: now }]
    }

    /// A service that opens while a shift is being opened is checked with it (c.5(1)¶1 knows no exception): its lines, and
    /// a heartbeat to it.
    #[must_use]
    pub fn added(&self, service: &ServiceKey, check: Uuid, now: Timestamp) -> Vec<ShiftEvent> {
        let Some(shift) = self.opening() else { return Vec::new() };
        let mut items = lines_of(service, &self.contacts);
        items.retain(|item| !shift.checks.iter().any(|known| known.item == *item));
        let mut events = Vec::new();
        if !items.is_empty() {
            events.push(ShiftEvent::LinesAdded { shift: shift.id, items, at: now });
        }
        events.extend(self.send_heartbeat(check, std::slice::from_ref(service), now));
        events
    }

    /// Services that left a heartbeat unanswered for longer than `wait`: their link does not answer.
    #[must_use]
    pub fn due(&self, now: Timestamp, wait: Seconds) -> Vec<ShiftEvent> {
        let mut events = Vec::new();
        for over in self.heartbeats.iter().filter(|h| now.duration_since(h.sent_at) >= wait.span()) {
            for service in &over.waiting {
                events.extend(self.link_checked(service, &CheckOutcome::NoAnswer, now));
            }
            events.push(ShiftEvent::HeartbeatEnded { check: over.check, at: now });
        }
        events
    }

    /// A service answers. Only what was sent to it, and waits, shows that its link works there and back (c.5(1)¶1): a
    /// reply that lay in a queue since yesterday says nothing of today.
    pub(super) fn heard(
        &self,
        service: &ServiceKey,
        check: Uuid,
        duty_officer: Option<String>,
        contacts: Option<Vec<Contact>>,
        now: Timestamp,
    ) -> Result<Vec<ShiftEvent>, Refusal> {
        let sent = self.heartbeats.iter().find(|h| h.check == check && h.waiting.contains(service));
        let sent = sent.ok_or_else(|| Refusal::not_found(Missing::ChannelCheck, check))?;
        let round_trip_ms = u32::try_from(now.duration_since(sent.sent_at).as_millis()).ok();
        let mut events = vec![ShiftEvent::HeartbeatAnswered {
            check,
            service: service.clone(),
            round_trip_ms,
            duty_officer: duty_officer.map(|d| d.chars().take(200).collect()),
            at: now,
        }];
        events.extend(self.link_checked(service, &CheckOutcome::Works { round_trip_ms }, now));
        let held = self.contacts.of(service);
        let news = match contacts {
            // Contacts that cannot be kept do not undo that the link works.
            Some(contacts) if contacts != held => {
                if contact::check(&contacts).is_err() {
                    return Ok(events);
                }
                ShiftEvent::ContactsChanged {
                    service: service.clone(),
                    contacts,
                    by: Confirmer::Service,
                    at: now,
                }
            }
            _ if held.is_empty() || !self.wants_confirmation(service, now) => return Ok(events),
            _ => ShiftEvent::ContactsConfirmed { service: service.clone(), by: Confirmer::Service, at: now },
        };
        events.push(news);
        events.extend(self.contacts_checked(service, &Checker::Heartbeat, now));
        Ok(events)
    }

    /// A confirmation is news to a shift being opened, and otherwise once an hour.
    fn wants_confirmation(&self, service: &ServiceKey, now: Timestamp) -> bool {
        let last = self.contacts.get(service).and_then(|c| c.confirmed_at);
        self.opening().is_some() || last.is_none_or(|at| now.duration_since(at) >= CONFIRMED_ANEW.span())
    }

    fn running(&self) -> impl Iterator<Item = &Shift> {
        self.shifts.values().filter(|s| s.is_running())
    }

    fn link_checked(&self, service: &ServiceKey, outcome: &CheckOutcome, at: Timestamp) -> Vec<ShiftEvent> {
        let item = CheckItem::Link { service: service.clone() };
        self.each_running(&item, outcome, &Checker::Heartbeat, at)
    }

    pub(super) fn contacts_checked(
        &self,
        service: &ServiceKey,
        by: &Checker,
        at: Timestamp,
    ) -> Vec<ShiftEvent> {
        let item = CheckItem::Contacts { service: service.clone() };
        self.each_running(&item, &CheckOutcome::Works { round_trip_ms: None }, by, at)
    }

    /// A result for each running shift that has the line, unless it says what the last one said.
    fn each_running(
        &self,
        item: &CheckItem,
        outcome: &CheckOutcome,
        by: &Checker,
        at: Timestamp,
    ) -> Vec<ShiftEvent> {
        let news = |s: &&Shift| {
            s.checks.iter().any(|c| {
                let same = c.last().is_some_and(|r| r.outcome.is_fault() == outcome.is_fault());
                c.item == *item && !(same && s.status == ShiftStatus::OnDuty)
            })
        };
        self.running()
            .filter(news)
            .map(|s| ShiftEvent::Checked {
                shift: s.id,
                item: item.clone(),
                outcome: outcome.clone(),
                by: by.clone(),
                at,
            })
            .collect()
    }
}
