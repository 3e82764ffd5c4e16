//! A unit on its way comes near: when its positions say that it has arrived (c.5(3)¶4), and when it only passes by.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::quantities::Seconds;
use super::service::Scene;
use super::unit::Position;

/// When a unit that is near has arrived: figures of this project.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ArrivalLimits {
    /// It has stayed near for so many seconds.
    pub stays_s: u32,
    /// It reported that it is near, and nothing for so many seconds: receivers of vehicles that stand fall silent.
    pub silent_s: u32,
    /// It has left when it is farther than the surroundings by so many parts of a hundred; a border has a slack of its
    /// own.
    pub leaves_percent: u32,
    /// It passes by when it drives at more than so many parts of a hundred of what the road there allows.
    pub passes_percent: u32,
}

impl Default for ArrivalLimits {
    fn default() -> Self {
        Self { stays_s: 20, silent_s: 90, leaves_percent: 40, passes_percent: 50 }
    }
}

/// What is taken to be driven where no road is known, km/h.
const NO_ROAD_KMH: u16 = 40;

/// What a unit's positions have said on its way to one scene.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Approach {
    last: Option<Position>,
    /// Since when it is near and not passing.
    near_since: Option<Timestamp>,
    /// Since when it reports the very same place.
    same_since: Option<Timestamp>,
}

impl Approach {
    /// A position that is believed. Whether it says, with those before, that the unit has arrived. `road_kmh`: what is
    /// driven on the road at a place, asked for only near the scene.
    pub fn seen(
        &mut self,
        scene: &Scene,
        position: Position,
        limits: &ArrivalLimits,
        road_kmh: impl FnOnce() -> Option<u16>,
    ) -> bool {
        let before = self.last.replace(position);
        let same = before.is_some_and(|b| b.point == position.point);
        self.same_since = if same { self.same_since } else { Some(position.at) };
        let away = scene.away(position.point);
        if away > scene.slack(limits.leaves_percent) {
            self.near_since = None;
        } else if away <= 0.0 {
            let passes = before.is_some_and(|b| {
                let seconds = position.at.duration_since(b.at).as_secs_f64();
                let kmh = b.point.distance(position.point).get() * 3.6 / seconds.max(1.0);
                let road = f64::from(road_kmh().unwrap_or(NO_ROAD_KMH));
                kmh > road * f64::from(limits.passes_percent) / 100.0
            });
            match self.near_since {
                Some(_) if !passes => {}
                _ => self.near_since = Some(position.at),
            }
        }
        let stays = |since: Timestamp| position.at.duration_since(since) >= Seconds(limits.stays_s).span();
        self.near_since.is_some_and(stays)
    }

    /// Whether it came near and has been silent since for so long that it stands there.
    #[must_use]
    pub fn fell_silent(&self, now: Timestamp, limits: &ArrivalLimits) -> bool {
        let silent = |p: Position| now.duration_since(p.at) >= Seconds(limits.silent_s).span();
        self.near_since.is_some() && self.last.is_some_and(silent)
    }

    /// Since when a unit that should be driving, and is not near, reports the very same place, once that is longer
    /// than `limit`.
    #[must_use]
    pub fn stuck_since(&self, limit: Seconds) -> Option<Timestamp> {
        let (last, since) = (self.last?, self.same_since?);
        (self.near_since.is_none() && last.at.duration_since(since) >= limit.span()).then_some(since)
    }

    /// Its last position.
    #[must_use]
    pub fn last(&self) -> Option<Position> {
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::location::{Fix, Location, LocationSource, Uncertainty};
    use crate::domain::quantities::Point;
    use crate::domain::unit::PositionSource;
    use crate::domain::zone::ZonePolygon;

    /// North of the scene by so many metres.
    fn at(metres: f64, second: i64) -> Position {
        Position {
            point: Point::new(43.25 + metres / 111_195.0, 76.95).unwrap(),
            at: Timestamp::from_second(1_790_000_000 + second).unwrap(),
            source: PositionSource::Avl,
            accuracy: None,
        }
    }

    fn drive(reports: impl IntoIterator<Item = (f64, i64)>, road: u16) -> Option<i64> {
        let scene = Scene::around(Point::new(43.25, 76.95).unwrap(), None);
        let (mut approach, limits) = (Approach::default(), ArrivalLimits::default());
        reports
            .into_iter()
            .find(|(metres, second)| approach.seen(&scene, at(*metres, *second), &limits, || Some(road)))
            .map(|(_, second)| second)
    }

    #[test]
    fn who_stays_near_has_arrived_and_who_drives_past_has_not() {
        let stands = (0..120).map(|s| ((600.0 - 14.0 * s as f64).max(40.0), s));
        let arrived = drive(stands, 60).expect("it stands forty metres off");
        // It stops after forty seconds and has stayed for twenty then.
        assert!((59..=61).contains(&arrived), "{arrived}");
        let passes = (0..120).map(|s| (600.0 - 14.0 * s as f64, s));
        assert_eq!(drive(passes, 60), None, "fifty kilometres an hour on a road for sixty");
    }

    #[test]
    fn a_slow_search_for_the_house_is_an_arrival_and_so_is_the_second_of_seldom_reports() {
        let crawls = || (0..120).map(|s| (149.0 - 2.0 * s as f64, s));
        assert_eq!(drive(crawls(), 20), Some(20), "seven kilometres an hour where twenty are driven");
        let seldom = [(3_000.0, 0), (100.0, 60), (90.0, 120)];
        assert_eq!(drive(seldom, 60), Some(120), "the second of two reports a minute apart");
    }

    #[test]
    fn the_edge_of_the_surroundings_is_no_arrival_and_departure_every_time() {
        // A receiver that strays over the edge: it stays near until it is well away.
        let strays = [(149.0, 0), (152.0, 5), (148.0, 10), (155.0, 15), (149.0, 20)];
        assert_eq!(drive(strays, 60), Some(20));
        let leaves = [(149.0, 0), (230.0, 10), (149.0, 30), (140.0, 45)];
        assert_eq!(drive(leaves, 60), None, "it was away between");
    }

    #[test]
    fn where_a_border_is_known_who_is_inside_has_arrived_however_far_the_point_is() {
        let border = |metres: f64| {
            let at = |x: f64, y: f64| Point::new(43.25 + y / 111_195.0, 76.95 + x / 81_000.0).unwrap();
            ZonePolygon::of_ring(&[
                at(-500.0, -500.0),
                at(500.0, -500.0),
                at(500.0, metres),
                at(-500.0, metres),
            ])
            .unwrap()
        };
        let point = Point::new(43.25, 76.95).unwrap();
        let arrives = |zone: &ZonePolygon, reports: &[(f64, i64)]| {
            let scene = Scene::of(point, None, Some(zone));
            let (mut approach, limits) = (Approach::default(), ArrivalLimits::default());
            let seen = |(metres, second): &&(f64, i64)| {
                approach.seen(&scene, at(*metres, *second), &limits, || Some(60))
            };
            reports.iter().find(seen).map(|(_, second)| *second)
        };
        let stands = [(2_000.0, 0), (700.0, 60), (690.0, 120)];
        assert_eq!(
            arrives(&border(800.0), &stands),
            Some(120),
            "inside, and seven hundred metres from the point"
        );
        assert_eq!(
            arrives(&border(100.0), &[(140.0, 0), (140.0, 60), (140.0, 120)]),
            None,
            "near the point and outside"
        );
        let strays = [(95.0, 0), (130.0, 10), (95.0, 25)];
        assert_eq!(arrives(&border(100.0), &strays), Some(25), "a receiver that strays over the border");
        assert_eq!(
            arrives(&border(100.0), &[(95.0, 0), (200.0, 10), (95.0, 25), (95.0, 40)]),
            None,
            "it was away"
        );
    }

    #[test]
    fn the_polygon_in_which_the_place_lies_is_its_border_unless_it_is_vaguer_than_a_circle_may_be() {
        let point = Point::new(43.25, 76.95).unwrap();
        let location = |half: f64| {
            let corner = |x: f64, y: f64| Point::new(43.25 + y * half, 76.95 + x * half).unwrap();
            let ring = vec![corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)];
            let fix = Fix { point, uncertainty: Some(Uncertainty::Polygon { ring }) };
            Location::new(Some(fix), None, LocationSource::Caller, None).unwrap()
        };
        assert!(Scene::of(point, Some(&location(0.003)), None).border.is_some(), "a quarter");
        let sector = Scene::of(point, Some(&location(0.05)), None);
        assert_eq!(
            (sector.border, sector.within.get()),
            (None, 1_000.0),
            "a cell sector is no place to be in"
        );
    }

    #[test]
    fn a_receiver_that_fell_silent_near_the_place_stands_there() {
        let scene = Scene::around(Point::new(43.25, 76.95).unwrap(), None);
        let (mut approach, limits) = (Approach::default(), ArrivalLimits::default());
        assert!(!approach.seen(&scene, at(100.0, 0), &limits, || None));
        assert!(!approach.fell_silent(at(0.0, 89).at, &limits));
        assert!(approach.fell_silent(at(0.0, 90).at, &limits));
        assert!(!approach.seen(&scene, at(400.0, 95), &limits, || None));
        assert!(!approach.fell_silent(at(0.0, 900).at, &limits), "it has gone on");
    }

    #[test]
    fn the_very_same_place_on_the_way_for_long_is_a_frozen_receiver() {
        let scene = Scene::around(Point::new(43.25, 76.95).unwrap(), None);
        let (mut approach, limits) = (Approach::default(), ArrivalLimits::default());
        for second in (0..=600).step_by(30) {
            assert_eq!(approach.stuck_since(Seconds(600)), None);
            approach.seen(&scene, at(5_000.0, second), &limits, || None);
        }
        assert_eq!(approach.stuck_since(Seconds(600)), Some(at(0.0, 0).at));
        approach.seen(&scene, at(4_999.0, 630), &limits, || None);
        assert_eq!(approach.stuck_since(Seconds(600)), None, "a metre is a sign of life");
    }
}
