//! The situation (112-R c.5(2)): sources and how fresh they are, reports and to whom they are passed, summaries, and
//! emergencies that services learn of themselves (c.5(1)¶4).

mod consequence;
mod decide;
mod event;
mod readiness;
mod report;
mod routing;
mod source;
mod state;
#[cfg(test)]
mod tests;

pub use decide::Surroundings;
pub use event::{SituationCommand, SituationEvent};
pub use readiness::{Counted, ReadinessTaken, count, is_ready};
pub use report::{Forwarding, Origin, Passed, Report, Summary, Suppressed, ZoneNews};
pub use routing::receivers;
pub use source::{Freshness, NewSource, Source, SourceKey, SourceKeyError, SourceKind};
pub use state::Situations;
