//! `hub112 drive`: a file of messages replayed through the hub that runs.

use super::{Failure, run};
use crate::drive::{Options, run as replay};

/// Replays the file, saying how it goes, and prints what came of it.
///
/// # Errors
/// [`Failure`] when the file does not read, the hub does not answer, or messages were not taken.
pub fn drive(options: Options) -> Result<(), Failure> {
    run(async move { replay(options).await.map(|_| ()).map_err(Failure::new) })
}
