//! A channel's own format into a message: HTTP now, the channels themselves come later, all through here.

pub mod again;
pub mod http;
pub mod route;
pub mod spool;
