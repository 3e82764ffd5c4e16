//! Reading what others publish of the land: files in, domain types out. Nothing here knows the database.

pub mod areas;
pub mod boundaries;
pub mod osm;
pub mod register;
