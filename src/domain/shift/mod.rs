//! The duty officer's shift (112-R c.5(1)¶1): the check of channels and contacts at its opening, and the handover
//! with what is still owed.

mod check;
mod consequence;
mod contact;
mod decide;
mod event;
mod heartbeat;
mod state;
#[cfg(test)]
mod tests;

pub use check::{Check, CheckItem, CheckOutcome, CheckResult, Checker, check_list};
pub use contact::{Confirmer, Contact, ContactBook, Means, PastContacts, ServiceContacts};
pub use decide::{Surroundings, takes_over};
pub use event::{Handover, Shift, ShiftCommand, ShiftEvent, ShiftStatus};
pub use state::Shifts;
