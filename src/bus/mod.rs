//! AMQP: topology, envelope, connection that heals.
