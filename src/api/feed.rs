//! The live feed: server-sent events whose ids resume. What became durable is sent, encoded once; who lags too far
//! behind reads on from the journal; nothing is lost over a broken connection.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use bytes::Bytes;
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::broadcast::error::RecvError;
use utoipa::IntoParams;

use super::ApiState;
use super::auth::{Caller, still_holds};
use super::problem::Problem;
use crate::actors::journal::CommittedBatch;
use crate::actors::stirred::{Listener, Matter};
use crate::domain::ids::RegionCode;
use crate::domain::said::said;
use crate::store::account::Role;
use crate::store::append::StoredEvent;
use crate::store::journal::{self, Cursor};

/// How often the feed says that it lives, with the hub's time: a client knows the age of what it shows.
const BEAT: Duration = Duration::from_secs(3);
/// How often it is asked whether who listens still may.
const ADMITTED_FOR: Duration = Duration::from_secs(10);
/// Events read from the journal at once when a client catches up.
const PAGE: i64 = 500;

/// Where to begin.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct From {
    /// The id of the last event seen, as the header `Last-Event-ID`; from now on when absent.
    last_event_id: Option<String>,
}

/// One who listens, while it lives.
struct Listening;

impl Listening {
    fn begin() -> Self {
        metrics::gauge!("hub112_feed_listeners").increment(1.0);
        Self
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        metrics::gauge!("hub112_feed_listeners").decrement(1.0);
    }
}

struct Feed {
    _listening: Listening,
    state: web::Data<ApiState>,
    caller: Caller,
    admitted: Instant,
    beat: Instant,
    region: Option<RegionCode>,
    live: tokio::sync::broadcast::Receiver<Arc<CommittedBatch>>,
    stirred: Listener,
    cursor: Cursor,
    behind: bool,
    ready: VecDeque<Bytes>,
}

/// Events as they become durable.
///
/// An event `stirred` says that something changed which no event of the journal tells (`matter`: `deliveries`, `links`,
/// `hazard_layers` or `passports`, of a `region`), so that it is read again. A `beat` has the hub's time. Neither has an `id`,
/// and none is repeated after a broken connection.
#[utoipa::path(tag = "feed", params(From), responses(
    (status = 200, description = "server-sent events; `id` resumes", body = String, content_type = "text/event-stream"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/feed")]
pub async fn feed(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<From>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::DutyOfficer, Role::Manager, Role::Administrator])?;
    let header = request.headers().get("Last-Event-ID").and_then(|v| v.to_str().ok()).map(str::to_owned);
    // Subscribed before the journal is read: nothing falls between the two.
    let live = state.board.journal().subscribe();
    let stirred = state.board.stirred().listen();
    let end = journal::end(&state.database).await?;
    let (cursor, behind) = match header.or(query.into_inner().last_event_id) {
        Some(id) => {
            // After a restore from backup positions begin again further back: whoever saw later ones would hear nothing
            // until they are passed, and never what became of the events that are lost.
            let cursor = id.parse().ok().filter(|cursor: &Cursor| !cursor.is_beyond(&end));
            let cursor = cursor.ok_or_else(|| {
                Problem::new(
                    "invalid",
                    said!(
                        "this feed gave no such Last-Event-ID; connect without it and read everything again"
                    ),
                )
                .at("last_event_id")
            })?;
            (cursor, true)
        }
        None => (end, false),
    };
    caller.shows([caller.account.region.map_or_else(|| "*".to_owned(), |region| region.to_string())]);
    let feed = Feed {
        _listening: Listening::begin(),
        state,
        region: caller.account.region,
        caller,
        admitted: Instant::now(),
        beat: Instant::now() + BEAT,
        live,
        stirred,
        cursor,
        behind,
        ready: VecDeque::new(),
    };
    let events = stream::unfold(feed, |mut feed| async move {
        let bytes = feed.next().await?;
        Some((Ok::<_, actix_web::Error>(bytes), feed))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(events))
}

impl Feed {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.admitted.elapsed() >= ADMITTED_FOR {
                // Whose sign-in has ended, or whose rights are others now, sees nothing more.
                if !still_holds(&self.state, &self.caller).await {
                    return None;
                }
                self.admitted = Instant::now();
            }
            if let Some(bytes) = self.ready.pop_front() {
                return Some(bytes);
            }
            if self.behind {
                // The copy goes ahead; what is taken moves the feed's own.
                let mut cursor = self.cursor.clone();
                match journal::read_since(&self.state.database, &mut cursor, PAGE).await {
                    Ok(events) => {
                        self.behind = !events.is_empty();
                        for event in &events {
                            self.take(event);
                        }
                    }
                    Err(e) => {
                        tracing::warn!(error = %e, "the feed could not read the journal; the client resumes");
                        return None;
                    }
                }
                continue;
            }
            // By the clock, not by how long nothing was heard: what is heard may all be other regions', and is not sent.
            if self.beat <= Instant::now() {
                self.beat = Instant::now() + BEAT;
                let beat = format!("event: beat\ndata: {{\"now\":\"{}\"}}\n\n", crate::actors::clock::now());
                return Some(Bytes::from(beat));
            }
            tokio::select! {
                heard = self.live.recv() => match heard {
                    Ok(batch) => {
                        for event in &batch.events {
                            self.take(event);
                        }
                    }
                    Err(RecvError::Lagged(_)) => self.behind = true,
                    Err(RecvError::Closed) => return None,
                },
                changed = self.stirred.changed() => self.stir(changed),
                () = tokio::time::sleep_until(self.beat.into()) => {}
            }
        }
    }

    /// Queues what changed and no event tells: without an id, for there is nothing to resume.
    fn stir(&mut self, changed: Vec<(RegionCode, Matter)>) {
        let seen = changed.into_iter().filter(|(region, _)| self.region.is_none_or(|own| own == *region));
        self.ready.extend(seen.map(|(region, matter)| {
            let matter = matter.as_str();
            Bytes::from(format!(
                "event: stirred\ndata: {{\"region\":\"{region}\",\"matter\":\"{matter}\"}}\n\n"
            ))
        }));
    }

    /// Queues an event that is new to this client and that its account may see.
    fn take(&mut self, event: &StoredEvent) {
        if !self.cursor.advance(event) {
            return;
        }
        let own = event.stream.region();
        if self.region.is_none_or(|region| region == own) {
            let text = format!(
                "id: {}\nevent: {}\ndata: {{\"stream\":\"{}\",\"seq\":{},\"at\":\"{}\",\"by\":{},\"event\":{}}}\n\n",
                self.cursor,
                event.kind,
                event.stream,
                event.seq,
                event.at,
                serde_json::Value::from(event.by.as_str()),
                event.body,
            );
            self.ready.push_back(Bytes::from(text));
        }
    }
}
