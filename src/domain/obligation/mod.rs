//! What a clause obliges somebody to do: the catalogue O-01 to O-13 (112-R c.5, c.6), limits, and the book in which
//! every obligation is met, or shown late, or cancelled by a named person. None disappears.

mod book;
mod claim;
mod draft;
mod kind;
mod limits;
mod names;
#[cfg(test)]
mod tests;

pub use book::{Cancelled, Escalated, Obligation, ObligationBook, ObligationEvent, Status};
pub use claim::{Claim, Datum, Debtor, Subject};
pub use draft::{Consequence, Draft};
pub use kind::{CatalogueRow, Creditor, Grade, ObligationKind, Owing};
pub use limits::{Escalation, Level, Limit, LimitSource, Limits};
