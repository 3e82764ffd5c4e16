//! The tests that need real servers, by capability.

mod bus;
mod operations;
mod store;
mod world;
