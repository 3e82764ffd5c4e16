//! Roads between junctions, and how an emergency vehicle drives on them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::LocalNames;
use super::place::kinds;
use crate::domain::quantities::Point;

kinds! {
    /// What a road is built and ranked as.
    RoadClass {
        /// Motorway.
        Motorway = "motorway",
        /// Trunk road (republican).
        Trunk = "trunk",
        /// Primary.
        Primary = "primary",
        /// Secondary.
        Secondary = "secondary",
        /// Tertiary.
        Tertiary = "tertiary",
        /// Minor public road.
        Unclassified = "unclassified",
        /// Street of houses.
        Residential = "residential",
        /// Yard street where people walk.
        LivingStreet = "living_street",
        /// Access to a building or site.
        Service = "service",
        /// Field or forest track.
        Track = "track",
        /// For pedestrians; a vehicle with its lights on may enter.
        Pedestrian = "pedestrian",
        /// A public road of unknown rank.
        Road = "road",
    }
}

kinds! {
    /// In which direction of its line a road may be driven.
    Direction {
        /// Both.
        Both = "both",
        /// Only as the line runs.
        Forward = "forward",
        /// Only against the line.
        Backward = "backward",
    }
}

/// A piece of road between two junctions.
#[derive(Debug, Clone, PartialEq)]
pub struct Road {
    /// The way of the source that it is a piece of.
    pub way: i64,
    /// The junction at the line's beginning; below zero where the road ends at a barrier.
    pub from: i64,
    /// The junction at the line's end.
    pub to: i64,
    /// What it is.
    pub class: RoadClass,
    /// Where it may be driven.
    pub direction: Direction,
    /// The speed limit, km/h, where one is signed.
    pub limit_kmh: Option<u16>,
    /// Whether its surface slows everyone down.
    pub rough: bool,
    /// Its names.
    pub names: LocalNames,
    /// The road's number: `A-2`.
    pub reference: Option<String>,
    /// Its course, at least two points.
    pub line: Vec<Point>,
}

/// The most pieces of road between the first and the last of a turn restriction.
pub const VIA_LIMIT: usize = 8;

/// Whether a turn is forbidden or the only one allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// It may not be made.
    Forbidden,
    /// No other may be made.
    Only,
}

impl Turn {
    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden",
            Self::Only => "only",
        }
    }
}

/// A turn from one way into another that is forbidden, or the only one allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnRestriction {
    /// The relation of the source.
    pub id: i64,
    /// Which of the two.
    pub turn: Turn,
    /// The way that one comes from.
    pub from_way: i64,
    /// The junction where one leaves it; with `via_ways` empty also where one enters `to_way`.
    pub via_node: Option<i64>,
    /// Ways between, in order, where the turn goes over more than a junction.
    pub via_ways: Vec<i64>,
    /// The way that one goes into.
    pub to_way: i64,
}

impl RoadClass {
    /// What an emergency vehicle with lights and siren makes on a free road of the class, km/h, junctions included:
    /// planning figures of this project, not of the law.
    #[must_use]
    pub const fn emergency_kmh(self) -> u16 {
        match self {
            Self::Motorway => 110,
            Self::Trunk => 90,
            Self::Primary => 65,
            Self::Secondary => 58,
            Self::Tertiary => 50,
            Self::Unclassified | Self::Road => 42,
            Self::Residential => 36,
            Self::LivingStreet => 18,
            Self::Service => 20,
            Self::Track => 18,
            Self::Pedestrian => 10,
        }
    }

    /// How many times its limit an emergency vehicle drives at most, percent: it may exceed a limit, but what the
    /// road is built for bounds it.
    const LIMIT_PERCENT: u16 = 120;
    /// The speed on a rough surface at most, km/h.
    const ROUGH_KMH: u16 = 30;

    /// What an emergency vehicle makes on a road, km/h: as its class, bounded by its limit and its surface; a road
    /// signed for more than its class is driven at nine tenths of the limit.
    #[must_use]
    pub fn speed_kmh(self, limit_kmh: Option<u16>, rough: bool) -> u16 {
        let class = self.emergency_kmh();
        let signed = limit_kmh.map_or(class, |limit| {
            let most = limit.saturating_mul(Self::LIMIT_PERCENT / 10) / 10;
            let least = limit / 10 * 9;
            class.clamp(least.min(most), most.max(least))
        });
        let speed = if rough { signed.min(Self::ROUGH_KMH) } else { signed };
        speed.clamp(5, 130)
    }
}

impl Road {
    /// What an emergency vehicle makes on it, km/h.
    #[must_use]
    pub fn speed_kmh(&self) -> u16 {
        self.class.speed_kmh(self.limit_kmh, self.rough)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_bounds_the_speed_and_a_better_signed_road_is_faster() {
        assert_eq!(RoadClass::Residential.speed_kmh(None, false), 36);
        assert_eq!(RoadClass::Residential.speed_kmh(Some(20), false), 24);
        assert_eq!(RoadClass::Secondary.speed_kmh(Some(90), false), 81);
        assert_eq!(RoadClass::Trunk.speed_kmh(None, true), 30);
        assert_eq!(RoadClass::Service.speed_kmh(Some(0), false), 5);
    }
}
