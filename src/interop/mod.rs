//! The formats of others: what the hub knows, said as they read it. Pure; knows `domain` alone.

pub mod map_style;
pub mod map_symbols;
pub mod ogc;
pub mod tilejson;
