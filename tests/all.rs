//! The tests that need real servers, by capability.

mod operations;
mod store;
mod world;
