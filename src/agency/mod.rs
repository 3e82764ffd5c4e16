//! The reference agency: a separate process that knows only the public AMQP contract.

pub mod sequence;
