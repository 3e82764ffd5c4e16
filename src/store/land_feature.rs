//! Roads and objects of the land as features of a map: by place and property, page by page.

use std::fmt;
use std::str::FromStr;

use deadpool_postgres::Pool;
use tokio_postgres::Row;

use super::database::StoreError;
use super::feature::{FeatureFilter, FeaturePage, With, page_of};
use super::statement::Statement;
use super::{land, road};
use crate::domain::geography::{Direction, Element, LocalNames, Object, ObjectKind, Road};

/// A feature of the land: its import, and its number within that. Another import gives other numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LandId {
    import: i64,
    number: i64,
}

/// Not such an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a feature of the land is named by two numbers with a dash between")]
pub struct NotLandId;

impl FromStr for LandId {
    type Err = NotLandId;
    fn from_str(text: &str) -> Result<Self, NotLandId> {
        let (import, number) = text.split_once('-').ok_or(NotLandId)?;
        let id = Self {
            import: import.parse().map_err(|_| NotLandId)?,
            number: number.parse().map_err(|_| NotLandId)?,
        };
        // One way to write it.
        if id.to_string() == text { Ok(id) } else { Err(NotLandId) }
    }
}

impl fmt::Display for LandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.import, self.number)
    }
}

/// A table of the land as features.
struct Layer<T> {
    table: &'static str,
    columns: &'static str,
    is_point: bool,
    /// Whether a row named `twin` is of the same thing.
    same: &'static str,
    column: fn(&str) -> Option<&'static str>,
    read: fn(&Row) -> Result<T, StoreError>,
}

/// The columns of [`road::road`] with the other names and the identity.
const ROAD: &str = "way, from_node, to_node, class, direction, limit_kmh, rough, name, reference, \
    ST_AsBinary(geom, 'NDR'), name_kk, name_ru, name_en, import, id";
const OBJECT: &str = "element, element_id, kind, phone, name, name_kk, name_ru, name_en, former_name, \
    ST_Y(geom), ST_X(geom), import, id";

const ROADS: Layer<(String, Road)> = Layer {
    table: "road",
    columns: ROAD,
    is_point: false,
    same: "twin.way = road.way AND twin.from_node = road.from_node AND twin.to_node = road.to_node",
    column: |name| match name {
        "element" => Some("('way/' || way)"),
        "class" => Some("class"),
        "oneway" => Some("(direction <> 'both')"),
        "rough" => Some("rough"),
        "ref" => Some("reference"),
        "name" => Some("name"),
        _ => None,
    },
    read: |row| {
        let mut road = road::road(row)?;
        let after = road::COLUMN_COUNT;
        road.names = LocalNames {
            kk: row.try_get(after)?,
            ru: row.try_get(after + 1)?,
            en: row.try_get(after + 2)?,
            ..road.names
        };
        // A one-way street's line runs as it is driven.
        if road.direction == Direction::Backward {
            road.line.reverse();
            road.direction = Direction::Forward;
        }
        Ok((id(row, after + 3)?, road))
    },
};

const OBJECTS: Layer<(String, Object)> = Layer {
    table: "object",
    columns: OBJECT,
    is_point: true,
    same: "twin.element_id = object.element_id AND twin.element = object.element",
    column: |name| match name {
        "element" => Some("(element || '/' || element_id)"),
        "kind" => Some("kind"),
        "name" => Some("name"),
        _ => None,
    },
    read: |row| {
        let kind: &str = row.try_get(2)?;
        let known = ObjectKind::ALL.iter().find(|k| k.as_str() == kind);
        let element: Element = land::element(row)?;
        let object = Object {
            element,
            kind: *known.ok_or_else(|| land::bad("object", kind))?,
            phone: row.try_get(3)?,
            tags: std::collections::BTreeMap::new(),
            names: land::names(row, 4)?,
            point: land::point(row, 9)?,
        };
        Ok((id(row, 11)?, object))
    },
};

fn id(row: &Row, from: usize) -> Result<String, StoreError> {
    Ok(LandId { import: row.try_get(from)?, number: row.try_get(from + 1)? }.to_string())
}

impl<T> Layer<T> {
    /// ` FROM … WHERE` with what is asked for; of what stands in several imports the newest alone.
    fn narrowed<'a>(&self, filter: &'a FeatureFilter<'a>, several: bool) -> Statement<'a> {
        let table = self.table;
        let mut statement = Statement::new(format!(" FROM {table} WHERE true"));
        if several {
            statement.text.push_str(&format!(
                " AND NOT EXISTS (SELECT FROM {table} twin WHERE {} AND twin.import > {table}.import)",
                self.same
            ));
        }
        if let Some(within) = filter.within {
            let touches = statement.touches("geom", self.is_point, within);
            statement.text.push_str(&format!(" AND {touches}"));
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
        after: Option<LandId>,
        limit: u32,
    ) -> Result<FeaturePage<T>, StoreError> {
        let twins = several(pool).await?;
        let count = self.narrowed(filter, twins);
        let mut page = self.narrowed(filter, twins);
        if let Some(after) = after {
            let (import, number) = (page.param(after.import), page.param(after.number));
            page.text.push_str(&format!(" AND (import, id) > ({import}, {number})"));
        }
        page_of(pool, &count, page, (self.columns, "import, id"), limit, self.read).await
    }

    async fn one(&self, pool: &Pool, id: LandId) -> Result<FeaturePage<T>, StoreError> {
        let client = pool.get().await?;
        let text = format!("SELECT {} FROM {} WHERE import = $1 AND id = $2", self.columns, self.table);
        let statement = client.prepare_cached(&text).await?;
        let found = client.query(&statement, &[&id.import, &id.number]).await?;
        let rows = found.iter().map(self.read).collect::<Result<_, _>>()?;
        Ok(FeaturePage { rows, matched: None, more: false })
    }

    async fn cover(&self, pool: &Pool) -> Result<Option<[f64; 4]>, StoreError> {
        let client = pool.get().await?;
        let text = format!(
            "SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box) \
             FROM (SELECT ST_Extent(geom) AS box FROM {}) AS cover",
            self.table
        );
        let row = client.query_one(&text, &[]).await?;
        let west: Option<f64> = row.try_get(0)?;
        Ok(match west {
            Some(west) => Some([west, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?]),
            None => None,
        })
    }
}

/// Whether something may stand in more than one import. Of one alone nothing does, and its pages stay as quick as they are.
async fn several(pool: &Pool) -> Result<bool, StoreError> {
    let text = "SELECT count(*) > 1 FROM gis_import WHERE state = 'live' AND kind = 'osm'";
    let client = pool.get().await?;
    let statement = client.prepare_cached(text).await?;
    Ok(client.query_one(&statement, &[]).await?.try_get(0)?)
}

/// A page of roads.
///
/// # Errors
/// [`StoreError`].
pub async fn roads(
    pool: &Pool,
    filter: &FeatureFilter<'_>,
    after: Option<LandId>,
    limit: u32,
) -> Result<FeaturePage<(String, Road)>, StoreError> {
    ROADS.page(pool, filter, after, limit).await
}

/// A page of objects; what the source says of each beside its name is left out.
///
/// # Errors
/// [`StoreError`].
pub async fn objects(
    pool: &Pool,
    filter: &FeatureFilter<'_>,
    after: Option<LandId>,
    limit: u32,
) -> Result<FeaturePage<(String, Object)>, StoreError> {
    OBJECTS.page(pool, filter, after, limit).await
}

/// One road, or none.
///
/// # Errors
/// [`StoreError`].
pub async fn road_of(pool: &Pool, id: LandId) -> Result<FeaturePage<(String, Road)>, StoreError> {
    ROADS.one(pool, id).await
}

/// One object, or none.
///
/// # Errors
/// [`StoreError`].
pub async fn object_of(pool: &Pool, id: LandId) -> Result<FeaturePage<(String, Object)>, StoreError> {
    OBJECTS.one(pool, id).await
}

/// West, south, east, north of all roads, degrees; none without any.
///
/// # Errors
/// [`StoreError`].
pub async fn roads_cover(pool: &Pool) -> Result<Option<[f64; 4]>, StoreError> {
    ROADS.cover(pool).await
}

/// The same of objects.
///
/// # Errors
/// [`StoreError`].
pub async fn objects_cover(pool: &Pool) -> Result<Option<[f64; 4]>, StoreError> {
    OBJECTS.cover(pool).await
}

/// Whether roads can be asked for by this property.
#[must_use]
pub fn road_filter(property: &str) -> bool {
    (ROADS.column)(property).is_some()
}

/// Whether objects can be asked for by this property.
#[must_use]
pub fn object_filter(property: &str) -> bool {
    (OBJECTS.column)(property).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_written_in_one_way() {
        assert_eq!("3-17".parse::<LandId>().map(|id| id.to_string()).as_deref(), Ok("3-17"));
        for bad in ["", "3", "3-", "-17", "3-017", "+3-17", "3-17-1", "3-x"] {
            assert_eq!(bad.parse::<LandId>(), Err(NotLandId), "{bad}");
        }
    }
}
