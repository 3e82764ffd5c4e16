//! `hub112 migrate`.

use secrecy::ExposeSecret;

use super::{Failure, Settings, run};
use crate::store::migrate;

/// Brings the database up to this program's schema and says what it did.
///
/// # Errors
/// [`Failure`] when the settings, the database or a migration are at fault.
pub fn migrate(settings: &Settings) -> Result<(), Failure> {
    let config = settings.read()?;
    run(async move {
        let applied = migrate::run(config.database.url.expose_secret(), |step| {
            let did = if step.applied { "applied" } else { "there" };
            println!("{}/{} {} {did}", step.number, step.of, step.name);
        })
        .await
        .map_err(Failure::new)?;
        println!("{applied} applied; the schema is up to date");
        Ok(())
    })
}
