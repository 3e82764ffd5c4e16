//! The tests of the assembled hub, by capability; most of them on real servers.

// The lint knows test functions, not the harness around them.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod api;
mod bus;
mod clauses;
mod contract;
mod house;
mod hub;
mod joining;
mod map;

mod operations;
mod store;
mod world;
