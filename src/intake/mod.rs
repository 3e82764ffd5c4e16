//! A channel's own format into a message.
