//! What of units' positions is believed, and what is told of them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::ConfigError;
use crate::domain::approach::ArrivalLimits;
use crate::domain::doubt::DoubtLimits;
use crate::domain::ids::ServiceKey;

/// Limits of this project, for the rules state none; an administrator who knows better sets others.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Positions {
    /// When a position is kept as doubtful instead of being believed.
    pub doubt: DoubtLimits,
    /// When a unit that is near has arrived.
    pub arrival: ArrivalLimits,
    /// By service, metres around the station that its units do not leave unsent. None: only the region counts.
    pub station_area_m: BTreeMap<ServiceKey, u32>,
}

impl Positions {
    /// What the types alone cannot say.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key: &'static str, why: &str| Err(ConfigError::Value { key, why: why.to_owned() });
        let most = self.doubt.most_kmh;
        let speeds = [most.road, most.heavy, most.helicopter, most.aeroplane, most.boat, most.on_foot];
        if speeds.contains(&0) {
            return wrong("positions.doubt.most_kmh", "must be 1 or more: at 0 no unit could move");
        }
        if self.doubt.worst_accuracy_m == 0 {
            return wrong(
                "positions.doubt.worst_accuracy_m",
                "must be 1 or more: no receiver knows its place exactly",
            );
        }
        if self.arrival.passes_percent == 0 {
            return wrong(
                "positions.arrival.passes_percent",
                "must be 1 or more: at 0 nobody would ever arrive",
            );
        }
        if self.station_area_m.values().any(|m| *m < 100) {
            return wrong("positions.station_area_m", "must be 100 or more metres");
        }
        Ok(())
    }
}
