//! The register of units as a whole, in one answer: columns, in which what recurs is named once. Fifty thousand units are
//! less than a megabyte on the wire, where the list in pages is 250 requests.

use std::collections::HashMap;
use std::hash::Hash;
use std::io::Write;

use actix_web::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, ETAG, IF_NONE_MATCH, VARY};
use actix_web::{HttpRequest, HttpResponse, get, web};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::ApiState;
use super::auth::Caller;
use super::duty::OfRegion;
use super::problem::Problem;
use super::tiles::names;
use super::units::where_it_is;
use crate::domain::ids::{RegionCode, ServiceKey, UnitId};
use crate::domain::quantities::{Metres, Point};
use crate::domain::said::said;
use crate::domain::unit::{CallSign, Capabilities, PositionSource, Unit, UnitKind, UnitStatus};
use crate::store::account::Role;
use crate::store::append::ReadTable;
use crate::store::database::StoreError;
use crate::store::read_table;

/// A station.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StationOfUnits {
    /// As its service calls it.
    pub name: String,
    /// Where it stands.
    pub home: Point,
}

/// Units in columns: the first unit has the first identity, the first call sign, and so on. A column whose name is that of a
/// list at the top holds places in that list, counted from 0.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct UnitRegister {
    /// Regions that occur.
    pub regions: Vec<RegionCode>,
    /// Services that occur.
    pub services: Vec<ServiceKey>,
    /// What units go by.
    pub kinds: Vec<UnitKind>,
    /// Sets of capabilities that occur.
    #[schema(value_type = Vec<Vec<String>>)]
    pub capabilities: Vec<Capabilities>,
    /// Stations that occur.
    pub stations: Vec<StationOfUnits>,
    /// What units are doing, each different answer once.
    pub statuses: Vec<UnitStatus>,
    /// Who says where units are.
    pub sources: Vec<PositionSource>,
    /// Each unit's columns.
    pub units: UnitColumns,
}

/// The columns of [`UnitRegister`].
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct UnitColumns {
    /// Identities.
    pub id: Vec<UnitId>,
    /// Call signs.
    pub call_sign: Vec<CallSign>,
    /// Versions in the register: their ETags.
    pub version: Vec<u64>,
    /// Place in `regions`.
    pub region: Vec<usize>,
    /// Place in `services`.
    pub service: Vec<usize>,
    /// Place in `kinds`.
    pub kind: Vec<usize>,
    /// Place in `capabilities`.
    pub capabilities: Vec<usize>,
    /// Place in `stations`.
    pub station: Vec<usize>,
    /// Place in `statuses`.
    pub status: Vec<usize>,
    /// Degrees of latitude where the unit was last seen, WGS 84, to about a metre.
    pub lat: Vec<f64>,
    /// Degrees of longitude.
    pub lon: Vec<f64>,
    /// When it was there, milliseconds since 1970.
    pub at: Vec<i64>,
    /// Place in `sources`.
    pub source: Vec<usize>,
    /// How far off the place may be, metres; null where it is not known.
    pub accuracy: Vec<Option<Metres>>,
}

/// The whole register of a region, or of every region that the account may see, each unit where it was last seen. Packed for
/// who accepts `gzip`; with `If-None-Match` nothing is sent while nothing has changed.
#[utoipa::path(tag = "units", params(OfRegion,
        ("If-None-Match" = Option<String>, Header, description = "the ETag of the answer before")),
    responses((status = 200, body = UnitRegister), (status = 304, description = "nothing has changed"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/unit-register")]
pub async fn whole(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<OfRegion>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(&[Role::DutyOfficer, Role::Manager, Role::Administrator])?;
    let mut stored = Vec::new();
    for region in caller.regions(query.region, &state)? {
        let take = |row: read_table::StoredRow| -> Result<(), StoreError> {
            stored.push(row.state);
            Ok(())
        };
        read_table::load_open(&state.database, ReadTable::Unit, region, None, take).await?;
    }
    // Beside the event loop: tens of thousands of units are tenths of a second of work.
    let (tag, plain, packed) = web::block(move || made(&state, stored))
        .await
        .map_err(|_| Problem::new("unavailable", said!("the hub is overloaded; send it again in a moment")))?
        .map_err(|error| {
            tracing::error!(%error, "the register of units cannot be written");
            Problem::new("unavailable", said!("the hub is overloaded; send it again in a moment"))
        })?;
    let asked = request.headers();
    let mut answer = match names(asked, IF_NONE_MATCH, &tag) {
        true => HttpResponse::NotModified(),
        false => HttpResponse::Ok(),
    };
    answer
        .insert_header((ETAG, tag.as_str()))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .insert_header((VARY, "Authorization, Accept-Encoding"));
    if names(asked, IF_NONE_MATCH, &tag) {
        return Ok(answer.finish());
    }
    answer.content_type("application/json");
    let unpacks =
        asked.get(ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("gzip"));
    Ok(match unpacks {
        true => answer.insert_header((CONTENT_ENCODING, "gzip")).body(packed),
        false => answer.body(plain),
    })
}

/// The answer with its ETag, plain and packed.
fn made(state: &ApiState, stored: Vec<String>) -> Result<(String, Vec<u8>, Vec<u8>), std::io::Error> {
    let mut units: Vec<Unit> = stored
        .into_iter()
        .filter_map(|text| match serde_json::from_str(&text) {
            Ok(unit) => Some(unit),
            Err(error) => {
                tracing::error!(%error, "a unit cannot be read");
                None
            }
        })
        .map(|unit| where_it_is(state, unit))
        .collect();
    units.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    let plain = serde_json::to_vec(&in_columns(units))?;
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&plain)[..12]));
    let mut packer = GzEncoder::new(Vec::with_capacity(plain.len() / 4), Compression::fast());
    packer.write_all(&plain)?;
    Ok((tag, plain, packer.finish()?))
}

fn in_columns(units: Vec<Unit>) -> UnitRegister {
    let mut all = UnitRegister::default();
    let (mut regions, mut services, mut kinds) = (Places::new(), Places::new(), Places::new());
    let (mut capabilities, mut stations, mut sources) = (Places::new(), Places::new(), Places::new());
    let mut statuses = Places::new();
    let columns = &mut all.units;
    for unit in units {
        columns.region.push(regions.of(&mut all.regions, unit.region, || unit.region));
        columns.service.push(services.of(&mut all.services, unit.service.clone(), || unit.service));
        columns.kind.push(kinds.of(&mut all.kinds, unit.kind, || unit.kind));
        columns
            .capabilities
            .push(capabilities.of(&mut all.capabilities, unit.capabilities.clone(), || unit.capabilities));
        let place = (unit.station.clone(), unit.home.lat().to_bits(), unit.home.lon().to_bits());
        let station = || StationOfUnits { name: unit.station, home: unit.home };
        columns.station.push(stations.of(&mut all.stations, place, station));
        // Nearly all are free: only the others are told apart by how they are written.
        let told = match &unit.status {
            UnitStatus::Available => None,
            other => serde_json::to_string(other).ok(),
        };
        columns.status.push(statuses.of(&mut all.statuses, told, || unit.status));
        let source = unit.position.source;
        columns.source.push(sources.of(&mut all.sources, source, || source));
        columns.lat.push(to_a_metre(unit.position.point.lat()));
        columns.lon.push(to_a_metre(unit.position.point.lon()));
        columns.at.push(unit.position.at.as_millisecond());
        columns.accuracy.push(unit.position.accuracy);
        columns.id.push(unit.id);
        columns.call_sign.push(unit.call_sign);
        columns.version.push(unit.version);
    }
    all
}

fn to_a_metre(degrees: f64) -> f64 {
    (degrees * 1e5).round() / 1e5
}

/// Where each value stands in its list, by what tells values apart.
struct Places<K>(HashMap<K, usize>);

impl<K: Eq + Hash> Places<K> {
    fn new() -> Self {
        Self(HashMap::new())
    }

    /// The place of a value in its list, into which it is put when it is not there yet.
    fn of<T>(&mut self, list: &mut Vec<T>, key: K, value: impl FnOnce() -> T) -> usize {
        *self.0.entry(key).or_insert_with(|| {
            list.push(value());
            list.len() - 1
        })
    }
}
