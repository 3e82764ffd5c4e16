//! What the rules say. Pure: no clock, no chance, no input or output, nothing of ours but itself.

pub mod approach;
pub mod classification;
pub mod command;
pub mod coverage;
pub mod decision;
pub mod delivery;
pub mod directive;
pub mod doubt;
pub mod envelope;
pub mod event;
pub mod extent;
pub mod forces;
pub mod formation;
pub mod geography;
pub mod hazard_layer;
pub mod ids;
pub mod incident;
pub mod joining;
pub mod location;
pub mod lookup;
pub mod message;
pub mod missing;
pub mod mode;
pub mod moment;
pub mod names;
pub mod notice;
pub mod nul;
pub mod object_passport;
pub mod obligation;
pub mod organisation;
pub mod outside;
pub mod outstanding;
pub mod plan_trial;
pub mod quantities;
pub mod recommendation;
pub mod region;
pub mod response_plan;
pub mod rules;
pub mod said;
pub mod service;
pub mod service_desk;
pub mod service_kind;
pub mod severity;
pub mod shift;
pub mod situation;
pub mod situation_at;
pub mod trace;
pub mod unfit;
pub mod unit;
pub mod warning;
pub mod zone;

/// Reads the tables that come with the program, which else are read when they are first asked for: while the first
/// message waits.
pub fn read_tables() {
    // What any text asks for is every table of words and categories.
    let _ = classification::classify("", &std::collections::BTreeMap::new());
    let _ = classification::order240::types();
    let _ = (service_kind::all(), response_plan::shipped(), response_plan::capabilities(), rules::editions());
}
