//! Logs, traces, figures.
//!
//! A trace begins with a request that brings none, goes on in whatever is done because of it (the journal, the
//! envelopes that go out, the agency's answers), and stands in every line that is logged about it.

mod figures;

use std::sync::OnceLock;
use std::time::Instant;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use rand::RngExt;
use tracing_subscriber::EnvFilter;

use crate::actors::traced::traced;
use crate::api::route;
use crate::config::{Log, LogFormat};
use crate::domain::trace::{self, is_traceparent};

/// How often the recorder of figures is looked after.
const UPKEEP: std::time::Duration = std::time::Duration::from_secs(5);
/// The header of W3C trace context, in requests and in answers.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The request's own trace with a part of ours, or a new one.
fn trace_of(request: &ServiceRequest) -> String {
    let given = request.headers().get(TRACEPARENT).and_then(|value| value.to_str().ok());
    let part: u64 = rand::rng().random_range(1..=u64::MAX);
    match given.filter(|text| is_traceparent(text)) {
        Some(given) => format!("00-{}-{part:016x}-{}", trace::id(given), &given[53..]),
        None => format!("00-{:032x}-{part:016x}-01", rand::rng().random_range(1..=u128::MAX)),
    }
}

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

/// Around every request: its trace, how long it took, by route and status, and a line of what was asked for and how it
/// ended. What only reads or looks, and ends well, is logged at `debug`.
///
/// # Errors
/// The handler's own.
pub async fn request(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let began = Instant::now();
    let traceparent = trace_of(&request);
    let header = HeaderValue::from_str(&traceparent);
    traced(Some(traceparent), async move {
        let method = request.method().to_string();
        let mut response = next.call(request).await?;
        let route = route(response.request()).unwrap_or_else(|| "none".to_owned());
        let (status, took) = (response.status(), began.elapsed());
        if method == "GET" && status.as_u16() < 400 {
            tracing::debug!(
                method,
                route,
                status = status.as_u16(),
                ms = took.as_millis() as u64,
                "answered"
            );
        } else {
            tracing::info!(method, route, status = status.as_u16(), ms = took.as_millis() as u64, "answered");
        }
        let status = status.as_u16().to_string();
        metrics::histogram!("hub112_http_seconds", "method" => method, "route" => route, "status" => status)
            .record(took.as_secs_f64());
        if let Ok(header) = header {
            response.headers_mut().insert(TRACEPARENT, header);
        }
        Ok(response)
    })
    .await
}
