//! The tests that need real servers, by capability.

// The lint knows test functions, not the harness around them.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod bus;
mod operations;
mod store;
mod world;
