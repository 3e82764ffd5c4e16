//! The AMQP side against a real broker and a real database.

mod accounts;
mod agencies;
mod inbox;
mod relay;
mod setting;
