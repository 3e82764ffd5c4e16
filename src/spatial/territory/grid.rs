//! A grid over a layer: most of its cells lie in one area wholly, and then a place in them needs no polygon.

use std::collections::HashMap;

use crate::domain::quantities::Point;
use crate::spatial::prepared::PreparedPolygon;

/// Cells for each corner of the layer's polygons: so many that few corners share a cell.
const PER_CORNER: usize = 2;
/// No grid has fewer or more cells, about.
const FEWEST: usize = 1_024;
const MOST: usize = 1 << 19;
/// The share of a cell by which a border may miss it and still count as in it: far above what rounding adds.
const MARGIN: f64 = 1e-6;
/// Marks an area that holds the cell wholly.
const WHOLLY: u32 = 1 << 31;
/// A cell outside every area.
const NOBODY: u32 = u32::MAX;

/// Which areas a place can lie in. Areas are numbered as they were given.
#[derive(Debug)]
pub(super) struct Grid {
    west: f64,
    south: f64,
    /// Cells in a degree.
    per_degree: f64,
    columns: usize,
    rows: usize,
    /// By row, then by column: an area that holds the cell marked [`WHOLLY`], [`NOBODY`], or where its list begins.
    cells: Vec<u32>,
    /// Lists of areas, smallest first, each up to the one that holds its cell wholly or to [`NOBODY`].
    lists: Vec<u32>,
}

impl Grid {
    /// A grid over areas, given from the smallest to the largest: the first that holds a place is its own.
    pub(super) fn new<'a>(smallest_first: impl Iterator<Item = (u32, &'a PreparedPolygon)> + Clone) -> Self {
        let (mut west, mut south, mut east, mut north) = (180.0f64, 90.0f64, -180.0f64, -90.0f64);
        let mut corners = 0;
        for (_, polygon) in smallest_first.clone() {
            let (min, max) = polygon.bounds();
            (west, south) = (west.min(min.x), south.min(min.y));
            (east, north) = (east.max(max.x), north.max(max.y));
            corners += polygon.edges().len();
        }
        let (width, height) = ((east - west).max(1e-6), (north - south).max(1e-6));
        let count = (corners * PER_CORNER).clamp(FEWEST, MOST);
        #[allow(clippy::cast_precision_loss)]
        let per_degree = (count as f64 / (width * height)).sqrt();
        let mut grid =
            Self { west, south, per_degree, columns: 1, rows: 1, cells: Vec::new(), lists: Vec::new() };
        (grid.columns, grid.rows) = (steps(width * per_degree) + 1, steps(height * per_degree) + 1);
        let mut of_cell: Vec<Vec<u32>> = vec![Vec::new(); grid.columns * grid.rows];
        for (area, polygon) in smallest_first {
            grid.enter(area, polygon, &mut of_cell);
        }
        let mut known: HashMap<Vec<u32>, u32> = HashMap::new();
        for list in of_cell {
            let cell = match list[..] {
                [] => NOBODY,
                [only] if only & WHOLLY != 0 => only,
                _ => *known.entry(list).or_insert_with_key(|list| {
                    let begins = u32::try_from(grid.lists.len()).unwrap_or(NOBODY);
                    grid.lists.extend(list);
                    grid.lists.push(NOBODY);
                    begins
                }),
            };
            grid.cells.push(cell);
        }
        grid
    }

    /// Notes an area in every cell that it touches.
    fn enter(&self, area: u32, polygon: &PreparedPolygon, of_cell: &mut [Vec<u32>]) {
        let (min, max) = polygon.bounds();
        let (first, last) = (self.column(min.x), self.column(max.x));
        let (bottom, top) = (self.row(min.y), self.row(max.y));
        let width = last - first + 1;
        let mut touched = vec![false; width * (top - bottom + 1)];
        let margin = MARGIN / self.per_degree;
        for (south, north) in polygon.edges() {
            for row in self.row(south.y - margin)..=self.row(north.y + margin) {
                let at = |y: f64| {
                    let along = ((y - south.y) / (north.y - south.y)).clamp(0.0, 1.0);
                    south.x + along * (north.x - south.x)
                };
                let (low, high) = (self.latitude(row) - margin, self.latitude(row + 1) + margin);
                let (mut from, mut to) = (south.x.min(north.x), south.x.max(north.x));
                if north.y > south.y {
                    let (a, b) = (at(low), at(high));
                    (from, to) = (a.min(b), a.max(b));
                }
                let columns = self.column(from - margin)..=self.column(to + margin);
                for column in columns.filter(|c| (first..=last).contains(c)) {
                    if (bottom..=top).contains(&row) {
                        touched[(row - bottom) * width + column - first] = true;
                    }
                }
            }
        }
        for row in bottom..=top {
            // Between two cells that the border touches all lie on one side of it.
            let mut inside = None;
            for column in first..=last {
                let list = &mut of_cell[row * self.columns + column];
                let is_settled = list.last().is_some_and(|area| area & WHOLLY != 0);
                if touched[(row - bottom) * width + column - first] {
                    inside = None;
                    if !is_settled {
                        list.push(area);
                    }
                } else if *inside.get_or_insert_with(|| self.middle_is_in(polygon, column, row))
                    && !is_settled
                {
                    list.push(area | WHOLLY);
                }
            }
        }
    }

    fn middle_is_in(&self, polygon: &PreparedPolygon, column: usize, row: usize) -> bool {
        let middle = |number: usize| (as_f64(number) + 0.5) / self.per_degree;
        let point = Point::new(self.south + middle(row), self.west + middle(column));
        point.is_ok_and(|point| polygon.contains(point))
    }

    fn latitude(&self, row: usize) -> f64 {
        self.south + as_f64(row) / self.per_degree
    }

    fn column(&self, lon: f64) -> usize {
        steps((lon - self.west) * self.per_degree).min(self.columns - 1)
    }

    fn row(&self, lat: f64) -> usize {
        steps((lat - self.south) * self.per_degree).min(self.rows - 1)
    }

    /// The first area that holds a point, as `holds` says where the grid alone does not know.
    pub(super) fn locate(&self, point: Point, holds: impl Fn(usize) -> bool) -> Option<usize> {
        let (x, y) =
            ((point.lon() - self.west) * self.per_degree, (point.lat() - self.south) * self.per_degree);
        if x < 0.0 || y < 0.0 {
            return None;
        }
        let (column, row) = (steps(x), steps(y));
        if column >= self.columns || row >= self.rows {
            return None;
        }
        let cell = self.cells[row * self.columns + column];
        if cell == NOBODY {
            return None;
        }
        if cell & WHOLLY != 0 {
            return Some((cell & !WHOLLY) as usize);
        }
        for &area in &self.lists[cell as usize..] {
            if area == NOBODY {
                break;
            }
            let number = (area & !WHOLLY) as usize;
            if area & WHOLLY != 0 || holds(number) {
                return Some(number);
            }
        }
        None
    }
}

/// Whole steps of a number that is not negative; of one below zero none.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn steps(number: f64) -> usize {
    number as usize
}

#[allow(clippy::cast_precision_loss)]
fn as_f64(number: usize) -> f64 {
    number as f64
}
