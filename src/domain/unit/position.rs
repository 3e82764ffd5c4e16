//! Where a unit was, when, and how well that is known.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::quantities::{Metres, Point, Seconds};

/// How a position became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PositionSource {
    /// The vehicle's own receiver.
    Avl,
    /// Said by the crew.
    Crew,
    /// Set by a duty officer.
    Officer,
    /// Nothing was heard: the unit is taken to be at its station.
    Station,
}

/// Where a unit was, when, and how well that is known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Position {
    /// The place.
    pub point: Point,
    /// When the unit was there, by the source's clock.
    pub at: Timestamp,
    /// Who says so.
    pub source: PositionSource,
    /// Radius of the circle that holds the true place in 68% of cases, where the source knows it.
    pub accuracy: Option<Metres>,
}

impl Position {
    /// How old the position is; zero when its time lies ahead of `now`.
    #[must_use]
    pub fn age(&self, now: Timestamp) -> Seconds {
        let seconds = now.duration_since(self.at).as_secs();
        Seconds(u32::try_from(seconds.max(0)).unwrap_or(u32::MAX))
    }

    /// Whether the position is older than the region's limit. A stale position is never shown as live.
    #[must_use]
    pub fn is_stale(&self, now: Timestamp, limit: StaleAfter) -> bool {
        self.age(now) > limit.0
    }
}

/// The age above which a position is stale: a setting of the region (112-R states none).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct StaleAfter(pub Seconds);

impl Default for StaleAfter {
    /// Five minutes: sixty missed reports of a vehicle that reports every five seconds.
    fn default() -> Self {
        Self(Seconds(300))
    }
}
