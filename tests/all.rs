//! The tests that need real servers, by capability.

mod store;
