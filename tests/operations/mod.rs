//! What `ops/` promises: private servers that keep what they were given, a world of one's own for each test, and
//! pages for administrators that are true.

mod backup;
mod boundaries;
mod check;
mod documents;
mod imports;
mod private_servers;
mod registers;
mod worlds;
