//! What the rules say. Pure: no clock, no chance, no input or output, nothing of ours but itself.

pub mod classification;
pub mod command;
pub mod delivery;
pub mod directive;
pub mod envelope;
pub mod event;
pub mod ids;
pub mod incident;
pub mod joining;
pub mod location;
pub mod message;
pub mod mode;
pub mod names;
pub mod obligation;
pub mod quantities;
pub mod recommendation;
pub mod region;
pub mod response_plan;
pub mod service;
pub mod service_kind;
pub mod severity;
pub mod shift;
pub mod situation;
pub mod unit;
pub mod warning;
pub mod zone;
