//! The domain, alive: actors own state and time.
pub mod outbox_relay;
