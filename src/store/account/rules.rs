//! What holds for every account, by whichever door it is made.

use super::Role;
use crate::domain::decision::Refusal;
use crate::domain::ids::ServiceKey;
use crate::domain::said::said;

/// The shortest password, characters.
const SHORTEST: usize = 12;
/// The longest password, characters: more would only make the digest slow.
const LONGEST: usize = 256;

/// Passes an account that speaks for a service, if it is an agency's, and for none otherwise.
///
/// # Errors
/// [`Refusal::Invalid`].
pub fn speaks(role: Role, service: Option<&ServiceKey>) -> Result<(), Refusal> {
    match (role, service) {
        (Role::Agency, None) => {
            Err(Refusal::invalid("service", said!("an account of an agency speaks for a service; name it")))
        }
        (Role::Agency, Some(_)) | (_, None) => Ok(()),
        (_, Some(_)) => Err(Refusal::invalid(
            "service",
            said!("only an account of an agency speaks for a service; leave the service out"),
        )),
    }
}

/// Passes a password that is neither too short nor too long.
///
/// # Errors
/// [`Refusal::Invalid`].
pub fn password(password: &str) -> Result<(), Refusal> {
    if (SHORTEST..=LONGEST).contains(&password.chars().count()) {
        return Ok(());
    }
    let what = said!("a password has {least} to {most} characters", least = SHORTEST, most = LONGEST);
    Err(Refusal::invalid("password", what))
}
