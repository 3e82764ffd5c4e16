//! SQL, a file per subject; rows in, domain types out.

pub mod append;
pub mod database;
pub mod migrate;
pub mod stream;
