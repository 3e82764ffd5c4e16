//! What administrators changed, for the auditor.

use actix_web::{get, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::ApiState;
use super::auth::Caller;
use super::paging::limit;
use super::problem::Problem;
use crate::store::administration::{self, Wanted};

/// Which, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Latest {
    /// By whom.
    by: Option<String>,
    /// Of what kind.
    what: Option<String>,
    /// From when on.
    from: Option<Timestamp>,
    /// Until when, this moment too: the last of a page begins the next, for several may be of one moment.
    until: Option<Timestamp>,
    /// 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// A change of accounts, ways to agencies, settings, plans, desks, organisations, formations or the register of units.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdministrationChange {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What kind: `put`, `password`, `token`, `tokens_revoked`, `broker`, `link`, `settings_set`, `plans_set`,
    /// `unit_registered`, `unit_removed`, `service_desk`, `organisation`, `formation`, `layer_put`, `layer_replaced`,
    /// `layer_removed`, `passport_written`, `passport_changed`, `passport_removed`.
    pub what: String,
    /// What was changed.
    pub subject: String,
    /// In words, where it is no event of the journal.
    pub detail: Option<String>,
    /// As it is since, where it is an event of the journal or a passport.
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
    /// As it was before; null for the first.
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
}

/// The latest changes, newest first: of the account's region, or of all.
#[utoipa::path(tag = "accounts", params(Latest), responses((status = 200, body = Vec<AdministrationChange>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/changes")]
pub async fn changes(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<Latest>,
) -> Result<web::Json<Vec<AdministrationChange>>, Problem> {
    let limit = limit(query.limit)?;
    let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
    let Latest { by, what, from, until, .. } = query.into_inner();
    let wanted = Wanted { region: caller.account.region, by, what, from, until };
    let found = administration::changes(&state.database, &wanted, limit).await?;
    let shown = found.into_iter().map(|c| AdministrationChange {
        at: c.at,
        by: c.by,
        what: c.what,
        subject: c.subject,
        detail: c.detail,
        after: json(c.after),
        before: json(c.before),
    });
    Ok(web::Json(shown.collect()))
}
