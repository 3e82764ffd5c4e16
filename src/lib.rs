//! hub112: the coordination hub of a unified duty-dispatch "112" emergency service.
//!
//! `domain` says what the rules say and is pure; `actors` are the same, alive; `store`, `bus`, `intake`, `api`
//! and `interop` only translate. See `ARCHITECTURE.md`.

pub mod actors;
pub mod agency;
pub mod api;
pub mod bench;
pub mod bus;
pub mod client;
pub mod commands;

pub mod config;
pub mod console;
pub mod domain;
pub mod drive;
pub mod gis;
pub mod intake;
pub mod interop;
pub mod spatial;
pub mod store;
pub mod telemetry;
