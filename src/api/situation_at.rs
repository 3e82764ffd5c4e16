//! A region, or the country, as it stands or stood at a moment that has passed: its incidents, its mode, its zones, and where its units were.

use std::collections::BTreeMap;

use actix_web::{get, web};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ApiState;
use super::auth::Caller;
use super::duty::row;
use super::problem::Problem;
use crate::actors::clock;
use crate::domain::ids::RegionCode;
use crate::domain::incident::Incident;
use crate::domain::mode::Mode;
use crate::domain::region::ZoneRecord;
use crate::domain::said::said;
use crate::domain::situation_at::{IncidentThen, UnitThen, ZoneThen};
use crate::store::account::Role;
use crate::store::append::ReadTable;
use crate::store::incident_list::{IncidentFilter, list};
use crate::store::{position_track, read_table};

/// The most cards of one answer.
const MOST: i64 = 10_000;
/// The most zones of one answer, ended ones counted: a region has tens.
const MOST_ZONES: i64 = 20_000;
/// Most units have been seen within this: of the others all that is kept is asked.
const SEEN_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// When, and where.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// The moment, not ahead of the hub's clock; now when absent.
    #[param(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// Of one region; of all that the account may see when absent.
    region: Option<RegionCode>,
}

/// A region, or all that an account may see, at a moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct SituationAt {
    /// The moment.
    pub at: Timestamp,
    /// Each with its place, category, scale and status of then; the newest first.
    pub incidents: Vec<IncidentThen>,
    /// Whether there were more than one answer holds: the oldest are left out.
    pub more: bool,
    /// The gravest mode in force in the region; null when the question is of several regions.
    pub mode: Option<Mode>,
    /// The gravest mode in force in each region that was asked about.
    pub modes: BTreeMap<RegionCode, Mode>,
    /// Zones that were in force.
    pub zones: Vec<ZoneThen>,
    /// Every unit that was on the register then. Of now there are none: see `GET /unit-register`.
    pub units: Vec<UnitThen>,
}

/// The incidents that were open at a moment, with the place and the status that they had then and the units that were
/// under way for them; mode and zones; and where the units of the register of then were.
#[utoipa::path(tag = "incidents", params(Moment), responses((status = 200, body = SituationAt),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/situation-at")]
pub async fn situation_at(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<Moment>,
) -> Result<web::Json<SituationAt>, Problem> {
    caller.may(&[Role::DutyOfficer, Role::Manager, Role::Administrator])?;
    let Moment { at, region } = query.into_inner();
    if let Some(region) = region {
        caller.in_region(region)?;
    }
    let now = clock::now();
    let past = at.is_some();
    let at = at.unwrap_or(now);
    if at > now {
        return Err(Problem::new("invalid", said!("the moment has not come; ask for a past one")).at("at"));
    }
    let filter = IncidentFilter {
        region: region.or(caller.account.region),
        open_at: Some(at),
        ..IncidentFilter::default()
    };
    let page = list(&state.database, &filter, None, MOST).await?;
    caller.shows(page.rows.iter().map(|r| &r.id));
    let mut incidents = Vec::with_capacity(page.rows.len());
    for row in page.rows {
        let card: Incident = serde_json::from_str(&row.state).map_err(|e| {
            tracing::error!(error = %e, card = %row.id, "a card cannot be read");
            Problem::new(
                "internal",
                said!("the card {id} cannot be read; tell the administrator its number", id = row.id),
            )
        })?;
        incidents.extend(card.then(at));
    }
    let regions = caller.regions(region, &state)?;
    let region = region.or(caller.account.region);
    let zones = zones_then(&state, region, at).await?;
    let mut modes = BTreeMap::new();
    for one in &regions {
        let mode = row(&state, *one).await?.map(|r| r.mode.gravest_at(at)).unwrap_or_default();
        modes.insert(*one, mode);
    }
    let mut units = Vec::new();
    for one in regions.iter().filter(|_| past) {
        let then = position_track::register_then(&state.database, *one, at, SEEN_WITHIN).await?;
        units.extend(then.into_iter().map(|one| one.unit.then(at, one.seen, one.is_registered)));
    }
    let mode = region.and_then(|one| modes.get(&one).copied());
    Ok(web::Json(SituationAt { at, incidents, more: page.next.is_some(), mode, modes, zones, units }))
}

async fn zones_then(
    state: &ApiState,
    region: Option<RegionCode>,
    at: Timestamp,
) -> Result<Vec<ZoneThen>, Problem> {
    let rows = read_table::page(&state.database, ReadTable::Zone, region, None, None, MOST_ZONES).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((row.region, serde_json::from_str::<ZoneRecord>(&row.state).ok()?)))
        .filter_map(|(region, zone)| zone.then(region, at))
        .collect())
}
