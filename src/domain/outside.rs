//! Units that have left where they belong: told once, and again only after they have come back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::quantities::{Metres, Point};

/// What a unit belongs in.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "area", rename_all = "snake_case")]
pub enum Area {
    /// The region whose service owns it.
    Region,
    /// The area around its station that is set for its service.
    Station {
        /// So far from the station, along the surface.
        within: Metres,
    },
}

/// A unit outside its area.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Outside {
    /// What it has left.
    #[serde(flatten)]
    pub left: Area,
    /// When it was seen outside first.
    pub since: Timestamp,
    /// Where it was then.
    pub point: Point,
}

/// Nearer to the border of its area than this a unit that was inside is still taken to be, metres: borders are drawn
/// coarsely and receivers stray.
pub const EDGE: Metres = Metres::whole(1_000);

/// Whether a unit has left the area around its station, or is back. Between the two it stays what it was.
#[must_use]
pub fn beyond_station(home: Point, within: Metres, point: Point, was_outside: bool) -> bool {
    let edge = if was_outside { 0.0 } else { EDGE.get() };
    home.distance(point).get() > within.get() + edge
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_leaving_and_coming_back_lies_a_kilometre() {
        let home = Point::new(43.25, 76.95).unwrap();
        let away = |m: f64| Point::new(43.25 + m / 111_195.0, 76.95).unwrap();
        let within = Metres::whole(5_000);
        assert!(!beyond_station(home, within, away(5_900.0), false));
        assert!(beyond_station(home, within, away(6_100.0), false));
        assert!(beyond_station(home, within, away(5_100.0), true), "it is not back yet");
        assert!(!beyond_station(home, within, away(4_900.0), true));
    }
}
