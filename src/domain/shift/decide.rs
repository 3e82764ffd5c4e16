//! What may be done about shifts, and by whom.

use jiff::Timestamp;

use super::check::{CheckItem, CheckOutcome, Checker, check_list};
use super::contact::{self, Confirmer};
use super::event::{Shift, ShiftCommand, ShiftEvent, ShiftStatus};
use super::state::Shifts;
use crate::domain::decision::{By, Refusal};
use crate::domain::ids::{AccountName, ObligationId, ServiceKey, ShiftId};
use crate::domain::missing::Missing;
use crate::domain::said::said;

/// Longest remark or reason, characters.
const LONGEST_TEXT: usize = 4_000;

/// What a decision about shifts needs to know besides.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// Every service of the region, the hub among them for its own channels.
    pub services: &'a [ServiceKey],
    /// What is owed now, for the handover.
    pub owed: &'a [ObligationId],
}

impl Shifts {
    /// Decides a command. All but the answer to a heartbeat needs a named person.
    ///
    /// # Errors
    /// [`Refusal::PersonNeeded`]; [`Refusal::NotFound`] for an unknown shift, line or service;
    /// [`Refusal::Conflict`] when the shift is not that far, a line has no result, or nobody handed over;
    /// [`Refusal::Forbidden`] when it is another's; [`Refusal::Invalid`] without a reason.
    pub fn decide(
        &self,
        command: ShiftCommand,
        around: Surroundings<'_>,
        now: Timestamp,
        by: &By,
    ) -> Result<Vec<ShiftEvent>, Refusal> {
        if let ShiftCommand::AnswerHeartbeat { service, check, duty_officer, contacts } = command {
            if !matches!(by, By::Service { service: sender, .. } if *sender == service) {
                return Err(Refusal::Forbidden(said!(
                    "a channel check is answered by the service's own system; let it answer"
                )));
            }
            return self.heard(&service, check, duty_officer, contacts, now);
        }
        let by = by.person().ok_or(Refusal::PersonNeeded)?;
        match command {
            ShiftCommand::Open { shift } => self.open(shift, around, now, by),
            ShiftCommand::Check { shift, item, outcome } => self.check(shift, item, outcome, now, by),
            ShiftCommand::ConfirmContacts { service } => {
                known(&service, around)?;
                if self.contacts.of(&service).is_empty() {
                    return Err(Refusal::conflict(
                        said!("{service} has no contacts to confirm; enter them", service => &service),
                    ));
                }
                let news =
                    ShiftEvent::ContactsConfirmed { service: service.clone(), by: person(by), at: now };
                Ok(self.with_contacts_checked(news, &service, by, now))
            }
            ShiftCommand::ChangeContacts { service, contacts } => {
                known(&service, around)?;
                contact::check(&contacts)?;
                let news = ShiftEvent::ContactsChanged {
                    service: service.clone(),
                    contacts,
                    by: person(by),
                    at: now,
                };
                Ok(self.with_contacts_checked(news, &service, by, now))
            }
            ShiftCommand::Accept { shift, without_handover } => {
                self.accept(shift, without_handover, around, now, by)
            }
            ShiftCommand::HandOver { shift, to, remarks } => {
                self.hand_over(shift, to, remarks, around, now, by)
            }
            ShiftCommand::Abandon { shift, reason } => {
                if self.find(shift)?.status != ShiftStatus::Opening {
                    return Err(Refusal::conflict(said!(
                        "only a shift that was not accepted can be given up; hand this one over"
                    )));
                }
                let reason = text("reason", &reason, 1)?;
                Ok(vec![ShiftEvent::Abandoned { shift, reason, by: by.clone(), at: now }])
            }
            ShiftCommand::AnswerHeartbeat { .. } => Ok(Vec::new()),
        }
    }

    fn with_contacts_checked(
        &self,
        news: ShiftEvent,
        service: &ServiceKey,
        by: &AccountName,
        now: Timestamp,
    ) -> Vec<ShiftEvent> {
        let mut events = vec![news];
        events.extend(self.contacts_checked(service, &Checker::Person { account: by.clone() }, now));
        events
    }

    fn find(&self, id: ShiftId) -> Result<&Shift, Refusal> {
        self.get(id).ok_or_else(|| Refusal::not_found(Missing::Shift, id))
    }

    fn open(
        &self,
        shift: ShiftId,
        around: Surroundings<'_>,
        now: Timestamp,
        by: &AccountName,
    ) -> Result<Vec<ShiftEvent>, Refusal> {
        if let Some(other) = self.opening() {
            return Err(Refusal::conflict(said!(
                "{officer} is opening a shift; let them finish it or give it up first",
                officer = other.officer
            )));
        }
        if self.on_duty().is_some_and(|s| s.officer == *by) {
            return Err(Refusal::conflict(said!("you are on duty already; go on with your shift")));
        }
        if self.shifts.contains_key(&shift) {
            return Err(Refusal::conflict(said!(
                "there is a shift of this identity already; take a new identity"
            )));
        }
        let items = check_list(around.services, &self.contacts);
        Ok(vec![ShiftEvent::Opened { shift, items, by: by.clone(), at: now }])
    }

    fn check(
        &self,
        shift: ShiftId,
        item: CheckItem,
        outcome: CheckOutcome,
        now: Timestamp,
        by: &AccountName,
    ) -> Result<Vec<ShiftEvent>, Refusal> {
        let found = self.find(shift)?;
        if !found.is_running() {
            return Err(Refusal::conflict(said!("this shift is over; open a new one")));
        }
        if !found.checks.iter().any(|c| c.item == item) {
            return Err(Refusal::not_found(Missing::CheckListLine, item.datum_text()));
        }
        match &outcome {
            CheckOutcome::Fails { note } => drop(text("note", note, 1)?),
            CheckOutcome::Skipped { reason } => drop(text("reason", reason, 1)?),
            CheckOutcome::Works { .. } | CheckOutcome::NoAnswer => {}
        }
        let by = Checker::Person { account: by.clone() };
        Ok(vec![ShiftEvent::Checked { shift, item, outcome, by, at: now }])
    }

    fn accept(
        &self,
        shift: ShiftId,
        without_handover: Option<String>,
        around: Surroundings<'_>,
        now: Timestamp,
        by: &AccountName,
    ) -> Result<Vec<ShiftEvent>, Refusal> {
        let found = self.find(shift)?;
        if found.status != ShiftStatus::Opening {
            return Err(Refusal::conflict(said!("this shift is not being opened; read it again")));
        }
        if found.officer != *by {
            return Err(Refusal::Forbidden(said!(
                "it is the shift of {officer}; only that person can do this",
                officer = found.officer
            )));
        }
        let missing: Vec<String> = found.unchecked().map(CheckItem::datum_text).collect();
        if let Some(first) = missing.first() {
            return Err(Refusal::conflict(said!(
                "{missing} of {checks} lines of the check list have no result, the first is {first} (c.5(1)¶1); check them",
                missing = missing.len(),
                checks = found.checks.len(),
                first = first
            )));
        }
        let without_handover = without_handover.map(|r| text("without_handover", &r, 1)).transpose()?;
        let before = self.on_duty();
        if let Some(before) = before {
            let handed = before.handover.as_ref().is_some_and(|h| h.to == *by);
            if !handed && without_handover.is_none() {
                return Err(Refusal::conflict(said!(
                    "{officer} has not handed over to you; ask for it, or say why it cannot be",
                    officer = before.officer
                )));
            }
        }
        Ok(vec![ShiftEvent::Accepted {
            shift,
            follows: before.map(|s| s.id),
            without_handover,
            owed: around.owed.to_vec(),
            by: by.clone(),
            at: now,
        }])
    }

    fn hand_over(
        &self,
        shift: ShiftId,
        to: AccountName,
        remarks: String,
        around: Surroundings<'_>,
        now: Timestamp,
        by: &AccountName,
    ) -> Result<Vec<ShiftEvent>, Refusal> {
        let found = self.find(shift)?;
        if found.status != ShiftStatus::OnDuty {
            return Err(Refusal::conflict(said!("this shift is not on duty; read it again")));
        }
        if found.officer != *by {
            return Err(Refusal::Forbidden(said!(
                "it is the shift of {officer}; only that person can do this",
                officer = found.officer
            )));
        }
        if to == *by {
            return Err(Refusal::invalid(
                "to",
                said!("you cannot hand over to yourself; name the next officer"),
            ));
        }
        let remarks = text("remarks", &remarks, 0)?;
        let owed = around.owed.to_vec();
        Ok(vec![ShiftEvent::HandedOver { shift, to, remarks, owed, by: by.clone(), at: now }])
    }
}

/// Passes the name of a duty officer of the region, of whom the caller knows whether there is one: a shift that is offered to
/// nobody who can take it leaves the desk to whoever thinks to have handed over.
///
/// # Errors
/// [`Refusal::Invalid`].
pub fn takes_over(name: &AccountName, is_officer_here: bool) -> Result<(), Refusal> {
    if is_officer_here {
        return Ok(());
    }
    Err(Refusal::invalid(
        "to",
        said!("{name} is no duty officer of this region; name one whose account is in use", name = name),
    ))
}

fn person(by: &AccountName) -> Confirmer {
    Confirmer::Person { account: by.clone() }
}

fn known(service: &ServiceKey, around: Surroundings<'_>) -> Result<(), Refusal> {
    if around.services.contains(service) {
        Ok(())
    } else {
        Err(Refusal::not_found(Missing::ServiceOfRegion, service))
    }
}

fn text(field: &'static str, given: &str, least: usize) -> Result<String, Refusal> {
    let given = given.trim();
    let length = given.chars().count();
    if length < least || length > LONGEST_TEXT {
        return Err(Refusal::invalid(
            field,
            said!("write {least} to {most} characters here", least = least, most = LONGEST_TEXT),
        ));
    }
    Ok(given.to_owned())
}
