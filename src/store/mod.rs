//! SQL, a file per subject; rows in, domain types out.

pub mod append;
pub mod batch;
pub mod chain;
pub mod database;
pub mod journal;
pub mod lane;
pub mod lease;
pub mod migrate;
pub mod outbox;
pub mod read_table;
pub mod session;
pub mod stream;
pub mod verify;
