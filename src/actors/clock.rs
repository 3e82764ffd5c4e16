//! The hub's time: the one place where the wall clock is read.

use jiff::{Timestamp, Unit};

/// Now, to the microsecond: the journal keeps no finer.
#[must_use]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    now.round(Unit::Microsecond).unwrap_or(now)
}
