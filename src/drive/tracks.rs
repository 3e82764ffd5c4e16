//! Positions of units, replayed beside the messages or alone: what an agency's vehicles would report.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::DriveError;
use super::pace::due;
use crate::client::Client;
use crate::domain::ids::{RegionCode, ServiceKey, UnitId};
use crate::domain::quantities::Point;

/// The most positions in one request.
const AT_ONCE: usize = 1_000;

/// Where a unit was.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// Seconds of the file.
    pub at: i64,
    /// The unit's region.
    pub region: RegionCode,
    /// Its service.
    pub service: ServiceKey,
    /// The unit.
    pub unit: UnitId,
    /// The place.
    pub point: Point,
}

#[derive(Deserialize)]
struct Row {
    at_offset_s: u32,
    region: RegionCode,
    service: ServiceKey,
    unit: UnitId,
    lat: f64,
    lon: f64,
}

/// Reads a file of positions: CSV with `at_offset_s,region,service,unit,lat,lon`; gives them in the order of time.
///
/// # Errors
/// [`DriveError`] with the line that is wrong.
pub fn read(path: &Path) -> Result<Vec<Moved>, DriveError> {
    let file = path.display().to_string();
    let mut csv = csv::Reader::from_path(path)
        .map_err(|e| DriveError::File { file: file.clone(), reason: e.to_string() })?;
    let mut all = Vec::new();
    for (line, row) in (2u64..).zip(csv.deserialize::<Row>()) {
        let fault = |reason: String| DriveError::Line { file: file.clone(), line, reason };
        let Row { at_offset_s, region, service, unit, lat, lon } = row.map_err(|e| fault(e.to_string()))?;
        let point = Point::new(lat, lon).map_err(|e| fault(e.to_string()))?;
        all.push(Moved { at: i64::from(at_offset_s), region, service, unit, point });
    }
    all.sort_by_key(|m| m.at);
    Ok(all)
}

/// What became of the positions.
#[derive(Default)]
pub struct Tracks {
    sent: Cell<u64>,
    requests: Cell<u64>,
    refused: RefCell<BTreeMap<String, u64>>,
}

impl Tracks {
    /// Sends every position when its time comes. Of those that have come due together only the last of each unit is
    /// of use.
    pub async fn send(&self, client: &Client, moved: &[Moved], first: i64, speed_up: f64) {
        let began = Instant::now();
        let mut rest = moved;
        while let Some(next) = rest.first() {
            actix_rt::time::sleep(due(next.at - first, speed_up).saturating_sub(began.elapsed())).await;
            let now = began.elapsed();
            let come = rest.partition_point(|m| due(m.at - first, speed_up) <= now).max(1);
            let (these, others) = rest.split_at(come);
            for body in requests(these, Timestamp::now()) {
                let positions = body["positions"].as_array().map_or(0, Vec::len);
                self.sent.set(self.sent.get() + positions as u64);
                self.requests.set(self.requests.get() + 1);
                if let Err(e) = client.post("/api/v1/positions", &body).await {
                    *self.refused.borrow_mut().entry(e.to_string()).or_default() += 1;
                }
            }
            rest = others;
        }
    }

    /// Lines of what became of them.
    #[must_use]
    pub fn account(&self) -> String {
        let mut said = format!("positions   {} in {} requests", self.sent.get(), self.requests.get());
        for (why, times) in self.refused.borrow().iter() {
            said += &format!("\npositions refused {times} times: {why}");
        }
        said
    }

    /// Whether every request was taken.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.refused.borrow().is_empty()
    }
}

/// One request for each service, of the last position of each of its units.
fn requests(moved: &[Moved], now: Timestamp) -> Vec<Value> {
    let mut of: BTreeMap<(RegionCode, &ServiceKey), BTreeMap<&UnitId, Point>> = BTreeMap::new();
    for m in moved {
        of.entry((m.region, &m.service)).or_default().insert(&m.unit, m.point);
    }
    let body = |((region, service), units): ((RegionCode, &ServiceKey), BTreeMap<&UnitId, Point>)| {
        let positions: Vec<Value> = units
            .into_iter()
            .map(|(unit, point)| {
                json!({"unit": unit, "position": {"point": point, "at": now, "source": "avl", "accuracy": null}})
            })
            .collect();
        let parts: Vec<Value> = positions
            .chunks(AT_ONCE)
            .map(|part| json!({"region": region, "service": service, "positions": part}))
            .collect();
        parts
    };
    of.into_iter().flat_map(body).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_positions_that_came_due_together_the_last_of_each_unit_is_sent_in_a_request_per_service() {
        let moved = |at: i64, service: &str, unit: &str, lat: f64| Moved {
            at,
            region: "75".parse().unwrap(),
            service: service.parse().unwrap(),
            unit: UnitId::new(unit).unwrap(),
            point: Point::new(lat, 76.9).unwrap(),
        };
        let all = [
            moved(0, "ambulance", "a-1", 43.1),
            moved(1, "police", "p-1", 43.2),
            moved(2, "ambulance", "a-1", 43.3),
            moved(2, "ambulance", "a-2", 43.4),
        ];
        let bodies = requests(&all, Timestamp::UNIX_EPOCH);
        assert_eq!(bodies.len(), 2);
        assert_eq!(
            (&bodies[0]["service"], bodies[0]["positions"].as_array().unwrap().len()),
            (&json!("ambulance"), 2)
        );
        assert_eq!(bodies[0]["positions"][0]["position"]["point"]["lat"], 43.3);
        assert_eq!(bodies[1]["positions"][0]["unit"], "p-1");
    }
}
