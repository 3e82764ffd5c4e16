//! The map that other programs read: OGC API – Features with the standard's abstract tests one by one, vector tiles, who
//! may read what, and programs of others against the live hub.

mod conformance;
mod interface;
mod land;
mod programs;
mod rights;
mod tiles;
