//! A shift, what is asked of it and what happens to it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::check::{Check, CheckItem, CheckOutcome, Checker};
use super::contact::{Confirmer, Contact};
use crate::domain::envelope::HeartbeatReply;
use crate::domain::ids::{AccountName, ObligationId, ServiceKey, ShiftId};

/// How far a shift is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShiftStatus {
    /// Its officer checks channels and contacts.
    Opening,
    /// Its officer is on duty.
    OnDuty,
    /// The next officer took over.
    Ended,
    /// It was never accepted.
    Abandoned,
}

/// An offer to the next officer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Handover {
    /// To whom.
    pub to: AccountName,
    /// What the next officer should know.
    pub remarks: String,
    /// What was owed then.
    pub owed: Vec<ObligationId>,
    /// When.
    pub at: Timestamp,
}

/// One officer's watch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Shift {
    /// Identity.
    pub id: ShiftId,
    /// Whose.
    pub officer: AccountName,
    /// How far it is.
    pub status: ShiftStatus,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The check list with its results.
    pub checks: Vec<Check>,
    /// When its officer took up duty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<Timestamp>,
    /// The shift it followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<ShiftId>,
    /// What was owed when it was accepted, accepted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken_over: Vec<ObligationId>,
    /// Why it was accepted though nobody handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_handover: Option<String>,
    /// The offer to the next officer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handover: Option<Handover>,
    /// When it ended or was abandoned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Why it was abandoned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abandoned_for: Option<String>,
}

impl Shift {
    /// The lines that have no result yet.
    pub fn unchecked(&self) -> impl Iterator<Item = &CheckItem> {
        self.checks.iter().filter(|c| c.results.is_empty()).map(|c| &c.item)
    }

    /// The lines whose last result is a fault.
    pub fn faults(&self) -> impl Iterator<Item = &CheckItem> {
        self.checks.iter().filter(|c| c.last().is_some_and(|r| r.outcome.is_fault())).map(|c| &c.item)
    }

    /// Whether it is being opened or on duty.
    #[must_use]
    pub fn is_running(&self) -> bool {
        matches!(self.status, ShiftStatus::Opening | ShiftStatus::OnDuty)
    }
}

/// What is asked of shifts: by a named person, but for the answer to a heartbeat, which is a service's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum ShiftCommand {
    /// Open one's own shift: the check list is built.
    Open {
        /// Its identity.
        shift: ShiftId,
    },
    /// Record the result of a check.
    Check {
        /// Which shift.
        shift: ShiftId,
        /// Which line.
        item: CheckItem,
        /// What was found.
        outcome: CheckOutcome,
    },
    /// Contacts were found right.
    ConfirmContacts {
        /// Whose.
        service: ServiceKey,
    },
    /// Contacts have changed.
    ChangeContacts {
        /// Whose.
        service: ServiceKey,
        /// As they are now.
        contacts: Vec<Contact>,
    },
    /// Take up duty.
    Accept {
        /// Which shift.
        shift: ShiftId,
        /// Why there was no handover, where there was none.
        #[serde(default)]
        without_handover: Option<String>,
    },
    /// Offer the shift to the next officer.
    HandOver {
        /// Which shift.
        shift: ShiftId,
        /// To whom.
        to: AccountName,
        /// What the next officer should know.
        #[serde(default)]
        remarks: String,
    },
    /// Give up a shift that was not accepted.
    Abandon {
        /// Which shift.
        shift: ShiftId,
        /// Why.
        reason: String,
    },
    /// A service answers a heartbeat.
    AnswerHeartbeat {
        /// Which service.
        service: ServiceKey,
        /// The check answered.
        check: Uuid,
        /// Who is on duty there.
        #[serde(default)]
        duty_officer: Option<String>,
        /// Contacts as they are; absent: those that the hub holds are right.
        #[serde(default)]
        contacts: Option<Vec<Contact>>,
    },
}

impl ShiftCommand {
    /// To whom it offers a shift: whether that is somebody who can take it is known outside, see [`takes_over`].
    ///
    /// [`takes_over`]: super::takes_over
    #[must_use]
    pub fn successor(&self) -> Option<&AccountName> {
        match self {
            Self::HandOver { to, .. } => Some(to),
            _ => None,
        }
    }

    /// The answer of a service's system to a heartbeat.
    #[must_use]
    pub fn from_agency(service: ServiceKey, reply: HeartbeatReply) -> Self {
        Self::AnswerHeartbeat {
            service,
            check: reply.check_id,
            duty_officer: reply.duty_officer,
            contacts: reply.contacts.map(|all| all.into_iter().map(Contact::from).collect()),
        }
    }
}

/// What happens to shifts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ShiftEvent {
    /// An officer opened a shift.
    Opened {
        /// Which.
        shift: ShiftId,
        /// The check list.
        items: Vec<CheckItem>,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// A service was added while the shift is being opened: its lines are checked too.
    LinesAdded {
        /// To which shift.
        shift: ShiftId,
        /// The lines.
        items: Vec<CheckItem>,
        /// When.
        at: Timestamp,
    },
    /// A check has a result.
    Checked {
        /// Of which shift.
        shift: ShiftId,
        /// Which line.
        item: CheckItem,
        /// What was found.
        outcome: CheckOutcome,
        /// By whom.
        by: Checker,
        /// When.
        at: Timestamp,
    },
    /// A heartbeat went out.
    HeartbeatSent {
        /// The check; every answer names it.
        check: Uuid,
        /// To whom.
        services: Vec<ServiceKey>,
        /// When.
        at: Timestamp,
    },
    /// A service answered a heartbeat.
    HeartbeatAnswered {
        /// The check.
        check: Uuid,
        /// Which service.
        service: ServiceKey,
        /// Time there and back, milliseconds; absent when the answer came after the wait was over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        round_trip_ms: Option<u32>,
        /// Who is on duty there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        duty_officer: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// The wait for answers to a heartbeat is over.
    HeartbeatEnded {
        /// The check.
        check: Uuid,
        /// When.
        at: Timestamp,
    },
    /// Contacts were found right.
    ContactsConfirmed {
        /// Whose.
        service: ServiceKey,
        /// By whom.
        by: Confirmer,
        /// When.
        at: Timestamp,
    },
    /// Contacts changed.
    ContactsChanged {
        /// Whose.
        service: ServiceKey,
        /// As they are now.
        contacts: Vec<Contact>,
        /// By whom.
        by: Confirmer,
        /// When.
        at: Timestamp,
    },
    /// The officer on duty offered the shift to the next.
    HandedOver {
        /// Which shift.
        shift: ShiftId,
        /// To whom.
        to: AccountName,
        /// What the next officer should know.
        remarks: String,
        /// What is owed.
        owed: Vec<ObligationId>,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// An officer took up duty.
    Accepted {
        /// Which shift.
        shift: ShiftId,
        /// The shift that ends thereby.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        follows: Option<ShiftId>,
        /// Why there was no handover.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        without_handover: Option<String>,
        /// What is owed, accepted by name.
        owed: Vec<ObligationId>,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// A shift that was not accepted was given up.
    Abandoned {
        /// Which shift.
        shift: ShiftId,
        /// Why.
        reason: String,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
}
