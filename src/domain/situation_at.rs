//! What a card or a zone was at a moment that has passed, as far as it still says so itself.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::classification::order240::Scale;
use super::forces::{Engagement, Stage};
use super::ids::{CategoryCode, DistrictCode, IncidentId, RegionCode, ServiceKey, UnitId, ZoneId};
use super::incident::{Incident, IncidentStatus};
use super::mode::Mode;
use super::quantities::Point;
use super::region::ZoneRecord;
use super::severity::Severity;
use super::unit::{PositionSource, Unit};
use super::zone::ZonePolygon;

/// A card as it was at a moment. A card that was closed, reopened and is open now counts as open in between: the
/// card keeps its last closing alone, and the journal keeps the rest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentThen {
    /// Identity.
    pub id: IncidentId,
    /// Whose it is.
    pub region: RegionCode,
    /// Number for people.
    pub number: String,
    /// Open, or responding from its first request for forces on.
    pub status: IncidentStatus,
    /// Part of an exercise.
    pub exercise: bool,
    /// The category in force then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryCode>,
    /// Gravity then.
    pub severity: Severity,
    /// Scale by Order 240 then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
    /// Where it was held to be then; absent while unlocated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
    /// The district of that place, KATO code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub district: Option<DistrictCode>,
    /// Services asked for forces by then, each once.
    pub services: Vec<ServiceKey>,
    /// Units under way for it then, each with the stage that it had reached.
    pub units: BTreeMap<UnitId, Stage>,
    /// Opened.
    pub opened_at: Timestamp,
    /// Ended, when it has ended since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
}

impl Incident {
    /// The card as it was at `at`; none when it was not open then.
    #[must_use]
    pub fn then(&self, at: Timestamp) -> Option<IncidentThen> {
        if self.opened_at > at || self.closed_at.is_some_and(|closed| closed <= at) {
            return None;
        }
        let category = self.categories.iter().rev().find(|v| v.at <= at);
        let place = self.locations.iter().rev().find(|v| v.at <= at);
        let asked = || self.requests.values().filter(move |r| r.requested_at <= at);
        let mut services: Vec<ServiceKey> = asked().map(|r| r.service.clone()).collect();
        services.sort();
        services.dedup();
        Some(IncidentThen {
            id: self.id,
            region: self.region,
            number: self.number.clone(),
            status: if services.is_empty() { IncidentStatus::Open } else { IncidentStatus::Responding },
            exercise: self.exercise,
            category: category.map(|v| v.code.clone()),
            severity: category.map(|v| v.severity).unwrap_or_default(),
            scale: self.scales.iter().rev().find(|v| v.at <= at).map(|v| v.scale),
            point: place.and_then(|v| v.location.point()),
            district: place.and_then(|v| v.district.clone()),
            services,
            units: asked().flat_map(|r| r.engagements.values()).filter_map(|e| e.then(at)).collect(),
            opened_at: self.opened_at,
            closed_at: self.closed_at,
        })
    }
}

impl Engagement {
    /// The unit with the stage that it had reached at `at`; none before its first and after its release.
    fn then(&self, at: Timestamp) -> Option<(UnitId, Stage)> {
        let reached = self.reached.iter().filter(|(_, when, _)| *when <= at);
        let (stage, ..) = reached.max_by_key(|(_, when, _)| *when)?;
        (*stage != Stage::Released).then(|| (self.unit.clone(), *stage))
    }
}

/// A zone as it was at a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ZoneThen {
    /// Identity.
    pub id: ZoneId,
    /// The region that drew it.
    pub region: RegionCode,
    /// Name for people.
    pub name: String,
    /// The mode that it belongs to.
    pub mode: Mode,
    /// Its polygon then.
    pub polygon: ZonePolygon,
}

impl ZoneRecord {
    /// The zone of a region as it was at `at`; none before it was drawn and after it ended.
    #[must_use]
    pub fn then(&self, region: RegionCode, at: Timestamp) -> Option<ZoneThen> {
        if self.ended_at.is_some_and(|ended| ended <= at) {
            return None;
        }
        let version = self.versions.iter().rev().find(|v| v.at <= at)?;
        Some(ZoneThen {
            id: self.id,
            region,
            name: self.name.clone(),
            mode: self.mode,
            polygon: version.polygon.clone(),
        })
    }
}

/// Where a unit was at a moment, as far as the hub knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UnitThen {
    /// The unit.
    pub id: UnitId,
    /// Where it had last been seen by then, however long before; its station while nothing had been heard of it.
    pub point: Point,
    /// When it was seen there; absent at its station.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Timestamp>,
    /// As the register had it then, when it is not on it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed: Option<Box<Unit>>,
}

impl Unit {
    /// Where the unit, registered so at `at`, was then: by its track, by what was registered of it, else at its station.
    #[must_use]
    pub fn then(self, at: Timestamp, track: Option<(Point, Timestamp)>, is_registered: bool) -> UnitThen {
        let told = (self.position.source != PositionSource::Station && self.position.at <= at)
            .then_some((self.position.point, self.position.at));
        let seen = track.or(told);
        UnitThen {
            id: self.id.clone(),
            point: seen.map_or(self.home, |(point, _)| point),
            seen_at: seen.map(|(_, when)| when),
            removed: (!is_registered).then(|| Box::new(self)),
        }
    }
}
