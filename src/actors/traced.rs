//! The trace of what is being done: it goes from a request or an agency's message into every order that is given
//! because of it, and into every line that is logged meanwhile.

use tracing::Instrument;

use crate::domain::trace::id;

tokio::task_local! {
    static TRACE: String;
}

/// The trace of what is being done, if it has one.
#[must_use]
pub fn trace() -> Option<String> {
    TRACE.try_with(Clone::clone).ok()
}

/// Does a piece of work as part of a trace.
pub async fn traced<T>(traceparent: Option<String>, work: impl Future<Output = T>) -> T {
    match traceparent {
        Some(traceparent) => {
            let span = tracing::info_span!("traced", trace = id(&traceparent));
            TRACE.scope(traceparent, work.instrument(span)).await
        }
        None => work.await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_rt::test]
    async fn what_is_done_within_a_trace_knows_it_and_what_is_done_outside_does_not() {
        let given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned();
        assert_eq!(traced(Some(given.clone()), async { trace() }).await, Some(given));
        assert_eq!(traced(None, async { trace() }).await, None);
        assert_eq!(trace(), None);
    }
}
