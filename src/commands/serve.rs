//! `hub112 serve`.

use super::{Failure, Settings, run};
use crate::actors::supervisor;
use crate::telemetry;

/// Runs the hub until it is told to stop.
///
/// # Errors
/// [`Failure`] when the settings, the database or the broker do not let it start.
pub fn serve(settings: &Settings) -> Result<(), Failure> {
    let config = settings.read()?;
    telemetry::init(&config.log).map_err(Failure::new)?;
    run(async move {
        actix::spawn(telemetry::look_after_figures());
        supervisor::serve(config).await.map_err(Failure::new)?;
        // What is still computed beside (roads prepared, names indexed) is for nobody any more, and its threads would be
        // waited for.
        std::process::exit(0)
    })
}
