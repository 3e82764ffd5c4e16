//! `hub112 agency`: the reference agency.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::{Failure, run};
use crate::agency::{self, Options};

/// Runs the agency until the process is told to stop.
///
/// # Errors
/// [`Failure`] when its units or the broker's address do not read.
pub fn agency(options: Options) -> Result<(), Failure> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).try_init().map_err(Failure::new)?;
    run(async move {
        let (stop, stopped) = watch::channel(false);
        let mut term = signal(SignalKind::terminate()).map_err(Failure::new)?;
        let mut int = signal(SignalKind::interrupt()).map_err(Failure::new)?;
        actix::spawn(async move {
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
            }
            stop.send_replace(true);
        });
        agency::run(options, stopped).await.map_err(Failure::new)
    })
}
