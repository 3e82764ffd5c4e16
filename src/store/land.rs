//! What lies on the land and has a name, of the imports in force: for the gazetteer in memory.

use std::collections::BTreeMap;

use deadpool_postgres::Pool;
use futures_util::{TryStreamExt, pin_mut};
use tokio_postgres::Row;

use super::database::StoreError;
use super::road;
use crate::domain::geography::{
    Address, Element, ElementKind, LocalNames, Object, ObjectKind, Place, PlaceKind, Road,
};
use crate::domain::quantities::Point;

/// The columns of [`place`].
pub(super) const PLACE: &str = "element, element_id, kind, population, name, name_kk, name_ru, name_en, \
                former_name, ST_Y(geom), ST_X(geom)";

/// Towns, villages, quarters.
///
/// # Errors
/// [`StoreError`].
pub async fn places(pool: &Pool) -> Result<Vec<Place>, StoreError> {
    let text = format!("SELECT {PLACE} FROM place {}", newest("place"));
    rows(pool, &text, place).await
}

pub(super) fn place(row: &Row) -> Result<Place, StoreError> {
    let kind: &str = row.try_get(2)?;
    Ok(Place {
        element: element(row)?,
        kind: *PlaceKind::ALL.iter().find(|k| k.as_str() == kind).ok_or_else(|| bad("place", kind))?,
        population: row.try_get(3)?,
        names: names(row, 4)?,
        point: point(row, 9)?,
    })
}

/// House numbers.
///
/// # Errors
/// [`StoreError`].
pub async fn addresses(pool: &Pool) -> Result<Vec<Address>, StoreError> {
    let text = format!(
        "SELECT element, element_id, house, street, place, city, postcode, \
                name, name_kk, name_ru, name_en, former_name, ST_Y(geom), ST_X(geom) FROM address {}",
        newest("address")
    );
    rows(pool, &text, |row| {
        Ok(Address {
            element: element(row)?,
            house: row.try_get(2)?,
            street: row.try_get(3)?,
            place: row.try_get(4)?,
            city: row.try_get(5)?,
            postcode: row.try_get(6)?,
            names: names(row, 7)?,
            point: point(row, 12)?,
        })
    })
    .await
}

/// Where the house numbers are, for counting.
///
/// # Errors
/// [`StoreError`].
pub async fn houses(pool: &Pool) -> Result<Vec<Point>, StoreError> {
    let text = format!("SELECT ST_Y(geom), ST_X(geom) FROM address {}", newest("address"));
    rows(pool, &text, |row| point(row, 0)).await
}

/// The columns of [`object`].
pub(super) const OBJECT: &str = "element, element_id, kind, phone, \
                CASE WHEN kind = 'kilometre_post' THEN tags::text END, \
                name, name_kk, name_ru, name_en, former_name, ST_Y(geom), ST_X(geom)";

/// Objects that have a name, and kilometre posts.
///
/// # Errors
/// [`StoreError`].
pub async fn objects(pool: &Pool) -> Result<Vec<Object>, StoreError> {
    let text = format!(
        "SELECT {OBJECT} FROM object {} \
           AND (kind = 'kilometre_post' OR coalesce(name, name_kk, name_ru, name_en) IS NOT NULL)",
        newest("object")
    );
    rows(pool, &text, object).await
}

/// Objects of one kind that have a name.
///
/// # Errors
/// [`StoreError`].
pub async fn objects_of(pool: &Pool, kind: ObjectKind) -> Result<Vec<Object>, StoreError> {
    let text = format!(
        "SELECT {OBJECT} FROM object {} AND kind = $1 AND coalesce(name, name_kk, name_ru, name_en) IS NOT NULL",
        newest("object")
    );
    let client = pool.get().await?;
    let statement = client.prepare_cached(&text).await?;
    client.query(&statement, &[&kind.as_str()]).await?.iter().map(object).collect()
}

pub(super) fn object(row: &Row) -> Result<Object, StoreError> {
    let kind: &str = row.try_get(2)?;
    let tags: Option<&str> = row.try_get(4)?;
    let tags: Option<BTreeMap<String, String>> =
        tags.map(serde_json::from_str).transpose().map_err(|e| bad("object", &e.to_string()))?;
    Ok(Object {
        element: element(row)?,
        kind: *ObjectKind::ALL.iter().find(|k| k.as_str() == kind).ok_or_else(|| bad("object", kind))?,
        phone: row.try_get(3)?,
        tags: tags.unwrap_or_default(),
        names: names(row, 5)?,
        point: point(row, 10)?,
    })
}

/// Parks, woods and waters that have a name: the name, and a point within. Rivers are too long to be a place.
///
/// # Errors
/// [`StoreError`].
pub async fn named_covers(pool: &Pool) -> Result<Vec<(LocalNames, Point)>, StoreError> {
    let text = format!(
        "SELECT name, name_kk, name_ru, name_en, former_name, ST_Y(at), ST_X(at) FROM ( \
           SELECT *, ST_PointOnSurface(geom) AS at FROM land_cover {} \
             AND kind NOT IN ('river', 'stream') AND coalesce(name, name_kk, name_ru, name_en) IS NOT NULL) named",
        newest("land_cover")
    );
    rows(pool, &text, |row| Ok((names(row, 0)?, point(row, 5)?))).await
}

/// Roads that have a name or a number, with all their names.
///
/// # Errors
/// [`StoreError`].
pub async fn named_roads(pool: &Pool) -> Result<Vec<Road>, StoreError> {
    let text = format!(
        "SELECT {}, name_kk, name_ru, name_en, former_name FROM road \
         WHERE name IS NOT NULL OR name_kk IS NOT NULL OR name_ru IS NOT NULL OR reference IS NOT NULL",
        road::COLUMNS
    );
    rows(pool, &text, |row| {
        let mut road = road::road(row)?;
        let after = road::COLUMN_COUNT;
        road.names.kk = row.try_get(after)?;
        road.names.ru = row.try_get(after + 1)?;
        road.names.en = row.try_get(after + 2)?;
        road.names.former = row.try_get(after + 3)?;
        Ok(road)
    })
    .await
}

/// Where an element stands in two imports, as where a city's extract lies beside its country's, the newer import's alone:
/// a town counted twice has twice its people.
fn newest(table: &str) -> String {
    format!(
        "WHERE NOT EXISTS (SELECT FROM {table} twin WHERE twin.element_id = {table}.element_id \
           AND twin.element = {table}.element AND twin.import > {table}.import)"
    )
}

/// All rows of a statement without parameters, one after the other, so that no second copy of them is held.
async fn rows<T>(
    pool: &Pool,
    text: &str,
    of: impl Fn(&Row) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let client = pool.get().await?;
    let none: [&(dyn tokio_postgres::types::ToSql + Sync); 0] = [];
    let rows = client.query_raw(text, none).await?;
    pin_mut!(rows);
    let mut all = Vec::new();
    while let Some(row) = rows.try_next().await? {
        all.push(of(&row)?);
    }
    Ok(all)
}

pub(super) fn bad(table: &'static str, what: &str) -> StoreError {
    StoreError::Row { table, reason: format!("{what:?} is not known") }
}

/// The element in the first two columns.
pub(super) fn element(row: &Row) -> Result<Element, StoreError> {
    let word: &str = row.try_get(0)?;
    let kinds = [ElementKind::Node, ElementKind::Way, ElementKind::Relation];
    let kind = kinds.into_iter().find(|k| k.as_str() == word).ok_or_else(|| bad("element", word))?;
    Ok(Element { kind, id: row.try_get(1)? })
}

/// Names in five columns.
pub(super) fn names(row: &Row, from: usize) -> Result<LocalNames, StoreError> {
    Ok(LocalNames {
        name: row.try_get(from)?,
        kk: row.try_get(from + 1)?,
        ru: row.try_get(from + 2)?,
        en: row.try_get(from + 3)?,
        former: row.try_get(from + 4)?,
    })
}

/// A latitude and a longitude in two columns.
pub(super) fn point(row: &Row, from: usize) -> Result<Point, StoreError> {
    Point::new(row.try_get(from)?, row.try_get(from + 1)?).map_err(|e| bad("a point", &e.to_string()))
}
