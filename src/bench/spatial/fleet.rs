//! A fleet on an ordinary day, made up from one seed.

use jiff::Timestamp;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::bench::BenchError;
use crate::domain::ids::{Capability, IncidentId, RegionCode, ServiceKey, UnitId};
use crate::domain::quantities::{Point, QuantityError};
use crate::domain::unit::{
    CallSign, Capabilities, EngagementStage, Position, PositionSource, Unit, UnitKind, UnitStatus,
};

/// The share of units that are free ambulances, and of those that are free ladders.
const COMMON: f64 = 0.18;
const RARE: f64 = 0.001;
/// What a driving unit covers between two reports (5 s at 40 km/h), metres.
const STEP_M: f64 = 55.0;
/// How far a standing unit's receiver scatters, metres.
const SCATTER_M: f64 = 5.0;
const DEGREE_M: f64 = 111_200.0;

/// Latitude, longitude and share of the units of cities of the country (rounded; the shares are guesses).
const CITIES: [(f64, f64, f64); 20] = [
    (43.25, 76.92, 0.16),
    (51.15, 71.45, 0.12),
    (42.32, 69.60, 0.09),
    (49.80, 73.10, 0.07),
    (50.28, 57.20, 0.05),
    (50.41, 80.25, 0.05),
    (49.97, 82.60, 0.05),
    (47.11, 51.90, 0.05),
    (53.21, 63.63, 0.04),
    (52.29, 76.97, 0.04),
    (51.22, 51.38, 0.04),
    (54.87, 69.15, 0.03),
    (43.65, 51.17, 0.03),
    (42.90, 71.37, 0.04),
    (44.85, 65.50, 0.03),
    (45.01, 78.37, 0.03),
    (43.30, 68.25, 0.02),
    (47.79, 67.71, 0.02),
    (53.29, 69.40, 0.02),
    (43.86, 77.06, 0.02),
];

/// Units, and what the bench asks for among them.
pub(super) struct Fleet {
    chance: SmallRng,
    pub units: Vec<Unit>,
    heading: Vec<Option<f64>>,
    at: Timestamp,
    pub region: RegionCode,
    pub ambulance: ServiceKey,
    pub fire: ServiceKey,
    pub ladder: Capabilities,
}

impl Fleet {
    /// So many, of which this share drives.
    pub fn new(count: usize, driving: f64) -> Result<Self, BenchError> {
        let mut fleet = Self {
            chance: SmallRng::seed_from_u64(112),
            units: Vec::with_capacity(count),
            heading: Vec::with_capacity(count),
            at: Timestamp::UNIX_EPOCH,
            region: RegionCode::new(75)?,
            ambulance: ServiceKey::new("ambulance")?,
            fire: ServiceKey::new("fire_rescue")?,
            ladder: Capabilities::from(vec![Capability::new("ladder")?]),
        };
        for number in 0..count {
            let unit = fleet.unit(number, driving)?;
            fleet.units.push(unit);
        }
        Ok(fleet)
    }

    fn unit(&mut self, number: usize, driving: f64) -> Result<Unit, BenchError> {
        let lot: f64 = self.chance.random();
        let turn = self.chance.random::<f64>() * std::f64::consts::TAU;
        let drives = self.chance.random::<f64>() < driving;
        self.heading.push(drives.then_some(turn));
        let (service, kind, capabilities, free) = if lot < COMMON {
            (self.ambulance.clone(), UnitKind::Ambulance, Capabilities::default(), true)
        } else if lot < COMMON + RARE {
            (self.fire.clone(), UnitKind::Ladder, self.ladder.clone(), true)
        } else if lot < 0.60 {
            (ServiceKey::new("police")?, UnitKind::PatrolCar, Capabilities::default(), !drives || turn > 3.0)
        } else if lot < 0.80 {
            (self.fire.clone(), UnitKind::FireEngine, Capabilities::default(), !drives)
        } else {
            (self.ambulance.clone(), UnitKind::Ambulance, Capabilities::default(), false)
        };
        let status = if free {
            UnitStatus::Available
        } else {
            UnitStatus::Engaged {
                incident: IncidentId(uuid::Uuid::nil()),
                request: None,
                stage: EngagementStage::Arrived,
                since: self.at,
            }
        };
        let home = self.place()?;
        Ok(Unit {
            version: 0,
            id: UnitId::new(&format!("unit-{number}"))?,
            service,
            region: self.region,
            call_sign: CallSign::new("bench")?,
            kind,
            capabilities,
            station: String::new(),
            home,
            status,
            position: seen(home, self.at),
        })
    }

    /// A place where units stand and people call from: a city, denser towards its middle.
    pub fn place(&mut self) -> Result<Point, BenchError> {
        let mut lot: f64 = self.chance.random();
        let city = CITIES.iter().find(|city| {
            lot -= city.2;
            lot < 0.0
        });
        let &(lat, lon, _) = city.unwrap_or(&CITIES[0]);
        let far = 15_000.0 * self.chance.random::<f64>();
        let turn = self.chance.random::<f64>() * std::f64::consts::TAU;
        Ok(shifted(Point::new(lat, lon)?, turn, far)?)
    }

    /// Every unit's next report.
    pub fn tick(&mut self) -> Result<(), BenchError> {
        self.at += jiff::SignedDuration::from_secs(5);
        for (unit, heading) in self.units.iter_mut().zip(&mut self.heading) {
            let point = match heading {
                Some(heading) => {
                    *heading += (self.chance.random::<f64>() - 0.5) * 0.6;
                    shifted(unit.position.point, *heading, STEP_M)?
                }
                None => {
                    let turn = self.chance.random::<f64>() * std::f64::consts::TAU;
                    shifted(unit.home, turn, SCATTER_M * self.chance.random::<f64>())?
                }
            };
            unit.position = seen(point, self.at);
        }
        Ok(())
    }
}

fn seen(point: Point, at: Timestamp) -> Position {
    Position { point, at, source: PositionSource::Avl, accuracy: None }
}

fn shifted(from: Point, turn: f64, metres: f64) -> Result<Point, QuantityError> {
    let lat = from.lat() + metres * turn.sin() / DEGREE_M;
    Point::new(lat, from.lon() + metres * turn.cos() / (DEGREE_M * from.lat().to_radians().cos()))
}

/// Degrees with longitude narrowed as in the middle of the country, as a plain tree of a plane would hold them.
pub(super) fn plane(point: Point) -> [f64; 2] {
    [point.lon() * 0.67, point.lat()]
}
