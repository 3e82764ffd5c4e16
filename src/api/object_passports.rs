//! Passports of dangerous facilities (c.5(2)¶1): written by who is told of them, the duty officer and the administrator, and
//! read by the desk alone, for they say what could be stolen or blown up and where.

use actix_web::{HttpResponse, delete, get, put, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiState;
use super::auth::Caller;
use super::door::{self, IfMatch};
use super::duty::OfRegion;
use super::problem::Problem;
use crate::actors::clock;
use crate::actors::stirred::Matter;
use crate::domain::ids::PassportId;
use crate::domain::object_passport::ObjectPassport;
use crate::domain::quantities::{Metres, Point};
use crate::domain::said::said;
use crate::store::account::Role;
use crate::store::database::StoreError;
use crate::store::object_passport::{self, KeptPassport, PassportVersion};

const READERS: &[Role] = &[Role::DutyOfficer, Role::Manager, Role::Administrator];
const KEEPERS: &[Role] = &[Role::DutyOfficer, Role::Administrator];
/// How near to a card a facility is told, whatever is in it.
const NEAR: Metres = Metres::whole(1_000);

/// A passport with how far its facility is from a place.
#[derive(Debug, Serialize, ToSchema)]
pub struct PassportNear {
    /// The passport.
    #[serde(flatten)]
    pub kept: KeptPassport,
    /// How far away the facility is, metres.
    pub away: Metres,
    /// Whether a release there would reach the place: it is no farther than a protective action distance.
    pub reaches: bool,
}

/// Facilities within a kilometre of a place, and those whose substances would reach it.
pub(super) async fn around(state: &ApiState, point: Point) -> Result<Vec<PassportNear>, StoreError> {
    let found = object_passport::around(&state.database, point, NEAR, clock::now()).await?;
    let near = found.into_iter().map(|(kept, away)| {
        let reaches = kept.passport.reach() >= away;
        PassportNear { kept, away, reaches }
    });
    Ok(near.collect())
}

fn missing(id: &PassportId) -> Problem {
    Problem::missing(said!("passport"), id)
}

/// Passports of a region's dangerous facilities, or of all that the account may see, by id.
#[utoipa::path(tag = "map", params(OfRegion), responses((status = 200, body = Vec<KeptPassport>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/object-passports")]
pub async fn all(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
) -> Result<web::Json<Vec<KeptPassport>>, Problem> {
    caller.may(READERS)?;
    if let Some(region) = query.region {
        caller.in_region(region)?;
    }
    let region = query.region.or(caller.account.region);
    let found = object_passport::all(&state.database, region, clock::now()).await?;
    caller.shows(found.iter().map(|kept| &kept.id));
    Ok(web::Json(found))
}

/// One passport. Its version is its ETag.
#[utoipa::path(tag = "map", params(("id" = PassportId, Path)), responses((status = 200, body = KeptPassport),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/object-passports/{id}")]
pub async fn one(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<PassportId>,
) -> Result<HttpResponse, Problem> {
    caller.may(READERS)?;
    let kept = object_passport::find(&state.database, &id, clock::now()).await?;
    let kept = kept.ok_or_else(|| missing(&id))?;
    caller.in_region(kept.region)?;
    Ok(door::versioned(kept.version, &kept))
}

/// Every version of a passport, the newest first, with who wrote it; also of one that was taken away.
#[utoipa::path(tag = "map", params(("id" = PassportId, Path)), responses((status = 200, body = Vec<PassportVersion>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/object-passports/{id}/versions")]
pub async fn versions(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<PassportId>,
) -> Result<web::Json<Vec<PassportVersion>>, Problem> {
    caller.may(READERS)?;
    let found = object_passport::versions(&state.database, &id).await?;
    let (region, _) = found.first().ok_or_else(|| missing(&id))?;
    caller.in_region(*region)?;
    Ok(web::Json(found.into_iter().map(|(_, version)| version).collect()))
}

/// Write a passport or change it; the former versions stay. Its region is the one that its point lies in.
#[utoipa::path(tag = "map", params(("id" = PassportId, Path),
    ("If-Match" = Option<String>, Header, description = "its `version` as its ETag, or * for any"),
    ("If-None-Match" = Option<String>, Header, description = "* for one that is not there yet")),
    request_body = ObjectPassport, responses((status = 200, body = KeptPassport),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[put("/object-passports/{id}")]
pub async fn keep(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<PassportId>,
    expected: IfMatch,
    body: web::Json<ObjectPassport>,
) -> Result<HttpResponse, Problem> {
    caller.may(KEEPERS)?;
    let now = clock::now();
    let written = body.into_inner().checked(now)?;
    let Some((region, _)) = state.board.territories().locate(written.point) else {
        return Err(Problem::new(
            "invalid",
            said!("the place lies outside the country; check the coordinates"),
        )
        .at("point"));
    };
    caller.in_region(region)?;
    if let Some(there) = object_passport::find(&state.database, &id, now).await? {
        caller.in_region(there.region)?;
    }
    let by = (&caller.account.name, now);
    let version =
        object_passport::write(&state.database, &id, (region, Some(&written)), expected.0, by).await??;
    state.board.stirred().tell([region], Matter::Passports);
    let outdated = written.is_outdated(now);
    let (id, updated_by) = (id.into_inner(), caller.account.name.clone());
    let kept = KeptPassport { id, version, region, passport: written, outdated, updated_by, updated_at: now };
    Ok(door::versioned(version, &kept))
}

/// Take a passport away; its versions stay.
#[utoipa::path(tag = "map", params(("id" = PassportId, Path),
    ("If-Match" = String, Header, description = "its `version` as its ETag, or * for any")),
    responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[delete("/object-passports/{id}")]
pub async fn remove(
    state: web::Data<ApiState>,
    caller: Caller,
    id: web::Path<PassportId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    caller.may(KEEPERS)?;
    let now = clock::now();
    let there = object_passport::find(&state.database, &id, now).await?;
    let region = there.ok_or_else(|| missing(&id))?.region;
    caller.in_region(region)?;
    let by = (&caller.account.name, now);
    object_passport::write(&state.database, &id, (region, None), expected.0, by).await??;
    state.board.stirred().tell([region], Matter::Passports);
    Ok(HttpResponse::NoContent().finish())
}
