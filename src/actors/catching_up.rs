//! A hub hears what a service told and it has not taken in: read from the journal, and read again until it is heard.

use std::time::Duration;

use super::region_hub::OrderError;
use crate::domain::decision::Refusal;
use crate::store::append::JournalError;

/// What follows a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// It is heard, or whoever leads the region next reads from where it stood.
    Done,
    /// The hub does not take it: said, and left.
    NotTaken,
    /// The rules fail on it. Asked again and again the hub would start again and again: it is asked when it looks over what stands.
    RulesFail,
    /// The store or the hub was away, or the hub knows less than it said, for it started again: it is read anew.
    Again,
}

/// What follows a try that ended so.
pub(super) fn next(tried: &Result<(), OrderError>) -> Next {
    match tried {
        Ok(()) | Err(OrderError::Journal(JournalError::Closed | JournalError::Deposed { .. })) => Next::Done,
        Err(e) if e.is_final() && !matches!(e, OrderError::Refused(Refusal::Conflict(_))) => Next::NotTaken,
        Err(OrderError::Failed) => Next::RulesFail,
        Err(_) => Next::Again,
    }
}

/// Reads until it is heard or left, however long the hub or the store is away; between two tries it pauses, at first and at most
/// so long. Gives how the last try ended.
pub(super) async fn until_heard(
    mut read: impl AsyncFnMut() -> Result<(), OrderError>,
    pauses: (Duration, Duration),
    mut again: impl FnMut(&OrderError),
) -> Result<(), OrderError> {
    let mut pause = pauses.0;
    loop {
        let tried = read().await;
        match (next(&tried), &tried) {
            (Next::Again, Err(e)) => again(e),
            _ => return tried,
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(pauses.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors::load::LoadError;
    use crate::domain::said::said;

    fn unreadable() -> OrderError {
        LoadError::Row { table: "journal", id: "7".to_owned(), reason: "the database is away".to_owned() }
            .into()
    }

    fn conflict() -> OrderError {
        Refusal::conflict(said!("name or password is wrong; try again")).into()
    }

    #[tokio::test]
    async fn what_a_service_told_is_read_again_after_a_read_that_failed_until_the_hub_has_heard_it() {
        // Name, how the tries end one after another, how many of them are made, what follows the last.
        /// What it is about, how each ended, how many waited, what comes next.
        type Case = (&'static str, Vec<Result<(), OrderError>>, usize, Next);
        let cases: [Case; 8] = [
            ("heard", vec![Ok(())], 1, Next::Done),
            ("read again", vec![Err(unreadable()), Err(unreadable()), Ok(())], 3, Next::Done),
            ("the hub is away", vec![Err(OrderError::Busy), Err(unreadable()), Ok(())], 3, Next::Done),
            ("the hub knows less than it said", vec![Err(conflict()), Ok(())], 2, Next::Done),
            ("another leads the region", vec![Err(JournalError::Closed.into()), Ok(())], 1, Next::Done),
            (
                "not after it failed once",
                vec![Err(unreadable()), Err(JournalError::Closed.into())],
                2,
                Next::Done,
            ),
            (
                "the hub does not take it",
                vec![Err(OrderError::NotHere("75".parse().expect("a region")))],
                1,
                Next::NotTaken,
            ),
            ("the rules fail", vec![Err(unreadable()), Err(OrderError::Failed), Ok(())], 2, Next::RulesFail),
        ];
        for (name, ends, made, last) in cases {
            let (mut tries, mut failed) = (0, 0);
            let mut ends = ends.into_iter();
            let read = async || {
                tries += 1;
                ends.next().expect("no try after the last")
            };
            let ended = until_heard(read, (Duration::ZERO, Duration::ZERO), |_| failed += 1).await;
            assert_eq!((tries, failed, next(&ended)), (made, made - 1, last), "{name}");
        }
    }
}
