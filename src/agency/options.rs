//! How a reference agency is started.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use secrecy::SecretString;

use crate::domain::ids::{RegionCode, ServiceKey};

/// What the agency does with what it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Behaviour {
    /// Acknowledges, reads, answers, drives, reports.
    #[default]
    Normal,
    /// Its system acknowledges; no person ever reads or answers.
    Absent,
    /// Takes its messages and says nothing at all.
    Silent,
}

/// Options of `hub112 agency`. Times are those of real life; `--speed-up` divides them all.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Region by the first two digits of its KATO code; several, with commas, for a national owner.
    #[arg(long, value_delimiter = ',', required = true)]
    pub region: Vec<RegionCode>,
    /// The kind of service: `ambulance`, `police`, `fire_rescue` …
    #[arg(long)]
    pub service: ServiceKey,
    /// The agency's own broker account: `amqp://agency.75.ambulance:password@host:port/vhost`.
    #[arg(long, env = "HUB112_AGENCY_AMQP", hide_env_values = true)]
    pub amqp: SecretString,
    /// Its units: CSV with the columns `id`, `capabilities` (separated by spaces), `lat`, `lon`. Without it the
    /// agency believes the hub's recommendations.
    #[arg(long)]
    pub units: Option<PathBuf>,
    /// Where it keeps what it has taken over and not ended, so that it goes on with it when it is started again.
    /// Without it a restart forgets.
    #[arg(long)]
    pub diary: Option<PathBuf>,
    /// What it does with what it is told.
    #[arg(long, value_enum, default_value_t)]
    pub behaviour: Behaviour,
    /// Seconds until the duty officer reads a message.
    #[arg(long, default_value_t = 5.0)]
    pub read_delay: f64,
    /// Seconds from reading a request to its answer.
    #[arg(long, default_value_t = 15.0)]
    pub answer_delay: f64,
    /// Seconds from the answer to departure.
    #[arg(long, default_value_t = 70.0)]
    pub turnout: f64,
    /// Minutes at the scene.
    #[arg(long, default_value_t = 25.0)]
    pub on_scene: f64,
    /// Share of requests refused although units are free, 0 to 1.
    #[arg(long, default_value_t = 0.02)]
    pub refusal_rate: f64,
    /// Share of requests answered with other units than those recommended, 0 to 1.
    #[arg(long, default_value_t = 0.05)]
    pub change_rate: f64,
    /// Speed of units on the road, km/h, over the straight line lengthened by a third.
    #[arg(long, default_value_t = 45.0)]
    pub speed: f64,
    /// Seconds between positions of a moving unit.
    #[arg(long, default_value_t = 5.0)]
    pub position_every: f64,
    /// Divides every time above.
    #[arg(long, default_value_t = 1.0)]
    pub speed_up: f64,
    /// Makes chance repeatable.
    #[arg(long, default_value_t = 112)]
    pub seed: u64,
}
