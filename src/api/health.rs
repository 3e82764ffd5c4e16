//! Whether the hub lives, is ready, and how it does.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiState;
use super::problem::Problem;
use crate::actors::journal::JournalHealth;
use crate::actors::lease::Tenure;
use crate::domain::said::said;

/// One thing that has to be there.
#[derive(Debug, Serialize, ToSchema)]
pub struct Part {
    /// Which.
    pub part: &'static str,
    /// Whether it is.
    pub ok: bool,
    /// Why not, or how.
    pub detail: String,
}

/// Whether the hub can take messages.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// Everything needed for intake is there.
    pub ready: bool,
    /// Works, but something is missing: agencies are cut off, for example.
    pub degraded: bool,
    /// The parts.
    pub parts: Vec<Part>,
}

/// The process lives.
#[utoipa::path(tag = "health", responses((status = 200, body = String, content_type = "text/plain")), security(()))]
#[get("/health/live")]
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("alive")
}

/// The hub can take messages: database and broker are asked now, or were half a second ago. A broker that is away degrades it: intake and dispatch go on, agencies are cut off.
#[utoipa::path(tag = "health", responses((status = 200, body = Readiness), (status = 503, body = Readiness)),
    security(()))]
#[get("/health/ready")]
pub async fn ready(state: web::Data<ApiState>) -> HttpResponse {
    let found = state.probe.ask().await;
    let writes = match (&*state.board.journal().health().borrow(), found.database) {
        (JournalHealth::Down { reason }, _) => Err(reason.clone()),
        (JournalHealth::Up, answered) => answered,
    };
    let journal = match writes {
        Ok(()) => Part { part: "database", ok: true, detail: "the journal writes".to_owned() },
        Err(reason) => Part { part: "database", ok: false, detail: reason },
    };
    let up = found.broker;
    let broker = Part {
        part: "broker",
        ok: up,
        detail: if up {
            "connected".to_owned()
        } else {
            "away: agencies are cut off, telephone them".to_owned()
        },
    };
    let queues = {
        let displaced = state.displaced.borrow();
        let said = displaced.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        let detail =
            if said.is_empty() { "no other policy lifts their bound of bytes".to_owned() } else { said };
        Part { part: "queues", ok: displaced.is_empty(), detail }
    };
    let held = state.tenures.borrow().values().all(|t| matches!(t, Tenure::Held(_)));
    let lease = Part {
        part: "lease",
        ok: held,
        detail: if held { "held".to_owned() } else { "in doubt or with another instance".to_owned() },
    };
    let waiting = state.spool.waiting();
    let spool =
        Part { part: "spool", ok: waiting == 0, detail: format!("{waiting} messages wait on this disk") };
    let ready = journal.ok && lease.ok;
    let degraded = !broker.ok || !queues.ok || !spool.ok;
    let report = Readiness { ready, degraded, parts: vec![journal, broker, queues, lease, spool] };
    if ready { HttpResponse::Ok().json(report) } else { HttpResponse::ServiceUnavailable().json(report) }
}

/// Figures for Prometheus; to this machine only.
#[utoipa::path(tag = "health", responses((status = 200, body = String, content_type = "text/plain"),
    (status = 403, body = Problem, content_type = "application/problem+json")), security(()))]
#[get("/metrics")]
pub async fn metrics(state: web::Data<ApiState>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    if !request.peer_addr().is_some_and(|a| a.ip().is_loopback()) {
        return Err(Problem::new(
            "forbidden",
            said!("figures are given to this machine only; ask from the machine of the hub"),
        )
        .for_request(&request));
    }
    ::metrics::gauge!("hub112_journal_waiting").set(state.board.journal().waiting() as f64);
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(state.figures.render()))
}
