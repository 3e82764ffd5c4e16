//! What the store needs now and then: partitions before their time comes, and what nobody asks for any more let go.

use std::time::Duration;

use deadpool_postgres::Pool;
use jiff::{SignedDuration, Timestamp};
use tracing::{info, warn};

use super::clock;
use crate::store::database::StoreError;
use crate::store::{dead_letter, inbox, letter, look, partition};

/// How often it is looked after.
const EVERY: Duration = Duration::from_secs(3_600);
/// How long the answer to an `Idempotency-Key` is kept: no client repeats a request for longer.
pub const ANSWERS_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long the marks of agencies' messages are kept: an agency may have been cut off for weeks and repeat then.
const MARKS_KEPT: SignedDuration = SignedDuration::from_hours(60 * 24);
/// How long the tracks of units are kept.
const TRACKS_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Looks after the store, once an hour, as long as the process lives. The texts of dead letters are let go when they have been
/// settled for so long.
///
/// What is a record stays: the journal, and the deliveries. When an agency acknowledged, read or answered a message stands in its
/// delivery and nowhere else.
pub async fn run(database: Pool, dead_letters_kept: SignedDuration) {
    let mut every = actix::clock::interval(EVERY);
    loop {
        every.tick().await;
        if let Err(e) = once(&database, dead_letters_kept, clock::now()).await {
            warn!(error = %e, "the store could not be looked after; again in an hour");
        }
    }
}

/// How long looks at personal data are kept: three years, that a complaint finds them still.
const LOOKS_KEPT: SignedDuration = SignedDuration::from_hours(3 * 365 * 24);
/// How long letters are kept after the agency acknowledged them.
const LETTERS_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long letters wait for an agency that does not fetch them.
const LETTERS_WAIT: SignedDuration = SignedDuration::from_hours(30 * 24);

async fn once(database: &Pool, dead_letters_kept: SignedDuration, now: Timestamp) -> Result<(), StoreError> {
    let made = partition::make_ahead(database, now).await?;
    let dropped = partition::drop_tracks(database, now - TRACKS_KEPT).await?;
    let answers = inbox::prune_answers(database, now - ANSWERS_KEPT).await?;
    let marks = inbox::prune_marks(database, now - MARKS_KEPT).await?;
    let looks = look::prune(database, now - LOOKS_KEPT).await?;
    let emptied = dead_letter::empty(database, now - dead_letters_kept).await?;
    let (letters, unfetched) = letter::prune(database, now - LETTERS_KEPT, now - LETTERS_WAIT).await?;
    info!(
        made = made.len(),
        dropped = dropped.len(),
        answers,
        marks,
        letters,
        unfetched,
        looks,
        emptied,
        "the store was looked after"
    );
    Ok(())
}
