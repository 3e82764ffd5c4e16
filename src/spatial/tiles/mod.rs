//! Vector tiles (Mapbox Vector Tile 2.1) made from memory: what lies in a square of the Web Mercator map.

pub mod boundaries;
mod clip;
mod mvt;
mod pixels;
pub mod points;
mod square;

pub use square::{DEEPEST, NotASquare, Square};

/// Steps of a tile's side.
pub const EXTENT: u32 = 4096;
/// How far outside its square a tile still shows, steps: a symbol on the edge is drawn by both tiles, and no border of
/// a cut polygon is seen.
const MARGIN: f64 = 64.0;
/// From this zoom on every point is drawn; below it points that would share a pixel are one.
pub const ALL_FROM: u8 = 9;
/// Steps of a pixel of a tile drawn 512 pixels wide.
const PIXEL: i32 = 8;
