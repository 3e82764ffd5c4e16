mod appends;
mod faults;
mod journal;
mod migrations;
mod verification;
