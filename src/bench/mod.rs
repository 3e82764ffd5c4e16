//! `hub112 bench`: every speed the project claims, side by side with a peer or a limit.

pub mod bus;
pub mod row;
