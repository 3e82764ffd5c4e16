//! AMQP: topology, accounts, the contract's document, a connection that heals.
//!
//! What goes over the wire is [`crate::domain::envelope`]; who publishes and consumes are the actors
//! `outbox_relay` and `agency_inbox`.

pub mod accounts;
pub mod asyncapi;
pub mod bounds;
pub mod connection;
pub mod topology;

use std::sync::Arc;

/// Why the broker could not be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BusError {
    /// The address of the broker does not read.
    #[error("the broker's address is not amqp://user:password@host:port/vhost: {0}")]
    Address(String),
    /// The connection was closed on purpose.
    #[error("the connection to the broker was closed by this process")]
    Closed,
    /// The connection ended before the broker answered.
    #[error("the connection to the broker was lost")]
    Lost,
    /// The broker could not be reached or ended the conversation.
    #[error("the broker: {0}")]
    Amqp(#[from] lapin::Error),
    /// An exchange or queue could not be declared.
    #[error("the broker refuses {what}: {reason}")]
    Topology {
        /// Which.
        what: String,
        /// Why, and what to do about it.
        reason: String,
    },
    /// The management interface refused or did not answer.
    #[error("the broker's management interface, {what}: {reason}")]
    Management {
        /// What was asked.
        what: String,
        /// The answer.
        reason: Arc<str>,
    },
}
