//! The domain, alive: actors own state and time.

pub mod journal;
pub mod outbox_relay;
pub mod outbox_table;
