mod appends;
mod faults;
mod journal;
mod migrations;
mod queries;
mod tables;
mod verification;
