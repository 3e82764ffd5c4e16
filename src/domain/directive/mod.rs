//! Directives of the leadership that the hub brings to its addressees (112-R c.6(6)), and the operational
//! leadership of subordinate services (c.6(5)).

mod addressee;
mod event;
mod order;
mod state;
#[cfg(test)]
mod tests;

pub use addressee::{Addressee, Force};
pub use event::{
    Acknowledged, Author, Delivery, Directive, DirectiveCommand, DirectiveEvent, Refused, Withdrawn,
};
pub use order::may_refuse;
pub use state::Directives;
