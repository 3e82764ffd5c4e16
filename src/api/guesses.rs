//! Wrong passwords lately: whoever guesses has to wait, and nobody else.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use actix_web::{HttpRequest, web};
use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordVerifier};

use super::problem::Problem;
use crate::domain::said::said;

/// Wrong passwords for one account from one place in a row before it has to wait.
const PATIENCE: u32 = 5;
/// How long it then waits.
const LOCK: Duration = Duration::from_secs(30);
/// From so many on, those that need not wait any more are forgotten.
const MANY: usize = 10_000;

/// Who guesses at which account: the name as it was given, and where the connection is from, so that a stranger who guesses
/// locks out no officer at the desk.
type Guesser = (String, Option<IpAddr>);

/// Wrong passwords of the last half minute.
#[derive(Debug, Default)]
pub(super) struct Guesses {
    wrong: Mutex<HashMap<Guesser, (u32, Instant)>>,
}

impl Guesses {
    /// Passes nobody who has guessed wrong too often.
    ///
    /// # Errors
    /// A problem `too-many`.
    pub fn patience(&self, name: &str, request: &HttpRequest) -> Result<(), Problem> {
        let wrong = self.wrong();
        let left = wrong
            .get(&guesser(name, request))
            .filter(|(n, _)| *n >= PATIENCE)
            .map(|(_, at)| LOCK.saturating_sub(at.elapsed()))
            .filter(|left| !left.is_zero());
        let Some(left) = left else { return Ok(()) };
        // Who comes again then has waited long enough.
        let seconds = u8::try_from(left.as_millis().div_ceil(1_000)).unwrap_or(u8::MAX);
        let said = said!("too many wrong passwords; wait {seconds} seconds", seconds = seconds);
        Err(Problem::new("too-many", said).after(seconds))
    }

    /// A password was wrong.
    pub fn was_wrong(&self, name: &str, request: &HttpRequest) {
        let mut wrong = self.wrong();
        if wrong.len() >= MANY {
            wrong.retain(|_, (_, at)| at.elapsed() < LOCK);
        }
        let entry = wrong.entry(guesser(name, request)).or_insert((0, Instant::now()));
        *entry = (entry.0 + 1, Instant::now());
    }

    /// A password was right.
    pub fn was_right(&self, name: &str, request: &HttpRequest) {
        self.wrong().remove(&guesser(name, request));
    }

    fn wrong(&self) -> MutexGuard<'_, HashMap<Guesser, (u32, Instant)>> {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn guesser(name: &str, request: &HttpRequest) -> Guesser {
    (name.to_owned(), request.peer_addr().map(|peer| peer.ip()))
}

/// The digest of a password that nobody has: an account that is not there takes as long to answer as one that is.
static NOBODYS: LazyLock<Option<String>> = LazyLock::new(|| {
    let random = super::auth::new_token();
    Argon2::default().hash_password(random.as_bytes()).ok().map(|hash| hash.to_string())
});

/// Whether the password fits the digest kept; without one it never does, which takes as long to find.
pub(super) async fn fits(hash: Option<String>, password: String) -> bool {
    // Off the event loop: a digest takes tens of milliseconds on purpose.
    web::block(move || {
        let is_anybodys = hash.is_some();
        let fits = hash.or_else(|| NOBODYS.clone()).is_some_and(|hash| {
            PasswordHash::new(&hash)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        });
        fits && is_anybodys
    })
    .await
    .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn who_guesses_has_to_wait_and_the_officer_at_another_computer_has_not() {
        let from =
            |address: &str| TestRequest::default().peer_addr(address.parse().unwrap()).to_http_request();
        let (stranger, desk) = (from("192.0.2.9:1024"), from("192.0.2.1:1024"));
        let guesses = Guesses::default();
        for _ in 0..PATIENCE {
            assert!(guesses.patience("asel", &stranger).is_ok());
            guesses.was_wrong("asel", &stranger);
        }
        assert!(guesses.patience("asel", &stranger).is_err());
        assert!(guesses.patience("asel", &desk).is_ok());
        guesses.was_right("asel", &desk);
        assert!(guesses.patience("asel", &stranger).is_err(), "it is not the stranger who was right");
    }
}
