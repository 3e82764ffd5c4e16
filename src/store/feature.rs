//! Incidents, units and zones as features of a map: by place, time and property, page by page in the order of their
//! ids. What is personal is not read.

use deadpool_postgres::Pool;
use jiff::Timestamp;
use tokio_postgres::Row;

use super::append::ReadTable;
use super::database::StoreError;
use super::statement::Statement;
use crate::domain::extent::{BoundingBox, Span};
use crate::domain::ids::{RegionCode, ServiceKey};
use crate::domain::quantities::Point;
use crate::domain::region::ZoneRecord;
use crate::domain::unit::Unit;

/// Features are counted up to here: a count of years would cost more than its page.
const COUNTED: i64 = 100_000;

/// A condition on a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum With<'a> {
    /// One of these values.
    Any(&'a [String]),
    /// So, or not so.
    Flag(bool),
}

/// Which features.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FeatureFilter<'a> {
    /// Of one region; of all when absent.
    pub region: Option<RegionCode>,
    /// Of one service.
    pub service: Option<ServiceKey>,
    /// These alone.
    pub ids: Option<Vec<String>>,
    /// Touching the box, or without a place.
    pub within: Option<BoundingBox>,
    /// Of this time, or without one.
    pub during: Option<Span>,
    /// By property.
    pub with: Vec<(&'a str, With<'a>)>,
}

/// A page of features.
#[derive(Debug, Clone, PartialEq)]
pub struct FeaturePage<T> {
    /// In the order of their ids.
    pub rows: Vec<T>,
    /// How many fit in all; absent where there are more than are counted.
    pub matched: Option<u64>,
    /// Whether there are more after these.
    pub more: bool,
}

/// An incident as a feature.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentRow {
    /// Identity.
    pub id: String,
    /// Number for people.
    pub number: String,
    /// Owner.
    pub region: String,
    /// Where it lies.
    pub district: Option<String>,
    /// Status.
    pub status: String,
    /// Whether work goes on.
    pub open: bool,
    /// Category in force.
    pub category: Option<String>,
    /// Gravity in force.
    pub severity: Option<String>,
    /// Part of an exercise.
    pub exercise: bool,
    /// Opened.
    pub opened_at: Timestamp,
    /// Ended.
    pub closed_at: Option<Timestamp>,
    /// Last changed.
    pub updated_at: Timestamp,
    /// The place in force.
    pub point: Option<Point>,
}

/// A zone as a feature.
#[derive(Debug, Clone, PartialEq)]
pub struct ZoneRow {
    /// Owner.
    pub region: RegionCode,
    /// The zone with its history.
    pub zone: ZoneRecord,
}

/// An area of a layer of perimeters as a feature.
#[derive(Debug, Clone, PartialEq)]
pub struct HazardRow {
    /// The layer and the area's place in it.
    pub id: String,
    /// The layer's name for programs.
    pub layer: String,
    /// Whose the layer is.
    pub region: Option<String>,
    /// What the area means.
    pub kind: String,
    /// The layer's name for people.
    pub name: String,
    /// Who tells of it.
    pub source: String,
    /// What the area is called.
    pub area: Option<String>,
    /// The moment that it shows.
    pub observed_at: Timestamp,
    /// Until when it may be believed.
    pub valid_until: Timestamp,
    /// Whether that is past.
    pub outdated: bool,
    /// Its border.
    pub border: geo::MultiPolygon,
}

/// A read table as features.
struct Layer<T> {
    table: &'static str,
    columns: &'static str,
    /// What holds of every feature.
    always: &'static str,
    geometry: Option<&'static str>,
    /// From when till when a feature is; a feature without an end is still.
    time: Option<(&'static str, &'static str)>,
    column: fn(&str) -> Option<&'static str>,
    read: fn(&Row) -> Result<T, StoreError>,
}

const INCIDENTS: Layer<IncidentRow> = Layer {
    table: "incident",
    columns: "id, number, region, district, status, status IN ('open', 'responding'), category, severity, exercise, opened_at, \
        closed_at, updated_at, ST_Y(point), ST_X(point)",
    always: "opened_at IS NOT NULL",
    geometry: Some("point"),
    time: Some(("opened_at", "closed_at")),
    column: |name| match name {
        "number" => Some("number"),
        "region" => Some("region"),
        "district" => Some("district"),
        "status" => Some("status"),
        "open" => Some("(status IN ('open', 'responding'))"),
        "category" => Some("category"),
        "severity" => Some("severity"),
        "exercise" => Some("exercise"),
        _ => None,
    },
    read: incident,
};

const UNITS: Layer<Unit> = Layer {
    table: "unit",
    columns: "state::text",
    always: "open",
    // Where a unit is, and when it was there, the index of units knows.
    geometry: None,
    time: None,
    column: |name| match name {
        "service" => Some("service"),
        "region" => Some("region"),
        "kind" => Some("(state ->> 'kind')"),
        "status" => Some("(state #>> '{status,state}')"),
        "incident" => Some("(state #>> '{status,incident}')"),
        _ => None,
    },
    read: |row| read_state("unit", row.try_get(0)?),
};

const ZONES: Layer<ZoneRow> = Layer {
    table: "zone",
    columns: "region, state::text",
    always: "drawn_at IS NOT NULL",
    geometry: Some("polygon"),
    time: Some(("drawn_at", "ended_at")),
    column: |name| match name {
        "region" => Some("region"),
        "mode" => Some("(state ->> 'mode')"),
        "incident" => Some("(state ->> 'incident')"),
        "open" => Some("(ended_at IS NULL)"),
        _ => None,
    },
    read: |row| {
        let region: String = row.try_get(0)?;
        let region = region.parse().map_err(|_| broken("zone", format!("{region} is no region")))?;
        Ok(ZoneRow { region, zone: read_state("zone", row.try_get(1)?)? })
    },
};

const HAZARDS: Layer<HazardRow> = Layer {
    table: "hazard_feature",
    columns: "id, layer, region, kind, name, source, area, observed_at, valid_until, valid_until < now(), \
        ST_AsGeoJSON(geom, 7, 0)",
    always: "true",
    geometry: Some("geom"),
    time: Some(("observed_at", "valid_until")),
    column: |name| match name {
        "layer" => Some("layer"),
        "region" => Some("region"),
        "kind" => Some("kind"),
        "outdated" => Some("(valid_until < now())"),
        _ => None,
    },
    read: hazard,
};

fn hazard(row: &Row) -> Result<HazardRow, StoreError> {
    let border: String = row.try_get(10)?;
    let border = border.parse::<geojson::Geometry>().ok().map(geo::MultiPolygon::try_from);
    let Some(Ok(border)) = border else { return Err(broken("hazard_area", "no border".into())) };
    Ok(HazardRow {
        id: row.try_get(0)?,
        layer: row.try_get(1)?,
        region: row.try_get(2)?,
        kind: row.try_get(3)?,
        name: row.try_get(4)?,
        source: row.try_get(5)?,
        area: row.try_get(6)?,
        observed_at: row.try_get(7)?,
        valid_until: row.try_get(8)?,
        outdated: row.try_get(9)?,
        border,
    })
}

fn broken(table: &'static str, reason: String) -> StoreError {
    StoreError::Row { table, reason }
}

fn read_state<T: serde::de::DeserializeOwned>(table: &'static str, state: String) -> Result<T, StoreError> {
    serde_json::from_str(&state).map_err(|e| broken(table, e.to_string()))
}

fn incident(row: &Row) -> Result<IncidentRow, StoreError> {
    let (lat, lon): (Option<f64>, Option<f64>) = (row.try_get(12)?, row.try_get(13)?);
    Ok(IncidentRow {
        id: row.try_get(0)?,
        number: row.try_get::<_, Option<String>>(1)?.unwrap_or_default(),
        region: row.try_get(2)?,
        district: row.try_get(3)?,
        status: row.try_get::<_, Option<String>>(4)?.unwrap_or_default(),
        open: row.try_get(5)?,
        category: row.try_get(6)?,
        severity: row.try_get(7)?,
        exercise: row.try_get(8)?,
        opened_at: row.try_get(9)?,
        closed_at: row.try_get(10)?,
        updated_at: row.try_get(11)?,
        point: lat.zip(lon).and_then(|(lat, lon)| Point::new(lat, lon).ok()),
    })
}

impl<T> Layer<T> {
    /// ` FROM … WHERE` with what is asked for.
    fn narrowed<'a>(&self, filter: &'a FeatureFilter<'a>) -> Statement<'a> {
        let mut statement = Statement::new(format!(" FROM {} WHERE {}", self.table, self.always));
        if let Some(region) = filter.region {
            statement.and("region = ?", region.to_string());
        }
        if let Some(service) = &filter.service {
            statement.and("service = ?", service.as_str());
        }
        if let Some(ids) = &filter.ids {
            statement.and("id = ANY(?)", ids);
        }
        if let (Some(within), Some(geometry)) = (filter.within, self.geometry) {
            let touches = statement.touches(geometry, geometry == "point", within);
            statement.text.push_str(&format!(" AND ({geometry} IS NULL OR {touches})"));
        }
        if let (Some(during), Some((from, to))) = (filter.during, self.time) {
            if let Some(end) = during.to {
                statement.and(&format!("{from} <= ?"), end);
            }
            if let Some(begin) = during.from {
                statement.and(&format!("({to} IS NULL OR {to} >= ?)"), begin);
            }
        }
        for (name, with) in &filter.with {
            match ((self.column)(name), with) {
                (Some(column), With::Any(values)) => statement.any(column, values),
                (Some(column), With::Flag(is)) => statement.flag(column, *is),
                (None, _) => statement.text.push_str(" AND false"),
            }
        }
        statement
    }

    async fn page(
        &self,
        pool: &Pool,
        filter: &FeatureFilter<'_>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<FeaturePage<T>, StoreError> {
        let count = self.narrowed(filter);
        let mut page = self.narrowed(filter);
        if let Some(after) = after {
            page.and("id > ?", after);
        }
        page_of(pool, &count, page, (self.columns, "id"), limit, self.read).await
    }
}

/// A page of what `page` finds, in an order, and how many `count` finds.
pub(super) async fn page_of<T>(
    pool: &Pool,
    count: &Statement<'_>,
    mut page: Statement<'_>,
    (columns, order): (&str, &str),
    limit: u32,
    read: fn(&Row) -> Result<T, StoreError>,
) -> Result<FeaturePage<T>, StoreError> {
    let client = pool.get().await?;
    let count_text =
        format!("SELECT count(*) FROM (SELECT 1{} LIMIT {}) AS counted", count.text, COUNTED + 1);
    let most = page.param(i64::from(limit) + 1);
    let page_text = format!("SELECT {columns}{} ORDER BY {order} LIMIT {most}", page.text);
    let (count_statement, page_statement) =
        tokio::try_join!(client.prepare_cached(&count_text), client.prepare_cached(&page_text))?;
    // Both are on their way at once; the server answers them in turn.
    let (count_params, page_params) = (count.params(), page.params());
    let (counted, found) = tokio::try_join!(
        client.query_one(&count_statement, &count_params),
        client.query(&page_statement, &page_params)
    )?;
    let counted: i64 = counted.try_get(0)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let rows = found.iter().take(limit).map(read).collect::<Result<_, _>>()?;
    let matched = (counted <= COUNTED).then(|| counted.unsigned_abs());
    Ok(FeaturePage { rows, matched, more: found.len() > limit })
}

/// A page of incidents.
///
/// # Errors
/// [`StoreError`].
pub async fn incidents(
    pool: &Pool,
    filter: &FeatureFilter<'_>,
    after: Option<&str>,
    limit: u32,
) -> Result<FeaturePage<IncidentRow>, StoreError> {
    INCIDENTS.page(pool, filter, after, limit).await
}

/// A page of units on the register. Their places and times are not asked for here: the index of units has them.
///
/// # Errors
/// [`StoreError`].
pub async fn units(
    pool: &Pool,
    filter: &FeatureFilter<'_>,
    after: Option<&str>,
    limit: u32,
) -> Result<FeaturePage<Unit>, StoreError> {
    UNITS.page(pool, filter, after, limit).await
}

/// A page of zones.
///
/// # Errors
/// [`StoreError`].
pub async fn zones(
    pool: &Pool,
    filter: &FeatureFilter<'_>,
    after: Option<&str>,
    limit: u32,
) -> Result<FeaturePage<ZoneRow>, StoreError> {
    ZONES.page(pool, filter, after, limit).await
}

/// A page of areas of layers of perimeters.
///
/// # Errors
/// [`StoreError`].
pub async fn hazards(
    pool: &Pool,
    filter: &FeatureFilter<'_>,
    after: Option<&str>,
    limit: u32,
) -> Result<FeaturePage<HazardRow>, StoreError> {
    HAZARDS.page(pool, filter, after, limit).await
}

/// Whether areas can be asked for by this property.
#[must_use]
pub fn hazard_filter(property: &str) -> bool {
    (HAZARDS.column)(property).is_some()
}

/// Incidents on which work goes on and whose place is known, and zones in force: what a live map shows.
///
/// # Errors
/// [`StoreError`].
pub async fn standing(pool: &Pool) -> Result<(Vec<IncidentRow>, Vec<ZoneRow>), StoreError> {
    let client = pool.get().await?;
    let incidents = format!(
        "SELECT {} FROM {} WHERE open AND opened_at IS NOT NULL AND point IS NOT NULL \
         AND status IN ('open', 'responding') ORDER BY id",
        INCIDENTS.columns, INCIDENTS.table
    );
    let zones = format!(
        "SELECT {} FROM {} WHERE open AND drawn_at IS NOT NULL AND ended_at IS NULL ORDER BY id",
        ZONES.columns, ZONES.table
    );
    let (incidents, zones) =
        tokio::try_join!(client.prepare_cached(&incidents), client.prepare_cached(&zones))?;
    let (incidents, zones) = tokio::try_join!(client.query(&incidents, &[]), client.query(&zones, &[]))?;
    let incidents = incidents.iter().map(INCIDENTS.read).collect::<Result<_, _>>()?;
    Ok((incidents, zones.iter().map(ZONES.read).collect::<Result<_, _>>()?))
}

/// What the features of a table cover.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cover {
    /// West, south, east, north in degrees; none where nothing has a place.
    pub bounds: Option<[f64; 4]>,
    /// The earliest moment.
    pub since: Option<Timestamp>,
}

/// What incidents cover.
///
/// # Errors
/// [`StoreError`].
pub async fn incidents_cover(pool: &Pool, region: Option<RegionCode>) -> Result<Cover, StoreError> {
    cover(pool, "ST_Extent(point), min(opened_at) FROM incident", region).await
}

/// What zones cover.
///
/// # Errors
/// [`StoreError`].
pub async fn zones_cover(pool: &Pool, region: Option<RegionCode>) -> Result<Cover, StoreError> {
    cover(pool, "ST_Extent(polygon), min(drawn_at) FROM zone", region).await
}

/// What areas of layers cover: they are the same for everybody.
///
/// # Errors
/// [`StoreError`].
pub async fn hazards_cover(pool: &Pool) -> Result<Cover, StoreError> {
    cover(pool, "ST_Extent(geom), min(observed_at) FROM hazard_feature", None).await
}

async fn cover(pool: &Pool, of: &str, region: Option<RegionCode>) -> Result<Cover, StoreError> {
    let client = pool.get().await?;
    let text = format!(
        "SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box), since \
         FROM (SELECT {of} WHERE $1::text IS NULL OR region = $1) AS cover (box, since)"
    );
    let statement = client.prepare_cached(&text).await?;
    let row = client.query_one(&statement, &[&region.map(|region| region.to_string())]).await?;
    let west: Option<f64> = row.try_get(0)?;
    let bounds = match west {
        Some(west) => Some([west, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?]),
        None => None,
    };
    Ok(Cover { bounds, since: row.try_get(4)? })
}

/// Whether features of a read table can be asked for by this property.
#[must_use]
pub fn has_filter(table: ReadTable, property: &str) -> bool {
    let column = match table {
        ReadTable::Incident => INCIDENTS.column,
        ReadTable::Unit => UNITS.column,
        ReadTable::Zone => ZONES.column,
        _ => return false,
    };
    column(property).is_some()
}
