//! `hub112 drive`: replays a file of messages and unit positions.
