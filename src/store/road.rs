//! Roads and turn restrictions that are in force, for the graph in memory.

use deadpool_postgres::Pool;
use futures_util::{TryStreamExt, pin_mut};
use tokio_postgres::Row;

use super::database::StoreError;
use crate::domain::geography::{Direction, LocalNames, Road, RoadClass, Turn, TurnRestriction};
use crate::domain::quantities::Point;

/// Which imports of roads and names are in force, by number: as long as it stays the same, so do the roads.
///
/// # Errors
/// [`StoreError`].
pub async fn imports(pool: &Pool) -> Result<Vec<i64>, StoreError> {
    let client = pool.get().await?;
    let statement = client
        .prepare_cached("SELECT id FROM gis_import WHERE state = 'live' AND kind = 'osm' ORDER BY id")
        .await?;
    client.query(&statement, &[]).await?.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// The columns of [`road()`].
pub(super) const COLUMNS: &str = "way, \
    CASE WHEN from_node < 0 THEN from_node - import * 1000000000000 ELSE from_node END, \
    CASE WHEN to_node < 0 THEN to_node - import * 1000000000000 ELSE to_node END, \
    class, direction, limit_kmh, rough, name, reference, ST_AsBinary(geom, 'NDR')";
/// How many they are.
pub(super) const COLUMN_COUNT: usize = 10;

/// All roads in force. The ends at barriers are told apart between imports; a piece that stands in two imports, as where a
/// city's extract lies beside its country's, is the newest one's alone: a twin that nobody closes would lead crews over a
/// closed bridge.
///
/// # Errors
/// [`StoreError`].
pub async fn all(pool: &Pool) -> Result<Vec<Road>, StoreError> {
    let client = pool.get().await?;
    let text = format!(
        "SELECT DISTINCT ON (way, from_node, to_node, nth) {COLUMNS} FROM \
           (SELECT *, row_number() OVER (PARTITION BY import, way, from_node, to_node ORDER BY id) AS nth FROM road) r \
         ORDER BY way, from_node, to_node, nth, import DESC"
    );
    let none: [&(dyn tokio_postgres::types::ToSql + Sync); 0] = [];
    let rows = client.query_raw(&text, none).await?;
    pin_mut!(rows);
    let mut roads = Vec::new();
    while let Some(row) = rows.try_next().await? {
        roads.push(road(&row)?);
    }
    Ok(roads)
}

/// All turn restrictions in force.
///
/// # Errors
/// [`StoreError`].
pub async fn turns(pool: &Pool) -> Result<Vec<TurnRestriction>, StoreError> {
    let client = pool.get().await?;
    let text = "SELECT id, turn, from_way, via_node, via_ways, to_way FROM turn_restriction";
    let turn = |row: &Row| {
        let word: &str = row.try_get(1)?;
        let turn = [Turn::Forbidden, Turn::Only].into_iter().find(|t| t.as_str() == word);
        Ok(TurnRestriction {
            id: row.try_get(0)?,
            turn: turn.ok_or_else(|| bad("turn_restriction", word))?,
            from_way: row.try_get(2)?,
            via_node: row.try_get(3)?,
            via_ways: row.try_get(4)?,
            to_way: row.try_get(5)?,
        })
    };
    client.query(text, &[]).await?.iter().map(turn).collect()
}

fn bad(table: &'static str, what: &str) -> StoreError {
    StoreError::Row { table, reason: format!("{what:?} is not known") }
}

/// A road of [`COLUMNS`].
pub(super) fn road(row: &Row) -> Result<Road, StoreError> {
    let (class, direction): (&str, &str) = (row.try_get(3)?, row.try_get(4)?);
    let limit: Option<i16> = row.try_get(5)?;
    let course: &[u8] = row.try_get(9)?;
    Ok(Road {
        way: row.try_get(0)?,
        from: row.try_get(1)?,
        to: row.try_get(2)?,
        class: *RoadClass::ALL.iter().find(|c| c.as_str() == class).ok_or_else(|| bad("road", class))?,
        direction: *Direction::ALL
            .iter()
            .find(|d| d.as_str() == direction)
            .ok_or_else(|| bad("road", direction))?,
        limit_kmh: limit.and_then(|limit| u16::try_from(limit).ok()),
        rough: row.try_get(6)?,
        names: LocalNames { name: row.try_get(7)?, ..LocalNames::default() },
        reference: row.try_get(8)?,
        line: line(course).ok_or_else(|| bad("road", "its geometry"))?,
    })
}

/// A line out of its well-known binary, little-endian: order, kind, number of corners, corners.
fn line(binary: &[u8]) -> Option<Vec<Point>> {
    const HEAD: usize = 9;
    let head = binary.get(..HEAD)?;
    if head[..5] != [1, 2, 0, 0, 0] {
        return None;
    }
    let number = |at: &[u8]| at.try_into().map(f64::from_le_bytes).ok();
    let corners = binary[HEAD..].chunks_exact(16);
    corners.map(|corner| Point::new(number(&corner[8..])?, number(&corner[..8])?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_and_another_kind_is_not() {
        let mut binary = vec![1, 2, 0, 0, 0, 2, 0, 0, 0];
        for number in [76.9f64, 43.2, 77.0, 43.3] {
            binary.extend(number.to_le_bytes());
        }
        let read = line(&binary).unwrap();
        assert_eq!(read, [Point::new(43.2, 76.9).unwrap(), Point::new(43.3, 77.0).unwrap()]);
        binary[1] = 3;
        assert_eq!(line(&binary), None);
        assert_eq!(line(&[1, 2]), None);
    }
}
