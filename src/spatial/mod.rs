//! Where: territories, units, nearest.
//!
//! [`territory`] finds the region and district of a point, [`unit_index`] the nearest fitting units, [`roads`] the
//! soonest of them. All answer from memory and are read by any thread without a mailbox between.

pub mod candidates;
mod cells;
pub mod demand;
pub mod earth;
pub mod fence;
pub mod gazetteer;
pub mod isochrone;
pub mod map;
pub mod nearest;
pub mod prepared;
pub mod roads;
mod shard;
pub mod slack_tree;
pub mod territory;
pub mod tiles;
pub mod unit_index;
