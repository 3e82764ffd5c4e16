//! Warning natural and legal persons in case of a threat to life and health (112-R c.6(4); O-12): the decision to
//! warn or not, who has the authority, and the duty officer's own act when it cannot wait (Order 945 c.21).

mod authority;
mod event;
mod sending;
mod state;
#[cfg(test)]
mod tests;
mod text;

pub use authority::{Authority, OrderBasis, ToTell};
pub use event::{
    Activation, Change, Confirmation, Danger, Decline, End, WarningAbout, WarningCase, WarningCommand,
    WarningEvent, WarningStatus,
};
pub use sending::{Reported, Sending, SentVersion};
pub use state::Warnings;
pub use text::{Audience, WarningText, Words};
