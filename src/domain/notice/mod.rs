//! Notices to people: what is late is told step by step to an office of the hub, to the one who owes, to the leadership
//! and upward (112-R §7 "silent in the rules"; c.2(2), 112-O c.2), and what the hub reports upward (c.5(2)¶1). A notice
//! stands until a named person has taken note of it, or what it is about is settled.

mod event;
mod state;
mod steps;
#[cfg(test)]
mod tests;

pub use event::{About, Notice, NoticeCommand, NoticeEvent, NoticeTo, Office, TakenNote};
pub use state::Notices;
pub use steps::{NoticeSteps, StepTo};
