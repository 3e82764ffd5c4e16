//! SQL, a file per subject; rows in, domain types out.

pub mod account;
pub mod agency_link;
pub mod append;
pub mod batch;
pub mod chain;
pub mod database;
pub mod dead_letter;
pub mod delivery;
pub mod draft;
pub mod inbox;
pub mod incident_list;
pub mod journal;
pub mod lane;
pub mod lease;
pub mod letter;
pub mod migrate;
pub mod outbox;
pub mod partition;
pub mod position_track;
pub mod read_table;
pub mod service_board;
pub mod session;
pub mod setting;
pub mod stream;
pub mod verify;
