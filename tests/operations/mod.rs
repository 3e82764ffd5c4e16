//! What `ops/` promises: private servers that keep what they were given, and a world of one's own for each test.

mod private_servers;
mod worlds;
