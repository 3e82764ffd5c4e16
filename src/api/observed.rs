//! Around every request: its trace, how long it took, and a line of how it ended.

use std::time::Instant;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use rand::RngExt;

use super::route::route;
use crate::actors::traced::traced;
use crate::domain::trace::{self, is_traceparent};

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

/// Around every request: its trace, how long it took, by route and status, and a line of what was asked for and how it
/// ended. What only reads or looks, and ends well, is logged at `debug`.
///
/// # Errors
/// The handler's own.
pub(super) async fn observed(
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
