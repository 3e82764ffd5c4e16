mod appends;
mod faults;
mod gis_import;
mod journal;
mod migrations;
mod queries;
mod tables;
mod verification;
