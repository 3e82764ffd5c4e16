//! Units: a crew with a vehicle, what it can do, where it is and what it is doing.

mod call_sign;
mod capabilities;
mod kind;
mod position;
mod status;
mod taken;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::decision::Refusal;
use super::ids::{RegionCode, ServiceKey, UnitId};
use super::quantities::Point;
use super::said::said;

pub use call_sign::{CallSign, NotACallSign};
pub use capabilities::Capabilities;
pub use kind::UnitKind;
pub use position::{Position, PositionSource, StaleAfter};
pub use status::{Availability, EngagementStage, StatusRefusal, UnitChange, UnitStatus};
pub use taken::Taken;

/// A crew with a vehicle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Unit {
    /// Unique in the country.
    pub id: UnitId,
    /// The kind of duty-dispatch service that owns it.
    pub service: ServiceKey,
    /// The region whose service owns it.
    pub region: RegionCode,
    /// The name it answers to.
    pub call_sign: CallSign,
    /// What it goes by.
    pub kind: UnitKind,
    /// What it can do.
    #[serde(default)]
    pub capabilities: Capabilities,
    /// The station's name, as its service calls it.
    pub station: String,
    /// Where the station stands.
    pub home: Point,
    /// What it is doing.
    #[serde(default)]
    pub status: UnitStatus,
    /// Where it was last known to be.
    pub position: Position,
    /// Grows by one with every change of the register: its ETag. What it does and where it is change nothing here, and
    /// what is sent as version counts for nothing.
    #[serde(default)]
    pub version: u64,
}

/// Most characters of a station's name.
const LONGEST_STATION: usize = 200;

impl Unit {
    /// Checks what its types alone do not, when it is entered in the register.
    ///
    /// # Errors
    /// [`Refusal::Invalid`]: a station of too many characters. A capability that no plan asks for may be one of tomorrow.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.station.chars().count() > LONGEST_STATION {
            return Err(Refusal::invalid(
                "station",
                said!("write 1 to {most} characters here", most = LONGEST_STATION),
            ));
        }
        Ok(())
    }

    /// Changes the status, or leaves it as it is.
    ///
    /// # Errors
    /// As [`UnitStatus::after`].
    pub fn change(&mut self, change: &UnitChange, now: Timestamp) -> Result<(), StatusRefusal> {
        self.status = self.status.after(change, now)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
