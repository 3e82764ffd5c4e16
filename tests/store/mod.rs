mod appends;
mod database;
mod journal;
mod migrations;
