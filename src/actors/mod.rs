//! The domain, alive: actors own state and time.

pub mod agency_inbox;
pub mod journal;
pub mod lease;
pub mod outbox_relay;
