//! The HTTP interface as its callers see it: a hub as a process, requests as bytes on the wire.

mod accounts;
mod arriving;
pub mod asking;
mod cards;
mod coverage;
mod dead_letters;
mod duty;
mod feed;
mod foreign_region;
mod gazetteer;
mod hazards;
mod language;
mod letters;
mod looks;
mod neighbours;
mod once;
mod passports;
mod plans;
mod pouring;
mod registers;
mod situation;
mod versions;
mod warnings;
mod zones;
