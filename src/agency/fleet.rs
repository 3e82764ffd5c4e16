//! The agency's own units: which go, where they are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::envelope::{ForcesRequest, ReasonCode, UnitPosition};
use crate::domain::ids::{Capability, IncidentId, RequestId, UnitId};
use crate::domain::quantities::Point;

/// By how much a road is longer than the straight line.
const DETOUR: f64 = 1.33;

/// What a unit is doing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Task {
    /// At its station, or on the way there and ready.
    Free,
    /// Engaged in an incident.
    Engaged {
        /// Which.
        incident: IncidentId,
        /// On which request.
        request: RequestId,
    },
}

/// A way in a straight line, at an even speed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Way {
    from: Point,
    to: Point,
    departs: Timestamp,
    arrives: Timestamp,
}

/// One crew with its vehicle.
#[derive(Debug, Clone)]
pub struct Unit {
    /// What it can do.
    pub capabilities: Vec<Capability>,
    /// What it is doing.
    pub task: Task,
    station: Point,
    at: Point,
    way: Option<Way>,
}

/// Where units are and what they do, without what the file of units says of them.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Movements(BTreeMap<UnitId, (Task, Point, Option<Way>)>);

/// Which units go on a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Those that the hub recommends.
    Recommended(Vec<UnitId>),
    /// Others, or fewer.
    Others(Vec<UnitId>, ReasonCode),
    /// None.
    None(ReasonCode),
}

/// Why a file of units does not read.
#[derive(Debug, thiserror::Error)]
#[error("the units file {path}: {reason}")]
pub struct UnitsError {
    path: String,
    reason: String,
}

#[derive(Deserialize)]
struct Row {
    id: UnitId,
    capabilities: String,
    lat: f64,
    lon: f64,
}

/// All units of the agency. Empty: it knows none and believes the hub.
#[derive(Debug, Clone, Default)]
pub struct Fleet {
    units: BTreeMap<UnitId, Unit>,
}

impl Fleet {
    /// Reads a CSV with the columns `id`, `capabilities`, `lat`, `lon`; further columns are ignored.
    ///
    /// # Errors
    /// [`UnitsError`] with the line.
    pub fn read(path: &Path) -> Result<Self, UnitsError> {
        let wrong = |reason: String| UnitsError { path: path.display().to_string(), reason };
        let mut file = csv::Reader::from_path(path).map_err(|e| wrong(e.to_string()))?;
        let mut units = BTreeMap::new();
        for row in file.deserialize::<Row>() {
            let row = row.map_err(|e| wrong(e.to_string()))?;
            let station = Point::new(row.lat, row.lon).map_err(|e| wrong(format!("{}: {e}", row.id)))?;
            let capabilities = row
                .capabilities
                .split([' ', ';', '|'])
                .filter(|c| !c.is_empty())
                .map(Capability::new)
                .collect::<Result<_, _>>()
                .map_err(|e| wrong(format!("{}: {e}", row.id)))?;
            let unit = Unit { capabilities, task: Task::Free, station, at: station, way: None };
            units.insert(row.id, unit);
        }
        Ok(Self { units })
    }

    /// How many units it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// The ids of all units.
    pub fn ids(&self) -> impl Iterator<Item = &UnitId> {
        self.units.keys()
    }

    /// Which units should go. With `own_mind` the nearest that were not recommended are preferred; those spoken for by
    /// other requests are left alone.
    #[must_use]
    pub fn choose(&self, request: &ForcesRequest, own_mind: bool, spoken_for: &BTreeSet<UnitId>) -> Choice {
        let recommended: Vec<&UnitId> = request.recommended.iter().map(|r| &r.unit_id).collect();
        if self.units.is_empty() && recommended.is_empty() {
            return Choice::None(ReasonCode::NoneFree);
        }
        if self.units.is_empty() {
            return Choice::Recommended(recommended.into_iter().cloned().collect());
        }
        let wanted = usize::from(request.count.max(1));
        let free = |id: &&UnitId| self.units.get(*id).is_some_and(|u| u.task == Task::Free);
        let kept: Vec<UnitId> = recommended.iter().copied().filter(free).take(wanted).cloned().collect();
        if kept.len() == wanted.min(recommended.len()) && !kept.is_empty() && !own_mind {
            return Choice::Recommended(kept);
        }
        let fits = |u: &Unit| {
            request.capabilities.is_empty()
                || request.capabilities.iter().any(|need| u.capabilities.contains(&need.capability))
        };
        let mut others: Vec<(&UnitId, &Unit)> = self
            .units
            .iter()
            .filter(|(id, u)| {
                u.task == Task::Free && fits(u) && !recommended.contains(id) && !spoken_for.contains(*id)
            })
            .collect();
        if let Some(point) = request.place.point {
            others.sort_by(|a, b| a.1.at.distance(point).get().total_cmp(&b.1.at.distance(point).get()));
        }
        let others = others.into_iter().map(|(id, _)| id.clone());
        let chosen: Vec<UnitId> = if own_mind {
            others.chain(kept).take(wanted).collect()
        } else {
            kept.into_iter().chain(others).take(wanted).collect()
        };
        if !chosen.is_empty() {
            let reason = if own_mind { ReasonCode::BetterUnit } else { ReasonCode::NoneFree };
            return Choice::Others(chosen, reason);
        }
        let able = self.units.values().any(fits);
        Choice::None(if able { ReasonCode::NoneFree } else { ReasonCode::NoneFitting })
    }

    /// Binds a unit to an incident.
    pub fn engage(&mut self, id: &UnitId, incident: IncidentId, request: RequestId) {
        if let Some(unit) = self.units.get_mut(id) {
            unit.task = Task::Engaged { incident, request };
        }
    }

    /// Whether the unit is (still) on this request. A unit that is not in the file is believed to be.
    #[must_use]
    pub fn is_on(&self, id: &UnitId, request: RequestId) -> bool {
        self.units
            .get(id)
            .is_none_or(|u| matches!(&u.task, Task::Engaged { request: on, .. } if *on == request))
    }

    /// Sends a unit to a place, and says how long it takes at `kmh`; `None` when nobody knows where it is.
    pub fn send(&mut self, id: &UnitId, to: Point, now: Timestamp, kmh: f64) -> Option<SignedDuration> {
        let unit = self.units.get_mut(id)?;
        unit.settle(now);
        let hours = unit.at.distance(to).get() * DETOUR / 1_000.0 / kmh.max(1.0);
        let takes = SignedDuration::try_from_secs_f64(hours * 3_600.0).ok()?;
        unit.way = Some(Way { from: unit.at, to, departs: now, arrives: now.checked_add(takes).ok()? });
        Some(takes)
    }

    /// Lets a unit go: it is free and drives home.
    pub fn release(&mut self, id: &UnitId, now: Timestamp, kmh: f64) {
        if let Some(unit) = self.units.get_mut(id) {
            unit.task = Task::Free;
            let station = unit.station;
            self.send(id, station, now, kmh);
        }
    }

    /// Where the units are that moved since they were asked last.
    pub fn moving(&mut self, now: Timestamp) -> Vec<UnitPosition> {
        let mut positions = Vec::new();
        for (id, unit) in &mut self.units {
            if unit.way.is_some() {
                unit.settle(now);
                positions.push(UnitPosition {
                    unit_id: id.clone(),
                    at: now,
                    point: unit.at,
                    speed_kmh: None,
                    course_deg: None,
                    accuracy_m: None,
                });
            }
        }
        positions
    }

    /// What all units are doing.
    #[must_use]
    pub fn movements(&self) -> Movements {
        Movements(self.units.iter().map(|(id, u)| (id.clone(), (u.task.clone(), u.at, u.way))).collect())
    }

    /// Takes up what they were doing; a unit that is no longer in the file is forgotten.
    pub fn recall(&mut self, Movements(kept): Movements) {
        for (id, (task, at, way)) in kept {
            if let Some(unit) = self.units.get_mut(&id) {
                (unit.task, unit.at, unit.way) = (task, at, way);
            }
        }
    }

    /// Where a unit is.
    #[must_use]
    pub fn position(&self, id: &UnitId) -> Option<Point> {
        self.units.get(id).map(|u| u.at)
    }
}

impl Unit {
    /// Brings the position up to date.
    fn settle(&mut self, now: Timestamp) {
        let Some(way) = self.way else { return };
        let whole = way.arrives.duration_since(way.departs).as_secs_f64();
        let part = now.duration_since(way.departs).as_secs_f64() / whole.max(0.001);
        if part >= 1.0 {
            self.at = way.to;
            self.way = None;
            return;
        }
        let between = |a: f64, b: f64| a + (b - a) * part.max(0.0);
        let lat = between(way.from.lat(), way.to.lat());
        let lon = between(way.from.lon(), way.to.lon());
        self.at = Point::new(lat, lon).unwrap_or(way.from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::envelope::{Act, CapabilityNeed, Place, RecommendedUnit, Urgency};
    use uuid::Uuid;

    fn fleet() -> Fleet {
        let path = std::env::temp_dir().join(format!("units-{}.csv", Uuid::now_v7()));
        let rows = "id,capabilities,lat,lon,name\n\
                    a,resuscitation,43.20,76.90,x\nb,resuscitation,43.25,76.95,y\nc,transport,43.25,76.95,z\n";
        std::fs::write(&path, rows).unwrap();
        let fleet = Fleet::read(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        fleet
    }

    fn id(text: &str) -> UnitId {
        UnitId::new(text).unwrap()
    }

    fn request(recommended: &[&str], count: u16) -> ForcesRequest {
        let recommended = recommended
            .iter()
            .map(|u| RecommendedUnit { unit_id: id(u), eta_s: None, distance_m: None })
            .collect();
        ForcesRequest {
            request_id: RequestId(Uuid::nil()),
            act: Act::FirstWave,
            profile: None,
            what: String::new(),
            capabilities: vec![CapabilityNeed {
                capability: Capability::new("resuscitation").unwrap(),
                count,
            }],
            count,
            urgency: Urgency::Urgently,
            recommended,
            place: Place { point: Point::new(43.25, 76.95).ok(), ..Place::default() },
            reply_due: None,
        }
    }

    #[test]
    fn a_recommended_unit_goes_while_it_is_free_then_another_that_fits_then_none() {
        let (mut fleet, nobody) = (fleet(), BTreeSet::new());
        let incident = IncidentId(Uuid::nil());
        let on = RequestId(Uuid::nil());
        assert_eq!(fleet.choose(&request(&["a"], 1), false, &nobody), Choice::Recommended(vec![id("a")]));
        let spoken_for = BTreeSet::from([id("b")]);
        let none = Choice::None(ReasonCode::NoneFree);
        assert_eq!(fleet.choose(&request(&[], 2), true, &BTreeSet::from([id("a"), id("b")])), none);
        fleet.engage(&id("a"), incident, on);
        assert_eq!(fleet.choose(&request(&["a"], 1), false, &spoken_for), none, "held for another request");
        let other = Choice::Others(vec![id("b")], ReasonCode::NoneFree);
        assert_eq!(fleet.choose(&request(&["a"], 1), false, &nobody), other);
        fleet.engage(&id("b"), incident, on);
        assert_eq!(fleet.choose(&request(&["a"], 1), false, &nobody), Choice::None(ReasonCode::NoneFree));
        let mut ladder = request(&[], 1);
        ladder.capabilities[0].capability = Capability::new("ladder").unwrap();
        assert_eq!(fleet.choose(&ladder, false, &nobody), Choice::None(ReasonCode::NoneFitting));
    }

    #[test]
    fn a_unit_moves_evenly_to_its_place_and_then_stands() {
        let mut fleet = fleet();
        let start: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
        let to = Point::new(43.30, 76.90).unwrap();
        let takes = fleet.send(&id("a"), to, start, 60.0).unwrap();
        assert!((800..960).contains(&takes.as_secs()), "{takes:?}");
        let half = fleet.moving(start.checked_add(takes / 2).unwrap());
        assert!((half[0].point.lat() - 43.25).abs() < 0.001, "{half:?}");
        let end = start.checked_add(takes).unwrap();
        assert_eq!(fleet.moving(end).len(), 1, "the last position is told");
        assert_eq!(fleet.position(&id("a")), Some(to));
        assert!(fleet.moving(end).is_empty(), "then it stands");
    }
}
