//! The whole hub: real processes of `hub112 serve` and `hub112 agency`, a real database and a real broker.

mod desk;
mod faults;
mod feed;
mod life;
mod modes;
mod standby;
