//! Features of a collection: a page of them, or one.

use std::collections::HashMap;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::{Query, desk};
use crate::actors::clock;
use crate::actors::duty_service::SEEN_WITHIN;
use crate::api::ApiState;
use crate::api::auth::Caller;
use crate::api::problem::Problem;
use crate::domain::geography::{Object, Road};
use crate::domain::ids::{RegionCode, ServiceKey, UnitId};
use crate::domain::quantities::Point;
use crate::domain::said::{Said, said};
use crate::domain::unit::{Position, Unit};
use crate::interop::ogc::GEOJSON;
use crate::interop::ogc::collection::{Collection, Kind};
use crate::interop::ogc::crs::Crs;
use crate::interop::ogc::page::{self, Ending, Feature, Shape};
use crate::interop::ogc::properties::{OfHazard, OfIncident, OfObject, OfRoad, OfTerritory, OfUnit, OfZone};
use crate::interop::ogc::query::{self, Fault, Items};
use crate::spatial::territory::{TerritorialUnit, Territory};
use crate::store::account::Role;
use crate::store::feature::{self, FeatureFilter, FeaturePage, HazardRow, IncidentRow, With, ZoneRow};
use crate::store::land_feature::{self, LandId};
use crate::store::position_track;

/// A page of a collection.
pub(super) async fn page(
    collection: Collection,
    state: web::Data<ApiState>,
    caller: Caller,
    query: Query,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let items = Items::read(collection, &query)?;
    let answer = Answer::Page(&request, &query, collection, &items);
    let (pool, after, limit) = (&state.database, items.after.as_deref(), items.limit);
    match collection {
        Collection::Incidents => {
            let filter = asked(&items, caller.account.region);
            let found = feature::incidents(pool, &filter, after, limit).await?;
            caller.shows(found.rows.iter().map(|row| &row.id));
            answer.of(&found, |row| row.id.as_str(), incident)
        }
        Collection::Zones => {
            let filter = asked(&items, caller.account.region);
            let found = feature::zones(pool, &filter, after, limit).await?;
            let ids: Vec<String> = found.rows.iter().map(|row| row.zone.id.to_string()).collect();
            answer.named(&found, &ids, zone)
        }
        Collection::Units => {
            let elsewhere = Elsewhere::of(&state, &caller).await?;
            let filter = units_asked(&state, &elsewhere, &caller, &items)?;
            let found = feature::units(pool, &filter, after, limit).await?;
            answer.of(&found, |unit| unit.id.as_str(), |id, unit| seen(&state, &elsewhere, id, unit))
        }
        Collection::Regions | Collection::Districts => {
            let all = state.board.territories();
            let found = territories(&all, collection, &items);
            answer.of(&found, |area| area.kato.as_str(), |id, area| territory(id, area))
        }
        // What threatens and the land are the same for everybody.
        Collection::Hazards => {
            let found = feature::hazards(pool, &asked(&items, None), after, limit).await?;
            answer.of(&found, |row| row.id.as_str(), hazard)
        }
        Collection::Roads => {
            let found = land_feature::roads(pool, &asked(&items, None), land_after(after)?, limit).await?;
            answer.of(&found, |(id, _)| id.as_str(), road)
        }
        Collection::Objects => {
            let found = land_feature::objects(pool, &asked(&items, None), land_after(after)?, limit).await?;
            answer.of(&found, |(id, _)| id.as_str(), object)
        }
    }
}

/// One feature of a collection.
pub(super) async fn one(
    collection: Collection,
    state: web::Data<ApiState>,
    caller: Caller,
    query: Query,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let crs = query::of_one(&query)?;
    let answer = Answer::One(&request, collection, crs, &id);
    let items = Items { limit: 1, ..Items::default() };
    let this = |filter| FeatureFilter { ids: Some(vec![id.clone()]), ..filter };
    // An identity that no text column can hold is of nothing.
    if id.contains('\0') {
        return Err(Problem::missing(feature_of(collection), id.replace('\0', "")));
    }
    match collection {
        Collection::Incidents => {
            let filter = this(asked(&items, caller.account.region));
            let found = feature::incidents(&state.database, &filter, None, 1).await?;
            answer.of(&found, |row| row.id.as_str(), incident)
        }
        Collection::Zones => {
            let filter = this(asked(&items, caller.account.region));
            let found = feature::zones(&state.database, &filter, None, 1).await?;
            let ids: Vec<String> = found.rows.iter().map(|row| row.zone.id.to_string()).collect();
            answer.named(&found, &ids, zone)
        }
        Collection::Units => {
            let elsewhere = Elsewhere::of(&state, &caller).await?;
            let filter = this(units_asked(&state, &elsewhere, &caller, &items)?);
            let found = feature::units(&state.database, &filter, None, 1).await?;
            answer.of(&found, |unit| unit.id.as_str(), |id, unit| seen(&state, &elsewhere, id, unit))
        }
        Collection::Regions | Collection::Districts => {
            let all = state.board.territories();
            let areas = areas(&all, collection).iter().filter(|area| area.kato.as_str() == id.as_str());
            let found = FeaturePage { rows: areas.collect(), matched: None, more: false };
            answer.of(&found, |area| area.kato.as_str(), |id, area| territory(id, area))
        }
        Collection::Hazards => {
            let filter = this(asked(&items, None));
            let found = feature::hazards(&state.database, &filter, None, 1).await?;
            answer.of(&found, |row| row.id.as_str(), hazard)
        }
        Collection::Roads => {
            let found = match id.parse() {
                Ok(id) => land_feature::road_of(&state.database, id).await?,
                Err(_) => FeaturePage { rows: Vec::new(), matched: None, more: false },
            };
            answer.of(&found, |(id, _)| id.as_str(), road)
        }
        Collection::Objects => {
            let found = match id.parse() {
                Ok(id) => land_feature::object_of(&state.database, id).await?,
                Err(_) => FeaturePage { rows: Vec::new(), matched: None, more: false },
            };
            answer.of(&found, |(id, _)| id.as_str(), object)
        }
    }
}

/// Where the page before ended.
fn land_after(after: Option<&str>) -> Result<Option<LandId>, Problem> {
    after.map(str::parse).transpose().map_err(|_| Fault::Cursor.into())
}

fn feature_of(collection: Collection) -> Said {
    match collection {
        Collection::Incidents => said!("incident"),
        Collection::Units => said!("unit"),
        Collection::Zones => said!("zone"),
        Collection::Regions => said!("region"),
        Collection::Districts => said!("district"),
        Collection::Roads => said!("road"),
        Collection::Objects => said!("object"),
        Collection::Hazards => said!("hazard"),
    }
}

/// What is asked of a read table, within what the reader may see.
fn asked(items: &Items, region: Option<RegionCode>) -> FeatureFilter<'_> {
    let with = items.with.iter().map(|(property, values)| {
        let with = match property.kind {
            Kind::Flag => With::Flag(values.first().is_some_and(|v| v == "true")),
            Kind::Text | Kind::Moment | Kind::Number => With::Any(values),
        };
        (property.name, with)
    });
    FeatureFilter {
        region,
        within: items.within,
        during: items.during,
        with: with.collect(),
        ..FeatureFilter::default()
    }
}

/// Where the units are that the reader may see and whose hub runs in another process: their tracks stand in the common
/// database, some seconds behind. Nothing is read where every region runs here.
pub(super) struct Elsewhere(HashMap<UnitId, Position>);

impl Elsewhere {
    /// All of them.
    pub(super) async fn of(state: &ApiState, caller: &Caller) -> Result<Self, Problem> {
        let territories = state.board.territories();
        let (regions, _) = territories.layers();
        let seen = regions.iter().map(|area| area.region);
        let seen = seen.filter(|region| caller.account.region.is_none_or(|own| own == *region));
        let away: Vec<RegionCode> =
            seen.filter(|region| !state.board.regions().any(|here| here == *region)).collect();
        if away.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let after = clock::now() - SEEN_WITHIN;
        let known = position_track::whereabouts(&state.database, &away, after).await?;
        Ok(Self(known.into_iter().collect()))
    }

    /// Where they are.
    pub(super) fn points(&self) -> impl Iterator<Item = Point> {
        self.0.values().map(|position| position.point)
    }
}

/// The same of units: an agency sees those of its own service alone, and places come from the index.
fn units_asked<'a>(
    state: &ApiState,
    elsewhere: &Elsewhere,
    caller: &Caller,
    items: &'a Items,
) -> Result<FeatureFilter<'a>, Problem> {
    let region = caller.account.region;
    let ids = (items.within.is_some() || items.during.is_some()).then(|| {
        let fits = |p: &Position| {
            items.within.is_none_or(|area| area.contains(p.point))
                && items.during.is_none_or(|span| span.contains(p.at))
        };
        let here = state.board.regions().filter(|r| region.is_none_or(|own| own == *r));
        let here = here.flat_map(|r| state.board.units().seen(r, fits));
        let away = elsewhere.0.iter().filter(|(_, position)| fits(position)).map(|(id, _)| id.clone());
        here.chain(away).map(|id| id.as_str().to_owned()).collect()
    });
    Ok(FeatureFilter { ids, service: own_service(caller)?, ..asked(items, region) })
}

/// The service to whose units an agency is confined; none for the desk.
pub(in crate::api) fn own_service(caller: &Caller) -> Result<Option<ServiceKey>, Problem> {
    match (caller.account.role, &caller.account.service) {
        (Role::Agency, None) => Err(Problem::new(
            "forbidden",
            said!("your account speaks for no service; the administrator can change that"),
        )),
        (Role::Agency, own) => Ok(own.clone()),
        _ => Ok(None),
    }
}

fn areas(all: &Territory, collection: Collection) -> &[TerritorialUnit] {
    let (regions, districts) = all.layers();
    if collection == Collection::Districts { districts } else { regions }
}

/// The page of territories that is asked for: they are few, and stand in memory.
fn territories<'s>(
    all: &'s Territory,
    collection: Collection,
    items: &Items,
) -> FeaturePage<&'s TerritorialUnit> {
    let mut fitting: Vec<&TerritorialUnit> = areas(all, collection)
        .iter()
        .filter(|area| {
            items.wants("kato", area.kato.as_str())
                && items.wants("region", &area.region.to_string())
                && items.within.is_none_or(|within| area.touches(within))
        })
        .collect();
    fitting.sort_by(|a, b| a.kato.cmp(&b.kato));
    let matched = u64::try_from(fitting.len()).ok();
    let after =
        |area: &&TerritorialUnit| items.after.as_deref().is_none_or(|after| area.kato.as_str() > after);
    let mut rows: Vec<_> = fitting.into_iter().filter(after).collect();
    let limit = usize::try_from(items.limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    FeaturePage { rows, matched, more }
}

fn at(point: Option<Point>) -> Shape<'static> {
    point.map_or(Shape::Nowhere, Shape::Point)
}

fn incident<'a>(id: &'a str, row: &'a IncidentRow) -> Feature<'a, OfIncident<'a>> {
    let properties = OfIncident {
        number: &row.number,
        region: &row.region,
        district: row.district.as_deref(),
        status: &row.status,
        open: row.open,
        category: row.category.as_deref(),
        severity: row.severity.as_deref(),
        exercise: row.exercise,
        opened_at: row.opened_at,
        closed_at: row.closed_at,
        updated_at: row.updated_at,
    };
    Feature { id, shape: at(row.point), properties }
}

fn hazard<'a>(id: &'a str, row: &'a HazardRow) -> Feature<'a, OfHazard<'a>> {
    let properties = OfHazard {
        layer: &row.layer,
        region: row.region.as_deref(),
        kind: &row.kind,
        name: &row.name,
        source: &row.source,
        area: row.area.as_deref(),
        observed_at: row.observed_at,
        valid_until: row.valid_until,
        outdated: row.outdated,
    };
    Feature { id, shape: Shape::MultiPolygon(&row.border), properties }
}

fn zone<'a>(id: &'a str, row: &'a ZoneRow) -> Feature<'a, OfZone<'a>> {
    let border = row.zone.versions.last().map(|version| version.polygon.polygon());
    let shape = border.map_or(Shape::Nowhere, Shape::Polygon);
    Feature { id, shape, properties: OfZone::new(&row.zone, row.region) }
}

fn seen<'a>(state: &ApiState, elsewhere: &Elsewhere, id: &'a str, unit: &'a Unit) -> Feature<'a, OfUnit<'a>> {
    let here = state.board.units().whereabouts(unit.region, &unit.id).map(|(_, position)| position);
    let position = here.or_else(|| elsewhere.0.get(&unit.id).copied()).unwrap_or(unit.position);
    let doubt = state.board.units().remark_on(unit.region, &unit.id).doubtful.map(|d| d.doubt);
    Feature { id, shape: at(Some(position.point)), properties: OfUnit::new(unit, &position, doubt) }
}

fn territory<'a>(id: &'a str, area: &'a TerritorialUnit) -> Feature<'a, OfTerritory<'a>> {
    let properties = OfTerritory::new(area.kato.as_str(), area.region, &area.names);
    Feature { id, shape: Shape::MultiPolygon(&area.border), properties }
}

fn road<'a>(id: &'a str, (_, road): &'a (String, Road)) -> Feature<'a, OfRoad<'a>> {
    Feature { id, shape: Shape::Line(&road.line), properties: OfRoad::new(road) }
}

fn object<'a>(id: &'a str, (_, object): &'a (String, Object)) -> Feature<'a, OfObject<'a>> {
    Feature { id, shape: at(Some(object.point)), properties: OfObject::new(object) }
}

/// What is answered with: a page, or the one feature asked for.
enum Answer<'a> {
    Page(&'a HttpRequest, &'a [(String, String)], Collection, &'a Items),
    One(&'a HttpRequest, Collection, Crs, &'a str),
}

impl Answer<'_> {
    /// Writes what was found.
    fn of<'r, T, P: Serialize>(
        &self,
        found: &'r FeaturePage<T>,
        id: impl Fn(&'r T) -> &'r str,
        feature: impl Fn(&'r str, &'r T) -> Feature<'r, P>,
    ) -> Result<HttpResponse, Problem> {
        let features: Vec<Feature<'r, P>> = found.rows.iter().map(|row| feature(id(row), row)).collect();
        self.write(&features, found.matched, found.more)
    }

    /// The same where the ids had to be written first.
    fn named<'r, T, P: Serialize>(
        &self,
        found: &'r FeaturePage<T>,
        ids: &'r [String],
        feature: impl Fn(&'r str, &'r T) -> Feature<'r, P>,
    ) -> Result<HttpResponse, Problem> {
        let features: Vec<_> = ids.iter().zip(&found.rows).map(|(id, row)| feature(id, row)).collect();
        self.write(&features, found.matched, found.more)
    }

    fn write<P: Serialize>(
        &self,
        found: &[Feature<'_, P>],
        matched: Option<u64>,
        more: bool,
    ) -> Result<HttpResponse, Problem> {
        let (crs, written) = match self {
            Self::Page(request, query, collection, items) => {
                let here = format!("{}/collections/{}/items", desk(request).root, collection.id());
                let next = found.last().filter(|_| more).map(|last| {
                    let kept = query.iter().filter(|(name, _)| name != "cursor");
                    let mut all: Vec<(&str, &str)> = kept.map(|(n, v)| (n.as_str(), v.as_str())).collect();
                    all.push(("cursor", last.id));
                    address(&here, &all)
                });
                let all: Vec<(&str, &str)> = query.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
                let ending = Ending { matched, here: address(&here, &all), next, at: clock::now() };
                (items.crs, page::features(found, items.crs, &ending))
            }
            Self::One(request, collection, crs, id) => {
                let one = found.first().ok_or_else(|| Problem::missing(feature_of(*collection), id))?;
                let of = format!("{}/collections/{}", desk(request).root, collection.id());
                let here = format!("{of}/items/{}", request.path().rsplit('/').next().unwrap_or_default());
                (*crs, page::feature(one, *crs, here, of))
            }
        };
        let body = written.map_err(|error| {
            tracing::error!(%error, "a feature could not be written");
            Problem::new("internal", said!("the features cannot be written; tell the administrator"))
        })?;
        Ok(HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-cache"))
            .insert_header(("Content-Crs", format!("<{}>", crs.uri())))
            .content_type(GEOJSON)
            .body(body))
    }
}

/// An address with its parameters.
fn address(path: &str, query: &[(&str, &str)]) -> String {
    match serde_urlencoded::to_string(query) {
        Ok(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::append::ReadTable;

    #[test]
    fn an_address_keeps_what_its_parameters_hold() {
        assert_eq!(address("/a", &[]), "/a");
        assert_eq!(address("/a", &[("bbox", "1,2"), ("x", "b&c")]), "/a?bbox=1%2C2&x=b%26c");
    }

    #[test]
    fn every_filter_of_the_interface_is_one_of_the_store() {
        for (collection, table) in [
            (Collection::Incidents, ReadTable::Incident),
            (Collection::Units, ReadTable::Unit),
            (Collection::Zones, ReadTable::Zone),
        ] {
            let filters = collection.properties().iter().filter(|p| p.filters);
            let unknown: Vec<_> = filters.filter(|p| !feature::has_filter(table, p.name)).collect();
            assert!(unknown.is_empty(), "{unknown:?}");
        }
        let filters = |of: Collection| of.properties().iter().filter(|p| p.filters);
        assert!(filters(Collection::Hazards).all(|p| feature::hazard_filter(p.name)));
        assert!(filters(Collection::Roads).all(|p| land_feature::road_filter(p.name)));
        assert!(filters(Collection::Objects).all(|p| land_feature::object_filter(p.name)));
    }
}
