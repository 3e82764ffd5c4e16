//! Tiles of what lies on the land, cut and encoded by PostGIS: roads, places, objects, house numbers of the imports in
//! force. What each zoom shows is the domain's rule.

use std::fmt::Write;

use deadpool_postgres::Pool;

use super::database::StoreError;
use crate::domain::geography::{
    CoverKind, HOUSES_FROM, ObjectKind, PlaceKind, ROAD_NAMES_FROM, RoadClass, least_cover,
};

/// A layer of the land.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LandLayer {
    /// Water and green: `kind`, names.
    LandCover,
    /// Roads: `class`, `oneway` (then the line runs as they are driven), `ref`, and near by their names.
    Roads,
    /// Towns, villages and quarters: `kind`, `rank` from 1, names.
    Places,
    /// Who helps, who needs help, what is dangerous: `element`, `kind`, `phone`, names.
    Objects,
    /// House numbers: `house`, `street`.
    Addresses,
    /// Perimeters of water, fire and the like: `layer`, `kind`, `name`, `area`, `source`, `observed`, `until` (seconds of
    /// 1970), `outdated`.
    Hazards,
}

/// How long a tile may take the database.
const LONGEST: &str = "15s";
/// Names in the three languages: where one is missing, what stands on the sign.
const NAMES: &str = "coalesce(name_kk, name) AS name_kk, coalesce(name_ru, name) AS name_ru, coalesce(name_en, name) AS name_en";

/// A tile as the Mapbox Vector Tile specification 2.1 has it; empty where nothing is.
///
/// # Errors
/// [`StoreError`].
pub async fn tile(pool: &Pool, layer: LandLayer, (z, x, y): (u8, u32, u32)) -> Result<Vec<u8>, StoreError> {
    let Some(select) = select(layer, z) else { return Ok(Vec::new()) };
    let text = format!(
        "WITH square AS (SELECT ST_TileEnvelope($1, $2, $3) AS edge, \
           ST_Transform(ST_TileEnvelope($1, $2, $3, margin => 64.0 / 4096), 4326) AS near), \
         {select} \
         SELECT ST_AsMVT(tile, '{name}', 4096, 'geom') FROM tile WHERE geom IS NOT NULL",
        name = layer.name()
    );
    let mut client = pool.get().await?;
    let transaction = client.build_transaction().read_only(true).start().await?;
    // A tile of the open country and one of a city want different plans; and none is worth compiling.
    transaction
        .batch_execute(&format!(
            "SET LOCAL statement_timeout = '{LONGEST}'; SET LOCAL jit = off; \
             SET LOCAL plan_cache_mode = force_custom_plan"
        ))
        .await?;
    let statement = transaction.prepare_cached(&text).await?;
    let number = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    let row = transaction.query_one(&statement, &[&i32::from(z), &number(x), &number(y)]).await?;
    let tile: Option<Vec<u8>> = row.try_get(0)?;
    transaction.commit().await?;
    Ok(tile.unwrap_or_default())
}

impl LandLayer {
    /// Its name within a tile.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LandCover => "land_cover",
            Self::Roads => "roads",
            Self::Places => "places",
            Self::Objects => "objects",
            Self::Addresses => "addresses",
            Self::Hazards => "hazards",
        }
    }

    /// What its features say.
    #[must_use]
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::LandCover => &["kind", "name_kk", "name_ru", "name_en"],
            Self::Roads => &["class", "oneway", "ref", "name_kk", "name_ru", "name_en"],
            Self::Places => &["kind", "rank", "population", "name_kk", "name_ru", "name_en"],
            Self::Objects => &["element", "kind", "phone", "name_kk", "name_ru", "name_en"],
            Self::Addresses => &["house", "street"],
            Self::Hazards => &["layer", "kind", "name", "area", "source", "observed", "until", "outdated"],
        }
    }
}

/// The tile's features as a query named `tile`; none where the zoom shows nothing of the layer.
fn select(layer: LandLayer, z: u8) -> Option<String> {
    match layer {
        LandLayer::LandCover => land_cover(z),
        LandLayer::Roads => roads(z),
        LandLayer::Places => Some(places(z)),
        LandLayer::Objects => objects(z),
        LandLayer::Hazards => Some(HAZARDS.to_owned()),
        LandLayer::Addresses => (z >= HOUSES_FROM).then(|| {
            format!(
                "tile AS (SELECT DISTINCT ON (house, coalesce(street, place), geom) house, \
                   coalesce(street, place) AS street, {point} FROM address, square WHERE geom && near)",
                point = at("geom")
            )
        }),
    }
}

/// Thinned to half a pixel; where nothing is left of an area it is a dot no more.
const HAZARDS: &str = "tile AS (SELECT layer, kind, name, area, source, extract(epoch FROM observed_at)::bigint AS observed, \
     extract(epoch FROM valid_until)::bigint AS until, valid_until < now() AS outdated, \
     ST_AsMVTGeom(ST_SimplifyPreserveTopology(ST_Transform(geom, 3857), 40075016.6856 / (1024 * 2 ^ $1::float8)), \
       edge, 4096, 64, true) AS geom FROM hazard_feature, square WHERE geom && near)";

/// A geometry on the steps of the square.
fn at(geometry: &str) -> String {
    format!("ST_AsMVTGeom(ST_Transform({geometry}, 3857), edge, 4096, 64, true) AS geom")
}

/// Words as a list of SQL: constants, so that the planner sees which index fits.
fn words<'a>(words: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut list = String::new();
    for word in words {
        let comma = if list.is_empty() { "" } else { ", " };
        let _ = write!(list, "{comma}'{word}'");
    }
    (!list.is_empty()).then_some(list)
}

/// Areas large enough for the zoom and courses, cut to the square before anything else is done with them, thinned to half
/// a pixel. The largest lie lowest: a pond in a wood is seen.
fn land_cover(z: u8) -> Option<String> {
    let shown: Vec<CoverKind> =
        CoverKind::ALL.iter().copied().filter(|kind| kind.drawn_from() <= z).collect();
    let (courses, areas): (Vec<CoverKind>, Vec<CoverKind>) =
        shown.into_iter().partition(|kind| matches!(kind, CoverKind::River | CoverKind::Stream));
    let areas = words(areas.iter().map(|kind| kind.as_str()))?;
    let courses = courses.iter().map(|kind| {
        format!(
            " UNION ALL SELECT {PIECE} FROM land_cover, square WHERE geom && near AND kind = '{}'",
            kind.as_str()
        )
    });
    let courses: String = courses.collect();
    Some(format!(
        "piece AS (SELECT {PIECE} FROM land_cover, square \
           WHERE geom && near AND area_m2 >= {least:.0} AND kind IN ({areas}){courses}), \
         tile AS (SELECT kind, name_kk, name_ru, name_en, \
           ST_AsMVTGeom(ST_Simplify(ST_Transform(geom, 3857), 40075016.6856 / (1024 * 2 ^ $1::float8), true), \
             edge, 4096, 64, true) AS geom FROM piece, square ORDER BY area_m2 DESC NULLS LAST)",
        least = least_cover(z)
    ))
}

/// What is drawn of water and green.
const PIECE: &str = "kind, area_m2, coalesce(name_kk, name) AS name_kk, coalesce(name_ru, name) AS name_ru, \
     coalesce(name_en, name) AS name_en, ST_ClipByBox2D(geom, Box2D(near)) AS geom";

/// Pieces of one road are one line, thinned to half a pixel; where only main roads are shown these have no names.
fn roads(z: u8) -> Option<String> {
    let shown = RoadClass::ALL.iter().filter(|class| class.drawn_from() <= z);
    let classes = words(shown.map(|class| class.as_str()))?;
    let names = if z >= ROAD_NAMES_FROM {
        NAMES.to_owned()
    } else {
        "NULL::text AS name_kk, NULL::text AS name_ru, NULL::text AS name_en".to_owned()
    };
    Some(format!(
        "piece AS (SELECT class, direction <> 'both' AS oneway, reference AS ref, {names}, \
           CASE direction WHEN 'backward' THEN ST_Reverse(geom) ELSE geom END AS geom \
           FROM road, square WHERE geom && near AND class IN ({classes})), \
         line AS (SELECT class, oneway, ref, name_kk, name_ru, name_en, \
           ST_Simplify(ST_Transform(ST_LineMerge(ST_Collect(geom), oneway), 3857), \
             40075016.6856 / (1024 * 2 ^ $1::float8), true) AS geom \
           FROM piece GROUP BY class, oneway, ref, name_kk, name_ru, name_en), \
         tile AS (SELECT class, oneway, ref, name_kk, name_ru, name_en, \
           ST_AsMVTGeom(geom, edge, 4096, 64, true) AS geom FROM line, square)"
    ))
}

fn places(z: u8) -> String {
    let most = PlaceKind::rank_at(z);
    // The domain's rank as a condition for each kind and each number of people at which it changes.
    let steps = [1_000_000, 250_000, 50_000, 10_000, 0];
    let rank = PlaceKind::ALL.iter().fold(String::new(), |mut text, kind| {
        let word = kind.as_str();
        for people in steps {
            let rank = kind.rank(Some(people));
            let _ = write!(text, " WHEN kind = '{word}' AND population >= {people} THEN {rank}");
        }
        let _ = write!(text, " WHEN kind = '{word}' THEN {}", kind.rank(None));
        text
    });
    format!(
        "ranked AS (SELECT DISTINCT ON (element, element_id) kind, CASE{rank} END AS rank, population, {NAMES}, geom, near, \
           edge FROM place, square WHERE geom && near ORDER BY element, element_id, import DESC), \
         tile AS (SELECT kind, rank, population, name_kk, name_ru, name_en, {point} FROM ranked \
           WHERE rank <= {most} AND coalesce(name_kk, name_ru, name_en) IS NOT NULL \
           ORDER BY rank, population DESC NULLS LAST)",
        point = at("geom")
    )
}

fn objects(z: u8) -> Option<String> {
    let shown = ObjectKind::ALL.iter().filter(|kind| kind.drawn_from() <= z);
    let kinds = words(shown.map(|kind| kind.as_str()))?;
    Some(format!(
        "tile AS (SELECT DISTINCT ON (object.element, element_id) object.element || '/' || element_id AS element, kind, \
           phone, {NAMES}, {point} FROM object, square WHERE geom && near AND kind IN ({kinds}) \
           ORDER BY object.element, element_id, import DESC)",
        point = at("geom")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_away_the_main_roads_alone_are_asked_for_and_above_the_country_none() {
        assert_eq!(roads(3), None);
        let far = roads(5).unwrap();
        assert!(far.contains("IN ('motorway', 'trunk')") && far.contains("NULL::text AS name_kk"), "{far}");
        let near = roads(14).unwrap();
        assert!(RoadClass::ALL.iter().all(|class| near.contains(&format!("'{}'", class.as_str()))));
        assert_eq!((objects(9), select(LandLayer::Addresses, 15)), (None, None));
    }

    #[test]
    fn far_away_large_water_alone_is_asked_for_by_what_the_index_of_large_areas_holds() {
        assert_eq!(land_cover(3), None);
        let far = land_cover(5).unwrap();
        assert!(far.contains("kind IN ('water')") && !far.contains("UNION"), "{far}");
        assert!(least_cover(9) >= 1_000_000.0, "the index of large areas serves every zoom up to 9");
        let near = land_cover(16).unwrap();
        assert!(CoverKind::ALL.iter().all(|kind| near.contains(&format!("'{}'", kind.as_str()))));
        assert!(near.contains("area_m2 >= 0 "), "{near}");
    }

    #[test]
    fn a_place_without_a_count_of_people_has_the_rank_of_its_kind() {
        let text = places(9);
        assert!(text.contains("WHEN kind = 'city' AND population >= 1000000 THEN 1"), "{text}");
        assert!(text.contains("WHEN kind = 'village' THEN 5"), "{text}");
    }
}
