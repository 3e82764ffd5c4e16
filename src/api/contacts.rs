//! How the duty officers of the services are reached (c.5(1)¶1): as confirmed, with every additional means, and before.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiState;
use super::auth::Caller;
use super::duty::{self, OfRegion};
use super::problem::Problem;
use crate::domain::ids::ServiceKey;
use crate::domain::names::Names;
use crate::domain::shift::{Contact, ServiceContacts};
use crate::store::account::Role;

/// How one service is reached.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactsView {
    /// Which.
    pub service: ServiceKey,
    /// Its names.
    pub names: Names,
    /// Its contacts now and before, and who confirmed them when. Without any, nobody there can be reached: the gap
    /// that c.3 does not allow.
    #[serde(flatten)]
    pub contacts: ServiceContacts,
    /// The one to call first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_call: Option<Contact>,
}

/// The contacts of every service of the region, those without any among them; the hub's own channels stand under `hub`.
#[utoipa::path(tag = "desk", params(OfRegion), responses((status = 200, body = Vec<ContactsView>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/contacts")]
pub async fn all(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
) -> Result<web::Json<Vec<ContactsView>>, Problem> {
    caller.may(&[Role::DutyOfficer, Role::Manager, Role::Administrator])?;
    let region = caller.region(query.region, &state)?;
    let (shifts, desks) =
        duty::row(&state, region).await?.map_or_else(Default::default, |row| (row.shifts, row.service_desks));
    let book = shifts.contacts();
    let view = |service: ServiceKey| {
        Some(ContactsView {
            names: desks.names(&service)?.clone(),
            contacts: book.get(&service).cloned().unwrap_or_default(),
            to_call: book.to_call(&service).cloned(),
            service,
        })
    };
    Ok(web::Json(desks.services().into_iter().filter_map(view).collect()))
}
