//! Positions that are kept but not believed: a receiver that jumps, a clock that is wrong, a place that cannot be.
//!
//! The position believed last stays the one that is searched and recommended by until a second report bears the
//! doubtful one out ([`DoubtLimits::bears_out`]). Every figure is configuration: 112-R states none.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::quantities::{Metres, Point, Seconds};
use super::unit::{Position, PositionSource, UnitKind};

/// Why a position is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Doubt {
    /// Faster than what the unit goes by can be.
    Speed {
        /// What the way from the position believed last would have taken, km/h.
        kmh: u32,
        /// The most that its kind reaches, km/h.
        limit_kmh: u32,
    },
    /// Far away within a second.
    Jump {
        /// How far, along the surface.
        metres: Metres,
    },
    /// Its time lies far before that of the position believed last.
    TimeBack {
        /// By how much.
        by: Seconds,
    },
    /// Its time lies ahead of the hub's.
    TimeAhead {
        /// By how much.
        by: Seconds,
    },
    /// Outside the country.
    OutsideCountry,
    /// The receiver itself does not know where it is.
    Inaccurate {
        /// What it says of its accuracy.
        accuracy: Metres,
        /// The worst that is believed.
        limit: Metres,
    },
    /// A unit that is on its way reports the very same place: the receiver has frozen.
    Stuck {
        /// Since when.
        since: Timestamp,
    },
}

impl Doubt {
    /// Its word, as JSON has it.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Speed { .. } => "speed",
            Self::Jump { .. } => "jump",
            Self::TimeBack { .. } => "time_back",
            Self::TimeAhead { .. } => "time_ahead",
            Self::OutsideCountry => "outside_country",
            Self::Inaccurate { .. } => "inaccurate",
            Self::Stuck { .. } => "stuck",
        }
    }

    /// Whether a second report can bear it out: a place can be confirmed, a wrong clock cannot.
    #[must_use]
    pub fn can_be_borne_out(&self) -> bool {
        matches!(self, Self::Speed { .. } | Self::Jump { .. })
    }
}

/// A position that is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Doubtful {
    /// As it was reported.
    pub position: Position,
    /// Why it is not believed.
    pub doubt: Doubt,
}

/// The most that what a unit goes by reaches, km/h: planning figures of this project, well above what is driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MostSpeed {
    /// Cars and lorries.
    pub road: u16,
    /// Cranes, tracked carriers, tankers.
    pub heavy: u16,
    /// Helicopters.
    pub helicopter: u16,
    /// Aeroplanes.
    pub aeroplane: u16,
    /// Boats.
    pub boat: u16,
    /// Crews on foot.
    pub on_foot: u16,
}

impl Default for MostSpeed {
    fn default() -> Self {
        Self { road: 220, heavy: 150, helicopter: 370, aeroplane: 950, boat: 120, on_foot: 40 }
    }
}

impl MostSpeed {
    const fn of(&self, kind: UnitKind) -> u16 {
        match kind {
            UnitKind::HeavyVehicle => self.heavy,
            UnitKind::Helicopter => self.helicopter,
            UnitKind::Aeroplane => self.aeroplane,
            UnitKind::Boat => self.boat,
            UnitKind::OnFoot => self.on_foot,
            _ => self.road,
        }
    }
}

/// When a position is not believed, when a unit has arrived, and when it has left its territory.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DoubtLimits {
    /// The most that units reach, km/h.
    pub most_kmh: MostSpeed,
    /// What a receiver at rest may stray, metres: no speed is worked out from less.
    pub stray_m: u32,
    /// The worst accuracy that is believed, metres.
    pub worst_accuracy_m: u32,
    /// By how many seconds a clock may be ahead of the hub's.
    pub ahead_s: u32,
    /// A report that is older than the last by more than so many seconds is of a wrong clock; what is late by less is
    /// old news.
    pub back_s: u32,
    /// Outside the country is farther than this from every region, metres: borders are drawn coarsely.
    pub border_m: u32,
    /// After so many seconds on the way at the very same place a receiver has frozen.
    pub stuck_s: u32,
}

impl Default for DoubtLimits {
    fn default() -> Self {
        Self {
            most_kmh: MostSpeed::default(),
            stray_m: 300,
            worst_accuracy_m: 1_000,
            ahead_s: super::message::CLOCK_TOLERANCE.0,
            back_s: 900,
            border_m: 3_000,
            stuck_s: 600,
        }
    }
}

/// An upper bound of one degree of latitude or longitude, metres.
const DEGREE_M: f64 = 111_700.0;

/// Whether two points are surely within a distance: two subtractions, and no sine.
#[inline]
fn surely_within(a: Point, b: Point, metres: f64) -> bool {
    let (north, east) = ((a.lat() - b.lat()) * DEGREE_M, (a.lon() - b.lon()) * DEGREE_M);
    north * north + east * east <= metres * metres
}

impl DoubtLimits {
    /// Why a report about a unit is not believed, after the position believed last; its place in the country is not
    /// looked at here. The common case is a few additions.
    #[inline]
    #[must_use]
    pub fn doubt(&self, last: &Position, told: &Position, kind: UnitKind, now: Timestamp) -> Option<Doubt> {
        let ahead = told.at.as_second() - now.as_second();
        if ahead > i64::from(self.ahead_s) {
            return Some(Doubt::TimeAhead { by: seconds(ahead) });
        }
        if let Some(accuracy) = told.accuracy
            && accuracy.get() > f64::from(self.worst_accuracy_m)
        {
            return Some(Doubt::Inaccurate { accuracy, limit: Metres::whole(self.worst_accuracy_m) });
        }
        let since = told.at.as_second() - last.at.as_second();
        if since < 0 {
            let old = since < -i64::from(self.back_s);
            return old.then(|| Doubt::TimeBack { by: seconds(-since) });
        }
        // Who has hardly moved has kept below any speed.
        if surely_within(last.point, told.point, f64::from(self.stray_m)) {
            return None;
        }
        self.too_far(last, told, kind, since)
    }

    /// Whether a second report agrees with a doubtful one so that both are to be believed.
    #[must_use]
    pub fn bears_out(&self, doubtful: &Doubtful, told: &Position, kind: UnitKind) -> bool {
        let since = told.at.as_second() - doubtful.position.at.as_second();
        doubtful.doubt.can_be_borne_out()
            && told.at > doubtful.position.at
            && self.too_far(&doubtful.position, told, kind, since).is_none()
    }

    fn too_far(&self, last: &Position, told: &Position, kind: UnitKind, since_s: i64) -> Option<Doubt> {
        // Where a person or the station says it is, a unit need never have been: there is no way to measure.
        if last.source != PositionSource::Avl || told.source != PositionSource::Avl {
            return None;
        }
        let unsure = |p: &Position| p.accuracy.map_or(0.0, Metres::get);
        let limit_kmh = self.most_kmh.of(kind);
        let stray = f64::from(self.stray_m) + unsure(last) + unsure(told);
        // Times are cut to seconds: one more may have passed.
        #[allow(clippy::cast_precision_loss)]
        let longest = (since_s + 1) as f64;
        let reach = stray + f64::from(limit_kmh) / 3.6 * longest;
        if surely_within(last.point, told.point, reach) {
            return None;
        }
        let metres = last.point.distance(told.point);
        if metres.get() <= reach {
            return None;
        }
        if since_s <= 1 {
            return Some(Doubt::Jump { metres });
        }
        // Within what a number holds: no way on the Earth is longer than 20,040 km.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let kmh = (metres.get() * 3.6 / longest).round() as u32;
        Some(Doubt::Speed { kmh, limit_kmh: u32::from(limit_kmh) })
    }
}

fn seconds(s: i64) -> Seconds {
    Seconds(u32::try_from(s.max(0)).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn t(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    fn at(lat: f64, lon: f64, second: i64) -> Position {
        let point = Point::new(lat, lon).unwrap();
        Position { point, at: t(second), source: PositionSource::Avl, accuracy: None }
    }

    fn doubt(last: &Position, told: &Position, kind: UnitKind) -> Option<Doubt> {
        DoubtLimits::default().doubt(last, told, kind, t(3_600))
    }

    #[test]
    fn what_cannot_be_driven_is_doubted_and_what_can_be_flown_is_not() {
        let (here, far) = (at(43.24, 76.90, 0), at(43.34, 76.90, 60));
        let Some(Doubt::Speed { kmh, limit_kmh: 220 }) = doubt(&here, &far, UnitKind::Ambulance) else {
            panic!("eleven kilometres in a minute")
        };
        assert!((620..680).contains(&kmh), "{kmh}");
        assert_eq!(doubt(&here, &far, UnitKind::Aeroplane), None);
        assert_eq!(doubt(&here, &at(43.255, 76.90, 60), UnitKind::Ambulance), None, "100 km/h");
        assert!(matches!(doubt(&here, &at(43.26, 76.90, 1), UnitKind::Helicopter), Some(Doubt::Jump { .. })));
        assert_eq!(doubt(&here, &at(43.242, 76.90, 0), UnitKind::OnFoot), None, "a receiver strays");
    }

    #[test]
    fn a_clock_that_is_wrong_and_a_receiver_that_is_lost_are_doubted() {
        let here = at(43.24, 76.90, 3_600);
        let ahead = i64::from(DoubtLimits::default().ahead_s);
        assert_eq!(doubt(&here, &at(43.24, 76.90, 3_600 + ahead), UnitKind::Ladder), None);
        let late = doubt(&here, &at(43.24, 76.90, 3_600 + ahead + 9), UnitKind::Ladder);
        assert_eq!(late, Some(Doubt::TimeAhead { by: Seconds(u32::try_from(ahead).unwrap() + 9) }));
        assert_eq!(doubt(&here, &at(43.9, 76.90, 3_000), UnitKind::Ladder), None, "old news is no doubt");
        let back = doubt(&here, &at(43.24, 76.90, 0), UnitKind::Ladder);
        assert_eq!(back, Some(Doubt::TimeBack { by: Seconds(3_600) }));
        let lost = Position { accuracy: Some(Metres::whole(1_001)), ..here };
        assert!(matches!(doubt(&here, &lost, UnitKind::Ladder), Some(Doubt::Inaccurate { .. })));
    }

    #[test]
    fn from_its_station_or_by_a_persons_word_a_unit_may_be_anywhere() {
        let far = at(51.1, 71.4, 1);
        for source in [PositionSource::Station, PositionSource::Crew, PositionSource::Officer] {
            let told = Position { source, ..at(43.24, 76.90, 0) };
            assert_eq!(doubt(&told, &far, UnitKind::PatrolCar), None);
            assert_eq!(doubt(&far, &Position { at: t(2), ..told }, UnitKind::PatrolCar), None);
        }
    }

    #[test]
    fn a_second_report_bears_a_place_out_and_no_clock() {
        let limits = DoubtLimits::default();
        let position = at(43.34, 76.90, 60);
        let jumped = Doubtful { position, doubt: Doubt::Jump { metres: Metres::whole(11_000) } };
        assert!(limits.bears_out(&jumped, &at(43.341, 76.90, 65), UnitKind::Ambulance));
        assert!(
            !limits.bears_out(&jumped, &position, UnitKind::Ambulance),
            "the same report is no second one"
        );
        assert!(!limits.bears_out(&jumped, &at(43.24, 76.90, 65), UnitKind::Ambulance), "it jumped back");
        let ahead = Doubtful { position, doubt: Doubt::TimeAhead { by: Seconds(900) } };
        assert!(!limits.bears_out(&ahead, &at(43.341, 76.90, 65), UnitKind::Ambulance));
    }

    proptest! {
        /// Whoever keeps below the limit of his kind is never doubted, wherever he drives and however often he
        /// reports; whoever is twice as fast for half a minute always is.
        #[test]
        fn no_honest_drive_is_doubted_and_no_impossible_one_believed(
            lat in 40.0..55.0f64, lon in 46.0..87.0f64, course in 0.0..std::f64::consts::TAU, s in 1i64..3_600,
        ) {
            let limits = DoubtLimits::default();
            let way = |kmh: f64, s: i64| {
                let degrees = kmh / 3.6 * s as f64 / 111_195.0;
                at(lat + degrees * course.cos(), lon + degrees * course.sin() / lat.to_radians().cos(), s)
            };
            // A plane stands for the Earth here, so the drive keeps a tenth below.
            let driven = way(f64::from(limits.most_kmh.road) * 0.9, s.min(600));
            prop_assert_eq!(limits.doubt(&at(lat, lon, 0), &driven, UnitKind::FireEngine, t(3_600)), None);
            let dreamt = way(f64::from(limits.most_kmh.road) * 2.2, s.clamp(30, 600));
            let doubt = limits.doubt(&at(lat, lon, 0), &dreamt, UnitKind::FireEngine, t(3_600));
            prop_assert!(matches!(doubt, Some(Doubt::Speed { .. })), "{:?}", doubt);
        }
    }
}
