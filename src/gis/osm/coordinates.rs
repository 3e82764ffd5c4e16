//! Where the points are that lines name.

use crate::domain::quantities::Point;

/// A coordinate nobody has: the point was named and not found yet.
const UNKNOWN: (i32, i32) = (i32::MIN, i32::MIN);

/// The coordinates of the points that are needed, in order of their numbers: 16 bytes each.
pub struct Coordinates {
    ids: Vec<i64>,
    at: Vec<(i32, i32)>,
}

impl Coordinates {
    /// For these points, in any order and as often as they are named.
    pub fn needed(mut ids: Vec<i64>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        ids.shrink_to_fit();
        let at = vec![UNKNOWN; ids.len()];
        Self { ids, at }
    }

    /// Keeps a point's coordinates (10⁻⁷ degrees), if it is needed, and answers whether it is.
    pub fn put(&mut self, id: i64, lat: i32, lon: i32) -> bool {
        let index = self.ids.binary_search(&id);
        if let Ok(index) = index {
            self.at[index] = (lat, lon);
        }
        index.is_ok()
    }

    /// Where a point is; none when the file does not hold it, or holds what is not on the globe.
    pub fn get(&self, id: i64) -> Option<Point> {
        let index = self.ids.binary_search(&id).ok()?;
        let (lat, lon) = self.at[index];
        Point::new(f64::from(lat) / 1e7, f64::from(lon) / 1e7).ok()
    }
}
