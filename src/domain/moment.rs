//! Times that somebody gives: what has happened lies in no future, and nobody answers before being asked. Clocks may differ
//! by [`CLOCK_TOLERANCE`].

use jiff::Timestamp;

use super::decision::Refusal;
use super::message::CLOCK_TOLERANCE;
use super::said::said;

/// A time at which something happened.
///
/// # Errors
/// [`Refusal::Invalid`], naming the field: it lies in the future.
pub fn not_ahead(field: &'static str, at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if at.duration_since(now) > CLOCK_TOLERANCE.span() {
        return Err(Refusal::ahead(
            field,
            said!("the time lies in the future; give the time at which it happened"),
        ));
    }
    Ok(())
}

/// A time at which something that was asked for was done.
///
/// # Errors
/// [`Refusal::Invalid`], naming the field: nobody was asked by then.
pub fn since_asked(field: &'static str, at: Timestamp, asked: Timestamp) -> Result<(), Refusal> {
    if asked.duration_since(at) > CLOCK_TOLERANCE.span() {
        return Err(Refusal::out_of_order(
            field,
            said!("nobody was asked by then; give a time after the request"),
        ));
    }
    Ok(())
}
