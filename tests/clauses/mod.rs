//! The 112 rules, clause by clause: a table says where each is carried out and what proves it, and the composed hub
//! is led through clause 5 without a database.

mod asking;
mod conduct;
mod desks;
mod dispatch;
mod duties;
mod exercise;
mod exercise_mode;
mod flood;
mod forces;
mod gathered;
mod hub;
mod invariants;
mod neighbours;
mod notices;
mod registers;
mod table;
mod updates;
mod warnings;
mod zones;
