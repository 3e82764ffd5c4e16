//! The AMQP side against a real broker and a real database.

mod accounts;
mod relay;
mod setting;
