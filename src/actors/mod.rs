//! The domain, alive: actors own state and time.
