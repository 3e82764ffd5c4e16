//! The record of looks at personal data: every answer that shows some leaves a row, and the administrator reads them.

use actix_web::dev::ServiceResponse;
use actix_web::{get, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ApiState;
use super::auth::Caller;
use super::paging::{limit, next_page, page_end};
use super::problem::Problem;
use crate::actors::clock;
use crate::actors::traced::trace;
use crate::domain::ids::RegionCode;
use crate::domain::nul;
use crate::store::look::{self, Look, LookFilter};

/// Records what an answer shows to the caller: the ids in its address, and those that its handler named.
pub(super) async fn record<B>(operation: String, caller: Caller, response: &ServiceResponse<B>) {
    let Some(state) = response.request().app_data::<web::Data<ApiState>>() else { return };
    let mut subjects: Vec<String> =
        response.request().match_info().iter().map(|(_, id)| id.to_owned()).collect();
    subjects.extend(caller.shown());
    let look = Look {
        at: clock::now(),
        account: caller.account.name.clone(),
        role: caller.account.role.to_string(),
        region: caller.account.region,
        operation,
        subjects,
        trace: trace(),
    };
    state.looks.record(look).await;
}

/// Which looks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// By this account.
    account: Option<String>,
    /// At this card, message, dead letter, passport or draft, by its id.
    subject: Option<String>,
    /// At or after.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Before.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// After the end of a page.
    after: Option<String>,
    /// 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// A look at personal data.
#[derive(Debug, Serialize, ToSchema)]
pub struct LookView {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub account: String,
    /// As what.
    pub role: String,
    /// The account's region; null for one of all regions.
    pub region: Option<RegionCode>,
    /// By which operation: method and address of the interface.
    pub operation: String,
    /// What was shown, by its ids; of the feed its regions, `*` for all.
    pub subjects: Vec<String>,
    /// The W3C trace of the request.
    pub trace: Option<String>,
}

/// A page of looks.
#[derive(Debug, Serialize, ToSchema)]
pub struct LookPage {
    /// The newest first.
    pub items: Vec<LookView>,
    /// For `after`; null at the end.
    pub next: Option<String>,
}

/// Who looked at whose personal data, and when: by accounts of the administrator's region, or by all.
#[utoipa::path(tag = "accounts", params(Wanted), responses((status = 200, body = LookPage),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/looks")]
pub async fn looks(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<Wanted>,
) -> Result<web::Json<LookPage>, Problem> {
    let Wanted { account, subject, from, to, after, limit: asked } = query.into_inner();
    let (limit, after) = (limit(asked)?, page_end::<i64>(after.as_deref())?);
    let filter = LookFilter {
        region: caller.account.region,
        account: account.as_deref().map(nul::replaced),
        subject: subject.as_deref().map(nul::replaced),
        from,
        to,
    };
    let found = look::page(&state.database, &filter, after, limit).await?;
    let next = next_page(&found, limit, |(id, _)| id.to_string());
    let items = found.into_iter().map(|(_, l)| LookView {
        at: l.at,
        account: l.account.to_string(),
        role: l.role,
        region: l.region,
        operation: l.operation,
        subjects: l.subjects,
        trace: l.trace,
    });
    Ok(web::Json(LookPage { items: items.collect(), next }))
}
