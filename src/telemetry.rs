//! Logs, traces, figures.
//!
//! A trace begins with a request that brings none, goes on in whatever is done because of it (the journal, the
//! envelopes that go out, the agency's answers), and stands in every line that is logged about it.

mod figures;

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// How often the recorder of figures is looked after.
const UPKEEP: std::time::Duration = std::time::Duration::from_secs(5);

/// Starts the log as the settings say.
///
/// # Errors
/// When the level does not read or a log runs already.
pub fn init(log: &Log) -> Result<(), String> {
    let filter = EnvFilter::try_new(&log.level).map_err(|e| e.to_string())?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match log.format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Text => builder.try_init(),
    }
    .map_err(|e| e.to_string())
}

/// The recorder of figures, one for the process.
#[must_use]
pub fn figures() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let buckets = [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
            let builder = PrometheusBuilder::new();
            let builder =
                match builder.set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &buckets) {
                    Ok(builder) => builder,
                    Err(_) => PrometheusBuilder::new(),
                };
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            // Another recorder can only be a test's own.
            if metrics::set_global_recorder(recorder).is_ok() {
                figures::describe();
            }
            handle
        })
        .clone()
}

/// Looks after the recorder for as long as the process lives: without it, what is measured and never fetched piles up.
pub async fn look_after_figures() {
    let handle = figures();
    loop {
        tokio::time::sleep(UPKEEP).await;
        handle.run_upkeep();
    }
}
