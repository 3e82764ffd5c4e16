//! Whether borders fit together: neighbours neither overlap nor gape, districts fill their region and stay in it.
//!
//! Borders that were drawn twice never agree to the last metre; what is narrower than the tolerance is passed over.
//! How wide an overlap or a gap is: twice its area over its perimeter, which of a long strip is its width.

use geo::{Area, BooleanOps, BoundingRect, Centroid, Intersects, MultiPolygon, Polygon, unary_union};

use crate::domain::geography::Boundary;
use crate::domain::ids::RegionCode;
use crate::domain::quantities::Point;

/// Metres of a degree of latitude.
const DEGREE: f64 = 111_195.0;

/// Where borders do not fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Misfit {
    /// Whose borders: name and code of each.
    pub of: Vec<String>,
    /// What is wrong.
    pub kind: MisfitKind,
    /// Its middle.
    pub at: Option<Point>,
    /// How wide it is, metres.
    pub width: f64,
    /// How large it is, square kilometres.
    pub area: f64,
}

/// What is wrong between borders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MisfitKind {
    /// One code stands twice.
    Twice,
    /// Two neighbours claim the same land.
    Overlap,
    /// Land between neighbours belongs to nobody.
    Gap,
    /// A district leaves its region.
    Outside,
    /// Land of a region belongs to none of its districts.
    Uncovered,
    /// A district's region is not there.
    NoRegion,
    /// A region that is known is not there any more.
    Lost,
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = match self.kind {
            MisfitKind::Twice => "the code occurs twice",
            MisfitKind::Overlap => "they overlap",
            MisfitKind::Gap => "between them lies land that is of nobody",
            MisfitKind::Outside => "the district leaves its region",
            MisfitKind::Uncovered => "land of the region is in none of its districts",
            MisfitKind::NoRegion => "its region has no border; import the regions first, or both together",
            MisfitKind::Lost => "the region is not in the file, and its hub would own no land",
        };
        write!(f, "{}: {what}", self.of.join(" and "))?;
        if let Some(at) = self.at {
            write!(
                f,
                " around longitude {:.5}, latitude {:.5} ({:.0} m wide, {:.3} km²)",
                at.lon(),
                at.lat(),
                self.width,
                self.area
            )?;
        }
        Ok(())
    }
}

fn said(boundary: &Boundary) -> String {
    format!("{} ({})", boundary.names.ru, boundary.kato)
}

fn plain(kind: MisfitKind, of: Vec<String>) -> Misfit {
    Misfit { of, kind, at: None, width: 0.0, area: 0.0 }
}

/// Width in metres and area in square kilometres of a small piece of land.
fn extent(piece: &Polygon) -> (f64, f64) {
    let Some(middle) = piece.centroid() else { return (0.0, 0.0) };
    let across = middle.y().to_radians().cos();
    let around: f64 = std::iter::once(piece.exterior())
        .chain(piece.interiors())
        .flat_map(|ring| ring.lines())
        .map(|line| (line.dx() * across).hypot(line.dy()) * DEGREE)
        .sum();
    let area = piece.unsigned_area() * across * DEGREE * DEGREE;
    (if around > 0.0 { 2.0 * area / around } else { 0.0 }, area / 1e6)
}

/// What of some land is wider than the tolerance, as misfits.
fn wide(
    land: &MultiPolygon,
    tolerance: f64,
    kind: MisfitKind,
    of: impl Fn(&Polygon) -> Vec<String>,
) -> Vec<Misfit> {
    let mut misfits = Vec::new();
    for piece in land {
        let (width, area) = extent(piece);
        if width > tolerance {
            let at = geo::InteriorPoint::interior_point(piece)
                .and_then(|middle| Point::new(middle.y(), middle.x()).ok());
            misfits.push(Misfit { of: of(piece), kind, at, width, area });
        }
    }
    misfits
}

/// Codes that stand twice.
#[must_use]
pub fn twice(all: &[Boundary]) -> Vec<Misfit> {
    let mut seen = std::collections::HashSet::new();
    let again = all.iter().filter(|b| !seen.insert(&b.kato));
    again.map(|b| plain(MisfitKind::Twice, vec![said(b)])).collect()
}

/// Overlaps between any two of one level, wider than the tolerance (metres).
#[must_use]
pub fn overlaps(level: &[Boundary], tolerance: f64) -> Vec<Misfit> {
    let boxes: Vec<_> = level.iter().map(|b| b.border.bounding_rect()).collect();
    let mut misfits = Vec::new();
    for (i, a) in level.iter().enumerate() {
        for (j, b) in level.iter().enumerate().skip(i + 1) {
            let near = boxes[i].zip(boxes[j]).is_some_and(|(a, b)| a.intersects(&b));
            if near {
                let both = a.border.intersection(&b.border);
                misfits.extend(wide(&both, tolerance, MisfitKind::Overlap, |_| vec![said(a), said(b)]));
            }
        }
    }
    misfits
}

/// Land that a level encloses and leaves out, wider than the tolerance (metres). A gap that is open to the outside is
/// none: there the country ends.
#[must_use]
pub fn gaps(level: &[Boundary], tolerance: f64) -> Vec<Misfit> {
    let all = unary_union(level.iter().map(|b| &b.border));
    let holes = all.iter().flat_map(Polygon::interiors).map(|ring| Polygon::new(ring.clone(), vec![]));
    wide(&holes.collect(), tolerance, MisfitKind::Gap, |hole| neighbours(level, hole))
}

/// Whose borders run along a hole.
fn neighbours(level: &[Boundary], hole: &Polygon) -> Vec<String> {
    // What one union rounds away.
    const NEAR: f64 = 1e-6;
    let Some(rect) = hole.bounding_rect() else { return Vec::new() };
    let near = |b: &&Boundary| {
        let touches = |corner: geo::Coord| {
            let around =
                geo::Rect::new((corner.x - NEAR, corner.y - NEAR), (corner.x + NEAR, corner.y + NEAR));
            b.border.intersects(&around)
        };
        b.border.bounding_rect().is_some_and(|own| own.intersects(&rect))
            && hole.exterior().coords().any(|corner| touches(*corner))
    };
    level.iter().filter(near).map(said).collect()
}

/// Districts against their regions: each lies in its own, and together they fill it, but for strips narrower than the
/// tolerance (metres).
#[must_use]
pub fn districts_in_regions(regions: &[Boundary], districts: &[Boundary], tolerance: f64) -> Vec<Misfit> {
    let mut misfits = Vec::new();
    let of = |region: RegionCode| districts.iter().filter(move |d| d.region == region);
    for region in regions {
        let own: Vec<&Boundary> = of(region.region).collect();
        for district in &own {
            let beyond = district.border.difference(&region.border);
            let name = |_: &Polygon| vec![said(district), said(region)];
            misfits.extend(wide(&beyond, tolerance, MisfitKind::Outside, name));
        }
        if !own.is_empty() {
            let left = region.border.difference(&unary_union(own.iter().map(|d| &d.border)));
            misfits.extend(wide(&left, tolerance, MisfitKind::Uncovered, |_| vec![said(region)]));
        }
    }
    let homeless = districts.iter().filter(|d| regions.iter().all(|r| r.region != d.region));
    misfits.extend(homeless.map(|d| plain(MisfitKind::NoRegion, vec![said(d)])));
    misfits
}

/// Regions that were known and are not there any more.
#[must_use]
pub fn lost(before: impl Iterator<Item = (RegionCode, String)>, regions: &[Boundary]) -> Vec<Misfit> {
    before
        .filter(|(code, _)| regions.iter().all(|r| r.region != *code))
        .map(|(code, name)| plain(MisfitKind::Lost, vec![format!("{name} ({code})")]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::names::Names;
    use geo::wkt;

    fn boundary(kato: &str, border: impl Into<MultiPolygon>) -> Boundary {
        let names = Names { kk: kato.into(), ru: kato.into(), en: kato.into() };
        Boundary::new(kato, names, border.into()).unwrap()
    }

    fn kinds(misfits: &[Misfit]) -> Vec<MisfitKind> {
        misfits.iter().map(|m| m.kind).collect()
    }

    #[test]
    fn neighbours_that_share_a_border_fit() {
        let level = [
            boundary("100000000", wkt!(POLYGON((70. 50.,71. 50.,71. 51.,70. 51.,70. 50.)))),
            boundary("110000000", wkt!(POLYGON((71. 50.,72. 50.,72. 51.,71. 51.,71. 50.)))),
        ];
        assert_eq!(overlaps(&level, 1.0), []);
        assert_eq!(gaps(&level, 1.0), []);
        assert_eq!(twice(&level), []);
    }

    #[test]
    fn an_overlap_wider_than_the_tolerance_is_named_with_its_place() {
        // 0.001° of longitude at 50.5° are 70.7 m.
        let level = [
            boundary("100000000", wkt!(POLYGON((70. 50.,71.001 50.,71.001 51.,70. 51.,70. 50.)))),
            boundary("110000000", wkt!(POLYGON((71. 50.,72. 50.,72. 51.,71. 51.,71. 50.)))),
        ];
        let found = overlaps(&level, 50.0);
        assert_eq!(kinds(&found), [MisfitKind::Overlap]);
        assert_eq!(found[0].of, ["100000000 (100000000)", "110000000 (110000000)"]);
        let at = found[0].at.unwrap();
        assert!((71.0..71.001).contains(&at.lon()) && (50.0..51.0).contains(&at.lat()), "{at:?}");
        assert!((69.0..72.0).contains(&found[0].width), "{found:?}");
        assert!(overlaps(&level, 100.0).is_empty(), "narrower than the tolerance");
    }

    #[test]
    fn land_of_nobody_between_neighbours_is_named_with_all_of_them() {
        let level = [
            boundary(
                "100000000",
                wkt!(POLYGON((70. 50.,71. 50.,71. 50.2,70.9 50.5,71. 50.8,71. 51.,70. 51.,70. 50.))),
            ),
            boundary("110000000", wkt!(POLYGON((71. 50.,72. 50.,72. 51.,71. 51.,71. 50.)))),
        ];
        let found = gaps(&level, 50.0);
        assert_eq!(kinds(&found), [MisfitKind::Gap]);
        assert_eq!(found[0].of.len(), 2, "{found:?}");
        let area = found[0].area;
        assert!((228.0..244.0).contains(&area), "half of 0.1° by 0.6° at 50.5° is some 236 km²: {area}");
    }

    #[test]
    fn which_way_round_a_ring_runs_changes_nothing() {
        let regions = [boundary("100000000", wkt!(POLYGON((70. 50.,72. 50.,72. 51.,70. 51.,70. 50.))))];
        let west = boundary("101000000", wkt!(POLYGON((70. 50.,71. 50.,71. 51.,70. 51.,70. 50.))));
        let east = boundary("102000000", wkt!(POLYGON((71. 50.,71. 51.,72. 51.,72. 50.,71. 50.))));
        assert_eq!(districts_in_regions(&regions, &[west, east], 50.0), []);
    }

    #[test]
    fn districts_fill_their_region_and_stay_in_it() {
        let regions = [boundary("100000000", wkt!(POLYGON((70. 50.,72. 50.,72. 51.,70. 51.,70. 50.))))];
        let west = boundary("101000000", wkt!(POLYGON((70. 50.,71. 50.,71. 51.,70. 51.,70. 50.))));
        let east = boundary("102000000", wkt!(POLYGON((71. 50.,72. 50.,72. 51.,71. 51.,71. 50.))));
        let far = boundary("103000000", wkt!(POLYGON((71. 50.,72.1 50.,72.1 51.,71. 51.,71. 50.))));
        let other = boundary("112000000", wkt!(POLYGON((71. 50.,72. 50.,72. 51.,71. 51.,71. 50.))));
        let of = |districts: &[Boundary]| kinds(&districts_in_regions(&regions, districts, 50.0));
        assert_eq!(of(&[west.clone(), east.clone()]), []);
        assert_eq!(of(std::slice::from_ref(&west)), [MisfitKind::Uncovered]);
        assert_eq!(of(&[west.clone(), far]), [MisfitKind::Outside]);
        assert_eq!(of(&[west.clone(), east.clone(), other]), [MisfitKind::NoRegion]);
        assert_eq!(kinds(&twice(&[west.clone(), east, west])), [MisfitKind::Twice]);
    }
}
