//! The border of a region or district, as an import brings it: sound by itself, with its code and names.

use geo::orient::{Direction, Orient};
use geo::{BoundingRect, Coord, MultiPolygon, Rect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::ids::{DistrictCode, RegionCode};
use crate::domain::names::Names;
use crate::domain::zone::validity::{self, PolygonFault};

/// Which level of territories.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TerritoryLevel {
    /// Regions and cities of republican significance.
    #[default]
    Region,
    /// Districts and cities of regional significance.
    District,
}

impl TerritoryLevel {
    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::District => "district",
        }
    }
}

/// Why a feature is no territory.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BoundaryFault {
    /// A name is missing.
    #[error("a name is missing: Kazakh, Russian and English are needed")]
    NoName,
    /// The code is none.
    #[error("{0:?} is no nine-digit KATO code")]
    NotKato(String),
    /// The code begins with no region's digits.
    #[error("{0} is of no region")]
    NoRegion(String),
    /// An edge spans more than half the globe.
    #[error(
        "the border crosses the antimeridian at latitude {}; cut it there into two polygons (RFC 7946, 3.1.9)", .0.y
    )]
    Antimeridian(Coord),
    /// It would lie in the country if latitude and longitude were exchanged.
    #[error("its axes are swapped: {} is written where the longitude belongs; exchange them", .0.x)]
    Swapped(Coord),
    /// It lies elsewhere.
    #[error("it lies outside the country, at longitude {}, latitude {}", .0.x, .0.y)]
    Abroad(Coord),
    /// The polygon is broken.
    #[error(transparent)]
    Polygon(#[from] PolygonFault),
}

/// A region or district with its border.
#[derive(Debug, Clone, PartialEq)]
pub struct Boundary {
    /// The nine-digit KATO code.
    pub kato: DistrictCode,
    /// The region it is, or lies in.
    pub region: RegionCode,
    /// Its names.
    pub names: Names,
    /// Its border, WGS 84.
    pub border: MultiPolygon,
}

impl Boundary {
    /// A territory of what a file says of it.
    ///
    /// # Errors
    /// [`BoundaryFault`].
    pub fn new(kato: &str, names: Names, border: MultiPolygon) -> Result<Self, BoundaryFault> {
        if names.kk.is_empty() || names.ru.is_empty() || names.en.is_empty() {
            return Err(BoundaryFault::NoName);
        }
        let not = || BoundaryFault::NotKato(kato.to_owned());
        if kato.len() != 9 {
            return Err(not());
        }
        let code = DistrictCode::new(kato).map_err(|_| not())?;
        let region = kato[..2].parse().map_err(|_| BoundaryFault::NoRegion(kato.to_owned()))?;
        if let Some(at) = over_the_date_line(&border) {
            return Err(BoundaryFault::Antimeridian(at));
        }
        validity::check(&border)?;
        // Files differ in which way round rings run, and a union takes one that runs the other way for a hole.
        let border = border.orient(Direction::Default);
        Ok(Self { kato: code, region, names, border })
    }

    /// Its level: of a region's code only the first two digits say something.
    #[must_use]
    pub fn level(&self) -> TerritoryLevel {
        level_of(self.kato.as_str())
    }
}

/// The level that a nine-digit KATO code is of.
#[must_use]
pub fn level_of(kato: &str) -> TerritoryLevel {
    if kato.get(2..).is_some_and(|rest| rest.bytes().all(|b| b == b'0')) {
        TerritoryLevel::Region
    } else {
        TerritoryLevel::District
    }
}

/// Whether a border lies where the country does.
///
/// # Errors
/// [`BoundaryFault::Swapped`] where it would with latitude and longitude exchanged, else [`BoundaryFault::Abroad`].
pub fn check_within(border: &MultiPolygon, country: Rect) -> Result<(), BoundaryFault> {
    let Some(own) = border.bounding_rect() else { return Err(PolygonFault::Empty.into()) };
    let inside = |a: Coord, b: Coord| {
        let (min, max) = (country.min(), country.max());
        [a, b].iter().all(|c| (min.x..=max.x).contains(&c.x) && (min.y..=max.y).contains(&c.y))
    };
    let turned = |c: Coord| Coord { x: c.y, y: c.x };
    if inside(own.min(), own.max()) {
        Ok(())
    } else if inside(turned(own.min()), turned(own.max())) {
        Err(BoundaryFault::Swapped(own.min()))
    } else {
        Err(BoundaryFault::Abroad(own.min()))
    }
}

/// Where an edge spans more than half the globe.
#[must_use]
pub fn over_the_date_line(border: &MultiPolygon) -> Option<Coord> {
    let rings = border.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    let edges = rings.flat_map(|ring| ring.lines());
    // More than half the globe, on the globe: what is off it has a fault of its own.
    let over = |from: f64, to: f64| {
        let on_globe = |x: f64| (-180.0..=180.0).contains(&x);
        on_globe(from) && on_globe(to) && (from - to).abs() > 180.0
    };
    edges.into_iter().find(|edge| over(edge.start.x, edge.end.x)).map(|edge| edge.start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;

    fn country() -> Rect {
        Rect::new((46.0, 40.0), (88.0, 56.0))
    }

    fn names(kk: &str) -> Names {
        Names { kk: kk.into(), ru: "Алматы".into(), en: "Almaty".into() }
    }

    #[test]
    fn each_fault_of_a_territory_is_told_apart() {
        let square: MultiPolygon = wkt!(POLYGON((76. 43.,77. 43.,77. 44.,76. 43.))).into();
        let of = |kato: &str, kk: &str, border: &MultiPolygon| {
            Boundary::new(kato, names(kk), border.clone()).map(|b| b.level()).map_err(|e| e.to_string())
        };
        assert_eq!(of("750000000", "Алматы", &square), Ok(TerritoryLevel::Region));
        assert_eq!(of("751110000", "Алмалы", &square), Ok(TerritoryLevel::District));
        let said = |result: Result<TerritoryLevel, String>| result.unwrap_err();
        assert!(said(of("750000000", "", &square)).contains("a name is missing"));
        assert!(said(of("75", "А", &square)).contains("no nine-digit KATO code"));
        assert!(said(of("75000000Б", "А", &square)).contains("no nine-digit KATO code"));
        assert!(said(of("000000000", "А", &square)).contains("of no region"));
        let over = wkt!(POLYGON((179. 50.,-179. 50.,-179. 51.,179. 50.))).into();
        assert!(said(of("750000000", "А", &over)).contains("antimeridian"));
        assert!(said(of("750000000", "А", &MultiPolygon::new(vec![]))).contains("empty"));
        let bow = wkt!(POLYGON((76. 43.,77. 44.,77. 43.,76. 44.,76. 43.))).into();
        assert!(said(of("750000000", "А", &bow)).contains("crosses itself at longitude 76.5, latitude 43.5"));
    }

    #[test]
    fn swapped_axes_are_told_from_a_place_abroad() {
        let at = |border: MultiPolygon| check_within(&border, country());
        assert_eq!(at(wkt!(POLYGON((76. 43.,77. 43.,77. 44.,76. 43.))).into()), Ok(()));
        let swapped = at(wkt!(POLYGON((43. 76.,43. 77.,44. 77.,43. 76.))).into());
        assert!(matches!(swapped, Err(BoundaryFault::Swapped(_))), "{swapped:?}");
        let abroad = at(wkt!(POLYGON((7. 43.,8. 43.,8. 44.,7. 43.))).into());
        assert!(matches!(abroad, Err(BoundaryFault::Abroad(_))), "{abroad:?}");
    }
}
