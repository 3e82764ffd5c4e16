//! The whole hub: real processes of `hub112 serve` and `hub112 agency`, a real database and a real broker.

mod console;
mod day;
pub mod desk;
mod desks;
mod doubt;
mod emergency;
mod faults;
mod feed;
mod life;
mod mind;
mod modes;
mod order;
mod roads;
mod silence;
mod spool;
mod standby;
mod telephone;
mod trace;
mod unreadable;
mod upgrade;
mod warnings;
